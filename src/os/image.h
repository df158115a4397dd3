#ifndef OS_IMAGE_H
#define OS_IMAGE_H
/* Turns an uploaded image into a small clean one: JPEG, PNG, WebP or the first frame of a GIF, turned upright as its camera
 * said, colours in sRGB, made anew, so that nothing that stood beside the pixels (place, camera, name) is left. Done in a
 * child process by libvips, which only that child loads. */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum image_format { IMAGE_WEBP, IMAGE_PNG, IMAGE_JPEG };   /* JPEG has no transparency: white stands for it */

struct image_want {
	int max_side;                 /* 1..8192; a smaller image is not made larger */
	bool square;                  /* cut to a square around the middle */
	enum image_format format;
};

struct image_out {
	struct str bytes;
	int width, height;
	const char *type;             /* such as "image/webp" */
};

enum { IMAGE_BYTES_MAX = 32 * 1024 * 1024, IMAGE_PIXELS_MAX = 50 * 1000 * 1000 };

/* Blocks for 50 ms and more; any thread but a loop. ret_why: a sentence for who sent it. errors MEDIA_TYPE (no image that we
 * take), TOO_LARGE (bytes or pixels), INVALID (damaged, or it took too long), BUSY, BUG */
MUST_USE enum err image_convert(struct arena *a, struct str bytes, const struct image_want *want, struct image_out *ret,
                                struct str *ret_why);

#endif
