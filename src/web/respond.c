/* What a finished handler, or a failed one, answers: one view as a page, as a named part of it, or as JSON; an error as a page or as
 * problem+json (RFC 9457); a form that was not taken as itself with its faults. */
#include "web/web_int.h"
#include "base/check.h"
#include "base/log.h"
#include "text/escape.h"
#include "text/url.h"
#include "tpl.h"
#include "web/decode.h"
#include "web/out.h"
#include "web/static.h"
#include "web/view_json.h"
#include <stdio.h>
#include <stdlib.h>

enum { PAGE_MAX = 4 * 1024 * 1024, GZIP_FROM = 860 };

/* ----------------------------------------------------------- what handlers say */

enum err req_fail(struct req *q, enum err e, const char *sentence, const char *log, ...) {
	if (q->err == OK) {
		q->err = e;
		if (sentence != NULL) q->fail_public = str_c(TRQ(q, sentence));
	}
	if (log != NULL) {
		va_list ap;
		va_start(ap, log);
		struct str s = str_vfmt(q->a, log, ap);
		va_end(ap);
		log_warn("%s: " STR_FMT, q->route->name, STR_ARG(s));
	}
	return e;
}

enum err req_invalid(struct req *q, const char *field, const char *sentence) {
	struct field_error_list *l = &q->errors;
	if (l->n < 50) {
		struct field_error *v = NEW_ARRAY(q->a, struct field_error, l->n + 1);
		if (l->n > 0) memcpy(v, l->v, l->n * sizeof *v);
		v[l->n++] = (struct field_error){.field = str_copy(q->a, str_c(field)), .message = str_c(TRQ(q, sentence))};
		l->v = v;
	}
	return ERR_INVALID;
}

enum err req_event(struct req *q, const char *verb, const char *object_kind, int64_t object_id, const char *target_kind,
                   int64_t target_id, enum audience audience, struct str data) {
	PRE(q->tx);
	struct event e = {.actor = q->actor.id, .verb = verb, .object_kind = object_kind, .object_id = object_id,
	                  .target_kind = target_kind, .target_id = target_id, .audience = audience, .data = data};
	return event_append(q->db, &e, NULL);
}

enum err req_write(struct req *q, db_work *work, void *arg) {
	PRE(!q->tx);
	return store_write(q->web->o.store, work, arg);
}

struct later {
	struct db_job job;
	db_work *work;
	char arg[];
};

static enum err later_work(struct db *db, void *arg) {
	struct later *l = arg;
	return l->work(db, l->arg);
}

static void later_done(struct db_job *job, enum err e) {
	if (e != OK) log_warn("something to be written later was lost: %s", err_word(e));
	free(job->arg);
}

void req_later(struct req *q, db_work *work, void *arg, size_t bytes) {
	struct later *l = must_malloc(sizeof *l + bytes);
	l->job = (struct db_job){.work = later_work, .done = later_done, .arg = l};
	l->work = work;
	memcpy(l->arg, arg, bytes);
	enum err e = store_submit(q->web->o.store, &l->job);
	if (e != OK) later_done(&l->job, e);
}

void req_depends(struct req *q, const char *kind, int64_t id) {
	PRE(q->depend_count < LIVE_TOPICS_MAX);
	snprintf(q->depends[q->depend_count].kind, sizeof q->depends[0].kind, "%s", kind);
	q->depends[q->depend_count++].id = id;
}

void req_redirect(struct req *q, struct url to) { q->then = to.s; }

void req_say(struct req *q, const char *sentence) {
	struct buf b;
	buf_init(&b, 1024);
	percent_encode(&b, str_c(TRQ(q, sentence)));
	req_cookie(q, "said", str_copy(q->a, buf_str(&b)), 60);
	buf_done(&b);
}

void req_header(struct req *q, const char *name, struct str value) { http_set_header(q->http, name, value); }

void req_cookie(struct req *q, const char *name, struct str value, int64_t max_age_seconds) {
	bool secure = q->http->secure || str_starts(str_c(q->web->base_url), STR("https:"));
	bool script = strcmp(name, "theme") == 0;
	req_header(q, "Set-Cookie", str_fmt(q->a, "%s=" STR_FMT "; Path=/; Max-Age=%lld; SameSite=Lax%s%s", name, STR_ARG(value),
	                                    (long long)max_age_seconds, script ? "" : "; HttpOnly", secure ? "; Secure" : ""));
}

struct str cookie_get(struct http_req *h, struct arena *a, const char *name) {
	struct str rest = http_header(h, "Cookie");
	(void)a;
	while (!str_none(rest)) {
		struct str value = str_trim(str_cut(&rest, ';')), key = str_cut(&value, '=');
		if (str_is(key, name) && !str_none(value)) return value;
	}
	return STR_NONE;
}

