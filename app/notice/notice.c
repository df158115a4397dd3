/* The reader of the log: who is told what. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "text/json.h"
#include "text/url.h"

/* What was said so long before its event is history that is being loaded: nobody is told. */
#define HISTORY HOURS(1)

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

static bool is_mailed(struct str kind) { return str_is(kind, "answer") || str_is(kind, "status"); }

/* Between two, whoever did not write it is told, by mail as well. */
static enum err tell_written(struct db *db, struct arena *a, const struct event *e, struct conversation_id id) {
	int64_t told;
	TRY(sql_notice_tell_followers(db, id, e->actor, e->seq, STR("message"), e->at, &told));
	return told == 0 ? OK : job_add(db, "message_mail", str_fmt(a, "{\"event\":%lld}", (long long)e->seq), 0);
}

static enum err tell_said(struct db *db, struct arena *a, const struct event *e) {
	struct notice_said m;
	struct message_id id = {e->object_id};
	bool found;
	TRY(sql_notice_said(db, a, id, false, &m, &found));
	if (!found || m.created_at < e->at - HISTORY) return OK;
	if (str_is(m.conversation_kind, "direct")) return tell_written(db, a, e, m.conversation_id);
	int64_t told;
	TRY(sql_notice_tell_followers(db, m.conversation_id, e->actor, e->seq, m.kind, e->at, &told));
	if (told == 0 || !is_mailed(m.kind)) return OK;
	struct str data = str_fmt(a, "{\"event\":%lld,\"message\":%lld}", (long long)e->seq, (long long)e->object_id);
	return job_add(db, "notice_mail", data, 0);
}

static enum err tell_begun(struct db *db, struct arena *a, const struct event *e) {
	struct str kind = STR("");
	JSON_DOC(doc);
	if (json_parse(&doc, e->data, NULL) != OK || !json_get_str(json_member(doc.root, "kind"), &kind)) return OK;
	return str_is(kind, "direct") ? tell_written(db, a, e, (struct conversation_id){e->object_id}) : OK;
}

/* Those who were asked and are silent are told again, each of their own conversation. */
static enum err tell_silent(struct db *db, struct arena *a, const struct event *e) {
	int64_t told;
	TRY(sql_notice_tell_silent(db, (struct conversation_id){e->object_id}, e->actor, e->seq, e->at, &told));
	return told == 0 ? OK : job_add(db, "message_mail", str_fmt(a, "{\"event\":%lld}", (long long)e->seq), 0);
}

/* Who has something to do with it from now on: it was given to them, or they were asked to take part. */
static enum err tell_assigned(struct db *db, const struct event *e) {
	struct person_id to = {0};
	struct conversation_id id = {e->object_id};
	JSON_DOC(doc);
	if (json_parse(&doc, e->data, NULL) != OK) return OK;
	bool joined = json_get_int(json_member(doc.root, "joined"), &to.v);
	if (!joined && !json_get_int(json_member(doc.root, "assignee"), &to.v)) return OK;
	if (to.v < 1 || to.v == e->actor.v) return OK;
	return sql_notice_tell(db, to, e->seq, joined ? STR("joined") : STR("assigned"), id, e->at, NULL);
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

bool notice_wants(const struct event *e) {
	if (strcmp(e->object_kind, "request") == 0) return true;
	return is(e, "create", "message") || is(e, "create", "conversation") || is(e, "update", "conversation") || is(e, "announce", "conversation") ||
	        is(e, "announce", "person") || is(e, "update", "business") || is(e, "update", "document");
}

enum err notice_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	for (size_t i = 0; i < n; i++) {
		if (is(&e[i], "create", "message")) TRY(tell_said(db, a, &e[i]));
		else if (is(&e[i], "create", "conversation")) TRY(tell_begun(db, a, &e[i]));
		else if (is(&e[i], "announce", "conversation")) TRY(tell_silent(db, a, &e[i]));
		else if (is(&e[i], "update", "conversation")) TRY(tell_assigned(db, &e[i]));
		else if (is(&e[i], "update", "document")) TRY(tell_document(db, &e[i]));
		else if (is(&e[i], "announce", "person")) TRY(mail_asked(db, a, &e[i], ctx));
		else if (strcmp(e[i].object_kind, "request") == 0) TRY(tell_request(db, a, &e[i], ctx));
		else if (is(&e[i], "update", "business")) TRY(job_add(db, "mail_waiting", STR("{}"), 0));
	}
	return OK;
}
