/* The page that one of us begins the day with: six lists, each a range of an index from a place on, and what was put off. */
#include "today/today_int.h"
#include "record/record.h"
#include "text/date.h"
#include "text/url.h"
#include <inttypes.h>
#include <stdio.h>

enum { ROWS = 20, COUNT_MOST = 100 };
#define QUIET DAYS(7)

/* ------------------------------------------------------------------------ entries */

static struct str none_is_empty(struct str s) { return str_none(s) ? STR("") : s; }

static struct today_entry entry_of(struct req *q, const char *kind, int64_t id) {
	return (struct today_entry){.kind = str_c(kind), .id = id, .who = STR(""), .state = STR(""), .words = STR(""),
		.act = q->actor.is_staff ? url_path(q->a, "/today/%s/%" PRId64, kind, id) : (struct url){STR_NONE}};
}

static struct today_entry entry_of_talk(struct req *q, const struct talk_desk_item *i) {
	struct today_entry e = entry_of(q, "conversation", i->id.v);
	e.title = i->subject;
	e.url = url_path(q->a, "/conversations/%" PRId64, i->id.v);
	e.who = i->who;
	e.at = i->at;
	e.late = i->late;
	e.state = str_fmt(q->a, STR_FMT " · " STR_FMT, STR_ARG(i->kind), STR_ARG(str_c(TRQ(q, i->state.word.p))));
	if (i->due != NULL) e.words = i->due->words, e.pressing = i->due->late;
	else if (i->promise != NULL) e.words = i->promise->words, e.pressing = i->promise->late;
	e.may_give = q->actor.is_staff;
	return e;
}

static struct today_entry entry_of_promise(struct req *q, const struct promise_view *x) {
	struct today_entry e = entry_of(q, "expectation", x->id.v);
	e.title = x->text;
	e.url = x->url;
	e.who = none_is_empty(x->person.name);
	e.at = x->due_at;
	e.late = e.pressing = x->late;
	e.state = x->who;
	e.words = str_fmt(q->a, STR_FMT ", " STR_FMT, STR_ARG(x->word), STR_ARG(x->by));
	e.next = promise_act_of(q, x, "today");
	e.may_give = q->actor.is_staff;
	return e;
}

/* It cannot be put off: somebody who was promised something waits. */
static struct today_entry entry_of_claim(struct req *q, const struct promise_claim_view *x) {
	struct today_entry e = entry_of(q, "claim", x->id.v);
	e.title = x->text;
	e.url = x->url;
	e.who = x->person.name;
	e.at = x->made_at;
	e.state = q->actor.is_staff ? str_fmt(q->a, STR_FMT " · " STR_FMT, STR_ARG(x->person.name), STR_ARG(x->word)) : x->word;
	e.words = x->by;
	e.act = (struct url){STR_NONE};
	return e;
}

static struct today_entry entry_of_request(struct req *q, const struct today_request_row *r) {
	const struct record_row record = {.type = r->type, .title = r->title, .fields = r->fields};
	const struct pack_type *type = record_type(q, r->type);
	const struct pack_action *act = type == NULL ? NULL : pack_action_find(type, r->action);
	struct today_entry e = entry_of(q, "request", r->id.v);
	e.title = str_fmt(q->a, STR_FMT ": " STR_FMT, STR_ARG(act == NULL ? r->action : pack_say(&act->label, q->locale.lang)), STR_ARG(record_called(q, &record)));
	e.url = url_path(q->a, "/requests/%" PRId64, r->id.v);
	e.who = r->person;
	e.at = r->changed_at;
	e.state = str_c(TRQ(q, T("Request")));
	return e;
}

