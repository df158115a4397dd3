#ifndef OS_DOCUMENT_H
#define OS_DOCUMENT_H
/* The words of a document, and a picture of its first page, for search and previews. Documents come from strangers: PDFs are read
 * by poppler's programs, office files (docx, xlsx, pptx, odt, ods, odp) by libarchive and libxml2, each in a child process with
 * bounds. Nothing of a document is ever run, no address in it is followed, no entity of it is put in. */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { DOCUMENT_BYTES_MAX = 32 * 1024 * 1024, DOCUMENT_TEXT_MAX = 1024 * 1024, DOCUMENT_PAGE_SIDE = 900 };

/* Whether document_text can read such a media type. */
bool document_is_read(struct str type);

/* The words of it, paragraphs on lines of their own, at most DOCUMENT_TEXT_MAX bytes; not checked to be UTF-8. Empty: there are none,
 * as in a scan. Blocks for 20 ms to 20 s; any thread but a loop. ret_why: a sentence in a.
 * errors INVALID (damaged, locked with a password, or it took too long), TOO_LARGE (also when it unpacks to too much), BUSY, BUG (its
 * reader is not installed, or cannot be locked in here) */
MUST_USE enum err document_text(struct arena *a, struct str type, struct str bytes, struct str *ret, struct str *ret_why);

/* The first page of a PDF as a PNG, DOCUMENT_PAGE_SIDE at its longer side. errors and the rest as above */
MUST_USE enum err document_page(struct arena *a, struct str pdf, struct str *ret_png, struct str *ret_why);

#endif
