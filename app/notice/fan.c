/* The mails of one event's notices, written some at a time, so that the writer is never kept long. Done again after a
 * crash it writes no letter twice: each has a key of event and person. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "text/json.h"
#include "text/markdown.h"
#include "text/url.h"

enum { AT_ONCE = 50, QUOTE_CHARS = 1200 };

struct str stop_path(struct arena *a, const struct key *key, struct person_id person,
                     struct conversation_id conversation) {
	struct str both = str_fmt(a, "%lld:%lld", (long long)person.v, (long long)conversation.v);
	return str_fmt(a, "/notices/stop/%lld/%lld/" STR_FMT, (long long)person.v, (long long)conversation.v,
	               STR_ARG(token_sign(a, key, "notice-stop", both)));
}

struct fan {
	struct arena *a;
	struct business firm;
	struct str base_url;
	const struct key *key;
	int64_t seq;
	struct notice_said said;
	struct str author_to_staff; /* said.author is the name that customers know */
	struct notice_reader_list readers;
};

static const char *status_sentence(struct str status) {
	static const struct { const char *status, *sentence; } said[] = {
		{"new", T("New: {subject}")}, {"heard", T("We have heard you: {subject}")}, {"planned", T("Planned: {subject}")},
		{"in_work", T("In work: {subject}")}, {"done", T("Done: {subject}")}, {"partly_done", T("Partly done: {subject}")},
		{"not_done", T("Not done: {subject}")}, {"closed", T("Closed: {subject}")},
	};
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		if (str_is(status, said[i].status)) return said[i].sentence;
	return T("News on: {subject}");
}

static struct letter letter_for(const struct fan *f, const struct notice_reader *r) {
	struct arena *a = f->a;
	enum lang lang = letter_lang(r->locale, &f->firm);
	const char *subject = str_z(a, f->said.subject), *name = str_z(a, r->name), *firm = str_z(a, f->firm.name);
	struct str by = r->staff ? f->author_to_staff : f->said.author;
	const char *author = str_empty(by) ? firm : str_z(a, by);
	bool answer = str_is(f->said.kind, "answer");
	const char *title = answer ? T("{firm} answers: {subject}") : status_sentence(f->said.status);
	const char *text = answer ? T("Hello {name},\n\n{author} of {firm} has answered you "
	                              "and everyone who said “me too” to “{subject}”:")
	                          : T("Hello {name},\n\nthere is news on “{subject}”, which you follow at {firm}.");
	struct str stop = stop_path(a, f->key, r->person_id, f->said.conversation_id);
	struct str path = conversation_url(a, f->said.conversation_id).s;
	struct letter l = {
		.person = r->person_id, .to_address = r->email, .to_name = r->name, .kind = "notice", .lang = lang,
		.subject = tr_fill(a, tr(lang, title), "subject", subject, "firm", firm, NULL),
		.text = tr_fill(a, tr(lang, text), "name", name, "author", author, "firm", firm, "subject", subject, NULL),
		.quote = markdown_text(a, f->said.body, QUOTE_CHARS), .action = str_c(tr(lang, T("Read it and answer"))),
		.url = str_fmt(a, STR_FMT STR_FMT, STR_ARG(f->base_url), STR_ARG(path)),
		.unique_key = str_fmt(a, "n%lld.%lld.%lld", (long long)f->seq, (long long)r->person_id.v,
		                      (long long)f->said.conversation_id.v),
	};
	const char *address = str_fmt(a, STR_FMT STR_FMT, STR_ARG(f->base_url), STR_ARG(stop)).p;
	const char *after = T("You get this because you follow this report. No more of it: {address}");
	l.after = tr_fill(a, tr(lang, after), "address", address, NULL);
	return l;
}

static enum err write_letters(struct db *db, void *arg) {
	const struct fan *f = arg;
	for (size_t i = 0; i < f->readers.n; i++) {
		const struct notice_reader *r = &f->readers.v[i];
		if (!mail_address_valid(r->email)) continue;
		struct letter l = letter_for(f, r);
		TRY(mail_queue(db, f->a, f->base_url, &l, NULL));
	}
	return OK;
}

enum err notice_mail_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx,
                         struct str *ret_why) {
	const struct notice_ctx *c = ctx;
	struct fan f = {.a = a, .key = c->key, .base_url = notice_base_url(c)};
	struct message_id message = {0};
	int64_t after = 0;
	bool found;
	JSON_DOC(doc);
	(void)tries;
	if (json_parse(&doc, data, NULL) != OK || !json_get_int(json_member(doc.root, "event"), &f.seq) ||
	    !json_get_int(json_member(doc.root, "message"), &message.v)) {
		*ret_why = STR("the job's data cannot be read");
		return ERR_BUG;
	}
	TRY(business_read(db, a, &f.firm));
	TRY(sql_notice_said(db, a, message, true, &f.said, &found));
	if (!found) return OK; /* taken down meanwhile */
	f.author_to_staff = f.said.author;
	TRY(sql_notice_said(db, a, message, false, &f.said, &found));
	if (!found) return OK;
	do {
		struct arena_mark mark = arena_mark(a);
		TRY(sql_notice_readers(db, a, f.seq, after, AT_ONCE, &f.readers));
		if (f.readers.n == 0) break;
		after = f.readers.v[f.readers.n - 1].id.v;
		TRY(store_write(s, write_letters, &f));
		arena_reset(a, mark);
	} while (f.readers.n == AT_ONCE);
	return OK;
}
