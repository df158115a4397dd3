#include "text/markdown.h"
#include "base/clock.h"
#include "text/json.h"
#include "text/shared_set.h"
#include "text/utf8.h"
#include "../../fuzz/markdown_safe.h"
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static struct arena mem;

static void same(struct str got, const char *expected) {
	if (!str_is(got, expected)) fail_msg("got \"" STR_FMT "\", expected \"%s\"", STR_ARG(got), expected);
}

static void gives(const char *source, const char *markup) {
	same(markdown_html(&mem, str_c(source)).s, markup);
}

static void safe(struct str source) {
	struct arena_mark m = arena_mark(&mem);
	struct html h = markdown_html(&mem, source);
	const char *fault = markup_fault(h.s);
	if (fault != NULL) fail_msg("%s in \"" STR_FMT "\" of \"" STR_FMT "\"", fault, STR_ARG(h.s), STR_ARG(source));
	markdown_text(&mem, source, 80);
	arena_reset(&mem, m);
}

#define LINK(href, text) "<a href=\"" href "\" rel=\"nofollow ugc noopener\">" text "</a>"

static void test_pieces(void **state) {
	(void)state;
	gives("", "");
	gives("a *b* **c** `d` ~~e~~", "<p>a <em>b</em> <strong>c</strong> <code>d</code> ~~e~~</p>\n");
	gives("one\ntwo", "<p>one<br>\ntwo</p>\n");
	gives("# A\n\n## B\n\n#### C", "<h3>A</h3>\n<h4>B</h4>\n<h6>C</h6>\n");
	gives("- a\n- b\n\n3. c", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start=\"3\">\n<li>c</li>\n</ol>\n");
	gives("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n");
	gives("```c\na < b\n```", "<pre><code>a &lt; b\n</code></pre>\n");
	gives("a &amp; &euro; &#65; &unknown; &#0; <b>", "<p>a &amp; € A &amp;unknown; \uFFFD &lt;b&gt;</p>\n");
	gives("- a\n  - b\n\n    c", "<ul>\n<li>a\n<ul>\n<li><p>b</p>\n<p>c</p>\n</li>\n</ul>\n</li>\n</ul>\n");
	gives("&#7;a&#x202E;b", "<p>\uFFFDa\uFFFDb</p>\n");
	gives("<div>\n*a* http://b.de\n</div>\n\nc", "<p>&lt;div&gt;<br>\n*a* " LINK("http://b.de", "http://b.de")
		"<br>\n&lt;/div&gt;</p>\n<p>c</p>\n");
	gives("x\xFFy", "<p>x\uFFFDy</p>\n");
	gives("---", "<hr>\n");
}

static void test_links(void **state) {
	(void)state;
	gives("[x](/a?b=1&amp;c=2 \"title\")", "<p>" LINK("/a?b=1&amp;c=2", "x") "</p>\n");
	gives("see https://example.com/a.", "<p>see " LINK("https://example.com/a", "https://example.com/a") ".</p>\n");
	gives("(HTTP://x.de/a_(b)?c=1&d=*2*), \u201Chttps://y.de\u201D",
		"<p>(" LINK("http://x.de/a_(b)?c=1&amp;d=", "HTTP://x.de/a_(b)?c=1&amp;d=")
		"<em>2</em>), \u201C" LINK("https://y.de", "https://y.de") "\u201D</p>\n");
	gives("xhttp://a.de http://, https://u:p@a.de `http://a.de`",
		"<p>xhttp://a.de http://, https://u:p@a.de <code>http://a.de</code></p>\n");
	gives("[http://a.de](/b) <a@b.de>", "<p>" LINK("/b", "http://a.de") " " LINK("mailto:a@b.de", "a@b.de") "</p>\n");
	gives("![a *b*](http://x.de/i.png)", "<p>" LINK("http://x.de/i.png", "a <em>b</em>") "</p>\n");
	gives("![](http://x.de/i.png)", "<p>" LINK("http://x.de/i.png", "http://x.de/i.png") "</p>\n");
	gives("[![i](http://x.de/i.png)](/a)", "<p>" LINK("/a", "i") "</p>\n");
	gives("![[x](/a)](/b)", "<p>" LINK("/b", "x") "</p>\n");
	gives("[x](javascript:alert(1)) [y](//evil.com) [z](data:text/html,1)", "<p>x y z</p>\n");
	gives("[x](java&#115;cript:alert(1)) [y](javascript&colon;alert(1)) [z](&#x2f;/evil.com)", "<p>x y z</p>\n");
	gives("<javascript:alert(1)>", "<p>javascript:alert(1)</p>\n");
	gives("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n");
}

/* Repeats a text up to n bytes. */
static struct str many(const char *piece, size_t n) {
	size_t length = strlen(piece);
	char *text = arena_alloc(&mem, n + length);
	for (size_t at = 0; at < n; at += length) memcpy(text + at, piece, length);
	return str_n(text, n);
}

