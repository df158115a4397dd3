#ifndef EVENT_LIVE_H
#define EVENT_LIVE_H
/* Live pages: who has a page open hears of what changed on it. A stream listens to topics ("conversation:12", "conversations",
 * "person:7"); each event is one message for the topics of its object and target, with the event's sequence number as its id, so
 * that a browser that lost the line gets what it missed (Last-Event-ID). A message never holds more than that something
 * changed, and public counts: the page asks again for what it shows, as itself. */
#include "event/hub.h"
#include "http/http.h"

struct live;

enum { LIVE_TOPICS_MAX = 8, LIVE_REPLAY_MAX = 100 };   /* replayed of each topic */

struct live *live_new(struct hub *h);   /* adds itself to the hub's listeners */
void live_free(struct live *l);         /* after the streams have ended */

struct live_topic {
	char kind[24];          /* "conversation"; "conversations" stands for what is public of all, "desk" for the rest; then id is 0 */
	int64_t id;
};
/* "conversation:12,conversations" → topics. false when malformed or too many. */
bool live_topics(struct str text, struct live_topic *topic, int *ret_n);

/* Makes the request's answer a stream. The caller has checked that the listener may know of each topic.
 *   db       ends the connection's read transaction, which is too old to see what must not be missed
 *   widest   events narrower than this are not told: AUDIENCE_PUBLIC for visitors, PRIVATE for who is logged in (each topic has been
 *            checked), STAFF for staff
 *   after    the log's position that the listener has: Last-Event-ID, else the one the page was made at (page.seen), or -1
 * errors none: a stream that cannot be filled ends at once, and the browser asks again */
MUST_USE enum err live_open(struct live *l, struct http_req *q, struct db *db, const struct live_topic *topic, int topics,
                            enum audience widest, int64_t after);
int live_streams(const struct live *l);

/* The SSE message of an event, or false when it concerns none of the topics or is not for this listener. */
bool live_message(const struct event *e, const struct live_topic *topic, int topics, enum audience widest, struct buf *ret);

#endif
