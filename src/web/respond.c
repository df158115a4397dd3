/* What a finished handler, or a failed one, answers: one view as a page, as a named part of it, or as JSON; an error as a page or as
 * problem+json (RFC 9457); a form that was not taken as itself with its faults. */
#include "base/log.h"
#include "text/url.h"
#include "tpl.h"
#include "web/decode.h"
#include "web/out.h"
#include "web/static.h"
#include "web/view_json.h"
#include "web/web_int.h"
#include <unistd.h>

enum { PAGE_MAX = 4 * 1024 * 1024, GZIP_FROM = 860 };

/* -------------------------------------------------------------------- sending */

/* Takes the buffer. What did not fit is a fault of ours: half a page or half a JSON is worse than none. */
static void send_text(struct req *q, int status, const char *type, struct buf *b) {
	struct http_req *h = q->http;
	struct buf z;
	if (b->over) {
		log_error("%s %s: the answer is larger than %d bytes", q->route->name, q->route->path, PAGE_MAX);
		buf_done(b);
		h->res.headers = 0;
		q->web->failed++;
		respond_refusal(h, 500, "The answer is too large.");
		return;
	}
	h->res.status = status;
	own_header(q, "Content-Type", str_c(type));
	security_headers(h, type);
	if (b->n >= GZIP_FROM && takes_gzip(h) && gzip(buf_str(b), 1, &z)) {
		own_header(q, "Content-Encoding", STR("gzip"));
		buf_done(b);
		*b = z;
	}
	h->res.body = http_bytes_take(b);
}

/* Answers 304 when the client has it already. */
static bool send_unchanged(struct req *q, struct str etag) {
	own_header(q, "ETag", etag);
	if (!etag_matches(q->http, etag)) return false;
	q->http->res.status = 304;
	return true;
}

static struct str hash_of(struct req *q, const struct buf *b) { return str_first(token_hash(q->a, buf_str(b)), 16); }

void settle_then(struct req *q) {
	if (str_none(q->then) && q->route->then != NULL) q->then = fill_path(q->a, q->route->then, q);
}

/* ---------------------------------------------------------------------- pages */

static const struct view_block *block_of(const struct req *q) {
	if (str_none(q->fragment) || q->route->view == NULL) return NULL;
	for (const struct view_block *k = q->route->view->block; k != NULL && k->name != NULL; k++)
		if (str_is(q->fragment, k->name)) return k;
	return NULL;
}

static void write_page(struct req *q, struct buf *b) {
	const struct view_def *view = q->route->view;
	struct buf content, title;
	buf_init(&content, PAGE_MAX);
	buf_init(&title, 4096);
	struct out o = {.b = &content, .a = q->a, .page = &q->page, .locale = &q->locale};
	view->page(&o, q->view);
	if (view->title != NULL) {
		o.b = &title;
		view->title(&o, q->view);
	}
	struct web_layout layout = {.content = {buf_str(&content)}, .title = {buf_str(&title)}};
	o.b = b;
	tpl_web_layout(&o, &layout);
	b->over |= content.over;
	buf_done(&content);
	buf_done(&title);
}

static void keep_page(struct req *q, struct str etag, struct str page) {
	struct cache_topic topic[LIVE_TOPICS_MAX + 1];
	enum lang firm = LANG_EN;
	lang_find(q->business->locale, &firm);
	struct page_key key = page_key(q->http, firm);
	if (key.n == 0 || q->depends_on_more) return;
	int n = 0;
	for (; n < q->depend_count; n++) {
		memcpy(topic[n].kind, q->depends[n].kind, sizeof topic[n].kind);
		topic[n].id = q->depends[n].id;
	}
	topic[n++] = (struct cache_topic){.kind = "business", .id = 1};
	struct http_req answer = {.res = {.status = 200, .body = http_bytes_new(page), .body_fd = -1}};
	http_set_header(&answer, "Content-Type", STR("text/html; charset=utf-8"));
	http_set_header(&answer, "ETag", etag);
	http_set_header(&answer, "Cache-Control", STR("no-cache"));
	http_set_header(&answer, "Vary", str_c(page_vary));
	security_headers(&answer, "text/html");
	cache_put(q->web->cache, str_n(key.text, key.n), q->seen, topic, n, etag, &answer.res);
	http_bytes_unref(answer.res.body);
}

