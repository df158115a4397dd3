#include "notice/mime.h"
#include "text/date.h"
#include "text/escape.h"
#include "text/utf8.h"

enum { WORD_BYTES = 39 /* 52 in base64, with =?UTF-8?B?…?= under 76 */, PLAIN_MAX = 66, LINE_MAX = 75 };

static bool is_plain(struct str s) {
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~') return false;
	return s.n <= PLAIN_MAX && !str_has(s, STR("=?"));
}

/* Encoded words (RFC 2047), each a whole number of characters, on lines of their own. */
static void encoded(struct buf *b, struct str s) {
	bool first = true;
	while (s.n > 0) {
		struct str part = utf8_fit(s, WORD_BYTES);
		if (part.n == 0) part = str_first(s, 1);
		if (!first) buf_add(b, STR("\r\n "));
		buf_add(b, STR("=?UTF-8?B?"));
		base64_encode(b, part);
		buf_add(b, STR("?="));
		s = str_from(s, part.n);
		first = false;
	}
}

void mime_header(struct buf *b, const char *name, struct str text) {
	struct arena a = {0};
	struct str line = utf8_line(&a, text);   /* no control characters: no line ends */
	buf_fmt(b, "%s: ", name);
	if (is_plain(line)) buf_add(b, line);
	else encoded(b, line);
	buf_add(b, STR("\r\n"));
	arena_done(&a);
}

void mime_address(struct buf *b, const char *name, struct str phrase, struct str address) {
	struct arena a = {0};
	struct str line = utf8_line(&a, phrase);
	buf_fmt(b, "%s: ", name);
	if (line.n > 0 && is_plain(line)) {
		buf_add_char(b, '"');
		for (size_t i = 0; i < line.n; i++) {
			if (line.p[i] == '"' || line.p[i] == '\\') buf_add_char(b, '\\');
			buf_add_char(b, line.p[i]);
		}
		buf_add_char(b, '"');
	} else if (line.n > 0) encoded(b, line);
	buf_fmt(b, line.n > 0 ? "\r\n <" STR_FMT ">\r\n" : "<" STR_FMT ">\r\n", STR_ARG(address));
	arena_done(&a);
}

/* ------------------------------------------------------------------- bodies */

/* One line of text, without its end. What would be longer than a line goes on behind "=" at the end. */
static void quoted_line(struct buf *b, struct str line) {
	int column = 0;
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		bool at_end = i + 1 == line.n;
		bool plain = (c > ' ' && c <= '~' && c != '=') || ((c == ' ' || c == '\t') && !at_end);
		int room = plain ? 1 : 3;
		if (column + room > LINE_MAX) {
			buf_add(b, STR("=\r\n"));
			column = 0;
		}
		if (plain) buf_add_char(b, (char)c);
		else buf_fmt(b, "=%02X", c);
		column += room;
	}
}

void mime_quoted(struct buf *b, struct str text) {
	while (!str_none(text)) {
		struct str line = str_cut(&text, '\n');
		if (str_none(text) && line.n == 0) break;
		if (str_ends(line, STR("\r"))) line.n--;
		quoted_line(b, line);
		buf_add(b, STR("\r\n"));
	}
}

static void part(struct buf *b, const struct mime *m, const char *type, struct str text) {
	buf_fmt(b, "--=_" STR_FMT "\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
	        STR_ARG(m->boundary), type);
	mime_quoted(b, text);
	buf_add(b, STR("\r\n"));
}

static void date(struct buf *b, usec_t at) {
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct local_time t = zone_local(zone_utc(), at);
	buf_fmt(b, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[t.weekday], t.day, months[t.month - 1], t.year, t.hour, t.minute,
	        t.second);
}

void mime_write(struct buf *b, const struct mime *m) {
	date(b, m->at);
	mime_address(b, "From", m->from_name, m->from_address);
	mime_address(b, "To", m->to_name, m->to_address);
	mime_header(b, "Subject", m->subject);
	buf_fmt(b, "Message-ID: <" STR_FMT ">\r\n", STR_ARG(m->id));
	buf_add(b, STR("Auto-Submitted: auto-generated\r\n"));
	if (!str_empty(m->unsubscribe)) {
		buf_fmt(b, "List-Unsubscribe: <" STR_FMT ">\r\n", STR_ARG(m->unsubscribe));
		buf_add(b, STR("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
	}
	buf_add(b, STR("MIME-Version: 1.0\r\n"));
	buf_fmt(b, "Content-Type: multipart/alternative;\r\n boundary=\"=_" STR_FMT "\"\r\n\r\n", STR_ARG(m->boundary));
	part(b, m, "text/plain", m->text);
	part(b, m, "text/html", m->html);
	buf_fmt(b, "--=_" STR_FMT "--\r\n", STR_ARG(m->boundary));
}
