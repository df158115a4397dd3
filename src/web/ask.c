/* Who asks, in which language, and may they call this address at all. */
#include "base/check.h"
#include "text/form.h"
#include "text/url.h"
#include "web/web_int.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

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

bool req_is_unsafe(const struct req *q) {
	return !str_is(q->http->method, "GET") && !str_is(q->http->method, "HEAD");
}

/* ---------------------------------------------------------- language and page */

static void choose_locale(struct req *q) {
	struct locale *l = &q->locale;
	const struct business *b = q->business;
	enum lang firm = LANG_EN;
	lang_find(b->locale, &firm);
	q->web->firm_lang = firm;
	if (q->actor.id.v == 0 || !lang_find(q->actor.locale, &l->lang)) {
		struct str chosen = cookie_get(q->http, "lang");
		if (str_none(chosen) || !lang_find(chosen, &l->lang))
			l->lang = lang_from_accept(http_header(q->http, "Accept-Language"), firm);
	}
	l->zone = str_empty(q->actor.zone) ? NULL : zone_find(q->actor.zone);
	if (l->zone == NULL) l->zone = zone_find(b->zone);
	if (l->zone == NULL) l->zone = zone_utc();
	l->now = clock_now();
	snprintf(l->currency, sizeof l->currency, STR_FMT, STR_ARG(str_first(b->currency, 3)));
}

/* The sentence that the last action left, if this request will show it. */
static struct str said(struct req *q) {
	struct str cookie = cookie_get(q->http, "said"), name, value;
	if (str_empty(cookie) || q->api || !str_is(q->http->method, "GET") || !str_none(q->fragment)) return STR_NONE;
	struct query one = query_read(str_fmt(q->a, "s=" STR_FMT, STR_ARG(cookie)));
	return query_next(&one, q->a, &name, &value) ? value : STR_NONE;
}

static void fill_page(struct req *q) {
	struct page *p = &q->page;
	p->firm = q->business;
	p->me = q->actor;
	p->locale = &q->locale;
	p->lang = str_c(lang_code(q->locale.lang));
	p->seen = q->seen;
	p->path = q->http->query.n ? str_fmt(q->a, STR_FMT "?" STR_FMT, STR_ARG(q->http->path), STR_ARG(q->http->query)) : q->http->path;
	p->theme = cookie_get(q->http, "theme");
	if (!str_is(p->theme, "light") && !str_is(p->theme, "dark")) p->theme = STR("");
	p->logged_in = q->actor.id.v != 0;
	p->staff = q->actor.is_staff;
	p->owner = q->actor.role == ROLE_OWNER;
	p->manager = p->owner || q->actor.role == ROLE_MANAGER;
	p->analyst = p->manager || q->actor.role == ROLE_ANALYST;
	if (p->logged_in && !q->actor.by_token) p->csrf = token_sign(q->a, &q->web->csrf_key, "csrf", q->actor.session);
	p->said = said(q);
}

/* --------------------------------------------------------------------- the firm */

static void firm_unref(struct firm *f) {
	if (f == NULL || atomic_fetch_sub(&f->refs, 1) != 1) return;
	arena_done(&f->arena);
	free(f);
}

/* Reads the firm anew, for this request and those to come. */
static enum err learn_firm(struct web *w, struct db *db, struct firm **ret) {
	struct firm *f = must_calloc(1, sizeof *f);
	f->refs = 2;
	enum err e = w->hooks.business(db, &f->arena, &f->b);
	if (e != OK) {
		f->refs = 1;
		firm_unref(f);
		return e;
	}
	pthread_mutex_lock(&w->firm_lock);
	struct firm *old = w->firm;
	w->firm = f;
	pthread_mutex_unlock(&w->firm_lock);
	firm_unref(old);
	*ret = f;
	return OK;
}

/* The firm is kept between requests, which only ask for its version. When the store cannot be reached, the last one known
 * serves the page that says so. */
static enum err read_firm(struct req *q) {
	struct web *w = q->web;
	int64_t version = 0;
	enum err e = q->db == NULL ? ERR_STORE : w->hooks.firm_version(q->db, &version);
	pthread_mutex_lock(&w->firm_lock);
	if (w->firm != NULL && (e != OK || w->firm->b.version == version)) {
		q->firm = w->firm;
		atomic_fetch_add(&q->firm->refs, 1);
	}
	pthread_mutex_unlock(&w->firm_lock);
	if (e == OK && q->firm == NULL) e = learn_firm(w, q->db, &q->firm);
	if (q->firm != NULL) q->business = &q->firm->b;
	return e == ERR_NOT_FOUND ? ERR_STORE : e;
}

