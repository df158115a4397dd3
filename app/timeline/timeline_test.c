/* Timelines: where an event stands, where it does not, and that a page costs the same at any depth; on both engines. */
#include "access/testing.h"
#include "pack/pack.h"
#include "record/record.h"
#include "sql/timeline.h"
#include "timeline/timeline.h"

enum { ANN = 10, OTTO = 11, AGENT = 2, MANY = 10000 };

static struct fixture *lives_new(enum db_engine engine) {
	struct fixture *f = firm_new(engine);
	admin_exec(f, "UPDATE business SET pack = 'banking'");
	put_person(f, AGENT, "staff", "agent", "Agatha Agent", 0);
	put_person(f, ANN, "customer", "customer", "Ann Holder", 0);
	put_person(f, OTTO, "customer", "customer", "Otto Other", 0);
	put_conversation(f, 1, "private", ANN, false);
	return f;
}
static int lives_sqlite(void **state) { *state = lives_new(DB_SQLITE); return 0; }
static int lives_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? lives_new(DB_PG) : NULL; return 0; }
#define LIVES_BOTH(test) {#test " (SQLite)", test, lives_sqlite, down, NULL}, {#test " (PostgreSQL)", test, lives_pg, down, NULL}

/* What the reader does with the whole log, as often as it is asked. */
static enum err keep_all(struct db *db, void *arg) {
	struct fixture *f = arg;
	for (int64_t after = 0;;) {
		struct event_list l;
		TRY(event_after(db, &f->a, after, 1000, &l));
		if (l.n == 0) return OK;
		TRY(timeline_keep(db, &f->a, l.v, l.n, NULL));
		after = l.v[l.n - 1].seq;
	}
}

static enum err write_many(struct db *db, void *arg) {
	(void)arg;
	for (int i = 0; i < MANY; i++) {
		struct event e = {.actor = {i % 3 ? ANN : AGENT}, .verb = "update", .object_kind = "conversation", .object_id = 1, .audience = AUDIENCE_PRIVATE,
			.data = STR("{}")};
		TRY(event_append(db, &e, NULL));
	}
	return OK;
}

static int64_t in_life(struct fixture *f, const char *kind, int64_t id) {
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM life WHERE subject_kind = '%s' AND subject_id = %lld", kind, (long long)id);
	return admin_int(f, sql);
}

static enum err page(struct fixture *f, struct db *db, int64_t person, int64_t before, bool staff, struct timeline_row_list *ret) {
	struct int_list seqs;
	TRY(sql_timeline_places(db, &f->a, STR("person"), person, STR_NONE, before, 51, &seqs));
	return sql_timeline_entries(db, &f->a, seqs, !staff, staff, (struct person_id){staff ? AGENT : person}, 51, ret);
}

/* What it costs there is measured by bench/run records. */
static void a_page_is_whole_at_any_depth(void **state) {
	FIXTURE(f);
	struct db *db;
	assert_int_equal(store_write(f->s, write_many, NULL), OK);
	assert_int_equal(store_write(f->s, keep_all, f), OK);
	assert_int_equal(in_life(f, "person", ANN), MANY);
	if (f->engine == DB_PG) admin_exec(f, "ANALYZE");
	assert_int_equal(store_reader(f->s, &db), OK);
	static const struct { int64_t before; bool staff; } pages[] = {{INT64_MAX, true}, {500, true}, {500, false}};
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		struct timeline_row_list rows;
		assert_int_equal(page(f, db, ANN, pages[i].before, pages[i].staff, &rows), OK);
		assert_int_equal(rows.n, 51);
		for (size_t k = 0; k < rows.n; k++) assert_true(rows.v[k].seq < (k > 0 ? rows.v[k - 1].seq : pages[i].before));
	}
	db_close(db);
}

struct deed {
	const char *type;
	struct record_id parent, id;
	int64_t person;
	bool yes;
	struct fixture *f;
};

static enum err make(struct db *db, void *arg) {
	struct deed *d = arg;
	struct record_input in = {.type = pack_type_find(pack_find(STR("banking")), str_c(d->type)), .parent = d->parent};
	return record_create(db, &d->f->a, (struct person_id){AGENT}, &in, &d->id);
}

static enum err seat(struct db *db, void *arg) {
	struct deed *d = arg;
	bool changed;
	return record_person(db, &d->f->a, (struct person_id){AGENT}, d->id, (struct person_id){d->person}, STR("holder"), d->yes, &changed);
}

static enum err move(struct db *db, void *arg) {
	struct deed *d = arg;
	bool changed;
	struct record_input in = {.type = pack_type_find(pack_find(STR("banking")), str_c(d->type)), .state = STR("blocked"), .any_state = true};
	return record_change(db, &d->f->a, (struct person_id){AGENT}, d->id, 0, &in, &changed);
}

