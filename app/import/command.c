/* rialto import KIND FILE: the same engine as in the browser, reading the file where it lies. What was put aside,
 * and remarks, are kept
 * beside the home under the file's name, never beside the input. */
#include "access/access.h"
#include "import/history.h"
#include "import/import.h"
#include "text/csv.h"
#include "text/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOLD_MAX = 10, FLUSH_AT = 64 * 1024 };

struct command {
	struct cli *cli;
	const char *file, *source, *map_file;
	const struct import_kind *kind;
	int fd;
	int64_t bytes;
	struct text_list header;
	struct history history;
	FILE *rejected, *remarks;
	const char *rejected_name, *remarks_name;
	struct buf out;
	int64_t told;
	bool progress;             /* stderr is a terminal */
};

static void done(struct command *c) {
	if (c->fd >= 0) close(c->fd);
	if (c->rejected != NULL) fclose(c->rejected);
	if (c->remarks != NULL) fclose(c->remarks);
	buf_done(&c->out);
	history_done(&c->history);
}

/* ------------------------------------------------------------ what is kept aside */

static const char *base_name(const struct command *c) {
	const char *slash = strrchr(c->file, '/');
	return slash ? slash + 1 : c->file;
}

static const char *beside_home(struct command *c, const char *suffix) {
	return str_fmt(c->cli->a, "%s/%s.%s", c->cli->home, base_name(c), suffix).p;
}

static enum err write_out(struct command *c, FILE *to) {
	bool good = fwrite(c->out.p ? c->out.p : "", 1, c->out.n, to) == c->out.n;
	buf_clear(&c->out);
	return good ? OK : ERR_DISK_FULL;
}

static enum err open_aside(struct command *c, const char *name, FILE **ret) {
	if (*ret != NULL) return OK;
	if (mkdir(c->cli->home, 0700) != 0 && errno != EEXIST) return ERR_STORE;
	*ret = fopen(name, "we");
	if (*ret != NULL) (void)!fchmod(fileno(*ret), 0600);   /* it holds what the file held */
	return *ret != NULL ? OK : ERR_STORE;
}

static enum err put_header(struct command *c) {
	struct csv_out o = {.b = &c->out};
	csv_put(&o, STR("line"));
	csv_put(&o, STR("reason"));
	for (size_t i = 0; i < c->header.n; i++) csv_put(&o, c->header.v[i]);
	csv_put_end(&o);
	return write_out(c, c->rejected);
}

static enum err reject(struct run *r, const struct run_reject *x) {
	struct command *c = r->ctx;
	if (++c->told <= TOLD_MAX)
		fprintf(stderr, "%s%s: line %" PRId64 ": " STR_FMT "\n", c->progress ? "\r\033[K" : "", c->file, x->line,
		        STR_ARG(x->reason));
	if (r->dry) return OK;
	bool first = c->rejected == NULL;
	TRY(open_aside(c, c->rejected_name, &c->rejected));
	if (first) TRY(put_header(c));
	struct csv_out o = {.b = &c->out};
	csv_put_int(&o, x->line);
	csv_put(&o, x->reason);
	for (size_t i = 0; i < x->cells; i++) csv_put(&o, x->cell[i]);
	csv_put_end(&o);
	TRY(write_out(c, c->rejected));
	history_reject(&c->history, x);
	return OK;
}

static enum err remark(struct run *r, int64_t line, struct str column) {
	struct command *c = r->ctx;
	if (r->dry) return OK;
	TRY(open_aside(c, c->remarks_name, &c->remarks));
	return fprintf(c->remarks, "line %" PRId64 ": " STR_FMT " is blank\n", line, STR_ARG(column)) > 0 ? OK : ERR_DISK_FULL;
}

