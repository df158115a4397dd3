/* sqlgen OUT FILE.sql…: from statements with typed headers to C functions (tools/README.md says how they are written).
 * This part reads files, fragments and headers; SQL itself is not parsed. */
#include "sqlgen.h"
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

static const char *const cardinalities[] = {":one", ":maybe", ":many", ":each", ":exec", ":exec1"};
struct frag sqlgen_frags[MOST_FRAGS];
struct query *sqlgen_queries[MOST_QUERIES];
int sqlgen_frag_count, sqlgen_query_count;

struct reader {
	const char *file;
	char **line;
	int n, i;
};

/* The line at hand and those that go on with "--   " behind it. */
static char *joined(struct reader *r) {
	char *text = r->line[r->i++];
	while (r->i < r->n && strncmp(r->line[r->i], "--   ", 5) == 0) text = gen_fmt("%s %s", text, r->line[r->i++] + 5);
	return text;
}

static bool is_header(const char *line) {
	if (strncmp(line, "-- ", 3) != 0) return false;
	const char *p = line + 3;
	while (isalnum((unsigned char)*p) || *p == '_') p++;
	return p > line + 3 && *p == '(';
}

static void read_frag(struct reader *r) {
	int line = r->i + 1;
	char *text = joined(r) + strlen("-- frag "), *open = strchr(text, '('), *close = strchr(text, ')');
	if (open == NULL || close == NULL || open > close || close[1] != ':')
		gen_fail(r->file, line, "a fragment is written '-- frag NAME(param, …): text'");
	*open = *close = 0;
	if (!gen_word(text)) gen_fail(r->file, line, "'%s' is not a name", text);
	for (int i = 0; i < sqlgen_frag_count; i++)
		if (strcmp(sqlgen_frags[i].name, text) == 0)
			gen_fail(r->file, line, "fragment '%s' stands already at %s:%d", text, sqlgen_frags[i].file, sqlgen_frags[i].line);
	if (sqlgen_frag_count == MOST_FRAGS) gen_fail(r->file, line, "more than %d fragments", MOST_FRAGS);
	struct frag *f = &sqlgen_frags[sqlgen_frag_count++];
	*f = (struct frag){.name = text, .file = r->file, .line = line, .text = gen_trim(close + 2)};
	f->params = sqlgen_split(r->file, line, open + 1, f->param);
	for (int i = 0; i < f->params; i++)
		if (!gen_word(f->param[i])) gen_fail(r->file, line, "'%s' is not a name", f->param[i]);
}

static bool is_column(struct type t) {
	return !t.list && t.kind != K_INTS && t.kind != K_HTML && t.kind != K_URL && t.kind != K_FILE && t.kind != K_STRUCT;
}

static void read_param(struct query *q, char *text) {
	static const char *const taken[] = {"db",  "a",   "s",    "ret",  "order", "each",  "arg",
	                                    "row", "list", "room", "more", "value", "filters", "ret_found", "ret_changed"};
	struct param *p = &q->param[q->params];
	char *type = text + strcspn(text, " \t");
	if (*type == 0) gen_fail(q->file, q->line, "'%s' has no type", text);
	*type++ = 0;
	*p = (struct param){.name = text, .filter = -1, .type = gen_type(q->file, q->line, gen_trim(type))};
	if (!gen_word(text)) gen_fail(q->file, q->line, "'%s' is not a name", text);
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (strcmp(text, taken[i]) == 0)
			gen_fail(q->file, q->line, "'%s' is a name the generated function needs itself", text);
	for (int i = 0; i < q->params; i++)
		if (strcmp(text, q->param[i].name) == 0) gen_fail(q->file, q->line, "'%s' stands twice", text);
	if (p->type.kind == K_INTS ? p->type.opt : !is_column(p->type))
		gen_fail(q->file, q->line, "'%s' is no type of a parameter", gen_trim(type));
	q->params++;
}

static void read_result(struct query *q, char *text) {
	q->result = gen_type(q->file, q->line, text);
	struct decl *d = gen_decl(text);
	if (q->result.kind == K_STRUCT && (d == NULL || !d->row)) gen_fail(q->file, q->line, "there is no row '%s'", text);
	if (q->result.kind != K_STRUCT && !is_column(q->result))
		gen_fail(q->file, q->line, "'%s' is no type of a column", text);
	enum kind k = q->result.kind;
	if (q->cardinality == MANY && (q->result.opt || (k != K_STRUCT && k != K_INT && k != K_TEXT && k != K_ID)))
		gen_fail(q->file, q->line, "there are no lists of '%s'", text);
}

