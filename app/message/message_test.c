/* Messages between two and the question to a group, spoken to over HTTP on both engines. One secret word in each, looked for at every address
 * as everybody, also as the firm's owner: whoever does not take part finds nothing, not even that there is something. */
#include "message/message.h"
#include "talk/testing.h"

enum { OWNER = 6, BEA, CAL, GONE, MUTE };      /* behind those of talk/testing.h: staff, two more customers, one who left, one without a login */

static struct fixture *message_new_firm(struct fixture *f) {
	static const struct { int id; const char *email; } logins[] = {{OLGA, "olga@x.example"}, {STEVE, "steve@x.example"}, {PAT, "pat@x.example"},
		{AGENT, "agatha@xyz.example"}, {ANALYST, "anton@xyz.example"}, {OWNER, "odo@xyz.example"}, {BEA, "bea@x.example"}, {CAL, "cal@x.example"},
		{GONE, "gone@x.example"}};
	put_person(f, OWNER, "staff", "owner", "Odo Owner", 0);
	put_person(f, BEA, "customer", "customer", "Bea B.", 0);
	put_person(f, CAL, "customer", "customer", "Cal C.", AGENT);
	put_person(f, GONE, "staff", "agent", "Gunda Gone", 0);
	put_person(f, MUTE, "customer", "customer", "Mute M.", 0);
	for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) put_login(f, logins[i].id, logins[i].email, NULL);
	admin_exec(f, "UPDATE person SET disabled_at = 5 WHERE id = 9; UPDATE person SET customer_no = 'C-77' WHERE id = 7;"
	              "INSERT INTO contact (person_id, kind, label, value, folded, rank) VALUES (3, 'email', '', 'pat@x.example', 'pat@x.example', 0);"
	              "INSERT INTO tag (id, name, word) VALUES (5, 'valley', 'valley'); INSERT INTO tagging (tag_id, object_kind, object_id)"
	              " VALUES (5, 'person', 7), (5, 'person', 8), (5, 'person', 9), (5, 'person', 10)");
	return f;
}
static int message_sqlite(void **state) { *state = message_new_firm(talk_new(DB_SQLITE)); return 0; }
static int message_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? message_new_firm(talk_new(DB_PG)) : NULL; return 0; }
#define MESSAGE_BOTH(test) \
	{#test " (SQLite)", test, message_sqlite, down, NULL}, {#test " (PostgreSQL)", test, message_pg, down, NULL}

static long long id_of(struct fixture *f, struct answer r) {
	int64_t id = 0;
	struct str s = between(f, r.body, "\"id\":", ",");
	assert_true(str_int(s, &id));
	return id;
}

/* The address with a word or number in the place of its %s or %lld. */
static const char *with_word(struct fixture *f, const char *path, const char *word) {
	const char *at = strstr(path, "%s");
	return at == NULL ? path : str_fmt(&f->a, "%.*s%s%s", (int)(at - path), path, word, at + 2).p;
}

static const char *with_id(struct fixture *f, const char *path, long long id) {
	const char *at = strstr(path, "%lld");
	return str_fmt(&f->a, "%.*s%lld%s", (int)(at - path), path, id, at + 4).p;
}

static struct answer begin(struct fixture *f, const struct served *s, int who, const char *kind, const char *subject, const char *to) {
	return ask(f, s, "POST", "/api/v1/conversations", str_fmt(&f->a, "{\"kind\":\"%s\",\"subject\":\"%s\",\"body\":\"%s it is\",\"participants\":[%s]}",
		kind, subject, subject, to).p, token_for(f, who));
}

static struct answer say(struct fixture *f, const struct served *s, int who, long long id, const char *words) {
	return ask(f, s, "POST", str_fmt(&f->a, "/api/v1/conversations/%lld/messages", id).p, str_fmt(&f->a, "{\"body\":\"%s\"}", words).p, token_for(f, who));
}

static long long thread_of(struct fixture *f, long long question, int who) {
	return (long long)admin_int(f, str_fmt(&f->a, "SELECT c.id FROM conversation c JOIN participant t ON t.conversation_id = c.id"
		" WHERE c.group_id = %lld AND t.person_id = %d", question, who).p);
}

static void wait_for(struct fixture *f, const char *sql, long long n) {
	for (int i = 0; i < 500 && admin_int(f, sql) < n; i++) usleep(10000);
	assert_int_equal(admin_int(f, sql), n);
}

/* ------------------------------------------------------------ who reads what */

/* Every address where it could stand, as somebody who has nothing to do with it. */
static void finds_nothing(struct fixture *f, const struct served *s, int who, const char *word, const long long *id, int ids) {
	static const char *const pages[] = {"/", "/problems", "/problems?q=%s", "/questions?sort=new", "/questions?q=%s", "/map.json?bbox=-180,-85,180,85",
		"/similar?q=%s", "/mine", "/mine?show=followed", "/messages", "/notices", "/desk", "/outbox", "/outbox/1", "/outbox/2", "/outbox/3", "/people/1?tab=said",
		"/people/4?tab=said", "/people/4", "/people/1", "/people/1?tab=changed"};
	static const char *const calls[] = {"/api/v1/conversations?limit=200", "/api/v1/conversations?kind=direct", "/api/v1/conversations?kind=group",
		"/api/v1/conversations?q=%s", "/api/v1/conversations?kind=direct&q=%s", "/api/v1/conversations/similar?q=%s", "/api/v1/conversations/mine?show=followed",
		"/api/v1/people/1/timeline", "/api/v1/people/4/timeline", "/api/v1/notices", "/api/v1/audit", "/api/v1/events?limit=200"};
	const char *cookie = who ? session_for(f, who) : NULL, *bearer = who ? token_for(f, who) : NULL;
	for (size_t i = 0; i < sizeof pages / sizeof *pages + sizeof calls / sizeof *calls; i++) {
		size_t n = sizeof pages / sizeof *pages;
		const char *path = with_word(f, i < n ? pages[i] : calls[i - n], word);
		struct answer r = i < n ? call(f, s, path, NULL, cookie, NULL) : call(f, s, path, NULL, NULL, bearer);
		assert_true(r.status < 500);
		struct str body = r.body;
		if (strstr(path, word) == NULL && str_has(body, str_c(word))) fail_msg("%d reads %s at %s: " STR_FMT, who, word, path, STR_ARG(str_first(body, 3000)));
		for (int k = 0; k < ids; k++) {
			const char *event = str_fmt(&f->a, "{\"kind\":\"conversation\",\"id\":%lld}", id[k]).p;
			if (str_has(body, str_c(event))) fail_msg("%d hears of %lld at %s", who, id[k], path);
			if (strstr(path, "?q=") && str_has(body, str_fmt(&f->a, "/messages/%lld", id[k]))) fail_msg("%d finds %lld at %s", who, id[k], path);
		}
	}
	static const char *const of[] = {"/messages/%lld", "/conversations/%lld", "/conversations/%lld/revisions", "/conversations/%lld/edit", "/api/v1/conversations/%lld",
		"/api/v1/conversations/%lld/messages", "/api/v1/conversations/%lld/revisions", "/live?topics=conversation:%lld"};
	for (int k = 0; k < ids; k++)
		for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
			const char *path = with_id(f, of[i], id[k]);
			bool api = strncmp(path, "/api", 4) == 0;
			struct answer r = call(f, s, path, NULL, api ? NULL : cookie, api ? bearer : NULL);
			bool away = r.status == 404 || (who == 0 && (r.status == 303 || r.status == 401));
			if (!away) fail_msg("%d at %s: %ld", who, path, r.status);
		}
}

