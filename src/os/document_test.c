/* Documents from strangers. The test makes its own, so that each fault is where it says. */
#include "os/child.h"
#include "os/document.h"
#include "os/sniff.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <zlib.h>

#define DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define ODT "application/vnd.oasis.opendocument.text"

/* ------------------------------------------------------------------ making them */

struct part {
	const char *path;
	struct str bytes;
};

static void little(struct buf *b, uint64_t v, int bytes) {
	for (int i = 0; i < bytes; i++) buf_add_char(b, (char)(i < 8 ? v >> 8 * i & 255 : 0));
}

static struct str deflated(struct arena *a, struct str s) {
	z_stream z = {.next_in = (Bytef *)(uintptr_t)s.p, .avail_in = (uInt)s.n};
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
	size_t room = deflateBound(&z, s.n);
	char *p = arena_alloc(a, room);
	z.next_out = (Bytef *)p, z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return str_n(p, room - z.avail_out);
}

static struct str zip(struct arena *a, const struct part *part, size_t n) {
	struct buf b, index;
	buf_init(&b, 64 << 20);
	buf_init(&index, 4 << 20);
	for (size_t i = 0; i < n; i++) {
		struct str packed = deflated(a, part[i].bytes), path = str_c(part[i].path);
		uint32_t crc = (uint32_t)crc32(0, (const Bytef *)part[i].bytes.p, (uInt)part[i].bytes.n);
		size_t at = b.n;
		struct buf *to[] = {&b, &index};
		for (int k = 0; k < 2; k++) {
			little(to[k], k ? 0x02014b50 : 0x04034b50, 4);
			if (k) little(to[k], 20, 2);
			little(to[k], 20, 2), little(to[k], 0, 2), little(to[k], 8, 2), little(to[k], 0, 4);
			little(to[k], crc, 4), little(to[k], packed.n, 4), little(to[k], part[i].bytes.n, 4);
			little(to[k], path.n, 2), little(to[k], 0, 2);
			if (k) little(to[k], 0, 2 + 2 + 2 + 4), little(to[k], at, 4);
			buf_add(to[k], path);
		}
		buf_add(&b, packed);
	}
	size_t at = b.n, most = index.n;
	buf_add(&b, buf_str(&index));
	little(&b, 0x06054b50, 4), little(&b, 0, 4), little(&b, n, 2), little(&b, n, 2), little(&b, most, 4), little(&b, at, 4), little(&b, 0, 2);
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	buf_done(&index);
	return s;
}

static struct str zip_one(struct arena *a, const char *path, struct str bytes) { return zip(a, &(struct part){path, bytes}, 1); }

