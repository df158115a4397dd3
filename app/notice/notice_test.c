/* From an event to a notice, a letter, and a mail server; and the pages. On both engines. */
#include "access/testing.h"
#include "notice/mail_int.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>

/* -------------------------------------------------------- a mail server of ours */

/* Speaks just enough SMTP, one connection after another. Says `no` (a whole reply) to RCPT while refuse_next is above
 * 0. */
struct smtp {
	int fd, port;
	pthread_t thread;
	pthread_mutex_t lock;
	struct buf mails;        /* what came after DATA, each followed by a NUL */
	_Atomic int count, refuse_next;
	const char *_Atomic no;
};

static void say(FILE *out, const char *line) {
	fprintf(out, "%s\r\n", line);
	fflush(out);
}

static void take_data(struct smtp *s, FILE *in, FILE *out) {
	char line[4096];
	say(out, "354 go on");
	pthread_mutex_lock(&s->lock);
	while (fgets(line, sizeof line, in) != NULL && strcmp(line, ".\r\n") != 0) buf_add(&s->mails, str_c(line[0] == '.' ? line + 1 : line));
	buf_add_char(&s->mails, 0);
	s->count++;
	pthread_mutex_unlock(&s->lock);
	say(out, "250 taken");
}

static void converse(struct smtp *s, int fd) {
	char line[4096];
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
	say(out, "220 test ESMTP");
	while (fgets(line, sizeof line, in) != NULL) {
		bool refuse = strncasecmp(line, "RCPT", 4) == 0 && s->refuse_next > 0;
		if (refuse) s->refuse_next--;
		if (strncasecmp(line, "QUIT", 4) == 0) {
			say(out, "221 bye");
			break;
		}
		if (strncasecmp(line, "EHLO", 4) == 0) say(out, "250 test");
		else if (strncasecmp(line, "DATA", 4) == 0) take_data(s, in, out);
		else say(out, refuse ? s->no : "250 ok");
	}
	fclose(in);
	fclose(out);
}

static void *smtp_run(void *arg) {
	struct smtp *s = arg;
	for (int fd; (fd = accept(s->fd, NULL, NULL)) >= 0;) converse(s, fd);
	return NULL;
}

static void smtp_start(struct smtp *s) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	*s = (struct smtp){.no = "450 later"};
	pthread_mutex_init(&s->lock, NULL);
	buf_init(&s->mails, 1 << 20);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(s->fd, 5), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&a, &n), 0);
	s->port = ntohs(a.sin_port);
	pthread_create(&s->thread, NULL, smtp_run, s);
}

static void smtp_stop(struct smtp *s) {
	shutdown(s->fd, SHUT_RDWR);
	close(s->fd);
	pthread_join(s->thread, NULL);
	buf_done(&s->mails);
}

/* --------------------------------------------------------------------- rows */

static void put_people(struct fixture *f) {
	put_person(f, 2, "staff", "owner", "Ruth Owner", 0);
	put_person(f, 3, "customer", "customer", "Jonas Weber", 0);
	put_person(f, 4, "customer", "customer", "Marta Lindqvist", 0);
	put_person(f, 5, "staff", "agent", "Anna Keller", 0);
	put_person(f, 6, "customer", "customer", "Call Me", 0);
	put_person(f, 7, "staff", "analyst", "Ana Lyst", 0);
	admin_exec(f, "UPDATE person SET locale = 'de' WHERE id = 4");
	admin_exec(f, "UPDATE person SET channel = 'phone' WHERE id = 6");
	put_login(f, 2, "ruth@xyz.example", NULL);
	put_login(f, 3, "jonas@weber.example", NULL);
	put_login(f, 4, "marta@home.example", NULL);
	put_login(f, 5, "anna@xyz.example", NULL);
	put_login(f, 6, "call@me.example", NULL);
}

static void put_follow(struct fixture *f, int person, int conversation) {
	admin_exec(f, str_fmt(&f->a, "INSERT INTO follow (person_id, object_kind, object_id, created_at) VALUES (%d, 'conversation', %d, 0)", person,
	                      conversation).p);
}

struct happening {
	int message, conversation, actor;
	const char *kind, *status;
	usec_t at;                   /* of the message; 0: now */
	struct event e;              /* instead of a message's, when it has a verb */
	struct fixture *f;
};

