/* Working hours over clock changes, holidays and year ends; and that a year of work is counted in days. hours.c is part of this program, so that
 * what it asks of the zone can be counted. */
#include "text/date.h"
#include "text/hours.h"

static int asked;

static usec_t counted_moment(const struct zone *z, int year, int month, int day, int hour, int minute, int second) {
	asked++;
	return zone_moment(z, year, month, day, hour, minute, second);
}
#define zone_moment counted_moment
#include "hours.c"
#undef zone_moment

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include "text/shared_set.h"
#include "../../fuzz/hours_fuzz.c"

static struct arena arena;
static const struct zone *berlin;

static usec_t at_year(int year, int month, int day, int hour, int minute) { return zone_moment(berlin, year, month, day, hour, minute, 0); }
static usec_t at(int month, int day, int hour, int minute) { return at_year(2026, month, day, hour, minute); }

static struct hours load(const char *week, const char *holidays, const char *yearly) {
	struct hours h;
	hours_load(&arena, berlin, str_c(week), str_c(holidays), str_c(yearly), &h);
	return h;
}

#define OFFICE ";9:00-12:30, 14:00-18:00;9:00-12:30, 14:00-18:00;9:00-12:30, 14:00-18:00;9:00-12:30, 14:00-18:00;9:00-13:00;"
#define ALWAYS "0-24;0-24;0-24;0-24;0-24;0-24;0-24"
#define NIGHTS "22-6;22-6;22-6;22-6;22-6;22-6;22-6"

static usec_t added(const struct hours *h, usec_t t, usec_t work) {
	usec_t r = 0;
	assert_true(hours_add(h, t, work, &r));
	return r;
}
static usec_t next(const struct hours *h, usec_t t) {
	usec_t r = 0;
	assert_true(hours_next(h, t, &r));
	return r;
}
static usec_t closing(const struct hours *h, usec_t t) {
	usec_t r = 0;
	assert_true(hours_close(h, t, &r));
	return r;
}
static usec_t due(const struct hours *h, usec_t t, int n) {
	usec_t r = 0;
	assert_true(hours_due(h, t, n, &r));
	return r;
}

static void days_as_text(void **state) {
	(void)state;
	static const struct { const char *text, *same; } good[] = {
		{"", ""}, {" ", ""}, {"9-12:30,14.00-18", "09:00-12:30, 14:00-18:00"}, {"14:00-18:00, 9:00 \xe2\x80\x93 12:30", "09:00-12:30, 14:00-18:00"},
		{"0-24", "00:00-24:00"}, {"22:00-2:00", "22:00-02:00"}, {"22-0", "22:00-24:00"}, {"9-12,12-13", "09:00-12:00, 12:00-13:00"},
	};
	static const char *const bad[] = {"9", "9-", "-9", "9-9", "9-25", "24-25", "9:60-10", "9:0-10", "9-12,", "9-12,11-13", "9-18,10-11", "10-11,9-18", "a-b", "9-12;", "9--12",
		"1-2,3-4,5-6,7-8,9-10,11-12,13-14,15-16,17-18"};
	struct hours_day d;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(hours_day_read(str_c(good[i].text), &d));
		assert_string_equal(str_z(&arena, hours_day_text(&arena, &d)), good[i].same);
		assert_true(hours_day_read(hours_day_text(&arena, &d), &d));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (hours_day_read(str_c(bad[i]), &d)) fail_msg("\"%s\" is taken", bad[i]);
	struct hours h = load(OFFICE, "", ""), again;
	struct str text = hours_week_text(&arena, h.week);
	hours_load(&arena, berlin, text, STR(""), STR(""), &again);
	assert_memory_equal(h.week, again.week, sizeof h.week);
}

static void holidays_as_text(void **state) {
	(void)state;
	static const struct { const char *text, *same; } good[] = {
		{"2026-12-24 Christmas Eve", "2026-12-24 Christmas Eve"}, {"24.12.2026 9-12 Christmas Eve", "2026-12-24 09:00-12:00 Christmas Eve"},
		{"12-24 9:00-12:00, 14-15 Half a day", "12-24 09:00-12:00, 14:00-15:00 Half a day"}, {"24.12. Every year", "12-24 Every year"},
		{"02-29 Leap day", "02-29 Leap day"}, {"1.5.  May Day", "05-01 May Day"}, {"2027-01-06 3 Kings", "2027-01-06 3 Kings"},
	};
	static const char *const bad[] = {"", "2026-12-24", "2026-02-29 x", "02-30 x", "13-01 x", "2026-12-24 9-12", "2026-12-24 9-12 10-11 x", "Christmas", "2026-12-24-1 x",
		"0-0 x", "1-2-3 x", "-1-2 x"};
	struct holiday h;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!holiday_read(str_c(good[i].text), &h)) fail_msg("\"%s\" is refused", good[i].text);
		assert_string_equal(str_z(&arena, holiday_text(&arena, &h)), good[i].same);
		assert_true(holiday_read(holiday_text(&arena, &h), &h));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (holiday_read(str_c(bad[i]), &h)) fail_msg("\"%s\" is taken", bad[i]);
}

