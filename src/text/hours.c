/* Working hours as pieces of time, one after another: each day's spans are turned into moments by the zone, and what an earlier one has covered is cut
 * off. All questions walk over these pieces from a moment on, day by day. */
#include "text/hours.h"
#include "text/date.h"

enum { DAY_MINUTES = 24 * 60, WEEK = 7, OPEN_LOOK_DAYS = 8 };

static int weekday_of(int64_t day) { return (int)(((day + 4) % WEEK + WEEK) % WEEK); }

/* ------------------------------------------------------------------ the days */

static bool holiday_is_on(const struct holiday *h, int64_t day, int year, int month, int date) {
	switch (h->rule) {
	case HOLIDAY_DATE: return h->day == day;
	case HOLIDAY_YEARLY: return h->month == month && h->nth == date;
	case HOLIDAY_EASTER: return day == easter_day(year) + h->nth;
	case HOLIDAY_WEEKDAY: break;
	}
	if (h->month != month || h->weekday != weekday_of(day)) return false;
	return h->nth > 0 ? (date - 1) / WEEK + 1 == h->nth : day + WEEK >= days_of(year, month + 1, 1);
}

const struct holiday *hours_holiday(const struct hours *h, int64_t day) {
	int year, month, date;
	days_civil(day, &year, &month, &date);
	for (size_t i = 0; i < h->holidays; i++)
		if (holiday_is_on(&h->holiday[i], day, year, month, date)) return &h->holiday[i];
	return NULL;
}

const struct hours_day *hours_of_day(const struct hours *h, int64_t day) {
	const struct holiday *off = hours_holiday(h, day);
	return off != NULL ? &off->open : &h->week[weekday_of(day)];
}

/* Whether it opens on any day at all, as far as the rules tell without a calendar. */
static bool ever_opens(const struct hours *h) {
	bool opens = false;
	for (int i = 0; i < WEEK; i++) opens |= h->week[i].n > 0;
	for (size_t i = 0; i < h->holidays; i++) opens |= h->holiday[i].open.n > 0;
	return opens;
}

/* --------------------------------------------------------------- the moments */

/* The first moment of the offset that holds at t, which began less than 26 hours before. */
static usec_t jump_before(const struct zone *z, usec_t t) {
	int offset = zone_local(z, t).offset_seconds;
	usec_t before = t - HOURS(26), after = t;
	while (after - before > SECONDS(1)) {
		usec_t middle = before + (after - before) / SECONDS(2) * SECONDS(1);
		if (zone_local(z, middle).offset_seconds == offset) after = middle;
		else before = middle;
	}
	return after;
}

static usec_t moment(const struct zone *z, int64_t day, int minutes) {
	int year, month, date;
	day += minutes / DAY_MINUTES;
	minutes %= DAY_MINUTES;
	days_civil(day, &year, &month, &date);
	usec_t t = zone_moment(z, year, month, date, minutes / 60, minutes % 60, 0);
	struct local_time l = zone_local(z, t);
	bool shown = l.hour * 60 + l.minute == minutes && l.day == date;
	return shown ? t : jump_before(z, t);
}

static int64_t day_at(const struct zone *z, usec_t t) {
	struct local_time l = zone_local(z, t);
	return days_of(l.year, l.month, l.day);
}

struct piece { usec_t from, to; };

struct walk {
	const struct hours *h;
	int64_t day, last;
	const struct hours_day *spans;
	int at;
	usec_t upto;           /* what lies before is done */
};

/* From t on, over so many days. */
static void walk_begin(struct walk *w, const struct hours *h, usec_t t, int days) {
	int64_t today = day_at(h->zone, t);
	*w = (struct walk){.h = h, .day = today - 1, .last = today + days, .upto = t};
	w->spans = hours_of_day(h, w->day);
}

static bool walk_next(struct walk *w, struct piece *ret) {
	for (;;) {
		while (w->at < w->spans->n) {
			int from = w->spans->span[w->at].from, to = w->spans->span[w->at].to;
			w->at++;
			struct piece p = {moment(w->h->zone, w->day, from), moment(w->h->zone, w->day, to)};
			if (p.from < w->upto) p.from = w->upto;
			if (p.to <= p.from) continue;
			w->upto = p.to;
			*ret = p;
			return true;
		}
		if (w->day >= w->last) return false;
		w->spans = hours_of_day(w->h, ++w->day);
		w->at = 0;
	}
}

