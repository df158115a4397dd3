/* From words to a day. Date rules are tried at every word of the clause, the longest wins; of several dates the one that a word such as
 * "by" stands at, else the first. Days are counted in the zone (src/text/date.h), moments made of them at the end, so clock changes
 * and year ends need no care of their own. What does not exist (31 February), lies behind us or absurdly far ahead is no date. */
#include "promise/words_int.h"
#include "text/date.h"

enum { DAYS_AHEAD_MAX = 3660, DAYS_WITHOUT_YEAR = 275 };

struct found {
	const struct rule *rule;
	int from, to;                    /* tokens */
	struct slots s;
};

static struct found longest(const struct grammar *g, enum rule_kind kind, const struct token *t, int n, int at) {
	struct found best = {0};
	for (const struct rule *r = g->rules; r < g->rules + g->rule_count; r++) {
		struct slots s;
		if (r->kind != kind) continue;
		int taken = rule_match(r, t, n, at, &s);
		if (taken > best.to - best.from) best = (struct found){r, at, at + taken, s};
	}
	return best;
}

static bool is_by(const struct token *t, const struct found *f) {
	return (f->from > 0 && token_is(&t[f->from - 1], CLASS_BY)) || token_is(&t[f->from], CLASS_BY);
}

/* The date, or the time of day, of the clause, where it does not overlap `but`; rule NULL when it has none. */
static struct found find(const struct grammar *g, enum rule_kind kind, const struct token *t, int n, const struct found *but) {
	struct found best = {0};
	for (int at = 0; at < n; at++) {
		if (but && at >= but->from && at < but->to) continue;
		struct found f = longest(g, kind, t, n, at);
		if (f.rule == NULL) continue;
		bool refers = at > 0 && token_is(&t[at - 1], CLASS_REFERS);
		if (!refers && (best.rule == NULL || (is_by(t, &f) && !is_by(t, &best)))) best = f;
		at = f.to - 1;
	}
	return best;
}

static bool civil(int year, int month, int day, int64_t *ret) {
	int y, m, d;
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return false;
	*ret = days_of(year, month, day);
	days_civil(*ret, &y, &m, &d);
	return m == month;
}

/* The last day of a month when it has no such day. */
static int64_t fit_day(int year, int month, int day) {
	int64_t of_next = days_of(year, month + 1, 1), days = days_of(year, month, day);
	return days < of_next ? days : of_next - 1;
}

/* With a year: that day; without: its next one, unless that is so far ahead that the last one must be meant ("the address of 3 November"). */
static bool day_of_year(const struct words_clock *c, int year, int month, int day, int64_t *ret) {
	if (year >= 0) return civil(year, month, day, ret);
	for (int y = c->local.year; y <= c->local.year + 1; y++)
		if (civil(y, month, day, ret) && *ret >= c->today) return *ret <= c->today + DAYS_WITHOUT_YEAR;
	return false;
}

static bool day_of_month(const struct words_clock *c, int day, int64_t *ret) {
	for (int m = 0; m < 3; m++) {
		int y, month, d;
		days_civil(days_of(c->local.year, c->local.month + m, 1), &y, &month, &d);
		if (civil(y, month, day, ret) && *ret >= c->today) return true;
	}
	return false;
}

static bool numeric(const struct grammar *g, const struct words_clock *c, const struct token *t, int64_t *ret) {
	int day = t->n[0], month = t->n[1];
	bool swap = t->slash && ((g->month_first && str_starts(str_c(zone_name(c->zone)), str_c(g->month_first))) || month > 12);
	return day_of_year(c, t->n[2], swap ? day : month, swap ? month : day, ret);
}

static bool week(const struct words_clock *c, int ahead, int weekday, int64_t *ret) {
	int64_t monday = c->today - (c->local.weekday + 6) % 7;
	*ret = monday + 7 * ahead + (weekday + 6) % 7;
	if (*ret < c->today && ahead == 0) *ret = c->today;
	return true;
}

/* "within two weeks": the last number of "two to three". */
static bool span(const struct words_clock *c, const struct slots *s, struct promise_words *o, int64_t *ret) {
	static const int most[] = {[UNIT_MINUTE] = 9999, [UNIT_HOUR] = 9999, [UNIT_DAY] = 3650, [UNIT_BUSINESS_DAY] = 999, [UNIT_WEEK] = 520,
		[UNIT_MONTH] = 120, [UNIT_YEAR] = 10};
	int n = s->count ? s->numbers[s->count - 1] : 1;
	if (s->unit < 0 || n < 1 || n > most[s->unit]) return false;
	switch ((enum unit)s->unit) {
	case UNIT_MINUTE: o->at = c->now + MINUTES(n); return true;
	case UNIT_HOUR: o->at = c->now + HOURS(n); return true;
	case UNIT_BUSINESS_DAY: o->business_days = n; return true;
	case UNIT_DAY: *ret = c->today + n; return true;
	case UNIT_WEEK: *ret = c->today + 7 * n; return true;
	case UNIT_MONTH: *ret = fit_day(c->local.year, c->local.month + n, c->local.day); return true;
	case UNIT_YEAR: *ret = fit_day(c->local.year + n, c->local.month, c->local.day); return true;
	}
	return false;
}

