#ifndef PACK_DEMO_H
#define PACK_DEMO_H
/* Making a business: an empty one for a real firm (init), or a small living one to look at (demo), from
 * packs/NAME/demo.json. */
#include "base/cli.h"
#include "base/err.h"
#include "pack/pack.h"

int init_command(struct cli *c);
int pack_command(struct cli *c);       /* rialto pack: a running business takes another pack, or a newer version of its own */

/* Makes the demo business if the store holds none; a store that holds one is left as it is. errors INVALID (a
 * fault in its demo.json), STORE */
MUST_USE enum err demo_make(struct cli *c, const struct pack *pack, struct str *ret_why);

/* To stderr: who can log in, and at which address (listen: HOST:PORT, or NULL when nothing is served yet). */
void demo_print_logins(struct cli *c, const char *listen);

#endif
