#include "import/value.h"
#include "text/date.h"
#include "text/utf8.h"

#define WRONG_DATE T("This is no date or time in the format that the mapping names.")

static bool is_email(struct str s) {
	ptrdiff_t at = str_find(s, '@');
	return at > 0 && (size_t)at + 1 < s.n && str_find(s, ' ') < 0 && str_find(str_from(s, (size_t)at + 1), '@') < 0;
}

static bool has_word(const char *words, struct str word) {
	size_t n = word.n;
	for (const char *p = words; (p = strchr(p, ' ')) != NULL; p++)
		if (n > 0 && strncmp(p + 1, word.p, n) == 0 && p[n + 1] == ' ') return memchr(word.p, ' ', n) == NULL;
	return false;
}

static bool clean_date(struct arena *a, const struct map_rule *r, struct str s, struct str *ret,
                       const char **ret_fault) {
	*ret_fault = WRONG_DATE;
	if (!str_none(r->as)) return date_read(a, s, r->as, ret);
	*ret = s;
	return date_valid(s);
}

static bool clean_time(struct arena *a, const struct map_rule *r, struct str s, struct str *ret,
                       const char **ret_fault) {
	usec_t t;
	*ret_fault = WRONG_DATE;
	if (!time_read(s, str_none(r->as) ? STR("rfc3339") : r->as, r->zone, &t)) return false;
	*ret = str_fmt(a, "%lld", (long long)t);
	return true;
}

static bool clean_place(struct str s, double limit, struct str *ret, const char **ret_fault) {
	double v;
	*ret_fault = T("This is no place on earth.");
	*ret = s;
	return str_real(s, &v) && v >= -limit && v <= limit;
}

static bool clean_field(struct arena *a, const struct pack_field *f, const struct map_rule *r, struct str s,
                        struct str *ret, const char **ret_fault) {
	int64_t minor;
	if (f->type == PACK_DATE && !str_none(r->as)) return clean_date(a, r, s, ret, ret_fault);
	if (!pack_value(a, f, s, ret, ret_fault)) return false;
	if (f->type != PACK_MONEY || r->times == 1 || !str_int(*ret, &minor)) return true;
	*ret_fault = T("This amount is too large.");
	if (__builtin_mul_overflow(minor, r->times, &minor)) return false;
	*ret = str_fmt(a, "%lld", (long long)minor);
	return true;
}

/* ASCII letters only; a text that has small ones already was written by somebody who meant it. */
static struct str title_case(struct arena *a, struct str s) {
	bool first = true;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z') return s;
	char *p = arena_copy(a, s.p, s.n);
	for (size_t i = 0; i < s.n; i++) {
		bool letter = p[i] >= 'A' && p[i] <= 'Z';
		if (letter && !first) p[i] = (char)(p[i] - 'A' + 'a');
		first = !letter && !(p[i] >= '0' && p[i] <= '9') && p[i] != '\'' && (unsigned char)p[i] < 0x80;
	}
	return str_n(p, s.n);
}

static bool clean(struct arena *a, const struct target *t, const struct map_rule *r, struct str text, struct str *ret,
                  const char **ret_fault) {
	static const struct pack_field money = {.type = PACK_MONEY};
	struct str line = t->want == WANT_TEXT ? utf8_lines(a, text) : utf8_line(a, text);
	*ret = line;
	switch (t->want) {
	case WANT_LINE: case WANT_TEXT:
		if (r->title) *ret = title_case(a, line);
		return true;
	case WANT_EMAIL: *ret_fault = T("This is no email address."); return is_email(line);
	case WANT_DATE: return clean_date(a, r, line, ret, ret_fault);
	case WANT_TIME: return clean_time(a, r, line, ret, ret_fault);
	case WANT_MONEY: return clean_field(a, &money, r, line, ret, ret_fault);
	case WANT_LAT: return clean_place(line, 90, ret, ret_fault);
	case WANT_LON: return clean_place(line, 180, ret, ret_fault);
	case WANT_WORD: *ret_fault = T("This is not one of the words that the field knows."); return has_word(t->words, line);
	case WANT_FIELD: return clean_field(a, t->field, r, line, ret, ret_fault);
	}
	return false;
}

bool value_clean(struct arena *a, const struct target *t, const struct map_rule *r, struct str text, struct str *ret,
                 const char **ret_fault) {
	if (!clean(a, t, r, text, ret, ret_fault)) return false;
	*ret_fault = T("This is too long.");
	return t->max == 0 || ret->n <= (size_t)t->max;
}
