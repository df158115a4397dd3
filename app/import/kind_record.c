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
	struct record_input in = {.type = f->type, .parent = f->parent, .state = row->value[RECORD_STATE]};
	struct str *value = NEW_ARRAY(x->a, struct str, f->type->fields);
	for (size_t i = 0; i < f->type->fields; i++) {
		struct str s = row->value[RECORD_TARGETS + i];
		value[i] = !str_none(s) ? s : x->spoken[RECORD_TARGETS + i] ? STR("") : STR_NONE;
	}
	in.value = value;
	if (!str_none(row->value[RECORD_AT])) (void)!str_int(row->value[RECORD_AT], &in.at);
	return in;
}

static enum err seat_all(struct applying *x, struct record_id id) {
	const struct found *f = x->looked;
	bool changed;
	for (size_t i = 0; i < f->seats; i++) TRY(record_person(x->db, x->a, x->actor, id, f->seat[i].person, f->seat[i].role, true, &changed));
	return OK;
}

static enum err make(struct applying *x, const struct mapped *row, int64_t *ret_id) {
	struct record_input in = input_of(x, row);
	struct record_id id;
	TRY(record_create(x->db, x->a, x->actor, &in, &id));
	*ret_id = id.v;
	return seat_all(x, id);
}

static enum err change(struct applying *x, const struct mapped *row, int64_t id) {
	struct record_input in = input_of(x, row);
	bool changed;
	TRY(record_change(x->db, x->a, x->actor, (struct record_id){id}, 0, &in, &changed));
	return seat_all(x, (struct record_id){id});
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
	(void)id;
	return OK;
}

static enum err make_link(struct applying *x, const struct mapped *row, int64_t *ret_id) {
	const struct link *l = x->looked;
	bool changed;
	*ret_id = l->record.v;
	return record_person(x->db, x->a, x->actor, l->record, l->person, row->value[LINK_ROLE], true, &changed);
}

/* A link that became another one: what it was before is not known any more, and stays. */
static enum err change_link(struct applying *x, const struct mapped *row, int64_t id) {
	(void)id;
	return make_link(x, row, &id);
}

const struct import_kind links_kind = {
	.word = "links", .object = "links", .label = T("Who has to do with a record"), .target = link_targets, .targets = LINK_TARGETS,
	.look = look_link, .make = make_link, .change = change_link,
};
