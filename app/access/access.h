#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H
/* Logins: identities, sessions, tokens, one-time links; and the firm's row that every page needs. */
#include "access/policy.h"
#include "base/cli.h"
#include "web/req.h"

/* web's hooks */
MUST_USE enum err access_who_is(struct req *q);
MUST_USE enum err business_read(struct db *db, struct arena *a, struct business *ret);

/* Inside the writer's transaction: makes a one-time link of a kind ("claim", "reset", "verify", "login") for a person and returns its token,
 * which is not kept anywhere. label: for verify, the email. */
MUST_USE enum err access_link(struct db *db, struct arena *a, struct person_id person, const char *kind, struct str label,
                              usec_t lives, struct str *ret_token);

/* Makes a person who can log in. password STR_NONE: none yet. errors CONFLICT (the email has a login) */
MUST_USE enum err access_add_login(struct db *db, struct arena *a, struct person_id person, struct str email, struct str password_hash);

/* Ends a person's sessions and API tokens. */
MUST_USE enum err access_end_sessions(struct db *db, struct person_id person);

int user_command(struct cli *c);
int passwd_command(struct cli *c);
int token_command(struct cli *c);

#endif
