/* Escapes go through the text once and copy the stretches between the signs that need one. */
#include "text/escape.h"
#include "text/utf8.h"

static const char hex_digit[] = "0123456789abcdef", hex_upper[] = "0123456789ABCDEF";

void html_escape(struct buf *b, struct str s) {
	static const unsigned char kind[256] = {['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5};
	static const struct str as[] = {{"", 0}, {"&amp;", 5}, {"&lt;", 4}, {"&gt;", 4}, {"&quot;", 6}, {"&#39;", 5}};
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char sign = kind[(unsigned char)s.p[i]];
		if (sign == 0) continue;
		buf_add(b, str_n(s.p + from, i - from));
		buf_add(b, as[sign]);
		from = i + 1;
	}
	buf_add(b, str_from(s, from));
}

static bool unreserved(char c) {
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
		c == '_' || c == '~';
}

void percent_encode(struct buf *b, struct str s) {
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (unreserved(s.p[i])) {
			buf_add_char(b, s.p[i]);
		} else {
			const char code[] = {'%', hex_upper[c >> 4], hex_upper[c & 15]};
			buf_add(b, str_n(code, sizeof code));
		}
	}
}

static int hex_value(char c) {
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool percent_decode(struct buf *b, struct str s) {
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '%') {
			buf_add_char(b, s.p[i]);
			continue;
		}
		if (i + 2 >= s.n) return false;
		int high = hex_value(s.p[i + 1]), low = hex_value(s.p[i + 2]);
		if (high < 0 || low < 0) return false;
		buf_add_char(b, (char)(high << 4 | low));
		i += 2;
	}
	return true;
}

/* Bytes that stand in a JSON string as they are. Above ASCII the length of a character must be looked at. */
static bool json_plain(unsigned char c) {
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

static void json_special(struct buf *b, uint32_t c) {
	switch (c) {
	case '"': buf_add(b, STR("\\\"")); return;
	case '\\': buf_add(b, STR("\\\\")); return;
	case '\n': buf_add(b, STR("\\n")); return;
	case '\r': buf_add(b, STR("\\r")); return;
	case '\t': buf_add(b, STR("\\t")); return;
	case '\b': buf_add(b, STR("\\b")); return;
	case '\f': buf_add(b, STR("\\f")); return;
	default: break;
	}
	if (c < 0x80 || c == 0x2028 || c == 0x2029) buf_fmt(b, "\\u%04x", (unsigned)c);
	else utf8_add(b, c);
}

void json_escape(struct buf *b, struct str s) {
	while (s.n > 0) {
		size_t n = 0;
		while (n < s.n && json_plain((unsigned char)s.p[n])) n++;
		buf_add(b, str_first(s, n));
		s = str_from(s, n);
		if (s.n == 0) break;
		uint32_t c;
		s = str_from(s, utf8_next(s, &c));
		json_special(b, c);
	}
}

void hex_encode(struct buf *b, struct str s) {
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		buf_add_char(b, hex_digit[c >> 4]);
		buf_add_char(b, hex_digit[c & 15]);
	}
}

static const char base64_digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buf *b, struct str s) {
	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t v = 0;
		size_t have = s.n - i < 3 ? s.n - i : 3;
		for (size_t j = 0; j < 3; j++) v = v << 8 | (j < have ? (unsigned char)s.p[i + j] : 0u);
		for (size_t j = 0; j < 4; j++) buf_add_char(b, j <= have ? base64_digit[v >> (18 - 6 * j) & 63] : '=');
	}
}

static int base64_value(char c) {
	if (c == '-') return 62;
	if (c == '_') return 63;
	const char *at = c != 0 ? strchr(base64_digit, c) : NULL;
	return at != NULL ? (int)(at - base64_digit) : -1;
}

bool base64_decode(struct buf *b, struct str s) {
	size_t n = s.n, bits = 0;
	uint32_t v = 0;
	while (n > 0 && s.n - n < 2 && s.p[n - 1] == '=') n--;
	if (n % 4 == 1 || (n < s.n && s.n % 4 != 0)) return false;
	for (size_t i = 0; i < n; i++) {
		int d = base64_value(s.p[i]);
		if (d < 0) return false;
		v = (v << 6 | (uint32_t)d) & 0xFFFFFF;
		bits += 6;
		if (bits < 8) continue;
		bits -= 8;
		buf_add_char(b, (char)(v >> bits & 0xFF));
	}
	return (v & ((1u << bits) - 1)) == 0;
}
