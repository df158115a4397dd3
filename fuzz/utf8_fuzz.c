/* Characters: cleaning gives valid text and cleaning twice is cleaning once; cuts stay within their bounds. */
#include "base/check.h"
#include "text/escape.h"
#include "text/similar.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	struct arena a = {0};
	struct buf b;
	struct str s = str_n((const char *)p, n), good = utf8_repair(&a, s);
	PRE(utf8_valid(good) && utf8_count(good) == utf8_count(s) && utf8_valid(s) == str_eq(s, good));
	for (size_t i = 0; i <= n && i < 40; i++) {
		struct str fit = utf8_fit(good, i);
		PRE(fit.n <= i && fit.n + 4 > (i < good.n ? i : good.n) && utf8_valid(fit) && utf8_fit(s, i).n <= i);
		PRE(utf8_count(utf8_first(s, i)) <= i);
	}
	struct str line = utf8_line(&a, s), lines = utf8_lines(&a, s), folded = utf8_fold(&a, s);
	PRE(utf8_valid(line) && utf8_valid(lines) && utf8_valid(folded));
	PRE(str_eq(line, utf8_line(&a, line)) && str_eq(lines, utf8_lines(&a, lines)));
	for (size_t i = 0; i < line.n; i++) PRE((unsigned char)line.p[i] >= 0x20 && line.p[i] != 0x7F);
	similar_terms(&a, s, 50);
	buf_init(&b, 8 * n + 64);
	json_escape(&b, s);
	PRE(!b.over && utf8_valid(buf_str(&b)));
	buf_clear(&b);
	base64_encode(&b, s);
	struct str text = str_copy(&a, buf_str(&b));
	buf_clear(&b);
	PRE(base64_decode(&b, text) && str_eq(buf_str(&b), s));
	buf_clear(&b);
	if (!base64_decode(&b, s) || !percent_decode(&b, s)) buf_clear(&b);
	buf_done(&b);
	arena_done(&a);
	return 0;
}
