/* What was written before it was changed: kept with every change, shown to whoever may read it, taken down by the
 * team. */
#include "sql/revision.h"
#include "talk/talk_int.h"
#include "text/markdown.h"
#include "text/url.h"

enum err revision_keep(struct db *db, const struct talk_facts *f, const struct talk_said_facts *said,
	struct person_id editor, usec_t now) {
	usec_t since = said == NULL ? f->edited_at : said->edited_at;
	if (since == 0) since = said == NULL ? f->created_at : said->created_at;
	return sql_revision_put(db, f->id, said == NULL ? (struct message_id){0} : said->id,
		said == NULL ? f->subject : STR(""), said == NULL ? f->body : said->body, f->visibility, editor, since, now);
}

static struct talk_revision revision_view(struct req *q, const struct revision_row *r, bool may_hide) {
	return (struct talk_revision){.id = r->id, .message_id = r->message_id, .subject = r->subject, .body = r->body,
		.editor = {.id = r->editor_id, .name = r->editor_name}, .since_at = r->since_at, .until_at = r->until_at,
		.hidden = r->hidden, .html = markdown_html(q->a, r->body),
		.by = str_none(r->editor_name) ? STR("") : r->editor_name, .may_hide = may_hide};
}

/* The words as they stand, and whether the caller may take older ones down. errors NOT_FOUND: not theirs to know of. */
static enum err read_now(struct req *q, struct conversation_id id, struct message_id message,
	struct talk_revisions_page *ret, bool *ret_may_hide) {
	struct talk_report_row row;
	TRY(report_get(q, id, &row));
	q->page.nav = str_c(board_of(row.kind));
	ret->id = id;
	ret->title = row.subject;
	ret->back = url_path(q->a, "/conversations/%lld", (long long)id.v);
	struct object o = talk_object(&row);
	struct str body = row.body;
	if (message.v != 0) {
		struct talk_message_row m;
		struct talk_said_facts said;
		TRY(sql_talk_message_get(q->db, q->a, message, q->actor.id, q->actor.is_staff, &m));
		TRY(sql_talk_said_get(q->db, q->a, message, &said));
		if (said.conversation_id.v != id.v) return ERR_NOT_FOUND;
		o = said_object(o, &said);
		body = m.body;
		ret->message = message;
		ret->note = str_is(m.kind, "note");
		ret->back = url_path(q->a, "/conversations/%lld#m%lld", (long long)id.v, (long long)message.v);
		if (str_is(m.kind, "answer")) ret->back = url_path(q->a, "/conversations/%lld#answer", (long long)id.v);
	}
	ret->now = markdown_html(q->a, body);
	*ret_may_hide = may(&q->actor, ACT_HIDE, &o);
	return OK;
}

enum err talk_revisions(struct req *q, const struct talk_revisions_in *in, struct talk_revisions_page *ret) {
	struct revision_row_list rows;
	struct revision_id before = {0};
	bool may_hide = false;
	TRY(cursor_id(q, in->cursor, &before.v));
	TRY(read_now(q, in->id, in->message, ret, &may_hide));
	req_depends(q, "conversation", in->id.v);
	TRY(sql_revision_list(q->db, q->a, in->id, in->message.v, q->actor.id, q->actor.is_staff, before, in->limit + 1,
		&rows));
	ret->next = STR_NONE;
	ret->data.v = NEW_ARRAY(q->a, struct talk_revision, rows.n + 1);
	for (size_t i = 0; i < rows.n && i < (size_t)in->limit; i++)
		ret->data.v[ret->data.n++] = revision_view(q, &rows.v[i], may_hide);
	if (rows.n <= (size_t)in->limit) return OK;
	ret->next = str_fmt(q->a, "%lld", (long long)ret->data.v[ret->data.n - 1].id.v);
	struct url more = url_with(q->a, url_path(q->a, "/conversations/%lld/revisions", (long long)in->id.v), "cursor", ret->next);
	if (in->message.v != 0) more = url_with(q->a, more, "message", str_fmt(q->a, "%lld", (long long)in->message.v));
	ret->more = more;
	return OK;
}

enum err talk_revision_hide(struct req *q, const struct talk_revision_hide_in *in) {
	struct talk_facts f;
	struct revision_facts r;
	TRY(facts_for(q, in->id, ACT_SEE, &f));
	TRY(sql_revision_get(q->db, in->revision, &r));
	if (r.conversation_id.v != in->id.v) return ERR_NOT_FOUND;
	struct object o = talk_object_of(&f);
	struct url back = url_path(q->a, "/conversations/%lld/revisions", (long long)in->id.v);
	if (r.message_id.v != 0) {
		struct talk_said_facts said;
		TRY(sql_talk_said_get(q->db, q->a, r.message_id, &said));
		o = said_object(o, &said);
		back = url_with(q->a, back, "message", str_fmt(q->a, "%lld", (long long)r.message_id.v));
	}
	TRY(may_or_err(&q->actor, ACT_HIDE, &o));
	req_redirect(q, back);
	if (r.hidden == in->hidden) return OK;
	TRY(sql_revision_hide(q->db, in->revision, in->hidden ? clock_now() : 0));
	return talk_event(q->db, q->actor.id, "update", (struct message_id){0}, &f, talk_audience(&f),
		STR("{\"changed\":[\"revisions\"]}"));
}