/* ------------------------------------------------------------- the questions */

bool hours_next(const struct hours *h, usec_t t, usec_t *ret) {
	struct walk w;
	struct piece p;
	if (!ever_opens(h)) return false;
	walk_begin(&w, h, t, HOURS_HORIZON);
	if (!walk_next(&w, &p)) return false;
	*ret = p.from;
	return true;
}

bool hours_open(const struct hours *h, usec_t t) {
	struct walk w;
	struct piece p;
	walk_begin(&w, h, t, 0);
	return walk_next(&w, &p) && p.from == t;
}

bool hours_close(const struct hours *h, usec_t t, usec_t *ret) {
	struct walk w;
	struct piece p;
	usec_t end = t;
	bool more;
	walk_begin(&w, h, t, OPEN_LOOK_DAYS);
	while ((more = walk_next(&w, &p)) && p.from == end) end = p.to;
	if (!more && day_at(h->zone, end) >= w.last) return false;
	*ret = end;
	return true;
}

bool hours_add(const struct hours *h, usec_t t, usec_t work, usec_t *ret) {
	struct walk w;
	struct piece p;
	bool here = work == 0;
	if (here) *ret = t;
	if (here || !ever_opens(h)) return here;
	for (walk_begin(&w, h, t, HOURS_HORIZON); walk_next(&w, &p); work -= p.to - p.from) {
		if (p.to - p.from < work) continue;
		*ret = p.from + work;
		return true;
	}
	return false;
}

usec_t hours_between(const struct hours *h, usec_t t1, usec_t t2) {
	struct walk w;
	struct piece p;
	usec_t sum = 0;
	if (t2 <= t1 || !ever_opens(h)) return 0;
	usec_t most = DAYS(HOURS_HORIZON);
	walk_begin(&w, h, t1, t2 - t1 < most ? (int)((t2 - t1) / DAYS(1)) + 2 : HOURS_HORIZON);
	while (walk_next(&w, &p) && p.from < t2) sum += (p.to < t2 ? p.to : t2) - p.from;
	return sum;
}

static usec_t last_moment(const struct hours *h, int64_t day, const struct hours_day *d) {
	return d->n > 0 ? moment(h->zone, day, d->span[d->n - 1].to) : 0;
}

/* When the last of a day's people go: those of the night before may stay longer than its own. */
static usec_t day_end(const struct hours *h, int64_t day) {
	usec_t own = last_moment(h, day, hours_of_day(h, day)), night = last_moment(h, day - 1, hours_of_day(h, day - 1));
	return own > night ? own : night;
}

bool hours_due(const struct hours *h, usec_t t, int n, usec_t *ret) {
	int64_t today = day_at(h->zone, t);
	if (!ever_opens(h)) return false;
	for (int64_t day = today + (n > 0); day <= today + HOURS_HORIZON; day++) {
		if (hours_of_day(h, day)->n == 0 || (n == 0 && day_end(h, day) <= t)) continue;
		if (--n > 0) continue;
		*ret = day_end(h, day);
		return true;
	}
	return false;
}

bool hours_days_from(const struct hours *h, usec_t t, int n, usec_t *ret) {
	struct local_time l = zone_local(h->zone, t);
	int64_t today = days_of(l.year, l.month, l.day), day = today;
	int left = n < 0 ? -n : n;
	if (!ever_opens(h)) return false;
	while (left > 0) {
		day += n < 0 ? -1 : 1;
		if (day - today > HOURS_HORIZON || today - day > HOURS_HORIZON) return false;
		left -= hours_of_day(h, day)->n > 0;
	}
	*ret = moment(h->zone, day, l.hour * 60 + l.minute) + SECONDS(l.second);
	if (hours_open(h, *ret)) return true;
	if (n >= 0) return hours_next(h, *ret, ret);
	*ret = moment(h->zone, day, hours_of_day(h, day)->span[0].from);
	return true;
}

/* ------------------------------------------------------------------ as text */

