/* Pages and API of what people say, spoken to over HTTP on both engines. Who sees what is tried with one secret word in each thing
 * and everybody at every address: a word at a place where it must not be is the worst fault there is. */
#include "talk/testing.h"
#include "db/files.h"
#include "web/stats.h"

static long long number_in(struct fixture *f, struct answer r, const char *before) {
	int64_t v = -1;
	struct str s = between(f, r.body, before, ",");
	if (str_none(s)) s = between(f, r.body, before, "}");
	str_int(s, &v);
	return v;
}

/* ------------------------------------------------------------------ who sees what */

struct secret {
	const char *word;      /* stands in the subject, or in what was said */
	const char *who;       /* v visitor, o whose it is, s stranger, p who takes part, a agent, n analyst */
	const char *visibility;
	bool hidden;
};
static const struct secret secrets[] = {
	{"aardvark", "vospan", "public", false}, {"bobolink", "ospan", "members", false},
		{"capybara", "opan", "private", false},
	{"dormouse", "an", "staff", false},      {"echidna", "an", "public", true},
		{"flamingo", "an", "private", true},
};
/* The same for what is said in the first of them. */
static const struct secret said[] = {
	{"gazelle", "vospan", "comment", false}, {"hedgehog", "an", "note", false}, {"ibexibex", "an", "comment", true},
	{"jackdaw", "vospan", "answer", false},  {"kestrel", "an", "answer", true},
};
enum { SECRETS = sizeof secrets / sizeof *secrets, SAID = sizeof said / sizeof *said };

struct made {
	struct arena *a;
	struct conversation_id id[SECRETS];
	struct file_id file[SECRETS + SAID];
};

static enum err make_secrets(struct db *db, void *arg) {
	struct made *m = arg;
	for (int i = 0; i < SECRETS; i++) {
		struct new_report r = {.kind = STR("problem"), .visibility = str_c(secrets[i].visibility),
			.subject = str_c(secrets[i].word),
			.body = STR("Some common words."), .author = {OLGA}, .lat = 50 + i, .lon = 8,
				.area = str_c(secrets[i].word)};
		r.tags = (struct text_list){.v = &(struct str){.p = "zoo", .n = 3}, .n = 1};
		TRY(talk_create(db, m->a, &r, &m->id[i]));
		TRY(file_put(db, STR("a.txt"), STR("text/plain"), str_c(secrets[i].word), &m->file[i]));
		TRY(talk_attach(db, m->id[i], (struct message_id){0}, m->file[i], 0, 0, STR_NONE));
		TRY(sql_talk_participant_add(db, m->id[i], (struct person_id){PAT}, NULL));
		struct talk_facts f;
		TRY(talk_facts(db, m->a, m->id[i], &f));
		if (secrets[i].hidden) {
			TRY(count_whole(db, &f, -1));
			TRY(sql_talk_hide(db, m->id[i], 1));
			TRY(talk_event(db, (struct person_id){AGENT}, "update", (struct message_id){0}, &f, AUDIENCE_STAFF,
				STR("{\"hidden\":true}")));
		}
	}
	for (int i = 0; i < SAID; i++) {
		struct new_message n = {.conversation = m->id[0], .kind = str_c(said[i].visibility),
			.body = str_c(said[i].word), .author = {AGENT}};
		struct message_id id;
		TRY(talk_say(db, m->a, &n, &id));
		TRY(file_put(db, STR("b.txt"), STR("text/plain"), str_c(said[i].word), &m->file[SECRETS + i]));
		TRY(talk_attach(db, m->id[0], id, m->file[SECRETS + i], 0, 0, STR_NONE));
		if (said[i].hidden) TRY(sql_talk_hide_said(db, id, 1));
		struct talk_answer_row last;
		bool found;
		TRY(sql_talk_answer_last(db, m->id[0], &last, &found));
		if (said[i].hidden && str_is(n.kind, "answer"))
			TRY(sql_talk_set_status(db, m->id[0], STR("new"), last.id, last.created_at, 1, 0, 1, 1, 1));
	}
	return OK;
}

