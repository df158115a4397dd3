/* sqlgen OUT FILE.sql…: from statements with typed headers to C functions (tools/README.md says how they are written).
 * What it prints is what db/stmt.h runs: a definition of each statement and a function with its types. SQL is not
 * parsed: a body is read once for each engine, word by word. Parameters become numbers, fragments and lists are put in,
 * `--?` lines and {order} cut it into pieces. Whether the SQL is right is said by the databases, in the SQL test. */
#include "gen.h"

enum cardinality { ONE, MAYBE, MANY, EACH, EXEC, EXEC1 };

struct frag {
	const char *name, *text;
	int params;
	char **param;
};

struct query {
	const char *name, *file, *about;
	int line, params, orders, filters, columns;
	struct field *param;
	int *filter;          /* of each parameter: the bit of its --? lines, or -1 */
	struct {
		const char *name;
		char *text;
	} *order;
	enum cardinality cardinality;
	bool writes, sqlite_only;
	struct type result;
	struct field *column; /* of the result: a row's fields, or one without a name */
	struct {
		char **text;
		int line, lines;
		char *c;          /* its struct sql_piece, once compiled */
	} body[2];            /* SQLite, PostgreSQL; the same text when only one was given */
};

static const char *const cardinalities[] = {":one", ":maybe", ":many", ":each", ":exec", ":exec1"};
static struct frag *frags;
static struct query **queries;
static int frag_count, query_count;

/* ------------------------------------------------------------------ bodies */

enum { DEEP = 8, MOST_FILTERS = 10 };

/* One pass over the body for one engine. */
struct pass {
	struct query *q;
	bool pg;
	int line, depth;
	char *c;             /* the pieces so far */
	char *text;          /* the piece being made */
	int filter, order;   /* its conditions */
	char *word;          /* the word, in small letters, or sign before; "" when something else came since */
	bool *used;          /* each parameter */
	bool begun, limited, ordered;
};

#define refuse(p, ...) gen_fail((p)->q->file, (p)->line, __VA_ARGS__)

static void put(struct pass *p, const char *text) { p->text = gen_fmt("%s%s", p->text, text); }

/* The piece so far ends here; the next one has these conditions. */
static void cut(struct pass *p, int filter, int order) {
	if (*p->text) p->c = gen_fmt("%s\t{%s, %d, %d},\n", p->c, gen_c_string(p->text), p->filter, p->order);
	p->text = "";
	p->filter = filter;
	p->order = order;
}

static bool in_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The length of a text in quotes, a comment, a word, or one sign. */
static int token_length(const struct pass *p, const char *text) {
	const char *end = text + 1;
	if (gen_begins(text, "--")) return (int)strlen(text);
	if (gen_begins(text, "/*")) end = strstr(text, "*/") ? strstr(text, "*/") + 2 : NULL;
	if (*text == '\'' || *text == '"') end = strchr(text + 1, *text) ? strchr(text + 1, *text) + 1 : NULL;
	if (end == NULL) refuse(p, "a text in quotes or a comment does not end on its line");
	while (in_name(*text) && in_name(*end)) end++;
	return (int)(end - text);
}

/* A parameter becomes its number. `joined`: it stands at a name. */
static void put_param(struct pass *p, const char *name, bool joined) {
	int i = gen_find(p->q->param, p->q->params, name);
	if (i < 0) refuse(p, "':%s' is no parameter of %s", name, p->q->name);
	if (joined) refuse(p, "':%s' is joined to a name: parameters are values only", name);
	put(p, gen_fmt("%c%d", p->pg ? '$' : '?', i + 1));
	p->used[i] = true;
}

static void put_word(struct pass *p, const char *word, const char *next) {
	next += strspn(next, " \t");
	p->word = gen_case(word, tolower);
	if ((*next == '(' && gen_one_of(p->word, "datetime now strftime julianday unixepoch")) ||
	    gen_one_of(p->word, "current_timestamp current_date current_time"))
		refuse(p, "'%s': the time is a parameter", word);
	bool reads = p->begun || gen_one_of(p->word, "select with");
	if (!reads || gen_one_of(p->word, "insert update delete")) p->q->writes = true;
	p->limited |= strcmp(p->word, "limit") == 0;
	p->begun = true;
	put(p, word);
}

