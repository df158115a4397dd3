#ifndef FILE_FILE_H
#define FILE_FILE_H
/* Files as people send, read and look for them. README.md.
 *
 * Events, for readers of the log:
 *
 *   verb    object      target             data                         audience
 *   update  file F                         {"read":"read"}              staff      its words are known (read, none, failed)
 *   create  document D  person or record   {}                           staff
 *   update  document D  person or record   {"version":2}                staff; private when the customer sees it
 *   update  document D  person or record   {"shared":true} or false     private
 *   update  document D  person or record   {"name":true}                staff; private when the customer sees it
 *   delete  document D  person or record   {}                           staff
 */
#include "event/hub.h"
#include "types.h"
#include "web/req.h"

enum { FILE_BYTES_MAX = 20 * 1024 * 1024, FILE_NAME_MAX = 120, FILES_AT_ONCE_MAX = 6 };

/* A file of a request, looked at, and made anew when it is a picture; not in the store yet. */
struct file_new {
	struct str name, type, bytes;
	int64_t width, height;       /* of a picture; else 0 */
};

/* Looks at what was sent; outside of any transaction. errors INVALID (said at `field`), BUSY, BUG */
MUST_USE enum err file_take(struct req *q, const struct upload *u, const char *field, struct file_new *ret);
/* Keeps it, on the writer. What has words is read by a job from then on. */
MUST_USE enum err file_keep(struct db *db, struct arena *a, const struct file_new *n, struct file_id *ret);

/* What a file is, in a word for people (a key): "PDF", "Spreadsheet" …; its name tells what its bytes leave open. */
const char *file_word(struct str type, struct str name);

/* "file_read": reads the words of a file and makes its preview. */
hub_job file_read_job;
enum { FILE_READ_TRIES = 3 };

#endif
