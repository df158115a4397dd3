/* rialto check finds what is broken on purpose, and rialto export leaves out what is not for the owner; both
 * engines. */
#include "access/testing.h"
#include "admin/check.h"
#include "admin/export.h"
#include "db/files.h"
#include "pack/demo.h"
#include "text/json.h"
#include "text/shared_set.h"
#include <sys/stat.h>

static struct fixture *demo_new(enum db_engine engine) {
	int done;
	struct str why = STR("");
	IGNORE(crypto_init());
	struct fixture *f = fixture_new(engine);
	char *argv[] = {"demo", NULL};
	struct cli c = {.verb = "demo", .argc = 1, .argv = argv, .home = f->home, .a = &f->a, .store = f->s};
	assert_int_equal(store_migrate(f->s, &f->a, &done, &why), OK);
	if (pack_load(&why) != OK || demo_make(&c, pack_find(STR("insurance")), &why) != OK) fail_msg(STR_FMT, STR_ARG(why));
	return f;
}
static int demo_sqlite(void **state) { *state = demo_new(DB_SQLITE); return 0; }
static int demo_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? demo_new(DB_PG) : NULL; return 0; }
#define DEMO_BOTH(test)                                                                                                \
	{#test " (SQLite)", test, demo_sqlite, down, NULL}, { #test " (PostgreSQL)", test, demo_pg, down, NULL }

static struct text_list complaints(struct fixture *f) {
	struct db *db;
	struct text_list l;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(check_store(f->s, db, &f->a, &l), OK);
	db_close(db);
	return l;
}

static void broken(struct fixture *f, const char *sql, const char *said) {
	bool some = false;
	if (f->engine == DB_SQLITE) admin_exec(f, "PRAGMA foreign_keys = OFF");
	admin_exec(f, sql);
	struct text_list l = complaints(f);
	for (size_t i = 0; i < l.n && !some; i++) some = str_has(l.v[i], str_c(said));
	if (!some)
		fail_msg("%s\n  does not give: %s\n  but %zu complaints, the first: " STR_FMT, sql, said, l.n,
		         STR_ARG(l.n ? l.v[0] : STR("")));
}

static void test_check(void **state) {
	FIXTURE(f);
	assert_int_equal(complaints(f).n, 0);
	broken(f, "UPDATE event_cursor SET seq = 1000000", "The reader notices has read up to event 1000000");
	broken(f, "UPDATE conversation SET answer_id = 999999 WHERE id = 1",
	       "Pointing to nothing or to the wrong thing: official answers (1).");
	broken(f, "UPDATE business SET logo_file_id = 999", "logos of the firm (1)");
	broken(f,
	       "INSERT INTO source_ref (source, kind, external_id, object_id, hash) VALUES ('s', 'person', 'x', 99999, '')",
	       "imported people (1)");
	broken(f, "UPDATE identity SET subject = 'gone@demo.example' WHERE subject = 'owner@demo.example'",
	       "whose address is not in the profile (1)");
	broken(f, "UPDATE identity SET secret = 'plain' WHERE kind = 'password' AND person_id = 1", "no Argon2id hash (1)");
	broken(f, "UPDATE contact SET folded = 'other' WHERE id = 1", "Contact 1 of person 1 cannot be found");
	broken(f, "DELETE FROM file_chunk WHERE file_id = 2", "should have");
	broken(f, "UPDATE conversation SET votes = votes + 1 WHERE id = 2", "2");
	broken(f, "INSERT INTO verdict (expectation_id, person_id, word, note, at) SELECT MIN(id), 1, 'kept', '', 0 FROM expectation WHERE person_id IS NOT NULL", "verdicts of many about what was promised to one (1)");
	broken(f, "UPDATE expectation SET person_id = NULL WHERE id = (SELECT MIN(x.id) FROM expectation x WHERE x.person_id IS NOT NULL)", "promises to everybody that were not said to everybody (1)");
	broken(f, "DELETE FROM event WHERE seq = 10", "The log has a hole behind event 9");
	broken(f, "UPDATE event_head SET seq = seq + 5", "and its head says");
}

/* What was counted wrong is counted anew, and of nothing else anything is changed. */
static void test_mend(void **state) {
	FIXTURE(f);
	char *argv[] = {"check", "--mend", NULL};
	struct cli c = {.verb = "check", .argc = 2, .argv = argv, .home = f->home, .a = &f->a, .store = f->s};
	broken(f, "UPDATE conversation SET votes = votes + 7, waiting_at = 5 WHERE id = 1", "conversation 1 keeps");
	broken(f, "DELETE FROM tally", "list ");
	int64_t events = admin_int(f, "SELECT count(*) FROM event");
	assert_int_equal(check_command(&c), EXIT_DONE);
	assert_int_equal(complaints(f).n, 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event"), events + 1);
	c.argc = 2, argv[1] = "--mend";
	assert_int_equal(check_command(&c), EXIT_DONE);                    /* again: nothing to do, and nothing done */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event"), events + 1);
	broken(f, "DELETE FROM file_chunk WHERE file_id = 2", "should have");
	c.argc = 2, argv[1] = "--mend";
	assert_int_equal(check_command(&c), EXIT_FAILED);
}

/* ---------------------------------------------------------------------- export */

static struct str exported(struct fixture *f, const char *name) {
	struct str s = file_text(&f->a, str_fmt(&f->a, "%s/out/%s", f->home, name).p);
	assert_false(str_none(s));
	return s;
}

static int64_t lines_of(struct str text) {
	int64_t n = 0;
	for (struct str rest = text; rest.n > 0; n++) {
		JSON_DOC(doc);
		struct str line = str_cut(&rest, '\n');
		if (json_parse(&doc, line, NULL) != OK) fail_msg("no JSON: " STR_FMT, STR_ARG(line));
		if (str_none(rest)) break;
	}
	return n;
}

static void same_count(struct fixture *f, const char *name, const char *sql) {
	assert_int_equal(lines_of(exported(f, str_fmt(&f->a, "%s.jsonl", name).p)), admin_int(f, sql));
}

static void test_export(void **state) {
	FIXTURE(f);
	char *out = (char *)str_fmt(&f->a, "%s/out", f->home).p, *argv[] = {"export", out, NULL};
	struct cli c = {.verb = "export", .argc = 2, .argv = argv, .home = f->home, .a = &f->a, .store = f->s};
	admin_exec(f, "INSERT INTO person_audience (person_id, field, audience)"
	              " SELECT id, 'address', 'me' FROM person WHERE kind = 'customer'");
	admin_exec(f, "INSERT INTO person_audience (person_id, field, audience)"
	              " SELECT id, 'phone', 'contact' FROM person WHERE kind = 'customer'");
	admin_exec(f, "UPDATE business SET smtp_secret = 'sealed-thing'");
	assert_int_equal(export_command(&c), EXIT_DONE);
	same_count(f, "people", "SELECT count(*) FROM person");
	same_count(f, "conversations", "SELECT count(*) FROM conversation");
	same_count(f, "messages", "SELECT count(*) FROM message");
	same_count(f, "votes", "SELECT count(*) FROM vote");
	same_count(f, "events", "SELECT count(*) FROM event");
	same_count(f, "files", "SELECT count(*) FROM file");
	same_count(f, "business", "SELECT 1");
	struct str people = exported(f, "people.jsonl"),
			   all = str_fmt(&f->a, STR_FMT STR_FMT, STR_ARG(people), STR_ARG(exported(f, "business.jsonl")));
	assert_has(people, "Marta Lindqvist");
	assert_has(people, "customer@demo.example");
	assert_has(all, "09:00-13:00");                 /* its working hours */
	assert_has_not(people, "Cotham Rise");          /* for herself only */
	assert_has_not(people, "555 0123");             /* for her contact person */
	assert_has_not(all, "argon2");
	assert_has_not(all, "sealed-thing");
	assert_int_equal(admin_int(f, "SELECT bytes FROM file WHERE id = 1"), exported(f, "files/1-logo-harbour.png").n);
	struct stat st;
	assert_int_equal(stat(str_fmt(&f->a, "%s/moment", out).p, &st), -1);
	c.argc = 2;
	assert_int_equal(export_command(&c), EXIT_FAILED);   /* it is there already */
}

int main(void) {
	const struct CMUnitTest tests[] = {DEMO_BOTH(test_check), DEMO_BOTH(test_mend), DEMO_BOTH(test_export)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
