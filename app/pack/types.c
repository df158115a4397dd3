/* The types of records that a pack declares. */
#include "pack/pack_int.h"
#include "base/check.h"
#include "text/utf8.h"

enum { TYPES_MAX = 256, TITLE_MAX = 300, EXPECTS_DAYS_MAX = 365 };

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
static enum err check_title(const struct place *p, const struct pack_type *t, struct str title) {
	struct place at = pack_into(p, "title", -1);
	for (struct str rest = title; !str_none(rest);) {
		str_cut(&rest, '{');
		if (str_none(rest)) break;
		struct str name = str_cut(&rest, '}');
		if (str_none(rest)) return pack_fault(&at, "a brace is not closed");
		while (!str_none(name)) {
			struct str one = str_cut(&name, '|');
			const struct pack_field *f = pack_type_field(t, one);
			if (f == NULL) return pack_fault(&at, str_fmt(pack_arena(), "there is no field " STR_FMT, STR_ARG(one)).p);
			if (f->staff) return pack_fault(&at, str_fmt(pack_arena(), STR_FMT " is for the team only, and a title is for all", STR_ARG(one)).p);
		}
	}
	return title.n > 0 ? OK : pack_fault(&at, "is needed");
}

/* One text for all languages, or one for each. */
static enum err read_title(const struct place *p, const struct json *v, struct pack_type *t) {
	struct str s;
	if (!json_get_str(json_member(v, "title"), &s)) TRY(read_label_of(p, v, "title", &t->title));
	else
		for (int i = 0; i < LANG_MAX_; i++) t->title.in[i] = str_copy(pack_arena(), s);
	for (int i = 0; i < LANG_MAX_; i++) TRY(check_title(p, t, t->title.in[i]));
	return OK;
}

/* Which states may follow a state, where a type says it of any: a state that says nothing is then an end. */
static enum err read_next(const struct place *p, const struct json *list, struct pack_type *t) {
	bool *next = NEW_ARRAY(pack_arena(), bool, t->states * t->states), any = false;
	for (size_t i = 0; i < t->states; i++) {
		struct place at = pack_into(p, "states", (long)i);
		const struct json *to = json_member(json_item(list, i), "next");
		any |= to != NULL;
		for (size_t k = 0; k < json_length(to); k++) {
			struct str s = STR("");
			json_get_str(json_item(to, k), &s);
			const struct pack_word *w = pack_type_state(t, s);
			if (w == NULL) return pack_fault(&at, str_fmt(pack_arena(), "next: there is no state \"" STR_FMT "\"", STR_ARG(s)).p);
			next[i * t->states + (size_t)(w - t->state)] = true;
		}
	}
	t->next = any ? next : NULL;
	return OK;
}

/* "room" names the role of who leads. */
static enum err read_room(const struct place *p, const struct json *v, struct pack_type *t) {
	const struct json *room = json_member(v, "room");
	struct str s = STR("");
	struct place at = pack_into(p, "room", -1);
	if (room == NULL) return OK;
	json_get_str(room, &s);
	t->room = pack_type_role(t, s);
	return t->room != NULL ? OK : pack_fault(&at, "names the role of who leads in it");
}

static enum err read_expects_of(const struct place *p, const struct json *v, const struct pack_type *t, struct pack_expects *ret) {
	static const char *const known[] = {"state", "text", "days", "audience", NULL};
	struct str state = STR(""), audience = STR("both");
	int64_t days = 0;
	TRY(pack_only(p, v, known));
	json_get_str(json_member(v, "state"), &state);
	json_get_str(json_member(v, "audience"), &audience);
	ret->state = pack_type_state(t, state);
	ret->team = str_is(audience, "team");
	if (ret->state == NULL) return pack_fault(p, "names the state in which it is promised");
	if (!ret->team && !str_is(audience, "both")) return pack_fault(p, "audience is \"both\" or \"team\"");
	if (!ret->team && t->staff_state) return pack_fault(p, "its states are for the team only, and so is what is promised in them");
	if (!json_get_int(json_member(v, "days"), &days) || days < 0 || days > EXPECTS_DAYS_MAX) return pack_fault(p, "days are business days, 0 to 365");
	ret->days = (int)days;
	for (const struct pack_expects *e = t->expects; e < ret; e++)
		if (e->state == ret->state) return pack_fault(p, "there is one for this state already");
	return read_label_of(p, v, "text", &ret->text);
}

/* What is promised in a state. */
static enum err read_expects(const struct place *p, const struct json *list, struct pack_type *t) {
	size_t n = json_length(list);
	struct pack_expects *e = NEW_ARRAY(pack_arena(), struct pack_expects, n);
	t->expects = e;
	for (; t->expectations < n; t->expectations++) {
		struct place at = pack_into(p, "expects", (long)t->expectations);
		TRY(read_expects_of(&at, json_item(list, t->expectations), t, &e[t->expectations]));
	}
	return OK;
}

