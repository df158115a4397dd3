/* The desk, on both engines: who waits since when whatever is said and taken down; its views, pages and giving; one glance; two who answer at
 * once; who takes part. */
#include "pack/pack.h"
#include "talk/testing.h"
#include <unistd.h>

enum { BEA = 9 };

static const char *at(struct fixture *f, const char *fmt, int id) { return str_fmt(&f->a, fmt, id).p; }

static struct answer say(struct fixture *f, const struct served *s, int id, const char *who, const char *body) {
	struct answer r = ask(f, s, "POST", at(f, "/api/v1/conversations/%d/messages", id), str_fmt(&f->a, "{\"body\":\"%s\"}", body).p, who);
	assert_int_equal(r.status, 201);
	return r;
}

static void begin(struct fixture *f, const struct served *s, const char *who, const char *subject, const char *visibility) {
	const char *json = str_fmt(&f->a, "{\"kind\":\"question\",\"subject\":\"%s\",\"body\":\"x\",\"visibility\":\"%s\"}", subject, visibility).p;
	assert_int_equal(ask(f, s, "POST", "/api/v1/conversations", json, who).status, 201);
}

static int64_t field(struct fixture *f, const char *what, int id) { return admin_int(f, str_fmt(&f->a, "SELECT %s FROM conversation WHERE id = %d", what, id).p); }

static bool waits(struct fixture *f, int id) {
	return admin_int(f, at(f, "SELECT count(*) FROM conversation WHERE id = %d AND waiting_at < 9223372036854775807", id)) == 1;
}

/* Since when, as the n-th of what was said (0: the beginning). */
static bool waits_since(struct fixture *f, int id, int message) {
	const char *sql = message ? "SELECT count(*) FROM conversation c WHERE c.id = %d AND c.waiting_at = (SELECT m.created_at FROM message m WHERE m.id = %d)"
		: "SELECT count(*) FROM conversation WHERE id = %d AND waiting_at = created_at + %d";
	return admin_int(f, str_fmt(&f->a, sql, id, message).p) == 1;
}

static void is_sound(struct fixture *f) {
	struct db *db;
	struct text_list wrong;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(talk_check(db, &f->a, &wrong), OK);
	for (size_t i = 0; i < wrong.n; i++) print_message(STR_FMT "\n", STR_ARG(wrong.v[i]));
	assert_int_equal(wrong.n, 0);
	db_close(db);
}

static void who_waits_since_when(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *agent = token_for(f, AGENT), *cookie = session_for(f, AGENT);
	begin(f, &s, olga, "How do I pay?", "private");
	assert_true(waits_since(f, 1, 0));
	say(f, &s, 1, olga, "Hello?");                                     /* 1: still since the beginning */
	assert_true(waits_since(f, 1, 0));
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations/1/messages", "{\"body\":\"Who knows?\",\"internal\":true}", agent).status, 201);
	assert_true(waits_since(f, 1, 0));                                 /* a note is no answer */
	say(f, &s, 1, agent, "By card.");                                  /* 3 */
	assert_false(waits(f, 1));
	say(f, &s, 1, olga, "Which card?");                                /* 4 */
	assert_true(waits_since(f, 1, 4));
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=hide_message&message=3", cookie).status, 303);
	assert_true(waits_since(f, 1, 0));                                 /* what is taken down answers nothing */
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=show_message&message=3", cookie).status, 303);
	assert_true(waits_since(f, 1, 4));
	is_sound(f);

	/* settled is settled, until the customer adds something: between us that opens it again */
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations/1/status", "{\"status\":\"done\",\"answer\":\"Any.\"}", agent).status, 200);
	assert_false(waits(f, 1));
	say(f, &s, 1, olga, "But mine is blue.");
	assert_true(waits(f, 1));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE id = 1 AND status = 'in_work'"), 1);
	is_sound(f);

	/* what one of us begins waits for nobody; what was counted wrong is counted anew */
	begin(f, &s, agent, "We close on Friday", "public");
	assert_false(waits(f, 2));
	admin_exec(f, "UPDATE conversation SET waiting_at = 7 WHERE id = 2");
	struct db *db;
	struct text_list wrong;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(talk_check(db, &f->a, &wrong), OK);
	assert_int_equal(wrong.n, 1);
	db_close(db);
	serve_stop(&s);
}