/* The day that is meant, or at or business_days of o; false: none. */
static bool resolve(const struct grammar *g, const struct words_clock *c, const struct found *f, struct promise_words *o, int64_t *ret) {
	const struct slots *s = &f->s;
	int n = f->rule->n, m = f->rule->m, first = s->count ? s->numbers[0] : -1, year;
	switch (f->rule->op) {
	case OP_DAY: *ret = c->today + n; return true;
	case OP_WEEKDAY: *ret = c->today + 1 + (s->weekday + 6 - c->local.weekday) % 7; return s->weekday >= 0;
	case OP_WEEK: return (m > 0 || s->weekday >= 0) && week(c, n, m > 0 ? m : s->weekday, ret);
	case OP_SPAN: return span(c, s, o, ret);
	case OP_DATE: return day_of_year(c, s->year, s->month, first, ret);
	case OP_MONTHDAY: return day_of_month(c, first, ret);
	case OP_MONTH:
		year = s->year >= 0 ? s->year : c->local.year + (s->month < c->local.month);
		*ret = fit_day(year, s->month, n);
		return s->month > 0;
	case OP_MONTHS: *ret = fit_day(c->local.year, c->local.month + n, m); return true;
	case OP_YEARS: *ret = days_of(c->local.year + n, 12, 31); return true;
	case OP_NUMERIC: return s->date != NULL && numeric(g, c, s->date, ret);
	case OP_NONE: case OP_VAGUE: break;
	}
	return false;
}

static bool clock_of(const struct found *f, int *ret_hour, int *ret_minute) {
	const struct slots *s = &f->s;
	*ret_hour = s->time ? s->time->n[0] : s->count ? s->numbers[s->count - 1] : -1;
	*ret_minute = s->time ? s->time->n[1] : 0;
	if (s->ampm >= 0 && *ret_hour <= 12) *ret_hour = *ret_hour % 12 + s->ampm;
	if (f->rule->dated && *ret_hour < 7) *ret_hour += 12;    /* "tomorrow at 3" */
	return *ret_hour >= 0 && *ret_hour < 24;
}

static usec_t moment(const struct words_clock *c, int64_t day, int hour, int minute) {
	int y, m, d;
	days_civil(day, &y, &m, &d);
	return zone_moment(c->zone, y, m, d, hour, minute, 0);
}

static void said(const struct token *t, const struct found *f, struct promise_words *o) {
	size_t from = t[f->from].from, to = t[f->to - 1].to;
	if (o->said_to == 0 || from < o->said_from) o->said_from = from;
	if (to > o->said_to) o->said_to = to;
}

void words_due(struct arena *a, const struct grammar *g, const struct words_clock *c, const struct token *t, int n, struct promise_words *o) {
	struct found date = find(g, RULE_DATE, t, n, NULL), time = find(g, RULE_TIME, t, n, date.rule ? &date : NULL);
	int64_t day = -1;
	int hour = -1, minute = 0;
	if (date.rule && !resolve(g, c, &date, o, &day)) return;
	bool has_time = time.rule && (date.rule || !time.rule->dated) && clock_of(&time, &hour, &minute);
	if (!date.rule && !has_time) return;
	if (!date.rule) day = c->today + (moment(c, c->today, hour, minute) <= c->now);
	if (date.rule) said(t, &date, o);
	if (o->business_days) {
		o->due = PROMISE_WORDS_BUSINESS_DAYS;
		return;
	}
	if (o->at == 0 && (day < c->today || day > c->today + DAYS_AHEAD_MAX)) {
		o->said_from = o->said_to = 0;
		return;
	}
	if (!has_time && date.rule) hour = date.s.part;
	if (hour >= 0 && moment(c, day, hour, minute) <= c->now) hour = -1, has_time = false;    /* "this morning", said at three */
	if (has_time && o->at == 0) said(t, &time, o);
	o->due = o->at || hour >= 0 ? PROMISE_WORDS_MOMENT : PROMISE_WORDS_DAY;
	if (o->at == 0) o->at = hour >= 0 ? moment(c, day, hour, minute) : moment(c, day + 1, 0, 0) - SECONDS(1);
	o->day = date_of_time(a, c->zone, o->at);
}
