#include "import/run.h"
#include "crypto/token.h"
#include "sql/import.h"
#include <stdio.h>
#include <time.h>

enum { BATCH_BYTES = 4 * 1024 * 1024, BUSY_TRIES = 100 };

#define TWICE T("Another row of the file has the same, with other contents.")
#define TWICE_UNIQUE T("Another row of the file has the same.")

enum outcome { OUT_REJECTED, OUT_CREATED, OUT_UPDATED, OUT_UNCHANGED };

struct entry {
	int64_t line;
	const struct str *cell;
	size_t cells;
	struct mapped row;
	struct str hash;
	bool mapped;               /* worth writing; else fault says why not */
	bool again;                /* the very same row stood in the file before */
	struct map_fault fault;
	enum outcome outcome;
};

/* Rows of this file seen so far: hashes of what must not stand twice. */
struct seen {
	struct arena *a;
	uint64_t *key, *value;
	size_t n, room;
};

struct batch {
	struct run *run;
	struct arena a;
	struct entry v[RUN_BATCH];
	size_t n;
	size_t from, to;           /* what one write takes */
	struct applying x;
};

/* ------------------------------------------------------------ what stands twice */

static uint64_t mix(struct arena *a, size_t target, struct str s) {
	struct arena_mark mark = arena_mark(a);
	uint64_t v = 0;
	char text[24];
	size_t n = (size_t)snprintf(text, sizeof text, "%zu:", target);
	char *all = arena_alloc(a, n + s.n + 1);
	memcpy(all, text, n);
	if (s.n > 0) memcpy(all + n, s.p, s.n);
	struct str hash = token_hash(a, str_n(all, n + s.n));
	for (int i = 0; i < 16; i++) v = v * 16 + (uint64_t)(hash.p[i] <= '9' ? hash.p[i] - '0' : hash.p[i] - 'a' + 10);
	arena_reset(a, mark);
	return v | 1; /* 0 is a free place */
}

static bool seen_put(struct seen *s, uint64_t key, uint64_t value, uint64_t *ret_was);

static void seen_grow(struct seen *s) {
	struct seen more = {.a = s->a, .room = s->room ? s->room * 2 : 4096};
	more.key = NEW_ARRAY(s->a, uint64_t, more.room);
	more.value = NEW_ARRAY(s->a, uint64_t, more.room);
	uint64_t was;
	for (size_t i = 0; i < s->room; i++)
		if (s->key[i] != 0) seen_put(&more, s->key[i], s->value[i], &was);
	*s = more;
}

/* False, with what it was put with, when the key is there. */
static bool seen_put(struct seen *s, uint64_t key, uint64_t value, uint64_t *ret_was) {
	if (s->n * 4 >= s->room * 3) seen_grow(s);
	size_t at = (size_t)(key * 0x9e3779b97f4a7c15) & (s->room - 1);
	while (s->key[at] != 0 && s->key[at] != key) at = (at + 1) & (s->room - 1);
	*ret_was = s->value[at];
	if (s->key[at] == key) return false;
	s->key[at] = key;
	s->value[at] = value;
	s->n++;
	return true;
}

static void check_twice(struct run *r, struct batch *b, struct seen *s, struct entry *e) {
	uint64_t hash = mix(&b->a, 0, e->hash), was;
	if (!seen_put(s, mix(&b->a, TARGET_EXTERNAL_ID, e->row.value[TARGET_EXTERNAL_ID]), hash, &was)) {
		e->again = was == hash;
		e->mapped = e->again;
		e->fault = (struct map_fault){r->map->target[TARGET_EXTERNAL_ID].name, TWICE};
		return;
	}
	for (size_t t = 1; t < r->map->targets && e->mapped; t++) {
		if (!r->map->target[t].unique || str_none(e->row.value[t])) continue;
		if (seen_put(s, mix(&b->a, t, e->row.value[t]), hash, &was)) continue;
		e->mapped = false;
		e->fault = (struct map_fault){r->map->target[t].name, TWICE_UNIQUE};
	}
}

