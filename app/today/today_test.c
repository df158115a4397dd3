/* The day's page, on both engines: what stands in each list and for whom, that it is a range of an index; putting off, and what brings it back; handing on
 * with what was promised. */
#include "pack/pack.h"
#include "sql/today.h"
#include "talk/testing.h"
#include "text/date.h"
#include "timeline/timeline.h"
#include <unistd.h>

enum { BEA = 9 };
#define FRIDAY ((usec_t)1795773600 * 1000000)      /* 27 November 2026, 11:00 in Berlin */
#define LISTS "/api/v1/today"

static struct fixture *today_new(enum db_engine engine) {
	clock_set(FRIDAY);
	struct fixture *f = talk_new(engine);
	put_person(f, BEA, "staff", "agent", "Bea Bell", 0);
	admin_exec(f, "UPDATE business SET pack = 'banking', zone = 'Europe/Berlin', week = ';09:00-17:00;09:00-17:00;09:00-17:00;09:00-17:00;09:00-17:00;';"
	              "UPDATE person SET contact_id = 4 WHERE id = 1");
	return f;
}
static int today_sqlite(void **state) { *state = today_new(DB_SQLITE); return 0; }
static int today_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? today_new(DB_PG) : NULL; return 0; }
static int today_end(void **state) { clock_set(0); return down(state); }
#define TODAY_BOTH(test) {#test " (SQLite)", test, today_sqlite, today_end, NULL}, {#test " (PostgreSQL)", test, today_pg, today_end, NULL}

/* -------------------------------------------------------------------------- the ground */

static int64_t begin(struct fixture *f, const struct served *s, int who, const char *subject) {
	const char *json = str_fmt(&f->a, "{\"kind\":\"question\",\"subject\":\"%s\",\"body\":\"x\",\"visibility\":\"private\"}", subject).p;
	assert_int_equal(ask(f, s, "POST", "/api/v1/conversations", json, token_for(f, who)).status, 201);
	return admin_int(f, "SELECT max(id) FROM conversation");
}

static void say(struct fixture *f, const struct served *s, int who, int64_t in, const char *extra) {
	const char *path = str_fmt(&f->a, "/api/v1/conversations/%lld/messages", (long long)in).p;
	assert_int_equal(ask(f, s, "POST", path, str_fmt(&f->a, "{\"body\":\"So it is.\"%s}", extra).p, token_for(f, who)).status, 201);
}

static int64_t promise(struct fixture *f, const struct served *s, int who, const char *text, const char *day, const char *more) {
	const char *json = str_fmt(&f->a, "{\"text\":\"%s\",\"day\":\"%s\"%s}", text, day, more).p;
	struct answer r = ask(f, s, "POST", "/api/v1/expectations", json, token_for(f, who));
	if (r.status != 201) fail_msg("%ld: " STR_FMT, r.status, STR_ARG(str_first(r.body, 400)));
	return admin_int(f, "SELECT max(id) FROM expectation");
}

static void assign(struct fixture *f, const struct served *s, int64_t id, int to) {
	const char *path = str_fmt(&f->a, "/api/v1/conversations/%lld", (long long)id).p;
	assert_int_equal(ask(f, s, "PATCH", path, str_fmt(&f->a, "{\"assignee_id\":%d}", to).p, token_for(f, AGENT)).status, 200);
}

/* One list of somebody, as JSON. */
static struct str list(struct fixture *f, const struct served *s, int who, const char *name) {
	struct answer r = ask(f, s, "GET", str_fmt(&f->a, LISTS "?section=%s", name).p, NULL, token_for(f, who));
	assert_int_equal(r.status, 200);
	return r.body;
}

static long act(struct fixture *f, const struct served *s, int who, const char *kind, int64_t id, const char *json) {
	return ask(f, s, "POST", str_fmt(&f->a, LISTS "/%s/%lld", kind, (long long)id).p, json, token_for(f, who)).status;
}

/* --------------------------------------------------------------------------- the lists */

