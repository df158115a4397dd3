/* Tasks as one of us sees them: in lists, on their pages, on the pages of others. */
#include "notice/notice.h"
#include "record/record.h"
#include "routes.h"
#include "talk/talk.h"
#include "task/task_int.h"
#include "text/date.h"
#include "text/url.h"
#include "timeline/timeline.h"
#include <inttypes.h>
#include <stdio.h>

enum { BOX_MOST = 5, COUNT_MOST = 100, COLLEAGUES_MOST = 200, LIFE_MOST = 50 };

/* ------------------------------------------------------------------------- views */

struct task_view task_view_of(struct req *q, const struct task_row *r) {
	const struct zone *z = q->business->open.zone;
	struct locale firm = q->locale;
	bool day = r->due_at != TASK_NO_DAY, open = str_is(r->state, "open");
	struct task_view v = {.id = r->id, .title = r->title, .text = r->words, .owner = {.id = r->owner_id, .name = r->owner}, .maker = {.id = r->maker_id, .name = r->maker},
		.person = {.id = r->person_id, .name = r->person}, .record_id = r->record_id, .conversation_id = r->conversation_id, .message_id = r->message_id, .call_id = r->call_id,
		.due_at = day ? r->due_at : 0, .day = day ? date_of_time(q->a, z, r->due_at) : STR(""), .state = r->state, .made_at = r->made_at, .closed_at = r->closed_at,
		.version = r->version, .url = url_path(q->a, "/tasks/%" PRId64, r->id.v), .about = STR(""), .about_url = {STR_NONE}, .by = STR(""),
		.closer = str_none(r->closer) ? STR("") : r->closer};
	v.late = open && day && r->due_at < q->locale.now;
	v.mine = r->owner_id.v == q->actor.id.v;
	firm.zone = z;
	if (day) v.by = tr_fill(q->a, TRQ(q, T("by {when}")), "when", say_date(q->a, &firm, r->due_at).p, NULL);
	if (r->conversation_id.v != 0) {
		v.about = r->subject;
		v.about_url = r->message_id.v ? url_path(q->a, "/conversations/%" PRId64 "#m%" PRId64, r->conversation_id.v, r->message_id.v)
			: url_path(q->a, "/conversations/%" PRId64, r->conversation_id.v);
	}
	if (r->record_id.v != 0) {
		struct record_row record = {.type = r->record_type, .title = r->record_title, .fields = r->record_fields};
		v.called = record_called(q, &record);
	} else v.called = STR("");
	return v;
}

static void views_of(struct req *q, const struct task_row_list *rows, size_t most, struct task_view_list *ret) {
	*ret = (struct task_view_list){.v = NEW_ARRAY(q->a, struct task_view, rows->n)};
	for (size_t i = 0; i < rows->n && i < most; i++) ret->v[ret->n++] = task_view_of(q, &rows->v[i]);
}

enum err task_choices(struct req *q, struct person_id chosen, struct task_choice_list *ret) {
	struct task_colleague_list rows;
	TRY(sql_task_colleagues(q->db, q->a, COLLEAGUES_MOST, &rows));
	ret->v = NEW_ARRAY(q->a, struct task_choice, rows.n);
	ret->n = rows.n;
	for (size_t i = 0; i < rows.n; i++) ret->v[i] = (struct task_choice){.id = rows.v[i].id, .name = rows.v[i].name, .here = rows.v[i].id.v == chosen.v};
	return OK;
}

enum err task_seen(struct req *q, struct task_id id, struct task_row *ret) { return sql_task_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, ret); }

/* ------------------------------------------------------------------------- lists */

struct wish {
	struct person_id owner, maker, person;
	struct record_id root;
	struct conversation_id conversation;
	struct str state;
	struct opt_int over;
	enum task_find_order order;
};

