/* From time to time: uploads that were never attached are forgotten, and files that nothing points to any more are
 * removed. */
#include "base/log.h"
#include "db/files.h"
#include "sql/sweep.h"
#include "talk/talk.h"

#define UPLOAD_LIVES DAYS(1)
#define SWEEP_EVERY HOURS(1)
#define SWEEP_FIRST MINUTES(1)       /* a server that just started has better things to do */
enum { FILES_AT_ONCE = 10 };         /* the writer serves others in between */

/* Two rounds in the queue become one: whichever ends first sees the other waiting. */
static enum err queue_next(struct db *db, usec_t in) {
	int64_t waits;
	usec_t now = clock_now();
	TRY(sql_sweep_waits(db, now, &waits));
	return waits > 0 ? OK : job_add(db, "sweep", STR("{}"), now + in);
}

static enum err first(struct db *db, void *arg) {
	(void)arg;
	return queue_next(db, SWEEP_FIRST);
}

enum err talk_sweep_begin(struct store *s) { return store_write(s, first, NULL); }

/* Before anything that may fail, so that there is always a next round. */
static enum err next(struct db *db, void *arg) {
	(void)arg;
	return queue_next(db, SWEEP_EVERY);
}

static enum err forget_uploads(struct db *db, void *arg) {
	(void)arg;
	return sql_sweep_uploads(db, clock_now() - UPLOAD_LIVES, NULL);
}

struct dropped {
	struct arena *a;
	size_t n;
};

static enum err drop_files(struct db *db, void *arg) {
	struct dropped *d = arg;
	return file_drop_unused(db, d->a, FILES_AT_ONCE, &d->n);
}

enum err talk_sweep_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx,
	struct str *ret_why) {
	const struct hub *hub = ctx;
	size_t all = 0;
	(void)db, (void)data, (void)tries, (void)ret_why;
	TRY(store_write(s, next, NULL));
	TRY(store_write(s, forget_uploads, NULL));
	for (struct dropped d = {.a = a, .n = FILES_AT_ONCE}; d.n == FILES_AT_ONCE; all += d.n) {
		if (hub != NULL && hub_is_stopping(hub)) break;
		TRY(store_write(s, drop_files, &d));
	}
	if (all > 0) log_info("%zu files that nothing used were removed", all);
	return OK;
}
