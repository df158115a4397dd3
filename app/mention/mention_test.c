/* Who is named in what is said, over HTTP on both engines: who is meant, who is told once, what the author hears, and where a name leads for whom. */
#include "event/event.h"
#include "notice/notice.h"
#include "talk/testing.h"

#define is_answered(r, want) \
	do { struct answer got_ = (r); if (got_.status != (want)) { \
		serve_stop(&s); fail_msg("line %d: %ld, wanted %d: " STR_FMT, __LINE__, got_.status, want, STR_ARG(str_first(got_.body, 600))); } } while (0)

enum { BEN = 6, BENNO, TWIN, OTHER_TWIN, QUIET };
enum { OPEN = 20, PRIVATE, ROOM, DIRECT, DEAL };

static struct fixture *mention_new(enum db_engine engine) {
	struct fixture *f = talk_new(engine);
	put_person(f, BEN, "staff", "agent", "Ben Weber", 0);
	put_person(f, BENNO, "staff", "manager", "Ben Weber-Klein", 0);
	put_person(f, TWIN, "staff", "agent", "Tom Twin", 0);
	put_person(f, OTHER_TWIN, "staff", "agent", "Tom Twin", 0);
	put_person(f, QUIET, "staff", "agent", "Quentin Quiet", 0);
	put_conversation(f, OPEN, "public", OLGA, false);
	put_conversation(f, PRIVATE, "private", OLGA, false);
	put_conversation(f, ROOM, "private", AGENT, false);
	put_conversation(f, DIRECT, "private", AGENT, false);
	admin_exec(f, "UPDATE conversation SET kind = 'room' WHERE id = 22; UPDATE conversation SET kind = 'direct' WHERE id = 23;"
	              "INSERT INTO participant (conversation_id, person_id) VALUES (22, 4), (22, 7), (23, 1);"
	              "INSERT INTO notice_level (person_id, conversation_id, level) VALUES (6, 20, 'mute');"
	              "UPDATE person SET public_name = 'Q' WHERE id = 10;"
	              "INSERT INTO person_audience (person_id, field, audience) VALUES (10, 'name', 'staff')");
	return f;
}
static int mention_sqlite(void **state) { *state = mention_new(DB_SQLITE); return 0; }
static int mention_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? mention_new(DB_PG) : NULL; return 0; }
#define MENTION_BOTH(test) {#test " (SQLite)", test, mention_sqlite, down, NULL}, {#test " (PostgreSQL)", test, mention_pg, down, NULL}

static struct answer api(struct fixture *f, const struct served *s, int who, const char *method, const char *path, const char *json) {
	return ask(f, s, method, path, json, token_for(f, who));
}

static struct answer speak(struct fixture *f, const struct served *s, int who, int where, const char *words, bool note) {
	return api(f, s, who, "POST", str_fmt(&f->a, "/api/v1/conversations/%d/messages", where).p,
		str_fmt(&f->a, "{\"body\":\"%s\",\"internal\":%s}", words, note ? "true" : "false").p);
}

struct looking {
	struct arena *a;
};

static enum err read_all(struct db *db, void *arg) {
	const struct looking *l = arg;
	struct event_list list;
	TRY(event_after(db, l->a, 0, 1000, &list));
	struct notice_ctx ctx = {.base_url = "http://x.example"};
	return notice_read(db, l->a, list.v, list.n, &ctx);
}

/* How often somebody was told that they are mentioned. */
static long long told(struct fixture *f, int who) {
	struct looking l = {.a = &f->a};
	assert_int_equal(store_write(f->s, read_all, &l), OK);
	return (long long)admin_int(f, str_fmt(&f->a, "SELECT COUNT(*) FROM notice WHERE kind = 'mention' AND person_id = %d", who).p);
}

static long long named(struct fixture *f, int who) {
	return (long long)admin_int(f, str_fmt(&f->a, "SELECT COUNT(*) FROM mention WHERE person_id = %d", who).p);
}

static long long newest(struct fixture *f) { return (long long)admin_int(f, "SELECT MAX(id) FROM message"); }

