#ifndef PACK_PACK_INT_H
#define PACK_PACK_INT_H
/* Within pack only: reading a pack's JSON into tables. Each step knows the path it stands at, so a fault says where it is. */
#include "pack/pack.h"
#include "text/json.h"

struct place {
	const char *file;
	struct str path;           /* tabs[1].fields[0] */
	struct str *why;
};

struct arena *pack_arena(void);          /* lives as long as the process */
struct place pack_into(const struct place *p, const char *name, long i);   /* i -1: no list */
enum err pack_fault(const struct place *p, const char *what);

MUST_USE enum err pack_read_name(const struct place *p, const struct json *v, struct str *ret);
MUST_USE enum err pack_read_label(const struct place *p, const struct json *v, struct pack_label *ret);
MUST_USE enum err pack_read_words(const struct place *p, const struct json *list, const char *name, const struct pack_word **ret, size_t *ret_n);
MUST_USE enum err pack_read_fields(const struct place *p, const struct json *list, const struct pack_field **ret, size_t *ret_n);
const struct pack_word *pack_word_find(const struct pack_word *w, size_t n, struct str name);   /* NULL if there is none */
/* types.c */
MUST_USE enum err pack_read_types(const struct place *p, const struct json *list, const struct pack_type **ret, size_t *ret_n);

const struct pack_type *pack_top(const struct pack_type *t);   /* what it is in the end a part of; itself when of nothing */
/* An object has no members but those, whose list ends with NULL. */
MUST_USE enum err pack_only(const struct place *p, const struct json *object, const char *const *known);
/* actions.c: after all types are read, since an action may add a part. */
MUST_USE enum err pack_read_actions(const struct place *p, const struct json *list, struct pack_type *t, const struct pack_type *types, size_t n);

#endif
