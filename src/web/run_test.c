/* A request's way through the whole of web, over real sockets: who may, forms, CSRF, idempotency, errors, headers, kept pages. */
#include "web/testing.h"
#include "text/url.h"
#include "web/decode.h"
#include <pthread.h>
#include <stddef.h>

/* ------------------------------------------------------------- a small application */

struct note_page {
	struct str word, next;
	int64_t n;
};

static const struct type_field note_fields[] = {
	{.name = "word", .kind = K_TEXT, .offset = offsetof(struct note_page, word)},
	{.name = "n", .kind = K_INT, .offset = offsetof(struct note_page, n)},
	{.name = "next", .kind = K_TEXT, .opt = true, .offset = offsetof(struct note_page, next)},
};
static const struct type_def note_type = {.name = "note_page", .size = sizeof(struct note_page), .field = note_fields, .fields = 3};

static void note_part(struct out *o, const void *view) {
	const struct note_page *v = view;
	out_raw(o, "<b>", 3);
	out_text(o, v->word);
	out_raw(o, "</b>", 4);
}

static void note_write(struct out *o, const void *view) {
	out_csrf(o);
	note_part(o, view);
	out_error(o, "word");
}

static const struct view_block note_blocks[] = {{"part", note_part}, {NULL, NULL}};
static const struct view_def note_view = {.name = "note_page", .type = &note_type, .page = note_write, .block = note_blocks};
static const struct view_def json_view = {.name = "note_page", .type = &note_type};

struct note_in {
	struct conversation_id id;
	struct str word, password;
};

static const struct field_def form_in[] = {
	{.name = "word", .kind = K_TEXT, .where = IN_ANY, .opt = true, .has_max = true, .max = 40, .offset = offsetof(struct note_in, word)},
};
static const struct field_def note_in[] = {
	{.name = "word", .kind = K_TEXT, .where = IN_ANY, .has_min = true, .min = 1, .has_max = true, .max = 20, .offset = offsetof(struct note_in, word)},
	{.name = "password", .kind = K_TEXT, .where = IN_ANY, .opt = true, .offset = offsetof(struct note_in, password)},
};
static const struct field_def id_in[] = {
	{.name = "id", .kind = K_ID, .where = IN_PATH, .offset = offsetof(struct note_in, id)},
};

static _Atomic int runs, made;
static struct str live_topics_shown = {.p = NULL};

static enum err home(struct req *q, const void *in, void *view) {
	(void)in;
	struct note_page *v = view;
	req_depends(q, "conversation", 1);
	made++;
	v->word = str_fmt(q->a, "home %d", runs);
	q->page.live = live_topics_shown;
	return OK;
}

static enum err form(struct req *q, const void *in, void *view) {
	const struct note_in *i = in;
	struct note_page *v = view;
	(void)q;
	v->word = i->word.p ? i->word : STR("empty form");
	return OK;
}

/* Seen in the store: the writer may do it twice before it commits it once. */
static enum err later(struct db *db, void *arg) {
	(void)arg;
	return job_add(db, "later", STR("{}"), 0);
}

static enum err write_note(struct req *q, const void *in, void *view) {
	const struct note_in *i = in;
	struct note_page *v = view;
	runs++;
	req_later(q, later, NULL, 0);
	req_cookie(q, "made", STR("yes"), 60);
	req_say(q, T("Saved."));
	v->word = i->word;
	TRY(req_event(q, "update", "conversation", 1, NULL, 0, AUDIENCE_PUBLIC, STR("{}")));
	if (str_is(i->word, "taken")) return req_invalid(q, "word", "That word is taken.");
	if (str_is(i->word, "login")) return ERR_LOGIN;
	if (str_is(i->word, "bug")) return ERR_BUG;
	return OK;
}

static enum err append_one(struct db *db, void *arg) {
	(void)arg;
	struct event e = {.verb = "update", .object_kind = "conversation", .object_id = 1, .audience = AUDIENCE_PUBLIC};
	return event_append(db, &e, NULL);
}

/* Not tx: writes in a transaction of its own. */
static enum err write_slowly(struct req *q, const void *in, void *view) {
	const struct note_in *i = in;
	struct note_page *v = view;
	runs++;
	if (str_is(i->word, "slow")) usleep(300000);
	TRY(req_write(q, append_one, NULL));
	if (str_is(i->word, "fails")) return req_fail(q, ERR_CONFLICT, "It failed.", NULL);
	v->word = i->word;
	v->n = runs;
	return OK;
}

static enum err thing(struct req *q, const void *in, void *view) {
	const struct note_in *i = in;
	struct note_page *v = view;
	TRY(req_version(q, 7));
	if (i->id.v == 404) return ERR_NOT_FOUND;
	v->n = i->id.v;
	v->word = STR("thing");
	v->next = i->id.v == 9 ? STR("abc/=") : STR_NONE;
	return OK;
}

