#ifndef BASE_STR_H
#define BASE_STR_H
/* A string that knows its length: bytes, not owned, not necessarily ended by NUL. p == NULL means "no value" (SQL NULL,
 * an absent field); STR("") is an empty value. Everything here is pure; what allocates takes an arena. */
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){.p = ("" literal), .n = sizeof(literal) - 1})
#define STR_NONE ((struct str){.p = NULL, .n = 0})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)((s).n > INT32_MAX ? INT32_MAX : (s).n), ((s).p ? (s).p : "")

static inline struct str str_c(const char *c) { return (struct str){.p = c, .n = c ? strlen(c) : 0}; }
static inline struct str str_n(const char *p, size_t n) { return (struct str){.p = p, .n = n}; }
static inline bool str_none(struct str s) { return s.p == NULL; }
static inline bool str_empty(struct str s) { return s.n == 0; }
static inline bool str_eq(struct str a, struct str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }
static inline bool str_is(struct str a, const char *c) { return str_eq(a, str_c(c)); }

bool str_ieq(struct str a, struct str b);               /* ASCII letters compared without case */
int str_cmp(struct str a, struct str b);                /* by bytes, shorter first; <0, 0, >0 */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_has(struct str s, struct str part);
struct str str_trim(struct str s);                      /* without ASCII white space at both ends */
struct str str_from(struct str s, size_t at);           /* the rest from byte at; empty past the end */
struct str str_first(struct str s, size_t n);           /* at most n bytes */

/* Cuts s at the first sep: returns what stands before it and leaves the rest behind it in *s; without a sep returns all
 * and leaves STR_NONE. A loop `while (!str_none(rest)) { part = str_cut(&rest, ','); … }` visits every part. */
struct str str_cut(struct str *s, char sep);

/* Where c first stands in s, or -1. */
ptrdiff_t str_find(struct str s, char c);

/* A decimal integer that is the whole of s, with an optional minus; false on anything else or overflow. */
bool str_int(struct str s, int64_t *ret);
/* And back: a decimal integer, in the room given. */
enum { INT_TEXT = 20 };
struct str str_of_int(char room[INT_TEXT], int64_t v);
bool str_real(struct str s, double *ret);               /* finite only, the whole of s, "." as the decimal point */

struct str str_copy(struct arena *a, struct str s);     /* a copy with a NUL behind; STR_NONE stays STR_NONE */
char *str_z(struct arena *a, struct str s);             /* the same as a C string; "" for STR_NONE */
struct str str_lower(struct arena *a, struct str s);    /* ASCII letters only */
struct str str_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str str_vfmt(struct arena *a, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

#endif
