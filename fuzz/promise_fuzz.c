/* Promises in what is written: every offer lies in the text, in order, with its date's words within it; its day is one and lies ahead; the
 * same text gives the same offers. */
#include "base/check.h"
#include "promise/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check(struct str text, const struct promise_words *o, size_t from, usec_t now) {
	PRE(o->from >= from && o->from < o->to && o->to <= text.n);
	bool said = o->said_to > 0;
	PRE(said == (o->due != PROMISE_WORDS_NO_DATE));
	if (said) PRE(o->said_from >= o->from && o->said_from < o->said_to && o->said_to <= o->to);
	bool day = o->due == PROMISE_WORDS_DAY || o->due == PROMISE_WORDS_MOMENT;
	PRE(day == !str_none(o->day) && day == (o->at != 0));
	if (day) PRE(date_valid(o->day) && o->at > now - DAYS(1) && o->at < now + DAYS(3670));
	PRE((o->due == PROMISE_WORDS_BUSINESS_DAYS) == (o->business_days > 0) && o->business_days <= 999);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kolkata", "UTC"};
	struct arena a = {0};
	struct str text = str_n((const char *)p, n);
	usec_t now = SECONDS(1790000000) + DAYS((int64_t)(n % 400)) + HOURS((int64_t)(n % 24));
	const struct zone *z = zone_find(str_c(zones[n % (sizeof zones / sizeof *zones)]));
	if (z == NULL) z = zone_utc();
	struct promise_words_list l, again;
	promise_words_find(&a, text, n % 2 ? LANG_EN : LANG_DE, now, z, &l);
	promise_words_find(&a, text, n % 2 ? LANG_EN : LANG_DE, now, z, &again);
	PRE(l.n <= PROMISE_WORDS_MAX && l.n == again.n);
	for (size_t i = 0; i < l.n; i++) check(text, &l.v[i], i > 0 ? l.v[i - 1].from : 0, now);
	arena_done(&a);
	return 0;
}
