/* The one thread that writes. It takes everything that waits (up to a maximum) into one transaction and commits once, so
 * that many writers share one sync of the disk; whoever comes meanwhile is in the next batch. A lone job is committed at
 * once. But those who were just told are about to ask again, and would miss a batch that ends with the few who waited:
 * so whoever comes while it runs joins it, and when several wrote last time, half a sync at most is spent waiting until as
 * many are there again.
 *
 * A job that fails before it has written needs nothing undone, and one that fails later is rare: so the batch is tried
 * without savepoints first, and again with one for each job when a failure has to undo itself and nothing else. When the
 * engine gives up a whole transaction (SQLite does on a full disk), or when a rule that is looked at only at the commit
 * is broken, each job is tried once more alone, so that one bad job does not take its neighbours along. */
#include "base/check.h"
#include "base/log.h"
#include "db/db_int.h"
#include <semaphore.h>
#include <stdlib.h>

static const usec_t GATHER_MOST = SECONDS(1) / 100; /* however slow the disk is */

struct writer {
	struct store *store;
	struct db *db;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct db_job *first, **last;
	unsigned waiting;
	unsigned wanted;                 /* when asleep: wake me when so many wait */
	unsigned running;                /* in this batch */
	unsigned crowd;                  /* in the last one, and waiting when it ended */
	usec_t patience;                 /* how long this batch may still wait for them */
	bool stopping;
	void (*hook)(struct db *db, void *arg);
	void *hook_arg;
	_Atomic uint64_t commits, jobs, refused, failed;
};

/* --------------------------------------------------------------- transactions */

static void job_begin(struct db *db) {
	db->failed = OK;
	db->announced = db->wrote = false;
}

static enum err begin(struct db *db) {
	job_begin(db);
	sums_forget(db);
	TRY(db->ops->begin(db));
	db->in_tx = true;
	return OK;
}

static void rollback(struct db *db) {
	db->ops->rollback(db);
	db->in_tx = false;
	db->failed = OK;
}

/* What a job came to. After a failed statement nothing that it did can stand, whatever it says (on PostgreSQL it could
 * not; SQLite is held to the same). */
static enum err job_run(struct db *db, struct db_job *job) {
	enum err e = job->work(db, job->arg);
	if (e == OK) e = db->failed;
	sums_settle(db, e == OK);
	return e;
}

static enum err commit(struct db *db, bool announce) {
	job_begin(db);
	enum err e = sums_write(db);
	usec_t began = clock_steady();
	if (e == OK) e = db->ops->commit(db, announce);
	db->commit_took = clock_steady() - began;
	if (e != OK) {
		rollback(db);
		return e;
	}
	db->in_tx = false;
	return OK;
}

/* *ret_lost: the store could not be reached, so there is no point in asking it again for the next job. */
static enum err run_alone(struct db *db, struct db_job *job, bool *ret_lost) {
	enum err e = begin(db);
	if (e != OK) {
		*ret_lost = true;
		return e;
	}
	e = job_run(db, job);
	enum tx_state state = db->ops->state(db);
	if (e == OK && state == TX_OPEN) return commit(db, db->announced);
	rollback(db);
	if (state == TX_LOST) *ret_lost = true;
	return e != OK && state != TX_LOST ? e : ERR_STORE;
}

/* ------------------------------------------------------------------- who comes along */

/* Waits until so many jobs wait, but at most that long (0: as long as it takes). The caller holds the lock. */
static void sleep_until(struct writer *w, unsigned wanted, usec_t most) {
	usec_t until = clock_steady() + most;
	struct timespec t = {.tv_sec = until / SECONDS(1), .tv_nsec = until % SECONDS(1) * 1000};
	w->wanted = wanted;
	while (w->waiting < wanted && !w->stopping)
		if (most == 0) pthread_cond_wait(&w->work, &w->lock);
		else if (pthread_cond_timedwait(&w->work, &w->lock, &t) != 0) break;
	w->wanted = 0;
}

