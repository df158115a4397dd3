/* Views of one report: as JSON, and as the page with all that was said. */
#include "talk/talk_int.h"
#include "mention/mention.h"
#include "notice/notice.h"
#include "promise/promise.h"
#include "tag/tag.h"
#include "text/markdown.h"
#include "text/url.h"
#include "tpl.h"
#include "web/part.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREAD_MOST = 50, HISTORY_MOST = 40, FILES_MOST = 200, SIMILAR_MOST = 3, PLACE_ZOOM = 13, NEAR_KM = 10, NEAR_LEAST = 20,
	PLACE_ZOOM_PLAIN = 9 /* the map of our own has no streets */ };

/* ------------------------------------------------------------------------ JSON */

struct object talk_object(const struct talk_report_row *r) {
	struct talk_facts f = {.kind = r->kind, .visibility = r->visibility, .author_id = r->author_id, .hidden = r->hidden};
	struct object o = talk_object_of(&f);
	o.participant = r->participant;
	return o;
}

enum err report_get(struct req *q, struct conversation_id id, struct talk_report_row *ret) {
	return sql_talk_report_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, ret);
}

/* The room of a record is on the record's page. */
static struct url page_of(struct arena *a, const struct talk_report_row *r) {
	if (str_is(r->kind, "deal") && r->record_id.v != 0) return url_path(a, "/records/%lld", (long long)r->record_id.v);
	if (talk_is_room(r->kind)) return url_path(a, "/rooms/%lld", (long long)r->id.v);
	return url_path(a, talk_is_direct(r->kind) ? "/messages/%lld" : "/conversations/%lld", (long long)r->id.v);
}

enum err report_view(struct req *q, const struct talk_report_row *r, bool tags, struct talk_report *ret) {
	bool placed = !isnan(r->lat), staff = q->actor.is_staff;
	*ret = (struct talk_report){
		.id = r->id, .kind = r->kind, .subject = r->subject, .body = r->body, .visibility = r->visibility,
			.status = r->status, .votes = r->votes,
		.voted = r->voted, .follows = r->follows, .author = {.id = r->author_id, .name = r->author_name},
			.topic = r->topic, .area = r->area, .record_id = r->record_id,
		.since = r->since, .comments = r->comments, .reopened = r->reopened, .hidden = r->hidden,
			.created_at = r->created_at,
		.active_at = r->active_at, .answered_at = r->answered_at, .edited_at = r->edited_at, .version = r->version,
		.url = page_of(q->a, r).s,
	};
	if (str_is(r->kind, "query")) TRY(talk_subjects_here(q, (struct talk_subjects){&(struct talk_subject){r->id, &ret->subject}, 1}));
	ret->place.label = !str_empty(r->place) ? r->place : placed ? r->area : STR_NONE;
	ret->place.lat = r->lat;
	ret->place.lon = r->lon;
	if (staff) ret->assignee.id = r->assignee_id, ret->assignee.name = r->assignee_name, ret->team.id = r->team_id, ret->team.name = r->team;
	if (staff) ret->worth.amount = (struct opt_int){true, r->worth_minor}, ret->worth.currency = q->business->currency;
	bool many = str_is(r->visibility, "public") || str_is(r->visibility, "members");
	return tags && (staff || many) ? tags_of(q->db, q->a, "conversation", r->id.v, &ret->tags) : OK;
}

