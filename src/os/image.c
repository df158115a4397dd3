/* The parent's half puts what is wanted before the bytes; the child's half does it. libvips is loaded by name in the child:
 * linked to the program it would bring a hundred libraries into every start of the server. */
#include "os/image.h"
#include "os/child.h"
#include "os/sniff.h"
#include "base/check.h"
#include <endian.h>
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <vips/vips.h>
#pragma GCC diagnostic pop

struct ask {
	int32_t max_side, square, format;
};

struct answer {
	int32_t width, height;
};

/* ------------------------------------------------------------------ in the child */

static struct {
	typeof(&vips_init) init;
	typeof(&vips_block_untrusted_set) block_untrusted;
	typeof(&vips_cache_set_max) cache_max;
	typeof(&vips_concurrency_set) concurrency;
	typeof(&vips_image_new_from_buffer) open;
	typeof(&vips_image_get_width) width;
	typeof(&vips_image_get_height) height;
	typeof(&vips_thumbnail_buffer) thumbnail;
	typeof(&vips_copy) copy;
	typeof(&vips_image_get_fields) fields;
	typeof(&vips_image_remove) remove;
	typeof(&vips_webpsave_buffer) to_webp;
	typeof(&vips_pngsave_buffer) to_png;
	typeof(&vips_jpegsave_buffer) to_jpeg;
	typeof(&vips_array_double_newv) numbers;
	typeof(&vips_error_buffer) error;
} vips;

static bool init(void) {
	const struct child_symbol symbols[] = {
		{"vips_init", &vips.init},
		{"vips_block_untrusted_set", &vips.block_untrusted},
		{"vips_cache_set_max", &vips.cache_max},
		{"vips_concurrency_set", &vips.concurrency},
		{"vips_image_new_from_buffer", &vips.open},
		{"vips_image_get_width", &vips.width},
		{"vips_image_get_height", &vips.height},
		{"vips_thumbnail_buffer", &vips.thumbnail},
		{"vips_copy", &vips.copy},
		{"vips_image_get_fields", &vips.fields},
		{"vips_image_remove", &vips.remove},
		{"vips_webpsave_buffer", &vips.to_webp},
		{"vips_pngsave_buffer", &vips.to_png},
		{"vips_jpegsave_buffer", &vips.to_jpeg},
		{"vips_array_double_newv", &vips.numbers},
		{"vips_error_buffer", &vips.error},
		{NULL, NULL},
	};
	if (!child_load("libvips.so.42", symbols) || vips.init("rialto") != 0) return false;
	vips.block_untrusted(TRUE);
	vips.cache_max(0);
	vips.concurrency(1);
	return true;
}

static enum err damaged(struct arena *a, struct str *ret_why) {
	struct str all = str_c(vips.error()), first = str_trim(str_cut(&all, '\n'));
	*ret_why = str_fmt(a, "This image is damaged or not whole (" STR_FMT ").", STR_ARG(str_first(first, 120)));
	return ERR_INVALID;
}

static enum err check_size(struct str bytes, struct arena *a, struct str *ret_why) {
	VipsImage *whole = vips.open(bytes.p, bytes.n, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL);   /* reads the head only */
	if (whole == NULL) return damaged(a, ret_why);
	int64_t width = vips.width(whole), height = vips.height(whole);
	if (width * height <= IMAGE_PIXELS_MAX) return OK;
	*ret_why = str_fmt(a, "This image is too large: %ld by %ld pixels; we take up to 50 megapixels.", (long)width, (long)height);
	return ERR_TOO_LARGE;
}

/* "strip" leaves some of it in some formats, so it is taken off first. The colours are sRGB, which needs no profile. */
static VipsImage *without_notes(VipsImage *image) {
	VipsImage *bare = NULL;
	if (vips.copy(image, &bare, NULL) != 0) return NULL;
	char **names = vips.fields(bare);
	for (size_t i = 0; names != NULL && names[i] != NULL; i++) vips.remove(bare, names[i]);   /* its size and the like stay */
	return bare;
}

static enum err save(VipsImage *image, enum image_format format, void **ret, size_t *ret_n) {
	VipsArrayDouble *white = vips.numbers(3, 255.0, 255.0, 255.0);
	int e = -1;
	switch (format) {
	case IMAGE_WEBP: e = vips.to_webp(image, ret, ret_n, "Q", 80, "strip", TRUE, "effort", 3, NULL); break;
	case IMAGE_PNG: e = vips.to_png(image, ret, ret_n, "compression", 8, "strip", TRUE, NULL); break;
	case IMAGE_JPEG: e = vips.to_jpeg(image, ret, ret_n, "Q", 85, "strip", TRUE, "background", white, NULL); break;
	}
	return e == 0 ? OK : ERR_INVALID;
}

static uint32_t little32(const char *p) {
	uint32_t v;
	memcpy(&v, p, 4);
	return le32toh(v);
}

