/* A record as JSON has it and as a line of a list shows it. */
#include "record/record_int.h"
#include "crypto/token.h"
#include "text/date.h"
#include "text/url.h"

enum { ASKED_MOST = 200, NAMES_MOST = 1000 };

const struct pack *record_pack(const struct req *q) { return pack_find(q->business->pack); }

static struct str currency(const struct req *q) { return q->business->currency; }

static struct int_list ids_of(struct arena *a, const struct record_row_list *rows) {
	struct int_list ids = {.v = NEW_ARRAY(a, int64_t, rows->n)};
	for (size_t i = 0; i < rows->n; i++) ids.v[ids.n++] = rows->v[i].id.v;
	return ids;
}

enum err record_for_customers(struct req *q, struct record_row *row) {
	const struct pack_type *t = record_type(q, row->type);
	struct str *value;
	if (t == NULL) { /* the pack has it no more, and so nobody knows what was for whom */
		row->fields = STR("{}");
		row->state = STR("");
		row->amount = (struct opt_int){0};
	}
	if (t == NULL || !t->staff) return OK;
	TRY(record_values(q->a, t, row->fields, &value));
	for (size_t i = 0; i < t->fields; i++)
		if (t->field[i].staff) value[i] = STR("");
	row->fields = pack_values_keep(q->a, t->field, t->fields, value);
	if (t->staff_state) row->state = STR("");
	if (t->amount != NULL && t->amount->staff) row->amount = (struct opt_int){0};
	return OK;
}

static enum err as_seen(struct req *q, const struct record_row *row, struct record_row *ret) {
	*ret = *row;
	return q->actor.is_staff ? OK : record_for_customers(q, ret);
}

static enum err view_one(struct req *q, const struct record_row *row, struct record_view *ret) {
	struct record_row seen, *r = &seen;
	TRY(as_seen(q, row, r));
	const struct pack_type *t = record_type(q, r->type);
	*ret = (struct record_view){.id = r->id, .type = r->type, .external_id = STR_NONE, .parent_id = r->parent_id, .title = r->title, .state = r->state,
		.at = r->at, .created_at = r->created_at, .version = r->version, .url = url_path(q->a, "/records/%lld", (long long)r->id.v)};
	ret->amount.amount = r->amount;
	ret->amount.currency = currency(q);
	if (t == NULL) { /* a type that the pack has no more */
		ret->fields = r->fields;
		return OK;
	}
	struct str *value;
	TRY(record_values(q->a, t, r->fields, &value));
	ret->fields = pack_values_json(q->a, t->field, t->fields, value, currency(q));
	ret->title = pack_title(q->a, t, value, q->locale.lang);
	return OK;
}

static enum err goes_with(struct req *q, struct int_list ids, struct record_view_list *to) {
	struct record_related_row_list related;
	struct record_body_row_list bodies;
	TRY(sql_record_related(q->db, q->a, ids, q->actor.id, q->actor.is_staff, NAMES_MOST, &related));
	TRY(sql_record_bodies(q->db, q->a, ids, q->actor.id, q->actor.is_staff, NAMES_MOST, &bodies));
	for (size_t i = 0; i < to->n; i++) {
		struct record_view *v = &to->v[i];
		v->related.v = NEW_ARRAY(q->a, struct record_related, related.n);
		v->organizations.v = NEW_ARRAY(q->a, struct record_body, bodies.n);
		for (size_t k = 0; k < related.n; k++) {
			const struct record_related_row *r = &related.v[k];
			struct record_row other = {.type = r->type, .title = r->title, .fields = r->fields};
			if (r->record_id.v != v->id.v) continue;
			v->related.v[v->related.n++] = (struct record_related){.record_id = r->other_id, .relation = r->relation, .back = r->back,
				.title = record_called(q, &other), .url = url_path(q->a, "/records/%lld", (long long)r->other_id.v)};
		}
		for (size_t k = 0; k < bodies.n; k++)
			if (bodies.v[k].record_id.v == v->id.v)
				v->organizations.v[v->organizations.n++] = (struct record_body){.organization_id = bodies.v[k].organization_id, .name = bodies.v[k].name,
					.role = bodies.v[k].role};
	}
	return OK;
}

static void seat(struct req *q, const struct record_seat_row *s, const struct pack_type *t, struct record_view *v) {
	const struct pack_word *role = t == NULL ? NULL : pack_type_role(t, s->role);
	v->people.v[v->people.n++] = (struct record_seat){.person_id = s->person_id, .role = s->role, .name = s->name,
		.label = role ? pack_say(&role->label, q->locale.lang) : s->role};
}

