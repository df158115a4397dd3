/* A report from its birth on: made, changed, taken down. */
#include "base/check.h"
#include "mention/mention.h"
#include "tag/tag.h"
#include "promise/promise.h"
#include "talk/talk_int.h"
#include "text/date.h"
#include "text/markdown.h"
#include "text/utf8.h"
#include <math.h>

enum { PLACE_MAX = 200, CHANNEL_MAX = 40 };

enum err talk_event(struct db *db, struct person_id actor, const char *verb, struct message_id message,
	const struct talk_facts *f,
                    enum audience audience, struct str data) {
	bool said = message.v != 0;
	struct event e = {.actor = actor, .verb = verb, .object_kind = said ? "message" : "conversation",
	                  .object_id = said ? message.v : f->id.v, .target_kind = said ? "conversation" : NULL,
	                  .target_id = said ? f->id.v : 0, .audience = audience, .data = data};
	return event_append(db, &e, NULL);
}

static struct str otherwise(struct str s, const char *preset) {
	return str_empty(s) ? str_c(preset) : s;
}

static bool is_visibility(struct str s) {
	return str_is(s, "public") || str_is(s, "members") || str_is(s, "private") || str_is(s, "staff");
}

static bool is_place(double lat, double lon) {
	return lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180;   /* false for NAN */
}

static enum err check_new(const struct new_report *r) {
	bool known = board_of(r->kind) != NULL && (str_empty(r->visibility) || is_visibility(r->visibility)) &&
	             (str_empty(r->status) || state_find(r->status) != NULL);
	bool sized = r->subject.n > 0 && r->subject.n <= SUBJECT_MAX && r->body.n <= BODY_MAX && r->place.n <= PLACE_MAX &&
	             r->channel.n <= CHANNEL_MAX && r->topic.n <= CHANNEL_MAX;
	bool shaped = str_empty(r->since) || date_valid(r->since), direct = talk_is_direct(r->kind), room = talk_is_room(r->kind);
	bool placed = (isnan(r->lat) && isnan(r->lon)) || is_place(r->lat, r->lon);
	bool kept = direct ? str_is(r->visibility, "private") : r->to.v == 0 && r->group.v == 0;
	if (room) kept &= str_is(r->visibility, "private") || (str_is(r->kind, "room") && str_is(r->visibility, "staff"));
	return known && sized && shaped && placed && kept ? OK : ERR_INVALID;
}

/* Among some: nobody says "me too", who is in it follows. */
static enum err address(struct db *db, struct conversation_id id, const struct new_report *r, usec_t at) {
	if (r->author.v != 0) TRY(sql_talk_follow_insert(db, r->author, id.v, at, NULL));
	if (r->group.v != 0) TRY(sql_talk_set_group(db, id, r->group));
	if (r->to.v == 0) return OK;
	TRY(sql_talk_participant_add(db, id, r->to, NULL));
	return sql_talk_follow_insert(db, r->to, id.v, at, NULL);
}

enum err talk_create(struct db *db, struct arena *a, const struct new_report *r, struct conversation_id *ret) {
	TRY(check_new(r));
	usec_t at = r->at ? r->at : clock_now();
	bool placed = is_place(r->lat, r->lon);
	struct str area = r->area, status = otherwise(r->status, "new");
	if (str_none(area) && placed) {
		const struct town *town = town_near(r->lat, r->lon);
		if (town != NULL) area = town->name;
	}
	struct opt_int quadkey = {.has = placed, .v = placed ? quad_of(r->lat, r->lon, QUAD_LEVELS) : 0};
	struct conversation_id id;
	TRY(sql_talk_insert(db, r->kind, str_c(board_of(r->kind)), r->subject, otherwise(r->body, ""),
		markdown_text(a, otherwise(r->body, ""), SUMMARY_CHARS),
	                    otherwise(r->visibility, "public"), status, r->author, r->assignee, r->team, otherwise(r->topic, ""),
	                    str_empty(r->since) ? STR_NONE : r->since, placed ? r->lat : NAN, placed ? r->lon : NAN,
		otherwise(r->place, ""),
	                    otherwise(area, ""), quadkey, impact_of(0, at, state_find(status)->open),
		otherwise(r->channel, "portal"), at, &id));
	struct talk_facts f;
	TRY(talk_facts(db, a, id, &f));
	TRY(count_whole(db, &f, 1));
	if (r->tags.n > 0) TRY(tag_set(db, a, "conversation", id.v, r->tags));
	TRY(talk_event(db, r->author, "create", (struct message_id){0}, &f, talk_audience(&f),
		str_fmt(a, "{\"kind\":\"" STR_FMT "\"}", STR_ARG(r->kind))));
	*ret = id;
	int64_t more;
	bool new;
	if (talk_is_among(r->kind)) TRY(address(db, id, r, at));
	else if (r->author.v != 0) TRY(talk_first_voice(db, id, r->author, at, &more, &new));
	return mention_possible(r->body) && !talk_is_room(r->kind) ? mention_keep(db, a, (struct mention_place){.conversation = id}) : OK;
}

