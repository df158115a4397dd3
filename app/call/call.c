/* Notes of telephone calls. They are not changed: what is wrong in one is put right by another, and both can be read. */
#include "call/call.h"
#include "access/policy.h"
#include "event/event.h"
#include "pack/pack.h"
#include "promise/promise.h"
#include "room/room.h"
#include "routes.h"
#include "sql/call.h"
#include "text/date.h"
#include "text/url.h"
#include <inttypes.h>

enum { SAID_MAX = 10000, AGREED_MAX = 2000, MINUTES_MOST = 1440, PEOPLE_MOST = 200 };

static struct str given(struct str s) { return str_none(s) ? STR("") : s; }

enum err call_keep(struct db *db, const struct call_draft *d, struct call_id *ret) {
	TRY(sql_call_put(db, d->staff, d->person, d->record, d->room, d->came_in ? STR("in") : STR("out"), d->held_at, d->minutes, d->said, d->agreed,
		d->corrects, clock_now(), ret));
	bool about = d->record.v != 0;
	struct event e = {.actor = d->staff, .verb = "create", .object_kind = "call", .object_id = ret->v, .target_kind = about ? "record" : "person",
		.target_id = about ? d->record.v : d->person.v, .audience = AUDIENCE_STAFF, .data = STR("{}")};
	return event_append(db, &e, NULL);
}

/* --------------------------------------------------------------------------- reading */

static struct call_view view_of(struct req *q, const struct call_row *r) {
	return (struct call_view){.id = r->id, .staff = {.id = r->staff_id, .name = r->staff_name}, .person = {.id = r->person_id, .name = r->person_name},
		.record_id = r->record_id, .direction = r->direction, .held_at = r->held_at, .minutes = r->minutes, .said = r->said, .agreed = r->agreed,
		.corrects_id = r->corrects_id, .corrected_by = r->corrected_by, .created_at = r->created_at, .url = url_path(q->a, "/calls/%" PRId64, r->id.v)};
}

enum err calls_list(struct req *q, const struct calls_list_in *in, struct call_list *ret) {
	struct call_row_list rows;
	struct call_id before = {0};
	if (!str_empty(in->cursor) && (!str_int(in->cursor, &before.v) || before.v < 1))
		return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(sql_call_list(q->db, q->a, in->person_id, in->record_id, q->actor.id, q->actor.is_staff, before, in->limit + 1, &rows));
	ret->next = STR_NONE;
	ret->data.v = NEW_ARRAY(q->a, struct call_view, rows.n);
	for (size_t i = 0; i < rows.n && (int64_t)i < in->limit; i++) ret->data.v[ret->data.n++] = view_of(q, &rows.v[i]);
	if ((int64_t)rows.n > in->limit) ret->next = str_fmt(q->a, "%" PRId64, rows.v[in->limit - 1].id.v);
	return OK;
}

enum err call_show(struct req *q, const struct call_show_in *in, struct call_page *ret) {
	struct call_row row;
	struct record_row record;
	TRY(sql_call_get(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &row));
	*ret = (struct call_page){.call = view_of(q, &row), .called = STR(""), .may_mend = row.staff_id.v == q->actor.id.v && row.corrected_by.v == 0};
	q->page.nav = STR("people");
	if (row.record_id.v == 0) return OK;
	TRY(record_seen(q, row.record_id, &record));
	ret->called = record_called(q, &record);
	return OK;
}

/* --------------------------------------------------------------------------- the form */

/* About what, and whether that has a room. */
static enum err about(struct req *q, struct record_id id, struct record_row *ret, bool *ret_room) {
	*ret_room = false;
	if (id.v == 0) return OK;
	TRY(record_seen(q, id, ret));
	const struct pack_type *t = record_type(q, ret->type);
	*ret_room = t != NULL && t->room != NULL && ret->parent_id.v == 0;
	return OK;
}

static enum err fill_people(struct req *q, struct record_id record, struct person_id person, struct call_form_page *ret) {
	struct call_choice_row_list rows;
	struct call_choice_row one;
	bool found = false;
	if (record.v != 0) {
		TRY(sql_call_people(q->db, q->a, record, q->actor.id, q->actor.is_staff, PEOPLE_MOST, &rows));
		ret->people.v = NEW_ARRAY(q->a, struct call_person, rows.n);
		for (size_t i = 0; i < rows.n; i++) ret->people.v[ret->people.n++] = (struct call_person){.id = rows.v[i].id, .name = rows.v[i].name};
	}
	if (person.v != 0) TRY(sql_call_person(q->db, q->a, person, q->actor.id, q->actor.is_staff, &one, &found));
	ret->person = found ? person : (struct person_id){0};
	ret->name = found ? one.name : STR("");
	return found || ret->people.n > 0 ? OK : ERR_NOT_FOUND;
}

