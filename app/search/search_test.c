/* The search over everything, asked over HTTP on both engines by everybody for words that only some may see; and the index that is made again. */
#include "pack/pack.h"
#include "people/people.h"
#include "record/record.h"
#include "search/search.h"
#include "talk/testing.h"
#include "db/files.h"
#include <math.h>

enum { SOME_DAY = 20000 };

struct secret {
	const char *word;
	const char *who;       /* v visitor, o whose it is, s stranger, p who takes part, a agent, n analyst */
	const char *visibility;
	bool hidden;
};
static const struct secret secrets[] = {
	{"aardvark", "vospan", "public", false}, {"bobolink", "ospan", "members", false}, {"capybara", "opan", "private", false},
	{"dormouse", "an", "staff", false},      {"echidna", "an", "public", true},       {"flamingo", "an", "private", true},
};
/* What is said in the first, and in the private one. */
static const struct said {
	int in;
	struct secret s;
} said[] = {
	{0, {"gazelle", "vospan", "comment", false}}, {0, {"hedgehog", "an", "note", false}}, {0, {"ibexibex", "an", "comment", true}},
	{0, {"jackdaw", "vospan", "answer", false}},  {2, {"kestrel", "opan", "comment", false}}, {2, {"lemming", "an", "note", false}},
	{4, {"marmoset", "an", "comment", false}},
};
/* A record of the owner, and a line of it. */
static const struct secret kept[] = {{"nuthatch", "oan", "account", false}, {"ocelot", "oan", "statement_line", false}};
/* Documents kept for the owner, her household, a message between two, and what her profile shows to whom. */
static const struct secret others[] = {
	{"narwhal", "oan", "the name of a shared document", false}, {"opossum", "oan", "the words of its newest version", false},
	{"oryxold", "", "those of a version before it was shared", false}, {"pangolin", "an", "a document that is not shared", false},
	{"quokka", "oan", "the name of a household", false}, {"raccoon", "an", "the notes on it", false},
	{"salamander", "op", "between two", false}, {"tapirman", "vospan", "title: public", false}, {"uakari", "o", "about: me", false},
	{"vicuna", "oa", "languages: contact", false}, {"warthog", "oan", "hours: staff", false}, {"xerus", "an", "notes of the team", false},
	{"yakmail", "o", "email: me", false}, {"zebrafish", "an", "a promise that the team knows of", false}, {"yellowtail", "oan", "one between two sides", false},
	{"woodchuck", "vospan", "one in public", false}, {"thylacine", "", "what a rule of service made", false}, {"sugarglider", "oan", "in public, in what was taken down", false},
};
enum { OTHERS = sizeof others / sizeof *others, OTHER_DOCS = 9 /* two documents, a household twice, what is between two, four promises */ };
enum { SECRETS = sizeof secrets / sizeof *secrets, SAID = sizeof said / sizeof *said, KEPT = sizeof kept / sizeof *kept };

struct made {
	struct fixture *f;
	struct conversation_id id[SECRETS];
	struct record_id record[KEPT];
};

static enum err make_record(struct db *db, struct made *m, int i) {
	const struct pack_type *t = pack_type_find(pack_find(STR("banking")), str_c(kept[i].visibility));
	struct str *value = NEW_ARRAY(&m->f->a, struct str, t->fields);
	for (size_t k = 0; k < t->fields; k++) {
		value[k] = STR_NONE;
		if (str_is(t->field[k].name, i == 0 ? "number" : "bank")) value[k] = str_fmt(&m->f->a, "%s common", kept[i].word);
		if (str_is(t->field[k].name, "amount")) value[k] = STR("-123450");
		if (str_is(t->field[k].name, i == 0 ? "opened" : "booked")) value[k] = STR("2024-10-04");
	}
	struct record_input in = {.type = t, .parent = i == 0 ? (struct record_id){0} : m->record[0], .state = STR_NONE, .value = value};
	bool changed;
	TRY(record_create(db, &m->f->a, (struct person_id){AGENT}, &in, &m->record[i]));
	return i > 0 ? OK : record_person(db, &m->f->a, (struct person_id){AGENT}, m->record[i], (struct person_id){OLGA}, STR("holder"), true, &changed);
}