static enum err find(struct req *q, const struct wish *w, struct str cursor, int64_t most, struct task_row_list *ret, struct str *ret_next) {
	usec_t at = 0;
	struct task_id after = {0}, before = {0};
	char end;
	bool soon = w->order == TASK_FIND_SOON, good = str_empty(cursor) || (cursor.n <= 40 && (soon
		? sscanf(str_z(q->a, cursor), "%" SCNd64 "-%" SCNd64 "%c", &at, &after.v, &end) == 2 : str_int(cursor, &before.v) && before.v > 0));
	*ret_next = STR_NONE;
	if (!good) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(sql_task_find(q->db, q->a, w->owner, w->maker, w->person, w->root, w->conversation, w->state, w->over, at, after, before, q->actor.id, q->actor.is_staff, most + 1,
		w->order, ret));
	if ((int64_t)ret->n <= most) return OK;
	ret->n = (size_t)most;
	const struct task_row *last = &ret->v[most - 1];
	*ret_next = soon ? str_fmt(q->a, "%" PRId64 "-%" PRId64, last->due_at, last->id.v) : str_fmt(q->a, "%" PRId64, last->id.v);
	return OK;
}

enum err task_of(struct req *q, struct person_id person, struct record_id root, struct conversation_id conversation, struct task_box *ret) {
	struct task_row_list rows;
	struct str next;
	struct wish w = {.person = person, .root = root, .conversation = conversation, .state = STR("open"), .order = TASK_FIND_SOON};
	*ret = (struct task_box){.all = {STR_NONE}};
	if (!q->actor.is_staff) return OK;
	TRY(find(q, &w, STR_NONE, BOX_MOST, &rows, &next));
	views_of(q, &rows, BOX_MOST, &ret->data);
	if (str_none(next)) return OK;
	const char *name = person.v ? "person_id" : root.v ? "record_id" : "conversation_id";
	int64_t id = person.v ? person.v : root.v ? root.v : conversation.v;
	ret->all = url_with(q->a, url_path(q->a, "/tasks?view=all"), name, str_fmt(q->a, "%" PRId64, id));
	return OK;
}

enum err task_some(struct req *q, struct int_list ids, struct task_view_list *ret) {
	struct task_row_list rows;
	TRY(sql_task_some(q->db, q->a, ids, q->actor.id, q->actor.is_staff, (int64_t)ids.n, &rows));
	views_of(q, &rows, rows.n, ret);
	return OK;
}

enum err task_dated(struct req *q, int64_t most, struct task_view_list *ret) {
	struct task_row_list rows;
	struct str next;
	struct wish w = {.owner = q->actor.id, .state = STR("open"), .order = TASK_FIND_SOON};
	*ret = (struct task_view_list){0};
	if (!q->actor.is_staff) return OK;
	TRY(find(q, &w, STR_NONE, most, &rows, &next));
	while (rows.n > 0 && rows.v[rows.n - 1].due_at == TASK_NO_DAY) rows.n--;
	views_of(q, &rows, rows.n, ret);
	return OK;
}

enum err task_mine(struct req *q, int64_t most, int64_t *ret) {
	return sql_task_count(q->db, q->actor.id, (struct person_id){0}, q->actor.id, q->actor.is_staff, most, ret);
}

static const struct { const char *name, *word; } tabs[] = {{"mine", T("Mine")}, {"given", T("Given by me")}, {"all", T("Everybody’s")}, {"over", T("Over")}};

static void wish_view(struct wish *w, const struct req *q, struct str view) {
	w->order = str_is(view, "over") || str_none(view) ? TASK_FIND_NEWEST : TASK_FIND_SOON;
	if (str_is(view, "over")) w->over = (struct opt_int){true, 1};
	else if (!str_none(view)) w->state = STR("open");
	if (str_is(view, "mine")) w->owner = q->actor.id;
	if (str_is(view, "given")) w->maker = q->actor.id;
}

