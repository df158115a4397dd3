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

int main(void) {
	const struct CMUnitTest tests[] = {TALK_BOTH(what_was_said_fills_in_the_form)};
	return cmocka_run_group_tests_name("offer", tests, NULL, NULL);
}
