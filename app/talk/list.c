/* Lists: which conversations stand in one, in which order, and what a row says. First the ids are found, by an index that has the
 * order; then their rows are read. A cursor holds where the last row stood, so a page costs the same however far down it is. */
#include "sql/ask.h"
#include "pack/pack.h"
#include "tag/tag.h"
#include "talk/talk_int.h"
#include "text/url.h"
#include "tpl.h"
#include "web/part.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { PAGE_ROWS = 20, BOX_MOST = 5000, BURST_LEAST = 5 };

/* ----------------------------------------------------------------- finding ids */

/* Which of two lists of ids are in both; STR_NONE-like: v NULL stands for "any". */
static struct int_list both(struct arena *a, struct int_list x, struct int_list y) {
	if (x.v == NULL) return y;
	struct int_list list = {.v = NEW_ARRAY(a, int64_t, x.n + 1), .n = 0};
	for (size_t i = 0; i < x.n; i++)
		for (size_t k = 0; k < y.n; k++)
			if (x.v[i] == y.v[k]) {
				list.v[list.n++] = x.v[i];
				break;
			}
	return list;
}

static struct int_list some(struct arena *a, struct int_list list) {
	if (list.v == NULL) list.v = NEW_ARRAY(a, int64_t, 1);
	return list;
}

static enum err ids_in_box(struct req *q, const struct box *box, struct int_list *ret) {
	int level;
	struct talk_spot_row_list rows;
	struct int_list tiles = box_tiles(q->a, box, &level);
	TRY(sql_talk_in_tiles(q->db, q->a, tiles, 2 * (QUAD_LEVELS - level), BOX_MOST, &rows));
	*ret = (struct int_list){.v = NEW_ARRAY(q->a, int64_t, rows.n + 1), .n = 0};
	for (size_t i = 0; i < rows.n; i++)
		if (box_has(box, rows.v[i].lat, rows.v[i].lon)) ret->v[ret->n++] = rows.v[i].id.v;
	return OK;
}

/* The ids that words, tag and place leave; v NULL: all. */
static enum err narrow(struct req *q, const struct list_wish *w, struct int_list *ret) {
	struct int_list one;
	*ret = (struct int_list){0};
	if (!str_empty(w->words)) {
		TRY(search_ids(q->db, q->a, w->words, FOUND_MAX, &one));
		*ret = both(q->a, *ret, some(q->a, one));
	}
	if (!str_empty(w->tag)) {
		TRY(sql_talk_tagged(q->db, q->a, tag_word(q->a, w->tag), q->actor.is_staff, FOUND_MAX, &one));
		*ret = both(q->a, *ret, some(q->a, one));
	}
	if (w->record.v != 0) {
		TRY(sql_ask_of_record(q->db, q->a, w->record, FOUND_MAX, &one));
		*ret = both(q->a, *ret, some(q->a, one));
	}
	if (w->box != NULL) {
		TRY(ids_in_box(q, w->box, &one));
		*ret = both(q->a, *ret, some(q->a, one));
	}
	return OK;
}

struct cursor {
	bool given;
	int64_t key;                 /* a time, or the bits of a real */
	int64_t id;
};

static bool cursor_read(struct arena *a, struct str text, struct cursor *ret) {
	uint64_t key, id;
	char end;
	*ret = (struct cursor){.id = INT64_MAX};
	if (str_empty(text)) return true;
	if (text.n > 40 || sscanf(str_z(a, text), "%16" SCNx64 "-%16" SCNx64 "%c", &key, &id, &end) != 2) return false;
	*ret = (struct cursor){.given = true, .key = (int64_t)key, .id = (int64_t)id};
	return true;
}

static int64_t bits_of(double v) {
	int64_t bits;
	memcpy(&bits, &v, sizeof bits);
	return bits;
}

static double real_of(int64_t bits) {
	double v;
	memcpy(&v, &bits, sizeof v);
	return v;
}

static struct str any(struct str s) {
	return str_empty(s) ? STR_NONE : s;
}

static struct opt_int within(struct int_list ids) {
	return (struct opt_int){.has = ids.v != NULL, .v = 1};
}