enum err record_views(struct req *q, const struct record_row_list *rows, struct record_view_list *ret) {
	struct record_seat_row_list seats;
	struct record_name_row_list names;
	struct int_list ids = ids_of(q->a, rows);
	*ret = (struct record_view_list){.v = NEW_ARRAY(q->a, struct record_view, rows->n)};
	TRY(sql_record_people(q->db, q->a, ids, NAMES_MOST, &seats));
	TRY(sql_record_external(q->db, q->a, ids, NAMES_MOST, &names));
	for (size_t i = 0; i < rows->n; i++) {
		struct record_view *v = &ret->v[ret->n++];
		const struct pack_type *t = record_type(q, rows->v[i].type);
		TRY(view_one(q, &rows->v[i], v));
		v->people.v = NEW_ARRAY(q->a, struct record_seat, seats.n);
		for (size_t k = 0; k < seats.n; k++)
			if (seats.v[k].record_id.v == v->id.v) seat(q, &seats.v[k], t, v);
		for (size_t k = 0; k < names.n && str_none(v->external_id); k++)
			if (names.v[k].record_id == v->id.v) v->external_id = names.v[k].external_id;
	}
	return goes_with(q, ids, ret);
}

enum err record_fill(struct req *q, void *view) {
	struct record_view *ret = view;
	struct record_row row;
	struct record_view_list one;
	TRY(record_seen(q, ret->id, &row));
	TRY(record_views(q, &(struct record_row_list){.v = &row, .n = 1}, &one));
	*ret = one.v[0];
	return OK;
}

struct object record_object(void) { return (struct object){.thing = THING_RECORD, .visibility = SEEN_PRIVATE, .participant = true}; }

/* ------------------------------------------------------------------ in a list */

static struct record_item item_of(struct req *q, const struct record_row *r, const struct record_asked_row_list *asked) {
	const struct pack_type *t = record_type(q, r->type);
	const struct pack_word *state = t == NULL ? NULL : pack_type_state(t, r->state);
	struct record_item item = {.id = r->id, .title = r->title, .at = r->at, .amount = STR(""), .sub = STR(""),
		.state = state ? pack_say(&state->label, q->locale.lang) : r->state, .plus = t != NULL && t->flow && r->amount.has && r->amount.v > 0};
	if (r->amount.has) item.amount = say_money(q->a, &q->locale, r->amount.v, currency(q));
	for (size_t i = 0; asked != NULL && i < asked->n; i++) {
		if (asked->v[i].record_id.v != r->id.v) continue;
		if (item.asked.v == 0 || (item.settled && !asked->v[i].settled)) item.asked = asked->v[i].conversation_id, item.settled = asked->v[i].settled;
	}
	return item;
}

/* Its title in the reader's language, and the first two texts that the title does not say already. */
static enum err say_words(struct req *q, const struct record_row *r, struct record_item *item) {
	const struct pack_type *t = record_type(q, r->type);
	struct str *value;
	int had = 0;
	if (t == NULL) return OK;
	TRY(record_values(q->a, t, r->fields, &value));
	item->title = pack_title(q->a, t, value, q->locale.lang);
	for (size_t i = 0; i < t->fields && had < 2; i++) {
		const struct pack_field *f = &t->field[i];
		struct str shown = pack_shown(q->a, f, value[i], &q->locale);
		bool speaks = f->type == PACK_TEXT || f->type == PACK_CHOICE;      /* without its label */
		if (value[i].n == 0 || !speaks || str_has(item->title, shown)) continue;
		item->sub = had++ ? str_fmt(q->a, STR_FMT " · " STR_FMT, STR_ARG(item->sub), STR_ARG(shown)) : shown;
	}
	return OK;
}

enum err record_items(struct req *q, const struct record_row_list *rows, const struct record_asked_row_list *asked, struct record_item_list *ret) {
	*ret = (struct record_item_list){.v = NEW_ARRAY(q->a, struct record_item, rows->n)};
	for (size_t i = 0; i < rows->n; i++) {
		struct record_row seen;
		TRY(as_seen(q, &rows->v[i], &seen));
		ret->v[ret->n] = item_of(q, &seen, asked);
		TRY(say_words(q, &seen, &ret->v[ret->n++]));
	}
	return OK;
}

