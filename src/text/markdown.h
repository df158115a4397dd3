#ifndef TEXT_MARKDOWN_H
#define TEXT_MARKDOWN_H
/* What people write, as safe markup: CommonMark, in which bare http:// and https:// addresses become links. Markup
 * within is shown as text, links go only where url_check allows and say rel="nofollow ugc noopener", images become
 * links, headings begin at h3, a line break in the text is one on the page. The source is valid UTF-8 or is repaired.
 * Time is bounded by the source's size. Any thread. */
#include "base/values.h"

enum {
	MARKDOWN_NAMES_MOST = 20, MARKDOWN_NAME_MAX = 240,
	MARKDOWN_SOURCE_MAX = 64 * 1024,                         /* what is behind it is left away */
	/* a text that would give more, or that nests quotes or lists past 30, is shown as it was written */
	MARKDOWN_HTML_MAX = 1024 * 1024,
};

struct html markdown_html(struct arena *a, struct str source);

/* Somebody whom a text names as "@Name". */
struct markdown_name {
	struct str name;
	struct url to;           /* none: their name stands as plain words */
};
/* The same, in which each "@Name" of these, the longest that fits, is a link; but not in code, links and addresses. */
struct html markdown_html_named(struct arena *a, struct str source, const struct markdown_name *names, size_t n);

/* What stands behind each "@" that may begin a name, to the end of its line or MARKDOWN_NAME_MAX bytes; at most MARKDOWN_NAMES_MOST. */
struct text_list markdown_names(struct arena *a, struct str source);
/* How many bytes at the beginning of such words are this name, without case and accents, with no letter or digit behind it; 0: none. */
size_t markdown_name_at(struct arena *a, struct str words, struct str name);

/* The words without markup in one line, at most so many characters, with "…" at the end when some were left away. */
struct str markdown_text(struct arena *a, struct str source, size_t chars);

#endif
