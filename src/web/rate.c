/* A table of fixed size, open to the side: who has not called for longest gives way. Losing an old bucket only forgives. */
#include "web/rate.h"
#include "base/check.h"
#include "base/clock.h"
#include <pthread.h>
#include <stdlib.h>

enum { SLOTS = 16384, WAYS = 8 };

static const struct {
	int64_t per_minute, burst;
} classes[] = {
#define RATE(name, per_minute, burst) {per_minute, burst},
#include "web/rate.def"
#undef RATE
};

struct bucket {
	uint64_t who;          /* hash of class and caller; 0: free */
	usec_t full_at;        /* when the bucket would be full again */
};

struct rates {
	pthread_mutex_t lock;
	struct bucket bucket[SLOTS];
};

struct rates *rates_new(void) {
	struct rates *r = must_calloc(1, sizeof *r);
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void rates_free(struct rates *r) {
	if (r == NULL) return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}

bool rate_take(struct rates *r, enum rate class, struct str who, int *ret_wait_seconds) {
	uint64_t x = 1469598103934665603u ^ (uint64_t)class;
	for (size_t i = 0; i < who.n; i++) x = (x ^ (unsigned char)who.p[i]) * 1099511628211u;
	x |= 1;
	usec_t now = clock_steady(), each = MINUTES(1) / classes[class].per_minute, whole = each * classes[class].burst;

	pthread_mutex_lock(&r->lock);
	struct bucket *set = &r->bucket[(x >> 20) % (SLOTS / WAYS) * WAYS], *b = &set[0];
	for (int i = 0; i < WAYS; i++) {
		if (set[i].who == x) {
			b = &set[i];
			break;
		}
		if (set[i].full_at < b->full_at) b = &set[i];
	}
	if (b->who != x) *b = (struct bucket){.who = x};
	if (b->full_at < now) b->full_at = now;
	bool fine = b->full_at + each <= now + whole;
	if (fine) b->full_at += each;
	usec_t wait = b->full_at + each - now - whole;
	pthread_mutex_unlock(&r->lock);
	*ret_wait_seconds = fine ? 0 : (int)(wait / 1000000) + 1;
	return fine;
}