/* As the reader "search" does. */
static enum err index_all(struct db *db, void *arg) {
	struct event_list list;
	TRY(event_after(db, arg, 0, 200, &list));
	return talk_search_read(db, arg, list.v, list.n, NULL);
}

static void nobody_else_reads_it(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct answer r = begin(f, &s, AGENT, "direct", "aardvark", "1");
	assert_int_equal(r.status, 201);
	assert_has(r.body, "\"url\":\"/messages/");
	assert_has(r.body, "\"visibility\":\"private\"");
	assert_has(r.body, "\"votes\":0");
	long long id = id_of(f, r);
	assert_int_equal(say(f, &s, OLGA, id, "aardvark to you").status, 201);
	assert_int_equal(store_write(f->s, index_all, &f->a), OK);
	wait_for(f, "SELECT count(*) FROM notice", 2);
	wait_for(f, "SELECT count(*) FROM mail", 2);
	int others[] = {0, STEVE, PAT, ANALYST, OWNER};
	for (int i = 0; i < 5; i++) finds_nothing(f, &s, others[i], "aardvark", &id, 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM search_doc WHERE object_kind = 'conversation'"), 0);
	/* the two read it, each at the same addresses */
	for (int i = 0; i < 2; i++) {
		int who = i ? OLGA : AGENT;
		const char *cookie = session_for(f, who), *bearer = token_for(f, who), *page = str_fmt(&f->a, "/messages/%lld", id).p;
		assert_has(call(f, &s, page, NULL, cookie, NULL).body, "aardvark to you");
		assert_has(call(f, &s, "/messages", NULL, cookie, NULL).body, "aardvark");
		assert_has(call(f, &s, "/api/v1/conversations?kind=direct", NULL, NULL, bearer).body, "aardvark");
		assert_has_not(call(f, &s, "/api/v1/conversations", NULL, NULL, bearer).body, "aardvark");
		assert_has_not(call(f, &s, "/questions?sort=new", NULL, cookie, NULL).body, "aardvark");
		assert_has_not(call(f, &s, "/mine", NULL, cookie, NULL).body, "aardvark");
		if (who == AGENT) assert_has_not(call(f, &s, "/desk", NULL, cookie, NULL).body, "aardvark");
		struct answer old = call(f, &s, str_fmt(&f->a, "/conversations/%lld", id).p, NULL, cookie, NULL);
		assert_int_equal(old.status, 303);
		assert_has(old.head, "/messages/");
	}
	/* what is for reports is not for it, for those two neither */
	static const struct { const char *method, *path, *body; } acts[] = {
		{"PATCH", "/api/v1/conversations/%lld", "{\"visibility\":\"public\"}"}, {"PATCH", "/api/v1/conversations/%lld", "{\"assignee_id\":5}"},
		{"PUT", "/api/v1/conversations/%lld/vote", "{}"}, {"POST", "/api/v1/conversations/%lld/status", "{\"status\":\"heard\"}"},
		{"POST", "/api/v1/conversations/%lld/messages", "{\"body\":\"a note\",\"internal\":true}"}};
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		assert_int_equal(ask(f, &s, acts[i].method, with_id(f, acts[i].path, id), acts[i].body, token_for(f, AGENT)).status, 403);
		assert_int_equal(ask(f, &s, acts[i].method, with_id(f, acts[i].path, id), acts[i].body, token_for(f, OWNER)).status, 404);
	}
	assert_int_equal(say(f, &s, OWNER, id, "me, too").status, 404);
	serve_stop(&s);
}

