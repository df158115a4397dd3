#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H
/* Characters in UTF-8. A character is a Unicode code point U+0000..U+10FFFF without the surrogates. Everything
 * here is a pure function of its bytes and takes any bytes; time and memory are linear in them. Any thread. */
#include "base/buf.h"

bool utf8_valid(struct str s);                               /* strict: no overlong forms, no surrogates */
size_t utf8_count(struct str s);                             /* characters; a wrong byte counts as one */

/* The character at the start of s (s.n > 0) and its length in bytes (1..4). Wrong bytes give U+FFFD and length 1. */
size_t utf8_next(struct str s, uint32_t *ret);
void utf8_add(struct buf *b, uint32_t c);                    /* appends; what is no character becomes U+FFFD */
void utf8_add_1252(struct buf *b, struct str s);             /* appends what is Windows-1252 */

struct str utf8_first(struct str s, size_t chars);           /* at most so many characters */
/* at most so many bytes, without half a character at the end */
struct str utf8_fit(struct str s, size_t bytes);

/* Each wrong byte becomes U+FFFD; what is valid comes back as it is, without a copy. STR_NONE stays STR_NONE. */
struct str utf8_repair(struct arena *a, struct str s);

/* One line of text as it should be kept: repaired, composed (NFC), any run of white space and control characters
 * one space, none at the ends, at most 30 marks on a letter, no invisible direction controls. STR_NONE stays
 * STR_NONE. */
struct str utf8_line(struct arena *a, struct str s);
/* The same for text of several lines: \n ends a line, tabs stay, spaces are not collapsed, none at the text's end. */
struct str utf8_lines(struct arena *a, struct str s);

/* For search and comparison: compatibility-composed, without case and accents ("Straße" and "STRASSE" are
 * "strasse"). */
struct str utf8_fold(struct arena *a, struct str s);

#endif
