/* The form of an action: its values, what is wrong with them, what they would come to. */
#include "action/action_int.h"
#include "crypto/token.h"
#include "routes.h"
#include "text/json.h"

enum { TEXT_MOST = 500 };

/* -------------------------------------------------------------------- finding */

enum err asked_find(struct req *q, struct asked *k) {
	TRY(record_seen(q, k->id, &k->row));
	k->type = record_type(q, k->row.type);
	k->act = pack_action_find(k->type, k->name);
	if (k->act == NULL) return ERR_NOT_FOUND;
	TRY(record_may_do(q, &k->row, k->act, &k->role));
	if (k->role == ROLE_NONE) return ERR_DENIED;
	if (!record_in_state_for(&k->row, k->act)) return req_fail(q, ERR_CONFLICT, T("Its state does not allow that any more. Please look at it again."), NULL);
	size_t n = k->act->fields;
	k->value = NEW_ARRAY(q->a, struct str, n);
	k->raw = NEW_ARRAY(q->a, struct str, n);
	k->fault = NEW_ARRAY(q->a, const char *, n);
	for (size_t i = 0; i < n; i++) k->value[i] = k->raw[i] = STR("");
	return OK;
}

static enum err no_such_field(struct req *q, struct str name) {
	return req_invalid(q, str_fmt(q->a, "fields." STR_FMT, STR_ARG(name)).p, T("This form has no such field."));
}

static size_t field_at(const struct asked *k, struct str name) {
	for (size_t i = 0; i < k->act->fields; i++)
		if (str_eq(k->act->field[i].name, name)) return i;
	return SIZE_MAX;
}

/* Programs give amounts in minor units, alone or as {amount, currency}; numbers, true and false; all else as text. */
static struct str minor_units(struct req *q, int64_t n) {
	uint64_t u = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	return str_fmt(q->a, "%s%llu.%02llu", n < 0 ? "-" : "", (unsigned long long)(u / 100), (unsigned long long)(u % 100));
}

static bool of_json(struct req *q, const struct pack_field *f, const struct json *v, struct str *ret) {
	int64_t n;
	bool b;
	struct str s, currency = q->business->currency;
	*ret = STR("");
	if (json_kind_of(v) == JSON_IS_NULL) return true;
	if (f->type == PACK_MONEY) {
		const struct json *amount = json_kind_of(v) == JSON_IS_OBJECT ? json_member(v, "amount") : v;
		json_get_str(json_member(v, "currency"), &currency);
		if (!json_get_int(amount, &n) || !str_eq(currency, q->business->currency)) return false;
		*ret = minor_units(q, n);
		return true;
	}
	if (f->type == PACK_INT && json_get_int(v, &n)) return *ret = str_fmt(q->a, "%lld", (long long)n), true;
	if (f->type == PACK_BOOL && json_get_bool(v, &b)) return *ret = b ? STR("yes") : STR("no"), true;
	if (!json_get_str(v, &s)) return false;
	*ret = str_copy(q->a, s);
	return true;
}

static enum err read_json(struct req *q, struct asked *k) {
	enum err e = OK;
	JSON_DOC(doc);
	TRY(json_parse(&doc, k->json, NULL));
	if (json_kind_of(doc.root) != JSON_IS_OBJECT) return req_invalid(q, "fields", T("This must be an object."));
	for (struct json_members m = json_members(doc.root); json_next(&m);) {
		size_t i = field_at(k, m.name);
		if (i == SIZE_MAX) e = no_such_field(q, str_copy(q->a, m.name));
		else if (!of_json(q, &k->act->field[i], m.value, &k->raw[i])) k->fault[i] = T("This cannot be given like that.");
	}
	return e;
}

static enum err read_typed(struct req *q, struct asked *k) {
	enum err e = OK;
	if (!str_none(k->json)) return read_json(q, k);
	for (size_t n = 0; n < k->field_name.n && n < k->field_value.n; n++) {
		size_t i = field_at(k, k->field_name.v[n]);
		if (i == SIZE_MAX) e = no_such_field(q, k->field_name.v[n]);
		else k->raw[i] = k->field_value.v[n];
	}
	return e;
}

/* ------------------------------------------------------------------- checking */

