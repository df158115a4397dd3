#include "text/csv.h"
#include "text/json.h"
#include "text/shared_set.h"
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static struct arena mem;

static void same(struct str got, const char *expected) {
	if (!str_is(got, expected)) fail_msg("got \"" STR_FMT "\", expected \"%s\"", STR_ARG(got), expected);
}

/* The rows as one text: cells ended by "|", rows by a newline, a fault as "!LINE". */
static struct str rows_of(struct str s, struct csv_options o, struct csv **ret) {
	struct csv_text text = {s};
	struct buf b;
	const struct csv_row *row;
	buf_init(&b, 1 << 22);
	o.read = csv_read_text;
	o.arg = &text;
	struct csv *c = csv_open(o);
	while (csv_next(c, &row) == OK && row != NULL) {
		for (size_t i = 0; i < row->cells; i++) {
			buf_add(&b, row->cell[i]);
			buf_add_char(&b, '|');
		}
		if (row->fault != NULL) buf_fmt(&b, "!%d", (int)row->line);
		buf_add_char(&b, '\n');
	}
	assert_int_equal(csv_position(c), s.n);
	struct str all = str_copy(&mem, buf_str(&b));
	buf_done(&b);
	if (ret != NULL) *ret = c;
	else csv_close(c);
	return all;
}

static void gives(const char *text, const char *rows) {
	same(rows_of(str_c(text), (struct csv_options){0}, NULL), rows);
}

static void test_rows(void **state) {
	(void)state;
	gives("", "");
	gives("\n\r\n \n", "");
	gives("a", "a|\n");
	gives("a,b\n1,2\n", "a|b|\n1|2|\n");
	gives("a,b\r\n1,2\r\n\r\n3,\r\n", "a|b|\n1|2|\n3||\n");
	gives("a,b\r1,2", "a|b|\n1|2|\n");
	gives("\xEF\xBB\xBF\"a\",b\n", "a|b|\n");
	gives("\"a \"\"b\"\"\r\nc\", d ,\"\"\n", "a \"b\"\r\nc|d||\n");
	gives(",,\n", "|||\n");
}

static void test_guess(void **state) {
	(void)state;
	struct csv *c = NULL;
	static const struct { const char *text; char delimiter; } guesses[] = {
		{"a,b\n1,2\n", ','}, {"a;b\n1,5;2\n", ';'}, {"a\tb, c\n1\t2\n", '\t'}, {"a|b|c\n1|2|3\n", '|'},
			{"\"a;b\",c\n\"x;y;z\",1\n", ','}, {"abc\n", ','},
		{"\"account_id\";\"date\"\n1;930101\n", ';'},
	};
	for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
		rows_of(str_c(guesses[i].text), (struct csv_options){0}, &c);
		assert_int_equal(csv_delimiter(c), guesses[i].delimiter);
		csv_close(c);
	}
	same(rows_of(STR("a,b;c\n"), (struct csv_options){.delimiter = ';'}, NULL), "a,b|c|\n");
}

static void test_charset(void **state) {
	(void)state;
	struct csv *c = NULL;
	same(rows_of(STR("\u00e4,\xE4\x80\x81\x99\n"), (struct csv_options){0}, &c), "\u00e4|\u00e4\u20ac\uFFFD\u2122|\n");
	assert_true(csv_was_1252(c));
	csv_close(c);
	rows_of(STR("\u00e4\n"), (struct csv_options){0}, &c);
	assert_false(csv_was_1252(c));
	csv_close(c);
}

static void test_faults(void **state) {
	(void)state;
	gives("a,b\n1,x\"y\n3,4\n", "a|b|\n!2\n3|4|\n");
	gives("a,b\n\"1\"x,y\n3,4\n", "a|b|\n!2\n3|4|\n");
	gives("a,b\n\"1\n2\n3", "a|b|\n!2\n");
	gives("a\n\"x\n\ny\"z,\"\nb\n", "a|\n!2\nb|\n");
	same(rows_of(STR("a,b\n1,\0\n3,4\n"), (struct csv_options){0}, NULL), "a|b|\n!2\n3|4|\n");
	same(rows_of(STR("a,b\n1,2,3\n3,4\n"), (struct csv_options){.cells_max = 2}, NULL), "a|b|\n!2\n3|4|\n");
	same(rows_of(STR("a,b\n1,22222222222222222222\n3,4\n"), (struct csv_options){.row_max = 10}, NULL),
		"a|b|\n1|22222222222222222222|\n3|4|\n");
	struct buf b;
	buf_init(&b, 1 << 20);
	buf_add(&b, STR("a,b\n1,\""));
	for (int i = 0; i < 200000; i++) buf_add(&b, STR("x"));
	buf_add(&b, STR("\n5,6\n"));
	same(rows_of(buf_str(&b), (struct csv_options){.row_max = 1000}, NULL), "a|b|\n!2\n5|6|\n");
	buf_done(&b);
}

