/* An expectation as somebody sees it: in lists, on its page, on the pages of others. */
#include "promise/promise_int.h"
#include "notice/notice.h"
#include "record/record.h"
#include "routes.h"
#include "text/date.h"
#include "text/markdown.h"
#include "text/url.h"
#include <inttypes.h>
#include <stdio.h>

enum { BETWEEN_MOST = 12, BEFORE_MOST = 3, IN_MOST = 20, CHANGES_MOST = 100, OVER_MOST = 20, COUNT_MOST = 1000, COLLEAGUES_MOST = 200, WORDS_CHARS = 400, FIRST_CHARS = 70 };
#define SOON DAYS(2)

/* ------------------------------------------------------------------------- words */

static struct str end_of(struct req *q, usec_t due_at, bool to_the_day) {
	struct locale firm = q->locale;
	const struct zone *z = zone_find(q->business->zone);
	if (to_the_day && z != NULL) firm.zone = z;     /* a day is one of the firm's */
	return to_the_day ? say_date(q->a, &firm, due_at) : say_when(q->a, &q->locale, due_at);
}

struct str promise_by(struct req *q, usec_t due_at, bool to_the_day) {
	return tr_fill(q->a, TRQ(q, T("by {when}")), "when", end_of(q, due_at, to_the_day).p, NULL);
}

struct look {
	const char *state, *look, *sign, *word;
};

static const struct look looks[] = {
	{"open", "open", "clock", T("Open")}, {"renegotiated", "renegotiated", "swap", T("New date")}, {"done", "done", "check", T("Done, we say")},
	{"kept", "kept", "check", T("Kept")}, {"exceeded", "exceeded", "checks", T("Better than promised")}, {"missed", "missed", "x", T("Missed")},
	{"withdrawn", "open", "undo", T("Taken back")},
};

static bool is_mine(const struct req *q, const struct promise_row *r) { return r->person_id.v != 0 && r->person_id.v == q->actor.id.v; }

static void look_of(struct req *q, const struct promise_row *r, struct promise_view *v) {
	static const struct look late = {"", "missed", "alert", T("Late")}, soon = {"", "soon", "hourglass", T("Due soon")}, theirs = {"", "done", "check", T("Done, they say")};
	static const struct look paused = {"", "renegotiated", "hourglass", T("We wait for them")};
	const struct look *l = &looks[0];
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (str_is(r->state, looks[i].state)) l = &looks[i];
	if (v->paused_at != 0) l = &paused;
	else if (v->late) l = &late;
	else if (str_is(r->state, "open") && r->due_at - q->locale.now < SOON) l = &soon;
	else if (str_is(r->state, "done") && r->ours != q->actor.is_staff && !(r->ours && !is_mine(q, r))) l = r->ours ? l : &theirs;
	else if (str_is(r->state, "done") && !r->ours && q->actor.is_staff) l = &theirs;
	v->look = str_c(l->look);
	v->sign = str_c(l->sign);
	v->word = str_c(TRQ(q, l->word));
}

/* Who owes it to whom. To whoever only reads it in public, the other side is nobody they know. */
static struct str who_of(struct req *q, const struct promise_row *r, bool knows) {
	const char *owner = str_z(q->a, r->owner), *person = str_none(r->person) ? "" : str_z(q->a, r->person), *firm = str_z(q->a, q->business->name);
	if (r->person_id.v == 0) return tr_fill(q->a, TRQ(q, q->actor.is_staff ? T("{name}, to everybody") : T("{name} of {firm}, to everybody")), "name", owner, "firm", firm, NULL);
	if (is_mine(q, r)) return tr_fill(q->a, TRQ(q, r->ours ? T("{name} of {firm}, to you") : T("You, to {name} of {firm}")), "name", owner, "firm", firm, NULL);
	if (!knows) return tr_fill(q->a, TRQ(q, T("{name} of {firm}")), "name", owner, "firm", firm, NULL);
	return tr_fill(q->a, TRQ(q, r->ours ? T("{name}, to {person}") : T("{person}, to {name}")), "name", owner, "person", person, NULL);
}

