#ifndef OS_PROC_H
#define OS_PROC_H
/* Small things between us and the operating system: whole files, folders, limits. */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Reads a whole file of at most max bytes. errors NOT_FOUND, DENIED, TOO_LARGE, STORE (it cannot be read) */
MUST_USE enum err proc_read_file(struct arena *a, const char *path, size_t max, struct str *ret);

/* Replaces or makes a file so that after a crash either the old or the new content is there, never half of one: a temporary
 * file beside it, synced, renamed, the folder synced. mode: such as 0600. errors NOT_FOUND (no folder), DENIED, DISK_FULL,
 * STORE */
MUST_USE enum err proc_write_file(const char *path, struct str bytes, unsigned mode);

/* Makes a folder and those above it that are missing, each with mode. errors DENIED, DISK_FULL, CONFLICT (something that is no
 * folder is in the way), STORE */
MUST_USE enum err proc_make_dirs(const char *path, unsigned mode);

/* Raises the limit of open files as far as we may; returns what it is now. */
int proc_raise_open_files(void);

/* What errno means to a caller of the above. */
enum err proc_error(int e);

#endif
