/* Adding a record and changing one: the staff's forms, and the same for programs. */
#include "access/access.h"
#include "record/record_int.h"
#include "routes.h"
#include "text/url.h"
#include <inttypes.h>

enum { VALUE_MAX = 2000 };

static enum err may_write(struct req *q, enum act act) {
	struct object o = record_object();
	return may_or_err(&q->actor, act, &o);
}

/* ------------------------------------------------------- what was said of fields */

struct saying {
	struct req *q;
	const struct pack_type *t;
	struct str *value;              /* by field, as pack_value gives them; STR_NONE: nothing was said of it */
};

static size_t place_of(const struct pack_type *t, const struct pack_field *f) { return (size_t)(f - t->field); }

/* A program is told the field; a form shows all faults together, so each begins with what the field is called. */
static void fault(struct saying *s, const struct pack_field *f, const char *sentence) {
	struct req *q = s->q;
	if (q->api) IGNORE(req_invalid(q, str_fmt(q->a, "fields." STR_FMT, STR_ARG(f->name)).p, sentence));
	else IGNORE(req_invalid(q, "field_value", str_fmt(q->a, STR_FMT ": %s", STR_ARG(pack_say(&f->label, q->locale.lang)), TRQ(q, sentence)).p));
}

static void say_field(struct saying *s, const struct pack_field *f, struct str text, bool minor) {
	const char *why = T("This is not one of the choices.");
	struct str clean = utf8_line(s->q->a, text);
	int64_t n;
	if (clean.n > VALUE_MAX) return fault(s, f, T("This is too long."));
	if (!(minor && (clean.n == 0 || str_int(clean, &n))) && !pack_value(s->q->a, f, clean, &clean, &why)) return fault(s, f, why);
	s->value[place_of(s->t, f)] = clean;
}

static const struct pack_field *field_called(struct saying *s, struct str name) {
	const struct pack_field *f = pack_type_field(s->t, name);
	if (f == NULL)
		IGNORE(req_invalid(s->q, s->q->api ? str_fmt(s->q->a, "fields." STR_FMT, STR_ARG(utf8_fit(name, 60))).p : "field_name",
			T("We do not know this field.")));
	return f;
}

/* As a program writes it: money in minor units, or with its currency. */
static void say_json(struct saying *s, const struct pack_field *f, const struct json *v) {
	struct str text = STR(""), currency = STR_NONE;
	int64_t n;
	bool b;
	if (json_get_str(v, &text)) say_field(s, f, text, false);
	else if (json_get_int(v, &n)) say_field(s, f, str_fmt(s->q->a, "%" PRId64, n), f->type == PACK_MONEY);
	else if (json_get_bool(v, &b) && f->type == PACK_BOOL) say_field(s, f, b ? STR("yes") : STR("no"), false);
	else if (json_kind_of(v) == JSON_IS_NULL) s->value[place_of(s->t, f)] = STR("");
	else if (f->type == PACK_MONEY && json_get_int(json_member(v, "amount"), &n)) {
		json_get_str(json_member(v, "currency"), &currency);
		if (!str_none(currency) && !str_eq(currency, s->q->business->currency)) return fault(s, f, T("Amounts are kept in the firm’s currency."));
		say_field(s, f, str_fmt(s->q->a, "%" PRId64, n), true);
	} else fault(s, f, T("This cannot be given like that."));
}

static enum err say_all(struct req *q, const struct pack_type *t, struct str json, const struct text_list *name, const struct text_list *value,
	struct str **ret) {
	struct saying s = {.q = q, .t = t, .value = NEW_ARRAY(q->a, struct str, t->fields)};
	size_t before = q->errors.n;
	JSON_DOC(doc);
	for (size_t i = 0; i < t->fields; i++) s.value[i] = STR_NONE;
	if (!str_none(json)) {
		TRY(json_parse(&doc, json, NULL));
		if (json_kind_of(doc.root) != JSON_IS_OBJECT) return req_invalid(q, "fields", T("This cannot be given like that."));
		for (struct json_members m = json_members(doc.root); json_next(&m);) {
			const struct pack_field *f = field_called(&s, m.name);
			if (f != NULL) say_json(&s, f, m.value);
		}
	}
	if (name->n != value->n) return req_invalid(q, "field_value", T("Names and values must go in pairs."));
	for (size_t i = 0; i < name->n; i++) {
		const struct pack_field *f = field_called(&s, name->v[i]);
		if (f != NULL) say_field(&s, f, value->v[i], false);
	}
	*ret = s.value;
	return q->errors.n > before ? ERR_INVALID : OK;
}

/* -------------------------------------------------------------- people of one */

struct seats {
	struct person_id *person;
	struct str *role;
	size_t n;
};

