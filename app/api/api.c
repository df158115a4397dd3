/* The interface for programs, told from the generated tables: OpenAPI 3.1, a page to read, and what operators'
 * programs ask. */
#include "base/check.h"
#include "db/db.h"
#include "routes.h"
#include "text/json.h"
#include "tpl.h"
#include "web/req.h"
#include "web/stats.h"
#include <stdio.h>

enum { DOCUMENT_MAX = 4 * 1024 * 1024 };

static const struct {
	const char *word, *sentence;
} who_words[] = {
#define WHO(name, sentence) {#name, sentence},
#include "web/who.def"
#undef WHO
};

/* ------------------------------------------------------------ for operators */

enum err ready_show(struct req *q) {
	int have = 0, newest = 0;
	bool ready = store_version(web_store(q->web), &have, &newest) == OK && have == newest;
	req_send(q, ready ? 200 : 503, "text/plain; charset=utf-8", ready ? STR("ready\n") : STR("not ready\n"));
	return OK;
}

static void put_metric(struct buf *b, const char *name, const char *type, const char *help, double v) {
	buf_fmt(b, "# HELP rialto_%s %s\n# TYPE rialto_%s %s\nrialto_%s %.17g\n", name, help, name, type, name, v);
}

enum err metrics_show(struct req *q) {
	struct web_stats s;
	struct buf b;
	web_stats(q->web, &s);
	buf_init(&b, 65536);
	put_metric(&b, "requests_total", "counter", "Requests taken.", (double)s.http.requests);
	put_metric(&b, "requests_quick_total", "counter", "Requests answered from memory.", (double)s.http.quick);
	put_metric(&b, "requests_refused_total", "counter", "Requests refused by the guard or for lack of room.", (double)s.http.refused);
	put_metric(&b, "requests_failed_total", "counter", "Requests that ended in a fault of ours.", (double)s.failed);
	put_metric(&b, "connections", "gauge", "Open connections.", s.http.connections);
	put_metric(&b, "requests_waiting", "gauge", "Requests waiting for a worker.", s.http.waiting);
	put_metric(&b, "streams", "gauge", "Open live streams.", s.http.streams);
	put_metric(&b, "store_commits_total", "counter", "Transactions committed by the writer.", (double)s.store.commits);
	put_metric(&b, "store_jobs_total", "counter", "Writes done.", (double)s.store.jobs);
	put_metric(&b, "store_refused_total", "counter", "Writes refused because too many waited.", (double)s.store.refused);
	put_metric(&b, "store_failed_total", "counter", "Writes that failed.", (double)s.store.failed);
	put_metric(&b, "store_waiting", "gauge", "Writes waiting.", s.store.waiting);
	put_metric(&b, "cache_hits_total", "counter", "Pages found in memory.", (double)s.cache.hits);
	put_metric(&b, "cache_misses_total", "counter", "Pages not found in memory.", (double)s.cache.misses);
	put_metric(&b, "cache_bytes", "gauge", "Memory of kept pages.", (double)s.cache.bytes);
	put_metric(&b, "events_head", "gauge", "Newest event in the log.", (double)s.hub.head);
	put_metric(&b, "events_read", "gauge", "Event that the slowest reader has reached.", (double)s.hub.slowest_reader);
	put_metric(&b, "jobs_done_total", "counter", "Jobs done.", (double)s.hub.jobs_done);
	put_metric(&b, "jobs_failed_total", "counter", "Tries of jobs that failed.", (double)s.hub.jobs_failed);
	req_send(q, 200, "text/plain; version=0.0.4; charset=utf-8", buf_str(&b));
	buf_done(&b);
	return OK;
}

/* ------------------------------------------------------------------ OpenAPI */