static void put_text(struct pass *p, const char *text);

/* `frag(args)`: its text with its parameters' names replaced where they stand as words of their own. */
static void put_frag(struct pass *p, const char *call) {
	char *m[GEN_PARTS], *text = "";
	const struct frag *f = NULL;
	int n;
	if (!gen_match(call, WORD "\\((.*)\\)", m)) refuse(p, "'{%s}' is not known", call);
	for (int i = 0; i < frag_count; i++)
		if (strcmp(frags[i].name, m[1]) == 0) f = &frags[i];
	if (f == NULL) refuse(p, "there is no fragment '%s'", m[1]);
	char **arg = gen_split(m[2], ',', &n);
	if (n != f->params) refuse(p, "fragment '%s' takes %d arguments, not %d", m[1], f->params, n);
	if (++p->depth > DEEP) refuse(p, "fragment '%s' contains itself", m[1]);
	for (const char *c = f->text, *word; *c; c += strlen(word)) {
		int i = c == f->text || !strchr(".:", c[-1]) ? 0 : n;
		word = gen_copy(c, (size_t)token_length(p, c));
		while (i < n && strcmp(f->param[i], word) != 0) i++;
		text = gen_fmt("%s%s", text, i < n ? arg[i] : word);
	}
	put_text(p, text);
	p->depth--;
}

/* What stands in `{…}` */
static void put_brace(struct pass *p, const char *inner) {
	char *m[GEN_PARTS];
	int filter = p->filter;
	if (gen_match(inner, "list +:" WORD, m)) {
		int i = gen_find(p->q->param, p->q->params, m[1]);
		if (i < 0 || p->q->param[i].type.kind != K_INTS) refuse(p, "':%s' is no parameter of type ints", m[1]);
		put(p, p->pg ? "(SELECT unnest(" : "(SELECT value FROM json_each(");
		put_param(p, m[1], false);
		put(p, p->pg ? "::bigint[]) AS value)" : "))");
	} else if (strcmp(inner, "order") != 0) {
		put_frag(p, inner);
	} else {
		if (p->q->orders == 0) refuse(p, "{order} without an '-- order:' line");
		p->ordered = true;
		for (int i = 0; i < p->q->orders; i++) {
			cut(p, filter, i);
			put_text(p, p->q->order[i].text);
		}
		cut(p, filter, -1);
	}
}

static void put_sign(struct pass *p, const char *sign) {
	if (strchr("?$", *sign)) refuse(p, "'%c' in a statement: parameters are written :name", *sign);
	if (*sign == ';') refuse(p, "';' in the middle of a statement");
	if (*sign == '*' && gen_one_of(p->word, "select distinct all returning . ,"))
		refuse(p, "'*': columns are named one by one");
	if (!isspace((unsigned char)*sign)) p->word = gen_fmt("%s", sign);
	put(p, sign);
}

static void put_text(struct pass *p, const char *text) {
	for (const char *begin = text; *text;) {
		int n = token_length(p, text);
		char before = text > begin ? text[-1] : ' ';
		bool param = *text == ':' && before != ':' && islower((unsigned char)text[1]);
		if (param) n += token_length(p, text + 1);
		if (*text == '{') n = (int)strcspn(text, "}") + 1;
		char *token = gen_copy(text, (size_t)n);
		if (*text == '{' && text[n - 1] != '}') refuse(p, "'{' is not closed");
		if (param) put_param(p, token + 1, in_name(before) || strchr(".\"", before) || (text[n] && strchr(".\"", text[n])));
		else if (isalpha((unsigned char)*text) || *text == '_') put_word(p, token, text + n);
		else if (*text == '{') put_brace(p, gen_trim(gen_copy(text + 1, (size_t)n - 2)));
		else if (*text == '\'' || *text == '"') put(p, token);
		else if (n == 1 || isdigit((unsigned char)*text)) put_sign(p, token);
		if (param || *text == '\'' || *text == '"') p->word = "";
		text += n;
	}
}

