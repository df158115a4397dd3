/* Reading is jansson in its strict mode. Before it a look at the text counts brackets, so that its recursion is
 * bounded by our own depth, and refuses NUL bytes, which jansson takes for the end whatever follows. A `struct
 * json` is jansson's value under another name: no file but this one sees jansson. */
#include "text/json.h"
#include "base/check.h"
#include "text/escape.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const json_t *value_of(const struct json *v) { return (const json_t *)(const void *)v; }
static const struct json *json_of(const json_t *v) { return (const struct json *)(const void *)v; }

/* Whether brackets outside of strings nest deeper than allowed. Wrong texts may be counted wrongly: they are
 * refused anyway. */
static bool too_deep(struct str s) {
	int depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (in_string) {
			if (c == '\\') i++;
			else if (c == '"') in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '[' || c == '{') {
			if (++depth > JSON_DEPTH_MAX) return true;
		} else if (c == ']' || c == '}') {
			depth--;
		}
	}
	return false;
}

enum err json_parse(struct json_doc *ret, struct str text, struct json_fault *ret_fault) {
	json_error_t e;
	PRE(ret->root == NULL);
	const char *why = text.n > 0 && memchr(text.p, 0, text.n) != NULL ? "NUL byte" : too_deep(text) ?
		"nested too deep" : NULL;
	if (why != NULL) {
		if (ret_fault != NULL) *ret_fault = (struct json_fault){0};
		if (ret_fault != NULL) snprintf(ret_fault->text, sizeof ret_fault->text, "%s", why);
		return ERR_MALFORMED;
	}
	json_t *root = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (root == NULL) {
		if (ret_fault != NULL) {
			*ret_fault = (struct json_fault){.line = e.line < 0 ? 0 : e.line, .column = e.column < 0 ? 0 : e.column};
			snprintf(ret_fault->text, sizeof ret_fault->text, "%s", e.text);
		}
		return ERR_MALFORMED;
	}
	ret->root = json_of(root);
	return OK;
}

void json_done(struct json_doc *d) {
	json_decref((json_t *)(uintptr_t)d->root);
	d->root = NULL;
}

enum json_kind json_kind_of(const struct json *v) {
	if (v == NULL) return JSON_ABSENT;
	switch (json_typeof(value_of(v))) {
	case JSON_OBJECT: return JSON_IS_OBJECT;
	case JSON_ARRAY: return JSON_IS_ARRAY;
	case JSON_STRING: return JSON_IS_STR;
	case JSON_INTEGER: return JSON_IS_INT;
	case JSON_REAL: return JSON_IS_REAL;
	case JSON_TRUE:
	case JSON_FALSE: return JSON_IS_BOOL;
	case JSON_NULL: return JSON_IS_NULL;
	}
	return JSON_ABSENT;
}

const struct json *json_member(const struct json *object, const char *name) {
	return json_of(json_object_get(value_of(object), name));
}

const struct json *json_item(const struct json *array, size_t i) {
	return json_of(json_array_get(value_of(array), i));
}

size_t json_length(const struct json *v) {
	return json_is_array(value_of(v)) ? json_array_size(value_of(v)) : json_object_size(value_of(v));
}

bool json_get_str(const struct json *v, struct str *ret) {
	if (!json_is_string(value_of(v))) return false;
	*ret = str_n(json_string_value(value_of(v)), json_string_length(value_of(v)));
	return true;
}

bool json_get_int(const struct json *v, int64_t *ret) {
	if (!json_is_integer(value_of(v))) return false;
	*ret = json_integer_value(value_of(v));
	return true;
}

bool json_get_real(const struct json *v, double *ret) {
	if (!json_is_number(value_of(v))) return false;
	*ret = json_number_value(value_of(v));
	return true;
}

bool json_get_bool(const struct json *v, bool *ret) {
	if (!json_is_boolean(value_of(v))) return false;
	*ret = json_is_true(value_of(v));
	return true;
}

static json_t *iterated(const struct json *object) {
	return (json_t *)(uintptr_t)object;   /* jansson's iterators take no const, but change nothing */
}

struct json_members json_members(const struct json *object) {
	bool is = json_kind_of(object) == JSON_IS_OBJECT;
	return (struct json_members){.object = object, .at = is ? json_object_iter(iterated(object)) : NULL};
}

bool json_next(struct json_members *m) {
	if (m->at == NULL) return false;
	m->name = str_c(json_object_iter_key(m->at));
	m->value = json_of(json_object_iter_value(m->at));
	m->at = json_object_iter_next(iterated(m->object), m->at);
	return true;
}

/* ----------------------------------------------------------------- writing */

static bool bit(uint64_t set, int at) { return set >> at & 1; }

struct json_out json_out(struct buf *b) {
	return (struct json_out){.b = b};
}

