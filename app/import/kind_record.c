/* Records of any type, and who has to do with them. People and parents are named as the same source names them; people also by their customer
 * number. */
#include "import/kind.h"
#include "import/kind_record.h"
#include "record/record.h"
#include "sql/import.h"
#include <stdio.h>

static const struct target targets[RECORD_TARGETS] = {
	[RECORD_EXTERNAL_ID] = {.name = {"external_id", 11}, .label = T("Its number in the file"), .want = WANT_LINE, .max = 200, .needed = true},
	[RECORD_PARENT] = {.name = {"parent", 6}, .label = T("Number of what it belongs to"), .want = WANT_LINE, .max = 200},
	[RECORD_PARENT_LINK] = {.name = {"parent_link", 11}, .label = T("Number of a link to what it belongs to"), .want = WANT_LINE, .max = 200},
	[RECORD_STATE] = {.name = {"state", 5}, .label = T("State"), .want = WANT_LINE, .max = 40},
	[RECORD_AT] = {.name = {"at", 2}, .label = T("When it began"), .want = WANT_TIME},
};

struct seat {
	struct record_id record;
	struct person_id person;
	struct str role;
};

/* What look has found for make and change. */
struct found {
	const struct pack_type *type;
	struct record_id parent;
	struct seat *seat;
	size_t seats;
};

static enum err of_source(struct applying *x, const char *kind, struct str external_id, int64_t *ret) {
	struct source_ref_row ref = {0};
	bool found;
	TRY(sql_source_ref_get(x->db, x->a, x->source, str_c(kind), external_id, &ref, &found));
	*ret = found ? ref.object_id : 0;
	return OK;
}

static enum err find_person(struct applying *x, struct str number, struct person_id *ret) {
	struct import_person_row had = {0};
	bool found;
	TRY(of_source(x, "person", number, &ret->v));
	if (ret->v != 0) return OK;
	TRY(sql_import_person_with_number(x->db, x->a, number, &had, &found));
	if (found) *ret = had.id;
	return OK;
}

static enum err find_parent(struct applying *x, const struct mapped *row, struct found *f, const char **ret_fault) {
	struct str parent = row->value[RECORD_PARENT], link = row->value[RECORD_PARENT_LINK];
	if (f->type->parent == NULL) return OK;
	if (!str_none(parent)) {
		char word[80];
		snprintf(word, sizeof word, "records:" STR_FMT, STR_ARG(f->type->parent->name));
		TRY(of_source(x, word, parent, &f->parent.v));
	} else if (!str_none(link)) {
		TRY(of_source(x, links_kind.object, link, &f->parent.v));
	}
	if (f->parent.v == 0) *ret_fault = T("What it belongs to is not known; import that first.");
	return OK;
}

static enum err find_seats(struct applying *x, const struct mapped *row, struct found *f, const char **ret_fault) {
	size_t first = RECORD_TARGETS + f->type->fields, most = 0;
	for (size_t i = 0; i < f->type->roles; i++) most += str_none(row->value[first + i]) ? 0 : row->value[first + i].n;
	if (most == 0) return OK;
	f->seat = NEW_ARRAY(x->a, struct seat, most);
	for (size_t i = 0; i < f->type->roles; i++)
		for (struct str rest = row->value[first + i]; !str_none(rest);) {
			struct seat s = {.role = f->type->role[i].name};
			TRY(find_person(x, str_cut(&rest, '\n'), &s.person));
			if (s.person.v == 0) *ret_fault = T("A person of it is not known; import the people first.");
			f->seat[f->seats++] = s;
		}
	return OK;
}

static enum err look(struct applying *x, const struct mapped *row, int64_t *id, const char **ret_fault) {
	struct found *f = NEW(x->a, struct found);
	struct str state = row->value[RECORD_STATE];
	(void)id;
	x->looked = f;
	f->type = pack_type_find(x->pack, x->kind->type);
	if (f->type == NULL) {
		*ret_fault = T("The pack has no such type.");
		return OK;
	}
	if (!str_none(state) && pack_type_state(f->type, state) == NULL) *ret_fault = T("The type has no such state.");
	TRY(find_parent(x, row, f, ret_fault));
	return find_seats(x, row, f, ret_fault);
}

/* What the mapping speaks of and the row has nothing for is emptied; what it does not speak of stays. */
static struct record_input input_of(struct applying *x, const struct mapped *row) {
	const struct found *f = x->looked;
	struct record_input in = {.type = f->type, .parent = f->parent, .state = row->value[RECORD_STATE], .any_state = true};
	struct str *value = NEW_ARRAY(x->a, struct str, f->type->fields);
	for (size_t i = 0; i < f->type->fields; i++) {
		struct str s = row->value[RECORD_TARGETS + i];
		value[i] = !str_none(s) ? s : x->spoken[RECORD_TARGETS + i] ? STR("") : STR_NONE;
	}
	in.value = value;
	if (!str_none(row->value[RECORD_AT])) (void)!str_int(row->value[RECORD_AT], &in.at);
	return in;
}

/* ------------------------------------------------------- whom a row puts to records */

enum { SEATS_MOST = 1000 };

static bool among(const struct seat *l, size_t n, const struct source_seat_row *s) {
	for (size_t i = 0; i < n; i++)
		if (l[i].record.v == s->record_id.v && l[i].person.v == s->person_id.v && str_eq(l[i].role, s->role)) return true;
	return false;
}

/* Whoever the row named before and names no more goes, unless another row still names them. */
static enum err unseat(struct applying *x, struct str external_id, const struct source_seat_row *s) {
	int64_t others;
	bool changed;
	TRY(sql_source_seat_drop(x->db, x->source, str_c(x->kind->object), external_id, s->record_id, s->person_id, s->role, NULL));
	TRY(sql_source_seat_others(x->db, s->record_id, s->person_id, s->role, &others));
	return others > 0 ? OK : record_person(x->db, x->a, x->actor, s->record_id, s->person_id, s->role, false, &changed);
}

