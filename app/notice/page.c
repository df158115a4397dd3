/* /notices: what one was told; and the page that a mail's "no more of it" leads to. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "follow/follow.h"
#include "routes.h"
#include "talk/talk.h"
#include "text/markdown.h"
#include "text/url.h"

enum { PAGE_SIZE = 50, EXCERPT_CHARS = 160 };

static bool is_direct(const struct notice_row *n) { return str_is(n->kind, "message") || str_is(n->kind, "reminder"); }

/* What happened, in a word for the template and the JSON. */
static struct str icon_of(const struct notice_row *n) {
	if (n->request_id.v != 0) return STR("receipt");
	if (n->expectation_id.v != 0 || str_starts(n->kind, STR("claim_"))) return STR("clock");
	if (str_is(n->kind, "answer")) return STR("reply");
	if (str_is(n->kind, "comment")) return STR("talk");
	if (str_starts(n->kind, STR("assigned"))) return STR("flag");
	if (str_starts(n->kind, STR("task_"))) return STR("check");
	if (str_is(n->kind, "search")) return STR("search");
	if (str_is(n->kind, "mention")) return STR("talk");
	if (str_is(n->kind, "joined")) return STR("users");
	if (str_is(n->kind, "file")) return STR("file");
	if (str_is(n->kind, "follow")) return STR("bell");
	if (str_is(n->kind, "room")) return STR("talk");
	if (is_direct(n)) return STR("direct");
	return str_is(n->kind, "not_fixed") ? STR("undo") : STR("refresh");
}

static struct url target_url(struct arena *a, const struct notice_target *to) {
	if (to->request_id.v != 0) return url_path(a, "/requests/%lld", (long long)to->request_id.v);
	if (to->document_id.v != 0) return url_path(a, "/documents/%lld", (long long)to->document_id.v);
	if (to->expectation_id.v != 0) return url_path(a, "/expectations/%lld", (long long)to->expectation_id.v);
	if (to->conversation_id.v == 0 && !str_none(to->about_kind)) return follow_url(a, to->about_kind, to->about_id.v, to->about);
	return conversation_url(a, to->conversation_id);
}

static struct notice_view view_of(struct req *q, const struct notice_row *n) {
	struct arena *a = q->a;
	bool request = n->request_id.v != 0;
	struct notice_target to = {.conversation_id = n->conversation_id, .request_id = n->request_id, .document_id = n->document_id,
		.expectation_id = n->expectation_id, .about_kind = n->about_kind, .about_id = n->about_id, .about = n->about};
	return (struct notice_view){
		.id = n->id, .kind = n->kind, .icon = icon_of(n), .unread = n->read_at == 0, .created_at = n->created_at,
		.who = n->expectation_id.v != 0 && str_none(n->actor) ? q->business->name : n->actor, .photo = n->actor_photo, .status = n->status, .conversation_id = n->conversation_id,
		.request_id = n->request_id, .subject = !request ? n->subject
			: request_subject(a, q->business->pack, &(struct request_name){n->record_type, n->action, n->record_fields, n->subject}, q->locale.lang),
		.excerpt = str_none(n->body) ? STR("") : markdown_text(a, n->body, EXCERPT_CHARS),
		.document_id = n->document_id, .expectation_id = n->expectation_id, .url = is_direct(n) ? message_url(a, n->conversation_id) : target_url(a, &to), .search = n->search, .more = n->more,
		.about_kind = n->about_kind, .about_id = n->about_id, .about = n->about,
	};
}

