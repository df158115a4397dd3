/* Three threads: the tail waits on the watch and tells the listeners of what other processes committed; the reading thread
 * moves the durable readers; the working thread does jobs. The listeners' position is one number under one mutex, so
 * a local commit (heard on the writer thread) and a remote one (heard on the tail) are told in one order, each once. */
#include "event/hub.h"
#include "base/check.h"
#include "base/log.h"
#include "sql/event.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { PARTS_MAX = 16, READ_AT_ONCE = 200, HEAR_AT_ONCE = 500 };
#define CLAIM MINUTES(10)
#define KEEP_JOBS DAYS(30)

struct listener {
	hub_listen *fn;
	void *ctx;
};

struct reader {
	const char *name;
	hub_read *fn;
	void *ctx;
	bool from_start;
	_Atomic int64_t at;
};

struct worker {
	const char *kind;
	int most_tries;
	hub_job *fn;
	void *ctx;
};

struct hub {
	struct store *store;
	struct listener listener[PARTS_MAX];
	struct reader reader[PARTS_MAX];
	struct worker worker[PARTS_MAX];
	int listeners, readers, workers;

	pthread_mutex_t hear;          /* held while listeners are told */
	_Atomic int64_t heard;
	_Atomic bool blind;

	pthread_mutex_t lock;          /* guards the three below */
	pthread_cond_t wake;
	uint64_t rounds;               /* grows with every reason to look again */
	bool stopping;

	struct db_watch *watch;
	pthread_t tail, reading, working;
	bool started;
	_Atomic uint64_t events, jobs_done, jobs_failed;
};

struct hub *hub_new(struct store *s) {
	struct hub *h = must_calloc(1, sizeof *h);
	h->store = s;
	pthread_mutex_init(&h->hear, NULL);
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&h->wake, &steady);
	pthread_condattr_destroy(&steady);
	return h;
}

void hub_add_listener(struct hub *h, hub_listen *fn, void *ctx) {
	PRE(h->listeners < PARTS_MAX && !h->started);
	h->listener[h->listeners++] = (struct listener){.fn = fn, .ctx = ctx};
}

void hub_add_reader(struct hub *h, const char *name, hub_read *fn, void *ctx, bool from_start) {
	PRE(h->readers < PARTS_MAX && !h->started);
	struct reader *r = &h->reader[h->readers++];
	r->name = name, r->fn = fn, r->ctx = ctx, r->from_start = from_start;
}

void hub_add_job(struct hub *h, const char *kind, int most_tries, hub_job *fn, void *ctx) {
	PRE(h->workers < PARTS_MAX && !h->started);
	h->worker[h->workers++] = (struct worker){.kind = kind, .most_tries = most_tries, .fn = fn, .ctx = ctx};
}

int64_t hub_head(const struct hub *h) { return atomic_load(&h->heard); }
bool hub_is_blind(const struct hub *h) { return atomic_load(&h->blind); }

void hub_wake(struct hub *h) {
	pthread_mutex_lock(&h->lock);
	h->rounds++;
	pthread_cond_broadcast(&h->wake);
	pthread_mutex_unlock(&h->lock);
}

/* Waits until there is a reason to look, since the round given, or timeout_ms; false when the hub stops. */
static bool wait_round(struct hub *h, uint64_t *round, int timeout_ms) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += timeout_ms / 1000;
	t.tv_nsec += (timeout_ms % 1000) * 1000000L;
	if (t.tv_nsec >= 1000000000L) t.tv_sec++, t.tv_nsec -= 1000000000L;
	pthread_mutex_lock(&h->lock);
	int late = 0;
	while (!h->stopping && h->rounds == *round && late == 0) late = pthread_cond_timedwait(&h->wake, &h->lock, &t);
	*round = h->rounds;
	bool go_on = !h->stopping;
	pthread_mutex_unlock(&h->lock);
	return go_on;
}

/* ---------------------------------------------------------------- listeners */

static enum err hear(struct hub *h, struct db *db) {
	struct arena a = {0};
	enum err e = OK;
	bool more = true;
	uint64_t told = 0;
	pthread_mutex_lock(&h->hear);
	while (e == OK && more) {
		struct event_list list = {0};
		e = event_after(db, &a, h->heard, HEAR_AT_ONCE, &list);
		for (size_t i = 0; e == OK && i < list.n; i++) {
			for (int k = 0; k < h->listeners; k++) h->listener[k].fn(&list.v[i], db, &a, h->listener[k].ctx);
			h->heard = list.v[i].seq;
			told++;
		}
		more = e == OK && list.n == HEAR_AT_ONCE;
		arena_clear(&a);
	}
	pthread_mutex_unlock(&h->hear);
	arena_done(&a);
	h->events += told;
	if (told > 0) hub_wake(h);
	return e;
}

