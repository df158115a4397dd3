/* What someone may see of a person. All that is kept of the people asked for is read with one statement for each
 * table, and each field passes kept_shows on its way into the view. */
#include "people/view.h"
#include "people/audience.h"
#include "people/fields.h"
#include "sql/people.h"
#include "text/url.h"
#include <inttypes.h>
#include <math.h>

/* ------------------------------------------------------------------ reading */

static struct int_list as_ints(struct arena *a, struct person_id_list ids) {
	struct int_list l = {.v = NEW_ARRAY(a, int64_t, ids.n), .n = ids.n};
	for (size_t i = 0; i < ids.n; i++) l.v[i] = ids.v[i].v;
	return l;
}

/* The rows of one person: they stand together. */
#define ROWS_OF(list, id, ret)                                                        \
	do {                                                                              \
		size_t from_ = 0, to_;                                                        \
		while (from_ < (list).n && (list).v[from_].person_id.v != (id)) from_++;      \
		for (to_ = from_; to_ < (list).n && (list).v[to_].person_id.v == (id);) to_++; \
		(ret).v = (list).v + from_;                                                   \
		(ret).n = to_ - from_;                                                        \
	} while (0)

enum err kept_list(struct db *db, struct arena *a, struct person_id_list ids, struct kept **ret, size_t *ret_n) {
	struct int_list l = as_ints(a, ids);
	struct person_row_list rows;
	struct contact_row_list contacts;
	struct person_field_row_list fields;
	struct person_audience_row_list audiences;
	struct person_tag_row_list tags;
	TRY(sql_persons_get(db, a, l, &rows));
	TRY(sql_persons_contacts(db, a, l, &contacts));
	TRY(sql_persons_fields(db, a, l, &fields));
	TRY(sql_persons_audiences(db, a, l, &audiences));
	TRY(sql_persons_tags(db, a, l, &tags));
	struct kept *k = NEW_ARRAY(a, struct kept, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		int64_t id = rows.v[i].id.v;
		k[i].row = rows.v[i];
		ROWS_OF(contacts, id, k[i].contacts);
		ROWS_OF(fields, id, k[i].fields);
		ROWS_OF(audiences, id, k[i].audiences);
		ROWS_OF(tags, id, k[i].tags);
	}
	*ret = k;
	*ret_n = rows.n;
	return OK;
}

enum err kept_get(struct db *db, struct arena *a, struct person_id id, struct kept *ret) {
	struct kept *k;
	size_t n;
	if (id.v < 1) return ERR_NOT_FOUND;
	TRY(kept_list(db, a, (struct person_id_list){.v = &id, .n = 1}, &k, &n));
	if (n == 0) return ERR_NOT_FOUND;
	*ret = k[0];
	return OK;
}

/* ------------------------------------------------------------------ who may */

static bool is_staff_row(const struct person_row *r) { return str_is(r->kind, "staff"); }

struct object kept_object(const struct kept *k) {
	bool customer = str_is(k->row.kind, "customer");
	struct object o = {.thing = THING_PERSON, .owner = k->row.id, .contact = k->row.contact_id,
	                   .person_kind = is_staff_row(&k->row) ? PERSON_STAFF : customer ? PERSON_CUSTOMER : PERSON_OTHER,
	                   .hidden = k->row.disabled_at != 0};
	(void)role_find(k->row.role, &o.role);
	/* Who shows something to everyone can be looked at by everyone: that much of them. */
	for (size_t i = 0; i < k->audiences.n; i++)
		if (str_is(k->audiences.v[i].audience, "public")) o.visibility = SEEN_PUBLIC;
	return o;
}

enum field_audience kept_audience(const struct kept *k, struct str field) {
	const struct profile_field *f = profile_field_find(field);
	enum field_audience a;
	if (f == NULL) return FOR_ME;
	for (size_t i = 0; i < k->audiences.n; i++) {
		const struct person_audience_row *r = &k->audiences.v[i];
		if (str_eq(r->field, field) && field_audience_find(r->audience, &a) && field_audience_may(f, a)) return a;
	}
	return field_audience_default(f, is_staff_row(&k->row));
}

