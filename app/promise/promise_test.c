/* Expectations on both engines: the table of steps, who sees what, what is told by itself and that it is told once, what silence says, and that "not
 * kept" opens a thread again. */
#include "access/testing.h"
#include "pack/pack.h"
#include "promise/promise_int.h"
#include "record/record.h"
#include "sql/access.h"
#include "text/date.h"

enum { OWNER = 1, AGENT = 2, ANALYST = 3, ANN = 10, OTTO = 11, RECORD = 1000 };
#define BEGIN ((usec_t)1767261600 * 1000000)     /* 1 January 2026, 10:00 UTC */

static void table(void **state) {
	static const char *const states[] = {"open", "renegotiated", "done", "kept", "exceeded", "missed", "withdrawn", "", "melted"};
	/* o: who owes it; O: who has to say why; g: whom it is owed; s: by itself */
	static const struct { const char *from, *to, *by; } good[] = {
		{"open", "done", "o"}, {"open", "kept", "g"}, {"open", "exceeded", "g"}, {"open", "missed", "Og"}, {"open", "renegotiated", "O"}, {"open", "withdrawn", "Og"},
		{"renegotiated", "done", "o"}, {"renegotiated", "kept", "g"}, {"renegotiated", "exceeded", "g"}, {"renegotiated", "missed", "Og"},
		{"renegotiated", "renegotiated", "O"}, {"renegotiated", "withdrawn", "Og"},
		{"done", "kept", "gs"}, {"done", "exceeded", "gs"}, {"done", "missed", "g"}, {"done", "renegotiated", "O"}};
	(void)state;
	for (size_t i = 0; i < 9; i++)
		for (size_t k = 0; k < 9; k++) {
			const char *by = "";
			bool why;
			for (size_t g = 0; g < sizeof good / sizeof *good; g++)
				if (strcmp(good[g].from, states[i]) == 0 && strcmp(good[g].to, states[k]) == 0) by = good[g].by;
			bool owes = strpbrk(by, "oO") != NULL, gets = strchr(by, 'g') != NULL, itself = strchr(by, 's') != NULL;
			if (promise_may_go(str_c(states[i]), str_c(states[k]), OWES, &why) != owes || why != (strchr(by, 'O') != NULL)) fail_msg("who owes it: %s to %s", states[i], states[k]);
			if (promise_may_go(str_c(states[i]), str_c(states[k]), GETS, &why) != gets || why) fail_msg("whom it is owed: %s to %s", states[i], states[k]);
			if (promise_may_go(str_c(states[i]), str_c(states[k]), BY_ITSELF, &why) != itself || why) fail_msg("by itself: %s to %s", states[i], states[k]);
		}
}

static void parts(void **state) {
	struct actor agent = {.id = {AGENT}, .role = ROLE_AGENT, .is_staff = true}, ann = {.id = {ANN}, .role = ROLE_CUSTOMER}, visitor = {0};
	struct person_id to = {ANN};
	(void)state;
	assert_int_equal(promise_part(&agent, true, to, STR("both")), OWES);       /* what is kept is not ours to say */
	assert_int_equal(promise_part(&agent, true, to, STR("team")), OWES | GETS);
	assert_int_equal(promise_part(&agent, false, to, STR("both")), OWES | GETS);
	assert_int_equal(promise_part(&ann, true, to, STR("both")), GETS);
	assert_int_equal(promise_part(&ann, false, to, STR("both")), OWES);
	assert_int_equal(promise_part(&ann, true, (struct person_id){OTTO}, STR("both")), 0);
	assert_int_equal(promise_part(&visitor, true, (struct person_id){0}, STR("public")), 0);
}

static void early(void **state) {
	(void)state;
	assert_true(promise_early(0, DAYS(42), DAYS(28), 25));      /* told six weeks, here in four */
	assert_true(promise_early(0, DAYS(100), DAYS(75), 25));
	assert_false(promise_early(0, DAYS(100), DAYS(76), 25));
	assert_false(promise_early(0, DAYS(42), DAYS(43), 25));
	assert_false(promise_early(DAYS(5), DAYS(5), DAYS(5), 25));
	assert_false(promise_early(0, DAYS(42), 0, 25));            /* not done */
}

