/* What is said: comments, notes for the team, official answers, changes of state, and "not fixed for me". */
#include "talk/talk_int.h"
#include "mention/mention.h"
#include "promise/promise.h"
#include "text/url.h"

static bool is_kind(struct str kind) {
	return str_is(kind, "comment") || str_is(kind, "note") || str_is(kind, "answer") || str_is(kind, "status") ||
		str_is(kind, "not_fixed");
}

/* The state that the message leads to; errors CONFLICT when it may not follow. */
static enum err next_state(const struct new_message *m, const struct talk_facts *f, const struct state **ret) {
	bool changes = str_is(m->kind, "answer") || str_is(m->kind, "status") || str_is(m->kind, "not_fixed");
	const struct state *was = state_find(f->status);
	const struct state *now = str_empty(m->status) || !changes ? was : state_find(m->status);
	if (str_is(m->kind, "not_fixed") && !m->loading) {
		now = state_find(STR("in_work"));
		if (was->open && !str_is(f->status, "partly_done")) return ERR_CONFLICT;
	}
	if (now == NULL) return ERR_INVALID;
	if (now != was && !m->loading && !state_may_follow(was, now)) return ERR_CONFLICT;
	if (strcmp(now->name, "not_done") == 0 && now != was && str_empty(m->body)) return ERR_INVALID;
	*ret = now;
	return OK;
}

static struct str data_of(struct arena *a, const struct new_message *m, const struct talk_facts *f,
	const struct state *now) {
	if (str_is(m->kind, "note")) return STR("{\"kind\":\"note\"}");
	if (!str_is(m->kind, "comment"))
		return str_fmt(a, "{\"kind\":\"" STR_FMT "\",\"status\":\"%s\",\"was\":\"" STR_FMT "\"}", STR_ARG(m->kind),
			now->name, STR_ARG(f->status));
	if (m->reply_to.v == 0) return STR("{\"kind\":\"comment\"}");
	return str_fmt(a, "{\"kind\":\"comment\",\"reply_to\":%lld}", (long long)m->reply_to.v);
}

/* An answer or a new state: also the public counts and the order by impact depend on it. */
static enum err apply_state(struct db *db, const struct new_message *m, struct talk_facts *f, const struct state *now,
	struct message_id said, usec_t at) {
	bool counted = str_is(m->kind, "not_fixed");
	double impact = impact_of(f->votes, f->voted_at, now->open);
	struct message_id answer = f->answer_id;
	usec_t answered = f->answered_at;
	if (str_is(m->kind, "answer") && at >= answered) answer = said, answered = at;
	TRY(count_whole(db, f, -1));
	TRY(sql_talk_set_status(db, f->id, str_c(now->name), answer, answered, at > f->active_at ? at : f->active_at,
		f->reopened + (counted ? 1 : 0),
	                        f->comments + (counted ? 1 : 0), impact, staff_impact_of(impact, f->worth_minor)));
	f->status = str_c(now->name);
	return count_whole(db, f, 1);
}

/* Whoever asked the group hears that somebody answers; the event does not say who. */
static enum err tell_group(struct db *db, struct conversation_id group, usec_t at) {
	struct talk_facts f = {.id = group};
	TRY(sql_talk_set_active(db, group, at));
	return talk_event(db, (struct person_id){0}, "update", (struct message_id){0}, &f, AUDIENCE_PARTIES, STR("{\"changed\":[\"answers\"]}"));
}

