/* A hash of pages by key, each in a list per topic slot for dropping, and in one list by age for making room. What was dropped
 * when is remembered per topic slot: a page made before that moment is not taken, however late it comes. */
#include "web/cache.h"
#include "base/check.h"
#include "web/static.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { SLOTS = 8192, TOPIC_SLOTS = 8192, HEADERS_BYTES = 4096 /* of the prepared answers, about */ };
#define KEEP_FOR SECONDS(60)

struct entry {
	char *key;
	size_t key_n;
	struct http_prepared *plain, *packed;    /* of a page; packed: NULL when it would not be smaller */
	char *part;                              /* of a part of pages */
	size_t part_n;
	char etag[40];
	usec_t made;                             /* clock_steady */
	size_t bytes;
	struct entry *next, **back;              /* same slot */
	struct entry *newer, *older;             /* by last use */
	int topics;
	unsigned topic_slot[CACHE_TOPICS_MAX];
	struct entry *topic_next[CACHE_TOPICS_MAX], **topic_back[CACHE_TOPICS_MAX];
};

struct cache {
	pthread_mutex_t lock;
	struct hub *hub;
	struct entry *slot[SLOTS];
	struct entry *topic[TOPIC_SLOTS];        /* links through topic_next of whichever index has this slot */
	int64_t dropped[TOPIC_SLOTS];            /* sequence number of the newest event that touched it */
	struct entry *newest, *oldest;
	size_t max_bytes;
	struct cache_stats stats;
};

static uint64_t hash_bytes(const char *p, size_t n, uint64_t x) {
	for (size_t i = 0; i < n; i++) x = (x ^ (unsigned char)p[i]) * 1099511628211u;
	return x ^ (x >> 29);
}

static unsigned topic_slot(const char *kind, int64_t id) {
	uint64_t x = hash_bytes(kind, strlen(kind), 1469598103934665603u);
	return (unsigned)(hash_bytes((const char *)&id, sizeof id, x) % TOPIC_SLOTS);
}

static unsigned key_slot(struct str key) {
	return (unsigned)(hash_bytes(key.p, key.n, 1469598103934665603u) % SLOTS);
}

static int topic_index(const struct entry *e, unsigned slot) {
	for (int i = 0; i < e->topics; i++)
		if (e->topic_slot[i] == slot) return i;
	check_failed("a page stands under a topic that is not its own", __FILE__, __LINE__);
}

static void unlink_age(struct cache *c, struct entry *e) {
	if (e->newer != NULL) e->newer->older = e->older;
	else c->newest = e->older;
	if (e->older != NULL) e->older->newer = e->newer;
	else c->oldest = e->newer;
}

static void link_newest(struct cache *c, struct entry *e) {
	e->newer = NULL;
	e->older = c->newest;
	if (c->newest != NULL) c->newest->newer = e;
	c->newest = e;
	if (c->oldest == NULL) c->oldest = e;
}

static void drop(struct cache *c, struct entry *e) {
	*e->back = e->next;
	if (e->next != NULL) e->next->back = e->back;
	unlink_age(c, e);
	for (int i = 0; i < e->topics; i++) {
		struct entry *next = e->topic_next[i];
		*e->topic_back[i] = next;
		if (next != NULL) next->topic_back[topic_index(next, e->topic_slot[i])] = e->topic_back[i];
	}
	c->stats.bytes -= e->bytes;
	c->stats.pages--;
	if (e->plain != NULL) http_prepared_unref(e->plain);
	http_prepared_unref(e->packed);
	free(e->part);
	free(e->key);
	free(e);
}

static void touch(struct cache *c, const char *kind, int64_t id, int64_t seq) {
	unsigned slot = topic_slot(kind, id);
	c->dropped[slot] = seq;
	while (c->topic[slot] != NULL) {
		drop(c, c->topic[slot]);
		c->stats.drops++;
	}
}

static void hear(const struct event *e, struct db *db, struct arena *a, void *ctx) {
	(void)db, (void)a;
	struct cache *c = ctx;
	bool conversation = strcmp(e->object_kind, "conversation") == 0 ||
	                    (e->target_kind != NULL && strcmp(e->target_kind, "conversation") == 0);
	pthread_mutex_lock(&c->lock);
	touch(c, e->object_kind, e->object_id, e->seq);
	if (e->target_kind != NULL) touch(c, e->target_kind, e->target_id, e->seq);
	if (conversation) touch(c, "conversations", 0, e->seq);
	if (strcmp(e->object_kind, "expectation") == 0) touch(c, "expectations", 0, e->seq);
	if (e->target_kind != NULL && strcmp(e->target_kind, "brand_text") == 0) touch(c, "brand_texts", 0, e->seq);
	pthread_mutex_unlock(&c->lock);
}

struct cache *cache_new(struct hub *h, size_t max_bytes) {
	struct cache *c = must_calloc(1, sizeof *c);
	pthread_mutex_init(&c->lock, NULL);
	c->hub = h;
	c->max_bytes = max_bytes;
	hub_add_listener(h, HUB_FORGETS, hear, c);
	return c;
}

