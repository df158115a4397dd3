/* md4c reads the Markdown and calls the functions here, which write nothing but tags of their own and escaped
 * text, so the result is safe whatever the source. That tags close in order is not left to md4c either: what is
 * open is kept here, and leaving something closes what was opened within.
 *
 * What the source could make grow without bound is counted: bytes written, cells of tables (md4c fills up each row
 * to the width of the head), depth. Past a bound the text is shown as it was written. */
#include "text/markdown.h"
#include "../../third_party/md4c/md4c.h"
#include "text/escape.h"
#include "text/url.h"
#include "text/utf8.h"

enum { CELLS_MAX = 10000, DEPTH_MAX = 60, WORDS_BYTES_MAX = 64 * 1024 };

/* Blocks and spans in one numbering. */
enum { SPAN_KIND = 100 };

struct open {
	int kind;
	struct str close;         /* what is written when it is left */
};

struct render {
	struct arena *a;
	struct buf b;
	bool plain;               /* words only, for markdown_text */
	bool stop;                /* a bound was passed: nothing more is written */
	int cells;
	struct open open[DEPTH_MAX];
	int depth;
	int links;                /* links and images that are open: the outermost alone may be a link on the page */
	struct str image;         /* the address of an image whose text has not come yet */
};

static void put(struct render *r, struct str markup) {
	if (!r->plain) buf_add(&r->b, markup);
}

static int result(struct render *r) {
	r->stop = r->stop || r->b.over || r->cells > CELLS_MAX;
	return r->stop ? -1 : 0;
}

static bool is_link(int kind) {
	return kind == SPAN_KIND + MD_SPAN_A || kind == SPAN_KIND + MD_SPAN_IMG;
}

static void enter(struct render *r, int kind, struct str begin, struct str close) {
	if (r->depth == DEPTH_MAX) {
		r->stop = true;
		return;
	}
	r->open[r->depth++] = (struct open){.kind = kind, .close = close};
	r->links += is_link(kind);
	put(r, begin);
}

/* Closes the innermost open one of that kind and what is open within it. A span does not reach out of its block. */
static void leave(struct render *r, int kind) {
	int at = r->depth - 1;
	while (at >= 0 && r->open[at].kind != kind && (kind < SPAN_KIND || r->open[at].kind >= SPAN_KIND)) at--;
	if (at < 0 || r->open[at].kind != kind) return;
	while (r->depth > at) {
		struct open *o = &r->open[--r->depth];
		r->links -= is_link(o->kind);
		put(r, o->close);
	}
}

/* ----------------------------------------------------------------- entities */

/* The character of "&#65;" or "&#x41;"; false for others. */
static bool numeric_entity(struct str s, uint32_t *ret) {
	uint32_t c = 0;
	if (s.n < 4 || s.p[1] != '#') return false;
	bool hex = s.p[2] == 'x' || s.p[2] == 'X';
	for (size_t i = hex ? 3 : 2; i + 1 < s.n && c <= 0x10FFFF; i++) {
		char d = s.p[i];
		uint32_t v = d <= '9' ? (uint32_t)(d - '0') : (uint32_t)((d | 32) - 'a' + 10);
		c = c * (hex ? 16 : 10) + v;
	}
	*ret = c;
	return true;
}

/* Appends what the entity stands for. Names that are not known here stay as they were written, as text. */
static void add_entity(struct buf *b, struct str s) {
	static const struct { struct str name, as; } known[] = {
		{STR("&amp;"), STR("&")}, {STR("&lt;"), STR("<")}, {STR("&gt;"), STR(">")}, {STR("&quot;"), STR("\"")},
		{STR("&apos;"), STR("'")}, {STR("&nbsp;"), STR("\u00A0")}, {STR("&copy;"), STR("©")}, {STR("&euro;"), STR("€")},
		{STR("&hellip;"), STR("…")}, {STR("&ndash;"), STR("–")}, {STR("&mdash;"), STR("—")}, {STR("&auml;"), STR("ä")},
		{STR("&ouml;"), STR("ö")}, {STR("&uuml;"), STR("ü")}, {STR("&Auml;"), STR("Ä")}, {STR("&Ouml;"), STR("Ö")},
		{STR("&Uuml;"), STR("Ü")}, {STR("&szlig;"), STR("ß")},
	};
	uint32_t c;
	if (numeric_entity(s, &c)) {
		bool control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0);
		utf8_add(b, control ? 0xFFFD : c);
		return;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq(s, known[i].name)) s = known[i].as;
	buf_add(b, s);
}

