/* Rooms of the team: the list, making one, one of them, who is in it. */
#include "mention/mention.h"
#include "promise/promise.h"
#include "room/room_int.h"
#include "notice/notice.h"
#include "pack/pack.h"
#include "routes.h"
#include "timeline/timeline.h"
#include <inttypes.h>
#include <math.h>

enum { NAME_MAX_BYTES = 200, WORDS_MAX = 2000, SHOWN_UNSEEN = 5 };

static struct str given(struct str s) { return str_none(s) ? STR("") : s; }

struct object room_object(const struct room_row *r) {
	return (struct object){.thing = THING_ROOM, .visibility = str_is(r->visibility, "staff") ? SEEN_STAFF : SEEN_PRIVATE,
		.participant = true};          /* whoever got the row may come in */
}

struct room_item room_item_of(struct req *q, const struct room_row *r) {
	return (struct room_item){.kind = STR("room"), .id = r->id.v, .name = r->name, .words = r->words, .open = str_is(r->visibility, "staff"),
		.closed = str_is(r->status, "closed"), .mine = r->mine, .members = r->members, .active_at = r->active_at,
		.url = url_path(q->a, "/rooms/%" PRId64, r->id.v)};
}

/* ------------------------------------------------------------------------ the list */

struct listing {
	struct req *q;
	struct room_item_list items;
	struct room_unseen_list unseen;
	size_t size;
};

static enum err list_one(struct listing *l, struct room_item item, struct place at) {
	struct life_line_list lines;
	TRY(stream_unseen(l->q, &at, &lines));
	item.unseen = (int64_t)lines.n;
	item.more = lines.n >= UNSEEN_MOST;
	l->items.v[l->items.n++] = item;
	if (lines.n == 0) return OK;
	int64_t newest = lines.v[0].seq;
	if (lines.n > SHOWN_UNSEEN) lines.n = SHOWN_UNSEEN;
	l->unseen.v[l->unseen.n++] = (struct room_unseen){.room = item, .entries = lines, .newest = newest};
	return OK;
}

static enum err list_deals(struct listing *l, const struct pack_type *t) {
	struct req *q = l->q;
	struct room_deal_row_list rows;
	TRY(sql_room_deals(q->db, q->a, q->actor.id, q->actor.is_staff, t->name, ROOMS_MOST, &rows));
	for (size_t i = 0; i < rows.n && l->items.n < l->size; i++) {
		const struct room_deal_row *r = &rows.v[i];
		struct record_row row = {.type = r->type, .title = r->title, .fields = r->fields};
		const struct pack_word *state = pack_type_state(t, r->state);
		struct room_item item = {.kind = STR("deal"), .id = r->id.v, .name = record_called(q, &row), .mine = true,
			.words = state ? pack_say(&state->label, q->locale.lang) : STR(""), .url = url_path(q->a, "/records/%" PRId64, r->id.v)};
		TRY(list_one(l, item, (struct place){.record = r->id, .read_to = r->read_to}));
	}
	return OK;
}

/* joined: only rooms that the actor is in, since what is not theirs they need not know. */
static enum err list_all(struct req *q, bool joined, struct listing *ret) {
	struct room_row_list rows;
	const struct pack *p = pack_find(q->business->pack);
	*ret = (struct listing){.q = q, .size = ROOMS_MOST * 2, .items = {.v = NEW_ARRAY(q->a, struct room_item, ROOMS_MOST * 2)},
		.unseen = {.v = NEW_ARRAY(q->a, struct room_unseen, ROOMS_MOST * 2)}};
	TRY(sql_room_list(q->db, q->a, q->actor.id, q->actor.is_staff, ROOMS_MOST, &rows));
	for (size_t i = 0; i < rows.n; i++)
		if (rows.v[i].mine || !joined)
			TRY(list_one(ret, room_item_of(q, &rows.v[i]), (struct place){.room = rows.v[i].id, .read_to = rows.v[i].read_to}));
	for (size_t i = 0; p != NULL && i < p->types; i++)
		if (p->type[i].room != NULL) TRY(list_deals(ret, &p->type[i]));
	return OK;
}

enum err rooms_show(struct req *q, struct rooms_page *ret) {
	struct listing l;
	TRY(list_all(q, false, &l));
	*ret = (struct rooms_page){.data = l.items, .next = STR_NONE};
	for (size_t i = 0; i < l.items.n; i++) {
		bool room = str_is(l.items.v[i].kind, "room");
		ret->rooms += room;
		ret->deals += !room;
		ret->unseen += l.items.v[i].mine ? l.items.v[i].unseen : 0;
	}
	q->page.nav = STR("rooms");
	return OK;
}