struct promise_view promise_view_of(struct req *q, const struct promise_row *r) {
	bool knows = q->actor.is_staff || r->holds, day = str_is(r->due_kind, "day"), theirs = str_is(r->word_of, "them");
	struct promise_view v = {.id = r->id, .direction = r->ours ? STR("ours") : STR("theirs"), .from = r->ours ? r->owner_id : r->person_id,
		.to = r->ours ? r->person_id : r->owner_id, .text = r->text, .due_at = r->due_at, .state = r->state,
		.late = promise_is_live(r->state) && r->paused_at == 0 && r->due_at < q->locale.now, .said = r->said, .first_due_at = r->first_due_at, .moved = r->moved,
		.audience = r->audience, .owner = {.id = r->owner_id, .name = r->owner}, .person = {.id = r->person_id, .name = r->person}, .record_id = r->record_id,
		.conversation_id = r->conversation_id, .message_id = r->message_id, .call_id = r->call_id, .made_at = r->made_at, .done_at = r->done_at,
		.closed_at = r->closed_at, .word_of = r->word_of, .rule_id = r->rule_id, .paused_at = r->paused_at,
		.brand_text_id = r->brand_text_id, .my_verdict = r->my_word, .note = knows || !theirs ? r->note : STR(""), .url = url_path(q->a, "/expectations/%" PRId64, r->id.v)};
	if (!knows) { /* in public: what and when, not to whom */
		if (r->ours) v.to = (struct person_id){0};
		else v.from = (struct person_id){0};
		v.person.id = (struct person_id){0};
		v.person.name = STR_NONE;
	}
	v.counted = promise_counted(q, r);
	if (r->person_id.v == 0) {
		v.verdicts.kept = (struct opt_int){true, r->say_kept};
		v.verdicts.exceeded = (struct opt_int){true, r->say_exceeded};
		v.verdicts.missed = (struct opt_int){true, r->say_missed};
	}
	look_of(q, r, &v);
	v.who = who_of(q, r, knows);
	usec_t end = r->closed_at ? r->closed_at : r->done_at;
	v.by = end ? say_date(q->a, &q->locale, end) : promise_by(q, r->due_at, day);
	v.was = r->moved > 0 && !end ? promise_by(q, r->first_due_at, day) : STR("");
	return v;
}

struct promise_act *promise_act_of(struct req *q, const struct promise_view *x, const char *back) {
	bool theirs = str_is(x->direction, "theirs"), done = theirs && promise_is_live(x->state), verdict = !theirs && str_is(x->state, "done");
	bool mine = q->actor.id.v != 0 && x->person.id.v == q->actor.id.v, everybody = x->brand_text_id.v != 0 && q->actor.id.v != 0;
	if (q->actor.is_staff || !((mine && (done || verdict)) || (everybody && verdict))) return NULL;
	struct promise_act *n = NEW(q->a, struct promise_act);
	*n = (struct promise_act){.id = x->id, .what = x->text, .step = done ? STR("done") : STR("verdict"), .back = str_c(back)};
	return n;
}

void promise_views_of(struct req *q, const struct promise_row_list *rows, size_t most, struct promise_view_list *ret) {
	*ret = (struct promise_view_list){.v = NEW_ARRAY(q->a, struct promise_view, rows->n)};
	for (size_t i = 0; i < rows->n && i < most; i++) ret->v[ret->n++] = promise_view_of(q, &rows->v[i]);
}

/* -------------------------------------------------------------- for other pages */

enum err promise_between(struct req *q, struct person_id person, struct promise_view_list *ret) {
	struct promise_row_list rows;
	TRY(sql_promise_with(q->db, q->a, person, person.v == q->actor.id.v, q->actor.id, q->actor.is_staff, BETWEEN_MOST, &rows));
	promise_views_of(q, &rows, BETWEEN_MOST, ret);
	return OK;
}

enum err promise_before(struct req *q, struct person_id person, struct promise_box *ret) {
	*ret = (struct promise_box){.person = person};
	TRY(promise_between(q, person, &ret->data));
	TRY(promise_to_all(q, (struct brand_text_id){0}, BEFORE_MOST, &ret->all));
	if (ret->data.n <= BEFORE_MOST) return OK;
	ret->more = (int64_t)ret->data.n - BEFORE_MOST;
	ret->data.n = BEFORE_MOST;
	return OK;
}