enum err talk_say(struct db *db, struct arena *a, const struct new_message *m, struct message_id *ret) {
	struct talk_facts f;
	const struct state *now;
	struct message_id said;
	usec_t at = m->at ? m->at : clock_now();
	TRY(talk_facts(db, a, m->conversation, &f));
	bool wordless = str_is(m->kind, "status") || m->loading;
	if (!is_kind(m->kind) || m->body.n > BODY_MAX || (str_empty(m->body) && !wordless)) return ERR_INVALID;
	TRY(next_state(m, &f, &now));
	bool comment = str_is(m->kind, "comment"), note = str_is(m->kind, "note");
	if (m->reply_to.v != 0) {
		struct talk_said_facts to;
		TRY(sql_talk_said_get(db, a, m->reply_to, &to));
		if (to.conversation_id.v != m->conversation.v) return ERR_INVALID;
	}
	TRY(sql_talk_say_insert(db, m->conversation, m->kind, m->author, str_empty(m->channel) ? STR("portal") : m->channel,
	                        str_none(m->body) ? STR("") : m->body, comment || note ? STR("") : str_c(now->name),
		m->reply_to, at, &said));
	if (mention_possible(m->body)) TRY(mention_keep(db, a, (struct mention_place){m->conversation, said}));
	struct str data = data_of(a, m, &f, now);
	if (comment) TRY(sql_talk_set_said(db, f.id, f.comments + 1, at > f.active_at ? at : f.active_at));
	else if (!note) TRY(apply_state(db, m, &f, now, said, at));
	if (comment && at > f.active_at) TRY(sql_talk_set_newest(db, f.id, m->author, at));
	else if (!note) TRY(sql_talk_set_waiting(db, f.id));
	if (comment && f.group_id.v != 0) TRY(tell_group(db, f.group_id, at));
	*ret = said;
	return talk_event(db, m->author, "create", said, &f, note ? AUDIENCE_STAFF : talk_audience(&f), data);
}

/* ------------------------------------------------------------------ handlers */

/* The message that an error of talk_say means, said at its field. */
static enum err say(struct req *q, const struct new_message *m, const struct talk_facts *f, const char *field,
	struct message_id *ret) {
	const struct state *was = state_find(f->status), *now = str_empty(m->status) ? was : state_find(m->status);
	if (str_is(m->kind, "not_fixed") && was->open && !str_is(f->status, "partly_done"))
		return req_fail(q, ERR_CONFLICT, T("This is not settled; we are still at it. Please write a comment."), NULL);
	if (now != was && !str_is(m->kind, "not_fixed") && !state_may_follow(was, now)) {
		struct str words = tr_fill(q->a, TRQ(q, T("“{now}” cannot follow “{was}”.")), "now", TRQ(q, now->word), "was",
			TRQ(q, was->word), NULL);
		q->fail_public = words;
		req_invalid(q, "status", words.p);
		return ERR_CONFLICT;
	}
	if (now != was && strcmp(now->name, "not_done") == 0 && str_empty(m->body))
		return req_invalid(q, field, T("Say why it is not done: everyone who said “me too” reads it."));
	if (str_empty(m->body) && !str_is(m->kind, "status")) return req_invalid(q, field, T("Please write something."));
	if (m->body.n > BODY_MAX) return req_invalid(q, field, T("This is too long."));
	if (m->reply_to.v != 0) {
		struct talk_message_row to;
		enum err e = sql_talk_message_get(q->db, q->a, m->reply_to, q->actor.id, q->actor.is_staff, &to);
		if (e == ERR_NOT_FOUND) return req_invalid(q, "reply_to", T("What you answer is no longer there."));
		TRY(e);
	}
	if (q->actor.is_staff && !str_is(m->kind, "note")) TRY(sql_desk_answering_end(q->db, m->conversation, q->actor.id, NULL));
	return talk_say(q->db, q->a, m, ret);
}

static enum err see_said(struct req *q, struct message_id id, struct conversation_id in, struct talk_message *ret) {
	struct talk_message_row row;
	TRY(sql_talk_message_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, &row));
	*ret = message_view(q, &row, in);
	TRY(mentions_of(q, &(struct talk_message_list){.v = ret, .n = 1}));
	if (mention_possible(row.body)) TRY(mention_tell(q, (struct mention_place){in, id}, &ret->mentions));
	return files_of(q, in, &(struct talk_message_list){.v = ret, .n = 1});
}

