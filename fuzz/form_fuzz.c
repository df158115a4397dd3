/* Forms: the first byte says which kind; names and values stay within the body's size and the limits, multipart
 * values in the body. */
#include "base/check.h"
#include "text/form.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	struct arena a = {0};
	struct form f;
	struct str body = str_n((const char *)p, n), type = STR("application/x-www-form-urlencoded");
	bool multipart = n > 0 && p[0] == '-';
	if (multipart) type = STR("multipart/form-data; boundary=X");
	if (n > 0 && p[0] == ';') type = body;
	media_param(&a, body, "boundary");
	if (form_parse(&a, type, body, &f) == OK) {
		PRE(f.n <= FORM_PARTS_MAX);
		for (size_t i = 0; i < f.n; i++) {
			const struct form_part *part = &f.v[i];
			PRE(part->name.n <= FORM_NAME_MAX && part->value.n <= n && !str_none(part->name) && !str_none(part->value));
			PRE(!multipart || (part->value.p >= body.p && part->value.p + part->value.n <= body.p + n));
			PRE(utf8_valid(part->filename) && str_find(part->filename, '/') < 0 && part->filename.n <= 255);
			form_find(&f, part->name, part);
		}
	}
	PRE(a.kept < 64 * n + (1 << 18));
	arena_done(&a);
	return 0;
}
