/* The way of a request: a table of steps, what follows by itself, and what it comes to. Each step is a row and an event. */
#include "action/action_int.h"
#include "text/date.h"
#include "text/json.h"
#include "text/utf8.h"
#include "webhook/webhook.h"

static const struct step {
	const char *from, *to;
	bool reason;                         /* is needed */
} steps[] = {
	{"requested", "approved", false}, {"requested", "declined", true}, {"requested", "withdrawn", false},
	{"approved", "sent", false}, {"approved", "done", false}, {"approved", "failed", true},
	{"sent", "done", false}, {"sent", "failed", true},
};

bool request_may_go(struct str from, struct str to, bool *ret_reason) {
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (str_is(from, steps[i].from) && str_is(to, steps[i].to)) return *ret_reason = steps[i].reason, true;
	return false;
}

const struct pack_type *request_type(const struct business *b, const struct request_row *r) { return pack_type_find(pack_find(b->pack), r->type); }

const struct pack_action *request_action(const struct business *b, const struct request_row *r) {
	return pack_action_find(request_type(b, r), r->action);
}

/* -------------------------------------------------------------------- one step */

static enum err tell(const struct mover *m, const char *verb, const struct request_row *r, struct str data) {
	struct event e = {.actor = m->actor, .verb = verb, .object_kind = "request", .object_id = r->id.v, .target_kind = "record",
		.target_id = r->record_id.v, .audience = AUDIENCE_PRIVATE, .data = data};
	return event_append(m->db, &e, NULL);
}

static enum err step(const struct mover *m, struct request_row *r, const char *to, struct str note, struct record_id part) {
	bool reason;
	usec_t now = clock_now();
	if (!request_may_go(r->state, str_c(to), &reason) || (reason && str_empty(note))) return ERR_CONFLICT;
	TRY(sql_request_set(m->db, r->id, r->state, str_c(to), note, part, now));
	TRY(sql_request_move_put(m->db, r->id, str_c(to), m->actor, note, now));
	TRY(tell(m, "update", r, str_fmt(m->a, "{\"from\":\"" STR_FMT "\",\"to\":\"%s\"}", STR_ARG(r->state), to)));
	r->state = str_c(to);
	r->note = note;
	if (part.v != 0) r->part_id = part;
	return OK;
}

/* ------------------------------------------------------------- what it comes to */

static struct str value_for(const struct pack_action *act, const struct str *value, struct str name, bool only_set) {
	for (size_t i = 0; i < act->fields; i++)
		if (str_eq(act->field[i].name, name) && (!only_set || act->sets[i])) return value[i];
	return STR_NONE;
}

static struct str today(struct arena *a) {
	int y, mon, d;
	days_civil(clock_now() / DAYS(1), &y, &mon, &d);
	return str_fmt(a, "%04d-%02d-%02d", y, mon, d);
}

static enum err add_part(const struct mover *m, const struct request_row *r, const struct pack_action *act, const struct str *value, struct record_id *ret) {
	const struct pack_type *t = act->add;
	struct str *fields = NEW_ARRAY(m->a, struct str, t->fields);
	for (size_t i = 0; i < t->fields; i++) {
		fields[i] = value_for(act, value, t->field[i].name, false);
		if (str_empty(fields[i]) && &t->field[i] == t->at) fields[i] = today(m->a);
	}
	return record_create(m->db, m->a, m->actor, &(struct record_input){.type = t, .parent = r->record_id, .state = STR_NONE, .value = fields}, ret);
}

static enum err come_true(const struct mover *m, struct request_row *r, const struct pack_action *act, struct record_id *ret_part) {
	const struct pack_type *t = request_type(m->business, r);
	struct str *value, *fields = NEW_ARRAY(m->a, struct str, t->fields);
	bool changed;
	TRY(pack_values_read(m->a, act->field, act->fields, r->fields, &value));
	for (size_t i = 0; i < t->fields; i++) fields[i] = value_for(act, value, t->field[i].name, true);
	struct record_input in = {.type = t, .state = act->state == NULL ? STR_NONE : act->state->name, .value = fields};
	TRY(record_change(m->db, m->a, m->actor, r->record_id, 0, &in, &changed));
	return act->add == NULL ? OK : add_part(m, r, act, value, ret_part);
}

static enum err finish(const struct mover *m, struct request_row *r, struct str note) {
	const struct pack_action *act = request_action(m->business, r);
	struct record_id part = {0};
	if (act == NULL) return step(m, r, "failed", STR("The pack does not have this any more."), part);
	TRY(come_true(m, r, act, &part));
	return step(m, r, "done", note, part);
}

/* --------------------------------------------------------------- the back office */

