/* Days off that come every year: a date, a distance from Easter Sunday, or a weekday of a month. */
#include "text/date.h"
#include "text/hours.h"

enum { MAY = 5, AUGUST = 8, OCTOBER = 10, NOVEMBER = 11, MONDAY = 1, THURSDAY = 4, LAST = -1 };

#define ON(month_, date) .rule = HOLIDAY_YEARLY, .month = (month_), .nth = (date)
#define EASTER(days) .rule = HOLIDAY_EASTER, .nth = (days)
#define THE(nth_, weekday_, month_) .rule = HOLIDAY_WEEKDAY, .month = (month_), .nth = (nth_), .weekday = (weekday_)

static const struct { const char *word, *name; struct holiday day; } known[] = {
	{"new_year", T("New Year’s Day"), {ON(1, 1)}},
	{"epiphany", T("Epiphany"), {ON(1, 6)}},
	{"st_patrick", T("Saint Patrick’s Day"), {ON(3, 17)}},
	{"good_friday", T("Good Friday"), {EASTER(-2)}},
	{"easter_monday", T("Easter Monday"), {EASTER(1)}},
	{"may_day", T("1 May"), {ON(MAY, 1)}},
	{"early_may", T("First Monday in May"), {THE(1, MONDAY, MAY)}},
	{"ascension", T("Ascension Day"), {EASTER(39)}},
	{"whit_monday", T("Whit Monday"), {EASTER(50)}},
	{"corpus_christi", T("Corpus Christi"), {EASTER(60)}},
	{"spring_bank", T("Last Monday in May"), {THE(LAST, MONDAY, MAY)}},
	{"june_monday", T("First Monday in June"), {THE(1, MONDAY, 6)}},
	{"august_monday", T("First Monday in August"), {THE(1, MONDAY, AUGUST)}},
	{"assumption", T("Assumption Day"), {ON(AUGUST, 15)}},
	{"summer_bank", T("Last Monday in August"), {THE(LAST, MONDAY, AUGUST)}},
	{"german_unity", T("German Unity Day"), {ON(OCTOBER, 3)}},
	{"october_monday", T("Last Monday in October"), {THE(LAST, MONDAY, OCTOBER)}},
	{"reformation", T("Reformation Day"), {ON(OCTOBER, 31)}},
	{"all_saints", T("All Saints’ Day"), {ON(NOVEMBER, 1)}},
	{"thanksgiving", T("Fourth Thursday in November"), {THE(4, THURSDAY, NOVEMBER)}},
	{"christmas", T("Christmas Day"), {ON(12, 25)}},
	{"boxing_day", T("26 December"), {ON(12, 26)}},
};

const char *holiday_known(int i, struct holiday *ret) {
	if (i < 0 || i >= (int)(sizeof known / sizeof *known)) return NULL;
	*ret = known[i].day;
	ret->name = str_c(known[i].name);
	ret->known = true;
	return known[i].word;
}

/* The "anonymous" algorithm of Nature, 1876, as Meeus has it. */
int64_t easter_day(int year) {
	int a = year % 19, b = year / 100, c = year % 100;
	int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30;
	int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;
	return days_of(year, n / 31, n % 31 + 1);
}
