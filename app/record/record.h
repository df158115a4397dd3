#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H
/* Records: one thing each of what the business keeps (a policy, an account, a statement line). A record's type comes from the pack. What
 * stands by itself has people with a role; a line of it has its people. README.md. Any thread with a connection, unless a function says "writes". */
#include "pack/pack.h"
#include "types.h"
#include "web/req.h"

struct record_input {
	const struct pack_type *type;
	struct record_id parent;           /* 0 where the type has no parent, else needed; it stays what it was made with */
	struct str state;                  /* STR_NONE: the type's first, or as it is */
	const struct str *value;           /* by field of the type, as pack_value gives them; STR_NONE: as it is, "" empties; NULL: none given */
	usec_t at;                         /* for types without a date of their own; 0: now, or as it is */
};

/* Makes a record and its event; writes. errors INVALID (the parent is of another type, or the state unknown), NOT_FOUND (the parent) */
MUST_USE enum err record_create(struct db *db, struct arena *a, struct person_id actor, const struct record_input *in, struct record_id *ret);

/* Changes one; writes; one event if anything is other than before. was: the version the change is made to, or 0. errors NOT_FOUND, STALE,
 * INVALID */
MUST_USE enum err record_change(struct db *db, struct arena *a, struct person_id actor, struct record_id id, int64_t was,
                                const struct record_input *in, bool *ret_changed);

/* Somebody has to do with a record that stands by itself, or no more; writes. errors INVALID (it is a line), NOT_FOUND. Whether the type has the
 * role is the caller's to know */
MUST_USE enum err record_person(struct db *db, struct arena *a, struct person_id actor, struct record_id id, struct person_id person,
                                struct str role, bool yes, bool *ret_changed);


/* ------------------------------------------------------------------- reading */

/* A record that the actor may know of. errors NOT_FOUND */
MUST_USE enum err record_seen(struct req *q, struct record_id id, struct record_row *ret);
/* What stands by itself and a person has to do with, by type, as far as the actor may know of it; and what they asked about it. */
MUST_USE enum err record_of(struct req *q, struct person_id person, struct record_group_list *ret);
/* Its type in the firm's pack; NULL when the pack has it no more. */
const struct pack_type *record_type(const struct req *q, struct str type);
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
