#ifndef TOOLS_GEN_H
#define TOOLS_GEN_H
/* What the generators share: reading, complaining, one vocabulary of types, printing C. They are build programs: they
 * never free, and stop at the first thing they cannot accept, with file and line. */
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/kind.h"

struct type {
	enum kind kind;
	const char *name;   /* K_ID: "person"; K_STRUCT: the row's or view's name; else the word itself */
	bool opt;           /* "?": may be absent */
	bool list;          /* "[]": struct { T *v; size_t n; } */
};

struct field {
	const char *name;   /* "id" */
	const char *group;  /* "author" for a field written author.id, else NULL: a nested struct in C, an object in JSON */
	bool group_opt;     /* written place?.lat: in JSON the whole object is null when its first field is absent */
	struct type type;
	bool no_json;       /* marked -json: for pages only */
	char *rest;         /* whatever stood behind the type: "max=200 one(a,b)"; "" if nothing */
	int line;
};

struct decl {
	const char *name, *file;
	int line, fields;
	struct field *field;
	bool row;           /* from an .sql file */
	const char *json;   /* view: the field that is its JSON face, or NULL for all fields */
};

/* A {{view}} or {{template}} of an .html file, with the markup up to the next one. */
struct template {
	const char *name, *type, *file, *text;
	int line, text_line;
	bool view;
};

extern struct decl *gen_decls;
extern struct template *gen_templates;
extern int gen_decl_count, gen_template_count;

_Noreturn void gen_fail(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void *gen_alloc(size_t n);
char *gen_copy(const char *p, size_t n);
char *gen_fmt(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *gen_more(void *v, int n, size_t size);     /* room for one more behind the n that a growing array has */
#define gen_push(v, n, ...) ((v) = gen_more((v), (n), sizeof *(v)), (v)[(n)++] = (__VA_ARGS__))

char *gen_read(const char *file);
char **gen_lines(const char *text, int *ret_n);
char *gen_joined(char **line, int n, int *i);    /* line *i and those behind it that begin with "--   "; moves *i */
char *gen_trim(char *s);                         /* in place, white space at both ends */
char **gen_split(char *list, char sep, int *ret_n); /* trimmed parts, not within brackets or quotes; none of "" */
bool gen_begins(const char *s, const char *begin);
bool gen_ends(const char *s, const char *end);
bool gen_one_of(const char *word, const char *list); /* list: words with single spaces between */
char *gen_case(const char *s, int (*change)(int)); /* a copy with toupper or tolower of each character */
/* Whether an extended regular expression matches all of text; ret[n] becomes what its n-th bracket matched, or NULL. */
enum { GEN_PARTS = 14 };
bool gen_match(const char *text, const char *pattern, char *ret[GEN_PARTS]);
#define WORD "([a-z][a-z0-9_]*)"
/* The text in quotes at *p, which moves behind it; knows \n \t \" \\. A line break with what follows is one space. */
char *gen_quoted(const char *file, int line, const char **p);
void gen_unique(const char *file, int line, const char *kind, const char *name); /* refuses a second one */

/* "text?", "person_id[]", … → a type. Words that are neither basic nor a known id are K_STRUCT. */
struct type gen_type(const char *file, int line, const char *word);
bool gen_is_column(struct type t);               /* what a column or a parameter may be */
/* Adds "id person_id | author.name text? | n int" to the n fields. */
void gen_fields(const char *file, int line, char *list, char sep, struct field **field, int *n);
int gen_find(const struct field *f, int n, const char *name); /* "author.name"; -1 if there is none */
/* Adds the rows of .sql files, the views and templates of .html files; then refuses fields whose types are unfit. */
void gen_declare(char **file, int n);
struct decl *gen_decl(const char *name);         /* NULL if unknown */

const char *gen_c_type(struct type t);           /* of a member or parameter: "struct str ", "int64_t " */
const char *gen_c_kind(struct type t);           /* K_INT */
const char *gen_c_member(const struct field *f); /* "author.id" */
void gen_c_members(FILE *out, const struct field *f, int n); /* of a struct, each group as a struct of its own inside */
/* Prints the beginning of the entry for a field of a struct in a table: "{.name = …, .kind = …, .offset = …". */
void gen_c_field(FILE *out, const struct field *f, const char *in);
char *gen_c_string(const char *s);               /* a C literal, split over lines at newlines */
char *gen_c_message(const char *one, const char *many); /* names a sentence's number, by its words, so nobody counts */

/* Opens an output with a line on what it is made from. Nothing is written before gen_close_all, and no file that would
 * not change, so make does not rebuild. */
FILE *gen_open(const char *file, const char *from);
void gen_close_all(void);

#endif
