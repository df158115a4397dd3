#ifndef WEB_CACHE_H
#define WEB_CACHE_H
/* Pages that are the same for every visitor, and parts of pages that are the same for everyone, kept in memory until an event that they depend on is in the log, and a minute at
 * most, since pages say "five minutes ago". A listener of the hub drops what an event made stale before the writer
 * acknowledges the change; while the watch on other nodes is broken nothing is answered from here. Any thread. */
#include "event/hub.h"
#include "http/http.h"

struct cache;

enum { CACHE_TOPICS_MAX = 12 };

struct cache *cache_new(struct hub *h, size_t max_bytes);   /* adds itself to the hub's listeners */
void cache_free(struct cache *c);

struct cache_topic {
	char kind[24];
	int64_t id;
};

struct cached {
	struct http_prepared *answer;  /* one reference for the caller */
	char etag[40];
};

/* Looks a page up; false if there is none. packed: compressed with gzip, if that makes it smaller. */
bool cache_get(struct cache *c, struct str key, bool packed, struct cached *ret);

/* Keeps an answer (headers and body; they are copied, the body referenced) made from the store as it was when the log stood at
 * `seen`; does nothing when an event behind that has touched one of its topics meanwhile. topics 1..CACHE_TOPICS_MAX. etag, up to 39 bytes, stands
 * in the headers already. The compressed form is made here. */
void cache_put(struct cache *c, struct str key, int64_t seen, const struct cache_topic *topic, int topics, struct str etag,
               const struct http_response *answer);

/* The same for a part of pages: bytes, copied both ways. Its key is no page's: it begins with a byte below a space. */
bool cache_get_part(struct cache *c, struct str key, struct arena *a, struct str *ret);
void cache_put_part(struct cache *c, struct str key, int64_t seen, const struct cache_topic *topic, int topics, struct str part);

struct cache_stats {
	uint64_t hits, misses, drops;
	size_t bytes, pages;
};
void cache_stats(struct cache *c, struct cache_stats *ret);

#endif