/* ------------------------------------------------------------------------- */

static void the_longest_name_is_meant(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct answer r = speak(f, &s, STEVE, OPEN, "Hello @ben weber-klein, not `@Anton Analyst`", false);
	is_answered(r, 201);
	assert_has(r.body, "\"mentions\":[{\"person_id\":7,\"name\":\"ben weber-klein\",\"told\":true}]");
	assert_has(r.body, "a href=\\\"/people/7\\\"");
	assert_int_equal(named(f, BEN) + named(f, ANALYST), 0);
	assert_int_equal(told(f, BENNO), 1);
	r = speak(f, &s, STEVE, OPEN, "And @Tom Twin?", false);
	assert_has(r.body, "\"mentions\":[{\"person_id\":null,\"name\":\"Tom Twin\",\"told\":false}]");
	assert_int_equal(named(f, TWIN) + named(f, OTHER_TWIN), 0);
	r = speak(f, &s, STEVE, OPEN, "Then @tom twin (9), not @Tom Twin (90) and not @Tom Twin (10)", false);   /* by the number behind it one is meant */
	assert_has(r.body, "{\"person_id\":9,\"name\":\"tom twin (9)\",\"told\":true}");
	assert_has(r.body, "a href=\\\"/people/9\\\"\\u003e@tom twin (9)\\u003c/a\\u003e, not @Tom Twin (90) and");
	assert_has(r.body, "{\"person_id\":null,\"name\":\"Tom Twin\",\"told\":false}");
	assert_int_equal(named(f, TWIN) + named(f, QUIET), 0);
	assert_int_equal(told(f, OTHER_TWIN), 1);
	assert_has(speak(f, &s, STEVE, OPEN, "@Quentin Quiet", false).body, "\"mentions\":[]");       /* a customer knows no such name */
	assert_has(speak(f, &s, AGENT, OPEN, "@Quentin Quiet", false).body, "\"person_id\":10");
	serve_stop(&s);
}

static void customers_are_called_where_they_take_part(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	assert_has(speak(f, &s, STEVE, OPEN, "@Pat P. says so", false).body, "\"mentions\":[]");       /* has not been here */
	is_answered(speak(f, &s, PAT, OPEN, "I say so, @Olga O. and @Olga Ottersbach", false), 201);
	assert_int_equal(named(f, OLGA), 1);
	assert_int_equal(named(f, PAT), 0);
	is_answered(speak(f, &s, STEVE, OPEN, "@Pat P. said so", false), 201);
	assert_int_equal(told(f, PAT), 1);
	struct answer r = speak(f, &s, AGENT, OPEN, "@Pat P. is right", true);                        /* not in a note */
	assert_has(r.body, "\"told\":false");
	assert_int_equal(told(f, PAT), 1);
	r = api(f, &s, STEVE, "GET", "/api/v1/conversations/20/messages", NULL);                       /* whose profile is not theirs to see */
	assert_has(r.body, "{\"person_id\":null,\"name\":\"Pat P.\",\"told\":true}");
	assert_has_not(r.body, "/people/3");
	assert_has(api(f, &s, AGENT, "GET", "/api/v1/conversations/20/messages", NULL).body, "/people/3");
	assert_has(api(f, &s, PAT, "GET", "/api/v1/conversations/20/messages", NULL).body, "/people/3");
	serve_stop(&s);
}

static void who_may_not_read_it_is_not_told(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct answer r = speak(f, &s, AGENT, ROOM, "@Ben Weber zorbroom, @Ben Weber-Klein", false);
	is_answered(r, 201);
	assert_has(r.body, "{\"person_id\":6,\"name\":\"Ben Weber\",\"told\":false}");
	assert_int_equal(named(f, BEN), 0);
	assert_int_equal(told(f, BEN), 0);
	assert_int_equal(told(f, BENNO), 1);
	r = speak(f, &s, OLGA, DIRECT, "@Ben Weber must not read this, @Agatha Agent", false);
	assert_has(r.body, "{\"person_id\":6,\"name\":\"Ben Weber\",\"told\":false}");
	assert_int_equal(told(f, BEN) + told(f, AGENT), 0);                                             /* between two it is a message */
	is_answered(api(f, &s, OLGA, "POST", "/api/v1/conversations/21/messages", "{\"body\":\"@Ben Weber, for the team\"}"), 201);
	assert_int_equal(told(f, BEN), 1);
	const char *page = str_fmt(&f->a, "/rooms/%d", ROOM).p, *agent = session_for(f, AGENT);
	r = send_form(f, &s, page, page, "act=say&body=Once+more+%40Ben+Weber", agent);
	is_answered(r, 303);
	assert_has(r.head, "cannot%20read%20this");
	serve_stop(&s);
}

