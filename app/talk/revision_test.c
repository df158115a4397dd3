/* What was written before a change: kept, told to whoever may read it, and to nobody else. One secret word stands
 * in each older version, and everybody looks for it on the page and in the API. On both engines. */
#include "talk/testing.h"
#include <math.h>

struct kept {
	const char *word;          /* stood there before the change */
	const char *who;           /* v visitor, o whose it is, s stranger, p who takes part, a agent, n analyst */
	const char *visibility;    /* of the report when its words were changed, and now */
	const char *now;
	bool hidden;               /* the older words were taken down */
	const char *said;          /* NULL: the report's own words, else the kind of what was said */
	bool said_hidden;
	long long report, message;
};
static struct kept versions[] = {
	{"aardvark", "vospan", "public", "public", false, NULL, false, 0, 0},
	{"bobolink", "ospan", "members", "members", false, NULL, false, 0, 0},
	{"capybara", "opan", "private", "private", false, NULL, false, 0, 0},
	{"dormouse", "opan", "private", "public", false, NULL, false, 0, 0},      /* made public later: its past is not */
	{"echidna", "ospan", "members", "public", false, NULL, false, 0, 0},
	{"flamingo", "opan", "public", "private", false, NULL, false, 0, 0},
	{"gazelle", "an", "staff", "public", false, NULL, false, 0, 0},
	{"hedgehog", "an", "public", "public", true, NULL, false, 0, 0},
	{"ibexibex", "vospan", "public", "public", false, "comment", false, 0, 0},
	{"jackdaw", "an", "public", "public", false, "note", false, 0, 0},
	{"kestrel", "an", "public", "public", false, "comment", true, 0, 0},
	{"lemming", "vospan", "public", "public", false, "answer", false, 0, 0},
	{"manatee", "opan", "private", "public", false, "comment", false, 0, 0},
	{"narwhal", "an", "public", "public", true, "answer", false, 0, 0},
};
enum { VERSIONS = sizeof versions / sizeof *versions };

static enum err make(struct db *db, void *arg) {
	struct fixture *f = arg;
	for (int i = 0; i < VERSIONS; i++) {
		struct kept *k = &versions[i];
		struct conversation_id id;
		struct message_id said = {0};
		struct talk_facts facts;
		struct new_report r = {.kind = STR("problem"), .visibility = str_c(k->visibility), .lat = NAN, .lon = NAN,
			.subject = k->said ? STR("Plain") : str_fmt(&f->a, "About %s", k->word), .body = str_c(k->said ? "" : k->word),
			.author = {OLGA}};
		TRY(talk_create(db, &f->a, &r, &id));
		TRY(sql_talk_participant_add(db, id, (struct person_id){PAT}, NULL));
		TRY(talk_facts(db, &f->a, id, &facts));
		k->report = id.v;
		if (k->said) {
			struct new_message n = {.conversation = id, .kind = str_c(k->said), .body = str_c(k->word), .author = {AGENT}};
			struct talk_said_facts sf;
			TRY(talk_say(db, &f->a, &n, &said));
			TRY(sql_talk_said_get(db, &f->a, said, &sf));
			TRY(revision_keep(db, &facts, &sf, (struct person_id){AGENT}, clock_now()));
			TRY(sql_talk_edit_said(db, said, STR("New words"), clock_now()));
			if (k->said_hidden) TRY(sql_talk_hide_said(db, said, 1));
		} else {
			TRY(revision_keep(db, &facts, NULL, (struct person_id){OLGA}, clock_now()));
			TRY(sql_talk_edit(db, id, STR("Plain"), STR("New"), STR("New"), STR(""), clock_now()));
		}
		k->message = said.v;
		TRY(sql_talk_set_visibility(db, id, str_c(k->now)));
	}
	return OK;
}

