#include "base/check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void check_failed(const char *what, const char *file, int line) {
	fprintf(stderr, "rialto: %s failed at %s:%d\n", what, file, line);
	abort();
}

void *must_malloc(size_t n) {
	void *p = malloc(n ? n : 1);
	CHECK_MEMORY(p);
	return p;
}

void *must_calloc(size_t count, size_t size) {
	void *p = calloc(count ? count : 1, size ? size : 1);
	CHECK_MEMORY(p);
	return p;
}

void *must_realloc(void *p, size_t n) {
	p = realloc(p, n ? n : 1);
	CHECK_MEMORY(p);
	return p;
}

char *must_strdup(const char *s) {
	char *p = strdup(s);
	CHECK_MEMORY(p);
	return p;
}
