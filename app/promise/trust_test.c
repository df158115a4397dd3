/* Promises, counted, on both engines: what the page says is what the log says, after hundreds of random ways that the rules allow; and each list behind a
 * number is as long as the number. */
#include "promise/promise_int.h"
#include "talk/testing.h"

enum { OWNER = 1, ANN = 10, OTTO = 11, RECORD = 1000, MANY = 300, STEPS = 3000 };
#define BEGIN ((usec_t)1767261600 * 1000000)     /* 1 January 2026, 10:00 UTC */

static struct fixture *begin(enum db_engine engine) {
	struct fixture *f = firm_new(engine);
	put_person(f, OWNER, "staff", "owner", "Olive Owner", 0);
	put_person(f, AGENT, "staff", "agent", "Agatha Agent", 0);
	put_person(f, ANN, "customer", "customer", "Ann Holder", 0);
	put_person(f, OTTO, "customer", "customer", "Otto Other", 0);
	put_conversation(f, 1, "private", ANN, false);
	put_conversation(f, 2, "public", ANN, false);
	admin_exec(f, "INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version) VALUES (1000, 'service', 'Line 4711', 'open', 0, '{}', 0, 0, 1)");
	clock_set(BEGIN);
	return f;
}
static int begin_sqlite(void **state) { *state = begin(DB_SQLITE); return 0; }
static int begin_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? begin(DB_PG) : NULL; return 0; }
static int end(void **state) { clock_set(0); return down(state); }
#define TRUST(test) {#test " (SQLite)", test, begin_sqlite, end, NULL}, {#test " (PostgreSQL)", test, begin_pg, end, NULL}

/* ------------------------------------------------------------------ random ways */

static uint64_t seed = 20260104;
static int64_t any(int64_t below) {
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)((seed >> 33) % (uint64_t)below);
}

struct doing {
	struct fixture *f;
	struct promise_draft draft;
	struct expectation_id id;
};

static enum err do_keep(struct db *db, void *arg) {
	struct doing *d = arg;
	return promise_keep(db, &d->f->a, &d->draft, &d->id);
}

/* Who of us is in which team changes all the while; nobody is in one at first. */
static void change_teams(struct fixture *f) {
	static const char *const teams[] = {"NULL", "1", "2"};
	admin_exec(f, str_fmt(&f->a, "UPDATE person SET team_id = %s WHERE id = %d", teams[any(3)], any(2) ? OWNER : AGENT).p);
}

static enum err do_move(struct db *db, void *arg) {
	static const char *const to[] = {"done", "done", "kept", "exceeded", "missed", "renegotiated", "withdrawn"};
	static const unsigned parts[] = {OWES, GETS, BY_ITSELF};
	struct doing *d = arg;
	struct promise_state x;
	bool why;
	TRY(sql_promise_state_get(db, &d->f->a, d->id, &x));
	if ((promise_is_live(x.state) || str_is(x.state, "done")) && any(8) == 0) return promise_hand_over(db, &d->f->a, (struct person_id){OWNER}, &x, (struct person_id){any(2) ? OWNER : AGENT}, STR(""));
	struct promise_step step = {.to = str_c(to[any(7)]), .note = STR("why"), .said = STR(""), .due_at = clock_now() + DAYS(1 + any(40)), .to_the_day = true};
	unsigned part = parts[any(3)];
	if (!promise_may_go(x.state, step.to, part, &why)) return OK;
	bool them = (part == GETS) == x.ours;
	step.word = part == BY_ITSELF ? "silence" : them ? "them" : "us";
	return promise_go(db, &d->f->a, part == BY_ITSELF ? (struct person_id){0} : them ? x.person_id : x.owner_id, &x, &step);
}

