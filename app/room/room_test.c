/* Rooms of the team and of a deal over HTTP, on both engines. One secret word for each circle of readers, looked for at every address as everybody:
 * whoever is not on the team of a deal finds how much there is, and no word of it; who leaves it, no more. */
#include "event/event.h"
#include "pack/pack.h"
#include "talk/testing.h"
#include "timeline/timeline.h"
#include "search/search.h"

#define is_answered(r, want) \
	do { struct answer got_ = (r); if (got_.status != (want)) { \
		serve_stop(&s); fail_msg("line %d: %ld, wanted %d: " STR_FMT, __LINE__, got_.status, want, STR_ARG(str_first(got_.body, 600))); } } while (0)

enum { LEAD = 6, OUTSIDE, BEA };   /* behind those of talk/testing.h: who leads, a colleague who is not on the deal, one more customer */
enum { DEAL = 50 };

static struct fixture *rooms_new(enum db_engine engine) {
	struct fixture *f = talk_new(engine);
	put_person(f, LEAD, "staff", "manager", "Lea Lead", 0);
	put_person(f, OUTSIDE, "staff", "agent", "Otto Outside", 0);
	put_person(f, BEA, "customer", "customer", "Bea B.", 0);
	admin_exec(f, "UPDATE business SET pack = 'banking';"
	              "INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version)"
	              " VALUES (50, 'deal', 'The second oven', 'talk', 0, '{\"name\":\"The second oven\"}', 0, 0, 1);"
	              "INSERT INTO record_person (record_id, person_id, role) VALUES (50, 1, 'buyer'), (50, 4, 'team'), (50, 6, 'lead')");
	return f;
}
static int rooms_sqlite(void **state) { *state = rooms_new(DB_SQLITE); return 0; }
static int rooms_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? rooms_new(DB_PG) : NULL; return 0; }
#define ROOMS_BOTH(test) {#test " (SQLite)", test, rooms_sqlite, down, NULL}, {#test " (PostgreSQL)", test, rooms_pg, down, NULL}

static struct answer api(struct fixture *f, const struct served *s, int who, const char *method, const char *path, const char *json) {
	return ask(f, s, method, path, json, token_for(f, who));
}

static struct answer speak(struct fixture *f, const struct served *s, int who, const char *audience, const char *words) {
	return api(f, s, who, "POST", "/api/v1/records/50/room", str_fmt(&f->a, "{\"audience\":\"%s\",\"body\":\"%s\"}", audience, words).p);
}

static void fill_deal(struct fixture *f, struct served *served) {
	struct served s = *served;
	is_answered(speak(f, &s, OLGA, "both", "zorbboth"), 201);
	is_answered(speak(f, &s, AGENT, "note", "zorbteam"), 201);
	is_answered(speak(f, &s, LEAD, "lead", "zorblead"), 201);
	is_answered(api(f, &s, AGENT, "POST", "/api/v1/calls", "{\"person_id\":1,\"record_id\":50,\"said\":\"zorbcall\",\"agreed\":\"zorbcall\",\"minutes\":\"9\"}"), 201);
}

struct looking {
	struct fixture *f;
	struct arena *a;
};

static enum err read_all(struct db *db, void *arg) {
	const struct looking *l = arg;
	struct event_list list;
	TRY(event_after(db, l->a, 0, 1000, &list));
	TRY(timeline_keep(db, l->a, list.v, list.n, NULL));
	return search_read(db, l->a, list.v, list.n, NULL);
}

/* ------------------------------------------------------------------- who reads what */