static void an_ordinary_week(void **state) {
	(void)state;
	struct hours h = load(OFFICE, "", "");
	/* 2026-11-23 is a Monday. */
	assert_false(hours_open(&h, at(11, 23, 8, 59)));
	assert_true(hours_open(&h, at(11, 23, 9, 0)) && hours_open(&h, at(11, 23, 12, 29)));
	assert_false(hours_open(&h, at(11, 23, 12, 30)));
	assert_int_equal(next(&h, at(11, 23, 12, 30)), at(11, 23, 14, 0));
	assert_int_equal(next(&h, at(11, 23, 10, 0)), at(11, 23, 10, 0));
	assert_int_equal(next(&h, at(11, 27, 13, 0)), at(11, 30, 9, 0));
	assert_int_equal(closing(&h, at(11, 23, 10, 0)), at(11, 23, 12, 30));
	assert_int_equal(closing(&h, at(11, 23, 13, 0)), at(11, 23, 13, 0));
	assert_int_equal(added(&h, at(11, 23, 12, 0), HOURS(1)), at(11, 23, 14, 30));
	assert_int_equal(added(&h, at(11, 27, 12, 0), HOURS(1)), at(11, 27, 13, 0));
	assert_int_equal(added(&h, at(11, 27, 12, 0), HOURS(1) + 1), at(11, 30, 9, 0) + 1);
	assert_int_equal(added(&h, at(11, 28, 12, 0), 0), at(11, 28, 12, 0));
	assert_int_equal(hours_between(&h, at(11, 23, 0, 0), at(11, 30, 0, 0)), MINUTES(4 * 450 + 240));
	assert_int_equal(hours_between(&h, at(11, 23, 11, 0), at(11, 23, 15, 0)), MINUTES(150));
	assert_int_equal(hours_between(&h, at(11, 23, 15, 0), at(11, 23, 11, 0)), 0);
	assert_int_equal(due(&h, at(11, 23, 7, 0), 0), at(11, 23, 18, 0));
	assert_int_equal(due(&h, at(11, 23, 18, 0), 0), at(11, 24, 18, 0));
	assert_int_equal(due(&h, at(11, 23, 18, 0), 1), at(11, 24, 18, 0));
	assert_int_equal(due(&h, at(11, 23, 7, 0), 3), at(11, 26, 18, 0));
	assert_int_equal(due(&h, at(11, 26, 7, 0), 2), at(11, 30, 18, 0));
	assert_int_equal(due(&h, at(11, 28, 7, 0), 0), at(11, 30, 18, 0));
}

static void nobody_said(void **state) {
	(void)state;
	struct hours h = load("", "", "christmas");
	assert_false(h.given);
	assert_true(hours_open(&h, at(11, 23, 3, 0)));
	assert_false(hours_open(&h, at(11, 22, 12, 0)));
	assert_int_equal(due(&h, at(11, 20, 15, 0), 1), at(11, 24, 0, 0));
	assert_int_equal(due(&h, at(12, 24, 15, 0), 1), at(12, 29, 0, 0));
}