static const char *fault_of(struct req *q, const struct pack_field *f, struct str raw, struct str *ret) {
	const char *fault = NULL;
	int64_t n;
	if (!pack_value(q->a, f, raw, ret, &fault)) return fault;
	if (ret->n == 0) return f->required ? T("Please fill this in.") : NULL;
	if (ret->n > TEXT_MOST) return T("This is too long.");
	if (f->type == PACK_MONEY && str_int(*ret, &n) && n < 0) return T("Please give an amount that is not below zero.");
	return NULL;
}

static enum err find_amount(struct req *q, struct asked *k) {
	const struct pack_field *f = k->act->approval.amount;
	struct str *value;
	k->amount = (struct opt_int){0};
	if (f == NULL) return OK;
	if (f >= k->act->field && f < k->act->field + k->act->fields) {
		k->amount.has = str_int(k->value[f - k->act->field], &k->amount.v);
		return OK;
	}
	TRY(pack_values_read(q->a, k->type->field, k->type->fields, k->row.fields, &value));
	k->amount.has = str_int(value[f - k->type->field], &k->amount.v);
	return OK;
}

enum err asked_check(struct req *q, struct asked *k) {
	enum err e = read_typed(q, k);
	if (e != OK && e != ERR_INVALID) return e;
	for (size_t i = 0; i < k->act->fields; i++) {
		const struct pack_field *f = &k->act->field[i];
		if (k->fault[i] == NULL) k->fault[i] = fault_of(q, f, k->raw[i], &k->value[i]);
		if (k->fault[i] != NULL) e = req_invalid(q, str_fmt(q->a, "fields." STR_FMT, STR_ARG(f->name)).p, k->fault[i]);
	}
	TRY(e);
	if (k->version != 0 && k->version != k->row.version)
		return req_invalid(q, "version", T("It has changed since you opened it. Please look again, and send it then."));
	return find_amount(q, k);
}

enum err asked_prefill(struct req *q, struct asked *k) {
	struct str *value;
	TRY(pack_values_read(q->a, k->type->field, k->type->fields, k->row.fields, &value));
	for (size_t i = 0; i < k->act->fields; i++) {
		int64_t n;
		const struct pack_field *f = k->act->sets[i] ? pack_type_field(k->type, k->act->field[i].name) : NULL;
		if (f == NULL) continue;
		k->raw[i] = value[f - k->type->field];
		if (f->type == PACK_MONEY && str_int(k->raw[i], &n)) k->raw[i] = minor_units(q, n);
	}
	return OK;
}

/* ----------------------------------------------------------------- the pages */

static struct str type_word(enum pack_kind kind) {
	static const char *const words[] = {"text", "int", "money", "bool", "date", "choice"};
	return str_c(words[kind]);
}

static void add_choices(struct req *q, const struct pack_field *f, struct str value, struct action_input *ret) {
	ret->choices.v = NEW_ARRAY(q->a, struct action_choice, f->choices + 2);
	for (size_t i = 0; i < f->choices; i++)
		ret->choices.v[ret->choices.n++] = (struct action_choice){.name = f->choice[i].name, .word = pack_say(&f->choice[i].label, q->locale.lang),
			.here = str_eq(f->choice[i].name, value)};
	if (f->type != PACK_BOOL) return;
	ret->choices.v[ret->choices.n++] = (struct action_choice){.name = STR("yes"), .word = str_c(TRQ(q, T("Yes"))), .here = str_is(value, "yes")};
	ret->choices.v[ret->choices.n++] = (struct action_choice){.name = STR("no"), .word = str_c(TRQ(q, T("No"))), .here = str_is(value, "no")};
}

static void fill_inputs(struct req *q, const struct asked *k, struct action_input_list *ret) {
	ret->v = NEW_ARRAY(q->a, struct action_input, k->act->fields);
	ret->n = k->act->fields;
	for (size_t i = 0; i < ret->n; i++) {
		const struct pack_field *f = &k->act->field[i];
		ret->v[i] = (struct action_input){.name = f->name, .label = pack_say(&f->label, q->locale.lang), .type = type_word(f->type),
			.value = k->raw[i], .required = f->required, .fault = k->fault[i] == NULL ? STR("") : str_c(TRQ(q, k->fault[i]))};
		add_choices(q, f, k->raw[i], &ret->v[i]);
	}
}