static void what_stands_where(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	int64_t hers = begin(f, &s, OLGA, "Of my customer"), given = begin(f, &s, STEVE, "Given to me"), other = begin(f, &s, PAT, "Of nobody");
	int64_t taken = begin(f, &s, OLGA, "Bea is on it");
	assign(f, &s, given, AGENT);
	assign(f, &s, taken, BEA);
	clock_set(FRIDAY + MINUTES(1));
	struct str r = list(f, &s, AGENT, "waiting");
	assert_has(r, "\"count\":2,\"more\":false");
	assert_has(r, "Of my customer");
	assert_has(r, "Given to me");
	assert_has_not(r, "Of nobody");
	assert_has_not(r, "Bea is on it");
	assert_has(list(f, &s, BEA, "waiting"), "Bea is on it");
	assert_has(list(f, &s, ANALYST, "waiting"), "\"count\":0");
	say(f, &s, AGENT, given, "");                                      /* answered: nobody waits any more */
	assert_has(list(f, &s, AGENT, "waiting"), "\"count\":1,");
	assert_has(list(f, &s, AGENT, "quiet"), "\"count\":0,");
	clock_set(FRIDAY + DAYS(7) + MINUTES(2));
	assert_has(list(f, &s, AGENT, "quiet"), "Given to me");              /* and then nothing was heard of it */
	assert_has_not(list(f, &s, AGENT, "quiet"), "Of my customer");
	clock_set(FRIDAY + MINUTES(2));

	/* late first, then today, of both directions; what is due later and is ours; nothing of a colleague, nothing that is over */
	promise(f, &s, AGENT, "Early enough", "2026-12-24", ",\"to\":1");
	promise(f, &s, AGENT, "This very day", "2026-11-27", ",\"to\":2");
	promise(f, &s, AGENT, "Theirs later", "2026-12-01", ",\"from\":1");
	promise(f, &s, AGENT, "For Bea", "2026-11-27", ",\"to\":2,\"owner_id\":9");
	int64_t over = promise(f, &s, AGENT, "Over already", "2026-11-27", ",\"to\":2");
	assert_int_equal(ask(f, &s, "POST", str_fmt(&f->a, "/api/v1/expectations/%lld/resolve", (long long)over).p, "{\"outcome\":\"done\"}", token_for(f, AGENT)).status, 200);
	r = list(f, &s, AGENT, "due");
	assert_has(r, "\"count\":1,");
	assert_has(r, "This very day");
	r = list(f, &s, AGENT, "promised");
	assert_has(r, "\"count\":1,");
	assert_has(r, "Early enough");
	clock_set(FRIDAY + DAYS(4));
	r = list(f, &s, AGENT, "due");
	assert_has(r, "\"count\":2,");
	assert_true(memmem(r.p, r.n, "This very day", 13) < memmem(r.p, r.n, "Theirs later", 12));
	assert_has(r, "\"late\":true");

	/* what is said between two is none of it, nor is what was taken down */
	admin_exec(f, str_fmt(&f->a, "UPDATE conversation SET kind = 'direct' WHERE id = %lld", (long long)hers).p);
	assert_has_not(list(f, &s, AGENT, "waiting"), "Of my customer");
	assert_int_equal(act(f, &s, AGENT, "conversation", hers, "{\"until\":\"tomorrow\"}"), 404);
	assert_int_equal(ask(f, &s, "GET", LISTS, NULL, NULL).status, 401);
	assert_int_equal(ask(f, &s, "GET", LISTS "?section=waiting&cursor=x", NULL, token_for(f, AGENT)).status, 422);
	assert_true(other > 0);
	serve_stop(&s);
}

