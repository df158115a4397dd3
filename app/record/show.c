/* The pages: what is mine, one record with its lines; and the same for programs. */
#include "record/record_int.h"
#include "routes.h"
#include "text/date.h"
#include "text/url.h"
#include <inttypes.h>

enum { MINE_MOST = 200, PART_MOST = 10, LINES_MOST = 50, MONTHS_MOST = 24, MONTHS_LISTED = 240, FIND_LOOKED_AT = 20000 };

/* -------------------------------------------------------------------- my things */

static void asked_views(struct req *q, const struct record_asked_row_list *rows, struct record_asked_list *ret) {
	ret->v = NEW_ARRAY(q->a, struct record_asked, rows->n);
	ret->n = 0;
	for (size_t i = 0; i < rows->n; i++) {
		const struct record_asked_row *r = &rows->v[i];
		ret->v[ret->n++] = (struct record_asked){.id = r->conversation_id, .subject = r->subject, .at = r->at, .settled = r->settled};
	}
}

static enum err things_of(struct req *q, struct person_id person, struct record_group_list *ret, struct record_asked_row_list *ret_asked) {
	struct record_row_list rows;
	TRY(sql_record_of_person(q->db, q->a, person, q->actor.id, q->actor.is_staff, MINE_MOST, &rows));
	TRY(sql_record_asked_by(q->db, q->a, q->actor.id, person, q->actor.is_staff, MINE_MOST, ret_asked));
	return record_groups(q, &rows, ret_asked, ret);
}

enum err record_of(struct req *q, struct person_id person, struct record_group_list *ret) {
	struct record_asked_row_list asked;
	return things_of(q, person, ret, &asked);
}

enum err record_things(struct req *q, struct record_things_page *ret) {
	struct record_asked_row_list asked;
	q->page.nav = STR("things");
	TRY(things_of(q, q->actor.id, &ret->groups, &asked));
	asked_views(q, &asked, &ret->asked);
	return sql_record_documents_of(q->db, q->actor.id, false, &ret->files);
}

/* ------------------------------------------------------------------ one record */

/* The kind of lines that make up the record: those with amounts and dates; NULL when it has none. */
static const struct pack_type *lines_type(const struct pack *p, const struct pack_type *t) {
	for (size_t i = 0; t != NULL && i < p->types; i++)
		if (p->type[i].parent == t && p->type[i].at != NULL && p->type[i].amount != NULL) return &p->type[i];
	return NULL;
}

static enum err fill_parts(struct req *q, const struct pack_type *t, struct record_id id, const struct record_asked_row_list *asked,
	struct record_page *ret) {
	const struct pack *p = record_pack(q);
	const struct pack_type *main_type = lines_type(p, t);
	ret->groups.v = NEW_ARRAY(q->a, struct record_group, p->types);
	for (size_t i = 0; i < p->types; i++) {
		struct record_row_list rows;
		struct record_group_list one;
		if (p->type[i].parent != t || &p->type[i] == main_type) continue;
		TRY(sql_record_lines(q->db, q->a, id, p->type[i].name, q->actor.id, q->actor.is_staff, 0, 0, 0, (struct record_id){0}, PART_MOST, &rows));
		TRY(record_groups(q, &rows, asked, &one));
		if (one.n == 1) ret->groups.v[ret->groups.n++] = one.v[0];
	}
	return OK;
}

/* --------------------------------------------------------------------- its lines */

static usec_t month_begin(int64_t month) { return days_of(1970 + (int)(month / 12), (int)(month % 12) + 1, 1) * DAYS(1); }

static struct str month_word(struct arena *a, int64_t month) { return str_fmt(a, "%04d-%02d", 1970 + (int)(month / 12), (int)(month % 12) + 1); }

static bool month_read(struct str s, int64_t *ret) {
	int64_t y, m;
	struct str rest = s, year = str_cut(&rest, '-');
	if (!str_int(year, &y) || !str_int(rest, &m) || y < 1970 || y > 9999 || m < 1 || m > 12) return false;
	*ret = (y - 1970) * 12 + m - 1;
	return true;
}

/* Two years of bars, the newest at the right; 40 up and 40 down at most. */
static void draw_months(const struct record_month_row_list *rows, struct record_page *ret) {
	int64_t top = 1, newest = rows->n > 0 ? rows->v[0].month : 0;
	for (size_t i = 0; i < rows->n; i++) {
		if (newest - rows->v[i].month >= MONTHS_MOST) continue;
		if (rows->v[i].plus > top) top = rows->v[i].plus;
		if (-rows->v[i].minus > top) top = -rows->v[i].minus;
	}
	for (size_t i = 0; i < rows->n; i++) {
		int64_t back = newest - rows->v[i].month;
		struct record_month *m = &ret->months.v[i];
		if (back >= MONTHS_MOST) continue;
		m->x = 10 * (MONTHS_MOST - 1 - back) + 1;
		m->plus = 38 * rows->v[i].plus / top;
		m->up = 40 - m->plus;
		m->down = 38 * -rows->v[i].minus / top;
		ret->chart = true;
	}
}

