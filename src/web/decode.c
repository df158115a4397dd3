/* The same table fills from three sources, so a form, a query and a JSON object are checked by the same rules. */
#include "web/decode.h"
#include "base/check.h"
#include "text/form.h"
#include "text/json.h"
#include "text/url.h"
#include "text/utf8.h"
#include "text/escape.h"
#include "web/web_int.h"
#include <math.h>

enum { TEXT_MAX = 200, JSON_BYTES_MAX = 64 * 1024 };

/* ------------------------------------------------------------------- routes */

/* A segment of the pattern is literal, "{name}", or "{name}" with a literal end ("{secret}.ics"). Most addresses differ early. */
static bool path_matches(const char *pattern, struct str path) {
	const char *p = pattern;
	size_t i = 0;
	while (*p != 0) {
		if (*p != '{' || p == pattern || p[-1] != '/') {
			if (i == path.n || path.p[i++] != *p++) return false;
			continue;
		}
		const char *tail = strchr(p, '}') + 1;
		size_t tail_n = strcspn(tail, "/"), from = i;
		while (i < path.n && path.p[i] != '/') i++;
		if (i - from <= tail_n || memcmp(path.p + i - tail_n, tail, tail_n) != 0) return false;
		p = tail + tail_n;
	}
	return i == path.n;
}

const struct route *route_find(struct str method, struct str path, bool *ret_path_known) {
	*ret_path_known = false;
	struct str m = str_is(method, "HEAD") ? STR("GET") : method;
	for (int i = 0; i < route_count; i++) {
		if (!path_matches(routes[i].path, path)) continue;
		if (str_is(m, routes[i].method)) return &routes[i];
		*ret_path_known = true;
	}
	return NULL;
}

struct str route_methods(struct arena *a, struct str path) {
	struct buf b;
	buf_init(&b, 256);
	for (int i = 0; i < route_count; i++) {
		if (!path_matches(routes[i].path, path) || str_has(buf_str(&b), str_c(routes[i].method))) continue;
		bool get = strcmp(routes[i].method, "GET") == 0;
		buf_fmt(&b, "%s%s%s", b.n ? ", " : "", routes[i].method, get ? ", HEAD" : "");
	}
	if (b.n > 0) buf_add(&b, STR(", OPTIONS"));
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

/* ------------------------------------------------------------------- values */

static void *at(void *in, const struct field_def *f) { return (char *)in + f->offset; }

static const char *full_name(struct req *q, const struct field_def *f) {
	return f->group == NULL ? f->name : str_fmt(q->a, "%s.%s", f->group, f->name).p;
}

static enum err wrong(struct req *q, const struct field_def *f, const char *sentence) {
	return req_invalid(q, full_name(q, f), sentence);
}

/* A list that is given has a place, also when it is empty; one that is not has none. */
static void list_begin(struct req *q, void *list) {
	struct any_list { char *v; size_t n; } *l = list;
	if (l->v == NULL) l->v = arena_alloc(q->a, 1);
}

/* Appends to a list in the arena; lists are small (their max is checked before). */
static void *list_push(struct req *q, void *list, size_t size) {
	struct any_list { char *v; size_t n; } *l = list;
	char *v = arena_alloc(q->a, (l->n + 1) * size);
	if (l->n > 0) memcpy(v, l->v, l->n * size);
	l->v = v;
	return v + l->n++ * size;
}

static bool is_email(struct str s) {
	ptrdiff_t a = str_find(s, '@');
	if (a < 1 || s.n > 254) return false;
	struct str host = str_from(s, (size_t)a + 1);
	if (str_find(host, '@') >= 0 || str_find(host, '.') < 1 || str_ends(host, STR("."))) return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || strchr("<>()[],;:\\\"", s.p[i]) != NULL) return false;
	return true;
}