static enum err make_all(struct db *db, void *arg) {
	struct made *m = arg;
	struct arena *a = &m->f->a;
	for (int i = OLGA; i <= ANALYST; i++) {
		struct event e = {.verb = "create", .object_kind = "person", .object_id = i, .audience = AUDIENCE_PRIVATE, .data = STR("{}")};
		TRY(event_append(db, &e, NULL));
	}
	for (int i = 0; i < SECRETS; i++) {
		struct new_report r = {.kind = STR("problem"), .visibility = str_c(secrets[i].visibility), .subject = str_fmt(a, "The %s", secrets[i].word),
			.body = STR("Some common words about 12,50 and it."), .author = {OLGA}, .lat = NAN, .lon = NAN, .at = DAYS(SOME_DAY + i)};
		r.tags = (struct text_list){.v = &(struct str){.p = "zoo animals", .n = 11}, .n = 1};
		TRY(talk_create(db, a, &r, &m->id[i]));
		TRY(sql_talk_participant_add(db, m->id[i], (struct person_id){PAT}, NULL));
		if (secrets[i].hidden) TRY(sql_talk_hide(db, m->id[i], 1));
	}
	for (int i = 0; i < SAID; i++) {
		struct new_message n = {.conversation = m->id[said[i].in], .kind = str_c(said[i].s.visibility), .author = {AGENT}, .at = DAYS(SOME_DAY + 10 + i),
			.body = str_fmt(a, "A **%s** is common.", said[i].s.word)};
		struct message_id id;
		struct file_id file;
		TRY(talk_say(db, a, &n, &id));
		TRY(file_put(db, str_fmt(a, "%sfile.txt", said[i].s.word), STR("text/plain"), str_c(said[i].s.word), &file));
		TRY(talk_attach(db, n.conversation, id, file, 0, 0, STR_NONE));
		if (said[i].s.hidden) TRY(sql_talk_hide_said(db, id, 1));
	}
	for (int i = 0; i < KEPT; i++) TRY(make_record(db, m, i));
	return OK;
}

static enum err tell_others(struct db *db, void *arg) {
	static const struct { const char *kind; int id; } made[] = {{"document", 1}, {"document", 2}, {"organization", 1}, {"conversation", 50}, {"expectation", 1}, {"expectation", 2},
		{"expectation", 3}, {"expectation", 4}, {"expectation", 5}};
	(void)arg;
	for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
		struct event e = {.verb = "create", .object_kind = made[i].kind, .object_id = made[i].id, .audience = AUDIENCE_PRIVATE, .data = STR("{}")};
		TRY(event_append(db, &e, NULL));
	}
	return OK;
}

static void make_promises(struct fixture *f) {
	static const struct { const char *text, *audience, *goal, *in; } made[] = {{"A zebrafish", "team", "", "capybara"}, {"A yellowtail", "both", "", "capybara"},
		{"A woodchuck", "public", "", "aardvark"}, {"A thylacine", "team", "first", "aardvark"}, {"A sugarglider", "public", "", "echidna"}};
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		admin_exec(f, str_fmt(&f->a, "INSERT INTO expectation (id, ours, person_id, owner_id, text, conversation_id, due_at, due_kind, said, first_due_at, moved, audience, state,"
			" note, word_of, made_by, made_at, step, version, source, goal) SELECT %zu, TRUE, 1, 4, '%s', c.id, 1, 'day', '', 1, 0, '%s', 'open', '', '', 4,"
			" 1735689600000000, '', 1, 'conversation', '%s' FROM conversation c WHERE c.subject = 'The %s'", i + 1, made[i].text, made[i].audience, made[i].goal, made[i].in).p);
}

