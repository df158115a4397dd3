#include "text/similar.h"
#include "text/utf8.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

static struct arena mem;

static void terms(const char *text, const char *expected) {
	struct text_list list = similar_terms(&mem, str_c(text), 100);
	struct str all = STR("");
	for (size_t i = 0; i < list.n; i++) all = str_fmt(&mem, STR_FMT "%s" STR_FMT, STR_ARG(all), i ? " " : "",
		STR_ARG(list.v[i]));
	if (!str_is(all, expected)) fail_msg("got \"" STR_FMT "\", expected \"%s\"", STR_ARG(all), expected);
}

static void test_terms(void **state) {
	(void)state;
	terms("", "");
	terms("The and der die das", "");
	terms("The trains are late, and the train was late!", "trai late");
	terms("Don't stop", "stop");
	terms("Die Straße in MÜNCHEN", "stra munch");
	terms("bill 2024 5G", "bill 2024 5g");
	terms("\xFF\xFE a--b", "b");
	struct text_list list = similar_terms(&mem, STR("alpha beta gamma delta"), 2);
	assert_int_equal(list.n, 2);
	assert_int_equal(similar_terms(&mem, STR("alpha"), 0).n, 0);
	char word[1000];
	memset(word, 'x', sizeof word);
	list = similar_terms(&mem, str_n(word, sizeof word), 5);
	assert_true(list.n == 1 && list.v[0].n == TERM_BYTES_MAX);
}

static double share(const char *a, const char *b) {
	return similar_share(similar_terms(&mem, str_c(a), 100), similar_terms(&mem, str_c(b), 100));
}

static void test_share(void **state) {
	(void)state;
	assert_true(share("No signal at Brennick station", "There is no signal at the station in Brennick") > 0.99);
	assert_true(share("Rechnung zu hoch", "Die Rechnungen sind zu hoch") > 0.99);
	assert_true(share("No signal at the station", "I would like a paper bill") < 0.01);
	assert_true(share("", "") < 0.01);
	assert_true(share("slow internet at home", "internet slow in the evening") > 0.5);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_terms), cmocka_unit_test(test_share)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
