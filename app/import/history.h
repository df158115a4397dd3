#ifndef IMPORT_HISTORY_H
#define IMPORT_HISTORY_H
/* What is kept of a run: how far it is, what it came to, which rows were put aside (the first HISTORY_REJECTS of
 * them). */
#include "import/run.h"

enum { HISTORY_REJECTS = 100000 };

struct history {
	struct import_id id;
	struct arena a;            /* what waits to be written */
	struct run_reject *v;
	size_t n, room;
	int64_t kept;
};

/* A run from the command line; one from the browser has its row already. errors as store_write */
MUST_USE enum err history_begin(struct history *h, const struct run *r, struct str file, int64_t bytes);
void history_done(struct history *h);

void history_reject(struct history *h, const struct run_reject *x);
MUST_USE enum err history_progress(struct history *h, const struct run *r);
/* why: remarks of a run that is done, or what went wrong. Appends the run's event when it changed something. */
MUST_USE enum err history_end(struct history *h, const struct run *r, bool good, struct str why);

#endif