/* All who wait, oldest first, as far as the batch has room for them; NULL when there is none. The caller holds the lock. */
static struct db_job *take(struct writer *w) {
	struct db_job *jobs = NULL, **end = &jobs;
	while (w->first != NULL && w->running < w->store->batch_max) {
		*end = w->first;
		end = &w->first->next;
		w->first = w->first->next;
		w->running++, w->waiting--;
	}
	*end = NULL;
	if (w->first == NULL) w->last = &w->first;
	return jobs;
}

/* Who begins the next batch; NULL when it is time to end. */
static struct db_job *take_first(struct writer *w) {
	pthread_mutex_lock(&w->lock);
	w->crowd = w->running + w->waiting;
	w->running = 0;
	w->patience = w->db->commit_took / 2;
	if (w->patience > GATHER_MOST) w->patience = GATHER_MOST;
	sleep_until(w, 1, 0);
	struct db_job *jobs = take(w);
	pthread_mutex_unlock(&w->lock);
	return jobs;
}

/* Who joins the running batch; NULL when it is complete. */
static struct db_job *join(struct writer *w) {
	pthread_mutex_lock(&w->lock);
	while (w->waiting == 0 && w->running < w->crowd && w->patience > 0) {
		usec_t began = clock_steady();
		sleep_until(w, (w->crowd - w->running + 1) / 2, w->patience);
		w->patience -= clock_steady() - began;
	}
	struct db_job *jobs = take(w);
	pthread_mutex_unlock(&w->lock);
	return jobs;
}

struct outcome {
	enum tx_state state;
	bool any;         /* a job went well */
	bool announce;
	bool undo;        /* a job failed after it had written, and there is no savepoint to go back to */
};

static bool ground_failed(enum err e) { return e == ERR_STORE || e == ERR_DISK_FULL || e == ERR_BUSY; }

/* The jobs one after the other; while nothing is undone, those that come meanwhile join them. */
static enum err run_jobs(struct writer *w, struct db_job *jobs, bool savepoints, struct outcome *ret) {
	struct db *db = w->db;
	for (struct db_job *job = jobs; job != NULL && ret->state == TX_OPEN; job = job->next) {
		job_begin(db);
		if (savepoints) TRY(db->ops->savepoint(db));
		job->result = job_run(db, job);
		ret->state = db->ops->state(db);
		if (job->result == OK) ret->any = true, ret->announce |= db->announced;
		if (ret->state != TX_OPEN) return OK;
		if (savepoints) TRY(job->result == OK ? db->ops->release(db) : db->ops->rollback_to(db));
		else if (job->result != OK && (db->wrote || db->failed != OK)) return ret->undo = true, OK;
		else if (job->next == NULL) job->next = join(w);
	}
	return OK;
}

/* Runs the jobs in one transaction. True when every job has its result; *ret_committed says whether anything was kept.
 * False: the transaction is undone, and the jobs had better be tried more carefully. */
static bool run_together(struct writer *w, struct db_job *jobs, bool savepoints, bool *ret_committed) {
	struct db *db = w->db;
	struct outcome o = {.state = TX_OPEN};
	enum err e = begin(db);
	if (e == OK) e = run_jobs(w, jobs, savepoints, &o);
	if (e == OK && o.undo) {
		rollback(db);
		return jobs->next == NULL; /* a lone one needs no second try */
	}
	if (e == OK && o.state == TX_OPEN) {
		if (o.any) e = commit(db, o.announce);
		else rollback(db);
		*ret_committed = o.any && e == OK;
		if (e != OK && !ground_failed(e)) return false;
		for (struct db_job *job = jobs; job != NULL; job = job->next)
			if (job->result == OK) job->result = e;
		return true;
	}
	o.state = db->in_tx ? db->ops->state(db) : TX_NONE;
	if (db->in_tx) rollback(db);
	if (o.state == TX_ABORTED) return false;
	if (e == OK || o.state == TX_LOST) e = ERR_STORE;
	for (struct db_job *job = jobs; job != NULL; job = job->next) job->result = e;
	return true;
}

