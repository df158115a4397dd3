/* What reads the log: listeners before the acknowledgement, readers over crashes, jobs over failures, and another process beside us. */
#include "db/test_int.h"
#include "event/hub.h"
#include <pthread.h>
#include <sys/wait.h>

SQL_DEF(mark_put, true, TYPES(SQL_TEXT, NOTHING), TYPES(NOTHING), "INSERT INTO tag(name) VALUES (?1)", "INSERT INTO tag(name) VALUES ($1)");

static void migrated(struct fixture *f) {
	int done;
	assert_int_equal(store_migrate(f->s, &f->a, &done, NULL), OK);
}

/* A tag of that name: doing it twice is a conflict. */
static enum err mark(struct db *db, struct str name) {
	struct stmt *s;
	bool row;
	TRY(stmt_begin(db, &mark_put, 0, -1, &s));
	stmt_set_text(s, 0, name);
	enum err e = stmt_step(s, &row);
	stmt_end(s);
	return e;
}

static enum err append(struct db *db, void *arg) {
	struct event e = {.verb = "create", .object_kind = "conversation", .object_id = *(int *)arg, .audience = AUDIENCE_PUBLIC};
	return event_append(db, &e, NULL);
}

static void say(struct store *s, int object) { assert_int_equal(store_write(s, append, &object), OK); }

/* Waits up to 10 s. */
#define SOON(condition)                                               \
	do {                                                              \
		usec_t until_ = clock_steady() + SECONDS(10);                 \
		while (!(condition) && clock_steady() < until_) usleep(2000); \
		assert_true(condition);                                       \
	} while (0)

/* ---------------------------------------------------------------- listeners */

struct ears {
	_Atomic int64_t last;
	_Atomic bool wrong;
};

static void listen(const struct event *e, struct db *db, struct arena *a, void *ctx) {
	struct ears *x = ctx;
	(void)db, (void)a;
	if (e->seq != x->last + 1) x->wrong = true;
	x->last = e->seq;
}

struct talker {
	pthread_t thread;
	struct store *s;
	struct ears *ears;
};

static void *talk(void *arg) {
	struct talker *t = arg;
	for (int i = 0; i < 50; i++) {
		int64_t before = t->ears->last;
		int one = 1;
		if (store_write(t->s, append, &one) != OK) return "failed";
		if (t->ears->last <= before) return "acknowledged before it was heard";
	}
	return NULL;
}

static void heard_in_order(void **state) {
	FIXTURE(f);
	migrated(f);
	struct store *other = fixture_store(f);
	struct ears here = {0}, there = {0};
	struct hub *h = hub_new(f->s), *h2 = hub_new(other);
	hub_add_listener(h, HUB_TELLS, listen, &here);
	hub_add_listener(h2, HUB_TELLS, listen, &there);
	assert_int_equal(hub_start(h), OK);
	assert_int_equal(hub_start(h2), OK);
	struct talker t[4];
	for (int i = 0; i < 4; i++) {
		t[i] = (struct talker){.s = i < 2 ? f->s : other, .ears = i < 2 ? &here : &there};
		pthread_create(&t[i].thread, NULL, talk, &t[i]);
	}
	for (int i = 0; i < 4; i++) {
		void *said;
		pthread_join(t[i].thread, &said);
		if (said) print_error("%s\n", (char *)said);
		assert_null(said);
	}
	SOON(here.last == 200 && there.last == 200);
	assert_false(here.wrong || there.wrong);
	SOON(!hub_is_blind(h) && hub_head(h) == 200);
	hub_stop(h);
	hub_stop(h2);
	store_close(other);
}

static bool wants_even(const struct event *e) { return e->object_id % 2 == 0; }

static enum err count_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	(void)db, (void)a, (void)e;
	atomic_fetch_add((_Atomic int *)ctx, (int)n);
	return OK;
}

/* What a reader does not want wakes it not; with the next that it wants it is given all, each once. */
static void unwanted_events_wait(void **state) {
	FIXTURE(f);
	migrated(f);
	_Atomic int n = 0;
	struct hub_stats stats;
	struct hub *h = hub_new(f->s);
	hub_add_reader(h, "even", wants_even, count_read, (void *)&n, true);
	assert_int_equal(hub_start(h), OK);
	say(f->s, 2);
	SOON(n == 1);
	for (int i = 0; i < 5; i++) say(f->s, 3);
	SOON(hub_head(h) == 6);
	usleep(50000);
	assert_int_equal(n, 1);
	assert_int_equal(admin_int(f, "SELECT seq FROM event_cursor WHERE reader = 'even'"), 1);
	hub_stats(h, &stats);
	assert_int_equal(stats.slowest_reader, 6);    /* it misses nothing */
	say(f->s, 4);
	SOON(n == 7);
	hub_stop(h);
}

