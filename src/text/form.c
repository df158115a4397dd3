/* Forms as browsers send them. multipart/form-data is cut at its delimiters; each part's header is read for its
 * name, file name and type. Browsers write quotes and line breaks in names as %22 %0D %0A (WHATWG), others as
 * backslash escapes (RFC 2616): both are understood. Nothing is kept of a wrong form: the sender hears
 * ERR_MALFORMED. */
#include "text/form.h"
#include "text/escape.h"
#include "text/url.h"
#include "text/utf8.h"

enum { BOUNDARY_MAX = 70, FILE_NAME_BYTES_MAX = 255 };

/* -------------------------------------------------------------- media types */

static bool token_sign(char c) {
	return (unsigned char)c > 0x20 && (unsigned char)c < 0x7F && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

struct str media_type(struct arena *a, struct str content_type) {
	return str_lower(a, str_trim(str_cut(&content_type, ';')));
}

/* A backslash escapes only quotes and itself, since old browsers send C:\folder\file. */
static bool escapes(struct str s, size_t at) {
	return s.p[at] == '\\' && at + 1 < s.n && (s.p[at + 1] == '"' || s.p[at + 1] == '\\');
}

/* A quoted string at the start of *s (behind its quote), unescaped; false when it does not end. */
static bool quoted_string(struct arena *a, struct str *s, struct str *ret) {
	size_t n = 0, end = 0;
	while (end < s->n && s->p[end] != '"') end += escapes(*s, end) ? 2 : 1;
	if (end >= s->n) return false;
	char *text = arena_alloc(a, end + 1);
	for (size_t i = 0; i < end; i++) {
		if (escapes(*s, i)) i++;
		text[n++] = s->p[i];
	}
	*s = str_from(*s, end + 1);
	*ret = str_n(text, n);
	return true;
}

/* Takes "; name=value" off *s; false at the end or when it is wrong. */
static bool next_param(struct arena *a, struct str *s, struct str *ret_name, struct str *ret_value) {
	*s = str_trim(*s);
	while (str_starts(*s, STR(";"))) *s = str_trim(str_from(*s, 1));
	size_t n = 0;
	while (n < s->n && token_sign(s->p[n])) n++;
	struct str name = str_first(*s, n);
	struct str rest = str_trim(str_from(*s, n));
	if (n == 0 || !str_starts(rest, STR("="))) return false;
	rest = str_trim(str_from(rest, 1));
	if (str_starts(rest, STR("\""))) {
		rest = str_from(rest, 1);
		if (!quoted_string(a, &rest, ret_value)) return false;
	} else {
		for (n = 0; n < rest.n && rest.p[n] != ';' && rest.p[n] != ' ' && rest.p[n] != '\t';) n++;
		*ret_value = str_first(rest, n);
		rest = str_from(rest, n);
	}
	*ret_name = name;
	*s = rest;
	return true;
}

struct str media_param(struct arena *a, struct str content_type, const char *name) {
	struct str n, value, rest = content_type;
	str_cut(&rest, ';');
	while (!str_none(rest) && next_param(a, &rest, &n, &value))
		if (str_ieq(n, str_c(name))) return value;
	return STR_NONE;
}

/* ---------------------------------------------------------------- multipart */

struct parser {
	struct arena *a;
	struct str rest;              /* what is not read yet */
	struct str delimiter;         /* CR LF -- boundary */
	struct form_part *part;
	size_t parts;
};

static bool boundary_good(struct str b) {
	if (b.n == 0 || b.n > BOUNDARY_MAX || b.p[b.n - 1] == ' ') return false;
	for (size_t i = 0; i < b.n; i++)
		if ((unsigned char)b.p[i] < 0x20 || (unsigned char)b.p[i] >= 0x7F) return false;
	return true;
}

/* %22 %0D %0A back to what they stand for; any other % stays. */
static struct str browser_unescape(struct arena *a, struct str s) {
	static const struct { struct str code; char sign; } codes[] = {{STR("%22"),
		'"'}, {STR("%0D"), '\r'}, {STR("%0A"), '\n'}};
	char *text = arena_alloc(a, s.n + 1);
	size_t n = 0;
	while (s.n > 0) {
		char sign = s.p[0];
		size_t taken = 1;
		for (size_t i = 0; sign == '%' && i < sizeof codes / sizeof *codes; i++)
			if (str_ieq(str_first(s, 3), codes[i].code)) sign = codes[i].sign, taken = 3;
		text[n++] = sign;
		s = str_from(s, taken);
	}
	return str_n(text, n);
}

/* The last part of a path, cleaned; "" for no name worth keeping. */
static struct str file_name(struct arena *a, struct str s) {
	s = utf8_line(a, browser_unescape(a, s));
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '/' || s.p[i - 1] == '\\') {
			s = str_from(s, i);
			break;
		}
	return str_is(s, ".") || str_is(s, "..") ? STR("") : utf8_fit(s, FILE_NAME_BYTES_MAX);
}