static void compare(struct fixture *f, char who, const char *path, struct answer r, const struct secret *list, int n) {
	for (int i = 0; i < n; i++) {
		bool sees = strchr(list[i].who, who) != NULL;
		if (!sees && str_has(r.body, str_c(list[i].word))) fail_msg("%c at %s sees %s: " STR_FMT, who, path,
			list[i].word, STR_ARG(str_first(r.body, 2000)));
	}
	(void)f;
}

static void nobody_sees_what_is_not_theirs(void **state) {
	FIXTURE(f);
	struct served s;
	struct made m = {.a = &f->a};
	static const char letters[] = "vospan";
	assert_int_equal(store_write(f->s, make_secrets, &m), OK);
	serve_start(f, &s);
	struct hub *h = hub_new(f->s);
	hub_add_reader(h, "search", NULL, talk_search_read, NULL, true);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
	const char *bearer[] = {NULL, token_for(f, OLGA), token_for(f, STEVE), token_for(f, PAT), token_for(f, AGENT),
		token_for(f, ANALYST)};
	static const char *const paths[] = {
		"/", "/problems", "/problems?sort=new", "/problems?sort=active", "/problems?sort=answered",
			"/problems?status=new", "/problems?q=common",
		"/problems?q=capybar", "/problems?q=bobolin", "/problems?tag=zoo", "/problems?town=CAPYBARA", "/ideas",
			"/questions", "/map", "/map.json?bbox=-180,-85,180,85",
		"/map.json?bbox=5,45,15,60&zoom=16", "/report?subject=common+words+capybar", "/similar?q=common+words+bobolin",
			"/similar?q=echidn", "/similar?q=dormous",
		"/api/v1/conversations", "/api/v1/conversations?sort=impact", "/api/v1/conversations?kind=problem&sort=active",
			"/api/v1/conversations?tag=zoo",
		"/api/v1/conversations?bbox=5,45,15,60", "/api/v1/conversations?q=common+words",
			"/api/v1/conversations/similar?q=common+words+dormous",
		"/api/v1/events?limit=200",
	};
	int seen = 0;
	for (int w = 0; w < 6; w++) {
		for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
			struct answer r = call(f, &s, paths[p], NULL, NULL, bearer[w]);
			assert_int_equal(r.status, 200);
			compare(f, letters[w], paths[p], r, secrets, SECRETS);
			compare(f, letters[w], paths[p], r, said, SAID);
			for (int i = 0; i < SECRETS; i++) seen += str_has(r.body, str_c(secrets[i].word));
		}
		for (int i = 0; i < SECRETS; i++) {
			bool sees = strchr(secrets[i].who, letters[w]) != NULL;
			static const char *const of[] = {"/api/v1/conversations/%lld", "/api/v1/conversations/%lld/messages",
				"/conversations/%lld", "/conversations/%lld?reply_to=1"};
			for (int k = 0; k < 4; k++) {
				char path[100];
				snprintf(path, sizeof path, k == 1 ? "/api/v1/conversations/%lld/messages" : k == 0 ? of[0] : k == 2
					? "/conversations/%lld" : "/conversations/%lld?reply_to=1", (long long)m.id[i].v);
				struct answer r = call(f, &s, path, NULL, NULL, bearer[w]);
				if (r.status != (sees ? 200 : 404)) fail_msg("%c at %s: %ld", letters[w], path, r.status);
				compare(f, letters[w], path, r, secrets, SECRETS);
				if (i == 0) compare(f, letters[w], path, r, said, SAID);
			}
		}
		for (int i = 0; i < SECRETS + SAID; i++) {
			const struct secret *one = i < SECRETS ? &secrets[i] : &said[i - SECRETS];
			struct answer r = call(f, &s, str_fmt(&f->a, "/files/%lld", (long long)m.file[i].v).p, NULL, NULL,
				bearer[w]);
			bool sees = strchr(one->who, letters[w]) != NULL;
			if (r.status != (sees ? 200 : 404)) fail_msg("%c at the file of %s: %ld", letters[w], one->word, r.status);
			if (sees) assert_has(r.head, "sandbox");
		}
	}
	assert_true(seen > 100);                                            /* it was no empty test */
	/* In the browser parts of pages are kept for all: whoever comes first, nobody finds in one what another may see. */
	for (int turn = 0; turn < 12; turn++) {
		int w = turn < 6 ? 5 - turn : turn - 6;
		const char *cookie = w == 0 ? NULL : session_for(f, w);
		for (size_t p = 0; p < sizeof paths / sizeof *paths && !str_starts(str_c(paths[p]), STR("/api")); p++) {
			struct answer r = call(f, &s, paths[p], NULL, cookie, NULL);
			compare(f, letters[w], paths[p], r, secrets, SECRETS);
			compare(f, letters[w], paths[p], r, said, SAID);
		}
		for (int i = 0; i < SECRETS; i++) {
			const char *path = str_fmt(&f->a, "/conversations/%lld", (long long)m.id[i].v).p;
			struct answer r = call(f, &s, path, NULL, cookie, NULL);
			if (r.status != (strchr(secrets[i].who, letters[w]) ? 200 : 404)) fail_msg("%c at %s: %ld", letters[w], path, r.status);
			compare(f, letters[w], path, r, secrets, SECRETS);
			if (i == 0) compare(f, letters[w], path, r, said, SAID);
		}
	}
	assert_has_not(call(f, &s, "/conversations/1", NULL, NULL, NULL).body,
		"Ottersbach");   /* customers go by their public name */
	assert_has_not(ask(f, &s, "GET", "/api/v1/conversations/1", NULL, bearer[2]).body, "Ottersbach");
	assert_has(ask(f, &s, "GET", "/api/v1/conversations/1", NULL, bearer[4]).body, "Ottersbach");
	serve_stop(&s);
}

