#ifndef WEB_DECODE_H
#define WEB_DECODE_H
/* Fills a route's input struct from the path, then the query, then a form or a JSON object, by name, and checks each value. */
#include "web/req.h"

/* Finds the route of a method and path. ret_path_known says whether another method would have been right (405). */
const struct route *route_find(struct str method, struct str path, bool *ret_path_known);

/* errors MALFORMED, MEDIA_TYPE, TOO_LARGE, NOT_FOUND (a path's id that is no id), INVALID (q->errors says which fields) */
MUST_USE enum err decode_input(struct req *q, const struct route *r, void *in);

/* A path with {names} filled from a struct's fields. */
struct str fill_path(struct arena *a, const char *pattern, const struct req *q);

#endif