static void holidays(void **state) {
	(void)state;
	struct hours h = load(OFFICE, "2026-12-24 9:00-12:00 Christmas Eve\n12-31 Stocktaking\n2027-12-31 9-10 Not in this year\n", "good_friday easter_monday christmas boxing_day new_year early_may");
	assert_int_equal(added(&h, at(12, 24, 8, 0), HOURS(3)), at(12, 24, 12, 0));
	assert_int_equal(next(&h, at(12, 24, 12, 0)), at(12, 28, 9, 0));          /* Friday and Saturday are off, too */
	assert_int_equal(next(&h, at(12, 30, 18, 0)), at_year(2027, 1, 4, 9, 0)); /* over the year's end */
	assert_int_equal(due(&h, at(12, 30, 10, 0), 1), at_year(2027, 1, 4, 18, 0));
	assert_true(hours_open(&h, at_year(2027, 12, 31, 9, 30)) && !hours_open(&h, at_year(2027, 12, 31, 10, 30)));
	assert_false(hours_open(&h, at(4, 3, 10, 0)) || hours_open(&h, at(4, 6, 10, 0)));
	assert_true(hours_open(&h, at(4, 2, 10, 0)) && hours_open(&h, at(4, 7, 10, 0)));
	assert_false(hours_open(&h, at(5, 4, 10, 0)));
	assert_true(hours_open(&h, at(5, 11, 10, 0)));
	int64_t day = days_of(2026, 12, 25);
	assert_string_equal(str_z(&arena, hours_holiday(&h, day)->name), "Christmas Day");
	assert_null(hours_holiday(&h, day + 2));
	/* A leap day comes every four years, and not in 2100. */
	h = load("", "02-29 9-10 Leap day", "");
	for (int i = 0; i < 7; i++) h.week[i].n = 0;
	assert_int_equal(next(&h, at(3, 1, 0, 0)), at_year(2028, 2, 29, 9, 0));
	assert_int_equal(next(&h, at_year(2096, 3, 1, 0, 0)), at_year(2104, 2, 29, 9, 0));
}

static void easters(void **state) {
	(void)state;
	static const int known[][3] = {{1818, 3, 22}, {1943, 4, 25}, {2000, 4, 23}, {2024, 3, 31}, {2026, 4, 5}, {2027, 3, 28}, {2038, 4, 25}, {2285, 3, 22}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) assert_int_equal(easter_day(known[i][0]), days_of(known[i][0], known[i][1], known[i][2]));
	struct hours h = load(ALWAYS, "", "ascension whit_monday corpus_christi spring_bank summer_bank thanksgiving");
	static const int off[][2] = {{5, 14}, {5, 25}, {6, 4}, {8, 31}, {11, 26}};
	int closed = 0;
	for (int64_t d = days_of(2026, 1, 1); d < days_of(2027, 1, 1); d++) closed += hours_holiday(&h, d) != NULL;
	assert_int_equal(closed, 5);   /* Whit Monday is the last Monday in May */
	for (size_t i = 0; i < sizeof off / sizeof *off; i++) assert_non_null(hours_holiday(&h, days_of(2026, off[i][0], off[i][1])));
}

static void clock_changes(void **state) {
	(void)state;
	struct hours all = load(ALWAYS, "", ""), night = load(NIGHTS, "", "");
	assert_int_equal(hours_between(&all, at(3, 29, 0, 0), at(3, 30, 0, 0)), HOURS(23));
	assert_int_equal(hours_between(&all, at(10, 25, 0, 0), at(10, 26, 0, 0)), HOURS(25));
	assert_int_equal(hours_between(&night, at(3, 28, 12, 0), at(3, 29, 12, 0)), HOURS(7));
	assert_int_equal(hours_between(&night, at(10, 24, 12, 0), at(10, 25, 12, 0)), HOURS(9));
	assert_int_equal(added(&night, at(3, 28, 22, 0), HOURS(7)), at(3, 29, 6, 0));
	assert_int_equal(added(&all, at(3, 28, 12, 0), HOURS(24)), at(3, 29, 13, 0));
	/* 02:10 to 02:50 is not there in March, and there once in October; what ends within the gap ends at the jump. */
	struct hours odd = load("2:10-2:50;;;;;;", "", ""), till = load("1-2:30, 3-4;;;;;;", "", "");
	assert_int_equal(hours_between(&odd, at(3, 29, 0, 0), at(3, 30, 0, 0)), 0);
	assert_int_equal(next(&odd, at(3, 28, 0, 0)), at(4, 5, 2, 10));
	assert_int_equal(hours_between(&odd, at(10, 25, 0, 0), at(10, 26, 0, 0)), MINUTES(40));
	assert_int_equal(closing(&till, at(3, 29, 1, 0)), at(3, 29, 4, 0));
	assert_int_equal(hours_between(&till, at(3, 29, 0, 0), at(3, 30, 0, 0)), HOURS(2));
	assert_int_equal(closing(&till, at(10, 25, 1, 0)) - at(10, 25, 1, 0), MINUTES(90));
	/* Samoa had no 30 December 2011; Lord Howe moves by half an hour. */
	struct hours apia = all, howe = all;
	apia.zone = zone_find(STR("Pacific/Apia")), howe.zone = zone_find(STR("Australia/Lord_Howe"));
	usec_t before = zone_moment(apia.zone, 2011, 12, 29, 0, 0, 0), after = zone_moment(apia.zone, 2012, 1, 1, 0, 0, 0);
	assert_int_equal(after - before, DAYS(2));
	assert_int_equal(hours_between(&apia, before, after), DAYS(2));
	before = zone_moment(howe.zone, 2026, 4, 5, 0, 0, 0);
	assert_int_equal(hours_between(&howe, before, before + DAYS(3)), DAYS(3));
	assert_int_equal(due(&howe, before, 0) - before, MINUTES(24 * 60 + 30));
}

