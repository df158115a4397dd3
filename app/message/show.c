/* One conversation between two; or a question with the table of its answers. */
#include "access/policy.h"
#include "mention/mention.h"
#include "message/message.h"
#include "notice/notice.h"
#include "routes.h"
#include "promise/promise.h"
#include "sql/message.h"
#include "talk/talk.h"
#include "text/markdown.h"
#include "text/url.h"

enum { THREAD_MOST = 50, FILES_MOST = 200, WORDS_CHARS = 200, BODY_MAX = 20000 };
#define REMIND_PAUSE HOURS(1)

static struct object object_of(const struct message_head *h) {
	return (struct object){.thing = str_is(h->kind, "group") ? THING_GROUP : THING_DIRECT, .owner = h->author_id, .visibility = SEEN_PRIVATE,
		.participant = true};          /* whoever got the head takes part */
}

/* ------------------------------------------------------------- the thread */

static struct talk_person face_of(struct req *q, const struct message_head *h, struct person_id who) {
	bool author = who.v == h->author_id.v;
	struct talk_person p = {.id = who, .name = author ? h->author_name : h->other_name, .title = author ? h->author_title : h->other_title,
		.photo = author ? h->author_photo : h->other_photo, .staff = author ? h->author_staff : h->other_staff};
	if (who.v == q->actor.id.v) p.name = q->actor.name;
	if (str_empty(p.name)) p.name = p.staff ? q->business->name : str_c(TRQ(q, T("Someone")));
	if (str_none(p.title)) p.title = STR("");
	return p;
}

static void hand_out_files(struct req *q, const struct message_file_row_list *rows, struct message_id of, struct message_line *line) {
	line->files.v = NEW_ARRAY(q->a, struct message_file, rows->n);
	for (size_t i = 0; i < rows->n; i++)
		if (rows->v[i].message_id.v == of.v)
			line->files.v[line->files.n++] = (struct message_file){.id = rows->v[i].id, .name = rows->v[i].name, .bytes = rows->v[i].bytes};
}

static enum err fill_thread(struct req *q, const struct message_head *h, struct message_id before, struct message_page *ret) {
	struct message_said_list rows;
	struct message_file_row_list files;
	TRY(sql_message_thread(q->db, q->a, h->id, q->actor.id, q->actor.is_staff, before, THREAD_MOST + 1, &rows));
	TRY(sql_message_files(q->db, q->a, h->id, q->actor.id, q->actor.is_staff, FILES_MOST, &files));
	bool more = rows.n > THREAD_MOST;
	size_t n = more ? THREAD_MOST : rows.n;
	ret->lines.v = NEW_ARRAY(q->a, struct message_line, n + 1);
	if (!more) {
		struct message_line *first = &ret->lines.v[ret->lines.n++];
		*first = (struct message_line){.by = face_of(q, h, h->author_id), .mine = h->author_id.v == q->actor.id.v, .at = h->created_at,
			.html = markdown_html(q->a, h->body)};
		hand_out_files(q, &files, (struct message_id){0}, first);
	}
	for (size_t i = n; i > 0; i--) {
		const struct message_said *m = &rows.v[i - 1];
		struct message_line *line = &ret->lines.v[ret->lines.n++];
		*line = (struct message_line){.id = m->id, .by = face_of(q, h, m->author_id), .mine = m->author_id.v == q->actor.id.v, .at = m->created_at,
			.edited_at = m->edited_at, .html = markdown_html(q->a, m->body)};
		hand_out_files(q, &files, m->id, line);
	}
	if (more) ret->earlier = rows.v[n - 1].id.v;
	ret->before = before.v;
	struct mention_words *words = NEW_ARRAY(q->a, struct mention_words, n + 1);
	for (size_t i = 0; i < n; i++)
		words[i] = (struct mention_words){.id = rows.v[i].id, .body = rows.v[i].body, .html = &ret->lines.v[ret->lines.n - 1 - i].html};
	if (!more) words[n++] = (struct mention_words){.body = h->body, .html = &ret->lines.v[0].html};
	return mention_show(q, h->id, words, n);
}

/* ------------------------------------------------------------ the question */

static enum err fill_answers(struct req *q, const struct message_head *h, struct message_page *ret) {
	struct message_answer_row_list rows;
	struct object o = object_of(h);
	TRY(sql_message_answers(q->db, q->a, h->id, q->actor.id, q->actor.is_staff, GROUP_MOST, &rows));
	TRY(sql_message_waiting_count(q->db, h->id, &ret->waiting));
	ret->question = markdown_html(q->a, h->body);
	ret->answers.v = NEW_ARRAY(q->a, struct message_answer, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct message_answer_row *r = &rows.v[i];
		ret->answers.v[ret->answers.n++] = (struct message_answer){.id = r->id, .person = r->person_id, .name = r->name, .photo = r->photo,
			.words = str_none(r->words) ? STR("") : markdown_text(q->a, r->words, WORDS_CHARS), .at = r->at, .unread = r->unread};
		ret->answered += r->at != 0;
	}
	ret->sent = (int64_t)rows.n;
	ret->silent = ret->sent - ret->answered;
	ret->asked = ret->sent + ret->waiting;
	ret->may_close = !ret->closed && may(&q->actor, ACT_ANSWER, &o);
	ret->may_remind = ret->may_close && ret->waiting == 0 && ret->silent > 0 && q->locale.now - h->reminded_at >= REMIND_PAUSE;
	ret->reminded_at = h->reminded_at;
	return OK;
}

