/* The forms that make and change a person, and what they do. */
#include "people/form.h"
#include "notice/mail.h"
#include "people/audience.h"
#include "people/fields.h"
#include "people/save.h"
#include "routes.h"
#include "tag/tag.h"
#include "text/url.h"
#include <inttypes.h>
#include <math.h>

/* --------------------------------------------------------------------- form */

struct filling {
	struct req *q;
	const struct given *g;
	const struct kept *had;      /* NULL: someone new */
	struct person_form *to;
};

/* What was typed, when the form comes back; else what is kept. */
static struct str value(const struct filling *f, struct str typed, struct str kept) {
	if (f->g->form) return str_none(typed) ? STR("") : typed;
	if (f->had == NULL && !str_none(typed)) return typed; /* the address may say some of it */
	return f->had == NULL || str_none(kept) ? STR("") : kept;
}

static void fill_texts(struct filling *f) {
	static const struct person_row nobody;
	const struct person_row *r = f->had ? &f->had->row : &nobody;
	const struct given *g = f->g;
	struct person_form *v = f->to;
	v->kind = value(f, g->kind, r->kind);
	if (str_empty(v->kind)) v->kind = r->kind.n ? r->kind : STR("customer");
	v->role = value(f, g->role, r->role);
	v->name = value(f, g->name, r->name);
	v->public_name = value(f, g->public_name, r->public_name);
	v->customer_no = value(f, g->customer_no, r->customer_no);
	v->title = value(f, g->title, r->title);
	v->about = value(f, g->about, r->about);
	v->languages = value(f, g->languages, r->languages);
	v->hours = value(f, g->hours, r->hours);
	v->birthday = value(f, g->birthday, r->birthday);
	v->channel = value(f, g->channel, r->channel);
	v->locale = value(f, g->locale, r->locale);
	v->zone = value(f, g->zone, r->zone);
	v->staff_notes = value(f, g->staff_notes, r->staff_notes);
	v->lat = v->lon = STR("");
	double lat = g->form || f->had == NULL ? g->lat : r->lat, lon = g->form || f->had == NULL ? g->lon : r->lon;
	if (!isnan(lat)) v->lat = str_fmt(f->q->a, "%.6f", lat);
	if (!isnan(lon)) v->lon = str_fmt(f->q->a, "%.6f", lon);
}

/* The rows there are and an empty one for the next. */
static struct form_row_list rows_of(const struct filling *f, enum contact_kind kind) {
	struct contact_inputs typed = given_contacts(f->q->a, f->g, kind);
	size_t most = typed.n + (f->had ? f->had->contacts.n : 0) + 1;
	struct form_row_list l = {.v = NEW_ARRAY(f->q->a, struct form_row, most)};
	if (f->g->form || f->had == NULL) {
		for (size_t i = 0; i < typed.n; i++)
			l.v[l.n++] = (struct form_row){.label = typed.v[i].label, .value = typed.v[i].value};
	} else {
		for (size_t i = 0; i < f->had->contacts.n; i++)
			if (str_is(f->had->contacts.v[i].kind, contact_kind_word(kind)))
				l.v[l.n++] = (struct form_row){.label = f->had->contacts.v[i].label, .value = f->had->contacts.v[i].value};
	}
	l.v[l.n++] = (struct form_row){.label = STR(""), .value = STR("")};
	for (size_t i = 0; i < l.n; i++) l.v[i].n = (int64_t)i + 1;
	return l;
}

static struct aud_pick *pick(const struct filling *f, struct str field) {
	const struct profile_field *p = profile_field_find(field);
	if (!f->to->own || p == NULL) return NULL;
	struct aud_pick *a = NEW(f->q->a, struct aud_pick);
	*a = (struct aud_pick){.field = field, .label = str_c(p->label), .wide = p->wide,
	                       .value = str_c(field_audience_word(kept_audience(f->had, field)))};
	for (size_t i = 0; f->g->form && i < f->g->audience_field.n && i < f->g->audience.n; i++)
		if (str_eq(f->g->audience_field.v[i], field)) a->value = f->g->audience.v[i];
	return a;
}

static bool sees(struct filling *f, const char *field) {
	if (f->had == NULL || kept_shows(f->had, &f->q->actor, str_c(field))) return true;
	f->to->hidden.v[f->to->hidden.n++] = str_c(field);
	return false;
}

