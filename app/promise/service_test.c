/* Service expectations on both engines, by a clock that the test sets: what a rule makes and which rule it is, when an answer keeps it and when it comes too
 * late, the clock that stands still while we wait, summer time and days off, a reader that comes late, and old conversations that are loaded. */
#include "access/testing.h"
#include "promise/promise_int.h"
#include "sql/service.h"
#include "talk/talk.h"
#include "text/date.h"
#include <math.h>

enum { OWNER = 1, AGENT = 2, ANN = 10, OTTO = 11 };

static usec_t berlin(int month, int day, int hour) { return zone_moment(zone_find(STR("Europe/Berlin")), 2026, month, day, hour, 0, 0); }

static struct fixture *begin(enum db_engine engine) {
	struct fixture *f = firm_new(engine);
	put_person(f, OWNER, "staff", "owner", "Olive Owner", 0);
	put_person(f, AGENT, "staff", "agent", "Agatha Agent", 0);
	put_person(f, ANN, "customer", "customer", "Ann Holder", 0);
	put_person(f, OTTO, "customer", "customer", "Otto Other", AGENT);
	admin_exec(f, "UPDATE business SET week = ';09:00-17:00;09:00-17:00;09:00-17:00;09:00-17:00;09:00-17:00;'");
	return f;
}
static int begin_sqlite(void **state) { *state = begin(DB_SQLITE); return 0; }
static int begin_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? begin(DB_PG) : NULL; return 0; }
static int end(void **state) { clock_set(0); return down(state); }
#define SERVICE(test) {#test " (SQLite)", test, begin_sqlite, end, NULL}, {#test " (PostgreSQL)", test, begin_pg, end, NULL}

/* kind, tag, person: as the columns; hours 0: it does not say */
static void rule(struct fixture *f, int id, const char *kind, const char *tag, const char *person, int first, int next, int solution) {
	admin_exec(f, str_fmt(&f->a, "INSERT INTO service_rule (id, kind, record_type, tag_id, person_id, first_n, next_n, solution_n, made_by, made_at, ended_at)"
		" VALUES (%d, '%s', '', %s, %s, NULLIF(%d, 0), NULLIF(%d, 0), NULLIF(%d, 0), 1, 0, NULL)", id, kind, tag, person, first, next, solution).p);
}

struct doing {
	struct fixture *f;
	struct new_report report;
	struct new_message message;
	struct conversation_id id;
	int64_t after;
};

static enum err do_create(struct db *db, void *arg) {
	struct doing *d = arg;
	return talk_create(db, &d->f->a, &d->report, &d->id);
}

static enum err do_say(struct db *db, void *arg) {
	struct doing *d = arg;
	struct message_id said;
	return talk_say(db, &d->f->a, &d->message, &said);
}

static enum err do_read(struct db *db, void *arg) {
	struct doing *d = arg;
	for (;;) {
		struct event_list l;
		TRY(event_after(db, &d->f->a, d->after, 1000, &l));
		if (l.n == 0) return OK;
		TRY(service_read(db, &d->f->a, l.v, l.n, NULL));
		TRY(notice_read(db, &d->f->a, l.v, l.n, NULL));
		d->after = l.v[l.n - 1].seq;
	}
}

/* What the reader has not read yet; it knows its place as one that was started again does. */
static int64_t read_log(struct fixture *f, int64_t after) {
	struct doing d = {.f = f, .after = after};
	assert_int_equal(store_write(f->s, do_read, &d), OK);
	return d.after;
}

static struct conversation_id ask(struct fixture *f, const char *kind, int who, usec_t at) {
	struct doing d = {.f = f, .report = {.kind = str_c(kind), .visibility = STR("private"), .status = STR("new"), .subject = STR("No signal"), .body = STR("x"),
		.since = STR_NONE, .channel = STR_NONE, .lat = NAN, .lon = NAN, .author = {who}, .at = at}};
	assert_int_equal(store_write(f->s, do_create, &d), OK);
	return d.id;
}

