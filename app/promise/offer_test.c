/* What was said fills in the form of a promise, and makes none; over HTTP, on both engines. */
#include "talk/testing.h"
#include "text/date.h"

struct saying {
	struct arena *a;
	int author;
	const char *kind, *body;
	struct message_id id;
};

static enum err say(struct db *db, void *arg) {
	struct saying *s = arg;
	struct new_message m = {.conversation = {10}, .kind = str_c(s->kind), .author = {s->author}, .body = str_c(s->body)};
	return talk_say(db, s->a, &m, &s->id);
}

static struct str form_of(struct fixture *f, struct served *s, const char *cookie, int author, const char *kind, const char *body) {
	struct saying x = {.a = &f->a, .author = author, .kind = kind, .body = body};
	assert_int_equal(store_write(f->s, say, &x), OK);
	struct answer r = call(f, s, str_fmt(&f->a, "/expectations/new?message_id=%lld", (long long)x.id.v).p, NULL, cookie, NULL);
	assert_int_equal(r.status, 200);
	return r.body;
}

static void what_was_said_fills_in_the_form(void **state) {
	FIXTURE(f);
	struct served s;
	put_conversation(f, 10, "private", OLGA, false);
	serve_start(f, &s);
	const char *cookie = session_for(f, AGENT);
	int year, month, day;
	days_civil(clock_now() / DAYS(1), &year, &month, &day);
	struct str form = form_of(f, &s, cookie, AGENT, "comment",
		str_fmt(&f->a, "Thank you for the photos. We will send you the form by 5 May %d.", year + 2).p);
	assert_true(str_has(form, str_fmt(&f->a, "value=\"%d-05-05\"", year + 2)));
	assert_has(form, "value=\"ours\" checked");
	form = form_of(f, &s, cookie, OLGA, "comment", str_fmt(&f->a, "Ich schicke Ihnen die Fotos bis zum 6. Mai %d.", year + 2).p);
	assert_has(form, "value=\"theirs\" checked");
	/* no promise: the words stand there, and no day */
	form = form_of(f, &s, cookie, AGENT, "comment", "Did you get our letter on Friday?");
	assert_has(form, "Did you get our letter on Friday?");
	assert_true(str_empty(between(f, between(f, form, "id=\"day\"", ">"), "value=\"", "\"")));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation"), 0);
	/* it is the team's form */
	assert_int_equal(call(f, &s, "/expectations/new?message_id=1", NULL, session_for(f, OLGA), NULL).status, 403);
	serve_stop(&s);
}

static int next_year(void) {
	int year, month, day;
	days_civil(clock_now() / DAYS(1), &year, &month, &day);
	return year + 1;
}

static struct answer say_form(struct fixture *f, struct served *s, const char *cookie, const char *path, const char *fields) {
	return send_form(f, s, "/expectations", path, fields, cookie);
}

static int64_t made(struct fixture *f, const char *where) {
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM expectation x LEFT JOIN message m ON m.id = x.message_id WHERE %s", where).p);
}

