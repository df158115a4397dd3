/* Stores, connections, and the statements of a connection. A variant of a statement (its optional parts chosen) is
 * assembled and prepared when it is first used, then kept in a small hash table; past the maximum the one that was not
 * used for longest goes. Which engine does the work is decided by the connection's table of functions. */
#include "db/db_int.h"
#include "base/check.h"
#include "base/log.h"
#include <stdio.h>
#include <stdlib.h>

enum { STMTS_READER = 160, STMTS_WRITER = 320, SQL_BYTES = 1 << 20, WHY_BYTES = 4096 };

/* ------------------------------------------------------------------ opening */

enum err db_open(struct store *s, enum db_role role, struct buf *why, struct db **ret) {
	struct db *db = must_calloc(1, sizeof *db);
	db->store = s;
	db->ops = s->ops;
	db->role = role;
	db->stmt_most = role == ROLE_READ ? STMTS_READER : STMTS_WRITER;
	enum err e = db->ops->open(db, why);
	if (e != OK) {
		free(db);
		return e;
	}
	*ret = db;
	return OK;
}

void db_close(struct db *db) {
	if (db == NULL) return;
	db_forget_statements(db);
	sums_free(db);
	db->ops->close(db);
	free(db);
}

enum db_engine db_engine(const struct db *db) { return db->store->engine; }
enum db_engine store_engine(const struct store *s) { return s->engine; }

enum err db_exec(struct db *db, const char *sql, struct buf *why) {
	enum err e = db->ops->exec(db, sql);
	if (e != OK) buf_fmt(why, "%s", db->ops->words(db));
	return e;
}

static bool schema_name_ok(struct str name) {
	if (name.n == 0 || name.n > SCHEMA_NAME_BYTES || (name.p[0] >= '0' && name.p[0] <= '9')) return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
	}
	return true;
}

/* Takes schema=NAME out of the address, since libpq does not know it. */
static enum err url_split(struct store *s, const char *url, struct buf *why) {
	struct str query = str_c(url), head = str_cut(&query, '?'), schema = STR("rialto");
	struct buf rest;
	if (!str_starts(head, STR("postgresql://")) && !str_starts(head, STR("postgres://"))) {
		buf_add(why, STR("The database's address must begin with postgresql://."));
		return ERR_STORE;
	}
	buf_init(&rest, head.n + query.n + 8);
	buf_add(&rest, head);
	for (char sep = '?'; !str_none(query);) {
		struct str part = str_cut(&query, '&'), value = part;
		if (str_is(str_cut(&value, '='), "schema")) {
			schema = value;
			continue;
		}
		if (part.n == 0) continue;
		buf_add_char(&rest, sep);
		buf_add(&rest, part);
		sep = '&';
	}
	if (!schema_name_ok(schema)) {
		buf_fmt(why, "The schema's name must be 1 to %d small letters, digits and underscores.", SCHEMA_NAME_BYTES);
		buf_done(&rest);
		return ERR_STORE;
	}
	buf_add_char(&rest, 0);
	s->url = must_strdup(rest.p);
	s->schema = strndup(schema.p, schema.n);
	CHECK_MEMORY(s->schema);
	buf_done(&rest);
	return OK;
}

static void store_free(struct store *s) {
	pthread_mutex_destroy(&s->watch_lock);
	free(s->file);
	free(s->url);
	free(s->schema);
	free(s);
}

enum err store_open(const struct store_options *o, struct arena *a, struct store **ret, struct str *ret_why) {
	PRE(o->home != NULL || o->url != NULL);
	struct store *s = must_calloc(1, sizeof *s);
	struct buf why;
	enum err e = OK;
	buf_init(&why, WHY_BYTES);
	pthread_mutex_init(&s->watch_lock, NULL);
	s->engine = o->url ? DB_PG : DB_SQLITE;
	s->ops = o->url ? &engine_pg : &engine_sqlite;
	s->normal_sync = o->normal_sync;
	s->queue_max = o->queue_max ? o->queue_max : 4096;
	s->batch_max = o->batch_max ? o->batch_max : 256;
	if (o->url) e = url_split(s, o->url, &why);
	else if (asprintf(&s->file, "%s/rialto.db", o->home) < 0) CHECK_MEMORY(NULL);
	if (e == OK) e = writer_start(s, &why, &s->writer);
	if (e != OK) {
		if (ret_why) *ret_why = str_copy(a, buf_str(&why));
		store_free(s);
	} else {
		*ret = s;
	}
	buf_done(&why);
	return e;
}