static void make_others(struct fixture *f) {
	make_promises(f);
	put_conversation(f, 50, "private", OLGA, false);
	admin_exec(f, "UPDATE conversation SET kind = 'direct', subject = '', body = 'A salamander', created_at = 1735689600000000 WHERE id = 50;"
		"INSERT INTO participant (conversation_id, person_id) VALUES (50, 1), (50, 3);"
		"INSERT INTO organization (id, kind, name, address, phone, email, web, notes, created_at, updated_at, version) VALUES"
		" (1, 'household', 'The quokka', 'raccoon 3', '', '', '', 'raccoon', 1735689600000000, 0, 1);"
		"INSERT INTO organization_person (organization_id, person_id, role) VALUES (1, 1, '');"
		"INSERT INTO file (id, name, type, hash, bytes, created_at) VALUES (901, 'a', 'text/plain', 'h1', 1, 0), (902, 'b', 'text/plain', 'h2', 1, 0),"
		" (903, 'c', 'text/plain', 'h3', 1, 0);"
		"INSERT INTO file_text (file_id, state, text, width, height) VALUES (901, 'read', 'oryxold', 0, 0), (902, 'read', 'an opossum', 0, 0),"
		" (903, 'read', 'a pangolin', 0, 0);"
		"INSERT INTO document (id, person_id, name, shared_at, version, created_at, changed_at) VALUES (1, 1, 'The narwhal', 5, 2, 0, 0),"
		" (2, 1, 'Another', NULL, 1, 0, 0);"
		"INSERT INTO document_version (document_id, version, file_id, name, author_id, created_at, shown) VALUES (1, 1, 901, 'x.txt', 4, 1735689600000000, FALSE),"
		" (1, 2, 902, 'y.txt', 4, 1735689600000000, TRUE), (2, 1, 903, 'z.txt', 4, 1735689600000000, FALSE);"
		"UPDATE person SET title = 'tapirman', about = 'an uakari', languages = 'vicuna', hours = 'warthog', staff_notes = 'xerus', contact_id = 4 WHERE id = 1;"
		"INSERT INTO contact (person_id, kind, label, value, folded, rank) VALUES (1, 'email', '', 'yakmail@x.example', 'yakmail@x.example', 0);"
		"INSERT INTO person_audience (person_id, field, audience) VALUES (1, 'title', 'public'), (1, 'about', 'me'), (1, 'languages', 'contact'),"
		" (1, 'hours', 'staff'), (1, 'email', 'me')");
	assert_int_equal(store_write(f->s, tell_others, NULL), OK);
}

struct world {
	struct fixture *f;
	struct served s;
	struct made m;
	const char *bearer[6], *cookie[6];
};
static const char letters[] = "vospan";

static void read_log(struct fixture *f) {
	struct hub *h = hub_new(f->s);
	hub_add_reader(h, "find", search_wants, search_read, NULL, true);
	hub_add_reader(h, "people", people_wants, people_read_events, NULL, true);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
}

static void world_begin(struct fixture *f, struct world *w) {
	*w = (struct world){.f = f, .m = {.f = f}};
	admin_exec(f, "UPDATE business SET pack = 'banking'");
	assert_int_equal(store_write(f->s, make_all, &w->m), OK);
	make_others(f);
	read_log(f);
	serve_start(f, &w->s);
	for (int i = 1; i < 6; i++) w->bearer[i] = token_for(f, i), w->cookie[i] = session_for(f, i);
}

static int found_as(struct world *w, int who, const char *q) {
	struct answer r = call(w->f, &w->s, str_fmt(&w->f->a, "/api/v1/search?limit=200&q=%s", q).p, NULL, NULL, w->bearer[who]);
	if (r.status != 200) fail_msg("%s: %ld " STR_FMT, q, r.status, STR_ARG(r.body));
	int n = 0;
	for (struct str rest = r.body; str_has(rest, STR("{\"type\":")); n++) {
		size_t at = 0;
		while (!str_starts(str_from(rest, at), STR("{\"type\":"))) at++;
		rest = str_from(rest, at + 1);
	}
	return n;
}

static void found(struct world *w, int who, const char *q, int expected) {
	int n = found_as(w, who, q);
	if (n != expected) fail_msg("%c finds %d by %s instead of %d", letters[who], n, q, expected);
}

static bool sees(const struct secret *s, int who) { return strchr(s->who, letters[who]) != NULL; }