/* An address, with its entities decoded. */
static struct str attribute(struct render *r, const MD_ATTRIBUTE *at) {
	struct buf b;
	if (at->size == 0) return STR("");
	buf_init(&b, 8192);
	for (int i = 0; at->substr_offsets[i] < at->size; i++) {
		MD_OFFSET from = at->substr_offsets[i], to = at->substr_offsets[i + 1];
		struct str piece = str_n(at->text + from, to - from);
		if (at->substr_types[i] == MD_TEXT_ENTITY) add_entity(&b, piece);
		else buf_add(&b, piece);
	}
	struct str s = str_copy(r->a, buf_str(&b));
	bool over = b.over;
	buf_done(&b);
	return over ? STR("") : s;
}

/* ------------------------------------------------------------------- blocks */

static void enter_list(struct render *r, const MD_BLOCK_OL_DETAIL *d) {
	struct str begin = d->start == 1 ? STR("<ol>\n") : str_fmt(r->a, "<ol start=\"%u\">\n", d->start);
	enter(r, MD_BLOCK_OL, begin, STR("</ol>\n"));
}

static void enter_heading(struct render *r, unsigned level) {
	switch (level) {
	case 1: enter(r, MD_BLOCK_H, STR("<h3>"), STR("</h3>\n")); break;
	case 2: enter(r, MD_BLOCK_H, STR("<h4>"), STR("</h4>\n")); break;
	case 3: enter(r, MD_BLOCK_H, STR("<h5>"), STR("</h5>\n")); break;
	default: enter(r, MD_BLOCK_H, STR("<h6>"), STR("</h6>\n")); break;
	}
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *arg) {
	struct render *r = arg;
	switch (type) {
	case MD_BLOCK_DOC:
	case MD_BLOCK_HTML: enter(r, (int)type, STR(""), STR("")); break;
	case MD_BLOCK_QUOTE: enter(r, MD_BLOCK_QUOTE, STR("<blockquote>\n"), STR("</blockquote>\n")); break;
	case MD_BLOCK_UL: enter(r, MD_BLOCK_UL, STR("<ul>\n"), STR("</ul>\n")); break;
	case MD_BLOCK_OL: enter_list(r, detail); break;
	case MD_BLOCK_LI: enter(r, MD_BLOCK_LI, STR("<li>"), STR("</li>\n")); break;
	case MD_BLOCK_HR: enter(r, MD_BLOCK_HR, STR("<hr>\n"), STR("")); break;
	case MD_BLOCK_H: enter_heading(r, ((MD_BLOCK_H_DETAIL *)detail)->level); break;
	case MD_BLOCK_CODE: enter(r, MD_BLOCK_CODE, STR("<pre><code>"), STR("</code></pre>\n")); break;
	case MD_BLOCK_P: enter(r, MD_BLOCK_P, STR("<p>"), STR("</p>\n")); break;
	case MD_BLOCK_TABLE: enter(r, MD_BLOCK_TABLE, STR("<table>\n"), STR("</table>\n")); break;
	case MD_BLOCK_THEAD: enter(r, MD_BLOCK_THEAD, STR("<thead>\n"), STR("</thead>\n")); break;
	case MD_BLOCK_TBODY: enter(r, MD_BLOCK_TBODY, STR("<tbody>\n"), STR("</tbody>\n")); break;
	case MD_BLOCK_TR: enter(r, MD_BLOCK_TR, STR("<tr>"), STR("</tr>\n")); break;
	case MD_BLOCK_TH: enter(r, MD_BLOCK_TH, STR("<th>"), STR("</th>")), r->cells++; break;
	case MD_BLOCK_TD: enter(r, MD_BLOCK_TD, STR("<td>"), STR("</td>")), r->cells++; break;
	}
	return result(r);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *arg) {
	struct render *r = arg;
	(void)detail;
	if (r->plain) buf_add_char(&r->b, ' ');
	leave(r, (int)type);
	return result(r);
}

/* -------------------------------------------------------------------- spans */

/* A link on the page may hold no other, so only the outermost of nested links and images becomes one. */
static void enter_link(struct render *r, MD_SPANTYPE type, const MD_ATTRIBUTE *at) {
	int kind = SPAN_KIND + (int)type;
	struct str address = attribute(r, at);
	struct url u;
	r->image = type == MD_SPAN_IMG ? address : STR_NONE;
	if (r->plain || r->links > 0 || !url_check(r->a, address, &u)) {
		enter(r, kind, STR(""), STR(""));
		return;
	}
	enter(r, kind, STR("<a href=\""), STR("</a>"));
	html_escape(&r->b, u.s);
	put(r, STR("\" rel=\"nofollow ugc noopener\">"));
}

