/* Starting and stopping, and what is answered on the loop without a worker: static files, kept pages, /healthz. */
#include "web/web_int.h"
#include "base/check.h"
#include "web/decode.h"
#include "web/static.h"
#include "web/stats.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CACHE_BYTES = 12 * 1024 * 1024 };

static bool is_static(const struct http_req *h) { return str_starts(h->path, STR("/static/")); }
static bool only_reads(const struct http_req *h) { return str_is(h->method, "GET") || str_is(h->method, "HEAD"); }

static int64_t limit(struct http_req *h, void *ctx) {
	enum { UNKNOWN_BODY = 64 * 1024 }; /* a 404 or 405 is a page, made by a worker */
	(void)ctx;
	bool known;
	if (only_reads(h) || str_is(h->method, "OPTIONS")) return 0;
	if (is_static(h)) return -405;
	const struct route *r = route_find(h->method, h->path, &known);
	return r != NULL ? r->body_max : UNKNOWN_BODY;
}

static bool answer_static(struct http_req *h) {
	const struct static_file *f = static_find(str_from(h->path, sizeof "/static/" - 1));
	if (f == NULL) {
		respond_plain(h, 404, "not_found\n");
		return true;
	}
	bool pack = f->text && takes_gzip(h), unchanged = etag_matches(h, f->etag);
	struct http_bytes *body = unchanged ? NULL : static_body(f, pack);
	if (body == NULL && !unchanged) return false; /* not compressed yet: a worker does it */
	http_set_header(h, "ETag", f->etag);
	http_set_header(h, "Cache-Control", str_starts(h->query, STR("v=")) ? STR("public, max-age=31536000, immutable") : STR("public, max-age=300"));
	if (f->text) http_set_header(h, "Vary", STR("Accept-Encoding"));
	h->res.status = unchanged ? 304 : 200;
	h->res.body = body;
	if (unchanged) return true;
	if (pack) http_set_header(h, "Content-Encoding", STR("gzip"));
	http_set_header(h, "Content-Type", str_c(f->type));
	security_headers(h, str_starts(str_c(f->type), STR("image/svg")) ? "" : f->type); /* ours: icons are used by other pages */
	return true;
}

static bool answer_kept(struct web *w, struct http_req *h) {
	struct cached page;
	struct page_key key = page_key(h, w->firm_lang);
	if (key.n == 0 || !cache_get(w->cache, str_n(key.text, key.n), takes_gzip(h), &page)) return false;
	h->res.prepared = page.answer;
	if (etag_matches(h, str_c(page.etag))) h->res.status = 304;
	w->served++;
	return true;
}

/* What programs ask for that know nothing of us. */
static bool answer_known(struct http_req *h) {
	if (str_is(h->path, "/healthz")) {
		respond_plain(h, 200, "ok\n");
	} else if (str_is(h->path, "/favicon.ico")) {
		h->res.status = 302;
		http_set_header(h, "Location", STR("/logo"));
		http_set_header(h, "Cache-Control", STR("public, max-age=3600"));
	} else if (str_is(h->path, "/robots.txt")) {
		http_set_header(h, "Cache-Control", STR("public, max-age=3600"));
		respond_plain(h, 200, "User-agent: *\nDisallow: /api/\nDisallow: /live\nDisallow: /login\nDisallow: /forgot\nDisallow: /claim/\n"
		              "Disallow: /reset/\nDisallow: /verify/\nDisallow: /me\nDisallow: /desk\nDisallow: /today\nDisallow: /admin\n");
	} else {
		return false;
	}
	return true;
}

static bool answer_options(struct http_req *h) {
	struct str methods = route_methods(&h->arena, h->path);
	if (str_empty(methods)) {
		respond_plain(h, 404, "not_found\n");
		return true;
	}
	http_set_header(h, "Allow", methods);
	h->res.status = 204;
	return true;
}

static bool quick(struct http_req *h, void *ctx) {
	if (str_is(h->method, "OPTIONS")) return answer_options(h);
	if (!only_reads(h)) return false;
	return is_static(h) ? answer_static(h) : answer_known(h) || answer_kept(ctx, h);
}

