#ifndef DB_TEST_INT_H
#define DB_TEST_INT_H
/* What the tests of this folder share: each test gets its own store, on SQLite and, when RIALTO_TEST_PG holds an
 * address, on PostgreSQL too. Programs define the tests; TEST_ENGINE is what the running test is to use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/check.h"
#include "db/db_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fixture {
	struct arena a;
	enum db_engine engine;
	char home[128];
	char url[512];           /* empty on SQLite */
	struct store *s;
	struct db *admin;
};

#define SQL_DEF(NAME, WRITES, PARAMS, COLUMNS, LITE, PG)                                                                   \
	static const struct sql_piece NAME##_lite[] = {{LITE, -1, -1}, {NULL, -1, -1}}, NAME##_pg[] = {{PG, -1, -1}, {NULL, -1, -1}}; \
	static const struct sql_value NAME##_p[] = PARAMS, NAME##_c[] = COLUMNS;                                          \
	static const struct sql_def NAME = {.name = #NAME, .file = __FILE__, .line = __LINE__, .sqlite = NAME##_lite,     \
		.pg = NAME##_pg, .params = sizeof NAME##_p / sizeof *NAME##_p - 1, .param = NAME##_p,                              \
		.columns = sizeof NAME##_c / sizeof *NAME##_c - 1, .column = NAME##_c, .writes = WRITES}
/* Lists of types end with one that does not count, so that they may be empty. */
#define TYPES(...) {__VA_ARGS__}
#define SQL_INT {.kind = K_INT}
#define SQL_TEXT {.kind = K_TEXT}
#define SQL_BOOL {.kind = K_BOOL}
#define SQL_REAL {.kind = K_REAL}
#define SQL_BLOB {.kind = K_BLOB}
#define SQL_INTS {.kind = K_INTS}
#define NOTHING {.kind = K_STRUCT}

static inline void admin_exec(struct fixture *f, const char *sql) {
	struct buf why;
	buf_init(&why, 4096);
	enum err e = db_exec(f->admin, sql, &why);
	if (e != OK) print_error("%s: " STR_FMT "\n", sql, STR_ARG(buf_str(&why)));
	assert_int_equal(e, OK);
	buf_done(&why);
}

static inline int64_t admin_int(struct fixture *f, const char *sql) {
	int64_t v = -1;
	assert_int_equal(f->admin->ops->query_int(f->admin, sql, &v), OK);
	return v;
}

static inline struct store *fixture_store(struct fixture *f) {
	struct store *s = NULL;
	struct str why = STR("");
	struct store_options o = {.home = f->home, .url = f->url[0] ? f->url : NULL, .queue_max = 128, .batch_max = 64};
	enum err e = store_open(&o, &f->a, &s, &why);
	if (e != OK) print_error("cannot open: " STR_FMT "\n", STR_ARG(why));
	assert_int_equal(e, OK);
	return s;
}

static inline struct fixture *fixture_new(enum db_engine engine) {
	static int count;
	struct fixture *f = must_calloc(1, sizeof *f);
	const char *tmp = getenv("TMPDIR");
	snprintf(f->home, sizeof f->home, "%s/rialto-db-test-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->home));
	f->engine = engine;
	if (engine == DB_PG) {
		const char *url = getenv("RIALTO_TEST_PG");
		count++;
		snprintf(f->url, sizeof f->url, "%s%cschema=t%d_%d&application_name=t%d_%d", url, strchr(url, '?') ? '&' : '?',
			(int)getpid(), count, (int)getpid(), count);
	}
	f->s = fixture_store(f);
	struct buf why;
	buf_init(&why, 4096);
	assert_int_equal(db_open(f->s, ROLE_ADMIN, &why, &f->admin), OK);
	buf_done(&why);
	return f;
}

static inline void fixture_free(struct fixture *f) {
	char command[256];
	if (f->engine == DB_PG && f->admin) {
		snprintf(command, sizeof command, "DROP SCHEMA IF EXISTS %s CASCADE", f->s->schema);
		(void)!f->admin->ops->exec(f->admin, command);
	}
	db_close(f->admin);
	store_close(f->s);
	snprintf(command, sizeof command, "rm -rf '%s'", f->home);
	if (system(command) != 0) print_error("%s is left behind\n", f->home);
	arena_done(&f->a);
	free(f);
}

static inline int up_sqlite(void **state) { *state = fixture_new(DB_SQLITE); return 0; }
static inline int up_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? fixture_new(DB_PG) : NULL; return 0; }
static inline int down(void **state) { if (*state) fixture_free(*state); return 0; }

#define ON_SQLITE(test) {#test " (SQLite)", test, up_sqlite, down, NULL}
#define BOTH(test) ON_SQLITE(test), {#test " (PostgreSQL)", test, up_pg, down, NULL}
#define FIXTURE(f) struct fixture *f = *state; if (f == NULL) skip()

#endif
