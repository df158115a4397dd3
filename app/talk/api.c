/* Conversations for other programs: lists, making and changing them, what was said. */
#include "message/message.h"
#include "record/record.h"
#include "sql/talk_api.h"
#include "tag/tag.h"
#include "talk/talk_int.h"
#include "text/url.h"
#include <inttypes.h>
#include <math.h>

enum { PARTICIPANTS_MOST = 50, SUBJECT_LEAST = 1 };

enum err talk_conversations(struct req *q, const struct talk_conversations_in *in, struct talk_reports *ret) {
	struct box box;
	struct int_list ids;
	struct list_wish w = {.kind = in->kind, .status = in->status, .tag = in->tag, .words = in->q, .sort = in->sort,
		.cursor = in->cursor,
		.topic = in->topic, .record = in->record_id, .most = (int)in->limit};
	if (!str_empty(in->bbox) && !box_read(in->bbox, &box)) return req_invalid(q, "bbox",
		T("Give west, south, east and north in degrees."));
	if (!str_empty(in->bbox)) w.box = &box;
	if (!str_empty(in->kind)) w.board = str_c(board_of(in->kind));
	ret->next = STR_NONE;
	TRY(desk_assignee(q, in->assignee, &w.assignee));
	if (str_is(in->sort, "waiting")) {
		if (!q->actor.is_staff) return ERR_DENIED;
		struct desk_wish desk = {.assignee = w.assignee, .waiting = true, .cursor = in->cursor, .most = (int)in->limit};
		TRY(desk_find(q, &desk, &ids, &ret->next));
	} else TRY(list_find(q, &w, &ids, &ret->next));
	return list_reports(q, ids, &ret->data);
}

/* --------------------------------------------------------------------- making */

static bool is_between(struct str kind) {     /* between people, never in the open */
	return str_is(kind, "query") || str_is(kind, "deal");
}

static enum err check_participants(struct req *q, struct person_id_list people) {
	if (people.n > PARTICIPANTS_MOST) return req_invalid(q, "participants", T("These are too many people for one conversation."));
	for (size_t i = 0; i < people.n; i++) {
		int64_t fine;
		TRY(q->actor.is_staff ? sql_talk_is_someone(q->db, people.v[i], &fine) : sql_talk_is_staff(q->db, people.v[i],
			&fine));
		if (fine == 0) return req_invalid(q, "participants", T("There is no such person."));
	}
	return OK;
}

static enum err added(struct req *q, struct conversation_id id, struct talk_voted *ret) {
	struct talk_report_row row;
	req_redirect(q, url_path(q->a, "/api/v1/conversations/%lld", (long long)id.v));
	TRY(report_get(q, id, &row));
	return report_view(q, &row, true, &ret->report);
}

/* To one person, or to each of several; no thing of the open community belongs to it. */
static enum err add_direct(struct req *q, const struct talk_conversation_add_in *in, struct talk_voted *ret) {
	struct conversation_id id;
	bool more = in->record_id.v != 0 || in->tags.n > 0 || !str_empty(in->topic) || !str_empty(in->since) || !isnan(in->place.lat) ||
		!isnan(in->place.lon) || !str_empty(in->place.label);
	if (!str_empty(in->visibility) && !str_is(in->visibility, "private")) return req_invalid(q, "visibility", T("This is between people: private."));
	if (more) return req_invalid(q, "kind", T("A message has a subject, words and participants, and nothing else."));
	struct message_draft d = {.kind = in->kind, .subject = in->subject, .body = in->body, .channel = STR("api"), .field = "participants",
		.to = {.v = in->participants.v, .n = in->participants.n}};
	TRY(message_begin(q, &d, &id));
	return added(q, id, ret);
}

