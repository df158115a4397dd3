/* Tags over HTTP on both engines: put on everything, seen by those whose they are, called otherwise, joined; and what an older program left. */
#include "people/people.h"
#include "search/search.h"
#include "tag/tag.h"
#include "talk/testing.h"

enum { OWNER = 6, OPEN = 10, CLOSED = 11, BETWEEN = 12, ACCOUNT = 70 };

static const struct { const char *kind; int id; } things[] = {{"person", PAT}, {"organization", 1}, {"record", ACCOUNT}, {"conversation", OPEN},
	{"conversation", CLOSED}, {"document", 1}};
enum { THINGS = sizeof things / sizeof *things };

struct world {
	struct fixture *f;
	struct served s;
	const char *agent, *analyst, *owner, *olga, *steve;
};

static void world_begin(struct fixture *f, struct world *w) {
	put_person(f, OWNER, "staff", "owner", "Odo Owner", 0);
	put_conversation(f, OPEN, "public", OLGA, false);
	put_conversation(f, CLOSED, "private", OLGA, false);
	put_conversation(f, BETWEEN, "private", AGENT, false);
	admin_exec(f, "UPDATE conversation SET kind = 'direct' WHERE id = 12; INSERT INTO participant (conversation_id, person_id) VALUES (12, 1);"
		"INSERT INTO organization (id, kind, name, address, phone, email, web, notes, created_at, updated_at, version) VALUES"
		" (1, 'household', 'Ottersbach', '', '', '', '', '', 5, 5, 1);"
		"INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version) VALUES (70, 'account', 'Account 1', '', 5, '{}', 5, 5, 1);"
		"INSERT INTO record_person (record_id, person_id, role) VALUES (70, 1, 'holder');"
		"INSERT INTO file (id, name, type, hash, bytes, created_at) VALUES (901, 'a', 'text/plain', 'h1', 1, 5);"
		"INSERT INTO document (id, person_id, name, shared_at, version, created_at, changed_at) VALUES (1, 1, 'A letter', 5, 1, 5, 5);"
		"INSERT INTO document_version (document_id, version, file_id, name, author_id, created_at, shown) VALUES (1, 1, 901, 'a.txt', 4, 5, TRUE)");
	*w = (struct world){.f = f, .agent = token_for(f, AGENT), .analyst = token_for(f, ANALYST), .owner = token_for(f, OWNER),
		.olga = token_for(f, OLGA), .steve = token_for(f, STEVE)};
	serve_start(f, &w->s);
}

static void read_log(struct fixture *f) {
	struct hub *h = hub_new(f->s);
	hub_add_reader(h, "find", search_wants, search_read, NULL, true);
	hub_add_reader(h, "people", people_wants, people_read_events, NULL, true);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
}

static struct answer tag(struct world *w, const char *method, const char *name, const char *kind, int id, const char *bearer) {
	return ask(w->f, &w->s, method, str_fmt(&w->f->a, "/api/v1/tags/%s/%s/%d", name, kind, id).p, NULL, bearer);
}

static struct answer look(struct world *w, const char *path, const char *bearer) { return call(w->f, &w->s, path, NULL, NULL, bearer); }

/* Each thing once, by the agent, under two spellings of one name. */
static void tag_all(struct world *w) {
	for (int i = 0; i < THINGS; i++) {
		struct answer r = tag(w, "PUT", "Valley%20Line", things[i].kind, things[i].id, w->agent);
		assert_int_equal(r.status, 200);
		assert_has(r.body, "{\"tags\":[{\"name\":\"Valley Line\",\"url\":\"/tags/Valley%20Line\"}]");
		assert_int_equal(tag(w, "PUT", "valley-line", things[i].kind, things[i].id, w->agent).status, 200);
	}
	assert_int_equal(admin_int(w->f, "SELECT count(*) FROM tag"), 1);
	assert_int_equal(admin_int(w->f, "SELECT count(*) FROM tagging"), THINGS);
	read_log(w->f);
}

