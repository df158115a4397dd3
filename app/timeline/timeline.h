#ifndef TIMELINE_TIMELINE_H
#define TIMELINE_TIMELINE_H
/* What happened to and around a person or a record, newest first, each entry as far as its reader may know of it. README.md. */
#include "event/hub.h"
#include "types.h"
#include "web/req.h"

/* A durable reader of the log: keeps in whose timelines an event stands. Writer's thread. */
enum err timeline_keep(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx);
hub_wants timeline_wants;

#define TIMELINE_TEAM "team"   /* of id 1: the news that the staff reads */
#define TIMELINE_FIRM "firm"   /* of id 1: what of them customers may know */

/* Entries of a "person" or a "record" which the caller has found visible to the actor, or of one of the two above.
 *   sort      "talk" "note" "call" "record" "profile", or STR_NONE for all
 *   before    a sequence number, 0 for the newest
 *   most      at least 1
 *   ret_next  the number to go on from; 0 when that is all */
MUST_USE enum err timeline_read(struct req *q, const char *kind, int64_t id, struct str sort, int64_t before, int64_t most,
                                struct life_line_list *ret, int64_t *ret_next);
/* What some events tell the actor, newest first; those that they may not know of are left out. For a place of which the caller has found that it
 * is the actor's to see: a room. */
MUST_USE enum err timeline_lines(struct req *q, struct int_list seqs, int64_t most, struct life_line_list *ret);
/* A cursor of an address as a number; notes the fault. errors INVALID */
MUST_USE enum err timeline_cursor(struct req *q, struct str cursor, int64_t *ret_before);

#endif
