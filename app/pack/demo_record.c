/* What the demo's people have: records and their lines, from short rules ("each month", "for forty of the crowd"), what became of them and
 * what was asked about them. A rule is unfolded into records; each is made at the moment when it became known. */
#include "pack/demo_int.h"
#include "record/record.h"
#include "talk/talk.h"
#include "text/date.h"
#include <stdlib.h>

enum { KNOWN_FOR = 279, MADE_MOST = 5000 };   /* all people are there by then; what is older was taken over on that day */

struct demo_record {
	const struct pack_type *type;
	struct demo_record *parent, *next;
	const struct json *rule;
	struct str *value, state;
	int64_t day, nth;              /* of what it is a repetition */
	usec_t known_at;
	struct person_id neighbour;    /* of the crowd for whom it is */
	struct record_id id;           /* once made */
};

struct records {
	struct demo_record *first, **end;
	size_t n;
};

static enum err unfold_all(struct demo *d, struct records *all, const struct json *rules, struct demo_record *parent);

static int64_t today(const struct demo *d) { return d->now / DAYS(1); }

static enum err fault_at(struct demo *d, const struct demo_record *r, const char *what, struct str where) {
	return demo_fault(d, what, str_fmt(d->a, STR_FMT "." STR_FMT, STR_ARG(r->type->name), STR_ARG(where)));
}

/* --------------------------------------------------------------------- values */

/* {year} and {month} are those of its day, {n} its number among its like. */
static struct str fill_text(struct demo *d, const struct demo_record *r, struct str text) {
	int y, m, day;
	struct str s = STR("");
	days_civil(r->day, &y, &m, &day);
	for (struct str rest = text; !str_none(rest);) {
		struct str before = str_cut(&rest, '{'), word = str_none(rest) ? STR("") : str_cut(&rest, '}'), fill = STR("");
		if (str_is(word, "year")) fill = str_fmt(d->a, "%04d", y);
		if (str_is(word, "month")) fill = str_fmt(d->a, "%02d", m);
		if (str_is(word, "n")) fill = str_fmt(d->a, "%04lld", (long long)r->nth + 1);
		s = str_fmt(d->a, STR_FMT STR_FMT STR_FMT, STR_ARG(s), STR_ARG(before), STR_ARG(fill));
	}
	return s;
}

/* A text, or a whole number (of dates: days before its day), or a list of which each repetition takes the next. */
static enum err value_of(struct demo *d, const struct demo_record *r, const struct pack_field *f, const struct json *v, struct str *ret) {
	int64_t n, spread = 0;
	const char *why = NULL;
	struct str text = STR("");
	if (json_kind_of(v) == JSON_IS_ARRAY) v = json_item(v, (size_t)r->nth % (json_length(v) ? json_length(v) : 1));
	if (json_get_int(v, &n)) text = f->type == PACK_DATE ? date_of_days(d->a, r->day - n) : str_fmt(d->a, "%lld", (long long)n);
	else if (!json_get_str(v, &text)) return fault_at(d, r, "needs a text or a whole number", f->name);
	if (!pack_value(d->a, f, fill_text(d, r, text), ret, &why)) return fault_at(d, r, why, f->name);
	if (!json_get_int(json_member(json_member(r->rule, "spread"), str_z(d->a, f->name)), &spread) || spread <= 0) return OK;
	if (f->type != PACK_MONEY || spread > 1000000 || !str_int(*ret, &n)) return fault_at(d, r, "only amounts are spread", f->name);
	*ret = str_fmt(d->a, "%lld", (long long)n - spread + demo_random(d, (uint32_t)spread * 2 + 1));
	return OK;
}

static enum err read_values(struct demo *d, struct demo_record *r, const struct json *fields) {
	for (struct json_members m = json_members(fields); json_next(&m);) {
		const struct pack_field *f = pack_type_field(r->type, m.name);
		if (f == NULL) return fault_at(d, r, "there is no such field", m.name);
		TRY(value_of(d, r, f, m.value, &r->value[f - r->type->field]));
	}
	return OK;
}