static enum err put_text(struct req *q, const struct field_def *f, struct str s, void *in) {
	if (!utf8_valid(s) || str_find(s, 0) >= 0) return wrong(q, f, T("This has characters that we cannot read."));
	s = f->lines ? utf8_lines(q->a, s) : utf8_line(q->a, s);
	int64_t most = f->has_max && !f->list ? f->max : TEXT_MAX;
	if ((int64_t)s.n > most) return wrong(q, f, T("This is too long."));
	if (f->kind == K_DATE && s.n > 0 && !date_valid(s)) return wrong(q, f, T("Please give a day as year-month-day, such as 2026-03-14."));
	if (f->email && s.n > 0 && !is_email(s)) return wrong(q, f, T("This does not look like an email address."));
	if (f->one != NULL && s.n > 0) {
		bool known = false;
		for (const char *const *w = f->one; *w != NULL; w++) known |= str_is(s, *w);
		if (!known) return wrong(q, f, T("This is not one of the choices."));
	}
	if (!f->list && s.n == 0 && f->preset != NULL) return OK;
	if (!f->list && s.n == 0 && (f->has_min ? f->min > 0 : !f->opt)) return wrong(q, f, T("Please fill this in."));
	if (!f->list && f->has_min && (int64_t)s.n < f->min) return wrong(q, f, T("This is too short."));
	if (f->list) *(struct str *)list_push(q, at(in, f), sizeof s) = s;
	else *(struct str *)at(in, f) = (s.n == 0 && (f->kind == K_DATE)) ? STR_NONE : s;
	return OK;
}

static enum err put_number(struct req *q, const struct field_def *f, int64_t v, void *in) {
	if (!f->list && ((f->has_min && v < f->min) || (f->has_max && v > f->max)))
		return wrong(q, f, T("This number is outside what is allowed."));
	if (f->kind == K_ID && v < 1) return f->where == IN_PATH ? ERR_NOT_FOUND : wrong(q, f, T("There is no such thing."));
	if (f->kind == K_REAL) *(double *)at(in, f) = (double)v;
	else if (f->list) *(int64_t *)list_push(q, at(in, f), sizeof v) = v;
	else if (f->kind == K_INT && f->opt) *(struct opt_int *)at(in, f) = (struct opt_int){.has = true, .v = v};
	else *(int64_t *)at(in, f) = v; /* int, and ids, which hold just that */
	return OK;
}

static enum err put_real(struct req *q, const struct field_def *f, double v, void *in) {
	if ((f->has_min && v < (double)f->min) || (f->has_max && v > (double)f->max))
		return wrong(q, f, T("This number is outside what is allowed."));
	*(double *)at(in, f) = v;
	return OK;
}

/* A value written as text: from the path, the query or a form. */
static enum err put_written(struct req *q, const struct field_def *f, struct str s, void *in) {
	int64_t i;
	double d;
	usec_t t;
	struct str trimmed = str_trim(s);
	switch (f->kind) {
	case K_TEXT:
	case K_DATE: return put_text(q, f, s, in);
	case K_BOOL:
		*(bool *)at(in, f) = trimmed.n > 0 && !str_is(trimmed, "0") && !str_is(trimmed, "false") && !str_is(trimmed, "off");
		return OK;
	case K_INT:
	case K_ID:
		if (trimmed.n == 0) return OK;
		if (!str_int(trimmed, &i)) return f->where == IN_PATH ? ERR_NOT_FOUND : wrong(q, f, T("Please give a whole number."));
		return put_number(q, f, i, in);
	case K_REAL:
		if (trimmed.n == 0) return OK;
		if (!str_real(trimmed, &d)) return wrong(q, f, T("Please give a number."));
		return put_real(q, f, d, in);
	case K_TIME:
		if (trimmed.n == 0) return OK;
		if (!time_parse(trimmed, &t)) return wrong(q, f, T("Please give a moment such as 2026-03-14T18:20:00Z."));
		*(usec_t *)at(in, f) = t;
		return OK;
	case K_BLOB:
	case K_INTS:
	case K_HTML:
	case K_URL:
	case K_STRUCT:
	case K_FILE:
	case K_JSON: break;
	}
	return wrong(q, f, T("This cannot be given like that."));
}

/* Kept as text: who knows what may stand in it reads it again. */
static enum err put_value(struct req *q, const struct field_def *f, const struct json *v, void *in) {
	struct buf b;
	buf_init(&b, JSON_BYTES_MAX);
	struct json_out o = json_out(&b);
	json_put_value(&o, v);
	*(struct str *)at(in, f) = str_copy(q->a, buf_str(&b));
	bool over = b.over;
	buf_done(&b);
	return over ? wrong(q, f, T("This is too long.")) : OK;
}

