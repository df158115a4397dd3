/* What a pack keeps for the team: as the customer it concerns, over HTTP, no face of it is shown; as one of the staff each is; on both engines. */
#include "event/event.h"
#include "pack/pack.h"
#include "search/search.h"
#include "talk/testing.h"
#include "timeline/timeline.h"

#define L(en) "\"label\": {\"en\": \"" en "\", \"de\": \"" en "\"}"
#define MANY "\"many\": {\"en\": \"Deals\", \"de\": \"Deals\"}"

/* A deal with a value and a remark for the team, and its state, too; and what the team can do about it. */
static const char pack_text[] = "{\"name\": \"bakery\", " L("Bakery") ", \"tabs\": [], \"topics\": [], \"types\": [{\"name\": \"deal\", " L("Deal") ", " MANY
	", \"title\": \"{name}\", \"amount\": \"value\", \"room\": \"lead\", \"staff_state\": true, \"fields\": ["
	"{\"name\": \"name\", \"type\": \"text\", " L("Name") "}, {\"name\": \"size\", \"type\": \"text\", " L("Size") "},"
	"{\"name\": \"value\", \"type\": \"money\", \"staff\": true, " L("Zorbvalue") "}, {\"name\": \"remark\", \"type\": \"text\", \"staff\": true, " L("Zorbremark") "}],"
	"\"states\": [{\"name\": \"zorbtalk\", " L("Zorbtalk") "}, {\"name\": \"zorbwon\", " L("Zorbwon") "}],"
	"\"roles\": [{\"name\": \"lead\", " L("Leads") "}, {\"name\": \"buyer\", " L("Buys") "}], \"reasons\": [{\"name\": \"other\", " L("Other") "}],"
	"\"tabs\": [{\"name\": \"open\", " L("Open") ", \"fields\": [\"size\"]}, {\"name\": \"inner\", " L("Zorbtab") ", \"fields\": [\"value\", \"remark\"]}],"
	"\"actions\": [{\"name\": \"rate\", " L("Rate it") ", \"words\": {\"en\": \"x\", \"de\": \"x\"}, \"may\": [\"staff\"],"
	"\"fields\": [{\"name\": \"value\", \"type\": \"money\", \"staff\": true, \"required\": true, " L("Zorbvalue") "}, {\"name\": \"remark\", \"type\": \"text\", \"staff\": true, "
	L("Zorbremark") "}], \"approval\": {\"amount\": \"value\", \"limits\": {\"agent\": 100}}, \"then\": {\"set\": [\"value\", \"remark\"]}}]}]}";

static const char open_text[] = "{\"name\": \"bakery_open\", " L("Bakery") ", \"tabs\": [], \"topics\": [], \"types\": [{\"name\": \"deal\", " L("Deal") ", " MANY
	", \"title\": \"{name}\", \"fields\": [{\"name\": \"name\", \"type\": \"text\", " L("Name") "}, {\"name\": \"remark\", \"type\": \"text\", " L("Remark") "}],"
	"\"roles\": [{\"name\": \"lead\", " L("Leads") "}, {\"name\": \"buyer\", " L("Buys") "}]}]}";

static void put_pack(const char *name, struct str text) {
	const struct pack_file file = {.name = STR("pack.json"), .bytes = text};
	struct str why = STR("");
	if (pack_find(str_c(name)) == NULL && pack_add(name, &file, 1, STR("x"), &why) != OK) fail_msg(STR_FMT, STR_ARG(why));
}

static struct fixture *staff_new(enum db_engine engine) {
	struct fixture *f = talk_new(engine);
	put_pack("bakery", str_c(pack_text));
	put_pack("bakery_open", str_c(open_text));
	admin_exec(f, "UPDATE business SET pack = 'bakery';"
	              "INSERT INTO record (id, type, title, state, at, amount, fields, created_at, changed_at, version) VALUES (50, 'deal', 'The second oven', 'zorbtalk', 0,"
	              " 7777700, '{\"name\":\"The second oven\",\"size\":\"large\",\"value\":\"7777700\",\"remark\":\"zorbsecret\"}', 0, 0, 1);"
	              "INSERT INTO record_person (record_id, person_id, role) VALUES (50, 1, 'buyer'), (50, 4, 'lead')");
	return f;
}
static int staff_sqlite(void **state) { *state = staff_new(DB_SQLITE); return 0; }
static int staff_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? staff_new(DB_PG) : NULL; return 0; }
#define STAFF_BOTH(test) {#test " (SQLite)", test, staff_sqlite, down, NULL}, {#test " (PostgreSQL)", test, staff_pg, down, NULL}

static struct answer api(struct fixture *f, const struct served *s, int who, const char *method, const char *path, const char *json) {
	return ask(f, s, method, path, json, token_for(f, who));
}

