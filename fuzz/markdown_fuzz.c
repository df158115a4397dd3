/* Markdown: the result has no tag but the renderer's own, each closed in order, no attribute but its own, and
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
	struct str line = markdown_text(&a, source, 40);
	PRE(utf8_count(line) <= 40 && str_find(line, '\n') < 0);
	arena_done(&a);
	return 0;
}
