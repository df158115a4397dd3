/* Two threads that are about the same become one; a part of a thread goes its own way; both can be undone. What was said keeps its author and time.
 * Nobody reads more by it: only threads that the same people read are joined, and a part is read by whoever read the whole. The first words of
 * a thread that is joined become a comment, so that they wait for an answer like any other. */
#include "mention/mention.h"
#include "sql/joint.h"
#include "talk/talk_int.h"
#include "text/url.h"
#include <math.h>

enum { LINES_MOST = 20, CHOSEN_MOST = 200 };

/* A thread that somebody who answers may move things of or to. */
static enum err thread(struct req *q, struct conversation_id id, struct talk_facts *ret) {
	TRY(facts_for(q, id, ACT_ANSWER, ret));
	return ret->hidden ? req_fail(q, ERR_CONFLICT, T("It is taken down, or joined with another already."), NULL) : OK;
}

static enum err tell(struct req *q, const struct talk_facts *what, const struct talk_facts *other, const char *word, bool yes) {
	struct event e = {.actor = q->actor.id, .verb = "update", .object_kind = "conversation", .object_id = what->id.v, .target_kind = "conversation",
		.target_id = other->id.v, .audience = talk_audience(what), .data = str_fmt(q->a, "{\"%s\":%lld}", word, (long long)(yes ? other->id.v : 0))};
	return event_append(q->db, &e, NULL);
}

/* Off the lists, or back on them. */
static enum err put_away(struct req *q, struct conversation_id id, bool away) {
	struct talk_facts f;
	TRY(talk_facts(q->db, q->a, id, &f));
	TRY(count_whole(q->db, &f, -1));
	TRY(sql_talk_hide(q->db, id, away ? clock_now() : 0));
	f.hidden = away;
	return count_whole(q->db, &f, 1);
}

static enum err move(struct req *q, struct joint_id joint, struct conversation_id from, struct conversation_id to, struct message_id opening) {
	TRY(sql_joint_move_messages(q->db, joint, from, to, NULL));
	TRY(sql_joint_move_files(q->db, joint, from, to, opening, NULL));
	TRY(sql_joint_move_revisions(q->db, joint, to, NULL));
	TRY(sql_joint_move_promises(q->db, from, NULL));
	TRY(sql_joint_move_tasks(q->db, from, NULL));
	TRY(sql_joint_recount(q->db, from));
	return sql_joint_recount(q->db, to);
}

/* ------------------------------------------------------------------------- joining */

struct conversation_id joint_number(struct str s) {
	struct conversation_id id = {0};
	s = str_trim(s);
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '/') {
			s = str_from(s, i);
			break;
		}
	return str_int(s, &id.v) && id.v > 0 ? id : (struct conversation_id){0};
}

static enum err may_join(struct req *q, const struct talk_facts *from, const struct talk_facts *to) {
	int64_t strangers = 0;
	if (from->id.v == to->id.v) return req_invalid(q, "into", T("This is the same thread."));
	if (!str_eq(from->visibility, to->visibility))
		return req_invalid(q, "into", T("One of them is read by more people than the other: they stay apart."));
	if (str_is(from->visibility, "private")) TRY(sql_joint_strangers(q->db, from->id, to->id, &strangers));
	if (strangers > 0) return req_invalid(q, "into", T("They are private, and of different people: they stay apart."));
	return OK;
}

static enum err join_voices(struct req *q, struct joint_id joint, const struct talk_facts *from, const struct talk_facts *to) {
	struct joint_voice_list voices;
	int64_t worth;
	TRY(sql_joint_note_voices(q->db, joint, from->id, to->id, NULL));
	TRY(sql_joint_note_followers(q->db, joint, from->id.v, to->id.v, NULL));
	TRY(sql_joint_voices(q->db, q->a, joint, from->id, INT32_MAX, &voices));
	for (size_t i = 0; i < voices.n; i++) {
		TRY(sql_talk_vote_insert(q->db, to->id, voices.v[i].person_id, voices.v[i].at, NULL));
		TRY(sql_talk_worth_of(q->db, voices.v[i].person_id, &worth));
		count_voice(q->db, to->id, 1, worth, voices.v[i].at);
	}
	return sql_joint_follow(q->db, joint, to->id.v, clock_now(), NULL);
}

