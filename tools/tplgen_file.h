#ifndef TOOLS_TPLGEN_FILE_H
#define TOOLS_TPLGEN_FILE_H
/* One .html file while it is compiled: tplgen_file.c reads it and prints C, tplgen_value.c its paths and conditions. */
#include "tplgen.h"

enum { TPL_ABSENT = 8, TPL_DEEP = 24 };

/* What a path stands for. */
struct value {
	const char *path;            /* as the template says it */
	const char *c;               /* an expression in C */
	const char *shape;           /* unchecked: an expression of its type without variables, for __typeof__ */
	struct type type;
	const struct decl *decl;     /* of a struct */
	bool checked;                /* false: of the page; only the C compiler knows its type */
	bool pointer;                /* c is a pointer to the struct */
};

struct level {                   /* an open {{if}}, {{for}}, {{block}} or {{title}} */
	const char *what;
	int line;
	struct markup begin, joined; /* where it began; where the branches so far ended */
	bool any, other;             /* joined is set; there was an {{else}} */
	int vars, guards, ids;       /* how many there were before */
	int kept;                    /* guards, with those of conditions that did not hold */
	const char *absent[TPL_ABSENT]; /* what must be there once the condition did not hold */
	int absents;
	const char *list;            /* for: the list in C */
	FILE *before;                /* block, title: where the code went before */
	bool used_v;                 /* … and whether that had used v */
	char *name;
	char *text;
	size_t text_n;
};

struct tpl {
	const char *file;
	const char *dir;
	const char *p;               /* what comes next */
	int line;
	const char *name;            /* of the template being read */
	const struct decl *type;
	struct markup m;
	struct ids ids;
	FILE *out;                   /* where its code goes */
	FILE *functions;             /* finished functions */
	FILE *thunks;                /* the writers of arguments */
	char **thunk;
	int thunks_n;
	char *raw;                   /* literal markup not printed yet */
	size_t raw_n;
	bool uses_page, uses_v;
	struct {
		struct value value;
		bool used;
	} var[2 * TPL_DEEP];
	int vars;
	const char *guard[64];
	int guards;
	struct level level[TPL_DEEP];
	int levels;
	const char *blocks;          /* entries of the view's block table */
	bool title;
};

#define refuse(t, ...) gen_fail((t)->file, (t)->line, __VA_ARGS__)

/* A template that may be called, found before any is compiled. */
struct target {
	const char *name, *file;
	int line;
	const struct decl *type;
	bool view;
	bool markup;                 /* a view may be without */
};
extern struct target *tpl_targets;
extern int tpl_target_count;

char *tpl_word(struct tpl *t);                       /* the next [a-z0-9_.]*, "" if none */
bool tpl_next(struct tpl *t, const char *sign);      /* moves behind it if it comes next */
void tpl_end_of_tag(struct tpl *t);                  /* moves behind }} or complains */
struct value tpl_path(struct tpl *t);
void tpl_guard(struct tpl *t, const char *path);     /* this optional struct is there from now on */
void tpl_must_be_there(struct tpl *t, const struct value *x);
/* A condition up to and with }}: in C. What it promises is guarded from now on; absent: what its opposite promises. */
char *tpl_condition(struct tpl *t, const char **absent, int *ret_absent);

void tpl_indent(struct tpl *t);
void tpl_flush(struct tpl *t);                       /* prints the literal markup so far */
void tpl_statement(struct tpl *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));  /* under its #line */

/* Each reads the rest of its tag, up to and with }}, and prints its statement. */
void tpl_value_tag(struct tpl *t);
void tpl_call_tag(struct tpl *t);
void tpl_icon_tag(struct tpl *t);
void tpl_error_tag(struct tpl *t);
void tpl_static_tag(struct tpl *t);
void tpl_csrf_tag(struct tpl *t);
void tpl_message_tag(struct tpl *t, bool plural);

void tpl_scan(struct source s);                      /* notes the targets and sentences of a file */
void tpl_compile(const char *dir, struct source s);  /* prints DIR/tpl/NAME.c */

#endif
