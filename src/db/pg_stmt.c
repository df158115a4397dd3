/* PostgreSQL's side of a statement: parameters and results are binary, each parameter's type is sent along, so that no
 * statement needs casts. */
#include "base/check.h"
#include "db/pg_int.h"
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

static struct pg_db *of(struct db *db) { return db->engine; }
static struct pg_stmt *ps(struct stmt *s) { return s->engine; }

static unsigned oid_of(enum kind kind) {
	static const unsigned oids[] = {[K_INT] = OID_INT8, [K_ID] = OID_INT8, [K_TIME] = OID_INT8, [K_TEXT] = OID_TEXT, [K_JSON] = OID_TEXT, [K_DATE] = OID_TEXT,
		[K_BOOL] = OID_BOOL, [K_REAL] = OID_FLOAT8, [K_BLOB] = OID_BYTEA, [K_INTS] = OID_TEXT};
	return oids[kind];
}

enum err pg_prepare(struct stmt *s, struct str text) {
	size_t n = (size_t)s->def->params;
	struct pg_stmt *p = must_calloc(1, sizeof *p);
	p->text = strndup(text.p, text.n);
	CHECK_MEMORY(p->text);
	snprintf(p->name, sizeof p->name, "s%u", ++of(s->db)->names);
	p->types = must_calloc(n, sizeof *p->types);
	p->values = must_calloc(n, sizeof *p->values);
	p->lengths = must_calloc(n, sizeof *p->lengths);
	p->formats = must_calloc(n, sizeof *p->formats);
	p->room = must_calloc(n, sizeof *p->room);
	p->copies = must_calloc(n, sizeof *p->copies);
	for (size_t i = 0; i < n; i++) {
		p->types[i] = oid_of(s->def->param[i].kind);
		p->formats[i] = 1;
	}
	s->engine = p;
	return OK;
}

void pg_reset(struct stmt *s) {
	struct pg_stmt *p = ps(s);
	PQclear(p->result);
	p->result = NULL;
	for (int i = 0; i < s->def->params; i++) {
		free(p->copies[i]);
		p->copies[i] = NULL;
		p->values[i] = NULL;
	}
}

void pg_drop(struct stmt *s) {
	struct pg_stmt *p = ps(s);
	pg_reset(s);
	free(p->text);
	free(p->types);
	free(p->values);
	free(p->lengths);
	free(p->formats);
	free(p->room);
	free(p->copies);
	free(p);
}

static bool column_fits(enum kind kind, Oid oid) {
	switch (kind) {
	case K_INT:
	case K_TIME:
	case K_ID: return oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2;
	case K_BOOL: return oid == OID_BOOL;
	case K_REAL: return oid == OID_FLOAT8 || oid == OID_FLOAT4;
	case K_BLOB: return oid == OID_BYTEA;
	case K_TEXT:
	case K_JSON:
	case K_DATE: return oid == OID_TEXT || oid == OID_VARCHAR || oid == OID_BPCHAR || oid == OID_NAME;
	case K_INTS:
	case K_HTML:
	case K_URL:
	case K_STRUCT:
	case K_FILE: return false;
	}
	return false;
}

static enum err check_described(struct stmt *s, const PGresult *r, struct arena *a, struct str *ret_why) {
	const struct sql_def *def = s->def;
	if (PQnfields(r) != def->columns) {
		*ret_why = str_fmt(a, "%s:%d %s: gives %d columns, not the %d that were declared", def->file, def->line, def->name,
			PQnfields(r), def->columns);
		return ERR_STORE;
	}
	for (int i = 0; i < def->columns; i++) {
		if (column_fits(def->column[i].kind, PQftype(r, i))) continue;
		*ret_why = str_fmt(a, "%s:%d %s: column %s is of another type than was declared (PostgreSQL's number %u); use CAST",
			def->file, def->line, def->name, PQfname(r, i), PQftype(r, i));
		return ERR_STORE;
	}
	return OK;
}

