#ifndef WEB_CACHE_H
#define WEB_CACHE_H
/* Pages that are the same for every visitor, kept in memory until an event that they depend on is in the log. The log's
 * position when the page was made is its ETag. A listener of the hub drops what an event made stale before the writer
 * acknowledges the change; while the watch on other nodes is broken nothing is answered from here. Any thread. */
#include "event/hub.h"
#include "http/http.h"

struct cache;

struct cache *cache_new(struct hub *h, size_t max_bytes);   /* adds itself to the hub's listeners */
void cache_free(struct cache *c);

struct cache_topic {
	char kind[24];
	int64_t id;
};

struct cached {
	struct http_bytes *body;       /* one reference for the caller */
	struct http_bytes *gzip;       /* the same, compressed; NULL when that does not help */
	char etag[40];                 /* in quotes */
	const char *type;
};

/* Looks a page up; false if there is none. The caller unrefs both. */
bool cache_get(struct cache *c, struct str key, struct cached *ret);

/* Keeps a page made from the store as it was when the log stood at `seen`; does nothing when an event behind that has touched
 * one of its topics meanwhile. body is copied; it is compressed here. */
void cache_put(struct cache *c, struct str key, int64_t seen, const struct cache_topic *topic, int topics, const char *type, struct str body);

struct cache_stats {
	uint64_t hits, misses, drops;
	size_t bytes, pages;
};
void cache_stats(struct cache *c, struct cache_stats *ret);

#endif
