/* Idempotency-Key: the first answer to a key is kept in the same transaction as what it did, and given again for the same
 * request. Another request under a used key is a conflict. Keys belong to a caller. */
#include "web/web_int.h"
#include "sql/web.h"
#include "text/utf8.h"

enum { KEY_MAX = 200 };

enum err idem_begin(struct req *q) {
	struct str key = http_header(q->http, "Idempotency-Key");
	if (str_none(key) || !str_is(q->http->method, "POST") || (q->route->flags & ROUTE_NO_IDEM)) return OK;
	if (key.n == 0 || key.n > KEY_MAX || !utf8_valid(key))
		return req_fail(q, ERR_MALFORMED, T("The Idempotency-Key must have 1 to 200 characters."), NULL);
	struct str body;
	TRY(http_body(q->http, (size_t)q->route->body_max, &body));
	q->http->body = body;
	struct str who = q->actor.id.v ? str_fmt(q->a, "%lld", (long long)q->actor.id.v) : q->http->peer;
	struct idem *i = NEW(q->a, struct idem);
	i->hash = token_hash(q->a, str_fmt(q->a, STR_FMT "\n" STR_FMT, STR_ARG(who), STR_ARG(key)));
	i->request = token_hash(q->a, str_fmt(q->a, STR_FMT "?" STR_FMT "\n" STR_FMT, STR_ARG(q->http->path), STR_ARG(q->http->query),
	                                      STR_ARG(token_hash(q->a, body))));
	struct idempotency_row row;
	bool found;
	TRY(sql_idempotency_get(q->db, q->a, i->hash, &row, &found));
	if (found) {
		if (!str_eq(row.request, i->request))
			return req_fail(q, ERR_CONFLICT, T("This Idempotency-Key was used for another request."), NULL);
		i->replay = true;
		i->status = (int)row.status;
		i->body = row.body;
		i->location = row.location;
	}
	q->idem = i;
	return OK;
}

enum err idem_keep(struct req *q, struct db *db) {
	if (q->idem == NULL || q->idem->replay) return OK;
	struct idem *i = q->idem;
	i->status = q->status ? q->status : q->route->status;
	i->body = q->route->view != NULL ? render_json(q) : STR("");
	i->location = q->then.p ? q->then : STR("");
	return sql_idempotency_put(db, i->hash, i->request, i->status, i->body, i->location, clock_now());
}
