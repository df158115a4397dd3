#include "text/locale.h"
#include "base/check.h"
#include "text/catalogue.h"
#include "text/date.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* The German of i18n/de.po, for when this test is built without the generated catalogue, which otherwise takes its
 * place. */
__attribute__((weak)) const struct message messages[] = {
	{"April", NULL, {"April", "April"}, {NULL, NULL}},
	{"August", NULL, {"August", "August"}, {NULL, NULL}},
	{"December", NULL, {"December", "Dezember"}, {NULL, NULL}},
	{"February", NULL, {"February", "Februar"}, {NULL, NULL}},
	{"Friday", NULL, {"Friday", "Freitag"}, {NULL, NULL}},
	{"January", NULL, {"January", "Januar"}, {NULL, NULL}},
	{"July", NULL, {"July", "Juli"}, {NULL, NULL}},
	{"June", NULL, {"June", "Juni"}, {NULL, NULL}},
	{"March", NULL, {"March", "März"}, {NULL, NULL}},
	{"May", NULL, {"May", "Mai"}, {NULL, NULL}},
	{"Monday", NULL, {"Monday", "Montag"}, {NULL, NULL}},
	{"November", NULL, {"November", "November"}, {NULL, NULL}},
	{"October", NULL, {"October", "Oktober"}, {NULL, NULL}},
	{"Saturday", NULL, {"Saturday", "Samstag"}, {NULL, NULL}},
	{"September", NULL, {"September", "September"}, {NULL, NULL}},
	{"Sunday", NULL, {"Sunday", "Sonntag"}, {NULL, NULL}},
	{"Thursday", NULL, {"Thursday", "Donnerstag"}, {NULL, NULL}},
	{"Tuesday", NULL, {"Tuesday", "Dienstag"}, {NULL, NULL}},
	{"Wednesday", NULL, {"Wednesday", "Mittwoch"}, {NULL, NULL}},
	{"eight", NULL, {"eight", "acht"}, {NULL, NULL}},
	{"eleven", NULL, {"eleven", "elf"}, {NULL, NULL}},
	{"five", NULL, {"five", "fünf"}, {NULL, NULL}},
	{"four", NULL, {"four", "vier"}, {NULL, NULL}},
	{"in a moment", NULL, {"in a moment", "gleich"}, {NULL, NULL}},
	{"in one hour", "in {n} hours", {"in one hour", "in einer Stunde"}, {"in {n} hours", "in {n} Stunden"}},
	{"in one minute", "in {n} minutes", {"in one minute", "in einer Minute"}, {"in {n} minutes", "in {n} Minuten"}},
	{"in one month", "in {n} months", {"in one month", "in einem Monat"}, {"in {n} months", "in {n} Monaten"}},
	{"in one week", "in {n} weeks", {"in one week", "in einer Woche"}, {"in {n} weeks", "in {n} Wochen"}},
	{"in one year", "in {n} years", {"in one year", "in einem Jahr"}, {"in {n} years", "in {n} Jahren"}},
	{"just now", NULL, {"just now", "gerade eben"}, {NULL, NULL}},
	{"nine", NULL, {"nine", "neun"}, {NULL, NULL}},
	{"one byte", "{n} bytes", {"one byte", "ein Byte"}, {"{n} bytes", "{n} Bytes"}},
	{"one hour ago", "{n} hours ago", {"one hour ago", "vor einer Stunde"}, {"{n} hours ago", "vor {n} Stunden"}},
	{"one minute ago", "{n} minutes ago", {"one minute ago", "vor einer Minute"}, {"{n} minutes ago",
		"vor {n} Minuten"}},
	{"one month ago", "{n} months ago", {"one month ago", "vor einem Monat"}, {"{n} months ago", "vor {n} Monaten"}},
	{"one week ago", "{n} weeks ago", {"one week ago", "vor einer Woche"}, {"{n} weeks ago", "vor {n} Wochen"}},
	{"one year ago", "{n} years ago", {"one year ago", "vor einem Jahr"}, {"{n} years ago", "vor {n} Jahren"}},
	{"seven", NULL, {"seven", "sieben"}, {NULL, NULL}},
	{"six", NULL, {"six", "sechs"}, {NULL, NULL}},
	{"ten", NULL, {"ten", "zehn"}, {NULL, NULL}},
	{"three", NULL, {"three", "drei"}, {NULL, NULL}},
	{"today at {time}", NULL, {"today at {time}", "heute um {time}"}, {NULL, NULL}},
	{"tomorrow", "in {n} days", {"tomorrow", "morgen"}, {"in {n} days", "in {n} Tagen"}},
	{"tomorrow at {time}", NULL, {"tomorrow at {time}", "morgen um {time}"}, {NULL, NULL}},
	{"twelve", NULL, {"twelve", "zwölf"}, {NULL, NULL}},
	{"two", NULL, {"two", "zwei"}, {NULL, NULL}},
	{"yesterday", "{n} days ago", {"yesterday", "gestern"}, {"{n} days ago", "vor {n} Tagen"}},
	{"yesterday at {time}", NULL, {"yesterday at {time}", "gestern um {time}"}, {NULL, NULL}},
	{"{day} {month} {year}", NULL, {"{day} {month} {year}", "{day}. {month} {year}"}, {NULL, NULL}},
	{"{weekday} {day} {month}", NULL, {"{weekday} {day} {month}", "{weekday}, {day}. {month}"}, {NULL, NULL}},
};
__attribute__((weak)) const int message_count = sizeof messages / sizeof *messages;

