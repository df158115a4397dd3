/* Writing people: every change of a field is kept with what stood there before, and all of one request become one
 * event, which names the fields but not what they hold. */
#include "people/save.h"
#include "access/access.h"
#include "people/audience.h"
#include "sql/people.h"
#include "tag/tag.h"
#include "talk/talk.h"
#include "text/escape.h"
#include "text/utf8.h"
#include <inttypes.h>
#include <math.h>

static const char *const kind_words[] = {"email", "phone", "address"};

const char *contact_kind_word(enum contact_kind kind) { return kind_words[kind]; }

struct str public_name_of(struct arena *a, struct str name) {
	struct str rest = name, first = str_cut(&rest, ' '), last = STR_NONE;
	while (!str_none(rest)) {
		struct str word = str_cut(&rest, ' ');
		if (!str_empty(word)) last = word;
	}
	if (str_none(last)) return str_copy(a, first);
	struct str letter = utf8_first(last, 1);
	return str_fmt(a, STR_FMT " " STR_FMT ".", STR_ARG(first), STR_ARG(letter));
}

struct str contact_fold(struct arena *a, enum contact_kind kind, struct str value) {
	if (kind == CONTACT_EMAIL) return access_fold_email(a, value);
	if (kind == CONTACT_ADDRESS) return utf8_fold(a, value);
	char *digits = arena_alloc(a, value.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] >= '0' && value.p[i] <= '9') digits[n++] = value.p[i];
	return str_n(digits, n);
}

enum err people_set_field(struct db *db, struct person_id id, struct str name, struct str value) {
	if (str_empty(value)) return sql_person_field_delete(db, id, name, NULL);
	return sql_person_field_put(db, id, name, value);
}

/* ------------------------------------------------------------------ one change */

struct saving {
	struct db *db;
	struct arena *a;
	struct person_id actor;
	struct kept k;             /* as it was; k.row becomes what it is to be */
	const struct person_input *in;
	usec_t now;
	bool fresh;                /* just made: nothing stood there before */
	bool changed, seen_by_all; /* seen_by_all: what the community shows of them is another */
	struct buf fields;         /* a JSON list's inside */
};

static enum err note(struct saving *s, struct str field, struct str old, struct str new) {
	s->changed = true;
	if (s->fresh) return OK;
	if (s->fields.n > 0) buf_add_char(&s->fields, ',');
	buf_add_char(&s->fields, '"');
	json_escape(&s->fields, field);
	buf_add_char(&s->fields, '"');
	if (str_none(old)) old = STR("");
	if (str_none(new)) new = STR("");
	return sql_person_change_put(s->db, s->k.row.id, s->actor, field, old, new, s->now);
}

static enum err change_text(struct saving *s, const char *field, struct str *have, struct str want,
                            bool none_when_empty) {
	if (str_none(want)) return OK;
	struct str old = str_none(*have) ? STR("") : *have;
	if (str_eq(old, want)) return OK;
	*have = none_when_empty && str_empty(want) ? STR_NONE : want;
	return note(s, str_c(field), old, want);
}

static enum err change_names(struct saving *s) {
	struct person_row *r = &s->k.row;
	const struct person_input *in = s->in;
	struct str made = public_name_of(s->a, r->name), name = r->name, public_name = r->public_name;
	bool followed = str_eq(made, r->public_name); /* nobody chose another: it follows the name */
	TRY(change_text(s, "name", &r->name, str_empty(in->name) ? STR_NONE : in->name, false));
	struct str public = in->public_name;
	if (str_empty(public)) public = followed && !str_eq(name, r->name) ? public_name_of(s->a, r->name) : STR_NONE;
	TRY(change_text(s, "public_name", &r->public_name, public, false));
	s->seen_by_all |= !str_eq(name, r->name) || !str_eq(public_name, r->public_name);
	return OK;
}

static enum err change_number(struct saving *s) {
	struct str number = s->in->customer_no;
	struct person_id other;
	bool found = false;
	if (!str_empty(number)) TRY(sql_person_with_number(s->db, number, &other, &found));
	if (found && other.v != s->k.row.id.v) return ERR_CONFLICT;
	return change_text(s, "customer_no", &s->k.row.customer_no, number, true);
}