/* What is for the team only. Lines are listed by their date and added up by month for all who see them, so those two are for all. */
static enum err read_staff(const struct place *p, const struct json *v, struct pack_type *t) {
	const struct json *state = json_member(v, "staff_state");
	if (state != NULL && (!json_get_bool(state, &t->staff_state) || t->states == 0)) return pack_fault(p, "staff_state is true or false, and goes with states");
	if (t->at != NULL && t->at->staff) return pack_fault(p, "at names a field for the team only, and lists are for all");
	if (t->amount != NULL && t->amount->staff && t->parent != NULL) return pack_fault(p, "amount names a field for the team only, and its sums are for all");
	t->staff = t->staff_state;
	for (size_t i = 0; i < t->fields; i++) t->staff |= t->field[i].staff;
	return OK;
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
	TRY(read_title(p, v, t));
	TRY(read_field_name(p, v, "at", t, PACK_DATE, &t->at));
	TRY(read_field_name(p, v, "amount", t, PACK_MONEY, &t->amount));
	const struct json *flow = json_member(v, "flow");
	if (flow != NULL && (!json_get_bool(flow, &t->flow) || t->amount == NULL)) return pack_fault(p, "flow is true or false, and goes with amount");
	TRY(pack_read_words(p, json_member(v, "states"), "states", &t->state, &t->states));
	TRY(read_next(p, json_member(v, "states"), t));
	TRY(pack_read_words(p, json_member(v, "roles"), "roles", &t->role, &t->roles));
	if (t->parent != NULL && t->roles > 0) return pack_fault(p, "what has a parent has its parent's people: no roles");
	if (t->parent == NULL && t->roles == 0) return pack_fault(p, "roles are needed: whose is it?");
	TRY(read_room(p, v, t));
	TRY(read_staff(p, v, t));
	TRY(read_expects(p, json_member(v, "expects"), t));
	return pack_read_words(p, json_member(v, "reasons"), "reasons", &t->reason, &t->reasons);
}

/* ------------------------------------------------------------------------- tabs */

static enum err tab_field(const struct place *p, struct str name, const struct pack_type *t, struct pack_type_tab *tab) {
	const struct pack_field *f = pack_type_field(t, name);
	if (f == NULL) return pack_fault(p, str_fmt(pack_arena(), "there is no field \"" STR_FMT "\"", STR_ARG(name)).p);
	for (size_t i = 0; i < tab->fields; i++)
		if (tab->field[i] == f) return pack_fault(p, "it stands in this tab already");
	if (pack_type_tab_of(t, f) != NULL) return pack_fault(p, "it stands in another tab already");
	tab->field[tab->fields++] = f;
	return OK;
}

static enum err tab_part(const struct place *p, struct str name, const struct pack_type *t, const struct pack_type *types, size_t n, struct pack_type_tab *tab) {
	const struct pack_type *part = NULL;
	for (size_t i = 0; i < n; i++)
		if (str_eq(types[i].name, name) && types[i].parent == t) part = &types[i];
	if (part == NULL) return pack_fault(p, str_fmt(pack_arena(), "there is no type \"" STR_FMT "\" of its parts", STR_ARG(name)).p);
	for (size_t i = 0; i < tab->parts; i++)
		if (tab->part[i] == part) return pack_fault(p, "it stands in this tab already");
	if (pack_type_tab_with(t, part) != NULL) return pack_fault(p, "it stands in another tab already");
	tab->part[tab->parts++] = part;
	return OK;
}

static enum err read_tab(const struct place *p, const struct json *v, const struct pack_type *t, const struct pack_type *types, size_t n,
	struct pack_type_tab *tab) {
	static const char *const known[] = {"name", "label", "fields", "parts", NULL};
	const struct json *fields = json_member(v, "fields"), *parts = json_member(v, "parts");
	TRY(pack_only(p, v, known));
	TRY(pack_read_name(p, v, &tab->name));
	TRY(pack_read_label(p, v, &tab->label));
	for (size_t i = 0; i < t->tabs; i++)
		if (str_eq(t->tab[i].name, tab->name)) return pack_fault(p, "this name stands twice");
	tab->field = NEW_ARRAY(pack_arena(), const struct pack_field *, json_length(fields));
	tab->part = NEW_ARRAY(pack_arena(), const struct pack_type *, json_length(parts));
	for (size_t i = 0; i < json_length(fields); i++) {
		struct place at = pack_into(p, "fields", (long)i);
		struct str name = STR("");
		json_get_str(json_item(fields, i), &name);
		TRY(tab_field(&at, name, t, tab));
	}
	for (size_t i = 0; i < json_length(parts); i++) {
		struct place at = pack_into(p, "parts", (long)i);
		struct str name = STR("");
		json_get_str(json_item(parts, i), &name);
		TRY(tab_part(&at, name, t, types, n, tab));
	}
	return tab->fields + tab->parts > 0 ? OK : pack_fault(p, "nothing stands in it");
}

