/* /me/login: the password, the devices one is logged in on, and API tokens; and the tokens' API. */
#include "access/login.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "routes.h"
#include "text/url.h"

static enum err fill(struct req *q, struct me_login_page *ret) {
	struct login_row r;
	struct session_row_list sessions;
	bool found;
	usec_t now = clock_now();
	TRY(sql_login_by_id(q->db, q->a, q->actor.id, &r, &found));
	if (!found) return ERR_NOT_FOUND;
	TRY(sql_session_list(q->db, q->a, q->actor.id, now, &sessions));
	TRY(sql_api_token_list(q->db, q->a, q->actor.id, now, &ret->tokens));
	ret->has_password = !str_empty(r.secret);
	ret->email = r.email;
	ret->customer_no = r.customer_no;
	ret->sessions.v = NEW_ARRAY(q->a, struct session_view, sessions.n);
	for (size_t i = 0; i < sessions.n; i++) {
		const struct session_row *s = &sessions.v[i];
		ret->sessions.v[ret->sessions.n++] = (struct session_view){
			.id = s->id, .device = login_device(q->a, &q->locale, s->label), .agent = s->label, .peer = s->peer,
			.created_at = s->created_at, .seen_at = s->seen_at, .here = s->id.v == q->actor.token.v,
		};
	}
	return OK;
}

enum err me_login_show(struct req *q, const struct me_login_show_in *in, struct me_login_page *ret) {
	*ret = (struct me_login_page){.label = in->label};
	return fill(q, ret);
}

enum err me_tokens_show(struct req *q, const struct me_tokens_show_in *in, struct me_login_page *ret) {
	*ret = (struct me_login_page){.label = in->label};
	return fill(q, ret);
}

/* ------------------------------------------------------------------ password */

struct change {
	struct arena *a;
	struct person_id person;
	struct str session, hash, new_hash;
	struct caller by;
};

static enum err change_password(struct db *db, void *arg) {
	const struct change *c = arg;
	TRY(password_set(db, c->a, c->person, c->new_hash));
	TRY(access_tell(db, c->a, c->person, LOGIN_PASSWORD, STR("")));
	TRY(sql_links_end(db, c->person, STR("reset"), NULL));
	TRY(sql_sessions_end_but(db, c->person, c->session, NULL));
	return access_audit(db, c->person, "password_set", "person", c->person.v, c->by.peer, STR(""));
}

enum err me_password_do(struct req *q, const struct me_password_do_in *in) {
	struct login_row r;
	bool found;
	struct change *c = NEW(q->a, struct change);
	TRY(sql_login_by_id(q->db, q->a, q->actor.id, &r, &found));
	if (!found) return ERR_NOT_FOUND;
	const char *fault = password_fault(in->password, r.email, r.name);
	if (fault != NULL) return req_invalid(q, "password", fault);
	*c = (struct change){.a = q->a, .person = q->actor.id, .by = login_caller(q),
	                     .session = q->actor.by_token ? STR("") : q->actor.session};
	if (!str_empty(r.secret)) TRY(access_prove(q, "old", in->old));
	TRY(password_hash(q->a, in->password, &c->new_hash));
	TRY(req_write(q, change_password, c));
	req_say(q, T("Your new password holds from now on. All other devices are logged out."));
	return OK;
}

enum err session_end(struct req *q, const struct session_end_in *in) {
	int64_t ended;
	TRY(sql_token_end(q->db, in->id, q->actor.id, STR("session"), &ended));
	if (ended == 0) return ERR_NOT_FOUND;
	req_say(q, T("That device is logged out."));
	return access_audit(q->db, q->actor.id, "session_ended", "person", q->actor.id.v, q->http->peer, STR(""));
}

enum err sessions_end(struct req *q) {
	TRY(sql_sessions_end_but(q->db, q->actor.id, STR(""), NULL));
	TRY(access_tell(q->db, q->a, q->actor.id, LOGIN_ENDED, STR("")));
	TRY(access_audit(q->db, q->actor.id, "sessions_ended", "person", q->actor.id.v, q->http->peer, STR("")));
	req_cookie(q, "rialto", STR(""), 0);
	req_say(q, T("You are logged out on every device."));
	return OK;
}

/* -------------------------------------------------------------------- tokens */

static enum err make_token(struct req *q, struct str label, struct token_made *ret) {
	struct api_token_list have;
	usec_t now = clock_now();
	TRY(sql_api_token_list(q->db, q->a, q->actor.id, now, &have));
	if (have.n >= API_TOKENS_MAX)
		return req_fail(q, ERR_CONFLICT, T("You have many tokens already. Please end one first."), NULL);
	*ret = (struct token_made){.label = label, .token = token_new(q->a), .created_at = now,
	                           .expires_at = now + API_TOKEN_LIVES};
	TRY(sql_token_put(q->db, STR("api"), token_hash(q->a, ret->token), q->actor.id, label, q->http->peer, now,
	                  ret->expires_at, &ret->id));
	return access_audit(q->db, q->actor.id, "token_made", "person", q->actor.id.v, q->http->peer, label);
}

enum err token_add(struct req *q, const struct token_add_in *in, struct token_made *ret) {
	return make_token(q, in->label, ret);
}

/* The page with the new token in it: the only time that it is shown. */
enum err me_token_add(struct req *q, const struct me_token_add_in *in, struct me_login_page *ret) {
	struct token_made made;
	*ret = (struct me_login_page){0};
	TRY(make_token(q, in->label, &made));
	ret->new_token = made.token;
	return fill(q, ret);
}

enum err token_list(struct req *q, struct token_list_page *ret) {
	*ret = (struct token_list_page){0};
	return sql_api_token_list(q->db, q->a, q->actor.id, clock_now(), &ret->data);
}

enum err token_remove(struct req *q, const struct token_remove_in *in) {
	int64_t ended;
	TRY(sql_token_end(q->db, in->id, q->actor.id, STR("api"), &ended));
	if (ended == 0) return ERR_NOT_FOUND;
	req_say(q, T("The token is no longer good."));
	return access_audit(q->db, q->actor.id, "token_ended", "person", q->actor.id.v, q->http->peer, STR(""));
}
