/* Images from strangers. The test makes its own pictures, so that each fault is where it says. */
#include "os/child.h"
#include "os/image.h"
#include "os/sniff.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <zlib.h>

static void add32(struct buf *b, uint32_t v) {
	for (int s = 24; s >= 0; s -= 8) buf_add_char(b, (char)(v >> s & 255));
}

static void chunk(struct buf *b, const char *type, struct str data) {
	add32(b, (uint32_t)data.n);
	size_t at = b->n;
	buf_add(b, str_c(type));
	buf_add(b, data);
	add32(b, (uint32_t)crc32(0, (const Bytef *)b->p + at, (uInt)(b->n - at)));
}

/* An RGBA picture: left half red, right half green; alpha in the given strength; says it is of the given size. */
static struct str png(struct arena *a, int width, int height, int rows, int alpha) {
	size_t line = (size_t)width * 4 + 1, n = line * (size_t)rows;
	char *raw = arena_alloc(a, n);
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < width; x++) {
			char *p = raw + line * (size_t)y + 1 + 4 * x;
			p[x < width / 2 ? 0 : 1] = (char)200;
			p[3] = (char)alpha;
		}
	uLongf packed_n = compressBound(n);
	char *packed = arena_alloc(a, packed_n);
	assert_int_equal(compress((Bytef *)packed, &packed_n, (const Bytef *)raw, n), Z_OK);
	struct buf b, head;
	buf_init(&b, 1 << 28);
	buf_init(&head, 100);
	add32(&head, (uint32_t)width);
	add32(&head, (uint32_t)height);
	buf_add(&head, str_n("\x08\x06\0\0\0", 5));
	buf_add(&b, STR("\x89PNG\r\n\x1a\n"));
	chunk(&b, "IHDR", buf_str(&head));
	chunk(&b, "tEXt", STR("Comment\0secret words"));
	chunk(&b, "IDAT", str_n(packed, packed_n));
	chunk(&b, "IEND", STR(""));
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	buf_done(&head);
	return s;
}

static struct image_out good(struct arena *a, struct str bytes, struct image_want want) {
	struct image_out out;
	struct str why;
	enum err e = image_convert(a, bytes, &want, &out, &why);
	if (e != OK) fail_msg("%s: " STR_FMT, err_word(e), STR_ARG(why));
	return out;
}

static void bad(struct arena *a, struct str bytes, enum err want_e, const char *part) {
	struct image_want want = {.max_side = 100, .format = IMAGE_WEBP};
	struct image_out out;
	struct str why = STR("");
	enum err e = image_convert(a, bytes, &want, &out, &why);
	if (e != want_e || !str_has(why, str_c(part)) || !str_ends(why, STR(".")))
		fail_msg("%zu bytes: wanted %s '%s', got %s: " STR_FMT, bytes.n, err_word(want_e), part, e == OK ? "ok" : err_word(e), STR_ARG(why));
}

static void sizes_and_formats(void **state) {
	struct arena a = {0};
	(void)state;
	struct str p = png(&a, 300, 150, 150, 255);
	struct image_out o = good(&a, p, (struct image_want){.max_side = 100, .format = IMAGE_WEBP});
	assert_int_equal(o.width, 100);
	assert_int_equal(o.height, 50);
	assert_string_equal(o.type, "image/webp");
	assert_string_equal(sniff_magic(o.bytes), "image/webp");
	o = good(&a, o.bytes, (struct image_want){.max_side = 60, .format = IMAGE_WEBP});   /* what we make, we can read */
	assert_true(o.width == 60 && o.height == 30);
	o = good(&a, p, (struct image_want){.max_side = 100, .square = true, .format = IMAGE_PNG});
	assert_true(o.width == 100 && o.height == 100);
	assert_string_equal(sniff_magic(o.bytes), "image/png");
	assert_false(str_has(o.bytes, STR("secret")));
	assert_int_equal(o.bytes.p[25], 6);                    /* PNG's colour type: alpha is kept */
	o = good(&a, p, (struct image_want){.max_side = 1000, .format = IMAGE_JPEG});
	assert_true(o.width == 300 && o.height == 150);        /* never made larger */
	assert_string_equal(sniff_magic(o.bytes), "image/jpeg");
	arena_done(&a);
}