static void page_after_page(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	for (int i = 0; i < 23; i++) assign(f, &s, begin(f, &s, i % 2 ? OLGA : STEVE, str_fmt(&f->a, "Matter %c", 'A' + i).p), i % 3 ? AGENT : i % 2 ? 0 : AGENT);
	const char *token = token_for(f, AGENT), *cookie = session_for(f, AGENT);
	int64_t mine = admin_int(f, "SELECT count(*) FROM conversation WHERE assignee_id = 4 OR author_id = 1");
	assert_true(mine > 20);
	struct str next = STR("");
	int64_t seen = 0;
	for (int page = 0; page < 10; page++) {
		const char *path = str_fmt(&f->a, LISTS "?section=waiting&limit=5%s" STR_FMT, str_empty(next) ? "" : "&cursor=", STR_ARG(next)).p;
		struct answer r = ask(f, &s, "GET", path, NULL, token);
		for (int i = 0; i < 23; i++) seen += str_has(r.body, str_fmt(&f->a, "Matter %c", 'A' + i));
		next = between(f, r.body, "\"next\":\"", "\"");
		if (str_none(next)) break;
	}
	assert_int_equal(seen, mine);
	struct answer r = call(f, &s, "/today", NULL, cookie, NULL);
	assert_has(r.body, "/today?section=waiting\">All of it");
	assert_has_not(call(f, &s, "/today?section=waiting&limit=100", NULL, cookie, NULL).body, "Show more");
	assert_has(call(f, &s, "/today", NULL, session_for(f, ANALYST), NULL).body, "Nothing waits for you");
	serve_stop(&s);
}

/* ------------------------------------------------------------------------- changed since */

static enum err keep_all(struct db *db, void *arg) {
	struct fixture *f = arg;
	struct event_list list;
	TRY(event_after(db, &f->a, 0, 1000, &list));
	return timeline_keep(db, &f->a, list.v, list.n, NULL);
}

static void what_others_did(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	int64_t old = begin(f, &s, STEVE, "Of last week");
	assign(f, &s, old, AGENT);
	clock_set(FRIDAY + DAYS(3));                                        /* Monday: since yesterday is since Sunday */
	int64_t id = begin(f, &s, STEVE, "Since the weekend");
	assign(f, &s, id, AGENT);
	say(f, &s, STEVE, id, "");
	say(f, &s, STEVE, id, "");
	say(f, &s, AGENT, id, "");
	int64_t foreign = begin(f, &s, PAT, "Nothing of mine");
	say(f, &s, PAT, foreign, "");
	int64_t x = promise(f, &s, BEA, "Given to the agent", "2026-12-24", ",\"to\":2,\"owner_id\":4");
	assert_int_equal(store_write(f->s, keep_all, f), OK);
	struct str r = list(f, &s, AGENT, "changed");
	assert_has(r, "Since the weekend");
	assert_has(r, "Given to the agent");
	assert_has(r, "\"count\":2,");                                     /* what was said twice is one thing */
	assert_has(r, "\"more\":2");
	assert_has_not(r, "Of last week");
	assert_has_not(r, "Nothing of mine");
	assert_has(list(f, &s, BEA, "changed"), "\"count\":0,");              /* what I did myself is no news to me */

	/* what was put off is not in it, until somebody says something */
	assert_int_equal(act(f, &s, AGENT, "conversation", id, "{\"until\":\"tomorrow\"}"), 204);
	assert_has_not(list(f, &s, AGENT, "changed"), "Since the weekend");
	clock_set(FRIDAY + DAYS(3) + MINUTES(1));
	say(f, &s, STEVE, id, "");
	assert_has(list(f, &s, AGENT, "changed"), "Since the weekend");

	/* what I follow and may not know of any more is neither shown nor counted */
	admin_exec(f, str_fmt(&f->a, "UPDATE conversation SET kind = 'direct', visibility = 'private' WHERE id = %lld", (long long)id).p);
	r = list(f, &s, AGENT, "changed");
	assert_has_not(r, "Since the weekend");
	assert_has(r, "\"count\":1,");
	assert_true(x > 0);
	serve_stop(&s);
}

/* ------------------------------------------------------------------------------- not now */