static int enter_span(MD_SPANTYPE type, void *detail, void *arg) {
	struct render *r = arg;
	int kind = SPAN_KIND + (int)type;
	switch (type) {
	case MD_SPAN_EM: enter(r, kind, STR("<em>"), STR("</em>")); break;
	case MD_SPAN_STRONG: enter(r, kind, STR("<strong>"), STR("</strong>")); break;
	case MD_SPAN_CODE: enter(r, kind, STR("<code>"), STR("</code>")); break;
	case MD_SPAN_DEL: enter(r, kind, STR("<del>"), STR("</del>")); break;
	case MD_SPAN_A: enter_link(r, type, &((MD_SPAN_A_DETAIL *)detail)->href); break;
	case MD_SPAN_IMG: enter_link(r, type, &((MD_SPAN_IMG_DETAIL *)detail)->src); break;
	case MD_SPAN_LATEXMATH:
	case MD_SPAN_LATEXMATH_DISPLAY:
	case MD_SPAN_WIKILINK:
	case MD_SPAN_U: break;
	}
	return result(r);
}

static int leave_span(MD_SPANTYPE type, void *detail, void *arg) {
	struct render *r = arg;
	(void)detail;
	/* an image without a text shows its address */
	if (type == MD_SPAN_IMG && !r->plain) html_escape(&r->b, r->image);
	r->image = STR_NONE;
	leave(r, SPAN_KIND + (int)type);
	return result(r);
}

static void add_text(struct render *r, struct str s) {
	if (r->plain) buf_add(&r->b, s);
	else html_escape(&r->b, s);
}

static void text_entity(struct render *r, struct str s) {
	char room[64];
	struct buf b;
	buf_init(&b, sizeof room);
	add_entity(&b, s);
	add_text(r, buf_str(&b));
	buf_done(&b);
}

static int text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE n, void *arg) {
	struct render *r = arg;
	r->image = STR_NONE;
	switch (type) {
	case MD_TEXT_NULLCHAR: add_text(r, STR("\uFFFD")); break;
	case MD_TEXT_BR:
	case MD_TEXT_SOFTBR:
		if (r->plain) buf_add_char(&r->b, ' ');
		else buf_add(&r->b, STR("<br>\n"));
		break;
	case MD_TEXT_ENTITY: text_entity(r, str_n(p, n)); break;
	case MD_TEXT_NORMAL:
	case MD_TEXT_CODE:
	case MD_TEXT_HTML:
	case MD_TEXT_LATEXMATH: add_text(r, str_n(p, n)); break;
	}
	return result(r);
}

/* ------------------------------------------------------------------- whole */

static void parse(struct render *r, struct str source) {
	static const MD_PARSER parser = {
		.flags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEAUTOLINKS,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = enter_span,
		.leave_span = leave_span,
		.text = text,
	};
	if (md_parse(source.p, (MD_SIZE)source.n, &parser, r) != 0) r->stop = true;
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

struct html markdown_html(struct arena *a, struct str source) {
	struct render r = {.a = a};
	source = bounded(a, source);
	buf_init(&r.b, MARKDOWN_HTML_MAX);
	parse(&r, source);
	if (r.stop) as_written(&r.b, source);
	struct html h = {str_copy(a, buf_str(&r.b))};
	buf_done(&r.b);
	return h;
}

struct str markdown_text(struct arena *a, struct str source, size_t chars) {
	struct render r = {.a = a, .plain = true};
	source = bounded(a, source);
	size_t max = chars < WORDS_BYTES_MAX / 8 ? 8 * chars + 64 : WORDS_BYTES_MAX;
	buf_init(&r.b, max);
	parse(&r, source);
	struct str line = utf8_line(a, r.b.n > 0 || !r.stop ? buf_str(&r.b) : utf8_fit(source, max));
	buf_done(&r.b);
	bool cut = r.stop;
	struct str first = utf8_first(line, chars);
	if (first.n == line.n && !cut) return line;
	if (first.n == line.n) first = utf8_first(line, chars > 0 ? chars - 1 : 0);
	struct str shown = str_trim(utf8_first(first, chars > 0 ? chars - 1 : 0));
	return str_fmt(a, STR_FMT "%s", STR_ARG(shown), chars > 0 ? "…" : "");
}
