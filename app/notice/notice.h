#ifndef NOTICE_NOTICE_H
#define NOTICE_NOTICE_H
/* What people are told: notices inside Rialto, and mail. All of it is read from the log, so nothing else calls this
 * but mail.h's functions. */
#include "crypto/token.h"
#include "event/hub.h"

struct req;
struct web;

/* What the reader and the jobs need; lives as long as the hub. */
struct notice_ctx {
	const struct key *key;         /* the home's */
	struct web *const *web;        /* set before the hub starts; for the server's address */
	const char *base_url;          /* tests: in its stead */
};

/* Several mails about one conversation come so far apart; what happens meanwhile stands in the next one. */
#define NOTICE_WINDOW MINUTES(3)

enum { MAIL_TRIES = 12 /* over about six hours */, NOTICE_MAIL_TRIES = 12 };

/* Durable reader "notices": answers, changes of status, comments and assignments become notices; "forgot my password"
 * becomes a mail; a mail server that has just been set gets what waits. ctx: struct notice_ctx */
hub_read notice_read;
hub_wants notice_wants;
/* Job "mail" {"mail":ID}: sends one. ctx: struct notice_ctx */
hub_job mail_job;
/* Job "mail_waiting" {}: queues what waited for a mail server. */
hub_job mail_waiting_job;
/* Job "notice_mail" {}: writes what is due of the notices' letters, and comes again when more will be. ctx: struct notice_ctx */
hub_job notice_mail_job;

/* In the writer's transaction: letters may be due; the job looks. Called by whoever writes notices. */
MUST_USE enum err notice_mail_due(struct db *tx);

/* Whoever asks has looked at this conversation: what they were told of it is no longer new. Written without being waited for. */
void notice_seen(struct req *q, struct conversation_id id);
void notice_seen_request(struct req *q, struct request_id id);
void notice_seen_document(struct req *q, struct document_id id);
void notice_seen_expectation(struct req *q, struct expectation_id id);
/* kind: "record", "person", "organization", "call"; a constant */
void notice_seen_thing(struct req *q, const char *kind, int64_t id);

/* Job "login_mail" {"person":ID,"what":enum login_news,"address":…,"at":…}: tells somebody what happened to their
 * login. ctx: struct notice_ctx */
hub_job login_mail_job;

#endif
