#include "import/rows.h"
#include "text/csv.h"
#include "text/json.h"
#include "text/locale.h"
#include "text/utf8.h"

enum { LINE_MAX = 1024 * 1024, WINDOW = LINE_MAX + 64 * 1024, COLUMNS_MAX = 1000, LOOK_LINES = 100 };

#define NO_COLUMNS T("The file is empty: there is no first row with the names of its columns.")

struct rows {
	struct arena *a;
	rows_read *read;
	void *arg;
	bool json;
	struct text_list columns;
	struct str *cell;
	/* what was read ahead, to see what it is; for JSON Lines the window on the file */
	char *window;
	size_t from, to;           /* bytes of it that nobody took yet */
	bool ended;
	int64_t taken;
	/* CSV */
	struct csv *csv;
	/* JSON Lines */
	struct arena line_arena;
	struct json_doc doc;
	int64_t line;
};

/* Fills the window behind what is in it. */
static enum err fill(struct rows *r) {
	if (r->from > 0) {
		memmove(r->window, r->window + r->from, r->to - r->from);
		r->to -= r->from;
		r->from = 0;
	}
	if (r->ended || r->to == WINDOW) return OK;
	ptrdiff_t n = r->read(r->arg, r->window + r->to, WINDOW - r->to);
	if (n < 0) return ERR_STORE;
	r->ended = n == 0;
	r->to += (size_t)n;
	return OK;
}

/* For the CSV reader: first what was read ahead, then the file. */
static ptrdiff_t read_on(void *arg, char *to, size_t n) {
	struct rows *r = arg;
	size_t have = r->to - r->from;
	if (have == 0) return r->ended ? 0 : r->read(r->arg, to, n);
	if (have > n) have = n;
	memcpy(to, r->window + r->from, have);
	r->from += have;
	return (ptrdiff_t)have;
}

struct rows *rows_open(struct arena *a, rows_read *read, void *arg) {
	struct rows *r = NEW(a, struct rows);
	*r = (struct rows){.a = a, .read = read, .arg = arg, .window = arena_alloc(a, WINDOW)};
	return r;
}

void rows_close(struct rows *r) {
	if (r == NULL) return;
	csv_close(r->csv);
	json_done(&r->doc);
	arena_done(&r->line_arena);
}

bool rows_are_json(const struct rows *r) { return r->json; }

int64_t rows_position(const struct rows *r) {
	return r->csv != NULL ? csv_position(r->csv) : r->taken;
}

/* ---------------------------------------------------------------- JSON Lines */

/* The next line that is not empty; *ret_fault when it is too long, then it is skipped. */
static enum err next_line(struct rows *r, struct str *ret, bool *ret_found, const char **ret_fault) {
	*ret_found = false;
	*ret_fault = NULL;
	bool skipping = false;
	for (;;) {
		const char *at = r->window + r->from, *end = memchr(at, '\n', r->to - r->from);
		if (end == NULL && !r->ended && r->to - r->from >= LINE_MAX) {
			r->taken += (int64_t)(r->to - r->from);
			r->from = r->to;
			skipping = true;
		}
		if (end == NULL && !r->ended) {
			TRY(fill(r));
			continue;
		}
		size_t n = end != NULL ? (size_t)(end - at) : r->to - r->from;
		if (n == 0 && end == NULL && !skipping) return OK;
		r->from += n + (end != NULL);
		r->taken += (int64_t)n + (end != NULL);
		r->line++;
		struct str line = str_trim(str_n(at, n));
		if (str_empty(line) && !skipping) continue;
		*ret = line;
		*ret_found = true;
		if (skipping || n > LINE_MAX) *ret_fault = T("This line is longer than 1 MB.");
		return OK;
	}
}

