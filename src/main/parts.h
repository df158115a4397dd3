#ifndef MAIN_PARTS_H
#define MAIN_PARTS_H
/* The capabilities that read the log or do jobs, joined to the hub in one visible list. */
#include "crypto/token.h"
#include "event/hub.h"
#include "notice/notice.h"
#include "webhook/webhook.h"

struct web;

struct parts {
	struct store *store;
	struct hub *hub;
	const struct key *key;
	const char *home;
	struct web *web;         /* set before the hub starts */
	struct notice_ctx notice;
	struct webhook_ctx webhook;
};

void parts_join(struct parts *p);
/* What a server that starts has to see to, on a store that is current. errors STORE */
MUST_USE enum err parts_begin(struct parts *p);

#endif
