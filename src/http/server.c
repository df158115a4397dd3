/* The life of a connection and of its requests on libmicrohttpd's loops. Order of its calls for one request:
 * server_on_line when the request line is there, server_on_request for the head, then for pieces of the body, then for the
 * whole, then again after a resume; server_on_over at the end in every case.
 *
 * A request on its way to a worker is suspended: between MHD_suspend_connection and MHD_resume_connection the loop does not
 * touch it. A stream's connection is taken from the library: we duplicate the socket and let the library close its own. */
#include "http/http_int.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { DROP_MAX = 4 * 1024 * 1024 };   /* body bytes read only to be thrown away, past a request's limit */

/* ------------------------------------------------------------------ answers */

/* What handlers and the request hold is not needed once the answer is the library's. */
static void finish(struct conn *k) {
	if (k->known) k->server->on.over(&k->q, k->server->on.ctx);
	k->known = false;
	response_drop(&k->q.res);
	body_done(k);
	spare_give(k->server, &k->q.arena);
}

static void fill_refusal(struct conn *k, int status, const char *why) {
	struct http_response *res = &k->q.res;
	response_drop(res);
	res->status = 0;
	res->headers = 0;
	k->known = true;
	atomic_fetch_add_explicit(&k->server->refused, 1, memory_order_relaxed);
	k->server->on.refuse(&k->q, k->server->on.ctx, status, why);
	if (res->status == 0 && res->prepared == NULL) res->status = status;
	if (status == 503 && res->prepared == NULL && res->headers < HTTP_HEADERS_MAX)
		http_set_header(&k->q, "Retry-After", STR("2"));
}

static void make(struct conn *k) {
	struct http_response *res = &k->q.res;
	if (atomic_load_explicit(&k->server->stopping, memory_order_relaxed)) k->close = true;
	if (response_make(k)) return;
	fill_refusal(k, 500, "There was no answer that could be sent.");
	if (response_make(k)) return;
	response_drop(res);
	res->status = 500;
	res->headers = 0;
	POST(response_make(k));
}

/* The answer as a stream: the library lets go of a socket only by closing it, so ours is a duplicate; epoll and the
 * connection itself do not mind. */
