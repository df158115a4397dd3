/* Every kind of field as JSON: there, absent, in lists, in groups. */
#include "web/view_json.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct inner {
	int64_t n;
};
struct inner_list {
	struct inner *v;
	size_t n;
};

struct all {
	int64_t i;
	struct opt_int oi;
	double r;
	bool b;
	struct str t, d, bytes, hidden;
	usec_t at;
	struct person_id id;
	struct html h;
	struct url u;
	struct inner one, *maybe;
	struct inner_list many;
	struct int_list ints;
	struct text_list texts;
	double lat, lon;
	struct str label;
};

#define F(field, k, ...) {.name = #field, .kind = k, .offset = offsetof(struct all, field), ##__VA_ARGS__}
static const struct type_field inner_fields[] = {{.name = "n", .kind = K_INT, .offset = offsetof(struct inner, n)}};
static const struct type_def inner_type = {.name = "inner", .size = sizeof(struct inner), .field = inner_fields, .fields = 1};
static const struct type_field fields[] = {
	F(i, K_INT), F(oi, K_INT, .opt = true), F(r, K_REAL), F(b, K_BOOL), F(t, K_TEXT), F(d, K_DATE), F(bytes, K_BLOB), F(hidden, K_TEXT, .no_json = true),
	F(at, K_TIME), F(id, K_ID), F(h, K_HTML), F(u, K_URL), F(one, K_STRUCT, .type = &inner_type), F(maybe, K_STRUCT, .opt = true, .type = &inner_type),
	F(many, K_STRUCT, .list = true, .type = &inner_type), F(ints, K_INT, .list = true), F(texts, K_TEXT, .list = true),
	F(lat, K_REAL, .group = "place", .group_opt = true), F(lon, K_REAL, .group = "place", .group_opt = true),
	F(label, K_TEXT, .group = "place", .group_opt = true),
};
static const struct type_def type = {.name = "all", .size = sizeof(struct all), .field = fields, .fields = sizeof fields / sizeof *fields};

static void check(const struct type_def *t, const void *v, const char *wanted) {
	struct buf b;
	buf_init(&b, 65536);
	struct json_out o = json_out(&b);
	view_json(&o, t, v);
	buf_add_char(&b, 0);
	assert_string_equal(b.p, wanted);
	JSON_DOC(doc);
	assert_int_equal(json_parse(&doc, str_c(b.p), NULL), 0);
	buf_done(&b);
}

static void absent(void **state) {
	struct all v = {.r = NAN, .lat = NAN, .lon = NAN};
	(void)state;
	check(&type, &v, "{\"i\":0,\"oi\":null,\"r\":null,\"b\":false,\"t\":null,\"d\":null,\"at\":null,\"id\":null,\"h\":null,\"u\":null,\"one\":{\"n\":0},"
	      "\"maybe\":null,\"many\":[],\"ints\":[],\"texts\":[],\"place\":null}");
}

static void there(void **state) {
	struct inner two[] = {{1}, {2}};
	int64_t ints[] = {-1, INT64_MAX};
	struct str texts[] = {STR("a\"<"), STR_NONE, STR("")};
	struct all v = {.i = -5, .oi = {true, 0}, .r = 0.1, .b = true, .t = STR("\xff\n"), .d = STR("2026-03-14"), .bytes = STR("x"), .hidden = STR("secret"),
	                .at = 1500000, .id = {7}, .h = {STR("<b>")}, .u = {STR("/x")}, .one = {3}, .maybe = &two[1], .many = {two, 2}, .ints = {ints, 2},
	                .texts = {texts, 3}, .lat = 48.25, .lon = 0, .label = STR_NONE};
	(void)state;
	check(&type, &v, "{\"i\":-5,\"oi\":0,\"r\":0.1,\"b\":true,\"t\":\"\xef\xbf\xbd\\n\",\"d\":\"2026-03-14\",\"at\":\"1970-01-01T00:00:01.500000Z\","
	      "\"id\":7,\"h\":\"\\u003cb\\u003e\",\"u\":\"/x\",\"one\":{\"n\":3},\"maybe\":{\"n\":2},\"many\":[{\"n\":1},{\"n\":2}],"
	      "\"ints\":[-1,9223372036854775807],\"texts\":[\"a\\\"\\u003c\",null,\"\"],\"place\":{\"lat\":48.25,\"lon\":0.0,\"label\":null}}");
}

/* A view whose face is one of its fields. */
static void face(void **state) {
	struct inner two[] = {{1}, {2}};
	struct all v = {.many = {two, 2}};
	struct type_def t = type;
	(void)state;
	t.json = "many";
	check(&t, &v, "[{\"n\":1},{\"n\":2}]");
	t.json = "maybe";
	check(&t, &v, "null");
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(absent), cmocka_unit_test(there), cmocka_unit_test(face)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