/* A day of the firm's ends on its clock: also the one of 23 hours and the one of 25. */
static void ends_of_days(void **state) {
	const struct zone *z = zone_find(STR("Europe/Berlin"));
	(void)state;
	assert_int_equal(promise_day_end(z, days_of(2026, 3, 29)), zone_moment(z, 2026, 3, 29, 23, 59, 59));
	assert_int_equal(promise_day_end(z, days_of(2026, 3, 29)) - promise_day_end(z, days_of(2026, 3, 28)), HOURS(23));
	assert_int_equal(promise_day_end(z, days_of(2026, 10, 25)) - promise_day_end(z, days_of(2026, 10, 24)), HOURS(25));
}

/* ------------------------------------------------------------------------- one of them */

static struct fixture *begin(enum db_engine engine) {
	struct fixture *f = firm_new(engine);
	put_person(f, OWNER, "staff", "owner", "Olive Owner", 0);
	put_person(f, AGENT, "staff", "agent", "Agatha Agent", 0);
	put_person(f, ANALYST, "staff", "analyst", "Anton Analyst", 0);
	put_person(f, ANN, "customer", "customer", "Ann Holder", 0);
	put_person(f, OTTO, "customer", "customer", "Otto Other", 0);
	put_conversation(f, 1, "private", ANN, false);
	put_conversation(f, 2, "public", ANN, false);
	put_conversation(f, 3, "public", ANN, true);
	admin_exec(f, "INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version) VALUES (1000, 'account', 'Account 4711', 'open', 0, '{}', 0, 0, 1);"
	              "INSERT INTO record_person VALUES (1000, 11, 'holder')");
	clock_set(BEGIN);
	return f;
}
static int begin_sqlite(void **state) { *state = begin(DB_SQLITE); return 0; }
static int begin_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? begin(DB_PG) : NULL; return 0; }
static int end(void **state) { clock_set(0); return down(state); }
#define PROMISES(test) {#test " (SQLite)", test, begin_sqlite, end, NULL}, {#test " (PostgreSQL)", test, begin_pg, end, NULL}

struct doing {
	struct fixture *f;
	struct promise_draft draft;
	struct promise_step step;
	struct person_id who;
	struct expectation_id id;
};

static enum err do_keep(struct db *db, void *arg) {
	struct doing *d = arg;
	return promise_keep(db, &d->f->a, &d->draft, &d->id);
}

static enum err do_step(struct db *db, void *arg) {
	struct doing *d = arg;
	struct promise_state x;
	TRY(sql_promise_state_get(db, &d->f->a, d->id, &x));
	return promise_go(db, &d->f->a, d->who, &x, &d->step);
}

static struct expectation_id keep(struct fixture *f, const char *audience, usec_t due, int conversation, int record) {
	struct doing d = {.f = f, .draft = {.ours = true, .person = {ANN}, .owner = {AGENT}, .text = STR("The form"), .conversation = {conversation}, .record = {record},
		.due_at = due, .said = STR(""), .audience = str_c(audience), .by = {AGENT}}};
	assert_int_equal(store_write(f->s, do_keep, &d), OK);
	return d.id;
}

static void go(struct fixture *f, struct expectation_id id, int who, const char *to, usec_t due) {
	struct doing d = {.f = f, .id = id, .who = {who}, .step = {.to = str_c(to), .note = STR("why"), .word = who == ANN ? "them" : "us", .due_at = due, .said = STR("")}};
	assert_int_equal(store_write(f->s, do_step, &d), OK);
}

static void run_job(struct fixture *f) {
	struct db *db;
	struct str why = STR("");
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(promise_job(f->s, db, &f->a, STR("{}"), 1, NULL, &why), OK);
	db_close(db);
}

static enum err read_all(struct db *db, void *arg) {
	struct fixture *f = arg;
	for (int64_t after = 0;;) {
		struct event_list l;
		TRY(event_after(db, &f->a, after, 1000, &l));
		if (l.n == 0) return OK;
		TRY(notice_read(db, &f->a, l.v, l.n, NULL));
		TRY(promise_read(db, &f->a, l.v, l.n, NULL));
		after = l.v[l.n - 1].seq;
	}
}

