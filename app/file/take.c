/* From a request into the store: what a file is, is found by looking; pictures are made anew, so that nothing beside their pixels is kept. */
#include "db/files.h"
#include "file/file_int.h"
#include "os/image.h"
#include "os/sniff.h"
#include "text/utf8.h"

enum { PICTURE_BYTES_MAX = 12 * 1024 * 1024, PICTURE_SIDE_MAX = 1600 };

static bool is_picture(struct str type) {
	return str_is(type, "image/jpeg") || str_is(type, "image/png") || str_is(type, "image/webp") || str_is(type, "image/gif");
}

static enum err take_picture(struct req *q, const struct upload *u, const char *field, struct file_new *ret) {
	struct image_out image;
	struct str why;
	if (u->bytes.n > PICTURE_BYTES_MAX) return req_invalid(q, field, T("A photo can have 12 MB at most."));
	enum err e = image_convert(q->a, u->bytes, &(struct image_want){.max_side = PICTURE_SIDE_MAX, .format = IMAGE_WEBP}, &image, &why);
	if (e == ERR_TOO_LARGE) return req_invalid(q, field, T("One of these photos is too large. 50 megapixels are the most."));
	if (e == ERR_INVALID) return req_invalid(q, field, T("One of these photos is damaged. Please send it again."));
	TRY(e);
	ret->bytes = image.bytes;
	ret->type = STR("image/webp");
	ret->width = image.width;
	ret->height = image.height;
	return OK;
}

enum err file_take(struct req *q, const struct upload *u, const char *field, struct file_new *ret) {
	struct str why;
	*ret = (struct file_new){.name = utf8_fit(utf8_line(q->a, u->name), FILE_NAME_MAX), .bytes = u->bytes};
	if (str_empty(ret->name)) ret->name = STR("file");
	if (u->bytes.n == 0) return req_invalid(q, field, T("One of these files is empty."));
	if (u->bytes.n > FILE_BYTES_MAX) return req_invalid(q, field, T("A file can have 20 MB at most."));
	enum err e = sniff_type(q->a, u->bytes, &ret->type, &why);
	if (e == ERR_INVALID) ret->type = STR("application/octet-stream");
	else TRY(e);
	return is_picture(ret->type) ? take_picture(q, u, field, ret) : OK;
}

enum err file_keep(struct db *db, struct arena *a, const struct file_new *n, struct file_id *ret) {
	int64_t added;
	TRY(file_put(db, n->name, n->type, n->bytes, ret));
	if (!file_has_words(n->type)) return OK;
	TRY(sql_file_read_begin(db, *ret, &added));
	return added ? job_add(db, "file_read", str_fmt(a, "{\"file\":%lld}", (long long)ret->v), 0) : OK;
}
