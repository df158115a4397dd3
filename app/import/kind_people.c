/* People from another program's list. They are customers, partners, suppliers or visitors; colleagues are made with
 * `rialto user add`, so
 * that nobody is given the desk by a file. */
#include "import/kind.h"
#include "people/people.h"
#include "sql/import.h"
#include "talk/talk.h"
#include "text/json.h"
#include <math.h>

enum {
	EXTERNAL_ID,
	NAME,
	PUBLIC_NAME,
	CUSTOMER_NO,
	KIND,
	EMAIL,
	PHONE,
	ADDRESS,
	BIRTHDAY,
	TITLE,
	ABOUT,
	CHANNEL,
	LOCALE,
	LAT,
	LON,
	WORTH,
	CONTACT,
	TAGS,
	STAFF_NOTES,
	CREATED_AT,
	TARGETS
};

static const struct target targets[TARGETS] = {
	[EXTERNAL_ID] = {.name = {"external_id", 11},
                     .label = T("Its number in the file"),
                     .want = WANT_LINE,
                     .max = 200,
                     .needed = true},
	[NAME] = {.name = {"name", 4}, .label = T("Name"), .want = WANT_LINE, .max = 200, .needed = true},
	[PUBLIC_NAME] = {.name = {"public_name", 11}, .label = T("Name in the community"), .want = WANT_LINE, .max = 100},
	[CUSTOMER_NO] =
		{.name = {"customer_no", 11}, .label = T("Customer number"), .want = WANT_LINE, .max = 40, .unique = true},
	[KIND] = {.name = {"kind", 4},
              .label = T("Customer, partner, supplier or visitor"),
              .want = WANT_WORD,
              .words = " customer partner supplier visitor "},
	[EMAIL] = {.name = {"email", 5}, .label = T("Email"), .want = WANT_EMAIL, .max = 254, .many = true},
	[PHONE] = {.name = {"phone", 5}, .label = T("Phone"), .want = WANT_LINE, .max = 60, .many = true},
	[ADDRESS] = {.name = {"address", 7}, .label = T("Address"), .want = WANT_LINE, .max = 200, .many = true},
	[BIRTHDAY] = {.name = {"birthday", 8}, .label = T("Birthday"), .want = WANT_DATE},
	[TITLE] = {.name = {"title", 5}, .label = T("Title or firm"), .want = WANT_LINE, .max = 120},
	[ABOUT] = {.name = {"about", 5}, .label = T("About them"), .want = WANT_TEXT, .max = 4000},
	[CHANNEL] = {.name = {"channel", 7},
                 .label = T("How they like to be reached"),
                 .want = WANT_WORD,
                 .words = " portal email phone post "},
	[LOCALE] = {.name = {"locale", 6}, .label = T("Language"), .want = WANT_WORD, .words = " en de "},
	[LAT] = {.name = {"lat", 3}, .label = T("Latitude"), .want = WANT_LAT},
	[LON] = {.name = {"lon", 3}, .label = T("Longitude"), .want = WANT_LON},
	[WORTH] = {.name = {"worth", 5}, .label = T("What they pay in a year"), .want = WANT_MONEY},
	[CONTACT] = {.name = {"contact", 7}, .label = T("Email of their person here"), .want = WANT_EMAIL, .max = 254},
	[TAGS] = {.name = {"tags", 4}, .label = T("Tags"), .want = WANT_LINE, .max = 60, .many = true},
	[STAFF_NOTES] = {.name = {"staff_notes", 11}, .label = T("Notes for the team"), .want = WANT_TEXT, .max = 16000},
	[CREATED_AT] = {.name = {"created_at", 10}, .label = T("Known since"), .want = WANT_TIME},
};

static enum err find_contact(struct applying *x, const struct mapped *row, struct person_id *ret,
                             const char **ret_fault) {
	bool found;
	*ret = (struct person_id){0};
	if (str_none(row->value[CONTACT])) return OK;
	TRY(sql_import_person_with_email(x->db, str_lower(x->a, row->value[CONTACT]), ret, &found));
	if (!found) *ret_fault = T("No colleague logs in with the email of their person here.");
	return OK;
}

static enum err look(struct applying *x, const struct mapped *row, int64_t *id, const char **ret_fault) {
	struct import_person_row had = {0};
	struct person_id contact;
	bool found = false;
	int64_t refs = 0;
	TRY(find_contact(x, row, &contact, ret_fault));
	if (*ret_fault != NULL || str_none(row->value[CUSTOMER_NO])) return OK;
	TRY(sql_import_person_with_number(x->db, x->a, row->value[CUSTOMER_NO], &had, &found));
	if (!found || had.id.v == *id) return OK;
	*ret_fault = T("This customer number is another person's.");
	if (*id != 0) return OK;
	if (str_is(had.kind, "staff")) {
		*ret_fault = T("This customer number is a colleague's.");
		return OK;
	}
	TRY(sql_source_refs_of(x->db, x->source, STR("person"), had.id.v, &refs));
	if (refs > 0) return OK;
	*id = had.id.v;            /* known from elsewhere: from now on this source knows them, too */
	*ret_fault = NULL;
	return OK;
}

/* What the mapping speaks of and the row has nothing for is emptied; what it does not speak of stays. */
static struct str given(const struct applying *x, const struct mapped *row, int t) {
	struct str s = row->value[t];
	return !str_none(s) ? s : x->spoken[t] ? STR("") : STR_NONE;
}

