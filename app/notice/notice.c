/* The reader of the log: who is told what. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "follow/follow.h"
#include "text/json.h"
#include "text/url.h"

struct str notice_base_url(const struct notice_ctx *c) {
	if (c->base_url != NULL) return str_c(c->base_url);
	struct req q = {.web = *c->web};
	return req_base_url(&q);
}

struct url conversation_url(struct arena *a, struct conversation_id id) {
	return url_path(a, "/conversations/%lld", (long long)id.v);
}

struct url message_url(struct arena *a, struct conversation_id id) {
	return url_path(a, "/messages/%lld", (long long)id.v);
}

/* ------------------------------------------------------------- conversations */

/* Everyone who follows is told. Between two that is whoever did not write it. */
static enum err tell_followers(struct db *db, const struct event *e, struct conversation_id id, struct str kind) {
	return sql_notice_tell_followers(db, id, e->actor, e->seq, kind, str_c(topic_word(topic_of(kind))), e->at, NULL);
}

/* Also of a note, and when somebody is named by words that were changed. */
static enum err tell_mentioned(struct db *db, const struct event *e) {
	bool begun = strcmp(e->object_kind, "conversation") == 0;
	return sql_notice_tell_mentioned(db, (struct message_id){begun ? 0 : e->object_id}, (struct conversation_id){begun ? e->object_id : 0}, e->actor, e->at - HISTORY,
		e->seq, e->at, NULL);
}

static enum err tell_said(struct db *db, struct arena *a, const struct event *e) {
	struct notice_said m;
	struct message_id id = {e->object_id};
	bool found;
	TRY(tell_mentioned(db, e));              /* who also follows is told this, and not that somebody said something */
	TRY(sql_notice_said(db, a, id, &m, &found));
	if (!found || m.created_at < e->at - HISTORY) return OK;
	if (str_is(m.conversation_kind, "room")) return sql_notice_tell_room(db, m.conversation_id, e->actor, e->seq, e->at, NULL);
	return tell_followers(db, e, m.conversation_id, str_is(m.conversation_kind, "direct") ? STR("message") : m.kind);
}

static enum err tell_begun(struct db *db, const struct event *e) {
	struct str kind = STR("");
	JSON_DOC(doc);
	TRY(tell_mentioned(db, e));
	if (json_parse(&doc, e->data, NULL) != OK || !json_get_str(json_member(doc.root, "kind"), &kind)) return OK;
	return str_is(kind, "direct") ? tell_followers(db, e, (struct conversation_id){e->object_id}, STR("message")) : OK;
}

/* Who has something to do with it from now on: it was given to them, or they were asked to take part. */
static enum err tell_assigned(struct db *db, const struct event *e, const struct json *data) {
	struct person_id to = {0};
	struct message_id note = {0};
	struct conversation_id id = {e->object_id};
	struct team_id team;
	if (json_get_int(json_member(data, "team"), &team.v)) return sql_notice_tell_team_of(db, id, team, e->actor, e->seq, e->at, NULL);
	bool joined = json_get_int(json_member(data, "joined"), &to.v);
	if (!joined && !json_get_int(json_member(data, "assignee"), &to.v)) return OK;
	if (to.v < 1 || to.v == e->actor.v) return OK;
	struct str kind = joined ? STR("joined") : STR("assigned");
	json_get_int(json_member(data, "note"), &note.v);
	return sql_notice_tell(db, to, e->seq, kind, kind, id, note, e->at, NULL);
}

static bool is_reworded(const struct json *data) {
	struct str field;
	const struct json *changed = json_member(data, "changed");
	for (size_t i = 0; i < json_length(changed); i++)
		if (json_get_str(json_item(changed, i), &field) && str_is(field, "body")) return true;
	return false;
}

static enum err tell_changed(struct db *db, const struct event *e) {
	JSON_DOC(doc);
	if (json_parse(&doc, e->data, NULL) != OK) return OK;
	return is_reworded(doc.root) ? tell_mentioned(db, e) : tell_assigned(db, e, doc.root);
}

/* ----------------------------------------------------------------- documents */