static enum err find_impact(struct req *q, const struct list_wish *w, struct int_list ids, struct cursor c, struct str states,
                            struct talk_key_list *ret) {
	bool staff = q->actor.is_staff;
	double key = c.given ? real_of(c.key) : NAN;
	enum talk_find_impact_order order = staff ? TALK_FIND_IMPACT_STAFF : TALK_FIND_IMPACT_IMPACT;
	return sql_talk_find_impact(q->db, q->a, q->actor.id, staff, talk_is_among(w->kind), any(w->board), any(w->kind), states, any(w->topic),
	                            any(w->area), w->assignee, within(ids), ids, staff ? NAN : key, staff ? key : NAN,
	                            (struct conversation_id){c.id}, w->most + 1, order, ret);
}

static enum err find_time(struct req *q, const struct list_wish *w, struct int_list ids, struct cursor c, struct str states,
                          struct talk_key_list *ret) {
	bool active = str_is(w->sort, "active"), answered = str_is(w->sort, "answered");
	usec_t key = c.given ? c.key : 0;
	if (answered && !c.given) key = INT64_MAX;     /* leaves out what has no answer yet */
	enum talk_find_time_order order =
		active ? TALK_FIND_TIME_ACTIVE : answered ? TALK_FIND_TIME_ANSWERED : TALK_FIND_TIME_NEW;
	return sql_talk_find_time(q->db, q->a, q->actor.id, q->actor.is_staff, talk_is_among(w->kind), any(w->board), any(w->kind), states,
	                          any(w->topic), any(w->area), w->assignee, within(ids), ids, active || answered ? 0 : key,
	                          active ? key : 0, answered ? key : 0, (struct conversation_id){c.id}, w->most + 1, order, ret);
}

enum err cursor_id(struct req *q, struct str cursor, int64_t *ret) {
	if (str_empty(cursor) || (str_int(cursor, ret) && *ret > 0)) return OK;
	return req_invalid(q, "cursor", T("This cursor is not one of ours."));
}

enum err list_find(struct req *q, const struct list_wish *w, struct int_list *ret, struct str *ret_next) {
	struct cursor c;
	struct int_list ids;
	struct talk_key_list keys;
	struct str states = STR_NONE;
	*ret = (struct int_list){.v = NEW_ARRAY(q->a, int64_t, (size_t)w->most + 1), .n = 0};
	*ret_next = STR_NONE;
	if (!cursor_read(q->a, w->cursor, &c)) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	if (!str_empty(w->status) && str_none(states = state_set(q->a, w->status))) return req_invalid(q, "status",
		T("This is not one of the choices."));
	TRY(narrow(q, w, &ids));
	if (ids.v != NULL && ids.n == 0) return OK;
	bool by_time = str_is(w->sort, "new") || str_is(w->sort, "active") || str_is(w->sort, "answered");
	TRY(by_time ? find_time(q, w, ids, c, states, &keys) : find_impact(q, w, ids, c, states, &keys));
	for (size_t i = 0; i < keys.n && i < (size_t)w->most; i++) ret->v[ret->n++] = keys.v[i].id.v;
	if (keys.n <= (size_t)w->most) return OK;
	const struct talk_key *last = &keys.v[w->most - 1];
	int64_t key = str_is(w->sort, "new")        ? last->created_at
	              : str_is(w->sort, "active")   ? last->active_at
	              : str_is(w->sort, "answered") ? last->answered_at
	                                            : bits_of(last->score);
	*ret_next = str_fmt(q->a, "%" PRIx64 "-%" PRIx64, (uint64_t)key, (uint64_t)last->id.v);
	return OK;
}

/* ----------------------------------------------------------------------- rows */

struct str topic_label(struct req *q, struct str topic) {
	const struct pack *pack = str_empty(topic) ? NULL : pack_find(q->business->pack);
	const struct pack_word *word = pack == NULL ? NULL : pack_topic_find(pack, topic);
	return word == NULL ? STR("") : pack_say(&word->label, q->locale.lang);
}

