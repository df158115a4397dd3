/* Live streams: order, loss, ends. */
#include "http/testing.h"
#include <pthread.h>
#include <sys/resource.h>

enum { MANY = 2000 };

static struct http_server *server;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* A listener as an application keeps it: gone() takes it off the list under the lock that senders hold. */
struct ear {
	struct ear *prev, *next;
	struct http_stream *stream;
};
static struct ear *ears;
static atomic_int opened, gones, overs;

static void gone(void *arg) {
	struct ear *e = arg;
	pthread_mutex_lock(&mutex);
	if (e->prev != NULL) e->prev->next = e->next;
	else ears = e->next;
	if (e->next != NULL) e->next->prev = e->prev;
	pthread_mutex_unlock(&mutex);
	free(e);
	gones++;
}

static void hear(struct http_req *q, struct http_bytes *first) {
	struct ear *e = calloc(1, sizeof *e);
	http_set_header(q, "X-Custom", STR("yes"));
	pthread_mutex_lock(&mutex);
	e->stream = http_stream_open(q, first, gone, e);
	e->next = ears;
	if (ears != NULL) ears->prev = e;
	ears = e;
	pthread_mutex_unlock(&mutex);
	opened++;
}

static void send_all(struct str s) {
	struct http_bytes *b = http_bytes_new(s);
	pthread_mutex_lock(&mutex);
	for (struct ear *e = ears; e != NULL; e = e->next) http_stream_send(e->stream, b);
	pthread_mutex_unlock(&mutex);
	http_bytes_unref(b);
}

static void close_all(void) {
	pthread_mutex_lock(&mutex);
	for (struct ear *e = ears; e != NULL; e = e->next) http_stream_close(e->stream);
	pthread_mutex_unlock(&mutex);
}

static int64_t limit(struct http_req *q, void *ctx) {
	(void)q, (void)ctx;
	return 0;
}

static bool quick(struct http_req *q, void *ctx) {
	(void)ctx;
	if (!str_is(q->path, "/quick")) return false;
	hear(q, NULL);
	return true;
}

static enum http_when work(struct http_req *q, void *ctx, int worker) {
	(void)ctx, (void)worker;
	struct http_bytes *first = http_bytes_new(STR("data: first\n\n"));
	hear(q, first);
	http_bytes_unref(first);
	if (!str_is(q->path, "/later")) return HTTP_DONE;
	http_answer(q);
	return HTTP_LATER;
}

static void refuse(struct http_req *q, void *ctx, int status, const char *why) {
	(void)ctx, (void)why;
	q->res.status = status;
}

static void over(struct http_req *q, void *ctx) {
	(void)q, (void)ctx;
	overs++;
}

static struct http_server *start(struct http_options o) {
	static const struct http_handlers h = {.limit = limit, .quick = quick, .work = work, .refuse = refuse, .over = over};
	struct arena a = {0};
	struct str why;
	struct http_server *s;
	o.listen = "127.0.0.1:0";
	o.loops = o.workers = 2;
	assert_int_equal(http_start(&o, &h, &a, &s, &why), OK);
	arena_done(&a);
	return s;
}

static int setup(void **state) {
	(void)state;
	struct rlimit r;
	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	server = start((struct http_options){0});
	return 0;
}

static int teardown(void **state) {
	(void)state;
	assert_true(http_stop(server, 1000));
	assert_int_equal(opened, gones);
	assert_null(ears);
	return 0;
}

static void wait_for(const char *what, atomic_int *n, int want) {
	for (int i = 0; i < 500 && *n != want; i++) usleep(10000);
	if (*n != want) fail_msg("%s: %d instead of %d", what, *n, want);
}

static int open_stream(const char *path) {
	char line[200];
	int fd = dial(http_port(server));
	snprintf(line, sizeof line, "GET %s HTTP/1.1\r\n" HOST "Accept: text/event-stream\r\n\r\n", path);
	put(fd, str_c(line));
	return fd;
}

