/* Following records, customers and tags: who may, what is told, and of what nobody hears. On both engines. */
#include "talk/testing.h"
#include "notice/notice.h"
#include "pack/pack.h"
#include "search/search.h"

enum { RECORD = 50, LINE, FOREIGN };   /* an account of Olga's, a line of it, an account of Steve's */

static struct fixture *follow_new(enum db_engine engine) {
	struct fixture *f = talk_new(engine);
	admin_exec(f, "UPDATE business SET pack = 'banking';"
	              "INSERT INTO record (id, type, parent_id, root_id, title, state, at, fields, created_at, changed_at, version) VALUES"
	              " (50, 'deal', NULL, NULL, 'The second oven', 'talk', 0, '{}', 0, 0, 1), (51, 'deal', 50, 50, 'A part', 'talk', 0, '{}', 0, 0, 1),"
	              " (52, 'deal', NULL, NULL, 'Of Steve alone', 'talk', 0, '{}', 0, 0, 1);"
	              "INSERT INTO record_person (record_id, person_id, role) VALUES (50, 1, 'buyer'), (52, 2, 'buyer');"
	              "INSERT INTO tag (id, name) VALUES (1, 'internet'), (2, 'secret')");
	return f;
}
static int follow_sqlite(void **state) { *state = follow_new(DB_SQLITE); return 0; }
static int follow_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? follow_new(DB_PG) : NULL; return 0; }
#define FOLLOW_BOTH(test) {#test " (SQLite)", test, follow_sqlite, down, NULL}, {#test " (PostgreSQL)", test, follow_pg, down, NULL}

#define NOTICES(where) admin_int(f, "SELECT count(*) FROM notice WHERE " where)

static struct hub *reading(struct fixture *f, struct notice_ctx *c, const struct key *key) {
	struct hub *h = hub_new(f->s);
	*c = (struct notice_ctx){.key = key, .base_url = "https://xyz.example"};
	hub_add_reader(h, "notices", NULL, notice_read, c, true);
	hub_add_reader(h, "find", NULL, search_read, NULL, true);
	hub_add_job(h, "notice_mail", NOTICE_MAIL_TRIES, notice_mail_job, c);
	return h;
}

static int put(struct fixture *f, const struct served *s, int who, const char *method, const char *thing) {
	return (int)ask(f, s, method, str_fmt(&f->a, "/api/v1/following/%s", thing).p, NULL, token_for(f, who)).status;
}

static int64_t begin(struct fixture *f, const struct served *s, int who, const char *json) {
	struct answer r = ask(f, s, "POST", "/api/v1/conversations", json, token_for(f, who));
	if (r.status != 201) fail_msg("%ld: " STR_FMT, r.status, STR_ARG(str_first(r.body, 400)));
	return admin_int(f, "SELECT max(id) FROM conversation");
}

static void say(struct fixture *f, const struct served *s, int who, int64_t in, bool note) {
	const char *path = str_fmt(&f->a, "/api/v1/conversations/%lld/messages", (long long)in).p;
	struct answer r = ask(f, s, "POST", path, note ? "{\"body\":\"zorbnote\",\"internal\":true}" : "{\"body\":\"zorbwords\"}", token_for(f, who));
	if (r.status != 201) fail_msg("%ld: " STR_FMT, r.status, STR_ARG(str_first(r.body, 400)));
}

/* What a look writes comes behind the answer. */
static void wait_for(struct fixture *f, const char *sql, long long n) {
	for (int i = 0; i < 500 && admin_int(f, sql) < n; i++) usleep(10000);
	assert_int_equal(admin_int(f, sql), n);
}

/* On the writer: beside it, PostgreSQL would see two who wait for each other. */
static enum err exec_one(struct db *db, void *arg) { return db->ops->exec(db, arg); }
static void while_served(struct fixture *f, char *sql) { assert_int_equal(store_write(f->s, exec_one, sql), OK); }

/* The reader has read all that happened. */
static void settled(struct fixture *f) {
	wait_for(f, "SELECT COUNT(*) FROM event_cursor WHERE reader = 'notices' AND seq = (SELECT MAX(seq) FROM event)", 1);
}

/* Something happens to a thing. */
struct deed { int actor; const char *verb, *kind, *target; int64_t id, target_id; enum audience audience; };
static enum err write_deed(struct db *db, void *arg) {
	const struct deed *d = arg;
	struct event e = {.actor = {d->actor}, .verb = d->verb, .object_kind = d->kind, .object_id = d->id, .target_kind = d->target, .target_id = d->target_id,
		.audience = d->audience, .data = STR("{}")};
	return event_append(db, &e, NULL);
}
static void happens(struct fixture *f, struct deed d) { assert_int_equal(store_write(f->s, write_deed, &d), OK); }

