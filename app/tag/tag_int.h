#ifndef TAG_TAG_INT_H
#define TAG_TAG_INT_H
/* Within tag only. */
#include "routes.h"
#include "sql/tag.h"
#include "tag/tag.h"

/* The first is no more; what wore it wears the second. In the writer's transaction. */
MUST_USE enum err tag_join(struct db *db, struct tag_id from, struct tag_id to);

#endif
