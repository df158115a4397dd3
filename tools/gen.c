#include "gen.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct decl *gen_decls;
int gen_decl_count;

_Noreturn void gen_fail(const char *file, int line, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "%s:%d: ", file, line);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

void *gen_alloc(size_t n) {
	void *p = calloc(1, n ? n : 1);
	if (p == NULL) gen_fail("memory", 0, "none left");
	return p;
}

char *gen_copy(const char *p, size_t n) {
	char *s = gen_alloc(n + 1);
	memcpy(s, p, n);
	return s;
}

char *gen_fmt(const char *fmt, ...) {
	va_list ap;
	char *s;
	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0) gen_fail("memory", 0, "none left");
	va_end(ap);
	return s;
}

struct source gen_read(const char *file) {
	FILE *f = fopen(file, "rb");
	if (f == NULL) gen_fail(file, 0, "cannot be read");
	size_t room = 65536, n = 0, got;
	char *text = gen_alloc(room);
	while ((got = fread(text + n, 1, room - n - 1, f)) > 0) {
		n += got;
		if (room - n < 2) {
			char *more = gen_alloc(room *= 2);
			memcpy(more, text, n);
			text = more;
		}
	}
	fclose(f);
	text[n] = 0;
	if (strlen(text) != n) gen_fail(file, 0, "holds a NUL byte");
	return (struct source){.file = file, .text = text, .n = n};
}

char **gen_lines(struct source s, int *ret_n) {
	int n = 1, at = 0;
	for (size_t i = 0; i < s.n; i++) n += s.text[i] == '\n';
	char **line = gen_alloc(sizeof *line * (size_t)n);
	char *text = gen_copy(s.text, s.n), *end;
	while ((end = strchr(text, '\n')) != NULL) {
		*end = 0;
		line[at++] = text;
		text = end + 1;
	}
	if (*text) line[at++] = text;
	*ret_n = at;
	return line;
}

char *gen_trim(char *s) {
	while (isspace((unsigned char)*s)) s++;
	size_t n = strlen(s);
	while (n > 0 && isspace((unsigned char)s[n - 1])) s[--n] = 0;
	return s;
}

bool gen_ends(const char *s, const char *end) {
	size_t n = strlen(s), m = strlen(end);
	return n >= m && strcmp(s + n - m, end) == 0;
}

bool gen_word(const char *s) {
	static const char *const keywords[] = {
		"auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float",
		"for", "goto", "if", "inline", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static",
		"struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while"};
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (strcmp(s, keywords[i]) == 0) return false;
	if (!islower((unsigned char)*s)) return false;
	for (; *s; s++)
		if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && *s != '_') return false;
	return true;
}

static const char *const ids[] = {
#define ID(name) #name,
#include "base/ids.def"
#undef ID
};

struct type gen_type(const char *file, int line, const char *word) {
	static const struct {
		const char *word;
		enum kind kind;
	} basic[] = {{"int", K_INT},   {"real", K_REAL}, {"bool", K_BOOL}, {"text", K_TEXT}, {"date", K_DATE}, {"time", K_TIME},
	             {"blob", K_BLOB}, {"ints", K_INTS}, {"html", K_HTML}, {"url", K_URL},   {"file", K_FILE}};
	struct type t = {0};
	char *s = gen_copy(word, strlen(word));
	if (gen_ends(s, "?")) t.opt = true, s[strlen(s) - 1] = 0;
	if (gen_ends(s, "[]")) t.list = true, s[strlen(s) - 2] = 0;
	if (!gen_word(s)) gen_fail(file, line, "'%s' is not a type", word);
	t.kind = K_STRUCT;
	t.name = s;
	for (size_t i = 0; i < sizeof basic / sizeof *basic; i++)
		if (strcmp(s, basic[i].word) == 0) t.kind = basic[i].kind;
	if (gen_ends(s, "_id")) {
		s[strlen(s) - 3] = 0;
		t.kind = K_ID;
		bool known = false;
		for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) known |= strcmp(ids[i], s) == 0;
		if (!known) gen_fail(file, line, "'%s' is no id of src/base/ids.def", word);
	}
	if (t.list && t.kind != K_INT && t.kind != K_TEXT && t.kind != K_ID && t.kind != K_FILE && t.kind != K_STRUCT)
		gen_fail(file, line, "'%s': there are lists of int, text, file, ids, rows and views only", word);
	if (t.opt && (t.kind == K_BOOL || t.list))
		gen_fail(file, line, "'%s': a %s cannot be absent", word, t.list ? "list" : "bool");
	return t;
}

