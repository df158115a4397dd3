/* Not now: what somebody puts off leaves their list until then, or until somebody else says or does something about it. */
#include "text/date.h"
#include "today/today_int.h"
#include <inttypes.h>

enum { DAYS_MOST = 366 };

static usec_t day_begin(const struct zone *z, int64_t day) {
	int y, m, d;
	days_civil(day, &y, &m, &d);
	return zone_moment(z, y, m, d, 0, 0, 0);
}

enum err snooze_until(struct req *q, struct str until, struct str day, usec_t *ret) {
	const struct hours *h = &q->business->open;
	struct local_time l = zone_local(h->zone, q->locale.now);
	int64_t today = days_of(l.year, l.month, l.day), then = today + 1;
	usec_t open;
	if (str_is(until, "next_week")) then = today + 1 + (7 - l.weekday) % 7;      /* its Monday */
	else if (!str_is(until, "tomorrow")) {
		if (str_none(day) || !date_days(str_trim(day), &then)) return req_invalid(q, "day", T("This is not a day."));
		if (then <= today) return req_invalid(q, "day", T("Please choose a day that is still to come."));
		if (then > today + DAYS_MOST) return req_invalid(q, "day", T("This is too far away."));
	}
	*ret = day_begin(h->zone, then);
	bool named = !str_is(until, "tomorrow") && !str_is(until, "next_week");
	if (!hours_next(h, *ret, &open) || (named && open >= day_begin(h->zone, then + 1))) return OK;   /* that day is meant, also when we are closed */
	*ret = open;
	return OK;
}

static enum err tell(struct req *q, const char *verb, int64_t id, struct str kind, int64_t object, usec_t until) {
	struct str at = until ? str_fmt(q->a, ",\"until\":\"" STR_FMT "\"", STR_ARG(time_rfc3339(q->a, until))) : STR("");
	return req_event(q, verb, "snooze", id, NULL, 0, AUDIENCE_STAFF,
		str_fmt(q->a, "{\"kind\":\"" STR_FMT "\",\"id\":%" PRId64 STR_FMT "}", STR_ARG(kind), object, STR_ARG(at)));
}

enum err snooze_set(struct req *q, struct str kind, int64_t id, usec_t until) {
	int64_t row;
	usec_t now = clock_now();
	TRY(sql_snooze_forget(q->db, q->actor.id, now, NULL));
	TRY(sql_snooze_put(q->db, q->actor.id, kind, id, until, now, &row));
	return tell(q, "create", row, kind, id, until);
}

enum err snooze_end(struct req *q, struct str kind, int64_t id) {
	struct int_list rows;
	TRY(sql_snooze_of(q->db, q->a, q->actor.id, kind, id, 1, &rows));
	if (rows.n == 0) return OK;
	TRY(sql_snooze_drop(q->db, rows.v[0]));
	return tell(q, "delete", rows.v[0], kind, id, 0);
}
