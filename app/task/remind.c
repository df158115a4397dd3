/* On the morning of its day a task's owner is reminded, once. The row says when, and the reminder is an event of the transaction that takes that out of it: a restart at
 * any moment neither forgets nor doubles one. */
#include "access/access.h"
#include "task/task_int.h"
#include "text/date.h"

enum { AT_ONCE = 200, DAYS_BACK = 14 };

static usec_t day_begin(const struct zone *z, int64_t day) {
	int y, m, d;
	days_civil(day, &y, &m, &d);
	return zone_moment(z, y, m, d, 0, 0, 0);
}

/* When the firm opens on that day. */
static bool opens_on(const struct hours *open, int64_t day, usec_t *ret) {
	return hours_next(open, day_begin(open->zone, day), ret) && *ret < day_begin(open->zone, day + 1);
}

usec_t task_tell_at(const struct hours *open, usec_t due_at, usec_t now) {
	usec_t at;
	if (due_at == TASK_NO_DAY) return 0;
	struct local_time l = zone_local(open->zone, due_at);
	int64_t day = days_of(l.year, l.month, l.day);
	for (int64_t back = 0; back < DAYS_BACK; back++)
		if (opens_on(open, day - back, &at)) return at > now ? at : 0;
	at = day_begin(open->zone, day);     /* a firm that never opens works by the clock */
	return at > now ? at : 0;
}

enum err task_wake(struct db *db, usec_t tell_at) {
	int64_t queued;
	if (tell_at == 0) return OK;
	TRY(sql_task_queued(db, tell_at, &queued));
	return queued > 0 ? OK : job_add(db, "tasks", STR("{}"), tell_at);
}

struct round {
	struct arena *a;
	bool all;                /* ret: nothing is left for now */
};

static enum err some(struct db *db, void *arg) {
	struct round *r = arg;
	struct task_state_list due;
	usec_t next;
	TRY(sql_task_due(db, r->a, clock_now(), AT_ONCE, &due));
	struct int_list ids = {.v = NEW_ARRAY(r->a, int64_t, due.n + 1)};
	for (size_t i = 0; i < due.n; i++) {
		struct event e = {.verb = "announce", .object_kind = "task", .object_id = due.v[i].id.v, .audience = AUDIENCE_STAFF, .data = STR("{\"step\":\"due\"}")};
		ids.v[ids.n++] = due.v[i].id.v;
		TRY(event_append(db, &e, NULL));
	}
	if (due.n > 0) TRY(sql_task_told(db, ids, NULL));
	r->all = due.n < AT_ONCE;
	if (!r->all) return OK;
	TRY(sql_task_next(db, &next));
	return task_wake(db, next);
}

enum err task_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx, struct str *ret_why) {
	const struct hub *hub = ctx;
	(void)db, (void)data, (void)tries;
	for (struct round r = {.a = a}; !r.all;) {
		struct arena_mark before = arena_mark(a);
		if (hub != NULL && hub_is_stopping(hub)) {
			*ret_why = STR("the server stops");
			return ERR_CONFLICT;
		}
		TRY(store_write(s, some, &r));
		arena_reset(a, before);
	}
	return OK;
}

static enum err wake(struct db *db, void *arg) {
	usec_t next;
	(void)arg;
	TRY(sql_task_next(db, &next));
	return task_wake(db, next);
}

enum err task_begin(struct store *s) { return store_write(s, wake, NULL); }