enum err pg_check(struct stmt *s, struct arena *a, struct str *ret_why) {
	struct pg_db *d = of(s->db);
	struct pg_stmt *p = ps(s);
	bool pipeline = PQpipelineStatus(d->c) != PQ_PIPELINE_OFF;
	if (pipeline) PQexitPipelineMode(d->c);
	PGresult *r = PQprepare(d->c, "tried", p->text, s->def->params, p->types);
	if (PQresultStatus(r) == PGRES_COMMAND_OK) {
		PQclear(r);
		r = PQdescribePrepared(d->c, "tried");
	}
	enum err e = ERR_STORE;
	if (PQresultStatus(r) == PGRES_COMMAND_OK) e = check_described(s, r, a, ret_why);
	else *ret_why = str_fmt(a, "%s:%d %s: %s", s->def->file, s->def->line, s->def->name,
		PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
	PQclear(r);
	PQclear(PQexec(d->c, "DEALLOCATE tried"));
	if (pipeline) PQenterPipelineMode(d->c);
	return e;
}

static void set_raw(struct stmt *s, int at, const void *bytes, int n) {
	struct pg_stmt *p = ps(s);
	PRE(at >= 0 && at < s->def->params && !s->stepped);
	memcpy(p->room[at], bytes, (size_t)n);
	p->values[at] = p->room[at];
	p->lengths[at] = n;
}

void pg_set_int(struct stmt *s, int at, int64_t v) {
	uint64_t big = htobe64((uint64_t)v);
	set_raw(s, at, &big, sizeof big);
}

void pg_set_real(struct stmt *s, int at, double v) {
	uint64_t bits;
	memcpy(&bits, &v, sizeof bits);
	bits = htobe64(bits);
	set_raw(s, at, &bits, sizeof bits);
}

void pg_set_bool(struct stmt *s, int at, bool v) { set_raw(s, at, &(char){v}, 1); }

void pg_set_null(struct stmt *s, int at) {
	PRE(at >= 0 && at < s->def->params && !s->stepped);
	ps(s)->values[at] = NULL;
}

void pg_set_text(struct stmt *s, int at, struct str v, enum text_as as) {
	struct pg_stmt *p = ps(s);
	PRE(at >= 0 && at < s->def->params && !s->stepped && v.n <= INT32_MAX);
	if (as == AS_TEXT_COPY) {
		free(p->copies[at]);
		p->copies[at] = must_malloc(v.n);
		memcpy(p->copies[at], v.p, v.n);
		v.p = p->copies[at];
	}
	p->values[at] = v.p;
	p->lengths[at] = (int)v.n;
}

enum err pg_step(struct stmt *s, bool *ret_row) {
	struct pg_stmt *p = ps(s);
	if (p->result == NULL) {
		TRY(pg_exchange(s->db, s, &p->result));
		if (s->db->in_tx) of(s->db)->used = true;
		p->row = -1;
		struct str changed = str_c(PQcmdTuples(p->result));
		if (s->def->writes) (void)!str_int(changed, &s->changed);
	}
	*ret_row = ++p->row < PQntuples(p->result);
	return OK;
}

bool pg_is_null(struct stmt *s, int at) { return PQgetisnull(ps(s)->result, ps(s)->row, at); }

int64_t pg_read_int(const char *p, int n) {
	uint64_t v = n > 0 && (unsigned char)p[0] >= 0x80 && n > 1 ? UINT64_MAX : 0;
	for (int i = 0; i < n; i++) v = v << 8 | (unsigned char)p[i];
	return (int64_t)v;
}

int64_t pg_get_int(struct stmt *s, int at) {
	const struct pg_stmt *p = ps(s);
	int n = PQgetlength(p->result, p->row, at);
	return n <= 8 ? pg_read_int(PQgetvalue(p->result, p->row, at), n) : 0;
}

double pg_read_real(const char *p, int n) {
	uint64_t bits = (uint64_t)pg_read_int(p, n);
	uint32_t short_bits = (uint32_t)bits;
	double v;
	float f;
	memcpy(&v, &bits, sizeof v);
	memcpy(&f, &short_bits, sizeof f);
	return n == 8 ? v : n == 4 ? (double)f : 0;
}

double pg_get_real(struct stmt *s, int at) {
	const struct pg_stmt *p = ps(s);
	Oid oid = PQftype(p->result, at);
	if (oid != OID_FLOAT8 && oid != OID_FLOAT4) return (double)pg_get_int(s, at);
	return pg_read_real(PQgetvalue(p->result, p->row, at), PQgetlength(p->result, p->row, at));
}

struct str pg_get_text(struct stmt *s, int at) {
	const struct pg_stmt *p = ps(s);
	if (PQgetisnull(p->result, p->row, at)) return STR_NONE;
	return str_n(PQgetvalue(p->result, p->row, at), (size_t)PQgetlength(p->result, p->row, at));
}