static void tell(struct fixture *f) { assert_int_equal(store_write(f->s, read_all, f), OK); }

static int64_t told(struct fixture *f, int who, const char *kind) {
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM notice WHERE person_id = %d AND kind = 'promise_%s'", who, kind).p);
}

static bool is_in(struct fixture *f, struct expectation_id id, const char *state, const char *word) {
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM expectation WHERE id = %lld AND state = '%s' AND word_of = '%s'", (long long)id.v, state, word).p) == 1;
}

/* ------------------------------------------------------------------------------- told */

/* Late by a day: the owner's team; where they have none, or are alone in it, the agents. By three: whoever leads all of them, in no team of the owner's. */
static void the_team_then_who_leads(void **state) {
	FIXTURE(f);
	enum { BETTY = 20, NORA, NELLY, MONA, GONE };
	static const char *const roles[] = {"agent", "analyst", "agent", "manager", "agent"};
	for (int i = BETTY; i <= GONE; i++) put_person(f, i, "staff", roles[i - BETTY], "Some Body", 0);
	admin_exec(f, "INSERT INTO team (id, name, word, made_at) VALUES (1, 'Billing', 'billing', 0), (2, 'Network', 'network', 0);"
		"UPDATE person SET team_id = 2 WHERE id IN (20, 23); UPDATE person SET team_id = 1 WHERE id IN (21, 24, 2); UPDATE person SET disabled_at = 1 WHERE id = 24");
	(void)keep(f, "both", BEGIN + DAYS(4), 1, 0);                    /* a Monday */
	clock_set(BEGIN + DAYS(5));
	for (int i = 0; i < 3; i++) run_job(f), tell(f);
	assert_int_equal(told(f, AGENT, "team"), 1);
	assert_int_equal(told(f, NORA, "team"), 1);                    /* of the team, whatever she is */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE kind = 'promise_team'"), 2);
	clock_set(BEGIN + DAYS(7));
	for (int i = 0; i < 2; i++) run_job(f), tell(f);
	assert_int_equal(told(f, OWNER, "chief") + told(f, MONA, "chief") + told(f, AGENT, "chief"), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE kind = 'promise_chief'"), 3);
	admin_exec(f, "UPDATE person SET team_id = NULL WHERE id = 21");   /* alone but for who has left */
	struct expectation_id next = keep(f, "both", BEGIN + DAYS(11), 1, 0);
	clock_set(BEGIN + DAYS(12));
	for (int i = 0; i < 3; i++) run_job(f), tell(f);
	const char *sql = "SELECT count(*) FROM notice WHERE kind = 'promise_team' AND expectation_id = %lld AND person_id IN (2, 20, 22)";
	assert_int_equal(admin_int(f, str_fmt(&f->a, sql, (long long)next.v).p), 3);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM notice WHERE kind = 'promise_team' AND expectation_id = %lld", (long long)next.v).p), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE person_id = 24"), 0);
}

