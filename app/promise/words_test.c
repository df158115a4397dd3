/* The labelled sentences, both halves, with what was reached; and the edges. */
#include "promise/words.h"
#include "text/shared_set.h"
#include "text/utf8.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

static struct arena mem;

static struct promise_words_list found(struct str text, enum lang lang, const char *now, const char *zone) {
	usec_t t;
	struct promise_words_list l;
	assert_true(time_parse(str_c(now), &t));
	promise_words_find(&mem, text, lang, t, zone_find(str_c(zone)), &l);
	return l;
}

/* An offer as a label says it. */
static struct str label_of(const struct promise_words *o, const char *zone) {
	const char *who = o->who == PROMISE_WORDS_FIRM ? "F" : "C";
	struct local_time l = zone_local(zone_find(str_c(zone)), o->at);
	switch (o->due) {
	case PROMISE_WORDS_NO_DATE: break;
	case PROMISE_WORDS_DAY: return str_fmt(&mem, "%s " STR_FMT, who, STR_ARG(o->day));
	case PROMISE_WORDS_MOMENT: return str_fmt(&mem, "%s " STR_FMT "T%02d:%02d", who, STR_ARG(o->day), l.hour, l.minute);
	case PROMISE_WORDS_BUSINESS_DAYS: return str_fmt(&mem, "%s %db", who, o->business_days);
	}
	return str_c(who);
}

static struct str labels_of(struct promise_words_list l, const char *zone) {
	struct str all = STR("-");
	for (size_t i = 0; i < l.n; i++) {
		struct str one = label_of(&l.v[i], zone);
		all = i == 0 ? one : str_fmt(&mem, STR_FMT ", " STR_FMT, STR_ARG(all), STR_ARG(one));
	}
	return all;
}

/* ---- the labelled set */

struct score {
	int lines, labels, offers, hits, dates;    /* hits: of the right one; dates: hits whose due is right, too */
};

static int labels_count(struct str labels) {
	int n = 0;
	while (!str_none(labels)) str_cut(&labels, ','), n++;
	return n;
}

static struct str unescaped(struct str s) {
	char *out = arena_alloc(&mem, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		bool line = s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == 'n';
		out[n++] = line ? '\n' : s.p[i];
		i += line;
	}
	return str_n(out, n);
}

/* In order: an offer that promises the same way as the label in its place is a hit. */
static void compare(struct score *s, struct str labels, struct promise_words_list l) {
	s->offers += (int)l.n;
	if (str_is(labels, "-")) return;
	s->labels += labels_count(labels);
	for (size_t i = 0; i < l.n && !str_none(labels); i++) {
		struct str label = str_trim(str_cut(&labels, ',')), got = label_of(&l.v[i], "Europe/Berlin");
		if (label.p[0] != got.p[0]) continue;
		s->hits++;
		s->dates += str_eq(label, got);
	}
}

static void score_line(struct score scores[LANG_MAX_], struct str line, bool tell) {
	struct str rest = line, code = str_cut(&rest, '|'), labels = str_cut(&rest, '|');
	enum lang lang;
	assert_true(lang_find(code, &lang) && labels.n > 0 && rest.n > 0);
	struct promise_words_list l = found(unescaped(rest), LANG_EN, "2026-11-18T09:00:00Z", "Europe/Berlin");
	scores[lang].lines++;
	compare(&scores[lang], labels, l);
	struct str got = labels_of(l, "Europe/Berlin");
	if (tell && !str_eq(labels, got)) printf("  " STR_FMT "\n      got " STR_FMT "\n", STR_ARG(line), STR_ARG(got));
}

static double share(int part, int of) {
	return of ? (double)part / of : 0;
}

/* Reads one half; WORDS_TELL=1 prints what is wrong in it. The floors are a little under what was reached. */
static void half(const char *name, bool tell, double precision, double recall, double dates) {
	struct str text = file_text(&mem, str_fmt(&mem, "app/promise/labelled/%s.txt", name).p);
	struct score scores[LANG_MAX_] = {0}, all = {0};
	assert_false(str_none(text));
	while (text.n > 0) {
		struct str line = str_cut(&text, '\n');
		if (line.n > 0 && line.p[0] != '#') score_line(scores, line, tell);
	}
	for (int i = 0; i <= LANG_MAX_; i++) {
		const struct score *s = i < LANG_MAX_ ? &scores[i] : &all;
		printf("%s, %s: %d sentences, %d labels; precision %.3f, recall %.3f, date right %.3f\n", name, i < LANG_MAX_ ? lang_code((enum lang)i) : "all",
			s->lines, s->labels, share(s->hits, s->offers), share(s->hits, s->labels), share(s->dates, s->hits));
		if (i < LANG_MAX_) all = (struct score){all.lines + s->lines, all.labels + s->labels, all.offers + s->offers, all.hits + s->hits, all.dates + s->dates};
	}
	assert_true(all.lines >= 200);
	assert_true(share(all.hits, all.offers) >= precision && share(all.hits, all.labels) >= recall && share(all.dates, all.hits) >= dates);
}