static void say(struct fixture *f, struct conversation_id id, int who, const char *kind, const char *status) {
	struct doing d = {.f = f, .message = {.conversation = id, .kind = str_c(kind), .body = STR("words"), .status = status ? str_c(status) : STR_NONE,
		.channel = STR_NONE, .author = {who}, .loading = true}};
	assert_int_equal(store_write(f->s, do_say, &d), OK);
}

static int64_t count(struct fixture *f, const char *where) {
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM expectation x WHERE %s", where).p);
}

static usec_t due(struct fixture *f, const char *goal) {
	return admin_int(f, str_fmt(&f->a, "SELECT due_at FROM expectation WHERE goal = '%s' ORDER BY id DESC LIMIT 1", goal).p);
}

static usec_t soon(struct fixture *f, const char *goal) {
	return admin_int(f, str_fmt(&f->a, "SELECT next_at FROM expectation WHERE goal = '%s' AND step = 'soon' ORDER BY id DESC LIMIT 1", goal).p);
}

static bool is_in(struct fixture *f, const char *goal, const char *state) {
	return count(f, str_fmt(&f->a, "x.id = (SELECT max(y.id) FROM expectation y WHERE y.goal = '%s') AND x.state = '%s'", goal, state).p) == 1;
}

/* ------------------------------------------------------------------------------- */

static void an_answer_in_time_keeps_it(void **state) {
	FIXTURE(f);
	rule(f, 1, "", "NULL", "NULL", 4, 4, 0);
	clock_set(berlin(7, 6, 9));
	struct conversation_id id = ask(f, "problem", ANN, 0);
	int64_t at = read_log(f, 0);
	assert_int_equal(due(f, "first"), berlin(7, 6, 13));
	assert_int_equal(soon(f, "first"), berlin(7, 6, 12));                /* a quarter of its time is left */
	assert_int_equal(count(f, "x.audience = 'team' AND x.ours AND x.person_id = 10 AND x.owner_id = 1 AND x.rule_id = 1"), 1);
	assert_int_equal(admin_int(f, "SELECT due_at FROM conversation"), berlin(7, 6, 13));
	clock_set(berlin(7, 6, 10));
	say(f, id, AGENT, "note", NULL);
	at = read_log(f, at);
	assert_true(is_in(f, "first", "open"));                              /* a note is no answer */
	clock_set(berlin(7, 6, 12));
	say(f, id, AGENT, "comment", NULL);                                  /* a colleague, whoever owns it */
	at = read_log(f, at);
	assert_true(is_in(f, "first", "kept"));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE due_at = 9223372036854775807"), 1);
	assert_int_equal(count(f, "x.goal = 'next'"), 0);
	clock_set(berlin(7, 6, 16));
	say(f, id, ANN, "comment", NULL);
	say(f, id, ANN, "comment", NULL);                                    /* one is enough */
	at = read_log(f, at);
	assert_int_equal(count(f, "x.goal = 'next'"), 1);
	assert_int_equal(due(f, "next"), berlin(7, 7, 12));
	clock_set(berlin(7, 7, 13));
	say(f, id, AGENT, "answer", NULL);
	read_log(f, at);
	assert_true(is_in(f, "next", "missed"));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE expectation_id IS NOT NULL"), 0);   /* the conversation itself is told of */
}

/* Summer time begins on 29 March; then Monday is a day off; the week's end counts nothing. */
static void weekends_days_off_and_summer_time(void **state) {
	FIXTURE(f);
	rule(f, 1, "", "NULL", "NULL", 4, 0, 0);
	clock_set(berlin(3, 27, 16));
	ask(f, "problem", ANN, 0);
	int64_t at = read_log(f, 0);
	assert_int_equal(due(f, "first"), berlin(3, 30, 12));
	assert_int_equal(soon(f, "first"), berlin(3, 30, 11));
	assert_int_equal(due(f, "first") - berlin(3, 27, 12), DAYS(3) - HOURS(1));
	admin_exec(f, "UPDATE business SET holidays = '2026-03-30 Stocktaking'");
	ask(f, "problem", ANN, 0);
	at = read_log(f, at);
	assert_int_equal(due(f, "first"), berlin(3, 31, 12));
	admin_exec(f, "UPDATE business SET week = ';;;;;;'");                /* a firm that never opens promises no hour */
	ask(f, "problem", ANN, 0);
	read_log(f, at);
	assert_int_equal(count(f, "x.goal = 'first'"), 2);
}