/* A line that begins with `--? name` is a piece of its own. */
static void put_line(struct pass *p, char *line) {
	struct query *q = p->q;
	char *m[GEN_PARTS];
	bool filtered = gen_match(line, "--\\? *([^ \t]*)(.*)", m);
	if (filtered) {
		int i = gen_find(q->param, q->params, m[1]);
		if (i < 0 || !q->param[i].type.opt) refuse(p, "'--? %s': no parameter that may be absent", m[1]);
		if (q->filter[i] < 0) q->filter[i] = q->filters++;
		if (q->filters > MOST_FILTERS) refuse(p, "more than %d parameters with '--?'", MOST_FILTERS);
		cut(p, q->filter[i], -1);
		line = gen_trim(m[2]);
	}
	put_text(p, line);
	if (*line && !gen_begins(line, "--")) put(p, "\n");
	if (filtered) cut(p, -1, -1);
}

static void compile(struct query *q, int engine) {
	struct pass p = {.q = q, .pg = engine == 1, .filter = -1, .order = -1, .c = "", .text = "", .word = ""};
	const char *where = q->body[1].line == q->body[0].line ? "" : p.pg ? " in @pg" : " in @sqlite";
	p.used = gen_alloc((size_t)q->params + 1);
	for (int i = 0; i < q->body[engine].lines; i++) {
		p.line = q->body[engine].line + i;
		put_line(&p, q->body[engine].text[i]);
	}
	p.text = gen_trim(gen_fmt("-%s", p.text)) + 1; /* only the end is trimmed */
	cut(&p, -1, -1);
	if (*p.c == 0) refuse(&p, "'%s' is empty", q->name);
	for (int i = 0; i < q->params; i++)
		if (!p.used[i]) gen_fail(q->file, q->line, "'%s' is not used%s", q->param[i].name, where);
	if (q->cardinality == MANY && !p.limited)
		gen_fail(q->file, q->line, "'%s' is :many and has no LIMIT%s", q->name, where);
	if (q->orders > 0 && !p.ordered) gen_fail(q->file, q->line, "'%s' has an order and no {order}%s", q->name, where);
	q->body[engine].c = p.c;
}

/* ------------------------------------------------------------------ reading */

struct reader {
	const char *file;
	char **line;
	int n, i;
};

static bool is_header(const char *line) { return gen_match(line, "-- [A-Za-z0-9_]+\\(.*", (char *[GEN_PARTS]){0}); }

static void read_frag(struct reader *r) {
	int line = r->i + 1;
	char *text = gen_joined(r->line, r->n, &r->i), *m[GEN_PARTS];
	if (!gen_match(text, "-- frag " WORD "\\((" WORD "(, *" WORD ")*)?\\):(.*)", m))
		gen_fail(r->file, line, "a fragment is written '-- frag NAME(param, …): text'");
	gen_unique(r->file, line, "fragment", m[1]);
	struct frag f = {.name = m[1], .text = gen_trim(m[6])};
	f.param = gen_split(m[2] ? m[2] : "", ',', &f.params);
	gen_push(frags, frag_count, f);
}

static void read_params(struct query *q, char *list) {
	gen_fields(q->file, q->line, list, ',', &q->param, &q->params);
	q->filter = gen_alloc(sizeof *q->filter * (size_t)(q->params + 1));
	for (int i = 0; i < q->params; i++) {
		const struct field *p = &q->param[i];
		if (gen_one_of(p->name, "db a s ret order each arg row list more ret_found ret_changed"))
			gen_fail(q->file, q->line, "'%s' is a name the generated function needs itself", p->name);
		if (p->group || *p->rest || (p->type.kind == K_INTS ? p->type.opt : !gen_is_column(p->type)))
			gen_fail(q->file, q->line, "'%s' is of no type that a parameter can have", p->name);
		q->filter[i] = -1;
	}
}

static void read_result(struct query *q, const char *text) {
	enum kind k = (q->result = gen_type(q->file, q->line, text)).kind;
	struct decl *d = gen_decl(text);
	if (k == K_STRUCT && (d == NULL || !d->row)) gen_fail(q->file, q->line, "there is no row '%s'", text);
	if (k != K_STRUCT && !gen_is_column(q->result)) gen_fail(q->file, q->line, "'%s' is no type of a column", text);
	if (q->cardinality == MANY) gen_type(q->file, q->line, gen_fmt("%s[]", text)); /* refuses what has no lists */
	q->columns = d ? d->fields : 1;
	q->column = d ? d->field : gen_alloc(sizeof *q->column);
	if (d == NULL) q->column->type = q->result;
}

