/* What somebody says we promised them: said by them, taken by one of us (then it is a promise) or refused with a reason. */
#include "access/access.h"
#include "notice/notice.h"
#include "promise/promise_int.h"
#include "record/record.h"
#include "routes.h"
#include "sql/claim.h"
#include "talk/talk.h"
#include "text/date.h"
#include "text/markdown.h"
#include "text/url.h"
#include <inttypes.h>

enum { TOLD_MOST = 200, WAITING_MOST = 20, QUOTE_CHARS = 400, OF_MOST = 12 };
/* So long a no stands on its owner's list. */
#define FRESH DAYS(30)

static const struct step {
	const char *from, *to;
	enum act act;
	bool why;                        /* has to say why */
} steps[] = {
	{"asked", "taken", ACT_ANSWER, false}, {"asked", "refused", ACT_ANSWER, true}, {"asked", "withdrawn", ACT_EDIT, false}};

static const struct step *step_of(struct str from, struct str to) {
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (str_is(from, steps[i].from) && str_is(to, steps[i].to)) return &steps[i];
	return NULL;
}

static struct str given(struct str s) { return str_none(s) ? STR("") : str_trim(s); }

static struct object object_of(struct person_id person) { return (struct object){.thing = THING_CLAIM, .owner = person, .visibility = SEEN_PRIVATE}; }

/* ------------------------------------------------------------------------ as seen */

static void look_of(struct req *q, struct promise_claim_view *v) {
	static const struct { const char *state, *look, *sign, *ours, *theirs; } looks[] = {
		{"asked", "soon", "hourglass", T("They say we promised it"), T("You told us; we look at it")},
		{"taken", "kept", "check", T("We promise it"), T("We promise it")},
		{"refused", "missed", "x", T("We say no"), T("We say no")}, {"withdrawn", "open", "undo", T("Taken back"), T("Taken back")}};
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
		if (!str_is(v->state, looks[i].state)) continue;
		v->look = str_c(looks[i].look);
		v->sign = str_c(looks[i].sign);
		v->word = str_c(TRQ(q, q->actor.is_staff ? looks[i].ours : looks[i].theirs));
	}
}

static struct promise_claim_view view_of(struct req *q, const struct claim_row *r) {
	struct promise_claim_view v = {.id = r->id, .person = {.id = r->person_id, .name = r->person}, .text = r->text, .due_at = r->due_at, .told = r->told,
		.state = r->state, .note = r->note, .message_id = r->message_id, .conversation_id = r->conversation_id, .record_id = r->record_id, .made_at = r->made_at,
		.answered_at = r->answered_at, .answered_by = r->answered_by, .expectation_id = r->expectation_id, .by = r->due_at ? promise_by(q, r->due_at, true) : STR(""),
		.url = url_path(q->a, "/expectations/claims/%" PRId64, r->id.v)};
	look_of(q, &v);
	return v;
}

static void views_of(struct req *q, const struct claim_row_list *rows, size_t most, struct promise_claim_view_list *ret) {
	*ret = (struct promise_claim_view_list){.v = NEW_ARRAY(q->a, struct promise_claim_view, rows->n)};
	for (size_t i = 0; i < rows->n && i < most; i++) ret->v[ret->n++] = view_of(q, &rows->v[i]);
}

enum err promise_claims_of(struct req *q, struct person_id person, struct promise_claim_view_list *ret) {
	struct claim_row_list rows;
	TRY(sql_claim_find(q->db, q->a, person, STR("asked"), 0, (struct claim_id){0}, q->actor.id, q->actor.is_staff, OF_MOST, &rows));
	views_of(q, &rows, OF_MOST, ret);
	return OK;
}

enum err promise_claims_fresh(struct req *q, struct promise_claim_view_list *ret) {
	struct claim_row_list rows;
	TRY(sql_claim_find(q->db, q->a, q->actor.id, STR_NONE, q->locale.now - FRESH, (struct claim_id){0}, q->actor.id, q->actor.is_staff, OF_MOST, &rows));
	views_of(q, &rows, OF_MOST, ret);
	return OK;
}

