/* Records: what is kept, sums by month that stay right whatever is changed, rights by people; on both engines. */
#include "access/testing.h"
#include "record/record_int.h"
#include "text/date.h"

enum { HOLDER = 10, OTHER = 11, AGENT = 2 };

static struct fixture *records_new(enum db_engine engine) {
	struct fixture *f = firm_new(engine);
	admin_exec(f, "UPDATE business SET pack = 'banking'");
	put_person(f, AGENT, "staff", "agent", "Agatha Agent", 0);
	put_person(f, HOLDER, "customer", "customer", "Hanna Holder", 0);
	put_person(f, OTHER, "customer", "customer", "Otto Other", 0);
	return f;
}
static int records_sqlite(void **state) { *state = records_new(DB_SQLITE); return 0; }
static int records_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? records_new(DB_PG) : NULL; return 0; }
#define RECORDS_BOTH(test) {#test " (SQLite)", test, records_sqlite, down, NULL}, {#test " (PostgreSQL)", test, records_pg, down, NULL}

struct deed {
	enum { MAKE, CHANGE, SEAT, LEAVE } what;
	const char *type, *state;
	const char *field[8], *value[8];
	struct record_id parent, id;
	int64_t was;
	bool changed;
	struct fixture *f;
};

static enum err act(struct db *db, void *arg) {
	struct deed *d = arg;
	const struct pack_type *t = pack_type_find(pack_find(STR("banking")), str_c(d->type));
	struct record_input in = {.type = t, .parent = d->parent, .state = d->state ? str_c(d->state) : STR_NONE};
	struct str *value = NEW_ARRAY(&d->f->a, struct str, t->fields);
	for (size_t i = 0; i < t->fields; i++) {
		value[i] = STR_NONE;
		for (int k = 0; k < 8 && d->field[k] != NULL; k++)
			if (str_is(t->field[i].name, d->field[k])) value[i] = str_c(d->value[k]);
	}
	in.value = value;
	switch (d->what) {
	case MAKE: return record_create(db, &d->f->a, (struct person_id){AGENT}, &in, &d->id);
	case CHANGE: return record_change(db, &d->f->a, (struct person_id){AGENT}, d->id, d->was, &in, &d->changed);
	case SEAT:
	case LEAVE:
		return record_person(db, &d->f->a, (struct person_id){AGENT}, d->id, (struct person_id){HOLDER}, STR("holder"), d->what == SEAT,
			&d->changed);
	}
	return ERR_BUG;
}

static enum err go(struct fixture *f, struct deed *d) {
	d->f = f;
	return store_write(f->s, act, d);
}

static struct record_id account(struct fixture *f) {
	struct deed d = {.what = MAKE, .type = "account", .field = {"number", "opened"}, .value = {"4711", "2024-02-29"}};
	assert_int_equal(go(f, &d), OK);
	return d.id;
}

static struct record_id line(struct fixture *f, struct record_id of, const char *day, const char *minor) {
	struct deed d = {.what = MAKE, .type = "statement_line", .parent = of, .field = {"booked", "amount", "operation"}, .value = {day, minor, "card"}};
	assert_int_equal(go(f, &d), OK);
	return d.id;
}

/* What the months say, and what the lines add up to, which must be the same. */
static void sums_are(struct fixture *f, int64_t plus, int64_t minus) {
	assert_int_equal(admin_int(f, "SELECT CAST(COALESCE(SUM(plus), 0) AS bigint) FROM record_month"), plus);
	assert_int_equal(admin_int(f, "SELECT CAST(COALESCE(SUM(minus), 0) AS bigint) FROM record_month"), minus);
	assert_int_equal(admin_int(f, "SELECT CAST(COALESCE(SUM(amount), 0) AS bigint) FROM record WHERE parent_id IS NOT NULL AND type = 'statement_line'"),
		plus + minus);
}

