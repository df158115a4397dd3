#include "text/escape.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

static struct buf b;

static void is(const char *expected) {
	if (!str_is(buf_str(&b), expected)) fail_msg("got \"" STR_FMT "\", expected \"%s\"", STR_ARG(buf_str(&b)),
		expected);
	buf_clear(&b);
}

static void test_html(void **state) {
	(void)state;
	html_escape(&b, STR("a<b>&\"c'"));
	is("a&lt;b&gt;&amp;&quot;c&#39;");
	html_escape(&b, STR("plain \u00e4"));
	is("plain \u00e4");
	html_escape(&b, STR_NONE);
	is("");
}

static void test_percent(void **state) {
	(void)state;
	percent_encode(&b, STR("a b/\u00e4~-._%"));
	is("a%20b%2F%C3%A4~-._%25");
	assert_true(percent_decode(&b, STR("a%20b%2f%C3%A4+")));
	is("a b/\u00e4+");
	assert_false(percent_decode(&b, STR("%")));
	assert_false(percent_decode(&b, STR("%4")));
	assert_false(percent_decode(&b, STR("%zz")));
	buf_clear(&b);
}

static void test_json(void **state) {
	(void)state;
	json_escape(&b, STR("\"\\\n\r\t\b\f\x01\x7F</script>&\u2028\u00e4\U0001F600\xFF"));
	is("\\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u007f\\u003c/script\\u003e\\u0026\\u2028\u00e4\U0001F600\uFFFD");
}

static void test_hex_base64(void **state) {
	(void)state;
	hex_encode(&b, STR("\x00\xFFz"));
	is("00ff7a");
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob",
		"Zm9vYg=="}, {"\xFB\xFF", "+/8="}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		base64_encode(&b, str_c(pairs[i][0]));
		is(pairs[i][1]);
		assert_true(base64_decode(&b, str_c(pairs[i][1])));
		is(pairs[i][0]);
	}
	assert_true(base64_decode(&b, STR("-_8")));
	is("\xFB\xFF");
	static const char *const wrong[] = {"A", "Zg=", "Zg===", "Z g=", "Zh==", "Zg==Zg==", "====", "="};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (base64_decode(&b, str_c(wrong[i]))) fail_msg("\"%s\" was taken", wrong[i]);
		buf_clear(&b);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_html), cmocka_unit_test(test_percent), cmocka_unit_test(test_json),
			cmocka_unit_test(test_hex_base64),
	};
	buf_init(&b, 4096);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_done(&b);
	return failed;
}
