#ifndef SEARCH_SEARCH_INT_H
#define SEARCH_SEARCH_INT_H
/* Within search only. */
#include "db/words.h"
#include "routes.h"
#include "search/search.h"
#include "sql/search.h"
#include "text/find.h"
#include "types.h"
#include "web/req.h"

/* asked.c; q needs a database, an arena and an actor only */
enum { GROUPS_MOST = FIND_FILTERS_MAX + 2 };
#define IDS_OF_A_SECOND (INT64_C(1) << 24)
#define SECONDS_MAX (INT64_C(1) << 38)

struct asked {
	struct find find;
	struct str type;               /* person conversation message record document, or empty */
	struct find_group group[GROUPS_MOST];
	size_t wanted, groups;         /* the first are what was typed; behind them who may find a thing */
	bool people, things;           /* what it asks for */
	int64_t first, before;         /* ids of the index */
	int64_t people_before;         /* and those of people */
};
MUST_USE enum err asked_read(struct req *q, struct str typed, struct str type, struct asked *ret);
/* The newest things that the actor may see. */
MUST_USE enum err asked_hits(struct req *q, const struct asked *x, int most, struct find_hit_list *ret);

/* Which of some documents of the index, or of some people, are found by the words and may be seen. */
MUST_USE enum err asked_fresh(struct req *q, const struct asked *x, struct int_list docs, struct int_list *ret);
MUST_USE enum err asked_fresh_people(struct req *q, const struct asked *x, struct int_list people, struct int_list *ret);

/* People whom the actor may know of: who have such a name, or who have all the words anywhere in what the actor sees of them; the newest first. */
MUST_USE enum err asked_named(struct req *q, const struct asked *x, int most, struct find_person_list *ret);
MUST_USE enum err asked_people(struct req *q, const struct asked *x, struct str typed, int most, struct find_person_list *ret);

/* search.c */
struct url search_here(struct req *q, struct str type, struct str words);

/* saved.c */
MUST_USE enum err saved_of(struct req *q, struct search_saved_view_list *ret);   /* the actor's */
bool saved_has(const struct search_saved_view_list *list, struct str words, struct str type);
/* Tells whose saved searches the new things of some events meet; inside the reader's transaction, behind the index. */
MUST_USE enum err saved_tell(struct db *db, struct arena *a, const struct event *e, size_t n);

#endif
