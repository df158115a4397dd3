/* The desk: what is open, whoever waits longest for words of ours first; what is open again; what customers said last. Since when somebody
 * waits is kept with each conversation, so a page of a hundred thousand is one range of an index (desk.sql). */
#include "talk/talk_int.h"
#include "promise/promise.h"
#include "task/task.h"
#include "text/markdown.h"
#include "text/url.h"
#include <inttypes.h>
#include <stdio.h>

enum { PAGE_ROWS = 25, SIDE_ROWS = 8, WORDS = 110, COUNT_MOST = 1000, COLLEAGUES_MOST = 200 };
#define LONG_WAIT DAYS(1)
#define TEAM "team-"

static struct opt_int waiting_only(bool yes) { return (struct opt_int){.has = yes, .v = NOBODY_WAITS}; }

static struct person_id somebody(struct opt_int assignee) { return (struct person_id){assignee.has && assignee.v > 0 ? assignee.v : 0}; }

static struct team_id team_in(struct opt_int assignee) { return (struct team_id){assignee.has && assignee.v < 0 ? -assignee.v : 0}; }

static struct opt_int nobody(struct opt_int assignee) { return (struct opt_int){.has = assignee.has && assignee.v == 0, .v = 1}; }

/* A place in the order: "due-MOMENT-ID" among what is due, "MOMENT-ID" behind it. */
struct desk_place {
	bool due;
	int64_t at;
	struct conversation_id id;
};

static bool place_read(struct arena *a, struct str text, struct desk_place *ret) {
	char end;
	bool due = str_starts(text, STR("due-"));
	*ret = (struct desk_place){.due = due || str_empty(text), .at = -1};
	if (str_empty(text)) return true;
	return text.n <= 40 && sscanf(str_z(a, due ? str_from(text, 4) : text), "%" SCNd64 "-%" SCNd64 "%c", &ret->at, &ret->id.v, &end) == 2;
}

/* What is due, the first due first, then whoever waits longest. */
enum err desk_find(struct req *q, const struct desk_wish *w, struct int_list *ret, struct str *ret_next) {
	struct desk_key_list keys;
	struct desk_place place;
	size_t most = (size_t)w->most;
	*ret_next = STR_NONE;
	*ret = (struct int_list){.v = NEW_ARRAY(q->a, int64_t, most + 1)};
	if (!place_read(q->a, w->cursor, &place)) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	for (;;) {
		int64_t left = (int64_t)(most - ret->n) + 1;
		if (place.due) TRY(sql_desk_due(q->db, q->a, somebody(w->assignee), team_in(w->assignee), nobody(w->assignee), waiting_only(w->waiting), place.at, place.id, left, &keys));
		else TRY(sql_desk_find(q->db, q->a, somebody(w->assignee), team_in(w->assignee), nobody(w->assignee), waiting_only(w->waiting), place.at, place.id, left, &keys));
		for (size_t i = 0; i < keys.n; i++) {
			if (ret->n == most) {
				*ret_next = str_fmt(q->a, "%s%" PRId64 "-%" PRId64, place.due ? "due-" : "", place.at, place.id.v);
				return OK;
			}
			ret->v[ret->n++] = keys.v[i].id.v;
			place.at = keys.v[i].waiting_at, place.id = keys.v[i].id;
		}
		if (!place.due) return OK;
		place = (struct desk_place){.at = -1};
	}
}

/* The id of a colleague, or "team-3": -3. */
static bool hand_read(struct str word, int64_t *ret) {
	bool team = str_starts(word, STR(TEAM));
	if (!str_int(team ? str_from(word, sizeof TEAM - 1) : word, ret) || *ret < (team ? 1 : 0)) return false;
	if (team) *ret = -*ret;
	return true;
}

enum err desk_assignee(struct req *q, struct str word, struct opt_int *ret) {
	*ret = (struct opt_int){.has = !str_empty(word)};
	if (!ret->has) return OK;
	if (!q->actor.is_staff) return ERR_DENIED;
	if (str_is(word, "me")) ret->v = q->actor.id.v;
	else if (!str_is(word, "nobody") && (!hand_read(word, &ret->v) || ret->v == 0)) return req_invalid(q, "assignee", T("Give me, nobody, the id of a colleague, or team-ID."));
	return OK;
}

enum err colleagues(struct req *q, struct person_id chosen, struct talk_choice_list *ret) {
	struct talk_colleague_row_list rows;
	TRY(sql_talk_colleagues(q->db, q->a, COLLEAGUES_MOST, &rows));
	*ret = (struct talk_choice_list){.v = NEW_ARRAY(q->a, struct talk_choice, rows.n)};
	for (size_t i = 0; i < rows.n; i++)
		ret->v[ret->n++] = (struct talk_choice){.name = str_fmt(q->a, "%lld", (long long)rows.v[i].id.v), .word = rows.v[i].name,
			.here = rows.v[i].id.v == chosen.v};
	return OK;
}

