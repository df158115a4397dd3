/* What people choose, and what they are then told: here, by mail, later, together, or not at all. On both engines. */
#include "talk/testing.h"
#include "notice/mail_int.h"

static void put_people(struct fixture *f) {
	put_person(f, 2, "staff", "owner", "Ruth Owner", 0);
	put_person(f, 3, "customer", "customer", "Jonas Weber", 0);
	put_person(f, 5, "staff", "agent", "Anna Keller", 0);
	put_login(f, 2, "ruth@xyz.example", NULL);
	put_login(f, 3, "jonas@weber.example", NULL);
	put_login(f, 5, "anna@xyz.example", NULL);
	put_conversation(f, 1, "public", 3, false);
	put_conversation(f, 2, "public", 3, false);
	admin_exec(f, "INSERT INTO follow (person_id, object_kind, object_id, created_at) VALUES (3, 'conversation', 1, 0), (3, 'conversation', 2, 0)");
	admin_exec(f, "UPDATE person SET zone = 'Europe/Berlin' WHERE id = 3");
}

static struct hub *hub_of(struct fixture *f, struct notice_ctx *c, const struct key *key) {
	struct hub *h = hub_new(f->s);
	*c = (struct notice_ctx){.key = key, .base_url = "https://xyz.example"};
	hub_add_reader(h, "notices", NULL, notice_read, c, true);
	hub_add_job(h, "mail", MAIL_TRIES, mail_job, c);
	hub_add_job(h, "mail_waiting", NOTICE_MAIL_TRIES, mail_waiting_job, c);
	hub_add_job(h, "notice_mail", NOTICE_MAIL_TRIES, notice_mail_job, c);
	return h;
}

struct word {
	int id, conversation;
	const char *kind;
};

static enum err write_event(struct db *db, void *arg) {
	const struct word *w = arg;
	struct event e = {.actor = {5}, .verb = "create", .object_kind = "message", .object_id = w->id, .target_kind = "conversation",
	                  .target_id = w->conversation, .audience = AUDIENCE_PUBLIC, .data = STR("{}")};
	return event_append(db, &e, NULL);
}

/* Anna says something. */
static void say(struct fixture *f, int id, int conversation, const char *kind) {
	struct word w = {id, conversation, kind};
	admin_exec(f, str_fmt(&f->a, "INSERT INTO message (id, conversation_id, kind, author_id, channel, body, status, created_at) VALUES (%d, %d, '%s',"
	                      " 5, 'portal', 'Word number %d', '', %lld)", id, conversation, kind, id, (long long)clock_now()).p);
	assert_int_equal(store_write(f->s, write_event, &w), OK);
}

#define MAILS(where) admin_int(f, "SELECT count(*) FROM mail WHERE " where)
#define NOTICES(where) admin_int(f, "SELECT count(*) FROM notice WHERE " where)

static void drain_at(struct hub *h, usec_t now) {
	clock_set(now);
	assert_int_equal(hub_drain(h), OK);
}

static usec_t berlin(int day, int hour, int minute) { return zone_moment(zone_find(STR("Europe/Berlin")), 2026, 11, day, hour, minute, 0); }

static void several_are_one(void **state) {
	FIXTURE(f);
	struct notice_ctx c;
	struct key key = {{3}};
	usec_t noon = berlin(23, 12, 0);
	put_people(f);
	struct hub *h = hub_of(f, &c, &key);
	clock_set(noon);
	say(f, 1, 1, "answer");
	drain_at(h, noon);
	assert_int_equal(MAILS("person_id = 3"), 1);
	say(f, 2, 1, "answer");
	say(f, 3, 1, "answer");
	say(f, 4, 2, "answer");
	drain_at(h, noon + MINUTES(1));
	assert_int_equal(MAILS("person_id = 3"), 2);                     /* of the other conversation */
	drain_at(h, noon + NOTICE_WINDOW - SECONDS(1));
	assert_int_equal(MAILS("person_id = 3"), 2);
	drain_at(h, noon + NOTICE_WINDOW);
	assert_int_equal(MAILS("person_id = 3"), 3);
	assert_int_equal(MAILS("subject LIKE '2 new: %' AND body_text LIKE '%Word number 2%Word number 3%'"), 1);
	drain_at(h, noon + DAYS(2));
	assert_int_equal(MAILS("person_id = 3"), 3);
	assert_int_equal(NOTICES("mail_at IS NOT NULL"), 0);
	/* What was read here before its mail was due is not mailed. */
	say(f, 5, 1, "answer");
	drain_at(h, noon + DAYS(2));
	say(f, 6, 1, "answer");
	drain_at(h, noon + DAYS(2) + SECONDS(1));
	admin_exec(f, "UPDATE notice SET read_at = 1");
	drain_at(h, noon + DAYS(3));
	assert_int_equal(MAILS("person_id = 3"), 4);
	clock_set(0);
	hub_stop(h);
}

