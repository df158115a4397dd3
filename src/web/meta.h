#ifndef WEB_META_H
#define WEB_META_H
/* What the generators tell the program about its own types, views and routes. From these tables come the decoding of
 * inputs, JSON, OpenAPI and the `routes` command. All of it is constant data. */
#include "base/err.h"
#include "base/kind.h"
#include "base/values.h"

struct out;
struct req;

/* ------------------------------------------------------------------- types */

struct type_def;

struct type_field {
	const char *name;
	const char *group;            /* the JSON object it stands in, or NULL */
	enum kind kind;
	bool opt, list, group_opt, no_json;
	size_t offset;
	const struct type_def *type;  /* K_STRUCT */
};

struct type_def {
	const char *name;
	size_t size;
	const struct type_field *field;
	int fields;
	const char *json;             /* the field that is the view's JSON face, or NULL */
};

/* ------------------------------------------------------------------- views */

struct view_block {
	const char *name;
	void (*write)(struct out *o, const void *view);
};

struct view_def {
	const char *name;
	const struct type_def *type;
	void (*page)(struct out *o, const void *view);    /* NULL: the view has no page, only JSON */
	void (*title)(struct out *o, const void *view);   /* NULL: the page's title is the business's name */
	const struct view_block *block;                   /* ended by name NULL; NULL if none */
};

extern const struct view_def *const view_defs[];          /* generated; sorted by name; each also as view_NAME in tpl.h */
extern const int view_def_count;

/* ------------------------------------------------------------------ inputs */

enum field_where { IN_PATH, IN_ANY };                     /* IN_ANY: the query, a form or a JSON body */

struct field_def {
	const char *name;
	const char *group;
	enum kind kind;
	enum field_where where;
	bool opt, list, lines, email, multi;
	bool has_min, has_max;
	int64_t min, max;             /* of a number; of a text's bytes; of a list's items */
	const char *const *one;       /* allowed words, ended by NULL; NULL: any */
	const char *preset;           /* default=X as text, or NULL */
	size_t offset;
};

/* ------------------------------------------------------------------ routes */

enum who {
#define WHO(name, sentence) WHO_##name,
#include "web/who.def"
#undef WHO
};

enum rate {
#define RATE(name, per_minute, burst) RATE_##name,
#include "web/rate.def"
#undef RATE
};

enum route_flag {
	ROUTE_API = 1,      /* under /api/v1: always JSON */
	ROUTE_TX = 2,       /* the handler runs in the writer's transaction */
	ROUTE_CACHE = 4,    /* the page is the same for every visitor and may be kept */
	ROUTE_RAW = 8,      /* the handler makes the response */
	ROUTE_LIVE = 16,    /* the handler opens a stream */
	ROUTE_NO_IDEM = 32, /* Idempotency-Key is not looked at */
};

struct route {
	const char *method;                 /* GET, POST, PUT, PATCH, DELETE */
	const char *path;                   /* /conversations/{id} */
	const char *name;                   /* the handler's */
	enum who who;
	enum rate rate;
	unsigned flags;
	int status;                         /* of success, for JSON */
	int64_t body_max;
	enum err (*run)(struct req *q, const void *in, void *view);
	const struct field_def *in;
	int in_count;
	size_t in_size;
	const struct view_def *view;        /* or NULL */
	const char *then;                   /* or NULL */
	const char *doc;
};

extern const struct route routes[];     /* generated; literal segments before {…} */
extern const int route_count;

#endif
