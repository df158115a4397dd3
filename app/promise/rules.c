/* What the firm decides about all promises. */
#include "access/access.h"
#include "promise/promise_int.h"
#include "routes.h"
#include "sql/trust.h"
#include <inttypes.h>

enum err promise_rules(struct req *q, const struct promise_rules_in *in, struct promise_rules_page *ret) {
	struct promise_setting s;
	TRY(sql_promise_settings(q->db, &s));
	*ret = (struct promise_rules_page){.remind_hours = in->remind_hours.has ? in->remind_hours.v : s.remind_hours,
		.silence_days = in->silence_days.has ? in->silence_days.v : s.silence_days, .early_percent = in->early_percent.has ? in->early_percent.v : s.early_percent};
	return sql_trust_is_public(q->db, &ret->public_rate);
}

/* What waits for "it was kept" keeps the day that its two sides were told. */
enum err promise_rules_save(struct req *q, const struct promise_rules_save_in *in) {
	usec_t next;
	struct object o = {.thing = THING_SETTINGS};
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	TRY(sql_promise_settings_put(q->db, in->remind_hours, in->silence_days, in->early_percent));
	TRY(sql_promise_due_again(q->db, clock_now(), NULL));
	TRY(sql_promise_next_step(q->db, &next));
	TRY(promise_wake(q->db, next));
	TRY(sql_trust_set_public(q->db, in->public_rate));
	TRY(req_event(q, "update", "business", 1, NULL, 0, AUDIENCE_STAFF, STR("{\"changed\":[\"promises\"]}")));
	TRY(access_audit(q->db, q->actor.id, "promise_rules", "business", 1, STR(""), str_fmt(q->a, "%" PRId64 " h, %" PRId64 " d, %" PRId64 " %%%s", in->remind_hours, in->silence_days,
		in->early_percent, in->public_rate ? ", public" : "")));
	req_say(q, T("Saved."));
	return OK;
}