static struct text_list lines(struct arena *a, struct str s) {
	struct text_list l = {.v = NEW_ARRAY(a, struct str, s.n + 1)};
	for (struct str rest = s; !str_none(rest) && rest.n > 0;) {
		struct str line = str_cut(&rest, '\n');
		bool known = false;
		for (size_t i = 0; i < l.n; i++) known |= str_eq(l.v[i], line);
		if (!str_empty(line) && !known) l.v[l.n++] = line;
	}
	return l;
}

static double number(struct str s) {
	double v = NAN;
	return str_real(s, &v) ? v : NAN;
}

static void read_contacts(struct applying *x, const struct mapped *row, struct person_input *in) {
	static const int from[CONTACT_KINDS] = {EMAIL, PHONE, ADDRESS};
	for (int k = 0; k < CONTACT_KINDS; k++) {
		struct str s = given(x, row, from[k]);
		if (str_none(s)) continue;
		struct text_list l = lines(x->a, s);
		struct contact_input *v = NEW_ARRAY(x->a, struct contact_input, l.n);
		for (size_t i = 0; i < l.n; i++) v[i] = (struct contact_input){.label = STR(""), .value = l.v[i]};
		in->contact[k] = (struct contact_inputs){.given = true, .v = v, .n = l.n};
	}
}

static void read_fields(struct applying *x, const struct mapped *row, struct person_input *in) {
	size_t most = x->targets - TARGETS, n = 0;
	struct str *name = NEW_ARRAY(x->a, struct str, most), *value = NEW_ARRAY(x->a, struct str, most);
	for (size_t t = TARGETS; t < x->targets; t++) {
		struct str s = given(x, row, (int)t);
		if (str_none(s)) continue;
		name[n] = x->target[t].field->name;
		value[n++] = s;
	}
	in->field_name = (struct text_list){name, n};
	in->field_value = (struct text_list){value, n};
}

static enum err read_input(struct applying *x, const struct mapped *row, struct person_input *ret) {
	const char *fault;
	struct person_id contact;
	TRY(find_contact(x, row, &contact, &fault));
	*ret = (struct person_input){
		.kind = row->value[KIND],
		.name = row->value[NAME],
		.public_name = given(x, row, PUBLIC_NAME),
		.customer_no = given(x, row, CUSTOMER_NO),
		.title = given(x, row, TITLE),
		.about = given(x, row, ABOUT),
		.birthday = given(x, row, BIRTHDAY),
		.channel = given(x, row, CHANNEL),
		.locale = given(x, row, LOCALE),
		.staff_notes = given(x, row, STAFF_NOTES),
		.place_given = x->spoken[LAT] && x->spoken[LON],
		.lat = number(row->value[LAT]),
		.lon = number(row->value[LON]),
		.tags_given = x->spoken[TAGS],
		.tags = lines(x->a, row->value[TAGS]),
	};
	if (x->spoken[CONTACT]) ret->contact_id = (struct opt_int){true, contact.v};
	if (x->spoken[WORTH]) {
		ret->worth_minor.has = true;
		if (!str_int(row->value[WORTH], &ret->worth_minor.v)) ret->worth_minor.v = 0;
	}
	read_contacts(x, row, ret);
	read_fields(x, row, ret);
	return OK;
}

/* One statement for all fields, since there may be many and a row should cost little. */
static enum err put_fields(struct applying *x, const struct person_input *in, struct person_id id) {
	struct buf b;
	size_t some = 0;
	buf_init(&b, 4 * 1024 * 1024);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	for (size_t i = 0; i < in->field_name.n; i++) {
		if (str_empty(in->field_value.v[i])) continue;
		json_put_key_str(&o, in->field_name.v[i]);
		json_put_str(&o, in->field_value.v[i]);
		some++;
	}
	json_put_end(&o);
	enum err e = b.over ? ERR_INVALID : some == 0 ? OK : sql_import_person_fields(x->db, id, buf_str(&b), NULL);
	buf_done(&b);
	return e;
}

static enum err set_since(struct applying *x, const struct mapped *row, struct person_id id) {
	int64_t at;
	return str_int(row->value[CREATED_AT], &at) ? sql_import_person_since(x->db, id, at, NULL) : OK;
}

static enum err make(struct applying *x, const struct mapped *row, int64_t *ret_id) {
	struct person_input in;
	struct person_id id;
	TRY(read_input(x, row, &in));
	struct person_input bare = in;
	bare.field_name.n = bare.field_value.n = 0;
	TRY(people_create(x->db, x->a, x->actor, &bare, &id));
	*ret_id = id.v;
	TRY(put_fields(x, &in, id));
	return set_since(x, row, id);
}

static enum err change(struct applying *x, const struct mapped *row, int64_t of) {
	struct person_input in;
	struct person_id id = {of};
	bool changed;
	TRY(read_input(x, row, &in));
	in.only_seen = true;
	TRY(people_change(x->db, x->a, x->actor, id, 0, &in, &changed));
	return set_since(x, row, id);
}

const struct import_kind people_kind = {
	.word = "people", .object = "person", .label = T("People"), .target = targets, .targets = TARGETS, .pack_fields = true,
	.look = look, .make = make, .change = change,
};
