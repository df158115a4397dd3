/* One-time links: /claim (one's profile), /reset (a new password), /login/TOKEN (in without a password), /verify (an
 * address). Opening a link only shows a page, since mail programs open links, too; its button takes it. */
#include "access/login.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "event/event.h"
#include "routes.h"
#include "text/url.h"

#define GONE T("This link has been used already, or it is too old.")

struct link {
	struct arena *a;
	const char *kind;
	struct str hash;           /* of the link's token */
	struct link_row row;
	struct caller by;
	struct str password_hash, session;
};

static enum err read_link(struct req *q, const char *kind, struct str token, struct link_row *ret, bool *ret_good) {
	*ret_good = false;
	if (!token_shape(token)) return OK;
	return sql_link_get(q->db, q->a, token_hash(q->a, token), str_c(kind), clock_now(), ret, ret_good);
}

static enum err open_link(struct req *q, const char *kind, struct str token, struct link *ret) {
	bool good;
	*ret = (struct link){.a = q->a, .kind = kind, .hash = token_hash(q->a, token), .by = login_caller(q),
	                     .session = token_new(q->a)};
	TRY(read_link(q, kind, token, &ret->row, &good));
	return good ? OK : req_fail(q, ERR_CONFLICT, GONE, NULL);
}

static enum err take_link(struct db *db, const struct link *l) {
	int64_t taken;
	TRY(sql_link_use(db, l->hash, str_c(l->kind), clock_now(), &taken));
	return taken == 1 ? OK : ERR_CONFLICT;
}

static enum err come_in(struct db *db, const struct link *l, const char *action) {
	struct person_id id = l->row.person_id;
	TRY(email_proved(db, l->a, id, l->row.label));
	TRY(sql_person_claim(db, id, clock_now(), NULL));
	TRY(sql_failure_forget(db, login_account_key(l->a, true, id, STR("")), NULL));
	TRY(session_begin(db, l->a, id, l->session, l->by));
	TRY(access_audit(db, id, action, "person", id.v, l->by.peer, l->by.agent));
	if (l->row.claimed_at != 0) return OK;
	struct event e = {.actor = id, .verb = "accept", .object_kind = "person", .object_id = id.v,
	                  .audience = AUDIENCE_STAFF, .data = STR("{\"what\":\"claim\"}")};
	return event_append(db, &e, NULL);
}

static enum err take_password_link(struct db *db, void *arg) {
	const struct link *l = arg;
	struct person_id id = l->row.person_id;
	TRY(take_link(db, l));
	TRY(password_set(db, l->a, id, l->password_hash));
	if (l->row.claimed_at != 0) TRY(access_tell(db, l->a, id, LOGIN_PASSWORD, STR("")));
	TRY(sql_links_end(db, id, STR("reset"), NULL));
	TRY(sql_links_end(db, id, STR("claim"), NULL));
	TRY(sql_links_end(db, id, STR("login"), NULL));
	TRY(access_end_sessions(db, id));
	return come_in(db, l, l->kind);
}

/* A new password, by a claim or a reset. */
static enum err choose_password(struct req *q, const char *kind, struct str token, struct str password) {
	struct link *l = NEW(q->a, struct link);
	TRY(open_link(q, kind, token, l));
	const char *fault = password_fault(password, str_empty(l->row.label) ? l->row.email : l->row.label, l->row.name);
	if (fault != NULL) return req_invalid(q, "password", fault);
	TRY(password_hash(q->a, password, &l->password_hash));
	enum err e = req_write(q, take_password_link, l);
	if (e == ERR_CONFLICT) return req_fail(q, e, GONE, NULL);
	TRY(e);
	session_cookie(q, l->session);
	return OK;
}

/* --------------------------------------------------------------------- claim */

