/* Copies of a whole store. A backup is one SQLite file, whichever engine it came from: complete under its name or not
 * there at all, since it is written under another name, synced, and then renamed.
 *
 * What somebody hands us as a backup may have been made to harm: it is taken only when its tables, indexes and triggers
 * are exactly those that our own migrations make. */
#include "base/check.h"
#include "db/db_int.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WHY_BYTES = 4096, COMPLAINTS_BYTES = 64 * 1024 };

static enum err sq_failed(sqlite3 *c, const char *what, struct buf *why) {
	int rc = sqlite3_extended_errcode(c), os = sqlite3_system_errno(c);
	buf_fmt(why, "%s: %s.", what, sqlite3_errmsg(c));
	return (rc & 0xff) == SQLITE_FULL || rc == SQLITE_IOERR_WRITE || os == ENOSPC || os == EDQUOT ? ERR_DISK_FULL : ERR_STORE;
}

/* ------------------------------------------------------------------- scratch files */

enum err scratch_open(struct scratch *x, const char *file, struct buf *why) {
	*x = (struct scratch){.store = {.engine = DB_SQLITE, .ops = &engine_sqlite, .file = must_strdup(file), .normal_sync = true}};
	enum err e = db_open(&x->store, ROLE_ADMIN, why, &x->db);
	if (e != OK) free(x->store.file);
	return e;
}

void scratch_done(struct scratch *x) {
	db_close(x->db);
	free(x->store.file);
}

static enum err sync_path(const char *path) {
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return ERR_STORE;
	int failed = fsync(fd) != 0 ? errno : 0;
	close(fd);
	return failed == 0 ? OK : failed == ENOSPC || failed == EDQUOT ? ERR_DISK_FULL : ERR_STORE;
}

/* Gives the finished file its name, unless something of that name came meanwhile. */
static enum err publish(const char *partial, const char *file, struct buf *why) {
	char *copy = must_strdup(file);
	enum err e = sync_path(partial);
	if (e == OK && renameat2(AT_FDCWD, partial, AT_FDCWD, file, RENAME_NOREPLACE) != 0) {
		e = errno == EEXIST ? ERR_CONFLICT : ERR_STORE;
		if (errno == EINVAL && access(file, F_OK) != 0 && rename(partial, file) == 0) e = OK; /* a file system without it */
	}
	if (e == OK) e = sync_path(dirname(copy));
	if (e != OK) buf_fmt(why, "The backup cannot be put at %s: %s.", file, strerror(errno));
	free(copy);
	return e;
}

/* ---------------------------------------------------------------------- backup */

/* In WAL mode a read transaction of our own keeps the pages still while others write. */
static enum err copy_pages(sqlite3 *from, sqlite3 *to, struct buf *why) {
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	if (b == NULL) return sq_failed(to, "The copy cannot begin", why);
	int rc;
	do rc = sqlite3_backup_step(b, -1);
	while (rc == SQLITE_OK);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? OK : sq_failed(to, "The copy failed", why);
}

static enum err backup_sqlite(struct store *s, struct scratch *to, struct buf *why) {
	struct db *db;
	int have;
	TRY(db_open(s, ROLE_READ, why, &db));
	enum err e = db_read_begin(db);
	if (e == OK) e = migration_have(db, &have);
	if (e == OK && have == 0) {
		buf_add(why, STR("There is nothing to back up: the database is empty."));
		e = ERR_STORE;
	}
	if (e == OK) e = copy_pages(sqlite_handle(db), sqlite_handle(to->db), why);
	db_read_end(db);
	db_close(db);
	return e;
}

static enum err backup(struct store *s, const char *file, struct buf *why) {
	struct scratch to;
	char *partial;
	if (access(file, F_OK) == 0) {
		buf_fmt(why, "%s is there already.", file);
		return ERR_CONFLICT;
	}
	if (asprintf(&partial, "%s%s.partial-%d", strchr(file, '/') ? "" : "./", file, (int)getpid()) < 0) CHECK_MEMORY(NULL);
	unlink(partial); /* left by one that was killed */
	enum err e = scratch_open(&to, partial, why);
	if (e == OK) {
		e = s->engine == DB_PG ? copy_from_pg(s, &to, why) : backup_sqlite(s, &to, why);
		if (e == OK && sqlite3_exec(sqlite_handle(to.db), "PRAGMA journal_mode=DELETE", NULL, NULL, NULL) != SQLITE_OK)
			e = sq_failed(sqlite_handle(to.db), "The copy cannot be finished", why);
		scratch_done(&to);
	}
	if (e == OK) e = publish(partial, file, why);
	if (e != OK) {
		char *beside;
		unlink(partial);
		for (int i = 0; i < 2; i++) {
			if (asprintf(&beside, "%s%s", partial, i ? "-wal" : "-shm") < 0) CHECK_MEMORY(NULL);
			unlink(beside);
			free(beside);
		}
	}
	free(partial);
	return e;
}

