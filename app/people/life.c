#include "people/life.h"
#include "people/audience.h"
#include "people/fields.h"
#include "routes.h"
#include "sql/people_find.h"
#include "talk/talk.h"
#include "text/url.h"
#include "text/utf8.h"
#include "timeline/timeline.h"
#include <inttypes.h>

/* ------------------------------------------------------------------ words */

struct word {
	const char *name, *say;
};

static const struct word kinds[] = {
	{"problem", T("Problem")},       {"need", T("Need")},     {"idea", T("Idea")},   {"question", T("Question")},
	{"discussion", T("Discussion")}, {"praise", T("Praise")}, {"query", T("Query")}, {"direct", T("Message")},
	{"group", T("Group")},           {"deal", T("Deal")},
};
static const struct word states[] = {
	{"new", T("New")},                 {"heard", T("Heard")}, {"planned", T("Planned")},   {"in_work", T("In work")},
	{"partly_done", T("Partly done")}, {"done", T("Done")},   {"not_done", T("Not done")}, {"closed", T("Closed")},
};
static const struct word looks[] = { /* what the style sheet calls the states */
	{"in_work", "work"}, {"partly_done", "partly"}, {"not_done", "not"},
};

static const char *find_word(const struct word *w, size_t n, struct str name) {
	for (size_t i = 0; i < n; i++)
		if (str_is(name, w[i].name)) return w[i].say;
	return NULL;
}
#define WORD(list, name) find_word(list, sizeof(list) / sizeof *(list), name)

static struct str said_word(struct req *q, const char *word, struct str otherwise) {
	return word == NULL ? otherwise : str_c(TRQ(q, word));
}

/* What has a name of its own beside the fields with an audience. */
static const struct word more_fields[] = {
	{"public_name", T("Name in the community")}, {"customer_no", T("Customer number")},
	{"kind", T("Kind")},                         {"role", T("Role")},
	{"locale", T("Language of our letters")},    {"zone", T("Time zone")},
	{"staff_notes", T("Notes of the team")},     {"contact_id", T("Contact person")},
	{"worth", T("Pays in a year")},              {"place", T("Place on the map")},
	{"tags", T("Tags")},
};

struct str life_field_label(struct req *q, struct str field) {
	if (str_starts(field, STR("audience.")))
		return tr_fill(q->a, TRQ(q, T("Who sees: {what}")),
		               "what", str_z(q->a, life_field_label(q, str_from(field, 9))), NULL);
	if (str_starts(field, STR("field."))) return field_label(firm_pack(q->business), str_from(field, 6), q->locale.lang);
	const struct profile_field *f = profile_field_find(field);
	if (f != NULL) return str_c(TRQ(q, f->label));
	return said_word(q, WORD(more_fields, field), field);
}

/* ------------------------------------------------------------------ changes */

/* The field whose audience a change is told to. */
static struct str field_of(struct str field) {
	if (str_starts(field, STR("audience."))) return str_from(field, 9);
	if (str_is(field, "place")) return STR("address");
	return field;
}

static bool may_know(struct req *q, const struct kept *k, struct str field) {
	static const char *const for_staff[] = {"staff_notes", "tags", "worth", "role", "kind"};
	struct str f = field_of(field);
	if (profile_field_find(f) != NULL) return kept_shows(k, &q->actor, f);
	for (size_t i = 0; i < sizeof for_staff / sizeof *for_staff; i++)
		if (str_is(f, for_staff[i])) return req_is_staff(q);
	return req_is_staff(q) || q->actor.id.v == k->row.id.v;
}

/* Several in a line. */
static struct str in_a_line(struct arena *a, struct str s) {
	struct buf b;
	buf_init(&b, 65536);
	while (!str_none(s)) {
		buf_add(&b, str_cut(&s, '\n'));
		if (!str_none(s)) buf_add(&b, STR("; "));
	}
	struct str line = str_copy(a, buf_str(&b));
	buf_done(&b);
	return line;
}

static struct str shown_value(struct req *q, struct str field, struct str value) {
	enum field_audience a;
	int64_t id;
	if (str_empty(value)) return STR_NONE;
	if (str_starts(field, STR("audience.")))
		return field_audience_find(value, &a) ? str_c(TRQ(q, field_audience_label(a, false))) : value;
	if (str_starts(field, STR("field.")))
		return field_shown(q->a, firm_pack(q->business), str_from(field, 6), value, &q->locale);
	if (str_is(field, "birthday")) return say_day(q->a, &q->locale, value);
	if (str_is(field, "photo")) return str_c(TRQ(q, T("a photo")));
	if (str_is(field, "worth") && str_int(value, &id)) return say_money(q->a, &q->locale, id, q->business->currency);
	if (str_is(field, "contact_id") && str_int(value, &id)) {
		const struct person_id_list one = {.v = &(struct person_id){id}, .n = 1};
		struct person_card_list cards;
		if (people_cards(q->db, q->a, &q->actor, one, &cards) == OK) return cards.v[0].name;
	}
	for (int kind = 0; kind < CONTACT_KINDS; kind++)
		if (str_is(field, contact_kind_word((enum contact_kind)kind))) return in_a_line(q->a, value);
	return utf8_count(value) > 200 ? str_fmt(q->a, STR_FMT " …", STR_ARG(utf8_first(value, 200))) : value;
}

