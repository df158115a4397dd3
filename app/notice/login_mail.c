/* What happened to somebody's login, told to every address that they have proved: if it was not they, one of these
 * reaches them. The letters do not say which address came or went, since the staff can read them in the outbox and
 * may not know it. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "text/json.h"

enum { ADDRESSES_MAX = 20 };

struct telling {
	struct arena *a;
	struct person_id person;
	int64_t what, at;
	struct str address, base_url;
};

static const struct { const char *subject, *text; } news[] = {
	[LOGIN_PASSWORD] = {T("Your password at {firm} was changed"),
		T("Hello {name},\n\nyour password at {firm} was changed, and all other devices were logged out.")},
	[LOGIN_ADDRESS_NEW] = {T("Another address for your login at {firm}"),
		T("Hello {name},\n\nan email address was added with which you can log in at {firm}. Your profile shows it.")},
	[LOGIN_ADDRESS_GONE] = {T("An address of your login at {firm} is gone"),
		T("Hello {name},\n\nan email address was taken out of your profile at {firm}. Nobody logs in with it any more.")},
	[LOGIN_ENDED] = {T("You are logged out everywhere at {firm}"),
		T("Hello {name},\n\nall your devices were logged out at {firm}.")},
};

static enum err write_letters(struct db *db, void *arg) {
	const struct telling *t = arg;
	struct arena *a = t->a;
	struct business firm;
	struct mail_person p;
	struct text_list proved;
	bool found;
	TRY(business_read(db, a, &firm));
	TRY(sql_mail_person(db, a, t->person, &p, &found));
	if (!found || p.disabled_at != 0) return OK;
	TRY(sql_mail_proved(db, a, t->person, ADDRESSES_MAX, &proved));
	struct text_list to = {.v = NEW_ARRAY(a, struct str, proved.n + 1)};
	if (t->what == LOGIN_ADDRESS_GONE) to.v[to.n++] = t->address;
	for (size_t i = 0; i < proved.n; i++) /* who adds one knows it */
		if (!str_eq(access_fold_email(a, proved.v[i]), access_fold_email(a, t->address))) to.v[to.n++] = proved.v[i];
	enum lang lang = letter_lang(p.locale, &firm);
	const char *after = T("If this was you, all is well. If it was not, choose a new password at once and tell us.");
	const char *name = str_z(a, p.name), *firm_name = str_z(a, firm.name);
	for (size_t i = 0; i < to.n; i++) {
		if (!mail_address_valid(to.v[i])) continue;
		struct letter l = {
			.person = p.id, .to_address = to.v[i], .to_name = p.name, .kind = "login", .lang = lang,
			.subject = tr_fill(a, tr(lang, news[t->what].subject), "firm", firm_name, NULL),
			.text = tr_fill(a, tr(lang, news[t->what].text), "name", name, "firm", firm_name, NULL),
			.quote = STR_NONE, .action = str_c(tr(lang, T("Choose a new password"))),
			.url = str_fmt(a, STR_FMT "/forgot", STR_ARG(t->base_url)),
			.after = str_c(tr(lang, after)),
			.unique_key = str_fmt(a, "login.%lld.%lld.%lld.%zu", (long long)t->person.v, (long long)t->at,
			                      (long long)t->what, i),
		};
		TRY(mail_queue(db, a, t->base_url, &l, NULL));
	}
	return OK;
}

enum err login_mail_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx,
                        struct str *ret_why) {
	struct telling t = {.a = a, .address = STR(""), .base_url = notice_base_url(ctx)};
	JSON_DOC(doc);
	(void)db, (void)tries;
	if (json_parse(&doc, data, NULL) != OK || !json_get_int(json_member(doc.root, "person"), &t.person.v) ||
	    !json_get_int(json_member(doc.root, "what"), &t.what) || !json_get_int(json_member(doc.root, "at"), &t.at) ||
	    !json_get_str(json_member(doc.root, "address"), &t.address) || t.what < 0 || t.what > LOGIN_ENDED) {
		*ret_why = STR("the job's data cannot be read");
		return ERR_BUG;
	}
	return store_write(s, write_letters, &t);
}