enum err promise_in(struct req *q, struct conversation_id conversation, struct record_id root, struct promise_view_list *ret) {
	struct promise_row_list rows;
	struct opt_int any = {0};
	TRY(sql_promise_find(q->db, q->a, (struct person_id){0}, (struct person_id){0}, root, conversation, STR_NONE, any, 0, any, 0, (struct expectation_id){0},
		(struct expectation_id){0}, true, false, q->actor.id, q->actor.is_staff, IN_MOST, PROMISE_FIND_SOON, &rows));
	size_t n = 0;
	for (size_t i = 0; i < rows.n; i++)
		if (rows.v[i].rule_id.v == 0) rows.v[n++] = rows.v[i];     /* what rules made is shown as the time left */
	rows.n = n;
	promise_views_of(q, &rows, IN_MOST, ret);
	return OK;
}

enum err promise_some(struct req *q, struct int_list ids, struct promise_view_list *ret) {
	struct promise_row_list rows;
	TRY(sql_promise_some(q->db, q->a, ids, q->actor.id, q->actor.is_staff, (int64_t)ids.n, &rows));
	promise_views_of(q, &rows, rows.n, ret);
	return OK;
}

enum err promise_first(struct req *q, struct int_list conversations, struct promise_first_view_list *ret) {
	struct promise_next_row_list rows;
	*ret = (struct promise_first_view_list){0};
	if (conversations.n == 0 || !q->actor.is_staff) return OK;
	TRY(sql_promise_next(q->db, q->a, conversations, (int64_t)conversations.n, &rows));
	ret->v = NEW_ARRAY(q->a, struct promise_first_view, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct promise_next_row *r = &rows.v[i];
		const char *by = end_of(q, r->due_at, str_is(r->due_kind, "day")).p, *what = str_z(q->a, markdown_text(q->a, r->text, FIRST_CHARS));
		ret->v[ret->n++] = (struct promise_first_view){.conversation_id = r->conversation_id, .id = r->id, .late = r->due_at < q->locale.now,
			.words = r->ours ? tr_fill(q->a, TRQ(q, T("{name} promised by {when}: {what}")), "name", str_z(q->a, r->owner), "when", by, "what", what, NULL)
				: tr_fill(q->a, TRQ(q, T("They promised by {when}: {what}")), "when", by, "what", what, NULL)};
	}
	return OK;
}

/* ------------------------------------------------------------------------- lists */

struct wish {
	struct person_id person, owner;
	struct record_id root;
	struct conversation_id conversation;
	struct str state;
	struct opt_int live, over;
	usec_t late;
	bool wide;                       /* also what was promised to others in public */
	bool all;                        /* also what was promised to everybody */
	enum promise_find_order order;
};

static void wish_view(struct wish *w, const struct req *q, struct str view) {
	w->order = PROMISE_FIND_SOON;
	if (str_is(view, "all") || str_is(view, "closed")) w->order = PROMISE_FIND_NEWEST;
	if (str_is(view, "closed")) w->over = (struct opt_int){true, 1};
	else if (str_is(view, "done")) w->state = STR("done");
	else if (!str_is(view, "all")) w->live = (struct opt_int){true, 1};
	if (str_is(view, "late")) w->late = q->locale.now;
	if (str_is(view, "mine")) {
		if (q->actor.is_staff) w->owner = q->actor.id;
		else w->person = q->actor.id;
	}
}

