#ifndef TOOLS_SQLGEN_H
#define TOOLS_SQLGEN_H
/* What the parts of sqlgen share: sqlgen.c reads files and headers, sqlgen_body.c the bodies, sqlgen_write.c prints C. */
#include "gen.h"

enum { MOST_PARAMS = 60, MOST_ORDERS = 20, MOST_PIECES = 100, MOST_FILTERS = 10, MOST_FRAGS = 200 };
enum { MOST_QUERIES = 2000 };
enum cardinality { ONE, MAYBE, MANY, EACH, EXEC, EXEC1 };

struct frag {
	const char *name, *file, *text;
	int line, params;
	char *param[MOST_PARAMS];
};

struct param {
	const char *name;
	struct type type;
	int filter;          /* the bit of its --? lines, or -1 */
	bool used;           /* in the body that is being read */
};

/* A part of a statement's text, with the conditions of struct sql_piece. */
struct piece {
	char *text;
	int filter, order;
};

struct body {
	int line;            /* of its first line */
	char *text;          /* without the ';' */
	struct piece piece[MOST_PIECES];
	int pieces;
};

struct query {
	const char *name, *file, *about;
	int line, params, orders, filters;
	struct param param[MOST_PARAMS];
	struct { char *name, *text; } order[MOST_ORDERS];
	enum cardinality cardinality;
	bool writes;
	struct type result;
	struct body body[2]; /* SQLite, PostgreSQL; the same text when only one was given */
};

extern struct frag sqlgen_frags[MOST_FRAGS];
extern struct query *sqlgen_queries[MOST_QUERIES];
extern int sqlgen_frag_count, sqlgen_query_count;

/* Splits at commas outside of brackets and quotes, at most MOST_PARAMS parts; returns how many. */
int sqlgen_split(const char *file, int line, char *list, char **part);
/* Cuts the body for SQLite (0) or PostgreSQL (1) into pieces. All fragments must be known. */
void sqlgen_compile(struct query *q, int engine);
/* Prints OUT/sql/NAME.h and .c for the statements of a file. */
void sqlgen_write(const char *out, const char *name, const char *file);
void sqlgen_write_all(const char *out);

#endif
