/* libcsv in its strict mode reads the cells; it calls back for each cell and each row's end. It is fed one line at
 * a time, so that the line of every row is known and reading can stop between rows without holding more than one.
 * When libcsv refuses a row, or the row grows too large, a fresh parser goes on behind the next line break. */
#include "text/csv.h"
#include "base/check.h"
#include "text/locale.h"
#include "text/utf8.h"
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { PIECE_BYTES = 64 * 1024, CELLS_DEFAULT = 1000, ROW_DEFAULT = 1024 * 1024, GUESS_LINES = 20 };

struct span {
	size_t at, n;
};

struct csv {
	struct csv_options o;
	struct csv_parser parser;
	char *piece;
	size_t have, used;            /* bytes in the piece, and how many of them are done */
	bool started, ended, skipping, after_cr, was_1252;
	bool row_begun, row_done;
	int64_t line, consumed;       /* the line and byte that come next */

	struct buf text;              /* the row's cells, each ended by NUL */
	struct span *span;            /* where in text */
	struct str *cell;
	size_t cells, room;
	struct csv_row row;
};

struct csv *csv_open(struct csv_options o) {
	struct csv *c = must_calloc(1, sizeof *c);
	c->o = o;
	if (c->o.cells_max == 0) c->o.cells_max = CELLS_DEFAULT;
	if (c->o.row_max == 0) c->o.row_max = ROW_DEFAULT;
	c->piece = must_malloc(PIECE_BYTES);
	c->line = 1;
	buf_init(&c->text, 4 * c->o.row_max + c->o.cells_max + 1);
	PRE(csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI) == 0);
	return c;
}

void csv_close(struct csv *c) {
	if (c == NULL) return;
	csv_free(&c->parser);
	buf_done(&c->text);
	free(c->span);
	free(c->cell);
	free(c->piece);
	free(c);
}

char csv_delimiter(const struct csv *c) { return c->o.delimiter; }
int64_t csv_position(const struct csv *c) { return c->consumed; }
bool csv_was_1252(const struct csv *c) { return c->was_1252; }

/* ------------------------------------------------------------------ cells */

static void fault(struct csv *c, const char *why) {
	if (c->row.fault == NULL) c->row.fault = why;
}

static void on_cell(void *bytes, size_t n, void *arg) {
	struct csv *c = arg;
	struct str s = str_n(bytes, n);
	if (c->row.fault != NULL) return;
	if (c->cells == c->o.cells_max) {
		fault(c, T("This row has too many columns."));
		return;
	}
	if (n > 0 && memchr(s.p, 0, n) != NULL) {
		fault(c, T("This row holds bytes that are no text."));
		return;
	}
	if (c->cells == c->room) {
		c->room = c->room ? 2 * c->room : 32;
		c->span = must_realloc(c->span, c->room * sizeof *c->span);
		c->cell = must_realloc(c->cell, c->room * sizeof *c->cell);
	}
	size_t at = c->text.n;
	if (utf8_valid(s)) {
		buf_add(&c->text, s);
	} else {
		utf8_add_1252(&c->text, s);
		c->was_1252 = true;
	}
	c->span[c->cells++] = (struct span){.at = at, .n = c->text.n - at};
	buf_add_char(&c->text, 0);
}

static void on_row(int sign, void *arg) {
	(void)sign;
	((struct csv *)arg)->row_done = true;
}

/* ---------------------------------------------------------------- the start */

/* How often `d` stands in the line at *s outside of quotes; *s goes on behind the line. */
static int count_in_line(struct str *s, char d) {
	int n = 0;
	bool quoted = false;
	size_t i = 0;
	for (; i < s->n && (quoted || (s->p[i] != '\n' && s->p[i] != '\r')); i++) {
		if (s->p[i] == '"') quoted = !quoted;
		else if (!quoted && s->p[i] == d) n++;
	}
	while (i < s->n && (s->p[i] == '\n' || s->p[i] == '\r')) i++;
	*s = str_from(*s, i);
	return n;
}

/* The candidate that stands equally often in most of the first lines; among equals the one that stands more often. */
static char guess_delimiter(struct str start) {
	static const char candidates[] = {',', ';', '\t', '|'};
	char best = ',';
	int best_lines = 0, best_count = 0;
	for (size_t i = 0; i < sizeof candidates; i++) {
		struct str rest = start;
		int first = count_in_line(&rest, candidates[i]), lines = 1;
		if (first == 0) continue;
		for (int l = 1; l < GUESS_LINES && rest.n > 0; l++) lines += count_in_line(&rest, candidates[i]) == first;
		if (lines < best_lines || (lines == best_lines && first <= best_count)) continue;
		best = candidates[i];
		best_lines = lines;
		best_count = first;
	}
	return best;
}

static enum err read_piece(struct csv *c) {
	c->have = c->used = 0;
	while (c->have < PIECE_BYTES && !c->ended) {
		ptrdiff_t got = c->o.read(c->o.arg, c->piece + c->have, PIECE_BYTES - c->have);
		if (got < 0) return ERR_STORE;
		PRE((size_t)got <= PIECE_BYTES - c->have);
		if (got == 0) c->ended = true;
		c->have += (size_t)got;
	}
	return OK;
}

static enum err start(struct csv *c) {
	TRY(read_piece(c));
	c->started = true;
	if (str_starts(str_n(c->piece, c->have), STR("\xEF\xBB\xBF"))) {
		c->used = 3;
		c->consumed = 3;
	}
	if (c->o.delimiter == 0) c->o.delimiter = guess_delimiter(str_n(c->piece + c->used, c->have - c->used));
	csv_set_delim(&c->parser, (unsigned char)c->o.delimiter);
	return OK;
}

