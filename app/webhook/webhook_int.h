#ifndef WEBHOOK_WEBHOOK_INT_H
#define WEBHOOK_WEBHOOK_INT_H
/* Within webhook only. */
#include "sql/webhook.h"
#include "webhook/webhook.h"

/* The job that makes the next try; writes. */
MUST_USE enum err webhook_queue(struct db *tx, struct arena *a, struct delivery_id id);

/* post.c: one try. What went wrong is in why; status 0: nobody answered. answer: the beginning of what was said, as text. */
struct post {
	struct str url, secret, key, body;
	bool inside;
	long status;
	struct str answer, why;
};
void webhook_post(struct arena *a, struct post *p);

#endif
