/* Tokens are randomness in base64url. The database keeps a plain BLAKE2b of one: 256 random bits need no slow
 * hash. Signatures are keyed BLAKE2b over purpose, NUL, text: a purpose has no NUL, so no two pairs give the same
 * bytes. */
#include "crypto/token.h"
#include "base/check.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

enum { TOKEN_BYTES = 32, ID_BYTES = 16 };

enum err crypto_init(void) {
	return sodium_init() < 0 ? ERR_BUG : OK;
}

void random_fill(void *to, size_t n) {
	randombytes_buf(to, n);
}

uint32_t random_below(uint32_t n) {
	PRE(n > 0);
	return randombytes_uniform(n);
}

static struct str base64url(struct arena *a, const unsigned char *bytes, size_t n) {
	const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
	size_t room = sodium_base64_encoded_len(n, variant);
	char *text = arena_alloc(a, room);
	sodium_bin2base64(text, room, bytes, n, variant);
	return str_n(text, room - 1);
}

static struct str random_text(struct arena *a, size_t n) {
	unsigned char bytes[TOKEN_BYTES];
	PRE(n <= sizeof bytes);
	randombytes_buf(bytes, n);
	struct str s = base64url(a, bytes, n);
	sodium_memzero(bytes, sizeof bytes);
	return s;
}

struct str random_id(struct arena *a) {
	return random_text(a, ID_BYTES);
}

struct str random_digits(struct arena *a, int n) {
	PRE(n >= 1 && n <= 12);
	char text[13];
	for (int i = 0; i < n; i++) text[i] = (char)('0' + randombytes_uniform(10));
	return str_copy(a, str_n(text, (size_t)n));
}

struct str token_new(struct arena *a) {
	return random_text(a, TOKEN_BYTES);
}

bool token_shape(struct str token) {
	unsigned char bytes[TOKEN_BYTES];
	size_t n;
	if (token.n != TOKEN_CHARS) return false;
	int wrong = sodium_base642bin(bytes, sizeof bytes, token.p, token.n, NULL, &n, NULL,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return wrong == 0 && n == TOKEN_BYTES;
}

struct str token_hash(struct arena *a, struct str token) {
	unsigned char hash[crypto_generichash_BYTES];
	char *hex = arena_alloc(a, 2 * sizeof hash + 1);
	crypto_generichash(hash, sizeof hash, (const unsigned char *)token.p, token.n, NULL, 0);
	sodium_bin2hex(hex, 2 * sizeof hash + 1, hash, sizeof hash);
	return str_n(hex, 2 * sizeof hash);
}

bool secret_equal(struct str a, struct str b) {
	return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}

/* --------------------------------------------------------------- signatures */

static void keyed(const struct key *k, const char *purpose, struct str text, unsigned char out[32]) {
	crypto_generichash_state state;
	crypto_generichash_init(&state, k->bytes, sizeof k->bytes, 32);
	crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
	crypto_generichash_update(&state, (const unsigned char *)text.p, text.n);
	crypto_generichash_final(&state, out, 32);
}

struct key key_derive(const struct key *k, const char *purpose) {
	struct key derived;
	keyed(k, "derive", str_c(purpose), derived.bytes);
	return derived;
}

void key_wipe(struct key *k) {
	sodium_memzero(k, sizeof *k);
}

struct str token_sign(struct arena *a, const struct key *k, const char *purpose, struct str text) {
	unsigned char signature[32];
	keyed(k, purpose, text, signature);
	return base64url(a, signature, sizeof signature);
}

bool token_verify(const struct key *k, const char *purpose, struct str text, struct str token) {
	unsigned char signature[32];
	char expected[64];
	if (token.n != TOKEN_CHARS) return false;
	keyed(k, purpose, text, signature);
	sodium_bin2base64(expected, sizeof expected, signature, sizeof signature, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return secret_equal(str_n(expected, TOKEN_CHARS), token);
}

/* The text that is signed together with an end. */
static struct str text_until(struct arena *a, struct str text, int64_t until_usec) {
	char *joined = arena_alloc(a, text.n + 32);
	int n = snprintf(joined, 32, "%" PRId64 ":", until_usec);
	if (text.n > 0) memcpy(joined + n, text.p, text.n);
	return str_n(joined, (size_t)n + text.n);
}

struct str token_sign_until(struct arena *a, const struct key *k, const char *purpose, struct str text,
	int64_t until_usec) {
	struct str signature = token_sign(a, k, purpose, text_until(a, text, until_usec));
	return str_fmt(a, "%" PRId64 ".%s", until_usec, signature.p);
}

bool token_verify_until(const struct key *k, const char *purpose, struct str text, struct str token, int64_t now_usec) {
	int64_t until;
	struct str signature = token, end = str_cut(&signature, '.');
	if (str_none(signature) || !str_int(end, &until) || now_usec >= until) return false;
	struct arena a = {0};
	bool good = token_verify(k, purpose, text_until(&a, text, until), signature);
	arena_done(&a);
	return good;
}