static enum err names_of(struct req *q, const struct person_id *id, size_t n, struct person_card_list *ret) {
	struct person_id_list ids = {.v = NEW_ARRAY(q->a, struct person_id, n), .n = n};
	for (size_t i = 0; i < n; i++) ids.v[i] = id[i];
	return people_cards(q->db, q->a, &q->actor, ids, ret);
}

enum err life_changes(struct req *q, const struct kept *k, int64_t before, int64_t most, int64_t only_by, usec_t since,
                      struct change_line_list *ret, int64_t *ret_next) {
	struct person_change_row_list rows;
	struct person_card_list who;
	TRY(sql_person_changes(q->db, q->a, k->row.id, (struct opt_int){.has = before > 0, .v = before}, most + 1, &rows));
	bool further = (int64_t)rows.n > most;
	if (further) rows.n = (size_t)most;
	*ret_next = further ? rows.v[rows.n - 1].id : 0;
	struct person_id *ids = NEW_ARRAY(q->a, struct person_id, rows.n);
	for (size_t i = 0; i < rows.n; i++) ids[i] = rows.v[i].actor_id;
	TRY(names_of(q, ids, rows.n, &who));
	ret->v = NEW_ARRAY(q->a, struct change_line, rows.n);
	ret->n = 0;
	for (size_t i = 0; i < rows.n; i++) {
		const struct person_change_row *r = &rows.v[i];
		if (!may_know(q, k, r->field) || r->at < since) continue;
		if (only_by > 0 ? r->actor_id.v != only_by : only_by < 0 && r->actor_id.v == -only_by) continue;
		ret->v[ret->n++] = (struct change_line){
			.at = r->at,
			.who = r->actor_id.v ? who.v[i].name : str_c(TRQ(q, T("An import"))),
			.by_them = r->actor_id.v == k->row.id.v,
			.field = life_field_label(q, r->field),
			.old = shown_value(q, r->field, r->old_value),
			.new = shown_value(q, r->field, r->new_value),
		};
	}
	return OK;
}

/* -------------------------------------------------------------- conversations */

static enum err said_lines(struct req *q, const struct person_said_row_list *rows, struct said_line_list *ret) {
	struct talk_subjects subjects;
	TALK_SUBJECTS(q->a, rows, id, subject, subjects);
	TRY(talk_subjects_here(q, subjects));
	ret->v = NEW_ARRAY(q->a, struct said_line, rows->n);
	ret->n = rows->n;
	for (size_t i = 0; i < rows->n; i++) {
		const struct person_said_row *r = &rows->v[i];
		const char *look = WORD(looks, r->status);
		ret->v[i] = (struct said_line){
			.url = url_path(q->a, "/conversations/%" PRId64, r->id.v),
			.kind = said_word(q, WORD(kinds, r->kind), r->kind),
			.subject = r->subject,
			.status = said_word(q, WORD(states, r->status), r->status),
			.state = look ? str_c(look) : r->status,
			.people = r->votes,
			.comments = r->comments,
			.at = r->created_at,
		};
	}
	return OK;
}

enum err life_said(struct req *q, struct person_id id, int64_t before, int64_t most, struct said_line_list *ret,
                   int64_t *ret_next) {
	struct person_said_row_list rows;
	TRY(sql_person_said(q->db, q->a, id, req_is_staff(q), q->actor.id, (struct conversation_id){before}, most + 1, &rows));
	bool further = (int64_t)rows.n > most;
	if (further) rows.n = (size_t)most;
	*ret_next = further ? rows.v[rows.n - 1].id.v : 0;
	return said_lines(q, &rows, ret);
}

enum err life_joined(struct req *q, struct person_id id, struct said_line_list *ret) {
	struct person_said_row_list rows;
	TRY(sql_person_joined(q->db, q->a, id, req_is_staff(q), q->actor.id, 50, &rows));
	return said_lines(q, &rows, ret);
}

enum err life_looks(struct req *q, struct person_id id, struct look_line_list *ret) {
	enum { READ = 200, SHOWN = 10 };
	struct person_look_row_list rows;
	struct person_card_list who;
	TRY(sql_person_looks(q->db, q->a, id.v, READ, &rows));
	struct person_id *ids = NEW_ARRAY(q->a, struct person_id, rows.n);
	size_t n = 0;
	for (size_t i = 0; i < rows.n && n < SHOWN; i++) { /* one line for what one person looked at in a day */
		bool again = false;
		for (size_t k = 0; k < n; k++) again |= ids[k].v == rows.v[i].actor_id.v && rows.v[k].at - rows.v[i].at < DAYS(1);
		if (again) continue;
		rows.v[n] = rows.v[i];
		ids[n++] = rows.v[i].actor_id;
	}
	TRY(names_of(q, ids, n, &who));
	ret->v = NEW_ARRAY(q->a, struct look_line, n);
	ret->n = n;
	for (size_t i = 0; i < n; i++) ret->v[i] = (struct look_line){.at = rows.v[i].at, .who = who.v[i].name};
	return OK;
}

/* ------------------------------------------------------------------ timeline */

enum err person_timeline(struct req *q, const struct person_timeline_in *in, struct life_list *ret) {
	struct kept k;
	int64_t before, next;
	TRY(timeline_cursor(q, in->cursor, &before));
	TRY(person_for(q, in->id, ACT_SEE, &k));
	TRY(timeline_read(q, "person", k.row.id.v, in->sort, before, in->limit, &ret->data, &next));
	ret->next = next ? str_fmt(q->a, "%" PRId64, next) : STR_NONE;
	people_looked(q, &k);
	return OK;
}
