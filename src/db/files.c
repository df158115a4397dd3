#include "db/files.h"
#include "base/check.h"
#include "crypto/token.h"
#include "sql/files.h"

static enum err put_chunks(struct db *db, struct file_id id, struct str bytes) {
	for (size_t at = 0; at < bytes.n; at += FILE_CHUNK_BYTES)
		TRY(sql_file_chunk_insert(db, id, (int64_t)at, str_first(str_from(bytes, at), FILE_CHUNK_BYTES), NULL));
	return OK;
}

enum err file_put(struct db *db, struct str name, struct str type, struct str bytes, struct file_id *ret) {
	struct arena a = {0};
	struct file_id id = {0};
	bool added = false;
	struct str hash = token_hash(&a, bytes); /* BLAKE2b of any bytes */
	enum err e = sql_file_insert(db, name, type, hash, (int64_t)bytes.n, clock_now(), &id, &added);
	if (e == OK) e = added ? put_chunks(db, id, bytes) : sql_file_by_hash(db, hash, &id);
	arena_done(&a);
	if (e == OK) *ret = id;
	return e;
}

enum err file_info(struct db *db, struct arena *a, struct file_id id, struct file_info *ret) {
	struct file_row row;
	TRY(sql_file_by_id(db, a, id, &row));
	*ret = (struct file_info){.id = row.id, .name = row.name, .type = row.type, .hash = row.hash, .bytes = row.bytes,
		.created_at = row.created_at};
	return OK;
}

enum err file_chunk(struct db *db, struct arena *a, struct file_id id, int64_t at, struct str *ret) {
	PRE(at >= 0 && at % FILE_CHUNK_BYTES == 0);
	struct str chunk = STR("");
	bool found;
	TRY(sql_file_chunk_get(db, a, id, at, &chunk, &found));
	*ret = chunk;
	return OK;
}

enum err file_get(struct db *db, struct arena *a, struct file_id id, int64_t max, struct str *ret) {
	struct file_info info;
	TRY(file_info(db, a, id, &info));
	if (info.bytes > max) return ERR_TOO_LARGE;
	char *all = arena_alloc(a, (size_t)info.bytes + 1);
	for (int64_t at = 0; at < info.bytes; at += FILE_CHUNK_BYTES) {
		struct arena_mark mark = arena_mark(a);
		struct str chunk;
		TRY(file_chunk(db, a, id, at, &chunk));
		if (chunk.n != (size_t)(info.bytes - at < FILE_CHUNK_BYTES ? info.bytes - at : FILE_CHUNK_BYTES)) return ERR_STORE;
		memcpy(all + at, chunk.p, chunk.n);
		arena_reset(a, mark);
	}
	*ret = str_n(all, (size_t)info.bytes);
	return OK;
}

enum err file_drop_unused(struct db *db, struct arena *a, int64_t most, size_t *ret_dropped) {
	struct int_list dropped;
	TRY(sql_files_drop(db, a, most, &dropped));
	*ret_dropped = dropped.n;
	return OK;
}