static enum err put_json(struct req *q, const struct field_def *f, const struct json *v, void *in) {
	struct str s;
	int64_t i;
	double d;
	bool b;
	if (json_kind_of(v) == JSON_IS_NULL) return f->opt ? OK : wrong(q, f, T("Please fill this in."));
	switch (f->kind) {
	case K_TEXT:
	case K_DATE: return json_get_str(v, &s) ? put_text(q, f, str_copy(q->a, s), in) : wrong(q, f, T("This must be a text."));
	case K_TIME: return json_get_str(v, &s) ? put_written(q, f, s, in) : wrong(q, f, T("This must be a text."));
	case K_BOOL:
		if (!json_get_bool(v, &b)) return wrong(q, f, T("This must be true or false."));
		*(bool *)at(in, f) = b;
		return OK;
	case K_INT:
	case K_ID: return json_get_int(v, &i) ? put_number(q, f, i, in) : wrong(q, f, T("Please give a whole number."));
	case K_REAL: return json_get_real(v, &d) ? put_real(q, f, d, in) : wrong(q, f, T("Please give a number."));
	case K_JSON: return put_value(q, f, v, in);
	case K_BLOB:
	case K_INTS:
	case K_HTML:
	case K_URL:
	case K_STRUCT:
	case K_FILE: break;
	}
	return wrong(q, f, T("This cannot be given like that."));
}

/* ------------------------------------------------------------------ sources */

struct given {
	const struct route *r;
	bool *have;        /* one for each field */
	const bool *had;   /* what came from a better place, while the query is read; else NULL */
	void *in;
};

static int find_field(const struct route *r, struct str group, struct str name) {
	for (int i = 0; i < r->in_count; i++) {
		const struct field_def *f = &r->in[i];
		if (str_is(name, f->name) && (f->group == NULL ? str_none(group) : str_is(group, f->group))) return i;
	}
	return -1;
}

/* "place.lat" → group and name. */
static int find_written(const struct route *r, struct str name) {
	struct str rest = name, group = str_cut(&rest, '.');
	return str_none(rest) ? find_field(r, STR_NONE, name) : find_field(r, group, rest);
}

static enum err take(struct given *g, int i, enum err e) {
	g->have[i] = true;
	return e == ERR_INVALID ? OK : e; /* what is wrong with the field is noted; the others are looked at, too */
}

static int64_t list_length(const struct field_def *f, const void *in) {
	const struct any_list { char *v; size_t n; } *l = (const void *)((const char *)in + f->offset);
	return (int64_t)l->n;
}

static bool list_full(struct req *q, const struct field_def *f, const void *in, enum err *ret) {
	if (list_length(f, in) < (f->has_max ? f->max : 100)) return false;
	*ret = wrong(q, f, T("These are too many."));
	return true;
}

static enum err from_path(struct req *q, struct given *g) {
	struct str pattern = str_c(g->r->path), path = q->http->path;
	while (!str_none(pattern) && !str_none(path)) {
		struct str want = str_cut(&pattern, '/'), have = str_cut(&path, '/');
		if (want.n < 3 || want.p[0] != '{') continue;
		size_t end = (size_t)str_find(want, '}');
		have = str_first(have, have.n - (want.n - end - 1));
		int i = find_field(g->r, STR_NONE, str_n(want.p + 1, end - 1));
		PRE(i >= 0);
		struct buf b;
		buf_init(&b, 8192);
		bool fine = percent_decode(&b, have);
		struct str value = str_copy(q->a, buf_str(&b));
		buf_done(&b);
		if (!fine) return ERR_MALFORMED;
		TRY(take(g, i, put_written(q, &g->r->in[i], value, g->in)));
	}
	return OK;
}

static enum err from_written(struct req *q, struct given *g, struct str name, struct str value) {
	int i = find_written(g->r, name);
	if (i < 0 || g->r->in[i].where == IN_PATH) return OK; /* unknown fields of a form are ignored: buttons, csrf */
	const struct field_def *f = &g->r->in[i];
	enum err e = OK;
	if (g->had != NULL && g->had[i]) return OK;
	if (f->kind != K_TEXT && f->kind != K_BOOL && str_trim(value).n == 0) return OK; /* an input left empty */
	if (f->list && list_full(q, f, g->in, &e)) return take(g, i, e);
	if (!f->list && g->have[i] && f->kind != K_BOOL) return OK; /* the first counts; of a box with its hidden twin the last */
	return take(g, i, put_written(q, f, value, g->in));
}

