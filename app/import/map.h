#ifndef IMPORT_MAP_H
#define IMPORT_MAP_H
/* A mapping says how the columns of somebody's file become the fields of ours. Its language: README.md. Reading one
 * checks all that
 * can be known without a file, so that what goes wrong later is a row's fault, not the mapping's. */
#include "import/kind.h"
#include "text/json.h"
#include "text/locale.h"

enum { MAP_BYTES_MAX = 1024 * 1024, MAP_RULES_MAX = 500, MAP_WORDS_MAX = 10000 };

enum blank { BLANK_OK, BLANK_REMARK, BLANK_REJECT };

struct map_piece {
	struct str text;           /* when it is no column */
	int column;                /* of mapping.column, or -1 */
};

struct map_word {
	struct str from, to;
};

struct map_when {
	int column;
	struct text_list values;
};

struct map_rule {
	size_t target;
	struct map_piece *piece;   /* "from" is one piece that is a column */
	size_t pieces;
	struct map_word *word;
	size_t words;
	struct str otherwise;      /* STR_NONE: a word that is not in the list is a fault */
	struct str as;             /* a format of text/date.h, or STR_NONE */
	const struct zone *zone;
	int64_t times;             /* 1: as it is */
	bool title;                /* SHOUTED TEXT becomes Shouted Text */
	struct map_when *when;     /* all must hold */
	size_t whens;
	enum blank blank;
};

struct mapping {
	struct str file;           /* what it is called in sentences */
	struct str text;           /* as it was read */
	const struct import_kind *kind;
	const struct pack *pack;
	const struct target *target;
	size_t targets;
	struct map_rule *rule;
	size_t rules;
	struct text_list column;   /* what it reads; with "header" what it is found by, too */
	int *at;                   /* where each column stands in the file; after mapping_bind */
};

/* Reads a mapping. zone: of times that name none. errors INVALID, with the file, the place and the fault in *ret_why */
MUST_USE enum err mapping_read(struct arena *a, struct str file, struct str text, const struct pack *p,
                               const struct zone *zone, struct mapping **ret, struct str *ret_why);

/* Whether the file has all columns; those it lacks in *ret_missing. */
bool mapping_bind(struct arena *a, struct mapping *m, const struct text_list *header, struct text_list *ret_missing);

/* The mapping of the pack that fits the file best: the one that knows the most of its columns. NULL when none fits;
 * then *ret_why says what
 * is missing. A fault in one of them is said there, too. */
struct mapping *mapping_find(struct arena *a, const struct import_kind *k, const struct pack *p,
                             const struct text_list *header, const struct zone *zone, struct str *ret_why);

/* A mapping for a file whose columns are called like our fields, as JSON; STR_NONE when a needed one is not there. */
struct str mapping_plain(struct arena *a, const struct import_kind *k, const struct pack *p,
                         const struct text_list *header);

struct map_fault {
	struct str column;         /* or the field, where it is none */
	const char *sentence;      /* a key */
};

/* Applies a mapping to a row's cells. Values live in a. False: the row is to be put aside, *ret_fault says why.
 * remarked: a bit by rule
 * is set for what is blank and worth a remark. */
bool mapping_apply(const struct mapping *m, struct arena *a, const struct str *cell, struct mapped *ret, bool *remarked,
                   struct map_fault *ret_fault);

/* The column (or else the field) a rule is about. */
struct str map_rule_name(const struct mapping *m, const struct map_rule *r);

/* What a row was last taken as: a hash over the values of its fields. */
struct str mapped_hash(struct arena *a, const struct mapping *m, const struct mapped *row);

#endif