/* Even so libvips puts a new EXIF block into each WebP. A WebP is a list of chunks: name, length, data, padding to even. */
static void add_webp(struct buf *output, struct str webp) {
	enum { HEAD = 12, CHUNK = 8, FLAGS = CHUNK, HAS_NOTES = 0x20 | 0x08 | 0x04 };   /* colour profile, EXIF, XMP */
	size_t start = output->n;
	if (webp.n < HEAD) return;
	buf_add(output, str_first(webp, HEAD));
	for (struct str rest = str_from(webp, HEAD); rest.n >= CHUNK;) {
		size_t n = CHUNK + (size_t)little32(rest.p + 4);
		n += n & 1;
		struct str chunk = str_first(rest, n);
		bool note = str_starts(chunk, STR("EXIF")) || str_starts(chunk, STR("XMP ")) || str_starts(chunk, STR("ICCP"));
		size_t at = output->n;
		if (!note) buf_add(output, chunk);
		if (str_starts(chunk, STR("VP8X")) && chunk.n > FLAGS && !output->over)
			output->p[at + FLAGS] = (char)(output->p[at + FLAGS] & ~HAS_NOTES);
		rest = str_from(rest, n);
	}
	if (output->over) return;
	uint32_t size = htole32((uint32_t)(output->n - start - 8));
	memcpy(output->p + start + 4, &size, 4);
}

static enum err convert(struct str input, struct arena *a, struct buf *output, struct str *ret_why) {
	struct ask ask;
	if (input.n < sizeof ask) return ERR_BUG;
	memcpy(&ask, input.p, sizeof ask);
	struct str bytes = str_from(input, sizeof ask);
	TRY(check_size(bytes, a, ret_why));
	VipsImage *small = NULL;
	void *data = (void *)(uintptr_t)bytes.p, *saved;
	size_t saved_n;
	if (vips.thumbnail(data, bytes.n, &small, ask.max_side, "height", ask.max_side, "size", VIPS_SIZE_DOWN, "crop",
	                   ask.square ? VIPS_INTERESTING_CENTRE : VIPS_INTERESTING_NONE, "export_profile", "srgb",
	                   "option_string", "[fail_on=truncated]", NULL) != 0)   /* its own fail_on does not reach the loader */
		return damaged(a, ret_why);
	VipsImage *bare = without_notes(small);
	if (bare == NULL || save(bare, (enum image_format)ask.format, &saved, &saved_n) != OK) return damaged(a, ret_why);
	struct answer answer = {.width = vips.width(small), .height = vips.height(small)};
	buf_add(output, str_n((const char *)&answer, sizeof answer));
	if (ask.format == IMAGE_WEBP) add_webp(output, str_n(saved, saved_n));
	else buf_add(output, str_n(saved, saved_n));
	return OK;
}

const struct child_job image_job = {
	.name = "image",
	.seconds = 10,
	.memory_bytes = (size_t)1024 * 1024 * 1024,
	.input_max = IMAGE_BYTES_MAX + sizeof(struct ask),
	.output_max = IMAGE_BYTES_MAX,
	.init = init,
	.run = convert,
};

/* ------------------------------------------------------------------ in the parent */

/* Only what somebody's camera or screen makes; libvips knows forty more. */
static bool is_taken(struct str bytes) {
	const char *type = sniff_magic(bytes);
	static const char *const taken[] = {"image/jpeg", "image/png", "image/webp", "image/gif"};
	for (size_t i = 0; type != NULL && i < sizeof taken / sizeof *taken; i++)
		if (strcmp(type, taken[i]) == 0) return true;
	return false;
}

enum err image_convert(struct arena *a, struct str bytes, const struct image_want *want, struct image_out *ret,
                       struct str *ret_why) {
	static const char *const types[] = {[IMAGE_WEBP] = "image/webp", [IMAGE_PNG] = "image/png", [IMAGE_JPEG] = "image/jpeg"};
	PRE(want->max_side >= 1 && want->max_side <= 8192);
	if (!is_taken(bytes)) {
		*ret_why = STR("This is not an image that we take; please send a JPEG, PNG, WebP or GIF.");
		return ERR_MEDIA_TYPE;
	}
	struct ask ask = {.max_side = want->max_side, .square = want->square, .format = (int32_t)want->format};
	struct buf input, output;
	buf_init(&input, SIZE_MAX / 2);
	buf_init(&output, image_job.output_max);
	buf_add(&input, str_n((const char *)&ask, sizeof ask));
	buf_add(&input, bytes);
	enum err e = child_run(&image_job, a, buf_str(&input), &output, ret_why);
	struct answer answer;
	if (e == OK) {
		memcpy(&answer, output.p, sizeof answer);
		*ret = (struct image_out){.bytes = str_copy(a, str_from(buf_str(&output), sizeof answer)), .width = answer.width,
		                          .height = answer.height, .type = types[want->format]};
	}
	buf_done(&input);
	buf_done(&output);
	return e;
}
