#include "crypto/seal.h"
#include <sodium.h>

enum { SEALED_MAX = 4096, EXTRA = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES };

struct str secret_seal(struct arena *a, const struct key *home, const char *purpose, struct str secret) {
	if (str_empty(secret)) return STR("");
	size_t n = EXTRA + secret.n, room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
	unsigned char *bytes = arena_alloc(a, n);
	char *text = arena_alloc(a, room);
	struct key k = key_derive(home, purpose);
	random_fill(bytes, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(bytes + crypto_secretbox_NONCEBYTES, (const unsigned char *)secret.p, secret.n, bytes, k.bytes);
	key_wipe(&k);
	sodium_bin2base64(text, room, bytes, n, sodium_base64_VARIANT_ORIGINAL);
	return str_c(text);
}

enum err secret_unseal(struct arena *a, const struct key *home, const char *purpose, struct str sealed, struct str *ret) {
	size_t n = 0;
	if (str_empty(sealed)) {
		*ret = STR("");
		return OK;
	}
	if (sealed.n > SEALED_MAX) return ERR_INVALID;
	unsigned char *bytes = arena_alloc(a, sealed.n);
	bool good = sodium_base642bin(bytes, sealed.n, sealed.p, sealed.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 && n > EXTRA;
	char *plain = arena_alloc(a, good ? n - EXTRA + 1 : 1);
	if (good) {
		struct key k = key_derive(home, purpose);
		good = crypto_secretbox_open_easy((unsigned char *)plain, bytes + crypto_secretbox_NONCEBYTES, n - crypto_secretbox_NONCEBYTES, bytes,
		                                  k.bytes) == 0;
		key_wipe(&k);
	}
	if (!good) return ERR_INVALID;
	*ret = str_n(plain, n - EXTRA);
	return OK;
}