struct str req_get_cookie(struct req *q, const char *name) { return cookie_get(q->http, q->a, name); }
bool req_is_staff(const struct req *q) { return q->actor.is_staff; }
bool req_logged_in(const struct req *q) { return q->actor.id.v != 0; }
struct str req_base_url(const struct req *q) { return str_c(q->web->base_url); }
const struct key *web_key(const struct web *w) { return &w->o.key; }
struct store *web_store(const struct web *w) { return w->o.store; }
struct hub *web_hub(const struct web *w) { return w->o.hub; }
struct live *web_live(const struct web *w) { return w->o.live; }

enum err req_version(struct req *q, int64_t version) {
	struct str etag = str_fmt(q->a, "\"v%lld\"", (long long)version);
	if (str_is(q->http->method, "GET") || str_is(q->http->method, "HEAD")) {
		if (q->api) req_header(q, "ETag", etag);
		return OK;
	}
	struct str match = http_header(q->http, "If-Match");
	if (str_none(match)) return q->api ? ERR_NEED_MATCH : OK;
	return str_eq(match, etag) || str_is(match, "*") ? OK : ERR_STALE;
}

void req_send(struct req *q, int status, const char *type, struct str bytes) {
	q->http->res.status = status;
	q->http->res.body = http_bytes_new(bytes);
	req_header(q, "Content-Type", str_c(type));
	q->sent = true;
}

/* ------------------------------------------------------------------- answers */

void security_headers(struct http_req *h, bool html) {
	http_set_header(h, "X-Content-Type-Options", STR("nosniff"));
	if (!html) return;
	http_set_header(h, "Content-Security-Policy",
	                STR("default-src 'self'; img-src 'self' data: blob: https:; object-src 'none'; base-uri 'none'; "
	                    "form-action 'self'; frame-ancestors 'none'"));
	http_set_header(h, "Referrer-Policy", STR("same-origin"));
}

void respond_plain(struct http_req *h, int status, const char *word) {
	h->res.status = status;
	h->res.body = http_bytes_new(str_fmt(&h->arena, "%s\n", word));
	http_set_header(h, "Content-Type", STR("text/plain; charset=utf-8"));
	security_headers(h, false);
}

static bool takes_gzip(struct http_req *h) {
	return str_has(http_header(h, "Accept-Encoding"), STR("gzip"));
}

static void send_text(struct req *q, int status, const char *type, struct buf *b) {
	struct http_req *h = q->http;
	h->res.status = status;
	http_set_header(h, "Content-Type", str_c(type));
	security_headers(h, str_starts(str_c(type), STR("text/html")));
	if (b->n >= GZIP_FROM && takes_gzip(h)) {
		struct buf z;
		if (gzip(buf_str(b), 1, &z)) {
			http_set_header(h, "Content-Encoding", STR("gzip"));
			h->res.body = http_bytes_take(&z);
			buf_done(b);
			return;
		}
	}
	h->res.body = http_bytes_take(b);
}

struct str page_key(struct arena *a, struct http_req *h, enum lang lang, struct str theme) {
	return str_fmt(a, STR_FMT "?" STR_FMT " %d " STR_FMT, STR_ARG(h->path), STR_ARG(h->query), (int)lang, STR_ARG(theme));
}

bool may_be_cached(struct http_req *h, struct arena *a, enum lang fallback, enum lang *ret_lang, struct str *ret_theme) {
	if (!str_is(h->method, "GET") && !str_is(h->method, "HEAD")) return false;
	if (!str_none(http_header(h, "Authorization")) || !str_none(http_header(h, "X-Fragment"))) return false;
	if (str_has(http_header(h, "Accept"), STR("application/json"))) return false;
	if (!str_none(http_header(h, "Cookie"))) {
		if (!str_empty(cookie_get(h, a, "rialto")) || !str_empty(cookie_get(h, a, "said"))) return false;
		*ret_theme = cookie_get(h, a, "theme");
	} else *ret_theme = STR_NONE;
	if (!str_is(*ret_theme, "light") && !str_is(*ret_theme, "dark")) *ret_theme = STR("");
	struct str chosen = cookie_get(h, a, "lang");
	if (str_none(chosen) || !lang_find(chosen, ret_lang)) *ret_lang = lang_from_accept(http_header(h, "Accept-Language"), fallback);
	return true;
}

