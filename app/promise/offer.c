/* What words promise, as the form that writes it down takes it: offered while they are written, behind sending them, and in the form made from them. */
#include "access/access.h"
#include "promise/promise_int.h"
#include "promise/words.h"
#include "routes.h"
#include "text/date.h"
#include "text/markdown.h"
#include "text/url.h"
#include <inttypes.h>

enum { OFFER_CHARS = 200 };

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

enum err promise_understood(struct req *q, struct str words, bool ours, usec_t said_at, struct promise_offer *ret) {
	struct promise_words_list l;
	usec_t at;
	bool to_the_day;
	*ret = (struct promise_offer){.direction = STR("ours"), .text = STR(""), .day = STR(""), .clock = STR(""), .said = STR(""), .by = STR(""),
		.url = url_path(q->a, "/expectations/new")};
	promise_words_find(q->a, words, q->locale.lang, said_at, promise_zone(q), &l);
	if (l.n == 0) return OK;
	const struct promise_words *w = &l.v[0];
	for (size_t i = 0; i < l.n && w->due == PROMISE_WORDS_NO_DATE; i++) w = &l.v[i];    /* one with a date, if there is one */
	TRY(due_of(q, w, said_at, &at, &to_the_day));
	ret->found = true;
	if ((w->who == PROMISE_WORDS_FIRM) != ours) ret->direction = STR("theirs");
	ret->text = markdown_text(q->a, str_n(words.p + w->from, w->to - w->from), OFFER_CHARS);
	if (at <= q->locale.now) return OK;    /* nobody said, or it is over */
	ret->said = str_first(str_n(words.p + w->said_from, w->said_to - w->said_from), SAID_MOST);
	say_due(q, at, to_the_day, ret);
	return OK;
}

/* For the composer: the form that writes it down, filled in. */
enum err promise_offers(struct req *q, const struct promise_offers_in *in, struct promise_offer *ret) {
	struct object o = {.thing = THING_EXPECTATION, .visibility = SEEN_STAFF};
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	TRY(promise_understood(q, str_none(in->q) ? STR("") : in->q, true, q->locale.now, ret));
	if (in->conversation_id.v != 0) ret->url = url_path(q->a, "/expectations/new?conversation_id=%" PRId64, in->conversation_id.v);
	const struct { const char *name; struct str value; } fields[] = {
		{"direction", ret->direction}, {"text", ret->text}, {"day", ret->day}, {"clock", ret->clock}, {"said", ret->said}};
	for (size_t i = 0; ret->found && i < sizeof fields / sizeof *fields; i++)
		if (!str_empty(fields[i].value)) ret->url = url_with(q->a, ret->url, fields[i].name, fields[i].value);
	return OK;
}

enum err promise_tell(struct req *q, struct str words) {
	struct promise_offer o;
	if (!q->actor.is_staff) return OK;
	TRY(promise_understood(q, words, true, q->locale.now, &o));
	if (o.found && !str_empty(o.by)) req_say(q, str_z(q->a, tr_fill(q->a, TRQ(q, T("Sent. That reads like a promise, {when}. “Promise” below it writes it down.")),
		"when", str_z(q->a, o.by), NULL)));
	return OK;
}
