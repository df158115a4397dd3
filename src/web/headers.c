/* What is said of every answer, whoever makes it. */
#include "text/escape.h"
#include "web/static.h"
#include "web/web_int.h"
#include <stdio.h>

/* The same address is a page, a part of one or JSON, in a language and a theme, plain or packed. */
const char page_vary[] = "Accept, Accept-Encoding, Accept-Language, Authorization, Cookie, X-Fragment";

static void set(struct http_req *h, const char *name, struct str value) {
	for (int i = 0; i < h->res.headers; i++)
		if (strcmp(h->res.header[i].name, name) == 0) return; /* a handler knew better */
	if (h->res.headers < HTTP_HEADERS_MAX) http_set_header(h, name, value);
}

void security_headers(struct http_req *h, const char *type) {
	struct str t = str_c(type);
	set(h, "X-Content-Type-Options", STR("nosniff"));
	set(h, "Referrer-Policy", STR("same-origin"));
	if (str_starts(t, STR("text/html")))
		set(h, "Content-Security-Policy",
		    STR("default-src 'self'; img-src 'self' data: blob: https:; object-src 'none'; base-uri 'none'; form-action 'self'; "
		        "frame-ancestors 'none'"));
	else if (str_starts(t, STR("image/svg")) || str_ends(t, STR("xml")))
		set(h, "Content-Security-Policy", STR("default-src 'none'; style-src 'unsafe-inline'; sandbox"));
}

void respond_plain(struct http_req *h, int status, const char *text) {
	http_bytes_unref(h->res.body);
	h->res.status = status;
	h->res.body = http_bytes_new(str_c(text));
	set(h, "Content-Type", STR("text/plain; charset=utf-8"));
	security_headers(h, "text/plain");
}

/* "gzip" or "*" among the codings, and not with q=0. */
bool takes_gzip(struct http_req *h) {
	struct str rest = http_header(h, "Accept-Encoding");
	while (!str_none(rest)) {
		struct str weight = str_cut(&rest, ','), coding = str_trim(str_cut(&weight, ';'));
		if (!str_ieq(coding, STR("gzip")) && !str_is(coding, "*")) continue;
		double q = 1;
		weight = str_trim(weight);
		if (str_starts(weight, STR("q="))) str_real(str_from(weight, 2), &q);
		return q > 0;
	}
	return false;
}

static struct str opaque(struct str tag) { return str_starts(tag, STR("W/")) ? str_from(tag, 2) : tag; }

bool etag_matches(struct http_req *h, struct str etag) {
	struct str rest = http_header(h, "If-None-Match");
	if (str_is(rest, "*")) return true;
	while (!str_none(rest))
		if (str_eq(opaque(str_trim(str_cut(&rest, ','))), opaque(etag))) return true;
	return false;
}

struct page_key page_key(struct http_req *h, enum lang fallback) {
	struct page_key k = {.n = 0};
	enum lang lang;
	struct str theme = STR_NONE;
	if (!str_is(h->method, "GET") && !str_is(h->method, "HEAD")) return k;
	if (!str_none(http_header(h, "Authorization")) || !str_none(http_header(h, "X-Fragment"))) return k;
	if (str_has(http_header(h, "Accept"), STR("application/json"))) return k;
	struct str chosen = STR_NONE;
	if (!str_none(http_header(h, "Cookie"))) {
		if (!str_empty(cookie_get(h, "rialto")) || !str_empty(cookie_get(h, "said"))) return k;
		theme = cookie_get(h, "theme");
		chosen = cookie_get(h, "lang");
	}
	if (str_none(chosen) || !lang_find(chosen, &lang)) lang = lang_from_accept(http_header(h, "Accept-Language"), fallback);
	char first = str_is(theme, "light") ? 'l' : str_is(theme, "dark") ? 'd' : '-';
	int n = snprintf(k.text, sizeof k.text, "%c%d" STR_FMT "?" STR_FMT, first, (int)lang, STR_ARG(h->path), STR_ARG(h->query));
	if (n > 0 && (size_t)n < sizeof k.text) k.n = (size_t)n;
	return k;
}

/* ------------------------------------------------------------------- refusals */

static enum err error_of(int status) {
	for (int e = OK + 1; e < ERR_MAX_; e++)
		if (err_status((enum err)e) == status) return (enum err)e;
	return status < 500 ? ERR_MALFORMED : ERR_BUG;
}

void respond_refusal(struct http_req *h, int status, const char *why) {
	enum err e = error_of(status);
	bool page = str_has(http_header(h, "Accept"), STR("text/html")) && !str_starts(h->path, STR("/api/"));
	struct buf b;
	buf_init(&b, 8192);
	if (page) {
		const char *sentence = tr(lang_from_accept(http_header(h, "Accept-Language"), LANG_EN), err_sentence(e));
		buf_fmt(&b, "<!doctype html><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
		        "<title>%d</title><link rel=\"stylesheet\" href=\"" STR_FMT "\"><main class=\"page page-narrow section\"><h1>",
		        status, STR_ARG(static_url("look.css")));
		html_escape(&b, str_c(sentence));
		buf_add(&b, STR("</h1><p><a href=\"/\">←</a></p></main>\n"));
	} else {
		buf_fmt(&b, "{\"type\":\"/api#%s\",\"title\":\"", err_word(e));
		json_escape(&b, str_c(err_sentence(e)));
		buf_fmt(&b, "\",\"status\":%d,\"detail\":\"", status);
		json_escape(&b, str_c(why));
		buf_add(&b, STR("\"}"));
	}
	const char *type = page ? "text/html; charset=utf-8" : "application/problem+json";
	h->res.status = status;
	h->res.body = http_bytes_take(&b);
	set(h, "Content-Type", str_c(type));
	set(h, "Cache-Control", STR("no-store"));
	if (status == 503) set(h, "Retry-After", STR("2"));
	security_headers(h, type);
}