static struct today_entry entry_of_task(struct req *q, const struct task_view *x) {
	struct today_entry e = entry_of(q, "task", x->id.v);
	e.title = x->title;
	e.url = x->url;
	e.at = x->due_at;
	e.late = e.pressing = x->late;
	e.who = none_is_empty(x->person.name);
	e.state = str_c(TRQ(q, T("Task")));
	if (!str_empty(e.who)) e.state = str_fmt(q->a, STR_FMT " · " STR_FMT, STR_ARG(e.state), STR_ARG(e.who));
	if (!str_empty(x->called)) e.state = str_fmt(q->a, STR_FMT " · " STR_FMT, STR_ARG(e.state), STR_ARG(x->called));
	e.words = x->by;
	e.may_give = true;
	return e;
}

/* The ids of one kind. */
static struct int_list ids_of(struct req *q, const struct today_key_list *keys, const char *kind) {
	struct int_list ids = {.v = NEW_ARRAY(q->a, int64_t, keys->n + 1)};
	for (size_t i = 0; i < keys->n; i++)
		if (str_is(keys->v[i].kind, kind)) ids.v[ids.n++] = keys->v[i].id;
	return ids;
}

enum err today_entries(struct req *q, const struct today_key_list *keys, struct today_entry_list *ret) {
	struct talk_desk_item_list talks;
	struct promise_view_list promises;
	struct today_request_row_list requests;
	struct task_view_list tasks;
	struct promise_claim_view_list claims;
	struct today_entry_list mine = {0};
	talks.n = 0;
	if (q->actor.is_staff) TRY(talk_desk_items(q, ids_of(q, keys, "conversation"), &talks));
	else TRY(my_talks(q, ids_of(q, keys, "conversation"), &mine));
	TRY(promise_some(q, ids_of(q, keys, "expectation"), &promises));
	TRY(task_some(q, ids_of(q, keys, "task"), &tasks));
	TRY(promise_claims_some(q, ids_of(q, keys, "claim"), &claims));
	TRY(sql_today_requests(q->db, q->a, ids_of(q, keys, "request"), q->actor.id, q->actor.is_staff, (int64_t)keys->n, &requests));
	*ret = (struct today_entry_list){.v = NEW_ARRAY(q->a, struct today_entry, keys->n)};
	for (size_t i = 0; i < keys->n; i++) {
		const struct today_key *k = &keys->v[i];
		for (size_t n = 0; str_is(k->kind, "conversation") && n < talks.n; n++)
			if (talks.v[n].id.v == k->id) ret->v[ret->n++] = entry_of_talk(q, &talks.v[n]);
		for (size_t n = 0; str_is(k->kind, "conversation") && n < mine.n; n++)
			if (mine.v[n].id == k->id) ret->v[ret->n++] = mine.v[n];
		for (size_t n = 0; str_is(k->kind, "expectation") && n < promises.n; n++)
			if (promises.v[n].id.v == k->id) ret->v[ret->n++] = entry_of_promise(q, &promises.v[n]);
		for (size_t n = 0; str_is(k->kind, "claim") && n < claims.n; n++)
			if (claims.v[n].id.v == k->id) ret->v[ret->n++] = entry_of_claim(q, &claims.v[n]);
		for (size_t n = 0; str_is(k->kind, "request") && n < requests.n; n++)
			if (requests.v[n].id.v == k->id) ret->v[ret->n++] = entry_of_request(q, &requests.v[n]);
		for (size_t n = 0; str_is(k->kind, "task") && n < tasks.n; n++)
			if (tasks.v[n].id.v == k->id) ret->v[ret->n++] = entry_of_task(q, &tasks.v[n]);
	}
	return OK;
}

enum err today_one(struct req *q, struct str kind, int64_t id, struct today_entry *ret) {
	struct today_key key = {.kind = kind, .id = id};
	struct today_entry_list one;
	int64_t among = 0;
	if (str_is(kind, "conversation")) TRY(sql_today_is_among(q->db, (struct conversation_id){id}, &among));
	if (among > 0) return ERR_NOT_FOUND;
	TRY(today_entries(q, &(struct today_key_list){.v = &key, .n = 1}, &one));
	if (one.n == 0) return ERR_NOT_FOUND;
	*ret = one.v[0];
	return OK;
}

