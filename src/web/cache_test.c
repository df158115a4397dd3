/* Kept pages: dropped by topic before the write is acknowledged, never older than what is in the log, and bounded. */
#include "db/test_int.h"
#include "web/cache.h"

struct kit {
	struct hub *hub;
	struct cache *cache;
};

static void kit_start(struct kit *k, struct fixture *f, size_t bytes) {
	int done;
	assert_int_equal(store_migrate(f->s, &f->a, &done, NULL), OK);
	k->hub = hub_new(f->s);
	k->cache = cache_new(k->hub, bytes);
	assert_int_equal(hub_start(k->hub), OK);
	for (int i = 0; i < 500 && hub_is_blind(k->hub); i++) usleep(2000);
}

static void kit_stop(struct kit *k) {
	hub_stop(k->hub);
	cache_free(k->cache);
}

static void keep(struct kit *k, const char *key, int64_t seen, const char *kind, int64_t id, struct str body) {
	struct cache_topic t[2] = {{.id = id}, {.kind = "business", .id = 1}};
	snprintf(t[0].kind, sizeof t[0].kind, "%s", kind);
	struct http_response r = {.status = 200, .body = http_bytes_new(body), .body_fd = -1};
	cache_put(k->cache, str_c(key), seen, t, 2, STR("W/\"x\""), &r);
	http_bytes_unref(r.body);
}

static bool there(struct kit *k, const char *key) {
	struct cached c;
	if (!cache_get(k->cache, str_c(key), true, &c)) return false;
	assert_string_equal(c.etag, "W/\"x\"");
	http_prepared_unref(c.answer);
	return true;
}

static enum err append(struct db *db, void *arg) { return event_append(db, arg, NULL); }

static void happen(struct fixture *f, const char *kind, int64_t id, const char *target, int64_t target_id) {
	struct event e = {.verb = "update", .object_kind = kind, .object_id = id, .target_kind = target, .target_id = target_id,
	                  .audience = AUDIENCE_STAFF};
	assert_int_equal(store_write(f->s, append, &e), OK);
}

static void dropped(void **state) {
	FIXTURE(f);
	struct kit k;
	kit_start(&k, f, 1 << 20);
	keep(&k, "one", 0, "conversation", 1, STR("1"));
	keep(&k, "two", 0, "conversation", 2, STR("2"));
	keep(&k, "list", 0, "conversations", 0, STR("l"));
	keep(&k, "person", 0, "person", 1, STR("p"));
	assert_true(there(&k, "one") && there(&k, "two") && there(&k, "list") && there(&k, "person"));
	happen(f, "conversation", 1, NULL, 0); /* when it is acknowledged the page is gone */
	assert_false(there(&k, "one") || there(&k, "list"));
	assert_true(there(&k, "two") && there(&k, "person"));
	happen(f, "message", 9, "conversation", 2);
	assert_false(there(&k, "two"));
	assert_true(there(&k, "person"));
	happen(f, "business", 1, NULL, 0);
	assert_false(there(&k, "person"));
	struct cache_stats s;
	cache_stats(k.cache, &s);
	assert_int_equal(s.pages, 0);
	assert_int_equal(s.bytes, 0);
	kit_stop(&k);
}

/* Parts follow the same rules: dropped by topic, not taken late, bounded. */
static void parts(void **state) {
	FIXTURE(f);
	struct kit k;
	struct cache_topic t = {.kind = "conversation", .id = 1};
	struct str part = STR_NONE;
	kit_start(&k, f, 64 * 1024);
	assert_false(cache_get_part(k.cache, STR("\x01one"), &f->a, &part));
	cache_put_part(k.cache, STR("\x01one"), 0, &t, 1, STR("<p>1"));
	cache_put_part(k.cache, STR("\x01none"), 0, &t, 1, STR(""));
	assert_true(cache_get_part(k.cache, STR("\x01one"), &f->a, &part) && str_is(part, "<p>1"));
	assert_true(cache_get_part(k.cache, STR("\x01none"), &f->a, &part) && part.n == 0);
	int64_t seen = hub_head(k.hub);
	happen(f, "conversation", 1, NULL, 0);
	assert_false(cache_get_part(k.cache, STR("\x01one"), &f->a, &part));
	cache_put_part(k.cache, STR("\x01one"), seen, &t, 1, STR("<p>old"));
	assert_false(cache_get_part(k.cache, STR("\x01one"), &f->a, &part));
	cache_put_part(k.cache, STR("\x01huge"), hub_head(k.hub), &t, 1, str_n(arena_alloc(&f->a, 20000), 20000));
	assert_false(cache_get_part(k.cache, STR("\x01huge"), &f->a, &part));
	kit_stop(&k);
}

