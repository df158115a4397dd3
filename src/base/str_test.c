#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

static void compares(void **state) {
	(void)state;
	assert_true(str_eq(STR_NONE, STR("")));
	assert_true(str_none(STR_NONE) && !str_none(STR("")));
	assert_true(str_ieq(STR("Abc-Ä"), STR("aBC-Ä")));
	assert_false(str_ieq(STR("ä"), STR("Ä"))); /* ASCII only */
	assert_true(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0 && str_cmp(STR_NONE, STR("")) == 0);
	assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
	assert_true(str_starts(STR("abc"), STR("ab")) && str_starts(STR(""), STR("")) && !str_starts(STR("a"), STR("ab")));
	assert_true(str_ends(STR("abc"), STR("bc")) && str_ends(STR_NONE, STR_NONE) && !str_ends(STR("c"), STR("bc")));
	assert_true(str_has(STR("abc"), STR("bc")) && str_has(STR_NONE, STR("")) && !str_has(STR("ab"), STR("abc")));
}

static void parts(void **state) {
	(void)state;
	assert_true(str_is(str_trim(STR(" \t\r\n\f\va b \n")), "a b"));
	assert_int_equal(str_trim(STR("  ")).n, 0);
	assert_int_equal(str_trim(STR_NONE).n, 0);
	assert_true(str_is(str_from(STR("abc"), 1), "bc") && str_empty(str_from(STR("abc"), 9)) && str_none(str_from(STR_NONE, 2)));
	assert_true(str_is(str_first(STR("abc"), 2), "ab") && str_is(str_first(STR("abc"), 9), "abc"));
	assert_int_equal(str_find(STR("abc"), 'c'), 2);
	assert_int_equal(str_find(STR("abc"), 'x'), -1);
	assert_int_equal(str_find(STR_NONE, 'x'), -1);
}

static void cuts(void **state) {
	(void)state;
	static const struct { const char *text; int parts; const char *last; } cases[] = {
		{"", 1, ""}, {"a", 1, "a"}, {"a,b", 2, "b"}, {"a,", 2, ""}, {",", 2, ""}, {",,a", 3, "a"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str rest = str_c(cases[i].text), part = STR_NONE;
		int n = 0;
		while (!str_none(rest)) part = str_cut(&rest, ','), n++;
		assert_int_equal(n, cases[i].parts);
		assert_true(str_is(part, cases[i].last));
	}
	struct str none = STR_NONE;
	assert_true(str_none(str_cut(&none, ',')));
}

static void numbers(void **state) {
	(void)state;
	static const struct { const char *text; bool good; int64_t v; } ints[] = {
		{"0", true, 0}, {"-0", true, 0}, {"12", true, 12}, {"-7", true, -7}, {"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN}, {"9223372036854775808", false, 0}, {"-9223372036854775809", false, 0}, {"", false, 0},
		{"-", false, 0}, {"+1", false, 0}, {" 1", false, 0}, {"1 ", false, 0}, {"1.0", false, 0}, {"0x1", false, 0}, {"١", false, 0},
		{"99999999999999999999999", false, 0},
	};
	for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
		int64_t v = 42;
		assert_int_equal(str_int(str_c(ints[i].text), &v), ints[i].good);
		assert_true(v == (ints[i].good ? ints[i].v : 42)); /* untouched on failure */
	}
	static const struct { const char *text; bool good; double v; } reals[] = {
		{"1.5", true, 1.5}, {"-.5", true, -.5}, {"1e3", true, 1000}, {"1E-2", true, .01}, {"5", true, 5}, {"", false, 0}, {".", false, 0}, {"1,5", false, 0},
		{"nan", false, 0}, {"inf", false, 0}, {"1e999", false, 0}, {"0x1p3", false, 0}, {"1 ", false, 0}, {"--1", false, 0},
	};
	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
		double v = 42;
		assert_int_equal(str_real(str_c(reals[i].text), &v), reals[i].good);
		assert_true(v == (reals[i].good ? reals[i].v : 42));
	}
	double v;
	assert_false(str_real(STR("1\0002"), &v));
	char many[100];
	memset(many, '1', sizeof many);
	assert_false(str_real(str_n(many, sizeof many), &v));
}

static void copies(void **state) {
	struct arena a = {0};
	(void)state;
	assert_true(str_none(str_copy(&a, STR_NONE)));
	assert_true(!str_none(str_copy(&a, STR(""))));
	assert_string_equal(str_copy(&a, str_n("abc", 2)).p, "ab");
	assert_string_equal(str_z(&a, STR_NONE), "");
	assert_true(str_is(str_lower(&a, STR("AbÄ1")), "abÄ1"));
	assert_true(str_is(str_fmt(&a, "%d-" STR_FMT, 7, STR_ARG(str_n("xyz", 2))), "7-xy"));
	assert_true(str_is(str_fmt(&a, "[" STR_FMT "]", STR_ARG(STR_NONE)), "[]"));
	arena_done(&a);
}

static void integers_back(void **state) {
	(void)state;
	static const int64_t values[] = {0, 7, -7, 10, 99, 1000000, INT64_MAX, INT64_MIN};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char room[INT_TEXT], wanted[32];
		int64_t back = 1;
		snprintf(wanted, sizeof wanted, "%lld", (long long)values[i]);
		assert_true(str_is(str_of_int(room, values[i]), wanted));
		assert_true(str_int(str_of_int(room, values[i]), &back));
		assert_int_equal(back, values[i]);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(compares), cmocka_unit_test(parts), cmocka_unit_test(cuts), cmocka_unit_test(numbers),
		cmocka_unit_test(integers_back), cmocka_unit_test(copies)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
