#ifndef TEXT_CSV_H
#define TEXT_CSV_H
/* CSV in a stream: rows one at a time from bytes that come in pieces, so that a file may be larger than memory.
 * The delimiter (, ; tab |) is guessed from the start of the file, a byte-order mark is skipped, cells that are
 * not UTF-8 are taken for Windows-1252. Quoted cells may hold delimiters, doubled quotes and line breaks. Lines
 * that are empty are skipped.
 *
 *     struct csv *c = csv_open((struct csv_options){.read = csv_read_fd, .arg = &fd});
 *     while ((e = csv_next(c, &row)) == OK && row != NULL)
 *         if (row->fault != NULL) … else … row->cell[i]
 *     csv_close(c);
 *
 * One thread at a time uses a reader. */
#include "base/buf.h"
#include "base/err.h"

struct csv;

struct csv_options {
	/* Fills `to` with 1..n bytes and returns how many; 0 at the end; -1 on an error. */
	ptrdiff_t (*read)(void *arg, char *to, size_t n);
	void *arg;
	char delimiter;            /* 0: guess */
	size_t cells_max;          /* in a row; 0: 1,000 */
	size_t row_max;            /* bytes of a row; 0: 1 MiB */
};

struct csv_row {
	const struct str *cell;    /* valid UTF-8 without NUL; each ends with a NUL byte; live until the next csv_next */
	size_t cells;
	int64_t line;              /* where it begins, from 1 */
	int64_t at;                /* byte where it begins, from 0 */
	/* NULL, or why it cannot be read: an English sentence, a translation key; then there are no cells */
	const char *fault;
};

struct csv *csv_open(struct csv_options o);                  /* never NULL; reads nothing yet */
void csv_close(struct csv *c);                               /* accepts NULL */

/* The next row in *ret, NULL at the end. A row that is wrong (a quote in the middle, too many cells or bytes, NUL)
 * comes with its `fault`, and reading goes on at the next line. ERR_STORE when read() failed. */
MUST_USE enum err csv_next(struct csv *c, const struct csv_row **ret);

char csv_delimiter(const struct csv *c);                     /* known after the first csv_next */
int64_t csv_position(const struct csv *c);                   /* bytes read so far, for progress */
bool csv_was_1252(const struct csv *c);                      /* a cell was not UTF-8 so far */

ptrdiff_t csv_read_fd(void *fd, char *to, size_t n);         /* `arg` is an int *: reads a file descriptor */
struct csv_text { struct str rest; };
ptrdiff_t csv_read_text(void *text, char *to, size_t n);     /* `arg` is a struct csv_text *: reads from memory */

/* Writing: cells, then the row's end (CR LF, as RFC 4180 says). With `for_people` a cell that a spreadsheet would
 * take for a formula (begins with = + - @ tab CR, and is no plain number) gets an apostrophe before it. */
struct csv_out {
	struct buf *b;
	char delimiter;            /* 0: comma */
	bool for_people;
	bool some;                 /* the row has a cell already */
};
void csv_put(struct csv_out *o, struct str cell);            /* STR_NONE is an empty cell */
void csv_put_int(struct csv_out *o, int64_t v);
void csv_put_end(struct csv_out *o);

#endif