/* What stands before a value: a comma between values of an array; in an object the key has done that. */
static void before_value(struct json_out *o) {
	bool in_object = o->depth > 0 && bit(o->object, o->depth);
	PRE(in_object == o->keyed);
	PRE(o->depth > 0 || !bit(o->some, 0));
	if (!in_object && bit(o->some, o->depth)) buf_add_char(o->b, ',');
	o->some |= (uint64_t)1 << o->depth;
	o->keyed = false;
}

static void begin(struct json_out *o, bool object) {
	before_value(o);
	PRE(o->depth < JSON_OUT_DEPTH_MAX);
	o->depth++;
	uint64_t level = (uint64_t)1 << o->depth;
	o->some &= ~level;
	o->object = object ? o->object | level : o->object & ~level;
	buf_add_char(o->b, object ? '{' : '[');
}

void json_put_object(struct json_out *o) { begin(o, true); }
void json_put_array(struct json_out *o) { begin(o, false); }

void json_put_end(struct json_out *o) {
	PRE(o->depth > 0 && !o->keyed);
	buf_add_char(o->b, bit(o->object, o->depth) ? '}' : ']');
	o->depth--;
}

static void quoted(struct buf *b, struct str s) {
	buf_add_char(b, '"');
	json_escape(b, s);
	buf_add_char(b, '"');
}

void json_put_key_str(struct json_out *o, struct str name) {
	PRE(o->depth > 0 && bit(o->object, o->depth) && !o->keyed);
	if (bit(o->some, o->depth)) buf_add_char(o->b, ',');
	quoted(o->b, name);
	buf_add_char(o->b, ':');
	o->keyed = true;
}

void json_put_key(struct json_out *o, const char *name) {
	json_put_key_str(o, str_c(name));
}

void json_put_raw(struct json_out *o, struct str json) {
	before_value(o);
	buf_add(o->b, json);
}

void json_put_null(struct json_out *o) {
	json_put_raw(o, STR("null"));
}

void json_put_str(struct json_out *o, struct str s) {
	if (str_none(s)) {
		json_put_null(o);
		return;
	}
	before_value(o);
	quoted(o->b, s);
}

void json_put_c(struct json_out *o, const char *s) {
	json_put_str(o, str_c(s));
}

void json_put_bool(struct json_out *o, bool v) {
	json_put_raw(o, v ? STR("true") : STR("false"));
}

void json_put_int(struct json_out *o, int64_t v) {
	char text[24];
	int n = snprintf(text, sizeof text, "%lld", (long long)v);
	json_put_raw(o, str_n(text, (size_t)n));
}

void json_put_real(struct json_out *o, double v) {
	char text[40];
	int n = 0;
	if (!isfinite(v)) {
		json_put_null(o);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		n = snprintf(text, sizeof text, "%.*g", digits, v);
		if (strtod(text, NULL) == v) break;
	}
	if (strpbrk(text, ".e") == NULL) {   /* stays a real for whoever reads it, and -0.0 itself */
		memcpy(text + n, ".0", 3);
		n += 2;
	}
	json_put_raw(o, str_n(text, (size_t)n));
}

static void put_simple(struct json_out *o, const struct json *v) {
	struct str s;
	int64_t i;
	double d;
	bool b;
	if (json_get_str(v, &s)) json_put_str(o, s);
	else if (json_get_int(v, &i)) json_put_int(o, i);
	else if (json_get_real(v, &d)) json_put_real(o, d);
	else if (json_get_bool(v, &b)) json_put_bool(o, b);
	else json_put_null(o);
}

/* Goes through nested values with a stack of its own; what was read is at most JSON_DEPTH_MAX deep. */
void json_put_value(struct json_out *o, const struct json *v) {
	struct level {
		struct json_members members;
		const struct json *array;
		size_t i;
	} stack[JSON_DEPTH_MAX];
	int depth = 0;
	for (;;) {
		enum json_kind kind = json_kind_of(v);
		if (kind == JSON_IS_OBJECT || kind == JSON_IS_ARRAY) {
			PRE(depth < JSON_DEPTH_MAX);
			begin(o, kind == JSON_IS_OBJECT);
			stack[depth++] = (struct level){.members = json_members(v), .array = kind == JSON_IS_ARRAY ? v : NULL};
		} else {
			put_simple(o, v);
		}
		for (v = NULL; depth > 0 && v == NULL;) {
			struct level *l = &stack[depth - 1];
			if (l->array != NULL) {
				v = json_item(l->array, l->i++);
			} else if (json_next(&l->members)) {
				json_put_key_str(o, l->members.name);
				v = l->members.value;
			}
			if (v == NULL) {
				json_put_end(o);
				depth--;
			}
		}
		if (v == NULL) return;
	}
}