static enum err say_seat(struct req *q, const struct pack_type *t, const struct json *v, struct seats *to) {
	struct str role = STR(""), name;
	struct person_id id = {0};
	bool known = false;
	json_get_int(json_member(v, "person_id"), &id.v);
	json_get_str(json_member(v, "role"), &role);
	if (id.v > 0) TRY(sql_record_person_known(q->db, q->a, id, &name, &known));
	if (!known) return req_invalid(q, "people", T("There is nobody with this number."));
	const struct pack_word *w = pack_type_role(t, role);
	if (w == NULL) return req_invalid(q, "people", T("The type has no such role."));
	to->person[to->n] = id;
	to->role[to->n++] = w->name;
	return OK;
}

static enum err say_seats(struct req *q, const struct pack_type *t, struct str json, struct seats *ret) {
	enum { SEATS_MOST = 100 };
	JSON_DOC(doc);
	*ret = (struct seats){0};
	if (str_none(json)) return OK;
	TRY(json_parse(&doc, json, NULL));
	size_t n = json_length(doc.root);
	if (json_kind_of(doc.root) != JSON_IS_ARRAY || n > SEATS_MOST) return req_invalid(q, "people", T("This cannot be given like that."));
	if (n > 0 && t->parent != NULL) return req_invalid(q, "people", T("This is part of something else, and has its people."));
	ret->person = NEW_ARRAY(q->a, struct person_id, n);
	ret->role = NEW_ARRAY(q->a, struct str, n);
	for (size_t i = 0; i < n; i++) TRY(say_seat(q, t, json_item(doc.root, i), ret));
	return OK;
}

static bool sits(const struct seats *l, struct person_id person, struct str role) {
	for (size_t i = 0; i < l->n; i++)
		if (l->person[i].v == person.v && str_eq(l->role[i], role)) return true;
	return false;
}

/* From now on these are its people, and nobody else. */
static enum err seat_only(struct req *q, struct record_id id, const struct seats *want) {
	struct record_seat_row_list had;
	struct int_list one = {.v = &id.v, .n = 1};
	bool changed;
	TRY(sql_record_people(q->db, q->a, one, 1000, &had));
	for (size_t i = 0; i < had.n; i++)
		if (!sits(want, had.v[i].person_id, had.v[i].role))
			TRY(record_person(q->db, q->a, q->actor.id, id, had.v[i].person_id, had.v[i].role, false, &changed));
	for (size_t i = 0; i < want->n; i++) TRY(record_person(q->db, q->a, q->actor.id, id, want->person[i], want->role[i], true, &changed));
	return OK;
}

/* --------------------------------------------------------------------- forms */

static void add_choice(struct record_choice_list *l, struct str name, struct str label, bool chosen) {
	l->v[l->n++] = (struct record_choice){.name = name, .label = label, .chosen = chosen};
}

static struct record_field field_of(struct req *q, const struct pack_field *f, struct str value, bool typed) {
	static const char *const yes_no[] = {"yes", "no"};
	struct record_field to = {.name = f->name, .label = pack_say(&f->label, q->locale.lang), .value = value, .type = STR("text")};
	size_t n = f->type == PACK_BOOL ? 2 : f->type == PACK_CHOICE ? f->choices : 0;
	int64_t minor;
	if (f->type == PACK_DATE) to.type = STR("date");
	if (f->type == PACK_INT) to.type = STR("int");
	if (f->type == PACK_MONEY && !typed && str_int(value, &minor)) /* digits as kept, never through a real */
		to.value = str_fmt(q->a, "%s%" PRId64 ".%02d", minor < 0 ? "-" : "", imaxabs(minor / 100), (int)imaxabs(minor % 100));
	if (n == 0) return to;
	to.type = STR("choice");
	to.choices.v = NEW_ARRAY(q->a, struct record_choice, n);
	for (size_t i = 0; i < n; i++) {
		struct str name = f->type == PACK_BOOL ? str_c(yes_no[i]) : f->choice[i].name;
		add_choice(&to.choices, name, pack_shown(q->a, f, name, &q->locale), str_eq(name, value));
	}
	return to;
}

/* What was typed when the form comes back, else what is kept. */
static void fill_fields(struct req *q, const struct pack_type *t, const struct str *kept, const struct text_list *name, const struct text_list *value,
	struct record_form *ret) {
	ret->fields.v = NEW_ARRAY(q->a, struct record_field, t->fields);
	for (size_t i = 0; i < t->fields; i++) {
		struct str v = kept == NULL ? STR("") : kept[i];
		bool typed = false;
		for (size_t k = 0; k < name->n && k < value->n; k++)
			if (str_eq(name->v[k], t->field[i].name)) v = value->v[k], typed = true;
		ret->fields.v[ret->fields.n++] = field_of(q, &t->field[i], v, typed);
	}
}