enum err message_show(struct req *q, const struct message_show_in *in, struct message_page *ret) {
	struct message_head h;
	TRY(sql_message_head(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &h));
	struct object o = object_of(&h);
	TRY(may_or_err(&q->actor, ACT_SEE, &o));
	*ret = (struct message_page){.id = h.id, .group = str_is(h.kind, "group"), .subject = h.subject, .at = h.created_at,
		.draft = str_none(in->body) ? STR("") : in->body, .closed = str_is(h.status, "closed")};
	q->page.nav = STR("messages");
	q->page.live = str_fmt(q->a, "conversation:%lld", (long long)h.id.v);
	if (h.unread) notice_seen(q, h.id);
	if (ret->group) return fill_answers(q, &h, ret);
	bool mine = h.author_id.v == q->actor.id.v;
	ret->other = face_of(q, &h, mine ? h.other_id : h.author_id);
	ret->of_group = mine ? h.group_id : (struct conversation_id){0};     /* whoever was asked knows of no group */
	ret->closed = mine && str_is(h.group_status, "closed");
	ret->may_say = may(&q->actor, ACT_COMMENT, &o);
	if (ret->may_say && q->actor.is_staff) TRY(promise_before(q, ret->other.id, &ret->between));
	ret->offers = ret->may_say && ret->other.staff != q->actor.is_staff;
	if (ret->offers) {
		TRY(promise_draft_offer(q, ret->draft, h.id, (struct person_id){0}, PROMISE_TICKED(in), &ret->offer));
		TRY(promise_after(q, in->said, &ret->after));
	}
	return fill_thread(q, &h, in->before, ret);
}

/* --------------------------------------------------------------- what is done */

static enum err say(struct req *q, const struct message_head *h, struct str body, const struct promise_ticked *ticked) {
	struct message_id said;
	struct url back;
	struct object o = object_of(h);
	TRY(may_or_err(&q->actor, ACT_COMMENT, &o));
	if (str_empty(str_trim(body))) return req_invalid(q, "body", T("Please write something."));
	if (body.n > BODY_MAX) return req_invalid(q, "body", T("This is too long."));
	struct new_message m = {.conversation = h->id, .kind = STR("comment"), .body = body, .author = q->actor.id};
	struct mention_view_list mentions = {0};
	TRY(talk_say(q->db, q->a, &m, &said));
	TRY(promise_tick(q, ticked, said, (struct call_id){0}));
	if (mention_possible(body)) TRY(mention_tell(q, (struct mention_place){h->id, said}, &mentions));
	notice_seen(q, h->id);             /* whoever answers has read it */
	back = url_path(q->a, "/messages/%lld#m%lld", (long long)h->id.v, (long long)said.v);
	if (str_is(h->kind, "direct") && (!h->other_staff || !q->actor.is_staff)) TRY(promise_then(q, back, said, ticked, &back));
	req_redirect(q, back);
	return OK;
}

static enum err remind(struct req *q, const struct message_head *h) {
	int64_t silent, changed, waiting;
	usec_t now = clock_now();
	TRY(sql_message_silent(q->db, h->id, &silent));
	if (str_is(h->status, "closed")) return req_fail(q, ERR_CONFLICT, T("This question is closed."), NULL);
	TRY(sql_message_waiting_count(q->db, h->id, &waiting));
	if (waiting > 0) return req_fail(q, ERR_CONFLICT, T("Not everyone has been asked yet."), NULL);
	if (silent == 0) return req_fail(q, ERR_CONFLICT, T("Everyone has answered."), NULL);
	TRY(sql_message_remind(q->db, h->id, now, now - REMIND_PAUSE, &changed));
	if (changed == 0) return req_fail(q, ERR_CONFLICT, T("They were reminded less than an hour ago. Please give them a little time."), NULL);
	req_say(q, T("Those who have not answered are told again."));
	return req_event(q, "announce", "conversation", h->id.v, NULL, 0, AUDIENCE_PARTIES, STR("{\"what\":\"reminder\"}"));
}

static enum err close_question(struct req *q, const struct message_head *h) {
	struct message_id said;
	if (str_is(h->status, "closed")) return OK;
	struct new_message m = {.conversation = h->id, .kind = STR("status"), .status = STR("closed"), .author = q->actor.id};
	TRY(talk_say(q->db, q->a, &m, &said));
	TRY(sql_message_waiting_forget(q->db, h->id, NULL));
	req_say(q, T("The question is closed. Nobody is reminded any more."));
	return OK;
}

enum err message_act(struct req *q, const struct message_act_in *in) {
	struct message_head h;
	TRY(sql_message_head(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &h));
	req_redirect(q, url_path(q->a, "/messages/%lld", (long long)in->id.v));
	if (str_is(in->act, "say")) return say(q, &h, str_none(in->body) ? STR("") : in->body, PROMISE_TICKED(in));
	struct object o = object_of(&h);
	TRY(may_or_err(&q->actor, ACT_ANSWER, &o));
	return str_is(in->act, "remind") ? remind(q, &h) : close_question(q, &h);
}
