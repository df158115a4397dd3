#include "crypto/password.h"
#include "base/clock.h"
#include "crypto/token.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <time.h>

static struct arena mem;

static void test_hash(void **state) {
	(void)state;
	struct str hash, other;
	struct str secret = STR("several words in a row");
	assert_int_equal(password_hash(&mem, secret, &hash), OK);
	assert_true(str_starts(hash, STR("$argon2id$v=19$m=19456,t=2,p=1$")) && hash.n < 128);
	assert_int_equal(password_hash(&mem, secret, &other), OK);
	assert_false(str_eq(hash, other));
	assert_true(password_verify(hash, secret));
	assert_false(password_verify(hash, STR("several words in a roW")));
	assert_false(password_verify(hash, STR_NONE));
	assert_false(password_needs_rehash(hash));
	char text[PASSWORD_BYTES_MAX + 1];
	memset(text, 'x', sizeof text);
	assert_int_equal(password_hash(&mem, str_n(text, sizeof text), &other), ERR_TOO_LARGE);
	assert_false(password_verify(hash, str_n(text, sizeof text)));
	assert_int_equal(password_hash(&mem, STR("with\0nul"), &other), OK);
	assert_false(password_verify(other, STR("with")));
	assert_true(password_verify(other, STR("with\0nul")));
}

static void test_wrong_hashes(void **state) {
	(void)state;
	static const char *const wrong[] = {"", "x", "$argon2id$",
		"$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA",
		"$argon2id$v=19$m=4000000,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA",
			"$argon2id$v=19$m=19456,t=99,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_false(password_verify(str_c(wrong[i]), STR("x")));
		assert_true(password_needs_rehash(str_c(wrong[i])));
	}
	assert_false(password_verify(STR_NONE, STR_NONE));
	assert_true(password_needs_rehash(STR("$argon2id$v=19$m=8192,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")));
}

/* Of this thread alone, so that it does not depend on what else the machine does. */
static usec_t work_done(void) {
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return SECONDS((usec_t)t.tv_sec) + t.tv_nsec / 1000;
}

static usec_t best_of_three(void (*run)(struct str hash), struct str hash) {
	usec_t best = INT64_MAX;
	for (int i = 0; i < 3; i++) {
		usec_t start = work_done();
		run(hash);
		usec_t took = work_done() - start;
		if (took < best) best = took;
	}
	return best;
}

static void verify_wrong(struct str hash) { assert_false(password_verify(hash, STR("wrong password"))); }
static void pretend(struct str hash) { (void)hash, password_pretend(STR("wrong password")); }

static void test_pretend(void **state) {
	(void)state;
	struct str hash;
	assert_int_equal(password_hash(&mem, STR("several words in a row"), &hash), OK);
	usec_t real = best_of_three(verify_wrong, hash), pretended = best_of_three(pretend, hash);
	assert_true(pretended > real / 2 && pretended < real * 2);
}

static void test_fault(void **state) {
	(void)state;
	static const char *const wrong[] = {"", "short", "1234567", "password", "Password1", "P@ssw0rd", "passw0rd2024",
		"12345678", "87654321", "aaaaaaaa",
		"abababab", "qwertyuiop", "sommer2024", "letmein!!", "test1234", "monkeymonkey", "anna.keller", "annakeller1",
			"anna.keller@example.com", "kellerkeller",
		"keller1985", "ääääääää", "1234567890", "passwort", "iloveyou!"};
	static const char *const good[] = {"rialto-demo", "correct horse battery", "Tr0ub4dor&3x", "several words",
		"zehn kleine Fische", "日本語のパスワード", "p4Ss!w-x9Kq"};
	struct str email = STR("anna.keller@example.com"), name = STR("Anna Keller");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (password_fault(str_c(wrong[i]), email, name) == NULL) fail_msg("\"%s\" was taken", wrong[i]);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (password_fault(str_c(good[i]), email, name) != NULL) fail_msg("\"%s\" was refused", good[i]);
	assert_null(password_fault(STR("several words"), STR_NONE, STR_NONE));
	char text[PASSWORD_BYTES_MAX + 1];
	for (size_t i = 0; i < sizeof text; i++) text[i] = (char)('a' + i * i % 23);
	assert_non_null(password_fault(str_n(text, sizeof text), email, name));
}

static void test_pin(void **state) {
	(void)state;
	struct str hash;
	assert_true(pin_valid(STR("2580")) && pin_valid(STR("739104")));
	assert_false(pin_valid(STR("123")) || pin_valid(STR("1234")) || pin_valid(STR("0000")) ||
		pin_valid(STR("12a4")) || pin_valid(STR_NONE) ||
		pin_valid(STR("7391047391048")) || pin_valid(STR("121212")));
	assert_int_equal(pin_hash(&mem, STR("1234"), &hash), ERR_INVALID);
	assert_int_equal(pin_hash(&mem, STR("739104"), &hash), OK);
	assert_true(pin_verify(hash, STR("739104")));
	assert_false(pin_verify(hash, STR("739105")));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash), cmocka_unit_test(test_wrong_hashes), cmocka_unit_test(test_pretend),
			cmocka_unit_test(test_fault),
		cmocka_unit_test(test_pin),
	};
	if (crypto_init() != OK) return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&mem);
	return failed;
}