/* ------------------------------------------------------------------------ the lists */

usec_t today_end_of_day(const struct req *q) {
	const struct zone *z = q->business->open.zone;
	struct local_time l = zone_local(z, q->locale.now);
	return promise_day_end(z, days_of(l.year, l.month, l.day));
}

static enum err find_waiting(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret) {
	return sql_today_waiting(q->db, q->a, q->actor.id, q->locale.now, p.at, p.id, most, ret);
}

static enum err find_due(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret) {
	return sql_today_due(q->db, q->a, q->actor.id, q->locale.now, today_end_of_day(q), p.at, p.id, most, ret);
}

/* What is due today stands above. */
static enum err find_promised(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret) {
	usec_t end = today_end_of_day(q);
	if (p.at < end) p = (struct today_place){end, INT64_MAX};
	return sql_today_promises(q->db, q->a, q->actor.id, q->locale.now, p.at, p.id, most, ret);
}

static enum err find_tasks(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret) {
	usec_t end = today_end_of_day(q);
	if (p.at < end) p = (struct today_place){end, INT64_MAX};
	return sql_today_tasks(q->db, q->a, q->actor.id, q->locale.now, p.at, p.id, most, ret);
}

static enum err find_quiet(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret) {
	return sql_today_quiet(q->db, q->a, q->actor.id, q->locale.now, q->locale.now - QUIET, p.at, p.id, most, ret);
}

static enum err find_snoozed(struct req *q, struct today_place p, int64_t most, struct today_key_list *ret) {
	return sql_snooze_list(q->db, q->a, q->actor.id, q->locale.now, p.at, p.id, most, ret);
}

static const struct today_part parts[] = {
	{"waiting", T("Waiting for my answer"), T("Nobody waits for you."), true, find_waiting},
	{"due", T("Due today"), T("Nothing is due today."), true, find_due},
	{"promised", T("Promised by me"), T("You owe nobody anything after today."), false, find_promised},
	{"tasks", T("To do"), T("No task of yours is left after today."), false, find_tasks},
	{"quiet", T("Gone quiet"), T("Nothing of yours has stood still for a week."), false, find_quiet},
	{"changed", T("Changed since yesterday"), T("Nobody has changed anything of yours since yesterday."), false, NULL},
	{"snoozed", T("Not now"), T("You have put nothing off."), false, find_snoozed},
};
enum { PARTS = sizeof parts / sizeof *parts };

/* What was put off is the last, and does not stand among the others. */
static struct today_parts lists_of(const struct req *q) { return q->actor.is_staff ? (struct today_parts){parts, PARTS - 1} : my_parts(); }

static struct url part_url(struct req *q, const struct today_part *p, struct str cursor) {
	struct url u = url_with(q->a, url_path(q->a, "/today"), "section", str_c(p->name));
	return str_none(cursor) ? u : url_with(q->a, u, "cursor", cursor);
}

static void head_of(struct req *q, const struct today_part *p, struct today_section *ret) {
	*ret = (struct today_section){.name = str_c(p->name), .word = str_c(TRQ(q, p->word)), .none = str_c(TRQ(q, p->none)), .hot = p->hot, .all = {STR_NONE}};
}

/* When each of these comes back. */
static void say_until(const struct today_key_list *keys, struct today_entry_list *list) {
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < keys->n; k++)
			if (list->v[i].id == keys->v[k].id && str_eq(list->v[i].kind, keys->v[k].kind)) list->v[i].until = keys->v[k].at;
}

