#ifndef PEOPLE_VIEW_H
#define PEOPLE_VIEW_H
/* Within people only: what is kept of a person as it is, which leaves this folder through people_view alone. */
#include "access/policy.h"
#include "people/people.h"

struct kept {
	struct person_row row;
	struct contact_row_list contacts;
	struct person_field_row_list fields;
	struct person_audience_row_list audiences;
	struct person_tag_row_list tags;
};

/* errors NOT_FOUND */
MUST_USE enum err kept_get(struct db *db, struct arena *a, struct person_id id, struct kept *ret);
/* Of those there are, in no order. */
MUST_USE enum err kept_list(struct db *db, struct arena *a, struct person_id_list ids, struct kept **ret,
                            size_t *ret_n);

struct object kept_object(const struct kept *k);                  /* for may() */
enum field_audience kept_audience(const struct kept *k, struct str field);
bool kept_shows(const struct kept *k, const struct actor *who, struct str field);

/* What the actor may see of it, whether or not they may know of the person at all. */
void kept_view(struct arena *a, const struct kept *k, const struct actor *who, const struct business *firm,
               const struct locale *l, struct person_view *ret);

struct url contact_link(struct arena *a, struct str kind, struct str value);   /* mailto: or tel:; else none */

/* The person an address names: id, or with id 0 the caller. errors NOT_FOUND, LOGIN, and what may_or_err says */
MUST_USE enum err person_for(struct req *q, struct person_id id, enum act act, struct kept *ret);

/* A look at a customer's profile by the staff is written down. */
void people_looked(struct req *q, const struct kept *k);

#endif
