#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H
/* The firm's settings: its profile and logo, the mail server, and who looked at what. */
#include "access/access.h"
#include "types.h"

bool colour_valid(struct str s);                     /* #rrggbb */
double colour_contrast(struct str s);                /* of white words on a valid colour, 1..21 (WCAG 2) */

/* The drawn logo of a firm without one: its initials in its colour, as SVG. */
struct str logo_draw(struct arena *a, struct str name, struct str colour);

/* The firm and its staff as they stand in the database. */
MUST_USE enum err firm_fill(struct req *q, struct firm_page *ret);

/* Whether it is open now, its week and what is not as usual in the weeks to come; NULL when the firm has said nothing of it. */
void opening_fill(struct req *q, const struct hours *h, struct firm_opening **ret);

#endif
