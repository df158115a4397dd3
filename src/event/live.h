#ifndef EVENT_LIVE_H
#define EVENT_LIVE_H
/* Live pages: who has a page open hears of what changed on it. A stream listens to topics ("conversation:12",
 * "conversations", "person:7"); each event is one message for the topics of its object and target, with the event's
 * sequence number as its id, so that a browser that lost the line gets what it missed (Last-Event-ID). A message never
 * holds more than that something changed, and public counts: the page asks again for what it shows, as itself. */
#include "event/hub.h"
#include "http/http.h"

struct live;

enum { LIVE_TOPICS_MAX = 8, LIVE_REPLAY_MAX = 500 };

struct live *live_new(struct hub *h);   /* adds itself to the hub's listeners */
void live_free(struct live *l);         /* after the streams have ended */

struct live_topic {
	char kind[24];          /* "conversation"; "conversations" stands for all public ones, then id is 0 */
	int64_t id;
};
/* "conversation:12,conversations" → topics. false when malformed or too many. */
bool live_topics(struct str text, struct live_topic *topic, int *ret_n);

/* Opens the request's stream. The caller has checked that the listener may know of each topic.
 *   widest   AUDIENCE_PUBLIC for visitors, MEMBERS for customers, STAFF for staff: events narrower than this are not told
 *   me       private events are told to their own topic's listeners only when the caller checked; 0 for visitors
 *   after    Last-Event-ID, or -1 for none
 * errors STORE */
MUST_USE enum err live_open(struct live *l, struct http_req *q, struct db *db, const struct live_topic *topic, int topics,
                            enum audience widest, int64_t after);
int live_streams(const struct live *l);

/* The SSE message of an event, or false when it concerns none of the topics. For tests and replay. */
bool live_message(const struct event *e, const struct live_topic *topic, int topics, enum audience widest, struct buf *ret);

#endif
