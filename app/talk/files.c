/* Files: sent, attached, and given to whoever may see what they are attached to. */
#include "db/files.h"
#include "os/sniff.h"
#include "talk/talk_int.h"
#include "text/escape.h"
#include "text/url.h"
#include "text/utf8.h"

enum { NAME_MAX_ = 120 };

enum err upload_put(struct db *db, struct person_id who, struct str name, struct str type, struct str bytes, int64_t width,
	int64_t height, struct file_id *ret) {
	TRY(file_put(db, name, type, bytes, ret));
	return sql_talk_upload_put(db, who, *ret, width, height, clock_now(), NULL);
}

enum err talk_attach(struct db *db, struct conversation_id id, struct message_id message, struct file_id file,
	int64_t width, int64_t height,
                     struct str caption) {
	int64_t have;
	TRY(sql_talk_attached_count(db, id, &have));
	return sql_talk_attach(db, id, message, file, have, width, height, str_none(caption) ? STR("") : caption);
}

/* -------------------------------------------------------------------- sending */

struct sent {
	struct str name, type, bytes;
	int64_t width, height;
	struct person_id who;
	struct file_id ret;
};

static enum err keep(struct db *db, void *arg) {
	struct sent *s = arg;
	return upload_put(db, s->who, s->name, s->type, s->bytes, s->width, s->height, &s->ret);
}

/* What the sender calls a picture, by its type or its name. */
static bool says_picture(const struct upload *u) {
	static const char *const ends[] = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".heic", ".avif", ".bmp",
		".tif", ".tiff"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct str end = str_c(ends[i]);
		if (u->name.n > end.n && str_ieq(str_from(u->name, u->name.n - end.n), end)) return true;
	}
	return str_starts(u->type, STR("image/"));
}

enum err talk_file_send(struct req *q, const struct talk_file_send_in *in, struct talk_file *ret) {
	if (in->file.bytes.n == 0) return req_invalid(q, "file", T("Please choose a file."));
	if (in->file.bytes.n > FILE_BYTES_MAX) return ERR_TOO_LARGE;
	struct sent s = {.name = utf8_fit(utf8_line(q->a, in->file.name), NAME_MAX_), .bytes = in->file.bytes,
		.who = q->actor.id};
	if (str_empty(s.name)) s.name = STR("file");
	struct str why;
	TRY(sniff_type(q->a, in->file.bytes, &s.type, &why));
	if (!str_starts(s.type, STR("image/")) && says_picture(&in->file)) {
		req_invalid(q, "file", T("This says that it is a picture, but it is none that we can read."));
		return ERR_MEDIA_TYPE;
	}
	if (str_starts(s.type, STR("image/"))) {
		struct picture p;
		size_t n;
		struct upload one = in->file;
		TRY(photos_convert(q, (struct upload_list){.v = &one, .n = 1}, "file", &p, &n));
		s.bytes = p.bytes;
		s.type = STR("image/webp");
		s.width = p.width;
		s.height = p.height;
	}
	TRY(req_write(q, keep, &s));
	*ret = (struct talk_file){.id = s.ret, .name = s.name, .type = s.type, .bytes = (int64_t)s.bytes.n, .width = s.width, .height = s.height,
		.caption = STR("")};
	req_redirect(q, url_path(q->a, "/files/%lld", (long long)s.ret.v));
	return OK;
}

/* --------------------------------------------------------------------- giving */

static bool shown_in_place(struct str type) {
	return str_is(type, "image/webp") || str_is(type, "image/png") || str_is(type, "image/jpeg") ||
		str_is(type, "image/gif");
}

enum err talk_file_get(struct req *q, const struct talk_file_get_in *in) {
	struct file_info info;
	struct str bytes;
	int64_t seen;
	TRY(sql_talk_file_may(q->db, in->id, q->actor.id, q->actor.is_staff, &seen));
	if (seen == 0) return ERR_NOT_FOUND;
	TRY(file_info(q->db, q->a, in->id, &info));
	TRY(file_get(q->db, q->a, in->id, FILE_BYTES_MAX, &bytes));
	bool safe = shown_in_place(info.type);
	struct buf name;
	buf_init(&name, 1024);
	percent_encode(&name, info.name);
	req_header(q, "Content-Disposition", str_fmt(q->a, "%s; filename*=UTF-8''" STR_FMT, safe ? "inline" : "attachment",
		STR_ARG(buf_str(&name))));
	buf_done(&name);
	req_header(q, "Content-Security-Policy", STR("default-src 'none'; sandbox"));
	req_header(q, "Cache-Control", STR("private, max-age=3600"));
	req_header(q, "Cross-Origin-Resource-Policy", STR("same-origin"));
	req_send(q, 200, safe ? str_z(q->a, info.type) : "application/octet-stream", bytes);
	return OK;
}
