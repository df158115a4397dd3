/* tplgen OUT FILE…: the structs of all rows and views, and the templates as C functions (README.md). Each tag becomes a
 * statement under a #line of the template, so that the C compiler complains of the template. A block or a title becomes
 * a function of its own. What a condition compares is checked by the C compiler (web/out.h). */
#include "tplgen.h"
#include <stdarg.h>

#define SP "[ \t\n]+"
#define PATH "([a-z][a-z0-9_]*(\\.[a-z0-9_]+)*)"

/* ------------------------------------------------------------------ printing */

static const char tabs[] = "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t";

static void flush(struct tpl *t) {
	t->raw[t->raw_n] = 0;
	if (t->raw_n > 0) fprintf(t->out, "%.*sout_raw(o, %s, %zu);\n", t->indent, tabs, gen_c_string(t->raw), t->raw_n);
	t->raw_n = 0;
}

__attribute__((format(printf, 2, 3))) static void statement(struct tpl *t, const char *fmt, ...) {
	va_list ap;
	flush(t);
	fprintf(t->out, "#line %d \"%s\"\n%.*s", t->line, t->of->file, t->indent, tabs);
	va_start(ap, fmt);
	vfprintf(t->out, fmt, ap);
	va_end(ap);
	fputc('\n', t->out);
}

/* ---------------------------------------------------------------------- paths */

static bool is_struct(const struct value *x) { return x->checked && x->type.kind == K_STRUCT && !x->type.list; }

static void must_be_there(struct tpl *t, const struct value *x) {
	bool there = !is_struct(x) || !x->type.opt;
	for (int i = 0; i < t->guards; i++) there |= strcmp(t->guard[i], x->path) == 0;
	if (!there) refuse(t, "'%s' may be absent: ask with {{if %s}} first", x->path, x->path);
}

static void step(struct tpl *t, struct value *x, const char *name) {
	struct value y = {.path = gen_fmt("%s.%s", x->path, name), .checked = x->checked, .type = x->type};
	const struct decl *d = is_struct(x) ? gen_decl(x->type.name) : NULL;
	y.c = gen_fmt(x->pointer ? "%s->%s" : x->checked ? "%s.%s" : "out_deref(%s).%s", x->c, name);
	const char *full = x->group ? gen_fmt("%s.%s", x->group, name) : name;
	int i = d ? gen_find(d->field, d->fields, full) : -1;
	if (x->checked && d == NULL) refuse(t, "'%s' has no fields", x->path);
	must_be_there(t, x);
	for (int k = 0; d && i < 0 && k < d->fields; k++)
		if (d->field[k].group && strcmp(d->field[k].group, full) == 0) y.group = name;
	if (d && i < 0 && y.group == NULL) refuse(t, "'%s' has no field '%s' (%s)", x->path, name, d->name);
	y.type.opt = false; /* of a group: asked above */
	if (i >= 0) y.type = d->field[i].type;
	y.pointer = i >= 0 && y.type.kind == K_STRUCT && y.type.opt;
	*x = y;
}

static struct value value_of(struct tpl *t, const char *path) {
	char *rest = gen_fmt("%s", path), *name = strsep(&rest, ".");
	struct value x = {0};
	for (int i = 0; i < t->vars; i++)
		if (strcmp(t->var[i].path, name) == 0) x = t->var[i];
	if (x.path == NULL) refuse(t, "there is no '%s' here: a path begins with v, p or a loop's variable", name);
	while ((name = strsep(&rest, ".")) != NULL) step(t, &x, name);
	if (x.group) refuse(t, "'%s' is a group of fields", x.path);
	if (!x.checked && x.pointer && strcmp(x.path, "p") != 0) { /* an element of a list of the page */
		x.c = gen_fmt("(*%s)", x.c);
		x.pointer = false;
	}
	return x;
}

/* ---------------------------------------------------------------- conditions */

