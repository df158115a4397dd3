/* One glance: whom somebody answers, what else is open with them, who of us spoke to them last, what they have, who takes part; and whether
 * a colleague is answering at the same time. For the staff alone. */
#include "people/people.h"
#include "promise/promise.h"
#include "record/record.h"
#include "talk/talk_int.h"
#include "task/task.h"
#include "text/url.h"

enum { OPEN_MOST = 6, RECORDS_MOST = 3 /* of each type */, SEATS_MOST = 50, WRITERS_MOST = 3 };
#define WRITES_FOR MINUTES(10)        /* then whoever began has gone to lunch */
#define TELL_AGAIN MINUTES(5)

static enum err fill_open(struct req *q, struct person_id who, struct talk_glance *ret) {
	struct desk_open_row_list rows;
	struct talk_subjects subjects;
	TRY(sql_desk_open_of(q->db, q->a, who, ret->id, q->actor.id, q->actor.is_staff, OPEN_MOST, &rows));
	TALK_SUBJECTS(q->a, &rows, id, subject, subjects);
	TRY(talk_subjects_here(q, subjects));
	ret->open.v = NEW_ARRAY(q->a, struct talk_open, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		bool waits = rows.v[i].waiting_at != NOBODY_WAITS;
		ret->open.v[ret->open.n++] = (struct talk_open){.id = rows.v[i].id, .subject = rows.v[i].subject, .state = state_view(rows.v[i].status),
			.waits = waits, .at = waits ? rows.v[i].waiting_at : rows.v[i].created_at};
	}
	return OK;
}

static enum err fill_spoke(struct req *q, struct person_id who, struct talk_glance *ret) {
	struct desk_spoke_row row;
	bool found;
	TRY(sql_desk_spoke_last(q->db, q->a, who, q->actor.id, q->actor.is_staff, &row, &found));
	if (!found) return OK;
	ret->spoke = row.name;
	ret->spoke_in = row.conversation_id;
	ret->spoke_at = row.at;
	ret->spoke_of = row.message_id;
	ret->subject = row.subject;
	return talk_subjects_here(q, (struct talk_subjects){&(struct talk_subject){row.conversation_id, &ret->subject}, 1});
}

static enum err fill_customer(struct req *q, struct talk_glance *ret) {
	struct person_id who;
	bool found;
	TRY(sql_desk_customer(q->db, ret->id, &who, &found));
	if (!found) return OK;
	struct person_view *view = NEW(q->a, struct person_view);
	TRY(people_view(q->db, q->a, &q->actor, q->business, &q->locale, who, view));
	ret->customer = view;
	TRY(promise_between(q, who, &ret->promised));
	TRY(task_of(q, who, (struct record_id){0}, (struct conversation_id){0}, &ret->tasks));
	TRY(fill_open(q, who, ret));
	TRY(fill_spoke(q, who, ret));
	TRY(record_of(q, who, &ret->records));
	for (size_t i = 0; i < ret->records.n; i++)
		if (ret->records.v[i].items.n > RECORDS_MOST) ret->records.v[i].items.n = RECORDS_MOST;
	return OK;
}

static enum err seats(struct req *q, struct conversation_id id, struct person_id after, int64_t most, struct talk_seat_list *ret) {
	struct desk_seat_row_list rows;
	TRY(sql_desk_seats(q->db, q->a, id, q->actor.id, q->actor.is_staff, after, most, &rows));
	*ret = (struct talk_seat_list){.v = NEW_ARRAY(q->a, struct talk_seat, rows.n)};
	for (size_t i = 0; i < rows.n; i++)
		ret->v[ret->n++] = (struct talk_seat){.id = rows.v[i].id, .name = rows.v[i].name, .staff = rows.v[i].staff};
	return OK;
}

enum err seats_view(struct req *q, struct conversation_id id, struct talk_seat_list *ret) { return seats(q, id, (struct person_id){0}, SEATS_MOST, ret); }

static enum err fill_seats(struct req *q, struct talk_glance *ret) {
	struct desk_seat_row_list rows;
	struct object o = {.thing = THING_CONVERSATION};
	TRY(seats_view(q, ret->id, &ret->seats));
	ret->may_seat = may(&q->actor, ACT_ASSIGN, &o);
	if (!ret->may_seat) return OK;
	TRY(sql_desk_may_join(q->db, q->a, ret->id, q->actor.id, q->actor.is_staff, SEATS_MOST, &rows));
	ret->joiners.v = NEW_ARRAY(q->a, struct talk_choice, rows.n);
	for (size_t i = 0; i < rows.n; i++)
		ret->joiners.v[ret->joiners.n++] = (struct talk_choice){.name = str_fmt(q->a, "%lld", (long long)rows.v[i].id.v), .word = rows.v[i].name};
	return colleagues(q, (struct person_id){0}, &ret->colleagues);
}

enum err glance_view(struct req *q, struct conversation_id id, struct talk_glance **ret) {
	*ret = NULL;
	if (!q->actor.is_staff) return OK;
	struct talk_glance *g = NEW(q->a, struct talk_glance);
	*g = (struct talk_glance){.id = id, .spoke = STR(""), .subject = STR("")};
	TRY(fill_customer(q, g));
	TRY(fill_seats(q, g));
	*ret = g;
	return OK;
}

/* ------------------------------------------------------------------ who takes part */