/* ------------------------------------------------------------------------ who may */

static void who_may_follow_what(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	admin_exec(f, "INSERT INTO tagging (tag_id, object_kind, object_id) VALUES (2, 'person', 1)");
	begin(f, &s, STEVE, "{\"kind\":\"problem\",\"subject\":\"Slow\",\"tags\":[\"internet\"]}");
	static const struct { const char *thing; int who, status; } tries[] = {{"record/50", OLGA, 200}, {"record/51", OLGA, 200}, {"record/52", OLGA, 404},
		{"record/52", AGENT, 200}, {"record/99", AGENT, 404}, {"person/1", AGENT, 200}, {"person/1", ANALYST, 200}, {"person/1", OLGA, 403}, {"person/1", STEVE, 404},
		{"person/4", OLGA, 403}, {"person/4", ANALYST, 403}, {"tag/1", OLGA, 200}, {"tag/2", OLGA, 404}, {"tag/2", AGENT, 200}, {"conversation/1", OLGA, 200},
		{"conversation/9", OLGA, 404}, {"business/1", AGENT, 422}, {"document/1", AGENT, 422}};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		int got = put(f, &s, tries[i].who, "PUT", tries[i].thing);
		if (got != tries[i].status) fail_msg("%s by %d: %d", tries[i].thing, tries[i].who, got);
	}
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/following/record/50", NULL, NULL).status, 401);
	int64_t events = admin_int(f, "SELECT count(*) FROM event WHERE verb = 'follow' AND audience = 'private'");
	assert_int_equal(put(f, &s, OLGA, "PUT", "record/50"), 200);       /* again changes nothing */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'follow'"), events);
	assert_int_equal(put(f, &s, OLGA, "DELETE", "record/50"), 204);
	assert_int_equal(put(f, &s, OLGA, "DELETE", "record/50"), 204);
	assert_int_equal(put(f, &s, OLGA, "DELETE", "record/52"), 404);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM follow WHERE object_kind = 'record' AND object_id = 50"), 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'undo' AND object_kind = 'record'"), 1);
	serve_stop(&s);
}

