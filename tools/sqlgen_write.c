/* The C that statements become: a definition and a function each, a reader for each row, and the list of all. */
#include "sqlgen.h"
#include <ctype.h>
#include <string.h>

static const char *const sql_types[] = {
	[K_INT] = "SQL_INT",   [K_TIME] = "SQL_INT",  [K_ID] = "SQL_INT",     [K_REAL] = "SQL_REAL",
	[K_BOOL] = "SQL_BOOL", [K_BLOB] = "SQL_BLOB", [K_TEXT] = "SQL_TEXT", [K_DATE] = "SQL_TEXT",
	[K_INTS] = "SQL_INTS"};

static bool is_text(struct type t) { return t.kind == K_TEXT || t.kind == K_DATE || t.kind == K_BLOB; }

static bool holds_text(struct type t) {
	if (t.kind != K_STRUCT) return is_text(t);
	const struct decl *d = gen_decl(t.name);
	bool any = false;
	for (int i = 0; i < d->fields; i++) any |= is_text(d->field[i].type);
	return any;
}

static bool takes_arena(const struct query *q) {
	return q->cardinality == MANY || (q->cardinality <= MAYBE && holds_text(q->result));
}

static const char *list_type(struct type t) {
	t.list = true;
	return gen_c_type(t);
}

static const char *upper(const char *s) {
	char *out = gen_copy(s, strlen(s));
	for (char *c = out; *c; c++) *c = (char)toupper((unsigned char)*c);
	return out;
}

static void write_signature(FILE *out, const struct query *q) {
	const char *t = q->cardinality < EXEC ? gen_c_type(q->result) : "", *s;
	s = gen_fmt("enum err sql_%s(struct db *db%s", q->name, takes_arena(q) ? ", struct arena *a" : "");
	for (int i = 0; i < q->params; i++) s = gen_fmt("%s, %s%s", s, gen_c_type(q->param[i].type), q->param[i].name);
	if (q->orders > 0) s = gen_fmt("%s, enum %s_order order", s, q->name);
	if (q->cardinality == ONE) s = gen_fmt("%s, %s*ret", s, t);
	if (q->cardinality == MAYBE) s = gen_fmt("%s, %s*ret, bool *ret_found", s, t);
	if (q->cardinality == MANY) s = gen_fmt("%s, %s*ret", s, list_type(q->result));
	if (q->cardinality == EACH && q->result.kind == K_STRUCT)
		s = gen_fmt("%s, enum err (*each)(void *arg, const %s*row), void *arg", s, t);
	else if (q->cardinality == EACH)
		s = gen_fmt("%s, enum err (*each)(void *arg, %svalue), void *arg", s, t);
	if (q->cardinality == EXEC) s = gen_fmt("%s, int64_t *ret_changed", s);
	while (strlen(s) > 110) { /* broken at the last comma that fits */
		int at = 110;
		while (at > 0 && !(s[at] == ',' && s[at + 1] == ' ')) at--;
		if (at == 0) break;
		fprintf(out, "%.*s,\n\t", at, s);
		s += at + 2;
	}
	fprintf(out, "%s)", s);
}

static void write_header(const char *dir, const char *name, const char *file) {
	FILE *out = gen_open(gen_fmt("%s/sql/%s.h", dir, name));
	fprintf(out, "#ifndef SQL_%s_H\n#define SQL_%s_H\n", upper(name), upper(name));
	fprintf(out, "/* Made by tools/sqlgen.c from %s; changes belong there. */\n", file);
	fprintf(out, "#include \"db/db.h\"\n#include \"types.h\"\n");
	for (int i = 0; i < sqlgen_query_count; i++) {
		const struct query *q = sqlgen_queries[i];
		if (strcmp(q->file, file) != 0) continue;
		fputc('\n', out);
		for (int k = 0; k < q->orders; k++)
			fprintf(out, "%s%s_%s", k > 0 ? ", " : gen_fmt("enum %s_order { ", q->name), upper(q->name),
			        upper(q->order[k].name));
		if (q->orders > 0) fprintf(out, " };\n");
		fprintf(out, "/* ");
		for (const char *c = q->about; *c; c++) fputs(*c == '\n' ? "\n * " : (char[]){*c, 0}, out);
		fprintf(out, " */\nMUST_USE ");
		write_signature(out, q);
		fprintf(out, ";\n");
	}
	fprintf(out, "\n#endif\n");
	gen_close(out);
}

