/* The mails of a message between two, or of a reminder to all who have not answered a question: each reader's words, subject and link are
 * those of their own conversation. Done again after a crash it writes no letter twice: each has a key of event and person. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "text/json.h"
#include "text/markdown.h"
#include "text/url.h"

enum { AT_ONCE = 50, QUOTE_CHARS = 4000 };

struct sending {
	struct arena *a;
	struct business firm;
	struct str base_url;
	const struct key *key;
	int64_t seq;
	struct notice_letter_list list;
};

static struct letter letter_for(const struct sending *x, const struct notice_letter *r) {
	struct arena *a = x->a;
	enum lang lang = letter_lang(r->locale, &x->firm);
	const char *subject = str_z(a, r->subject), *name = str_z(a, r->name), *firm = str_z(a, x->firm.name);
	const char *author = str_empty(r->author) ? firm : str_z(a, r->author);
	bool again = str_is(r->kind, "reminder");
	const char *text = again            ? T("Hello {name},\n\n{author} of {firm} has asked you something and waits for your answer:")
	                   : r->author_staff ? T("Hello {name},\n\n{author} of {firm} has written to you. Only the two of you can read it:")
	                                     : T("Hello {name},\n\n{author} has written to you. Only the two of you can read it:");
	struct str path = message_url(a, r->conversation_id).s, stop = stop_path(a, x->key, r->person_id, r->conversation_id);
	struct letter l = {
		.person = r->person_id, .to_address = r->email, .to_name = r->name, .kind = "message", .lang = lang,
		.subject = tr_fill(a, tr(lang, again ? T("Reminder: {subject}") : T("{author}: {subject}")), "author", author, "subject", subject, NULL),
		.text = tr_fill(a, tr(lang, text), "name", name, "author", author, "firm", firm, NULL),
		.quote = str_empty(r->words) ? STR_NONE : markdown_text(a, r->words, QUOTE_CHARS), .action = str_c(tr(lang, T("Read it and answer"))),
		.url = str_fmt(a, STR_FMT STR_FMT, STR_ARG(x->base_url), STR_ARG(path)),
		.unique_key = str_fmt(a, "n%lld.%lld.%lld", (long long)x->seq, (long long)r->person_id.v, (long long)r->conversation_id.v),
	};
	const char *address = str_fmt(a, STR_FMT STR_FMT, STR_ARG(x->base_url), STR_ARG(stop)).p;
	l.after = tr_fill(a, tr(lang, T("You get this because somebody wrote to you. No more of this conversation: {address}")), "address", address, NULL);
	return l;
}

static enum err write_letters(struct db *db, void *arg) {
	const struct sending *x = arg;
	for (size_t i = 0; i < x->list.n; i++) {
		if (!mail_address_valid(x->list.v[i].email)) continue;
		struct letter l = letter_for(x, &x->list.v[i]);
		TRY(mail_queue(db, x->a, x->base_url, &l, NULL));
	}
	return OK;
}

static enum err send_to(struct store *s, struct db *db, struct sending *x, bool staff) {
	int64_t after = 0;
	do {
		struct arena_mark mark = arena_mark(x->a);
		TRY(sql_notice_letters(db, x->a, x->seq, staff, after, AT_ONCE, &x->list));
		if (x->list.n == 0) break;
		after = x->list.v[x->list.n - 1].id.v;
		TRY(store_write(s, write_letters, x));
		arena_reset(x->a, mark);
	} while (x->list.n == AT_ONCE);
	return OK;
}

enum err message_mail_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx, struct str *ret_why) {
	const struct notice_ctx *c = ctx;
	struct sending x = {.a = a, .key = c->key, .base_url = notice_base_url(c)};
	JSON_DOC(doc);
	(void)tries;
	if (json_parse(&doc, data, NULL) != OK || !json_get_int(json_member(doc.root, "event"), &x.seq)) {
		*ret_why = STR("the job's data cannot be read");
		return ERR_BUG;
	}
	TRY(business_read(db, a, &x.firm));
	TRY(send_to(s, db, &x, false));
	return send_to(s, db, &x, true);
}