static enum err fill_months(struct req *q, struct record_id id, const struct pack_type *lines, int64_t chosen, struct record_page *ret) {
	struct record_month_row_list rows;
	TRY(sql_record_months(q->db, q->a, id, lines->name, MONTHS_LISTED, &rows));
	ret->months.v = NEW_ARRAY(q->a, struct record_month, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		bool here = rows.v[i].month == chosen || (chosen < 0 && i == 0);
		ret->months.v[ret->months.n++] = (struct record_month){.value = month_word(q->a, rows.v[i].month), .at = month_begin(rows.v[i].month),
			.chosen = rows.v[i].month == chosen};
		if (!here) continue;
		ret->plus = say_money(q->a, &q->locale, rows.v[i].plus, q->business->currency);
		ret->minus = say_money(q->a, &q->locale, -rows.v[i].minus, q->business->currency);
		ret->chosen = say_month(q->a, &q->locale, month_begin(rows.v[i].month));
	}
	draw_months(&rows, ret);
	return OK;
}

static void by_day(struct req *q, const struct record_item_list *items, struct record_page *ret) {
	ret->days.v = NEW_ARRAY(q->a, struct record_day, items->n);
	for (size_t i = 0; i < items->n; i++) {
		struct record_day *d = ret->days.n > 0 ? &ret->days.v[ret->days.n - 1] : NULL;
		if (d == NULL || d->at / DAYS(1) != items->v[i].at / DAYS(1)) {
			d = &ret->days.v[ret->days.n++];
			*d = (struct record_day){.at = items->v[i].at, .items = {.v = &items->v[i]}};
		}
		d->items.n++;
	}
}

/* A place in the list: "microseconds.id". */
static bool place_read(struct str s, usec_t *ret_at, struct record_id *ret_id) {
	struct str rest = s, at = str_cut(&rest, '.');
	return str_int(at, ret_at) && str_int(rest, &ret_id->v) && ret_id->v > 0;
}

/* What somebody looks for stands in the line as they see it: its title, texts, amount or day. */
static bool holds_words(struct arena *a, const struct record_item *item, struct str fields, struct str words) {
	struct str all = str_lower(a, str_fmt(a, STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(item->title), STR_ARG(item->sub),
		STR_ARG(item->amount), STR_ARG(fields)));
	for (struct str rest = str_lower(a, words); !str_none(rest);) {
		struct str word = str_cut(&rest, ' ');
		if (word.n > 0 && !str_has(all, word)) return false;
	}
	return true;
}

struct line_wish {
	struct record_id parent;
	const struct pack_type *type;
	usec_t from, to, before;
	struct record_id before_id;
	struct str words;
};

/* Reads on until a page of lines that hold the words is full; the database gives them in the order of the index, at any depth alike. */
static enum err find_lines(struct req *q, struct line_wish *w, struct record_row_list *ret, bool *ret_more) {
	size_t looked = 0;
	*ret = (struct record_row_list){.v = NEW_ARRAY(q->a, struct record_row, LINES_MOST)};
	*ret_more = false;
	for (;;) {
		struct record_row_list rows;
		struct record_item_list items;
		int64_t most = str_empty(w->words) ? LINES_MOST + 1 : 500;
		TRY(sql_record_lines(q->db, q->a, w->parent, w->type->name, q->actor.id, q->actor.is_staff, w->from, w->to, w->before, w->before_id, most, &rows));
		if (!str_empty(w->words)) TRY(record_items(q, &rows, NULL, &items));
		for (size_t i = 0; i < rows.n; i++) {
			if (!str_empty(w->words) && !holds_words(q->a, &items.v[i], rows.v[i].fields, w->words)) continue;
			*ret_more = ret->n == LINES_MOST;
			if (*ret_more) return OK;
			ret->v[ret->n++] = rows.v[i];
		}
		looked += rows.n;
		if ((int64_t)rows.n < most) return OK;
		w->before = rows.v[rows.n - 1].at;
		w->before_id = rows.v[rows.n - 1].id;
		if (looked >= FIND_LOOKED_AT) return *ret_more = ret->n > 0, OK;
	}
}

