#ifndef WEBHOOK_WEBHOOK_H
#define WEBHOOK_WEBHOOK_H
/* Other programs of the firm are told what happens, and may answer. README.md. */
#include "crypto/token.h"
#include "event/hub.h"
#include "types.h"
#include "web/req.h"
#include <sys/socket.h>

struct webhook_ctx {                   /* lives as long as the hub */
	const struct key *key;             /* the home's, which the secrets are sealed with */
};

enum { WEBHOOK_TRIES = 14 /* over about a day */ };

/* Durable reader "webhooks": events about what a program asked for become deliveries. */
hub_read webhook_read;
hub_wants webhook_wants;
/* Job "webhook" {"delivery":ID}: makes one try. ctx: struct webhook_ctx */
hub_job webhook_job;

/* In the writer's transaction: one message to each program that wants this topic. type: "request.sent"; kind, id: what it is about; data: a JSON
 * object. ret_n: how many there are. When one has been taken or given up, an event says so: "update delivery", its target what it is about. */
MUST_USE enum err webhook_send(struct db *tx, struct arena *a, const char *topic, const char *type, const char *kind, int64_t id, struct str data,
                               int64_t *ret_n);

/* What a program said to a message that it took; not found: it took none. */
MUST_USE enum err webhook_answer(struct db *db, struct arena *a, struct delivery_id id, struct str *ret, bool *ret_found);
/* The messages about a thing, the newest first, for the staff. */
MUST_USE enum err webhook_about(struct req *q, const char *kind, int64_t id, struct webhook_delivery_list *ret);

/* ------------------------------------------------------------- for its tests */

/* The header webhook-signature: "v1,BASE64". secret: whsec_…; STR_NONE when it is none. */
struct str webhook_sign(struct arena *a, struct str secret, struct str id, int64_t seconds, struct str body);
/* Whether a message may go to this address. inside: the owner said that it lies in the firm's own network. */
bool webhook_address_allowed(const struct sockaddr *to, bool inside);

#endif
