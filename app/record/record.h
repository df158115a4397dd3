#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H
/* Records: one thing each of what the business keeps (a policy, an account, a statement line). A record's type comes from the pack. What
 * stands by itself has people with a role; a line of it has its people. README.md. Any thread with a connection, unless a function says "writes". */
#include "pack/pack.h"
#include "text/find.h"
#include "types.h"
#include "web/req.h"

struct record_input {
	const struct pack_type *type;
	struct record_id parent;           /* 0 where the type has no parent, else needed; it stays what it was made with */
	struct str state;                  /* STR_NONE: the type's first, or as it is */
	bool any_state;                    /* one may follow any other, whatever the pack says: a source told us */
	const struct str *value;           /* by field of the type, as pack_value gives them; STR_NONE: as it is, "" empties; NULL: none given */
	usec_t at;                         /* for types without a date of their own; 0: now, or as it is */
};

/* Makes a record and its event; writes. errors INVALID (the parent is of another type, or the state unknown), NOT_FOUND (the parent) */
MUST_USE enum err record_create(struct db *db, struct arena *a, struct person_id actor, const struct record_input *in, struct record_id *ret);

/* Changes one; writes; one event if anything is other than before. was: the version the change is made to, or 0. errors NOT_FOUND, STALE,
 * INVALID (also a state that may not follow) */
MUST_USE enum err record_change(struct db *db, struct arena *a, struct person_id actor, struct record_id id, int64_t was,
                                const struct record_input *in, bool *ret_changed);

/* One as it is, for the program itself: nobody's rights are asked. errors NOT_FOUND */
MUST_USE enum err record_get(struct db *db, struct arena *a, struct record_id id, struct record_row *ret);

/* Somebody has to do with a record that stands by itself, or no more; writes. errors INVALID (it is a line), NOT_FOUND. Whether the type has the
 * role is the caller's to know */
MUST_USE enum err record_person(struct db *db, struct arena *a, struct person_id actor, struct record_id id, struct person_id person,
                                struct str role, bool yes, bool *ret_changed);
/* Two records go together, as the relation says, or no more; writes. errors INVALID (the same one), NOT_FOUND */
MUST_USE enum err record_relate(struct db *db, struct arena *a, struct person_id actor, struct record_id from, struct record_id to,
                                struct str relation, bool yes, bool *ret_changed);
/* A record that stands by itself goes with an organization, or no more; writes. It gives the members no right to it. errors INVALID, NOT_FOUND */
MUST_USE enum err record_organization(struct db *db, struct arena *a, struct person_id actor, struct record_id id,
                                      struct organization_id organization, struct str role, bool yes, bool *ret_changed);

/* ------------------------------------------------------------------- reading */

/* A record that the actor may know of. errors NOT_FOUND */
MUST_USE enum err record_seen(struct req *q, struct record_id id, struct record_row *ret);
/* What stands by itself and a person has to do with, by type, as far as the actor may know of it; and what they asked about it. */
MUST_USE enum err record_of(struct req *q, struct person_id person, struct record_group_list *ret);
/* The same of what goes with an organization. */
MUST_USE enum err record_of_organization(struct req *q, struct organization_id organization, struct record_group_list *ret);
/* For queries of the index: the tokens of the records that the actor, who is not of the staff, has to do with. */
MUST_USE enum err record_readers(struct db *db, struct arena *a, const struct actor *who, struct find_group *ret);
/* Whom the staff mean: given, or else by customer number or full name; what is wrong is noted at the field. errors INVALID */
MUST_USE enum err record_who(struct req *q, struct person_id given, struct str called, const char *field, struct person_id *ret);
/* Takes out what the pack keeps for the team: of a row that was read otherwise, before somebody else may be shown anything of it. */
MUST_USE enum err record_for_customers(struct req *q, struct record_row *row);
/* Its type in the firm's pack; NULL when the pack has it no more. */
const struct pack_type *record_type(const struct req *q, struct str type);
/* One of the staff looked at it: that is written down. */
void record_looked(struct req *q, const struct record_row *row);
/* What it is called, in the reader's language. */
struct str record_called(struct req *q, const struct record_row *row);
struct str record_called_in(struct req *q, const struct record_row *row, enum lang lang);   /* in another one: whoever is written to */
/* What is kept of it, as people read it: its state, amount and fields, each with its label. row.fields and the like may be those of a snapshot. */
MUST_USE enum err record_facts(struct req *q, const struct record_row *row, struct record_fact_list *ret);
/* ---------------------------------------------------------------- doing business */

/* Whether the actor may have an action done about a record that they see: ROLE_NONE, or the role that they act in: ROLE_CUSTOMER for its people. */
MUST_USE enum err record_may_do(struct req *q, const struct record_row *row, const struct pack_action *act, enum role *ret);
/* Whether it is offered in the state that the record is in. */
bool record_in_state_for(const struct record_row *row, const struct pack_action *act);

/* Over everything that record_facts shows: the same facts have the same hash. */
struct str record_hash(struct arena *a, const struct record_row *row);

#endif