/* What was ticked while writing is made with the message, of it, and as wide as it; or neither is there. */
static void what_was_ticked_is_made_with_the_words(void **state) {
	FIXTURE(f);
	struct served s;
	put_conversation(f, 10, "private", OLGA, false);
	put_conversation(f, 11, "public", OLGA, false);
	serve_start(f, &s);
	const char *cookie = session_for(f, AGENT);
	const char *fields = str_fmt(&f->a, "&body=We+will+send+you+the+form+by+5+May+%d.&promise=The+form&promise_direction=ours&promise_said=5+May&promise_day=%d-05-06", next_year(), next_year()).p;
	assert_int_equal(say_form(f, &s, cookie, "/conversations/10", str_fmt(&f->a, "act=comment%s", fields).p).status, 303);
	assert_int_equal(made(f, "m.kind = 'comment' AND x.conversation_id = 10 AND x.audience = 'both' AND x.person_id = 1 AND x.owner_id = 4 AND x.text = 'The form'"), 1);
	assert_int_equal(say_form(f, &s, cookie, "/conversations/10", str_fmt(&f->a, "act=note%s", fields).p).status, 303);
	assert_int_equal(made(f, "m.kind = 'note' AND x.audience = 'team'"), 1);
	assert_int_equal(say_form(f, &s, cookie, "/conversations/11", str_fmt(&f->a, "act=answer%s", fields).p).status, 303);
	assert_int_equal(made(f, "m.kind = 'answer' AND x.audience = 'public' AND x.conversation_id = 11"), 1);
	/* not ticked: nothing; the day is wrong: neither words nor promise, and the offer stands there again, ticked */
	assert_int_equal(say_form(f, &s, cookie, "/conversations/10", "act=comment&body=We+will+send+it+by+Friday.&promise_day=2037-01-02").status, 303);
	assert_int_equal(made(f, "1 = 1"), 3);
	int64_t said = admin_int(f, "SELECT count(*) FROM message");
	struct answer r = say_form(f, &s, cookie, "/conversations/10", "act=comment&body=We+will+send+it+by+Friday.&promise=We+will+send+it+by+Friday.&promise_day=2020-01-02");
	assert_int_equal(r.status, 422);
	assert_has(r.body, "This is over already");
	assert_has(r.body, "value=\"We will send it by Friday.\" checked");
	assert_has(r.body, "value=\"2020-01-02\"");
	/* what we promise is not a customer's to make */
	assert_int_equal(say_form(f, &s, session_for(f, OLGA), "/conversations/10", "act=comment&body=Send+it.&promise=Send+it&promise_direction=ours&promise_day=2037-01-02").status, 403);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message"), said);
	assert_int_equal(made(f, "1 = 1"), 3);
	/* by programs */
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations/10/messages", "{\"body\":\"By then.\",\"promise\":\"By then\",\"promise_day\":\"2037-01-02\"}",
		token_for(f, AGENT)).status, 201);
	assert_int_equal(made(f, "x.text = 'By then' AND m.body = 'By then.'"), 1);
	serve_stop(&s);
}

static void of_a_message_between_two_and_of_a_call(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *cookie = session_for(f, AGENT);
	put_login(f, AGENT, "agent@xyz.example", NULL);
	struct answer r = say_form(f, &s, session_for(f, OLGA), "/messages/new", "person=4&subject=The+form&body=Hello");
	assert_int_equal(r.status, 303);
	const char *path = str_fmt(&f->a, "/messages/%lld", (long long)admin_int(f, "SELECT max(id) FROM conversation")).p;
	assert_int_equal(say_form(f, &s, cookie, path, "act=say&body=You+have+it+by+then.&promise=The+form&promise_day=2037-01-02").status, 303);
	assert_int_equal(made(f, "m.body = 'You have it by then.' AND x.person_id = 1 AND x.audience = 'both'"), 1);
	assert_has(call(f, &s, str_fmt(&f->a, "/expectations/offers?q=We+will+call+you+tomorrow.&conversation_id=%s", path + strlen("/messages/")).p, NULL, cookie, NULL).body,
		"The whole team reads these words");
	assert_int_equal(say_form(f, &s, cookie, "/calls/new", "person_id=1&said=Hello&agreed=The+form&promise=The+form&promise_day=2037-01-02").status, 303);
	assert_int_equal(made(f, "x.call_id IS NOT NULL AND x.person_id = 1 AND x.source = 'call'"), 1);
	int64_t calls = admin_int(f, "SELECT count(*) FROM call");
	assert_int_equal(say_form(f, &s, cookie, "/calls/new", "person_id=1&said=Hello&agreed=The+form&promise=The+form&promise_day=").status, 422);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM call"), calls);
	serve_stop(&s);
}

