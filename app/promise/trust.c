/* Promises, counted: each one once, when its last word is said, in the transaction that says it; for the firm, for who saw to it and their team, the other
 * side, the month on the firm's clock and where it was made. What is over never changes, so nothing is ever taken away again. */
#include "promise/promise_int.h"
#include "record/record.h"
#include "routes.h"
#include "sql/trust.h"
#include "text/date.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FEW = 10, TABLE_MOST = 20, TEAMS_SHOWN = 200, SOURCES_MOST = 200, MONTHS = 12, LATES_MOST = 100000, AT_ONCE = 500, PUBLIC_LEAST = 20, BAR_STEP = 20, CHART_HEIGHT = 60 };

/* --------------------------------------------------------------------- counting */

static int64_t month_of(const struct zone *z, usec_t t) {
	struct local_time l = zone_local(z, t);
	return (int64_t)l.year * 100 + l.month;
}

static int64_t days_late(const struct trust_one *x) {
	if (str_is(x->state, "missed") || x->done_at <= x->first_due_at) return 0;
	return (x->done_at - x->first_due_at + DAYS(1) - 1) / DAYS(1);
}

enum err trust_count(struct db *db, struct arena *a, struct expectation_id id, bool *ret_counts, struct team_id *ret_team) {
	struct trust_one x;
	TRY(sql_trust_get(db, a, id, &x));
	*ret_counts = !x.service;
	*ret_team = x.team_id;
	if (x.service) return OK;
	const struct zone *z = zone_find(x.zone);
	int64_t month = month_of(z != NULL ? z : zone_utc(), x.closed_at), late = days_late(&x);
	bool missed = str_is(x.state, "missed"), kept = !missed, them = str_is(x.word_of, "them"), silence = str_is(x.word_of, "silence"), us = !them && !silence;
	const struct { const char *by; int64_t id; struct str word; } of[] = {{"all", 0, STR("")}, {"owner", x.owner_id.v, STR("")}, {"person", x.person_id.v, STR("")},
		{"month", month, STR("")}, {"source", 0, x.source}, {"team", x.team_id.v, STR("")}};
	TRY(sql_trust_mark(db, id, month, late));
	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		if (of[i].id == 0 && (strcmp(of[i].by, "person") == 0 || strcmp(of[i].by, "team") == 0)) continue;   /* it was to everybody; its owner is in no team */
		TRY(sql_trust_add(db, x.ours, str_c(of[i].by), of[i].id, of[i].word, kept && them, kept && silence, kept && us, str_is(x.state, "exceeded"),
			missed && them, missed && !them, late > 0));
		if (late > 0) TRY(sql_trust_add_late(db, x.ours, str_c(of[i].by), of[i].id, of[i].word, late));
	}
	return OK;
}

struct begin {
	struct arena *a;
	bool all;                /* ret */
};

static enum err count_some(struct db *db, void *arg) {
	struct begin *b = arg;
	struct expectation_id_list l;
	TRY(sql_trust_uncounted(db, b->a, AT_ONCE, &l));
	bool counts;
	struct team_id team;
	for (size_t i = 0; i < l.n; i++) TRY(trust_count(db, b->a, l.v[i], &counts, &team));
	b->all = l.n < AT_ONCE;
	usec_t next;
	TRY(sql_promise_next_step(db, &next));
	return promise_wake(db, next);
}

enum err trust_begin(struct store *s) {
	struct arena a = {0};
	enum err e = OK;
	for (struct begin b = {.a = &a}; e == OK && !b.all; arena_clear(&a)) e = store_write(s, count_some, &b);
	arena_done(&a);
	return e;
}

/* ------------------------------------------------------------------ as it is read */

static int64_t percent_of(int64_t part, int64_t whole) {
	int64_t p = whole == 0 ? 0 : (part * 100 + whole / 2) / whole;
	if (p == 100 && part < whole) return 99;    /* who missed one has not kept all */
	return p == 0 && part > 0 ? 1 : p;
}

