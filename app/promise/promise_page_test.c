/* Expectations over HTTP on both engines: written down from a message in one form, read by both sides, moved, judged, refused with a sentence; and the
 * calendar under its address. */
#include "access/testing.h"
#include "pack/pack.h"
#include "promise/promise_int.h"

enum { OWNER = 1, AGENT = 2, ANN = 10, OTTO = 11 };
#define LOGIN(email) "login=" email "&password=harbour+lantern+seven"
#define WORDS "text=The+form&day=2037-01-02&said=within+six+weeks&message_id=100&audience=both"

static struct fixture *begin(enum db_engine engine) {
	struct fixture *f = firm_new(engine);
	struct str hash;
	assert_int_equal(password_hash(&f->a, STR(WORD), &hash), OK);
	put_person(f, OWNER, "staff", "owner", "Olive Owner", 0);
	put_person(f, AGENT, "staff", "agent", "Agatha Agent", 0);
	put_person(f, ANN, "customer", "customer", "Ann Holder", 0);
	put_person(f, OTTO, "customer", "customer", "Otto Other", 0);
	put_login(f, AGENT, "agent@xyz.example", hash.p);
	put_login(f, ANN, "ann@xyz.example", hash.p);
	put_login(f, OTTO, "otto@xyz.example", hash.p);
	put_conversation(f, 1, "private", ANN, false);
	put_conversation(f, 2, "public", ANN, false);
	admin_exec(f, "INSERT INTO message (id, conversation_id, kind, author_id, channel, body, status, created_at) VALUES"
	              " (100, 1, 'comment', 2, 'portal', 'You have the **form** by Friday.', '', 1), (101, 1, 'note', 2, 'portal', 'She is cross.', '', 1),"
	              " (102, 2, 'comment', 2, 'portal', 'It comes back.', '', 1)");
	return f;
}
static int begin_sqlite(void **state) { *state = begin(DB_SQLITE); return 0; }
static int begin_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? begin(DB_PG) : NULL; return 0; }
#define PAGES(test) {#test " (SQLite)", test, begin_sqlite, down, NULL}, {#test " (PostgreSQL)", test, begin_pg, down, NULL}

/* Somebody in a browser. */
struct reader {
	struct fixture *f;
	const struct served *s;
	const char *cookie;
};

static struct reader enter(struct fixture *f, const struct served *s, const char *login) {
	struct reader r = {f, s, cookie_of(f, call(f, s, "/login", login, NULL, NULL))};
	assert_non_null(r.cookie);
	return r;
}

static struct answer look(const struct reader *r, const char *path) { return call(r->f, r->s, path, NULL, r->cookie, NULL); }

static struct answer give(const struct reader *r, const char *path, const char *fields) { return send_form(r->f, r->s, "/me/login", path, fields, r->cookie); }

