/* The clock that tests move: it follows a file while it changes, and nothing odd in the file moves it. */
#include "base/clock.h"
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

static void put(int file, const void *p, size_t n) {
	assert_int_equal(ftruncate(file, 0), 0);
	assert_int_equal(pwrite(file, p, n, 0), n);
}

#define assert_moved(by, since) assert_in_range(clock_now() - (by) - (since), 0, SECONDS(20))

static void follows_a_file(void **state) {
	(void)state;
	char name[] = "/tmp/clock-test-XXXXXX";
	usec_t began = clock_now(), back = -DAYS(400), ahead = DAYS(3), absurd = INT64_MAX;
	int file = mkstemp(name);
	assert_true(file >= 0);
	assert_false(clock_follow("/nowhere/at/all") || clock_follow("/tmp") || clock_follow(name));
	assert_int_equal(clock_patience(HOURS(1)), HOURS(1));
	put(file, &back, sizeof back);
	assert_true(clock_follow(name));
	assert_moved(back, began);
	assert_true(clock_patience(HOURS(1)) < SECONDS(1) && clock_patience(-5) == -5);
	put(file, &ahead, sizeof ahead);
	assert_moved(ahead, began);
	put(file, &absurd, sizeof absurd);
	assert_moved(ahead, began);
	put(file, "1234", 4);
	assert_moved(ahead, began);
	assert_true(clock_steady() < began);       /* durations have a clock of their own */
	clock_set(42);
	assert_int_equal(clock_now(), 42);
	clock_set(0);
	assert_moved(ahead, began);
	close(file);
	unlink(name);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(follows_a_file)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