static enum err change_texts(struct saving *s) {
	struct person_row *r = &s->k.row;
	const struct person_input *in = s->in;
	TRY(change_names(s));
	TRY(change_number(s));
	TRY(change_text(s, "kind", &r->kind, in->kind, false));
	TRY(change_text(s, "role", &r->role, in->role, false));
	TRY(change_text(s, "title", &r->title, in->title, false));
	TRY(change_text(s, "about", &r->about, in->about, false));
	TRY(change_text(s, "languages", &r->languages, in->languages, false));
	TRY(change_text(s, "hours", &r->hours, in->hours, false));
	TRY(change_text(s, "birthday", &r->birthday, in->birthday, true));
	TRY(change_text(s, "channel", &r->channel, in->channel, false));
	TRY(change_text(s, "locale", &r->locale, in->locale, false));
	TRY(change_text(s, "zone", &r->zone, in->zone, false));
	return change_text(s, "staff_notes", &r->staff_notes, in->staff_notes, false);
}

static struct str place_text(struct arena *a, double lat, double lon) {
	return isnan(lat) ? STR("") : str_fmt(a, "%.6f, %.6f", lat, lon);
}

static enum err change_id(struct saving *s, const char *field, int64_t *have, struct opt_int want, bool of_all) {
	if (!want.has || want.v == *have) return OK;
	struct str old = *have ? str_fmt(s->a, "%" PRId64, *have) : STR("");
	struct str new = want.v ? str_fmt(s->a, "%" PRId64, want.v) : STR("");
	*have = want.v;
	s->seen_by_all |= of_all;
	return note(s, str_c(field), old, new);
}

static enum err change_rest(struct saving *s) {
	struct person_row *r = &s->k.row;
	const struct person_input *in = s->in;
	TRY(change_id(s, "contact_id", &r->contact_id.v, in->contact_id, false));
	TRY(change_id(s, "photo", &r->photo_file_id.v, in->photo, true));
	TRY(change_id(s, "worth", &r->worth_minor, in->worth_minor, false));
	if (!in->place_given) return OK;
	double lat = isnan(in->lon) ? NAN : in->lat, lon = isnan(in->lat) ? NAN : in->lon;
	struct str old = place_text(s->a, r->lat, r->lon), new = place_text(s->a, lat, lon);
	if (str_eq(old, new)) return OK;
	r->lat = lat;
	r->lon = lon;
	return note(s, STR("place"), old, new);
}

/* ------------------------------------------------------- emails, phones, addresses */

static struct str contacts_text(struct arena *a, const struct str *label, const struct str *value, size_t n) {
	struct str all = STR("");
	for (size_t i = 0; i < n; i++)
		all = str_fmt(a, STR_FMT "%s" STR_FMT "%s" STR_FMT, STR_ARG(all), i ? "\n" : "", STR_ARG(label[i]),
		              str_empty(label[i]) ? "" : ": ", STR_ARG(value[i]));
	return all;
}

/* What is the same but for its writing keeps its id, and with it that it was verified. */
static enum err put_contacts(struct saving *s, enum contact_kind kind, const struct contact_inputs *want,
                             const struct contact_row *had, size_t n) {
	bool *kept = NEW_ARRAY(s->a, bool, n);
	for (size_t i = 0; i < want->n; i++) {
		struct str folded = contact_fold(s->a, kind, want->v[i].value), label = want->v[i].label;
		size_t j = 0;
		while (j < n && (kept[j] || !str_eq(had[j].folded, folded))) j++;
		if (j < n) {
			kept[j] = true;
			TRY(sql_contact_update(s->db, had[j].id, label, want->v[i].value, (int64_t)i));
		} else {
			TRY(sql_contact_insert(s->db, s->k.row.id, str_c(kind_words[kind]), label, want->v[i].value, folded, (int64_t)i));
		}
	}
	for (size_t j = 0; j < n; j++) {
		if (kept[j]) continue;
		TRY(sql_contact_delete(s->db, had[j].id));
		if (kind == CONTACT_EMAIL) TRY(access_drop_email(s->db, s->a, s->k.row.id, had[j].value));
	}
	return OK;
}

static enum err change_contacts(struct saving *s, enum contact_kind kind) {
	const struct contact_inputs *want = &s->in->contact[kind];
	if (!want->given) return OK;
	size_t most = s->k.contacts.n + want->n, n = 0;
	struct contact_row *had = NEW_ARRAY(s->a, struct contact_row, most);
	struct str *label = NEW_ARRAY(s->a, struct str, most), *value = NEW_ARRAY(s->a, struct str, most);
	for (size_t i = 0; i < s->k.contacts.n; i++)
		if (str_is(s->k.contacts.v[i].kind, kind_words[kind])) {
			had[n] = s->k.contacts.v[i];
			label[n] = had[n].label;
			value[n] = had[n].value;
			n++;
		}
	struct str old = contacts_text(s->a, label, value, n);
	for (size_t i = 0; i < want->n; i++) {
		label[i] = want->v[i].label;
		value[i] = want->v[i].value;
	}
	struct str new = contacts_text(s->a, label, value, want->n);
	if (str_eq(old, new)) return OK;
	TRY(put_contacts(s, kind, want, had, n));
	return note(s, str_c(kind_words[kind]), old, new);
}