static struct str text_of(struct arena *a, const struct json *v) {
	struct str s = STR("");
	switch (json_kind_of(v)) {
	case JSON_ABSENT: case JSON_IS_NULL: return s;
	case JSON_IS_STR: json_get_str(v, &s); return s;
	case JSON_IS_BOOL: case JSON_IS_INT: case JSON_IS_REAL: case JSON_IS_ARRAY: case JSON_IS_OBJECT: break;
	}
	struct buf b;
	buf_init(&b, LINE_MAX * 2);
	struct json_out o = json_out(&b);
	json_put_value(&o, v);
	s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

static void add_columns(struct rows *r, const struct json *object) {
	for (struct json_members m = json_members(object); json_next(&m);) {
		bool known = false;
		for (size_t i = 0; i < r->columns.n && !known; i++) known = str_eq(r->columns.v[i], m.name);
		if (!known && r->columns.n < COLUMNS_MAX) r->columns.v[r->columns.n++] = str_copy(r->a, m.name);
	}
}

/* Looks at the whole lines that the window holds, and takes none. */
static enum err json_columns(struct rows *r) {
	while (!r->ended && r->to - r->from < LINE_MAX) TRY(fill(r));
	struct str rest = str_n(r->window + r->from, r->to - r->from);
	r->columns.v = NEW_ARRAY(r->a, struct str, COLUMNS_MAX);
	for (int i = 0; i < LOOK_LINES && !str_none(rest) && rest.n > 0; i++) {
		bool whole = r->ended || str_find(rest, '\n') >= 0;
		struct str line = str_trim(str_cut(&rest, '\n'));
		JSON_DOC(doc);
		if (whole && !str_empty(line) && json_parse(&doc, line, NULL) == OK) add_columns(r, doc.root);
	}
	return OK;
}

static enum err json_row(struct rows *r, struct row *ret, bool *ret_found) {
	struct str line;
	json_done(&r->doc);
	arena_clear(&r->line_arena);
	TRY(next_line(r, &line, ret_found, &ret->fault));
	if (!*ret_found) return OK;
	ret->line = r->line;
	ret->cell = r->cell;
	if (ret->fault == NULL && (json_parse(&r->doc, line, NULL) != OK || json_kind_of(r->doc.root) != JSON_IS_OBJECT))
		ret->fault = T("This line is no JSON object.");
	if (ret->fault != NULL) return OK;
	for (size_t i = 0; i < r->columns.n; i++)
		r->cell[i] = text_of(&r->line_arena, json_member(r->doc.root, r->columns.v[i].p));
	return OK;
}

/* ----------------------------------------------------------------------- CSV */

static enum err csv_columns(struct rows *r, const char **ret_fault) {
	const struct csv_row *row;
	r->csv = csv_open((struct csv_options){.read = read_on, .arg = r});
	TRY(csv_next(r->csv, &row));
	if (row != NULL && row->fault != NULL) {
		*ret_fault = row->fault;
		return ERR_INVALID;
	}
	if (row == NULL) return OK;
	r->columns.v = NEW_ARRAY(r->a, struct str, row->cells);
	for (size_t i = 0; i < row->cells; i++) r->columns.v[i] = utf8_line(r->a, str_copy(r->a, row->cell[i]));
	r->columns.n = row->cells;
	return OK;
}

static enum err csv_row(struct rows *r, struct row *ret, bool *ret_found) {
	const struct csv_row *row;
	TRY(csv_next(r->csv, &row));
	*ret_found = row != NULL;
	if (row == NULL) return OK;
	*ret = (struct row){.cell = r->cell, .line = row->line, .fault = row->fault};
	if (row->fault != NULL) return OK;
	if (row->cells != r->columns.n) {
		ret->fault = row->cells < r->columns.n ? T("This row has fewer cells than the first row names columns.")
		                                       : T("This row has more cells than the first row names columns.");
		return OK;
	}
	for (size_t i = 0; i < row->cells; i++) r->cell[i] = row->cell[i];
	return OK;
}

/* ---------------------------------------------------------------------- both */

static bool stands_twice(const struct text_list *l) {
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < i; k++)
			if (str_eq(l->v[i], l->v[k]) && !str_empty(l->v[i])) return true;
	return false;
}

enum err rows_header(struct rows *r, struct text_list *ret, const char **ret_fault) {
	TRY(fill(r));
	struct str start = str_n(r->window, r->to);
	if (str_starts(start, STR("\xef\xbb\xbf"))) start = str_from(start, 3);
	r->json = str_starts(str_trim(start), STR("{"));
	if (r->json) {
		r->from = (size_t)(start.p - r->window);
		TRY(json_columns(r));
	} else TRY(csv_columns(r, ret_fault));
	*ret_fault = r->columns.n == 0                ? NO_COLUMNS
	             : stands_twice(&r->columns) ? T("Two columns of the file have the same name.")
	                                              : NULL;
	if (*ret_fault != NULL) return ERR_INVALID;
	r->cell = NEW_ARRAY(r->a, struct str, r->columns.n);
	*ret = r->columns;
	return OK;
}

enum err rows_next(struct rows *r, struct row *ret, bool *ret_found) {
	*ret = (struct row){0};
	return r->json ? json_row(r, ret, ret_found) : csv_row(r, ret, ret_found);
}
