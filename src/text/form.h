#ifndef TEXT_FORM_H
#define TEXT_FORM_H
/* The fields of a form: application/x-www-form-urlencoded or multipart/form-data (RFC 7578), from a whole body in
 * memory. Values of multipart parts are slices of the body; decoded texts live in the arena. Texts are not checked
 * to be UTF-8. Any thread. */
#include "base/err.h"
#include "base/values.h"

enum { FORM_PARTS_MAX = 1000, FORM_HEADER_MAX = 4096 /* bytes of one part's header */, FORM_NAME_MAX = 256 };

struct form_part {
	struct str name;
	struct str value;      /* the bytes; "" when empty */
	struct str filename;   /* STR_NONE: not a file; the last part of a path, without control characters */
	struct str type;       /* the part's Content-Type, or STR_NONE */
};

struct form {
	const struct form_part *v;
	size_t n;
};

bool form_takes(struct str content_type);                    /* whether form_parse knows the type */

/* ERR_MEDIA_TYPE another type, ERR_MALFORMED, ERR_TOO_LARGE past the limits above. Nested multiparts and transfer
 * encodings other than 7bit, 8bit and binary are refused as ERR_MALFORMED. */
MUST_USE enum err form_parse(struct arena *a, struct str content_type, struct str body, struct form *ret);

/* The first part of that name behind `after` (NULL: from the start); NULL if there is none. */
const struct form_part *form_find(const struct form *f, struct str name, const struct form_part *after);
/* The value of the first part of that name; STR_NONE if there is none. */
struct str form_value(const struct form *f, const char *name);

/* Content-Type "text/html; charset=utf-8" → "text/html" in lower case, and one parameter's value (STR_NONE if
 * absent). */
struct str media_type(struct arena *a, struct str content_type);
struct str media_param(struct arena *a, struct str content_type, const char *name);

#endif