static void test_tuned(void **state) {
	(void)state;
	half("tuned", getenv("WORDS_TELL") != NULL, 0.97, 0.97, 0.97);
}

static void test_held(void **state) {
	(void)state;
	half("held", false, 0.93, 0.91, 0.95);
}

/* ---- edges */

static void reads(const char *text, const char *now, const char *zone, const char *expected) {
	struct str got = labels_of(found(str_c(text), LANG_EN, now, zone), zone);
	if (!str_is(got, expected)) fail_msg("%s (%s, %s): got \"" STR_FMT "\", expected \"%s\"", text, now, zone, STR_ARG(got), expected);
}

static void at(const char *text, const char *now, const char *expected) {
	struct promise_words_list l = found(str_c(text), LANG_EN, now, "Europe/Berlin");
	if (l.n != 1) fail_msg("%s: %zu offers", text, l.n);
	struct str got = time_rfc3339(&mem, l.v[0].at);
	if (!str_is(got, expected)) fail_msg("%s: got \"" STR_FMT "\", expected \"%s\"", text, STR_ARG(got), expected);
}

static void test_clock_changes(void **state) {
	(void)state;
	at("We will call you tomorrow noon.", "2026-10-24T08:00:00Z", "2026-10-25T11:00:00Z");
	at("We will call you within 24 hours.", "2026-10-24T08:00:00Z", "2026-10-25T08:00:00Z");
	at("We will send it by tomorrow.", "2026-10-24T08:00:00Z", "2026-10-25T22:59:59Z");
	at("We will send it by tomorrow.", "2026-03-28T08:00:00Z", "2026-03-29T21:59:59Z");
	at("I'll ring you tomorrow at 2:30 am.", "2026-03-28T08:00:00Z", "2026-03-29T01:30:00Z");    /* an hour that is left out */
	at("Wir melden uns in einer Woche.", "2026-10-20T08:00:00Z", "2026-10-27T22:59:59Z");
	reads("We will send it today.", "2026-11-18T23:30:00Z", "Europe/Berlin", "F 2026-11-19");
	reads("We will send it today.", "2026-11-18T23:30:00Z", "America/New_York", "F 2026-11-18");
	reads("We will send it this morning.", "2026-11-18T14:30:00Z", "Europe/Berlin", "F 2026-11-18");
	reads("Der Techniker kommt am Freitag zwischen 8 und 12 Uhr.", "2026-11-18T09:00:00Z", "Europe/Berlin", "F 2026-11-20T12:00");
	reads("We will send it by 5 pm.", "2026-11-18T16:30:00Z", "Europe/Berlin", "F 2026-11-19T17:00");
}