static void put_kind(struct json_out *o, enum kind k) {
	static const struct {
		const char *type, *format;
	} kinds[] = {[K_INT] = {"integer", "int64"}, [K_REAL] = {"number", NULL}, [K_BOOL] = {"boolean", NULL}, [K_TEXT] = {"string", NULL},
	             [K_DATE] = {"string", "date"}, [K_TIME] = {"string", "date-time"}, [K_BLOB] = {"string", "binary"}, [K_ID] = {"integer", "int64"},
	             [K_INTS] = {"array", NULL}, [K_HTML] = {"string", NULL}, [K_URL] = {"string", "uri-reference"}, [K_STRUCT] = {"object", NULL},
	             [K_FILE] = {"string", "binary"}, [K_JSON] = {"object", NULL}};
	json_put_key(o, "type");
	json_put_c(o, kinds[k].type);
	if (kinds[k].format != NULL) json_put_key(o, "format"), json_put_c(o, kinds[k].format);
}

static const char *ref_of(struct arena *a, const char *type) {
	return str_fmt(a, "#/components/schemas/%s", type).p;
}

static void put_field_schema(struct json_out *o, struct arena *a, const struct type_field *f) {
	json_put_object(o);
	if (f->list) {
		json_put_key(o, "type"), json_put_c(o, "array");
		json_put_key(o, "items");
		json_put_object(o);
	}
	if (f->kind == K_STRUCT && f->opt) {
		json_put_key(o, "oneOf");
		json_put_array(o);
		json_put_object(o), json_put_key(o, "$ref"), json_put_c(o, ref_of(a, f->type->name)), json_put_end(o);
		json_put_object(o), json_put_key(o, "type"), json_put_c(o, "null"), json_put_end(o);
		json_put_end(o);
	} else if (f->kind == K_STRUCT) {
		json_put_key(o, "$ref"), json_put_c(o, ref_of(a, f->type->name));
	} else if (f->kind != K_BOOL && !f->list) {   /* what may be absent is null */
		json_put_key(o, "anyOf");
		json_put_array(o);
		json_put_object(o), put_kind(o, f->kind), json_put_end(o);
		if (f->opt || f->kind == K_TEXT || f->kind == K_REAL || f->kind == K_TIME || f->kind == K_ID || f->kind == K_DATE || f->kind == K_URL || f->kind == K_HTML || f->kind == K_JSON)
			json_put_object(o), json_put_key(o, "type"), json_put_c(o, "null"), json_put_end(o);
		json_put_end(o);
	} else {
		put_kind(o, f->kind);
	}
	if (f->list) json_put_end(o);
	json_put_end(o);
}

static bool first_of_group(const struct type_def *t, int i) {
	for (int k = 0; k < i; k++)
		if (t->field[k].group != NULL && strcmp(t->field[k].group, t->field[i].group) == 0 && !t->field[k].no_json) return false;
	return true;
}

static void put_properties(struct json_out *o, struct arena *a, const struct type_def *t, const char *group) {
	json_put_key(o, "properties");
	json_put_object(o);
	for (int i = 0; i < t->fields; i++) {
		const struct type_field *f = &t->field[i];
		if (f->no_json || f->kind == K_BLOB) continue;
		if (group != NULL && (f->group == NULL || strcmp(f->group, group) != 0)) continue;
		if (group == NULL && f->group != NULL) {
			if (!first_of_group(t, i)) continue;
			json_put_key(o, f->group);
			json_put_object(o);
			json_put_key(o, "type");
			json_put_array(o), json_put_c(o, "object");
			if (f->group_opt) json_put_c(o, "null");
			json_put_end(o);
			put_properties(o, a, t, f->group);
			json_put_end(o);
			continue;
		}
		json_put_key(o, f->name);
		put_field_schema(o, a, f);
	}
	json_put_end(o);
}

/* The types that the interface gives, each once, with those they are made of. */
struct seen {
	const struct type_def *t[400];
	int n;
};

static void see(struct seen *s, const struct type_def *t) {
	if (t == NULL) return;
	for (int i = 0; i < s->n; i++)
		if (s->t[i] == t) return;
	PRE(s->n < 400);
	s->t[s->n++] = t;
	for (int i = 0; i < t->fields; i++)
		if (!t->field[i].no_json) see(s, t->field[i].type);
}

static const struct type_field *face_of(const struct type_def *t) {
	for (int i = 0; t->json != NULL && i < t->fields; i++)
		if (strcmp(t->field[i].name, t->json) == 0) return &t->field[i];
	return NULL;
}