static bool run_each(struct db *db, struct db_job *jobs) {
	bool committed = false, lost = false;
	enum err e = OK;
	for (struct db_job *job = jobs; job != NULL; job = job->next) {
		if (!lost) e = run_alone(db, job, &lost);
		job->result = e;
		if (e == OK) committed = true;
	}
	return committed;
}

/* -------------------------------------------------------------------- the thread */

static void batch(struct writer *w, struct db_job *jobs) {
	struct db *db = w->db;
	bool committed = false;
	bool done = run_together(w, jobs, false, &committed) || (jobs->next != NULL && run_together(w, jobs, true, &committed));
	if (!done) committed = run_each(db, jobs);
	if (committed) {
		atomic_fetch_add_explicit(&w->commits, 1, memory_order_relaxed);
		db->failed = OK;
		if (w->hook) w->hook(db, w->hook_arg);
		watch_tell_all(w->store);
	}
	for (struct db_job *job = jobs, *next; job != NULL; job = next) {
		next = job->next;
		atomic_fetch_add_explicit(&w->jobs, 1, memory_order_relaxed);
		if (job->result != OK) atomic_fetch_add_explicit(&w->failed, 1, memory_order_relaxed);
		job->done(job, job->result);
	}
	db->ops->after(db);
}

static void *writer_main(void *arg) {
	struct writer *w = arg;
	pthread_setname_np(pthread_self(), "writer");
	for (struct db_job *jobs; (jobs = take_first(w)) != NULL;) batch(w, jobs);
	return NULL;
}

enum err writer_start(struct store *s, struct buf *why, struct writer **ret) {
	struct db *db;
	TRY(db_open(s, ROLE_WRITE, why, &db));
	struct writer *w = must_calloc(1, sizeof *w);
	w->store = s;
	w->db = db;
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&w->work, &steady);
	pthread_condattr_destroy(&steady);
	int failed = pthread_create(&w->thread, NULL, writer_main, w);
	PRE(failed == 0);
	*ret = w;
	return OK;
}

void writer_stop(struct writer *w) {
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	db_close(w->db);
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* ---------------------------------------------------------------------- callers */

enum err store_submit(struct store *s, struct db_job *job) {
	struct writer *w = s->writer;
	bool wake = false, full;
	job->next = NULL;
	job->result = OK;
	pthread_mutex_lock(&w->lock);
	full = w->waiting >= s->queue_max || w->stopping;
	if (!full) {
		*w->last = job;
		w->last = &job->next;
		wake = ++w->waiting == w->wanted;
	}
	if (wake) pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	if (!full) return OK;
	atomic_fetch_add_explicit(&w->refused, 1, memory_order_relaxed);
	return ERR_BUSY;
}

struct waiting {
	struct db_job job;
	sem_t told;
	enum err e;
};

static void tell(struct db_job *job, enum err e) {
	struct waiting *x = (struct waiting *)job;
	x->e = e;
	sem_post(&x->told);
}

enum err store_write(struct store *s, db_work *work, void *arg) {
	struct waiting x = {.job = {.work = work, .done = tell, .arg = arg}};
	PRE(!pthread_equal(pthread_self(), s->writer->thread));
	sem_init(&x.told, 0, 0);
	enum err e = store_submit(s, &x.job);
	if (e == OK) {
		while (sem_wait(&x.told) != 0) continue; /* a signal may cut the wait short */
		e = x.e;
	}
	sem_destroy(&x.told);
	return e;
}

void store_after_commit(struct store *s, void (*hook)(struct db *db, void *arg), void *arg) {
	struct writer *w = s->writer;
	pthread_mutex_lock(&w->lock);
	w->hook = hook;
	w->hook_arg = arg;
	pthread_mutex_unlock(&w->lock);
}

void store_stats(const struct store *s, struct store_stats *ret) {
	struct writer *w = s->writer;
	pthread_mutex_lock(&w->lock);
	*ret = (struct store_stats){.commits = w->commits, .jobs = w->jobs, .refused = w->refused, .failed = w->failed,
		.waiting = w->waiting};
	pthread_mutex_unlock(&w->lock);
}