enum err call_form(struct req *q, const struct call_form_in *in, struct call_form_page *ret) {
	struct call_row old = {0};
	struct record_row record;
	bool room;
	struct object o = {.thing = THING_CALL, .visibility = SEEN_STAFF};
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	if (in->corrects_id.v != 0) TRY(sql_call_get(q->db, q->a, in->corrects_id, q->actor.id, q->actor.is_staff, &old));
	struct record_id of = old.id.v ? old.record_id : in->record_id;
	struct person_id with = old.id.v && in->person_id.v == 0 ? old.person_id : in->person_id;
	TRY(about(q, of, &record, &room));
	*ret = (struct call_form_page){.record = of, .corrects = in->corrects_id, .room = room, .called = of.v ? record_called(q, &record) : STR(""),
		.direction = str_none(in->direction) ? given(old.direction) : in->direction, .minutes = given(in->minutes),
		.said = str_none(in->said) ? given(old.said) : in->said, .agreed = str_none(in->agreed) ? given(old.agreed) : in->agreed};
	usec_t at = old.id.v ? old.held_at : q->locale.now;
	struct local_time local = zone_local(q->locale.zone, at);
	ret->day = str_none(in->day) ? str_fmt(q->a, "%04d-%02d-%02d", local.year, local.month, local.day) : in->day;
	ret->clock = str_none(in->clock) ? str_fmt(q->a, "%02d:%02d", local.hour, local.minute) : in->clock;
	if (str_none(in->minutes) && old.minutes > 0) ret->minutes = str_fmt(q->a, "%" PRId64, old.minutes);
	q->page.nav = STR("people");
	TRY(fill_people(q, of, with, ret));
	TRY(promise_draft_offer(q, ret->agreed, (struct conversation_id){0}, ret->person.v ? ret->person : with, PROMISE_TICKED(in), &ret->offer));
	ret->back = of.v ? url_path(q->a, "/records/%" PRId64, of.v) : url_path(q->a, "/people/%" PRId64, with.v);
	return OK;
}

/* --------------------------------------------------------------------------- keeping it */

static enum err read_when(struct req *q, const struct call_make_in *in, struct call_draft *d) {
	int64_t days, hour = 0, minute = 0;
	struct str rest = given(in->clock), first = str_cut(&rest, ':');
	d->held_at = in->held_at ? in->held_at : clock_now();
	if (!str_empty(in->day)) {
		if (!date_days(in->day, &days)) return req_invalid(q, "day", T("This is not a day."));
		bool timed = str_empty(in->clock) || (str_int(first, &hour) && str_int(rest, &minute) && hour >= 0 && hour < 24 && minute >= 0 && minute < 60);
		if (!timed) return req_invalid(q, "clock", T("This is not a time of day."));
		int y, m, day;
		days_civil(days, &y, &m, &day);
		d->held_at = zone_moment(q->locale.zone, y, m, day, (int)hour, (int)minute, 0);
	}
	if (d->held_at > clock_now() + MINUTES(10)) return req_invalid(q, "day", T("A call that was held is not in the future."));
	if (!str_empty(in->minutes) && (!str_int(in->minutes, &d->minutes) || d->minutes < 0 || d->minutes > MINUTES_MOST))
		return req_invalid(q, "minutes", T("Give whole minutes, a day at most."));
	return OK;
}

static enum err read_words(struct req *q, const struct call_make_in *in, struct call_draft *d) {
	d->said = str_trim(given(in->said));
	d->agreed = str_trim(given(in->agreed));
	if (str_empty(d->said)) return req_invalid(q, "said", T("Please write something."));
	if (d->said.n > SAID_MAX) return req_invalid(q, "said", T("This is too long."));
	return d->agreed.n > AGREED_MAX ? req_invalid(q, "agreed", T("This is too long.")) : OK;
}

/* Of a note that is put right the record stays; of a record with a room, only its people write one. */
static enum err read_place(struct req *q, const struct call_make_in *in, struct call_draft *d) {
	struct call_row old;
	struct record_row record;
	struct conversation_id got;
	bool room, in_room = true;
	if (in->corrects_id.v != 0) {
		TRY(sql_call_get(q->db, q->a, in->corrects_id, q->actor.id, q->actor.is_staff, &old));
		if (old.staff_id.v != q->actor.id.v) return req_fail(q, ERR_DENIED, T("Only who wrote a note can put it right."), NULL);
		if (old.corrected_by.v != 0) return req_fail(q, ERR_CONFLICT, T("This note has been put right already."), NULL);
		d->record = old.record_id;
	}
	TRY(about(q, d->record, &record, &room));
	if (room) {
		TRY(room_of_record(q->db, q->a, d->record, STR(""), &d->room));
		TRY(sql_call_in_room(q->db, d->room, q->actor.id, q->actor.is_staff, &got, &in_room));
	}
	struct object o = {.thing = THING_CALL, .visibility = room ? SEEN_PRIVATE : SEEN_STAFF, .participant = in_room};
	if (room && !in_room) return req_fail(q, ERR_DENIED, T("Only who takes part in it can write here. Add yourself to its people first."), NULL);
	return may_or_err(&q->actor, ACT_CREATE, &o);
}

enum err call_make(struct req *q, const struct call_make_in *in, struct call_view *ret) {
	struct call_draft d = {.staff = q->actor.id, .person = in->person_id, .record = in->record_id, .came_in = !str_is(in->direction, "out"),
		.corrects = in->corrects_id};
	struct call_choice_row who;
	struct call_row row;
	struct call_id id;
	bool found;
	TRY(read_place(q, in, &d));
	enum err e = read_words(q, in, &d), when = read_when(q, in, &d);
	if (e == OK) e = when;
	TRY(sql_call_person(q->db, q->a, in->person_id, q->actor.id, q->actor.is_staff, &who, &found));
	if (!found || in->person_id.v == q->actor.id.v) return req_invalid(q, "person_id", T("There is no such person."));
	TRY(e);
	TRY(call_keep(q->db, &d, &id));
	TRY(promise_tick(q, PROMISE_TICKED(in), (struct message_id){0}, id));
	TRY(sql_call_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, &row));
	*ret = view_of(q, &row);
	req_say(q, T("The note of the call is kept."));
	req_redirect(q, d.record.v ? url_path(q->a, "/records/%" PRId64, d.record.v) : url_path(q->a, "/people/%" PRId64, d.person.v));
	return OK;
}
