/* The way of an expectation: one table of steps, each with a row, an event, and what comes next by itself. */
#include "promise/promise_int.h"
#include "sql/service.h"
#include "sql/trust.h"
#include "text/date.h"
#include "text/json.h"
#include <inttypes.h>

static const struct step {
	const char *from, *to;           /* from NULL: from both states in which it is to be kept */
	unsigned by, why;                /* who may; who of them has to say why */
} steps[] = {
	{NULL, "done", OWES, 0},
	{NULL, "kept", GETS, 0}, {NULL, "exceeded", GETS, 0}, {NULL, "missed", OWES | GETS, OWES},
	{NULL, "renegotiated", OWES, OWES}, {NULL, "withdrawn", OWES | GETS, OWES},
	{"done", "kept", GETS | BY_ITSELF, 0}, {"done", "exceeded", GETS | BY_ITSELF, 0}, {"done", "missed", GETS, 0},
	{"done", "renegotiated", OWES, OWES},      /* it was not done after all */
};

bool promise_is_live(struct str state) { return str_is(state, "open") || str_is(state, "renegotiated"); }

bool promise_may_go(struct str from, struct str to, unsigned part, bool *ret_reason) {
	*ret_reason = false;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		const struct step *s = &steps[i];
		bool begins = s->from == NULL ? promise_is_live(from) : str_is(from, s->from);
		if (!begins || !str_is(to, s->to) || (s->by & part) == 0) continue;
		*ret_reason = (s->why & part) != 0 && (s->by & part & ~s->why) == 0;
		return true;
	}
	return false;
}

unsigned promise_part(const struct actor *a, bool ours, struct person_id person, struct str audience) {
	if (a->id.v != 0 && a->id.v == person.v) return ours ? GETS : OWES;
	if (!a->is_staff) return 0;
	if (str_is(audience, "team")) return OWES | GETS;   /* they do not know of it: what they say we note */
	return ours ? OWES : OWES | GETS;
}

usec_t promise_day_end(const struct zone *z, int64_t day) {
	int y, m, d;
	days_civil(day + 1, &y, &m, &d);
	return zone_moment(z, y, m, d, 0, 0, 0) - SECONDS(1);
}

bool promise_early(usec_t made_at, usec_t first_due_at, usec_t done_at, int64_t early_percent) {
	usec_t whole = first_due_at - made_at;
	return done_at != 0 && whole > 0 && (first_due_at - done_at) >= whole / 100 * early_percent;
}

enum err promise_wake(struct db *db, usec_t next_at) {
	int64_t queued;
	if (next_at == 0) return OK;
	TRY(sql_promise_step_queued(db, next_at, &queued));
	return queued > 0 ? OK : job_add(db, "expectations", STR("{}"), next_at);
}

/* ------------------------------------------------------------------------- events */

enum audience promise_audience(const struct promise_state *x) {
	static const char *const among[] = {"direct", "group", "room", "deal"};
	if (str_is(x->audience, "team")) return AUDIENCE_STAFF;
	if (x->person_id.v == 0) return AUDIENCE_PUBLIC;
	for (size_t i = 0; i < sizeof among / sizeof *among; i++)
		if (str_is(x->talk_kind, among[i])) return AUDIENCE_PARTIES;
	if (str_is(x->audience, "both")) return AUDIENCE_PRIVATE;
	if (str_is(x->talk_visibility, "public")) return AUDIENCE_PUBLIC;
	return str_is(x->talk_visibility, "members") ? AUDIENCE_MEMBERS : AUDIENCE_PRIVATE;
}

enum err promise_event(struct db *db, struct person_id actor, const char *verb, const struct promise_state *x, enum audience audience, struct str data) {
	const char *kind = x->conversation_id.v ? "conversation" : x->record_id.v ? "record" : x->person_id.v ? "person" : "brand_text";
	int64_t id = x->conversation_id.v ? x->conversation_id.v : x->record_id.v ? x->record_id.v : x->person_id.v ? x->person_id.v : x->brand_text_id.v;
	struct event e = {.actor = actor, .verb = verb, .object_kind = "expectation", .object_id = x->id.v, .target_kind = kind, .target_id = id,
		.audience = audience, .data = data};
	return event_append(db, &e, NULL);
}