static void from_a_message(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct reader agent = enter(f, &s, LOGIN("agent@xyz.example")), ann = enter(f, &s, LOGIN("ann@xyz.example")), otto = enter(f, &s, LOGIN("otto@xyz.example"));
	assert_has(look(&agent, "/conversations/1").body, "/expectations/new?message_id=100");
	assert_has_not(look(&ann, "/conversations/1").body, "/expectations/new");
	struct answer form = look(&agent, "/expectations/new?message_id=100");
	assert_has(form.body, "You have the form by Friday.</textarea>");            /* its words, ready to be changed */
	assert_has(form.body, "With Ann Holder");
	assert_has_not(form.body, "value=\"public\"");                             /* not everyone reads it there */
	assert_has(look(&agent, "/expectations/new?message_id=101").body, "value=\"team\" checked");   /* a note is the team's */
	assert_int_equal(look(&ann, "/expectations/new?message_id=100").status, 403);
	assert_int_equal(give(&ann, "/expectations/new", WORDS).status, 403);
	assert_int_equal(give(&agent, "/expectations/new", WORDS).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE person_id = 10 AND owner_id = 2 AND conversation_id = 1 AND message_id = 100 AND ours"), 1);
	assert_has(look(&ann, "/expectations").body, "The form");
	assert_has(look(&ann, "/expectations/1").body, "within six weeks");
	assert_has(look(&ann, "/conversations/1").body, "What was promised here");
	assert_has(look(&agent, "/conversations/1").body, "Before you write");
	assert_has(look(&agent, "/people/10").body, "href=\"/expectations/1\"");
	assert_has(look(&agent, "/desk").body, "Agatha Agent promised by");
	assert_int_equal(look(&otto, "/expectations/1").status, 404);
	assert_has_not(look(&otto, "/expectations").body, "The form");
	serve_stop(&s);
}

static void what_is_wrong_is_said(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct reader agent = enter(f, &s, LOGIN("agent@xyz.example"));
	static const struct { const char *fields, *says; } wrong[] = {
		{"person_id=10&day=2037-01-02&text=", "Please say what is promised."}, {"person_id=10&text=x", "By when?"}, {"person_id=10&text=x&day=tomorrow", "This is not a day."},
		{"person_id=10&text=x&day=2020-01-01", "This is over already."}, {"person_id=10&text=x&day=2037-01-02&clock=25:00", "This is not a time of day."},
		{"person_id=10&text=x&day=9999-12-31", "This is too far away."}, {"text=x&day=2037-01-02", "With whom is it?"}, {"to=2&text=x&day=2037-01-02", "Promises are between us and a customer"},
		{"person_id=99&text=x&day=2037-01-02", "There is no such person."}, {"person_id=10&text=x&day=2037-01-02&owner_id=11", "Only one of us can see to it."},
		{"person_id=10&text=x&day=2037-01-02&audience=public", "that everyone reads"}, {"message_id=100&text=x&day=2037-01-02&audience=public", "that everyone reads"}};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct answer r = give(&agent, "/expectations/new", wrong[i].fields);
		assert_int_equal(r.status, 422);
		if (!str_has(r.body, str_c(wrong[i].says))) fail_msg("%s does not say: %s", wrong[i].fields, wrong[i].says);
	}
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation"), 0);
	serve_stop(&s);
}

static void each_side_says_its_part(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct reader agent = enter(f, &s, LOGIN("agent@xyz.example")), ann = enter(f, &s, LOGIN("ann@xyz.example")), otto = enter(f, &s, LOGIN("otto@xyz.example"));
	give(&agent, "/expectations/new", WORDS);
	assert_int_equal(give(&agent, "/expectations/1", "outcome=kept").status, 403);               /* not ours to say */
	assert_int_equal(give(&ann, "/expectations/1", "outcome=done").status, 403);                 /* not hers */
	assert_int_equal(give(&otto, "/expectations/1", "outcome=missed").status, 404);
	struct answer r = give(&agent, "/expectations/1", "outcome=renegotiated&day=2037-02-03");
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Please say why");
	assert_has(r.body, "value=\"2037-02-03\"");                                                   /* nothing typed is lost */
	assert_int_equal(give(&agent, "/expectations/1", "outcome=renegotiated&day=2037-02-03&note=The+notary+is+ill.").status, 303);
	r = look(&ann, "/expectations/1");
	assert_has(r.body, "<s>by 2 January 2037</s>");                                               /* the old day stays in sight */
	assert_has(r.body, "The notary is ill.");
	assert_int_equal(give(&agent, "/expectations/1", "outcome=done").status, 303);
	assert_has(look(&ann, "/expectations").body, "We say it is done. Is it?");
	assert_int_equal(give(&ann, "/expectations/1", "outcome=missed&note=It+never+came.").status, 303);
	assert_int_equal(give(&ann, "/expectations/1", "outcome=kept").status, 409);                  /* said is said */
	assert_int_equal(give(&agent, "/expectations/1", "outcome=done").status, 409);
	assert_has(look(&agent, "/expectations/1").body, "It never came.");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation WHERE state = 'missed' AND word_of = 'them'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM expectation_change"), 4);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'expectation'"), 4);
	serve_stop(&s);
}

