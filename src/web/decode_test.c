/* Inputs from the path, forms, JSON and the query: every kind, every fault, the same rules from each source; and hostile strings. */
#include "web/testing.h"
#include "web/decode.h"
#include <math.h>
#include <stddef.h>

struct all_in {
	struct conversation_id id;
	struct str need, may, empty, day, mail, word, lines, sort;
	int64_t count;
	struct opt_int maybe;
	double real;
	bool yes;
	usec_t at;
	struct person_id person;
	struct text_list tags;
	struct int_list numbers;
	struct { struct str label; double lat; } place;
	struct upload file;
	struct upload_list files;
};

static const char *const words[] = {"red", "blue", NULL};
#define F(field, k, ...) {.name = #field, .kind = k, .where = IN_ANY, .offset = offsetof(struct all_in, field), ##__VA_ARGS__}
static const struct field_def fields[] = {
	{.name = "id", .kind = K_ID, .where = IN_PATH, .offset = offsetof(struct all_in, id)},
	F(need, K_TEXT, .has_max = true, .max = 10),
	F(may, K_TEXT, .opt = true, .has_min = true, .min = 2),
	F(empty, K_TEXT, .has_min = true, .min = 0),
	F(day, K_DATE, .opt = true),
	F(mail, K_TEXT, .opt = true, .email = true),
	F(word, K_TEXT, .opt = true, .one = words),
	F(lines, K_TEXT, .opt = true, .lines = true, .has_max = true, .max = 20000),
	F(sort, K_TEXT, .one = words, .preset = "blue"),
	F(count, K_INT, .has_min = true, .min = 1, .has_max = true, .max = 200, .preset = "50"),
	F(maybe, K_INT, .opt = true),
	F(real, K_REAL, .opt = true, .has_min = true, .min = -90, .has_max = true, .max = 90),
	F(yes, K_BOOL),
	F(at, K_TIME, .opt = true),
	F(person, K_ID, .opt = true),
	F(tags, K_TEXT, .list = true, .has_max = true, .max = 3),
	F(numbers, K_INT, .list = true),
	{.name = "label", .group = "place", .kind = K_TEXT, .where = IN_ANY, .opt = true, .offset = offsetof(struct all_in, place.label)},
	{.name = "lat", .group = "place", .kind = K_REAL, .where = IN_ANY, .opt = true, .offset = offsetof(struct all_in, place.lat)},
	F(file, K_FILE, .opt = true, .has_max = true, .max = 5),
	F(files, K_FILE, .list = true, .has_max = true, .max = 2),
};

static void put_text(struct json_out *j, const char *name, struct str s) {
	json_put_key(j, name);
	json_put_str(j, s);
}

static void put_int(struct json_out *j, const char *name, int64_t v) {
	json_put_key(j, name);
	json_put_int(j, v);
}

static enum err echo(struct req *q, const void *input, void *view) {
	const struct all_in *in = input;
	struct buf b;
	(void)view;
	buf_init(&b, 1 << 20);
	struct json_out j = json_out(&b);
	json_put_object(&j);
	put_int(&j, "id", in->id.v);
	put_text(&j, "need", in->need), put_text(&j, "may", in->may), put_text(&j, "empty", in->empty), put_text(&j, "day", in->day);
	put_text(&j, "mail", in->mail), put_text(&j, "word", in->word), put_text(&j, "lines", in->lines), put_text(&j, "sort", in->sort);
	put_int(&j, "count", in->count);
	if (in->maybe.has) put_int(&j, "maybe", in->maybe.v);
	json_put_key(&j, "real"), json_put_real(&j, in->real);
	json_put_key(&j, "yes"), json_put_bool(&j, in->yes);
	put_int(&j, "at", in->at), put_int(&j, "person", in->person.v);
	json_put_key(&j, "tags"), json_put_array(&j);
	for (size_t i = 0; i < in->tags.n; i++) json_put_str(&j, in->tags.v[i]);
	json_put_end(&j);
	json_put_key(&j, "tags_given"), json_put_bool(&j, in->tags.v != NULL);
	json_put_key(&j, "numbers"), json_put_array(&j);
	for (size_t i = 0; i < in->numbers.n; i++) json_put_int(&j, in->numbers.v[i]);
	json_put_end(&j);
	put_text(&j, "label", in->place.label);
	json_put_key(&j, "lat"), json_put_real(&j, in->place.lat);
	put_text(&j, "file", in->file.bytes), put_text(&j, "file_name", in->file.name);
	put_int(&j, "files", (int64_t)in->files.n);
	json_put_end(&j);
	req_send(q, 200, "application/json", buf_str(&b));
	buf_done(&b);
	return OK;
}