static void put_schemas(struct json_out *o, struct arena *a) {
	struct seen *s = NEW(a, struct seen);
	for (int i = 0; i < route_count; i++)
		if ((routes[i].flags & ROUTE_API) && routes[i].view != NULL) see(s, routes[i].view->type);
	json_put_key(o, "schemas");
	json_put_object(o);
	for (int i = 0; i < s->n; i++) {
		json_put_key(o, s->t[i]->name);
		json_put_object(o);
		json_put_key(o, "type"), json_put_c(o, "object");
		put_properties(o, a, s->t[i], NULL);
		json_put_end(o);
	}
	json_put_key(o, "problem");
	json_put_raw(o, STR("{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\"],\"properties\":{\"type\":{\"type\":\"string\",\"format\":"
	                    "\"uri-reference\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},"
	                    "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"field\":{\"type\":\"string\"},"
	                    "\"message\":{\"type\":\"string\"}}}}}}"));
	json_put_end(o);
}

static void put_input_schema(struct json_out *o, const struct field_def *f) {
	json_put_object(o);
	if (f->list) json_put_key(o, "type"), json_put_c(o, "array"), json_put_key(o, "items"), json_put_object(o);
	put_kind(o, f->kind);
	if (f->one != NULL) {
		json_put_key(o, "enum");
		json_put_array(o);
		for (const char *const *w = f->one; *w != NULL; w++) json_put_c(o, *w);
		json_put_end(o);
	}
	bool text = f->kind == K_TEXT;
	if (f->has_max && !f->list) json_put_key(o, text ? "maxLength" : "maximum"), json_put_int(o, f->max);
	if (f->has_min && !f->list && f->min > 0) json_put_key(o, text ? "minLength" : "minimum"), json_put_int(o, f->min);
	if (f->list) {
		json_put_end(o);
		if (f->has_max) json_put_key(o, "maxItems"), json_put_int(o, f->max);
	}
	json_put_end(o);
}

static bool in_path(const struct route *r, const struct field_def *f) {
	char name[64];
	snprintf(name, sizeof name, "{%s}", f->name);
	return f->group == NULL && strstr(r->path, name) != NULL;
}

static bool has_body(const struct route *r) {
	return strcmp(r->method, "GET") != 0 && strcmp(r->method, "DELETE") != 0;
}

static void put_parameters(struct json_out *o, const struct route *r) {
	json_put_key(o, "parameters");
	json_put_array(o);
	for (int i = 0; i < r->in_count; i++) {
		const struct field_def *f = &r->in[i];
		if (!in_path(r, f) && has_body(r)) continue;
		json_put_object(o);
		json_put_key(o, "name"), json_put_c(o, f->name);
		json_put_key(o, "in"), json_put_c(o, in_path(r, f) ? "path" : "query");
		json_put_key(o, "required"), json_put_bool(o, in_path(r, f) || !(f->opt || f->list || f->kind == K_BOOL || f->preset));
		json_put_key(o, "schema");
		put_input_schema(o, f);
		json_put_end(o);
	}
	if (strcmp(r->method, "POST") == 0 && !(r->flags & ROUTE_NO_IDEM))
		json_put_raw(o, STR("{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"schema\":{\"type\":\"string\",\"maxLength\":200}}"));
	json_put_end(o);
}