static enum err progress(struct run *r) {
	struct command *c = r->ctx;
	int64_t rows = r->created + r->updated + r->unchanged + r->rejected;
	if (c->progress) {
		int part = c->bytes > 0 ? (int)(rows_position(r->rows) * 30 / c->bytes) : 0;
		fprintf(stderr, "\r\033[K[%.*s%.*s] %" PRId64 " rows", part < 30 ? part : 30, "##############################",
		        part < 30 ? 30 - part : 0, "..............................", rows);
	}
	return r->dry ? OK : history_progress(&c->history, r);
}

/* ---------------------------------------------------------------------- the run */

static int read_mapping_file(struct command *c, const struct pack *p, const struct zone *zone, struct mapping **ret) {
	struct cli *cli = c->cli;
	struct str why;
	struct stat st;
	int fd = open(c->map_file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > MAP_BYTES_MAX) {
		if (fd >= 0) close(fd);
		return cli_fail(cli, "the mapping %s cannot be read: it must be a file of at most 1 MB", c->map_file);
	}
	char *text = arena_alloc(cli->a, (size_t)st.st_size + 1);
	ssize_t n = read(fd, text, (size_t)st.st_size);
	close(fd);
	if (n != st.st_size) return cli_fail(cli, "the mapping %s cannot be read", c->map_file);
	if (mapping_read(cli->a, str_c(c->map_file), str_n(text, (size_t)n), p, zone, ret, &why) != OK)
		return cli_fail(cli, STR_FMT, STR_ARG(why));
	if ((*ret)->kind != c->kind)
		return cli_fail(cli, "%s maps %s, not %s", c->map_file, (*ret)->kind->word, c->kind->word);
	return EXIT_DONE;
}

static int find_mapping(struct command *c, const struct pack *p, const struct zone *zone, struct mapping **ret) {
	struct cli *cli = c->cli;
	struct text_list missing;
	struct str why;
	if (c->map_file != NULL) {
		int code = read_mapping_file(c, p, zone, ret);
		if (code != EXIT_DONE || mapping_bind(cli->a, *ret, &c->header, &missing)) return code;
		return cli_fail(cli, "%s has no column \"" STR_FMT "\"%s, which the mapping %s reads. Correct one of the two",
		                c->file, STR_ARG(missing.v[0]), missing.n > 1 ? " and others" : "", c->map_file);
	}
	*ret = mapping_find(cli->a, c->kind, p, &c->header, zone, &why);
	if (*ret != NULL) return EXIT_DONE;
	return cli_fail(cli,
	                "no mapping fits %s; the nearest: " STR_FMT
	                ". Give the file these columns, or a mapping of your own with --map "
	                "(app/import/README.md says how one is written)",
	                c->file, STR_ARG(why));
}

static int tell(struct command *c, const struct run *r) {
	struct str remarks = run_say_remarks(c->cli->a, r);
	if (c->progress) fprintf(stderr, "\r\033[K");
	if (!str_empty(remarks)) {
		cli_talk(STR_FMT, STR_ARG(remarks));
		if (c->remarks != NULL) {
			fprintf(c->remarks, STR_FMT "\n", STR_ARG(remarks));
			cli_talk("The lines are listed in %s", c->remarks_name);
		}
	}
	if (r->rejected > TOLD_MAX) cli_talk("… and %" PRId64 " more", r->rejected - TOLD_MAX);
	if (r->rejected > 0 && r->dry) cli_talk("%" PRId64 " rows would be put aside", r->rejected);
	else if (r->rejected > 0)
		cli_talk("%" PRId64 " rows were put aside; they are in %s with the reasons", r->rejected, c->rejected_name);
	if (r->dry) cli_talk("Nothing was written: this was a dry run");
	printf(c->cli->json ? "{\"created\":%" PRId64 ",\"updated\":%" PRId64 ",\"unchanged\":%" PRId64
	                      ",\"rejected\":%" PRId64 "}\n"
	                    : "created %" PRId64 ", updated %" PRId64 ", unchanged %" PRId64 ", rejected %" PRId64 "\n",
	       r->created, r->updated, r->unchanged, r->rejected);
	return EXIT_DONE;
}

