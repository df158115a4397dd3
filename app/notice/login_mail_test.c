/* What changes about somebody's login is told to their proved addresses, each time and in their language; and the
 * outbox tells the staff no address that a person keeps to themself. Spoken to over HTTP, on both engines. */
#include "access/testing.h"
#include "notice/mail.h"

enum { RUTH = 2, JONAS = 3, MARTA = 4 };

static void put_people(struct fixture *f) {
	put_person(f, RUTH, "staff", "owner", "Ruth Owner", 0);
	put_person(f, JONAS, "customer", "customer", "Jonas Weber", 0);
	put_person(f, MARTA, "customer", "customer", "Marta Lindqvist", 0);
	admin_exec(f, "UPDATE person SET locale = 'de' WHERE id = 4;"
	              "INSERT INTO contact (person_id, kind, label, value, folded, rank, verified_at) VALUES"
	              " (3, 'email', '', 'jonas@weber.example', 'jonas@weber.example', 0, 1),"
	              " (3, 'email', '', 'second@weber.example', 'second@weber.example', 1, 1),"
	              " (3, 'email', '', 'third@weber.example', 'third@weber.example', 2, NULL),"
	              " (4, 'email', '', 'marta@home.example', 'marta@home.example', 0, NULL)");
	put_login(f, RUTH, "ruth@xyz.example", NULL);
	put_login(f, JONAS, "jonas@weber.example", NULL);
	put_login(f, JONAS, "second@weber.example", NULL);
}

struct task {
	struct arena *a;
	int person;
	const char *kind;
	struct str token, address;
};

static enum err begin_session(struct db *db, void *arg) {
	const struct task *t = arg;
	return session_begin(db, t->a, (struct person_id){t->person}, t->token, (struct caller){.peer = STR("192.0.2.1"), .agent = STR("")});
}

static const char *log_in(struct fixture *f, int person) {
	struct task t = {.a = &f->a, .person = person, .token = token_new(&f->a)};
	assert_int_equal(store_write(f->s, begin_session, &t), OK);
	return str_fmt(&f->a, "rialto=" STR_FMT, STR_ARG(t.token)).p;
}

static enum err make_link(struct db *db, void *arg) {
	struct task *t = arg;
	return access_link(db, t->a, (struct person_id){t->person}, t->kind, t->address, DAYS(1), &t->token);
}

/* The path of a new one-time link. */
static const char *link_for(struct fixture *f, int person, const char *kind, struct str address) {
	struct task t = {.a = &f->a, .person = person, .kind = kind, .address = address};
	assert_int_equal(store_write(f->s, make_link, &t), OK);
	return str_fmt(&f->a, "/%s/" STR_FMT, kind, STR_ARG(t.token)).p;
}

/* The letters about logins since the last time: how many there are to be, and that each of these addresses got one. */
static void expect(struct fixture *f, const char *subject, int n, const char *to, const char *and_to) {
	static const char *const all = "SELECT count(*) FROM mail WHERE kind = 'login'";
	for (int i = 0; i < 250 && admin_int(f, all) < n; i++) usleep(20000);
	usleep(100000); /* and none too many */
	assert_int_equal(admin_int(f, all), n);
	for (int i = 0; i < 2; i++) {
		const char *address = i ? and_to : to;
		if (address == NULL) continue;
		assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM mail WHERE kind = 'login' AND to_address = '%s' AND subject LIKE '%s'"
		                                      " AND body_text LIKE '%%/forgot%%'", address, subject).p), 1);
	}
	admin_exec(f, "DELETE FROM mail");
}