/* "9", "9:30", "9.30", "09:30", "24:00" */
static bool clock_read(struct str s, int *ret) {
	int64_t hour, minute = 0;
	struct str rest = s, h = str_cut(&rest, str_find(s, '.') >= 0 ? '.' : ':');
	if (h.n < 1 || h.n > 2 || !str_int(h, &hour) || hour < 0 || hour > 24) return false;
	if (!str_none(rest) && (rest.n != 2 || !str_int(rest, &minute) || minute < 0 || minute > 59)) return false;
	*ret = (int)(hour * 60 + minute);
	return *ret <= DAY_MINUTES;
}

/* The hyphen, or the dash that typographers take. */
static bool span_read(struct str s, int *ret_from, int *ret_to) {
	static const char dash[] = "\xe2\x80\x93";
	for (size_t i = 0; i < s.n; i++) {
		size_t n = s.p[i] == '-' ? 1 : str_starts(str_from(s, i), str_c(dash)) ? sizeof dash - 1 : 0;
		if (n == 0) continue;
		if (!clock_read(str_trim(str_first(s, i)), ret_from) || !clock_read(str_trim(str_from(s, i + n)), ret_to)) return false;
		if (*ret_from == DAY_MINUTES || *ret_from == *ret_to) return false;
		if (*ret_to < *ret_from) *ret_to += DAY_MINUTES;
		return true;
	}
	return false;
}

/* Sorted in; false when it overlaps another. */
static bool span_add(struct hours_day *d, int from, int to) {
	if (d->n == HOURS_SPANS_MAX) return false;
	int at = d->n;
	while (at > 0 && d->span[at - 1].from > from) d->span[at] = d->span[at - 1], at--;
	d->span[at].from = from;
	d->span[at].to = to;
	d->n++;
	return (at == 0 || d->span[at - 1].to <= from) && (at == d->n - 1 || to <= d->span[at + 1].from);
}

bool hours_day_read(struct str s, struct hours_day *ret) {
	struct hours_day d = {.n = 0};
	struct str rest = str_trim(s);
	if (str_empty(rest)) rest = STR_NONE;
	while (!str_none(rest)) {
		int from, to;
		if (!span_read(str_trim(str_cut(&rest, ',')), &from, &to) || !span_add(&d, from, to)) return false;
	}
	*ret = d;
	return true;
}

struct str hours_day_text(struct arena *a, const struct hours_day *d) {
	struct str s = STR("");
	for (int i = 0; i < d->n; i++) {
		int from = d->span[i].from, to = d->span[i].to > DAY_MINUTES ? d->span[i].to - DAY_MINUTES : d->span[i].to;
		s = str_fmt(a, STR_FMT "%s%02d:%02d-%02d:%02d", STR_ARG(s), i ? ", " : "", from / 60, from % 60, to / 60, to % 60);
	}
	return s;
}

struct str hours_week_text(struct arena *a, const struct hours_day week[7]) {
	struct str s = hours_day_text(a, &week[0]);
	for (int i = 1; i < WEEK; i++) s = str_fmt(a, STR_FMT ";" STR_FMT, STR_ARG(s), STR_ARG(hours_day_text(a, &week[i])));
	return s;
}

/* The longest beginning of whole words that are times, off *s. */
static void times_cut(struct str *s, struct hours_day *ret) {
	struct str begun = *s;
	*ret = (struct hours_day){.n = 0};
	for (;;) {
		struct str rest = *s, word = str_cut(&rest, ' ');
		if (str_ends(word, STR(","))) word.n--;
		struct hours_day d;
		if (str_empty(word) || !hours_day_read(word, &d)) return;
		*s = str_none(rest) ? STR("") : str_trim(rest);
		struct str all = str_trim(str_first(begun, begun.n - s->n));
		if (str_ends(all, STR(","))) all.n--;
		if (!hours_day_read(all, ret)) { /* one within another: then it is no name either */
			*s = STR("");
			return;
		}
	}
}