static bool said(struct fixture *f, const char *goal, const char *words) {
	return count(f, str_fmt(&f->a, "x.goal = '%s' AND x.said = '%s'", goal, words).p) == 1;
}

/* Minutes and hours are of work; a business day ends as we do on it. */
static void minutes_and_days(void **state) {
	FIXTURE(f);
	rule(f, 1, "", "NULL", "NULL", 15, 1, 2);
	admin_exec(f, "UPDATE service_rule SET first_unit = 'minutes', solution_unit = 'days'");
	clock_set(berlin(3, 27, 16) + MINUTES(50));
	struct conversation_id id = ask(f, "problem", ANN, 0);
	int64_t at = read_log(f, 0);
	assert_int_equal(due(f, "first"), berlin(3, 30, 9) + MINUTES(5));
	assert_int_equal(due(f, "solution"), berlin(3, 31, 17));
	assert_true(said(f, "first", "within 15 minutes of work, by rule 1"));
	assert_true(said(f, "solution", "within 2 business days, by rule 1"));
	clock_set(berlin(3, 30, 9) + MINUTES(6));
	say(f, id, AGENT, "comment", NULL);
	at = read_log(f, at);
	assert_true(is_in(f, "first", "missed"));                            /* by a minute */
	clock_set(berlin(3, 30, 10));
	say(f, id, ANN, "comment", NULL);
	read_log(f, at);
	assert_true(said(f, "next", "within one working hour, by rule 1"));
}

static void the_clock_stands_still_while_we_wait(void **state) {
	FIXTURE(f);
	rule(f, 1, "", "NULL", "NULL", 4, 4, 8);
	clock_set(berlin(7, 6, 9));
	struct conversation_id id = ask(f, "problem", ANN, 0);
	int64_t at = read_log(f, 0);
	assert_int_equal(due(f, "solution"), berlin(7, 6, 17));
	clock_set(berlin(7, 6, 11));
	say(f, id, AGENT, "comment", NULL);
	at = read_log(f, at);
	assert_int_equal(count(f, "x.goal = 'solution' AND x.paused_at IS NOT NULL AND x.next_at IS NULL AND x.state = 'open'"), 1);
	say(f, id, AGENT, "comment", NULL);                                  /* it stands already */
	clock_set(berlin(7, 8, 10));                                         /* 6 + 8 + 1 working hours later */
	say(f, id, ANN, "comment", NULL);
	at = read_log(f, at);
	assert_int_equal(due(f, "solution"), berlin(7, 8, 16));
	assert_int_equal(count(f, "x.goal = 'solution' AND x.paused_at IS NULL AND x.next_at IS NOT NULL AND x.moved = 0 AND x.state = 'open'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation_change WHERE from_state = 'open' AND to_state = 'open'"), 2);
	clock_set(berlin(7, 8, 15));
	say(f, id, AGENT, "answer", "done");
	at = read_log(f, at);
	assert_true(is_in(f, "next", "missed"));                             /* it was due at 14:00 */
	assert_true(is_in(f, "solution", "kept"));
	clock_set(berlin(7, 9, 9));
	say(f, id, ANN, "not_fixed", "in_work");
	at = read_log(f, at);
	assert_int_equal(count(f, "x.goal = 'solution'"), 2);
	assert_int_equal(due(f, "solution"), berlin(7, 9, 17));
	assert_int_equal(due(f, "next"), berlin(7, 9, 13));
	clock_set(berlin(7, 10, 10));
	say(f, id, OWNER, "answer", "closed");
	read_log(f, at);
	assert_true(is_in(f, "solution", "missed"));
	assert_int_equal(count(f, "x.state IN ('open', 'renegotiated', 'done')"), 0);
}

