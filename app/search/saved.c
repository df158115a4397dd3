/* Searches that somebody keeps, and that tell when something new meets them. */
#include "base/clock.h"
#include "notice/notice.h"
#include "search/search_int.h"
#include "text/url.h"

enum { SAVED_MOST = 20, WATCHES_MOST = 20000 };
#define HISTORY HOURS(1)   /* what was said so long before its event is being loaded: nobody is told */

bool saved_has(const struct search_saved_view_list *list, struct str words, struct str type) {
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i].q, words) && str_eq(list->v[i].type, type)) return true;
	return false;
}

enum err saved_of(struct req *q, struct search_saved_view_list *ret) {
	struct saved_row_list rows;
	*ret = (struct search_saved_view_list){0};
	if (!req_logged_in(q)) return OK;
	TRY(sql_saved_list(q->db, q->a, q->actor.id, SAVED_MOST, &rows));
	ret->v = NEW_ARRAY(q->a, struct search_saved_view, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct saved_row *r = &rows.v[i];
		ret->v[ret->n++] = (struct search_saved_view){.id = r->id, .q = r->words, .type = r->type, .created_at = r->created_at,
			.url = search_here(q, r->type, r->words)};
	}
	return OK;
}

enum err search_saved_list(struct req *q, struct search_saved_list *ret) {
	ret->next = STR_NONE;
	return saved_of(q, &ret->data);
}

enum err search_save(struct req *q, const struct search_save_in *in, struct search_saved_view *ret) {
	struct search_saved_view_list have;
	struct find *f = arena_alloc(q->a, sizeof *f);
	struct str words = str_trim(in->q), type = str_none(in->type) ? STR("") : in->type;
	int64_t added;
	find_read(q->a, words, f);
	if (!find_asks(f)) return req_invalid(q, "q", T("Say what you look for."));
	TRY(saved_of(q, &have));
	if (have.n >= SAVED_MOST && !saved_has(&have, words, type))
		return req_invalid(q, "q", T("You keep 20 searches already. Remove one of them first."));
	TRY(sql_saved_put(q->db, q->actor.id, words, type, clock_now(), &added));
	TRY(saved_of(q, &have));
	for (size_t i = 0; i < have.n; i++)
		if (str_eq(have.v[i].q, words) && str_eq(have.v[i].type, type)) *ret = have.v[i];
	if (!q->api) {
		req_redirect(q, search_here(q, type, words));
		req_say(q, T("We tell you when something new is said that meets it."));
	}
	return added > 0 ? req_event(q, "create", "search", ret->id.v, NULL, 0, AUDIENCE_PRIVATE, STR("{}")) : OK;
}

enum err search_forget(struct req *q, const struct search_forget_in *in) {
	int64_t gone;
	TRY(sql_saved_drop(q->db, in->id, q->actor.id, &gone));
	return gone > 0 ? req_event(q, "delete", "search", in->id.v, NULL, 0, AUDIENCE_PRIVATE, STR("{}")) : ERR_NOT_FOUND;
}

/* ------------------------------------------------------------------------- telling */

struct fresh {
	int64_t doc;
	const struct event *e;
	struct conversation_id conversation;
};

/* What some events made that is new in truth, by the index. */
static enum err find_fresh(struct db *db, struct arena *a, const struct event *e, size_t n, struct fresh *ret, size_t *ret_n) {
	*ret_n = 0;
	for (size_t i = 0; i < n; i++) {
		struct find_doc_row d;
		bool there, message = strcmp(e[i].object_kind, "message") == 0;
		if (strcmp(e[i].verb, "create") != 0 || (!message && strcmp(e[i].object_kind, "conversation") != 0)) continue;
		TRY(sql_find_doc_get(db, a, str_c(e[i].object_kind), e[i].object_id, &d, &there));
		if (!there || d.id / IDS_OF_A_SECOND < (e[i].at - HISTORY) / 1000000) continue;
		ret[(*ret_n)++] = (struct fresh){.doc = d.id, .e = &e[i], .conversation = {message ? e[i].target_id : e[i].object_id}};
	}
	return OK;
}

static enum err tell_one(struct req *q, const struct watch_row *w, const struct fresh *fresh, size_t n) {
	struct asked x;
	struct find_hit_list hits;
	int64_t first = INT64_MAX, last = INT64_MIN;
	for (size_t i = 0; i < n; i++) {
		if (fresh[i].doc < first) first = fresh[i].doc;
		if (fresh[i].doc > last) last = fresh[i].doc;
	}
	TRY(asked_read(q, w->words, w->type, &x));
	if (!x.things) return OK;
	if (first > x.first) x.first = first;
	if (last < x.before) x.before = last + 1;
	TRY(asked_hits(q, &x, (int)n * 4 + 100, &hits));
	for (size_t k = 0; k < hits.n; k++)
		for (size_t i = 0; i < n; i++)
			if (fresh[i].doc == hits.v[k].id && fresh[i].e->actor.v != w->person_id.v)
				TRY(sql_saved_tell(q->db, w->person_id, fresh[i].e->seq, fresh[i].conversation, w->id, fresh[i].e->at, NULL));
	return OK;
}

enum err saved_tell(struct db *db, struct arena *a, const struct event *e, size_t n) {
	struct fresh *fresh = NEW_ARRAY(a, struct fresh, n);
	struct watch_row_list watches;
	size_t many;
	TRY(find_fresh(db, a, e, n, fresh, &many));
	if (many == 0) return OK;
	TRY(sql_saved_watches(db, a, WATCHES_MOST, &watches));
	for (size_t i = 0; i < watches.n; i++) {
		const struct watch_row *w = &watches.v[i];
		struct arena_mark mark = arena_mark(a);
		struct req q = {.db = db, .a = a, .actor = {.id = w->person_id, .is_staff = w->staff, .role = w->staff ? ROLE_AGENT : ROLE_CUSTOMER}};
		TRY(tell_one(&q, w, fresh, many));
		arena_reset(a, mark);
	}
	return watches.n > 0 ? notice_mail_due(db) : OK;
}
