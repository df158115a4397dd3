/* The reader of the log: an event stands in the timeline of who did it, of what it is about, and of the people of that. */
#include "access/access.h"
#include "pack/pack.h"
#include "sql/timeline.h"
#include "text/json.h"
#include "timeline/timeline.h"

struct keeping {
	struct db *db;
	struct arena *a;
	const struct pack *pack;
	const struct event *e;
	struct str sort;
};

static bool about(const struct event *e, const char *kind) {
	return strcmp(e->object_kind, kind) == 0 || (e->target_kind != NULL && strcmp(e->target_kind, kind) == 0);
}

static bool object_is(const struct event *e, const char *kind) { return strcmp(e->object_kind, kind) == 0; }
static bool target_is(const struct event *e, const char *kind) { return e->target_kind != NULL && strcmp(e->target_kind, kind) == 0; }

static bool is_reminder(const struct event *e) { return (object_is(e, "expectation") || object_is(e, "task")) && strcmp(e->verb, "announce") == 0; }

bool timeline_wants(const struct event *e) {
	return about(e, "person") || about(e, "record") || about(e, "conversation") || about(e, "organization") || about(e, "expectation") || about(e, "task") || about(e, "claim") || e->actor.v != 0;
}

static enum err put(struct keeping *k, const char *kind, int64_t id) {
	return id == 0 ? OK : sql_timeline_put(k->db, str_c(kind), id, k->e->seq, k->sort, NULL);
}

static enum err sort_of(struct keeping *k) {
	const struct event *e = k->e;
	struct str kind = STR("");
	bool found = false;
	k->sort = STR("other");
	if (object_is(e, "message")) TRY(sql_timeline_message(k->db, k->a, e->object_id, &kind, &found));
	if (str_is(kind, "note")) k->sort = STR("note");
	else if (object_is(e, "call")) k->sort = STR("call");
	else if (object_is(e, "expectation") || object_is(e, "claim")) k->sort = STR("promise");
	else if (object_is(e, "task")) k->sort = STR("task");
	else if (object_is(e, "document")) k->sort = STR("file");
	else if (about(e, "conversation")) k->sort = STR("talk");
	else if (about(e, "record")) k->sort = STR("record");
	else if (object_is(e, "person")) k->sort = STR("profile");
	return OK;
}

/* A line of a ledger that an import brings is kept as one; beside ten thousand of them nothing else would be seen. Its event says the type. */
static bool makes_ledger_line(const struct keeping *k) {
	struct str type = STR("");
	JSON_DOC(doc);
	if (!object_is(k->e, "record") || !target_is(k->e, "record") || strcmp(k->e->verb, "create") != 0) return false;
	if (json_parse(&doc, k->e->data, NULL) != OK || !json_get_str(json_member(doc.root, "type"), &type)) return false;
	const struct pack_type *t = pack_type_find(k->pack, type);
	return t != NULL && t->parent != NULL && pack_type_lines(k->pack, t->parent) == t;
}

/* The news of the house; of what customers may know, the firm's. A list of thousands that is loaded is none. */
static enum err put_news(struct keeping *k) {
	const struct event *e = k->e;
	if (is_reminder(e)) return OK;      /* its owner is told */
	bool loaded = strcmp(e->verb, "create") == 0 && (object_is(e, "person") || object_is(e, "record"));
	if (loaded || event_is_silent(e) || strcmp(e->verb, "view") == 0) return OK;
	TRY(put(k, TIMELINE_TEAM, 1));
	return e->audience == AUDIENCE_PUBLIC || e->audience == AUDIENCE_MEMBERS ? put(k, TIMELINE_FIRM, 1) : OK;
}

static enum err put_record(struct keeping *k, int64_t id) {
	struct timeline_record_row r;
	bool found;
	TRY(sql_timeline_record(k->db, id, &r, &found));
	if (!found) return OK;
	TRY(put(k, "record", id));
	TRY(put(k, "record", r.root_id.v));
	return sql_timeline_put_people(k->db, r.root_id.v ? r.root_id : (struct record_id){id}, k->e->seq, k->sort, NULL);
}

static enum err put_records(struct keeping *k) {
	const struct event *e = k->e;
	if (object_is(e, "record")) TRY(put_record(k, e->object_id));
	if (!target_is(e, "record")) return OK;
	TRY(put_record(k, e->target_id));
	if (!object_is(e, "person") || strcmp(e->verb, "add") != 0) return OK;
	return sql_timeline_put_past(k->db, (struct person_id){e->object_id}, e->target_id, NULL);
}

static enum err keep(struct keeping *k) {
	const struct event *e = k->e;
	if (event_is_silent(e) && !about(e, "conversation")) return OK;      /* whom somebody follows is nobody's news */
	TRY(sort_of(k));
	if (makes_ledger_line(k)) return put(k, "record", e->object_id);
	TRY(put_records(k));
	TRY(put_news(k));
	TRY(put(k, "person", e->actor.v));
	if (object_is(e, "person")) TRY(put(k, "person", e->object_id));
	if (is_reminder(e)) return OK;
	if (object_is(e, "task")) TRY(put(k, "task", e->object_id));
	if (object_is(e, "task")) TRY(sql_timeline_put_task(k->db, e->object_id, e->seq, k->sort, NULL));
	if (object_is(e, "expectation")) TRY(sql_timeline_put_promise(k->db, e->object_id, e->seq, k->sort, NULL));
	if (object_is(e, "claim")) TRY(sql_timeline_put_claim(k->db, e->object_id, e->seq, k->sort, NULL));
	if (object_is(e, "call")) TRY(sql_timeline_put_call(k->db, e->object_id, e->seq, k->sort, NULL));
	if (event_is_silent(e)) return OK;
	if (object_is(e, "conversation")) TRY(sql_timeline_put_talk(k->db, (struct conversation_id){e->object_id}, e->seq, k->sort, NULL));
	if (target_is(e, "conversation")) TRY(sql_timeline_put_talk(k->db, (struct conversation_id){e->target_id}, e->seq, k->sort, NULL));
	return OK;
}

enum err timeline_keep(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	struct business firm;
	enum err none = business_read(db, a, &firm);
	struct keeping k = {.db = db, .a = a, .pack = none == OK ? pack_find(firm.pack) : NULL};
	(void)ctx;
	if (none != OK && none != ERR_NOT_FOUND) return none;
	for (size_t i = 0; i < n; i++) {
		k.e = &e[i];
		if (timeline_wants(k.e)) TRY(keep(&k));
	}
	return OK;
}