/* ------------------------------------------------------------------- who may do what */

static void nobody_does_what_is_not_theirs(void **state) {
	FIXTURE(f);
	struct served s;
	struct made m = {.a = &f->a};
	assert_int_equal(store_write(f->s, make_secrets, &m), OK);
	put_login(f, AGENT, "agatha@xyz.example", NULL);
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA), *steve = token_for(f, STEVE), *agent = token_for(f, AGENT),
		*analyst = token_for(f, ANALYST);
	static const char comment[] = "{\"body\":\"hello\"}", note[] = "{\"body\":\"hello\",\"internal\":true}",
		heard[] = "{\"status\":\"heard\"}";
	struct { const char *method, *path, *json, *who; long status; } const tries[] = {
		{"PUT", "/api/v1/conversations/1/vote", NULL, NULL, 401},      {"PUT", "/api/v1/conversations/1/vote", NULL,
			steve, 200},
		{"PUT", "/api/v1/conversations/1/vote", NULL, steve, 200},     {"DELETE", "/api/v1/conversations/1/vote", NULL,
			steve, 200},
		{"DELETE", "/api/v1/conversations/1/vote", NULL, steve, 200},  {"PUT", "/api/v1/conversations/3/vote", NULL,
			steve, 404},
		{"PUT", "/api/v1/conversations/3/vote", NULL, olga, 200},      {"PUT", "/api/v1/conversations/4/vote", NULL,
			olga, 404},
		{"PUT", "/api/v1/conversations/5/vote", NULL, olga, 404},      {"PUT", "/api/v1/conversations/99/vote", NULL,
			agent, 404},
		{"POST", "/api/v1/conversations/1/messages", comment, NULL, 401},
			{"POST", "/api/v1/conversations/1/messages", comment, steve, 201},
		{"POST", "/api/v1/conversations/3/messages", comment, steve, 404},
			{"POST", "/api/v1/conversations/1/messages", note, steve, 403},
		{"POST", "/api/v1/conversations/1/messages", note, agent, 201},
			{"POST", "/api/v1/conversations/1/messages", note, analyst, 403},
		{"POST", "/api/v1/conversations/1/messages", "{\"body\":\"\"}", steve, 422},
		{"POST", "/api/v1/conversations/1/messages", "{\"body\":\"x\",\"reply_to\":2}", steve, 422},
			/* a note that they cannot see */
		{"POST", "/api/v1/conversations/1/messages", "{\"body\":\"x\",\"files\":[1]}", steve, 422},
			/* not sent by them */
		{"POST", "/api/v1/conversations/1/status", heard, steve, 403}, {"POST", "/api/v1/conversations/1/status", heard,
			analyst, 403},
		{"POST", "/api/v1/conversations/1/status", "{\"status\":\"not_done\"}", agent, 422},
		{"POST", "/api/v1/conversations/1/status", "{\"status\":\"gone\"}", agent, 422},
		{"POST", "/api/v1/conversations/1/status", "{\"status\":\"done\",\"answer\":\"Mended.\"}", agent, 200},
		{"POST", "/api/v1/conversations/1/status", heard, agent, 409}, {"PATCH", "/api/v1/conversations/1",
			"{\"subject\":\"new\"}", steve, 403},
		{"PATCH", "/api/v1/conversations/3", "{\"subject\":\"new\"}", steve, 404},
			{"PATCH", "/api/v1/conversations/1", "{\"subject\":\"aardvark\"}", olga, 200},
		{"PATCH", "/api/v1/conversations/1", "{\"visibility\":\"private\"}", olga, 403},
		{"PATCH", "/api/v1/conversations/1", "{\"assignee_id\":4}", olga, 403},
			{"PATCH", "/api/v1/conversations/1", "{\"assignee_id\":4}", agent, 200},
		{"PATCH", "/api/v1/conversations/1", "{\"assignee_id\":2}", agent, 422},
			{"PATCH", "/api/v1/conversations/1", "{\"votes\":9}", olga, 422},
		{"POST", "/api/v1/conversations", "{\"kind\":\"problem\",\"subject\":\"x\",\"visibility\":\"staff\"}", steve,
			403},
		{"POST", "/api/v1/conversations", "{\"kind\":\"direct\",\"subject\":\"x\",\"visibility\":\"public\"}", steve,
			422},
		{"POST", "/api/v1/conversations", "{\"kind\":\"direct\",\"subject\":\"x\",\"participants\":[1]}", steve, 422},
			/* customers write to the staff */
		{"POST", "/api/v1/conversations", "{\"kind\":\"direct\",\"subject\":\"x\",\"participants\":[4]}", steve, 201},
		{"POST", "/api/v1/conversations", "{\"kind\":\"query\",\"subject\":\"x\",\"participants\":[1]}", steve, 422},
		{"POST", "/api/v1/conversations", "{\"kind\":\"query\",\"subject\":\"x\",\"participants\":[4]}", steve, 201},
		{"POST", "/api/v1/conversations", "{\"kind\":\"problem\",\"subject\":\"x\"}", NULL, 401},
		{"POST", "/api/v1/conversations", "{\"kind\":\"problem\",\"subject\":\"x\",\"place\":{\"lat\":5}}", steve, 422},
		{"POST", "/api/v1/conversations", "{\"kind\":\"gossip\",\"subject\":\"x\"}", steve, 422},
		{"GET", "/live?topics=conversation:3", NULL, steve, 404}, {"GET", "/live?topics=person:1", NULL, steve, 404},
		{"GET", "/live?topics=", NULL, steve, 422}, {"GET", "/api/v1/conversations?cursor=x", NULL, NULL, 422},
			{"GET", "/desk", NULL, steve, 403},
		{"GET", "/map.json?bbox=1,2", NULL, NULL, 422}, {"GET", "/api/v1/conversations?limit=0", NULL, NULL, 422},
	};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct answer r = ask(f, &s, tries[i].method, tries[i].path, tries[i].json, tries[i].who);
		if (r.status != tries[i].status)
			fail_msg("%s %s %s: %ld, not %ld: " STR_FMT, tries[i].method, tries[i].path, tries[i].json
				? tries[i].json : "", r.status, tries[i].status, STR_ARG(r.body));
	}
	struct db *db;
	struct text_list wrong;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(talk_check(db, &f->a, &wrong), OK);
	assert_int_equal(wrong.n, 0);
	db_close(db);
	serve_stop(&s);
}