static void each_circle_reads_its_own(void **state) {
	FIXTURE(f);
	struct served s;
	static const struct { int who; bool both, team, lead; } readers[] = {
		{OLGA, true, false, false}, {AGENT, true, true, false}, {LEAD, true, true, true}, {OUTSIDE, false, false, false}, {ANALYST, false, false, false},
		{STEVE, false, false, false}, {BEA, false, false, false}};
	serve_start(f, &s);
	fill_deal(f, &s);
	struct looking l = {.f = f, .a = &f->a};
	assert_int_equal(store_write(f->s, read_all, &l), OK);
	long long both = (long long)admin_int(f, "SELECT id FROM conversation WHERE kind = 'deal' AND topic = ''");
	long long leads = (long long)admin_int(f, "SELECT id FROM conversation WHERE kind = 'deal' AND topic = 'lead'");
	const char *paths[] = {"/records/50", "/api/v1/records/50/room", "/api/v1/records/50/timeline", "/api/v1/people/1/timeline", "/api/v1/people/4/timeline", "/api/v1/news",
		"/news", "/api/v1/events?after=0&limit=200", "/api/v1/search?limit=200&q=zorbboth", "/api/v1/search?q=zorbteam", "/api/v1/search?q=zorblead", "/api/v1/search?q=zorbcall",
		"/api/v1/conversations?limit=200", "/api/v1/conversations?q=zorbboth", "/api/v1/calls", "/api/v1/calls/1", "/calls/1", "/calls/new?corrects_id=1", "/api/v1/rooms", "/api/v1/rooms/unseen", "/rooms/unseen", "/people/1", "/desk", "/problems?q=zorbteam",
		"/api/v1/notices", "/mine", "/messages", str_fmt(&f->a, "/api/v1/conversations/%lld/messages", both).p, str_fmt(&f->a, "/api/v1/conversations/%lld/messages", leads).p,
		str_fmt(&f->a, "/rooms/%lld", leads).p, str_fmt(&f->a, "/conversations/%lld", leads).p, str_fmt(&f->a, "/messages/%lld", both).p};
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		bool got[4] = {false};
		for (size_t k = 0; k < sizeof paths / sizeof *paths; k++) {
			bool program = strncmp(paths[k], "/api/", 5) == 0;
			struct answer r = program ? api(f, &s, readers[i].who, "GET", paths[k], NULL) : call(f, &s, paths[k], NULL, session_for(f, readers[i].who), NULL);
			static const char *const words[] = {"zorbboth", "zorbteam", "zorblead", "zorbcall"};
			const bool may[] = {readers[i].both, readers[i].team, readers[i].lead, readers[i].team};
			for (int w = 0; w < 4; w++) {
				bool has = memmem(r.body.p, r.body.n, words[w], strlen(words[w])) != NULL && strstr(paths[k], words[w]) == NULL;
				if (has && !may[w]) fail_msg("person %d reads %s at %s", readers[i].who, words[w], paths[k]);
				got[w] |= has;
			}
			if (r.status >= 500) fail_msg("%s: %ld", paths[k], r.status);
			if (strstr(paths[k], "q=zorb") != NULL && program && !readers[i].both) assert_has(r.body, "\"data\":[]");
		}
		assert_true(got[0] == readers[i].both && got[1] == readers[i].team && got[2] == readers[i].lead && got[3] == readers[i].team);
	}
	serve_stop(&s);
}

static void what_one_may_not_see_is_counted(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	fill_deal(f, &s);
	assert_has(api(f, &s, OUTSIDE, "GET", "/api/v1/records/50/room", NULL).body, "\"hidden\":4");
	assert_has(api(f, &s, AGENT, "GET", "/api/v1/records/50/room", NULL).body, "\"hidden\":1");
	assert_has(api(f, &s, LEAD, "GET", "/api/v1/records/50/room", NULL).body, "\"hidden\":0");
	assert_has(api(f, &s, OLGA, "GET", "/api/v1/records/50/room", NULL).body, "\"hidden\":0");     /* a customer is not told how much we write about them */
	is_answered(api(f, &s, STEVE, "GET", "/api/v1/records/50/room", NULL), 404);
	serve_stop(&s);
}

static void leaving_takes_the_entries_away(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	fill_deal(f, &s);
	assert_has(api(f, &s, AGENT, "GET", "/api/v1/records/50/room", NULL).body, "zorbteam");
	is_answered(api(f, &s, LEAD, "POST", "/api/v1/records/50/links", "{\"what\":\"person\",\"act\":\"remove\",\"person_id\":4,\"role\":\"team\"}"), 200);
	struct answer r = api(f, &s, AGENT, "GET", "/api/v1/records/50/room", NULL);
	assert_has_not(r.body, "zorb");                    /* also not what they wrote themselves */
	assert_has(r.body, "\"hidden\":4");
	is_answered(speak(f, &s, AGENT, "note", "once more"), 403);
	is_answered(api(f, &s, LEAD, "POST", "/api/v1/records/50/links", "{\"what\":\"person\",\"act\":\"add\",\"person_id\":7,\"role\":\"team\"}"), 200);
	assert_has(api(f, &s, OUTSIDE, "GET", "/api/v1/records/50/room", NULL).body, "zorbteam");
	serve_stop(&s);
}

/* --------------------------------------------------------------- who may say what to whom */

