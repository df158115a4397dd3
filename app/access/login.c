/* Accounts, tries, sessions and passwords. */
#include "access/login.h"
#include "crypto/token.h"
#include "event/event.h"
#include "text/json.h"
#include "text/url.h"
#include "text/utf8.h"
#include <arpa/inet.h>

struct str access_fold_email(struct arena *a, struct str email) { return str_lower(a, str_trim(email)); }

struct str access_password_text(struct arena *a, struct str password) { return utf8_line(a, password); }

enum err login_find(struct db *db, struct arena *a, struct str name, struct login_row *ret, bool *ret_found) {
	name = str_trim(name);
	if (str_find(name, '@') >= 0) return sql_login_by_email(db, a, access_fold_email(a, name), ret, ret_found);
	return sql_login_by_number(db, a, name, ret, ret_found);
}

/* ------------------------------------------------------------------ lock-out */

struct limit {
	int64_t free;
	usec_t first, most;
};
static const struct limit account_limit = {4, SECONDS(30), HOURS(1)}, address_limit = {20, MINUTES(1), HOURS(1)};

static enum err count_try(struct db *db, struct str who, const struct limit *l, usec_t now, usec_t *ret_locked_until) {
	struct failure_row r = {0};
	bool found;
	TRY(sql_failure_get(db, who, &r, &found));
	if (found && r.locked_until > now) {
		*ret_locked_until = r.locked_until;
		return OK;
	}
	if (!found || now - r.first_at > DAYS(1)) r = (struct failure_row){.first_at = now};
	int64_t over = ++r.fails - l->free;
	usec_t wait = over <= 0 ? 0 : over > 12 ? l->most : l->first << (over - 1);
	usec_t until = wait == 0 ? 0 : now + (wait < l->most ? wait : l->most);
	return sql_failure_put(db, who, r.fails, r.first_at, until, NULL);
}

enum err login_try(struct db *db, struct try *t) {
	if (random_below(64) == 0) TRY(sql_failure_forget_old(db, t->now - DAYS(2), NULL));
	TRY(count_try(db, t->address, &address_limit, t->now, &t->locked_until));
	if (t->locked_until != 0) return OK;
	return count_try(db, t->account, &account_limit, t->now, &t->locked_until);
}

enum err login_try_was_right(struct db *db, const struct try *t) {
	TRY(sql_failure_forget(db, t->account, NULL));
	return sql_failure_less(db, t->address, NULL);
}

struct str login_account_key(struct arena *a, bool found, struct person_id id, struct str name) {
	if (found) return str_fmt(a, "p%lld", (long long)id.v);
	return str_fmt(a, "n%s", str_z(a, token_hash(a, access_fold_email(a, name))));
}

struct str login_address_key(struct arena *a, struct str peer) {
	unsigned char b[16];
	if (inet_pton(AF_INET6, str_z(a, peer), b) != 1) return str_fmt(a, "a" STR_FMT, STR_ARG(peer));
	return str_fmt(a, "a%02x%02x:%02x%02x:%02x%02x:%02x%02x::", b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]);
}

/* ------------------------------------------------------------------ sessions */

struct caller login_caller(struct req *q) {
	struct str agent = utf8_line(q->a, http_header(q->http, "User-Agent"));
	if (str_none(agent)) agent = STR("");
	return (struct caller){.peer = q->http->peer, .agent = utf8_fit(agent, AGENT_MAX)};
}

enum err session_begin(struct db *db, struct arena *a, struct person_id person, struct str token, struct caller by) {
	usec_t now = clock_now();
	struct token_id id;
	TRY(sql_tokens_forget(db, person, now - DAYS(30), NULL));
	return sql_token_put(db, STR("session"), token_hash(a, token), person, by.agent, by.peer, now, now + SESSION_LIVES,
	                     &id);
}

void session_cookie(struct req *q, struct str token) { req_cookie(q, "rialto", token, COOKIE_SECONDS); }

enum err access_end_sessions(struct db *db, struct person_id person) { return sql_tokens_end_all(db, person, NULL); }

enum err access_link(struct db *db, struct arena *a, struct person_id person, const char *kind, struct str label,
                     usec_t lives, struct str *ret_token) {
	struct str token = token_new(a);
	struct token_id id;
	usec_t now = clock_now();
	if (str_none(label)) label = STR("");
	TRY(sql_token_put(db, str_c(kind), token_hash(a, token), person, label, STR(""), now, now + lives, &id));
	*ret_token = token;
	return OK;
}

