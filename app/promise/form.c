/* Writing a promise down, in one action from what was said; moving it on; giving it to a colleague. */
#include "promise/promise_int.h"
#include "record/record.h"
#include "routes.h"
#include "text/date.h"
#include "text/markdown.h"
#include "text/url.h"
#include <inttypes.h>

enum { QUOTE_CHARS = 400, TEXT_CHARS = 200, ALONG_MOST = 1000 };

static struct str given(struct str s) { return str_none(s) ? STR("") : s; }

const struct zone *promise_zone(const struct req *q) {
	const struct zone *z = zone_find(q->business->zone);
	return z == NULL ? q->locale.zone : z;
}

/* ------------------------------------------------------------------- where it was said */

/* What a promise is made from, as far as the actor may see it; and what follows from it. */
struct source {
	struct promise_words_row words;      /* id 0: no message */
	struct promise_talk_row talk;
	struct promise_call_row call;
	struct record_row record;
	struct promise_brand_row brand;      /* id 0: not said to everybody */
	struct person_id person;             /* whom it is with */
};

static bool is_among(struct str kind) {
	return str_is(kind, "direct") || str_is(kind, "group") || str_is(kind, "room") || str_is(kind, "deal");
}

static enum err read_words(struct req *q, struct message_id id, struct source *s) {
	bool found;
	if (id.v == 0) return OK;
	TRY(sql_promise_words(q->db, q->a, id, q->actor.id, q->actor.is_staff, &s->words, &found));
	if (!found) return req_invalid(q, "message_id", T("There is no such message."));
	const struct promise_words_row *w = &s->words;
	s->talk = (struct promise_talk_row){.id = w->conversation_id, .subject = w->subject, .visibility = w->visibility, .kind = w->talk_kind, .record_id = w->record_id};
	if (w->author_id.v != 0 && !w->is_ours) s->person = w->author_id;
	return OK;
}

static enum err read_talk(struct req *q, struct conversation_id id, struct source *s) {
	struct person_id who;
	bool found;
	if (id.v != 0 && s->talk.id.v == 0) {
		TRY(sql_promise_talk(q->db, q->a, id, q->actor.id, q->actor.is_staff, &s->talk, &found));
		if (!found) return req_invalid(q, "conversation_id", T("There is no such conversation."));
	}
	if (s->talk.id.v == 0 || s->person.v != 0) return OK;
	TRY(sql_promise_customer(q->db, s->talk.id, &who, &found));
	if (found) s->person = who;
	return OK;
}

static enum err read_call(struct req *q, struct call_id id, struct source *s) {
	bool found;
	if (id.v == 0) return OK;
	TRY(sql_promise_call(q->db, q->a, id, q->actor.id, q->actor.is_staff, &s->call, &found));
	if (!found) return req_invalid(q, "call_id", T("There is no such call."));
	if (s->person.v == 0) s->person = s->call.person_id;
	return OK;
}

static enum err read_record(struct req *q, struct record_id id, struct source *s) {
	struct person_id who;
	bool found;
	if (id.v == 0) id = s->talk.record_id.v ? s->talk.record_id : s->call.record_id;
	if (id.v == 0) return OK;
	enum err e = record_seen(q, id, &s->record);
	if (e == ERR_NOT_FOUND) return req_invalid(q, "record_id", T("There is no such record."));
	TRY(e);
	if (s->person.v != 0) return OK;
	TRY(sql_promise_holder(q->db, id, &who, &found));
	if (found) s->person = who;
	return OK;
}

/* Words for everybody are with nobody of their own. */
static enum err read_brand(struct req *q, struct brand_text_id id, struct source *s) {
	bool found;
	if (id.v == 0) return OK;
	TRY(sql_promise_brand(q->db, q->a, id, &s->brand, &found));
	return found && s->talk.id.v == 0 && s->call.id.v == 0 && s->record.id.v == 0 ? OK : req_invalid(q, "brand_text_id", T("There is no such text."));
}

