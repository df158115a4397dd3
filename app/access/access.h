#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H
/* Logins: identities, sessions, tokens, one-time links; and the firm's row that every page needs. */
#include "access/policy.h"
#include "base/cli.h"
#include "web/req.h"

/* web's hooks */
MUST_USE enum err access_who_is(struct req *q);
MUST_USE enum err business_read(struct db *db, struct arena *a, struct business *ret);
MUST_USE enum err business_version(struct db *db, int64_t *ret);

/* The firm's working hours and holidays as they stand in the store, in a. For jobs, readers and tx handlers; a request that only reads has
 * them in memory, renewed when they change on any node: q->business->open. Monday to Friday when the firm has said nothing. */
MUST_USE enum err firm_hours(struct db *db, struct arena *a, struct hours *ret);

/* How long one-time links live. */
#define CLAIM_LIVES DAYS(30)
#define RESET_LIVES HOURS(2)
#define VERIFY_LIVES DAYS(7)
#define LOGIN_LIVES HOURS(24)

/* Inside the writer's transaction: makes a one-time link of a kind ("claim", "reset", "verify", "login") for a person
 * and returns its token, which is not kept anywhere. label: the address it is sent to, or "": who opens the link has
 * shown that they read its mail. The page is /KIND/TOKEN. */
MUST_USE enum err access_link(struct db *db, struct arena *a, struct person_id person, const char *kind,
                              struct str label, usec_t lives, struct str *ret_token);

/* Makes a person one who can log in. password_hash STR_NONE: none yet. errors CONFLICT (the email has another
 * person's login) */
MUST_USE enum err access_add_login(struct db *db, struct arena *a, struct person_id person, struct str email,
                                   struct str password_hash);

/* The address left the person's profile: they no longer log in with it. */
MUST_USE enum err access_drop_email(struct db *db, struct arena *a, struct person_id person, struct str email);

/* An address as logins are compared: ASCII letters in lower case, nothing else changed, so that no two mailboxes
 * become one. */
struct str access_fold_email(struct arena *a, struct str email);

/* A password as forms give it (utf8_line), for what does not come from a form. */
struct str access_password_text(struct arena *a, struct str password);

/* Writer: what happened to a person's login is mailed to the addresses that they have proved. address: the one in
 * question, or "". */
enum login_news { LOGIN_PASSWORD, LOGIN_ADDRESS_NEW, LOGIN_ADDRESS_GONE, LOGIN_ENDED };
MUST_USE enum err access_tell(struct db *db, struct arena *a, struct person_id person, enum login_news what,
                              struct str address);

/* Ends a person's sessions and API tokens. */
MUST_USE enum err access_end_sessions(struct db *db, struct person_id person);

/* The caller shows once more who they are, by the password: where money or cover moves. Wrong tries count like those at the door. For handlers
 * that are not tx. field: of the form. errors INVALID, TOO_MANY */
MUST_USE enum err access_prove(struct req *q, const char *field, struct str password);

/* Writes into the audit who did what, in the writer's transaction. actor 0: the program or a visitor. detail: words,
 * never secrets. */
MUST_USE enum err access_audit(struct db *db, struct person_id actor, const char *action, const char *object_kind,
                               int64_t object_id, struct str peer, struct str detail);

/* Keeps that someone of the staff looked at or did something; after the request's commit, without waiting for it. */
void access_audit_later(struct req *q, const char *action, const char *object_kind, int64_t object_id, struct str detail);

int user_command(struct cli *c);
int passwd_command(struct cli *c);
int token_command(struct cli *c);

#endif
