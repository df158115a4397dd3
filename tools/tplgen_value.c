/* Paths and conditions: from what a template says to C, with the declared types. */
#include "tplgen_file.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

char *tpl_word(struct tpl *t) {
	while (isspace((unsigned char)*t->p)) t->p++;
	const char *begin = t->p;
	while (isalnum((unsigned char)*t->p) || *t->p == '_' || *t->p == '.') t->p++;
	return gen_copy(begin, (size_t)(t->p - begin));
}

bool tpl_next(struct tpl *t, const char *sign) {
	while (isspace((unsigned char)*t->p)) t->p++;
	if (strncmp(t->p, sign, strlen(sign)) != 0) return false;
	t->p += strlen(sign);
	return true;
}

void tpl_end_of_tag(struct tpl *t) {
	if (tpl_next(t, "}}")) return;
	int n = (int)strcspn(t->p, "}\n");
	if (n == 0) refuse(t, "a }} is missing");
	refuse(t, "'%.*s' is not understood here", n, t->p);
}

/* -------------------------------------------------------------------- guards */

void tpl_guard(struct tpl *t, const char *path) {
	if (t->guards == (int)(sizeof t->guard / sizeof *t->guard)) refuse(t, "too many conditions in one another");
	t->guard[t->guards++] = path;
}

static bool guarded(const struct tpl *t, const char *path) {
	for (int i = 0; i < t->guards; i++)
		if (strcmp(t->guard[i], path) == 0) return true;
	return false;
}

void tpl_must_be_there(struct tpl *t, const struct value *x) {
	if (x->type.opt && x->type.kind == K_STRUCT && !guarded(t, x->path))
		refuse(t, "'%s' may be absent: ask with {{if %s}} first", x->path, x->path);
}

/* --------------------------------------------------------------------- paths */

static struct value begin_value(struct tpl *t, const char *word) {
	struct value x = {.path = word, .pointer = true, .checked = true, .type = {.kind = K_STRUCT}};
	if (strcmp(word, "v") == 0) {
		x.c = "v";
		x.decl = t->type;
		t->uses_v = true;
		return x;
	}
	if (strcmp(word, "p") == 0) {
		x.checked = false;
		x.c = "o->page";
		x.shape = "((const struct page *)0)";
		t->uses_page = true;
		return x;
	}
	for (int i = 0; i < t->vars; i++)
		if (strcmp(t->var[i].value.path, word) == 0) {
			t->var[i].used = true;
			return t->var[i].value;
		}
	refuse(t, "there is no '%s' here: a path begins with v, p or a loop's variable", word);
}

static const struct field *find_field(const struct decl *d, const char *group, const char *name) {
	for (int i = 0; i < d->fields; i++) {
		const struct field *f = &d->field[i];
		bool same = group ? f->group && strcmp(f->group, group) == 0 : f->group == NULL;
		if (same && (name == NULL || strcmp(f->name, name) == 0)) return f;
	}
	return NULL;
}

static void step(struct tpl *t, struct value *x, const char *word, char **rest) {
	if (!x->checked) {
		x->c = gen_fmt(x->pointer ? "%s->%s" : "out_deref(%s).%s", x->c, word);
		x->shape = gen_fmt(x->pointer ? "%s->%s" : "out_deref(%s).%s", x->shape, word);
		x->path = gen_fmt("%s.%s", x->path, word);
		x->pointer = false;
		return;
	}
	if (x->type.kind != K_STRUCT || x->type.list) refuse(t, "'%s' has no fields", x->path);
	tpl_must_be_there(t, x);
	const struct field *f = find_field(x->decl, NULL, word);
	if (f == NULL && find_field(x->decl, word, NULL) != NULL) {
		char *name = strsep(rest, ".");
		if (name == NULL) refuse(t, "'%s.%s' is a group of fields", x->path, word);
		f = find_field(x->decl, word, name);
		word = gen_fmt("%s.%s", word, name);
	}
	if (f == NULL) refuse(t, "'%s' has no field '%s' (%s)", x->path, word, x->decl->name);
	x->c = gen_fmt("%s%s%s", x->c, x->pointer ? "->" : ".", word);
	x->path = gen_fmt("%s.%s", x->path, word);
	x->type = f->type;
	x->decl = f->type.kind == K_STRUCT ? gen_decl(f->type.name) : NULL;
	x->pointer = f->type.kind == K_STRUCT && f->type.opt;
}

struct value tpl_path(struct tpl *t) {
	char *rest = tpl_word(t), *word;
	if (*rest == 0) refuse(t, "a path is missing at '%.*s'", (int)strcspn(t->p, "\n"), t->p);
	if (strstr(rest, "..") || rest[strlen(rest) - 1] == '.' || *rest == '.') refuse(t, "'%s' is not a path", rest);
	struct value x = begin_value(t, strsep(&rest, "."));
	while ((word = strsep(&rest, ".")) != NULL) step(t, &x, word, &rest);
	if (!x.checked && x.pointer && strcmp(x.path, "p") != 0) {
		x.c = gen_fmt("(*%s)", x.c);
		x.shape = gen_fmt("(*%s)", x.shape);
		x.pointer = false;
	}
	return x;
}

/* ---------------------------------------------------------------- conditions */

