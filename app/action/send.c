/* Sending what was confirmed. The password is looked at on a worker; all else that counts is checked in the moment in which it is written. */
#include "action/action_int.h"
#include "crypto/token.h"
#include "routes.h"

struct sending {
	struct req *q;
	struct asked *asked;
	struct str key;
	bool proved;
	struct request_view *ret;
};

static enum err look_again(struct req *q, struct asked *k) {
	int64_t was = k->row.version;
	TRY(asked_find(q, k));
	return k->row.version == was ? asked_check(q, k) : ERR_CONFLICT;
}

static enum err make(struct sending *s) {
	struct request_id id;
	struct request_row r;
	TRY(look_again(s->q, s->asked));
	TRY(request_make(s->q, s->asked, s->key, s->proved, &id));
	TRY(sql_request_get(s->q->db, s->q->a, id, s->q->actor.id, s->q->actor.is_staff, &r));
	return request_view_of(s->q, &r, s->ret);
}

/* The worker waits meanwhile, so the request is the writer's. */
static enum err on_writer(struct db *db, void *arg) {
	struct sending *s = arg;
	struct db *reading = s->q->db;
	s->q->db = db;
	enum err e = make(s);
	s->q->db = reading;
	return e;
}

/* The same form again: what it made the first time. */
static enum err made_before(struct sending *s, bool *ret_found) {
	struct request_id id;
	struct request_row r;
	TRY(sql_request_by_key(s->q->db, s->q->actor.id, s->key, &id, ret_found));
	if (!*ret_found) return OK;
	TRY(sql_request_get(s->q->db, s->q->a, id, s->q->actor.id, s->q->actor.is_staff, &r));
	if (r.record_id.v != s->asked->id.v || !str_eq(r.action, s->asked->name)) return ERR_CONFLICT;
	return request_view_of(s->q, &r, s->ret);
}

enum err action_send(struct req *q, const struct action_send_in *in, struct request_view *ret) {
	struct asked k = {.id = in->id, .name = in->name, .field_name = in->field_name, .field_value = in->field_value,
		.json = q->api && str_none(in->fields) && in->field_name.n == 0 ? STR("{}") : in->fields, .version = in->version};
	struct sending s = {.q = q, .asked = &k, .key = str_empty(in->key) ? random_id(q->a) : in->key, .ret = ret};
	bool found;
	TRY(asked_find(q, &k));
	TRY(made_before(&s, &found));
	if (found) return OK;
	TRY(asked_check(q, &k));
	if (k.act->proof) TRY(access_prove(q, "password", in->password));
	s.proved = k.act->proof;
	TRY(req_write(q, on_writer, &s));
	req_say(q, T("It is with us. This is your receipt."));
	return OK;
}
