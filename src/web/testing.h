#ifndef WEB_TESTING_H
#define WEB_TESTING_H
/* For the tests of this folder: a whole server over a store of its own, with routes that the test program defines, and a client. The caller
 * is known by the token: "member", "staff"; any other is nobody. */
#include "db/test_int.h"
#include "http/testing.h"
#include "text/escape.h"
#include "text/form.h"
#include "text/json.h"
#include "web/out.h"
#include "web/web_int.h"

struct site {
	struct fixture *f;
	struct web *w;
	struct hub *hub;
	int port;
};

static enum err firm_fails;            /* what reading the firm gives */
static int64_t firm_version = 1;

static enum err test_business(struct db *db, struct arena *a, struct business *ret) {
	int64_t head;
	TRY(firm_fails);
	TRY(event_head(db, &head));
	*ret = (struct business){.name = str_copy(a, STR("Tést & Co")), .locale = STR("en"), .zone = STR("Europe/Berlin"), .currency = STR("EUR"),
	                         .version = firm_version};
	return OK;
}

static enum err test_firm_version(struct db *db, int64_t *ret) {
	TRY(firm_fails);
	*ret = firm_version;
	return event_head(db, &(int64_t){0});
}

static enum err test_who(struct req *q) {
	bool staff = str_is(q->token, "staff");
	if (!staff && !str_is(q->token, "member"))
		return q->actor.by_token ? req_fail(q, ERR_LOGIN, "no such token", NULL) : OK;
	q->actor.id.v = staff ? 2 : 1;
	q->actor.role = staff ? ROLE_MANAGER : ROLE_CUSTOMER;
	q->actor.is_staff = staff;
	q->actor.name = STR("Jonas <W>");
	q->actor.session = str_fmt(q->a, "session of " STR_FMT, STR_ARG(q->token));
	return OK;
}

static inline void site_start(struct site *s, struct fixture *f) {
	int done;
	struct str why = STR("");
	*s = (struct site){.f = f};
	firm_fails = OK;
	assert_int_equal(crypto_init(), OK);
	assert_int_equal(store_migrate(f->s, &f->a, &done, NULL), OK);
	s->hub = hub_new(f->s);
	struct web_options o = {.store = f->s, .hub = s->hub, .live = live_new(s->hub), .listen = "127.0.0.1:0", .loops = 2, .workers = 3};
	struct web_hooks hooks = {.who_is = test_who, .business = test_business, .firm_version = test_firm_version};
	assert_int_equal(web_prepare(&o, &hooks, &s->w), OK);
	assert_int_equal(web_listen(s->w, &f->a, &why), OK);
	assert_int_equal(hub_start(s->hub), OK);
	assert_int_equal(web_start(s->w, &f->a, &why), OK);
	s->port = web_port(s->w);
	for (int i = 0; i < 500 && hub_is_blind(s->hub); i++) usleep(2000);
}

static inline void site_stop(struct site *s) {
	struct live *l = s->w->o.live;
	assert_true(web_stop(s->w));
	hub_stop(s->hub);
	web_free(s->w);
	live_free(l);
}

struct answer {
	int status;
	struct str head, body;
};

/* call(s, "GET /x", "Cookie: a=b\r\n", STR_NONE) */
static inline struct answer call(struct site *s, const char *line, const char *headers, struct str body) {
	struct arena *a = &s->f->a;
	bool end;
	struct str length = str_none(body) ? STR("") : str_fmt(a, "Content-Length: %zu\r\n", body.n);
	struct str text = str_fmt(a, "%s HTTP/1.1\r\n" HOST "Connection: close\r\n%s" STR_FMT "\r\n" STR_FMT, line, headers, STR_ARG(length),
	                          STR_ARG(body));
	int fd = dial(s->port);
	put(fd, text);
	struct str all = get(a, fd, 10000, NULL, &end);
	close(fd);
	struct answer r = {.body = body_of(all)};
	r.head = str_first(all, all.n - r.body.n);
	if (all.n > 12) r.status = atoi(str_z(a, str_n(all.p + 9, 3)));
	return r;
}

static inline struct answer get_page(struct site *s, const char *path) {
	return call(s, str_fmt(&s->f->a, "GET %s", path).p, "", STR_NONE);
}

#define FORM_TYPE "Content-Type: application/x-www-form-urlencoded\r\n"
#define JSON_TYPE "Content-Type: application/json\r\n"
#define MEMBER "Cookie: rialto=member\r\n"
#define STAFF "Cookie: rialto=staff\r\n"
#define BEARER "Authorization: Bearer member\r\n"

/* The value of a header, the nth of that name from 0; STR_NONE when there is none. */
static inline struct str head_of(struct answer r, const char *name, int nth) {
	struct str rest = r.head;
	while (!str_none(rest)) {
		struct str line = str_trim(str_cut(&rest, '\n')), value = line;
		if (str_ieq(str_cut(&value, ':'), str_c(name)) && nth-- == 0) return str_trim(value);
	}
	return STR_NONE;
}

static inline bool has(struct str s, const char *part) { return str_has(s, str_c(part)); }

#define assert_status(r, wanted)                                                                                                \
	do {                                                                                                                      \
		if ((r).status != (wanted)) fail_msg("%d instead of %d\n" STR_FMT STR_FMT, (r).status, (wanted), STR_ARG((r).head), STR_ARG(str_first((r).body, 2000))); \
	} while (0)

/* The token in a page's form. */
static inline const char *csrf_in(struct site *s, struct answer page) {
	static const char mark[] = "name=\"csrf\" value=\"";
	const char *at = memmem(page.body.p, page.body.n, mark, sizeof mark - 1);
	assert_non_null(at);
	return str_z(&s->f->a, str_n(at + sizeof mark - 1, 43));
}

#endif
