#include "../../fuzz/find_fuzz.c"
#include "text/shared_set.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

static struct arena mem;

static void words(const char *text, const char *expected) {
	struct buf b;
	buf_init(&b, 1 << 20);
	find_words(&mem, &b, str_c(text));
	if (!str_is(buf_str(&b), expected)) fail_msg("\"%s\" gave \"" STR_FMT "\", expected \"%s\"", text, STR_ARG(buf_str(&b)), expected);
	buf_done(&b);
}

static void test_words(void **state) {
	(void)state;
	words("", "");
	words("Straße 12", "strasse 12 stra");
	words("EUR 1,234.50 and 1.234.567,89", "eur 1234 50 and 1234567 89");
	words("on 12.05.2026, v1.2.3", "on 12 05 2026 v1 2 3");
	words("1'000 12.3456 1.234,567", "1000 12 3456 1234 567");
	words("don't " FIND_TOKEN "p12 Ϙp7 go", "dont go");
}

/* As a line of text: terms, then filters, then the time and what was wrong. */
static void reads(const char *typed, const char *expected) {
	static const char *const what[] = {"from", "with", "kind", "tag"};
	struct find *f = arena_alloc(&mem, sizeof *f);
	struct buf b;
	buf_init(&b, 1 << 20);
	find_read(&mem, str_c(typed), f);
	for (size_t i = 0; i < f->terms; i++) {
		buf_fmt(&b, "%s[", f->term[i].without ? "-" : "");
		for (size_t k = 0; k < f->term[i].words.n; k++) buf_fmt(&b, "%s" STR_FMT, k ? " " : "", STR_ARG(f->term[i].words.v[k]));
		buf_fmt(&b, "%s%s]", f->term[i].begins ? "*" : "", f->term[i].exact ? "!" : "");
	}
	for (size_t i = 0; i < f->filters; i++)
		buf_fmt(&b, " %s%s=" STR_FMT, f->filter[i].without ? "-" : "", what[f->filter[i].what], STR_ARG(f->filter[i].value));
	if (f->from != FIND_EVER) buf_fmt(&b, " >=%lld", (long long)(f->from / DAYS(1)));
	if (f->to != FIND_EVER) buf_fmt(&b, " <%lld", (long long)(f->to / DAYS(1)));
	if (!str_none(f->wrong)) buf_fmt(&b, " ?" STR_FMT, STR_ARG(f->wrong));
	if (!str_is(buf_str(&b), expected)) fail_msg("\"%s\" gave \"" STR_FMT "\", expected \"%s\"", typed, STR_ARG(buf_str(&b)), expected);
	buf_done(&b);
}

static void test_reading(void **state) {
	(void)state;
	reads("", "");
	reads("  renewal Date ", "[renewal][date*]");
	reads("from:anna before:2026-05 \"renewal date\"", "[renewal date!] from=anna <20574");
	reads("von:\"Anna Keller\" in:problem -tag:old fee", "[fee*] from=Anna Keller kind=problem -tag=old");
	reads("after:2026 on:2026-02-28 vor:2027", " >=20512 <20513");
	reads("12,50 K-1027 -cheap", "[12 50!][k 1027!]-[cheap]");
	reads("-\"two words\" x", "-[two words!][x*]");
	reads("\"not closed", "[not closed!]");
	reads("http://a.example/x", "[http a example x*!]");
	reads("before:soon fee", "[fee*] ?before:soon");
	reads("before:2026-13 before:2026-2 on:99999", " ?before:2026-13");
	reads("from: fee", "[fee*]");
	reads("-before:2026 tag:! - --", " ?-before:2026");
	reads("nothing:here", "[nothing here*!]");
}

static void matches(const char *typed, const char *fts, const char *pg) {
	struct find *f = arena_alloc(&mem, sizeof *f);
	struct str token = STR(FIND_TOKEN "p1");
	struct find_group group[] = {{.any = {.v = &token, .n = 1}}, {.any = {0}, .without = true}};
	find_read(&mem, str_c(typed), f);
	assert_string_equal(find_match(&mem, FIND_FTS5, f, group, 2).p, fts);
	assert_string_equal(find_match(&mem, FIND_TSQUERY, f, group, 1).p, pg);
}

static void test_matching(void **state) {
	(void)state;
	matches("bills -\"a b\"", "((\"bill\") AND (\"ϙp1\")) NOT ((\"a\" + \"b\") OR (\"ϙnone\"))", "(('bill') & ('ϙp1')) & !(('a' <-> 'b'))");
	matches("bills", "((\"bill\" OR \"bills\"*) AND (\"ϙp1\")) NOT ((\"ϙnone\"))", "(('bill' | 'bills':*) & ('ϙp1'))");
	struct find nothing = {.from = FIND_EVER, .to = FIND_EVER};
	assert_string_equal(find_match(&mem, FIND_FTS5, &nothing, NULL, 0).p, "(\"ϙd\")");
	assert_false(find_asks(&nothing));
}

static void marks(const char *typed, const char *text, const char *expected) {
	struct find *f = arena_alloc(&mem, sizeof *f);
	struct find_marks *m = arena_alloc(&mem, sizeof *m);
	struct str all = STR("");
	size_t at = 0;
	find_read(&mem, str_c(typed), f);
	find_marks(&mem, f, str_c(text), m);
	for (size_t i = 0; i < m->n; i++) {
		struct str before = str_n(text + at, m->v[i].at - at), hit = str_n(text + m->v[i].at, m->v[i].length);
		all = str_fmt(&mem, STR_FMT STR_FMT "[" STR_FMT "]", STR_ARG(all), STR_ARG(before), STR_ARG(hit));
		at = m->v[i].at + m->v[i].length;
	}
	assert_string_equal(str_fmt(&mem, STR_FMT "%s", STR_ARG(all), text + at).p, expected);
}

static void test_marking(void **state) {
	(void)state;
	marks("renewals", "The Renewal, renewable: renewals.", "The [Renewal], renewable: [renewals].");
	marks("\"renewal date\" strasse", "Renewal date in der Straße", "[Renewal date] in der [Straße]");
	marks("tra", "trains travel, extra", "[trains] [travel], extra");
	marks("-fee 12,50", "fee 12.50!", "fee [12.50]!");
	marks("dogs'", "the dogs' tail", "the [dogs]' tail");
	marks("x", "", "");
}

static void test_what_failed_once(void **state) {
	(void)state;
	regression_each("find", LLVMFuzzerTestOneInput);
}

static int clean(void **state) {
	(void)state;
	arena_done(&mem);
	return 0;
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words), cmocka_unit_test(test_reading), cmocka_unit_test(test_matching), cmocka_unit_test(test_marking),
		cmocka_unit_test(test_what_failed_once),
	};
	return cmocka_run_group_tests_name("find", tests, NULL, clean);
}