/* A document that came to be seen, or a new version of one: the event says so, and the statement looks whether it still can be. */
static enum err tell_document(struct db *db, const struct event *e) {
	int64_t version;
	bool shared = false;
	JSON_DOC(doc);
	if (json_parse(&doc, e->data, NULL) != OK) return OK;
	bool newer = json_get_int(json_member(doc.root, "version"), &version);
	if (!newer && !(json_get_bool(json_member(doc.root, "shared"), &shared) && shared)) return OK;
	return sql_notice_tell_of_document(db, (struct document_id){e->object_id}, e->seq, e->at, NULL);
}

/* -------------------------------------------------------------------- logins */

static enum err mail_asked(struct db *db, struct arena *a, const struct event *e, const struct notice_ctx *c) {
	struct str what = STR("");
	JSON_DOC(doc);
	if (json_parse(&doc, e->data, NULL) != OK || !json_get_str(json_member(doc.root, "what"), &what)) return OK;
	if (!str_is(what, "reset") || e->at < clock_now() - RESET_LIVES) return OK;
	struct str base = notice_base_url(c);
	if (str_empty(base)) return ERR_CONFLICT; /* the server does not listen yet; the hub asks again soon */
	enum err err = mail_reset(db, a, base, (struct person_id){e->object_id});
	return err == ERR_NOT_FOUND ? OK : err;
}

/* -------------------------------------------------------------------- reader */

static bool is(const struct event *e, const char *verb, const char *kind) {
	return strcmp(e->verb, verb) == 0 && strcmp(e->object_kind, kind) == 0;
}

static bool is_told(const struct event *e) {
	if (strcmp(e->object_kind, "request") == 0 || strcmp(e->object_kind, "expectation") == 0 || strcmp(e->object_kind, "task") == 0 || strcmp(e->object_kind, "claim") == 0) return true;
	return is(e, "create", "message") || is(e, "update", "message") || is(e, "create", "conversation") || is(e, "update", "conversation") || is(e, "announce", "conversation") ||
	        is(e, "announce", "person") || is(e, "update", "business") || is(e, "update", "document");
}

bool notice_wants(const struct event *e) { return is_told(e) || follow_wants(e); }

/* Those who were asked and are silent are told again, each of their own conversation. */
static enum err tell_silent(struct db *db, const struct event *e) {
	return sql_notice_tell_silent(db, (struct conversation_id){e->object_id}, e->actor, e->seq, e->at, NULL);
}

static enum err tell(struct db *db, struct arena *a, const struct event *e) {
	if (strcmp(e->object_kind, "expectation") == 0) return tell_promise(db, e);
	if (strcmp(e->object_kind, "task") == 0) return tell_task(db, e);
	if (strcmp(e->object_kind, "claim") == 0) return tell_claim(db, e);
	if (is(e, "create", "message")) return tell_said(db, a, e);
	if (is(e, "update", "message")) return tell_mentioned(db, e);
	if (is(e, "create", "conversation")) return tell_begun(db, e);
	if (is(e, "announce", "conversation")) return tell_silent(db, e);
	if (is(e, "update", "conversation")) return tell_changed(db, e);
	return is(e, "update", "document") ? tell_document(db, e) : tell_request(db, a, e);
}

/* Notices are told in the transaction of the reader's place in the log; their letters are for a job, which is queued with them. */
enum err notice_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	bool told = false, followed;
	TRY(follow_any(db, &followed));
	for (size_t i = 0, many; i < n; i += many) {
		TRY(tell_due(db, a, &e[i], n - i, &many));
		told |= many > 0;
		if (many > 0) continue;
		many = 1;
		if (is(&e[i], "announce", "person")) TRY(mail_asked(db, a, &e[i], ctx));
		else if (is(&e[i], "update", "business")) TRY(job_add(db, "mail_waiting", STR("{}"), 0));
		else if (is_told(&e[i])) {
			TRY(tell(db, a, &e[i]));
			told = true;
		}
		if (followed) TRY(tell_follow(db, a, &e[i], &told));     /* who was told already is not told again */
	}
	return told ? notice_mail_due(db) : OK;
}
