#ifndef WEB_DECODE_H
#define WEB_DECODE_H
/* Fills a route's input struct from the path, then the query, then a form or a JSON object, by name, and checks each value. */
#include "web/req.h"

/* Finds the route of a method and path. ret_path_known says whether another method would have been right (405). */
const struct route *route_find(struct str method, struct str path, bool *ret_path_known);

/* The methods that an address takes, "GET, HEAD, OPTIONS"; "" when there is no such address. */
struct str route_methods(struct arena *a, struct str path);

/* Fills `in`, which is zeroed. What stands in more than one place: the first of path, body, query. "" in a form is "not given" for all
 * but texts; a text that must be given must not be empty unless min=0.
 * A JSON list that is given, be it empty, has a v; one that is absent has NULL.
 * errors MALFORMED, MEDIA_TYPE, TOO_LARGE, NOT_FOUND (a path's id that is no id), INVALID (q->errors says which fields) */
MUST_USE enum err decode_input(struct req *q, const struct route *r, void *in);

/* Whether an address takes a field of that name from its query. */
bool decode_takes(const struct route *r, struct str name);

/* A path with {names} filled from a struct's fields. */
struct str fill_path(struct arena *a, const char *pattern, const struct req *q);

#endif