/* In the order of the pack; what it has no more at the end. */
static void in_order(const struct pack *p, struct record_group_list *l) {
	for (size_t i = 1; i < l->n; i++) {
		struct record_group g = l->v[i];
		const struct pack_type *t = pack_type_find(p, g.type), *before;
		size_t k = i;
		for (; t != NULL && k > 0 && ((before = pack_type_find(p, l->v[k - 1].type)) == NULL || before > t); k--) l->v[k] = l->v[k - 1];
		l->v[k] = g;
	}
}

enum err record_groups(struct req *q, const struct record_row_list *rows, const struct record_asked_row_list *asked, struct record_group_list *ret) {
	struct record_item_list all;
	TRY(record_items(q, rows, asked, &all));
	ret->v = NEW_ARRAY(q->a, struct record_group, rows->n + 1);
	ret->n = 0;
	for (size_t i = 0; i < rows->n; i++) {
		struct record_group *g = ret->n > 0 ? &ret->v[ret->n - 1] : NULL;
		if (g == NULL || !str_eq(g->type, rows->v[i].type)) {
			const struct pack_type *t = record_type(q, rows->v[i].type);
			g = &ret->v[ret->n++];
			*g = (struct record_group){.type = rows->v[i].type, .label = t ? pack_say(&t->many, q->locale.lang) : rows->v[i].type,
				.items = {.v = &all.v[i]}};
		}
		g->items.n++;
	}
	in_order(record_pack(q), ret);
	return OK;
}

enum err record_asked_about(struct req *q, struct record_id root, struct record_asked_row_list *ret) {
	return sql_record_asked(q->db, q->a, root, q->actor.id, q->actor.is_staff, ASKED_MOST, ret);
}

/* ---------------------------------------------------------------- for others */

enum err record_seen(struct req *q, struct record_id id, struct record_row *ret) {
	struct record_row row;
	TRY(sql_record_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, &row));
	TRY(as_seen(q, &row, ret));
	ret->title = record_called(q, ret);
	return OK;
}

const struct pack_type *record_type(const struct req *q, struct str type) { return pack_type_find(record_pack(q), type); }

struct str record_called(struct req *q, const struct record_row *row) { return record_called_in(q, row, q->locale.lang); }

struct str record_called_in(struct req *q, const struct record_row *row, enum lang lang) {
	const struct pack_type *t = record_type(q, row->type);
	struct str *value;
	return t != NULL && record_values(q->a, t, row->fields, &value) == OK ? pack_title(q->a, t, value, lang) : row->title;
}

static enum err facts(struct req *q, const struct record_row *of, bool all, const struct pack_type_tab *tab, struct record_fact_list *ret) {
	struct record_row seen, *row = &seen;
	TRY(as_seen(q, of, row));
	const struct pack_type *t = record_type(q, row->type);
	const struct pack_word *state = t == NULL || tab != NULL ? NULL : pack_type_state(t, row->state);
	struct str *value;
	*ret = (struct record_fact_list){0};
	if (t == NULL) return OK;
	TRY(record_values(q->a, t, row->fields, &value));
	ret->v = NEW_ARRAY(q->a, struct record_fact, t->fields + 1);
	if (state != NULL)
		ret->v[ret->n++] = (struct record_fact){.label = str_c(TRQ(q, T("State"))), .value = pack_say(&state->label, q->locale.lang)};
	for (size_t i = 0; i < t->fields; i++) {
		if (value[i].n == 0 || (!all && pack_type_tab_of(t, &t->field[i]) != tab)) continue;
		ret->v[ret->n++] = (struct record_fact){.label = pack_say(&t->field[i].label, q->locale.lang),
			.value = pack_shown(q->a, &t->field[i], value[i], &q->locale)};
	}
	return OK;
}

enum err record_facts(struct req *q, const struct record_row *row, struct record_fact_list *ret) { return facts(q, row, true, NULL, ret); }

enum err record_facts_in(struct req *q, const struct record_row *row, const struct pack_type_tab *tab, struct record_fact_list *ret) {
	return facts(q, row, false, tab, ret);
}

struct str record_hash(struct arena *a, const struct record_row *row) {
	return token_hash(a, str_fmt(a, STR_FMT "\n" STR_FMT "\n%lld\n" STR_FMT, STR_ARG(row->type), STR_ARG(row->state),
		(long long)row->at, STR_ARG(row->fields)));
}
