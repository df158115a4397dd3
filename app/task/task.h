#ifndef TASK_TASK_H
#define TASK_TASK_H
/* Tasks: what one of us has to do, for whom or about what, by which day. The team's; what the other side counts on is a promise. README.md.
 * All here: on a worker or the writer, memory of the request, only what the actor may know of. */
#include "event/hub.h"
#include "types.h"
#include "web/req.h"

struct task_draft {
	struct str title, words;             /* words "": none */
	struct person_id owner, person, by;  /* owner: one of us; person 0: for nobody in particular; by 0: by itself */
	struct record_id record;
	struct conversation_id conversation;
	struct message_id message;
	struct call_id call;
	usec_t due_at;                       /* the last second of a day of the firm's, or TASK_NO_DAY */
	usec_t quiet_until;                  /* what would be reminded of before is not; 0: now */
};
#define TASK_NO_DAY INT64_MAX
/* Keeps one, with its event; on the writer. errors STORE */
MUST_USE enum err task_keep(struct db *db, struct arena *a, const struct task_draft *d, struct task_id *ret);

/* What is open of somebody, of a record and its parts (root), or of a conversation (two of them 0): the first due first, and how many more there are. Nothing
 * for whoever is not of the team. errors STORE */
MUST_USE enum err task_of(struct req *q, struct person_id person, struct record_id root, struct conversation_id conversation, struct task_box *ret);
/* Some of them, in no order. */
MUST_USE enum err task_some(struct req *q, struct int_list ids, struct task_view_list *ret);
/* What the actor has to do by some day, the first due first. */
MUST_USE enum err task_dated(struct req *q, int64_t most, struct task_view_list *ret);
/* How many the actor has to do; not more than most are counted. */
MUST_USE enum err task_mine(struct req *q, int64_t most, int64_t *ret);
/* A colleague does it from now on and is told; note ("": none) is added to its words; writes. errors NOT_FOUND, DENIED, CONFLICT (it is over), INVALID (said at field) */
MUST_USE enum err task_give(struct req *q, struct task_id id, struct person_id to, struct str note, const char *field);

/* "tasks" {}: reminds of what is due, then queues its own next round. ctx: the hub */
hub_job task_job;
enum { TASK_TRIES = 12 };
/* Each server that starts sees that the job comes for what is due next. */
MUST_USE enum err task_begin(struct store *s);

#endif
