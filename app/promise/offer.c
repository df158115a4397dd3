/* What words promise, as the form that writes it down takes it: offered while they are written, behind sending them, and in the form made from them. */
#include "access/access.h"
#include "promise/promise_int.h"
#include "promise/words.h"
#include "routes.h"
#include "text/date.h"
#include "text/markdown.h"
#include "text/url.h"
#include <inttypes.h>

enum { OFFER_CHARS = 200, MADE_MOST = 200 };

/* When it is due on the firm's clock; at 0: nobody said. Business days end with that day, as the firm's calendar has them. */
static enum err due_of(struct req *q, const struct promise_words *w, usec_t said_at, usec_t *ret_at, bool *ret_day) {
	struct hours h;
	*ret_at = w->at;
	*ret_day = w->due != PROMISE_WORDS_MOMENT;
	if (w->due != PROMISE_WORDS_BUSINESS_DAYS) return OK;
	TRY(firm_hours(q->db, q->a, &h));
	if (!hours_due(&h, said_at, w->business_days, ret_at)) *ret_at = 0;
	return OK;
}

static void say_due(struct req *q, usec_t at, bool to_the_day, struct promise_offer *o) {
	const struct zone *z = promise_zone(q);
	struct local_time l = zone_local(z, at);
	o->day = date_of_time(q->a, z, at);
	if (!to_the_day) o->clock = str_fmt(q->a, "%02d:%02d", l.hour, l.minute);
	o->by = promise_by(q, at, to_the_day);
}

static struct promise_offer no_offer(struct req *q) {
	return (struct promise_offer){.direction = STR("ours"), .text = STR(""), .day = STR(""), .clock = STR(""), .said = STR(""), .by = STR(""),
		.url = url_path(q->a, "/expectations/new"), .today = date_of_time(q->a, promise_zone(q), q->locale.now)};
}

/* One that was found in the words. */
static enum err offer_of(struct req *q, struct str words, const struct promise_words *w, bool ours, usec_t said_at, struct promise_offer *ret) {
	usec_t at;
	bool to_the_day;
	TRY(due_of(q, w, said_at, &at, &to_the_day));
	ret->found = true;
	if ((w->who == PROMISE_WORDS_FIRM) != ours) ret->direction = STR("theirs");
	ret->text = markdown_text(q->a, str_n(words.p + w->from, w->to - w->from), OFFER_CHARS);
	if (at <= q->locale.now) return OK;    /* nobody said, or it is over */
	ret->said = str_first(str_n(words.p + w->said_from, w->said_to - w->said_from), SAID_MOST);
	say_due(q, at, to_the_day, ret);
	return OK;
}

enum err promise_understood(struct req *q, struct str words, bool ours, usec_t said_at, struct promise_offer *ret) {
	struct promise_words_list l;
	*ret = no_offer(q);
	promise_words_find(q->a, words, q->locale.lang, said_at, promise_zone(q), &l);
	if (l.n == 0) return OK;
	const struct promise_words *w = &l.v[0];
	for (size_t i = 0; i < l.n && w->due == PROMISE_WORDS_NO_DATE; i++) w = &l.v[i];    /* one with a date, if there is one */
	return offer_of(q, words, w, ours, said_at, ret);
}

static bool is_made(const struct text_list *made, struct str text) {
	for (size_t i = 0; i < made->n; i++)
		if (str_eq(made->v[i], text)) return true;
	return false;
}

enum err promise_in_text(struct req *q, struct brand_text_id text, struct str words, usec_t said_at, struct promise_offer_list *ret) {
	struct promise_words_list l;
	struct text_list made;
	TRY(sql_promise_texts_of(q->db, q->a, text, MADE_MOST, &made));
	promise_words_find(q->a, words, q->locale.lang, said_at, promise_zone(q), &l);
	*ret = (struct promise_offer_list){.v = NEW_ARRAY(q->a, struct promise_offer, l.n)};
	for (size_t i = 0; i < l.n; i++) {
		struct promise_offer *o = &ret->v[ret->n];
		*o = no_offer(q);
		TRY(offer_of(q, words, &l.v[i], true, said_at, o));
		if (str_is(o->direction, "ours") && !is_made(&made, o->text)) ret->n++;    /* what it asks of everybody nobody has promised */
	}
	return OK;
}

