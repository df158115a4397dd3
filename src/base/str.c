#include "base/str.h"
#include "base/check.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

bool str_ieq(struct str a, struct str b) {
	if (a.n != b.n) return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i])) return false;
	return true;
}

int str_cmp(struct str a, struct str b) {
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n > 0 ? memcmp(a.p, b.p, n) : 0;
	if (d != 0) return d;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, struct str prefix) {
	return s.n >= prefix.n && str_eq(str_first(s, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix) {
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

bool str_has(struct str s, struct str part) {
	return part.n == 0 || (s.n >= part.n && memmem(s.p, s.n, part.p, part.n) != NULL);
}

struct str str_trim(struct str s) {
	while (s.n > 0 && is_space(s.p[0])) s.p++, s.n--;
	while (s.n > 0 && is_space(s.p[s.n - 1])) s.n--;
	return s;
}

struct str str_from(struct str s, size_t at) {
	if (at > s.n) at = s.n;
	return s.p == NULL ? s : str_n(s.p + at, s.n - at);
}

struct str str_first(struct str s, size_t n) {
	return str_n(s.p, n < s.n ? n : s.n);
}

struct str str_cut(struct str *s, char sep) {
	ptrdiff_t at = str_find(*s, sep);
	struct str part = *s;
	if (at < 0) {
		*s = STR_NONE;
		return part;
	}
	part.n = (size_t)at;
	*s = str_from(*s, (size_t)at + 1);
	return part;
}

ptrdiff_t str_find(struct str s, char c) {
	const char *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;
	return at ? at - s.p : -1;
}

bool str_int(struct str s, int64_t *ret) {
	bool minus = s.n > 0 && s.p[0] == '-';
	size_t i = minus;
	int64_t v = 0;
	if (i == s.n) return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') return false;
		int d = s.p[i] - '0';
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, d, &v)) return false;
	}
	if (!minus && v == INT64_MIN) return false;
	*ret = minus ? v : -v;
	return true;
}

bool str_real(struct str s, double *ret) {
	char text[64], *end;
	if (s.n == 0 || s.n >= sizeof text) return false;
	for (size_t i = 0; i < s.n; i++)
		if (strchr("0123456789.+-eE", s.p[i]) == NULL || s.p[i] == 0) return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	errno = 0;
	double v = strtod(text, &end);
	if (end != text + s.n || !isfinite(v)) return false;
	*ret = v;
	return true;
}

struct str str_copy(struct arena *a, struct str s) {
	return str_none(s) ? s : str_n(arena_copy(a, s.p, s.n), s.n);
}

char *str_z(struct arena *a, struct str s) {
	return arena_copy(a, s.p, s.n);
}

struct str str_lower(struct arena *a, struct str s) {
	if (str_none(s)) return s;
	char *p = arena_copy(a, s.p, s.n);
	for (size_t i = 0; i < s.n; i++) p[i] = lower(p[i]);
	return str_n(p, s.n);
}

struct str str_vfmt(struct arena *a, const char *fmt, va_list ap) {
	char small[256];
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	PRE(n >= 0);
	char *p = arena_alloc(a, (size_t)n + 1);
	if ((size_t)n < sizeof small) memcpy(p, small, (size_t)n);
	else vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return str_n(p, (size_t)n);
}

struct str str_of_int(char room[INT_TEXT], int64_t v) {
	char *end = room + INT_TEXT, *at = end;
	for (uint64_t rest = v < 0 ? -(uint64_t)v : (uint64_t)v; rest > 0 || at == end; rest /= 10) *--at = (char)('0' + rest % 10);
	if (v < 0) *--at = '-';
	return str_n(at, (size_t)(end - at));
}

struct str str_fmt(struct arena *a, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	struct str s = str_vfmt(a, fmt, ap);
	va_end(ap);
	return s;
}
