#ifndef NOTICE_MAIL_H
#define NOTICE_MAIL_H
/* Outgoing mail. A letter is written into the outbox in the transaction of what it tells; a job sends it by SMTP when
 * the firm has a mail server, else it waits where staff can read it (/outbox). Functions with `tx` run in the
 * writer's transaction. */
#include "crypto/token.h"
#include "web/req.h"

/* A line of a digest, which leads to what it is about. */
struct letter_item {
	struct str title, url, words;
};

/* One letter, in the recipient's language. Texts are plain; blank lines part paragraphs. */
struct letter {
	struct person_id person;      /* 0: nobody we know */
	struct str to_address, to_name;
	const char *kind;             /* claim reset verify login notice message test */
	enum lang lang;
	struct str subject;
	struct str text;
	struct str quote;             /* what somebody said; STR_NONE: nothing */
	const struct letter_item *items;
	size_t items_n;
	struct str action, url;       /* the button's words and where it leads; STR_NONE: none */
	struct str after;             /* behind the button, in small; STR_NONE: nothing */
	struct str unique_key;        /* the same key is never mailed twice; STR_NONE: no key */
	const char *topic;            /* what its reader can stop getting with one click; NULL: nothing */
};

/* base_url: this server as people reach it, req_base_url(q). ret_id 0 when the key was mailed before; may be NULL. */
MUST_USE enum err mail_queue(struct db *tx, struct arena *a, struct str base_url, const struct letter *l,
                             struct mail_id *ret_id);

/* Invites a person to take their profile: makes the one-time link and, when address is not empty, mails it there.
 * ret_url: the link, to be given to the person in another way. Ask may(…, ACT_INVITE, …) before. errors NOT_FOUND (no
 * such person, or disabled) */
MUST_USE enum err mail_claim(struct db *tx, struct arena *a, struct str base_url, struct person_id person,
                             struct str address, struct str *ret_url);
/* Asks whether an address that was added to a profile is the person's own. errors NOT_FOUND */
MUST_USE enum err mail_verify(struct db *tx, struct arena *a, struct str base_url, struct person_id person,
                              struct str address);
/* A link for a new password, to the address the person logs in with; nothing when there is none. errors NOT_FOUND */
MUST_USE enum err mail_reset(struct db *tx, struct arena *a, struct str base_url, struct person_id person);
/* To whoever sets up the mail server: does it work? */
MUST_USE enum err mail_test(struct db *tx, struct arena *a, struct str base_url, struct person_id person,
                            struct str address);

/* An address that mail can be sent to and that holds nothing but an address: one @, printable ASCII, no spaces or
 * <>()[],;:\" */
bool mail_address_valid(struct str address);

#endif
