/* What a child may and may not do. The jobs here misbehave on purpose; the child's side is compiled in with them as its table. */
#define CHILDREN "os/child_test.def"
#define child_main probe_main
#define child_load probe_load
#include "os/child_main.c"
#undef child_main
#undef child_load
#include "base/clock.h"
#include <signal.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <cmocka.h>

#define RUN(name) static enum err name##_run(struct str in, struct arena *a, struct buf *out, struct str *ret_why)
#define JOB(which, how_long, ...)                                                                                         \
	const struct child_job which##_job = {.name = #which, .seconds = how_long, .memory_bytes = 256 << 20, .input_max = 8 << 20, \
	                                      .output_max = 8 << 20, .run = which##_run, __VA_ARGS__};
#define UNUSED (void)in, (void)a, (void)out, (void)ret_why

RUN(echo) {
	UNUSED;
	buf_add(out, in);
	return OK;
}
JOB(echo, 10)

RUN(fails) {
	UNUSED;
	*ret_why = str_fmt(a, "There is no sense in '" STR_FMT "'.", STR_ARG(in));
	buf_add(out, STR("not to be seen"));
	return ERR_INVALID;
}
JOB(fails, 10)

RUN(crashes) {
	UNUSED;
	raise(SIGSEGV);
	abort();
}
JOB(crashes, 10)

RUN(hangs) {
	UNUSED;
	for (;;) pause();
	return OK;
}
JOB(hangs, 1)

RUN(burns) {
	UNUSED;
	for (volatile unsigned i = 0;; i++) {}
	return OK;
}
JOB(burns, 1)

RUN(eats) {
	UNUSED;
	for (size_t n = 0; n < (size_t)4 << 30; n += 16 << 20) {
		char *p = malloc(16 << 20);
		if (p == NULL) abort();
		for (size_t i = 0; i < 16 << 20; i += 4096) ((volatile char *)p)[i] = 1;
	}
	return OK;
}
JOB(eats, 10)

RUN(talks) {
	UNUSED;
	static char line[65536];
	for (;;)
		if (write(STDOUT_FILENO, line, sizeof line) < 0) return OK;
}
JOB(talks, 10)

RUN(no_init) {
	UNUSED;
	return OK;
}
static bool never(void) {
	return false;
}
JOB(no_init, 10, .init = never)

/* Writes a word for each thing that it could do. */
RUN(probes) {
	UNUSED;
	struct stat st;
	char c;
	if (open("/etc/passwd", O_RDONLY) >= 0) buf_add(out, STR("read "));
	if (open("/tmp/child-test-file", O_WRONLY | O_CREAT, 0600) >= 0) buf_add(out, STR("write "));
	if (stat("/etc/passwd", &st) == 0) buf_add(out, STR("stat "));
	if (mkdir("/tmp/child-test-dir", 0700) == 0) buf_add(out, STR("mkdir "));
	if (unlink("/tmp/child-test-file") == 0) buf_add(out, STR("unlink "));
	if (setrlimit(RLIMIT_CPU, &(struct rlimit){.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY}) == 0) buf_add(out, STR("limit "));
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0) buf_add(out, STR("dumpable "));
	for (int fd = 3; fd < 100; fd++)
		if (read(fd, &c, 0) == 0) buf_add(out, STR("inherited "));
	for (char **e = environ; *e != NULL; e++)
		if (strncmp(*e, "SECRET", 6) == 0) buf_add(out, STR("environment "));
	return OK;
}
JOB(probes, 10)

RUN(connects) {
	UNUSED;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0) buf_add(out, STR("socket"));
	return OK;
}
JOB(connects, 10)

RUN(executes) {
	UNUSED;
	char *argv[] = {(char[]){"true"}, NULL};
	execv("/bin/true", argv);
	return OK;
}
JOB(executes, 10)

RUN(forks) {
	UNUSED;
	pid_t pid = fork();
	if (pid == 0) _exit(0);
	if (pid > 0) buf_add(out, STR("fork"));
	return OK;
}
JOB(forks, 10)

static void *say_hello(void *arg) {
	buf_add(arg, STR("hello"));
	return NULL;
}
RUN(threads) {
	UNUSED;
	pthread_t t;
	if (pthread_create(&t, NULL, say_hello, out) != 0) return ERR_BUG;
	pthread_join(t, NULL);
	return OK;
}
JOB(threads, 10)

/* Other programs. */
#define PROGRAM(which, ...)                                                                                               \
	const struct child_job which##_job = {.name = #which, .seconds = 10, .memory_bytes = 256 << 20, .input_max = 1 << 20,  \
	                                      .output_max = 1 << 20, .program = (const char *const[]){__VA_ARGS__, NULL}, .part_is_enough = true};
PROGRAM(copies, "/usr/bin/cat")
PROGRAM(looks, "/usr/bin/cat", "/etc/passwd")
PROGRAM(writes, "/usr/bin/dd", "of=/tmp/child-test-file")
PROGRAM(starts, "/usr/bin/env", "-S", "sh -c 'echo no | cat'")   /* two more programs */
PROGRAM(fails_too, "/usr/bin/false")
PROGRAM(goes_on, "/usr/bin/yes")
PROGRAM(is_not_there, "/usr/bin/no-such-program")

/* ------------------------------------------------------------------ the tests */