static enum err find(struct req *q, const struct wish *w, struct str cursor, int64_t most, struct promise_row_list *ret, struct str *ret_next) {
	usec_t at = 0;
	struct expectation_id after = {0}, before = {0};
	char end;
	bool soon = w->order == PROMISE_FIND_SOON, good = str_empty(cursor) || (cursor.n <= 40 && (soon
		? sscanf(str_z(q->a, cursor), "%" SCNd64 "-%" SCNd64 "%c", &at, &after.v, &end) == 2 : str_int(cursor, &before.v) && before.v > 0));
	*ret_next = STR_NONE;
	if (!good) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(sql_promise_find(q->db, q->a, w->person, w->owner, w->root, w->conversation, w->state, w->live, w->late, w->over, at, after, before, w->wide, w->all, q->actor.id,
		q->actor.is_staff, most + 1, w->order, ret));
	if ((int64_t)ret->n <= most) return OK;
	ret->n = (size_t)most;
	const struct promise_row *last = &ret->v[most - 1];
	*ret_next = soon ? str_fmt(q->a, "%" PRId64 "-%" PRId64, last->due_at, last->id.v) : str_fmt(q->a, "%" PRId64, last->id.v);
	return OK;
}

static const struct { const char *name, *word; bool hot; } tabs[] = {
	{"due", T("To be kept"), false}, {"mine", T("Mine"), false}, {"late", T("Late"), true}, {"done", T("Waits for their word"), false}, {"closed", T("Over"), false}};

static enum err fill_tabs(struct req *q, struct str here, struct promise_list_page *ret) {
	ret->tabs.v = NEW_ARRAY(q->a, struct promise_tab, sizeof tabs / sizeof *tabs);
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
		struct wish w = {.state = STR_NONE};
		struct promise_tab *t = &ret->tabs.v[ret->tabs.n++];
		*t = (struct promise_tab){.name = str_c(tabs[i].name), .word = str_c(TRQ(q, tabs[i].word)), .here = str_is(here, tabs[i].name),
			.url = url_with(q->a, url_path(q->a, "/expectations"), "view", str_c(tabs[i].name))};
		wish_view(&w, q, t->name);
		if (w.over.has) TRY(sql_promise_over(q->db, COUNT_MOST, &t->count));
		else TRY(sql_promise_count(q->db, w.owner, w.late, w.state, w.live, COUNT_MOST, &t->count));
		t->more = t->count == COUNT_MOST;
		t->hot = tabs[i].hot && t->count > 0;
	}
	return OK;
}

/* What a customer is asked to say a word about, and what is over; what they can say of each stands there. */
static enum err fill_own(struct req *q, struct promise_list_page *ret) {
	struct promise_row_list rows;
	struct str more;
	TRY(promise_claims_fresh(q, &ret->claims));
	struct wish w = {.state = STR("done"), .all = true, .order = PROMISE_FIND_SOON};
	TRY(find(q, &w, STR_NONE, OVER_MOST, &rows, &more));
	size_t n = 0;
	for (size_t i = 0; i < rows.n; i++)
		if (rows.v[i].ours && (is_mine(q, &rows.v[i]) || (rows.v[i].person_id.v == 0 && str_none(rows.v[i].my_word)))) rows.v[n++] = rows.v[i];
	rows.n = n;
	promise_views_of(q, &rows, OVER_MOST, &ret->asked);
	for (size_t i = 0; i < ret->asked.n; i++) ret->asked.v[i].next = promise_act_of(q, &ret->asked.v[i], "list");
	for (size_t i = 0; i < ret->data.n; i++) ret->data.v[i].next = promise_act_of(q, &ret->data.v[i], "list");
	w = (struct wish){.state = STR_NONE, .all = true, .over = {true, 1}, .order = PROMISE_FIND_NEWEST};
	TRY(find(q, &w, STR_NONE, OVER_MOST, &rows, &more));
	promise_views_of(q, &rows, OVER_MOST, &ret->over);
	return promise_all_count(q, &ret->to_all);
}

static enum err whose(struct req *q, struct person_id id, struct promise_list_page *ret) {
	struct promise_person_row who;
	bool found;
	ret->whose = STR("");
	if (id.v == 0) return OK;
	TRY(sql_promise_person(q->db, q->a, id, q->actor.id, q->actor.is_staff, &who, &found));
	if (found) ret->whose = tr_fill(q->a, TRQ(q, T("Only what is between us and {name}.")), "name", str_z(q->a, who.name), NULL);
	return OK;
}

static enum err root_of(struct req *q, struct record_id id, struct record_id *ret) {
	struct record_row row;
	*ret = id;
	if (id.v == 0) return OK;
	TRY(record_seen(q, id, &row));
	if (row.root_id.v != 0) *ret = row.root_id;
	return OK;
}