struct from {
	struct message_id message;
	struct conversation_id conversation;
	struct call_id call;
	struct record_id record;
	struct brand_text_id brand_text;
};

static enum err read_source(struct req *q, const struct from *f, struct source *ret) {
	*ret = (struct source){0};
	TRY(read_words(q, f->message, ret));
	TRY(read_talk(q, f->conversation, ret));
	TRY(read_call(q, f->call, ret));
	TRY(read_record(q, f->record, ret));
	return read_brand(q, f->brand_text, ret);
}

/* Everyone reads what is said in public; what is for the team alone is not for both sides either, unless somebody says so. */
static bool may_public(const struct source *s) { return str_is(s->talk.visibility, "public") || str_is(s->talk.visibility, "members"); }

static struct str usual_audience(const struct source *s) {
	if (s->brand.id.v != 0) return STR("public");
	if (str_is(s->words.kind, "answer") && may_public(s)) return STR("public");
	return str_is(s->words.kind, "note") || str_is(s->talk.visibility, "staff") ? STR("team") : STR("both");
}

/* ---------------------------------------------------------------------------- the form */

static struct object object_of(const struct req *q) {
	return (struct object){.thing = THING_EXPECTATION, .owner = q->actor.id, .visibility = q->actor.is_staff ? SEEN_STAFF : SEEN_PRIVATE};
}

enum err promise_is_own(struct req *q, struct conversation_id conversation, bool *ret) {
	int64_t n;
	TRY(sql_promise_sits(q->db, conversation, q->actor.id, &n));
	*ret = n > 0;
	return OK;
}

/* Customers say what they promise in words of their own, where they are at home. errors DENIED */
static enum err own_source(struct req *q, const struct source *s) {
	bool own = true;
	if (q->actor.is_staff) return OK;
	if (s->talk.id.v != 0) TRY(promise_is_own(q, s->talk.id, &own));
	bool others = s->words.message_id.v != 0 && s->words.author_id.v != q->actor.id.v;
	return own && !others ? OK : req_fail(q, ERR_DENIED, T("You promise in your own words. What we promise, one of us writes down."), NULL);
}

static struct str words_said(const struct source *s) {
	if (s->words.message_id.v != 0) return s->words.body;
	return s->call.id.v != 0 ? given(s->call.agreed) : STR("");
}

static void fill_back(struct req *q, const struct from *f, const struct source *s, struct promise_form_page *ret) {
	ret->about = STR("");
	ret->back = url_path(q->a, "/expectations");
	if (s->talk.id.v != 0) {
		ret->about = s->talk.subject;
		ret->back = url_path(q->a, "/conversations/%" PRId64, s->talk.id.v);
		if (f->message.v != 0) ret->back = url_path(q->a, "/conversations/%" PRId64 "#m%" PRId64, s->talk.id.v, f->message.v);
	} else if (s->call.id.v != 0) {
		ret->about = str_c(TRQ(q, T("A telephone call")));
		ret->back = url_path(q->a, "/calls/%" PRId64, s->call.id.v);
	} else if (s->record.id.v != 0) {
		ret->about = record_called(q, &s->record);
		ret->back = url_path(q->a, "/records/%" PRId64, s->record.id.v);
	} else if (s->brand.id.v != 0) {
		ret->about = s->brand.title;
		ret->back = url_path(q->a, "/brand/%" PRId64, s->brand.id.v);
	} else if (ret->person.v != 0) {
		ret->about = ret->name;
		ret->back = url_path(q->a, "/people/%" PRId64, ret->person.v);
	}
}

/* What was said fills the form in, as far as it reads like a promise. */
static enum err understand(struct req *q, const struct source *s, struct promise_form_page *ret) {
	struct promise_offer o;
	bool message = s->words.message_id.v != 0;
	TRY(promise_understood(q, words_said(s), !message || s->words.is_ours, message ? s->words.created_at : q->locale.now, &o));
	if (!o.found) return OK;
	ret->direction = o.direction;
	ret->text = o.text;
	ret->day = o.day;
	ret->clock = o.clock;
	ret->said = o.said;
	return OK;
}