/* ------------------------------------------------------------------ one batch */

static enum err take_row(struct run *r, struct batch *b, const struct row *row, bool *remarked, struct seen *seen) {
	struct entry *e = &b->v[b->n++];
	*e = (struct entry){.line = row->line, .fault = {.sentence = row->fault}};
	if (row->fault != NULL) return OK;
	struct str *cell = NEW_ARRAY(&b->a, struct str, r->columns);
	for (size_t i = 0; i < r->columns; i++) cell[i] = str_copy(&b->a, row->cell[i]);
	e->cell = cell;
	e->cells = r->columns;
	e->row.value = NEW_ARRAY(&b->a, struct str, r->map->targets);
	e->mapped = mapping_apply(r->map, &b->a, cell, &e->row, remarked, &e->fault);
	if (!e->mapped) return OK;
	e->hash = mapped_hash(&b->a, r->map, &e->row);
	check_twice(r, b, seen, e);
	if (!e->mapped) return OK;
	for (size_t i = 0; i < r->map->rules; i++) {
		if (!remarked[i]) continue;
		r->remarks[i].rows++;
		r->remarks[i].column = map_rule_name(r->map, &r->map->rule[i]);
		if (r->remark != NULL) TRY(r->remark(r, row->line, r->remarks[i].column));
	}
	return OK;
}

static enum err take_rows(struct run *r, struct batch *b, bool *remarked, struct seen *seen, bool *ret_more) {
	b->n = 0;
	arena_clear(&b->a);
	*ret_more = true;
	while (b->n < RUN_BATCH && b->a.kept < BATCH_BYTES) {
		struct row row;
		TRY(rows_next(r->rows, &row, ret_more));
		if (!*ret_more) return OK;
		TRY(take_row(r, b, &row, remarked, seen));
	}
	return OK;
}

static enum err write_one(struct batch *b, struct entry *e, bool dry) {
	const struct import_kind *k = b->run->map->kind;
	struct str id = e->row.value[TARGET_EXTERNAL_ID];
	struct source_ref_row ref = {0};
	bool found;
	TRY(sql_source_ref_get(b->x.db, &b->a, b->run->source, str_c(k->object), id, &ref, &found));
	if (e->again || (found && str_eq(ref.hash, e->hash))) {
		e->outcome = OUT_UNCHANGED;
		return OK;
	}
	int64_t object = found ? ref.object_id : 0;
	const char *fault = NULL;
	TRY(k->look(&b->x, &e->row, &object, &fault));
	if (fault != NULL) {
		e->outcome = OUT_REJECTED;
		e->fault = (struct map_fault){STR_NONE, fault};
		return OK;
	}
	e->outcome = object != 0 ? OUT_UPDATED : OUT_CREATED;
	if (dry) return OK;
	if (object != 0) TRY(k->change(&b->x, &e->row, object));
	else TRY(k->make(&b->x, &e->row, &object));
	return sql_source_ref_put(b->x.db, b->run->source, str_c(k->object), id, object, e->hash);
}

static enum err write_some(struct batch *b, struct db *db, bool dry) {
	b->x.db = db;
	for (size_t i = b->from; i < b->to; i++)
		if (b->v[i].mapped) TRY(write_one(b, &b->v[i], dry));
	return OK;
}

static enum err work(struct db *db, void *arg) {
	return write_some(arg, db, false);
}

/* Another process may hold the store for a moment. */
static enum err write_patiently(struct batch *b) {
	enum err e = ERR_BUSY;
	for (int i = 0; e == ERR_BUSY && i < BUSY_TRIES; i++) {
		if (i > 0) nanosleep(&(struct timespec){.tv_nsec = 100 * 1000000}, NULL);
		e = store_write(b->run->store, work, b);
	}
	return e;
}

