/* Photos: who may put and take them, and who gets to see which. */
#include "people/view.h"
#include "access/access.h"
#include "db/files.h"
#include "notice/mail.h"
#include "os/image.h"
#include "routes.h"
#include "sql/people.h"

enum { PHOTO_SIDE = 512, PHOTO_BYTES_MAX = 4 * 1024 * 1024 };

enum err photo_form(struct req *q, const struct photo_form_in *in, struct photo_page *ret) {
	struct kept k;
	TRY(person_for(q, in->id, ACT_EDIT, &k));
	ret->own = k.row.id.v == q->actor.id.v;
	return people_view(q->db, q->a, &q->actor, q->business, &q->locale, k.row.id, &ret->person);
}

struct photo_job {
	struct arena *a;
	struct person_id actor, person;
	struct str bytes, type;
};

static enum err photo_work(struct db *db, void *arg) {
	const struct photo_job *j = arg;
	struct file_id file;
	TRY(file_put(db, STR("photo.webp"), j->type, j->bytes, &file));
	struct person_input in = {.photo = {.has = true, .v = file.v}};
	return people_change(db, j->a, j->actor, j->person, 0, &in, NULL);
}

enum err photo_put(struct req *q, const struct photo_put_in *in, struct person_view *ret) {
	struct kept k;
	struct image_out image;
	struct str why = STR("");
	struct str bytes = str_none(in->photo.bytes) ? in->file.bytes : in->photo.bytes;
	TRY(person_for(q, in->id, ACT_EDIT, &k));
	if (str_empty(bytes)) return req_invalid(q, "photo", T("Please choose a photo."));
	const struct image_want want = {.max_side = PHOTO_SIDE, .square = true, .format = IMAGE_WEBP};
	enum err e = image_convert(q->a, bytes, &want, &image, &why);
	if (e == ERR_MEDIA_TYPE || e == ERR_INVALID || e == ERR_TOO_LARGE) (void)req_invalid(q, "photo", str_z(q->a, why));
	if (e != OK) return e;
	struct photo_job job = {.a = q->a, .actor = q->actor.id, .person = k.row.id, .bytes = image.bytes,
	                        .type = str_c(image.type)};
	TRY(req_write(q, photo_work, &job));
	req_say(q, T("The photo is saved."));
	return people_view(q->db, q->a, &q->actor, q->business, &q->locale, k.row.id, ret);
}

enum err photo_remove(struct req *q, const struct photo_remove_in *in) {
	struct kept k;
	const struct person_input none = {.photo = {.has = true, .v = 0}};
	TRY(person_for(q, in->id, ACT_EDIT, &k));
	TRY(people_change(q->db, q->a, q->actor.id, k.row.id, 0, &none, NULL));
	req_say(q, T("The photo is removed."));
	return OK;
}

/* A photo is somebody's, and they say for whom it is. The same bytes may be the photo of several. */
enum err photo_show(struct req *q, const struct photo_show_in *in) {
	struct person_id_list of;
	struct file_info file;
	struct str bytes;
	bool shown = false, everyone = false;
	const struct actor visitor = {0};
	TRY(sql_persons_with_photo(q->db, q->a, in->id, &of));
	for (size_t i = 0; i < of.n && !everyone; i++) {
		struct kept k;
		TRY(kept_get(q->db, q->a, of.v[i], &k));
		shown |= kept_shows(&k, &q->actor, STR("photo"));
		everyone |= kept_shows(&k, &visitor, STR("photo"));
	}
	if (!shown && !everyone) return ERR_NOT_FOUND;
	TRY(file_info(q->db, q->a, in->id, &file));
	if (!str_starts(file.type, STR("image/")) || str_has(file.type, STR("svg"))) return ERR_NOT_FOUND;
	struct str etag = str_fmt(q->a, "\"" STR_FMT "\"", STR_ARG(str_first(file.hash, 24)));
	req_header(q, "ETag", etag);
	/* Others must ask each time: its owner may have changed their mind. */
	req_header(q, "Cache-Control", everyone ? STR("public, max-age=300") : STR("private, no-cache"));
	if (str_eq(http_header(q->http, "If-None-Match"), etag)) {
		req_send(q, 304, str_z(q->a, file.type), STR(""));
		return OK;
	}
	TRY(file_get(q->db, q->a, in->id, PHOTO_BYTES_MAX, &bytes));
	req_send(q, 200, str_z(q->a, file.type), bytes);
	return OK;
}

/* ------------------------------------------------------------------- invite */

enum err person_invite(struct req *q, const struct person_invite_in *in, struct invite_page *ret) {
	struct kept k;
	TRY(person_for(q, in->id, ACT_INVITE, &k));
	if (k.row.disabled_at != 0) return req_fail(q, ERR_DENIED, T("This person has left; they get no link."), NULL);
	struct str address = STR("");
	for (size_t i = 0; i < k.contacts.n && str_empty(address); i++)
		if (str_is(k.contacts.v[i].kind, "email") && kept_shows(&k, &q->actor, STR("email"))) address = k.contacts.v[i].value;
	ret->id = k.row.id;
	ret->name = k.row.name;
	ret->email = str_empty(address) ? STR_NONE : address;
	ret->mailed = !str_empty(address) && !str_empty(q->business->smtp_url);
	TRY(mail_claim(q->db, q->a, req_base_url(q), k.row.id, address, &ret->url));
	return access_audit(q->db, q->actor.id, "invite", "person", k.row.id.v, q->http->peer, STR(""));
}