static enum err write_event(struct db *db, void *arg) {
	const struct happening *h = arg;
	struct event e = h->e;
	if (e.verb == NULL)
		e = (struct event){.actor = {h->actor}, .verb = "create", .object_kind = "message", .object_id = h->message, .target_kind = "conversation",
		                   .target_id = h->conversation, .audience = AUDIENCE_PUBLIC, .data = STR("{}")};
	return event_append(db, &e, NULL);
}

static void happen(struct fixture *f, struct happening h) {
	usec_t at = h.at ? h.at : clock_now();
	if (h.e.verb == NULL)
		admin_exec(f, str_fmt(&f->a, "INSERT INTO message (id, conversation_id, kind, author_id, channel, body, status, created_at) VALUES (%d, %d, '%s',"
		                      " %d, 'portal', 'The **mast** is up & <b>running</b>.', '%s', %lld)", h.message, h.conversation, h.kind, h.actor,
		                      h.status ? h.status : "", (long long)at).p);
	assert_int_equal(store_write(f->s, write_event, &h), OK);
}

static struct hub *drained_hub(struct fixture *f, struct notice_ctx *c, const struct key *key) {
	struct hub *h = hub_new(f->s);
	*c = (struct notice_ctx){.key = key, .base_url = "https://xyz.example"};
	hub_add_reader(h, "notices", NULL, notice_read, c, true);
	hub_add_job(h, "mail", MAIL_TRIES, mail_job, c);
	hub_add_job(h, "mail_waiting", NOTICE_MAIL_TRIES, mail_waiting_job, c);
	hub_add_job(h, "notice_mail", NOTICE_MAIL_TRIES, notice_mail_job, c);
	return h;
}

#define NOTICES(where) admin_int(f, "SELECT count(*) FROM notice WHERE " where)
#define MAILS(where) admin_int(f, "SELECT count(*) FROM mail WHERE " where)

static void test_reader(void **state) {
	FIXTURE(f);
	struct notice_ctx c;
	struct key key = {{3}};
	put_people(f);
	put_conversation(f, 1, "public", 3, false);
	put_conversation(f, 2, "private", 3, false);
	for (int person = 3; person <= 6; person++) put_follow(f, person, 1);
	put_follow(f, 3, 2), put_follow(f, 4, 2), put_follow(f, 5, 2);
	struct hub *h = drained_hub(f, &c, &key);
	happen(f, (struct happening){.message = 1, .conversation = 1, .actor = 5, .kind = "answer", .status = "planned"});
	happen(f, (struct happening){.message = 2, .conversation = 1, .actor = 3, .kind = "comment"});
	happen(f, (struct happening){.message = 3, .conversation = 1, .actor = 5, .kind = "note"});
	happen(f, (struct happening){.message = 4, .conversation = 2, .actor = 5, .kind = "status", .status = "done"});
	happen(f, (struct happening){.message = 5, .conversation = 1, .actor = 5, .kind = "answer", .at = clock_now() - DAYS(400)});
	happen(f, (struct happening){.e = {.actor = {2}, .verb = "update", .object_kind = "conversation", .object_id = 1, .audience = AUDIENCE_STAFF,
	                                   .data = STR("{\"assignee\":5}")}});
	assert_int_equal(hub_drain(h), OK);
	assert_int_equal(NOTICES("kind = 'answer'"), 3);                        /* 3 4 6, not who wrote it; and not the one loaded from history */
	assert_int_equal(NOTICES("kind = 'answer' AND person_id = 5"), 0);
	assert_int_equal(NOTICES("kind = 'comment'"), 3);                       /* 4 5 6 */
	assert_int_equal(NOTICES("kind = 'note'"), 0);
	assert_int_equal(NOTICES("kind = 'status'"), 1);                        /* 3: 4 follows, but may not see it; 5 did it */
	assert_int_equal(NOTICES("kind = 'status' AND person_id = 3"), 1);
	assert_int_equal(NOTICES("kind = 'assigned' AND person_id = 5"), 1);
	/* Mail: not for comments, not for who prefers the telephone; in the reader's language; each with its key. */
	assert_int_equal(MAILS("kind = 'notice'"), 3);
	assert_int_equal(MAILS("person_id = 6"), 0);
	assert_int_equal(MAILS("to_address = 'jonas@weber.example' AND subject LIKE 'XYZ & Sons answers: No signal%'"), 1);
	assert_int_equal(MAILS("to_address = 'jonas@weber.example' AND subject LIKE 'Done: %'"), 1);
	assert_int_equal(MAILS("body_html LIKE '%<b>running%'"), 0);
	assert_int_equal(MAILS("body_text LIKE '%https://xyz.example/conversations/1%' AND body_text LIKE '%https://xyz.example/notices/stop/%'"), 2);
	assert_int_equal(MAILS("state = 'waiting'"), 3);                        /* there is no mail server */
	/* Read again from the start, nothing comes twice. */
	admin_exec(f, "UPDATE event_cursor SET seq = 0");
	assert_int_equal(hub_drain(h), OK);
	assert_int_equal(NOTICES("id > 0"), 8);
	assert_int_equal(MAILS("id > 0"), 3);
	hub_stop(h);
}

