#ifndef BRAND_BRAND_H
#define BRAND_BRAND_H
/* What the firm says to everybody: a campaign, an advertisement, a page of the web site. What it promises with that is app/promise's. README.md
 *
 * Events, for readers of the log:
 *
 *   verb             object        data            audience
 *   create, update   brand_text N  {"title":…}     staff */
#include "db/db.h"
#include "types.h"

struct brand_draft {
	struct str title, body;
	struct str place;                        /* words or an address, or "" */
	struct str said_from, said_until;        /* days; said_until STR_NONE: until further notice */
	struct person_id by;
};
/* Keeps one, with its event; writes. Whether the actor may, and what is wrong with it, is asked before. */
MUST_USE enum err brand_keep(struct db *db, struct arena *a, const struct brand_draft *d, struct brand_text_id *ret);

#endif
