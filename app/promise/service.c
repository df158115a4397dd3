/* Service expectations: a reader of the log makes them of conversations by the rules of the firm, closes them when the team answers or the matter
 * is settled, and stops the clock of the solution while we wait for the customer. All moments are those at which something was said, so a reader
 * that comes late says the same; its place in the log and what it did are one transaction, so each event counts once. */
#include "access/access.h"
#include "promise/promise_int.h"
#include "sql/service.h"
#include "text/json.h"

/* What was said so long before its event is history that is being loaded: nothing is expected of it. */
#define HISTORY HOURS(1)
enum { LIVE_MOST = 20 };

bool service_wants(const struct event *e) {
	if (strcmp(e->object_kind, "expectation") == 0) return strcmp(e->verb, "update") == 0 && e->target_kind != NULL && strcmp(e->target_kind, "conversation") == 0;
	bool made = strcmp(e->verb, "create") == 0, changed = strcmp(e->verb, "update") == 0;
	return strcmp(e->object_kind, "conversation") == 0 ? made || changed : made && strcmp(e->object_kind, "message") == 0;
}

struct service {
	struct db *db;
	struct arena *a;
	struct hours open;
	enum lang lang;                  /* of the firm: the words of what is made */
	const struct event *e;
	struct service_talk talk;
	struct service_live_list live;
};

static bool is_solution(const struct service_live *x) { return str_is(x->goal, "solution"); }

/* The conversation as it is now; found false: it is none of the desk. */
static enum err look(struct service *s, struct conversation_id id, usec_t before, bool *ret_found) {
	struct int_list one = {.v = &id.v, .n = 1};
	TRY(sql_service_talk(s->db, s->a, id, before, &s->talk, ret_found));
	return *ret_found ? sql_service_live(s->db, s->a, one, LIVE_MOST, &s->live) : OK;
}

/* ------------------------------------------------------------------------ making */

static const char *goal_words(struct str goal) {
	return str_is(goal, "first") ? T("First answer") : str_is(goal, "next") ? T("Next answer") : T("Solution");
}

struct str service_time(struct arena *a, enum lang lang, int64_t n, struct str unit) {
	const char *sentence = str_is(unit, "minutes") ? tr_n(lang, TN("one minute of work", "{n} minutes of work"), n)
		: str_is(unit, "days") ? tr_n(lang, TN("one business day", "{n} business days"), n) : tr_n(lang, TN("one working hour", "{n} working hours"), n);
	return tr_fill(a, sentence, "n", str_fmt(a, "%lld", (long long)n).p, NULL);
}

/* Days are whole: the matter is due as that one ends. false: there is no such moment */
static bool due_by(const struct hours *open, usec_t at, int64_t n, struct str unit, usec_t *ret) {
	if (str_is(unit, "days")) return hours_due(open, at, (int)n, ret);
	return hours_add(open, at, str_is(unit, "minutes") ? MINUTES(n) : HOURS(n), ret);
}

static enum err begin(struct service *s, const char *goal, struct person_id person, usec_t at) {
	const struct service_talk *c = &s->talk;
	struct service_match rule;
	struct person_id owner;
	struct expectation_id id;
	usec_t due;
	bool found;
	if (!c->is_open || person.v == 0) return OK;
	TRY(sql_service_match(s->db, s->a, c->kind, c->record_type, person, str_c(goal), at, &rule, &found));
	if (!found || !due_by(&s->open, at, rule.n, rule.unit, &due)) return OK;
	TRY(sql_service_owner(s->db, c->assignee_id, c->team_id, person, &owner, &found));
	if (!found) return OK;
	const char *time = service_time(s->a, s->lang, rule.n, rule.unit).p, *number = str_fmt(s->a, "%lld", (long long)rule.id.v).p;
	struct promise_draft d = {.ours = true, .person = person, .owner = owner, .text = str_c(tr(s->lang, goal_words(str_c(goal)))), .conversation = c->id,
		.record = c->record_id, .due_at = due, .audience = STR("team"), .at = at, .goal = str_c(goal),
		.said = tr_fill(s->a, tr(s->lang, T("within {time}, by rule {number}")), "time", time, "number", number, NULL)};
	TRY(promise_keep(s->db, s->a, &d, &id));
	return sql_service_mark(s->db, id, rule.id, str_c(goal));
}