static struct url counted_more(struct req *q, const struct promise_list_in *in, struct str cursor) {
	const struct { const char *name; struct str value; } given[] = {{"direction", in->direction}, {"word", in->word}, {"source", in->source},
		{"team_id", in->team_id.v ? str_fmt(q->a, "%" PRId64, in->team_id.v) : STR_NONE},
		{"owner_id", in->owner_id.v ? str_fmt(q->a, "%" PRId64, in->owner_id.v) : STR_NONE}, {"person_id", in->person_id.v ? str_fmt(q->a, "%" PRId64, in->person_id.v) : STR_NONE},
		{"month", in->month.has ? str_fmt(q->a, "%" PRId64, in->month.v) : STR_NONE}, {"cursor", cursor}};
	struct url u = url_with(q->a, url_path(q->a, "/expectations"), "result", in->result);
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		if (!str_none(given[i].value)) u = url_with(q->a, u, given[i].name, given[i].value);
	return u;
}

/* Those behind a number of /expectations/trust. */
static enum err list_counted(struct req *q, const struct promise_list_in *in, struct promise_list_page *ret) {
	struct promise_row_list rows;
	struct expectation_id before = {0};
	struct object o = {.thing = THING_TRUST};
	TRY(may_or_err(&q->actor, ACT_SEE, &o));
	struct trust_wish w = {.theirs = str_is(in->direction, "theirs"), .person = in->person_id, .owner = in->owner_id, .team = in->team_id, .month = in->month, .source = in->source,
		.word = in->word, .result = in->result};
	*ret = (struct promise_list_page){.staff = true, .view = STR("closed"), .next = STR_NONE, .whose = STR("")};
	if (!str_none(in->cursor) && (!str_int(in->cursor, &before.v) || before.v <= 0)) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(trust_find(q, &w, before, in->limit + 1, &rows));
	bool more = (int64_t)rows.n > in->limit;
	promise_views_of(q, &rows, (size_t)in->limit, &ret->data);
	if (more) ret->next = str_fmt(q->a, "%" PRId64, rows.v[in->limit - 1].id.v);
	if (q->api) return OK;
	q->page.nav = STR("promises");
	TRY(trust_said(q, &w, &ret->counted));
	ret->more = more ? counted_more(q, in, ret->next) : (struct url){STR_NONE};
	return fill_tabs(q, ret->view, ret);
}

enum err promise_list(struct req *q, const struct promise_list_in *in, struct promise_list_page *ret) {
	if (!str_none(in->result)) return list_counted(q, in, ret);
	struct promise_row_list rows;
	struct wish w = {.state = STR_NONE};
	*ret = (struct promise_list_page){.staff = q->actor.is_staff, .counted = STR(""), .view = !str_none(in->view) ? in->view : q->api ? STR("all") : STR("due")};
	wish_view(&w, q, ret->view);
	if (in->person_id.v != 0) w.person = in->person_id;
	if (in->owner_id.v != 0) w.owner = in->owner_id;
	w.conversation = in->conversation_id;
	TRY(root_of(q, in->record_id, &w.root));
	if (!str_none(in->state)) w.state = in->state;
	w.all = w.person.v == 0;
	w.wide = q->actor.is_staff || in->conversation_id.v != 0 || in->record_id.v != 0;
	TRY(find(q, &w, in->cursor, in->limit, &rows, &ret->next));
	promise_views_of(q, &rows, (size_t)in->limit, &ret->data);
	if (q->api) return OK;
	q->page.nav = STR("promises");
	ret->more = (struct url){STR_NONE};
	if (!str_none(ret->next)) {
		struct url u = url_with(q->a, url_path(q->a, "/expectations"), "view", ret->view);
		if (in->person_id.v != 0) u = url_with(q->a, u, "person_id", str_fmt(q->a, "%" PRId64, in->person_id.v));
		ret->more = url_with(q->a, u, "cursor", ret->next);
	}
	if (!q->actor.is_staff) return fill_own(q, ret);
	TRY(whose(q, in->person_id, ret));
	TRY(promise_claims_asked(q, COUNT_MOST, &ret->claimed));
	return fill_tabs(q, ret->view, ret);
}

