/* A request's input: a line with method, path and query, a line with the Content-Type, the body. Whatever route it finds,
 * what is taken keeps the route's limits, and a refusal has a reason. */
#include "base/check.h"
#include "text/utf8.h"
#include "web/decode.h"
#include "web/web_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct str type;
struct str http_header(struct http_req *q, const char *name) {
	(void)q;
	return strcmp(name, "Content-Type") == 0 ? type : STR_NONE;
}

static void look(const struct field_def *f, const char *in) {
	const void *at = in + f->offset;
	if (f->kind == K_TEXT && !f->list) {
		const struct str *s = at;
		PRE(str_none(*s) || (utf8_valid(*s) && str_find(*s, 0) < 0 && (f->lines || str_find(*s, '\n') < 0)));
		PRE((int64_t)s->n <= (f->has_max ? f->max : 200));
	} else if (f->list) {
		const struct any_list { const char *v; size_t n; } *l = at;
		PRE((int64_t)l->n <= (f->has_max ? f->max : 100));
	} else if (f->kind == K_ID) PRE(*(const int64_t *)at >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	struct http_req h = {.body_fd = -1};
	struct req q = {.http = &h, .a = &h.arena, .body_here = true, .locale = {.lang = LANG_EN, .zone = zone_utc()}};
	struct str rest = str_n((const char *)p, n), line = str_cut(&rest, '\n');
	bool known;
	h.method = str_cut(&line, ' '), h.path = str_cut(&line, '?'), h.query = str_none(line) ? STR("") : line;
	type = str_cut(&rest, '\n');
	h.body = str_none(rest) ? STR("") : rest;
	h.body_bytes = (int64_t)h.body.n;
	q.route = str_none(h.path) ? NULL : route_find(h.method, h.path, &known);
	if (q.route != NULL) {
		char *in = arena_alloc(q.a, q.route->in_size + 1);
		enum err e = decode_input(&q, q.route, in);
		PRE(e == OK || e == ERR_MALFORMED || e == ERR_MEDIA_TYPE || e == ERR_TOO_LARGE || e == ERR_NOT_FOUND || e == ERR_INVALID);
		PRE(e != ERR_INVALID || q.errors.n > 0);
		for (int i = 0; e == OK && i < q.route->in_count; i++) look(&q.route->in[i], in);
	}
	arena_done(&h.arena);
	return 0;
}