struct order {
	int told, forgot;
	bool wrong;
};

static void forgets(const struct event *e, struct db *db, struct arena *a, void *ctx) {
	(void)e, (void)db, (void)a;
	((struct order *)ctx)->forgot++;
}

static void tells(const struct event *e, struct db *db, struct arena *a, void *ctx) {
	(void)e, (void)db, (void)a;
	struct order *o = ctx;
	o->wrong |= o->forgot != ++o->told;
}

static void what_is_stale_is_gone_before_anybody_is_told(void **state) {
	FIXTURE(f);
	migrated(f);
	struct order o = {0};
	struct hub *h = hub_new(f->s);
	hub_add_listener(h, HUB_TELLS, tells, &o);
	hub_add_listener(h, HUB_FORGETS, forgets, &o);
	assert_int_equal(hub_start(h), OK);
	for (int i = 1; i < 5; i++) say(f->s, i);
	hub_stop(h);
	assert_int_equal(o.told, 4);
	assert_false(o.wrong);
}

/* What was committed between reading the log's head and listening is not lost, nor told twice. */
static void started_late(void **state) {
	FIXTURE(f);
	migrated(f);
	say(f->s, 1);
	struct ears here = {.last = 1};
	struct hub *h = hub_new(f->s);
	hub_add_listener(h, HUB_TELLS, listen, &here);
	assert_int_equal(hub_start(h), OK);
	say(f->s, 2);
	assert_int_equal(here.last, 2);
	assert_false(here.wrong);
	hub_stop(h);
	say(f->s, 3); /* nobody listens; nothing breaks */
	assert_int_equal(here.last, 2);
}

static enum err only_mark(struct db *db, void *arg) { return mark(db, str_c(arg)); }

/* When the log cannot be read after a commit, caches must not answer until it has been. */
static void blind(void **state) {
	FIXTURE(f);
	migrated(f);
	struct ears here = {0};
	struct hub *h = hub_new(f->s);
	hub_add_listener(h, HUB_TELLS, listen, &here);
	assert_int_equal(hub_start(h), OK);
	say(f->s, 1);
	SOON(!hub_is_blind(h));
	admin_exec(f, "ALTER TABLE event RENAME TO event_away");
	assert_int_equal(store_write(f->s, only_mark, "x"), OK);
	assert_true(hub_is_blind(h));
	usleep(600000);
	assert_true(hub_is_blind(h));
	admin_exec(f, "INSERT INTO event_away (seq, at, verb, object_kind, object_id, audience, data) VALUES (2, 1, 'x', 'x', 1, 'staff', '{}')");
	admin_exec(f, "ALTER TABLE event_away RENAME TO event");
	SOON(!hub_is_blind(h));
	assert_int_equal(here.last, 2);
	assert_false(here.wrong);
	hub_stop(h);
}

static void lost_connections(void **state) {
	FIXTURE(f);
	if (f->engine != DB_PG) skip();
	migrated(f);
	struct store *other = fixture_store(f);
	struct ears here = {0};
	struct hub *h = hub_new(f->s);
	hub_add_listener(h, HUB_TELLS, listen, &here);
	assert_int_equal(hub_start(h), OK);
	for (int i = 0; i < 5; i++) {
		admin_exec(f, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
			" AND application_name = current_setting('application_name')");
		int object = i + 1;
		for (int k = 0; k < 50 && store_write(other, append, &object) != OK; k++) usleep(20000);
	}
	SOON(here.last == 5);
	assert_false(here.wrong);
	SOON(!hub_is_blind(h));
	hub_stop(h);
	store_close(other);
}

/* ------------------------------------------------------------------ readers */

struct reading {
	int fail_at;       /* fails after the effect of this event, as often as fail_times says */
	int fail_times;
	bool die;          /* instead of failing: the process ends in the middle of its transaction */
	int calls;
};

static enum err read_marks(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	struct reading *r = ctx;
	r->calls++;
	for (size_t i = 0; i < n; i++) {
		TRY(mark(db, str_fmt(a, "e%lld", (long long)e[i].object_id)));
		if (e[i].object_id != r->fail_at || r->fail_times == 0) continue;
		if (r->die) _exit(9);
		r->fail_times--;
		return ERR_INVALID;
	}
	return OK;
}

static int64_t marks(struct fixture *f) { return admin_int(f, "SELECT count(*) FROM tag"); }

static void drain(struct store *s, struct reading *r, bool from_start) {
	struct hub *h = hub_new(s);
	hub_add_reader(h, "marks", NULL, read_marks, r, from_start);
	enum err e = OK;
	for (int i = 0; i < 8; i++) { /* as the hub does, with a second between */
		e = hub_drain(h);
		if (e == OK) break;
	}
	assert_int_equal(e, OK);
	hub_stop(h);
}

