/* What the firm decides on how soon customers are answered, and how much of that time is left. */
#include "access/access.h"
#include "promise/promise_int.h"
#include "record/record.h"
#include "routes.h"
#include "sql/service.h"
#include <inttypes.h>

enum { RULES_MOST = 200, DUE_MOST = 400 };

static const struct { const char *name, *word; } kinds[] = {
	{"", T("Everything")}, {"problem", T("Problem")}, {"need", T("Need")}, {"idea", T("Idea")}, {"question", T("Question")}, {"discussion", T("Discussion")},
	{"praise", T("Praise")}, {"query", T("Question about a record")}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *kind_word(struct str kind) {
	for (size_t i = 0; i < KINDS; i++)
		if (str_is(kind, kinds[i].name)) return kinds[i].word;
	return NULL;
}

static struct str given(struct str s) { return str_none(s) ? STR("") : s; }

/* ------------------------------------------------------------------- as it is shown */

static struct str add_words(struct req *q, struct str s, struct str more) {
	return str_empty(more) ? s : str_empty(s) ? more : str_fmt(q->a, STR_FMT ", " STR_FMT, STR_ARG(s), STR_ARG(more));
}

static struct str add_time(struct req *q, struct str s, const char *sentence, struct opt_int n, struct str unit) {
	return n.has ? add_words(q, s, tr_fill(q->a, TRQ(q, sentence), "time", service_time(q->a, q->locale.lang, n.v, unit).p, NULL)) : s;
}

static struct service_rule_view view_of(struct req *q, const struct service_rule_row *r) {
	const struct pack_type *t = record_type(q, r->record_type);
	const char *kind = kind_word(r->kind);
	struct str words = kind ? str_c(TRQ(q, kind)) : r->kind, tag = given(r->tag);
	if (!str_empty(r->record_type)) words = add_words(q, words, t ? pack_say(&t->label, q->locale.lang) : r->record_type);
	if (!str_empty(tag)) words = add_words(q, words, tr_fill(q->a, TRQ(q, T("customers tagged “{tag}”")), "tag", str_z(q->a, tag), NULL));
	struct str times = add_time(q, STR(""), T("first answer within {time}"), r->first.n, r->first.unit);
	times = add_time(q, times, T("later ones within {time}"), r->next.n, r->next.unit);
	return (struct service_rule_view){.id = r->id, .kind = r->kind, .record_type = r->record_type, .tag = tag, .person_id = r->person_id,
		.first = r->first.n, .first_unit = r->first.unit, .next = r->next.n, .next_unit = r->next.unit, .solution = r->solution.n, .solution_unit = r->solution.unit,
		.made_at = r->made_at, .words = add_words(q, words, given(r->person)), .times = add_time(q, times, T("solution within {time}"), r->solution.n, r->solution.unit)};
}

static enum err fill_list(struct req *q, struct service_rule_view_list *ret) {
	struct service_rule_row_list rows;
	TRY(sql_service_rules(q->db, q->a, RULES_MOST, &rows));
	*ret = (struct service_rule_view_list){.v = NEW_ARRAY(q->a, struct service_rule_view, rows.n)};
	for (size_t i = 0; i < rows.n; i++) ret->v[ret->n++] = view_of(q, &rows.v[i]);
	return OK;
}

enum err service_rules_all(struct req *q, struct service_rules_list *ret) {
	ret->next = STR_NONE;
	return fill_list(q, &ret->data);
}

static void fill_units(struct req *q, struct str chosen, struct service_choice_list *ret) {
	static const struct { const char *name, *word; } units[] = {{"minutes", T("minutes of work")}, {"hours", T("hours of work")}, {"days", T("business days")}};
	enum { UNITS = sizeof units / sizeof *units };
	*ret = (struct service_choice_list){.v = NEW_ARRAY(q->a, struct service_choice, UNITS)};
	for (size_t i = 0; i < UNITS; i++)
		ret->v[ret->n++] = (struct service_choice){.name = str_c(units[i].name), .word = str_c(TRQ(q, units[i].word)),
			.here = str_is(str_empty(given(chosen)) ? STR("hours") : chosen, units[i].name)};
}

enum err service_rules(struct req *q, const struct service_rules_in *in, struct service_rules_page *ret) {
	const struct pack *p = pack_find(q->business->pack);
	size_t types = p ? p->types : 0;
	*ret = (struct service_rules_page){.tag = given(in->tag), .who = given(in->who), .first = in->first, .next = in->next, .solution = in->solution, .kinds.v = NEW_ARRAY(q->a, struct service_choice, KINDS), .types.v = NEW_ARRAY(q->a, struct service_choice, types + 1)};
	fill_units(q, in->first_unit, &ret->first_units);
	fill_units(q, in->next_unit, &ret->next_units);
	fill_units(q, in->solution_unit, &ret->solution_units);
	for (size_t i = 0; i < KINDS; i++)
		ret->kinds.v[ret->kinds.n++] = (struct service_choice){.name = str_c(kinds[i].name), .word = str_c(TRQ(q, kinds[i].word)), .here = str_is(given(in->kind), kinds[i].name)};
	ret->types.v[ret->types.n++] = (struct service_choice){.name = STR(""), .word = str_c(TRQ(q, T("Any record, or none"))), .here = str_empty(in->record_type)};
	for (size_t i = 0; i < types; i++)
		ret->types.v[ret->types.n++] = (struct service_choice){.name = p->type[i].name, .word = pack_say(&p->type[i].label, q->locale.lang),
			.here = str_eq(given(in->record_type), p->type[i].name)};
	return fill_list(q, &ret->data);
}

/* -------------------------------------------------------------------------- making */

static enum err may_edit(struct req *q) {
	struct object o = {.thing = THING_SETTINGS};
	return may_or_err(&q->actor, ACT_EDIT, &o);
}

static enum err check(struct req *q, const struct service_rule_add_in *in, struct tag_id *ret_tag, struct person_id *ret_person) {
	enum err e = OK;
	bool found;
	*ret_tag = (struct tag_id){0};
	*ret_person = in->person_id;
	if (kind_word(given(in->kind)) == NULL) e = req_invalid(q, "kind", T("There is no such kind."));
	if (!str_empty(in->record_type) && record_type(q, in->record_type) == NULL) e = req_invalid(q, "record_type", T("There is no such type of record."));
	if (!in->first.has && !in->next.has && !in->solution.has) e = req_invalid(q, "first", T("Please give at least one time."));
	if (!str_empty(in->tag)) {
		TRY(sql_service_tag(q->db, in->tag, ret_tag, &found));
		if (!found) e = req_invalid(q, "tag", T("No customer has this tag yet."));
	}
	if (in->person_id.v != 0 || !str_empty(in->who)) TRY(record_who(q, in->person_id, in->who, "who", ret_person));
	return e;
}

enum err service_rule_add(struct req *q, const struct service_rule_add_in *in, struct service_rule_view *ret) {
	struct service_rule_row row;
	struct service_rule_id id;
	struct person_id person;
	struct tag_id tag;
	int64_t same;
	struct str kind = given(in->kind), type = given(in->record_type);
	TRY(may_edit(q));
	TRY(check(q, in, &tag, &person));
	TRY(sql_service_rule_same(q->db, kind, type, tag, person, &same));
	if (same > 0) return req_fail(q, ERR_CONFLICT, T("There is a rule for exactly these. Please end it first."), NULL);
	TRY(sql_service_rule_put(q->db, kind, type, tag, person, in->first, in->first_unit, in->next, in->next_unit, in->solution, in->solution_unit, q->actor.id, clock_now(), &id));
	TRY(req_event(q, "create", "service_rule", id.v, NULL, 0, AUDIENCE_STAFF, STR("{}")));
	TRY(sql_service_rule_get(q->db, q->a, id, &row));
	*ret = view_of(q, &row);
	req_say(q, T("The rule holds from now on."));
	return access_audit(q->db, q->actor.id, "service_rule_made", "service_rule", id.v, STR(""), add_words(q, ret->words, ret->times));
}

enum err service_rule_remove(struct req *q, const struct service_rule_remove_in *in) {
	int64_t ended;
	TRY(may_edit(q));
	TRY(sql_service_rule_end(q->db, in->id, clock_now(), &ended));
	if (ended == 0) return ERR_NOT_FOUND;
	TRY(req_event(q, "delete", "service_rule", in->id.v, NULL, 0, AUDIENCE_STAFF, STR("{}")));
	req_say(q, T("The rule has ended. What it made goes on."));
	return access_audit(q->db, q->actor.id, "service_rule_ended", "service_rule", in->id.v, STR(""), STR(""));
}

/* -------------------------------------------------------------------- time that is left */

static const struct { const char *goal, *left, *late, *paused; } says[] = {
	{"first", T("First answer due in {time}"), T("First answer late by {time}"), T("First answer: we wait for them")},
	{"next", T("Answer due in {time}"), T("Answer late by {time}"), T("Answer: we wait for them")},
	{"solution", T("Solution due in {time}"), T("Solution late by {time}"), T("Solution: the clock stands still while we wait for them")}};

/* Working time: "2 h 10 min", and days only by the hours in them, since days differ. */
static struct str span(struct req *q, usec_t t) {
	int64_t minutes = t / SECONDS(60);
	if (minutes < 60) return str_fmt(q->a, "%" PRId64 " min", minutes);
	return minutes % 60 == 0 ? str_fmt(q->a, "%" PRId64 " h", minutes / 60) : str_fmt(q->a, "%" PRId64 " h %" PRId64 " min", minutes / 60, minutes % 60);
}

enum err service_due(struct req *q, struct int_list conversations, struct service_due_view_list *ret) {
	struct service_live_list rows;
	usec_t now = q->locale.now;
	*ret = (struct service_due_view_list){0};
	if (conversations.n == 0 || !q->actor.is_staff) return OK;
	TRY(sql_service_live(q->db, q->a, conversations, DUE_MOST, &rows));
	ret->v = NEW_ARRAY(q->a, struct service_due_view, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct service_live *r = &rows.v[i];
		bool paused = r->paused_at != 0, late = !paused && r->due_at < now;
		const char *sentence = "";
		for (size_t k = 0; k < sizeof says / sizeof *says; k++)
			if (str_is(r->goal, says[k].goal)) sentence = paused ? says[k].paused : late ? says[k].late : says[k].left;
		usec_t left = late ? hours_between(&q->business->open, r->due_at, now) : hours_between(&q->business->open, now, r->due_at);
		struct str rule = r->rule_id.v == 0 ? STR("") : tr_fill(q->a, TRQ(q, T("Rule {number}, {name}")), "number",
			str_fmt(q->a, "%" PRId64, r->rule_id.v).p, "name", str_z(q->a, r->owner), NULL);
		ret->v[ret->n++] = (struct service_due_view){.conversation_id = r->conversation_id, .id = r->id, .goal = r->goal, .due_at = r->due_at, .late = late,
			.paused = paused, .rule = rule, .words = tr_fill(q->a, TRQ(q, sentence), "time", span(q, left).p, NULL)};
	}
	return OK;
}
