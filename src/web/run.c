/* A request on a worker: who asks, may they call at all, what did they send; then the handler, here for reading or on the writer
 * for a `tx` route, and back on a worker for the answer. */
#include "web/web_int.h"
#include "base/check.h"
#include "base/log.h"
#include "text/form.h"
#include "text/url.h"
#include "web/decode.h"
#include <stdio.h>

static const char *const role_words[] = {"", "customer", "agent", "analyst", "manager", "owner"};

const char *role_word(enum role r) {
	return role_words[r];
}

bool role_find(struct str word, enum role *ret) {
	for (int i = ROLE_CUSTOMER; i <= ROLE_OWNER; i++)
		if (str_is(word, role_words[i])) {
			*ret = (enum role)i;
			return true;
		}
	return false;
}

/* ---------------------------------------------------------------- beginning */

static struct db *reader_of(struct web *w, int worker) {
	if (w->reader[worker] == NULL && store_reader(w->o.store, &w->reader[worker]) != OK) return NULL;
	return w->reader[worker];
}

static void choose_locale(struct req *q) {
	struct locale *l = &q->locale;
	const struct business *b = q->business;
	enum lang firm = LANG_EN;
	lang_find(b->locale, &firm);
	q->web->firm_lang = firm;
	if (q->actor.id.v == 0 || !lang_find(q->actor.locale, &l->lang)) {
		struct str chosen = cookie_get(q->http, q->a, "lang");
		if (str_none(chosen) || !lang_find(chosen, &l->lang))
			l->lang = lang_from_accept(http_header(q->http, "Accept-Language"), firm);
	}
	l->zone = str_empty(q->actor.zone) ? NULL : zone_find(q->actor.zone);
	if (l->zone == NULL) l->zone = zone_find(b->zone);
	if (l->zone == NULL) l->zone = zone_utc();
	l->now = clock_now();
	snprintf(l->currency, sizeof l->currency, STR_FMT, STR_ARG(str_first(b->currency, 3)));
}

static void fill_page(struct req *q) {
	struct page *p = &q->page;
	p->firm = q->business;
	p->me = q->actor;
	p->locale = &q->locale;
	p->lang = str_c(lang_code(q->locale.lang));
	p->path = q->http->query.n ? str_fmt(q->a, STR_FMT "?" STR_FMT, STR_ARG(q->http->path), STR_ARG(q->http->query)) : q->http->path;
	p->theme = cookie_get(q->http, q->a, "theme");
	if (!str_is(p->theme, "light") && !str_is(p->theme, "dark")) p->theme = STR("");
	p->logged_in = q->actor.id.v != 0;
	p->staff = q->actor.is_staff;
	p->owner = q->actor.role == ROLE_OWNER;
	p->manager = p->owner || q->actor.role == ROLE_MANAGER;
	p->analyst = p->manager || q->actor.role == ROLE_ANALYST;
	if (p->logged_in && !q->actor.by_token) p->csrf = token_sign(q->a, &q->web->csrf_key, "csrf", q->actor.session);
	struct str said = cookie_get(q->http, q->a, "said");
	if (str_is(q->http->method, "GET") && !str_empty(said) && !q->api) {
		struct query one = query_read(str_fmt(q->a, "s=" STR_FMT, STR_ARG(said)));
		struct str name, value;
		if (query_next(&one, q->a, &name, &value)) p->said = value;
		req_cookie(q, "said", STR(""), 0);
	}
}

/* Who sent this: a bearer token, else the session cookie. */
static enum err identify(struct req *q) {
	struct str bearer = http_header(q->http, "Authorization");
	if (!str_none(bearer)) {
		if (bearer.n < 7 || !str_ieq(str_first(bearer, 7), STR("Bearer ")))
			return req_fail(q, ERR_LOGIN, T("Send a token as “Authorization: Bearer TOKEN”."), NULL);
		q->token = str_trim(str_from(bearer, 7));
		q->actor.by_token = true;
	} else {
		q->token = cookie_get(q->http, q->a, "rialto");
		if (str_empty(q->token)) return OK;
	}
	return q->web->hooks.who_is(q);
}

static bool allowed(const struct actor *a, enum who who) {
	switch (who) {
	case WHO_public: return true;
	case WHO_member: return a->id.v != 0;
	case WHO_staff: return a->is_staff;
	case WHO_analyst: return a->role == ROLE_ANALYST || a->role >= ROLE_MANAGER;
	case WHO_manager: return a->role >= ROLE_MANAGER;
	case WHO_owner: return a->role == ROLE_OWNER;
	}
	return false;
}

