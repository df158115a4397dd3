/* One .html file to C. Literal markup gathers in t->raw until something else must be printed; each tag becomes a
 * statement under a #line of the template, so that the C compiler complains of the template. A block or a title becomes
 * a function of its own: while it is open, t->out is a stream of its own. A line "#line 0" is replaced at the end by the
 * true place. */
#include "tplgen_file.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct target *tpl_targets;
int tpl_target_count;

/* ------------------------------------------------------------------ branches */

static struct level *open_level(struct tpl *t, const char *what) {
	markup_control(&t->m, t->line);
	if (t->levels == TPL_DEEP) refuse(t, "{{%s}} stands too deep", what);
	struct level *l = &t->level[t->levels];
	*l = (struct level){.what = what, .line = t->line, .vars = t->vars, .guards = t->guards, .kept = t->guards,
		.ids = t->ids.n};
	return l;
}

static void begin_branch(struct tpl *t, const struct level *l) {
	t->m = l->begin;
	t->m.floor = t->m.depth;
	t->vars = l->vars;
}

static void end_branch(struct tpl *t, struct level *l) {
	markup_control(&t->m, t->line);
	markup_join(&t->m, t->line, &l->begin, l->any ? &l->joined : NULL);
	l->joined = t->m;
	l->any = true;
	if (strcmp(l->what, "for") != 0 || l->other) return;
	if (t->m.address != l->begin.address) refuse(t, "a loop in an address stands behind its literal beginning");
	tpl_flush(t);
	for (int i = l->vars; i < t->vars; i++)
		if (!t->var[i].used) tpl_indent(t), fprintf(t->out, "(void)%s;\n", t->var[i].value.path);
}

static void if_tag(struct tpl *t) {
	struct level *l = open_level(t, "if");
	l->begin = t->m;
	tpl_statement(t, "if (%s) {", tpl_condition(t, l->absent, &l->absents));
	t->levels++;
	begin_branch(t, l);
}

static void else_tag(struct tpl *t, bool condition) {
	struct level *l = t->levels > 0 ? &t->level[t->levels - 1] : NULL;
	if (l == NULL || l->before || l->other || (condition && strcmp(l->what, "if") != 0))
		refuse(t, "{{%s}} has no {{if}}", condition ? "elif" : "else");
	end_branch(t, l);
	for (int i = l->ids; i < t->ids.n; i++) t->ids.v[i].asleep = true;
	begin_branch(t, l);
	t->guards = l->kept;
	for (int i = 0; i < l->absents; i++) tpl_guard(t, l->absent[i]);
	l->kept = t->guards;
	l->other = !condition;
	tpl_flush(t);
	t->levels--;
	if (condition) {
		tpl_statement(t, "} else if (%s) {", tpl_condition(t, l->absent, &l->absents));
	} else {
		tpl_end_of_tag(t);
		if (l->list == NULL) tpl_statement(t, "} else {");
		else tpl_statement(t, "}"), tpl_statement(t, "if (%s.n == 0) {", l->list);
	}
	t->levels++;
}

static void name_var(struct tpl *t, const char *name) {
	static const char *const taken[] = {"v", "p", "o", "end", "else", "csrf", "title", "not", "and", "or", "tn", "int"};
	if (!gen_word(name)) refuse(t, "'%s' is not a name", name);
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (strcmp(taken[i], name) == 0) refuse(t, "'%s' has a meaning already", name);
	for (int i = 0; i < t->vars; i++)
		if (strcmp(t->var[i].value.path, name) == 0) refuse(t, "'%s' is the variable of a loop around this one", name);
}

static void for_tag(struct tpl *t) {
	struct level *l = open_level(t, "for");
	const char *name = tpl_word(t), *number = tpl_next(t, ",") ? tpl_word(t) : NULL;
	name_var(t, name);
	if (number) name_var(t, number);
	if (number && strcmp(number, name) == 0) refuse(t, "'%s' stands twice", name);
	if (strcmp(tpl_word(t), "in") != 0) refuse(t, "a loop is written {{for x in path}} or {{for x, i in path}}");
	struct value list = tpl_path(t), x = list;
	tpl_end_of_tag(t);
	if (list.checked && !list.type.list) refuse(t, "'%s' is not a list", list.path);
	l->list = list.c;
	l->begin = t->m;
	tpl_statement(t, "for (size_t at_%d = 0; at_%d < %s.n; at_%d++) {", t->levels, t->levels, list.c, t->levels);
	x.path = x.c = name;
	x.type.list = x.type.opt = false;
	x.pointer = !x.checked || x.type.kind == K_STRUCT;
	if (!x.checked) x.shape = gen_fmt("%s.v", x.shape);
	const char *type = x.checked ? gen_c_type(x.type) : gen_fmt("__typeof__(*%s) ", x.shape);
	int at = t->levels++;
	begin_branch(t, l);
	t->m.loops++;
	tpl_statement(t, "const %s%s%s = %s%s.v[at_%d];", type, x.pointer ? "*" : "", name, x.pointer ? "&" : "", list.c, at);
	t->var[t->vars].used = false;
	t->var[t->vars++].value = x;
	if (number == NULL) return;
	tpl_indent(t);
	fprintf(t->out, "const int64_t %s = (int64_t)at_%d + 1;\n", number, at);
	t->var[t->vars].used = false;
	t->var[t->vars++].value = (struct value){.path = number, .c = number, .type = {.kind = K_INT}, .checked = true};
}

