#ifndef IMPORT_JOB_H
#define IMPORT_JOB_H
/* Within import: a file that was uploaded, read from the store. */
#include "db/files.h"
#include "import/rows.h"
#include "sql/import.h"

enum { UPLOAD_MAX = 64 * 1024 * 1024 };

struct stored {
	struct db *db;
	struct arena a;            /* the chunk */
	struct file_id id;
	int64_t at;
	struct str rest;
};
ptrdiff_t stored_read(void *stored, char *to, size_t n);      /* a rows_read */
void stored_done(struct stored *s);

#endif