static void lines_add_up(void **state) {
	FIXTURE(f);
	struct record_id a = account(f), one = line(f, a, "2024-03-31", "-1250");
	line(f, a, "2024-04-01", "300000");
	line(f, a, "2024-04-30", "-5");
	sums_are(f, 300000, -1255);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM record_month"), 2);
	assert_int_equal(admin_int(f, "SELECT CAST(minus AS bigint) FROM record_month WHERE month = 54 * 12 + 2"), -1250);
	struct deed d = {.what = CHANGE, .type = "statement_line", .id = one, .field = {"booked", "amount"}, .value = {"2024-04-02", "1250"}};
	assert_int_equal(go(f, &d), OK);
	assert_true(d.changed);
	sums_are(f, 301250, -5);
	assert_int_equal(admin_int(f, "SELECT CAST(plus + minus AS bigint) FROM record_month WHERE month = 54 * 12 + 2"), 0);
	assert_int_equal(go(f, &d), OK);
	assert_false(d.changed);
	assert_int_equal(admin_int(f, "SELECT version FROM record WHERE parent_id IS NOT NULL ORDER BY id LIMIT 1"), 2);
	d.was = 1;
	assert_int_equal(go(f, &d), ERR_STALE);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'record'"), 5);
}

static void what_does_not_fit(void **state) {
	FIXTURE(f);
	struct record_id a = account(f), l = line(f, a, "2024-03-31", "1");
	struct deed lost = {.what = MAKE, .type = "statement_line"}, strange = {.what = MAKE, .type = "card", .parent = l},
		nobody = {.what = MAKE, .type = "card", .parent = {999999}}, child = {.what = MAKE, .type = "account", .parent = a},
		state_of = {.what = MAKE, .type = "account", .state = "melted"}, seat = {.what = SEAT, .type = "card", .id = l},
		other = {.what = CHANGE, .type = "card", .id = a};
	assert_int_equal(go(f, &lost), ERR_INVALID);        /* whose line? */
	assert_int_equal(go(f, &strange), ERR_INVALID);     /* a card of a line */
	assert_int_equal(go(f, &nobody), ERR_NOT_FOUND);
	assert_int_equal(go(f, &child), ERR_INVALID);
	assert_int_equal(go(f, &state_of), ERR_INVALID);
	assert_int_equal(go(f, &seat), ERR_INVALID);        /* a line has its account's people */
	assert_int_equal(go(f, &other), ERR_INVALID);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM record"), 2);
}

static enum err read_as(struct fixture *f, struct db *db, struct record_id id, int64_t who, bool staff) {
	struct record_row row;
	return sql_record_get(db, &f->a, id, (struct person_id){who}, staff, &row);
}

static void a_line_is_its_accounts_peoples(void **state) {
	FIXTURE(f);
	struct db *db = NULL;
	struct record_id a = account(f), l = line(f, a, "2024-03-31", "1");
	struct deed seat = {.what = SEAT, .type = "account", .id = a}, leave = {.what = LEAVE, .type = "account", .id = a};
	assert_int_equal(store_reader(f->s, &db), OK);
	for (int there = 0; there < 2; there++) {
		if (there) assert_int_equal(go(f, &seat), OK);
		struct record_id both[] = {a, l};
		for (int i = 0; i < 2; i++) {
			assert_int_equal(read_as(f, db, both[i], HOLDER, false), there ? OK : ERR_NOT_FOUND);
			assert_int_equal(read_as(f, db, both[i], OTHER, false), ERR_NOT_FOUND);
			assert_int_equal(read_as(f, db, both[i], 0, false), ERR_NOT_FOUND);
			assert_int_equal(read_as(f, db, both[i], AGENT, true), OK);
		}
	}
	assert_true(seat.changed);
	assert_int_equal(go(f, &seat), OK);
	assert_false(seat.changed);
	assert_int_equal(go(f, &leave), OK);
	assert_int_equal(read_as(f, db, l, HOLDER, false), ERR_NOT_FOUND);
	db_close(db);
}

int main(void) {
	struct str why;
	assert_int_equal(pack_load(&why), OK);
	const struct CMUnitTest tests[] = {RECORDS_BOTH(lines_add_up), RECORDS_BOTH(what_does_not_fit), RECORDS_BOTH(a_line_is_its_accounts_peoples)};
	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
