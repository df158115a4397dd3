#ifndef ROOM_ROOM_H
#define ROOM_ROOM_H
/* Rooms: of the team, and of a record whose type has one (a deal): what is said, noted and telephoned there, what became of it, and who has read
 * how far. README.md. */
#include "record/record.h"
#include "types.h"
#include "web/req.h"

/* The conversation in which the people of a record speak; topic: "", or the role of those it is for. Made when it is not there; its people follow
 * what is for all of them. Writes. errors NOT_FOUND (no such record) */
MUST_USE enum err room_of_record(struct db *db, struct arena *a, struct record_id record, struct str topic, struct conversation_id *ret);

/* A room of the team with its first members; writes. errors INVALID */
struct room_draft {
	struct str name, words;
	bool open;                       /* everyone of the team reads it */
	struct person_id_list members;
};
MUST_USE enum err room_create(struct db *db, struct arena *a, struct person_id actor, const struct room_draft *d, struct conversation_id *ret);

/* Somebody knows all that has happened by now in the room of a record, or, where that is 0, of the team; writes. */
MUST_USE enum err room_has_read(struct db *db, struct person_id who, struct record_id record, struct conversation_id room);

/* What stands in the room of a record that the actor was found to see; NULL where its type has none. before: a number of the log, 0 for the newest. The
 * actor has read so far. */
MUST_USE enum err room_view(struct req *q, const struct record_row *row, struct str show, int64_t before, struct room_stream **ret);

#endif