/* ---------------------------------------------------------------------- one page */

enum err promise_seen(struct req *q, struct expectation_id id, struct promise_row *ret) {
	return sql_promise_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, ret);
}

static struct promise_change_step change_of(struct req *q, const struct promise_row *r, const struct promise_change_row *c) {
	bool day = str_is(r->due_kind, "day"), knows = q->actor.is_staff || r->holds;
	struct str by = str_none(c->actor) ? STR("") : !c->by_us && is_mine(q, r) ? str_c(TRQ(q, T("you"))) : c->by_us || knows ? c->actor : STR("");
	struct promise_change_step s = {.look = STR("done"), .sign = STR("check"), .by = by, .at = c->at, .was = STR(""), .note = c->by_us || knows ? c->note : STR("")};
	if (!str_none(c->owner)) {
		s.sign = STR("user");
		s.title = tr_fill(q->a, TRQ(q, T("{name} sees to it")), "name", str_z(q->a, c->owner), NULL);
	} else if (str_empty(c->from_state)) {
		s.title = tr_fill(q->a, TRQ(q, T("Promised {by}")), "by", promise_by(q, c->to_due_at, day).p, NULL);
	} else if (str_eq(c->from_state, c->to_state) && c->to_due_at == 0) {
		s.look = STR("next"), s.sign = STR("hourglass"), s.title = str_c(TRQ(q, T("We wait for them: the clock stands still")));
	} else if (str_eq(c->from_state, c->to_state) && str_empty(c->note)) {
		s.look = STR("next"), s.sign = STR("clock");
		s.title = tr_fill(q->a, TRQ(q, T("The clock runs again: {by}")), "by", promise_by(q, c->to_due_at, day).p, NULL);
		s.was = promise_by(q, c->from_due_at, day);
	} else if (str_is(c->to_state, "renegotiated")) {
		s.look = STR("renegotiated");
		s.sign = STR("swap");
		s.title = tr_fill(q->a, TRQ(q, T("New date: {by}")), "by", promise_by(q, c->to_due_at, day).p, NULL);
		s.was = promise_by(q, c->from_due_at, day);
	} else {
		for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
			if (str_is(c->to_state, looks[i].state)) s.look = str_c(looks[i].look), s.sign = str_c(looks[i].sign), s.title = str_c(TRQ(q, looks[i].word));
		if (str_is(c->to_state, "done") && !r->ours) s.title = str_c(TRQ(q, T("Done, they say")));
		struct str many = promise_counted(q, r);
		if (str_none(c->actor) && !str_is(c->to_state, "done")) s.note = str_empty(many) ? str_c(TRQ(q, T("Nobody said otherwise."))) : many;
	}
	return s;
}

/* What comes next, as the last step of the track. */
static void next_of(struct req *q, const struct promise_row *r, struct promise_page *ret) {
	struct promise_change_step s = {.look = STR("next"), .sign = STR("right"), .by = STR(""), .was = STR(""), .note = STR("")};
	if (promise_is_live(r->state)) {
		s.look = ret->promise.late ? STR("missed") : STR("work");
		s.sign = ret->promise.late ? STR("alert") : STR("clock");
		s.title = tr_fill(q->a, TRQ(q, ret->promise.late ? T("It was due {by}") : T("Due {by}")), "by",
			promise_by(q, r->due_at, str_is(r->due_kind, "day")).p, NULL);
		s.note = say_ago(q->a, &q->locale, r->due_at);
	} else if (str_is(r->state, "done")) {
		s.title = str_c(TRQ(q, r->person_id.v == 0 ? T("What everybody says: was it kept?") : r->ours ? is_mine(q, r) ? T("Your word: was it kept?") : T("Their word: was it kept?") : T("Our word: was it kept?")));
		s.note = ret->silence;
	} else return;
	ret->steps.v[ret->steps.n++] = s;
}

