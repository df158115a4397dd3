#include "text/form.h"
#include "text/shared_set.h"
#include "text/json.h"
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static struct arena mem;
static const char multi[] = "multipart/form-data; boundary=\"XX\"";

static void same(struct str got, const char *expected) {
	if (!str_is(got, expected)) fail_msg("got \"" STR_FMT "\", expected \"%s\"", STR_ARG(got), expected);
}

static enum err parse(const char *type, const char *body, struct form *f) {
	return form_parse(&mem, str_c(type), str_c(body), f);
}

static void test_urlencoded(void **state) {
	(void)state;
	struct form f;
	assert_int_equal(parse("application/x-www-form-urlencoded; charset=utf-8", "a=1&b=x+y%21&a=2&c", &f), OK);
	assert_int_equal(f.n, 4);
	same(form_value(&f, "b"), "x y!");
	same(form_value(&f, "c"), "");
	assert_true(str_none(form_value(&f, "d")));
	const struct form_part *p = form_find(&f, STR("a"), NULL);
	same(p->value, "1");
	same((p = form_find(&f, STR("a"), p))->value, "2");
	assert_null(form_find(&f, STR("a"), p));
	assert_int_equal(parse("application/x-www-form-urlencoded", "", &f), OK);
	assert_int_equal(f.n, 0);
	assert_int_equal(parse("application/x-www-form-urlencoded", "a=%", &f), ERR_MALFORMED);
	assert_int_equal(parse("text/plain", "a=1", &f), ERR_MEDIA_TYPE);
	assert_int_equal(form_parse(&mem, STR_NONE, STR("a=1"), &f), ERR_MEDIA_TYPE);
	char *many = arena_alloc(&mem, 3 * FORM_PARTS_MAX + 10);
	for (int i = 0; i <= FORM_PARTS_MAX; i++) memcpy(many + 2 * i, "a&", 2);
	assert_int_equal(parse("application/x-www-form-urlencoded", many, &f), ERR_TOO_LARGE);
}

static void test_multipart(void **state) {
	(void)state;
	struct form f;
	assert_int_equal(parse(multi,
		"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\ntwo\r\n"
		"--XX\r\ncontent-disposition: form-data; name=\"f\"; filename=\"C:\\dir\\na%22me.txt\"\r\nContent-Type: text/plain\r\n\r\n--X\r\n--Y\0\r\n"
		/* str_c ends at the NUL */
		"--XX\r\nContent-Disposition: form-data; name=b\r\n\r\n\r\n--XX--\r\n", &f), ERR_MALFORMED);
	assert_int_equal(parse(multi,
		"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\ntwo\r\n"
		"--XX\r\ncontent-disposition: form-data; name=\"f\"; filename=\"C:\\dir\\na%22me.txt\"\r\nContent-Type: text/plain\r\n\r\n--X\r\n--Y\r\n"
		"--XX\r\nContent-Disposition: form-data; name=\"g\"; filename*=utf-8''na%C3%AFve.txt; filename=\"x\"\r\n\r\n1\r\n"
		"--XX\r\nContent-Disposition: form-data; name=\"h\"; filename=\"\"\r\n\r\n\r\n"
		"--XX  \r\nContent-Disposition: form-data; name=b\r\n\r\n\r\n--XX--\r\n", &f), OK);
	assert_int_equal(f.n, 5);
	same(f.v[0].value, "one\r\ntwo");
	assert_true(str_none(f.v[0].filename));
	same(f.v[1].filename, "na\"me.txt");
	same(f.v[1].type, "text/plain");
	same(f.v[1].value, "--X\r\n--Y");
	same(f.v[2].filename, "na\u00efve.txt");
	assert_true(!str_none(f.v[3].filename) && f.v[3].filename.n == 0);
	same(f.v[4].name, "b");
	same(f.v[4].value, "");
	assert_int_equal(parse(multi, "--XX--", &f), OK);
	assert_int_equal(f.n, 0);
}

static void test_multipart_wrong(void **state) {
	(void)state;
	static const char *const wrong[] = {
		"", "x", "--XX", "--XX\r\n", "--XX\r\n\r\n\r\n--XX--",
			"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc",
		"--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nabc\r\n--XX--",
			"--XX\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--XX--",
		"--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nabc\r\n--XX--", "--XX\r\nX\r\n\r\nabc\r\n--XX--",
		"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\nabc\r\n--XX--",
		"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\nabc\r\n--XX--",
		"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nabc\r\n--XX--",
		"--XXx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n--XX--", "preamble\r\n--XX--",
	};
	struct form f = {.n = 77};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (parse(multi, wrong[i], &f) != ERR_MALFORMED) fail_msg("\"%s\" was taken", wrong[i]);
	assert_int_equal(f.n, 77);
	assert_int_equal(parse("multipart/form-data", "--XX--", &f), ERR_MALFORMED);
	assert_int_equal(parse("multipart/form-data; boundary=", "--XX--", &f), ERR_MALFORMED);
	struct buf b;
	buf_init(&b, 1 << 20);
	buf_add(&b, STR("--XX\r\nX: "));
	for (int i = 0; i < FORM_HEADER_MAX; i++) buf_add_char(&b, 'x');
	buf_add(&b, STR("\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--XX--"));
	assert_int_equal(form_parse(&mem, str_c(multi), buf_str(&b), &f), ERR_TOO_LARGE);
	buf_clear(&b);
	for (int i = 0; i <= FORM_PARTS_MAX; i++) buf_add(&b,
		STR("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"));
	buf_add(&b, STR("--XX--"));
	assert_int_equal(form_parse(&mem, str_c(multi), buf_str(&b), &f), ERR_TOO_LARGE);
	buf_done(&b);
}

static void test_types(void **state) {
	(void)state;
	same(media_type(&mem, STR(" Text/HTML ; charset=utf-8")), "text/html");
	same(media_param(&mem, STR("text/html; a=\"x;\\\"y\" ; Charset=utf-8"), "charset"), "utf-8");
	same(media_param(&mem, STR("text/html; a=\"x;\\\"y\" ; Charset=utf-8"), "a"), "x;\"y");
	assert_true(str_none(media_param(&mem, STR("text/html"), "charset")));
	assert_true(form_takes(STR("Multipart/Form-Data; boundary=x")));
	assert_false(form_takes(STR("application/json")));
	struct str set = shared_text(&mem, "url/mime-types.json");
	JSON_DOC(doc);
	if (str_none(set) || json_parse(&doc, set, NULL) != OK) return;
	for (size_t i = 0; i < json_length(doc.root); i++) {
		struct str input;
		if (!json_get_str(json_member(json_item(doc.root, i), "input"), &input)) continue;
		media_type(&mem, input);
		media_param(&mem, input, "charset");
	}
}

#include "../../fuzz/form_fuzz.c"
static void test_regressions(void **state) {
	(void)state;
	regression_each("form", LLVMFuzzerTestOneInput);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urlencoded), cmocka_unit_test(test_multipart), cmocka_unit_test(test_multipart_wrong),
		cmocka_unit_test(test_types), cmocka_unit_test(test_regressions),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