enum err claim_show(struct req *q, const struct claim_show_in *in, struct claim_page *ret) {
	struct link_row r = {0};
	bool good;
	TRY(read_link(q, "claim", in->token, &r, &good));
	*ret = (struct claim_page){.good = good};
	if (!good) return OK;
	ret->token = in->token;
	ret->name = r.name;
	ret->email = str_empty(r.label) ? r.email : r.label;
	ret->customer_no = r.customer_no;
	return OK;
}

enum err claim_do(struct req *q, const struct claim_do_in *in) {
	TRY(choose_password(q, "claim", in->token, in->password));
	req_say(q, T("Welcome. This is your profile; please look whether everything is right."));
	req_redirect(q, url_path(q->a, "/me"));
	return OK;
}

/* --------------------------------------------------------------------- reset */

enum err reset_show(struct req *q, const struct reset_show_in *in, struct reset_page *ret) {
	struct link_row r = {0};
	bool good;
	TRY(read_link(q, "reset", in->token, &r, &good));
	*ret = (struct reset_page){.good = good};
	if (!good) return OK;
	ret->token = in->token;
	ret->name = r.name;
	ret->email = r.email;
	return OK;
}

enum err reset_do(struct req *q, const struct reset_do_in *in) {
	TRY(choose_password(q, "reset", in->token, in->password));
	req_say(q, T("Your new password holds from now on. All other devices are logged out."));
	req_redirect(q, url_path(q->a, "/me/login"));
	return OK;
}

/* -------------------------------------------------------------- login by link */

enum err login_link_show(struct req *q, const struct login_link_show_in *in, struct login_link_page *ret) {
	struct link_row r = {0};
	bool good;
	TRY(read_link(q, "login", in->token, &r, &good));
	*ret = (struct login_link_page){.good = good};
	if (!good) return OK;
	ret->token = in->token;
	ret->name = r.name;
	return OK;
}

static enum err take_login_link(struct db *db, void *arg) {
	const struct link *l = arg;
	TRY(take_link(db, l));
	return come_in(db, l, "login_link");
}

enum err login_link_do(struct req *q, const struct login_link_do_in *in) {
	struct link *l = NEW(q->a, struct link);
	TRY(open_link(q, "login", in->token, l));
	enum err e = req_write(q, take_login_link, l);
	if (e == ERR_CONFLICT) return req_fail(q, e, GONE, NULL);
	TRY(e);
	session_cookie(q, l->session);
	req_say(q, T("You are logged in. Please choose a password now, so that you can come back."));
	req_redirect(q, url_path(q->a, "/me/login"));
	return OK;
}

/* -------------------------------------------------------------------- verify */

enum err verify_show(struct req *q, const struct verify_show_in *in, struct verify_page *ret) {
	struct link_row r = {0};
	bool good;
	TRY(read_link(q, "verify", in->token, &r, &good));
	*ret = (struct verify_page){.good = good};
	if (!good) return OK;
	ret->token = in->token;
	ret->email = r.label;
	return OK;
}

static enum err take_verify_link(struct db *db, void *arg) {
	const struct link *l = arg;
	struct person_id id = l->row.person_id;
	TRY(take_link(db, l));
	TRY(email_proved(db, l->a, id, l->row.label));
	TRY(access_audit(db, id, "email_verified", "person", id.v, l->by.peer, STR("")));
	struct event e = {.actor = id, .verb = "update", .object_kind = "person", .object_id = id.v,
	                  .audience = AUDIENCE_STAFF, .data = STR("{\"fields\":[\"email\"]}")};
	return event_append(db, &e, NULL);
}

enum err verify_do(struct req *q, const struct verify_do_in *in) {
	struct link *l = NEW(q->a, struct link);
	TRY(open_link(q, "verify", in->token, l));
	enum err e = req_write(q, take_verify_link, l);
	if (e == ERR_CONFLICT) return req_fail(q, e, GONE, NULL);
	TRY(e);
	req_say(q, T("Thank you. We know now that this address is yours."));
	req_redirect(q, url_path(q->a, req_logged_in(q) ? "/me" : "/"));
	return OK;
}
