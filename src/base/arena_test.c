#include "base/arena.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <stdalign.h>

static void zeroed_and_aligned(void **state) {
	struct arena a = {0};
	(void)state;
	for (size_t n = 0; n < 3000; n += 7) {
		unsigned char *p = arena_alloc(&a, n);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
		if (n > 0) memset(p, 0xab, n); /* what comes next must not see it */
	}
	arena_done(&a);
}

static void zeroed_again(void **state) {
	struct arena a = {0};
	(void)state;
	for (int round = 0; round < 3; round++) {
		unsigned char *p = arena_alloc(&a, 100), *big = arena_alloc(&a, 100000);
		for (size_t i = 0; i < 100; i++) assert_int_equal(p[i], 0);
		for (size_t i = 0; i < 100000; i++) assert_int_equal(big[i], 0);
		memset(p, 1, 100);
		memset(big, 1, 100000);
		arena_clear(&a);
		assert_true(a.kept <= 128 * 1024); /* one block of ordinary size stays */
	}
	arena_done(&a);
	assert_int_equal(a.kept, 0);
}

static void marks(void **state) {
	struct arena a = {0};
	(void)state;
	char *first = arena_copy(&a, "first", 5);
	size_t kept = a.kept;
	struct arena_mark m = arena_mark(&a);
	for (int i = 0; i < 100; i++) arena_alloc(&a, 5000);
	assert_true(a.kept > kept);
	arena_reset(&a, m);
	assert_int_equal(a.kept, kept);
	assert_string_equal(first, "first");
	char *next = arena_alloc(&a, 10);
	assert_int_equal(next[0], 0);
	arena_reset(&a, (struct arena_mark){0});
	assert_int_equal(a.kept, 0);
	arena_done(&a);
	arena_done(&a);
}

static void copies(void **state) {
	struct arena a = {0};
	(void)state;
	assert_string_equal(arena_copy(&a, NULL, 0), "");
	assert_memory_equal(arena_copy(&a, "a\0b", 3), "a\0b\0", 4);
	assert_non_null(arena_array(&a, 0, 8));
	arena_done(&a);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(zeroed_and_aligned), cmocka_unit_test(zeroed_again), cmocka_unit_test(marks), cmocka_unit_test(copies)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
