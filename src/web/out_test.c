/* What templates call: each place escapes, formatters speak the reader's language, and the list of ids is whole. */
#include "web/out.h"
#include "text/catalogue.h"
#include "web/page.h"
#include "web/static.h"
#include "crypto/token.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct buf b;
static struct page page;
static struct locale locale;
static struct out o;
static struct arena mem;

static int up(void **state) {
	(void)state;
	buf_init(&b, 65536);
	page = (struct page){.locale = &locale};
	locale = (struct locale){.lang = LANG_EN, .zone = zone_utc(), .now = SECONDS(1773512400), .currency = "EUR"}; /* 2026-03-14 18:20 */
	o = (struct out){.b = &b, .a = &mem, .page = &page, .locale = &locale};
	return 0;
}

static int down(void **state) {
	(void)state;
	buf_done(&b);
	arena_done(&mem);
	return 0;
}

static void wrote(const char *wanted) {
	buf_add_char(&b, 0);
	assert_string_equal(b.p, wanted);
	buf_clear(&b);
}

static void ids(void **state) {
	(void)state;
	static const char *const in_def[] = {
#define ID(name) #name,
#include "base/ids.def"
#undef ID
	};
	static const char *const in_list[] = {
#define NAME(name) #name,
		OUT_IDS_(NAME)
#undef NAME
	};
	assert_int_equal(sizeof in_def, sizeof in_list);
	for (size_t i = 0; i < sizeof in_def / sizeof *in_def; i++) assert_string_equal(in_def[i], in_list[i]);
}

static void places(void **state) {
	(void)state;
	struct str s = STR("<a href=\"x\" id='y'>&amp;\xff");
	out_text(&o, s);
	wrote("&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;\xff");
	out_attr(&o, s);
	wrote("&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;\xff");
	out_part(&o, STR("a/b?c=d&\"ä"));
	wrote("a%2Fb%3Fc%3Dd%26%22%C3%A4");
	out_text(&o, (struct html){STR("<b>x</b>")});
	wrote("<b>x</b>");
	out_attr(&o, (struct url){STR("/x?a=1&b=\"2")});
	wrote("/x?a=1&amp;b=&quot;2");
	out_text(&o, (int64_t)-7);
	wrote("-7");
	bool yes = true;
	out_text(&o, yes);
	wrote("true");
	out_text(&o, (struct person_id){12});
	wrote("12");
	struct opt_int none = {.has = false, .v = 5};
	out_text(&o, none);
	wrote("");
	out_text(&o, 0.1);
	wrote("0.1");
	out_text(&o, (double)NAN);
	wrote("");
	out_text(&o, 1.0 / 3);
	double back;
	assert_true(str_real(buf_str(&b), &back) && back == 1.0 / 3);
	buf_clear(&b);
	out_text(&o, STR_NONE);
	wrote("");
}

static void truths(void **state) {
	(void)state;
	assert_true(truth(STR("a")) && !truth(STR("")) && !truth(STR_NONE));
	assert_true(truth((int64_t)-1) && !truth((int64_t)0) && truth(true) && !truth(false));
	assert_true(truth(0.5) && !truth(0.0) && !truth((double)NAN));
	assert_true(truth(((struct opt_int){true, 1})) && !truth(((struct opt_int){true, 0})) && !truth(((struct opt_int){false, 1})));
	assert_true(truth((struct person_id){1}) && !truth((struct person_id){0}));
	assert_true(truth(&page) && !truth((struct page *)NULL));
}

static void comparisons(void **state) {
	(void)state;
	struct opt_int none = {.has = false, .v = 3};
	assert_true(out_number((int64_t)3) == 3 && out_number(2.5) > 2 && out_number(((struct opt_int){true, 3})) == 3);
	assert_true(out_number(none) != 3 && !(out_number(none) > 0) && !(out_number(none) <= 0));
	assert_true(out_same(STR("a"), STR("a")) && !out_same((int64_t)1, (int64_t)2));
	assert_true(out_same((struct tag_id){1}, (struct tag_id){1}) && !out_same((struct tag_id){1}, (struct tag_id){2}));
}

static void sentences(void **state) {
	(void)state;
	struct out_say say = {.rest = STR("Hi {name}, {n} & {link}that{/link}{unknown}!"), .n = 1062, .plural = true};
	while (out_next(&o, &say)) {
		if (out_says(&say, "name")) out_text(&o, STR("<Jo>"));
		if (out_says(&say, "link")) out_raw(&o, "<a href=\"/terms\">", 17);
		if (out_says(&say, "/link")) out_raw(&o, "</a>", 4);
	}
	wrote("Hi &lt;Jo&gt;, 1,062 &amp; <a href=\"/terms\">that</a>!");
	for (int i = 0; i < message_count; i++) { /* every sentence comes out in every language, whatever stands in it */
		for (int l = 0; l < LANG_MAX_; l++) {
			locale.lang = (enum lang)l;
			out_message(&o, i, 1);
			out_message(&o, i, 1062);
			for (say = out_begin(&o, i, 2); out_next(&o, &say);) out_text(&o, STR("<Jo>"));
			assert_false(str_has(buf_str(&b), STR("<Jo>")));
			buf_clear(&b);
		}
	}
	locale.lang = LANG_EN;
}

static void formatters(void **state) {
	(void)state;
	fmt_number(&o, 1062);
	wrote("1,062");
	locale.lang = LANG_DE;
	fmt_number(&o, 1062);
	wrote("1.062");
	locale.lang = LANG_EN;
	fmt_iso(&o, locale.now);
	wrote("2026-03-14T18:20:00Z");
	fmt_clock(&o, locale.now);
	wrote("18:20");
	fmt_initials(&o, STR("Jonas  van <Wolff>"));
	wrote("Jv");
	fmt_initials(&o, STR("Client 6789"));
	wrote("C");
	fmt_initials(&o, STR("<x Özil"));
	wrote("Ö");
	fmt_initials(&o, STR(""));
	wrote("");
	fmt_lines(&o, STR("a<\nb\n\nc"));
	wrote("a&lt;<br>b<br><br>c");
	fmt_tr(&o, STR("not <a> key"));
	wrote("not &lt;a&gt; key");
}

static void pieces(void **state) {
	(void)state;
	assert_int_equal(crypto_init(), OK);
	static_init();
	fmt_icon(&o, STR("a\"><script>"));
	assert_false(str_has(buf_str(&b), STR("<script")));
	buf_clear(&b);
	out_icon(&o, "bell");
	assert_true(str_has(buf_str(&b), STR("/static/icons.svg?v=")) && str_has(buf_str(&b), STR("#i-bell\"")));
	buf_clear(&b);
	out_csrf(&o);
	wrote("");
	page.csrf = STR("a\"b");
	out_csrf(&o);
	wrote("<input type=\"hidden\" name=\"csrf\" value=\"a&quot;b\">");
	struct field_error e[] = {{STR("word"), STR("<wrong>")}};
	page.errors = (struct field_error_list){e, 1};
	out_error(&o, "other");
	wrote("");
	out_error(&o, "word");
	assert_true(str_has(buf_str(&b), STR("id=\"error-word\"")) && str_has(buf_str(&b), STR("&lt;wrong&gt;")));
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
int main(void) {
	const struct CMUnitTest tests[] = {TEST(ids), TEST(places), TEST(truths), TEST(comparisons), TEST(sentences), TEST(formatters), TEST(pieces)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