enum err promise_claims_some(struct req *q, struct int_list ids, struct promise_claim_view_list *ret) {
	struct claim_row_list rows;
	TRY(sql_claim_some(q->db, q->a, ids, q->actor.id, q->actor.is_staff, (int64_t)ids.n, &rows));
	views_of(q, &rows, rows.n, ret);
	return OK;
}

enum err promise_claims_asked(struct req *q, int64_t most, int64_t *ret) { return sql_claim_asked(q->db, (struct person_id){0}, most, ret); }

enum err promise_claims(struct req *q, const struct promise_claims_in *in, struct promise_claims_page *ret) {
	struct claim_row_list rows;
	struct claim_id before = {0};
	struct promise_person_row who;
	bool found = false, all = str_is(in->view, "all");
	*ret = (struct promise_claims_page){.next = STR_NONE, .view = all ? STR("all") : STR("asked"), .whose = STR(""), .more = {STR_NONE}};
	if (!str_none(in->cursor) && (!str_int(in->cursor, &before.v) || before.v <= 0)) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(sql_claim_find(q->db, q->a, in->person_id, all ? STR_NONE : STR("asked"), 0, before, q->actor.id, q->actor.is_staff, in->limit + 1, &rows));
	views_of(q, &rows, (size_t)in->limit, &ret->data);
	if ((int64_t)rows.n > in->limit) ret->next = str_fmt(q->a, "%" PRId64, rows.v[in->limit - 1].id.v);
	if (q->api) return OK;
	q->page.nav = STR("promises");
	if (in->person_id.v != 0) TRY(sql_promise_person(q->db, q->a, in->person_id, q->actor.id, q->actor.is_staff, &who, &found));
	if (found) ret->whose = tr_fill(q->a, TRQ(q, T("Only what is between us and {name}.")), "name", str_z(q->a, who.name), NULL);
	if (str_none(ret->next)) return OK;
	ret->more = url_with(q->a, url_with(q->a, url_path(q->a, "/expectations/claims"), "view", ret->view), "cursor", ret->next);
	if (in->person_id.v != 0) ret->more = url_with(q->a, ret->more, "person_id", str_fmt(q->a, "%" PRId64, in->person_id.v));
	return OK;
}

/* ------------------------------------------------------------------------- saying so */

/* The words of ours that are meant, and what they are about, as far as the actor may see it. */
struct source {
	struct promise_words_row words;      /* message_id 0: none */
	struct record_row record;
};

static enum err read_source(struct req *q, struct message_id message, struct record_id record, struct source *s) {
	bool found;
	*s = (struct source){0};
	if (message.v != 0) {
		TRY(sql_promise_words(q->db, q->a, message, q->actor.id, q->actor.is_staff, &s->words, &found));
		if (!found || !s->words.is_ours) return req_invalid(q, "message_id", T("There is no such message of ours."));
		if (record.v == 0) record = s->words.record_id;
	}
	if (record.v == 0) return OK;
	enum err e = record_seen(q, record, &s->record);
	if (e == ERR_NOT_FOUND) return message.v != 0 ? OK : req_invalid(q, "record_id", T("There is no such record."));
	return e;
}

