#ifndef PROMISE_WORDS_H
#define PROMISE_WORDS_H
/* Finds in what somebody of the firm writes the sentences that promise something, or ask something of the customer, and by when. Nothing is
 * promised by it: whoever writes is offered what it found. What the words of a language mean stands in grammar/LANGUAGE.txt. A pure
 * function of its arguments; time linear in the text; any thread. grammar/README.md says what is and is not a promise. */
#include "text/locale.h"

enum promise_words_who { PROMISE_WORDS_FIRM, PROMISE_WORDS_CUSTOMER };    /* who is to do it */

enum promise_words_due {
	PROMISE_WORDS_NO_DATE,           /* "as soon as possible" */
	PROMISE_WORDS_DAY,               /* "by Friday", "within six weeks" */
	PROMISE_WORDS_MOMENT,            /* "tomorrow noon", "within 24 hours" */
	PROMISE_WORDS_BUSINESS_DAYS,     /* "in three working days": the caller knows which days these are */
};

struct promise_words {
	size_t from, to;                 /* the sentence, in bytes of the text */
	size_t said_from, said_to;       /* the words that say when; both 0 without a date */
	enum promise_words_who who;
	enum promise_words_due due;
	struct str day;                  /* DAY, MOMENT: YYYY-MM-DD in the zone; else STR_NONE */
	usec_t at;                       /* MOMENT: it; DAY: the last second of that day there; else 0 */
	int business_days;               /* BUSINESS_DAYS: 1..999 */
	enum lang lang;                  /* the language that it was read in */
};
struct promise_words_list {
	struct promise_words *v;         /* in the order of the text */
	size_t n;
};

enum { PROMISE_WORDS_TEXT_MAX = 65536, PROMISE_WORDS_MAX = 32 };

/* text: anything, Markdown allowed; only the first PROMISE_WORDS_TEXT_MAX bytes are read, at most PROMISE_WORDS_MAX found. lang: the writer's.
 * Each sentence is read in the language that more of its words are of; lang decides a draw. zone: whose days are meant. memory a */
void promise_words_find(struct arena *a, struct str text, enum lang lang, usec_t now, const struct zone *zone, struct promise_words_list *ret);

#endif