static bool is_open_to_all(enum audience a) { return a == AUDIENCE_PUBLIC || a == AUDIENCE_MEMBERS; }

/* What the log needs to count by. In public nobody learns to whom it was promised. */
static enum err tell_made(struct db *db, struct arena *a, const struct promise_draft *d, const struct promise_state *x) {
	enum audience audience = promise_audience(x);
	struct trust_one one;
	struct buf b;
	TRY(sql_trust_get(db, a, x->id, &one));
	buf_init(&b, 1024);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "to"), json_put_c(&o, "open");
	json_put_key(&o, "ours"), json_put_bool(&o, one.ours);
	json_put_key(&o, "due"), json_put_str(&o, time_rfc3339(a, one.first_due_at));
	json_put_key(&o, "owner"), json_put_int(&o, one.owner_id.v);
	json_put_key(&o, "source"), json_put_str(&o, one.source);
	if (!is_open_to_all(audience)) json_put_key(&o, "person"), json_put_int(&o, one.person_id.v);
	json_put_end(&o);
	struct str data = str_copy(a, buf_str(&b));
	buf_done(&b);
	return promise_event(db, d->by, "create", x, audience, data);
}

/* -------------------------------------------------------------------------- steps */

enum err promise_keep(struct db *db, struct arena *a, const struct promise_draft *d, struct expectation_id *ret) {
	struct promise_clock c;
	struct promise_state x;
	usec_t at = d->at ? d->at : clock_now();
	TRY(promise_clock_read(db, a, &c));
	x = (struct promise_state){.state = STR("open"), .goal = str_none(d->goal) ? STR("") : d->goal, .made_at = at, .due_at = d->due_at, .first_due_at = d->due_at};
	struct promise_next n = promise_first_step(&c, &x, at);
	TRY(sql_promise_put(db, d->ours, d->person, d->owner, d->text, d->conversation, d->message, d->call, d->record, d->brand_text, d->due_at,
		d->to_the_day ? STR("day") : STR("moment"), d->said, d->audience, d->by, at, str_c(n.step), n.at, ret));
	TRY(sql_promise_change_put(db, *ret, at, d->by, STR(""), STR("open"), 0, d->due_at, (struct person_id){0},
		str_none(d->note) ? STR("") : d->note));
	TRY(promise_wake(db, n.at));
	TRY(sql_promise_state_get(db, a, *ret, &x));
	return tell_made(db, a, d, &x);
}

enum err promise_go(struct db *db, struct arena *a, struct person_id actor, const struct promise_state *was, const struct promise_step *step) {
	struct promise_clock c;
	struct promise_state then = *was;
	usec_t now = step->at ? step->at : clock_now(), due_at = was->due_at, done_at = was->done_at, closed_at = 0, moved_from = 0;
	struct str kind = was->due_kind, said = was->said;
	bool moves = str_is(step->to, "renegotiated"), over = !moves && !str_is(step->to, "done");
	TRY(promise_clock_read(db, a, &c));
	if (moves) {
		moved_from = was->due_at;
		due_at = step->due_at;
		done_at = 0;
		kind = step->to_the_day ? STR("day") : STR("moment");
		said = step->said;
	} else if (done_at == 0 && !str_is(step->to, "withdrawn") && !str_is(step->to, "missed")) done_at = now;
	if (over) closed_at = now;
	then.state = step->to, then.due_at = due_at, then.done_at = done_at;
	struct promise_next n = promise_first_step(&c, &then, now);
	TRY(sql_promise_set(db, was->id, was->version, step->to, step->note, over ? str_c(step->word) : STR(""), due_at, kind, said, was->moved + (moves ? 1 : 0),
		done_at, closed_at, str_c(n.step), n.at));
	TRY(sql_promise_change_put(db, was->id, now, actor, was->state, step->to, moved_from, moves ? due_at : 0, (struct person_id){0}, step->note));
	TRY(promise_wake(db, n.at));
	bool counts = false;
	struct team_id team = {0};
	if (over && !str_is(step->to, "withdrawn")) TRY(trust_count(db, a, was->id, &counts, &team));
	if (counts && str_is(step->to, "missed") && was->person_id.v != 0) {
		TRY(sql_trust_watch(db, was->id, now + TRUST_AFTER));
		TRY(promise_wake(db, now + TRUST_AFTER));
	}
	struct str due = moves ? str_fmt(a, ",\"due\":\"" STR_FMT "\"", STR_ARG(time_rfc3339(a, due_at))) : STR("");
	enum audience audience = promise_audience(was);
	bool tells = counts && team.v != 0 && !is_open_to_all(audience);
	struct str whose = tells ? str_fmt(a, ",\"team\":%" PRId64, team.v) : STR("");
	return promise_event(db, actor, "update", was, audience, str_fmt(a, "{\"from\":\"" STR_FMT "\",\"to\":\"" STR_FMT "\",\"word\":\"%s\"" STR_FMT STR_FMT "}",
		STR_ARG(was->state), STR_ARG(step->to), step->word, STR_ARG(due), STR_ARG(whose)));
}

