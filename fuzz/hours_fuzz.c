/* Working hours: what is read is written and read back the same; whatever the calendar, adding and counting agree and nothing goes back. The first
 * line is the week, the second the words of yearly days, the rest are holidays. */
#include "base/check.h"
#include "text/hours.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void lines_lead_back(struct arena *a, struct str lines) {
	while (!str_none(lines)) {
		struct holiday h, again;
		if (!holiday_read(str_cut(&lines, '\n'), &h)) continue;
		struct str text = holiday_text(a, &h);
		PRE(holiday_read(text, &again) && str_eq(again.name, h.name) && again.rule == h.rule && str_eq(holiday_text(a, &again), text));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"};
	struct arena a = {0};
	struct str rest = str_n((const char *)p, n), week = str_cut(&rest, '\n'), yearly = str_none(rest) ? rest : str_cut(&rest, '\n');
	const struct zone *z = zone_find(str_c(zones[n % (sizeof zones / sizeof *zones)]));
	struct hours h, again;
	usec_t t = SECONDS(1774700000 + (int64_t)n * 3331), work = MINUTES(1 + (int64_t)week.n * 97), moment, next;
	hours_load(&a, z != NULL ? z : zone_utc(), week, rest, yearly, &h);
	hours_load(&a, h.zone, hours_week_text(&a, h.week), rest, yearly, &again);
	PRE(memcmp(h.week, again.week, sizeof h.week) == 0);
	lines_lead_back(&a, rest);
	if (hours_add(&h, t, work, &moment)) PRE(hours_between(&h, t, moment) == work && hours_between(&h, t, moment - 1) == work - 1);
	if (hours_next(&h, t, &next)) PRE(next >= t && hours_open(&h, next) && hours_between(&h, t, next) == 0);
	if (hours_close(&h, t, &moment)) PRE(moment >= t && !hours_open(&h, moment));
	if (hours_due(&h, t, 0, &moment)) PRE(moment > t);
	arena_done(&a);
	return 0;
}
