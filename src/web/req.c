/* What handlers say: faults, events, where to go next, headers. */
#include "base/check.h"
#include "base/log.h"
#include "text/escape.h"
#include "web/web_int.h"
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* -------------------------------------------------------------------- faults */

enum err req_fail(struct req *q, enum err e, const char *sentence, const char *log, ...) {
	if (q->err == OK) {
		q->err = e;
		if (sentence != NULL) q->fail_public = str_copy(q->a, str_c(TRQ(q, sentence)));
	}
	if (log != NULL) {
		va_list ap;
		va_start(ap, log);
		struct str s = str_vfmt(q->a, log, ap);
		va_end(ap);
		log_warn("%s: " STR_FMT, q->route->name, STR_ARG(s));
	}
	return e;
}

enum err req_invalid(struct req *q, const char *field, const char *sentence) {
	struct field_error_list *l = &q->errors;
	if (l->n < 50) {
		struct field_error *v = NEW_ARRAY(q->a, struct field_error, l->n + 1);
		if (l->n > 0) memcpy(v, l->v, l->n * sizeof *v);
		v[l->n++] = (struct field_error){.field = str_copy(q->a, str_c(field)), .message = str_copy(q->a, str_c(TRQ(q, sentence)))};
		l->v = v;
	}
	return ERR_INVALID;
}

/* ------------------------------------------------------------------- writing */

enum err req_event(struct req *q, const char *verb, const char *object_kind, int64_t object_id, const char *target_kind,
                   int64_t target_id, enum audience audience, struct str data) {
	PRE(q->tx);
	struct event e = {.actor = q->actor.id, .verb = verb, .object_kind = object_kind, .object_id = object_id,
	                  .target_kind = target_kind, .target_id = target_id, .audience = audience, .data = data};
	return event_append(q->db, &e, NULL);
}

enum err req_write(struct req *q, db_work *work, void *arg) {
	PRE(!q->tx);
	return store_write(q->web->o.store, work, arg);
}

void req_then_view(struct req *q, enum err (*fill)(struct req *q, void *view)) {
	PRE(q->tx);
	q->then_view = fill;
}

struct later {
	struct db_job job;
	struct later *next;
	db_work *work;
	alignas(max_align_t) char arg[];
};

static enum err later_work(struct db *db, void *arg) {
	struct later *l = arg;
	return l->work(db, l->arg);
}

static void later_done(struct db_job *job, enum err e) {
	if (e != OK) log_warn("something to be written later was lost: %s", err_word(e));
	free(job->arg);
}

static void submit_later(struct req *q, struct later *l) {
	enum err e = store_submit(q->web->o.store, &l->job);
	if (e != OK) later_done(&l->job, e);
}

void req_later(struct req *q, db_work *work, void *arg, size_t bytes) {
	struct later *l = must_malloc(sizeof *l + bytes);
	l->job = (struct db_job){.work = later_work, .done = later_done, .arg = l};
	l->work = work;
	l->next = NULL;
	if (bytes > 0) memcpy(l->arg, arg, bytes);
	if (!q->tx) {
		submit_later(q, l);
		return;
	}
	struct later **end = &q->later;
	while (*end != NULL) end = &(*end)->next;
	*end = l;
}

void later_settle(struct req *q, bool committed) {
	while (q->later != NULL) {
		struct later *l = q->later;
		q->later = l->next;
		if (committed) submit_later(q, l);
		else free(l);
	}
}

/* -------------------------------------------------------------------- answers */

void req_depends(struct req *q, const char *kind, int64_t id) {
	if (q->depend_count == LIVE_TOPICS_MAX) {
		q->depends_on_more = true;
		return;
	}
	snprintf(q->depends[q->depend_count].kind, sizeof q->depends[0].kind, "%s", kind);
	q->depends[q->depend_count++].id = id;
}

void req_redirect(struct req *q, struct url to) { q->then = to.s; }

void req_moved(struct req *q, struct url to) {
	q->then = q->http->query.n ? str_fmt(q->a, STR_FMT "?" STR_FMT, STR_ARG(to.s), STR_ARG(q->http->query)) : to.s;
	q->moved = true;
}

