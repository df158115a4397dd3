#include "main/store.h"
#include <stdio.h>
#include <sys/stat.h>

enum err main_open_store(struct cli *c, bool current, struct str *ret_why) {
	struct store_options o = {.home = c->home, .url = c->database};
	struct str file = str_fmt(c->a, "%s/rialto.db", c->home);
	struct stat st;
	if (c->database == NULL && current && stat(file.p, &st) != 0) {
		*ret_why = str_fmt(c->a, "there is no business in %s yet. Make one with: rialto init --help", c->home);
		return ERR_STORE;
	}
	if (mkdir(c->home, 0700) != 0 && stat(c->home, &st) != 0) { /* beside a database elsewhere it holds the key */
		*ret_why = str_fmt(c->a, "the folder %s cannot be made", c->home);
		return ERR_STORE;
	}
	TRY(store_open(&o, c->a, &c->store, ret_why));
	if (!current) return OK;
	int have, newest;
	enum err e = store_version(c->store, &have, &newest);
	if (e == OK && have == newest) return OK;
	if (e != OK) *ret_why = STR("the store was opened, but cannot be read just now; please try again");
	else if (have == 0) *ret_why = str_fmt(c->a, "there is no business in this store yet. Make one with: rialto init --help");
	else if (have > newest) *ret_why = str_fmt(c->a, "this store was written by a newer rialto (schema %d, this one knows %d)", have, newest);
	else *ret_why = str_fmt(c->a, "this store has schema %d and rialto needs %d. Bring it up with: rialto migrate", have, newest);
	store_close(c->store);
	c->store = NULL;
	return ERR_CONFLICT;
}
