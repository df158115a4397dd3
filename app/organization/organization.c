/* Households and firms: the staff's list, page and form, what members see, and the same for programs. */
#include "organization/organization.h"
#include "access/access.h"
#include "event/event.h"
#include "people/people.h"
#include "record/record.h"
#include "routes.h"
#include "sql/organization.h"
#include "tag/tag.h"
#include "text/json.h"
#include "text/url.h"
#include "text/utf8.h"
#include <inttypes.h>

enum { MEMBERS_MOST = PEOPLE_MAX, OF_ONE_MOST = 50, PAGE = 50 };

static struct object object_of(void) { return (struct object){.thing = THING_ORGANIZATION, .visibility = SEEN_PRIVATE, .participant = true}; }

static enum err may_write(struct req *q, enum act act) {
	struct object o = object_of();
	return may_or_err(&q->actor, act, &o);
}

/* --------------------------------------------------------------------- view */

/* Members know of it and of each other as far as each shows; how to reach it, and what the team notes, is for the staff. */
static struct organization_view view_of(struct req *q, const struct organization_row *r) {
	struct organization_view v = {.id = r->id, .kind = r->kind, .name = r->name, .address = STR_NONE, .phone = STR_NONE, .email = STR_NONE,
		.web = STR_NONE, .notes = STR_NONE, .version = r->version, .url = url_path(q->a, "/organizations/%" PRId64, r->id.v)};
	if (!q->actor.is_staff) return v;
	v.address = r->address;
	v.phone = r->phone;
	v.email = r->email;
	v.web = r->web;
	v.notes = r->notes;
	v.created_at = r->created_at;
	v.updated_at = r->updated_at;
	return v;
}

/* Cards for any number of people, asked for as many at once as may be. */
static enum err cards_of(struct req *q, const struct organization_member_row_list *rows, struct person_card *ret) {
	for (size_t from = 0; from < rows->n; from += PEOPLE_MAX) {
		size_t n = rows->n - from < PEOPLE_MAX ? rows->n - from : PEOPLE_MAX;
		struct person_id_list ids = {.v = NEW_ARRAY(q->a, struct person_id, n), .n = n};
		struct person_card_list cards;
		for (size_t i = 0; i < n; i++) ids.v[i] = rows->v[from + i].person_id;
		TRY(people_cards(q->db, q->a, &q->actor, ids, &cards));
		for (size_t i = 0; i < n; i++) ret[from + i] = cards.v[i];
	}
	return OK;
}

static enum err views_of(struct req *q, const struct organization_row_list *rows, struct organization_view_list *ret) {
	struct organization_member_row_list members;
	struct int_list ids = {.v = NEW_ARRAY(q->a, int64_t, rows->n)};
	for (size_t i = 0; i < rows->n; i++) ids.v[ids.n++] = rows->v[i].id.v;
	TRY(sql_organization_members(q->db, q->a, ids, (int64_t)rows->n * MEMBERS_MOST, &members));
	struct person_card *card = NEW_ARRAY(q->a, struct person_card, members.n);
	TRY(cards_of(q, &members, card));
	*ret = (struct organization_view_list){.v = NEW_ARRAY(q->a, struct organization_view, rows->n)};
	for (size_t i = 0; i < rows->n; i++) {
		struct organization_view *v = &ret->v[ret->n++];
		*v = view_of(q, &rows->v[i]);
		v->members.v = NEW_ARRAY(q->a, struct organization_member, members.n);
		for (size_t k = 0; k < members.n; k++)
			if (members.v[k].organization_id.v == v->id.v)
				v->members.v[v->members.n++] = (struct organization_member){.person_id = members.v[k].person_id, .name = card[k].name,
					.role = members.v[k].role, .url = card[k].url};
	}
	return OK;
}

static enum err view_one(struct req *q, struct organization_id id, struct organization_view *ret) {
	struct organization_row row;
	struct organization_view_list one;
	TRY(sql_organization_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, &row));
	TRY(views_of(q, &(struct organization_row_list){.v = &row, .n = 1}, &one));
	*ret = one.v[0];
	return OK;
}

enum err organization_of(struct req *q, struct person_id person, struct organization_line_list *ret) {
	struct organization_name_row_list rows;
	TRY(sql_organization_of_person(q->db, q->a, person, q->actor.id, q->actor.is_staff, OF_ONE_MOST, &rows));
	*ret = (struct organization_line_list){.v = NEW_ARRAY(q->a, struct organization_line, rows.n)};
	for (size_t i = 0; i < rows.n; i++)
		ret->v[ret->n++] = (struct organization_line){.id = rows.v[i].id, .kind = rows.v[i].kind, .name = rows.v[i].name, .role = rows.v[i].role};
	return OK;
}

/* --------------------------------------------------------------------- list */

/* A place in the list: "id.name". */
static bool place_read(struct str s, struct organization_id *ret_id, struct str *ret_name) {
	struct str rest = s, id = str_cut(&rest, '.');
	*ret_name = str_none(rest) ? STR("") : rest;
	return str_int(id, &ret_id->v) && ret_id->v > 0 && utf8_valid(rest);
}