static void never_and_always(void **state) {
	(void)state;
	struct hours never = load(";;;;;;", "2026-12-24 Closed", "christmas"), always = load(ALWAYS, "", ""), once = load(";;;;;;", "2026-12-24 9-12 Sale", "");
	usec_t r, t = at(11, 23, 10, 0);
	assert_true(never.given);
	assert_false(hours_open(&never, t) || hours_next(&never, t, &r) || hours_add(&never, t, 1, &r) || hours_due(&never, t, 1, &r));
	assert_int_equal(hours_between(&never, t, t + DAYS(900)), 0);
	assert_true(hours_add(&never, t, 0, &r) && r == t);
	assert_false(hours_close(&always, t, &r));
	assert_int_equal(added(&always, t, DAYS(365)), t + DAYS(365));
	assert_int_equal(added(&once, t, HOURS(3)), at(12, 24, 12, 0));
	assert_false(hours_add(&once, t, HOURS(3) + 1, &r) || hours_next(&once, at(12, 24, 12, 0), &r) || hours_due(&once, t, 2, &r));
	/* A night's end that the next day's beginning covers counts once. */
	struct hours both = load("20-8;6-10;;;;;", "", "");
	assert_int_equal(hours_between(&both, at(11, 22, 0, 0), at(11, 24, 0, 0)), HOURS(14));
	assert_int_equal(closing(&both, at(11, 22, 21, 0)), at(11, 23, 10, 0));
}

static void counted_in_days(void **state) {
	(void)state;
	struct hours h = load(OFFICE, "", "christmas");
	usec_t t = at(1, 1, 0, 0), year = hours_between(&h, t, at_year(2027, 1, 1, 0, 0)), r;
	asked = 0;
	assert_true(hours_add(&h, t, year, &r));
	assert_in_range(asked, 1, 2 * 2 * 367);     /* two moments for each of at most two spans a day */
	asked = 0;
	(void)hours_between(&h, t, at_year(2027, 1, 1, 0, 0));
	assert_in_range(asked, 1, 2 * 2 * 369);
	struct hours never = load(";;;;;;", "", "");
	asked = 0;
	assert_false(hours_add(&never, t, 1, &r));
	assert_int_equal(asked, 0);
}

static uint32_t seed = 7;
static uint32_t dice(uint32_t n) {
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static struct hours random_hours(void) {
	static const char *const day[] = {"", "9-12:30, 14-18", "22-6", "0-24", "0-2:30, 3-4", "2:10-2:50, 8-9", "20-8"};
	static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC", "Africa/Casablanca"};
	struct str week = STR("9-10");
	for (int i = 1; i < 7; i++) week = str_fmt(&arena, STR_FMT ";%s", STR_ARG(week), day[dice(sizeof day / sizeof *day)]);
	struct hours h;
	hours_load(&arena, zone_find(str_c(zones[dice(sizeof zones / sizeof *zones)])), week, STR("12-24 9-11 Half"), STR("christmas new_year easter_monday"), &h);
	return h;
}

/* For any calendar and moment: adding and counting agree, the moment added to is the earliest, all is monotone and adds up. */
static void properties(void **state) {
	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct arena_mark mark = arena_mark(&arena);
		struct hours h = random_hours();
		usec_t t = zone_moment(h.zone, 2011 + (int)dice(20), 1, (int)dice(366), 0, 0, 0) + SECONDS(dice(86400)), work = SECONDS(dice(200 * 3600)) + 1;
		usec_t r = added(&h, t, work), later = t + SECONDS(dice(400 * 3600)), more = added(&h, t, work + SECONDS(dice(7200))), n = next(&h, t);
		assert_int_equal(hours_between(&h, t, r), work);
		assert_int_equal(hours_between(&h, t, r - 1), work - 1);
		assert_true(more >= r && added(&h, later, work) >= r && next(&h, later) >= n);
		assert_true(hours_open(&h, n) && (n == t || !hours_open(&h, t)) && hours_between(&h, t, n) == 0);
		assert_int_equal(hours_between(&h, t, later) + hours_between(&h, later, later + DAYS(9)), hours_between(&h, t, later + DAYS(9)));
		assert_true(due(&h, later, 2) >= due(&h, t, 2) && due(&h, t, 3) >= due(&h, t, 2) && due(&h, t, 0) > t);
		usec_t end;
		if (hours_close(&h, n, &end)) assert_true(end > n && !hours_open(&h, end) && hours_open(&h, end - 1));
		arena_reset(&arena, mark);
	}
}

