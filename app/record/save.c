/* Making and changing records: the row, the sums by month, the event. */
#include "base/check.h"
#include "record/record_int.h"
#include "text/date.h"

enum { FIELDS_MAX = 64 * 1024, TITLE_MAX = 300, MONTHS_AHEAD = 1 << 20 };

/* What a record holds: the texts of its type's fields, in their order. */
struct holding {
	const struct pack_type *type;
	struct str *value;
};

/* ------------------------------------------------------------------- the row */

static size_t field_at(const struct pack_type *t, const struct pack_field *f) { return (size_t)(f - t->field); }

enum err record_values(struct arena *a, const struct pack_type *t, struct str json, struct str **ret) {
	return pack_values_read(a, t->field, t->fields, json, ret);
}

static struct str to_json(struct arena *a, const struct holding *h) { return pack_values_keep(a, h->type->field, h->type->fields, h->value); }

/* The type's title with its fields filled in. Money and choices are said as they are kept: the page says them better beside it. */
static struct str title_of(struct arena *a, const struct holding *h) {
	struct buf b;
	buf_init(&b, TITLE_MAX);
	for (struct str rest = h->type->title; !str_none(rest);) {
		buf_add(&b, str_cut(&rest, '{'));
		if (str_none(rest)) break;
		const struct pack_field *f = pack_type_field(h->type, str_cut(&rest, '}'));
		struct str v = h->value[field_at(h->type, f)];
		if (f->type == PACK_CHOICE) {
			for (size_t i = 0; i < f->choices; i++)
				if (str_eq(f->choice[i].name, v)) v = pack_say(&f->choice[i].label, LANG_EN);
		}
		buf_add(&b, utf8_fit(v, TITLE_MAX / 2));
	}
	struct str s = str_copy(a, str_trim(buf_str(&b)));
	buf_done(&b);
	return str_empty(s) ? str_copy(a, pack_say(&h->type->label, LANG_EN)) : s;
}

static struct opt_int amount_of(const struct holding *h) {
	struct opt_int amount = {0};
	if (h->type->amount != NULL) amount.has = str_int(h->value[field_at(h->type, h->type->amount)], &amount.v);
	return amount;
}

static usec_t day_of(const struct holding *h, usec_t otherwise) {
	int64_t days;
	if (h->type->at == NULL || !date_days(h->value[field_at(h->type, h->type->at)], &days)) return otherwise;
	return days * DAYS(1);
}

/* --------------------------------------------------------------- sums by month */

static int64_t month_of(usec_t at) {
	int y, m, d;
	days_civil(at / DAYS(1) - (at % DAYS(1) < 0), &y, &m, &d);
	return (int64_t)(y - 1970) * 12 + m - 1;
}

static enum err write_month(struct db *db, struct db_pair key, struct db_pair sum) {
	const struct pack_type *t = pack_type_of((int)(key.v[1] / (2 * MONTHS_AHEAD)));
	if (sum.v[0] == 0 && sum.v[1] == 0) return OK;
	return sql_record_month_add(db, (struct record_id){key.v[0]}, t->name, key.v[1] % (2 * MONTHS_AHEAD) - MONTHS_AHEAD, sum.v[0], sum.v[1], NULL);
}

static void add_month(struct db *db, const struct pack_type *t, struct record_id parent, usec_t at, struct opt_int amount, int sign) {
	if (parent.v == 0 || !amount.has) return;
	struct db_pair key = {{parent.v, t->code * 2LL * MONTHS_AHEAD + month_of(at) + MONTHS_AHEAD}};
	struct db_pair sum = {{amount.v > 0 ? sign * amount.v : 0, amount.v < 0 ? sign * amount.v : 0}};
	db_sum(db, write_month, key, sum);
}

/* ---------------------------------------------------------------------- making */

static enum err tell(struct db *db, struct person_id actor, const char *verb, struct record_id id, struct record_id parent, struct str data) {
	struct event e = {.actor = actor, .verb = verb, .object_kind = "record", .object_id = id.v, .audience = AUDIENCE_PRIVATE, .data = data};
	if (parent.v != 0) e.target_kind = "record", e.target_id = parent.v;
	return event_append(db, &e, NULL);
}

static enum err find_root(struct db *db, struct arena *a, const struct record_input *in, struct record_id *ret) {
	struct record_row parent;
	*ret = (struct record_id){0};
	if ((in->type->parent != NULL) != (in->parent.v != 0)) return ERR_INVALID;
	if (in->parent.v == 0) return OK;
	TRY(sql_record_facts(db, a, in->parent, &parent));
	*ret = parent.root_id.v != 0 ? parent.root_id : parent.id;
	return str_eq(parent.type, in->type->parent->name) ? OK : ERR_INVALID;
}

static struct str first_state(const struct pack_type *t) { return t->states > 0 ? t->state[0].name : STR(""); }