static enum err cookies(struct req *q, const void *in, void *view) {
	(void)in, (void)view;
	req_cookie(q, "one", STR("1"), 60);
	req_cookie(q, "two", STR("2"), 60);
	for (int i = 0; i < 60; i++) req_header(q, "X-Same", str_fmt(q->a, "%d", i));
	for (int i = 0; i < 14; i++) req_cookie(q, "many", str_fmt(q->a, "%d", i), 60);
	return OK;
}

static enum err big(struct req *q, const void *in, void *view) {
	(void)in;
	size_t n = 5 * 1024 * 1024;
	char *p = arena_alloc(q->a, n);
	memset(p, 'x', n);
	((struct note_page *)view)->word = str_n(p, n);
	return OK;
}

static enum err raw(struct req *q, const void *in, void *view) {
	(void)in, (void)view;
	req_send(q, 200, "image/svg+xml", STR("<svg/>"));
	return OK;
}

static enum err listen_here(struct req *q, const void *in, void *view) {
	(void)in, (void)view;
	struct live_topic t = {.kind = "conversation", .id = 1};
	return live_open(web_live(q->web), q->http, q->db, &t, 1, AUDIENCE_PUBLIC, -1);
}

#define NOTE_IN .in = note_in, .in_count = 2, .in_size = sizeof(struct note_in)
#define FORM_IN .in = form_in, .in_count = 1, .in_size = sizeof(struct note_in)
#define ID_IN .in = id_in, .in_count = 1, .in_size = sizeof(struct note_in)
const struct route routes[] = {
	{.method = "GET", .path = "/", .name = "home", .view = &note_view, .flags = ROUTE_CACHE, .status = 200, .run = home},
	{.method = "GET", .path = "/api/v1/things/{id}", .name = "thing", .view = &json_view, .flags = ROUTE_API, .status = 200, .run = thing, ID_IN},
	{.method = "PATCH", .path = "/api/v1/things/{id}", .name = "thing_change", .view = &json_view, .flags = ROUTE_API | ROUTE_TX, .status = 200,
	 .run = thing, ID_IN, .body_max = 65536},
	{.method = "POST", .path = "/api/v1/notes", .name = "note_make", .view = &json_view, .flags = ROUTE_API | ROUTE_TX, .status = 201,
	 .then = "/notes/{n}", .run = write_note, NOTE_IN, .body_max = 65536},
	{.method = "POST", .path = "/api/v1/slow", .name = "note_slow", .view = &json_view, .flags = ROUTE_API, .status = 201, .run = write_slowly,
	 NOTE_IN, .body_max = 65536},
	{.method = "GET", .path = "/big", .name = "big", .view = &note_view, .status = 200, .run = big},
	{.method = "GET", .path = "/cookies", .name = "cookies", .view = &note_view, .status = 200, .run = cookies},
	{.method = "GET", .path = "/form", .name = "form", .view = &note_view, .status = 200, .run = form, FORM_IN},
	{.method = "POST", .path = "/form", .name = "form_send", .view = &note_view, .flags = ROUTE_TX, .then = "/", .run = write_note, NOTE_IN,
	 .body_max = 65536, .status = 201},
	{.method = "GET", .path = "/live", .name = "live", .flags = ROUTE_LIVE, .status = 200, .run = listen_here},
	{.method = "GET", .path = "/member", .name = "member", .who = WHO_member, .view = &note_view, .status = 200, .run = form, FORM_IN},
	{.method = "POST", .path = "/member", .name = "member_send", .who = WHO_member, .view = &note_view, .flags = ROUTE_TX, .then = "/", .run = write_note,
	 NOTE_IN, .body_max = 65536, .status = 201},
	{.method = "GET", .path = "/raw", .name = "raw", .flags = ROUTE_RAW, .status = 200, .run = raw},
	{.method = "GET", .path = "/staff", .name = "staff", .who = WHO_staff, .view = &note_view, .status = 200, .run = form, FORM_IN},
	{.method = "POST", .path = "/staff", .name = "staff_send", .view = &note_view, .flags = ROUTE_TX, .then = "/", .run = write_note, NOTE_IN,
	 .body_max = 65536, .status = 201},
};
const int route_count = sizeof routes / sizeof *routes;

#define SITE(s) FIXTURE(f); struct site s; runs = made = 0; firm_version = 1; site_start(&s, f)

static int64_t laters(struct site *s) { return admin_int(s->f, "SELECT count(*) FROM job WHERE kind = 'later'"); }
static int64_t events(struct site *s) { return admin_int(s->f, "SELECT seq FROM event_head"); }

/* ----------------------------------------------------------------------- pages */

