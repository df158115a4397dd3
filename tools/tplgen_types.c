/* The structs of all rows and views, each behind what it holds by value, and the tables of their fields. */
#include "tplgen.h"
#include <string.h>

static void refuse_kinds(const struct decl *d) {
	for (int i = 0; i < d->fields; i++) {
		const struct field *f = &d->field[i];
		enum kind k = f->type.kind;
		if (k == K_INTS || k == K_FILE || (d->row && (k == K_HTML || k == K_URL)))
			gen_fail(d->file, f->line, "a %s has no field of type %s", d->row ? "row" : "view", f->type.name);
		if (*f->rest)
			gen_fail(d->file, f->line, "'%s' means nothing behind a field of a %s", f->rest, d->row ? "row" : "view");
	}
}

/* A struct that d holds by value and that is not written yet, or NULL. */
static const struct decl *waits_for(const struct decl *d, const bool *done) {
	for (int i = 0; i < d->fields; i++) {
		struct type t = d->field[i].type;
		if (t.kind != K_STRUCT || t.list || t.opt) continue;
		const struct decl *other = gen_decl(t.name);
		if (!done[other - gen_decls]) return other;
	}
	return NULL;
}

static void write_structs(FILE *h) {
	bool *done = gen_alloc(sizeof *done * (size_t)gen_decl_count);
	for (int left = gen_decl_count; left > 0;) {
		int before = left;
		for (int i = 0; i < gen_decl_count; i++) {
			const struct decl *d = &gen_decls[i];
			if (done[i] || waits_for(d, done) != NULL) continue;
			fprintf(h, "/* %s */\nstruct %s {\n", d->file, d->name);
			gen_c_members(h, d->field, d->fields);
			fprintf(h, "};\n\n");
			done[i] = true;
			left--;
		}
		for (int i = 0; left == before && i < gen_decl_count; i++)
			if (!done[i])
				gen_fail(gen_decls[i].file, gen_decls[i].line, "'%s' and '%s' hold one another", gen_decls[i].name,
				         waits_for(&gen_decls[i], done)->name);
	}
}

static void write_field(FILE *c, const struct decl *d, const struct field *f) {
	static const char *const kind[] = {[K_INT] = "K_INT", [K_REAL] = "K_REAL", [K_BOOL] = "K_BOOL", [K_TEXT] = "K_TEXT",
		[K_DATE] = "K_DATE", [K_TIME] = "K_TIME", [K_BLOB] = "K_BLOB", [K_ID] = "K_ID", [K_INTS] = "K_INTS",
		[K_HTML] = "K_HTML", [K_URL] = "K_URL", [K_STRUCT] = "K_STRUCT", [K_FILE] = "K_FILE"};
	fprintf(c, "\t{.name = \"%s\", ", f->name);
	if (f->group) fprintf(c, ".group = \"%s\", ", f->group);
	fprintf(c, ".kind = %s, %s%s%s%s", kind[f->type.kind], f->type.opt ? ".opt = true, " : "",
	        f->type.list ? ".list = true, " : "", f->group_opt ? ".group_opt = true, " : "",
	        f->no_json ? ".no_json = true, " : "");
	if (f->type.kind == K_STRUCT) fprintf(c, ".type = &type_%s, ", f->type.name);
	fprintf(c, ".offset = offsetof(struct %s, %s%s%s)},\n", d->name, f->group ? f->group : "", f->group ? "." : "",
	        f->name);
}

void types_write(const char *dir) {
	FILE *h = gen_open(gen_fmt("%s/types.h", dir)), *c = gen_open(gen_fmt("%s/types.c", dir));
	fprintf(h, "#ifndef TYPES_H\n#define TYPES_H\n/* The structs of all rows and views. Made by tplgen; do not edit. */\n"
	        "#include \"base/values.h\"\n\nstruct type_def;\n\n");
	fprintf(c, "/* What is in each row and view. Made by tplgen; do not edit. */\n"
	        "#include \"types.h\"\n#include \"web/meta.h\"\n#include <stddef.h>\n\n");
	for (int i = 0; i < gen_decl_count; i++) {
		refuse_kinds(&gen_decls[i]);
		fprintf(h, "LIST_OF(%s, struct %s)\n", gen_decls[i].name, gen_decls[i].name);
	}
	fputc('\n', h);
	write_structs(h);
	for (int i = 0; i < gen_decl_count; i++) {
		const struct decl *d = &gen_decls[i];
		fprintf(h, "extern const struct type_def type_%s;\n", d->name);
		if (d->fields > 0) fprintf(c, "static const struct type_field fields_of_%s[] = {\n", d->name);
		for (int k = 0; k < d->fields; k++) write_field(c, d, &d->field[k]);
		fprintf(c, "%sconst struct type_def type_%s = {.name = \"%s\", .size = sizeof(struct %s)", d->fields ? "};\n" : "",
		        d->name, d->name, d->name);
		if (d->fields > 0) fprintf(c, ",\n\t.field = fields_of_%s, .fields = %d", d->name, d->fields);
		fprintf(c, d->json ? ", .json = \"%s\"};\n\n" : "};\n\n", d->json);
	}
	fprintf(h, "\n#endif\n");
	gen_close(h);
	gen_close(c);
}