static void not_now(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	int64_t id = begin(f, &s, OLGA, "Put off");
	int64_t x = promise(f, &s, AGENT, "A promise", "2026-11-27", ",\"to\":2");
	usec_t monday = zone_moment(zone_find(STR("Europe/Berlin")), 2026, 11, 30, 9, 0, 0);
	assert_int_equal(act(f, &s, AGENT, "conversation", id, "{\"until\":\"tomorrow\"}"), 204);
	assert_int_equal(admin_int(f, "SELECT until FROM snooze"), monday);  /* we are closed on Saturday */
	assert_has(list(f, &s, AGENT, "waiting"), "\"count\":0,");
	assert_has(list(f, &s, AGENT, "snoozed"), "Put off");
	assert_has(list(f, &s, BEA, "snoozed"), "\"count\":0,");             /* nobody else's business */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'snooze' AND verb = 'create' AND audience = 'staff'"), 1);
	clock_set(monday - SECONDS(1));
	assert_has(list(f, &s, AGENT, "waiting"), "\"count\":0,");
	clock_set(monday);
	assert_has(list(f, &s, AGENT, "waiting"), "Put off");
	assert_has(list(f, &s, AGENT, "snoozed"), "\"count\":0,");

	/* words of others bring it back, one's own do not; a note of a colleague is words, too */
	assert_int_equal(act(f, &s, AGENT, "conversation", id, "{\"until\":\"next_week\"}"), 204);
	assert_int_equal(admin_int(f, "SELECT until FROM snooze"), monday + DAYS(7));
	clock_set(monday + MINUTES(1));
	say(f, &s, AGENT, id, ",\"internal\":true");
	assert_has(list(f, &s, AGENT, "waiting"), "\"count\":0,");
	say(f, &s, BEA, id, ",\"internal\":true");
	assert_has(list(f, &s, AGENT, "waiting"), "Put off");
	assert_int_equal(act(f, &s, AGENT, "conversation", id, "{\"day\":\"2026-12-05\"}"), 204);
	clock_set(monday + MINUTES(2));
	assert_int_equal(admin_int(f, "SELECT until FROM snooze"), monday + DAYS(5) - HOURS(9));   /* a Saturday that was meant */
	say(f, &s, OLGA, id, "");
	assert_has(list(f, &s, AGENT, "waiting"), "Put off");

	/* by hand; what is over is said */
	assert_int_equal(act(f, &s, AGENT, "expectation", x, "{\"until\":\"tomorrow\"}"), 204);
	assert_has(list(f, &s, AGENT, "due"), "\"count\":0,");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE next_at IS NOT NULL AND step <> ''"), 1);   /* and is told of when it is due */
	assert_int_equal(act(f, &s, AGENT, "expectation", x, "{\"act\":\"wake\"}"), 204);
	assert_int_equal(act(f, &s, AGENT, "expectation", x, "{\"act\":\"wake\"}"), 204);
	assert_has(list(f, &s, AGENT, "due"), "A promise");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'snooze' AND verb = 'delete'"), 1);
	assert_int_equal(act(f, &s, AGENT, "expectation", x, "{\"day\":\"2026-11-30\"}"), 422);
	assert_int_equal(act(f, &s, AGENT, "expectation", x, "{\"day\":\"never\"}"), 422);
	assert_int_equal(act(f, &s, AGENT, "expectation", x, "{\"day\":\"2036-11-30\"}"), 422);
	assert_int_equal(act(f, &s, AGENT, "expectation", 999, "{\"until\":\"tomorrow\"}"), 404);
	assert_int_equal(act(f, &s, OLGA, "conversation", id, "{\"until\":\"tomorrow\"}"), 403);
	const char *cookie = session_for(f, AGENT), *page = str_fmt(&f->a, "/today/expectation/%lld", (long long)x).p;
	struct answer r = send_form(f, &s, page, page, "day=2026-11-30", cookie);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Please choose a day that is still to come.");
	assert_int_equal(send_form(f, &s, page, page, "until=tomorrow", cookie).status, 303);
	assert_has(call(f, &s, page, NULL, cookie, NULL).body, "You put it off. It is back");
	assert_has(call(f, &s, "/today?section=snoozed", NULL, cookie, NULL).body, "Back now");

	/* what is done meanwhile does not come back, and what came back is forgotten with the next one */
	const char *done = str_fmt(&f->a, "/api/v1/expectations/%lld/resolve", (long long)x).p;
	assert_int_equal(ask(f, &s, "POST", done, "{\"outcome\":\"done\"}", token_for(f, AGENT)).status, 200);
	assert_has(list(f, &s, AGENT, "snoozed"), "\"count\":0,");
	clock_set(monday + DAYS(30));
	assert_int_equal(act(f, &s, AGENT, "conversation", id, "{\"until\":\"tomorrow\"}"), 204);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM snooze"), 1);
	serve_stop(&s);
}