struct talk_choice_list topic_choices(struct req *q, struct str chosen) {
	const struct pack *pack = pack_find(q->business->pack);
	struct talk_choice_list list = {0};
	if (pack == NULL) return list;
	list.v = NEW_ARRAY(q->a, struct talk_choice, pack->topics);
	for (size_t i = 0; i < pack->topics; i++)
		list.v[list.n++] = (struct talk_choice){.name = pack->topic[i].name,
			.word = pack_say(&pack->topic[i].label, q->locale.lang),
			.here = str_eq(pack->topic[i].name, chosen)};
	return list;
}

static struct str count_of(struct req *q, const char *one, const char *many, int64_t n) {
	return tr_fill(q->a, tr_n(q->locale.lang, one, many, n), "n", say_number(q->a, &q->locale, n).p, NULL);
}

/* Why it stands where it stands, in a sentence. */
static enum err say_why(struct req *q, const struct talk_item_row *r, struct talk_item *ret) {
	const struct state *state = state_find(r->status);
	bool settled = state != NULL && !state->open;
	int64_t days = 0;
	if (r->week >= BURST_LEAST) TRY(sql_talk_voices_since(q->db, r->id, q->locale.now / DAYS(1) - 2, &days));
	if (days >= BURST_LEAST && days * 2 > r->week) {
		ret->sign = STR("trend");
		ret->why = count_of(q, TN("one person in three days", "{n} people in three days"), days);
	} else if (r->week > 0 && r->votes > r->week) {
		ret->sign = STR("trend");
		ret->why = count_of(q, TN("one more this week", "{n} more this week"), r->week);
	} else if (settled && r->answered_at != 0) {
		ret->sign = STR("talk");
		ret->why = tr_fill(q->a, TRQ(q, str_is(r->status, "not_done")
			? T("We said why on {day}") : T("We answered on {day}")), "day",
		                   say_date(q->a, &q->locale, r->answered_at).p, NULL);
	} else if (r->votes > 1) {
		ret->sign = STR("users");
		ret->why = count_of(q, TN("one person", "{n} people"), r->votes);
	} else {
		ret->sign = STR("clock");
		ret->why = tr_fill(q->a, TRQ(q, T("said {when}")), "when", say_ago(q->a, &q->locale, r->created_at).p, NULL);
	}
	if (r->comments > 0) ret->said = count_of(q, TN("one comment", "{n} comments"), r->comments);
	return OK;
}

static enum err item_view(struct req *q, const struct talk_item_row *r, struct talk_item *ret) {
	*ret = (struct talk_item){
		.id = r->id, .kind = r->kind, .private = !str_is(r->visibility, "public"), .subject = r->subject,
			.summary = r->summary,
		.state = state_view(r->status), .topic = topic_label(q, r->topic), .area = r->area, .since = r->since,
		.voice = {.id = r->id, .subject = r->subject, .votes = r->votes},
	};
	if (q->actor.is_staff) ret->worth = r->worth_minor;
	return say_why(q, r, ret);
}

static struct part item_part(int64_t id) { return (struct part){.name = "item", .topic = {{"conversation", id}}, .topics = 1}; }

/* What is kept of a row: the votes, the subject's length, the subject, and the words as they stand on the page. */
static bool item_kept(struct req *q, int64_t id, struct talk_item *ret) {
	struct part part = item_part(id);
	struct html kept;
	int64_t subject;
	if (!part_get(q, &part, &kept)) return false;
	struct str votes = str_cut(&kept.s, ' '), length = str_cut(&kept.s, ' ');
	*ret = (struct talk_item){.id = {id}, .voice.id = {id}};
	if (!str_int(votes, &ret->voice.votes) || !str_int(length, &subject) || subject < 0 || (size_t)subject > kept.s.n) return false;
	ret->subject = ret->voice.subject = str_first(kept.s, (size_t)subject);
	ret->words.s = str_from(kept.s, (size_t)subject);
	return true;
}

