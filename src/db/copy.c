/* Backups of a PostgreSQL store: every table as rows, into or out of a SQLite file that the same migrations made. All
 * reading is of one snapshot; all restoring is one transaction. What only one engine has (full-text indexes) is not
 * copied: it is made again. */
#include "base/check.h"
#include "db/pg_int.h"
#include <endian.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS_MOST = 200, SQL_BYTES = 64 * 1024, COPY_BYTES = 256 * 1024, ROW_BYTES = 1 << 30 };
struct table {
	struct str name;
	struct str columns;      /* "a", "b", "c" */
	int n;
	Oid types[COLUMNS_MOST];
};

static enum err sq_failed(sqlite3 *c, struct buf *why) {
	buf_fmt(why, "%s.", sqlite3_errmsg(c));
	return (sqlite3_errcode(c) & 0xff) == SQLITE_FULL ? ERR_DISK_FULL : ERR_STORE;
}

static enum err pg_failed(PGconn *c, struct buf *why) {
	buf_fmt(why, "PostgreSQL: " STR_FMT, STR_ARG(str_trim(str_c(PQerrorMessage(c)))));
	return ERR_STORE;
}

/* ------------------------------------------------------------------- which tables */

static const char table_query[] =
	"SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
	" AND name <> 'migration' ORDER BY name";

