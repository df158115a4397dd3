/* Requests, bodies, workers, refusals, stopping. */
#include "http/testing.h"
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static struct http_server *server;
static struct http_prepared *page;
static atomic_int overs, limits;
static sem_t gate;                       /* /wait waits for it */
static struct http_req *held;            /* /later */
static sem_t is_held;

static int64_t limit(struct http_req *q, void *ctx) {
	(void)ctx;
	limits++;
	if (str_is(q->path, "/missing")) return -404;
	if (str_is(q->method, "GET") || str_is(q->method, "HEAD")) return 0;
	return str_is(q->path, "/small") ? 10 : 8 << 20;
}

static void text(struct http_req *q, int status, struct str s) {
	q->res.status = status;
	q->res.body = http_bytes_new(s);
	http_set_header(q, "Content-Type", STR("text/plain"));
}

static bool quick(struct http_req *q, void *ctx) {
	(void)ctx;
	if (str_is(q->path, "/quick")) {
		text(q, 200, STR("quick"));
		return true;
	}
	if (!str_is(q->path, "/page")) return false;
	q->res.prepared = http_prepared_ref(page);
	if (str_is(http_header(q, "if-none-match"), "\"1\"")) q->res.status = 304;
	return true;
}

static enum http_when again(struct http_req *q, void *ctx, int worker) {
	(void)ctx;
	text(q, 200, str_fmt(&q->arena, "again %d", worker));
	return HTTP_DONE;
}

static void *answer_later(void *arg) {
	struct http_req *q = arg;
	usleep(20000);
	text(q, 201, STR("later"));
	http_answer(q);
	return NULL;
}

static void echo(struct http_req *q) {
	struct str body;
	enum err e = http_body(q, 8 << 20, &body);
	if (e != OK) {
		text(q, err_status(e), STR(""));
		return;
	}
	unsigned sum = 0;
	for (size_t i = 0; i < body.n; i++) sum = sum * 31 + (unsigned char)body.p[i];
	text(q, 200, str_fmt(&q->arena, "%s %zu %u %s", q->body_fd >= 0 ? "file" : "memory", body.n, sum,
	                     body.n < 100 ? str_z(&q->arena, body) : ""));
}

static void show(struct http_req *q) {
	text(q, 200, str_fmt(&q->arena, "method=" STR_FMT " path=" STR_FMT " query=" STR_FMT " peer=" STR_FMT " secure=%d a=" STR_FMT,
	                     STR_ARG(q->method), STR_ARG(q->path), STR_ARG(q->query), STR_ARG(q->peer), q->secure,
	                     STR_ARG(http_header(q, "X-A"))));
}

static enum http_when work(struct http_req *q, void *ctx, int worker) {
	(void)ctx, (void)worker;
	q->user = malloc(10);
	if (str_is(q->path, "/echo") || str_is(q->path, "/small")) echo(q);
	else if (str_starts(q->path, STR("/show"))) show(q);
	else if (str_is(q->path, "/evil")) {
		text(q, 302, STR(""));
		http_set_header(q, "Location", STR("/a\r\nSet-Cookie: b=c"));
	} else if (str_is(q->path, "/file")) {
		q->res.body_fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
		q->res.body_fd_bytes = 100000;
		q->res.status = 200;
	} else if (str_is(q->path, "/empty")) q->res.status = 204;
	else if (str_is(q->path, "/wait")) {
		sem_wait(&gate);
		text(q, 200, STR("waited"));
	} else if (str_is(q->path, "/again")) {
		http_again(q, again);
		return HTTP_LATER;
	} else if (str_is(q->path, "/later")) {
		pthread_t t;
		pthread_create(&t, NULL, answer_later, q);
		pthread_detach(t);
		return HTTP_LATER;
	} else if (str_is(q->path, "/hold")) {
		held = q;
		sem_post(&is_held);
		return HTTP_LATER;
	}
	return HTTP_DONE;
}