static void fill_audiences(struct filling *f) {
	struct person_form *v = f->to;
	v->hidden.v = NEW_ARRAY(f->q->a, struct str, (size_t)profile_field_count);
	v->see_title = sees(f, "title");
	v->see_about = sees(f, "about");
	v->see_languages = sees(f, "languages");
	v->see_hours = sees(f, "hours");
	v->see_email = sees(f, "email");
	v->see_phone = sees(f, "phone");
	v->see_address = sees(f, "address");
	v->see_birthday = sees(f, "birthday");
	v->see_channel = sees(f, "channel");
	v->aud_name = pick(f, STR("name"));
	v->aud_photo = pick(f, STR("photo"));
	v->aud_title = pick(f, STR("title"));
	v->aud_about = pick(f, STR("about"));
	v->aud_languages = pick(f, STR("languages"));
	v->aud_hours = pick(f, STR("hours"));
	v->aud_email = pick(f, STR("email"));
	v->aud_phone = pick(f, STR("phone"));
	v->aud_address = pick(f, STR("address"));
	v->aud_birthday = pick(f, STR("birthday"));
	v->aud_channel = pick(f, STR("channel"));
	if (!v->see_address) v->lat = v->lon = STR("");
}

static enum err fill_colleagues(struct filling *f) {
	struct person_id_list staff;
	struct person_card_list cards;
	int64_t chosen = f->g->contact_id.has ? f->g->contact_id.v : f->had ? f->had->row.contact_id.v : 0;
	if (!f->to->staff || !f->to->customer) return OK;
	TRY(people_staff(f->q->db, f->q->a, &f->q->actor, false, &staff));
	TRY(people_cards(f->q->db, f->q->a, &f->q->actor, staff, &cards));
	struct form_choice_list *l = &f->to->colleagues;
	l->v = NEW_ARRAY(f->q->a, struct form_choice, cards.n);
	for (size_t i = 0; i < cards.n; i++)
		l->v[l->n++] = (struct form_choice){.name = str_fmt(f->q->a, "%" PRId64, staff.v[i].v), .label = cards.v[i].name,
		                                    .chosen = staff.v[i].v == chosen};
	return OK;
}

static struct str kept_field(const struct filling *f, struct str name) {
	for (size_t i = 0; f->g->form && i < f->g->field_name.n && i < f->g->field_value.n; i++)
		if (str_eq(f->g->field_name.v[i], name)) return f->g->field_value.v[i];
	for (size_t i = 0; f->had != NULL && i < f->had->fields.n; i++)
		if (str_eq(f->had->fields.v[i].name, name)) return f->had->fields.v[i].value;
	return STR("");
}

/* Money is written with its decimals; what the reader may not change is shown as they read it. */
static void fill_field(struct filling *f, const struct pack *pack, const struct pack_field *p, struct form_field *to) {
	struct req *q = f->q;
	bool typed = f->g->form;
	int64_t minor;
	*to = (struct form_field){.name = p->name, .label = pack_say(&p->label, q->locale.lang),
	                          .value = kept_field(f, p->name), .type = STR("text"),
	                          .aud = pick(f, str_fmt(q->a, "field." STR_FMT, STR_ARG(p->name)))};
	if (!f->to->staff && !p->own) {
		to->type = STR("fixed");
		to->value = field_shown(q->a, pack, p->name, to->value, &q->locale);
	} else if (p->type == PACK_DATE) to->type = STR("date");
	else if (p->type == PACK_INT) to->type = STR("int");
	else if (p->type == PACK_MONEY && !typed && str_int(to->value, &minor))
		to->value = str_fmt(q->a, "%.2f", (double)minor / 100);
	else if (p->type == PACK_CHOICE || p->type == PACK_BOOL) {
		static const char *const yes_no[] = {"yes", "no"};
		size_t n = p->type == PACK_BOOL ? 2 : p->choices;
		to->type = STR("choice");
		to->choices = (struct form_choice_list){.v = NEW_ARRAY(q->a, struct form_choice, n), .n = n};
		for (size_t i = 0; i < n; i++) {
			struct str name = p->type == PACK_BOOL ? str_c(yes_no[i]) : p->choice[i].name;
			to->choices.v[i] = (struct form_choice){.name = name, .label = field_shown(q->a, pack, p->name, name, &q->locale),
			                                        .chosen = str_eq(name, to->value)};
		}
	}
}

static void fill_fields(struct filling *f) {
	const struct pack *pack = firm_pack(f->q->business);
	size_t most = 0;
	if (!f->to->customer || pack == NULL) return;
	for (size_t i = 0; i < pack->tabs; i++) most += pack->tab[i].fields;
	f->to->fields.v = NEW_ARRAY(f->q->a, struct form_field, most);
	for (size_t i = 0; i < pack->tabs; i++)
		for (size_t k = 0; k < pack->tab[i].fields; k++) {
			const struct pack_field *p = &pack->tab[i].field[k];
			struct str field = str_fmt(f->q->a, "field." STR_FMT, STR_ARG(p->name));
			if (f->had != NULL && !kept_shows(f->had, &f->q->actor, field)) continue;
			fill_field(f, pack, p, &f->to->fields.v[f->to->fields.n++]);
		}
}