/* ------------------------------------------------------------------ handlers */

struct object talk_object_of(const struct talk_facts *f) {
	struct object o = {.thing = THING_CONVERSATION, .owner = f->author_id, .hidden = f->hidden};
	if (talk_is_direct(f->kind)) o.thing = str_is(f->kind, "group") ? THING_GROUP : THING_DIRECT;
	if (talk_is_room(f->kind)) o.thing = THING_ROOM;
	o.visibility = str_is(f->visibility, "public")    ? SEEN_PUBLIC
	               : str_is(f->visibility, "members") ? SEEN_MEMBERS
	               : str_is(f->visibility, "private") ? SEEN_PRIVATE
	                                                  : SEEN_STAFF;
	return o;
}

enum err facts_may(struct db *db, struct arena *a, const struct actor *actor, struct conversation_id id, enum act act,
	struct talk_facts *ret) {
	TRY(sql_talk_facts_seen(db, a, id, actor->id, actor->is_staff, ret));
	struct object o = talk_object_of(ret);
	o.participant = true;          /* what is private is seen by those who take part */
	return may_or_err(actor, act, &o);
}

enum err facts_for(struct req *q, struct conversation_id id, enum act act, struct talk_facts *ret) {
	return facts_may(q->db, q->a, &q->actor, id, act, ret);
}

enum err report_hide(struct req *q, struct conversation_id id, bool hide) {
	struct talk_facts f;
	TRY(facts_for(q, id, ACT_HIDE, &f));
	if (f.hidden == hide) return OK;
	TRY(count_whole(q->db, &f, -1));
	TRY(sql_talk_hide(q->db, id, hide ? clock_now() : 0));
	f.hidden = hide;
	TRY(count_whole(q->db, &f, 1));
	return talk_event(q->db, q->actor.id, "update", (struct message_id){0}, &f, talk_audience(&f), hide
		? STR("{\"hidden\":true}") : STR("{\"hidden\":false}"));
}

/* note: what was said to them with it, or 0. What the actor sees to and promised in it goes along to whom they give it. */
static enum err assign(struct req *q, const struct talk_facts *f, struct person_id who, struct message_id note) {
	struct str with = note.v ? str_fmt(q->a, ",\"note\":%lld", (long long)note.v) : STR("");
	TRY(sql_talk_assign(q->db, f->id, who));
	if (who.v != 0) TRY(sql_talk_follow_insert(q->db, who, f->id.v, clock_now(), NULL));   /* to be told what is said next */
	if (who.v != 0 && who.v != q->actor.id.v) TRY(promise_give_along(q, f->id, who));
	return talk_event(q->db, q->actor.id, "update", (struct message_id){0}, f, AUDIENCE_STAFF,
	                  str_fmt(q->a, "{\"assignee\":%lld" STR_FMT "}", (long long)who.v, STR_ARG(with)));
}

static enum err is_colleague(struct req *q, struct person_id who, const char *field) {
	int64_t staff;
	TRY(sql_talk_is_staff(q->db, who, &staff));
	return staff == 0 ? req_invalid(q, field, T("This is not a colleague.")) : OK;
}

