/* A request on a worker: who asks, may they call at all, what did they send; then the handler, here for reading or on the writer
 * for a `tx` route, and back on a worker for the answer. */
#include "base/log.h"
#include "web/decode.h"
#include "web/web_int.h"

static struct db *reader_of(struct web *w, int worker) {
	if (w->reader[worker] == NULL && store_reader(w->o.store, &w->reader[worker]) != OK) return NULL;
	return w->reader[worker];
}

static bool is_replay(const struct req *q) { return q->idem != NULL && q->idem->replay; }

/* ------------------------------------------------------------------ the writer */

/* The writer may run a job twice: what the first run said is forgotten. */
static void begin_anew(struct req *q, struct db *db) {
	struct http_response *r = &q->http->res;
	q->db = db;
	q->tx = true;
	later_settle(q, false);
	r->headers = q->tx_headers;
	http_bytes_unref(r->body);
	r->body = NULL;
	r->status = q->status = 0;
	q->err = OK;
	q->fail_public = q->then = STR_NONE;
	q->errors = (struct field_error_list){0};
	q->sent = false;
	q->then_view = NULL;
	if (q->view != NULL) memset(q->view, 0, q->route->view->type->size);
}

static enum err tx_work(struct db *db, void *arg) {
	struct req *q = arg;
	begin_anew(q, db);
	TRY(idem_look(q, db));
	if (is_replay(q)) return OK;
	TRY(q->route->run(q, q->in, q->view));
	if (q->idem != NULL && q->then_view != NULL) TRY(q->then_view(q, q->view));
	return idem_keep(q, db);
}

static enum err view_now(struct req *q) {
	if (q->db == NULL) return ERR_STORE;
	TRY(db_read_begin(q->db));
	enum err e = q->then_view(q, q->view);
	db_read_end(q->db);
	return e;
}

static enum http_when after_tx(struct http_req *h, void *ctx, int worker) {
	(void)ctx;
	struct req *q = h->user;
	enum err e = q->job.result;
	q->worker = worker;
	q->db = reader_of(q->web, worker);
	if (e == OK && q->then_view != NULL && q->idem == NULL) e = view_now(q);
	if (e == ERR_LOGIN) e = login_first(q);
	respond(q, e);
	return HTTP_DONE;
}

static void tx_done(struct db_job *job, enum err e) {
	struct req *q = job->arg;
	q->job.result = e;
	q->tx = false;
	q->db = NULL;
	later_settle(q, e == OK);
	http_again(q->http, after_tx);
}

/* ----------------------------------------------------------------- the worker */

static enum err prepare(struct req *q) {
	TRY(ask_who(q));
	TRY(ask_rate(q));
	if (!ask_allowed(&q->actor, q->route->who)) return q->actor.id.v ? ERR_DENIED : ERR_LOGIN;
	TRY(ask_origin(q));
	TRY(idem_begin(q));
	if (is_replay(q)) return OK;
	q->in = arena_alloc(q->a, q->route->in_size ? q->route->in_size : 1);
	q->view = q->route->view ? arena_alloc(q->a, q->route->view->type->size) : NULL;
	return decode_input(q, q->route, q->in);
}

/* A handler that writes does so through req_write: it must not hold a read transaction meanwhile. */
static enum err run_here(struct req *q) {
	if (!req_is_unsafe(q)) return q->route->run(q, q->in, q->view);
	db_read_end(q->db);
	TRY(idem_reserve(q));
	if (is_replay(q)) return OK;
	enum err e = q->route->run(q, q->in, q->view);
	idem_settle(q, e);
	return e;
}

static struct req *req_new(struct web *w, struct http_req *h, int worker) {
	struct req *q = NEW(&h->arena, struct req);
	q->http = h;
	q->a = &h->arena;
	q->web = w;
	q->worker = worker;
	q->business = NEW(q->a, struct business);
	q->fragment = http_header(h, "X-Fragment");
	struct str accept = http_header(h, "Accept");
	q->api = str_starts(h->path, STR("/api/")) || (str_has(accept, STR("application/json")) && !str_has(accept, STR("text/html")));
	h->user = q;
	return q;
}

static enum http_when answer_nowhere(struct req *q, bool known) {
	static const struct route nowhere = {.method = "GET", .path = "", .name = "nowhere", .status = 200};
	q->route = &nowhere;
	enum err e = ask_who(q);
	if (e == OK || e == ERR_LOGIN) e = ask_rate(q);
	if (e == OK && !known && !req_is_unsafe(q) && redirect_slash(q)) return HTTP_DONE;
	if (e == OK && known) own_header(q, "Allow", route_methods(q->a, q->http->path));
	respond(q, e != OK ? e : known ? ERR_METHOD : ERR_NOT_FOUND);
	return HTTP_DONE;
}

enum http_when web_work(struct http_req *h, void *ctx, int worker) {
	struct web *w = ctx;
	struct req *q = req_new(w, h, worker);
	bool known;
	q->db = reader_of(w, worker);
	q->seen = hub_head(w->o.hub); /* before anything is read */
	q->route = route_find(h->method, h->path, &known);
	if (q->route == NULL) return answer_nowhere(q, known);
	if (q->db != NULL && db_read_begin(q->db) != OK) q->db = NULL;
	enum err e = prepare(q);
	bool go_on = e == OK && !is_replay(q);
	if (go_on && (q->route->flags & ROUTE_TX)) {
		db_read_end(q->db);
		q->tx_headers = h->res.headers;
		q->job = (struct db_job){.work = tx_work, .done = tx_done, .arg = q};
		e = store_submit(w->o.store, &q->job);
		if (e == OK) return HTTP_LATER;
	} else if (go_on) {
		e = run_here(q);
	}
	if (q->db != NULL) db_read_end(q->db);
	if (e == OK && (q->route->flags & ROUTE_LIVE) && str_none(q->then)) return HTTP_DONE; /* a stream was opened */
	if (e == ERR_LOGIN) e = login_first(q);
	respond(q, e);
	return HTTP_DONE;
}