enum err store_backup(struct store *s, const char *file, struct arena *a, struct str *ret_why) {
	struct buf why;
	buf_init(&why, WHY_BYTES);
	enum err e = backup(s, file, &why);
	if (e != OK && ret_why) *ret_why = str_copy(a, buf_str(&why));
	buf_done(&why);
	return e;
}

/* --------------------------------------------------------------------- restore */

static sqlite3_stmt *ask(sqlite3 *c, const char *sql) {
	sqlite3_stmt *p = NULL;
	return sqlite3_prepare_v2(c, sql, -1, &p, NULL) == SQLITE_OK ? p : NULL;
}

static struct str column(sqlite3_stmt *p, int at) { return str_c((const char *)sqlite3_column_text(p, at)); }

/* Shadow tables belong to their full-text index, which makes them. */
static const char schema_query[] =
	"SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
	" AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY type, name";

static bool same_schema(sqlite3 *x, sqlite3 *y) {
	sqlite3_stmt *p = ask(x, schema_query), *q = ask(y, schema_query);
	bool same = p != NULL && q != NULL, more = true;
	while (same && more) {
		int rp = sqlite3_step(p), rq = sqlite3_step(q);
		more = rp == SQLITE_ROW;
		same = rp == rq && (more || rp == SQLITE_DONE);
		for (int i = 0; same && more && i < 3; i++) same = str_eq(column(p, i), column(q, i));
	}
	sqlite3_finalize(p);
	sqlite3_finalize(q);
	return same;
}

static bool is_sound(sqlite3 *c) {
	sqlite3_stmt *p = ask(c, "PRAGMA quick_check(1)");
	bool sound = p != NULL && sqlite3_step(p) == SQLITE_ROW && str_is(column(p, 0), "ok");
	sqlite3_finalize(p);
	return sound;
}

static enum err backup_version(sqlite3 *c, int *ret) {
	sqlite3_stmt *p = ask(c, "SELECT max(number) FROM migration");
	bool there = p != NULL && sqlite3_step(p) == SQLITE_ROW && sqlite3_column_int(p, 0) > 0;
	if (there) *ret = sqlite3_column_int(p, 0);
	sqlite3_finalize(p);
	return there ? OK : ERR_MALFORMED;
}

/* Is it a backup, whole, and one of ours? */
static enum err examine(sqlite3 *c, int *ret_version, struct buf *why) {
	struct scratch ours;
	int version = 0, done;
	if (backup_version(c, &version) != OK) {
		buf_add(why, STR("This file is not a backup."));
		return ERR_MALFORMED;
	}
	if (version > migration_newest()) {
		buf_fmt(why, "This backup was made by a newer program: it is at version %d, and this program knows up to %d.", version,
			migration_newest());
		return ERR_CONFLICT;
	}
	TRY(scratch_open(&ours, ":memory:", why));
	enum err e = migration_run(ours.db, 0, version, true, why, &done);
	if (e == OK && !(same_schema(c, sqlite_handle(ours.db)) && is_sound(c))) {
		buf_add(why, STR("This backup is damaged, or its tables are not those that this program makes."));
		e = ERR_MALFORMED;
	}
	scratch_done(&ours);
	if (e == OK) *ret_version = version;
	return e;
}

