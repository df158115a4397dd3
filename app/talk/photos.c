/* The photos of a form, and in private also other files: made smaller before anything is written, attached when it is taken, and kept for the
 * sender when it is not. */
#include "base/log.h"
#include "talk/talk_int.h"

/* Empty ones are the field that nothing was chosen in. */
static enum err take_fresh(struct req *q, struct upload_list files, bool any, struct photos *ret) {
	enum err worst = OK;
	for (size_t i = 0; i < files.n; i++) {
		struct file_new *one = &ret->picture[ret->fresh];
		if (files.v[i].bytes.n == 0) continue;
		enum err e = file_take(q, &files.v[i], "photos", one);
		if (e == OK && one->width == 0 && !any)
			e = req_invalid(q, "photos", T("One of these is no photo that we can read. Send JPEG, PNG, WebP or GIF."));
		if (one->width > 0) one->name = STR("photo.webp");   /* a camera's name for it tells when, a person's maybe more */
		if (e == OK) ret->fresh++;
		else worst = e;
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
		if (found) ret->upload[ret->kept++] = file_view_of((struct file_id){ids.v[i]}, row.name, row.type, row.bytes, row.width, row.height);
	}
	return OK;
}

enum err photos_take(struct req *q, struct upload_list fresh, struct int_list kept, bool any, struct photos *ret) {
	*ret = (struct photos){0};
	enum err e = OK;
	TRY(find_kept(q, kept, ret));
	if (ret->kept < kept.n)
		e = req_invalid(q, "photos", any ? T("A file that you chose before is no longer here. Please choose it again.")
			: T("A photo that you chose before is no longer here. Please choose it again."));
	size_t room = PHOTOS_MAX - ret->kept;
	if (fresh.n > room) {
		fresh.n = room;
		e = req_invalid(q, "photos",
			any ? T("Six files are the most. Here are the first six; send it again if they are the right ones.")
			: T("Six photos are the most. Here are the first six; send it again if they are the right ones."));
	}
	enum err taken = take_fresh(q, fresh, any, ret);
	return taken != OK ? taken : e;
}

enum err photos_attach(struct req *q, struct db *db, struct conversation_id id, struct message_id message,
	const struct photos *p) {
	struct int_list kept = {.v = NEW_ARRAY(q->a, int64_t, p->kept)};
	for (size_t i = 0; i < p->kept; i++) kept.v[kept.n++] = p->upload[i].id.v;
	TRY(uploads_attach(q, db, id, message, kept));
	for (size_t i = 0; i < p->fresh; i++) {
		const struct file_new *one = &p->picture[i];
		struct file_id file;
		TRY(file_keep(db, q->a, one, &file));
		TRY(attach_as(db, id, message, file, one->name, one->width, one->height, STR("")));
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
		TRY(attach_as(db, id, message, file, row.name, row.width, row.height, STR("")));
		TRY(sql_talk_upload_done(db, q->actor.id, file, NULL));
	}
	return OK;
}

/* ------------------------------------------------------------- a form that was not taken */

struct keeping {
	struct arena *a;
	struct person_id who;
	const struct photos *photos;
	struct int_list ids;
};

static enum err keep(struct db *db, void *arg) {
	struct keeping *k = arg;
	k->ids.n = 0;
	for (size_t i = 0; i < k->photos->fresh; i++) {
		struct file_id id;
		TRY(upload_put(db, k->a, k->who, &k->photos->picture[i], &id));
		k->ids.v[k->ids.n++] = id.v;
	}
	return OK;
}

enum err photos_keep(struct req *q, const struct photos *p, enum err e) {
	struct keeping k = {.a = q->a, .who = q->actor.id, .photos = p, .ids = {.v = NEW_ARRAY(q->a, int64_t, p->fresh)}};
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