static enum err list(struct req *q, struct str words, struct str kind, struct str cursor, int64_t limit, struct organization_list *ret) {
	struct organization_row_list rows;
	struct organization_id after = {0};
	struct str after_name = STR_NONE, low = str_empty(words) ? STR_NONE : str_trim(words);
	struct str high = str_none(low) ? STR_NONE : str_fmt(q->a, STR_FMT "\xf4\x8f\xbf\xbf", STR_ARG(low));
	if (!str_empty(cursor) && !place_read(cursor, &after, &after_name)) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(sql_organization_list(q->db, q->a, q->actor.id, q->actor.is_staff, str_empty(kind) ? STR_NONE : kind, low, high, after_name, after,
		limit + 1, &rows));
	ret->next = STR_NONE;
	if ((int64_t)rows.n > limit) {
		rows.n = (size_t)limit;
		ret->next = str_fmt(q->a, "%" PRId64 "." STR_FMT, rows.v[rows.n - 1].id.v, STR_ARG(rows.v[rows.n - 1].name));
	}
	return views_of(q, &rows, &ret->data);
}

enum err organizations_show(struct req *q, const struct organizations_show_in *in, struct organizations_page *ret) {
	struct object o = object_of();
	q->page.nav = STR("people");
	ret->q = str_none(in->q) ? STR("") : in->q;
	ret->kind = str_none(in->kind) ? STR("") : in->kind;
	ret->narrowed = !str_empty(in->q) || !str_empty(in->kind);
	ret->may_add = may(&q->actor, ACT_CREATE, &o);
	TRY(list(q, in->q, in->kind, in->cursor, PAGE, &ret->list));
	ret->more = (struct url){STR_NONE};
	if (str_none(ret->list.next)) return OK;
	struct url u = url_path(q->a, "/organizations");
	if (!str_empty(in->q)) u = url_with(q->a, u, "q", in->q);
	if (!str_empty(in->kind)) u = url_with(q->a, u, "kind", in->kind);
	ret->more = url_with(q->a, u, "cursor", ret->list.next);
	return OK;
}

enum err organization_list_api(struct req *q, const struct organization_list_api_in *in, struct organization_list *ret) {
	return list(q, in->q, in->kind, in->cursor, in->limit, ret);
}

/* ---------------------------------------------------------------------- one */

static void fill_links(struct req *q, struct organization_page *ret) {
	const struct organization_view *v = &ret->body;
	ret->call = ret->write = ret->web_link = (struct url){STR_NONE};
	if (!str_empty(v->phone)) IGNORE(url_check(q->a, str_fmt(q->a, "tel:" STR_FMT, STR_ARG(v->phone)), &ret->call) ? OK : ERR_INVALID);
	if (!str_empty(v->email)) IGNORE(url_check(q->a, str_fmt(q->a, "mailto:" STR_FMT, STR_ARG(v->email)), &ret->write) ? OK : ERR_INVALID);
	bool whole = str_starts(v->web, STR("https://")) || str_starts(v->web, STR("http://"));
	if (!str_empty(v->web)) IGNORE(url_check(q->a, str_fmt(q->a, "%s" STR_FMT, whole ? "" : "https://", STR_ARG(v->web)), &ret->web_link) ? OK : ERR_INVALID);
}

enum err organization_show(struct req *q, const struct organization_show_in *in, struct organization_page *ret) {
	struct object o = object_of();
	TRY(view_one(q, in->id, &ret->body));
	if (q->actor.is_staff) access_audit_later(q, "look_organization", "organization", in->id.v, ret->body.name);
	TRY(req_version(q, ret->body.version));
	if (q->api) return OK;
	ret->staff = q->actor.is_staff;
	ret->may_edit = may(&q->actor, ACT_EDIT, &o);
	ret->who = str_none(in->who) ? STR("") : in->who;
	ret->role = str_none(in->role) ? STR("") : in->role;
	q->page.nav = ret->staff ? STR("people") : STR("");
	fill_links(q, ret);
	struct text_list worn = {0};
	if (ret->staff) TRY(tags_of(q->db, q->a, "organization", in->id.v, &worn));
	TRY(tag_box_of(q, "organization", in->id.v, worn, ret->staff && ret->may_edit, &ret->tagged));
	return ret->staff ? record_of_organization(q, in->id, &ret->groups) : OK;
}

/* ------------------------------------------------------------------- writing */

static enum err tell(struct req *q, const char *verb, struct organization_id id) {
	return req_event(q, verb, "organization", id.v, NULL, 0, AUDIENCE_STAFF, STR("{}"));
}

static struct str or_else(struct str said, struct str had) { return str_none(said) ? had : said; }