bool kept_shows(const struct kept *k, const struct actor *who, struct str field) {
	return may_see_field(who, k->row.id, k->row.contact_id, kept_audience(k, field));
}

enum err person_for(struct req *q, struct person_id id, enum act act, struct kept *ret) {
	if (id.v == 0) id = q->actor.id;
	if (id.v == 0) return ERR_LOGIN;
	struct kept k;
	TRY(kept_get(q->db, q->a, id, &k));
	struct object o = kept_object(&k);
	if (!may(&q->actor, act, &o)) return may_or_err(&q->actor, act, &o);
	*ret = k;
	return OK;
}

/* ------------------------------------------------------------------ the view */

struct seeing {
	struct arena *a;
	const struct kept *k;
	const struct actor *who;
	const struct business *firm;
	const struct locale *l;
	struct person_view *v;
	bool own, staff;
};

static bool shows(const struct seeing *s, const char *field) { return kept_shows(s->k, s->who, str_c(field)); }

static struct str text_if(const struct seeing *s, const char *field, struct str value) {
	return shows(s, field) && !str_none(value) ? value : STR_NONE;
}

struct url contact_link(struct arena *a, struct str kind, struct str value) {
	struct url u = {STR_NONE};
	struct str to = STR_NONE;
	if (str_is(kind, "email")) to = str_fmt(a, "mailto:" STR_FMT, STR_ARG(value));
	else if (str_is(kind, "phone")) {
		struct str digits = contact_fold(a, CONTACT_PHONE, value);
		to = str_fmt(a, "tel:%s" STR_FMT, str_starts(value, STR("+")) ? "+" : "", STR_ARG(digits));
	}
	if (!str_none(to) && !url_check(a, to, &u)) u = (struct url){STR_NONE};
	return u;
}

static void see_contacts(const struct seeing *s) {
	const struct contact_row_list *from = &s->k->contacts;
	struct text_list *of[] = {&s->v->emails, &s->v->phones, &s->v->addresses};
	for (int i = 0; i < CONTACT_KINDS; i++) of[i]->v = NEW_ARRAY(s->a, struct str, from->n);
	s->v->contacts.v = NEW_ARRAY(s->a, struct contact_line, from->n);
	for (size_t i = 0; i < from->n; i++) {
		const struct contact_row *c = &from->v[i];
		if (!kept_shows(s->k, s->who, c->kind)) continue;
		enum contact_kind kind = CONTACT_ADDRESS;
		if (str_is(c->kind, "email")) kind = CONTACT_EMAIL;
		else if (str_is(c->kind, "phone")) kind = CONTACT_PHONE;
		of[kind]->v[of[kind]->n++] = c->value;
		s->v->contacts.v[s->v->contacts.n++] = (struct contact_line){
			.kind = c->kind, .label = c->label, .value = c->value, .verified = c->verified_at != 0,
			.link = contact_link(s->a, c->kind, c->value),
			.audience = s->own || s->staff ? str_c(field_audience_word(kept_audience(s->k, c->kind))) : STR_NONE};
	}
	s->v->email = s->v->emails.n ? s->v->emails.v[0] : STR_NONE;
	s->v->place.lat = s->v->place.lon = NAN;
	if (shows(s, "address")) {
		s->v->place.lat = s->k->row.lat;
		s->v->place.lon = s->k->row.lon;
		s->v->place.label = s->v->addresses.n ? s->v->addresses.v[0] : STR_NONE;
	}
}

static void see_fields(const struct seeing *s) {
	const struct pack *pack = firm_pack(s->firm);
	s->v->fields.v = NEW_ARRAY(s->a, struct person_fact, s->k->fields.n);
	for (size_t i = 0; i < s->k->fields.n; i++) {
		const struct person_field_row *f = &s->k->fields.v[i];
		struct str field = str_fmt(s->a, "field." STR_FMT, STR_ARG(f->name));
		if (!kept_shows(s->k, s->who, field)) continue;
		enum field_audience aud = kept_audience(s->k, field);
		s->v->fields.v[s->v->fields.n++] = (struct person_fact){
			.name = f->name, .value = f->value, .label = field_label(pack, f->name, s->l->lang),
			.shown = field_shown(s->a, pack, f->name, f->value, s->l), .link = {STR_NONE},
			.aud_icon = str_c(field_audience_icon(aud)), .aud_label = str_c(tr(s->l->lang, field_audience_label(aud, s->own)))};
	}
}

