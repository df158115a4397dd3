/* Shared bytes: one malloc for the counter and the copy, or a taken buffer beside it. */
#include "http/http_int.h"
#include <stdlib.h>

struct http_bytes *http_bytes_new(struct str s) {
	struct http_bytes *b = must_malloc(sizeof *b + s.n + 1);
	b->refs = 1;
	b->n = s.n;
	b->p = (char *)(b + 1);
	if (s.n > 0) memcpy(b->p, s.p, s.n);
	b->p[s.n] = 0;
	return b;
}

struct http_bytes *http_bytes_take(struct buf *from) {
	struct http_bytes *b = must_malloc(sizeof *b);
	b->refs = 1;
	b->n = from->n;
	b->p = from->n > 0 ? must_realloc(from->p, from->n) : NULL;
	if (from->n == 0) free(from->p);
	from->p = NULL;
	buf_done(from);
	return b;
}

struct http_bytes *http_bytes_ref(struct http_bytes *b) {
	atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
	return b;
}

void http_bytes_unref(struct http_bytes *b) {
	if (b == NULL || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1) return;
	if (b->p != (char *)(b + 1)) free(b->p);
	free(b);
}
