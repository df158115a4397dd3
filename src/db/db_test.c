/* Statements, transactions and the writer, on both engines. */
#include "db/test_int.h"
#include <errno.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* ------------------------------------------------------------------ statements */

static const char schema[] =
	"CREATE TABLE note (id ID, name TEXT UNIQUE, n INT NOT NULL, real REAL, yes BOOL, bytes BLOB, parent REF REFERENCES note(id)"
	" DEFERRABLE INITIALLY DEFERRED, CHECK (n < 1000000));";

SQL_DEF(note_put, true, TYPES(SQL_TEXT, SQL_INT, SQL_REAL, SQL_BOOL, SQL_BLOB, SQL_INT, NOTHING), TYPES(SQL_INT, NOTHING),
	"INSERT INTO note(name, n, real, yes, bytes, parent) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
	"INSERT INTO note(name, n, real, yes, bytes, parent) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id");
SQL_DEF(note_get, false, TYPES(SQL_INT, NOTHING), TYPES(SQL_TEXT, SQL_INT, SQL_REAL, SQL_BOOL, SQL_BLOB, SQL_INT, NOTHING),
	"SELECT name, n, real, yes, bytes, parent FROM note WHERE id = ?1",
	"SELECT name, n, real, yes, bytes, parent FROM note WHERE id = $1");
SQL_DEF(note_set, true, TYPES(SQL_INT, SQL_INT, NOTHING), TYPES(NOTHING), "UPDATE note SET n = ?1 WHERE n = ?2",
	"UPDATE note SET n = $1 WHERE n = $2");
SQL_DEF(note_count, false, TYPES(NOTHING), TYPES(SQL_INT, NOTHING), "SELECT count(*) FROM note", "SELECT count(*) FROM note");
SQL_DEF(note_in, false, TYPES(SQL_INTS, NOTHING), TYPES(SQL_INT, NOTHING),
	"SELECT count(*) FROM note WHERE n IN (SELECT value FROM json_each(?1))",
	"SELECT count(*) FROM note WHERE n IN (SELECT unnest($1::bigint[]))");
SQL_DEF(wrong, false, TYPES(NOTHING), TYPES(SQL_INT, NOTHING), "SELECT x FROM nowhere", "SELECT x FROM nowhere");
SQL_DEF(too_wide, false, TYPES(NOTHING), TYPES(SQL_INT, NOTHING), "SELECT id, n FROM note", "SELECT id, n FROM note");

#define LIST(P1, P2) {{"SELECT id FROM note WHERE n > 0", -1, -1}, {" AND n >= " P1, 0, -1}, {" AND n <= " P2, 1, -1}, \
	{" ORDER BY ", -1, -1}, {"id", -1, 0}, {"n DESC, id", -1, 1}, {" LIMIT 100", -1, -1}, {NULL, -1, -1}}
static const struct sql_piece list_lite[] = LIST("?1", "?2"), list_pg[] = LIST("$1", "$2");
static const struct sql_value list_params[] = {SQL_INT, SQL_INT}, list_columns[] = {SQL_INT};
static const struct sql_def note_list = {.name = "note_list", .file = __FILE__, .line = __LINE__, .sqlite = list_lite, .pg = list_pg,
	.params = 2, .columns = 1, .param = list_params, .column = list_columns, .filters = 2, .orders = 2};

static void make_notes(struct fixture *f) {
	struct buf why, sql;
	int done;
	assert_int_equal(store_migrate(f->s, &f->a, &done, NULL), OK);
	buf_init(&why, 4096);
	buf_init(&sql, 4096);
	migration_expand(&sql, str_c(schema), f->engine);
	buf_add_char(&sql, 0);
	admin_exec(f, sql.p);
	buf_done(&sql);
	buf_done(&why);
}

static struct db *reader(struct fixture *f) {
	struct db *db = NULL;
	assert_int_equal(store_reader(f->s, &db), OK);
	return db;
}