static void after_commit(struct db *db, void *arg) {
	struct hub *h = arg;
	if (hear(h, db) != OK) h->blind = true; /* the tail hears it and makes it good */
}

static void *tail_run(void *arg) {
	struct hub *h = arg;
	struct db *db = NULL;
	uint64_t round = 0;
	for (;;) {
		pthread_mutex_lock(&h->lock);
		bool stop = h->stopping;
		pthread_mutex_unlock(&h->lock);
		if (stop) break;
		bool changed = false;
		enum err e = db_watch_wait(h->watch, 1000, &changed);
		if (e == OK && db == NULL) e = store_reader(h->store, &db);
		if (e == OK && (changed || h->blind)) e = hear(h, db);
		if (e != OK) {
			if (!h->blind) log_warn("the log's watch is broken (%s); pages are not kept until it works again", err_word(e));
			h->blind = true;
			if (!wait_round(h, &round, 200)) break;
		} else if (h->blind) {
			h->blind = false;
			log_info("the log's watch works");
		}
	}
	db_close(db);
	return NULL;
}

/* ------------------------------------------------------------------ readers */

struct reading {
	struct reader *reader;
	struct arena arena;
	size_t n;          /* events taken */
};

static enum err read_some(struct db *db, void *arg) {
	struct reading *g = arg;
	struct reader *r = g->reader;
	int64_t at = 0;
	bool found;
	TRY(sql_cursor_get(db, str_c(r->name), &at, &found));
	if (!found) {
		if (!r->from_start) TRY(event_head(db, &at));
		TRY(sql_cursor_start(db, str_c(r->name), at, clock_now(), NULL));
	}
	struct event_list list;
	TRY(event_after(db, &g->arena, at, READ_AT_ONCE, &list));
	g->n = list.n;
	if (list.n > 0) {
		TRY(r->fn(db, &g->arena, list.v, list.n, r->ctx));
		int64_t last = list.v[list.n - 1].seq;
		TRY(sql_cursor_move(db, str_c(r->name), at, last, clock_now()));
		at = last;
	}
	r->at = at;
	return OK;
}

/* Moves a reader to the end of the log. */
static enum err read_all(struct hub *h, struct reader *r) {
	if (r->at > 0 && r->at >= h->heard && !h->blind) return OK;
	for (;;) {
		struct reading g = {.reader = r};
		enum err e = store_write(h->store, read_some, &g);
		arena_done(&g.arena);
		if (e != OK) return e;
		if (g.n < READ_AT_ONCE) return OK;
	}
}

static void *reading_run(void *arg) {
	struct hub *h = arg;
	uint64_t round = 0;
	int wait_ms = 0;
	while (wait_round(h, &round, wait_ms)) {
		wait_ms = 5000;
		for (int i = 0; i < h->readers; i++) {
			enum err e = read_all(h, &h->reader[i]);
			if (e == OK || e == ERR_CONFLICT) continue;
			log_warn("the reader %s could not read on: %s", h->reader[i].name, err_word(e));
			wait_ms = 1000;
		}
	}
	return NULL;
}

/* --------------------------------------------------------------------- jobs */

struct claim {
	struct arena arena;
	struct job_row job;
	bool found;
	enum err result;
	bool last_try;
	struct str why;
};

static enum err claim_job(struct db *db, void *arg) {
	struct claim *c = arg;
	usec_t now = clock_now();
	return sql_job_claim(db, &c->arena, now, now + CLAIM, &c->job, &c->found);
}

static enum err end_job(struct db *db, void *arg) {
	struct claim *c = arg;
	usec_t now = clock_now();
	if (c->result == OK) return sql_job_end(db, c->job.id, now);
	if (c->last_try) return sql_job_give_up(db, c->job.id, now, c->why);
	/* 10 s, 20 s, 40 s … up to 6 hours */
	int64_t power = c->job.tries < 12 ? c->job.tries - 1 : 11;
	usec_t wait = SECONDS(10) << power;
	return sql_job_retry(db, c->job.id, now + (wait < HOURS(6) ? wait : HOURS(6)), c->why);
}

