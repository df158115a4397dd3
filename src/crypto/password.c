/* Passwords by libsodium's Argon2id, which writes its settings and salt into the text it gives. What people may
 * choose follows NIST SP 800-63B: length matters, classes of signs do not, and what attackers try first is
 * refused. */
#include "crypto/password.h"
#include "base/check.h"
#include <sodium.h>
#include <stdio.h>

/* Marks a translation key; the same as in text/locale.h, which stands beside crypto. */
#define T(literal) ("" literal)

enum { MEMORY_BYTES = 19 * 1024 * 1024, PASSES = 2, MEMORY_KIB_ACCEPTED = 64 * 1024, PASSES_ACCEPTED = 4,
	COMPARED_MAX = 256 };

enum err password_hash(struct arena *a, struct str password, struct str *ret) {
	char text[crypto_pwhash_STRBYTES];
	if (password.n > PASSWORD_BYTES_MAX) return ERR_TOO_LARGE;
	const char *p = password.p ? password.p : "";
	if (crypto_pwhash_str_alg(text, p, password.n, PASSES, MEMORY_BYTES,
		crypto_pwhash_ALG_ARGON2ID13) != 0) return ERR_BUSY;
	*ret = str_copy(a, str_c(text));
	return OK;
}

/* libsodium wants a text ended by NUL within STRBYTES, and would take whatever memory and passes stand in it. */
static bool hash_text(struct str hash, char text[crypto_pwhash_STRBYTES]) {
	if (hash.n == 0 || hash.n >= crypto_pwhash_STRBYTES || !str_starts(hash, STR("$argon2id$"))) return false;
	unsigned kib, passes;
	memset(text, 0, crypto_pwhash_STRBYTES);
	memcpy(text, hash.p, hash.n);
	if (sscanf(text, "$argon2id$v=19$m=%9u,t=%9u,p=1$", &kib, &passes) != 2) return false;
	return kib <= MEMORY_KIB_ACCEPTED && passes <= PASSES_ACCEPTED;
}

bool password_verify(struct str hash, struct str password) {
	char text[crypto_pwhash_STRBYTES];
	if (password.n > PASSWORD_BYTES_MAX || !hash_text(hash, text)) return false;
	return crypto_pwhash_str_verify(text, password.p ? password.p : "", password.n) == 0;
}

bool password_needs_rehash(struct str hash) {
	char text[crypto_pwhash_STRBYTES];
	return !hash_text(hash, text) || crypto_pwhash_str_needs_rehash(text, PASSES, MEMORY_BYTES) != 0;
}

void password_pretend(struct str password) {
	unsigned char salt[crypto_pwhash_SALTBYTES] = {0}, out[32];
	if (password.n > PASSWORD_BYTES_MAX) return;
	const char *p = password.p ? password.p : "";
	if (crypto_pwhash(out, sizeof out, p, password.n, salt, PASSES, MEMORY_BYTES,
		crypto_pwhash_ALG_ARGON2ID13) != 0) return;
	sodium_memzero(out, sizeof out);
}

/* ------------------------------------------------------------------ choosing */

/* What is tried first everywhere, in lower case without what is not a letter or digit; shorter ones than eight are
 * refused anyway, but stand here as stems: "monkey123", "Monkey!1" and "monkeymonkey" are made of "monkey". Keep
 * alphabetized. */
static const char *const common[] = {
	"123123", "1q2w3e", "abc", "abcd", "abcdef", "access", "admin", "administrator", "adobe", "alexander", "amanda",
	"andrea", "andrew", "angel", "apple", "arsenal", "asdf", "asdfgh", "asdfghjkl", "ashley", "august", "autumn",
	"azerty", "bailey", "banana", "bank", "baseball", "basketball", "batman", "berlin", "biteme", "bonjour", "buster",
	"butterfly", "chance", "changeit", "changeme", "charlie", "cheese", "chelsea", "chocolate", "claudia", "computer",
	"cookie", "daniel", "database", "default", "demo", "dennis", "diamond", "dolphin", "donald", "dragon", "england",
	"family", "ferrari", "flower", "football", "forever", "frankfurt", "freedom", "friends", "fuckyou", "fussball",
	"geheim", "george", "ginger", "google", "guest", "hallo", "hallowelt", "hamburg", "hannah", "harley", "heather",
	"hello", "helloworld", "herbst", "hockey", "hunter", "iloveyou", "internet", "jennifer", "jessica", "jesus",
	"jordan", "joshua", "justin", "kennwort", "killer", "lakers", "letmein", "liverpool", "login", "lol", "london",
	"love", "lovely", "maggie", "manager", "marina", "martin", "master", "matrix", "matthew", "maverick", "merlin",
	"michael", "michelle", "mickey", "monday", "money", "monika", "monkey", "montag", "mustang", "nicole", "ninja",
	"nothing", "orange", "p4ssw0rd", "p4ssword", "pa55w0rd", "pa55word", "pass", "passw0rd", "passwd", "password",
	"passwort", "patrick", "pepper", "pokemon", "princess", "purple", "qazwsx", "qazwsxedc", "qwer", "qwert",
	"qwerty", "qwertyuiop", "qwertz", "qwertzuiop", "rainbow", "ranger", "robert", "root", "samantha", "samsung",
	"schalke", "schatz", "secret", "security", "service", "shadow", "silver", "soccer", "solo", "sommer",
	"sonnenschein", "spring", "starwars", "steven", "stuttgart", "summer", "sunday", "sunshine", "super", "superman",
	"support", "swordfish", "system", "taylor", "temp", "test", "tester", "testing", "thomas", "thunder", "tigger",
	"trustno", "trustno1", "user", "viktoria", "welcome", "whatever", "william", "willkommen", "winner", "winter",
	"xxx", "yellow", "zaq12wsx", "zaq1zaq1", "zxcvbn", "zxcvbnm",
};