static void a_question_to_a_group_is_discreet(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	struct answer r = begin(f, &s, AGENT, "group", "bobolink", "1,2,3,7,7");
	assert_int_equal(r.status, 201);
	long long id = id_of(f, r), threads[4] = {thread_of(f, id, OLGA), thread_of(f, id, STEVE), thread_of(f, id, PAT), thread_of(f, id, BEA)};
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE kind = 'direct'"), 4);
	assert_int_equal(say(f, &s, OLGA, threads[0], "capybara").status, 201);
	assert_int_equal(say(f, &s, STEVE, threads[1], "dormouse").status, 201);
	/* Pat sees a question of Agatha's and nothing of a group */
	const char *pat = session_for(f, PAT), *agent = session_for(f, AGENT), *page = str_fmt(&f->a, "/messages/%lld", id).p;
	struct answer mine = call(f, &s, str_fmt(&f->a, "/messages/%lld", threads[2]).p, NULL, pat, NULL), list = call(f, &s, "/messages", NULL, pat, NULL);
	assert_has(mine.body, "bobolink it is");
	static const char *const other[] = {"capybara", "dormouse", "Olga", "Steve", "Bea", "group"};
	for (int i = 0; i < 6; i++)
		if (str_has(mine.body, str_c(other[i])) || str_has(list.body, str_c(other[i]))) fail_msg("Pat sees %s", other[i]);
	long long theirs[] = {id, threads[0], threads[1], threads[3]};
	finds_nothing(f, &s, PAT, "capybara", theirs, 4);
	long long all[] = {id, threads[0], threads[1], threads[2], threads[3]};
	finds_nothing(f, &s, OWNER, "bobolink", all, 5);
	/* the table of who asked */
	r = call(f, &s, page, NULL, agent, NULL);
	assert_has(r.body, "2 of 4 answered");
	assert_has(r.body, "capybara");
	assert_has(r.body, "Olga Ottersbach");
	assert_has(r.body, "still silent");
	assert_has(r.body, "Remind the 2 who are silent");
	r = call(f, &s, "/messages", NULL, agent, NULL);
	assert_has(r.body, "2 of 4 answered");
	assert_has_not(r.body, "Steve");                 /* what they say stands with the question */
	assert_has(ask(f, &s, "GET", "/api/v1/conversations?kind=group", NULL, token_for(f, AGENT)).body, "bobolink");
	assert_int_equal(say(f, &s, AGENT, id, "to all of you").status, 403);
	/* only those who are silent are told again, and not twice within the hour */
	wait_for(f, "SELECT count(*) FROM notice", 6);
	assert_int_equal(send_form(f, &s, page, page, "act=remind", agent).status, 303);
	wait_for(f, "SELECT count(*) FROM notice WHERE kind = 'reminder' AND person_id IN (3, 7)", 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE kind = 'reminder'"), 2);
	wait_for(f, "SELECT count(*) FROM mail WHERE kind = 'message' AND subject LIKE 'Reminder%'", 2);
	assert_has(call(f, &s, "/notices", NULL, pat, NULL).body, "Agatha Agent waits for your answer.");
	assert_int_equal(send_form(f, &s, page, page, "act=remind", agent).status, 409);
	admin_exec(f, "UPDATE conversation SET reminded_at = 1 WHERE kind = 'group'");
	assert_int_equal(say(f, &s, PAT, threads[2], "echidna").status, 201);
	assert_int_equal(send_form(f, &s, page, page, "act=remind", agent).status, 303);
	wait_for(f, "SELECT count(*) FROM notice WHERE kind = 'reminder'", 3);
	/* who asks reads the answers here, and gets no mail for each */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM mail WHERE person_id = 4"), 0);
	/* closed */
	assert_int_equal(send_form(f, &s, page, page, "act=close", agent).status, 303);
	admin_exec(f, "UPDATE conversation SET reminded_at = 1 WHERE kind = 'group'");
	r = call(f, &s, page, NULL, agent, NULL);
	assert_has(r.body, "closed");
	assert_has_not(r.body, "Remind the");
	assert_int_equal(send_form(f, &s, "/messages/new", page, "act=remind", agent).status, 409);
	const char *bea = str_fmt(&f->a, "/messages/%lld", threads[3]).p;
	assert_int_equal(send_form(f, &s, bea, bea, "act=close", session_for(f, BEA)).status, 403);
	assert_int_equal(send_form(f, &s, bea, bea, "act=say&body=late", session_for(f, BEA)).status, 303);
	serve_stop(&s);
}

/* ------------------------------------------------------ many, a slice at a time */

enum { CROWD = 120, CROWD_FIRST = 100 };

static int64_t threads_of(struct fixture *f, long long question) {
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM conversation WHERE group_id = %lld", question).p);
}

static int64_t waiting_for(struct fixture *f, long long question) {
	return admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM group_waiting WHERE conversation_id = %lld", question).p);
}

struct half {
	struct fixture *f;
	long long question;
	bool dies;                  /* before its transaction ends */
};

static enum err half(struct db *db, void *arg) {
	struct half *x = arg;
	int64_t left;
	TRY(message_slice(db, &x->f->a, (struct conversation_id){x->question}, &left));
	return x->dies ? ERR_BUSY : OK;
}

static void run_job(struct fixture *f, long long question) {
	struct db *db;
	struct str why = STR("");
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(message_group_job(f->s, db, &f->a, str_fmt(&f->a, "{\"conversation\":%lld}", question), 1, NULL, &why), OK);
	db_close(db);
}

static const char *put_crowd(struct fixture *f) {
	struct str ids = STR("");
	for (int id = CROWD_FIRST; id < CROWD_FIRST + CROWD; id++) {
		put_person(f, id, "customer", "customer", "Cora Crowd", 0);
		admin_exec(f, str_fmt(&f->a, "INSERT INTO contact (person_id, kind, label, value, folded, rank) VALUES"
			" (%d, 'email', '', 'c%d@x.example', 'c%d@x.example', 0)", id, id, id).p);
		ids = str_fmt(&f->a, STR_FMT "%s%d", STR_ARG(ids), id == CROWD_FIRST ? "" : ",", id);
	}
	return str_z(&f->a, ids);
}

static void a_crowd_is_asked_in_slices_each_once(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *ids = put_crowd(f), *agent = session_for(f, AGENT);
	long long id = id_of(f, begin(f, &s, AGENT, "group", "pangolin", ids));
	const char *page = str_fmt(&f->a, "/messages/%lld", id).p;
	assert_int_equal(threads_of(f, id), 50);
	assert_int_equal(waiting_for(f, id), 70);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE kind = 'group_ask'"), 1);
	struct answer r = call(f, &s, page, NULL, agent, NULL);
	assert_has(r.body, "50 of 120 sent");
	assert_has(r.body, "0 of 120 answered");
	assert_has_not(r.body, "Remind the");
	assert_has(call(f, &s, "/messages", NULL, agent, NULL).body, "0 of 120 answered");
	assert_int_equal(call(f, &s, page, NULL, session_for(f, OWNER), NULL).status, 404);
	assert_has(send_form(f, &s, page, page, "act=remind", agent).body, "Not everyone has been asked yet.");
	/* one slice dies before its end and leaves nothing; one ends, and then the job is broken off */
	struct half broken = {f, id, true}, whole = {f, id, false};
	assert_int_equal(store_write(f->s, half, &broken), ERR_BUSY);
	assert_int_equal(threads_of(f, id), 50);
	assert_int_equal(waiting_for(f, id), 70);
	assert_int_equal(store_write(f->s, half, &whole), OK);
	assert_int_equal(threads_of(f, id), 100);
	/* done again, and once more: all but the one who has left meanwhile are asked, and told, once */
	admin_exec(f, "UPDATE person SET disabled_at = 5 WHERE id = 219");
	run_job(f, id);
	run_job(f, id);
	assert_int_equal(threads_of(f, id), CROWD - 1);
	assert_int_equal(waiting_for(f, id), 0);
	assert_int_equal(admin_int(f, "SELECT count(DISTINCT person_id) FROM participant WHERE person_id >= 100 AND person_id < 219"), CROWD - 1);
	wait_for(f, "SELECT count(*) FROM notice WHERE kind = 'message'", CROWD - 1);
	assert_int_equal(admin_int(f, "SELECT count(DISTINCT person_id) FROM notice WHERE kind = 'message'"), CROWD - 1);
	r = call(f, &s, page, NULL, agent, NULL);
	assert_has_not(r.body, " sent<");
	assert_has(r.body, "Remind the 119 who are silent");
	/* closing ends the asking */
	admin_exec(f, "UPDATE person SET disabled_at = NULL WHERE id = 219");
	id = id_of(f, begin(f, &s, AGENT, "group", "quokka", ids));
	page = str_fmt(&f->a, "/messages/%lld", id).p;
	assert_int_equal(send_form(f, &s, page, page, "act=close", agent).status, 303);
	run_job(f, id);
	assert_int_equal(threads_of(f, id), 50);
	assert_int_equal(waiting_for(f, id), 0);
	serve_stop(&s);
}

/* -------------------------------------------------------- who writes to whom */

static void who_may_write_to_whom(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	static const struct { int who; const char *kind, *to; long status; const char *words; } tries[] = {
		{OLGA, "direct", "4", 201, ""}, {OLGA, "direct", "2", 422, "There is no such person."}, {OLGA, "direct", "1", 422, "yourself"},
		{OLGA, "direct", "9", 422, "There is no such person."}, {OLGA, "direct", "99", 422, "There is no such person."}, {OLGA, "group", "4,5", 403, ""},
		{OLGA, "direct", "4,5", 422, "for one person"}, {AGENT, "direct", "1", 201, ""}, {AGENT, "direct", "5", 201, ""},
		{AGENT, "direct", "9", 422, "Gunda Gone has left"}, {AGENT, "direct", "10", 422, "Mute M. has neither a login"}, {AGENT, "direct", "4", 422, "yourself"},
		{AGENT, "direct", "1,2", 422, "for one person"}, {AGENT, "direct", "", 422, "Say to whom."}, {AGENT, "group", "1,99", 422, "There is no such person."},
		{ANALYST, "group", "1", 201, ""}, {OWNER, "direct", "3", 201, ""}};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct answer r = begin(f, &s, tries[i].who, tries[i].kind, "gazelle", tries[i].to);
		if (r.status != tries[i].status || !str_has(r.body, str_c(tries[i].words)))
			fail_msg("%d to %s: %ld " STR_FMT, tries[i].who, tries[i].to, r.status, STR_ARG(str_first(r.body, 600)));
	}
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations", "{\"kind\":\"direct\",\"subject\":\"x\",\"body\":\"y\",\"participants\":[1],"
		"\"visibility\":\"staff\"}", token_for(f, AGENT)).status, 422);
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations", "{\"kind\":\"direct\",\"subject\":\"x\",\"body\":\"y\",\"participants\":[1],"
		"\"tags\":[\"z\"]}", token_for(f, AGENT)).status, 422);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE visibility <> 'private'"), 0);
	/* by the button on a profile */
	const char *olga = session_for(f, OLGA), *agent = session_for(f, AGENT);
	assert_has(call(f, &s, "/people/4", NULL, olga, NULL).body, "/messages/new?person=4");
	assert_has(call(f, &s, "/people/1", NULL, agent, NULL).body, "/messages/new?person=1");
	assert_has_not(call(f, &s, "/people/4", NULL, agent, NULL).body, "/messages/new?person");
	assert_has_not(call(f, &s, "/people/4", NULL, NULL, NULL).body, "/messages/new?person");
	assert_has(call(f, &s, "/messages/new?person=4", NULL, olga, NULL).body, "Write to Agatha Agent");
	assert_int_equal(call(f, &s, "/messages/new?person=2", NULL, olga, NULL).status, 404);
	assert_has(call(f, &s, "/messages/new?person=10", NULL, agent, NULL).body, "Mute M. has neither a login nor an email address.");
	serve_stop(&s);
}