static enum err fill_tabs(struct req *q, struct str here, struct task_list_page *ret) {
	ret->tabs.v = NEW_ARRAY(q->a, struct task_tab, sizeof tabs / sizeof *tabs);
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
		struct task_tab *t = &ret->tabs.v[ret->tabs.n++];
		struct wish w = {.state = STR_NONE};
		*t = (struct task_tab){.word = str_c(TRQ(q, tabs[i].word)), .here = str_is(here, tabs[i].name), .counted = strcmp(tabs[i].name, "over") != 0,
			.url = url_with(q->a, url_path(q->a, "/tasks"), "view", str_c(tabs[i].name))};
		wish_view(&w, q, str_c(tabs[i].name));
		if (t->counted) TRY(sql_task_count(q->db, w.owner, w.maker, q->actor.id, q->actor.is_staff, COUNT_MOST, &t->count));
		t->more = t->count == COUNT_MOST;
	}
	return OK;
}

static enum err root_of(struct req *q, struct record_id id, struct record_id *ret) {
	struct record_row row;
	*ret = id;
	if (id.v == 0) return OK;
	TRY(record_seen(q, id, &row));
	if (row.root_id.v != 0) *ret = row.root_id;
	return OK;
}

/* The same list from a place on, or another of its lists. */
static struct url list_url(struct req *q, const struct task_list_in *in, struct str view, struct str cursor) {
	const struct { const char *name; int64_t id; } ids[] = {{"person_id", in->person_id.v}, {"record_id", in->record_id.v}, {"conversation_id", in->conversation_id.v},
		{"owner_id", in->owner_id.v}};
	struct url u = url_with(q->a, url_path(q->a, "/tasks"), "view", view);
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (ids[i].id != 0) u = url_with(q->a, u, ids[i].name, str_fmt(q->a, "%" PRId64, ids[i].id));
	return str_none(cursor) ? u : url_with(q->a, u, "cursor", cursor);
}

enum err task_list(struct req *q, const struct task_list_in *in, struct task_list_page *ret) {
	struct task_row_list rows;
	struct wish w = {.state = STR_NONE};
	struct str view = !str_none(in->view) ? in->view : q->api ? STR_NONE : STR("mine");
	*ret = (struct task_list_page){.view = str_none(view) ? STR("") : view, .more = {STR_NONE}};
	wish_view(&w, q, view);
	if (in->owner_id.v != 0) w.owner = in->owner_id;
	w.person = in->person_id;
	w.conversation = in->conversation_id;
	TRY(root_of(q, in->record_id, &w.root));
	if (!str_none(in->state)) w.state = in->state;
	TRY(find(q, &w, in->cursor, in->limit, &rows, &ret->next));
	views_of(q, &rows, rows.n, &ret->data);
	if (q->api) return OK;
	q->page.nav = STR("desk");
	q->page.wide = STR("desk");
	ret->some = w.person.v != 0 || w.root.v != 0 || w.conversation.v != 0 || in->owner_id.v != 0;
	if (!str_none(ret->next)) ret->more = list_url(q, in, view, ret->next);
	TRY(talk_desk_views(q, STR("tasks"), &ret->views));
	return fill_tabs(q, view, ret);
}

/* ---------------------------------------------------------------------- one page */

enum err task_show(struct req *q, const struct task_show_in *in, struct task_page *ret) {
	struct task_row row;
	int64_t next;
	TRY(task_seen(q, in->id, &row));
	TRY(req_version(q, row.version));
	*ret = (struct task_page){.task = task_view_of(q, &row)};
	if (q->api) return OK;
	q->page.nav = STR("desk");
	ret->title = str_none(in->title) ? row.title : in->title;
	ret->text = str_none(in->text) ? row.words : in->text;
	ret->day = str_none(in->day) ? ret->task.day : in->day;
	ret->today = date_of_time(q->a, q->business->open.zone, q->locale.now);
	ret->writing = !str_none(in->title);
	ret->open = str_is(row.state, "open");
	notice_seen_thing(q, "task", row.id.v);
	TRY(task_choices(q, in->owner_id.v ? in->owner_id : row.owner_id, &ret->colleagues));
	return timeline_read(q, "task", row.id.v, STR(""), 0, LIFE_MOST, &ret->life, &next);
}

enum err task_again(struct req *q, const struct task_again_in *in, struct task_page *ret) {
	return task_show(q, &(struct task_show_in){.id = in->id, .title = STR_NONE, .text = STR_NONE, .day = STR_NONE}, ret);
}