/* In the room of a deal its people are called, a customer not in a note; all others of the team neither. */
static void the_people_of_a_deal_are_called(void **state) {
	FIXTURE(f);
	struct served s;
	put_conversation(f, DEAL, "private", AGENT, false);
	admin_exec(f, "INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version) VALUES (50, 'deal', 'An oven', 'talk', 0, '{}', 0, 0, 1);"
	              "INSERT INTO record_person (record_id, person_id, role) VALUES (50, 1, 'buyer'), (50, 4, 'team'), (50, 7, 'lead');"
	              "UPDATE conversation SET kind = 'deal', author_id = NULL, topic = '', record_id = 50, record_root_id = 50 WHERE id = 24");
	serve_start(f, &s);
	assert_has(speak(f, &s, AGENT, DEAL, "@Olga O. pays less", true).body, "{\"person_id\":1,\"name\":\"Olga O.\",\"told\":false}");
	assert_has(speak(f, &s, AGENT, DEAL, "@Ben Weber-Klein?", true).body, "{\"person_id\":7,\"name\":\"Ben Weber-Klein\",\"told\":true}");
	assert_int_equal(told(f, OLGA), 0);
	assert_has(speak(f, &s, AGENT, DEAL, "@Olga O., welcome. @Ben Weber?", false).body, "{\"person_id\":6,\"name\":\"Ben Weber\",\"told\":false}");
	assert_int_equal(told(f, OLGA), 1);
	assert_int_equal(told(f, BENNO), 1);
	assert_int_equal(told(f, BEN), 0);
	serve_stop(&s);
}

static void a_change_tells_once(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *agent = session_for(f, AGENT), *page = "/conversations/20";
	is_answered(speak(f, &s, AGENT, OPEN, "@Ben Weber look", false), 201);
	long long message = newest(f);
	assert_int_equal(told(f, BEN), 1);                                                              /* although they muted it */
	is_answered(send_form(f, &s, page, page, str_fmt(&f->a, "act=edit_message&message=%lld&body=%%40Ben+Weber+and+%%40Anton+Analyst", message).p, agent), 303);
	assert_int_equal(told(f, BEN), 1);
	assert_int_equal(told(f, ANALYST), 1);
	is_answered(send_form(f, &s, page, page, str_fmt(&f->a, "act=edit_message&message=%lld&body=nobody", message).p, agent), 303);
	assert_int_equal(named(f, BEN) + named(f, ANALYST), 0);
	is_answered(send_form(f, &s, page, page, str_fmt(&f->a, "act=edit_message&message=%lld&body=%%40Ben+Weber", message).p, agent), 303);
	assert_int_equal(told(f, BEN), 1);
	admin_exec(f, "UPDATE person SET name = 'Ben Newname', public_name = 'Ben Newname' WHERE id = 6");
	assert_has(call(f, &s, page, NULL, agent, NULL).body, "<a href=\"/people/6\">@Ben Weber</a>");
	assert_has(api(f, &s, BEN, "GET", "/api/v1/notices?kind=mention", NULL).body, "\"kind\":\"mention\"");
	assert_has(call(f, &s, "/notices?kind=mention", NULL, session_for(f, BEN), NULL).body, "mentions you.");
	assert_has_not(api(f, &s, PAT, "GET", "/api/v1/notices?kind=mention", NULL).body, "\"kind\"");
	serve_stop(&s);
}