static int sum_seen(int who) {
	int n = 0;
	for (int i = 0; i < SECRETS; i++) n += sees(&secrets[i], who);
	for (int i = 0; i < SAID; i++) n += sees(&said[i].s, who);
	for (int i = 0; i < KEPT; i++) n += sees(&kept[i], who);
	return n;
}

static void try_secret(struct world *w, int who, const struct secret *s) {
	struct fixture *f = w->f;
	found(w, who, s->word, sees(s, who));
	found(w, who, str_fmt(&f->a, "%.4s", s->word).p, sees(s, who));
	static const char *const pages[] = {"/search?q=common", "/search?q=common&type=message", "/search?q=from:olga", "/search?q=tag:zoo-animals",
		"/search?q=in:note", "/search?q=in:promises", "/api/v1/search?q=in:promise", "/search?q=in:record", "/search?q=after:2020", "/search?q=-nothing", "/search?q=from:me", "/search?q=with:pat", "/search?q=in:person",
		"/search?q=olga", "/search?q=olga&type=person", "/search?q=in:document", "/search?q=document&type=document", "/search?q=in:household",
		"/api/v1/search?q=in:customer", "/api/v1/people?q=olga", "/api/v1/records", "/people?q=olga", "/people/1"};
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		struct answer r = call(f, &w->s, pages[i], NULL, w->cookie[who], NULL);
		if (str_starts(str_c(pages[i]), STR("/search"))) assert_int_equal(r.status, 200);
		if (!sees(s, who) && str_has(r.body, str_c(s->word))) fail_msg("%c reads %s at %s", letters[who], s->word, pages[i]);
	}
}

static void nobody_finds_what_is_not_theirs(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	for (int who = 0; who < 6; who++) {
		for (int i = 0; i < SECRETS; i++) try_secret(&w, who, &secrets[i]);
		for (int i = 0; i < SAID; i++) try_secret(&w, who, &said[i].s);
		for (int i = 0; i < KEPT; i++) try_secret(&w, who, &kept[i]);
		for (int i = 0; i < OTHERS; i++) try_secret(&w, who, &others[i]);
		found(&w, who, "common", sum_seen(who));
		found(&w, who, "hedgehogfile", who >= 4);
	}
	/* the policy is asked of the things as they are, whatever the index still says */
	admin_exec(f, "UPDATE conversation SET hidden_at = 1 WHERE subject = 'The aardvark'");
	admin_exec(f, "DELETE FROM record_person");
	admin_exec(f, "DELETE FROM participant");
	found(&w, 1, "common", 3);    /* the members' one, her private one and what was said to her there */
	serve_stop(&w.s);
}

static void operators_narrow(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	static const struct { int who; const char *q; int n; } tries[] = {
		{4, "common+from:olga", 6}, {4, "common+from:agatha", 7}, {1, "from:me", 4}, {4, "common+-from:olga", 9}, {4, "from:nobodyofthatname", 0},
		{4, "with:pat+in:conversation", 6}, {4, "in:note", 2}, {4, "in:answer", 1}, {4, "in:promise", 4}, {1, "in:versprechen", 3}, {0, "in:promise", 1}, {4, "in:problem+-in:message", 6}, {4, "in:statement_line", 1},
		{4, "tag:zoo-animals", 6}, {0, "tag:%22Zoo+Animals%22", 1}, {4, "tag:zoo", 0}, {4, "on:2024-10-04", 3}, {4, "before:2024-10-04", 0},
		{4, "after:2024-10-06+before:2024-10-08", 2}, {4, "on:2024-10-09+in:problem", 1}, {4, "12.50", 6}, {4, "%22common+words%22", 6},
		{4, "%22words+common%22", 0}, {4, "1,234.50", 1}, {4, "1234,50", 1}, {1, "04.10.2024", 2}, {2, "04.10.2024", 0}, {4, "commonly", 15}, {4, "commonwealth", 0},
		{4, "some+wor", 6}, {4, "-some+common", 9}, {0, "%CF%99popen", 0}, {0, "%CF%99d", 0}, {4, "%22", 0}, {4, "NEAR(a,b)+AND+OR+*", 0},
	};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) found(&w, tries[i].who, tries[i].q, tries[i].n);
	assert_int_equal(call(f, &w.s, "/api/v1/search?q=before:soon", NULL, NULL, w.bearer[4]).status, 422);
	assert_has(call(f, &w.s, "/search?q=before:soon+common", NULL, w.cookie[4], NULL).body, "We could not understand “before:soon”");
	assert_has(call(f, &w.s, "/search?q=capybara", NULL, w.cookie[4], NULL).body, "The <mark>capybara</mark>");
	assert_has(call(f, &w.s, "/search?q=zzz", NULL, w.cookie[4], NULL).body, "before:2026-05");
	assert_has(call(f, &w.s, "/search", NULL, NULL, NULL).body, "Find anything again");
	assert_has(call(f, &w.s, "/search?q=agatha", NULL, NULL, NULL).body, "/people/4");
	serve_stop(&w.s);
}