/* ------------------------------------------------------------------- through the forms */

static void a_report_from_the_form_to_its_end(void **state) {
	FIXTURE(f);
	struct served s;
	struct str hash;
	assert_int_equal(password_hash(&f->a, STR(WORD), &hash), OK);
	put_login(f, OLGA, "olga@x.example", hash.p);
	put_login(f, AGENT, "agatha@x.example", hash.p);
	serve_start(f, &s);
	struct answer r = call(f, &s, "/report", "kind=problem&subject=No+light+in+the+lane&body=Dark.", NULL, NULL);
	assert_int_equal(r.status, 303);                                    /* a visitor logs in first, and loses nothing */
	assert_has(r.head, "/login?back=");
	assert_has(r.head, "in%2Bthe%2Blane");
	const char *olga = cookie_of(f, call(f, &s, "/login", "login=olga%40x.example&password=harbour+lantern+seven", NULL,
		NULL));
	const char *agatha = cookie_of(f, call(f, &s, "/login", "login=agatha%40x.example&password=harbour+lantern+seven",
		NULL, NULL));
	assert_non_null(olga);
	assert_non_null(agatha);
	r = send_form(f, &s, "/report", "/report", "kind=problem&subject=&body=Kept+words&since=2031-01-01&lat=99&lon=1",
		olga);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Kept words");
	assert_has(r.body, "error-subject");
	assert_has(r.body, "error-since");
	assert_has(r.body, "error-lat");
	r = send_form(f, &s, "/report", "/report",
		"kind=problem&subject=No+light+in+the+lane&body=**Dark**+%3Cscript%3E&lat=53.2724&lon=-9.051", olga);
	assert_int_equal(r.status, 303);
	assert_has(r.head, "/conversations/1");
	r = call(f, &s, "/conversations/1", NULL, olga, NULL);
	assert_has(r.body, "You are the first to say so");
	assert_has(r.body, "<strong>Dark</strong>");
	assert_has_not(r.body, "<script>");
	assert_has(r.body, "Galway");                                     /* the town it counts for */
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=comment&body=", olga).status, 422);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=answer&body=I+am+staff&status=done",
		olga).status, 403);
	r = send_form(f, &s, "/conversations/1", "/conversations/1", "act=answer&body=Lit+again.&status=done", agatha);
	assert_int_equal(r.status, 303);
	r = call(f, &s, "/conversations/1", NULL, olga, NULL);
	assert_has(r.body, "Lit again.");
	assert_has(r.body, "Not fixed for me");
	r = send_form(f, &s, "/conversations/1", "/conversations/1", "act=not_fixed&still=Dark+as+ever", olga);
	assert_int_equal(r.status, 303);
	r = call(f, &s, "/conversations/1", NULL, NULL, NULL);
	assert_has(r.body, "Dark as ever");
	assert_has(r.body, "opened again once");
	r = send_form(f, &s, "/conversations/1", "/conversations/1", "act=hide", agatha);
	assert_int_equal(r.status, 303);
	assert_int_equal(call(f, &s, "/conversations/1", NULL, NULL, NULL).status, 404);   /* also from the kept pages */
	assert_has_not(call(f, &s, "/problems", NULL, NULL, NULL).body, "No light in the lane");
	serve_stop(&s);
}