/* Everybody reads that it was promised and by when; to whom, and what they said of it, is between the two. */
static void in_public(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct reader agent = enter(f, &s, LOGIN("agent@xyz.example")), ann = enter(f, &s, LOGIN("ann@xyz.example"));
	assert_int_equal(give(&agent, "/expectations/new", "message_id=102&text=The+bench+comes+back&day=2037-01-02&audience=public").status, 303);
	struct answer r = call(f, &s, "/conversations/2", NULL, NULL, NULL);
	assert_has(r.body, "The bench comes back");
	assert_has_not(r.body, "to Ann");
	give(&ann, "/expectations/1", "outcome=exceeded&note=A+word+between+us.");
	r = call(f, &s, "/expectations/1", NULL, NULL, NULL);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "Better than promised");
	assert_has_not(r.body, "A word between us.");
	assert_has_not(r.body, "Ann");
	admin_exec(f, "UPDATE conversation SET hidden_at = 1 WHERE id = 2");
	assert_int_equal(call(f, &s, "/expectations/1", NULL, NULL, NULL).status, 404);
	assert_has(look(&ann, "/expectations/1").body, "A word between us.");
	serve_stop(&s);
}

/* ---------------------------------------------------------------------------- calendar */

static void the_calendar(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct reader agent = enter(f, &s, LOGIN("agent@xyz.example")), ann = enter(f, &s, LOGIN("ann@xyz.example")), otto = enter(f, &s, LOGIN("otto@xyz.example"));
	give(&agent, "/expectations/new", "person_id=10&day=2037-01-02&text=A+form%2C+a+pen%3B+and+%5C+nothing+that+would+end+the+line+of+a+calendar+before+its+seventyfive+bytes+%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC");
	give(&agent, "/expectations/new", "person_id=10&day=2037-07-02&clock=09%3A30&text=A+call");
	give(&agent, "/expectations/new", "person_id=10&day=2037-01-02&text=Between+us&audience=team");
	struct str one = between(f, give(&ann, "/me/calendar", "").body, "/calendar/", ".ics");
	assert_int_equal(one.n, TOKEN_CHARS);
	const char *address = str_fmt(&f->a, "/calendar/" STR_FMT ".ics", STR_ARG(one)).p;
	struct answer r = call(f, &s, address, NULL, NULL, NULL);
	assert_int_equal(r.status, 200);
	assert_has(r.head, "text/calendar");
	assert_has(r.body, "SUMMARY:A form\\, a pen\\; and \\\\ nothing");
	assert_has(r.body, "DTSTART;VALUE=DATE:20370102\r\n");
	assert_has(r.body, "DTSTART:20370702T073000Z\r\n");                          /* 9:30 in Berlin's summer */
	assert_has_not(r.body, "Between us");
	for (struct str rest = r.body, line = str_cut(&rest, '\n'); !str_none(rest); line = str_cut(&rest, '\n')) {
		assert_true(line.n <= 76 && str_ends(line, STR("\r")));                   /* 75 bytes, and the line's end */
		assert_true(line.p[0] != ' ' || (line.p[1] & 0xc0) != 0x80);              /* never within a character */
	}
	struct str staff = between(f, give(&agent, "/me/calendar", "").body, "/calendar/", ".ics");
	assert_has(call(f, &s, str_fmt(&f->a, "/calendar/" STR_FMT ".ics", STR_ARG(staff)).p, NULL, NULL, NULL).body, "Between us");
	struct str none = between(f, give(&otto, "/me/calendar", "").body, "/calendar/", ".ics");
	assert_has_not(call(f, &s, str_fmt(&f->a, "/calendar/" STR_FMT ".ics", STR_ARG(none)).p, NULL, NULL, NULL).body, "VEVENT");
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM calendar_feed WHERE hash = '" STR_FMT "'", STR_ARG(one)).p), 0);   /* only its hash is kept */
	give(&ann, "/me/calendar", "");
	assert_int_equal(call(f, &s, address, NULL, NULL, NULL).status, 404);         /* a new one ends it */
	assert_int_equal(give(&ann, "/me/calendar/end", "").status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM calendar_feed WHERE person_id = 10"), 0);
	admin_exec(f, "UPDATE person SET disabled_at = 1 WHERE id = 2");              /* who has left has none */
	assert_int_equal(call(f, &s, str_fmt(&f->a, "/calendar/" STR_FMT ".ics", STR_ARG(staff)).p, NULL, NULL, NULL).status, 404);
	serve_stop(&s);
}

int main(void) {
	struct str why;
	assert_int_equal(pack_load(&why), OK);
	const struct CMUnitTest tests[] = {PAGES(from_a_message), PAGES(what_is_wrong_is_said), PAGES(each_side_says_its_part), PAGES(in_public), PAGES(the_calendar)};
	return cmocka_run_group_tests_name("promise pages", tests, NULL, NULL);
}
