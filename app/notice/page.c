/* /notices: what one was told; and the page that a mail's "no more of it" leads to. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "routes.h"
#include "talk/talk.h"
#include "text/markdown.h"
#include "text/url.h"

enum { PAGE_SIZE = 50, EXCERPT_CHARS = 160 };

/* What happened, in a word for the template and the JSON. */
static struct str icon_of(const struct notice_row *n) {
	if (str_is(n->kind, "answer")) return STR("reply");
	if (str_is(n->kind, "comment")) return STR("talk");
	if (str_is(n->kind, "assigned")) return STR("flag");
	if (str_is(n->kind, "file")) return STR("file");
	return str_is(n->kind, "not_fixed") ? STR("undo") : STR("refresh");
}

static struct url target_url(struct arena *a, struct conversation_id conversation, struct document_id document) {
	return conversation.v != 0 ? conversation_url(a, conversation) : url_path(a, "/documents/%lld", (long long)document.v);
}

static struct notice_view view_of(struct arena *a, const struct notice_row *n) {
	return (struct notice_view){
		.id = n->id, .kind = n->kind, .icon = icon_of(n), .unread = n->read_at == 0, .created_at = n->created_at,
		.who = n->actor, .photo = n->actor_photo, .subject = n->subject, .status = n->status, .conversation_id = n->conversation_id,
		.excerpt = str_none(n->body) ? STR("") : markdown_text(a, n->body, EXCERPT_CHARS),
		.document_id = n->document_id, .url = target_url(a, n->conversation_id, n->document_id),
	};
}

enum err notices_show(struct req *q, const struct notices_show_in *in, struct notices_page *ret) {
	struct notice_row_list rows;
	int64_t limit = in->limit;
	struct opt_int before = {0};
	if (!str_empty(in->cursor)) before.has = str_int(in->cursor, &before.v);
	TRY(sql_notice_list(q->db, q->a, q->actor.id, q->actor.is_staff, before, limit + 1, &rows));
	*ret = (struct notices_page){.next = STR_NONE, .unread = q->actor.notices,
	                             .data = {.v = NEW_ARRAY(q->a, struct notice_view, rows.n)}};
	for (size_t i = 0; i < rows.n && (int64_t)i < limit; i++) ret->data.v[ret->data.n++] = view_of(q->a, &rows.v[i]);
	if ((int64_t)rows.n > limit) ret->next = str_fmt(q->a, "%lld", (long long)rows.v[limit - 1].id.v);
	if (rows.n > 0) ret->newest = rows.v[0].id.v;
	q->page.nav = STR("notices");
	return OK;
}

struct looked {
	struct person_id me;
	struct notice_target at;
	usec_t now;
};

static enum err note_looked(struct db *db, void *arg) {
	const struct looked *l = arg;
	if (l->at.conversation_id.v != 0) return sql_notice_read_about(db, l->me, l->at.conversation_id, l->now, NULL);
	return sql_notice_read_about_document(db, l->me, l->at.document_id, l->now, NULL);
}

enum err notice_open(struct req *q, const struct notice_open_in *in) {
	struct notice_target at;
	bool found;
	TRY(sql_notice_open(q->db, in->id, q->actor.id, q->actor.is_staff, &at, &found));
	if (!found) return ERR_NOT_FOUND;
	struct looked l = {.me = q->actor.id, .at = at, .now = clock_now()};
	req_later(q, note_looked, &l, sizeof l);
	req_redirect(q, target_url(q->a, at.conversation_id, at.document_id));
	return OK;
}

enum err notices_read(struct req *q, const struct notices_read_in *in) {
	return sql_notice_read_all(q->db, q->actor.id, in->upto, clock_now(), NULL);
}

/* ---------------------------------------------------------------------- stop */

/* The signature says that the address came from a mail of ours; nobody has to log in. */
static bool is_signed(const struct req *q, struct person_id person, struct conversation_id conversation,
                      struct str sign) {
	struct str both = str_fmt(q->a, "%lld:%lld", (long long)person.v, (long long)conversation.v);
	return token_verify(web_key(q->web), "notice-stop", both, sign);
}

enum err notice_stop_show(struct req *q, const struct notice_stop_show_in *in, struct notice_stop_page *ret) {
	bool follows;
	if (!is_signed(q, in->person, in->conversation, in->sign)) return ERR_NOT_FOUND;
	*ret = (struct notice_stop_page){.person = in->person, .conversation = in->conversation, .sign = in->sign,
	                                 .subject = STR("")};
	TRY(sql_notice_follows(q->db, q->a, in->person, in->conversation, &ret->subject, &follows));
	ret->follows = follows;
	return OK;
}

enum err notice_stop_do(struct req *q, const struct notice_stop_do_in *in) {
	bool changed;
	if (!is_signed(q, in->person, in->conversation, in->sign)) return ERR_NOT_FOUND;
	return talk_follow(q->db, in->conversation, in->person, false, clock_now(), &changed);
}
