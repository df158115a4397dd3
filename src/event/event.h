#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H
/* The log: what happened, in the order in which it was committed, without a hole. Every change writes its rows and one
 * event in the same transaction. All else reads the log. Words are those of W3C ActivityStreams 2.0. */
#include "base/ids.h"
#include "db/db.h"
#include "text/json.h"

/* How widely something may be known, widest first: everyone; who is logged in; who has to do with it and the staff; only those who take part, of the
 * staff as of others, so a reader asks for each of them; the staff. */
enum audience { AUDIENCE_PUBLIC, AUDIENCE_MEMBERS, AUDIENCE_PRIVATE, AUDIENCE_PARTIES, AUDIENCE_STAFF };
const char *audience_word(enum audience a);
enum audience audience_find(struct str word); /* an unknown word is AUDIENCE_STAFF, the narrowest */

struct event {
	int64_t seq;               /* 1 and up */
	usec_t at;
	struct person_id actor;    /* 0: the program itself */
	const char *verb;          /* create update delete like undo follow accept view announce */
	const char *object_kind;   /* person conversation message business file import mail */
	int64_t object_id;
	const char *target_kind;   /* what it happened to or in, or NULL */
	int64_t target_id;
	enum audience audience;
	struct str data;           /* a JSON object of what changed; "{}" when nothing; never secrets */
};

/* Who says "me too", follows, or puts something off does it for themselves: nobody's news, and nobody's business but theirs and the staff's. */
bool event_is_silent(const struct event *e);
/* Writes "key": {"kind", "id"}, or null when kind is NULL: how programs are told of a thing. */
void event_put_thing(struct json_out *o, const char *key, const char *kind, int64_t id);

/* Appends to the log in the writer's transaction; seq and at are filled in here and returned in ret, which may be NULL. */
MUST_USE enum err event_append(struct db *db, const struct event *e, int64_t *ret_seq);

struct event_list {
	struct event *v;
	size_t n;
};
/* Up to most (1..1000) events behind a sequence number, oldest first. */
MUST_USE enum err event_after(struct db *db, struct arena *a, int64_t after, int most, struct event_list *ret);
/* The same of events about one thing, to it or in it; kind "conversations", id 0: of all conversations what is public; "desk": what is not. */
MUST_USE enum err event_about(struct db *db, struct arena *a, const char *kind, int64_t id, int64_t after, int most,
                              struct event_list *ret);
MUST_USE enum err event_head(struct db *db, int64_t *ret_seq);
/* The number behind which stands what happened at that time and later. */
MUST_USE enum err event_since(struct db *db, struct arena *a, usec_t at, int64_t *ret_seq);
/* In the writer's transaction: a durable reader leaves out all that it has not read by now. */
MUST_USE enum err event_reader_at_head(struct db *db, const char *reader);

/* Queues a job in the writer's transaction. data: a JSON object. run_at 0: now. */
MUST_USE enum err job_add(struct db *db, const char *kind, struct str data, usec_t run_at);

#endif