/* {{block NAME}} and {{title}} */
static void part_tag(struct tpl *t, const char *what) {
	struct level *l = open_level(t, what);
	bool block = *what == 'b';
	const char *name = block ? tpl_word(t) : "title";
	tpl_end_of_tag(t);
	if (!gen_word(name)) refuse(t, "'%s' is not a name", name);
	bool view = !t->type->row && strcmp(t->type->name, t->name) == 0;
	if (t->levels > 0 || !view || t->m.place != TEXT)
		refuse(t, "{{%s}} stands at the top level of a view's template", what);
	l->name = gen_fmt("%s_%s%s%s", what, t->name, block ? "_" : "", block ? name : "");
	if (block && strstr(t->blocks, gen_fmt("{\"%s\", ", name))) refuse(t, "there is a block '%s' already", name);
	if (!block && t->title) refuse(t, "there is a title already");
	if (block) t->blocks = gen_fmt("%s\t{\"%s\", %s},\n", t->blocks, name, l->name);
	else t->title = true, t->m.place = WORDS;
	tpl_flush(t);
	l->begin = t->m;
	l->before = t->out;
	t->out = open_memstream(&l->text, &l->text_n);
	t->levels++;
	l->used_v = t->uses_v;
	t->uses_v = false;
	begin_branch(t, l);
}

static void end_part(struct tpl *t, struct level *l) {
	tpl_flush(t);
	fclose(t->out);
	t->out = l->before;
	fprintf(t->functions, "#line 0\nstatic void %s(struct out *o, const void *view) {\n", l->name);
	if (t->uses_v) fprintf(t->functions, "\tconst struct %s *v = view;\n", t->type->name);
	else fprintf(t->functions, "\t(void)view;\n");
	fprintf(t->functions, "%s%s}\n\n", l->text_n ? "" : "\t(void)o;\n", l->text);
}

static void end_tag(struct tpl *t) {
	tpl_end_of_tag(t);
	if (t->levels == 0) refuse(t, "{{end}} ends nothing");
	struct level *l = &t->level[t->levels - 1];
	bool part = l->before != NULL;
	end_branch(t, l);
	for (int i = l->ids; i < t->ids.n; i++) t->ids.v[i].asleep = false;
	if (!part && !l->other) markup_join(&t->m, t->line, &l->begin, &l->begin);
	t->m.floor = l->begin.floor;
	t->m.loops = l->begin.loops;
	t->vars = l->vars;
	t->guards = l->guards;
	if (!part) {
		tpl_flush(t);
		t->levels--;
		tpl_indent(t);
		fputs("}\n", t->out);
		return;
	}
	end_part(t, l);
	t->levels--;
	t->uses_v |= l->used_v;
	if (l->what[0] == 't') {
		t->m.place = TEXT;
		while (isspace((unsigned char)*t->p)) t->p++;
	} else {
		t->uses_v = true;
		tpl_statement(t, "%s(o, v);", l->name);
	}
}

/* --------------------------------------------------------------- the template */

static void tag(struct tpl *t) {
	if (tpl_next(t, ">")) {
		tpl_call_tag(t);
		return;
	}
	const char *begin = t->p;
	char *word = tpl_word(t);
	while (isspace((unsigned char)*t->p)) t->p++;
	if (strcmp(word, "if") == 0) if_tag(t);
	else if (strcmp(word, "elif") == 0) else_tag(t, true);
	else if (strcmp(word, "else") == 0) else_tag(t, false);
	else if (strcmp(word, "for") == 0) for_tag(t);
	else if (strcmp(word, "end") == 0) end_tag(t);
	else if (strcmp(word, "block") == 0) part_tag(t, "block");
	else if (strcmp(word, "title") == 0) part_tag(t, "title");
	else if (strcmp(word, "t") == 0 && *t->p == '"') tpl_message_tag(t, false);
	else if (strcmp(word, "tn") == 0) tpl_message_tag(t, true);
	else if (strcmp(word, "icon") == 0 && *t->p == '"') tpl_icon_tag(t);
	else if (strcmp(word, "static") == 0 && *t->p == '"') tpl_static_tag(t);
	else if (strcmp(word, "csrf") == 0) tpl_csrf_tag(t);
	else if (strcmp(word, "error") == 0 && *t->p == '"') tpl_error_tag(t);
	else t->p = begin, tpl_value_tag(t);
}

