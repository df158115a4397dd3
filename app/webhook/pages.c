/* /admin/webhooks: which programs are told, their secrets once, and what became of each message; the same for programs. */
#include "access/access.h"
#include "crypto/seal.h"
#include "routes.h"
#include "text/escape.h"
#include "text/url.h"
#include "webhook/webhook_int.h"

enum { HOOKS_MOST = 50, PAGE_SIZE = 50, ABOUT_MOST = 20, SECRET_BYTES = 32 };

static enum err may_webhook(struct req *q, enum act act) {
	struct object o = {.thing = THING_WEBHOOK};
	return may_or_err(&q->actor, act, &o);
}

/* What can be told of, in the order of the form. */
static const struct {
	const char *name, *word;
} topics[] = {
	{"request", T("What customers ask us to do")}, {"conversation", T("Reports, ideas and questions")}, {"message", T("Answers and comments")},
	{"record", T("Things that we keep")}, {"person", T("People")}, {"expectation", T("What was promised")}, {"task", T("What is to be done")},
};
enum { TOPICS = sizeof topics / sizeof *topics };

static bool has_topic(const struct text_list *l, const char *name) {
	for (size_t i = 0; i < l->n; i++)
		if (str_is(l->v[i], name)) return true;
	return false;
}

static struct webhook_view view_of(struct req *q, const struct webhook_row *r) {
	struct webhook_view v = {.id = r->id, .url = r->url, .label = r->label, .inside = r->inside, .created_at = r->created_at,
		.gone = r->ended_at != 0, .page = url_path(q->a, "/admin/webhooks/%lld", (long long)r->id.v),
		.topics = {.v = NEW_ARRAY(q->a, struct str, TOPICS)}};
	for (size_t i = 0; i < TOPICS; i++)
		if (str_has(r->topics, str_fmt(q->a, " %s ", topics[i].name))) v.topics.v[v.topics.n++] = str_c(topics[i].name);
	return v;
}

static enum err fill_list(struct req *q, struct webhook_view_list *ret) {
	struct webhook_row_list rows;
	TRY(sql_webhook_list(q->db, q->a, HOOKS_MOST, &rows));
	*ret = (struct webhook_view_list){.v = NEW_ARRAY(q->a, struct webhook_view, rows.n)};
	for (size_t i = 0; i < rows.n; i++) ret->v[ret->n++] = view_of(q, &rows.v[i]);
	return OK;
}

static void fill_form(struct req *q, const struct text_list *chosen, struct webhooks_page *ret) {
	ret->choices = (struct webhook_topic_list){.v = NEW_ARRAY(q->a, struct webhook_topic, TOPICS)};
	for (size_t i = 0; i < TOPICS; i++)
		ret->choices.v[ret->choices.n++] = (struct webhook_topic){.name = str_c(topics[i].name), .word = str_c(topics[i].word),
			.here = chosen->v == NULL ? i == 0 : has_topic(chosen, topics[i].name)};
}

enum err webhooks_show(struct req *q, const struct webhooks_show_in *in, struct webhooks_page *ret) {
	TRY(may_webhook(q, ACT_SEE));
	*ret = (struct webhooks_page){.url = str_none(in->url) ? STR("") : in->url, .label = str_none(in->label) ? STR("") : in->label,
		.inside = in->inside, .secret = STR_NONE};
	fill_form(q, &in->topics, ret);
	return fill_list(q, &ret->data);
}

enum err webhooks_list(struct req *q, struct webhooks_list *ret) {
	TRY(may_webhook(q, ACT_SEE));
	ret->next = STR_NONE;
	return fill_list(q, &ret->data);
}

/* -------------------------------------------------------------------- making */

struct new_hook {
	struct str url, label;
	struct text_list topics;
	bool inside;
};

static enum err check_new(struct req *q, const struct new_hook *h, struct url *ret, struct str *ret_topics) {
	struct str words = STR(" ");
	enum err e = OK;
	bool good = url_check(q->a, h->url, ret) && !str_starts(ret->s, STR("/"));
	if (!good || !(str_starts(ret->s, STR("https://")) || str_starts(ret->s, STR("http://"))))
		e = req_invalid(q, "url", T("An address is written like https://office.example/told."));
	else if (!h->inside && !str_starts(ret->s, STR("https://")))
		e = req_invalid(q, "url", T("Outside your own network the line must be encrypted: https://…"));
	for (size_t i = 0; i < TOPICS; i++)
		if (has_topic(&h->topics, topics[i].name)) words = str_fmt(q->a, STR_FMT "%s ", STR_ARG(words), topics[i].name);
	if (words.n < 3) e = req_invalid(q, "topics", T("Please choose what it is told about."));
	*ret_topics = words;
	return e;
}

static struct str new_secret(struct arena *a) {
	unsigned char bytes[SECRET_BYTES];
	char text[64];
	random_fill(bytes, sizeof bytes);
	struct buf b;
	buf_init(&b, sizeof text);
	base64_encode(&b, str_n((const char *)bytes, sizeof bytes));
	struct str s = str_fmt(a, "whsec_" STR_FMT, STR_ARG(buf_str(&b)));
	buf_done(&b);
	return s;
}

