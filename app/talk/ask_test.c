/* Asking about a record: who may, what is kept of it, what is shown when it changes; the page, the form and the interface, on both engines. */
#include "record/record.h"
#include "talk/testing.h"

struct account {
	struct fixture *f;
	struct record_id account, line;
	const char *amount;         /* a change of the line */
};

static enum err make(struct db *db, void *arg) {
	struct account *x = arg;
	const struct pack *p = pack_find(STR("banking"));
	const struct pack_type *account = pack_type_find(p, STR("account")), *line = pack_type_find(p, STR("statement_line"));
	struct str *a = NEW_ARRAY(&x->f->a, struct str, account->fields), *l = NEW_ARRAY(&x->f->a, struct str, line->fields);
	bool changed;
	a[pack_type_field(account, STR("number")) - account->field] = STR("4711");
	l[pack_type_field(line, STR("booked")) - line->field] = STR("2026-03-11");
	l[pack_type_field(line, STR("amount")) - line->field] = STR("-8900");
	l[pack_type_field(line, STR("operation")) - line->field] = STR("card");
	struct record_input one = {.type = account, .value = a}, two = {.type = line, .value = l};
	TRY(record_create(db, &x->f->a, (struct person_id){AGENT}, &one, &x->account));
	TRY(record_person(db, &x->f->a, (struct person_id){AGENT}, x->account, (struct person_id){OLGA}, STR("holder"), true, &changed));
	TRY(record_person(db, &x->f->a, (struct person_id){AGENT}, x->account, (struct person_id){PAT}, STR("disponent"), true, &changed));
	two.parent = x->account;
	return record_create(db, &x->f->a, (struct person_id){AGENT}, &two, &x->line);
}

static enum err change(struct db *db, void *arg) {
	struct account *x = arg;
	const struct pack_type *line = pack_type_find(pack_find(STR("banking")), STR("statement_line"));
	struct str *l = NEW_ARRAY(&x->f->a, struct str, line->fields);
	bool changed;
	l[pack_type_field(line, STR("amount")) - line->field] = str_c(x->amount);
	struct record_input in = {.type = line, .value = l};
	return record_change(db, &x->f->a, (struct person_id){AGENT}, x->line, 0, &in, &changed);
}

static void start(struct fixture *f, struct served *s, struct account *x) {
	*x = (struct account){.f = f};
	admin_exec(f, "UPDATE business SET pack = 'banking'");
	assert_int_equal(store_write(f->s, make, x), OK);
	serve_start(f, s);
}

static const char *at(struct fixture *f, const char *fmt, struct record_id id) { return str_fmt(&f->a, fmt, (long long)id.v).p; }