/* A page with a line of Helvetica on it; words NULL: an empty one. */
static struct str pdf(struct arena *a, const char *words) {
	struct str draw = words ? str_fmt(a, "BT /F1 24 Tf 72 720 Td (%s) Tj ET", words) : STR("0 0 m 100 100 l S");
	struct str object[] = {
		STR("<</Type/Catalog/Pages 2 0 R>>"),
		STR("<</Type/Pages/Kids[3 0 R]/Count 1>>"),
		STR("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>>>>>"),
		STR("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"),
		str_fmt(a, "<</Length %zu>>stream\n" STR_FMT "\nendstream", draw.n, STR_ARG(draw)),
	};
	struct buf b;
	size_t at[5];
	buf_init(&b, 1 << 20);
	buf_add(&b, STR("%PDF-1.4\n"));
	for (int i = 0; i < 5; i++) {
		at[i] = b.n;
		buf_fmt(&b, "%d 0 obj" STR_FMT "endobj\n", i + 1, STR_ARG(object[i]));
	}
	size_t table = b.n;
	buf_add(&b, STR("xref\n0 6\n0000000000 65535 f \n"));
	for (int i = 0; i < 5; i++) buf_fmt(&b, "%010zu 00000 n \n", at[i]);
	buf_fmt(&b, "trailer<</Size 6/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", table);
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

static struct str repeated(struct arena *a, const char *head, const char *middle, size_t times, const char *tail) {
	size_t one = strlen(middle);
	struct buf b;
	buf_init(&b, 256 << 20);
	buf_add(&b, str_c(head));
	for (size_t i = 0; i < times; i++) buf_add(&b, str_n(middle, one));
	buf_add(&b, str_c(tail));
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

/* ------------------------------------------------------------------ reading them */

static struct str good(struct arena *a, const char *type, struct str bytes) {
	struct str text = STR(""), why = STR("");
	enum err e = document_text(a, str_c(type), bytes, &text, &why);
	if (e != OK) fail_msg("%s: %s: " STR_FMT, type, err_word(e), STR_ARG(why));
	return text;
}

static void bad(struct arena *a, const char *type, struct str bytes, enum err want, const char *part) {
	struct str text = STR(""), why = STR("");
	enum err e = document_text(a, str_c(type), bytes, &text, &why);
	if (e != want || !str_has(why, str_c(part))) fail_msg("%zu bytes: wanted %s '%s', got %s: " STR_FMT " / " STR_FMT, bytes.n, err_word(want), part,
		e == OK ? "ok" : err_word(e), STR_ARG(why), STR_ARG(str_first(text, 100)));
}

static void is_text(struct str got, const char *want) {
	if (!str_is(got, want)) fail_msg("wanted '%s', got '" STR_FMT "'", want, STR_ARG(str_first(got, 400)));
}

static void words_of_office_files(void **state) {
	struct arena a = {0};
	(void)state;
	is_text(good(&a, DOCX, zip(&a, (struct part[]){
		{"[Content_Types].xml", STR("<Types/>")},
		{"word/document.xml", STR("<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>Dear Ms Gr\xc3\xbcn,</w:t></w:r></w:p><w:p><w:r><w:t>sum</w:t><w:tab/>"
			"<w:t xml:space='preserve'>1 &lt; 2</w:t><w:delText>gone</w:delText><w:instrText>PAGE</w:instrText></w:r></w:p></w:body></w:document>")},
		{"word/media/picture.png", STR("<t>not this</t>")},
	}, 3)), "Dear Ms Gr\xc3\xbcn,\nsum\t1 < 2\n");
	is_text(good(&a, "application/zip", zip(&a, (struct part[]){   /* what its maker wrote in another order is not known as what it is */
		{"xl/sharedStrings.xml", STR("<sst><si><t>Premium</t></si><si><t>Cover</t></si></sst>")},
		{"xl/worksheets/sheet1.xml", STR("<s><row><c t='s'><v>0</v></c><c><v>12.5</v></c></row><row><c t='inlineStr'><is><t>here</t></is></c></row></s>")},
	}, 2)), "Premium\nCover\n\t12.5\t\nhere\t\n");
	is_text(good(&a, "application/zip", zip_one(&a, "ppt/slides/slide1.xml",
		STR("<p:sld xmlns:a='a' xmlns:p='p'><a:p><a:r><a:t>One slide</a:t></a:r></a:p></p:sld>"))), "One slide\n");
	is_text(good(&a, ODT, zip_one(&a, "content.xml", STR("<office:document xmlns:office='o' xmlns:text='t'><style>no</style><office:body>"
		"<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h>Title</text:h><text:p>a<text:s/>b<text:tab/>c<text:line-break/>d</text:p>"
		"</office:body></office:document>"))), "Title\na b\tc\nd\n");
	is_text(good(&a, ODT, zip_one(&a, "content.xml", STR("<d><body/></d>"))), "");
	arena_done(&a);
}

static void hostile_office_files(void **state) {
	struct arena a = {0};
	(void)state;
	struct str letter = zip_one(&a, "word/document.xml", repeated(&a, "<d>", "<t>words </t>", 2000, "</d>"));
	assert_int_equal(good(&a, DOCX, letter).n, 12000);
	bad(&a, DOCX, str_first(letter, letter.n / 3), ERR_INVALID, "damaged");
	bad(&a, DOCX, STR("PK\3\4 and then nothing"), ERR_INVALID, "damaged");
	bad(&a, DOCX, STR(""), ERR_INVALID, "damaged");
	bad(&a, DOCX, zip_one(&a, "other/document.xml", STR("<t>x</t>")), ERR_INVALID, "none of its kind");
	bad(&a, DOCX, zip_one(&a, "word/document.xml", STR("<d><t>open")), ERR_INVALID, "damaged");
	/* 100 MB in 100 kB; also when it is no text */
	struct str bomb = zip_one(&a, "word/document.xml", repeated(&a, "<d>", "<x>                                                                  </x>", 1400000, "</d>"));
	assert_true(bomb.n < 600000);
	bad(&a, DOCX, bomb, ERR_TOO_LARGE, "unpacks to more");
	/* entities: a bomb, and one that would read a file of ours */
	bad(&a, DOCX, zip_one(&a, "word/document.xml", STR("<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><d><t>&b;</t></d>")), ERR_INVALID, "damaged");
	bad(&a, DOCX, zip_one(&a, "word/document.xml", STR("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><d><t>&x;</t></d>")), ERR_INVALID, "damaged");
	/* a long text is read as far as we keep it */
	struct str much = good(&a, DOCX, zip_one(&a, "word/document.xml", repeated(&a, "<d>", "<t>0123456789</t>", 300000, "</d>")));
	assert_int_equal(much.n, DOCUMENT_TEXT_MAX);
	/* nested deeper than any document */
	bad(&a, DOCX, zip_one(&a, "word/document.xml", repeated(&a, "", "<d>", 100000, "")), ERR_INVALID, "damaged");
	/* more parts than any document */
	struct part *many = NEW_ARRAY(&a, struct part, 5000);
	for (int i = 0; i < 5000; i++) many[i] = (struct part){str_fmt(&a, "word/media/%d", i).p, STR("x")};
	bad(&a, DOCX, zip(&a, many, 5000), ERR_TOO_LARGE, "unpacks to more");
	arena_done(&a);
}

static void pdfs(void **state) {
	struct arena a = {0};
	struct str png, why;
	(void)state;
	struct str letter = pdf(&a, "A letter about the renewal");
	assert_true(document_is_read(str_c(sniff_magic(letter))));
	is_text(str_trim(good(&a, "application/pdf", letter)), "A letter about the renewal");
	is_text(str_trim(good(&a, "application/pdf", pdf(&a, NULL))), "");
	bad(&a, "application/pdf", STR("%PDF-1.7\nand then nothing"), ERR_INVALID, "damaged");
	bad(&a, "application/pdf", STR(""), ERR_INVALID, "damaged");
	assert_int_equal(document_page(&a, letter, &png, &why), OK);
	assert_string_equal(sniff_magic(png), "image/png");
	assert_int_equal(document_page(&a, STR("%PDF-1.7\nnothing"), &png, &why), ERR_INVALID);
	arena_done(&a);
}

int main(int argc, char **argv) {
	if (argc == 3 && strcmp(argv[1], "child") == 0) return child_main(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_office_files),
		cmocka_unit_test(hostile_office_files),
		cmocka_unit_test(pdfs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