static enum err make(struct req *q, const struct new_hook *h, struct webhook_row *ret, struct str *ret_secret) {
	struct url address;
	struct str words;
	struct webhook_row_list have;
	TRY(may_webhook(q, ACT_CREATE));
	TRY(check_new(q, h, &address, &words));
	TRY(sql_webhook_list(q->db, q->a, HOOKS_MOST, &have));
	if (have.n == HOOKS_MOST) return req_fail(q, ERR_CONFLICT, T("You have many programs already. Please remove one first."), NULL);
	*ret_secret = new_secret(q->a);
	struct str label = str_empty(h->label) ? address.s : h->label;
	*ret = (struct webhook_row){.url = address.s, .label = label, .topics = words, .inside = h->inside, .created_at = clock_now()};
	TRY(sql_webhook_put(q->db, address.s, label, words, secret_seal(q->a, web_key(q->web), "webhook", *ret_secret), h->inside, ret->created_at, &ret->id));
	TRY(req_event(q, "create", "webhook", ret->id.v, NULL, 0, AUDIENCE_STAFF, STR("{}")));
	return access_audit(q->db, q->actor.id, "webhook_made", "webhook", ret->id.v, q->http->peer, address.s);
}

/* The page with the secret in it: the only time that it is shown. */
enum err webhook_add_page(struct req *q, const struct webhook_add_page_in *in, struct webhooks_page *ret) {
	struct webhook_row r;
	struct str secret;
	struct text_list none = {0};
	TRY(make(q, &(struct new_hook){in->url, in->label, in->topics, in->inside}, &r, &secret));
	*ret = (struct webhooks_page){.url = STR(""), .label = STR(""), .secret = secret};
	fill_form(q, &none, ret);
	return fill_list(q, &ret->data);
}

enum err webhook_add(struct req *q, const struct webhook_add_in *in, struct webhook_made *ret) {
	struct webhook_row r;
	struct str secret;
	struct str first = str_c(topics[0].name);
	struct text_list told = in->topics.v != NULL ? in->topics : (struct text_list){.v = &first, .n = 1};
	TRY(make(q, &(struct new_hook){in->url, in->label, told, in->inside}, &r, &secret));
	*ret = (struct webhook_made){.webhook = view_of(q, &r), .secret = secret};
	return OK;
}

enum err webhook_remove(struct req *q, const struct webhook_remove_in *in) {
	int64_t gone;
	TRY(may_webhook(q, ACT_EDIT));
	TRY(sql_webhook_drop(q->db, in->id, &gone));
	if (gone == 0) return ERR_NOT_FOUND;
	TRY(req_event(q, "delete", "webhook", in->id.v, NULL, 0, AUDIENCE_STAFF, STR("{}")));
	req_say(q, T("The program is told nothing more."));
	return access_audit(q->db, q->actor.id, "webhook_ended", "webhook", in->id.v, q->http->peer, STR(""));
}

/* ----------------------------------------------------------------- deliveries */

static void fill_deliveries(struct req *q, const struct webhook_delivery_row_list *rows, size_t most, struct webhook_delivery_list *ret) {
	*ret = (struct webhook_delivery_list){.v = NEW_ARRAY(q->a, struct webhook_delivery, rows->n)};
	for (size_t i = 0; i < rows->n && i < most; i++) {
		const struct webhook_delivery_row *r = &rows->v[i];
		ret->v[ret->n++] = (struct webhook_delivery){.id = r->id, .key = r->key, .type = r->type, .state = r->state, .tries = r->tries,
			.status = r->status, .answer = r->answer, .why = r->why, .next_at = r->next_at, .created_at = r->created_at,
			.request_id = {str_is(r->object_kind, "request") ? r->object_id : 0}};
	}
}

enum err webhook_about(struct req *q, const char *kind, int64_t id, struct webhook_delivery_list *ret) {
	struct webhook_delivery_row_list rows;
	TRY(sql_webhook_deliveries_about(q->db, q->a, str_c(kind), id, ABOUT_MOST, &rows));
	fill_deliveries(q, &rows, rows.n, ret);
	return OK;
}

enum err webhook_show(struct req *q, const struct webhook_show_in *in, struct webhook_page *ret) {
	struct webhook_row hook;
	struct webhook_delivery_row_list rows;
	struct delivery_id before = {0};
	TRY(may_webhook(q, ACT_SEE));
	if (!str_empty(in->cursor) && (!str_int(in->cursor, &before.v) || before.v < 1))
		return req_invalid(q, "cursor", T("This place in the list is none of ours."));
	TRY(sql_webhook_get(q->db, q->a, in->id, &hook));
	TRY(sql_webhook_deliveries(q->db, q->a, in->id, before, PAGE_SIZE + 1, &rows));
	*ret = (struct webhook_page){.webhook = view_of(q, &hook), .next = STR_NONE};
	fill_deliveries(q, &rows, PAGE_SIZE, &ret->data);
	if (rows.n > PAGE_SIZE) ret->next = str_fmt(q->a, "%lld", (long long)rows.v[PAGE_SIZE - 1].id.v);
	return OK;
}

enum err delivery_send(struct req *q, const struct delivery_send_in *in) {
	struct webhook_try_row t;
	bool found;
	TRY(may_webhook(q, ACT_EDIT));
	TRY(sql_webhook_try_get(q->db, q->a, in->id, &t, &found));
	if (!found || t.webhook_id.v != in->hook.v) return ERR_NOT_FOUND;
	if (str_is(t.state, "delivered")) return req_fail(q, ERR_CONFLICT, T("This message has been taken already."), NULL);
	if (t.ended_at != 0) return req_fail(q, ERR_CONFLICT, T("The program said that it is gone. Add it anew with its new address."), NULL);
	usec_t now = clock_now();
	TRY(sql_webhook_try_set(q->db, t.id, STR("waiting"), t.tries, 0, STR(""), STR(""), now, now, NULL));
	TRY(webhook_queue(q->db, q->a, t.id));
	req_say(q, T("We try again now. Look again in a moment."));
	return access_audit(q->db, q->actor.id, "webhook_again", "delivery", t.id.v, q->http->peer, STR(""));
}
