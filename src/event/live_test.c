/* Who hears what: topics and audiences, what was missed, and nothing lost while the log grows under an opening stream. */
#include "db/test_int.h"
#include "event/live.h"
#include "http/testing.h"
#include <pthread.h>

/* ------------------------------------------------------------- no server */

static void topics(void **state) {
	(void)state;
	struct live_topic t[LIVE_TOPICS_MAX];
	int n;
	assert_true(live_topics(STR("conversation:12,conversations"), t, &n));
	assert_int_equal(n, 2);
	assert_string_equal(t[0].kind, "conversation");
	assert_int_equal(t[0].id, 12);
	assert_string_equal(t[1].kind, "conversations");
	assert_int_equal(t[1].id, 0);
	static const char *const wrong[] = {"", ",", "a,,b", "a:", "a:0", "a:-1", "a:x", "a:1:2", "A:1", "a\":1", "a b", "<i>:1",
		"a123456789012345678901234", "a:99999999999999999999", "a,b,c,d,e,f,g,h,i"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (live_topics(str_c(wrong[i]), t, &n)) fail_msg("'%s' was taken", wrong[i]);
	assert_false(live_topics(STR_NONE, t, &n));
}

static struct str message(struct arena *a, const struct event *e, const char *text, enum audience widest) {
	struct live_topic t[LIVE_TOPICS_MAX];
	struct buf b;
	int n;
	assert_true(live_topics(str_c(text), t, &n));
	buf_init(&b, 4096);
	struct str s = live_message(e, t, n, widest, &b) ? str_copy(a, buf_str(&b)) : STR_NONE;
	buf_done(&b);
	return s;
}

static void messages(void **state) {
	struct arena a = {0};
	(void)state;
	struct event e = {.seq = 9, .verb = "create", .object_kind = "message", .object_id = 3, .target_kind = "conversation", .target_id = 12,
	                  .audience = AUDIENCE_PUBLIC, .data = STR("{}")};
	struct str all = STR("id: 9\ndata: {\"refresh\":[\"message:3\",\"conversation:12\",\"conversations\"]}\n\n");
	assert_true(str_eq(message(&a, &e, "conversation:12", AUDIENCE_PUBLIC), all));
	assert_true(str_eq(message(&a, &e, "conversations", AUDIENCE_PUBLIC), all));
	assert_true(str_none(message(&a, &e, "conversation:13", AUDIENCE_STAFF)));
	assert_true(str_none(message(&a, &e, "person:12", AUDIENCE_STAFF)));

	static const enum audience widths[] = {AUDIENCE_PUBLIC, AUDIENCE_MEMBERS, AUDIENCE_PRIVATE, AUDIENCE_STAFF};
	for (size_t of = 0; of < 4; of++)
		for (size_t who = 0; who < 4; who++) {
			e.audience = widths[of];
			assert_int_equal(!str_none(message(&a, &e, "conversation:12", widths[who])), of <= who);
			bool listed = !str_none(message(&a, &e, "conversations", widths[who]));
			assert_int_equal(listed, of == 0); /* the list of all is public */
		}

	struct event vote = {.seq = 10, .verb = "like", .object_kind = "conversation", .object_id = 12, .audience = AUDIENCE_PUBLIC,
	                     .data = STR("{\"votes\":215}")};
	assert_true(str_eq(message(&a, &vote, "conversation:12", AUDIENCE_PUBLIC), STR("id: 10\ndata: {\"votes\":{\"12\":215}}\n\n")));
	vote.object_kind = "message"; /* its id is not a conversation's */
	assert_true(str_has(message(&a, &vote, "message:12", AUDIENCE_PUBLIC), STR("refresh")));
	vote.data = STR("not JSON");
	assert_true(str_has(message(&a, &vote, "message:12", AUDIENCE_PUBLIC), STR("refresh")));
	arena_done(&a);
}

/* ---------------------------------------------------------------- a server */

struct app {
	struct fixture *f;
	struct store *store;
	struct hub *hub;
	struct live *live;
	struct http_server *server;
	struct db *reader[4];
	enum audience widest;
	int hold_ms;       /* between the worker's first read and opening the stream */
};

static int64_t limit(struct http_req *q, void *ctx) { (void)q, (void)ctx; return 0; }
static bool quick(struct http_req *q, void *ctx) { (void)q, (void)ctx; return false; }
static void over(struct http_req *q, void *ctx) { (void)q, (void)ctx; }
static void refuse(struct http_req *q, void *ctx, int status, const char *why) { (void)ctx, (void)why; q->res.status = status; }

/* GET /TOPICS[?AFTER] */
static enum http_when serve(struct http_req *q, void *ctx, int worker) {
	struct app *app = ctx;
	struct live_topic t[LIVE_TOPICS_MAX];
	int n;
	int64_t after = -1, head;
	if (app->reader[worker] == NULL) assert_int_equal(store_reader(app->store, &app->reader[worker]), OK);
	struct db *db = app->reader[worker];
	assert_int_equal(db_read_begin(db), OK);
	assert_int_equal(event_head(db, &head), OK); /* the read transaction's moment */
	if (app->hold_ms) usleep((useconds_t)app->hold_ms * 1000);
	str_int(q->query, &after);
	assert_true(live_topics(str_from(q->path, 1), t, &n));
	assert_int_equal(live_open(app->live, q, db, t, n, app->widest, after), OK);
	db_read_end(db);
	return HTTP_DONE;
}

static void app_start(struct app *app, struct fixture *f) {
	int done;
	struct str why;
	*app = (struct app){.f = f, .store = f->s};
	assert_int_equal(store_migrate(f->s, &f->a, &done, NULL), OK);
	app->hub = hub_new(f->s);
	app->live = live_new(app->hub);
	assert_int_equal(hub_start(app->hub), OK);
	struct http_options o = {.listen = "127.0.0.1:0", .loops = 2, .workers = 4};
	struct http_handlers h = {.limit = limit, .quick = quick, .work = serve, .refuse = refuse, .over = over, .ctx = app};
	assert_int_equal(http_start(&o, &h, &f->a, &app->server, &why), OK);
}

static void app_stop(struct app *app) {
	assert_true(http_stop(app->server, 5000));
	hub_stop(app->hub);
	assert_int_equal(live_streams(app->live), 0);
	live_free(app->live);
	for (int i = 0; i < 4; i++) db_close(app->reader[i]);
}

static int open_stream(struct app *app, const char *topics_and_after) {
	int fd = dial(http_port(app->server));
	put(fd, str_fmt(&app->f->a, "GET /%s HTTP/1.1\r\n" HOST "\r\n", topics_and_after));
	return fd;
}

static enum err append(struct db *db, void *arg) { return event_append(db, arg, NULL); }

static void say(struct app *app, int64_t conversation, enum audience audience) {
	struct event e = {.verb = "update", .object_kind = "conversation", .object_id = conversation, .audience = audience};
	assert_int_equal(store_write(app->store, append, &e), OK);
}

/* What comes until nothing came for wait_ms, or the id stands in it. */
static struct str hear_all(struct app *app, int fd, const char *until) {
	bool end;
	struct str s = get(&app->f->a, fd, until ? 5000 : 400, until, &end);
	close(fd);
	return s;
}

static void told(void **state) {
	FIXTURE(f);
	struct app app;
	app_start(&app, f);
	int one = open_stream(&app, "conversation:1"), all = open_stream(&app, "conversations,conversation:2");
	for (int i = 0; i < 500 && live_streams(app.live) < 2; i++) usleep(5000);
	say(&app, 1, AUDIENCE_PUBLIC);
	say(&app, 1, AUDIENCE_STAFF);
	say(&app, 2, AUDIENCE_PUBLIC);
	say(&app, 3, AUDIENCE_MEMBERS);
	struct str s = hear_all(&app, one, NULL);
	assert_true(str_has(s, STR("id: 0\n\n")));
	assert_true(str_has(s, STR("id: 1\ndata: {\"refresh\":[\"conversation:1\",\"conversations\"]}\n\n")));
	assert_false(str_has(s, STR("id: 2\n")));
	assert_false(str_has(s, STR("id: 3\n")));
	s = hear_all(&app, all, NULL);
	assert_true(str_has(s, STR("id: 1\n")) && str_has(s, STR("id: 3\n")));
	assert_false(str_has(s, STR("id: 2\n")) || str_has(s, STR("id: 4\n")));
	app_stop(&app);
}

static void missed(void **state) {
	FIXTURE(f);
	struct app app;
	app_start(&app, f);
	for (int i = 0; i < 10; i++) say(&app, i % 2 + 1, AUDIENCE_PUBLIC);
	say(&app, 1, AUDIENCE_STAFF);
	struct str s = hear_all(&app, open_stream(&app, "conversation:1,conversation:3?4"), NULL);
	assert_false(str_has(s, STR("id: 3\n")) || str_has(s, STR("id: 6\n")) || str_has(s, STR("id: 11\ndata")));
	assert_true(str_has(s, STR("id: 5\n")) && str_has(s, STR("id: 7\n")) && str_has(s, STR("id: 9\n")));
	assert_true(str_has(s, STR("id: 11\n\n")));
	/* Both topics are of the same events: each is told once. */
	s = hear_all(&app, open_stream(&app, "conversation:1,conversations?8"), NULL);
	const char *first = memmem(s.p, s.n, "id: 9\n", 6);
	assert_non_null(first);
	assert_null(memmem(first + 1, s.n - (size_t)(first + 1 - s.p), "id: 9\n", 6));
	/* Too much: the topic is to be asked for again, the other stays. */
	for (int i = 0; i <= LIVE_REPLAY_MAX; i++) say(&app, 4, AUDIENCE_PUBLIC);
	s = hear_all(&app, open_stream(&app, "conversation:1,conversation:4?8"), NULL);
	assert_true(str_has(s, STR("id: 9\n")));
	assert_true(str_has(s, STR("data: {\"refresh\":[\"conversation:4\"]}\n\n")));
	assert_false(str_has(s, STR("id: 20\n")));
	/* A position of the future, or none: nothing old. */
	s = hear_all(&app, open_stream(&app, "conversation:1?99999"), NULL);
	assert_false(str_has(s, STR("data")));
	s = hear_all(&app, open_stream(&app, "conversation:1"), NULL);
	assert_false(str_has(s, STR("data")));
	app_stop(&app);
}

/* The worker's read transaction began before the event; the stream opens after it. */
static void not_lost_between(void **state) {
	FIXTURE(f);
	struct app app;
	app_start(&app, f);
	app.hold_ms = 300;
	say(&app, 1, AUDIENCE_PUBLIC);
	int fd = open_stream(&app, "conversation:1?1");
	usleep(150000);
	say(&app, 1, AUDIENCE_PUBLIC);
	assert_true(str_has(hear_all(&app, fd, "id: 2\n"), STR("id: 2\ndata")));
	app_stop(&app);
}

struct talker {
	pthread_t thread;
	struct app *app;
	_Atomic bool stop;
	int64_t said;
};

static void *write_on(void *arg) {
	struct talker *t = arg;
	while (!t->stop) {
		struct event e = {.verb = "update", .object_kind = "conversation", .object_id = 1, .audience = AUDIENCE_PUBLIC};
		if (store_write(t->app->store, append, &e) == OK) t->said++;
		usleep(1500);
	}
	return NULL;
}

/* Streams opening while the log grows: from the position given on, every event comes, in what was replayed or live. */
static void race(void **state) {
	FIXTURE(f);
	struct app app;
	app_start(&app, f);
	struct talker t = {.app = &app};
	pthread_create(&t.thread, NULL, write_on, &t);
	int fd[24];
	int64_t from[24];
	for (int i = 0; i < 24; i++) {
		usleep(4000);
		from[i] = hub_head(app.hub);
		fd[i] = open_stream(&app, str_fmt(&f->a, "conversation:1?%lld", (long long)from[i]).p);
	}
	for (int i = 0; i < 1000 && live_streams(app.live) < 24; i++) usleep(2000);
	usleep(50000);
	t.stop = true;
	pthread_join(t.thread, NULL);
	int64_t last = t.said;
	for (int i = 0; i < 24; i++) {
		struct str s = hear_all(&app, fd[i], str_fmt(&f->a, "id: %lld\ndata", (long long)last).p);
		for (int64_t seq = from[i] + 1; seq <= last; seq++)
			if (!str_has(s, str_fmt(&f->a, "id: %lld\ndata", (long long)seq))) fail_msg("stream %d from %lld missed %lld of %lld", i, (long long)from[i], (long long)seq, (long long)last);
	}
	app_stop(&app);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(topics), cmocka_unit_test(messages), BOTH(told), BOTH(missed), BOTH(not_lost_between), BOTH(race)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