enum err rooms_unseen(struct req *q, struct rooms_unseen_page *ret) {
	struct listing l;
	TRY(list_all(q, true, &l));
	*ret = (struct rooms_unseen_page){.data = l.unseen, .next = STR_NONE};
	q->page.nav = STR("rooms");
	return OK;
}

enum err rooms_read(struct req *q, const struct rooms_read_in *in) {
	bool room = str_is(in->kind, "room");
	struct room_row row;
	struct record_row record;
	int64_t head;
	if (room) TRY(sql_room_get(q->db, q->a, (struct conversation_id){in->id}, q->actor.id, q->actor.is_staff, &row));
	else TRY(record_seen(q, (struct record_id){in->id}, &record));
	TRY(event_head(q->db, &head));
	return sql_seen_put(q->db, q->actor.id, room ? STR("conversation") : STR("record"), in->id, in->seq < head ? in->seq : head, clock_now(), NULL);
}

/* -------------------------------------------------------------------------- making */

static enum err joined(struct db *db, struct arena *a, struct person_id actor, struct conversation_id room, struct person_id who, const char *how) {
	struct event e = {.actor = actor, .verb = "update", .object_kind = "conversation", .object_id = room.v, .audience = AUDIENCE_PARTIES,
		.data = str_fmt(a, "{\"%s\":%" PRId64 "}", how, who.v)};
	return event_append(db, &e, NULL);
}

enum err room_create(struct db *db, struct arena *a, struct person_id actor, const struct room_draft *d, struct conversation_id *ret) {
	struct new_report r = {.kind = STR("room"), .visibility = d->open ? STR("staff") : STR("private"), .subject = d->name, .body = d->words,
		.topic = STR(""), .lat = NAN, .lon = NAN};
	TRY(talk_create(db, a, &r, ret));
	for (size_t i = 0; i < d->members.n; i++) {
		TRY(sql_room_seat_put(db, *ret, d->members.v[i], NULL));
		TRY(joined(db, a, actor, *ret, d->members.v[i], "joined"));
	}
	return OK;
}

static enum err check_words(struct req *q, struct str name, struct str words) {
	enum err e = OK;
	if (str_empty(str_trim(name))) e = req_invalid(q, "name", T("Please fill this in."));
	else if (name.n > NAME_MAX_BYTES) e = req_invalid(q, "name", T("This is too long."));
	return given(words).n > WORDS_MAX ? req_invalid(q, "words", T("This is too long.")) : e;
}

enum err room_form(struct req *q, const struct room_form_in *in, struct room_form_page *ret) {
	*ret = (struct room_form_page){.name = given(in->name), .words = given(in->words), .open = !str_is(in->open, "0")};
	q->page.nav = STR("rooms");
	return OK;
}

enum err room_make(struct req *q, const struct room_make_in *in, struct room_item *ret) {
	struct object o = {.thing = THING_ROOM, .visibility = SEEN_PRIVATE};
	struct conversation_id id;
	struct room_row row;
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	TRY(check_words(q, given(in->name), in->words));
	struct room_draft d = {.name = str_trim(in->name), .words = given(in->words), .open = !str_is(in->open, "0"), .members = {.v = &q->actor.id, .n = 1}};
	TRY(room_create(q->db, q->a, q->actor.id, &d, &id));
	TRY(sql_room_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, &row));
	*ret = room_item_of(q, &row);
	req_redirect(q, url_path(q->a, "/rooms/%" PRId64, id.v));
	return OK;
}

/* ------------------------------------------------------------------------- one room */

static enum err fill_others(struct req *q, struct room_page *ret, struct conversation_id id) {
	struct room_staff_row_list rows;
	if (!ret->may_edit) return OK;
	TRY(sql_room_staff(q->db, q->a, id, q->actor.is_staff, MEMBERS_MOST, &rows));
	ret->others.v = NEW_ARRAY(q->a, struct room_member, rows.n);
	for (size_t i = 0; i < rows.n; i++)
		if (rows.v[i].id.v != q->actor.id.v) ret->others.v[ret->others.n++] = (struct room_member){.id = rows.v[i].id, .name = rows.v[i].name, .staff = true};
	return OK;
}

