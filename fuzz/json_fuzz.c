/* JSON: whatever is taken can be written and is then taken again, the same. */
#include "base/check.h"
#include "text/json.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void write_json(struct buf *b, const struct json_doc *d) {
	struct json_out o = json_out(b);
	buf_init(b, 1 << 24);
	json_put_value(&o, d->root);
	PRE(!b->over && utf8_valid(buf_str(b)));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	struct json_fault fault;
	JSON_DOC(doc);
	JSON_DOC(again);
	if (json_parse(&doc, str_n((const char *)p, n), &fault) != OK) {
		PRE(fault.text[0] != 0);
		return 0;
	}
	struct buf one, two;
	write_json(&one, &doc);
	PRE(json_parse(&again, buf_str(&one), NULL) == OK);
	write_json(&two, &again);
	PRE(str_eq(buf_str(&one), buf_str(&two)));
	buf_done(&one);
	buf_done(&two);
	return 0;
}