static void test_text(void **state) {
	(void)state;
	same(markdown_text(&mem, STR("# A\n\nb *c* [d](/e)\n\n- f & <g>\n"), 100), "A b c d f & <g>");
	same(markdown_text(&mem, STR("one two three"), 7), "one tw…");
	same(markdown_text(&mem, STR("one two three"), 13), "one two three");
	same(markdown_text(&mem, STR("one two three"), 5), "one…");
	same(markdown_text(&mem, STR("ääää"), 3), "ää…");
	same(markdown_text(&mem, STR("ääää"), 0), "");
	same(markdown_text(&mem, str_fmt(&mem, "a *b* " STR_FMT, STR_ARG(many("one two three ", 1000))), 9), "a b one\u2026");
	same(markdown_text(&mem, STR(""), 5), "");
	same(markdown_text(&mem, STR_NONE, 5), "");
}

/* What cmark takes too long for is shown as it was written; the same just below the bound is not. */
static void test_bounds(void **state) {
	(void)state;
	static const struct { const char *piece; size_t most; } nests[] = {
		{">", 30}, {"> ", 30}, {"- ", 30}, {"1. ", 20}, {"-\t", 12},
	};
	for (size_t i = 0; i < sizeof nests / sizeof *nests; i++) {
		size_t size = strlen(nests[i].piece);
		for (size_t more = 0; more < 2; more++) {
			struct str deep = many(nests[i].piece, (nests[i].most + more) * size);
			struct str source = str_fmt(&mem, "a\n\n" STR_FMT "b\n\nc", STR_ARG(deep));
			assert_int_equal(str_starts(markdown_html(&mem, source).s, STR("<pre>a\n\n")), more);
			same(markdown_text(&mem, source, 200), more ? utf8_line(&mem, source).p : "a b c");
			safe(source);
		}
	}
	struct str wide = many(" ", 100);
	same(markdown_html(&mem, str_fmt(&mem, "- a\n" STR_FMT "- b", STR_ARG(wide))).s, str_fmt(&mem,
		"<pre>- a\n" STR_FMT "- b</pre>\n", STR_ARG(wide)).p);
	assert_true(str_starts(markdown_html(&mem, many("![", 2 * 501)).s, STR("<pre>")));
	assert_true(str_starts(markdown_html(&mem, many("![", 2 * 500)).s, STR("<p>")));
	/* emphasis is read to any depth and shown to a bound */
	struct html h = markdown_html(&mem, str_fmt(&mem, STR_FMT "a" STR_FMT, STR_ARG(many("*", 20000)), STR_ARG(many("*", 20000))));
	assert_true(str_starts(h.s, STR("<p><strong><strong>")) && h.s.n < 60 * 20);
	safe(h.s);
}

static void test_bombs(void **state) {
	(void)state;
	static const char *const pieces[] = {">", "- ", "*a ", "**a", "_", "`", "[", "[a](", "![", "<", "&", "\\", "1. ",
		"    ", "# ", "a@b.c ", "http://a ",
		"www.a.b ", "[a]: b\n", "[a]\n", "|", "|---", "~~a", "<a@", "](", "*_", "\n", ">\n", "- a\n ", "<!--", "<?",
			"```\n", "<a ", "[](<", "a**b_", "a\n===\n",
		"``", "www.", "http://", "a@", ":://", "\" ", "[a][", "\t", "- - ", "&#", "]", "[a", "|a\n", "* a\n",
			"\xC2\xA0*", "<div>\n", "'", "\\\n", "(", "a_b", "![[]()", "*[_", "<![CDATA[", "-\n", "> a\n",
			"&CounterClockwiseContourIntegral;", "http://", "http://a)"};
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct str source = many(pieces[i], MARKDOWN_SOURCE_MAX);
		usec_t start = clock_steady();
		safe(source);
		usec_t took = clock_steady() - start;
		if (took > SECONDS(5)) fail_msg("\"%s\" again and again took %d ms", pieces[i], (int)(took / 1000));
		if (getenv("SLOW") && took > 50000) printf("%s: %d ms\n", pieces[i], (int)(took / 1000));
	}
	assert_true(markdown_html(&mem, many("<", MARKDOWN_SOURCE_MAX)).s.n <= MARKDOWN_HTML_MAX);
	assert_true(str_starts(markdown_html(&mem, str_fmt(&mem, "[a]: /" STR_FMT "\n\n" STR_FMT, STR_ARG(many("b", 4000)),
		STR_ARG(many("[a]", 60000)))).s, STR("<p><a href")));
}

/* The examples of the CommonMark specification, between fences of 32 backticks. */
static void test_spec(void **state) {
	(void)state;
	struct str rest = shared_text(&mem, "commonmark-spec.txt"), line;
	size_t from = 0;
	int n = 0;
	const char *begin = NULL;
	if (str_none(rest)) return;
	safe(rest);
	while (!str_none(rest)) {
		const char *at = rest.p;
		line = str_cut(&rest, '\n');
		if (str_starts(line, STR("```````````````````````````````` example"))) begin = rest.p;
		if (begin == NULL || !str_is(line, ".") || from == (size_t)begin) continue;
		safe(str_n(begin, (size_t)(at - begin)));
		from = (size_t)begin;
		n++;
	}
	assert_int_equal(n, 655);
}

