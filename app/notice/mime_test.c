/* A mail as bytes: what is written can be read back, and no text becomes a header. */
#include "notice/mail_int.h"
#include "notice/mime.h"
#include "text/escape.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static struct str finish(struct arena *a, struct buf *b) {
	struct str s = str_copy(a, buf_str(b));
	buf_done(b);
	return s;
}

/* No line may be longer than 998 bytes, each ends with CR LF, and nothing else holds a CR or LF. */
static void check_lines(struct str s) {
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r') assert_true(i + 1 < s.n && s.p[i + 1] == '\n');
		if (s.p[i] == '\n') assert_true(i > 0 && s.p[i - 1] == '\r');
		n = s.p[i] == '\n' ? 0 : n + 1;
		assert_true(n <= 80);
	}
	assert_true(str_ends(s, STR("\r\n")));
}

/* The text of a header made of encoded words, or the plain one. */
static struct str decoded(struct arena *a, struct str header) {
	struct buf b;
	buf_init(&b, 65536);
	struct str rest = str_trim(header);
	str_cut(&rest, ' ');
	while (!str_none(rest)) {
		struct str word = str_trim(str_cut(&rest, '\n'));
		if (str_starts(word, STR("=?UTF-8?B?"))) {
			assert_true(word.n <= 75);
			assert_true(base64_decode(&b, str_n(word.p + 10, word.n - 12)));
		} else buf_add(&b, word);
	}
	return finish(a, &b);
}

static void test_subjects(void **state) {
	(void)state;
	struct arena a = {0};
	static const struct { const char *given, *read; } subjects[] = {
		{"Planned: no signal", "Planned: no signal"}, {"", ""}, {"Geplant: kein Empfang in Grünau", "Geplant: kein Empfang in Grünau"},
		{"x\r\nBcc: everyone@evil.example", "x Bcc: everyone@evil.example"}, {"=?UTF-8?B?eA==?=", "=?UTF-8?B?eA==?="},
		{"Дуже довга тема, яка не вміщується в один рядок листа і мусить бути розбита на слова", "Дуже довга тема, яка не вміщується в один рядок листа і мусить бути розбита на слова"},
		{"𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔘𝔫𝔦𝔠𝔬𝔡𝔢"},
		{"a line of plain words that is longer than what fits into one line of a header, so it is encoded", "a line of plain words that is longer than what fits into one line of a header, so it is encoded"},
	};
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		struct buf b;
		buf_init(&b, 65536);
		mime_header(&b, "Subject", str_c(subjects[i].given));
		struct str s = finish(&a, &b);
		check_lines(s);
		assert_true(str_starts(s, STR("Subject: ")));
		if (!str_is(decoded(&a, s), subjects[i].read)) fail_msg("%s: " STR_FMT, subjects[i].given, STR_ARG(s));
	}
	arena_done(&a);
}

