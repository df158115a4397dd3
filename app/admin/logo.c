/* The firm's logo and colour, which every page asks for. */
#include "admin/admin.h"
#include "db/files.h"
#include "os/image.h"
#include "routes.h"
#include "sql/admin.h"
#include "text/escape.h"
#include "text/utf8.h"
#include <ctype.h>
#include <inttypes.h>

enum { LOGO_SIDE = 512, LOGO_BYTES_MAX = 4 * 1024 * 1024 };

/* The first letters of the first two words that begin with one. */
static void add_initials(struct buf *b, struct str name) {
	struct str rest = name;
	for (int n = 0; n < 2 && !str_none(rest);) {
		struct str word = str_cut(&rest, ' ');
		if (str_empty(word) || (!isalnum((unsigned char)word.p[0]) && (unsigned char)word.p[0] < 0x80)) continue;
		html_escape(b, utf8_first(word, 1));
		n++;
	}
}

struct str logo_draw(struct arena *a, struct str name, struct str colour) {
	struct buf b;
	struct str ground = colour_valid(colour) ? colour : STR("#44525c");
	bool light = colour_contrast(ground) < 3;
	buf_init(&b, 4096);
	buf_fmt(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\" width=\"64\" height=\"64\"><rect width=\"64\" height=\"64\" rx=\"14\" fill=\""
	            STR_FMT "\"/><text x=\"32\" y=\"42\" text-anchor=\"middle\" font-family=\"Inter, system-ui, sans-serif\" font-size=\"28\""
	            " font-weight=\"600\" fill=\"%s\">", STR_ARG(ground), light ? "#16191c" : "#ffffff");
	add_initials(&b, name);
	buf_add(&b, STR("</text></svg>\n"));
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

static void keep_for(struct req *q) {
	bool named = str_starts(q->http->query, STR("v="));
	req_header(q, "Cache-Control", named ? STR("public, max-age=31536000, immutable") : STR("public, max-age=300"));
}

enum err logo_show(struct req *q) {
	const struct business *b = q->business;
	struct file_info file;
	struct str bytes;
	keep_for(q);
	enum err e = b->logo.v == 0 ? ERR_NOT_FOUND : file_info(q->db, q->a, b->logo, &file);
	if (e == OK && str_starts(file.type, STR("image/")) && !str_has(file.type, STR("svg"))) {
		TRY(file_get(q->db, q->a, b->logo, LOGO_BYTES_MAX, &bytes));
		req_send(q, 200, str_z(q->a, file.type), bytes);
		return OK;
	}
	if (e != OK && e != ERR_NOT_FOUND) return e;
	req_header(q, "Content-Security-Policy", STR("default-src 'none'"));
	req_send(q, 200, "image/svg+xml", logo_draw(q->a, b->name, b->colour));
	return OK;
}

enum err brand_show(struct req *q) {
	struct str colour = colour_valid(q->business->colour) ? q->business->colour : STR("#1f6f78");
	keep_for(q);
	req_send(q, 200, "text/css; charset=utf-8", str_fmt(q->a, ":root{--brand:" STR_FMT "}\n", STR_ARG(colour)));
	return OK;
}

/* ------------------------------------------------------------------ changing */

struct logo_job {
	struct arena *a;
	struct person_id actor;
	struct str bytes, type, peer;    /* bytes STR_NONE: no logo any more */
};

static enum err logo_work(struct db *db, void *arg) {
	const struct logo_job *j = arg;
	struct file_id file = {0};
	struct event e = {.actor = j->actor, .verb = "update", .object_kind = "business", .object_id = 1, .audience = AUDIENCE_PUBLIC, .data = STR("{}")};
	if (!str_none(j->bytes)) TRY(file_put(db, STR("logo.png"), j->type, j->bytes, &file));
	TRY(sql_firm_set_logo(db, file, clock_now()));
	TRY(event_append(db, &e, NULL));
	return access_audit(db, j->actor, "settings", "business", 1, j->peer, STR("logo"));
}

enum err logo_form(struct req *q, struct logo_page *ret) {
	ret->some = q->business->logo.v != 0;
	return OK;
}

enum err logo_put(struct req *q, const struct logo_put_in *in, struct firm_page *ret) {
	struct image_out image;
	struct str why = STR(""), bytes = str_none(in->logo.bytes) ? in->file.bytes : in->logo.bytes;
	const struct image_want want = {.max_side = LOGO_SIDE, .format = IMAGE_PNG};
	if (str_empty(bytes)) return req_invalid(q, "logo", T("Please choose a logo."));
	enum err e = image_convert(q->a, bytes, &want, &image, &why);
	if (e == ERR_MEDIA_TYPE || e == ERR_INVALID || e == ERR_TOO_LARGE) (void)req_invalid(q, "logo", str_z(q->a, why));
	if (e != OK) return e;
	struct logo_job job = {.a = q->a, .actor = q->actor.id, .bytes = image.bytes, .type = str_c(image.type), .peer = q->http->peer};
	TRY(req_write(q, logo_work, &job));
	req_say(q, T("The logo is saved."));
	return firm_fill(q, ret);
}

enum err logo_remove(struct req *q) {
	struct logo_job job = {.a = q->a, .actor = q->actor.id, .bytes = STR_NONE, .peer = q->http->peer};
	TRY(logo_work(q->db, &job));
	req_say(q, T("The logo is removed."));
	return OK;
}
