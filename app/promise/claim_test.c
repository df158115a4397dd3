/* What customers say they were promised, over HTTP on both engines: said from words of ours, told to who of us is to answer, taken (a promise), refused with a
 * reason, taken back; and who learns nothing of it. */
#include "notice/notice.h"
#include "promise/promise_int.h"
#include "talk/testing.h"
#include "timeline/timeline.h"

enum { BEN = 9 };
#define CLAIMS "/api/v1/expectations/claims"
#define ONE CLAIMS "/1"

static struct fixture *begin(enum db_engine engine) {
	struct fixture *f = talk_new(engine);
	struct str hash;
	assert_int_equal(password_hash(&f->a, STR(WORD), &hash), OK);
	put_person(f, BEN, "staff", "agent", "Ben Agent", 0);
	put_login(f, OLGA, "olga@xyz.example", hash.p);
	put_login(f, AGENT, "agatha@xyz.example", hash.p);
	put_conversation(f, 1, "private", OLGA, false);
	put_conversation(f, 2, "public", STEVE, false);
	admin_exec(f, "INSERT INTO message (id, conversation_id, kind, author_id, channel, body, status, created_at) VALUES"
	              " (100, 1, 'comment', 4, 'portal', 'You have the form soon.', '', 1), (101, 1, 'note', 4, 'portal', 'She is cross.', '', 1),"
	              " (102, 1, 'comment', 1, 'portal', 'Thank you.', '', 1), (103, 2, 'comment', 4, 'portal', 'The bench comes back.', '', 1)");
	return f;
}
static int begin_sqlite(void **state) { *state = begin(DB_SQLITE); return 0; }
static int begin_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? begin(DB_PG) : NULL; return 0; }
#define CLAIM_BOTH(test) {#test " (SQLite)", test, begin_sqlite, down, NULL}, {#test " (PostgreSQL)", test, begin_pg, down, NULL}

static long post(struct fixture *f, const struct served *s, int who, const char *path, const char *json) {
	return ask(f, s, "POST", path, json, token_for(f, who)).status;
}

static struct str get(struct fixture *f, const struct served *s, int who, const char *path) {
	struct answer r = ask(f, s, "GET", path, NULL, token_for(f, who));
	if (r.status != 200) fail_msg("%s: %ld", path, r.status);
	return r.body;
}

static enum err read_all(struct db *db, void *arg) {
	struct fixture *f = arg;
	struct event_list l;
	TRY(event_after(db, &f->a, 0, 1000, &l));
	TRY(timeline_keep(db, &f->a, l.v, l.n, NULL));
	return notice_read(db, &f->a, l.v, l.n, NULL);
}

static int64_t told(struct fixture *f, int who, const char *kind) {
	assert_int_equal(store_write(f->s, read_all, f), OK);
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM notice WHERE person_id = %d AND kind = '%s'", who, kind).p);
}

