#ifndef TEXT_HOURS_H
#define TEXT_HOURS_H
/* Working hours: a week, the days that are not like their weekday (holidays), and the zone whose clock they mean. Pure functions, any
 * thread; a calendar is read-only once it is made and lives as long as the arena it was made in.
 *
 * A span belongs to the day on which it begins and may end on the next. What counts is the time that passes: a day of 0:00-24:00 has 23 or
 * 25 hours when clocks change; a time that the clock skips is the moment of the jump, one that it shows twice is the first of the two.
 * Spans of two days that overlap count once. The cost of all that takes a moment is one step for each day looked at, and no more than
 * HOURS_HORIZON days are looked at. */
#include "text/locale.h"

enum { HOURS_SPANS_MAX = 8, HOURS_HORIZON = 20 * 366 /* days */, HOLIDAYS_MAX = 300, HOLIDAY_NAME_MAX = 80 };

struct hours_day {
	struct { int from, to; } span[HOURS_SPANS_MAX];   /* minutes of the day, 0 <= from < 1440, from < to <= from + 1440; sorted, apart */
	int n;                                            /* 0: closed */
};

struct holiday {
	enum { HOLIDAY_DATE, HOLIDAY_YEARLY, HOLIDAY_EASTER, HOLIDAY_WEEKDAY } rule;
	int64_t day;               /* DATE: days since 1970-01-01 */
	int month, nth, weekday;   /* YEARLY: the month and its nth day; WEEKDAY: its nth of that weekday (0 Sunday), -1 the last; EASTER: nth days behind */
	struct hours_day open;     /* of that day instead of the weekday's */
	struct str name;
	bool known;                /* one of holiday_known: its name is a key of the catalogue */
};

struct hours {
	const struct zone *zone;
	bool given;                /* else nobody has said them, and it is Monday to Friday, the whole day */
	struct hours_day week[7];  /* 0 Sunday */
	struct holiday *holiday;   /* single dates before what comes every year: the first of a day counts */
	size_t holidays;
};

/* The calendar of what is kept as text: week as hours_week_text gives it, "" for not given; holidays a line each; yearly the words of known
 * ones with spaces between. What cannot be read is left out; names point into holidays. */
void hours_load(struct arena *a, const struct zone *z, struct str week, struct str holidays, struct str yearly, struct hours *ret);

/* "9:00-12:30, 14-18"; "" is closed; "22:00-2:00" ends on the next day. false: not such, or one within another. */
bool hours_day_read(struct str s, struct hours_day *ret);
struct str hours_day_text(struct arena *a, const struct hours_day *d);             /* "09:00-12:30, 14:00-18:00" */
struct str hours_week_text(struct arena *a, const struct hours_day week[7]);       /* the days with ";" between, Sunday first */

/* "2026-12-24 9:00-12:00 Christmas Eve", "24.12.2026 Christmas Eve", each year "12-24 …" or "24.12. …"; without times it is closed. The name
 * points into s. */
bool holiday_read(struct str line, struct holiday *ret);
struct str holiday_text(struct arena *a, const struct holiday *h);                 /* a DATE or YEARLY as such a line */

/* Days off that many countries keep; i from 0, NULL behind the last. */
const char *holiday_known(int i, struct holiday *ret);                             /* gives its word */
int64_t easter_day(int year);                                                      /* of the Gregorian calendar, days since 1970 */

const struct holiday *hours_holiday(const struct hours *h, int64_t day);           /* NULL: a day like its weekday */
const struct hours_day *hours_of_day(const struct hours *h, int64_t day);

bool hours_open(const struct hours *h, usec_t t);
/* These give false when there is no such moment within the horizon: a firm that never opens, one that never closes. */
bool hours_next(const struct hours *h, usec_t t, usec_t *ret);                     /* t itself when open, else the next opening */
bool hours_close(const struct hours *h, usec_t t, usec_t *ret);                    /* when the hours that t lies in end; t itself when closed */
/* The first moment at which `work` of working time has passed since t; t itself for 0. 0 <= work */
bool hours_add(const struct hours *h, usec_t t, usec_t work, usec_t *ret);
/* "in n business days": the end of the hours of the n-th business day behind that of t. 0: of t's own day, or of the next business day when it
 * is none or over. 0 <= n */
bool hours_due(const struct hours *h, usec_t t, int n, usec_t *ret);
/* The same time of the clock n business days behind t (n < 0: before it). When the firm is closed then: the next opening behind it, or that day's first
 * opening (n < 0). false: there is none */
bool hours_days_from(const struct hours *h, usec_t t, int n, usec_t *ret);
/* Working time from t1 to t2; 0 when t2 is not later. At most the horizon behind t1 is counted. */
usec_t hours_between(const struct hours *h, usec_t t1, usec_t t2);

#endif