static void opens_and_closes(void **state) {
	static const char *const paths[] = {"/quick", "/worker", "/later"};
	struct arena a = {0};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		bool end;
		int before = gones, overs_before = overs, fd = open_stream(paths[i]);
		struct str s = get(&a, fd, 2000, i == 0 ? "\r\n\r\n" : "first\n\n", &end);
		assert_string_equal(statuses(&a, s), "200");
		assert_true(str_has(s, STR("Content-Type: text/event-stream\r\n")) && str_has(s, STR("Cache-Control: no-store\r\n")));
		assert_true(str_has(s, STR("X-Accel-Buffering: no\r\n")) && str_has(s, STR("X-Custom: yes\r\n")));
		assert_false(str_has(s, STR("Content-Length")));
		wait_for("request over", &overs, overs_before + 1);
		assert_int_equal(http_streams(server), 1);
		send_all(STR("data: 1\n\n"));
		send_all(STR("data: 2\n\n"));
		s = get(&a, fd, 2000, "2\n\n", &end);
		assert_true(str_is(s, "data: 1\n\ndata: 2\n\n"));
		send_all(STR("data: 3\n\n"));
		close_all();
		s = get(&a, fd, 2000, NULL, &end);
		assert_true(str_is(s, "data: 3\n\n") && end);
		wait_for("gone", &gones, before + 1);
		close(fd);
	}
	assert_int_equal(http_streams(server), 0);
	arena_done(&a);
}