static void put_body(struct json_out *o, const struct route *r) {
	bool file = false;
	int n = 0;
	for (int i = 0; i < r->in_count; i++)
		if (!in_path(r, &r->in[i])) n++, file |= r->in[i].kind == K_FILE;
	if (n == 0 || !has_body(r)) return;
	json_put_key(o, "requestBody");
	json_put_object(o), json_put_key(o, "content");
	json_put_object(o), json_put_key(o, file ? "multipart/form-data" : "application/json");
	json_put_object(o), json_put_key(o, "schema");
	json_put_object(o);
	json_put_key(o, "type"), json_put_c(o, "object");
	json_put_key(o, "properties");
	json_put_object(o);
	for (int i = 0; i < r->in_count; i++) {
		const struct field_def *f = &r->in[i];
		if (in_path(r, f)) continue;
		if (f->group == NULL) {
			json_put_key(o, f->name);
			put_input_schema(o, f);
			continue;
		}
		bool seen = false;
		for (int k = 0; k < i; k++) seen |= r->in[k].group != NULL && strcmp(r->in[k].group, f->group) == 0;
		if (seen) continue;
		json_put_key(o, f->group);
		json_put_object(o), json_put_key(o, "type"), json_put_c(o, "object"), json_put_key(o, "properties"), json_put_object(o);
		for (int k = i; k < r->in_count; k++)
			if (r->in[k].group != NULL && strcmp(r->in[k].group, f->group) == 0) json_put_key(o, r->in[k].name), put_input_schema(o, &r->in[k]);
		json_put_end(o), json_put_end(o);
	}
	json_put_end(o), json_put_end(o), json_put_end(o), json_put_end(o), json_put_end(o);
}

static void put_answers(struct json_out *o, struct arena *a, const struct route *r) {
	json_put_key(o, "responses");
	json_put_object(o);
	json_put_key_str(o, str_fmt(a, "%d", r->status));
	json_put_object(o);
	json_put_key(o, "description"), json_put_c(o, r->status == 204 ? "done" : "what was asked for");
	if (r->view != NULL) {
		const struct type_field *face = face_of(r->view->type);
		json_put_key(o, "content"), json_put_object(o), json_put_key(o, "application/json"), json_put_object(o), json_put_key(o, "schema");
		if (face != NULL) put_field_schema(o, a, face);
		else json_put_object(o), json_put_key(o, "$ref"), json_put_c(o, ref_of(a, r->view->type->name)), json_put_end(o);
		json_put_end(o), json_put_end(o);
	}
	json_put_end(o);
	json_put_key(o, "default");
	json_put_raw(o, STR("{\"description\":\"what went wrong\",\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":"
	                    "\"#/components/schemas/problem\"}}}}"));
	json_put_end(o);
}

static void put_operation(struct json_out *o, struct arena *a, const struct route *r) {
	struct str method = str_lower(a, str_c(r->method));
	json_put_key_str(o, method);
	json_put_object(o);
	struct str path = str_c(r->path);
	struct buf id;
	buf_init(&id, 200);
	buf_add(&id, method);
	for (size_t i = sizeof "/api/v1" - 1; i < path.n; i++)
		buf_add_char(&id, (path.p[i] >= 'a' && path.p[i] <= 'z') ? path.p[i] : '_');
	json_put_key(o, "operationId"), json_put_str(o, str_copy(a, buf_str(&id)));
	buf_done(&id);
	json_put_key(o, "summary"), json_put_c(o, r->doc ? r->doc : r->name);
	json_put_key(o, "description"), json_put_str(o, str_fmt(a, "For %s.", who_words[r->who].sentence));
	json_put_key(o, "security"), json_put_raw(o, r->who == WHO_public ? STR("[{},{\"token\":[]}]") : STR("[{\"token\":[]}]"));
	put_parameters(o, r);
	put_body(o, r);
	put_answers(o, a, r);
	json_put_end(o);
}

enum err openapi_show(struct req *q) {
	struct buf b;
	buf_init(&b, DOCUMENT_MAX);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "openapi"), json_put_c(&o, "3.1.0");
	json_put_key(&o, "info");
	json_put_object(&o);
	json_put_key(&o, "title"), json_put_str(&o, q->business->name);
	json_put_key(&o, "version"), json_put_c(&o, "1");
	json_put_end(&o);
	json_put_key(&o, "servers"), json_put_raw(&o, STR("[{\"url\":\"/\"}]"));
	json_put_key(&o, "paths");
	json_put_object(&o);
	for (int i = 0; i < route_count; i++) {
		const struct route *r = &routes[i];
		bool before = false;
		for (int k = 0; k < i; k++) before |= (routes[k].flags & ROUTE_API) && strcmp(routes[k].path, r->path) == 0;
		if (!(r->flags & ROUTE_API) || before) continue;
		json_put_key(&o, r->path);
		json_put_object(&o);
		for (int k = i; k < route_count; k++)
			if ((routes[k].flags & ROUTE_API) && strcmp(routes[k].path, r->path) == 0) put_operation(&o, q->a, &routes[k]);
		json_put_end(&o);
	}
	json_put_end(&o);
	json_put_key(&o, "components");
	json_put_object(&o);
	put_schemas(&o, q->a);
	json_put_key(&o, "securitySchemes"), json_put_raw(&o, STR("{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}"));
	json_put_end(&o);
	json_put_end(&o);
	req_send(q, 200, "application/json", buf_str(&b));
	buf_done(&b);
	return OK;
}