/* Who speaks for the firm promises to everybody. */
static struct object new_object(const struct req *q, struct brand_text_id text) {
	return text.v != 0 ? (struct object){.thing = THING_PUBLIC_PROMISE, .visibility = SEEN_STAFF} : object_of(q);
}

enum err promise_form(struct req *q, const struct promise_form_in *in, struct promise_form_page *ret) {
	struct from f = {in->message_id, in->conversation_id, in->call_id, in->record_id, in->brand_text_id};
	struct source s;
	struct promise_person_row who;
	struct object o = new_object(q, f.brand_text);
	bool found = false;
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	enum err e = read_source(q, &f, &s);
	if (e == ERR_INVALID) return ERR_NOT_FOUND;
	TRY(e);
	TRY(own_source(q, &s));
	struct person_id person = !q->actor.is_staff ? q->actor.id : in->person_id.v ? in->person_id : s.person;
	if (person.v != 0) TRY(sql_promise_person(q->db, q->a, person, q->actor.id, q->actor.is_staff, &who, &found));
	struct str said = words_said(&s);
	*ret = (struct promise_form_page){.message = f.message, .conversation = f.message.v ? (struct conversation_id){0} : f.conversation, .call = f.call, .record = f.record, .brand_text = f.brand_text,
		.name = STR(""), .who = given(in->who), .quote = markdown_text(q->a, said, QUOTE_CHARS), .direction = str_none(in->direction) ? STR("ours") : in->direction,
		.text = str_none(in->text) ? markdown_text(q->a, said, TEXT_CHARS) : in->text, .day = given(in->day), .clock = given(in->clock), .said = given(in->said),
		.audience = str_none(in->audience) ? usual_audience(&s) : in->audience, .may_public = may_public(&s), .among = is_among(s.talk.kind),
		.today = date_of_time(q->a, promise_zone(q), q->locale.now)};
	if (found && !who.is_ours && q->actor.is_staff) ret->person = who.id, ret->name = who.name;
	q->page.nav = STR("promises");
	fill_back(q, &f, &s, ret);
	if (str_none(in->text) && str_none(in->day)) TRY(understand(q, &s, ret));
	return q->actor.is_staff ? promise_choices(q, in->owner_id.v ? in->owner_id : q->actor.id, &ret->colleagues) : OK;
}

/* ----------------------------------------------------------------------------- by when */

enum err promise_due_read(struct req *q, usec_t at, struct str day, struct str clock, struct promise_due *ret) {
	int64_t days, hour = 0, minute = 0;
	struct str rest = str_trim(given(clock)), first = str_cut(&rest, ':');
	*ret = (struct promise_due){.at = at};
	if (at == 0) {
		if (str_empty(str_trim(given(day)))) return req_invalid(q, "due_at", T("By when?"));
		if (!date_days(str_trim(day), &days)) return req_invalid(q, "due_at", T("This is not a day."));
		ret->to_the_day = str_empty(str_trim(given(clock)));
		if (!ret->to_the_day && !(str_int(first, &hour) && str_int(str_first(rest, 2), &minute) && hour >= 0 && hour < 24 && minute >= 0 && minute < 60))
			return req_invalid(q, "clock", T("This is not a time of day."));
		int y, m, d;
		days_civil(days, &y, &m, &d);
		ret->at = ret->to_the_day ? promise_day_end(promise_zone(q), days) : zone_moment(promise_zone(q), y, m, d, (int)hour, (int)minute, 0);
	}
	if (ret->at <= clock_now()) return req_invalid(q, "due_at", T("This is over already. A promise is about what is to come."));
	return ret->at > clock_now() + DAYS(36525) ? req_invalid(q, "due_at", T("This is too far away.")) : OK;
}

/* ------------------------------------------------------------------------------ making */