/* Without scripts the page behind sending offers it, with one button, until it is made; to who said it. */
static void behind_sending_it_is_offered(void **state) {
	FIXTURE(f);
	struct served s;
	put_conversation(f, 11, "public", OLGA, false);
	serve_start(f, &s);
	const char *cookie = session_for(f, AGENT);
	struct answer r = say_form(f, &s, cookie, "/conversations/11", str_fmt(&f->a, "act=answer&body=We+will+mend+it+by+5+May+%d.", next_year()).p);
	assert_int_equal(r.status, 303);
	struct str id = str_fmt(&f->a, "%lld", (long long)admin_int(f, "SELECT max(id) FROM message"));
	assert_true(str_has(r.head, str_fmt(&f->a, "/conversations/11?said=" STR_FMT "#offered", STR_ARG(id))));
	const char *page = str_fmt(&f->a, "/conversations/11?said=" STR_FMT, STR_ARG(id)).p;
	struct str body = call(f, &s, page, NULL, cookie, NULL).body, box = between(f, body, "id=\"offered\"", "</section>");
	assert_has(box, "Note it as a promise");
	assert_true(str_has(box, str_fmt(&f->a, "value=\"%d-05-05\"", next_year())));
	put_person(f, 9, "staff", "agent", "Nadia New", 0);
	assert_has_not(call(f, &s, page, NULL, session_for(f, 9), NULL).body, "id=\"offered\"");
	assert_has_not(call(f, &s, page, NULL, session_for(f, OLGA), NULL).body, "id=\"offered\"");
	assert_int_equal(say_form(f, &s, cookie, "/expectations/new", str_fmt(&f->a, "message_id=" STR_FMT "&text=Mended&day=2037-01-02", STR_ARG(id)).p).status, 303);
	assert_int_equal(made(f, "x.audience = 'public'"), 1);
	assert_has_not(call(f, &s, page, NULL, cookie, NULL).body, "id=\"offered\"");
	/* it was offered before sending, or nothing is promised: no offer behind it */
	assert_has_not(say_form(f, &s, cookie, "/conversations/11", "act=comment&body=We+will+come+by+Friday.&promise_day=2037-01-02").head, "said=");
	assert_has_not(say_form(f, &s, cookie, "/conversations/11", "act=comment&body=Did+it+come+on+Friday%3F").head, "said=");
	serve_stop(&s);
}

static int64_t theirs(struct fixture *f, const char *where) {
	return made(f, str_fmt(&f->a, "NOT x.ours AND x.person_id = 1 AND x.made_by = 1 AND x.audience = 'both' AND %s", where).p);
}

