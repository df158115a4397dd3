/* From what a handler set to the library's response object. The body is never copied: the object holds a reference. */
#include "http/http_int.h"
#include <stdlib.h>
#include <unistd.h>

struct http_prepared {
	_Atomic int refs;
	int status;
	struct MHD_Response *keep, *close;   /* the same, the second with "Connection: close" */
};

static void body_free(void *arg) {
	http_bytes_unref(arg);
}

static struct MHD_Response *from_bytes(struct http_bytes *b) {
	if (b == NULL || b->n == 0) return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	return MHD_create_response_from_buffer_with_free_callback_cls(b->n, b->p, body_free, http_bytes_ref(b));
}

/* The library wants C strings and copies them. */
static bool add_header(struct MHD_Response *r, const char *name, struct str value) {
	char small[512];
	if (value.n == 0) return true;
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < ' ' || value.p[i] == 127) return false;
	char *z = value.n < sizeof small ? small : must_malloc(value.n + 1);
	memcpy(z, value.p, value.n);
	z[value.n] = 0;
	bool good = MHD_add_response_header(r, name, z) == MHD_YES;
	if (z != small) free(z);
	return good;
}

/* Adds what stands in res; on failure r is gone. */
static struct MHD_Response *with_headers(struct MHD_Response *r, const struct http_response *res, bool close) {
	CHECK_MEMORY(r);
	bool good = true;
	for (int i = 0; i < res->headers && good; i++) good = add_header(r, res->header[i].name, res->header[i].value);
	if (good && close) good = MHD_add_response_header(r, "Connection", "close") == MHD_YES;
	if (good) return r;
	MHD_destroy_response(r);
	return NULL;
}

void response_drop(struct http_response *res) {
	http_bytes_unref(res->body);
	http_prepared_unref(res->prepared);
	if (res->body_fd >= 0) close(res->body_fd);
	res->body = NULL;
	res->prepared = NULL;
	res->body_fd = -1;
}

static void use_prepared(struct conn *k, struct http_prepared *p) {
	k->answer = k->close ? p->close : p->keep;
	k->answer_shared = true;
	k->answer_status = (unsigned)(k->q.res.status != 0 ? k->q.res.status : p->status);
}

bool response_make(struct conn *k) {
	struct http_response *res = &k->q.res;
	if (res->prepared != NULL) {
		use_prepared(k, res->prepared);
		return true;
	}
	if (res->status < 200 || res->status > 599) return false;
	struct MHD_Response *r;
	if (res->body_fd >= 0) {
		r = MHD_create_response_from_fd64((uint64_t)res->body_fd_bytes, res->body_fd);
		res->body_fd = -1;                /* the library closes it */
	} else {
		r = from_bytes(res->body);
	}
	k->answer = with_headers(r, res, k->close);
	k->answer_status = (unsigned)res->status;
	return k->answer != NULL;
}

struct http_prepared *http_prepare(const struct http_response *res) {
	PRE(res->status >= 200 && res->status <= 599 && res->prepared == NULL);
	struct MHD_Response *keep = with_headers(from_bytes(res->body), res, false);
	struct MHD_Response *closing = with_headers(from_bytes(res->body), res, true);
	PRE(keep != NULL && closing != NULL);   /* headers of shared responses are ours, not a stranger's */
	struct http_prepared *p = must_malloc(sizeof *p);
	p->refs = 1;
	p->status = res->status;
	p->keep = keep;
	p->close = closing;
	return p;
}

struct http_prepared *http_prepared_ref(struct http_prepared *p) {
	if (p != NULL) atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	return p;
}

void http_prepared_unref(struct http_prepared *p) {
	if (p == NULL || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1) return;
	MHD_destroy_response(p->keep);
	MHD_destroy_response(p->close);
	free(p);
}

void http_set_header(struct http_req *q, const char *name, struct str value) {
	PRE(q->res.headers < HTTP_HEADERS_MAX);
	q->res.header[q->res.headers].name = name;
	q->res.header[q->res.headers].value = value;
	q->res.headers++;
}