static void set_server(struct fixture *f, int port) {
	admin_exec(f, str_fmt(&f->a, "UPDATE business SET smtp_url = 'smtp://127.0.0.1:%d'", port).p);
	happen(f, (struct happening){.e = {.actor = {2}, .verb = "update", .object_kind = "business", .object_id = 1, .audience = AUDIENCE_PUBLIC, .data = STR("{}")}});
}

/* As if the last mail about everything were long ago. */
static void window_over(struct fixture *f) { admin_exec(f, "UPDATE notice SET mailed_at = 1 WHERE mailed_at IS NOT NULL"); }

/* Runs what is due, as if the waits between tries were over. */
static void drain_all(struct fixture *f, struct hub *h) {
	for (int i = 0; i < MAIL_TRIES + 2; i++) {
		assert_int_equal(hub_drain(h), OK);
		admin_exec(f, "UPDATE job SET run_at = 1 WHERE ended_at IS NULL");
	}
}

struct letters {
	struct arena *a;
	struct str url;
};

static enum err invite(struct db *db, void *arg) {
	struct letters *l = arg;
	return mail_claim(db, l->a, STR("https://xyz.example"), (struct person_id){3}, STR("jonas@weber.example"), &l->url);
}

static void test_sending(void **state) {
	FIXTURE(f);
	struct notice_ctx c;
	struct key key = {{3}};
	struct smtp smtp;
	put_people(f);
	put_conversation(f, 1, "public", 3, false);
	put_follow(f, 3, 1);
	struct hub *h = drained_hub(f, &c, &key);
	happen(f, (struct happening){.message = 1, .conversation = 1, .actor = 5, .kind = "answer"});
	assert_int_equal(hub_drain(h), OK);
	assert_int_equal(MAILS("state = 'waiting' AND tries = 0"), 1);
	/* A server is set: what waited is sent. The first tries meet a busy one. */
	smtp_start(&smtp);
	smtp.refuse_next = 2;
	set_server(f, smtp.port);
	drain_all(f, h);
	assert_int_equal(MAILS("state = 'sent' AND tries = 3 AND sent_at IS NOT NULL AND why = ''"), 1);
	assert_int_equal(smtp.count, 1);
	struct str mail = str_c(smtp.mails.p);
	assert_has(mail, "From: \"XYZ & Sons\"\r\n <desk@xyz.example>\r\n");
	assert_has(mail, "To: \"Jonas Weber\"\r\n <jonas@weber.example>\r\n");
	assert_has(mail, "Subject: XYZ & Sons answers: No signal in the valley\r\n");
	assert_has(mail, "List-Unsubscribe: <https://xyz.example/notices/off/3/answer/");
	/* A link that was mailed is in nobody's hands but its reader's. */
	struct letters l = {.a = &f->a};
	assert_int_equal(store_write(f->s, invite, &l), OK);
	drain_all(f, h);
	assert_int_equal(MAILS("kind = 'claim' AND state = 'sent' AND body_text LIKE '%/claim/…%' AND body_html = ''"), 1);
	assert_int_equal(smtp.count, 2);
	/* One that is refused for ever is not tried again. */
	window_over(f);
	smtp.refuse_next = 1;
	smtp.no = "550 no such person";
	happen(f, (struct happening){.message = 2, .conversation = 1, .actor = 5, .kind = "answer"});
	drain_all(f, h);
	assert_int_equal(MAILS("state = 'failed' AND tries = 1 AND why LIKE '%550%'"), 1);
	smtp_stop(&smtp);
	/* Nobody listens any more. */
	window_over(f);
	happen(f, (struct happening){.message = 3, .conversation = 1, .actor = 5, .kind = "answer"});
	drain_all(f, h);
	assert_int_equal(MAILS("state = 'failed' AND tries = 12"), 1);
	hub_stop(h);
}

