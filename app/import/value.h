#ifndef IMPORT_VALUE_H
#define IMPORT_VALUE_H
/* One value on its way from a cell to a field. */
#include "import/map.h"

/* The clean form of a text that is not blank in *ret ("" when nothing is left of it), or false and a sentence (a
 * key). */
bool value_clean(struct arena *a, const struct target *t, const struct map_rule *r, struct str text,
                 struct str *ret, const char **ret_fault);

#endif
