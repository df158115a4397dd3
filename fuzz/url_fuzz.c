/* Addresses: what is taken begins in one of the allowed ways, is taken again unchanged, and holds nothing that
 * ends an attribute. */
#include "base/check.h"
#include "text/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool begins_well(struct str s) {
	if (str_starts(s, STR("/"))) return !str_starts(s, STR("//")) && !str_starts(s, STR("/\\"));
	return str_starts(s, STR("http://")) || str_starts(s, STR("https://")) || str_starts(s, STR("mailto:")) ||
		str_starts(s, STR("tel:"));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	struct arena a = {0};
	struct str s = str_n((const char *)p, n), name, value;
	struct url u, again, back;
	if (url_check(&a, s, &u)) {
		PRE(begins_well(u.s) && str_find(u.s, '\\') < 0);
		for (size_t i = 0; i < u.s.n; i++) PRE(u.s.p[i] > 0x20 || (unsigned char)u.s.p[i] >= 0x80);
		for (size_t i = 0; i < u.s.n; i++) PRE(strchr("\"<>`{}|^\x7F", u.s.p[i]) == NULL);
		PRE(u.s.n > 4096 || (url_check(&a, u.s, &again) && str_eq(again.s, u.s)));
		PRE(url_check_path(&a, s, &back) == str_starts(u.s, STR("/")));
	}
	struct str path = url_path(&a, "/%.*s", (int)n, n > 0 ? (const char *)p : "").s;
	PRE(path.n > 4096 || url_check_path(&a, path, &back) || str_find(path, '\\') >= 0);
	struct query q = query_read(s);
	while (query_next(&q, &a, &name, &value)) {
		struct buf b;
		buf_init(&b, 3 * n + 16);
		query_add(&b, name, value);
		struct query once = query_read(buf_str(&b));
		struct str n2, v2;
		PRE(!b.over && query_next(&once, &a, &n2, &v2) && str_eq(name, n2) && str_eq(value, v2));
		buf_done(&b);
	}
	arena_done(&a);
	return 0;
}
