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
struct http_prepared;

/* Bytes shared by responses and streams, counted by references. Any thread. */
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
	struct http_prepared *prepared;    /* one reference, given to the server: answers with it, and only status counts of
	                                    * the rest: 0 for the prepared one's, 304 for the same headers without the body */
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
	bool http10;                       /* HTTP/1.0 */
	struct str body;                   /* whole body when it is in memory (at most HTTP_BODY_MEMORY) */
	int body_fd;                       /* else an unlinked temporary file holding it, or -1 */
	int64_t body_bytes;
	usec_t began;                      /* clock_steady when the head was there */
	/* what goes back */
	struct arena arena;                /* the request's memory */
	struct http_response res;
	void *user;                        /* whoever handles the request */
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
	/* The request is over, its response is on the way: free what `user` holds. On the loop, once for each request that any
	 * of the above was called for. */
	void (*over)(struct http_req *q, void *ctx);
	void *ctx;
};

struct http_listener { int fd, port; };

struct http_options {
	const char *listen;            /* HOST:PORT, [IPv6]:PORT; port 0 picks one */
	const struct http_listener *listener;   /* from http_listen, which http_start takes over when it succeeds; NULL: none */
	int loops, workers;            /* 1..64 each */
	int connections_max;           /* requests' connections, and as many streams; 0 means 12000; fitted to RLIMIT_NOFILE */
	int connections_per_ip;        /* 0 means no limit; not counted behind a trusted proxy */
	int idle_seconds;              /* a connection on which nothing moves ends after it; 0 means 30 */
	int beat_seconds;              /* each stream gets a heartbeat that often; 0 means 15 */
	bool trust_proxy;              /* believe X-Forwarded-For and -Proto from a loopback peer */
	unsigned waiting_max;          /* requests that may wait for a worker; past it 503 with Retry-After; 0 means 2048 */
};

/* A response that many requests share, such as a cached page or a static file: about 2 us cheaper than making it anew.
 * Copies status and headers, which must be fit to send, and takes a reference of the body; body_fd is not looked at. Any
 * thread. Counted by references; NULL is accepted. */
struct http_prepared *http_prepare(const struct http_response *res);
struct http_prepared *http_prepared_ref(struct http_prepared *p);
void http_prepared_unref(struct http_prepared *p);

/* Starts listening and serving. *ret is there before the first request, and NULL on failure. ret_why: a sentence in a on
 * failure. errors CONFLICT (address in use), INVALID (address cannot be read). */
MUST_USE enum err http_start(const struct http_options *o, const struct http_handlers *h, struct arena *a,
                             struct http_server **ret, struct str *ret_why);
int http_port(const struct http_server *s);

/* Listens before http_start, for who must know the port before the first request; connections wait meanwhile. errors as
 * http_start's INVALID and CONFLICT */
MUST_USE enum err http_listen(const char *listen, struct arena *a, struct http_listener *ret, struct str *ret_why);
/* Stops accepting, finishes what is under way (up to wait_ms), ends the streams, joins the threads. What answers requests
 * later (the store's writer) is stopped after this. Returns false when a request handed on by HTTP_LATER was not answered in
 * time: then the server's memory stays and the caller can only end the process. */
bool http_stop(struct http_server *s, int wait_ms);

/* A request header's value without white space around it, or STR_NONE. name in any case. The first when repeated. Lives as
 * long as the request. */
struct str http_header(struct http_req *q, const char *name);
/* Reads body bytes into the arena when they went to a file; for bodies up to max. errors TOO_LARGE, DISK_FULL */
MUST_USE enum err http_body(struct http_req *q, size_t max, struct str *ret);

/* Adds a response header. name is static; an empty value is not sent; control characters make the answer a 500. Not for
 * Content-Length, Connection, Date and Transfer-Encoding, which the server writes. */
void http_set_header(struct http_req *q, const char *name, struct str value);

/* After HTTP_LATER: sends the response that is set. Any thread, once. */
void http_answer(struct http_req *q);
/* After HTTP_LATER: queues the request for a worker again, which calls fn instead of `work`. Any thread, once. */
void http_again(struct http_req *q, enum http_when (*fn)(struct http_req *q, void *ctx, int worker));

/* ------------------------------------------------------------------ live streams */

/* Makes the request's answer a text/event-stream that stays open: then return HTTP_DONE (or true from `quick`, or call
 * http_answer) as with any other. Headers set on the request before go out with it; status and body are not looked at.
 * The request is over, with `over`, as soon as its connection has become a stream; after that the stream costs a few hundred
 * bytes. first: bytes to send at once, or NULL; copied, and not counted among the
 * waiting.
 * The handle stays valid until `gone` has returned, which is called once, on a thread of the server's, with no lock held:
 * when the client is gone, after http_stream_close, when there are too many streams, when the server stops.
 * A stream whose client does not read keeps the newest 64 messages; the loss of older ones is told by the message
 * "event: lost\ndata: NUMBER\n\n" in their place. */
enum { HTTP_STREAM_WAITING = 64 };
struct http_stream *http_stream_open(struct http_req *q, struct http_bytes *first, void (*gone)(void *arg), void *arg);
/* Queues bytes (a whole SSE message) for a stream; takes a reference of its own. Any thread, in the order of the calls. */
void http_stream_send(struct http_stream *s, struct http_bytes *b);
/* Ends the stream once what waits is sent, or after 5 s. Any thread. */
void http_stream_close(struct http_stream *s);
int http_streams(const struct http_server *s);   /* how many are open */
/* The server itself sends ":\n\n" to every idle stream each beat_seconds, and drops those that have taken nothing for 60 s. */

struct http_stats {
	uint64_t requests, quick, refused;
	unsigned connections, waiting, streams;
};
void http_stats(const struct http_server *s, struct http_stats *ret);

#endif
