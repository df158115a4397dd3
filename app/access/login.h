#ifndef ACCESS_LOGIN_H
#define ACCESS_LOGIN_H
/* Within access: finding the account, counting tries, sessions, passwords. What says "writer" runs in the writer's
 * transaction. */
#include "access/access.h"
#include "sql/access.h"

/* A session ends when it was not used for so long; its cookie lives longer, so that the server decides. */
#define SESSION_LIVES DAYS(30)
#define API_TOKEN_LIVES DAYS(365)
enum { COOKIE_SECONDS = 180 * 24 * 3600, API_TOKENS_MAX = 50, AGENT_MAX = 300 };

/* By email or customer number, as somebody typed it. */
MUST_USE enum err login_find(struct db *db, struct arena *a, struct str name, struct login_row *ret, bool *ret_found);

/* Lock-out. Tries are counted before the password is looked at, so that many at once do not get more tries than one
 * after another. The account: 4 free, then 30 s, doubled each time up to an hour. The address, where many people may
 * sit behind: 20 free, then a minute, doubled up to an hour. After a day without a lock the count begins anew. */
struct try {
	struct str account, address;   /* keys of login_failure */
	usec_t now;
	usec_t locked_until;           /* 0: go on */
};
MUST_USE enum err login_try(struct db *db, struct try *t);                       /* writer */
MUST_USE enum err login_try_was_right(struct db *db, const struct try *t);                 /* writer */
struct str login_account_key(struct arena *a, bool found, struct person_id id, struct str name);
struct str login_address_key(struct arena *a, struct str peer); /* of IPv6 the network (/64): one household's */

/* What a request tells of who asks, for a session or the audit. Copied, so that it may be used on the writer. */
struct caller {
	struct str peer, agent;
};
struct caller login_caller(struct req *q);

/* Writer: a session for a person; its token was made before. */
MUST_USE enum err session_begin(struct db *db, struct arena *a, struct person_id person, struct str token,
                                struct caller by);
void session_cookie(struct req *q, struct str token);

MUST_USE enum err password_set(struct db *db, struct arena *a, struct person_id person, struct str hash);   /* writer */

/* Writer: notes that the person reads the mail of this address, and lets them log in with it unless another person
 * does. */
MUST_USE enum err email_proved(struct db *db, struct arena *a, struct person_id person, struct str email);

/* A path of ours that was given as ?back=, or the start page; never one of the pages of this folder. */
struct url login_back(struct req *q, struct str back);

/* "Firefox on Linux" of a User-Agent; its first word when it is no browser. */
struct str login_device(struct arena *a, const struct locale *l, struct str agent);

#endif
