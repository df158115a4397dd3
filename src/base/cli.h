#ifndef BASE_CLI_H
#define BASE_CLI_H
/* What a command of `rialto VERB` gets, and how it speaks: data to stdout, talk to stderr, one sentence when it fails. */
#include "base/str.h"

struct store;

struct cli {
	const char *verb;
	int argc;                  /* operands and options behind the verb; argv[0] is the verb */
	char **argv;
	const char *home;          /* --home, RIALTO_HOME, ./rialto-home */
	const char *database;      /* --database or NULL */
	bool json;
	struct arena *a;
	struct store *store;       /* open and migrated, for the verbs that need one; from cli_operands on */
	bool (*open)(struct cli *c); /* opens it; says why not. NULL: no need */
	bool no_store;             /* it could not be opened, which is said already */
};

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Say what happened and what to do, in one sentence; return the exit code. */
int cli_fail(struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int cli_usage(struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cli_talk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));   /* to stderr */

/* Options: takes "--name VALUE" or "--name=VALUE" out of argv; NULL if absent. A flag takes no value. */
const char *cli_option(struct cli *c, const char *name);
bool cli_flag(struct cli *c, const char *name);
/* The operands left; false, said already, when there are fewer or more, or an unknown option. A verb calls it
 * when all else of its usage is right and before it uses the store, which is opened here: wrong usage leaves nothing behind. False,
 * too, when that fails. */
bool cli_operands(struct cli *c, int least, int most);
/* The first line of stdin without its end; STR_NONE when there is none. For --password-stdin. */
struct str cli_stdin_line(struct cli *c);

#endif
