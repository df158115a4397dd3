#ifndef MAIN_STORE_H
#define MAIN_STORE_H
/* Opening the home: the folder with the database and the key. */
#include "base/cli.h"
#include "db/db.h"

#ifndef RIALTO_VERSION
#define RIALTO_VERSION "0.1.0"
#endif

/* Opens the store of the command's --home or --database and keeps it in c->store. `current`: says so when the store has to be migrated first,
 * or has never been made. errors STORE, CONFLICT; ret_why a sentence */
MUST_USE enum err main_open_store(struct cli *c, bool current, struct str *ret_why);

#endif