#define ECHO .run = echo, .in = fields, .in_count = sizeof fields / sizeof *fields, .in_size = sizeof(struct all_in), .flags = ROUTE_RAW | ROUTE_API, \
	.status = 200, .body_max = 1 << 20
const struct route routes[] = {
	{.method = "POST", .path = "/api/v1/all/{id}", .name = "echo", ECHO},
	{.method = "GET", .path = "/api/v1/all/{id}", .name = "echo_get", ECHO},
	{.method = "GET", .path = "/calendar/{need}.ics", .name = "calendar", .status = 200},
	{.method = "GET", .path = "/calendar/new", .name = "calendar_new", .status = 200},
	{.method = "GET", .path = "/{need}", .name = "any", .status = 200},
};
const int route_count = sizeof routes / sizeof *routes;

#define SITE(s) FIXTURE(f); struct site s; site_start(&s, f)
#define TO "POST /api/v1/all/7"

static struct answer form(struct site *s, const char *text) { return call(s, TO, FORM_TYPE, str_c(text)); }
static struct answer json(struct site *s, const char *text) { return call(s, TO, JSON_TYPE, str_c(text)); }

static void assert_has(struct answer r, const char *part) {
	if (!has(r.body, part)) fail_msg("no %s in %d " STR_FMT, part, r.status, STR_ARG(r.body));
}

/* A list that is empty is not one that is not there. */
static void empty_lists(void **state) {
	SITE(s);
	assert_has(json(&s, "{\"need\":\"a\"}"), "\"tags\":[],\"tags_given\":false");
	assert_has(json(&s, "{\"need\":\"a\",\"tags\":[]}"), "\"tags\":[],\"tags_given\":true");
	assert_has(json(&s, "{\"need\":\"a\",\"tags\":[\"x\"]}"), "\"tags\":[\"x\"],\"tags_given\":true");
	assert_has(form(&s, "need=a"), "\"tags\":[],\"tags_given\":false");
	assert_has(call(&s, TO "?tags=q", JSON_TYPE, STR("{\"need\":\"a\",\"tags\":[]}")), "\"tags\":[],\"tags_given\":true");
	assert_status(json(&s, "{\"need\":\"a\",\"tags\":{}}"), 422);
	site_stop(&s);
}

/* -------------------------------------------------------------------- by source */

static void forms(void **state) {
	SITE(s);
	struct answer r = form(&s, "need=a+%26%0Ab&day=2026-02-28&mail=a%40b.example&word=red&lines=x%0D%0Ay&count=3&maybe=-4&real=-1.5&yes=on"
	                           "&at=2026-03-14T18%3A20%3A00%2B01%3A00&person=9&tags=one&tags=two&numbers=1&numbers=-2&place.label=here&place.lat=48.5&other=x&csrf=y");
	assert_status(r, 200);
	static const char *const parts[] = {"\"id\":7", "\"need\":\"a \\u0026 b\"", "\"may\":null", "\"empty\":\"\"", "\"day\":\"2026-02-28\"", "\"mail\":\"a@b.example\"",
		"\"lines\":\"x\\ny\"", "\"sort\":\"blue\"", "\"count\":3", "\"maybe\":-4", "\"real\":-1.5", "\"yes\":true", "\"at\":1773508800000000", "\"person\":9",
		"\"tags\":[\"one\",\"two\"]", "\"numbers\":[1,-2]", "\"label\":\"here\"", "\"lat\":48.5", "\"file\":null"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) assert_has(r, parts[i]);
	/* Inputs left empty are not given; the first counts; a box and its hidden twin. */
	r = form(&s, "need=a&need=b&day=&maybe=&real=&at=&person=&count=&sort=&numbers=&word=&yes=0&yes=1");
	assert_status(r, 200);
	assert_has(r, "\"need\":\"a\"");
	assert_has(r, "\"day\":null");
	assert_has(r, "\"count\":50");
	assert_has(r, "\"sort\":\"blue\"");
	assert_has(r, "\"real\":null");
	assert_has(r, "\"numbers\":[]");
	assert_has(r, "\"yes\":true");
	assert_true(!has(r.body, "maybe"));
	/* The body before the query, and never the query in place of the path. */
	r = call(&s, TO "?need=query&word=red&id=8&tags=q&yes=1", FORM_TYPE, STR("need=body&tags=b&yes=0"));
	assert_has(r, "\"need\":\"body\"");
	assert_has(r, "\"word\":\"red\"");
	assert_has(r, "\"id\":7");
	assert_has(r, "\"tags\":[\"b\"]");
	assert_has(r, "\"yes\":false");
	r = get_page(&s, "/api/v1/all/3?need=x&tags=a&tags=b&numbers=5");
	assert_has(r, "\"tags\":[\"a\",\"b\"]");
	site_stop(&s);
}