/* "-- NAME(param type, …) -> RESULT :CARDINALITY" */
static void read_header(struct query *q, const char *text) {
	char *m[GEN_PARTS];
	if (!gen_match(text, "-- " WORD "\\(([^)]*)\\)( -> ([^ ]+))? (:[a-z0-9]+) *", m))
		gen_fail(q->file, q->line, "a statement begins '-- name(param type, …) -> RESULT :CARDINALITY'");
	q->name = m[1];
	gen_unique(q->file, q->line, "statement", q->name);
	read_params(q, m[2]);
	while (q->cardinality < EXEC1 && strcmp(m[5], cardinalities[q->cardinality]) != 0) q->cardinality++;
	if (strcmp(m[5], cardinalities[q->cardinality]) != 0)
		gen_fail(q->file, q->line, "'%s' is none of :one :maybe :many :each :exec :exec1", m[5]);
	if ((m[4] == NULL) != (q->cardinality >= EXEC))
		gen_fail(q->file, q->line, m[4] ? "%s has no result" : "%s has a result", m[5]);
	if (m[4] != NULL) read_result(q, m[4]);
}

static void read_order(struct query *q, int line, char *text) {
	int n;
	char **part = gen_split(text, '|', &n), *m[GEN_PARTS];
	for (int i = 0; i < n; i++) {
		if (!gen_match(part[i], WORD "[ \t]+(.+)", m))
			gen_fail(q->file, line, "an order is written '-- order: name column, … | name column, …'");
		gen_unique(q->file, line, gen_fmt("order of %s", q->name), m[1]);
		gen_push(q->order, q->orders, (typeof(*q->order)){m[1], m[2]});
	}
}

/* The lines of a body up to one that ends in ';'. */
static void read_body(struct reader *r, struct query *q, int engine) {
	q->body[engine] = (typeof(*q->body)){.line = r->i + 1, .text = &r->line[r->i]};
	while (r->i < r->n && !is_header(r->line[r->i])) {
		char *line = r->line[r->i] = gen_trim(r->line[r->i]);
		if (gen_begins(line, "-- @") || gen_begins(line, "-- row ")) break;
		bool last = gen_ends(line, ";") && (!gen_begins(line, "--") || gen_begins(line, "--?"));
		if (last) line[strlen(line) - 1] = 0;
		r->i++;
		q->body[engine].lines++;
		if (last) return;
	}
	gen_fail(r->file, q->line, "'%s' does not end: no ';' at the end of a line", q->name);
}

static bool read_mark(struct reader *r, const char *mark) {
	while (r->i < r->n && *gen_trim(r->line[r->i]) == 0) r->i++;
	if (r->i == r->n || strcmp(r->line[r->i], mark) != 0) return false;
	r->i++;
	return true;
}

static void read_query(struct reader *r) {
	struct query *q = gen_alloc(sizeof *q);
	*q = (struct query){.file = r->file, .line = r->i + 1, .about = ""};
	read_header(q, gen_joined(r->line, r->n, &r->i));
	while (r->i < r->n && gen_begins(r->line[r->i], "--") && !gen_begins(r->line[r->i], "-- @")) {
		int line = r->i + 1;
		if (is_header(r->line[r->i])) gen_fail(r->file, q->line, "'%s' has no body", q->name);
		char *text = gen_joined(r->line, r->n, &r->i);
		if (gen_begins(text, "-- order:")) read_order(q, line, text + strlen("-- order:"));
		else q->about = gen_fmt("%s%s%s", q->about, *q->about ? "\n * " : "", gen_trim(text + 2));
	}
	if (*q->about == 0) gen_fail(q->file, q->line, "'%s' has no line that says what it does", q->name);
	if (strstr(q->about, "*/")) gen_fail(q->file, q->line, "'*/' in a description");
	bool two = read_mark(r, "-- @sqlite");
	q->sqlite_only = !two && read_mark(r, "-- @sqlite only");
	if (q->sqlite_only && q->cardinality != EXEC) gen_fail(q->file, q->line, "'%s' is for one engine and not :exec", q->name);
	read_body(r, q, 0);
	q->body[1] = q->body[0];
	if (two && !read_mark(r, "-- @pg"))
		gen_fail(q->file, q->line, "'%s' has '-- @sqlite' and no '-- @pg' behind it", q->name);
	if (two) read_body(r, q, 1);
	gen_push(queries, query_count, q);
	compile(q, 0);
	if (!q->sqlite_only) compile(q, 1);
}

