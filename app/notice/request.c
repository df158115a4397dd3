/* What becomes of what somebody asked to be done: the people of the record hear of it, the staff of what waits for them. */
#include "access/access.h"
#include "notice/mail_int.h"
#include "pack/pack.h"
#include "text/json.h"

struct str request_subject(struct arena *a, struct str pack, const struct request_name *n, enum lang lang) {
	const struct pack_type *t = pack_type_find(pack_find(pack), n->type);
	const struct pack_action *act = pack_action_find(t, n->action);
	struct str what = act == NULL ? n->action : pack_say(&act->label, lang), *value;
	bool said = t != NULL && pack_values_read(a, t->field, t->fields, n->fields, &value) == OK;
	return str_fmt(a, STR_FMT ": " STR_FMT, STR_ARG(what), STR_ARG(said ? pack_title(a, t, value, lang) : n->title));
}

static enum err tell_step(struct db *db, const struct event *e, struct request_id id, struct str to) {
	static const struct { const char *state, *kind; } told[] = {
		{"sent", "request_sent"}, {"done", "request_done"}, {"declined", "request_declined"}, {"failed", "request_failed"}};
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		if (!str_is(to, told[i].state)) continue;
		TRY(sql_notice_tell_people(db, id, e->actor, e->seq, str_c(told[i].kind), STR("request"), e->at, NULL));
		if (!str_is(to, "failed") || e->actor.v != 0) return OK;
		return sql_notice_tell_desk(db, id, e->actor, e->seq, str_c(told[i].kind), STR("request"), e->at, NULL);
	}
	if (!str_is(to, "withdrawn")) return OK;      /* who was to say yes need not any more */
	return sql_notice_tell_desk(db, id, e->actor, e->seq, STR("request_withdrawn"), STR("request_new"), e->at, NULL);
}

enum err tell_request(struct db *db, struct arena *a, const struct event *e) {
	struct notice_request w;
	struct str to = STR("");
	bool found;
	JSON_DOC(doc);
	TRY(sql_notice_request_get(db, a, (struct request_id){e->object_id}, &w, &found));
	if (!found) return OK;
	if (strcmp(e->verb, "create") == 0) {
		if (!str_is(w.state, "requested")) return OK;
		return sql_notice_tell_desk(db, w.id, e->actor, e->seq, STR("request_new"), STR("request_new"), e->at, NULL);
	}
	if (json_parse(&doc, e->data, NULL) != OK || !json_get_str(json_member(doc.root, "to"), &to)) return OK;
	return tell_step(db, e, w.id, to);
}