/* ------------------------------------------------------------------------ paging */

static void lists_go_on_without_gap_or_double(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *token = token_for(f, STEVE);
	for (int i = 0; i < 23; i++)
		assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations", str_fmt(&f->a,
			"{\"kind\":\"idea\",\"subject\":\"Idea %d\"}", i).p, token).status, 201);
	static const char *const sorts[] = {"new", "active", "impact"};
	for (int k = 0; k < 3; k++) {
		bool seen[40] = {false};
		int n = 0;
		const char *path = str_fmt(&f->a, "/api/v1/conversations?kind=idea&limit=5&sort=%s", sorts[k]).p;
		for (int page = 0; path != NULL && page < 10; page++) {
			struct answer r = ask(f, &s, "GET", path, NULL, token);
			assert_int_equal(r.status, 200);
			struct str rest = r.body;
			for (struct str id; !str_none(id = between(f, rest, "{\"id\":", ",\"kind\"")); n++) {
				int64_t v = 0;
				assert_true(str_int(id, &v) && v > 0 && v < 40 && !seen[v]);
				seen[v] = true;
				rest = str_from(rest, (size_t)((const char *)memmem(rest.p, rest.n, "{\"id\":", 6) - rest.p) + 6);
				const char *next = memmem(rest.p, rest.n, "\"url\":", 6);
				rest = str_from(rest, (size_t)(next - rest.p));
			}
			struct str next = between(f, r.body, "\"next\":\"", "\"");
			if (!str_none(next)) assert_has(r.head, "rel=\"next\"");
			path = str_none(next) ? NULL : str_fmt(&f->a,
				"/api/v1/conversations?kind=idea&limit=5&sort=%s&cursor=" STR_FMT, sorts[k], STR_ARG(next)).p;
		}
		assert_int_equal(n, 23);
	}
	assert_int_equal(number_in(f, ask(f, &s, "GET", "/api/v1/conversations/1", NULL, token), "\"votes\":"), 1);
	serve_stop(&s);
}

