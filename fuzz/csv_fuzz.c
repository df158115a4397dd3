/* CSV: pieces of any size give the same rows; every cell is UTF-8 without NUL; rows that are written are read back
 * the same. */
#include "base/check.h"
#include "text/csv.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static ptrdiff_t read_slowly(void *text, char *to, size_t n) {
	return csv_read_text(text, to, n > 7 ? 7 : n);
}

/* All rows written again, as semicolon-separated text. */
static void rewrite(struct str s, ptrdiff_t (*reader)(void *, char *, size_t), char delimiter, struct buf *b) {
	struct csv_text text = {s};
	struct csv *c = csv_open((struct csv_options){.read = reader, .arg = &text, .delimiter = delimiter,
		.row_max = 4096});
	struct csv_out o = {.b = b, .delimiter = ';'};
	const struct csv_row *row;
	while (csv_next(c, &row) == OK && row != NULL) {
		PRE(row->line >= 1 && row->at >= 0 && (row->fault != NULL) == (row->cells == 0));
		for (size_t i = 0; i < row->cells; i++) {
			PRE(utf8_valid(row->cell[i]) && str_find(row->cell[i], 0) < 0 && row->cell[i].p[row->cell[i].n] == 0);
			csv_put(&o, row->cell[i]);
		}
		if (row->fault == NULL) csv_put_end(&o);
	}
	PRE(csv_position(c) == (int64_t)s.n);
	csv_close(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	struct buf one, two;
	struct str s = str_n((const char *)p, n);
	buf_init(&one, 16 * n + 64);
	buf_init(&two, 16 * n + 64);
	rewrite(s, csv_read_text, 0, &one);
	rewrite(s, read_slowly, 0, &two);
	PRE(!one.over && str_eq(buf_str(&one), buf_str(&two)));
	buf_clear(&two);
	if (one.n < 4096 && !str_starts(buf_str(&one), STR("\xEF\xBB\xBF"))) {
		rewrite(buf_str(&one), csv_read_text, ';', &two);
		PRE(str_eq(buf_str(&one), buf_str(&two)));
	}
	buf_done(&one);
	buf_done(&two);
	return 0;
}