/* The words that begin a conversation are as those of a message: told once, also when they are changed, and led to profiles. */
static void first_words_name_people(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct answer r = api(f, &s, STEVE, "POST", "/api/v1/conversations", "{\"kind\":\"problem\",\"subject\":\"The lift\",\"body\":\"@Ben Weber knows it, as @Pat P. does\"}");
	is_answered(r, 201);
	long long made = (long long)admin_int(f, "SELECT id FROM conversation WHERE subject = 'The lift'");
	const char *page = str_fmt(&f->a, "/conversations/%lld", made).p, *edit = str_fmt(&f->a, "/conversations/%lld/edit", made).p, *steve = session_for(f, STEVE);
	assert_int_equal(named(f, BEN), 1);
	assert_int_equal(named(f, PAT), 0);                                                             /* takes no part there */
	assert_int_equal(told(f, BEN), 1);
	assert_has(call(f, &s, page, NULL, NULL, NULL).body, "<a href=\"/people/6\">@Ben Weber</a> knows it");
	assert_has(api(f, &s, BEN, "GET", "/api/v1/notices?kind=mention", NULL).body, "The lift");
	is_answered(send_form(f, &s, edit, edit, "subject=The+lift&body=%40Ben+Weber+and+%40Anton+Analyst", steve), 303);
	assert_int_equal(told(f, BEN), 1);
	assert_int_equal(told(f, ANALYST), 1);
	is_answered(send_form(f, &s, edit, edit, "subject=The+lift&body=%40Tom+Twin", steve), 303);
	assert_int_equal(named(f, BEN) + named(f, ANALYST) + named(f, TWIN), 0);
	r = send_form(f, &s, edit, edit, "subject=The+lift&body=%40Tom+Twin+or+%40Ben+Weber", steve);
	assert_has(r.head, "several%20are%20called%20so");
	is_answered(send_form(f, &s, page, page, str_fmt(&f->a, "act=join&into=%d", OPEN).p, session_for(f, AGENT)), 303);      /* they are a comment there */
	assert_has(call(f, &s, "/conversations/20", NULL, NULL, NULL).body, "<a href=\"/people/6\">@Ben Weber</a>");
	assert_int_equal(told(f, BEN), 1);
	serve_stop(&s);
}

/* Of two who write to each other nobody else is told, and both read the name as a link. */
static void first_words_between_two_tell_nobody(void **state) {
	FIXTURE(f);
	struct served s;
	put_login(f, OLGA, "olga@xyz.example", NULL);
	serve_start(f, &s);
	is_answered(api(f, &s, AGENT, "POST", "/api/v1/conversations", "{\"kind\":\"direct\",\"subject\":\"Keys\",\"body\":\"@Ben Weber or @Olga O.\",\"participants\":[1]}"), 201);
	assert_int_equal(named(f, BEN), 0);
	assert_int_equal(named(f, OLGA), 1);
	assert_int_equal(told(f, BEN) + told(f, OLGA), 0);
	const char *page = str_fmt(&f->a, "/messages/%lld", (long long)admin_int(f, "SELECT id FROM conversation WHERE subject = 'Keys'")).p;
	assert_has(call(f, &s, page, NULL, session_for(f, OLGA), NULL).body, "<a href=\"/people/1\">@Olga O.</a>");
	serve_stop(&s);
}