/* "2026-12-24", "12-24", "24.12.2026", "24.12." */
static bool day_read(struct str s, struct holiday *ret) {
	bool dots = str_find(s, '.') >= 0;
	int64_t part[3] = {0, 0, 0};
	int n = 0;
	for (struct str rest = s; !str_none(rest) && n < 3;) {
		struct str p = str_cut(&rest, dots ? '.' : '-');
		if (dots && n == 2 && str_empty(p) && str_none(rest)) break;
		if (p.n < 1 || p.n > 4 || !str_int(p, &part[n++]) || (n == 3 && !str_none(rest))) return false;
	}
	if (n < 2) return false;
	int64_t year = n == 2 ? 2000 : dots ? part[2] : part[0], month = dots ? part[1] : part[n - 2], day = dots ? part[0] : part[n - 1];
	if (year < 1970 || year > 2999 || month < 1 || month > 12 || day < 1) return false;
	int64_t number = days_of((int)year, (int)month, (int)day);
	if (day > 31 || number >= days_of((int)year, (int)month + 1, 1)) return false;
	*ret = (struct holiday){.rule = n == 2 ? HOLIDAY_YEARLY : HOLIDAY_DATE, .day = number, .month = (int)month, .nth = (int)day};
	return true;
}

static bool name_valid(struct str s) {
	bool fine = s.n > 0 && s.n <= HOLIDAY_NAME_MAX;
	for (size_t i = 0; fine && i < s.n; i++) fine = (unsigned char)s.p[i] >= ' ';
	return fine;
}

bool holiday_read(struct str line, struct holiday *ret) {
	struct str rest = str_trim(line), first = str_cut(&rest, ' ');
	struct holiday h;
	if (!day_read(first, &h) || str_none(rest)) return false;
	rest = str_trim(rest);
	times_cut(&rest, &h.open);
	h.name = rest;
	if (!name_valid(rest)) return false;
	*ret = h;
	return true;
}

struct str holiday_text(struct arena *a, const struct holiday *h) {
	struct str day = date_of_days(a, h->rule == HOLIDAY_DATE ? h->day : days_of(2000, h->month, h->nth));
	if (h->rule != HOLIDAY_DATE) day = str_from(day, sizeof "2000-" - 1);
	struct str times = hours_day_text(a, &h->open);
	return str_fmt(a, STR_FMT "%s" STR_FMT " " STR_FMT, STR_ARG(day), h->open.n ? " " : "", STR_ARG(times), STR_ARG(h->name));
}

/* ------------------------------------------------------------- the calendar */

static void load_week(struct str week, struct hours *h) {
	struct str rest = week;
	h->given = !str_empty(week);
	for (int i = 0; i < WEEK; i++) {
		struct str day = str_none(rest) ? STR("") : str_cut(&rest, ';');
		if (!h->given && i > 0 && i < WEEK - 1) h->week[i] = (struct hours_day){.span = {{0, DAY_MINUTES}}, .n = 1};
		else if (!hours_day_read(day, &h->week[i])) h->week[i].n = 0;
	}
}

static void load_lines(struct str lines, bool dates, struct hours *h) {
	struct str rest = str_empty(lines) ? STR_NONE : lines;
	while (!str_none(rest) && h->holidays < HOLIDAYS_MAX) {
		struct holiday d;
		if (holiday_read(str_cut(&rest, '\n'), &d) && (d.rule == HOLIDAY_DATE) == dates) h->holiday[h->holidays++] = d;
	}
}

static bool has_word(struct str words, const char *word) {
	while (!str_none(words))
		if (str_is(str_cut(&words, ' '), word)) return true;
	return false;
}

static void load_known(struct str words, struct hours *h) {
	struct holiday d;
	const char *word;
	for (int i = 0; (word = holiday_known(i, &d)) != NULL; i++)
		if (has_word(words, word)) h->holiday[h->holidays++] = d;
}

static size_t count_known(void) {
	struct holiday d;
	size_t n = 0;
	while (holiday_known((int)n, &d) != NULL) n++;
	return n;
}

void hours_load(struct arena *a, const struct zone *z, struct str week, struct str holidays, struct str yearly, struct hours *ret) {
	size_t lines = 1;
	for (size_t i = 0; i < holidays.n; i++) lines += holidays.p[i] == '\n';
	if (lines > HOLIDAYS_MAX) lines = HOLIDAYS_MAX;
	struct hours h = {.zone = z, .holiday = NEW_ARRAY(a, struct holiday, lines + count_known())};
	load_week(week, &h);
	load_lines(holidays, true, &h);
	load_lines(holidays, false, &h);
	load_known(yearly, &h);
	*ret = h;
}
