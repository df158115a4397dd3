/* Quiet hours and the digest's times, over the days on which clocks change. */
#include "notice/plan.h"
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static const struct zone *berlin;

static usec_t at(int month, int day, int hour, int minute) { return zone_moment(berlin, 2026, month, day, hour, minute, 0); }

enum { ALL = 0x7f, WEEKDAYS = 0x3e };

static void quiet_hours(void **state) {
	(void)state;
	struct quiet night = {.on = true, .from = 22 * 60, .to = 7 * 60, .days = ALL}, noon = {.on = true, .from = 12 * 60, .to = 13 * 60, .days = ALL};
	berlin = zone_find(STR("Europe/Berlin"));
	assert_non_null(berlin);
	assert_int_equal(quiet_end(&night, berlin, at(11, 22, 21, 59)), at(11, 22, 21, 59));
	assert_int_equal(quiet_end(&night, berlin, at(11, 22, 22, 0)), at(11, 23, 7, 0));
	assert_int_equal(quiet_end(&night, berlin, at(11, 23, 6, 59)), at(11, 23, 7, 0));
	assert_int_equal(quiet_end(&night, berlin, at(11, 23, 7, 0)), at(11, 23, 7, 0));
	assert_int_equal(quiet_end(&noon, berlin, at(11, 23, 12, 30)), at(11, 23, 13, 0));
	/* 2026-11-22 is a Sunday: what begins on weekdays does not begin then, and Friday's lasts into Saturday. */
	night.days = WEEKDAYS;
	assert_int_equal(quiet_end(&night, berlin, at(11, 22, 23, 0)), at(11, 22, 23, 0));
	assert_int_equal(quiet_end(&night, berlin, at(11, 28, 3, 0)), at(11, 28, 7, 0));
	assert_int_equal(quiet_end(&night, berlin, at(11, 29, 3, 0)), at(11, 29, 3, 0));
	night.on = false;
	assert_int_equal(quiet_end(&night, berlin, at(11, 23, 23, 0)), at(11, 23, 23, 0));
}

static void quiet_over_clock_changes(void **state) {
	(void)state;
	struct quiet q = {.on = true, .from = 22 * 60, .to = 7 * 60, .days = ALL};
	/* The night of 29 March has eight hours, that of 25 October ten. */
	assert_int_equal(quiet_end(&q, berlin, at(3, 28, 22, 0)) - at(3, 28, 22, 0), HOURS(8));
	assert_int_equal(quiet_end(&q, berlin, at(10, 24, 22, 0)) - at(10, 24, 22, 0), HOURS(10));
	/* 02:30 is left out in March: it ends when the clock has jumped. In October it ends the first time, and does not begin again. */
	q.to = 2 * 60 + 30;
	assert_int_equal(quiet_end(&q, berlin, at(3, 29, 1, 0)), at(3, 29, 3, 30));
	usec_t first = at(10, 25, 2, 30), again = first + MINUTES(50);     /* 02:20 for the second time */
	assert_int_equal(quiet_end(&q, berlin, at(10, 25, 1, 0)), first);
	assert_int_equal(zone_local(berlin, again).hour, 2);
	assert_int_equal(quiet_end(&q, berlin, again), again);
}

static void digests(void **state) {
	(void)state;
	assert_int_equal(digest_next(DIGEST_DAILY, 8, 0, berlin, at(11, 22, 7, 59)), at(11, 22, 8, 0));
	assert_int_equal(digest_next(DIGEST_DAILY, 8, 0, berlin, at(11, 22, 8, 0)), at(11, 23, 8, 0));
	assert_int_equal(digest_next(DIGEST_WEEKLY, 8, 1, berlin, at(11, 22, 9, 0)), at(11, 23, 8, 0));
	assert_int_equal(digest_next(DIGEST_WEEKLY, 8, 0, berlin, at(11, 22, 9, 0)), at(11, 29, 8, 0));
	assert_int_equal(digest_next(DIGEST_DAILY, 8, 0, berlin, at(3, 28, 8, 0)) - at(3, 28, 8, 0), HOURS(23));
}

static void topics(void **state) {
	(void)state;
	enum topic t;
	assert_true(topic_find(STR("answer"), &t) && t == TOPIC_answer);
	assert_false(topic_find(STR("login"), &t));
	assert_int_equal(topic_of(STR("reminder")), TOPIC_message);
	assert_int_equal(topic_of(STR("request_done")), TOPIC_request);
	assert_int_equal(topic_of(STR("request_withdrawn")), TOPIC_request_new);
	assert_int_equal(topic_of(STR("not_fixed")), TOPIC_comment);
	assert_true(topic_concerns(TOPIC_file, false) && !topic_concerns(TOPIC_file, true) && topic_concerns(TOPIC_assigned, true));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quiet_hours), cmocka_unit_test(quiet_over_clock_changes), cmocka_unit_test(digests), cmocka_unit_test(topics),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
