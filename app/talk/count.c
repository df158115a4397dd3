/* What is counted when something changes: votes and impact of a report; lists, towns and map cells of what is public. A change
 * takes the conversation out of the public counts as it was and puts it back as it is, so nothing can be forgotten. */
#include "talk/talk_int.h"
#include <math.h>

static const struct {
	const char *kind, *board;
} boards[] = {
	{"problem", "problems"}, {"need", "problems"}, {"idea", "ideas"}, {"question", "talk"}, {"discussion", "talk"},
		{"praise", "talk"},
	{"query", "talk"}, {"direct", "talk"}, {"group", "talk"}, {"deal", "talk"}, {"room", "talk"},
};

const char *board_of(struct str kind) {
	for (size_t i = 0; i < sizeof boards / sizeof *boards; i++)
		if (str_is(kind, boards[i].kind)) return boards[i].board;
	return NULL;
}

/* Twice as many people weigh as much as half a life of time: README.md. */
#define IMPACT_ZERO ((double)1767225600 * 1e6)    /* 2026-01-01 */
#define IMPACT_HALF_LIFE ((double)DAYS(30))
#define IMPACT_SETTLED 100.0                      /* what is settled stands behind all that is open */
#define IMPACT_WORTH 100000.0                     /* 1,000 of the currency a year weigh like one more doubling */

double impact_of(int64_t votes, usec_t voted_at, bool open) {
	return log2(1 + (double)votes) + ((double)voted_at - IMPACT_ZERO) / IMPACT_HALF_LIFE - (open ? 0 : IMPACT_SETTLED);
}

double staff_impact_of(double impact, int64_t worth_minor) {
	return impact + log2(1 + (double)(worth_minor > 0 ? worth_minor : 0) / IMPACT_WORTH);
}

enum err talk_facts(struct db *db, struct arena *a, struct conversation_id id, struct talk_facts *ret) {
	return sql_talk_facts_get(db, a, id, ret);
}

bool talk_is_direct(struct str kind) {
	return str_is(kind, "direct") || str_is(kind, "group");
}

bool talk_is_room(struct str kind) { return str_is(kind, "room") || str_is(kind, "deal"); }

bool talk_is_among(struct str kind) { return talk_is_direct(kind) || talk_is_room(kind); }

enum audience talk_audience(const struct talk_facts *f) {
	if (talk_is_among(f->kind)) return AUDIENCE_PARTIES;
	return audience_find(f->visibility);
}

static bool is_counted(const struct talk_facts *f) {
	return str_is(f->visibility, "public") && !f->hidden;
}

static bool is_open(const struct talk_facts *f) {
	const struct state *s = state_find(f->status);
	return s != NULL && s->open;
}

static enum err add(struct db *db, const struct talk_facts *f, int64_t reports, int64_t votes) {
	if (!is_counted(f)) return OK;
	TRY(sql_talk_tally_add(db, f->board, f->status, reports, votes, NULL));
	if (!is_open(f)) return OK;
	TRY(sql_talk_town_add(db, f->board, f->area, reports, votes, NULL));
	if (reports < 0) TRY(sql_talk_town_sweep(db, f->board, f->area, NULL));
	if (!f->quadkey.has) return OK;
	TRY(sql_talk_cells_add(db, f->quadkey.v, f->kind, reports, votes, NULL));
	return reports < 0 ? sql_talk_cells_sweep(db, f->quadkey.v, f->kind, NULL) : OK;
}

enum err count_whole(struct db *db, const struct talk_facts *f, int sign) {
	return add(db, f, sign, sign * f->votes);
}

/* Once a transaction, whatever the number of voices: a thousand people who lose the same line say so at the same time. */
static enum err write_voices(struct db *db, struct db_pair id, struct db_pair sum) {
	struct arena a = {0};
	struct talk_facts f;
	usec_t last = 0;
	enum err e = talk_facts(db, &a, (struct conversation_id){id.v[0]}, &f);
	if (e == OK) e = sql_talk_vote_last(db, f.id, &last);
	if (e == OK) {
		usec_t voted_at = last ? last : f.created_at;
		int64_t votes = f.votes + sum.v[0], worth = f.worth_minor + sum.v[1];
		double impact = impact_of(votes, voted_at, is_open(&f));
		e = sql_talk_set_votes(db, f.id, votes, worth, voted_at, impact, staff_impact_of(impact, worth));
	}
	if (e == OK && sum.v[0] != 0) e = add(db, &f, 0, sum.v[0]);
	arena_done(&a);
	return e == ERR_NOT_FOUND ? OK : e;       /* gone meanwhile, with all that counted it */
}

static enum err write_day(struct db *db, struct db_pair id_and_day, struct db_pair sum) {
	if (sum.v[0] == 0) return OK;
	return sql_talk_vote_day_add(db, (struct conversation_id){id_and_day.v[0]}, id_and_day.v[1], sum.v[0], NULL);
}

int64_t count_voice(struct db *db, struct conversation_id id, int step, int64_t worth_minor, usec_t at) {
	struct db_pair report = {{id.v, 0}}, day = {{id.v, at / DAYS(1)}};
	db_sum(db, write_voices, report, (struct db_pair){{step, worth_minor}});
	if (step != 0) db_sum(db, write_day, day, (struct db_pair){{step, 0}});
	return db_sum_so_far(db, write_voices, report).v[0];
}
