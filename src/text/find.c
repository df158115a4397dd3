/* Reading is one pass over what was typed. Words are those of text/similar.h, which both engines index alike; a word with signs within
 * ("12,50", "K-1027") is a phrase of its pieces, so that nothing depends on how an engine would cut it. */
#include "text/find.h"
#include "text/date.h"
#include "text/similar.h"
#include "text/utf8.h"
#include <ctype.h>
#include <stdio.h>

/* -------------------------------------------------------------------- words */

static bool digit_at(struct str s, size_t i) { return i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; }

/* "1,234,567" from byte i on, with one sign between all its groups: its length; 0: there is none. */
static size_t grouped(struct str s, size_t i) {
	size_t end = i;
	while (digit_at(s, end)) end++;
	if (end == i || end - i > 3 || end >= s.n || strchr(".,'", s.p[end]) == NULL || s.p[end] == 0) return 0;
	size_t first = end;
	for (char sign = s.p[end]; end < s.n && s.p[end] == sign && digit_at(s, end + 1) && digit_at(s, end + 2) && digit_at(s, end + 3) &&
		!digit_at(s, end + 4);) end += 4;
	return end > first ? end - i : 0;
}

/* The folded text with the thousands of its numbers joined. */
static struct str folded(struct arena *a, struct str text) {
	struct str s = utf8_fold(a, text);
	char *to = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n;) {
		size_t length = i > 0 && digit_at(s, i - 1) ? 0 : grouped(s, i);
		if (length == 0) to[n++] = s.p[i++];
		for (size_t end = i + length; length > 0 && i < end; i++)
			if (digit_at(s, i)) to[n++] = s.p[i];
	}
	return str_n(to, n);
}

/* The next word without the sign of our tokens anywhere in it: an engine may cut a word where we do not. */
static bool next_word(struct str *rest, char room[TERM_BYTES_MAX + 1], struct str *ret) {
	while (similar_word(rest, room, ret))
		if (ret->n > 0 && !str_has(*ret, STR(FIND_TOKEN))) return true;
	return false;
}

void find_words(struct arena *a, struct buf *to, struct str text) {
	char room[TERM_BYTES_MAX + 1];
	struct arena_mark mark = arena_mark(a);
	struct str all = folded(a, text), rest = all, word, before = STR("");
	size_t n = 0;
	while (n < FIND_WORDS_MAX && next_word(&rest, room, &word)) {
		if (n++ > 0) buf_add_char(to, ' ');
		buf_add(to, word);
	}
	rest = all;
	for (size_t i = 0; i < n && next_word(&rest, room, &word); i++) {
		struct str stem = similar_stem(word);
		if (stem.n == word.n || str_eq(stem, before)) continue;
		buf_add_char(to, ' ');
		buf_add(to, stem);
		before = str_copy(a, stem);
	}
	arena_reset(a, mark);
}

void find_tokens(struct arena *a, struct buf *to, const char *sort, struct str text) {
	char room[TERM_BYTES_MAX + 1];
	struct arena_mark mark = arena_mark(a);
	struct str rest = folded(a, text), word;
	for (size_t n = 0; n < FIND_WORDS_MAX && next_word(&rest, room, &word); n++) buf_fmt(to, " " FIND_TOKEN "%s" STR_FMT, sort, STR_ARG(word));
	arena_reset(a, mark);
}

struct str find_squeeze(struct arena *a, struct str text) {
	char room[TERM_BYTES_MAX + 1];
	struct str all = STR(""), rest = utf8_fold(a, text), word;
	while (all.n < TERM_BYTES_MAX && next_word(&rest, room, &word)) all = str_fmt(a, STR_FMT STR_FMT, STR_ARG(all), STR_ARG(word));
	return utf8_fit(all, TERM_BYTES_MAX);
}

/* ------------------------------------------------------------------ operators */

enum when { BEFORE, AFTER, ON };
static const struct op {
	const char *word;
	bool time;
	int what;
} ops[] = {
	{"from", false, FIND_FROM}, {"von", false, FIND_FROM}, {"with", false, FIND_WITH}, {"to", false, FIND_WITH}, {"mit", false, FIND_WITH},
	{"an", false, FIND_WITH}, {"in", false, FIND_KIND}, {"type", false, FIND_KIND}, {"art", false, FIND_KIND}, {"tag", false, FIND_TAG},
	{"before", true, BEFORE}, {"vor", true, BEFORE}, {"after", true, AFTER}, {"nach", true, AFTER}, {"on", true, ON}, {"am", true, ON},
};