/* A state's name, or {"due": 0, "paid": 14}: due, and paid from its fourteenth day on. */
static enum err read_state(struct demo *d, struct demo_record *r) {
	const struct json *v = json_member(r->rule, "state");
	int64_t from, best = -1;
	if (v == NULL) return OK;
	if (json_kind_of(v) == JSON_IS_ARRAY) v = json_item(v, (size_t)r->nth % (json_length(v) ? json_length(v) : 1));
	if (!json_get_str(v, &r->state)) {
		for (struct json_members m = json_members(v); json_next(&m);)
			if (json_get_int(m.value, &from) && from <= today(d) - r->day && from > best) best = from, r->state = m.name;
	}
	return pack_type_state(r->type, r->state) != NULL ? OK : fault_at(d, r, "there is no such state", STR("state"));
}

/* What is added up of it; 0 where there is nothing. */
static int64_t amount_of(const struct demo_record *r) {
	int64_t minor = 0;
	if (r->type->amount != NULL && !str_int(r->value[r->type->amount - r->type->field], &minor)) minor = 0;
	return minor;
}

/* ------------------------------------------------------------------ unfolding */

static int by_day(const void *x, const void *y) {
	const struct demo_record *a = *(struct demo_record *const *)x, *b = *(struct demo_record *const *)y;
	return a->day != b->day ? (a->day > b->day) - (a->day < b->day) : (a->nth > b->nth) - (a->nth < b->nth);
}

/* What is added up over its lines: "total" names the field that has the sum, "balance" a line's field that has it so far. */
static enum err add_up(struct demo *d, struct records *all, struct demo_record *r) {
	const struct json *balance = json_member(r->rule, "balance");
	struct str total = demo_text(r->rule, "total"), from = demo_text(balance, "from"), in = demo_text(balance, "in");
	struct demo_record **line = NEW_ARRAY(d->a, struct demo_record *, all->n);
	const struct pack_field *money = &(const struct pack_field){.type = PACK_MONEY}, *to = pack_type_field(r->type, total);
	const char *why;
	size_t n = 0;
	int64_t sum = 0;
	if (balance == NULL && str_empty(total)) return OK;
	if (!str_empty(total) && (to == NULL || to->type != PACK_MONEY)) return fault_at(d, r, "names no amount", STR("total"));
	if (balance != NULL && (!pack_value(d->a, money, from, &from, &why) || !str_int(from, &sum)))
		return fault_at(d, r, "needs an amount to begin \"from\"", STR("balance"));
	for (struct demo_record *l = r->next; l != NULL; l = l->next)
		if (l->parent == r && l->type->amount != NULL) line[n++] = l;
	if (n > 0) qsort(line, n, sizeof *line, by_day);
	for (size_t i = 0; i < n; i++) {
		const struct pack_field *f = pack_type_field(line[i]->type, in);
		sum += amount_of(line[i]);
		if (f != NULL) line[i]->value[f - line[i]->type->field] = str_fmt(d->a, "%lld", (long long)sum);
	}
	if (to != NULL) r->value[to - r->type->field] = str_fmt(d->a, "%lld", (long long)sum);
	return OK;
}

/* In the morning of its day if it has one, or when "days_ago" says; not before its parent, not before there was anybody, not tomorrow. */
static void set_known(struct demo *d, struct demo_record *r, const struct json *rule) {
	double days = demo_real(rule, "days_ago", -1);
	usec_t least = r->parent != NULL ? r->parent->known_at : demo_ago(d, KNOWN_FOR);
	bool dated = r->type->at != NULL || r->day != today(d);
	r->known_at = days >= 0 ? demo_by_day(d, demo_ago(d, days), 0) : dated ? r->day * DAYS(1) + HOURS(9) : least;
	if (r->known_at > d->now - MINUTES(5)) r->known_at = d->now - MINUTES(5);
	if (r->known_at < least) r->known_at = least;
}

static enum err unfold_one(struct demo *d, struct records *all, const struct json *rule, const struct pack_type *t, struct demo_record *parent,
	int64_t day, int64_t nth, struct demo_record **ret) {
	struct demo_record *r = NEW(d->a, struct demo_record);
	int64_t known;
	*r = (struct demo_record){.type = t, .parent = parent, .rule = rule, .value = NEW_ARRAY(d->a, struct str, t->fields), .state = STR_NONE,
		.day = day, .nth = nth};
	for (size_t i = 0; i < t->fields; i++) r->value[i] = STR("");
	if (++all->n > MADE_MOST) return demo_fault(d, "makes too many records", t->name);
	*all->end = r;
	all->end = &r->next;
	if (t->at != NULL) r->value[t->at - t->field] = date_of_days(d->a, day);
	TRY(read_values(d, r, json_member(rule, "fields")));
	if (t->at != NULL && date_days(r->value[t->at - t->field], &known)) r->day = known;
	TRY(read_state(d, r));
	set_known(d, r, rule);
	r->day = day;                  /* its parts count from the day of the rule */
	TRY(unfold_all(d, all, json_member(rule, "parts"), r));
	if (t->at != NULL && date_days(r->value[t->at - t->field], &known)) r->day = known;
	*ret = r;
	return add_up(d, all, r);
}

