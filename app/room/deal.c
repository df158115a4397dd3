/* The room of a record: its people speak there, each side as far as it goes. */
#include "notice/notice.h"
#include "promise/promise.h"
#include "pack/pack.h"
#include "room/room_int.h"
#include "routes.h"
#include <inttypes.h>
#include <math.h>

/* ----------------------------------------------------------------------- making it */

enum err room_of_record(struct db *db, struct arena *a, struct record_id record, struct str topic, struct conversation_id *ret) {
	struct record_row row;
	bool found;
	TRY(record_get(db, a, record, &row));
	TRY(sql_room_of_record(db, record, topic, ret, &found));
	if (!found) {
		struct new_report r = {.kind = STR("deal"), .visibility = STR("private"), .subject = row.title, .body = STR(""), .topic = topic, .lat = NAN, .lon = NAN};
		TRY(talk_create(db, a, &r, ret));
		TRY(sql_room_tie(db, *ret, record));
	}
	return str_empty(topic) ? sql_room_follow(db, *ret, record, clock_now(), NULL) : OK;
}

/* --------------------------------------------------------------------- looking in */

static struct str role_that_leads(const struct req *q, const struct record_row *row) {
	const struct pack_type *t = record_type(q, row->type);
	return t == NULL || t->room == NULL ? STR_NONE : t->room->name;
}

static const struct room_member_row *me_in(const struct req *q, const struct room_member_row_list *members) {
	for (size_t i = 0; i < members->n; i++)
		if (members->v[i].id.v == q->actor.id.v) return &members->v[i];
	return NULL;
}

static void fill_shows(struct req *q, struct str show, struct record_id record, struct room_stream *ret) {
	static const struct { const char *name, *word; bool staff; } shows[] = {{"", T("All"), false}, {"said", T("What was said"), false},
		{"call", T("Calls"), true}, {"file", T("Files"), false}, {"change", T("Changes"), false}};
	struct url here = url_path(q->a, "/records/%" PRId64, record.v);
	ret->shows.v = NEW_ARRAY(q->a, struct talk_link, sizeof shows / sizeof *shows);
	for (size_t i = 0; i < sizeof shows / sizeof *shows; i++)
		if (q->actor.is_staff || !shows[i].staff)
			ret->shows.v[ret->shows.n++] = (struct talk_link){.url = i == 0 ? here : url_with(q->a, here, "show", str_c(shows[i].name)),
				.word = str_c(TRQ(q, shows[i].word)), .here = str_eq(show, str_c(shows[i].name))};
}

static void fill_rights(struct req *q, const struct room_member_row *me, struct room_stream *ret) {
	struct object o = {.thing = THING_ROOM, .visibility = SEEN_PRIVATE, .participant = me != NULL};
	ret->may_say = may(&q->actor, ACT_COMMENT, &o);
	ret->may_note = may(&q->actor, ACT_NOTE, &o);
	ret->may_lead = ret->may_note && me->lead;
}

enum err room_view(struct req *q, const struct record_row *row, struct str show, int64_t before, struct room_stream **ret) {
	struct str lead = role_that_leads(q, row), which = str_none(show) ? STR("") : show;
	struct room_member_row_list members;
	bool found;
	*ret = NULL;
	if (str_none(lead) || row->parent_id.v != 0) return OK;
	struct room_stream *s = *ret = NEW(q->a, struct room_stream);
	*s = (struct room_stream){.record_id = row->id, .draft = STR(""), .audience = STR(""), .both = true, .staff = q->actor.is_staff,
		.path = url_path(q->a, "/records/%" PRId64 "/room", row->id.v)};
	TRY(sql_room_record_members(q->db, q->a, row->id, lead, q->actor.is_staff, MEMBERS_MOST, &members));
	const struct room_member_row *me = me_in(q, &members);
	struct place at = {.record = row->id, .read_to = me == NULL ? 0 : me->read_to};
	fill_rights(q, me, s);
	fill_shows(q, which, row->id, s);
	TRY(stream_fill(q, &at, which, before, &members, s));
	if (!str_none(s->next)) s->more = url_with(q->a, url_with(q->a, url_path(q->a, "/records/%" PRId64, row->id.v), "show", which), "entry", s->next);
	if (q->actor.is_staff) TRY(sql_room_hidden(q->db, row->id, q->actor.id, q->actor.is_staff, &s->hidden));
	TRY(sql_room_of_record(q->db, row->id, STR(""), &s->conversation_id, &found));
	s->topics = q->actor.is_staff ? str_fmt(q->a, "record:%" PRId64, row->id.v) : STR("");
	if (!found || me == NULL) return s->conversation_id = (struct conversation_id){0}, OK;
	s->topics = str_fmt(q->a, STR_FMT "%sconversation:%" PRId64, STR_ARG(s->topics), str_empty(s->topics) ? "" : ",", s->conversation_id.v);
	notice_seen(q, s->conversation_id);
	return OK;
}

