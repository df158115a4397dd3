/* Showing once more who one is. */
#include "access/login.h"
#include "crypto/password.h"
#include "text/locale.h"

static enum err begin_try(struct db *db, void *arg) { return login_try(db, arg); }

static enum err was_right(struct db *db, void *arg) { return login_try_was_right(db, arg); }

enum err access_prove(struct req *q, const char *field, struct str password) {
	struct login_row r;
	bool found;
	TRY(sql_login_by_id(q->db, q->a, q->actor.id, &r, &found));
	if (!found || str_empty(r.secret)) return req_invalid(q, field, T("You have no password yet. Choose one under “Password and devices”, then come back."));
	struct try *t = NEW(q->a, struct try);
	*t = (struct try){.now = clock_now(), .account = login_account_key(q->a, true, q->actor.id, STR("")),
	                  .address = login_address_key(q->a, q->http->peer)};
	TRY(req_write(q, begin_try, t));
	if (t->locked_until != 0) {
		const char *sentence = TRQ(q, T("That did not work several times, so we wait a little. You can try again {when}."));
		struct str when = say_ago(q->a, &q->locale, t->locked_until);
		return req_fail(q, ERR_TOO_MANY, tr_fill(q->a, sentence, "when", str_z(q->a, when), NULL).p, NULL);
	}
	if (!password_verify(r.secret, str_none(password) ? STR("") : password)) return req_invalid(q, field, T("This is not your password."));
	return req_write(q, was_right, t);
}
