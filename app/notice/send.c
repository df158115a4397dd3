/* Sending by SMTP. A server's "no" for ever (5xx) ends the tries; all else is tried again by the hub with longer and
 * longer waits. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "crypto/seal.h"
#include "notice/mime.h"
#include "text/json.h"
#include "text/url.h"
#include "text/utf8.h"
#include <curl/curl.h>

enum { MAIL_BYTES_MAX = 1024 * 1024, WHY_BYTES = 300, CONNECT_SECONDS = 20, ALL_SECONDS = 60, WAITING_AT_ONCE = 200 };
#define WAITING_LIVES DAYS(3)

struct outcome {
	struct mail_id id;
	const char *state;
	int tries;
	struct str why;
	usec_t sent_at;
	struct str body;           /* to be kept when it is sent: without the link; STR_NONE: as it is */
};

static enum err write_outcome(struct db *db, void *arg) {
	const struct outcome *o = arg;
	if (o->sent_at != 0 && !str_none(o->body)) TRY(sql_mail_forget_link(db, o->id, o->body, NULL));
	return sql_mail_set(db, o->id, str_c(o->state), o->tries, o->why, o->sent_at, NULL);
}

/* -------------------------------------------------------------------- letter */

/* Where its reader stops getting mails of its kind, with one click. */
static struct str unsubscribe_of(struct arena *a, const struct notice_ctx *c, const struct mail_row *m) {
	if (str_empty(m->topic) || m->person_id.v == 0) return STR_NONE;
	return str_fmt(a, STR_FMT STR_FMT, STR_ARG(notice_base_url(c)), STR_ARG(off_path(a, c->key, m->person_id, m->topic)));
}

static struct str from_address(const struct business *b) {
	if (mail_address_valid(b->mail_from)) return b->mail_from;
	return mail_address_valid(b->email) ? b->email : STR("rialto@localhost");
}

static void write_mail(struct arena *a, struct buf *b, const struct notice_ctx *c, const struct business *firm,
                       const struct mail_row *m) {
	struct str from = from_address(firm), host = from;
	str_cut(&host, '@');
	struct mime mime = {
		.from_name = firm->name, .from_address = from, .to_name = m->to_name, .to_address = m->to_address, .subject = m->subject,
		.id = str_fmt(a, "mail.%lld.%lld@" STR_FMT, (long long)m->id.v, (long long)(m->created_at / SECONDS(1)), STR_ARG(host)),
		.unsubscribe = unsubscribe_of(a, c, m), .at = m->created_at, .text = m->body_text, .html = m->body_html, .boundary = random_id(a),
	};
	mime_write(b, &mime);
}

/* ---------------------------------------------------------------------- SMTP */

struct source {
	struct str rest;
};

static size_t read_some(char *to, size_t size, size_t n, void *arg) {
	struct source *s = arg;
	struct str part = str_first(s->rest, size * n);
	if (part.n > 0) memcpy(to, part.p, part.n);
	s->rest = str_from(s->rest, part.n);
	return part.n;
}

static bool is_loopback(struct str url) {
	struct str rest = url;
	ptrdiff_t slashes = str_find(rest, '/');
	if (slashes < 0) return false;
	struct str host = str_from(rest, (size_t)slashes + 2);
	host = str_cut(&host, '/');
	return str_starts(host, STR("127.")) || str_starts(host, STR("localhost")) || str_starts(host, STR("[::1]"));
}

static void set_options(CURL *curl, struct arena *a, const struct business *firm, struct str secret, char *words) {
	curl_easy_setopt(curl, CURLOPT_URL, str_z(a, firm->smtp_url));
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ALL_SECONDS);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, str_fmt(a, "<" STR_FMT ">", STR_ARG(from_address(firm))).p);
	/* A password never goes over the net in the clear; within this machine it may. */
	bool secret_line = !str_empty(firm->smtp_user) && !is_loopback(firm->smtp_url);
	curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(secret_line ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	if (is_loopback(firm->smtp_url)) curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
	if (is_loopback(firm->smtp_url)) curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	if (str_empty(firm->smtp_user)) return;
	curl_easy_setopt(curl, CURLOPT_USERNAME, str_z(a, firm->smtp_user));
	curl_easy_setopt(curl, CURLOPT_PASSWORD, str_z(a, secret));
}

