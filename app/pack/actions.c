/* The actions of a type: what its people and the staff can have done about a record. */
#include "pack/pack_int.h"

enum err pack_only(const struct place *p, const struct json *object, const char *const *known) {
	for (struct json_members m = json_members(object); json_next(&m);) {
		bool found = false;
		for (size_t i = 0; known[i] != NULL; i++) found |= str_is(m.name, known[i]);
		if (!found) return pack_fault(p, str_fmt(pack_arena(), "\"" STR_FMT "\" means nothing here", STR_ARG(m.name)).p);
	}
	return OK;
}

static enum err read_says(const struct place *p, const struct json *v, const char *name, bool needed, struct pack_label *ret) {
	const struct json *label = json_member(v, name);
	struct place at = pack_into(p, name, -1);
	for (int i = 0; i < LANG_MAX_; i++) {
		struct str s = STR("");
		bool there = json_get_str(json_member(label, lang_code((enum lang)i)), &s) && s.n > 0;
		if (!there && (needed || label != NULL)) return pack_fault(&at, str_fmt(pack_arena(), "is needed in \"%s\"", lang_code((enum lang)i)).p);
		ret->in[i] = str_copy(pack_arena(), s);
	}
	return OK;
}

static enum err read_flag(const struct place *p, const struct json *v, const char *name, bool *ret) {
	const struct json *flag = json_member(v, name);
	if (flag == NULL || json_get_bool(flag, ret)) return OK;
	return pack_fault(p, str_fmt(pack_arena(), "%s is true or false", name).p);
}

static const struct pack_field *field_named(const struct pack_field *f, size_t n, struct str name) {
	for (size_t i = 0; i < n; i++)
		if (str_eq(f[i].name, name)) return &f[i];
	return NULL;
}

/* ------------------------------------------------------------- who may, and when */

/* Without "may" all people of the record and the staff. */
static enum err read_may(const struct place *p, const struct json *list, const struct pack_type *top, struct pack_action *act) {
	size_t n = list == NULL ? top->roles : json_length(list);
	act->seat = NEW_ARRAY(pack_arena(), const struct pack_word *, n);
	act->staff = list == NULL;
	for (size_t i = 0; i < n; i++) {
		struct place at = pack_into(p, "may", (long)i);
		struct str s = STR("");
		if (list != NULL) json_get_str(json_item(list, i), &s);
		const struct pack_word *role = list == NULL ? &top->role[i] : pack_type_role(top, s);
		if (role != NULL) act->seat[act->seats++] = role;
		else if (str_is(s, "staff")) act->staff = true;
		else return pack_fault(&at, "this is none of the roles of its people, and not \"staff\"");
	}
	return act->seats > 0 || act->staff ? OK : pack_fault(p, "nobody may do it");
}

static enum err read_when(const struct place *p, const struct json *list, const struct pack_type *t, struct pack_action *act) {
	act->when = NEW_ARRAY(pack_arena(), const struct pack_word *, json_length(list));
	for (size_t i = 0; i < json_length(list); i++) {
		struct place at = pack_into(p, "when", (long)i);
		struct str s = STR("");
		json_get_str(json_item(list, i), &s);
		act->when[act->whens] = pack_type_state(t, s);
		if (act->when[act->whens++] == NULL) return pack_fault(&at, "there is no such state");
	}
	return OK;
}

/* ------------------------------------------------------------------ approval */

static enum err read_limits(const struct place *p, const struct json *limits, struct pack_approval *ret) {
	for (int r = ROLE_NONE; r <= ROLE_OWNER; r++) ret->limit[r] = r >= ROLE_MANAGER ? PACK_ANY : -1;
	for (struct json_members m = json_members(limits); json_next(&m);) {
		enum role role;
		bool any = false;
		int64_t most;
		struct place at = pack_into(p, "limits", -1);
		if (!role_find(m.name, &role) || (role != ROLE_CUSTOMER && role != ROLE_AGENT && role != ROLE_MANAGER))
			return pack_fault(&at, "limits are those of customer, agent and manager");
		if (json_get_bool(m.value, &any) && any) ret->limit[role] = PACK_ANY;
		else if (json_get_int(m.value, &most) && most >= 0) ret->limit[role] = most;
		else return pack_fault(&at, "a limit is an amount in minor units, or true for any");
		if (ret->limit[role] != PACK_ANY && ret->amount == NULL) return pack_fault(&at, "a limit needs the amount that it is a limit of");
	}
	return OK;
}

