#include "text/utf8.h"
#include "text/shared_set.h"
#include "text/json.h"
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static struct arena mem;

static void same(struct str got, const char *expected) {
	if (!str_is(got, expected)) fail_msg("got \"" STR_FMT "\", expected \"%s\"", STR_ARG(got), expected);
}

static void test_valid(void **state) {
	(void)state;
	assert_true(utf8_valid(STR("")));
	assert_true(utf8_valid(STR("a\u00e4\u20ac\U0001F600")));
	static const char *const wrong[] = {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80",
		"\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "a\xFF"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(utf8_valid(str_c(wrong[i])));
	same(utf8_repair(&mem, STR("a\x80" "b\xE2\x82")), "a\uFFFDb\uFFFD\uFFFD");
	assert_true(str_none(utf8_repair(&mem, STR_NONE)));
}

static void test_cut(void **state) {
	(void)state;
	struct str s = STR("a\u00e4\u20ac\U0001F600z");
	assert_int_equal(utf8_count(s), 5);
	same(utf8_first(s, 3), "a\u00e4\u20ac");
	same(utf8_first(s, 99), "a\u00e4\u20ac\U0001F600z");
	static const size_t fits[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
	for (size_t n = 0; n < sizeof fits / sizeof *fits; n++) assert_int_equal(utf8_fit(s, n).n, fits[n]);
	uint32_t c;
	assert_int_equal(utf8_next(STR("\U0010FFFF"), &c), 4);
	assert_int_equal(c, 0x10FFFF);
}

static void test_clean(void **state) {
	(void)state;
	same(utf8_line(&mem, STR("  Anna \t\r\n\0 Keller  ")), "Anna Keller");
	same(utf8_line(&mem, STR("A\u0308nna \u202Eevil\u00A0\u3000x\u200B")), "\u00C4nna evil x");
	same(utf8_line(&mem, STR("")), "");
	assert_true(str_none(utf8_line(&mem, STR_NONE)));
	same(utf8_lines(&mem, STR("a  b\r\n\tc\rd\n\n \n")), "a  b\n\tc\nd");
	same(utf8_lines(&mem, STR("x\x01y\u2028z")), "xy\nz");
	struct buf b;
	buf_init(&b, 1 << 20);
	buf_add_char(&b, 'e');
	for (int i = 0; i < 100000; i++) utf8_add(&b, i % 2 ? 0x301 : 0x323);
	assert_true(utf8_count(utf8_line(&mem, buf_str(&b))) <= 31);   /* and it is fast */
	buf_done(&b);
}

static void test_fold(void **state) {
	(void)state;
	same(utf8_fold(&mem, STR("Stra\u00dfe")), "strasse");
	same(utf8_fold(&mem, STR("STRASSE")), "strasse");
	same(utf8_fold(&mem, STR("\u00c9t\u00e9 \uFB01n \u2460")), "ete fin 1");
	same(utf8_fold(&mem, STR("M\u00dcNCHEN\xFF")), "munchen\uFFFD");
}

static void test_naughty(void **state) {
	(void)state;
	struct str text = shared_text(&mem, "blns.json");
	if (str_none(text)) return;
	JSON_DOC(doc);
	assert_int_equal(json_parse(&doc, text, NULL), OK);
	assert_true(json_length(doc.root) > 500);
	for (size_t i = 0; i < json_length(doc.root); i++) {
		struct str s;
		assert_true(json_get_str(json_item(doc.root, i), &s));
		struct str line = utf8_line(&mem, s), lines = utf8_lines(&mem, s), fold = utf8_fold(&mem, s);
		assert_true(utf8_valid(line) && utf8_valid(lines) && utf8_valid(fold));
		assert_true(str_eq(utf8_line(&mem, line), line));
		assert_true(str_eq(utf8_lines(&mem, lines), lines));
		assert_true(str_find(line, '\n') < 0);
	}
}

#include "../../fuzz/utf8_fuzz.c"
static void test_regressions(void **state) {
	(void)state;
	regression_each("utf8", LLVMFuzzerTestOneInput);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid), cmocka_unit_test(test_cut), cmocka_unit_test(test_clean),
			cmocka_unit_test(test_fold),
		cmocka_unit_test(test_naughty), cmocka_unit_test(test_regressions),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