static char *truth(struct tpl *t, const struct value *x, bool not) {
	if (!x->checked) return gen_fmt("%struth(%s)", not ? "!" : "", x->c);
	if (x->type.list) return gen_fmt("%s.n %s 0", x->c, not ? "==" : ">");
	if (x->type.kind == K_STRUCT && x->type.opt) return gen_fmt("%s %s NULL", x->c, not ? "==" : "!=");
	if (x->type.kind == K_STRUCT) refuse(t, "'%s' is always there", x->path);
	if (x->type.kind == K_BOOL) return gen_fmt("%s%s", not ? "!" : "", x->c);
	return gen_fmt("%struth(%s)", not ? "!" : "", x->c);
}

static bool is_text(const struct value *x) {
	return !x->type.list && (x->type.kind == K_TEXT || x->type.kind == K_DATE);
}

static char *with_number(struct tpl *t, const struct value *x, const char *op) {
	char *number = gen_copy(t->p, strspn(t->p, "-.0123456789"));
	t->p += strlen(number);
	char *end;
	strtod(number, &end);
	if (*end) refuse(t, "'%s' is not a number", number);
	if (!x->checked) return gen_fmt("%s %s %s", x->c, op, number);
	enum kind k = x->type.kind;
	if (x->type.list || (k != K_INT && k != K_REAL && k != K_TIME)) refuse(t, "'%s' is no number", x->path);
	if (strspn(number, "-0123456789") < strlen(number) && k != K_REAL) refuse(t, "'%s' is a whole number", x->path);
	if (k != K_INT || !x->type.opt) return gen_fmt("%s %s %s", x->c, op, number);
	bool unlike = strcmp(op, "!=") == 0;
	return gen_fmt("(%s%s.has %s %s.v %s %s)", unlike ? "!" : "", x->c, unlike ? "||" : "&&", x->c, op, number);
}

static char *with_path(struct tpl *t, const struct value *a, const char *op) {
	struct value b = tpl_path(t);
	bool unlike = strcmp(op, "!=") == 0;
	const struct value *known = a->checked ? a : &b;
	if (!unlike && strcmp(op, "==") != 0) refuse(t, "'%s' compares with a number only", op);
	if (!known->checked) return gen_fmt("%s %s %s", a->c, op, b.c);
	bool same = !a->checked || !b.checked || (a->type.kind == b.type.kind && a->type.opt == b.type.opt);
	if (is_text(known) && (same || is_text(a) == is_text(&b)))
		return gen_fmt("%sstr_eq(%s, %s)", unlike ? "!" : "", a->c, b.c);
	if (known->type.kind == K_ID && a->checked && b.checked)
		same = b.type.kind == K_ID && strcmp(a->type.name, b.type.name) == 0;
	enum kind k = known->type.kind;
	bool number = (k == K_INT && !known->type.opt) || k == K_BOOL || k == K_TIME;
	if (!same || a->type.list || b.type.list || (!number && known->type.kind != K_ID))
		refuse(t, "'%s' and '%s' cannot be compared", a->path, b.path);
	const char *v = known->type.kind == K_ID ? ".v" : "";
	return gen_fmt("%s%s %s %s%s", a->c, v, op, b.c, v);
}

/* path | not path | path OP text, number or path */
static char *term(struct tpl *t, struct value *ret, bool *ret_not) {
	static const char *const ops[] = {"==", "!=", ">=", "<=", ">", "<"};
	const char *begin = t->p;
	*ret_not = strcmp(tpl_word(t), "not") == 0;
	if (!*ret_not) t->p = begin;
	*ret = tpl_path(t);
	const char *op = NULL;
	for (size_t i = 0; op == NULL && i < sizeof ops / sizeof *ops; i++)
		if (tpl_next(t, ops[i])) op = ops[i];
	if (op == NULL) return truth(t, ret, *ret_not);
	if (*ret_not) refuse(t, "'not' stands before a path only");
	struct value x = *ret;
	ret->path = NULL;
	tpl_next(t, "");
	if (isdigit((unsigned char)*t->p) || *t->p == '-') return with_number(t, &x, op);
	if (*t->p != '"') return with_path(t, &x, op);
	char *text = sentence_read(t->file, &t->line, &t->p);
	if ((x.checked && !is_text(&x)) || (op[1] != '=' || op[0] == '<' || op[0] == '>'))
		refuse(t, "'%s' does not compare with a text by %s", x.path, op);
	for (char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && strchr("_-./: ", *c) == NULL) refuse(t, "\"%s\" is not a plain word", text);
	return gen_fmt("%sstr_is(%s, \"%s\")", *op == '!' ? "!" : "", x.c, text);
}

char *tpl_condition(struct tpl *t, const char **absent, int *ret_absent) {
	char *all = NULL, joint = 0;
	int mark = t->guards;
	*ret_absent = 0;
	for (;;) {
		struct value x;
		bool not;
		char *one = term(t, &x, &not);
		all = all ? gen_fmt("%s %s %s", all, joint == 'a' ? "&&" : "||", one) : one;
		const char *begin = t->p, *word = tpl_word(t);
		char next = strcmp(word, "and") == 0 ? 'a' : strcmp(word, "or") == 0 ? 'o' : 0;
		if (next == 0) t->p = begin;
		if (next && joint && next != joint) refuse(t, "'and' and 'or' do not mix");
		if (next) joint = next;
		bool pointer = x.path && x.checked && x.type.kind == K_STRUCT && x.type.opt;
		if (pointer && !not && joint != 'o') tpl_guard(t, x.path);
		if (pointer && not && joint != 'a' && *ret_absent < TPL_ABSENT) absent[(*ret_absent)++] = x.path;
		if (next == 0) break;
	}
	if (joint == 'o') t->guards = mark;
	if (joint == 'a') *ret_absent = 0;
	tpl_end_of_tag(t);
	return all;
}
