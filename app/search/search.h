#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H
/* The search over everything: one index, one language (text/find.h), one policy. README.md says how to add a kind of thing. */
#include "event/hub.h"

/* "find": a durable reader of the log that keeps the index. Begin it with the first event: read from there it makes the whole index anew. */
hub_read search_read;
hub_wants search_wants;

#endif
