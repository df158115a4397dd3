/* The log: one order, no hole, whatever fails meanwhile and whoever else writes. */
#include "db/test_int.h"
#include "event/event.h"
#include <pthread.h>

enum { THREADS = 4, WRITES = 60 };

static void migrated(struct fixture *f) {
	int done;
	assert_int_equal(store_migrate(f->s, &f->a, &done, NULL), OK);
}

struct writing {
	pthread_t thread;
	struct store *s;
	int number, good;
};

struct one {
	int64_t object;
	bool fail;
};

static enum err append(struct db *db, void *arg) {
	const struct one *o = arg;
	struct event e = {.actor = {7}, .verb = "create", .object_kind = "conversation", .object_id = o->object, .target_kind = "person",
	                  .target_id = 7, .audience = AUDIENCE_MEMBERS, .data = STR("{\"n\":1}")};
	TRY(event_append(db, &e, NULL));
	return o->fail ? ERR_INVALID : OK;
}

static void *write_many(void *arg) {
	struct writing *w = arg;
	for (int i = 0; i < WRITES; i++) {
		struct one o = {.object = w->number * 1000 + i + 1, .fail = i % 3 == 2};
		enum err e = store_write(w->s, append, &o);
		if (e == OK) w->good++;
		else if (e != ERR_INVALID || !o.fail) return "a write failed";
	}
	return NULL;
}

static void no_hole(void **state) {
	FIXTURE(f);
	migrated(f);
	struct store *other = fixture_store(f); /* as another node has it */
	struct writing w[THREADS];
	int good = 0;
	for (int i = 0; i < THREADS; i++) {
		w[i] = (struct writing){.s = i % 2 ? other : f->s, .number = i};
		pthread_create(&w[i].thread, NULL, write_many, &w[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		void *said;
		pthread_join(w[i].thread, &said);
		assert_null(said);
		good += w[i].good;
	}
	struct db *db;
	struct event_list all;
	int64_t head, last[THREADS] = {0};
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(event_head(db, &head), OK);
	assert_int_equal(head, good);
	assert_int_equal(event_after(db, &f->a, 0, 1000, &all), OK);
	assert_int_equal(all.n, good);
	for (size_t i = 0; i < all.n; i++) {
		assert_int_equal(all.v[i].seq, i + 1);
		int64_t who = all.v[i].object_id / 1000;
		assert_true(all.v[i].object_id > last[who]); /* each writer's in its own order */
		last[who] = all.v[i].object_id;
	}
	db_close(db);
	store_close(other);
}

static void what_was_written(void **state) {
	FIXTURE(f);
	migrated(f);
	struct one o = {.object = 12};
	usec_t before = clock_now();
	assert_int_equal(store_write(f->s, append, &o), OK);
	struct db *db;
	struct event_list l;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(event_after(db, &f->a, 0, 10, &l), OK);
	assert_int_equal(l.n, 1);
	const struct event *e = &l.v[0];
	assert_int_equal(e->seq, 1);
	assert_true(e->at >= before && e->at <= clock_now());
	assert_int_equal(e->actor.v, 7);
	assert_string_equal(e->verb, "create");
	assert_string_equal(e->object_kind, "conversation");
	assert_int_equal(e->object_id, 12);
	assert_string_equal(e->target_kind, "person");
	assert_int_equal(e->target_id, 7);
	assert_int_equal(e->audience, AUDIENCE_MEMBERS);
	assert_true(str_is(e->data, "{\"n\":1}"));
	assert_int_equal(event_after(db, &f->a, 1, 10, &l), OK);
	assert_int_equal(l.n, 0);
	db_close(db);
}

static enum err append_several(struct db *db, void *arg) {
	(void)arg;
	static const struct event list[] = {
		{.verb = "create", .object_kind = "message", .object_id = 1, .target_kind = "conversation", .target_id = 5, .audience = AUDIENCE_PUBLIC},
		{.verb = "create", .object_kind = "message", .object_id = 2, .target_kind = "conversation", .target_id = 5, .audience = AUDIENCE_STAFF},
		{.verb = "update", .object_kind = "conversation", .object_id = 5, .audience = AUDIENCE_PUBLIC},
		{.verb = "update", .object_kind = "conversation", .object_id = 6, .target_kind = "conversation", .target_id = 6, .audience = AUDIENCE_PRIVATE},
		{.verb = "update", .object_kind = "person", .object_id = 5, .audience = AUDIENCE_PUBLIC},
	};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) TRY(event_append(db, &list[i], NULL));
	return OK;
}

static void about(void **state) {
	FIXTURE(f);
	migrated(f);
	assert_int_equal(store_write(f->s, append_several, NULL), OK);
	struct db *db;
	struct event_list l;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(event_about(db, &f->a, "conversation", 5, 0, 100, &l), OK);
	assert_int_equal(l.n, 3);
	assert_int_equal(l.v[2].seq, 3);
	assert_null(l.v[2].target_kind);
	assert_int_equal(event_about(db, &f->a, "conversation", 5, 1, 1, &l), OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.v[0].seq, 2);
	assert_int_equal(event_about(db, &f->a, "conversation", 6, 0, 100, &l), OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(event_about(db, &f->a, "conversations", 0, 0, 100, &l), OK);
	assert_int_equal(l.n, 2);
	db_close(db);
}

static void words(void **state) {
	(void)state;
	for (enum audience a = AUDIENCE_PUBLIC; a <= AUDIENCE_STAFF; a++) assert_int_equal(audience_find(str_c(audience_word(a))), a);
	assert_int_equal(audience_find(STR("everyone")), AUDIENCE_STAFF);
	assert_int_equal(audience_find(STR_NONE), AUDIENCE_STAFF);
}

int main(void) {
	const struct CMUnitTest tests[] = {BOTH(no_hole), BOTH(what_was_written), BOTH(about), cmocka_unit_test(words)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
