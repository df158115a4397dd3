/* The log for programs, and live pages: each only as far as who asks may know of it. */
#include "talk/talk_int.h"
#include "access/access.h"
#include "sql/access.h"
#include "text/json.h"

enum { BATCH = 200, LOOKED_AT = 4000 };

static bool is_within(const struct event *e) { return e->target_kind != NULL && strcmp(e->target_kind, "conversation") == 0; }

/* What happens between two or in a room is known to who may see that conversation. */
static enum err is_party(struct req *q, const struct event *e, bool *ret) {
	bool within = is_within(e);
	struct conversation_id id = {within ? e->target_id : e->object_id};
	*ret = false;
	if (q->actor.id.v == 0 || (!within && strcmp(e->object_kind, "conversation") != 0)) return OK;
	return sql_access_sees_conversation(q->db, id, q->actor.id, q->actor.is_staff, &id, ret);
}

/* Of the staff: also of a note in a room that not all of them are in. */
static enum err is_for_staff(struct req *q, const struct event *e, bool *ret) {
	*ret = q->actor.is_staff;
	return *ret && is_within(e) ? is_party(q, e, ret) : OK;
}

static enum err may_know(struct req *q, const struct event *e, bool *ret) {
	const struct actor *a = &q->actor;
	switch (e->audience) {
	case AUDIENCE_PUBLIC: *ret = true; break;
	case AUDIENCE_MEMBERS: *ret = a->id.v != 0; break;
	case AUDIENCE_PRIVATE: *ret = a->is_staff || (a->id.v != 0 && e->actor.v == a->id.v); break;
	case AUDIENCE_PARTIES: return is_party(q, e, ret);
	case AUDIENCE_STAFF: return is_for_staff(q, e, ret);
	}
	return OK;
}

static bool knows_actor(const struct req *q, const struct event *e) {
	return e->actor.v != 0 && (q->actor.is_staff || e->actor.v == q->actor.id.v || !event_is_silent(e));
}

static void put_event(struct json_out *o, struct req *q, const struct event *e) {
	bool known = knows_actor(q, e);
	json_put_object(o);
	json_put_key(o, "seq"), json_put_int(o, e->seq);
	json_put_key(o, "at"), json_put_str(o, time_rfc3339(q->a, e->at));
	event_put_thing(o, "actor", known ? "person" : NULL, e->actor.v);
	json_put_key(o, "verb"), json_put_c(o, e->verb);
	event_put_thing(o, "object", e->object_kind, e->object_id);
	event_put_thing(o, "target", e->target_kind, e->target_id);
	json_put_key(o, "audience"), json_put_c(o, audience_word(e->audience));
	json_put_key(o, "data"), json_put_raw(o, e->data);
	json_put_end(o);
}

/* ------------------------------------------------- the same in ActivityStreams 2.0 */

#define ACTIVITY_TYPE "application/activity+json"

/* "like" is Like: our verbs are those of the vocabulary, written small. */
static struct str capital(struct arena *a, const char *word) {
	struct str s = str_copy(a, str_c(word));
	if (s.n > 0 && s.p[0] >= 'a' && s.p[0] <= 'z') ((char *)s.p)[0] = (char)(s.p[0] - 'a' + 'A');
	return s;
}

static void put_node(struct json_out *o, struct req *q, const char *key, const char *kind, int64_t id) {
	static const struct { const char *kind, *type, *path; } nodes[] = {
		{"person", "Person", "people"}, {"conversation", "Article", "conversations"}, {"record", "Object", "records"}, {"message", "Note", NULL},
		{"organization", "Organization", "organizations"}, {"business", "Organization", NULL},
	};
	const char *type = "Object", *path = NULL;
	if (kind == NULL) return;
	for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
		if (strcmp(nodes[i].kind, kind) == 0) type = nodes[i].type, path = nodes[i].path;
	struct str base = req_base_url(q);
	json_put_key(o, key);
	json_put_object(o);
	json_put_key(o, "type"), json_put_c(o, type);
	json_put_key(o, "id");
	if (path != NULL) json_put_str(o, str_fmt(q->a, STR_FMT "/api/v1/%s/%lld", STR_ARG(base), path, (long long)id));
	else json_put_str(o, str_fmt(q->a, STR_FMT "/api/v1#%s-%lld", STR_ARG(base), kind, (long long)id));
	json_put_end(o);
}

static void put_activity(struct json_out *o, struct req *q, const struct event *e) {
	struct str base = req_base_url(q);
	json_put_object(o);
	json_put_key(o, "id"), json_put_str(o, str_fmt(q->a, STR_FMT "/api/v1/events#%lld", STR_ARG(base), (long long)e->seq));
	json_put_key(o, "type"), json_put_str(o, capital(q->a, e->verb));
	json_put_key(o, "published"), json_put_str(o, time_rfc3339(q->a, e->at));
	if (knows_actor(q, e)) put_node(o, q, "actor", "person", e->actor.v);
	put_node(o, q, "object", e->object_kind, e->object_id);
	put_node(o, q, "target", e->target_kind, e->target_id);
	json_put_end(o);
}

static struct str next_address(struct req *q, const struct talk_events_in *in, int64_t after) {
	return str_fmt(q->a, "/api/v1/events?after=%lld&limit=%lld", (long long)after, (long long)in->limit);
}