static void forms_name_whom_they_mean(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *agent = session_for(f, AGENT), *cal = session_for(f, CAL), *form = "/messages/new";
	assert_has(call(f, &s, "/messages", NULL, agent, NULL).body, "No messages yet");
	assert_has(call(f, &s, "/messages", NULL, cal, NULL).body, "person to person");
	admin_exec(f, "UPDATE person SET name = 'Steve S.' WHERE id = 8");
	struct answer r = send_form(f, &s, form, form, "to=steve+s.%0D%0ANobody+Known%0D%0Atag:none%0D%0A&subject=hedgehog&body=ibex", agent);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "There are several “steve s.”");
	assert_has(r.body, "We do not know “Nobody Known”.");
	assert_has(r.body, "Nobody who can be reached has the tag “none”.");
	assert_has(r.body, "value=\"hedgehog\"");
	assert_has(r.body, ">ibex<");
	/* a name in other letters, a number, an address: three people, one twice */
	r = send_form(f, &s, form, form, "to=OLGA+ottersbach%0D%0AC-77%0D%0APat%40X.example%0D%0ABea+B.&subject=hedgehog&body=ibex", agent);
	assert_int_equal(r.status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM participant t JOIN conversation c ON c.id = t.conversation_id WHERE c.group_id IS NOT NULL"
		" AND t.person_id IN (1, 3, 7)"), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM participant"), 3);
	/* a tag leaves out who has left and whom nothing reaches; one alone is a plain message */
	assert_int_equal(send_form(f, &s, form, form, "to=tag:valley&subject=kestrel&body=x", agent).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE kind = 'direct' AND subject = 'kestrel'"), 2);
	assert_int_equal(send_form(f, &s, form, form, "to=C-77&subject=lemming&body=x", agent).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE kind = 'group'"), 2);
	assert_int_equal(send_form(f, &s, form, form, "to=all+colleagues&subject=muskrat&body=x", agent).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE kind = 'direct' AND subject = 'muskrat'"), 2);
	/* an address that its owner keeps from the staff finds nobody */
	admin_exec(f, "INSERT INTO person_audience (person_id, field, audience) VALUES (3, 'email', 'me')");
	assert_has(send_form(f, &s, form, form, "to=pat%40x.example&subject=a&body=b", agent).body, "We do not know");
	/* a customer chooses, their contact person first */
	r = call(f, &s, form, NULL, cal, NULL);
	assert_has(r.body, "<option value=\"4\">Agatha Agent (your contact person)");
	assert_has_not(r.body, "Gunda");
	assert_int_equal(send_form(f, &s, form, form, "to=Olga+Ottersbach&subject=a&body=b", cal).status, 422);
	assert_int_equal(send_form(f, &s, form, form, "person=1&subject=a&body=b", cal).status, 422);
	assert_int_equal(send_form(f, &s, form, form, "person=4&subject=numbat&body=b", cal).status, 303);
	assert_int_equal(send_form(f, &s, form, form, "person=4&subject=&body=", cal).status, 422);
	serve_stop(&s);
}

/* --------------------------------------------------------------- being told */

static void both_are_told(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	admin_exec(f, "UPDATE person SET name = 'Olga Ottersbach' WHERE id = 1");
	long long id = id_of(f, begin(f, &s, AGENT, "direct", "opossum", "1"));
	wait_for(f, "SELECT count(*) FROM mail WHERE kind = 'message' AND person_id = 1", 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM mail WHERE person_id = 1 AND subject = 'Agatha Agent: opossum' AND body_text LIKE '%opossum it is%'"
		" AND body_text LIKE '%/messages/%' AND body_text LIKE '%/notices/stop/1/%'"), 1);
	const char *olga = session_for(f, OLGA), *owner = session_for(f, OWNER), *page = str_fmt(&f->a, "/messages/%lld", id).p;
	assert_has(call(f, &s, "/firm", NULL, olga, NULL).body, "1 new: your messages");
	assert_has(call(f, &s, "/messages", NULL, olga, NULL).body, ">new<");
	assert_has(call(f, &s, "/notices", NULL, olga, NULL).body, "Agatha Agent has written to you.");
	/* the outbox does not say that a letter went, nor to whom */
	struct answer out = call(f, &s, "/outbox", NULL, owner, NULL);
	assert_has(out.body, "No mail was written yet");
	assert_has_not(out.body, "Olga");
	assert_int_equal(call(f, &s, "/outbox/1", NULL, owner, NULL).status, 404);
	assert_int_equal(send_form(f, &s, "/outbox", "/outbox/1/send", "", owner).status, 404);
	/* looking at it makes it no longer new */
	assert_int_equal(call(f, &s, page, NULL, olga, NULL).status, 200);
	wait_for(f, "SELECT count(*) FROM notice WHERE read_at IS NOT NULL", 1);
	assert_has_not(call(f, &s, "/messages", NULL, olga, NULL).body, ">new<");
	/* the answer: the full name for the staff */
	assert_int_equal(send_form(f, &s, page, page, "body=possum", olga).status, 303);
	wait_for(f, "SELECT count(*) FROM mail WHERE person_id = 4 AND subject = 'Olga Ottersbach: opossum' AND body_text LIKE '%possum%'", 1);
	assert_int_equal(send_form(f, &s, page, page, "body=+", olga).status, 422);
	/* whoever wants no more of it is told no more, and others see no event of that */
	assert_int_equal(send_form(f, &s, page, page, "body=again", session_for(f, AGENT)).status, 303);
	wait_for(f, "SELECT count(*) FROM mail WHERE person_id = 1", 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE audience NOT IN ('parties', 'staff', 'public') AND object_kind IN ('conversation', 'message')"), 0);
	struct str check = STR("");
	struct text_list complaints;
	struct db *db;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(talk_check(db, &f->a, &complaints), OK);
	if (complaints.n > 0) check = complaints.v[0];
	assert_string_equal(str_z(&f->a, check), "");
	db_close(db);
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		MESSAGE_BOTH(nobody_else_reads_it), MESSAGE_BOTH(a_question_to_a_group_is_discreet),
		MESSAGE_BOTH(a_crowd_is_asked_in_slices_each_once), MESSAGE_BOTH(who_may_write_to_whom),
		MESSAGE_BOTH(forms_name_whom_they_mean), MESSAGE_BOTH(both_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