static enum err say_comment(struct req *q, struct conversation_id id, bool note, struct str body,
	struct message_id reply_to, struct message_id *ret) {
	struct talk_facts f;
	TRY(facts_for(q, id, note ? ACT_NOTE : ACT_COMMENT, &f));
	if (talk_is_room(f.kind) && str_is(f.status, "closed"))
		return req_fail(q, ERR_CONFLICT, T("This room is closed. Open it again to write in it."), NULL);
	struct new_message m = {.conversation = id, .kind = note ? STR("note") : STR("comment"), .body = body,
		.author = q->actor.id, .reply_to = reply_to};
	TRY(say(q, &m, &f, "body", ret));
	if (note || q->actor.is_staff || !str_is(f.visibility, "private") || state_find(f.status)->open) return OK;
	struct new_message again = {.conversation = id, .kind = STR("status"), .status = STR("in_work"), .author = q->actor.id};
	struct message_id opened;
	return talk_say(q->db, q->a, &again, &opened);       /* between us, what a customer adds to a settled matter opens it again */
}

static enum err say_answer(struct req *q, struct conversation_id id, struct str status, struct str words,
	const char *field, struct message_id *ret) {
	struct talk_facts f;
	TRY(facts_for(q, id, ACT_ANSWER, &f));
	bool wordless = str_empty(words);
	if (wordless && (str_empty(status) || str_eq(status, f.status))) return str_empty(status)
		? req_invalid(q, field, T("Please write something.")) : OK;
	struct new_message m = {.conversation = id, .kind = wordless ? STR("status") : STR("answer"), .body = words,
		.status = status, .author = q->actor.id};
	return say(q, &m, &f, field, ret);
}

static enum err say_not_fixed(struct req *q, struct conversation_id id, struct str words, struct message_id *ret) {
	struct talk_facts f;
	usec_t voted;
	bool mine;
	TRY(facts_for(q, id, ACT_COMMENT, &f));
	TRY(sql_talk_vote_get(q->db, id, q->actor.id, &voted, &mine));
	if (!mine) return req_fail(q, ERR_DENIED, T("Only those who said “me too” can say that it is not fixed for them."),
		NULL);
	struct new_message m = {.conversation = id, .kind = STR("not_fixed"), .body = words, .author = q->actor.id};
	return say(q, &m, &f, "still", ret);
}

struct object said_object(struct object o, const struct talk_said_facts *said) {
	bool direct = o.thing == THING_DIRECT || o.thing == THING_GROUP || o.thing == THING_ROOM;
	o.thing = direct ? THING_DIRECT_MESSAGE : str_is(said->kind, "note") ? THING_NOTE : THING_MESSAGE;
	o.owner = said->author_id;
	o.participant = true;          /* whoever asks has looked: the conversation is theirs to know of */
	o.hidden |= said->hidden;
	return o;
}

static enum err say_hide(struct req *q, struct conversation_id id, struct message_id message, bool hide) {
	struct talk_facts f;
	struct talk_said_facts said;
	struct talk_answer_row last;
	bool found;
	TRY(facts_for(q, id, ACT_SEE, &f));
	TRY(sql_talk_said_get(q->db, q->a, message, &said));
	struct object o = said_object(talk_object_of(&f), &said);
	TRY(may_or_err(&q->actor, ACT_HIDE, &o));
	if (said.conversation_id.v != id.v) return ERR_NOT_FOUND;
	if (said.hidden == hide) return OK;
	TRY(sql_talk_hide_said(q->db, message, hide ? clock_now() : 0));
	if (str_is(said.kind, "comment") || str_is(said.kind, "not_fixed"))
		TRY(sql_talk_set_said(q->db, id, f.comments + (hide ? -1 : 1), f.active_at));
	if (str_is(said.kind, "answer")) {
		TRY(sql_talk_answer_last(q->db, id, &last, &found));
		double impact = impact_of(f.votes, f.voted_at, state_find(f.status)->open);
		TRY(sql_talk_set_status(q->db, id, f.status, found ? last.id : (struct message_id){0}, found
			? last.created_at : 0, f.active_at, f.reopened,
		                        f.comments, impact, staff_impact_of(impact, f.worth_minor)));
	}
	TRY(sql_talk_set_waiting(q->db, id));
	return talk_event(q->db, q->actor.id, "update", message, &f, o.thing == THING_NOTE
		? AUDIENCE_STAFF : talk_audience(&f),
	                  hide ? STR("{\"hidden\":true}") : STR("{\"hidden\":false}"));
}