static void pages_follow_each_other(void **state) {
	FIXTURE(f);
	struct world w;
	struct str cursor = STR(""), last = STR("9");
	int n = 0;
	world_begin(f, &w);
	do {
		struct answer r = call(f, &w.s, str_fmt(&f->a, "/api/v1/search?q=common&limit=2&cursor=" STR_FMT, STR_ARG(cursor)).p, NULL, NULL, w.bearer[4]);
		assert_int_equal(r.status, 200);
		struct str first = between(f, r.body, "\"at\":\"", "\"");
		assert_true(str_cmp(first, last) <= 0);         /* the newest first */
		last = first;
		cursor = between(f, r.body, "\"next\":\"", "\"");
		n++;
	} while (!str_none(cursor) && n < 20);
	assert_int_equal(n, (sum_seen(4) + 1) / 2);
	assert_int_equal(call(f, &w.s, "/api/v1/search?q=common&cursor=x", NULL, NULL, w.bearer[4]).status, 422);
	serve_stop(&w.s);
}

/* The full text of SQLite holds the words of the documents and no others. */
static void text_is_whole(struct fixture *f) {
	if (f->engine == DB_SQLITE) admin_exec(f, "INSERT INTO find_fts (find_fts, rank) VALUES ('integrity-check', 1)");
}

static void the_index_follows(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	int64_t all = admin_int(f, "SELECT count(*) FROM find_doc"), people = admin_int(f, "SELECT count(*) FROM find_doc WHERE object_kind LIKE 'person%'");
	assert_int_equal(all, SECRETS + SAID + KEPT + OTHER_DOCS + people);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM find_doc WHERE object_kind = 'person'"), admin_int(f, "SELECT count(*) FROM person"));
	text_is_whole(f);
	const char *path = str_fmt(&f->a, "/api/v1/conversations/%lld", (long long)w.m.id[0].v).p;
	found(&w, 2, "gazelle", 1);
	assert_int_equal(ask(f, &w.s, "PATCH", path, "{\"visibility\":\"private\",\"subject\":\"The wombat\"}", w.bearer[4]).status, 200);
	read_log(f);
	found(&w, 2, "gazelle", 0);
	found(&w, 1, "gazelle", 1);
	found(&w, 1, "aardvark", 0);
	found(&w, 1, "wombat", 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM find_doc"), all);
	/* from the log alone it is the same again */
	int64_t bytes = admin_int(f, "SELECT CAST(SUM(length(words)) AS bigint) FROM find_doc");
	text_is_whole(f);
	admin_exec(f, "DELETE FROM find_doc");
	if (f->engine == DB_SQLITE) admin_exec(f, "INSERT INTO find_fts (find_fts) VALUES ('rebuild')");
	found(&w, 4, "wombat", 0);
	admin_exec(f, "DELETE FROM event_cursor WHERE reader IN ('find', 'people')");
	read_log(f);
	text_is_whole(f);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM find_doc"), all);
	assert_int_equal(admin_int(f, "SELECT CAST(SUM(length(words)) AS bigint) FROM find_doc"), bytes);
	found(&w, 1, "wombat", 1);
	serve_stop(&w.s);
}

/* The lines of one record, by the index. */
static void lines_are_found(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	const char *path = str_fmt(&f->a, "/records/%lld", (long long)w.m.record[0].v).p;
	struct { const char *q; bool there; } const tries[] = {{"oce", true}, {"1234.50", true}, {"com+ocel", true}, {"zebra", false}, {"on:2024-10-04", true},
		{"before:2024", false}};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct answer r = call(f, &w.s, str_fmt(&f->a, "%s?q=%s", path, tries[i].q).p, NULL, w.cookie[1], NULL);
		assert_int_equal(r.status, 200);
		bool there = str_has(r.body, str_fmt(&f->a, "/records/%lld\"", (long long)w.m.record[1].v));
		if (there != tries[i].there) fail_msg("%s", tries[i].q);
	}
	serve_stop(&w.s);
}