static enum err item_words(struct req *q, const struct talk_item_row *r, struct talk_item *ret) {
	struct part part = item_part(r->id.v);
	struct part_out w;
	struct html all;
	TRY(item_view(q, r, ret));
	struct out *o = part_begin(q, &w, true);
	buf_fmt(o->b, "%lld %zu ", (long long)r->votes, r->subject.n);
	buf_add(o->b, r->subject);
	size_t head = o->b->n;
	tpl_talk_item_words(o, ret);
	TRY(part_end(q, &w, ret->private ? NULL : &part, &all));
	ret->words.s = str_from(all.s, head);
	return OK;
}

/* The rows that are not kept, each where it belongs. */
static enum err read_items(struct req *q, struct int_list ids, struct int_list missing, struct talk_item *item) {
	struct talk_item_row_list rows;
	TRY(sql_talk_items(q->db, q->a, missing, q->actor.id, q->actor.is_staff, q->locale.now / DAYS(1) - 6, LIST_MAX, &rows));
	for (size_t i = 0; i < ids.n; i++)
		for (size_t k = 0; k < rows.n && item[i].id.v == 0; k++)
			if (rows.v[k].id.v == ids.v[i]) TRY(item_words(q, &rows.v[k], &item[i]));
	return OK;
}

static enum err mark_voted(struct req *q, struct talk_item_list *items) {
	struct int_list mine, ids = {.v = NEW_ARRAY(q->a, int64_t, items->n + 1)};
	if (q->actor.id.v == 0) return OK;
	for (size_t i = 0; i < items->n; i++) ids.v[ids.n++] = items->v[i].id.v;
	TRY(sql_talk_voted_among(q->db, q->a, ids, q->actor.id, LIST_MAX, &mine));
	for (size_t i = 0; i < items->n; i++)
		for (size_t k = 0; k < mine.n; k++) items->v[i].voice.voted |= mine.v[k] == items->v[i].id.v;
	return OK;
}

enum err list_items(struct req *q, struct int_list ids, struct talk_item_list *ret) {
	struct talk_item *item = NEW_ARRAY(q->a, struct talk_item, ids.n + 1);
	struct int_list missing = {.v = NEW_ARRAY(q->a, int64_t, ids.n + 1)};
	*ret = (struct talk_item_list){.v = item};
	for (size_t i = 0; i < ids.n; i++)
		if (!item_kept(q, ids.v[i], &item[i])) missing.v[missing.n++] = ids.v[i];
	if (missing.n > 0) TRY(read_items(q, ids, missing, item));
	for (size_t i = 0; i < ids.n; i++)
		if (item[i].id.v != 0) item[ret->n++] = item[i];
	return ret->n > 0 ? mark_voted(q, ret) : OK;
}

enum err list_reports(struct req *q, struct int_list ids, struct talk_report_list *ret) {
	struct talk_report_row_list rows;
	*ret = (struct talk_report_list){.v = NEW_ARRAY(q->a, struct talk_report, ids.n + 1), .n = 0};
	if (ids.n == 0) return OK;
	TRY(sql_talk_reports(q->db, q->a, ids, q->actor.id, q->actor.is_staff, LIST_MAX, &rows));
	for (size_t i = 0; i < ids.n; i++)
		for (size_t k = 0; k < rows.n; k++)
			if (rows.v[k].id.v == ids.v[i]) TRY(report_view(q, &rows.v[k], true, &ret->v[ret->n++]));
	return OK;
}

/* ---------------------------------------------------------------------- pages */

static struct url with_filters(struct req *q, const struct list_wish *w, const char *path, const char *sort,
	struct str cursor) {
	struct url u = url_path(q->a, "%s", path);
	if (sort[0] != 0 && strcmp(sort, "impact") != 0) u = url_with(q->a, u, "sort", str_c(sort));
	if (!str_empty(w->words)) u = url_with(q->a, u, "q", w->words);
	if (!str_empty(w->status)) u = url_with(q->a, u, "status", w->status);
	if (!str_empty(w->topic)) u = url_with(q->a, u, "topic", w->topic);
	if (!str_empty(w->area)) u = url_with(q->a, u, "town", w->area);
	if (!str_empty(w->tag)) u = url_with(q->a, u, "tag", w->tag);
	if (!str_empty(cursor)) u = url_with(q->a, u, "cursor", cursor);
	return u;
}