static void pages(void **state) {
	SITE(s);
	struct answer r = get_page(&s, "/form?word=%3Cb%3E%22");
	assert_status(r, 200);
	assert_true(has(r.body, "<b>&lt;b&gt;&quot;</b>"));
	assert_true(has(r.body, "Tést &amp; Co"));
	assert_true(has(head_of(r, "Content-Type", 0), "text/html"));
	assert_true(has(head_of(r, "Content-Security-Policy", 0), "default-src 'self'"));
	assert_true(str_is(head_of(r, "X-Content-Type-Options", 0), "nosniff"));
	assert_true(str_is(head_of(r, "Cache-Control", 0), "private, no-store"));
	assert_true(str_none(head_of(r, "Cache-Control", 1)));
	assert_true(has(head_of(r, "Vary", 0), "X-Fragment"));

	struct answer head = call(&s, "HEAD /form?word=%3Cb%3E%22", "", STR_NONE);
	assert_status(head, 200);
	assert_int_equal(head.body.n, 0);
	assert_true(str_eq(head_of(head, "Content-Length", 0), head_of(r, "Content-Length", 0)));

	r = call(&s, "GET /form?word=x", "X-Fragment: part\r\n", STR_NONE);
	assert_true(str_is(r.body, "<b>x</b>"));
	r = call(&s, "GET /form?word=x", "X-Fragment: nothing\r\n", STR_NONE);
	assert_true(has(r.body, "<html"));
	r = call(&s, "GET /form?word=x", "Accept: application/json\r\n", STR_NONE);
	assert_true(str_is(r.body, "{\"word\":\"x\",\"n\":0,\"next\":null}"));
	site_stop(&s);
}

static void addresses(void **state) {
	SITE(s);
	struct answer r = get_page(&s, "/nowhere");
	assert_status(r, 404);
	assert_true(has(r.body, "Tést &amp; Co") && has(r.body, "Not found"));
	r = get_page(&s, "/api/v1/nowhere");
	assert_status(r, 404);
	assert_true(has(head_of(r, "Content-Type", 0), "problem+json") && has(r.body, "\"status\":404"));
	r = call(&s, "DELETE /form", "", STR_NONE);
	assert_status(r, 405);
	assert_true(str_is(head_of(r, "Allow", 0), "GET, HEAD, POST, OPTIONS"));
	r = call(&s, "OPTIONS /form", "", STR_NONE);
	assert_status(r, 204);
	assert_true(str_is(head_of(r, "Allow", 0), "GET, HEAD, POST, OPTIONS"));
	assert_status(call(&s, "OPTIONS /nowhere", "", STR_NONE), 404);
	r = get_page(&s, "/form/?word=x");
	assert_status(r, 301);
	assert_true(str_is(head_of(r, "Location", 0), "/form?word=x"));
	assert_status(get_page(&s, "//form/"), 404);
	assert_status(get_page(&s, "/nowhere/"), 404);
	assert_status(call(&s, "POST /nowhere", FORM_TYPE, STR("a=b")), 404);
	assert_status(get_page(&s, "/healthz"), 200);
	assert_true(str_is(head_of(get_page(&s, "/favicon.ico"), "Location", 0), "/logo"));
	assert_true(has(get_page(&s, "/robots.txt").body, "Disallow: /api/"));
	assert_status(get_page(&s, "/static/look.css"), 200);
	r = call(&s, "GET /static/look.css", "Accept-Encoding: br, gzip;q=0.5\r\n", STR_NONE);
	assert_true(str_is(head_of(r, "Content-Encoding", 0), "gzip"));
	r = call(&s, "GET /static/look.css", "Accept-Encoding: gzip;q=0\r\n", STR_NONE);
	assert_true(str_none(head_of(r, "Content-Encoding", 0)));
	r = call(&s, "GET /static/look.css", str_fmt(&s.f->a, "If-None-Match: \"x\", " STR_FMT "\r\n", STR_ARG(head_of(r, "ETag", 0))).p, STR_NONE);
	assert_status(r, 304);
	assert_status(get_page(&s, "/static/../look.css"), 404);
	assert_status(call(&s, "POST /static/look.css", "", STR("x")), 405);
	site_stop(&s);
}

static void large(void **state) {
	SITE(s);
	assert_status(get_page(&s, "/big"), 500);
	struct answer r = get_page(&s, "/cookies");
	assert_status(r, 200);
	assert_true(has(head_of(r, "Set-Cookie", 0), "one=1; Path=/"));
	assert_true(has(head_of(r, "Set-Cookie", 1), "two=2; Path=/"));
	assert_true(has(head_of(r, "Set-Cookie", 1), "HttpOnly"));
	assert_true(str_is(head_of(r, "X-Same", 0), "59") && str_none(head_of(r, "X-Same", 1)));
	r = get_page(&s, "/raw");
	assert_true(str_is(head_of(r, "X-Content-Type-Options", 0), "nosniff") && has(head_of(r, "Content-Security-Policy", 0), "sandbox"));
	char *body = arena_alloc(&s.f->a, 70000);
	memset(body, 'x', 70000);
	r = call(&s, "POST /form", FORM_TYPE "Accept: text/html\r\n", str_n(body, 70000));
	assert_status(r, 413);
	assert_true(has(r.body, "<h1>") && has(r.body, "too large"));
	r = call(&s, "POST /api/v1/notes", JSON_TYPE, str_n(body, 70000));
	assert_status(r, 413);
	assert_true(has(r.body, "\"status\":413"));
	site_stop(&s);
}

