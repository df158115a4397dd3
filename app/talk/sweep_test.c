/* What nobody uses is removed, and nothing else; on both engines. */
#include "access/testing.h"
#include "db/files.h"
#include "talk/talk_int.h"

enum { ANNA = 1 };
static const char *const kept[] = {"attached", "fresh upload", "portrait", "logo", "import", "twice"};
static const char *const gone[] = {"stale upload", "never used"};
enum { KEPT = sizeof kept / sizeof *kept, GONE = sizeof gone / sizeof *gone };

struct made {
	struct fixture *f;
	int64_t kept[KEPT], gone[GONE];
	struct conversation_id id;
};

static enum err put_files(struct db *db, void *arg) {
	struct made *m = arg;
	struct file_id id;
	for (int i = 0; i < KEPT; i++) {
		TRY(file_put(db, STR("a.txt"), STR("text/plain"), str_c(kept[i]), &id));
		m->kept[i] = id.v;
	}
	for (int i = 0; i < GONE; i++) {
		TRY(file_put(db, STR("a.txt"), STR("text/plain"), str_c(gone[i]), &id));
		m->gone[i] = id.v;
	}
	struct new_report r = {.kind = STR("problem"), .subject = STR("No light"), .lat = 50, .lon = 8, .author = {ANNA}};
	TRY(talk_create(db, &m->f->a, &r, &m->id));
	return talk_attach(db, m->id, (struct message_id){0}, (struct file_id){m->kept[0]}, 0, 0, STR_NONE);
}

static void sql(struct fixture *f, const char *text, long long a, long long b) {
	char s[400];
	snprintf(s, sizeof s, text, a, b);
	admin_exec(f, s);
}

static void sweep(struct fixture *f) {
	struct hub *h = hub_new(f->s);
	hub_add_job(h, "sweep", TALK_SWEEP_TRIES, talk_sweep_job, h);
	admin_exec(f, "UPDATE job SET run_at = 1 WHERE ended_at IS NULL");
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
}

static bool there(struct fixture *f, int64_t id) {
	int64_t rows = admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM file WHERE id = %lld", (long long)id).p);
	int64_t chunks = admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM file_chunk WHERE file_id = %lld",
		(long long)id).p);
	assert_int_equal(rows, chunks);
	return rows > 0;
}

static void only_what_nobody_uses_goes(void **state) {
	FIXTURE(f);
	struct made m = {.f = f};
	static const char upload[] = "INSERT INTO upload (person_id, file_id, width, height, created_at)"
		" VALUES (1, %lld, 0, 0, %lld)";
	put_person(f, ANNA, "customer", "customer", "Anna A.", 0);
	assert_int_equal(store_write(f->s, put_files, &m), OK);
	usec_t now = clock_now();
	sql(f, upload, m.kept[1], now - HOURS(23));
	sql(f, upload, m.kept[5], now - HOURS(25));
	sql(f, upload, m.gone[0], now - HOURS(25));
	sql(f, "UPDATE person SET photo_file_id = %lld", m.kept[2], 0);
	sql(f, "UPDATE business SET logo_file_id = %lld", m.kept[3], 0);
	sql(f, "INSERT INTO import_run (kind, source, file_name, file_id, mapping, state, done_bytes, all_bytes, created, updated,"
	    " unchanged, rejected, why, created_at) VALUES ('people', 's', 'f', %lld, '{}', 'done', 0, 0, 0, 0, 0, 0, '', %lld)",
		m.kept[4], 0);
	sql(f, "INSERT INTO attachment (conversation_id, file_id, rank, width, height, caption)"
	    " VALUES (%lld, %lld, 9, 0, 0, '')",
	    m.id.v, m.kept[5]);
	assert_int_equal(talk_sweep_begin(f->s), OK);
	sweep(f);
	for (int i = 0; i < KEPT; i++)
		if (!there(f, m.kept[i])) fail_msg("%s is gone", kept[i]);
	for (int i = 0; i < GONE; i++)
		if (there(f, m.gone[i])) fail_msg("%s is still there", gone[i]);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM upload"), 1);

	sql(f, "DELETE FROM attachment WHERE conversation_id = %lld", m.id.v, 0);      /* the last use of a file goes */
	admin_exec(f, "UPDATE person SET photo_file_id = NULL");
	sweep(f);
	assert_false(there(f, m.kept[0]));
	assert_false(there(f, m.kept[2]));
	assert_false(there(f, m.kept[5]));
	assert_true(there(f, m.kept[1]));
	assert_true(there(f, m.kept[3]));
	assert_true(there(f, m.kept[4]));
}

/* However many servers start, one round waits; and a round that was done leaves the next behind. */
static void there_is_always_one_next_round(void **state) {
	FIXTURE(f);
	for (int i = 0; i < 3; i++) assert_int_equal(talk_sweep_begin(f->s), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE kind = 'sweep'"), 1);
	for (int i = 0; i < 3; i++) {
		sweep(f);
		assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE kind = 'sweep' AND ended_at IS NULL"), 1);
	}
	assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE kind = 'sweep' AND failed"), 0);
}

/* More than one batch. */
static enum err put_many(struct db *db, void *arg) {
	struct fixture *f = arg;
	for (int i = 0; i < 43; i++) {
		struct file_id id;
		TRY(file_put(db, STR("a.txt"), STR("text/plain"), str_fmt(&f->a, "file %d", i), &id));
	}
	return OK;
}

static void many_go_in_one_round(void **state) {
	FIXTURE(f);
	assert_int_equal(store_write(f->s, put_many, f), OK);
	assert_int_equal(talk_sweep_begin(f->s), OK);
	sweep(f);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM file"), 0);
}

/* A new table that points to files must be known to the fragment file_used; whoever adds one changes both. */
static void all_that_points_to_files_is_known(void **state) {
	FIXTURE(f);
	const char *lite = "SELECT count(*) FROM sqlite_master m, pragma_table_info(m.name) c"
		" WHERE m.type = 'table' AND c.name LIKE '%file_id'";
	const char *pg = "SELECT count(*) FROM information_schema.columns"
		" WHERE table_schema = current_schema() AND column_name LIKE '%file_id'";
	assert_int_equal(admin_int(f, f->engine == DB_SQLITE ? lite : pg), 9);    /* the seven of file_used, the chunks and the words */
}

int main(int argc, char **argv) {
	(void)argc, (void)argv;
	const struct CMUnitTest tests[] = {
		FIRM_BOTH(only_what_nobody_uses_goes), FIRM_BOTH(there_is_always_one_next_round), FIRM_BOTH(many_go_in_one_round),
		FIRM_BOTH(all_that_points_to_files_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