static void reads_each_once(void **state) {
	FIXTURE(f);
	migrated(f);
	struct reading r = {0};
	for (int i = 1; i <= 150; i++) say(f->s, i);
	drain(f->s, &r, true);
	assert_int_equal(marks(f), 150);
	drain(f->s, &r, true);
	for (int i = 151; i <= 300; i++) say(f->s, i);
	r = (struct reading){.fail_at = 200, .fail_times = 3};
	drain(f->s, &r, true);
	assert_int_equal(marks(f), 300);
}

static void begins_with_the_next(void **state) {
	FIXTURE(f);
	migrated(f);
	struct reading r = {0};
	say(f->s, 1);
	drain(f->s, &r, false);
	assert_int_equal(marks(f), 0);
	say(f->s, 2);
	drain(f->s, &r, false);
	assert_int_equal(marks(f), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tag WHERE name = 'e2'"), 1);
}

/* One event that cannot be read must not hold up the rest for ever. */
static void leaves_out_poison(void **state) {
	FIXTURE(f);
	migrated(f);
	struct reading r = {.fail_at = 70, .fail_times = 1000};
	for (int i = 1; i <= 100; i++) say(f->s, i);
	drain(f->s, &r, true);
	assert_int_equal(marks(f), 99);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tag WHERE name = 'e70'"), 0);
	assert_true(r.calls < 60);
}

static void two_nodes_read(void **state) {
	FIXTURE(f);
	migrated(f);
	struct store *other = fixture_store(f);
	struct reading r1 = {0}, r2 = {0};
	struct hub *h1 = hub_new(f->s), *h2 = hub_new(other);
	hub_add_reader(h1, "marks", NULL, read_marks, &r1, true);
	hub_add_reader(h2, "marks", NULL, read_marks, &r2, true);
	assert_int_equal(hub_start(h1), OK);
	assert_int_equal(hub_start(h2), OK);
	for (int i = 1; i <= 100; i++) say(i % 2 ? f->s : other, i);
	SOON(marks(f) == 100);
	hub_stop(h1);
	hub_stop(h2);
	store_close(other);
	assert_int_equal(admin_int(f, "SELECT seq FROM event_cursor WHERE reader = 'marks'"), 100);
}

/* --------------------------------------------------------------------- jobs */

struct working {
	_Atomic int runs, tries;
	int fail;          /* so many times */
	bool die;
	int slow_ms;
};

static enum err work(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx, struct str *ret_why) {
	struct working *w = ctx;
	(void)s, (void)db;
	w->runs++;
	w->tries = tries;
	if (w->die) _exit(9);
	if (w->slow_ms) usleep((useconds_t)w->slow_ms * 1000);
	if (!str_is(data, "{\"x\":1}")) return ERR_BUG;
	if (tries > w->fail) return OK;
	*ret_why = str_fmt(a, "failed %d", tries);
	return ERR_STORE;
}

static enum err add_job(struct db *db, void *arg) { return job_add(db, arg, STR("{\"x\":1}"), 0); }

static void drain_jobs(struct store *s, struct working *w) {
	struct hub *h = hub_new(s);
	hub_add_job(h, "try", 4, work, w);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
}

static void backs_off(void **state) {
	FIXTURE(f);
	migrated(f);
	usec_t now = SECONDS(1800000000);
	clock_set(now);
	struct working w = {.fail = 2};
	assert_int_equal(store_write(f->s, add_job, "try"), OK);
	drain_jobs(f->s, &w);
	assert_int_equal(w.runs, 1);
	clock_set(now + SECONDS(9));
	drain_jobs(f->s, &w);
	assert_int_equal(w.runs, 1);
	clock_set(now + SECONDS(10));
	drain_jobs(f->s, &w);
	assert_int_equal(w.runs, 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE last_error = 'failed 2' AND ended_at IS NULL"), 1);
	clock_set(now + SECONDS(29));
	drain_jobs(f->s, &w);
	assert_int_equal(w.runs, 2);
	clock_set(now + SECONDS(30));
	drain_jobs(f->s, &w);
	assert_int_equal(w.runs, 3);
	assert_int_equal(w.tries, 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE ended_at IS NOT NULL AND NOT failed"), 1);
	clock_set(now + DAYS(1));
	drain_jobs(f->s, &w);
	assert_int_equal(w.runs, 3);
	clock_set(0);
}

static void gives_up(void **state) {
	FIXTURE(f);
	migrated(f);
	usec_t now = SECONDS(1800000000);
	struct working w = {.fail = 100};
	clock_set(now);
	assert_int_equal(store_write(f->s, add_job, "try"), OK);
	assert_int_equal(store_write(f->s, add_job, "unknown"), OK);
	for (int i = 0; i < 10; i++) {
		clock_set(now + DAYS(i));
		drain_jobs(f->s, &w);
	}
	assert_int_equal(w.runs, 4);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE failed AND ended_at IS NOT NULL AND claimed_until IS NULL"), 2);
	clock_set(0);
}

/* A job that ends the process: another takes it when the claim has ended, and not for ever. */
static void crashed_claim(void **state) {
	FIXTURE(f);
	migrated(f);
	usec_t now = SECONDS(1800000000);
	struct working w = {0};
	clock_set(now);
	assert_int_equal(store_write(f->s, add_job, "try"), OK);
	admin_exec(f, "UPDATE job SET claimed_until = run_at + 120000000, tries = 1"); /* as a dead node left it */
	drain_jobs(f->s, &w);
	assert_int_equal(w.runs, 0);
	clock_set(now + MINUTES(2));
	drain_jobs(f->s, &w);
	assert_int_equal(w.runs, 1);
	assert_int_equal(w.tries, 2);
	assert_int_equal(store_write(f->s, add_job, "try"), OK);
	admin_exec(f, "UPDATE job SET tries = 4 WHERE ended_at IS NULL");
	drain_jobs(f->s, &w);
	assert_int_equal(w.runs, 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE failed"), 1);
	clock_set(0);
}

static void two_nodes_work(void **state) {
	FIXTURE(f);
	migrated(f);
	struct store *other = fixture_store(f);
	struct working w = {.slow_ms = 2};
	struct hub *h1 = hub_new(f->s), *h2 = hub_new(other);
	hub_add_job(h1, "try", 4, work, &w);
	hub_add_job(h2, "try", 4, work, &w);
	assert_int_equal(hub_start(h1), OK);
	assert_int_equal(hub_start(h2), OK);
	for (int i = 0; i < 60; i++) assert_int_equal(store_write(i % 2 ? f->s : other, add_job, "try"), OK);
	SOON(admin_int(f, "SELECT count(*) FROM job WHERE ended_at IS NULL") == 0);
	hub_stop(h1);
	hub_stop(h2);
	store_close(other);
	assert_int_equal(w.runs, 60);
}

/* A job makes no event, and yet it is done at once. */
static void done_at_once(void **state) {
	FIXTURE(f);
	migrated(f);
	struct store *other = fixture_store(f);
	struct working w = {0};
	struct hub *h = hub_new(f->s);
	hub_add_job(h, "try", 4, work, &w);
	assert_int_equal(hub_start(h), OK);
	usleep(300000);
	usec_t began = clock_steady();
	assert_int_equal(store_write(f->s, add_job, "try"), OK);
	SOON(w.runs == 1);
	assert_int_equal(store_write(other, add_job, "try"), OK);
	SOON(w.runs == 2);
	assert_true(clock_steady() - began < SECONDS(2));
	hub_stop(h);
	store_close(other);
}

/* ------------------------------------------------------------- a real crash */

/* The same program once more, to die in the middle: hub_test crash HOME URL. */
static int crash(char **argv) {
	struct arena a = {0};
	struct store *s;
	struct store_options o = {.home = argv[2], .url = argv[3][0] ? argv[3] : NULL};
	if (store_open(&o, &a, &s, NULL) != OK) return 1;
	struct reading r = {.fail_at = 5, .fail_times = 1, .die = true};
	struct hub *h = hub_new(s);
	hub_add_reader(h, "marks", NULL, read_marks, &r, true);
	return hub_drain(h) == OK ? 2 : 3;
}

static void dies_in_the_middle(void **state) {
	FIXTURE(f);
	migrated(f);
	for (int i = 1; i <= 10; i++) say(f->s, i);
	for (int i = 0; i < 2; i++) {
		int status;
		pid_t child = fork();
		if (child == 0) {
			execl("/proc/self/exe", "hub_test", "crash", f->home, f->url, NULL);
			_exit(4);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 9);
		assert_int_equal(marks(f), 0);
	}
	struct reading r = {0};
	drain(f->s, &r, true);
	assert_int_equal(marks(f), 10);
}

int main(int argc, char **argv) {
	if (argc == 4 && strcmp(argv[1], "crash") == 0) return crash(argv);
	const struct CMUnitTest tests[] = {
		BOTH(heard_in_order), BOTH(what_is_stale_is_gone_before_anybody_is_told), BOTH(unwanted_events_wait), BOTH(started_late), BOTH(blind), BOTH(lost_connections), BOTH(reads_each_once), BOTH(begins_with_the_next),
		BOTH(leaves_out_poison), BOTH(two_nodes_read), BOTH(backs_off), BOTH(gives_up), BOTH(crashed_claim), BOTH(two_nodes_work),
		BOTH(done_at_once), BOTH(dies_in_the_middle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