static const struct op *op_find(struct str word) {
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (str_ieq(word, str_c(ops[i].word))) return &ops[i];
	return NULL;
}

/* 2026, 2026-05, 2026-05-12: when it begins and ends. */
static bool period(struct str s, usec_t *ret_from, usec_t *ret_to) {
	int64_t part[3] = {0, 1, 1}, days;
	int n = 0;
	char whole[16];
	for (struct str rest = s; !str_none(rest);) {
		struct str piece = str_cut(&rest, '-');
		if (n == 3 || piece.n != (n == 0 ? 4 : 2) || !isdigit((unsigned char)piece.p[0]) || !str_int(piece, &part[n])) return false;
		n++;
	}
	snprintf(whole, sizeof whole, "%04d-%02d-%02d", (int)part[0], (int)part[1], (int)part[2]);
	if (!date_days(str_c(whole), &days)) return false;
	*ret_from = days * DAYS(1);
	int y = (int)part[0] + (n == 1), m = (int)part[1] + (n == 2), d = (int)part[2] + (n == 3);
	*ret_to = days_of(y, m, d) * DAYS(1);
	return true;
}

static bool narrow(struct find *f, enum when when, struct str value) {
	usec_t from, to;
	if (!period(value, &from, &to)) return false;
	if (when == BEFORE) to = from, from = FIND_EVER;
	else if (when == AFTER) to = FIND_EVER;
	if (from != FIND_EVER && (f->from == FIND_EVER || from > f->from)) f->from = from;
	if (to != FIND_EVER && (f->to == FIND_EVER || to < f->to)) f->to = to;
	return true;
}

static void operate(struct arena *a, struct find *f, const struct op *op, struct str value, bool without, struct str typed) {
	bool fine = true;
	if (value.n == 0) return; /* the value is still to come */
	if (op->time) fine = !without && narrow(f, (enum when)op->what, value);
	else if (find_squeeze(a, value).n == 0) fine = false;
	else if (f->filters < FIND_FILTERS_MAX)
		f->filter[f->filters++] = (struct find_filter){.what = (enum find_what)op->what, .value = value, .without = without};
	if (!fine && str_none(f->wrong)) f->wrong = typed;
}

/* --------------------------------------------------------------------- reading */

static void add_term(struct arena *a, struct find *f, struct str text, bool quoted, bool without) {
	char room[TERM_BYTES_MAX + 1];
	struct str rest = folded(a, text), word;
	struct find_term t = {.words = {.v = NEW_ARRAY(a, struct str, FIND_PHRASE_MAX)}, .without = without};
	while (t.words.n < FIND_PHRASE_MAX && next_word(&rest, room, &word)) t.words.v[t.words.n++] = str_copy(a, word);
	t.exact = quoted || t.words.n > 1;
	if (t.words.n > 0 && f->terms < FIND_TERMS_MAX) f->term[f->terms++] = t;
}

