/* The mail server's password in the database: sealed by libsodium's secretbox under a key made of the home's, as
 * base64. */
#include "notice/mail.h"
#include "text/escape.h"
#include <sodium.h>

enum { SEALED_MAX = 4096 };

struct str mail_seal(struct arena *a, const struct key *home_key, struct str secret) {
	if (str_empty(secret)) return STR("");
	size_t n = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.n;
	unsigned char *bytes = arena_alloc(a, n);
	struct key k = key_derive(home_key, "smtp");
	random_fill(bytes, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(bytes + crypto_secretbox_NONCEBYTES, (const unsigned char *)secret.p, secret.n, bytes, k.bytes);
	key_wipe(&k);
	struct buf b;
	buf_init(&b, 2 * n + 8);
	base64_encode(&b, str_n((const char *)bytes, n));
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

enum err mail_unseal(struct arena *a, const struct key *home_key, struct str sealed, struct str *ret) {
	const size_t extra = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
	struct buf b;
	if (str_empty(sealed)) {
		*ret = STR("");
		return OK;
	}
	buf_init(&b, SEALED_MAX);
	bool good = base64_decode(&b, sealed) && !b.over && b.n > extra;
	char *plain = arena_alloc(a, good ? b.n - extra + 1 : 1);
	if (good) {
		const unsigned char *bytes = (const unsigned char *)b.p;
		struct key k = key_derive(home_key, "smtp");
		good = crypto_secretbox_open_easy((unsigned char *)plain, bytes + crypto_secretbox_NONCEBYTES, b.n - crypto_secretbox_NONCEBYTES,
		                                  bytes, k.bytes) == 0;
		key_wipe(&k);
	}
	size_t n = good ? b.n - extra : 0;
	buf_done(&b);
	if (!good) return ERR_INVALID;
	*ret = str_n(plain, n);
	return OK;
}
