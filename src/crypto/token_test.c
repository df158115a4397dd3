#include "crypto/seal.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static struct arena mem;

static void test_tokens(void **state) {
	(void)state;
	struct str t = token_new(&mem), u = token_new(&mem);
	assert_int_equal(t.n, TOKEN_CHARS);
	assert_false(str_eq(t, u));
	assert_true(token_shape(t));
	assert_false(token_shape(STR("x")) || token_shape(STR_NONE) ||
		token_shape(STR("===========================================")));
	for (size_t i = 0; i < t.n; i++) assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", t.p[i]));
	assert_int_equal(random_id(&mem).n, 22);
	assert_int_equal(random_digits(&mem, 6).n, 6);
	for (int i = 0; i < 100; i++) assert_true(random_below(3) < 3);
	/* BLAKE2b-256 of "abc" */
	assert_true(str_is(token_hash(&mem, STR("abc")),
		"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"));
	assert_int_equal(token_hash(&mem, STR_NONE).n, 64);
	assert_true(secret_equal(STR("ab"), STR("ab")) && secret_equal(STR(""), STR_NONE));
	assert_false(secret_equal(STR("ab"), STR("aB")) || secret_equal(STR("ab"), STR("abc")));
}

static void test_signing(void **state) {
	(void)state;
	struct key k = {{1}}, other = {{2}};
	struct str s = token_sign(&mem, &k, "csrf", STR("session"));
	assert_int_equal(s.n, TOKEN_CHARS);
	assert_true(token_verify(&k, "csrf", STR("session"), s));
	assert_false(token_verify(&other, "csrf", STR("session"), s));
	assert_false(token_verify(&k, "mail", STR("session"), s));
	assert_false(token_verify(&k, "csrf", STR("sessioN"), s));
	assert_false(token_verify(&k, "csrf", STR("session"), str_first(s, 42)));
	assert_false(token_verify(&k, "csrf", STR("session"), STR_NONE));
	assert_false(token_verify(&k, "cs", STR("rfsession"), s));
	struct str until = token_sign_until(&mem, &k, "csrf", STR("session"), 1000);
	assert_true(token_verify_until(&k, "csrf", STR("session"), until, 999));
	assert_false(token_verify_until(&k, "csrf", STR("session"), until, 1000));
	struct str forged = str_fmt(&mem, "2%s", until.p);
	assert_false(token_verify_until(&k, "csrf", STR("session"), forged, 999));
	assert_false(token_verify_until(&k, "csrf", STR("session"), s, 999));
	assert_false(token_verify_until(&k, "csrf", STR("session"), STR("."), 999));
	struct key derived = key_derive(&k, "a"), again = key_derive(&k, "a"), third = key_derive(&k, "b");
	assert_memory_equal(&derived, &again, sizeof derived);
	assert_memory_not_equal(&derived, &third, sizeof derived);
	key_wipe(&derived);
	assert_int_equal(derived.bytes[0] | derived.bytes[31], 0);
}

static void test_key_file(void **state) {
	(void)state;
	char folder[] = "/tmp/rialto-key-XXXXXX", why[200] = "";
	assert_non_null(mkdtemp(folder));
	const char *path = str_fmt(&mem, "%s/key", folder).p;
	struct key one, two;
	struct stat st;
	assert_int_equal(key_load(path, &one, why, sizeof why), OK);
	assert_int_equal(key_load(path, &two, why, sizeof why), OK);
	assert_memory_equal(&one, &two, sizeof one);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 32);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(truncate(path, 31), 0);
	assert_int_equal(key_load(path, &two, why, sizeof why), ERR_INVALID);
	assert_non_null(strstr(why, "32 bytes"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(key_load(str_fmt(&mem, "%s/no/key", folder).p, &two, why, sizeof why), ERR_STORE);
	/* Several at once agree. */
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	for (int i = 0; i < 4; i++) {
		if (fork() != 0) continue;
		bool good = key_load(path, &two, why, sizeof why) == OK && write(ends[1], &two, sizeof two) == sizeof two;
		_exit(good ? 0 : 1);
	}
	assert_int_equal(read(ends[0], &one, sizeof one), sizeof one);
	for (int i = 1; i < 4; i++) {
		assert_int_equal(read(ends[0], &two, sizeof two), sizeof two);
		assert_memory_equal(&one, &two, sizeof one);
	}
	while (wait(NULL) > 0) continue;
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);   /* and nothing else was left */
}

static void test_seal(void **state) {
	(void)state;
	struct key k = {{1}}, other = {{2}};
	struct str plain = STR_NONE, sealed = secret_seal(&mem, &k, "smtp", STR("hunter 2"));
	assert_false(str_has(sealed, STR("hunter")));
	assert_false(str_eq(sealed, secret_seal(&mem, &k, "smtp", STR("hunter 2"))));
	assert_int_equal(secret_unseal(&mem, &k, "smtp", sealed, &plain), OK);
	assert_true(str_is(plain, "hunter 2"));
	assert_int_equal(secret_unseal(&mem, &other, "smtp", sealed, &plain), ERR_INVALID);
	assert_int_equal(secret_unseal(&mem, &k, "webhook", sealed, &plain), ERR_INVALID);
	assert_int_equal(secret_unseal(&mem, &k, "smtp", str_first(sealed, sealed.n - 4), &plain), ERR_INVALID);
	assert_int_equal(secret_unseal(&mem, &k, "smtp", STR("not base64 !"), &plain), ERR_INVALID);
	assert_int_equal(secret_unseal(&mem, &k, "smtp", STR("aGVsbG8="), &plain), ERR_INVALID);
	assert_true(str_empty(secret_seal(&mem, &k, "smtp", STR(""))));
	assert_int_equal(secret_unseal(&mem, &k, "smtp", STR(""), &plain), OK);
	assert_true(str_empty(plain));
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_tokens), cmocka_unit_test(test_signing), cmocka_unit_test(test_seal),
		cmocka_unit_test(test_key_file)};
	if (crypto_init() != OK) return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
