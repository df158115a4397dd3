#include "db/words.h"
#include "sql/words.h"

enum err words_add(struct db *db, int64_t id, struct str kind, int64_t object, struct str words) {
	TRY(sql_words_insert(db, id, kind, object, words));
	return sql_words_text_add(db, id, words, NULL);
}

enum err words_change(struct db *db, int64_t id, struct str was, struct str words) {
	TRY(sql_words_update(db, id, words));
	TRY(sql_words_text_drop(db, id, was, NULL));
	return sql_words_text_add(db, id, words, NULL);
}

enum err words_drop(struct db *db, int64_t id, struct str was) {
	TRY(sql_words_delete(db, id));
	return sql_words_text_drop(db, id, was, NULL);
}