static struct arena mem;
static struct locale en, de;

static void same(struct str got, const char *expected) {
	if (!str_is(got, expected)) fail_msg("got \"" STR_FMT "\", expected \"%s\"", STR_ARG(got), expected);
	assert_int_equal(got.p[got.n], 0);   /* every said text can be given to tr_fill */
}

static usec_t at(const char *rfc3339) {
	usec_t t = 0;
	if (!time_parse(str_c(rfc3339), &t)) fail_msg("%s is no time", rfc3339);
	return t;
}

static void test_languages(void **state) {
	(void)state;
	enum lang l = LANG_EN;
	assert_string_equal(lang_code(LANG_DE), "de");
	assert_string_equal(lang_name(LANG_DE), "Deutsch");
	assert_true(lang_find(STR("de_CH.UTF-8"), &l) && l == LANG_DE);
	assert_true(lang_find(STR("EN-us"), &l) && l == LANG_EN);
	assert_false(lang_find(STR("fr"), &l) || lang_find(STR(""), &l) || lang_find(STR("deu"), &l) ||
		lang_find(STR_NONE, &l));
	static const struct { const char *header; enum lang lang; } accept[] = {
		{"de-AT,de;q=0.9,en;q=0.8", LANG_DE}, {"en;q=0.5, de;q=0.6", LANG_DE}, {"fr, en;q=0.2, de;q=0.1", LANG_EN},
			{"de;q=0, fr", LANG_EN},
		{"*", LANG_EN}, {"", LANG_EN}, {"fr;q=1, *;q=0.5, de;q=0.4", LANG_EN}, {"de;q=nonsense", LANG_EN},
			{";;;,,,;q", LANG_EN}, {"de ; q=1", LANG_DE},
	};
	for (size_t i = 0; i < sizeof accept / sizeof *accept; i++)
		if (lang_from_accept(str_c(accept[i].header), LANG_EN) != accept[i].lang) fail_msg("%s", accept[i].header);
	assert_int_equal(lang_from_accept(STR_NONE, LANG_DE), LANG_DE);
}

