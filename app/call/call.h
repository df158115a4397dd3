#ifndef CALL_CALL_H
#define CALL_CALL_H
/* Notes of telephone calls: who of us spoke with whom, when, how long, what was said and agreed. README.md. */
#include "base/ids.h"
#include "base/str.h"
#include "db/db.h"

struct call_draft {
	struct person_id staff, person;  /* who of us, with whom */
	struct record_id record;         /* about what; 0: nothing of it */
	struct conversation_id room;     /* the room of that record, for whose people it is; 0: the whole team reads it */
	bool came_in;                    /* they called us */
	usec_t held_at;
	int64_t minutes;                 /* 0: not known */
	struct str said, agreed;
	struct call_id corrects;         /* 0: none */
};
/* Keeps one, with its event "create call" about the record, else the person; writes. */
MUST_USE enum err call_keep(struct db *db, const struct call_draft *d, struct call_id *ret);

#endif
