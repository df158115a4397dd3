/* What belongs together: a record and its people, one record and another, a record and an organization. */
#include "access/access.h"
#include "record/record_int.h"
#include "routes.h"
#include "text/url.h"

/* --------------------------------------------------------------------- rows */

static enum err tell(struct db *db, struct person_id actor, bool yes, const char *kind, int64_t id, struct record_id to, struct str data) {
	struct event e = {.actor = actor, .verb = yes ? "add" : "remove", .object_kind = kind, .object_id = id, .target_kind = "record",
		.target_id = to.v, .audience = AUDIENCE_PRIVATE, .data = data};
	return event_append(db, &e, NULL);
}

static struct str say(struct arena *a, const char *name, struct str value) {
	struct buf b;
	buf_init(&b, 1024);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, name), json_put_str(&o, value);
	json_put_end(&o);
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

enum err record_person(struct db *db, struct arena *a, struct person_id actor, struct record_id id, struct person_id person, struct str role,
	bool yes, bool *ret_changed) {
	struct record_row row;
	int64_t changed;
	TRY(sql_record_facts(db, a, id, &row));
	if (row.root_id.v != 0) return ERR_INVALID;      /* its people are those of what it is a line of */
	TRY(yes ? sql_record_person_put(db, id, person, role, &changed) : sql_record_person_drop(db, id, person, role, &changed));
	*ret_changed = changed > 0;
	return changed == 0 ? OK : tell(db, actor, yes, "person", person.v, id, say(a, "role", role));
}

enum err record_relate(struct db *db, struct arena *a, struct person_id actor, struct record_id from, struct record_id to, struct str relation,
	bool yes, bool *ret_changed) {
	struct record_row row;
	int64_t changed;
	if (from.v == to.v) return ERR_INVALID;
	TRY(sql_record_facts(db, a, from, &row));
	TRY(sql_record_facts(db, a, to, &row));
	TRY(yes ? sql_record_link_put(db, from, to, relation, &changed) : sql_record_link_drop(db, from, to, &changed));
	*ret_changed = changed > 0;
	return changed == 0 ? OK : tell(db, actor, yes, "record", to.v, from, say(a, "relation", relation));
}

enum err record_organization(struct db *db, struct arena *a, struct person_id actor, struct record_id id, struct organization_id organization,
	struct str role, bool yes, bool *ret_changed) {
	struct record_row row;
	int64_t changed;
	TRY(sql_record_facts(db, a, id, &row));
	if (row.root_id.v != 0) return ERR_INVALID;
	TRY(yes ? sql_record_organization_put(db, id, organization, role, &changed) : sql_record_organization_drop(db, id, organization, &changed));
	*ret_changed = changed > 0;
	return changed == 0 ? OK : tell(db, actor, yes, "organization", organization.v, id, say(a, "role", role));
}

/* -------------------------------------------------------------- who is meant */

enum err record_who(struct req *q, struct person_id given, struct str called, const char *field, struct person_id *ret) {
	struct person_id_list found;
	struct str name;
	bool known;
	if (given.v != 0) {
		TRY(sql_record_person_known(q->db, q->a, given, &name, &known));
		*ret = given;
		return known ? OK : req_invalid(q, field, T("There is nobody with this number."));
	}
	if (str_empty(str_trim(called))) return req_invalid(q, field, T("Please say who: the customer number or the full name."));
	TRY(sql_record_people_called(q->db, q->a, str_trim(called), &found));
	if (found.n == 0) return req_invalid(q, field, T("We know nobody with this customer number or full name."));
	if (found.n > 1) return req_invalid(q, field, T("Several people are called that; please give the customer number."));
	*ret = found.v[0];
	return OK;
}

static enum err which_body(struct req *q, struct organization_id given, struct str called, struct organization_id *ret) {
	struct organization_id_list found;
	struct str name;
	bool known;
	if (given.v != 0) {
		TRY(sql_record_body_known(q->db, q->a, given, &name, &known));
		*ret = given;
		return known ? OK : req_invalid(q, "organization_id", T("There is no organization with this number."));
	}
	TRY(sql_record_bodies_called(q->db, q->a, str_trim(called), &found));
	if (found.n == 0) return req_invalid(q, "who", T("We know no household or firm with this name."));
	if (found.n > 1) return req_invalid(q, "who", T("Several are called that. Please give the one you mean a name of its own."));
	*ret = found.v[0];
	return OK;
}

