#ifndef DB_PG_INT_H
#define DB_PG_INT_H
/* PostgreSQL's connection and statement, for pg.c and for copying to and from it (copy.c). */
#include "db/db_int.h"
#include <libpq-fe.h>

enum { PUT_OFF_MOST = 8, COMMIT_WAIT_SECONDS = 10 };

/* PostgreSQL's numbers of types, which never change. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_NAME = 19, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25,
	OID_FLOAT4 = 700, OID_FLOAT8 = 701, OID_BPCHAR = 1042, OID_VARCHAR = 1043 };

struct pg_db {
	PGconn *c;
	char words[512];             /* of the last failure */
	bool lost;                   /* the connection is gone */
	usec_t try_at;               /* not before this steady time */
	int backoff_ms;
	bool listening;

	unsigned generation;         /* counts connections: statements of an older one must be prepared anew */
	unsigned names, prepared;
	bool stale;                  /* the tables changed under the prepared statements */

	const char *put_off[PUT_OFF_MOST];
	int waiting;                 /* how many are put off */
	bool started;                /* BEGIN has been sent */
	bool broken;                 /* BEGIN or the lock failed, so nothing can follow */
	bool in_savepoint, used;     /* a statement ran since the savepoint */

	bool has_head;               /* event_head and store_batch are there */
	int64_t writer, batch;
};

struct pg_stmt {
	char name[16];
	char *text;
	unsigned generation;
	Oid *types;
	const char **values;
	int *lengths, *formats;
	char (*room)[8];             /* numbers in network order */
	char **copies;               /* texts that had to be copied */
	PGresult *result;
	int row;
};

/* Values as PostgreSQL sends them. */
int64_t pg_read_int(const char *p, int n);
double pg_read_real(const char *p, int n);

/* Sends what was put off and then s, if any, in one round trip; *ret is the answer to the last. Reconnects when nothing
 * has been done yet that would be lost. */
enum err pg_exchange(struct db *db, struct stmt *s, PGresult **ret);

/* pg_stmt.c: the engine's functions for statements. */
enum err pg_prepare(struct stmt *s, struct str text);
void pg_drop(struct stmt *s);
enum err pg_check(struct stmt *s, struct arena *a, struct str *ret_why);
void pg_set_int(struct stmt *s, int at, int64_t v);
void pg_set_real(struct stmt *s, int at, double v);
void pg_set_bool(struct stmt *s, int at, bool v);
void pg_set_text(struct stmt *s, int at, struct str v, enum text_as as);
void pg_set_null(struct stmt *s, int at);
enum err pg_step(struct stmt *s, bool *ret_row);
bool pg_is_null(struct stmt *s, int at);
int64_t pg_get_int(struct stmt *s, int at);
double pg_get_real(struct stmt *s, int at);
struct str pg_get_text(struct stmt *s, int at);
void pg_reset(struct stmt *s);

#endif