/* ------------------------------------------------------------------- kept pages */

static void kept(void **state) {
	SITE(s);
	live_topics_shown = STR("conversation:1");
	struct answer first = get_page(&s, "/"), again = get_page(&s, "/");
	assert_status(first, 200);
	assert_int_equal(made, 1);
	assert_true(str_eq(first.body, again.body));
	assert_true(has(again.body, "data-live=\"/live?topics=conversation%3A1&amp;after=0\"") || has(again.body, "data-live=\"/live?topics=conversation:1&amp;after=0\""));
	assert_true(str_eq(head_of(first, "ETag", 0), head_of(again, "ETag", 0)) && !str_none(head_of(first, "ETag", 0)));
	static const char *const same[] = {"Content-Type", "Cache-Control", "Vary", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (!str_eq(head_of(first, same[i], 0), head_of(again, same[i], 0)) || str_none(head_of(first, same[i], 0))) fail_msg("%s differs", same[i]);
	const char *match = str_fmt(&s.f->a, "If-None-Match: " STR_FMT "\r\n", STR_ARG(head_of(first, "ETag", 0))).p;
	assert_status(call(&s, "GET /", match, STR_NONE), 304);
	assert_status(call(&s, "HEAD /", "", STR_NONE), 200);
	assert_int_equal(made, 1);
	struct answer packed = call(&s, "GET /", "Accept-Encoding: gzip\r\n", STR_NONE);
	assert_true(str_is(head_of(packed, "Content-Encoding", 0), "gzip") && packed.body.n < first.body.n);
	assert_int_equal(made, 1);

	/* Nobody else gets it, and what others get is not kept. */
	struct answer member = call(&s, "GET /", MEMBER, STR_NONE);
	assert_true(has(member.body, "Jonas &lt;W&gt;") && has(head_of(member, "Cache-Control", 0), "no-store"));
	assert_true(str_none(head_of(member, "ETag", 0)));
	assert_int_equal(made, 2);
	assert_false(has(get_page(&s, "/").body, "Jonas"));
	call(&s, "GET /", BEARER, STR_NONE);
	call(&s, "GET /", "X-Fragment: part\r\n", STR_NONE);
	call(&s, "GET /", "Accept: application/json\r\n", STR_NONE);
	assert_int_equal(made, 5);
	assert_true(has(call(&s, "GET /", "Cookie: said=Well%20done\r\n", STR_NONE).body, "Well done"));
	assert_false(has(get_page(&s, "/").body, "Well done"));
	assert_true(has(call(&s, "GET /", "Cookie: lang=de\r\n", STR_NONE).body, "<html lang=\"de\""));
	assert_true(has(call(&s, "GET /", "Accept-Language: de\r\n", STR_NONE).body, "<html lang=\"de\""));
	assert_true(has(call(&s, "GET /", "Cookie: theme=dark\r\n", STR_NONE).body, "data-theme=\"dark\""));
	assert_true(has(get_page(&s, "/").body, "<html lang=\"en\">"));

	/* Dropped before the write is acknowledged. */
	int before = made;
	assert_status(call(&s, "POST /form", FORM_TYPE, STR("word=x")), 303);
	struct answer new = get_page(&s, "/");
	assert_true(has(new.body, "home 1"));
	assert_int_equal(made, before + 1);
	assert_status(call(&s, "GET /", match, STR_NONE), 200);
	live_topics_shown = STR_NONE;
	site_stop(&s);
}

/* A session that has ended must not keep its browser away from kept pages. */
static void ended_session(void **state) {
	SITE(s);
	struct answer r = call(&s, "GET /", "Cookie: rialto=gone\r\n", STR_NONE);
	assert_status(r, 200);
	assert_true(has(head_of(r, "Set-Cookie", 0), "rialto=; Path=/; Max-Age=0"));
	firm_fails = ERR_STORE; /* nobody knows whether it has ended */
	r = call(&s, "GET /", "Cookie: rialto=member\r\n", STR_NONE);
	assert_status(r, 503);
	assert_true(str_none(head_of(r, "Set-Cookie", 0)));
	site_stop(&s);
}

static void store_gone(void **state) {
	SITE(s);
	firm_fails = ERR_STORE;
	struct answer r = get_page(&s, "/form");
	assert_status(r, 503); /* nothing is known of the firm yet */
	firm_fails = OK;
	assert_status(get_page(&s, "/form"), 200);
	firm_version = 2;
	assert_status(get_page(&s, "/form"), 200);
	firm_fails = ERR_STORE;
	r = get_page(&s, "/form");
	assert_status(r, 503);
	assert_true(has(r.body, "Tést &amp; Co") && has(r.body, "cannot reach our records"));
	assert_true(str_is(head_of(r, "Retry-After", 0), "2") && str_none(head_of(r, "Retry-After", 1)));
	assert_true(has(head_of(r, "Cache-Control", 0), "no-store") && str_none(head_of(r, "Cache-Control", 1)));
	r = get_page(&s, "/nowhere");
	assert_status(r, 503);
	r = get_page(&s, "/api/v1/things/1");
	assert_status(r, 503);
	assert_true(has(r.body, "\"status\":503"));
	assert_status(call(&s, "POST /form", FORM_TYPE, STR("word=x")), 503);
	firm_fails = ERR_NOT_FOUND; /* an empty store is no wrong address */
	assert_status(get_page(&s, "/form"), 503);
	firm_fails = OK;
	assert_status(get_page(&s, "/form"), 200);
	site_stop(&s);
}

/* ------------------------------------------------------------------------ forms */

static void forms(void **state) {
	SITE(s);
	struct answer r = call(&s, "POST /form", FORM_TYPE, STR("word=hello"));
	assert_status(r, 303);
	assert_true(str_is(head_of(r, "Location", 0), "/"));
	assert_true(has(head_of(r, "Set-Cookie", 0), "made=yes"));
	assert_true(has(head_of(r, "Set-Cookie", 1), "said=Saved."));
	assert_int_equal(events(&s), 1);
	for (int i = 0; i < 200 && laters(&s) == 0; i++) usleep(5000);
	assert_int_equal(laters(&s), 1);

	/* Not taken: the form again, with what was typed, and nothing of what the handler said of a success. */
	r = call(&s, "POST /form", FORM_TYPE, STR("word=taken"));
	assert_status(r, 422);
	assert_true(has(r.body, "<b>taken</b>") && has(r.body, "That word is taken.") && has(r.body, "role=\"alert\""));
	assert_true(str_none(head_of(r, "Set-Cookie", 0)));
	assert_true(has(head_of(r, "Cache-Control", 0), "no-store"));
	assert_int_equal(events(&s), 1);
	r = call(&s, "POST /form", FORM_TYPE, STR("word=this+is+longer+than+twenty+letters"));
	assert_status(r, 422);
	assert_true(has(r.body, "<b>this is longer than twenty letters</b>") && has(r.body, "This is too long."));
	r = call(&s, "POST /form", FORM_TYPE, STR("word="));
	assert_status(r, 422);
	r = call(&s, "POST /form", "Content-Type: text/csv\r\n", STR("word=x"));
	assert_status(r, 415);
	r = call(&s, "POST /form", FORM_TYPE "Accept: application/json\r\n", STR("word=taken"));
	assert_status(r, 422);
	assert_true(has(r.body, "\"errors\":[{\"field\":\"word\",\"message\":\"That word is taken.\"}]"));
	r = call(&s, "POST /form", FORM_TYPE, STR("word=bug"));
	assert_status(r, 500);
	assert_true(has(r.body, "Something broke on our side") && str_none(head_of(r, "Set-Cookie", 0)));

	/* A visitor's form at an address whose page is for staff only. */
	r = call(&s, "POST /staff", FORM_TYPE, STR("word=taken"));
	assert_status(r, 422);
	assert_false(has(r.body, "<b>taken</b>"));

	/* A part instead of the redirect. */
	r = call(&s, "POST /form", FORM_TYPE "X-Fragment: part\r\n", STR("word=part"));
	assert_status(r, 200);
	assert_true(str_is(r.body, "<b>part</b>"));
	r = call(&s, "POST /form", FORM_TYPE "X-Fragment: nothing\r\n", STR("word=part"));
	assert_status(r, 303);
	for (int i = 0; i < 400 && laters(&s) < 3; i++) usleep(5000);
	assert_int_equal(laters(&s), 3); /* only of what was committed */
	site_stop(&s);
}

static void sentence(void **state) {
	SITE(s);
	struct answer r = call(&s, "GET /form", "Cookie: said=Saved%3Cb%3E\r\n", STR_NONE);
	assert_true(has(r.body, "Saved&lt;b&gt;") && has(head_of(r, "Set-Cookie", 0), "said=; Path=/; Max-Age=0"));
	r = call(&s, "GET /form", "Cookie: said=Saved\r\nX-Fragment: part\r\n", STR_NONE);
	assert_true(str_none(head_of(r, "Set-Cookie", 0))); /* it was not shown */
	r = call(&s, "GET /form", "Cookie: said=%zz\r\n", STR_NONE);
	assert_status(r, 200);
	site_stop(&s);
}

static void logging_in(void **state) {
	SITE(s);
	struct answer r = get_page(&s, "/member?word=a%26b");
	assert_status(r, 303);
	assert_true(str_is(head_of(r, "Location", 0), "/login?back=%2Fmember%3Fword%3Da%2526b"));
	r = call(&s, "POST /member", FORM_TYPE, STR("word=typed&password=secret&csrf=x"));
	assert_status(r, 303);
	assert_true(str_is(head_of(r, "Location", 0), "/login?back=%2Fmember%3Fword%3Dtyped"));
	r = call(&s, "POST /form", FORM_TYPE, STR("word=login"));
	assert_status(r, 303);
	assert_true(has(head_of(r, "Location", 0), "/login?back=%2Fform") && str_none(head_of(r, "Set-Cookie", 0)));
	r = call(&s, "GET /member", "X-Fragment: part\r\n", STR_NONE);
	assert_status(r, 401);
	r = call(&s, "GET /member", "Accept: application/json\r\n", STR_NONE);
	assert_status(r, 401);
	assert_true(str_is(head_of(r, "WWW-Authenticate", 0), "Bearer"));
	assert_status(call(&s, "GET /member", MEMBER, STR_NONE), 200);
	assert_status(call(&s, "GET /staff", MEMBER, STR_NONE), 403);
	assert_status(call(&s, "GET /staff", STAFF, STR_NONE), 200);
	assert_status(call(&s, "GET /api/v1/things/1", "Authorization: Bearer wrong\r\n", STR_NONE), 401);
	assert_status(call(&s, "GET /api/v1/things/1", "Authorization: Basic eDp5\r\n" STAFF, STR_NONE), 401);
	assert_status(call(&s, "GET /api/v1/things/1", BEARER, STR_NONE), 200);
	assert_int_equal(events(&s), 0);
	site_stop(&s);
}

/* ------------------------------------------------------------------------- CSRF */

static void csrf(void **state) {
	SITE(s);
	const char *token = csrf_in(&s, call(&s, "GET /form", MEMBER, STR_NONE));
	const char *others = csrf_in(&s, call(&s, "GET /form", STAFF, STR_NONE));
	struct arena *a = &s.f->a;
	assert_status(call(&s, "POST /form", FORM_TYPE MEMBER, str_fmt(a, "word=x&csrf=%s", token)), 303);
	assert_status(call(&s, "POST /form", str_fmt(a, FORM_TYPE MEMBER "X-CSRF: %s\r\n", token).p, STR("word=x")), 303);
	assert_status(call(&s, "POST /api/v1/notes", str_fmt(a, JSON_TYPE MEMBER "X-CSRF: %s\r\n", token).p, STR("{\"word\":\"x\"}")), 201);
	assert_status(call(&s, "POST /form", "Content-Type: multipart/form-data; boundary=b\r\n" MEMBER,
	                   str_fmt(a, "--b\r\nContent-Disposition: form-data; name=\"word\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; "
	                           "name=\"csrf\"\r\n\r\n%s\r\n--b--\r\n", token)), 303);
	assert_status(call(&s, "POST /api/v1/notes", JSON_TYPE BEARER, STR("{\"word\":\"x\"}")), 201);
	assert_int_equal(runs, 5);

	struct answer r = call(&s, "POST /form", FORM_TYPE MEMBER, STR("word=typed"));
	assert_status(r, 403);
	assert_true(has(r.body, "<b>typed</b>") && has(r.body, "open for too long")); /* nothing is lost */
	assert_status(call(&s, "POST /form", FORM_TYPE MEMBER, str_fmt(a, "word=x&csrf=%s", others)), 403);
	assert_status(call(&s, "POST /form", FORM_TYPE MEMBER, STR("word=x&csrf=")), 403);
	assert_status(call(&s, "POST /api/v1/notes", JSON_TYPE MEMBER, str_fmt(a, "{\"word\":\"x\",\"csrf\":\"%s\"}", token)), 403);
	assert_status(call(&s, "POST /form", "Content-Type: multipart/form-data; boundary=b\r\n" MEMBER,
	                   STR("--b\r\nContent-Disposition: form-data; name=\"word\"\r\n\r\nx\r\n--b--\r\n")), 403);
	assert_status(call(&s, "POST /form", "Content-Type: text/plain\r\n" MEMBER, str_fmt(a, "word=x&csrf=%s", token)), 403);

	/* The browser's own word counts for visitors, too. */
	static const struct { const char *headers; int status; } cases[] = {
		{"Sec-Fetch-Site: same-origin\r\n", 303}, {"Sec-Fetch-Site: none\r\n", 303}, {"Sec-Fetch-Site: cross-site\r\n", 403},
		{"Sec-Fetch-Site: same-site\r\n", 403}, {"Origin: http://localhost\r\n", 303}, {"Origin: http://LOCALHOST\r\n", 303},
		{"Origin: http://evil.example\r\n", 403}, {"Origin: http://evil-localhost\r\n", 403}, {"Origin: http://localhost:81\r\n", 403},
		{"Origin: null\r\n", 403}, {"Origin: localhost\r\n", 403}, {"Origin: x/localhost\r\n", 403}, {"", 303},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		r = call(&s, "POST /form", str_fmt(a, FORM_TYPE "%s", cases[i].headers).p, STR("word=x"));
		if (r.status != cases[i].status) fail_msg("%s gives %d", cases[i].headers, r.status);
	}
	/* Behind a proxy that changes Host the configured address counts. */
	snprintf(s.w->base_url, sizeof s.w->base_url, "https://desk.example");
	assert_status(call(&s, "POST /form", FORM_TYPE "Origin: https://desk.example\r\n", STR("word=x")), 303);
	assert_status(call(&s, "POST /form", FORM_TYPE "Origin: https://desk.example.evil\r\n", STR("word=x")), 403);
	assert_true(has(head_of(call(&s, "POST /form", FORM_TYPE, STR("word=x")), "Set-Cookie", 0), "; Secure"));
	site_stop(&s);
}

/* ------------------------------------------------------------------------- JSON */

static void json_reads(void **state) {
	SITE(s);
	struct answer r = get_page(&s, "/api/v1/things/5"), other = get_page(&s, "/api/v1/things/6");
	assert_status(r, 200);
	assert_true(str_is(r.body, "{\"word\":\"thing\",\"n\":5,\"next\":null}"));
	struct str etag = head_of(r, "ETag", 0);
	assert_true(str_starts(etag, STR("\"v7-")) && !str_eq(etag, head_of(other, "ETag", 0)));
	struct arena *a = &s.f->a;
	assert_status(call(&s, "GET /api/v1/things/5", str_fmt(a, "If-None-Match: " STR_FMT "\r\n", STR_ARG(etag)).p, STR_NONE), 304);
	assert_status(call(&s, "GET /api/v1/things/6", str_fmt(a, "If-None-Match: " STR_FMT "\r\n", STR_ARG(etag)).p, STR_NONE), 200);
	r = call(&s, "GET /form?word=x", "Accept: application/json\r\n", STR_NONE); /* one without a version */
	assert_true(!str_none(head_of(r, "ETag", 0)));
	r = call(&s, "GET /form?word=x", str_fmt(a, "Accept: application/json\r\nIf-None-Match: W/" STR_FMT "\r\n", STR_ARG(head_of(r, "ETag", 0))).p, STR_NONE);
	assert_status(r, 304);
	r = get_page(&s, "/api/v1/things/9?limit=2&cursor=old&q=a+b");
	assert_true(str_is(head_of(r, "Link", 0), "</api/v1/things/9?limit=2&q=a+b&cursor=abc%2F%3D>; rel=\"next\"") ||
	            str_is(head_of(r, "Link", 0), "</api/v1/things/9?limit=2&q=a%20b&cursor=abc%2F%3D>; rel=\"next\""));
	r = get_page(&s, "/api/v1/things/404");
	assert_status(r, 404);
	assert_true(str_none(head_of(r, "ETag", 0)));
	assert_status(get_page(&s, "/api/v1/things/x"), 404);
	assert_status(get_page(&s, "/api/v1/things/0"), 404);

	assert_status(call(&s, "PATCH /api/v1/things/5", JSON_TYPE, STR("{}")), 428);
	static const struct { const char *match; int status; } cases[] = {
		{"\"v7\"", 200}, {"*", 200}, {"\"v6\"", 412}, {"\"v70\"", 412}, {"\"v7", 412}, {"v7", 412}, {"W/\"v7\"", 412}, {"\"v6-a\", \"v7-b\"", 200},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		r = call(&s, "PATCH /api/v1/things/5", str_fmt(a, JSON_TYPE "If-Match: %s\r\n", cases[i].match).p, STR("{}"));
		if (r.status != cases[i].status) fail_msg("If-Match: %s gives %d", cases[i].match, r.status);
		assert_true(str_none(head_of(r, "ETag", 0))); /* it is another version now */
	}
	assert_status(call(&s, "PATCH /api/v1/things/5", str_fmt(a, JSON_TYPE "If-Match: " STR_FMT "\r\n", STR_ARG(etag)).p, STR("{}")), 200);
	site_stop(&s);
}

/* ------------------------------------------------------------------ idempotency */

#define KEY(k) "Idempotency-Key: " k "\r\n"

static void once_only(void **state) {
	SITE(s);
	struct answer first = call(&s, "POST /api/v1/notes", JSON_TYPE BEARER KEY("k1"), STR("{\"word\":\"x\"}"));
	struct answer again = call(&s, "POST /api/v1/notes", JSON_TYPE BEARER KEY("k1"), STR("{\"word\":\"x\"}"));
	assert_status(first, 201);
	assert_status(again, 201);
	assert_true(str_eq(first.body, again.body));
	assert_true(str_eq(head_of(first, "Location", 0), head_of(again, "Location", 0)) && !str_none(head_of(first, "Location", 0)));
	assert_true(str_is(head_of(again, "Idempotent-Replay", 0), "true") && str_none(head_of(first, "Idempotent-Replay", 0)));
	assert_int_equal(runs, 1);
	assert_int_equal(events(&s), 1);
	assert_status(call(&s, "POST /api/v1/notes", JSON_TYPE BEARER KEY("k1"), STR("{\"word\":\"y\"}")), 409);
	assert_status(call(&s, "POST /api/v1/notes", JSON_TYPE "Authorization: Bearer staff\r\n" KEY("k1"), STR("{\"word\":\"x\"}")), 201);
	assert_status(call(&s, "POST /api/v1/notes", JSON_TYPE BEARER "Idempotency-Key: \r\n", STR("{\"word\":\"x\"}")), 400);
	/* What failed may be tried again under its key. */
	assert_status(call(&s, "POST /api/v1/notes", JSON_TYPE BEARER KEY("k2"), STR("{\"word\":\"bug\"}")), 500);
	assert_status(call(&s, "POST /api/v1/notes", JSON_TYPE BEARER KEY("k2"), STR("{\"word\":\"fine\"}")), 201);
	first = call(&s, "POST /form", FORM_TYPE KEY("k3"), STR("word=x"));
	again = call(&s, "POST /form", FORM_TYPE KEY("k3"), STR("word=x"));
	assert_status(again, 303);
	assert_true(str_is(head_of(again, "Location", 0), "/"));
	site_stop(&s);
}

static void once_only_without_tx(void **state) {
	SITE(s);
	struct answer first = call(&s, "POST /api/v1/slow", JSON_TYPE BEARER KEY("k1"), STR("{\"word\":\"x\"}"));
	struct answer again = call(&s, "POST /api/v1/slow", JSON_TYPE BEARER KEY("k1"), STR("{\"word\":\"x\"}"));
	assert_status(first, 201);
	assert_status(again, 201);
	assert_true(str_eq(first.body, again.body));
	assert_int_equal(runs, 1);
	assert_status(call(&s, "POST /api/v1/slow", JSON_TYPE BEARER KEY("k1"), STR("{\"word\":\"y\"}")), 409);
	assert_status(call(&s, "POST /api/v1/slow", JSON_TYPE BEARER KEY("k2"), STR("{\"word\":\"fails\"}")), 409);
	assert_int_equal(runs, 2);
	assert_status(call(&s, "POST /api/v1/slow", JSON_TYPE BEARER KEY("k2"), STR("{\"word\":\"fails\"}")), 409);
	assert_int_equal(runs, 3); /* it was not kept */
	/* Left behind by a process that died: not for ever. */
	admin_exec(s.f, "UPDATE idempotency SET status = 0");
	again = call(&s, "POST /api/v1/slow", JSON_TYPE BEARER KEY("k1"), STR("{\"word\":\"x\"}"));
	assert_status(again, 409);
	assert_true(str_is(head_of(again, "Retry-After", 0), "2"));
	admin_exec(s.f, "UPDATE idempotency SET created_at = created_at - 700000000");
	assert_status(call(&s, "POST /api/v1/slow", JSON_TYPE BEARER KEY("k1"), STR("{\"word\":\"x\"}")), 201);
	assert_int_equal(runs, 4);
	site_stop(&s);
}

struct twin {
	pthread_t thread;
	struct site s;
	const char *line;
	struct fixture f;
	int status;
};

static void *call_twin(void *arg) {
	struct twin *t = arg;
	t->s.f = &t->f; /* an arena of its own */
	t->status = call(&t->s, t->line, JSON_TYPE BEARER KEY("same"), STR("{\"word\":\"slow\"}")).status;
	arena_done(&t->f.a);
	return NULL;
}

/* The same request several times at once is done once; none says that it was not done. */
static void at_once(void **state) {
	SITE(s);
	for (int round = 0; round < 2; round++) {
		struct twin t[4];
		runs = 0;
		for (int i = 0; i < 4; i++) {
			t[i] = (struct twin){.s = s, .line = round ? "POST /api/v1/slow" : "POST /api/v1/notes"};
			pthread_create(&t[i].thread, NULL, call_twin, &t[i]);
		}
		int done = 0, busy = 0;
		for (int i = 0; i < 4; i++) {
			pthread_join(t[i].thread, NULL);
			done += t[i].status == 201;
			busy += t[i].status == 409;
		}
		assert_int_equal(runs, 1);
		assert_int_equal(done + busy, 4);
		if (round == 0) assert_int_equal(done, 4);
		else assert_true(done >= 1);
		admin_exec(s.f, "DELETE FROM idempotency");
	}
	site_stop(&s);
}

/* ------------------------------------------------------------------------ others */

static void streams(void **state) {
	SITE(s);
	bool end;
	int fd[8];
	for (int i = 0; i < 8; i++) {
		fd[i] = dial(s.port);
		put(fd[i], STR("GET /live HTTP/1.1\r\n" HOST "\r\n"));
		assert_true(has(get(&f->a, fd[i], 5000, "id: 0\n", &end), "text/event-stream"));
		assert_status(get_page(&s, "/form"), 200); /* the worker that opened it works on */
	}
	assert_status(call(&s, "POST /form", FORM_TYPE, STR("word=x")), 303);
	for (int i = 0; i < 8; i++) {
		assert_true(has(get(&f->a, fd[i], 5000, "id: 1\n", &end), "\"refresh\":[\"conversation:1\""));
		close(fd[i]);
	}
	site_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BOTH(pages), BOTH(addresses), BOTH(large), BOTH(kept), BOTH(ended_session), BOTH(store_gone), BOTH(forms), BOTH(sentence), BOTH(logging_in),
		BOTH(csrf), BOTH(json_reads), BOTH(once_only), BOTH(once_only_without_tx), BOTH(at_once), BOTH(streams),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