/* Gives one mail to the server. ret_for_ever: it said no, and would again. */
static bool transmit(struct arena *a, const struct business *firm, struct str secret, struct str to, struct str bytes,
                     bool *ret_for_ever, struct str *ret_why) {
	char words[CURL_ERROR_SIZE] = "";
	struct source source = {.rest = bytes};
	long code = 0;
	*ret_for_ever = false;
	CURL *curl = curl_easy_init();
	struct curl_slist *rcpt = curl_slist_append(NULL, str_fmt(a, "<" STR_FMT ">", STR_ARG(to)).p);
	if (curl == NULL || rcpt == NULL) {
		curl_slist_free_all(rcpt);
		if (curl != NULL) curl_easy_cleanup(curl);
		*ret_why = STR("there is no memory to send mail");
		return false;
	}
	set_options(curl, a, firm, secret, words);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, rcpt);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_some);
	curl_easy_setopt(curl, CURLOPT_READDATA, &source);
	CURLcode result = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	if (result != CURLE_OK) {
		struct str said = utf8_line(a, str_c(words[0] ? words : curl_easy_strerror(result)));
		said = utf8_fit(said, WHY_BYTES);
		*ret_why = code > 0 ? str_fmt(a, STR_FMT " (%ld)", STR_ARG(said), code) : str_copy(a, said);
		*ret_for_ever = code >= 500 && code < 600 && result != CURLE_LOGIN_DENIED && code != 530 && code != 535;
	}
	curl_slist_free_all(rcpt);
	curl_easy_cleanup(curl);
	return result == CURLE_OK;
}

/* ----------------------------------------------------------------------- job */

static enum err send_mail(struct store *s, struct arena *a, const struct notice_ctx *c, const struct business *firm,
                          const struct mail_row *m, int tries, struct str *ret_why) {
	struct outcome o = {.id = m->id, .state = "sent", .tries = (int)m->tries + 1, .why = STR(""), .body = STR_NONE};
	struct str secret;
	struct buf b;
	bool for_ever = false, sent = false;
	buf_init(&b, MAIL_BYTES_MAX);
	write_mail(a, &b, c, firm, m);
	if (!mail_address_valid(m->to_address)) for_ever = true, o.why = STR("this is no address that mail can be sent to");
	else if (b.over) for_ever = true, o.why = STR("the letter is too long");
	else if (secret_unseal(a, c->key, "smtp", firm->smtp_secret, &secret) != OK)
		o.why = STR("the mail server's password cannot be read with this home's key; please give it again");
	else sent = transmit(a, firm, secret, m->to_address, buf_str(&b), &for_ever, &o.why);
	buf_done(&b);
	if (!str_is(m->kind, "notice") && !str_is(m->kind, "test")) o.body = letter_without_links(a, m->body_text);
	if (str_is(m->kind, "message")) o.body = STR("");      /* its words stay where they were said */
	if (sent) o.sent_at = clock_now();
	else o.state = for_ever || tries >= MAIL_TRIES ? "failed" : "waiting";
	TRY(store_write(s, write_outcome, &o));
	*ret_why = o.why;
	return sent || for_ever ? OK : ERR_BUSY;
}

static bool read_id(struct str data, const char *name, int64_t *ret) {
	JSON_DOC(doc);
	return json_parse(&doc, data, NULL) == OK && json_get_int(json_member(doc.root, name), ret);
}

enum err mail_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx,
                  struct str *ret_why) {
	struct mail_id id;
	struct mail_row m;
	struct business firm;
	bool found;
	if (!read_id(data, "mail", &id.v)) {
		*ret_why = STR("the job's data cannot be read");
		return ERR_BUG;
	}
	TRY(sql_mail_get(db, a, id, &m, &found));
	if (!found || !str_is(m.state, "waiting")) return OK;
	TRY(business_read(db, a, &firm));
	if (str_empty(firm.smtp_url)) return OK; /* it waits until there is a mail server again */
	return send_mail(s, a, ctx, &firm, &m, tries, ret_why);
}

struct waiting {
	struct arena *a;
	struct mail_id_list ids;
};

static enum err queue_waiting(struct db *db, void *arg) {
	const struct waiting *w = arg;
	for (size_t i = 0; i < w->ids.n; i++)
		TRY(job_add(db, "mail", str_fmt(w->a, "{\"mail\":%lld}", (long long)w->ids.v[i].v), 0));
	return OK;
}

/* What is older than some days is not sent unasked: who waited for it has found another way. */
enum err mail_waiting_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx,
                          struct str *ret_why) {
	struct business firm;
	struct waiting w = {.a = a};
	int64_t after = 0;
	(void)data, (void)tries, (void)ctx, (void)ret_why;
	TRY(business_read(db, a, &firm));
	if (str_empty(firm.smtp_url)) return OK;
	do {
		TRY(sql_mail_waiting(db, a, clock_now() - WAITING_LIVES, after, WAITING_AT_ONCE, &w.ids));
		if (w.ids.n == 0) break;
		after = w.ids.v[w.ids.n - 1].v;
		TRY(store_write(s, queue_waiting, &w));
	} while (w.ids.n == WAITING_AT_ONCE);
	return OK;
}
