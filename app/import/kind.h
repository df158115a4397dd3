#ifndef IMPORT_KIND_H
#define IMPORT_KIND_H
/* What can be imported: each kind is one line of the table in kind.c, with the fields that a mapping may fill and
 * what is done with a
 * mapped row. A mapped row holds a text for each field: checked, clean, absent (STR_NONE) when the row has nothing
 * for it. */
#include "base/values.h"
#include "db/db.h"
#include "pack/pack.h"

enum want {
	WANT_LINE,      /* one line of text */
	WANT_TEXT,      /* several */
	WANT_EMAIL,
	WANT_DATE,      /* kept as YYYY-MM-DD */
	WANT_TIME,      /* kept as microseconds, in digits */
	WANT_MONEY,     /* kept in minor units, in digits */
	WANT_LAT, WANT_LON,
	WANT_WORD,      /* one of `words` */
	WANT_FIELD,     /* of the pack, as pack_value gives it */
};

struct target {
	struct str name;           /* external_id, field:contract */
	const char *label;         /* a key; the pack's own fields have theirs */
	enum want want;
	int max;                   /* bytes */
	bool needed;               /* a row without it is put aside */
	bool unique;               /* no two rows of a file may have the same */
	bool many;                 /* several rules may fill it: their values are the lines of the text */
	const char *words;         /* " new heard " */
	const struct pack_field *field;
};

struct mapped {
	struct str *value;         /* one for each target */
};

/* What apply is told besides the row. */
struct applying {
	struct db *db;
	struct arena *a;           /* of the batch */
	const struct import_kind *kind;
	const struct pack *pack;
	const struct target *target;
	size_t targets;
	const bool *spoken;        /* by target: whether the mapping fills it at all */
	void *looked;              /* the kind's own, from look to make or change */
	struct str source;
	struct person_id actor;    /* 0: the command line */
};

struct import_kind {
	const char *word;          /* people */
	const char *object;        /* person: the kind in source_ref and in events */
	const char *label;         /* a key */
	const struct target *target;
	size_t targets;
	bool pack_fields;          /* "field:NAME" too */
	struct str type;           /* of records: its name in the pack; STR_NONE for other kinds */

	/* Reads only; also in a dry run. Finds what the row is about although this source never named it (id 0: nothing),
	 * or what speaks
	 * against the row: a key. id: what source_ref names, else 0. */
	enum err (*look)(struct applying *x, const struct mapped *row, int64_t *id, const char **ret_fault);
	/* Writes the thing, its counters and its event. */
	enum err (*make)(struct applying *x, const struct mapped *row, int64_t *ret_id);
	enum err (*change)(struct applying *x, const struct mapped *row, int64_t id);
};

enum { TARGET_EXTERNAL_ID };   /* the first target of every kind */

const struct import_kind *import_kind_find(struct str word);   /* NULL if there is none */
const struct import_kind *import_kind_at(int i);               /* NULL past the last */
extern const struct import_kind people_kind, conversations_kind, links_kind;
extern const struct import_kind records_kind;                  /* what all records:TYPE have in common */

/* The kind's fields and those of the pack. */
const struct target *import_targets(struct arena *a, const struct import_kind *k, const struct pack *p, size_t *ret_n);

#endif
