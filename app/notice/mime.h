#ifndef NOTICE_MIME_H
#define NOTICE_MIME_H
/* A mail as bytes (RFC 5322, 2045, 2047): headers that hold any text without letting it become another header, and
 * two bodies to choose from. */
#include "base/buf.h"
#include "base/clock.h"

struct mime {
	struct str from_name, from_address, to_name, to_address;   /* addresses are valid: mail_address_valid */
	struct str subject;
	struct str id;               /* Message-ID without <>, of printable ASCII */
	struct str unsubscribe;      /* an address for List-Unsubscribe, or STR_NONE */
	usec_t at;
	struct str text, html;       /* UTF-8 */
	struct str boundary;         /* letters, digits, - and _ */
};
void mime_write(struct buf *b, const struct mime *m);

/* Parts of it, for tests. */
void mime_header(struct buf *b, const char *name,
                 struct str text);                        /* Subject: … with its line end */
void mime_address(struct buf *b, const char *name, struct str phrase, struct str address); /* To: Anna <a@b.example> */
void mime_quoted(struct buf *b, struct str text);                                          /* quoted-printable */

#endif