/* --------------------------------------------------------------------- rows */

static void fresh_parser(struct csv *c) {
	csv_free(&c->parser);
	PRE(csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI) == 0);
	csv_set_delim(&c->parser, (unsigned char)c->o.delimiter);
}

/* The rest of the piece up to and with its next line break. CR LF gives two, the second being an empty line. */
static struct str next_line(const struct csv *c) {
	const char *p = c->piece + c->used;
	size_t n = 0, most = c->have - c->used;
	while (n < most && p[n] != '\n' && p[n] != '\r') n++;
	return str_n(p, n < most ? n + 1 : n);
}

static bool ends_line(struct str s) {
	return s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r';
}

static void consume(struct csv *c, struct str s) {
	bool second = s.n == 1 && s.p[0] == '\n' && c->after_cr;
	if (ends_line(s) && !second) c->line++;
	c->after_cr = s.p[s.n - 1] == '\r';
	c->used += s.n;
	c->consumed += (int64_t)s.n;
}

static void give_up_row(struct csv *c, const char *why, bool at_line_end) {
	fault(c, why);
	fresh_parser(c);
	c->row_done = true;
	c->skipping = !at_line_end;
}

static void feed(struct csv *c, struct str s) {
	int64_t line = c->line, at = c->consumed;
	consume(c, s);
	if (c->skipping) {
		c->skipping = !ends_line(s);
		return;
	}
	if (!c->row_begun) {
		c->row.line = line;
		c->row.at = at;
	}
	size_t done = csv_parse(&c->parser, s.p, s.n, on_cell, on_row, c);
	if (done < s.n || csv_error(&c->parser) != CSV_SUCCESS) {
		give_up_row(c, T("There is a quotation mark in the middle of a value in this row."), ends_line(s));
		return;
	}
	c->row_begun = c->parser.pstate != 0;   /* 0: an empty line, or the row is done */
	if (!c->row_done && c->row_begun && c->consumed - c->row.at > (int64_t)c->o.row_max)
		give_up_row(c, T("This row is too long, or a quotation mark in it is never closed."), ends_line(s));
}

static void finish(struct csv *c) {
	if (!c->row_begun || csv_fini(&c->parser, on_cell, on_row, c) == 0) return;
	give_up_row(c, T("A quotation mark in this row is never closed."), true);
}

enum err csv_next(struct csv *c, const struct csv_row **ret) {
	if (!c->started) TRY(start(c));
	buf_clear(&c->text);
	c->cells = 0;
	c->row = (struct csv_row){0};
	c->row_begun = c->row_done = false;
	while (!c->row_done) {
		if (c->used == c->have) {
			if (!c->ended) TRY(read_piece(c));
			if (c->used == c->have) break;
		}
		feed(c, next_line(c));
	}
	if (!c->row_done) finish(c);
	if (!c->row_done) {
		*ret = NULL;
		return OK;
	}
	if (c->text.over) fault(c, T("This row is too long, or a quotation mark in it is never closed."));
	c->row.cells = c->row.fault == NULL ? c->cells : 0;
	c->row.cell = c->cell;
	for (size_t i = 0; i < c->row.cells; i++) c->cell[i] = str_n(c->text.p + c->span[i].at, c->span[i].n);
	*ret = &c->row;
	return OK;
}

ptrdiff_t csv_read_fd(void *fd, char *to, size_t n) {
	for (;;) {
		ssize_t got = read(*(int *)fd, to, n);
		if (got >= 0 || errno != EINTR) return got;
	}
}

ptrdiff_t csv_read_text(void *text, char *to, size_t n) {
	struct csv_text *t = text;
	struct str part = str_first(t->rest, n);
	if (part.n > 0) memcpy(to, part.p, part.n);
	t->rest = str_from(t->rest, part.n);
	return (ptrdiff_t)part.n;
}

/* ------------------------------------------------------------------ writing */

static bool formula(struct str s) {
	double number;
	if (s.n == 0 || strchr("=+-@\t\r", s.p[0]) == NULL || s.p[0] == 0) return false;
	return !((s.p[0] == '-' || s.p[0] == '+') && str_real(s, &number));
}

void csv_put(struct csv_out *o, struct str cell) {
	char delimiter = o->delimiter ? o->delimiter : ',';
	bool first = !o->some;
	if (!first) buf_add_char(o->b, delimiter);
	o->some = true;
	bool guard = o->for_people && formula(cell);
	bool quote = first && cell.n == 0;   /* else a row of one empty cell would be an empty line */
	for (size_t i = 0; i < cell.n && !quote; i++) {
		char c = cell.p[i];
		quote = c == delimiter || c == '"' || c == '\n' || c == '\r';
	}
	if (cell.n > 0) quote = quote || cell.p[0] == ' ' || cell.p[0] == '\t' || cell.p[cell.n - 1] == ' ' ||
		cell.p[cell.n - 1] == '\t';
	if (quote) buf_add_char(o->b, '"');
	if (guard) buf_add_char(o->b, '\'');
	while (!str_none(cell)) {
		buf_add(o->b, str_cut(&cell, '"'));
		if (!str_none(cell)) buf_add(o->b, STR("\"\""));
	}
	if (quote) buf_add_char(o->b, '"');
}

void csv_put_int(struct csv_out *o, int64_t v) {
	char text[24];
	int n = snprintf(text, sizeof text, "%lld", (long long)v);
	csv_put(o, str_n(text, (size_t)n));
}

void csv_put_end(struct csv_out *o) {
	buf_add(o->b, STR("\r\n"));
	o->some = false;
}
