#ifndef DB_DB_H
#define DB_DB_H
/* A store is the database of one business: one SQLite file, or one PostgreSQL schema. Both engines work the same way:
 * each thread that reads has its own connection; all writes of a process go through one writer thread, which takes
 * everything that waits into one transaction and commits once; the teller's thread then waits for the disk and tells each job.
 * No timer: a lone job is committed at once. On PostgreSQL the batch begins by locking the log's head row, so that the
 * batches of several nodes stand in one order, which is the order of event sequence numbers, and never deadlock.
 *
 * Statements are written in .sql files and compiled to typed functions (tools/README.md); nothing else reaches the
 * database. The functions generated from them, and this folder, are the only callers of db/stmt.h. */
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

struct store;
struct db; /* one connection; one thread at a time */

enum db_engine { DB_SQLITE, DB_PG };

struct store_options {
	const char *home;      /* folder of the embedded database; used when url is NULL */
	const char *url;       /* postgresql://…/db?schema=NAME, or NULL */
	bool normal_sync;      /* SQLite synchronous=NORMAL: loses the last commits on power failure; an operator's choice */
	unsigned queue_max;    /* jobs that may wait for the writer; 0 means 4096 */
	unsigned batch_max;    /* jobs in one transaction; 0 means 256 */
};

/* Opens a store. It need not have been migrated. ret_why, if not NULL, gets a sentence in a on failure.
 *   errors   STORE (cannot be opened or reached)                thread  any */
MUST_USE enum err store_open(const struct store_options *o, struct arena *a, struct store **ret, struct str *ret_why);
void store_close(struct store *s); /* waits for the writer to finish what it has; accepts NULL */
enum db_engine store_engine(const struct store *s);

/* Brings the schema to the newest migration, each in its own transaction. Safe to call from several nodes at once.
 *   ret_done  how many migrations ran
 *   errors    STORE, CONFLICT (the store was written by a newer program) */
MUST_USE enum err store_migrate(struct store *s, struct arena *a, int *ret_done, struct str *ret_why);
MUST_USE enum err store_version(struct store *s, int *ret_have, int *ret_newest);

/* A connection for reading (a write through it fails). Reconnects by itself after PostgreSQL was away.
 *   errors   STORE */
MUST_USE enum err store_reader(struct store *s, struct db **ret);
void db_close(struct db *db);

/* Between these all reads of the connection see one moment (SQLite; on PostgreSQL each statement sees the newest). */
MUST_USE enum err db_read_begin(struct db *db);
void db_read_end(struct db *db);

/* ------------------------------------------------------------------ writing */

/* The work of one write. Runs on the writer thread in a transaction with others: returning anything but OK undoes what it wrote.
 * It must not wait for anything but the database. When a statement in it fails, the work has failed, whatever it returns,
 * and no further statement runs: to try one thing and then another, write ON CONFLICT into the statement. It may run
 * again from the start (when a neighbour had to be undone, or a whole transaction was), so it sets what it hands out rather than adding to it. */
typedef enum err db_work(struct db *db, void *arg);

struct db_job {
	db_work *work;
	/* Called on the teller's thread, when the commit is on the disk, with OK, or with what went wrong: the work's own error; STORE or
	 * DISK_FULL when the commit failed; CONFLICT when a deferred rule was broken; BUSY when another process had the lock
	 * for 30 s. Must not block. The job may be freed in it. */
	void (*done)(struct db_job *job, enum err e);
	void *arg;
	struct db_job *next; /* the store's own */
	enum err result;     /* the store's own */
};

/* Hands a job to the writer. errors: BUSY when the queue is full (nothing happens then). Thread any. */
MUST_USE enum err store_submit(struct store *s, struct db_job *job);

/* The same, waiting for the answer. Never call it on the writer's or the teller's thread. errors: BUSY, STORE, DISK_FULL, CONFLICT, the
 * work's own. */
MUST_USE enum err store_write(struct store *s, db_work *work, void *arg);

/* The hook runs on the teller's thread after each commit and before any job of it is told, with a reading connection, which may see
 * the next batch already: this is how a page that a write made stale is gone from memory before the write is acknowledged.
 * Set before serving, or in a job's done. */
void store_after_commit(struct store *s, void (*hook)(struct db *db, void *arg), void *arg);

/* In a job: makes every node's watch wake up after the commit (LISTEN/NOTIFY on PostgreSQL; once for a whole batch). The
 * watches of this process wake up after every commit. */
MUST_USE enum err db_announce(struct db *db);

/* In a job: adds to a pair of numbers that is written once, just before the commit, whatever the number of jobs in it that
 * add to it: what makes a thousand people who say the same at the same time one change of a counter. `key` (with `write`)
 * names the sum. write() runs on the writer in the transaction, after all jobs: it must not count on what they saw, must
 * not fail for what it finds or does not find, and adds to no sum. What a failed job added is forgotten. */
struct db_pair { int64_t v[2]; };
typedef enum err db_sum_write(struct db *db, struct db_pair key, struct db_pair sum);
void db_sum(struct db *db, db_sum_write *write, struct db_pair key, struct db_pair add);
/* What has been added in this transaction and is not written yet; zeros on a reader. */
struct db_pair db_sum_so_far(struct db *db, db_sum_write *write, struct db_pair key);

/* What the queue looks like, for /metrics. */
struct store_stats {
	uint64_t commits, jobs, refused, failed;
	unsigned waiting;
};
void store_stats(const struct store *s, struct store_stats *ret);

/* ------------------------------------------------------------- hearing of others */

/* A watch tells that someone committed: this process, another process on the same SQLite file, another node. */
struct db_watch;
MUST_USE enum err db_watch_open(struct store *s, struct db_watch **ret);
/* Waits up to timeout_ms. ret_changed: something may have been committed since the last call. While the store cannot be
 * reached it tries to reconnect, and returns STORE at once; once it is back, it says changed. */
MUST_USE enum err db_watch_wait(struct db_watch *w, int timeout_ms, bool *ret_changed);
void db_watch_poke(struct db_watch *w); /* makes the waiting call, or else the next one, return; any thread */
void db_watch_close(struct db_watch *w);

/* ---------------------------------------------------------------- keeping it safe */

/* Copies the store to a file while others use it (SQLite: the backup API; PostgreSQL: every table as rows, in one
 * snapshot, in a SQLite file of the same schema). The file is complete or absent. errors: STORE, DISK_FULL, CONFLICT
 * (the file exists). */
MUST_USE enum err store_backup(struct store *s, const char *file, struct arena *a, struct str *ret_why);
/* Puts a backup, of either engine, into a store that is empty: not even migrated. Migrate it afterwards: the backup may
 * be older. errors: CONFLICT (not empty, or made by a newer program), MALFORMED (not a backup, damaged, or with tables or
 * triggers that are not ours), STORE, DISK_FULL. */
MUST_USE enum err store_restore(struct store *s, const char *file, struct arena *a, struct str *ret_why);
/* The engine's own check (SQLite: quick_check, foreign_key_check; PostgreSQL: indexes and rules that are not valid);
 * complaints, none when sound. */
MUST_USE enum err store_check(struct store *s, struct arena *a, struct str **ret_complaints, size_t *ret_n);

enum db_engine db_engine(const struct db *db);

#endif
