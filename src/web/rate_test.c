#include "web/rate.h"
#include "base/clock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

static const int bursts[] = {
#define RATE(name, per_minute, burst) burst,
#include "web/rate.def"
#undef RATE
};

static int take_all(struct rates *r, enum rate class, const char *who, int *ret_wait) {
	int n = 0;
	while (n < 100000 && rate_take(r, class, str_c(who), ret_wait)) n++;
	return n;
}

static void a_burst_and_then_no_more(void **state) {
	struct rates *r = rates_new();
	int wait = 0;
	(void)state;
	assert_int_equal(take_all(r, RATE_login, "a1", &wait), bursts[RATE_login]);
	assert_int_equal(wait, 1); /* four a second, told in whole seconds */
	assert_false(rate_take(r, RATE_login, STR("a1"), &wait));
	assert_int_equal(take_all(r, RATE_login, "a2", &wait), bursts[RATE_login]);   /* others have their own */
	assert_int_equal(take_all(r, RATE_upload, "a1", &wait), bursts[RATE_upload]); /* and so has each class */
	assert_true(rate_take(r, RATE_read, STR("a1"), &wait));
	assert_int_equal(wait, 0);
	rates_free(r);
}

static void fills_again(void **state) {
	struct rates *r = rates_new();
	int wait, more = 0;
	(void)state;
	assert_in_range(take_all(r, RATE_write, "p7", &wait), bursts[RATE_write], bursts[RATE_write] * 2); /* it fills meanwhile */
	usleep(200000); /* a thousand a second */
	while (rate_take(r, RATE_write, STR("p7"), &wait)) more++;
	assert_true(more >= 100);
	rates_free(r);
}

/* Very many callers: the table does not grow, and who is busy is not forgotten first. */
static void many_callers(void **state) {
	struct rates *r = rates_new();
	int wait;
	char who[32];
	(void)state;
	take_all(r, RATE_login, "busy", &wait);
	for (int i = 0; i < 12000; i++) {
		snprintf(who, sizeof who, "a%d", i);
		assert_true(rate_take(r, RATE_login, str_c(who), &wait));
	}
	assert_false(rate_take(r, RATE_login, STR("busy"), &wait));
	rates_free(r);
	rates_free(NULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_burst_and_then_no_more), cmocka_unit_test(fills_again), cmocka_unit_test(many_callers)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