/* filename*=utf-8''na%C3%AFve.txt (RFC 8187), which some programs send though RFC 7578 says not to. */
static bool extended_name(struct arena *a, struct str s, struct str *ret) {
	struct buf b;
	struct str charset = str_cut(&s, '\'');
	if (str_none(s) || !str_ieq(charset, STR("utf-8"))) return false;
	str_cut(&s, '\'');
	if (str_none(s)) return false;
	buf_init(&b, FORM_HEADER_MAX);
	bool good = percent_decode(&b, s);
	*ret = str_copy(a, buf_str(&b));
	buf_done(&b);
	return good;
}

static enum err read_disposition(struct parser *p, struct str value, struct form_part *part) {
	struct str name, v, kind = value;
	size_t n = 0;
	while (n < value.n && value.p[n] != ';') n++;
	kind = str_trim(str_first(value, n));
	value = str_from(value, n);
	if (!str_ieq(kind, STR("form-data")) || !str_none(part->name)) return ERR_MALFORMED;
	bool extended = false;
	while (next_param(p->a, &value, &name, &v)) {
		if (str_ieq(name, STR("name"))) {
			part->name = browser_unescape(p->a, v);
		} else if (str_ieq(name, STR("filename")) && !extended) {
			part->filename = file_name(p->a, v);
		} else if (str_ieq(name, STR("filename*")) && extended_name(p->a, v, &v)) {
			part->filename = file_name(p->a, v);
			extended = true;
		}
	}
	bool whole = str_trim(value).n == 0;
	return whole && !str_none(part->name) && part->name.n <= FORM_NAME_MAX ? OK : ERR_MALFORMED;
}

static enum err read_header(struct parser *p, struct str line, struct form_part *part) {
	struct str value = line, name = str_cut(&value, ':');
	if (str_none(value) || name.n == 0 || memchr(line.p, 0, line.n) != NULL) return ERR_MALFORMED;
	for (size_t i = 0; i < name.n; i++)
		if (!token_sign(name.p[i])) return ERR_MALFORMED;
	value = str_trim(value);
	if (str_ieq(name, STR("Content-Disposition"))) return read_disposition(p, value, part);
	if (str_ieq(name, STR("Content-Type"))) {
		part->type = value;
		return str_starts(media_type(p->a, value), STR("multipart/")) ? ERR_MALFORMED : OK;
	}
	if (str_ieq(name, STR("Content-Transfer-Encoding"))) {
		bool plain = str_ieq(value, STR("7bit")) || str_ieq(value, STR("8bit")) || str_ieq(value, STR("binary"));
		return plain ? OK : ERR_MALFORMED;
	}
	return OK;
}

/* The header lines up to the empty one. */
static enum err read_headers(struct parser *p, struct form_part *part) {
	struct str window = str_first(p->rest, FORM_HEADER_MAX);
	const char *end = window.n > 0 ? memmem(window.p, window.n, "\r\n\r\n", 4) : NULL;
	if (end == NULL) return p->rest.n > FORM_HEADER_MAX ? ERR_TOO_LARGE : ERR_MALFORMED;
	struct str lines = str_n(window.p, (size_t)(end - window.p));
	p->rest = str_from(p->rest, lines.n + 4);
	while (lines.n > 0) {
		const char *stop = memmem(lines.p, lines.n, "\r\n", 2);
		size_t n = stop != NULL ? (size_t)(stop - lines.p) : lines.n;
		TRY(read_header(p, str_first(lines, n), part));
		lines = str_from(lines, n + 2);
	}
	return str_none(part->name) ? ERR_MALFORMED : OK;
}