static void the_inbox(void **state) {
	FIXTURE(f);
	struct served s;
	put_person(f, BEA, "staff", "agent", "Bea Bell", 0);
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *agent = token_for(f, AGENT), *cookie = session_for(f, AGENT), *bea = session_for(f, BEA);
	begin(f, &s, olga, "First of all", "private");
	begin(f, &s, olga, "Second thing", "public");
	begin(f, &s, olga, "Third thing", "public");
	struct answer r = call(f, &s, "/desk", NULL, cookie, NULL);
	assert_true(memmem(r.body.p, r.body.n, "First of all", 12) < memmem(r.body.p, r.body.n, "Second thing", 12));
	assert_has(r.body, "Olga Ottersbach");
	say(f, &s, 2, agent, "So it is.");
	assert_has_not(between(f, call(f, &s, "/desk", NULL, cookie, NULL).body, "<form class=\"stack inbox\"", "</form>"), "Second thing");
	assert_has(call(f, &s, "/desk?view=open", NULL, cookie, NULL).body, "Second thing");

	/* from page to page each once */
	r = ask(f, &s, "GET", "/api/v1/conversations?sort=waiting&limit=1", NULL, agent);
	assert_has(r.body, "First of all");
	struct str next = between(f, r.body, "\"next\":\"", "\"");
	assert_false(str_empty(next));
	r = ask(f, &s, "GET", str_fmt(&f->a, "/api/v1/conversations?sort=waiting&limit=1&cursor=" STR_FMT, STR_ARG(next)).p, NULL, agent);
	assert_has(r.body, "Third thing");
	assert_has(r.body, "\"next\":null");
	assert_int_equal(ask(f, &s, "GET", "/api/v1/conversations?sort=waiting", NULL, olga).status, 403);
	assert_int_equal(ask(f, &s, "GET", "/api/v1/conversations?assignee=me", NULL, olga).status, 403);
	assert_int_equal(ask(f, &s, "GET", "/api/v1/conversations?assignee=x", NULL, agent).status, 422);
	assert_int_equal(call(f, &s, "/desk?cursor=x", NULL, cookie, NULL).status, 422);

	/* taking, giving, giving back; nothing ticked is said */
	assert_int_equal(send_form(f, &s, "/desk", "/desk", "view=waiting&take=1", cookie).status, 303);
	assert_has(call(f, &s, "/desk?view=mine", NULL, cookie, NULL).body, "First of all");
	assert_has(ask(f, &s, "GET", "/api/v1/conversations?assignee=me", NULL, agent).body, "First of all");
	assert_has_not(ask(f, &s, "GET", "/api/v1/conversations?assignee=nobody", NULL, agent).body, "First of all");
	r = send_form(f, &s, "/desk", "/desk", "view=waiting&assignee=9", cookie);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Please tick what");
	assert_int_equal(send_form(f, &s, "/desk", "/desk", "view=nobody&ids=1&ids=3&assignee=9", cookie).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE assignee_id = 9"), 2);
	r = call(f, &s, "/desk?view=mine", NULL, bea, NULL);
	assert_has(r.body, "First of all");
	assert_has(r.body, "Third thing");
	for (int i = 0; i < 100 && admin_int(f, "SELECT count(*) FROM notice WHERE person_id = 9 AND kind = 'assigned'") < 2; i++) usleep(50000);
	assert_has(call(f, &s, "/notices", NULL, bea, NULL).body, "gave this to you");
	say(f, &s, 1, olga, "Anybody there?");                             /* whoever is on it is told what is said */
	for (int i = 0; i < 100 && admin_int(f, "SELECT count(*) FROM notice WHERE person_id = 9 AND kind = 'comment'") < 1; i++) usleep(50000);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE person_id = 9 AND kind = 'comment'"), 1);
	assert_int_equal(send_form(f, &s, "/desk", "/desk", "view=mine&ids=1&assignee=0", bea).status, 303);
	assert_has_not(call(f, &s, "/desk?view=mine", NULL, bea, NULL).body, "First of all</strong><span class=\"when\"><span class=\"vh\">waits");
	assert_int_equal(send_form(f, &s, "/desk", "/desk", "take=1", session_for(f, ANALYST)).status, 403);
	assert_int_equal(ask(f, &s, "PATCH", "/api/v1/conversations/1", "{\"assignee_id\":9}", agent).status, 200);
	assert_int_equal(field(f, "assignee_id", 1), BEA);
	assert_int_equal(ask(f, &s, "PATCH", "/api/v1/conversations/1", "{\"assignee_id\":0}", agent).status, 200);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE id = 1 AND assignee_id IS NULL"), 1);
	serve_stop(&s);
}

/* What is given to a team stands on its members' desk, and so does what is given to one of them; everybody else sees it, too. */
static void a_teams_own(void **state) {
	FIXTURE(f);
	struct served s;
	put_person(f, BEA, "staff", "agent", "Bea Agent", 0);
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *agent = token_for(f, AGENT), *cookie = session_for(f, AGENT), *bea = session_for(f, BEA);
	begin(f, &s, olga, "First of all", "private");
	begin(f, &s, olga, "Second thing", "public");
	begin(f, &s, olga, "Third thing", "private");
	assert_has_not(call(f, &s, "/desk", NULL, cookie, NULL).body, "view=team");
	assert_has_not(call(f, &s, "/desk", NULL, cookie, NULL).body, "<optgroup");
	admin_exec(f, "INSERT INTO team (id, name, word, made_at) VALUES (1, 'Billing', 'billing', 0), (2, 'Network', 'network', 0), (3, 'Gone', 'gone', 0);"
		"UPDATE team SET ended_at = 1 WHERE id = 3; UPDATE person SET team_id = 1 WHERE id = 9");
	assert_has_not(call(f, &s, "/desk", NULL, cookie, NULL).body, "view=team");                    /* who is in none has no such tab */
	assert_has(call(f, &s, "/desk?view=team", NULL, bea, NULL).body, "Nothing is your team’s");
	assert_int_equal(send_form(f, &s, "/desk", "/desk", "view=nobody&ids=1&assignee=team-1", cookie).status, 303);
	assert_int_equal(send_form(f, &s, "/desk", "/desk", "view=nobody&ids=2&assignee=9", cookie).status, 303);
	struct str page = call(f, &s, "/desk?view=team", NULL, bea, NULL).body;
	assert_has(page, "First of all");
	assert_has(page, "for Billing");
	assert_has(between(f, page, "<form class=\"stack inbox\"", "</form>"), "Second thing");
	assert_has_not(between(f, page, "<form class=\"stack inbox\"", "</form>"), "Third thing");
	assert_has_not(between(f, call(f, &s, "/desk?view=nobody", NULL, cookie, NULL).body, "<form class=\"stack inbox\"", "</form>"), "First of all");
	assert_has(between(f, call(f, &s, "/desk", NULL, cookie, NULL).body, "<form class=\"stack inbox\"", "</form>"), "First of all");   /* no walls */
	for (int i = 0; i < 100 && admin_int(f, "SELECT count(*) FROM notice WHERE person_id = 9") < 2; i++) usleep(50000);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE person_id = 9 AND kind = 'assigned_team' AND conversation_id = 1"), 1);
	assert_has(call(f, &s, "/notices", NULL, bea, NULL).body, "gave this to your team");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE person_id = 4"), 0);

	/* for programs, with and without waiting; what is no team is said */
	assert_has(ask(f, &s, "GET", "/api/v1/conversations?assignee=team-1", NULL, agent).body, "First of all");
	assert_has(ask(f, &s, "GET", "/api/v1/conversations?assignee=team-1&sort=waiting", NULL, agent).body, "First of all");
	assert_has_not(ask(f, &s, "GET", "/api/v1/conversations?assignee=team-1", NULL, agent).body, "Third thing");
	assert_has_not(ask(f, &s, "GET", "/api/v1/conversations?assignee=team-2", NULL, agent).body, "First of all");
	assert_has_not(ask(f, &s, "GET", "/api/v1/conversations?assignee=nobody", NULL, agent).body, "First of all");
	assert_has(ask(f, &s, "GET", "/api/v1/conversations?assignee=nobody", NULL, agent).body, "Third thing");
	assert_int_equal(ask(f, &s, "GET", "/api/v1/conversations?assignee=team-1", NULL, olga).status, 403);
	assert_int_equal(ask(f, &s, "GET", "/api/v1/conversations?assignee=team-0", NULL, agent).status, 422);
	assert_has(ask(f, &s, "GET", "/api/v1/conversations/1", NULL, agent).body, "\"team\":{\"id\":1,\"name\":\"Billing\"}");
	assert_has_not(ask(f, &s, "GET", "/api/v1/conversations/1", NULL, olga).body, "Billing");
	assert_has_not(call(f, &s, "/conversations/1", NULL, session_for(f, OLGA), NULL).body, "Billing");
	assert_int_equal(ask(f, &s, "PATCH", "/api/v1/conversations/1", "{\"team_id\":3}", agent).status, 422);
	assert_int_equal(ask(f, &s, "PATCH", "/api/v1/conversations/1", "{\"team_id\":2}", olga).status, 403);
	assert_int_equal(ask(f, &s, "PATCH", "/api/v1/conversations/1", "{\"assignee_id\":4,\"team_id\":2}", agent).status, 422);
	assert_int_equal(ask(f, &s, "PATCH", "/api/v1/conversations/1", "{\"team_id\":2}", agent).status, 200);
	assert_int_equal(field(f, "team_id", 1), 2);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=assign&assignee=team-1", cookie).status, 303);
	assert_has(call(f, &s, "/conversations/1", NULL, cookie, NULL).body, "<option value=\"team-1\" selected>Billing");

	/* who takes it brings it into the care of their own team, or of none */
	assert_int_equal(send_form(f, &s, "/desk", "/desk", "view=team&take=1", bea).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE id = 1 AND assignee_id = 9 AND team_id = 1"), 1);
	assert_int_equal(send_form(f, &s, "/desk", "/desk", "view=open&take=1", cookie).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE id = 1 AND assignee_id = 4 AND team_id IS NULL"), 1);
	assert_int_equal(send_form(f, &s, "/desk", "/desk", "view=open&ids=1&assignee=team-1", cookie).status, 303);
	assert_int_equal(send_form(f, &s, "/desk", "/desk", "view=open&ids=1&assignee=0", cookie).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE id = 1 AND assignee_id IS NULL AND team_id IS NULL"), 1);
	is_sound(f);
	serve_stop(&s);
}

static void one_glance(void **state) {
	FIXTURE(f);
	struct served s;
	admin_exec(f, "UPDATE person SET customer_no = 'C-77', contact_id = 4, staff_notes = 'Rings at noon' WHERE id = 1");
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *agent = token_for(f, AGENT), *cookie = session_for(f, AGENT), *her = session_for(f, OLGA);
	begin(f, &s, olga, "The old matter", "private");
	begin(f, &s, olga, "The new matter", "private");
	say(f, &s, 1, agent, "We look.");
	struct answer r = call(f, &s, "/conversations/2", NULL, cookie, NULL);
	struct str glance = between(f, r.body, "id=\"glance\"", "</aside>");
	assert_has(glance, "C-77");
	assert_has(glance, "Contact person: Agatha Agent");
	assert_has(glance, "Rings at noon");
	assert_has(glance, "The old matter");
	assert_has(glance, "/conversations/1#m1");
	r = call(f, &s, "/conversations/2", NULL, her, NULL);
	assert_has_not(r.body, "id=\"glance\"");
	assert_has_not(r.body, "Rings at noon");
	serve_stop(&s);
}

static void two_at_once(void **state) {
	FIXTURE(f);
	struct served s;
	put_person(f, BEA, "staff", "agent", "Bea Bell", 0);
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *agatha = session_for(f, AGENT), *bea = session_for(f, BEA), *her = session_for(f, OLGA);
	begin(f, &s, olga, "When do you open?", "private");
	assert_has_not(call(f, &s, "/conversations/1", NULL, agatha, NULL).body, "is writing an answer");
	int64_t events = admin_int(f, "SELECT count(*) FROM event");
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1/answering", "", bea).status, 303);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1/answering", "", bea).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event"), events + 1);       /* once in a while is enough */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'view' AND audience = 'staff'"), 1);
	assert_has(call(f, &s, "/conversations/1", NULL, agatha, NULL).body, "Bea Bell is writing an answer");
	assert_has_not(call(f, &s, "/conversations/1", NULL, bea, NULL).body, "is writing an answer");
	assert_has_not(call(f, &s, "/conversations/1", NULL, her, NULL).body, "is writing an answer");
	assert_int_equal(call(f, &s, "/conversations/1/answering", NULL, her, NULL).status, 403);

	/* Bea sends; what Agatha opened before is held back once, with her words */
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=comment&seen=0&body=At+nine.", bea).status, 303);
	assert_has_not(call(f, &s, "/conversations/1", NULL, agatha, NULL).body, "is writing an answer");
	struct answer r = send_form(f, &s, "/conversations/1", "/conversations/1", "act=comment&seen=0&body=At+ten+I+think.", agatha);
	assert_int_equal(r.status, 409);
	assert_has(r.body, "Bea Bell answered");
	assert_has(r.body, "At ten I think.");
	assert_has(call(f, &s, "/conversations/1/answering?since=0", NULL, agatha, NULL).body, "Bea Bell answered");
	struct str seen = between(f, r.body, "name=\"seen\" value=\"", "\"");
	assert_true(str_is(seen, "1"));
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=comment&seen=1&body=At+ten+I+think.", agatha).status, 303);
	/* what is sent through the API ends one's own writing as well, a note does not */
	const char *api = "/api/v1/conversations/1/messages", *with = token_for(f, BEA);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1/answering", "", bea).status, 303);
	assert_int_equal(ask(f, &s, "POST", api, "{\"body\":\"By the way\",\"internal\":true}", with).status, 201);
	assert_has(call(f, &s, "/conversations/1", NULL, agatha, NULL).body, "Bea Bell is writing an answer");
	assert_int_equal(ask(f, &s, "POST", api, "{\"body\":\"At nine, really.\"}", with).status, 201);
	assert_has_not(call(f, &s, "/conversations/1", NULL, agatha, NULL).body, "is writing an answer");
	/* a note disturbs nobody */
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=note&seen=0&body=Settled.", bea).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message"), 5);
	serve_stop(&s);
}