static enum err one_int(struct db *db, const struct sql_def *def, int64_t *ret) {
	struct stmt *s;
	bool row = false;
	TRY(stmt_begin(db, def, 0, -1, &s));
	enum err e = stmt_step(s, &row);
	if (e == OK && row) *ret = stmt_int(s, 0);
	stmt_end(s);
	return e == OK && !row ? ERR_NOT_FOUND : e;
}

struct note {
	struct str name;
	int64_t n, parent, id;
	enum err afterwards;      /* what the work returns in the end */
};

static enum err put(struct db *db, void *arg) {
	struct note *x = arg;
	struct stmt *s;
	bool row = false;
	TRY(stmt_begin(db, &note_put, 0, -1, &s));
	stmt_set_text(s, 0, x->name);
	stmt_set_int(s, 1, x->n);
	stmt_set_real(s, 2, 0.5);
	stmt_set_bool(s, 3, true);
	stmt_set_blob(s, 4, str_n("a\0b", 3));
	if (x->parent) stmt_set_int(s, 5, x->parent);
	else stmt_set_null(s, 5);
	enum err e = stmt_step(s, &row);
	if (e == OK && row) x->id = stmt_int(s, 0);
	stmt_end(s);
	return e != OK ? e : x->afterwards;
}

static int64_t count(struct fixture *f) { return admin_int(f, "SELECT count(*) FROM note"); }

static void values(void **state) {
	FIXTURE(f);
	make_notes(f);
	struct db *db = reader(f);
	struct note x = {.name = STR("grün 'ne\"w"), .n = -1234567890123};
	struct stmt *s;
	bool row;
	assert_int_equal(store_write(f->s, put, &x), OK);
	assert_int_equal(stmt_begin(db, &note_get, 0, -1, &s), OK);
	stmt_set_int(s, 0, x.id);
	assert_int_equal(stmt_step(s, &row), OK);
	assert_true(row);
	assert_true(str_is(stmt_text(s, 0), "grün 'ne\"w"));
	assert_int_equal(stmt_int(s, 1), -1234567890123);
	assert_true(stmt_real(s, 2) == 0.5);
	assert_int_equal(stmt_int(s, 3), 1);
	assert_true(str_eq(stmt_text(s, 4), str_n("a\0b", 3)));
	assert_true(stmt_null(s, 5));
	assert_true(str_none(stmt_text(s, 5)));
	assert_int_equal(stmt_step(s, &row), OK);
	assert_false(row);
	assert_int_equal(stmt_step(s, &row), OK);
	assert_false(row);
	stmt_end(s);

	struct note empty = {.name = STR(""), .n = 7};
	assert_int_equal(store_write(f->s, put, &empty), OK);
	assert_int_equal(stmt_begin(db, &note_get, 0, -1, &s), OK);
	stmt_set_int(s, 0, empty.id);
	assert_int_equal(stmt_step(s, &row), OK);
	assert_false(stmt_null(s, 0));
	assert_false(str_none(stmt_text(s, 0)));
	assert_int_equal(stmt_text(s, 0).n, 0);
	stmt_end(s);

	int64_t ints[] = {7, 8, -1234567890123}, found = 0;
	for (size_t n = 0; n <= 3; n++) {
		assert_int_equal(stmt_begin(db, &note_in, 0, -1, &s), OK);
		stmt_set_ints(s, 0, ints, n);
		assert_int_equal(stmt_step(s, &row), OK);
		found = stmt_int(s, 0);
		stmt_end(s);
		assert_int_equal(found, n == 0 ? 0 : n < 3 ? 1 : 2);
	}
	db_close(db);
}

static enum err put_many(struct db *db, void *arg) {
	(void)arg;
	for (int i = 1; i <= 10; i++) {
		struct note x = {.name = STR_NONE, .n = i};
		TRY(put(db, &x));
	}
	return OK;
}