/* ------------------------------------------------------------------------------ handing on */

static void given_with_the_promise(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	put_login(f, BEA, "bea@xyz.example", "x");
	admin_exec(f, "INSERT INTO notice_choice (person_id, topic, here, mail) VALUES (9, 'assigned', TRUE, TRUE)");
	int64_t id = begin(f, &s, OLGA, "Handed on"), other = begin(f, &s, STEVE, "Stays");
	const char *in = str_fmt(&f->a, ",\"to\":1,\"conversation_id\":%lld", (long long)id).p;
	int64_t goes = promise(f, &s, AGENT, "Goes along", "2026-12-24", in), done = promise(f, &s, AGENT, "Done already", "2026-12-24", in);
	int64_t anton = promise(f, &s, AGENT, "Of somebody else", "2026-12-24", str_fmt(&f->a, "%s,\"owner_id\":5", in).p);
	int64_t alone = promise(f, &s, AGENT, "By itself", "2026-12-24", str_fmt(&f->a, ",\"to\":2,\"conversation_id\":%lld", (long long)other).p);
	assert_int_equal(ask(f, &s, "POST", str_fmt(&f->a, "/api/v1/expectations/%lld/resolve", (long long)done).p, "{\"outcome\":\"done\"}", token_for(f, AGENT)).status, 200);
	assign(f, &s, id, AGENT);

	/* refused: nobody, a customer, whoever may not; and then nothing has changed */
	assert_int_equal(act(f, &s, AGENT, "conversation", id, "{\"act\":\"give\"}"), 422);
	assert_int_equal(act(f, &s, AGENT, "conversation", id, "{\"act\":\"give\",\"to\":1,\"note\":\"No\"}"), 422);
	assert_int_equal(act(f, &s, AGENT, "conversation", id, "{\"act\":\"give\",\"to\":4}"), 422);
	assert_int_equal(act(f, &s, ANALYST, "conversation", id, "{\"act\":\"give\",\"to\":9}"), 403);
	assert_int_equal(act(f, &s, ANALYST, "expectation", alone, "{\"act\":\"give\",\"to\":9}"), 403);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE owner_id = 4"), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message WHERE kind = 'note'"), 0);

	assert_int_equal(act(f, &s, AGENT, "conversation", id, "{\"act\":\"give\",\"to\":9,\"note\":\"She likes to be called at noon.\"}"), 204);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT assignee_id FROM conversation WHERE id = %lld", (long long)id).p), BEA);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT owner_id FROM expectation WHERE id = %lld", (long long)goes).p), BEA);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT owner_id FROM expectation WHERE id = %lld", (long long)done).p), AGENT);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT owner_id FROM expectation WHERE id = %lld", (long long)anton).p), ANALYST);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM expectation_change WHERE expectation_id = %lld AND owner_id = 9 AND actor_id = 4", (long long)goes).p), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'expectation' AND data = '{\"owner\":9}' AND audience = 'staff'"), 1);
	assert_has(list(f, &s, BEA, "waiting"), "Handed on");
	assert_has(list(f, &s, BEA, "promised"), "Goes along");
	assert_has_not(list(f, &s, AGENT, "waiting"), "Handed on");
	/* given by the desk's ticks, and on its own page, it is the same */
	int64_t ticked = begin(f, &s, PAT, "Ticked"), picked = begin(f, &s, PAT, "Picked");
	const char *cookie = session_for(f, AGENT);
	int64_t with[2];
	for (int i = 0; i < 2; i++) with[i] = promise(f, &s, AGENT, "Along, too", "2026-12-24", str_fmt(&f->a, ",\"to\":3,\"conversation_id\":%lld", (long long)(i ? picked : ticked)).p);
	assert_int_equal(send_form(f, &s, "/desk", "/desk", str_fmt(&f->a, "assignee=5&ids=%lld", (long long)ticked).p, cookie).status, 303);
	const char *page = str_fmt(&f->a, "/conversations/%lld", (long long)picked).p;
	assert_int_equal(send_form(f, &s, page, page, "act=assign&assignee=5", cookie).status, 303);
	for (int i = 0; i < 2; i++) assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT owner_id FROM expectation WHERE id = %lld", (long long)with[i]).p), ANALYST);
	assert_int_equal(act(f, &s, AGENT, "expectation", alone, "{\"act\":\"give\",\"to\":9,\"note\":\"He has the papers.\"}"), 204);

	/* the colleague is told, with the words; the customer hears nothing of them */
	for (int i = 0; i < 200 && admin_int(f, "SELECT count(*) FROM notice WHERE person_id = 9 AND kind IN ('assigned', 'promise_given')") < 3; i++) usleep(50000);
	for (int i = 0; i < 200 && admin_int(f, "SELECT count(*) FROM mail WHERE person_id = 9") < 3; i++) usleep(50000);   /* what is looked at before is not mailed */
	struct answer r = call(f, &s, "/notices", NULL, session_for(f, BEA), NULL);
	assert_has(r.body, "She likes to be called at noon.");
	assert_has(r.body, "He has the papers.");
	assert_has(r.body, "Goes along");
	assert_has(call(f, &s, str_fmt(&f->a, "/expectations/%lld", (long long)alone).p, NULL, session_for(f, BEA), NULL).body, "He has the papers.");
	assert_has_not(call(f, &s, str_fmt(&f->a, "/expectations/%lld", (long long)alone).p, NULL, session_for(f, STEVE), NULL).body, "He has the papers.");
	assert_has_not(call(f, &s, str_fmt(&f->a, "/conversations/%lld", (long long)id).p, NULL, session_for(f, OLGA), NULL).body, "called at noon");
	assert_has_not(call(f, &s, "/notices", NULL, session_for(f, OLGA), NULL).body, "called at noon");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM mail WHERE person_id = 9 AND body_text LIKE '%She likes to be called at noon.%'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM mail WHERE person_id = 9 AND body_text LIKE '%He has the papers.%'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM mail WHERE person_id <> 9 AND (body_text LIKE '%at noon%' OR body_text LIKE '%the papers%')"), 0);
	serve_stop(&s);
}

