#include "base/cli.h"
#include <stdio.h>
#include <stdlib.h>

static void say(const char *fmt, va_list ap) {
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int cli_fail(struct cli *c, const char *fmt, ...) {
	va_list ap;
	fprintf(stderr, "rialto %s: ", c->verb);
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	return EXIT_FAILED;
}

int cli_usage(struct cli *c, const char *fmt, ...) {
	va_list ap;
	fprintf(stderr, "rialto %s: ", c->verb);
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	fprintf(stderr, "See: rialto help %s\n", c->verb);
	return EXIT_USAGE;
}

void cli_talk(const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

static void take_out(struct cli *c, int at, int n) {
	for (int i = at; i + n <= c->argc; i++) c->argv[i] = c->argv[i + n];
	c->argc -= n;
}

const char *cli_option(struct cli *c, const char *name) {
	size_t n = strlen(name);
	for (int i = 1; i < c->argc; i++) {
		if (strcmp(c->argv[i], "--") == 0) break;
		if (strncmp(c->argv[i], name, n) != 0) continue;
		if (c->argv[i][n] == '=') {
			const char *value = c->argv[i] + n + 1;
			take_out(c, i, 1);
			return value;
		}
		if (c->argv[i][n] == 0 && i + 1 < c->argc) {
			const char *value = c->argv[i + 1];
			take_out(c, i, 2);
			return value;
		}
	}
	return NULL;
}

bool cli_flag(struct cli *c, const char *name) {
	for (int i = 1; i < c->argc && strcmp(c->argv[i], "--") != 0; i++)
		if (strcmp(c->argv[i], name) == 0) {
			take_out(c, i, 1);
			return true;
		}
	return false;
}

bool cli_operands(struct cli *c, int least, int most) {
	for (int i = 1; i < c->argc; i++)
		if (c->argv[i][0] == '-' && c->argv[i][1] != 0) {
			if (strcmp(c->argv[i], "--") == 0) {
				take_out(c, i, 1);
				break;
			}
			cli_usage(c, "unknown option, or one without its value: %s", c->argv[i]);
			return false;
		}
	int n = c->argc - 1;
	if (n >= least && n <= most) {
		if (c->open == NULL || c->store != NULL) return true;
		c->no_store = !c->open(c);
		return !c->no_store;
	}
	cli_usage(c, n < least ? "something is missing" : "there is too much: %s", n > most ? c->argv[most + 1] : "");
	return false;
}

struct str cli_stdin_line(struct cli *c) {
	char *line = NULL;
	size_t room = 0;
	ssize_t n = getline(&line, &room, stdin);
	struct str s = STR_NONE;
	if (n >= 0) {
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r')) n--;
		s = str_n(arena_copy(c->a, line, (size_t)n), (size_t)n);
	}
	free(line);
	return s;
}