static bool has(const struct service *s, bool solution) {
	for (size_t i = 0; i < s->live.n; i++)
		if (is_solution(&s->live.v[i]) == solution) return true;
	return false;
}

/* ------------------------------------------------------------------- the clock */

static enum err stop(struct service *s, const struct service_live *l, usec_t at) {
	struct promise_state x;
	if (l->paused_at != 0) return OK;
	TRY(sql_promise_state_get(s->db, s->a, l->id, &x));
	return promise_pause(s->db, s->a, s->e->actor, &x, at);
}

/* The moment it is due moves by the working time that we waited. */
static enum err go_on(struct service *s, struct service_live *l, usec_t at) {
	struct promise_state x;
	usec_t due;
	if (l->paused_at == 0) return OK;
	TRY(sql_promise_state_get(s->db, s->a, l->id, &x));
	if (!hours_add(&s->open, x.due_at, hours_between(&s->open, x.paused_at, at), &due)) due = x.due_at;
	l->paused_at = 0;
	l->due_at = due;
	return promise_resume(s->db, s->a, s->e->actor, &x, at, due);
}

static enum err close_one(struct service *s, const struct service_live *l, const char *to, usec_t at) {
	struct promise_state x;
	TRY(sql_promise_state_get(s->db, s->a, l->id, &x));
	struct promise_step step = {.to = str_c(to), .note = STR(""), .word = "us", .said = STR(""), .at = at};
	return promise_go(s->db, s->a, s->e->actor, &x, &step);
}

static enum err close_in_time(struct service *s, struct service_live *l, usec_t at) {
	TRY(go_on(s, l, at));
	return close_one(s, l, at <= l->due_at ? "kept" : "missed", at);
}

/* ------------------------------------------------------------------- what happened */

static enum err on_made(struct service *s) {
	const struct service_talk *c = &s->talk;
	if (!c->theirs || c->created_at < s->e->at - HISTORY) return OK;
	TRY(begin(s, "first", c->author_id, c->created_at));
	return begin(s, "solution", c->author_id, c->created_at);
}

static bool is_settled(struct str status) { return str_is(status, "done") || str_is(status, "not_done") || str_is(status, "closed"); }

static enum err on_answered(struct service *s, usec_t at, bool settles) {
	for (size_t i = 0; i < s->live.n; i++) {
		if (!is_solution(&s->live.v[i])) TRY(close_in_time(s, &s->live.v[i], at));
		else if (!settles) TRY(stop(s, &s->live.v[i], at));
	}
	return OK;
}

static enum err on_asked(struct service *s, struct person_id who, usec_t at) {
	for (size_t i = 0; i < s->live.n; i++)
		if (is_solution(&s->live.v[i])) TRY(go_on(s, &s->live.v[i], at));
	return s->talk.told && !has(s, false) ? begin(s, "next", who, at) : OK;
}

static enum err on_status(struct service *s, struct str was, struct str now, usec_t at) {
	TRY(sql_service_live(s->db, s->a, (struct int_list){.v = &s->talk.id.v, .n = 1}, LIVE_MOST, &s->live));
	if (is_settled(now) && !is_settled(was))
		for (size_t i = 0; i < s->live.n; i++) TRY(close_in_time(s, &s->live.v[i], at));
	return is_settled(was) && !is_settled(now) && !has(s, true) ? begin(s, "solution", s->talk.author_id, at) : OK;
}

