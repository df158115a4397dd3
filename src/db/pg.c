/* PostgreSQL. What costs here is the round trip, so whatever needs no answer of its own (BEGIN, the lock on the log's
 * head, SAVEPOINT, the preparing of a statement) is put off and sent in the same pipeline as the next statement that
 * does. A result comes whole, before its first row is given: while a statement is read others may run.
 *
 * The connection may be lost at any time. A read, and a transaction of which nothing has been done, are tried again once
 * on a new connection. Any other transaction has failed. When COMMIT itself got no answer nobody knows: so each batch
 * leaves its number in a row of its writer (store_batch), which the next connection looks at. */
#include "db/pg_int.h"
#include "base/check.h"
#include "base/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

static struct pg_db *of(struct db *db) { return db->engine; }

/* -------------------------------------------------------------------- errors */

static enum err classify(const char *state) {
	static const struct { const char *prefix; enum err e; } table[] = {
		{"23502", ERR_BUG}, {"23", ERR_CONFLICT}, {"22", ERR_BUG}, {"53100", ERR_DISK_FULL}, {"40", ERR_BUSY},
		{"55P03", ERR_BUSY}, {"57014", ERR_BUSY},
	};
	for (size_t i = 0; state != NULL && i < sizeof table / sizeof *table; i++)
		if (strncmp(state, table[i].prefix, strlen(table[i].prefix)) == 0) return table[i].e;
	return ERR_STORE;
}

/* The first line only: what follows may quote people's data. */
static void keep_words(struct pg_db *d, const char *message) {
	struct str line = str_c(message ? message : ""), rest = line;
	line = str_trim(str_cut(&rest, '\n'));
	snprintf(d->words, sizeof d->words, STR_FMT, STR_ARG(line));
}

static enum err failure(struct pg_db *d, const PGresult *r, const struct sql_def *def) {
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE), *said = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	keep_words(d, said ? said : PQresultErrorMessage(r));
	if (state != NULL && (strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0)) d->stale = true;
	enum err e = classify(state);
	enum log_level level = e == ERR_CONFLICT || d->stale ? LOG_DEBUG : LOG_ERROR;
	if (def) log_say(level, "statement %s (%s:%d): %s", def->name, def->file, def->line, d->words);
	else log_say(level, "PostgreSQL: %s", d->words);
	return e;
}

static enum err lost(struct pg_db *d) {
	if (!d->lost) {
		keep_words(d, PQerrorMessage(d->c));
		log_warn("the connection to PostgreSQL is lost: %s", d->words);
	}
	d->lost = true;
	return ERR_STORE;
}

static const char *pg_words(struct db *db) { return of(db)->words; }

/* ---------------------------------------------------------------- connecting */

static void quiet(void *arg, const char *message) { (void)arg, (void)message; }

static enum err settings(struct db *db, PGconn *c) {
	char sql[512];
	snprintf(sql, sizeof sql, "SET search_path TO %s; SET jit TO off; SET idle_in_transaction_session_timeout TO '60s'; %s",
		db->store->schema, db->role == ROLE_READ ? "SET default_transaction_read_only TO on"
		: db->role == ROLE_WRITE ? "SET lock_timeout TO '30s'" : "");
	PGresult *r = PQexec(c, sql);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	if (ok && of(db)->listening) {
		PQclear(r);
		snprintf(sql, sizeof sql, "LISTEN rialto_%s", db->store->schema);
		r = PQexec(c, sql);
		ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	}
	PQclear(r);
	return ok ? OK : ERR_STORE;
}