/* What the other side did after a miss; for the team. */
static enum err after_of(struct req *q, const struct promise_row *r, struct promise_page *ret) {
	struct promise_change_step s = {.look = STR("next"), .sign = STR("clock"), .by = STR(""), .was = STR(""), .at = r->closed_at + TRUST_AFTER};
	TRY(trust_after_said(q, r->id, &s.note));
	s.title = str_c(TRQ(q, str_empty(s.note) ? T("What they did then stands here after thirty days") : T("In the thirty days after")));
	ret->steps.v[ret->steps.n++] = s;
	return OK;
}

static enum err fill_steps(struct req *q, const struct promise_row *r, struct promise_page *ret) {
	struct promise_change_row_list rows;
	TRY(sql_promise_changes(q->db, q->a, r->id, q->actor.is_staff, CHANGES_MOST, &rows));
	ret->steps.v = NEW_ARRAY(q->a, struct promise_change_step, rows.n + 2);
	for (size_t i = 0; i < rows.n; i++) ret->steps.v[ret->steps.n++] = change_of(q, r, &rows.v[i]);
	next_of(q, r, ret);
	return q->actor.is_staff && r->person_id.v != 0 && str_is(r->state, "missed") ? after_of(q, r, ret) : OK;
}

static int64_t firm_day(const struct req *q, usec_t t) {
	const struct zone *z = zone_find(q->business->zone);
	struct local_time l = zone_local(z ? z : zone_utc(), t);
	return days_of(l.year, l.month, l.day);
}

/* How what is early counts, and what silence says. */
static void fill_rules(struct req *q, const struct promise_row *r, const struct promise_setting *set, struct promise_page *ret) {
	const char *days = str_fmt(q->a, "%" PRId64, set->silence_days).p, *percent = str_fmt(q->a, "%" PRId64, set->early_percent).p;
	ret->silence = ret->rule = STR("");
	if (str_is(r->state, "done") && r->person_id.v == 0) ret->silence = tr_fill(q->a, TRQ(q, T("On {day} it is over: what most of those who said a word say, counts. If nobody says otherwise, it counts as kept.")), "day",
		say_date(q->a, &q->locale, r->next_at).p, NULL);
	else if (promise_is_live(r->state) && r->person_id.v == 0) ret->silence = tr_fill(q->a, TRQ(q, T("Everybody is asked. After {days} days counts what most of those who said a word say.")), "days", days, NULL);
	else if (str_is(r->state, "done")) ret->silence = tr_fill(q->a, TRQ(q, T("If nobody says otherwise by {day}, it counts as kept.")), "day",
		say_date(q->a, &q->locale, r->next_at).p, NULL);
	else if (promise_is_live(r->state)) ret->silence = tr_fill(q->a, TRQ(q, T("The other side is asked. If nobody says otherwise for {days} days, it counts as kept.")), "days", days, NULL);
	int64_t made = firm_day(q, r->made_at), whole = firm_day(q, r->first_due_at) - made, took = firm_day(q, r->done_at) - made;
	if (took < 1) took = 1;
	if (r->done_at == 0 || !promise_early(r->made_at, r->first_due_at, r->done_at, set->early_percent) || whole < 1) return;
	ret->rule = tr_fill(q->a, TRQ(q, T("Done after {took} of {whole} days. Whoever saves {percent} % of the time does better than promised, if nobody says otherwise.")), "took",
		str_fmt(q->a, "%" PRId64, took).p, "whole", str_fmt(q->a, "%" PRId64, whole).p, "percent", percent, NULL);
}

static void fill_rights(struct req *q, const struct promise_row *r, struct promise_page *ret) {
	struct object o = promise_object(r->person_id, r->audience, r->holds);
	unsigned part = promise_part(&q->actor, r->ours, r->person_id, r->audience);
	bool edits = may(&q->actor, ACT_EDIT, &o), answers = may(&q->actor, ACT_ANSWER, &o), why;
	ret->mine = is_mine(q, r);
	ret->may_done = edits && promise_may_go(r->state, STR("done"), part, &why);
	ret->may_move = edits && promise_may_go(r->state, STR("renegotiated"), part, &why);
	ret->may_withdraw = edits && promise_may_go(r->state, STR("withdrawn"), part, &ret->must_say);
	ret->may_kept = answers && promise_may_go(r->state, STR("kept"), part, &why) && (str_is(r->state, "done") || !ret->may_done || ret->mine);
	if (r->person_id.v == 0) ret->may_kept = answers && str_is(r->state, "done");
	ret->may_missed = edits && !ret->may_kept && promise_may_go(r->state, STR("missed"), part, &why);
	ret->may_give = q->actor.is_staff && edits && (promise_is_live(r->state) || str_is(r->state, "done"));
}

