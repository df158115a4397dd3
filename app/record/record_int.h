#ifndef RECORD_RECORD_INT_H
#define RECORD_RECORD_INT_H
/* Within record only. */
#include "access/policy.h"
#include "event/event.h"
#include "record/record.h"
#include "sql/record.h"
#include "text/json.h"
#include "text/utf8.h"

/* The texts of a record's fields, in the order of its type; "" where it has none. */
MUST_USE enum err record_values(struct arena *a, const struct pack_type *t, struct str json, struct str **ret);

#endif