static enum err connect_now(struct db *db) {
	struct pg_db *d = of(db);
	const char *names[] = {"connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count",
		"tcp_user_timeout", "application_name", "dbname", "client_encoding", NULL};
	const char *values[] = {"5", "15", "5", "3", "20000", "rialto", db->store->url, "UTF8", NULL};
	if (d->c) PQfinish(d->c);
	d->c = PQconnectdbParams(names, values, 1);
	CHECK_MEMORY(d->c);
	PQsetNoticeProcessor(d->c, quiet, NULL);
	d->generation++;
	d->prepared = 0;
	d->stale = d->has_head = false;
	if (PQstatus(d->c) == CONNECTION_OK && settings(db, d->c) == OK &&
	    (db->role == ROLE_ADMIN || d->listening || PQenterPipelineMode(d->c))) {
		d->lost = false;
		d->backoff_ms = 0;
		return OK;
	}
	keep_words(d, PQerrorMessage(d->c));
	d->lost = true;
	d->backoff_ms = d->backoff_ms * 2 < BACKOFF_LEAST_MS ? BACKOFF_LEAST_MS : d->backoff_ms * 2;
	if (d->backoff_ms > BACKOFF_MOST_MS) d->backoff_ms = BACKOFF_MOST_MS;
	d->try_at = clock_steady() + (usec_t)d->backoff_ms * 1000;
	return ERR_STORE;
}

static enum err reconnect(struct db *db, bool at_once) {
	struct pg_db *d = of(db);
	if (!at_once && clock_steady() < d->try_at) return ERR_STORE;
	TRY(connect_now(db));
	log_info("connected to PostgreSQL again");
	return OK;
}

static enum err pg_open(struct db *db, struct buf *why) {
	struct pg_db *d = must_calloc(1, sizeof *d);
	db->engine = d;
	if (db->role == ROLE_WRITE) {
		POST(getrandom(&d->writer, sizeof d->writer, 0) == sizeof d->writer);
		d->writer &= INT64_MAX;
	}
	if (connect_now(db) == OK) return OK;
	buf_fmt(why, "PostgreSQL cannot be reached: %s", d->words);
	PQfinish(d->c);
	free(d);
	return ERR_STORE;
}

static const char has_batches[] = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'store_batch'";

static void pg_close(struct db *db) {
	struct pg_db *d = of(db);
	char sql[128];
	int64_t there = 0; /* somebody may have dropped the schema meanwhile */
	if (d->writer && d->has_head && !d->lost && db->ops->query_int(db, has_batches, &there) == OK && there > 0) {
		snprintf(sql, sizeof sql, "DELETE FROM store_batch WHERE writer = %lld", (long long)d->writer);
		(void)!db->ops->exec(db, sql);
	}
	PQfinish(d->c);
	free(d);
}

/* Outside the pipeline, for the rare things. */
static PGresult *simply(struct pg_db *d, const char *sql) {
	bool pipeline = PQpipelineStatus(d->c) != PQ_PIPELINE_OFF;
	if (pipeline) PQexitPipelineMode(d->c);
	PGresult *r = PQexec(d->c, sql);
	if (pipeline && PQstatus(d->c) == CONNECTION_OK) PQenterPipelineMode(d->c);
	return r;
}

static enum err simple_failure(struct pg_db *d, const PGresult *r) {
	bool gone = PQstatus(d->c) != CONNECTION_OK || PQresultErrorField(r, PG_DIAG_SQLSTATE) == NULL;
	return gone ? lost(d) : failure(d, r, NULL);
}

static enum err pg_exec(struct db *db, const char *sql) {
	struct pg_db *d = of(db);
	if (d->lost) TRY(reconnect(db, true));
	PGresult *r = simply(d, sql);
	ExecStatusType status = PQresultStatus(r);
	enum err e = OK;
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
		e = simple_failure(d, r);
	}
	PQclear(r);
	return e;
}

static enum err query_int_once(struct db *db, const char *sql, int64_t *ret) {
	struct pg_db *d = of(db);
	if (d->lost) TRY(reconnect(db, true));
	PGresult *r = simply(d, sql);
	enum err e = OK;
	if (PQresultStatus(r) != PGRES_TUPLES_OK) e = simple_failure(d, r);
	else if (PQntuples(r) == 0) e = ERR_NOT_FOUND;
	else if (!str_int(str_c(PQgetvalue(r, 0, 0)), ret)) e = ERR_BUG;
	PQclear(r);
	return e;
}