/* ------------------------------------------------------------------------ a page */

enum err talk_events(struct req *q, const struct talk_events_in *in) {
	bool as2 = str_has(http_header(q->http, "Accept"), STR(ACTIVITY_TYPE));
	int64_t after = in->after, looked = 0, given = 0;
	bool more = true;
	struct buf b;
	buf_init(&b, 4 * 1024 * 1024);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	if (as2) {
		struct str list = str_fmt(q->a, STR_FMT "/api/v1/events", STR_ARG(req_base_url(q)));
		json_put_key(&o, "@context"), json_put_c(&o, "https://www.w3.org/ns/activitystreams");
		json_put_key(&o, "type"), json_put_c(&o, "OrderedCollectionPage");
		json_put_key(&o, "id"), json_put_str(&o, str_fmt(q->a, STR_FMT "?after=%lld&limit=%lld", STR_ARG(list), (long long)in->after, (long long)in->limit));
		json_put_key(&o, "partOf"), json_put_str(&o, list);
	}
	json_put_key(&o, as2 ? "orderedItems" : "data");
	json_put_array(&o);
	enum err e = OK;
	while (e == OK && more && given < in->limit && looked < LOOKED_AT) {
		struct event_list list;
		e = event_after(q->db, q->a, after, BATCH, &list);
		if (e != OK) break;
		more = list.n == BATCH;
		for (size_t i = 0; i < list.n; i++, looked++) {
			if (given == in->limit) {
				more = true;
				break;
			}
			after = list.v[i].seq;
			bool known;
			if ((e = may_know(q, &list.v[i], &known)) != OK) break;
			if (!known) continue;
			if (as2) put_activity(&o, q, &list.v[i]);
			else put_event(&o, q, &list.v[i]);
			given++;
		}
	}
	json_put_end(&o);
	if (!as2) {
		json_put_key(&o, "next");
		if (more) json_put_str(&o, str_fmt(q->a, "%lld", (long long)after));
		else json_put_null(&o);
	} else if (more) {
		json_put_key(&o, "next"), json_put_str(&o, str_fmt(q->a, STR_FMT STR_FMT, STR_ARG(req_base_url(q)), STR_ARG(next_address(q, in, after))));
	}
	json_put_end(&o);
	if (e == OK) {
		req_header(q, "Cache-Control", STR("no-store"));
		req_header(q, "Vary", STR("Accept"));
		if (more) req_header(q, "Link", str_fmt(q->a, "<" STR_FMT ">; rel=\"next\"", STR_ARG(next_address(q, in, after))));
		req_send(q, 200, as2 ? ACTIVITY_TYPE : "application/json", buf_str(&b));
	}
	buf_done(&b);
	return e;
}

/* Whether this listener may know of a topic. What is not for them does not exist. */
static enum err may_listen(struct req *q, const struct live_topic *t) {
	if (strcmp(t->kind, "conversations") == 0 && t->id == 0) return OK;
	if (strcmp(t->kind, "desk") == 0 && t->id == 0) return q->actor.is_staff ? OK : ERR_NOT_FOUND;
	if (t->id == 0) return ERR_NOT_FOUND;
	if (strcmp(t->kind, "conversation") == 0) {
		struct conversation_id id;
		bool found;
		TRY(sql_access_sees_conversation(q->db, (struct conversation_id){t->id}, q->actor.id, q->actor.is_staff, &id,
			&found));
		return found ? OK : ERR_NOT_FOUND;
	}
	if (strcmp(t->kind, "request") == 0) {
		struct request_id id;
		bool found;
		TRY(sql_access_sees_request(q->db, (struct request_id){t->id}, q->actor.id, q->actor.is_staff, &id, &found));
		return found ? OK : ERR_NOT_FOUND;
	}
	if (strcmp(t->kind, "expectation") == 0) {
		struct expectation_id id;
		bool found;
		TRY(sql_access_sees_expectation(q->db, (struct expectation_id){t->id}, q->actor.id, q->actor.is_staff, &id, &found));
		return found ? OK : ERR_NOT_FOUND;
	}
	if (strcmp(t->kind, "message") == 0) return ERR_NOT_FOUND;      /* who may know of it listens to its conversation */
	bool mine = strcmp(t->kind, "person") == 0 && q->actor.id.v == t->id;
	return mine || q->actor.is_staff ? OK : ERR_NOT_FOUND;
}

enum err talk_live(struct req *q, const struct talk_live_in *in) {
	struct live_topic topic[LIVE_TOPICS_MAX];
	int n;
	int64_t after = in->after.has ? in->after.v : -1;
	if (!live_topics(in->topics, topic, &n)) return req_invalid(q, "topics",
		T("Topics are written like conversation:12,conversations."));
	for (int i = 0; i < n; i++) TRY(may_listen(q, &topic[i]));
	struct str last = http_header(q->http, "Last-Event-ID");
	if (!str_none(last)) str_int(last, &after);
	enum audience widest = q->actor.is_staff ? AUDIENCE_STAFF : q->actor.id.v != 0 ? AUDIENCE_PARTIES : AUDIENCE_PUBLIC;
	TRY(live_open(web_live(q->web), q->http, q->db, topic, n, widest, after));
	q->sent = true;
	return OK;
}
