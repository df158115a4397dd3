#ifndef TEAM_TEAM_H
#define TEAM_TEAM_H
/* Teams: departments of the firm. One of us is in one of them or in none; a firm need not have any. README.md.
 *
 * Events, for readers of the log:
 *
 *   verb    object    target  data               audience
 *   create  team T            {"name":N}         staff
 *   update  team T            {"name":N}         staff: it is called so from now on
 *   delete  team T            {}                 staff: it is no more; whoever was in it was removed before
 *   add     person P  team T  {}                 staff: they are in it from now on
 *   remove  person P  team T  {}                 staff: and no more
 *
 * Other folders read the columns team_id of person, conversation and expectation in their own statements. */
#include "base/arena.h"
#include "db/db.h"
#include "types.h"

enum { TEAM_BYTES_MAX = 60, TEAMS_MOST = 100 };

/* A team's name from what somebody typed: one line, 1..TEAM_BYTES_MAX bytes, a letter or digit in it; else STR_NONE. */
struct str team_name(struct arena *a, struct str typed);

/* Makes one; writes. The name is team_name's; actor 0: the program. errors CONFLICT (there is one of that name) */
MUST_USE enum err team_make(struct db *db, struct arena *a, struct person_id actor, struct str name, struct team_id *ret);
/* The one of a name, however that is spelt. errors NOT_FOUND */
MUST_USE enum err team_find(struct db *db, struct arena *a, struct str name, struct team_id *ret);
/* One of us is in it from now on, and in no other; writes. team 0: in none. The caller knows that both are there. */
MUST_USE enum err team_move(struct db *db, struct person_id actor, struct person_id who, struct team_id was, struct team_id team);

#endif
