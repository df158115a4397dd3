#include "base/buf.h"
#include "base/check.h"
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *b, size_t max) {
	*b = (struct buf){.max = max};
}

void buf_done(struct buf *b) {
	free(b->p);
	*b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b) {
	b->n = 0;
	b->over = false;
}

char *buf_more(struct buf *b, size_t n) {
	if (b->over || n > b->max - b->n) {
		b->over = true;
		return NULL;
	}
	if (b->n + n > b->room) {
		size_t room = b->room ? b->room : 256;
		while (room < b->n + n) room *= 2;
		if (room > b->max) room = b->max;
		b->p = must_realloc(b->p, room);
		b->room = room;
	}
	char *at = b->p + b->n;
	b->n += n;
	return at;
}

void buf_add_slowly(struct buf *b, struct str s) {
	char *at = buf_more(b, s.n);
	if (at != NULL) memcpy(at, s.p, s.n);
}

void buf_add_char(struct buf *b, char c) {
	char *at = buf_more(b, 1);
	if (at != NULL) *at = c;
}

void buf_fmt(struct buf *b, const char *fmt, ...) {
	char small[256];
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	PRE(n >= 0);
	if ((size_t)n < sizeof small) {
		buf_add(b, str_n(small, (size_t)n));
	} else {
		char *big = must_malloc((size_t)n + 1);
		vsnprintf(big, (size_t)n + 1, fmt, again);
		buf_add(b, str_n(big, (size_t)n));
		free(big);
	}
	va_end(again);
	va_end(ap);
}