void cache_free(struct cache *c) {
	if (c == NULL) return;
	while (c->oldest != NULL) drop(c, c->oldest);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static struct entry *find(struct cache *c, struct str key) {
	for (struct entry *e = c->slot[key_slot(key)]; e != NULL; e = e->next)
		if (e->key_n == key.n && memcmp(e->key, key.p, key.n) == 0) return e;
	return NULL;
}

/* With the lock held. NULL: there is none, or it is too old. */
static struct entry *use(struct cache *c, struct str key, usec_t now) {
	struct entry *e = find(c, key);
	if (e != NULL && now - e->made > KEEP_FOR) {
		drop(c, e);
		e = NULL;
	}
	if (e == NULL) {
		c->stats.misses++;
		return NULL;
	}
	c->stats.hits++;
	if (c->newest != e) {
		unlink_age(c, e);
		link_newest(c, e);
	}
	return e;
}

bool cache_get(struct cache *c, struct str key, bool packed, struct cached *ret) {
	if (hub_is_blind(c->hub)) return false;
	usec_t now = clock_steady();
	pthread_mutex_lock(&c->lock);
	struct entry *e = use(c, key, now);
	if (e != NULL) {
		ret->answer = http_prepared_ref(packed && e->packed != NULL ? e->packed : e->plain);
		memcpy(ret->etag, e->etag, sizeof e->etag);
	}
	pthread_mutex_unlock(&c->lock);
	return e != NULL;
}

bool cache_get_part(struct cache *c, struct str key, struct arena *a, struct str *ret) {
	if (hub_is_blind(c->hub)) return false;
	usec_t now = clock_steady();
	pthread_mutex_lock(&c->lock);
	struct entry *e = use(c, key, now);
	if (e != NULL) *ret = str_copy(a, str_n(e->part, e->part_n));
	pthread_mutex_unlock(&c->lock);
	return e != NULL;
}

static struct http_prepared *prepare_packed(const struct http_response *answer, size_t *ret_bytes) {
	struct buf z;
	struct http_response r = *answer;
	if (r.headers == HTTP_HEADERS_MAX || !gzip(str_n(r.body->p, r.body->n), 5, &z)) return NULL;
	r.header[r.headers].name = "Content-Encoding";
	r.header[r.headers++].value = STR("gzip");
	r.body = http_bytes_new(buf_str(&z)); /* a copy of the right size */
	buf_done(&z);
	*ret_bytes = r.body->n;
	struct http_prepared *p = http_prepare(&r);
	http_bytes_unref(r.body);
	return p;
}

static struct entry *entry_new(struct str key, size_t bytes) {
	struct entry *e = must_calloc(1, sizeof *e);
	e->key = must_malloc(key.n);
	memcpy(e->key, key.p, key.n);
	e->key_n = key.n;
	e->made = clock_steady();
	e->bytes = sizeof *e + key.n + bytes;
	return e;
}

static void link_entry(struct cache *c, struct entry *e) {
	struct entry **slot = &c->slot[key_slot(str_n(e->key, e->key_n))];
	e->next = *slot;
	e->back = slot;
	if (*slot != NULL) (*slot)->back = &e->next;
	*slot = e;
	link_newest(c, e);
	for (int i = 0; i < e->topics; i++) {
		struct entry **at = &c->topic[e->topic_slot[i]];
		e->topic_next[i] = *at;
		e->topic_back[i] = at;
		if (*at != NULL) (*at)->topic_back[topic_index(*at, e->topic_slot[i])] = &e->topic_next[i];
		*at = e;
	}
	c->stats.bytes += e->bytes;
	c->stats.pages++;
}

static void put(struct cache *c, struct entry *e, int64_t seen, const struct cache_topic *topic, int topics) {
	PRE(topics > 0 && topics <= CACHE_TOPICS_MAX);
	for (int i = 0; i < topics; i++) {
		unsigned slot = topic_slot(topic[i].kind, topic[i].id);
		bool twice = false;
		for (int k = 0; k < e->topics; k++) twice |= e->topic_slot[k] == slot;
		if (!twice) e->topic_slot[e->topics++] = slot;
	}

	pthread_mutex_lock(&c->lock);
	bool stale = false;
	for (int i = 0; i < e->topics; i++) stale |= c->dropped[e->topic_slot[i]] > seen;
	struct entry *old = find(c, str_n(e->key, e->key_n));
	if (old != NULL && !stale) drop(c, old);
	link_entry(c, e);
	if (stale) drop(c, e);
	while (c->stats.bytes > c->max_bytes && c->oldest != NULL) drop(c, c->oldest);
	pthread_mutex_unlock(&c->lock);
}

void cache_put(struct cache *c, struct str key, int64_t seen, const struct cache_topic *topic, int topics, struct str etag,
               const struct http_response *answer) {
	PRE(answer->body != NULL && etag.n < sizeof ((struct entry *)0)->etag);
	if (answer->body->n > c->max_bytes / 16) return;
	struct entry *e = entry_new(key, HEADERS_BYTES + answer->body->n);
	size_t packed_bytes = 0;
	memcpy(e->etag, etag.p, etag.n);
	e->plain = http_prepare(answer);
	e->packed = prepare_packed(answer, &packed_bytes);
	e->bytes += packed_bytes;
	put(c, e, seen, topic, topics);
}

void cache_put_part(struct cache *c, struct str key, int64_t seen, const struct cache_topic *topic, int topics, struct str part) {
	if (part.n > c->max_bytes / 16) return;
	struct entry *e = entry_new(key, part.n);
	e->part = must_malloc(part.n + 1);
	memcpy(e->part, part.p, part.n);
	e->part_n = part.n;
	put(c, e, seen, topic, topics);
}

void cache_stats(struct cache *c, struct cache_stats *ret) {
	pthread_mutex_lock(&c->lock);
	*ret = c->stats;
	pthread_mutex_unlock(&c->lock);
}
