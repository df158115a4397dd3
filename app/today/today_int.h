#ifndef TODAY_TODAY_INT_H
#define TODAY_TODAY_INT_H
/* Within today only. */
#include "access/policy.h"
#include "promise/promise.h"
#include "routes.h"
#include "sql/today.h"
#include "talk/talk.h"
#include "task/task.h"
#include "web/req.h"

/* A place in a list: behind what stands there at that time with that id. */
struct today_place {
	usec_t at;
	int64_t id;
};

typedef enum err today_find(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret);

/* A list of the page. */
struct today_part {
	const char *name, *word, *none;    /* none: said when it is empty */
	bool hot;                          /* its count stands out */
	today_find *find;                  /* NULL: what has changed */
};
struct today_parts { const struct today_part *v; size_t n; };

/* The last second of today on the firm's clock: days of promises are the firm's. */
usec_t today_end_of_day(const struct req *q);

/* Something that can stand in the list: a conversation, an expectation, a request, each as the actor may know of it. errors NOT_FOUND */
MUST_USE enum err today_one(struct req *q, struct str kind, int64_t id, struct today_entry *ret);
/* Those of keys that the actor may know of, in their order. */
MUST_USE enum err today_entries(struct req *q, const struct today_key_list *keys, struct today_entry_list *ret);

/* ------------------------------------------------------------------ my.c: the page of a customer */

/* Their lists. */
struct today_parts my_parts(void);
/* Some of their conversations, in no order. */
MUST_USE enum err my_talks(struct req *q, struct int_list ids, struct today_entry_list *ret);

/* ----------------------------------------------------------------- changed.c: changed since yesterday */

/* What others did with what the actor sees to or follows since yesterday began on their clock: each thing once, the newest first, with how often more.
 *   before    a sequence number to go on from, 0 for the newest
 *   ret_next  the number to go on from; 0 when that is all */
MUST_USE enum err today_changed(struct req *q, int64_t before, int64_t most, struct today_entry_list *ret, int64_t *ret_next);

/* ------------------------------------------------------------------- snooze.c: not now */

/* When somebody means by "tomorrow" (in the morning) or "next_week", and on a day: as soon as the firm opens. errors INVALID (said at "day") */
MUST_USE enum err snooze_until(struct req *q, struct str until, struct str day, usec_t *ret);
/* Puts it off, or no more; with its event. */
MUST_USE enum err snooze_set(struct req *q, struct str kind, int64_t id, usec_t until);
MUST_USE enum err snooze_end(struct req *q, struct str kind, int64_t id);

#endif
