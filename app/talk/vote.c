/* "Me too": one voice each, which can be taken back; and following, which comes with it. */
#include "talk/talk_int.h"

enum err talk_first_voice(struct db *db, struct conversation_id id, struct person_id who, usec_t at, int64_t *ret_more,
	bool *ret_new) {
	int64_t new, worth;
	TRY(sql_talk_vote_insert(db, id, who, at, &new));
	*ret_new = new > 0;
	if (new == 0) return OK;
	TRY(sql_talk_worth_of(db, who, &worth));
	*ret_more = count_voice(db, id, 1, worth, at);
	return sql_talk_follow_insert(db, who, id.v, at, NULL);
}

static enum err take_back(struct db *db, struct conversation_id id, struct person_id who, int64_t *ret_more, bool *ret_had) {
	usec_t at;
	int64_t worth;
	TRY(sql_talk_vote_get(db, id, who, &at, ret_had));
	if (!*ret_had) return OK;
	TRY(sql_talk_vote_delete(db, id, who));
	TRY(sql_talk_worth_of(db, who, &worth));
	*ret_more = count_voice(db, id, -1, -worth, at);
	return sql_talk_follow_delete_since(db, who, id.v, at, NULL);
}

static enum err voice(struct db *db, struct arena *a, const struct talk_facts *f, struct person_id who, bool yes, usec_t at,
	bool *ret_changed) {
	int64_t more;
	if (yes) TRY(talk_first_voice(db, f->id, who, at ? at : clock_now(), &more, ret_changed));
	else TRY(take_back(db, f->id, who, &more, ret_changed));
	if (!*ret_changed) return OK;
	return talk_event(db, who, yes ? "like" : "undo", (struct message_id){0}, f, talk_audience(f),
		str_fmt(a, yes ? "{\"votes\":%lld}" : "{\"of\":\"like\",\"votes\":%lld}", (long long)f->votes + more));
}

enum err talk_vote(struct db *db, struct arena *a, struct conversation_id id, struct person_id who, bool yes, usec_t at,
	bool *ret_changed) {
	struct talk_facts f;
	TRY(talk_facts(db, a, id, &f));
	return voice(db, a, &f, who, yes, at, ret_changed);
}

enum err talk_follow(struct db *db, struct arena *a, struct conversation_id id, struct person_id who, bool yes, usec_t at,
	bool *ret_changed) {
	int64_t changed;
	TRY(yes ? sql_talk_follow_insert(db, who, id.v, at ? at : clock_now(), &changed) : sql_talk_follow_delete(db, who,
		id.v, &changed));
	*ret_changed = changed > 0;
	if (changed == 0) return OK;
	struct talk_facts f;
	TRY(talk_facts(db, a, id, &f));
	enum audience audience = talk_is_among(f.kind) ? AUDIENCE_PARTIES : AUDIENCE_PRIVATE;
	return talk_event(db, who, yes ? "follow" : "undo", (struct message_id){0}, &f, audience, yes
		? STR("{}") : STR("{\"of\":\"follow\"}"));
}

enum err talk_worth_changed(struct db *db, struct arena *a, struct person_id who, int64_t more_minor) {
	struct conversation_id_list list;
	TRY(sql_talk_votes_of(db, a, who, INT32_MAX, &list));
	for (size_t i = 0; i < list.n; i++) count_voice(db, list.v[i], 0, more_minor, 0);
	return OK;
}

/* ------------------------------------------------------------------ handlers */

/* What is shown is read behind the commit, by a reader: the counters are written with it, and the writer has others to serve. */
static enum err show_vote(struct req *q, void *view) {
	struct talk_voted *ret = view;
	struct talk_report_row row;
	TRY(report_get(q, ret->report.id, &row));
	TRY(report_view(q, &row, true, &ret->report));
	return q->api ? OK : voice_view(q, &row, &ret->voice);
}

static enum err vote(struct req *q, struct conversation_id id, bool yes, struct talk_voted *ret) {
	struct talk_facts f;
	bool changed;
	TRY(facts_for(q, id, ACT_VOTE, &f));
	TRY(voice(q->db, q->a, &f, q->actor.id, yes, 0, &changed));
	ret->report.id = id;
	req_then_view(q, show_vote);
	return OK;
}

enum err talk_vote_form(struct req *q, const struct talk_vote_form_in *in, struct talk_voted *ret) {
	struct talk_facts f;
	bool changed;
	ret->wide = in->wide;
	if (str_empty(in->follow)) return vote(q, in->id, !str_is(in->voice, "no"), ret);
	TRY(facts_for(q, in->id, ACT_VOTE, &f));
	TRY(talk_follow(q->db, q->a, in->id, q->actor.id, str_is(in->follow, "yes"), 0, &changed));
	ret->report.id = in->id;
	req_then_view(q, show_vote);
	return OK;
}

enum err talk_vote_put(struct req *q, const struct talk_vote_put_in *in, struct talk_voted *ret) {
	return vote(q, in->id, true, ret);
}

enum err talk_vote_delete(struct req *q, const struct talk_vote_delete_in *in, struct talk_voted *ret) {
	return vote(q, in->id, false, ret);
}
