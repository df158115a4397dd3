#ifndef HTTP_HTTP_INT_H
#define HTTP_HTTP_INT_H
/* What the files of this folder share. A connection and its request are one object: HTTP/1.1 has one request at a time on a
 * connection, so nothing is allocated for the second and later ones. */
#include "http/http.h"
#include "base/check.h"
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

enum stage {
	STAGE_IDLE,      /* between requests */
	STAGE_LINE,      /* the request line came */
	STAGE_BODY,      /* the head was found good */
	STAGE_WORKING,   /* suspended; a worker or whoever it was handed to has it */
	STAGE_READY,     /* resumed, the answer is there */
	STAGE_SENT,      /* the answer was given to the library */
};

struct work {
	pthread_mutex_t mutex;
	pthread_cond_t some;
	struct conn *first, *last;
	unsigned idle;
	bool waking;                 /* one of them has been woken and has not come yet */
	bool stop;
	atomic_uint waiting;
	atomic_int giving;           /* threads within work_give */
	pthread_t *thread;
	struct worker { struct http_server *server; int number; } *worker;
	int threads;
};

enum { SPARE_ARENAS = 32 };

struct streams;

struct http_server {
	struct http_handlers on;
	struct MHD_Daemon *daemon;
	int port;
	int room;                        /* sockets of all kinds that there are descriptors for */
	bool trust_proxy;
	unsigned waiting_max;
	atomic_bool stopping;
	atomic_int active;               /* requests that came whole and whose answer has not gone out */
	atomic_int suspended;            /* of them, those that are not with a loop */
	atomic_int connections, connections_peak;
	_Atomic uint64_t requests, quick, refused;
	struct work work;
	struct streams *streams;
	pthread_mutex_t spare_mutex;     /* guards spare and spares */
	struct arena spare[SPARE_ARENAS];
	int spares;
};

struct conn {
	struct http_req q;               /* first, so that the one is found from the other */
	struct http_server *server;
	struct MHD_Connection *mhd;
	struct conn *next;               /* in the queue of work */
	enum http_when (*work)(struct http_req *q, void *ctx, int worker);   /* instead of the handler's, or NULL */

	char address_text[INET6_ADDRSTRLEN];
	struct in6_addr address;         /* IPv4 mapped */
	bool loopback;

	enum stage stage;
	bool known;                      /* the handlers were called for it: `over` is owed */
	bool active;                     /* counted in the server's active */
	bool close;                      /* the connection ends with this answer */
	bool linger;                     /* refused while the client may still be sending */
	struct str target;               /* the whole request target; its question mark is a NUL by now */
	char query_first;                /* see on_line */
	int64_t limit;
	int64_t announced_bytes;         /* Content-Length, or -1 */
	int64_t dropped;                 /* body bytes thrown away since it was refused */
	int refuse;                      /* status with which the request is refused once its body is through, or 0 */
	const char *refuse_why;
	struct buf memory;               /* the body while it is small */

	struct MHD_Response *answer;
	unsigned answer_status;
	bool answer_shared;              /* it belongs to a prepared one */
	struct http_stream *stream;      /* the answer is this stream */
};

/* guard.c */
struct head {
	const char *method;              /* static */
	int64_t content_length;          /* -1: none */
	bool chunked;
};
/* Looks at a whole request head. Returns 0, or the status to refuse it with and *ret_why. Fills *ret in any case. */
int guard_head(struct conn *k, const char *method, const char *version, struct head *ret, const char **ret_why);

/* body.c */
void body_take(struct conn *k, const char *p, size_t n);   /* sets k->refuse on failure */
void body_finish(struct conn *k);
void body_done(struct conn *k);

/* response.c */
/* Makes the library's response out of q->res and gives up what res holds. false: it cannot be sent as it is. */
bool response_make(struct conn *k);
void response_drop(struct http_response *res);

/* server.c: what start.c gives to the library */
void *server_on_line(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result server_on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                                  const char *version, const char *data, size_t *n, void **ctx);
void server_on_over(void *cls, struct MHD_Connection *mhd, void **ctx, enum MHD_RequestTerminationCode code);
void server_on_connection(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code);
void request_answer(struct conn *k);                       /* makes the answer and wakes the loop; any thread */

/* start.c */
struct arena spare_take(struct http_server *s);            /* a used arena to begin with, or an empty one */
void spare_give(struct http_server *s, struct arena *a);
void server_tidy(struct http_server *s);                   /* each 15 s or so */

/* work.c */
void work_start(struct http_server *s, int workers);
bool work_reserve(struct http_server *s);                  /* false: too many are waiting; else work_give must follow */
void work_give(struct conn *k);
void work_stop(struct http_server *s);

/* stream.c */
void streams_start(struct http_server *s, int most, int per_ip, int beat_seconds);
void streams_stop(struct streams *t);                      /* ends all, joins the thread, frees */
int streams_open(struct streams *t);
bool stream_is_refused(const struct http_stream *s);
void stream_give(struct http_stream *s, int fd);           /* the socket is the stream's now; -1: there is none */
void stream_linger(struct streams *t, int fd);             /* takes the socket; reads it empty for a while, then closes it */

static inline struct conn *conn_of(struct http_req *q) { return (struct conn *)q; }

#endif
