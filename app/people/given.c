/* Checking what is said about a person: its shape, and whether this actor may say it. What they may not see they may
 * not change. */
#include "people/form.h"
#include "notice/mail.h"
#include "people/audience.h"
#include "people/fields.h"
#include "sql/people.h"
#include "tag/tag.h"
#include "text/date.h"
#include "text/utf8.h"
#include <math.h>

enum { LABEL_MAX = 60 };

struct checking {
	struct req *q;
	const struct given *g;
	const struct kept *had;
	struct person_input in;
	bool own, staff;
};

static void wrong(struct checking *c, const char *field, const char *sentence) {
	(void)req_invalid(c->q, field, sentence);
}

static bool may_say(struct checking *c, const char *field, bool said) {
	if (!said || c->had == NULL || kept_shows(c->had, &c->q->actor, str_c(field))) return said;
	wrong(c, field, T("They keep this to themselves, so you cannot change it."));
	return false;
}

static void take(struct checking *c, const char *field, struct str said, struct str *to) {
	if (may_say(c, field, !str_none(said))) *to = said;
}

static void check_birthday(struct checking *c) {
	struct str day = c->g->birthday;
	if (!may_say(c, "birthday", !str_none(day))) return;
	if (!str_empty(day)) {
		struct str today = date_of_time(c->q->a, c->q->locale.zone, c->q->locale.now);
		if (!date_valid(day)) return wrong(c, "birthday", T("Please give a day as year-month-day, such as 2026-03-14."));
		if (str_cmp(day, today) > 0 || str_cmp(day, STR("1880-01-01")) < 0)
			return wrong(c, "birthday", T("Nobody is born on that day."));
	}
	c->in.birthday = day;
}

static void check_texts(struct checking *c) {
	const struct given *g = c->g;
	if (str_empty(g->name) && (c->had == NULL || !str_none(g->name))) wrong(c, "name", T("Please fill this in."));
	take(c, "name", g->name, &c->in.name);
	c->in.public_name = g->public_name;
	if (utf8_count(g->public_name) > 60) wrong(c, "public_name", T("This is too long."));
	if (c->had != NULL && !str_none(g->public_name) && str_empty(g->public_name))
		c->in.public_name = public_name_of(c->q->a, str_empty(g->name) ? c->had->row.name : g->name);
	take(c, "title", g->title, &c->in.title);
	take(c, "about", g->about, &c->in.about);
	take(c, "languages", g->languages, &c->in.languages);
	take(c, "hours", g->hours, &c->in.hours);
	take(c, "channel", g->channel, &c->in.channel);
	check_birthday(c);
	c->in.locale = g->locale;
	c->in.zone = g->zone;
	if (!str_empty(g->zone) && zone_find(g->zone) == NULL)
		wrong(c, "zone", T("We do not know this time zone; it is written like Europe/Berlin."));
}

/* ------------------------------------------------------- emails, phones, addresses */

struct contact_inputs given_contacts(struct arena *a, const struct given *g, enum contact_kind kind) {
	const struct text_list *of = &g->of[kind], *label = &g->label[kind], *order = &g->order[kind];
	struct contact_inputs l = {.v = NEW_ARRAY(a, struct contact_input, of->n), .given = of->v != NULL};
	int64_t *at = NEW_ARRAY(a, int64_t, of->n);
	for (size_t i = 0; i < of->n; i++) {
		struct str value = str_trim(of->v[i]);
		int64_t place = 0;
		if (str_empty(value)) continue;
		if (i >= order->n || !str_int(str_trim(order->v[i]), &place)) place = order->n > 0 ? INT64_MAX : 0;
		size_t k = l.n++;
		for (; k > 0 && at[k - 1] > place; k--) { /* stable, by the numbers beside the rows */
			at[k] = at[k - 1];
			l.v[k] = l.v[k - 1];
		}
		at[k] = place;
		struct str called = i < label->n ? utf8_fit(str_trim(label->v[i]), LABEL_MAX) : STR("");
		l.v[k] = (struct contact_input){.label = called, .value = value};
	}
	return l;
}

static bool phone_valid(struct str s) {
	size_t digits = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9') digits++;
		else if (strchr("+ -/().#*", s.p[i]) == NULL) return false;
	}
	return digits >= 3 && s.n <= 60;
}

static void check_contacts(struct checking *c, enum contact_kind kind) {
	static const char *const list[] = {"emails", "phones", "addresses"};
	struct contact_inputs l = given_contacts(c->q->a, c->g, kind);
	if (!may_say(c, contact_kind_word(kind), l.given)) return;
	size_t n = 0;
	for (size_t i = 0; i < l.n; i++) {
		struct str folded = contact_fold(c->q->a, kind, l.v[i].value);
		bool twice = false;
		for (size_t k = 0; k < n; k++) twice |= str_eq(contact_fold(c->q->a, kind, l.v[k].value), folded);
		if (kind == CONTACT_EMAIL && !mail_address_valid(l.v[i].value))
			wrong(c, list[kind], T("This does not look like an email address."));
		if (kind == CONTACT_PHONE && !phone_valid(l.v[i].value))
			wrong(c, list[kind], T("This does not look like a phone number."));
		if (!twice) l.v[n++] = l.v[i];
	}
	l.n = n;
	c->in.contact[kind] = l;
}