/* ------------------------------------------------------------- a page to read */

static const char *kind_words[] = {[K_INT] = "integer", [K_REAL] = "number", [K_BOOL] = "true or false", [K_TEXT] = "text", [K_DATE] = "date",
	[K_TIME] = "time", [K_BLOB] = "bytes", [K_ID] = "id", [K_INTS] = "integers", [K_HTML] = "HTML", [K_URL] = "address", [K_STRUCT] = "object", [K_FILE] = "file", [K_JSON] = "object"};

static struct str note_of(struct req *q, const struct route *r, const struct field_def *f) {
	struct buf b;
	buf_init(&b, 1000);
	if (!in_path(r, f) && !(f->opt || f->list || f->kind == K_BOOL || f->preset)) buf_add(&b, STR("required "));
	if (f->list) buf_add(&b, STR("list "));
	for (const char *const *w = f->one; w != NULL && *w != NULL; w++) buf_fmt(&b, w == f->one ? "%s" : " | %s", *w);
	if (f->has_max && f->kind == K_TEXT && !f->list) buf_fmt(&b, " ≤ %lld bytes", (long long)f->max);
	if (f->preset) buf_fmt(&b, " default %s", f->preset);
	struct str s = str_copy(q->a, str_trim(buf_str(&b)));
	buf_done(&b);
	return s;
}

static struct str group_of(const struct route *r) {
	struct str s = str_from(str_c(r->path), sizeof "/api/v1/" - 1);
	return str_cut(&s, '/');
}

enum err api_show(struct req *q, struct api_page *ret) {
	req_depends(q, "business", 1);
	ret->groups.v = NEW_ARRAY(q->a, struct api_group, (size_t)route_count);
	for (int i = 0; i < route_count; i++) {
		const struct route *r = &routes[i];
		if (!(r->flags & ROUTE_API)) continue;
		struct str name = group_of(r);
		struct api_group *g = NULL;
		for (size_t k = 0; k < ret->groups.n; k++)
			if (str_eq(ret->groups.v[k].name, name)) g = &ret->groups.v[k];
		if (g == NULL) {
			g = &ret->groups.v[ret->groups.n++];
			g->name = name;
			g->calls.v = NEW_ARRAY(q->a, struct api_call, (size_t)route_count);
		}
		struct api_call *c = &g->calls.v[g->calls.n++];
		*c = (struct api_call){.id = str_fmt(q->a, "c%d", i), .method = str_c(r->method), .path = str_c(r->path), .who = str_c(who_words[r->who].sentence),
		                       .doc = str_c(r->doc ? r->doc : r->name), .gives = str_c(r->view ? r->view->type->name : "")};
		c->fields.v = NEW_ARRAY(q->a, struct api_field, (size_t)r->in_count);
		for (int k = 0; k < r->in_count; k++) {
			const struct field_def *f = &r->in[k];
			struct str full = f->group ? str_fmt(q->a, "%s.%s", f->group, f->name) : str_c(f->name);
			c->fields.v[c->fields.n++] = (struct api_field){.name = full, .kind = str_c(kind_words[f->kind]), .note = note_of(q, r, f)};
		}
	}
	ret->faults.v = NEW_ARRAY(q->a, struct api_fault, ERR_MAX_);
	for (int e = OK + 1; e < ERR_MAX_; e++)
		ret->faults.v[ret->faults.n++] = (struct api_fault){.word = str_c(err_word((enum err)e)), .status = err_status((enum err)e),
		                                                    .sentence = str_c(err_sentence((enum err)e))};
	return OK;
}