static struct str source_word(struct req *q, struct str source) {
	if (str_is(source, "conversation")) return str_c(TRQ(q, T("Said in a conversation")));
	if (str_is(source, "call")) return str_c(TRQ(q, T("Said on the telephone")));
	if (str_is(source, "everybody")) return str_c(TRQ(q, T("Said to everybody")));
	if (!str_starts(source, STR("record:"))) return str_c(TRQ(q, T("Written down by hand")));
	const struct pack_type *t = record_type(q, str_from(source, 7));
	return t != NULL ? pack_say(&t->label, q->locale.lang) : str_from(source, 7);
}

static struct str month_word(struct req *q, int64_t month) {
	return say_month(q->a, &q->locale, days_of((int)(month / 100), (int)(month % 100), 1) * DAYS(1));
}

static struct trust_row row_of(struct req *q, const struct trust_sum_row *s, const char *by, struct str direction) {
	struct trust_row r = {.key = str_fmt(q->a, "%" PRId64, s->of_id), .name = STR(""), .counted = s->closed, .kept = s->kept_them + s->kept_silence + s->kept_us,
		.exceeded = s->exceeded, .missed = s->missed_them + s->missed_us, .kept_them = s->kept_them, .kept_silence = s->kept_silence, .kept_us = s->kept_us,
		.missed_them = s->missed_them, .missed_us = s->missed_us, .late = s->late, .few = s->closed < FEW, .direction = direction, .by = STR("view"), .value = STR("closed")};
	r.rate = s->closed == 0 ? NAN : (double)r.kept / (double)s->closed;
	r.percent = say_number(q->a, &q->locale, percent_of(r.kept, s->closed));
	if (strcmp(by, "source") == 0) r.key = s->of_word, r.name = source_word(q, s->of_word);
	else if (strcmp(by, "month") == 0) r.name = month_word(q, s->of_id);
	else if (!str_none(s->name)) r.name = s->name;
	if (strcmp(by, "all") == 0) return r;
	r.value = r.key;
	r.by = str_c(strcmp(by, "owner") == 0 ? "owner_id" : strcmp(by, "person") == 0 ? "person_id" : strcmp(by, "team") == 0 ? "team_id" : by);
	return r;
}

/* The middle one, of an even number the lower of the two in the middle: half of them were not later. */
static void put_late(struct trust_row *r, const struct trust_late_row *l, size_t n) {
	int64_t seen = 0;
	for (size_t i = 0; i < n; i++) {
		if (!r->late_median.has && (seen + l[i].n) * 2 >= r->late) r->late_median = (struct opt_int){true, l[i].days};
		seen += l[i].n;
		r->late_worst = (struct opt_int){true, l[i].days};
	}
}

/* rows and sums stand in the same order. */
static enum err fill_late(struct req *q, bool ours, const char *by, const struct trust_sum_row_list *sums, struct trust_row *rows) {
	struct trust_late_row_list l;
	struct int_list ids = {.v = NEW_ARRAY(q->a, int64_t, sums->n)};
	for (size_t i = 0; i < sums->n; i++)
		if (sums->v[i].late > 0) ids.v[ids.n++] = sums->v[i].of_id;
	if (ids.n == 0) return OK;
	TRY(sql_trust_lates(q->db, q->a, ours, str_c(by), ids, LATES_MOST, &l));
	for (size_t from = 0, to; from < l.n; from = to) {
		for (to = from + 1; to < l.n && l.v[to].of_id == l.v[from].of_id && str_eq(l.v[to].of_word, l.v[from].of_word); to++) continue;
		for (size_t i = 0; i < sums->n; i++)
			if (sums->v[i].of_id == l.v[from].of_id && str_eq(sums->v[i].of_word, l.v[from].of_word)) put_late(&rows[i], l.v + from, to - from);
	}
	return OK;
}

struct part {
	const char *by;
	struct opt_int just, fewer, before;
	int64_t behind;
};

