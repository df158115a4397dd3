/* The desk, simple as yet: what waits for an answer, what was opened again, what is mine, what customers said. */
#include "talk/talk_int.h"
#include "text/markdown.h"

enum { ROWS = 12, WORDS = 110 };

static void fill(struct req *q, const struct talk_desk_row_list *rows, bool by_activity,
	struct talk_desk_item_list *ret) {
	ret->v = NEW_ARRAY(q->a, struct talk_desk_item, rows->n);
	for (size_t i = 0; i < rows->n; i++) {
		const struct talk_desk_row *r = &rows->v[i];
		struct talk_desk_item item = {.id = r->id, .subject = r->subject, .state = state_view(r->status),
			.private = !str_is(r->visibility, "public"),
			.who = str_none(r->author_name) ? STR("") : r->author_name, .by = str_none(r->assignee_name)
				? STR("") : r->assignee_name,
			.area = r->area, .votes = r->votes, .at = by_activity ? r->active_at : r->created_at,
				.reopened = r->reopened, .worth = r->worth_minor};
		ret->v[ret->n++] = item;
	}
}

static enum err fill_said(struct req *q, struct talk_desk_page *ret) {
	struct talk_desk_said_list rows;
	TRY(sql_talk_desk_said(q->db, q->a, true, ROWS, &rows));
	ret->said.v = NEW_ARRAY(q->a, struct talk_desk_said_item, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct talk_desk_said *r = &rows.v[i];
		ret->said.v[ret->said.n++] = (struct talk_desk_said_item){.id = r->conversation_id, .message = r->id,
			.subject = r->subject,
			.words = markdown_text(q->a, r->body, WORDS), .who = r->author_name, .at = r->created_at,
				.still = str_is(r->kind, "not_fixed")};
	}
	return OK;
}

enum err talk_desk(struct req *q, struct talk_desk_page *ret) {
	struct talk_desk_row_list rows;
	struct talk_tally_row_list tally;
	q->page.nav = STR("desk");
	q->page.wide = STR("desk");
	q->page.live = STR("conversations");
	TRY(sql_talk_desk_new(q->db, q->a, true, ROWS, &rows));
	fill(q, &rows, false, &ret->fresh);
	TRY(sql_talk_desk_reopened(q->db, q->a, true, ROWS, &rows));
	fill(q, &rows, true, &ret->reopened);
	TRY(sql_talk_desk_mine(q->db, q->a, q->actor.id, true, ROWS, &rows));
	fill(q, &rows, true, &ret->mine);
	TRY(sql_talk_tallies(q->db, q->a, &tally));
	for (size_t i = 0; i < tally.n; i++)
		if (str_is(tally.v[i].status, "new")) ret->waiting += tally.v[i].reports;
	return fill_said(q, ret);
}
