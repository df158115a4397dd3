#ifndef ROOM_ROOM_INT_H
#define ROOM_ROOM_INT_H
/* Within room only. */
#include "access/policy.h"
#include "room/room.h"
#include "sql/room.h"
#include "talk/talk.h"
#include "text/url.h"

enum { ROOMS_MOST = 200, MEMBERS_MOST = 200, PAGE_ROWS = 30, LOOKED_AT = 200, UNSEEN_MOST = 50 };

/* Where something is said: a room of the team, or one of a record. */
struct place {
	struct conversation_id room;     /* 0: that of the record */
	struct record_id record;
	int64_t read_to;                 /* as far as the actor has read */
};

/* Fills what stands in it, and notes that the actor has read it. members are those of the place. */
MUST_USE enum err stream_fill(struct req *q, const struct place *at, struct str show, int64_t before, const struct room_member_row_list *members,
                              struct room_stream *ret);
/* What others did there since the actor looked, the newest first; at most UNSEEN_MOST. */
MUST_USE enum err stream_unseen(struct req *q, const struct place *at, struct life_line_list *ret);

struct object room_object(const struct room_row *r);
struct room_item room_item_of(struct req *q, const struct room_row *r);

#endif