void req_over(struct req *q) {
	firm_unref(q->firm);
	q->firm = NULL;
}

void web_forget_firm(struct web *w) {
	firm_unref(w->firm);
	w->firm = NULL;
}

/* -------------------------------------------------------------------- who asks */

/* Who sent this: a bearer token, else the session cookie. */
static enum err identify(struct req *q) {
	struct str bearer = http_header(q->http, "Authorization");
	if (!str_none(bearer)) {
		q->actor.by_token = true;
		if (bearer.n < 7 || !str_ieq(str_first(bearer, 7), STR("Bearer ")))
			return req_fail(q, ERR_LOGIN, T("Send a token as “Authorization: Bearer TOKEN”."), NULL);
		q->token = str_trim(str_from(bearer, 7));
	} else {
		q->token = cookie_get(q->http, "rialto");
		if (str_empty(q->token)) return OK;
	}
	TRY(q->web->hooks.who_is(q));
	q->session_ended = q->actor.id.v == 0 && str_none(bearer);
	return OK;
}

enum err ask_who(struct req *q) {
	enum err e = read_firm(q);
	if (e == OK) e = identify(q);
	if (e != OK) q->actor = (struct actor){.by_token = q->actor.by_token};
	choose_locale(q);
	fill_page(q);
	return e;
}

bool ask_allowed(const struct actor *a, enum who who) {
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

/* ------------------------------------------------------------- where from, how often */

static bool our_origin(struct req *q, struct str origin) {
	struct str host = http_header(q->http, "Host"), rest = origin;
	if (str_ieq(origin, str_c(q->web->base_url))) return true; /* a proxy may have changed Host */
	if (str_empty(host) || !str_ends(str_cut(&rest, '/'), STR(":")) || !str_starts(rest, STR("/"))) return false;
	return str_ieq(str_from(rest, 1), host);
}

/* A browser's form must come from a page of ours: the token for who is logged in, the browser's own word for all. */
enum err ask_origin(struct req *q) {
	if (!req_is_unsafe(q) || q->actor.by_token) return OK;
	struct str site = http_header(q->http, "Sec-Fetch-Site"), origin = http_header(q->http, "Origin");
	if (!str_none(site) && !str_is(site, "same-origin") && !str_is(site, "none")) return ERR_CSRF;
	if (str_none(site) && !str_none(origin) && !our_origin(q, origin)) return ERR_CSRF;
	if (q->actor.id.v == 0) return OK;
	struct str token = http_header(q->http, "X-CSRF"), type = http_header(q->http, "Content-Type");
	if (str_none(token) && form_takes(type)) {
		struct str body;
		struct form form;
		TRY(req_body(q, &body));
		TRY(form_parse(q->a, type, body, &form));
		token = form_value(&form, "csrf");
	}
	return !str_none(token) && token_verify(&q->web->csrf_key, "csrf", q->actor.session, token) ? OK : ERR_CSRF;
}

/* A visitor is their address; of IPv6 the first half, which is what one household gets. */
static struct str caller(struct req *q) {
	struct in6_addr v6;
	char text[INET6_ADDRSTRLEN];
	struct str peer = q->http->peer;
	if (q->actor.id.v) return str_fmt(q->a, "p%lld", (long long)q->actor.id.v);
	if (str_find(peer, ':') >= 0 && inet_pton(AF_INET6, str_z(q->a, peer), &v6) == 1 && !IN6_IS_ADDR_V4MAPPED(&v6)) {
		memset(&v6.s6_addr[8], 0, 8);
		if (inet_ntop(AF_INET6, &v6, text, sizeof text) != NULL) peer = str_c(text);
	}
	return str_fmt(q->a, "a" STR_FMT, STR_ARG(peer));
}

enum err ask_rate(struct req *q) {
	enum rate class = q->route->rate;
	if (class == RATE_read && req_is_unsafe(q)) class = RATE_write;
	int wait;
	if (rate_take(q->web->rates, class, caller(q), &wait)) return OK;
	own_header(q, "Retry-After", str_fmt(q->a, "%d", wait));
	return ERR_TOO_MANY;
}
