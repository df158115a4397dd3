/* cmark reads the Markdown; its tree is walked here, by cmark's iterator and never by recursion, and written with
 * nothing but tags of our own and escaped text, so the result is safe whatever the source.
 *
 * What the source could make grow without bound is bounded: bytes written, depth shown, and before parsing what the
 * cmark of Debian 12 takes quadratic time for (see README.md). Past such a bound the text is shown as it was written. */
#include "text/markdown.h"
#include "text/escape.h"
#include "text/url.h"
#include "text/utf8.h"
#include <cmark.h>

enum {
	NEST_MAX = 30,            /* quotes and lists within each other that are read */
	IMAGES_MAX = 500,         /* "![" that are read */
	SHOWN_MAX = 60,           /* tags within each other that are written; what is deeper loses its tag, not its words */
	WORDS_BYTES_MAX = 64 * 1024,
};

struct render {
	struct arena *a;
	struct buf b;
	bool plain;               /* words only, for markdown_text */
	bool stop;                /* a bound was passed: nothing more is written */
	int depth;                /* nodes that are open and whose depth counts */
	int links;                /* links and images that are open: the outermost alone may be a link on the page */
	bool linked;              /* and it is one */
	const struct markdown_name *names;
	size_t names_n;
	struct text_list *found;  /* where what may be a name is noted */
};

/* ------------------------------------------------------------------- bounds */

static bool at_gap(struct str s, size_t i) {
	return i >= s.n || s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r';
}

/* The length of the list marker at s.p[i]; 0 if there is none. */
static size_t marker(struct str s, size_t i) {
	size_t n = 0;
	if (s.p[i] == '-' || s.p[i] == '+' || s.p[i] == '*') return at_gap(s, i + 1) ? 1 : 0;
	while (i + n < s.n && n < 10 && s.p[i + n] >= '0' && s.p[i + n] <= '9') n++;
	if (n == 0 || i + n >= s.n || (s.p[i + n] != '.' && s.p[i + n] != ')')) return 0;
	return at_gap(s, i + n + 1) ? n + 1 : 0;
}

/* How deep in quotes and lists the line that begins at *at could be at the most; *at goes to where its words begin. Each
 * quote takes a ">" and a space behind it, each list at least two other columns up to the line's last marker. */
static size_t nesting(struct str s, size_t *at) {
	size_t i = *at, column = 0, quotes = 0, most = 0, n;
	for (; i < s.n; i += n) {
		bool gap = s.p[i] == ' ' || s.p[i] == '\t';
		n = 1;
		if (s.p[i] == '>') quotes++, n += i + 1 < s.n && s.p[i + 1] == ' ';
		else if (s.p[i] == ' ') column++;
		else if (s.p[i] == '\t') column += 4;
		else if ((n = marker(s, i)) > 0) column += n;
		else break;
		if (!gap) most = quotes + (column + 1) / 2;
	}
	*at = i;
	return most;
}

/* Whether cmark reads the source in time in proportion to its size. */
static bool quick(struct str s) {
	int images = 0;
	size_t i = str_starts(s, STR("\xEF\xBB\xBF")) ? 3 : 0;
	while (i < s.n) {
		if (nesting(s, &i) > NEST_MAX) return false;
		for (; i < s.n && s.p[i] != '\n' && s.p[i] != '\r'; i++)
			images += s.p[i] == '!' && i + 1 < s.n && s.p[i + 1] == '[';
		i++;
	}
	return images <= IMAGES_MAX;
}

/* -------------------------------------------------------------------- text */

static void put(struct render *r, const char *markup) {
	if (!r->plain) buf_add(&r->b, str_c(markup));
}

/* Control characters, and those that turn the direction of what follows, which "&#…;" can smuggle in. */
static bool hidden(uint32_t c) {
	return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
		(c >= 0x2066 && c <= 0x2069);
}

/* As much of it as there is room for. */
static void add_plain(struct render *r, struct str s) {
	struct str part = utf8_fit(s, r->b.max - r->b.n);
	buf_add(&r->b, part);
	if (part.n < s.n) r->b.over = true;
}

