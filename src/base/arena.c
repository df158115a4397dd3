/* Blocks chained newest first, each twice the one before up to a maximum, each filled by moving an offset up. Memory is zeroed
 * when it is handed out, so a reset costs nothing until it is used again. Under AddressSanitizer what is not handed out is
 * poisoned. */
#include "base/arena.h"
#include "base/check.h"
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { BLOCK_LEAST = 16 * 1024, BLOCK_MOST = 128 * 1024 }; /* a page takes some 70 KB, and finds them in one block the next time */

struct arena_block {
	struct arena_block *older;
	size_t size;
	alignas(max_align_t) unsigned char bytes[];
};

static void block_free(struct arena *a, struct arena_block *b) {
	a->kept -= b->size;
	UNPOISON(b->bytes, b->size);
	free(b);
}

static void block_add(struct arena *a, size_t at_least) {
	size_t size = a->block == NULL ? BLOCK_LEAST : a->block->size * 2;
	if (size > BLOCK_MOST) size = BLOCK_MOST;
	if (size < at_least) size = at_least;
	struct arena_block *b = malloc(sizeof *b + size);
	CHECK_MEMORY(b);
	b->older = a->block;
	b->size = size;
	POISON(b->bytes, size);
	a->block = b;
	a->used = 0;
	a->kept += size;
}

void *arena_alloc(struct arena *a, size_t n) {
	PRE(n <= SIZE_MAX / 2);
	const size_t align = alignof(max_align_t);
	size_t need = (n + align - 1) & ~(align - 1);
	if (need == 0) need = align;
	if (a->block == NULL || a->block->size - a->used < need) block_add(a, need);
	void *p = a->block->bytes + a->used;
	a->used += need;
	UNPOISON(p, n);
	return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size) {
	size_t n;
	PRE(!__builtin_mul_overflow(count, size, &n));
	return arena_alloc(a, n);
}

char *arena_copy(struct arena *a, const void *p, size_t n) {
	char *copy = arena_alloc(a, n + 1);
	if (n > 0) memcpy(copy, p, n);
	return copy;
}

struct arena_mark arena_mark(const struct arena *a) {
	return (struct arena_mark){.block = a->block, .used = a->used};
}

void arena_reset(struct arena *a, struct arena_mark mark) {
	while (a->block != mark.block) {
		struct arena_block *b = a->block;
		a->block = b->older;
		block_free(a, b);
	}
	a->used = mark.used;
	if (a->block != NULL) POISON(a->block->bytes + a->used, a->block->size - a->used);
}

void arena_clear(struct arena *a) {
	struct arena_block *keep = NULL;
	while (a->block != NULL) {
		struct arena_block *b = a->block;
		a->block = b->older;
		if (b->size > BLOCK_MOST || (keep != NULL && b->size <= keep->size)) {
			block_free(a, b);
			continue;
		}
		if (keep != NULL) block_free(a, keep);
		keep = b;
	}
	a->block = keep;
	a->used = 0;
	if (keep != NULL) {
		keep->older = NULL;
		POISON(keep->bytes, keep->size);
	}
}

void arena_done(struct arena *a) {
	arena_reset(a, (struct arena_mark){0});
}
