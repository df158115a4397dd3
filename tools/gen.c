#include "gen.h"
#include <regex.h>
#include <stdarg.h>
#include <stdint.h>

struct decl *gen_decls;
struct template *gen_templates;
int gen_decl_count, gen_template_count;

/* ------------------------------------------------------------------- memory */

_Noreturn void gen_fail(const char *file, int line, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "%s:%d: ", file, line);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

/* Nobody looks whether memory is left: a build that has none may crash. */
void *gen_alloc(size_t n) { return calloc(1, n); }
char *gen_copy(const char *p, size_t n) { return strndup(p, n); }

void *gen_more(void *v, int n, size_t size) {
	bool full = (n & (n - 1)) == 0; /* it grows at 0, 1, 2, 4, 8, … */
	return full ? realloc(v, (n ? 2 * (size_t)n : 1) * size) : v;
}

char *gen_fmt(const char *fmt, ...) {
	va_list ap;
	char *s;
	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0) gen_fail(fmt, 0, "cannot be formatted");
	va_end(ap);
	return s;
}

/* ------------------------------------------------------------------ reading */

char *gen_read(const char *file) {
	FILE *f = fopen(file, "rb");
	char *text = NULL;
	size_t room = 0;
	if (f == NULL) gen_fail(file, 0, "cannot be read");
	ssize_t n = getdelim(&text, &room, 0, f);
	if (ferror(f) || !feof(f)) gen_fail(file, 0, "cannot be read, or holds a NUL byte");
	fclose(f);
	return n > 0 ? text : gen_copy("", 0);
}

char **gen_lines(const char *text, int *ret_n) {
	char **line = NULL, *rest = gen_copy(text, strlen(text));
	for (*ret_n = 0; rest != NULL;) gen_push(line, *ret_n, strsep(&rest, "\n"));
	return line;
}

char *gen_joined(char **line, int n, int *i) {
	char *text = gen_copy(line[*i], strlen(line[*i]));
	while (++*i < n && gen_begins(line[*i], "--   ")) text = gen_fmt("%s %s", text, line[*i] + 5);
	return text;
}

char *gen_trim(char *s) {
	while (isspace((unsigned char)*s)) s++;
	size_t n = strlen(s);
	while (n > 0 && isspace((unsigned char)s[n - 1])) s[--n] = 0;
	return s;
}

char **gen_split(char *list, char sep, int *ret_n) {
	char **part = NULL, *from = list, quote = 0;
	int depth = 0;
	*ret_n = 0;
	for (char *p = gen_trim(list); *from; p++) {
		bool last = *p == 0;
		if (quote) quote = *p == quote ? 0 : quote;
		else if (*p == '\'' || *p == '"') quote = *p;
		else depth += (*p == '(') - (*p == ')');
		if (!last && (*p != sep || depth > 0 || quote)) continue;
		*p = 0;
		gen_push(part, *ret_n, gen_trim(from));
		if (last) break;
		from = p + 1;
	}
	return part;
}

bool gen_begins(const char *s, const char *begin) { return strncmp(s, begin, strlen(begin)) == 0; }

bool gen_ends(const char *s, const char *end) {
	size_t n = strlen(s), m = strlen(end);
	return n >= m && strcmp(s + n - m, end) == 0;
}

bool gen_one_of(const char *word, const char *list) {
	return *word && strchr(word, ' ') == NULL && strstr(gen_fmt(" %s ", list), gen_fmt(" %s ", word));
}

char *gen_case(const char *s, int (*change)(int)) {
	char *out = gen_copy(s, strlen(s));
	for (char *c = out; *c; c++) *c = (char)change((unsigned char)*c);
	return out;
}

bool gen_match(const char *text, const char *pattern, char *ret[GEN_PARTS]) {
	regex_t r;
	regmatch_t m[GEN_PARTS];
	if (regcomp(&r, gen_fmt("^(%s)$", pattern), REG_EXTENDED) != 0) gen_fail(pattern, 0, "is no pattern");
	bool match = regexec(&r, text, GEN_PARTS, m, 0) == 0;
	regfree(&r);
	for (int i = 1; match && i < GEN_PARTS; i++)
		ret[i - 1] = m[i].rm_so < 0 ? NULL : gen_copy(text + m[i].rm_so, (size_t)(m[i].rm_eo - m[i].rm_so));
	return match;
}

