/* The way of a request: which steps there are, and what an answer from outside may move; on both engines. */
#include "access/testing.h"
#include "action/action_int.h"

enum { HOLDER = 10, REQUEST = 7 };

static void steps(void **state) {
	static const char *const states[] = {"requested", "approved", "declined", "withdrawn", "sent", "done", "failed", "", "melted"};
	static const char *const good[] = {"requested approved", "requested declined!", "requested withdrawn", "approved sent", "approved done", "approved failed!",
		"sent done", "sent failed!"};
	struct arena a = {0};
	(void)state;
	for (size_t i = 0; i < 9; i++)
		for (size_t k = 0; k < 9; k++) {
			bool reason = false, want = false, asks = false;
			for (size_t g = 0; g < sizeof good / sizeof *good; g++) {
				struct str pair = str_fmt(&a, "%s %s", states[i], states[k]);
				asks |= str_eq(str_fmt(&a, STR_FMT "!", STR_ARG(pair)), str_c(good[g]));
				want |= asks || str_is(pair, good[g]);
			}
			if (request_may_go(str_c(states[i]), str_c(states[k]), &reason) != want) fail_msg("%s to %s", states[i], states[k]);
			if (want) assert_int_equal(reason, asks);
		}
	arena_done(&a);
}

/* Somebody has ordered a card, and the back office was told. */
static void ordered(struct fixture *f, const char *state) {
	admin_exec(f, "UPDATE business SET pack = 'banking'");
	put_person(f, HOLDER, "customer", "customer", "Hanna Holder", 0);
	admin_exec(f, "INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version) VALUES"
	              " (1000, 'account', 'Account 4711', 'open', 0, '{\"number\":\"4711\"}', 0, 0, 1);"
	              "INSERT INTO record_person VALUES (1000, 10, 'holder');"
	              "INSERT INTO webhook (id, url, label, topics, secret, inside, created_at) VALUES (1, 'https://x.example/', 'x', ' request ', '', FALSE, 0)");
	admin_exec(f, str_fmt(&f->a, "INSERT INTO request (id, record_id, root_id, action, person_id, as_staff, key, fields, proved, state, note, created_at, changed_at)"
	                      " VALUES (7, 1000, 1000, 'order_card', 10, FALSE, 'k', '{\"kind\":\"gold\",\"printed_name\":\"H\"}', TRUE, '%s', '', 0, 0)", state).p);
}

struct saying {
	struct fixture *f;
};

static enum err answer(struct db *db, void *arg) {
	const struct saying *s = arg;
	struct event e = {.verb = "update", .object_kind = "delivery", .object_id = 5, .target_kind = "request", .target_id = REQUEST, .data = STR("{}")};
	return action_read(db, &s->f->a, &e, 1, NULL);
}

static void say(struct fixture *f, const char *text, const char *delivery) {
	struct saying s = {.f = f};
	admin_exec(f, "DELETE FROM delivery");
	admin_exec(f, str_fmt(&f->a, "INSERT INTO delivery (id, webhook_id, key, type, object_kind, object_id, body, state, tries, status, answer, why, created_at, changed_at)"
	                      " VALUES (5, 1, 'm', 'request.sent', 'request', 7, '{}', '%s', 1, 200, '%s', '', 0, 0)", delivery, text).p);
	assert_int_equal(store_write(f->s, answer, &s), OK);
}

static bool is_in(struct fixture *f, const char *state) {
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM request WHERE id = 7 AND state = '%s'", state).p) == 1;
}

static void what_is_no_answer_moves_nothing(void **state) {
	FIXTURE(f);
	static const char *const texts[] = {"", "thanks", "[]", "{}", "{\"outcome\":\"perhaps\"}", "{\"outcome\":1}", "{\"outcome\":\"declined\"}", "{\"outcome\":\"done\"",
		"{\"outcome\":\"done\",\"outcome\":\"failed\"}"};
	ordered(f, "sent");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		say(f, texts[i], "delivered");
		if (!is_in(f, "sent")) fail_msg("%s moves it", texts[i]);
	}
	say(f, "{\"outcome\":\"done\"}", "failed"); /* what a message that was not taken got for an answer */
	assert_true(is_in(f, "sent"));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'request'"), 0);
}

static void done_comes_true_once(void **state) {
	FIXTURE(f);
	ordered(f, "sent");
	for (int i = 0; i < 2; i++) { /* a reader may hear it twice */
		say(f, "{\"outcome\":\"done\",\"note\":\"In the post.\"}", "delivered");
		assert_true(is_in(f, "done"));
		assert_int_equal(admin_int(f, "SELECT count(*) FROM record WHERE type = 'card' AND parent_id = 1000 AND root_id = 1000"), 1);
		assert_int_equal(admin_int(f, "SELECT count(*) FROM request WHERE note = 'In the post.' AND part_id <> 1000"), 1);
	}
	say(f, "{\"outcome\":\"failed\",\"note\":\"No.\"}", "delivered");
	assert_true(is_in(f, "done"));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'request'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM request_move"), 1);
}

static void a_no_changes_no_record(void **state) {
	FIXTURE(f);
	ordered(f, "sent");
	say(f, "{\"outcome\":\"failed\",\"note\":\"No card for this account.\"}", "delivered");
	assert_true(is_in(f, "failed"));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM record"), 1);
}

static void an_answer_does_not_approve(void **state) {
	FIXTURE(f);
	ordered(f, "requested");
	say(f, "{\"outcome\":\"done\"}", "delivered");
	assert_true(is_in(f, "requested"));
}

int main(void) {
	struct str why;
	assert_int_equal(pack_load(&why), OK);
	const struct CMUnitTest tests[] = {cmocka_unit_test(steps), FIRM_BOTH(what_is_no_answer_moves_nothing), FIRM_BOTH(done_comes_true_once),
		FIRM_BOTH(a_no_changes_no_record), FIRM_BOTH(an_answer_does_not_approve)};
	return cmocka_run_group_tests_name("action", tests, NULL, NULL);
}