/* A customer's own page: what waits for them, what they can count on, what they promised, what they wait for; nothing of the team's or of others. */
static void the_page_of_a_customer(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = session_for(f, OLGA);
	assert_has(call(f, &s, "/today", NULL, olga, NULL).body, "Nothing waits for you");
	int64_t answered = begin(f, &s, OLGA, "Zorbanswered"), asked = begin(f, &s, OLGA, "Zorbasked");
	begin(f, &s, STEVE, "Zorbforeign");
	clock_set(FRIDAY + MINUTES(1));
	say(f, &s, AGENT, answered, "");
	promise(f, &s, AGENT, "Zorbours", "2026-12-24", ",\"to\":1,\"audience\":\"both\"");
	promise(f, &s, AGENT, "Zorbtheirs", "2026-11-27", ",\"from\":1,\"audience\":\"both\"");
	promise(f, &s, AGENT, "Zorbteam", "2026-11-27", ",\"to\":1,\"audience\":\"team\"");
	promise(f, &s, AGENT, "Zorbpat", "2026-11-27", ",\"to\":2,\"audience\":\"both\"");
	int64_t done = promise(f, &s, AGENT, "Zorbdone", "2026-11-27", ",\"to\":1,\"audience\":\"both\"");
	assert_int_equal(ask(f, &s, "POST", str_fmt(&f->a, "/api/v1/expectations/%lld/resolve", (long long)done).p, "{\"outcome\":\"done\"}", token_for(f, AGENT)).status, 200);
	static const struct { const char *list, *count; const char *there[3]; } lists[] = {
		{"waiting", "\"count\":3,", {"Zorbanswered", "Zorbdone", "Zorbtheirs"}}, {"counted", "\"count\":1,", {"Zorbours"}}, {"promised", "\"count\":1,", {"Zorbtheirs"}},
		{"asked", "\"count\":1,", {"Zorbasked"}}};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct str r = list(f, &s, OLGA, lists[i].list);
		if (!str_has(r, str_c(lists[i].count))) fail_msg("%s: " STR_FMT, lists[i].list, STR_ARG(r));
		for (int k = 0; k < 3 && lists[i].there[k] != NULL; k++) assert_true(str_has(r, str_c(lists[i].there[k])));
	}
	struct answer page = call(f, &s, "/today", NULL, olga, NULL), all = ask(f, &s, "GET", LISTS, NULL, token_for(f, OLGA));
	static const char *const hidden[] = {"Zorbteam", "Zorbpat", "Zorbforeign", "name=\"until\"", "/today/conversation"};
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) assert_false(str_has(page.body, str_c(hidden[i])) || str_has(all.body, str_c(hidden[i])));
	assert_has(page.body, "My page");
	/* the next step stands there: they have done it; it was not kept, with a word; and back to the page */
	int64_t theirs = admin_int(f, "SELECT id FROM expectation WHERE text = 'Zorbtheirs'");
	assert_true(str_has(page.body, str_fmt(&f->a, "action=\"/expectations/%lld\"", (long long)theirs)));
	assert_has_not(call(f, &s, "/today", NULL, session_for(f, AGENT), NULL).body, "name=\"outcome\"");
	assert_has(call(f, &s, "/expectations", NULL, olga, NULL).body, "value=\"done\"");
	struct answer back = send_form(f, &s, "/today", str_fmt(&f->a, "/expectations/%lld", (long long)done).p, "back=today&outcome=missed&note=Zorbnothing", olga);
	assert_int_equal(back.status, 303);
	assert_has(back.head, "/today\r");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE text = 'Zorbdone' AND state = 'missed' AND note = 'Zorbnothing' AND word_of = 'them'"), 1);
	back = send_form(f, &s, "/today", str_fmt(&f->a, "/expectations/%lld", (long long)theirs).p, "back=list&outcome=done", olga);
	assert_int_equal(back.status, 303);
	assert_has(back.head, "/expectations\r");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE text = 'Zorbtheirs' AND state = 'done'"), 1);
	assert_true(str_has(page.body, str_fmt(&f->a, "conversation:%lld", (long long)asked)));        /* and it is live */
	assert_int_equal(ask(f, &s, "GET", LISTS "?section=quiet", NULL, token_for(f, OLGA)).status, 422);
	assert_int_equal(ask(f, &s, "GET", LISTS "?section=counted", NULL, token_for(f, AGENT)).status, 422);
	assert_int_equal(act(f, &s, OLGA, "conversation", answered, "{\"until\":\"tomorrow\"}"), 403);
	assert_int_equal(store_write(f->s, keep_all, f), OK);
	struct str changed = list(f, &s, OLGA, "changed");
	assert_has(changed, "Zorbanswered");
	assert_has(changed, "Zorbdone");
	assert_has_not(changed, "Zorbteam");
	assert_has_not(changed, "Zorbpat");
	serve_stop(&s);
}

int main(void) {
	struct str why;
	if (pack_load(&why) != OK) return 1;
	const struct CMUnitTest tests[] = {TODAY_BOTH(what_stands_where), TODAY_BOTH(page_after_page), TODAY_BOTH(what_others_did), TODAY_BOTH(not_now),
		TODAY_BOTH(given_with_the_promise), TODAY_BOTH(the_page_of_a_customer)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