/* A customer promises in their own words and conversations, and for themselves; who knows them sees to it. */
static void what_a_customer_promises(void **state) {
	FIXTURE(f);
	struct served s;
	put_person(f, 9, "staff", "manager", "Mona Manager", 0);
	put_conversation(f, 10, "private", OLGA, false);
	put_conversation(f, 11, "public", STEVE, false);
	serve_start(f, &s);
	const char *olga = session_for(f, OLGA), *token = token_for(f, OLGA), *page = "/expectations/offers?q=I+will+send+you+the+form+by+Friday.&conversation_id=";
	/* offered where they are at home, and only what they promise themselves */
	assert_has(call(f, &s, str_fmt(&f->a, "%s10", page).p, NULL, olga, NULL).body, "This reads like a promise");
	assert_has_not(call(f, &s, str_fmt(&f->a, "%s11", page).p, NULL, olga, NULL).body, "This reads like a promise");
	assert_has_not(call(f, &s, "/expectations/offers?q=Please+send+me+the+form+by+Friday.&conversation_id=10", NULL, olga, NULL).body, "promise_day");
	assert_has(call(f, &s, "/conversations/10", NULL, olga, NULL).body, "data-similar=\"/expectations/offers");
	assert_has_not(call(f, &s, "/conversations/11", NULL, olga, NULL).body, "data-similar=");
	/* one tick; or, without scripts, one button behind sending */
	assert_int_equal(say_form(f, &s, olga, "/conversations/10", "act=comment&body=I+send+the+form.&promise=The+form&promise_direction=theirs&promise_day=2037-01-02").status, 303);
	assert_int_equal(theirs(f, "m.author_id = 1 AND x.conversation_id = 10 AND x.owner_id = 9 AND x.text = 'The form'"), 1);     /* nobody's customer: who leads */
	admin_exec(f, "UPDATE conversation SET assignee_id = 4 WHERE id = 10");
	struct answer r = say_form(f, &s, olga, "/conversations/10", str_fmt(&f->a, "act=comment&body=I+will+send+you+the+form+by+5+May+%d.", next_year()).p);
	assert_has(r.head, "#offered");
	struct str id = str_fmt(&f->a, "%lld", (long long)admin_int(f, "SELECT max(id) FROM message"));
	assert_has(call(f, &s, str_fmt(&f->a, "/conversations/10?said=" STR_FMT, STR_ARG(id)).p, NULL, olga, NULL).body, "id=\"offered\"");
	assert_int_equal(say_form(f, &s, olga, "/expectations/new", str_fmt(&f->a, "message_id=" STR_FMT "&direction=theirs&text=It&day=2037-01-02", STR_ARG(id)).p).status, 303);
	assert_int_equal(theirs(f, "x.owner_id = 4"), 1);
	/* from their own page */
	admin_exec(f, "UPDATE person SET contact_id = 9 WHERE id = 1");
	struct str form = call(f, &s, "/expectations/new", NULL, olga, NULL).body;
	assert_has(form, "What do you promise?");
	assert_has_not(form, "name=\"owner_id\"");
	assert_int_equal(say_form(f, &s, olga, "/expectations/new", "text=I+pay&day=2037-01-02").status, 303);
	assert_int_equal(theirs(f, "x.owner_id = 9 AND x.text = 'I pay' AND x.source = 'hand'"), 1);
	/* not for others, not for us, not of others' words, not in others' conversations */
	static const char *const wrong[] = {"\"to\":1", "\"from\":2", "\"person_id\":2", "\"owner_id\":4", "\"direction\":\"ours\"", "\"audience\":\"team\"", "\"audience\":\"public\"",
		"\"conversation_id\":11", "\"who\":\"Steve\""};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(ask(f, &s, "POST", "/api/v1/expectations", str_fmt(&f->a, "{\"text\":\"x\",\"day\":\"2037-01-02\",%s}", wrong[i]).p, token).status, 403);
	assert_int_equal(ask(f, &s, "POST", "/api/v1/expectations", "{\"text\":\"x\",\"day\":\"2037-01-02\"}", NULL).status, 401);
	assert_int_equal(theirs(f, "1 = 1"), 3);
	assert_int_equal(made(f, "1 = 1"), 3);
	/* they say that it is done; whether it was kept is ours to say */
	const char *resolve = str_fmt(&f->a, "/api/v1/expectations/%lld/resolve", (long long)admin_int(f, "SELECT max(id) FROM expectation")).p;
	assert_int_equal(ask(f, &s, "POST", resolve, "{\"outcome\":\"kept\"}", token).status, 403);
	assert_int_equal(ask(f, &s, "POST", resolve, "{\"outcome\":\"done\"}", token).status, 200);
	assert_int_equal(ask(f, &s, "POST", resolve, "{\"outcome\":\"kept\"}", token_for(f, AGENT)).status, 200);
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {TALK_BOTH(what_was_said_fills_in_the_form), TALK_BOTH(what_was_ticked_is_made_with_the_words),
		TALK_BOTH(of_a_message_between_two_and_of_a_call), TALK_BOTH(behind_sending_it_is_offered),
		TALK_BOTH(what_a_customer_promises)};
	return cmocka_run_group_tests_name("offer", tests, NULL, NULL);
}
