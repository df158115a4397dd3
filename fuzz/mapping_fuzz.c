/* A mapping of columns, as JSON, and behind a line "---" a file to which it is applied: what comes out is UTF-8 without NUL, and
 * what does not has a reason. */
#include "base/check.h"
#include "import/map.h"
#include "text/csv.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void apply(struct arena *a, struct mapping *m, struct str file) {
	struct csv_text text = {file};
	struct csv *c = csv_open((struct csv_options){.read = csv_read_text, .arg = &text});
	const struct csv_row *row;
	struct mapped mapped = {.value = NEW_ARRAY(a, struct str, m->targets)};
	bool *remarked = NEW_ARRAY(a, bool, m->rules), bound = false;
	size_t columns = 0;
	for (int i = 0; i < 20 && csv_next(c, &row) == OK && row != NULL; i++) {
		struct text_list header = {.v = (struct str *)(uintptr_t)row->cell, .n = row->cells}, missing;
		struct map_fault fault = {0};
		if (row->fault != NULL) continue;
		if (!bound) {
			if (!mapping_bind(a, m, &header, &missing)) break;
			bound = true, columns = row->cells;
			continue;
		}
		if (row->cells < columns) continue;
		if (mapping_apply(m, a, row->cell, &mapped, remarked, &fault)) {
			for (size_t k = 0; k < m->targets; k++) PRE(utf8_valid(mapped.value[k]) && str_find(mapped.value[k], 0) < 0);
			mapped_hash(a, m, &mapped);
		} else PRE(fault.sentence != NULL);
	}
	csv_close(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	struct arena a = {0};
	struct mapping *m;
	struct str why = STR_NONE, text = str_n((const char *)p, n), file = STR("");
	if (pack_at(0) == NULL) PRE(pack_load(&why) == OK);
	ptrdiff_t end = -1;
	for (size_t i = 0; end < 0 && i + 5 <= n; i++)
		if (memcmp(p + i, "\n---\n", 5) == 0) end = (ptrdiff_t)i;
	if (end >= 0) file = str_from(text, (size_t)end + 5), text = str_first(text, (size_t)end);
	if (mapping_read(&a, STR("my.json"), text, pack_find(STR("telecom")), zone_utc(), &m, &why) == OK) apply(&a, m, file);
	else PRE(!str_empty(why));
	arena_done(&a);
	return 0;
}