enum err organization_new(struct req *q, const struct organization_new_in *in, struct organization_form *ret) {
	TRY(may_write(q, ACT_CREATE));
	struct str none = STR("");
	q->page.nav = STR("people");
	*ret = (struct organization_form){.fresh = true, .heading = str_c(TRQ(q, T("Add a household or firm"))), .action = url_path(q->a, "/organizations/new"),
		.back = url_path(q->a, "/organizations"), .kind = or_else(in->kind, STR("household")), .name = or_else(in->name, none),
		.address = or_else(in->address, none), .phone = or_else(in->phone, none), .email = or_else(in->email, none), .web = or_else(in->web, none),
		.notes = or_else(in->notes, none)};
	return OK;
}

enum err organization_make(struct req *q, const struct organization_make_in *in, struct organization_view *ret) {
	struct str none = STR("");
	TRY(may_write(q, ACT_CREATE));
	TRY(sql_organization_insert(q->db, str_empty(in->kind) ? STR("household") : in->kind, in->name, or_else(in->address, none), or_else(in->phone, none),
		or_else(in->email, none), or_else(in->web, none), or_else(in->notes, none), clock_now(), &ret->id));
	TRY(tell(q, "create", ret->id));
	req_say(q, T("Added."));
	return view_one(q, ret->id, ret);
}

static enum err editable(struct req *q, struct organization_id id, struct organization_row *ret) {
	TRY(sql_organization_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, ret));
	return may_write(q, ACT_EDIT);
}

enum err organization_edit(struct req *q, const struct organization_edit_in *in, struct organization_form *ret) {
	struct organization_row r;
	TRY(editable(q, in->id, &r));
	q->page.nav = STR("people");
	access_audit_later(q, "look_organization", "organization", r.id.v, r.name);
	*ret = (struct organization_form){.heading = tr_fill(q->a, TRQ(q, T("Change: {what}")), "what", str_z(q->a, r.name), NULL),
		.action = url_path(q->a, "/organizations/%" PRId64 "/edit", r.id.v), .back = url_path(q->a, "/organizations/%" PRId64, r.id.v), .version = r.version,
		.kind = or_else(in->kind, r.kind), .name = or_else(in->name, r.name), .address = or_else(in->address, r.address),
		.phone = or_else(in->phone, r.phone), .email = or_else(in->email, r.email), .web = or_else(in->web, r.web), .notes = or_else(in->notes, r.notes)};
	return OK;
}

static bool same(const struct organization_row *r, const struct organization_save_in *in) {
	const struct str pair[][2] = {{r->kind, in->kind}, {r->name, in->name}, {r->address, in->address}, {r->phone, in->phone}, {r->email, in->email},
		{r->web, in->web}, {r->notes, in->notes}};
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
		if (!str_none(pair[i][1]) && !str_eq(pair[i][0], pair[i][1])) return false;
	return true;
}

enum err organization_save(struct req *q, const struct organization_save_in *in, struct organization_view *ret) {
	struct organization_row r;
	TRY(editable(q, in->id, &r));
	TRY(req_version(q, r.version));
	if (!q->api && in->version.has && in->version.v != r.version)
		return req_fail(q, ERR_CONFLICT, T("Someone else changed this while you wrote. Your words are still here; send them again to keep them."), NULL);
	if (!str_none(in->name) && str_empty(in->name)) return req_invalid(q, "name", T("Please fill this in."));
	if (same(&r, in)) return view_one(q, r.id, ret);
	TRY(sql_organization_update(q->db, r.id, str_empty(in->kind) ? r.kind : in->kind, or_else(in->name, r.name), or_else(in->address, r.address),
		or_else(in->phone, r.phone), or_else(in->email, r.email), or_else(in->web, r.web), or_else(in->notes, r.notes), clock_now()));
	TRY(tell(q, "update", r.id));
	req_say(q, T("Saved."));
	return view_one(q, r.id, ret);
}

/* -------------------------------------------------------------------- members */

static struct str role_json(struct arena *a, struct str role) {
	struct buf b;
	buf_init(&b, 1024);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "role"), json_put_str(&o, role);
	json_put_end(&o);
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

enum err organization_member(struct req *q, const struct organization_member_in *in, struct organization_view *ret) {
	struct organization_row r;
	struct person_id person = in->person_id;
	struct str role = str_none(in->role) ? STR("") : str_trim(in->role);
	bool yes = !str_is(in->act, "remove");
	int64_t changed;
	TRY(editable(q, in->id, &r));
	if (yes) TRY(record_who(q, in->person_id, in->who, in->person_id.v ? "person_id" : "who", &person));
	TRY(yes ? sql_organization_person_put(q->db, r.id, person, role, &changed) : sql_organization_person_drop(q->db, r.id, person, &changed));
	if (changed > 0) {
		TRY(req_event(q, yes ? "add" : "remove", "person", person.v, "organization", r.id.v, AUDIENCE_STAFF, role_json(q->a, role)));
		req_say(q, yes ? T("Added.") : T("Removed."));
	}
	return view_one(q, r.id, ret);
}