static void a_question_on_one_line(void **state) {
	FIXTURE(f);
	struct served s;
	struct account x;
	start(f, &s, &x);
	const char *olga = session_for(f, OLGA), *pat = session_for(f, PAT), *steve = session_for(f, STEVE), *agent = session_for(f, AGENT);
	const char *line = at(f, "/records/%lld", x.line), *form = at(f, "/records/%lld/ask", x.line);
	struct answer r = call(f, &s, "/things", NULL, olga, NULL);
	assert_has(r.body, "Account 4711");
	assert_has_not(call(f, &s, "/things", NULL, steve, NULL).body, "4711");
	assert_has(call(f, &s, at(f, "/records/%lld", x.account), NULL, olga, NULL).body, "-€89.00");
	r = call(f, &s, form, NULL, olga, NULL);
	assert_has(r.body, "The amount is wrong");
	assert_has(r.body, "-€89.00");

	/* what is missing is said, and nothing is lost */
	r = send_form(f, &s, form, form, "version=1&body=I+was+asleep", olga);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Please choose one.");
	assert_has(r.body, "I was asleep");
	assert_int_equal(send_form(f, &s, form, form, "version=1&reason=not_mine&body=I+was+asleep", olga).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE kind = 'query' AND visibility = 'private'"), 1);

	/* the line and the account say so; the other one on the account sees that there is a question, but not its words */
	r = call(f, &s, line, NULL, olga, NULL);
	assert_has(r.body, "I did not do this: Card payment");
	assert_has(call(f, &s, at(f, "/records/%lld", x.account), NULL, olga, NULL).body, "a question is open");
	assert_int_equal(call(f, &s, "/conversations/1", NULL, pat, NULL).status, 404);
	assert_has_not(call(f, &s, line, NULL, pat, NULL).body, "I did not do this");
	assert_has(call(f, &s, "/conversations/1", NULL, agent, NULL).body, "it has not changed since");
	assert_has(call(f, &s, "/desk", NULL, agent, NULL).body, "I did not do this");

	/* then the line changes: both are shown, what was as it was */
	x.amount = "-9800";
	assert_int_equal(store_write(f->s, change, &x), OK);
	for (int i = 0; i < 2; i++) {
		r = call(f, &s, "/conversations/1", NULL, i ? agent : olga, NULL);
		assert_has(r.body, "<del>-€89.00</del>");
		assert_has(r.body, "<ins>-€98.00</ins>");
	}
	/* whoever opened the form before must look again */
	r = send_form(f, &s, form, form, "version=1&reason=amount&body=Again", olga);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Please look again");
	assert_has(r.body, "-€98.00");
	serve_stop(&s);
}

static void who_may_ask(void **state) {
	FIXTURE(f);
	struct served s;
	struct account x;
	start(f, &s, &x);
	const char *form = at(f, "/records/%lld/ask", x.line), *line = at(f, "/api/v1/records/%lld", x.line);
	const char *steve = session_for(f, STEVE), *analyst = session_for(f, ANALYST);
	assert_int_equal(call(f, &s, form, NULL, steve, NULL).status, 404);
	assert_int_equal(call(f, &s, form, NULL, analyst, NULL).status, 403);
	assert_int_equal(ask(f, &s, "GET", line, NULL, token_for(f, STEVE)).status, 404);
	assert_int_equal(ask(f, &s, "GET", line, NULL, NULL).status, 401);
	struct answer r = ask(f, &s, "GET", line, NULL, token_for(f, OLGA));
	assert_int_equal(r.status, 200);
	assert_has(r.body, "\"amount\":{\"amount\":-8900,\"currency\":\"EUR\"}");
	r = ask(f, &s, "GET", "/api/v1/records?type=account", NULL, token_for(f, PAT));
	assert_has(r.body, "\"role\":\"holder\"");
	assert_has(ask(f, &s, "GET", "/api/v1/records", NULL, token_for(f, STEVE)).body, "\"data\":[]");

	/* the interface asks about it, too; of a record that is not theirs nobody does */
	const char *body = str_fmt(&f->a, "{\"kind\":\"query\",\"subject\":\"What is it?\",\"body\":\"x\",\"record_id\":%lld}", (long long)x.line.v).p;
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations", body, token_for(f, STEVE)).status, 422);
	r = ask(f, &s, "POST", "/api/v1/conversations", body, token_for(f, OLGA));
	assert_int_equal(r.status, 201);
	assert_true(str_has(r.body, str_c(at(f, "\"record_id\":%lld", x.line))));
	const char *list = at(f, "/api/v1/conversations?record_id=%lld", x.account);
	assert_has(ask(f, &s, "GET", list, NULL, token_for(f, OLGA)).body, "What is it?");
	assert_has_not(ask(f, &s, "GET", list, NULL, token_for(f, PAT)).body, "What is it?");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM snapshot"), 1);
	serve_stop(&s);
}

/* The subject that we made is said to each in their language, wherever it stands; one that somebody wrote stays. */
static void a_subject_in_the_readers_language(void **state) {
	FIXTURE(f);
	struct served s;
	struct account x;
	start(f, &s, &x);
	admin_exec(f, "UPDATE person SET locale = 'de' WHERE id = 1");
	const char *olga = session_for(f, OLGA), *agent = session_for(f, AGENT), *line = at(f, "/records/%lld", x.line), *form = at(f, "/records/%lld/ask", x.line);
	assert_int_equal(send_form(f, &s, form, form, "version=1&reason=amount&body=Zu+viel", olga).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE subject = 'Der Betrag stimmt nicht: Kartenzahlung'"), 1);
	const char *own = str_fmt(&f->a, "{\"kind\":\"query\",\"subject\":\"Der Betrag stimmt nicht: oder?\",\"body\":\"x\",\"record_id\":%lld}", (long long)x.line.v).p;
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations", own, token_for(f, OLGA)).status, 201);
	const char *theirs[] = {"/conversations/1", line, "/desk", "/api/v1/conversations/1"}, *hers[] = {"/conversations/1", line, "/mine", "/things"};
	for (int i = 0; i < 4; i++) {
		struct str body = call(f, &s, theirs[i], NULL, agent, NULL).body;
		assert_has(body, "The amount is wrong: Card payment");
		assert_has_not(body, "Kartenzahlung");
		body = call(f, &s, hers[i], NULL, olga, NULL).body;
		assert_has(body, "Der Betrag stimmt nicht: Kartenzahlung");
		assert_has_not(body, "The amount is wrong");
	}
	assert_has(call(f, &s, "/conversations/2", NULL, agent, NULL).body, "Der Betrag stimmt nicht: oder?");
	serve_stop(&s);
}

int main(void) {
	struct str why;
	if (pack_load(&why) != OK) return 1;
	const struct CMUnitTest tests[] = {TALK_BOTH(a_question_on_one_line), TALK_BOTH(who_may_ask), TALK_BOTH(a_subject_in_the_readers_language)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