static bool is_unsafe(const struct req *q) {
	return !str_is(q->http->method, "GET") && !str_is(q->http->method, "HEAD");
}

/* A browser's form must come from a page of ours: the token for who is logged in, the browser's own word for all. */
static enum err check_origin(struct req *q) {
	if (!is_unsafe(q) || q->actor.by_token) return OK;
	struct str site = http_header(q->http, "Sec-Fetch-Site"), origin = http_header(q->http, "Origin");
	if (!str_none(site) && !str_is(site, "same-origin") && !str_is(site, "none")) return ERR_CSRF;
	if (str_none(site) && !str_none(origin) && !str_is(origin, "null")) {
		struct str host = http_header(q->http, "Host");
		if (!str_ends(origin, host) || origin.n < host.n + 3 || origin.p[origin.n - host.n - 1] != '/') return ERR_CSRF;
	}
	if (q->actor.id.v == 0) return OK;
	struct str token = http_header(q->http, "X-CSRF");
	if (str_none(token)) {
		struct str type = http_header(q->http, "Content-Type"), body;
		TRY(http_body(q->http, (size_t)q->route->body_max, &body));
		q->http->body = body;
		struct form form;
		if (form_takes(type) && form_parse(q->a, type, body, &form) == OK) token = form_value(&form, "csrf");
	}
	return token_verify(&q->web->csrf_key, "csrf", q->actor.session, token) ? OK : ERR_CSRF;
}

static enum err check_rate(struct req *q) {
	enum rate class = q->route->rate;
	if (class == RATE_read && is_unsafe(q)) class = RATE_write;
	if (q->actor.by_token && (class == RATE_read || class == RATE_write)) class = RATE_token; /* a program, not a hand */
	struct str who = q->actor.id.v ? str_fmt(q->a, "p%lld", (long long)q->actor.id.v) : str_fmt(q->a, "a" STR_FMT, STR_ARG(q->http->peer));
	int wait;
	if (rate_take(q->web->rates, class, who, &wait)) return OK;
	req_header(q, "Retry-After", str_fmt(q->a, "%d", wait));
	return ERR_TOO_MANY;
}

/* ------------------------------------------------------------------ running */

static enum err tx_work(struct db *db, void *arg) {
	struct req *q = arg;
	q->db = db;
	q->tx = true;
	TRY(q->route->run(q, q->in, q->view));
	return idem_keep(q, db);
}

static enum http_when after_tx(struct http_req *h, void *ctx, int worker) {
	(void)ctx;
	struct req *q = h->user;
	q->worker = worker;
	q->db = reader_of(q->web, worker);
	q->tx = false;
	respond(q, q->db == NULL ? ERR_STORE : q->job.result);
	return HTTP_DONE;
}

static void tx_done(struct db_job *job, enum err e) {
	struct req *q = job->arg;
	q->job.result = e;
	http_again(q->http, after_tx);
}

/* A form that was not taken is shown again with what was typed: the page at the same address, filled from the same body. */
bool show_form_again(struct req *q) {
	bool known;
	const struct route *form = route_find(STR("GET"), q->http->path, &known);
	if (form == NULL || form->view == NULL || form->view->page == NULL || (form->flags & (ROUTE_RAW | ROUTE_API | ROUTE_LIVE))) return false;
	struct field_error_list errors = q->errors;
	struct str fault = q->fail_public;
	q->route = form;
	q->in = arena_alloc(q->a, form->in_size ? form->in_size : 1);
	q->view = arena_alloc(q->a, form->view->type->size);
	q->errors = (struct field_error_list){0};
	IGNORE(decode_input(q, form, q->in)); /* what is wrong has been found already */
	q->errors = (struct field_error_list){0};
	q->err = OK;
	q->then = STR_NONE;
	if (form->run(q, q->in, q->view) != OK) return false;
	q->page.errors = errors;
	q->page.fault = str_none(fault) ? str_c(TRQ(q, err_sentence(ERR_INVALID))) : fault;
	return true;
}

/* Where a visitor who must log in first comes back to: the page with what they typed. */
static struct str page_to_return_to(struct req *q) {
	enum { ADDRESS_MAX = 2000 };
	bool known;
	if (!is_unsafe(q)) return q->page.path;
	if (route_find(STR("GET"), q->http->path, &known) == NULL)
		return q->route->then ? fill_path(q->a, q->route->then, q) : STR("/");
	struct str type = http_header(q->http, "Content-Type"), body;
	struct form form;
	struct buf b;
	buf_init(&b, ADDRESS_MAX);
	if (http_body(q->http, (size_t)q->route->body_max, &body) == OK && form_takes(type) && form_parse(q->a, type, body, &form) == OK)
		for (size_t i = 0; i < form.n; i++)
			if (str_none(form.v[i].filename) && !str_is(form.v[i].name, "csrf")) query_add(&b, form.v[i].name, form.v[i].value);
	struct str query = b.over ? STR("") : str_copy(q->a, buf_str(&b));
	buf_done(&b);
	return query.n ? str_fmt(q->a, STR_FMT "?" STR_FMT, STR_ARG(q->http->path), STR_ARG(query)) : q->http->path;
}