static void who_takes_part(void **state) {
	FIXTURE(f);
	struct served s;
	put_person(f, BEA, "staff", "agent", "Bea Bell", 0);
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *agatha = session_for(f, AGENT), *steve = session_for(f, STEVE), *pat = session_for(f, PAT);
	begin(f, &s, olga, "Our account", "private");
	admin_exec(f, "INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version) VALUES (5, 'account', 'x', '', 0, '{}', 0, 0, 1)");
	admin_exec(f, "INSERT INTO record_person (record_id, person_id, role) VALUES (5, 3, 'disponent')");
	admin_exec(f, "UPDATE conversation SET record_id = 5, record_root_id = 5 WHERE id = 1");
	assert_int_equal(call(f, &s, "/conversations/1", NULL, pat, NULL).status, 404);
	/* Steve has no right to the account, Pat has */
	struct answer r = send_form(f, &s, "/conversations/1", "/conversations/1/seats", "person=2", agatha);
	assert_int_equal(r.status, 422);
	assert_int_equal(call(f, &s, "/conversations/1", NULL, steve, NULL).status, 404);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1/seats", "person=3", agatha).status, 303);
	r = call(f, &s, "/conversations/1", NULL, pat, NULL);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "Only those who take part");
	for (int i = 0; i < 100 && admin_int(f, "SELECT count(*) FROM notice WHERE person_id = 3 AND kind = 'joined'") < 1; i++) usleep(50000);
	assert_has(call(f, &s, "/notices", NULL, pat, NULL).body, "asks you to take part");
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1/seats", "person=9", agatha).status, 303);
	assert_has(call(f, &s, "/conversations/1", NULL, agatha, NULL).body, "Remove<span class=\"vh\">: Bea Bell");
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1/seats", "person=9", steve).status, 403);
	/* and no more */
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1/seats", "person=3&there=no", agatha).status, 303);
	assert_int_equal(call(f, &s, "/conversations/1", NULL, pat, NULL).status, 404);
	/* in the open everybody may come by themselves */
	begin(f, &s, olga, "In the open", "public");
	assert_int_equal(send_form(f, &s, "/conversations/2", "/conversations/2/seats", "person=3", agatha).status, 422);
	serve_stop(&s);
}

