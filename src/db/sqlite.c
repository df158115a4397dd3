/* The embedded engine: one file in WAL mode, so that readers never wait for the writer nor it for them.
 *
 * The log of pages (WAL) is copied into the file by the writer between two batches, when it has grown by
 * CHECKPOINT_PAGES. That never waits; but as long as readers overlap without a gap it cannot start the log over, so past
 * WAL_MANY_PAGES we now and then ask for that firmly (RESTART), waiting a little for the readers of old pages. */
#include "base/check.h"
#include "base/log.h"
#include "db/db_int.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CHECKPOINT_PAGES = 4000,         /* 16 MB */
	WAL_MANY_PAGES = 16 * 1024,      /* 64 MB */
	RESTART_WAIT_MS = 250,
	READER_WAIT_MS = 5000,
};
static const usec_t firm_least = SECONDS(1) / 2, firm_most = SECONDS(16);

struct sq_db {
	sqlite3 *sq;
	sqlite3_stmt *begin, *savepoint, *release, *rollback_to, *commit, *rollback;
	sqlite3_stmt *asked;             /* sq_query_int's */
	int log_fd;                      /* sq_sync's; 0 until it is needed */
	int wal_pages;                   /* in the log after the last commit */
	int copied_at;                   /* pages when we last copied them */
	usec_t firm_at, firm_pause;      /* no firm request before that time; how much longer after the next that fails */
};

static struct sq_db *of(struct db *db) { return db->engine; }
static sqlite3_stmt *sq(struct stmt *s) { return s->engine; }

/* -------------------------------------------------------------------- errors */

static enum err classify(sqlite3 *sq, int rc) {
	int full = sq ? sqlite3_system_errno(sq) : 0;
	switch (rc & 0xff) {
	case SQLITE_OK: case SQLITE_ROW: case SQLITE_DONE: return OK;
	case SQLITE_FULL: return ERR_DISK_FULL;
	case SQLITE_BUSY: return ERR_BUSY;
	case SQLITE_CONSTRAINT:
		return rc == SQLITE_CONSTRAINT_NOTNULL || rc == SQLITE_CONSTRAINT_DATATYPE ? ERR_BUG : ERR_CONFLICT;
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_WRITE || rc == SQLITE_IOERR_SHMSIZE) return ERR_DISK_FULL;
		return full == ENOSPC || full == EDQUOT ? ERR_DISK_FULL : ERR_STORE;
	default: return ERR_STORE;
	}
}

/* What a schema's rule refused is everyday; all else an operator should see. */
static enum err complain(struct db *db, const struct sql_def *def, int rc) {
	sqlite3 *c = of(db)->sq;
	enum err e = classify(c, rc);
	enum log_level level = e == ERR_CONFLICT ? LOG_DEBUG : LOG_ERROR;
	if (def) log_say(level, "statement %s (%s:%d): %s", def->name, def->file, def->line, sqlite3_errmsg(c));
	else log_say(level, "SQLite: %s", sqlite3_errmsg(c));
	return e;
}

static const char *sq_words(struct db *db) { return sqlite3_errmsg(of(db)->sq); }

/* ------------------------------------------------------------------- opening */

static void library_init(void) {
	sqlite3_config(SQLITE_CONFIG_MULTITHREAD);  /* each connection belongs to one thread at a time */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* its counters are behind a lock that all threads share */
	sqlite3_initialize();
}

static int on_wal(void *arg, sqlite3 *c, const char *name, int pages) {
	(void)c, (void)name;
	((struct sq_db *)arg)->wal_pages = pages;
	return SQLITE_OK;
}

/* What everybody's messages lie in is for its owner only. Never opens a file that is there: closing it would drop the
 * locks that another connection of this process holds on it. */
static enum err make_file(const struct store *s, struct buf *why) {
	if (strchr(s->file, '/') == NULL) return OK;
	char *folder = must_strdup(s->file);
	*strrchr(folder, '/') = 0;
	int failed = folder[0] != 0 && mkdir(folder, 0700) != 0 && errno != EEXIST ? errno : 0;
	if (failed) buf_fmt(why, "The folder %s cannot be made: %s.", folder, strerror(failed));
	free(folder);
	if (failed) return failed == ENOSPC ? ERR_DISK_FULL : ERR_STORE;
	int fd = open(s->file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) close(fd);
	return OK;
}

/* Two that make a new file at the same time would wait for each other; SQLite sends one away at once. */
static int set_wal(sqlite3 *c) {
	int rc;
	usec_t end = clock_steady() + SECONDS(5);
	while ((rc = sqlite3_exec(c, "PRAGMA journal_mode=WAL", NULL, NULL, NULL)) != SQLITE_OK && (rc & 0xff) == SQLITE_BUSY &&
	       clock_steady() < end)
		usleep(10000);
	return rc;
}