static enum err list(struct db *db, int64_t from, int64_t to, int order, int64_t *ret_first, int *ret_n) {
	struct stmt *s;
	unsigned filters = (from ? 1u : 0) | (to ? 2u : 0);
	bool row;
	TRY(stmt_begin(db, &note_list, filters, order, &s));
	if (from) stmt_set_int(s, 0, from);
	if (to) stmt_set_int(s, 1, to);
	enum err e;
	int n = 0;
	while ((e = stmt_step(s, &row)) == OK && row)
		if (n++ == 0) *ret_first = stmt_int(s, 0);
	stmt_end(s);
	*ret_n = n;
	return e;
}

static void variants(void **state) {
	FIXTURE(f);
	make_notes(f);
	struct db *db = reader(f);
	int64_t first = 0, low = 0;
	int n = 0;
	assert_int_equal(store_write(f->s, put_many, NULL), OK);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(list(db, 0, 0, 0, &low, &n), OK);
		assert_int_equal(n, 10);
		assert_int_equal(list(db, 3, 0, 0, &first, &n), OK);
		assert_int_equal(n, 8);
		assert_int_equal(first, low + 2);
		assert_int_equal(list(db, 0, 4, 1, &first, &n), OK);
		assert_int_equal(n, 4);
		assert_int_equal(first, low + 3);
		assert_int_equal(list(db, 4, 4, 1, &first, &n), OK);
		assert_int_equal(n, 1);
	}
	struct str why = STR("");
	(void)!db_check_statement(db, &note_list, &f->a, &why);
	(void)!db_check_statement(db, &note_put, &f->a, &why);
	assert_string_equal(why.p, "");
	assert_int_equal(db_check_statement(db, &wrong, &f->a, &why), ERR_STORE);
	assert_true(str_has(why, STR("nowhere")));
	assert_int_equal(db_check_statement(db, &too_wide, &f->a, &why), ERR_STORE);
	assert_int_equal(list(db, 4, 4, 1, &first, &n), OK);

	/* A statement within itself. */
	struct stmt *s, *t;
	bool row;
	assert_int_equal(stmt_begin(db, &note_list, 0, 0, &s), OK);
	assert_int_equal(stmt_step(s, &row), OK);
	assert_int_equal(stmt_begin(db, &note_list, 0, 0, &t), OK);
	for (n = 0; stmt_step(t, &row) == OK && row;) n++;
	assert_int_equal(n, 10);
	stmt_end(t);
	for (n = 1; stmt_step(s, &row) == OK && row;) n++;
	assert_int_equal(n, 10);
	stmt_end(s);

	/* More variants than are kept. */
	for (unsigned i = 0; i < 500; i++) {
		struct sql_def *def = NEW(&f->a, struct sql_def);
		memcpy(def, &note_count, sizeof *def);
		assert_int_equal(one_int(db, def, &first), OK);
		assert_int_equal(first, 10);
	}
	assert_true(db->stmt_count <= db->stmt_most);
	db_close(db);
}

static enum err set(struct db *db, void *arg) {
	int64_t *x = arg;
	struct stmt *s;
	bool row;
	TRY(stmt_begin(db, &note_set, 0, -1, &s));
	stmt_set_int(s, 0, 100);
	stmt_set_int(s, 1, *x);
	enum err e = stmt_step(s, &row);
	*x = stmt_changed(s);
	stmt_end(s);
	return e;
}

