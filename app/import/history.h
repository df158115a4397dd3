#ifndef IMPORT_HISTORY_H
#define IMPORT_HISTORY_H
/* What is kept of a run: how far it is, what it came to, which rows were put aside (the first HISTORY_REJECTS of them). */
#include "import/run.h"

enum { HISTORY_REJECTS = 100000 };

/* mapping: as it was read. errors as store_write */
MUST_USE enum err history_begin(const struct run *r, struct str file, struct file_id file_id, int64_t bytes, struct import_id *ret);
MUST_USE enum err history_reject(struct run *r, struct import_id id, const struct run_reject *x);   /* written with the next progress */
MUST_USE enum err history_progress(struct run *r, struct import_id id);
MUST_USE enum err history_end(const struct run *r, struct import_id id, bool good, struct str why);

#endif