enum err access_audit(struct db *db, struct person_id actor, const char *action, const char *object_kind,
                      int64_t object_id, struct str peer, struct str detail) {
	if (str_none(peer)) peer = STR("");
	if (str_none(detail)) detail = STR("");
	return sql_audit_put(db, clock_now(), actor, str_c(action), str_c(object_kind), object_id, peer, detail);
}

/* ---------------------------------------------------------------- identities */

/* Told by a job, not by an event: what an event says others may read. */
enum err access_tell(struct db *db, struct arena *a, struct person_id person, enum login_news what,
                     struct str address) {
	struct buf b;
	buf_init(&b, 4096);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "person"), json_put_int(&o, person.v);
	json_put_key(&o, "what"), json_put_int(&o, what);
	json_put_key(&o, "address"), json_put_str(&o, address);
	json_put_key(&o, "at"), json_put_int(&o, clock_now());
	json_put_end(&o);
	struct str data = str_copy(a, buf_str(&b));
	buf_done(&b);
	return job_add(db, "login_mail", data, 0);
}

/* Who can log in has the profile in their own hands. */
enum err password_set(struct db *db, struct arena *a, struct person_id person, struct str hash) {
	TRY(sql_person_claim(db, person, clock_now(), NULL));
	return sql_password_put(db, person, str_fmt(a, "%lld", (long long)person.v), hash, clock_now(), NULL);
}

enum err access_add_login(struct db *db, struct arena *a, struct person_id person, struct str email,
                          struct str password_hash) {
	if (!str_empty(email)) {
		struct str folded = access_fold_email(a, email);
		struct person_id owner;
		bool found;
		TRY(sql_identity_owner(db, STR("email"), folded, &owner, &found));
		if (found && owner.v != person.v) return ERR_CONFLICT;
		if (!found) TRY(sql_identity_put(db, person, STR("email"), folded, STR(""), clock_now(), NULL));
	}
	return str_none(password_hash) ? OK : password_set(db, a, person, password_hash);
}

enum err access_drop_email(struct db *db, struct arena *a, struct person_id person, struct str email) {
	int64_t ended;
	TRY(sql_identity_end(db, person, STR("email"), access_fold_email(a, email), &ended));
	return ended ? access_tell(db, a, person, LOGIN_ADDRESS_GONE, email) : OK;
}

enum err email_proved(struct db *db, struct arena *a, struct person_id person, struct str email) {
	if (str_empty(email)) return OK;
	struct str folded = access_fold_email(a, email);
	int64_t known;
	struct person_id owner;
	bool had;
	TRY(sql_email_known(db, person, email, folded, &known));
	if (known == 0) return OK; /* taken out of the profile since */
	TRY(sql_email_verified(db, person, email, folded, clock_now(), NULL));
	TRY(sql_identity_owner(db, STR("email"), folded, &owner, &had));
	if (had) return OK; /* theirs already, or another's */
	TRY(access_add_login(db, a, person, email, STR_NONE));
	return access_tell(db, a, person, LOGIN_ADDRESS_NEW, email);
}

/* --------------------------------------------------------------------- words */

struct url login_back(struct req *q, struct str back) {
	static const char *const own[] = {"/login", "/logout", "/forgot", "/reset", "/claim", "/verify", NULL};
	struct url u;
	if (str_empty(back) || !url_check_path(q->a, back, &u)) return url_path(q->a, "/");
	for (int i = 0; own[i] != NULL; i++) {
		struct str word = str_c(own[i]);
		if (str_starts(u.s, word) && (u.s.n == word.n || strchr("/?#", u.s.p[word.n]) != NULL)) return url_path(q->a, "/");
	}
	return u;
}

struct mark {
	const char *part, *name;
};

static const char *first_of(struct str agent, const struct mark *m) {
	while (m->part != NULL && !str_has(agent, str_c(m->part))) m++;
	return m->name;
}

struct str login_device(struct arena *a, const struct locale *l, struct str agent) {
	static const struct mark browsers[] = {
		{"Edg/", "Edge"},     {"OPR/", "Opera"},    {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"},   {NULL, NULL},
	};
	static const struct mark systems[] = {
		{"iPhone", "iPhone"}, {"iPad", "iPad"},   {"Android", "Android"}, {"Windows", "Windows"},
		{"Mac OS X", "Mac"},  {"Linux", "Linux"}, {NULL, NULL},
	};
	const char *browser = first_of(agent, browsers), *system = first_of(agent, systems);
	if (browser != NULL && system != NULL)
		return tr_fill(a, tr(l->lang, T("{browser} on {system}")), "browser", browser, "system", system, NULL);
	if (str_empty(agent)) return str_c(tr(l->lang, T("A program")));
	struct str word = str_cut(&agent, ' ');
	return utf8_first(str_cut(&word, '/'), 40);
}
