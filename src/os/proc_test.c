#include "os/proc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[] = "/tmp/proc-test-XXXXXX";

static const char *in(struct arena *a, const char *name) {
	return str_fmt(a, "%s/%s", dir, name).p;
}

static void files(void **state) {
	struct arena a = {0};
	struct str s;
	struct stat st;
	(void)state;
	const char *f = in(&a, "f");
	assert_int_equal(proc_read_file(&a, f, 100, &s), ERR_NOT_FOUND);
	assert_int_equal(proc_write_file(f, STR("hello"), 0600), OK);
	assert_int_equal(proc_read_file(&a, f, 5, &s), OK);
	assert_true(str_is(s, "hello"));
	assert_int_equal(proc_read_file(&a, f, 4, &s), ERR_TOO_LARGE);
	assert_int_equal(proc_write_file(f, STR(""), 0644), OK);
	assert_int_equal(proc_read_file(&a, f, 0, &s), OK);
	assert_true(!str_none(s) && s.n == 0);
	assert_int_equal(stat(f, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(proc_write_file(in(&a, "no/f"), STR("x"), 0600), ERR_NOT_FOUND);
	assert_int_equal(proc_read_file(&a, dir, 100, &s), ERR_NOT_FOUND);
	assert_int_equal(proc_read_file(&a, "/proc/self/status", 100000, &s), OK);   /* a file that does not know its size */
	assert_true(str_has(s, STR("VmRSS")));
	assert_int_equal(proc_read_file(&a, "/proc/self/status", 50, &s), ERR_TOO_LARGE);
	arena_done(&a);
}

static void folders(void **state) {
	struct arena a = {0};
	(void)state;
	assert_int_equal(proc_make_dirs(in(&a, "a/b/c"), 0700), OK);
	assert_int_equal(proc_make_dirs(in(&a, "a/b/c/"), 0700), OK);
	assert_int_equal(access(in(&a, "a/b/c"), X_OK), 0);
	assert_int_equal(proc_write_file(in(&a, "a/file"), STR("x"), 0600), OK);
	assert_int_equal(proc_make_dirs(in(&a, "a/file"), 0700), ERR_CONFLICT);
	assert_int_equal(proc_make_dirs(in(&a, "a/file/x"), 0700), ERR_CONFLICT);
	arena_done(&a);
}

static void limit(void **state) {
	(void)state;
	assert_true(proc_raise_open_files() >= 256);
}

static int setup(void **state) {
	(void)state;
	return mkdtemp(dir) == NULL;
}

static int teardown(void **state) {
	struct arena a = {0};
	(void)state;
	const char *names[] = {"a/file", "a/b/c", "a/b", "a", "f", ""};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) remove(in(&a, names[i]));
	arena_done(&a);
	return access(dir, F_OK) == 0;
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(files), cmocka_unit_test(folders), cmocka_unit_test(limit)};
	return cmocka_run_group_tests(tests, setup, teardown);
}