static enum err from_query(struct req *q, struct given *g, struct str text) {
	struct query pairs = query_read(text);
	struct str name, value;
	while (query_next(&pairs, q->a, &name, &value)) TRY(from_written(q, g, name, value));
	return pairs.fault;
}

static enum err from_form(struct req *q, struct given *g, struct str type) {
	struct form form;
	TRY(form_parse(q->a, type, q->http->body, &form));
	for (size_t k = 0; k < form.n; k++) {
		const struct form_part *p = &form.v[k];
		if (str_none(p->filename)) {
			TRY(from_written(q, g, p->name, p->value));
			continue;
		}
		int i = find_written(g->r, p->name);
		if (i < 0 || g->r->in[i].kind != K_FILE) continue;
		if (p->filename.n == 0 && p->value.n == 0) continue; /* a file field left empty */
		const struct field_def *f = &g->r->in[i];
		enum err e = OK;
		struct upload u = {.name = p->filename, .type = p->type, .bytes = p->value};
		if (!f->list && f->has_max && (int64_t)u.bytes.n > f->max) {
			TRY(take(g, i, wrong(q, f, T("This file is too large."))));
			continue;
		}
		if (f->list && list_full(q, f, g->in, &e)) {
			TRY(take(g, i, e));
			continue;
		}
		if (f->list) *(struct upload *)list_push(q, at(g->in, f), sizeof u) = u;
		else *(struct upload *)at(g->in, f) = u;
		g->have[i] = true;
	}
	return OK;
}

static enum err from_member(struct req *q, struct given *g, struct str group, struct str name, const struct json *v) {
	int i = find_field(g->r, group, name);
	if (i < 0 || g->r->in[i].where == IN_PATH) {
		const char *full = str_none(group) ? str_z(q->a, name) : str_fmt(q->a, STR_FMT "." STR_FMT, STR_ARG(group), STR_ARG(name)).p;
		req_invalid(q, full, T("We do not know this field."));
		return OK;
	}
	const struct field_def *f = &g->r->in[i];
	if (!f->list) return take(g, i, put_json(q, f, v, g->in));
	if (json_kind_of(v) != JSON_IS_ARRAY) return take(g, i, wrong(q, f, T("This must be a list.")));
	list_begin(q, at(g->in, f));
	for (size_t k = 0; k < json_length(v); k++) {
		enum err e = OK;
		if (list_full(q, f, g->in, &e)) return take(g, i, e);
		TRY(take(g, i, put_json(q, f, json_item(v, k), g->in)));
	}
	g->have[i] = true;
	return OK;
}

static enum err from_json(struct req *q, struct given *g) {
	JSON_DOC(doc);
	struct json_fault fault;
	if (json_parse(&doc, q->http->body, &fault) != OK) { /* its words may quote the body, which is nobody's business */
		const char *line = str_fmt(q->a, "%d", fault.line).p;
		return req_fail(q, ERR_MALFORMED, tr_fill(q->a, TRQ(q, T("The body is not valid JSON (line {line}).")), "line", line, NULL).p, NULL);
	}
	if (json_kind_of(doc.root) != JSON_IS_OBJECT) return req_fail(q, ERR_MALFORMED, T("The body must be a JSON object."), NULL);
	for (struct json_members m = json_members(doc.root); json_next(&m);) {
		struct str name = str_copy(q->a, m.name);
		bool group = false;
		for (int i = 0; i < g->r->in_count; i++) group |= g->r->in[i].group != NULL && str_is(name, g->r->in[i].group);
		if (!group) {
			TRY(from_member(q, g, STR_NONE, name, m.value));
		} else if (json_kind_of(m.value) != JSON_IS_NULL) {
			if (json_kind_of(m.value) != JSON_IS_OBJECT) {
				req_invalid(q, str_z(q->a, name), T("This must be an object."));
				continue;
			}
			for (struct json_members k = json_members(m.value); json_next(&k);)
				TRY(from_member(q, g, name, str_copy(q->a, k.name), k.value));
		}
	}
	return OK;
}

static void preset(struct req *q, const struct route *r, void *in) {
	for (int i = 0; i < r->in_count; i++) {
		const struct field_def *f = &r->in[i];
		if (f->kind == K_REAL && !f->list) *(double *)at(in, f) = NAN;
		if (f->preset != NULL) IGNORE(put_written(q, f, str_c(f->preset), in)); /* the generator checked it */
	}
}