/* path OP text, number or path: its C */
static char *comparison(struct tpl *t, const struct value *x, const char *op, const char *with) {
	if (isdigit((unsigned char)*with) || *with == '-') return gen_fmt("out_number(%s) %s %s", x->c, op, with);
	const char *not = *op == '!' ? "!" : "";
	if (op[1] != '=' || *op == '<' || *op == '>') refuse(t, "'%s' compares with a number only", op);
	if (*with == '"') return gen_fmt("%sstr_is(%s, %s)", not, x->c, with);
	return gen_fmt("%sout_same(%s, %s)", not, x->c, value_of(t, with).c);
}

/* A condition's C. What it promises is guarded from now on; l gets what its opposite promises. */
static char *condition(struct tpl *t, struct level *l, char *text) {
	static const char term[] = "(not" SP ")?" PATH "( *(==|!=|>=|<=|>|<) *(-?[0-9][0-9.]*|\"[^\"\\]*\"|" PATH "))?"
		"(" SP "(and|or)" SP "(.*))?";
	char *all = "", *joint = NULL, *m[GEN_PARTS];
	int mark = t->guards;
	for (l->absents = 0; text != NULL; text = m[11]) {
		if (!gen_match(text, term, m) || (m[1] && m[4])) refuse(t, "'%s' is no condition", text);
		struct value x = value_of(t, m[2]);
		bool optional = is_struct(&x) && x.type.opt;
		if (m[10] && joint && strcmp(joint, m[10]) != 0) refuse(t, "'and' and 'or' do not mix");
		if (m[10]) joint = m[10];
		const char *test = gen_fmt(x.type.list ? "%s(%s.n > 0)" : "%struth(%s)", m[1] ? "!" : "", x.c);
		all = gen_fmt("%s%s", all, m[4] ? comparison(t, &x, m[5], m[6]) : test);
		if (m[10]) all = gen_fmt("%s %s ", all, *joint == 'a' ? "&&" : "||");
		if (optional && !m[1] && (joint == NULL || *joint == 'a')) gen_push(t->guard, t->guards, x.path);
		if (optional && m[1] && (joint == NULL || *joint == 'o')) gen_push(l->absent, l->absents, x.path);
	}
	if (joint && *joint == 'o') t->guards = mark;
	if (joint && *joint == 'a') l->absents = 0;
	return all;
}

/* ------------------------------------------------------------------ branches */

static struct level *open_level(struct tpl *t, const char *what) {
	if (t->levels == TPL_DEEP) refuse(t, "{{%s}} stands too deep", what);
	struct level *l = &t->level[t->levels++];
	*l = (struct level){.what = what, .line = t->line, .begin = t->m, .vars = t->vars, .guards = t->guards,
		.kept = t->guards};
	t->m.floor = t->m.depth;
	return l;
}

/* Ends a branch and goes back to where it began. */
static void end_branch(struct tpl *t, struct level *l) {
	markup_join(t, &l->begin, l->any ? &l->joined : NULL);
	if (l->list && t->m.address != l->begin.address) refuse(t, "a loop in an address stands behind its literal beginning");
	l->joined = t->m;
	l->any = true;
	t->m = l->begin;
	t->m.floor = t->m.depth;
	t->vars = l->vars;
	flush(t);
	t->indent--;
}

static void if_tag(struct tpl *t, char **m) {
	struct level *l = open_level(t, "if");
	statement(t, "if (%s) {", condition(t, l, m[1]));
	t->indent++;
}

/* {{else}} and {{elif}} */
static void else_tag(struct tpl *t, char **m) {
	struct level *l = t->levels > 0 ? &t->level[t->levels - 1] : NULL;
	if (l == NULL || l->other || !gen_one_of(l->what, m[1] ? "if" : "if for")) refuse(t, "{{%s}} has no {{if}}", m[0]);
	end_branch(t, l);
	t->guards = l->kept;
	for (int i = 0; i < l->absents; i++) gen_push(t->guard, t->guards, l->absent[i]);
	l->kept = t->guards;
	l->other = m[1] == NULL;
	if (m[1]) statement(t, "} else if (%s) {", condition(t, l, m[1]));
	else if (l->list) statement(t, "}\n%.*sif (%s.n == 0) {", t->indent, tabs, l->list);
	else statement(t, "} else {");
	t->indent++;
}