/* ------------------------------------------------------- tags, fields, audiences */

static enum err change_tags(struct saving *s) {
	const struct text_list *want = &s->in->tags;
	if (!s->in->tags_given) return OK;
	struct buf old, new;
	buf_init(&old, 65536);
	buf_init(&new, 65536);
	for (size_t i = 0; i < s->k.tags.n; i++) buf_fmt(&old, "%s" STR_FMT, i ? ", " : "", STR_ARG(s->k.tags.v[i].name));
	for (size_t i = 0; i < want->n; i++) buf_fmt(&new, "%s" STR_FMT, i ? ", " : "", STR_ARG(want->v[i]));
	struct str was = str_copy(s->a, buf_str(&old)), is = str_copy(s->a, buf_str(&new));
	buf_done(&old);
	buf_done(&new);
	if (str_eq(was, is)) return OK;
	TRY(tag_set(s->db, s->a, "person", s->k.row.id.v, *want));
	return note(s, STR("tags"), was, is);
}

static enum err change_fields(struct saving *s) {
	const struct person_input *in = s->in;
	for (size_t i = 0; i < in->field_name.n && i < in->field_value.n; i++) {
		struct str name = in->field_name.v[i], new = in->field_value.v[i], old = STR("");
		for (size_t k = 0; k < s->k.fields.n; k++)
			if (str_eq(s->k.fields.v[k].name, name)) old = s->k.fields.v[k].value;
		if (str_eq(old, new)) continue;
		TRY(people_set_field(s->db, s->k.row.id, name, new));
		TRY(note(s, str_fmt(s->a, "field." STR_FMT, STR_ARG(name)), old, new));
	}
	return OK;
}

static enum err change_audiences(struct saving *s) {
	const struct person_input *in = s->in;
	for (size_t i = 0; i < in->audience_field.n && i < in->audience.n; i++) {
		struct str field = in->audience_field.v[i], new = in->audience.v[i];
		struct str old = str_c(field_audience_word(kept_audience(&s->k, field)));
		if (str_eq(old, new)) continue;
		TRY(sql_person_audience_put(s->db, s->k.row.id, field, new));
		s->seen_by_all |= str_is(field, "name") || str_is(field, "photo") || str_is(field, "title");
		TRY(note(s, str_fmt(s->a, "audience." STR_FMT, STR_ARG(field)), old, new));
	}
	if (in->audience_field.n == 0) return OK;
	return sql_persons_audiences(s->db, s->a, (struct int_list){.v = &s->k.row.id.v, .n = 1}, &s->k.audiences);
}

/* ------------------------------------------------------------------ all of it */

static enum err insert_row(struct saving *s) {
	struct person_row *r = &s->k.row;
	return sql_person_insert(s->db, r->kind, r->role, r->name, r->public_name, r->customer_no, r->title, r->about, r->languages,
	                         r->hours, r->birthday, r->channel, r->locale, r->zone, r->contact_id, r->photo_file_id, r->lat, r->lon,
	                         r->worth_minor, r->staff_notes, s->now, &r->id);
}

static enum err write_row(struct saving *s, int64_t was) {
	const struct person_row *r = &s->k.row;
	return sql_person_update(s->db, r->id, was, r->kind, r->role, r->name, r->public_name, r->customer_no, r->title,
	                         r->about, r->languages, r->hours, r->birthday, r->channel, r->locale, r->zone, r->contact_id,
	                         r->photo_file_id, r->lat, r->lon, r->worth_minor, r->staff_notes, s->now);
}

/* A profile is private, a colleague's is public. Where the community shows what changed, every kept page may hold it:
 * the event is then also about the firm, on which all kept pages depend. */
static enum err tell(struct saving *s, const char *verb) {
	bool staff = str_is(s->k.row.kind, "staff"), all = staff || (s->seen_by_all && !s->fresh);
	struct event e = {.actor = s->actor, .verb = verb, .object_kind = "person", .object_id = s->k.row.id.v,
	                  .target_kind = all ? "business" : NULL, .target_id = all ? 1 : 0,
	                  .audience = staff ? AUDIENCE_PUBLIC : AUDIENCE_PRIVATE};
	e.data = s->fields.n > 0 ? str_fmt(s->a, "{\"fields\":[" STR_FMT "]}", STR_ARG(buf_str(&s->fields))) : STR("{}");
	return event_append(s->db, &e, NULL);
}