static enum err do_end(struct db *db, void *arg) {
	struct doing *d = arg;
	struct promise_state x;
	struct promise_step step = {.to = d->draft.said, .note = STR(""), .word = "them", .said = STR("")};
	TRY(sql_promise_state_get(db, &d->f->a, d->id, &x));
	return promise_go(db, &d->f->a, x.person_id, &x, &step);
}

static void keep_one(struct fixture *f) {
	struct doing d = {.f = f, .draft = {.ours = any(4) != 0, .person = {any(3) ? ANN : OTTO}, .owner = {any(3) ? AGENT : OWNER}, .text = STR("The form"), .said = STR(""),
		.due_at = clock_now() + DAYS(1 + any(30)), .audience = any(3) ? STR("both") : STR("team"), .by = {AGENT}}};
	if (any(3) == 0) d.draft.record.v = RECORD;
	if (any(2) == 0) d.draft.conversation.v = 1 + any(2);
	assert_int_equal(store_write(f->s, do_keep, &d), OK);
}

static void live_on(struct fixture *f) {
	for (int i = 0; i < MANY; i++) keep_one(f);
	for (int i = 0; i < STEPS; i++) {
		struct doing d = {.f = f, .id = {1 + any(MANY)}};
		clock_set(BEGIN + i * HOURS(3) + SECONDS(any(3600)));
		if (i > STEPS / 10 && any(40) == 0) change_teams(f);
		assert_int_equal(store_write(f->s, do_move, &d), OK);
	}
}

/* --------------------------------------------------------------- from the log alone */

struct told {
	bool ours;
	int64_t owner, team, person, month, late;
	usec_t due, done;
	char source[40], state[20], word[12];
};
static struct told told[MANY + 1];

static void hear_made(struct told *t, const struct json *data) {
	struct str due, source;
	assert_true(json_get_bool(json_member(data, "ours"), &t->ours));
	assert_true(json_get_int(json_member(data, "owner"), &t->owner));
	assert_true(json_get_int(json_member(data, "person"), &t->person));
	assert_true(json_get_str(json_member(data, "due"), &due) && time_parse(due, &t->due));
	assert_true(json_get_str(json_member(data, "source"), &source));
	snprintf(t->source, sizeof t->source, STR_FMT, STR_ARG(source));
}

static void hear_moved(struct told *t, const struct event *e, const struct json *data) {
	struct str to, word;
	if (json_get_int(json_member(data, "owner"), &t->owner)) return;
	assert_true(json_get_str(json_member(data, "to"), &to) && json_get_str(json_member(data, "word"), &word));
	snprintf(t->state, sizeof t->state, STR_FMT, STR_ARG(to));
	snprintf(t->word, sizeof t->word, STR_FMT, STR_ARG(word));
	if (str_is(to, "renegotiated")) t->done = 0;
	if (str_is(to, "done")) t->done = e->at;
	if (str_is(to, "kept") || str_is(to, "exceeded")) {
		if (t->done == 0) t->done = e->at;
		t->late = t->done > t->due ? (t->done - t->due + DAYS(1) - 1) / DAYS(1) : 0;
	}
	if (!json_get_int(json_member(data, "team"), &t->team)) t->team = 0;
	struct local_time l = zone_local(zone_find(STR("Europe/Berlin")), e->at);
	t->month = l.year * 100 + l.month;
}

static void read_log(struct fixture *f) {
	struct event_list l;
	struct db *db;
	memset(told, 0, sizeof told);
	assert_int_equal(store_reader(f->s, &db), OK);
	for (int64_t after = 0;; after = l.v[l.n - 1].seq) {
		assert_int_equal(event_after(db, &f->a, after, 1000, &l), OK);
		if (l.n == 0) break;
		for (size_t i = 0; i < l.n; i++) {
			JSON_DOC(doc);
			if (strcmp(l.v[i].object_kind, "expectation") != 0) continue;
			assert_int_equal(json_parse(&doc, l.v[i].data, NULL), OK);
			if (strcmp(l.v[i].verb, "create") == 0) hear_made(&told[l.v[i].object_id], doc.root);
			else if (strcmp(l.v[i].verb, "update") == 0) hear_moved(&told[l.v[i].object_id], &l.v[i], doc.root);
		}
	}
	db_close(db);
}