static void add_var(struct tpl *t, struct value x) {
	bool taken = gen_one_of(x.path, "o say int");
	for (int i = 0; i < t->vars; i++) taken |= strcmp(t->var[i].path, x.path) == 0;
	if (taken) refuse(t, "'%s' has a meaning already", x.path);
	gen_push(t->var, t->vars, x);
}

/* for WORD(, WORD)? in PATH */
static void for_tag(struct tpl *t, char **m) {
	struct level *l = open_level(t, "for");
	struct value list = value_of(t, m[4]), x = list;
	int n = t->levels;
	l->list = list.c;
	x.path = x.c = m[1];
	x.type.list = false;
	x.pointer = !x.checked || x.type.kind == K_STRUCT;
	add_var(t, x);
	statement(t, "for (size_t at_%d = 0; at_%d < %s.n; at_%d++) {", n, n, list.c, n);
	t->indent++;
	statement(t, "const __auto_type %s = %s%s.v[at_%d]; (void)%s;", m[1], x.pointer ? "&" : "", list.c, n, m[1]);
	if (m[3] == NULL) return;
	add_var(t, (struct value){.path = m[3], .c = m[3], .type = {.kind = K_INT}, .checked = true});
	statement(t, "const int64_t %s = (int64_t)at_%d + 1;", m[3], n);
}

/* {{block NAME}} and {{title}}: until its end, code goes to a function of its own. */
static void part_tag(struct tpl *t, char **m) {
	const char *name = m[1], *view = t->of->name;
	const char *function = name ? gen_fmt("block_%s_%s", view, name) : gen_fmt("title_%s", view);
	if (t->levels > 0 || !t->of->view || t->m.place != TEXT)
		refuse(t, "{{%s}} stands at the top level of a view's template", m[0]);
	gen_unique(t->of->file, t->line, "part", function);
	flush(t);
	if (name) statement(t, "%s(o, v);", function);
	if (name) t->blocks = gen_fmt("%s\t{\"%s\", %s},\n", t->blocks, name, function);
	else t->title = true, t->m.place = WORDS;
	open_level(t, name ? "block" : "title");
	t->page = t->out;
	t->out = t->functions;
	fprintf(t->out, "#line %d \"%s\"\nstatic void %s(struct out *o, ", t->line, t->of->file, function);
	fprintf(t->out, "const void *view) {\n\tconst struct %s *v = view;\n\t(void)o, (void)v;\n", t->type->name);
}

static void end_tag(struct tpl *t, char **m) {
	if (t->levels == 0) refuse(t, "{{%s}} ends nothing", m[0]);
	struct level *l = &t->level[t->levels - 1];
	bool title = *l->what == 't', part = title || *l->what == 'b';
	end_branch(t, l);
	if (!part && !l->other) markup_join(t, &l->begin, &l->joined);
	else t->m = l->joined;
	fprintf(t->out, "%.*s}\n%s", t->indent, tabs, part ? "\n" : "");
	t->m.floor = l->begin.floor;
	t->guards = l->guards;
	t->levels--;
	if (!part) return;
	t->out = t->page;
	t->indent = 1;
	t->m.place = TEXT;
	while (title && isspace((unsigned char)*t->p)) t->p++;
}

/* -------------------------------------------------------------------- values */

/* The call that writes x at that spot. */
static const char *written(struct tpl *t, const struct value *x, const char *fmt, enum spot spot) {
	const char *call = spot == SPOT_TEXT ? "out_text" : spot == SPOT_ADDRESS ? "out_part" : "out_attr";
	enum kind k = x->checked && !fmt ? x->type.kind : K_TEXT;
	bool title = t->m.place == WORDS && t->m.depth > 0 && strcmp(t->m.open[t->m.depth - 1].tag, "title") == 0;
	if (fmt && spot == SPOT_ADDRESS) refuse(t, "a formatter in an address");
	if (x->checked && !fmt && x->type.list) refuse(t, "'%s' is a list", x->path);
	if (k == K_STRUCT) refuse(t, "'%s' is a whole %s: name a field of it", x->path, x->type.name);
	if (k == K_TIME || k == K_BLOB || k == K_JSON) refuse(t, "'%s' is a %s: it needs a formatter", x->path, x->type.name);
	if (k == K_HTML && title) call = "out_html";
	else if (k == K_HTML && spot != SPOT_TEXT) refuse(t, "'%s' is html, and this is no place for it", x->path);
	must_be_there(t, x);
	return gen_fmt("%s%s(o, %s%s);", fmt ? "fmt_" : "", fmt ? fmt : call, is_struct(x) && !x->pointer ? "&" : "", x->c);
}