void store_close(struct store *s) {
	if (s == NULL) return;
	PRE(s->watches == NULL);
	writer_stop(s->writer);
	store_free(s);
}

enum err store_reader(struct store *s, struct db **ret) {
	struct buf why;
	buf_init(&why, WHY_BYTES);
	enum err e = db_open(s, ROLE_READ, &why, ret);
	if (e != OK) log_error("a reading connection cannot be opened: " STR_FMT, STR_ARG(buf_str(&why)));
	buf_done(&why);
	return e;
}

enum err db_read_begin(struct db *db) {
	if (db->role != ROLE_READ) return OK; /* the writer's transaction is one moment already */
	PRE(!db->in_tx);
	TRY(db->ops->read_begin(db));
	db->in_tx = true;
	return OK;
}

void db_read_end(struct db *db) {
	if (db->role != ROLE_READ || !db->in_tx) return;
	db->ops->read_end(db);
	db->in_tx = false;
}

enum err db_announce(struct db *db) {
	PRE(db->role == ROLE_WRITE && db->in_tx);
	db->announced = true;
	return OK;
}

/* ---------------------------------------------------------------- statements */

static unsigned bucket_of(const struct sql_def *def, unsigned filters, int order) {
	uint64_t h = ((uint64_t)(uintptr_t)def >> 4) * 0x9e3779b97f4a7c15u + filters * 0x85ebca6bu + (unsigned)order * 0xc2b2ae35u;
	return (unsigned)(h >> 40) % STMT_BUCKETS;
}

static void stmt_free(struct stmt *s) {
	s->db->ops->drop(s);
	s->db->stmt_count--;
	free(s);
}

void db_forget_statements(struct db *db) {
	for (unsigned i = 0; i < STMT_BUCKETS; i++) {
		while (db->stmts[i] != NULL) {
			struct stmt *s = db->stmts[i];
			db->stmts[i] = s->chain;
			stmt_free(s);
		}
	}
}

static void forget_oldest(struct db *db) {
	struct stmt **oldest = NULL;
	for (unsigned i = 0; i < STMT_BUCKETS; i++)
		for (struct stmt **at = &db->stmts[i]; *at != NULL; at = &(*at)->chain)
			if (!(*at)->busy && (oldest == NULL || (*at)->last_use < (*oldest)->last_use)) oldest = at;
	if (oldest == NULL) return;
	struct stmt *s = *oldest;
	*oldest = s->chain;
	stmt_free(s);
}

static void assemble(struct buf *b, const struct sql_piece *pieces, unsigned filters, int order) {
	for (const struct sql_piece *p = pieces; p->text != NULL; p++) {
		if (p->filter >= 0 && !(filters >> p->filter & 1)) continue;
		if (p->order >= 0 && p->order != order) continue;
		buf_add(b, str_c(p->text));
	}
	PRE(!b->over);
}

static enum err stmt_make(struct db *db, const struct sql_def *def, unsigned filters, int order, struct stmt **ret) {
	struct stmt *s = must_calloc(1, sizeof *s);
	struct buf text;
	s->db = db;
	s->def = def;
	s->filters = filters;
	s->order = order;
	buf_init(&text, SQL_BYTES);
	assemble(&text, db->store->engine == DB_PG ? def->pg : def->sqlite, filters, order);
	enum err e = db->ops->prepare(s, buf_str(&text));
	buf_done(&text);
	if (e != OK) free(s);
	else *ret = s;
	return e;
}

/* A variant that is in use (a statement begun again from within its own :each) gets a twin. */
enum err stmt_begin(struct db *db, const struct sql_def *def, unsigned filters, int order, struct stmt **ret) {
	if (def->writes && !(db->role == ROLE_WRITE && db->in_tx)) {
		log_error("statement %s (%s:%d) writes, but not in the writer's transaction", def->name, def->file, def->line);
		return ERR_DENIED;
	}
	if (db->failed != OK) return db->failed;
	unsigned bucket = bucket_of(def, filters, order);
	struct stmt *s = db->stmts[bucket];
	while (s != NULL && (s->def != def || s->filters != filters || s->order != order || s->busy)) s = s->chain;
	if (s == NULL) {
		if (db->stmt_count >= db->stmt_most) forget_oldest(db);
		enum err e = stmt_make(db, def, filters, order, &s);
		if (e != OK) {
			if (db->role == ROLE_WRITE && db->in_tx) db->failed = e;
			return e;
		}
		s->chain = db->stmts[bucket];
		db->stmts[bucket] = s;
		db->stmt_count++;
	}
	s->busy = true;
	s->stepped = s->finished = false;
	s->changed = 0;
	s->last_use = ++db->uses;
	*ret = s;
	return OK;
}

