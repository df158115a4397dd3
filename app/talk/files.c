/* Files: sent to be attached, and attached. */
#include "talk/talk_int.h"
#include "text/url.h"

enum err upload_put(struct db *db, struct arena *a, struct person_id who, const struct file_new *n, struct file_id *ret) {
	TRY(file_keep(db, a, n, ret));
	return sql_talk_upload_put(db, who, *ret, n->name, n->width, n->height, clock_now(), NULL);
}

enum err attach_as(struct db *db, struct conversation_id id, struct message_id message, struct file_id file, struct str name, int64_t width,
	int64_t height, struct str caption) {
	int64_t have;
	TRY(sql_talk_attached_count(db, id, &have));
	return sql_talk_attach(db, id, message, file, name, have, width, height, str_none(caption) ? STR("") : caption);
}

enum err talk_attach(struct db *db, struct conversation_id id, struct message_id message, struct file_id file, int64_t width, int64_t height,
	struct str caption) {
	return attach_as(db, id, message, file, STR(""), width, height, caption);
}

/* -------------------------------------------------------------------- sending */

struct sent {
	struct arena *a;
	struct file_new file;
	struct person_id who;
	struct file_id ret;
};

static enum err keep(struct db *db, void *arg) {
	struct sent *s = arg;
	return upload_put(db, s->a, s->who, &s->file, &s->ret);
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
	struct sent s = {.a = q->a, .who = q->actor.id};
	TRY(file_take(q, &in->file, "file", &s.file));
	if (s.file.width == 0 && (says_picture(&in->file) || str_starts(s.file.type, STR("image/")))) {
		req_invalid(q, "file", T("This says that it is a picture, but it is none that we can read."));
		return ERR_MEDIA_TYPE;
	}
	TRY(req_write(q, keep, &s));
	*ret = file_view_of(s.ret, s.file.name, s.file.type, (int64_t)s.file.bytes.n, s.file.width, s.file.height);
	req_redirect(q, url_path(q->a, "/files/%lld", (long long)s.ret.v));
	return OK;
}

struct talk_file file_view_of(struct file_id id, struct str name, struct str type, int64_t bytes, int64_t width, int64_t height) {
	return (struct talk_file){.id = id, .name = name, .type = type, .word = str_c(file_word(type, name)), .bytes = bytes, .width = width, .height = height,
		.caption = STR("")};
}
