#include "main/serve.h"
#include "access/access.h"
#include "base/log.h"
#include "event/hub.h"
#include "main/parts.h"
#include "main/store.h"
#include "pack/pack.h"
#include "os/proc.h"
#include "pack/demo.h"
#include "web/web.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void end_signals(sigset_t *set) {
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
}

/* The second signal ends the process at once. */
static void wait_for_end(void) {
	sigset_t set;
	int sig;
	end_signals(&set);
	sigwait(&set, &sig);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* Whether there is a business at all, said before anyone asks for its pages. */
static enum err check_business(struct cli *c, struct str *ret_why) {
	struct db *db;
	struct business b;
	TRY(store_reader(c->store, &db));
	enum err e = business_read(db, c->a, &b);
	db_close(db);
	if (e == ERR_NOT_FOUND) *ret_why = STR("there is no business in this store yet. Make one with: rialto init --help");
	return e;
}

/* The firm, and what its pack makes of it. */
static enum err read_firm(struct db *db, struct arena *a, struct business *ret) {
	TRY(business_read(db, a, ret));
	struct str why;
	TRY(pack_refresh(db, a, &why));
	const struct pack *pack = pack_find(ret->pack);
	ret->keeps_records = pack != NULL && pack->types > 0;
	return OK;
}

static int serve(struct cli *c, const char *listen, const char *base_url, bool trust_proxy) {
	sigset_t set;
	end_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL); /* before any thread of ours: all inherit it, and only we wait */

	struct web_options o = {.store = c->store, .listen = listen, .base_url = base_url, .trust_proxy = trust_proxy};
	char why_key[200];
	struct str why = STR("");
	const char *workers = getenv("RIALTO_WORKERS");
	if (workers != NULL) o.workers = atoi(workers);
	if (key_load(str_fmt(c->a, "%s/key", c->home).p, &o.key, why_key, sizeof why_key) != OK) return cli_fail(c, "%s", why_key);
	proc_raise_open_files();

	o.hub = hub_new(c->store);
	o.live = live_new(o.hub);
	struct web_hooks hooks = {.who_is = access_who_is, .business = read_firm, .firm_version = business_version};
	struct parts parts = {.store = c->store, .hub = o.hub, .key = &o.key, .home = c->home};
	parts_join(&parts);
	struct web *w = NULL;
	enum err e = web_prepare(&o, &hooks, &w);
	parts.web = w;
	if (e == OK) e = check_business(c, &why);
	if (e == OK) e = parts_begin(&parts);
	if (e == OK) e = web_listen(w, c->a, &why);
	if (e == OK) e = hub_start(o.hub);
	if (e == OK) e = web_start(w, c->a, &why);
	if (e == OK) {
		fprintf(stderr, "listening on http://%.*s:%d\n", (int)(strrchr(listen, ':') - listen), listen, web_port(w));
		wait_for_end();
	}
	if (!web_stop(w)) {
		log_error("a request did not end; the process ends without it");
		_exit(EXIT_FAILED);
	}
	hub_stop(o.hub);
	web_free(w);
	live_free(o.live);
	key_wipe(&o.key);
	return e == OK ? EXIT_DONE : cli_fail(c, STR_FMT, STR_ARG(str_empty(why) ? str_c(err_sentence(e)) : why));
}

int serve_command(struct cli *c) {
	const char *listen = cli_option(c, "--listen"), *base_url = cli_option(c, "--base-url");
	bool trust_proxy = cli_flag(c, "--trust-proxy");
	if (listen == NULL) listen = "127.0.0.1:8080";
	if (strrchr(listen, ':') == NULL) return cli_usage(c, "--listen wants HOST:PORT");
	if (!cli_operands(c, 0, 0)) return EXIT_USAGE;
	return serve(c, listen, base_url, trust_proxy);
}

int demo_command(struct cli *c) {
	const char *pack = cli_option(c, "--pack"), *listen = cli_option(c, "--listen"), *base_url = cli_option(c, "--base-url");
	bool only_make = cli_flag(c, "--no-serve");
	if (pack == NULL) pack = "telecom";
	if (listen == NULL) listen = "127.0.0.1:8080";
	if (strrchr(listen, ':') == NULL) return cli_usage(c, "--listen wants HOST:PORT");
	struct str why = STR("");
	const struct pack *p;
	if (pack_wanted(c->a, pack, &p, &why) != OK) return cli_usage(c, STR_FMT, STR_ARG(why));
	if (str_none(pack_file(p, "demo.json")))
		return cli_usage(c, "there is no demo of '%s'; there are " STR_FMT, pack, STR_ARG(pack_names(c->a, "demo.json")));
	if (!cli_operands(c, 0, 0)) return EXIT_USAGE;
	int have, newest, done;
	enum err e = store_version(c->store, &have, &newest);
	if (e == OK && have < newest) e = store_migrate(c->store, c->a, &done, &why);
	if (e == OK) e = demo_make(c, p, &why);
	if (e != OK) return cli_fail(c, STR_FMT, STR_ARG(str_empty(why) ? str_c(err_sentence(e)) : why));
	demo_print_logins(c, only_make ? NULL : listen);
	if (only_make) return EXIT_DONE;
	return serve(c, listen, base_url, false);
}

int migrate_command(struct cli *c) {
	struct str why;
	int done;
	if (!cli_operands(c, 0, 0)) return EXIT_USAGE;
	enum err e = store_migrate(c->store, c->a, &done, &why);
	if (e != OK) return cli_fail(c, STR_FMT, STR_ARG(why));
	if (c->json) printf("{\"applied\":%d}\n", done);
	else printf(done ? "%d migrations applied\n" : "nothing to do: the store is current\n", done);
	return EXIT_DONE;
}

int backup_command(struct cli *c) {
	struct str why;
	if (!cli_operands(c, 1, 1)) return EXIT_USAGE;
	if (store_backup(c->store, c->argv[1], c->a, &why) != OK) return cli_fail(c, STR_FMT, STR_ARG(why));
	cli_talk("backed up to %s; the key in %s/key is not in it: keep a copy of that, too", c->argv[1], c->home);
	return EXIT_DONE;
}

int restore_command(struct cli *c) {
	struct str why;
	int done;
	if (!cli_operands(c, 1, 1)) return EXIT_USAGE;
	enum err e = store_restore(c->store, c->argv[1], c->a, &why);
	if (e == OK) e = store_migrate(c->store, c->a, &done, &why); /* a backup of an older program */
	if (e != OK) return cli_fail(c, STR_FMT, STR_ARG(why));
	cli_talk("restored from %s", c->argv[1]);
	return EXIT_DONE;
}

int routes_command(struct cli *c) {
	if (!cli_operands(c, 0, 0)) return EXIT_USAGE;
	for (int i = 0; i < route_count; i++) {
		const struct route *r = &routes[i];
		static const char *const who[] = {
#define WHO(name, sentence) #name,
#include "web/who.def"
#undef WHO
		};
		if (c->json)
			printf("%s{\"method\":\"%s\",\"path\":\"%s\",\"name\":\"%s\",\"who\":\"%s\"}%s\n", i ? " " : "[", r->method, r->path, r->name,
			       who[r->who], i + 1 == route_count ? "]" : ",");
		else printf("%-6s %-52s %-8s %s\n", r->method, r->path, who[r->who], r->doc ? r->doc : r->name);
	}
	return EXIT_DONE;
}