static void check_place(struct checking *c) {
	bool lat = !isnan(c->g->lat), lon = !isnan(c->g->lon);
	bool sees = c->had == NULL || kept_shows(c->had, &c->q->actor, STR("address"));
	if (!lat && !lon && (!c->g->form || !sees)) return;
	if (!may_say(c, "address", true)) return;
	if (lat != lon) return wrong(c, lat ? "place.lon" : "place.lat", T("A place needs both numbers."));
	c->in.place_given = true;
	c->in.lat = c->g->lat;
	c->in.lon = c->g->lon;
}

/* ------------------------------------------------------------ for the staff only */

static void check_number(struct checking *c) {
	struct person_id other;
	bool found = false;
	struct str no = c->g->customer_no;
	bool asked = !str_empty(no) && sql_person_with_number(c->q->db, no, &other, &found) == OK;
	if (asked && found && (c->had == NULL || other.v != c->had->row.id.v))
		return wrong(c, "customer_no", T("Another person has this number."));
	c->in.customer_no = no;
}

static void check_contact_person(struct checking *c) {
	struct kept k;
	if (!c->g->contact_id.has) return;
	struct person_id id = {c->g->contact_id.v};
	if (id.v != 0 && (kept_get(c->q->db, c->q->a, id, &k) != OK || !str_is(k.row.kind, "staff") || k.row.disabled_at != 0))
		return wrong(c, "contact_id", T("This is not a colleague."));
	c->in.contact_id = c->g->contact_id;
}

static void check_tags(struct checking *c) {
	struct text_list *to = &c->in.tags;
	bool line = !str_none(c->g->tag_line);
	if (!line && c->g->tags.v == NULL) return;
	c->in.tags_given = true;
	to->v = NEW_ARRAY(c->q->a, struct str, TAGS_MOST);
	struct str rest = c->g->tag_line;
	for (size_t i = 0; line ? !str_none(rest) : i < c->g->tags.n; i++) {
		struct str typed = str_trim(line ? str_cut(&rest, ',') : c->g->tags.v[i]), tag = tag_name(c->q->a, typed);
		bool twice = false;
		if (str_empty(typed)) continue;
		if (str_none(tag)) return wrong(c, "tags", T("A tag is one or two words, not a sentence."));
		for (size_t k = 0; k < to->n; k++) twice |= str_eq(tag_word(c->q->a, to->v[k]), tag_word(c->q->a, tag));
		if (!twice && to->n == TAGS_MOST) return wrong(c, "tags", T("These are too many."));
		if (!twice) to->v[to->n++] = tag;
	}
	for (size_t i = 1; i < to->n; i++) /* as they are read back */
		for (size_t k = i; k > 0 && str_cmp(to->v[k - 1], to->v[k]) > 0; k--) {
			struct str x = to->v[k];
			to->v[k] = to->v[k - 1];
			to->v[k - 1] = x;
		}
}

static void staff_only(struct checking *c, const char *field, bool said) {
	if (said) wrong(c, field, T("Only our staff may change this."));
}

static void check_staff_fields(struct checking *c) {
	const struct given *g = c->g;
	if (!c->staff) {
		staff_only(c, "customer_no", !str_none(g->customer_no));
		staff_only(c, "contact_id", g->contact_id.has);
		staff_only(c, "tags", !str_none(g->tag_line) || g->tags.v != NULL);
		staff_only(c, "staff_notes", !str_none(g->staff_notes));
		return;
	}
	check_number(c);
	check_contact_person(c);
	check_tags(c);
	c->in.staff_notes = g->staff_notes;
}