static enum MHD_Result become_stream(struct conn *k) {
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(k->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	int fd = info != NULL ? fcntl(info->connect_fd, F_DUPFD_CLOEXEC, 0) : -1;
	struct http_stream *s = k->stream;
	k->stream = NULL;
	k->stage = STAGE_SENT;
	finish(k);
	stream_give(s, fd);
	return MHD_NO;
}

/* Gives the answer that is made to the library. On the loop, inside on_request. */
static enum MHD_Result send_answer(struct conn *k) {
	if (k->stream != NULL) return become_stream(k);
	enum MHD_Result good = MHD_queue_response(k->mhd, k->answer_status, k->answer);
	if (!k->answer_shared) MHD_destroy_response(k->answer);
	k->answer = NULL;
	k->stage = STAGE_SENT;
	finish(k);
	return good;
}

/* A stream that cannot be becomes an ordinary answer. */
static void settle_stream(struct conn *k) {
	struct http_stream *s = k->stream;
	bool head = str_is(k->q.method, "HEAD");
	if (!head && !stream_is_refused(s)) return;
	k->stream = NULL;
	stream_give(s, -1);
	if (!head) {
		fill_refusal(k, 503, "Too many are listening just now.");
		return;
	}
	k->q.res.status = 200;
	if (k->q.res.headers < HTTP_HEADERS_MAX) http_set_header(&k->q, "Content-Type", STR("text/event-stream"));
}

static enum MHD_Result answer_here(struct conn *k) {
	if (k->stream != NULL) settle_stream(k);
	if (k->stream == NULL) make(k);
	return send_answer(k);
}

void request_answer(struct conn *k) {
	if (k->stream != NULL) settle_stream(k);
	if (k->stream == NULL) make(k);
	k->stage = STAGE_READY;
	MHD_resume_connection(k->mhd);
}

void http_answer(struct http_req *q) {
	request_answer(conn_of(q));
}

static enum MHD_Result refuse_here(struct conn *k, int status, const char *why) {
	fill_refusal(k, status, why);
	return answer_here(k);
}

/* ------------------------------------------------------------------ a request comes */

/* The library calls this when it has the request line and has not touched it. It would parse the query into a list that we
 * do not use and that costs much for a hostile one: we hide the query from it until the head is there. */
void *server_on_line(void *cls, const char *uri, struct MHD_Connection *mhd) {
	struct http_server *s = cls;
	struct conn *k = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	if (k == NULL || uri == NULL) return NULL;
	struct http_req *q = &k->q;
	k->mhd = mhd;
	k->target = str_c(uri);
	struct str rest = k->target;
	q->path = str_cut(&rest, '?');
	q->query = str_none(rest) ? STR("") : rest;
	k->query_first = 0;
	if (q->query.n > 0) {
		char *at = (char *)(uintptr_t)q->query.p;
		k->query_first = *at;
		*at = 0;
	}
	q->body = STR("");
	q->body_fd = -1;
	q->body_bytes = 0;
	q->user = NULL;
	q->secure = false;
	q->res.status = q->res.headers = 0;
	q->res.body_fd = -1;
	k->work = NULL;
	k->known = k->active = k->close = k->linger = k->answer_shared = false;
	k->refuse = 0;
	k->dropped = 0;
	k->stage = STAGE_LINE;
	atomic_fetch_add_explicit(&s->requests, 1, memory_order_relaxed);
	return k;
}

struct forwarded {
	struct str by, proto;
};

static enum MHD_Result find_forwarded(void *arg, enum MHD_ValueKind kind, const char *name, size_t n, const char *value,
                                      size_t value_n) {
	struct forwarded *f = arg;
	(void)kind;
	if (str_ieq(str_n(name, n), STR("X-Forwarded-For"))) f->by = str_n(value, value_n);
	else if (str_ieq(str_n(name, n), STR("X-Forwarded-Proto"))) f->proto = str_n(value, value_n);
	return MHD_YES;
}

/* The proxy adds the address it saw at the end; what stands before it may be anybody's words. */
static void believe_proxy(struct conn *k) {
	struct forwarded f = {0};
	MHD_get_connection_values_n(k->mhd, MHD_HEADER_KIND, find_forwarded, &f);
	k->q.secure = str_is(str_trim(f.proto), "https");
	struct str last = STR_NONE;
	while (!str_none(f.by)) last = str_trim(str_cut(&f.by, ','));
	char text[INET6_ADDRSTRLEN];
	struct in6_addr any;
	if (last.n == 0 || last.n >= sizeof text) return;
	memcpy(text, last.p, last.n);
	text[last.n] = 0;
	if (inet_pton(AF_INET, text, &any) == 1 || inet_pton(AF_INET6, text, &any) == 1) k->q.peer = last;
}

/* From here on http_stop waits for it. */
static void begin_answer(struct conn *k) {
	k->active = true;
	atomic_fetch_add(&k->server->active, 1);
}

static enum MHD_Result refuse_head(struct conn *k, int status, const char *why) {
	begin_answer(k);
	return refuse_here(k, status, why);
}

static enum MHD_Result on_head(struct conn *k, const char *method, const char *version) {
	struct http_server *s = k->server;
	struct http_req *q = &k->q;
	if (q->query.n > 0) *(char *)(uintptr_t)q->query.p = k->query_first;
	q->began = clock_steady();
	q->peer = str_c(k->address_text);
	struct head head;
	const char *why;
	int status = guard_head(k, method, version, &head, &why);
	q->method = str_c(head.method != NULL ? head.method : "GET");
	k->announced_bytes = head.content_length;
	k->stage = STAGE_BODY;
	k->linger = head.chunked || head.content_length > 0;   /* until the body is through */
	if (status != 0) return refuse_head(k, status, why);
	if (s->trust_proxy && k->loopback) believe_proxy(k);
	if (head.chunked) k->close = true;   /* its framing cannot be checked as strictly, so nothing comes after it */
	k->known = true;
	k->limit = s->on.limit(q, s->on.ctx);
	if (k->limit < 0) return refuse_head(k, (int)-k->limit, "It cannot be taken here.");
	if (head.content_length > k->limit) return refuse_head(k, 413, "The request's body is too large.");
	return MHD_YES;
}

static enum MHD_Result on_whole(struct conn *k) {
	struct http_server *s = k->server;
	k->linger = false;
	begin_answer(k);
	if (k->refuse != 0) return refuse_here(k, k->refuse, k->refuse_why);
	body_finish(k);
	if (s->on.quick(&k->q, s->on.ctx)) {
		atomic_fetch_add_explicit(&s->quick, 1, memory_order_relaxed);
		return answer_here(k);
	}
	if (!work_reserve(s)) return refuse_here(k, 503, "Too many requests are waiting.");
	k->stage = STAGE_WORKING;
	atomic_fetch_add(&s->suspended, 1);
	MHD_suspend_connection(k->mhd);
	work_give(k);            /* from here on it is not ours */
	return MHD_YES;
}

enum MHD_Result server_on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                                  const char *version, const char *data, size_t *n, void **ctx) {
	struct conn *k = *ctx;
	(void)cls, (void)mhd, (void)url;
	if (k == NULL) return MHD_NO;
	if (k->stage == STAGE_LINE) return on_head(k, method, version);
	if (k->stage == STAGE_BODY && *n > 0) {
		body_take(k, data, *n);
		*n = 0;
		return k->dropped > DROP_MAX ? MHD_NO : MHD_YES;
	}
	if (k->stage == STAGE_BODY) return on_whole(k);
	if (k->stage != STAGE_READY) return MHD_YES;
	atomic_fetch_sub(&k->server->suspended, 1);
	return send_answer(k);
}