/* PATH( | WORD)? */
static void value_tag(struct tpl *t, char **m) {
	struct value x = value_of(t, m[1]);
	enum spot spot = markup_value(t);
	bool id = x.checked && (x.type.kind == K_ID || x.type.kind == K_INT) && !x.type.opt;
	bool url = !x.checked || (x.type.kind == K_URL && !x.type.list);
	bool whole = spot == SPOT_ADDRESS && !m[4] && markup_address(t, url, id);
	statement(t, "%s", whole ? gen_fmt("out_url(o, %s);", x.c) : written(t, &x, m[4], spot));
}

static bool has_markup(const struct template *of) { return of->text[strspn(of->text, " \t\n")] != 0; }

/* > WORD( PATH)? */
static void call_tag(struct tpl *t, char **m) {
	const struct template *to = NULL;
	for (int i = 0; i < gen_template_count; i++)
		if (strcmp(gen_templates[i].name, m[1]) == 0) to = &gen_templates[i];
	if (to == NULL || !has_markup(to)) refuse(t, "there is no template '%s'", m[1]);
	struct value x = value_of(t, m[3] ? m[3] : "v");
	if (markup_value(t) != SPOT_TEXT) refuse(t, "a template is called in text only");
	must_be_there(t, &x);
	statement(t, "tpl_%s(o, %s%s);", to->name, x.pointer ? "" : "&", x.c);
}

/* {{csrf}}, {{icon "…"}}, {{error "…"}}, {{static "…"}} */
static void piece_tag(struct tpl *t, char **m) {
	const char *what = m[1] ? m[1] : "csrf";
	enum spot spot = markup_value(t);
	bool is_static = *what == 's';
	if (!is_static && spot != SPOT_TEXT) refuse(t, "{{%s}} stands in text only", what);
	if (is_static && spot != SPOT_VALUE && t->m.address != EMPTY)
		refuse(t, "{{static}} begins an address in an attribute");
	if (spot == SPOT_ADDRESS) t->m.address = PART;
	statement(t, "out_%s(o%s);", what, m[1] ? gen_fmt(", \"%s\"", m[2]) : "");
}

/* ----------------------------------------------------------------- sentences */

/* name=<tag …>: the literal tag goes through the markup like any other, and must leave one element open. */
static void tag_argument(struct tpl *t, const char *name, const char *tag, enum spot spot) {
	struct markup before = t->m;
	const char *p = t->p;
	if (spot != SPOT_TEXT) refuse(t, "a tag in an attribute");
	if (strstr(tag, "{{")) refuse(t, "the tag of '%s' is not literal", name);
	flush(t);
	for (t->p = tag; *t->p;) markup_literal(t);
	if (t->m.place != TEXT || t->m.depth != before.depth + 1) refuse(t, "the tag of '%s' is not one opening tag", name);
	const char *end = gen_fmt("</%s>", t->m.tag);
	t->raw_n = 0;
	t->m = before;
	t->p = p;
	statement(t, "if (out_says(&say, \"%s\")) out_raw(o, %s, %zu);", name, gen_c_string(tag), strlen(tag));
	statement(t, "if (out_says(&say, \"/%s\")) out_raw(o, \"%s\", %zu);", name, end, strlen(end));
}

