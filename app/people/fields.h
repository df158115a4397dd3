#ifndef PEOPLE_FIELDS_H
#define PEOPLE_FIELDS_H
/* Within people only: the fields that the firm's pack adds to a profile. All that people knows of packs is in
 * fields.c. */
#include "pack/pack.h"
#include "web/page.h"

const struct pack *firm_pack(const struct business *firm);        /* NULL: one that this program does not know */

/* Label and value as a person reads them; a field of no pack is shown as it is. */
struct str field_label(const struct pack *p, struct str name, enum lang lang);
struct str field_shown(struct arena *a, const struct pack *p, struct str name, struct str value,
                       const struct locale *l);

#endif