static struct answer done(struct fixture *f, const struct served *s, int who, const char *method, const char *path, const char *json, long status) {
	struct answer r = api(f, s, who, method, path, json);
	if (r.status != status) fail_msg("%s %s: %ld, not %ld: " STR_FMT, method, path, r.status, status, STR_ARG(str_first(r.body, 600)));
	return r;
}

static enum err read_all(struct db *db, void *arg) {
	struct arena *a = arg;
	struct event_list list;
	TRY(event_after(db, a, 0, 1000, &list));
	TRY(timeline_keep(db, a, list.v, list.n, NULL));
	return search_read(db, a, list.v, list.n, NULL);
}

static void change(struct fixture *f, struct served *s, const char *fields) {
	struct answer r = send_form(f, s, "/records/50/edit", "/records/50/edit", fields, session_for(f, AGENT));
	if (r.status != 303) fail_msg("%s: %ld " STR_FMT, fields, r.status, STR_ARG(r.body));
}

/* The team changes what is its own, then something for all; rates the deal; the customer asks about it. */
static void live_through(struct fixture *f, struct served *s) {
	change(f, s, "version=1&state=zorbwon&field_name=value&field_value=88888");
	change(f, s, "version=2&field_name=size&field_value=larger&field_name=remark&field_value=zorbsecret+again");
	done(f, s, AGENT, "POST", "/api/v1/records/50/actions/rate", "{\"fields\":{\"value\":9999900,\"remark\":\"zorbrated\"}}", 201);
	done(f, s, OLGA, "POST", "/api/v1/conversations", "{\"kind\":\"query\",\"visibility\":\"private\",\"subject\":\"When?\",\"body\":\"When?\",\"record_id\":50}", 201);
	assert_int_equal(store_write(f->s, read_all, &f->a), OK);
}

static void no_face_shows_it(void **state) {
	FIXTURE(f);
	struct served s;
	static const char *const words[] = {"zorb", "Zorb", "77,777", "77.777", "7777700", "88,888", "88.888", "8888800", "99,999", "99.999", "9999900"};
	enum { WORDS = sizeof words / sizeof *words };
	serve_start(f, &s);
	live_through(f, &s);
	long long asked = (long long)admin_int(f, "SELECT max(id) FROM conversation");
	const char *paths[] = {"/things", "/records/50", "/records/50?tab=open", "/records/50/ask", "/records/50/timeline", "/records/50?show=change", 
		"/me", "/news", "/requests", "/requests/1", "/search?q=oven", "/notices", "/mine", "/api/v1/records", "/api/v1/records/50", "/api/v1/records?q=oven",
		"/api/v1/records/50/timeline", "/api/v1/records/50/room", "/api/v1/news", "/api/v1/people/1/timeline", "/api/v1/search?q=oven", "/api/v1/requests",
		"/api/v1/requests/1", "/api/v1/events?after=0&limit=200", "/api/v1/conversations?record_id=50", str_fmt(&f->a, "/conversations/%lld", asked).p,
		str_fmt(&f->a, "/api/v1/conversations/%lld", asked).p};
	size_t team = 0;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		for (int who = OLGA; who <= AGENT; who += AGENT - OLGA) {
			bool program = strncmp(paths[i], "/api/", 5) == 0;
			struct answer r = program ? api(f, &s, who, "GET", paths[i], NULL) : call(f, &s, paths[i], NULL, session_for(f, who), NULL);
			if (r.status >= 400 && who == OLGA) fail_msg("%s: %ld", paths[i], r.status);
			for (int w = 0; w < WORDS; w++) {
				bool has = str_has(r.body, str_c(words[w]));
				if (has && who == OLGA) fail_msg("the customer reads %s at %s", words[w], paths[i]);
				team += has;
			}
		}
	assert_true(team > 40);                       /* and the team does */
	serve_stop(&s);
}