static enum err read_part(struct req *q, struct str direction, const struct part *p, int64_t most, struct trust_row_list *ret) {
	struct trust_sum_row_list sums;
	bool ours = str_is(direction, "ours");
	TRY(sql_trust_sums(q->db, q->a, ours, str_c(p->by), p->just, p->fewer, p->behind, p->before, most,
		strcmp(p->by, "month") == 0 ? TRUST_SUMS_NEWEST : TRUST_SUMS_MOST, &sums));
	*ret = (struct trust_row_list){.v = NEW_ARRAY(q->a, struct trust_row, sums.n), .n = sums.n};
	for (size_t i = 0; i < sums.n; i++) ret->v[i] = row_of(q, &sums.v[i], p->by, direction);
	return fill_late(q, ours, p->by, &sums, ret->v);
}

/* ---------------------------------------------------------------------- the page */

/* Those with enough to compare first, the best of them first; then the others, as they are. */
static int by_rate(const void *a, const void *b) {
	const struct trust_row *x = a, *y = b;
	if (x->few != y->few) return x->few ? 1 : -1;
	if (!x->few && x->kept * y->counted != y->kept * x->counted) return x->kept * y->counted > y->kept * x->counted ? -1 : 1;
	if (x->counted != y->counted) return x->counted > y->counted ? -1 : 1;
	return str_cmp(x->key, y->key);
}

static void rank(struct trust_row_list *l) {
	if (l->n > 1) qsort(l->v, l->n, sizeof *l->v, by_rate);
	for (size_t i = 0; i < l->n && !l->v[i].few; i++) {
		bool same = i > 0 && l->v[i].kept * l->v[i - 1].counted == l->v[i - 1].kept * l->v[i].counted;
		l->v[i].rank = same ? l->v[i - 1].rank : (struct opt_int){true, (int64_t)i + 1};
	}
}

/* The last twelve months, also those in which nothing was closed: bars as high as they are many. */
static void draw(struct req *q, const struct trust_row_list *months, struct trust_page *ret) {
	struct local_time now = zone_local(q->locale.zone, q->locale.now);
	int64_t top = 1;
	ret->bars = (struct trust_bar_list){.v = NEW_ARRAY(q->a, struct trust_bar, MONTHS), .n = MONTHS};
	for (size_t i = 0; i < months->n; i++) top = months->v[i].counted > top ? months->v[i].counted : top;
	for (int64_t i = 0; i < MONTHS; i++) {
		int64_t at = (int64_t)now.year * 12 + now.month - 1 - (MONTHS - 1 - i), month = at / 12 * 100 + at % 12 + 1;
		struct trust_bar *b = &ret->bars.v[i];
		*b = (struct trust_bar){.x = i * BAR_STEP, .kept_y = CHART_HEIGHT, .missed_y = CHART_HEIGHT};
		if (i == 0) ret->first = month_word(q, month);
		for (size_t k = 0; k < months->n; k++) {
			struct str key = str_fmt(q->a, "%" PRId64, month);
			if (!str_eq(months->v[k].key, key)) continue;
			b->missed = months->v[k].missed * CHART_HEIGHT / top;
			b->kept = months->v[k].counted * CHART_HEIGHT / top - b->missed;
			b->kept_y = CHART_HEIGHT - b->kept;
			b->missed_y = b->kept_y - b->missed;
		}
	}
}

static enum err fill_page(struct req *q, struct trust_page *ret) {
	struct trust_row_list all;
	TRY(read_part(q, ret->direction, &(struct part){.by = "all"}, 1, &all));
	if (all.n > 0) ret->all = &all.v[0];
	TRY(read_part(q, ret->direction, &(struct part){.by = "owner"}, TABLE_MOST, &ret->owners));
	TRY(read_part(q, ret->direction, &(struct part){.by = "team"}, TEAMS_SHOWN, &ret->teams));
	TRY(read_part(q, ret->direction, &(struct part){.by = "person"}, TABLE_MOST, &ret->persons));
	TRY(read_part(q, ret->direction, &(struct part){.by = "source"}, SOURCES_MOST, &ret->sources));
	TRY(read_part(q, ret->direction, &(struct part){.by = "month"}, MONTHS, &ret->months));
	rank(&ret->owners);
	rank(&ret->teams);
	rank(&ret->persons);
	rank(&ret->sources);
	ret->more_owners = ret->owners.n == TABLE_MOST;
	ret->more_persons = ret->persons.n == TABLE_MOST;
	draw(q, &ret->months, ret);
	q->page.nav = STR("promises");
	return OK;
}

