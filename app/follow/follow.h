#ifndef FOLLOW_FOLLOW_H
#define FOLLOW_FOLLOW_H
/* Following a record, a customer, a tag or a conversation. Who follows is told by app/notice. README.md. Any thread with a connection. */
#include "event/event.h"
#include "types.h"
#include "web/req.h"

/* The button on the page of a thing (template follow_box): kind "record", "person", "tag". In the request's arena; NULL in ret for who may not follow it. */
MUST_USE enum err follow_button(struct req *q, const char *kind, int64_t id, struct follow_button **ret);

/* The page of a thing of one of these kinds, or of "organization" or "call"; a tag by its name. */
struct url follow_url(struct arena *a, struct str kind, int64_t id, struct str name);

/* Whether anybody follows anything but conversations: readers of the log ask it once for many events. */
MUST_USE enum err follow_any(struct db *db, bool *ret);

/* Who follows what has to do with an event, but for who did it; each with what they follow, records before people. Whether they may know of the event
 * is the caller's to ask. From behind a person on, by id; as many as fit. */
MUST_USE enum err follow_followers(struct db *db, struct arena *a, const struct event *e, struct person_id after, int64_t most,
                                   struct follow_follower_list *ret);

#endif
