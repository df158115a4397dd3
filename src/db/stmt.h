#ifndef DB_STMT_H
#define DB_STMT_H
/* What the generated SQL functions are made of. Nobody else includes this (tools/layers checks it).
 *
 * A statement's text is a list of pieces; a variant, chosen by the generated function, keeps those whose conditions hold:
 * `filters` has a bit for each optional parameter that was given, `order` is the chosen order. Texts are assembled once
 * per connection and variant and stay prepared. */
#include "base/kind.h"
#include "db/db.h"

struct sql_piece {
	const char *text;     /* with ?1 ?2 … (SQLite) or $1 $2 … (PostgreSQL) */
	int filter;           /* bit number that must be set, or -1 */
	int order;            /* order number that must be chosen, or -1 */
};

/* A parameter or a column: what it is, and how it is held in C. */
struct sql_value {
	enum kind kind;
	bool opt;             /* may be absent */
	int filter;           /* of a parameter: the bit of `filters` that it stands for, or -1 */
	size_t offset;        /* of a column: where in the row */
};

struct sql_def {
	const char *name;                 /* the statement's name, and where it stands */
	const char *file;
	int line;
	const struct sql_piece *sqlite;   /* each ended by a piece with text NULL */
	const struct sql_piece *pg;       /* NULL: there is nothing to be done on this engine */
	int params, columns;
	const struct sql_value *param, *column;
	size_t row_size;
	bool writes;
	int filters, orders;              /* how many there are */
};

/* Every statement of the program, ended by NULL; generated. The SQL test prepares each on both engines. */
extern const struct sql_def *const sql_all[];

struct stmt;

/* Begins a use of a statement on a connection. errors: STORE (with the database's own words in the log), DENIED (a
 * writing statement outside the writer's transaction), in a transaction what an earlier statement of the job failed with. */
MUST_USE enum err stmt_begin(struct db *db, const struct sql_def *def, unsigned filters, int order, struct stmt **ret);

/* Parameters count from 0; all of a statement are set before the first step. Texts must live until stmt_end. */
void stmt_set_int(struct stmt *s, int at, int64_t v);
void stmt_set_real(struct stmt *s, int at, double v);
void stmt_set_bool(struct stmt *s, int at, bool v);
void stmt_set_text(struct stmt *s, int at, struct str v);     /* STR_NONE is NULL; must be UTF-8 without NUL bytes */
void stmt_set_blob(struct stmt *s, int at, struct str v);
void stmt_set_ints(struct stmt *s, int at, const int64_t *v, size_t n); /* these are copied */
void stmt_set_null(struct stmt *s, int at);

/* Runs to the next row. On PostgreSQL the first step fetches all rows: who reads many pages through them by key.
 *   errors   STORE, DISK_FULL, BUSY (waited too long for a lock), CONFLICT (a unique, foreign-key or check rule of the
 *            schema broke), BUG (a NULL or a value that the column cannot hold) */
MUST_USE enum err stmt_step(struct stmt *s, bool *ret_row);

/* Columns count from 0; texts live until the next step. */
bool stmt_null(struct stmt *s, int at);
int64_t stmt_int(struct stmt *s, int at);
double stmt_real(struct stmt *s, int at);
struct str stmt_text(struct stmt *s, int at);                 /* STR_NONE for NULL; blobs, too */

int64_t stmt_changed(struct stmt *s);  /* rows inserted, updated or deleted by the finished statement */
void stmt_end(struct stmt *s);         /* accepts NULL */

/* ------------------------------------------------- a whole statement (sql_run.c): what the generated functions call.
 * args has a pointer to each parameter; a text of a row is copied to a, or lives until the next row if a is NULL. */
struct stmt_list {
	void *v;
	size_t n;
};
MUST_USE enum err stmt_one(struct db *db, struct arena *a, const struct sql_def *def, const void *const *args, int order, void *ret);
MUST_USE enum err stmt_maybe(struct db *db, struct arena *a, const struct sql_def *def, const void *const *args, int order,
	void *ret, bool *ret_found);
MUST_USE enum err stmt_many(struct db *db, struct arena *a, const struct sql_def *def, const void *const *args, int order,
	struct stmt_list *ret);
MUST_USE enum err stmt_exec(struct db *db, const struct sql_def *def, const void *const *args, int order, int64_t *ret_changed);
MUST_USE enum err stmt_exec1(struct db *db, const struct sql_def *def, const void *const *args, int order);
/* Row by row: begins and sets all parameters; then each row, until ret_more is false. */
MUST_USE enum err stmt_start(struct db *db, const struct sql_def *def, const void *const *args, int order, struct stmt **ret);
MUST_USE enum err stmt_row(struct stmt *s, struct arena *a, void *row, bool *ret_more);
void stmt_close(struct stmt **s);
#define STMT_CLOSED __attribute__((cleanup(stmt_close)))

/* Prepares a statement in every variant and checks parameter and column counts against its definition; ret_why gets the
 * database's words. For the SQL test. */
MUST_USE enum err db_check_statement(struct db *db, const struct sql_def *def, struct arena *a, struct str *ret_why);

#endif