struct figures {
	int64_t counted, kept, exceeded, missed, kept_them, kept_silence, kept_us, missed_them, missed_us, late, median, worst;
};

static int by_number(const void *a, const void *b) { return (*(const int64_t *)a > *(const int64_t *)b) - (*(const int64_t *)a < *(const int64_t *)b); }

static bool is_of(struct fixture *f, const struct told *t, const char *by, struct str key) {
	int64_t n = strcmp(by, "owner") == 0 ? t->owner : strcmp(by, "team") == 0 ? t->team : strcmp(by, "person") == 0 ? t->person : t->month;
	return strcmp(by, "source") == 0 ? str_is(key, t->source) : str_eq(key, str_fmt(&f->a, "%lld", (long long)n));
}

static struct figures sum_up(struct fixture *f, bool ours, const char *by, struct str key) {
	struct figures s = {0};
	int64_t late[MANY];
	for (int i = 1; i <= MANY; i++) {
		const struct told *t = &told[i];
		bool missed = strcmp(t->state, "missed") == 0, better = strcmp(t->state, "exceeded") == 0, kept = better || strcmp(t->state, "kept") == 0;
		if (t->ours != ours || (!missed && !kept) || !is_of(f, t, by, key)) continue;
		s.counted++;
		s.kept += kept, s.missed += missed, s.exceeded += better;
		s.kept_them += kept && strcmp(t->word, "them") == 0;
		s.kept_silence += kept && strcmp(t->word, "silence") == 0;
		s.kept_us += kept && strcmp(t->word, "us") == 0;
		s.missed_them += missed && strcmp(t->word, "them") == 0;
		s.missed_us += missed && strcmp(t->word, "us") == 0;
		if (t->late > 0) late[s.late++] = t->late;
	}
	qsort(late, (size_t)s.late, sizeof *late, by_number);
	if (s.late > 0) s.median = late[(s.late - 1) / 2], s.worst = late[s.late - 1];
	return s;
}

/* ------------------------------------------------------------------- as it is shown */

static int64_t number(const struct json *row, const char *name) {
	int64_t n = 0;
	const struct json *v = json_member(row, name);
	if (v != NULL && !json_get_int(v, &n)) n = 0;
	return n;
}

static void same(const struct json *row, const char *name, int64_t want) {
	if (number(row, name) != want) fail_msg("%s: the page says %lld, the log %lld", name, (long long)number(row, name), (long long)want);
}

static size_t rows_of(struct fixture *f, struct served *s, const char *path, const char *token) {
	JSON_DOC(doc);
	struct answer r = call(f, s, path, NULL, NULL, token);
	size_t n = 0;
	assert_int_equal(r.status, 200);
	assert_int_equal(json_parse(&doc, r.body, NULL), OK);
	while (json_item(json_member(doc.root, "data"), n) != NULL) n++;
	return n;
}

static void lists_are_as_long(struct fixture *f, struct served *s, const char *direction, const char *by, const struct json *row, struct str key, const char *token) {
	static const char *const results[] = {"counted", "kept", "exceeded", "missed", "late"};
	const char *filter = strcmp(by, "owner") == 0 ? "owner_id" : strcmp(by, "team") == 0 ? "team_id" : strcmp(by, "person") == 0 ? "person_id" : by;
	for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
		const char *path = str_fmt(&f->a, "/api/v1/expectations?limit=200&result=%s&direction=%s&%s=" STR_FMT, results[i], direction, filter, STR_ARG(key)).p;
		assert_int_equal(rows_of(f, s, path, token), number(row, results[i]));
	}
}