static void refusals(void **state) {
	FIXTURE(f);
	make_notes(f);
	struct db *db = reader(f);
	struct stmt *s;
	int64_t n = 5, v;
	assert_int_equal(stmt_begin(db, &note_put, 0, -1, &s), ERR_DENIED);
	assert_int_equal(db->ops->exec(db, "DELETE FROM note") == OK, false);
	assert_int_equal(store_write(f->s, put, &(struct note){.name = STR("a"), .n = 5}), OK);
	assert_int_equal(store_write(f->s, put, &(struct note){.name = STR("a"), .n = 5}), ERR_CONFLICT);
	assert_int_equal(store_write(f->s, put, &(struct note){.name = STR("b"), .n = 1000000}), ERR_CONFLICT);
	assert_int_equal(store_write(f->s, put, &(struct note){.name = STR("c"), .n = 1, .parent = 999}), ERR_CONFLICT);
	assert_int_equal(store_write(f->s, put, &(struct note){.name = STR("d"), .n = 1, .afterwards = ERR_INVALID}), ERR_INVALID);
	assert_int_equal(one_int(db, &note_count, &v), OK);
	assert_int_equal(v, 1);
	assert_int_equal(store_write(f->s, set, &n), OK);
	assert_int_equal(n, 1);
	assert_int_equal(store_write(f->s, set, &n), OK);
	assert_int_equal(n, 0);
	assert_int_equal(one_int(db, &wrong, &v), ERR_STORE);
	assert_int_equal(one_int(db, &note_count, &v), OK);
	db_close(db);
}

static enum err put_twice(struct db *db, void *arg) {
	enum err e = put(db, arg);
	enum err again = put(db, arg);
	if (e == OK && again != ERR_CONFLICT) return ERR_BUG;
	int64_t v;
	return one_int(db, &note_count, &v) == ERR_CONFLICT ? OK : ERR_BUG; /* pretends that all is well */
}

static void a_failed_statement_fails_its_job(void **state) {
	FIXTURE(f);
	make_notes(f);
	assert_int_equal(store_write(f->s, put_twice, &(struct note){.name = STR("a"), .n = 5}), ERR_CONFLICT);
	assert_int_equal(count(f), 0);
	assert_int_equal(store_write(f->s, put, &(struct note){.name = STR("a"), .n = 5}), OK);
}

static void one_moment(void **state) {
	FIXTURE(f);
	make_notes(f);
	struct db *db = reader(f);
	int64_t v = -1;
	assert_int_equal(db_read_begin(db), OK);
	assert_int_equal(one_int(db, &note_count, &v), OK);
	assert_int_equal(v, 0);
	assert_int_equal(store_write(f->s, put_many, NULL), OK);
	assert_int_equal(one_int(db, &note_count, &v), OK);
	assert_int_equal(v, f->engine == DB_SQLITE ? 0 : 10);
	db_read_end(db);
	assert_int_equal(one_int(db, &note_count, &v), OK);
	assert_int_equal(v, 10);
	db_close(db);
}

/* --------------------------------------------------------------- group commit */

enum { CLIENTS = 64, WRITES = 40 };

struct client {
	struct fixture *f;
	int number;
	int wrong;
	pthread_t thread;
};

enum { KINDS = 10 };
static const enum err want[KINDS] = {OK, OK, ERR_INVALID, OK, OK, ERR_CONFLICT, OK, OK, ERR_CONFLICT, ERR_STORE};

/* Some writes fail, each in its own way, and must leave nothing; all others must be there. */
static void *client_main(void *arg) {
	struct client *c = arg;
	for (int i = 0; i < WRITES; i++) {
		char name[64];
		int n = snprintf(name, sizeof name, "%d-%d", c->number, i);
		int kind = i % KINDS;
		struct note x = {.name = str_n(name, (size_t)n), .n = i};
		if (kind == 2 || kind == 9) x.afterwards = want[kind];
		if (kind == 5) x.n = 1000000;
		if (kind == 8) x.parent = 100000000 + i; /* noticed at the commit only */
		enum err e = store_write(c->f->s, put, &x);
		while (e == ERR_BUSY) e = store_write(c->f->s, put, &x);
		if (e != want[kind]) c->wrong++;
	}
	return NULL;
}