/* What stands behind a delimiter: "--" for the last one, else nothing but blanks to the line's end. */
static enum err after_delimiter(struct parser *p, bool *ret_last) {
	*ret_last = str_starts(p->rest, STR("--"));
	if (*ret_last) return OK;
	while (p->rest.n > 0 && (p->rest.p[0] == ' ' || p->rest.p[0] == '\t')) p->rest = str_from(p->rest, 1);
	if (!str_starts(p->rest, STR("\r\n"))) return ERR_MALFORMED;
	p->rest = str_from(p->rest, 2);
	return OK;
}

static enum err read_part(struct parser *p) {
	struct form_part part = {0};
	if (p->parts == FORM_PARTS_MAX) return ERR_TOO_LARGE;
	TRY(read_headers(p, &part));
	const char *end = p->rest.n > 0 ? memmem(p->rest.p, p->rest.n, p->delimiter.p, p->delimiter.n) : NULL;
	if (end == NULL) return ERR_MALFORMED;
	part.value = str_first(p->rest, (size_t)(end - p->rest.p));
	p->rest = str_from(p->rest, part.value.n + p->delimiter.n);
	if (p->part == NULL) p->part = NEW_ARRAY(p->a, struct form_part, FORM_PARTS_MAX);
	p->part[p->parts++] = part;
	return OK;
}

static enum err read_multipart(struct arena *a, struct str boundary, struct str body, struct form *ret) {
	if (!boundary_good(boundary)) return ERR_MALFORMED;
	struct parser p = {.a = a, .rest = body, .delimiter = str_fmt(a, "\r\n--" STR_FMT, STR_ARG(boundary))};
	bool last = false;
	size_t skip = str_starts(body, STR("\r\n")) ? 0 : 2;   /* the first delimiter needs no line break before it */
	struct str first = str_from(p.delimiter, skip);
	if (!str_starts(body, first)) return ERR_MALFORMED;
	p.rest = str_from(body, first.n);
	TRY(after_delimiter(&p, &last));
	while (!last) {
		TRY(read_part(&p));
		TRY(after_delimiter(&p, &last));
	}
	*ret = (struct form){.v = p.part, .n = p.parts};
	return OK;
}

static enum err read_urlencoded(struct arena *a, struct str body, struct form *ret) {
	size_t pairs = 1, n = 0;
	for (size_t i = 0; i < body.n && pairs <= FORM_PARTS_MAX; i++) pairs += body.p[i] == '&';
	if (pairs > FORM_PARTS_MAX) return ERR_TOO_LARGE;
	struct form_part *part = NEW_ARRAY(a, struct form_part, pairs);
	struct query q = query_read(body);
	struct str name, value;
	while (query_next(&q, a, &name, &value)) {
		if (name.n > FORM_NAME_MAX) return ERR_MALFORMED;
		part[n++] = (struct form_part){.name = name, .value = value};
	}
	if (q.fault != OK) return q.fault;
	*ret = (struct form){.v = part, .n = n};
	return OK;
}

/* -------------------------------------------------------------------- forms */

static bool type_is(struct str content_type, struct str type) {
	return str_ieq(str_trim(str_cut(&content_type, ';')), type);
}

bool form_takes(struct str content_type) {
	return type_is(content_type, STR("application/x-www-form-urlencoded")) || type_is(content_type,
		STR("multipart/form-data"));
}

enum err form_parse(struct arena *a, struct str content_type, struct str body, struct form *ret) {
	if (type_is(content_type, STR("application/x-www-form-urlencoded"))) return read_urlencoded(a, body, ret);
	if (!type_is(content_type, STR("multipart/form-data"))) return ERR_MEDIA_TYPE;
	return read_multipart(a, media_param(a, content_type, "boundary"), body, ret);
}

const struct form_part *form_find(const struct form *f, struct str name, const struct form_part *after) {
	for (size_t i = after != NULL ? (size_t)(after - f->v) + 1 : 0; i < f->n; i++)
		if (str_eq(f->v[i].name, name)) return &f->v[i];
	return NULL;
}

struct str form_value(const struct form *f, const char *name) {
	const struct form_part *p = form_find(f, str_c(name), NULL);
	return p != NULL ? p->value : STR_NONE;
}