/* Some of a list from a place on, and the place to go on from. */
static enum err read_part(struct req *q, const struct today_part *p, struct str cursor, int64_t most, struct today_section *ret, struct str *ret_next) {
	struct today_key_list keys;
	struct today_place at = {-1, 0};
	int64_t next = 0;
	char end;
	*ret_next = STR_NONE;
	bool good = str_none(cursor) || (cursor.n <= 40 && (p->find == NULL ? str_int(cursor, &at.at) && at.at > 0
		: sscanf(str_z(q->a, cursor), "%" SCNd64 "-%" SCNd64 "%c", &at.at, &at.id, &end) == 2));
	if (!good) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	head_of(q, p, ret);
	if (p->find == NULL) {
		TRY(today_changed(q, at.at > 0 ? at.at : 0, most, &ret->data, &next));
		ret->count = (int64_t)ret->data.n;
		ret->more = next != 0;
		if (next != 0) *ret_next = str_fmt(q->a, "%" PRId64, next);
		return OK;
	}
	TRY(p->find(q, at, most > COUNT_MOST ? most + 1 : COUNT_MOST + 1, &keys));
	ret->more = keys.n > COUNT_MOST;
	ret->count = ret->more ? COUNT_MOST : (int64_t)keys.n;
	if ((int64_t)keys.n > most) {
		keys.n = (size_t)most;
		*ret_next = str_fmt(q->a, "%" PRId64 "-%" PRId64, keys.v[most - 1].at, keys.v[most - 1].place);
	}
	TRY(today_entries(q, &keys, &ret->data));
	if (p->find == find_snoozed) say_until(&keys, &ret->data);
	return OK;
}

/* ------------------------------------------------------------------------- the page */

static enum err fill_all(struct req *q, struct today_page *ret) {
	struct today_section put_off;
	struct str next;
	struct today_parts lists = lists_of(q);
	ret->sections.v = NEW_ARRAY(q->a, struct today_section, lists.n);
	for (size_t i = 0; i < lists.n; i++) {
		struct today_section *s = &ret->sections.v[ret->sections.n++];
		TRY(read_part(q, &lists.v[i], STR_NONE, ROWS, s, &next));
		if (!str_none(next)) s->all = part_url(q, &lists.v[i], STR_NONE);
		ret->something = ret->something || s->data.n > 0;
	}
	if (!q->actor.is_staff) return OK;
	TRY(read_part(q, &parts[PARTS - 1], STR_NONE, 1, &put_off, &next));
	ret->snoozed = put_off.count;
	return OK;
}

static enum err fill_one(struct req *q, const struct today_show_in *in, struct today_page *ret) {
	struct today_parts lists = lists_of(q);
	if (q->actor.is_staff) lists.n = PARTS;
	for (size_t i = 0; i < lists.n; i++) {
		if (!str_is(in->section, lists.v[i].name)) continue;
		ret->section = in->section;
		ret->sections = (struct today_section_list){.v = NEW_ARRAY(q->a, struct today_section, 1), .n = 1};
		TRY(read_part(q, &lists.v[i], in->cursor, in->limit, &ret->sections.v[0], &ret->next));
		ret->src = url_with(q->a, part_url(q, &lists.v[i], in->cursor), "part", STR("lists"));
		if (!str_none(ret->next)) ret->more = part_url(q, &lists.v[i], ret->next);
		return OK;
	}
	return req_invalid(q, "section", T("There is no such list."));
}

/* Of a customer what stands there now is listened to; what comes new is told by a notice, which is theirs. */
static void listen(struct req *q, struct today_page *ret) {
	int n = 1;
	ret->topics = q->actor.is_staff ? STR("conversations desk") : STR("conversations");
	q->page.live = q->actor.is_staff ? STR("conversations,desk") : ret->topics;
	for (size_t i = 0; !q->actor.is_staff && i < ret->sections.n; i++)
		for (size_t k = 0; k < ret->sections.v[i].data.n && n < LIVE_TOPICS_MAX; k++) {
			const struct today_entry *e = &ret->sections.v[i].data.v[k];
			if (!str_is(e->kind, "conversation") && !str_is(e->kind, "expectation")) continue;
			struct str topic = str_fmt(q->a, STR_FMT ":%" PRId64, STR_ARG(e->kind), e->id);
			ret->topics = str_fmt(q->a, STR_FMT " " STR_FMT, STR_ARG(ret->topics), STR_ARG(topic));
			q->page.live = str_fmt(q->a, STR_FMT "," STR_FMT, STR_ARG(q->page.live), STR_ARG(topic));
			n++;
		}
}

