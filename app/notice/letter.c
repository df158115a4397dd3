/* How a mail looks: the logo, what is said, one button, and who we are. Mail programs know little CSS, so styles
 * stand at the elements. */
#include "notice/mail_int.h"
#include "text/escape.h"

enum { LETTER_MAX = 256 * 1024 };

static struct str finish(struct arena *a, struct buf *b) {
	struct str s = str_copy(a, buf_str(b));
	buf_done(b);
	return s;
}

/* The next paragraph: what stands before an empty line. */
static struct str next_paragraph(struct str *rest) {
	size_t i = 0;
	while (i < rest->n && !(rest->p[i] == '\n' && i + 1 < rest->n && rest->p[i + 1] == '\n')) i++;
	struct str paragraph = str_trim(str_first(*rest, i));
	*rest = str_trim(str_from(*rest, i));
	return paragraph;
}

static void text_block(struct buf *b, struct str s) {
	if (str_empty(s)) return;
	buf_add(b, str_trim(s));
	buf_add(b, STR("\n\n"));
}

static void text_quote(struct buf *b, struct str s) {
	if (str_empty(s)) return;
	while (!str_none(s)) {
		buf_add(b, STR("> "));
		buf_add(b, str_cut(&s, '\n'));
		buf_add_char(b, '\n');
	}
	buf_add_char(b, '\n');
}

struct str letter_text(struct arena *a, const struct business *firm, const struct letter *l) {
	struct buf b;
	buf_init(&b, LETTER_MAX);
	text_block(&b, l->text);
	text_quote(&b, l->quote);
	for (size_t i = 0; i < l->items_n; i++)
		buf_fmt(&b, "* " STR_FMT "\n  " STR_FMT "\n  " STR_FMT "\n\n", STR_ARG(l->items[i].title), STR_ARG(l->items[i].words), STR_ARG(l->items[i].url));
	if (!str_empty(l->url)) buf_fmt(&b, STR_FMT ":\n" STR_FMT "\n\n", STR_ARG(l->action), STR_ARG(l->url));
	text_block(&b, l->after);
	buf_add(&b, STR("-- \n"));
	const struct str lines[] = {firm->name, firm->street_address, firm->phone, firm->email, firm->web};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (str_empty(lines[i])) continue;
		buf_add(&b, lines[i]);
		buf_add_char(&b, '\n');
	}
	return finish(a, &b);
}

/* -------------------------------------------------------------------- markup */

static void html_lines(struct buf *b, struct str s) {
	bool first = true;
	while (!str_none(s)) {
		if (!first) buf_add(b, STR("<br>"));
		html_escape(b, str_cut(&s, '\n'));
		first = false;
	}
}

static void html_paragraphs(struct buf *b, struct str s, const char *style) {
	s = str_trim(s);
	while (s.n > 0) {
		buf_fmt(b, "<p style=\"%s\">", style);
		html_lines(b, next_paragraph(&s));
		buf_add(b, STR("</p>\n"));
	}
}

static int hex_pair(const char *p) {
	int v = 0;
	for (int i = 0; i < 2; i++) {
		int c = p[i] | 32;
		if (c >= '0' && c <= '9') v = v * 16 + c - '0';
		else if (c >= 'a' && c <= 'f') v = v * 16 + c - 'a' + 10;
		else return -1;
	}
	return v;
}

/* The firm's colour, and black or white on it, whichever reads better; a quiet dark one when it is no colour. */
static const char *button_colours(struct arena *a, struct str colour) {
	bool hex = colour.n == 7 && colour.p[0] == '#';
	int r = hex ? hex_pair(colour.p + 1) : -1, g = hex ? hex_pair(colour.p + 3) : -1;
	int blue = hex ? hex_pair(colour.p + 5) : -1;
	if (r < 0 || g < 0 || blue < 0) return "background:#333333;color:#ffffff";
	bool light = 299 * r + 587 * g + 114 * blue > 140000;
	const char *on_it = light ? "#1a1a1a" : "#ffffff";
	return str_fmt(a, "background:#%02x%02x%02x;color:%s", (unsigned)r, (unsigned)g, (unsigned)blue, on_it).p;
}