static void nobody_speaks_beyond_their_circle(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	is_answered(speak(f, &s, OLGA, "note", "x"), 403);
	is_answered(speak(f, &s, OUTSIDE, "both", "x"), 403);
	is_answered(speak(f, &s, STEVE, "both", "x"), 404);
	is_answered(speak(f, &s, AGENT, "lead", "x"), 422);
	is_answered(speak(f, &s, AGENT, "both", " "), 422);
	is_answered(api(f, &s, OUTSIDE, "POST", "/api/v1/calls", "{\"person_id\":1,\"record_id\":50,\"said\":\"x\"}"), 403);
	/* the conversation behind a room is changed by no other door */
	is_answered(speak(f, &s, LEAD, "lead", "zorb"), 201);
	const char *leads = str_fmt(&f->a, "/api/v1/conversations/%lld", (long long)admin_int(f, "SELECT id FROM conversation WHERE topic = 'lead'")).p;
	is_answered(api(f, &s, LEAD, "PATCH", leads, "{\"topic\":\"\",\"visibility\":\"public\"}"), 403);
	is_answered(api(f, &s, LEAD, "PUT", str_fmt(&f->a, "%s/vote", leads).p, NULL), 403);
	is_answered(api(f, &s, AGENT, "PATCH", leads, "{\"topic\":\"\"}"), 404);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM message WHERE body <> 'zorb'"), 0);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM call"), 0);
	serve_stop(&s);
}

/* ------------------------------------------------------------------------ who has seen */

static void who_has_seen_what(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	fill_deal(f, &s);
	assert_has(api(f, &s, LEAD, "GET", "/api/v1/rooms/unseen", NULL).body, "zorbteam");
	struct answer r = api(f, &s, LEAD, "GET", "/api/v1/records/50/room", NULL);
	assert_has(r.body, "\"seen\":\"Lea Lead\",\"not_seen\":\"Agatha Agent\"");          /* what Olga said */
	for (int i = 0; i < 100 && admin_int(f, "SELECT COUNT(*) FROM seen WHERE person_id = 6") == 0; i++) usleep(20000);
	assert_has(api(f, &s, LEAD, "GET", "/api/v1/rooms/unseen", NULL).body, "\"data\":[]");
	int64_t at = admin_int(f, "SELECT seq FROM seen WHERE person_id = 6");
	api(f, &s, LEAD, "GET", "/api/v1/records/50/room?show=said", NULL);
	assert_int_equal(admin_int(f, "SELECT seq FROM seen WHERE person_id = 6"), at);
	is_answered(speak(f, &s, AGENT, "note", "later"), 201);
	r = api(f, &s, LEAD, "GET", "/api/v1/rooms/unseen", NULL);
	assert_has(r.body, "later");
	assert_has_not(r.body, "zorbteam");
	struct str newest = between(f, r.body, "\"newest\":", "}");
	is_answered(api(f, &s, LEAD, "POST", "/api/v1/rooms/unseen", str_fmt(&f->a, "{\"kind\":\"deal\",\"id\":50,\"seq\":" STR_FMT "}", STR_ARG(newest)).p), 204);
	assert_has(api(f, &s, LEAD, "GET", "/api/v1/rooms/unseen", NULL).body, "\"data\":[]");
	assert_has_not(api(f, &s, OLGA, "GET", "/api/v1/records/50/room", NULL).body, "Agatha Agent\",\"not_seen");   /* a customer is not told who of us has read */
	serve_stop(&s);
}

/* --------------------------------------------------------------------- rooms of the team */

static void team_rooms(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	is_answered(api(f, &s, OLGA, "POST", "/api/v1/rooms", "{\"name\":\"Mine\"}"), 403);
	is_answered(api(f, &s, AGENT, "POST", "/api/v1/rooms", "{\"name\":\" \"}"), 422);
	is_answered(api(f, &s, AGENT, "POST", "/api/v1/rooms", "{\"name\":\"zorbopen\",\"open\":\"1\"}"), 201);
	is_answered(api(f, &s, AGENT, "POST", "/api/v1/rooms", "{\"name\":\"zorbours\",\"open\":\"0\"}"), 201);
	long long room = (long long)admin_int(f, "SELECT id FROM conversation WHERE subject = 'zorbours'");
	const char *page = str_fmt(&f->a, "/rooms/%lld", room).p, *said = str_fmt(&f->a, "/api/v1/conversations/%lld/messages", room).p;
	assert_has(api(f, &s, OUTSIDE, "GET", "/api/v1/rooms", NULL).body, "zorbopen");
	assert_has_not(api(f, &s, OUTSIDE, "GET", "/api/v1/rooms", NULL).body, "zorbours");
	is_answered(call(f, &s, page, NULL, session_for(f, LEAD), NULL), 404);            /* a manager neither */
	is_answered(api(f, &s, LEAD, "POST", said, "{\"body\":\"x\"}"), 404);
	const char *agent = session_for(f, AGENT), *outside = session_for(f, OUTSIDE);
	is_answered(send_form(f, &s, page, page, "act=say&body=zorbsaid", agent), 303);
	assert_has(call(f, &s, page, NULL, agent, NULL).body, "zorbsaid");
	is_answered(send_form(f, &s, page, page, "act=add&person=1", agent), 422);        /* a customer is no colleague */
	is_answered(send_form(f, &s, page, page, "act=add&person=7", agent), 303);
	assert_has(call(f, &s, page, NULL, outside, NULL).body, "zorbsaid");
	assert_has(api(f, &s, OUTSIDE, "GET", "/api/v1/rooms/unseen", NULL).body, "data");
	is_answered(send_form(f, &s, page, page, "act=rename&name=Another&words=", outside), 303);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM conversation WHERE subject = 'Another'"), 1);
	is_answered(send_form(f, &s, page, page, "act=close", outside), 303);
	is_answered(send_form(f, &s, page, page, "act=say&body=after", agent), 409);
	is_answered(api(f, &s, AGENT, "POST", said, "{\"body\":\"after\"}"), 409);
	is_answered(send_form(f, &s, page, page, "act=open", agent), 303);
	is_answered(send_form(f, &s, page, page, "act=remove&person=7", outside), 303);
	is_answered(call(f, &s, page, NULL, outside, NULL), 404);
	serve_stop(&s);
}

