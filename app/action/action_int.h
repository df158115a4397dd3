#ifndef ACTION_ACTION_INT_H
#define ACTION_ACTION_INT_H
/* Within action only. */
#include "access/access.h"
#include "action/action.h"
#include "record/record.h"
#include "sql/action.h"
#include "types.h"

/* ------------------------------------------------------------------- the form */

/* What somebody sends about a record, before and after it is believed. */
struct asked {
	struct record_id id;
	struct str name;                     /* of the action */
	struct text_list field_name, field_value;  /* of a form */
	struct str json;                     /* or an object, of a program; STR_NONE */
	int64_t version;                     /* of the record as it was seen; 0: no matter */
	/* found */
	struct record_row row;
	const struct pack_type *type;
	const struct pack_action *act;
	enum role role;                      /* that they act in: as one of its people, or for them */
	struct str *value, *raw;             /* by field of the form: as it is kept; as it was typed */
	const char **fault;                  /* a sentence (a key), or NULL */
	struct opt_int amount;               /* what its approval is about */
};

/* The record, the action and the right to it. errors NOT_FOUND, DENIED, CONFLICT (not in this state) */
MUST_USE enum err asked_find(struct req *q, struct asked *k);
/* Reads the values; where nothing was typed, those of the record. */
MUST_USE enum err asked_prefill(struct req *q, struct asked *k);
/* Reads and checks them. errors INVALID, noted at fields.NAME and in fault */
MUST_USE enum err asked_check(struct req *q, struct asked *k);

/* ------------------------------------------------------------------ the way */

/* The request is made, and goes as far as it can by itself; in the writer's transaction, with q->db its connection. again: the key has made one
 * before, which is given. */
MUST_USE enum err request_make(struct req *q, const struct asked *k, struct str key, bool proved, struct request_id *ret);

/* Who moves it on. */
struct mover {
	struct db *db;
	struct arena *a;
	const struct business *business;
	struct person_id actor;              /* 0: the program, for whom it asked */
};

/* One step of its way, with what follows by itself; writes. errors CONFLICT (its state does not allow it) */
MUST_USE enum err request_go(const struct mover *m, struct request_row *r, struct str to, struct str note);
/* Whether that step is one of the table's, and whether it needs a reason. */
bool request_may_go(struct str from, struct str to, bool *ret_reason);

/* What it is about; NULL when the pack has it no more. */
const struct pack_type *request_type(const struct business *b, const struct request_row *r);
const struct pack_action *request_action(const struct business *b, const struct request_row *r);

/* ---------------------------------------------------------------- the views */

MUST_USE enum err request_view_of(struct req *q, const struct request_row *r, struct request_view *ret);
/* What was given, as people read it. */
MUST_USE enum err request_facts(struct req *q, const struct request_row *r, struct record_fact_list *ret);

#endif
