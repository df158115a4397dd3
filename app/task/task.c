/* Making a task, changing it, giving it to a colleague, and its way: open, done or dropped, and open again. */
#include "access/access.h"
#include "promise/promise.h"
#include "record/record.h"
#include "routes.h"
#include "task/task_int.h"
#include "text/date.h"
#include "text/markdown.h"
#include "text/url.h"
#include <inttypes.h>

enum { TITLE_MOST = 200, WORDS_MOST = 4000, QUOTE_CHARS = 400, TITLE_CHARS = 120 };

static struct str given(struct str s) { return str_none(s) ? STR("") : s; }

/* ------------------------------------------------------------------------- events */

/* Given: the target is whom; else what it is about, so that it stands in the room of a deal, or whom. */
static enum err tell(struct db *db, struct person_id actor, const char *verb, const struct task_state *t, struct str data) {
	const char *kind = t->record_id.v ? "record" : t->person_id.v ? "person" : NULL;
	int64_t id = t->record_id.v ? t->record_id.v : t->person_id.v;
	struct event e = {.actor = actor, .verb = verb, .object_kind = "task", .object_id = t->id.v, .target_kind = kind, .target_id = id,
		.audience = AUDIENCE_STAFF, .data = data};
	return event_append(db, &e, NULL);
}

static enum err tell_given(struct db *db, struct person_id actor, struct task_id id, struct person_id to) {
	struct event e = {.actor = actor, .verb = "update", .object_kind = "task", .object_id = id.v, .target_kind = "person", .target_id = to.v,
		.audience = AUDIENCE_STAFF, .data = STR("{\"to\":\"given\"}")};
	return event_append(db, &e, NULL);
}

/* ------------------------------------------------------------------------- making */

enum err task_keep(struct db *db, struct arena *a, const struct task_draft *d, struct task_id *ret) {
	struct hours open;
	usec_t now = clock_now();
	TRY(firm_hours(db, a, &open));
	usec_t tell_at = task_tell_at(&open, d->due_at, d->quiet_until > now ? d->quiet_until : now);
	TRY(sql_task_put(db, d->title, d->words, d->owner, d->person, d->record, d->conversation, d->message, d->call, d->due_at, d->by, now, tell_at, ret));
	TRY(task_wake(db, tell_at));
	struct task_state t = {.id = *ret, .record_id = d->record, .person_id = d->person};
	return tell(db, d->by, "create", &t, STR("{}"));
}

/* A day of the firm's, as its name or as a moment of it; none: on no day. was: what it is already, which may be over. errors INVALID */
static enum err read_due(struct req *q, usec_t at, struct str day, usec_t was, usec_t *ret) {
	const struct zone *z = q->business->open.zone;
	struct local_time now = zone_local(z, q->locale.now);
	int64_t days, today = days_of(now.year, now.month, now.day);
	*ret = TASK_NO_DAY;
	if (at == 0 && str_empty(str_trim(given(day)))) return OK;
	if (at != 0) {
		struct local_time l = zone_local(z, at);
		days = days_of(l.year, l.month, l.day);
	} else if (!date_days(str_trim(day), &days)) return req_invalid(q, "day", T("This is not a day."));
	if (days > today + 36525) return req_invalid(q, "day", T("This is too far away."));
	*ret = promise_day_end(z, days);
	return days < today && *ret != was ? req_invalid(q, "day", T("This day is over.")) : OK;
}

static enum err read_texts(struct req *q, struct str title, struct str words) {
	if (str_empty(title)) req_invalid(q, "title", T("Please say what is to be done."));
	if (title.n > TITLE_MOST) req_invalid(q, "title", T("This is too long."));
	if (words.n > WORDS_MOST) req_invalid(q, "text", T("This is too long."));
	return q->errors.n > 0 ? ERR_INVALID : OK;
}

static enum err read_owner(struct req *q, struct person_id owner, const char *field) {
	int64_t ours;
	TRY(sql_task_is_ours(q->db, owner, &ours));
	return ours > 0 ? OK : req_invalid(q, field, T("Only one of us can do it."));
}

static enum err show_one(struct req *q, struct task_id id, struct task_view *ret) {
	struct task_row row;
	TRY(task_seen(q, id, &row));
	*ret = task_view_of(q, &row);
	return OK;
}

