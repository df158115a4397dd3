/* How numbers, money, dates and durations are said. The languages differ in the sentences of the catalogue and in
 * the few signs of `signs`; nothing else here knows a language. */
#include "text/date.h"
#include "text/locale.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static const struct {
	char thousands, decimal;
	bool symbol_first;
} signs[LANG_MAX_] = {
	[LANG_EN] = {',', '.', true},
	[LANG_DE] = {'.', ',', false},
};

static const char *const weekday_keys[] = {
	T("Sunday"), T("Monday"), T("Tuesday"), T("Wednesday"), T("Thursday"), T("Friday"), T("Saturday"),
};

static const char *const month_keys[] = {
	T("January"), T("February"), T("March"), T("April"), T("May"), T("June"), T("July"), T("August"), T("September"),
	T("October"), T("November"), T("December"),
};

static const char *const number_keys[] = {
	NULL, NULL, T("two"), T("three"), T("four"), T("five"), T("six"), T("seven"), T("eight"), T("nine"), T("ten"),
	T("eleven"), T("twelve"),
};

/* ---------------------------------------------------------------- numbers */

/* A whole number's digits, perhaps behind a minus, with a sign between thousands. Ends with NUL. */
static struct str grouped(struct arena *a, enum lang l, struct str digits) {
	size_t at = 0;
	char *text = arena_alloc(a, digits.n + digits.n / 3 + 1);
	for (size_t i = 0; i < digits.n; i++) {
		if (i > 0 && digits.p[i - 1] != '-' && (digits.n - i) % 3 == 0) text[at++] = signs[l].thousands;
		text[at++] = digits.p[i];
	}
	return str_n(text, at);
}

