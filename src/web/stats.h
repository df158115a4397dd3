#ifndef WEB_STATS_H
#define WEB_STATS_H
/* What /metrics tells. */
#include "web/cache.h"
#include "web/req.h"

struct web_stats {
	struct http_stats http;
	struct store_stats store;
	struct cache_stats cache;
	struct hub_stats hub;
	uint64_t served, failed;
};
void web_stats(struct web *w, struct web_stats *ret);

#endif