static enum err fill_form(struct req *q, const struct given *g, const struct kept *had, struct person_form *ret) {
	struct filling f = {.q = q, .g = g, .had = had, .to = ret};
	ret->staff = req_is_staff(q);
	ret->firm_zone = q->business->zone;
	fill_texts(&f);
	ret->customer = !str_is(had ? had->row.kind : ret->kind, "staff");
	fill_audiences(&f);
	ret->emails = rows_of(&f, CONTACT_EMAIL);
	ret->phones = rows_of(&f, CONTACT_PHONE);
	ret->addresses = rows_of(&f, CONTACT_ADDRESS);
	ret->tag_line = value(&f, g->tag_line, STR_NONE);
	for (size_t i = 0; !g->form && had != NULL && i < had->tags.n; i++)
		ret->tag_line = str_fmt(q->a, STR_FMT "%s" STR_FMT, STR_ARG(ret->tag_line), i ? ", " : "",
		                        STR_ARG(had->tags.v[i].name));
	TRY(fill_colleagues(&f));
	fill_fields(&f);
	q->page.script = STR("map");
	q->page.nav = ret->staff && ret->customer ? STR("people") : STR("");
	return OK;
}

/* ---------------------------------------------------------------------- new */

static bool may_add(struct req *q, enum person_kind kind, enum role role) {
	struct object o = {.thing = THING_PERSON, .person_kind = kind, .role = role};
	return may(&q->actor, ACT_CREATE, &o);
}

enum err person_new(struct req *q, const struct person_new_in *in, struct person_form *ret) {
	struct given g = GIVEN(in);
	struct person_id_list alike;
	if (!may_add(q, PERSON_CUSTOMER, ROLE_CUSTOMER)) return ERR_DENIED;
	ret->fresh = true;
	ret->heading = str_c(TRQ(q, T("Add someone")));
	ret->action = url_path(q->a, "/people/new");
	ret->back = url_path(q->a, "/people");
	ret->may_role = may_add(q, PERSON_STAFF, ROLE_AGENT);
	TRY(fill_form(q, &g, NULL, ret));
	if (!g.form) return OK;
	struct person_input about = {.name = g.name, .birthday = g.birthday};
	for (int kind = 0; kind < CONTACT_KINDS; kind++)
		about.contact[kind] = given_contacts(q->a, &g, (enum contact_kind)kind);
	TRY(people_alike(q->db, q->a, &q->actor, &about, &alike));
	return people_views(q->db, q->a, &q->actor, q->business, &q->locale, alike, &ret->alike);
}

/* A program may say email instead of emails: that one comes first. */
static void first_contact(struct req *q, const struct kept *had, enum contact_kind kind, struct str first,
                          struct given *g) {
	size_t most = 1 + (had ? had->contacts.n : 0);
	struct text_list l = {.v = NEW_ARRAY(q->a, struct str, most)}, labels = {.v = NEW_ARRAY(q->a, struct str, most)};
	if (str_none(first) || g->of[kind].v != NULL) return;
	size_t seen = 0;
	labels.v[labels.n++] = STR("");
	l.v[l.n++] = first;
	for (size_t i = 0; had != NULL && i < had->contacts.n; i++) {
		if (!str_is(had->contacts.v[i].kind, contact_kind_word(kind))) continue;
		if (seen++ == 0) labels.v[0] = had->contacts.v[i].label;
		else {
			labels.v[labels.n++] = had->contacts.v[i].label;
			l.v[l.n++] = had->contacts.v[i].value;
		}
	}
	g->of[kind] = l;
	g->label[kind] = labels;
	g->order[kind] = (struct text_list){0};
}

enum err person_create(struct req *q, const struct person_create_in *in, struct person_view *ret) {
	struct given g = GIVEN(in);
	struct person_input input;
	struct person_id_list alike;
	struct person_id id;
	if (!may_add(q, PERSON_CUSTOMER, ROLE_CUSTOMER)) return ERR_DENIED;
	first_contact(q, NULL, CONTACT_EMAIL, in->email, &g);
	first_contact(q, NULL, CONTACT_PHONE, in->phone, &g);
	first_contact(q, NULL, CONTACT_ADDRESS, in->address, &g);
	TRY(given_check(q, &g, NULL, &input));
	TRY(people_alike(q->db, q->a, &q->actor, &input, &alike));
	if (alike.n > 0 && !in->confirm)
		return req_fail(q, ERR_CONFLICT, T("Someone like that is here already. Nothing is added yet; "
		                                   "look first whether it is the same person."), NULL);
	TRY(people_create(q->db, q->a, q->actor.id, &input, &id));
	struct kept k;
	TRY(kept_get(q->db, q->a, id, &k));
	TRY(people_index(q->db, q->a, &k)); /* whoever adds somebody looks for them at once */
	req_say(q, T("Added."));
	return people_view(q->db, q->a, &q->actor, q->business, &q->locale, id, ret);
}

