#ifndef PROMISE_WORDS_INT_H
#define PROMISE_WORDS_INT_H
/* Between words*.c and the tables that tools/grammar makes of grammar/LANGUAGE.txt, where words, classes and rules are explained. */
#include "promise/words.h"

/* Classes that the code knows; a grammar's own come behind, from CLASS_OWN. tools/grammar has them in this order. */
enum word_class {
	CLASS_NONE, CLASS_NUMBER, CLASS_YEAR, CLASS_DATE, CLASS_TIME, CLASS_WEEKDAY, CLASS_MONTH, CLASS_UNIT, CLASS_AMPM, CLASS_PART, CLASS_BY,
	CLASS_REFERS, CLASS_ABBREVIATION, CLASS_OWN
};
enum unit { UNIT_MINUTE, UNIT_HOUR, UNIT_DAY, UNIT_BUSINESS_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR };   /* values of <unit> */
enum { WORD_CLASSES = 16, ITEM_CLASSES = 8, WORD_BYTES = 32 };

struct word {                            /* classes end with CLASS_NONE */
	const char *text;
	int value;
	short classes[WORD_CLASSES];
};
enum item_kind { ITEM_WORD, ITEM_ANY, ITEM_GAP, ITEM_BEGIN, ITEM_END };
struct item {
	enum item_kind kind;
	bool optional, not;
	int gap;                             /* ITEM_GAP: at most so many words */
	short classes[ITEM_CLASSES];
};
enum rule_kind { RULE_WHOLE, RULE_NEVER, RULE_SPLIT, RULE_FIRM, RULE_CUSTOMER, RULE_DATE, RULE_TIME };
enum date_op { OP_NONE, OP_DAY, OP_WEEKDAY, OP_SPAN, OP_DATE, OP_MONTHDAY, OP_MONTH, OP_WEEK, OP_MONTHS, OP_YEARS, OP_NUMERIC, OP_VAGUE };
struct rule {
	enum rule_kind kind;
	enum date_op op;
	int n, m;                            /* the operation's numbers */
	bool dated;                          /* only together with a date */
	const struct item *items;
	int count;
	int line;
};
struct grammar {
	const char *lang;
	const struct word *words, *stems;    /* both sorted by text */
	int word_count, stem_count;
	const struct rule *rules;
	int rule_count;
	const char *month_first;             /* 05/03 is May 3 in zones whose names begin so; NULL nowhere */
};
extern const struct grammar grammars[];
extern const int grammar_count;

struct token {
	size_t from, to;
	char text[WORD_BYTES];               /* folded; "" when longer */
	enum word_class number;              /* NUMBER, YEAR, DATE or TIME, else NONE */
	int n[3];                            /* its numbers as they stand; -1 for no year */
	bool slash;                          /* DATE: 05/03 */
	const struct word *word;             /* in the grammar being tried: itself, else its longest stem; NULL for none */
};

/* What a rule's words stand for. */
struct slots {
	int numbers[4], count;
	int weekday, month, unit, year, ampm, part;    /* -1: not there */
	const struct token *date, *time;
};

bool token_is(const struct token *t, enum word_class class);
/* How many tokens the rule takes at `at`, or -1. s may be NULL */
int rule_match(const struct rule *r, const struct token *t, int n, int at, struct slots *s);

/* The date that tokens from..to speak of, into o; none leaves NO_DATE. */
struct words_clock {
	const struct zone *zone;
	usec_t now;
	int64_t today;
	struct local_time local;
};
void words_due(struct arena *a, const struct grammar *g, const struct words_clock *c, const struct token *t, int n, struct promise_words *o);

#endif
