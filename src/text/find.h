#ifndef TEXT_FIND_H
#define TEXT_FIND_H
/* What people type to find something, and the words of what is found. Both go through the same folding, so "Straße 12,50" is found by
 * "strasse 12.50". Pure functions of bytes; any input is taken. Any thread. */
#include "base/buf.h"
#include "base/values.h"

enum { FIND_TERMS_MAX = 16, FIND_FILTERS_MAX = 8, FIND_PHRASE_MAX = 16, FIND_WORDS_MAX = 4000 };

/* What is looked for: words that all stand in it. */
struct find_term {
	struct text_list words;      /* folded; more than one: next to each other */
	bool exact;                  /* it was put in quotes or has signs within: no other endings */
	bool without;                /* what has it is left out */
	bool begins;                 /* the last one typed: also what begins like it */
};

enum find_what { FIND_FROM, FIND_WITH, FIND_KIND, FIND_TAG };
struct find_filter {
	enum find_what what;
	struct str value;            /* as it was typed */
	bool without;
};

struct find {
	struct find_term term[FIND_TERMS_MAX];
	size_t terms;
	struct find_filter filter[FIND_FILTERS_MAX];
	size_t filters;
	usec_t from, to;             /* [from, to) in UTC; FIND_EVER: no such end */
	struct str wrong;            /* the first thing that could not be understood ("before:soon"), or STR_NONE */
};
#define FIND_EVER INT64_MIN

/* from:NAME with:NAME (to:) in:KIND (type:) tag:TAG before:2026-05 after:2026-05-12 on:2026, "a phrase", -without, words; the operators in
 * German, too. What looks like an operator and is none is words. What lies past the limits above is left away. */
void find_read(struct arena *a, struct str typed, struct find *ret);
/* All words of a text and no operators, each of them whole or the beginning of a longer one. sort: looked for among the tokens of find_tokens;
 * "": among the words. */
void find_begins(struct arena *a, struct str text, const char *sort, struct find *ret);
/* Whether it asks for anything. */
bool find_asks(const struct find *f);

/* Begins a token that no text has, so that what a document is can stand beside its words: FIND_TOKEN "p12". */
#define FIND_TOKEN "\xcf\x99"

/* A text's words in order with one space between, then those of their stems (similar_stem) that are not among them; at most FIND_WORDS_MAX of
 * each. A number's thousands are joined: "1,234.50" is "1234 50". */
void find_words(struct arena *a, struct buf *to, struct str text);
/* Each word of a text as a token, so that it can be looked for apart from all others: FIND_TOKEN, sort, the word. */
void find_tokens(struct arena *a, struct buf *to, const char *sort, struct str text);
/* The letters and digits of a word or name, folded, as one: "valley-line" is "valleyline". */
struct str find_squeeze(struct arena *a, struct str text);

/* What stands beside the words: one of these tokens, or none of them. No token at all: nothing is found. */
struct find_group {
	struct text_list any;        /* FIND_TOKEN and letters and digits */
	bool without;
};
/* The whole as an engine's query: of FTS5, or to_tsquery. Documents hold the token FIND_TOKEN "d" for when only something without is asked for. */
enum find_engine { FIND_FTS5, FIND_TSQUERY };
struct str find_match(struct arena *a, enum find_engine engine, const struct find *f, const struct find_group *group, size_t groups);

struct str find_either(struct arena *a, enum find_engine engine, struct str match, struct str other);   /* one query or the other */

/* Where what is looked for stands in a text, in order, for marking it: bytes. At most FIND_MARKS_MAX. */
enum { FIND_MARKS_MAX = 64 };
struct find_mark { size_t at, length; };
struct find_marks { struct find_mark v[FIND_MARKS_MAX]; size_t n; };
void find_marks(struct arena *a, const struct find *f, struct str text, struct find_marks *ret);

#endif
