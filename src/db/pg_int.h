#ifndef DB_PG_INT_H
#define DB_PG_INT_H
/* PostgreSQL's connection and statement, for pg.c and for copying to and from it (copy.c). */
#include "db/db_int.h"
#include <libpq-fe.h>

enum { PUT_OFF_MOST = 8, COMMIT_WAIT_SECONDS = 10 };

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
void pg_keep_words(struct pg_db *d, const char *message);
enum err pg_reconnect(struct db *db, bool at_once);

#endif
