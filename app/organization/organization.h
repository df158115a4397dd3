#ifndef ORGANIZATION_ORGANIZATION_H
#define ORGANIZATION_ORGANIZATION_H
/* Households and firms: who belongs to them, and which records go with them. README.md. */
#include "types.h"
#include "web/req.h"

/* Those that a person belongs to, as far as the actor may know of them. */
MUST_USE enum err organization_of(struct req *q, struct person_id person, struct organization_line_list *ret);

#endif
