#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H
/* Bringing in people, records and conversations from files of other programs: on the command line and in the browser.
 * README.md. */
#include "base/cli.h"
#include "event/hub.h"

int import_command(struct cli *c);

enum { IMPORT_JOB_TRIES = 5 };

/* "import": reads a file that was uploaded and mapped. ctx: the hub, or NULL. */
hub_job import_job;

#endif