struct talk_message message_view(struct req *q, const struct talk_message_row *r, struct conversation_id in) {
	bool mine = r->author_id.v != 0 && r->author_id.v == q->actor.id.v, note = str_is(r->kind, "note");
	struct object o = {.thing = note ? THING_NOTE : THING_MESSAGE, .owner = r->author_id, .visibility = SEEN_PUBLIC,
		.participant = true, .hidden = r->hidden};
	struct str name = str_none(r->author_name) ? STR("") : r->author_name;
	if (str_empty(name)) name = r->author_staff ? q->business->name : str_c(TRQ(q, T("Someone")));
	struct talk_message m = {
		.id = r->id, .conversation_id = in, .kind = r->kind, .body = r->body, .html = markdown_html(q->a, r->body),
			.status = r->status,
		.author = {.id = r->author_id, .name = r->author_name, .staff = r->author_staff}, .channel = r->channel,
			.internal = note,
		.reply_to = r->reply_to, .hidden = r->hidden, .created_at = r->created_at, .edited_at = r->edited_at,
		.by = {.id = r->author_id, .name = name, .title = str_none(r->author_title) ? STR("") : r->author_title,
			.photo = r->photo,
			.staff = r->author_staff},
		.mine = mine,
	};
	m.may_edit = mine && q->locale.now - r->created_at < EDIT_TIME && may(&q->actor, ACT_EDIT, &o);
	m.may_hide = may(&q->actor, ACT_HIDE, &o);
	return m;
}

enum err mentions_of(struct req *q, struct talk_message_list *messages) {
	struct mention_words *words = NEW_ARRAY(q->a, struct mention_words, messages->n);
	for (size_t i = 0; i < messages->n; i++) {
		struct talk_message *m = &messages->v[i];
		words[i] = (struct mention_words){.id = m->id, .body = m->body, .html = &m->html, .mentions = &m->mentions};
	}
	return mention_show(q, (struct conversation_id){0}, words, messages->n);
}

enum err tell_mentions(struct req *q, struct conversation_id id, struct str words) {
	struct mention_view_list mentions = {0};
	return mention_possible(words) ? mention_tell(q, (struct mention_place){.conversation = id}, &mentions) : OK;
}

/* Whether anybody may see it, so that parts of its page may be kept (web/part.h). */
static bool is_open(const struct talk_report_row *r) { return str_is(r->visibility, "public") && !r->hidden; }

/* ------------------------------------------------------------------- the voices */

/* The weekly curve, 320 wide and 60 high, the newest seven days at the right end. */
static void draw_weeks(struct req *q, const int64_t *week, int weeks, struct talk_curve *ret) {
	int64_t top = 1;
	struct buf line;
	buf_init(&line, 4096);
	for (int i = 0; i < weeks; i++)
		if (week[i] > top) top = week[i];
	for (int i = 0; i < weeks; i++)
		buf_fmt(&line, "%c%d %d", i ? 'L' : 'M', 320 * i / (weeks - 1), (int)(58 - 50 * week[i] / top));
	ret->line = str_copy(q->a, buf_str(&line));
	ret->area = str_fmt(q->a, STR_FMT "V60H0z", STR_ARG(ret->line));
	ret->dot = str_fmt(q->a, "%d", (int)(58 - 50 * week[weeks - 1] / top));
	ret->top = top;
	ret->weeks = weeks;
	ret->first = q->locale.now - DAYS(7 * weeks - 1);
	buf_done(&line);
}

static enum err curve_view(struct req *q, const struct talk_report_row *r, struct talk_curve *ret) {
	int64_t today = q->locale.now / DAYS(1), week[WEEKS] = {0};
	struct talk_day_row_list days;
	TRY(sql_talk_days(q->db, q->a, r->id, today - 7 * WEEKS + 1, 7 * WEEKS + 1, &days));
	int first = WEEKS;
	for (size_t i = 0; i < days.n; i++) {
		int64_t at = days.v[i].day > today ? WEEKS - 1 : WEEKS - 1 - (today - days.v[i].day) / 7;
		week[at] += days.v[i].votes;
		if (days.v[i].votes > 0 && at < first) first = (int)at;
	}
	*ret = (struct talk_curve){.votes = r->votes, .week = week[WEEKS - 1]};
	if (WEEKS - first >= 3 && r->votes >= 5) draw_weeks(q, &week[first], WEEKS - first, ret);
	return OK;
}

