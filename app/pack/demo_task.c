/* What is to be done in the demo's business. */
#include "pack/demo_int.h"
#include "promise/promise.h"
#include "task/task.h"
#include "text/date.h"

enum err demo_plan_tasks(struct demo *d) {
	const struct json *list = json_member(d->root, "tasks");
	for (size_t i = 0; i < json_length(list); i++) {
		const struct json *what = json_item(list, i);
		struct deed deed = {.kind = DEED_TASK, .what = what, .conversation = DEMO_NOWHERE};
		deed.at = demo_by_day(d, demo_ago(d, demo_real(what, "days_ago", 1)), demo_ago(d, 800));
		TRY(demo_who(d, json_member(what, "by"), &deed.who));
		demo_plan(d, deed);
	}
	return OK;
}

enum err demo_do_task(struct demo *d, const struct deed *deed) {
	struct local_time t = zone_local(d->zone, d->now);
	struct task_draft draft = {.title = demo_text(deed->what, "title"), .words = demo_text(deed->what, "text"), .by = deed->who, .due_at = TASK_NO_DAY,
		.quiet_until = d->now};
	struct task_id id;
	if (json_member(deed->what, "due_in") != NULL)
		draft.due_at = promise_day_end(d->zone, days_of(t.year, t.month, t.day) + demo_int(deed->what, "due_in", 0));
	TRY(demo_who(d, json_member(deed->what, "for"), &draft.owner));
	if (json_member(deed->what, "with") != NULL) TRY(demo_who(d, json_member(deed->what, "with"), &draft.person));
	return task_keep(d->db, d->a, &draft, &id);
}
