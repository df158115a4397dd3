#include "web/view_json.h"
#include "text/locale.h"
#include <math.h>
#include <string.h>

struct any_list {
	const char *v;
	size_t n;
};

static bool absent(const struct type_field *f, const char *p) {
	switch (f->kind) {
	case K_INT: return f->opt && !((const struct opt_int *)(const void *)p)->has;
	case K_REAL: return isnan(*(const double *)(const void *)p);
	case K_TEXT:
	case K_DATE:
	case K_JSON:
	case K_BLOB: return ((const struct str *)(const void *)p)->p == NULL;
	case K_TIME:
	case K_ID: return *(const int64_t *)(const void *)p == 0;
	case K_STRUCT: return f->opt && *(const void *const *)(const void *)p == NULL;
	case K_HTML: return ((const struct html *)(const void *)p)->s.p == NULL;
	case K_URL: return ((const struct url *)(const void *)p)->s.p == NULL;
	case K_BOOL:
	case K_INTS:
	case K_FILE: return false;
	}
	return false;
}

static void put_time(struct json_out *o, usec_t t) {
	struct arena a = {0};
	json_put_str(o, time_rfc3339(&a, t));
	arena_done(&a);
}

static void put_one(struct json_out *o, const struct type_field *f, const char *p) {
	const void *v = p;
	switch (f->kind) {
	case K_INT: json_put_int(o, f->opt && !f->list ? ((const struct opt_int *)v)->v : *(const int64_t *)v); break;
	case K_ID: json_put_int(o, *(const int64_t *)v); break;
	case K_REAL: json_put_real(o, *(const double *)v); break;
	case K_BOOL: json_put_bool(o, *(const bool *)v); break;
	case K_TEXT:
	case K_DATE: json_put_str(o, *(const struct str *)v); break;
	case K_JSON: json_put_raw(o, *(const struct str *)v); break;
	case K_HTML: json_put_str(o, ((const struct html *)v)->s); break;
	case K_URL: json_put_str(o, ((const struct url *)v)->s); break;
	case K_TIME: put_time(o, *(const usec_t *)v); break;
	case K_STRUCT: view_json(o, f->type, f->opt ? *(const void *const *)v : v); break;
	case K_BLOB:
	case K_INTS:
	case K_FILE: json_put_null(o); break;
	}
}

static size_t element_size(const struct type_field *f) {
	switch (f->kind) {
	case K_STRUCT: return f->type->size;
	case K_BOOL: return sizeof(bool);
	case K_REAL: return sizeof(double);
	case K_INT:
	case K_ID:
	case K_TIME: return sizeof(int64_t);
	case K_TEXT:
	case K_DATE:
	case K_BLOB:
	case K_JSON:
	case K_HTML:
	case K_URL: return sizeof(struct str);
	case K_INTS:
	case K_FILE: return sizeof(struct upload);
	}
	return 0;
}

static void put_field(struct json_out *o, const struct type_field *f, const char *p) {
	if (f->list) {
		const struct any_list *l = (const void *)p;
		json_put_array(o);
		for (size_t i = 0; i < l->n; i++) {
			struct type_field one = *f;
			one.opt = false;
			put_one(o, &one, l->v + i * element_size(f));
		}
		json_put_end(o);
	} else if (absent(f, p)) {
		json_put_null(o);
	} else {
		put_one(o, f, p);
	}
}

static void put_group(struct json_out *o, const struct type_def *t, int first, const char *v) {
	const char *group = t->field[first].group;
	json_put_key(o, group);
	if (t->field[first].group_opt && absent(&t->field[first], v + t->field[first].offset)) {
		json_put_null(o);
		return;
	}
	json_put_object(o);
	for (int i = first; i < t->fields; i++) {
		const struct type_field *f = &t->field[i];
		if (f->group == NULL || strcmp(f->group, group) != 0 || f->no_json) continue;
		json_put_key(o, f->name);
		put_field(o, f, v + f->offset);
	}
	json_put_end(o);
}

void view_json(struct json_out *o, const struct type_def *t, const void *view) {
	const char *v = view;
	for (int i = 0; t->json != NULL && i < t->fields; i++)
		if (strcmp(t->field[i].name, t->json) == 0 && t->field[i].group == NULL) {
			put_field(o, &t->field[i], v + t->field[i].offset);
			return;
		}
	json_put_object(o);
	for (int i = 0; i < t->fields; i++) {
		const struct type_field *f = &t->field[i];
		if (f->no_json || f->kind == K_BLOB) continue;
		if (f->group == NULL) {
			json_put_key(o, f->name);
			put_field(o, f, v + f->offset);
			continue;
		}
		bool seen = false;
		for (int k = 0; k < i; k++) seen |= t->field[k].group != NULL && strcmp(t->field[k].group, f->group) == 0 && !t->field[k].no_json;
		if (!seen) put_group(o, t, i, v);
	}
	json_put_end(o);
}
