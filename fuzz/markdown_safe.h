#ifndef FUZZ_MARKDOWN_SAFE_H
#define FUZZ_MARKDOWN_SAFE_H
/* For the fuzz target and the unit test: what is wrong with a page's part that text/markdown.c made; NULL if
 * nothing. Stricter than a browser: every "<" must begin one of the tags below exactly as written there, and tags
 * must close in order. */
#include "base/str.h"

static const char *const markup_tags[] = {"p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code",
	"em", "strong", "a", NULL};

static inline bool href_good(struct str s) {
	return str_starts(s, STR("http://")) || str_starts(s, STR("https://")) || str_starts(s, STR("mailto:")) ||
		str_starts(s, STR("tel:")) ||
		(str_starts(s, STR("/")) && !str_starts(s, STR("//")));
}

/* Whether what stands behind the tag's name is one of the allowed attribute lists. */
static inline bool attributes_good(struct str tag, struct str rest) {
	if (rest.n == 0) return !str_is(tag, "a");
	if (str_is(tag, "ol") && str_starts(rest, STR(" start=\"")) && str_ends(rest, STR("\""))) {
		int64_t v;
		return str_int(str_n(rest.p + 8, rest.n - 9), &v);
	}
	struct str end = STR("\" rel=\"nofollow ugc noopener\"");
	if (!str_is(tag, "a") || !str_starts(rest, STR(" href=\"")) || !str_ends(rest, end)) return false;
	struct str href = str_n(rest.p + 7, rest.n - 7 - end.n);
	for (size_t i = 0; i < href.n; i++)
		if (href.p[i] == '"' || (unsigned char)href.p[i] <= 0x20) return false;
	return href_good(href);
}

static inline const char *markup_fault(struct str s) {
	struct str open[128];
	size_t depth = 0, at = 0;
	while (at < s.n) {
		if (s.p[at] == '>' || s.p[at] == '"') return "a bare > or \" in text";
		if (s.p[at++] != '<') continue;
		ptrdiff_t close = str_find(str_from(s, at), '>');
		if (close < 0) return "an open <";
		struct str tag = str_n(s.p + at, (size_t)close);
		at += (size_t)close + 1;
		if (str_is(tag, "br") || str_is(tag, "hr")) continue;
		if (str_starts(tag, STR("/"))) {
			if (depth == 0 || !str_eq(open[--depth], str_from(tag, 1))) return "a closing tag that opens nothing";
			continue;
		}
		struct str rest = tag, name = str_cut(&rest, ' ');
		rest = str_none(rest) ? STR("") : str_from(tag, name.n);
		int known = 0;
		while (markup_tags[known] != NULL && !str_is(name, markup_tags[known])) known++;
		if (markup_tags[known] == NULL) return "an unknown tag";
		if (!attributes_good(name, rest)) return "an unknown attribute";
		if (depth == sizeof open / sizeof *open) return "too deep";
		open[depth++] = name;
	}
	return depth == 0 ? NULL : "a tag left open";
}

#endif