/* All of it is read at once, days later, by a server that was away: the same as by one that was there. */
static void a_late_reader_says_the_same(void **state) {
	FIXTURE(f);
	rule(f, 1, "", "NULL", "NULL", 4, 4, 8);
	clock_set(berlin(7, 6, 9));
	struct conversation_id id = ask(f, "problem", ANN, 0);
	clock_set(berlin(7, 6, 11));
	say(f, id, AGENT, "comment", NULL);
	clock_set(berlin(7, 8, 10));
	say(f, id, ANN, "comment", NULL);
	clock_set(berlin(7, 13, 9));
	int64_t at = read_log(f, 0);
	assert_true(is_in(f, "first", "kept"));
	assert_int_equal(due(f, "solution"), berlin(7, 8, 16));
	assert_int_equal(due(f, "next"), berlin(7, 8, 14));
	assert_int_equal(read_log(f, at), at);                               /* nothing was left, and nothing comes of it twice */
	assert_int_equal(count(f, "x.goal <> ''"), 3);
}

static int64_t ruled(struct fixture *f, const char *kind, int who, const char *goal) {
	struct doing d = {.f = f, .after = admin_int(f, "SELECT COALESCE(max(seq), 0) FROM event")};
	ask(f, kind, who, 0);
	assert_int_equal(store_write(f->s, do_read, &d), OK);
	return admin_int(f, str_fmt(&f->a, "SELECT COALESCE(max(x.rule_id), 0) FROM expectation x WHERE x.goal = '%s' AND x.conversation_id = (SELECT max(id) FROM conversation)", goal).p);
}

static void the_most_specific_rule_wins(void **state) {
	FIXTURE(f);
	clock_set(berlin(7, 6, 9));
	admin_exec(f, "INSERT INTO tag (id, name) VALUES (5, 'gold'); INSERT INTO tagging (tag_id, object_kind, object_id) VALUES (5, 'person', 11)");
	assert_int_equal(ruled(f, "problem", ANN, "first"), 0);
	rule(f, 1, "", "NULL", "NULL", 16, 16, 40);
	assert_int_equal(ruled(f, "problem", ANN, "first"), 1);
	rule(f, 2, "problem", "NULL", "NULL", 8, 0, 0);
	assert_int_equal(ruled(f, "problem", ANN, "first"), 2);
	assert_int_equal(ruled(f, "problem", ANN, "solution"), 1);           /* of which the other says nothing */
	assert_int_equal(ruled(f, "question", ANN, "first"), 1);
	rule(f, 3, "", "5", "NULL", 4, 0, 0);
	assert_int_equal(ruled(f, "problem", OTTO, "first"), 3);
	assert_int_equal(ruled(f, "problem", ANN, "first"), 2);
	rule(f, 4, "", "NULL", "11", 2, 0, 0);
	assert_int_equal(ruled(f, "problem", OTTO, "first"), 4);
	assert_int_equal(count(f, "x.person_id = 11 AND x.owner_id = 2"), count(f, "x.person_id = 11"));   /* their contact person sees to it */
	admin_exec(f, "UPDATE service_rule SET ended_at = 1 WHERE id = 4");
	assert_int_equal(ruled(f, "problem", OTTO, "first"), 3);
}

static void old_talk_and_our_own_make_none(void **state) {
	FIXTURE(f);
	rule(f, 1, "", "NULL", "NULL", 4, 4, 8);
	clock_set(berlin(7, 6, 9));
	ask(f, "problem", ANN, berlin(7, 1, 9));                             /* loaded from another program */
	ask(f, "problem", AGENT, 0);
	read_log(f, 0);
	assert_int_equal(count(f, "1 = 1"), 0);
}

