/* The photos of a form: made smaller before anything is written, attached when it is taken, and kept for the
 * sender when it is not. */
#include "base/log.h"
#include "db/files.h"
#include "os/image.h"
#include "talk/talk_int.h"

/* What is wrong with a picture, said at the field; OK for errors that are not the picture's. */
static enum err say_wrong(struct req *q, const char *field, enum err e) {
	if (e == ERR_MEDIA_TYPE) return req_invalid(q, field,
		T("One of these is no photo that we can read. Send JPEG, PNG, WebP or GIF."));
	if (e == ERR_TOO_LARGE) return req_invalid(q, field,
		T("One of these photos is too large. 50 megapixels are the most."));
	if (e == ERR_INVALID) return req_invalid(q, field, T("One of these photos is damaged. Please send it again."));
	return e;
}

enum err photos_convert(struct req *q, struct upload_list files, const char *field, struct picture *ret,
	size_t *ret_n) {
	enum err worst = OK;
	*ret_n = 0;
	for (size_t i = 0; i < files.n; i++) {
		struct image_out image;
		struct str why;
		if (files.v[i].bytes.n == 0) continue;
		if (files.v[i].bytes.n > PHOTO_BYTES_MAX) {
			worst = req_invalid(q, field, T("A photo can have 12 MB at most."));
			continue;
		}
		enum err e = image_convert(q->a, files.v[i].bytes, &(struct image_want){.max_side = PHOTO_SIDE_MAX,
			.format = IMAGE_WEBP}, &image, &why);
		if (e == OK) ret[(*ret_n)++] = (struct picture){.bytes = image.bytes, .width = image.width, .height = image.height};
		else worst = say_wrong(q, field, e);
	}
	return worst;
}

/* Those of the ids that are this person's and not attached yet, each once. */
static enum err find_kept(struct req *q, struct int_list ids, struct photos *ret) {
	for (size_t i = 0; i < ids.n && ret->kept < PHOTOS_MAX; i++) {
		struct talk_upload_row row;
		bool found, twice = false;
		for (size_t k = 0; k < ret->kept; k++) twice |= ret->upload[k].id.v == ids.v[i];
		if (twice) continue;
		TRY(sql_talk_upload_get(q->db, q->a, q->actor.id, (struct file_id){ids.v[i]}, &row, &found));
		if (found) ret->upload[ret->kept++] = (struct talk_file){.id = {ids.v[i]}, .name = row.name, .type = row.type,
			.bytes = row.bytes, .width = row.width, .height = row.height, .caption = STR("")};
	}
	return OK;
}

enum err photos_take(struct req *q, struct upload_list fresh, struct int_list kept, struct photos *ret) {
	*ret = (struct photos){0};
	enum err e = OK;
	TRY(find_kept(q, kept, ret));
	if (ret->kept < kept.n)
		e = req_invalid(q, "photos", T("A photo that you chose before is no longer here. Please choose it again."));
	size_t room = PHOTOS_MAX - ret->kept;
	if (fresh.n > room) {
		fresh.n = room;
		e = req_invalid(q, "photos",
			T("Six photos are the most. Here are the first six; send it again if they are the right ones."));
	}
	enum err converted = photos_convert(q, fresh, "photos", ret->picture, &ret->fresh);
	return converted != OK ? converted : e;
}

enum err photos_attach(struct req *q, struct db *db, struct conversation_id id, struct message_id message,
	const struct photos *p) {
	struct int_list kept = {.v = NEW_ARRAY(q->a, int64_t, p->kept)};
	for (size_t i = 0; i < p->kept; i++) kept.v[kept.n++] = p->upload[i].id.v;
	TRY(uploads_attach(q, db, id, message, kept));
	for (size_t i = 0; i < p->fresh; i++) {
		const struct picture *one = &p->picture[i];
		struct file_id file;
		TRY(file_put(db, STR("photo.webp"), STR("image/webp"), one->bytes, &file));
		TRY(talk_attach(db, id, message, file, one->width, one->height, STR("")));
	}
	return OK;
}

enum err uploads_attach(struct req *q, struct db *db, struct conversation_id id, struct message_id message,
	struct int_list files) {
	for (size_t i = 0; i < files.n; i++) {
		struct talk_upload_row row;
		struct file_id file = {files.v[i]};
		bool found;
		TRY(sql_talk_upload_get(db, q->a, q->actor.id, file, &row, &found));
		if (!found) return req_invalid(q, "files", T("This file is not one that you have sent."));
		TRY(talk_attach(db, id, message, file, row.width, row.height, STR("")));
		TRY(sql_talk_upload_done(db, q->actor.id, file, NULL));
	}
	return OK;
}

/* ------------------------------------------------------------- a form that was not taken */

struct keeping {
	struct person_id who;
	const struct photos *photos;
	struct int_list ids;
};

static enum err keep(struct db *db, void *arg) {
	struct keeping *k = arg;
	k->ids.n = 0;
	for (size_t i = 0; i < k->photos->fresh; i++) {
		const struct picture *one = &k->photos->picture[i];
		struct file_id id;
		TRY(upload_put(db, k->who, STR("photo.webp"), STR("image/webp"), one->bytes, one->width, one->height, &id));
		k->ids.v[k->ids.n++] = id.v;
	}
	return OK;
}

enum err photos_keep(struct req *q, const struct photos *p, enum err e) {
	struct keeping k = {.who = q->actor.id, .photos = p, .ids = {.v = NEW_ARRAY(q->a, int64_t, p->fresh)}};
	if (e == OK || p->fresh == 0) return e;
	enum err kept = req_write(q, keep, &k);
	if (kept == OK) q->uploads = k.ids;
	else log_warn("photos of a form that was not taken could not be kept: %s", err_word(kept));
	return e;
}

enum err photos_again(struct req *q, struct int_list before, struct talk_file_list *ret) {
	struct photos *p = NEW(q->a, struct photos);
	if (q->actor.id.v == 0) return OK;
	TRY(find_kept(q, before, p));
	TRY(find_kept(q, q->uploads, p));
	ret->v = p->upload;
	ret->n = p->kept;
	return OK;
}