static void quiet_and_digest(void **state) {
	FIXTURE(f);
	struct notice_ctx c;
	struct key key = {{3}};
	put_people(f);
	admin_exec(f, "INSERT INTO notice_plan (person_id, quiet_from, quiet_to, quiet_days, digest, digest_hour, digest_day) VALUES (3, 1320, 420, 127, 'off', 8, 1)");
	struct hub *h = hub_of(f, &c, &key);
	clock_set(berlin(23, 23, 0));
	say(f, 1, 1, "answer");
	drain_at(h, berlin(23, 23, 0));
	assert_int_equal(MAILS("id > 0"), 0);
	assert_int_equal(NOTICES("here AND read_at IS NULL"), 1);             /* here it is told quietly */
	drain_at(h, berlin(24, 6, 59));
	assert_int_equal(MAILS("id > 0"), 0);
	drain_at(h, berlin(24, 7, 0));
	assert_int_equal(MAILS("id > 0"), 1);
	/* All together at eight. */
	admin_exec(f, "UPDATE notice_plan SET digest = 'daily'");
	clock_set(berlin(24, 9, 0));
	say(f, 2, 1, "answer");
	say(f, 3, 1, "status");
	say(f, 4, 2, "answer");
	say(f, 5, 2, "comment");                                              /* by default not by mail */
	drain_at(h, berlin(25, 7, 59));
	assert_int_equal(MAILS("id > 0"), 1);
	drain_at(h, berlin(25, 8, 0));
	assert_int_equal(MAILS("id > 0"), 2);
	assert_int_equal(MAILS("topic = 'digest' AND body_text LIKE '%2 × · %' AND body_text LIKE '%/conversations/1%/conversations/2%' AND body_html LIKE '%href=\"https://xyz.example/conversations/2\"%'"), 1);
	assert_int_equal(MAILS("topic = 'digest' AND body_text LIKE '%Word number 5%'"), 0);
	drain_at(h, berlin(26, 9, 0));
	assert_int_equal(MAILS("id > 0"), 2);                                 /* nothing new, no mail */
	clock_set(0);
	hub_stop(h);
}

static void choices_and_levels(void **state) {
	FIXTURE(f);
	struct notice_ctx c;
	struct key key = {{3}};
	put_people(f);
	struct hub *h = hub_of(f, &c, &key);
	admin_exec(f, "INSERT INTO notice_choice (person_id, topic, here, mail) VALUES (3, 'answer', FALSE, FALSE), (3, 'comment', FALSE, TRUE)");
	say(f, 1, 1, "answer");
	say(f, 2, 1, "comment");
	assert_int_equal(hub_drain(h), OK);
	assert_int_equal(NOTICES("here"), 0);
	assert_int_equal(MAILS("subject LIKE '%' AND topic = 'comment' AND body_text LIKE '%Word number 2%'"), 1);
	assert_int_equal(MAILS("id > 0"), 1);
	/* One is too loud, of the other all is wanted. */
	admin_exec(f, "UPDATE notice_choice SET mail = FALSE");
	admin_exec(f, "INSERT INTO notice_level (person_id, conversation_id, level) VALUES (3, 1, 'mute'), (3, 2, 'watch')");
	say(f, 3, 1, "answer");
	say(f, 4, 2, "comment");
	assert_int_equal(hub_drain(h), OK);
	assert_int_equal(NOTICES("here"), 1);
	assert_int_equal(MAILS("body_text LIKE '%Word number 4%'"), 1);
	assert_int_equal(MAILS("id > 0"), 2);
	hub_stop(h);
}

static enum err share(struct db *db, void *arg) {
	struct event e = {.actor = {5}, .verb = "update", .object_kind = "document", .object_id = 1, .audience = AUDIENCE_PRIVATE, .data = STR("{\"shared\":true}")};
	(void)arg;
	return event_append(db, &e, NULL);
}

static void a_shared_file_is_mailed(void **state) {
	FIXTURE(f);
	struct notice_ctx c;
	struct key key = {{3}};
	put_people(f);
	struct hub *h = hub_of(f, &c, &key);
	admin_exec(f, "INSERT INTO document (id, person_id, name, shared_at, version, created_at, changed_at) VALUES (1, 3, 'policy.txt', 1, 1, 1, 1)");
	assert_int_equal(store_write(f->s, share, NULL), OK);
	assert_int_equal(hub_drain(h), OK);
	assert_int_equal(MAILS("person_id = 3 AND subject = 'A file for you: policy.txt' AND body_text LIKE '%https://xyz.example/documents/1%'"), 1);
	/* hidden again before the mail was written: nothing of it is told */
	admin_exec(f, "UPDATE notice SET read_at = 1");
	assert_int_equal(store_write(f->s, share, NULL), OK);
	admin_exec(f, "INSERT INTO notice_plan (person_id, quiet_days, digest, digest_hour, digest_day) VALUES (3, 0, 'daily', 8, 1)");
	assert_int_equal(hub_drain(h), OK);
	assert_int_equal(NOTICES("mail_at IS NOT NULL"), 1);
	admin_exec(f, "UPDATE document SET shared_at = NULL");
	drain_at(h, clock_now() + DAYS(2));
	assert_int_equal(NOTICES("mail_at IS NOT NULL"), 0);
	assert_int_equal(MAILS("id > 0"), 1);
	clock_set(0);
	hub_stop(h);
}

