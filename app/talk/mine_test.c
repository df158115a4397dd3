/* A person finds all they told us, say "me too" to and follow; and who says so is nobody else's business. On both
 * engines. */
#include "talk/testing.h"

static void begin(struct fixture *f, const struct served *s, const char *subject, int who) {
	const char *json = str_fmt(&f->a, "{\"kind\":\"problem\",\"subject\":\"%s\"}", subject).p;
	assert_int_equal(ask(f, s, "POST", "/api/v1/conversations", json, token_for(f, who)).status, 201);
}

static void people_find_their_own(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = session_for(f, OLGA), *steve = session_for(f, STEVE);
	assert_has(call(f, &s, "/mine", NULL, olga, NULL).body, "You have not told us anything yet");
	assert_has(call(f, &s, "/mine?show=voted", NULL, olga, NULL).body, "You have not said");
	assert_has(call(f, &s, "/mine?show=followed", NULL, olga, NULL).body, "You follow nothing yet");
	assert_int_equal(call(f, &s, "/mine", NULL, NULL, NULL).status, 303);
	assert_int_equal(ask(f, &s, "GET", "/api/v1/conversations/mine", NULL, NULL).status, 401);

	begin(f, &s, "aardvark", OLGA);
	begin(f, &s, "bobolink", STEVE);
	begin(f, &s, "capybara", STEVE);
	begin(f, &s, "dormouse", STEVE);
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/conversations/2/vote", NULL, token_for(f, OLGA)).status, 200);
	assert_int_equal(send_form(f, &s, "/conversations/3", "/conversations/3/vote", "follow=yes", olga).status, 303);
	static const struct { const char *show, *words; } sees[] = {{"told", "a"}, {"voted", "b"}, {"followed", "abc"}};
	static const char *const words[] = {"aardvark", "bobolink", "capybara", "dormouse"};
	for (int i = 0; i < 3; i++) {
		struct answer page = call(f, &s, str_fmt(&f->a, "/mine?show=%s", sees[i].show).p, NULL, olga, NULL);
		struct answer list = ask(f, &s, "GET", str_fmt(&f->a, "/api/v1/conversations/mine?show=%s", sees[i].show).p, NULL,
			token_for(f, OLGA));
		for (int k = 0; k < 4; k++) {
			bool sure = strchr(sees[i].words, words[k][0]) != NULL;
			if (str_has(page.body, str_c(words[k])) != sure || str_has(list.body, str_c(words[k])) != sure)
				fail_msg("%s: %s", sees[i].show, words[k]);
		}
	}
	/* the list goes on */
	struct answer r = ask(f, &s, "GET", "/api/v1/conversations/mine?show=followed&limit=2", NULL, token_for(f, OLGA));
	assert_has(r.body, "capybara");
	assert_has_not(r.body, "aardvark");
	assert_has(r.head, "rel=\"next\"");
	assert_has(call(f, &s, "/mine?show=followed&limit=2&cursor=2", NULL, olga, NULL).body, "aardvark");
	assert_has(call(f, &s, "/mine?show=followed&limit=2", NULL, olga, NULL).body, "cursor=2");
	/* what became private, or was taken down, is gone from it */
	admin_exec(f, "UPDATE conversation SET visibility = 'private' WHERE id = 2");
	admin_exec(f, "UPDATE conversation SET hidden_at = 1 WHERE id = 3");
	r = call(f, &s, "/mine?show=followed", NULL, olga, NULL);
	assert_has_not(r.body, "bobolink");
	assert_has_not(r.body, "capybara");
	assert_has(call(f, &s, "/mine", NULL, steve, NULL).body, "bobolink");
	serve_stop(&s);
}

static void me_too_is_nobody_elses_business(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	admin_exec(f, "INSERT INTO person_audience (person_id, field, audience) VALUES (1, 'about', 'public')");
	admin_exec(f, "UPDATE person SET about = 'I am Olga' WHERE id = 1");
	begin(f, &s, "bobolink", STEVE);
	begin(f, &s, "capybara", STEVE);
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/conversations/1/vote", NULL, token_for(f, OLGA)).status, 200);
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations/2/messages", "{\"body\":\"I think so\"}", token_for(f,
		OLGA)).status,
		201);
	const char *who[] = {NULL, session_for(f, STEVE), session_for(f, OLGA), session_for(f, AGENT)};
	for (int i = 0; i < 4; i++) {
		struct answer r = call(f, &s, "/people/1?tab=said", NULL, who[i], NULL);
		assert_int_equal(r.status, 200);
		assert_has(r.body, "capybara");                      /* what somebody says in the open is open */
		assert_int_equal(str_has(r.body, STR("bobolink")), i >= 2);
	}
	serve_stop(&s);
}

int main(int argc, char **argv) {
	(void)argc, (void)argv;
	const struct CMUnitTest tests[] = {TALK_BOTH(people_find_their_own), TALK_BOTH(me_too_is_nobody_elses_business)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