static void refuse(struct http_req *h, void *ctx, int status, const char *why) {
	(void)ctx;
	respond_refusal(h, status, why);
}

static void over(struct http_req *h, void *ctx) {
	(void)ctx;
	if (h->user != NULL) req_over(h->user);
}

static enum http_when work(struct http_req *h, void *ctx, int worker) {
	if (!is_static(h)) return web_work(h, ctx, worker);
	static_compress(static_find(str_from(h->path, sizeof "/static/" - 1))); /* the next one is answered on the loop */
	PRE(answer_static(h));
	return HTTP_DONE;
}

enum err web_prepare(const struct web_options *o, const struct web_hooks *hooks, struct web **ret) {
	struct web *w = must_calloc(1, sizeof *w);
	w->o = *o;
	w->hooks = *hooks;
	w->csrf_key = key_derive(&o->key, "csrf");
	w->listener.fd = -1;
	pthread_mutex_init(&w->firm_lock, NULL);
	w->rates = rates_new();
	w->cache = cache_new(o->hub, CACHE_BYTES);
	int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
	w->workers = o->workers ? o->workers : store_engine(o->store) == DB_PG ? 8 + cores : 2 + cores;
	w->loops = o->loops ? o->loops : cores > 2 ? cores / 2 : 2;
	w->reader = must_calloc((size_t)w->workers, sizeof *w->reader);
	static_init();
	*ret = w;
	return OK;
}

static void set_base_url(struct web *w) {
	if (w->o.base_url != NULL) {
		snprintf(w->base_url, sizeof w->base_url, "%s", w->o.base_url);
		for (size_t n = strlen(w->base_url); n > 0 && w->base_url[n - 1] == '/'; n--) w->base_url[n - 1] = 0;
		return;
	}
	const char *colon = strrchr(w->o.listen, ':');
	struct str host = str_n(w->o.listen, colon ? (size_t)(colon - w->o.listen) : 0);
	if (host.n == 0 || str_is(host, "0.0.0.0") || str_is(host, "[::]")) host = STR("localhost");
	snprintf(w->base_url, sizeof w->base_url, "http://" STR_FMT ":%d", STR_ARG(host), w->listener.port);
}

enum err web_listen(struct web *w, struct arena *a, struct str *ret_why) {
	TRY(http_listen(w->o.listen, a, &w->listener, ret_why));
	set_base_url(w);
	return OK;
}

enum err web_start(struct web *w, struct arena *a, struct str *ret_why) {
	struct http_options ho = {.listener = &w->listener, .loops = w->loops, .workers = w->workers, .trust_proxy = w->o.trust_proxy};
	struct http_handlers hh = {.limit = limit, .quick = quick, .work = work, .refuse = refuse, .over = over, .ctx = w};
	TRY(http_start(&ho, &hh, a, &w->server, ret_why));
	w->listener.fd = -1; /* the server's */
	return OK;
}

int web_port(const struct web *w) { return http_port(w->server); }

bool web_stop(struct web *w) {
	if (w == NULL) return true;
	if (w->server != NULL && !http_stop(w->server, 10000)) return false;
	w->server = NULL;
	if (w->listener.fd >= 0) close(w->listener.fd);
	w->listener.fd = -1;
	for (int i = 0; i < w->workers; i++) db_close(w->reader[i]);
	free(w->reader);
	w->reader = NULL;
	w->workers = 0;
	rates_free(w->rates);
	w->rates = NULL;
	web_forget_firm(w);
	key_wipe(&w->csrf_key);
	return true;
}

void web_free(struct web *w) {
	if (w == NULL) return;
	cache_free(w->cache);
	pthread_mutex_destroy(&w->firm_lock);
	key_wipe(&w->o.key);
	free(w);
}

void web_stats(struct web *w, struct web_stats *ret) {
	*ret = (struct web_stats){.served = w->served, .failed = w->failed};
	http_stats(w->server, &ret->http);
	store_stats(w->o.store, &ret->store);
	cache_stats(w->cache, &ret->cache);
	hub_stats(w->o.hub, &ret->hub);
}
