#ifndef TASK_TASK_INT_H
#define TASK_TASK_INT_H
/* Within task only. */
#include "access/policy.h"
#include "sql/task.h"
#include "task/task.h"

struct task_view task_view_of(struct req *q, const struct task_row *r);
/* Who of us may do it. errors STORE */
MUST_USE enum err task_choices(struct req *q, struct person_id chosen, struct task_choice_list *ret);
/* One that the actor may know of. errors NOT_FOUND */
MUST_USE enum err task_seen(struct req *q, struct task_id id, struct task_row *ret);
/* When its owner is reminded: as the firm opens on that day, or on the last day before on which it does; 0: never, since that is over. */
usec_t task_tell_at(const struct hours *open, usec_t due_at, usec_t now);
/* Whoever wrote a reminder sees that the job comes for it; in the writer's transaction. tell_at 0: none */
MUST_USE enum err task_wake(struct db *db, usec_t tell_at);

#endif
