/* Logins as they are used: by HTTP against a server, on both engines. */
#include "access/testing.h"
#include "sql/access.h"

static struct str hash_of_word;

static int begin(void **state) {
	(void)state;
	static struct arena arena;
	return crypto_init() == OK && password_hash(&arena, STR(WORD), &hash_of_word) == OK ? 0 : -1;
}

static void put_people(struct fixture *f) {
	put_person(f, 2, "staff", "owner", "Ruth Owner", 0);
	put_person(f, 3, "customer", "customer", "Jonas Weber", 0);
	put_person(f, 4, "customer", "customer", "Left Us", 0);
	put_person(f, 5, "customer", "customer", "New Comer", 0);
	admin_exec(f, "UPDATE person SET customer_no = '10382' WHERE id = 3");
	admin_exec(f, "UPDATE person SET disabled_at = 1 WHERE id = 4");
	put_login(f, 2, "ruth@xyz.example", hash_of_word.p);
	put_login(f, 3, "Jonas@Weber.example", hash_of_word.p);
	put_login(f, 4, "left@us.example", hash_of_word.p);
	put_login(f, 5, "new@comer.example", NULL);
}

#define LOGIN(name, word) "login=" name "&password=" word
#define GOOD "harbour%20lantern%20seven"

static const char *log_in(struct fixture *f, struct served *s, const char *fields) {
	struct answer r = call(f, s, "/login", fields, NULL, NULL);
	if (r.status != 303) fail_msg("login: %ld " STR_FMT, r.status, STR_ARG(r.body));
	const char *cookie = cookie_of(f, r);
	assert_non_null(cookie);
	return cookie;
}

static void test_login(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	struct answer r = call(f, &s, "/login?back=/conversations/3%3Fx%3D1", NULL, NULL, NULL);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "name=\"login\"");
	assert_has(r.body, "value=\"/conversations/3?x=1\"");
	assert_has(r.head, "no-store");
	/* By address in any case, by number; the cookie is closed to scripts. */
	r = call(f, &s, "/login", LOGIN("JONAS%40weber.example%20", GOOD) "&back=/conversations/3", NULL, NULL);
	assert_int_equal(r.status, 303);
	assert_has(r.head, "Location: /conversations/3\r\n");
	assert_has(r.head, "HttpOnly");
	assert_has(r.head, "SameSite=Lax");
	const char *cookie = log_in(f, &s, LOGIN("10382", GOOD));
	r = call(f, &s, "/me/login", NULL, cookie, NULL);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "Firefox on Linux");
	assert_has(r.body, "jonas@weber.example");
	r = call(f, &s, "/login", NULL, cookie, NULL); /* nothing to do there */
	assert_int_equal(r.status, 303);
	/* Staff begin at the desk. */
	r = call(f, &s, "/login", LOGIN("ruth%40xyz.example", GOOD), NULL, NULL);
	assert_has(r.head, "Location: /today\r\n");
	/* Out again. */
	r = send_form(f, &s, "/me/login", "/logout", "", cookie);
	assert_int_equal(r.status, 303);
	r = call(f, &s, "/me/login", NULL, cookie, NULL);
	assert_int_equal(r.status, 303);
	assert_has(r.head, "Location: /login?back=");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM audit WHERE action = 'login'"), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM audit WHERE action = 'logout'"), 1);
	serve_stop(&s);
}

