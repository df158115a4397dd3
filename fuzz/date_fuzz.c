/* Dates: a moment that is read is written and read back the same; every zone's clock leads back to the moment;
 * formats never crash. */
#include "base/check.h"
#include "text/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kolkata", "UTC"};
	struct arena a = {0};
	struct str rest = str_n((const char *)p, n), day, format = str_cut(&rest, '\n'), text = str_none(rest) ? format :
		rest;
	usec_t t, again;
	const struct zone *z = zone_find(str_c(zones[n % (sizeof zones / sizeof *zones)]));
	if (z == NULL) z = zone_utc();
	if (time_parse(text, &t)) {
		struct str said = time_rfc3339(&a, t);
		if (said.n <= 27 && said.p[0] != '-') PRE(time_parse(said, &again) && again == t);
		struct local_time l = zone_local(z, t);
		usec_t back = zone_moment(z, l.year, l.month, l.day, l.hour, l.minute, l.second);
		PRE(zone_local(z, back).hour == l.hour && zone_local(z, back).day == l.day && zone_local(z,
			back).minute == l.minute);
		struct locale locale = {.lang = LANG_DE, .zone = z, .now = SECONDS(1700000000)};
		say_when(&a, &locale, t);
		say_ago(&a, &locale, t);
	}
	if (date_valid(text)) PRE(date_valid(date_add_months(&a, text, (int)n)) || text.p[0] == '9');
	date_format_valid(format);
	if (format.n < 64 && date_read(&a, text, format, &day)) PRE(date_valid(day));
	if (format.n < 64) time_read(text, format, z, &t);
	zone_find(text);
	arena_done(&a);
	return 0;
}
