#ifndef BASE_BUF_H
#define BASE_BUF_H
/* A buffer that grows up to a maximum given when it is made. Writing past the maximum sets `over` and drops the rest: the
 * one place that made the buffer looks at `over` at the end. Owns its memory; one thread at a time. */
#include "base/str.h"

struct buf {
	char *p;
	size_t n;      /* bytes written */
	size_t room;   /* bytes allocated */
	size_t max;    /* bytes at the most */
	bool over;     /* something did not fit */
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);                                /* accepts a buffer already done */
void buf_clear(struct buf *b);                               /* empties it, keeps the memory */
char *buf_more(struct buf *b, size_t n);                     /* room for n more bytes, already counted; NULL when over */
void buf_add_char(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static inline struct str buf_str(const struct buf *b) { return str_n(b->p ? b->p : "", b->n); }

/* Appends; the way that is nearly always taken is here, since a page is made of a thousand pieces. */
void buf_add_slowly(struct buf *b, struct str s);
static inline void buf_add(struct buf *b, struct str s) {
	if (s.n == 0) return;
	if (b->over || s.n > b->room - b->n) {
		buf_add_slowly(b, s);
		return;
	}
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

#endif