/* Whoever it is: one answer. */
static void test_wrong_logins(void **state) {
	FIXTURE(f);
	struct served s;
	static const char *const tries[] = {LOGIN("jonas%40weber.example", "wrong"), LOGIN("nobody%40weber.example", "wrong"), LOGIN("99999", "wrong"),
		LOGIN("left%40us.example", GOOD), LOGIN("new%40comer.example", GOOD)};
	struct str first = STR_NONE;
	put_people(f);
	serve_start(f, &s);
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct answer r = call(f, &s, "/login", tries[i], NULL, NULL);
		assert_int_equal(r.status, 422);
		assert_null(cookie_of(f, r));
		struct str sentence = between(f, r.body, "role=\"alert\">", "</div>");
		assert_false(str_empty(sentence));
		if (str_none(first)) first = sentence;
		assert_true(str_eq(first, sentence));
	}
	struct answer r = call(f, &s, "/login", tries[0], NULL, NULL);
	assert_has(r.body, "value=\"jonas@weber.example\""); /* what was typed stays, but for the password */
	assert_has_not(r.body, "wrong");
	r = call(f, &s, "/login", "login=&password=", NULL, NULL);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "error-login");
	assert_has(r.body, "error-password");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM audit WHERE action = 'login_failed'"), 6);
	serve_stop(&s);
}

/* Only pages of ours, and none of the login's own. */
static void test_back(void **state) {
	FIXTURE(f);
	struct served s;
	static const char *const bad[] = {"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/login?x=1", "/logout",
		"%0d%0aLocation:%20/x", "/%0d%0aX:%20y", "evil.example"};
	put_people(f);
	serve_start(f, &s);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct answer r = call(f, &s, "/login", str_fmt(&f->a, "login=10382&password=%s&back=%s", GOOD, bad[i]).p, NULL, NULL);
		struct str to = between(f, r.head, "Location: ", "\r\n");
		if (!str_is(to, "/today") && r.status != 422) fail_msg("back=%s leads to " STR_FMT, bad[i], STR_ARG(to));
	}
	serve_stop(&s);
}

static enum err try_once(struct db *db, void *arg) { return login_try(db, arg); }
static enum err was_right(struct db *db, void *arg) { return login_try_was_right(db, arg); }

static void test_lock_out(void **state) {
	FIXTURE(f);
	usec_t now = SECONDS(1800000000);
	struct try t = {.account = STR("p3"), .address = STR("a192.0.2.1"), .now = now};
	static const int waits[] = {30, 60, 120, 240, 480, 960, 1920, 3600, 3600};
	for (int i = 0; i < 4; i++) {
		assert_int_equal(store_write(f->s, try_once, &t), OK);
		assert_int_equal(t.locked_until, 0);
	}
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		assert_int_equal(store_write(f->s, try_once, &t), OK);
		assert_int_equal(t.locked_until, 0); /* this one may still be looked at */
		t.now += SECONDS(1);
		t.address = str_fmt(&f->a, "a192.0.2.%zu", i + 2);
		assert_int_equal(store_write(f->s, try_once, &t), OK);
		assert_int_equal(t.locked_until, t.now - SECONDS(1) + SECONDS(waits[i]));
		t.now = t.locked_until;
		t.locked_until = 0;
	}
	/* The right password clears the account. */
	assert_int_equal(store_write(f->s, try_once, &t), OK);
	assert_int_equal(store_write(f->s, was_right, &t), OK);
	for (int i = 0; i < 4; i++) assert_int_equal(store_write(f->s, try_once, &t), OK);
	assert_int_equal(t.locked_until, 0);
	/* After a day the count begins anew; so many names from one address lock the address. */
	t.now += DAYS(1) + 1;
	int free = 0;
	for (t.locked_until = 0; t.locked_until == 0; free++) {
		t.account = str_fmt(&f->a, "n%d", free);
		t.address = STR("a198.51.100.7");
		assert_int_equal(store_write(f->s, try_once, &t), OK);
	}
	assert_int_equal(free, 22);
	assert_int_equal(t.locked_until, t.now + MINUTES(1));
}

static void test_address_keys(void **state) {
	(void)state;
	struct arena a = {0};
	assert_true(str_is(login_address_key(&a, STR("192.0.2.7")), "a192.0.2.7"));
	assert_true(str_is(login_address_key(&a, STR("2001:db8:1:2:3::4")), "a2001:0db8:0001:0002::"));
	assert_true(str_eq(login_address_key(&a, STR("2001:db8:1:2::1")), login_address_key(&a, STR("2001:db8:1:2:ffff::9"))));
	assert_true(str_is(login_address_key(&a, STR("nonsense")), "anonsense"));
	arena_done(&a);
}

