#include "import/history.h"
#include "event/event.h"
#include "sql/import.h"
#include <inttypes.h>

enum { CELLS_MAX = 16 * 1024 };

struct writing {
	struct history *h;
	const struct run *r;
	struct str file, why;
	int64_t bytes;
	bool good;
};

static enum err begin(struct db *db, void *arg) {
	struct writing *w = arg;
	return sql_import_begin(db, str_c(w->r->map->kind->word), w->r->source, w->file, (struct file_id){0}, STR("{}"),
	                        STR("running"), w->bytes, w->r->actor, clock_now(), &w->h->id);
}

enum err history_begin(struct history *h, const struct run *r, struct str file, int64_t bytes) {
	struct writing w = {.h = h, .r = r, .file = file, .bytes = bytes};
	return store_write(r->store, begin, &w);
}

void history_done(struct history *h) {
	arena_done(&h->a);
}

void history_reject(struct history *h, const struct run_reject *x) {
	if (h->kept >= HISTORY_REJECTS) return;
	if (h->n == h->room) {
		size_t room = h->room ? h->room * 2 : RUN_BATCH;
		struct run_reject *v = NEW_ARRAY(&h->a, struct run_reject, room);
		if (h->n > 0) memcpy(v, h->v, h->n * sizeof *v);
		h->v = v;
		h->room = room;
	}
	struct str *cell = NEW_ARRAY(&h->a, struct str, x->cells);
	for (size_t i = 0; i < x->cells; i++) cell[i] = str_copy(&h->a, x->cell[i]);
	h->v[h->n++] =
		(struct run_reject){.line = x->line, .reason = str_copy(&h->a, x->reason), .cell = cell, .cells = x->cells};
	h->kept++;
}

/* The row as a JSON list; one that is very large, cut. */
static struct str cells_json(struct arena *a, const struct run_reject *x) {
	struct buf b;
	buf_init(&b, CELLS_MAX + 2 * 1024 * 1024);
	struct json_out o = json_out(&b);
	json_put_array(&o);
	for (size_t i = 0; i < x->cells && b.n < CELLS_MAX; i++) json_put_str(&o, str_first(x->cell[i], CELLS_MAX));
	json_put_end(&o);
	struct str s = b.over ? STR("[]") : str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

static enum err progress(struct db *db, void *arg) {
	struct writing *w = arg;
	struct history *h = w->h;
	const struct run *r = w->r;
	for (size_t i = 0; i < h->n; i++)
		TRY(sql_import_reject_put(db, h->id, h->v[i].line, h->v[i].reason, cells_json(&h->a, &h->v[i]), NULL));
	return sql_import_progress(db, h->id, rows_position(r->rows), r->created, r->updated, r->unchanged, r->rejected);
}

enum err history_progress(struct history *h, const struct run *r) {
	struct writing w = {.h = h, .r = r};
	TRY(store_write(r->store, progress, &w));
	arena_clear(&h->a);
	h->v = NULL;
	h->n = h->room = 0;
	return OK;
}

static enum err end(struct db *db, void *arg) {
	struct writing *w = arg;
	const struct run *r = w->r;
	TRY(sql_import_end(db, w->h->id, w->good ? STR("done") : STR("failed"), w->why, clock_now()));
	if (r->created + r->updated == 0) return OK;
	struct event e = {
		.actor = r->actor,
		.verb = "announce",
		.object_kind = "import",
		.object_id = w->h->id.v,
		.audience = AUDIENCE_STAFF,
		.data = str_fmt(&w->h->a, "{\"created\":%" PRId64 ",\"updated\":%" PRId64 "}", r->created, r->updated)};
	return event_append(db, &e, NULL);
}

enum err history_end(struct history *h, const struct run *r, bool good, struct str why) {
	struct writing w = {.h = h, .r = r, .good = good, .why = why};
	return store_write(r->store, end, &w);
}
