#ifndef TEXT_URL_H
#define TEXT_URL_H
/* Addresses that are safe to put into a page or a Location, and query strings. Any thread. */
#include "base/buf.h"
#include "base/err.h"
#include "base/values.h"

/* A path of ours from a format: url_path(a, "/problems/%" PRId64, id). It begins with "/". Bytes that may not
 * stand in an address are percent-encoded; a text within goes through url_part first. */
struct url url_path(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *url_part(struct arena *a, struct str s);         /* percent-encoded, as a C string, for %s in url_path */

/* The address with "?name=value" or "&name=value" behind it, before any "#". */
struct url url_with(struct arena *a, struct url u, const char *name, struct str value);

/* Whether a stranger's address is a path of ours ("/…", not "//…") or http, https, mailto, tel, in at most 4096
 * bytes; *ret is its clean form, only printable ASCII but for the host's name. Refused: control characters, white
 * space or wrong UTF-8 within, a name or password before the host, "\" where a browser takes it for "/", every
 * other scheme. */
bool url_check(struct arena *a, struct str s, struct url *ret);
/* The same for a path of ours only: for ?back=. */
bool url_check_path(struct arena *a, struct str s, struct url *ret);

/* Appends name=value in application/x-www-form-urlencoded, with & before it when the buffer holds something. */
void query_add(struct buf *b, struct str name, struct str value);

/* Reads the pairs of a query string or urlencoded form, decoded into the arena:
 *     struct query q = query_read(text);
 *     while (query_next(&q, a, &name, &value)) …
 *     if (q.fault != OK) …          ERR_MALFORMED for a wrong %, ERR_TOO_LARGE past QUERY_MAX pairs */
enum { QUERY_MAX = 1000 };
struct query {
	struct str rest;
	int left;
	enum err fault;
};
struct query query_read(struct str text);
bool query_next(struct query *q, struct arena *a, struct str *ret_name, struct str *ret_value);
/* The first value of that name; STR_NONE if there is none. */
struct str query_get(struct arena *a, struct str text, const char *name);

#endif
