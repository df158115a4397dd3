/* The run time of the generated templates: escaping by place, formatters, sentences. */
#include "web/out.h"
#include "base/check.h"
#include "text/catalogue.h"
#include "text/escape.h"
#include "text/utf8.h"
#include "web/page.h"
#include "web/static.h"
#include <math.h>
#include <stdio.h>

void out_text_str(struct out *o, struct str s) { html_escape(o->b, s); }
void out_text_int(struct out *o, int64_t v) {
	char room[INT_TEXT];
	buf_add(o->b, str_of_int(room, v));
}

void out_html(struct out *o, struct html h) { buf_add(o->b, h.s); }
void out_url(struct out *o, struct url u) { html_escape(o->b, u.s); }
void out_part_str(struct out *o, struct str s) { percent_encode(o->b, s); }
void out_part_int(struct out *o, int64_t v) { out_text_int(o, v); }
void out_part_real(struct out *o, double v) { out_text_real(o, v); }

void out_text_opt(struct out *o, struct opt_int v) {
	if (v.has) out_text_int(o, v.v);
}

void out_text_real(struct out *o, double v) {
	char s[40];
	if (!isfinite(v)) return;
	for (int digits = 6; digits <= 17; digits++) {
		snprintf(s, sizeof s, "%.*g", digits, v);
		double back;
		if (str_real(str_c(s), &back) && back == v) break;
	}
	buf_add(o->b, str_c(s));
}

/* -------------------------------------------------------------- sentences */

struct out_say out_begin(const struct out *o, int key, int64_t n) {
	PRE(key >= 0 && key < message_count);
	const struct message *m = &messages[key];
	bool plural = m->many != NULL;
	const char *text = (plural && n != 1 ? m->tr_many : m->tr_one)[o->locale->lang];
	return (struct out_say){.rest = str_c(text), .name = STR_NONE, .n = n, .plural = plural};
}

bool out_next(struct out *o, struct out_say *say) {
	while (!str_none(say->rest)) {
		out_text_str(o, str_cut(&say->rest, '{'));
		if (str_none(say->rest)) return false;
		say->name = str_cut(&say->rest, '}');
		if (!say->plural || !str_is(say->name, "n")) return true;
		fmt_number(o, say->n);
	}
	return false;
}

void out_message(struct out *o, int key, int64_t n) {
	struct out_say say = out_begin(o, key, n);
	if (!say.plural) out_text_str(o, say.rest);
	while (say.plural && out_next(o, &say)) {}
}

/* ------------------------------------------------------------- formatters */

#define SAY(o, call)                              \
	do {                                          \
		struct arena *a_ = (o)->a;                \
		struct arena_mark mark_ = arena_mark(a_); \
		struct str s_ = (call);                   \
		out_text_str((o), s_);                    \
		arena_reset(a_, mark_);                   \
	} while (0)

void fmt_date(struct out *o, usec_t t) { SAY(o, say_date(a_, o->locale, t)); }
void fmt_month(struct out *o, usec_t t) { SAY(o, say_month(a_, o->locale, t)); }
void fmt_clock(struct out *o, usec_t t) { SAY(o, say_time(a_, o->locale, t)); }
void fmt_when(struct out *o, usec_t t) { SAY(o, say_when(a_, o->locale, t)); }
void fmt_ago(struct out *o, usec_t t) { SAY(o, say_ago(a_, o->locale, t)); }
void fmt_iso(struct out *o, usec_t t) { SAY(o, time_rfc3339(a_, t)); }
void fmt_day(struct out *o, struct str date) { SAY(o, say_day(a_, o->locale, date)); }
void fmt_number(struct out *o, int64_t n) { SAY(o, say_number(a_, o->locale, n)); }
void fmt_size(struct out *o, int64_t n) { SAY(o, say_size(a_, o->locale, n)); }
void fmt_money(struct out *o, int64_t minor) { SAY(o, say_money(a_, o->locale, minor, str_c(o->locale->currency))); }

/* A word of ours (a status, a kind, a role) in the reader's language: the word's sentence is a key. */
void fmt_tr(struct out *o, struct str key) { SAY(o, str_c(tr(o->locale->lang, str_z(a_, key)))); }

void fmt_initials(struct out *o, struct str name) {
	int said = 0;
	while (!str_none(name) && said < 2) {
		struct str word = str_trim(str_cut(&name, ' '));
		if (word.n == 0) continue;
		uint32_t c;
		size_t n = utf8_next(word, &c);
		if (c < 'A' || (c > 'Z' && c < 'a') || (c > 'z' && c < 0xC0)) continue;     /* "Client 6789": its number is no initial */
		out_text_str(o, str_first(word, n));
		said++;
	}
}

void fmt_lines(struct out *o, struct str s) {
	bool first = true;
	while (!str_none(s)) {
		struct str line = str_cut(&s, '\n');
		if (!first) buf_add(o->b, STR("<br>"));
		out_text_str(o, str_trim(line));
		first = false;
	}
}

/* ------------------------------------------------------------------ pieces */

void out_icon(struct out *o, const char *name) {
	buf_add(o->b, STR("<svg class=\"icon\" aria-hidden=\"true\"><use href=\""));
	out_static(o, "icons.svg");
	buf_add(o->b, STR("#i-"));
	buf_add(o->b, str_c(name));
	buf_add(o->b, STR("\"/></svg>"));
}

void fmt_icon(struct out *o, struct str name) {
	buf_add(o->b, STR("<svg class=\"icon\" aria-hidden=\"true\"><use href=\""));
	out_static(o, "icons.svg");
	buf_add(o->b, STR("#i-"));
	out_text_str(o, name);
	buf_add(o->b, STR("\"/></svg>"));
}

void out_static(struct out *o, const char *name) {
	buf_add(o->b, static_url(name));
}

void out_csrf(struct out *o) {
	if (str_empty(o->page->csrf)) return;
	buf_add(o->b, STR("<input type=\"hidden\" name=\"csrf\" value=\""));
	out_text_str(o, o->page->csrf);
	buf_add(o->b, STR("\">"));
}

void out_error(struct out *o, const char *field) {
	for (size_t i = 0; i < o->page->errors.n; i++) {
		if (!str_is(o->page->errors.v[i].field, field)) continue;
		buf_fmt(o->b, "<p class=\"error\" id=\"error-%s\">", field);
		out_icon(o, "alert");
		out_text_str(o, o->page->errors.v[i].message);
		buf_add(o->b, STR("</p>"));
	}
}
