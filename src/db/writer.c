/* The one thread that writes. It takes everything that waits (up to a maximum) into one transaction and commits once, so
 * that many writers share one sync of the disk; whoever comes meanwhile is in the next batch. There is no timer: a lone
 * job is committed at once.
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

struct writer {
	struct store *store;
	struct db *db;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct db_job *first, **last;
	unsigned waiting;
	bool asleep, stopping;
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
	if (e == OK) e = db->ops->commit(db, announce);
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

struct outcome {
	enum tx_state state;
	bool any;         /* a job went well */
	bool announce;
	bool undo;        /* a job failed after it had written, and there is no savepoint to go back to */
};

static bool ground_failed(enum err e) { return e == ERR_STORE || e == ERR_DISK_FULL || e == ERR_BUSY; }

/* The jobs one after the other. */
static enum err run_jobs(struct db *db, struct db_job *jobs, bool savepoints, struct outcome *ret) {
	for (struct db_job *job = jobs; job != NULL && ret->state == TX_OPEN; job = job->next) {
		job_begin(db);
		if (savepoints) TRY(db->ops->savepoint(db));
		job->result = job_run(db, job);
		ret->state = db->ops->state(db);
		if (job->result == OK) ret->any = true, ret->announce |= db->announced;
		if (ret->state != TX_OPEN) return OK;
		if (savepoints) TRY(job->result == OK ? db->ops->release(db) : db->ops->rollback_to(db));
		else if (job->result != OK && (db->wrote || db->failed != OK)) return ret->undo = true, OK;
	}
	return OK;
}

/* Runs the jobs in one transaction. True when every job has its result; *ret_committed says whether anything was kept.
 * False: the transaction is undone, and the jobs had better be tried more carefully. */
static bool run_together(struct db *db, struct db_job *jobs, bool savepoints, bool *ret_committed) {
	struct outcome o = {.state = TX_OPEN};
	enum err e = begin(db);
	if (e == OK) e = run_jobs(db, jobs, savepoints, &o);
	if (e == OK && o.undo) {
		rollback(db);
		return false;
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
	bool done = jobs->next != NULL && (run_together(db, jobs, false, &committed) || run_together(db, jobs, true, &committed));
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

/* Takes up to batch_max jobs, oldest first, or NULL when it is time to end. */
static struct db_job *take(struct writer *w) {
	unsigned n = 0;
	pthread_mutex_lock(&w->lock);
	while (w->first == NULL && !w->stopping) {
		w->asleep = true;
		pthread_cond_wait(&w->work, &w->lock);
	}
	w->asleep = false;
	struct db_job *jobs = w->first, **end = &w->first;
	while (*end != NULL && n < w->store->batch_max) n++, end = &(*end)->next;
	w->first = *end;
	*end = NULL;
	if (w->first == NULL) w->last = &w->first;
	w->waiting -= n;
	pthread_mutex_unlock(&w->lock);
	return jobs;
}

static void *writer_main(void *arg) {
	struct writer *w = arg;
	pthread_setname_np(pthread_self(), "writer");
	for (struct db_job *jobs; (jobs = take(w)) != NULL;) batch(w, jobs);
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
	pthread_cond_init(&w->work, NULL);
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
		w->waiting++;
		wake = w->asleep;
		w->asleep = false;
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
