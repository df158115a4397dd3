/* Characters in UTF-8. Decoding is after the table of well-formed byte sequences in the Unicode standard (3-7):
 * the first byte gives the length and the range of the second, the others are 80..BF. What Unicode knows of
 * characters comes from utf8proc.
 *
 * utf8proc puts the marks on a letter in order by insertion, which is quadratic in their number: runs are cut to
 * 30 marks (the standard's "stream-safe" limit) before. */
#include "text/utf8.h"
#include "base/check.h"
#include <stdlib.h>
#include <utf8proc.h>

enum { MARKS_MAX = 30, REPLACEMENT = 0xFFFD };

/* Length of the well-formed sequence at the start of s, 0 if there is none. */
static size_t sequence(struct str s) {
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned char c = p[0], low = 0x80, high = 0xBF;
	size_t n;
	if (c < 0x80) return 1;
	if (c < 0xC2 || c > 0xF4) return 0;
	if (c < 0xE0) n = 2;
	else if (c < 0xF0) n = 3;
	else n = 4;
	if (c == 0xE0) low = 0xA0;
	if (c == 0xED) high = 0x9F;
	if (c == 0xF0) low = 0x90;
	if (c == 0xF4) high = 0x8F;
	if (s.n < n || p[1] < low || p[1] > high) return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xC0) != 0x80) return 0;
	return n;
}

bool utf8_valid(struct str s) {
	while (s.n > 0) {
		size_t n = sequence(s);
		if (n == 0) return false;
		s = str_n(s.p + n, s.n - n);
	}
	return true;
}

size_t utf8_next(struct str s, uint32_t *ret) {
	static const unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
	PRE(s.n > 0);
	size_t n = sequence(s);
	if (n == 0) {
		*ret = REPLACEMENT;
		return 1;
	}
	uint32_t c = (unsigned char)s.p[0] & first_bits[n];
	for (size_t i = 1; i < n; i++) c = c << 6 | ((unsigned char)s.p[i] & 0x3Fu);
	*ret = c;
	return n;
}

size_t utf8_count(struct str s) {
	size_t chars = 0;
	for (uint32_t c; s.n > 0; chars++) s = str_from(s, utf8_next(s, &c));
	return chars;
}

static size_t encode(uint32_t c, char *to) {
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = REPLACEMENT;
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)c, (utf8proc_uint8_t *)to);
}

void utf8_add(struct buf *b, uint32_t c) {
	char bytes[4];
	size_t n = encode(c, bytes);
	buf_add(b, str_n(bytes, n));
}

struct str utf8_first(struct str s, size_t chars) {
	struct str rest = s;
	for (uint32_t c; rest.n > 0 && chars > 0; chars--) rest = str_from(rest, utf8_next(rest, &c));
	return str_first(s, s.n - rest.n);
}

struct str utf8_fit(struct str s, size_t bytes) {
	if (s.n <= bytes) return s;
	size_t n = bytes;
	while (n > 0 && n + 3 > bytes && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
	if (((unsigned char)s.p[n] & 0xC0) == 0x80) n = bytes;   /* no character at all: any cut will do */
	return str_first(s, n);
}

struct str utf8_repair(struct arena *a, struct str s) {
	if (str_none(s) || utf8_valid(s)) return s;
	size_t at = 0;
	char *text = arena_alloc(a, 3 * s.n + 1);
	for (uint32_t c; s.n > 0;) {
		s = str_from(s, utf8_next(s, &c));
		at += encode(c, text + at);
	}
	return str_n(text, at);
}

/* ---------------------------------------------------------------- cleaning */

/* Signs that change what stands around them without being seen: direction overrides and isolates, invisible
 * operators. The joiners U+200C and U+200D stay: words and emoji need them. */
static bool invisible(uint32_t c) {
	return c == 0xAD || c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 &&
		c <= 0x206F) ||
		c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c < 0xE0020);
}

static bool blank(uint32_t c) {
	return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
		c == 0x2029 ||
		c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool is_mark(uint32_t c) {
	if (c < 0x300) return false;
	utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);
	return k == UTF8PROC_CATEGORY_MN || k == UTF8PROC_CATEGORY_MC || k == UTF8PROC_CATEGORY_ME;
}

static bool ends_line(uint32_t c) {
	return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* How white space and control characters come out. */
enum spaces { ONE_LINE, LINES, AS_THEY_ARE };

/* Writes s without what is invisible and without the marks past the limit, before it is composed, since a mark may
 * come to stand on another letter by it. `to` has room for 3 bytes of each of s. Returns the length. */
static size_t filter(struct str s, enum spaces spaces, char *to) {
	size_t at = 0, end = 0;
	bool gap = false;
	for (int marks = 0; s.n > 0;) {
		uint32_t c;
		size_t n = utf8_next(s, &c);
		if (spaces == LINES && c == '\r' && s.n > 1 && s.p[1] == '\n') n = 2;
		s = str_from(s, n);
		marks = is_mark(c) ? marks + 1 : 0;
		if (invisible(c) || marks > MARKS_MAX) continue;
		if (spaces == ONE_LINE && blank(c)) {
			gap = at > 0;
			continue;
		}
		if (spaces == LINES && ends_line(c)) c = '\n';
		else if (spaces == LINES && (c < 0x20 || (c >= 0x7F && c < 0xA0)) && c != '\t') continue;
		if (gap) to[at++] = ' ';
		gap = false;
		at += encode(c, to + at);
		if (spaces == AS_THEY_ARE || !blank(c)) end = at;
	}
	return end;
}

static bool plain_ascii(struct str s) {
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80) return false;
	return true;
}

static struct str filtered(struct arena *a, struct str s, enum spaces spaces) {
	char *text = arena_alloc(a, 3 * s.n + 1);
	size_t n = filter(s, spaces, text);
	text[n] = 0;
	return str_n(text, n);
}

/* s, which is filtered, through utf8proc, in the arena. */
static struct str mapped(struct arena *a, struct str s, utf8proc_option_t options) {
	utf8proc_uint8_t *made = NULL;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &made, options);
	CHECK_MEMORY(n < 0 ? NULL : made);   /* valid UTF-8 fails only for want of memory */
	struct str r = str_n(arena_copy(a, made, (size_t)n), (size_t)n);
	free(made);
	return r;
}

static struct str cleaned(struct arena *a, struct str s, enum spaces spaces) {
	if (str_none(s)) return s;
	s = filtered(a, s, spaces);
	return plain_ascii(s) ? s : mapped(a, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

struct str utf8_line(struct arena *a, struct str s) {
	return cleaned(a, s, ONE_LINE);
}

struct str utf8_lines(struct arena *a, struct str s) {
	return cleaned(a, s, LINES);
}

struct str utf8_fold(struct arena *a, struct str s) {
	const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE |
		UTF8PROC_CASEFOLD | UTF8PROC_IGNORE | UTF8PROC_STRIPMARK;
	return plain_ascii(s) ? str_lower(a, s) : mapped(a, filtered(a, s, AS_THEY_ARE), options);
}

void utf8_add_1252(struct buf *b, struct str s) {
	/* 80..9F; what stands for nothing becomes U+FFFD. */
	static const uint16_t high[32] = {
		0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
			0xFFFD, 0x017D, 0xFFFD,
		0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153,
			0xFFFD, 0x017E, 0x0178,
	};
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		utf8_add(b, c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c);
	}
}