/* speaks: whether the mapping says anything of a role; the people of others stay. NULL: of all. */
static enum err seat_only(struct applying *x, struct str external_id, const struct seat *want, size_t n, bool fresh,
	bool (*speaks)(const struct applying *x, struct str role)) {
	struct source_seat_row_list had = {0};
	struct str kind = str_c(x->kind->object);
	bool changed;
	if (!fresh) TRY(sql_source_seats(x->db, x->a, x->source, kind, external_id, SEATS_MOST, &had));
	for (size_t i = 0; i < had.n; i++)
		if (!among(want, n, &had.v[i]) && (speaks == NULL || speaks(x, had.v[i].role))) TRY(unseat(x, external_id, &had.v[i]));
	for (size_t i = 0; i < n; i++) {
		TRY(record_person(x->db, x->a, x->actor, want[i].record, want[i].person, want[i].role, true, &changed));
		TRY(sql_source_seat_put(x->db, x->source, kind, external_id, want[i].record, want[i].person, want[i].role, NULL));
	}
	return OK;
}

static bool speaks_of(const struct applying *x, struct str role) {
	const struct found *f = x->looked;
	for (size_t i = 0; i < f->type->roles; i++)
		if (str_eq(f->type->role[i].name, role)) return x->spoken[RECORD_TARGETS + f->type->fields + i];
	return true;
}

static enum err seat_all(struct applying *x, const struct mapped *row, struct record_id id, bool fresh) {
	const struct found *f = x->looked;
	for (size_t i = 0; i < f->seats; i++) f->seat[i].record = id;
	if (f->type->parent != NULL) return OK;
	return seat_only(x, row->value[RECORD_EXTERNAL_ID], f->seat, f->seats, fresh, speaks_of);
}

static enum err make(struct applying *x, const struct mapped *row, int64_t *ret_id) {
	struct record_input in = input_of(x, row);
	struct record_id id;
	TRY(record_create(x->db, x->a, x->actor, &in, &id));
	*ret_id = id.v;
	return seat_all(x, row, id, true);
}

static enum err change(struct applying *x, const struct mapped *row, int64_t id) {
	struct record_input in = input_of(x, row);
	bool changed;
	TRY(record_change(x->db, x->a, x->actor, (struct record_id){id}, 0, &in, &changed));
	return seat_all(x, row, (struct record_id){id}, false);
}

const struct import_kind records_kind = {
	.label = T("Records"), .target = targets, .targets = RECORD_TARGETS, .look = look, .make = make, .change = change,
};

/* ------------------------------------------------------------------------ links */

enum { LINK_EXTERNAL_ID, LINK_TYPE, LINK_RECORD, LINK_PERSON, LINK_ROLE, LINK_TARGETS };

static const struct target link_targets[LINK_TARGETS] = {
	[LINK_EXTERNAL_ID] = {.name = {"external_id", 11}, .label = T("Its number in the file"), .want = WANT_LINE, .max = 200, .needed = true},
	[LINK_TYPE] = {.name = {"type", 4}, .label = T("Type of the record"), .want = WANT_LINE, .max = 40, .needed = true},
	[LINK_RECORD] = {.name = {"record", 6}, .label = T("Number of the record"), .want = WANT_LINE, .max = 200, .needed = true},
	[LINK_PERSON] = {.name = {"person", 6}, .label = T("Number of the person"), .want = WANT_LINE, .max = 200, .needed = true},
	[LINK_ROLE] = {.name = {"role", 4}, .label = T("As what: a role of the type"), .want = WANT_LINE, .max = 40, .needed = true},
};

struct link {
	struct record_id record;
	struct person_id person;
};

static enum err look_link(struct applying *x, const struct mapped *row, int64_t *id, const char **ret_fault) {
	struct link *l = NEW(x->a, struct link);
	const struct pack_type *t = pack_type_find(x->pack, row->value[LINK_TYPE]);
	char word[80];
	x->looked = l;
	if (t == NULL || t->parent != NULL || pack_type_role(t, row->value[LINK_ROLE]) == NULL) {
		*ret_fault = T("The pack has no such type, or the type no such role.");
		return OK;
	}
	snprintf(word, sizeof word, "records:" STR_FMT, STR_ARG(t->name));
	TRY(of_source(x, word, row->value[LINK_RECORD], &l->record.v));
	TRY(find_person(x, row->value[LINK_PERSON], &l->person));
	if (l->record.v == 0) *ret_fault = T("The record is not known; import the records first.");
	else if (l->person.v == 0) *ret_fault = T("The person is not known; import the people first.");
	else if (*id != 0) *id = l->record.v;            /* the row may be about another record from now on */
	return OK;
}

static enum err put_link(struct applying *x, const struct mapped *row, bool fresh) {
	const struct link *l = x->looked;
	struct seat one = {.record = l->record, .person = l->person, .role = row->value[LINK_ROLE]};
	return seat_only(x, row->value[LINK_EXTERNAL_ID], &one, 1, fresh, NULL);
}

static enum err make_link(struct applying *x, const struct mapped *row, int64_t *ret_id) {
	*ret_id = ((const struct link *)x->looked)->record.v;
	return put_link(x, row, true);
}

static enum err change_link(struct applying *x, const struct mapped *row, int64_t id) {
	(void)id;
	return put_link(x, row, false);
}

const struct import_kind links_kind = {
	.word = "links", .object = "links", .label = T("Who has to do with a record"), .target = link_targets, .targets = LINK_TARGETS,
	.look = look_link, .make = make_link, .change = change_link,
};