static struct str expect(struct arena *a, const struct child_job *job, struct str input, enum err want, const char *part) {
	struct buf out;
	struct str why = STR("");
	buf_init(&out, 16 << 20);
	enum err e = child_run(job, a, input, &out, &why);
	if (e != want || !str_has(why, str_c(part)))
		fail_msg("%s: wanted %d '%s', got %d: " STR_FMT, job->name, (int)want, part, (int)e, STR_ARG(why));
	struct str s = str_copy(a, buf_str(&out));
	buf_done(&out);
	return s;
}

static void answers(void **state) {
	struct arena a = {0};
	(void)state;
	assert_true(str_is(expect(&a, &echo_job, STR("hello"), OK, ""), "hello"));
	assert_true(str_is(expect(&a, &echo_job, STR(""), OK, ""), ""));
	struct str large = str_n(arena_alloc(&a, 5 << 20), 5 << 20);
	assert_true(str_eq(expect(&a, &echo_job, large, OK, ""), large));
	expect(&a, &echo_job, str_n(arena_alloc(&a, 9 << 20), 9 << 20), ERR_TOO_LARGE, "too large");
	assert_true(str_is(expect(&a, &fails_job, STR("this"), ERR_INVALID, "There is no sense in 'this'."), ""));
	arena_done(&a);
}

static void misbehaves(void **state) {
	struct arena a = {0};
	(void)state;
	expect(&a, &crashes_job, STR("x"), ERR_INVALID, "damaged");
	usec_t began = clock_steady();
	expect(&a, &hangs_job, STR("x"), ERR_INVALID, "too long");
	expect(&a, &burns_job, STR("x"), ERR_INVALID, "too long");
	assert_true(clock_steady() - began < SECONDS(5));
	expect(&a, &talks_job, STR("x"), ERR_TOO_LARGE, "too large");
	expect(&a, &no_init_job, STR("x"), ERR_BUG, "did not start");
	struct child_job unknown = {.name = "unknown", .seconds = 5, .input_max = 10, .output_max = 10};
	expect(&a, &unknown, STR("x"), ERR_BUG, "did not start");
#ifndef SANITIZED
	expect(&a, &eats_job, STR("x"), ERR_INVALID, "damaged");
#endif
	arena_done(&a);
}

static void is_locked_in(void **state) {
	struct arena a = {0};
	(void)state;
	setenv("SECRET", "x", 1);
	int fd = open("/dev/null", O_RDONLY);   /* without CLOEXEC: inherited over exec, closed by the child */
	struct str could = expect(&a, &probes_job, STR("x"), OK, "");
	close(fd);
	if (could.n > 0) fail_msg("a child could: " STR_FMT, STR_ARG(could));
	expect(&a, &connects_job, STR("x"), ERR_INVALID, "damaged");
	expect(&a, &executes_job, STR("x"), ERR_INVALID, "damaged");
	assert_true(str_is(expect(&a, &forks_job, STR("x"), OK, ""), ""));
	assert_true(str_is(expect(&a, &threads_job, STR("x"), OK, ""), "hello"));
	arena_done(&a);
}

static void other_programs(void **state) {
	struct arena a = {0};
	(void)state;
	assert_true(str_is(expect(&a, &copies_job, STR("hello"), OK, ""), "hello"));
	assert_true(str_is(expect(&a, &looks_job, STR(""), ERR_INVALID, "damaged"), ""));     /* no file that is not the system's */
	assert_true(str_is(expect(&a, &writes_job, STR("x"), ERR_INVALID, "damaged"), ""));
	assert_int_not_equal(access("/tmp/child-test-file", F_OK), 0);
	assert_true(str_is(expect(&a, &starts_job, STR(""), ERR_INVALID, "damaged"), ""));    /* no process beside it */
	expect(&a, &fails_too_job, STR(""), ERR_INVALID, "damaged");
	expect(&a, &is_not_there_job, STR(""), ERR_BUG, "did not start");
	struct str some = expect(&a, &goes_on_job, STR(""), OK, "");
	assert_true(some.n > 900000 && some.n <= 1 << 20);
	arena_done(&a);
}

static void *many(void *arg) {
	struct arena a = {0};
	bool *good = arg;
	*good = true;
	for (int i = 0; i < 10; i++) {
		struct buf out;
		struct str why, input = str_fmt(&a, "%p %d", arg, i);
		buf_init(&out, 1000);
		*good = *good && child_run(&echo_job, &a, input, &out, &why) == OK && str_eq(buf_str(&out), input);
		buf_done(&out);
	}
	arena_done(&a);
	return NULL;
}

static void many_at_once(void **state) {
	pthread_t t[12];
	bool good[12];
	(void)state;
	for (int i = 0; i < 12; i++) pthread_create(&t[i], NULL, many, &good[i]);
	for (int i = 0; i < 12; i++) pthread_join(t[i], NULL);
	for (int i = 0; i < 12; i++) assert_true(good[i]);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);   /* none is left */
}

int main(int argc, char **argv) {
	signal(SIGPIPE, SIG_IGN); /* as the program does: a child may end before it has read all */
	if (argc == 3 && strcmp(argv[1], "child") == 0) return probe_main(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(misbehaves),
		cmocka_unit_test(is_locked_in),
		cmocka_unit_test(other_programs),
		cmocka_unit_test(many_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