static struct action_head head_of(struct req *q, const struct asked *k) {
	return (struct action_head){.record_id = k->row.id, .title = k->row.title, .type = pack_say(&k->type->label, q->locale.lang), .name = k->act->name,
		.label = pack_say(&k->act->label, q->locale.lang), .version = k->row.version, .staff = q->actor.is_staff};
}

enum err action_form(struct req *q, const struct action_form_in *in, struct action_form_page *ret) {
	struct asked k = {.id = in->id, .name = in->name, .field_name = in->field_name, .field_value = in->field_value, .json = STR_NONE};
	q->page.nav = q->actor.is_staff ? STR("people") : STR("things");
	TRY(asked_find(q, &k));
	TRY(asked_prefill(q, &k));
	if (in->given) IGNORE(asked_check(q, &k)); /* it was not taken: each fault stands beside its field */
	q->errors = (struct field_error_list){0};
	*ret = (struct action_form_page){.head = head_of(q, &k), .words = pack_say(&k.act->words, q->locale.lang)};
	fill_inputs(q, &k, &ret->inputs);
	return record_facts(q, &k.row, &ret->facts);
}

static void add_change(struct action_confirm_page *ret, struct str label, struct str was, struct str now) {
	ret->changes.v[ret->changes.n++] = (struct action_change){.label = label, .was = str_eq(was, now) ? STR("") : was, .now = now};
}

/* Exactly what will be: what was typed, with what stands there now where it is replaced. */
static enum err fill_changes(struct req *q, const struct asked *k, struct action_confirm_page *ret) {
	struct str *was;
	TRY(pack_values_read(q->a, k->type->field, k->type->fields, k->row.fields, &was));
	ret->changes.v = NEW_ARRAY(q->a, struct action_change, k->act->fields + 1);
	for (size_t i = 0; i < k->act->fields; i++) {
		const struct pack_field *f = &k->act->field[i], *to = k->act->sets[i] ? pack_type_field(k->type, f->name) : NULL;
		if (k->value[i].n == 0) continue;
		add_change(ret, pack_say(&f->label, q->locale.lang), to == NULL ? STR("") : pack_shown(q->a, to, was[to - k->type->field], &q->locale),
			pack_shown(q->a, f, k->value[i], &q->locale));
	}
	const struct pack_word *state = pack_type_state(k->type, k->row.state);
	if (k->act->state != NULL)
		add_change(ret, str_c(TRQ(q, T("State"))), state == NULL ? STR("") : pack_say(&state->label, q->locale.lang),
			pack_say(&k->act->state->label, q->locale.lang));
	return OK;
}

static enum err confirm_page(struct req *q, struct asked *k, struct str key, struct action_confirm_page *ret) {
	q->page.nav = q->actor.is_staff ? STR("people") : STR("things");
	TRY(asked_find(q, k));
	TRY(asked_check(q, k));
	*ret = (struct action_confirm_page){.head = head_of(q, k), .confirm = pack_say(&k->act->confirm, q->locale.lang), .proof = k->act->proof,
		.adds = k->act->add == NULL ? STR("") : pack_say(&k->act->add->label, q->locale.lang), .back_office = k->act->back_office,
		.approval = !pack_approves(k->act, k->role, k->amount), .key = str_empty(key) ? random_id(q->a) : key};
	fill_inputs(q, k, &ret->inputs);
	return fill_changes(q, k, ret);
}

enum err action_check(struct req *q, const struct action_check_in *in, struct action_confirm_page *ret) {
	struct asked k = {.id = in->id, .name = in->name, .field_name = in->field_name, .field_value = in->field_value, .json = STR_NONE};
	return confirm_page(q, &k, STR(""), ret);
}

enum err action_confirm(struct req *q, const struct action_confirm_in *in, struct action_confirm_page *ret) {
	struct asked k = {.id = in->id, .name = in->name, .field_name = in->field_name, .field_value = in->field_value, .json = STR_NONE};
	return confirm_page(q, &k, str_none(in->key) ? STR("") : in->key, ret);
}