/* Who becomes what: a role goes with the kind, and nobody gives more than they have. */
static void check_role(struct checking *c) {
	const struct given *g = c->g;
	struct str had_kind = c->had ? c->had->row.kind : STR("customer");
	struct str had_role = c->had ? c->had->row.role : STR("customer");
	struct str kind = str_empty(g->kind) ? had_kind : g->kind;
	bool staff = str_is(kind, "staff"), was_staff = c->had != NULL && str_is(had_kind, "staff");
	struct str role = !staff ? STR("customer") : !str_empty(g->role) ? g->role : was_staff ? had_role : STR("agent");
	enum role r = ROLE_NONE;
	if (!role_find(role, &r) || (staff && r == ROLE_CUSTOMER))
		return wrong(c, "role", T("Our staff are agents, analysts, managers or owners."));
	if (!staff && !str_empty(g->role) && !str_is(g->role, "customer"))
		return wrong(c, "role", T("Only our staff have such a role."));
	struct object to = {.thing = THING_PERSON, .person_kind = staff ? PERSON_STAFF : PERSON_CUSTOMER, .role = r};
	if (c->had == NULL) {
		if (!may(&c->q->actor, ACT_CREATE, &to)) return wrong(c, "kind", T("You may not add someone like that."));
	} else if (!str_eq(kind, had_kind) || !str_eq(role, had_role)) {
		struct object o = kept_object(c->had);
		bool only_kind = !staff && !was_staff && c->staff; /* a visitor who became a customer */
		bool too_high = r == ROLE_OWNER && c->q->actor.role != ROLE_OWNER;
		if (!only_kind && (too_high || !may(&c->q->actor, ACT_SET_ROLE, &o)))
			return wrong(c, str_eq(kind, had_kind) ? "role" : "kind", T("You may not change what this person may do."));
	}
	c->in.kind = kind;
	c->in.role = role;
}

/* ---------------------------------------------------------- the pack's, audiences */

static void check_field(struct checking *c, const struct pack *pack, struct str name, struct str value) {
	struct req *q = c->q;
	const struct pack_field *f = pack == NULL ? NULL : pack_field_find(pack, name);
	const char *fault = T("This is not one of the choices.");
	struct str clean, field = str_fmt(q->a, "field." STR_FMT, STR_ARG(name));
	if (f == NULL) return wrong(c, "field_name", T("We do not know this field."));
	if (c->had != NULL && !kept_shows(c->had, &q->actor, field))
		return wrong(c, "field_value", T("They keep this to themselves, so you cannot change it."));
	if (!c->staff && !f->own) return wrong(c, "field_value", T("Only our staff may change this."));
	bool minor = q->api && f->type == PACK_MONEY && str_find(value, '.') < 0; /* programs give money as they get it */
	int64_t n;
	if (minor && str_int(value, &n)) clean = value;
	else if (!pack_value(q->a, f, value, &clean, &fault)) {
		struct str words = str_fmt(q->a, STR_FMT ": %s", STR_ARG(pack_say(&f->label, q->locale.lang)), TRQ(q, fault));
		return wrong(c, "field_value", words.p);
	}
	c->in.field_name.v[c->in.field_name.n++] = name;
	c->in.field_value.v[c->in.field_value.n++] = clean;
	if (str_eq(pack->worth, name))
		c->in.worth_minor = (struct opt_int){.has = true, .v = str_int(clean, &n) && n < INT64_MAX / 12 ? n * 12 : 0};
}

static void check_fields(struct checking *c) {
	const struct given *g = c->g;
	const struct pack *pack = firm_pack(c->q->business);
	if (g->field_name.n != g->field_value.n) return wrong(c, "field_value", T("Names and values must go in pairs."));
	c->in.field_name.v = NEW_ARRAY(c->q->a, struct str, g->field_name.n);
	c->in.field_value.v = NEW_ARRAY(c->q->a, struct str, g->field_name.n);
	for (size_t i = 0; i < g->field_name.n; i++) check_field(c, pack, g->field_name.v[i], g->field_value.v[i]);
}

static void check_audiences(struct checking *c) {
	const struct given *g = c->g;
	enum field_audience a;
	if (g->audience_field.n == 0 && g->audience.n == 0) return;
	if (!c->own) return wrong(c, "audience", T("Who sees a field is decided by the person themself."));
	if (g->audience_field.n != g->audience.n) return wrong(c, "audience", T("Names and values must go in pairs."));
	for (size_t i = 0; i < g->audience.n; i++) {
		const struct profile_field *f = profile_field_find(g->audience_field.v[i]);
		if (f == NULL || g->audience_field.v[i].n > 80) return wrong(c, "audience_field", T("We do not know this field."));
		if (!field_audience_find(g->audience.v[i], &a) || !field_audience_may(f, a))
			return wrong(c, "audience", T("This is not one of the choices."));
	}
	c->in.audience_field = g->audience_field;
	c->in.audience = g->audience;
}

enum err given_check(struct req *q, const struct given *g, const struct kept *had, struct person_input *ret) {
	struct checking c = {.q = q, .g = g, .had = had, .staff = req_is_staff(q)};
	c.own = had != NULL && had->row.id.v == q->actor.id.v;
	size_t before = q->errors.n;
	check_texts(&c);
	for (int kind = 0; kind < CONTACT_KINDS; kind++) check_contacts(&c, (enum contact_kind)kind);
	check_place(&c);
	if (!str_empty(g->kind) || !str_empty(g->role) || had == NULL) check_role(&c);
	check_staff_fields(&c);
	check_fields(&c);
	check_audiences(&c);
	if (q->errors.n > before) return ERR_INVALID;
	*ret = c.in;
	return OK;
}