/* Months go on by their number, all else by how many there are, then by id. */
static bool read_cursor(struct req *q, struct str cursor, struct part *p) {
	char end;
	if (str_none(cursor)) return true;
	if (strcmp(p->by, "month") == 0) {
		p->before.has = true;
		return str_int(cursor, &p->before.v);
	}
	p->fewer.has = true;
	return cursor.n <= 40 && sscanf(str_z(q->a, cursor), "%" SCNd64 "-%" SCNd64 "%c", &p->fewer.v, &p->behind, &end) == 2;
}

enum err trust_show(struct req *q, const struct trust_show_in *in, struct trust_page *ret) {
	struct part p = {.by = str_z(q->a, in->by)};
	struct object o = {.thing = THING_TRUST};
	TRY(may_or_err(&q->actor, ACT_SEE, &o));
	*ret = (struct trust_page){.direction = in->direction, .by = in->by, .next = STR_NONE, .first = STR("")};
	if (!q->api) return fill_page(q, ret);
	if (!read_cursor(q, in->cursor, &p)) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	bool sources = str_is(in->by, "source");    /* of which there are no more than types of records */
	TRY(read_part(q, in->direction, &p, sources ? SOURCES_MOST : in->limit + 1, &ret->data));
	if (sources || (int64_t)ret->data.n <= in->limit) return OK;
	ret->data.n = (size_t)in->limit;
	const struct trust_row *last = &ret->data.v[ret->data.n - 1];
	ret->next = str_is(in->by, "month") ? last->key : str_fmt(q->a, "%" PRId64 "-" STR_FMT, last->counted, STR_ARG(last->key));
	return OK;
}

/* ---------------------------------------------------------- behind a number */

enum err trust_find(struct req *q, const struct trust_wish *w, struct expectation_id before, int64_t most, struct promise_row_list *ret) {
	struct opt_int yes = {true, 1}, no = {0};
	struct str state = str_is(w->result, "exceeded") || str_is(w->result, "missed") ? w->result : STR_NONE;
	return sql_trust_list(q->db, q->a, !w->theirs, w->person, w->owner, w->team, w->month, w->source, w->word, str_is(w->result, "kept") ? yes : no, state,
		str_is(w->result, "late") ? yes : no, before, q->actor.id,
		q->actor.is_staff, most, ret);
}

static void say_more(struct req *q, struct str *to, struct str more) {
	if (!str_none(more) && !str_empty(more)) *to = str_empty(*to) ? more : str_fmt(q->a, STR_FMT " · " STR_FMT, STR_ARG(*to), STR_ARG(more));
}

static enum err say_person(struct req *q, struct person_id id, struct str *to) {
	struct promise_person_row who;
	bool found;
	if (id.v == 0) return OK;
	TRY(sql_promise_person(q->db, q->a, id, q->actor.id, q->actor.is_staff, &who, &found));
	if (found) say_more(q, to, who.name);
	return OK;
}

static enum err say_team(struct req *q, struct team_id id, struct str *to) {
	struct str name;
	bool found;
	if (id.v == 0) return OK;
	TRY(sql_trust_team(q->db, q->a, id, &name, &found));
	if (found) say_more(q, to, name);
	return OK;
}

