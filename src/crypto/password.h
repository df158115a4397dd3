#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H
/* Passwords and PINs, kept as Argon2id (19 MiB, two passes: OWASP's first choice). Each call of hash, verify and
 * pretend takes about a tenth of a second and 19 MiB: only on a worker thread, and few at once. Any thread after
 * crypto_init. */
#include "base/err.h"
#include "base/str.h"

enum { PASSWORD_CHARS_MIN = 8, PASSWORD_BYTES_MAX = 1024, PIN_DIGITS_MIN = 4, PIN_DIGITS_MAX = 12 };

/* Why a new password will not do: a sentence for a person (a translation key), or NULL when it will. Refused:
 * shorter or longer than the limits, a common one, one made of the email or name (either may be STR_NONE). */
const char *password_fault(struct str password, struct str email, struct str name);

/* A text for the database, ASCII, under 128 bytes. ERR_TOO_LARGE past PASSWORD_BYTES_MAX, ERR_BUSY when 19 MiB
 * cannot be had. */
MUST_USE enum err password_hash(struct arena *a, struct str password, struct str *ret);
bool password_verify(struct str hash, struct str password);  /* false for anything wrong, also for a wrong hash */
bool password_needs_rehash(struct str hash);                 /* made with other settings than today's */
/* Takes as long as password_verify: for a login of somebody we do not know, so that the time does not tell. */
void password_pretend(struct str password);

/* A PIN is so many digits; guessing must be limited where it is asked, since digits alone are soon tried. */
bool pin_valid(struct str pin);                              /* only digits, and not 0000, 1234, … */
MUST_USE enum err pin_hash(struct arena *a, struct str pin, struct str *ret);
bool pin_verify(struct str hash, struct str pin);

#endif