static bool is_head(const char *p) {
	return strncmp(p, "{{view ", 7) == 0 || strncmp(p, "{{template ", 11) == 0;
}

static void literal(struct tpl *t) {
	bool indents = *t->p == '\n' && markup_shrinks(&t->m);
	if (*t->p == '<' && t->levels > 0 && t->level[0].what[0] == 't') refuse(t, "a tag in a title");
	t->raw[t->raw_n++] = *t->p;
	do {
		markup_char(&t->m, t->line, *t->p);
		t->line += *t->p++ == '\n';
	} while (indents && isspace((unsigned char)*t->p));
}

/* The body of a template up to the next head, into t->out. */
static void body(struct tpl *t) {
	while (isspace((unsigned char)*t->p)) t->line += *t->p++ == '\n';
	while (*t->p && !is_head(t->p)) {
		if (strncmp(t->p, "{{", 2) != 0) {
			literal(t);
			continue;
		}
		const char *begin = t->p;
		int line = t->line;
		t->p += 2;
		tag(t);
		for (t->line = line; begin < t->p; begin++) t->line += *begin == '\n';
	}
	if (t->levels > 0)
		gen_fail(t->file, t->level[t->levels - 1].line, "{{%s}} has no {{end}}", t->level[t->levels - 1].what);
	if (t->m.place != TEXT) refuse(t, "the template ends within a tag, an attribute, a comment or a script");
	if (t->m.depth > 0)
		gen_fail(t->file, t->m.open[t->m.depth - 1].line, "<%s> is not closed", t->m.open[t->m.depth - 1].tag);
	while (t->raw_n > 0 && isspace((unsigned char)t->raw[t->raw_n - 1])) t->raw_n--;
	tpl_flush(t);
}

static void print_view(struct tpl *t, const struct target *to) {
	FILE *f = t->functions;
	const char *n = to->name;
	fputs("#line 0\n", f);
	if (to->markup) fprintf(f, "static void page_%s(struct out *o, const void *view) {\n\ttpl_%s(o, view);\n}\n\n", n, n);
	if (*t->blocks)
		fprintf(f, "static const struct view_block blocks_of_%s[] = {\n%s\t{NULL, NULL},\n};\n\n", n, t->blocks);
	fprintf(f, "const struct view_def view_%s = {\n\t.name = \"%s\",\n\t.type = &type_%s,\n", n, n, n);
	if (to->markup) fprintf(f, "\t.page = page_%s,\n", n);
	if (t->title) fprintf(f, "\t.title = title_%s,\n", n);
	if (*t->blocks) fprintf(f, "\t.block = blocks_of_%s,\n", n);
	fputs("};\n\n", f);
}

static void one_template(struct tpl *t, const struct target *to) {
	char *text;
	size_t n;
	t->name = to->name;
	t->type = to->type;
	t->m = (struct markup){.file = t->file, .ids = &t->ids};
	t->ids.n = t->guards = t->vars = t->levels = 0;
	t->title = t->uses_v = false;
	t->blocks = "";
	t->out = open_memstream(&text, &n);
	body(t);
	fclose(t->out);
	if (to->markup) {
		fprintf(t->functions, "#line 0\nvoid tpl_%s(struct out *o, const struct %s *v) {\n", to->name, to->type->name);
		fprintf(t->functions, "%s%s%s}\n\n", t->uses_v ? "" : "\t(void)v;\n", n ? "" : "\t(void)o;\n", text);
	}
	if (to->view) print_view(t, to);
}

/* ------------------------------------------------------------------- the file */

static const char *base_name(const char *file) {
	const char *slash = strrchr(file, '/');
	file = slash ? slash + 1 : file;
	return gen_copy(file, strlen(file) - strlen(".html"));
}

/* Moves from a head behind it; for a view also behind its fields. */
static char *head(struct tpl *t, char **ret_type) {
	int line = t->line;
	const char *begin = t->p;
	t->p += 2;
	bool view = strcmp(tpl_word(t), "view") == 0;
	char *name = tpl_word(t);
	*ret_type = view ? NULL : tpl_word(t);
	const char *end = strstr(t->p, "}}");
	if (view && end) end = strstr(end, "{{end}}");
	if (end == NULL) gen_fail(t->file, line, "the head of '%s' has no end", name);
	if (view) t->p = end + 5;
	tpl_end_of_tag(t);
	for (; begin < t->p; begin++) t->line += *begin == '\n';
	return name;
}