/* ------------------------------------------------------------------------- nearby */

struct made_one {
	struct new_report report;
	struct arena *a;
};

static enum err make_one(struct db *db, void *arg) {
	struct made_one *m = arg;
	struct conversation_id id;
	return talk_create(db, m->a, &m->report, &id);
}

/* Parts of a report that are the same for everyone are made once, and anew for the next who asks after any change. */
static void parts_are_made_once_and_anew(void **state) {
	FIXTURE(f);
	struct served s;
	struct made_one m = {.a = &f->a, .report = {.kind = STR("problem"), .visibility = STR("public"), .subject = STR("No light"), .author = {OLGA}}};
	struct made_one other = {.a = &f->a, .report = {.kind = STR("problem"), .visibility = STR("private"), .subject = STR("Capybara"), .author = {OLGA}}};
	struct web_stats before, after;
	assert_int_equal(store_write(f->s, make_one, &m), OK);
	assert_int_equal(store_write(f->s, make_one, &other), OK);
	admin_exec(f, "INSERT INTO alike (conversation_id, other_id, share) VALUES (1, 2, 0.9), (2, 1, 0.9)");
	serve_start(f, &s);
	const char *olga = session_for(f, OLGA), *steve = session_for(f, STEVE), *pat = session_for(f, PAT), *agent = token_for(f, AGENT);
	assert_has(call(f, &s, "/conversations/1", NULL, olga, NULL).body, "Capybara");       /* her own, and like it */
	assert_has_not(call(f, &s, "/conversations/1", NULL, steve, NULL).body, "Capybara");
	assert_has(call(f, &s, "/problems", NULL, steve, NULL).body, "data-votes=\"1\">1<");
	web_stats(s.web, &before);
	struct answer r = call(f, &s, "/problems", NULL, pat, NULL);
	assert_has(r.body, "No light");
	assert_has(r.body, "aria-pressed=\"false\"");
	assert_has(call(f, &s, "/conversations/1", NULL, pat, NULL).body, "Reported by Olga O.");
	web_stats(s.web, &after);
	assert_true(after.cache.hits >= before.cache.hits + 4);                         /* row, curve, answer, track */
	assert_has(call(f, &s, "/problems", NULL, olga, NULL).body, "aria-pressed=\"true\"");   /* whose voice it is stands in no part */

	assert_int_equal(ask(f, &s, "PUT", "/api/v1/conversations/1/vote", NULL, token_for(f, STEVE)).status, 200);
	assert_has(call(f, &s, "/problems", NULL, pat, NULL).body, "data-votes=\"1\">2<");
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations/1/status", "{\"status\":\"heard\",\"answer\":\"We look at it.\"}", agent).status, 200);
	r = call(f, &s, "/conversations/1", NULL, pat, NULL);
	assert_has(r.body, "We look at it.");
	assert_has_not(r.body, "edit_message");
	assert_has(call(f, &s, "/conversations/1", NULL, pat, NULL).body, "We look at it.");
	assert_has(call(f, &s, "/conversations/1", NULL, session_for(f, AGENT), NULL).body, "edit_message");
	assert_has_not(call(f, &s, "/conversations/1", NULL, steve, NULL).body, "edit_message");
	admin_exec(f, "UPDATE person SET locale = 'de' WHERE id = 3");                  /* another language, another part */
	assert_has(call(f, &s, "/conversations/1", NULL, session_for(f, PAT), NULL).body, "Unsere Antwort");
	assert_has(call(f, &s, "/conversations/1", NULL, steve, NULL).body, "Our answer");
	serve_stop(&s);
}

