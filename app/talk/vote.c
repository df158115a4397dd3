/* "Me too": one voice each, which can be taken back; and following, which comes with it. */
#include "talk/talk_int.h"
#include "text/url.h"
#include <math.h>

static bool is_open(const struct talk_facts *f) {
	const struct state *s = state_find(f->status);
	return s != NULL && s->open;
}

/* The counters of the report itself and the public ones, after one voice more or fewer. */
static enum err count_voice(struct db *db, struct talk_facts *f, struct person_id who, int step, usec_t at) {
	int64_t worth = 0;
	bool known;
	usec_t last = 0;
	TRY(sql_talk_worth_of(db, who, &worth, &known));
	TRY(sql_talk_vote_day_add(db, f->id, at / DAYS(1), step, NULL));
	TRY(sql_talk_vote_last(db, f->id, &last));
	f->votes += step;
	f->worth_minor += step * worth;
	f->voted_at = last ? last : f->created_at;
	double impact = impact_of(f->votes, f->voted_at, is_open(f));
	TRY(sql_talk_set_votes(db, f->id, f->votes, f->worth_minor, f->voted_at, impact,
		staff_impact_of(impact, f->worth_minor)));
	return count_votes(db, f, step);
}

enum err talk_first_voice(struct db *db, struct arena *a, struct talk_facts *f, struct person_id who, usec_t at) {
	(void)a;
	TRY(sql_talk_vote_insert(db, f->id, who, at, NULL));
	TRY(sql_talk_follow_insert(db, who, f->id.v, at, NULL));
	return count_voice(db, f, who, 1, at);
}

enum err talk_vote(struct db *db, struct arena *a, struct conversation_id id, struct person_id who, bool yes, usec_t at,
	bool *ret_changed) {
	struct talk_facts f;
	usec_t voted = 0;
	bool had;
	int64_t changed;
	TRY(talk_facts(db, a, id, &f));
	TRY(sql_talk_vote_get(db, id, who, &voted, &had));
	*ret_changed = had != yes;
	if (had == yes) return OK;
	if (at == 0) at = clock_now();
	if (yes) {
		TRY(talk_first_voice(db, a, &f, who, at));
	} else {
		TRY(sql_talk_vote_delete(db, id, who, &changed));
		TRY(sql_talk_follow_delete_since(db, who, id.v, voted, NULL));
		TRY(count_voice(db, &f, who, -1, voted));
	}
	return talk_event(db, who, yes ? "like" : "undo", (struct message_id){0}, &f, talk_audience(&f),
	                  str_fmt(a, yes ? "{\"votes\":%lld}" : "{\"of\":\"like\",\"votes\":%lld}", (long long)f.votes));
}

enum err talk_follow(struct db *db, struct conversation_id id, struct person_id who, bool yes, usec_t at,
	bool *ret_changed) {
	int64_t changed;
	TRY(yes ? sql_talk_follow_insert(db, who, id.v, at ? at : clock_now(), &changed) : sql_talk_follow_delete(db, who,
		id.v, &changed));
	*ret_changed = changed > 0;
	if (changed == 0) return OK;
	struct talk_facts f = {.id = id};
	return talk_event(db, who, yes ? "follow" : "undo", (struct message_id){0}, &f, AUDIENCE_PRIVATE, yes
		? STR("{}") : STR("{\"of\":\"follow\"}"));
}

enum err talk_worth_changed(struct db *db, struct arena *a, struct person_id who) {
	struct conversation_id_list list;
	TRY(sql_talk_votes_of(db, a, who, INT32_MAX, &list));
	for (size_t i = 0; i < list.n; i++) {
		struct arena_mark mark = arena_mark(a);
		struct talk_facts f;
		struct opt_int worth;
		TRY(talk_facts(db, a, list.v[i], &f));
		TRY(sql_talk_worth_sum(db, f.id, &worth));
		double impact = impact_of(f.votes, f.voted_at, is_open(&f));
		if (worth.v != f.worth_minor)
			TRY(sql_talk_set_votes(db, f.id, f.votes, worth.v, f.voted_at, impact, staff_impact_of(impact, worth.v)));
		arena_reset(a, mark);
	}
	return OK;
}

/* ------------------------------------------------------------------ handlers */

static enum err vote(struct req *q, struct conversation_id id, bool yes, struct talk_voted *ret) {
	struct talk_facts f;
	struct talk_report_row row;
	bool changed;
	TRY(facts_for(q, id, ACT_VOTE, &f));
	TRY(talk_vote(q->db, q->a, id, q->actor.id, yes, 0, &changed));
	TRY(report_get(q, id, &row));
	TRY(report_view(q, &row, true, &ret->report));
	return voice_view(q, &row, &ret->voice);
}

enum err talk_vote_form(struct req *q, const struct talk_vote_form_in *in, struct talk_voted *ret) {
	struct talk_facts f;
	bool changed;
	ret->wide = in->wide;
	if (str_empty(in->follow)) return vote(q, in->id, !str_is(in->voice, "no"), ret);
	TRY(facts_for(q, in->id, ACT_VOTE, &f));
	TRY(talk_follow(q->db, in->id, q->actor.id, str_is(in->follow, "yes"), 0, &changed));
	struct talk_report_row row;
	TRY(report_get(q, in->id, &row));
	TRY(report_view(q, &row, true, &ret->report));
	return voice_view(q, &row, &ret->voice);
}

enum err talk_vote_put(struct req *q, const struct talk_vote_put_in *in, struct talk_voted *ret) {
	return vote(q, in->id, true, ret);
}

enum err talk_vote_delete(struct req *q, const struct talk_vote_delete_in *in, struct talk_voted *ret) {
	return vote(q, in->id, false, ret);
}
