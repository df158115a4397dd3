/* Messages: from an event, or from whoever has more to say than an event; and the tries to deliver them. */
#include "base/clock.h"
#include "crypto/seal.h"
#include "text/date.h"
#include "text/json.h"
#include "webhook/webhook_int.h"

enum { HOOKS_MOST = 50, BODY_MAX = 256 * 1024, GONE = 410 };
#define RETRY_FIRST SECONDS(10)

/* ------------------------------------------------------------------- messages */

enum err webhook_queue(struct db *tx, struct arena *a, struct delivery_id id) {
	return job_add(tx, "webhook", str_fmt(a, "{\"delivery\":%lld}", (long long)id.v), 0);
}

static struct str body_of(struct arena *a, const char *type, usec_t at, struct str data) {
	struct buf b;
	buf_init(&b, BODY_MAX);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "type"), json_put_c(&o, type);
	json_put_key(&o, "timestamp"), json_put_str(&o, time_rfc3339(a, at));
	json_put_key(&o, "data"), json_put_raw(&o, data);
	json_put_end(&o);
	struct str s = b.over ? STR_NONE : str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

enum err webhook_send(struct db *tx, struct arena *a, const char *topic, const char *type, const char *kind, int64_t id, struct str data,
	int64_t *ret_n) {
	struct webhook_id_list hooks;
	usec_t now = clock_now();
	TRY(sql_webhook_wanting(tx, a, str_fmt(a, " %s ", topic), HOOKS_MOST, &hooks));
	*ret_n = (int64_t)hooks.n;
	if (hooks.n == 0) return OK;
	struct str body = body_of(a, type, now, data);
	if (str_none(body)) return ERR_TOO_LARGE;
	for (size_t i = 0; i < hooks.n; i++) {
		struct delivery_id delivery;
		struct str key = str_fmt(a, "msg_" STR_FMT, STR_ARG(random_id(a)));
		TRY(sql_webhook_delivery_put(tx, hooks.v[i], key, str_c(type), str_c(kind), id, body, now, &delivery));
		TRY(webhook_queue(tx, a, delivery));
	}
	return OK;
}

enum err webhook_answer(struct db *db, struct arena *a, struct delivery_id id, struct str *ret, bool *ret_found) {
	return sql_webhook_delivery_answer(db, a, id, ret, ret_found);
}

/* --------------------------------------------------------------------- events */

/* What people say and what changes, but not who looks or agrees. A request is sent with all that its program needs to know (app/action). */
bool webhook_wants(const struct event *e) {
	static const char *const kinds[] = {"conversation", "message", "person", "record", "expectation", "task"}, *const verbs[] = {"create", "update", "delete", "add", "remove"};
	bool kind = false, verb = false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) kind |= strcmp(e->object_kind, kinds[i]) == 0;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) verb |= strcmp(e->verb, verbs[i]) == 0;
	return kind && verb;
}

static struct str event_data(struct arena *a, const struct event *e) {
	struct buf b;
	buf_init(&b, BODY_MAX);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "seq"), json_put_int(&o, e->seq);
	event_put_thing(&o, "actor", e->actor.v != 0 ? "person" : NULL, e->actor.v);
	event_put_thing(&o, "object", e->object_kind, e->object_id);
	event_put_thing(&o, "target", e->target_kind, e->target_id);
	json_put_key(&o, "changes"), json_put_raw(&o, e->data);
	json_put_end(&o);
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

enum err webhook_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	struct webhook_row_list hooks;
	(void)ctx;
	TRY(sql_webhook_list(db, a, 1, &hooks));
	for (size_t i = 0; hooks.n > 0 && i < n; i++) {
		int64_t told;
		if (!webhook_wants(&e[i])) continue;
		const char *type = str_fmt(a, "%s.%s", e[i].object_kind, e[i].verb).p;
		TRY(webhook_send(db, a, e[i].object_kind, type, e[i].object_kind, e[i].object_id, event_data(a, &e[i]), &told));
	}
	return OK;
}

/* ---------------------------------------------------------------------- tries */

struct outcome {
	struct arena *a;
	const struct webhook_try_row *try;
	const char *state;
	long status;
	struct str answer, why;
	usec_t next_at;
};

static enum err write_outcome(struct db *db, void *arg) {
	const struct outcome *o = arg;
	const struct webhook_try_row *t = o->try;
	usec_t now = clock_now();
	TRY(sql_webhook_try_set(db, t->id, str_c(o->state), t->tries + 1, o->status, o->answer, o->why, o->next_at, now, NULL));
	if (o->status == GONE) TRY(sql_webhook_end(db, t->webhook_id, now, NULL));
	if (strcmp(o->state, "waiting") == 0) return OK;
	struct event e = {.verb = "update", .object_kind = "delivery", .object_id = t->id.v, .target_kind = str_z(o->a, t->object_kind),
		.target_id = t->object_id, .audience = AUDIENCE_STAFF, .data = str_fmt(o->a, "{\"state\":\"%s\"}", o->state)};
	return event_append(db, &e, NULL);
}

static enum err read_id(struct str data, struct delivery_id *ret) {
	JSON_DOC(doc);
	TRY(json_parse(&doc, data, NULL));
	return json_get_int(json_member(doc.root, "delivery"), &ret->v) ? OK : ERR_BUG;
}

enum err webhook_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx, struct str *ret_why) {
	const struct webhook_ctx *c = ctx;
	struct webhook_try_row t;
	struct delivery_id id;
	bool found;
	TRY(read_id(data, &id));
	TRY(sql_webhook_try_get(db, a, id, &t, &found));
	if (!found || !str_is(t.state, "waiting")) return OK;
	struct post p = {.url = t.url, .key = t.key, .body = t.body, .inside = t.inside, .why = STR(""), .answer = STR("")};
	if (t.ended_at != 0) p.status = GONE, p.why = STR("It said that it is gone.");
	else if (secret_unseal(a, c->key, "webhook", t.secret, &p.secret) != OK)
		p.why = STR("The secret cannot be read with this home's key. Please remove the program and add it anew.");
	else webhook_post(a, &p);
	bool taken = p.status >= 200 && p.status < 300, last = tries >= WEBHOOK_TRIES || p.status == GONE;
	struct outcome o = {.a = a, .try = &t, .state = taken ? "delivered" : last ? "failed" : "waiting", .status = p.status, .answer = p.answer, .why = p.why};
	if (!taken && !last) o.next_at = clock_now() + (RETRY_FIRST << (tries < 12 ? tries - 1 : 11)); /* as the hub will do it */
	TRY(store_write(s, write_outcome, &o));
	*ret_why = p.why;
	return taken || last ? OK : ERR_BUSY;
}