static enum err do_change(struct db *db, void *arg) {
	struct doing *d = arg;
	struct event e = {.actor = {OWNER}, .verb = "update", .object_kind = "conversation", .object_id = d->id.v, .audience = AUDIENCE_STAFF, .data = d->message.body};
	return event_append(db, &e, NULL);
}

static void change(struct fixture *f, struct conversation_id id, const char *sql, const char *data) {
	struct doing d = {.f = f, .id = id, .message.body = str_c(data)};
	admin_exec(f, sql);
	assert_int_equal(store_write(f->s, do_change, &d), OK);
}

/* What a team has in its care somebody of that team sees to. */
static void given_to_a_team(void **state) {
	FIXTURE(f);
	enum { NELLY = 20, NED };
	put_person(f, NELLY, "staff", "analyst", "Nelly Network", 0);
	put_person(f, NED, "staff", "manager", "Ned Network", 0);
	admin_exec(f, "INSERT INTO team (id, name, word, made_at) VALUES (1, 'Network', 'network', 0), (2, 'Billing', 'billing', 0); UPDATE person SET team_id = 1 WHERE id IN (20, 21)");
	rule(f, 1, "", "NULL", "NULL", 4, 4, 8);
	clock_set(berlin(7, 6, 9));
	struct conversation_id id = ask(f, "problem", OTTO, 0);
	int64_t at = read_log(f, 0);
	assert_int_equal(count(f, "x.owner_id = 2"), 2);               /* his contact person */
	change(f, id, "UPDATE conversation SET team_id = 1", "{\"assignee\":0,\"team\":1}");
	at = read_log(f, at);
	assert_int_equal(count(f, "x.owner_id = 21"), 2);              /* who leads that team */
	change(f, id, "UPDATE conversation SET team_id = 2", "{\"assignee\":0,\"team\":2}");
	at = read_log(f, at);
	assert_int_equal(count(f, "x.owner_id = 2"), 2);               /* nobody is in it */
	change(f, id, "UPDATE conversation SET team_id = 1, assignee_id = 20", "{\"assignee\":20}");
	read_log(f, at);
	assert_int_equal(count(f, "x.owner_id = 20"), 2);
}

static void given_away_and_taken_down(void **state) {
	FIXTURE(f);
	rule(f, 1, "", "NULL", "NULL", 4, 4, 8);
	clock_set(berlin(7, 6, 9));
	struct conversation_id id = ask(f, "problem", ANN, 0);
	int64_t at = read_log(f, 0);
	change(f, id, "UPDATE conversation SET assignee_id = 2", "{\"assignee\":2}");
	at = read_log(f, at);
	assert_int_equal(count(f, "x.owner_id = 2 AND x.state = 'open'"), 2);
	change(f, id, "UPDATE conversation SET hidden_at = 1", "{\"hidden\":true}");
	at = read_log(f, at);
	assert_int_equal(count(f, "x.state = 'withdrawn'"), 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE due_at = 9223372036854775807"), 1);
	change(f, id, "UPDATE conversation SET hidden_at = NULL", "{\"hidden\":false}");
	read_log(f, at);
	assert_int_equal(count(f, "x.state = 'open' AND x.owner_id = 2"), 2);
	assert_int_equal(admin_int(f, "SELECT due_at FROM conversation"), berlin(7, 6, 13));
}

int main(void) {
	const struct CMUnitTest tests[] = {SERVICE(an_answer_in_time_keeps_it), SERVICE(weekends_days_off_and_summer_time), SERVICE(minutes_and_days), SERVICE(the_clock_stands_still_while_we_wait),
		SERVICE(a_late_reader_says_the_same), SERVICE(the_most_specific_rule_wins), SERVICE(old_talk_and_our_own_make_none), SERVICE(given_away_and_taken_down), SERVICE(given_to_a_team)};
	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