static void only_who_reads_it_is_offered(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct answer r = api(f, &s, STEVE, "GET", "/api/v1/conversations/20/mentionable", NULL);
	assert_has(r.body, "Ben Weber-Klein");
	assert_has(r.body, "Olga O.");
	assert_has_not(r.body, "Ottersbach");
	assert_has(r.body, "\"id\":8,\"name\":\"Tom Twin\",\"insert\":\"Tom Twin (8)\"");
	assert_has(r.body, "\"id\":9,\"name\":\"Tom Twin\",\"insert\":\"Tom Twin (9)\"");
	assert_has(r.body, "\"name\":\"Ben Weber\",\"insert\":\"Ben Weber\"");
	assert_has_not(r.body, "Pat P.");
	assert_has_not(r.body, "Quentin");
	r = api(f, &s, AGENT, "GET", "/api/v1/conversations/20/mentionable?q=web&note=true", NULL);
	assert_has(r.body, "Ben Weber");
	assert_has_not(r.body, "Olga");
	assert_has_not(r.body, "Anton");
	assert_has_not(api(f, &s, AGENT, "GET", "/api/v1/conversations/20/mentionable?note=true", NULL).body, "Olga");
	r = api(f, &s, AGENT, "GET", "/api/v1/conversations/22/mentionable", NULL);
	assert_has(r.body, "Weber-Klein");
	assert_has_not(r.body, "Anton");
	is_answered(api(f, &s, STEVE, "GET", "/api/v1/conversations/21/mentionable", NULL), 404);
	is_answered(api(f, &s, BEN, "GET", "/api/v1/conversations/22/mentionable", NULL), 404);
	is_answered(api(f, &s, STEVE, "GET", "/api/v1/conversations/20/mentionable?note=true", NULL), 404);
	serve_stop(&s);
}

/* An answer that names somebody is not kept for all: whose profile it leads to depends on who reads. */
static void an_answer_leads_each_where_they_may(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	is_answered(speak(f, &s, PAT, OPEN, "Here, too", false), 201);
	is_answered(api(f, &s, AGENT, "POST", "/api/v1/conversations/20/status", "{\"status\":\"heard\",\"answer\":\"Thanks, @Pat P., and ask @Ben Weber\"}"), 200);
	admin_exec(f, "UPDATE message SET author_id = 10 WHERE kind = 'answer'");      /* nobody who reads it may change it */
	static const struct { int who; bool leads; } readers[] = {{PAT, true}, {STEVE, false}, {PAT, true}, {OLGA, false}, {AGENT, true}};
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		struct answer r = call(f, &s, "/conversations/20", NULL, session_for(f, readers[i].who), NULL);
		assert_has(r.body, "<a href=\"/people/6\">@Ben Weber</a>");
		if (readers[i].leads) assert_has(r.body, "<a href=\"/people/3\">@Pat P.</a>");
		else assert_has_not(r.body, "<a href=\"/people/3\">@Pat P.</a>");
	}
	for (int i = 0; i < 2; i++) assert_has_not(call(f, &s, "/conversations/20", NULL, NULL, NULL).body, "<a href=\"/people/3\">@Pat P.</a>");
	assert_int_equal(told(f, PAT), 1);
	serve_stop(&s);
}

/* What stands in a room goes out in a letter, and stands in no outbox. */
static void a_letter_of_a_room_is_discreet(void **state) {
	FIXTURE(f);
	struct served s;
	put_login(f, BENNO, "benno@xyz.example", NULL);
	serve_start(f, &s);
	is_answered(speak(f, &s, AGENT, ROOM, "@Ben Weber-Klein zorbroom", false), 201);
	is_answered(speak(f, &s, AGENT, OPEN, "@Ben Weber-Klein zorbopen", false), 201);
	for (int i = 0; i < 1000 && admin_int(f, "SELECT COUNT(*) FROM mail WHERE kind IN ('message', 'notice')") < 2; i++) usleep(10000);   /* the server's own reader */
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM mail WHERE kind = 'message' AND subject LIKE 'Agatha Agent mentions you%' AND body_text LIKE '%zorbroom%'"), 1);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM mail WHERE kind = 'notice' AND body_text LIKE '%zorbopen%'"), 1);
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {MENTION_BOTH(the_longest_name_is_meant), MENTION_BOTH(customers_are_called_where_they_take_part),
		MENTION_BOTH(who_may_not_read_it_is_not_told), MENTION_BOTH(the_people_of_a_deal_are_called), MENTION_BOTH(a_change_tells_once), MENTION_BOTH(only_who_reads_it_is_offered), MENTION_BOTH(first_words_name_people),
		MENTION_BOTH(first_words_between_two_tell_nobody),
		MENTION_BOTH(an_answer_leads_each_where_they_may), MENTION_BOTH(a_letter_of_a_room_is_discreet)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