enum err voice_view(struct req *q, const struct talk_report_row *r, struct talk_voice *ret) {
	const struct state *state = state_find(r->status);
	struct part part = {.name = "curve", .topic = {{"conversation", r->id.v}}, .topics = 1};
	struct part_out w;
	struct talk_curve curve;
	*ret = (struct talk_voice){.id = r->id, .subject = r->subject, .votes = r->votes, .voted = r->voted, .follows = r->follows,
		.settled = state != NULL && !state->open};
	if (part_get(q, &part, &ret->curve)) return OK;
	TRY(curve_view(q, r, &curve));
	tpl_talk_curve_box(part_begin(q, &w, true), &curve);
	return part_end(q, &w, is_open(r) ? &part : NULL, &ret->curve);
}

/* ------------------------------------------------------------------------ page */

static struct talk_file file_view(const struct talk_attached_row *r) {
	struct talk_file f = file_view_of(r->file_id, r->name, r->type, r->bytes, r->width, r->height);
	f.caption = r->caption;
	f.preview = r->preview;
	return f;
}

static void hand_out_files(struct req *q, const struct talk_attached_row_list *rows,
	struct talk_message_list *messages) {
	for (size_t i = 0; i < messages->n; i++) {
		struct talk_message *m = &messages->v[i];
		size_t n = 0;
		for (size_t k = 0; k < rows->n; k++) n += rows->v[k].message_id.v == m->id.v;
		if (n == 0) continue;
		m->files.v = NEW_ARRAY(q->a, struct talk_file, n);
		for (size_t k = 0; k < rows->n; k++)
			if (rows->v[k].message_id.v == m->id.v) m->files.v[m->files.n++] = file_view(&rows->v[k]);
	}
}

static enum err fill_files(struct req *q, struct conversation_id id, struct talk_report_page *ret) {
	struct talk_attached_row_list rows;
	TRY(sql_talk_attached(q->db, q->a, id, q->actor.id, q->actor.is_staff, FILES_MOST, &rows));
	if (rows.n == 0) return OK;
	ret->photos.v = NEW_ARRAY(q->a, struct talk_file, rows.n);
	ret->files.v = NEW_ARRAY(q->a, struct talk_file, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		if (rows.v[i].message_id.v != 0) continue;
		struct talk_file_list *list = rows.v[i].width > 0 ? &ret->photos : &ret->files;
		list->v[list->n++] = file_view(&rows.v[i]);
	}
	hand_out_files(q, &rows, &ret->thread);
	hand_out_files(q, &rows, &ret->old_answers);
	if (ret->answer != NULL) hand_out_files(q, &rows, &(struct talk_message_list){.v = ret->answer, .n = 1});
	return OK;
}

enum err files_of(struct req *q, struct conversation_id id, struct talk_message_list *messages) {
	struct talk_attached_row_list rows;
	TRY(sql_talk_attached(q->db, q->a, id, q->actor.id, q->actor.is_staff, FILES_MOST, &rows));
	hand_out_files(q, &rows, messages);
	return OK;
}

/* Of joined threads one was begun earlier than it came here. */
static int by_time(const void *a, const void *b) {
	const struct talk_message *x = a, *y = b;
	if (x->created_at != y->created_at) return x->created_at < y->created_at ? -1 : 1;
	return x->id.v < y->id.v ? -1 : x->id.v > y->id.v;
}

static enum err fill_thread(struct req *q, const struct talk_report_show_in *in, struct talk_report_page *ret) {
	struct talk_message_row_list rows;
	TRY(sql_talk_thread(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, in->before, THREAD_MOST + 1, &rows));
	bool more = rows.n > THREAD_MOST;
	size_t n = more ? THREAD_MOST : rows.n;
	ret->thread.v = NEW_ARRAY(q->a, struct talk_message, n);
	for (size_t i = n; i > 0; i--) ret->thread.v[ret->thread.n++] = message_view(q, &rows.v[i - 1], in->id);
	qsort(ret->thread.v, ret->thread.n, sizeof *ret->thread.v, by_time);
	for (size_t i = 0; i < ret->thread.n; i++)
		for (size_t k = 0; k < ret->thread.n; k++)
			if (ret->thread.v[k].id.v == ret->thread.v[i].reply_to.v) ret->thread.v[i].to = ret->thread.v[k].by.name;
	if (more) ret->earlier = rows.v[n - 1].id.v;
	ret->before = in->before.v;
	return mentions_of(q, &ret->thread);
}