enum err promise_claim_form(struct req *q, const struct promise_claim_form_in *in, struct promise_claim_form_page *ret) {
	struct object o = object_of(q->actor.id);
	struct source s;
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	enum err e = read_source(q, in->message_id, in->record_id, &s);
	if (e == ERR_INVALID) return ERR_NOT_FOUND;
	TRY(e);
	*ret = (struct promise_claim_form_page){.message = in->message_id, .record = in->record_id, .quote = STR(""), .by = STR(""), .about = STR(""),
		.back = url_path(q->a, "/expectations"), .text = given(in->text), .day = given(in->day), .told = given(in->told)};
	q->page.nav = STR("promises");
	if (s.words.message_id.v != 0) {
		ret->quote = markdown_text(q->a, s.words.body, QUOTE_CHARS);
		ret->by = say_when(q->a, &q->locale, s.words.created_at);
		ret->about = s.words.subject;
		ret->among = talk_is_among(s.words.talk_kind);
		ret->back = url_path(q->a, "/conversations/%" PRId64 "#m%" PRId64, s.words.conversation_id.v, in->message_id.v);
	} else if (s.record.id.v != 0) {
		ret->about = record_called(q, &s.record);
		ret->back = url_path(q->a, "/records/%" PRId64, s.record.id.v);
	}
	return OK;
}

/* A day of the firm's, also one that is over: what was promised by then may be what is missing. */
static enum err read_day(struct req *q, struct str day, usec_t *ret) {
	int64_t days;
	*ret = 0;
	if (str_empty(given(day))) return OK;
	if (!date_days(given(day), &days)) return req_invalid(q, "day", T("This is not a day."));
	*ret = promise_day_end(promise_zone(q), days);
	usec_t away = *ret > clock_now() ? *ret - clock_now() : clock_now() - *ret;
	return away > DAYS(36525) ? req_invalid(q, "day", T("This is too far away.")) : OK;
}

enum err promise_claim_add(struct req *q, const struct promise_claim_add_in *in, struct promise_claim_view *ret) {
	struct object o = object_of(q->actor.id);
	struct source s;
	struct claim_row row;
	struct claim_id id;
	struct person_id owner;
	usec_t due_at;
	int64_t waiting;
	bool found;
	struct str text = given(in->text), told = given(in->told);
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	TRY(read_source(q, in->message_id, in->record_id, &s));
	if (str_empty(text)) req_invalid(q, "text", T("Please say what you were promised."));
	if (text.n > TEXT_MOST) req_invalid(q, "text", T("This is too long."));
	if (told.n > TOLD_MOST) req_invalid(q, "told", T("This is too long."));
	enum err e = read_day(q, in->day, &due_at);
	if (q->errors.n > 0) return ERR_INVALID;
	TRY(e);
	TRY(sql_claim_asked(q->db, q->actor.id, WAITING_MOST, &waiting));
	if (waiting >= WAITING_MOST) return req_fail(q, ERR_CONFLICT, T("So many of them wait for our answer that there is no room for more. Please write to us."), NULL);
	TRY(sql_claim_owner(q->db, q->actor.id, in->message_id, &owner, &found));
	if (!found) owner.v = 0;
	TRY(sql_claim_put(q->db, q->actor.id, text, due_at, told, in->message_id, s.record.id, owner, clock_now(), &id));
	TRY(req_event(q, "create", "claim", id.v, "person", q->actor.id.v, AUDIENCE_PRIVATE, STR("{\"to\":\"asked\"}")));
	TRY(sql_claim_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, &row));
	*ret = view_of(q, &row);
	req_say(q, T("We have heard it. One of us looks at it and answers you here."));
	return OK;
}

/* --------------------------------------------------------------------------- one page */

static void fill_source(struct req *q, const struct claim_row *r, struct promise_claim_page *ret) {
	ret->source = (struct url){STR_NONE};
	ret->subject = str_none(r->subject) ? STR("") : r->subject;
	ret->words = str_none(r->words) ? STR("") : markdown_text(q->a, r->words, QUOTE_CHARS);
	if (r->conversation_id.v != 0) ret->source = url_path(q->a, "/conversations/%" PRId64 "#m%" PRId64, r->conversation_id.v, r->message_id.v);
	ret->called = STR("");
	if (r->record_id.v == 0) return;
	struct record_row row = {.type = r->record_type, .title = r->record_title, .fields = r->record_fields};
	ret->called = record_called(q, &row);
}

