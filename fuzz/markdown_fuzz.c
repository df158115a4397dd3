/* Markdown: a line end behind it, which sends plain words the long way, changes nothing; the result has no tag but the renderer's own, each closed in order, no attribute but its own, and
 * stays within its cap. */
#include "base/check.h"
#include "text/markdown.h"
#include "text/utf8.h"
#include "markdown_safe.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	struct arena a = {0};
	struct str source = str_n((const char *)p, n);
	struct html h = markdown_html(&a, source);
	const char *fault = markup_fault(h.s);
	if (fault != NULL) check_failed(fault, __FILE__, __LINE__);
	PRE(h.s.n <= MARKDOWN_HTML_MAX && utf8_valid(h.s));
	if (n > 0 && n < MARKDOWN_SOURCE_MAX / 4 && p[n - 1] != '\n' && p[n - 1] != '\r' && utf8_valid(source)) {
		struct str longer = str_fmt(&a, STR_FMT "\n", STR_ARG(source));
		bool as_written = str_starts(h.s, STR("<pre>")) && !str_starts(h.s, STR("<pre><code>"));
		if (longer.n == n + 1 && !as_written) PRE(str_eq(markdown_html(&a, longer).s, h.s));
	}
	static const struct markdown_name names[] = {{STR("Ben"), {STR("/people/1")}}, {STR("é"), {STR_NONE}}};
	PRE(utf8_valid(markdown_html_named(&a, source, names, 2).s) && str_eq(markdown_html_named(&a, source, names, 0).s, h.s));
	struct text_list found = markdown_names(&a, source);
	PRE(found.n <= MARKDOWN_NAMES_MOST);
	for (size_t i = 0; i < found.n; i++) PRE(utf8_valid(found.v[i]) && markdown_name_at(&a, found.v[i], names[1].name) <= found.v[i].n);
	struct str line = markdown_text(&a, source, 40);
	PRE(utf8_count(line) <= 40 && str_find(line, '\n') < 0);
	arena_done(&a);
	return 0;
}
