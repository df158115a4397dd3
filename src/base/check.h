#ifndef BASE_CHECK_H
#define BASE_CHECK_H
/* Programming errors: these checks stay on in every build and end the process, since after one memory may be wrong;
 * the store is transactional and the supervisor starts us again. */
#include <stddef.h>

_Noreturn void check_failed(const char *what, const char *file, int line);

#define PRE(x) ((x) ? (void)0 : check_failed("precondition " #x, __FILE__, __LINE__))
#define POST(x) ((x) ? (void)0 : check_failed("postcondition " #x, __FILE__, __LINE__))
#define CHECK_MEMORY(p) ((p) != NULL ? (void)0 : check_failed("out of memory", __FILE__, __LINE__))

/* malloc and friends that never return NULL; only os, http, db and event, which own what outlives a request, use them. */
void *must_malloc(size_t n) __attribute__((malloc, returns_nonnull));
void *must_calloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *must_realloc(void *p, size_t n) __attribute__((returns_nonnull));
char *must_strdup(const char *s) __attribute__((malloc, returns_nonnull));

#endif