/* Every {name} of a sentence is one of the names, and {/name} stands behind {name}. */
static void check_names(struct tpl *t, const char *sentence, const char *names) {
	char *m[GEN_PARTS];
	for (const char *p = strchr(sentence, '{'); p; p = strchr(p + 1, '{')) {
		const char *name = gen_copy(p + 1, strcspn(p + 1, "}"));
		if (!gen_match(name, "/?" WORD, m)) continue;
		if (!gen_one_of(name, names)) refuse(t, "{%s} has no argument", name);
		const char *open = strstr(sentence, gen_fmt("{%s}", m[1])), *end = strstr(sentence, gen_fmt("{/%s}", m[1]));
		if (gen_one_of(gen_fmt("/%s", m[1]), names) && (open == NULL || end < open))
			refuse(t, "a tag opens at {%s} and closes at {/%s} behind it", m[1], m[1]);
	}
}

/* Writes the arguments of the sentences; returns their names. */
static char *arguments(struct tpl *t, const char *p, enum spot spot, const char *sentences) {
	static const char pattern[] = WORD "=(" PATH "|\\( *" PATH " *\\| *" WORD " *\\)|<[^>]*>)(" SP ".*)?";
	char *m[GEN_PARTS], *names = "";
	for (; *(p += strspn(p, " \t\n")); p = m[8] ? m[8] : "") {
		if (!gen_match(p, pattern, m)) refuse(t, "'%s': an argument is name=path, name=(path | formatter) or name=<tag>", p);
		if (gen_one_of(m[1], names)) refuse(t, "the argument '%s' stands twice", m[1]);
		if (!strstr(sentences, gen_fmt("{%s}", m[1]))) refuse(t, "the sentence has no {%s}", m[1]);
		names = gen_fmt("%s %s", names, m[1]);
		if (*m[2] == '<') {
			tag_argument(t, m[1], m[2], spot);
			names = gen_fmt("%s /%s", names, m[1]);
		} else {
			struct value x = value_of(t, m[3] ? m[3] : m[5]);
			statement(t, "if (out_says(&say, \"%s\")) %s", m[1], written(t, &x, m[7], spot));
		}
	}
	return names;
}

/* {{t "…" …}} and {{tn PATH "…" "…" …}} */
static void message_tag(struct tpl *t, char **m) {
	const char *p = m[4], *count = m[2] ? value_of(t, m[2]).c : "0";
	char *one = gen_quoted(t->of->file, t->line, &p), *many = NULL;
	p += strspn(p, " \t\n");
	if (m[2] && *p != '"') refuse(t, "{{tn}} takes two sentences, for one and for many");
	if (m[2]) many = gen_quoted(t->of->file, t->line, &p);
	enum spot spot = markup_value(t);
	if (spot == SPOT_ADDRESS) refuse(t, "a sentence in an address");
	const char *key = gen_c_message(one, many);
	if (*p == 0) statement(t, "out_message(o, %s, %s);", key, count);
	else statement(t, "for (struct out_say say = out_begin(o, %s, %s); out_next(o, &say);) {", key, count);
	t->indent++;
	const char *names = arguments(t, p, spot, gen_fmt("%s%s", one, many ? many : ""));
	t->indent--;
	if (*p) statement(t, "}");
	check_names(t, one, m[2] ? gen_fmt("n%s", names) : names);
	if (many) check_names(t, many, gen_fmt("n%s", names));
}

/* --------------------------------------------------------------- the template */

static const struct {
	const char *pattern;
	void (*run)(struct tpl *t, char **m);
} tags[] = {
	{"if" SP "(.+)", if_tag}, {"else|elif" SP "(.+)", else_tag}, {"end", end_tag}, {"block" SP WORD "|title", part_tag},
	{"for" SP WORD "(, *" WORD ")?" SP "in" SP PATH, for_tag}, {">" SP "*" WORD "(" SP PATH ")?", call_tag},
	{"(icon|error|static)" SP "\"([A-Za-z0-9_./-]+)\"|csrf", piece_tag}, {"t(n" SP PATH ")?" SP "(\".*)", message_tag},
	{PATH "( *\\| *" WORD ")?", value_tag}};