char *gen_quoted(const char *file, int line, const char **p) {
	static const char escapes[] = "n\nt\t\"\"\\\\";
	const char *at = *p + 1;
	char *s = gen_alloc(strlen(*p) + 1);
	for (size_t n = 0; *at != '"'; at++) {
		const char *escape = *at == '\\' && at[1] ? strchr(escapes, *++at) : at - 1;
		if (*at == 0) gen_fail(file, line, "a text in quotes has no end");
		if (escape == NULL) gen_fail(file, line, "a text in quotes knows \\n \\t \\\" \\\\ only");
		s[n++] = escape[1];
		if (*at == '\n') at += strspn(at, " \t\n") - 1, s[n - 1] = ' ';
	}
	*p = at + 1;
	return s;
}

void gen_unique(const char *file, int line, const char *kind, const char *name) {
	static struct known { const char *kind, *name, *file; int line; } *known;
	static int n;
	for (int i = 0; i < n; i++)
		if (strcmp(known[i].kind, kind) == 0 && strcmp(known[i].name, name) == 0)
			gen_fail(file, line, "%s '%s' stands already at %s:%d", kind, name, known[i].file, known[i].line);
	gen_push(known, n, (struct known){kind, name, file, line});
}

/* -------------------------------------------------------------------- types */

static const struct {
	const char *word, *c;
} kinds[] = {
	[K_INT] = {"int", "int64_t "},          [K_REAL] = {"real", "double "},     [K_BOOL] = {"bool", "bool "},
	[K_TEXT] = {"text", "struct str "},     [K_DATE] = {"date", "struct str "}, [K_TIME] = {"time", "usec_t "},
	[K_BLOB] = {"blob", "struct str "},     [K_ID] = {"id", NULL},              [K_INTS] = {"ints", "struct int_list "},
	[K_HTML] = {"html", "struct html "},    [K_URL] = {"url", "struct url "},   [K_STRUCT] = {"struct", NULL},
	[K_FILE] = {"file", "struct upload "},  [K_JSON] = {"json", "struct str "}};

static const char ids[] =
#define ID(name) #name " "
#include "base/ids.def"
#undef ID
	"";

struct type gen_type(const char *file, int line, const char *word) {
	char *m[GEN_PARTS];
	if (!gen_match(word, WORD "(\\[\\])?(\\?)?", m)) gen_fail(file, line, "'%s' is not a type", word);
	struct type t = {.kind = K_STRUCT, .name = m[1], .list = m[2], .opt = m[3]};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(m[1], kinds[i].word) == 0) t.kind = (enum kind)i;
	if (gen_ends(m[1], "_id")) {
		m[1][strlen(m[1]) - 3] = 0;
		t.kind = K_ID;
		if (!gen_one_of(m[1], ids)) gen_fail(file, line, "'%s' is no id of src/base/ids.def", word);
	}
	if (t.list && t.kind != K_INT && t.kind != K_TEXT && t.kind != K_ID && t.kind != K_FILE && t.kind != K_STRUCT)
		gen_fail(file, line, "'%s': there are lists of int, text, file, ids, rows and views only", word);
	if (t.opt && (t.kind == K_BOOL || t.list)) gen_fail(file, line, "'%s': a bool or a list cannot be absent", word);
	return t;
}

bool gen_is_column(struct type t) {
	return !t.list && t.kind != K_INTS && t.kind != K_HTML && t.kind != K_URL && t.kind != K_FILE && t.kind != K_STRUCT;
}

void gen_fields(const char *file, int line, char *list, char sep, struct field **field, int *n) {
	static const char pattern[] = "(" WORD "(\\?)?\\.)?" WORD "[ \t]+([^ \t]+)([ \t]+-json)?([ \t].*)?";
	int parts;
	char **part = gen_split(list, sep, &parts), *m[GEN_PARTS];
	for (int i = 0; i < parts; i++) {
		if (!gen_match(part[i], pattern, m)) gen_fail(file, line, "'%s' is not 'name type' or 'group.name type'", part[i]);
		struct field f = {.name = m[4], .group = m[2], .group_opt = m[3], .type = gen_type(file, line, m[5]), .no_json = m[6],
			.rest = m[7] ? gen_trim(m[7]) : "", .line = line}, *last = *n ? &(*field)[*n - 1] : NULL;
		bool goes_on = f.group && last && last->group && strcmp(f.group, last->group) == 0;
		for (int k = 0; k < *n; k++) {
			const struct field *b = &(*field)[k];
			bool same = strcmp(gen_c_member(b), gen_c_member(&f)) == 0;
			bool group = strcmp(b->group ? b->group : b->name, f.group ? f.group : f.name) == 0;
			if (same || (group && !goes_on)) gen_fail(file, line, "'%s' stands twice, or not with its group", gen_c_member(&f));
		}
		gen_push(*field, *n, f);
	}
}