static void each_step_is_told_once(void **state) {
	FIXTURE(f);
	struct expectation_id id = keep(f, "both", BEGIN + DAYS(10), 1, 0);
	tell(f);
	assert_int_equal(told(f, ANN, "new"), 1);
	assert_int_equal(told(f, AGENT, "given"), 0);                  /* who made it knows */
	clock_set(BEGIN + DAYS(8) - SECONDS(1));
	run_job(f);
	tell(f);
	assert_int_equal(told(f, AGENT, "soon"), 0);
	clock_set(BEGIN + DAYS(8));                                    /* it is due on a Sunday: a working day before is Friday */
	for (int i = 0; i < 2; i++) run_job(f), tell(f);               /* as after a restart */
	assert_int_equal(told(f, AGENT, "soon"), 1);
	assert_int_equal(told(f, ANN, "late"), 0);
	clock_set(BEGIN + DAYS(10));
	for (int i = 0; i < 2; i++) run_job(f), tell(f);
	assert_int_equal(told(f, AGENT, "due"), 1);
	assert_int_equal(told(f, ANN, "late"), 1);
	clock_set(BEGIN + DAYS(11));
	for (int i = 0; i < 2; i++) run_job(f), tell(f);
	assert_int_equal(told(f, AGENT, "team"), 1);
	assert_int_equal(told(f, OWNER, "team"), 0);
	clock_set(BEGIN + DAYS(20));
	for (int i = 0; i < 2; i++) run_job(f), tell(f);
	assert_int_equal(told(f, OWNER, "chief"), 1);
	assert_int_equal(told(f, AGENT, "chief"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE person_id IN (3, 11)"), 0);
	assert_true(is_in(f, id, "open", ""));                         /* late, and still to be kept */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE next_at IS NOT NULL"), 0);
}

static usec_t berlin(int month, int day, int hour, int minute, int second) { return zone_moment(zone_find(STR("Europe/Berlin")), 2026, month, day, hour, minute, second); }

static bool is_next(struct fixture *f, struct expectation_id id, const char *step, usec_t at) {
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM expectation WHERE id = %lld AND step = '%s' AND next_at = %lld", (long long)id.v, step, (long long)at).p) == 1;
}

/* A working day before and behind, by the hours of the firm: over a weekend, a holiday, summer time; also one that was said meanwhile. */
static void reminders_keep_the_firms_hours(void **state) {
	FIXTURE(f);
	admin_exec(f, "UPDATE business SET week = ';09:00-17:00;09:00-17:00;09:00-17:00;09:00-17:00;09:00-13:00;', yearly = 'good_friday easter_monday'");
	clock_set(berlin(3, 16, 10, 0, 0));
	struct expectation_id nine = keep(f, "both", berlin(3, 30, 9, 0, 0), 1, 0), day = keep(f, "both", berlin(3, 30, 23, 59, 59), 1, 0);
	struct expectation_id easter = keep(f, "both", berlin(4, 7, 11, 0, 0), 1, 0), sunday = keep(f, "both", berlin(3, 29, 12, 0, 0), 1, 0);
	assert_true(is_next(f, nine, "soon", berlin(3, 27, 9, 0, 0)));          /* Friday; the clock is put on between the two */
	assert_true(is_next(f, day, "soon", berlin(3, 27, 9, 0, 0)));           /* when they open, not at midnight */
	assert_true(is_next(f, easter, "soon", berlin(4, 2, 11, 0, 0)));        /* Tuesday behind Easter: Thursday before it */
	assert_true(is_next(f, sunday, "soon", berlin(3, 27, 12, 0, 0)));
	admin_exec(f, "UPDATE business SET holidays = '2026-03-31 Stocktaking'");
	clock_set(berlin(3, 27, 12, 0, 0));
	run_job(f);
	tell(f);
	assert_int_equal(told(f, AGENT, "soon"), 3);
	clock_set(berlin(3, 30, 9, 0, 0));
	run_job(f);
	tell(f);
	assert_int_equal(told(f, ANN, "late"), 2);
	assert_true(is_next(f, nine, "team", berlin(4, 1, 9, 0, 0)));           /* Tuesday they are closed */
	clock_set(berlin(3, 30, 23, 59, 59));
	run_job(f);
	assert_true(is_next(f, day, "team", berlin(4, 2, 9, 0, 0)));            /* a whole working day late */
	admin_exec(f, "UPDATE business SET holidays = '2026-03-31 Stocktaking\n2026-04-01 A strike'");
	clock_set(berlin(4, 1, 9, 0, 0));
	run_job(f);
	tell(f);
	assert_int_equal(told(f, AGENT, "team"), 1);                            /* of Sunday's; for the others the day off that was said meanwhile counts, too */
	assert_true(is_next(f, nine, "team", berlin(4, 2, 9, 0, 0)));
	clock_set(berlin(4, 2, 9, 0, 0));
	run_job(f);
	tell(f);
	assert_int_equal(told(f, AGENT, "team"), 2);
	assert_true(is_next(f, day, "team", berlin(4, 7, 9, 0, 0)));            /* one working day late, by now behind Easter */
	assert_true(is_next(f, nine, "chief", berlin(4, 8, 9, 0, 0)));
	admin_exec(f, "UPDATE expectation_setting SET remind_hours = 4");
	struct expectation_id four = keep(f, "both", berlin(4, 14, 10, 0, 0), 1, 0);
	assert_true(is_next(f, four, "soon", berlin(4, 13, 14, 0, 0)));         /* four hours of work before */
	admin_exec(f, "UPDATE business SET week = ';;;;;;'");                   /* a firm that never opens reminds by the clock */
	admin_exec(f, "UPDATE expectation_setting SET remind_hours = 48");
	assert_true(is_next(f, keep(f, "both", berlin(4, 14, 10, 0, 0), 1, 0), "soon", berlin(4, 12, 10, 0, 0)));
}

/* What one of many can be told of does not depend on what is told of the others at once. */
static void many_ways_at_once(void **state) {
	FIXTURE(f);
	usec_t due = BEGIN + DAYS(5);
	struct expectation_id both = keep(f, "both", due, 1, 0), team = keep(f, "team", due, 1, 0), theirs = keep(f, "both", due, 1, 0), done = keep(f, "both", due, 1, 0);
	struct expectation_id later = keep(f, "both", due + DAYS(1), 1, 0);
	admin_exec(f, str_fmt(&f->a, "UPDATE expectation SET ours = FALSE WHERE id = %lld", (long long)theirs.v).p);
	tell(f);
	clock_set(due);
	for (int i = 0; i < 2; i++) run_job(f);                        /* soon, which was behind by then, and due */
	go(f, done, AGENT, "done", 0);                                 /* behind the event, before it is read */
	tell(f);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM notice WHERE person_id = 2 AND kind = 'promise_due' AND expectation_id IN (%lld, %lld, %lld)",
		(long long)both.v, (long long)team.v, (long long)theirs.v).p), 3);
	assert_int_equal(told(f, AGENT, "due"), 3);
	assert_int_equal(told(f, AGENT, "soon"), 4);                   /* but for what is done */
	assert_int_equal(told(f, ANN, "late"), 1);
	assert_int_equal(told(f, ANN, "yours_due"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE kind LIKE 'promise_%' AND mail_at IS NULL"), 0);
	assert_true(is_next(f, later, "due", due + DAYS(1)));
}

static void what_is_done_reminds_nobody(void **state) {
	FIXTURE(f);
	struct expectation_id id = keep(f, "both", BEGIN + DAYS(10), 1, 0);
	clock_set(BEGIN + DAYS(9));
	run_job(f);                                                    /* the log has it … */
	go(f, id, AGENT, "done", 0);                                   /* … and now it is done */
	tell(f);
	assert_int_equal(told(f, AGENT, "soon"), 0);
	assert_int_equal(told(f, ANN, "done"), 1);
	clock_set(BEGIN + DAYS(12));
	run_job(f);
	tell(f);
	assert_int_equal(told(f, ANN, "late"), 0);
}

static void a_moved_date_stays_in_sight(void **state) {
	FIXTURE(f);
	struct expectation_id id = keep(f, "both", BEGIN + DAYS(10), 1, 0);
	clock_set(BEGIN + DAYS(8));
	go(f, id, AGENT, "renegotiated", BEGIN + DAYS(30));
	tell(f);
	assert_int_equal(told(f, ANN, "moved"), 1);                    /* told when it slips, before it is due */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE moved = 1 AND first_due_at <> due_at AND state = 'renegotiated'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation_change WHERE from_due_at IS NOT NULL AND to_due_at > from_due_at AND note = 'why'"), 1);
	clock_set(BEGIN + DAYS(15));
	run_job(f);
	tell(f);
	assert_int_equal(told(f, ANN, "late"), 0);
	clock_set(BEGIN + DAYS(30));
	run_job(f);
	run_job(f);
	tell(f);
	assert_int_equal(told(f, ANN, "late"), 1);
}

static void silence_says_kept(void **state) {
	FIXTURE(f);
	struct expectation_id id = keep(f, "both", BEGIN + DAYS(42), 1, 0), passport = keep(f, "both", BEGIN + DAYS(42), 1, 0), other = keep(f, "both", BEGIN + DAYS(42), 1, 0);
	clock_set(BEGIN + DAYS(28));
	go(f, passport, AGENT, "done", 0);
	clock_set(BEGIN + DAYS(41));
	go(f, id, AGENT, "done", 0);
	run_job(f);
	assert_true(is_in(f, passport, "done", ""));
	clock_set(BEGIN + DAYS(42));
	run_job(f);
	assert_true(is_in(f, passport, "exceeded", "silence"));        /* told six weeks, here in four */
	assert_true(is_in(f, id, "done", ""));
	clock_set(BEGIN + DAYS(55));
	run_job(f);
	assert_true(is_in(f, id, "kept", "silence"));
	assert_true(is_in(f, other, "open", ""));                      /* of what nobody did silence says nothing */
}

static void no_opens_the_thread_again(void **state) {
	FIXTURE(f);
	struct expectation_id id = keep(f, "both", BEGIN + DAYS(10), 1, 0);
	go(f, id, AGENT, "done", 0);
	admin_exec(f, "UPDATE conversation SET status = 'done' WHERE id = 1");
	go(f, id, ANN, "missed", 0);
	tell(f);
	assert_true(is_in(f, id, "missed", "them"));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE id = 1 AND status = 'in_work'"), 1);
	assert_int_equal(told(f, AGENT, "word"), 1);
	tell(f);                                                       /* reading the log again changes nothing */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message WHERE conversation_id = 1"), 1);
}

/* A thousand fall due in one moment: each told once, none lost, and none read twice to find those behind it. */
static void many_at_once(void **state) {
	FIXTURE(f);
	for (int i = 0; i < 1000; i++) keep(f, "team", BEGIN + DAYS(2), 0, 0);
	clock_set(BEGIN + DAYS(2));
	run_job(f);
	tell(f);
	assert_int_equal(told(f, AGENT, "due"), 1000);
	assert_int_equal(told(f, ANN, "late"), 0);                     /* she does not know of them */
	assert_int_equal(admin_int(f, "SELECT count(DISTINCT object_id) FROM event WHERE verb = 'announce'"), 1000);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'announce' AND audience = 'staff'"), 2000);   /* soon and due */
}

/* ---------------------------------------------------------------------- rules of types */

struct claim {
	struct fixture *f;
	const char *state;
	struct record_id id;
};

static enum err make_claim(struct db *db, void *arg) {
	struct claim *c = arg;
	struct record_input in = {.type = pack_type_find(pack_find(STR("insurance")), STR("claim")), .parent = {RECORD}, .state = str_c(c->state)};
	return record_create(db, &c->f->a, (struct person_id){AGENT}, &in, &c->id);
}

static enum err move_claim(struct db *db, void *arg) {
	struct claim *c = arg;
	struct record_input in = {.type = pack_type_find(pack_find(STR("insurance")), STR("claim")), .state = str_c(c->state)};
	bool changed;
	return record_change(db, &c->f->a, (struct person_id){AGENT}, c->id, 0, &in, &changed);
}

/* The reader begins behind what it has read, as in a server. */
static int64_t heard;
static enum err read_rules(struct db *db, void *arg) {
	struct fixture *f = arg;
	struct event_list l;
	TRY(event_after(db, &f->a, heard, 1000, &l));
	TRY(promise_rule_read(db, &f->a, l.v, l.n, NULL));
	if (l.n > 0) heard = l.v[l.n - 1].seq;
	return OK;
}

static void a_claim_is_answered_in_two_business_days(void **state) {
	FIXTURE(f);
	struct claim c = {.f = f, .state = "reported"}, old = {.f = f, .state = "reported"};
	heard = 0;
	admin_exec(f, "UPDATE business SET pack = 'insurance'; UPDATE record SET type = 'policy', state = 'active' WHERE id = 1000");
	clock_set(zone_moment(zone_find(STR("Europe/Berlin")), 2026, 1, 2, 10, 0, 0));          /* a Friday */
	assert_int_equal(store_write(f->s, make_claim, &c), OK);
	assert_int_equal(store_write(f->s, read_rules, f), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE person_id = 11 AND owner_id = 1 AND audience = 'both' AND expects = 'reported' AND ours"), 1);
	assert_int_equal(admin_int(f, "SELECT due_at FROM expectation"), promise_day_end(zone_find(STR("Europe/Berlin")), days_of(2026, 1, 6)));   /* Tuesday */
	tell(f);
	assert_int_equal(told(f, OTTO, "new"), 1);
	assert_int_equal(told(f, OWNER, "given"), 1);
	c.state = "in_review";
	assert_int_equal(store_write(f->s, move_claim, &c), OK);
	assert_int_equal(store_write(f->s, read_rules, f), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE state = 'done' AND said = ''"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation_change WHERE to_state = 'done' AND actor_id = 2"), 1);
	c.state = "approved";
	assert_int_equal(store_write(f->s, move_claim, &c), OK);
	assert_int_equal(store_write(f->s, read_rules, f), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE state = 'open' AND expects = 'approved'"), 1);
	assert_int_equal(store_write(f->s, make_claim, &old), OK);                                  /* what an import brings of long ago */
	admin_exec(f, str_fmt(&f->a, "INSERT INTO source_ref (source, kind, external_id, object_id, hash) VALUES ('x', 'records:claim', '1', %lld, '');"
	                      "UPDATE record SET at = 0 WHERE id = %lld", (long long)old.id.v, (long long)old.id.v).p);
	assert_int_equal(store_write(f->s, read_rules, f), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation"), 2);
}

/* ---------------------------------------------------------------------------- who sees */

static bool sees(struct fixture *f, struct expectation_id id, int who, bool staff) {
	struct expectation_id got;
	struct db *db;
	bool found;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(sql_access_sees_expectation(db, id, (struct person_id){who}, staff, &got, &found), OK);
	db_close(db);
	return found;
}

static void who_sees_what(void **state) {
	FIXTURE(f);
	struct expectation_id team = keep(f, "team", BEGIN + DAYS(2), 2, RECORD), both = keep(f, "both", BEGIN + DAYS(2), 2, 0), held = keep(f, "both", BEGIN + DAYS(2), 0, RECORD);
	struct expectation_id all = keep(f, "public", BEGIN + DAYS(2), 2, 0), hidden = keep(f, "public", BEGIN + DAYS(2), 3, 0), between = keep(f, "public", BEGIN + DAYS(2), 1, 0);
	struct { struct expectation_id id; bool ann, otto, visitor; } want[] = {
		{team, false, false, false}, {both, true, false, false}, {held, true, true, false}, {all, true, true, true}, {hidden, true, false, false}, {between, true, false, false}};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		assert_true(sees(f, want[i].id, AGENT, true));
		assert_int_equal(sees(f, want[i].id, ANN, false), want[i].ann);
		assert_int_equal(sees(f, want[i].id, OTTO, false), want[i].otto);
		assert_int_equal(sees(f, want[i].id, 0, false), want[i].visitor);
	}
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'expectation' AND audience = 'public'"), 2);   /* all, and what was hidden later */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'expectation' AND audience = 'staff'"), 1);
}

