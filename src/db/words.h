#ifndef DB_WORDS_H
#define DB_WORDS_H
/* The documents by which things are found (find_doc), each with its full text: on SQLite an FTS5 table that is written here, beside the row
 * and in the same transaction; on PostgreSQL a column that the row makes itself. text/find.h says what words are. On the writer. */
#include "db/db.h"

/* Ids from here on tell a time (app/search/README.md); below are people. */
#define WORDS_TIMES_FIRST (-(INT64_C(1) << 62))

MUST_USE enum err words_add(struct db *db, int64_t id, struct str kind, int64_t object, struct str words);
/* was: the words of the document until now. errors CONFLICT (there is none) */
MUST_USE enum err words_change(struct db *db, int64_t id, struct str was, struct str words);
MUST_USE enum err words_drop(struct db *db, int64_t id, struct str was);

#endif