static void write_view(struct req *q, struct buf *b, const struct view_def *view, const void *v) {
	struct out o = {.b = b, .page = &q->page, .locale = &q->locale};
	if (!str_none(q->fragment)) {
		for (const struct view_block *k = view->block; k != NULL && k->name != NULL; k++)
			if (str_is(q->fragment, k->name)) {
				k->write(&o, v);
				return;
			}
		q->fragment = STR_NONE; /* no such part: the whole page */
	}
	struct buf content, title;
	buf_init(&content, PAGE_MAX);
	buf_init(&title, 4096);
	o.b = &content;
	view->page(&o, v);
	if (view->title != NULL) {
		o.b = &title;
		view->title(&o, v);
	}
	struct web_layout layout = {.content = {buf_str(&content)}, .title = {buf_str(&title)}};
	o.b = b;
	tpl_web_layout(&o, &layout);
	buf_done(&content);
	buf_done(&title);
}

void render_page(struct req *q, struct buf *b) {
	write_view(q, b, q->route->view, q->view);
}

struct str render_json(struct req *q) {
	struct buf b;
	buf_init(&b, PAGE_MAX);
	struct json_out o = json_out(&b);
	view_json(&o, q->route->view->type, q->view);
	struct str s = b.over ? STR("null") : str_copy(q->a, buf_str(&b));
	buf_done(&b);
	return s;
}

/* Link: rel="next" for a list that goes on. */
static void link_next(struct req *q) {
	const struct type_def *t = q->route->view->type;
	for (int i = 0; i < t->fields; i++) {
		const struct type_field *f = &t->field[i];
		if (strcmp(f->name, "next") != 0 || f->kind != K_TEXT) continue;
		struct str next = *(const struct str *)(const void *)((const char *)q->view + f->offset);
		if (str_empty(next)) return;
		struct buf b;
		buf_init(&b, 2048);
		struct query pairs = query_read(q->http->query);
		struct str name, value;
		while (query_next(&pairs, q->a, &name, &value))
			if (!str_is(name, "cursor")) query_add(&b, name, value);
		query_add(&b, STR("cursor"), next);
		req_header(q, "Link", str_fmt(q->a, "<" STR_FMT "?" STR_FMT ">; rel=\"next\"", STR_ARG(q->http->path), STR_ARG(buf_str(&b))));
		buf_done(&b);
	}
}

static void answer_json(struct req *q) {
	struct buf b;
	int status = q->status ? q->status : q->route->status;
	buf_init(&b, PAGE_MAX);
	if (q->route->view != NULL) {
		link_next(q);
		struct json_out o = json_out(&b);
		view_json(&o, q->route->view->type, q->view);
	} else if (status == 200) {
		status = 204;
	}
	if (!str_none(q->then) && status == 201) req_header(q, "Location", q->then);
	req_header(q, "Cache-Control", STR("no-store"));
	for (int i = 0; i < q->http->res.headers; i++) { /* a version that the client has already */
		if (strcmp(q->http->res.header[i].name, "ETag") != 0) continue;
		if (!str_eq(http_header(q->http, "If-None-Match"), q->http->res.header[i].value)) continue;
		buf_done(&b);
		q->http->res.status = 304;
		return;
	}
	send_text(q, status, "application/json", &b);
}

static void answer_redirect(struct req *q) {
	q->http->res.status = 303;
	req_header(q, "Location", q->then);
	req_header(q, "Cache-Control", STR("no-store"));
	security_headers(q->http, false);
}

static void keep_page(struct req *q, struct str page) {
	enum lang lang, firm = LANG_EN;
	struct str theme;
	lang_find(q->business->locale, &firm);
	if (!(q->route->flags & ROUTE_CACHE) || q->actor.id.v != 0 || q->status != 0) return;
	if (!may_be_cached(q->http, q->a, firm, &lang, &theme)) return;
	struct cache_topic topic[LIVE_TOPICS_MAX + 1];
	int n = 0;
	for (; n < q->depend_count; n++) {
		memcpy(topic[n].kind, q->depends[n].kind, sizeof topic[n].kind);
		topic[n].id = q->depends[n].id;
	}
	PRE(n < LIVE_TOPICS_MAX);
	topic[n++] = (struct cache_topic){.kind = "business", .id = 1};
	cache_put(q->web->cache, page_key(q->a, q->http, lang, theme), q->seen, topic, n, "text/html; charset=utf-8", page);
}

static void answer_page(struct req *q, int status) {
	struct buf b;
	buf_init(&b, PAGE_MAX);
	render_page(q, &b);
	if (status == 200) keep_page(q, buf_str(&b));
	/* A visitor's page may be kept by the browser if it asks each time; another's must not be. */
	req_header(q, "Cache-Control", q->actor.id.v || !(q->route->flags & ROUTE_CACHE) ? STR("private, no-store") : STR("no-cache"));
	req_header(q, "Vary", STR("Accept-Encoding, Accept-Language, Cookie, X-Fragment"));
	send_text(q, status, "text/html; charset=utf-8", &b);
}