static enum err read_approval(const struct place *p, const struct json *v, const struct pack_type *t, struct pack_action *act) {
	static const char *const known[] = {"amount", "limits", NULL};
	struct place at = pack_into(p, "approval", -1);
	struct str s;
	if (v == NULL) return OK;
	act->approval.needed = true;
	TRY(pack_only(&at, v, known));
	if (json_get_str(json_member(v, "amount"), &s)) {
		const struct pack_field *f = field_named(act->field, act->fields, s);
		act->approval.amount = f != NULL ? f : pack_type_field(t, s);
		if (act->approval.amount == NULL || act->approval.amount->type != PACK_MONEY)
			return pack_fault(&at, "amount is a money field of the form or of the record");
		if (f != NULL && !f->required) return pack_fault(&at, "the field of the amount must be required");
	}
	return read_limits(&at, json_member(v, "limits"), &act->approval);
}

bool pack_approves(const struct pack_action *act, enum role role, struct opt_int amount) {
	int64_t most = act->approval.limit[role];
	if (!act->approval.needed || most == PACK_ANY) return true;
	return amount.has && most >= 0 && amount.v <= most && amount.v >= -most;
}

/* ------------------------------------------------------------- what it comes to */

/* Whatever the form takes must be right for where it goes. */
static enum err fits(const struct place *p, const struct pack_field *from, const struct pack_field *to) {
	if (to == NULL) return pack_fault(p, str_fmt(pack_arena(), "the record has no field " STR_FMT, STR_ARG(from->name)).p);
	if (from->type != to->type) return pack_fault(p, str_fmt(pack_arena(), STR_FMT " is of another type there", STR_ARG(from->name)).p);
	for (size_t i = 0; i < from->choices; i++)
		if (pack_word_find(to->choice, to->choices, from->choice[i].name) == NULL)
			return pack_fault(p, str_fmt(pack_arena(), STR_FMT " is no choice there", STR_ARG(from->choice[i].name)).p);
	return OK;
}

static enum err read_set(const struct place *p, const struct json *list, const struct pack_type *t, struct pack_action *act) {
	act->sets = NEW_ARRAY(pack_arena(), bool, act->fields);
	for (size_t i = 0; i < json_length(list); i++) {
		struct place at = pack_into(p, "set", (long)i);
		struct str s = STR("");
		json_get_str(json_item(list, i), &s);
		const struct pack_field *f = field_named(act->field, act->fields, s);
		if (f == NULL) return pack_fault(&at, "the form has no such field");
		TRY(fits(&at, f, pack_type_field(t, s)));
		act->sets[f - act->field] = true;
	}
	return OK;
}

static enum err read_add(const struct place *p, struct str name, const struct pack_type *t, const struct pack_type *types, size_t n, struct pack_action *act) {
	struct place at = pack_into(p, "add", -1);
	for (size_t i = 0; i < n; i++)
		if (str_eq(types[i].name, name) && types[i].parent == t) act->add = &types[i];
	if (act->add == NULL) return pack_fault(&at, "this is no type of what it is the parent of");
	for (size_t i = 0; i < act->fields; i++) {
		const struct pack_field *to = pack_type_field(act->add, act->field[i].name);
		if (to != NULL) TRY(fits(&at, &act->field[i], to));
	}
	return OK;
}

static enum err read_then(const struct place *p, const struct json *v, const struct pack_type *t, const struct pack_type *types, size_t n,
	struct pack_action *act) {
	static const char *const known[] = {"set", "state", "add", NULL};
	struct place at = pack_into(p, "then", -1);
	struct str s;
	TRY(pack_only(&at, v, known));
	TRY(read_set(&at, json_member(v, "set"), t, act));
	if (json_get_str(json_member(v, "state"), &s) && (act->state = pack_type_state(t, s)) == NULL) return pack_fault(&at, "there is no such state");
	if (json_get_str(json_member(v, "add"), &s)) TRY(read_add(&at, s, t, types, n, act));
	return json_length(v) > 0 || act->back_office ? OK : pack_fault(p, "it comes to nothing: say then, or back_office");
}

