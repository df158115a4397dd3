/* Who follows a record, a customer or a tag hears what happens with it. Behind all else that an event tells, so that nobody hears of it twice. */
#include "follow/follow.h"
#include "notice/mail_int.h"
#include "pack/pack.h"
#include "sql/access.h"
#include "text/json.h"

enum { FOLLOWERS_AT_ONCE = 500 };

static bool is(const char *kind, const char *word) { return kind != NULL && strcmp(kind, word) == 0; }

/* A change of what a conversation is called, given to whom, and the like is for those who follow that. */
bool follow_wants(const struct event *e) {
	if (event_is_silent(e) || is(e->verb, "view") || is(e->verb, "announce")) return false;
	if (is(e->object_kind, "conversation") || is(e->object_kind, "message")) return is(e->verb, "create") || (is(e->verb, "update") && is(e->object_kind, "conversation"));
	/* a profile itself is private; what else happens to the login is for the team's eyes only, and no news */
	if (is(e->object_kind, "person") && e->target_kind == NULL) return is(e->verb, "update") && e->audience == AUDIENCE_PRIVATE;
	return is(e->object_kind, "record") || is(e->object_kind, "call") || is(e->object_kind, "document") || is(e->object_kind, "request") || is(e->target_kind, "record");
}

/* Whether a conversation came to wear tags by this event. */
static bool gives_tags(const struct event *e) {
	JSON_DOC(doc);
	if (json_parse(&doc, e->data, NULL) != OK) return false;
	const struct json *changed = json_member(doc.root, "changed");
	struct str word;
	for (size_t i = 0; i < json_length(changed); i++)
		if (json_get_str(json_item(changed, i), &word) && str_is(word, "tags")) return true;
	return false;
}

static enum err tell_tagged(struct db *db, const struct event *e, bool *ret_told) {
	int64_t told;
	bool fresh = is(e->verb, "create");
	if (!fresh && !gives_tags(e)) return OK;
	TRY(sql_notice_tell_tagged(db, (struct conversation_id){e->object_id}, e->actor, e->seq, fresh ? e->at - HISTORY : 0, e->at, &told));
	*ret_told |= told > 0;
	return OK;
}

/* A change of a record only where the pack keeps it for the team. */
static enum err is_teams(struct db *db, struct arena *a, const struct event *e, bool *ret) {
	struct str pack, type;
	bool firm, there;
	*ret = false;
	if (!is(e->object_kind, "record") || !is(e->verb, "update")) return OK;
	TRY(sql_business_pack(db, a, &pack, &firm));
	TRY(sql_notice_record_type(db, a, (struct record_id){e->object_id}, &type, &there));
	const struct pack *p = firm ? pack_find(pack) : NULL;
	const struct pack_type *t = p && there ? pack_type_find(p, type) : NULL;
	*ret = t != NULL && !pack_type_news(t, e->data);
	return OK;
}

enum err tell_follow(struct db *db, struct arena *a, const struct event *e, bool *ret_told) {
	struct follow_follower_list list;
	struct person_id after = {0};
	if (!follow_wants(e)) return OK;
	if (is(e->object_kind, "conversation")) TRY(tell_tagged(db, e, ret_told));
	if (is(e->object_kind, "conversation") && !is(e->verb, "create")) return OK;
	bool teams;
	TRY(is_teams(db, a, e, &teams));
	do {
		struct arena_mark mark = arena_mark(a);
		int64_t told;
		TRY(follow_followers(db, a, e, after, FOLLOWERS_AT_ONCE, &list));
		for (size_t i = 0; i < list.n; i++) {
			const struct follow_follower *f = &list.v[i];
			after = f->person_id;
			if (teams && !f->staff) continue;
			TRY(sql_notice_tell_follower(db, f->person_id, f->staff, f->kind, f->id, e->seq, e->at - HISTORY, e->at, &told));
			*ret_told |= told > 0;
		}
		arena_reset(a, mark);
	} while (list.n == FOLLOWERS_AT_ONCE);
	return OK;
}