/* ------------------------------------------------------------------ saved replies */

static void saved_replies(void **state) {
	FIXTURE(f);
	struct served s;
	put_person(f, BEA, "staff", "agent", "Bea Bell", 0);
	admin_exec(f, "UPDATE person SET locale = 'de' WHERE id = 1");
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *agatha = session_for(f, AGENT), *bea = session_for(f, BEA), *analyst = session_for(f, ANALYST);
	begin(f, &s, olga, "How do I pay?", "private");
	begin(f, &s, token_for(f, STEVE), "Me, too", "private");
	struct answer r = send_form(f, &s, "/desk/replies", "/desk/replies", "name=Cards&body_en=Dear+%7Bcustomer.frist_name%7D", agatha);
	assert_int_equal(r.status, 422);                                   /* a slip is found here, not by a customer */
	assert_has(r.body, "We cannot fill in {customer.frist_name}.");
	assert_has(r.body, "value=\"Cards\"");
	assert_int_equal(send_form(f, &s, "/desk/replies", "/desk/replies", "name=Cards&body_en=", agatha).status, 422);
	assert_int_equal(send_form(f, &s, "/desk/replies", "/desk/replies",
		"name=Cards&body_en=Dear+%7Bcustomer.first_name%7D,+%7Brecord.title%7D&body_de=Hallo+%7Bcustomer.first_name%7D,+%7Bagent.name%7D+von+%7Bbusiness.name%7D",
		agatha).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'reply' AND audience = 'staff'"), 1);
	/* it is hers alone until she gives it to the team */
	assert_has_not(call(f, &s, "/desk/replies", NULL, bea, NULL).body, "Cards");
	assert_int_equal(call(f, &s, "/desk/replies/1", NULL, bea, NULL).status, 404);
	assert_has_not(call(f, &s, "/conversations/1", NULL, bea, NULL).body, "Cards");
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1/reply", "saved=1", bea).status, 404);
	assert_int_equal(call(f, &s, "/desk/replies/1", NULL, analyst, NULL).status, 403);

	/* in the customer's language; what was typed stays; what is not known stays to be seen */
	r = send_form(f, &s, "/conversations/1", "/conversations/1/reply", "saved=1&act=answer&body=By+the+way:", agatha);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "By the way:\n\nHallo Olga, Agatha Agent von XYZ &amp; Sons</textarea>");
	assert_has(r.body, "name=\"act\" value=\"answer\" checked");
	r = send_form(f, &s, "/conversations/2", "/conversations/2/reply", "saved=1", agatha);
	assert_has(r.body, "Dear Steve, {record.title}</textarea>");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message"), 0);

	assert_int_equal(send_form(f, &s, "/desk/replies/1", "/desk/replies/1", "name=Cards&body_de=Mit+Karte&team=1", agatha).status, 303);
	assert_has(ask(f, &s, "GET", "/api/v1/replies", NULL, token_for(f, BEA)).body, "Mit Karte");
	assert_has(send_form(f, &s, "/conversations/2", "/conversations/2/reply", "saved=1", bea).body, "Mit Karte</textarea>");   /* the other, when theirs is not there */
	assert_int_equal(ask(f, &s, "GET", "/api/v1/replies", NULL, olga).status, 403);
	assert_int_equal(send_form(f, &s, "/desk/replies/1", "/desk/replies/1", "act=delete", bea).status, 303);
	assert_has(call(f, &s, "/desk/replies", NULL, agatha, NULL).body, "None yet");
	serve_stop(&s);
}