static void changes_of_a_login_are_told(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	const char *jonas = log_in(f, JONAS), *first = "jonas@weber.example", *second = "second@weber.example";
	assert_int_equal(send_form(f, &s, "/me/login", "/me/login", "password=harbour+lantern+eight", jonas).status, 303);
	expect(f, "Your password at XYZ & Sons was changed", 2, first, second);
	/* another address: those that were there before are told */
	const char *link = link_for(f, JONAS, "verify", STR("third@weber.example"));
	assert_int_equal(send_form(f, &s, link, link, "", jonas).status, 303);
	expect(f, "Another address for your login at XYZ & Sons", 2, first, second);
	/* one is taken away: it is told, too */
	assert_int_equal(send_form(f, &s, "/people/3/edit", "/people/3/edit",
	                           "given=1&name=Jonas+Weber&emails=jonas@weber.example&emails=third@weber.example", jonas).status, 303);
	expect(f, "An address of your login at XYZ & Sons is gone", 3, first, second);
	assert_int_equal(send_form(f, &s, "/me/login", "/me/login/sessions/end", "", jonas).status, 303);
	expect(f, "You are logged out everywhere at XYZ & Sons", 2, first, "third@weber.example");
	/* a forgotten one */
	link = link_for(f, JONAS, "reset", STR("jonas@weber.example"));
	assert_int_equal(call(f, &s, link, "password=harbour+lantern+nine", NULL, NULL).status, 303);
	expect(f, "Your password at XYZ & Sons was changed", 2, first, "third@weber.example");
	/* who takes their profile knows it; a link in later years is news */
	link = link_for(f, MARTA, "claim", STR("marta@home.example"));
	assert_int_equal(call(f, &s, link, "password=harbour+lantern+nine", NULL, NULL).status, 303);
	expect(f, "", 0, NULL, NULL);
	link = link_for(f, MARTA, "claim", STR(""));
	assert_int_equal(call(f, &s, link, "password=harbour+lantern+ten", NULL, NULL).status, 303);
	expect(f, "Ihr Passwort bei XYZ & Sons wurde geändert", 1, "marta@home.example", NULL);
	/* who has proved none gets it where they log in */
	assert_int_equal(send_form(f, &s, "/me/login", "/me/login/sessions/end", "", log_in(f, RUTH)).status, 303);
	expect(f, "You are logged out everywhere at XYZ & Sons", 1, "ruth@xyz.example", NULL);
	serve_stop(&s);
}

static enum err ask_address(struct db *db, void *arg) {
	const struct task *t = arg;
	return mail_verify(db, t->a, STR("https://xyz.example"), (struct person_id){JONAS}, STR("second@weber.example"));
}

static void the_outbox_hides_hidden_addresses(void **state) {
	FIXTURE(f);
	struct served s;
	struct task t = {.a = &f->a};
	put_people(f);
	serve_start(f, &s);
	assert_int_equal(store_write(f->s, ask_address, &t), OK);
	admin_exec(f, "UPDATE mail SET state = 'failed', why = 'second@weber.example: no such mailbox'");
	const char *ruth = log_in(f, RUTH);
	const char *letter = str_fmt(&f->a, "/outbox/%d", (int)admin_int(f, "SELECT max(id) FROM mail")).p;
	assert_has(call(f, &s, "/outbox", NULL, ruth, NULL).body, "second@weber.example");
	assert_has(call(f, &s, letter, NULL, ruth, NULL).body, "no such mailbox");
	admin_exec(f, "INSERT INTO person_audience VALUES (3, 'email', 'me')");
	assert_has_not(call(f, &s, "/outbox", NULL, ruth, NULL).body, "second@weber.example");
	assert_has_not(call(f, &s, letter, NULL, ruth, NULL).body, "second@weber.example");
	assert_has(call(f, &s, letter, NULL, ruth, NULL).body, "The mail server did not take it.");
	const char *link = link_for(f, JONAS, "verify", STR("second@weber.example"));
	assert_int_equal(call(f, &s, link, "", NULL, NULL).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM audit WHERE action = 'email_verified'"), 1);
	assert_has_not(call(f, &s, "/audit", NULL, ruth, NULL).body, "second@weber.example");
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {FIRM_BOTH(changes_of_a_login_are_told), FIRM_BOTH(the_outbox_hides_hidden_addresses)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