enum err promise_hand_over(struct db *db, struct arena *a, struct person_id actor, const struct promise_state *was, struct person_id to, struct str note) {
	if (to.v == was->owner_id.v) return OK;
	TRY(sql_promise_give(db, was->id, was->version, to));
	TRY(sql_promise_change_put(db, was->id, clock_now(), actor, was->state, was->state, 0, 0, to, note));
	return promise_event(db, actor, "update", was, AUDIENCE_STAFF, str_fmt(a, "{\"owner\":%" PRId64 "}", to.v));
}

enum err promise_step_of(struct db *db, struct arena *a, struct person_id who, struct expectation_id id, struct str to, struct str note, usec_t due_at) {
	struct promise_state x;
	bool why;
	TRY(sql_promise_state_get(db, a, id, &x));
	bool theirs = who.v == x.person_id.v;
	if (!promise_may_go(x.state, to, theirs == x.ours ? GETS : OWES, &why)) return ERR_CONFLICT;
	struct promise_step step = {.to = to, .note = note, .word = theirs ? "them" : "us", .due_at = due_at, .to_the_day = true, .said = STR("")};
	return promise_go(db, a, who, &x, &step);
}

/* A moment of rest, or its end: no date that somebody moved, so the date it had stays in its steps and the count of moves does not change. */
static enum err set_clock(struct db *db, struct arena *a, struct person_id actor, const struct promise_state *was, usec_t at, usec_t due_at, usec_t paused_at) {
	struct promise_clock c;
	struct promise_state then = *was;
	bool rests = paused_at != 0;
	TRY(promise_clock_read(db, a, &c));
	if (rests) then.state = STR("");
	then.due_at = due_at;
	struct promise_next n = promise_first_step(&c, &then, clock_now());
	TRY(sql_service_clock(db, was->id, was->version, due_at, paused_at, str_c(n.step), n.at));
	TRY(sql_promise_change_put(db, was->id, at, actor, was->state, was->state, rests ? 0 : was->due_at, rests ? 0 : due_at, (struct person_id){0}, STR("")));
	TRY(promise_wake(db, n.at));
	return promise_event(db, actor, "update", was, AUDIENCE_STAFF, str_fmt(a, "{\"paused\":%s}", rests ? "true" : "false"));
}

enum err promise_pause(struct db *db, struct arena *a, struct person_id actor, const struct promise_state *was, usec_t at) {
	return set_clock(db, a, actor, was, at, was->due_at, at);
}

enum err promise_resume(struct db *db, struct arena *a, struct person_id actor, const struct promise_state *was, usec_t at, usec_t due_at) {
	return set_clock(db, a, actor, was, at, due_at, 0);
}