enum err record_create(struct db *db, struct arena *a, struct person_id actor, const struct record_input *in, struct record_id *ret) {
	const struct pack_type *t = in->type;
	struct holding h = {.type = t, .value = NEW_ARRAY(a, struct str, t->fields)};
	struct record_id root;
	struct str state = str_empty(in->state) ? first_state(t) : in->state;
	usec_t now = clock_now();
	TRY(find_root(db, a, in, &root));
	if (t->states > 0 && pack_type_state(t, state) == NULL) return ERR_INVALID;
	for (size_t i = 0; i < t->fields; i++) h.value[i] = in->value == NULL || str_none(in->value[i]) ? STR("") : in->value[i];
	struct str json = to_json(a, &h);
	if (str_none(json)) return ERR_INVALID;
	usec_t at = day_of(&h, in->at ? in->at : now);
	struct opt_int amount = amount_of(&h);
	TRY(sql_record_insert(db, t->name, in->parent, root, title_of(a, &h), state, at, amount, json, now, ret));
	add_month(db, t, in->parent, at, amount, 1);
	return tell(db, actor, "create", *ret, in->parent, str_fmt(a, "{\"type\":\"" STR_FMT "\"}", STR_ARG(t->name)));
}

/* -------------------------------------------------------------------- changing */

static void name_change(struct json_out *o, struct str name, bool *any) {
	if (!*any) json_put_key(o, "changed"), json_put_array(o);
	*any = true;
	json_put_str(o, name);
}

/* Puts what is given over what is there; names what that changes. */
static bool put_over(const struct record_input *in, struct holding *h, struct str *state, struct json_out *o) {
	bool any = false;
	for (size_t i = 0; in->value != NULL && i < h->type->fields; i++) {
		if (str_none(in->value[i]) || str_eq(in->value[i], h->value[i])) continue;
		h->value[i] = in->value[i];
		name_change(o, h->type->field[i].name, &any);
	}
	if (!str_empty(in->state) && !str_eq(in->state, *state)) {
		*state = in->state;
		name_change(o, STR("state"), &any);
	}
	if (any) json_put_end(o);
	return any;
}

static enum err write_change(struct db *db, struct arena *a, struct person_id actor, const struct record_row *was, const struct holding *h,
	struct str state, usec_t given_at, struct str data) {
	usec_t at = day_of(h, given_at ? given_at : was->at);
	struct opt_int amount = amount_of(h);
	struct str json = to_json(a, h);
	if (str_none(json)) return ERR_INVALID;
	add_month(db, h->type, was->parent_id, was->at, was->amount, -1);
	add_month(db, h->type, was->parent_id, at, amount, 1);
	TRY(sql_record_update(db, was->id, title_of(a, h), state, at, amount, json, clock_now()));
	return tell(db, actor, "update", was->id, was->parent_id, data);
}

enum err record_change(struct db *db, struct arena *a, struct person_id actor, struct record_id id, int64_t was, const struct record_input *in,
	bool *ret_changed) {
	struct record_row row;
	struct holding h = {.type = in->type};
	struct buf b;
	TRY(sql_record_facts(db, a, id, &row));
	if (!str_eq(row.type, in->type->name)) return ERR_INVALID;
	if (was != 0 && was != row.version) return ERR_STALE;
	if (!str_empty(in->state) && in->type->states > 0 && pack_type_state(in->type, in->state) == NULL) return ERR_INVALID;
	TRY(record_values(a, in->type, row.fields, &h.value));
	buf_init(&b, FIELDS_MAX);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	struct str state = row.state;
	*ret_changed = put_over(in, &h, &state, &o);
	json_put_end(&o);
	enum err e = *ret_changed ? write_change(db, a, actor, &row, &h, state, in->at, buf_str(&b)) : OK;
	buf_done(&b);
	return e;
}

enum err record_person(struct db *db, struct arena *a, struct person_id actor, struct record_id id, struct person_id person, struct str role,
	bool yes, bool *ret_changed) {
	struct record_row row;
	int64_t changed;
	TRY(sql_record_facts(db, a, id, &row));
	if (row.root_id.v != 0) return ERR_INVALID;      /* its people are those of what it is a line of */
	TRY(yes ? sql_record_person_put(db, id, person, role, &changed) : sql_record_person_drop(db, id, person, role, &changed));
	*ret_changed = changed > 0;
	if (changed == 0) return OK;
	struct event e = {.actor = actor, .verb = yes ? "add" : "remove", .object_kind = "person", .object_id = person.v, .target_kind = "record",
		.target_id = id.v, .audience = AUDIENCE_PRIVATE, .data = str_fmt(a, "{\"role\":\"" STR_FMT "\"}", STR_ARG(role))};
	return event_append(db, &e, NULL);
}
