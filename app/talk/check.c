/* Proves that what is counted equals what it counts, and counts it anew. */
#include "sql/talk_check.h"
#include "talk/talk_int.h"
#include <math.h>

enum { COMPLAINTS_MOST = 100 };

/* What the counters of a conversation should be. */
static struct talk_counts right(const struct talk_counts *c) {
	struct talk_counts r = *c;
	const struct state *s = state_find(c->status);
	r.votes = c->votes_real;
	r.comments = c->comments_real;
	r.worth = c->worth_real;
	r.voted_at = c->voted_real ? c->voted_real : c->created_at;
	r.impact = impact_of(r.votes, r.voted_at, s != NULL && s->open);
	r.staff_impact = staff_impact_of(r.impact, r.worth);
	r.board = str_c(board_of(c->kind));
	bool placed = !isnan(c->lat) && !isnan(c->lon);
	r.quadkey = (struct opt_int){.has = placed, .v = placed ? quad_of(c->lat, c->lon, QUAD_LEVELS) : 0};
	return r;
}

struct complaints {
	struct arena *a;
	struct text_list *list;
};

static void complain(struct complaints *c, struct str sentence) {
	if (c->list->n < COMPLAINTS_MOST) c->list->v[c->list->n++] = sentence;
}

static void compare(struct complaints *c, int64_t id, const char *what, int64_t kept, int64_t real) {
	if (kept != real)
		complain(c, str_fmt(c->a, "conversation %lld keeps %lld %s, and there are %lld", (long long)id, (long long)kept,
			what, (long long)real));
}

static enum err look(void *arg, const struct talk_counts *c) {
	struct complaints *to = arg;
	struct talk_counts r = right(c);
	compare(to, c->id.v, "votes", c->votes, r.votes);
	compare(to, c->id.v, "comments", c->comments, r.comments);
	compare(to, c->id.v, "of worth", c->worth, r.worth);
	bool placed = c->quadkey.has == r.quadkey.has && (!c->quadkey.has || c->quadkey.v == r.quadkey.v);
	bool ordered = fabs(c->impact - r.impact) < 1e-6 && fabs(c->staff_impact - r.staff_impact) < 1e-6 &&
		c->voted_at == r.voted_at;
	if (!placed) complain(to, str_fmt(to->a, "conversation %lld stands in another map cell than its place",
		(long long)c->id.v));
	if (!ordered) complain(to, str_fmt(to->a, "conversation %lld has another impact than its votes give it",
		(long long)c->id.v));
	if (!str_eq(c->board, r.board)) complain(to, str_fmt(to->a,
		"conversation %lld stands in another list than its kind", (long long)c->id.v));
	return OK;
}

static void differ(struct complaints *c, const char *what, const struct talk_difference_list *rows) {
	for (size_t i = 0; i < rows->n; i++)
		complain(c, str_fmt(c->a, "%s " STR_FMT " counts %+lld reports and %+lld votes too many", what,
			STR_ARG(rows->v[i].what),
		                    (long long)rows->v[i].reports, (long long)rows->v[i].votes));
}

enum err talk_check(struct db *db, struct arena *a, struct text_list *ret_complaints) {
	struct talk_difference_list rows;
	struct text_list list = {.v = NEW_ARRAY(a, struct str, COMPLAINTS_MOST), .n = 0};
	struct complaints c = {.a = a, .list = &list};
	TRY(sql_talk_counts_each(db, look, &c));
	TRY(sql_talk_days_wrong(db, a, COMPLAINTS_MOST, &rows));
	differ(&c, "conversation", &rows);
	TRY(sql_talk_tally_wrong(db, a, COMPLAINTS_MOST, &rows));
	differ(&c, "list", &rows);
	TRY(sql_talk_town_wrong(db, a, COMPLAINTS_MOST, &rows));
	differ(&c, "town", &rows);
	TRY(sql_talk_cell_wrong(db, a, COMPLAINTS_MOST, &rows));
	differ(&c, "cell", &rows);
	struct conversation_id_list waiting;
	TRY(sql_talk_waiting_wrong(db, a, COMPLAINTS_MOST, &waiting));
	for (size_t i = 0; i < waiting.n; i++)
		complain(&c, str_fmt(a, "conversation %lld keeps another time since when somebody waits than was said in it", (long long)waiting.v[i].v));
	*ret_complaints = list;
	return OK;
}

struct counted {
	struct arena *a;
	struct talk_counts *v;
	size_t n, room;
};

static enum err collect(void *arg, const struct talk_counts *c) {
	struct counted *l = arg;
	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 1024;
		struct talk_counts *v = NEW_ARRAY(l->a, struct talk_counts, room);
		if (l->n > 0) memcpy(v, l->v, l->n * sizeof *v);
		l->v = v;
		l->room = room;
	}
	l->v[l->n++] = right(c);       /* board is a constant; the other texts are not used behind this */
	return OK;
}

enum err talk_recount(struct db *db, struct arena *a) {
	struct counted list = {.a = a};
	TRY(sql_talk_counts_each(db, collect, &list));
	for (size_t i = 0; i < list.n; i++) {
		const struct talk_counts *c = &list.v[i];
		TRY(sql_talk_counts_set(db, c->id, c->board, c->votes, c->comments, c->worth, c->voted_at, c->impact,
			c->staff_impact, c->quadkey));
	}
	TRY(sql_talk_waiting_count(db, NULL));
	TRY(sql_talk_days_clear(db, NULL));
	TRY(sql_talk_tally_clear(db, NULL));
	TRY(sql_talk_town_clear(db, NULL));
	TRY(sql_talk_cell_clear(db, NULL));
	TRY(sql_talk_days_count(db, NULL));
	TRY(sql_talk_tally_count(db, NULL));
	TRY(sql_talk_town_count(db, NULL));
	return sql_talk_cell_count(db, NULL);
}
