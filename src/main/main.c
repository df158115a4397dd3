/* The command line: finds the verb, opens what it needs, and calls the capability that has it. */
#include "access/access.h"
#include "admin/check.h"
#include "admin/export.h"
#include "base/cli.h"
#include "base/log.h"
#include "crypto/token.h"
#include "import/import.h"
#include "main/serve.h"
#include "main/store.h"
#include "os/child.h"
#include "pack/demo.h"
#include "pack/pack.h"
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum needs { NEEDS_NOTHING, NEEDS_STORE, NEEDS_CURRENT };

struct verb {
	const char *name;
	enum needs needs;          /* CURRENT: a store whose migrations are applied */
	int (*run)(struct cli *c);
	const char *usage, *does;
};

static int help(struct cli *c);
static int version(struct cli *c);

static const struct verb verbs[] = {
#define VERB(name, needs, function, usage, does) {name, NEEDS_##needs, function, usage, does},
#include "main/verbs.def"
#undef VERB
};
enum { VERBS = sizeof verbs / sizeof *verbs };

static const struct verb *find(const char *name) {
	for (int i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0) return &verbs[i];
	return NULL;
}

static int help(struct cli *c) {
	if (!cli_operands(c, 0, 1)) return EXIT_USAGE;
	if (c->argc == 2) {
		const struct verb *v = find(c->argv[1]);
		if (v == NULL) return cli_usage(c, "there is no verb '%s'", c->argv[1]);
		printf("rialto %s\n\n%s\n", v->usage, v->does);
		return EXIT_DONE;
	}
	printf("rialto VERB [options]\n\n");
	for (int i = 0; i < VERBS; i++) printf("  %-11s %.*s\n", verbs[i].name, (int)strcspn(verbs[i].does, "."), verbs[i].does);
	printf("\nEverywhere: --home DIR (or RIALTO_HOME, default ./rialto-home), --database URL, --json.\n"
	       "rialto help VERB tells more.\n");
	return EXIT_DONE;
}

static int version(struct cli *c) {
	if (!cli_operands(c, 0, 0)) return EXIT_USAGE;
	printf(c->json ? "{\"version\":\"%s\"}\n" : "rialto %s\n", RIALTO_VERSION);
	return EXIT_DONE;
}

/* The firm's own, where it has one. */
static enum err read_pack(struct cli *c, struct str *ret_why) {
	struct db *db;
	TRY(store_reader(c->store, &db));
	enum err e = pack_refresh(db, c->a, ret_why);
	db_close(db);
	return e;
}

static bool open_store(struct cli *c) {
	struct str why = STR("the store cannot be opened");
	sigset_t end, before; /* the store's threads leave the signals to us */
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigaddset(&end, SIGINT);
	pthread_sigmask(SIG_BLOCK, &end, &before);
	enum err e = main_open_store(c, find(c->verb)->needs == NEEDS_CURRENT, &why);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (e == OK && find(c->verb)->needs == NEEDS_CURRENT) e = read_pack(c, &why);
	if (e != OK) cli_fail(c, STR_FMT, STR_ARG(why));
	return e == OK;
}

static int run(struct cli *c, const struct verb *v) {
	if (v->needs != NEEDS_NOTHING) c->open = open_store;
	int code = v->run(c);
	store_close(c->store);
	return c->no_store ? EXIT_FAILED : code;
}

int main(int argc, char **argv) {
	signal(SIGPIPE, SIG_IGN);
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_TRIM_THRESHOLD, 256 * 1024);
	log_init(getenv("RIALTO_DEBUG") ? LOG_DEBUG : LOG_INFO);
	if (argc == 3 && strcmp(argv[1], "child") == 0) return child_main(argv[2]);
	const char *clock_file = getenv("RIALTO_CLOCK");   /* for the tests: tests/README.md */
	if (clock_file != NULL && clock_file[0] != 0) {
		if (!clock_follow(clock_file)) {
			fprintf(stderr, "rialto: there is no clock in %s, which RIALTO_CLOCK names\n", clock_file);
			return EXIT_FAILED;
		}
		log_warn("the clock is moved by %s: for tests only", clock_file);
	}
	if (argc < 2) {
		fprintf(stderr, "rialto: which verb? See: rialto help\n");
		return EXIT_USAGE;
	}
	bool asks_help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
	const char *name = asks_help ? "help" : strcmp(argv[1], "--version") == 0 ? "version" : argv[1];
	const struct verb *v = find(name);
	if (v == NULL) {
		fprintf(stderr, "rialto: there is no verb '%s'. See: rialto help\n", name);
		return EXIT_USAGE;
	}
	struct arena a = {0};
	struct cli c = {.verb = name, .argc = argc - 1, .argv = argv + 1, .a = &a};
	if (cli_flag(&c, "--help")) {
		printf("rialto %s\n\n%s\n", v->usage, v->does);
		return EXIT_DONE;
	}
	c.json = cli_flag(&c, "--json");
	c.database = cli_option(&c, "--database");
	c.home = cli_option(&c, "--home");
	if (c.home == NULL) c.home = getenv("RIALTO_HOME");
	if (c.home == NULL || c.home[0] == 0) c.home = "./rialto-home";
	int code = EXIT_FAILED;
	struct str why;
	if (crypto_init() != OK) cli_fail(&c, "the system gives no random bytes");
	else if (pack_load(&why) != OK) cli_fail(&c, STR_FMT, STR_ARG(why));
	else code = run(&c, v);
	arena_done(&a);
	if (fflush(stdout) != 0 && code == EXIT_DONE) code = cli_fail(&c, "the output could not be written");
	return code;
}