enum err team_choices(struct req *q, struct team_id chosen, struct talk_choice_list *ret) {
	struct talk_team_row_list rows;
	TRY(sql_talk_teams(q->db, q->a, COLLEAGUES_MOST, &rows));
	*ret = (struct talk_choice_list){.v = NEW_ARRAY(q->a, struct talk_choice, rows.n)};
	for (size_t i = 0; i < rows.n; i++)
		ret->v[ret->n++] = (struct talk_choice){.name = str_fmt(q->a, TEAM "%" PRId64, rows.v[i].id.v), .word = rows.v[i].name, .here = rows.v[i].id.v == chosen.v};
	return OK;
}

enum err desk_give(struct req *q, struct conversation_id id, struct str to) {
	int64_t who = 0;
	if (!str_empty(to) && !hand_read(to, &who)) return req_invalid(q, "assignee", T("Please choose one."));
	return who < 0 ? report_assign_team(q, id, (struct team_id){-who}) : report_assign(q, id, (struct person_id){who});
}

/* ------------------------------------------------------------------------ rows */

static struct str kind_word(struct req *q, struct str kind) {
	static const struct { const char *kind, *word; } words[] = {
		{"problem", T("Problem")}, {"need", T("Need")}, {"idea", T("Idea")}, {"question", T("Question")}, {"discussion", T("Discussion")},
		{"praise", T("Praise")}, {"query", T("Question about a record")}, {"direct", T("Letter")}, {"group", T("Question to many")},
		{"deal", T("Deal")}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(kind, words[i].kind)) return str_c(TRQ(q, words[i].word));
	return kind;
}

static struct str about_of(struct req *q, const struct desk_row *r) {
	const struct record_row about = {.type = r->record_type, .title = r->record, .fields = r->record_fields};
	return str_none(r->record) ? STR("") : record_called(q, &about);
}

static struct talk_desk_item item_of(struct req *q, const struct desk_row *r) {
	bool waits = r->waiting_at != NOBODY_WAITS;
	return (struct talk_desk_item){
		.id = r->id, .kind = kind_word(q, r->kind), .subject = r->subject, .state = state_view(r->status), .private = !str_is(r->visibility, "public"),
		.who = str_none(r->author) ? STR("") : r->author, .photo = r->photo, .by = str_none(r->assignee) ? STR("") : r->assignee, .team = str_none(r->team) ? STR("") : r->team,
		.mine = r->assignee_id.v == q->actor.id.v, .about = about_of(q, r), .votes = r->votes, .waits = waits,
		.at = waits ? r->waiting_at : r->active_at, .late = waits && q->locale.now - r->waiting_at > LONG_WAIT, .reopened = r->reopened,
		.worth = r->worth_minor};
}

enum err talk_desk_items(struct req *q, struct int_list ids, struct talk_desk_item_list *ret) {
	struct desk_row_list rows;
	struct promise_first_view_list promised;
	struct service_due_view_list due;
	struct talk_subjects subjects;
	*ret = (struct talk_desk_item_list){.v = NEW_ARRAY(q->a, struct talk_desk_item, ids.n + 1)};
	TRY(sql_desk_rows(q->db, q->a, ids, q->actor.id, true, LIST_MAX, &rows));
	TALK_SUBJECTS(q->a, &rows, id, subject, subjects);
	TRY(talk_subjects_here(q, subjects));
	for (size_t i = 0; i < ids.n; i++)
		for (size_t k = 0; k < rows.n; k++)
			if (rows.v[k].id.v == ids.v[i]) ret->v[ret->n++] = item_of(q, &rows.v[k]);
	TRY(promise_first(q, ids, &promised));
	for (size_t i = 0; i < ret->n; i++)
		for (size_t k = 0; k < promised.n; k++)
			if (promised.v[k].conversation_id.v == ret->v[i].id.v) ret->v[i].promise = &promised.v[k];
	TRY(service_due(q, ids, &due));
	for (size_t i = 0; i < ret->n; i++)
		for (size_t k = due.n; k-- > 0;)
			if (due.v[k].conversation_id.v == ret->v[i].id.v && !due.v[k].paused) ret->v[i].due = &due.v[k];   /* the first due stays */
	return OK;
}

/* ------------------------------------------------------------------------ page */

static const struct view { const char *name, *word; bool waiting; } views[] = {
	{"waiting", T("Waiting for an answer"), true}, {"mine", T("Yours"), false}, {"team", T("Your team’s"), false}, {"nobody", T("Nobody's yet"), false}, {"open", T("All that is open"), false}};
enum { VIEWS = sizeof views / sizeof *views };

static struct desk_wish wish_of(const struct req *q, const struct view *v, struct team_id team) {
	struct desk_wish w = {.waiting = v->waiting, .most = PAGE_ROWS};
	if (strcmp(v->name, "mine") == 0) w.assignee = (struct opt_int){true, q->actor.id.v};
	if (strcmp(v->name, "team") == 0) w.assignee = (struct opt_int){true, -team.v};
	if (strcmp(v->name, "nobody") == 0) w.assignee = (struct opt_int){true, 0};
	return w;
}