/* Does the job that is due, if there is one. */
static enum err do_job(struct hub *h, struct db *db, bool *ret_did) {
	struct claim c = {0};
	enum err e = store_write(h->store, claim_job, &c);
	*ret_did = e == OK && c.found;
	if (!*ret_did) {
		arena_done(&c.arena);
		return e;
	}
	const struct worker *w = NULL;
	for (int i = 0; i < h->workers; i++)
		if (str_is(c.job.kind, h->worker[i].kind)) w = &h->worker[i];
	if (w == NULL) {
		c.result = ERR_BUG;
		c.why = str_fmt(&c.arena, "nobody does jobs of the kind %s", str_z(&c.arena, c.job.kind));
		c.last_try = true;
	} else {
		c.result = w->fn(h->store, db, &c.arena, c.job.data, (int)c.job.tries, w->ctx, &c.why);
		c.last_try = c.job.tries >= w->most_tries;
	}
	if (c.result != OK) {
		if (str_empty(c.why)) c.why = str_c(err_word(c.result));
		log_warn("job %lld (" STR_FMT "), try %lld: " STR_FMT, (long long)c.job.id.v, STR_ARG(c.job.kind),
		         (long long)c.job.tries, STR_ARG(c.why));
	}
	e = store_write(h->store, end_job, &c);
	if (c.result == OK) h->jobs_done++;
	else h->jobs_failed++;
	arena_done(&c.arena);
	return e;
}

static enum err forget_jobs(struct db *db, void *arg) {
	(void)arg;
	return sql_job_forget(db, clock_now() - KEEP_JOBS, NULL);
}

static void *working_run(void *arg) {
	struct hub *h = arg;
	struct db *db = NULL;
	uint64_t round = 0;
	int wait_ms = 0;
	usec_t forgot = 0;
	while (wait_round(h, &round, wait_ms)) {
		bool did = true;
		enum err e = db == NULL ? store_reader(h->store, &db) : OK;
		usec_t next = 0;
		if (e == OK) e = sql_job_next(db, &next);
		if (e == OK && next != 0 && next <= clock_now())
			while (e == OK && did) e = do_job(h, db, &did);
		if (e == OK) e = sql_job_next(db, &next);
		if (e == OK && clock_steady() - forgot > HOURS(1)) {
			if (forgot != 0) e = store_write(h->store, forget_jobs, NULL);
			forgot = clock_steady();
		}
		usec_t wait = next == 0 ? SECONDS(30) : next - clock_now();
		wait_ms = wait < 0 ? 100 : wait > SECONDS(30) ? 30000 : (int)(wait / 1000) + 1;
		if (e != OK) wait_ms = 1000;
	}
	db_close(db);
	return NULL;
}

/* ------------------------------------------------------------------ running */

enum err hub_start(struct hub *h) {
	struct db *db;
	int64_t head;
	TRY(store_reader(h->store, &db));
	enum err e = event_head(db, &head);
	db_close(db);
	TRY(e);
	h->heard = head;
	TRY(db_watch_open(h->store, &h->watch));
	store_after_commit(h->store, after_commit, h);
	h->started = true;
	PRE(pthread_create(&h->tail, NULL, tail_run, h) == 0);
	PRE(pthread_create(&h->reading, NULL, reading_run, h) == 0);
	PRE(pthread_create(&h->working, NULL, working_run, h) == 0);
	return OK;
}

void hub_stop(struct hub *h) {
	if (h == NULL) return;
	if (h->started) {
		pthread_mutex_lock(&h->lock);
		h->stopping = true;
		pthread_cond_broadcast(&h->wake);
		pthread_mutex_unlock(&h->lock);
		db_watch_poke(h->watch);
		pthread_join(h->tail, NULL);
		pthread_join(h->reading, NULL);
		pthread_join(h->working, NULL);
		store_after_commit(h->store, NULL, NULL);
		db_watch_close(h->watch);
	}
	pthread_cond_destroy(&h->wake);
	pthread_mutex_destroy(&h->lock);
	pthread_mutex_destroy(&h->hear);
	free(h);
}

enum err hub_drain(struct hub *h) {
	PRE(!h->started);
	struct db *db;
	TRY(store_reader(h->store, &db));
	enum err e = OK;
	for (bool did = true; e == OK && did;) {
		did = false;
		h->blind = true; /* no watch: each reader looks for itself */
		for (int i = 0; e == OK && i < h->readers; i++) e = read_all(h, &h->reader[i]);
		h->blind = false;
		if (e == OK) e = do_job(h, db, &did);
	}
	db_close(db);
	return e;
}

void hub_stats(const struct hub *h, struct hub_stats *ret) {
	*ret = (struct hub_stats){.events = h->events, .jobs_done = h->jobs_done, .jobs_failed = h->jobs_failed, .head = h->heard};
	ret->slowest_reader = ret->head;
	for (int i = 0; i < h->readers; i++)
		if (h->reader[i].at < ret->slowest_reader) ret->slowest_reader = h->reader[i].at;
}