static enum err open_backup(const char *file, sqlite3 **ret, struct buf *why) {
	sqlite3 *c = NULL;
	if (access(file, R_OK) != 0) {
		buf_fmt(why, "%s cannot be read: %s.", file, strerror(errno));
		return ERR_STORE;
	}
	int rc = sqlite3_open_v2(file, &c, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc != SQLITE_OK) {
		buf_fmt(why, "%s cannot be read: %s.", file, sqlite3_errstr(rc));
		sqlite3_close(c);
		return ERR_STORE;
	}
	sqlite3_db_config(c, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(c, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_exec(c, "PRAGMA cell_size_check=ON", NULL, NULL, NULL);
	*ret = c;
	return OK;
}

static enum err restore_sqlite(struct store *s, sqlite3 *from, struct buf *why) {
	struct db *db;
	int64_t tables = 0;
	TRY(db_open(s, ROLE_ADMIN, why, &db));
	enum err e = db->ops->query_int(db, "SELECT count(*) FROM sqlite_schema", &tables);
	if (e == OK && tables > 0) {
		buf_add(why, STR("The database is not empty: a backup is restored into a new home."));
		e = ERR_CONFLICT;
	}
	if (e == OK) e = copy_pages(from, sqlite_handle(db), why);
	if (e == OK) e = db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", why);
	db_close(db);
	return e;
}

enum err store_restore(struct store *s, const char *file, struct arena *a, struct str *ret_why) {
	struct buf why;
	sqlite3 *from = NULL;
	int version;
	buf_init(&why, WHY_BYTES);
	enum err e = open_backup(file, &from, &why);
	if (e == OK) e = examine(from, &version, &why);
	if (e == OK) e = s->engine == DB_PG ? copy_to_pg(s, from, version, &why) : restore_sqlite(s, from, &why);
	sqlite3_close(from);
	if (e != OK && ret_why) *ret_why = str_copy(a, buf_str(&why));
	buf_done(&why);
	return e;
}

/* ----------------------------------------------------------------------- check */

/* A full-text index is written beside its documents: each of them stands in it, and nothing else does. */
static void check_texts(sqlite3 *c, const char *name, struct buf *complaints) {
	static const char *const queries[] = {
		"SELECT count(*) FROM %s_doc d WHERE NOT EXISTS (SELECT 1 FROM %s_fts_docsize t WHERE t.id = d.id)",
		"SELECT count(*) FROM %s_fts_docsize t WHERE NOT EXISTS (SELECT 1 FROM %s_doc d WHERE d.id = t.id)"};
	static const char *const words[] = {"have no full text", "are in the full text only"};
	for (int i = 0; i < 2; i++) {
		char sql[200];
		snprintf(sql, sizeof sql, i == 0 ? queries[0] : queries[1], name, name);
		sqlite3_stmt *p = ask(c, sql);
		if (p && sqlite3_step(p) == SQLITE_ROW && sqlite3_column_int64(p, 0) > 0)
			buf_fmt(complaints, "%lld documents of %s_doc %s\n", (long long)sqlite3_column_int64(p, 0), name, words[i]);
		sqlite3_finalize(p);
	}
}

static enum err check_sqlite(struct store *s, struct buf *complaints) {
	struct db *db;
	TRY(db_open(s, ROLE_READ, complaints, &db));
	sqlite3 *c = sqlite_handle(db);
	sqlite3_stmt *p = ask(c, "PRAGMA quick_check(100)");
	while (p && sqlite3_step(p) == SQLITE_ROW)
		if (!str_is(column(p, 0), "ok")) buf_fmt(complaints, STR_FMT "\n", STR_ARG(column(p, 0)));
	int rc = sqlite3_finalize(p);
	p = ask(c, "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 100");
	while (p && sqlite3_step(p) == SQLITE_ROW)
		buf_fmt(complaints, "row %lld of " STR_FMT " points to a row of " STR_FMT " that is not there\n",
			(long long)sqlite3_column_int64(p, 1), STR_ARG(column(p, 0)), STR_ARG(column(p, 2)));
	if (rc == SQLITE_OK) rc = sqlite3_finalize(p);
	else sqlite3_finalize(p);
	check_texts(c, "find", complaints);
	check_texts(c, "search", complaints);
	if (rc != SQLITE_OK) buf_fmt(complaints, "the file cannot be read to its end: %s\n", sqlite3_errstr(rc));
	db_close(db);
	return OK;
}

enum err store_check(struct store *s, struct arena *a, struct str **ret_complaints, size_t *ret_n) {
	struct buf b;
	buf_init(&b, COMPLAINTS_BYTES);
	enum err e = s->engine == DB_PG ? check_pg(s, &b) : check_sqlite(s, &b);
	if (e == OK) {
		size_t lines = 0, n = 0;
		for (size_t i = 0; i < b.n; i++) lines += b.p[i] == '\n';
		struct str *list = NEW_ARRAY(a, struct str, lines + 1), rest = buf_str(&b);
		while (!str_empty(rest)) {
			struct str line = str_cut(&rest, '\n');
			if (line.n > 0) list[n++] = str_copy(a, line);
		}
		*ret_complaints = list;
		*ret_n = n;
	}
	buf_done(&b);
	return e;
}