/* The list of records by words, for those who may see them. */
static void records_are_found(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	for (int who = 1; who < 6; who++)
		for (int i = 0; i < KEPT; i++) {
			const char *path = str_fmt(&f->a, "/api/v1/records?q=%s", kept[i].word).p;
			struct answer r = call(f, &w.s, path, NULL, NULL, w.bearer[who]);
			assert_int_equal(r.status, 200);
			if (str_has(r.body, str_c(kept[i].word)) != sees(&kept[i], who)) fail_msg("%c by %s: " STR_FMT, letters[who], kept[i].word, STR_ARG(r.body));
			assert_has(call(f, &w.s, str_fmt(&f->a, "%s&type=card", path).p, NULL, NULL, w.bearer[who]).body, "\"data\":[]");
		}
	struct str first = call(f, &w.s, "/api/v1/records?q=common&limit=1", NULL, NULL, w.bearer[4]).body, next = between(f, first, "\"next\":\"", "\"");
	assert_false(str_none(next));
	struct str rest = call(f, &w.s, str_fmt(&f->a, "/api/v1/records?q=common&limit=1&cursor=" STR_FMT, STR_ARG(next)).p, NULL, NULL, w.bearer[4]).body;
	assert_has(rest, "\"next\":null");
	assert_true(str_has(first, STR("nuthatch")) != str_has(rest, STR("nuthatch")));
	assert_int_equal(call(f, &w.s, "/api/v1/records?q=from:olga", NULL, NULL, w.bearer[4]).status, 422);
	serve_stop(&w.s);
}

static int64_t notices(struct fixture *f, int person) {
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM notice WHERE kind = 'search' AND person_id = %d", person).p);
}

struct saying { struct fixture *f; struct conversation_id id; const char *kind, *body; int author; usec_t at; };
static enum err say_it(struct db *db, void *arg) {
	struct saying *s = arg;
	struct message_id id;
	struct new_message m = {.conversation = s->id, .kind = str_c(s->kind), .author = {s->author}, .body = str_c(s->body), .at = s->at};
	return talk_say(db, &s->f->a, &m, &id);
}
static void say(struct world *w, int in, const char *kind, const char *body, int author, usec_t at) {
	struct saying s = {.f = w->f, .id = w->m.id[in], .kind = kind, .body = body, .author = author, .at = at};
	assert_int_equal(store_write(w->f->s, say_it, &s), OK);
}