int gen_find(const struct field *f, int n, const char *name) {
	while (n > 0 && strcmp(gen_c_member(&f[n - 1]), name) != 0) n--;
	return n - 1;
}

struct decl *gen_decl(const char *name) {
	for (int i = 0; i < gen_decl_count; i++)
		if (strcmp(gen_decls[i].name, name) == 0) return &gen_decls[i];
	return NULL;
}

static void read_rows(const char *file, const char *text) {
	int n, i = 0;
	char **line = gen_lines(text, &n), *m[GEN_PARTS];
	while (i < n) {
		struct decl d = {.file = file, .line = i + 1, .row = true};
		char *row = gen_joined(line, n, &i);
		if (!gen_begins(row, "-- row ")) continue;
		if (!gen_match(row, "-- row " WORD ":(.+)", m))
			gen_fail(file, d.line, "a row is written '-- row NAME: field type | …'");
		d.name = m[1];
		gen_unique(file, d.line, "type", d.name);
		gen_fields(file, d.line, m[2], '|', &d.field, &d.fields);
		gen_push(gen_decls, gen_decl_count, d);
	}
}

/* Reads the fields of a view behind its head, line i; returns the line of its {{end}}, counted from 0. */
static int read_view(struct decl *d, char **line, int i, int n) {
	gen_unique(d->file, d->line, "type", d->name);
	for (i++; i < n && *(line[i] = gen_trim(line[i])) != '<' && *line[i] != '{'; i++)
		gen_fields(d->file, i + 1, line[i], '|', &d->field, &d->fields);
	if (i == n || strcmp(line[i], "{{end}}") != 0)
		gen_fail(d->file, d->line, "view '%s' has no {{end}} behind its fields", d->name);
	if (d->json && (gen_find(d->field, d->fields, d->json) < 0))
		gen_fail(d->file, d->line, "view '%s' has no field '%s'", d->name, d->json);
	gen_push(gen_decls, gen_decl_count, *d);
	return i;
}

static void read_views(const char *file, const char *text) {
	static const char pattern[] = "\\{\\{(view " WORD "( json=" WORD ")?|template " WORD " " WORD ")\\}\\}";
	int n;
	char **line = gen_lines(text, &n), *m[GEN_PARTS];
	struct template *t = NULL;
	for (int i = 0; i < n; i++) {
		char *head = gen_trim(gen_fmt("%s", line[i]));
		if (!gen_begins(head, "{{view ") && !gen_begins(head, "{{template ")) {
			if (t == NULL && *head && !gen_begins(head, "<!--"))
				gen_fail(file, i + 1, "markup before the first {{view}} or {{template}}");
			if (t != NULL) t->text = gen_fmt("%s%s\n", t->text, line[i]);
			continue;
		}
		if (!gen_match(head, pattern, m))
			gen_fail(file, i + 1, "{{view NAME}}, {{view NAME json=FIELD}} or {{template NAME TYPE}} stands alone on its line");
		struct template next = {.name = m[2] ? m[2] : m[5], .type = m[2] ? m[2] : m[6], .view = m[2], .file = file,
			.line = i + 1};
		gen_unique(file, i + 1, "template", next.name);
		if (next.view) i = read_view(&(struct decl){.name = m[2], .file = file, .line = i + 1, .json = m[4]}, line, i, n);
		next.text = "";
		next.text_line = i + 2;
		gen_push(gen_templates, gen_template_count, next);
		t = &gen_templates[gen_template_count - 1];
	}
}

static void check_field(const struct decl *d, const struct field *f) {
	if (f->type.kind == K_STRUCT && gen_decl(f->type.name) == NULL)
		gen_fail(d->file, f->line, "there is no row or view '%s'", f->type.name);
	if (d->row ? !gen_is_column(f->type) : f->type.kind == K_INTS || f->type.kind == K_FILE)
		gen_fail(d->file, f->line, "'%s' is of no type that a %s can have", f->name, d->row ? "column" : "view's field");
	if (*f->rest) gen_fail(d->file, f->line, "'%s' means nothing here", f->rest);
}

