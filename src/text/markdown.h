#ifndef TEXT_MARKDOWN_H
#define TEXT_MARKDOWN_H
/* What people write, as safe markup: CommonMark, in which bare http:// and https:// addresses become links. Markup
 * within is shown as text, links go only where url_check allows and say rel="nofollow ugc noopener", images become
 * links, headings begin at h3, a line break in the text is one on the page. The source is valid UTF-8 or is repaired.
 * Time is bounded by the source's size. Any thread. */
#include "base/values.h"

enum {
	MARKDOWN_SOURCE_MAX = 64 * 1024,                         /* what is behind it is left away */
	/* a text that would give more, or that nests quotes or lists past 30, is shown as it was written */
	MARKDOWN_HTML_MAX = 1024 * 1024,
};

struct html markdown_html(struct arena *a, struct str source);

/* The words without markup in one line, at most so many characters, with "…" at the end when some were left away. */
struct str markdown_text(struct arena *a, struct str source, size_t chars);

#endif