void req_say(struct req *q, const char *sentence) {
	struct buf b;
	buf_init(&b, 2048);
	percent_encode(&b, str_c(TRQ(q, sentence)));
	req_cookie(q, "said", b.over ? STR("") : str_copy(q->a, buf_str(&b)), 60);
	buf_done(&b);
}

static void put_header(struct req *q, const char *name, struct str value, int most) {
	struct http_response *r = &q->http->res;
	bool many = strcasecmp(name, "Set-Cookie") == 0;
	for (int i = 0; i < r->headers && !many; i++)
		if (strcasecmp(r->header[i].name, name) == 0) {
			r->header[i].value = value;
			return;
		}
	if (r->headers < most) http_set_header(q->http, name, value);
	else log_error("%s: there is no room for the header %s", q->route->name, name);
}

void req_header(struct req *q, const char *name, struct str value) { put_header(q, name, value, HTTP_HEADERS_MAX - OWN_HEADERS); }
void own_header(struct req *q, const char *name, struct str value) { put_header(q, name, value, HTTP_HEADERS_MAX); }

void req_cookie(struct req *q, const char *name, struct str value, int64_t max_age_seconds) {
	bool secure = q->http->secure || str_starts(str_c(q->web->base_url), STR("https:"));
	bool script = strcmp(name, "theme") == 0;
	req_header(q, "Set-Cookie", str_fmt(q->a, "%s=" STR_FMT "; Path=/; Max-Age=%lld; SameSite=Lax%s%s", name, STR_ARG(value),
	                                    (long long)max_age_seconds, script ? "" : "; HttpOnly", secure ? "; Secure" : ""));
}

void req_send(struct req *q, int status, const char *type, struct str bytes) {
	http_bytes_unref(q->http->res.body);
	q->http->res.status = status;
	q->http->res.body = http_bytes_new(bytes);
	req_header(q, "Content-Type", str_c(type));
	q->sent = true;
}

/* ------------------------------------------------------------------- versions */

/* The version in "v12" or "v12-0a1b…", as answer_json writes it; a weak one does not count here. */
static bool is_version(struct str tag, int64_t version) {
	int64_t v;
	if (tag.n < 4 || tag.p[0] != '"' || tag.p[1] != 'v' || tag.p[tag.n - 1] != '"') return false;
	struct str rest = str_n(tag.p + 2, tag.n - 3);
	return str_int(str_cut(&rest, '-'), &v) && v == version;
}

enum err req_version(struct req *q, int64_t version) {
	q->version = (struct opt_int){.has = true, .v = version};
	if (str_is(q->http->method, "GET") || str_is(q->http->method, "HEAD")) return OK;
	struct str match = http_header(q->http, "If-Match");
	if (str_none(match)) return q->api ? ERR_NEED_MATCH : OK;
	if (str_is(match, "*")) return OK;
	while (!str_none(match))
		if (is_version(str_trim(str_cut(&match, ',')), version)) return OK;
	return ERR_STALE;
}

/* -------------------------------------------------------------------- reading */

struct str cookie_get(struct http_req *h, const char *name) {
	struct str rest = http_header(h, "Cookie");
	while (!str_none(rest)) {
		struct str value = str_trim(str_cut(&rest, ';')), key = str_cut(&value, '=');
		if (str_is(key, name) && !str_none(value)) return value;
	}
	return STR_NONE;
}

enum err req_body(struct req *q, struct str *ret) {
	if (!q->body_here) {
		struct str body;
		TRY(http_body(q->http, (size_t)q->route->body_max, &body));
		q->http->body = body;
		q->body_here = true;
	}
	*ret = q->http->body;
	return OK;
}

struct str req_get_cookie(struct req *q, const char *name) { return cookie_get(q->http, name); }
bool req_is_staff(const struct req *q) { return q->actor.is_staff; }
bool req_logged_in(const struct req *q) { return q->actor.id.v != 0; }
struct str req_base_url(const struct req *q) { return str_c(q->web->base_url); }
const struct key *web_key(const struct web *w) { return &w->o.key; }
struct store *web_store(const struct web *w) { return w->o.store; }
struct hub *web_hub(const struct web *w) { return w->o.hub; }
struct live *web_live(const struct web *w) { return w->o.live; }