static enum err part_voices(struct req *q, struct joint_id joint, struct conversation_id to) {
	struct joint_voice_list voices;
	int64_t worth;
	TRY(sql_joint_voices(q->db, q->a, joint, to, INT32_MAX, &voices));
	for (size_t i = 0; i < voices.n; i++) {
		TRY(sql_talk_vote_delete(q->db, to, voices.v[i].person_id));
		TRY(sql_talk_worth_of(q->db, voices.v[i].person_id, &worth));
		count_voice(q->db, to, -1, -worth, voices.v[i].at);
	}
	return sql_joint_unfollow(q->db, joint, to.v, NULL);
}

enum err joint_merge(struct req *q, struct conversation_id id, struct conversation_id into) {
	struct talk_facts from, to;
	struct message_id opening;
	struct joint_id joint;
	TRY(thread(q, id, &from));
	if (into.v <= 0) return req_invalid(q, "into", T("Give the number or the address of the other thread."));
	enum err e = thread(q, into, &to);
	if (e == ERR_NOT_FOUND) return req_invalid(q, "into", T("There is no such thread."));
	TRY(e);
	TRY(may_join(q, &from, &to));
	TRY(sql_talk_say_insert(q->db, to.id, STR("comment"), from.author_id, STR("portal"), str_fmt(q->a, STR_FMT "\n\n" STR_FMT, STR_ARG(from.subject),
		STR_ARG(from.body)), STR(""), (struct message_id){0}, from.created_at, &opening));
	if (mention_possible(from.body)) TRY(mention_keep(q->db, q->a, (struct mention_place){to.id, opening}));
	TRY(sql_joint_insert(q->db, STR("merge"), from.id, to.id, opening, q->actor.id, clock_now(), &joint));
	TRY(sql_joint_note_messages(q->db, joint, from.id, NULL));
	TRY(sql_joint_note_files(q->db, joint, from.id, true, NULL));
	TRY(join_voices(q, joint, &from, &to));
	TRY(put_away(q, from.id, true));
	TRY(move(q, joint, from.id, to.id, opening));
	return tell(q, &from, &to, "merged_into", true);
}

/* ------------------------------------------------------------------------- parting */

enum err joint_split(struct req *q, struct conversation_id id, struct int_list messages, struct str subject, struct conversation_id *ret) {
	struct talk_facts from, to;
	struct joint_first first;
	struct joint_id joint;
	bool found;
	TRY(thread(q, id, &from));
	subject = str_trim(subject);
	TRY(sql_joint_chosen(q->db, id, messages, &first, &found));
	if (!found || first.n != (int64_t)messages.n) return req_invalid(q, "messages", T("Please tick what is to go its own way."));
	if (str_empty(subject)) return req_invalid(q, "subject", T("Please fill this in."));
	if (subject.n > SUBJECT_MAX) return req_invalid(q, "subject", T("This is too long."));
	struct new_report r = {.kind = from.kind, .visibility = from.visibility, .subject = subject, .body = STR(""), .topic = from.topic, .lat = NAN, .lon = NAN,
		.author = first.author_id, .assignee = from.assignee_id, .team = from.team_id, .at = first.created_at};
	TRY(talk_create(q->db, q->a, &r, ret));
	if (str_is(from.visibility, "private")) TRY(sql_joint_seat_readers(q->db, id, *ret, NULL));
	TRY(sql_joint_same_record(q->db, id, *ret));
	TRY(sql_joint_same_snapshot(q->db, id, *ret, NULL));
	TRY(talk_facts(q->db, q->a, *ret, &to));
	TRY(sql_joint_insert(q->db, STR("split"), id, *ret, (struct message_id){0}, q->actor.id, clock_now(), &joint));
	TRY(sql_joint_note_some(q->db, joint, id, messages, NULL));
	TRY(sql_joint_note_files(q->db, joint, id, false, NULL));
	TRY(move(q, joint, id, *ret, (struct message_id){0}));
	return tell(q, &to, &from, "split_from", true);
}

/* -------------------------------------------------------------------------- undoing */

static enum err undo_merge(struct req *q, const struct joint_row *j) {
	TRY(sql_talk_hide_said(q->db, j->opening_id, clock_now()));
	TRY(part_voices(q, j->id, j->to_id));
	TRY(put_away(q, j->from_id, false));
	return move(q, j->id, j->to_id, j->from_id, j->opening_id);
}

/* What was said there since comes along, too. */
static enum err undo_split(struct req *q, const struct joint_row *j) {
	TRY(put_away(q, j->to_id, true));
	TRY(sql_joint_take_all(q->db, j->to_id, j->from_id, NULL));
	TRY(sql_joint_take_files(q->db, j->to_id, j->from_id, NULL));
	TRY(sql_joint_take_revisions(q->db, j->to_id, j->from_id, NULL));
	TRY(sql_joint_move_promises(q->db, j->to_id, NULL));
	TRY(sql_joint_move_tasks(q->db, j->to_id, NULL));
	TRY(sql_joint_recount(q->db, j->to_id));
	return sql_joint_recount(q->db, j->from_id);
}