enum err room_show(struct req *q, const struct room_show_in *in, struct room_page *ret) {
	struct room_row row;
	struct room_member_row_list members;
	TRY(sql_room_get(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &row));
	if (row.record_id.v != 0) return req_redirect(q, url_path(q->a, "/records/%" PRId64, row.record_id.v)), OK;
	struct object o = room_object(&row);
	struct room_stream *s = &ret->stream;
	*ret = (struct room_page){.room = room_item_of(q, &row), .may_edit = str_is(row.kind, "room") && may(&q->actor, ACT_INVITE, &o)};
	*s = (struct room_stream){.conversation_id = row.id, .draft = given(in->body), .audience = STR(""), .staff = q->actor.is_staff,
		.may_say = !ret->room.closed && may(&q->actor, ACT_COMMENT, &o), .path = ret->room.url};
	TRY(sql_room_members(q->db, q->a, in->id, q->actor.is_staff, MEMBERS_MOST, &members));
	TRY(stream_fill(q, &(struct place){.room = row.id, .read_to = row.read_to}, STR(""), in->before.has ? in->before.v : 0, &members, s));
	if (!str_none(s->next)) s->more = url_with(q->a, ret->room.url, "before", s->next);
	TRY(fill_others(q, ret, row.id));
	notice_seen(q, row.id);
	q->page.nav = STR("rooms");
	q->page.live = str_fmt(q->a, "conversation:%" PRId64, row.id.v);
	return OK;
}

/* ------------------------------------------------------------------------ what is done */

struct acting {
	struct req *q;
	const struct room_act_in *in;
	const struct room_row *row;
};

static enum err seat(struct acting *x, struct db *db, bool come) {
	const struct room_act_in *in = x->in;
	int64_t staff, changed;
	TRY(sql_room_is_staff(db, in->person, &staff));
	if (come && staff == 0) return req_invalid(x->q, "person", T("This is not a colleague."));
	TRY(come ? sql_room_seat_put(db, in->id, in->person, &changed) : sql_room_seat_drop(db, in->id, in->person, &changed));
	return changed == 0 ? OK : joined(db, x->q->a, x->q->actor.id, in->id, in->person, come ? "joined" : "left");
}

static enum err rename_it(struct acting *x, struct db *db) {
	TRY(check_words(x->q, given(x->in->name), x->in->words));
	TRY(sql_room_rename(db, x->in->id, str_trim(x->in->name), given(x->in->words)));
	struct event e = {.actor = x->q->actor.id, .verb = "update", .object_kind = "conversation", .object_id = x->in->id.v, .audience = AUDIENCE_PARTIES,
		.data = STR("{\"changed\":[\"subject\",\"body\"]}")};
	return event_append(db, &e, NULL);
}

static enum err set_closed(struct acting *x, struct db *db, bool closed) {
	struct message_id said;
	struct new_message m = {.conversation = x->in->id, .kind = STR("status"), .status = closed ? STR("closed") : STR("in_work"), .author = x->q->actor.id};
	if (str_is(x->row->status, "closed") == closed) return OK;
	return talk_say(db, x->q->a, &m, &said);
}

static enum err act(struct db *db, void *arg) {
	struct acting *x = arg;
	struct str what = x->in->act;
	x->q->errors = (struct field_error_list){0};
	if (str_is(what, "add") || str_is(what, "remove")) return seat(x, db, str_is(what, "add"));
	if (str_is(what, "rename")) return rename_it(x, db);
	return set_closed(x, db, str_is(what, "close"));
}

static enum err say(struct req *q, const struct room_act_in *in) {
	struct message_id said;
	struct mention_view_list mentions = {0};
	struct talk_words w = {.conversation = in->id, .kind = STR("comment"), .body = given(in->body), .uploads = {.v = in->photos.v, .n = in->photos.n},
		.promise = PROMISE_TICKED(in)};
	TRY(talk_words_say(q, &w, &said));
	return mention_possible(w.body) ? mention_tell(q, (struct mention_place){in->id, said}, &mentions) : OK;
}

enum err room_act(struct req *q, const struct room_act_in *in) {
	struct room_row row;
	TRY(sql_room_get(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &row));
	struct object o = room_object(&row);
	bool leaves = str_is(in->act, "remove") && in->person.v == q->actor.id.v && !str_is(row.visibility, "staff");
	req_redirect(q, leaves ? url_path(q->a, "/rooms") : url_path(q->a, "/rooms/%" PRId64, in->id.v));
	TRY(may_or_err(&q->actor, str_is(in->act, "say") ? ACT_COMMENT : ACT_INVITE, &o));
	if (str_is(in->act, "say")) return say(q, in);
	if (!str_is(row.kind, "room")) return ERR_NOT_FOUND;
	struct acting x = {.q = q, .in = in, .row = &row};
	return req_write(q, act, &x);
}
