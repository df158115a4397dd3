#ifndef OS_SNIFF_H
#define OS_SNIFF_H
/* What a file is, by its bytes, whatever its name says. */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* The media type by the first bytes, for what we meet most (JPEG, PNG, WebP, GIF, PDF), or NULL. Never blocks. */
const char *sniff_magic(struct str bytes);

/* The media type: by the first bytes, else by libmagic in a child process (10 to 30 ms; not on a loop), such as "text/plain",
 * "text/csv", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/octet-stream".
 * ret_why as in child_run. errors INVALID, BUSY, BUG */
MUST_USE enum err sniff_type(struct arena *a, struct str bytes, struct str *ret, struct str *ret_why);

#endif