enum err joint_undo(struct req *q, struct conversation_id id, struct joint_id joint, struct conversation_id *ret) {
	struct joint_row j;
	struct talk_facts from, to;
	TRY(sql_joint_get(q->db, q->a, joint, &j));
	if (j.undone || (j.from_id.v != id.v && j.to_id.v != id.v)) return ERR_NOT_FOUND;
	bool merge = str_is(j.kind, "merge");
	TRY(facts_for(q, j.from_id, ACT_ANSWER, &from));
	TRY(facts_for(q, j.to_id, ACT_ANSWER, &to));
	if (to.hidden || (!merge && from.hidden)) return req_fail(q, ERR_CONFLICT, T("It has been joined with another since: undo that first."), NULL);
	TRY(sql_joint_undone(q->db, joint, clock_now()));
	TRY(merge ? undo_merge(q, &j) : undo_split(q, &j));
	*ret = j.from_id;
	return merge ? tell(q, &from, &to, "merged_into", false) : tell(q, &to, &from, "split_from", false);
}

/* -------------------------------------------------------------------------- reading */

enum err joint_leads(struct req *q, struct conversation_id id, bool *ret_leads) {
	struct conversation_id other;
	TRY(sql_joint_leads(q->db, id, q->actor.id, q->actor.is_staff, &other, ret_leads));
	if (*ret_leads) req_redirect(q, url_path(q->a, "/conversations/%lld", (long long)other.v));
	return OK;
}

static enum err lines(struct req *q, struct conversation_id id, struct joint_id before, int64_t most, struct talk_joint_list *ret) {
	struct joint_line_list rows;
	TRY(sql_joint_of(q->db, q->a, id, q->actor.id, q->actor.is_staff, before, most, &rows));
	*ret = (struct talk_joint_list){.v = NEW_ARRAY(q->a, struct talk_joint, rows.n)};
	for (size_t i = 0; i < rows.n; i++) {
		const struct joint_line *r = &rows.v[i];
		bool here = r->to_id.v == id.v;
		ret->v[ret->n++] = (struct talk_joint){.id = r->id, .kind = r->kind, .from_id = r->from_id, .to_id = r->to_id, .here = here,
			.other = here ? r->from_id : r->to_id, .subject = here ? r->from_subject : r->to_subject, .by = str_none(r->by) ? STR("") : r->by, .at = r->at};
	}
	return OK;
}

enum err joint_view(struct req *q, struct conversation_id id, struct talk_joint_list *ret) {
	return lines(q, id, (struct joint_id){0}, LINES_MOST, ret);
}

/* --------------------------------------------------------------------- for programs */

/* What has just happened to a thread. */
static enum err newest(struct req *q, struct conversation_id id, struct talk_joint_done *ret) {
	struct talk_joint_list list;
	TRY(lines(q, id, (struct joint_id){0}, 1, &list));
	if (list.n == 0) return ERR_NOT_FOUND;
	ret->joint = list.v[0];
	req_redirect(q, url_path(q->a, "/api/v1/conversations/%lld", (long long)id.v));
	return OK;
}

enum err talk_merge(struct req *q, const struct talk_merge_in *in, struct talk_joint_done *ret) {
	TRY(joint_merge(q, in->id, in->into));
	return newest(q, in->into, ret);
}

enum err talk_split(struct req *q, const struct talk_split_in *in, struct talk_joint_done *ret) {
	struct conversation_id part;
	TRY(joint_split(q, in->id, FILE_IDS(in->messages), in->subject, &part));
	return newest(q, part, ret);
}

enum err talk_joint_undo(struct req *q, const struct talk_joint_undo_in *in) {
	struct conversation_id whole;
	return joint_undo(q, in->id, in->joint, &whole);
}

enum err talk_joints(struct req *q, const struct talk_joints_in *in, struct talk_joint_page *ret) {
	struct talk_facts f;
	struct joint_id before = {0};
	TRY(cursor_id(q, in->cursor, &before.v));
	TRY(facts_for(q, in->id, ACT_SEE, &f));
	TRY(lines(q, in->id, before, in->limit + 1, &ret->data));
	ret->next = STR_NONE;
	if (ret->data.n <= (size_t)in->limit) return OK;
	ret->data.n = (size_t)in->limit;
	ret->next = str_fmt(q->a, "%lld", (long long)ret->data.v[ret->data.n - 1].id.v);
	return OK;
}
