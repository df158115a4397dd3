/* Colleagues who are known to customers by another name, without title and photo: no page, list, notice or mail says
 * more, to anybody who is not on the staff. Spoken to over HTTP, on both engines. */
#include "access/testing.h"

enum { AGENT = 2, COLLEAGUE = 3, CUSTOMER = 4, STRANGER = 5, PHOTO = 77 };

/* An answer and a comment by someone whose name, title and photo are for the firm alone. */
static enum err speak(struct db *db, void *arg) {
	(void)arg;
	for (int64_t message = 1; message <= 2; message++) {
		struct event e = {.actor = {AGENT}, .verb = "create", .object_kind = "message", .object_id = message, .target_kind = "conversation",
		                  .target_id = 1, .audience = AUDIENCE_PUBLIC, .data = STR("{}")};
		TRY(event_append(db, &e, NULL));
	}
	return OK;
}

static void put_all(struct fixture *f) {
	put_person(f, AGENT, "staff", "agent", "Anna K.", 0);
	put_person(f, COLLEAGUE, "staff", "agent", "Kofi Boateng", 0);
	put_person(f, CUSTOMER, "customer", "customer", "Jonas Weber", 0);
	put_person(f, STRANGER, "customer", "customer", "Marta Lindqvist", 0);
	admin_exec(f, "INSERT INTO file (id, name, type, hash, bytes, created_at) VALUES (77, 'p.webp', 'image/webp', 'h', 3, 0);"
	              "UPDATE person SET name = 'Anna Kellerworth', title = 'Tracerlady', photo_file_id = 77 WHERE id = 2;"
	              "INSERT INTO person_audience VALUES (2, 'name', 'staff'), (2, 'title', 'staff'), (2, 'photo', 'staff')");
	put_login(f, COLLEAGUE, "kofi@xyz.example", NULL);
	put_login(f, CUSTOMER, "jonas@weber.example", NULL);
	put_conversation(f, 1, "public", CUSTOMER, false);
	for (int i = 1; i <= 2; i++)
		admin_exec(f, str_fmt(&f->a, "INSERT INTO message (id, conversation_id, kind, author_id, channel, body, status, created_at) VALUES"
		                      " (%d, 1, '%s', 2, 'portal', 'The mast is up.', '', %lld)", i, i == 1 ? "answer" : "comment",
		                      (long long)clock_now()).p);
	admin_exec(f, "UPDATE conversation SET answer_id = 1, answered_at = 5, comments = 1, assignee_id = 2 WHERE id = 1;"
	              "INSERT INTO follow (person_id, object_kind, object_id, created_at) VALUES (3, 'conversation', 1, 0), (4, 'conversation', 1, 0)");
}

static const char *token_for(struct fixture *f, int person) {
	struct str token = token_new(&f->a), hash = token_hash(&f->a, token);
	long long now = (long long)clock_now();
	admin_exec(f, str_fmt(&f->a, "INSERT INTO token (kind, hash, person_id, label, peer, created_at, seen_at, expires_at) VALUES ('api', '"
	                      STR_FMT "', %d, '', '', %lld, %lld, %lld)", STR_ARG(hash), person, now, now, now + DAYS(1)).p);
	return token.p;
}

static void check(struct fixture *f, const struct served *s, const char *path, const char *bearer, bool staff,
                  bool named) {
	struct answer r = call(f, s, path, NULL, NULL, bearer);
	assert_int_equal(r.status, 200);
	static const char *const secret[] = {"Kellerworth", "Tracerlady", "/photo/77", "\"photo\":77"};
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
		if (!staff && str_has(r.body, str_c(secret[i]))) fail_msg("\"%s\" at %s", secret[i], path);
	if (named && !str_has(r.body, staff ? STR("Kellerworth") : STR("Anna K."))) fail_msg("nobody is named at %s", path);
}

static void colleagues_are_named_as_they_say(void **state) {
	FIXTURE(f);
	struct served s;
	put_all(f);
	serve_start(f, &s);
	assert_int_equal(store_write(f->s, speak, NULL), OK);
	for (int i = 0; i < 250 && admin_int(f, "SELECT count(*) FROM mail") < 2; i++) usleep(20000);
	const char *bearer[] = {NULL, token_for(f, CUSTOMER), token_for(f, STRANGER), token_for(f, COLLEAGUE)};
	static const struct { const char *path; bool named; } pages[] = {
		{"/", true}, {"/problems", false}, {"/conversations/1", false}, {"/people/2", true}, {"/firm", true},
		{"/api/v1/people", true}, {"/api/v1/people/2", true}, {"/api/v1/people/2/timeline", false}, {"/api/v1/conversations", false},
		{"/api/v1/conversations/1", false}, {"/api/v1/conversations/1/messages", true}, {"/api/v1/events", false},
	};
	for (int who = 0; who < 4; who++)
		for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) check(f, &s, pages[i].path, bearer[who], who == 3, pages[i].named);
	check(f, &s, "/conversations/1", NULL, false, true); /* as a page */
	check(f, &s, "/notices", bearer[1], false, true);
	check(f, &s, "/notices", bearer[3], true, true);
	/* the letters, each as its reader may know the author */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM mail WHERE person_id = 4 AND body_text LIKE '%Anna K.%' AND body_text NOT LIKE '%Kellerworth%'"
	                           " AND body_html NOT LIKE '%Kellerworth%'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM mail WHERE person_id = 3 AND body_text LIKE '%Anna Kellerworth%'"), 1);
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {FIRM_BOTH(colleagues_are_named_as_they_say)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