static enum err say_edit(struct req *q, struct conversation_id id, struct message_id message, struct str body) {
	struct talk_facts f;
	struct talk_said_facts said;
	TRY(facts_for(q, id, ACT_SEE, &f));
	TRY(sql_talk_said_get(q->db, q->a, message, &said));
	if (said.conversation_id.v != id.v) return ERR_NOT_FOUND;
	struct object o = said_object(talk_object_of(&f), &said);
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	if (clock_now() - said.created_at > EDIT_TIME) return req_fail(q, ERR_CONFLICT,
		T("You can change your words for fifteen minutes. Please add a new comment."), NULL);
	if (str_empty(body)) return req_invalid(q, "body", T("Please write something."));
	if (body.n > BODY_MAX) return req_invalid(q, "body", T("This is too long."));
	if (str_eq(body, said.body)) return OK;
	usec_t now = clock_now();
	TRY(revision_keep(q->db, &f, &said, q->actor.id, now));
	TRY(sql_talk_edit_said(q->db, message, body, now));
	if (mention_possible(body) || mention_possible(said.body)) TRY(mention_keep(q->db, q->a, (struct mention_place){id, message}));
	return talk_event(q->db, q->actor.id, "update", message, &f, o.thing == THING_NOTE
		? AUDIENCE_STAFF : talk_audience(&f),
	                  STR("{\"changed\":[\"body\"]}"));
}

struct acting {
	struct req *q;
	const struct talk_act_in *in;
	struct photos photos;
	struct message_id said;
	struct conversation_id to;       /* where to go then, when it is another thread */
};

static enum err act(struct req *q, const struct talk_act_in *in, struct message_id *ret, struct conversation_id *ret_to) {
	bool note = str_is(in->act, "note"), answers = !note && (str_is(in->act, "comment") || str_is(in->act, "answer"));
	if (q->actor.is_staff && answers && in->seen.has) TRY(collide_check(q, in->id, (struct message_id){in->seen.v}));
	if ((note || str_is(in->act, "comment")) && q->actor.is_staff && !str_empty(in->status))
		return req_invalid(q, "status", T("Choose “official answer” to change the state."));
	if (note || str_is(in->act, "comment")) return say_comment(q, in->id, note, in->body, in->reply_to, ret);
	if (str_is(in->act, "answer")) return say_answer(q, in->id, in->status, in->body, "body", ret);
	if (str_is(in->act, "not_fixed")) return say_not_fixed(q, in->id, in->still, ret);
	if (str_is(in->act, "join")) return joint_merge(q, in->id, *ret_to = joint_number(in->into));
	if (str_is(in->act, "split")) return joint_split(q, in->id, FILE_IDS(in->messages), in->subject, ret_to);
	if (str_is(in->act, "undo")) return joint_undo(q, in->id, in->joint, ret_to);
	if (str_is(in->act, "assign")) return desk_give(q, in->id, in->assignee);
	if (str_is(in->act, "hide") || str_is(in->act, "show")) return report_hide(q, in->id, str_is(in->act, "hide"));
	if (str_is(in->act, "edit_message")) return say_edit(q, in->id, in->message, in->body);
	return say_hide(q, in->id, in->message, str_is(in->act, "hide_message"));
}

/* On the writer, so that what is checked and what is written is one moment. It may run twice. */
static enum err act_and_attach(struct db *db, void *arg) {
	struct acting *x = arg;
	struct db *reading = x->q->db;
	x->q->db = db;
	x->q->errors = (struct field_error_list){0};
	x->said = (struct message_id){0};
	x->to = x->in->id;
	enum err e = act(x->q, x->in, &x->said, &x->to);
	if (e == OK && x->said.v != 0) e = photos_attach(x->q, db, x->in->id, x->said, &x->photos);
	if (e == OK && x->said.v != 0) e = promise_tick(x->q, PROMISE_TICKED(x->in), x->said, (struct call_id){0});
	x->q->db = reading;
	return e;
}

