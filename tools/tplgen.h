#ifndef TOOLS_TPLGEN_H
#define TOOLS_TPLGEN_H
/* A template while it is compiled: tplgen_markup.c follows its literal markup, tplgen.c its tags. */
#include "gen.h"

enum { TPL_DEEP = 24, TPL_OPEN = 40 };
enum place { TEXT, WORDS, TAG, QUOTED };                           /* WORDS: in textarea or title */
enum spot { SPOT_TEXT, SPOT_VALUE, SPOT_ADDRESS };                 /* where a value stands */

/* How far an address in href, src, … has come: PART may be followed by encoded values, CLOSED by nothing. */
enum address { NO_ADDRESS, EMPTY, SLASH, PART, OTHER, CLOSED };

struct markup {
	enum place place;
	enum address address;
	char quote;                  /* of the attribute's value */
	bool glued;                  /* no attribute may begin before white space */
	unsigned has;                /* which attributes that matter the tag surely has */
	const char *tag, *attr;
	int depth, floor;            /* open elements; how many of them a branch must not close */
	struct {
		const char *tag;
		int line;
	} open[TPL_OPEN];
};

struct value {                   /* what a path stands for */
	const char *path, *c;        /* as the template says it, and in C */
	struct type type;
	const char *group;           /* it is not finished: it names a group of fields */
	bool checked;                /* false: of the page; only the C compiler knows its type */
	bool pointer;                /* c is a pointer to the struct */
};

struct level {                   /* an open {{if}}, {{for}}, {{block}} or {{title}} */
	const char *what, *list;     /* for: the list in C */
	int line, vars, guards;      /* how many there were before */
	struct markup begin, joined; /* where it began; where the branches so far ended */
	bool any, other;             /* joined is set; there was an {{else}} */
	int kept, absents;           /* guards, with those of conditions that did not hold */
	const char **absent;         /* what must be there once the condition did not hold */
};

struct tpl {
	const struct template *of;
	const struct decl *type;
	const char *p;               /* what comes next, and its line */
	int line, indent;
	struct markup m;
	char *raw;                   /* literal markup not printed yet */
	size_t raw_n;
	FILE *out, *page, *functions; /* where code goes; the page's while out is a block's; what stands before the page's */
	struct value *var;           /* v, p and those of loops */
	const char **guard;          /* the optional structs that are known to be there */
	struct level level[TPL_DEEP];
	int vars, guards, levels;
	const char *blocks;          /* entries of the view's block table */
	bool title;
};

#define refuse(t, ...) gen_fail((t)->of->file, (t)->line, __VA_ARGS__)

void markup_literal(struct tpl *t);                          /* takes the next piece of literal markup to raw */
enum spot markup_value(struct tpl *t);                       /* refuses places where no value may stand */
/* A value in an address: true if it is the whole of it, which only a url may be; filled: it is never empty. */
bool markup_address(struct tpl *t, bool is_url, bool filled);
/* The end of a branch that began at begin, to be joined with the branches before, if any. */
void markup_join(struct tpl *t, const struct markup *begin, const struct markup *before);

#endif