/* The report's page as a person has it in the browser. */
static struct answer page_as(struct fixture *f, const struct served *s, int person) {
	return call(f, s, "/conversations/1", NULL, session_for(f, person), NULL);
}

static void the_team_reads_how_many_of_those_nearby(void **state) {
	FIXTURE(f);
	struct served s;
	struct made_one m = {.a = &f->a, .report = {.kind = STR("problem"), .subject = STR("No light"), .lat = 53.27, .lon = -9.05,
		.author = {STEVE}}};
	assert_int_equal(store_write(f->s, make_one, &m), OK);
	for (int i = 0; i < 21; i++) {
		put_person(f, 100 + i, "customer", "customer", "Near N.", 0);
		admin_exec(f, str_fmt(&f->a, "UPDATE person SET lat = %f, lon = -9.05 WHERE id = %d", 53.20 + 0.005 * i, 100 + i).p);
	}
	put_person(f, 200, "customer", "customer", "Far F.", 0);
	admin_exec(f, "UPDATE person SET lat = 53.45, lon = -9.05 WHERE id = 200");
	put_person(f, 201, "customer", "customer", "Shy S.", 0);
	admin_exec(f, "UPDATE person SET lat = 53.27, lon = -9.05 WHERE id = 201");
	admin_exec(f, "INSERT INTO person_audience (person_id, field, audience) VALUES (201, 'address', 'me')");
	serve_start(f, &s);
	const char *agent = token_for(f, AGENT), *steve = token_for(f, STEVE);
	static const int voters[] = {100, 101, 200, 201};
	assert_has(page_as(f, &s, AGENT).body, "None of the 21 customers we know within 10 km");
	for (int i = 0; i < 4; i++)
		assert_int_equal(ask(f, &s, "PUT", "/api/v1/conversations/1/vote", NULL, token_for(f, voters[i])).status, 200);
	assert_has(page_as(f, &s, AGENT).body, "from 2 of the 21 customers we know within 10 km: 10 %");
	assert_has_not(page_as(f, &s, STEVE).body, "within 10 km");
	assert_has_not(call(f, &s, "/conversations/1", NULL, NULL, NULL).body, "within 10 km");
	assert_has_not(ask(f, &s, "GET", "/api/v1/conversations/1", NULL, agent).body, "near_");
	assert_has_not(ask(f, &s, "GET", "/api/v1/conversations/1", NULL, steve).body, "near_");
	admin_exec(f, "UPDATE person SET disabled_at = 1 WHERE id IN (103, 104)");
	assert_has_not(page_as(f, &s, AGENT).body, "within 10 km");          /* 19 are too few */
	serve_stop(&s);
}

int main(int argc, char **argv) {
	(void)argc, (void)argv;
	const struct CMUnitTest tests[] = {
		TALK_BOTH(nobody_sees_what_is_not_theirs), TALK_BOTH(nobody_does_what_is_not_theirs),
			TALK_BOTH(a_report_from_the_form_to_its_end),
		TALK_BOTH(parts_are_made_once_and_anew), TALK_BOTH(lists_go_on_without_gap_or_double), TALK_BOTH(the_team_reads_how_many_of_those_nearby),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