enum err room_stream_show(struct req *q, const struct room_stream_show_in *in, struct room_stream *ret) {
	struct record_row row;
	struct room_stream *s;
	int64_t before = 0;
	if (!str_empty(in->cursor) && (!str_int(in->cursor, &before) || before < 1))
		return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(record_seen(q, in->id, &row));
	record_looked(q, &row);
	TRY(room_view(q, &row, in->show, before, &s));
	if (s == NULL) return ERR_NOT_FOUND;
	*ret = *s;
	return OK;
}

/* ------------------------------------------------------------------- saying something */

struct opening {
	struct req *q;
	struct record_id record;
	struct str topic;
	struct conversation_id ret;
};

static enum err open_room(struct db *db, void *arg) {
	struct opening *o = arg;
	return room_of_record(db, o->q->a, o->record, o->topic, &o->ret);
}

/* Whether the actor may say something to those; errors NOT_FOUND, DENIED */
static enum err may_say(struct req *q, const struct record_row *row, struct str audience) {
	struct room_member_row_list members;
	struct str lead = role_that_leads(q, row);
	if (str_none(lead)) return ERR_NOT_FOUND;
	TRY(sql_room_record_members(q->db, q->a, row->id, lead, q->actor.is_staff, MEMBERS_MOST, &members));
	const struct room_member_row *me = me_in(q, &members);
	struct object o = {.thing = THING_ROOM, .visibility = SEEN_PRIVATE, .participant = me != NULL};
	if (me == NULL) return req_fail(q, ERR_DENIED, T("Only who takes part in it can write here. Add yourself to its people first."), NULL);
	TRY(may_or_err(&q->actor, str_is(audience, "both") ? ACT_COMMENT : ACT_NOTE, &o));
	return str_is(audience, "lead") && !me->lead ? req_invalid(q, "audience", T("Only who leads can write to those who lead.")) : OK;
}

enum err room_say(struct req *q, const struct room_say_in *in, struct talk_said *ret) {
	struct record_row row;
	struct message_id said;
	struct str audience = !str_empty(in->audience) ? in->audience : q->actor.is_staff ? STR("note") : STR("both");
	TRY(record_seen(q, in->id, &row));
	TRY(may_say(q, &row, audience));
	if (str_empty(str_trim(in->body))) return req_invalid(q, "body", T("Please write something."));
	struct opening o = {.q = q, .record = row.id, .topic = str_is(audience, "lead") ? role_that_leads(q, &row) : STR("")};
	TRY(req_write(q, open_room, &o));
	struct talk_words w = {.conversation = o.ret, .kind = str_is(audience, "both") ? STR("comment") : STR("note"), .body = in->body,
		.uploads = {.v = in->photos.v, .n = in->photos.n}, .files = {.v = (int64_t *)(void *)in->files.v, .n = in->files.n},
		.promise = PROMISE_TICKED(in)};
	TRY(talk_words_say(q, &w, &said));
	req_redirect(q, url_path(q->a, "/records/%" PRId64, row.id.v));
	return talk_said_view(q, o.ret, said, ret);
}