static void jsons(void **state) {
	SITE(s);
	struct answer r = json(&s, "{\"need\":\"ä\",\"day\":\"2026-02-28\",\"count\":3,\"maybe\":null,\"real\":2,\"yes\":true,\"at\":\"2026-03-14T17:20:00Z\","
	                           "\"person\":9,\"tags\":[\"one\"],\"numbers\":[1,2],\"place\":{\"label\":\"here\",\"lat\":1}}");
	assert_status(r, 200);
	static const char *const parts[] = {"\"need\":\"ä\"", "\"count\":3", "\"real\":2.0", "\"yes\":true", "\"at\":1773508800000000", "\"tags\":[\"one\"]", "\"numbers\":[1,2]",
		"\"label\":\"here\"", "\"lat\":1.0"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) assert_has(r, parts[i]);
	assert_status(json(&s, "{\"need\":\"x\",\"place\":null}"), 200);
	assert_status(call(&s, TO, "Content-Type: application/merge-patch+json; charset=utf-8\r\n", STR("{\"need\":\"x\"}")), 200);
	static const struct { const char *text; int status; const char *says; } wrong[] = {
		{"{", 400, "line 1"}, {"[]", 400, "object"}, {"\"x\"", 400, "object"}, {"{\"need\":\"a\",\"need\":\"b\"}", 400, "JSON"},
		{"{\"need\":\"x\"}}", 400, "JSON"}, {"{\"need\":\"\\u0000\"}", 400, "JSON"}, {"{\"need\":1}", 422, "\"field\":\"need\",\"message\":\"This must be a text."},
		{"{\"need\":\"x\",\"unknown\":1}", 422, "\"field\":\"unknown\""}, {"{\"need\":\"x\",\"id\":1}", 422, "\"field\":\"id\""},
		{"{\"need\":\"x\",\"count\":\"3\"}", 422, "\"field\":\"count\""}, {"{\"need\":\"x\",\"count\":1.5}", 422, "whole number"},
		{"{\"need\":\"x\",\"count\":99999999999999999999}", 400, "JSON"}, {"{\"need\":\"x\",\"yes\":\"true\"}", 422, "true or false"},
		{"{\"need\":\"x\",\"tags\":\"a\"}", 422, "list"}, {"{\"need\":\"x\",\"tags\":[1]}", 422, "\"field\":\"tags\""},
		{"{\"need\":\"x\",\"tags\":[\"1\",\"2\",\"3\",\"4\"]}", 422, "too many"}, {"{\"need\":\"x\",\"place\":1}", 422, "\"field\":\"place\""},
		{"{\"need\":\"x\",\"place\":{\"lat\":\"1\"}}", 422, "\"field\":\"place.lat\""}, {"{\"need\":\"x\",\"place\":{\"x\":1}}", 422, "\"field\":\"place.x\""},
		{"{\"need\":null}", 422, "\"field\":\"need\""}, {"{\"need\":\"x\",\"file\":\"x\"}", 422, "\"field\":\"file\""}, {"{}", 422, "\"field\":\"need\""},
		{"{\"need\":\"\"}", 422, "fill this in"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		r = json(&s, wrong[i].text);
		if (r.status != wrong[i].status || !has(r.body, wrong[i].says)) fail_msg("%s gives %d " STR_FMT, wrong[i].text, r.status, STR_ARG(r.body));
	}
	site_stop(&s);
}

#define PART(name) "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define FILE_PART(name, file) "--b\r\nContent-Disposition: form-data; name=\"" name "\"; filename=\"" file "\"\r\nContent-Type: text/plain\r\n\r\n"

static void files(void **state) {
	SITE(s);
	static const char type[] = "Content-Type: multipart/form-data; boundary=b\r\n";
	struct answer r = call(&s, TO, type, STR(PART("need") "x\r\n" FILE_PART("file", "C:\\\\dir\\\\a.txt") "12345\r\n" FILE_PART("files", "1") "1\r\n"
	                                           FILE_PART("files", "2") "2\r\n" FILE_PART("unknown", "3") "3\r\n--b--\r\n"));
	assert_status(r, 200);
	assert_has(r, "\"file\":\"12345\"");
	assert_has(r, "\"file_name\":\"a.txt\"");
	assert_has(r, "\"files\":2");
	r = call(&s, TO, type, STR(PART("need") "x\r\n" FILE_PART("file", "") "\r\n--b--\r\n")); /* none chosen */
	assert_has(r, "\"file\":null");
	r = call(&s, TO, type, STR(PART("need") "x\r\n" FILE_PART("file", "a") "123456\r\n--b--\r\n"));
	assert_status(r, 422);
	assert_has(r, "This file is too large.");
	r = call(&s, TO, type, STR(PART("need") "x\r\n" FILE_PART("files", "1") "\r\n" FILE_PART("files", "2") "\r\n" FILE_PART("files", "3") "\r\n--b--\r\n"));
	assert_status(r, 422);
	r = call(&s, TO, type, STR(PART("need") "x\r\n" FILE_PART("need", "a") "y\r\n--b--\r\n")); /* a file is no text */
	assert_has(r, "\"need\":\"x\"");
	r = call(&s, TO, type, STR(PART("need") "x\r\n" PART("file") "y\r\n--b--\r\n")); /* and a text no file */
	assert_status(r, 422);
	assert_status(call(&s, TO, type, STR("nonsense")), 400);
	assert_status(call(&s, TO, "Content-Type: multipart/form-data\r\n", STR("--b--")), 400);
	assert_status(call(&s, TO, "Content-Type: application/xml\r\n", STR("<x/>")), 415);
	assert_status(call(&s, TO, "", STR("need=x")), 415);
	/* A body that went to a file. */
	char *big = arena_alloc(&f->a, 400000);
	memset(big, 'x', 400000);
	r = call(&s, TO, FORM_TYPE, str_fmt(&f->a, "need=x&other=%.*s", 400000, big));
	assert_status(r, 200);
	site_stop(&s);
}

/* --------------------------------------------------------------------- by fault */

static void faults(void **state) {
	SITE(s);
	static const struct { const char *text, *field; } wrong[] = {
		{"need=", "need"}, {"need=+", "need"}, {"need=12345678901", "need"}, {"need=%C3", "need"}, {"need=%00", "need"}, {"need=%ED%A0%80", "need"},
		{"need=x&may=a", "may"}, {"need=x&may=", "may"}, {"need=x&day=2026-02-29", "day"}, {"need=x&day=1", "day"}, {"need=x&mail=x", "mail"}, {"need=x&mail=a@b", "mail"},
		{"need=x&mail=a%20@b.c", "mail"}, {"need=x&mail=a@b.c,d@e.f", "mail"}, {"need=x&mail=%22a%22@b.c", "mail"}, {"need=x&mail=a@b@c.d", "mail"},
		{"need=x&mail=a%40b.c.", "mail"}, {"need=x&mail=a%0A%40b.c", "mail"}, {"need=x&word=green", "word"}, {"need=x&word=Red", "word"}, {"need=x&sort=x", "sort"},
		{"need=x&count=0", "count"}, {"need=x&count=201", "count"}, {"need=x&count=1.0", "count"}, {"need=x&count=abc", "count"},
		{"need=x&count=99999999999999999999", "count"}, {"need=x&real=91", "real"}, {"need=x&real=nan", "real"}, {"need=x&real=1e999", "real"},
		{"need=x&at=2026-03-14", "at"}, {"need=x&at=yesterday", "at"}, {"need=x&person=0", "person"}, {"need=x&person=-1", "person"}, {"need=x&person=me", "person"},
		{"need=x&tags=1&tags=2&tags=3&tags=4", "tags"}, {"need=x&numbers=1&numbers=x", "numbers"}, {"need=x&place.lat=x", "place.lat"}, {"may=xx", "need"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct answer r = form(&s, wrong[i].text);
		if (r.status != 422 || !str_has(r.body, str_fmt(&f->a, "\"field\":\"%s\"", wrong[i].field))) fail_msg("%s gives %d " STR_FMT, wrong[i].text, r.status, STR_ARG(r.body));
	}
	struct answer r = form(&s, "count=0&real=99&day=x"); /* all faults at once */
	assert_has(r, "\"count\"");
	assert_has(r, "\"real\"");
	assert_has(r, "\"day\"");
	assert_has(r, "\"need\"");
	assert_status(form(&s, "need=%zz"), 400);
	assert_status(get_page(&s, "/api/v1/all/7?need=%zz"), 400);
	static const char *const paths[] = {"/api/v1/all/0", "/api/v1/all/-1", "/api/v1/all/x", "/api/v1/all/1.0", "/api/v1/all/99999999999999999999", "/api/v1/all/7x", "/api/v1/all/%37x"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) assert_status(get_page(&s, str_fmt(&f->a, "%s?need=x", paths[i]).p), 404);
	assert_status(get_page(&s, "/api/v1/all/%37?need=x"), 200);
	assert_status(get_page(&s, "/api/v1/all/%zz?need=x"), 400);
	site_stop(&s);
}

static void addresses(void **state) {
	(void)state;
	static const struct { const char *path, *name; } cases[] = {
		{"/calendar/new", "calendar_new"}, {"/calendar/a.ics", "calendar"}, {"/calendar/.ics", NULL}, {"/calendar/a.icsx", NULL}, {"/calendar/a/b.ics", NULL},
		{"/x", "any"}, {"/", NULL}, {"", NULL}, {"//", NULL}, {"/x/", NULL}, {"/api/v1/all/", NULL}, {"/api/v1/all/1/2", NULL}, {"/api/v1/all/1", "echo_get"},
	};
	bool known;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct route *r = route_find(STR("GET"), str_c(cases[i].path), &known);
		if ((r == NULL) != (cases[i].name == NULL) || (r && strcmp(r->name, cases[i].name) != 0)) fail_msg("%s finds %s", cases[i].path, r ? r->name : "nothing");
	}
	assert_null(route_find(STR("PUT"), STR("/api/v1/all/1"), &known));
	assert_true(known);
	assert_non_null(route_find(STR("HEAD"), STR("/api/v1/all/1"), &known));
	assert_null(route_find(STR("PUT"), STR("/a/b"), &known));
	assert_false(known);
}

/* ------------------------------------------------------------- naughty strings */

static void naughty(void **state) {
	SITE(s);
	const char *shared = getenv("RIALTO_SHARED");
	char path[512];
	snprintf(path, sizeof path, "%s/data/robustness/blns.json", shared ? shared : "../shared");
	FILE *in = fopen(path, "r");
	if (in == NULL) {
		print_message("SKIPPED naughty strings: there is no %s\n", path);
		site_stop(&s);
		skip();
	}
	char *text = arena_alloc(&f->a, 200000);
	size_t n = fread(text, 1, 199999, in);
	fclose(in);
	JSON_DOC(doc);
	assert_int_equal(json_parse(&doc, str_n(text, n), NULL), OK);
	size_t taken = 0;
	for (size_t i = 0; i < json_length(doc.root); i++) {
		struct str string;
		struct buf b, j;
		if (i % 50 == 0) rates_free(s.w->rates), s.w->rates = rates_new();
		assert_true(json_get_str(json_item(doc.root, i), &string));
		buf_init(&b, 100000);
		buf_add(&b, STR("need=x&lines="));
		percent_encode(&b, string);
		struct answer r = call(&s, TO, FORM_TYPE, buf_str(&b)), again;
		buf_init(&j, 100000);
		buf_add(&j, STR("{\"need\":\"x\",\"lines\":\""));
		json_escape(&j, string);
		buf_add(&j, STR("\"}"));
		again = call(&s, TO, JSON_TYPE, buf_str(&j));
		if (r.status != 200 && r.status != 422) fail_msg("string %zu gives %d", i, r.status);
		if (!str_eq(r.body, again.body)) fail_msg("string %zu: the form gives " STR_FMT "\nand JSON " STR_FMT, i, STR_ARG(r.body), STR_ARG(again.body));
		JSON_DOC(echoed);
		assert_int_equal(json_parse(&echoed, r.body, NULL), OK);
		assert_false(has(r.body, "<"));
		taken += r.status == 200;
		buf_done(&b);
		buf_done(&j);
	}
	assert_true(taken > 400);
	site_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(forms, up_sqlite, down), cmocka_unit_test_setup_teardown(jsons, up_sqlite, down),
		cmocka_unit_test_setup_teardown(files, up_sqlite, down), cmocka_unit_test_setup_teardown(faults, up_sqlite, down),
		cmocka_unit_test_setup_teardown(empty_lists, up_sqlite, down),
		cmocka_unit_test_setup_teardown(naughty, up_sqlite, down), cmocka_unit_test(addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