static ptrdiff_t broken(void *arg, char *to, size_t n) {
	(void)to;
	(void)n;
	return (*(int *)arg)++ == 0 ? 0 : -1;
}

static void test_places(void **state) {
	(void)state;
	struct csv_text text = {STR("a,b\r\n\r\n\"x\ny\",1\r\n\"q,2\"\n3\rlast\n")};
	static const struct { int line, at; } place[] = {{1, 0}, {3, 7}, {5, 16}, {6, 22}, {7, 24}};
	struct csv *c = csv_open((struct csv_options){.read = csv_read_text, .arg = &text});
	const struct csv_row *row;
	for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
		assert_int_equal(csv_next(c, &row), OK);
		assert_int_equal(row->line, place[i].line);
		assert_int_equal(row->at, place[i].at);
	}
	assert_int_equal(csv_next(c, &row), OK);
	assert_null(row);
	csv_close(c);
	csv_close(NULL);
	int calls = 1;
	c = csv_open((struct csv_options){.read = broken, .arg = &calls});
	assert_int_equal(csv_next(c, &row), ERR_STORE);
	csv_close(c);
}

static void test_write(void **state) {
	(void)state;
	struct buf b;
	buf_init(&b, 1 << 16);
	struct csv_out o = {.b = &b};
	csv_put(&o, STR("a"));
	csv_put(&o, STR("b,\"c\"\n"));
	csv_put(&o, STR_NONE);
	csv_put_int(&o, -5);
	csv_put(&o, STR("=1+1"));
	csv_put(&o, STR(" x"));
	csv_put_end(&o);
	csv_put(&o, STR(""));
	csv_put_end(&o);
	same(buf_str(&b), "a,\"b,\"\"c\"\"\n\",,-5,=1+1,\" x\"\r\n\"\"\r\n");
	gives(str_z(&mem, buf_str(&b)), "a|b,\"c\"\n||-5|=1+1| x|\n|\n");
	buf_clear(&b);
	o = (struct csv_out){.b = &b, .delimiter = ';', .for_people = true};
	static const char *const cells[] = {"=1+1", "+49 30", "-x", "@SUM(A1)", "\tx", "-12.5", "+3", "a=b"};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) csv_put(&o, str_c(cells[i]));
	same(buf_str(&b), "'=1+1;'+49 30;'-x;'@SUM(A1);\"'\tx\";-12.5;+3;a=b");
	buf_done(&b);
}

/* Each .csv of the set against its .json: a list of objects, by the names of the first row. */
static void one_of_set(struct arena *a, const char *name, struct str text) {
	struct str json = shared_text(a, str_fmt(a, "csv-spectrum/json/" STR_FMT ".json", STR_ARG(str_first(str_c(name),
		strlen(name) - 4))).p);
	struct csv_text source = {text};
	struct csv *c = csv_open((struct csv_options){.read = csv_read_text, .arg = &source});
	const struct csv_row *row;
	JSON_DOC(doc);
	assert_int_equal(json_parse(&doc, json, NULL), OK);
	assert_int_equal(csv_next(c, &row), OK);
	size_t columns = row->cells;
	struct str head[16];
	assert_true(columns <= 16);
	for (size_t i = 0; i < columns; i++) head[i] = str_copy(a, row->cell[i]);
	for (size_t r = 0; r < json_length(doc.root); r++) {
		assert_int_equal(csv_next(c, &row), OK);
		assert_non_null(row);
		assert_int_equal(row->cells, columns);
		for (size_t i = 0; i < columns; i++) {
			struct str expected;
			assert_true(json_get_str(json_member(json_item(doc.root, r), head[i].p), &expected));
			same(row->cell[i], expected.p);
		}
	}
	assert_int_equal(csv_next(c, &row), OK);
	assert_null(row);
	csv_close(c);
}

static void test_set(void **state) {
	(void)state;
	int n = shared_each("csv-spectrum/csvs", one_of_set);
	assert_true(n == 0 || n == 4);
}

#include "../../fuzz/csv_fuzz.c"
static void test_regressions(void **state) {
	(void)state;
	regression_each("csv", LLVMFuzzerTestOneInput);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_guess), cmocka_unit_test(test_charset),
			cmocka_unit_test(test_faults),
		cmocka_unit_test(test_places), cmocka_unit_test(test_write), cmocka_unit_test(test_set),
			cmocka_unit_test(test_regressions),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
