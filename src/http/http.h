#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H
/* The HTTP/1.1 server, behind this thin interface so that the library under it (libmicrohttpd) can be replaced.
 *
 * Event-loop threads own the sockets. When a request's head is there, `limit` says on the loop how many body bytes it may
 * have. When it is complete, `quick` may answer it on the loop from memory; it must not block. Else a worker thread
 * calls `work`, which sets the response and returns HTTP_DONE; or returns HTTP_LATER after handing the request on, and
 * whoever has it calls http_answer() or http_again() later, once, from any thread.
 *
 * The guard refuses, before a body byte is taken, every shape of request that two servers could understand differently:
 * repeated or contradicting Content-Length and Transfer-Encoding, space or control characters in header names, NUL in
 * values, no or several Hosts, an absolute target, a method we do not know. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

struct http_server;
struct http_stream;

/* Bytes shared by responses and streams, counted by references. `gzip` holds the same, compressed, or NULL. */
struct http_bytes {
	_Atomic int refs;
	size_t n;
	char *p;
};
struct http_bytes *http_bytes_new(struct str s);               /* a copy with one reference */
struct http_bytes *http_bytes_take(struct buf *b);             /* takes the buffer's memory; the buffer is empty after */
struct http_bytes *http_bytes_ref(struct http_bytes *b);
void http_bytes_unref(struct http_bytes *b);                   /* accepts NULL */

enum { HTTP_HEADERS_MAX = 24 };

struct http_response {
	int status;                        /* 0: nothing was set, which becomes a 500 */
	struct http_bytes *body;           /* one reference, given to the server; NULL for none */
	struct { const char *name; struct str value; } header[HTTP_HEADERS_MAX]; /* in the request's arena or static */
	int headers;
	int body_fd;                       /* a file to send instead, or -1; closed by the server */
	int64_t body_fd_bytes;
};

struct http_req {
	/* what came; all text lives as long as the request */
	struct str method;                 /* GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS */
	struct str path;                   /* as sent, begins with "/", without the query, not yet percent-decoded */
	struct str query;                  /* without "?", not yet decoded; empty if none */
	struct str peer;                   /* the client's address as text; behind a trusted proxy, from its header */
	bool secure;                       /* came by HTTPS, as a trusted proxy says */
	struct str body;                   /* whole body when it is in memory (at most HTTP_BODY_MEMORY) */
	int body_fd;                       /* else an unlinked temporary file holding it, or -1 */
	int64_t body_bytes;
	usec_t began;                      /* clock_steady when the head was there */
	/* what goes back */
	struct arena arena;                /* the request's memory */
	struct http_response res;
	void *user;                        /* whoever handles the request */
	struct http_req *next;             /* the server's own */
};

enum { HTTP_BODY_MEMORY = 256 * 1024 };
enum http_when { HTTP_DONE, HTTP_LATER };

struct http_handlers {
	/* On the loop, head only: the most body bytes to take, or a negative status to refuse at once (-404, -405, -413). */
	int64_t (*limit)(struct http_req *q, void *ctx);
	/* On the loop: true when it set a response. */
	bool (*quick)(struct http_req *q, void *ctx);
	/* On a worker. worker counts from 0, for per-thread things such as the reading connection. */
	enum http_when (*work)(struct http_req *q, void *ctx, int worker);
	/* Fills the response for a refusal made by the server itself (status, a plain reason); any thread. */
	void (*refuse)(struct http_req *q, void *ctx, int status, const char *why);
	/* The request is over: free what `user` holds. */
	void (*over)(struct http_req *q, void *ctx);
	void *ctx;
};

struct http_options {
	const char *listen;            /* HOST:PORT, [IPv6]:PORT; port 0 picks one */
	int loops, workers;            /* 1..64 each */
	int connections_max;           /* 0 means 12000 */
	int connections_per_ip;        /* 0 means no limit */
	int idle_seconds;              /* connection timeout; 0 means 30 */
	bool trust_proxy;              /* believe X-Forwarded-For and -Proto from a loopback peer */
	unsigned waiting_max;          /* requests that may wait for a worker; past it 503 with Retry-After; 0 means 2048 */
};

/* Starts listening and serving. ret_why: a sentence in a on failure. errors CONFLICT (address in use), INVALID (address
 * cannot be read). */
MUST_USE enum err http_start(const struct http_options *o, const struct http_handlers *h, struct arena *a,
                             struct http_server **ret, struct str *ret_why);
int http_port(const struct http_server *s);
/* Stops accepting, finishes what is under way (up to wait_ms), ends the streams, joins the threads. */
void http_stop(struct http_server *s, int wait_ms);

/* A request header's value, or STR_NONE. name in any case. The first when repeated. */
struct str http_header(struct http_req *q, const char *name);
/* Reads body bytes into the arena when they went to a file; for bodies up to max. errors TOO_LARGE, DISK_FULL */
MUST_USE enum err http_body(struct http_req *q, size_t max, struct str *ret);

void http_set_header(struct http_req *q, const char *name, struct str value);

/* After HTTP_LATER: sends the response that is set. Any thread, once. */
void http_answer(struct http_req *q);
/* After HTTP_LATER: queues the request for a worker again, which calls fn instead of `work`. Any thread, once. */
void http_again(struct http_req *q, enum http_when (*fn)(struct http_req *q, void *ctx, int worker));

/* ------------------------------------------------------------------ live streams */

/* Answers the request as text/event-stream and keeps it open. Returns a handle that stays valid until `gone` was called;
 * the request itself is over for the caller (`over` is called when the stream ends). first: bytes to send at once, or NULL.
 * A stream whose client does not read loses its oldest waiting messages past 64; `lost` then says so with the next event. */
struct http_stream *http_stream_open(struct http_req *q, struct http_bytes *first, void (*gone)(void *arg), void *arg);
/* Queues bytes (a whole SSE message) for a stream; takes a reference of its own. Any thread. */
void http_stream_send(struct http_stream *s, struct http_bytes *b);
void http_stream_close(struct http_stream *s);
int http_streams(const struct http_server *s);   /* how many are open */
/* The server itself sends ": \n\n" to every stream each 15 s, which also frees those whose client is gone. */

struct http_stats {
	uint64_t requests, quick, refused;
	unsigned connections, waiting, streams;
};
void http_stats(const struct http_server *s, struct http_stats *ret);

#endif
