/* The types of records that a pack declares. */
#include "pack/pack_int.h"
#include "base/check.h"

enum { TYPES_MAX = 256 };

static const struct pack_type *all[TYPES_MAX]; /* by code */
static int count;

static enum err read_label_of(const struct place *p, const struct json *v, const char *name, struct pack_label *ret) {
	struct place at = pack_into(p, name, -1);
	const struct json *label = json_member(v, name);
	for (int i = 0; i < LANG_MAX_; i++) {
		struct str s;
		if (!json_get_str(json_member(label, lang_code((enum lang)i)), &s) || s.n == 0)
			return pack_fault(&at, str_fmt(pack_arena(), "is needed in \"%s\"", lang_code((enum lang)i)).p);
		ret->in[i] = str_copy(pack_arena(), s);
	}
	return OK;
}

static enum err read_field_name(const struct place *p, const struct json *v, const char *name, const struct pack_type *t, enum pack_kind type,
	const struct pack_field **ret) {
	struct str s;
	if (!json_get_str(json_member(v, name), &s)) return OK;
	*ret = pack_type_field(t, s);
	struct place at = pack_into(p, name, -1);
	if (*ret == NULL) return pack_fault(&at, "there is no such field");
	return (*ret)->type == type ? OK : pack_fault(&at, type == PACK_DATE ? "this field is no date" : "this field is no money");
}

/* Every {name} in a title is a field. */
static enum err check_title(const struct place *p, const struct pack_type *t) {
	struct place at = pack_into(p, "title", -1);
	for (struct str rest = t->title; !str_none(rest);) {
		str_cut(&rest, '{');
		if (str_none(rest)) break;
		struct str name = str_cut(&rest, '}');
		if (str_none(rest)) return pack_fault(&at, "a brace is not closed");
		if (pack_type_field(t, name) == NULL) return pack_fault(&at, str_fmt(pack_arena(), "there is no field " STR_FMT, STR_ARG(name)).p);
	}
	return t->title.n > 0 ? OK : pack_fault(&at, "is needed");
}

static enum err read_type(const struct place *p, const struct json *v, struct pack_type *types, size_t before, struct pack_type *t) {
	struct str s;
	TRY(pack_read_name(p, v, &t->name));
	TRY(pack_read_label(p, v, &t->label));
	TRY(read_label_of(p, v, "many", &t->many));
	if (json_get_str(json_member(v, "parent"), &s)) {
		for (size_t i = 0; i < before; i++)
			if (str_eq(types[i].name, s)) t->parent = &types[i];
		if (t->parent == NULL) return pack_fault(p, "its parent must be a type that stands before it");
	}
	for (size_t i = 0; i < before; i++)
		if (str_eq(types[i].name, t->name)) return pack_fault(p, "this name stands twice");
	TRY(pack_read_fields(p, json_member(v, "fields"), &t->field, &t->fields));
	for (size_t i = 0; i < t->fields; i++)
		if (pack_type_field(t, t->field[i].name) != &t->field[i]) return pack_fault(p, "two fields have one name");
	if (json_get_str(json_member(v, "title"), &s)) t->title = str_copy(pack_arena(), s);
	TRY(check_title(p, t));
	TRY(read_field_name(p, v, "at", t, PACK_DATE, &t->at));
	TRY(read_field_name(p, v, "amount", t, PACK_MONEY, &t->amount));
	TRY(pack_read_words(p, json_member(v, "states"), "states", &t->state, &t->states));
	TRY(pack_read_words(p, json_member(v, "roles"), "roles", &t->role, &t->roles));
	if (t->parent != NULL && t->roles > 0) return pack_fault(p, "what has a parent has its parent's people: no roles");
	if (t->parent == NULL && t->roles == 0) return pack_fault(p, "roles are needed: whose is it?");
	return pack_read_words(p, json_member(v, "reasons"), "reasons", &t->reason, &t->reasons);
}

enum err pack_read_types(const struct place *p, const struct json *list, const struct pack_type **ret, size_t *ret_n) {
	size_t n = json_length(list);
	struct pack_type *t = NEW_ARRAY(pack_arena(), struct pack_type, n);
	for (size_t i = 0; i < n; i++) {
		struct place at = pack_into(p, "types", (long)i);
		TRY(read_type(&at, json_item(list, i), t, i, &t[i]));
		if (count == TYPES_MAX) return pack_fault(&at, "there are too many types");
		t[i].code = count;
		all[count++] = &t[i];
	}
	for (size_t i = 0; i < n; i++) {
		struct place at = pack_into(p, "types", (long)i);
		TRY(pack_read_actions(&at, json_member(json_item(list, i), "actions"), &t[i], t, n));
	}
	*ret = t;
	*ret_n = n;
	return OK;
}

const struct pack_type *pack_type_of(int code) {
	PRE(code >= 0 && code < count);
	return all[code];
}

const struct pack_type *pack_type_find(const struct pack *p, struct str name) {
	for (size_t i = 0; p != NULL && i < p->types; i++)
		if (str_eq(p->type[i].name, name)) return &p->type[i];
	return NULL;
}

const struct pack_field *pack_type_field(const struct pack_type *t, struct str name) {
	for (size_t i = 0; i < t->fields; i++)
		if (str_eq(t->field[i].name, name)) return &t->field[i];
	return NULL;
}

const struct pack_word *pack_type_state(const struct pack_type *t, struct str name) { return pack_word_find(t->state, t->states, name); }
const struct pack_word *pack_type_role(const struct pack_type *t, struct str name) { return pack_word_find(t->role, t->roles, name); }
const struct pack_word *pack_type_reason(const struct pack_type *t, struct str name) { return pack_word_find(t->reason, t->reasons, name); }

const struct pack_type *pack_top(const struct pack_type *t) {
	while (t->parent != NULL) t = t->parent;
	return t;
}
