/* Writing letters into the outbox. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "text/url.h"
#include "text/utf8.h"

bool mail_address_valid(struct str s) {
	ptrdiff_t at = str_find(s, '@');
	if (at < 1 || at > 64 || s.n > 254) return false;
	struct str host = str_from(s, (size_t)at + 1);
	if (host.n == 0 || str_find(host, '@') >= 0 || host.p[0] == '.' || host.p[0] == '-') return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("<>()[],;:\\\"", s.p[i]) != NULL) return false;
	return true;
}

enum lang letter_lang(struct str own, const struct business *firm) {
	enum lang l = LANG_EN;
	if (!lang_find(own, &l)) lang_find(firm->locale, &l);
	return l;
}

enum err mail_put(struct db *tx, struct arena *a, const struct business *firm, struct str base_url, const struct letter *l, struct mail_id *ret_id) {
	struct mail_id id = {0};
	bool put;
	struct str subject = utf8_fit(utf8_line(a, l->subject), 300);
	TRY(sql_mail_put(tx, l->person, l->to_address, l->to_name, str_c(l->kind), subject, letter_text(a, firm, l),
	                 letter_html(a, firm, base_url, l), l->unique_key, str_c(l->topic ? l->topic : ""), clock_now(), &id, &put));
	if (!put) id.v = 0;
	if (ret_id != NULL) *ret_id = id;
	if (!put || str_empty(firm->smtp_url)) return OK; /* it waits */
	return job_add(tx, "mail", str_fmt(a, "{\"mail\":%lld}", (long long)id.v), 0);
}

enum err mail_queue(struct db *tx, struct arena *a, struct str base_url, const struct letter *l,
                    struct mail_id *ret_id) {
	struct business firm;
	TRY(business_read(tx, a, &firm));
	return mail_put(tx, a, &firm, base_url, l, ret_id);
}

/* ---------------------------------------------------------- letters about logins */

struct recipient {
	struct mail_person person;
	struct business firm;
	const char *name, *firm_name;
	enum lang lang;
};

static enum err find_recipient(struct db *tx, struct arena *a, struct person_id person, struct recipient *ret) {
	bool found;
	TRY(business_read(tx, a, &ret->firm));
	TRY(sql_mail_person(tx, a, person, &ret->person, &found));
	if (!found || ret->person.disabled_at != 0) return ERR_NOT_FOUND;
	ret->lang = letter_lang(ret->person.locale, &ret->firm);
	ret->name = str_z(a, ret->person.name);
	ret->firm_name = str_z(a, ret->firm.name);
	return OK;
}

/* A letter's parts, with {name} and {firm} filled in. */
static struct str fill(struct arena *a, const struct recipient *r, const char *sentence) {
	return tr_fill(a, tr(r->lang, sentence), "name", r->name, "firm", r->firm_name, NULL);
}

static struct letter letter_to(const struct recipient *r, struct str address, const char *kind) {
	return (struct letter){.person = r->person.id, .to_address = address, .to_name = r->person.name, .kind = kind,
	                       .lang = r->lang, .quote = STR_NONE, .action = STR_NONE, .url = STR_NONE, .after = STR_NONE,
	                       .unique_key = STR_NONE};
}

static struct str link_url(struct arena *a, struct str base_url, const char *kind, struct str token) {
	return str_fmt(a, STR_FMT "/%s/" STR_FMT, STR_ARG(base_url), kind, STR_ARG(token));
}

enum err mail_claim(struct db *tx, struct arena *a, struct str base_url, struct person_id person, struct str address,
                    struct str *ret_url) {
	struct recipient r;
	struct str token;
	TRY(find_recipient(tx, a, person, &r));
	TRY(access_link(tx, a, person, "claim", address, CLAIM_LIVES, &token));
	struct str url = link_url(a, base_url, "claim", token);
	if (!str_empty(address)) {
		struct letter l = letter_to(&r, address, "claim");
		l.subject = fill(a, &r, T("Your place at {firm}"));
		l.text = fill(a, &r, T("Hello {name},\n\n{firm} has a place for you: there you see what we know about you, "
		                       "change it yourself, tell us what is wrong or missing, and read what we do about it."
		                       "\n\nChoose a password, and it is yours."));
		l.action = fill(a, &r, T("Take my profile"));
		l.url = url;
		l.after = fill(a, &r, T("The link is good for 30 days and works once. "
		                        "Please keep it to yourself: whoever opens it takes your profile."));
		TRY(mail_put(tx, a, &r.firm, base_url, &l, NULL));
	}
	*ret_url = url;
	return OK;
}

enum err mail_verify(struct db *tx, struct arena *a, struct str base_url, struct person_id person, struct str address) {
	struct recipient r;
	struct str token;
	TRY(find_recipient(tx, a, person, &r));
	TRY(access_link(tx, a, person, "verify", address, VERIFY_LIVES, &token));
	struct letter l = letter_to(&r, address, "verify");
	l.subject = fill(a, &r, T("Is this your address?"));
	l.text = fill(a, &r, T("Hello {name},\n\nthis address was added to your profile at {firm}. "
	                       "Please say that it is yours; then you can also log in with it."));
	l.action = fill(a, &r, T("Yes, this is my address"));
	l.url = link_url(a, base_url, "verify", token);
	l.after = fill(a, &r, T("The link is good for a week. "
	                        "If you do not know about this, do nothing; nothing happens then."));
	return mail_put(tx, a, &r.firm, base_url, &l, NULL);
}

enum err mail_reset(struct db *tx, struct arena *a, struct str base_url, struct person_id person) {
	struct recipient r;
	struct str token;
	TRY(find_recipient(tx, a, person, &r));
	if (str_empty(r.person.email)) return OK;
	TRY(access_link(tx, a, person, "reset", r.person.email, RESET_LIVES, &token));
	struct letter l = letter_to(&r, r.person.email, "reset");
	l.subject = fill(a, &r, T("A new password for {firm}"));
	l.text = fill(a, &r, T("Hello {name},\n\nsomebody, we think you, asked for a new password at {firm}."));
	l.action = fill(a, &r, T("Choose a new password"));
	l.url = link_url(a, base_url, "reset", token);
	l.after = fill(a, &r, T("The link is good for two hours and works once. "
	                        "If it was not you, do nothing: your password stays as it is."));
	return mail_put(tx, a, &r.firm, base_url, &l, NULL);
}

enum err mail_test(struct db *tx, struct arena *a, struct str base_url, struct person_id person, struct str address) {
	struct recipient r;
	TRY(find_recipient(tx, a, person, &r));
	struct letter l = letter_to(&r, address, "test");
	l.subject = fill(a, &r, T("The mail server of {firm} works"));
	l.text = fill(a, &r, T("Hello {name},\n\nyou read this, so {firm} can send mail."));
	return mail_put(tx, a, &r.firm, base_url, &l, NULL);
}
