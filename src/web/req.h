#ifndef WEB_REQ_H
#define WEB_REQ_H
/* One request as a handler sees it. A handler is straight-line C on one thread: it reads through q->db, fills its view in q->a,
 * and returns an error it need not translate. A handler of a `tx` route runs on the writer inside a transaction: it
 * decides and writes in one moment. Other handlers that must write something call req_write. */
#include "event/live.h"
#include "http/http.h"
#include "web/meta.h"
#include "web/page.h"

struct web;

struct req {
	struct http_req *http;
	struct arena *a;                   /* the request's memory */
	struct db *db;                     /* the worker's reading connection, or the writer's in a tx route */
	struct web *web;
	const struct route *route;
	bool api;                          /* answers JSON */
	bool tx;                           /* on the writer, in a transaction */
	struct actor actor;
	struct locale locale;
	const struct business *business;
	struct page page;
	struct str token;                  /* the session cookie's or bearer's value; for access only */
	struct str fragment;               /* X-Fragment: the block asked for, or STR_NONE */

	/* what the handler says beside its view */
	enum err err;                      /* the first failure */
	struct str fail_public;            /* a sentence for the person, translated */
	struct field_error_list errors;
	struct str then;                   /* where a browser goes; else the route's */
	bool moved;                        /* for good */
	int status;                        /* 0: the route's */
	struct int_list uploads;           /* kept from a form that is not taken: its page shows them when it comes again */
	bool sent;                         /* the handler made the response itself */
	struct { char kind[24]; int64_t id; } depends[LIVE_TOPICS_MAX];
	int depend_count;

	/* web's own */
	void *in, *view;
	int worker;
	int64_t seen;                      /* the log's position before the handler read */
	bool depends_on_more;              /* than can be noted: the page is not kept */
	bool session_ended;                /* the cookie's session is not known any more */
	bool body_here;                    /* http->body holds the whole body */
	struct opt_int version;            /* as req_version was told */
	struct db_job job;
	int tx_headers;                    /* response headers before the handler ran */
	struct later *later;
	enum err (*then_view)(struct req *q, void *view);
	struct idem *idem;
	struct firm *firm;                 /* one reference, when the business is from memory */
};

/* What a handler sets of headers, cookies and sentences is dropped when it fails, but for Retry-After. */

/* Fails the request: a sentence for the person (a key, translated here; NULL: the error's own), and words for the log or
 * NULL. Returns e. Called once, where the cause is known. */
enum err req_fail(struct req *q, enum err e, const char *sentence, const char *log, ...) __attribute__((format(printf, 4, 5)));

/* Says what is wrong with a field; returns ERR_INVALID. May be called for several fields before returning. */
enum err req_invalid(struct req *q, const char *field, const char *sentence);

/* Appends an event with the actor as its subject. */
MUST_USE enum err req_event(struct req *q, const char *verb, const char *object_kind, int64_t object_id, const char *target_kind,
                            int64_t target_id, enum audience audience, struct str data);

/* In a handler that is not `tx`: does a write and waits for its commit. errors: as store_write */
MUST_USE enum err req_write(struct req *q, db_work *work, void *arg);

/* Something to be written that need not be waited for, such as the audit of a look; of a tx handler: only when it commits. arg is
 * copied. It may be lost when the process ends. */
void req_later(struct req *q, db_work *work, void *arg, size_t bytes);

/* In a tx handler: the view is filled behind the commit, by a worker on its reader, so that reading it keeps nobody else waiting and
 * shows what the whole transaction came to. (With an Idempotency-Key it is filled at once: its answer is kept in the transaction.) */
void req_then_view(struct req *q, enum err (*fill)(struct req *q, void *view));

/* The page depends on this thing: a kept copy is dropped when an event is about it. id 0 with "conversations" or "expectations": any of
 * them; with "brand_texts": whatever was promised to everybody. */
void req_depends(struct req *q, const char *kind, int64_t id);

/* Where a browser goes next, instead of the page or the route's then. */
void req_redirect(struct req *q, struct url to);
/* The page has another address for good, to which the query goes along. */
void req_moved(struct req *q, struct url to);
/* A sentence shown at the top of the next page (a key, translated). */
void req_say(struct req *q, const char *sentence);

/* The version of what is read or changed. On GET it becomes part of the ETag; else it is compared with If-Match: errors STALE,
 * NEED_MATCH (API only). */
MUST_USE enum err req_version(struct req *q, int64_t version);

/* A response of the handler's own. bytes are copied. type is a static text. */
void req_send(struct req *q, int status, const char *type, struct str bytes);
void req_header(struct req *q, const char *name, struct str value);   /* takes the place of one of the same name, but for Set-Cookie */
void req_cookie(struct req *q, const char *name, struct str value, int64_t max_age_seconds); /* 0: forget it */
struct str req_get_cookie(struct req *q, const char *name);

bool req_is_staff(const struct req *q);
bool req_logged_in(const struct req *q);

/* This server's address as people reach it, without a slash at the end; for mail and feeds. */
struct str req_base_url(const struct req *q);
const struct key *web_key(const struct web *w);
struct store *web_store(const struct web *w);
struct hub *web_hub(const struct web *w);
struct live *web_live(const struct web *w);

#define TRQ(q, sentence) tr((q)->locale.lang, (sentence))

#endif