static void fmt_sql(char *sql, size_t room, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void fmt_sql(char *sql, size_t room, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(sql, room, fmt, ap);
	va_end(ap);
	PRE(n >= 0 && (size_t)n < room);
}

static enum err describe(sqlite3 *c, PGconn *pg, struct arena *a, struct table *t, struct buf *why) {
	char sql[SQL_BYTES];
	struct buf columns;
	sqlite3_stmt *p;
	buf_init(&columns, SQL_BYTES / 2);
	fmt_sql(sql, sizeof sql, "SELECT name FROM pragma_table_xinfo('" STR_FMT "') WHERE hidden = 0 ORDER BY cid", STR_ARG(t->name));
	if (sqlite3_prepare_v2(c, sql, -1, &p, NULL) != SQLITE_OK) return sq_failed(c, why);
	for (t->n = 0; sqlite3_step(p) == SQLITE_ROW; t->n++)
		buf_fmt(&columns, "%s\"%s\"", t->n ? ", " : "", (const char *)sqlite3_column_text(p, 0));
	sqlite3_finalize(p);
	PRE(t->n > 0 && t->n <= COLUMNS_MOST && !columns.over);
	t->columns = str_copy(a, buf_str(&columns));
	buf_done(&columns);
	fmt_sql(sql, sizeof sql, "SELECT " STR_FMT " FROM \"" STR_FMT "\" LIMIT 0", STR_ARG(t->columns), STR_ARG(t->name));
	PGresult *r = PQexec(pg, sql);
	enum err e = PQresultStatus(r) == PGRES_TUPLES_OK ? OK : pg_failed(pg, why);
	for (int i = 0; e == OK && i < t->n; i++) t->types[i] = PQftype(r, i);
	PQclear(r);
	return e;
}

typedef enum err table_work(sqlite3 *c, PGconn *pg, const struct table *t, struct buf *why);

static enum err each_table(sqlite3 *c, PGconn *pg, table_work *work, struct buf *why) {
	struct arena a = {0};
	sqlite3_stmt *p;
	enum err e = OK;
	if (sqlite3_prepare_v2(c, table_query, -1, &p, NULL) != SQLITE_OK) return sq_failed(c, why);
	while (e == OK && sqlite3_step(p) == SQLITE_ROW) {
		struct arena_mark mark = arena_mark(&a);
		struct table *t = NEW(&a, struct table);
		t->name = str_copy(&a, str_c((const char *)sqlite3_column_text(p, 0)));
		e = describe(c, pg, &a, t, why);
		if (e == OK) e = work(c, pg, t, why);
		if (e != OK) buf_fmt(why, " (table " STR_FMT ")", STR_ARG(t->name));
		arena_reset(&a, mark);
	}
	sqlite3_finalize(p);
	arena_done(&a);
	return e;
}

/* ---------------------------------------------------------------- PostgreSQL to file */

static bool bind(sqlite3_stmt *p, int at, const PGresult *r, Oid type) {
	const char *v = PQgetvalue(r, 0, at);
	int n = PQgetlength(r, 0, at);
	if (PQgetisnull(r, 0, at)) return sqlite3_bind_null(p, at + 1) == SQLITE_OK;
	switch (type) {
	case OID_INT2: case OID_INT4: case OID_INT8: case OID_BOOL: return sqlite3_bind_int64(p, at + 1, pg_read_int(v, n)) == SQLITE_OK;
	case OID_FLOAT4: case OID_FLOAT8: return sqlite3_bind_double(p, at + 1, pg_read_real(v, n)) == SQLITE_OK;
	case OID_BYTEA: return sqlite3_bind_blob(p, at + 1, v, n, SQLITE_STATIC) == SQLITE_OK;
	case OID_TEXT: case OID_VARCHAR: case OID_BPCHAR: return sqlite3_bind_text(p, at + 1, v, n, SQLITE_STATIC) == SQLITE_OK;
	default: return false;
	}
}

static enum err rows_in(sqlite3 *c, sqlite3_stmt *p, PGconn *pg, const struct table *t, struct buf *why) {
	enum err e = OK;
	for (PGresult *r; (r = PQgetResult(pg)) != NULL; PQclear(r)) {
		ExecStatusType status = PQresultStatus(r);
		if (e != OK || status == PGRES_TUPLES_OK) continue;
		if (status != PGRES_SINGLE_TUPLE) {
			e = pg_failed(pg, why);
			continue;
		}
		for (int i = 0; e == OK && i < t->n; i++) {
			if (bind(p, i, r, t->types[i])) continue;
			buf_fmt(why, "Column %s is of a type that cannot be copied", PQfname(r, i));
			e = ERR_STORE;
		}
		if (e == OK && sqlite3_step(p) != SQLITE_DONE) e = sq_failed(c, why);
		sqlite3_reset(p);
	}
	return e;
}

static enum err table_in(sqlite3 *c, PGconn *pg, const struct table *t, struct buf *why) {
	char sql[SQL_BYTES];
	struct buf marks;
	sqlite3_stmt *p = NULL;
	fmt_sql(sql, sizeof sql, "DELETE FROM \"" STR_FMT "\"", STR_ARG(t->name)); /* what a migration put in */
	if (sqlite3_exec(c, sql, NULL, NULL, NULL) != SQLITE_OK) return sq_failed(c, why);
	buf_init(&marks, SQL_BYTES);
	for (int i = 0; i < t->n; i++) buf_fmt(&marks, i ? ", ?%d" : "?%d", i + 1);
	fmt_sql(sql, sizeof sql, "INSERT INTO \"" STR_FMT "\" (" STR_FMT ") VALUES (" STR_FMT ")", STR_ARG(t->name), STR_ARG(t->columns),
		STR_ARG(buf_str(&marks)));
	buf_done(&marks);
	if (sqlite3_prepare_v2(c, sql, -1, &p, NULL) != SQLITE_OK) return sq_failed(c, why);
	fmt_sql(sql, sizeof sql, "SELECT " STR_FMT " FROM \"" STR_FMT "\"", STR_ARG(t->columns), STR_ARG(t->name));
	enum err e = PQsendQueryParams(pg, sql, 0, NULL, NULL, NULL, NULL, 1) && PQsetSingleRowMode(pg) ? OK : pg_failed(pg, why);
	if (e == OK) e = rows_in(c, p, pg, t, why);
	sqlite3_finalize(p);
	return e;
}

/* The full text of what was copied. */
static enum err texts_anew(struct db *to, struct buf *why) {
	static const char query[] = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual'";
	char sql[SQL_BYTES];
	sqlite3_stmt *p;
	enum err e = OK;
	if (sqlite3_prepare_v2(sqlite_handle(to), query, -1, &p, NULL) != SQLITE_OK) return sq_failed(sqlite_handle(to), why);
	while (e == OK && sqlite3_step(p) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(p, 0);
		fmt_sql(sql, sizeof sql, "INSERT INTO \"%s\" (\"%s\") VALUES ('rebuild')", name, name);
		e = db_exec(to, sql, why);
	}
	sqlite3_finalize(p);
	return e;
}

static enum err snapshot_in(struct db *from, struct scratch *to, struct buf *why) {
	sqlite3 *c = sqlite_handle(to->db);
	int version, done;
	int64_t broken = 0;
	TRY(db_exec(from, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", why));
	TRY(migration_have(from, &version));
	if (version == 0 || version > migration_newest()) {
		buf_fmt(why, "The database is at version %d, and this program knows 1 to %d.", version, migration_newest());
		return ERR_STORE;
	}
	TRY(migration_run(to->db, 0, version, true, why, &done));
	TRY(db_exec(to->db, "BEGIN", why));
	TRY(each_table(c, pg_handle(from), table_in, why));
	TRY(texts_anew(to->db, why));
	TRY(to->db->ops->query_int(to->db, "SELECT count(*) FROM pragma_foreign_key_check", &broken));
	if (broken > 0) {
		buf_fmt(why, "%lld rows point to rows that are not there.", (long long)broken);
		return ERR_STORE;
	}
	return db_exec(to->db, "COMMIT", why);
}

enum err copy_from_pg(struct store *s, struct scratch *to, struct buf *why) {
	struct db *db;
	TRY(db_open(s, ROLE_ADMIN, why, &db));
	enum err e = snapshot_in(db, to, why);
	if (e != OK && why->n == 0) buf_fmt(why, "%s", db->ops->words(db));
	db_close(db);
	return e;
}

/* ---------------------------------------------------------------- file to PostgreSQL */

static void add_raw(struct buf *b, uint64_t v, int bytes) {
	uint64_t big = htobe64(v);
	buf_add(b, str_n((const char *)&big + (8 - bytes), (size_t)bytes));
}

static void add_field(struct buf *b, uint64_t v, int bytes) {
	add_raw(b, (uint64_t)bytes, 4);
	add_raw(b, v, bytes);
}

static bool encode(struct buf *b, sqlite3_stmt *p, int at, Oid type) {
	uint64_t bits;
	double real;
	if (sqlite3_column_type(p, at) == SQLITE_NULL) {
		add_raw(b, UINT32_MAX, 4);
		return true;
	}
	switch (type) {
	case OID_INT8: add_field(b, (uint64_t)sqlite3_column_int64(p, at), 8); return true;
	case OID_INT4: add_field(b, (uint64_t)sqlite3_column_int64(p, at), 4); return true;
	case OID_INT2: add_field(b, (uint64_t)sqlite3_column_int64(p, at), 2); return true;
	case OID_BOOL: add_field(b, sqlite3_column_int64(p, at) != 0, 1); return true;
	case OID_FLOAT8:
		real = sqlite3_column_double(p, at);
		memcpy(&bits, &real, sizeof bits);
		add_field(b, bits, 8);
		return true;
	case OID_TEXT: case OID_VARCHAR: case OID_BPCHAR: case OID_BYTEA: {
		const void *v = type == OID_BYTEA ? sqlite3_column_blob(p, at) : sqlite3_column_text(p, at);
		int n = sqlite3_column_bytes(p, at);
		add_raw(b, (uint64_t)n, 4);
		buf_add(b, str_n(v ? v : "", (size_t)n));
		return true;
	}
	default: return false;
	}
}

static enum err flush(PGconn *pg, struct buf *b, struct buf *why) {
	if (b->over || PQputCopyData(pg, b->p, (int)b->n) != 1) return pg_failed(pg, why);
	buf_clear(b);
	return OK;
}

static enum err rows_out(sqlite3_stmt *p, PGconn *pg, const struct table *t, struct buf *b, struct buf *why) {
	buf_add(b, str_n("PGCOPY\n\377\r\n\0", 11));
	add_raw(b, 0, 8);
	int rc;
	while ((rc = sqlite3_step(p)) == SQLITE_ROW) {
		add_raw(b, (uint64_t)t->n, 2);
		for (int i = 0; i < t->n; i++) {
			if (encode(b, p, i, t->types[i])) continue;
			buf_fmt(why, "Column %s is of a type that cannot be copied", sqlite3_column_name(p, i));
			return ERR_STORE;
		}
		if (b->n > COPY_BYTES) TRY(flush(pg, b, why));
	}
	if (rc != SQLITE_DONE) return sq_failed(sqlite3_db_handle(p), why);
	add_raw(b, UINT16_MAX, 2);
	return flush(pg, b, why);
}

static enum err table_out(sqlite3 *c, PGconn *pg, const struct table *t, struct buf *why) {
	char sql[SQL_BYTES];
	struct buf b;
	sqlite3_stmt *p = NULL;
	fmt_sql(sql, sizeof sql, "SELECT " STR_FMT " FROM \"" STR_FMT "\"", STR_ARG(t->columns), STR_ARG(t->name));
	if (sqlite3_prepare_v2(c, sql, -1, &p, NULL) != SQLITE_OK) return sq_failed(c, why);
	fmt_sql(sql, sizeof sql, "COPY \"" STR_FMT "\" (" STR_FMT ") FROM STDIN (FORMAT binary)", STR_ARG(t->name), STR_ARG(t->columns));
	PGresult *r = PQexec(pg, sql);
	enum err e = PQresultStatus(r) == PGRES_COPY_IN ? OK : pg_failed(pg, why);
	PQclear(r);
	if (e == OK) {
		buf_init(&b, ROW_BYTES);
		e = rows_out(p, pg, t, &b, why);
		buf_done(&b);
		if (PQputCopyEnd(pg, e == OK ? NULL : "given up") != 1 && e == OK) e = pg_failed(pg, why);
		while ((r = PQgetResult(pg)) != NULL) {
			if (PQresultStatus(r) != PGRES_COMMAND_OK && e == OK) e = pg_failed(pg, why);
			PQclear(r);
		}
	}
	sqlite3_finalize(p);
	return e;
}

/* Rows come table by table, so foreign keys are taken away and put back, which looks at every row. */
static const char before[] =
	"CREATE TEMPORARY TABLE restore_keys ON COMMIT DROP AS SELECT conrelid::regclass::text AS t, conname AS name,"
	" pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace;"
	"DO $$ DECLARE r record; BEGIN"
	" FOR r IN SELECT * FROM restore_keys LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, r.name); END LOOP;"
	" FOR r IN SELECT tablename AS t FROM pg_tables WHERE schemaname = current_schema()"
	" AND tablename NOT IN ('migration', 'store_batch') LOOP EXECUTE format('TRUNCATE %I', r.t); END LOOP; END $$";
static const char after[] =
	"DO $$ DECLARE r record; BEGIN"
	" FOR r IN SELECT * FROM restore_keys LOOP EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.t, r.name, r.def); END LOOP;"
	" FOR r IN SELECT table_name AS t, column_name AS c FROM information_schema.columns"
	" WHERE table_schema = current_schema() AND is_identity = 'YES' LOOP"
	" EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), coalesce((SELECT max(%I) FROM %I), 0) + 1, false)',"
	" quote_ident(r.t), r.c, r.c, r.t); END LOOP; END $$; COMMIT";

static enum err restore_in(struct db *to, sqlite3 *from, int version, struct buf *why) {
	int64_t tables = 0;
	int done;
	TRY(pg_schema_lock(to, why));
	TRY(to->ops->query_int(to, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()", &tables));
	if (tables > 0) {
		buf_add(why, STR("The database is not empty: a backup is restored into a new schema."));
		return ERR_CONFLICT;
	}
	TRY(db_exec(to, "BEGIN", why));
	TRY(migration_run(to, 0, version, false, why, &done));
	TRY(db_exec(to, before, why));
	TRY(each_table(from, pg_handle(to), table_out, why));
	return db_exec(to, after, why);
}

enum err copy_to_pg(struct store *s, struct sqlite3 *from, int version, struct buf *why) {
	struct db *db;
	TRY(db_open(s, ROLE_ADMIN, why, &db));
	enum err e = restore_in(db, from, version, why);
	if (e != OK && why->n == 0) buf_fmt(why, "%s", db->ops->words(db));
	db_close(db); /* and with it a transaction that is not committed */
	return e;
}

/* ----------------------------------------------------------------------- check */

static const char check_query[] =
	"SELECT 'index ' || c.relname || ' is not valid' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
	" WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisvalid"
	" UNION ALL SELECT 'rule ' || conname || ' was never looked at' FROM pg_constraint"
	" WHERE connamespace = current_schema()::regnamespace AND NOT convalidated";

enum err check_pg(struct store *s, struct buf *complaints) {
	struct db *db;
	TRY(db_open(s, ROLE_ADMIN, complaints, &db));
	PGresult *r = PQexec(pg_handle(db), check_query);
	enum err e = PQresultStatus(r) == PGRES_TUPLES_OK ? OK : ERR_STORE;
	for (int i = 0; e == OK && i < PQntuples(r); i++) buf_fmt(complaints, "%s\n", PQgetvalue(r, i, 0));
	PQclear(r);
	db_close(db);
	return e;
}
