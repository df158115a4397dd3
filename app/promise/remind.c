/* What comes by itself: reminders before and after it is due, each told once; silence that says "kept"; what was done after a miss; and whoever was not given what was
 * promised has their thread open again. A step is taken in the transaction that tells the log of it, and the row says which comes next, so a
 * restart at any moment neither forgets nor doubles one. */
#include "promise/promise_int.h"
#include "talk/talk.h"
#include "text/json.h"

enum { AT_ONCE = 200 };

#define TEAM_AFTER DAYS(1)
#define CHIEF_AFTER DAYS(3)

static const struct follows {
	const char *step, *next;
	usec_t after_due;
} follows[] = {{"soon", "due", 0}, {"due", "team", TEAM_AFTER}, {"team", "chief", CHIEF_AFTER}, {"chief", "", 0}};

/* Nobody said that it was not: it counts as kept, or as better than promised when enough of its time was saved. */
static enum err fall_silent(struct db *db, struct arena *a, const struct promise_state *x) {
	struct promise_setting s;
	TRY(sql_promise_settings(db, &s));
	bool early = promise_early(x->made_at, x->first_due_at, x->done_at, s.early_percent);
	struct promise_step step = {.to = early ? STR("exceeded") : STR("kept"), .note = STR(""), .word = "silence"};
	return promise_go(db, a, (struct person_id){0}, x, &step);
}

static enum err take(struct db *db, struct arena *a, const struct promise_state *x) {
	if (str_is(x->step, "silence")) return fall_silent(db, a, x);
	for (size_t i = 0; i < sizeof follows / sizeof *follows; i++) {
		if (!str_is(x->step, follows[i].step)) continue;
		bool last = *follows[i].next == 0;
		TRY(sql_promise_stepped(db, x->id, x->step, str_c(follows[i].next), last ? 0 : x->due_at + follows[i].after_due));
		return promise_event(db, (struct person_id){0}, "announce", x, AUDIENCE_STAFF, str_fmt(a, "{\"step\":\"" STR_FMT "\"}", STR_ARG(x->step)));
	}
	return sql_promise_stepped(db, x->id, x->step, STR(""), 0);
}

struct round {
	struct arena *a;
	bool all;                /* ret: nothing is left for now */
};

static enum err some(struct db *db, void *arg) {
	struct round *r = arg;
	struct promise_state_list due;
	usec_t next;
	TRY(sql_promise_steps(db, r->a, clock_now(), AT_ONCE, &due));
	for (size_t i = 0; i < due.n; i++) TRY(take(db, r->a, &due.v[i]));
	TRY(trust_look_after(db, r->a, AT_ONCE, &r->all));
	r->all = r->all && due.n < AT_ONCE;
	if (!r->all) return OK;
	TRY(sql_promise_next_step(db, &next));
	return promise_wake(db, next);
}

enum err promise_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx, struct str *ret_why) {
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
	TRY(sql_promise_next_step(db, &next));
	return promise_wake(db, next);
}

enum err promise_begin(struct store *s) { return store_write(s, wake, NULL); }

/* ------------------------------------------------------------- "it was not kept" */

bool promise_wants(const struct event *e) { return strcmp(e->object_kind, "expectation") == 0 && strcmp(e->verb, "update") == 0; }

/* What is settled is open again, without words: those of a verdict are for both sides, and a thread may have more readers. */
static enum err reopen(struct db *db, struct arena *a, const struct event *e) {
	static const char *const settled[] = {"done", "not_done", "closed"};
	struct promise_state x;
	struct message_id said;
	struct str to, word;
	bool is_settled = false;
	JSON_DOC(doc);
	if (json_parse(&doc, e->data, NULL) != OK || !json_get_str(json_member(doc.root, "to"), &to) || !json_get_str(json_member(doc.root, "word"), &word)) return OK;
	if (!str_is(to, "missed") || !str_is(word, "them")) return OK;
	enum err err = sql_promise_state_get(db, a, (struct expectation_id){e->object_id}, &x);
	if (err == ERR_NOT_FOUND) return OK;
	TRY(err);
	for (size_t i = 0; i < sizeof settled / sizeof *settled; i++) is_settled |= str_is(x.talk_status, settled[i]);
	if (!is_settled || talk_is_among(x.talk_kind)) return OK;
	struct new_message m = {.conversation = x.conversation_id, .kind = STR("status"), .status = STR("in_work"), .author = e->actor};
	err = talk_say(db, a, &m, &said);
	return err == ERR_CONFLICT ? OK : err;
}

enum err promise_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	(void)ctx;
	for (size_t i = 0; i < n; i++)
		if (promise_wants(&e[i])) TRY(reopen(db, a, &e[i]));
	return OK;
}
