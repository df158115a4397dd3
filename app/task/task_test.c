/* Tasks over HTTP on both engines: noted, given, moved on, reminded of once; who knows of them; where else they stand. */
#include "pack/pack.h"
#include "promise/promise.h"
#include "search/search.h"
#include "talk/testing.h"
#include "task/task_int.h"
#include "text/date.h"
#include "timeline/timeline.h"

enum { BEA = 9 };
#define FRIDAY ((usec_t)1795773600 * 1000000)      /* 27 November 2026, 11:00 in Berlin */
#define TASKS "/api/v1/tasks"

static struct fixture *task_new(enum db_engine engine) {
	clock_set(FRIDAY);
	struct fixture *f = talk_new(engine);
	put_person(f, BEA, "staff", "agent", "Bea Bell", 0);
	admin_exec(f, "UPDATE business SET pack = 'banking', week = ';09:00-17:00;09:00-17:00;09:00-17:00;09:00-17:00;09:00-17:00;';"
	              "INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version) VALUES (50, 'account', 'Account 4711', 'open', 0, '{}', 0, 0, 1);"
	              "INSERT INTO record_person (record_id, person_id, role) VALUES (50, 1, 'holder')");
	put_conversation(f, 1, "public", OLGA, false);
	put_conversation(f, 2, "private", AGENT, false);
	admin_exec(f, "UPDATE conversation SET kind = 'room', subject = 'A quiet room' WHERE id = 2");
	return f;
}
static int task_sqlite(void **state) { *state = task_new(DB_SQLITE); return 0; }
static int task_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? task_new(DB_PG) : NULL; return 0; }
static int task_end(void **state) { clock_set(0); return down(state); }
#define TASK_BOTH(test) {#test " (SQLite)", test, task_sqlite, task_end, NULL}, {#test " (PostgreSQL)", test, task_pg, task_end, NULL}

/* ------------------------------------------------------------------------------ asking */

static int64_t note(struct fixture *f, const struct served *s, int who, const char *title, const char *more) {
	const char *json = str_fmt(&f->a, "{\"title\":\"%s\"%s}", title, more).p;
	struct answer r = ask(f, s, "POST", TASKS, json, token_for(f, who));
	if (r.status != 201) fail_msg("%ld: " STR_FMT, r.status, STR_ARG(str_first(r.body, 400)));
	return admin_int(f, "SELECT max(id) FROM task");
}

static struct answer see(struct fixture *f, const struct served *s, int who, const char *query) {
	return ask(f, s, "GET", str_fmt(&f->a, TASKS "%s", query).p, NULL, token_for(f, who));
}

static struct answer one(struct fixture *f, const struct served *s, int who, int64_t id) { return see(f, s, who, str_fmt(&f->a, "/%lld", (long long)id).p); }

static struct answer change(struct fixture *f, const struct served *s, int who, int64_t id, const char *json) {
	CURL *c = curl_easy_init();
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	headers = curl_slist_append(headers, str_fmt(&f->a, "Authorization: Bearer %s", token_for(f, who)).p);
	headers = curl_slist_append(headers, "If-Match: *");
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, "PATCH");
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, json);
	return perform(f, s, c, headers, str_fmt(&f->a, TASKS "/%lld", (long long)id).p);
}

static int64_t notices(struct fixture *f, int who, const char *kind) {
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM notice WHERE person_id = %d AND kind = '%s' AND about_kind = 'task'", who, kind).p);
}

/* All that reads the log has read it. */
static void read_log(struct fixture *f) {
	struct hub *h = hub_new(f->s);
	struct key key = {.bytes = {7}};
	struct web *none = NULL;
	struct notice_ctx ctx = {.key = &key, .web = &none};
	hub_add_reader(h, "notices", NULL, notice_read, &ctx, true);
	hub_add_reader(h, "timeline", timeline_wants, timeline_keep, NULL, true);
	hub_add_reader(h, "find", search_wants, search_read, NULL, true);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
}

static void run_job(struct fixture *f) {
	struct db *db;
	struct str why = STR("");
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(task_job(f->s, db, &f->a, STR("{}"), 1, NULL, &why), OK);
	db_close(db);
}

/* ------------------------------------------------------------------------------- tests */