/* PUT …/photo with the picture itself as the body: for a route that takes one file. */
static enum err from_bytes(struct req *q, struct given *g, struct str media, struct str body) {
	int file = -1;
	for (int i = 0; i < g->r->in_count; i++) {
		if (g->r->in[i].kind != K_FILE || g->r->in[i].list) continue;
		if (file >= 0) return ERR_MEDIA_TYPE;
		file = i;
	}
	if (file < 0 || !str_is(q->http->method, "PUT")) return ERR_MEDIA_TYPE;
	*(struct upload *)at(g->in, &g->r->in[file]) = (struct upload){.name = STR("file"), .type = media, .bytes = body};
	g->have[file] = true;
	return OK;
}

static enum err from_body(struct req *q, struct given *g) {
	struct str type = http_header(q->http, "Content-Type"), media = media_type(q->a, type), body;
	TRY(req_body(q, &body));
	if (str_is(media, "application/json") || str_ends(media, STR("+json"))) return from_json(q, g);
	return form_takes(type) ? from_form(q, g, type) : from_bytes(q, g, media, body);
}

enum err decode_input(struct req *q, const struct route *r, void *in) {
	struct given g = {.r = r, .in = in, .have = NEW_ARRAY(q->a, bool, (size_t)r->in_count)};
	preset(q, r, in);
	TRY(from_path(q, &g));
	if (q->http->body_bytes > 0 && req_is_unsafe(q)) TRY(from_body(q, &g));
	bool *had = NEW_ARRAY(q->a, bool, (size_t)r->in_count);
	memcpy(had, g.have, (size_t)r->in_count * sizeof *had);
	g.had = had;
	TRY(from_query(q, &g, q->http->query));
	for (int i = 0; i < r->in_count; i++) {
		const struct field_def *f = &r->in[i];
		if (f->list) {
			if (f->has_min && list_length(f, in) < f->min) wrong(q, f, T("Please fill this in."));
			continue;
		}
		if (g.have[i] || f->opt || f->kind == K_BOOL || f->preset != NULL) continue;
		if (f->kind == K_TEXT && f->has_min && f->min == 0) *(struct str *)at(in, f) = STR("");
		else wrong(q, f, T("Please fill this in."));
	}
	return q->errors.n > 0 ? ERR_INVALID : OK;
}

bool decode_takes(const struct route *r, struct str name) {
	int i = find_written(r, name);
	return i >= 0 && r->in[i].where != IN_PATH && r->in[i].kind != K_FILE;
}

/* -------------------------------------------------------------------- paths */

static bool put_id_of(struct buf *b, const struct type_def *t, const void *v, struct str name) {
	for (int i = 0; v != NULL && i < t->fields; i++) {
		const struct type_field *f = &t->field[i];
		const char *p = (const char *)v + f->offset;
		if (!str_is(name, f->name) || f->list || f->group != NULL) continue;
		if (f->kind == K_ID || (f->kind == K_INT && !f->opt)) buf_fmt(b, "%lld", (long long)*(const int64_t *)p);
		else if (f->kind == K_TEXT) percent_encode(b, *(const struct str *)p);
		else if (f->kind == K_URL) buf_add(b, ((const struct url *)p)->s);
		else return false;
		return true;
	}
	return false;
}

static bool put_input(struct buf *b, const struct req *q, struct str name) {
	int i = q->in == NULL ? -1 : find_field(q->route, STR_NONE, name);
	if (i < 0) return false;
	const struct field_def *f = &q->route->in[i];
	const char *p = (const char *)q->in + f->offset;
	if (f->kind == K_ID || (f->kind == K_INT && !f->opt)) buf_fmt(b, "%lld", (long long)*(const int64_t *)p);
	else if (f->kind == K_TEXT) percent_encode(b, *(const struct str *)p);
	else return false;
	return true;
}

struct str fill_path(struct arena *a, const char *pattern, const struct req *q) {
	struct buf b;
	buf_init(&b, 4096);
	struct str rest = str_c(pattern);
	while (!str_none(rest)) {
		buf_add(&b, str_cut(&rest, '{'));
		if (str_none(rest)) break;
		struct str name = str_cut(&rest, '}');
		if (q->route->view != NULL && q->view != NULL && put_id_of(&b, q->route->view->type, q->view, name)) continue;
		if (!put_input(&b, q, name)) buf_add_char(&b, '0');
	}
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}