/* ------------------------------------------------------------- for the team only */

/* What the form has of the team's stays the team's in the record, and the other way round. */
static enum err keeps_staff(const struct place *p, const struct pack_type *t, const struct pack_action *act) {
	for (size_t i = 0; i < act->fields; i++) {
		const struct pack_field *f = &act->field[i], *set = act->sets[i] ? pack_type_field(t, f->name) : NULL,
			*add = act->add == NULL ? NULL : pack_type_field(act->add, f->name);
		struct place at = pack_into(p, "fields", (long)i);
		if ((set != NULL && set->staff != f->staff) || (add != NULL && add->staff != f->staff))
			return pack_fault(&at, f->staff ? "staff: the record's field of this name is for all" : "the record's field of this name is for the team only, so this must be: \"staff\": true");
	}
	return OK;
}

/* Whoever is not of the team is asked for nothing that they do not see, and shown nothing of it. */
static enum err check_staff(const struct place *p, const struct pack_type *t, const struct pack_action *act) {
	struct place approval = pack_into(p, "approval", -1), when = pack_into(p, "when", -1), then = pack_into(p, "then", -1);
	TRY(keeps_staff(p, t, act));
	if (act->seats == 0) return OK;
	for (size_t i = 0; i < act->fields; i++) {
		struct place at = pack_into(p, "fields", (long)i);
		if (act->field[i].staff) return pack_fault(&at, "customers may do this, and the field is for the team only");
	}
	if (act->approval.amount != NULL && act->approval.amount->staff) return pack_fault(&approval, "customers may do this, and the amount is for the team only");
	if (t->staff_state && act->whens > 0) return pack_fault(&when, "customers may do this, and the state is for the team only");
	return t->staff_state && act->state != NULL ? pack_fault(&then, "customers may do this, and the state is for the team only") : OK;
}

/* ----------------------------------------------------------------------- reading */

static enum err read_action(const struct place *p, const struct json *v, const struct pack_type *t, const struct pack_type *types, size_t n,
	struct pack_action *act) {
	static const char *const known[] = {"name", "label", "words", "confirm", "fields", "may", "when", "proof", "approval", "back_office", "then", NULL};
	TRY(pack_only(p, v, known));
	TRY(pack_read_name(p, v, &act->name));
	TRY(pack_read_label(p, v, &act->label));
	TRY(read_says(p, v, "words", true, &act->words));
	TRY(read_says(p, v, "confirm", false, &act->confirm));
	if (json_member(v, "fields") != NULL) TRY(pack_read_fields(p, json_member(v, "fields"), &act->field, &act->fields));
	for (size_t i = 0; i < act->fields; i++)
		if (field_named(act->field, act->fields, act->field[i].name) != &act->field[i]) return pack_fault(p, "two fields have one name");
	TRY(read_may(p, json_member(v, "may"), pack_top(t), act));
	TRY(read_when(p, json_member(v, "when"), t, act));
	TRY(read_flag(p, v, "proof", &act->proof));
	TRY(read_flag(p, v, "back_office", &act->back_office));
	TRY(read_approval(p, json_member(v, "approval"), t, act));
	TRY(read_then(p, json_member(v, "then"), t, types, n, act));
	return check_staff(p, t, act);
}

enum err pack_read_actions(const struct place *p, const struct json *list, struct pack_type *t, const struct pack_type *types, size_t n) {
	size_t actions = json_length(list);
	struct pack_action *act = NEW_ARRAY(pack_arena(), struct pack_action, actions);
	for (size_t i = 0; i < actions; i++) {
		struct place at = pack_into(p, "actions", (long)i);
		TRY(read_action(&at, json_item(list, i), t, types, n, &act[i]));
		for (size_t k = 0; k < i; k++)
			if (str_eq(act[k].name, act[i].name)) return pack_fault(&at, "this name stands twice");
	}
	t->action = act;
	t->actions = actions;
	return OK;
}

const struct pack_action *pack_action_find(const struct pack_type *t, struct str name) {
	for (size_t i = 0; t != NULL && i < t->actions; i++)
		if (str_eq(t->action[i].name, name)) return &t->action[i];
	return NULL;
}