static enum err pg_query_int(struct db *db, const char *sql, int64_t *ret) {
	bool was_lost = of(db)->lost;
	enum err e = query_int_once(db, sql, ret);
	return e != OK && of(db)->lost && !was_lost && db->role == ROLE_READ ? query_int_once(db, sql, ret) : e;
}

/* ------------------------------------------------------------- one round trip */

static void put_off(struct pg_db *d, const char *sql) {
	PRE(d->waiting < PUT_OFF_MOST);
	d->put_off[d->waiting++] = sql;
}

static bool send_all(struct pg_db *d, struct stmt *s, int *ret_commands) {
	bool ok = true;
	*ret_commands = d->waiting + (s != NULL);
	for (int i = 0; ok && i < d->waiting; i++)
		ok = PQsendQueryParams(d->c, d->put_off[i], 0, NULL, NULL, NULL, NULL, 0);
	if (s != NULL) {
		struct pg_stmt *p = s->engine;
		if (ok && p->generation != d->generation) {
			ok = PQsendPrepare(d->c, p->name, p->text, s->def->params, p->types);
			++*ret_commands;
		}
		ok = ok && PQsendQueryPrepared(d->c, p->name, s->def->params, p->values, p->lengths, p->formats, 1);
	}
	return ok && PQpipelineSync(d->c);
}

/* Reads the answers to `commands` up to the end of the pipeline; *ret_last is that of the last. The first failure counts.
 * A failure without a state is libpq's own: it may leave the connection looking well, but no more will come. */
static enum err receive_all(struct pg_db *d, struct stmt *s, int commands, PGresult **ret_last, int *ret_failed_at) {
	PGresult *last = NULL;
	enum err e = OK;
	bool end = false, gone = false;
	for (int at = 0; !end && !gone;) {
		PGresult *r = PQgetResult(d->c);
		ExecStatusType status = PQresultStatus(r);
		gone = PQstatus(d->c) != CONNECTION_OK || (r == NULL && ++at > commands) ||
			(status == PGRES_FATAL_ERROR && r != NULL && PQresultErrorField(r, PG_DIAG_SQLSTATE) == NULL);
		end = status == PGRES_PIPELINE_SYNC;
		if (status == PGRES_FATAL_ERROR && r != NULL && !gone && e == OK) {
			e = failure(d, r, at >= d->waiting && s ? s->def : NULL);
			*ret_failed_at = at;
		}
		if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
			PQclear(last);
			last = r;
		} else {
			PQclear(r);
		}
	}
	if (gone) e = lost(d);
	if (e == OK && last != NULL) *ret_last = last;
	else PQclear(last);
	return e;
}

static enum err exchange_once(struct pg_db *d, struct stmt *s, PGresult **ret) {
	struct pg_stmt *p = s ? s->engine : NULL;
	int failed_at = -1, commands;
	if (!send_all(d, s, &commands)) return lost(d);
	enum err e = receive_all(d, s, commands, ret, &failed_at);
	if (d->lost) return e;
	if (failed_at >= 0 && failed_at < d->waiting) d->broken = true;
	if (p != NULL && p->generation != d->generation && (e == OK || failed_at > d->waiting)) {
		p->generation = d->generation;
		d->prepared++;
	}
	if (d->waiting > 0) d->started = true;
	d->waiting = 0;
	return e;
}

/* Statements prepared before a change of the tables, or too many of them: begin anew. */
static void refresh(struct db *db) {
	struct pg_db *d = of(db);
	if (!d->stale && d->prepared <= 2 * db->stmt_most) return;
	PQclear(simply(d, "DEALLOCATE ALL"));
	d->generation++;
	d->prepared = 0;
	d->stale = d->has_head = false;
}