static void write_pieces(FILE *out, const struct query *q, const struct body *b, const char *engine) {
	fprintf(out, "\nstatic const struct sql_piece %s_%s[] = {\n", q->name, engine);
	for (int i = 0; i < b->pieces; i++) {
		fprintf(out, "\t{");
		gen_c_string(out, b->piece[i].text, strlen(b->piece[i].text));
		fprintf(out, ", %d, %d},\n", b->piece[i].filter, b->piece[i].order);
	}
	fprintf(out, "\t{NULL, -1, -1},\n};\n");
}

static bool same_text(const struct body *a, const struct body *b) {
	bool same = a->pieces == b->pieces;
	for (int i = 0; same && i < a->pieces; i++) same = strcmp(a->piece[i].text, b->piece[i].text) == 0;
	return same;
}

static void write_def(FILE *out, const struct query *q) {
	bool same = same_text(&q->body[0], &q->body[1]);
	const struct decl *d = q->result.kind == K_STRUCT ? gen_decl(q->result.name) : NULL;
	int columns = q->cardinality >= EXEC ? 0 : d ? d->fields : 1;
	const char *lite = same ? "text" : "sqlite", *pg = same ? "text" : "pg";
	write_pieces(out, q, &q->body[0], lite);
	if (!same) write_pieces(out, q, &q->body[1], pg);
	fprintf(out, "\nconst struct sql_def sql_def_%s = {\n", q->name);
	fprintf(out, "\t.name = \"%s\", .file = \"%s\", .line = %d,\n", q->name, q->file, q->line);
	fprintf(out, "\t.sqlite = %s_%s, .pg = %s_%s,\n", q->name, lite, q->name, pg);
	fprintf(out, "\t.params = %d, .columns = %d,\n", q->params, columns);
	for (int i = 0; i < q->params; i++)
		fprintf(out, "%s%s", i ? ", " : "\t.param_types = (const unsigned char[]){", sql_types[q->param[i].type.kind]);
	if (q->params > 0) fprintf(out, "},\n");
	for (int i = 0; i < columns; i++)
		fprintf(out, "%s%s", i ? ", " : "\t.column_types = (const unsigned char[]){",
		        sql_types[d ? d->field[i].type.kind : q->result.kind]);
	if (columns > 0) fprintf(out, "},\n");
	fprintf(out, "\t.writes = %s, .filters = %d, .orders = %d,\n};\n", q->writes ? "true" : "false", q->filters,
	        q->orders);
}

/* The C expression of a result's column; texts are copied to the arena when they are to be kept. */
static const char *column(struct type t, int at, bool keep) {
	if (is_text(t)) return gen_fmt(keep ? "text_at(s, %d, a)" : "stmt_text(s, %d)", at);
	if (t.kind == K_REAL) return gen_fmt("%sstmt_real(s, %d)", t.opt ? gen_fmt("stmt_null(s, %d) ? NAN : ", at) : "", at);
	if (t.kind == K_BOOL) return gen_fmt("stmt_int(s, %d) != 0", at);
	if (t.kind == K_ID) return gen_fmt("(struct %s_id){stmt_int(s, %d)}", t.name, at);
	if (t.kind == K_INT && t.opt)
		return gen_fmt("(struct opt_int){.has = !stmt_null(s, %d), .v = stmt_int(s, %d)}", at, at);
	return gen_fmt("stmt_int(s, %d)", at);
}

static void write_reader(FILE *out, const struct decl *d) {
	bool text = holds_text((struct type){.kind = K_STRUCT, .name = d->name});
	fprintf(out, "\nstatic void read_%s(struct stmt *s%s, struct %s *ret) {\n", d->name, text ? ", struct arena *a" : "",
	        d->name);
	for (int i = 0; i < d->fields; i++) {
		const struct field *f = &d->field[i];
		fprintf(out, "\tret->%s%s%s = %s;\n", f->group ? f->group : "", f->group ? "." : "", f->name,
		        column(f->type, i, true));
	}
	fprintf(out, "}\n");
}

/* How a parameter is set: by which function, from what, and when it is there. */
struct setter {
	const char *type, *value, *given;
};