static void add_target(struct tpl *t, const char *name, const char *type, int line) {
	struct target *more = gen_alloc(sizeof *more * (size_t)(tpl_target_count + 1));
	if (tpl_target_count > 0) memcpy(more, tpl_targets, sizeof *more * (size_t)tpl_target_count);
	tpl_targets = more;
	for (int i = 0; i < tpl_target_count; i++)
		if (strcmp(more[i].name, name) == 0)
			gen_fail(t->file, line, "there is a template '%s' already at %s:%d", name, more[i].file, more[i].line);
	if (!gen_word(name)) gen_fail(t->file, line, "'%s' is not a name", name);
	const char *p = t->p;
	while (isspace((unsigned char)*p)) p++;
	more[tpl_target_count] = (struct target){.name = name, .file = t->file, .line = line,
		.type = gen_decl(type ? type : name), .view = type == NULL, .markup = type || (*p && !is_head(p))};
	if (more[tpl_target_count++].type == NULL)
		gen_fail(t->file, line, type ? "there is no row or view '%s'" : "the head of '%s' stands alone on its line",
		         type ? type : name);
}

static void collect_sentence(struct tpl *t) {
	int line = t->line;
	t->p += 2;
	char *word = tpl_word(t), *many = NULL;
	bool plural = strcmp(word, "tn") == 0;
	if (!plural && strcmp(word, "t") != 0) return;
	if (plural) tpl_word(t);
	if (!tpl_next(t, "\"")) return;
	t->p--;
	char *one = sentence_read(t->file, &t->line, &t->p);
	if (plural && !tpl_next(t, "\"")) return;
	if (plural) t->p--, many = sentence_read(t->file, &t->line, &t->p);
	sentence_add(t->file, line, one, many);
}

/* White space and comments may stand before the first head. */
static void opening(struct tpl *t) {
	const char *begin = t->p;
	while (*t->p && !is_head(t->p)) {
		if (strncmp(t->p, "<!--", 4) == 0) {
			const char *end = strstr(t->p, "-->");
			if (end == NULL) gen_fail(t->file, 1, "a comment has no end");
			t->p = end + 3;
		} else if (isspace((unsigned char)*t->p)) {
			t->p++;
		} else {
			break;
		}
	}
	for (t->line = 1; begin < t->p; begin++) t->line += *begin == '\n';
	if (!is_head(t->p)) refuse(t, "a file of templates begins with {{view NAME}} or {{template NAME TYPE}}");
}

void tpl_scan(struct source s) {
	struct tpl *t = gen_alloc(sizeof *t);
	t->file = s.file;
	t->p = s.text;
	for (opening(t); *t->p;) {
		int line = t->line;
		const char *begin = t->p;
		if (is_head(t->p)) {
			char *type, *name = head(t, &type);
			add_target(t, name, type, line);
			continue;
		}
		if (strncmp(t->p, "{{", 2) == 0) collect_sentence(t);
		else t->p++;
		for (t->line = line; begin < t->p; begin++) t->line += *begin == '\n';
	}
}

/* Copies the functions and puts the true line and file where "#line 0" stands. */
static void print_functions(FILE *out, int line, const char *file, char *text) {
	for (char *rest = text; *rest; line++) {
		char *end = strchr(rest, '\n');
		*end = 0;
		if (strcmp(rest, "#line 0") == 0) fprintf(out, "#line %d \"%s\"\n", line + 1, file);
		else fprintf(out, "%s\n", rest);
		rest = end + 1;
	}
}

void tpl_compile(const char *dir, struct source s) {
	struct tpl *t = gen_alloc(sizeof *t);
	char *thunks, *functions, *type;
	size_t n;
	t->file = s.file;
	t->p = s.text;
	t->raw = gen_alloc(s.n + 1);
	t->thunks = open_memstream(&thunks, &n);
	t->functions = open_memstream(&functions, &n);
	opening(t);
	while (*t->p) {
		char *name = head(t, &type);
		for (int i = 0; i < tpl_target_count; i++)
			if (strcmp(tpl_targets[i].name, name) == 0) one_template(t, &tpl_targets[i]);
	}
	fclose(t->thunks);
	fclose(t->functions);
	const char *file = gen_fmt("%s/tpl/%s.c", dir, base_name(s.file));
	FILE *out = gen_open(file);
	char *top = gen_fmt("/* %s. Made by tplgen; do not edit. */\n#include \"tpl.h\"\n"
	                    "#include \"web/meta.h\"\n#include \"web/out.h\"\n%s\n%s",
	                    s.file, t->uses_page ? "#include \"web/page.h\"\n" : "", thunks);
	int line = 1;
	for (const char *c = top; *c; c++) line += *c == '\n';
	fputs(top, out);
	print_functions(out, line, file, functions);
	gen_close(out);
}
