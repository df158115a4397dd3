/* Coming back with what was typed: a form that was not taken is shown again, and who must log in first returns to it. */
#include "text/form.h"
#include "text/url.h"
#include "web/decode.h"
#include "web/web_int.h"

static bool is_form_page(const struct route *r) {
	return r != NULL && r->view != NULL && r->view->page != NULL && !(r->flags & (ROUTE_RAW | ROUTE_API | ROUTE_LIVE));
}

/* The page at the same address, filled from the same body. */
bool show_form_again(struct req *q) {
	bool known;
	const struct route *form = route_find(STR("GET"), q->http->path, &known);
	if (!is_form_page(form) || !ask_allowed(&q->actor, form->who) || q->db == NULL) return false;
	struct field_error_list errors = q->errors;
	struct str fault = q->fail_public;
	q->route = form;
	q->in = arena_alloc(q->a, form->in_size ? form->in_size : 1);
	q->view = arena_alloc(q->a, form->view->type->size);
	IGNORE(decode_input(q, form, q->in)); /* what is wrong has been found already */
	q->errors = (struct field_error_list){0};
	q->err = OK;
	q->then = STR_NONE;
	if (db_read_begin(q->db) != OK) return false;
	enum err e = form->run(q, q->in, q->view);
	db_read_end(q->db);
	q->errors = errors;
	q->page.errors = errors;
	q->page.fault = fault;
	return e == OK && str_none(q->then) && !q->sent;
}

/* What was typed, as far as the page's own address takes it: so no password gets into an address. */
static void add_typed(struct req *q, const struct route *page, struct buf *b) {
	struct str type = http_header(q->http, "Content-Type"), body;
	struct form form;
	if (!form_takes(type) || req_body(q, &body) != OK || form_parse(q->a, type, body, &form) != OK) return;
	for (size_t i = 0; i < form.n; i++)
		if (str_none(form.v[i].filename) && decode_takes(page, form.v[i].name)) query_add(b, form.v[i].name, form.v[i].value);
}

/* Where a visitor who must log in first comes back to. */
static struct str page_to_return_to(struct req *q) {
	enum { ADDRESS_MAX = 2000 };
	bool known;
	if (!req_is_unsafe(q)) return q->page.path;
	const struct route *page = route_find(STR("GET"), q->http->path, &known);
	if (page == NULL) return q->route->then ? fill_path(q->a, q->route->then, q) : STR("/");
	struct buf b;
	buf_init(&b, ADDRESS_MAX);
	add_typed(q, page, &b);
	struct str query = b.over ? STR("") : str_copy(q->a, buf_str(&b));
	buf_done(&b);
	return query.n ? str_fmt(q->a, STR_FMT "?" STR_FMT, STR_ARG(q->http->path), STR_ARG(query)) : q->http->path;
}

enum err login_first(struct req *q) {
	if (q->api || !str_none(q->fragment)) return ERR_LOGIN;
	if (req_is_unsafe(q) && q->in == NULL) {
		q->in = arena_alloc(q->a, q->route->in_size ? q->route->in_size : 1);
		IGNORE(decode_input(q, q->route, q->in)); /* only its id is needed, for the way back */
	}
	drop_answer(q);
	q->errors = (struct field_error_list){0};
	q->err = OK;
	q->fail_public = STR_NONE;
	req_redirect(q, url_with(q->a, url_path(q->a, "/login"), "back", page_to_return_to(q)));
	return OK;
}
