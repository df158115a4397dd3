#ifndef EVENT_HUB_H
#define EVENT_HUB_H
/* The hub is what reads the log inside a running server:
 *
 *   listeners  in memory, on every node, called once for each event in order: the page cache, the live streams. A local
 *              write reaches them on the teller's thread before it is acknowledged; a write of another process or node when
 *              the watch hears of it.
 *   readers    durable, with a cursor in the database, moved in the same transaction as the reader's effect; one node at a
 *              time does the work. Search, notices, mail.
 *   jobs       things to do outside a transaction, tried again with back-off: sending mail, importing.
 *
 * All three are given before hub_start. README.md says what each may rely on. */
#include "event/event.h"

struct hub;

/* Called for each event in order; must not block, must not write. db may be used to read. Never two calls at once. */
typedef void hub_listen(const struct event *e, struct db *db, struct arena *a, void *ctx);

/* Reads some events inside the writer's transaction; its effect and its place in the log are kept together or not at all. When
 * it fails it is given fewer; one event that it cannot read in five tries is written to the log as an error and left out. */
typedef enum err hub_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx);

/* Whether a reader has to do something about an event. It is given all events in order; but while nothing comes that it wants, it is not woken for
 * each commit, and its place in the log is kept only now and then. NULL: it wants all. Must not block. */
typedef bool hub_wants(const struct event *e);

/* Does a job, on one of the hub's two threads for it, with a reading connection; it may block, and writes with store_write.
 * After a crash, or when its end could not be written down, it is done again: what it does must bear that.
 *   tries    1 the first time
 *   ret_why  a sentence when it fails */
typedef enum err hub_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx,
                         struct str *ret_why);

struct hub *hub_new(struct store *s);
/* Of each event those that forget what it made stale hear before those that tell people of it: who is told and asks again must not be
 * given what was kept. */
enum hub_turn { HUB_FORGETS, HUB_TELLS };
void hub_add_listener(struct hub *h, enum hub_turn turn, hub_listen *fn, void *ctx);
/* from_start: a new reader begins with the first event ever, else with the next one. */
void hub_add_reader(struct hub *h, const char *name, hub_wants *wants, hub_read *fn, void *ctx, bool from_start);
void hub_add_job(struct hub *h, const char *kind, int most_tries, hub_job *fn, void *ctx);

/* Starts the threads. errors STORE */
MUST_USE enum err hub_start(struct hub *h);
/* Finishes what is under way; accepts NULL. Also frees the hub. */
void hub_stop(struct hub *h);

int64_t hub_head(const struct hub *h);   /* the newest event that the listeners have heard; any thread */
bool hub_is_blind(const struct hub *h);  /* the watch is broken: another node's events may be missing, so caches must not answer */
void hub_wake(struct hub *h);            /* look for jobs and events now */
bool hub_is_stopping(const struct hub *h); /* a long job ends early, with an error, and is done again after the next start; any thread */

/* Runs readers and due jobs until nothing is left; for tests and commands, without threads. */
MUST_USE enum err hub_drain(struct hub *h);

struct hub_stats {
	uint64_t events, jobs_done, jobs_failed;
	int64_t head, slowest_reader;        /* sequence numbers */
};
void hub_stats(const struct hub *h, struct hub_stats *ret);

#endif
