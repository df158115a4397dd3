/* The tags that print something where they stand: values, calls, icons, sentences. */
#include "tplgen_file.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ printing */

void tpl_indent(struct tpl *t) {
	int n = 1;
	for (int i = 0; i < t->levels; i++) n += t->level[i].before == NULL;
	while (n-- > 0) fputc('\t', t->out);
}

void tpl_flush(struct tpl *t) {
	if (t->raw_n == 0) return;
	tpl_indent(t);
	fputs("out_raw(o, ", t->out);
	gen_c_string(t->out, t->raw, t->raw_n);
	fprintf(t->out, ", %zu);\n", t->raw_n);
	t->raw_n = 0;
}

void tpl_statement(struct tpl *t, const char *fmt, ...) {
	va_list ap;
	tpl_flush(t);
	fprintf(t->out, "#line %d \"%s\"\n", t->line, t->file);
	tpl_indent(t);
	va_start(ap, fmt);
	vfprintf(t->out, fmt, ap);
	va_end(ap);
	fputc('\n', t->out);
}

/* -------------------------------------------------------------------- values */

static char *formatter(struct tpl *t) {
	if (!tpl_next(t, "|")) return NULL;
	char *name = tpl_word(t);
	if (!gen_word(name)) refuse(t, "'%s' is not a formatter's name", name);
	return gen_fmt("fmt_%s", name);
}

/* The function that writes x at that spot. */
static const char *writer(struct tpl *t, const struct value *x, const char *fmt, enum spot spot) {
	const char *plain = spot == SPOT_TEXT ? "out_text" : spot == SPOT_ADDRESS ? "out_part" : "out_attr";
	if (fmt && spot == SPOT_ADDRESS) refuse(t, "a formatter in an address");
	if (fmt || !x->checked) return fmt ? fmt : plain;
	enum kind k = x->type.kind;
	if (x->type.list) refuse(t, "'%s' is a list", x->path);
	if (k == K_STRUCT) refuse(t, "'%s' is a whole %s: name a field of it", x->path, x->decl->name);
	if (k == K_TIME) refuse(t, "'%s' is a time: it needs a formatter", x->path);
	if (k == K_BLOB) refuse(t, "'%s' is a blob", x->path);
	bool title = spot == SPOT_WORDS && t->m.depth > 0 && strcmp(t->m.open[t->m.depth - 1].tag, "title") == 0;
	if (k == K_HTML && title) return "out_html";
	if (k == K_HTML && spot != SPOT_TEXT) refuse(t, "'%s' is html, and this is no place for it", x->path);
	return plain;
}

/* x as an argument; a struct goes as a pointer. */
static const char *argument(struct tpl *t, const struct value *x) {
	if (x->checked && x->type.kind == K_STRUCT && !x->type.list) tpl_must_be_there(t, x);
	return !x->checked || x->type.kind != K_STRUCT || x->type.list || x->pointer ? x->c : gen_fmt("&%s", x->c);
}

void tpl_value_tag(struct tpl *t) {
	struct value x = tpl_path(t);
	const char *fmt = formatter(t), *call;
	tpl_end_of_tag(t);
	enum spot spot = markup_value(&t->m, t->line);
	bool id = x.checked && (x.type.kind == K_ID || x.type.kind == K_INT) && !x.type.opt;
	bool url = !x.checked || (x.type.kind == K_URL && !x.type.list);
	if (spot == SPOT_ADDRESS && !fmt && markup_address(&t->m, t->line, url, id))
		call = "out_url";
	else call = writer(t, &x, fmt, spot);
	tpl_statement(t, "%s(o, %s);", call, argument(t, &x));
}

void tpl_call_tag(struct tpl *t) {
	const char *name = tpl_word(t);
	const struct target *to = NULL;
	for (int i = 0; i < tpl_target_count; i++)
		if (strcmp(tpl_targets[i].name, name) == 0) to = &tpl_targets[i];
	if (to == NULL || !to->markup) refuse(t, "there is no template '%s'", name);
	struct value x = {.path = "v", .c = "v", .type = {.kind = K_STRUCT}, .decl = t->type, .checked = true,
		.pointer = true};
	if (tpl_next(t, "}}")) t->uses_v = true, t->p -= 2;
	else x = tpl_path(t);
	tpl_end_of_tag(t);
	if (markup_value(&t->m, t->line) != SPOT_TEXT) refuse(t, "a template is called in text only");
	if (x.checked && (x.decl != to->type || x.type.list))
		refuse(t, "'%s' takes a %s, and '%s' is none", name, to->type->name, x.path);
	bool page = !x.checked && strcmp(x.path, "p") != 0 && !x.pointer;
	tpl_statement(t, "tpl_%s(o, %s%s);", name, page ? "&" : "", argument(t, &x));
}