static void test_locked_answer(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	for (int i = 0; i < 5; i++) call(f, &s, "/login", LOGIN("10382", "wrong"), NULL, NULL);
	struct answer r = call(f, &s, "/login", LOGIN("jonas%40weber.example", GOOD), NULL, NULL); /* the other name of the account */
	assert_int_equal(r.status, 429);
	assert_has(r.head, "Retry-After: ");
	assert_has(r.body, "You can try again");
	assert_has(r.body, "href=\"/forgot?login=jonas%40weber.example\"");
	assert_int_equal(admin_int(f, "SELECT fails FROM login_failure WHERE who = 'p3'"), 5);
	serve_stop(&s);
}

/* --------------------------------------------------------------- sessions */

static void test_sessions(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	const char *one = log_in(f, &s, LOGIN("10382", GOOD)), *two = log_in(f, &s, LOGIN("10382", GOOD));
	assert_int_equal(call(f, &s, "/me/login", NULL, "rialto=nonsense", NULL).status, 303);
	assert_int_equal(call(f, &s, "/me/login", NULL, "rialto=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL).status, 303);
	/* A form needs the session's token. */
	assert_int_equal(call(f, &s, "/me/login/sessions/end", "", one, NULL).status, 403);
	/* Another person's session cannot be ended. */
	const char *ruth = log_in(f, &s, LOGIN("ruth%40xyz.example", GOOD));
	int64_t id = admin_int(f, "SELECT max(id) FROM token WHERE person_id = 3");
	assert_int_equal(send_form(f, &s, "/me/login", str_fmt(&f->a, "/me/login/sessions/%d/end", (int)id).p, "", ruth).status, 404);
	assert_int_equal(send_form(f, &s, "/me/login", str_fmt(&f->a, "/me/login/sessions/%d/end", (int)id).p, "", one).status, 303);
	assert_int_equal(call(f, &s, "/me/login", NULL, two, NULL).status, 303);
	/* Everywhere. */
	assert_int_equal(send_form(f, &s, "/me/login", "/me/login/sessions/end", "", one).status, 303);
	assert_int_equal(call(f, &s, "/me/login", NULL, one, NULL).status, 303);
	/* One that was not used for too long, and one of somebody disabled. */
	one = log_in(f, &s, LOGIN("10382", GOOD));
	admin_exec(f, "UPDATE token SET expires_at = 1 WHERE person_id = 3");
	assert_int_equal(call(f, &s, "/me/login", NULL, one, NULL).status, 303);
	admin_exec(f, "UPDATE person SET disabled_at = 1 WHERE id = 2");
	assert_int_equal(call(f, &s, "/me/login", NULL, ruth, NULL).status, 303);
	serve_stop(&s);
}

/* That a session is in use is written down, but not more than every ten minutes. */
static void test_seen(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	const char *one = log_in(f, &s, LOGIN("10382", GOOD));
	int64_t at = admin_int(f, "SELECT seen_at FROM token WHERE person_id = 3");
	call(f, &s, "/me/login", NULL, one, NULL);
	assert_int_equal(admin_int(f, "SELECT seen_at FROM token WHERE person_id = 3"), at);
	admin_exec(f, "UPDATE token SET seen_at = seen_at - 700000000, expires_at = expires_at - 700000000 WHERE person_id = 3");
	call(f, &s, "/me/login", NULL, one, NULL);
	for (int i = 0; i < 100 && admin_int(f, "SELECT seen_at FROM token WHERE person_id = 3") < at; i++) usleep(20000);
	assert_true(admin_int(f, "SELECT seen_at FROM token WHERE person_id = 3") >= at);
	assert_true(admin_int(f, "SELECT expires_at - seen_at FROM token WHERE person_id = 3") == SESSION_LIVES);
	serve_stop(&s);
}

static void test_change_password(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	const char *one = log_in(f, &s, LOGIN("10382", GOOD)), *two = log_in(f, &s, LOGIN("10382", GOOD));
	struct answer r = send_form(f, &s, "/me/login", "/me/login", "old=wrong&password=nine+paper+boats", one);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "error-old");
	r = send_form(f, &s, "/me/login", "/me/login", "old=" GOOD "&password=password1", one);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "error-password");
	r = send_form(f, &s, "/me/login", "/me/login", "old=" GOOD "&password=nine+paper+boats", one);
	assert_int_equal(r.status, 303);
	assert_int_equal(call(f, &s, "/me/login", NULL, one, NULL).status, 200);
	assert_int_equal(call(f, &s, "/me/login", NULL, two, NULL).status, 303);
	assert_int_equal(call(f, &s, "/login", LOGIN("10382", GOOD), NULL, NULL).status, 422);
	log_in(f, &s, LOGIN("10382", "nine+paper+boats"));
	serve_stop(&s);
}