static void the_page_of_what_one_follows(void **state) {
	FIXTURE(f);
	struct served s;
	struct notice_ctx c;
	struct key key = {{3}};
	struct hub *h;
	serve_start(f, &s);
	const char *olga = session_for(f, OLGA), *agent = session_for(f, AGENT);
	assert_has(call(f, &s, "/following", NULL, olga, NULL).body, "You follow nothing yet");
	assert_int_equal(call(f, &s, "/following", NULL, NULL, NULL).status, 303);
	begin(f, &s, STEVE, "{\"kind\":\"problem\",\"subject\":\"Slow\",\"tags\":[\"internet\"]}");
	/* the buttons, without a script */
	assert_has(call(f, &s, "/records/50", NULL, olga, NULL).body, "name=\"kind\" value=\"record\"");
	assert_int_equal(send_form(f, &s, "/records/50", "/following", "kind=record&id=50&follow=yes", olga).status, 303);
	assert_has(call(f, &s, "/records/50", NULL, olga, NULL).body, "aria-pressed=\"true\"");
	assert_has(call(f, &s, "/people/1", NULL, agent, NULL).body, "name=\"kind\" value=\"person\"");
	assert_has_not(call(f, &s, "/me", NULL, olga, NULL).body, "name=\"kind\" value=\"person\"");
	assert_has_not(call(f, &s, "/people/4", NULL, olga, NULL).body, "name=\"kind\" value=\"person\"");
	for (size_t i = 0; i < 2; i++) assert_int_equal(put(f, &s, OLGA, "PUT", i ? "tag/1" : "conversation/1"), 200);
	struct answer page = call(f, &s, "/following", NULL, olga, NULL);
	assert_has(page.body, "The second oven");
	assert_has(page.body, "internet");
	assert_has(page.body, "Slow");
	assert_has(page.body, "href=\"/tags/internet\"");
	h = reading(f, &c, &key);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
	assert_has(call(f, &s, "/tags/internet", NULL, olga, NULL).body, "aria-pressed=\"true\"");
	assert_has_not(call(f, &s, "/tags/internet", NULL, NULL, NULL).body, "action=\"/following\"");
	/* in pieces, each once */
	struct answer one = ask(f, &s, "GET", "/api/v1/following?limit=2", NULL, token_for(f, OLGA));
	assert_has(one.body, "\"next\":\"record.50\"");
	struct answer two = ask(f, &s, "GET", "/api/v1/following?limit=2&cursor=record.50", NULL, token_for(f, OLGA));
	assert_has(two.body, "\"kind\":\"conversation\"");
	assert_has_not(two.body, "\"kind\":\"record\"");
	assert_int_equal(ask(f, &s, "GET", "/api/v1/following?cursor=x", NULL, token_for(f, OLGA)).status, 422);
	/* what is not hers to see any more is gone from it */
	admin_exec(f, "DELETE FROM record_person WHERE record_id = 50; UPDATE conversation SET visibility = 'private' WHERE id = 1");
	page = call(f, &s, "/following", NULL, olga, NULL);
	assert_has_not(page.body, "The second oven");
	assert_has_not(page.body, "Slow");
	assert_has_not(page.body, "internet");
	assert_has(page.body, "You also follow 3 things that you may see no more.");
	assert_has(ask(f, &s, "GET", "/api/v1/following", NULL, token_for(f, OLGA)).body, "{\"data\":[],\"hidden\":3,\"next\":null}");
	admin_exec(f, "UPDATE conversation SET visibility = 'public' WHERE id = 1");
	assert_int_equal(send_form(f, &s, "/following", "/following", "kind=tag&id=1&follow=no&back=following", olga).status, 303);
	page = call(f, &s, "/following", NULL, olga, NULL);
	assert_has_not(page.body, "internet");
	assert_has(page.body, "You also follow one thing that you may see no more.");
	assert_int_equal(send_form(f, &s, "/following", "/following/hidden", "", olga).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM follow WHERE person_id = 1 AND object_kind = 'record'"), 0);
	assert_has_not(call(f, &s, "/following", NULL, olga, NULL).body, "no more");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM follow WHERE person_id = 1"), 1);       /* what she may see stays */
	serve_stop(&s);
}

/* ------------------------------------------------------------------------ what is told */

static void records_and_customers_tell(void **state) {
	FIXTURE(f);
	struct served s;
	struct notice_ctx c;
	struct key key = {{3}};
	serve_start(f, &s);
	assert_int_equal(put(f, &s, OLGA, "PUT", "record/50"), 200);
	assert_int_equal(put(f, &s, AGENT, "PUT", "person/1"), 200);
	assert_int_equal(put(f, &s, AGENT, "PUT", "record/50"), 200);
	assert_int_equal(put(f, &s, ANALYST, "PUT", "person/1"), 200);
	happens(f, (struct deed){.actor = AGENT, .verb = "update", .kind = "record", .id = RECORD, .audience = AUDIENCE_PRIVATE});
	happens(f, (struct deed){.actor = AGENT, .verb = "update", .kind = "record", .id = LINE, .target = "record", .target_id = RECORD, .audience = AUDIENCE_PRIVATE});
	happens(f, (struct deed){.actor = AGENT, .verb = "update", .kind = "record", .id = FOREIGN, .audience = AUDIENCE_PRIVATE});
	settled(f);
	assert_int_equal(NOTICES("person_id = 1 AND kind = 'follow' AND about_kind = 'record' AND about_id = 50"), 1);   /* one until she looks */
	assert_int_equal(NOTICES("person_id = 5 AND about_kind = 'person' AND about_id = 1"), 1);
	assert_int_equal(NOTICES("person_id = 4"), 0);                         /* did it */
	assert_int_equal(NOTICES("id > 0"), 2);
	const char *olga = session_for(f, OLGA);
	assert_has(call(f, &s, "/notices", NULL, olga, NULL).body, "The second oven");
	assert_int_equal(call(f, &s, "/notices/1", NULL, olga, NULL).status, 303);
	call(f, &s, "/records/50", NULL, olga, NULL);
	wait_for(f, "SELECT count(*) FROM notice WHERE person_id = 1 AND read_at IS NOT NULL", 1);
	happens(f, (struct deed){.actor = AGENT, .verb = "update", .kind = "record", .id = RECORD, .audience = AUDIENCE_PRIVATE});
	settled(f);
	assert_int_equal(NOTICES("person_id = 1"), 2);
	/* a change of her profile is for the team that follows her, what happens to her login for nobody */
	while_served(f, "DELETE FROM notice");
	happens(f, (struct deed){.actor = OLGA, .verb = "update", .kind = "person", .id = OLGA, .audience = AUDIENCE_PRIVATE});
	happens(f, (struct deed){.actor = OLGA, .verb = "update", .kind = "person", .id = OLGA, .audience = AUDIENCE_STAFF});
	happens(f, (struct deed){.actor = OLGA, .verb = "view", .kind = "person", .id = OLGA, .audience = AUDIENCE_STAFF});
	settled(f);
	assert_int_equal(NOTICES("person_id IN (4, 5) AND about_kind = 'person'"), 2);
	assert_int_equal(NOTICES("id > 0"), 2);
	/* read from the start again: nobody is told twice */
	admin_exec(f, "DELETE FROM event_cursor WHERE reader = 'notices'; UPDATE notice SET read_at = 1");
	int64_t events = admin_int(f, "SELECT count(DISTINCT event_seq) FROM notice");
	struct hub *h = reading(f, &c, &key);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
	assert_int_equal(events, 1);
	assert_int_equal(NOTICES("event_seq IN (SELECT event_seq FROM notice WHERE read_at = 1)"), 2);
	/* rights that are lost: told no more, and what was told is shown no more */
	while_served(f, "DELETE FROM notice; DELETE FROM record_person WHERE record_id = 50");
	happens(f, (struct deed){.actor = AGENT, .verb = "update", .kind = "record", .id = RECORD, .audience = AUDIENCE_PRIVATE});
	settled(f);
	assert_int_equal(NOTICES("person_id = 1"), 0);
	serve_stop(&s);
}

/* One of a thread, nothing of a note to a customer, nothing of what is among others to the staff. */
static void nothing_leaks(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	admin_exec(f, "INSERT INTO record_person (record_id, person_id, role) VALUES (50, 4, 'team')");
	put_login(f, AGENT, "agatha@xyz.example", NULL);
	assert_int_equal(put(f, &s, OLGA, "PUT", "record/50"), 200);
	assert_int_equal(put(f, &s, ANALYST, "PUT", "person/1"), 200);
	int64_t asked = begin(f, &s, STEVE, "{\"kind\":\"problem\",\"subject\":\"Ours\"}");
	admin_exec(f, str_fmt(&f->a, "UPDATE conversation SET record_id = 50, record_root_id = 50 WHERE id = %lld", (long long)asked).p);
	settled(f);
	while_served(f, "DELETE FROM notice");
	say(f, &s, AGENT, asked, true);
	settled(f);
	assert_int_equal(NOTICES("person_id = 1"), 0);                         /* the note is the team's */
	assert_int_equal(NOTICES("person_id = 5 AND about_id = 1"), 1);
	while_served(f, "DELETE FROM notice");
	say(f, &s, AGENT, asked, false);
	say(f, &s, STEVE, asked, false);
	settled(f);
	assert_int_equal(NOTICES("person_id = 1 AND about_kind = 'record'"), 1);
	/* the room of the deal, and what is between two, are not the analyst's */
	while_served(f, "DELETE FROM notice");
	assert_int_equal(ask(f, &s, "POST", "/api/v1/records/50/room", "{\"audience\":\"both\",\"body\":\"zorbboth\"}", token_for(f, OLGA)).status, 201);
	assert_int_equal(ask(f, &s, "POST", "/api/v1/records/50/room", "{\"audience\":\"note\",\"body\":\"zorbteam\"}", token_for(f, AGENT)).status, 201);
	assert_int_equal(ask(f, &s, "POST", "/api/v1/calls", "{\"person_id\":1,\"record_id\":50,\"said\":\"zorbcall\",\"minutes\":\"9\"}", token_for(f, AGENT)).status, 201);
	begin(f, &s, OLGA, "{\"kind\":\"direct\",\"visibility\":\"private\",\"subject\":\"zorb\",\"body\":\"zorb\",\"participants\":[4]}");
	settled(f);
	assert_int_equal(NOTICES("person_id = 5"), 0);
	/* written as if by an older program: rights are asked again of who reads */
	admin_exec(f, "INSERT INTO notice (person_id, event_seq, kind, conversation_id, about_kind, about_id, created_at, here)"
	              " SELECT 5, 9999, 'follow', MAX(id), 'person', 1, 0, TRUE FROM conversation");
	admin_exec(f, "INSERT INTO notice (person_id, event_seq, kind, about_kind, about_id, created_at, here) VALUES (1, 9998, 'follow', 'record', 52, 0, TRUE)");
	assert_has_not(ask(f, &s, "GET", "/api/v1/notices", NULL, token_for(f, ANALYST)).body, "zorb");
	assert_has_not(ask(f, &s, "GET", "/api/v1/notices", NULL, token_for(f, OLGA)).body, "Of Steve alone");
	/* whom the staff follow stands in nobody's timeline */
	assert_has_not(ask(f, &s, "GET", "/api/v1/people/1/timeline", NULL, token_for(f, OLGA)).body, "\"follow\"");
	assert_has_not(ask(f, &s, "GET", "/api/v1/events?after=0&limit=200", NULL, token_for(f, OLGA)).body, "people/5");
	serve_stop(&s);
}

static void wear(struct fixture *f, const struct served *s, const char *path, const char *json) {
	struct answer r = ask(f, s, "PATCH", path, json, token_for(f, AGENT));
	while (r.status == 409) r = ask(f, s, "PATCH", path, json, token_for(f, AGENT));     /* a counter was written meanwhile */
	if (r.status != 200) fail_msg("%ld: " STR_FMT, r.status, STR_ARG(str_first(r.body, 400)));
}

static void tags_tell_of_what_is_public(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	begin(f, &s, STEVE, "{\"kind\":\"problem\",\"subject\":\"First\",\"tags\":[\"internet\"]}");
	for (int who = OLGA; who <= AGENT; who++)
		if (who != STEVE) assert_int_equal(put(f, &s, who, "PUT", "tag/1"), 200);
	assert_int_equal(put(f, &s, STEVE, "PUT", "tag/1"), 200);
	settled(f);
	while_served(f, "DELETE FROM notice");
	begin(f, &s, STEVE, "{\"kind\":\"problem\",\"subject\":\"Second\",\"tags\":[\"internet\"]}");
	int64_t quiet = begin(f, &s, STEVE, "{\"kind\":\"question\",\"subject\":\"Third\",\"visibility\":\"private\",\"tags\":[\"internet\"]}");
	int64_t plain = begin(f, &s, STEVE, "{\"kind\":\"idea\",\"subject\":\"Fourth\"}");
	settled(f);
	assert_int_equal(NOTICES("person_id IN (1, 3, 4) AND kind = 'follow' AND about_kind = 'tag' AND conversation_id = 2"), 3);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM notice WHERE conversation_id = %lld AND person_id = 4", (long long)quiet).p), 1);
	assert_int_equal(NOTICES("id > 0"), 4);
	assert_has(call(f, &s, "/notices", NULL, session_for(f, OLGA), NULL).body, "a tag that you follow");
	/* a tag that comes later tells once; other changes and more tags do not */
	const char *path = str_fmt(&f->a, "/api/v1/conversations/%lld", (long long)plain).p;
	while_served(f, "UPDATE notice SET read_at = 1");
	wear(f, &s, path, "{\"tags\":[\"internet\"]}");
	settled(f);
	assert_int_equal(NOTICES("person_id IN (1, 3) AND read_at IS NULL"), 2);
	while_served(f, "UPDATE notice SET read_at = 1");
	wear(f, &s, path, "{\"tags\":[\"internet\",\"more\"]}");
	say(f, &s, AGENT, plain, false);
	settled(f);
	assert_int_equal(NOTICES("person_id IN (1, 3) AND read_at IS NULL"), 0);
	/* not here, by choice */
	admin_exec(f, "INSERT INTO notice_choice (person_id, topic, here, mail) VALUES (3, 'follow', FALSE, TRUE)");
	begin(f, &s, STEVE, "{\"kind\":\"problem\",\"subject\":\"Fifth\",\"tags\":[\"internet\"]}");
	settled(f);
	assert_int_equal(NOTICES("person_id = 3 AND here AND read_at IS NULL"), 0);
	assert_int_equal(NOTICES("person_id = 1 AND here AND read_at IS NULL"), 1);
	serve_stop(&s);
}

int main(void) {
	struct str why;
	assert_int_equal(pack_load(&why), OK);
	const struct CMUnitTest tests[] = {FOLLOW_BOTH(who_may_follow_what), FOLLOW_BOTH(the_page_of_what_one_follows), FOLLOW_BOTH(records_and_customers_tell),
		FOLLOW_BOTH(nothing_leaks), FOLLOW_BOTH(tags_tell_of_what_is_public)};
	return cmocka_run_group_tests_name("follow", tests, NULL, NULL);
}