/* ------------------------------------------------------------------- letters */

static enum err write_letters(struct db *db, void *arg) {
	struct letters *l = arg;
	struct str base = STR("https://xyz.example");
	TRY(mail_claim(db, l->a, base, (struct person_id){3}, STR("jonas@weber.example"), &l->url));
	TRY(mail_verify(db, l->a, base, (struct person_id){4}, STR("m@work.example")));
	TRY(mail_reset(db, l->a, base, (struct person_id){5}));
	TRY(mail_reset(db, l->a, base, (struct person_id){7})); /* has no login: nothing */
	return mail_test(db, l->a, base, (struct person_id){2}, STR("ruth@xyz.example"));
}

static enum err invite_nobody(struct db *db, void *arg) {
	struct letters *l = arg;
	return mail_claim(db, l->a, STR("https://xyz.example"), (struct person_id){99}, STR(""), &l->url);
}

static void test_letters(void **state) {
	FIXTURE(f);
	struct letters l = {.a = &f->a};
	put_people(f);
	assert_int_equal(store_write(f->s, write_letters, &l), OK);
	assert_true(str_starts(l.url, STR("https://xyz.example/claim/")));
	assert_int_equal(MAILS("id > 0"), 4);
	assert_int_equal(MAILS("kind = 'claim' AND person_id = 3 AND body_text LIKE '%https://xyz.example/claim/%'"), 1);
	assert_int_equal(MAILS("kind = 'verify' AND to_address = 'm@work.example'"), 1);
	assert_int_equal(MAILS("kind = 'reset' AND to_address = 'anna@xyz.example'"), 1);
	assert_int_equal(store_write(f->s, invite_nobody, &l), ERR_NOT_FOUND);
}

/* --------------------------------------------------------------------- pages */

struct login_as {
	struct arena *a;
	int person;
	struct str token;
};

static enum err begin_session(struct db *db, void *arg) {
	struct login_as *l = arg;
	return session_begin(db, l->a, (struct person_id){l->person}, l->token, (struct caller){.peer = STR("192.0.2.1"), .agent = STR("")});
}

static const char *log_in(struct fixture *f, int person) {
	struct login_as l = {.a = &f->a, .person = person, .token = token_new(&f->a)};
	assert_int_equal(store_write(f->s, begin_session, &l), OK);
	return str_fmt(&f->a, "rialto=" STR_FMT, STR_ARG(l.token)).p;
}

static void wait_for(struct fixture *f, const char *sql, int64_t n) {
	for (int i = 0; i < 250 && admin_int(f, sql) < n; i++) usleep(20000);
	assert_int_equal(admin_int(f, sql), n);
}

static void test_notice_pages(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	put_conversation(f, 1, "public", 3, false);
	put_conversation(f, 2, "public", 3, false);
	put_follow(f, 3, 1), put_follow(f, 3, 2);
	serve_start(f, &s);
	const char *jonas = log_in(f, 3), *marta = log_in(f, 4);
	struct answer r = call(f, &s, "/notices", NULL, jonas, NULL);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "Nothing yet");
	happen(f, (struct happening){.message = 1, .conversation = 1, .actor = 5, .kind = "answer", .status = "planned"});
	happen(f, (struct happening){.message = 2, .conversation = 2, .actor = 4, .kind = "comment"});
	wait_for(f, "SELECT count(*) FROM notice", 2);
	r = call(f, &s, "/notices", NULL, jonas, NULL);
	assert_has(r.body, "Anna Keller of XYZ &amp; Sons has answered.");
	assert_has(r.body, "Marta Lindqvist says something.");
	assert_has(r.body, "2 things are new.");
	assert_has(r.body, "The mast is up &amp; &lt;b&gt;running&lt;/b&gt;.");
	assert_has_not(r.body, "<b>running");
	/* Another's notice cannot be opened; one's own leads on, and counts as seen. */
	int64_t id = admin_int(f, "SELECT id FROM notice WHERE conversation_id = 1");
	assert_int_equal(call(f, &s, str_fmt(&f->a, "/notices/%d", (int)id).p, NULL, marta, NULL).status, 404);
	r = call(f, &s, str_fmt(&f->a, "/notices/%d", (int)id).p, NULL, jonas, NULL);
	assert_has(r.head, "Location: /conversations/1\r\n");
	wait_for(f, "SELECT count(*) FROM notice WHERE read_at IS NOT NULL", 1);
	/* What was taken down is no longer told. */
	admin_exec(f, "UPDATE conversation SET hidden_at = 1 WHERE id = 1");
	assert_has_not(call(f, &s, "/notices", NULL, jonas, NULL).body, "Anna Keller");
	assert_int_equal(call(f, &s, str_fmt(&f->a, "/notices/%d", (int)id).p, NULL, jonas, NULL).status, 404);
	/* All of it. */
	assert_int_equal(send_form(f, &s, "/notices", "/notices/read", "upto=1000", jonas).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice WHERE read_at IS NULL"), 0);
	assert_int_equal(call(f, &s, "/notices", NULL, NULL, NULL).status, 303);
	serve_stop(&s);
}