/* Cookies that this page has used up. */
static void settle_cookies(struct req *q) {
	bool logs_in = false;
	for (int i = 0; i < q->http->res.headers; i++)
		logs_in |= strcmp(q->http->res.header[i].name, "Set-Cookie") == 0 && str_starts(q->http->res.header[i].value, STR("rialto="));
	if (!str_empty(q->page.said)) req_cookie(q, "said", STR(""), 0);
	if (q->session_ended && !logs_in) req_cookie(q, "rialto", STR(""), 0);
}

static void answer_page(struct req *q, int status) {
	static const char type[] = "text/html; charset=utf-8";
	const struct view_block *block = block_of(q);
	/* A visitor's page may be kept if it is asked for each time; a person's, and what went wrong, must not be. */
	bool same_for_all = (q->route->flags & ROUTE_CACHE) && q->actor.id.v == 0 && status == 200;
	struct buf b;
	buf_init(&b, PAGE_MAX);
	own_header(q, "Cache-Control", same_for_all ? STR("no-cache") : STR("private, no-store"));
	own_header(q, "Vary", str_c(page_vary));
	if (block != NULL) {
		struct out o = {.b = &b, .a = q->a, .page = &q->page, .locale = &q->locale};
		block->write(&o, q->view);
	} else {
		write_page(q, &b);
		settle_cookies(q);
	}
	if (same_for_all && block == NULL && !b.over) {
		struct str etag = str_fmt(q->a, "W/\"" STR_FMT "\"", STR_ARG(hash_of(q, &b)));
		keep_page(q, etag, buf_str(&b));
		if (send_unchanged(q, etag)) {
			buf_done(&b);
			return;
		}
	}
	send_text(q, status, type, &b);
}

/* A script that sends files is told where to go instead: what it is led to would be read by it, and not be seen. */
static void answer_redirect(struct req *q, int status) {
	bool told = status == 303 && str_is(q->fragment, "upload");
	q->http->res.status = told ? 204 : status;
	own_header(q, told ? "X-Then" : "Location", q->then);
	own_header(q, "Cache-Control", STR("no-store"));
	security_headers(q->http, "");
}

bool redirect_slash(struct req *q) {
	bool known;
	struct str path = q->http->path;
	while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
	if (path.n == q->http->path.n || route_find(STR("GET"), path, &known) == NULL) return false;
	q->then = q->http->query.n ? str_fmt(q->a, STR_FMT "?" STR_FMT, STR_ARG(path), STR_ARG(q->http->query)) : path;
	answer_redirect(q, 301);
	return true;
}

/* ----------------------------------------------------------------------- JSON */

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
		own_header(q, "Link", str_fmt(q->a, "<" STR_FMT "?" STR_FMT ">; rel=\"next\"", STR_ARG(q->http->path), STR_ARG(buf_str(&b))));
		buf_done(&b);
	}
}

static void answer_json(struct req *q) {
	struct buf b;
	int status = q->status ? q->status : q->route->status;
	bool reads = !req_is_unsafe(q);
	buf_init(&b, PAGE_MAX);
	if (q->route->view != NULL) {
		link_next(q);
		struct json_out o = json_out(&b);
		view_json(&o, q->route->view->type, q->view);
	} else if (status == 200) {
		status = 204;
	}
	if (!str_none(q->then) && status == 201) own_header(q, "Location", q->then);
	/* A program may keep what it asks for each time; on a shared computer nothing is to be left behind. */
	own_header(q, "Cache-Control", reads && (q->actor.by_token || q->actor.id.v == 0) ? STR("private, no-cache") : STR("no-store"));
	own_header(q, "Vary", str_c(page_vary));
	if (reads && status == 200 && !b.over) {
		struct str hash = hash_of(q, &b);
		struct str etag = q->version.has ? str_fmt(q->a, "\"v%lld-" STR_FMT "\"", (long long)q->version.v, STR_ARG(hash))
		                                 : str_fmt(q->a, "\"" STR_FMT "\"", STR_ARG(hash));
		if (send_unchanged(q, etag)) {
			buf_done(&b);
			return;
		}
	}
	send_text(q, status, "application/json", &b);
}