static void test_zones(void **state) {
	(void)state;
	const struct zone *berlin = zone_find(STR("Europe/Berlin"));
	assert_non_null(berlin);
	assert_ptr_equal(berlin, zone_find(STR("Europe/Berlin")));
	assert_string_equal(zone_name(berlin), "Europe/Berlin");
	static const char *const wrong[] = {"", "Europe", "Europe/", "/Europe/Berlin", "../etc/passwd",
		"Europe/../Europe/Berlin", "europe/berlin", "+02:00",
		"AAA-1BBB,M3.5.0", "AAA-1BBB", "posix/Europe/Berlin", "right/Europe/Berlin", "Nowhere/Atall",
			"Europe//Berlin", "zone.tab", "tzdata.zi"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (zone_find(str_c(wrong[i])) != NULL) fail_msg("\"%s\" was found", wrong[i]);
	assert_null(zone_find(STR("Europe/Berlin\0x")));
	assert_non_null(zone_find(STR("America/Argentina/Buenos_Aires")));
	struct local_time l = zone_local(berlin, at("2024-03-31T00:59:59Z"));
	assert_true(l.year == 2024 && l.month == 3 && l.day == 31 && l.hour == 1 && l.minute == 59 && l.second == 59 &&
		l.offset_seconds == 3600);
	assert_int_equal(l.weekday, 0);
	l = zone_local(berlin, at("2024-03-31T01:00:00Z"));
	assert_true(l.hour == 3 && l.offset_seconds == 7200);
	for (int round = 0; round < 2; round++) {   /* what is remembered is what was found: around a change of half an hour */
		const struct zone *howe = zone_find(STR("Australia/Lord_Howe"));
		assert_int_equal(zone_local(howe, at("2024-04-06T14:59:59Z")).offset_seconds, 11 * 3600);
		assert_int_equal(zone_local(howe, at("2024-04-06T15:00:00Z")).offset_seconds, 10 * 3600 + 1800);
		assert_int_equal(zone_local(berlin, at("2024-03-31T00:59:59Z")).offset_seconds, 3600);
		assert_int_equal(zone_local(berlin, at("2024-03-31T01:00:00Z")).offset_seconds, 7200);
	}
	l = zone_local(zone_utc(), -1);
	assert_true(l.year == 1969 && l.month == 12 && l.day == 31 && l.second == 59 && l.weekday == 3);
	l = zone_local(berlin, at("2061-07-01T12:00:00Z"));   /* behind the last change that tzdata writes out */
	assert_int_equal(l.hour, 14);
}

static void test_moments(void **state) {
	(void)state;
	const struct zone *berlin = zone_find(STR("Europe/Berlin")), *york = zone_find(STR("America/New_York"));
	assert_true(zone_moment(berlin, 2024, 7, 1, 12, 0, 0) == at("2024-07-01T10:00:00Z"));
	assert_true(zone_moment(berlin, 2024, 3, 31, 2, 30, 0) == at("2024-03-31T01:30:00Z"));   /* skipped: 3:30 */
	/* stands twice: the first */
	assert_true(zone_moment(berlin, 2024, 10, 27, 2, 30, 0) == at("2024-10-27T00:30:00Z"));
	assert_true(zone_moment(york, 2024, 3, 10, 2, 30, 0) == at("2024-03-10T07:30:00Z"));
	assert_true(zone_moment(york, 2024, 11, 3, 1, 30, 0) == at("2024-11-03T05:30:00Z"));
	assert_true(zone_moment(berlin, 2024, 1, 32, 24, 0, 0) == zone_moment(berlin, 2024, 2, 2, 0, 0, 0));
	for (usec_t t = at("2023-01-01T00:00:00Z"); t < at("2026-01-01T00:00:00Z"); t += MINUTES(47)) {
		struct local_time l = zone_local(york, t);
		usec_t back = zone_moment(york, l.year, l.month, l.day, l.hour, l.minute, l.second);
		assert_true(back == t || back == t - HOURS(1));
	}
}

static void *find_zones(void *arg) {
	static const char *const names[] = {"Asia/Tokyo", "Europe/Paris", "Africa/Cairo", "America/Lima", "Asia/Kolkata"};
	(void)arg;
	for (int i = 0; i < 1000; i++) PRE(zone_local(zone_find(str_c(names[i % 5])), 0).offset_seconds != 1);
	return NULL;
}

static void test_threads(void **state) {
	(void)state;
	pthread_t thread[4];
	for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&thread[i], NULL, find_zones, NULL), 0);
	for (int i = 0; i < 4; i++) pthread_join(thread[i], NULL);
}