static void everything_wears_them(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	tag_all(&w);
	struct answer r = look(&w, "/api/v1/tags/VALLEY%20line", w.agent);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "{\"name\":\"Valley Line\"");
	static const char *const groups[] = {"\"person\",\"count\":1,", "\"organization\",\"count\":1,", "\"record\",\"count\":1,",
		"\"conversation\",\"count\":2,", "\"document\",\"count\":1,"};
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) assert_true(str_has(r.body, str_c(groups[i])));
	assert_has(look(&w, "/api/v1/tags", w.agent).body,
		"{\"name\":\"Valley Line\",\"people\":1,\"organizations\":1,\"records\":1,\"conversations\":2,\"documents\":1,");
	const char *cookie = session_for(f, AGENT);
	static const char *const pages[] = {"/people/3", "/organizations/1", "/records/70", "/conversations/10", "/conversations/11", "/documents/1"};
	for (int i = 0; i < THINGS; i++) assert_has(call(f, &w.s, pages[i], NULL, cookie, NULL).body, "href=\"/tags/Valley%20Line\"");
	for (int i = 0; i < THINGS; i++) assert_int_equal(tag(&w, "DELETE", "valleyline", things[i].kind, things[i].id, w.agent).status, 200);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tagging"), 0);
	read_log(f);
	assert_has(look(&w, "/api/v1/tags/valley-line", w.agent).body, "\"groups\":[]");
	assert_has(look(&w, "/api/v1/tags", w.agent).body, "{\"data\":[]");
	serve_stop(&w.s);
}

/* Those of what everybody may read are everybody's; that anything else wears one is the team's. */
static void the_teams_stay_the_teams(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	tag_all(&w);
	for (int i = 0; i < THINGS; i++)
		if (things[i].id != OPEN) assert_int_equal(tag(&w, "PUT", "Quagga", things[i].kind, things[i].id, w.agent).status, 200);
	read_log(f);
	const char *const others[] = {NULL, w.steve, w.olga};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct answer r = look(&w, "/api/v1/tags/valley-line", others[i]);
		assert_int_equal(r.status, 200);
		assert_has(r.body, "\"groups\":[{\"kind\":\"conversation\",\"count\":1,");
		assert_has_not(r.body, "/conversations/11");
		assert_int_equal(look(&w, "/api/v1/tags/quagga", others[i]).status, 404);
		assert_int_equal(look(&w, "/api/v1/tags/nowhere", others[i]).status, 404);
		r = look(&w, "/api/v1/conversations?tag=valley-line", others[i]);
		assert_has(r.body, "\"url\":\"/conversations/10\"");
		assert_has_not(r.body, "\"url\":\"/conversations/11\"");
		assert_has_not(look(&w, "/api/v1/conversations?tag=quagga", others[i]).body, "\"url\"");
		assert_has_not(look(&w, "/api/v1/search?q=tag:quagga", others[i]).body, "\"url\"");
		assert_int_equal(look(&w, "/api/v1/tags", others[i]).status, others[i] ? 403 : 401);
		assert_int_equal(tag(&w, "PUT", "mine", "conversation", OPEN, others[i]).status, others[i] ? 403 : 401);
		assert_has_not(look(&w, "/api/v1/events", others[i]).body, "\"tag\"");
	}
	static const char *const hers[] = {"/api/v1/conversations/11", "/api/v1/records/70", "/api/v1/documents/1", "/api/v1/organizations/1"};
	const char *cookie = session_for(f, OLGA);
	for (size_t i = 0; i < sizeof hers / sizeof *hers; i++) {
		assert_has_not(look(&w, hers[i], w.olga).body, "uagga");
		assert_has_not(call(f, &w.s, hers[i] + 7, NULL, cookie, NULL).body, "uagga");
	}
	assert_has(look(&w, hers[0], w.agent).body, "Quagga");
	/* what is said between two is nobody's to tag but theirs, and no way to learn of it */
	assert_int_equal(tag(&w, "PUT", "okapi", "conversation", BETWEEN, w.owner).status, 404);
	assert_int_equal(tag(&w, "PUT", "okapi", "record", ACCOUNT, w.analyst).status, 403);
	assert_int_equal(tag(&w, "PUT", "okapi", "record", 71, w.agent).status, 404);
	serve_stop(&w.s);
}

