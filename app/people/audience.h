#ifndef PEOPLE_AUDIENCE_H
#define PEOPLE_AUDIENCE_H
/* The one table of the fields of a profile that have an audience, with whom each is for unless its owner says
 * otherwise. Fields of the pack are called "field.NAME". What is in no line here (tags, notes, role) is for staff
 * alone, always. */
#include "access/policy.h"

struct profile_field {
	const char *name;
	const char *label;                          /* a key */
	enum field_audience of_customer, of_staff;  /* of anyone but staff; of staff */
	bool wide;                                  /* staff must see it to work: only "staff" and "public" may be chosen */
};

extern const struct profile_field profile_fields[];
extern const int profile_field_count;

/* NULL: no such field. Any "field.NAME" gives the line of the pack's fields. */
const struct profile_field *profile_field_find(struct str name);

const char *field_audience_word(enum field_audience a);
bool field_audience_find(struct str word, enum field_audience *ret);
bool field_audience_may(const struct profile_field *f, enum field_audience a);   /* whether it may be chosen */
enum field_audience field_audience_default(const struct profile_field *f, bool of_staff);

const char *field_audience_icon(enum field_audience a);
const char *field_audience_label(enum field_audience a, bool own);   /* a key; own: the reader is the owner */

#endif