static void test_sentences(void **state) {
	(void)state;
	assert_string_equal(tr(LANG_DE, "March"), "März");
	assert_string_equal(tr(LANG_EN, "March"), "March");
	assert_string_equal(tr(LANG_DE, "no key of ours"), "no key of ours");
	assert_string_equal(tr_n(LANG_DE, "one hour ago", "{n} hours ago", 1), "vor einer Stunde");
	assert_string_equal(tr_n(LANG_DE, "one hour ago", "{n} hours ago", 0), "vor {n} Stunden");
	assert_string_equal(tr_n(LANG_EN, "one hour ago", "{n} hours ago", 2), "{n} hours ago");
	assert_string_equal(tr_n(LANG_DE, "a", "b", 2), "b");
	same(tr_fill(&mem, "{a}-{b}{a} {c} { } {", "a", "1", "b", "{a}", NULL), "1-{a}1 {c} { } {");
	same(tr_fill(&mem, "", NULL), "");
}

static void test_numbers(void **state) {
	(void)state;
	same(say_number(&mem, &en, 1062), "1,062");
	same(say_number(&mem, &de, 1062), "1.062");
	same(say_number(&mem, &en, 0), "0");
	same(say_number(&mem, &en, 999), "999");
	same(say_number(&mem, &de, -1234567), "-1.234.567");
	same(say_number(&mem, &en, INT64_MIN), "-9,223,372,036,854,775,808");
	same(say_real(&mem, &en, 1234.567, 2), "1,234.57");
	same(say_real(&mem, &de, 1234.567, 1), "1.234,6");
	same(say_real(&mem, &en, -0.001, 1), "0.0");
	same(say_real(&mem, &en, 2.5e300, 0).n > 300 ? STR("big") : STR(""), "big");
	same(say_real(&mem, &en, 0.0 / 0.0, 2), "–");
}

static void test_money(void **state) {
	(void)state;
	same(say_money(&mem, &en, 1250, STR("EUR")), "€12.50");
	same(say_money(&mem, &de, 1250, STR("EUR")), "12,50 €");
	same(say_money(&mem, &en, 123456789, STR("USD")), "$1,234,567.89");
	same(say_money(&mem, &de, -5, STR("GBP")), "-0,05 £");
	same(say_money(&mem, &en, -5, STR("GBP")), "-£0.05");
	same(say_money(&mem, &en, 1250, STR("CHF")), "CHF 12.50");
	same(say_money(&mem, &de, 1250, STR("CHF")), "12,50 CHF");
	same(say_money(&mem, &en, 1250, STR("JPY")), "JPY 1,250");
	same(say_money(&mem, &en, 1250, STR("KWD")), "KWD 1.250");
	assert_int_equal(money_digits(STR("EUR")), 2);
	assert_int_equal(money_digits(STR("CLF")), 4);
	assert_int_equal(money_digits(STR("F C")), 2);
	same(say_size(&mem, &en, 1), "one byte");
	same(say_size(&mem, &de, 999), "999 Bytes");
	same(say_size(&mem, &en, 1100000), "1.1 MB");
	same(say_size(&mem, &de, 1100000), "1,1 MB");
	same(say_size(&mem, &en, 25400000), "25 MB");
	same(say_size(&mem, &en, 999999), "1 MB");
	same(say_size(&mem, &en, 2000), "2 kB");
}