static void group_commit(void **state) {
	FIXTURE(f);
	make_notes(f);
	struct client clients[CLIENTS];
	int good = 0;
	for (int i = 0; i < WRITES; i++) good += want[i % KINDS] == OK;
	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = (struct client){.f = f, .number = i};
		pthread_create(&clients[i].thread, NULL, client_main, &clients[i]);
	}
	for (int i = 0; i < CLIENTS; i++) {
		pthread_join(clients[i].thread, NULL);
		assert_int_equal(clients[i].wrong, 0);
	}
	assert_int_equal(count(f), CLIENTS * good);
	struct store_stats x;
	store_stats(f->s, &x);
	assert_int_equal(x.jobs, CLIENTS * WRITES);
	assert_int_equal(x.failed, CLIENTS * (WRITES - good));
	assert_true(x.commits < x.jobs);
	assert_int_equal(x.waiting, 0);
}

struct gate {
	struct db_job job;
	sem_t *entered, *leave;
	_Atomic int *done;
};

static enum err gate_work(struct db *db, void *arg) {
	struct gate *g = arg;
	(void)db;
	if (g->entered) sem_post(g->entered);
	if (g->leave) sem_wait(g->leave);
	return OK;
}

static void gate_done(struct db_job *job, enum err e) {
	struct gate *g = (struct gate *)job;
	if (e == OK) atomic_fetch_add(g->done, 1);
}

/* A sum becomes a note without a name. */
static enum err write_sum(struct db *db, struct db_pair key, struct db_pair sum) {
	struct note x = {.name = STR_NONE, .n = sum.v[0] * 1000 + key.v[0] * 10 + sum.v[1]};
	return put(db, &x);
}

struct adding {
	int64_t key, first, second;
	enum err afterwards;
	struct db_pair so_far;
};

static enum err add_twice(struct db *db, void *arg) {
	struct adding *x = arg;
	db_sum(db, write_sum, (struct db_pair){{x->key, 0}}, (struct db_pair){{x->first, 0}});
	db_sum(db, write_sum, (struct db_pair){{x->key, 0}}, (struct db_pair){{x->second, 1}});
	x->so_far = db_sum_so_far(db, write_sum, (struct db_pair){{x->key, 0}});
	return x->afterwards;
}