/* The states it may come into, and the one it is in. */
static void fill_states(struct req *q, const struct pack_type *t, struct str is, struct str typed, struct record_form *ret) {
	ret->states.v = NEW_ARRAY(q->a, struct record_choice, t->states);
	for (size_t i = 0; i < t->states; i++) {
		const struct pack_word *w = &t->state[i];
		if (!str_none(is) && !pack_type_moves(t, is, w->name)) continue;
		add_choice(&ret->states, w->name, pack_say(&w->label, q->locale.lang), str_eq(w->name, str_empty(typed) ? is : typed));
	}
}

static enum err fill_whose(struct req *q, const struct record_new_in *in, const struct pack_type *t, struct record_form *ret) {
	bool known;
	ret->who = str_none(in->who) ? STR("") : in->who;
	if (in->person_id.v != 0) {
		TRY(sql_record_person_known(q->db, q->a, in->person_id, &ret->person.name, &known));
		if (!known) return ERR_NOT_FOUND;
		ret->person.id = in->person_id;
	}
	ret->roles.v = NEW_ARRAY(q->a, struct record_choice, t == NULL ? 0 : t->roles);
	for (size_t i = 0; t != NULL && i < t->roles; i++)
		add_choice(&ret->roles, t->role[i].name, pack_say(&t->role[i].label, q->locale.lang), str_eq(t->role[i].name, in->role));
	return OK;
}

enum err record_new(struct req *q, const struct record_new_in *in, struct record_form *ret) {
	const struct pack *p = record_pack(q);
	struct record_row parent = {0};
	TRY(may_write(q, ACT_CREATE));
	if (in->parent_id.v != 0) TRY(record_seen(q, in->parent_id, &parent));
	const struct pack_type *t = pack_type_find(p, in->type), *of = in->parent_id.v ? record_type(q, parent.type) : NULL;
	if (t != NULL && t->parent != of) return ERR_NOT_FOUND;
	q->page.nav = STR("people");
	ret->fresh = true;
	ret->action = url_path(q->a, "/records/new");
	ret->back = in->parent_id.v ? url_path(q->a, "/records/%" PRId64, in->parent_id.v)
		: in->person_id.v ? url_with(q->a, url_path(q->a, "/people/%" PRId64, in->person_id.v), "tab", STR("things")) : url_path(q->a, "/people");
	ret->parent.id = in->parent_id;
	if (in->parent_id.v != 0) ret->parent.title = record_called(q, &parent);
	TRY(fill_whose(q, in, t, ret));
	ret->types.v = NEW_ARRAY(q->a, struct record_choice, p == NULL ? 0 : p->types);
	for (size_t i = 0; p != NULL && i < p->types && t == NULL; i++)
		if (p->type[i].parent == of) add_choice(&ret->types, p->type[i].name, pack_say(&p->type[i].label, q->locale.lang), false);
	ret->heading = t == NULL ? str_c(TRQ(q, T("Add a record")))
		: tr_fill(q->a, TRQ(q, T("Add: {what}")), "what", str_z(q->a, pack_say(&t->label, q->locale.lang)), NULL);
	if (t == NULL) return OK;
	ret->type = t->name;
	fill_fields(q, t, NULL, &in->field_name, &in->field_value, ret);
	fill_states(q, t, STR_NONE, in->state, ret);
	return OK;
}

enum err record_edit(struct req *q, const struct record_edit_in *in, struct record_form *ret) {
	struct record_row row;
	struct str *value;
	TRY(record_seen(q, in->id, &row));
	TRY(may_write(q, ACT_EDIT));
	const struct pack_type *t = record_type(q, row.type);
	if (t == NULL) return req_fail(q, ERR_CONFLICT, T("The pack has no such type any more, so this can only be read."), NULL);
	TRY(record_values(q->a, t, row.fields, &value));
	q->page.nav = STR("people");
	ret->heading = tr_fill(q->a, TRQ(q, T("Change: {what}")), "what", str_z(q->a, record_called(q, &row)), NULL);
	ret->action = url_path(q->a, "/records/%" PRId64 "/edit", row.id.v);
	ret->back = url_path(q->a, "/records/%" PRId64, row.id.v);
	record_looked(q, &row);
	ret->version = row.version;
	ret->type = t->name;
	fill_fields(q, t, value, &in->field_name, &in->field_value, ret);
	fill_states(q, t, row.state, in->state, ret);
	return OK;
}

/* ------------------------------------------------------------------- writing */