enum err task_make(struct req *q, const struct task_make_in *in, struct task_view *ret) {
	struct promise_place from = {.message = in->message_id, .conversation = in->conversation_id, .call = in->call_id, .record = in->record_id};
	struct object o = {.thing = THING_TASK, .visibility = SEEN_STAFF};
	struct task_colleague who;
	struct task_id id;
	bool found = true;
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	TRY(promise_place(q, &from));
	struct task_draft d = {.title = str_trim(given(in->title)), .words = str_trim(given(in->text)), .owner = in->owner_id.v ? in->owner_id : q->actor.id,
		.person = in->person_id.v ? in->person_id : from.person, .by = q->actor.id, .record = from.record, .conversation = from.conversation,
		.message = from.message, .call = from.call};
	enum err texts = read_texts(q, d.title, d.words), due = read_due(q, in->due_at, in->day, 0, &d.due_at);
	TRY(read_owner(q, d.owner, "owner_id"));
	if (d.person.v == 0 && !str_empty(in->who)) TRY(record_who(q, d.person, in->who, "who", &d.person));
	if (d.person.v != 0) TRY(sql_task_person(q->db, q->a, d.person, q->actor.id, q->actor.is_staff, &who, &found));
	if (!found) return req_invalid(q, "person_id", T("There is no such person."));
	TRY(texts);
	TRY(due);
	TRY(task_keep(q->db, q->a, &d, &id));
	req_say(q, d.owner.v == q->actor.id.v ? T("It is noted.") : T("It is noted, and your colleague is told."));
	return show_one(q, id, ret);
}

enum err task_form(struct req *q, const struct task_form_in *in, struct task_form_page *ret) {
	struct promise_place from = {.message = in->message_id, .conversation = in->conversation_id, .call = in->call_id, .record = in->record_id};
	struct object o = {.thing = THING_TASK, .visibility = SEEN_STAFF};
	struct task_colleague who;
	bool found = false;
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	enum err e = promise_place(q, &from);
	if (e == ERR_INVALID) return ERR_NOT_FOUND;
	TRY(e);
	struct person_id person = in->person_id.v ? in->person_id : from.person;
	if (person.v != 0) TRY(sql_task_person(q->db, q->a, person, q->actor.id, q->actor.is_staff, &who, &found));
	*ret = (struct task_form_page){.message = in->message_id, .conversation = in->message_id.v ? (struct conversation_id){0} : in->conversation_id, .call = in->call_id,
		.record = in->record_id, .person = found ? person : (struct person_id){0}, .name = found ? who.name : STR(""), .who = given(in->who),
		.quote = markdown_text(q->a, from.words, QUOTE_CHARS), .title = str_none(in->title) ? markdown_text(q->a, from.words, TITLE_CHARS) : in->title,
		.text = given(in->text), .day = given(in->day), .today = date_of_time(q->a, q->business->open.zone, q->locale.now), .about = STR(""),
		.back = url_path(q->a, "/tasks")};
	if (from.conversation.v != 0) ret->about = from.subject, ret->back = url_path(q->a, "/conversations/%" PRId64, from.conversation.v);
	else if (in->call_id.v != 0) ret->about = str_c(TRQ(q, T("A telephone call"))), ret->back = url_path(q->a, "/calls/%" PRId64, in->call_id.v);
	else if (from.record.v != 0) ret->about = from.called, ret->back = url_path(q->a, "/records/%" PRId64, from.record.v);
	else if (found) ret->about = who.name, ret->back = url_path(q->a, "/people/%" PRId64, person.v);
	q->page.nav = STR("desk");
	return task_choices(q, in->owner_id.v ? in->owner_id : q->actor.id, &ret->colleagues);
}

/* ----------------------------------------------------------------------- changing */

/* One that the actor may change, as it is. */
static enum err editable(struct req *q, struct task_id id, struct task_state *ret) {
	struct task_row row;
	struct object o = {.thing = THING_TASK, .visibility = SEEN_STAFF};
	TRY(task_seen(q, id, &row));
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	return sql_task_state_get(q->db, q->a, id, ret);
}

static enum err set(struct req *q, const struct task_state *was, const struct task_state *to) {
	struct hours open;
	TRY(firm_hours(q->db, q->a, &open));
	bool again = to->due_at != was->due_at || to->owner_id.v != was->owner_id.v;
	usec_t tell_at = again ? task_tell_at(&open, to->due_at, clock_now()) : was->tell_at;
	TRY(sql_task_set(q->db, was->id, was->version, to->title, to->words, to->owner_id, to->due_at, tell_at));
	return task_wake(q->db, tell_at);
}