static void answer_replay(struct req *q) {
	const struct idem *i = q->idem;
	struct buf b;
	buf_init(&b, PAGE_MAX);
	req_header(q, "Idempotent-Replay", STR("true"));
	if (i->location.n > 0) req_header(q, "Location", i->location);
	if (!q->api && i->location.n > 0) {
		q->http->res.status = 303;
		return;
	}
	buf_add(&b, i->body);
	send_text(q, i->body.n ? i->status : i->status == 200 ? 204 : i->status, "application/json", &b);
}

/* -------------------------------------------------------------------- errors */

static void problem_json(struct req *q, enum err e, struct str sentence) {
	struct buf b;
	buf_init(&b, 65536);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "type");
	json_put_str(&o, str_fmt(q->a, "/api#%s", err_word(e)));
	json_put_key(&o, "title");
	json_put_c(&o, TRQ(q, err_sentence(e)));
	json_put_key(&o, "status");
	json_put_int(&o, err_status(e));
	json_put_key(&o, "detail");
	json_put_str(&o, sentence);
	if (q->errors.n > 0) {
		json_put_key(&o, "errors");
		json_put_array(&o);
		for (size_t i = 0; i < q->errors.n; i++) {
			json_put_object(&o);
			json_put_key(&o, "field");
			json_put_str(&o, q->errors.v[i].field);
			json_put_key(&o, "message");
			json_put_str(&o, q->errors.v[i].message);
			json_put_end(&o);
		}
		json_put_end(&o);
	}
	json_put_end(&o);
	send_text(q, err_status(e), "application/problem+json", &b);
}

static void problem_page(struct req *q, enum err e, struct str sentence) {
	static const struct route page = {.method = "GET", .name = "problem", .status = 200, .view = &view_web_problem};
	struct web_problem *p = NEW(q->a, struct web_problem);
	*p = (struct web_problem){.status = err_status(e), .sentence = sentence, .errors = {0}, .login = e == ERR_LOGIN};
	p->errors.v = NEW_ARRAY(q->a, struct web_fault, q->errors.n);
	for (size_t i = 0; i < q->errors.n; i++)
		p->errors.v[p->errors.n++] = (struct web_fault){.field = q->errors.v[i].field, .message = q->errors.v[i].message};
	q->route = &page;
	q->view = p;
	q->fragment = STR_NONE;
	q->page.live = STR_NONE;
	answer_page(q, err_status(e));
}

static void respond_error(struct req *q, enum err e) {
	q->web->failed += err_status(e) >= 500;
	if (err_status(e) >= 500)
		log_error("%s " STR_FMT ": %s", q->route->name, STR_ARG(q->http->path), err_word(e));
	if (e == ERR_BUSY || e == ERR_STORE) req_header(q, "Retry-After", STR("2"));
	if (e == ERR_LOGIN && q->api) req_header(q, "WWW-Authenticate", STR("Bearer"));
	struct str sentence = str_none(q->fail_public) ? str_c(TRQ(q, err_sentence(e))) : q->fail_public;
	req_header(q, "Cache-Control", STR("no-store"));
	if (q->api) {
		problem_json(q, e, sentence);
		return;
	}
	bool form = e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_TOO_MANY || e == ERR_CSRF || e == ERR_TOO_LARGE || e == ERR_MEDIA_TYPE;
	if (form && !str_is(q->http->method, "GET") && q->db != NULL) {
		q->fail_public = sentence;
		int status = err_status(e);
		if (show_form_again(q)) {
			q->status = status;
			answer_page(q, status);
			return;
		}
	}
	problem_page(q, e, sentence);
}

void respond(struct req *q, enum err e) {
	q->web->served++;
	if (e != OK) respond_error(q, e);
	else if (q->idem != NULL && q->idem->replay) answer_replay(q);
	else if (q->sent) security_headers(q->http, false);
	else if (q->api) {
		if (str_none(q->then) && q->route->then != NULL) q->then = fill_path(q->a, q->route->then, q);
		answer_json(q);
	} else if (!str_none(q->then)) answer_redirect(q);
	else if (!str_none(q->fragment) && q->route->view != NULL && q->route->view->block != NULL) answer_page(q, 200);
	else if (q->route->then != NULL) {
		q->then = fill_path(q->a, q->route->then, q);
		answer_redirect(q);
	} else if (q->route->view != NULL && q->route->view->page != NULL) answer_page(q, 200);
	else answer_json(q);
}
