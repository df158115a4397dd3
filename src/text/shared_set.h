#ifndef TEXT_SHARED_SET_H
#define TEXT_SHARED_SET_H
/* For tests only: the robustness sets, which lie beside the repository (../shared/data/robustness, or below
 * $RIALTO_SHARED) and are read when the test runs. Where they are absent the test says so loudly and passes. */
#include "base/arena.h"
#include "base/str.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static inline const char *shared_path(struct arena *a, const char *name) {
	const char *root = getenv("RIALTO_SHARED");
	return str_fmt(a, "%s/data/robustness/%s", root != NULL ? root : "../shared", name).p;
}

static inline struct str file_text(struct arena *a, const char *path) {
	FILE *f = fopen(path, "rb");
	if (f == NULL) return STR_NONE;
	size_t room = 1 << 22;
	char *text = arena_alloc(a, room);
	size_t n = fread(text, 1, room - 1, f);
	fclose(f);
	return str_n(text, n);
}

/* The text of a shared file; STR_NONE, having said SKIPPED, when it is not there. */
static inline struct str shared_text(struct arena *a, const char *name) {
	struct str s = file_text(a, shared_path(a, name));
	if (str_none(s)) printf("SKIPPED: the shared set %s is not beside the repository\n", name);
	return s;
}

/* Calls each() with the name and text of every file in a folder of the shared sets; returns how many. */
static inline int shared_each(const char *folder, void (*each)(struct arena *a, const char *name, struct str text)) {
	struct arena a = {0};
	int n = 0;
	const char *path = shared_path(&a, folder);
	DIR *d = opendir(path);
	if (d == NULL) printf("SKIPPED: the shared set %s is not beside the repository\n", folder);
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.') continue;
		struct arena_mark m = arena_mark(&a);
		each(&a, e->d_name, file_text(&a, str_fmt(&a, "%s/%s", path, e->d_name).p));
		arena_reset(&a, m);
		n++;
	}
	if (d != NULL) closedir(d);
	arena_done(&a);
	return n;
}

/* The inputs once found by fuzzing, fuzz/regression/NAME, each given to one(). */
static inline int regression_each(const char *name, int (*one)(const uint8_t *p, size_t n)) {
	struct arena a = {0};
	int n = 0;
	const char *path = str_fmt(&a, "fuzz/regression/%s", name).p;
	DIR *d = opendir(path);
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.') continue;
		struct str s = file_text(&a, str_fmt(&a, "%s/%s", path, e->d_name).p);
		one((const uint8_t *)s.p, s.n);
		n++;
	}
	if (d != NULL) closedir(d);
	arena_done(&a);
	return n;
}

#endif