static void sums(void **state) {
	FIXTURE(f);
	make_notes(f);
	sem_t entered, leave;
	_Atomic int done = 0;
	struct gate gates[6] = {0};
	struct adding x[6] = {{0}, {1, 1, 2, OK, {{0}}}, {2, 5, 5, ERR_INVALID, {{0}}}, {1, 3, 4, OK, {{0}}}, {2, 1, 1, OK, {{0}}},
		{3, 1, -1, OK, {{0}}}};
	sem_init(&entered, 0, 0);
	sem_init(&leave, 0, 0);
	for (int i = 0; i < 6; i++) {      /* the first keeps the writer until the others wait: they are one batch */
		gates[i] = (struct gate){.job = {.work = i ? add_twice : gate_work, .done = gate_done, .arg = i ? (void *)&x[i] : &gates[i]},
			.done = &done};
		if (i == 0) gates[i].entered = &entered, gates[i].leave = &leave;
		assert_int_equal(store_submit(f->s, &gates[i].job), OK);
		if (i == 0) sem_wait(&entered);
	}
	sem_post(&leave);
	while (done < 5) usleep(1000);
	assert_int_equal(x[3].so_far.v[0], 10);   /* with what the first of this key added */
	assert_int_equal(x[4].so_far.v[0], 2);    /* without what failed */
	assert_int_equal(count(f), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM note WHERE n IN (10012, 2021, 31)"), 3);
}

static void queue_bound(void **state) {
	FIXTURE(f);
	sem_t entered, leave;
	_Atomic int done = 0;
	struct gate gates[130];
	sem_init(&entered, 0, 0);
	sem_init(&leave, 0, 0);
	for (int i = 0; i < 130; i++) {
		gates[i] = (struct gate){.job = {.work = gate_work, .done = gate_done, .arg = &gates[i]}, .done = &done};
		if (i == 0) gates[i].entered = &entered, gates[i].leave = &leave;
		assert_int_equal(store_submit(f->s, &gates[i].job), i <= 128 ? OK : ERR_BUSY);
		if (i == 0) sem_wait(&entered);
	}
	struct store_stats x;
	store_stats(f->s, &x);
	assert_int_equal(x.waiting, 128);
	assert_int_equal(x.refused, 1);
	sem_post(&leave);
	while (done < 129) usleep(1000);
	store_stats(f->s, &x);
	assert_int_equal(x.waiting, 0);
}

/* Whoever comes while a batch runs is committed with it. */
static void late_comers(void **state) {
	FIXTURE(f);
	make_notes(f);
	sem_t entered, leave;
	_Atomic int done = 0;
	struct note notes[5];
	struct gate gates[5] = {0};
	struct store_stats before, after;
	sem_init(&entered, 0, 0);
	sem_init(&leave, 0, 0);
	store_stats(f->s, &before);
	for (int i = 0; i < 5; i++) {
		notes[i] = (struct note){.name = STR_NONE, .n = i};
		gates[i] = (struct gate){.job = {.work = i ? put : gate_work, .done = gate_done, .arg = i ? (void *)&notes[i] : &gates[i]},
			.done = &done};
		if (i == 0) gates[i].entered = &entered, gates[i].leave = &leave;
		assert_int_equal(store_submit(f->s, &gates[i].job), OK);
		if (i == 0) sem_wait(&entered);
	}
	sem_post(&leave);
	while (done < 5) usleep(1000);
	store_stats(f->s, &after);
	assert_int_equal(after.commits - before.commits, 1);
	assert_int_equal(count(f), 4);
}

struct hook_test {
	int hooks, told, wrong;      /* the teller's until all have been told */
	int64_t seen;                /* notes that were there in the last hook */
	_Atomic bool all_told;
};

static void hook(struct db *db, void *arg) {
	struct hook_test *h = arg;
	if (one_int(db, &note_count, &h->seen) != OK) h->wrong++;
	h->hooks++;
}

enum { HOOK_JOBS = 20 };

struct hook_job {
	struct db_job job;
	struct note note;
	struct hook_test *h;
};

/* The hook has seen every note before its writer hears of it. */
static void hook_done(struct db_job *job, enum err e) {
	struct hook_test *h = ((struct hook_job *)job)->h;
	if (e != OK || h->seen < ++h->told) h->wrong++;
	if (h->told == HOOK_JOBS) h->all_told = true;
}

static void hook_comes_first(void **state) {
	FIXTURE(f);
	make_notes(f);
	struct hook_test h = {0};
	struct hook_job jobs[HOOK_JOBS];
	store_after_commit(f->s, hook, &h);
	for (int i = 0; i < HOOK_JOBS; i++) {
		jobs[i] = (struct hook_job){.note = {.name = STR_NONE, .n = i}, .h = &h};
		jobs[i].job = (struct db_job){.work = put, .done = hook_done, .arg = &jobs[i].note};
		assert_int_equal(store_submit(f->s, &jobs[i].job), OK);
	}
	while (!h.all_told) usleep(100);
	assert_int_equal(h.wrong, 0);
	int hooks = h.hooks;
	assert_true(hooks >= 1 && hooks <= HOOK_JOBS);
	/* No hook when nothing was kept. */
	assert_int_equal(store_write(f->s, put, &(struct note){.name = STR("d"), .n = 1, .afterwards = ERR_INVALID}), ERR_INVALID);
	assert_int_equal(h.hooks, hooks);
	store_after_commit(f->s, NULL, NULL);
}

/* ------------------------------------------------------------------------- the disk */

/* The C library's, for SQLite too: a disk that stands still, or fails. */
static enum { DISK_WORKS, DISK_STANDS, DISK_FAILS } _Atomic disk;
static sem_t disk_asked, disk_moves;

int fdatasync(int fd) {
	if (disk == DISK_FAILS) return errno = EIO, -1;
	if (disk == DISK_STANDS) {
		sem_post(&disk_asked);
		while (sem_wait(&disk_moves) != 0) continue;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

/* Nobody is told before the disk has it; meanwhile the next batch runs. */
static void told_when_the_disk_has_it(void **state) {
	FIXTURE(f);
	make_notes(f);
	_Atomic int done = 0;
	sem_t entered;
	sem_init(&entered, 0, 0);
	sem_init(&disk_asked, 0, 0);
	sem_init(&disk_moves, 0, 0);
	struct note note = {.name = STR_NONE, .n = 1};
	struct gate first = {.job = {.work = put, .done = gate_done, .arg = &note}, .done = &done};
	struct gate second = {.job = {.work = gate_work, .done = gate_done, .arg = &second}, .entered = &entered, .done = &done};
	disk = DISK_STANDS;
	assert_int_equal(store_submit(f->s, &first.job), OK);
	sem_wait(&disk_asked);
	assert_int_equal(store_submit(f->s, &second.job), OK);
	sem_wait(&entered);
	assert_int_equal(done, 0);
	assert_int_equal(count(f), 1);      /* readers may see it before */
	sem_post(&disk_moves);
	sem_wait(&disk_asked);
	assert_int_equal(done, 1);
	disk = DISK_WORKS;
	sem_post(&disk_moves);
	while (done < 2) usleep(1000);
}

/* What the program was told to keep and the disk does not: it is not said to be kept, and nothing is built on it. */
static int write_to_a_failing_disk(void) {
	struct fixture *f = fixture_new(DB_SQLITE);
	make_notes(f);
	disk = DISK_FAILS;
	return store_write(f->s, put, &(struct note){.name = STR_NONE, .n = 1}) == OK;
}

static void a_disk_that_fails_ends_the_program(void **state) {
	FIXTURE(f);
	pid_t child = fork();
	if (child == 0) {
		setenv("TMPDIR", f->home, 1);
		execl("/proc/self/exe", "db_test", "failing-disk", NULL);
		_exit(127);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* ---------------------------------------------------------------------- watches */

static enum err put_and_announce(struct db *db, void *arg) {
	TRY(put(db, arg));
	return db_announce(db);
}

static void watches(void **state) {
	FIXTURE(f);
	make_notes(f);
	struct store *other = fixture_store(f);
	struct db_watch *here, *there;
	bool changed = true;
	assert_int_equal(db_watch_open(f->s, &here), OK);
	assert_int_equal(db_watch_open(other, &there), OK);
	for (int i = 0; i < 2; i++) (void)!db_watch_wait(there, 150, &changed);
	assert_false(changed);

	usec_t start = clock_steady();
	assert_int_equal(store_write(f->s, put_and_announce, &(struct note){.name = STR("a"), .n = 1}), OK);
	assert_int_equal(db_watch_wait(here, 5000, &changed), OK);
	assert_true(changed);
	assert_int_equal(db_watch_wait(there, 5000, &changed), OK);
	assert_true(changed);
	assert_true(clock_steady() - start < SECONDS(2));
	(void)!db_watch_wait(there, 150, &changed);
	assert_int_equal(db_watch_wait(there, 150, &changed), OK);
	assert_false(changed);

	start = clock_steady();
	db_watch_poke(there);
	assert_int_equal(db_watch_wait(there, 5000, &changed), OK);
	assert_false(changed);
	assert_true(clock_steady() - start < SECONDS(2));
	db_watch_close(there);
	db_watch_close(here);
	store_close(other);
}

int main(int argc, char **argv) {
	if (argc > 1 && strcmp(argv[1], "failing-disk") == 0) return write_to_a_failing_disk();
	const struct CMUnitTest tests[] = {BOTH(values), BOTH(variants), BOTH(refusals), BOTH(a_failed_statement_fails_its_job),
		BOTH(one_moment), BOTH(group_commit), BOTH(sums), BOTH(late_comers), BOTH(queue_bound), BOTH(hook_comes_first),
		ON_SQLITE(told_when_the_disk_has_it), ON_SQLITE(a_disk_that_fails_ends_the_program), BOTH(watches)};
	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