/* ------------------------------------------------------------------- tokens */

static void test_tokens(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	const char *cookie = log_in(f, &s, LOGIN("10382", GOOD));
	struct answer r = send_form(f, &s, "/me/login", "/me/login/tokens", "label=the+%3Cb%3Ebook+keeping", cookie);
	assert_int_equal(r.status, 200);
	struct str token = between(f, r.body, "id=\"new-token\" value=\"", "\"");
	assert_int_equal(token.n, TOKEN_CHARS);
	assert_has(r.body, "the &lt;b&gt;book keeping");
	assert_has_not(call(f, &s, "/me/login", NULL, cookie, NULL).body, "new-token");
	assert_int_equal(send_form(f, &s, "/me/login", "/me/login/tokens", "label=", cookie).status, 422);
	r = call(f, &s, "/api/v1/tokens", NULL, NULL, token.p);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "\"label\":\"the \\u003cb\\u003ebook keeping\"");
	assert_has_not(r.body, "hash");
	/* A token makes a token; it is no session, and a session is no token. */
	r = call(f, &s, "/api/v1/tokens", "label=another", NULL, token.p);
	assert_int_equal(r.status, 201);
	assert_int_equal(between(f, r.body, "\"token\":\"", "\"").n, TOKEN_CHARS);
	assert_int_equal(call(f, &s, "/me/login", NULL, str_fmt(&f->a, "rialto=%s", token.p).p, NULL).status, 303);
	assert_int_equal(call(f, &s, "/api/v1/tokens", NULL, NULL, cookie + strlen("rialto=")).status, 401);
	r = call(f, &s, "/api/v1/tokens", NULL, NULL, "nonsense");
	assert_int_equal(r.status, 401);
	assert_has(r.head, "WWW-Authenticate: Bearer");
	int64_t id = admin_int(f, "SELECT min(id) FROM token WHERE kind = 'api'");
	assert_int_equal(send_form(f, &s, "/me/login", str_fmt(&f->a, "/me/login/tokens/%d/end", (int)id).p, "", cookie).status, 303);
	assert_int_equal(call(f, &s, "/api/v1/tokens", NULL, NULL, token.p).status, 401);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM idempotency"), 0);
	serve_stop(&s);
}

/* -------------------------------------------------------------------- links */

struct made_link {
	struct arena *a;
	int person;
	const char *kind, *label;
	usec_t lives;
	struct str token;
};

static enum err make_link(struct db *db, void *arg) {
	struct made_link *l = arg;
	return access_link(db, l->a, (struct person_id){l->person}, l->kind, str_c(l->label), l->lives, &l->token);
}