/* "-- NAME(param type, …) -> RESULT :CARDINALITY" */
static void read_header(struct query *q, char *text) {
	static const char how[] = "a statement begins '-- NAME(param type, …) -> RESULT :CARDINALITY'";
	char *name = text + 3, *open = strchr(text, '('), *close = strchr(text, ')'), *part[MOST_PARAMS];
	char *colon = strrchr(text, ':');
	if (close == NULL || colon == NULL || colon < close) gen_fail(q->file, q->line, how);
	*open = *close = 0;
	q->name = name;
	if (!gen_word(name)) gen_fail(q->file, q->line, "'%s' is not a name", name);
	int n = sqlgen_split(q->file, q->line, open + 1, part);
	for (int i = 0; i < n; i++) read_param(q, part[i]);
	colon = gen_trim(colon);
	size_t c = 0;
	while (c < sizeof cardinalities / sizeof *cardinalities && strcmp(colon, cardinalities[c]) != 0) c++;
	if (c > EXEC1) gen_fail(q->file, q->line, "'%s' is none of :one :maybe :many :each :exec :exec1", colon);
	q->cardinality = (enum cardinality)c;
	*colon = 0;
	char *result = gen_trim(close + 1);
	if (q->cardinality >= EXEC) {
		if (*result) gen_fail(q->file, q->line, "%s has no result", cardinalities[c]);
		return;
	}
	if (strncmp(result, "->", 2) != 0) gen_fail(q->file, q->line, how);
	read_result(q, gen_trim(result + 2));
}

static void read_order(struct query *q, int line, char *text) {
	char *save = NULL;
	for (char *part = strtok_r(text, "|", &save); part; part = strtok_r(NULL, "|", &save)) {
		part = gen_trim(part);
		char *list = part + strcspn(part, " \t");
		if (*list == 0) gen_fail(q->file, line, "an order is written '-- order: NAME column, … | NAME column, …'");
		*list++ = 0;
		if (!gen_word(part)) gen_fail(q->file, line, "'%s' is not a name", part);
		for (int i = 0; i < q->orders; i++)
			if (strcmp(q->order[i].name, part) == 0) gen_fail(q->file, line, "order '%s' stands twice", part);
		if (q->orders == MOST_ORDERS) gen_fail(q->file, line, "more than %d orders", MOST_ORDERS);
		q->order[q->orders].name = part;
		q->order[q->orders++].text = gen_trim(list);
	}
}

/* Takes the lines of a body up to its ';' at the end of a line. Quotes may hold line ends and semicolons. */
static void read_body(struct reader *r, struct query *q, struct body *b) {
	b->line = r->i + 1;
	b->text = "";
	char quote = 0;
	for (; r->i < r->n; r->i++) {
		char *line = r->line[r->i], *end = NULL;
		if (!quote && (is_header(line) || strncmp(line, "-- @", 4) == 0 || strncmp(line, "-- row ", 7) == 0)) break;
		for (char *c = line; *c; c++) {
			if (quote) quote = *c == quote ? 0 : quote;
			else if (*c == '-' && c[1] == '-' && c[2] != '?') break;
			else if (*c == '\'' || *c == '"') quote = *c;
			else if (!isspace((unsigned char)*c)) end = *c == ';' ? c : NULL;
			if (quote) end = NULL;
		}
		if (end != NULL) *end = 0;
		b->text = gen_fmt("%s%s\n", b->text, line);
		if (end == NULL) continue;
		r->i++;
		if (*gen_trim(gen_copy(b->text, strlen(b->text))) == 0) gen_fail(r->file, b->line, "'%s' is empty", q->name);
		return;
	}
	gen_fail(r->file, q->line, "'%s' does not end: no ';' at the end of a line", q->name);
}

static bool read_mark(struct reader *r, const char *mark) {
	while (r->i < r->n && *gen_trim(gen_copy(r->line[r->i], strlen(r->line[r->i]))) == 0) r->i++;
	if (r->i == r->n || strcmp(r->line[r->i], mark) != 0) return false;
	r->i++;
	return true;
}