static struct setter setter(const struct param *p) {
	const char *n = p->name, *v = gen_fmt("%s.v", n);
	enum kind k = p->type.kind;
	if (k == K_INT) return (struct setter){"int", p->type.opt ? v : n, gen_fmt("%s.has", n)};
	if (k == K_ID) return (struct setter){"int", v, gen_fmt("%s != 0", v)};
	if (k == K_TIME) return (struct setter){"int", n, gen_fmt("%s != 0", n)};
	if (k == K_REAL) return (struct setter){"real", n, gen_fmt("!isnan(%s)", n)};
	if (k == K_BOOL) return (struct setter){"bool", n, ""};
	if (k == K_INTS) return (struct setter){"ints", gen_fmt("%s, %s.n", v, n), ""};
	return (struct setter){k == K_BLOB ? "blob" : "text", n, gen_fmt("!str_none(%s)", n)};
}

static void write_begin(FILE *out, const struct query *q) {
	fprintf(out, "\t__attribute__((cleanup(stmt_done))) struct stmt *s = NULL;\n");
	if (q->filters > 0) fprintf(out, "\tunsigned filters = 0;\n");
	for (int i = 0; i < q->params; i++)
		if (q->param[i].filter >= 0)
			fprintf(out, "\tif (%s) filters |= 1u << %d;\n", setter(&q->param[i]).given, q->param[i].filter);
	fprintf(out, "\tTRY(stmt_begin(db, &sql_def_%s, %s, %s, &s));\n", q->name, q->filters ? "filters" : "0",
	        q->orders ? "(int)order" : "0");
	for (int i = 0; i < q->params; i++) {
		struct setter p = setter(&q->param[i]);
		bool maybe_null = q->param[i].type.opt && !is_text(q->param[i].type);
		if (maybe_null)
			fprintf(out, "\tif (%s) stmt_set_%s(s, %d, %s);\n\telse stmt_set_null(s, %d);\n", p.given, p.type, i, p.value, i);
		else fprintf(out, "\tstmt_set_%s(s, %d, %s);\n", p.type, i, p.value);
	}
}

/* Fills `target`, to which `pointer` points, from the row at hand. */
static void write_take(FILE *out, const struct query *q, const char *pointer, const char *target, bool keep) {
	if (q->result.kind != K_STRUCT) fprintf(out, "%s = %s;\n", target, column(q->result, 0, keep));
	else fprintf(out, "read_%s(s%s, %s);\n", q->result.name, !holds_text(q->result) ? "" : keep ? ", a" : ", NULL",
	        pointer);
}

static void write_loop(FILE *out, const struct query *q) {
	const char *t = gen_c_type(q->result);
	bool many = q->cardinality == MANY;
	if (many) fprintf(out, "\t%slist = {0};\n\tsize_t room = 0;\n", list_type(q->result));
	fprintf(out, "\tfor (;;) {\n\t\tbool more;\n\t\tTRY(stmt_step(s, &more));\n\t\tif (!more) break;\n\t\t");
	if (many) {
		fprintf(out, "if (list.n == room) "
		             "list.v = grow(a, list.v, list.n, room = room ? 2 * room : 16, sizeof *list.v);\n\t\t");
		write_take(out, q, "&list.v[list.n++]", "list.v[list.n++]", true);
	} else if (q->result.kind == K_STRUCT) {
		fprintf(out, "%srow;\n\t\t", t);
		write_take(out, q, "&row", "", false);
		fprintf(out, "\t\tTRY(each(arg, &row));\n");
	} else {
		fprintf(out, "TRY(each(arg, %s));\n", column(q->result, 0, false));
	}
	fprintf(out, "\t}\n%s\treturn OK;\n}\n", many ? "\t*ret = list;\n" : "");
}

static void write_function(FILE *out, const struct query *q) {
	fputc('\n', out);
	write_signature(out, q);
	fprintf(out, " {\n");
	write_begin(out, q);
	if (q->cardinality == MANY || q->cardinality == EACH) {
		write_loop(out, q);
		return;
	}
	fprintf(out, "\tbool row;\n\tTRY(stmt_step(s, &row));\n");
	if (q->cardinality == EXEC)
		fprintf(out, "\tif (ret_changed != NULL) *ret_changed = stmt_changed(s);\n\treturn OK;\n}\n");
	if (q->cardinality == EXEC1) fprintf(out, "\treturn stmt_changed(s) == 1 ? OK : ERR_CONFLICT;\n}\n");
	if (q->cardinality >= EXEC) return;
	fprintf(out, q->cardinality == ONE ? "\tif (!row) return ERR_NOT_FOUND;\n\t" : "\tif (row) ");
	write_take(out, q, "ret", "*ret", true);
	fprintf(out, "%s\treturn OK;\n}\n", q->cardinality == MAYBE ? "\t*ret_found = row;\n" : "");
}

