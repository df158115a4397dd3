#ifndef WEB_PART_H
#define WEB_PART_H
/* Parts of pages that are the same for everyone: kept as a visitor's page is (web/cache.h), in the reader's language and time zone, until an
 * event touches what they depend on, and a minute at most. Only what anybody may see may be kept, so that a part handed to the wrong reader
 * tells nothing; the handler has made sure of that with the row it read. For handlers, on a worker.
 *
 *	struct part part = {.name = "track", .topic = {{"conversation", id}}, .topics = 1};
 *	if (!part_get(q, &part, &html)) {
 *		struct part_out w;
 *		tpl_talk_track(part_begin(q, &w, true), view);
 *		TRY(part_end(q, &w, &part, &html));
 *	}
 */
#include "web/out.h"
#include "web/req.h"

enum { PART_TOPICS_MAX = 8 };

struct part {
	const char *name;                  /* tells it from others of the same thing */
	struct { const char *kind; int64_t id; } topic[PART_TOPICS_MAX];   /* what it depends on; the first is the thing it is of */
	int topics;                        /* the firm need not be said */
};

/* Whether parts may be kept for who asks: a customer's page, neither the team's, who sees more, nor a visitor's, which is kept whole. */
bool part_is_for(const struct req *q);

/* The part, in q->a; false when it is not there. */
bool part_get(struct req *q, const struct part *p, struct html *ret);

struct part_out {
	struct out out;
	struct page page;
	struct buf buf;
};
/* Where a template writes a part. kept: it may be kept, so what the template knows of the reader is what it would know of a visitor. */
struct out *part_begin(struct req *q, struct part_out *ret, bool kept);
/* Gives what was written, in q->a, and keeps it as p unless that is NULL. errors BUG: more than 4 MB */
MUST_USE enum err part_end(struct req *q, struct part_out *w, const struct part *p, struct html *ret);

#endif