static int payloads;
static void one_payload(struct arena *a, const char *name, struct str text) {
	(void)a;
	(void)name;
	safe(text);
	payloads++;
}

static void test_payloads(void **state) {
	(void)state;
	shared_each("sanitizer/bleach", one_payload);
	static const char *const sets[] = {"sanitizer/dompurify-part1.json", "blns.json"};
	for (size_t i = 0; i < 2; i++) {
		struct str text = shared_text(&mem, sets[i]);
		JSON_DOC(doc);
		if (str_none(text)) continue;
		assert_int_equal(json_parse(&doc, text, NULL), OK);
		for (size_t j = 0; j < json_length(doc.root); j++) {
			const struct json *item = json_item(doc.root, j);
			struct str payload;
			if (!json_get_str(item, &payload) && !json_get_str(json_member(item, "payload"), &payload)) continue;
			safe(payload);
			safe(str_fmt(&mem, "[x](" STR_FMT ") ![y](<" STR_FMT ">) <" STR_FMT ">", STR_ARG(payload),
				STR_ARG(payload), STR_ARG(payload)));
			payloads++;
		}
	}
	printf("%d payloads of the sets gave nothing active\n", payloads);
}

#include "../../fuzz/markdown_fuzz.c"
static void test_regressions(void **state) {
	(void)state;
	regression_each("markdown", LLVMFuzzerTestOneInput);
}

/* Words without markup take a shorter way; a line end sends the same words the long way, and both must say the same. */
static void short_way(void **state) {
	(void)state;
	static const char *const lines[] = {"Hello", "It's fine, isn't it? Yes! (100 %)", "Grüße aus Köln – schön", "a  b   c", "Wow! https://x.example/a!b",
		"See http://x.example now", "x://y", "a\x01" "b", "Zeile\xE2\x80\xAE" "end", "A-B + C # D ~ E | F = G", "Item: 1. one", "One\nTwo: three\n\nFour\nFive", "One\n\n\nTwo", "One\n\n", "One \nTwo", "One\n Two", "One\n- two", "One\n===", "One\n1. two",
		"One\n\n    two", "One\nhttp://x.example", "plain \"quoted\" text", "e.g. this"};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct arena a = {0};
		struct str longer = str_fmt(&a, "%s\n", lines[i]);
		struct html one = markdown_html(&a, str_c(lines[i])), two = markdown_html(&a, longer);
		if (!str_eq(one.s, two.s)) fail_msg("%s: " STR_FMT " is not " STR_FMT, lines[i], STR_ARG(one.s), STR_ARG(two.s));
		assert_true(str_eq(markdown_text(&a, str_c(lines[i]), 20), markdown_text(&a, longer, 20)));
		arena_done(&a);
	}
}

static void named(const char *source, const char *markup) {
	const struct markdown_name n[] = {{STR("Ben"), {STR("/people/1")}}, {STR("Ben Weber"), {STR("/people/2")}}, {STR("Zoë_K & Co"), {STR("/people/3")}},
		{STR("Ben Quiet"), {STR_NONE}}};
	same(markdown_html_named(&mem, str_c(source), n, 4).s, markup);
}

static void test_names(void **state) {
	(void)state;
	named("Hi @Ben, and @ben weber.", "<p>Hi <a href=\"/people/1\">@Ben</a>, and <a href=\"/people/2\">@ben weber</a>.</p>\n");
	named("*well* (@Ben's) „@Ben“\n@Ben", "<p><em>well</em> (<a href=\"/people/1\">@Ben</a>&#39;s) „<a href=\"/people/1\">@Ben</a>“<br>\n<a href=\"/people/1\">@Ben</a></p>\n");
	named("@Zoe_K & Co!", "<p><a href=\"/people/3\">@Zoe_K &amp; Co</a>!</p>\n");
	named("@Benno @Ben-Karl a@Ben x.@Ben ü@Ben @@Ben @Ben Quiet", "<p>@Benno @Ben-Karl a@Ben x.@Ben ü@Ben @@Ben @Ben Quiet</p>\n");
	named("`@Ben` [@Ben](/x) https://x.example/@Ben", "<p><code>@Ben</code> " LINK("/x", "@Ben") " " LINK("https://x.example/@Ben", "https://x.example/@Ben") "</p>\n");
	named("    @Ben", "<pre><code>@Ben\n</code></pre>\n");
	struct text_list found = markdown_names(&mem, STR("@one and *b* @two\n\n`@no` me@x.example"));
	assert_int_equal(found.n, 2);
	same(found.v[0], "one and ");
	same(found.v[1], "two");
	assert_int_equal(markdown_names(&mem, STR("@ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @ @")).n, MARKDOWN_NAMES_MOST);
	assert_int_equal(markdown_name_at(&mem, STR("ÉMILE x"), STR("Émile")), 6);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_way), cmocka_unit_test(test_names),
		cmocka_unit_test(test_pieces), cmocka_unit_test(test_links), cmocka_unit_test(test_text),
			cmocka_unit_test(test_bombs), cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_spec), cmocka_unit_test(test_payloads), cmocka_unit_test(test_regressions),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