/* --------------------------------------------------------------------- edit */

enum err me_edit(struct req *q) {
	req_redirect(q, url_path(q->a, "/people/%" PRId64 "/edit", q->actor.id.v));
	return OK;
}

enum err person_edit(struct req *q, const struct person_edit_in *in, struct person_form *ret) {
	struct given g = GIVEN(in);
	struct kept k;
	g.audience_field = in->audience_field;
	g.audience = in->audience;
	TRY(person_for(q, in->id, ACT_EDIT, &k));
	struct object o = kept_object(&k);
	ret->id = k.row.id;
	ret->own = k.row.id.v == q->actor.id.v;
	ret->version = k.row.version;
	ret->may_role = may(&q->actor, ACT_SET_ROLE, &o) && str_is(k.row.kind, "staff");
	ret->heading = ret->own ? str_c(TRQ(q, T("Edit my profile")))
	                        : tr_fill(q->a, TRQ(q, T("Edit {name}")), "name", str_z(q->a, k.row.name), NULL);
	ret->action = url_path(q->a, "/people/%" PRId64 "/edit", k.row.id.v);
	ret->back = ret->own ? url_path(q->a, "/me") : url_path(q->a, "/people/%" PRId64, k.row.id.v);
	people_looked(q, &k);
	return fill_form(q, &g, &k, ret);
}

/* Whoever can log in is asked whether an address that was added is theirs. */
static enum err verify_added(struct req *q, const struct kept *had) {
	struct kept now;
	if (had->row.claimed_at == 0 && had->row.id.v != q->actor.id.v) return OK;
	TRY(kept_get(q->db, q->a, had->row.id, &now));
	for (size_t i = 0; i < now.contacts.n; i++) {
		const struct contact_row *c = &now.contacts.v[i];
		bool known = false;
		if (!str_is(c->kind, "email") || c->verified_at != 0) continue;
		for (size_t k = 0; k < had->contacts.n; k++) known |= had->contacts.v[k].id.v == c->id.v;
		if (!known) TRY(mail_verify(q->db, q->a, req_base_url(q), had->row.id, c->value));
	}
	return OK;
}

enum err person_save(struct req *q, const struct person_save_in *in, struct person_view *ret) {
	struct given g = GIVEN(in);
	struct person_input input;
	struct kept k;
	bool changed;
	g.audience_field = in->audience_field;
	g.audience = in->audience;
	TRY(person_for(q, in->id, ACT_EDIT, &k));
	TRY(req_version(q, k.row.version));
	if (!q->api && in->version.has && in->version.v != k.row.version)
		return req_fail(q, ERR_CONFLICT, T("Someone else changed this profile while you wrote. "
		                                   "Your words are still here; send them again to keep them."), NULL);
	first_contact(q, &k, CONTACT_EMAIL, in->email, &g);
	first_contact(q, &k, CONTACT_PHONE, in->phone, &g);
	first_contact(q, &k, CONTACT_ADDRESS, in->address, &g);
	TRY(given_check(q, &g, &k, &input));
	TRY(people_change(q->db, q->a, q->actor.id, k.row.id, 0, &input, &changed));
	if (changed) TRY(verify_added(q, &k));
	if (changed) req_say(q, T("Saved."));
	return people_view(q->db, q->a, &q->actor, q->business, &q->locale, k.row.id, ret);
}

enum err people_tag(struct req *q, struct person_id id, struct str name, bool on) {
	struct kept k;
	struct person_input in = {.tags_given = true};
	bool changed;
	TRY(person_for(q, id, ACT_EDIT, &k));
	in.tags.v = NEW_ARRAY(q->a, struct str, k.tags.n + 1);
	for (size_t i = 0; i < k.tags.n; i++) {
		bool same = str_eq(tag_word(q->a, k.tags.v[i].name), tag_word(q->a, name));
		if (same && on) return OK;
		if (!same) in.tags.v[in.tags.n++] = k.tags.v[i].name;
	}
	if (on) in.tags.v[in.tags.n++] = tag_name(q->a, name);
	if (in.tags.n > TAGS_MOST) return ERR_TOO_LARGE;
	return people_change(q->db, q->a, q->actor.id, k.row.id, 0, &in, &changed);
}