/* Runs the tag at t->p, which moves behind it. */
static void tag(struct tpl *t) {
	const char *begin = t->p += 2;
	char *m[GEN_PARTS];
	bool quote = false;
	for (; *t->p && (quote || !gen_begins(t->p, "}}")); t->p++) {
		if (*t->p == '"') quote = !quote;
		else if (quote && *t->p == '\\' && t->p[1]) t->p++;
	}
	if (*t->p == 0) refuse(t, quote ? "a text in quotes has no end" : "a }} is missing");
	char *text = gen_trim(gen_copy(begin, (size_t)(t->p - begin)));
	t->p += 2;
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (gen_match(text, tags[i].pattern, m)) {
			tags[i].run(t, m);
			return;
		}
	refuse(t, "'%s' is not understood", text);
}

static void body(struct tpl *t) {
	while (isspace((unsigned char)*t->p)) t->line += *t->p++ == '\n';
	while (*t->p) {
		if (!gen_begins(t->p, "{{")) {
			markup_literal(t);
			continue;
		}
		const char *begin = t->p;
		int line = t->line;
		tag(t);
		for (t->line = line; begin < t->p; begin++) t->line += *begin == '\n';
	}
	const struct level *open = t->levels > 0 ? &t->level[t->levels - 1] : NULL;
	if (open) gen_fail(t->of->file, open->line, "{{%s}} has no {{end}}", open->what);
	if (t->m.place != TEXT) refuse(t, "the template ends within a tag or an attribute");
	if (t->m.depth > 0)
		gen_fail(t->of->file, t->m.open[t->m.depth - 1].line, "<%s> is not closed", t->m.open[t->m.depth - 1].tag);
	while (t->raw_n > 0 && isspace((unsigned char)t->raw[t->raw_n - 1])) t->raw_n--;
	flush(t);
}

static void write_view(FILE *out, const struct tpl *t) {
	const char *n = t->of->name;
	bool page = has_markup(t->of);
	if (page) fprintf(out, "static void page_%s(struct out *o, const void *view) {\n\ttpl_%s(o, view);\n}\n\n", n, n);
	fprintf(out, "static const struct view_block blocks_of_%s[] = {\n%s\t{NULL, NULL},\n};\n\n", n, t->blocks);
	fprintf(out, "const struct view_def view_%s = {\n\t.name = \"%s\", .type = &type_%s,\n", n, n, n);
	fprintf(out, "\t.block = blocks_of_%s,\n", n);
	fprintf(out, "\t.page = %s,\n", page ? gen_fmt("page_%s", n) : "NULL");
	fprintf(out, "\t.title = %s,\n};\n\n", t->title ? gen_fmt("title_%s", n) : "NULL");
}

static void write_template(FILE *out, FILE *header, const struct template *of) {
	char *text;
	size_t n;
	const struct decl *type = of->type ? gen_decl(of->type) : NULL;
	if (type == NULL) gen_fail(of->file, of->line, "there is no row or view '%s'", of->type ? of->type : "");
	struct value v = {.path = "v", .c = "v", .checked = true, .pointer = true};
	v.type = (struct type){.kind = K_STRUCT, .name = type->name};
	struct tpl *t = gen_alloc(sizeof *t);
	*t = (struct tpl){.of = of, .type = type, .p = of->text, .line = of->text_line, .functions = out, .indent = 1,
		.blocks = "", .raw = gen_alloc(strlen(of->text) + 1), .out = open_memstream(&text, &n)};
	gen_push(t->var, t->vars, v);
	gen_push(t->var, t->vars, (struct value){.path = "p", .c = "o->page", .pointer = true});
	body(t);
	fclose(t->out);
	if (!of->view || has_markup(of)) {
		const char *head = gen_fmt("void tpl_%s(struct out *o, const struct %s *v)", of->name, type->name);
		fprintf(header, "%s;\n", head);
		fprintf(out, "#line %d \"%s\"\n%s {\n\t(void)o, (void)v;\n%s}\n\n", of->line, of->file, head, text);
	}
	if (of->view) fprintf(header, "extern const struct view_def view_%s;\n", of->name);
	if (of->view) write_view(out, t);
}

/* --------------------------------------------------------------------- types */

