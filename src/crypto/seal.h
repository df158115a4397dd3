#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H
/* Secrets that the database keeps and the program must be able to read again: sealed by libsodium's secretbox under a key made of the home's for
 * one purpose ("smtp"), as base64. Any thread after crypto_init. */
#include "crypto/token.h"

/* "" stays "". */
struct str secret_seal(struct arena *a, const struct key *home, const char *purpose, struct str secret);
/* errors INVALID: not sealed with this key for this purpose */
MUST_USE enum err secret_unseal(struct arena *a, const struct key *home, const char *purpose, struct str sealed, struct str *ret);

#endif
