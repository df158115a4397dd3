/* Jobs. A claim says until when a node has a job; it is renewed while the job is being done, so the claim of a node that died ends
 * soon and another takes the job. */
#include "event/hub_int.h"
#include "base/log.h"
#include "sql/event.h"

#define CLAIM MINUTES(2)
#define RENEW SECONDS(30)
#define KEEP_JOBS DAYS(30)
#define RETRY_FIRST SECONDS(10)
#define RETRY_MOST HOURS(6)

struct claim {
	struct arena arena;
	struct job_row job;
	bool found;
	enum err result;
	bool last_try;
	struct str why;
};

static enum err claim_job(struct db *db, void *arg) {
	struct claim *c = arg;
	usec_t now = clock_now();
	arena_clear(&c->arena); /* the writer may try twice */
	return sql_job_claim(db, &c->arena, now, now + CLAIM, &c->job, &c->found);
}

static enum err end_job(struct db *db, void *arg) {
	const struct claim *c = arg;
	usec_t now = clock_now();
	if (c->result == OK) return sql_job_end(db, c->job.id, now);
	if (c->last_try) return sql_job_give_up(db, c->job.id, now, c->why);
	/* 10 s, 20 s, 40 s … up to 6 hours */
	int64_t power = c->job.tries < 12 ? c->job.tries - 1 : 11;
	usec_t wait = RETRY_FIRST << power;
	return sql_job_retry(db, c->job.id, now + (wait < RETRY_MOST ? wait : RETRY_MOST), c->why);
}

static void run(struct hub *h, struct db *db, struct claim *c) {
	const struct worker *w = NULL;
	for (int i = 0; i < h->workers; i++)
		if (str_is(c->job.kind, h->worker[i].kind)) w = &h->worker[i];
	c->result = ERR_BUG;
	c->last_try = true;
	if (w == NULL) {
		c->why = str_fmt(&c->arena, "nobody does jobs of the kind " STR_FMT, STR_ARG(c->job.kind));
	} else if (c->job.tries > w->most_tries) {
		c->why = STR("it was begun as often as it may be and never ended");
	} else {
		c->result = w->fn(h->store, db, &c->arena, c->job.data, (int)c->job.tries, w->ctx, &c->why);
		c->last_try = c->job.tries >= w->most_tries;
	}
	if (c->result == OK) return;
	if (str_empty(c->why)) c->why = str_c(err_word(c->result));
	log_warn("job %lld (" STR_FMT "), try %lld: " STR_FMT, (long long)c->job.id.v, STR_ARG(c->job.kind), (long long)c->job.tries,
	         STR_ARG(c->why));
}

enum err job_do(struct hub *h, struct hand *hand, struct db *db, bool *ret_did) {
	struct claim c = {0};
	enum err e = store_write(h->store, claim_job, &c);
	*ret_did = e == OK && c.found;
	if (*ret_did) {
		hand->job = c.job.id.v;
		run(h, db, &c);
		hand->job = 0;
		e = store_write(h->store, end_job, &c);
		if (c.result == OK) h->jobs_done++;
		else h->jobs_failed++;
	}
	arena_done(&c.arena);
	return e;
}

struct renewal {
	struct job_id id;
};

static enum err renew(struct db *db, void *arg) {
	const struct renewal *r = arg;
	return sql_job_renew(db, r->id, clock_now() + CLAIM, NULL);
}

void jobs_renew(struct hub *h) {
	for (int i = 0; i < HANDS; i++) {
		struct hand *hand = &h->hand[i];
		struct renewal r = {.id = {hand->job}};
		if (r.id.v != hand->renewing) {
			hand->renewing = r.id.v;
			hand->renewed_at = clock_steady();
		} else if (r.id.v != 0 && clock_steady() - hand->renewed_at > RENEW) {
			if (store_write(h->store, renew, &r) == OK) hand->renewed_at = clock_steady();
		}
	}
}

static enum err forget_jobs(struct db *db, void *arg) {
	(void)arg;
	return sql_job_forget(db, clock_now() - KEEP_JOBS, NULL);
}

/* Once an hour, by one hand. */
static enum err tidy(struct hub *h, const struct hand *hand, usec_t *forgot) {
	usec_t now = clock_steady();
	if (hand != &h->hand[0] || now - *forgot < HOURS(1)) return OK;
	enum err e = *forgot == 0 ? OK : store_write(h->store, forget_jobs, NULL);
	*forgot = now;
	return e;
}

void *jobs_run(void *arg) {
	struct hand *hand = arg;
	struct hub *h = hand->hub;
	struct db *db = NULL;
	uint64_t round = 0;
	int wait_ms = 0;
	usec_t forgot = 0;
	while (hub_wait(h, &round, wait_ms)) {
		bool did = true;
		usec_t next = 0;
		enum err e = db == NULL ? store_reader(h->store, &db) : OK;
		if (e == OK) e = sql_job_next(db, &next);
		if (e == OK && next != 0 && next <= clock_now())
			while (e == OK && did && !hub_is_stopping(h)) e = job_do(h, hand, db, &did);
		if (e == OK) e = sql_job_next(db, &next);
		if (e == OK) e = tidy(h, hand, &forgot);
		usec_t wait = next == 0 ? SECONDS(30) : next - clock_now();
		wait = clock_patience(wait);
		wait_ms = wait < 0 ? 100 : wait > SECONDS(30) ? 30000 : (int)(wait / 1000) + 1;
		if (e != OK) wait_ms = 1000;
	}
	db_close(db);
	return NULL;
}
