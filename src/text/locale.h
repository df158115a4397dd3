#ifndef TEXT_LOCALE_H
#define TEXT_LOCALE_H
/* How a person reads: language, time zone, numbers, dates, money; and the catalogue of translated sentences. A
 * locale is made once per request from the person's choice, else the browser's, else the business's. Any thread. */
#include "base/clock.h"
#include "base/str.h"

enum lang { LANG_EN, LANG_DE, LANG_MAX_ };

struct zone;   /* a time zone, kept for the life of the process */

struct locale {
	enum lang lang;
	const struct zone *zone;
	usec_t now;
	char currency[4];              /* the business's, ISO 4217 */
};

const char *lang_code(enum lang l);                       /* "en", "de" */
const char *lang_name(enum lang l);                       /* in itself: "English", "Deutsch" */
bool lang_find(struct str code, enum lang *ret);          /* "de", "de-AT", "de_CH.UTF-8" → LANG_DE */
enum lang lang_from_accept(struct str header, enum lang otherwise);  /* Accept-Language, by its weights */

/* IANA name; NULL if there is none. Reads the system's tzdata */
const struct zone *zone_find(struct str name);
const struct zone *zone_utc(void);
const char *zone_name(const struct zone *z);              /* its IANA name */

/* A moment as that zone's clock shows it. */
struct local_time {
	int year, month, day, hour, minute, second;           /* month 1..12 */
	int weekday;                                          /* 0 Sunday .. 6 */
	int offset_seconds;                                   /* east of UTC */
};
struct local_time zone_local(const struct zone *z, usec_t t);
/* The moment at which that zone's clock shows these; a time that a clock change skips moves forward by the gap,
 * one that stands twice means the first. */
usec_t zone_moment(const struct zone *z, int year, int month, int day, int hour, int minute, int second);

/* Sentences: the key is the readable English one; returns it translated, or the key itself when it is none of ours. */
const char *tr(enum lang l, const char *key);
/* The form for n: one or many. */
const char *tr_n(enum lang l, const char *one, const char *many, int64_t n);
#define T(literal) ("" literal)          /* marks a literal in C as a key, for the generator */
#define TN(one, many) ("" one), ("" many)

/* A sentence with {names} filled in: pairs of name and value, ended by NULL. Values are plain text. */
struct str tr_fill(struct arena *a, const char *sentence, ...) __attribute__((sentinel));

/* Written for a person. */
struct str say_number(struct arena *a, const struct locale *l, int64_t n);            /* 1,062 / 1.062 */
struct str say_real(struct arena *a, const struct locale *l, double v, int decimals);
/* €12.50 / 12,50 € */
struct str say_money(struct arena *a, const struct locale *l, int64_t minor, struct str currency);
/* Friday 14 March; with the year if another */
struct str say_date(struct arena *a, const struct locale *l, usec_t t);
/* March 2026: the month of a business date, whatever the zone */
struct str say_month(struct arena *a, const struct locale *l, usec_t t);
struct str say_time(struct arena *a, const struct locale *l, usec_t t);               /* 18:20 */
/* yesterday at 18:20, today at 8:15, Friday 14 March */
struct str say_when(struct arena *a, const struct locale *l, usec_t t);
struct str say_ago(struct arena *a, const struct locale *l, usec_t t);                /* in two days, 5 minutes ago */
struct str say_day(struct arena *a, const struct locale *l, struct str date);         /* of YYYY-MM-DD: 8 April 1979 */
struct str say_size(struct arena *a, const struct locale *l, int64_t bytes);          /* 1.1 MB */
/* of ISO 4217: EUR 2, JPY 0, KWD 3 */
int money_digits(struct str currency);

/* RFC 3339 in UTC with microseconds only when there are any: 2026-11-22T11:42:49Z. */
struct str time_rfc3339(struct arena *a, usec_t t);
bool time_parse(struct str s, usec_t *ret);                /* RFC 3339; any offset */
bool date_valid(struct str s);                             /* a day that exists, YYYY-MM-DD */

#endif