static void noted_given_done(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	int64_t id = note(f, &s, AGENT, " Ask the branch ", ",\"day\":\"2026-11-30\",\"owner_id\":9,\"record_id\":50,\"text\":\"By telephone.\"");
	struct str r = one(f, &s, AGENT, id).body;
	assert_has(r, "\"title\":\"Ask the branch\",\"text\":\"By telephone.\",\"state\":\"open\",\"late\":false,\"due_at\":\"2026-11-30T22:59:59Z\",\"day\":\"2026-11-30\"");
	assert_has(r, "\"owner\":{\"id\":9,\"name\":\"Bea Bell\"}");
	assert_has(r, "\"person\":{\"id\":1,");                          /* whose the record is */
	assert_has(see(f, &s, BEA, "?view=mine").body, "Ask the branch");
	assert_has_not(see(f, &s, AGENT, "?view=mine").body, "Ask the branch");
	assert_has(see(f, &s, AGENT, "?view=given").body, "Ask the branch");
	assert_has(see(f, &s, ANALYST, "?record_id=50").body, "Ask the branch");
	assert_has(see(f, &s, ANALYST, "?person_id=1&state=open").body, "Ask the branch");

	/* what is not given stays; an empty day is none; a colleague; one table of its way */
	assert_int_equal(change(f, &s, BEA, id, "{\"day\":\"\"}").status, 200);
	assert_has(one(f, &s, BEA, id).body, "\"due_at\":null,\"day\":\"\"");
	assert_int_equal(change(f, &s, BEA, id, "{\"owner_id\":4,\"title\":\"Ask the branch twice\"}").status, 200);
	assert_int_equal(change(f, &s, AGENT, id, "{\"state\":\"done\"}").status, 200);
	r = one(f, &s, AGENT, id).body;
	assert_has(r, "\"title\":\"Ask the branch twice\",\"text\":\"By telephone.\",\"state\":\"done\"");
	assert_int_equal(change(f, &s, AGENT, id, "{\"state\":\"dropped\"}").status, 409);
	assert_int_equal(change(f, &s, AGENT, id, "{\"owner_id\":9}").status, 409);
	assert_has(see(f, &s, AGENT, "?view=over").body, "twice");
	assert_int_equal(change(f, &s, AGENT, id, "{\"state\":\"open\"}").status, 200);
	assert_int_equal(ask(f, &s, "PATCH", TASKS "/1", "{\"state\":\"done\"}", token_for(f, AGENT)).status, 428);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'task' AND audience = 'staff'"), 6);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'task' AND target_kind = 'record' AND target_id = 50"), 5);
	read_log(f);
	assert_int_equal(notices(f, BEA, "task_given"), 1);
	assert_int_equal(notices(f, AGENT, "task_given"), 1);                /* by Bea */
	assert_int_equal(notices(f, AGENT, "task_done"), 0);                 /* they did it themselves */
	assert_has(call(f, &s, "/notices", NULL, session_for(f, BEA), NULL).body, "Agatha Agent gave this to you.");
	serve_stop(&s);
}

static void what_is_wrong_is_said(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	static const struct { const char *json, *says; } wrong[] = {
		{"{\"title\":\" \"}", "Please say what is to be done."}, {"{\"title\":\"x\",\"day\":\"soon\"}", "This is not a day."}, {"{\"title\":\"x\",\"day\":\"2026-11-26\"}", "This day is over."},
		{"{\"title\":\"x\",\"day\":\"9999-12-31\"}", "This is too far away."}, {"{\"title\":\"x\",\"owner_id\":1}", "Only one of us can do it."},
		{"{\"title\":\"x\",\"person_id\":99}", "There is no such person."}, {"{\"title\":\"x\",\"record_id\":99}", "There is no such record."},
		{"{\"title\":\"x\",\"conversation_id\":2}", "There is no such conversation."}};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct answer r = ask(f, &s, "POST", TASKS, wrong[i].json, token_for(f, BEA));
		assert_int_equal(r.status, 422);
		if (!str_has(r.body, str_c(wrong[i].says))) fail_msg("%s does not say: %s, but " STR_FMT, wrong[i].json, wrong[i].says, STR_ARG(r.body));
	}
	struct answer r = send_form(f, &s, "/tasks/new", "/tasks/new", "title=A+thing&text=Of+mine&day=2020-01-01", session_for(f, BEA));
	assert_int_equal(r.status, 422);
	assert_has(r.body, "value=\"A thing\"");                            /* nothing typed is lost */
	assert_has(r.body, ">Of mine</textarea>");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM task"), 0);
	assert_has(call(f, &s, "/tasks", NULL, session_for(f, BEA), NULL).body, "No task is here");
	serve_stop(&s);
}

