#ifndef IMPORT_RUN_H
#define IMPORT_RUN_H
/* One run of an import: rows are mapped on the caller's thread and written in transactions of at most RUN_BATCH.
 * Whether a row is new,
 * other than last time or the same is decided where it is written, so a run that was killed can simply be run again. */
#include "import/map.h"
#include "import/rows.h"

enum { RUN_BATCH = 1000 };

struct run_reject {
	int64_t line;
	struct str reason;         /* in the run's language */
	const struct str *cell;    /* the row as it came; none when it could not be read */
	size_t cells;
};

struct run_remark {
	int64_t rows;
	struct str column;
};

struct run {
	/* in */
	struct store *store;
	struct db *db;             /* for reading */
	struct rows *rows;
	const struct mapping *map;
	size_t columns;
	struct str source;
	struct person_id actor;
	enum lang lang;
	bool dry;                  /* tells the same numbers and writes nothing */
	/* called on the caller's thread; each may be NULL; an error ends the run */
	enum err (*reject)(struct run *r, const struct run_reject *x);
	enum err (*remark)(struct run *r, int64_t line, struct str column);
	enum err (*progress)(struct run *r);          /* after each batch */
	void *ctx;

	/* out */
	int64_t created, updated, unchanged, rejected;
	struct run_remark *remarks;   /* by rule of the mapping; rows 0: none */
};

/* errors STORE (the file or the store), DISK_FULL, BUSY, those of the callbacks. What was counted is written. */
MUST_USE enum err run_import(struct run *r, struct arena *a);

/* "11 rows: TotalCharges is blank", a line each. */
struct str run_say_remarks(struct arena *a, const struct run *r);

#endif