/* With `only_frags` takes the fragments, else the statements. */
static void read_file(const char *file, bool only_frags) {
	struct reader r = {.file = file};
	r.line = gen_lines(gen_read(file), &r.n);
	while (r.i < r.n) {
		char *line = r.line[r.i];
		bool frag = gen_begins(line, "-- frag ");
		if (frag && only_frags) read_frag(&r);
		else if (frag || gen_begins(line, "-- row ")) gen_joined(r.line, r.n, &r.i);
		else if (!only_frags && is_header(line)) read_query(&r);
		else if (only_frags || gen_begins(line, "--") || *gen_trim(line) == 0) r.i++;
		else gen_fail(file, r.i + 1, "text outside of a statement, or a header above that is not one");
	}
}

/* ------------------------------------------------------------------ writing */

static bool takes_arena(const struct query *q) {
	bool text = q->cardinality == MANY;
	for (int i = 0; i < q->columns; i++) text |= strcmp(gen_c_type(q->column[i].type), "struct str ") == 0;
	return q->cardinality <= MANY && text;
}

/* C spelling of what `ret` points to, or of a row. */
static const char *c_result(const struct query *q) {
	struct type t = q->result;
	t.list = q->cardinality == MANY;
	return q->cardinality >= EXEC ? "" : gen_c_type(t);
}

static const char *signature(const struct query *q) {
	bool row = q->result.kind == K_STRUCT;
	const char *s = gen_fmt("enum err sql_%s(struct db *db%s", q->name, takes_arena(q) ? ", struct arena *a" : "");
	for (int i = 0; i < q->params; i++) s = gen_fmt("%s, %s%s", s, gen_c_type(q->param[i].type), q->param[i].name);
	if (q->orders > 0) s = gen_fmt("%s, enum %s_order order", s, q->name);
	const char *each = gen_fmt(row ? "const %s*row" : "%svalue", c_result(q)), *result[] = {
		[ONE] = gen_fmt(", %s*ret", c_result(q)), [MANY] = gen_fmt(", %s*ret", c_result(q)),
		[MAYBE] = gen_fmt(", %s*ret, bool *ret_found", c_result(q)),
		[EACH] = gen_fmt(", enum err (*each)(void *arg, %s), void *arg", each),
		[EXEC] = ", int64_t *ret_changed", [EXEC1] = ""};
	return gen_fmt("%s%s)", s, result[q->cardinality]);
}

static void write_declaration(FILE *out, const struct query *q) {
	fputc('\n', out);
	if (q->orders > 0) fprintf(out, "enum %s_order {", q->name);
	for (int k = 0; k < q->orders; k++)
		fprintf(out, " %s,", gen_case(gen_fmt("%s_%s", q->name, q->order[k].name), toupper));
	fprintf(out, "%s/* %s */\nMUST_USE %s;\n", q->orders > 0 ? " };\n" : "", q->about, signature(q));
}

static void write_values(FILE *out, const struct query *q, const char *what, const struct field *f, int n) {
	fprintf(out, "\t.%ss = %d, .%s = (const struct sql_value[]){\n", what, n, what);
	for (int i = 0; i < n; i++) {
		fprintf(out, "\t\t{.kind = %s%s", gen_c_kind(f[i].type), f[i].type.opt ? ", .opt = true" : "");
		if (*what == 'p') fprintf(out, ", .filter = %d", q->filter[i]);
		else if (f[i].name) fprintf(out, ", .offset = offsetof(struct %s, %s)", q->result.name, gen_c_member(&f[i]));
		fprintf(out, "},\n");
	}
	fprintf(out, "\t},\n");
}