static struct person_choice choice_of(const struct seeing *s, struct str field) {
	return (struct person_choice){.field = field, .audience = str_c(field_audience_word(kept_audience(s->k, field)))};
}

static void see_choices(const struct seeing *s) {
	size_t most = (size_t)profile_field_count + s->k->fields.n;
	struct person_choice_list *l = &s->v->audiences;
	l->v = NEW_ARRAY(s->a, struct person_choice, most);
	for (int i = 0; i < profile_field_count; i++) {
		struct str field = str_c(profile_fields[i].name);
		if (profile_field_find(field) != NULL) l->v[l->n++] = choice_of(s, field); /* else the line of the pack's */
	}
	for (size_t i = 0; i < s->k->fields.n; i++)
		l->v[l->n++] = choice_of(s, str_fmt(s->a, "field." STR_FMT, STR_ARG(s->k->fields.v[i].name)));
}

/* What only the staff and the person are told; and what only the staff. */
static void see_inside(const struct seeing *s) {
	const struct person_row *r = &s->k->row;
	struct person_view *v = s->v;
	if (s->own || s->staff) {
		v->customer_no = r->customer_no;
		v->locale = r->locale;
		v->zone = r->zone;
		v->contact.id = r->contact_id;
		v->claimed_at = r->claimed_at;
		v->created_at = r->created_at;
		v->updated_at = r->updated_at;
		see_choices(s);
	}
	if (!s->staff) return;
	v->role = r->role;
	if (is_staff_row(r)) {
		v->team.id = r->team_id;
		v->team.name = r->team;
		return;
	}
	v->staff_notes = r->staff_notes;
	v->worth.amount = (struct opt_int){.has = r->worth_minor != 0, .v = r->worth_minor};
	v->worth.currency = s->firm->currency;
	v->tags.v = NEW_ARRAY(s->a, struct str, s->k->tags.n);
	for (size_t i = 0; i < s->k->tags.n; i++) v->tags.v[v->tags.n++] = s->k->tags.v[i].name;
}

void kept_view(struct arena *a, const struct kept *k, const struct actor *who, const struct business *firm,
               const struct locale *l, struct person_view *ret) {
	const struct person_row *r = &k->row;
	struct person_view v = {.id = r->id, .kind = r->kind, .public_name = r->public_name, .version = r->version,
	                        .is_staff = is_staff_row(r), .disabled = r->disabled_at != 0};
	struct seeing s = {.a = a, .k = k, .who = who, .firm = firm, .l = l, .v = &v};
	s.own = who->id.v != 0 && who->id.v == r->id.v;
	s.staff = who->is_staff && who->id.v != 0;
	v.url = url_path(a, "/people/%" PRId64, r->id.v);
	v.name = shows(&s, "name") ? r->name : r->public_name;
	v.title = text_if(&s, "title", r->title);
	v.about = text_if(&s, "about", r->about);
	v.languages = text_if(&s, "languages", r->languages);
	v.hours = text_if(&s, "hours", r->hours);
	v.birthday = text_if(&s, "birthday", r->birthday);
	v.channel = text_if(&s, "channel", r->channel);
	v.photo.s = STR_NONE;
	if (r->photo_file_id.v != 0 && shows(&s, "photo")) v.photo = url_path(a, "/photo/%" PRId64, r->photo_file_id.v);
	see_contacts(&s);
	see_fields(&s);
	see_inside(&s);
	*ret = v;
}