/* Writes a struct behind those that it holds by value. */
static void write_struct(FILE *h, const struct decl *d, bool *done) {
	if (done[d - gen_decls]) return;
	done[d - gen_decls] = true;
	for (int i = 0; i < d->fields; i++) {
		struct type t = d->field[i].type;
		if (t.kind == K_STRUCT && !t.list && !t.opt) write_struct(h, gen_decl(t.name), done);
	}
	fprintf(h, "/* %s */\nstruct %s {\n", d->file, d->name);
	gen_c_members(h, d->field, d->fields);
	fprintf(h, "};\n\n");
}

static void write_type(FILE *c, const struct decl *d) {
	fprintf(c, "static const struct type_field fields_of_%s[] = {\n", d->name);
	for (int i = 0; i < d->fields; i++) {
		const struct field *f = &d->field[i];
		gen_c_field(c, f, d->name);
		fprintf(c, "%s%s", f->group_opt ? ", .group_opt = true" : "", f->no_json ? ", .no_json = true" : "");
		fprintf(c, f->type.kind == K_STRUCT ? ", .type = &type_%s},\n" : "},\n", f->type.name);
	}
	fprintf(c, "};\nconst struct type_def type_%s = {\n\t.name = \"%s\", ", d->name, d->name);
	fprintf(c, ".size = sizeof(struct %s), .field = fields_of_%s, .fields = %d,\n", d->name, d->name, d->fields);
	fprintf(c, "\t.json = %s};\n\n", d->json ? gen_c_string(d->json) : "NULL");
}

static void write_types(FILE *h, FILE *c) {
	fputs("#include \"base/values.h\"\n\nstruct type_def;\n\n", h);
	fputs("#include \"types.h\"\n#include \"web/meta.h\"\n#include <stddef.h>\n\n", c);
	bool *done = gen_alloc((size_t)gen_decl_count + 1);
	for (int i = 0; i < gen_decl_count; i++) {
		const char *name = gen_decls[i].name;
		fprintf(h, "LIST_OF(%s, struct %s)\nextern const struct type_def type_%s;\n\n", name, name, name);
	}
	for (int i = 0; i < gen_decl_count; i++) {
		write_struct(h, &gen_decls[i], done);
		write_type(c, &gen_decls[i]);
	}
}

/* ---------------------------------------------------------------------- files */

static int by_name(const void *a, const void *b) {
	return strcmp(((const struct template *)a)->name, ((const struct template *)b)->name);
}

static void write_views(FILE *out) {
	if (gen_template_count > 0) qsort(gen_templates, (size_t)gen_template_count, sizeof *gen_templates, by_name);
	fputs("#include \"tpl.h\"\n#include \"web/meta.h\"\n\nconst struct view_def *const view_defs[] = {\n", out);
	for (int i = 0; i < gen_template_count; i++)
		if (gen_templates[i].view) fprintf(out, "\t&view_%s,\n", gen_templates[i].name);
	fputs("\tNULL,\n};\n\nconst int view_def_count = sizeof view_defs / sizeof *view_defs - 1;\n", out);
}

int main(int argc, char **argv) {
	const char *dir = argv[1], *file = "";
	gen_declare(argv + 2, argc - 2);
	FILE *h = gen_open(gen_fmt("%s/types.h", dir), "all rows and views");
	write_types(h, gen_open(gen_fmt("%s/types.c", dir), "all rows and views"));
	FILE *header = gen_open(gen_fmt("%s/tpl.h", dir), "all templates"), *out = NULL;
	fputs("#include \"types.h\"\n\nstruct out;\nstruct view_def;\n\n", header);
	for (int i = 0; i < gen_template_count; i++) {
		const struct template *of = &gen_templates[i];
		if (strcmp(of->file, file) != 0) {
			file = of->file;
			out = gen_open(gen_fmt("%s/tpl/%s.c", dir, gen_copy(basename(file), strcspn(basename(file), "."))), file);
			fputs("#include \"messages.h\"\n#include \"tpl.h\"\n#include \"web/meta.h\"\n#include \"web/out.h\"\n"
				"#include \"web/page.h\"\n\n", out);
		}
		write_template(out, header, of);
	}
	write_views(gen_open(gen_fmt("%s/tpl/views.c", dir), "all views"));
	gen_close_all();
	return 0;
}