static void add_text(struct render *r, struct str s) {
	size_t from = 0, n;
	for (size_t i = 0; i <= s.n; i += n) {
		uint32_t c = 0;
		n = 1;
		if (i < s.n && s.p[i] >= ' ' && s.p[i] < 0x7F) continue;    /* most of it */
		if (i < s.n) n = utf8_next(str_from(s, i), &c);
		if (i < s.n && !hidden(c)) continue;
		struct str run = str_n(s.p + from, i - from);
		if (r->plain) add_plain(r, run);
		else html_escape(&r->b, run);
		if (i < s.n) buf_add(&r->b, STR("\uFFFD"));
		from = i + n;
	}
}

static void begin_link(struct render *r, struct url u) {
	put(r, "<a href=\"");
	html_escape(&r->b, u.s);
	put(r, "\" rel=\"nofollow ugc noopener\">");
}

static bool is_word(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool scheme_at(struct str s) {
	return str_ieq(str_first(s, 7), STR("http://")) || str_ieq(str_first(s, 8), STR("https://"));
}

/* How many bytes of s, which begins with a bare address, belong to it: up to white space, quotes and brackets, without
 * the sentence's punctuation at the end. */
static size_t bare_length(struct str s) {
	size_t n = 0, size;
	int open = 0;
	for (uint32_t c; n < s.n; n += size) {
		size = utf8_next(str_from(s, n), &c);
		bool quote = c == '"' || c == '<' || c == '>' || c == 0xAB || c == 0xBB || (c >= 0x3000 && c <= 0x303F);
		if (c <= 0x20 || quote || (c >= 0x7F && c <= 0xA0) || (c >= 0x2000 && c <= 0x206F)) break;
		open += (c == '(') - (c == ')');
	}
	for (; n > 0; n--) {
		if (s.p[n - 1] == ')' && open < 0) open++;
		else if (s.p[n - 1] == 0 || strchr("?!.,:;*_~'`]}|\\", s.p[n - 1]) == NULL) break;
	}
	return n;
}

static bool is_letter(uint32_t c) { return c < 0x80 ? is_word((char)c) : c > 0xBF && !(c >= 0x2000 && c <= 0x206F) && !(c >= 0x3000 && c <= 0x303F); }

/* Whether the "@" at s.p[i] may begin a name: not in the middle of a word, as in a mail address. */
static bool begins_name(struct str s, size_t i) {
	size_t at = i;
	uint32_t c = ' ';
	while (at > 0 && i - at < 4 && (at == i || ((unsigned char)s.p[at] & 0xC0) == 0x80)) at--;
	if (i > 0) utf8_next(str_from(s, at), &c);
	return !is_letter(c) && (c == 0 || c > 0x7F || strchr("._%+-@/", (int)c) == NULL);
}

size_t markdown_name_at(struct arena *a, struct str words, struct str name) {
	uint32_t c = ' ';
	if (words.n == 0 || name.n == 0) return 0;
	unsigned char x = (unsigned char)words.p[0], y = (unsigned char)name.p[0];
	if (x < 0x80 && y < 0x80 && (x | 32) != (y | 32)) return 0;      /* most are another name */
	struct str same = utf8_first(words, utf8_count(name)), behind = str_from(words, same.n);
	if (behind.n > 0) utf8_next(behind, &c);
	if (c == '-' && behind.n > 1) utf8_next(str_from(behind, 1), &c);  /* Anna is not Anna-Maria */
	return !is_letter(c) && str_eq(utf8_fold(a, same), utf8_fold(a, name)) ? same.n : 0;
}

static size_t put_name(struct render *r, struct str words) {
	const struct markdown_name *best = NULL;
	size_t most = 0;
	for (size_t i = 0; i < r->names_n; i++) {
		size_t n = markdown_name_at(r->a, words, r->names[i].name);
		if (n > most) most = n, best = &r->names[i];
	}
	if (best == NULL || str_none(best->to.s)) return 0;
	put(r, "<a href=\"");
	html_escape(&r->b, best->to.s);
	put(r, "\">@");
	add_text(r, str_first(words, most));
	put(r, "</a>");
	return most;
}

/* Text in which names become links. */
static void add_named(struct render *r, struct str s) {
	size_t from = 0;
	for (size_t i = 0; (r->names_n > 0 || r->found != NULL) && i < s.n; i++) {
		if (s.p[i] != '@' || !begins_name(s, i)) continue;
		struct str words = utf8_fit(str_from(s, i + 1), MARKDOWN_NAME_MAX);
		if (r->found != NULL) {
			if (r->found->n < MARKDOWN_NAMES_MOST) r->found->v[r->found->n++] = str_copy(r->a, words);
			continue;
		}
		add_text(r, str_n(s.p + from, i - from));
		size_t n = put_name(r, words);
		from = n > 0 ? i + 1 + n : i;
		i += n;
	}
	add_text(r, str_from(s, from));
}

/* Text in which bare addresses become links. */
static void add_linked(struct render *r, struct str s) {
	size_t from = 0, n;
	if (r->plain || r->links > 0) {
		add_text(r, s);
		return;
	}
	for (size_t i = 0; i + 7 < s.n; i += n) {
		struct url u;
		n = 1;
		if ((s.p[i] | 32) != 'h' || (i > 0 && is_word(s.p[i - 1])) || !scheme_at(str_from(s, i))) continue;
		n = bare_length(str_from(s, i));
		struct str address = str_n(s.p + i, n);
		if (!url_check(r->a, address, &u)) continue;
		add_named(r, str_n(s.p + from, i - from));
		begin_link(r, u);
		add_text(r, address);
		put(r, "</a>");
		from = i + n;
	}
	add_named(r, str_from(s, from));
}

static void add_break(struct render *r) {
	if (r->plain) buf_add_char(&r->b, ' ');
	else buf_add(&r->b, STR("<br>\n"));
}

/* -------------------------------------------------------------------- nodes */

static struct str literal(cmark_node *node) {
	const char *s = cmark_node_get_literal(node);
	return str_c(s != NULL ? s : "");
}

/* Markup that was written into the text, line by line as text. */
static void add_html_block(struct render *r, struct str s) {
	put(r, "<p>");
	s = str_trim(s);
	while (!str_none(s)) {
		add_linked(r, str_cut(&s, '\n'));
		if (!str_none(s)) add_break(r);
	}
	put(r, "</p>\n");
}

static void add_code_block(struct render *r, struct str s) {
	put(r, "<pre><code>");
	add_text(r, s);
	put(r, "</code></pre>\n");
}

static void add_code(struct render *r, struct str s) {
	put(r, "<code>");
	add_text(r, s);
	put(r, "</code>");
}

/* Whether the paragraph's text stands in its list item without a tag. */
static bool is_tight(cmark_node *paragraph) {
	cmark_node *list = cmark_node_parent(cmark_node_parent(paragraph));
	return list != NULL && cmark_node_get_type(list) == CMARK_NODE_LIST && cmark_node_get_list_tight(list);
}

static const char *heading(cmark_node *node, bool begin) {
	switch (cmark_node_get_heading_level(node)) {
	case 1: return begin ? "<h3>" : "</h3>\n";
	case 2: return begin ? "<h4>" : "</h4>\n";
	case 3: return begin ? "<h5>" : "</h5>\n";
	default: return begin ? "<h6>" : "</h6>\n";
	}
}

static void put_list(struct render *r, cmark_node *node, bool begin) {
	bool numbers = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
	int start = cmark_node_get_list_start(node);
	if (begin && r->b.n > 0 && r->b.p[r->b.n - 1] != '\n') put(r, "\n");
	if (!begin) put(r, numbers ? "</ol>\n" : "</ul>\n");
	else if (!numbers) put(r, "<ul>\n");
	else if (start == 1) put(r, "<ol>\n");
	else put(r, str_fmt(r->a, "<ol start=\"%d\">\n", start).p);
}

/* A link on the page may hold no other, so only the outermost of nested links and images becomes one. */
static void put_link(struct render *r, cmark_node *node, bool begin) {
	struct str address = str_c(begin ? cmark_node_get_url(node) : "");
	struct url u;
	if (!begin) {
		if (--r->links == 0 && r->linked) put(r, "</a>");
		return;
	}
	if (r->links++ == 0) {
		r->linked = !r->plain && url_check(r->a, address, &u);
		if (r->linked) begin_link(r, u);
	}
	/* an image without a text shows its address */
	bool bare = cmark_node_get_type(node) == CMARK_NODE_IMAGE && cmark_node_first_child(node) == NULL;
	if (bare && !r->plain) add_text(r, address);
}

/* What can hold itself: shown to a depth. A list is shown only where its items are. */
static void put_nested(struct render *r, cmark_node *node, bool begin) {
	cmark_node_type type = cmark_node_get_type(node);
	if (begin) r->depth++;
	if (r->depth + (type == CMARK_NODE_LIST) <= SHOWN_MAX) {
		if (type == CMARK_NODE_LIST) put_list(r, node, begin);
		else if (type == CMARK_NODE_ITEM) put(r, begin ? "<li>" : "</li>\n");
		else if (type == CMARK_NODE_BLOCK_QUOTE) put(r, begin ? "<blockquote>\n" : "</blockquote>\n");
		else if (type == CMARK_NODE_EMPH) put(r, begin ? "<em>" : "</em>");
		else put(r, begin ? "<strong>" : "</strong>");
	}
	if (!begin) r->depth--;
}

static void visit(struct render *r, cmark_node *node, bool begin) {
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_BLOCK_QUOTE:
	case CMARK_NODE_LIST:
	case CMARK_NODE_ITEM:
	case CMARK_NODE_EMPH:
	case CMARK_NODE_STRONG: put_nested(r, node, begin); break;
	case CMARK_NODE_PARAGRAPH: if (!is_tight(node)) put(r, begin ? "<p>" : "</p>\n"); break;
	case CMARK_NODE_HEADING: put(r, heading(node, begin)); break;
	case CMARK_NODE_THEMATIC_BREAK: put(r, "<hr>\n"); break;
	case CMARK_NODE_CODE_BLOCK: add_code_block(r, literal(node)); break;
	case CMARK_NODE_HTML_BLOCK: add_html_block(r, literal(node)); break;
	case CMARK_NODE_HTML_INLINE:
	case CMARK_NODE_TEXT: add_linked(r, literal(node)); break;
	case CMARK_NODE_CODE: add_code(r, literal(node)); break;
	case CMARK_NODE_SOFTBREAK:
	case CMARK_NODE_LINEBREAK: add_break(r); break;
	case CMARK_NODE_LINK:
	case CMARK_NODE_IMAGE: put_link(r, node, begin); break;
	case CMARK_NODE_NONE:
	case CMARK_NODE_DOCUMENT:
	case CMARK_NODE_CUSTOM_BLOCK:
	case CMARK_NODE_CUSTOM_INLINE: break;
	}
}