/* The team's; from a room, theirs who are in it and whoever it was given to. */
static void who_knows(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	int64_t open = note(f, &s, AGENT, "Openly", ",\"conversation_id\":1"), room = note(f, &s, AGENT, "Quietly", ",\"conversation_id\":2");
	int64_t given = note(f, &s, AGENT, "Quietly given", ",\"conversation_id\":2,\"owner_id\":9");
	const int outside[] = {OLGA, STEVE};
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(one(f, &s, outside[i], open).status, 403);
		assert_int_equal(see(f, &s, outside[i], "").status, 403);
		assert_int_equal(ask(f, &s, "POST", TASKS, "{\"title\":\"x\"}", token_for(f, outside[i])).status, 403);
	}
	assert_int_equal(ask(f, &s, "GET", TASKS, NULL, NULL).status, 401);
	assert_has(one(f, &s, ANALYST, open).body, "Openly");
	assert_int_equal(one(f, &s, BEA, room).status, 404);
	assert_int_equal(change(f, &s, BEA, room, "{\"state\":\"done\"}").status, 404);
	assert_has_not(see(f, &s, BEA, "").body, "\"Quietly\"");
	struct str r = one(f, &s, BEA, given).body;
	assert_has(r, "Quietly given");
	assert_has(r, "\"conversation_id\":null");                          /* but not where it comes from */
	assert_has(one(f, &s, AGENT, room).body, "\"conversation_id\":2");
	read_log(f);
	assert_has(ask(f, &s, "GET", "/api/v1/search?q=quietly%20in:task", NULL, token_for(f, AGENT)).body, "Quietly");
	r = ask(f, &s, "GET", "/api/v1/search?q=quietly", NULL, token_for(f, BEA)).body;
	assert_has(r, "Quietly given");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM life WHERE subject_kind = 'task'"), 3);
	assert_has_not(ask(f, &s, "GET", "/api/v1/search?q=quietly", NULL, token_for(f, OLGA)).body, "Quietly");
	assert_has_not(ask(f, &s, "GET", "/api/v1/people/4/timeline", NULL, token_for(f, BEA)).body, "\"Quietly\"");
	assert_has(ask(f, &s, "GET", "/api/v1/people/4/timeline?sort=task", NULL, token_for(f, AGENT)).body, "\"Quietly\"");
	assert_has_not(ask(f, &s, "GET", "/api/v1/people/1/timeline", NULL, token_for(f, OLGA)).body, "Openly");
	assert_has(call(f, &s, "/people/1", NULL, session_for(f, AGENT), NULL).body, "To do for them");
	assert_has_not(call(f, &s, "/me", NULL, session_for(f, OLGA), NULL).body, "Openly");
	assert_has(call(f, &s, "/conversations/1", NULL, session_for(f, BEA), NULL).body, "Openly");
	assert_has_not(call(f, &s, "/conversations/1", NULL, session_for(f, OLGA), NULL).body, "Openly");
	serve_stop(&s);
}

static usec_t tell_at(struct fixture *f, int64_t id) { return admin_int(f, str_fmt(&f->a, "SELECT COALESCE(tell_at, 0) FROM task WHERE id = %lld", (long long)id).p); }

/* As the firm opens on its day; of a day on which it is closed, on the last one before. Once, also after a restart. */
static void reminded_once(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	usec_t nine = FRIDAY - HOURS(2);
	int64_t monday = note(f, &s, AGENT, "On Monday", ",\"day\":\"2026-11-30\""), sunday = note(f, &s, AGENT, "Over the week-end", ",\"day\":\"2026-12-06\"");
	int64_t today = note(f, &s, AGENT, "Today", ",\"day\":\"2026-11-27\""), never = note(f, &s, AGENT, "Some day", "");
	assert_int_equal(tell_at(f, monday), nine + DAYS(3));
	assert_int_equal(tell_at(f, sunday), nine + DAYS(7));                /* Friday before */
	assert_int_equal(tell_at(f, today), 0);                              /* it is past nine */
	assert_int_equal(tell_at(f, never), 0);
	int64_t done = note(f, &s, AGENT, "Done before", ",\"day\":\"2026-11-30\"");
	assert_int_equal(change(f, &s, BEA, done, "{\"state\":\"done\"}").status, 200);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE kind = 'tasks' AND ended_at IS NULL"), 1);
	clock_set(nine + DAYS(3) - SECONDS(1));
	run_job(f);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'announce' AND object_kind = 'task'"), 0);
	clock_set(nine + DAYS(3));
	for (int i = 0; i < 2; i++) run_job(f), read_log(f);
	assert_int_equal(notices(f, AGENT, "task_due"), 1);
	assert_int_equal(notices(f, AGENT, "task_done"), 1);
	assert_int_equal(tell_at(f, monday), 0);
	assert_int_equal(change(f, &s, AGENT, monday, "{\"day\":\"2026-12-01\"}").status, 200);   /* another day is another reminder */
	assert_int_equal(tell_at(f, monday), nine + DAYS(4));
	clock_set(nine + DAYS(8));
	run_job(f), read_log(f);
	assert_int_equal(notices(f, AGENT, "task_due"), 3);
	assert_has(see(f, &s, AGENT, "?view=mine").body, "\"late\":true");
	serve_stop(&s);
}