/* What a question is about is called in the language of who reads it: ours on the desk, the customer's in a saved reply; its day as they write days. */
static void about_is_called_in_each_language(void **state) {
	FIXTURE(f);
	struct served s;
	admin_exec(f, "UPDATE business SET pack = 'banking'; UPDATE person SET locale = 'de' WHERE id = 1");
	serve_start(f, &s);
	const char *agatha = session_for(f, AGENT);
	begin(f, &s, token_for(f, OLGA), "How do I pay?", "private");
	admin_exec(f, "INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version) VALUES (50, 'loan', 'Loan of 1993-07-05', '', 0,"
		"'{\"granted\":\"1993-07-05\"}', 0, 0, 1); UPDATE conversation SET record_id = 50, record_root_id = 50 WHERE id = 1");
	assert_has(call(f, &s, "/desk", NULL, agatha, NULL).body, "Loan of 5 July 1993");
	assert_int_equal(send_form(f, &s, "/desk/replies", "/desk/replies", "name=Loans&body_en=About+%7Brecord.title%7D&body_de=Zu+%7Brecord.title%7D", agatha).status, 303);
	assert_has(send_form(f, &s, "/conversations/1", "/conversations/1/reply", "saved=1", agatha).body, "Zu Kredit vom 5. Juli 1993</textarea>");
	serve_stop(&s);
}