/* Whose it is to be: from a program all at once, from the form the one it names. */
static enum err whose(struct req *q, const struct record_make_in *in, const struct pack_type *t, struct seats *ret) {
	TRY(say_seats(q, t, in->people, ret));
	if (t->parent != NULL || (in->person_id.v == 0 && str_empty(str_trim(in->who)))) {
		bool form = !q->api && t->parent == NULL;
		return form ? req_invalid(q, "who", T("Please say who: the customer number or the full name.")) : OK;
	}
	const struct pack_word *role = str_empty(in->role) && t->roles > 0 ? &t->role[0] : pack_type_role(t, in->role);
	if (role == NULL) return req_invalid(q, "role", T("The type has no such role."));
	struct person_id person;
	TRY(record_who(q, in->person_id, in->who, "who", &person));
	size_t n = ret->n;
	struct seats all = {.person = NEW_ARRAY(q->a, struct person_id, n + 1), .role = NEW_ARRAY(q->a, struct str, n + 1), .n = n};
	for (size_t i = 0; i < n; i++) all.person[i] = ret->person[i], all.role[i] = ret->role[i];
	all.person[n] = person;
	all.role[n] = role->name;
	all.n = n + 1;
	*ret = all;
	return OK;
}

static enum err check_parent(struct req *q, const struct pack_type *t, struct record_id id) {
	struct record_row parent;
	if (t->parent == NULL) return id.v == 0 ? OK : req_invalid(q, "parent_id", T("Records of this type stand by themselves."));
	bool fits = id.v != 0 && record_seen(q, id, &parent) == OK && str_eq(parent.type, t->parent->name);
	return fits ? OK : req_invalid(q, "parent_id", T("Please say what it is part of."));
}

enum err record_make(struct req *q, const struct record_make_in *in, struct record_view *ret) {
	TRY(may_write(q, ACT_CREATE));
	const struct pack_type *t = pack_type_find(record_pack(q), in->type);
	if (t == NULL) return req_invalid(q, "type", T("The pack has no such type."));
	struct record_input input = {.type = t, .parent = in->parent_id, .state = in->state};
	struct str *value;
	struct seats people = {0};
	enum err e = check_parent(q, t, in->parent_id), wrong = whose(q, in, t, &people);
	if (e == OK) e = wrong;
	if (!str_empty(in->state) && pack_type_state(t, in->state) == NULL) e = req_invalid(q, "state", T("The type has no such state."));
	wrong = say_all(q, t, in->fields, &in->field_name, &in->field_value, &value);
	TRY(e);
	TRY(wrong);
	input.value = value;
	TRY(record_create(q->db, q->a, q->actor.id, &input, &ret->id));
	if (people.n > 0) TRY(seat_only(q, ret->id, &people));
	req_say(q, T("Added."));
	return record_fill(q, ret);
}

/* A state must be one of the type's, and may not follow just any other. */
static enum err check_state(struct req *q, const struct pack_type *t, struct str is, struct str to) {
	const struct pack_word *now = pack_type_state(t, is), *next = pack_type_state(t, to);
	if (str_empty(to)) return OK;
	if (next == NULL) return req_invalid(q, "state", T("The type has no such state."));
	if (pack_type_moves(t, is, to)) return OK;
	struct str a = now ? pack_say(&now->label, q->locale.lang) : is, b = pack_say(&next->label, q->locale.lang);
	return req_invalid(q, "state", tr_fill(q->a, TRQ(q, T("What is “{now}” cannot become “{next}”.")), "now", str_z(q->a, a), "next", str_z(q->a, b), NULL).p);
}

enum err record_save(struct req *q, const struct record_save_in *in, struct record_view *ret) {
	struct record_row row;
	struct str *value;
	struct seats people;
	bool changed;
	TRY(record_seen(q, in->id, &row));
	TRY(may_write(q, ACT_EDIT));
	TRY(req_version(q, row.version));
	if (!q->api && in->version.has && in->version.v != row.version)
		return req_fail(q, ERR_CONFLICT, T("Someone else changed this while you wrote. Your words are still here; send them again to keep them."), NULL);
	const struct pack_type *t = record_type(q, row.type);
	if (t == NULL) return req_fail(q, ERR_CONFLICT, T("The pack has no such type any more, so this can only be read."), NULL);
	enum err e = check_state(q, t, row.state, in->state), wrong = say_seats(q, t, in->people, &people);
	if (e == OK) e = wrong;
	wrong = say_all(q, t, in->fields, &in->field_name, &in->field_value, &value);
	TRY(e);
	TRY(wrong);
	struct record_input input = {.type = t, .state = in->state, .value = value};
	TRY(record_change(q->db, q->a, q->actor.id, row.id, 0, &input, &changed));
	if (!str_none(in->people)) TRY(seat_only(q, row.id, &people));
	if (changed) req_say(q, T("Saved."));
	ret->id = row.id;
	return record_fill(q, ret);
}
