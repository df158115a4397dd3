/* The civil calendar counted in days, after Howard Hinnant's "chrono-compatible low-level date algorithms": years
 * begin in March, so that the leap day is the last of its year; 400 years are an era of 146097 days. */
#include "text/date.h"
#include <stdio.h>

static int64_t floor_div(int64_t a, int64_t b) {
	return a / b - (a % b < 0);
}

int64_t days_of(int year, int month, int day) {
	int64_t months = (int64_t)month - 1;
	int64_t y = year + floor_div(months, 12);
	int64_t m = months - floor_div(months, 12) * 12 + 1;
	if (m <= 2) y--;
	int64_t era = floor_div(y, 400), of_era = y - era * 400;
	int64_t of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void days_civil(int64_t days, int *ret_year, int *ret_month, int *ret_day) {
	int64_t d = days + 719468;
	int64_t era = floor_div(d, 146097), of_era = d - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t m = (5 * of_year + 2) / 153;
	*ret_day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*ret_month = (int)(m < 10 ? m + 3 : m - 9);
	*ret_year = (int)(year + era * 400 + (*ret_month <= 2));
}

static bool day_exists(int year, int month, int day) {
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return false;
	int y, m, d;
	days_civil(days_of(year, month, day), &y, &m, &d);
	return m == month;
}

/* Exactly n digits at s.p + at. */
static bool digits(struct str s, size_t at, size_t n, int *ret) {
	if (at + n > s.n) return false;
	int v = 0;
	for (size_t i = at; i < at + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*ret = v;
	return true;
}

static bool date_parts(struct str s, int *y, int *m, int *d) {
	return s.n == 10 && s.p[4] == '-' && s.p[7] == '-' && digits(s, 0, 4, y) && digits(s, 5, 2, m) && digits(s, 8, 2,
		d) &&
		day_exists(*y, *m, *d);
}

bool date_valid(struct str s) {
	int y, m, d;
	return date_parts(s, &y, &m, &d);
}

bool date_days(struct str date, int64_t *ret_days) {
	int y, m, d;
	if (!date_parts(date, &y, &m, &d)) return false;
	*ret_days = days_of(y, m, d);
	return true;
}

struct str date_of_days(struct arena *a, int64_t days) {
	if (days < days_of(1, 1, 1) || days > days_of(9999, 12, 31)) return STR_NONE;
	int y, m, d;
	days_civil(days, &y, &m, &d);
	return str_fmt(a, "%04d-%02d-%02d", y, m, d);
}

struct str date_add_months(struct arena *a, struct str date, int months) {
	int y, m, d;
	if (!date_parts(date, &y, &m, &d) || months < -120000 || months > 120000) return STR_NONE;
	int64_t last = days_of(y, m + months + 1, 1) - 1, wanted = days_of(y, m + months, 1) + d - 1;
	return date_of_days(a, wanted < last ? wanted : last);
}

struct str date_of_time(struct arena *a, const struct zone *z, usec_t t) {
	struct local_time l = zone_local(z, t);
	return date_of_days(a, days_of(l.year, l.month, l.day));
}

/* ------------------------------------------------------------------ RFC 3339 */

/* Every page has a dozen of them, and printf would be a twentieth of its cost. */
static char *put_digits(char *at, int value, int digits) {
	for (int i = digits - 1; i >= 0; i--, value /= 10) at[i] = (char)('0' + value % 10);
	return at + digits;
}

struct str time_rfc3339(struct arena *a, usec_t t) {
	int64_t seconds = floor_div(t, SECONDS(1)), days = floor_div(seconds, 86400);
	int micros = (int)(t - SECONDS(seconds)), in_day = (int)(seconds - days * 86400), y, m, d;
	days_civil(days, &y, &m, &d);
	if (y < 0 || y > 9999) return str_fmt(a, "%d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, in_day / 3600, in_day / 60 % 60, in_day % 60);
	char *text = arena_alloc(a, sizeof "9999-12-31T23:59:59.999999Z"), *at = put_digits(text, y, 4);
	const struct { char before; int value; } parts[] = {{'-', m}, {'-', d}, {'T', in_day / 3600}, {':', in_day / 60 % 60}, {':', in_day % 60}};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		*at++ = parts[i].before;
		at = put_digits(at, parts[i].value, 2);
	}
	if (micros != 0) {
		*at++ = '.';
		at = put_digits(at, micros, 6);
	}
	*at++ = 'Z';
	return str_n(text, (size_t)(at - text));
}

/* "Z", "z", "+hh:mm" or "-hh:mm", and nothing behind. */
static bool offset_parse(struct str s, int *ret_minutes) {
	if (s.n == 1 && (s.p[0] == 'Z' || s.p[0] == 'z')) {
		*ret_minutes = 0;
		return true;
	}
	int h, m;
	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':') return false;
	if (!digits(s, 1, 2, &h) || !digits(s, 4, 2, &m) || h > 23 || m > 59) return false;
	*ret_minutes = (h * 60 + m) * (s.p[0] == '-' ? -1 : 1);
	return true;
}

/* ".123456789" at the start of *s, cut off; digits behind the sixth are left away. */
static bool fraction_parse(struct str *s, int *ret_micros) {
	int micros = 0;
	size_t i = 0;
	if (s->n > 0 && s->p[0] == '.') {
		int unit = 100000;
		for (i = 1; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++, unit /= 10) micros += (s->p[i] - '0') * unit;
		if (i == 1) return false;
	}
	*s = str_from(*s, i);
	*ret_micros = micros;
	return true;
}

bool time_parse(struct str s, usec_t *ret) {
	int y, mo, d, h, mi, sec, micros, east;
	if (s.n < 20 || !date_parts(str_first(s, 10), &y, &mo, &d)) return false;
	if ((s.p[10] != 'T' && s.p[10] != 't' && s.p[10] != ' ') || s.p[13] != ':' || s.p[16] != ':') return false;
	if (!digits(s, 11, 2, &h) || !digits(s, 14, 2, &mi) || !digits(s, 17, 2, &sec)) return false;
	if (h > 23 || mi > 59 || sec > 60) return false;   /* 60: a leap second, which is the next minute's first here */
	struct str rest = str_from(s, 19);
	if (!fraction_parse(&rest, &micros) || !offset_parse(rest, &east)) return false;
	*ret = SECONDS(days_of(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec - east * 60) + micros;
	return true;
}

/* ------------------------------------------------------------- other formats */

enum token { YEAR4, YEAR2, CENTURY19, CENTURY20, MONTH, DAY, HOUR, MINUTE, SECOND, HALF, SIGN };

static const struct {
	const char *word;
	enum token token;
} words[] = {
	{"YYYY", YEAR4}, {"19YY", CENTURY19}, {"20YY", CENTURY20}, {"YY", YEAR2}, {"MM", MONTH}, {"DD", DAY}, {"HH", HOUR},
	{"SS", SECOND}, {"AM", HALF},
};

static bool is_letter_of_format(char c) {
	return c == 'Y' || c == 'M' || c == 'D' || c == 'H' || c == 'S';
}

/* Takes the next token off the format; behind HH, MM is the minute. */
static enum token next_token(struct str *format, bool minutes, char *ret_sign) {
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct str w = str_c(words[i].word);
		if (!str_starts(*format, w)) continue;
		*format = str_from(*format, w.n);
		return words[i].token == MONTH && minutes ? MINUTE : words[i].token;
	}
	*ret_sign = format->p[0];
	*format = str_from(*format, 1);
	return SIGN;
}

struct reading {
	int year, month, day, hour, minute, second;
	bool half, pm;          /* a 12-hour clock; its second half */
};

/* A number at the start of *s: `most` digits, or fewer when the format goes on with a sign or ends. */
static bool read_number(struct str *s, size_t most, bool loose, int *ret) {
	size_t n = 0;
	while (n < most && n < s->n && s->p[n] >= '0' && s->p[n] <= '9') n++;
	if (n == 0 || (n < most && !loose) || !digits(*s, 0, n, ret)) return false;
	*s = str_from(*s, n);
	return true;
}

static bool read_half(struct str *s, struct reading *r) {
	struct str two = str_first(*s, 2);
	r->half = true;
	r->pm = str_ieq(two, STR("PM"));
	if (!r->pm && !str_ieq(two, STR("AM"))) return false;
	*s = str_from(*s, 2);
	return true;
}

static bool read_token(enum token t, char sign, bool loose, struct str *s, struct reading *r) {
	switch (t) {
	case YEAR4: return read_number(s, 4, false, &r->year);
	case YEAR2:
	case CENTURY19:
	case CENTURY20:
		if (!read_number(s, 2, false, &r->year)) return false;
		r->year += t == CENTURY20 || (t == YEAR2 && r->year <= 68) ? 2000 : 1900;
		return true;
	case MONTH: return read_number(s, 2, loose, &r->month);
	case DAY: return read_number(s, 2, loose, &r->day);
	case HOUR: return read_number(s, 2, loose, &r->hour);
	case MINUTE: return read_number(s, 2, false, &r->minute);
	case SECOND: return read_number(s, 2, false, &r->second);
	case HALF: return read_half(s, r);
	case SIGN:
		if (s->n == 0 || s->p[0] != sign) return false;
		*s = str_from(*s, 1);
		return true;
	}
	return false;
}

/* Fills *ret from s; what follows the format in s stays in *ret_rest. */
static bool read_format(struct str s, struct str format, struct reading *ret, struct str *ret_rest) {
	struct reading r = {0};
	bool minutes = false, apart = true;   /* apart: no number stands right before */
	s = str_trim(s);
	while (format.n > 0) {
		char sign = 0;
		enum token t = next_token(&format, minutes, &sign);
		bool last = format.n == 0 || (!is_letter_of_format(format.p[0]) && (format.p[0] < '0' || format.p[0] > '9'));
		bool loose = apart && last;
		apart = t == SIGN;
		if (t == HOUR) minutes = true;
		if (t == MINUTE) minutes = false;
		if (!read_token(t, sign, loose, &s, &r)) return false;
	}
	if (r.half && (r.hour < 1 || r.hour > 12)) return false;
	if (r.half) r.hour = r.hour % 12 + (r.pm ? 12 : 0);
	if (!day_exists(r.year, r.month, r.day) || r.hour > 23 || r.minute > 59 || r.second > 59) return false;
	*ret = r;
	*ret_rest = s;
	return true;
}

bool date_format_valid(struct str format) {
	if (str_is(format, "rfc3339") || str_is(format, "epoch")) return true;
	unsigned seen = 0;
	bool minutes = false;
	if (format.n > 64) return false;
	while (format.n > 0) {
		char sign = 0;
		enum token t = next_token(&format, minutes, &sign);
		if (t == SIGN && is_letter_of_format(sign)) return false;
		if (t == YEAR2 || t == CENTURY19 || t == CENTURY20) t = YEAR4;
		if (t == HOUR) minutes = true;
		if (t == MINUTE) minutes = false;
		if (t != SIGN && seen & 1u << t) return false;
		if (t != SIGN) seen |= 1u << t;
	}
	const unsigned day = 1u << YEAR4 | 1u << MONTH | 1u << DAY;
	return (seen & day) == day;
}

/* A time may follow a day, as "2014-05-27 00:00:00" in a column of days: behind white space or T. */
static bool rest_allowed(struct str rest) {
	return rest.n == 0 || rest.p[0] == ' ' || rest.p[0] == 'T' || rest.p[0] == '\t';
}

bool time_read(struct str s, struct str format, const struct zone *z, usec_t *ret) {
	if (str_is(format, "rfc3339")) return time_parse(str_trim(s), ret);
	if (str_is(format, "epoch")) {
		double v;
		if (!str_real(str_trim(s), &v) || v < -62135596800.0 || v >= 253402300800.0) return false;
		*ret = (usec_t)(v * 1e6);
		return true;
	}
	struct reading r;
	struct str rest;
	if (!read_format(s, format, &r, &rest) || rest.n > 0) return false;
	*ret = zone_moment(z, r.year, r.month, r.day, r.hour, r.minute, r.second);
	return true;
}

bool date_read(struct arena *a, struct str s, struct str format, struct str *ret) {
	usec_t t;
	struct reading r;
	struct str rest, day;
	if (str_is(format, "rfc3339")) {
		s = str_trim(s);
		if (!date_valid(str_first(s, 10)) || (s.n > 10 && !time_parse(s, &t))) return false;
		*ret = str_copy(a, str_first(s, 10));
		return true;
	}
	if (str_is(format, "epoch")) {
		if (!time_read(s, format, NULL, &t)) return false;
		day = date_of_days(a, floor_div(t, DAYS(1)));
	} else {
		if (!read_format(s, format, &r, &rest) || !rest_allowed(rest)) return false;
		day = date_of_days(a, days_of(r.year, r.month, r.day));
	}
	*ret = day;
	return true;
}