static void write_def(FILE *out, const struct query *q) {
	static const char *const engines[] = {"sqlite", "pg"};
	for (int i = 0; i < (q->sqlite_only ? 1 : 2); i++)
		fprintf(out, "\nstatic const struct sql_piece %s_%s[] = {\n%s\t{NULL, -1, -1},\n};\n", q->name, engines[i],
			q->body[i].c);
	fprintf(out, "\nconst struct sql_def sql_def_%s = {\n", q->name);
	fprintf(out, "\t.name = \"%s\", .file = \"%s\", .line = %d,\n", q->name, q->file, q->line);
	fprintf(out, q->sqlite_only ? "\t.sqlite = %s_sqlite,\n" : "\t.sqlite = %s_sqlite, .pg = %s_pg,\n", q->name, q->name);
	write_values(out, q, "param", q->param, q->params);
	write_values(out, q, "column", q->column, q->columns);
	if (q->columns > 0) fprintf(out, "\t.row_size = sizeof(%s),\n", gen_c_type(q->result));
	fprintf(out, "\t.writes = %s, ", q->writes ? "true" : "false");
	fprintf(out, ".filters = %d, .orders = %d,\n};\n\n", q->filters, q->orders);
}

static void write_function(FILE *out, const struct query *q) {
	static const char *const how[] = {
		[ONE] = "\treturn stmt_one(%s, ret);\n",
		[MAYBE] = "\treturn stmt_maybe(%s, ret, ret_found);\n",
		[MANY] = "\tstruct stmt_list list;\n\tTRY(stmt_many(%s, &list));\n\t*ret = (%s){list.v, list.n};\n\treturn OK;\n",
		[EACH] = ("\tSTMT_CLOSED struct stmt *s = NULL;\n\tTRY(stmt_start(%s, &s));\n\t%srow;\n\tbool more;\n"
			 "\tfor (;;) {\n\t\tTRY(stmt_row(s, NULL, &row, &more));\n\t\tif (!more) return OK;\n"
			 "\t\tTRY(each(arg, %s));\n\t}\n"),
		[EXEC] = "\treturn stmt_exec(%s, ret_changed);\n",
		[EXEC1] = "\treturn stmt_exec1(%s);\n"};
	const char *arena = q->cardinality > MANY ? "" : takes_arena(q) ? "a, " : "NULL, ";
	const char *call = gen_fmt("db, %s&sql_def_%s, ", arena, q->name);
	for (int i = 0; i < q->params; i++)
		call = gen_fmt("%s%s&%s", call, i ? ", " : "(const void *const[]){", q->param[i].name);
	call = gen_fmt("%s%s, %s", call, q->params ? "}" : "NULL", q->orders ? "(int)order" : "0");
	fprintf(out, "%s {\n", signature(q));
	fprintf(out, how[q->cardinality], call, c_result(q), q->result.kind == K_STRUCT ? "&row" : "row");
	fprintf(out, "}\n");
}

static void write_file(const char *dir, const char *file) {
	const char *name = gen_copy(basename(file), strcspn(basename(file), "."));
	FILE *h = gen_open(gen_fmt("%s/sql/%s.h", dir, name), file), *c = gen_open(gen_fmt("%s/sql/%s.c", dir, name), file);
	fprintf(h, "#include \"db/db.h\"\n#include \"types.h\"\n");
	fprintf(c, "#include \"sql/%s.h\"\n#include \"db/stmt.h\"\n#include <stddef.h>\n", name);
	for (int i = 0; i < query_count; i++) {
		if (strcmp(queries[i]->file, file) != 0) continue;
		write_declaration(h, queries[i]);
		write_def(c, queries[i]);
		write_function(c, queries[i]);
	}
}

int main(int argc, char **argv) {
	gen_declare(argv + 2, argc - 2);
	for (int i = 2; i < argc; i++) read_file(argv[i], true);
	for (int i = 2; i < argc; i++) read_file(argv[i], false);
	for (int i = 2; i < argc; i++) write_file(argv[1], argv[i]);
	FILE *all = gen_open(gen_fmt("%s/sql/all.c", argv[1]), "all statements");
	fprintf(all, "#include \"db/stmt.h\"\n\n");
	for (int i = 0; i < query_count; i++) fprintf(all, "extern const struct sql_def sql_def_%s;\n", queries[i]->name);
	fprintf(all, "\nconst struct sql_def *const sql_all[] = {\n");
	for (int i = 0; i < query_count; i++) fprintf(all, "\t&sql_def_%s,\n", queries[i]->name);
	fprintf(all, "\tNULL,\n};\n");
	gen_close_all();
	return 0;
}