static int64_t compare(struct fixture *f, struct served *s, const char *direction, const char *by, const char *token) {
	JSON_DOC(doc);
	int64_t counted = 0;
	struct answer r = call(f, s, str_fmt(&f->a, "/api/v1/expectations/trust?limit=200&by=%s&direction=%s", by, direction).p, NULL, NULL, token);
	assert_int_equal(r.status, 200);
	assert_int_equal(json_parse(&doc, r.body, NULL), OK);
	for (size_t i = 0; json_item(json_member(doc.root, "data"), i) != NULL; i++) {
		const struct json *row = json_item(json_member(doc.root, "data"), i);
		struct str key;
		bool few;
		assert_true(json_get_str(json_member(row, "key"), &key));
		struct figures want = sum_up(f, strcmp(direction, "ours") == 0, by, key);
		assert_true(json_get_bool(json_member(row, "few"), &few));
		assert_int_equal(few, want.counted < 10);
		const struct { const char *name; int64_t n; } all[] = {{"counted", want.counted}, {"kept", want.kept}, {"exceeded", want.exceeded}, {"missed", want.missed},
			{"kept_them", want.kept_them}, {"kept_silence", want.kept_silence}, {"kept_us", want.kept_us}, {"missed_them", want.missed_them}, {"missed_us", want.missed_us},
			{"late", want.late}, {"late_median", want.median}, {"late_worst", want.worst}};
		for (size_t k = 0; k < sizeof all / sizeof *all; k++) same(row, all[k].name, all[k].n);
		lists_are_as_long(f, s, direction, by, row, key, token);
		counted += want.counted;
	}
	return counted;
}

static void compare_all(struct fixture *f, struct served *s, const char *token) {
	static const char *const bys[] = {"owner", "person", "month", "source"}, *const directions[] = {"ours", "theirs"};
	int64_t all = admin_int(f, "SELECT count(*) FROM expectation WHERE state IN ('kept', 'exceeded', 'missed')");
	assert_true(all > MANY / 3);
	assert_true(admin_int(f, "SELECT count(*) FROM expectation WHERE late_days > 0") > 20);
	for (size_t b = 0; b < 4; b++) {
		int64_t counted = 0;
		for (size_t d = 0; d < 2; d++) counted += compare(f, s, directions[d], bys[b], token);
		assert_int_equal(counted, all);           /* nothing that the log has is in no row */
	}
	int64_t in_teams = 0, want = 0;
	for (int i = 1; i <= MANY; i++) want += told[i].team != 0;
	for (size_t d = 0; d < 2; d++) in_teams += compare(f, s, directions[d], "team", token);
	assert_int_equal(in_teams, want);
	assert_true(want > MANY / 10 && want < all);  /* some were closed by who was in no team then */
}

static void the_page_says_what_the_log_says(void **state) {
	FIXTURE(f);
	struct served s;
	admin_exec(f, "INSERT INTO team (id, name, word, made_at) VALUES (1, 'Billing', 'billing', 0), (2, 'Network', 'network', 0)");
	live_on(f);
	read_log(f);
	serve_start(f, &s);
	const char *token = token_for(f, AGENT);
	compare_all(f, &s, token);
	assert_int_equal(trust_begin(f->s), OK);          /* nothing is counted twice */
	compare_all(f, &s, token);
	admin_exec(f, "UPDATE expectation SET month = NULL, late_days = 0; DELETE FROM expectation_sum; DELETE FROM expectation_late");
	assert_int_equal(trust_begin(f->s), OK);          /* as a store of before: the same again */
	compare_all(f, &s, token);
	assert_int_equal(call(f, &s, "/api/v1/expectations/trust", NULL, NULL, token_for(f, ANN)).status, 403);
	assert_int_equal(call(f, &s, "/api/v1/expectations?result=missed", NULL, NULL, token_for(f, ANN)).status, 404);
	serve_stop(&s);
}

