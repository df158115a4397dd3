#ifndef DB_FILES_H
#define DB_FILES_H
/* Bytes kept in the database in chunks of 256 KiB. A file is written once and never changed; who may read it is decided by
 * whoever points to it. The bytes are named by their BLAKE2b hash: the same bytes are kept once. What nothing
 * points to any more
 * is removed by file_drop_unused; a new column that points to files belongs into the fragment file_used of
 * files.sql. */
#include "base/ids.h"
#include "db/db.h"

enum { FILE_CHUNK_BYTES = 256 * 1024 };

struct file_info {
	struct file_id id;
	struct str name;     /* as the sender called it, cleaned of path parts and control characters */
	struct str type;     /* media type found by looking, not by what the sender claimed */
	struct str hash;     /* 64 hexadecimal digits */
	int64_t bytes;
	usec_t created_at;
};

/* Writes bytes as a new file, in the writer's transaction. name and type as above; the caller has checked both. */
MUST_USE enum err file_put(struct db *db, struct str name, struct str type, struct str bytes, struct file_id *ret);

/* errors NOT_FOUND */
MUST_USE enum err file_info(struct db *db, struct arena *a, struct file_id id, struct file_info *ret);

/* Reads up to FILE_CHUNK_BYTES from byte offset at (a multiple of FILE_CHUNK_BYTES); empty past the end. */
MUST_USE enum err file_chunk(struct db *db, struct arena *a, struct file_id id, int64_t at, struct str *ret);

/* Reads a whole file of at most max bytes. errors NOT_FOUND, TOO_LARGE */
MUST_USE enum err file_get(struct db *db, struct arena *a, struct file_id id, int64_t max, struct str *ret);

/* Removes at most `most` files that nothing points to, in the writer's transaction. */
MUST_USE enum err file_drop_unused(struct db *db, struct arena *a, int64_t most, size_t *ret_dropped);

#endif
