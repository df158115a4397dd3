#ifndef TEXT_DATE_H
#define TEXT_DATE_H
/* Days as YYYY-MM-DD (years 0001..9999), and dates as other programs' files write them. Any thread. */
#include "text/locale.h"

/* Days since 1970-01-01 of a civil date and back. month and day outside their range count on: 13 is January of the
 * next year. */
int64_t days_of(int year, int month, int day);
void days_civil(int64_t days, int *ret_year, int *ret_month, int *ret_day);

/* Reads YYYY-MM-DD of a day that exists. */
bool date_days(struct str date, int64_t *ret_days);
struct str date_of_days(struct arena *a, int64_t days);      /* years 0001..9999, else STR_NONE */
/* the month's last day when there is no such day; STR_NONE for no date */
struct str date_add_months(struct arena *a, struct str date, int months);
struct str date_of_time(struct arena *a, const struct zone *z, usec_t t);  /* that zone's day */

/* A format word is made of
 *   YYYY YY MM DD HH MM SS AM    MM behind HH is minutes; AM is AM or PM; DD, MM, HH may have one digit between signs
 *   19YY 20YY                    two digits in the text, the century from the format; YY alone is 1969..2068
 *   anything else                itself
 * such as "MM/DD/YYYY HH:MM:SS AM", "DD.MM.YYYY", "YYMMDD", "YYYY-MM-DDTHH:MM:SS". "rfc3339" and "epoch" (seconds
 * since 1970) too. */
bool date_format_valid(struct str format);

/* The date (YYYY-MM-DD) or the moment that zone's clock shows, from text in that format; false when it is not, or
 * no such day. A text longer than its format may go on with a time when the format ends with the day. */
bool date_read(struct arena *a, struct str s, struct str format, struct str *ret);
bool time_read(struct str s, struct str format, const struct zone *z, usec_t *ret);

#endif