static enum err read_owner(struct req *q, struct person_id id) {
	struct promise_person_row owner;
	bool found;
	TRY(sql_promise_person(q->db, q->a, id, q->actor.id, q->actor.is_staff, &owner, &found));
	return found && owner.is_ours ? OK : req_invalid(q, "owner_id", T("Only one of us can see to it."));
}

/* Everybody owes us nothing, and nobody of them is named. */
static enum err read_everybody(struct req *q, const struct promise_make_in *in, struct promise_draft *d) {
	bool named = in->to.v != 0 || in->from.v != 0 || in->person_id.v != 0 || !str_empty(given(in->who));
	d->ours = true;
	if (named || str_is(in->direction, "theirs")) return req_invalid(q, "to", T("What is said to everybody is promised to everybody, by us."));
	if (!str_is(d->audience, "public")) return req_invalid(q, "audience", T("Everybody sees what is promised to everybody."));
	return read_owner(q, d->owner);
}

/* What a customer promises is theirs to us, for both sides to see; who knows them sees to it. errors DENIED */
static enum err read_own_sides(struct req *q, const struct promise_make_in *in, const struct source *s, struct promise_draft *d) {
	struct person_id me = q->actor.id;
	bool other = in->to.v != 0 || in->owner_id.v != 0 || (in->from.v != 0 && in->from.v != me.v) || (in->person_id.v != 0 && in->person_id.v != me.v);
	bool ours = str_is(in->direction, "ours") || !str_empty(given(in->who)) || !(str_none(in->audience) || str_is(in->audience, "both"));
	if (other || ours) return req_fail(q, ERR_DENIED, T("You promise in your own words. What we promise, one of us writes down."), NULL);
	d->ours = false;
	d->person = me;
	d->audience = STR("both");
	return sql_promise_keeper(q->db, me, s->talk.id, &d->owner);
}

/* Whom it is between: one of us, and somebody who is not. */
static enum err read_sides(struct req *q, const struct promise_make_in *in, const struct source *s, struct promise_draft *d) {
	struct promise_person_row who;
	bool found;
	d->ours = in->to.v != 0 || (in->from.v == 0 && !str_is(in->direction, "theirs"));
	d->owner = in->owner_id.v ? in->owner_id : q->actor.id;
	if (s->brand.id.v != 0) return read_everybody(q, in, d);
	d->person = in->to.v ? in->to : in->from.v ? in->from : in->person_id.v ? in->person_id : s->person;
	if (d->person.v == 0 && !str_empty(in->who)) TRY(record_who(q, (struct person_id){0}, in->who, "who", &d->person));
	if (d->person.v == 0) return req_invalid(q, "to", T("With whom is it?"));
	TRY(sql_promise_person(q->db, q->a, d->person, q->actor.id, q->actor.is_staff, &who, &found));
	if (found && who.is_ours && in->to.v != 0 && in->from.v != 0) { /* from a customer to one of us */
		d->owner = in->to;
		d->person = in->from;
		d->ours = false;
		TRY(sql_promise_person(q->db, q->a, d->person, q->actor.id, q->actor.is_staff, &who, &found));
	}
	if (!found) return req_invalid(q, "to", T("There is no such person."));
	if (who.is_ours) return req_invalid(q, "to", T("Promises are between us and a customer, a partner or a supplier."));
	return read_owner(q, d->owner);
}

static enum err read_text(struct req *q, const struct promise_make_in *in, const struct source *s, struct promise_draft *d) {
	d->text = str_trim(given(in->text));
	d->said = str_trim(given(in->said));
	d->audience = str_none(in->audience) ? usual_audience(s) : in->audience;
	if (str_empty(d->text)) req_invalid(q, "text", T("Please say what is promised."));
	if (d->text.n > TEXT_MOST || d->said.n > SAID_MOST) req_invalid(q, d->text.n > TEXT_MOST ? "text" : "said", T("This is too long."));
	if (str_is(d->audience, "public") && !may_public(s) && s->brand.id.v == 0)
		req_invalid(q, "audience", T("Only what is promised in a conversation that everyone reads can be for everyone."));
	return q->errors.n > 0 ? ERR_INVALID : OK;
}

