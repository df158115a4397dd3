#ifndef DB_DB_INT_H
#define DB_DB_INT_H
/* What the files of this folder share. An engine is a table of functions; everything above it (the cache of prepared
 * statements, the writer, migrations) is written once. */
#include "base/buf.h"
#include "db/db.h"
#include "db/stmt.h"
#include <pthread.h>
#include <stdatomic.h>

enum db_role {
	ROLE_READ,     /* cannot write */
	ROLE_WRITE,    /* the writer thread's */
	ROLE_ADMIN,    /* migrations and restore: no foreign keys on SQLite, long waits on PostgreSQL */
};

enum {
	WRITER_WAIT_MS = 30 * 1000,     /* how long the writer waits for another process that is writing */
	BACKOFF_LEAST_MS = 50, BACKOFF_MOST_MS = 1000,
	SCHEMA_NAME_BYTES = 48,
	STMT_BUCKETS = 256,
};

enum text_as { AS_TEXT, AS_TEXT_COPY, AS_BLOB }; /* a copy need not live until the statement's end */

enum tx_state {
	TX_NONE,
	TX_OPEN,
	TX_ABORTED,    /* the engine undid everything by itself; the connection is fine */
	TX_LOST,       /* the connection is gone, and the transaction with it */
};

/* One variant of a statement on one connection: prepared once, used many times. */
struct stmt {
	struct db *db;
	const struct sql_def *def;
	unsigned filters;
	int order;
	struct stmt *chain;       /* the next of its bucket */
	uint64_t last_use;        /* for throwing out the one not used for longest */
	bool busy, stepped, finished;
	int64_t changed;
	void *engine;             /* struct sq_stmt or struct pg_stmt */
};

/* sum.c: those of jobs that went well come first, each key once; behind them what the running job has added. Only the writer adds. */
struct sums {
	struct sum *v;
	size_t n, kept, room;
};

struct db {
	struct store *store;
	const struct engine *ops;
	enum db_role role;
	bool in_tx;               /* the writer's transaction, or a read's */
	enum err failed;          /* a statement failed in this job: nothing more runs until it is undone */
	bool announced;           /* someone asked for a notification in this job */
	bool wrote;               /* a writing statement began in this job */
	struct sums sums;
	usec_t commit_took;       /* the commits of the running batch */
	struct stmt *stmts[STMT_BUCKETS];
	unsigned stmt_count, stmt_most;
	uint64_t uses;
	void *engine;             /* struct sq_db or struct pg_db */
};

struct engine {
	enum err (*open)(struct db *db, struct buf *why);
	void (*close)(struct db *db);

	/* Statements. text lives as long as the call. */
	enum err (*prepare)(struct stmt *s, struct str text);
	void (*drop)(struct stmt *s);
	enum err (*check)(struct stmt *s, struct arena *a, struct str *ret_why);  /* counts and types against the definition */
	void (*set_int)(struct stmt *s, int at, int64_t v);
	void (*set_real)(struct stmt *s, int at, double v);
	void (*set_bool)(struct stmt *s, int at, bool v);
	void (*set_text)(struct stmt *s, int at, struct str v, enum text_as as);
	void (*set_null)(struct stmt *s, int at);
	enum err (*step)(struct stmt *s, bool *ret_row);
	bool (*is_null)(struct stmt *s, int at);
	int64_t (*get_int)(struct stmt *s, int at);
	double (*get_real)(struct stmt *s, int at);
	struct str (*get_text)(struct stmt *s, int at);
	void (*reset)(struct stmt *s);

	/* Transactions of the writer. */
	enum err (*begin)(struct db *db);
	enum err (*savepoint)(struct db *db);
	enum err (*release)(struct db *db);       /* keeps what was done since the savepoint */
	enum err (*rollback_to)(struct db *db);   /* undoes it; the savepoint is gone, too */
	enum err (*commit)(struct db *db, bool announce);
	void (*rollback)(struct db *db);
	enum tx_state (*state)(struct db *db);
	enum err (*sync)(struct db *db);          /* any connection: what was committed stays after a power failure; NULL: commit does it */
	void (*after)(struct db *db);             /* house-keeping between batches */

	/* One moment for several reads. */
	enum err (*read_begin)(struct db *db);
	void (*read_end)(struct db *db);

	/* For migrations and checks: several statements in one text; one number. */
	enum err (*exec)(struct db *db, const char *sql);
	enum err (*query_int)(struct db *db, const char *sql, int64_t *ret);
	const char *(*words)(struct db *db);      /* the engine's own words about its last failure */
};

extern const struct engine engine_sqlite, engine_pg;

struct writer;

struct store {
	enum db_engine engine;
	const struct engine *ops;
	char *file;               /* SQLite */
	char *url, *schema;       /* PostgreSQL; the url without its schema */
	bool normal_sync;
	unsigned queue_max, batch_max;
	struct writer *writer;
	pthread_mutex_t watch_lock;
	struct db_watch *watches;
};

/* db.c */
enum err db_open(struct store *s, enum db_role role, struct buf *why, struct db **ret);
void db_forget_statements(struct db *db);
/* Runs texts and fails with the engine's words in why. */
enum err db_exec(struct db *db, const char *sql, struct buf *why);

/* writer.c */
enum err writer_start(struct store *s, struct buf *why, struct writer **ret);
void writer_stop(struct writer *w);

/* sum.c: sums of the running transaction. A job's own join the others when it went well, and are forgotten when not. */
void sums_settle(struct db *db, bool keep);
void sums_forget(struct db *db);
MUST_USE enum err sums_write(struct db *db);
void sums_free(struct db *db);

/* watch.c: tells the watches of this process. */
void watch_tell_all(struct store *s);

/* sqlite.c, pg.c: for those who must know which engine it is */
struct sqlite3 *sqlite_handle(struct db *db);
struct pg_conn *pg_handle(struct db *db);   /* a PGconn */
/* Begins to listen for the announcements of others; whether one came, without waiting. A connection that was lost counts
 * as one when it is back. */
enum err pg_listen(struct db *db);
enum err pg_heard(struct db *db, bool *ret);
int pg_socket(struct db *db);
/* Makes the schema if it is missing; other nodes' migrations wait until this connection closes. */
enum err pg_schema_lock(struct db *db, struct buf *why);

/* backup.c: a SQLite file beside the store, made by the same migrations; ":memory:" for one that is thrown away. */
struct scratch {
	struct store store;
	struct db *db;
};
enum err scratch_open(struct scratch *x, const char *file, struct buf *why);
void scratch_done(struct scratch *x);

/* copy.c: between PostgreSQL and such a file. */
enum err copy_from_pg(struct store *s, struct scratch *to, struct buf *why);
enum err copy_to_pg(struct store *s, struct sqlite3 *from, int version, struct buf *why);
enum err check_pg(struct store *s, struct buf *complaints);

/* migrate.c */
int migration_newest(void);
struct migration {
	int number;
	const char *name;
	const char *sql;
};
extern const struct migration migrations[];
extern const int migration_count;

/* A migration's text in the words of one engine. */
void migration_expand(struct buf *b, struct str sql, enum db_engine engine);
/* The number of the newest migration that ran, 0 for none. */
enum err migration_have(struct db *db, int *ret);
/* Runs those after `have` up to `upto`; each in its own transaction when each_alone. */
enum err migration_run(struct db *db, int have, int upto, bool each_alone, struct buf *why, int *ret_done);

#endif