static void test_dates(void **state) {
	(void)state;
	en.now = de.now = at("2025-03-12T09:00:00Z");   /* a Wednesday, 10:00 in Berlin */
	same(say_date(&mem, &en, at("2025-03-14T12:00:00Z")), "Friday 14 March");
	same(say_date(&mem, &de, at("2025-03-14T12:00:00Z")), "Freitag, 14. März");
	same(say_date(&mem, &en, at("2024-03-14T12:00:00Z")), "14 March 2024");
	same(say_date(&mem, &de, at("2024-03-14T12:00:00Z")), "14. März 2024");
	same(say_time(&mem, &en, at("2025-03-12T17:20:00Z")), "18:20");
	same(say_time(&mem, &de, at("2025-03-12T07:05:00Z")), "8:05");
	same(say_when(&mem, &en, at("2025-03-11T17:20:00Z")), "yesterday at 18:20");
	same(say_when(&mem, &de, at("2025-03-11T17:20:00Z")), "gestern um 18:20");
	same(say_when(&mem, &en, at("2025-03-12T07:15:00Z")), "today at 8:15");
	same(say_when(&mem, &de, at("2025-03-11T23:30:00Z")), "heute um 0:30");
	same(say_when(&mem, &de, at("2025-03-12T23:30:00Z")), "morgen um 0:30");
	same(say_when(&mem, &en, at("2025-03-14T07:15:00Z")), "Friday 14 March");
	same(say_day(&mem, &en, STR("1979-04-08")), "8 April 1979");
	same(say_day(&mem, &de, STR("1979-04-08")), "8. April 1979");
	same(say_day(&mem, &en, STR("2025-03-31")), "Monday 31 March");
	same(say_day(&mem, &en, STR_NONE), "");
	same(say_day(&mem, &en, STR("soon")), "soon");
}

static void test_ago(void **state) {
	(void)state;
	en.now = de.now = at("2025-03-12T09:00:00Z");
	static const struct { const char *when, *english, *german; } said[] = {
		{"2025-03-12T09:00:00Z", "just now", "gerade eben"}, {"2025-03-12T08:59:10Z", "just now", "gerade eben"},
		{"2025-03-12T09:00:30Z", "in a moment", "gleich"}, {"2025-03-12T08:55:00Z", "five minutes ago",
			"vor fünf Minuten"},
		{"2025-03-12T08:59:00Z", "one minute ago", "vor einer Minute"}, {"2025-03-12T08:30:00Z", "30 minutes ago",
			"vor 30 Minuten"},
		{"2025-03-12T09:12:59Z", "in twelve minutes", "in zwölf Minuten"}, {"2025-03-12T07:30:00Z", "one hour ago",
			"vor einer Stunde"},
		{"2025-03-11T12:00:00Z", "21 hours ago", "vor 21 Stunden"}, {"2025-03-11T08:00:00Z", "yesterday", "gestern"},
		{"2025-03-13T10:00:00Z", "tomorrow", "morgen"}, {"2025-03-14T08:00:00Z", "in two days", "in zwei Tagen"},
		{"2025-03-14T22:00:00Z", "in two days", "in zwei Tagen"}, {"2025-03-25T09:00:00Z", "in 13 days", "in 13 Tagen"},
		{"2025-02-26T09:00:00Z", "two weeks ago", "vor zwei Wochen"}, {"2025-06-12T09:00:00Z", "in three months",
			"in drei Monaten"},
		{"2024-03-13T09:00:00Z", "eleven months ago", "vor elf Monaten"}, {"2023-03-12T09:00:00Z", "two years ago",
			"vor zwei Jahren"},
		{"1979-04-08T00:00:00Z", "45 years ago", "vor 45 Jahren"},
	};
	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		same(say_ago(&mem, &en, at(said[i].when)), said[i].english);
		same(say_ago(&mem, &de, at(said[i].when)), said[i].german);
	}
	en.now = at("2025-10-25T22:00:00Z");   /* a day of 25 hours begins */
	same(say_ago(&mem, &en, at("2025-10-26T22:30:00Z")), "in 24 hours");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_languages), cmocka_unit_test(test_zones), cmocka_unit_test(test_moments),
			cmocka_unit_test(test_threads),
		cmocka_unit_test(test_sentences), cmocka_unit_test(test_numbers), cmocka_unit_test(test_money),
			cmocka_unit_test(test_dates),
		cmocka_unit_test(test_ago),
	};
	en = (struct locale){.lang = LANG_EN, .zone = zone_find(STR("Europe/Berlin")), .currency = "EUR"};
	de = (struct locale){.lang = LANG_DE, .zone = en.zone, .currency = "EUR"};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
