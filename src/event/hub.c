/* The tail waits on the watch and tells the listeners of what other processes committed; one thread moves the durable readers
 * (readers.c); two do jobs (jobs.c). The listeners' position is one number under one mutex, so a local commit (heard on the
 * teller's thread) and a remote one (heard on the tail) are told in one order, each once. */
#include "event/hub_int.h"
#include "base/check.h"
#include "base/log.h"
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

enum { HEAR_AT_ONCE = 500, READ_AT_FIRST = 64, BEHIND_MAX = 1000 };

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

void hub_add_listener(struct hub *h, enum hub_turn turn, hub_listen *fn, void *ctx) {
	PRE(h->listeners < PARTS_MAX && !h->started);
	h->listener[h->listeners++] = (struct listener){.turn = turn, .fn = fn, .ctx = ctx};
}

void hub_add_reader(struct hub *h, const char *name, hub_wants *wants, hub_read *fn, void *ctx, bool from_start) {
	PRE(h->readers < PARTS_MAX && !h->started);
	struct reader *r = &h->reader[h->readers++];
	r->name = name, r->wants = wants, r->fn = fn, r->ctx = ctx, r->from_start = from_start, r->at_once = READ_AT_FIRST;
}

void hub_add_job(struct hub *h, const char *kind, int most_tries, hub_job *fn, void *ctx) {
	PRE(h->workers < PARTS_MAX && !h->started);
	h->worker[h->workers++] = (struct worker){.kind = kind, .most_tries = most_tries, .fn = fn, .ctx = ctx};
}

int64_t hub_head(const struct hub *h) { return atomic_load(&h->heard); }
bool hub_is_blind(const struct hub *h) { return atomic_load(&h->missed) || atomic_load(&h->broken); }
bool hub_is_stopping(const struct hub *h) { return atomic_load(&h->stopping); }

void hub_wake(struct hub *h) {
	pthread_mutex_lock(&h->lock);
	h->rounds++;
	pthread_cond_broadcast(&h->wake);
	pthread_mutex_unlock(&h->lock);
}

bool hub_wait(struct hub *h, uint64_t *round, int timeout_ms) {
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

static void tell(struct hub *h, enum hub_turn turn, const struct event *e, struct db *db, struct arena *a) {
	for (int i = 0; i < h->listeners; i++)
		if (h->listener[i].turn == turn) h->listener[i].fn(e, db, a, h->listener[i].ctx);
}

static void note_due(struct hub *h, const struct event *e) {
	for (int i = 0; i < h->readers; i++) {
		struct reader *r = &h->reader[i];
		if (r->wants == NULL || r->wants(e) || e->seq - r->at >= BEHIND_MAX) r->due = e->seq;
	}
}

/* Tells the listeners what stands in the log behind what they have heard. */
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
			tell(h, HUB_FORGETS, &list.v[i], db, &a);
			tell(h, HUB_TELLS, &list.v[i], db, &a);
			note_due(h, &list.v[i]);
			h->heard = list.v[i].seq;
			told++;
		}
		more = e == OK && list.n == HEAR_AT_ONCE;
		arena_clear(&a);
	}
	h->missed = e != OK;
	pthread_mutex_unlock(&h->hear);
	arena_done(&a);
	h->events += told;
	if (told > 0) hub_wake(h);
	return e;
}

static void after_commit(struct db *db, void *arg) {
	IGNORE(hear(arg, db)); /* then the hub is blind until the tail has heard it */
}

static void *tail_run(void *arg) {
	struct hub *h = arg;
	struct db *db = NULL;
	uint64_t round = 0;
	bool behind = true; /* what came while we started */
	while (!h->stopping) {
		bool changed = false;
		enum err e = behind ? OK : db_watch_wait(h->watch, 1000, &changed);
		if (e == OK && db == NULL) e = store_reader(h->store, &db);
		if (e == OK && (changed || behind || hub_is_blind(h))) {
			e = hear(h, db);
			if (e == OK) hub_wake(h); /* jobs make no events */
		}
		behind = e != OK && behind;
		if (e != OK && !h->broken) log_warn("the log's watch is broken (%s); pages are not kept until it works again", err_word(e));
		if (e == OK && h->broken) log_info("the log's watch works");
		h->broken = e != OK;
		if (e != OK && !hub_wait(h, &round, 200)) break;
	}
	db_close(db);
	return NULL;
}

/* ------------------------------------------------------------------ running */

/* The hook is changed on the teller's thread, between two batches: after that the former one is not running and will not run. */
struct hook_job {
	struct db_job job;
	sem_t told;
	struct store *store;
	struct hub *hub;    /* NULL: no hook */
};

static enum err nothing(struct db *db, void *arg) {
	(void)db, (void)arg;
	return OK;
}

static void set_hook_now(struct db_job *job, enum err e) {
	struct hook_job *j = (struct hook_job *)job;
	(void)e; /* also when the store cannot be reached */
	store_after_commit(j->store, j->hub ? after_commit : NULL, j->hub);
	sem_post(&j->told);
}

static void set_hook(struct store *s, struct hub *h) {
	struct hook_job j = {.job = {.work = nothing, .done = set_hook_now}, .store = s, .hub = h};
	sem_init(&j.told, 0, 0);
	while (store_submit(s, &j.job) != OK) usleep(10000);
	while (sem_wait(&j.told) != 0) continue;
	sem_destroy(&j.told);
}

enum err hub_start(struct hub *h) {
	struct db *db;
	int64_t head;
	TRY(store_reader(h->store, &db));
	enum err e = event_head(db, &head);
	db_close(db);
	TRY(e);
	h->heard = head;
	TRY(db_watch_open(h->store, &h->watch));
	set_hook(h->store, h);
	h->started = true;
	PRE(pthread_create(&h->tail, NULL, tail_run, h) == 0);
	PRE(pthread_create(&h->reading, NULL, readers_run, h) == 0);
	for (int i = 0; i < HANDS; i++) {
		h->hand[i].hub = h;
		PRE(pthread_create(&h->hand[i].thread, NULL, jobs_run, &h->hand[i]) == 0);
	}
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
		for (int i = 0; i < HANDS; i++) pthread_join(h->hand[i].thread, NULL);
		set_hook(h->store, NULL);
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
		for (int i = 0; e == OK && i < h->readers; i++) e = reader_move(h, &h->reader[i]);
		if (e == OK) e = job_do(h, &h->hand[0], db, &did);
	}
	for (int i = 0; e == OK && i < h->readers; i++) e = reader_move(h, &h->reader[i]); /* what the jobs said */
	db_close(db);
	return e;
}

void hub_stats(const struct hub *h, struct hub_stats *ret) {
	*ret = (struct hub_stats){.events = h->events, .jobs_done = h->jobs_done, .jobs_failed = h->jobs_failed, .head = h->heard};
	ret->slowest_reader = ret->head;
	for (int i = 0; i < h->readers; i++)
		if (h->reader[i].due > h->reader[i].at && h->reader[i].at < ret->slowest_reader) ret->slowest_reader = h->reader[i].at;
}
