/* Short words of headers and queries: live topics, Accept-Language, a list's cursor, a map's box, a file's first bytes. */
#include "base/check.h"
#include "event/live.h"
#include "os/sniff.h"
#include "text/locale.h"
#include "text/url.h"
#include "talk/list.c" /* its cursor is its own */

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void topics(struct str text) {
	struct live_topic t[LIVE_TOPICS_MAX];
	int count = 0;
	if (!live_topics(text, t, &count)) return;
	PRE(count >= 0 && count <= LIVE_TOPICS_MAX);
	for (int i = 0; i < count; i++) PRE(memchr(t[i].kind, 0, sizeof t[i].kind) != NULL && t[i].id >= 0);
}

static void cursor(struct arena *a, struct str text) {
	struct cursor c, again;
	if (!cursor_read(a, text, &c) || !c.given) return;
	struct str written = str_fmt(a, "%" PRIx64 "-%" PRIx64, (uint64_t)c.key, (uint64_t)c.id);
	PRE(cursor_read(a, written, &again) && again.key == c.key && again.id == c.id);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	struct arena a = {0};
	struct str text = str_n((const char *)p, n);
	struct box box;
	topics(text);
	cursor(&a, text);
	enum lang lang = lang_from_accept(text, LANG_EN);
	PRE(lang == LANG_EN || lang == LANG_DE);
	if (box_read(text, &box)) PRE(box.south >= -90 && box.north <= 90 && box.south <= box.north && box.west >= -180 && box.east <= 180);
	sniff_magic(text);
	struct query pairs = query_read(text);
	for (struct str name, value; query_next(&pairs, &a, &name, &value);) PRE(name.n <= n && value.n <= n);
	arena_done(&a);
	return 0;
}