/* A page made from an older state, put late, must not be taken. */
static void late(void **state) {
	FIXTURE(f);
	struct kit k;
	kit_start(&k, f, 1 << 20);
	int64_t seen = hub_head(k.hub);
	happen(f, "conversation", 1, NULL, 0);
	keep(&k, "one", seen, "conversation", 1, STR("old"));
	assert_false(there(&k, "one"));
	keep(&k, "one", hub_head(k.hub), "conversation", 1, STR("new"));
	assert_true(there(&k, "one"));
	keep(&k, "one", seen, "conversation", 1, STR("old")); /* nor take the place of a newer one */
	assert_true(there(&k, "one"));
	kit_stop(&k);
}

static void bounded(void **state) {
	FIXTURE(f);
	struct kit k;
	struct cache_stats s;
	char key[32], body[3000];
	kit_start(&k, f, 256 * 1024);
	for (size_t i = 0; i < sizeof body; i++) body[i] = (char)(i * 7919 >> 3); /* does not pack well */
	keep(&k, "used", 0, "conversation", 1, str_n(body, sizeof body));
	for (int i = 0; i < 300; i++) {
		snprintf(key, sizeof key, "page %d", i);
		keep(&k, key, 0, "conversation", i, str_n(body, sizeof body));
		assert_true(there(&k, "used")); /* who is asked for stays */
		cache_stats(k.cache, &s);
		assert_true(s.bytes <= 256 * 1024);
	}
	assert_true(there(&k, "page 299") && !there(&k, "page 0"));
	assert_true(s.pages > 10);
	keep(&k, "huge", 0, "conversation", 1, str_n(arena_alloc(&f->a, 20000), 20000));
	assert_false(there(&k, "huge")); /* one page must not push out the others */
	kit_stop(&k);
}

static void replaced(void **state) {
	FIXTURE(f);
	struct kit k;
	struct cache_stats s;
	kit_start(&k, f, 1 << 20);
	for (int i = 0; i < 100; i++) keep(&k, "same", 0, i % 2 ? "a" : "b", i % 5, STR("x"));
	cache_stats(k.cache, &s);
	assert_int_equal(s.pages, 1);
	for (int i = 0; i < 100; i++) { /* many pages under one topic, dropped from the middle */
		char key[32];
		snprintf(key, sizeof key, "%d", i);
		keep(&k, key, 0, i % 3 ? "conversation" : "person", 1, STR("x"));
	}
	happen(f, "person", 1, NULL, 0);
	assert_true(there(&k, "1") && !there(&k, "0") && !there(&k, "99"));
	happen(f, "conversation", 1, NULL, 0);
	cache_stats(k.cache, &s);
	assert_int_equal(s.pages, 1);
	kit_stop(&k);
}

static enum err nothing(struct db *db, void *arg) { (void)db, (void)arg; return OK; }

static void blind(void **state) {
	FIXTURE(f);
	struct kit k;
	kit_start(&k, f, 1 << 20);
	keep(&k, "one", 0, "conversation", 1, STR("1"));
	admin_exec(f, "ALTER TABLE event RENAME TO event_away");
	assert_int_equal(store_write(f->s, nothing, NULL), OK);
	assert_true(hub_is_blind(k.hub));
	assert_false(there(&k, "one"));
	admin_exec(f, "ALTER TABLE event_away RENAME TO event");
	for (int i = 0; i < 2000 && hub_is_blind(k.hub); i++) usleep(2000);
	assert_true(there(&k, "one"));
	kit_stop(&k);
}

int main(void) {
	const struct CMUnitTest tests[] = {BOTH(dropped), BOTH(parts), BOTH(late), BOTH(bounded), BOTH(replaced), BOTH(blind)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
