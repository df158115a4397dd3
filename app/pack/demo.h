#ifndef PACK_DEMO_H
#define PACK_DEMO_H
/* Making a business: an empty one for a real firm (init), or a small living one to look at (demo), from packs/NAME/demo.json. */
#include "base/cli.h"
#include "base/err.h"

int init_command(struct cli *c);

/* Makes the demo business if the store holds none; a store that holds one is left as it is. errors INVALID (no such pack), STORE */
MUST_USE enum err demo_make(struct cli *c, const char *pack, struct str *ret_why);
void demo_print_logins(struct cli *c);   /* to stderr */

#endif
