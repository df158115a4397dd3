#ifndef TOOLS_GEN_H
#define TOOLS_GEN_H
/* What the three generators (sqlgen, tplgen, routegen) share: reading, complaining, one vocabulary of types, printing C.
 * They are build programs: they never free, and stop at the first thing they cannot accept, with file and line. */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

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
	const char *rest;   /* whatever stood behind the type: "max=200", "one(a,b)"; "" if nothing */
	int line;
};

struct decl {
	const char *name;
	const char *file;
	int line;
	struct field *field;
	int fields;
	bool row;           /* from an .sql file */
	const char *json;   /* view: the field that is its JSON face, or NULL for all fields */
};

struct source {
	const char *file;
	char *text;
	size_t n;
};

_Noreturn void gen_fail(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void *gen_alloc(size_t n);
char *gen_copy(const char *p, size_t n);
char *gen_fmt(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

struct source gen_read(const char *file);
/* The lines of a source; each ended by NUL in place of its newline. */
char **gen_lines(struct source s, int *ret_n);
char *gen_trim(char *s);                         /* in place, white space at both ends */
bool gen_ends(const char *s, const char *end);
bool gen_word(const char *s);                    /* [a-z][a-z0-9_]*, and no keyword of C but int */

/* "text?", "person_id[]", … → a type. Words that are neither basic nor a known id are K_STRUCT. */
struct type gen_type(const char *file, int line, const char *word);
/* "id person_id | author.name text? | n int" → fields, separated by '|'. */
struct field *gen_fields(const char *file, int line, char *list, int *ret_n);
/* Refuses a field that has the name of one of the n before it, or whose group began earlier and ended. */
void gen_unlike(const char *file, int line, const struct field *before, int n, const struct field *f);

/* Every `-- row NAME: fields` of the .sql files (a row may go on in following lines that begin with "--   ") is added to
 * the declarations; a name declared twice is refused. */
void gen_rows(struct source s);
/* Every `{{view NAME json=FIELD}}` … `{{end}}` of an .html file, one field a line, is added to the declarations. The
 * markup behind it is left alone. */
void gen_views(struct source s);
/* Once all rows and views are known: refuses a field of an unknown type. */
void gen_check_types(void);
struct decl *gen_declare(const char *file, int line, const char *name);
struct decl *gen_decl(const char *name);         /* NULL if unknown */
extern struct decl *gen_decls;
extern int gen_decl_count;

/* C spelling of a type as a struct member or parameter, without its name: "struct str ", "struct person_id ", "int64_t ". */
const char *gen_c_type(struct type t);
/* Prints fields as the members of a struct, each group as a struct of its own inside. */
void gen_c_members(FILE *out, const struct field *f, int n);

/* Prints a C string literal, split over lines at newlines. */
void gen_c_string(FILE *out, const char *p, size_t n);
/* Opens an output; its content replaces the file only at gen_close and only if it changed, so make does not rebuild. */
FILE *gen_open(const char *file);
void gen_close(FILE *out);

#endif