static int run_it(struct command *c, struct run *r) {
	enum err e = r->dry ? OK : history_begin(&c->history, r, utf8_line(c->cli->a, str_c(base_name(c))), c->bytes);
	if (!r->dry) {             /* what an earlier run put aside is no longer true */
		(void)!unlink(c->rejected_name);
		(void)!unlink(c->remarks_name);
	}
	if (e == OK) e = run_import(r, c->cli->a);
	struct str why = e == OK ? run_say_remarks(c->cli->a, r) : str_c(err_sentence(e));
	if (!r->dry && c->history.id.v != 0)
		IGNORE(history_end(&c->history, r, e == OK, why)); /* the run itself is over either way */
	if (e == OK) return tell(c, r);
	if (c->progress) fprintf(stderr, "\n");
	return cli_fail(c->cli,
	                "%s was read up to byte %" PRId64 ", then: %s What was taken so far is kept; run it again to go on",
	                c->file, rows_position(r->rows), err_sentence(e));
}

static int import_file(struct command *c, struct run *r, struct db *db) {
	struct cli *cli = c->cli;
	struct business firm;
	const char *fault;
	struct str why;
	if (pack_load(&why) != OK) return cli_fail(cli, STR_FMT, STR_ARG(why));
	if (business_read(db, cli->a, &firm) != OK || pack_find(firm.pack) == NULL)
		return cli_fail(cli, "there is no business in this store yet. Make one with: rialto init --help");
	const struct zone *zone = zone_find(firm.zone);
	r->rows = rows_open(cli->a, csv_read_fd, &c->fd);
	enum err e = rows_header(r->rows, &c->header, &fault);
	if (e != OK) return cli_fail(cli, "%s: %s", c->file, e == ERR_INVALID ? fault : "it cannot be read");
	struct mapping *map = NULL;
	int code = find_mapping(c, pack_find(firm.pack), zone ? zone : zone_utc(), &map);
	if (code != EXIT_DONE) return code;
	r->db = db;
	r->map = map;
	r->columns = c->header.n;
	return run_it(c, r);
}

static int open_input(struct command *c) {
	struct stat st;
	c->fd = open(c->file, O_RDONLY | O_CLOEXEC);
	if (c->fd < 0) return cli_fail(c->cli, "%s cannot be read: %s", c->file, strerror(errno));
	if (fstat(c->fd, &st) != 0 || S_ISDIR(st.st_mode)) return cli_fail(c->cli, "%s is no file", c->file);
	c->bytes = st.st_size;
	return EXIT_DONE;
}

int import_command(struct cli *cli) {
	struct command c = {.cli = cli, .fd = -1, .progress = isatty(STDERR_FILENO)};
	struct run r = {.lang = LANG_EN, .reject = reject, .remark = remark, .progress = progress, .ctx = &c};
	c.source = cli_option(cli, "--source");
	c.map_file = cli_option(cli, "--map");
	r.dry = cli_flag(cli, "--dry-run");
	if (!cli_operands(cli, 2, 2)) return EXIT_USAGE;
	r.store = cli->store;
	c.kind = import_kind_find(str_c(cli->argv[1]));
	c.file = cli->argv[2];
	r.source = utf8_line(cli->a, str_c(c.source));
	if (c.kind == NULL) return cli_usage(cli, "there is no kind '%s'; there are people, conversations, links and records:TYPE", cli->argv[1]);
	if (str_empty(r.source) || r.source.n > 100)
		return cli_usage(cli, "--source NAME says where the file comes from, in up to 100 bytes");
	c.rejected_name = beside_home(&c, "rejected");
	c.remarks_name = beside_home(&c, "remarks");
	buf_init(&c.out, 8 * 1024 * 1024);
	int code = open_input(&c);
	if (code == EXIT_DONE) {
		struct db *db = NULL;
		if (store_reader(cli->store, &db) != OK) code = cli_fail(cli, "the store cannot be read");
		else code = import_file(&c, &r, db);
		rows_close(r.rows);
		db_close(db);
	}
	done(&c);
	return code;
}
