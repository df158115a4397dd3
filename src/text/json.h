#ifndef TEXT_JSON_H
#define TEXT_JSON_H
/* JSON in (RFC 8259, strictly) and out.
 *
 * In: no duplicate keys, no U+0000, no wrong UTF-8, at most JSON_DEPTH_MAX deep, integers within int64_t, numbers
 * finite, one value and nothing behind it. A document owns its values and texts until json_done:
 *     JSON_DOC(doc);
 *     TRY(json_parse(&doc, text, NULL));
 *     json_get_str(json_member(doc.root, "name"), &name);
 * Every reader takes NULL (an absent member) and any kind. One thread at a time uses a document. */
#include "base/buf.h"
#include "base/err.h"

enum { JSON_DEPTH_MAX = 32, JSON_OUT_DEPTH_MAX = 63 };      /* so what was read can be written within something */

enum json_kind { JSON_ABSENT, JSON_IS_NULL, JSON_IS_BOOL, JSON_IS_INT, JSON_IS_REAL, JSON_IS_STR, JSON_IS_ARRAY,
	JSON_IS_OBJECT };

struct json;                                                 /* a value within a document */

struct json_doc {
	const struct json *root;
};

struct json_fault {                                          /* where and why, for a person */
	int line, column;                                        /* from 1; 0 when unknown */
	char text[160];
};

#define JSON_DOC(name) struct json_doc name __attribute__((cleanup(json_done))) = {0}

/* ERR_MALFORMED with *ret_fault (may be NULL) when text is no such JSON. The document must be done or all-zero
 * before. */
MUST_USE enum err json_parse(struct json_doc *ret, struct str text, struct json_fault *ret_fault);
void json_done(struct json_doc *d);                          /* accepts one already done */

enum json_kind json_kind_of(const struct json *v);
const struct json *json_member(const struct json *object, const char *name);   /* NULL if absent or no object */
const struct json *json_item(const struct json *array, size_t i);              /* NULL past the end or no array */
size_t json_length(const struct json *v);                    /* items or members; 0 for other kinds */

/* False, with *ret untouched, when the value is absent or of another kind. An int is also a real, but no real an
 * int. */
bool json_get_str(const struct json *v, struct str *ret);
bool json_get_int(const struct json *v, int64_t *ret);
bool json_get_real(const struct json *v, double *ret);
bool json_get_bool(const struct json *v, bool *ret);

/* Visits the members in the order of the text: for (struct json_members m = json_members(o); json_next(&m);) …
 * m.name, m.value */
struct json_members {
	const struct json *object;
	void *at;
	struct str name;
	const struct json *value;
};
struct json_members json_members(const struct json *object);
bool json_next(struct json_members *m);

/* Out: appends to a buffer; commas and escapes are taken care of. What cannot be JSON (a value without its key, an
 * end without its begin, deeper than JSON_OUT_DEPTH_MAX) ends the process. */
struct json_out {
	struct buf *b;
	int depth;
	uint64_t object;                                         /* bit d: level d is an object */
	uint64_t some;                                           /* bit d: level d has a value already */
	bool keyed;                                              /* a key waits for its value */
};
struct json_out json_out(struct buf *b);
void json_put_object(struct json_out *o);                    /* { */
void json_put_array(struct json_out *o);                     /* [ */
void json_put_end(struct json_out *o);                       /* } or ] */
void json_put_key(struct json_out *o, const char *name);
void json_put_key_str(struct json_out *o, struct str name);
void json_put_str(struct json_out *o, struct str s);         /* STR_NONE is null; wrong UTF-8 becomes U+FFFD */
void json_put_c(struct json_out *o, const char *s);          /* NULL is null */
void json_put_int(struct json_out *o, int64_t v);
/* shortest form that reads back the same real; NAN, INFINITY are null */
void json_put_real(struct json_out *o, double v);
void json_put_bool(struct json_out *o, bool v);
void json_put_null(struct json_out *o);
void json_put_raw(struct json_out *o, struct str json);      /* text that is one JSON value already */
void json_put_value(struct json_out *o, const struct json *v);   /* a value that was read, whole; NULL is null */

#endif
