/* Durable readers. A reader's place moves in the transaction of its effect, on the writer, so neither is ever without the other; on
 * PostgreSQL the writers of all nodes take turns, so no two nodes read the same events. */
#include "event/hub_int.h"
#include "base/log.h"
#include "sql/event.h"

enum { READ_AT_ONCE = 64, READ_MOST = 1000, FAULTS_MAX = 5 };
/* How long a reader may hold the writer: it is given as many events as it can read in that time. */
#define TURN (SECONDS(1) / 40)

struct reading {
	struct reader *reader;
	struct arena arena;
	bool leave_out;    /* moves on without reading */
	size_t n;          /* events taken */
	int64_t at;        /* and the place behind them */
	usec_t took;
};

static enum err read_some(struct db *db, void *arg) {
	struct reading *g = arg;
	usec_t began = clock_steady();
	const struct reader *r = g->reader;
	int64_t at = 0;
	bool found;
	arena_clear(&g->arena); /* the writer may try twice */
	TRY(sql_cursor_get(db, str_c(r->name), &at, &found));
	if (!found) {
		if (!r->from_start) TRY(event_head(db, &at));
		TRY(sql_cursor_start(db, str_c(r->name), at, clock_now(), NULL));
	}
	struct event_list list;
	TRY(event_after(db, &g->arena, at, r->at_once, &list));
	g->n = list.n;
	g->at = at;
	if (list.n == 0) return OK;
	g->at = list.v[list.n - 1].seq;
	if (!g->leave_out) TRY(r->fn(db, &g->arena, list.v, list.n, r->ctx));
	TRY(sql_cursor_move(db, str_c(r->name), at, g->at, clock_now()));
	g->took = clock_steady() - began;
	return OK;
}

static bool ground_failed(enum err e) { return e == ERR_STORE || e == ERR_BUSY || e == ERR_DISK_FULL; }

static int more_or_fewer(int at_once, bool end, usec_t took) {
	if (at_once < READ_AT_ONCE || (!end && took < TURN / 2)) at_once *= 2;
	else if (at_once > READ_AT_ONCE && took > TURN) at_once /= 2;
	return at_once < READ_MOST ? at_once : READ_MOST;
}

enum err reader_move(struct hub *h, struct reader *r) {
	bool leave_out = false;
	for (;;) {
		struct reading g = {.reader = r, .leave_out = leave_out};
		enum err e = store_write(h->store, read_some, &g);
		arena_done(&g.arena);
		if (e == OK) {
			if (leave_out) log_error("the reader %s cannot read event %lld, which is left out", r->name, (long long)g.at);
			bool end = g.n < (size_t)r->at_once;
			r->at = g.at;
			r->faults = 0;
			r->at_once = more_or_fewer(r->at_once, end, g.took);
			leave_out = false;
			if (end) return OK;
		} else if (ground_failed(e)) {
			return e;
		} else if (r->at_once > 1) {
			r->at_once /= 2;
		} else {
			if (++r->faults < FAULTS_MAX) return e;
			leave_out = true;
		}
		if (hub_is_stopping(h)) return OK;
	}
}

void *readers_run(void *arg) {
	struct hub *h = arg;
	uint64_t round = 0;
	int wait_ms = 0;
	while (hub_wait(h, &round, wait_ms)) {
		wait_ms = 5000;
		for (int i = 0; i < h->readers; i++) {
			struct reader *r = &h->reader[i];
			if (r->at > 0 && r->at >= r->due && !hub_is_blind(h)) continue;
			enum err e = reader_move(h, r);
			if (e == OK) continue;
			log_warn("the reader %s could not read on: %s", r->name, err_word(e));
			wait_ms = 1000;
		}
		jobs_renew(h);
	}
	return NULL;
}
