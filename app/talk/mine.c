/* What a person told us, says "me too" to, and follows. */
#include "sql/mine.h"
#include "talk/talk_int.h"
#include "text/url.h"

static struct talk_link_list choices(struct req *q, struct str show) {
	static const char *const names[] = {"told", "voted", "followed"},
		*const words[] = {T("What I told you"), T("Where I say “me too”"), T("What I follow")};
	struct talk_link_list l = {.v = NEW_ARRAY(q->a, struct talk_link, 3), .n = 3};
	for (size_t i = 0; i < 3; i++)
		l.v[i] = (struct talk_link){.url = url_with(q->a, url_path(q->a, "/mine"), "show", str_c(names[i])),
			.word = str_c(words[i]), .here = str_is(show, names[i])};
	return l;
}

static enum err find(struct req *q, struct str show, struct conversation_id before, int64_t most,
	struct int_list *ret) {
	if (str_is(show, "voted")) return sql_mine_voted(q->db, q->a, q->actor.id, q->actor.is_staff, before, most, ret);
	if (str_is(show, "followed")) return sql_mine_followed(q->db, q->a, q->actor.id, q->actor.is_staff, before, most, ret);
	return sql_mine_told(q->db, q->a, q->actor.id, q->actor.is_staff, before, most, ret);
}

enum err talk_mine(struct req *q, const struct talk_mine_in *in, struct talk_mine_page *ret) {
	struct conversation_id before = {0};
	struct int_list ids;
	TRY(cursor_id(q, in->cursor, &before.v));
	TRY(find(q, in->show, before, in->limit + 1, &ids));
	bool more = ids.n > (size_t)in->limit;
	ret->next = STR_NONE;
	if (more) ids.n = (size_t)in->limit;
	if (more) ret->next = str_fmt(q->a, "%lld", (long long)ids.v[ids.n - 1]);
	if (q->api) return list_reports(q, ids, &ret->data);
	ret->show = in->show;
	ret->shows = choices(q, in->show);
	q->page.live = STR("conversations");
	struct url here = url_with(q->a, url_path(q->a, "/mine"), "show", in->show);
	if (more) ret->more = url_with(q->a, here, "cursor", ret->next);
	return list_items(q, ids, &ret->items);
}