static void fill_source(struct req *q, const struct promise_row *r, struct promise_page *ret) {
	ret->source = (struct url){STR_NONE};
	ret->subject = str_none(r->subject) ? STR("") : r->subject;
	ret->words = str_none(r->words) ? STR("") : markdown_text(q->a, r->words, WORDS_CHARS);
	if (r->conversation_id.v != 0) {
		ret->source = url_path(q->a, "/conversations/%" PRId64, r->conversation_id.v);
		if (r->message_id.v != 0) ret->source = url_path(q->a, "/conversations/%" PRId64 "#m%" PRId64, r->conversation_id.v, r->message_id.v);
	} else if (r->call_id.v != 0) {
		ret->source = url_path(q->a, "/calls/%" PRId64, r->call_id.v);
		ret->subject = str_c(TRQ(q, T("A telephone call")));
	}
	if (r->brand_text_id.v != 0) ret->subject = r->brand;
	if (r->brand_text_id.v != 0 && q->actor.is_staff) ret->source = url_path(q->a, "/brand/%" PRId64, r->brand_text_id.v);
	ret->called = STR("");
	if (r->record_id.v == 0) return;
	struct record_row row = {.type = r->record_type, .title = r->record_title, .fields = r->record_fields};
	ret->called = record_called(q, &row);
}

enum err promise_choices(struct req *q, struct person_id chosen, struct promise_choice_list *ret) {
	struct promise_person_row_list rows;
	TRY(sql_promise_colleagues(q->db, q->a, COLLEAGUES_MOST, &rows));
	*ret = (struct promise_choice_list){.v = NEW_ARRAY(q->a, struct promise_choice, rows.n)};
	for (size_t i = 0; i < rows.n; i++)
		ret->v[ret->n++] = (struct promise_choice){.id = rows.v[i].id, .name = rows.v[i].name, .here = rows.v[i].id.v == chosen.v};
	return OK;
}

/* What was typed, for a form that comes again. */
struct typed {
	struct str note, day, clock;
};

static enum err page_of(struct req *q, struct expectation_id id, const struct typed *typed, struct promise_page *ret) {
	struct promise_row r;
	struct promise_setting set;
	TRY(promise_seen(q, id, &r));
	*ret = (struct promise_page){.promise = promise_view_of(q, &r), .staff = q->actor.is_staff, .note = str_none(typed->note) ? STR("") : typed->note,
		.day = str_none(typed->day) ? STR("") : typed->day, .clock = str_none(typed->clock) ? STR("") : typed->clock};
	if (q->api) return OK;
	TRY(sql_promise_settings(q->db, &set));
	q->page.nav = STR("promises");
	q->page.live = str_fmt(q->a, "expectation:%" PRId64, id.v);
	if (q->actor.notices > 0) notice_seen_expectation(q, id);
	ret->today = date_of_time(q->a, q->locale.zone, q->locale.now);
	fill_source(q, &r, ret);
	fill_rules(q, &r, &set, ret);
	fill_rights(q, &r, ret);
	TRY(fill_steps(q, &r, ret));
	if (r.person_id.v == 0 && q->actor.is_staff) TRY(promise_verdicts(q, id, &ret->verdicts));
	return ret->may_give ? promise_choices(q, r.owner_id, &ret->colleagues) : OK;
}

enum err promise_show(struct req *q, const struct promise_show_in *in, struct promise_page *ret) {
	struct typed typed = {.note = in->note, .day = in->day, .clock = in->clock};
	return page_of(q, in->id, &typed, ret);
}

enum err promise_again(struct req *q, const struct promise_again_in *in, struct promise_page *ret) {
	struct typed typed = {.note = STR_NONE, .day = STR_NONE, .clock = STR_NONE};
	return page_of(q, in->id, &typed, ret);
}