static bool is_block(cmark_node *node) {
	cmark_node_type type = cmark_node_get_type(node);
	return type >= CMARK_NODE_FIRST_BLOCK && type <= CMARK_NODE_LAST_BLOCK;
}

/* ------------------------------------------------------------------- whole */

/* A line of words in which nothing means anything to Markdown, nor is an address. */
static bool is_line_of_words(struct str s) {
	static const bool means[256] = {['\\'] = true, ['`'] = true, ['*'] = true, ['_'] = true, ['['] = true, [']'] = true, ['<'] = true, ['>'] = true,
		['&'] = true};
	if (s.n == 0 || !(is_word(s.p[0]) && s.p[0] > '9') || s.p[s.n - 1] == ' ') return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < ' ' || means[c] || (c == ':' && i + 1 < s.n && s.p[i + 1] == '/')) return false;
	}
	return true;
}

/* Paragraphs of such lines: most of what people say. Writes them; false, and nothing written, when the source is more than that. */
static bool put_words(struct render *r, struct str source) {
	struct str rest = source, line;
	bool open = false;
	while (!str_none(rest)) {
		line = str_cut(&rest, '\n');
		if (line.n > 0 ? !is_line_of_words(line) : !open || str_none(rest)) return false;
		open = line.n > 0;
	}
	for (rest = source, open = false; !str_none(rest);) {
		line = str_cut(&rest, '\n');
		if (line.n == 0 && r->plain) buf_add_char(&r->b, ' ');
		else if (line.n == 0) put(r, "</p>\n");
		else if (open) add_break(r);
		else put(r, "<p>");
		open = line.n > 0;
		if (r->plain) add_text(r, line);
		else add_named(r, line);
	}
	put(r, "</p>\n");
	return true;
}

