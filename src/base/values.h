#ifndef BASE_VALUES_H
#define BASE_VALUES_H
/* The small types that rows, views and inputs are made of besides struct str, ids, int64_t, bool, double and usec_t. */
#include "base/clock.h"
#include "base/ids.h"
#include "base/str.h"

/* An integer that may be absent. */
struct opt_int {
	bool has;
	int64_t v;
};

/* Markup that is safe to put into a page as it is. Only text/markdown.c and text/sanitize.c make one. */
struct html {
	struct str s;
};

/* A whole address that is safe in href or src: a path of ours, or http, https, mailto, tel. Made by url_path and url_check. */
struct url {
	struct str s;
};

/* A file that came with a form or request: where its bytes are, and what the sender said of it. */
struct upload {
	struct str name;
	struct str type;
	struct str bytes;   /* p == NULL: none was sent */
};

#define LIST_OF(name, c_type) struct name##_list { c_type *v; size_t n; };
LIST_OF(int, int64_t)
LIST_OF(text, struct str)
LIST_OF(upload, struct upload)
#define ID(name) LIST_OF(name##_id, struct name##_id)
#include "base/ids.def"
#undef ID

#endif