/* In lower case, without what is no ASCII letter or digit, @ and $ being the letters they are written for. A
 * password of other letters keeps nothing and is judged by its length. */
static struct str stripped(struct str s, char to[COMPARED_MAX]) {
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < COMPARED_MAX; i++) {
		char c = s.p[i];
		if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
		if (c == '@') c = 'a';
		if (c == '$') c = 's';
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) to[n++] = c;
	}
	return str_n(to, n);
}

static bool only_digits(struct str s) {
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return true;
}

/* Whether s is word, any number of times, with nothing else but up to four digits behind. */
static bool made_of(struct str s, struct str word) {
	bool some = false;
	if (word.n == 0) return false;
	while (str_starts(s, word)) s = str_from(s, word.n), some = true;
	return some && s.n <= 4 && only_digits(s);
}

static bool is_common(struct str s) {
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (made_of(s, str_c(common[i]))) return true;
	return false;
}

/* One sign again and again, or signs in order ("abcdefgh", "87654321"), or a short piece repeated ("abab1212" is
 * not). */
static bool is_run(struct str s) {
	for (size_t period = 1; period <= 3 && period < s.n; period++) {
		size_t i = period;
		while (i < s.n && s.p[i] == s.p[i - period]) i++;
		if (i == s.n) return true;
	}
	for (int step = -1; step <= 1; step += 2) {
		size_t i = 1;
		while (i < s.n && (s.p[i] == s.p[i - 1] + step || (s.p[i] == '0' && s.p[i - 1] == '9' && step == 1))) i++;
		if (i == s.n) return true;
	}
	return false;
}

/* Made of the address, its part before the @, or a word of the name of four letters or more. */
static bool is_personal(struct str s, struct str email, struct str name) {
	char other[COMPARED_MAX];
	if (made_of(s, stripped(email, other))) return true;
	struct str local = str_cut(&email, '@');
	if (made_of(s, stripped(local, other)) || made_of(s, stripped(name, other))) return true;
	for (int words = 0; words < 8 && !str_none(name); words++) {
		struct str word = stripped(str_cut(&name, ' '), other);
		if (word.n >= 4 && made_of(s, word)) return true;
	}
	return false;
}

static size_t count_chars(struct str s) {
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

const char *password_fault(struct str password, struct str email, struct str name) {
	char text[COMPARED_MAX];
	if (count_chars(password) < PASSWORD_CHARS_MIN) return T("Please choose a password of at least 8 characters.");
	if (password.n > PASSWORD_BYTES_MAX)
		return T("That password is too long. Please choose one of at most 1,000 characters.");
	struct str s = stripped(password, text);
	if (is_run(password) || (s.n > 0 && (is_run(s) || is_common(s))))
		return T("Too many people use that password. Please choose another; several words in a row are good.");
	if (s.n > 0 && is_personal(s, email, name)) return T("Please choose a password that is not your name or address.");
	return NULL;
}

/* --------------------------------------------------------------------- PINs */

bool pin_valid(struct str pin) {
	return pin.n >= PIN_DIGITS_MIN && pin.n <= PIN_DIGITS_MAX && only_digits(pin) && !is_run(pin);
}

enum err pin_hash(struct arena *a, struct str pin, struct str *ret) {
	if (!pin_valid(pin)) return ERR_INVALID;
	return password_hash(a, pin, ret);
}

bool pin_verify(struct str hash, struct str pin) {
	return password_verify(hash, pin);
}