static void parse(struct render *r, struct str source) {
	r->stop = !quick(source);
	if (r->stop) return;
	if (put_words(r, source)) {
		r->stop = r->b.over;
		return;
	}
	cmark_node *root = cmark_parse_document(source.p, source.n, CMARK_OPT_DEFAULT);
	if (r->names_n > 0 || r->found != NULL) cmark_consolidate_text_nodes(root);      /* a name may hold what could have meant something */
	cmark_iter *iter = cmark_iter_new(root);
	cmark_event_type event;
	while (!r->b.over && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		visit(r, cmark_iter_get_node(iter), event == CMARK_EVENT_ENTER);
		/* two blocks' words are two words */
		if (r->plain && is_block(cmark_iter_get_node(iter))) buf_add_char(&r->b, ' ');
	}
	cmark_iter_free(iter);
	cmark_node_free(root);
	r->stop = r->b.over;
}

static struct str bounded(struct arena *a, struct str source) {
	source = utf8_fit(utf8_repair(a, source), MARKDOWN_SOURCE_MAX);
	return str_none(source) ? STR("") : source;
}

/* As it was written, for what would grow too large. */
static void as_written(struct buf *b, struct str source) {
	buf_clear(b);
	buf_add(b, STR("<pre>"));
	html_escape(b, source);
	buf_add(b, STR("</pre>\n"));
}