void gen_unlike(const char *file, int line, const struct field *before, int n, const struct field *f) {
	const char *name = f->group ? f->group : f->name;
	for (int i = 0; i < n; i++) {
		const struct field *b = &before[i];
		if (strcmp(b->group ? b->group : b->name, name) != 0) continue;
		if (b->group == NULL || f->group == NULL) gen_fail(file, line, "'%s' stands twice", name);
		if (strcmp(b->name, f->name) == 0) gen_fail(file, line, "'%s.%s' stands twice", name, f->name);
		const struct field *last = &before[n - 1];
		if (last->group == NULL || strcmp(last->group, name) != 0)
			gen_fail(file, line, "the fields of '%s' do not stand together", name);
	}
}

struct field *gen_fields(const char *file, int line, char *list, int *ret_n) {
	int room = 1, n = 0;
	for (char *c = list; *c; c++) room += *c == '|';
	struct field *field = gen_alloc(sizeof *field * (size_t)room);
	char *save = NULL;
	for (char *part = strtok_r(list, "|", &save); part; part = strtok_r(NULL, "|", &save)) {
		part = gen_trim(part);
		if (*part == 0) continue;
		char *name = strsep(&part, " \t");
		if (part == NULL) gen_fail(file, line, "'%s' has no type", name);
		part = gen_trim(part);
		char *type = strsep(&part, " \t");
		struct field *f = &field[n++];
		char *dot = strchr(name, '.');
		if (dot != NULL) {
			*dot = 0;
			f->group = name;
			if (gen_ends(name, "?")) f->group_opt = true, name[strlen(name) - 1] = 0;
			if (!gen_word(name)) gen_fail(file, line, "'%s' is not a name", name);
			name = dot + 1;
		}
		if (!gen_word(name)) gen_fail(file, line, "'%s' is not a name", name);
		f->name = name;
		f->line = line;
		f->type = gen_type(file, line, type);
		char *rest = part ? gen_trim(part) : "";
		if (strncmp(rest, "-json", 5) == 0 && (rest[5] == 0 || isspace((unsigned char)rest[5]))) {
			f->no_json = true;
			rest = gen_trim(rest + 5);
		}
		f->rest = rest;
		gen_unlike(file, line, field, n - 1, f);
	}
	*ret_n = n;
	return field;
}

struct decl *gen_decl(const char *name) {
	for (int i = 0; i < gen_decl_count; i++)
		if (strcmp(gen_decls[i].name, name) == 0) return &gen_decls[i];
	return NULL;
}

struct decl *gen_declare(const char *file, int line, const char *name) {
	enum { MOST = 2000 };
	if (gen_decls == NULL) gen_decls = gen_alloc(sizeof *gen_decls * MOST);
	struct decl *before = gen_decl(name);
	if (before != NULL) gen_fail(file, line, "'%s' is declared already at %s:%d", name, before->file, before->line);
	if (!gen_word(name)) gen_fail(file, line, "'%s' is not a name", name);
	if (gen_decl_count == MOST) gen_fail(file, line, "too many rows and views");
	gen_decls[gen_decl_count] = (struct decl){.name = gen_copy(name, strlen(name)), .file = file, .line = line};
	return &gen_decls[gen_decl_count++];
}

void gen_rows(struct source s) {
	int n;
	char **line = gen_lines(s, &n);
	for (int i = 0; i < n; i++) {
		if (strncmp(line[i], "-- row ", 7) != 0) continue;
		int at = i + 1;
		char *colon = strchr(line[i], ':');
		if (colon == NULL) gen_fail(s.file, at, "a row is written '-- row NAME: field type | …'");
		*colon = 0;
		struct decl *d = gen_declare(s.file, at, gen_trim(line[i] + 7));
		d->row = true;
		char *list = colon + 1;
		while (i + 1 < n && strncmp(line[i + 1], "--   ", 5) == 0) list = gen_fmt("%s %s", list, line[++i] + 5);
		d->field = gen_fields(s.file, at, list, &d->fields);
		if (d->fields == 0) gen_fail(s.file, at, "row '%s' has no fields", d->name);
	}
}

/* Reads the fields of a view from the line behind its head; returns the line of its {{end}}, both counted from 0. */
static int view_fields(struct decl *d, char **line, int i, int n) {
	enum { MOST = 200 };
	int head = i - 1, got;
	d->field = gen_alloc(sizeof *d->field * MOST);
	for (; i < n; i++) {
		char *text = gen_trim(line[i]);
		if (strcmp(text, "{{end}}") == 0) return i;
		if (strncmp(text, "{{", 2) == 0 || *text == '<') break;
		struct field *f = gen_fields(d->file, i + 1, text, &got);
		if (got > 1) gen_fail(d->file, i + 1, "one field a line");
		if (got == 0) continue;
		if (d->fields == MOST) gen_fail(d->file, i + 1, "too many fields");
		gen_unlike(d->file, i + 1, d->field, d->fields, f);
		d->field[d->fields++] = *f;
	}
	gen_fail(d->file, head + 1, "view '%s' has no {{end}} behind its fields", d->name);
}

