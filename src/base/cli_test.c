/* Options, flags and operands; what is said to stderr is not looked at. */
#include "base/cli.h"
#include "base/err.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#define CLI(c, ...)                                                               \
	char *words_[] = {(char[]){"verb"}, ##__VA_ARGS__, NULL};                      \
	struct arena arena_ = {0};                                                     \
	struct cli c = {.verb = "verb", .argc = (int)(sizeof words_ / sizeof *words_) - 1, .argv = words_, .a = &arena_}
#define W(text) (char[]){text}

static void options(void **state) {
	(void)state;
	CLI(c, W("--name"), W("N"), W("one"), W("--email=e@x"), W("two"), W("--empty="), W("--last"));
	assert_string_equal(cli_option(&c, "--name"), "N");
	assert_null(cli_option(&c, "--name"));
	assert_string_equal(cli_option(&c, "--email"), "e@x");
	assert_string_equal(cli_option(&c, "--empty"), "");
	assert_null(cli_option(&c, "--last")); /* its value is missing */
	assert_null(cli_option(&c, "--na"));
	assert_int_equal(c.argc, 4);
	assert_string_equal(c.argv[1], "one");
	assert_string_equal(c.argv[2], "two");
	assert_null(c.argv[4]);
	assert_false(cli_operands(&c, 2, 2)); /* --last is still there */
	assert_true(cli_flag(&c, "--last"));
	assert_false(cli_flag(&c, "--last"));
	assert_true(cli_operands(&c, 2, 2));
	assert_false(cli_operands(&c, 0, 1));
	assert_false(cli_operands(&c, 3, 4));
}

static void behind_dashes(void **state) {
	(void)state;
	CLI(c, W("--flag"), W("--"), W("--flag"), W("--name"), W("x"), W("-"));
	assert_null(cli_option(&c, "--name"));
	assert_true(cli_flag(&c, "--flag"));
	assert_false(cli_flag(&c, "--flag")); /* an operand that looks like one */
	assert_true(cli_operands(&c, 4, 4));
	assert_string_equal(c.argv[1], "--flag");
	assert_string_equal(c.argv[4], "-");
}

static void exits(void **state) {
	(void)state;
	CLI(c);
	assert_int_equal(cli_fail(&c, "it is %s", "broken"), 1);
	assert_int_equal(cli_usage(&c, "wrong"), 2);
	assert_true(cli_operands(&c, 0, 0));
}

static void from_stdin(void **state) {
	(void)state;
	static const struct { const char *text, *line; } cases[] = {
		{"secret\n", "secret"}, {"secret\r\nmore\n", "secret"}, {"no end", "no end"}, {" kept \n", " kept "}, {"\n", ""}, {"", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLI(c);
		FILE *f = tmpfile();
		fputs(cases[i].text, f);
		rewind(f);
		FILE *before = stdin;
		stdin = f;
		struct str s = cli_stdin_line(&c);
		stdin = before;
		fclose(f);
		assert_int_equal(str_none(s), cases[i].line == NULL);
		if (cases[i].line) assert_true(str_is(s, cases[i].line));
		arena_done(&arena_);
	}
}

static void errors(void **state) {
	(void)state;
	for (int e = OK + 1; e < ERR_MAX_; e++) {
		assert_true(err_status((enum err)e) >= 400 && err_status((enum err)e) < 600);
		assert_true(err_word((enum err)e)[0] && err_sentence((enum err)e)[0]);
	}
	assert_int_equal(err_status(OK), 200);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(options), cmocka_unit_test(behind_dashes), cmocka_unit_test(exits), cmocka_unit_test(from_stdin), cmocka_unit_test(errors)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