static void refuse(struct http_req *q, void *ctx, int status, const char *why) {
	(void)ctx;
	text(q, status, str_c(why));
}

static void over(struct http_req *q, void *ctx) {
	(void)ctx;
	overs++;
	free(q->user);
	q->user = NULL;
}

static struct http_server *start(struct http_options o) {
	static const struct http_handlers h = {.limit = limit, .quick = quick, .work = work, .refuse = refuse, .over = over};
	struct arena a = {0};
	struct str why;
	struct http_server *s;
	o.listen = "127.0.0.1:0";
	if (o.loops == 0) o.loops = 2;
	if (o.workers == 0) o.workers = 2;
	assert_int_equal(http_start(&o, &h, &a, &s, &why), OK);
	arena_done(&a);
	return s;
}

static int setup(void **state) {
	(void)state;
	struct http_response r = {.status = 200, .body = http_bytes_new(STR("the page"))};
	r.header[0].name = "ETag";
	r.header[0].value = STR("\"1\"");
	r.headers = 1;
	page = http_prepare(&r);
	http_bytes_unref(r.body);
	sem_init(&gate, 0, 0);
	sem_init(&is_held, 0, 0);
	server = start((struct http_options){0});
	return 0;
}

static int teardown(void **state) {
	(void)state;
	assert_true(http_stop(server, 2000));
	http_prepared_unref(page);
	assert_true(overs > 0);
	return 0;
}

/* Sends text and expects the statuses, and the part in what came. */
static void expect_at(int port, struct str input, const char *want, const char *part, bool want_end) {
	struct arena a = {0};
	bool end;
	struct str s = talk(&a, port, input, &end);
	const char *got = statuses(&a, s);
	if (strcmp(got, want) != 0 || (part != NULL && !str_has(s, str_c(part))) || end != want_end)
		fail_msg("sent: %.300s\nwanted %s '%s' %s\ngot %s %s: " STR_FMT, str_z(&a, input), want, part ? part : "",
		         want_end ? "end" : "open", got, end ? "end" : "open", STR_ARG(str_first(s, 1000)));
	arena_done(&a);
}

#define expect(input, want, part, end) expect_at(http_port(server), STR(input), want, part, end)

static void answers(void **state) {
	(void)state;
	expect("GET /quick HTTP/1.1\r\n" HOST "\r\n", "200", "\r\n\r\nquick", false);
	expect("GET /quick HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", "200", "Connection: close", true);
	expect("GET /quick HTTP/1.0\r\n\r\n", "200", "quick", true);
	expect("GET /page HTTP/1.1\r\n" HOST "\r\n", "200", "ETag: \"1\"", false);
	expect("GET /page HTTP/1.1\r\n" HOST "If-None-Match: \"1\"\r\n\r\n", "304", "ETag: \"1\"", false);
	expect("GET /again HTTP/1.1\r\n" HOST "\r\n", "200", "again", false);
	expect("GET /later HTTP/1.1\r\n" HOST "\r\n", "201", "later", false);
	expect("GET /empty HTTP/1.1\r\n" HOST "\r\n", "204", NULL, false);
	expect("GET /none HTTP/1.1\r\n" HOST "\r\n", "500", "no answer", false);
	expect("GET /evil HTTP/1.1\r\n" HOST "\r\n", "500", NULL, false);
	expect("GET /missing HTTP/1.1\r\n" HOST "\r\n", "404", "cannot be taken", true);
}

