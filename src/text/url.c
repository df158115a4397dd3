/* Addresses are made safe by an allow list: an address is a path of ours or has one of four schemes, or it is
 * refused; what then remains strange in it is percent-encoded, so the result holds no quote, bracket, space or
 * control character. */
#include "text/url.h"
#include "base/check.h"
#include "text/escape.h"
#include "text/utf8.h"

enum { URL_BYTES_MAX = 4096, URL_BUF_MAX = 64 * 1024 };

/* Signs that may stand in an address as they are, besides letters and digits; % only with two hex digits behind it. */
static bool plain(char c) {
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		(c != 0 && strchr("-._~:/?#[]@!$&'()*+,;=", c) != NULL);
}

static bool is_hex(char c) {
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Appends s with everything encoded that may not stand in an address. */
static void add_clean(struct buf *b, struct str s) {
	for (size_t i = 0; i < s.n; i++) {
		bool code = s.p[i] == '%' && i + 2 < s.n && is_hex(s.p[i + 1]) && is_hex(s.p[i + 2]);
		if (plain(s.p[i]) || code) buf_add_char(b, s.p[i]);
		else percent_encode(b, str_n(s.p + i, 1));
	}
}

static struct str take(struct arena *a, struct buf *b) {
	struct str s = str_copy(a, buf_str(b));
	buf_done(b);
	return s;
}

struct url url_path(struct arena *a, const char *fmt, ...) {
	va_list ap;
	struct buf b;
	va_start(ap, fmt);
	struct str s = str_vfmt(a, fmt, ap);
	va_end(ap);
	PRE(s.n > 0 && s.p[0] == '/');
	buf_init(&b, URL_BUF_MAX);
	buf_add_char(&b, '/');
	struct str rest = str_from(s, 1);
	if (str_starts(rest, STR("/"))) {   /* "//" would be another host */
		buf_add(&b, STR("%2F"));
		rest = str_from(rest, 1);
	}
	add_clean(&b, rest);
	return (struct url){take(a, &b)};
}

const char *url_part(struct arena *a, struct str s) {
	struct buf b;
	buf_init(&b, URL_BUF_MAX);
	percent_encode(&b, s);
	return str_z(a, take(a, &b));
}

struct url url_with(struct arena *a, struct url u, const char *name, struct str value) {
	struct buf b;
	struct str fragment = u.s, before = str_cut(&fragment, '#');
	buf_init(&b, URL_BUF_MAX);
	buf_add(&b, before);
	buf_add_char(&b, str_find(before, '?') < 0 ? '?' : '&');
	percent_encode(&b, str_c(name));
	buf_add_char(&b, '=');
	percent_encode(&b, value);
	if (!str_none(fragment)) {
		buf_add_char(&b, '#');
		buf_add(&b, fragment);
	}
	return (struct url){take(a, &b)};
}

/* ---------------------------------------------------------------- checking */

static bool printable(struct str s) {
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= 0x20 || s.p[i] == 0x7F) return false;
	return utf8_valid(s);
}

/* Up to the first of ? and #. */
static struct str before_query(struct str s) {
	size_t n = 0;
	while (n < s.n && s.p[n] != '?' && s.p[n] != '#') n++;
	return str_first(s, n);
}

static bool path_good(struct str s) {
	if (s.n == 0 || s.p[0] != '/' || (s.n > 1 && s.p[1] == '/')) return false;
	return str_find(before_query(s), '\\') < 0;
}

/* "//host:port/…" */
static bool web_good(struct str s, size_t *ret_host_end) {
	if (!str_starts(s, STR("//"))) return false;
	bool some = false;
	size_t i = 2;
	for (; i < s.n && s.p[i] != '/' && s.p[i] != '?' && s.p[i] != '#'; i++) {
		char c = s.p[i];
		bool letter = (unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' &&
			c <= '9');
		if (!letter && (c == 0 || strchr(".-_:[]", c) == NULL)) return false;
		some = some || letter;
	}
	*ret_host_end = i;
	return some && str_find(before_query(str_from(s, i)), '\\') < 0;
}

