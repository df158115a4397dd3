/* What comes by itself: reminders before and after it is due, each told once; silence that says "kept"; what was done after a miss; and whoever was not given what was
 * promised has their thread open again. A step is taken in the transaction that tells the log of it, and the row says which comes next, so a
 * restart at any moment neither forgets nor doubles one. */
#include "promise/promise_int.h"
#include "talk/talk.h"
#include "text/json.h"

enum { AT_ONCE = 200 };

static const struct follows {
	const char *step, *next;
} follows[] = {{"soon", "due"}, {"due", "team"}, {"team", "chief"}, {"chief", ""}};

/* Nobody said that it was not: it counts as kept, or as better than promised when enough of its time was saved. Of what was promised to everybody the many
 * who said a word decide. */
static enum err fall_silent(struct db *db, struct arena *a, const struct promise_state *x) {
	struct promise_setting s;
	TRY(sql_promise_settings(db, &s));
	struct verdict_count_row many;
	TRY(sql_verdict_counts(db, x->id, &many));
	struct str word = promise_majority(many.kept, many.exceeded, many.missed);
	bool early = promise_early(x->made_at, x->first_due_at, x->done_at, s.early_percent), none = str_none(word);
	struct promise_step step = {.to = !none ? word : early ? STR("exceeded") : STR("kept"), .note = STR(""), .word = none ? "silence" : "them"};
	return promise_go(db, a, (struct person_id){0}, x, &step);
}

/* What is done with one whose time has come. */
struct turn {
	const char *next;
	usec_t at;               /* when that comes; 0: never */
	bool tells;              /* else it is too early, by the hours that the firm has by now */
};

static struct turn turn_of(const struct promise_clock *c, const struct promise_state *x, usec_t now) {
	usec_t here = promise_step_at(c, x, x->step, now);
	for (size_t i = 0; i < sizeof follows / sizeof *follows; i++) {
		if (!str_is(x->step, follows[i].step)) continue;
		if (here > now) return (struct turn){follows[i].step, here, false};
		return (struct turn){follows[i].next, *follows[i].next ? promise_step_at(c, x, str_c(follows[i].next), now) : 0, true};
	}
	return (struct turn){"", 0, false};
}

static bool same_turn(struct turn a, struct turn b) { return strcmp(a.next, b.next) == 0 && a.at == b.at && a.tells == b.tells; }

/* Those from the first on that go the same way, as all that are due on one day do: one statement for all, and an event for each. */
static enum err take(struct db *db, struct arena *a, const struct promise_clock *c, const struct promise_state *x, size_t n, size_t *ret_n) {
	usec_t now = clock_now();
	struct turn turn = turn_of(c, x, now);
	struct int_list ids = {.n = 0};
	int64_t *id = NEW_ARRAY(a, int64_t, n), moved;
	*ret_n = 1;
	if (str_is(x->step, "silence")) return fall_silent(db, a, x);
	for (; ids.n < n && str_eq(x[ids.n].step, x->step) && same_turn(turn_of(c, &x[ids.n], now), turn); ids.n++) id[ids.n] = x[ids.n].id.v;
	ids.v = id;
	*ret_n = ids.n;
	TRY(sql_promise_stepped(db, ids, x->step, str_c(turn.next), turn.at, &moved));
	if (moved != (int64_t)ids.n) return ERR_CONFLICT;
	struct str data = str_fmt(a, "{\"step\":\"" STR_FMT "\"}", STR_ARG(x->step));
	for (size_t i = 0; turn.tells && i < ids.n; i++) TRY(promise_event(db, (struct person_id){0}, "announce", &x[i], AUDIENCE_STAFF, data));
	return OK;
}

struct round {
	struct arena *a;
	bool all;                /* ret: nothing is left for now */
};

static enum err some(struct db *db, void *arg) {
	struct round *r = arg;
	struct promise_state_list due;
	struct promise_clock c;
	usec_t next;
	TRY(promise_clock_read(db, r->a, &c));
	TRY(sql_promise_steps(db, r->a, clock_now(), AT_ONCE, &due));
	for (size_t i = 0, many; i < due.n; i += many) TRY(take(db, r->a, &c, &due.v[i], due.n - i, &many));
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