enum err report_assign(struct req *q, struct conversation_id id, struct person_id who) {
	struct talk_facts f;
	TRY(facts_for(q, id, ACT_ASSIGN, &f));
	if (who.v == f.assignee_id.v && (who.v != 0 || f.team_id.v == 0)) return OK;
	if (who.v != 0) TRY(is_colleague(q, who, "assignee"));
	return assign(q, &f, who, (struct message_id){0});
}

enum err talk_give(struct req *q, struct conversation_id id, struct person_id to, struct str note, const char *field) {
	struct talk_facts f;
	struct message_id said = {0};
	TRY(facts_for(q, id, ACT_ASSIGN, &f));
	TRY(is_colleague(q, to, field));
	if (to.v == f.assignee_id.v) return req_invalid(q, field, T("They are on it already."));
	if (note.n > BODY_MAX) return req_invalid(q, "note", T("This is too long."));
	struct new_message m = {.conversation = id, .kind = STR("note"), .body = note, .status = STR_NONE, .channel = STR_NONE, .author = q->actor.id};
	if (!str_empty(note)) TRY(facts_for(q, id, ACT_NOTE, &f));
	if (!str_empty(note)) TRY(talk_say(q->db, q->a, &m, &said));
	return assign(q, &f, to, said);
}

enum err report_assign_team(struct req *q, struct conversation_id id, struct team_id team) {
	struct talk_facts f;
	bool there;
	TRY(facts_for(q, id, ACT_ASSIGN, &f));
	if (f.assignee_id.v == 0 && f.team_id.v == team.v) return OK;
	TRY(sql_talk_is_team(q->db, team, &there));
	if (!there) return req_invalid(q, "assignee", T("There is no such team."));
	TRY(sql_talk_assign_team(q->db, id, team));
	return talk_event(q->db, q->actor.id, "update", (struct message_id){0}, &f, AUDIENCE_STAFF, str_fmt(q->a, "{\"assignee\":0,\"team\":%lld}", (long long)team.v));
}

enum err report_publish(struct req *q, struct talk_facts *f, struct str visibility) {
	if (str_eq(visibility, f->visibility)) return OK;
	TRY(count_whole(q->db, f, -1));
	TRY(sql_talk_set_visibility(q->db, f->id, visibility));
	enum audience was = talk_audience(f);
	f->visibility = visibility;
	TRY(count_whole(q->db, f, 1));
	enum audience widest = was < talk_audience(f) ? was : talk_audience(f);   /* who could see it must forget it */
	return talk_event(q->db, q->actor.id, "update", (struct message_id){0}, f, widest,
		STR("{\"changed\":[\"visibility\"]}"));
}

enum err report_edit(struct req *q, const struct talk_facts *f, struct str subject, struct str body, struct str topic) {
	struct buf b;
	buf_init(&b, 256);
	if (!str_eq(subject, f->subject)) buf_add(&b, STR(",\"subject\""));
	if (!str_eq(body, f->body)) buf_add(&b, STR(",\"body\""));
	if (!str_eq(topic, f->topic)) buf_add(&b, STR(",\"topic\""));
	struct str changed = str_copy(q->a, str_from(buf_str(&b), 1));
	buf_done(&b);
	if (str_empty(changed)) return OK;
	bool reworded = !str_eq(subject, f->subject) || !str_eq(body, f->body);
	usec_t now = clock_now();
	if (reworded) TRY(revision_keep(q->db, f, NULL, q->actor.id, now));
	TRY(sql_talk_edit(q->db, f->id, subject, body, markdown_text(q->a, body, SUMMARY_CHARS), topic,
		reworded ? now : f->edited_at));
	if (mention_possible(body) || mention_possible(f->body)) TRY(mention_keep(q->db, q->a, (struct mention_place){.conversation = f->id}));
	return talk_event(q->db, q->actor.id, "update", (struct message_id){0}, f, talk_audience(f),
	                  str_fmt(q->a, "{\"changed\":[" STR_FMT "]}", STR_ARG(changed)));
}