static enum err make(struct req *q, const struct promise_make_in *in, struct expectation_id *ret) {
	struct from f = {in->message_id, in->conversation_id, in->call_id, in->record_id, in->brand_text_id};
	struct source s;
	struct promise_due due;
	struct object o = new_object(q, f.brand_text);
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	TRY(read_source(q, &f, &s));
	TRY(own_source(q, &s));
	struct promise_draft d = {.conversation = s.talk.id, .message = f.message, .call = f.call, .record = s.record.id, .brand_text = s.brand.id, .by = q->actor.id};
	enum err text = read_text(q, in, &s, &d), when = promise_due_read(q, in->due_at, in->day, in->clock, &due);
	TRY(q->actor.is_staff ? read_sides(q, in, &s, &d) : read_own_sides(q, in, &s, &d));
	TRY(text);
	TRY(when);
	d.due_at = due.at;
	d.to_the_day = due.to_the_day;
	return promise_keep(q->db, q->a, &d, ret);
}

enum err promise_make(struct req *q, const struct promise_make_in *in, struct promise_view *ret) {
	struct promise_row row;
	struct expectation_id id;
	TRY(make(q, in, &id));
	TRY(promise_seen(q, id, &row));
	*ret = promise_view_of(q, &row);
	if (!q->api && row.brand_text_id.v != 0) req_redirect(q, url_path(q->a, "/brand/%" PRId64, row.brand_text_id.v));
	req_say(q, row.brand_text_id.v != 0 ? T("It is promised. Everybody reads it, and how it goes.") : T("It is written down. Everybody who has to know sees it."));
	return OK;
}

enum err promise_tick(struct req *q, const struct promise_ticked *t, struct message_id said, struct call_id call) {
	struct expectation_id id;
	if (str_empty(given(t->text))) return OK;
	return make(q, &(struct promise_make_in){.message_id = said, .call_id = call, .direction = t->direction, .text = t->text, .day = t->day, .clock = t->clock,
		.said = t->said, .audience = STR_NONE, .who = STR_NONE}, &id);
}

enum err promise_place(struct req *q, struct promise_place *place) {
	struct source s;
	TRY(read_source(q, &(struct from){.message = place->message, .conversation = place->conversation, .call = place->call, .record = place->record}, &s));
	place->conversation = s.talk.id;
	place->record = s.record.id;
	place->person = s.person;
	place->words = words_said(&s);
	place->subject = s.talk.id.v ? s.talk.subject : STR("");
	place->called = s.record.id.v ? record_called(q, &s.record) : STR("");
	return OK;
}

enum err promise_with(struct req *q, struct conversation_id conversation, struct person_id person, bool *ret_known, bool *ret_among) {
	struct source s;
	struct promise_person_row who;
	*ret_known = *ret_among = false;
	enum err e = read_source(q, &(struct from){.conversation = conversation}, &s);
	if (e == ERR_INVALID) return ERR_NOT_FOUND;
	TRY(e);
	*ret_among = is_among(s.talk.kind);
	if (person.v == 0) person = s.person;
	if (person.v == 0) return OK;
	TRY(sql_promise_person(q->db, q->a, person, q->actor.id, q->actor.is_staff, &who, ret_known));
	*ret_known = *ret_known && !who.is_ours;
	return OK;
}

/* --------------------------------------------------------------------------- moving on */

static enum err refuse(struct req *q, const struct promise_state *x, struct str to, unsigned part) {
	bool why, verdict = str_is(to, "kept") || str_is(to, "exceeded");
	if (part == 0 || !promise_may_go(x->state, to, OWES | GETS, &why))
		return req_fail(q, part == 0 ? ERR_DENIED : ERR_CONFLICT, part == 0 ? NULL : T("Its state does not allow that any more. Please look at it again."), NULL);
	if (verdict) return req_fail(q, ERR_DENIED, T("Whether it was kept is for the other side to say. Say that it is done: they are asked."), NULL);
	return req_fail(q, ERR_DENIED, T("That is for whoever promised it to say."), NULL);
}