static struct talk_step step_of(struct req *q, const struct talk_message_row *r, struct str was) {
	const struct state *s = state_find(r->status);
	struct talk_step step = {.at = r->created_at, .by = r->author_name, .look = STR("done"), .sign = STR("check")};
	bool same = str_eq(r->status, was);
	if (str_none(step.by)) step.by = STR("");
	if (str_is(r->kind, "not_fixed")) {
		step.look = STR("renegotiated");
		step.sign = STR("undo");
		step.title = str_c(TRQ(q, T("Not fixed for everyone: open again")));
	} else if (same || s == NULL) {
		step.title = str_c(TRQ(q, T("We answered")));
		step.sign = STR("talk");
	} else {
		step.title = str_c(TRQ(q, s->word));
		step.look = strcmp(s->name, "not_done") == 0 ? STR("missed") : strcmp(s->name, "partly_done") == 0
			? STR("renegotiated") : STR("done");
		step.sign = strcmp(s->name, "not_done") == 0 ? STR("x") : STR("check");
	}
	return step;
}

static enum err fill_history(struct req *q, const struct talk_report_row *r, struct talk_report_page *ret) {
	struct talk_message_row_list rows;
	TRY(sql_talk_history(q->db, q->a, r->id, q->actor.id, q->actor.is_staff, HISTORY_MOST, &rows));
	ret->steps.v = NEW_ARRAY(q->a, struct talk_step, rows.n + 1);
	ret->old_answers.v = NEW_ARRAY(q->a, struct talk_message, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct talk_message_row *m = &rows.v[i];
		struct str was = i + 1 < rows.n ? rows.v[i + 1].status : STR("new");
		if (!m->hidden) ret->steps.v[ret->steps.n++] = step_of(q, m, was);
		if (!str_is(m->kind, "answer") || m->hidden) continue;
		struct talk_message view = message_view(q, m, r->id);
		if (m->id.v == r->answer_id.v) {
			ret->answer = NEW(q->a, struct talk_message);
			*ret->answer = view;
			if (m->author_id.v != 0) req_depends(q, "person", m->author_id.v);
		} else {
			ret->old_answers.v[ret->old_answers.n++] = view;
		}
	}
	struct str said = !str_empty(ret->author) ? tr_fill(q->a, TRQ(q, T("Reported by {name}")), "name",
		str_z(q->a, ret->author), NULL) : str_c(TRQ(q, T("Reported")));
	ret->steps.v[ret->steps.n++] = (struct talk_step){.look = STR("done"), .sign = STR("plus"), .title = said,
		.at = r->created_at, .by = STR("")};
	if (ret->answer != NULL) TRY(mentions_of(q, &(struct talk_message_list){.v = ret->answer, .n = 1}));
	return mentions_of(q, &ret->old_answers);
}

/* Whose profile a name leads to depends on who reads it. */
static bool names_somebody(const struct talk_report_page *page) {
	bool named = page->answer != NULL && page->answer->mentions.n > 0;
	for (size_t i = 0; i < page->old_answers.n; i++) named |= page->old_answers.v[i].mentions.n > 0;
	return named;
}