static enum err which_record(struct req *q, struct record_id given, struct str called, struct record_id *ret) {
	struct record_row row;
	*ret = given;
	if (given.v == 0 && (!str_int(str_trim(called), &ret->v) || ret->v < 1))
		return req_invalid(q, "who", T("Please give the number that stands in the address of its page."));
	return record_seen(q, *ret, &row) == OK ? OK : req_invalid(q, given.v ? "record_id" : "who", T("There is no record with this number."));
}

/* -------------------------------------------------------------------- pages */

static enum err editable(struct req *q, struct record_id id, struct record_row *ret) {
	struct object o = record_object();
	TRY(record_seen(q, id, ret));
	return may_or_err(&q->actor, ACT_EDIT, &o);
}

enum err record_links_form(struct req *q, const struct record_links_form_in *in, struct record_links_page *ret) {
	struct record_row row;
	struct record_view_list one;
	TRY(editable(q, in->id, &row));
	TRY(record_views(q, &(struct record_row_list){.v = &row, .n = 1}, &one));
	const struct pack_type *t = record_type(q, row.type);
	*ret = (struct record_links_page){.record = one.v[0], .called = record_called(q, &row), .root = row.root_id.v == 0,
		.what = str_none(in->what) ? STR("") : in->what, .who = str_none(in->who) ? STR("") : in->who, .role = str_none(in->role) ? STR("") : in->role};
	ret->roles.v = NEW_ARRAY(q->a, struct record_choice, t == NULL ? 0 : t->roles);
	for (size_t i = 0; t != NULL && i < t->roles; i++)
		ret->roles.v[ret->roles.n++] = (struct record_choice){.name = t->role[i].name, .label = pack_say(&t->role[i].label, q->locale.lang),
			.chosen = str_eq(t->role[i].name, in->role)};
	record_looked(q, &row);
	q->page.nav = STR("people");
	return OK;
}

static enum err link_person(struct req *q, const struct record_link_in *in, const struct record_row *row, bool yes, bool *ret_changed) {
	const struct pack_type *t = record_type(q, row->type);
	struct person_id person = in->person_id;
	if (row->root_id.v != 0) return req_invalid(q, "what", T("This is part of something else, and has its people."));
	if (yes && (t == NULL || pack_type_role(t, in->role) == NULL)) return req_invalid(q, "role", T("Please choose one."));
	if (yes) TRY(record_who(q, in->person_id, in->who, in->person_id.v ? "person_id" : "who", &person));
	return record_person(q->db, q->a, q->actor.id, row->id, person, str_none(in->role) ? STR("") : in->role, yes, ret_changed);
}

static enum err link_record(struct req *q, const struct record_link_in *in, const struct record_row *row, bool yes, bool *ret_changed) {
	struct record_id other;
	struct str relation = str_none(in->role) ? STR("") : str_trim(in->role);
	TRY(which_record(q, in->record_id, in->who, &other));
	if (other.v == row->id.v) return req_invalid(q, in->record_id.v ? "record_id" : "who", T("This is the same one."));
	if (yes && str_empty(relation)) return req_invalid(q, "role", T("Please say in a word how they go together."));
	return record_relate(q->db, q->a, q->actor.id, row->id, other, relation, yes, ret_changed);
}

static enum err link_body(struct req *q, const struct record_link_in *in, const struct record_row *row, bool yes, bool *ret_changed) {
	struct organization_id body;
	if (row->root_id.v != 0) return req_invalid(q, "what", T("This is part of something else; link that."));
	TRY(which_body(q, in->organization_id, in->who, &body));
	return record_organization(q->db, q->a, q->actor.id, row->id, body, str_none(in->role) ? STR("") : str_trim(in->role), yes, ret_changed);
}

enum err record_link(struct req *q, const struct record_link_in *in, struct record_view *ret) {
	struct record_row row;
	bool yes = !str_is(in->act, "remove"), changed = false;
	TRY(editable(q, in->id, &row));
	if (str_is(in->what, "person")) TRY(link_person(q, in, &row, yes, &changed));
	else if (str_is(in->what, "record")) TRY(link_record(q, in, &row, yes, &changed));
	else TRY(link_body(q, in, &row, yes, &changed));
	if (changed) req_say(q, yes ? T("Added.") : T("Removed."));
	ret->id = row.id;
	req_then_view(q, record_fill);
	return OK;
}