void gen_declare(char **file, int n) {
	for (int i = 0; i < n; i++) {
		if (gen_ends(file[i], ".sql")) read_rows(file[i], gen_read(file[i]));
		else read_views(file[i], gen_read(file[i]));
	}
	for (int i = 0; i < gen_decl_count; i++)
		for (int k = 0; k < gen_decls[i].fields; k++) check_field(&gen_decls[i], &gen_decls[i].field[k]);
}

/* -------------------------------------------------------------- printing C */

const char *gen_c_type(struct type t) {
	if (t.list) return gen_fmt("struct %s%s_list ", t.kind == K_FILE ? "upload" : t.name, t.kind == K_ID ? "_id" : "");
	if (t.kind == K_ID) return gen_fmt("struct %s_id ", t.name);
	if (t.kind == K_STRUCT) return gen_fmt("struct %s %s", t.name, t.opt ? "*" : "");
	return t.kind == K_INT && t.opt ? "struct opt_int " : kinds[t.kind].c;
}

const char *gen_c_kind(struct type t) { return gen_fmt("K_%s", gen_case(kinds[t.kind].word, toupper)); }
const char *gen_c_member(const struct field *f) { return f->group ? gen_fmt("%s.%s", f->group, f->name) : f->name; }

void gen_c_field(FILE *out, const struct field *f, const char *in) {
	fprintf(out, "\t{.name = \"%s\", ", f->name);
	if (f->group) fprintf(out, ".group = \"%s\", ", f->group);
	fprintf(out, ".kind = %s, ", gen_c_kind(f->type));
	fprintf(out, "%s%s", f->type.opt ? ".opt = true, " : "", f->type.list ? ".list = true, " : "");
	fprintf(out, ".offset = offsetof(struct %s, %s)", in, gen_c_member(f));
}

void gen_c_members(FILE *out, const struct field *f, int n) {
	const char *group = NULL;
	for (int i = 0; i < n; i++) {
		if (f[i].group && group == NULL) fprintf(out, "\tstruct {\n");
		group = f[i].group;
		fprintf(out, "%s%s%s;\n", group ? "\t\t" : "\t", gen_c_type(f[i].type), f[i].name);
		if (group == NULL || (i + 1 < n && f[i + 1].group && strcmp(f[i + 1].group, group) == 0)) continue;
		fprintf(out, "\t} %s;\n", group);
		group = NULL;
	}
}

char *gen_c_string(const char *s) {
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	fputc('"', out);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '\n') fputs(s[1] ? "\\n\"\n\t\"" : "\\n", out);
		else if (c == '"' || c == '\\' || (c == '?' && s[1] == '?')) fprintf(out, "\\%c", c); /* ?? begins trigraphs */
		else fprintf(out, c < ' ' || c > '~' ? "\\%03o" : "%c", c);
	}
	fputc('"', out);
	fclose(out);
	return text;
}

char *gen_c_message(const char *one, const char *many) {
	uint64_t hash = 0xcbf29ce484222325;
	for (const char *c = gen_fmt("%s\n%s", one, many ? many : ""); *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
	return gen_fmt("MSG_%08x", (unsigned)(hash >> 32 ^ hash));
}

static struct output {
	const char *file;
	FILE *to;
	char *text;
	size_t n;
} **outputs;
static int output_count;

FILE *gen_open(const char *file, const char *from) {
	struct output *o = gen_alloc(sizeof *o);
	gen_unique(from, 0, "output", file);
	gen_push(outputs, output_count, o);
	o->file = file;
	o->to = open_memstream(&o->text, &o->n);
	fprintf(o->to, "/* Made from %s by the generators in tools/; changes belong there. */\n", from);
	if (gen_ends(file, ".h")) fprintf(o->to, "#pragma once\n");
	return o->to;
}

void gen_close_all(void) {
	for (int i = 0; i < output_count; i++) {
		const struct output *o = outputs[i];
		fclose(o->to);
		FILE *old = fopen(o->file, "rb");
		if (old != NULL && strcmp(gen_read(o->file), o->text) == 0) continue;
		FILE *f = fopen(o->file, "wb");
		if (f == NULL || fwrite(o->text, 1, o->n, f) != o->n || fclose(f) != 0) gen_fail(o->file, 0, "cannot be written");
	}
}
