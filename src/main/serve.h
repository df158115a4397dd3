#ifndef MAIN_SERVE_H
#define MAIN_SERVE_H
/* The server: wires the ground and the capabilities together, and runs until SIGTERM or SIGINT. */
#include "base/cli.h"

int serve_command(struct cli *c);     /* rialto serve */
int demo_command(struct cli *c);      /* rialto demo: makes a small living business if the home is empty, and serves it */
int migrate_command(struct cli *c);
int backup_command(struct cli *c);
int restore_command(struct cli *c);
int routes_command(struct cli *c);

#endif