static void test_calendar(void **state) {
	(void)state;
	static const struct { const char *text, *now, *expected; } cases[] = {
		{"We will send it by January 5.", "2026-12-30T09:00:00Z", "F 2027-01-05"},
		{"We will send it by December 30.", "2026-12-30T09:00:00Z", "F 2026-12-30"},
		{"We will send it by December 29.", "2026-12-30T09:00:00Z", "F"},
		{"We will send it by the end of next month.", "2026-12-30T09:00:00Z", "F 2027-01-31"},
		{"We will send it next Monday.", "2026-12-31T09:00:00Z", "F 2027-01-04"},
		{"We will send it by the end of the year.", "2026-12-31T09:00:00Z", "F 2026-12-31"},
		{"We will send it by Friday.", "2026-11-20T09:00:00Z", "F 2026-11-27"},
		{"Wir schicken es bis Ende der Woche.", "2026-11-20T09:00:00Z", "F 2026-11-20"},
		{"Wir schicken es bis Ende der Woche.", "2026-11-22T09:00:00Z", "F 2026-11-22"},
		{"We will send it in a month.", "2027-01-31T09:00:00Z", "F 2027-02-28"},
		{"We will send it by the 31st.", "2026-11-18T09:00:00Z", "F 2026-12-31"},
		{"We will send it by February 29.", "2027-12-18T09:00:00Z", "F 2028-02-29"},
		{"We will send it to the address that you gave us on 3 November.", "2026-11-18T09:00:00Z", "F"},
		{"We will refund €12.10 on Monday 30/11.", "2026-11-18T09:00:00Z", "F 2026-11-30"},
		{"Wir erstatten 12.10 EUR bis Freitag.", "2026-11-18T09:00:00Z", "F 2026-11-20"},
		{"We will call you tomorrow at 3.", "2026-11-18T09:00:00Z", "F 2026-11-19T15:00"},
		{"We will send it within 2.5 weeks.", "2026-11-18T09:00:00Z", "F"},
		{"Wir schicken es bis 31.02.", "2026-11-18T09:00:00Z", "F"},
		{"We will send it by 3 May 2020.", "2026-11-18T09:00:00Z", "F"},
		{"We will send it by 3 May 2120.", "2026-11-18T09:00:00Z", "F"},
		{"We will send it within 99999999999999999999 days.", "2026-11-18T09:00:00Z", "F"},
		{"We will send it within 0 days.", "2026-11-18T09:00:00Z", "F"},
		{"We will send it within five days of receipt.", "2026-11-18T09:00:00Z", "F"},
		{"Wir schicken es in den nächsten Tagen.", "2026-11-18T09:00:00Z", "F"},
		{"We will correct the invoice of 3 May by Friday.", "2026-11-18T09:00:00Z", "F 2026-11-20"},
		{"Wir schicken es bis 03.05.", "2026-11-18T09:00:00Z", "F 2027-05-03"},
		{"We will send it by 05/03.", "2026-11-18T09:00:00Z", "F 2027-03-05"},
		{"We will send it by 05/13.", "2026-11-18T09:00:00Z", "F 2027-05-13"},
		{"We will send it within 999 working days.", "2026-11-18T09:00:00Z", "F 999b"},
		{"We will send it within 1000 working days.", "2026-11-18T09:00:00Z", "F"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) reads(cases[i].text, cases[i].now, "Europe/Berlin", cases[i].expected);
	reads("We will send it by 05/03.", "2026-11-18T09:00:00Z", "America/New_York", "F 2027-05-03");
}

static void same(const char *text, size_t from, size_t to, const char *expected) {
	if (!str_is(str_n(text + from, to - from), expected)) fail_msg("got \"%.*s\", expected \"%s\"", (int)(to - from), text + from, expected);
}

static void test_spans(void **state) {
	(void)state;
	static const char text[] = "Hello,\n\n- **We will** send the *form* by\n  __Friday, 27 November__.\n- Grüße! Wir rufen Sie am 3. Mai an, ca. mittags. Danke";
	struct promise_words_list l = found(str_c(text), LANG_DE, "2026-11-18T09:00:00Z", "Europe/Berlin");
	assert_int_equal(l.n, 2);
	same(text, l.v[0].from, l.v[0].to, "We will** send the *form* by\n  __Friday, 27 November__.");
	same(text, l.v[0].said_from, l.v[0].said_to, "Friday, 27 November");
	same(text, l.v[1].from, l.v[1].to, "Wir rufen Sie am 3. Mai an, ca. mittags.");
	same(text, l.v[1].said_from, l.v[1].said_to, "3. Mai");
	assert_true(l.v[0].lang == LANG_EN && l.v[1].lang == LANG_DE);
	static const char timed[] = "I’ll call you on Friday at 3 pm.";
	l = found(str_c(timed), LANG_EN, "2026-11-18T09:00:00Z", "Europe/Berlin");
	assert_int_equal(l.n, 1);
	same(timed, l.v[0].said_from, l.v[0].said_to, "Friday at 3 pm");
	assert_int_equal(found(STR(""), LANG_EN, "2026-11-18T09:00:00Z", "UTC").n, 0);
	assert_int_equal(found(STR_NONE, LANG_EN, "2026-11-18T09:00:00Z", "UTC").n, 0);
}

/* 64 KiB of one piece again and again: bounded memory, and time in proportion (the bound is generous: it is some 100 ms). */
static void test_rubbish(void **state) {
	(void)state;
	static const char *const pieces[] = {"a ", "we will ", "by ", "please send ", "1", "1.", "1/1/", "10:30 ", "> a\n", "\n", "\xff", "\xc3", "ä", ".", "We will send it by Friday. ",
		"bis zum 3. ", "in den nächsten 2 ", "und wir ", "between 1 am and ", "e.g. ", "we the we our will "};
	enum { BYTES = PROMISE_WORDS_TEXT_MAX + 100 };
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct arena_mark m = arena_mark(&mem);
		char *text = arena_alloc(&mem, BYTES);
		size_t n = strlen(pieces[i]);
		for (size_t at_byte = 0; at_byte < BYTES; at_byte++) text[at_byte] = pieces[i][at_byte % n];
		clock_t begin = clock();
		size_t before = mem.kept;
		struct promise_words_list l = found(str_n(text, BYTES), LANG_DE, "2026-11-18T09:00:00Z", "Europe/Berlin");
		double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
		if (seconds > 3) fail_msg("\"%s\" took %.2f s", pieces[i], seconds);
		assert_true(l.n <= PROMISE_WORDS_MAX && mem.kept - before < 1 << 20);
		for (size_t o = 0; o < l.n; o++) assert_true(l.v[o].from < l.v[o].to && l.v[o].to <= PROMISE_WORDS_TEXT_MAX);
		arena_reset(&mem, m);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_tuned), cmocka_unit_test(test_held), cmocka_unit_test(test_clock_changes),
		cmocka_unit_test(test_calendar), cmocka_unit_test(test_spans), cmocka_unit_test(test_rubbish)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