static void nobody_reads_what_is_not_theirs(void **state) {
	FIXTURE(f);
	struct served s;
	static const char letters[] = "vospan";
	assert_int_equal(store_write(f->s, make, f), OK);
	for (int i = 0; i < VERSIONS; i++)
		if (versions[i].hidden)
			admin_exec(f, str_fmt(&f->a, "UPDATE revision SET hidden_at = 1 WHERE conversation_id = %lld",
				versions[i].report).p);
	serve_start(f, &s);
	const char *bearer[] = {NULL, token_for(f, OLGA), token_for(f, STEVE), token_for(f, PAT), token_for(f, AGENT),
		token_for(f, ANALYST)};
	for (int w = 0; w < 6; w++)
		for (int i = 0; i < VERSIONS; i++) {
			const struct kept *k = &versions[i];
			bool sees = strchr(k->who, letters[w]) != NULL;
			static const char *const of[] = {"/conversations/%lld/revisions?message=%lld",
				"/api/v1/conversations/%lld/revisions?message=%lld", "/conversations/%lld?%lld", "/api/v1/conversations/%lld?%lld",
				"/api/v1/conversations/%lld/messages?x=%lld"};
			for (int p = 0; p < 5; p++) {
				char path[120];
				snprintf(path, sizeof path, p == 0 ? of[0] : p == 1 ? of[1] : p == 2 ? "/conversations/%lld?x=%lld" : p == 3
					? "/api/v1/conversations/%lld?x=%lld" : of[4], k->report, k->message);
				char *none = k->message == 0 ? strstr(path, "?message") : NULL;
				if (none) *none = 0;
				struct answer r = call(f, &s, path, NULL, NULL, bearer[w]);
				bool has = str_has(r.body, str_c(k->word));
				if (has != (sees && p < 2)) fail_msg("%c at %s (%ld): %s", letters[w], path, r.status, k->word);
			}
		}
	/* a message is asked for in its own conversation only */
	char path[120];
	snprintf(path, sizeof path, "/conversations/%lld/revisions?message=%lld", versions[0].report, versions[8].message);
	assert_int_equal(call(f, &s, path, NULL, NULL, NULL).status, 404);
	assert_int_equal(call(f, &s, "/conversations/999/revisions", NULL, NULL, NULL).status, 404);
	serve_stop(&s);
}

/* ------------------------------------------------------------------ through the forms */