enum err today_show(struct req *q, const struct today_show_in *in, struct today_page *ret) {
	*ret = (struct today_page){.section = STR(""), .next = STR_NONE, .more = {STR_NONE}, .src = url_path(q->a, "/today?part=lists"), .now = q->locale.now};
	q->page.nav = q->actor.is_staff ? STR("desk") : STR("today");
	if (q->actor.is_staff) q->page.wide = STR("desk"), q->page.script = STR("today");
	if (q->actor.is_staff && !q->api) TRY(talk_desk_views(q, STR("today"), &ret->views));
	TRY(str_none(in->section) ? fill_all(q, ret) : fill_one(q, in, ret));
	listen(q, ret);
	return OK;
}

/* -------------------------------------------------------------------------- one of it */

enum err today_entry_show(struct req *q, const struct today_entry_show_in *in, struct today_entry_page *ret) {
	usec_t until;
	bool task = str_is(in->kind, "task"), promise = str_is(in->kind, "expectation");
	struct object o = {.thing = task ? THING_TASK : promise ? THING_EXPECTATION : THING_CONVERSATION, .participant = task};
	bool found;
	*ret = (struct today_entry_page){.day = none_is_empty(in->day), .note = none_is_empty(in->note)};
	TRY(today_one(q, in->kind, in->id, &ret->entry));
	TRY(sql_snooze_get(q->db, q->actor.id, q->locale.now, in->kind, in->id, &until, &found));
	if (found) ret->entry.until = until;
	q->page.nav = STR("desk");
	usec_t tomorrow, next_week;
	TRY(snooze_until(q, STR("tomorrow"), STR_NONE, &tomorrow));
	TRY(snooze_until(q, STR("next_week"), STR_NONE, &next_week));
	ret->tomorrow = tomorrow;
	ret->next_week = next_week;
	ret->first_day = date_of_time(q->a, q->business->open.zone, q->locale.now + DAYS(1));
	ret->may_give = ret->entry.may_give && may(&q->actor, task || promise ? ACT_EDIT : ACT_ASSIGN, &o);
	return ret->may_give ? colleagues(q, in->to, &ret->colleagues) : OK;
}

/* One of us hands it on, with what they promised in it. */
static enum err give(struct req *q, const struct today_act_in *in) {
	struct str note = str_trim(none_is_empty(in->note));
	if (in->to.v == 0) return req_invalid(q, "to", T("Please choose a colleague."));
	if (str_is(in->kind, "expectation")) TRY(promise_give(q, (struct expectation_id){in->id}, in->to, note, "to"));
	else if (str_is(in->kind, "conversation")) TRY(talk_give(q, (struct conversation_id){in->id}, in->to, note, "to"));
	else if (str_is(in->kind, "task")) TRY(task_give(q, (struct task_id){in->id}, in->to, note, "to"));
	else return req_invalid(q, "to", T("A request is nobody's own: whoever may approve it sees it."));
	TRY(snooze_end(q, in->kind, in->id));
	req_say(q, T("It is theirs now. They are told, with your words."));
	return OK;
}

enum err today_act(struct req *q, const struct today_act_in *in) {
	struct today_entry e;
	usec_t until;
	TRY(today_one(q, in->kind, in->id, &e));
	req_redirect(q, url_path(q->a, "/today"));
	if (str_is(in->act, "give")) return give(q, in);
	if (str_is(in->act, "wake")) return snooze_end(q, in->kind, in->id);
	TRY(snooze_until(q, in->until, in->day, &until));
	TRY(snooze_set(q, in->kind, in->id, until));
	req_say(q, T("It stands here again then, and at once when somebody says something about it."));
	return OK;
}
