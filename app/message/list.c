/* /messages: with whom one is in touch, and what one asked. */
#include "routes.h"
#include "sql/message.h"
#include "text/markdown.h"
#include "text/url.h"
#include "web/req.h"
#include <inttypes.h>
#include <stdio.h>

enum { PAGE_ROWS = 30, WORDS_CHARS = 140 };

/* Where the last row stood: time and id. */
static bool read_cursor(struct req *q, struct str text, usec_t *ret_active, struct conversation_id *ret_before) {
	char end;
	*ret_active = 0;
	ret_before->v = INT64_MAX;
	if (str_empty(text)) return true;
	return text.n <= 40 && sscanf(str_z(q->a, text), "%" SCNd64 "-%" SCNd64 "%c", ret_active, &ret_before->v, &end) == 2 && *ret_active > 0;
}

static struct message_item item_of(struct req *q, const struct message_list_row *r) {
	struct str name = str_empty(r->name) ? q->business->name : r->name;
	return (struct message_item){.id = r->id, .group = str_is(r->kind, "group"), .name = name, .photo = r->photo, .subject = r->subject,
		.words = str_none(r->words) ? r->summary : markdown_text(q->a, r->words, WORDS_CHARS), .mine = r->mine, .unread = r->unread,
		.closed = str_is(r->status, "closed"), .asked = r->asked, .answered = r->answered, .at = r->active_at};
}

enum err messages_show(struct req *q, const struct messages_show_in *in, struct messages_page *ret) {
	struct message_list_row_list rows;
	usec_t active;
	struct conversation_id before;
	if (!read_cursor(q, in->cursor, &active, &before)) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(sql_message_list(q->db, q->a, q->actor.id, q->actor.is_staff, active, before, PAGE_ROWS + 1, &rows));
	q->page.nav = STR("messages");
	ret->items.v = NEW_ARRAY(q->a, struct message_item, rows.n);
	for (size_t i = 0; i < rows.n && i < PAGE_ROWS; i++) ret->items.v[ret->items.n++] = item_of(q, &rows.v[i]);
	ret->more = (struct url){STR_NONE};
	if (rows.n <= PAGE_ROWS) return OK;
	const struct message_list_row *last = &rows.v[PAGE_ROWS - 1];
	struct str cursor = str_fmt(q->a, "%" PRId64 "-%" PRId64, last->active_at, last->id.v);
	ret->more = url_with(q->a, url_path(q->a, "/messages"), "cursor", cursor);
	return OK;
}
