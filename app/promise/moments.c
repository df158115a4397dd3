/* When something comes by itself, in the firm's hours: before it is due, when it is, and behind it. */
#include "access/access.h"
#include "promise/promise_int.h"

/* Before a time that a rule gave a quarter of it is left, and never less than somebody needs to act on it. */
enum { SHARE = 4 };
#define LEAST MINUTES(5)

enum err promise_clock_read(struct db *db, struct arena *a, struct promise_clock *ret) {
	TRY(sql_promise_settings(db, &ret->set));
	return firm_hours(db, a, &ret->open);
}

/* When so much working time is left, seen from a moment; that moment itself when less is left by then. */
static usec_t with_left(const struct promise_clock *c, usec_t due_at, usec_t left, usec_t from) {
	usec_t at = from, all = hours_between(&c->open, from, due_at);
	return all > left && hours_add(&c->open, from, all - left, &at) ? at : from;
}

static usec_t days_from(const struct promise_clock *c, usec_t t, int days) {
	usec_t at;
	return hours_days_from(&c->open, t, days, &at) ? at : t + days * DAYS(1);      /* a firm that never opens */
}

/* Not behind from: nobody need be told before it is due. */
static usec_t soon(const struct promise_clock *c, const struct promise_state *x, usec_t from) {
	int64_t hours = c->set.remind_hours;
	if (!str_empty(x->goal)) {
		usec_t whole = hours_between(&c->open, x->made_at, x->first_due_at), left = whole / SHARE > LEAST ? whole / SHARE : LEAST;
		return left > whole / 2 ? from : with_left(c, x->due_at, left, from);
	}
	usec_t at = hours % 24 == 0 ? x->due_at : with_left(c, x->due_at, HOURS(hours % 24), from);
	return hours < 24 ? at : days_from(c, at, -(int)(hours / 24));
}

usec_t promise_step_at(const struct promise_clock *c, const struct promise_state *x, struct str step, usec_t from) {
	if (str_is(step, "soon")) return soon(c, x, from);
	if (str_is(step, "team")) return days_from(c, x->due_at, 1);
	return str_is(step, "chief") ? days_from(c, x->due_at, 3) : x->due_at;
}

struct promise_next promise_first_step(const struct promise_clock *c, const struct promise_state *x, usec_t from) {
	if (str_is(x->state, "done")) return (struct promise_next){"silence", x->done_at + DAYS(c->set.silence_days)};
	if (!promise_is_live(x->state)) return (struct promise_next){"", 0};
	usec_t at = soon(c, x, from);
	return at > from ? (struct promise_next){"soon", at} : (struct promise_next){"due", x->due_at};
}