static void answer_replay(struct req *q) {
	const struct idem *i = q->idem;
	own_header(q, "Idempotent-Replay", STR("true"));
	q->then = i->location.n > 0 ? i->location : STR_NONE;
	if (!q->api && !str_none(q->then)) {
		answer_redirect(q, 303);
		return;
	}
	struct buf b;
	buf_init(&b, PAGE_MAX);
	buf_add(&b, i->body);
	if (i->status == 201 && !str_none(q->then)) own_header(q, "Location", q->then);
	own_header(q, "Cache-Control", STR("no-store"));
	send_text(q, i->body.n == 0 && i->status == 200 ? 204 : i->status, "application/json", &b);
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
	own_header(q, "Cache-Control", STR("no-store"));
	own_header(q, "Vary", str_c(page_vary));
	send_text(q, err_status(e), "application/problem+json", &b);
}

static void problem_page(struct req *q, enum err e, struct str sentence) {
	static const struct route page = {.method = "GET", .path = "", .name = "problem", .status = 200, .view = &view_web_problem};
	struct web_problem *p = NEW(q->a, struct web_problem);
	*p = (struct web_problem){.status = err_status(e), .sentence = sentence, .errors = {0}, .login = e == ERR_LOGIN};
	p->errors.v = NEW_ARRAY(q->a, struct web_fault, q->errors.n);
	for (size_t i = 0; i < q->errors.n; i++)
		p->errors.v[p->errors.n++] = (struct web_fault){.field = q->errors.v[i].field, .message = q->errors.v[i].message};
	q->route = &page;
	q->view = p;
	q->fragment = STR_NONE;
	q->page.live = q->page.wide = q->page.script = STR_NONE;
	answer_page(q, err_status(e));
}

/* What a handler said of an answer that is not given. */
void drop_answer(struct req *q) {
	struct http_response *r = &q->http->res;
	int kept = 0;
	for (int i = 0; i < r->headers; i++)
		if (strcmp(r->header[i].name, "Retry-After") == 0 || strcmp(r->header[i].name, "Allow") == 0 ||
		    strcmp(r->header[i].name, "WWW-Authenticate") == 0) r->header[kept++] = r->header[i];
	r->headers = kept;
	http_bytes_unref(r->body);
	r->body = NULL;
	r->status = 0;
	if (r->body_fd >= 0) close(r->body_fd);
	r->body_fd = -1;
	q->sent = false;
	q->status = 0;
}

/* Whether what was typed is worth showing again. */
static bool is_about_form(enum err e) {
	return e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_STALE || e == ERR_TOO_MANY || e == ERR_CSRF || e == ERR_TOO_LARGE ||
	       e == ERR_MEDIA_TYPE || e == ERR_BUSY || e == ERR_DISK_FULL;
}

static void respond_error(struct req *q, enum err e) {
	int status = err_status(e);
	if (status >= 500) {
		q->web->failed++;
		log_error("%s %s: %s", q->route->name, q->route->path, err_word(e)); /* the pattern: an address may hold a token */
	}
	drop_answer(q);
	if (status == 503) own_header(q, "Retry-After", STR("2"));
	if (e == ERR_LOGIN) own_header(q, "WWW-Authenticate", STR("Bearer"));
	if (str_none(q->fail_public)) q->fail_public = str_c(TRQ(q, err_sentence(e)));
	struct str sentence = q->fail_public;
	if (q->api) {
		problem_json(q, e, sentence);
	} else if (is_about_form(e) && req_is_unsafe(q) && show_form_again(q)) {
		answer_page(q, status);
	} else {
		drop_answer(q); /* of the form's handler */
		problem_page(q, e, sentence);
	}
}

static void answer_sent(struct req *q) {
	const char *type = "";
	for (int i = 0; i < q->http->res.headers; i++)
		if (strcmp(q->http->res.header[i].name, "Content-Type") == 0) type = str_z(q->a, q->http->res.header[i].value);
	security_headers(q->http, type);
}

void respond(struct req *q, enum err e) {
	const struct route *r = q->route;
	bool page = !q->api && r->view != NULL && r->view->page != NULL;
	q->web->served++;
	if (e != OK) respond_error(q, e);
	else if (q->idem != NULL && q->idem->replay) answer_replay(q);
	else if (q->sent) answer_sent(q);
	else if (q->api) {
		settle_then(q);
		answer_json(q);
	} else if (!str_none(q->then)) {
		answer_redirect(q, q->moved ? 308 : 303);
	} else if (block_of(q) != NULL) {
		answer_page(q, 200);
	} else if (r->then != NULL) {
		settle_then(q);
		answer_redirect(q, 303);
	} else if (page) {
		answer_page(q, q->status ? q->status : 200);
	} else {
		answer_json(q);
	}
}
