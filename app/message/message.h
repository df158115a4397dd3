#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H
/* Messages from person to person, and the discreet question to a group. README.md */
#include "event/hub.h"
#include "web/req.h"

enum { GROUP_MOST = 500 /* people asked at once */, GROUP_TRIES = 8 };

struct message_draft {
	struct str kind;                 /* direct: to one; group: to each of several, who do not see each other */
	struct str subject;              /* one line, at most 200 bytes */
	struct str body;                 /* Markdown, at most 20,000 bytes; may be empty */
	struct str channel;              /* portal, api */
	struct person_id_list to;        /* somebody twice is asked once */
	const char *field;               /* where faults of `to` are said */
};

/* Begins it as the actor; in a tx handler. Asks the policy, for each of those written to as well. errors INVALID (said at its field), DENIED */
MUST_USE enum err message_begin(struct req *q, const struct message_draft *d, struct conversation_id *ret);

/* In the writer's transaction: the next slice of those whom a question has still to ask gets its conversations.
 *   ret_left  how many have still to be asked then */
MUST_USE enum err message_slice(struct db *db, struct arena *a, struct conversation_id id, int64_t *ret_left);
/* The job "group_ask", {"conversation": ID}: slice after slice until all are asked. ctx: the hub, or NULL */
MUST_USE enum err message_group_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx, struct str *ret_why);

#endif
