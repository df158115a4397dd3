/* A file's words and preview, found by a job after it was kept. The text is the file's, which never changes: it is read once, however
 * many have sent the same bytes. */
#include "base/log.h"
#include "db/files.h"
#include "file/file_int.h"
#include "os/document.h"
#include "os/image.h"
#include "text/json.h"
#include "text/utf8.h"

static bool is_plain(struct str type) {
	return str_is(type, "text/plain") || str_is(type, "text/csv") || str_is(type, "text/markdown") || str_is(type, "application/csv") ||
		str_is(type, "application/json");
}

/* UTF-16 says so by its first two bytes. */
static struct str from_utf16(struct arena *a, struct str s, bool big) {
	struct buf b;
	buf_init(&b, 4 * s.n + 4);
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		const unsigned char *p = (const unsigned char *)s.p + i;
		uint32_t c = big ? (uint32_t)(p[0] << 8 | p[1]) : (uint32_t)(p[1] << 8 | p[0]);
		if (c >= 0xD800 && c < 0xDC00 && i + 3 < s.n) {
			uint32_t low = big ? (uint32_t)(p[2] << 8 | p[3]) : (uint32_t)(p[3] << 8 | p[2]);
			if (low >= 0xDC00 && low < 0xE000) c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00), i += 2;
		}
		utf8_add(&b, c);
	}
	struct str text = str_copy(a, buf_str(&b));
	buf_done(&b);
	return text;
}

struct str file_plain_text(struct arena *a, struct str s) {
	if (str_starts(s, STR("\xef\xbb\xbf"))) return str_from(s, 3);
	if (str_starts(s, STR("\xff\xfe"))) return from_utf16(a, str_from(s, 2), false);
	if (str_starts(s, STR("\xfe\xff"))) return from_utf16(a, str_from(s, 2), true);
	if (utf8_valid(utf8_fit(s, s.n))) return s;
	struct buf b;
	buf_init(&b, 3 * s.n + 1);
	utf8_add_1252(&b, s);
	struct str text = str_copy(a, buf_str(&b));
	buf_done(&b);
	return text;
}

struct reading {
	struct arena *a;
	struct file_id id;
	const char *state;
	struct str text;
	struct image_out preview;
};

static enum err read_words(struct arena *a, const struct file_info *f, struct str bytes, struct str *ret, struct str *ret_why) {
	if (document_is_read(f->type)) return document_text(a, f->type, bytes, ret, ret_why);
	*ret = file_plain_text(a, utf8_fit(bytes, DOCUMENT_TEXT_MAX));
	return OK;
}

/* Without one the file is as good. */
static void make_preview(struct arena *a, struct str pdf, struct image_out *ret) {
	struct str png, why = STR("");
	struct image_want want = {.max_side = DOCUMENT_PAGE_SIDE, .format = IMAGE_WEBP};
	enum err e = document_page(a, pdf, &png, &why);
	if (e == OK) e = image_convert(a, png, &want, ret, &why);
	if (e != OK) *ret = (struct image_out){0};
}

static enum err put(struct db *db, void *arg) {
	const struct reading *r = arg;
	struct file_id preview = {0};
	int64_t changed;
	if (r->preview.bytes.n > 0) TRY(file_put(db, STR("preview.webp"), STR("image/webp"), r->preview.bytes, &preview));
	TRY(sql_file_read_end(db, r->id, str_c(r->state), r->text, preview, r->preview.width, r->preview.height, clock_now(), &changed));
	if (changed == 0) return OK;   /* it is gone */
	return event_append(db, &(struct event){.verb = "update", .object_kind = "file", .object_id = r->id.v, .audience = AUDIENCE_STAFF,
		.data = str_fmt(r->a, "{\"read\":\"%s\"}", r->state)}, NULL);
}

enum err file_read_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx, struct str *ret_why) {
	struct reading r = {.a = a, .text = STR("")};
	struct file_info f;
	struct str bytes;
	JSON_DOC(doc);
	(void)ctx;
	if (json_parse(&doc, data, NULL) != OK || !json_get_int(json_member(doc.root, "file"), &r.id.v)) {
		*ret_why = STR("the job's data cannot be read");
		return ERR_BUG;
	}
	enum err e = file_info(db, a, r.id, &f);
	if (e == ERR_NOT_FOUND) return OK;
	TRY(e);
	TRY(file_get(db, a, r.id, FILE_BYTES_MAX, &bytes));
	e = read_words(a, &f, bytes, &r.text, ret_why);
	bool hostile = e == ERR_INVALID || e == ERR_TOO_LARGE || e == ERR_MEDIA_TYPE;
	if (e != OK && !hostile && tries < FILE_READ_TRIES) return e;
	if (e != OK && !hostile) log_warn("file %lld could not be read: " STR_FMT, (long long)r.id.v, STR_ARG(*ret_why));
	r.text = e == OK ? utf8_fit(utf8_lines(a, r.text), DOCUMENT_TEXT_MAX) : STR("");
	r.state = e != OK ? "failed" : str_empty(r.text) ? "none" : "read";
	if (e == OK && str_is(f.type, "application/pdf")) make_preview(a, bytes, &r.preview);
	return store_write(s, put, &r);
}

bool file_has_words(struct str type) { return document_is_read(type) || is_plain(type); }