static void test_addresses(void **state) {
	(void)state;
	struct arena a = {0};
	static const struct { const char *name, *header; } to[] = {
		{"Jonas Weber", "To: \"Jonas Weber\"\r\n <a@b.example>\r\n"}, {"", "To: <a@b.example>\r\n"},
		{"Weber, \"Jo\" <x@y>\r\nBcc: z", "To: \"Weber, \\\"Jo\\\" <x@y> Bcc: z\"\r\n <a@b.example>\r\n"},
		{"Jörg", "To: =?UTF-8?B?SsO2cmc=?=\r\n <a@b.example>\r\n"},
	};
	for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
		struct buf b;
		buf_init(&b, 65536);
		mime_address(&b, "To", str_c(to[i].name), STR("a@b.example"));
		struct str s = finish(&a, &b);
		if (!str_is(s, to[i].header)) fail_msg("%s: " STR_FMT, to[i].name, STR_ARG(s));
	}
	static const char *const good[] = {"a@b", "anna.keller+x@sub.firm.example", "a@127.0.0.1"};
	static const char *const bad[] = {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b c", "a@b\r\nBcc: x", "<a@b>", "a@b,c@d", "a@b;c@d", "jörg@b", "a@.b",
		"a@b\n", "\"a\"@b", "a\\@b", "a(x)@b"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(mail_address_valid(str_c(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (mail_address_valid(str_c(bad[i]))) fail_msg("\"%s\" is taken for an address", bad[i]);
	assert_false(mail_address_valid(str_n("a@b\0c", 5)));
	arena_done(&a);
}

static struct str undo_quoted(struct arena *a, struct str s) {
	struct buf b;
	buf_init(&b, 65536);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '=' && s.p[i + 1] == '\r') i += 2;
		else if (s.p[i] == '=') {
			char hex[3] = {s.p[i + 1], s.p[i + 2], 0};
			buf_add_char(&b, (char)strtol(hex, NULL, 16));
			i += 2;
		} else if (s.p[i] != '\r') buf_add_char(&b, s.p[i]);
	}
	return finish(a, &b);
}

static void test_bodies(void **state) {
	(void)state;
	struct arena a = {0};
	static const char *const texts[] = {
		"Hello\n", "trailing space \nand tab\t\n", "=3D\n", "Grüße an alle, die in der Straße ohne Empfang wohnen und deshalb seit Wochen zum Fenster gehen müssen\n",
		"\n\n.\n..\nFrom me\n", "a very very very very very very very very very very very very very very very very long line\n", "nul\x01\x02\n",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct buf b;
		buf_init(&b, 65536);
		mime_quoted(&b, str_c(texts[i]));
		struct str s = finish(&a, &b);
		check_lines(s);
		for (size_t k = 0; k < s.n; k++) assert_true((unsigned char)s.p[k] < 127);
		if (!str_is(undo_quoted(&a, s), texts[i])) fail_msg("%s: " STR_FMT, texts[i], STR_ARG(s));
	}
	arena_done(&a);
}

static void test_whole(void **state) {
	(void)state;
	struct arena a = {0};
	struct buf b;
	struct mime m = {
		.from_name = STR("XYZ & Söhne"), .from_address = STR("desk@xyz.example"), .to_name = STR("Jonas"), .to_address = STR("j@w.example"),
		.subject = STR("Done"), .id = STR("mail.7.1@xyz.example"), .unsubscribe = STR("https://x.example/notices/stop/1/2/abc"),
		.at = 1761138000000000, .text = STR("Hello\n"), .html = STR("<p>Hello</p>\n"), .boundary = STR("abc"),
	};
	buf_init(&b, 65536);
	mime_write(&b, &m);
	struct str s = finish(&a, &b);
	static const char want[] =
		"Date: Wed, 22 Oct 2025 13:00:00 +0000\r\nFrom: =?UTF-8?B?WFlaICYgU8O2aG5l?=\r\n <desk@xyz.example>\r\nTo: \"Jonas\"\r\n <j@w.example>\r\n"
		"Subject: Done\r\nMessage-ID: <mail.7.1@xyz.example>\r\nAuto-Submitted: auto-generated\r\n"
		"List-Unsubscribe: <https://x.example/notices/stop/1/2/abc>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n"
		"Content-Type: multipart/alternative;\r\n boundary=\"=_abc\"\r\n\r\n"
		"--=_abc\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello\r\n\r\n"
		"--=_abc\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Hello</p>\r\n\r\n--=_abc--\r\n";
	if (!str_is(s, want)) fail_msg(STR_FMT, STR_ARG(s));
	arena_done(&a);
}

static void test_letter(void **state) {
	(void)state;
	struct arena a = {0};
	struct business firm = {.name = STR("XYZ & <b>Sons"), .street_address = STR("Quay Street 3"), .phone = STR("0800"), .email = STR("hello@xyz.example"),
	                        .web = STR(""), .colour = STR("#ffe000"), .logo = {4}, .version = 3};
	struct letter l = {.kind = "notice", .lang = LANG_DE, .subject = STR("Neu: <script>"), .text = STR("Hallo <b>,\n\nzweiter Absatz\nmit Zeile"),
	                   .quote = STR("\"so\" & <i>"), .action = STR("Lesen"), .url = STR("https://x.example/conversations/3?a=1&b=\"2"), .after = STR("Ende.")};
	struct str html = letter_html(&a, &firm, STR("https://x.example"), &l);
	assert_false(str_has(html, STR("<script>")) || str_has(html, STR("<b>")) || str_has(html, STR("<i>")));
	assert_true(str_has(html, STR("lang=\"de\"")));
	assert_true(str_has(html, STR("src=\"https://x.example/logo?v=3\"")));
	assert_true(str_has(html, STR("a=1&amp;b=&quot;2\"")) || str_has(html, STR("a=1&amp;b=&#34;2\"")));
	assert_true(str_has(html, STR("background:#ffe000;color:#1a1a1a"))); /* dark words on a bright colour */
	assert_true(str_has(html, STR("zweiter Absatz<br>mit Zeile")));
	firm.colour = STR("red;x:url(//evil)");
	assert_false(str_has(letter_html(&a, &firm, STR("https://x.example"), &l), STR("evil")));
	struct str text = letter_text(&a, &firm, &l);
	assert_true(str_has(text, STR("Lesen:\nhttps://x.example/conversations/3?a=1&b=\"2\n")));
	assert_true(str_has(text, STR("> \"so\" & <i>\n")));
	assert_true(str_ends(text, STR("-- \nXYZ & <b>Sons\nQuay Street 3\n0800\nhello@xyz.example\n")));
	arena_done(&a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subjects), cmocka_unit_test(test_addresses), cmocka_unit_test(test_bodies), cmocka_unit_test(test_whole),
		cmocka_unit_test(test_letter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