/* The small helpers, and a reader of each row, that the statements of a file need. */
static void write_helpers(FILE *out, const char *file) {
	bool real = false, text = false, many = false;
	for (int i = 0; i < sqlgen_query_count; i++) {
		const struct query *q = sqlgen_queries[i];
		if (strcmp(q->file, file) != 0) continue;
		for (int k = 0; k < q->params; k++) real |= q->param[k].type.kind == K_REAL && q->param[k].type.opt;
		if (q->cardinality >= EXEC) continue;
		const struct decl *d = q->result.kind == K_STRUCT ? gen_decl(q->result.name) : NULL;
		for (int k = 0; d && k < d->fields; k++) real |= d->field[k].type.kind == K_REAL && d->field[k].type.opt;
		real |= q->result.kind == K_REAL && q->result.opt;
		text |= holds_text(q->result) && (d || q->cardinality != EACH);
		many |= q->cardinality == MANY;
	}
	fprintf(out, "#include \"db/stmt.h\"\n%s\n", real ? "#include <math.h>\n" : "");
	fprintf(out, "static void stmt_done(struct stmt **s) { stmt_end(*s); }\n");
	if (text)
		fprintf(out, "\n/* A column's text, copied unless there is no arena to copy it to. */\n"
		             "static struct str text_at(struct stmt *s, int at, struct arena *a) {\n"
		             "\treturn a ? str_copy(a, stmt_text(s, at)) : stmt_text(s, at);\n}\n");
	if (many)
		fprintf(out, "\nstatic void *grow(struct arena *a, const void *v, size_t n, size_t room, size_t size) {\n"
		             "\tvoid *bigger = arena_array(a, room, size);\n\tif (n > 0) memcpy(bigger, v, n * size);\n"
		             "\treturn bigger;\n}\n");
	for (int k = 0; k < gen_decl_count; k++)
		for (int i = 0; i < sqlgen_query_count; i++) {
			const struct query *q = sqlgen_queries[i];
			if (strcmp(q->file, file) != 0 || q->cardinality >= EXEC || q->result.kind != K_STRUCT) continue;
			if (strcmp(q->result.name, gen_decls[k].name) != 0) continue;
			write_reader(out, &gen_decls[k]);
			break;
		}
}

static void write_code(const char *dir, const char *name, const char *file) {
	int n = 0;
	FILE *out = gen_open(gen_fmt("%s/sql/%s.c", dir, name));
	fprintf(out, "/* Made by tools/sqlgen.c from %s; changes belong there. */\n#include \"sql/%s.h\"\n", file, name);
	for (int i = 0; i < sqlgen_query_count; i++) n += strcmp(sqlgen_queries[i]->file, file) == 0;
	if (n > 0) write_helpers(out, file);
	for (int i = 0; i < sqlgen_query_count; i++) {
		if (strcmp(sqlgen_queries[i]->file, file) != 0) continue;
		write_def(out, sqlgen_queries[i]);
		write_function(out, sqlgen_queries[i]);
	}
	gen_close(out);
}

void sqlgen_write_all(const char *dir) {
	FILE *out = gen_open(gen_fmt("%s/sql/all.c", dir));
	fprintf(out, "/* Made by tools/sqlgen.c: every statement of the program. */\n#include \"db/stmt.h\"\n\n");
	for (int i = 0; i < sqlgen_query_count; i++)
		fprintf(out, "extern const struct sql_def sql_def_%s;\n", sqlgen_queries[i]->name);
	fprintf(out, "\nconst struct sql_def *const sql_all[] = {\n");
	for (int i = 0; i < sqlgen_query_count; i++) fprintf(out, "\t&sql_def_%s,\n", sqlgen_queries[i]->name);
	fprintf(out, "\tNULL,\n};\n");
	gen_close(out);
}

void sqlgen_write(const char *out, const char *name, const char *file) {
	write_header(out, name, file);
	write_code(out, name, file);
}
