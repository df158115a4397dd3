/* The one thread that writes, and the one that tells. The writer takes everything that waits (up to a maximum) into one
 * transaction and commits once, so that many writers share one sync of the disk. It hands the batch to the teller, who syncs
 * the disk, wakes those who listen and tells each job; meanwhile the next batch runs, open to whoever comes, and it commits
 * when the teller is free. So the disk and the processor work at the same time.
 *
 * A lone job is committed at once. But those who were just told are about to ask again, and would miss a batch that ends
 * with the few who waited: so when several wrote last time, half a sync at most is spent waiting until as many are there again.
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

struct batch {
	struct db_job *jobs;             /* each with its result */
	bool committed;                  /* something of it */
	usec_t took;                     /* its commit and sync */
};

struct writer {
	struct store *store;
	struct db *db, *ears;            /* the writer's connection, and the teller's, which only reads */
	pthread_t thread, teller;
	pthread_mutex_t lock;
	pthread_cond_t work;             /* for the writer: jobs came, the teller is free, it is time to end */
	pthread_cond_t handed;           /* for the teller */
	struct batch *batch;             /* what the teller has; NULL when it is free */
	bool syncing;                    /* it waits for the disk */
	struct db_job *first, **last;
	unsigned waiting;
	unsigned wanted;                 /* when asleep: wake me when so many wait */
	unsigned running;                /* in this batch */
	unsigned crowd;                  /* in the last one, and waiting when it ended */
	usec_t took;                     /* the last commit with its sync */
	usec_t patience;                 /* how long this batch may still wait for them */
	bool stopping, ended;            /* asked to end; the writer has */
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
	db->commit_took += clock_steady() - began;
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

/* Waits until so many jobs wait, but at most that long (0: as long as it takes), and no longer than until the disk has
 * the last batch. The caller holds the lock. */
static void sleep_until(struct writer *w, unsigned wanted, usec_t most) {
	usec_t until = clock_steady() + most;
	struct timespec t = {.tv_sec = until / SECONDS(1), .tv_nsec = until % SECONDS(1) * 1000};
	bool syncing = w->syncing;
	w->wanted = wanted;
	while (w->waiting < wanted && !w->stopping && syncing == w->syncing)
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
	while (w->waiting == 0 && !w->stopping) sleep_until(w, 1, 0);
	w->patience = w->took / 2;
	if (w->patience > GATHER_MOST) w->patience = GATHER_MOST;
	struct db_job *jobs = take(w);
	pthread_mutex_unlock(&w->lock);
	return jobs;
}

/* Who joins the running batch; NULL when it is complete. While the disk is busy with the last one there is time. */
static struct db_job *join(struct writer *w) {
	pthread_mutex_lock(&w->lock);
	while (w->waiting == 0 && !w->stopping && w->running < w->store->batch_max) {
		unsigned missing = w->running < w->crowd ? w->crowd - w->running : 0;
		usec_t began = clock_steady();
		if (w->syncing) sleep_until(w, (missing + 1) / 2 + 1, 0);
		else if (missing == 0 || w->patience <= 0) break;
		else {
			sleep_until(w, (missing + 1) / 2, w->patience);
			w->patience -= clock_steady() - began;
		}
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

/* ------------------------------------------------------------------- the threads */

static void run_batch(struct writer *w, struct batch *b) {
	w->db->commit_took = 0;
	bool done = run_together(w, b->jobs, false, &b->committed) ||
		(b->jobs->next != NULL && run_together(w, b->jobs, true, &b->committed));
	if (!done) b->committed = run_each(w->db, b->jobs);
	b->took = w->db->commit_took;
}

static void hand_over(struct writer *w, struct batch *b) {
	pthread_mutex_lock(&w->lock);
	while (w->batch != NULL) pthread_cond_wait(&w->work, &w->lock);
	w->batch = b;
	w->syncing = b != NULL && b->committed;
	pthread_cond_signal(&w->handed);
	pthread_mutex_unlock(&w->lock);
}

static void *writer_main(void *arg) {
	struct writer *w = arg;
	struct batch batches[2], *b = batches;
	pthread_setname_np(pthread_self(), "writer");
	for (struct db_job *jobs; (jobs = take_first(w)) != NULL; b = b == batches ? b + 1 : batches) {
		*b = (struct batch){.jobs = jobs};
		run_batch(w, b);
		hand_over(w, b);
		w->db->ops->after(w->db);
	}
	hand_over(w, NULL); /* the batches are here: they have to be told first */
	return NULL;
}

/* What is committed is seen by readers, but nobody has been told. A disk that does not take it leaves nothing to stand on: what
 * its log holds is known again only when it is read from the start. */
static void make_durable(struct writer *w, struct batch *b) {
	if (w->ears->ops->sync == NULL || w->store->normal_sync) return;
	usec_t began = clock_steady();
	if (w->ears->ops->sync(w->ears) != OK) {
		log_error("the disk does not keep what is written to it; stopping, so that nobody is told that it does");
		abort();
	}
	b->took += clock_steady() - began;
}

/* The next batch may commit. */
static void disk_is_free(struct writer *w, usec_t took) {
	pthread_mutex_lock(&w->lock);
	w->syncing = false;
	w->took = took;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
}

static void tell_batch(struct writer *w, struct batch *b) {
	if (b->committed) {
		make_durable(w, b);
		disk_is_free(w, b->took);
		atomic_fetch_add_explicit(&w->commits, 1, memory_order_relaxed);
		if (w->hook) w->hook(w->ears, w->hook_arg);
		watch_tell_all(w->store);
	}
	for (struct db_job *job = b->jobs, *next; job != NULL; job = next) {
		next = job->next;
		atomic_fetch_add_explicit(&w->jobs, 1, memory_order_relaxed);
		if (job->result != OK) atomic_fetch_add_explicit(&w->failed, 1, memory_order_relaxed);
		job->done(job, job->result);
	}
}

static void *teller_main(void *arg) {
	struct writer *w = arg;
	pthread_setname_np(pthread_self(), "teller");
	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (w->batch == NULL && !w->ended) pthread_cond_wait(&w->handed, &w->lock);
		if (w->batch == NULL) break;
		pthread_mutex_unlock(&w->lock);
		tell_batch(w, w->batch);
		pthread_mutex_lock(&w->lock);
		w->batch = NULL;
		pthread_cond_signal(&w->work);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

enum err writer_start(struct store *s, struct buf *why, struct writer **ret) {
	struct db *db;
	struct db *ears;
	TRY(db_open(s, ROLE_WRITE, why, &db));
	enum err e = db_open(s, ROLE_READ, why, &ears);
	if (e != OK) {
		db_close(db);
		return e;
	}
	struct writer *w = must_calloc(1, sizeof *w);
	w->store = s;
	w->db = db;
	w->ears = ears;
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&w->work, &steady);
	pthread_condattr_destroy(&steady);
	pthread_cond_init(&w->handed, NULL);
	PRE(pthread_create(&w->thread, NULL, writer_main, w) == 0);
	PRE(pthread_create(&w->teller, NULL, teller_main, w) == 0);
	*ret = w;
	return OK;
}

void writer_stop(struct writer *w) {
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_mutex_lock(&w->lock);
	w->ended = true;
	pthread_cond_signal(&w->handed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->teller, NULL);
	db_close(w->ears);
	db_close(w->db);
	pthread_cond_destroy(&w->handed);
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
	PRE(!pthread_equal(pthread_self(), s->writer->thread) && !pthread_equal(pthread_self(), s->writer->teller));
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
