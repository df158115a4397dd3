#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H
/* The search over everything: one index, one language (text/find.h), one policy. README.md says how to add a kind of thing. */
#include "event/hub.h"
#include "types.h"
#include "web/req.h"

/* "find": a durable reader of the log that keeps the index. Begin it with the first event: read from there it makes the whole index anew. */
hub_read search_read;
hub_wants search_wants;

/* What wears a tag, of one kind (person, organization, record, conversation, document), that the actor may see so: the newest `most`, and how
 * many there are, of which no more than `counted` are counted. The index may be a moment behind. */
MUST_USE enum err search_tagged(struct req *q, struct str tag, const char *kind, int most, int counted, struct search_item_list *ret, int64_t *ret_n);
/* The page that goes on with it. */
struct url search_tagged_here(struct req *q, struct str tag, const char *kind);

#endif