/* Whom a promise in public is to, nobody learns from the log. */
static void in_public_nobody_is_named(void **state) {
	FIXTURE(f);
	struct doing d = {.f = f, .draft = {.ours = true, .person = {ANN}, .owner = {AGENT}, .text = STR("The form"), .said = STR(""), .conversation = {2},
		.due_at = BEGIN + DAYS(1), .audience = STR("public"), .by = {AGENT}}};
	assert_int_equal(store_write(f->s, do_keep, &d), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'expectation' AND audience = 'public' AND data NOT LIKE '%person%'"), 1);
	admin_exec(f, "INSERT INTO team (id, name, word, made_at) VALUES (1, 'Billing', 'billing', 0); UPDATE person SET team_id = 1 WHERE id = 4");
	d.draft.said = STR("missed");
	assert_int_equal(store_write(f->s, do_end, &d), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation_sum WHERE by_what = 'team' AND of_id = 1 AND missed_them = 1"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'expectation' AND data LIKE '%team%'"), 0);
	d.draft.said = STR("");
	d.draft.audience = STR("both");
	assert_int_equal(store_write(f->s, do_keep, &d), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'expectation' AND audience = 'private' AND data LIKE '%\"person\":10%'"), 1);
}

/* ---------------------------------------------------------------- what everybody reads */

static struct expectation_id keep_and_end(struct fixture *f, int who, int conversation, const char *how) {
	struct doing d = {.f = f, .draft = {.ours = true, .person = {who}, .owner = {AGENT}, .text = STR("The form"), .said = STR(""), .conversation = {conversation},
		.due_at = clock_now() + DAYS(1), .audience = STR("both"), .by = {AGENT}}};
	assert_int_equal(store_write(f->s, do_keep, &d), OK);
	d.draft.said = str_c(how);
	assert_int_equal(store_write(f->s, do_end, &d), OK);
	return d.id;
}

static void everybody_reads_it_if_the_firm_wishes(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *owner = session_for(f, OWNER), *form = "remind_hours=24&silence_days=14&early_percent=25&public_rate=true";
	for (int i = 0; i < 19; i++) keep_and_end(f, ANN, 0, "kept");
	assert_int_equal(send_form(f, &s, "/admin/promises", "/admin/promises", form, owner).status, 303);
	assert_has_not(call(f, &s, "/firm", NULL, NULL, NULL).body, "last twelve months");       /* too few */
	keep_and_end(f, ANN, 0, "missed");
	assert_has(call(f, &s, "/firm", NULL, NULL, NULL).body, "Kept 95 % of 20 promises");
	assert_has(call(f, &s, "/", NULL, NULL, NULL).body, "Kept 95 % of 20 promises");
	keep_and_end(f, ANN, 0, "missed");                                                           /* what was kept of the pages is dropped */
	assert_has(call(f, &s, "/firm", NULL, NULL, NULL).body, "Kept 90 % of 21 promises");
	assert_has(call(f, &s, "/", NULL, NULL, NULL).body, "Kept 90 % of 21 promises");
	admin_exec(f, "UPDATE expectation_sum SET kept_us = kept_us + 100, closed = closed + 100");  /* our own word is no witness */
	keep_and_end(f, ANN, 0, "exceeded");
	assert_has(call(f, &s, "/firm", NULL, NULL, NULL).body, "Kept 91 % of 22 promises");
	assert_int_equal(send_form(f, &s, "/admin/promises", "/admin/promises", "remind_hours=24&silence_days=14&early_percent=25", owner).status, 303);
	assert_has_not(call(f, &s, "/firm", NULL, NULL, NULL).body, "last twelve months");
	assert_has_not(call(f, &s, "/", NULL, NULL, NULL).body, "last twelve months");
	serve_stop(&s);
}

/* ----------------------------------------------------------------------- after a miss */

static void run_job(struct fixture *f) {
	struct db *db;
	struct str why = STR("");
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(promise_job(f->s, db, &f->a, STR("{}"), 1, NULL, &why), OK);
	db_close(db);
}

static void put_words(struct fixture *f, int conversation, int who, const char *kind, usec_t at) {
	admin_exec(f, str_fmt(&f->a, "INSERT INTO message (conversation_id, kind, author_id, channel, body, status, created_at) VALUES (%d, '%s', %d, 'portal', 'Well?', '', %lld)",
		conversation, kind, who, (long long)at).p);
}

static enum err do_look(struct db *db, void *arg) {
	struct event e = {.actor = {*(const int *)arg}, .verb = "like", .object_kind = "conversation", .object_id = 2, .audience = AUDIENCE_PUBLIC, .data = STR("{}")};
	return event_append(db, &e, NULL);
}

static void after_a_miss(void **state) {
	FIXTURE(f);
	enum { LEFT = 12, SILENT, ACTIVE, LATER, AFTERS = 6 };
	static const struct { int who; const char *word; } want[AFTERS] = {{ANN, "wrote"}, {OTTO, "complained"}, {LEFT, "left"}, {SILENT, "silent"}, {ACTIVE, "active"}, {LATER, "silent"}};
	struct expectation_id id[AFTERS];
	for (int i = LEFT; i <= LATER; i++) put_person(f, i, "customer", "customer", "Some Body", 0);
	for (int i = 0; i < AFTERS; i++) id[i] = keep_and_end(f, want[i].who, i == 0 ? 1 : 0, "missed");
	clock_set(BEGIN + DAYS(2));
	put_words(f, 1, ANN, "comment", BEGIN + DAYS(2));
	put_words(f, 2, OTTO, "not_fixed", BEGIN + DAYS(3));
	put_conversation(f, 5, "private", SILENT, false);
	admin_exec(f, "UPDATE conversation SET kind = 'direct', created_at = 1767434400000000 WHERE id = 5");   /* between two, and nobody else's business */
	put_words(f, 5, SILENT, "comment", BEGIN + DAYS(2));
	put_words(f, 2, LATER, "comment", BEGIN + DAYS(31));
	admin_exec(f, str_fmt(&f->a, "UPDATE person SET disabled_at = %lld WHERE id = 12", (long long)(BEGIN + DAYS(9))).p);
	int active = ACTIVE;
	assert_int_equal(store_write(f->s, do_look, &active), OK);
	clock_set(BEGIN + DAYS(30) - SECONDS(1));
	run_job(f);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE data LIKE '%after_miss%'"), 0);
	clock_set(BEGIN + DAYS(30));
	for (int i = 0; i < 3; i++) run_job(f);                                                     /* as after restarts */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE data LIKE '%after_miss%'"), AFTERS);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE data LIKE '%after_miss%' AND verb = 'announce' AND audience = 'staff'"), AFTERS);
	for (int i = 0; i < AFTERS; i++)
		assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM event e JOIN expectation x ON x.id = e.object_id WHERE e.object_kind = 'expectation' AND x.id = %lld"
			" AND e.data LIKE '{\"after_miss\":{\"word\":\"%s\"%%' AND x.after_word = '%s' AND x.after_at IS NULL", (long long)id[i].v, want[i].word, want[i].word).p), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE next_at IS NOT NULL OR after_at IS NOT NULL"), 0);
	struct served s;
	serve_start(f, &s);
	const char *page = str_fmt(&f->a, "/expectations/%lld", (long long)id[0].v).p;
	assert_has(call(f, &s, page, NULL, session_for(f, AGENT), NULL).body, "They wrote again.");
	assert_has_not(call(f, &s, page, NULL, session_for(f, ANN), NULL).body, "They wrote again.");
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {TRUST(the_page_says_what_the_log_says), TRUST(in_public_nobody_is_named), TRUST(everybody_reads_it_if_the_firm_wishes),
		TRUST(after_a_miss)};
	return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