enum err pg_exchange(struct db *db, struct stmt *s, PGresult **ret) {
	struct pg_db *d = of(db);
	bool fresh = !d->started; /* nothing has been done yet that a new connection would not know of */
	if (d->lost) TRY(fresh ? reconnect(db, false) : ERR_STORE);
	if (fresh && d->waiting == 0) refresh(db);
	enum err e = exchange_once(d, s, ret);
	if (d->lost && fresh) {
		TRY(reconnect(db, true));
		e = exchange_once(d, s, ret);
	} else if (e != OK && d->stale && !db->in_tx) {
		refresh(db);
		e = exchange_once(d, s, ret);
	}
	return e;
}

/* -------------------------------------------------------------- transactions */

static const char lock_head[] = "SELECT seq FROM event_head WHERE one = 1 FOR UPDATE";

/* The row that says which batch of this writer came last. */
static enum err find_head(struct db *db) {
	struct pg_db *d = of(db);
	char sql[512];
	int64_t there = 0;
	TRY(pg_query_int(db, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
		" AND tablename IN ('event_head', 'store_batch')", &there));
	if (there < 2) return OK;
	snprintf(sql, sizeof sql, "DELETE FROM store_batch WHERE at < %lld; INSERT INTO store_batch (writer, batch, at)"
		" VALUES (%lld, 0, %lld) ON CONFLICT DO NOTHING; PREPARE note_batch (bigint) AS UPDATE store_batch SET batch = $1"
		" WHERE writer = %lld", (long long)(clock_now() - DAYS(30)), (long long)d->writer, (long long)clock_now(),
		(long long)d->writer);
	TRY(pg_exec(db, sql));
	d->has_head = true;
	return OK;
}

static enum err begin_once(struct db *db) {
	struct pg_db *d = of(db);
	refresh(db);
	if (!d->has_head) TRY(find_head(db));
	put_off(d, "BEGIN");
	if (d->has_head) put_off(d, lock_head);
	return OK;
}

static enum err pg_begin(struct db *db) {
	struct pg_db *d = of(db);
	d->waiting = 0;
	d->started = d->broken = d->used = d->in_savepoint = false;
	if (d->lost) TRY(reconnect(db, false));
	enum err e = begin_once(db);
	if (e == OK || !d->lost) return e;
	TRY(reconnect(db, true));
	return begin_once(db);
}

/* A savepoint in which nothing happened serves the next job, too. */
static enum err pg_savepoint(struct db *db) {
	struct pg_db *d = of(db);
	if (d->in_savepoint && d->used) put_off(d, "RELEASE SAVEPOINT job");
	if (!d->in_savepoint || d->used) put_off(d, "SAVEPOINT job");
	d->in_savepoint = true;
	d->used = false;
	return OK;
}

static enum err pg_release(struct db *db) {
	(void)db; /* done with the next savepoint, or by the commit */
	return OK;
}

static enum err pg_rollback_to(struct db *db) {
	struct pg_db *d = of(db);
	if (d->used || db->failed != OK) put_off(d, "ROLLBACK TO SAVEPOINT job");
	d->used = false;
	return OK;
}

/* After a COMMIT without an answer: was it done? The old transaction holds the log's head, so who gets it knows that the
 * old one has ended. */
static enum err commit_known(struct db *db) {
	struct pg_db *d = of(db);
	char sql[256];
	int64_t batch = 0;
	snprintf(sql, sizeof sql, "SELECT b.batch FROM event_head h, store_batch b WHERE h.one = 1 AND b.writer = %lld FOR UPDATE",
		(long long)d->writer);
	for (usec_t end = clock_steady() + SECONDS(COMMIT_WAIT_SECONDS); clock_steady() < end;) {
		if (reconnect(db, false) != OK || pg_query_int(db, sql, &batch) != OK) {
			usleep(BACKOFF_LEAST_MS * 1000);
			continue;
		}
		log_info("a commit whose answer was lost has %s", batch == d->batch ? "been done" : "not been done");
		return batch == d->batch ? OK : ERR_STORE;
	}
	log_error("a commit got no answer and could not be looked up: its writes were reported as failed");
	return ERR_STORE;
}