static void head_is_no_stream(void **state) {
	struct arena a = {0};
	bool end;
	int before = gones;
	(void)state;
	struct str s = talk(&a, http_port(server), STR("HEAD /worker HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), &end);
	assert_string_equal(statuses(&a, s), "200");
	assert_true(end && str_has(s, STR("text/event-stream")));
	wait_for("gone", &gones, before + 1);
	arena_done(&a);
}

static void client_goes(void **state) {
	(void)state;
	int before = gones, fd[100];
	for (int i = 0; i < 100; i++) fd[i] = open_stream(i % 2 ? "/quick" : "/worker");
	for (int i = 0; i < 500 && http_streams(server) < 100; i++) usleep(10000);
	for (int i = 0; i < 100; i += 2) close(fd[i]);
	wait_for("gone", &gones, before + 50);
	assert_int_equal(http_streams(server), 50);
	for (int i = 1; i < 100; i += 2) close(fd[i]);
	wait_for("gone", &gones, before + 100);
}

/* A client that does not read: what the socket's buffers take arrives whole, then the oldest waiting are lost and said so. */
static void slow_reader_loses_the_oldest(void **state) {
	struct arena a = {0};
	char line[1100];
	bool end;
	(void)state;
	int fd = dial(http_port(server)), small = 32768;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	put(fd, STR("GET /quick HTTP/1.1\r\n" HOST "\r\n"));
	get(&a, fd, 2000, "\r\n\r\n", &end);
	for (int i = 0; i < 600; i++) {
		snprintf(line, sizeof line, "data: %08d %0*d\n\n", i, 1000, 0);
		send_all(str_c(line));
		if (i % 20 == 0) usleep(1000);
	}
	usleep(100000);
	send_all(STR("data: end\n\n"));
	struct str s = get(&a, fd, 3000, "data: end\n\n", &end);
	int expected = 0, lost = 0, losses = 0, lost_in_all = 0;
	while (s.n > 0) {
		ptrdiff_t at = s.n > 12 && str_starts(s, STR("data: 0")) ? 1019 : -1;
		if (str_starts(s, STR("event: lost\ndata: "))) {
			lost = atoi(s.p + 18);
			losses++;
			expected += lost;
			lost_in_all += lost;
			s = str_from(s, (size_t)((const char *)memmem(s.p, s.n, "\n\n", 2) - s.p) + 2);
		} else if (at > 0) {
			int number = atoi(s.p + 6);
			if (number != expected) fail_msg("message %d where %d was due", number, expected);
			expected++;
			s = str_from(s, (size_t)at - 2);
			while (s.n > 0 && s.p[0] == '\n') s = str_from(s, 1);
		} else {
			assert_true(str_starts(s, STR("data: end\n\n")));
			break;
		}
	}
	assert_true(losses >= 1 && lost_in_all > 100);
	assert_int_equal(expected, 600);
	int before = gones;
	close(fd);
	wait_for("gone", &gones, before + 1);
	arena_done(&a);
}

/* Everybody gets everything in order, while others come and go. */
static void many(void **state) {
	static int fd[MANY];
	struct arena a = {0};
	char line[64];
	bool end;
	(void)state;
	int before = gones;
	for (int i = 0; i < MANY; i++) fd[i] = open_stream(i % 2 ? "/quick" : "/later");
	for (int i = 0; i < 1000 && http_streams(server) < MANY; i++) usleep(10000);
	assert_int_equal(http_streams(server), MANY);
	for (int i = 0; i < 20; i++) {
		snprintf(line, sizeof line, "id: %d\ndata: x\n\n", i);
		send_all(str_c(line));
		close(open_stream("/worker"));
	}
	for (int i = 0; i < MANY; i++) {
		struct arena_mark m = arena_mark(&a);
		struct str s = get(&a, fd[i], 10000, "id: 19\ndata: x\n\n", &end);
		const char *at = memmem(s.p, s.n, "id: 0\n", 6);
		if (at == NULL) fail_msg("stream %d got " STR_FMT, i, STR_ARG(s));
		s = str_from(s, (size_t)(at - s.p));
		for (int j = 0; j < 20; j++) {
			int n = snprintf(line, sizeof line, "id: %d\ndata: x\n\n", j);
			if (!str_starts(s, str_c(line))) fail_msg("stream %d lacks %d", i, j);
			s = str_from(s, (size_t)n);
		}
		arena_reset(&a, m);
	}
	for (int i = 0; i < MANY; i++) close(fd[i]);
	wait_for("gone", &gones, before + MANY + 20);
	arena_done(&a);
}

static void too_many_are_refused(void **state) {
	struct arena a = {0};
	bool end;
	(void)state;
	struct http_server *old = server;
	server = start((struct http_options){.connections_max = 3});
	int before = gones, fd[3];
	for (int i = 0; i < 3; i++) {
		fd[i] = open_stream("/worker");
		get(&a, fd[i], 2000, "first\n\n", &end);
	}
	struct str s = talk(&a, http_port(server), STR("GET /worker HTTP/1.1\r\n" HOST "\r\n"), &end);
	assert_string_equal(statuses(&a, s), "503");
	assert_true(str_has(s, STR("Retry-After: ")));
	wait_for("gone", &gones, before + 1);
	assert_true(http_stop(server, 1000));        /* ends the three */
	assert_int_equal(gones, before + 4);
	get(&a, fd[0], 1000, NULL, &end);
	assert_true(end);
	for (int i = 0; i < 3; i++) close(fd[i]);
	server = old;
	arena_done(&a);
}

static atomic_bool chatter;

static void *chat(void *arg) {
	(void)arg;
	while (chatter) {
		send_all(STR("data: chat\n\n"));
		usleep(100);
	}
	return NULL;
}

/* Sends, closes, clients that leave and the end of the server, all at once: for the sanitizers. */
static void everything_at_once(void **state) {
	(void)state;
	struct http_server *old = server;
	server = start((struct http_options){0});
	chatter = true;
	pthread_t t[2];
	for (int i = 0; i < 2; i++) pthread_create(&t[i], NULL, chat, NULL);
	int fd[60];
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 60; i++) fd[i] = open_stream(i % 3 == 0 ? "/quick" : i % 3 == 1 ? "/worker" : "/later");
		if (round % 2) close_all();
		for (int i = 0; i < 60; i++) close(fd[i]);
	}
	for (int i = 0; i < 60; i++) fd[i] = open_stream("/quick");
	usleep(50000);
	assert_true(http_stop(server, 1000));
	chatter = false;
	for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
	for (int i = 0; i < 60; i++) close(fd[i]);
	assert_int_equal(opened, gones);
	server = old;
}

static void heartbeat(void **state) {
	struct arena a = {0};
	bool end;
	(void)state;
	struct http_server *old = server;
	server = start((struct http_options){.beat_seconds = 1});
	int fd = open_stream("/worker");
	get(&a, fd, 2000, "first\n\n", &end);
	struct str s = get(&a, fd, 3000, ":\n\n:\n\n", &end);
	assert_true(str_is(s, ":\n\n:\n\n"));
	assert_true(http_stop(server, 1000));
	close(fd);
	server = old;
	arena_done(&a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_and_closes),
		cmocka_unit_test(head_is_no_stream),
		cmocka_unit_test(client_goes),
		cmocka_unit_test(slow_reader_loses_the_oldest),
		cmocka_unit_test(many),
		cmocka_unit_test(too_many_are_refused),
		cmocka_unit_test(everything_at_once),
		cmocka_unit_test(heartbeat),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