static struct str message_of(const struct mover *m, const struct request_row *r, const struct pack_action *act, const struct str *value) {
	struct buf b;
	buf_init(&b, 200 * 1024);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "id"), json_put_int(&o, r->id.v);
	json_put_key(&o, "action"), json_put_str(&o, r->action);
	json_put_key(&o, "fields"), json_put_raw(&o, pack_values_json(m->a, act->field, act->fields, value, m->business->currency));
	json_put_key(&o, "record");
	json_put_object(&o);
	json_put_key(&o, "id"), json_put_int(&o, r->record_id.v);
	json_put_key(&o, "type"), json_put_str(&o, r->type);
	json_put_key(&o, "title"), json_put_str(&o, r->title);
	json_put_end(&o);
	json_put_key(&o, "person_id"), json_put_int(&o, r->person_id.v);
	json_put_end(&o);
	struct str s = str_copy(m->a, buf_str(&b));
	buf_done(&b);
	return s;
}

/* Without a program that wants to know, the request waits on the desk until somebody of the team says what came of it. */
static enum err carry_out(const struct mover *m, struct request_row *r) {
	const struct pack_action *act = request_action(m->business, r);
	struct str *value;
	int64_t told;
	if (act == NULL || !act->back_office) return finish(m, r, STR(""));
	TRY(pack_values_read(m->a, act->field, act->fields, r->fields, &value));
	TRY(webhook_send(m->db, m->a, "request", "request.sent", "request", r->id.v, message_of(m, r, act, value), &told));
	return step(m, r, "sent", STR(""), (struct record_id){0});
}

enum err request_go(const struct mover *m, struct request_row *r, struct str to, struct str note) {
	static const char *const others[] = {"declined", "withdrawn", "failed"};
	bool reason;
	if (!request_may_go(r->state, to, &reason)) return ERR_CONFLICT;
	if (str_is(to, "done")) return finish(m, r, note);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (str_is(to, others[i])) return step(m, r, others[i], note, (struct record_id){0});
	if (!str_is(to, "approved")) return ERR_CONFLICT; /* it is sent by itself only */
	TRY(step(m, r, "approved", note, (struct record_id){0}));
	return carry_out(m, r);
}

/* ---------------------------------------------------------------------- making */

enum err request_make(struct req *q, const struct asked *k, struct str key, bool proved, struct request_id *ret) {
	struct mover m = {.db = q->db, .a = q->a, .business = q->business, .actor = q->actor.id};
	struct record_id root = k->row.root_id.v ? k->row.root_id : k->row.id;
	struct request_row r;
	bool found;
	TRY(sql_request_by_key(q->db, q->actor.id, key, ret, &found));
	if (found) return OK;
	struct str fields = pack_values_keep(q->a, k->act->field, k->act->fields, k->value);
	if (str_none(fields)) return ERR_TOO_LARGE;
	usec_t now = clock_now();
	TRY(sql_request_put(q->db, k->row.id, root, k->act->name, q->actor.id, k->role != ROLE_CUSTOMER, key, fields, k->amount, proved, now, ret));
	TRY(sql_request_get(q->db, q->a, *ret, q->actor.id, q->actor.is_staff, &r));
	TRY(sql_request_move_put(q->db, *ret, STR("requested"), q->actor.id, STR(""), now));
	TRY(tell(&m, "create", &r, str_fmt(q->a, "{\"action\":\"" STR_FMT "\"}", STR_ARG(r.action))));
	return pack_approves(k->act, k->role, k->amount) ? request_go(&m, &r, STR("approved"), STR("")) : OK;
}

/* ------------------------------------------------------------- what was answered */

bool action_wants(const struct event *e) {
	return strcmp(e->object_kind, "delivery") == 0 && e->target_kind != NULL && strcmp(e->target_kind, "request") == 0;
}

enum { NOTE_BYTES = 1000 };

/* {"outcome": "done" or "failed", "note": …}; anything else, and the request waits for a later word. */
static bool read_answer(struct arena *a, struct str answer, struct str *ret_to, struct str *ret_note) {
	JSON_DOC(doc);
	struct str to, note = STR("");
	if (json_parse(&doc, answer, NULL) != OK || !json_get_str(json_member(doc.root, "outcome"), &to)) return false;
	json_get_str(json_member(doc.root, "note"), &note);
	*ret_to = str_is(to, "done") ? STR("done") : STR("failed");
	*ret_note = utf8_fit(utf8_lines(a, note), NOTE_BYTES);
	if (str_empty(*ret_note) && str_is(*ret_to, "failed")) *ret_note = STR("–");
	return str_is(to, "done") || str_is(to, "failed");
}

static enum err heard(struct db *db, struct arena *a, const struct event *e) {
	struct str answer, to, note;
	struct business b;
	struct request_row r;
	bool found, reason;
	TRY(webhook_answer(db, a, (struct delivery_id){e->object_id}, &answer, &found));
	if (!found || !read_answer(a, answer, &to, &note)) return OK;
	enum err err = sql_request_get(db, a, (struct request_id){e->target_id}, (struct person_id){0}, true, &r);
	if (err == ERR_NOT_FOUND) return OK;
	TRY(err);
	if (!request_may_go(r.state, to, &reason)) return OK; /* another program was faster, or the team */
	TRY(business_read(db, a, &b));
	return request_go(&(struct mover){.db = db, .a = a, .business = &b}, &r, to, note);
}

enum err action_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	(void)ctx;
	for (size_t i = 0; i < n; i++)
		if (action_wants(&e[i])) TRY(heard(db, a, &e[i]));
	return OK;
}
