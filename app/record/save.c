/* Making and changing records: the row, the sums by month, the event. */
#include "base/check.h"
#include "record/record_int.h"
#include "text/date.h"

enum { FIELDS_MAX = 64 * 1024, MONTHS_AHEAD = 1 << 20 };

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

static enum err tell(struct db *db, struct person_id actor, const char *verb, struct record_id id, struct record_id parent, struct str data,
	int64_t *ret_seq) {
	struct event e = {.actor = actor, .verb = verb, .object_kind = "record", .object_id = id.v, .audience = AUDIENCE_PRIVATE, .data = data};
	if (parent.v != 0) e.target_kind = "record", e.target_id = parent.v;
	return event_append(db, &e, ret_seq);
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

enum err record_get(struct db *db, struct arena *a, struct record_id id, struct record_row *ret) { return sql_record_facts(db, a, id, ret); }

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
	TRY(sql_record_insert(db, t->name, in->parent, root, pack_title(a, t, h.value, LANG_EN), state, at, amount, json, now, ret));
	add_month(db, t, in->parent, at, amount, 1);
	return tell(db, actor, "create", *ret, in->parent, str_fmt(a, "{\"type\":\"" STR_FMT "\"}", STR_ARG(t->name)), NULL);
}

/* -------------------------------------------------------------------- changing */

struct change {
	struct str field, old, new;
};

/* Puts what is given over what is there; says what that changes. */
static size_t put_over(const struct record_input *in, struct holding *h, struct str *state, struct change *ret) {
	size_t n = 0;
	for (size_t i = 0; in->value != NULL && i < h->type->fields; i++) {
		if (str_none(in->value[i]) || str_eq(in->value[i], h->value[i])) continue;
		ret[n++] = (struct change){h->type->field[i].name, h->value[i], in->value[i]};
		h->value[i] = in->value[i];
	}
	if (!str_empty(in->state) && !str_eq(in->state, *state)) {
		ret[n] = (struct change){STR("state"), *state, in->state};
		*state = in->state, n++;
	}
	return n;
}

/* The event names what changed; what it held before and holds now stands beside it, for those who may see that. */
static enum err tell_changes(struct db *db, struct arena *a, struct person_id actor, const struct record_row *was, const struct change *c, size_t n) {
	struct buf b;
	int64_t seq;
	buf_init(&b, FIELDS_MAX);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "changed"), json_put_array(&o);
	for (size_t i = 0; i < n; i++) json_put_str(&o, c[i].field);
	json_put_end(&o);
	json_put_end(&o);
	enum err e = tell(db, actor, "update", was->id, was->parent_id, str_copy(a, buf_str(&b)), &seq);
	buf_done(&b);
	for (size_t i = 0; e == OK && i < n; i++) e = sql_record_change_put(db, seq, c[i].field, c[i].old, c[i].new);
	return e;
}

static enum err write_change(struct db *db, struct arena *a, const struct record_row *was, const struct holding *h, struct str state, usec_t given_at) {
	usec_t at = day_of(h, given_at ? given_at : was->at);
	struct opt_int amount = amount_of(h);
	struct str json = to_json(a, h);
	if (str_none(json)) return ERR_INVALID;
	add_month(db, h->type, was->parent_id, was->at, was->amount, -1);
	add_month(db, h->type, was->parent_id, at, amount, 1);
	return sql_record_update(db, was->id, pack_title(a, h->type, h->value, LANG_EN), state, at, amount, json, clock_now());
}

enum err record_change(struct db *db, struct arena *a, struct person_id actor, struct record_id id, int64_t was, const struct record_input *in,
	bool *ret_changed) {
	struct record_row row;
	struct holding h = {.type = in->type};
	TRY(sql_record_facts(db, a, id, &row));
	if (!str_eq(row.type, in->type->name)) return ERR_INVALID;
	if (was != 0 && was != row.version) return ERR_STALE;
	if (!str_empty(in->state) && in->type->states > 0 && pack_type_state(in->type, in->state) == NULL) return ERR_INVALID;
	if (!str_empty(in->state) && !in->any_state && !pack_type_moves(in->type, row.state, in->state)) return ERR_INVALID;
	TRY(record_values(a, in->type, row.fields, &h.value));
	struct change *change = NEW_ARRAY(a, struct change, in->type->fields + 1);
	struct str state = row.state;
	size_t n = put_over(in, &h, &state, change);
	*ret_changed = n > 0;
	if (n == 0) return OK;
	TRY(write_change(db, a, &row, &h, state, in->at));
	return tell_changes(db, a, actor, &row, change, n);
}