/* What is done and dropped by whom: one table of its way. */
static const struct { const char *from, *to; } way[] = {{"open", "done"}, {"open", "dropped"}, {"done", "open"}, {"dropped", "open"}};

static enum err move(struct req *q, const struct task_state *t, struct str to) {
	struct hours open;
	bool may_go = false, again = str_is(to, "open");
	usec_t now = clock_now();
	for (size_t i = 0; i < sizeof way / sizeof *way; i++) may_go |= str_is(t->state, way[i].from) && str_is(to, way[i].to);
	if (str_eq(t->state, to)) return OK;
	if (!may_go) return req_fail(q, ERR_CONFLICT, T("Its state does not allow that any more. Please look at it again."), NULL);
	TRY(firm_hours(q->db, q->a, &open));
	usec_t tell_at = again ? task_tell_at(&open, t->due_at, now) : 0;
	TRY(sql_task_move(q->db, t->id, t->version, to, again ? (struct person_id){0} : q->actor.id, again ? 0 : now, tell_at));
	TRY(task_wake(q->db, tell_at));
	return tell(q->db, q->actor.id, "update", t, str_fmt(q->a, "{\"to\":\"" STR_FMT "\"}", STR_ARG(to)));
}

static enum err give(struct req *q, const struct task_state *was, struct person_id to, const char *field) {
	struct task_state then = *was;
	if (to.v == was->owner_id.v) return OK;
	if (!str_is(was->state, "open")) return req_fail(q, ERR_CONFLICT, T("It is over already."), NULL);
	TRY(read_owner(q, to, field));
	then.owner_id = to;
	TRY(set(q, was, &then));
	return tell_given(q->db, q->actor.id, was->id, to);
}

enum err task_give(struct req *q, struct task_id id, struct person_id to, struct str note, const char *field) {
	struct task_state t;
	TRY(editable(q, id, &t));
	struct str words = str_empty(note) || str_empty(t.words) ? note : str_fmt(q->a, STR_FMT "\n\n" STR_FMT, STR_ARG(t.words), STR_ARG(note));
	if (!str_empty(note)) t.words = words;
	if (t.words.n > WORDS_MOST) return req_invalid(q, "note", T("This is too long."));
	return give(q, &t, to, field);
}

/* Words and day; what is not given stays, an empty day is none. */
static enum err rewrite(struct req *q, const struct task_save_in *in, const struct task_state *was) {
	struct task_state to = *was;
	if (!str_none(in->title)) to.title = str_trim(in->title);
	if (!str_none(in->text)) to.words = str_trim(in->text);
	enum err texts = read_texts(q, to.title, to.words);
	if (in->due_at != 0 || !str_none(in->day)) TRY(read_due(q, in->due_at, in->day, was->due_at, &to.due_at));
	TRY(texts);
	if (str_eq(to.title, was->title) && str_eq(to.words, was->words) && to.due_at == was->due_at) return OK;
	TRY(set(q, was, &to));
	return tell(q->db, q->actor.id, "update", was, STR("{}"));
}

enum err task_save(struct req *q, const struct task_save_in *in, struct task_view *ret) {
	struct task_state t;
	TRY(editable(q, in->id, &t));
	TRY(req_version(q, t.version));
	if (!q->api && in->version.has && in->version.v != t.version)
		return req_fail(q, ERR_CONFLICT, T("Someone else changed this while you wrote. Your words are still here; send them again to keep them."), NULL);
	TRY(rewrite(q, in, &t));
	TRY(sql_task_state_get(q->db, q->a, in->id, &t));
	if (in->owner_id.v != 0) TRY(give(q, &t, in->owner_id, "owner_id"));
	TRY(sql_task_state_get(q->db, q->a, in->id, &t));
	if (!str_none(in->state)) TRY(move(q, &t, in->state));
	req_say(q, T("Saved."));
	return show_one(q, in->id, ret);
}

enum err task_act(struct req *q, const struct task_act_in *in) {
	struct task_state t;
	TRY(editable(q, in->id, &t));
	TRY(move(q, &t, in->state));
	req_redirect(q, str_is(in->back, "today") ? url_path(q->a, "/today") : str_is(in->back, "list") ? url_path(q->a, "/tasks") : url_path(q->a, "/tasks/%" PRId64, in->id.v));
	req_say(q, str_is(in->state, "done") ? T("Done. Well done.") : str_is(in->state, "open") ? T("It is to be done again.") : T("It is dropped."));
	return OK;
}
