/* Writing to somebody, or asking several so that none knows of the others: each gets a conversation of their own, and the question
 * knows them all. */
#include "access/policy.h"
#include "message/message.h"
#include "sql/message.h"
#include "talk/talk.h"
#include <math.h>

enum { SUBJECT_MAX = 200, BODY_MAX = 20000 };

static enum err fault(struct req *q, const char *field, const char *sentence, struct str name) {
	return req_invalid(q, field, tr_fill(q->a, TRQ(q, sentence), "name", str_z(q->a, name), NULL).p);
}

/* Each once. */
static struct int_list distinct(struct arena *a, struct person_id_list to) {
	struct int_list ids = {.v = NEW_ARRAY(a, int64_t, to.n + 1), .n = 0};
	for (size_t i = 0; i < to.n; i++) {
		bool had = false;
		for (size_t k = 0; k < ids.n && !had; k++) had = ids.v[k] == to.v[i].v;
		if (!had) ids.v[ids.n++] = to.v[i].v;
	}
	return ids;
}

static enum err check_one(struct req *q, const struct message_draft *d, const struct message_person *p) {
	struct object o = {.thing = THING_PERSON, .owner = p->id, .hidden = p->disabled,
		.person_kind = str_is(p->kind, "staff") ? PERSON_STAFF : PERSON_CUSTOMER};
	struct str name = str_empty(p->name) ? q->business->name : p->name;
	if (p->id.v == q->actor.id.v) return req_invalid(q, d->field, T("You cannot write to yourself."));
	if (p->disabled) return fault(q, d->field, T("{name} has left, so nobody would read it."), name);
	if (!may(&q->actor, ACT_COMMENT, &o)) return req_invalid(q, d->field, T("There is no such person."));
	return p->reached ? OK : fault(q, d->field, T("{name} has neither a login nor an email address."), name);
}

static enum err check_people(struct req *q, const struct message_draft *d, struct int_list *ret) {
	struct message_person_list people;
	*ret = distinct(q->a, d->to);
	bool one = str_is(d->kind, "direct");
	if (ret->n == 0) return req_invalid(q, d->field, T("Say to whom."));
	if (one && ret->n > 1) return req_invalid(q, d->field, T("A direct message is for one person. To ask several, make it a question to a group."));
	if (ret->n > GROUP_MOST) return req_invalid(q, d->field, T("You can ask at most 500 people at once."));
	TRY(sql_message_people(q->db, q->a, *ret, q->actor.id, q->actor.is_staff, GROUP_MOST, &people));
	enum err e = people.n == ret->n ? OK : req_invalid(q, d->field, T("There is no such person."));
	for (size_t i = 0; i < people.n && e == OK; i++) e = check_one(q, d, &people.v[i]);
	return e;
}

static enum err check(struct req *q, const struct message_draft *d, struct int_list *ret) {
	struct object o = {.thing = str_is(d->kind, "group") ? THING_GROUP : THING_DIRECT, .owner = q->actor.id, .visibility = SEEN_PRIVATE};
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	enum err e = check_people(q, d, ret);
	if (e != OK && e != ERR_INVALID) return e;
	if (str_empty(str_trim(d->subject))) e = req_invalid(q, "subject", T("Please say in a few words what it is about."));
	else if (d->subject.n > SUBJECT_MAX) e = req_invalid(q, "subject", T("This is too long."));
	if (d->body.n > BODY_MAX) e = req_invalid(q, "body", T("This is too long."));
	return e;
}

enum err message_begin(struct req *q, const struct message_draft *d, struct conversation_id *ret) {
	struct int_list to;
	int64_t left;
	TRY(check(q, d, &to));
	struct new_report r = {.kind = d->kind, .visibility = STR("private"), .subject = str_trim(d->subject), .body = str_none(d->body) ? STR("") : d->body, .channel = d->channel,
		.topic = STR(""), .lat = NAN, .lon = NAN, .author = q->actor.id};
	if (str_is(d->kind, "direct")) {
		r.to.v = to.v[0];
		return talk_create(q->db, q->a, &r, ret);
	}
	TRY(talk_create(q->db, q->a, &r, ret));
	for (size_t i = 0; i < to.n; i++) TRY(sql_message_waiting_add(q->db, *ret, (struct person_id){to.v[i]}, NULL));
	TRY(message_slice(q->db, q->a, *ret, &left));
	return left == 0 ? OK : job_add(q->db, "group_ask", str_fmt(q->a, "{\"conversation\":%lld}", (long long)ret->v), 0);
}
