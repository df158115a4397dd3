#ifndef IMPORT_ROWS_H
#define IMPORT_ROWS_H
/* The rows of a file somebody brings: CSV, or JSON Lines when the first sign is a brace. One at a time, so a file
 * may be larger than
 * memory. In CSV the first row names the columns; in JSON Lines the columns are the members of the first hundred
 * lines, in the order
 * in which they first stand; numbers, true and false become text, null becomes empty, lists and objects their JSON. */
#include "base/err.h"
#include "base/values.h"

struct rows;

typedef ptrdiff_t rows_read(void *arg, char *to, size_t n);   /* as csv_options.read */

struct row {
	const struct str *cell;    /* as many as there are columns; live until the next rows_next */
	int64_t line;              /* where it begins, from 1 */
	const char *fault;         /* NULL, or why it cannot be read (a key); then there are no cells */
};

struct rows *rows_open(struct arena *a, rows_read *read, void *arg);
void rows_close(struct rows *r);                               /* accepts NULL */

/* To be called first. errors STORE (read failed), INVALID (no columns, or names that stand twice: *ret_fault is a
 * key) */
MUST_USE enum err rows_header(struct rows *r, struct text_list *ret, const char **ret_fault);
MUST_USE enum err rows_next(struct rows *r, struct row *ret, bool *ret_found);
int64_t rows_position(const struct rows *r);                   /* bytes read so far */
bool rows_are_json(const struct rows *r);

#endif