/* ------------------------------------------------------- threads that become one, or part */

static void vote(struct fixture *f, const struct served *s, int id, const char *who) {
	assert_int_equal(ask(f, s, "PUT", at(f, "/api/v1/conversations/%d/vote", id), NULL, who).status, 200);
}

static void two_become_one(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *steve = token_for(f, STEVE), *pat = token_for(f, PAT), *agent = token_for(f, AGENT);
	const char *agatha = session_for(f, AGENT), *his = session_for(f, STEVE);
	begin(f, &s, olga, "The line hums", "public");
	begin(f, &s, steve, "It hums, the line", "public");
	say(f, &s, 1, agent, "We look.");
	say(f, &s, 2, steve, "Since Tuesday.");                            /* 2 */
	vote(f, &s, 1, pat), vote(f, &s, 2, pat);
	assert_int_equal(send_form(f, &s, "/conversations/2", "/conversations/2", "act=join&into=2", agatha).status, 422);
	assert_int_equal(send_form(f, &s, "/conversations/2", "/conversations/2", "act=join&into=77", agatha).status, 422);
	assert_int_equal(send_form(f, &s, "/conversations/2", "/conversations/2", "act=join&into=1", his).status, 403);
	assert_false(waits(f, 1));
	assert_int_equal(send_form(f, &s, "/conversations/2", "/conversations/2", "act=join&into=https://x.example/conversations/1", agatha).status, 303);

	/* its page leads here, for everybody; all stands here as it was said; the voices count once */
	struct answer r = call(f, &s, "/conversations/2", NULL, NULL, NULL);
	assert_int_equal(r.status, 303);
	assert_has(r.head, "Location: /conversations/1\r\n");
	r = call(f, &s, "/problems/1?before=9", NULL, NULL, NULL);         /* an address of before */
	assert_int_equal(r.status, 308);
	assert_has(r.head, "Location: /conversations/1?before=9\r\n");
	r = call(f, &s, "/problems/1/revisions", NULL, NULL, NULL);
	assert_int_equal(r.status, 308);
	assert_has(r.head, "Location: /conversations/1/revisions\r\n");
	assert_int_equal(call(f, &s, "/problems/1/else", NULL, NULL, NULL).status, 404);
	r = send_form(f, &s, "/conversations/1", "/problems/1", "body=Still+humming", his);                 /* a page that was open since before */
	assert_int_equal(r.status, 308);
	assert_has(r.head, "Location: /conversations/1\r\n");
	r = send_form(f, &s, "/conversations/1", "/problems/1/vote", "on=1", his);
	assert_int_equal(r.status, 308);
	assert_has(r.head, "Location: /conversations/1/vote\r\n");
	assert_int_equal(send_form(f, &s, "/conversations/1", "/problems/1/else", "on=1", his).status, 404);
	r = call(f, &s, "/conversations/1", NULL, NULL, NULL);
	assert_has(r.body, "Since Tuesday.");
	assert_has(r.body, "It hums, the line");
	assert_has_not(call(f, &s, "/problems", NULL, NULL, NULL).body, "It hums, the line");
	assert_int_equal(field(f, "votes", 1), 3);
	assert_int_equal(field(f, "comments", 1), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM follow WHERE object_id = 1 AND person_id = 2"), 1);
	assert_true(waits(f, 1));                                          /* Steve has no answer yet */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message m JOIN conversation c ON c.id = 2 WHERE m.conversation_id = 1 AND m.author_id = 2"
		" AND m.created_at = c.created_at"), 1);
	is_sound(f);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=join&into=2", agatha).status, 409);

	/* and back, as it was */
	assert_has(call(f, &s, "/conversations/1", NULL, agatha, NULL).body, "name=\"joint\" value=\"1\"");
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=undo&joint=1", agatha).status, 303);
	assert_int_equal(field(f, "votes", 1), 2);
	assert_int_equal(field(f, "votes", 2), 2);
	assert_int_equal(field(f, "comments", 1), 1);
	assert_int_equal(field(f, "comments", 2), 1);
	assert_has(call(f, &s, "/conversations/2", NULL, NULL, NULL).body, "Since Tuesday.");
	assert_has_not(call(f, &s, "/conversations/1", NULL, NULL, NULL).body, "Since Tuesday.");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM follow WHERE object_id = 1 AND person_id = 2"), 0);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=undo&joint=1", agatha).status, 404);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE data LIKE '%merged_into%'"), 2);
	is_sound(f);
	serve_stop(&s);
}

