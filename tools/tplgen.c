/* tplgen [--missing FILE] OUT CATALOGUE.po FILE…: the structs of all rows and views, the templates as C functions, the
 * sentences and their translations (README.md). It reads every .html, .sql, .c, .h and .def file at once. */
#include "tplgen_file.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void write_header(const char *file) {
	FILE *out = gen_open(file);
	fputs("#ifndef TPL_H\n#define TPL_H\n/* The templates and views. Made by tplgen; do not edit. */\n"
	      "#include \"types.h\"\n\nstruct out;\nstruct view_def;\n\n", out);
	for (int i = 0; i < tpl_target_count; i++) {
		const struct target *t = &tpl_targets[i];
		if (t->markup) fprintf(out, "void tpl_%s(struct out *o, const struct %s *v);\n", t->name, t->type->name);
		if (t->view) fprintf(out, "extern const struct view_def view_%s;\n", t->name);
	}
	fputs("\n#endif\n", out);
	gen_close(out);
}

static int by_name(const void *a, const void *b) {
	return strcmp(((const struct target *)a)->name, ((const struct target *)b)->name);
}

static void write_views(const char *file) {
	FILE *out = gen_open(file);
	int n = 0;
	if (tpl_target_count > 0) qsort(tpl_targets, (size_t)tpl_target_count, sizeof *tpl_targets, by_name);
	fputs("/* All views. Made by tplgen; do not edit. */\n#include \"tpl.h\"\n#include \"web/meta.h\"\n\n"
	      "const struct view_def *const view_defs[] = {\n", out);
	for (int i = 0; i < tpl_target_count; i++)
		if (tpl_targets[i].view) n++, fprintf(out, "\t&view_%s,\n", tpl_targets[i].name);
	fprintf(out, "\tNULL,\n};\n\nconst int view_def_count = %d;\n", n);
	gen_close(out);
}

static void refuse_equal_names(const struct source *s, int n) {
	for (int i = 0; i < n; i++) {
		const char *a = strrchr(s[i].file, '/');
		if (!gen_ends(s[i].file, ".html")) continue;
		a = a ? a + 1 : s[i].file;
		if (strcmp(a, "views.html") == 0) gen_fail(s[i].file, 1, "tpl/views.c is made already: give the file another name");
		for (int k = 0; k < i; k++) {
			const char *b = strrchr(s[k].file, '/');
			if (strcmp(a, b ? b + 1 : s[k].file) == 0) gen_fail(s[i].file, 1, "has the name of %s", s[k].file);
		}
	}
}

int main(int argc, char **argv) {
	const char *missing = NULL;
	if (argc > 2 && strcmp(argv[1], "--missing") == 0) missing = argv[2], argv += 2, argc -= 2;
	if (argc < 3) return fputs("usage: tplgen [--missing FILE] OUT CATALOGUE.po FILE...\n", stderr), 2;
	const char *dir = argv[1];
	int n = argc - 3;
	struct source *s = gen_alloc(sizeof *s * (size_t)n);
	for (int i = 0; i < n; i++) s[i] = gen_read(argv[i + 3]);
	refuse_equal_names(s, n);
	for (int i = 0; i < n; i++) {
		if (gen_ends(s[i].file, ".sql")) gen_rows(s[i]);
		else if (gen_ends(s[i].file, ".html")) gen_views(s[i]);
		else sentences_of_c(s[i]);
	}
	gen_check_types();
	for (int i = 0; i < n; i++)
		if (gen_ends(s[i].file, ".html")) tpl_scan(s[i]);
	sentences_sort();
	mkdir(dir, 0777);
	mkdir(gen_fmt("%s/tpl", dir), 0777);
	types_write(dir);
	for (int i = 0; i < n; i++)
		if (gen_ends(s[i].file, ".html")) tpl_compile(dir, s[i]);
	write_header(gen_fmt("%s/tpl.h", dir));
	write_views(gen_fmt("%s/tpl/views.c", dir));
	if (!sentences_check(argv[2], missing) && missing == NULL) return 1; /* a translator works on: English stands in */
	sentences_write(gen_fmt("%s/messages.c", dir));
	return 0;
}