enum err talk_conversation_add(struct req *q, const struct talk_conversation_add_in *in, struct talk_voted *ret) {
	if (talk_is_direct(in->kind)) return add_direct(q, in, ret);
	struct str visibility = !str_empty(in->visibility) ? in->visibility : is_between(in->kind)
		? STR("private") : STR("public");
	struct object o = {.thing = THING_CONVERSATION, .owner = q->actor.id};
	o.visibility = str_is(visibility, "public")    ? SEEN_PUBLIC
	               : str_is(visibility, "members") ? SEEN_MEMBERS
	               : str_is(visibility, "private") ? SEEN_PRIVATE
	                                               : SEEN_STAFF;
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	bool half = isnan(in->place.lat) != isnan(in->place.lon);
	enum err e = OK;
	if (str_is(in->kind, "deal") && !str_is(visibility, "private"))
		e = req_invalid(q, "visibility", T("This is between people: private."));
	else if (is_between(in->kind) && (str_is(visibility, "public") || str_is(visibility, "members")))
		e = req_invalid(q, "visibility", T("This is between people: private or staff."));
	struct record_row about;
	if (in->record_id.v != 0 && record_seen(q, in->record_id, &about) != OK) e = req_invalid(q, "record_id", T("There is no such thing."));
	if (half) e = req_invalid(q, "place", T("A place needs lat and lon."));
	if (!str_empty(in->topic) && str_empty(topic_label(q, in->topic))) e = req_invalid(q, "topic",
		T("This is not one of the choices."));
	TRY(e);
	struct person_id_list people = {.v = in->participants.v, .n = in->participants.n};
	TRY(check_participants(q, people));
	struct new_report r = {.kind = in->kind, .visibility = visibility, .subject = in->subject, .body = in->body,
		.topic = in->topic, .since = in->since,
		.channel = STR("api"), .lat = in->place.lat, .lon = in->place.lon, .place = in->place.label, .area = STR_NONE,
			.author = q->actor.id,
		.tags = {.v = in->tags.v, .n = in->tags.n}};
	struct conversation_id id;
	TRY(talk_create(q->db, q->a, &r, &id));
	for (size_t i = 0; i < people.n; i++) TRY(sql_talk_participant_add(q->db, id, people.v[i], NULL));
	if (in->record_id.v != 0) TRY(ask_link(q->db, q->a, id, &about));
	return added(q, id, ret);
}

static enum err tags_changed(struct req *q, const struct talk_facts *f) {
	bool many = str_is(f->visibility, "public") || str_is(f->visibility, "members");
	return talk_event(q->db, q->actor.id, "update", (struct message_id){0}, f, many ? talk_audience(f) : AUDIENCE_STAFF, STR("{\"changed\":[\"tags\"]}"));
}

enum err talk_tag(struct req *q, struct conversation_id id, struct str name, bool on) {
	struct talk_facts f;
	struct tag_id tag;
	TRY(facts_for(q, id, ACT_EDIT, &f));
	TRY(on ? tag_put(q->db, q->a, "conversation", id.v, name, &tag) : tag_drop(q->db, q->a, "conversation", id.v, name, &tag));
	return tag.v ? tags_changed(q, &f) : OK;
}

enum err talk_conversation_change(struct req *q, const struct talk_conversation_change_in *in, struct talk_voted *ret) {
	struct talk_facts f;
	struct talk_report_row row;
	TRY(facts_for(q, in->id, ACT_EDIT, &f));
	if (!str_none(http_header(q->http, "If-Match"))) TRY(req_version(q, f.version));
	if (!str_empty(in->topic) && str_empty(topic_label(q, in->topic))) return req_invalid(q, "topic",
		T("This is not one of the choices."));
	if (!str_none(in->subject) && str_empty(in->subject)) return req_invalid(q, "subject", T("Please fill this in."));
	if (!str_none(in->visibility) && !str_eq(in->visibility, f.visibility)) {
		struct object o = talk_object_of(&f);
		TRY(may_or_err(&q->actor, ACT_HIDE, &o));     /* who may take it down may also say who sees it */
		TRY(report_publish(q, &f, in->visibility));
	}
	TRY(report_edit(q, &f, str_none(in->subject) ? f.subject : in->subject, str_none(in->body) ? f.body : in->body,
	                str_none(in->topic) ? f.topic : in->topic));
	if (in->tags.v != NULL) {
		TRY(tag_set(q->db, q->a, "conversation", in->id.v, (struct text_list){.v = in->tags.v, .n = in->tags.n}));
		TRY(tags_changed(q, &f));
	}
	if (in->assignee_id.v != 0 && in->team_id.v != 0) return req_invalid(q, "team_id", T("Give it to a colleague or to a team, not to both."));
	if (in->assignee_id.has) TRY(report_assign(q, in->id, (struct person_id){in->assignee_id.v}));
	if (in->team_id.v != 0) TRY(report_assign_team(q, in->id, in->team_id));
	TRY(report_get(q, in->id, &row));
	return report_view(q, &row, true, &ret->report);
}

/* ------------------------------------------------------------------ what was said */

enum err talk_messages_list(struct req *q, const struct talk_messages_list_in *in, struct talk_messages *ret) {
	struct talk_report_row report;
	struct talk_message_row_list rows;
	struct message_id after = {0};
	TRY(cursor_id(q, in->cursor, &after.v));
	TRY(report_get(q, in->id, &report));
	TRY(sql_talk_messages(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, after, in->limit + 1, &rows));
	ret->next = STR_NONE;
	ret->data.v = NEW_ARRAY(q->a, struct talk_message, rows.n + 1);
	for (size_t i = 0; i < rows.n && i < (size_t)in->limit; i++) ret->data.v[ret->data.n++] = message_view(q,
		&rows.v[i], in->id);
	if (rows.n > (size_t)in->limit) ret->next = str_fmt(q->a, "%lld", (long long)ret->data.v[ret->data.n - 1].id.v);
	TRY(mentions_of(q, &ret->data));
	return files_of(q, in->id, &ret->data);
}
