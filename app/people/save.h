#ifndef PEOPLE_SAVE_H
#define PEOPLE_SAVE_H
/* Within people only: keeping the words by which people are found, and asking by them. */
#include "people/view.h"

/* Keeps the words by which a person is found: k is all that there is now. Writes. */
MUST_USE enum err people_index(struct db *db, struct arena *a, const struct kept *k);

struct people_asked {
	struct str q, kind, tag;         /* empty: any */
	bool named;                      /* by names and numbers only, not by all that their profiles hold */
	struct person_id contact, after; /* 0: anyone's; from the start */
	int64_t limit;
};
/* Whom someone may know of, found by what they may see and in the order of the names they see; one more than limit
 * when there are more. */
MUST_USE enum err people_find(struct db *db, struct arena *a, const struct actor *who, const struct people_asked *x,
                              struct person_id_list *ret);

/* "Jör Web" → what the engine looks for: each word the beginning of one, of a name only or of anything that who may see. STR_NONE when there
 * are no words. */
struct str people_match(struct db *db, struct arena *a, const struct actor *who, struct str q, bool named);

/* People who might be the one that is to be made, as far as the actor may know. */
MUST_USE enum err people_alike(struct db *db, struct arena *a, const struct actor *who, const struct person_input *in,
                               struct person_id_list *ret);

#endif