enum err promise_resolve(struct req *q, const struct promise_resolve_in *in, struct promise_view *ret) {
	struct promise_row row;
	struct promise_state x;
	struct promise_due due = {0};
	bool reason;
	TRY(promise_seen(q, in->id, &row));
	TRY(sql_promise_state_get(q->db, q->a, in->id, &x));
	struct object o = promise_object(x.person_id, x.audience, row.holds);
	if (x.person_id.v == 0 && !q->actor.is_staff) {
		TRY(promise_say(q, &x, in->outcome, str_trim(given(in->note))));
		TRY(promise_seen(q, in->id, &row));
		*ret = promise_view_of(q, &row);
		return OK;
	}
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	unsigned part = promise_part(&q->actor, x.ours, x.person_id, x.audience);
	if (!promise_may_go(x.state, in->outcome, part, &reason)) return refuse(q, &x, in->outcome, part);
	struct promise_step step = {.to = in->outcome, .note = str_trim(given(in->note)), .word = q->actor.id.v == x.person_id.v ? "them" : "us", .said = STR("")};
	if (step.note.n > NOTE_MOST) return req_invalid(q, "note", T("This is too long."));
	if (reason && str_empty(step.note)) req_invalid(q, "note", T("Please say why: the other side reads it."));
	if (str_is(in->outcome, "renegotiated")) {
		TRY(promise_due_read(q, in->due_at, in->day, in->clock, &due));
		step.due_at = due.at;
		step.to_the_day = due.to_the_day;
	}
	if (q->errors.n > 0) return ERR_INVALID;
	TRY(promise_go(q->db, q->a, q->actor.id, &x, &step));
	TRY(promise_seen(q, in->id, &row));
	*ret = promise_view_of(q, &row);
	if (q->actor.id.v == x.person_id.v) req_say(q, T("Thank you. We have heard it."));
	if (!str_none(in->back) && !q->api) req_redirect(q, url_path(q->a, str_is(in->back, "today") ? "/today" : "/expectations"));
	return OK;
}

enum err promise_give(struct req *q, struct expectation_id id, struct person_id owner, struct str note, const char *field) {
	struct promise_row row;
	struct promise_state x;
	struct promise_person_row to;
	bool found;
	struct object o = {.thing = THING_EXPECTATION, .visibility = SEEN_STAFF};
	TRY(promise_seen(q, id, &row));
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	TRY(sql_promise_state_get(q->db, q->a, id, &x));
	if (!promise_is_live(x.state) && !str_is(x.state, "done")) return req_fail(q, ERR_CONFLICT, T("It is over, and counts for whoever saw to it."), NULL);
	TRY(sql_promise_person(q->db, q->a, owner, q->actor.id, q->actor.is_staff, &to, &found));
	if (!found || !to.is_ours) return req_invalid(q, field, T("Only one of us can see to it."));
	if (note.n > NOTE_MOST) return req_invalid(q, "note", T("This is too long."));
	return promise_hand_over(q->db, q->a, q->actor.id, &x, to.id, note);
}

enum err promise_give_along(struct req *q, struct conversation_id id, struct person_id to) {
	struct promise_state_list all;
	struct object o = {.thing = THING_EXPECTATION, .visibility = SEEN_STAFF};
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	TRY(sql_promise_mine_in(q->db, q->a, id, q->actor.id, ALONG_MOST, &all));
	for (size_t i = 0; i < all.n; i++) TRY(promise_hand_over(q->db, q->a, q->actor.id, &all.v[i], to, STR("")));
	return OK;
}

enum err promise_own(struct req *q, const struct promise_own_in *in, struct promise_view *ret) {
	struct promise_row row;
	TRY(promise_give(q, in->id, in->owner_id, STR(""), "owner_id"));
	TRY(promise_seen(q, in->id, &row));
	*ret = promise_view_of(q, &row);
	return OK;
}
