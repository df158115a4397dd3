#ifndef PEOPLE_LIFE_H
#define PEOPLE_LIFE_H
/* Within people only: what changed in a profile, what its person said and who looked at it, as far as the reader may know. */
#include "people/view.h"

/* Which fields changed, from what to what; of fields that the reader may not see nothing. only_by: of these people's
 * doing: 0 anyone's, > 0 that person's, < 0 anyone's but that person's. since: not before. */
MUST_USE enum err life_changes(struct req *q, const struct kept *k, int64_t before, int64_t most, int64_t only_by,
                               usec_t since, struct change_line_list *ret, int64_t *ret_next);

MUST_USE enum err life_said(struct req *q, struct person_id id, int64_t before, int64_t most,
                            struct said_line_list *ret, int64_t *ret_next);
MUST_USE enum err life_joined(struct req *q, struct person_id id, struct said_line_list *ret);
MUST_USE enum err life_looks(struct req *q, struct person_id id, struct look_line_list *ret);

/* "birthday", "field.tenure", "audience.email" for a person to read */
struct str life_field_label(struct req *q, struct str field);

#endif
