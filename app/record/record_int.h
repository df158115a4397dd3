#ifndef RECORD_RECORD_INT_H
#define RECORD_RECORD_INT_H
/* Within record only. */
#include "access/policy.h"
#include "event/event.h"
#include "record/record.h"
#include "sql/record.h"
#include "sql/record_list.h"
#include "text/json.h"
#include "text/utf8.h"

/* The texts of a record's fields, in the order of its type; "" where it has none. */
MUST_USE enum err record_values(struct arena *a, const struct pack_type *t, struct str json, struct str **ret);

/* view.c */
/* Fills a struct record_view whose id is there. */
MUST_USE enum err record_fill(struct req *q, void *view);
const struct pack *record_pack(const struct req *q);
struct object record_object(void);         /* of one that has been read through the policy's own fragment */
MUST_USE enum err record_views(struct req *q, const struct record_row_list *rows, struct record_view_list *ret);
/* As lines of a list; asked: what is known of questions about them, or NULL. */
MUST_USE enum err record_items(struct req *q, const struct record_row_list *rows, const struct record_asked_row_list *asked,
                               struct record_item_list *ret);
/* The same by type; rows are ordered by it. */
MUST_USE enum err record_groups(struct req *q, const struct record_row_list *rows, const struct record_asked_row_list *asked,
                                struct record_group_list *ret);
/* What was asked about a record that stands by itself and all its lines, as far as the actor may know. */
MUST_USE enum err record_asked_about(struct req *q, struct record_id root, struct record_asked_row_list *ret);

/* The facts that stand in a tab of its type; NULL: in none, and its state. */
MUST_USE enum err record_facts_in(struct req *q, const struct record_row *row, const struct pack_type_tab *tab, struct record_fact_list *ret);

/* offer.c: what the actor may have done about it; what was asked to be done about it and its lines. */
MUST_USE enum err record_acts(struct req *q, const struct record_row *row, const struct pack_type *t, struct record_act_list *ret);
MUST_USE enum err record_requests(struct req *q, const struct record_row *row, struct record_request_list *ret);

#endif