/* ------------------------------------------------------------------ to everybody */

static void what_most_say(void **state) {
	static const struct { int kept, exceeded, missed; const char *says; } want[] = {{1, 0, 0, "kept"}, {0, 1, 0, "exceeded"}, {0, 0, 1, "missed"}, {1, 1, 0, "kept"},
		{1, 2, 0, "exceeded"}, {1, 0, 1, "missed"}, {2, 0, 1, "kept"}, {0, 2, 1, "exceeded"}, {1, 1, 1, "kept"}, {1, 1, 2, "missed"}, {12, 0, 3, "kept"}};
	(void)state;
	assert_true(str_none(promise_majority(0, 0, 0)));
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		struct str says = promise_majority(want[i].kept, want[i].exceeded, want[i].missed);
		if (!str_is(says, want[i].says)) fail_msg("%d kept, %d exceeded, %d missed: " STR_FMT, want[i].kept, want[i].exceeded, want[i].missed, STR_ARG(says));
	}
}

static struct expectation_id promise_all_of_them(struct fixture *f, usec_t due) {
	struct doing d = {.f = f, .draft = {.ours = true, .owner = {AGENT}, .text = STR("Open on Saturdays"), .brand_text = {1}, .due_at = due, .said = STR(""),
		.audience = STR("public"), .by = {OWNER}}};
	assert_int_equal(store_write(f->s, do_keep, &d), OK);
	return d.id;
}

