#ifndef CRYPTO_TOKEN_H
#define CRYPTO_TOKEN_H
/* Secrets that programs carry: session and API tokens, signed tokens for forms, random ids. Tokens are base64url
 * without padding. Any thread after crypto_init. */
#include "base/err.h"
#include "base/str.h"

/* Once, before anything else of crypto; again does nothing. ERR_BUG when there is no randomness to be had. */
MUST_USE enum err crypto_init(void);

enum { TOKEN_CHARS = 43 };

void random_fill(void *to, size_t n);
uint32_t random_below(uint32_t n);                           /* 0..n-1, evenly; n from 1 */
/* 22 characters, 128 bits: a name that cannot be guessed */
struct str random_id(struct arena *a);
struct str random_digits(struct arena *a, int n);            /* n from 1 to 12: a one-time PIN */

struct str token_new(struct arena *a);                       /* TOKEN_CHARS characters, 256 bits */
bool token_shape(struct str token);                          /* whether it could be one of token_new */
/* What the database keeps in its place: BLAKE2b-256 in hex, 64 characters. */
struct str token_hash(struct arena *a, struct str token);
bool secret_equal(struct str a, struct str b);               /* in a time that depends on the lengths only */

/* The key of a home, 32 secret bytes. */
struct key {
	unsigned char bytes[32];
};

/* Reads the key file, or makes it (mode 0600, complete or not at all, also when two try at once). ERR_STORE when
 * it cannot be read or written, ERR_INVALID when it is not 32 bytes; `why` (of `room` bytes) then says which in
 * words. */
MUST_USE enum err key_load(const char *path, struct key *ret, char *why, size_t room);
struct key key_derive(const struct key *k, const char *purpose);   /* another key, for that purpose only */
void key_wipe(struct key *k);

/* TOKEN_CHARS characters that only the key's holder can make for this purpose ("csrf") and text (the session's
 * hash). */
struct str token_sign(struct arena *a, const struct key *k, const char *purpose, struct str text);
bool token_verify(const struct key *k, const char *purpose, struct str text, struct str token);

/* The same with an end: "EXPIRES.SIGNATURE", good until that moment. */
struct str token_sign_until(struct arena *a, const struct key *k, const char *purpose, struct str text,
	int64_t until_usec);
bool token_verify_until(const struct key *k, const char *purpose, struct str text, struct str token, int64_t now_usec);

#endif
