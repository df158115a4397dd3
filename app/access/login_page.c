/* /login, /logout, /forgot, /appearance: what a visitor does here. */
#include "access/login.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "event/event.h"
#include "routes.h"
#include "text/url.h"

#define WRONG T("We do not know this combination. Please look at what you typed, or choose a new password.")
#define LOCKED T("That did not work several times, so we wait a little. You can try again {when}, or choose a new password now.")

enum err login_show(struct req *q, const struct login_show_in *in, struct login_page *ret) {
	*ret = (struct login_page){.login = in->login, .back = in->back};
	if (req_logged_in(q) && str_is(q->http->method, "GET")) req_redirect(q, login_back(q, in->back));
	return OK;
}

/* --------------------------------------------------------------------- login */

struct attempt {
	struct arena *a;
	struct try try;
	struct caller by;
	struct login_row row;
	bool found;
	struct str token;      /* the session to be */
	struct str rehash;     /* the password under today's settings, or STR_NONE */
	const char *failure;   /* for the audit */
};

static enum err begin_try(struct db *db, void *arg) {
	struct attempt *t = arg;
	return login_try(db, &t->try);
}

static enum err note_failure(struct db *db, void *arg) {
	const struct attempt *t = arg;
	struct person_id nobody = {0};
	return access_audit(db, nobody, "login_failed", "person", t->row.id.v, t->by.peer, str_c(t->failure));
}

static enum err begin_session(struct db *db, void *arg) {
	struct attempt *t = arg;
	TRY(login_try_was_right(db, &t->try));
	if (!str_none(t->rehash)) TRY(password_set(db, t->a, t->row.id, t->rehash));
	TRY(sql_identity_used(db, t->row.id, clock_now(), NULL));
	TRY(session_begin(db, t->a, t->row.id, t->token, t->by));
	return access_audit(db, t->row.id, "login", "person", t->row.id.v, t->by.peer, t->by.agent);
}

static enum err say_locked(struct req *q, usec_t until) {
	int64_t seconds = (until - q->locale.now) / SECONDS(1) + 1;
	req_header(q, "Retry-After", str_fmt(q->a, "%lld", (long long)(seconds > 0 ? seconds : 1)));
	struct str when = say_ago(q->a, &q->locale, until);
	return req_fail(q, ERR_TOO_MANY, tr_fill(q->a, TRQ(q, LOCKED), "when", str_z(q->a, when), NULL).p, NULL);
}

/* The same time and the same answer whoever it is: no account, one without a password, a disabled one, a wrong
 * password. */
static bool is_right(struct attempt *t, struct str password) {
	if (!t->found || str_empty(t->row.secret)) {
		password_pretend(password);
		t->failure = t->found ? "no password" : "unknown name";
		return false;
	}
	bool right = password_verify(t->row.secret, password);
	t->failure = !right ? "wrong password" : "disabled";
	return right && t->row.disabled_at == 0;
}

enum err login_do(struct req *q, const struct login_do_in *in) {
	struct attempt *t = NEW(q->a, struct attempt);
	t->a = q->a;
	t->by = login_caller(q);
	TRY(login_find(q->db, q->a, in->login, &t->row, &t->found));
	if (!t->found) t->row = (struct login_row){0};
	t->try = (struct try){.now = clock_now(), .account = login_account_key(q->a, t->found, t->row.id, in->login),
	                      .address = login_address_key(q->a, q->http->peer)};
	TRY(req_write(q, begin_try, t));
	if (t->try.locked_until != 0) return say_locked(q, t->try.locked_until);
	if (!is_right(t, in->password)) {
		TRY(req_write(q, note_failure, t));
		return req_fail(q, ERR_INVALID, WRONG, NULL);
	}
	t->rehash = STR_NONE;
	if (password_needs_rehash(t->row.secret)) TRY(password_hash(q->a, in->password, &t->rehash));
	t->token = token_new(q->a);
	TRY(req_write(q, begin_session, t));
	session_cookie(q, t->token);
	struct url back = login_back(q, in->back);
	req_redirect(q, str_is(back.s, "/") ? url_path(q->a, "/today") : back);
	return OK;
}

enum err logout(struct req *q) {
	if (req_logged_in(q)) {
		TRY(sql_token_end_by_hash(q->db, q->actor.session, NULL));
		TRY(access_audit(q->db, q->actor.id, "logout", "person", q->actor.id.v, q->http->peer, STR("")));
		req_say(q, T("You are logged out."));
	}
	req_cookie(q, "rialto", STR(""), 0);
	return OK;
}

/* -------------------------------------------------------------------- forgot */

enum err forgot_show(struct req *q, const struct forgot_show_in *in, struct forgot_page *ret) {
	(void)q;
	*ret = (struct forgot_page){.login = in->login, .sent = in->sent};
	return OK;
}

/* Whoever asks gets the same answer. The mail is written by a reader of the log (app/notice), which makes the link. */
enum err forgot_do(struct req *q, const struct forgot_do_in *in) {
	enum { LINKS_IN_AN_HOUR = 3 };
	struct login_row r = {0};
	bool found;
	int64_t recent = 0;
	TRY(login_find(q->db, q->a, in->login, &r, &found));
	bool good = found && r.disabled_at == 0 && !str_empty(r.email);
	if (good) TRY(sql_links_recent(q->db, r.id, STR("reset"), clock_now() - HOURS(1), &recent));
	TRY(access_audit(q->db, q->actor.id, "reset_asked", "person", found ? r.id.v : 0, q->http->peer, STR("")));
	if (good && recent < LINKS_IN_AN_HOUR)
		TRY(req_event(q, "announce", "person", r.id.v, NULL, 0, AUDIENCE_STAFF, STR("{\"what\":\"reset\"}")));
	req_redirect(q, url_path(q->a, "/forgot?sent=1"));
	return OK;
}

/* ---------------------------------------------------------------- appearance */

struct chosen_locale {
	struct person_id person;
	struct str lang;
};

static enum err set_locale(struct db *db, void *arg) {
	const struct chosen_locale *c = arg;
	int64_t changed;
	TRY(sql_person_set_locale(db, c->person, c->lang, &changed));
	if (changed == 0) return OK;
	struct event e = {.actor = c->person, .verb = "update", .object_kind = "person", .object_id = c->person.v,
	                  .audience = AUDIENCE_STAFF, .data = STR("{\"fields\":[\"locale\"]}")};
	return event_append(db, &e, NULL);
}

enum err appearance_set(struct req *q, const struct appearance_set_in *in) {
	enum { A_YEAR = 365 * 24 * 3600 };
	struct url back;
	if (str_is(in->theme, "auto")) req_cookie(q, "theme", STR(""), 0);
	else if (!str_empty(in->theme)) req_cookie(q, "theme", in->theme, A_YEAR);
	if (!str_empty(in->lang)) req_cookie(q, "lang", in->lang, A_YEAR);
	if (!str_empty(in->lang) && req_logged_in(q) && !str_eq(in->lang, q->actor.locale)) {
		struct chosen_locale c = {.person = q->actor.id, .lang = in->lang};
		TRY(req_write(q, set_locale, &c));
	}
	if (str_empty(in->back) || !url_check_path(q->a, in->back, &back)) back = url_path(q->a, "/");
	req_redirect(q, back);
	return OK;
}
