#ifndef BASE_ARENA_H
#define BASE_ARENA_H
/* Memory that lives as long as one request, job or command, and is given back in one go.
 * A function that returns memory takes a `struct arena *a`; without one in its signature it allocates nothing for
 * its caller. One thread at a time uses an arena. Running out of memory ends the process: limits are checked at the
 * edges (request size, row counts, buffer maxima), so the middle needs no checks. */
#include <stddef.h>
#include <stdarg.h>

struct arena_block;

struct arena {
	struct arena_block *block; /* the block being filled, newest first */
	size_t used;               /* bytes used in it */
	size_t kept;               /* bytes of all blocks, for the metrics */
};

struct arena_mark {
	struct arena_block *block;
	size_t used;
};

/* Returns n zeroed bytes aligned for any type; never NULL. n 0..SIZE_MAX/2. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc, returns_nonnull, alloc_size(2)));

/* Returns count zeroed elements of size bytes each; an overflow of the product ends the process. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* Returns a copy of the n bytes at p with a NUL behind it. p may be NULL when n is 0. */
char *arena_copy(struct arena *a, const void *p, size_t n) __attribute__((returns_nonnull));

/* Gives back everything allocated since the mark. */
struct arena_mark arena_mark(const struct arena *a);
void arena_reset(struct arena *a, struct arena_mark mark);

/* Gives back everything but one block of ordinary size, for the next request on this thread. */
void arena_clear(struct arena *a);

/* Gives back everything; the arena may be used again. An all-zero arena is valid. */
void arena_done(struct arena *a);

#define NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define NEW_ARRAY(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))

#endif