/* Each who keeps a search is told once of what is new, and of nothing that they may not see. */
static void searches_tell(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	admin_exec(f, "DELETE FROM follow");          /* who follows is told of the event already */
	for (int who = 1; who < 6; who++)
		assert_int_equal(ask(f, &w.s, "POST", "/api/v1/searches", "{\"q\":\"\\\"leaking roof\\\" -cellar\"}", w.bearer[who]).status, 201);
	assert_int_equal(ask(f, &w.s, "POST", "/api/v1/searches", "{\"q\":\"!!\"}", w.bearer[1]).status, 422);
	assert_int_equal(ask(f, &w.s, "POST", "/api/v1/searches", "{\"q\":\"roof\"}", NULL).status, 401);
	say(&w, 0, "comment", "A leaking roof, in the cellar", STEVE, 0);
	say(&w, 0, "comment", "An old leaking roof", OLGA, DAYS(SOME_DAY));   /* history */
	read_log(f);
	for (int who = 1; who < 6; who++) assert_int_equal(notices(f, who), 0);
	say(&w, 2, "note", "The leaking roof is ours", ANALYST, 0);
	read_log(f);
	assert_int_equal(notices(f, AGENT), 1);
	assert_int_equal(notices(f, ANALYST), 0);     /* said so himself */
	assert_int_equal(notices(f, OLGA), 0);
	say(&w, 2, "comment", "We mend the **leaking roof**", ANALYST, 0);
	read_log(f);
	assert_int_equal(notices(f, OLGA) + notices(f, PAT), 2);
	assert_int_equal(notices(f, STEVE), 0);       /* it is private */
	assert_int_equal(notices(f, AGENT), 1);       /* of this conversation he knows, and has not looked */
	say(&w, 0, "comment", "My leaking roof", PAT, 0);
	read_log(f);
	assert_int_equal(notices(f, STEVE), 1);
	assert_int_equal(notices(f, PAT), 1);
	assert_int_equal(notices(f, AGENT), 2);
	/* from the start again: nobody is told twice */
	admin_exec(f, "DELETE FROM event_cursor WHERE reader = 'find'");
	read_log(f);
	assert_int_equal(notices(f, AGENT) + notices(f, OLGA) + notices(f, PAT) + notices(f, STEVE), 6);
	assert_has(call(f, &w.s, "/notices", NULL, w.cookie[2], NULL).body, "Something new meets your search");
	assert_has_not(call(f, &w.s, "/notices", NULL, w.cookie[1], NULL).body, "is ours");
	/* not another's to end */
	struct str id = between(f, ask(f, &w.s, "GET", "/api/v1/searches", NULL, w.bearer[2]).body, "\"id\":", ",");
	const char *path = str_fmt(&f->a, "/api/v1/searches/" STR_FMT, STR_ARG(id)).p;
	assert_int_equal(ask(f, &w.s, "DELETE", path, NULL, w.bearer[3]).status, 404);
	assert_has(call(f, &w.s, "/search", NULL, w.cookie[2], NULL).body, "leaking roof");
	assert_int_equal(ask(f, &w.s, "DELETE", path, NULL, w.bearer[2]).status, 204);
	assert_has(call(f, &w.s, "/notices", NULL, w.cookie[2], NULL).body, "Something new meets a search of yours");
	serve_stop(&w.s);
}

static enum err append_event(struct db *db, void *arg) { return event_append(db, arg, NULL); }

/* Of every kind, and of what may not be seen nothing. */
static void searches_tell_of_all_kinds(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	if (f->engine == DB_PG)
		admin_exec(f, "ALTER TABLE person ALTER COLUMN id RESTART WITH 100; ALTER TABLE organization ALTER COLUMN id RESTART WITH 100;"
		              "ALTER TABLE call ALTER COLUMN id RESTART WITH 100");
	for (int who = 1; who < 6; who++)
		assert_int_equal(ask(f, &w.s, "POST", "/api/v1/searches", "{\"q\":\"zorbnew\"}", w.bearer[who]).status, 201);
	assert_int_equal(ask(f, &w.s, "POST", "/api/v1/people", "{\"kind\":\"customer\",\"name\":\"Zenzi Zorbnew\"}", w.bearer[AGENT]).status, 201);
	read_log(f);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'search' AND about_kind = 'person' AND person_id = 5"), 1);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'search'"), 1);      /* not who did it, no customer */
	assert_int_equal(ask(f, &w.s, "POST", "/api/v1/organizations", "{\"kind\":\"firm\",\"name\":\"Zorbnew and sons\"}", w.bearer[AGENT]).status, 201);
	assert_int_equal(ask(f, &w.s, "POST", "/api/v1/calls", "{\"person_id\":1,\"said\":\"zorbnew\",\"minutes\":\"9\"}", w.bearer[AGENT]).status, 201);
	read_log(f);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'search' AND person_id = 5 AND about_kind IN ('organization', 'call')"), 2);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'search'"), 3);
	assert_has(call(f, &w.s, "/notices", NULL, w.cookie[5], NULL).body, "Zorbnew and sons");
	/* a record, for those who have to do with it and the team; nobody is told twice */
	admin_exec(f, "INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version) VALUES"
	              " (901, 'deal', 'Zorbnew oven', 'talk', 0, '{}', 0, 0, 1); INSERT INTO record_person (record_id, person_id, role) VALUES (901, 1, 'buyer')");
	struct event e = {.actor = {AGENT}, .verb = "create", .object_kind = "record", .object_id = 901, .audience = AUDIENCE_PRIVATE, .data = STR("{}")};
	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_write(f->s, append_event, &e), OK);
		read_log(f);
	}
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'search' AND about_kind = 'record' AND person_id IN (1, 5)"), 2);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'search'"), 5);
	assert_has(call(f, &w.s, "/notices", NULL, w.cookie[1], NULL).body, "Zorbnew oven");
	admin_exec(f, "DELETE FROM record_person WHERE record_id = 901");
	assert_has_not(call(f, &w.s, "/notices", NULL, w.cookie[1], NULL).body, "Zorbnew oven");
	serve_stop(&w.s);
}