/* Whether somebody may be asked to take part: a colleague; in what is private also a customer with a right to its record. */
static enum err may_sit(struct req *q, struct conversation_id id, struct person_id who, bool *ret) {
	struct desk_seat_row_list rows;
	int64_t ours;
	TRY(sql_talk_is_staff(q->db, who, &ours));
	*ret = ours != 0;
	if (*ret) return OK;
	TRY(sql_desk_may_join(q->db, q->a, id, q->actor.id, q->actor.is_staff, SEATS_MOST, &rows));
	for (size_t i = 0; i < rows.n; i++) *ret |= rows.v[i].id.v == who.v;
	return OK;
}

static enum err seat_change(struct req *q, struct conversation_id id, struct person_id who, bool there) {
	struct talk_facts f;
	bool fine;
	int64_t changed;
	TRY(facts_for(q, id, ACT_ASSIGN, &f));
	if (there) {
		TRY(may_sit(q, id, who, &fine));
		if (!fine) return req_invalid(q, "person", T("Only colleagues, and customers with a right to what it is about, can take part."));
		TRY(sql_talk_participant_add(q->db, id, who, &changed));
		TRY(sql_talk_follow_insert(q->db, who, id.v, clock_now(), NULL));
	} else {
		TRY(sql_desk_seat_delete(q->db, id, who, &changed));
		if (changed > 0) TRY(sql_talk_follow_delete(q->db, who, id.v, NULL));
	}
	if (changed == 0) return OK;
	return talk_event(q->db, q->actor.id, "update", (struct message_id){0}, &f, talk_audience(&f) > AUDIENCE_PRIVATE ? talk_audience(&f) : AUDIENCE_PRIVATE,
		str_fmt(q->a, there ? "{\"joined\":%lld}" : "{\"left\":%lld}", (long long)who.v));
}

enum err talk_seat_set(struct req *q, const struct talk_seat_set_in *in) {
	req_redirect(q, url_path(q->a, "/conversations/%lld#gl-seats", (long long)in->id.v));
	return seat_change(q, in->id, in->person, str_is(in->there, "yes"));
}

enum err talk_seat_put(struct req *q, const struct talk_seat_put_in *in) { return seat_change(q, in->id, in->person, true); }

enum err talk_seat_delete(struct req *q, const struct talk_seat_delete_in *in) { return seat_change(q, in->id, in->person, false); }

/* Customers read who takes part only where that is who reads it. */
enum err talk_seats_list(struct req *q, const struct talk_seats_list_in *in, struct talk_seats *ret) {
	struct talk_facts f;
	struct person_id after = {0};
	TRY(cursor_id(q, in->cursor, &after.v));
	TRY(facts_for(q, in->id, ACT_SEE, &f));
	if (!q->actor.is_staff && !str_is(f.visibility, "private")) return ERR_DENIED;
	TRY(seats(q, in->id, after, in->limit + 1, &ret->data));
	ret->next = STR_NONE;
	if (ret->data.n <= (size_t)in->limit) return OK;
	ret->data.n = (size_t)in->limit;
	ret->next = str_fmt(q->a, "%lld", (long long)ret->data.v[ret->data.n - 1].id.v);
	return OK;
}

/* --------------------------------------------------------------------- two at once */

enum err collide_view(struct req *q, struct conversation_id id, struct message_id since, struct talk_collide *ret) {
	struct desk_name_row_list rows;
	struct desk_name_row said;
	bool found;
	*ret = (struct talk_collide){.id = id, .since = since.v};
	TRY(sql_desk_answering(q->db, q->a, id, q->actor.id, q->locale.now - WRITES_FOR, WRITERS_MOST, &rows));
	ret->writers.v = NEW_ARRAY(q->a, struct talk_writer, rows.n);
	for (size_t i = 0; i < rows.n; i++) ret->writers.v[ret->writers.n++] = (struct talk_writer){.name = rows.v[i].name, .at = rows.v[i].at};
	TRY(sql_desk_answered(q->db, q->a, id, q->actor.id, since, &said, &found));
	if (!found) return OK;
	ret->said = NEW(q->a, struct talk_writer);
	*ret->said = (struct talk_writer){.name = said.name, .at = said.at};
	ret->message = said.message_id;
	return OK;
}

enum err collide_check(struct req *q, struct conversation_id id, struct message_id since) {
	struct desk_name_row said;
	bool found;
	TRY(sql_desk_answered(q->db, q->a, id, q->actor.id, since, &said, &found));
	if (!found) return OK;
	q->fail_public = tr_fill(q->a, TRQ(q, T("{name} answered {when}. Read it, then send yours: your words are still here.")), "name",
		str_z(q->a, said.name), "when", say_ago(q->a, &q->locale, said.at).p, NULL);
	req_invalid(q, "body", q->fail_public.p);
	return ERR_CONFLICT;
}

enum err talk_answering_show(struct req *q, const struct talk_answering_show_in *in, struct talk_collide_page *ret) {
	struct talk_facts f;
	TRY(facts_for(q, in->id, ACT_SEE, &f));
	return collide_view(q, in->id, (struct message_id){in->since}, &ret->collide);
}

enum err talk_answering_begin(struct req *q, const struct talk_answering_begin_in *in) {
	struct talk_facts f;
	int64_t news;
	usec_t now = clock_now();
	TRY(facts_for(q, in->id, ACT_ANSWER, &f));
	TRY(sql_desk_answering_put(q->db, in->id, q->actor.id, now, now - TELL_AGAIN, &news));
	if (news == 0) return OK;
	return talk_event(q->db, q->actor.id, "view", (struct message_id){0}, &f, AUDIENCE_STAFF, STR("{\"answering\":true}"));
}