static void changes_keep_what_was_there(void **state) {
	FIXTURE(f);
	struct served s;
	struct str hash;
	assert_int_equal(password_hash(&f->a, STR(WORD), &hash), OK);
	put_login(f, OLGA, "olga@x.example", hash.p);
	put_login(f, AGENT, "agatha@x.example", hash.p);
	serve_start(f, &s);
	const char *olga = cookie_of(f, call(f, &s, "/login", "login=olga%40x.example&password=harbour+lantern+seven",
		NULL, NULL));
	const char *agatha = cookie_of(f, call(f, &s, "/login", "login=agatha%40x.example&password=harbour+lantern+seven",
		NULL, NULL));
	assert_int_equal(send_form(f, &s, "/report", "/report", "kind=problem&subject=No+light+at+pier&body=Account+4711",
		olga).status,
		303);
	assert_has_not(call(f, &s, "/conversations/1", NULL, NULL, NULL).body, "/revisions");
	assert_has(call(f, &s, "/conversations/1/revisions", NULL, NULL, NULL).body, "There are no older words");

	/* the same words again, or another topic, are no new version; new words are */
	static const char same[] = "subject=No+light+at+pier&body=Account+4711";
	assert_int_equal(send_form(f, &s, "/conversations/1/edit", "/conversations/1/edit", same, olga).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM revision"), 0);
	assert_int_equal(send_form(f, &s, "/conversations/1/edit", "/conversations/1/edit", "subject=No+light+at+pier&body=Dark",
		olga).status,
		303);
	struct answer r = call(f, &s, "/conversations/1", NULL, NULL, NULL);
	assert_has(r.body, "/conversations/1/revisions");
	assert_has_not(r.body, "4711");
	r = call(f, &s, "/conversations/1/revisions", NULL, NULL, NULL);
	assert_has(r.body, "Account 4711");
	assert_has(r.body, "changed by Olga O.");
	assert_has_not(r.body, "Ottersbach");
	assert_has(call(f, &s, "/api/v1/conversations/1", NULL, NULL, token_for(f, STEVE)).body, "\"edited_at\":\"2");

	/* what was said, and an answer */
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=comment&body=First+thought", olga).status, 303);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=edit_message&message=1&body=Second+thought",
		olga).status, 303);
	assert_has(call(f, &s, "/conversations/1/revisions?message=1", NULL, NULL, NULL).body, "First thought");
	assert_has(call(f, &s, "/conversations/1", NULL, NULL, NULL).body, "/conversations/1/revisions?message=1");
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=answer&body=We+lok&status=heard", agatha).status,
		303);
	assert_has(call(f, &s, "/conversations/1", NULL, agatha, NULL).body, "name=\"message\" value=\"2\"");
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1", "act=edit_message&message=2&body=We+look",
		agatha).status,
		303);
	assert_has(call(f, &s, "/conversations/1/revisions?message=2", NULL, NULL, NULL).body, "We lok");

	/* the team takes the number down; also from the kept page, and not by anybody else */
	assert_has(call(f, &s, "/conversations/1/revisions", NULL, NULL, NULL).body, "4711");
	const char *hide = "revision=1&hidden=1";
	assert_int_equal(send_form(f, &s, "/conversations/1/edit", "/conversations/1/revisions", hide, olga).status, 403);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/2/revisions", hide, agatha).status, 404);
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1/revisions", hide, agatha).status, 303);
	assert_has_not(call(f, &s, "/conversations/1/revisions", NULL, NULL, NULL).body, "4711");
	assert_has_not(call(f, &s, "/conversations/1/revisions", NULL, olga, NULL).body, "4711");
	assert_has(call(f, &s, "/conversations/1/revisions", NULL, agatha, NULL).body, "4711");
	assert_int_equal(send_form(f, &s, "/conversations/1", "/conversations/1/revisions", "revision=1&hidden=0", agatha).status, 303);
	assert_has(call(f, &s, "/conversations/1/revisions", NULL, NULL, NULL).body, "4711");
	serve_stop(&s);
}

static void many_versions_go_on(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = token_for(f, OLGA);
	assert_int_equal(ask(f, &s, "POST", "/api/v1/conversations", "{\"kind\":\"idea\",\"subject\":\"Version 0\"}",
		olga).status,
		201);
	for (int i = 1; i <= 7; i++)
		assert_int_equal(ask(f, &s, "PATCH", "/api/v1/conversations/1",
			str_fmt(&f->a, "{\"subject\":\"Version %d\"}", i).p, olga).status, 200);
	struct answer r = ask(f, &s, "GET", "/api/v1/conversations/1/revisions?limit=4", NULL, olga);
	assert_has(r.body, "Version 6");
	assert_has(r.body, "Version 3");
	assert_has_not(r.body, "Version 2");
	assert_has(r.head, "rel=\"next\"");
	struct str next = between(f, r.body, "\"next\":\"", "\"");
	r = ask(f, &s, "GET", str_fmt(&f->a, "/api/v1/conversations/1/revisions?limit=4&cursor=" STR_FMT, STR_ARG(next)).p,
		NULL,
		olga);
	assert_has_not(r.body, "Version 3");
	assert_has(r.body, "Version 2");
	assert_has(r.body, "Version 0");
	assert_has(call(f, &s, "/conversations/1/revisions?limit=4", NULL, NULL, NULL).body, "Show older ones");
	/* each stood from the change before it to its own */
	assert_int_equal(admin_int(f,
		"SELECT count(*) FROM revision a JOIN revision b ON b.id = a.id + 1 WHERE a.until_at <> b.since_at"),
		0);
	serve_stop(&s);
}

int main(int argc, char **argv) {
	(void)argc, (void)argv;
	const struct CMUnitTest tests[] = {
		TALK_BOTH(nobody_reads_what_is_not_theirs), TALK_BOTH(changes_keep_what_was_there), TALK_BOTH(many_versions_go_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