static bool is_the_rows(enum err e) {
	return e == ERR_CONFLICT || e == ERR_INVALID || e == ERR_NOT_FOUND || e == ERR_STALE;
}

/* When one row breaks a rule of the store, it alone is put aside: the batch is undone and its rows are written one
 * by one. */
static enum err write_batch(struct batch *b) {
	b->from = 0;
	b->to = b->n;
	if (b->run->dry) return write_some(b, b->run->db, true);
	enum err e = write_patiently(b);
	if (!is_the_rows(e)) return e;
	for (size_t i = 0; i < b->n; i++) {
		b->from = i;
		b->to = i + 1;
		e = write_patiently(b);
		if (e == OK) continue;
		if (!is_the_rows(e)) return e;
		b->v[i].outcome = OUT_REJECTED;
		b->v[i].fault = (struct map_fault){STR_NONE, T("It does not go with what is kept already.")};
	}
	return OK;
}

static enum err put_aside(struct run *r, struct arena *a, const struct entry *e) {
	const char *sentence = tr(r->lang, e->fault.sentence);
	struct str reason =
		str_none(e->fault.column) ? str_c(sentence) : str_fmt(a, STR_FMT ": %s", STR_ARG(e->fault.column), sentence);
	struct run_reject x = {.line = e->line, .reason = reason, .cell = e->cell, .cells = e->cells};
	r->rejected++;
	return r->reject != NULL ? r->reject(r, &x) : OK;
}

static enum err count(struct run *r, struct batch *b) {
	for (size_t i = 0; i < b->n; i++) {
		const struct entry *e = &b->v[i];
		switch (e->mapped ? e->outcome : OUT_REJECTED) {
		case OUT_REJECTED: TRY(put_aside(r, &b->a, e)); break;
		case OUT_CREATED: r->created++; break;
		case OUT_UPDATED: r->updated++; break;
		case OUT_UNCHANGED: r->unchanged++; break;
		}
	}
	return OK;
}

static enum err run_all(struct run *r, struct batch *b, bool *remarked, struct seen *seen) {
	for (bool more = true; more;) {
		TRY(take_rows(r, b, remarked, seen, &more));
		TRY(write_batch(b));
		TRY(count(r, b));
		if (r->progress != NULL) TRY(r->progress(r));
	}
	return OK;
}

enum err run_import(struct run *r, struct arena *a) {
	struct batch *b = NEW(a, struct batch);
	struct seen seen = {.a = a};
	b->run = r;
	b->x = (struct applying){.a = &b->a,
	                         .kind = r->map->kind,
	                         .pack = r->map->pack,
	                         .target = r->map->target,
	                         .targets = r->map->targets,
	                         .source = r->source,
	                         .actor = r->actor};
	bool *spoken = NEW_ARRAY(a, bool, r->map->targets);
	for (size_t i = 0; i < r->map->rules; i++) spoken[r->map->rule[i].target] = true;
	b->x.spoken = spoken;
	r->remarks = NEW_ARRAY(a, struct run_remark, r->map->rules);
	enum err e = run_all(r, b, NEW_ARRAY(a, bool, r->map->rules), &seen);
	arena_done(&b->a);
	return e;
}

struct str run_say_remarks(struct arena *a, const struct run *r) {
	struct str all = STR("");
	for (size_t i = 0; i < r->map->rules; i++) {
		const struct run_remark *x = &r->remarks[i];
		if (x->rows == 0) continue;
		const char *many = tr_n(r->lang, TN("{n} row: {column} is blank", "{n} rows: {column} is blank"), x->rows);
		struct str n = str_fmt(a, "%lld", (long long)x->rows);
		struct str line = tr_fill(a, many, "n", str_z(a, n), "column", str_z(a, x->column), NULL);
		all = str_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(all), str_empty(all) ? "" : "\n", STR_ARG(line));
	}
	return all;
}