static void the_page(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	const char *jonas = token_for(f, 3), *anna = token_for(f, 5);
	struct answer r = ask(f, &s, "GET", "/api/v1/people/me/notifications", NULL, jonas);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "{\"topic\":\"file\"");
	assert_has_not(r.body, "assigned");
	assert_has(ask(f, &s, "GET", "/api/v1/people/me/notifications", NULL, anna).body, "assigned");
	r = ask(f, &s, "PUT", "/api/v1/people/me/notifications", "{\"here\":[\"answer\",\"status\",\"comment\",\"message\",\"joined\",\"request\",\"file\",\"search\"],"
	        "\"mail\":[\"answer\",\"comment\"],\"quiet\":true,\"quiet_from\":\"21:30\",\"quiet_to\":\"06:00\",\"quiet_days\":[\"mon\",\"sun\"],\"digest\":\"weekly\","
	        "\"digest_hour\":17,\"digest_day\":\"fri\"}", jonas);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "\"mail\":[\"answer\",\"comment\"],\"quiet\":true,\"quiet_from\":\"21:30\",\"quiet_to\":\"06:00\",\"quiet_days\":[\"mon\",\"sun\"]");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice_choice WHERE person_id = 3 AND here"), 5);   /* only what differs: status, comment, message, request, file */
	assert_int_equal(admin_int(f, "SELECT quiet_from * 1000000 + quiet_days * 1000 + digest_hour * 10 + digest_day FROM notice_plan"), 1290003175);
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/people/me/notifications", "{\"here\":[\"all\"]}", jonas).status, 422);
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/people/me/notifications", "{\"quiet\":true,\"quiet_from\":\"25:00\"}", jonas).status, 422);
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/people/me/notifications", "{\"quiet_days\":[\"someday\"]}", jonas).status, 422);
	assert_int_equal(ask(f, &s, "GET", "/api/v1/people/me/notifications", NULL, NULL).status, 401);
	/* Of one conversation, if one may see it. */
	admin_exec(f, "DELETE FROM follow");
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/conversations/1/notifications", "{\"level\":\"watch\"}", jonas).status, 200);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM follow WHERE person_id = 3"), 1);
	assert_has(ask(f, &s, "GET", "/api/v1/conversations/1/notifications", NULL, jonas).body, "\"level\":\"watch\"");
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/conversations/1/notifications", "{\"level\":\"normal\"}", jonas).status, 200);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice_level"), 0);
	admin_exec(f, "UPDATE conversation SET visibility = 'staff', author_id = 2 WHERE id = 2");
	assert_int_equal(ask(f, &s, "GET", "/api/v1/conversations/2/notifications", NULL, jonas).status, 404);
	assert_int_equal(ask(f, &s, "PUT", "/api/v1/conversations/2/notifications", "{\"level\":\"watch\"}", jonas).status, 404);
	serve_stop(&s);
}

static void the_link_of_a_mail(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	serve_start(f, &s);
	const char *path = off_path(&f->a, &s.o.key, (struct person_id){3}, STR("answer")).p, *sign = strrchr(path, '/') + 1;
	assert_has(call(f, &s, path, NULL, NULL, NULL).body, "Stop these mails");
	assert_int_equal(call(f, &s, str_fmt(&f->a, "/notices/off/5/answer/%s", sign).p, "x=1", NULL, NULL).status, 404);
	assert_int_equal(call(f, &s, str_fmt(&f->a, "/notices/off/3/status/%s", sign).p, "x=1", NULL, NULL).status, 404);
	assert_int_equal(call(f, &s, str_fmt(&f->a, "/notices/off/3/digest/%s", sign).p, "x=1", NULL, NULL).status, 404);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice_choice"), 0);
	assert_int_equal(call(f, &s, path, "List-Unsubscribe=One-Click", NULL, NULL).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice_choice WHERE person_id = 3 AND topic = 'answer' AND here AND NOT mail"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice_choice"), 1);
	assert_has(call(f, &s, path, NULL, NULL, NULL).body, "These mails have stopped");
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		FIRM_BOTH(several_are_one), FIRM_BOTH(quiet_and_digest), FIRM_BOTH(choices_and_levels), FIRM_BOTH(a_shared_file_is_mailed),
		FIRM_BOTH(the_page), FIRM_BOTH(the_link_of_a_mail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