static enum err fill_lines(struct req *q, const struct record_show_in *in, const struct pack_type *lines, const struct record_asked_row_list *asked,
	struct record_page *ret) {
	struct record_row_list rows;
	struct record_item_list items;
	struct line_wish w = {.parent = in->id, .type = lines, .words = str_trim(in->q)};
	int64_t month = -1;
	bool more;
	ret->lines = pack_say(&lines->many, q->locale.lang);
	ret->q = str_none(in->q) ? STR("") : in->q;
	if (month_read(in->month, &month)) w.from = month_begin(month), w.to = month_begin(month + 1);
	if (!str_empty(in->before) && !place_read(in->before, &w.before, &w.before_id))
		return req_invalid(q, "before", T("This place in the list is none of ours."));
	TRY(fill_months(q, in->id, lines, month, ret));
	TRY(find_lines(q, &w, &rows, &more));
	TRY(record_items(q, &rows, asked, &items));
	by_day(q, &items, ret);
	if (!more) return OK;
	struct url u = url_path(q->a, "/records/%lld", (long long)in->id.v);
	if (!str_empty(in->q)) u = url_with(q->a, u, "q", in->q);
	if (!str_empty(in->month)) u = url_with(q->a, u, "month", in->month);
	const struct record_row *last = &rows.v[rows.n - 1];
	ret->older = url_with(q->a, u, "before", str_fmt(q->a, "%" PRId64 ".%" PRId64, last->at, last->id.v));
	return OK;
}

static void fill_with(struct req *q, struct record_page *ret) {
	ret->with = STR("");
	for (size_t i = 0; i < ret->record.people.n; i++) {
		const struct record_seat *s = &ret->record.people.v[i];
		if (s->person_id.v == q->actor.id.v || !str_empty(ret->with)) continue;
		struct str name = str_copy(q->a, s->name);
		ret->with = tr_fill(q->a, TRQ(q, q->actor.is_staff ? T("of {name}") : T("with {name}")), "name", name.p, NULL);
	}
}

enum err record_show(struct req *q, const struct record_show_in *in, struct record_page *ret) {
	struct record_row row, parent;
	struct record_view_list one;
	struct record_asked_row_list asked;
	TRY(record_seen(q, in->id, &row));
	TRY(record_views(q, &(struct record_row_list){.v = &row, .n = 1}, &one));
	ret->record = one.v[0];
	if (q->api) return req_version(q, row.version);
	const struct pack_type *t = record_type(q, row.type);
	struct record_id root = row.root_id.v ? row.root_id : row.id;
	struct object o = record_object();
	q->page.nav = q->actor.is_staff ? STR("people") : STR("things");
	q->page.wide = STR("record");
	ret->staff = q->actor.is_staff;
	ret->label = t ? pack_say(&t->label, q->locale.lang) : row.type;
	const struct pack_word *state = t ? pack_type_state(t, row.state) : NULL;
	ret->state = state ? pack_say(&state->label, q->locale.lang) : STR("");
	ret->amount = row.amount.has ? say_money(q->a, &q->locale, row.amount.v, q->business->currency) : STR("");
	ret->may_ask = !q->actor.is_staff && may(&q->actor, ACT_COMMENT, &o);
	if (row.parent_id.v != 0) {
		TRY(record_seen(q, row.parent_id, &parent));
		ret->parent.id = parent.id;
		ret->parent.title = parent.title;
	}
	fill_with(q, ret);
	TRY(sql_record_documents(q->db, row.id, q->actor.id, q->actor.is_staff, &ret->files));
	TRY(record_asked_about(q, root, &asked));
	if (t == NULL) return OK;
	TRY(record_facts(q, &row, &ret->facts));
	TRY(fill_parts(q, t, in->id, &asked, ret));
	const struct pack_type *lines = lines_type(record_pack(q), t);
	if (lines != NULL) TRY(fill_lines(q, in, lines, &asked, ret));
	if (row.root_id.v != 0) { /* of a line: only what was asked about it */
		size_t n = 0;
		for (size_t i = 0; i < asked.n; i++)
			if (asked.v[i].record_id.v == row.id.v) asked.v[n++] = asked.v[i];
		asked.n = n;
	}
	asked_views(q, &asked, &ret->asked);
	return OK;
}

enum err record_list(struct req *q, const struct record_list_in *in, struct record_list *ret) {
	struct record_row_list rows;
	struct record_id before = {0};
	if (!str_empty(in->cursor) && (!str_int(in->cursor, &before.v) || before.v < 1))
		return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(sql_record_list(q->db, q->a, str_empty(in->type) ? STR_NONE : in->type, in->person_id, q->actor.id, q->actor.is_staff, before, in->limit + 1, &rows));
	ret->next = STR_NONE;
	if (rows.n > (size_t)in->limit) {
		rows.n = (size_t)in->limit;
		ret->next = str_fmt(q->a, "%" PRId64, rows.v[rows.n - 1].id.v);
	}
	return record_views(q, &rows, &ret->data);
}
