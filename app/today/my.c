/* The page on which a customer begins: what waits for them, what they can count on, what they promised, what they wait for. */
#include "promise/promise.h"
#include "text/url.h"
#include "today/today_int.h"
#include <inttypes.h>

static enum err find_waiting(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret) {
	return sql_my_waiting(q->db, q->a, q->actor.id, today_end_of_day(q), p.at, p.id, most, ret);
}

static enum err find_counted(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret) {
	return sql_my_promises(q->db, q->a, q->actor.id, true, p.at, p.id, most, ret);
}

static enum err find_promised(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret) {
	return sql_my_promises(q->db, q->a, q->actor.id, false, p.at, p.id, most, ret);
}

static enum err find_asked(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret) {
	return sql_my_asked(q->db, q->a, q->actor.id, p.at, p.id, most, ret);
}

static const struct today_part parts[] = {
	{"waiting", T("Waiting for you"), T("Nobody waits for you."), true, find_waiting},
	{"counted", T("What you can count on"), T("Nothing is promised to you at the moment."), false, find_counted},
	{"promised", T("What you promised"), T("You owe us nothing."), false, find_promised},
	{"asked", T("What we owe you an answer to"), T("All that you asked is answered."), false, find_asked},
	{"changed", T("Changed since yesterday"), T("Nobody has changed anything of yours since yesterday."), false, NULL},
};

struct today_parts my_parts(void) { return (struct today_parts){parts, sizeof parts / sizeof *parts}; }

enum err my_talks(struct req *q, struct int_list ids, struct today_entry_list *ret) {
	struct my_talk_row_list rows;
	struct talk_subjects subjects;
	TRY(sql_my_talks(q->db, q->a, ids, q->actor.id, q->actor.is_staff, (int64_t)ids.n, &rows));
	TALK_SUBJECTS(q->a, &rows, id, subject, subjects);
	TRY(talk_subjects_here(q, subjects));
	*ret = (struct today_entry_list){.v = NEW_ARRAY(q->a, struct today_entry, rows.n)};
	for (size_t i = 0; i < rows.n; i++) {
		const struct my_talk_row *r = &rows.v[i];
		ret->v[ret->n++] = (struct today_entry){.kind = STR("conversation"), .id = r->id.v, .title = r->subject, .url = url_path(q->a, "/conversations/%" PRId64, r->id.v),
			.who = STR(""), .at = r->active_at, .state = str_c(TRQ(q, state_view(r->status).word.p)), .words = STR(""), .act = {STR_NONE}};
	}
	return OK;
}
