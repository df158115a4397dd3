#ifndef TEXT_SIMILAR_H
#define TEXT_SIMILAR_H
/* The words of a text for "has somebody said this already?": folded (utf8_fold), without the stop words of English
 * and German, with the common endings of both cut off. Rough on purpose: both sides of a comparison go through it.
 * Any thread. */
#include "base/values.h"

enum { TERM_BYTES_MAX = 64 };                                /* longer words are cut */

/* The distinct terms in the order of their first use, at most max. */
struct text_list similar_terms(struct arena *a, struct str text, size_t max);

/* Takes the next run of letters and digits off *rest, without the apostrophes in it ("don't" is "dont"), into room; false at the end. */
bool similar_word(struct str *rest, char room[TERM_BYTES_MAX + 1], struct str *ret);
/* A folded word without its common endings; a part of it. Words with digits stay whole. */
struct str similar_stem(struct str word);

/* How much two lists share, 0..1: twice the common ones over all (Dice). */
double similar_share(struct text_list a, struct text_list b);

#endif
