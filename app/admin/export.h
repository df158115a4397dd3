#ifndef ADMIN_EXPORT_H
#define ADMIN_EXPORT_H
/* rialto export DIR: everything that is kept, for the owner who has the machine, as JSON Lines in the API's words
 * and files, all of one
 * moment, and the firm's own pack as a folder that `rialto init --pack` takes. Not in it: secrets (hashes of passwords and tokens, the mail server's password, letters, which hold links
 * that let people in),
 * what can be computed (counts by town, search words), rows that imports put aside, and who changed which field from
 * what. A field of a
 * profile goes only to those it is for, here as everywhere: people are written as the owner may see them, so what
 * somebody keeps to
 * themself, or to their contact person, is left out unless it is the owner's own. */
#include "base/cli.h"

int export_command(struct cli *c);

#endif