/* Who is in a room of the team is told of what others say there, until they mute it; nobody else is. */
static void members_are_told(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	is_answered(api(f, &s, AGENT, "POST", "/api/v1/rooms", "{\"name\":\"The bridge\",\"open\":\"1\"}"), 201);
	long long room = (long long)admin_int(f, "SELECT id FROM conversation WHERE kind = 'room'");
	admin_exec(f, str_fmt(&f->a, "INSERT INTO participant (conversation_id, person_id) VALUES (%lld, %d)", room, LEAD).p);
	const char *say = str_fmt(&f->a, "/api/v1/conversations/%lld/messages", room).p, *level = str_fmt(&f->a, "/api/v1/conversations/%lld/notifications", room).p;
	const char *read = "SELECT COUNT(*) FROM event_cursor WHERE reader = 'notices' AND seq = (SELECT MAX(seq) FROM event)";
	static const struct { const char *level; int told; } steps[] = {{"normal", 1}, {"mute", 0}, {"watch", 1}};
	for (size_t i = 0; i < 3; i++) {
		admin_exec(f, "DELETE FROM notice");
		is_answered(api(f, &s, LEAD, "PUT", level, str_fmt(&f->a, "{\"level\":\"%s\"}", steps[i].level).p), 200);
		is_answered(api(f, &s, AGENT, "POST", say, "{\"body\":\"zorbroom\"}"), 201);
		for (int k = 0; k < 500 && admin_int(f, read) == 0; k++) usleep(10000);
		assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'room' AND person_id = 6"), steps[i].told);
		assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice"), steps[i].told);      /* neither who said it, nor who is not in it */
	}
	is_answered(api(f, &s, BEA, "PUT", level, "{\"level\":\"watch\"}"), 404);
	assert_has(call(f, &s, str_fmt(&f->a, "/rooms/%lld", room).p, NULL, session_for(f, LEAD), NULL).body, "/notices/about/");
	serve_stop(&s);
}

/* What was ticked while writing is made with the words, or neither is. */
static void ticked_in_a_deal(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *tick = "{\"audience\":\"%s\",\"body\":\"We will send it.\",\"promise\":\"We will send it\",\"promise_direction\":\"ours\",\"promise_day\":\"%s\"}";
	is_answered(api(f, &s, AGENT, "POST", "/api/v1/records/50/room", str_fmt(&f->a, tick, "both", "2020-01-01").p), 422);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message"), 0);
	is_answered(api(f, &s, AGENT, "POST", "/api/v1/records/50/room", str_fmt(&f->a, tick, "both", "2037-01-02").p), 201);
	is_answered(api(f, &s, AGENT, "POST", "/api/v1/records/50/room", str_fmt(&f->a, tick, "note", "2037-01-03").p), 201);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation x JOIN message m ON m.id = x.message_id WHERE x.person_id = 1 AND x.owner_id = 4 AND x.ours AND x.record_id = 50"), 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE audience = 'team'"), 1);     /* of a note, the team's */
	serve_stop(&s);
}

int main(void) {
	struct str why;
	if (pack_load(&why) != OK) return 1;
	const struct CMUnitTest tests[] = {ROOMS_BOTH(members_are_told), ROOMS_BOTH(each_circle_reads_its_own), ROOMS_BOTH(what_one_may_not_see_is_counted), ROOMS_BOTH(leaving_takes_the_entries_away),
		ROOMS_BOTH(nobody_speaks_beyond_their_circle), ROOMS_BOTH(who_has_seen_what), ROOMS_BOTH(team_rooms), ROOMS_BOTH(ticked_in_a_deal)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