static void said_and_taken(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	assert_int_equal(post(f, &s, OLGA, CLAIMS, "{\"text\":\"The form by Friday\",\"day\":\"2037-01-02\",\"told\":\"Agatha, on the telephone\",\"message_id\":100}"), 201);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM claim WHERE person_id = 1 AND message_id = 100 AND owner_id IS NULL AND state = 'asked'"), 1);
	assert_int_equal(told(f, AGENT, "claim_new") + told(f, BEN, "claim_new"), 2);      /* nobody's customer, nobody's conversation: the agents */
	assert_has(get(f, &s, BEN, "/api/v1/today?section=waiting"), "The form by Friday");
	assert_has(get(f, &s, OLGA, "/api/v1/today?section=asked"), "The form by Friday");
	assert_has_not(get(f, &s, OLGA, "/api/v1/expectations"), "The form by Friday");     /* no promise yet */
	assert_has(get(f, &s, OLGA, "/api/v1/people/1/timeline"), "\"kind\":\"claim\"");
	assert_int_equal(post(f, &s, OLGA, ONE "/resolve", "{\"outcome\":\"taken\",\"day\":\"2037-01-02\"}"), 403);
	assert_int_equal(post(f, &s, ANALYST, ONE "/resolve", "{\"outcome\":\"taken\",\"day\":\"2037-01-02\"}"), 403);
	assert_int_equal(post(f, &s, BEN, ONE "/resolve", "{\"outcome\":\"taken\"}"), 422);  /* by when? */
	assert_int_equal(post(f, &s, BEN, ONE "/resolve", "{\"outcome\":\"taken\",\"day\":\"2037-01-05\",\"note\":\"Monday it is.\"}"), 200);
	assert_int_equal(post(f, &s, AGENT, ONE "/resolve", "{\"outcome\":\"refused\",\"note\":\"No.\"}"), 409);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation x JOIN claim k ON k.expectation_id = x.id WHERE x.ours AND x.person_id = 1 AND x.owner_id = 9"
	                              " AND x.message_id = 100 AND x.conversation_id = 1 AND x.audience = 'both'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation_change WHERE note = 'Monday it is.'"), 1);
	assert_int_equal(told(f, OLGA, "promise_new"), 1);
	assert_int_equal(told(f, OLGA, "claim_refused"), 0);
	assert_has(get(f, &s, OLGA, "/api/v1/expectations"), "The form by Friday");
	assert_has_not(get(f, &s, BEN, "/api/v1/today?section=waiting"), "The form by Friday");
	assert_has_not(get(f, &s, OLGA, "/api/v1/today?section=asked"), "The form by Friday");
	assert_has(get(f, &s, OLGA, ONE), "\"state\":\"taken\"");
	serve_stop(&s);
}

static void refused_and_taken_back(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	admin_exec(f, "UPDATE person SET contact_id = 9 WHERE id = 1; UPDATE conversation SET assignee_id = 4 WHERE id = 1");
	assert_int_equal(post(f, &s, OLGA, CLAIMS, "{\"text\":\"A new card\"}"), 201);
	assert_int_equal(told(f, BEN, "claim_new"), 1);
	assert_int_equal(told(f, AGENT, "claim_new"), 0);                            /* her contact person is to answer */
	assert_int_equal(post(f, &s, BEN, ONE "/resolve", "{\"outcome\":\"refused\"}"), 422);
	assert_int_equal(post(f, &s, BEN, ONE "/resolve", "{\"outcome\":\"refused\",\"note\":\"Cards come every third year.\"}"), 200);
	assert_int_equal(told(f, OLGA, "claim_refused"), 1);
	assert_has(get(f, &s, OLGA, ONE), "every third year");
	assert_int_equal(post(f, &s, OLGA, ONE "/resolve", "{\"outcome\":\"withdrawn\"}"), 409);
	admin_exec(f, "UPDATE person SET disabled_at = 1 WHERE id = 9");
	assert_int_equal(post(f, &s, OLGA, CLAIMS, "{\"text\":\"A call\",\"message_id\":100}"), 201);
	assert_int_equal(admin_int(f, "SELECT owner_id FROM claim WHERE id = 2"), AGENT);  /* who sees to the conversation, since Ben has left */
	assert_int_equal(post(f, &s, AGENT, CLAIMS "/2/resolve", "{\"outcome\":\"withdrawn\"}"), 403);
	assert_int_equal(post(f, &s, OLGA, CLAIMS "/2/resolve", "{\"outcome\":\"withdrawn\"}"), 200);
	assert_has_not(get(f, &s, AGENT, "/api/v1/today?section=waiting"), "A call");
	assert_has_not(get(f, &s, AGENT, CLAIMS), "A call");
	assert_has(get(f, &s, AGENT, CLAIMS "?view=all&person_id=1"), "A call");
	serve_stop(&s);
}