static void test_stop(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	put_conversation(f, 1, "public", 3, false);
	put_follow(f, 3, 1), put_follow(f, 4, 1);
	serve_start(f, &s);
	const char *path = stop_path(&f->a, &s.o.key, (struct person_id){3}, (struct conversation_id){1}).p;
	struct answer r = call(f, &s, path, NULL, NULL, NULL);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "Stop telling me");
	assert_int_equal(call(f, &s, str_fmt(&f->a, "/notices/stop/4/1/%s", strrchr(path, '/') + 1).p, NULL, NULL, NULL).status, 404);
	assert_int_equal(call(f, &s, str_fmt(&f->a, "/notices/stop/4/1/%s", strrchr(path, '/') + 1).p, "x=1", NULL, NULL).status, 404);
	assert_int_equal(call(f, &s, path, "List-Unsubscribe=One-Click", NULL, NULL).status, 303);
	assert_int_equal(admin_int(f, "SELECT person_id FROM follow WHERE object_id = 1"), 4);
	assert_has(call(f, &s, path, NULL, NULL, NULL).body, "not told about this any more");
	serve_stop(&s);
}

static void test_outbox(void **state) {
	FIXTURE(f);
	struct served s;
	struct letters l = {.a = &f->a};
	put_people(f);
	serve_start(f, &s);
	const char *owner = log_in(f, 2), *agent = log_in(f, 5), *analyst = log_in(f, 7), *jonas = log_in(f, 3);
	assert_has(call(f, &s, "/outbox", NULL, agent, NULL).body, "No mail was written yet");
	assert_int_equal(store_write(f->s, write_letters, &l), OK);
	struct answer r = call(f, &s, "/outbox", NULL, agent, NULL);
	assert_has(r.body, "jonas@weber.example");
	assert_has(r.body, "There is no mail server yet");
	assert_int_equal(call(f, &s, "/outbox", NULL, analyst, NULL).status, 404);
	assert_int_equal(call(f, &s, "/outbox", NULL, jonas, NULL).status, 403);
	assert_int_equal(call(f, &s, "/outbox", NULL, NULL, NULL).status, 303);
	assert_has(call(f, &s, "/outbox?state=failed", NULL, agent, NULL).body, "No mail is in this state");
	/* An invitation of a customer: an agent may pass the link on. A new password of a colleague: nobody but who may set
	 * it. */
	const char *claim = str_fmt(&f->a, "/outbox/%d", (int)admin_int(f, "SELECT id FROM mail WHERE kind = 'claim'")).p;
	const char *reset = str_fmt(&f->a, "/outbox/%d", (int)admin_int(f, "SELECT id FROM mail WHERE kind = 'reset'")).p;

	assert_true(str_has(call(f, &s, claim, NULL, agent, NULL).body, l.url));
	r = call(f, &s, reset, NULL, agent, NULL);
	assert_has(r.body, "/reset/…");
	assert_has(r.body, "only they see it");
	assert_has_not(call(f, &s, reset, NULL, owner, NULL).body, "/reset/…");
	/* Trying again needs a server. */
	r = send_form(f, &s, "/outbox", str_fmt(&f->a, "%s/send", claim).p, "", owner);
	assert_int_equal(r.status, 409);
	assert_int_equal(call(f, &s, "/outbox/999", NULL, owner, NULL).status, 404);
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		FIRM_BOTH(test_reader), FIRM_BOTH(test_sending), FIRM_BOTH(test_letters), FIRM_BOTH(test_notice_pages), FIRM_BOTH(test_stop),
		FIRM_BOTH(test_outbox),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