/* When all types are read: parts stand behind what they are a part of. */
static enum err read_tabs(const struct place *p, const struct json *list, struct pack_type *t, const struct pack_type *types, size_t n) {
	struct pack_type_tab *tab = NEW_ARRAY(pack_arena(), struct pack_type_tab, json_length(list));
	t->tab = tab;
	for (size_t i = 0; i < json_length(list); i++) {
		struct place at = pack_into(p, "tabs", (long)i);
		TRY(read_tab(&at, json_item(list, i), t, types, n, &tab[i]));
		t->tabs++;
	}
	return OK;
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
		TRY(read_tabs(&at, json_member(json_item(list, i), "tabs"), &t[i], t, n));
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

/* A day in a title, always with its year: a title that is kept is read in other years, too. */
static struct str day_in(struct arena *a, struct str day, enum lang lang) {
	const struct locale long_ago = {.lang = lang, .zone = zone_utc(), .now = -DAYS(200000)};
	return say_day(a, &long_ago, day);
}

/* Of {names|of|fields} the first that has something, as people say it. */
static struct str title_part(struct arena *a, const struct pack_type *t, struct str names, const struct str *value, enum lang lang) {
	while (!str_none(names)) {
		const struct pack_field *f = pack_type_field(t, str_cut(&names, '|'));
		struct str v = value[f - t->field];
		const struct pack_word *w = f->type == PACK_CHOICE ? pack_word_find(f->choice, f->choices, v) : NULL;
		if (v.n > 0 && f->type == PACK_DATE) return day_in(a, v, lang);
		if (v.n > 0) return utf8_fit(w != NULL ? pack_say(&w->label, lang) : v, TITLE_MAX / 2);
	}
	return STR("");
}

struct str pack_title(struct arena *a, const struct pack_type *t, const struct str *value, enum lang lang) {
	struct buf b;
	buf_init(&b, TITLE_MAX);
	for (struct str rest = t->title.in[lang]; !str_none(rest);) {
		buf_add(&b, str_cut(&rest, '{'));
		if (!str_none(rest)) buf_add(&b, title_part(a, t, str_cut(&rest, '}'), value, lang));
	}
	struct str s = str_copy(a, str_trim(buf_str(&b)));
	buf_done(&b);
	return str_empty(s) ? pack_say(&t->label, lang) : s;
}

const struct pack_word *pack_type_state(const struct pack_type *t, struct str name) { return pack_word_find(t->state, t->states, name); }

const struct pack_type *pack_type_lines(const struct pack *p, const struct pack_type *t) {
	for (size_t i = 0; t != NULL && p != NULL && i < p->types; i++)
		if (p->type[i].parent == t && p->type[i].at != NULL && p->type[i].amount != NULL) return &p->type[i];
	return NULL;
}

const struct pack_type_tab *pack_type_tab_of(const struct pack_type *t, const struct pack_field *f) {
	for (size_t i = 0; i < t->tabs; i++)
		for (size_t k = 0; k < t->tab[i].fields; k++)
			if (t->tab[i].field[k] == f) return &t->tab[i];
	return NULL;
}

const struct pack_type_tab *pack_type_tab_with(const struct pack_type *t, const struct pack_type *part) {
	for (size_t i = 0; i < t->tabs; i++)
		for (size_t k = 0; k < t->tab[i].parts; k++)
			if (t->tab[i].part[k] == part) return &t->tab[i];
	return NULL;
}

bool pack_type_moves(const struct pack_type *t, struct str from, struct str to) {
	const struct pack_word *a = pack_type_state(t, from), *b = pack_type_state(t, to);
	if (t->next == NULL || a == NULL || b == NULL || a == b) return true;
	return t->next[(size_t)(a - t->state) * t->states + (size_t)(b - t->state)];
}

bool pack_type_news(const struct pack_type *t, struct str data) {
	JSON_DOC(doc);
	if (!t->staff || json_parse(&doc, data, NULL) != OK) return true;
	const struct json *changed = json_member(doc.root, "changed");
	for (size_t i = 0; i < json_length(changed); i++) {
		struct str name = STR("");
		json_get_str(json_item(changed, i), &name);
		const struct pack_field *f = pack_type_field(t, name);
		if (str_is(name, "state") ? !t->staff_state : f == NULL || !f->staff) return true;
	}
	return json_length(changed) == 0;
}

const struct pack_word *pack_type_role(const struct pack_type *t, struct str name) { return pack_word_find(t->role, t->roles, name); }
const struct pack_word *pack_type_reason(const struct pack_type *t, struct str name) { return pack_word_find(t->reason, t->reasons, name); }

const struct pack_type *pack_top(const struct pack_type *t) {
	while (t->parent != NULL) t = t->parent;
	return t;
}
