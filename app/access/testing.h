#ifndef ACCESS_TESTING_H
#define ACCESS_TESTING_H
/* For the tests of access and notice: a store with a firm and people, a server on a free port, and a client to speak
 * to it. */
#include "db/test_int.h"
#include "access/login.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "event/hub.h"
#include "file/file.h"
#include "notice/notice.h"
#include "web/web.h"
#include <curl/curl.h>

/* Small Argon2 is not to be had: one hash of this word serves all. */
#define WORD "harbour lantern seven"

static inline void put_firm(struct fixture *f) {
	admin_exec(f, "INSERT INTO business (one, pack, name, claim, street_address, mail_address, phone, email, web, hours, colour, locale, zone,"
	              " currency, map_zoom, map_link, tile_url, smtp_url, smtp_user, smtp_secret, mail_from, updated_at, version) VALUES"
	              " (1, 'telecom', 'XYZ & Sons', 'Lines that hold', 'Quay Street 3', '', '0800 550 210', 'hello@xyz.example', '', '', '#0a7d7a',"
	              " 'en', 'Europe/Berlin', 'EUR', 6, '', '', '', '', '', 'desk@xyz.example', 0, 1)");
}

static inline void put_person(struct fixture *f, int id, const char *kind, const char *role, const char *name,
                              int contact) {
	char sql[1200], other[20];
	snprintf(other, sizeof other, "%d", contact);
	snprintf(sql, sizeof sql, "INSERT INTO person (id, kind, role, name, public_name, title, about, languages, hours, channel, locale, zone,"
	         " contact_id, worth_minor, staff_notes, created_at, updated_at, version)"
	         " VALUES (%d, '%s', '%s', '%s', '%s', '', '', '', '', '', '', '', %s, 0, '', 0, 0, 1)",
	         id, kind, role, name, name, contact ? other : "NULL");
	admin_exec(f, sql);
}

static inline void put_conversation(struct fixture *f, int id, const char *visibility, int author, bool hidden) {
	char sql[900];
	snprintf(sql, sizeof sql, "INSERT INTO conversation (id, kind, board, subject, summary, body, visibility, status, author_id, topic, place, area, votes, comments,"
	         " worth_minor, impact, staff_impact, reopened, channel, created_at, active_at, voted_at, hidden_at, version, waiting_at) VALUES"
	         " (%d, 'problem', 'problems', 'No signal in the valley', 'None.', 'None.', '%s', 'heard', %d, '', '', '', 0, 0, 0, 0, 0, 0, 'portal', 0, 0, 0, %s, 1,"
	         " (SELECT CASE kind WHEN 'staff' THEN 9223372036854775807 ELSE 0 END FROM person WHERE id = %d))",
	         id, visibility, author, hidden ? "1" : "NULL", author);
	admin_exec(f, sql);
}

struct with_word {
	int id;
	const char *email;
	struct str hash;
};

static inline enum err write_login(struct db *db, void *arg) {
	const struct with_word *w = arg;
	struct arena a = {0};
	enum err e = access_add_login(db, &a, (struct person_id){w->id}, str_c(w->email), w->hash);
	arena_done(&a);
	return e;
}

/* hash NULL: can be mailed, but has no password. */
static inline void put_login(struct fixture *f, int id, const char *email, const char *hash) {
	struct with_word w = {.id = id, .email = email, .hash = hash ? str_c(hash) : STR_NONE};
	assert_int_equal(store_write(f->s, write_login, &w), OK);
}