static enum err on_said(struct service *s, const struct service_said *m, const struct json *data) {
	struct str was, now;
	bool moves = json_get_str(json_member(data, "status"), &now) && json_get_str(json_member(data, "was"), &was);
	bool words = str_is(m->kind, "comment") || str_is(m->kind, "answer") || str_is(m->kind, "not_fixed");
	if (m->at < s->e->at - HISTORY) return OK;
	if (words && m->ours) TRY(on_answered(s, m->at, moves && is_settled(now)));
	else if (words) TRY(on_asked(s, m->author_id, m->at));
	return moves ? on_status(s, was, now, m->at) : OK;
}

static enum err on_given(struct service *s) {
	for (size_t i = 0; i < s->live.n; i++) {
		struct promise_state x;
		struct person_id owner;
		bool found;
		TRY(sql_service_owner(s->db, s->talk.assignee_id, s->talk.team_id, s->live.v[i].person_id, &owner, &found));
		TRY(sql_promise_state_get(s->db, s->a, s->live.v[i].id, &x));
		if (found) TRY(promise_hand_over(s->db, s->a, s->e->actor, &x, owner, STR("")));
	}
	return OK;
}

static enum err on_gone(struct service *s) {
	for (size_t i = 0; i < s->live.n; i++) TRY(close_one(s, &s->live.v[i], "withdrawn", s->e->at));
	return OK;
}

/* Whoever waits in a thread that came back, or into which theirs was joined, is to be answered there. */
static enum err on_back(struct service *s, struct conversation_id id) {
	bool found;
	TRY(look(s, id, s->e->at, &found));
	if (!found || !s->talk.theirs || !s->talk.is_open) return OK;
	if (s->talk.waiting_at != INT64_MAX && s->talk.waiting_at >= s->e->at - HISTORY && !has(s, false))
		TRY(begin(s, s->talk.told ? "next" : "first", s->talk.author_id, s->talk.waiting_at));
	if (!has(s, true)) TRY(begin(s, "solution", s->talk.author_id, s->e->at));
	return sql_service_due_set(s->db, id, NULL);
}

static enum err on_changed(struct service *s, const struct json *data) {
	int64_t n;
	bool yes;
	if (json_get_int(json_member(data, "assignee"), &n)) return on_given(s);
	if (json_get_bool(json_member(data, "hidden"), &yes)) return yes ? on_gone(s) : on_back(s, s->talk.id);
	if (!json_get_int(json_member(data, "merged_into"), &n)) return OK;
	if (n == 0) return on_back(s, s->talk.id);
	TRY(on_gone(s));
	struct conversation_id joined = s->talk.id;
	TRY(on_back(s, (struct conversation_id){n}));
	s->talk.id = joined;
	return OK;
}

static enum err read_one(struct service *s) {
	struct service_said m = {.at = s->e->at};
	bool message = strcmp(s->e->object_kind, "message") == 0, about = strcmp(s->e->object_kind, "expectation") == 0, found = true;
	struct conversation_id id = {about ? s->e->target_id : s->e->object_id};
	JSON_DOC(doc);
	if (json_parse(&doc, s->e->data, NULL) != OK) return OK;
	if (message) {
		TRY(sql_service_said(s->db, s->a, (struct message_id){s->e->object_id}, &m, &found));
		id = m.conversation_id;
	}
	if (found) TRY(look(s, id, m.at, &found));
	if (!found) return OK;
	if (message) TRY(on_said(s, &m, doc.root));
	else if (!about) TRY(strcmp(s->e->verb, "create") == 0 ? on_made(s) : on_changed(s, doc.root));
	return sql_service_due_set(s->db, s->talk.id, NULL);
}

enum err service_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	struct service s = {.db = db, .a = a};
	struct str locale;
	int64_t any;
	(void)ctx;
	TRY(sql_service_any(db, &any));
	if (any == 0) return OK;
	TRY(firm_hours(db, a, &s.open));
	TRY(sql_service_locale(db, a, &locale));
	if (!lang_find(locale, &s.lang)) s.lang = LANG_EN;
	for (size_t i = 0; i < n; i++)
		if (service_wants(s.e = &e[i])) TRY(read_one(&s));
	return OK;
}