/* Somebody@somewhere, with no line break hidden in it, which could become a header of a mail. */
static bool mail_good(struct str s) {
	for (size_t i = 0; i + 2 < s.n; i++)
		if (s.p[i] == '%' && (s.p[i + 1] == '0' || s.p[i + 1] == '1')) return false;
	ptrdiff_t at = str_find(before_query(s), '@');
	return at > 0 && (size_t)at + 1 < before_query(s).n;
}

static bool tel_good(struct str s) {
	bool digit = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		digit = digit || (c >= '0' && c <= '9');
		if (!plain(c) || strchr("/?:@[]!$&',", c) != NULL) return false;
	}
	return digit;
}

bool url_check_path(struct arena *a, struct str s, struct url *ret) {
	s = str_trim(s);
	if (s.n > URL_BYTES_MAX || !printable(s) || !path_good(s)) return false;
	struct buf b;
	buf_init(&b, URL_BUF_MAX);
	add_clean(&b, s);
	ret->s = take(a, &b);
	return true;
}

bool url_check(struct arena *a, struct str s, struct url *ret) {
	s = str_trim(s);
	if (str_starts(s, STR("/"))) return url_check_path(a, s, ret);
	if (s.n > URL_BYTES_MAX || !printable(s)) return false;
	struct str rest = s, scheme = str_cut(&rest, ':');
	size_t as_it_is = 0;
	bool good = false;
	if (str_none(rest)) return false;
	if (str_ieq(scheme, STR("http")) || str_ieq(scheme, STR("https"))) good = web_good(rest, &as_it_is);
	else if (str_ieq(scheme, STR("mailto"))) good = mail_good(rest);
	else if (str_ieq(scheme, STR("tel"))) good = tel_good(rest);
	if (!good) return false;
	struct buf b;
	buf_init(&b, URL_BUF_MAX);
	buf_add(&b, str_lower(a, scheme));
	buf_add_char(&b, ':');
	buf_add(&b, str_first(rest, as_it_is));
	add_clean(&b, str_from(rest, as_it_is));
	ret->s = take(a, &b);
	return true;
}

/* ----------------------------------------------------------------- queries */

static void add_plus(struct buf *b, struct str s) {
	while (!str_none(s)) {
		percent_encode(b, str_cut(&s, ' '));
		if (!str_none(s)) buf_add_char(b, '+');
	}
}

void query_add(struct buf *b, struct str name, struct str value) {
	if (b->n > 0) buf_add_char(b, '&');
	add_plus(b, name);
	buf_add_char(b, '=');
	add_plus(b, value);
}

struct query query_read(struct str text) {
	return (struct query){.rest = text, .left = QUERY_MAX};
}

/* Decoded into the arena, no longer than s; STR_NONE for a wrong %. */
static struct str decode(struct arena *a, struct str s) {
	if (str_find(s, '%') < 0 && str_find(s, '+') < 0) return s;
	char *plus = arena_copy(a, s.p, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (plus[i] == '+') plus[i] = ' ';
	struct buf b;
	buf_init(&b, s.n);
	bool good = percent_decode(&b, str_n(plus, s.n));
	struct str made = take(a, &b);
	return good ? made : STR_NONE;
}

bool query_next(struct query *q, struct arena *a, struct str *ret_name, struct str *ret_value) {
	struct str pair;
	do {
		if (str_none(q->rest) || q->fault != OK) return false;
		pair = str_cut(&q->rest, '&');
	} while (pair.n == 0);
	if (q->left-- <= 0) {
		q->fault = ERR_TOO_LARGE;
		return false;
	}
	struct str value = pair, name = str_cut(&value, '=');
	if (str_none(value)) value = STR("");
	name = decode(a, name);
	value = decode(a, value);
	if (str_none(name) || str_none(value)) {
		q->fault = ERR_MALFORMED;
		return false;
	}
	*ret_name = name;
	*ret_value = value;
	return true;
}

struct str query_get(struct arena *a, struct str text, const char *name) {
	struct query q = query_read(text);
	struct str n, value;
	while (query_next(&q, a, &n, &value))
		if (str_is(n, name)) return value;
	return STR_NONE;
}