static enum err plan_changes(struct demo *d, struct demo_record *r, const struct json *changes) {
	for (size_t i = 0; i < json_length(changes); i++) {
		struct deed deed = {.kind = DEED_CHANGE, .what = json_item(changes, i), .record = r};
		deed.at = demo_by_day(d, demo_ago(d, demo_real(deed.what, "days_ago", 1)), r->known_at);
		if (deed.at <= r->known_at) return fault_at(d, r, "changes before it is there", STR("changes"));
		TRY(demo_who(d, json_member(deed.what, "by"), &deed.who));
		demo_plan(d, deed);
	}
	return OK;
}

/* The n-th day of a rule that repeats; false behind the last. */
static bool nth_day(const struct demo *d, const struct json *rule, int64_t base, int64_t n, int64_t *ret) {
	const struct json *monthly = json_member(rule, "monthly"), *every = json_member(rule, "every");
	int y, m, day;
	if (monthly != NULL) {
		int64_t back = demo_int(monthly, "from", 12) - n;
		days_civil(today(d), &y, &m, &day);
		int64_t month = (int64_t)y * 12 + m - 1 - back;
		*ret = days_of((int)(month / 12), (int)(month % 12) + 1, (int)demo_int(monthly, "day", 1));
		return back >= demo_int(monthly, "to", 0);
	}
	if (every != NULL) {
		*ret = today(d) - demo_int(every, "from", 100) + n * demo_int(every, "days", 7);
		return *ret <= today(d) - demo_int(every, "to", 0);
	}
	*ret = base;
	return n < demo_int(rule, "crowd", 1);
}

static enum err unfold(struct demo *d, struct records *all, const struct json *rule, struct demo_record *parent) {
	struct str word = demo_text(rule, "type");
	const struct pack_type *t = pack_type_find(d->pack, word);
	bool repeats = json_member(rule, "monthly") != NULL || json_member(rule, "every") != NULL, crowd = json_member(rule, "crowd") != NULL;
	struct demo_record *made = NULL;
	int64_t base = parent != NULL ? parent->day : today(d), day;
	if (t == NULL) return demo_fault(d, "there is no type", word);
	if (t->parent != (parent != NULL ? parent->type : NULL)) return demo_fault(d, "stands below another type than its parent", word);
	if (crowd && demo_int(rule, "crowd", 0) > (int64_t)d->crowd_count) return demo_fault(d, "the crowd is smaller", word);
	for (int64_t i = 0; nth_day(d, rule, base, i, &day); i++) {
		if (repeats && day > today(d)) break;
		TRY(unfold_one(d, all, rule, t, parent, day, repeats || crowd || parent == NULL ? i : parent->nth, &made));
		if (crowd) made->neighbour = d->crowd[i];
		TRY(plan_changes(d, made, json_member(rule, "changes")));
	}
	return OK;
}

static enum err unfold_all(struct demo *d, struct records *all, const struct json *rules, struct demo_record *parent) {
	for (size_t i = 0; i < json_length(rules); i++) TRY(unfold(d, all, json_item(rules, i), parent));
	return OK;
}

/* Questions are about the newest of a rule that was there when somebody asked; first: the first of it. */
static enum err plan_asked(struct demo *d, struct demo_record *first) {
	const struct json *asked = json_member(first->rule, "asked");
	for (size_t i = 0; i < json_length(asked); i++) {
		const struct json *one = json_item(asked, i);
		struct deed deed = {.kind = DEED_ASK, .what = one, .conversation = d->conversations++};
		for (struct demo_record *r = first; r != NULL; r = r->next) {
			usec_t at = demo_by_day(d, demo_ago(d, demo_real(one, "days_ago", 1)), r->known_at);
			if (r->rule != first->rule || at <= r->known_at || (deed.record != NULL && r->day < deed.record->day)) continue;
			deed.record = r;
			deed.at = at;
		}
		if (deed.record == NULL) return demo_fault(d, "is asked about before it is there", demo_text(one, "text"));
		TRY(demo_who(d, json_member(one, "by"), &deed.who));
		demo_plan(d, deed);
		TRY(demo_plan_said(d, deed.conversation, one, deed.at));
	}
	return OK;
}

