#ifndef WEB_WEB_INT_H
#define WEB_WEB_INT_H
/* Within web only. */
#include "web/cache.h"
#include "web/rate.h"
#include "web/web.h"
#include <pthread.h>
#include <stdatomic.h>

/* The business as it was last read. */
struct firm {
	_Atomic int refs;
	struct arena arena;
	struct business b;
};

struct web {
	struct web_options o;
	struct web_hooks hooks;
	struct http_server *server;
	struct cache *cache;
	struct rates *rates;
	struct db **reader;            /* one for each worker, opened when first needed */
	int workers, loops;
	char base_url[256];
	struct http_listener listener;     /* fd -1 once the server has it */
	struct key csrf_key;
	_Atomic enum lang firm_lang;   /* of the business, for kept pages; known after the first request */
	pthread_mutex_t firm_lock;
	struct firm *firm;             /* or NULL */
	_Atomic uint64_t served, failed;
};

struct idem {
	struct str hash;               /* of the caller and the key */
	struct str request;            /* hash of method, address and body */
	bool replay;                   /* the answer below was given before */
	bool reserved;                 /* the table says that we are doing it */
	int status;
	struct str body, location;
};

/* run.c: a request on a worker. */
enum http_when web_work(struct http_req *q, void *ctx, int worker);

/* ask.c. ask_who fills actor, locale and page also when it fails. errors LOGIN, STORE */
bool req_is_unsafe(const struct req *q);
MUST_USE enum err ask_who(struct req *q);
bool ask_allowed(const struct actor *a, enum who who);
MUST_USE enum err ask_origin(struct req *q);    /* CSRF */
MUST_USE enum err ask_rate(struct req *q);      /* TOO_MANY */
void req_over(struct req *q);
void web_forget_firm(struct web *w);

/* again.c */
bool show_form_again(struct req *q);            /* q->view is the form's; false when the address has no page */
enum err login_first(struct req *q);            /* OK: a redirect; LOGIN for programs and parts of pages */

/* req.c */
void later_settle(struct req *q, bool committed);
MUST_USE enum err req_body(struct req *q, struct str *ret);   /* the whole body, read once */
/* As req_header, with the room that handlers leave. */
enum { OWN_HEADERS = 12 };
void own_header(struct req *q, const char *name, struct str value);
struct str cookie_get(struct http_req *h, const char *name);

/* respond.c: what a finished handler, or a failed one, answers. */
void respond(struct req *q, enum err e);
bool redirect_slash(struct req *q);             /* /problems/ → /problems; false when there is no such page */
void settle_then(struct req *q);                /* fills in where the route goes next */
void drop_answer(struct req *q);                /* what a handler said of an answer that is not given */
struct str render_json(struct req *q);

/* headers.c: what is said of every answer, and what a cached page depends on. */
void respond_plain(struct http_req *h, int status, const char *text);
void security_headers(struct http_req *h, const char *type);
bool takes_gzip(struct http_req *h);
bool etag_matches(struct http_req *h, struct str etag);       /* If-None-Match */
struct page_key {
	char text[1024];
	size_t n;                      /* 0: the page is not to be kept, nor answered from memory */
};
struct page_key page_key(struct http_req *h, enum lang fallback);
extern const char page_vary[];
/* A page for a browser, else problem+json, where there is no request yet. */
void respond_refusal(struct http_req *h, int status, const char *why);

/* idem.c */
MUST_USE enum err idem_begin(struct req *q);                 /* reads the header; finds an answer given before */
MUST_USE enum err idem_look(struct req *q, struct db *db);   /* the same once more, in the writer's transaction */
MUST_USE enum err idem_keep(struct req *q, struct db *db);   /* after a success, in the writer's transaction */
/* Around a handler that writes in transactions of its own. */
MUST_USE enum err idem_reserve(struct req *q);
void idem_settle(struct req *q, enum err e);

#endif