static uint64_t magnitude(int64_t v) {
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

struct str say_number(struct arena *a, const struct locale *l, int64_t n) {
	char room[INT_TEXT];
	return grouped(a, l->lang, str_of_int(room, n));
}

struct str say_real(struct arena *a, const struct locale *l, double v, int decimals) {
	char digit[400];
	if (!isfinite(v)) return STR("–");
	if (decimals < 0) decimals = 0;
	if (decimals > 15) decimals = 15;
	snprintf(digit, sizeof digit, "%.*f", decimals, fabs(v));
	bool zero = strspn(digit, "0.") == strlen(digit);
	char *point = strchr(digit, '.');
	if (point != NULL) *point = 0;
	struct str whole = grouped(a, l->lang, str_c(digit));
	const char *minus = v < 0 && !zero ? "-" : "";
	if (point == NULL) return str_fmt(a, "%s%s", minus, whole.p);
	return str_fmt(a, "%s%s%c%s", minus, whole.p, signs[l->lang].decimal, point + 1);
}

int money_digits(struct str currency) {
	/* ISO 4217 list one of 2024: those that have not two. */
	static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
	static const char three[] = "BHD IQD JOD KWD LYD OMR TND", four[] = "CLF UYW";
	if (currency.n != 3 || str_find(currency, ' ') >= 0) return 2;
	if (str_has(str_c(none), currency)) return 0;
	if (str_has(str_c(three), currency)) return 3;
	return str_has(str_c(four), currency) ? 4 : 2;
}

static const char *symbol_of(struct str currency) {
	if (str_is(currency, "EUR")) return "€";
	if (str_is(currency, "GBP")) return "£";
	return str_is(currency, "USD") ? "$" : NULL;
}

struct str say_money(struct arena *a, const struct locale *l, int64_t minor, struct str currency) {
	int digits = money_digits(currency);
	uint64_t unit = 1;
	char whole[32];
	for (int i = 0; i < digits; i++) unit *= 10;
	snprintf(whole, sizeof whole, "%" PRIu64, magnitude(minor) / unit);
	const char *part = digits == 0 ? "" :
		str_fmt(a, "%c%0*" PRIu64, signs[l->lang].decimal, digits, magnitude(minor) % unit).p;
	const char *symbol = symbol_of(currency), *minus = minor < 0 ? "-" : "";
	struct str amount = grouped(a, l->lang, str_c(whole));
	if (!signs[l->lang].symbol_first)
		return symbol ? str_fmt(a, "%s%s%s %s", minus, amount.p, part, symbol) :
			str_fmt(a, "%s%s%s " STR_FMT, minus, amount.p, part, STR_ARG(currency));
	return symbol ? str_fmt(a, "%s%s%s%s", minus, symbol, amount.p, part) :
		str_fmt(a, STR_FMT " %s%s%s", STR_ARG(currency), minus, amount.p, part);
}

struct str say_size(struct arena *a, const struct locale *l, int64_t bytes) {
	static const char *const unit[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	if (bytes < 1000) {
		const char *sentence = tr_n(l->lang, TN("one byte", "{n} bytes"), bytes);
		return tr_fill(a, sentence, "n", say_number(a, l, bytes).p, NULL);
	}
	double v = (double)bytes / 1000;
	size_t u = 0;
	while (v >= 999.5 && u + 1 < sizeof unit / sizeof *unit) v /= 1000, u++;
	int decimals = v < 9.95 && fabs(v - round(v)) >= 0.05 ? 1 : 0;
	return str_fmt(a, "%s %s", say_real(a, l, v, decimals).p, unit[u]);
}

/* ------------------------------------------------------------------ dates */

static int64_t day_of(const struct local_time *t) {
	return days_of(t->year, t->month, t->day);
}

static const char *text_of(struct arena *a, int n) {
	char room[INT_TEXT];
	return str_copy(a, str_of_int(room, n)).p;
}

static struct str say_civil(struct arena *a, const struct locale *l, int year, int month, int day, int weekday) {
	const char *month_name = tr(l->lang, month_keys[month - 1]), *number = text_of(a, day);
	if (year != zone_local(l->zone, l->now).year) {
		const char *with_year = tr(l->lang, T("{day} {month} {year}"));
		return tr_fill(a, with_year, "day", number, "month", month_name, "year", text_of(a, year), NULL);
	}
	const char *this_year = tr(l->lang, T("{weekday} {day} {month}")), *day_name = tr(l->lang, weekday_keys[weekday]);
	return tr_fill(a, this_year, "weekday", day_name, "day", number, "month", month_name, NULL);
}

struct str say_date(struct arena *a, const struct locale *l, usec_t t) {
	struct local_time then = zone_local(l->zone, t);
	return say_civil(a, l, then.year, then.month, then.day, then.weekday);
}

struct str say_day(struct arena *a, const struct locale *l, struct str date) {
	int64_t days;
	int year, month, day;
	if (!date_days(date, &days)) return str_none(date) ? STR("") : date;
	days_civil(days, &year, &month, &day);
	return say_civil(a, l, year, month, day, (int)(((days + 4) % 7 + 7) % 7));
}

struct str say_month(struct arena *a, const struct locale *l, usec_t t) {
	int year, month, day;
	days_civil(t / DAYS(1) - (t % DAYS(1) < 0), &year, &month, &day);
	return tr_fill(a, tr(l->lang, T("{month} {year}")), "month", tr(l->lang, month_keys[month - 1]), "year", text_of(a, year), NULL);
}

struct str say_time(struct arena *a, const struct locale *l, usec_t t) {
	struct local_time then = zone_local(l->zone, t);
	return str_fmt(a, "%d:%02d", then.hour, then.minute);
}

struct str say_when(struct arena *a, const struct locale *l, usec_t t) {
	struct local_time then = zone_local(l->zone, t), now = zone_local(l->zone, l->now);
	const char *sentence;
	switch (day_of(&then) - day_of(&now)) {
	case -1: sentence = tr(l->lang, T("yesterday at {time}")); break;
	case 0: sentence = tr(l->lang, T("today at {time}")); break;
	case 1: sentence = tr(l->lang, T("tomorrow at {time}")); break;
	default: return say_date(a, l, t);
	}
	return tr_fill(a, sentence, "time", say_time(a, l, t).p, NULL);
}

/* -------------------------------------------------------------- durations */

enum span { SPAN_MINUTES, SPAN_HOURS, SPAN_DAYS, SPAN_WEEKS, SPAN_MONTHS, SPAN_YEARS };

static const char *span_past(enum lang l, enum span s, int64_t n) {
	switch (s) {
	case SPAN_MINUTES: return tr_n(l, TN("one minute ago", "{n} minutes ago"), n);
	case SPAN_HOURS: return tr_n(l, TN("one hour ago", "{n} hours ago"), n);
	case SPAN_DAYS: return tr_n(l, TN("yesterday", "{n} days ago"), n);
	case SPAN_WEEKS: return tr_n(l, TN("one week ago", "{n} weeks ago"), n);
	case SPAN_MONTHS: return tr_n(l, TN("one month ago", "{n} months ago"), n);
	case SPAN_YEARS: break;
	}
	return tr_n(l, TN("one year ago", "{n} years ago"), n);
}

static const char *span_future(enum lang l, enum span s, int64_t n) {
	switch (s) {
	case SPAN_MINUTES: return tr_n(l, TN("in one minute", "in {n} minutes"), n);
	case SPAN_HOURS: return tr_n(l, TN("in one hour", "in {n} hours"), n);
	case SPAN_DAYS: return tr_n(l, TN("tomorrow", "in {n} days"), n);
	case SPAN_WEEKS: return tr_n(l, TN("in one week", "in {n} weeks"), n);
	case SPAN_MONTHS: return tr_n(l, TN("in one month", "in {n} months"), n);
	case SPAN_YEARS: break;
	}
	return tr_n(l, TN("in one year", "in {n} years"), n);
}

/* Under a day by the clock, from then on by the calendar: what was said on Wednesday for Friday is "in two days"
 * all day. */
static enum span span_of(const struct locale *l, usec_t t, usec_t distance, int64_t *ret_n) {
	*ret_n = distance / MINUTES(1);
	if (distance < HOURS(1)) return SPAN_MINUTES;
	struct local_time then = zone_local(l->zone, t), now = zone_local(l->zone, l->now);
	int64_t days = day_of(&then) - day_of(&now), months = (then.year - now.year) * 12 + then.month - now.month;
	*ret_n = distance / HOURS(1);
	if (distance < DAYS(1) || days == 0) return SPAN_HOURS;   /* a day of 25 hours */
	if (months > 0 && then.day < now.day) months--;
	if (months < 0 && then.day > now.day) months++;
	days = days < 0 ? -days : days;
	months = months < 0 ? -months : months;
	*ret_n = days;
	if (days < 14) return SPAN_DAYS;
	*ret_n = days / 7;
	if (days < 56 || months < 2) return SPAN_WEEKS;
	*ret_n = months;
	if (months < 24) return SPAN_MONTHS;
	*ret_n = months / 12;
	return SPAN_YEARS;
}

struct str say_ago(struct arena *a, const struct locale *l, usec_t t) {
	bool past = t <= l->now;
	usec_t distance = past ? l->now - t : t - l->now;
	if (distance < MINUTES(1)) return str_c(past ? tr(l->lang, T("just now")) : tr(l->lang, T("in a moment")));
	int64_t n;
	enum span span = span_of(l, t, distance, &n);
	const char *number = n >= 2 && n <= 12 ? tr(l->lang, number_keys[n]) : say_number(a, l, n).p;
	const char *sentence = past ? span_past(l->lang, span, n) : span_future(l->lang, span, n);
	return tr_fill(a, sentence, "n", number, NULL);
}