/* The form that writes it down, filled in. */
static void link_form(struct req *q, struct promise_offer *o) {
	const struct { const char *name; struct str value; } fields[] = {
		{"direction", o->direction}, {"text", o->text}, {"day", o->day}, {"clock", o->clock}, {"said", o->said}};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (!str_empty(fields[i].value)) o->url = url_with(q->a, o->url, fields[i].name, fields[i].value);
}

/* What the actor's words promise. To customers their own promises are offered, where they are at home. */
static enum err offered(struct req *q, struct str words, usec_t said_at, struct conversation_id conversation, struct promise_offer *ret) {
	bool own;
	TRY(promise_understood(q, words, q->actor.is_staff, said_at, ret));
	if (q->actor.is_staff || !ret->found) return OK;
	TRY(promise_is_own(q, conversation, &own));
	ret->found = own && str_is(ret->direction, "theirs");
	return OK;
}

static enum err offer(struct req *q, struct str words, struct conversation_id conversation, struct person_id person, struct promise_offer *ret) {
	TRY(offered(q, words, q->locale.now, conversation, ret));
	if (!ret->found) return OK;
	TRY(promise_with(q, conversation, person, &ret->known, &ret->among));
	if (conversation.v != 0) ret->url = url_path(q->a, "/expectations/new?conversation_id=%" PRId64, conversation.v);
	else if (person.v != 0) ret->url = url_path(q->a, "/expectations/new?person_id=%" PRId64, person.v);
	link_form(q, ret);
	return OK;
}

/* For the composer. */
enum err promise_offers(struct req *q, const struct promise_offers_in *in, struct promise_offer *ret) {
	struct object o = {.thing = THING_EXPECTATION, .owner = q->actor.id, .visibility = q->actor.is_staff ? SEEN_STAFF : SEEN_PRIVATE};
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	return offer(q, str_none(in->q) ? STR("") : in->q, in->conversation_id, in->person_id, ret);
}

enum err promise_draft_offer(struct req *q, struct str words, struct conversation_id conversation, struct person_id person, const struct promise_ticked *t,
	struct promise_offer *ret) {
	*ret = (struct promise_offer){0};
	if (q->actor.id.v == 0 || str_empty(words)) return OK;
	TRY(offer(q, words, conversation, person, ret));
	ret->ticked = ret->found && !str_none(t->text) && str_eq(t->text, ret->text);
	if (!ret->ticked) return OK;
	if (!str_none(t->day)) ret->day = t->day;
	if (!str_none(t->clock)) ret->clock = t->clock;
	return OK;
}

enum err promise_then(struct req *q, struct url back, struct message_id said, const struct promise_ticked *t, struct url *ret) {
	struct promise_offer o;
	*ret = back;
	if (!str_none(t->day)) return OK;
	TRY(promise_after(q, said, &o));
	if (!o.found) return OK;
	struct str rest = back.s, page = str_cut(&rest, '#');
	*ret = url_path(q->a, STR_FMT "?said=%" PRId64 "#offered", STR_ARG(page), said.v);
	return OK;
}

enum err promise_after(struct req *q, struct message_id said, struct promise_offer *ret) {
	struct promise_words_row w;
	int64_t made;
	bool found;
	*ret = (struct promise_offer){0};
	if (said.v == 0 || q->actor.id.v == 0) return OK;
	TRY(sql_promise_words(q->db, q->a, said, q->actor.id, q->actor.is_staff, &w, &found));
	if (!found || w.author_id.v != q->actor.id.v || q->locale.now - w.created_at > DAYS(1)) return OK;
	TRY(sql_promise_made_of(q->db, said, &made));
	if (made > 0) return OK;
	TRY(offered(q, w.body, w.created_at, w.conversation_id, ret));
	ret->found = ret->found && !str_empty(ret->day);
	if (!ret->found) return OK;
	TRY(promise_with(q, w.conversation_id, (struct person_id){0}, &ret->known, &ret->among));
	ret->message = said;
	ret->url = url_path(q->a, "/expectations/new?message_id=%" PRId64, said.v);
	return OK;
}
