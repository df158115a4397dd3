/* What a tag is, and putting it on and off. */
#include "tag/tag_int.h"
#include "text/find.h"
#include "text/url.h"
#include "text/utf8.h"
#include <stdlib.h>

enum { AT_ONCE = 200, SUGGESTED_MOST = 200 };

struct str tag_word(struct arena *a, struct str name) { return find_squeeze(a, name); }

struct str tag_name(struct arena *a, struct str typed) {
	struct str name = utf8_line(a, typed);
	return !str_empty(name) && name.n <= TAG_BYTES_MAX && tag_word(a, name).n > 0 ? name : STR_NONE;
}

static int by_letters(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

enum err tags_of(struct db *db, struct arena *a, const char *kind, int64_t id, struct text_list *ret) {
	TRY(sql_tags_worn(db, a, str_c(kind), id, TAGS_MOST, ret));
	if (ret->n > 1) qsort(ret->v, ret->n, sizeof *ret->v, by_letters);
	return OK;
}

/* The tag of that name; made when there is none. */
static enum err take(struct db *db, struct arena *a, struct str name, struct tag_id *ret) {
	struct tag_row row;
	bool there;
	struct str word = tag_word(a, name);
	TRY(sql_tag_of_word(db, a, word, &row, &there));
	if (!there) return sql_tag_make(db, name, word, ret);
	*ret = row.id;
	return OK;
}

static enum err wear(struct db *db, struct arena *a, const char *kind, int64_t id, struct str name, struct tag_id *ret_tag) {
	int64_t changed;
	TRY(take(db, a, name, ret_tag));
	TRY(sql_tag_wear(db, *ret_tag, str_c(kind), id, &changed));
	if (changed == 0) *ret_tag = (struct tag_id){0};
	return OK;
}

enum err tag_put(struct db *db, struct arena *a, const char *kind, int64_t id, struct str name, struct tag_id *ret_tag) {
	struct text_list worn;
	if (str_none(tag_name(a, name))) return ERR_INVALID;
	TRY(tags_of(db, a, kind, id, &worn));
	if (worn.n >= TAGS_MOST) return ERR_TOO_LARGE;
	return wear(db, a, kind, id, tag_name(a, name), ret_tag);
}

enum err tag_drop(struct db *db, struct arena *a, const char *kind, int64_t id, struct str name, struct tag_id *ret_tag) {
	struct tag_row row;
	bool there;
	int64_t changed = 0;
	TRY(sql_tag_of_word(db, a, tag_word(a, name), &row, &there));
	if (there) TRY(sql_tag_unwear(db, row.id, str_c(kind), id, &changed));
	*ret_tag = changed > 0 ? row.id : (struct tag_id){0};
	return OK;
}

enum err tag_set(struct db *db, struct arena *a, const char *kind, int64_t id, struct text_list names) {
	struct tag_id tag;
	size_t worn = 0;
	TRY(sql_tag_clear(db, str_c(kind), id, NULL));
	for (size_t i = 0; i < names.n && worn < TAGS_MOST; i++) {
		struct str name = tag_name(a, names.v[i]);
		if (str_none(name)) continue;
		TRY(wear(db, a, kind, id, name, &tag));
		worn += tag.v != 0;
	}
	return OK;
}

/* ---------------------------------------------------------------------- what a page shows */

static const char *kind_of(struct str word) {
	static const char *const kinds[] = {"conversation", "document", "organization", "person", "record"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_is(word, kinds[i])) return kinds[i];
	return "";
}

enum err tag_worn_by(struct db *db, struct arena *a, struct tag_id tag, struct tag_worn after, struct tag_worn ret[TAG_WORN_AT_ONCE], size_t *ret_n) {
	struct worn_row_list rows;
	TRY(sql_tag_things(db, a, tag, str_c(after.kind), after.id, TAG_WORN_AT_ONCE, &rows));
	for (*ret_n = 0; *ret_n < rows.n; ++*ret_n) ret[*ret_n] = (struct tag_worn){.kind = kind_of(rows.v[*ret_n].kind), .id = rows.v[*ret_n].id};
	return OK;
}

enum err tag_box_of(struct req *q, const char *kind, int64_t id, struct text_list worn, bool may_edit, struct tag_box *ret) {
	struct tag_row_list known = {0};
	*ret = (struct tag_box){.kind = str_c(kind), .id = id, .may_edit = may_edit};
	if (may_edit) TRY(sql_tag_seen_list(q->db, q->a, q->actor.id, q->actor.is_staff, STR(""), SUGGESTED_MOST, &known));
	ret->tags.v = NEW_ARRAY(q->a, struct tag_chip, worn.n);
	for (size_t i = 0; i < worn.n; i++)
		ret->tags.v[ret->tags.n++] = (struct tag_chip){.name = worn.v[i], .url = url_path(q->a, "/tags/%s", url_part(q->a, worn.v[i]))};
	ret->known.v = NEW_ARRAY(q->a, struct str, known.n);
	for (size_t i = 0; i < known.n; i++) ret->known.v[ret->known.n++] = known.v[i].name;
	return OK;
}

/* -------------------------------------------------------------------------- at the start */

enum err tag_join(struct db *db, struct tag_id from, struct tag_id to) {
	TRY(sql_tag_move_worn(db, from, to, NULL));
	TRY(sql_tag_move_follows(db, from.v, to.v, NULL));
	TRY(sql_tag_forget_follows(db, from.v, NULL));
	return sql_tag_drop_row(db, from, NULL);
}

/* A name without any letter ("!?") keeps its bytes as its word, so that it is looked at once. */
static enum err give_word(struct db *db, struct arena *a, const struct tag_row *r) {
	struct tag_row other;
	bool there;
	struct str word = tag_word(a, r->name);
	if (word.n == 0) word = r->name;
	TRY(sql_tag_of_word(db, a, word, &other, &there));
	return there ? tag_join(db, r->id, other.id) : sql_tag_rename(db, r->id, r->name, word, NULL);
}

static enum err give_words(struct db *db, void *arg) {
	struct arena *a = arg;
	struct tag_row_list rows;
	do {
		struct arena_mark mark = arena_mark(a);
		TRY(sql_tags_without_word(db, a, AT_ONCE, &rows));
		for (size_t i = 0; i < rows.n; i++) TRY(give_word(db, a, &rows.v[i]));
		arena_reset(a, mark);
	} while (rows.n == AT_ONCE);
	return OK;
}

enum err tag_begin(struct store *s) {
	struct arena a = {0};
	enum err e = store_write(s, give_words, &a);
	arena_done(&a);
	return e;
}
