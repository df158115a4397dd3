/* The pages: what is mine, one record with its lines; and the same for programs. */
#include "record/record_int.h"
#include "access/access.h"
#include "follow/follow.h"
#include "notice/notice.h"
#include "promise/promise.h"
#include "room/room.h"
#include "routes.h"
#include "tag/tag.h"
#include "task/task.h"
#include "talk/talk.h"
#include "text/date.h"
#include "text/find.h"
#include "text/url.h"
#include "timeline/timeline.h"
#include <inttypes.h>

enum { MINE_MOST = 200, PART_MOST = 10, LINES_MOST = 50, LIFE_MOST = 8, MONTHS_MOST = 24, MONTHS_LISTED = 240, ROOTS_MOST = 200 };

/* -------------------------------------------------------------------- my things */

static enum err asked_views(struct req *q, const struct record_asked_row_list *rows, struct record_asked_list *ret) {
	struct talk_subjects subjects;
	TALK_SUBJECTS(q->a, rows, conversation_id, subject, subjects);
	TRY(talk_subjects_here(q, subjects));
	ret->v = NEW_ARRAY(q->a, struct record_asked, rows->n);
	ret->n = 0;
	for (size_t i = 0; i < rows->n; i++) {
		const struct record_asked_row *r = &rows->v[i];
		ret->v[ret->n++] = (struct record_asked){.id = r->conversation_id, .subject = r->subject, .at = r->at, .settled = r->settled};
	}
	return OK;
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

enum err record_of_organization(struct req *q, struct organization_id organization, struct record_group_list *ret) {
	struct record_row_list rows;
	TRY(sql_record_of_body(q->db, q->a, organization, q->actor.id, q->actor.is_staff, MINE_MOST, &rows));
	return record_groups(q, &rows, NULL, ret);
}

enum err record_things(struct req *q, struct record_things_page *ret) {
	struct record_asked_row_list asked;
	q->page.nav = STR("things");
	TRY(things_of(q, q->actor.id, &ret->groups, &asked));
	TRY(asked_views(q, &asked, &ret->asked));
	return sql_record_documents_of(q->db, q->actor.id, false, &ret->files);
}

/* ------------------------------------------------------------------ one record */

void record_looked(struct req *q, const struct record_row *row) {
	if (q->actor.is_staff) access_audit_later(q, "look_record", "record", row->id.v, row->title);
}

/* The parts that stand in a tab; NULL: in none. */
static enum err fill_parts(struct req *q, const struct pack_type *t, const struct pack_type_tab *tab, struct record_id id,
	const struct record_asked_row_list *asked, struct record_group_list *ret) {
	const struct pack *p = record_pack(q);
	const struct pack_type *main_type = pack_type_lines(p, t);
	*ret = (struct record_group_list){.v = NEW_ARRAY(q->a, struct record_group, p->types)};
	for (size_t i = 0; i < p->types; i++) {
		struct record_row_list rows;
		struct record_group_list one;
		if (p->type[i].parent != t || &p->type[i] == main_type || pack_type_tab_with(t, &p->type[i]) != tab) continue;
		TRY(sql_record_lines(q->db, q->a, id, p->type[i].name, q->actor.id, q->actor.is_staff, 0, 0, 0, (struct record_id){0}, PART_MOST + 1, &rows));
		bool more = rows.n > PART_MOST;
		if (more) rows.n = PART_MOST;
		TRY(record_groups(q, &rows, asked, &one));
		if (one.n != 1) continue;
		if (more) one.v[0].more = url_path(q->a, "/records/%lld/parts/" STR_FMT, (long long)id.v, STR_ARG(p->type[i].name));
		ret->v[ret->n++] = one.v[0];
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
		int64_t plus = lines->flow ? rows.v[i].plus : rows.v[i].plus + rows.v[i].minus;
		ret->plus = say_money(q->a, &q->locale, plus, q->business->currency);
		ret->minus = lines->flow ? say_money(q->a, &q->locale, -rows.v[i].minus, q->business->currency) : STR("");
		ret->chosen = say_month(q->a, &q->locale, month_begin(rows.v[i].month));
	}
	ret->flow = lines->flow;
	if (rows.n > 1) draw_months(&rows, ret);
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

struct line_wish {
	struct record_id parent;
	const struct pack_type *type;
	usec_t from, to, before;
	struct record_id before_id;
	struct str words;
	int64_t most;
};

/* Each word may be the beginning of one: lines are short, and their words are cut by whoever sent them. */
static enum err found_lines(struct req *q, const struct line_wish *w, int64_t most, struct record_row_list *ret) {
	struct find *f = arena_alloc(q->a, sizeof *f);
	find_read(q->a, w->words, f);
	for (size_t i = 0; i < f->terms; i++) f->term[i].begins = true;
	struct str token[] = {str_fmt(q->a, FIND_TOKEN "u%" PRId64, w->parent.v),
		str_fmt(q->a, FIND_TOKEN "k" STR_FMT, STR_ARG(find_squeeze(q->a, w->type->name)))};
	struct find_group group[] = {{.any = {.v = &token[0], .n = 1}}, {.any = {.v = &token[1], .n = 1}}};
	struct str match = find_match(q->a, db_engine(q->db) == DB_PG ? FIND_TSQUERY : FIND_FTS5, f, group, 2);
	usec_t from = f->from != FIND_EVER && f->from > w->from ? f->from : w->from, to = f->to != FIND_EVER && (w->to == 0 || f->to < w->to) ? f->to : w->to;
	return sql_record_lines_found(q->db, q->a, match, q->actor.id, q->actor.is_staff, from, to, w->before_id, most, ret);
}

/* A page of lines, from a place in the order of the index on. */
static enum err find_lines(struct req *q, const struct line_wish *w, struct record_row_list *ret, bool *ret_more) {
	if (!str_empty(w->words)) TRY(found_lines(q, w, w->most + 1, ret));
	else
		TRY(sql_record_lines(q->db, q->a, w->parent, w->type->name, q->actor.id, q->actor.is_staff, w->from, w->to, w->before, w->before_id, w->most + 1, ret));
	*ret_more = ret->n > (size_t)w->most;
	if (*ret_more) ret->n = (size_t)w->most;
	return OK;
}

static struct str place_behind(struct arena *a, const struct record_row_list *rows) {
	const struct record_row *last = &rows->v[rows->n - 1];
	return str_fmt(a, "%" PRId64 ".%" PRId64, last->at, last->id.v);
}

static enum err fill_lines(struct req *q, const struct record_show_in *in, const struct pack_type *lines, const struct record_asked_row_list *asked,
	struct record_page *ret) {
	struct record_row_list rows;
	struct record_item_list items;
	struct line_wish w = {.parent = in->id, .type = lines, .words = str_trim(in->q), .most = LINES_MOST};
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
	if (!str_empty(ret->tab)) u = url_with(q->a, u, "tab", ret->tab);
	ret->older = url_with(q->a, u, "before", place_behind(q->a, &rows));
	return OK;
}

/* The type of parts that somebody names, else of the lines; NULL if a record of this type has none. */
static const struct pack_type *part_type(struct req *q, const struct record_row *row, struct str name) {
	const struct pack_type *of = record_type(q, row->type), *t = pack_type_find(record_pack(q), name);
	if (str_empty(name)) return pack_type_lines(record_pack(q), of);
	return t != NULL && t->parent != NULL && t->parent == of ? t : NULL;
}

enum err record_lines(struct req *q, const struct record_lines_in *in, struct record_list *ret) {
	struct record_row row;
	struct record_row_list rows;
	int64_t month;
	bool more;
	TRY(record_seen(q, in->id, &row));
	struct line_wish w = {.parent = in->id, .type = part_type(q, &row, in->type), .words = str_trim(in->q), .most = in->limit};
	if (w.type == NULL && !str_empty(in->type)) return req_invalid(q, "type", T("This is not one of the choices."));
	if (!str_empty(in->month) && !month_read(in->month, &month)) return req_invalid(q, "month", T("Give a month as 2026-05."));
	if (!str_empty(in->month)) w.from = month_begin(month), w.to = month_begin(month + 1);
	if (!str_empty(in->cursor) && !place_read(in->cursor, &w.before, &w.before_id))
		return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	ret->next = STR_NONE;
	record_looked(q, &row);
	if (w.type == NULL) return OK;
	TRY(find_lines(q, &w, &rows, &more));
	if (more) ret->next = place_behind(q->a, &rows);
	return record_views(q, &rows, &ret->data);
}

enum err record_parts(struct req *q, const struct record_parts_in *in, struct record_parts_page *ret) {
	struct record_row row;
	struct record_row_list rows;
	struct record_asked_row_list asked;
	usec_t before = 0;
	struct record_id before_id = {0};
	TRY(record_seen(q, in->id, &row));
	const struct pack_type *t = part_type(q, &row, in->type);
	if (t == NULL) return ERR_NOT_FOUND;
	if (!str_empty(in->before) && !place_read(in->before, &before, &before_id))
		return req_invalid(q, "before", T("This place in the list is none of ours."));
	*ret = (struct record_parts_page){.id = row.id, .called = record_called(q, &row), .label = pack_say(&t->many, q->locale.lang)};
	q->page.nav = q->actor.is_staff ? STR("people") : STR("things");
	TRY(sql_record_lines(q->db, q->a, row.id, t->name, q->actor.id, q->actor.is_staff, 0, 0, before, before_id, LINES_MOST + 1, &rows));
	TRY(record_asked_about(q, row.root_id.v ? row.root_id : row.id, &asked));
	bool more = rows.n > LINES_MOST;
	if (more) rows.n = LINES_MOST;
	record_looked(q, &row);
	TRY(record_items(q, &rows, &asked, &ret->items));
	if (!more) return OK;
	struct url u = url_path(q->a, "/records/%lld/parts/" STR_FMT, (long long)row.id.v, STR_ARG(t->name));
	ret->more = url_with(q->a, u, "before", place_behind(q->a, &rows));
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

/* What may be added to it. */
static void fill_part_types(struct req *q, const struct pack_type *t, struct record_page *ret) {
	const struct pack *p = record_pack(q);
	ret->parts.v = NEW_ARRAY(q->a, struct record_choice, p == NULL ? 0 : p->types);
	for (size_t i = 0; ret->may_edit && i < p->types; i++)
		if (p->type[i].parent == t)
			ret->parts.v[ret->parts.n++] = (struct record_choice){.name = p->type[i].name, .label = pack_say(&p->type[i].label, q->locale.lang)};
}

/* The last of what happened to it; all of it has a page. */
static enum err fill_life(struct req *q, struct record_id id, struct record_page *ret) {
	int64_t next;
	TRY(timeline_read(q, "record", id.v, STR_NONE, 0, LIFE_MOST, &ret->life, &next));
	ret->more = (struct url){STR_NONE};
	if (next != 0) ret->more = url_path(q->a, "/records/%lld/timeline", (long long)id.v);
	return OK;
}

/* Whether something in it is for the actor. */
static bool tab_shows(const struct req *q, const struct pack_type_tab *tab) {
	for (size_t i = 0; i < tab->fields; i++)
		if (!tab->field[i]->staff) return true;
	return q->actor.is_staff || tab->parts > 0;
}

/* Its tabs; the first is shown when none is named. errors NOT_FOUND */
static enum err fill_tabs(struct req *q, const struct pack_type *t, struct record_id id, struct str name, const struct pack_type_tab **ret_tab,
	struct record_page *ret) {
	const struct pack_type_tab *here = NULL;
	ret->tab = STR("");
	ret->tabs.v = NEW_ARRAY(q->a, struct record_tab, t->tabs);
	for (size_t i = 0; i < t->tabs; i++) {
		const struct pack_type_tab *tab = &t->tab[i];
		if (!tab_shows(q, tab)) continue;
		bool current = str_empty(name) ? ret->tabs.n == 0 : str_eq(tab->name, name);
		struct url u = url_with(q->a, url_path(q->a, "/records/%lld", (long long)id.v), "tab", tab->name);
		ret->tabs.v[ret->tabs.n++] = (struct record_tab){.label = pack_say(&tab->label, q->locale.lang), .url = u, .current = current};
		if (current) here = tab;
	}
	if (here == NULL && !str_empty(name)) return ERR_NOT_FOUND;
	if (here != NULL) ret->tab = here->name;
	*ret_tab = here;
	return OK;
}

/* What is kept of it: what stands in no tab, and the tab that is open. */
static enum err fill_kept(struct req *q, const struct record_show_in *in, const struct record_row *row, const struct pack_type *t,
	const struct record_asked_row_list *asked, struct record_page *ret) {
	const struct pack_type_tab *tab;
	const struct pack_type *lines = pack_type_lines(record_pack(q), t);
	TRY(fill_tabs(q, t, row->id, in->tab, &tab, ret));
	TRY(record_facts_in(q, row, NULL, &ret->facts));
	TRY(fill_parts(q, t, NULL, row->id, asked, &ret->groups));
	if (tab != NULL) TRY(record_facts_in(q, row, tab, &ret->tab_facts));
	if (tab != NULL) TRY(fill_parts(q, t, tab, row->id, asked, &ret->tab_groups));
	const struct pack_type_tab *with = lines == NULL ? NULL : pack_type_tab_with(t, lines);
	return lines != NULL && (with == NULL || with == tab) ? fill_lines(q, in, lines, asked, ret) : OK;
}

enum err record_show(struct req *q, const struct record_show_in *in, struct record_page *ret) {
	struct record_row row, parent;
	struct record_view_list one;
	struct record_asked_row_list asked;
	TRY(record_seen(q, in->id, &row));
	TRY(record_views(q, &(struct record_row_list){.v = &row, .n = 1}, &one));
	ret->record = one.v[0];
	record_looked(q, &row);
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
	ret->may_edit = t != NULL && may(&q->actor, ACT_EDIT, &o);
	struct text_list worn = {0};
	if (ret->staff) TRY(tags_of(q->db, q->a, "record", row.id.v, &worn));
	TRY(tag_box_of(q, "record", row.id.v, worn, ret->staff && may(&q->actor, ACT_EDIT, &o), &ret->tagged));
	ret->may_ask = !q->actor.is_staff && may(&q->actor, ACT_COMMENT, &o);
	if (row.parent_id.v != 0) {
		TRY(record_seen(q, row.parent_id, &parent));
		ret->parent.id = parent.id;
		ret->parent.title = record_called(q, &parent);
	}
	if (!q->api) TRY(follow_button(q, "record", row.id.v, &ret->follow));
	if (q->actor.notices > 0 && !q->api) notice_seen_thing(q, "record", row.id.v);
	if (t == NULL || t->room == NULL) fill_with(q, ret);
	fill_part_types(q, t, ret);
	TRY(room_view(q, &row, in->show, in->entry.has ? in->entry.v : 0, &ret->room));
	if (ret->room != NULL) {
		q->page.live = ret->room->topics;
		if (!str_none(in->body)) ret->room->draft = in->body;
		if (!str_none(in->audience)) ret->room->audience = in->audience;
	}
	TRY(fill_life(q, row.id, ret));
	TRY(sql_record_documents(q->db, row.id, q->actor.id, q->actor.is_staff, &ret->files));
	TRY(promise_in(q, (struct conversation_id){0}, root, &ret->promised));
	TRY(task_of(q, (struct person_id){0}, root, (struct conversation_id){0}, &ret->tasks));
	TRY(record_asked_about(q, root, &asked));
	if (t == NULL) return OK;
	TRY(record_acts(q, &row, t, &ret->acts));
	TRY(record_requests(q, &row, &ret->requests));
	TRY(fill_kept(q, in, &row, t, &asked, ret));
	if (row.root_id.v != 0) { /* of a line: only what was asked about it */
		size_t n = 0;
		for (size_t i = 0; i < asked.n; i++)
			if (asked.v[i].record_id.v == row.id.v) asked.v[n++] = asked.v[i];
		asked.n = n;
	}
	return asked_views(q, &asked, &ret->asked);
}

enum err record_readers(struct db *db, struct arena *a, const struct actor *who, struct find_group *ret) {
	struct int_list roots = {0};
	if (who->id.v != 0) TRY(sql_record_roots(db, a, who->id, ROOTS_MOST + 1, &roots));
	*ret = (struct find_group){.any = {.v = NEW_ARRAY(a, struct str, ROOTS_MOST + 1)}};
	if (roots.n > ROOTS_MOST) ret->any.v[ret->any.n++] = STR(FIND_TOKEN "krecord");
	else
		for (size_t i = 0; i < roots.n; i++) ret->any.v[ret->any.n++] = str_fmt(a, FIND_TOKEN "r%" PRId64, roots.v[i]);
	return OK;
}

/* By words: what the search would find of the records. */
static enum err list_found(struct req *q, const struct record_list_in *in, struct record_id before, struct record_row_list *ret) {
	struct find *f = arena_alloc(q->a, sizeof *f);
	struct str record = STR(FIND_TOKEN "krecord");
	struct find_group group[2] = {{.any = {.v = &record, .n = 1}}};
	find_read(q->a, in->q, f);
	if (!str_none(f->wrong) || f->filters > 0 || f->from != FIND_EVER || f->to != FIND_EVER)
		return req_invalid(q, "q", T("Here are words, \"phrases\" and -without only; /api/v1/search takes more."));
	if (!q->actor.is_staff) TRY(record_readers(q->db, q->a, &q->actor, &group[1]));
	struct str match = find_match(q->a, db_engine(q->db) == DB_PG ? FIND_TSQUERY : FIND_FTS5, f, group, q->actor.is_staff ? 1 : 2);
	return sql_record_found(q->db, q->a, match, str_empty(in->type) ? STR_NONE : in->type, in->person_id, q->actor.id, q->actor.is_staff, before,
		in->limit + 1, ret);
}

enum err record_list(struct req *q, const struct record_list_in *in, struct record_list *ret) {
	struct record_row_list rows;
	struct record_id before = {0};
	if (!str_empty(in->cursor) && (!str_int(in->cursor, &before.v) || before.v < 1))
		return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	if (!str_empty(str_trim(in->q))) TRY(list_found(q, in, before, &rows));
	else TRY(sql_record_list(q->db, q->a, str_empty(in->type) ? STR_NONE : in->type, in->person_id, q->actor.id, q->actor.is_staff, before, in->limit + 1, &rows));
	ret->next = STR_NONE;
	if (rows.n > (size_t)in->limit) {
		rows.n = (size_t)in->limit;
		ret->next = str_fmt(q->a, "%" PRId64, rows.v[rows.n - 1].id.v);
	}
	return record_views(q, &rows, &ret->data);
}
