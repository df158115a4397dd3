#ifndef TAG_TAG_H
#define TAG_TAG_H
/* Tags: short names on people, organizations, records, conversations and documents ("person", "organization", "record", "conversation",
 * "document"). Those of a conversation that everybody may read are everybody's, all others the team's. "Valley Line" and "valley-line" are
 * one tag: letters and digits count, their case and accents do not. */
#include "types.h"
#include "web/req.h"

enum { TAG_BYTES_MAX = 60, TAGS_MOST = 30 /* on one thing */ };

/* A tag's name from what somebody typed: one line, 1..TAG_BYTES_MAX bytes, a letter or digit in it; else STR_NONE. */
struct str tag_name(struct arena *a, struct str typed);
/* What makes two names one tag; "" when there is neither letter nor digit in it. tag.word of the store. */
struct str tag_word(struct arena *a, struct str name);

/* What something wears, by letters. The caller knows that the reader may see it. Any thread with a connection. */
MUST_USE enum err tags_of(struct db *db, struct arena *a, const char *kind, int64_t id, struct text_list *ret);

/* Puts a tag on, or takes it off; writes; the event is the caller's. ret_tag: which it was, 0 when nothing changed. errors INVALID (no name
 * of a tag), TOO_LARGE (TAGS_MOST are there) */
MUST_USE enum err tag_put(struct db *db, struct arena *a, const char *kind, int64_t id, struct str name, struct tag_id *ret_tag);
MUST_USE enum err tag_drop(struct db *db, struct arena *a, const char *kind, int64_t id, struct str name, struct tag_id *ret_tag);
/* These and no others from now on; what is no name of a tag is left out. */
MUST_USE enum err tag_set(struct db *db, struct arena *a, const char *kind, int64_t id, struct text_list names);

/* What a page shows of them; may_edit: with the way to change them. */
MUST_USE enum err tag_box_of(struct req *q, const char *kind, int64_t id, struct text_list worn, bool may_edit, struct tag_box *ret);

/* What wears a tag, kind by kind, each in order of the ids, behind a place ({"", 0} is the first): for readers of the log, since a tag that is called
 * otherwise (update tag) changes what all of it is found by. */
struct tag_worn { const char *kind; int64_t id; };   /* kind lives as long as the program */
enum { TAG_WORN_AT_ONCE = 500 };
MUST_USE enum err tag_worn_by(struct db *db, struct arena *a, struct tag_id tag, struct tag_worn after, struct tag_worn ret[TAG_WORN_AT_ONCE], size_t *ret_n);

/* At the start: what an older program wrote gets its word, and two that are one are joined. */
MUST_USE enum err tag_begin(struct store *s);

#endif
