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

static int64_t limit(struct http_req *h, void *ctx) {
	(void)ctx;
	bool known;
	if (str_starts(h->path, STR("/static/"))) return str_is(h->method, "GET") || str_is(h->method, "HEAD") ? 0 : -405;
	const struct route *r = route_find(h->method, h->path, &known);
	if (r != NULL) return r->body_max;
	return 0; /* a 404 or 405 is a page, made by a worker */
}

static bool answer_static(struct http_req *h) {
	const struct static_file *f = static_find(str_from(h->path, sizeof "/static/" - 1));
	if (f == NULL) {
		respond_plain(h, 404, "not_found");
		return true;
	}
	bool pack = f->text && str_has(http_header(h, "Accept-Encoding"), STR("gzip"));
	http_set_header(h, "ETag", f->etag);
	http_set_header(h, "Cache-Control", str_starts(h->query, STR("v=")) ? STR("public, max-age=31536000, immutable") : STR("public, max-age=300"));
	http_set_header(h, "X-Content-Type-Options", STR("nosniff"));
	if (f->text) http_set_header(h, "Vary", STR("Accept-Encoding"));
	if (str_eq(http_header(h, "If-None-Match"), f->etag)) {
		h->res.status = 304;
		return true;
	}
	struct http_bytes *body = static_body(f, pack);
	if (body == NULL) return false; /* not compressed yet: a worker does it */
	if (pack) http_set_header(h, "Content-Encoding", STR("gzip"));
	http_set_header(h, "Content-Type", str_c(f->type));
	h->res.status = 200;
	h->res.body = body;
	return true;
}

static bool answer_kept(struct web *w, struct http_req *h) {
	enum lang lang;
	struct str theme;
	struct cached page;
	if (!may_be_cached(h, &h->arena, w->firm_lang, &lang, &theme)) return false;
	if (!cache_get(w->cache, page_key(&h->arena, h, lang, theme), &page)) return false;
	bool pack = page.gzip != NULL && str_has(http_header(h, "Accept-Encoding"), STR("gzip"));
	struct str etag = str_copy(&h->arena, str_c(page.etag));
	http_set_header(h, "ETag", etag);
	http_set_header(h, "Cache-Control", STR("no-cache"));
	http_set_header(h, "Vary", STR("Accept-Encoding, Accept-Language, Cookie, X-Fragment"));
	if (str_eq(http_header(h, "If-None-Match"), etag)) {
		h->res.status = 304;
		http_bytes_unref(page.body);
	} else {
		h->res.status = 200;
		http_set_header(h, "Content-Type", str_c(page.type));
		security_headers(h, true);
		if (pack) http_set_header(h, "Content-Encoding", STR("gzip"));
		h->res.body = pack ? http_bytes_ref(page.gzip) : page.body;
		if (pack) http_bytes_unref(page.body);
	}
	http_bytes_unref(page.gzip);
	return true;
}

static bool quick(struct http_req *h, void *ctx) {
	struct web *w = ctx;
	if (str_starts(h->path, STR("/static/"))) return answer_static(h);
	if (str_is(h->path, "/healthz")) {
		respond_plain(h, 200, "ok");
		return true;
	}
	return answer_kept(w, h);
}

static void refuse(struct http_req *h, void *ctx, int status, const char *why) {
	(void)ctx;
	for (int e = OK + 1; e < ERR_MAX_; e++)
		if (err_status((enum err)e) == status) {
			h->res.status = status;
			h->res.body = http_bytes_new(str_fmt(&h->arena, "{\"type\":\"/api#%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}",
			                                     err_word((enum err)e), err_sentence((enum err)e), status, why));
			http_set_header(h, "Content-Type", STR("application/problem+json"));
			if (status == 503) http_set_header(h, "Retry-After", STR("2"));
			security_headers(h, false);
			return;
		}
	respond_plain(h, status, why);
}

static enum http_when work(struct http_req *h, void *ctx, int worker) {
	if (str_starts(h->path, STR("/static/"))) { /* compress it; the next one is answered on the loop */
		const struct static_file *f = static_find(str_from(h->path, sizeof "/static/" - 1));
		static_compress(f);
		h->res.headers = 0;
		PRE(answer_static(h));
		return HTTP_DONE;
	}
	return web_work(h, ctx, worker);
}

enum err web_prepare(const struct web_options *o, const struct web_hooks *hooks, struct web **ret) {
	struct web *w = must_calloc(1, sizeof *w);
	w->o = *o;
	w->hooks = *hooks;
	w->csrf_key = key_derive(&o->key, "csrf");
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
		size_t n = strlen(w->base_url);
		if (n > 0 && w->base_url[n - 1] == '/') w->base_url[n - 1] = 0;
	} else {
		const char *colon = strrchr(w->o.listen, ':');
		snprintf(w->base_url, sizeof w->base_url, "http://%.*s:%d", (int)(colon ? colon - w->o.listen : 0), w->o.listen, http_port(w->server));
	}
}

enum err web_start(struct web *w, struct arena *a, struct str *ret_why) {
	struct http_options ho = {.listen = w->o.listen, .loops = w->loops, .workers = w->workers, .trust_proxy = w->o.trust_proxy};
	struct http_handlers hh = {.limit = limit, .quick = quick, .work = work, .refuse = refuse, .ctx = w};
	TRY(http_start(&ho, &hh, a, &w->server, ret_why));
	set_base_url(w);
	return OK;
}

int web_port(const struct web *w) { return http_port(w->server); }

void web_stop(struct web *w) {
	if (w == NULL) return;
	if (w->server != NULL) http_stop(w->server, 10000);
	for (int i = 0; i < w->workers; i++) db_close(w->reader[i]);
	free(w->reader);
	rates_free(w->rates);
	key_wipe(&w->csrf_key);
}


void web_free(struct web *w) {
	if (w == NULL) return;
	cache_free(w->cache);
	free(w);
}

void web_stats(struct web *w, struct web_stats *ret) {
	*ret = (struct web_stats){.served = w->served, .failed = w->failed};
	http_stats(w->server, &ret->http);
	store_stats(w->o.store, &ret->store);
	cache_stats(w->cache, &ret->cache);
	hub_stats(w->o.hub, &ret->hub);
}
