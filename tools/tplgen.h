#ifndef TOOLS_TPLGEN_H
#define TOOLS_TPLGEN_H
/* The parts of tplgen: where in the markup a value stands, the sentences and their translations, the structs. */
#include "gen.h"

/* ------------------------------------------------------------- tplgen_markup.c: following the markup of a template */

/* Text; in textarea or title; a quoted attribute; an address. */
enum spot { SPOT_TEXT, SPOT_WORDS, SPOT_VALUE, SPOT_ADDRESS };

enum place { TEXT, OPEN, BANG, DECL, COMMENT, RAW, WORDS, NAME, TAG, ATTR, EQUALS, BARE, QUOTED };

/* How far an address in href, src, … has come: PART may be followed by encoded values, CLOSED by nothing. */
enum address { NO_ADDRESS, EMPTY, SLASH, PART, OTHER, CLOSED };

struct ids {
	struct {
		const char *id;
		int line;
		bool asleep;             /* stands in another branch than the one being read */
	} v[400];
	int n;
};

struct markup {
	const char *file;
	struct ids *ids;             /* literal ids of the template so far */
	int loops;                   /* how many {{for}} are open */
	enum place place;
	char quote;                  /* of the attribute's value */
	bool closing;                /* in </name> */
	bool slash;                  /* / was the last thing in the tag */
	bool glued;                  /* no attribute may begin before white space */
	bool dynamic;                /* the attribute's value is not all literal */
	enum address address;
	unsigned has;                /* which attributes that matter the tag surely has */
	char tag[32], attr[32];
	char value[64];              /* the literal beginning of the attribute's value */
	size_t value_n, match;
	int depth, floor;            /* open elements; how many of them a branch must not close */
	struct {
		char tag[32];
		int line;
	} open[40];
};

void markup_char(struct markup *m, int line, char c);
bool markup_shrinks(const struct markup *m);             /* white space that indents may go */
enum spot markup_value(struct markup *m, int line);      /* refuses places where no value may stand */
/* A value in an address: true if it is the whole of it, which only a url may be; filled: it is never empty. */
bool markup_address(struct markup *m, int line, bool is_url, bool filled);
void markup_static(struct markup *m, int line);
void markup_control(struct markup *m, int line);         /* before if, for, else, end: may they stand here? */
void markup_join(struct markup *m, int line, const struct markup *begin, const struct markup *other);
bool markup_same(const struct markup *a, const struct markup *b);

/* ----------------------------------------------------------------- tplgen_messages.c: sentences and the .po file */

/* Reads "a literal" at *p with its escapes; a line break with what follows is one space. */
char *sentence_read(const char *file, int *line, const char **p);
void sentence_add(const char *file, int line, const char *one, const char *many);
void sentences_of_c(struct source s);                    /* T("…"), TN("…", "…"), ERROR(…, "…"), WHO(…, "…") */
void sentences_sort(void);
int sentence_index(const char *one, const char *many);   /* after sentences_sort */
/* The next {name} or {/name} at or behind *p, which moves behind it; NULL if none. */
char *sentence_name(const char **p);
/* Compares with the catalogue; complains of all that is wrong, then false. missing: a file for a skeleton, or NULL. */
bool sentences_check(const char *catalogue, const char *missing);
void sentences_write(const char *file);

/* ---------------------------------------------------------------------------- tplgen_types.c: types.h, types.c */

void types_write(const char *dir);

#endif