static void offer_sorts(struct req *q, const struct list_wish *w, const char *path, struct talk_list_page *ret) {
	static const char *const sorts[][2] = {
		{"impact", T("By impact")}, {"new", T("Newest")}, {"active", T("Last said")}, {"answered", T("Just answered")}};
	ret->sorts.v = NEW_ARRAY(q->a, struct talk_link, 4);
	for (size_t i = 0; i < 4; i++)
		ret->sorts.v[ret->sorts.n++] = (struct talk_link){.url = with_filters(q, w, path, sorts[i][0], STR_NONE),
			.word = str_c(sorts[i][1]),
			.here = str_is(w->sort, sorts[i][0])};
}

static void offer_states(struct req *q, struct str chosen, struct talk_list_page *ret) {
	struct talk_choice_list *l = &ret->states;
	l->v = NEW_ARRAY(q->a, struct talk_choice, 10);
	l->v[l->n++] = (struct talk_choice){.name = STR("open"), .word = str_c(T("Still open")),
		.here = str_is(chosen, "open")};
	l->v[l->n++] = (struct talk_choice){.name = STR("settled"), .word = str_c(T("Settled")),
		.here = str_is(chosen, "settled")};
	for (int i = 0; state_at(i) != NULL; i++)
		l->v[l->n++] = (struct talk_choice){.name = str_c(state_at(i)->name), .word = str_c(state_at(i)->word),
			.here = str_is(chosen, state_at(i)->name)};
}

static enum err list_page(struct req *q, struct list_wish *w, const char *path, const char *first,
	struct talk_list_page *ret) {
	struct int_list ids;
	struct str town;
	bool found = false;
	q->page.nav = w->board;
	req_depends(q, "conversations", 0);
	q->page.live = STR("conversations");
	if (!str_empty(w->area)) TRY(sql_talk_town_named(q->db, q->a, w->area, &town, &found));
	if (found) w->area = town;
	TRY(list_find(q, w, &ids, &ret->list.next));
	if (q->api) return list_reports(q, ids, &ret->list.data);
	TRY(list_items(q, ids, &ret->items));
	ret->path = url_path(q->a, "%s", path);
	ret->board = w->board;
	ret->sort = w->sort;
	ret->q = w->words;
	ret->status = w->status;
	ret->topic = w->topic;
	ret->town = w->area;
	ret->filtered = !str_empty(w->words) || !str_empty(w->status) || !str_empty(w->topic) || !str_empty(w->area) ||
		!str_empty(w->tag);
	ret->topics = topic_choices(q, w->topic);
	offer_sorts(q, w, path, ret);
	offer_states(q, w->status, ret);
	if (!str_empty(ret->list.next)) ret->more = with_filters(q, w, path, str_z(q->a, w->sort), ret->list.next);
	ret->say_first = url_with(q->a, url_path(q->a, "/report"), "kind", str_c(first));
	if (!str_empty(w->words)) ret->say_first = url_with(q->a, ret->say_first, "subject", w->words);
	return OK;
}

#define WISH(in, list) {.board = STR(list), .status = (in)->status, .topic = (in)->topic, .area = (in)->town, .tag = (in)->tag, \
	.words = (in)->q, .sort = (in)->sort, .cursor = (in)->cursor, .most = PAGE_ROWS}

enum err talk_problems(struct req *q, const struct talk_problems_in *in, struct talk_list_page *ret) {
	struct list_wish w = WISH(in, "problems");
	return list_page(q, &w, "/problems", "problem", ret);
}

enum err talk_ideas(struct req *q, const struct talk_ideas_in *in, struct talk_list_page *ret) {
	struct list_wish w = WISH(in, "ideas");
	return list_page(q, &w, "/ideas", "idea", ret);
}

enum err talk_questions(struct req *q, const struct talk_questions_in *in, struct talk_list_page *ret) {
	struct list_wish w = WISH(in, "talk");
	return list_page(q, &w, "/questions", "question", ret);
}