static void linger(struct conn *k) {
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(k->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	int fd = info != NULL ? fcntl(info->connect_fd, F_DUPFD_CLOEXEC, 0) : -1;
	if (fd >= 0) stream_linger(k->server->streams, fd);
}

void server_on_over(void *cls, struct MHD_Connection *mhd, void **ctx, enum MHD_RequestTerminationCode code) {
	struct conn *k = *ctx;
	(void)cls, (void)mhd;
	if (k == NULL || k->stage == STAGE_IDLE) return;
	if (k->stage == STAGE_READY) atomic_fetch_sub(&k->server->suspended, 1);   /* broke before we could send */
	if (k->stage == STAGE_SENT && k->linger && code == MHD_REQUEST_TERMINATED_COMPLETED_OK) linger(k);
	if (k->answer != NULL && !k->answer_shared) MHD_destroy_response(k->answer);
	k->answer = NULL;
	struct http_stream *s = k->stream;
	k->stream = NULL;
	finish(k);
	if (s != NULL) stream_give(s, -1);
	k->stage = STAGE_IDLE;
	if (k->active) atomic_fetch_sub(&k->server->active, 1);
}

/* ------------------------------------------------------------------ a connection comes and goes */

static void read_address(struct conn *k, const struct sockaddr *a) {
	if (a->sa_family == AF_INET6) {
		k->address = ((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
	} else {
		k->address.s6_addr[10] = k->address.s6_addr[11] = 0xff;
		memcpy(&k->address.s6_addr[12], &((const struct sockaddr_in *)(const void *)a)->sin_addr, 4);
	}
	bool mapped = IN6_IS_ADDR_V4MAPPED(&k->address);
	if (mapped) inet_ntop(AF_INET, &k->address.s6_addr[12], k->address_text, sizeof k->address_text);
	else inet_ntop(AF_INET6, &k->address, k->address_text, sizeof k->address_text);
	k->loopback = mapped ? k->address.s6_addr[12] == 127 : IN6_IS_ADDR_LOOPBACK(&k->address);
}

void server_on_connection(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code) {
	struct http_server *s = cls;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		free(*context);
		*context = NULL;
		atomic_fetch_sub_explicit(&s->connections, 1, memory_order_relaxed);
		return;
	}
	struct conn *k = must_calloc(1, sizeof *k);
	k->server = s;
	k->q.body_fd = k->q.res.body_fd = -1;
	read_address(k, MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
	*context = k;
	int now = atomic_fetch_add_explicit(&s->connections, 1, memory_order_relaxed) + 1;
	if (now > atomic_load_explicit(&s->connections_peak, memory_order_relaxed)) atomic_store(&s->connections_peak, now);
}

struct str http_header(struct http_req *q, const char *name) {
	const char *value;
	size_t n;
	if (MHD_lookup_connection_value_n(conn_of(q)->mhd, MHD_HEADER_KIND, name, strlen(name), &value, &n) != MHD_YES)
		return STR_NONE;
	return str_trim(str_n(value, n));
}