static void called_otherwise(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	tag_all(&w);
	assert_int_equal(ask(f, &w.s, "PATCH", "/api/v1/tags/valley-line", "{\"to\":\"Hill Line\"}", w.agent).status, 403);
	struct answer r = ask(f, &w.s, "PATCH", "/api/v1/tags/valley-line", "{\"to\":\"Hill Line\"}", w.owner);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "\"name\":\"Hill Line\"");
	read_log(f);
	r = look(&w, "/api/v1/tags/hill-line", w.agent);
	assert_has(r.body, "\"person\",\"count\":1,");
	assert_has(r.body, "\"conversation\",\"count\":2,");
	assert_int_equal(look(&w, "/api/v1/tags/valley-line", w.agent).status, 404);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM audit WHERE action = 'rename_tag' AND actor_id = 6"), 1);
	/* a name that another has makes one of two */
	assert_int_equal(tag(&w, "PUT", "North", "record", ACCOUNT, w.agent).status, 200);
	assert_int_equal(tag(&w, "PUT", "North", "person", STEVE, w.agent).status, 200);
	admin_exec(f, "INSERT INTO follow (person_id, object_kind, object_id, created_at) SELECT 5, 'tag', id, 1 FROM tag;"
		"INSERT INTO follow (person_id, object_kind, object_id, created_at) SELECT 4, 'tag', id, 1 FROM tag WHERE word = 'north'");
	assert_int_equal(ask(f, &w.s, "PATCH", "/api/v1/tags/north", "{\"to\":\"HILL line\"}", w.owner).status, 200);
	read_log(f);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tag"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tagging"), THINGS + 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM follow WHERE object_kind = 'tag' AND object_id = (SELECT id FROM tag)"), 2);
	assert_has(look(&w, "/api/v1/tags/hill-line", w.agent).body, "\"person\",\"count\":2,");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM audit WHERE action = 'join_tags'"), 1);
	assert_int_equal(ask(f, &w.s, "PATCH", "/api/v1/tags/hill-line", "{\"to\":\"!?\"}", w.owner).status, 422);
	serve_stop(&w.s);
}

static void no_names(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	assert_int_equal(tag(&w, "PUT", "%21%3F", "record", ACCOUNT, w.agent).status, 422);
	assert_int_equal(tag(&w, "PUT", "1234567890123456789012345678901234567890123456789012345678901", "record", ACCOUNT, w.agent).status, 422);
	for (int i = 0; i < TAGS_MOST; i++)
		assert_int_equal(tag(&w, "PUT", str_fmt(&f->a, "t%d", i).p, "record", ACCOUNT, w.agent).status, 200);
	assert_has(tag(&w, "PUT", "more", "record", ACCOUNT, w.agent).body, "thirty");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tagging"), TAGS_MOST);
	/* in the browser: the sentence stands on the page of the thing */
	const char *cookie = session_for(f, AGENT);
	struct answer r = send_form(f, &w.s, "/records/70", "/tags/add", "kind=record&id=70&name=%3F%21", cookie);
	assert_int_equal(r.status, 303);
	assert_has(r.head, "/records/70");
	serve_stop(&w.s);
}

/* Two that differ by case and accents become one, and what wore either wears it. */
static void an_older_programs(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	admin_exec(f, "INSERT INTO tag (id, name) VALUES (20, 'Große Kunden'), (21, 'GROSSE KUNDEN'), (22, 'other'), (23, '!?');"
		"INSERT INTO tagging (tag_id, object_kind, object_id) VALUES (20, 'person', 1), (21, 'person', 1), (21, 'person', 2), (22, 'person', 3)");
	assert_int_equal(tag_begin(f->s), OK);
	assert_int_equal(tag_begin(f->s), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tag"), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tag WHERE word IS NULL"), 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tagging WHERE tag_id = 20"), 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tagging"), 3);
	serve_stop(&w.s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		TALK_BOTH(everything_wears_them), TALK_BOTH(the_teams_stay_the_teams), TALK_BOTH(called_otherwise), TALK_BOTH(no_names),
		TALK_BOTH(an_older_programs),
	};
	return cmocka_run_group_tests_name("tag", tests, NULL, NULL);
}