static enum err apply(struct saving *s) {
	int64_t was = s->k.row.version, worth = s->k.row.worth_minor;
	TRY(change_texts(s));
	TRY(change_rest(s));
	if (s->fresh) TRY(insert_row(s)); /* what follows points to it */
	for (int kind = 0; kind < CONTACT_KINDS; kind++) TRY(change_contacts(s, (enum contact_kind)kind));
	TRY(change_tags(s));
	TRY(change_fields(s));
	TRY(change_audiences(s));
	if (s->fresh || !s->changed) return OK;
	TRY(write_row(s, was));
	int64_t more = s->k.row.worth_minor - worth;
	if (more != 0) TRY(talk_worth_changed(s->db, s->a, s->k.row.id, more));
	/* at once: what they show to fewer people from now on may find them no longer. Who is new waits for the reader "people". */
	struct kept now;
	TRY(kept_get(s->db, s->a, s->k.row.id, &now));
	return people_index(s->db, s->a, &now);
}

static void leave_hidden(const struct saving *s, struct person_input *in) {
	const struct actor who = {.id = {s->actor.v ? s->actor.v : -1}, .role = ROLE_AGENT, .is_staff = true};
	const struct { const char *field; struct str *said; } texts[] = {
		{"title", &in->title}, {"about", &in->about}, {"languages", &in->languages}, {"hours", &in->hours},
		{"birthday", &in->birthday}, {"channel", &in->channel},
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!kept_shows(&s->k, &who, str_c(texts[i].field))) *texts[i].said = STR_NONE;
	for (int kind = 0; kind < CONTACT_KINDS; kind++)
		in->contact[kind].given &= kept_shows(&s->k, &who, str_c(kind_words[kind]));
	in->place_given &= kept_shows(&s->k, &who, STR("address"));
	struct text_list name = {.v = NEW_ARRAY(s->a, struct str, in->field_name.n)};
	struct text_list value = {.v = NEW_ARRAY(s->a, struct str, in->field_name.n)};
	for (size_t i = 0; i < in->field_name.n && i < in->field_value.n; i++) {
		if (!kept_shows(&s->k, &who, str_fmt(s->a, "field." STR_FMT, STR_ARG(in->field_name.v[i])))) continue;
		name.v[name.n++] = in->field_name.v[i];
		value.v[value.n++] = in->field_value.v[i];
	}
	in->field_name = name;
	in->field_value = value;
}

enum err people_create(struct db *db, struct arena *a, struct person_id actor, const struct person_input *in,
                       struct person_id *ret) {
	struct saving s = {.db = db, .a = a, .actor = actor, .in = in, .now = clock_now(), .fresh = true};
	buf_init(&s.fields, 64);
	struct person_row *r = &s.k.row;
	r->kind = str_empty(in->kind) ? STR("customer") : in->kind;
	r->role = !str_empty(in->role) ? in->role : str_is(r->kind, "staff") ? STR("agent") : STR("customer");
	r->name = in->name;
	r->public_name = !str_empty(in->public_name) ? in->public_name : public_name_of(a, in->name);
	r->title = r->about = r->languages = r->hours = r->channel = r->locale = r->zone = r->staff_notes = STR("");
	r->lat = r->lon = NAN;
	r->version = 1;
	enum err e = apply(&s);
	if (e == OK) e = tell(&s, "create");
	buf_done(&s.fields);
	if (e == OK) *ret = r->id;
	return e;
}

enum err people_change(struct db *db, struct arena *a, struct person_id actor, struct person_id id, int64_t was,
                       const struct person_input *in, bool *ret_changed) {
	struct person_input seen = *in;
	struct saving s = {.db = db, .a = a, .actor = actor, .in = &seen, .now = clock_now()};
	TRY(kept_get(db, a, id, &s.k));
	if (was != 0 && was != s.k.row.version) return ERR_STALE;
	if (in->only_seen) leave_hidden(&s, &seen);
	buf_init(&s.fields, 65536);
	enum err e = apply(&s);
	if (e == OK && s.changed) e = tell(&s, "update");
	buf_done(&s.fields);
	if (e == OK && ret_changed != NULL) *ret_changed = s.changed;
	return e;
}