/* In public a customer adds photos; among ourselves, and by the team, any file. */
static bool takes_files(struct req *q, struct conversation_id id) {
	struct talk_facts f;
	return q->actor.is_staff || (facts_for(q, id, ACT_COMMENT, &f) == OK && !str_is(f.visibility, "public"));
}

enum err talk_act(struct req *q, const struct talk_act_in *in, struct talk_said *ret) {
	struct acting *x = NEW(q->a, struct acting);
	*x = (struct acting){.q = q, .in = in};
	struct mention_view_list mentions = {0};
	bool edits = str_is(in->act, "edit_message"), answer = str_is(in->act, "answer"), said = answer || str_is(in->act, "note") || str_is(in->act, "comment");
	enum err e = OK;
	if (said) e = photos_take(q, (struct upload_list){.v = in->photos.v, .n = in->photos.n}, FILE_IDS(in->files), takes_files(q, in->id), &x->photos);
	if (e == OK) e = req_write(q, act_and_attach, x);
	TRY(photos_keep(q, &x->photos, e));
	if (answer) req_say(q, T("Said. Everyone who said “me too” is told."));
	if (edits) TRY(mention_tell(q, (struct mention_place){in->id, in->message}, &mentions));
	else if (answer && x->said.v != 0) TRY(mention_tell(q, (struct mention_place){in->id, x->said}, &mentions));
	struct url back = url_path(q->a, "/conversations/%lld", (long long)x->to.v);
	if (x->said.v != 0 && !answer) back = url_path(q->a, "/conversations/%lld#m%lld", (long long)in->id.v, (long long)x->said.v);
	if (x->said.v != 0 && said && !str_none(in->body)) TRY(promise_then(q, back, x->said, PROMISE_TICKED(in), &back));
	req_redirect(q, back);
	if (x->said.v == 0 || answer) return OK;
	return see_said(q, x->said, in->id, &ret->message);
}

enum err talk_messages_add(struct req *q, const struct talk_messages_add_in *in, struct talk_said *ret) {
	struct message_id said;
	TRY(say_comment(q, in->id, in->internal, in->body, in->reply_to, &said));
	TRY(uploads_attach(q, q->db, in->id, said, FILE_IDS(in->files)));
	TRY(promise_tick(q, PROMISE_TICKED(in), said, (struct call_id){0}));
	return see_said(q, said, in->id, &ret->message);
}

enum err talk_status_set(struct req *q, const struct talk_status_set_in *in, struct talk_voted *ret) {
	struct message_id said;
	struct talk_report_row row;
	TRY(say_answer(q, in->id, in->status, in->answer, "answer", &said));
	TRY(report_get(q, in->id, &row));
	TRY(voice_view(q, &row, &ret->voice));
	return report_view(q, &row, true, &ret->report);
}

/* ------------------------------------------------------------------- for rooms */

struct wording {
	struct req *q;
	const struct talk_words *words;
	struct photos files;
	struct message_id said;
};

static enum err say_words(struct db *db, void *arg) {
	struct wording *x = arg;
	struct db *reading = x->q->db;
	x->q->db = db;
	x->q->errors = (struct field_error_list){0};
	enum err e = say_comment(x->q, x->words->conversation, str_is(x->words->kind, "note"), x->words->body, (struct message_id){0}, &x->said);
	if (e == OK) e = photos_attach(x->q, db, x->words->conversation, x->said, &x->files);
	if (e == OK && x->words->promise != NULL) e = promise_tick(x->q, x->words->promise, x->said, (struct call_id){0});
	x->q->db = reading;
	return e;
}

enum err talk_words_say(struct req *q, const struct talk_words *w, struct message_id *ret) {
	struct wording *x = NEW(q->a, struct wording);
	*x = (struct wording){.q = q, .words = w};
	enum err e = photos_take(q, w->uploads, w->files, true, &x->files);
	if (e == OK) e = req_write(q, say_words, x);
	TRY(photos_keep(q, &x->files, e));
	*ret = x->said;
	return OK;
}

enum err talk_said_view(struct req *q, struct conversation_id conversation, struct message_id id, struct talk_said *ret) {
	return see_said(q, id, conversation, &ret->message);
}