static struct html render(struct render *r, struct str source) {
	source = bounded(r->a, source);
	buf_init(&r->b, MARKDOWN_HTML_MAX);
	parse(r, source);
	if (r->stop) as_written(&r->b, source);
	struct html h = {str_copy(r->a, buf_str(&r->b))};
	buf_done(&r->b);
	return h;
}

struct html markdown_html(struct arena *a, struct str source) { return render(&(struct render){.a = a}, source); }

struct html markdown_html_named(struct arena *a, struct str source, const struct markdown_name *names, size_t n) {
	return render(&(struct render){.a = a, .names = names, .names_n = n}, source);
}

struct text_list markdown_names(struct arena *a, struct str source) {
	struct text_list found = {.v = NEW_ARRAY(a, struct str, MARKDOWN_NAMES_MOST)};
	if (str_find(source, '@') >= 0) render(&(struct render){.a = a, .found = &found}, source);
	return found;
}

struct str markdown_text(struct arena *a, struct str source, size_t chars) {
	struct render r = {.a = a, .plain = true};
	source = bounded(a, source);
	size_t max = chars < WORDS_BYTES_MAX / 8 ? 8 * chars + 64 : WORDS_BYTES_MAX;
	buf_init(&r.b, max);
	parse(&r, source);
	if (r.stop && r.b.n == 0) add_plain(&r, source);
	struct str line = utf8_line(a, buf_str(&r.b));
	bool cut = r.b.over;
	buf_done(&r.b);
	struct str first = utf8_first(line, chars);
	if (first.n == line.n && !cut) return line;
	if (first.n == line.n) first = utf8_first(line, chars > 0 ? chars - 1 : 0);
	struct str shown = str_trim(utf8_first(first, chars > 0 ? chars - 1 : 0));
	return str_fmt(a, STR_FMT "%s", STR_ARG(shown), chars > 0 ? "…" : "");
}