/* The answer, those before it, and what happened, with the files of all that was said. */
static enum err fill_answers(struct req *q, const struct talk_report_row *r, struct talk_report_page *ret) {
	struct part official = {.name = "official", .topic = {{"conversation", r->id.v}}, .topics = 1};
	struct part track = {.name = "track", .topic = {{"conversation", r->id.v}}, .topics = 1};
	struct part_out w;
	if (part_get(q, &track, &ret->track) && part_get(q, &official, &ret->official)) {
		ret->answered = !str_empty(str_trim(ret->official.s));
		return fill_files(q, r->id, ret);
	}
	TRY(fill_history(q, r, ret));
	TRY(fill_files(q, r->id, ret));
	ret->answered = ret->answer != NULL;
	bool keep = is_open(r) && !(ret->answered && (ret->answer->may_edit || ret->answer->may_hide)), open = keep && !names_somebody(ret);
	if (ret->answered) official.topic[official.topics++].kind = "person", official.topic[1].id = ret->answer->author.id.v;
	tpl_talk_official(part_begin(q, &w, open && part_is_for(q)), ret);
	TRY(part_end(q, &w, open ? &official : NULL, &ret->official));
	tpl_talk_track(part_begin(q, &w, keep && part_is_for(q)), ret);
	return part_end(q, &w, keep ? &track : NULL, &ret->track);
}

static void offer_states(struct req *q, struct str now, struct str chosen, struct talk_report_page *ret) {
	const struct state *was = state_find(now);
	struct talk_choice_list *l = &ret->states;
	l->v = NEW_ARRAY(q->a, struct talk_choice, 9);
	l->v[l->n++] = (struct talk_choice){.name = STR(""), .word = str_c(T("stays as it is")), .here = str_empty(chosen)};
	for (int i = 0; state_at(i) != NULL; i++)
		if (state_may_follow(was, state_at(i)))
			l->v[l->n++] = (struct talk_choice){.name = str_c(state_at(i)->name), .word = str_c(state_at(i)->word),
				.here = str_is(chosen, state_at(i)->name)};
}

static enum err fill_acts(struct req *q, const struct talk_report_row *r, const struct talk_report_show_in *in,
	struct talk_report_page *ret) {
	struct object o = talk_object(r);
	const struct actor *a = &q->actor;
	const struct state *s = state_find(r->status);
	ret->may_vote = may(a, ACT_VOTE, &o);
	ret->may_answer = may(a, ACT_ANSWER, &o);
	ret->may_note = may(a, ACT_NOTE, &o);
	ret->may_hide = may(a, ACT_HIDE, &o);
	ret->may_assign = may(a, ACT_ASSIGN, &o);
	ret->may_edit = may(a, ACT_EDIT, &o);
	ret->may_say_still = r->voted && (!s->open || strcmp(s->name, "partly_done") == 0) && may(a, ACT_COMMENT, &o);
	bool says = str_is(in->act, "answer") || str_is(in->act, "note") || str_is(in->act, "not_fixed");
	ret->act = says ? in->act : STR("comment");
	ret->splitting = ret->may_answer && str_is(in->act, "split");
	ret->into = str_none(in->into) ? STR("") : in->into;
	ret->split_subject = str_none(in->subject) ? STR("") : in->subject;
	for (size_t i = 0; ret->splitting && i < ret->thread.n; i++) {
		ret->thread.v[i].pick = true;
		for (size_t k = 0; k < in->messages.n; k++) ret->thread.v[i].picked |= in->messages.v[k].v == ret->thread.v[i].id.v;
	}
	ret->file_name = STR("{name}");      /* filled in by the browser */
	ret->file_size = STR("{size}");
	ret->file_most = STR("{most}");
	ret->any_files = a->is_staff || !str_is(r->visibility, "public");
	ret->draft = str_none(in->body) ? STR("") : in->body;
	ret->still = str_none(in->still) ? STR("") : in->still;
	TRY(photos_again(q, FILE_IDS(in->files), &ret->kept));
	if (a->is_staff) ret->worth = r->worth_minor;
	ret->shown_as = q->actor.is_staff ? q->actor.name : q->actor.public_name;
	if (ret->may_answer) offer_states(q, r->status, in->status, ret);
	if (in->reply_to.v != 0) {
		struct talk_message_row to;
		enum err e = sql_talk_message_get(q->db, q->a, in->reply_to, a->id, a->is_staff, &to);
		if (e == OK) ret->reply_to = to.id, ret->reply_name = message_view(q, &to, r->id).by.name;
		else if (e != ERR_NOT_FOUND) return e;
	}
	if (!ret->may_assign) return OK;
	TRY(team_choices(q, r->assignee_id.v != 0 ? (struct team_id){0} : r->team_id, &ret->teams));
	return colleagues(q, r->assignee_id, &ret->colleagues);
}