static char *quoted(struct tpl *t, const char *what, const char *letters) {
	if (!tpl_next(t, "\"")) refuse(t, "{{%s}} takes a name in quotes", what);
	t->p--;
	char *s = sentence_read(t->file, &t->line, &t->p);
	if (*s == 0 || s[strspn(s, letters)]) refuse(t, "\"%s\" is not a name for {{%s}}", s, what);
	tpl_end_of_tag(t);
	return s;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

void tpl_icon_tag(struct tpl *t) {
	char *name = quoted(t, "icon", LETTERS);
	if (markup_value(&t->m, t->line) != SPOT_TEXT) refuse(t, "an icon stands in text only");
	tpl_statement(t, "out_icon(o, \"%s\");", name);
}

void tpl_error_tag(struct tpl *t) {
	char *field = quoted(t, "error", LETTERS "_.");
	if (markup_value(&t->m, t->line) != SPOT_TEXT) refuse(t, "{{error}} stands in text only");
	tpl_statement(t, "out_error(o, \"%s\");", field);
}

void tpl_static_tag(struct tpl *t) {
	char *name = quoted(t, "static", LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ_./");
	markup_static(&t->m, t->line);
	tpl_statement(t, "out_static(o, \"%s\");", name);
}

void tpl_csrf_tag(struct tpl *t) {
	tpl_end_of_tag(t);
	if (markup_value(&t->m, t->line) != SPOT_TEXT) refuse(t, "{{csrf}} stands in text only");
	tpl_statement(t, "out_csrf(o);");
}

/* ----------------------------------------------------------------- sentences */

struct arg {
	const char *name;
	bool raw, used;
};

/* The number of the thunk that writes a value of this type with this function. */
static int thunk(struct tpl *t, const char *call, const struct value *x) {
	const char *type = x->checked ? gen_c_type(x->type) : gen_fmt("__typeof__(%s) ", x->shape);
	bool whole = x->checked && x->type.kind == K_STRUCT && !x->type.list;
	char *body = whole ? gen_fmt("%s(o, x);", call) : gen_fmt("%s(o, *(const %s*)x);", call, type);
	for (int i = 0; i < t->thunks_n; i++)
		if (strcmp(t->thunk[i], body) == 0) return i;
	char **more = gen_alloc(sizeof *more * (size_t)(t->thunks_n + 1));
	if (t->thunks_n > 0) memcpy(more, t->thunk, sizeof *more * (size_t)t->thunks_n);
	t->thunk = more;
	t->thunk[t->thunks_n] = body;
	fprintf(t->thunks, "static void arg_%d(struct out *o, const void *x) {\n\t%s\n}\n\n", t->thunks_n, body);
	return t->thunks_n++;
}

/* name=<tag …> */
static char *raw_arg(struct tpl *t, const char *name, enum spot spot) {
	const char *begin = t->p;
	for (bool in = false; *t->p && (in || *t->p != '>'); t->p++) in ^= *t->p == '"';
	if (*t->p++ == 0) refuse(t, "the tag of '%s' has no end", name);
	char *tag = gen_copy(begin, (size_t)(t->p - begin));
	if (spot != SPOT_TEXT) refuse(t, "a tag in an attribute");
	if (strstr(tag, "{{")) refuse(t, "the tag of '%s' is not literal", name);
	struct markup m = t->m;
	for (const char *c = tag; *c; c++) markup_char(&m, t->line, *c);
	if (m.place != TEXT || m.depth != t->m.depth + 1) refuse(t, "'%s' is not one opening tag", tag);
	FILE *out;
	char *text;
	size_t n;
	out = open_memstream(&text, &n);
	fprintf(out, "{.name = \"%s\", .open = ", name);
	gen_c_string(out, tag, strlen(tag));
	fprintf(out, ", .close = \"</%s>\"}", m.open[m.depth - 1].tag);
	fclose(out);
	return text;
}

static char *one_arg(struct tpl *t, struct arg *a, enum spot spot) {
	a->name = tpl_word(t);
	if (!gen_word(a->name) || !tpl_next(t, "="))
		refuse(t, "an argument is written name=path, name=(path | formatter) or name=<tag>");
	if (tpl_next(t, "<")) {
		t->p--;
		a->raw = true;
		return raw_arg(t, a->name, spot);
	}
	bool bracket = tpl_next(t, "(");
	struct value x = tpl_path(t);
	const char *call = writer(t, &x, bracket ? formatter(t) : NULL, spot);
	if (bracket && !tpl_next(t, ")")) refuse(t, "'(' has no ')'");
	const char *c = argument(t, &x);
	bool pointer = x.checked && x.type.kind == K_STRUCT && !x.type.list;
	return gen_fmt("{.name = \"%s\", .write = arg_%d, .value = %s%s}", a->name, thunk(t, call, &x), pointer ? "" : "&", c);
}

/* Every {name} of a sentence has its argument, and {/name} stands behind {name}, once each. */
static void check_names(struct tpl *t, const char *sentence, struct arg *arg, int n, bool plural) {
	const char *p = sentence;
	for (char *name; (name = sentence_name(&p)) != NULL;) {
		if (plural && strcmp(name, "n") == 0) continue;
		struct arg *a = NULL;
		for (int i = 0; i < n; i++)
			if (strcmp(arg[i].name, name + (*name == '/')) == 0) a = &arg[i];
		if (a == NULL) refuse(t, "{%s} has no argument", name);
		if (*name == '/' && !a->raw) refuse(t, "{%s}, but '%s' is no tag", name, a->name);
		const char *close = a->raw ? strstr(sentence, gen_fmt("{/%s}", a->name)) : NULL;
		if (a->raw && (close == NULL || close < strstr(sentence, gen_fmt("{%s}", a->name))))
			refuse(t, "a tag opens at {%s} and closes at {/%s} behind it", a->name, a->name);
		a->used = true;
	}
}

void tpl_message_tag(struct tpl *t, bool plural) {
	enum { MOST = 8 };
	struct arg arg[MOST] = {0};
	struct value count = {0};
	int n = 0;
	if (plural) count = tpl_path(t);
	if (plural && count.checked && (count.type.kind != K_INT || count.type.opt || count.type.list))
		refuse(t, "'%s' is no number to count with", count.path);
	if (!tpl_next(t, "\"")) refuse(t, "a sentence in quotes is missing");
	t->p--;
	char *one = sentence_read(t->file, &t->line, &t->p), *many = NULL, *list = "";
	if (plural && !tpl_next(t, "\"")) refuse(t, "{{tn}} takes two sentences, for one and for many");
	if (plural) t->p--, many = sentence_read(t->file, &t->line, &t->p);
	enum spot spot = markup_value(&t->m, t->line);
	if (spot == SPOT_ADDRESS) refuse(t, "a sentence in an address");
	while (!tpl_next(t, "}}")) {
		if (n == MOST) refuse(t, "too many arguments");
		list = gen_fmt("%s%s\n\t\t%s", list, n ? "," : "", one_arg(t, &arg[n], spot));
		for (int i = 0; i < n; i++)
			if (strcmp(arg[i].name, arg[n].name) == 0) refuse(t, "the argument '%s' stands twice", arg[n].name);
		n++;
	}
	check_names(t, one, arg, n, plural);
	if (many) check_names(t, many, arg, n, true);
	for (int i = 0; i < n; i++)
		if (!arg[i].used) refuse(t, "the sentence has no {%s}", arg[i].name);
	char *note = gen_copy(one, strlen(one));
	for (char *c = note; *c; c++) *c = *c == '*' || *c == '\n' ? ' ' : *c;
	char *args = n ? gen_fmt("(const struct out_arg[]){%s}, %d", list, n) : "NULL, 0";
	int key = sentence_index(one, many);
	if (plural) tpl_statement(t, "out_plural(o, %d /* %s */, %s, %s);", key, note, count.c, args);
	else tpl_statement(t, "out_message(o, %d /* %s */, %s);", key, note, args);
}