static enum err do_say(struct db *db, void *arg) {
	struct doing *d = arg;
	return sql_verdict_put(db, d->id, d->who, d->step.to, d->step.note, clock_now());
}

static void say(struct fixture *f, struct expectation_id id, int who, const char *word) {
	struct doing d = {.f = f, .id = id, .who = {who}, .step = {.to = str_c(word), .note = STR("")}};
	assert_int_equal(store_write(f->s, do_say, &d), OK);
}

/* It has no other side: everybody sees it, its owner is reminded, nobody else is told by name; the many who say a word decide, else silence does. */
static void what_everybody_says_decides(void **state) {
	FIXTURE(f);
	admin_exec(f, "INSERT INTO brand_text (id, title, body, place, said_from, made_by, made_at) VALUES (1, 'Spring', 'Open on Saturdays', '', '2026-01-01', 1, 0)");
	struct expectation_id kept = promise_all_of_them(f, BEGIN + DAYS(10)), not = promise_all_of_them(f, BEGIN + DAYS(10)), quiet = promise_all_of_them(f, BEGIN + DAYS(10));
	struct expectation_id again = promise_all_of_them(f, BEGIN + DAYS(10)), late = promise_all_of_them(f, BEGIN + DAYS(10));
	assert_true(sees(f, kept, 0, false) && sees(f, kept, ANN, false) && sees(f, kept, AGENT, true));
	clock_set(BEGIN + DAYS(8));
	const struct expectation_id done[] = {kept, not, quiet, again};
	for (size_t i = 0; i < sizeof done / sizeof *done; i++) go(f, done[i], AGENT, "done", 0);
	clock_set(BEGIN + DAYS(9));
	say(f, kept, ANN, "missed"), say(f, kept, ANN, "kept"), say(f, kept, OTTO, "exceeded");    /* she thinks better of it */
	say(f, not, ANN, "missed"), say(f, not, OTTO, "kept");
	say(f, again, ANN, "missed");
	go(f, again, AGENT, "renegotiated", BEGIN + DAYS(20));                                     /* it was not done after all */
	clock_set(BEGIN + DAYS(11));
	for (int i = 0; i < 3; i++) run_job(f), tell(f);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM notice WHERE kind = 'promise_due' AND expectation_id = %lld AND person_id = 2", (long long)late.v).p), 1);
	clock_set(BEGIN + DAYS(12));
	go(f, again, AGENT, "done", 0);                                                            /* now it is, and what was said before counts no more */
	clock_set(BEGIN + DAYS(60));
	for (int i = 0; i < 3; i++) run_job(f), tell(f);
	assert_true(is_in(f, kept, "kept", "them") && is_in(f, not, "missed", "them") && is_in(f, again, "kept", "silence"));
	assert_true(is_in(f, quiet, "kept", "silence"));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE person_id IN (10, 11)"), 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE after_at IS NOT NULL"), 0);     /* there is nobody to look after */
	assert_int_equal(admin_int(f, "SELECT closed FROM expectation_sum WHERE ours AND by_what = 'source' AND of_word = 'everybody'"), 4);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation_sum WHERE by_what = 'person'"), 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'expectation' AND verb <> 'announce' AND (audience <> 'public' OR target_kind <> 'brand_text')"), 0);
}

int main(void) {
	struct str why;
	assert_int_equal(pack_load(&why), OK);
	const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(parts), cmocka_unit_test(early), cmocka_unit_test(ends_of_days), cmocka_unit_test(what_most_say),
		PROMISES(each_step_is_told_once), PROMISES(the_team_then_who_leads), PROMISES(reminders_keep_the_firms_hours), PROMISES(many_ways_at_once),
		PROMISES(what_is_done_reminds_nobody), PROMISES(a_moved_date_stays_in_sight), PROMISES(silence_says_kept),
		PROMISES(no_opens_the_thread_again), PROMISES(many_at_once), PROMISES(a_claim_is_answered_in_two_business_days), PROMISES(who_sees_what),
		PROMISES(what_everybody_says_decides)};
	return cmocka_run_group_tests_name("promise", tests, NULL, NULL);
}
