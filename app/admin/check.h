#ifndef ADMIN_CHECK_H
#define ADMIN_CHECK_H
/* rialto check: whether the store is sound; --mend counts anew what it counts wrong. Also while it is served. */
#include "base/cli.h"
#include "base/values.h"
#include "db/db.h"

int check_command(struct cli *c);

/* A sentence for each thing that is not as it must be; none when the store is sound. errors STORE */
MUST_USE enum err check_store(struct store *s, struct db *db, struct arena *a, struct text_list *ret);

#endif