enum err trust_said(struct req *q, const struct trust_wish *w, struct str *ret) {
	static const struct { const char *name, *word; } words[] = {{"counted", T("All that counts")}, {"kept", T("Kept or better")}, {"exceeded", T("Better than promised")},
		{"missed", T("Missed")}, {"late", T("Kept, but late")}, {"them", T("by the other side’s word")}, {"silence", T("nobody said otherwise")}, {"us", T("by our own word")}};
	*ret = STR("");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(w->result, words[i].name) || str_is(w->word, words[i].name)) say_more(q, ret, str_c(TRQ(q, words[i].word)));
	say_more(q, ret, str_c(TRQ(q, w->theirs ? T("promised to us") : T("promised by us"))));
	TRY(say_person(q, w->owner, ret));
	TRY(say_team(q, w->team, ret));
	TRY(say_person(q, w->person, ret));
	if (w->month.has) say_more(q, ret, month_word(q, w->month.v));
	if (!str_none(w->source)) say_more(q, ret, source_word(q, w->source));
	return OK;
}

/* -------------------------------------------------------------- what everybody reads */

enum err trust_rate(struct req *q, struct trust_rate **ret) {
	struct trust_public_row r;
	bool shown;
	*ret = NULL;
	req_depends(q, "expectations", 0);
	TRY(sql_trust_is_public(q->db, &shown));
	if (!shown) return OK;
	const struct zone *z = zone_find(q->business->zone);
	struct local_time now = zone_local(z != NULL ? z : zone_utc(), q->locale.now);
	int64_t first = (int64_t)now.year * 12 + now.month - MONTHS;        /* this month and the eleven before it; January is 0 */
	TRY(sql_trust_public(q->db, first / 12 * 100 + first % 12 + 1, &r));
	if (r.counted < PUBLIC_LEAST) return OK;
	*ret = NEW(q->a, struct trust_rate);
	**ret = (struct trust_rate){.percent = percent_of(r.kept, r.counted), .counted = r.counted};
	return OK;
}

/* ------------------------------------------------- what becomes of them after a miss */

/* What weighs most. */
static const char *after_word(const struct trust_after_row *r) {
	if (r->has_left) return "left";
	if (r->complained > 0) return "complained";
	return r->wrote > 0 ? "wrote" : r->active ? "active" : "silent";
}

static enum err look_after(struct db *db, struct arena *a, const struct trust_watched_row *w) {
	struct trust_after_row r;
	struct promise_state x;
	TRY(sql_trust_after(db, w->id, w->person_id, w->conversation_id, w->closed_at, w->closed_at + TRUST_AFTER, &r));
	TRY(sql_trust_after_put(db, w->id, str_c(after_word(&r))));
	TRY(sql_promise_state_get(db, a, w->id, &x));
	return promise_event(db, (struct person_id){0}, "announce", &x, AUDIENCE_STAFF, str_fmt(a, "{\"after_miss\":{\"word\":\"%s\",\"days\":%d,\"person\":%" PRId64
		",\"wrote\":%" PRId64 ",\"wrote_there\":%" PRId64 ",\"complained\":%" PRId64 ",\"active\":%s,\"left\":%s}}", after_word(&r), (int)(TRUST_AFTER / DAYS(1)),
		w->person_id.v, r.wrote, r.wrote_there, r.complained, r.active || r.wrote > 0 ? "true" : "false", r.has_left ? "true" : "false"));
}

enum err trust_look_after(struct db *db, struct arena *a, int64_t most, bool *ret_all) {
	struct trust_watched_row_list l;
	TRY(sql_trust_watched(db, a, clock_now(), most, &l));
	for (size_t i = 0; i < l.n; i++) TRY(look_after(db, a, &l.v[i]));
	*ret_all = (int64_t)l.n < most;
	return OK;
}

enum err trust_after_said(struct req *q, struct expectation_id id, struct str *ret) {
	static const struct { const char *name, *say; } words[] = {{"left", T("They have left.")}, {"complained", T("They complained.")}, {"wrote", T("They wrote again.")},
		{"active", T("They were here and did not write.")}, {"silent", T("Nothing was heard of them.")}};
	struct str word;
	TRY(sql_trust_after_of(q->db, q->a, id, &word));
	*ret = STR("");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(word, words[i].name)) *ret = str_c(TRQ(q, words[i].say));
	return OK;
}