void stmt_set_int(struct stmt *s, int at, int64_t v) { s->db->ops->set_int(s, at, v); }
void stmt_set_real(struct stmt *s, int at, double v) { s->db->ops->set_real(s, at, v); }
void stmt_set_bool(struct stmt *s, int at, bool v) { s->db->ops->set_bool(s, at, v); }
void stmt_set_null(struct stmt *s, int at) { s->db->ops->set_null(s, at); }

void stmt_set_text(struct stmt *s, int at, struct str v) {
	if (str_none(v)) s->db->ops->set_null(s, at);
	else s->db->ops->set_text(s, at, v, AS_TEXT);
}

void stmt_set_blob(struct stmt *s, int at, struct str v) {
	if (str_none(v)) s->db->ops->set_null(s, at);
	else s->db->ops->set_text(s, at, v, AS_BLOB);
}

/* SQLite takes the list as a JSON array, PostgreSQL as an array's text; the statement turns it into rows. */
void stmt_set_ints(struct stmt *s, int at, const int64_t *v, size_t n) {
	bool pg = s->db->store->engine == DB_PG;
	struct buf b;
	buf_init(&b, 24 * n + 8);
	buf_add_char(&b, pg ? '{' : '[');
	for (size_t i = 0; i < n; i++) buf_fmt(&b, i ? ",%lld" : "%lld", (long long)v[i]);
	buf_add_char(&b, pg ? '}' : ']');
	s->db->ops->set_text(s, at, buf_str(&b), AS_TEXT_COPY);
	buf_done(&b);
}

enum err stmt_step(struct stmt *s, bool *ret_row) {
	PRE(s->busy);
	bool row = false;
	if (s->finished) {
		*ret_row = false;
		return OK;
	}
	if (s->db->failed != OK) return s->db->failed;
	s->db->wrote |= s->def->writes;
	enum err e = s->db->ops->step(s, &row);
	if (e != OK) {
		s->finished = true;
		if (s->db->role == ROLE_WRITE && s->db->in_tx) s->db->failed = e;
		return e;
	}
	s->stepped = true;
	s->finished = !row;
	*ret_row = row;
	return OK;
}

bool stmt_null(struct stmt *s, int at) { return s->db->ops->is_null(s, at); }
int64_t stmt_int(struct stmt *s, int at) { return s->db->ops->get_int(s, at); }
double stmt_real(struct stmt *s, int at) { return s->db->ops->get_real(s, at); }
struct str stmt_text(struct stmt *s, int at) { return s->db->ops->get_text(s, at); }
int64_t stmt_changed(struct stmt *s) { return s->changed; }

/* A write is run to its end even if its caller had enough after the first row: some rules of the schema are only
 * looked at there. */
void stmt_end(struct stmt *s) {
	if (s == NULL) return;
	bool row = true;
	while (s->def->writes && s->stepped && !s->finished && row)
		if (stmt_step(s, &row) != OK) row = false;
	s->db->ops->reset(s);
	s->busy = false;
}

enum err db_check_statement(struct db *db, const struct sql_def *def, struct arena *a, struct str *ret_why) {
	PRE(def->filters <= 12);
	int orders = def->orders > 0 ? def->orders : 1;
	for (unsigned filters = 0; filters < 1u << def->filters; filters++) {
		for (int order = 0; order < orders; order++) {
			struct stmt *s;
			enum err e = stmt_make(db, def, filters, order, &s);
			if (e != OK) {
				*ret_why = str_fmt(a, "%s:%d %s: %s", def->file, def->line, def->name, db->ops->words(db));
				return e;
			}
			e = db->ops->check(s, a, ret_why);
			db->ops->drop(s);
			free(s);
			if (e != OK) return e;
		}
	}
	return OK;
}