static const char *link_for(struct fixture *f, int person, const char *kind, const char *label, usec_t lives) {
	struct made_link l = {.a = &f->a, .person = person, .kind = kind, .label = label, .lives = lives};
	assert_int_equal(store_write(f->s, make_link, &l), OK);
	return str_fmt(&f->a, "/%s/" STR_FMT, kind, STR_ARG(l.token)).p;
}

static void test_claim(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	admin_exec(f, "INSERT INTO contact (person_id, kind, label, value, folded, rank) VALUES (5, 'email', '', 'New@Home.example', 'new@home.example', 0)");
	serve_start(f, &s);
	const char *link = link_for(f, 5, "claim", "New@Home.example", CLAIM_LIVES);
	struct answer r = call(f, &s, link, NULL, NULL, NULL);
	assert_has(r.body, "Welcome, New Comer");
	assert_has(r.body, "XYZ &amp; Sons");
	r = call(f, &s, link, "password=newcomer1", NULL, NULL); /* the name */
	assert_int_equal(r.status, 422);
	assert_has(r.body, "error-password");
	r = call(f, &s, link, "password=nine+paper+boats", NULL, NULL);
	assert_int_equal(r.status, 303);
	assert_non_null(cookie_of(f, r));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person WHERE id = 5 AND claimed_at IS NOT NULL"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM contact WHERE person_id = 5 AND verified_at IS NOT NULL"), 1);
	log_in(f, &s, LOGIN("new%40home.example", "nine+paper+boats")); /* the address that was proved */
	assert_int_equal(call(f, &s, link, "password=other+paper+boats", NULL, NULL).status, 409);
	assert_has(call(f, &s, link, NULL, NULL, NULL).body, "no longer good");
	/* Too old; of another kind; of somebody disabled; no link at all. */
	assert_has(call(f, &s, link_for(f, 5, "claim", "", -1), NULL, NULL, NULL).body, "no longer good");
	const char *reset = link_for(f, 5, "reset", "", RESET_LIVES);
	assert_has(call(f, &s, str_fmt(&f->a, "/claim%s", reset + strlen("/reset")).p, NULL, NULL, NULL).body, "no longer good");
	assert_int_equal(call(f, &s, link_for(f, 4, "reset", "", RESET_LIVES), "password=nine+paper+boats", NULL, NULL).status, 409);
	assert_has(call(f, &s, "/claim/%3Cscript%3E", NULL, NULL, NULL).body, "no longer good");
	serve_stop(&s);
}

static void test_login_link(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	const char *link = link_for(f, 2, "login", "", LOGIN_LIVES);
	assert_has(call(f, &s, link, NULL, NULL, NULL).body, "Log in as Ruth Owner");
	assert_has(call(f, &s, link, NULL, NULL, NULL).body, "Log in as Ruth Owner"); /* looking does not use it up */
	struct answer r = call(f, &s, link, "", NULL, NULL);
	assert_int_equal(r.status, 303);
	assert_has(r.head, "Location: /me/login\r\n");
	assert_int_equal(call(f, &s, "/me/login", NULL, cookie_of(f, r), NULL).status, 200);
	assert_int_equal(call(f, &s, link, "", NULL, NULL).status, 409);
	serve_stop(&s);
}

