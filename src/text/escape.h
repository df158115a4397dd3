#ifndef TEXT_ESCAPE_H
#define TEXT_ESCAPE_H
/* Putting text into other languages. Each function appends to a buffer and takes any bytes. Any thread. */
#include "base/buf.h"

void html_escape(struct buf *b, struct str s);               /* & < > " ' ; for text and quoted attributes */

/* Everything but A-Z a-z 0-9 - . _ ~ becomes %XX: for a part of an address. */
void percent_encode(struct buf *b, struct str s);
/* %XX back to bytes; false, with nothing promised of the buffer's end, when a % has no two hex digits behind it. */
bool percent_decode(struct buf *b, struct str s);

/* The inside of a JSON string, without the quotes. Wrong UTF-8 becomes U+FFFD; < > & and U+2028/9 are \u-escaped,
 * so the result may also stand in a page. */
void json_escape(struct buf *b, struct str s);

void hex_encode(struct buf *b, struct str s);                /* lower-case */
void base64_encode(struct buf *b, struct str s);             /* with padding */
bool base64_decode(struct buf *b, struct str s);             /* either alphabet, padding optional, no white space */

#endif