/* What is due stands in the list of the day; it is put off, given on and ticked there; and in the calendar. */
static void in_the_day(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	int64_t today = note(f, &s, AGENT, "Today", ",\"day\":\"2026-11-27\",\"person_id\":2"), later = note(f, &s, AGENT, "Later", ",\"day\":\"2026-12-24\"");
	note(f, &s, AGENT, "Some day", "");
	assert_int_equal(ask(f, &s, "POST", "/api/v1/expectations", "{\"text\":\"A promise\",\"day\":\"2026-11-27\",\"to\":1}", token_for(f, AGENT)).status, 201);
	const char *token = token_for(f, AGENT), *cookie = session_for(f, AGENT);
	struct str due = ask(f, &s, "GET", "/api/v1/today?section=due", NULL, token).body, todo = ask(f, &s, "GET", "/api/v1/today?section=tasks", NULL, token).body;
	assert_has(due, "\"count\":2,");
	assert_has(due, "\"kind\":\"task\",\"id\":1,\"title\":\"Today\"");
	assert_has(todo, "\"count\":2,");
	assert_true(memmem(todo.p, todo.n, "Later", 5) < memmem(todo.p, todo.n, "Some day", 8));   /* what is due on no day is last */
	struct answer first = ask(f, &s, "GET", "/api/v1/today?section=due&limit=1", NULL, token);
	struct str next = between(f, first.body, "\"next\":\"", "\"");
	struct answer second = ask(f, &s, "GET", str_fmt(&f->a, "/api/v1/today?section=due&limit=1&cursor=" STR_FMT, STR_ARG(next)).p, NULL, token);
	assert_true(str_has(first.body, STR("\"task\"")) != str_has(second.body, STR("\"task\"")));   /* two of one moment are on two pages, once each */
	const char *act = str_fmt(&f->a, "/api/v1/today/task/%lld", (long long)today).p;
	assert_int_equal(ask(f, &s, "POST", act, "{\"until\":\"tomorrow\"}", token).status, 204);
	assert_has(ask(f, &s, "GET", "/api/v1/today?section=due", NULL, token).body, "\"count\":1,");
	assert_has(ask(f, &s, "GET", "/api/v1/today?section=snoozed", NULL, token).body, "Today");
	assert_int_equal(ask(f, &s, "POST", act, "{\"act\":\"wake\"}", token).status, 204);
	assert_has(call(f, &s, str_fmt(&f->a, "/today/task/%lld", (long long)today).p, NULL, cookie, NULL).body, "Give it to a colleague");
	assert_int_equal(ask(f, &s, "POST", act, "{\"act\":\"give\",\"to\":9,\"note\":\"She knows the way.\"}", token).status, 204);
	assert_has(see(f, &s, BEA, "?view=mine").body, "\"text\":\"She knows the way.\"");
	assert_has(see(f, &s, BEA, "?view=mine").body, "Today");
	assert_int_equal(send_form(f, &s, "/tasks/2", "/tasks/2/state", "state=done", cookie).status, 303);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM task WHERE id = %lld AND state = 'done' AND closed_by = 4", (long long)later).p), 1);
	struct str feed = between(f, send_form(f, &s, "/me/calendar", "/me/calendar", "", session_for(f, BEA)).body, "/calendar/", ".ics");
	assert_has(call(f, &s, str_fmt(&f->a, "/calendar/" STR_FMT ".ics", STR_ARG(feed)).p, NULL, NULL, NULL).body, "SUMMARY:Today\r\n");
	serve_stop(&s);
}

int main(void) {
	struct str why;
	assert_int_equal(pack_load(&why), OK);
	const struct CMUnitTest tests[] = {TASK_BOTH(noted_given_done), TASK_BOTH(what_is_wrong_is_said), TASK_BOTH(who_knows), TASK_BOTH(reminded_once), TASK_BOTH(in_the_day)};
	return cmocka_run_group_tests_name("tasks", tests, NULL, NULL);
}