static void text_is_as_sent(void **state) {
	(void)state;
	expect("GET /show/%41?b=%20&c=+&&=d HTTP/1.1\r\n" HOST "X-A:  x \t\r\n\r\n", "200",
	       "method=GET path=/show/%41 query=b=%20&c=+&&=d peer=127.0.0.1 secure=0 a=x", false);
	expect("GET /show? HTTP/1.1\r\n" HOST "X-A:\r\n\r\n", "200", "path=/show query= peer=127.0.0.1 secure=0 a=", false);
	expect("GET /show??a?b HTTP/1.1\r\n" HOST "X-Forwarded-For: 1.2.3.4\r\n\r\n", "200", "query=?a?b peer=127.0.0.1", false);
	expect("DELETE /show HTTP/1.1\r\n" HOST "\r\n", "200", "method=DELETE", false);
	expect("PATCH /show HTTP/1.1\r\n" HOST "\r\n", "200", "method=PATCH", false);
}

static void head_has_no_body(void **state) {
	(void)state;
	struct arena a = {0};
	bool end;
	struct str s = talk(&a, http_port(server), STR("HEAD /page HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), &end);
	assert_true(str_has(s, STR("Content-Length: 8")));
	assert_int_equal(body_of(s).n, 0);
	s = talk(&a, http_port(server), STR("HEAD /show HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), &end);
	assert_true(str_has(s, STR("Content-Length: ")));
	assert_int_equal(body_of(s).n, 0);
	arena_done(&a);
}

static void files_are_sent(void **state) {
	(void)state;
	struct arena a = {0};
	bool end;
	struct str s = talk(&a, http_port(server), STR("GET /file HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), &end);
	assert_int_equal(body_of(s).n, 100000);
	assert_memory_equal(body_of(s).p, "\177ELF", 4);
	arena_done(&a);
}

static void bodies(void **state) {
	(void)state;
	expect("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello", "200", "memory 5 99162322 hello", false);
	expect("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", "200", "memory 0 0", false);
	expect("POST /echo HTTP/1.1\r\n" HOST "\r\n", "200", "memory 0 0", false);
	expect("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", "200",
	       "memory 5 99162322 hello", true);
	expect("POST /small HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\n0123456789", "200", "memory 10", false);
	expect("POST /small HTTP/1.1\r\n" HOST "Content-Length: 11\r\n\r\n01234567890", "413", "too large", true);
	expect("POST /small HTTP/1.1\r\n" HOST "Content-Length: 999999999999\r\n\r\n", "413", "too large", true);
	expect("POST /small HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\nhello!\r\n0\r\n\r\n", "413",
	       "too large", true);
	expect("GET /quick HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", "413", NULL, true);
}

static void large_bodies(void **state) {
	(void)state;
	struct arena a = {0};
	static const size_t sizes[] = {HTTP_BODY_MEMORY, HTTP_BODY_MEMORY + 1, 5 << 20};
	for (size_t i = 0; i < 6; i++) {
		size_t n = sizes[i % 3];
		bool chunked = i >= 3, end;
		char *body = arena_alloc(&a, n);
		unsigned sum = 0;
		for (size_t j = 0; j < n; j++) sum = sum * 31 + (unsigned char)(body[j] = (char)(j * 7));
		int fd = dial(http_port(server));
		if (chunked)
			put(fd, str_fmt(&a, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", n));
		else
			put(fd, str_fmt(&a, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n", n));
		assert_true(put(fd, str_n(body, n)));
		if (chunked) put(fd, STR("\r\n0\r\n\r\n"));
		struct str want = str_fmt(&a, "%s %zu %u ", n > HTTP_BODY_MEMORY ? "file" : "memory", n, sum);
		struct str s = get(&a, fd, 5000, want.p, &end);
		if (!str_has(s, want)) fail_msg("wanted %s, got " STR_FMT, want.p, STR_ARG(s));
		close(fd);
	}
	/* the client sends more than it may, all of it, and still gets to read why not */
	size_t n = 9 << 20;
	char *body = arena_alloc(&a, n);
	bool end;
	int fd = dial(http_port(server));
	put(fd, str_fmt(&a, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n", n));
	put(fd, str_n(body, n / 2));
	struct str s = get(&a, fd, 2000, "too large", &end);
	assert_string_equal(statuses(&a, s), "413");
	close(fd);
	arena_done(&a);
}

static void full_disk(void **state) {
	(void)state;
	struct arena a = {0};
	bool end;
	setenv("TMPDIR", "/proc", 1);   /* where no file can be made */
	int fd = dial(http_port(server));
	put(fd, STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 300000\r\n\r\n"));
	put(fd, str_n(arena_alloc(&a, 300000), 300000));
	struct str s = get(&a, fd, 2000, "no room", &end);
	unsetenv("TMPDIR");
	assert_string_equal(statuses(&a, s), "507");
	close(fd);
	arena_done(&a);
}

static void expect_continue(void **state) {
	(void)state;
	struct arena a = {0};
	bool end;
	int fd = dial(http_port(server));
	put(fd, STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
	struct str s = get(&a, fd, 2000, "100 Continue\r\n\r\n", &end);
	assert_string_equal(statuses(&a, s), "100");
	put(fd, STR("hello"));
	s = get(&a, fd, 2000, "hello", &end);
	assert_string_equal(statuses(&a, s), "200");
	close(fd);
	expect("POST /small HTTP/1.1\r\n" HOST "Content-Length: 500\r\nExpect: 100-continue\r\n\r\n", "413", NULL, true);
	arena_done(&a);
}

static void keep_alive_and_pipelines(void **state) {
	(void)state;
	struct arena a = {0};
	bool end;
	int fd = dial(http_port(server));
	for (int i = 0; i < 300; i++) {
		const char *path = i % 3 == 0 ? "quick" : i % 3 == 1 ? "show" : "page";
		put(fd, str_fmt(&a, "GET /%s?%d HTTP/1.1\r\n" HOST "\r\n", path, i));
		struct str s = get(&a, fd, 2000, i % 3 == 1 ? "a=" : path, &end);
		assert_string_equal(statuses(&a, s), "200");
		if (i % 3 == 1) assert_true(str_has(s, str_fmt(&a, "query=%d ", i)));
	}
	close(fd);
	expect("GET /quick HTTP/1.1\r\n" HOST "\r\nGET /show HTTP/1.1\r\n" HOST "\r\nGET /page HTTP/1.1\r\n" HOST "\r\n",
	       "200,200,200", "the page", false);
	arena_done(&a);
}

static void queue_is_bounded(void **state) {
	(void)state;
	struct arena a = {0};
	struct http_server *s = start((struct http_options){.workers = 1, .waiting_max = 3});
	int fd[10];
	for (int i = 0; i < 10; i++) {
		fd[i] = dial(http_port(s));
		put(fd[i], STR("GET /wait HTTP/1.1\r\n" HOST "\r\n"));
		usleep(i == 0 ? 200000 : 5000);
	}
	usleep(100000);
	expect_at(http_port(s), STR("GET /quick HTTP/1.1\r\n" HOST "\r\n"), "200", "quick", false);
	struct http_stats st;
	http_stats(s, &st);
	assert_int_equal(st.waiting, 3);
	assert_int_equal(st.refused, 6);
	for (int i = 0; i < 4; i++) sem_post(&gate);
	int good = 0, busy = 0;
	for (int i = 0; i < 10; i++) {
		bool end;
		struct str r = get(&a, fd[i], 1000, "wait", &end);
		good += str_has(r, STR("200 OK"));
		busy += str_has(r, STR("503 ")) && str_has(r, STR("Retry-After: "));
		close(fd[i]);
	}
	assert_int_equal(good, 4);
	assert_int_equal(busy, 6);
	assert_true(http_stop(s, 1000));
	arena_done(&a);
}

static void proxy(void **state) {
	(void)state;
	struct http_server *s = start((struct http_options){.trust_proxy = true});
	expect_at(http_port(s), STR("GET /show HTTP/1.1\r\n" HOST "X-Forwarded-For: 6.6.6.6, 9.9.9.9\r\nX-Forwarded-Proto: https\r\n\r\n"),
	          "200", "peer=9.9.9.9 secure=1", false);
	expect_at(http_port(s), STR("GET /show HTTP/1.1\r\n" HOST "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2001:db8::1\r\n\r\n"),
	          "200", "peer=2001:db8::1 secure=0", false);
	expect_at(http_port(s), STR("GET /show HTTP/1.1\r\n" HOST "X-Forwarded-For: <b>\r\n\r\n"), "200", "peer=127.0.0.1", false);
	assert_true(http_stop(s, 1000));
}

static void addresses(void **state) {
	(void)state;
	static const struct http_handlers h = {.limit = limit, .quick = quick, .work = work, .refuse = refuse, .over = over};
	struct arena a = {0};
	struct http_server *s;
	struct str why;
	static const char *const bad[] = {"", "8080", "localhost:", ":80", "localhost:99999", "no.such.host.invalid:80", "[::1:80"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct http_options o = {.listen = bad[i], .loops = 1, .workers = 1};
		assert_int_equal(http_start(&o, &h, &a, &s, &why), ERR_INVALID);
		assert_true(why.n > 10);
	}
	char taken[64];
	snprintf(taken, sizeof taken, "127.0.0.1:%d", http_port(server));
	struct http_options o = {.listen = taken, .loops = 1, .workers = 1};
	assert_int_equal(http_start(&o, &h, &a, &s, &why), ERR_CONFLICT);
	o.listen = "[::1]:0";
	if (http_start(&o, &h, &a, &s, &why) == OK) assert_true(http_stop(s, 100));
	arena_done(&a);
}

/* The library may notice a client that left in the middle of its request only when the connection's time is up. */
static void client_leaves(void **state) {
	(void)state;
	struct http_server *s = start((struct http_options){.idle_seconds = 1});
	int before = overs, fd;
	for (int i = 0; i < 50; i++) {
		fd = dial(http_port(s));
		put(fd, STR("GET /later HTTP/1.1\r\n" HOST "\r\n"));
		close(fd);
		fd = dial(http_port(s));
		put(fd, STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 500\r\n\r\nhalf"));
		close(fd);
	}
	for (int i = 0; i < 500 && overs - before < 100; i++) usleep(10000);
	assert_int_equal(overs - before, 100);
	assert_true(http_stop(s, 0));
}

static void *stop_in_a_moment(void *arg) {
	assert_true(http_stop(arg, 3000));
	return NULL;
}

static void stopping_finishes_requests(void **state) {
	(void)state;
	struct arena a = {0};
	struct http_server *s = start((struct http_options){0});
	int idle = dial(http_port(s)), busy = dial(http_port(s));
	bool end;
	put(busy, STR("GET /hold HTTP/1.1\r\n" HOST "\r\n"));
	sem_wait(&is_held);
	pthread_t t;
	pthread_create(&t, NULL, stop_in_a_moment, s);
	usleep(100000);
	text(held, 200, STR("held"));
	http_answer(held);
	struct str r = get(&a, busy, 2000, NULL, &end);
	assert_string_equal(statuses(&a, r), "200");
	assert_true(str_has(r, STR("Connection: close")) && end);
	pthread_join(t, NULL);
	get(&a, idle, 1000, NULL, &end);
	assert_true(end);
	close(idle);
	close(busy);
	arena_done(&a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(text_is_as_sent),
		cmocka_unit_test(head_has_no_body),
		cmocka_unit_test(files_are_sent),
		cmocka_unit_test(bodies),
		cmocka_unit_test(large_bodies),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(expect_continue),
		cmocka_unit_test(keep_alive_and_pipelines),
		cmocka_unit_test(queue_is_bounded),
		cmocka_unit_test(proxy),
		cmocka_unit_test(addresses),
		cmocka_unit_test(client_leaves),
		cmocka_unit_test(stopping_finishes_requests),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
