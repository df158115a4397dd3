/* Idempotency-Key: the first answer to a key is kept in the same transaction as what it did, and given again for the same
 * request. Another request under a used key is a conflict. Keys belong to a caller.
 *
 * A handler with transactions of its own reserves the key before and settles it after. When the process ends in between nobody knows
 * what was done: the key is a conflict for RESERVED_FOR, then free. */
#include "base/log.h"
#include "sql/web.h"
#include "text/utf8.h"
#include "web/web_int.h"

enum { KEY_MAX = 200 };
#define RESERVED_FOR MINUTES(10)
#define KEEP_FOR DAYS(7)

enum err idem_look(struct req *q, struct db *db) {
	struct idem *i = q->idem;
	struct idempotency_row row;
	bool found;
	if (i == NULL) return OK;
	TRY(sql_idempotency_get(db, q->a, i->hash, &row, &found));
	if (!found) return OK;
	if (!str_eq(row.request, i->request)) return req_fail(q, ERR_CONFLICT, T("This Idempotency-Key was used for another request."), NULL);
	if (row.status == 0) {
		if (row.created_at < clock_now() - RESERVED_FOR) return OK;
		own_header(q, "Retry-After", STR("2"));
		return req_fail(q, ERR_CONFLICT, T("The same request is still being done."), NULL);
	}
	i->replay = true;
	i->status = (int)row.status;
	i->body = row.body;
	i->location = row.location;
	return OK;
}

enum err idem_begin(struct req *q) {
	struct str key = http_header(q->http, "Idempotency-Key"), body;
	if (str_none(key) || !str_is(q->http->method, "POST") || (q->route->flags & ROUTE_NO_IDEM)) return OK;
	if (key.n == 0 || key.n > KEY_MAX || !utf8_valid(key))
		return req_fail(q, ERR_MALFORMED, T("The Idempotency-Key must have 1 to 200 characters."), NULL);
	TRY(req_body(q, &body));
	struct str who = q->actor.id.v ? str_fmt(q->a, "%lld", (long long)q->actor.id.v) : q->http->peer;
	struct idem *i = NEW(q->a, struct idem);
	i->hash = token_hash(q->a, str_fmt(q->a, STR_FMT "\n" STR_FMT, STR_ARG(who), STR_ARG(key)));
	i->request = token_hash(q->a, str_fmt(q->a, STR_FMT "?" STR_FMT "\n" STR_FMT, STR_ARG(q->http->path), STR_ARG(q->http->query),
	                                      STR_ARG(token_hash(q->a, body))));
	q->idem = i;
	return idem_look(q, q->db);
}

enum err idem_keep(struct req *q, struct db *db) {
	struct idem *i = q->idem;
	if (i == NULL || i->replay) return OK;
	settle_then(q);
	usec_t now = clock_now();
	if (random_below(256) == 0) TRY(sql_idempotency_forget(db, now - KEEP_FOR, NULL));
	return sql_idempotency_put(db, i->hash, i->request, q->status ? q->status : q->route->status,
	                           q->route->view != NULL ? render_json(q) : STR(""), q->then.p ? q->then : STR(""), now, NULL);
}

/* ------------------------------------------------- handlers that are not `tx` */

static enum err reserve(struct db *db, void *arg) {
	struct req *q = arg;
	struct idem *i = q->idem;
	TRY(idem_look(q, db));
	if (i->replay) return OK;
	return sql_idempotency_put(db, i->hash, i->request, 0, STR(""), STR(""), clock_now(), NULL);
}

enum err idem_reserve(struct req *q) {
	if (q->idem == NULL) return OK;
	TRY(store_write(q->web->o.store, reserve, q));
	q->idem->reserved = !q->idem->replay;
	return OK;
}

static enum err keep(struct db *db, void *arg) { return idem_keep(arg, db); }

static enum err forget(struct db *db, void *arg) {
	const struct req *q = arg;
	return sql_idempotency_drop(db, q->idem->hash, NULL);
}

void idem_settle(struct req *q, enum err e) {
	if (q->idem == NULL || !q->idem->reserved) return;
	if (store_write(q->web->o.store, e == OK ? keep : forget, q) != OK) log_warn("%s: an Idempotency-Key could not be settled", q->route->name);
}