/* A camera's JPEG: turned on its side, and it says where it was taken. */
static struct str with_exif(struct arena *a, struct str jpeg) {
	static const char tiff[] = "MM\0*\0\0\0\x08\0\x02"
		"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"                  /* orientation 6: a quarter turn */
		"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26"                  /* GPS at 38 */
		"\0\0\0\0"
		"\0\x01\0\x1d\0\x02\0\0\0\x0b\0\0\0\x38\0\0\0\0"      /* GPS date, 11 bytes at 56 */
		"2026:11:22";
	struct buf b;
	buf_init(&b, 1 << 24);
	size_t n = 2 + 6 + sizeof tiff;
	buf_add(&b, STR("\xff\xd8\xff\xe1"));
	buf_add_char(&b, (char)(n >> 8));
	buf_add_char(&b, (char)(n & 255));
	buf_add(&b, STR("Exif\0\0"));
	buf_add(&b, str_n(tiff, sizeof tiff));
	buf_add(&b, str_from(jpeg, 2));
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

static void nothing_beside_the_pixels_is_left(void **state) {
	struct arena a = {0};
	(void)state;
	struct image_out o = good(&a, png(&a, 300, 150, 150, 255), (struct image_want){.max_side = 300, .format = IMAGE_JPEG});
	struct str photo = with_exif(&a, o.bytes);
	assert_true(str_has(photo, STR("2026:11:22")));
	for (enum image_format f = IMAGE_WEBP; f <= IMAGE_JPEG; f++) {
		o = good(&a, photo, (struct image_want){.max_side = 300, .format = f});
		assert_true(o.width == 150 && o.height == 300);    /* turned upright */
		assert_false(str_has(o.bytes, STR("Exif")) || str_has(o.bytes, STR("EXIF")) || str_has(o.bytes, STR("2026:11")) ||
		             str_has(o.bytes, STR("eXIf")) || str_has(o.bytes, STR("MM\0*")) || str_has(o.bytes, STR("ICCP")));
	}
	arena_done(&a);
}

static void refused(void **state) {
	struct arena a = {0};
	(void)state;
	bad(&a, STR("<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>"), ERR_MEDIA_TYPE, "not an image");
	bad(&a, STR("Dear Sir or Madam"), ERR_MEDIA_TYPE, "not an image");
	bad(&a, STR(""), ERR_MEDIA_TYPE, "not an image");
	bad(&a, STR("\xff\xd8\xff and then nothing that is a JPEG"), ERR_INVALID, "damaged");
	bad(&a, STR("\x89PNG\r\n\x1a\n"), ERR_INVALID, "damaged");
	struct str p = png(&a, 300, 300, 300, 255);
	bad(&a, str_first(p, p.n / 2), ERR_INVALID, "damaged");
	struct image_out o = good(&a, p, (struct image_want){.max_side = 300, .format = IMAGE_JPEG});
	bad(&a, str_first(o.bytes, o.bytes.n * 2 / 3), ERR_INVALID, "damaged");
	o = good(&a, p, (struct image_want){.max_side = 300, .format = IMAGE_WEBP});
	bad(&a, str_first(o.bytes, o.bytes.n * 2 / 3), ERR_INVALID, "damaged");
	bad(&a, png(&a, 300, 300, 100, 255), ERR_INVALID, "damaged");   /* two thirds of the picture are missing */
	bad(&a, png(&a, 20000, 20000, 1, 255), ERR_TOO_LARGE, "20000 by 20000");
	struct str bomb = png(&a, 6000, 6000, 6000, 255);
	assert_true(bomb.n < 1000000);                                  /* 144 MB of pixels in less than 1 MB: allowed, and bounded */
	o = good(&a, bomb, (struct image_want){.max_side = 50, .format = IMAGE_WEBP});
	assert_int_equal(o.width, 50);
	bad(&a, str_n(arena_alloc(&a, IMAGE_BYTES_MAX + 1), IMAGE_BYTES_MAX + 1), ERR_MEDIA_TYPE, "not an image");
	arena_done(&a);
}

static void first_frame_of_a_gif(void **state) {
	static const char gif[] = "GIF89a\x02\0\x02\0\xf0\0\0\xff\0\0\0\0\xff"
		"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
		"!\xf9\x04\0\x0a\0\0\0,\0\0\0\0\x02\0\x02\0\0\x02\x03\x04\x80\x05\0"
		"!\xf9\x04\0\x0a\0\0\0,\0\0\0\0\x02\0\x02\0\0\x02\x03\x4c\x92\x05\0;";
	struct arena a = {0};
	(void)state;
	struct image_out o = good(&a, str_n(gif, sizeof gif - 1), (struct image_want){.max_side = 10, .format = IMAGE_PNG});
	assert_true(o.width == 2 && o.height == 2);
	arena_done(&a);
}

static void sniffing(void **state) {
	static const struct {
		struct str bytes;
		const char *type;
	} c[] = {
		{STR("%PDF-1.7\n"), "application/pdf"},
		{STR("GIF89a..."), "image/gif"},
		{STR("just some words, in UTF-8: \xc3\xa4"), "text/plain"},
		{STR("a,b,c\n1,2,3\n4,5,6\n7,8,9\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n"), "text/csv"},
		{STR("<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml"},
		{STR("<!DOCTYPE html><html><script>alert(1)</script>"), "text/html"},
		{STR("\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\x3e\0"), "application/x-executable"},
		{STR(""), "application/octet-stream"},
	};
	struct arena a = {0};
	struct str type, why;
	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		assert_int_equal(sniff_type(&a, c[i].bytes, &type, &why), OK);
		if (!str_is(type, c[i].type)) fail_msg("%.20s: wanted %s, got " STR_FMT, c[i].bytes.p, c[i].type, STR_ARG(type));
	}
	arena_done(&a);
}

int main(int argc, char **argv) {
	if (argc == 3 && strcmp(argv[1], "child") == 0) return child_main(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_formats),
		cmocka_unit_test(nothing_beside_the_pixels_is_left),
		cmocka_unit_test(refused),
		cmocka_unit_test(first_frame_of_a_gif),
		cmocka_unit_test(sniffing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