static void read_query(struct reader *r) {
	struct query *q = gen_alloc(sizeof *q);
	q->file = r->file;
	q->line = r->i + 1;
	q->about = "";
	read_header(q, joined(r));
	for (int i = 0; i < sqlgen_query_count; i++)
		if (strcmp(sqlgen_queries[i]->name, q->name) == 0)
			gen_fail(q->file, q->line, "'%s' stands already at %s:%d", q->name, sqlgen_queries[i]->file,
			        sqlgen_queries[i]->line);
	while (r->i < r->n && strncmp(r->line[r->i], "--", 2) == 0 && strncmp(r->line[r->i], "-- @", 4) != 0) {
		if (is_header(r->line[r->i])) gen_fail(r->file, q->line, "'%s' has no body", q->name);
		if (strncmp(r->line[r->i], "--?", 3) == 0) break;
		int line = r->i + 1;
		if (strncmp(r->line[r->i], "-- order:", 9) == 0) read_order(q, line, joined(r) + 9);
		else q->about = gen_fmt("%s%s%s", q->about, *q->about ? "\n" : "", gen_trim(r->line[r->i++] + 2));
	}
	if (*q->about == 0) gen_fail(q->file, q->line, "'%s' has no line that says what it does", q->name);
	if (strstr(q->about, "*/")) gen_fail(q->file, q->line, "'*/' in a description");
	bool two = read_mark(r, "-- @sqlite");
	if (!two && read_mark(r, "-- @pg"))
		gen_fail(q->file, q->line, "'%s' has '-- @pg' without '-- @sqlite' above it", q->name);
	read_body(r, q, &q->body[0]);
	q->body[1] = q->body[0];
	if (two && !read_mark(r, "-- @pg"))
		gen_fail(q->file, q->line, "'%s' has '-- @sqlite' and no '-- @pg' behind it", q->name);
	if (two) read_body(r, q, &q->body[1]);
	if (sqlgen_query_count == MOST_QUERIES) gen_fail(q->file, q->line, "more than %d statements", MOST_QUERIES);
	sqlgen_queries[sqlgen_query_count++] = q;
	sqlgen_compile(q, 0);
	sqlgen_compile(q, 1);
}

/* With `only_frags` takes the fragments, else the statements. */
static void read_file(struct source s, bool only_frags) {
	struct reader r = {.file = s.file};
	r.line = gen_lines(s, &r.n);
	while (r.i < r.n) {
		const char *line = r.line[r.i];
		bool frag = strncmp(line, "-- frag ", 8) == 0, row = strncmp(line, "-- row ", 7) == 0;
		if (frag && only_frags) read_frag(&r);
		else if (frag || row) joined(&r);
		else if (only_frags) r.i++;
		else if (is_header(line)) read_query(&r);
		else if (strncmp(line, "--", 2) == 0 || line[strspn(line, " \t")] == 0) r.i++;
		else gen_fail(s.file, r.i + 1, "text outside of a statement, or a header above that is not one");
	}
}

static const char *base_name(const char *file) {
	const char *slash = strrchr(file, '/');
	file = slash ? slash + 1 : file;
	return gen_copy(file, strlen(file) - strlen(".sql"));
}

int main(int argc, char **argv) {
	if (argc < 3) gen_fail("sqlgen", 0, "usage: sqlgen OUT FILE.sql…");
	mkdir(gen_fmt("%s/sql", argv[1]), 0777);
	struct source *s = gen_alloc(sizeof *s * (size_t)argc);
	for (int i = 2; i < argc; i++) {
		if (!gen_ends(argv[i], ".sql")) gen_fail(argv[i], 0, "is no .sql file");
		for (int k = 2; k < i; k++)
			if (strcmp(base_name(argv[i]), base_name(argv[k])) == 0) gen_fail(argv[i], 0, "has the name of %s", argv[k]);
		gen_rows(s[i] = gen_read(argv[i]));
	}
	for (int i = 0; i < gen_decl_count; i++)
		for (int k = 0; k < gen_decls[i].fields; k++)
			if (!is_column(gen_decls[i].field[k].type))
				gen_fail(gen_decls[i].file, gen_decls[i].line, "'%s' is of no type that a column can have",
				        gen_decls[i].field[k].name);
	for (int i = 2; i < argc; i++) read_file(s[i], true);
	for (int i = 2; i < argc; i++) read_file(s[i], false);
	for (int i = 2; i < argc; i++) sqlgen_write(argv[1], base_name(argv[i]), argv[i]);
	sqlgen_write_all(argv[1]);
	return 0;
}