static bool is_first(const struct records *all, const struct demo_record *r) {
	for (const struct demo_record *before = all->first; before != r; before = before->next)
		if (before->rule == r->rule) return false;
	return true;
}

struct record_id demo_record_id(const struct demo_record *r) { return r->id; }

enum err demo_plan_records(struct demo *d) {
	struct records all = {.end = &all.first};
	size_t n = 0;
	TRY(unfold_all(d, &all, json_member(d->root, "records"), NULL));
	for (struct demo_record *r = all.first; r != NULL; r = r->next) {
		demo_plan(d, (struct deed){.at = r->known_at, .kind = DEED_RECORD, .conversation = n++, .record = r});
		if (json_member(r->rule, "asked") != NULL && is_first(&all, r)) TRY(plan_asked(d, r));
		if (r->type->room != NULL && is_first(&all, r)) TRY(demo_plan_room_of(d, r, r->type->room->name, r->rule, r->known_at));
	}
	return OK;
}

/* ----------------------------------------------------------------------- doing */

static enum err seat(struct demo *d, const struct demo_record *r, struct str role, const struct json *who) {
	struct person_id person;
	bool changed;
	if (pack_type_role(r->type, role) == NULL) return fault_at(d, r, "there is no such role", role);
	TRY(demo_who(d, who, &person));
	return record_person(d->db, d->a, (struct person_id){0}, r->id, person, role, true, &changed);
}

static enum err make(struct demo *d, struct demo_record *r) {
	struct record_input in = {.type = r->type, .state = r->state, .value = r->value};
	bool changed;
	if (r->parent != NULL) in.parent = r->parent->id;
	TRY(record_create(d->db, d->a, (struct person_id){0}, &in, &r->id));
	if (r->parent == NULL && r->neighbour.v != 0)
		TRY(record_person(d->db, d->a, (struct person_id){0}, r->id, r->neighbour, r->type->role[0].name, true, &changed));
	for (struct json_members m = json_members(json_member(r->rule, "people")); json_next(&m);) TRY(seat(d, r, m.name, m.value));
	return OK;
}

/* Only what the change speaks of is given: the rest stays. */
static enum err change(struct demo *d, const struct deed *deed) {
	struct demo_record now = *deed->record;
	struct str state = demo_text(deed->what, "state");
	bool changed;
	now.rule = deed->what;
	now.value = NEW_ARRAY(d->a, struct str, now.type->fields);
	for (size_t i = 0; i < now.type->fields; i++) now.value[i] = STR_NONE;
	now.day = today(d);
	TRY(read_values(d, &now, json_member(deed->what, "fields")));
	if (!str_empty(state) && pack_type_state(now.type, state) == NULL) return fault_at(d, &now, "there is no such state", state);
	struct record_input in = {.type = now.type, .state = state, .value = now.value};
	return record_change(d->db, d->a, deed->who, now.id, 0, &in, &changed);
}

static enum err ask(struct demo *d, const struct deed *deed, struct conversation_id *ret) {
	struct record_row row;
	struct str reason = demo_text(deed->what, "reason");
	struct question q = {.author = deed->who, .about = &row, .reason = pack_type_reason(deed->record->type, reason), .lang = LANG_EN,
		.body = demo_text(deed->what, "text")};
	if (q.reason == NULL) return fault_at(d, deed->record, "there is no such reason", reason);
	TRY(record_get(d->db, d->a, deed->record->id, &row));
	return talk_ask(d->db, d->a, &q, ret);
}

enum err demo_do_record(struct demo *d, const struct deed *deed, struct conversation_id *id) {
	if (deed->kind == DEED_RECORD) return make(d, deed->record);
	if (deed->kind == DEED_CHANGE) return change(d, deed);
	return ask(d, deed, &id[deed->conversation]);
}