void gen_views(struct source s) {
	int n;
	char **line = gen_lines(s, &n);
	for (int i = 0; i < n; i++) {
		char *head = gen_trim(line[i]);
		if (strncmp(head, "{{view ", 7) != 0) continue;
		int at = i + 1;
		if (!gen_ends(head, "}}"))
			gen_fail(s.file, at, "a view begins '{{view NAME}}' or '{{view NAME json=FIELD}}' on a line of its own");
		head[strlen(head) - 2] = 0;
		char *json = gen_trim(head + 7), *name = strsep(&json, " ");
		if (json != NULL && strncmp(json, "json=", 5) != 0)
			gen_fail(s.file, at, "'%s' is not known behind a view's name", json);
		struct decl *d = gen_declare(s.file, at, name);
		i = view_fields(d, line, i + 1, n);
		if (json == NULL) continue;
		d->json = json + 5;
		bool known = false;
		for (int k = 0; k < d->fields; k++) known |= d->field[k].group == NULL && strcmp(d->field[k].name, d->json) == 0;
		if (!known) gen_fail(s.file, at, "view '%s' has no field '%s'", d->name, d->json);
	}
}

void gen_check_types(void) {
	for (int i = 0; i < gen_decl_count; i++)
		for (int k = 0; k < gen_decls[i].fields; k++) {
			const struct field *f = &gen_decls[i].field[k];
			if (f->type.kind == K_STRUCT && gen_decl(f->type.name) == NULL)
				gen_fail(gen_decls[i].file, f->line, "there is no row or view '%s'", f->type.name);
		}
}

const char *gen_c_type(struct type t) {
	if (t.list) return gen_fmt("struct %s%s_list ", t.kind == K_FILE ? "upload" : t.name, t.kind == K_ID ? "_id" : "");
	switch (t.kind) {
	case K_INT: return t.opt ? "struct opt_int " : "int64_t ";
	case K_REAL: return "double ";
	case K_BOOL: return "bool ";
	case K_TEXT:
	case K_DATE:
	case K_BLOB: return "struct str ";
	case K_TIME: return "usec_t ";
	case K_ID: return gen_fmt("struct %s_id ", t.name);
	case K_INTS: return "struct int_list ";
	case K_HTML: return "struct html ";
	case K_URL: return "struct url ";
	case K_FILE: return "struct upload ";
	case K_STRUCT: return gen_fmt("struct %s %s", t.name, t.opt ? "*" : "");
	}
	return "";
}

void gen_c_members(FILE *out, const struct field *f, int n) {
	for (int i = 0; i < n; i++) {
		bool first = f[i].group && (i == 0 || f[i - 1].group == NULL || strcmp(f[i - 1].group, f[i].group) != 0);
		bool last = f[i].group && (i == n - 1 || f[i + 1].group == NULL || strcmp(f[i + 1].group, f[i].group) != 0);
		if (first) fprintf(out, "\tstruct {\n");
		fprintf(out, "%s%s%s;\n", f[i].group ? "\t\t" : "\t", gen_c_type(f[i].type), f[i].name);
		if (last) fprintf(out, "\t} %s;\n", f[i].group);
	}
}

void gen_c_string(FILE *out, const char *p, size_t n) {
	fputc('"', out);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c == '\n') fputs(i + 1 < n ? "\\n\"\n\t\"" : "\\n", out);
		else if (c == '\t') fputs("\\t", out);
		else if (c == '"' || c == '\\') fprintf(out, "\\%c", c);
		else if (c == '?' && i > 0 && p[i - 1] == '?') fputs("\\?", out); /* no trigraph */
		else if (c < 32 || c > 126) fprintf(out, "\\%03o", c);
		else fputc(c, out);
	}
	fputc('"', out);
}

/* One output at a time is enough for a generator that writes file after file, but routes write two: keep a small table. */
static struct {
	FILE *f;
	const char *file;
	char *text;
	size_t n;
} opened[8];

FILE *gen_open(const char *file) {
	for (size_t i = 0; i < sizeof opened / sizeof *opened; i++)
		if (opened[i].f == NULL) {
			opened[i].file = file;
			opened[i].f = open_memstream(&opened[i].text, &opened[i].n);
			if (opened[i].f == NULL) gen_fail(file, 0, "cannot be written");
			return opened[i].f;
		}
	gen_fail(file, 0, "too many outputs at once");
}

void gen_close(FILE *out) {
	for (size_t i = 0; i < sizeof opened / sizeof *opened; i++) {
		if (opened[i].f != out) continue;
		const char *file = opened[i].file;
		fclose(out);
		opened[i].f = NULL;
		struct stat st;
		if (stat(file, &st) == 0) {
			struct source old = gen_read(file);
			if (old.n == opened[i].n && memcmp(old.text, opened[i].text, old.n) == 0) return;
		}
		FILE *f = fopen(file, "wb");
		if (f == NULL || fwrite(opened[i].text, 1, opened[i].n, f) != opened[i].n || fclose(f) != 0)
			gen_fail(file, 0, "cannot be written");
		return;
	}
}
