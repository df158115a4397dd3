#include "text/date.h"
#include "text/shared_set.h"
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static struct arena mem;

static void same(struct str got, const char *expected) {
	if (!str_is(got, expected)) fail_msg("got \"" STR_FMT "\", expected \"%s\"", STR_ARG(got), expected);
}

static void test_days(void **state) {
	(void)state;
	int y, m, d;
	int64_t days;
	assert_true(days_of(1970, 1, 1) == 0 && days_of(2000, 3, 1) == 11017 && days_of(1969, 12, 31) == -1);
	assert_true(days_of(2023, 14, 1) == days_of(2024, 2, 1) && days_of(2024, -1, 1) == days_of(2023, 11, 1));
	for (int64_t n = days_of(1, 1, 1); n <= days_of(9999, 12, 31); n += 37) {
		days_civil(n, &y, &m, &d);
		assert_true(days_of(y, m, d) == n && m >= 1 && m <= 12 && d >= 1 && d <= 31);
	}
	static const char *const wrong[] = {"", "2024-02-30", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01",
		"2024-01-00", "2024-1-01", "0000-01-01",
		"2024-01-01 ", " 2024-01-01", "2024/01/01", "20240101", "+024-01-01"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (date_valid(str_c(wrong[i]))) fail_msg("%s", wrong[i]);
	assert_true(date_valid(STR("2024-02-29")) && date_valid(STR("2000-02-29")) && date_valid(STR("0001-01-01")) &&
		date_valid(STR("9999-12-31")));
	assert_true(date_days(STR("1970-01-02"), &days) && days == 1);
	same(date_of_days(&mem, 19782), "2024-02-29");
	assert_true(str_none(date_of_days(&mem, days_of(10000, 1, 1))));
	same(date_add_months(&mem, STR("2024-01-31"), 1), "2024-02-29");
	same(date_add_months(&mem, STR("2024-01-31"), -11), "2023-02-28");
	same(date_add_months(&mem, STR("2024-03-15"), 12), "2025-03-15");
	assert_true(str_none(date_add_months(&mem, STR("9999-12-31"), 1)));
	same(date_of_time(&mem, zone_find(STR("Europe/Berlin")), SECONDS(1710457200)), "2024-03-15");
}

static void test_rfc3339(void **state) {
	(void)state;
	usec_t t = 0;
	static const struct { const char *text, *again; } good[] = {
		{"2026-11-22T11:42:49Z", "2026-11-22T11:42:49Z"}, {"2026-11-22t11:42:49z", "2026-11-22T11:42:49Z"},
		{"2026-11-22 11:42:49+02:00", "2026-11-22T09:42:49Z"}, {"2026-11-22T11:42:49.5-00:30",
			"2026-11-22T12:12:49.500000Z"},
		{"2026-11-22T11:42:49.1234567891Z", "2026-11-22T11:42:49.123456Z"}, {"2016-12-31T23:59:60Z",
			"2017-01-01T00:00:00Z"},
		{"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"}, {"0001-01-01T00:00:00Z",
			"0001-01-01T00:00:00Z"},
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(time_parse(str_c(good[i].text), &t));
		same(time_rfc3339(&mem, t), good[i].again);
	}
	static const char *const wrong[] = {"", "2026-11-22", "2026-11-22T11:42:49", "2026-11-22T11:42Z",
		"2026-11-22T24:00:00Z", "2026-11-22T11:60:00Z",
		"2026-11-22T11:42:61Z", "2026-02-30T11:42:49Z", "2026-11-22T11:42:49.Z", "2026-11-22T11:42:49+2:00",
			"2026-11-22T11:42:49+0200",
		"2026-11-22T11:42:49+24:00", "2026-11-22T11:42:49Zx", "2026-11-22X11:42:49Z", " 2026-11-22T11:42:49Z"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (time_parse(str_c(wrong[i]), &t)) fail_msg("%s", wrong[i]);
}

static void test_formats(void **state) {
	(void)state;
	struct str day;
	usec_t t;
	static const struct { const char *format, *text, *day; } good[] = {
		{"YYYY-MM-DD", "2014-05-27", "2014-05-27"}, {"DD.MM.YYYY", "27.05.2014", "2014-05-27"}, {"DD.MM.YYYY",
			"7.5.2014", "2014-05-07"},
		{"MM/DD/YYYY", "5/27/2014", "2014-05-27"}, {"MM/DD/YYYY HH:MM:SS AM", "05/27/2014 12:05:09 AM", "2014-05-27"},
			{"YYMMDD", "930105", "1993-01-05"},
		{"YYMMDD", "680105", "2068-01-05"}, {"19YYMMDD", "110812", "1911-08-12"}, {"20YYMMDD", "990812", "2099-08-12"},
		{"YYYY-MM-DD", " 2014-05-27 00:00:00 ", "2014-05-27"}, {"YYYYMMDD", "20140527", "2014-05-27"}, {"rfc3339",
			"2014-05-27T01:02:03Z", "2014-05-27"},
		{"rfc3339", "2014-05-27", "2014-05-27"}, {"epoch", "1401148800", "2014-05-27"}, {"YYYY-MM-DDTHH:MM:SS",
			"2014-05-27T01:02:03", "2014-05-27"},
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(date_format_valid(str_c(good[i].format)));
		if (!date_read(&mem, str_c(good[i].text), str_c(good[i].format), &day)) fail_msg("%s as %s", good[i].text,
			good[i].format);
		same(day, good[i].day);
	}
	static const struct { const char *format, *text; } wrong[] = {
		{"YYYY-MM-DD", "2014-02-30"}, {"YYYY-MM-DD", "2014-05-27x"}, {"YYYY-MM-DD", ""}, {"YYMMDD", "93015"},
			{"YYMMDD", "9301051"}, {"YYMMDD", "931305"},
		{"MM/DD/YYYY", "27/05/2014"}, {"DD.MM.YYYY", "27.05.14"}, {"MM/DD/YYYY HH:MM:SS AM",
			"05/27/2014 13:05:09 AM"}, {"epoch", "x"},
		{"MM/DD/YYYY HH:MM:SS AM", "05/27/2014 12:05:09"}, {"rfc3339", "27.05.2014"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (date_read(&mem, str_c(wrong[i].text), str_c(wrong[i].format), &day)) fail_msg("%s as %s", wrong[i].text,
			wrong[i].format);
	const struct zone *york = zone_find(STR("America/New_York"));
	assert_true(time_read(STR("05/27/2014 11:05:09 PM"), STR("MM/DD/YYYY HH:MM:SS AM"), york, &t));
	same(time_rfc3339(&mem, t), "2014-05-28T03:05:09Z");
	assert_true(time_read(STR("05/27/2014 12:00:00 AM"), STR("MM/DD/YYYY HH:MM:SS AM"), york, &t));
	same(time_rfc3339(&mem, t), "2014-05-27T04:00:00Z");
	static const char *const bad_formats[] = {"", "DD.MM", "YYYY-MM", "YYYYYY-MM-DD", "YYYY-MM-DD DD", "YYY-MM-DD",
		"D.M.YYYY"};
	for (size_t i = 0; i < sizeof bad_formats / sizeof *bad_formats; i++)
		if (date_format_valid(str_c(bad_formats[i]))) fail_msg("%s", bad_formats[i]);
}

#include "../../fuzz/date_fuzz.c"
static void test_regressions(void **state) {
	(void)state;
	regression_each("date", LLVMFuzzerTestOneInput);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days), cmocka_unit_test(test_rfc3339), cmocka_unit_test(test_formats),
			cmocka_unit_test(test_regressions),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