static void nobody_reads_more_by_it(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *steve = token_for(f, STEVE), *agent = token_for(f, AGENT), *agatha = session_for(f, AGENT);
	const char *his = session_for(f, STEVE), *her = session_for(f, OLGA);
	begin(f, &s, olga, "Her secret", "private");
	begin(f, &s, steve, "His secret", "private");
	begin(f, &s, olga, "Her noise", "public");
	begin(f, &s, olga, "Her other secret", "private");
	static const char *const apart[][2] = {{"/conversations/1", "act=join&into=2"}, {"/conversations/1", "act=join&into=3"}, {"/conversations/3", "act=join&into=1"}};
	for (size_t i = 0; i < 3; i++) {
		struct answer r = send_form(f, &s, apart[i][0], apart[i][0], apart[i][1], agatha);
		assert_int_equal(r.status, 422);
		assert_has(r.body, "they stay apart");
	}
	assert_int_equal(admin_int(f, "SELECT count(*) FROM joint"), 0);
	assert_int_equal(send_form(f, &s, "/conversations/4", "/conversations/4", "act=join&into=1", agatha).status, 303);
	assert_int_equal(call(f, &s, "/conversations/4", NULL, his, NULL).status, 404);      /* not even that there is a way */
	assert_int_equal(call(f, &s, "/conversations/4", NULL, her, NULL).status, 303);

	/* a part goes its own way: whoever read the whole reads it, and nobody else */
	say(f, &s, 1, olga, "And the blue one?");
	say(f, &s, 1, agent, "Blue is out.");
	int64_t blue = admin_int(f, "SELECT MAX(id) FROM message") - 1;
	struct answer r = call(f, &s, "/conversations/1?act=split", NULL, agatha, NULL);
	assert_has(r.body, "form=\"split\"");
	assert_has_not(call(f, &s, "/conversations/1?act=split", NULL, her, NULL).body, "form=\"split\"");
	r = send_form(f, &s, "/conversations/1", "/conversations/1", str_fmt(&f->a, "act=split&messages=%lld", (long long)blue).p, agatha);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "form=\"split\" checked");
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=split&messages=999&subject=x", agatha).status, 422);
	const char *part = str_fmt(&f->a, "act=split&subject=The+blue+one&messages=%lld&messages=%lld", (long long)blue, (long long)blue + 1).p;
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", part, his).status, 404);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", part, agatha).status, 303);
	assert_has(call(f, &s, "/conversations/5", NULL, her, NULL).body, "Blue is out.");
	assert_has_not(call(f, &s, "/conversations/1", NULL, her, NULL).body, "Blue is out.");
	assert_int_equal(call(f, &s, "/conversations/5", NULL, his, NULL).status, 404);
	assert_int_equal(field(f, "author_id", 5), OLGA);
	is_sound(f);
	/* undone, it leads back; what was said there meanwhile comes along */
	say(f, &s, 5, olga, "A pity.");
	assert_int_equal(send_form(f, &s, "/conversations/5", "/conversations/5", "act=undo&joint=2", agatha).status, 303);
	r = call(f, &s, "/conversations/5", NULL, her, NULL);
	assert_has(r.head, "Location: /conversations/1\r\n");
	r = call(f, &s, "/conversations/1", NULL, her, NULL);
	assert_has(r.body, "Blue is out.");
	assert_has(r.body, "A pity.");
	is_sound(f);
	serve_stop(&s);
}

/* ------------------------------------------------------------------ the same for programs */

static int64_t field_of(struct fixture *f, struct str json, const char *name) {
	int64_t n = 0;
	assert_true(str_int(between(f, json, str_fmt(&f->a, "\"%s\":", name).p, ","), &n));
	return n;
}