static void fill_links(struct req *q, const struct talk_report_row *r, struct talk_report_page *ret) {
	const char *board = board_of(r->kind), *list = strcmp(board, "ideas") == 0 ? "/ideas" : strcmp(board, "talk") == 0
		? "/questions" : "/problems";
	q->page.nav = str_c(board);
	ret->list_url = url_path(q->a, "%s", list);
	ret->topic = topic_label(q, r->topic);
	ret->topic_url = url_with(q->a, ret->list_url, "topic", r->topic);
	ret->area_url = url_with(q->a, ret->list_url, "town", r->area);
	ret->placed = !isnan(r->lat);
	if (!ret->placed) return;
	ret->map = map_view(q, board);
	ret->map.lat = r->lat;
	ret->map.lon = r->lon;
	ret->map.zoom = str_empty(ret->map.tiles) ? PLACE_ZOOM_PLAIN : PLACE_ZOOM;
}

/* Of the customers who live around it: for the team only, and not when they are few (README.md). */
static enum err fill_near(struct req *q, const struct talk_report_row *r, struct talk_report_page *ret) {
	if (!q->actor.is_staff || isnan(r->lat)) return OK;
	double lat = NEAR_KM / 111.2, lon = lat / fmax(0.05, cos(r->lat * M_PI / 180));
	struct talk_near_row near;
	TRY(sql_talk_near(q->db, r->id, r->lat - lat, r->lat + lat, r->lon - lon, r->lon + lon, &near));
	if (near.people < NEAR_LEAST) return OK;
	ret->near_people = near.people;
	ret->near_voices = near.voices;
	ret->near_share = (near.voices * 200 + near.people) / (2 * near.people);
	return OK;
}

static enum err fill_similar(struct req *q, const struct talk_report_row *r, struct talk_report_page *ret) {
	struct part part = {.name = "alike", .topic = {{"conversation", r->id.v}}, .topics = 1};
	struct part_out w;
	if (!str_none(q->fragment) || part_get(q, &part, &ret->alike)) return OK;
	TRY(search_alike(q, r->id, SIMILAR_MOST, &ret->similar));
	bool keep = is_open(r);
	for (size_t i = 0; i < ret->similar.n; i++) {
		req_depends(q, "conversation", ret->similar.v[i].id.v);
		part.topic[part.topics].kind = "conversation";
		part.topic[part.topics++].id = ret->similar.v[i].id.v;
		keep = keep && ret->similar.v[i].open;
	}
	tpl_talk_alike(part_begin(q, &w, keep && part_is_for(q)), ret);
	return part_end(q, &w, keep ? &part : NULL, &ret->alike);
}

/* Who takes part in what is not public, and what the team knows besides. */
static enum err fill_team(struct req *q, const struct talk_report_row *r, struct talk_report_page *ret) {
	struct message_id newest;
	if (str_is(r->visibility, "private") && q->actor.id.v != 0) TRY(seats_view(q, r->id, &ret->seats));
	for (size_t i = 0; i < ret->seats.n; i++) ret->shared |= !ret->seats.v[i].staff;
	if (!q->actor.is_staff) return OK;
	TRY(sql_desk_newest(q->db, r->id, &newest));
	ret->seen = newest.v;
	if (ret->may_answer) TRY(reply_choices(q, &ret->replies));
	if (ret->may_answer) TRY(joint_view(q, r->id, &ret->joints));
	TRY(collide_view(q, r->id, newest, &ret->collide));
	TRY(glance_view(q, r->id, &ret->glance));
	return ret->glance->customer == NULL ? OK : promise_before(q, ret->glance->customer->id, &ret->between);
}