/* An address that another person logs in with is not taken from them. */
static void test_verify(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	admin_exec(f, "INSERT INTO contact (person_id, kind, label, value, folded, rank) VALUES (5, 'email', '', 'ruth@xyz.example', 'ruth@xyz.example', 0)");
	admin_exec(f, "INSERT INTO contact (person_id, kind, label, value, folded, rank) VALUES (5, 'email', '', 'b@home.example', 'b@home.example', 1)");
	serve_start(f, &s);
	const char *link = link_for(f, 5, "verify", "b@home.example", VERIFY_LIVES);
	assert_has(call(f, &s, link, NULL, NULL, NULL).body, "b@home.example");
	assert_int_equal(call(f, &s, link, "", NULL, NULL).status, 303);
	assert_int_equal(admin_int(f, "SELECT person_id FROM identity WHERE subject = 'b@home.example'"), 5);
	assert_int_equal(call(f, &s, link_for(f, 5, "verify", "ruth@xyz.example", VERIFY_LIVES), "", NULL, NULL).status, 303);
	assert_int_equal(admin_int(f, "SELECT person_id FROM identity WHERE subject = 'ruth@xyz.example'"), 2);
	assert_int_equal(call(f, &s, link_for(f, 5, "verify", "gone@home.example", VERIFY_LIVES), "", NULL, NULL).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM identity WHERE subject = 'gone@home.example'"), 0);
	serve_stop(&s);
}

/* Forgotten: one answer for all, a mail only for who is known, and not more than three. */
static void test_forgot(void **state) {
	FIXTURE(f);
	struct served s;
	static const char *const names[] = {"login=nobody%40x.example", "login=10382", "login=jonas%40weber.example", "login=left%40us.example"};
	put_people(f);
	serve_start(f, &s);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct answer r = call(f, &s, "/forgot", names[i], NULL, NULL);
		assert_int_equal(r.status, 303);
		assert_has(r.head, "Location: /forgot?sent=1\r\n");
	}
	assert_has(call(f, &s, "/forgot?sent=1", NULL, NULL, NULL).body, "look into your mail");
	for (int i = 0; i < 250 && admin_int(f, "SELECT count(*) FROM mail") < 2; i++) usleep(20000);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM mail WHERE kind = 'reset' AND to_address = 'jonas@weber.example' AND person_id = 3"), 2);
	for (int i = 0; i < 3; i++) {
		call(f, &s, "/forgot", names[1], NULL, NULL);
		for (int k = 0; k < 250 && admin_int(f, "SELECT count(*) FROM mail") < 3; k++) usleep(20000);
	}
	usleep(200000);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM mail"), 3);
	/* A reset ends what was there. */
	const char *cookie = log_in(f, &s, LOGIN("10382", GOOD)), *link = link_for(f, 3, "reset", "", RESET_LIVES);
	struct answer r = call(f, &s, link, "password=nine+paper+boats", NULL, NULL);
	assert_int_equal(r.status, 303);
	assert_int_equal(call(f, &s, "/me/login", NULL, cookie, NULL).status, 303);
	assert_int_equal(call(f, &s, "/me/login", NULL, cookie_of(f, r), NULL).status, 200);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM token WHERE kind = 'reset'"), 0);
	serve_stop(&s);
}

static void test_appearance(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	struct answer r = call(f, &s, "/appearance", "theme=dark&lang=de&back=/login%3Fx", NULL, NULL);
	assert_int_equal(r.status, 303);
	assert_has(r.head, "theme=dark;");
	assert_has(r.head, "lang=de;");
	assert_has(r.head, "Location: /login?x\r\n");
	assert_has(call(f, &s, "/appearance", "theme=auto&back=//evil.example", NULL, NULL).head, "Location: /\r\n");
	assert_true(call(f, &s, "/appearance", "theme=%0d%0aX", NULL, NULL).status >= 400);
	const char *cookie = log_in(f, &s, LOGIN("10382", GOOD));
	send_form(f, &s, "/me/login", "/appearance", "lang=de", cookie);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person WHERE id = 3 AND locale = 'de'"), 1);
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_keys), FIRM_BOTH(test_login), FIRM_BOTH(test_wrong_logins), FIRM_BOTH(test_back), FIRM_BOTH(test_lock_out), FIRM_BOTH(test_locked_answer),
		FIRM_BOTH(test_sessions), FIRM_BOTH(test_seen), FIRM_BOTH(test_change_password), FIRM_BOTH(test_tokens), FIRM_BOTH(test_claim),
		FIRM_BOTH(test_login_link), FIRM_BOTH(test_verify), FIRM_BOTH(test_forgot), FIRM_BOTH(test_appearance),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