enum err promise_claim_show(struct req *q, const struct promise_claim_show_in *in, struct promise_claim_page *ret) {
	struct claim_row r;
	TRY(sql_claim_get(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &r));
	struct object o = object_of(r.person_id);
	TRY(may_or_err(&q->actor, ACT_SEE, &o));
	*ret = (struct promise_claim_page){.claim = view_of(q, &r), .owner = STR("")};
	if (q->api) return OK;
	bool asked = str_is(r.state, "asked"), coming = r.due_at > q->locale.now;
	q->page.nav = STR("promises");
	if (q->actor.notices > 0) notice_seen_thing(q, "claim", r.id.v);
	if (asked && q->actor.is_staff && !str_none(r.owner)) ret->owner = r.owner;
	ret->text = str_none(in->text) ? r.text : in->text;
	ret->day = !str_none(in->day) ? in->day : coming ? date_of_time(q->a, promise_zone(q), r.due_at) : STR("");
	ret->clock = given(in->clock);
	ret->note = given(in->note);
	ret->outcome = given(in->outcome);
	ret->today = date_of_time(q->a, promise_zone(q), q->locale.now);
	ret->may_answer = asked && may(&q->actor, ACT_ANSWER, &o);
	ret->may_withdraw = asked && may(&q->actor, ACT_EDIT, &o);
	fill_source(q, &r, ret);
	return OK;
}

/* -------------------------------------------------------------------------- an answer */

/* It becomes a promise of ours; who takes it sees to it. */
static enum err take(struct req *q, const struct promise_claim_resolve_in *in, const struct claim_state *c, struct expectation_id *ret) {
	struct promise_due due;
	struct str text = str_none(in->text) ? c->text : str_trim(in->text);
	if (str_empty(text)) req_invalid(q, "text", T("Please say what is promised."));
	if (text.n > TEXT_MOST) req_invalid(q, "text", T("This is too long."));
	TRY(promise_due_read(q, in->due_at, in->day, in->clock, &due));
	if (q->errors.n > 0) return ERR_INVALID;
	struct promise_draft d = {.ours = true, .person = c->person_id, .owner = q->actor.id, .text = text, .conversation = c->conversation_id, .message = c->message_id,
		.record = c->record_id, .due_at = due.at, .to_the_day = due.to_the_day, .said = STR(""), .audience = STR("both"), .by = q->actor.id, .note = given(in->note)};
	return promise_keep(q->db, q->a, &d, ret);
}

enum err promise_claim_resolve(struct req *q, const struct promise_claim_resolve_in *in, struct promise_claim_view *ret) {
	struct claim_row row;
	struct claim_state c;
	struct expectation_id made = {0};
	struct str note = given(in->note);
	TRY(sql_claim_get(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &row));
	TRY(sql_claim_state_get(q->db, q->a, in->id, &c));
	struct object o = object_of(c.person_id);
	const struct step *s = step_of(c.state, in->outcome);
	if (s == NULL) return req_fail(q, ERR_CONFLICT, T("It was answered meanwhile. Please look at it again."), NULL);
	TRY(may_or_err(&q->actor, s->act, &o));
	if (note.n > NOTE_MOST) return req_invalid(q, "note", T("This is too long."));
	if (s->why && str_empty(note)) return req_invalid(q, "note", T("Please say why: the other side reads it."));
	if (str_is(in->outcome, "taken")) TRY(take(q, in, &c, &made));
	TRY(sql_claim_set(q->db, c.id, in->outcome, note, q->actor.id, clock_now(), made));
	struct str with = made.v ? str_fmt(q->a, ",\"expectation\":%" PRId64, made.v) : STR("");
	TRY(req_event(q, "update", "claim", c.id.v, "person", c.person_id.v, AUDIENCE_PRIVATE,
		str_fmt(q->a, "{\"from\":\"asked\",\"to\":\"%s\"" STR_FMT "}", s->to, STR_ARG(with))));
	TRY(sql_claim_get(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &row));
	*ret = view_of(q, &row);
	return OK;
}