/* The names of the contact people, which are staff: everyone may know them. */
static enum err name_contacts(struct db *db, struct arena *a, const struct actor *who, struct person_view *v,
                              size_t n) {
	struct person_id_list ids = {.v = NEW_ARRAY(a, struct person_id, n)};
	struct person_card_list cards;
	for (size_t i = 0; i < n; i++)
		if (v[i].contact.id.v != 0) ids.v[ids.n++] = v[i].contact.id;
	if (ids.n == 0) return OK;
	TRY(people_cards(db, a, who, ids, &cards));
	for (size_t i = 0, c = 0; i < n; i++)
		if (v[i].contact.id.v != 0) v[i].contact.name = cards.v[c++].name;
	return OK;
}

enum err people_views(struct db *db, struct arena *a, const struct actor *who, const struct business *firm,
                      const struct locale *l, struct person_id_list ids, struct person_view_list *ret) {
	struct kept *k;
	size_t n;
	struct person_view_list views = {.v = NEW_ARRAY(a, struct person_view, ids.n)};
	TRY(kept_list(db, a, ids, &k, &n));
	for (size_t i = 0; i < ids.n; i++)
		for (size_t j = 0; j < n; j++) {
			struct object o = kept_object(&k[j]);
			if (k[j].row.id.v == ids.v[i].v && may(who, ACT_SEE, &o)) kept_view(a, &k[j], who, firm, l, &views.v[views.n++]);
		}
	TRY(name_contacts(db, a, who, views.v, views.n));
	*ret = views;
	return OK;
}

enum err people_view(struct db *db, struct arena *a, const struct actor *who, const struct business *firm,
                     const struct locale *l, struct person_id id, struct person_view *ret) {
	struct person_view_list views;
	if (id.v < 1) return ERR_NOT_FOUND;
	TRY(people_views(db, a, who, firm, l, (struct person_id_list){.v = &id, .n = 1}, &views));
	if (views.n == 0) return ERR_NOT_FOUND;
	*ret = views.v[0];
	return OK;
}

/* ------------------------------------------------------------------- cards */

static bool name_shows(const struct person_name_row *r, const struct actor *who, const char *field, struct str chosen) {
	const struct profile_field *f = profile_field_find(str_c(field));
	enum field_audience a;
	if (str_none(chosen) || !field_audience_find(chosen, &a) || !field_audience_may(f, a))
		a = field_audience_default(f, str_is(r->kind, "staff"));
	return may_see_field(who, r->id, r->contact_id, a);
}

static struct person_card card_of(struct arena *a, const struct person_name_row *r, const struct actor *who) {
	struct person_card c = {.id = r->id, .is_staff = str_is(r->kind, "staff"), .title = STR_NONE,
	                        .photo = {STR_NONE}, .url = {STR_NONE}};
	struct object o = {.thing = THING_PERSON, .owner = r->id, .contact = r->contact_id, .hidden = r->disabled_at != 0,
	                   .person_kind = c.is_staff ? PERSON_STAFF : PERSON_CUSTOMER};
	c.name = name_shows(r, who, "name", r->name_audience) ? r->name : r->public_name;
	if (c.is_staff && !str_empty(r->title) && name_shows(r, who, "title", r->title_audience)) c.title = r->title;
	if (r->photo_file_id.v != 0 && name_shows(r, who, "photo", r->photo_audience))
		c.photo = url_path(a, "/photo/%" PRId64, r->photo_file_id.v);
	if (may(who, ACT_SEE, &o)) c.url = url_path(a, "/people/%" PRId64, r->id.v);
	return c;
}

enum err people_cards(struct db *db, struct arena *a, const struct actor *who, struct person_id_list ids,
                      struct person_card_list *ret) {
	struct person_name_row_list rows;
	struct person_card_list cards = {.v = NEW_ARRAY(a, struct person_card, ids.n), .n = ids.n};
	TRY(sql_persons_names(db, a, as_ints(a, ids), &rows));
	for (size_t i = 0; i < ids.n; i++) {
		cards.v[i] = (struct person_card){.name = STR(""), .title = STR_NONE, .photo = {STR_NONE}, .url = {STR_NONE}};
		for (size_t j = 0; j < rows.n; j++)
			if (rows.v[j].id.v == ids.v[i].v) cards.v[i] = card_of(a, &rows.v[j], who);
	}
	*ret = cards;
	return OK;
}