static bool space_at(struct str s) { return s.n > 0 && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')); }

/* Up to the closing quote, which may be missing at the end. */
static struct str quoted(struct str *rest) {
	*rest = str_from(*rest, 1);
	struct str all = *rest, inside = str_cut(rest, '"');
	if (str_none(*rest)) *rest = str_from(all, all.n);
	return inside;
}

static struct str until_space(struct str *rest) {
	size_t n = 0;
	while (n < rest->n && !space_at(str_from(*rest, n))) n++;
	struct str s = str_first(*rest, n);
	*rest = str_from(*rest, n);
	return s;
}

static void read_one(struct arena *a, struct find *f, struct str *rest) {
	struct str begin = *rest;
	bool without = rest->n > 1 && rest->p[0] == '-' && !space_at(str_from(*rest, 1));
	if (without) *rest = str_from(*rest, 1);
	if (rest->p[0] == '"') {
		add_term(a, f, quoted(rest), true, without);
		return;
	}
	struct str word = *rest;
	size_t n = 0;
	while (n < word.n && isalpha((unsigned char)word.p[n])) n++;
	const struct op *op = n < word.n && word.p[n] == ':' ? op_find(str_first(word, n)) : NULL;
	if (op == NULL) {
		size_t before = f->terms;
		add_term(a, f, until_space(rest), false, without);
		if (f->terms > before && rest->n == 0) f->term[before].begins = !without;
		return;
	}
	*rest = str_from(*rest, n + 1);
	struct str value = rest->n > 0 && rest->p[0] == '"' ? quoted(rest) : until_space(rest);
	operate(a, f, op, value, without, str_first(begin, begin.n - rest->n));
}

void find_read(struct arena *a, struct str typed, struct find *ret) {
	*ret = (struct find){.from = FIND_EVER, .to = FIND_EVER, .wrong = STR_NONE};
	struct str rest = str_trim(typed);
	while (rest.n > 0) {
		if (space_at(rest)) rest = str_from(rest, 1);
		else read_one(a, ret, &rest);
	}
}

void find_begins(struct arena *a, struct str text, const char *sort, struct find *ret) {
	char room[TERM_BYTES_MAX + 1];
	struct str rest = folded(a, text), word;
	*ret = (struct find){.from = FIND_EVER, .to = FIND_EVER, .wrong = STR_NONE};
	while (ret->terms < FIND_TERMS_MAX && next_word(&rest, room, &word)) {
		struct str *one = NEW_ARRAY(a, struct str, 1);
		*one = *sort ? str_fmt(a, FIND_TOKEN "%s" STR_FMT, sort, STR_ARG(word)) : str_copy(a, word);
		ret->term[ret->terms++] = (struct find_term){.words = {one, 1}, .exact = *sort != 0, .begins = true};
	}
}

bool find_asks(const struct find *f) {
	return f->terms + f->filters > 0 || f->from != FIND_EVER || f->to != FIND_EVER;
}

/* ------------------------------------------------------------- for the engines */

/* Words hold letters and digits only, so quoting them is enough for either engine. */
static void put_word(struct buf *b, enum find_engine e, struct str word, bool begins) {
	if (e == FIND_FTS5) buf_fmt(b, "\"" STR_FMT "\"%s", STR_ARG(word), begins ? "*" : "");
	else buf_fmt(b, "'" STR_FMT "'%s", STR_ARG(word), begins ? ":*" : "");
}

static void put_any(struct buf *b, enum find_engine e, struct text_list any) {
	buf_add_char(b, '(');
	for (size_t i = 0; i < any.n; i++) {
		if (i > 0) buf_add(b, e == FIND_FTS5 ? STR(" OR ") : STR(" | "));
		put_word(b, e, any.v[i], false);
	}
	if (any.n == 0) put_word(b, e, STR(FIND_TOKEN "none"), false);
	buf_add_char(b, ')');
}

enum { BEGIN_BYTES_MIN = 2 };   /* what one letter begins is nearly everything */

static void put_term(struct buf *b, enum find_engine e, const struct find_term *t) {
	buf_add_char(b, '(');
	for (size_t i = 0; t->words.n > 1 && i < t->words.n; i++) {
		if (i > 0) buf_add(b, e == FIND_FTS5 ? STR(" + ") : STR(" <-> "));
		put_word(b, e, t->words.v[i], t->begins && i + 1 == t->words.n);
	}
	if (t->words.n == 1) {
		struct str word = t->words.v[0];
		put_word(b, e, t->exact ? word : similar_stem(word), false);
		if (t->begins && word.n >= BEGIN_BYTES_MIN) {
			buf_add(b, e == FIND_FTS5 ? STR(" OR ") : STR(" | "));
			put_word(b, e, word, true);
		}
	}
	buf_add_char(b, ')');
}

static void put_all(struct buf *b, enum find_engine e, const struct find *f, const struct find_group *group, size_t groups, bool without) {
	size_t n = 0;
	const char *joint = e == FIND_FTS5 ? (without ? " OR " : " AND ") : without ? " | " : " & ";
	for (size_t i = 0; i < f->terms; i++) {
		if (f->term[i].without != without) continue;
		buf_add(b, n++ > 0 ? str_c(joint) : STR(""));
		put_term(b, e, &f->term[i]);
	}
	for (size_t i = 0; i < groups; i++) {
		if (group[i].without != without) continue;
		buf_add(b, n++ > 0 ? str_c(joint) : STR(""));
		put_any(b, e, group[i].any);
	}
	if (n == 0 && !without) put_word(b, e, STR(FIND_TOKEN "d"), false);
}

struct str find_match(struct arena *a, enum find_engine e, const struct find *f, const struct find_group *group, size_t groups) {
	struct buf b, not;
	buf_init(&b, 256 * 1024);
	buf_init(&not, 64 * 1024);
	put_all(&b, e, f, group, groups, false);
	put_all(&not, e, f, group, groups, true);
	struct str all = str_fmt(a, not.n == 0 ? "(" STR_FMT ")" : e == FIND_FTS5 ? "(" STR_FMT ") NOT (" STR_FMT ")" : "(" STR_FMT ") & !(" STR_FMT ")",
		STR_ARG(buf_str(&b)), STR_ARG(buf_str(&not)));
	buf_done(&b);
	buf_done(&not);
	return all;
}

struct str find_either(struct arena *a, enum find_engine e, struct str match, struct str other) {
	return str_fmt(a, e == FIND_FTS5 ? "(" STR_FMT ") OR (" STR_FMT ")" : "(" STR_FMT ") | (" STR_FMT ")", STR_ARG(match), STR_ARG(other));
}

/* --------------------------------------------------------------------- marking */

struct spot { size_t at, length; struct str word; };

/* The next word of a text as it is written, with the same word folded. */
static bool next_spot(struct arena *a, struct str text, size_t *at, struct spot *ret) {
	char room[TERM_BYTES_MAX + 1];
	while (*at < text.n) {
		struct str rest = str_from(text, *at), one, word;
		uint32_t c;
		size_t length = utf8_next(rest, &c);
		one = str_first(rest, length);
		if (!similar_word(&one, room, &word)) { /* a sign */
			*at += length;
			continue;
		}
		one = rest;
		similar_word(&one, room, &word);
		size_t n = rest.n - one.n;
		struct str whole = str_first(rest, n), folded_word = utf8_fold(a, whole), inside;
		if (!similar_word(&folded_word, room, &inside)) inside = STR("");
		while (n > 0 && !isalnum((unsigned char)text.p[*at + n - 1]) && (unsigned char)text.p[*at + n - 1] < 0x80) n--;
		*ret = (struct spot){.at = *at, .length = n, .word = str_copy(a, inside)};
		*at += whole.n;
		return true;
	}
	return false;
}

static bool meets(const struct find_term *t, size_t i, struct str word) {
	struct str wanted = t->words.v[i];
	if (str_eq(word, wanted) || (t->begins && i + 1 == t->words.n && str_starts(word, wanted))) return true;
	return !t->exact && str_eq(similar_stem(word), similar_stem(wanted));
}

/* How many of the words from here on a term takes; 0: it is not here. */
static size_t taken(const struct find_term *t, const struct spot *spot, size_t n) {
	if (t->without || t->words.n > n) return 0;
	for (size_t i = 0; i < t->words.n; i++)
		if (!meets(t, i, spot[i].word)) return 0;
	return t->words.n;
}

void find_marks(struct arena *a, const struct find *f, struct str text, struct find_marks *ret) {
	struct arena_mark mark = arena_mark(a);
	size_t n = 0, at = 0, most_words = text.n / 2 + 1 < FIND_WORDS_MAX ? text.n / 2 + 1 : FIND_WORDS_MAX;
	struct spot *spot = NEW_ARRAY(a, struct spot, most_words);
	ret->n = 0;
	while (n < most_words && next_spot(a, text, &at, &spot[n])) n++;
	for (size_t i = 0; i < n && ret->n < FIND_MARKS_MAX;) {
		size_t most = 0;
		for (size_t k = 0; k < f->terms; k++) {
			size_t here = taken(&f->term[k], &spot[i], n - i);
			if (here > most) most = here;
		}
		if (most > 0) {
			const struct spot *last = &spot[i + most - 1];
			ret->v[ret->n++] = (struct find_mark){.at = spot[i].at, .length = last->at + last->length - spot[i].at};
		}
		i += most > 0 ? most : 1;
	}
	arena_reset(a, mark);
}