static void others_learn_nothing(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	assert_int_equal(post(f, &s, OLGA, CLAIMS, "{\"text\":\"zorbclaim\"}"), 201);
	assert_int_equal(told(f, STEVE, "claim_new"), 0);
	assert_int_equal(ask(f, &s, "GET", ONE, NULL, token_for(f, STEVE)).status, 404);
	assert_int_equal(post(f, &s, STEVE, ONE "/resolve", "{\"outcome\":\"withdrawn\"}"), 404);
	assert_int_equal(ask(f, &s, "GET", CLAIMS, NULL, NULL).status, 401);
	assert_int_equal(post(f, &s, AGENT, CLAIMS, "{\"text\":\"x\"}"), 403);      /* the team writes promises down */
	assert_has_not(get(f, &s, STEVE, CLAIMS "?view=all&person_id=1"), "zorbclaim");
	assert_has_not(get(f, &s, STEVE, "/api/v1/events?after=0&limit=200"), "\"claim\"");
	assert_int_equal(post(f, &s, STEVE, CLAIMS, "{\"text\":\"x\",\"message_id\":100}"), 422);  /* he does not read it */
	assert_int_equal(post(f, &s, OLGA, CLAIMS, "{\"text\":\"x\",\"message_id\":101}"), 422);   /* a note of the team's */
	assert_int_equal(post(f, &s, OLGA, CLAIMS, "{\"text\":\"x\",\"message_id\":102}"), 422);   /* her own words */
	assert_int_equal(post(f, &s, OLGA, CLAIMS, "{\"text\":\" \"}"), 422);
	assert_int_equal(post(f, &s, OLGA, CLAIMS, "{\"text\":\"x\",\"day\":\"soon\"}"), 422);
	assert_int_equal(post(f, &s, OLGA, CLAIMS, "{\"text\":\"x\",\"record_id\":999}"), 422);
	admin_exec(f, "INSERT INTO claim (person_id, text, told, state, note, made_at) SELECT 1, 'x', '', 'asked', '', 1 FROM message, conversation, person");
	assert_int_equal(post(f, &s, OLGA, CLAIMS, "{\"text\":\"one more\"}"), 409);          /* so many wait */
	serve_stop(&s);
}

static void on_the_pages(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = cookie_of(f, call(f, &s, "/login", "login=olga@xyz.example&password=harbour+lantern+seven", NULL, NULL));
	const char *agatha = cookie_of(f, call(f, &s, "/login", "login=agatha@xyz.example&password=harbour+lantern+seven", NULL, NULL));
	assert_has(call(f, &s, "/conversations/1", NULL, olga, NULL).body, "/expectations/claims/new?message_id=100");
	assert_has_not(call(f, &s, "/conversations/1", NULL, olga, NULL).body, "claims/new?message_id=102");
	assert_has_not(call(f, &s, "/conversations/1", NULL, agatha, NULL).body, "/expectations/claims/new");
	assert_has_not(call(f, &s, "/conversations/2", NULL, olga, NULL).body, "/expectations/claims/new");   /* not her conversation */
	assert_has(call(f, &s, "/expectations/claims/new?message_id=100", NULL, olga, NULL).body, "You have the form soon.");
	assert_int_equal(call(f, &s, "/expectations/claims/new", NULL, agatha, NULL).status, 403);
	assert_has(send_form(f, &s, "/me/login", "/expectations/claims/new", "text=&told=Agatha&message_id=100", olga).body, "Please say what you were promised.");
	assert_int_equal(send_form(f, &s, "/me/login", "/expectations/claims/new", "text=The+form&day=2020-01-02&message_id=100", olga).status, 303);
	assert_has(call(f, &s, "/expectations", NULL, olga, NULL).body, "You told us; we look at it");
	assert_has(call(f, &s, "/today", NULL, agatha, NULL).body, "/expectations/claims/1");
	assert_has(call(f, &s, "/people/1", NULL, agatha, NULL).body, "/expectations/claims/1");
	assert_has(call(f, &s, "/expectations", NULL, agatha, NULL).body, "What customers say we promised");
	assert_has(call(f, &s, "/expectations/claims/1", NULL, agatha, NULL).body, "You have the form soon.");
	assert_has(send_form(f, &s, "/me/login", "/expectations/claims/1", "outcome=refused&note=", agatha).body, "Please say why");
	assert_int_equal(send_form(f, &s, "/me/login", "/expectations/claims/1", "outcome=refused&note=It+was+a+hope.", agatha).status, 303);
	assert_has(call(f, &s, "/expectations", NULL, olga, NULL).body, "It was a hope.");
	assert_has(call(f, &s, "/expectations/claims/1", NULL, olga, NULL).body, "It was a hope.");
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {CLAIM_BOTH(said_and_taken), CLAIM_BOTH(refused_and_taken_back), CLAIM_BOTH(others_learn_nothing), CLAIM_BOTH(on_the_pages)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