static void nothing_of_it_is_found(void **state) {
	FIXTURE(f);
	struct served s;
	static const char *const words[] = {"zorbrated", "zorbwon", "99999", "zorbrated+oven"};
	serve_start(f, &s);
	live_through(f, &s);
	done(f, &s, AGENT, "POST", "/api/v1/requests/1/state", "{\"state\":\"approved\"}", 403);
	admin_exec(f, "UPDATE person SET role = 'manager' WHERE id = 4");
	done(f, &s, AGENT, "POST", "/api/v1/requests/1/state", "{\"state\":\"approved\"}", 201);
	assert_int_equal(store_write(f->s, read_all, &f->a), OK);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const char *path = str_fmt(&f->a, "/api/v1/search?q=%s", words[i]).p;
		assert_has(done(f, &s, OLGA, "GET", path, NULL, 200).body, "\"data\":[]");
		assert_has(done(f, &s, AGENT, "GET", path, NULL, 200).body, "\"type\":\"record\",\"id\":50");
		path = str_fmt(&f->a, "/api/v1/records?q=%s", words[i]).p;
		assert_has(done(f, &s, OLGA, "GET", path, NULL, 200).body, "\"data\":[]");
		assert_has(done(f, &s, AGENT, "GET", path, NULL, 200).body, "\"id\":50");
		assert_has(done(f, &s, AGENT, "GET", str_fmt(&f->a, "%s&cursor=50", path).p, NULL, 200).body, "\"data\":[]");
	}
	struct str twice = done(f, &s, AGENT, "GET", "/api/v1/search?type=record&q=oven", NULL, 200).body;
	assert_true(str_none(between(f, twice, "\"id\":50", "\"id\":50")));          /* by one document, not by both */
	assert_has(done(f, &s, OLGA, "GET", "/api/v1/search?type=record&q=oven", NULL, 200).body, "\"type\":\"record\",\"id\":50");
	serve_stop(&s);
}

static void only_what_is_news_for_them(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	live_through(f, &s);
	struct answer own = api(f, &s, OLGA, "GET", "/api/v1/records/50/timeline", NULL), team = api(f, &s, AGENT, "GET", "/api/v1/records/50/timeline", NULL);
	int64_t first = admin_int(f, "SELECT min(seq) FROM event WHERE object_kind = 'record' AND verb = 'update'");
	const char *hidden = str_fmt(&f->a, "\"seq\":%lld,", (long long)first).p, *shown = str_fmt(&f->a, "\"seq\":%lld,", (long long)first + 1).p;
	assert_true(str_has(team.body, str_c(hidden)) && str_has(team.body, str_c(shown)));
	assert_false(str_has(own.body, str_c(hidden)));
	assert_true(str_has(own.body, str_c(shown)));
	serve_stop(&s);
}

static enum err take_pack(struct db *db, void *arg) {
	struct event e = {.verb = "update", .object_kind = "business", .object_id = 1, .audience = AUDIENCE_PUBLIC, .data = STR("{\"changed\":[\"pack\"]}")};
	return search_read(db, arg, &e, 1, NULL);
}

static void wait_for(struct fixture *f, const char *sql, long long n) {
	for (int i = 0; i < 1000 && admin_int(f, sql) < n; i++) usleep(10000);
	assert_int_equal(admin_int(f, sql), n);
}

/* Who follows a deal hears of what is for the team only if they are of it. */
static void followers_hear_what_is_theirs(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	admin_exec(f, "INSERT INTO follow (person_id, object_kind, object_id, created_at) VALUES (1, 'record', 50, 1), (5, 'record', 50, 1)");
	change(f, &s, "version=1&state=zorbwon&field_name=value&field_value=88888");
	wait_for(f, "SELECT count(*) FROM notice WHERE kind = 'follow' AND person_id = 5", 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE person_id = 1"), 0);
	change(f, &s, "version=2&field_name=size&field_value=larger");
	wait_for(f, "SELECT count(*) FROM notice WHERE kind = 'follow' AND person_id = 1", 1);
	serve_stop(&s);
}

/* The firm takes a pack in which other things are for the team: the index follows. */
static void a_new_pack_is_read_anew(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	live_through(f, &s);
	admin_exec(f, "UPDATE business SET pack = 'bakery_open'");
	assert_int_equal(store_write(f->s, take_pack, &f->a), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM find_doc WHERE object_kind = 'record-team'"), 0);
	assert_has(done(f, &s, OLGA, "GET", "/api/v1/search?q=zorbsecret", NULL, 200).body, "\"type\":\"record\",\"id\":50");
	admin_exec(f, "UPDATE business SET pack = 'bakery'");
	assert_int_equal(store_write(f->s, take_pack, &f->a), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM find_doc WHERE object_kind = 'record-team'"), 1);
	assert_has(done(f, &s, OLGA, "GET", "/api/v1/search?q=zorbsecret", NULL, 200).body, "\"data\":[]");
	serve_stop(&s);
}

int main(void) {
	struct str why;
	assert_int_equal(pack_load(&why), OK);
	const struct CMUnitTest tests[] = {STAFF_BOTH(no_face_shows_it), STAFF_BOTH(nothing_of_it_is_found), STAFF_BOTH(only_what_is_news_for_them),
		STAFF_BOTH(a_new_pack_is_read_anew), STAFF_BOTH(followers_hear_what_is_theirs)};
	return cmocka_run_group_tests_name("staff", tests, NULL, NULL);
}