/* Who is in no team has no tab for one. */
enum err talk_desk_views(struct req *q, struct str here, struct talk_desk_view_list *ret) {
	struct team_id team;
	TRY(sql_talk_team_of(q->db, q->actor.id, &team));
	*ret = (struct talk_desk_view_list){.v = NEW_ARRAY(q->a, struct talk_desk_view, VIEWS + 2)};
	ret->v[ret->n++] = (struct talk_desk_view){.name = STR("today"), .word = str_c(T("Today")), .url = url_path(q->a, "/today"), .here = str_is(here, "today")};
	for (size_t i = 0; i < VIEWS; i++) {
		if (team.v == 0 && strcmp(views[i].name, "team") == 0) continue;
		struct desk_wish w = wish_of(q, &views[i], team);
		struct talk_desk_view *v = &ret->v[ret->n++];
		*v = (struct talk_desk_view){.name = str_c(views[i].name), .word = str_c(views[i].word), .here = str_is(here, views[i].name),
			.url = url_with(q->a, url_path(q->a, "/desk"), "view", str_c(views[i].name))};
		TRY(sql_desk_count(q->db, somebody(w.assignee), team_in(w.assignee), nobody(w.assignee), waiting_only(w.waiting), COUNT_MOST, &v->count));
		v->more = v->count == COUNT_MOST;
	}
	struct talk_desk_view *v = &ret->v[ret->n++];
	*v = (struct talk_desk_view){.name = STR("tasks"), .word = str_c(T("Tasks")), .url = url_path(q->a, "/tasks"), .here = str_is(here, "tasks")};
	TRY(task_mine(q, COUNT_MOST, &v->count));
	v->more = v->count == COUNT_MOST;
	return OK;
}

static enum err offer_views(struct req *q, struct str here, struct talk_desk_page *ret) {
	TRY(talk_desk_views(q, here, &ret->views));
	for (size_t i = 0; i < ret->views.n; i++)
		if (ret->views.v[i].here) ret->title = ret->views.v[i].word;
	return OK;
}

static enum err fill_said(struct req *q, struct talk_desk_page *ret) {
	struct talk_desk_said_list rows;
	struct talk_subjects subjects;
	TRY(sql_talk_desk_said(q->db, q->a, true, SIDE_ROWS, &rows));
	TALK_SUBJECTS(q->a, &rows, conversation_id, subject, subjects);
	TRY(talk_subjects_here(q, subjects));
	ret->said.v = NEW_ARRAY(q->a, struct talk_desk_said_item, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct talk_desk_said *r = &rows.v[i];
		ret->said.v[ret->said.n++] = (struct talk_desk_said_item){.id = r->conversation_id, .message = r->id,
			.subject = r->subject,
			.words = markdown_text(q->a, r->body, WORDS), .who = r->author_name, .at = r->created_at,
				.still = str_is(r->kind, "not_fixed")};
	}
	return OK;
}

enum err talk_desk(struct req *q, const struct talk_desk_in *in, struct talk_desk_page *ret) {
	struct int_list ids;
	struct object o = {.thing = THING_CONVERSATION};
	struct desk_wish w = {0};
	struct str next;
	struct team_id team;
	q->page.nav = STR("desk");
	q->page.wide = STR("desk");
	q->page.live = STR("conversations,desk");
	TRY(sql_talk_team_of(q->db, q->actor.id, &team));
	ret->view = team.v == 0 && str_is(in->view, "team") ? STR("mine") : in->view;
	for (size_t i = 0; i < VIEWS; i++)
		if (str_is(ret->view, views[i].name)) w = wish_of(q, &views[i], team);
	w.cursor = in->cursor;
	TRY(desk_find(q, &w, &ids, &next));
	TRY(talk_desk_items(q, ids, &ret->items));
	ret->cursor = str_none(in->cursor) ? STR("") : in->cursor;
	if (!str_none(next)) ret->more = url_with(q->a, url_with(q->a, url_path(q->a, "/desk"), "view", ret->view), "cursor", next);
	ret->may_assign = may(&q->actor, ACT_ASSIGN, &o);
	if (ret->may_assign) TRY(team_choices(q, (struct team_id){0}, &ret->teams));
	if (ret->may_assign) TRY(colleagues(q, (struct person_id){0}, &ret->colleagues));
	TRY(offer_views(q, ret->view, ret));
	TRY(sql_desk_reopened(q->db, q->a, SIDE_ROWS, &ids));
	TRY(talk_desk_items(q, ids, &ret->reopened));
	return fill_said(q, ret);
}

enum err talk_desk_assign(struct req *q, const struct talk_desk_assign_in *in) {
	req_redirect(q, url_with(q->a, url_path(q->a, "/desk"), "view", in->view));
	if (in->take.v != 0) return report_assign(q, in->take, q->actor.id);
	if (in->ids.n == 0) return req_invalid(q, "ids", T("Please tick what you want to give to somebody."));
	if (str_empty(in->assignee)) return req_invalid(q, "assignee", T("Please choose one."));
	for (size_t i = 0; i < in->ids.n; i++) TRY(desk_give(q, in->ids.v[i], in->assignee));
	return OK;
}
