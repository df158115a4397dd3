/* Runs a statement for the function generated from it: parameters in and columns out by the kinds in its definition.
 * Absent is STR_NONE, 0, NAN or .has == false, as base/kind.h has it. */
#include "db/stmt.h"
#include "base/check.h"
#include "base/values.h"
#include "db/db_int.h"
#include <math.h>

static bool given(const struct sql_value *p, const void *v) {
	switch (p->kind) {
	case K_TEXT:
	case K_JSON:
	case K_DATE:
	case K_BLOB: return !str_none(*(const struct str *)v);
	case K_INT: return !p->opt || ((const struct opt_int *)v)->has;
	case K_REAL: return !p->opt || !isnan(*(const double *)v);
	case K_TIME:
	case K_ID: return !p->opt || *(const int64_t *)v != 0;
	case K_BOOL:
	case K_INTS:
	case K_HTML:
	case K_URL:
	case K_STRUCT:
	case K_FILE: return true;
	}
	return true;
}

static void set(struct stmt *s, int at, const struct sql_value *p, const void *v) {
	const struct int_list *ints = v;
	switch (p->kind) {
	case K_INT: stmt_set_int(s, at, p->opt ? ((const struct opt_int *)v)->v : *(const int64_t *)v); break;
	case K_TIME:
	case K_ID: stmt_set_int(s, at, *(const int64_t *)v); break;
	case K_REAL: stmt_set_real(s, at, *(const double *)v); break;
	case K_BOOL: stmt_set_bool(s, at, *(const bool *)v); break;
	case K_TEXT:
	case K_JSON:
	case K_DATE: stmt_set_text(s, at, *(const struct str *)v); break;
	case K_BLOB: stmt_set_blob(s, at, *(const struct str *)v); break;
	case K_INTS: stmt_set_ints(s, at, ints->v, ints->n); break;
	case K_HTML:
	case K_URL:
	case K_STRUCT:
	case K_FILE: PRE(false); /* sqlgen refuses them */
	}
}

static void get(struct stmt *s, int at, const struct sql_value *c, struct arena *a, void *v) {
	switch (c->kind) {
	case K_INT:
		if (c->opt) *(struct opt_int *)v = (struct opt_int){.has = !stmt_null(s, at), .v = stmt_int(s, at)};
		else *(int64_t *)v = stmt_int(s, at);
		break;
	case K_TIME:
	case K_ID: *(int64_t *)v = stmt_int(s, at); break;
	case K_REAL: *(double *)v = c->opt && stmt_null(s, at) ? NAN : stmt_real(s, at); break;
	case K_BOOL: *(bool *)v = stmt_int(s, at) != 0; break;
	case K_TEXT:
	case K_DATE:
	case K_JSON:
	case K_BLOB: *(struct str *)v = a ? str_copy(a, stmt_text(s, at)) : stmt_text(s, at); break;
	case K_INTS:
	case K_HTML:
	case K_URL:
	case K_STRUCT:
	case K_FILE: PRE(false);
	}
}

static void take(struct stmt *s, struct arena *a, void *row) {
	for (int i = 0; i < s->def->columns; i++) get(s, i, &s->def->column[i], a, (char *)row + s->def->column[i].offset);
}

void stmt_close(struct stmt **s) { stmt_end(*s); }

enum err stmt_start(struct db *db, const struct sql_def *def, const void *const *args, int order, struct stmt **ret) {
	unsigned filters = 0;
	for (int i = 0; i < def->params; i++)
		if (def->param[i].filter >= 0 && given(&def->param[i], args[i])) filters |= 1u << def->param[i].filter;
	TRY(stmt_begin(db, def, filters, order, ret));
	for (int i = 0; i < def->params; i++) {
		if (given(&def->param[i], args[i])) set(*ret, i, &def->param[i], args[i]);
		else stmt_set_null(*ret, i);
	}
	return OK;
}

enum err stmt_row(struct stmt *s, struct arena *a, void *row, bool *ret_more) {
	bool more;
	TRY(stmt_step(s, &more));
	if (more) take(s, a, row);
	*ret_more = more;
	return OK;
}

enum err stmt_maybe(struct db *db, struct arena *a, const struct sql_def *def, const void *const *args, int order, void *ret,
	bool *ret_found) {
	STMT_CLOSED struct stmt *s = NULL;
	TRY(stmt_start(db, def, args, order, &s));
	return stmt_row(s, a, ret, ret_found);
}

enum err stmt_one(struct db *db, struct arena *a, const struct sql_def *def, const void *const *args, int order, void *ret) {
	bool found;
	TRY(stmt_maybe(db, a, def, args, order, ret, &found));
	return found ? OK : ERR_NOT_FOUND;
}

enum err stmt_many(struct db *db, struct arena *a, const struct sql_def *def, const void *const *args, int order,
	struct stmt_list *ret) {
	STMT_CLOSED struct stmt *s = NULL;
	char *rows = NULL;
	size_t n = 0, room = 0;
	TRY(stmt_start(db, def, args, order, &s));
	for (;;) {
		bool more;
		TRY(stmt_step(s, &more));
		if (!more) break;
		if (n == room) {
			char *bigger = arena_array(a, room = room ? 2 * room : 16, def->row_size);
			if (n > 0) memcpy(bigger, rows, n * def->row_size);
			rows = bigger;
		}
		take(s, a, rows + n++ * def->row_size);
	}
	*ret = (struct stmt_list){.v = rows, .n = n};
	return OK;
}

enum err stmt_exec(struct db *db, const struct sql_def *def, const void *const *args, int order, int64_t *ret_changed) {
	STMT_CLOSED struct stmt *s = NULL;
	bool row;
	if (ret_changed != NULL) *ret_changed = 0;
	if (db_engine(db) == DB_PG && def->pg == NULL) return OK;
	TRY(stmt_start(db, def, args, order, &s));
	TRY(stmt_step(s, &row));
	if (ret_changed != NULL) *ret_changed = stmt_changed(s);
	return OK;
}

enum err stmt_exec1(struct db *db, const struct sql_def *def, const void *const *args, int order) {
	int64_t changed;
	TRY(stmt_exec(db, def, args, order, &changed));
	return changed == 1 ? OK : ERR_CONFLICT;
}
