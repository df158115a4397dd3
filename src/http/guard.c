/* The guard against requests that two servers could understand differently. The library keeps the head where it read it and
 * only writes NULs over separators, so we check the chain: every name must begin exactly two bytes after the value before it
 * ended. A NUL inside a value (the library would cut it there), a bare line feed, a folded line, a second space in the
 * request line or anything else the library was lenient about breaks the chain. */
#include "http/http_int.h"
#include <strings.h>

struct walk {
	const char *at;                 /* where the next name must begin */
	int hosts, lengths, encodings;
	bool bad_chain, bad_name, bad_value, bad_length, not_chunked;
	int64_t length;
};

static bool is_token_char(unsigned char c) {
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
	return c > ' ' && c < 127 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is(const char *name, size_t n, const char *what) {
	return strlen(what) == n && strncasecmp(name, what, n) == 0;
}

static void look_at_length(struct walk *w, struct str value) {
	w->lengths++;
	int64_t n;
	if (value.n == 0 || value.n > 18 || value.p[0] == '-' || !str_int(value, &n)) w->bad_length = true;
	else w->length = n;
}

static enum MHD_Result look(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
                            size_t value_n) {
	struct walk *w = arg;
	(void)kind;
	if (name_n == 0 || value == NULL) {
		w->bad_name = true;
		return MHD_NO;
	}
	if (name != w->at) w->bad_chain = true;
	for (size_t i = 0; i < name_n; i++)
		if (!is_token_char((unsigned char)name[i])) w->bad_name = true;
	const char *between = name + name_n + 1;
	while (between < value && (*between == ' ' || *between == '\t')) between++;
	if (between != value) w->bad_chain = true;
	for (size_t i = 0; i < value_n; i++) {
		unsigned char c = (unsigned char)value[i];
		if ((c < ' ' && c != '\t') || c == 127) w->bad_value = true;
	}
	struct str v = str_n(value, value_n);
	if (is(name, name_n, "Host")) w->hosts++;
	else if (is(name, name_n, "Content-Length")) look_at_length(w, v);
	else if (is(name, name_n, "Transfer-Encoding")) {
		w->encodings++;
		if (!str_ieq(v, STR("chunked"))) w->not_chunked = true;
	}
	w->at = value + value_n + 2;
	return MHD_YES;
}

static const char *known_method(const char *m) {
	static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(m, known[i]) == 0) return known[i];
	return NULL;
}

static bool is_target(const struct conn *k) {
	struct str all = k->target;
	if (all.n == 0 || all.p[0] != '/') return false;
	for (size_t i = 0; i < all.n; i++) {
		unsigned char c = (unsigned char)all.p[i];
		if (c == 0 && i == k->q.path.n) continue;   /* the library's NUL over the question mark */
		if (c <= ' ' || c == 127 || c == '#') return false;
	}
	return true;
}

/* Whether the head is, byte for byte, what we and the library read in it. */
static bool is_whole(const struct conn *k, const char *method, const char *version, const struct walk *w) {
	if (method + strlen(method) + 1 != k->target.p || k->target.p + k->target.n + 1 != version || w->bad_chain) return false;
	const union MHD_ConnectionInfo *size = MHD_get_connection_info(k->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	return size != NULL && method + size->header_size == w->at + 2;
}

static const char *fault(const struct conn *k, const char *method, const char *version, const struct walk *w, bool http10) {
	if (w->bad_name) return "A header name has characters that must not be in it.";
	if (w->bad_value) return "A header value has control characters in it.";
	if (!is_whole(k, method, version, w)) return "The request's lines are not ended or spaced as they must be.";
	if (!is_target(k)) return "The request's target must be a path.";
	if (w->hosts > 1 || (w->hosts == 0 && !http10)) return "There must be one Host header.";
	if (w->bad_length || w->lengths > 1) return "There must be one Content-Length, a plain number.";
	if (w->encodings > 0 && w->lengths > 0) return "Content-Length and Transfer-Encoding contradict each other.";
	if (w->encodings > 1 || w->not_chunked) return "The only Transfer-Encoding there is here is chunked.";
	if (w->encodings > 0 && http10) return "HTTP/1.0 has no Transfer-Encoding.";
	return NULL;
}

int guard_head(struct conn *k, const char *method, const char *version, struct head *ret, const char **ret_why) {
	bool http10 = strcmp(version, "HTTP/1.0") == 0;
	struct walk w = {.at = version + strlen(version) + 2, .length = -1};
	MHD_get_connection_values_n(k->mhd, MHD_HEADER_KIND, look, &w);
	*ret = (struct head){.method = known_method(method), .content_length = w.length, .chunked = w.encodings > 0};
	k->q.http10 = http10;
	const char *why = fault(k, method, version, &w, http10);
	if (why == NULL && ret->method != NULL) return 0;
	*ret_why = why != NULL ? why : "This kind of request is not known here.";
	return why != NULL ? 400 : 405;
}
