#ifndef WEB_WEB_INT_H
#define WEB_WEB_INT_H
/* Within web only. */
#include "web/cache.h"
#include "web/rate.h"
#include "web/web.h"

struct web {
	struct web_options o;
	struct web_hooks hooks;
	struct http_server *server;
	struct cache *cache;
	struct rates *rates;
	struct db **reader;            /* one for each worker, opened when first needed */
	int workers, loops;
	char base_url[256];
	struct key csrf_key;
	_Atomic enum lang firm_lang;   /* of the business, for kept pages; known after the first request */
	_Atomic uint64_t served, failed;
};

struct idem {
	struct str hash;               /* of the caller and the key */
	struct str request;            /* hash of method, address and body */
	bool replay;                   /* the answer below was given before */
	int status;
	struct str body, location;
};

/* run.c: a request on a worker. */
enum http_when web_work(struct http_req *q, void *ctx, int worker);

/* A form that was not taken is shown again with what was typed; false when its address has no page. */
bool show_form_again(struct req *q);

/* respond.c: what a finished handler, or a failed one, answers. */
void respond(struct req *q, enum err e);
void respond_plain(struct http_req *h, int status, const char *word);
void security_headers(struct http_req *h, bool html);
/* The page of the request's view (or its fragment) into a buffer; the layout around it when whole. */
void render_page(struct req *q, struct buf *b);
struct str render_json(struct req *q);
struct str page_key(struct arena *a, struct http_req *h, enum lang lang, struct str theme);
/* The cookies and header that a cached page depends on. */
bool may_be_cached(struct http_req *h, struct arena *a, enum lang fallback, enum lang *ret_lang, struct str *ret_theme);

struct str cookie_get(struct http_req *h, struct arena *a, const char *name);

/* idem.c */
MUST_USE enum err idem_begin(struct req *q);                 /* reads the header; finds an answer given before */
MUST_USE enum err idem_keep(struct req *q, struct db *db);   /* after a success, in the writer's transaction */

#endif