static void programs_join_and_part(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *steve = token_for(f, STEVE), *agent = token_for(f, AGENT);
	begin(f, &s, olga, "The line hums", "private");
	begin(f, &s, olga, "It hums again", "private");
	begin(f, &s, steve, "Something else", "private");
	say(f, &s, 1, olga, "Since Tuesday.");                             /* 1 */
	say(f, &s, 1, olga, "And the bill?");                              /* 2 */
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations/2/merge", "{\"into\":1}", olga).status, 403);
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations/2/merge", "{}", agent).status, 422);
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations/2/merge", "{\"into\":77}", agent).status, 422);
	struct answer r = ask(f, &s, "POST", "/api/v1/conversations/3/merge", "{\"into\":1}", agent);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "they stay apart");
	r = ask(f, &s, "POST", "/api/v1/conversations/2/merge", "{\"into\":1}", agent);
	assert_int_equal(r.status, 201);
	assert_has(r.body, "\"kind\":\"merge\",\"from_id\":2,\"to_id\":1,\"subject\":\"It hums again\"");
	int64_t merge = field_of(f, r.body, "id");
	assert_has(ask(f, &s, "GET", "/api/v1/conversations/1/messages", NULL, olga).body, "It hums again");
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations/2/merge", "{\"into\":1}", agent).status, 409);

	r = ask(f, &s, "POST", "/api/v1/conversations/1/split", "{\"messages\":[2],\"subject\":\"The bill\"}", agent);
	assert_int_equal(r.status, 201);
	int64_t split = field_of(f, r.body, "id"), part = field_of(f, r.body, "to_id");
	assert_has(ask(f, &s, "GET", at(f, "/api/v1/conversations/%d/messages", (int)part), NULL, olga).body, "And the bill?");
	assert_int_equal(ask(f, &s, "GET", at(f, "/api/v1/conversations/%d", (int)part), NULL, steve).status, 404);
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations/1/split", "{\"messages\":[],\"subject\":\"x\"}", agent).status, 422);

	/* both are in the list, newest first, from page to page */
	r = ask(f, &s, "GET", "/api/v1/conversations/1/joints?limit=1", NULL, agent);
	assert_int_equal(field_of(f, r.body, "id"), split);
	struct str next = between(f, r.body, "\"next\":\"", "\"");
	r = ask(f, &s, "GET", str_fmt(&f->a, "/api/v1/conversations/1/joints?limit=1&cursor=" STR_FMT, STR_ARG(next)).p, NULL, agent);
	assert_int_equal(field_of(f, r.body, "id"), merge);
	assert_has(r.body, "\"next\":null");
	assert_int_equal(ask(f, &s, "GET", "/api/v1/conversations/1/joints", NULL, olga).status, 403);

	/* undone they are what they were; of another thread it is none */
	assert_int_equal(ask(f, &s, "DELETE", at(f, "/api/v1/conversations/3/joints/%d", (int)merge), NULL, agent).status, 404);
	assert_int_equal(ask(f, &s, "DELETE", at(f, "/api/v1/conversations/1/joints/%d", (int)merge), NULL, steve).status, 403);
	assert_int_equal(ask(f, &s, "DELETE", at(f, "/api/v1/conversations/1/joints/%d", (int)split), NULL, agent).status, 204);
	assert_int_equal(ask(f, &s, "DELETE", at(f, "/api/v1/conversations/1/joints/%d", (int)merge), NULL, agent).status, 204);
	assert_int_equal(ask(f, &s, "DELETE", at(f, "/api/v1/conversations/1/joints/%d", (int)merge), NULL, agent).status, 404);
	assert_has_not(ask(f, &s, "GET", "/api/v1/conversations/1/messages", NULL, olga).body, "It hums again");
	assert_has(ask(f, &s, "GET", "/api/v1/conversations/1/messages", NULL, olga).body, "And the bill?");
	assert_has(ask(f, &s, "GET", "/api/v1/conversations/1/joints", NULL, agent).body, "\"data\":[]");
	is_sound(f);
	serve_stop(&s);
}

static void programs_ask_to_take_part(void **state) {
	FIXTURE(f);
	struct served s;
	put_person(f, BEA, "staff", "agent", "Bea Bell", 0);
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *steve = token_for(f, STEVE), *agent = token_for(f, AGENT);
	begin(f, &s, olga, "Our account", "private");
	begin(f, &s, olga, "In the open", "public");
	const char *bea = "/api/v1/conversations/1/participants/9", *all = "/api/v1/conversations/1/participants";
	assert_int_equal(ask(f, &s, "PUT", bea, NULL, olga).status, 403);
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/conversations/1/participants/2", NULL, agent).status, 422);
	for (int i = 0; i < 2; i++) assert_int_equal(ask(f, &s, "PUT", bea, NULL, agent).status, 204);
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/conversations/1/participants/4", NULL, agent).status, 204);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE data LIKE '%\"joined\"%'"), 2);
	struct answer r = ask(f, &s, "GET", "/api/v1/conversations/1/participants?limit=1", NULL, olga);
	assert_has(r.body, "{\"id\":4,\"name\":\"Agatha Agent\",\"staff\":true}");
	assert_has(r.body, "\"next\":\"4\"");
	r = ask(f, &s, "GET", "/api/v1/conversations/1/participants?limit=1&cursor=4", NULL, olga);
	assert_has(r.body, "Bea Bell");
	assert_has(r.body, "\"next\":null");
	assert_int_equal(ask(f, &s, "GET", all, NULL, steve).status, 404);
	/* who is on what everybody reads is the team's to know */
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/conversations/2/participants/9", NULL, agent).status, 204);
	assert_int_equal(ask(f, &s, "GET", "/api/v1/conversations/2/participants", NULL, steve).status, 403);
	assert_has(ask(f, &s, "GET", "/api/v1/conversations/2/participants", NULL, agent).body, "Bea Bell");
	for (int i = 0; i < 2; i++) assert_int_equal(ask(f, &s, "DELETE", bea, NULL, agent).status, 204);
	assert_has_not(ask(f, &s, "GET", all, NULL, agent).body, "Bea Bell");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE data LIKE '%\"left\"%'"), 1);
	serve_stop(&s);
}

int main(void) {
	struct str why;
	if (pack_load(&why) != OK) return 1;
	const struct CMUnitTest tests[] = {TALK_BOTH(who_waits_since_when), TALK_BOTH(the_inbox), TALK_BOTH(a_teams_own), TALK_BOTH(one_glance), TALK_BOTH(two_at_once),
		TALK_BOTH(who_takes_part), TALK_BOTH(saved_replies), TALK_BOTH(about_is_called_in_each_language), TALK_BOTH(two_become_one), TALK_BOTH(nobody_reads_more_by_it),
		TALK_BOTH(programs_join_and_part), TALK_BOTH(programs_ask_to_take_part)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
