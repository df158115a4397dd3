#ifndef PEOPLE_SAVE_H
#define PEOPLE_SAVE_H
/* Within people only: keeping the words by which people are found, and asking by them. */
#include "people/view.h"

/* Keeps the words of a person: what staff may always see of anyone. Writes. */
MUST_USE enum err people_index(struct db *db, struct arena *a, struct person_id id, struct str name, struct str customer_no,
                               struct str title);

/* "Jör Web" → what the engine looks for: each word the beginning of one. STR_NONE when there are no words. */
struct str people_match(struct db *db, struct arena *a, struct str q);

/* People who might be the one that is to be made, as far as the actor may know. */
MUST_USE enum err people_alike(struct db *db, struct arena *a, const struct actor *who, const struct person_input *in,
                               struct person_id_list *ret);

#endif
