/* The demos, on both engines: each is a sound store that says what its file says, and disturbs nobody. And an empty
 * business. */
#include "access/testing.h"
#include "admin/check.h"
#include "pack/demo.h"
#include "pack/pack.h"
#include "promise/promise.h"
#include "task/task.h"
#include "text/json.h"

static int empty_sqlite(void **state) { IGNORE(crypto_init()); *state = fixture_new(DB_SQLITE); return 0; }
static int empty_pg(void **state) {
	IGNORE(crypto_init());
	*state = getenv("RIALTO_TEST_PG") ? fixture_new(DB_PG) : NULL;
	return 0;
}
#define EMPTY_BOTH(test)                                                                                               \
	{#test " (SQLite)", test, empty_sqlite, down, NULL}, { #test " (PostgreSQL)", test, empty_pg, down, NULL }

static struct cli cli_of(struct fixture *f, int argc, char **argv) {
	return (struct cli){.verb = argv[0], .argc = argc, .argv = argv, .home = f->home, .a = &f->a, .store = f->s};
}

static void is_sound(struct fixture *f) {
	struct db *db;
	struct text_list l;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(check_store(f->s, db, &f->a, &l), OK);
	db_close(db);
	for (size_t i = 0; i < l.n; i++) print_error(STR_FMT "\n", STR_ARG(l.v[i]));
	assert_int_equal(l.n, 0);
}

static void quiet(const struct event *e, struct db *db, struct arena *a, void *ctx) {
	(void)e;
	(void)db;
	(void)a;
	(void)ctx;
}

/* The readers run over the demo as in a server: nobody is told, nothing is mailed. */
static void disturbs_nobody(struct fixture *f) {
	struct key key = {{0}};
	struct web *none = NULL;
	struct notice_ctx ctx = {.key = &key, .web = &none};
	struct hub *h = hub_new(f->s);
	hub_add_listener(h, HUB_TELLS, quiet, NULL);
	hub_add_reader(h, "notices", NULL, notice_read, &ctx, true);
	hub_add_job(h, "expectations", PROMISE_TRIES, promise_job, h);
	hub_add_job(h, "tasks", TASK_TRIES, task_job, h);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice"), 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM mail"), 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE kind NOT IN ('expectations', 'tasks')"), 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'announce' AND object_kind IN ('expectation', 'task')"), 0);
	assert_true(admin_int(f, "SELECT count(*) FROM expectation") > 4);
}

static int64_t number(const struct json *o, const char *name) {
	int64_t n = 0;
	json_get_int(json_member(o, name), &n);
	return n;
}

static void says_what_its_file_says(struct fixture *f, const char *pack) {
	JSON_DOC(doc);
	assert_int_equal(json_parse(&doc, pack_file(pack_find(str_c(pack)), "demo.json"), NULL), OK);
	const struct json *list = json_member(doc.root, "conversations");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE record_id IS NULL AND kind <> 'room'"), json_length(list));
	int64_t said = 0, today = clock_now() / DAYS(1);
	for (size_t i = 0; i < json_length(list); i++) {
		const struct json *c = json_item(list, i);
		struct str subject = STR("");
		json_get_str(json_member(c, "subject"), &subject);
		double age = 0;
		json_get_real(json_member(c, "age_days"), &age);
		const char *where = str_fmt(&f->a, "(SELECT id FROM conversation WHERE subject = '" STR_FMT "')", STR_ARG(subject)).p;
		assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM vote WHERE conversation_id = %s", where).p),
		                 number(c, "votes"));
		const char *recent = str_fmt(&f->a, "SELECT CAST(COALESCE(SUM(votes), 0) AS bigint) FROM vote_day"
		                             " WHERE day >= %lld AND conversation_id = %s", (long long)today - 6, where).p;
		/* Who began it by night did so the evening before, which may be a day more. */
		if (age > 7.5 || age < 5.3) assert_int_equal(admin_int(f, recent), number(c, "recent_votes"));
		said += (int64_t)(json_length(json_member(c, "comments")) + json_length(json_member(c, "notes")) +
		                  json_length(json_member(c, "history"))) +
		        (json_member(c, "answer") != NULL);
	}
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE c.record_id IS NULL AND c.kind <> 'room'"), said);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message WHERE created_at > (SELECT max(at) FROM event)"), 0);
}