static inline struct fixture *firm_new(enum db_engine engine) {
	int done;
	assert_int_equal(crypto_init(), OK);
	struct fixture *f = fixture_new(engine);
	assert_int_equal(store_migrate(f->s, &f->a, &done, NULL), OK);
	put_firm(f);
	return f;
}
static inline int firm_sqlite(void **state) { *state = firm_new(DB_SQLITE); return 0; }
static inline int firm_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? firm_new(DB_PG) : NULL; return 0; }
#define FIRM_BOTH(test) \
	{#test " (SQLite)", test, firm_sqlite, down, NULL}, {#test " (PostgreSQL)", test, firm_pg, down, NULL}

/* -------------------------------------------------------------------- server */

struct served {
	struct hub *hub;
	struct live *live;
	struct web *web;
	struct web_options o;
	struct notice_ctx notice;
	char url[64];
};

static inline void serve_start(struct fixture *f, struct served *s) {
	struct str why = STR("");
	memset(s, 0, sizeof *s);
	s->hub = hub_new(f->s);
	s->live = live_new(s->hub);
	s->o = (struct web_options){.store = f->s, .hub = s->hub, .live = s->live, .listen = "127.0.0.1:0", .loops = 1, .workers = 2};
	memset(s->o.key.bytes, 7, sizeof s->o.key.bytes);
	struct web_hooks hooks = {.who_is = access_who_is, .business = business_read, .firm_version = business_version};
	s->notice = (struct notice_ctx){.key = &s->o.key, .web = &s->web};
	hub_add_reader(s->hub, "notices", NULL, notice_read, &s->notice, true);
	hub_add_job(s->hub, "mail", MAIL_TRIES, mail_job, &s->notice);
	hub_add_job(s->hub, "mail_waiting", NOTICE_MAIL_TRIES, mail_waiting_job, &s->notice);
	hub_add_job(s->hub, "notice_mail", NOTICE_MAIL_TRIES, notice_mail_job, &s->notice);
	hub_add_job(s->hub, "login_mail", NOTICE_MAIL_TRIES, login_mail_job, &s->notice);
	hub_add_job(s->hub, "file_read", FILE_READ_TRIES, file_read_job, NULL);
	assert_int_equal(web_prepare(&s->o, &hooks, &s->web), OK);
	assert_int_equal(web_listen(s->web, &f->a, &why), OK);
	assert_int_equal(hub_start(s->hub), OK);
	assert_int_equal(web_start(s->web, &f->a, &why), OK);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", web_port(s->web));
}

static inline void serve_stop(struct served *s) {
	assert_true(web_stop(s->web));
	hub_stop(s->hub);
	web_free(s->web);
	live_free(s->live);
}

/* What came back. Texts live in the fixture's arena. */
struct answer {
	long status;
	struct str head, body;
};

static inline size_t keep_bytes(char *p, size_t size, size_t n, void *arg) {
	buf_add(arg, str_n(p, size * n));
	return size * n;
}

/* Does a request that is set up but for its address and headers, which are freed with it. */
static inline struct answer perform(struct fixture *f, const struct served *s, CURL *c, struct curl_slist *headers, const char *path) {
	struct buf head, body;
	struct answer r = {0};
	buf_init(&head, 1 << 20);
	buf_init(&body, 4 << 20);
	curl_easy_setopt(c, CURLOPT_URL, str_fmt(&f->a, "%s%s", s->url, path).p);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, keep_bytes);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, &head);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep_bytes);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &body);
	assert_int_equal(curl_easy_perform(c), CURLE_OK);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &r.status);
	r.head = str_copy(&f->a, buf_str(&head));
	r.body = str_copy(&f->a, buf_str(&body));
	curl_slist_free_all(headers);
	curl_easy_cleanup(c);
	buf_done(&head);
	buf_done(&body);
	return r;
}

/* post: the form, or NULL for GET. cookie and bearer may be NULL. */
static inline struct answer call(struct fixture *f, const struct served *s, const char *path, const char *post,
                                 const char *cookie, const char *bearer) {
	CURL *c = curl_easy_init();
	struct curl_slist *headers = curl_slist_append(NULL, bearer ? "Accept: application/json" : "Accept: text/html");
	if (bearer) headers = curl_slist_append(headers, str_fmt(&f->a, "Authorization: Bearer %s", bearer).p);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
	if (post) curl_easy_setopt(c, CURLOPT_POSTFIELDS, post);
	if (cookie) curl_easy_setopt(c, CURLOPT_COOKIE, cookie);
	return perform(f, s, c, headers, path);
}

/* What stands in `in` between two texts; STR_NONE when it does not. */
static inline struct str between(struct fixture *f, struct str in, const char *before, const char *after) {
	const char *at = memmem(in.p, in.n, before, strlen(before));
	if (at == NULL) return STR_NONE;
	struct str rest = str_from(in, (size_t)(at - in.p) + strlen(before));
	const char *end = memmem(rest.p, rest.n, after, strlen(after));
	return end == NULL ? STR_NONE : str_copy(&f->a, str_first(rest, (size_t)(end - rest.p)));
}

/* The session's cookie, to be sent back; NULL when none was set. */
static inline const char *cookie_of(struct fixture *f, struct answer r) {
	struct str value = between(f, r.head, "rialto=", ";");
	return str_empty(value) ? NULL : str_fmt(&f->a, "rialto=" STR_FMT, STR_ARG(value)).p;
}

/* A form of somebody who is logged in: with the token of a page. */
static inline struct answer send_form(struct fixture *f, const struct served *s, const char *page, const char *path,
                                      const char *fields, const char *cookie) {
	struct str csrf = between(f, call(f, s, page, NULL, cookie, NULL).body, "name=\"csrf\" value=\"", "\"");
	assert_false(str_empty(csrf));
	return call(f, s, path, str_fmt(&f->a, "csrf=" STR_FMT "&%s", STR_ARG(csrf), fields).p, cookie, NULL);
}

#define assert_has(text, part) \
	do { if (!str_has((text), STR(part))) fail_msg("no \"%s\" in: " STR_FMT, part, STR_ARG(str_first((text), 3000))); } while (0)
#define assert_has_not(text, part) \
	do { if (str_has((text), STR(part))) fail_msg("\"%s\" in: " STR_FMT, part, STR_ARG(str_first((text), 3000))); } while (0)

#endif