static int settings(struct db *db, sqlite3 *c) {
	char sql[512];
	bool reads = db->role == ROLE_READ, full = db->role == ROLE_ADMIN && !db->store->normal_sync;
	int rc = sqlite3_busy_timeout(c, reads ? READER_WAIT_MS : WRITER_WAIT_MS);
	sqlite3_extended_result_codes(c, 1);
	sqlite3_db_config(c, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Triggers that keep a full-text index count as unsafe in this version of SQLite; readers fire none. */
	sqlite3_db_config(c, SQLITE_DBCONFIG_TRUSTED_SCHEMA, !reads, NULL);
	sqlite3_db_config(c, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(c, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	if (rc == SQLITE_OK && !reads) rc = set_wal(c);
	snprintf(sql, sizeof sql, "PRAGMA synchronous=%s; PRAGMA foreign_keys=%s; PRAGMA temp_store=MEMORY; PRAGMA cache_size=%d;"
		"PRAGMA mmap_size=0; PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=0; PRAGMA query_only=%s",
		full ? "FULL" : "NORMAL", db->role == ROLE_ADMIN ? "OFF" : "ON", reads ? -2000 : -8000,
		reads ? "ON" : "OFF");
	return rc == SQLITE_OK ? sqlite3_exec(c, sql, NULL, NULL, NULL) : rc;
}

static int prepare_fixed(struct sq_db *d, bool reads) {
	const struct { sqlite3_stmt **at; const char *sql; } fixed[] = {
		{&d->begin, reads ? "BEGIN" : "BEGIN IMMEDIATE"}, {&d->commit, "COMMIT"}, {&d->rollback, "ROLLBACK"},
		{&d->savepoint, "SAVEPOINT job"}, {&d->release, "RELEASE job"}, {&d->rollback_to, "ROLLBACK TO job"},
	};
	int rc = SQLITE_OK;
	for (size_t i = 0; rc == SQLITE_OK && i < sizeof fixed / sizeof *fixed; i++)
		rc = sqlite3_prepare_v3(d->sq, fixed[i].sql, -1, SQLITE_PREPARE_PERSISTENT, fixed[i].at, NULL);
	return rc;
}

static void sq_close(struct db *db) {
	struct sq_db *d = of(db);
	sqlite3_stmt *fixed[] = {d->begin, d->commit, d->rollback, d->savepoint, d->release, d->rollback_to, d->asked};
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) sqlite3_finalize(fixed[i]);
	int rc = sqlite3_close(d->sq);
	POST(rc == SQLITE_OK);
	if (d->log_fd > 0) close(d->log_fd);
	free(d);
}

static enum err sq_open(struct db *db, struct buf *why) {
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const struct store *s = db->store;
	pthread_once(&once, library_init);
	if (db->role != ROLE_READ) TRY(make_file(s, why));
	struct sq_db *d = must_calloc(1, sizeof *d);
	db->engine = d;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	flags |= db->role == ROLE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	int rc = sqlite3_open_v2(s->file, &d->sq, flags, NULL);
	if (rc == SQLITE_OK) rc = settings(db, d->sq);
	if (rc == SQLITE_OK) rc = prepare_fixed(d, db->role == ROLE_READ);
	if (rc == SQLITE_OK) {
		sqlite3_wal_hook(d->sq, on_wal, d);
		return OK;
	}
	enum err e = classify(d->sq, rc);
	buf_fmt(why, "The database %s cannot be opened: %s.", s->file, d->sq ? sqlite3_errmsg(d->sq) : sqlite3_errstr(rc));
	sq_close(db);
	return e == ERR_DISK_FULL ? e : ERR_STORE;
}

/* ---------------------------------------------------------------- statements */

static enum err sq_prepare(struct stmt *s, struct str text) {
	sqlite3_stmt *p = NULL;
	const char *tail = NULL;
	int rc = sqlite3_prepare_v3(of(s->db)->sq, text.p, (int)text.n, SQLITE_PREPARE_PERSISTENT, &p, &tail);
	if (rc != SQLITE_OK) {
		complain(s->db, s->def, rc);
		return ERR_STORE;
	}
	PRE(p != NULL);
	s->engine = p;
	return OK;
}

static void sq_drop(struct stmt *s) { sqlite3_finalize(s->engine); }

static enum err sq_check(struct stmt *s, struct arena *a, struct str *ret_why) {
	const struct sql_def *def = s->def;
	int params = sqlite3_bind_parameter_count(sq(s)), columns = sqlite3_column_count(sq(s));
	const char *what = NULL;
	if (params > def->params) what = "has more parameters than were declared";
	else if (columns != def->columns) what = "gives another number of columns than was declared";
	else if (!sqlite3_stmt_readonly(sq(s)) && !def->writes) what = "writes, but is not known to";
	if (what == NULL) return OK;
	*ret_why = str_fmt(a, "%s:%d %s: %s (%d of %d parameters, %d of %d columns)", def->file, def->line, def->name, what, params,
		def->params, columns, def->columns);
	return ERR_STORE;
}

/* A variant need not have all of the statement's parameters; what it lacks (SQLITE_RANGE) is not missed. */
static void bound(struct stmt *s, int rc) {
	if (rc == SQLITE_NOMEM) CHECK_MEMORY(NULL);
	PRE(rc == SQLITE_OK || rc == SQLITE_RANGE || rc == SQLITE_TOOBIG);
	PRE(!s->stepped);
}

static void sq_set_int(struct stmt *s, int at, int64_t v) { bound(s, sqlite3_bind_int64(sq(s), at + 1, v)); }
static void sq_set_real(struct stmt *s, int at, double v) { bound(s, sqlite3_bind_double(sq(s), at + 1, v)); }
static void sq_set_bool(struct stmt *s, int at, bool v) { bound(s, sqlite3_bind_int(sq(s), at + 1, v)); }
static void sq_set_null(struct stmt *s, int at) { bound(s, sqlite3_bind_null(sq(s), at + 1)); }

static void sq_set_text(struct stmt *s, int at, struct str v, enum text_as as) {
	void (*how)(void *) = as == AS_TEXT_COPY ? SQLITE_TRANSIENT : SQLITE_STATIC;
	if (as == AS_BLOB) bound(s, sqlite3_bind_blob64(sq(s), at + 1, v.p, v.n, how));
	else bound(s, sqlite3_bind_text64(sq(s), at + 1, v.p, v.n, how, SQLITE_UTF8));
}

static enum err sq_step(struct stmt *s, bool *ret_row) {
	int rc = sqlite3_step(sq(s));
	if (rc != SQLITE_ROW && rc != SQLITE_DONE) return complain(s->db, s->def, rc);
	if (rc == SQLITE_DONE && s->def->writes) s->changed = sqlite3_changes64(of(s->db)->sq);
	*ret_row = rc == SQLITE_ROW;
	return OK;
}

static bool sq_is_null(struct stmt *s, int at) { return sqlite3_column_type(sq(s), at) == SQLITE_NULL; }
static int64_t sq_get_int(struct stmt *s, int at) { return sqlite3_column_int64(sq(s), at); }
static double sq_get_real(struct stmt *s, int at) { return sqlite3_column_double(sq(s), at); }

static struct str sq_get_text(struct stmt *s, int at) {
	int type = sqlite3_column_type(sq(s), at);
	if (type == SQLITE_NULL) return STR_NONE;
	const void *p = type == SQLITE_BLOB ? sqlite3_column_blob(sq(s), at) : sqlite3_column_text(sq(s), at);
	return str_n(p ? p : "", (size_t)sqlite3_column_bytes(sq(s), at));
}

static void sq_reset(struct stmt *s) {
	sqlite3_reset(sq(s));
	sqlite3_clear_bindings(sq(s));
}

/* -------------------------------------------------------------- transactions */

static enum err run_fixed(struct db *db, sqlite3_stmt *p) {
	int rc = sqlite3_step(p);
	enum err e = rc == SQLITE_DONE ? OK : complain(db, NULL, rc);
	sqlite3_reset(p);
	return e;
}

static enum err sq_begin(struct db *db) {
	PRE(sqlite3_get_autocommit(of(db)->sq));
	return run_fixed(db, of(db)->begin);
}

static enum err sq_savepoint(struct db *db) { return run_fixed(db, of(db)->savepoint); }
static enum err sq_release(struct db *db) { return run_fixed(db, of(db)->release); }

static enum err sq_rollback_to(struct db *db) {
	TRY(run_fixed(db, of(db)->rollback_to));
	return run_fixed(db, of(db)->release);
}

static enum err sq_commit(struct db *db, bool announce) {
	(void)announce; /* others see it in the file */
	return run_fixed(db, of(db)->commit);
}

static void sq_rollback(struct db *db) {
	if (sqlite3_get_autocommit(of(db)->sq)) return;
	(void)!run_fixed(db, of(db)->rollback);
	POST(sqlite3_get_autocommit(of(db)->sq));
}

static enum tx_state sq_state(struct db *db) {
	if (!sqlite3_get_autocommit(of(db)->sq)) return TX_OPEN;
	return db->in_tx ? TX_ABORTED : TX_NONE;
}

static enum err sq_read_begin(struct db *db) { return run_fixed(db, of(db)->begin); }
static void sq_read_end(struct db *db) { (void)!run_fixed(db, of(db)->rollback); }

/* ------------------------------------------------------------- house-keeping */

/* The writer's commits only write the log (synchronous=NORMAL syncs it before its pages are copied into the file); this syncs it,
 * from another thread, while the writer goes on. The log keeps its file as long as a connection is open, and SQLite holds no lock on it
 * that closing another descriptor would drop. */
static enum err sq_sync(struct db *db) {
	struct sq_db *d = of(db);
	if (d->log_fd == 0) {
		d->log_fd = open(sqlite3_filename_wal(sqlite3_db_filename(d->sq, "main")), O_RDWR | O_CLOEXEC);
		if (d->log_fd < 0) log_error("the log of %s cannot be opened: %s", db->store->file, strerror(errno));
	}
	if (d->log_fd < 0) return ERR_STORE;
	if (fdatasync(d->log_fd) == 0) return OK;
	log_error("the log of %s cannot be synced: %s", db->store->file, strerror(errno));
	return ERR_STORE;
}

static void sq_after(struct db *db) {
	struct sq_db *d = of(db);
	if (d->wal_pages < d->copied_at) d->copied_at = 0; /* the log began anew */
	if (d->wal_pages - d->copied_at < CHECKPOINT_PAGES) return;
	bool firmly = d->wal_pages >= WAL_MANY_PAGES && clock_steady() >= d->firm_at;
	if (firmly) sqlite3_busy_timeout(d->sq, RESTART_WAIT_MS);
	int rc = sqlite3_wal_checkpoint_v2(d->sq, NULL, firmly ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (firmly) {
		sqlite3_busy_timeout(d->sq, WRITER_WAIT_MS);
		d->firm_pause = rc == SQLITE_OK ? 0 : d->firm_pause == 0 ? firm_least : d->firm_pause * 2; /* a backup reads for long */
		if (d->firm_pause > firm_most) d->firm_pause = firm_most;
		d->firm_at = clock_steady() + d->firm_pause;
	}
	if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY) (void)!complain(db, NULL, rc);
	d->copied_at = d->wal_pages;
}

static enum err sq_exec(struct db *db, const char *sql) {
	int rc = sqlite3_exec(of(db)->sq, sql, NULL, NULL, NULL);
	return classify(of(db)->sq, rc);
}

/* The last such statement stays prepared: a watch asks the same each time. */
static enum err sq_query_int(struct db *db, const char *sql, int64_t *ret) {
	struct sq_db *d = of(db);
	int rc = SQLITE_OK;
	if (d->asked == NULL || strcmp(sqlite3_sql(d->asked), sql) != 0) {
		sqlite3_finalize(d->asked);
		d->asked = NULL;
		rc = sqlite3_prepare_v2(d->sq, sql, -1, &d->asked, NULL);
	}
	if (rc != SQLITE_OK) return classify(d->sq, rc);
	rc = sqlite3_step(d->asked);
	if (rc == SQLITE_ROW) *ret = sqlite3_column_int64(d->asked, 0);
	sqlite3_reset(d->asked);
	return rc == SQLITE_DONE ? ERR_NOT_FOUND : classify(d->sq, rc);
}

struct sqlite3 *sqlite_handle(struct db *db) { return of(db)->sq; }

const struct engine engine_sqlite = {
	.open = sq_open, .close = sq_close, .prepare = sq_prepare, .drop = sq_drop, .check = sq_check,
	.set_int = sq_set_int, .set_real = sq_set_real, .set_bool = sq_set_bool, .set_text = sq_set_text, .set_null = sq_set_null,
	.step = sq_step, .is_null = sq_is_null, .get_int = sq_get_int, .get_real = sq_get_real, .get_text = sq_get_text,
	.reset = sq_reset, .begin = sq_begin, .savepoint = sq_savepoint, .release = sq_release, .rollback_to = sq_rollback_to,
	.commit = sq_commit, .rollback = sq_rollback, .state = sq_state, .sync = sq_sync, .after = sq_after, .read_begin = sq_read_begin,
	.read_end = sq_read_end, .exec = sq_exec, .query_int = sq_query_int, .words = sq_words,
};