/* Of what is promised: who may know of it, and keeps such a search. Its two sides hear of it anyway. */
static void searches_tell_of_promises(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	for (int who = 1; who < 6; who++)
		assert_int_equal(ask(f, &w.s, "POST", "/api/v1/searches", "{\"q\":\"zorbvow in:promise\"}", w.bearer[who]).status, 201);
	if (f->engine == DB_PG) admin_exec(f, "ALTER TABLE expectation ALTER COLUMN id RESTART WITH 100");
	static const char *const made[] = {"for us\",\"audience\":\"team", "by post\",\"audience\":\"both"};
	for (int i = 0; i < 2; i++)
		assert_int_equal(ask(f, &w.s, "POST", "/api/v1/expectations", str_fmt(&f->a, "{\"to\":1,\"day\":\"2037-01-02\",\"text\":\"Zorbvow %s\"}", made[i]).p, w.bearer[AGENT]).status, 201);
	for (int i = 0; i < 2; i++) read_log(f);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'search' AND person_id = 5 AND about_kind = 'expectation'"), 2);      /* of the team */
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'search'"), 2);      /* not who made them, nor to whom; no other customer */
	long long open = (long long)admin_int(f, "SELECT MIN(id) FROM conversation WHERE visibility = 'public' AND hidden_at IS NULL AND kind = 'problem'");
	assert_int_equal(ask(f, &w.s, "POST", "/api/v1/expectations", str_fmt(&f->a, "{\"to\":1,\"day\":\"2037-01-02\",\"text\":\"Zorbvow to all\",\"audience\":\"public\","
		"\"conversation_id\":%lld}", open).p, w.bearer[AGENT]).status, 201);
	read_log(f);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'search' AND person_id IN (2, 3, 5)"), 5);
	assert_int_equal(admin_int(f, "SELECT COUNT(*) FROM notice WHERE kind = 'search'"), 5);
	struct str page = call(f, &w.s, "/notices", NULL, w.cookie[2], NULL).body;
	assert_has(page, "Zorbvow to all");
	assert_has(page, "Something new meets your search");
	admin_exec(f, "UPDATE conversation SET hidden_at = 1 WHERE id = (SELECT conversation_id FROM expectation WHERE text = 'Zorbvow to all')");
	assert_has_not(call(f, &w.s, "/notices", NULL, w.cookie[2], NULL).body, "Zorbvow to all");
	serve_stop(&w.s);
}

int main(void) {
	struct str why;
	assert_int_equal(pack_load(&why), OK);
	const struct CMUnitTest tests[] = {
		TALK_BOTH(nobody_finds_what_is_not_theirs), TALK_BOTH(operators_narrow), TALK_BOTH(pages_follow_each_other),
		TALK_BOTH(the_index_follows), TALK_BOTH(lines_are_found), TALK_BOTH(records_are_found), TALK_BOTH(searches_tell), TALK_BOTH(searches_tell_of_all_kinds), TALK_BOTH(searches_tell_of_promises),
	};
	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
