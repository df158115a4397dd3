/* What people type to find something: whatever it is, FTS5 takes what is made of it; marks lie in the text, in order; words are found by
 * themselves. */
#include "base/check.h"
#include "text/find.h"
#include "text/utf8.h"
#include <sqlite3.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static sqlite3 *store(void) {
	static sqlite3 *db;
	if (db != NULL) return db;
	PRE(sqlite3_open(":memory:", &db) == SQLITE_OK);
	PRE(sqlite3_exec(db, "CREATE VIRTUAL TABLE f USING fts5(words, tokenize='unicode61 remove_diacritics 0', prefix='2 3 4')", NULL, NULL, NULL) == SQLITE_OK);
	return db;
}

static int run(const char *sql, struct str text) {
	sqlite3_stmt *s;
	PRE(sqlite3_prepare_v2(store(), sql, -1, &s, NULL) == SQLITE_OK);
	sqlite3_bind_text(s, 1, text.p, (int)text.n, SQLITE_STATIC);
	int rc = sqlite3_step(s);
	sqlite3_finalize(s);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
	struct arena a = {0};
	struct find *f = arena_alloc(&a, sizeof *f);
	struct find_marks *m = arena_alloc(&a, sizeof *m);
	struct str text = str_n((const char *)p, n), token = STR(FIND_TOKEN "open");
	struct find_group group = {.any = {.v = &token, .n = 1}};
	struct buf b;
	find_read(&a, text, f);
	struct str match = find_match(&a, FIND_FTS5, f, &group, 1);
	int rc = run("SELECT 1 FROM f WHERE f MATCH ?", match);
	PRE(rc == SQLITE_ROW || rc == SQLITE_DONE);
	find_marks(&a, f, text, m);
	for (size_t i = 0, at = 0; i < m->n; at = m->v[i].at + m->v[i].length, i++)
		PRE(m->v[i].at >= at && m->v[i].length > 0 && m->v[i].at + m->v[i].length <= n);
	buf_init(&b, 1 << 24);
	find_words(&a, &b, text);
	PRE(utf8_valid(buf_str(&b)) && !str_has(buf_str(&b), STR(FIND_TOKEN "p")));
	buf_done(&b);
	arena_done(&a);
	return 0;
}