/* Who came to it later does not read where it was before them. */
static void states_since_one_came(void **state) {
	FIXTURE(f);
	struct db *db;
	struct timeline_change_row_list rows;
	struct deed card = {.type = "card", .f = f}, s = {.person = ANN, .yes = true, .f = f};
	struct deed account = {.type = "account", .f = f};
	assert_int_equal(store_write(f->s, make, &account), OK);
	s.id = card.parent = account.id;
	assert_int_equal(store_write(f->s, seat, &s), OK);
	assert_int_equal(store_write(f->s, make, &card), OK);
	assert_int_equal(store_write(f->s, move, &card), OK);
	s.person = OTTO;
	assert_int_equal(store_write(f->s, seat, &s), OK);
	int64_t seq = admin_int(f, "SELECT max(seq) FROM event WHERE object_kind = 'record' AND verb = 'update'");
	struct int_list one = {.v = &seq, .n = 1};
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(sql_timeline_states(db, &f->a, one, (struct person_id){ANN}, 10, &rows), OK);
	assert_int_equal(rows.n, 1);
	assert_string_equal(str_z(&f->a, rows.v[0].new_value), "blocked");
	assert_int_equal(sql_timeline_states(db, &f->a, one, (struct person_id){OTTO}, 10, &rows), OK);
	assert_int_equal(rows.n, 0);
	assert_int_equal(sql_timeline_states(db, &f->a, one, (struct person_id){0}, 10, &rows), OK);
	assert_int_equal(rows.n, 0);
	db_close(db);
}

static enum err like(struct db *db, void *arg) {
	(void)arg;
	struct event e = {.actor = {OTTO}, .verb = "like", .object_kind = "conversation", .object_id = 1, .audience = AUDIENCE_PUBLIC, .data = STR("{}")};
	return event_append(db, &e, NULL);
}

static void what_stands_where(void **state) {
	FIXTURE(f);
	struct deed account = {.type = "account", .f = f}, s = {.person = ANN, .yes = true, .f = f};
	assert_int_equal(store_write(f->s, make, &account), OK);
	s.id = account.id;
	assert_int_equal(store_write(f->s, seat, &s), OK);
	struct deed card = {.type = "card", .parent = account.id, .f = f}, line = {.type = "statement_line", .parent = account.id, .f = f};
	assert_int_equal(store_write(f->s, make, &card), OK);
	assert_int_equal(store_write(f->s, make, &line), OK);
	assert_int_equal(store_write(f->s, like, NULL), OK);
	assert_int_equal(store_write(f->s, keep_all, f), OK);
	assert_int_equal(in_life(f, "record", account.id.v), 3);   /* made, somebody added, a card: no line of the ledger */
	assert_int_equal(in_life(f, "record", card.id.v), 1);
	assert_int_equal(in_life(f, "record", line.id.v), 1);
	assert_int_equal(in_life(f, "person", ANN), 3);            /* and not who said "me too" to what she wrote */
	assert_int_equal(in_life(f, "person", OTTO), 1);
	s.person = OTTO;                                           /* who comes later has what was before, and keeps it when they go */
	assert_int_equal(store_write(f->s, seat, &s), OK);
	assert_int_equal(store_write(f->s, keep_all, f), OK);
	assert_int_equal(in_life(f, "person", OTTO), 5);
	int64_t all = admin_int(f, "SELECT count(*) FROM life");
	assert_int_equal(store_write(f->s, keep_all, f), OK);      /* reading the log again changes nothing */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM life"), all);

	struct db *db;
	struct timeline_row_list rows;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(page(f, db, OTTO, INT64_MAX, false, &rows), OK);
	size_t with = rows.n;
	s.yes = false;
	assert_int_equal(store_write(f->s, seat, &s), OK);
	assert_int_equal(store_write(f->s, keep_all, f), OK);
	assert_int_equal(page(f, db, OTTO, INT64_MAX, false, &rows), OK);
	assert_int_equal(with, 4);                                 /* without the private talk of another */
	assert_int_equal(rows.n, 0);
	assert_int_equal(page(f, db, OTTO, INT64_MAX, true, &rows), OK);
	assert_int_equal(rows.n, 6);
	db_close(db);
}

int main(void) {
	struct str why;
	assert_int_equal(pack_load(&why), OK);
	const struct CMUnitTest tests[] = {LIVES_BOTH(a_page_is_whole_at_any_depth), LIVES_BOTH(what_stands_where), LIVES_BOTH(states_since_one_came)};
	return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
