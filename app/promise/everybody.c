/* What was promised to everybody: the page on which it stands, what other pages show of it, and what everybody says of whether it was kept. */
#include "promise/promise_int.h"
#include "routes.h"
#include "text/url.h"
#include <inttypes.h>
#include <stdio.h>

enum { OVER_MOST = 20, COUNT_MOST = 1000, WORDS_MOST = 50 };

struct object promise_object(struct person_id person, struct str audience, bool holds) {
	return (struct object){.thing = person.v != 0 ? THING_EXPECTATION : THING_PUBLIC_PROMISE, .owner = person, .participant = holds,
		.visibility = str_is(audience, "team") ? SEEN_STAFF : str_is(audience, "both") ? SEEN_PRIVATE : SEEN_PUBLIC};
}

/* -------------------------------------------------------------------- verdicts */

struct str promise_majority(int64_t kept, int64_t exceeded, int64_t missed) {
	if (kept + exceeded + missed == 0) return STR_NONE;
	if (missed >= kept + exceeded) return STR("missed");
	return exceeded > kept + missed ? STR("exceeded") : STR("kept");
}

static void add_part(struct req *q, struct str *all, const char *one, const char *many, int64_t n) {
	if (n == 0) return;
	struct str part = tr_fill(q->a, tr_n(q->locale.lang, one, many, n), "n", str_z(q->a, say_number(q->a, &q->locale, n)), NULL);
	*all = str_empty(*all) ? part : str_fmt(q->a, STR_FMT ", " STR_FMT, STR_ARG(*all), STR_ARG(part));
}

struct str promise_counted(struct req *q, const struct promise_row *r) {
	struct str all = STR("");
	add_part(q, &all, TN("one says kept", "{n} say kept"), r->say_kept);
	add_part(q, &all, TN("one says better than promised", "{n} say better than promised"), r->say_exceeded);
	add_part(q, &all, TN("one says not kept", "{n} say not kept"), r->say_missed);
	return all;
}

enum err promise_say(struct req *q, const struct promise_state *x, struct str word, struct str note) {
	struct object o = promise_object(x->person_id, x->audience, false);
	bool verdict = str_is(word, "kept") || str_is(word, "exceeded") || str_is(word, "missed");
	TRY(may_or_err(&q->actor, ACT_ANSWER, &o));
	if (!verdict) return req_fail(q, ERR_DENIED, T("That is for whoever promised it to say."), NULL);
	if (!str_is(x->state, "done")) return req_fail(q, ERR_CONFLICT, promise_is_live(x->state) ? T("It is not done yet: your word counts as soon as we say that it is.")
		: T("Its state does not allow that any more. Please look at it again."), NULL);
	if (note.n > NOTE_MOST) return req_invalid(q, "note", T("This is too long."));
	TRY(sql_verdict_put(q->db, x->id, q->actor.id, word, note, clock_now()));
	req_say(q, T("Thank you. We have heard it."));
	return promise_event(q->db, q->actor.id, "update", x, AUDIENCE_STAFF, str_fmt(q->a, "{\"verdict\":\"" STR_FMT "\"}", STR_ARG(word)));
}

enum err promise_verdicts(struct req *q, struct expectation_id id, struct verdict_line_list *ret) {
	static const struct { const char *state, *sign, *word; } words[] = {{"kept", "check", T("Kept")}, {"exceeded", "checks", T("Better than promised")}, {"missed", "x", T("Not kept")}};
	struct verdict_row_list rows;
	TRY(sql_verdicts(q->db, q->a, id, q->actor.id, q->actor.is_staff, WORDS_MOST, &rows));
	*ret = (struct verdict_line_list){.v = NEW_ARRAY(q->a, struct verdict_line, rows.n)};
	for (size_t i = 0; i < rows.n; i++) {
		struct verdict_line w = {.id = rows.v[i].person_id, .name = rows.v[i].name, .note = rows.v[i].note, .at = rows.v[i].at};
		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			if (str_is(rows.v[i].word, words[k].state)) w.sign = str_c(words[k].sign), w.word = str_c(TRQ(q, words[k].word));
		ret->v[ret->n++] = w;
	}
	return OK;
}

/* ------------------------------------------------------------- for other pages */

static const struct opt_int any = {0}, yes = {true, 1};

enum err promise_to_all(struct req *q, struct brand_text_id text, int64_t most, struct promise_view_list *ret) {
	struct promise_row_list rows;
	TRY(sql_promise_all(q->db, q->a, text, text.v != 0 ? any : yes, any, 0, (struct expectation_id){0}, (struct expectation_id){0}, q->actor.id, q->actor.is_staff, most,
		PROMISE_ALL_SOON, &rows));
	promise_views_of(q, &rows, rows.n, ret);
	return OK;
}

enum err promise_all_count(struct req *q, int64_t *ret) {
	req_depends(q, "brand_texts", 0);
	return sql_promise_all_count(q->db, COUNT_MOST, ret);
}

/* -------------------------------------------------------------------- the page */

/* What is over, the newest first; else the first due first. */
static enum err find(struct req *q, bool over, struct str cursor, int64_t most, struct promise_view_list *ret, struct str *ret_next) {
	struct promise_row_list rows;
	struct expectation_id after = {0}, before = {0};
	usec_t at = 0;
	char end;
	bool good = str_empty(cursor) || (cursor.n <= 40 && (over ? str_int(cursor, &before.v) && before.v > 0
		: sscanf(str_z(q->a, cursor), "%" SCNd64 "-%" SCNd64 "%c", &at, &after.v, &end) == 2));
	*ret_next = STR_NONE;
	if (!good) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(sql_promise_all(q->db, q->a, (struct brand_text_id){0}, over ? any : yes, over ? yes : any, at, after, before, q->actor.id, q->actor.is_staff, most + 1,
		over ? PROMISE_ALL_NEWEST : PROMISE_ALL_SOON, &rows));
	promise_views_of(q, &rows, (size_t)most, ret);
	if ((int64_t)rows.n <= most) return OK;
	const struct promise_row *last = &rows.v[most - 1];
	*ret_next = over ? str_fmt(q->a, "%" PRId64, last->id.v) : str_fmt(q->a, "%" PRId64 "-%" PRId64, last->due_at, last->id.v);
	return OK;
}

enum err promise_all(struct req *q, const struct promise_all_in *in, struct promise_all_page *ret) {
	bool over = str_is(in->view, "over"), begins = str_none(in->cursor) && !over;
	struct url here = url_path(q->a, "/promised"), ended = url_with(q->a, here, "view", STR("over"));
	struct str older = STR_NONE;
	*ret = (struct promise_all_page){.only_over = over, .more = {STR_NONE}, .older = {STR_NONE}};
	req_depends(q, "brand_texts", 0);
	TRY(find(q, over, in->cursor, in->limit, &ret->data, &ret->next));
	if (q->api) return OK;
	if (!str_none(ret->next)) ret->more = url_with(q->a, over ? ended : here, "cursor", ret->next);
	if (!begins) return OK;
	TRY(find(q, true, STR_NONE, OVER_MOST, &ret->over, &older));
	if (!str_none(older)) ret->older = url_with(q->a, ended, "cursor", older);
	return OK;
}