enum err notices_show(struct req *q, const struct notices_show_in *in, struct notices_page *ret) {
	struct notice_row_list rows;
	struct talk_subjects subjects;
	int64_t limit = in->limit;
	struct opt_int before = {0};
	if (!str_empty(in->cursor)) before.has = str_int(in->cursor, &before.v);
	TRY(sql_notice_list(q->db, q->a, q->actor.id, q->actor.is_staff, str_empty(in->kind) ? STR_NONE : in->kind, before, limit + 1, &rows));
	TALK_SUBJECTS(q->a, &rows, conversation_id, subject, subjects);
	TRY(talk_subjects_here(q, subjects));
	*ret = (struct notices_page){.next = STR_NONE, .mentions = !str_empty(in->kind), .unread = q->actor.notices,
	                             .data = {.v = NEW_ARRAY(q->a, struct notice_view, rows.n)}};
	for (size_t i = 0; i < rows.n && (int64_t)i < limit; i++) ret->data.v[ret->data.n++] = view_of(q, &rows.v[i]);
	if ((int64_t)rows.n > limit) ret->next = str_fmt(q->a, "%lld", (long long)rows.v[limit - 1].id.v);
	if (rows.n > 0) ret->newest = rows.v[0].id.v;
	q->page.nav = STR("notices");
	return OK;
}

struct looked {
	struct person_id me;
	struct notice_target at;
	usec_t now;
};

static enum err note_looked(struct db *db, void *arg) {
	const struct looked *l = arg;
	return sql_notice_read_about(db, l->me, l->at.conversation_id, l->at.request_id, l->at.document_id, l->at.expectation_id, l->now, NULL);
}

static void seen(struct req *q, struct notice_target at) {
	struct looked l = {.me = q->actor.id, .at = at, .now = clock_now()};
	req_later(q, note_looked, &l, sizeof l);
}

void notice_seen(struct req *q, struct conversation_id id) { seen(q, (struct notice_target){.conversation_id = id}); }

void notice_seen_request(struct req *q, struct request_id id) { seen(q, (struct notice_target){.request_id = id}); }

void notice_seen_expectation(struct req *q, struct expectation_id id) { seen(q, (struct notice_target){.expectation_id = id}); }

void notice_seen_document(struct req *q, struct document_id id) { seen(q, (struct notice_target){.document_id = id}); }

struct looked_thing {
	struct person_id me;
	const char *kind;
	int64_t id;
	usec_t now;
};

static enum err note_looked_thing(struct db *db, void *arg) {
	const struct looked_thing *l = arg;
	return sql_notice_read_thing(db, l->me, str_c(l->kind), l->id, l->now, NULL);
}

void notice_seen_thing(struct req *q, const char *kind, int64_t id) {
	struct looked_thing l = {.me = q->actor.id, .kind = kind, .id = id, .now = clock_now()};
	req_later(q, note_looked_thing, &l, sizeof l);
}

enum err notice_open(struct req *q, const struct notice_open_in *in) {
	struct notice_target to;
	bool found;
	TRY(sql_notice_open(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &to, &found));
	if (!found) return ERR_NOT_FOUND;
	seen(q, to);
	req_redirect(q, target_url(q->a, &to));
	return OK;
}

enum err notices_read(struct req *q, const struct notices_read_in *in) {
	return sql_notice_read_all(q->db, q->actor.id, in->upto, clock_now(), NULL);
}

/* ---------------------------------------------------------------------- stop */

/* The signature says that the address came from a mail of ours; nobody has to log in. */
static bool is_signed(const struct req *q, struct person_id person, struct conversation_id conversation,
                      struct str sign) {
	struct str both = str_fmt(q->a, "%lld:%lld", (long long)person.v, (long long)conversation.v);
	return token_verify(web_key(q->web), "notice-stop", both, sign);
}

enum err notice_stop_show(struct req *q, const struct notice_stop_show_in *in, struct notice_stop_page *ret) {
	bool follows;
	if (!is_signed(q, in->person, in->conversation, in->sign)) return ERR_NOT_FOUND;
	*ret = (struct notice_stop_page){.person = in->person, .conversation = in->conversation, .sign = in->sign,
	                                 .subject = STR("")};
	TRY(sql_notice_follows(q->db, q->a, in->person, in->conversation, &ret->subject, &follows));
	ret->follows = follows;
	return OK;
}

enum err notice_stop_do(struct req *q, const struct notice_stop_do_in *in) {
	bool changed;
	if (!is_signed(q, in->person, in->conversation, in->sign)) return ERR_NOT_FOUND;
	return talk_follow(q->db, q->a, in->conversation, in->person, false, clock_now(), &changed);
}