static void nights_and_days(void **state) {
	(void)state;
	/* Sunday's people go on Monday at 8, Monday's own at 4: on Monday one is there until 8. */
	struct hours h = load("20-8;0-4;9-17;;;;", "", "");
	assert_int_equal(due(&h, at(11, 21, 12, 0), 1), at(11, 23, 8, 0));
	assert_int_equal(due(&h, at(11, 21, 12, 0), 2), at(11, 23, 8, 0));
	assert_int_equal(due(&h, at(11, 22, 21, 0), 1), at(11, 23, 8, 0));
	assert_int_equal(due(&h, at(11, 23, 7, 0), 0), at(11, 23, 8, 0));
	assert_int_equal(due(&h, at(11, 23, 7, 0), 1), at(11, 24, 17, 0));
}

static usec_t days_from(const struct hours *h, usec_t t, int n) {
	usec_t r = 0;
	assert_true(hours_days_from(h, t, n, &r));
	return r;
}

/* The same time some business days before and behind; where the firm is closed then, that day's opening, or the next one. */
static void days_before_and_behind(void **state) {
	usec_t r;
	(void)state;
	struct hours h = load(OFFICE, "2026-12-24 9:00-12:00 Christmas Eve", "christmas boxing_day good_friday easter_monday");
	assert_int_equal(days_from(&h, at(11, 24, 10, 0), -1), at(11, 23, 10, 0));
	assert_int_equal(days_from(&h, at(11, 23, 10, 0), -1), at(11, 20, 10, 0));     /* Monday: Friday */
	assert_int_equal(days_from(&h, at(11, 22, 10, 0), -1), at(11, 20, 10, 0));     /* and Sunday, too */
	assert_int_equal(days_from(&h, at(11, 23, 15, 0), -1), at(11, 20, 9, 0));      /* closed on Friday afternoons */
	assert_int_equal(days_from(&h, at(11, 24, 23, 59), -1), at(11, 23, 9, 0));
	assert_int_equal(days_from(&h, at(11, 24, 23, 59), -2), at(11, 20, 9, 0));
	assert_int_equal(days_from(&h, at(12, 28, 11, 0), -1), at(12, 24, 11, 0));
	assert_int_equal(days_from(&h, at(12, 28, 15, 0), -1), at(12, 24, 9, 0));
	assert_int_equal(days_from(&h, at(11, 20, 10, 0), 1), at(11, 23, 10, 0));
	assert_int_equal(days_from(&h, at(11, 20, 23, 59), 1), at(11, 24, 9, 0));
	assert_int_equal(days_from(&h, at(11, 23, 13, 0), 1), at(11, 24, 14, 0));
	assert_int_equal(days_from(&h, at(4, 2, 10, 0), 1), at(4, 7, 10, 0));
	assert_int_equal(days_from(&h, at(3, 30, 10, 0), -1) - at(3, 27, 10, 0), 0);   /* an hour less between them */
	h = load(NIGHTS, "", "");
	assert_int_equal(days_from(&h, at(3, 30, 2, 30), -1), at(3, 29, 3, 0));        /* a time that the clock skips */
	h = load(";;;;;;", "", "");
	assert_false(hours_days_from(&h, at(3, 30, 10, 0), 1, &r) || hours_days_from(&h, at(3, 30, 10, 0), -1, &r));
}

static void regressions(void **state) {
	(void)state;
	regression_each("hours", LLVMFuzzerTestOneInput);
}

static int begin(void **state) {
	(void)state;
	berlin = zone_find(STR("Europe/Berlin"));
	return berlin == NULL;
}
static int end(void **state) {
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_as_text), cmocka_unit_test(holidays_as_text), cmocka_unit_test(an_ordinary_week), cmocka_unit_test(nobody_said),
		cmocka_unit_test(holidays), cmocka_unit_test(easters), cmocka_unit_test(clock_changes), cmocka_unit_test(never_and_always),
		cmocka_unit_test(counted_in_days), cmocka_unit_test(nights_and_days), cmocka_unit_test(properties), cmocka_unit_test(days_before_and_behind), cmocka_unit_test(regressions),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
