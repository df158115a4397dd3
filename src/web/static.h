#ifndef WEB_STATIC_H
#define WEB_STATIC_H
/* Files that are part of the program: styles, scripts, icons, fonts, maps, packs. Linked in; in `make dev` read from the disk. */
#include "base/buf.h"
#include "http/http.h"

struct embedded_file {
	const char *name;              /* "static/look.css", "packs/telecom/pack.json" */
	const char *start, *end;
};
extern const struct embedded_file embedded_files[];   /* generated, sorted by name */
extern const int embedded_file_count;

/* Bytes of an embedded file; STR_NONE if there is none of that name. They live as long as the process. */
struct str embedded(const char *name);

/* Prepares types and hashes, before serving; again does nothing. */
void static_init(void);

struct static_file {
	const char *name;              /* without "static/" */
	const char *type;
	bool text;                     /* worth compressing */
	struct str bytes;
	struct str etag;               /* W/"…": plain and packed are the same thing */
	struct str url;                /* "/static/look.css?v=1a2b3c4d" */
};
const struct static_file *static_find(struct str name);   /* NULL if there is none */
struct str static_url(const char *name);                  /* ends the process when there is no such file: a typing error in a template */

/* The file as a response's body, one reference for the caller. packed: compressed, NULL when nobody has done that yet. Never blocks. */
struct http_bytes *static_body(const struct static_file *f, bool packed);
void static_compress(const struct static_file *f);        /* takes its time: on a worker */

/* Compressed with gzip into a buffer, made here; false, and no buffer, when it did not get smaller. */
bool gzip(struct str plain, int level, struct buf *ret);

#endif
