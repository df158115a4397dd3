/* A few signatures of our own, so that the common case costs nothing; libmagic knows the rest, but its parser works on hostile
 * bytes and its database takes 8 MB, so it lives in a child. */
#include "os/sniff.h"
#include "os/child.h"
#include <magic.h>

enum { LOOK_AT = 1024 * 1024 };   /* office files tell what they are by the names in the archive, some way in */

const char *sniff_magic(struct str b) {
	if (str_starts(b, STR("\xff\xd8\xff"))) return "image/jpeg";
	if (str_starts(b, STR("\x89PNG\r\n\x1a\n"))) return "image/png";
	if (str_starts(b, STR("GIF87a")) || str_starts(b, STR("GIF89a"))) return "image/gif";
	if (str_starts(b, STR("RIFF")) && str_starts(str_from(b, 8), STR("WEBP"))) return "image/webp";
	if (str_starts(b, STR("%PDF-"))) return "application/pdf";
	return NULL;
}

static struct {
	typeof(&magic_open) open;
	typeof(&magic_load) load;
	typeof(&magic_buffer) buffer;
	magic_t cookie;
} magic;

static bool init(void) {
	const struct child_symbol symbols[] = {
		{"magic_open", &magic.open}, {"magic_load", &magic.load}, {"magic_buffer", &magic.buffer}, {NULL, NULL}};
	if (!child_load("libmagic.so.1", symbols)) return false;
	magic.cookie = magic.open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS);
	return magic.cookie != NULL && magic.load(magic.cookie, NULL) == 0;
}

static enum err look(struct str input, struct arena *a, struct buf *output, struct str *ret_why) {
	(void)a;
	const char *type = magic.buffer(magic.cookie, input.p, input.n);
	if (type == NULL) {
		*ret_why = STR("We cannot tell what this file is.");
		return ERR_INVALID;
	}
	buf_add(output, str_c(type));
	return OK;
}

const struct child_job sniff_job = {
	.name = "sniff",
	.seconds = 5,
	.memory_bytes = (size_t)256 * 1024 * 1024,
	.input_max = LOOK_AT,
	.output_max = 200,
	.init = init,
	.run = look,
};

enum err sniff_type(struct arena *a, struct str bytes, struct str *ret, struct str *ret_why) {
	const char *known = sniff_magic(bytes);
	if (known != NULL) {
		*ret = str_c(known);
		return OK;
	}
	if (bytes.n == 0) {
		*ret = STR("application/octet-stream");
		return OK;
	}
	struct buf output;
	buf_init(&output, sniff_job.output_max);
	enum err e = child_run(&sniff_job, a, str_first(bytes, LOOK_AT), &output, ret_why);
	if (e == OK) *ret = str_copy(a, buf_str(&output));
	buf_done(&output);
	return e;
}