static enum err pg_commit(struct db *db, bool announce) {
	struct pg_db *d = of(db);
	char note[64], notify[SCHEMA_NAME_BYTES + 32];
	PGresult *r = NULL;
	if (!d->started) { /* nothing was done */
		d->waiting = 0;
		return OK;
	}
	if (d->has_head) {
		snprintf(note, sizeof note, "EXECUTE note_batch(%lld)", (long long)++d->batch);
		put_off(d, note);
	}
	if (announce) {
		snprintf(notify, sizeof notify, "NOTIFY rialto_%s", db->store->schema);
		put_off(d, notify);
	}
	put_off(d, "COMMIT");
	enum err e = pg_exchange(db, NULL, &r);
	if (e == OK && strcmp(PQcmdStatus(r), "COMMIT") != 0) e = ERR_STORE;
	PQclear(r);
	if (e != OK && d->lost && d->has_head) e = commit_known(db);
	d->started = false;
	d->waiting = 0;
	return e;
}

static void pg_rollback(struct db *db) {
	struct pg_db *d = of(db);
	PGresult *r = NULL;
	d->waiting = 0;
	if (!d->lost && PQtransactionStatus(d->c) != PQTRANS_IDLE) {
		d->started = true;
		put_off(d, "ROLLBACK");
		(void)!pg_exchange(db, NULL, &r);
		PQclear(r);
	}
	d->started = d->broken = false;
	d->waiting = 0;
}

static enum tx_state pg_state(struct db *db) {
	const struct pg_db *d = of(db);
	if (!db->in_tx) return TX_NONE;
	return d->lost || d->broken ? TX_LOST : TX_OPEN;
}

static void pg_after(struct db *db) { (void)db; }
static enum err pg_read_begin(struct db *db) { (void)db; return OK; }
static void pg_read_end(struct db *db) { (void)db; }

/* ------------------------------------------------------------------ listening */

enum err pg_listen(struct db *db) {
	of(db)->listening = true;
	return connect_now(db);
}

int pg_socket(struct db *db) { return PQsocket(of(db)->c); }

enum err pg_heard(struct db *db, bool *ret) {
	struct pg_db *d = of(db);
	if (!d->lost && (!PQconsumeInput(d->c) || PQstatus(d->c) != CONNECTION_OK)) (void)!lost(d);
	if (d->lost) {
		TRY(reconnect(db, false));
		*ret = true; /* who knows what was said meanwhile */
	}
	for (PGnotify *n; (n = PQnotifies(d->c)) != NULL; PQfreemem(n)) *ret = true;
	return OK;
}

/* Session-wide, so it is given back when the connection closes. */
enum err pg_schema_lock(struct db *db, struct buf *why) {
	char sql[256];
	int64_t there = 0;
	snprintf(sql, sizeof sql, "SELECT pg_advisory_lock(hashtext('rialto'), hashtext('%s'))", db->store->schema);
	TRY(db_exec(db, sql, why));
	snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_namespace WHERE nspname = '%s'", db->store->schema);
	TRY(db->ops->query_int(db, sql, &there));
	snprintf(sql, sizeof sql, "CREATE SCHEMA %s", db->store->schema);
	return there ? OK : db_exec(db, sql, why);
}

PGconn *pg_handle(struct db *db) { return of(db)->c; }

const struct engine engine_pg = {
	.open = pg_open, .close = pg_close, .prepare = pg_prepare, .drop = pg_drop, .check = pg_check,
	.set_int = pg_set_int, .set_real = pg_set_real, .set_bool = pg_set_bool, .set_text = pg_set_text, .set_null = pg_set_null,
	.step = pg_step, .is_null = pg_is_null, .get_int = pg_get_int, .get_real = pg_get_real, .get_text = pg_get_text,
	.reset = pg_reset, .begin = pg_begin, .savepoint = pg_savepoint, .release = pg_release, .rollback_to = pg_rollback_to,
	.commit = pg_commit, .rollback = pg_rollback, .state = pg_state, .after = pg_after, .read_begin = pg_read_begin,
	.read_end = pg_read_end, .exec = pg_exec, .query_int = pg_query_int, .words = pg_words,
};