/* Two deals that live: both sides speak, the team notes, something is for who leads, somebody telephoned; and a room of the team. */
static void has_rooms(struct fixture *f) {
	assert_int_equal(admin_int(f, "SELECT count(*) FROM record WHERE type = 'deal'"), 2);
	assert_int_equal(admin_int(f, "SELECT count(DISTINCT record_id) FROM conversation WHERE kind = 'deal' AND topic = ''"), 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE kind = 'deal' AND topic = 'lead'"), 1);
	assert_true(admin_int(f, "SELECT count(DISTINCT p.kind) FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN person p ON p.id = m.author_id"
		" WHERE c.kind = 'deal' AND m.kind = 'comment'") == 2);
	assert_true(admin_int(f, "SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE c.kind = 'deal' AND m.kind = 'note'") >= 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM call WHERE conversation_id IS NOT NULL"), 2);
	assert_true(admin_int(f, "SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE c.kind = 'room'") >= 4);
	assert_true(admin_int(f, "SELECT count(*) FROM seen") > 0);
}

/* Its customer has things of each kind that stands by itself and belongs to this business; all that is asked is asked once, something is
 * answered and something open; and no line is of tomorrow. */
static void keeps_records(struct fixture *f, const char *pack) {
	const struct pack *p = pack_find(str_c(pack));
	const char *customer = "(SELECT person_id FROM identity WHERE subject = 'customer@demo.example')";
	for (size_t i = 0; i < p->types; i++) {
		const char *name = str_z(&f->a, p->type[i].name);
		int64_t n = admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM record WHERE type = '%s'", name).p);
		if (str_is(p->type[i].name, "experience")) continue;   /* a large firm's */
		if (n == 0) fail_msg("%s has no %s", pack, name);
	}
	assert_true(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM record_person WHERE person_id = %s", customer).p) >= 2);
	assert_true(admin_int(f, "SELECT count(DISTINCT person_id) FROM record_person") > 10);
	int64_t asked = admin_int(f, "SELECT count(*) FROM conversation WHERE kind = 'query' AND visibility = 'private' AND record_root_id IS NOT NULL");
	assert_int_equal(asked, admin_int(f, "SELECT count(*) FROM conversation WHERE kind = 'query'"));
	assert_int_equal(asked, admin_int(f, "SELECT count(*) FROM snapshot"));
	assert_int_equal(asked, admin_int(f, "SELECT count(DISTINCT subject) FROM conversation WHERE kind = 'query'"));
	assert_true(admin_int(f, "SELECT count(*) FROM conversation WHERE kind = 'query' AND status = 'done'") > 0);
	assert_true(admin_int(f, "SELECT count(*) FROM conversation WHERE kind = 'query' AND status <> 'done'") > 0);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM record WHERE amount IS NOT NULL AND parent_id IS NOT NULL AND at > %lld",
		(long long)clock_now()).p), 0);
}

static void demo(struct fixture *f, const char *pack) {
	char *argv[] = {"demo", NULL};
	struct cli c = cli_of(f, 1, argv);
	struct str why = STR("");
	int done;
	assert_int_equal(store_migrate(f->s, &f->a, &done, &why), OK);
	assert_int_equal(pack_load(&why), OK);
	if (demo_make(&c, pack_find(str_c(pack)), &why) != OK) fail_msg(STR_FMT, STR_ARG(why));
	assert_true(clock_now() > 0);
	is_sound(f);
	says_what_its_file_says(f, pack);
	keeps_records(f, pack);
	has_rooms(f);
	disturbs_nobody(f);
	/* who can log in has taken over their profile: nobody is offered a claim link for them */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person p JOIN identity i ON i.person_id = p.id"
	                           " WHERE i.kind = 'password' AND p.claimed_at IS NULL"), 0);
	static const char *const emails[] = {"owner", "manager", "agent", "analyst", "customer"};
	for (size_t i = 0; i < 5; i++) {
		const char *login = str_fmt(&f->a, "SELECT count(*) FROM identity i JOIN person p ON p.id = i.person_id"
		                            " WHERE i.kind = 'email' AND i.subject = '%s@demo.example' AND p.role = '%s'",
		                            emails[i], emails[i]).p;
		assert_int_equal(admin_int(f, login), 1);
	}
	assert_int_equal(admin_int(f, "SELECT count(DISTINCT secret) FROM identity WHERE kind = 'password'"), 1);
	int64_t head = admin_int(f, "SELECT seq FROM event_head");
	assert_int_equal(demo_make(&c, pack_find(STR("banking")), &why), OK);   /* what is there is left as it is */
	assert_int_equal(admin_int(f, "SELECT seq FROM event_head"), head);
}

static void test_telecom(void **state) { FIXTURE(f); demo(f, "telecom"); }
static void test_insurance(void **state) { FIXTURE(f); demo(f, "insurance"); }
static void test_banking(void **state) { FIXTURE(f); demo(f, "banking"); }

/* ------------------------------------------------------------------------ init */

static int init(struct fixture *f, char *pack, char *name, char *admin) {
	char *argv[] = {"init", "--pack", pack, "--name", name, "--admin", admin, NULL};
	struct cli c = cli_of(f, 7, argv);
	return init_command(&c);
}

static void test_init(void **state) {
	FIXTURE(f);
	assert_int_equal(init(f, "cheese", "Firm", "a@x.example"), EXIT_USAGE);
	assert_int_equal(init(f, "telecom", " ", "a@x.example"), EXIT_USAGE);
	assert_int_equal(init(f, "telecom", "Firm", "nobody"), EXIT_USAGE);
	assert_int_equal(init(f, "blank", "  Müller &  Töchter ", "anna.keller@x.example"), EXIT_DONE);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM business WHERE name = 'Müller & Töchter' AND pack = 'blank'"),
	                 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person"
	                           " WHERE role = 'owner' AND kind = 'staff' AND name = 'Anna Keller'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM token WHERE kind = 'login'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM identity WHERE kind = 'password'"), 0);
	is_sound(f);
	assert_int_equal(init(f, "telecom", "Other", "b@x.example"), EXIT_FAILED);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person"), 1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		EMPTY_BOTH(test_telecom), EMPTY_BOTH(test_insurance), EMPTY_BOTH(test_banking),
		EMPTY_BOTH(test_init),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