static enum err login_first(struct req *q) {
	if (q->api || !str_none(q->fragment)) return ERR_LOGIN;
	if (is_unsafe(q) && q->in == NULL) {
		q->in = arena_alloc(q->a, q->route->in_size ? q->route->in_size : 1);
		IGNORE(decode_input(q, q->route, q->in)); /* only its id is needed, for the way back */
		q->errors = (struct field_error_list){0};
	}
	q->err = OK;
	q->fail_public = STR_NONE;
	req_redirect(q, url_with(q->a, url_path(q->a, "/login"), "back", page_to_return_to(q)));
	return OK;
}

static enum err prepare(struct req *q) {
	TRY(q->web->hooks.business(q->db, q->a, (struct business *)q->business));
	enum err e = identify(q);
	choose_locale(q);
	fill_page(q);
	TRY(e);
	TRY(check_rate(q));
	if (!allowed(&q->actor, q->route->who)) return q->actor.id.v ? ERR_DENIED : ERR_LOGIN;
	TRY(check_origin(q));
	TRY(idem_begin(q));
	if (q->idem != NULL && q->idem->replay) return OK;
	q->in = arena_alloc(q->a, q->route->in_size ? q->route->in_size : 1);
	q->view = q->route->view ? arena_alloc(q->a, q->route->view->type->size) : NULL;
	return decode_input(q, q->route, q->in);
}

static struct req *req_new(struct web *w, struct http_req *h, int worker) {
	struct req *q = NEW(&h->arena, struct req);
	q->http = h;
	q->a = &h->arena;
	q->web = w;
	q->worker = worker;
	q->business = NEW(q->a, struct business);
	q->locale.lang = LANG_EN;
	q->locale.zone = zone_utc();
	q->page.firm = q->business;
	q->page.locale = &q->locale;
	q->page.lang = STR("en");
	q->fragment = http_header(h, "X-Fragment");
	struct str accept = http_header(h, "Accept");
	q->api = str_starts(h->path, STR("/api/")) || (str_has(accept, STR("application/json")) && !str_has(accept, STR("text/html")));
	h->user = q;
	return q;
}

enum http_when web_work(struct http_req *h, void *ctx, int worker) {
	struct web *w = ctx;
	struct req *q = req_new(w, h, worker);
	bool known;
	q->route = route_find(h->method, h->path, &known);
	q->db = reader_of(w, worker);
	q->seen = hub_head(w->o.hub);
	if (q->db == NULL) {
		respond(q, ERR_STORE);
		return HTTP_DONE;
	}
	if (q->route == NULL) {
		static const struct route nowhere = {.method = "GET", .path = "", .name = "nowhere", .status = 200};
		q->route = &nowhere;
		if (w->hooks.business(q->db, q->a, (struct business *)q->business) == OK) IGNORE(identify(q)); /* the page of a wrong address */
		choose_locale(q);
		fill_page(q);
		respond(q, known ? ERR_METHOD : ERR_NOT_FOUND);
		return HTTP_DONE;
	}
	enum err e = db_read_begin(q->db);
	bool reading = e == OK;
	if (e == OK) e = prepare(q);
	if (e == ERR_LOGIN && !q->api) e = login_first(q);
	if (e == OK && q->route->flags & ROUTE_TX && str_none(q->then) && !(q->idem && q->idem->replay)) {
		db_read_end(q->db);
		q->job = (struct db_job){.work = tx_work, .done = tx_done, .arg = q};
		e = store_submit(w->o.store, &q->job);
		if (e == OK) return HTTP_LATER;
		reading = false;
	} else if (e == OK && str_none(q->then) && !(q->idem && q->idem->replay)) {
		if (is_unsafe(q)) {       /* the handler writes through req_write: it must not hold a read transaction meanwhile */
			db_read_end(q->db);
			reading = false;
		}
		e = q->route->run(q, q->in, q->view);
		if (e == ERR_LOGIN && !q->api) e = login_first(q);
	}
	if (q->sent && q->http->res.status == 0) return HTTP_DONE; /* a stream was opened */
	respond(q, e);
	if (reading) db_read_end(q->db);
	return HTTP_DONE;
}
