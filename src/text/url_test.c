#include "text/url.h"
#include "text/shared_set.h"
#include <inttypes.h>
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static struct arena mem;

static void same(struct str got, const char *expected) {
	if (!str_is(got, expected)) fail_msg("got \"" STR_FMT "\", expected \"%s\"", STR_ARG(got), expected);
}

static void test_path(void **state) {
	(void)state;
	same(url_path(&mem, "/problems/%" PRId64, (int64_t)12).s, "/problems/12");
	same(url_path(&mem, "/tag/%s", url_part(&mem, STR("a b/c?\u00e4"))).s, "/tag/a%20b%2Fc%3F%C3%A4");
	same(url_path(&mem, "/%s", "/evil.com").s, "/%2Fevil.com");
	same(url_path(&mem, "/%s", "\\evil.com").s, "/%5Cevil.com");
	same(url_path(&mem, "/a\"<b>\n").s, "/a%22%3Cb%3E%0A");
	struct url u = url_path(&mem, "/search");
	u = url_with(&mem, u, "q", STR("a&b c"));
	same(u.s, "/search?q=a%26b%20c");
	same(url_with(&mem, (struct url){STR("/x?y=1#z")}, "n", STR("2")).s, "/x?y=1&n=2#z");
}

static void test_allowed(void **state) {
	(void)state;
	static const char *const good[][2] = {
		{"/", "/"}, {"/a/b?c=d#e", "/a/b?c=d#e"}, {" /a ", "/a"}, {"/\u00e4\"'", "/%C3%A4%22'"}, {"/100%", "/100%25"},
			{"/a%2fb", "/a%2fb"},
		{"/a?b=\\", "/a?b=%5C"}, {"http://example.com", "http://example.com"}, {"HTTPS://Example.com:8080/a?b",
			"https://Example.com:8080/a?b"},
		{"https://m\u00fcnchen.de/\u00e4", "https://m\u00fcnchen.de/%C3%A4"}, {"http://[::1]/x", "http://[::1]/x"},
		{"mailto:anna@example.com", "mailto:anna@example.com"}, {"mailto:a@b.de?subject=x%20y",
			"mailto:a@b.de?subject=x%20y"},
		{"tel:+49-30-1234", "tel:+49-30-1234"},
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct url u;
		if (!url_check(&mem, str_c(good[i][0]), &u)) fail_msg("\"%s\" was refused", good[i][0]);
		same(u.s, good[i][1]);
		struct url again;
		assert_true(url_check(&mem, u.s, &again));
		assert_true(str_eq(again.s, u.s));
	}
}

static void test_refused(void **state) {
	(void)state;
	static const char *const wrong[] = {
		"", " ", "a", "a/b", "?x", "#x", "//evil.com", "/\\evil.com", "\\\\evil.com", "/a\\b", "/a b", "/a\tb",
			"/a\nb", "/\x01", "/\x7F", "/\xFF",
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "java\tscript:alert(1)",
			" javascript:alert(1)",
		"\x01javascript:alert(1)", "javascript&colon;alert(1)", "&#106;avascript:alert(1)", "javascript%3Aalert(1)",
			"data:text/html,x",
		"vbscript:x", "file:///etc/passwd", "blob:x", "about:blank", "ftp://a/b", "view-source:http://a", "http:",
			"http:a", "http:/a", "http://",
		"http:///a", "http://?a", "https:\\\\evil.com", "http://a\\b/", "http://good.com@evil.com/", "http://a:b@c/",
			"http://a b/", "http://<x>/",
		"http://a%00b/", "http://a/\\..", "mailto:", "mailto:a", "mailto:@", "mailto:a@b%0d%0aBcc:c@d",
			"mailto:a@b%0ABcc:x", "tel:", "tel:abc",
		"tel:1/2", "jav\u0430script:x", ":x", "://x",
	};
	struct url u = {STR("untouched")};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (url_check(&mem, str_c(wrong[i]), &u)) fail_msg("\"%s\" was taken as " STR_FMT, wrong[i], STR_ARG(u.s));
	assert_false(url_check(&mem, STR("/a\0b"), &u));
	char *long_one = arena_alloc(&mem, 5000);
	memset(long_one, '/', 1);
	memset(long_one + 1, 'a', 4998);
	assert_false(url_check(&mem, str_c(long_one), &u));
	same(u.s, "untouched");
	assert_false(url_check_path(&mem, STR("http://example.com/"), &u));
	assert_true(url_check_path(&mem, STR("/desk?x=1"), &u));
}

static void test_query(void **state) {
	(void)state;
	struct buf b;
	buf_init(&b, 1 << 20);
	query_add(&b, STR("a b"), STR("c&d"));
	query_add(&b, STR("e"), STR("\u00e4+"));
	same(buf_str(&b), "a+b=c%26d&e=%C3%A4%2B");
	struct query q = query_read(buf_str(&b));
	struct str name, value;
	assert_true(query_next(&q, &mem, &name, &value));
	same(name, "a b");
	same(value, "c&d");
	assert_true(query_next(&q, &mem, &name, &value));
	same(value, "\u00e4+");
	assert_false(query_next(&q, &mem, &name, &value));
	assert_int_equal(q.fault, OK);
	same(query_get(&mem, STR("&&x&y=&z=1&z=2"), "z"), "1");
	same(query_get(&mem, STR("&&x&y=&z=1&z=2"), "x"), "");
	assert_true(str_none(query_get(&mem, STR("x=1"), "q")));
	assert_true(str_none(query_get(&mem, STR_NONE, "q")));
	q = query_read(STR("a=1&b=%zz"));
	assert_true(query_next(&q, &mem, &name, &value));
	assert_false(query_next(&q, &mem, &name, &value));
	assert_int_equal(q.fault, ERR_MALFORMED);
	buf_clear(&b);
	for (int i = 0; i <= QUERY_MAX; i++) query_add(&b, STR("a"), STR("1"));
	q = query_read(buf_str(&b));
	int n = 0;
	while (query_next(&q, &mem, &name, &value)) n++;
	assert_int_equal(n, QUERY_MAX);
	assert_int_equal(q.fault, ERR_TOO_LARGE);
	buf_done(&b);
}

#include "../../fuzz/url_fuzz.c"
static void test_regressions(void **state) {
	(void)state;
	regression_each("url", LLVMFuzzerTestOneInput);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path), cmocka_unit_test(test_allowed), cmocka_unit_test(test_refused),
			cmocka_unit_test(test_query),
		cmocka_unit_test(test_regressions),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
