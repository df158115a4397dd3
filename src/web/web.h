#ifndef WEB_WEB_H
#define WEB_WEB_H
/* From a request to an answer: finds the route, knows who asks, decodes the input, runs the handler (on the writer where it writes),
 * and gives its view as a page, a part of one, or JSON. The table of routes is generated from app/routes. */
#include "crypto/token.h"
#include "web/req.h"

struct web_options {
	struct store *store;
	struct hub *hub;
	struct live *live;
	struct key key;
	const char *base_url;          /* NULL: http://LISTEN */
	const char *listen;
	int loops, workers;            /* 0: chosen by the machine's cores and the engine */
	bool trust_proxy;
};

struct web_hooks {
	/* Finds who carries this token (q->token, q->actor.by_token say what was sent) and fills q->actor. */
	enum err (*who_is)(struct req *q);
	/* Reads the firm; and its version alone, which is another after each change. */
	enum err (*business)(struct db *db, struct arena *a, struct business *ret);
	enum err (*firm_version)(struct db *db, int64_t *ret);
};

/* Makes what must be there before the hub starts: the page cache listens to the log. */
MUST_USE enum err web_prepare(const struct web_options *o, const struct web_hooks *hooks, struct web **ret);
/* Listens, so that the base address is known before the hub's readers and the first request ask for it. errors as http_listen */
MUST_USE enum err web_listen(struct web *w, struct arena *a, struct str *ret_why);
/* Serves, after web_listen. errors as http_start */
MUST_USE enum err web_start(struct web *w, struct arena *a, struct str *ret_why);
int web_port(const struct web *w);
/* Finishes what is under way; accepts NULL. false: a request does not end, and the caller can only end the process. */
MUST_USE bool web_stop(struct web *w);
void web_free(struct web *w);   /* after hub_stop; accepts NULL */

#endif