static void html_button(struct arena *a, struct buf *b, const struct business *firm, const struct letter *l) {
	if (str_empty(l->url)) return;
	buf_fmt(b, "<p style=\"margin:24px 0\"><a href=\"");
	html_escape(b, l->url);
	buf_fmt(b, "\" style=\"display:inline-block;padding:12px 20px;border-radius:8px;text-decoration:none;"
	        "font-weight:600;%s\">", button_colours(a, firm->colour));
	html_escape(b, l->action);
	buf_add(b, STR("</a></p>\n<p style=\"margin:0 0 16px;font-size:13px;color:#6b6863;word-break:break-all\">"));
	html_escape(b, l->url);
	buf_add(b, STR("</p>\n"));
}

static void html_firm(struct buf *b, const struct business *firm) {
	const struct str facts[] = {firm->street_address, firm->phone, firm->email, firm->web};
	buf_add(b, STR("<p style=\"margin:24px 0 0;padding-top:16px;border-top:1px solid #e3e0da;font-size:13px;"
	               "color:#6b6863\"><strong>"));
	html_escape(b, firm->name);
	buf_add(b, STR("</strong>"));
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		if (str_empty(facts[i])) continue;
		buf_add(b, STR("<br>"));
		html_escape(b, facts[i]);
	}
	buf_add(b, STR("</p>\n"));
}

static void html_items(struct buf *b, const struct letter *l) {
	for (size_t i = 0; i < l->items_n; i++) {
		buf_add(b, STR("<p style=\"margin:0 0 12px;padding:12px 16px;border-radius:8px;background:#f6f4f0\"><a href=\""));
		html_escape(b, l->items[i].url);
		buf_add(b, STR("\" style=\"color:#1f1d1a;font-weight:600\">"));
		html_escape(b, l->items[i].title);
		buf_add(b, STR("</a><br>"));
		html_escape(b, l->items[i].words);
		buf_add(b, STR("</p>\n"));
	}
}

struct str letter_html(struct arena *a, const struct business *firm, struct str base_url, const struct letter *l) {
	struct buf b;
	buf_init(&b, LETTER_MAX);
	buf_fmt(&b, "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>", lang_code(l->lang));
	html_escape(&b, l->subject);
	buf_add(&b, STR("</title></head>\n<body style=\"margin:0;padding:24px 12px;background:#f6f4f0;color:#1f1d1a;"
	                "font:16px/1.5 'Helvetica Neue',Helvetica,Arial,sans-serif\">\n"
	                "<div style=\"max-width:36em;margin:0 auto;padding:28px;border-radius:12px;background:#ffffff\">\n"));
	if (firm->logo.v != 0) {
		buf_add(&b, STR("<p style=\"margin:0 0 20px\"><img src=\""));
		html_escape(&b, base_url);
		buf_fmt(&b, "/logo?v=%lld\" alt=\"", (long long)firm->version);
		html_escape(&b, firm->name);
		buf_add(&b, STR("\" height=\"40\" style=\"height:40px;width:auto;border:0\"></p>\n"));
	}
	html_paragraphs(&b, l->text, "margin:0 0 16px");
	if (!str_empty(l->quote)) {
		buf_add(&b, STR("<blockquote style=\"margin:0 0 16px;padding:12px 16px;border-radius:8px;background:#f6f4f0\">\n"));
		html_paragraphs(&b, l->quote, "margin:0");
		buf_add(&b, STR("</blockquote>\n"));
	}
	html_items(&b, l);
	html_button(a, &b, firm, l);
	if (!str_empty(l->after)) html_paragraphs(&b, l->after, "margin:0 0 8px;font-size:13px;color:#6b6863");
	html_firm(&b, firm);
	buf_add(&b, STR("</div>\n</body></html>\n"));
	return finish(a, &b);
}

struct str letter_without_links(struct arena *a, struct str text) {
	static const char *const pages[] = {"/claim/", "/reset/", "/verify/", "/login/"};
	struct str rest = text;
	struct buf b;
	buf_init(&b, 2 * text.n + 16);
	while (rest.n > 0) {
		size_t skip = 0;
		for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
			struct str page = str_c(pages[i]);
			if (str_starts(rest, page) && token_shape(str_first(str_from(rest, page.n), TOKEN_CHARS))) skip = page.n;
		}
		if (skip == 0) buf_add_char(&b, rest.p[0]);
		else {
			buf_add(&b, str_first(rest, skip));
			buf_add(&b, STR("…"));
			skip += TOKEN_CHARS;
		}
		rest = str_from(rest, skip == 0 ? 1 : skip);
	}
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}