/* What the words in the form promise, or those that were just sent. */
static enum err fill_offer(struct req *q, const struct talk_report_show_in *in, struct talk_report_page *ret) {
	TRY(promise_draft_offer(q, ret->draft, in->id, (struct person_id){0}, PROMISE_TICKED(in), &ret->offer));
	return promise_after(q, in->said, &ret->after);
}

/* part: of those that the address had before; "": the page itself. errors NOT_FOUND */
static enum err moved(struct req *q, struct conversation_id id, struct str part) {
	static const char *const parts[] = {"", "vote", "edit", "reply", "seats", "answering", "revisions"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_is(part, parts[i])) return req_moved(q, url_path(q->a, "/conversations/%lld%s%s", (long long)id.v, i > 0 ? "/" : "", parts[i])), OK;
	return ERR_NOT_FOUND;
}

enum err talk_moved(struct req *q, const struct talk_moved_in *in) { return moved(q, in->id, STR("")); }
enum err talk_moved_form(struct req *q, const struct talk_moved_form_in *in) { return moved(q, in->id, STR("")); }
enum err talk_moved_part(struct req *q, const struct talk_moved_part_in *in) { return moved(q, in->id, in->part); }
enum err talk_moved_part_form(struct req *q, const struct talk_moved_part_form_in *in) { return moved(q, in->id, in->part); }

/* In what is their own, customers promise something, and say of words of ours that they were a promise. */
static void fill_own(const struct req *q, const struct talk_report_row *r, struct talk_report_page *ret) {
	const struct actor *a = &q->actor;
	struct object o = {.thing = THING_CLAIM, .owner = a->id, .visibility = SEEN_PRIVATE};
	ret->own = may(a, ACT_CREATE, &o) && (r->author_id.v == a->id.v || r->participant);
	if (!ret->own) return;
	for (size_t i = 0; i < ret->thread.n; i++) ret->thread.v[i].may_claim = ret->thread.v[i].by.staff;
	if (ret->answer != NULL) ret->answer->may_claim = ret->answer->by.staff;
}

enum err talk_report_show(struct req *q, const struct talk_report_show_in *in, struct talk_report_page *ret) {
	struct talk_report_row row;
	bool leads = false;
	enum err e = report_get(q, in->id, &row);
	if (!q->api && (e == ERR_NOT_FOUND || (e == OK && row.hidden))) TRY(joint_leads(q, in->id, &leads));
	if (leads) return OK;
	TRY(e);
	if (q->actor.notices > 0 && !q->api) notice_seen(q, in->id);
	TRY(report_view(q, &row, true, &ret->report));
	if (q->api) return req_version(q, row.version);
	if (talk_is_among(row.kind)) {
		req_redirect(q, (struct url){ret->report.url});
		return OK;
	}
	req_depends(q, "conversation", in->id.v);
	q->page.live = str_fmt(q->a, "conversation:%lld", (long long)in->id.v);
	ret->state = state_view(row.status);
	ret->private = !str_is(row.visibility, "public");
	ret->body = markdown_html(q->a, row.body);
	TRY(mention_show(q, in->id, &(struct mention_words){.body = row.body, .html = &ret->body}, 1));
	ret->author = str_none(row.author_name) ? STR("") : row.author_name;
	fill_links(q, &row, ret);
	TRY(voice_view(q, &row, &ret->voice));
	TRY(fill_thread(q, in, ret));
	TRY(fill_answers(q, &row, ret));
	TRY(fill_acts(q, &row, in, ret));
	fill_own(q, &row, ret);
	TRY(fill_near(q, &row, ret));
	TRY(promise_in(q, in->id, (struct record_id){0}, &ret->promised));
	struct conversation_id this = in->id;
	TRY(service_due(q, (struct int_list){.v = &this.v, .n = 1}, &ret->due));
	TRY(ask_view(q, in->id, &ret->about));
	TRY(fill_team(q, &row, ret));
	TRY(fill_offer(q, in, ret));
	TRY(tag_box_of(q, "conversation", in->id.v, ret->report.tags, q->actor.is_staff && ret->may_edit, &ret->tagged));
	return fill_similar(q, &row, ret);
}
