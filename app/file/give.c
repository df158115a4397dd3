/* Giving a file out, and the page that tells what it is. Whoever sees what it belongs to may have it: file_places asks the policy's own
 * fragments. It is never given as anything that a browser would run. */
#include "access/access.h"
#include "db/files.h"
#include "file/file_int.h"
#include "text/escape.h"
#include "text/url.h"
#include "text/utf8.h"

enum { PLACES_MOST = 50, EXCERPT_CHARS = 1500, EXCERPT_LINES = 40 };

/* What the bytes say comes first. A zip or a plain text is what its name says, if that is one of these. */
static const struct {
	const char *type, *end, *word;       /* the end of the media type; the end of a name, or NULL */
} kinds[] = {
	{"application/pdf", NULL, T("PDF")},
	{"wordprocessingml.document", ".docx", T("Text document")},
	{"opendocument.text", ".odt", T("Text document")},
	{"application/msword", NULL, T("Text document")},
	{"spreadsheetml.sheet", ".xlsx", T("Spreadsheet")},
	{"opendocument.spreadsheet", ".ods", T("Spreadsheet")},
	{"application/vnd.ms-excel", NULL, T("Spreadsheet")},
	{"presentationml.presentation", ".pptx", T("Presentation")},
	{"opendocument.presentation", ".odp", T("Presentation")},
	{"text/csv", ".csv", T("Table")},
	{"application/csv", NULL, T("Table")},
};

static bool ends_as(struct str name, struct str end) { return name.n > end.n && str_ieq(str_from(name, name.n - end.n), end); }

const char *file_word(struct str type, struct str name) {
	bool open = str_is(type, "application/zip") || str_is(type, "text/plain");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_ends(type, str_c(kinds[i].type)) || (open && kinds[i].end && ends_as(name, str_c(kinds[i].end)))) return kinds[i].word;
	if (str_starts(type, STR("image/"))) return T("Picture");
	return str_starts(type, STR("text/")) ? T("Text") : T("File");
}

enum err file_seen(struct req *q, struct file_id id, struct file_place_list *ret) {
	TRY(sql_file_places(q->db, q->a, id, q->actor.id, q->actor.is_staff, PLACES_MOST, ret));
	return ret->n > 0 ? OK : ERR_NOT_FOUND;
}

/* --------------------------------------------------------------------- the bytes */

static bool shown_in_place(struct str type) {
	return str_is(type, "image/webp") || str_is(type, "image/png") || str_is(type, "image/jpeg") || str_is(type, "image/gif");
}

static void send(struct req *q, struct str name, struct str type, struct str bytes) {
	bool safe = shown_in_place(type);
	struct buf encoded;
	buf_init(&encoded, 4096);
	percent_encode(&encoded, name);
	req_header(q, "Content-Disposition", str_fmt(q->a, "%s; filename*=UTF-8''" STR_FMT, safe ? "inline" : "attachment", STR_ARG(buf_str(&encoded))));
	buf_done(&encoded);
	req_header(q, "Content-Security-Policy", STR("default-src 'none'; sandbox"));
	req_header(q, "Cache-Control", STR("private, max-age=3600"));
	req_header(q, "Cross-Origin-Resource-Policy", STR("same-origin"));
	req_send(q, 200, safe ? str_z(q->a, type) : "application/octet-stream", bytes);
}

/* As it was sent; where that is not known, as the store has it. */
static struct str name_of(const struct file_place *p, const struct file_info *f) { return str_empty(p->name) ? f->name : p->name; }

enum err file_give(struct req *q, const struct file_give_in *in) {
	struct file_place_list places;
	struct file_info info;
	struct str bytes;
	TRY(file_seen(q, in->id, &places));
	TRY(file_info(q->db, q->a, in->id, &info));
	TRY(file_get(q->db, q->a, in->id, 2 * FILE_BYTES_MAX, &bytes));   /* an import may have brought larger ones */
	send(q, name_of(&places.v[0], &info), info.type, bytes);
	return OK;
}

enum err file_preview(struct req *q, const struct file_preview_in *in) {
	struct file_place_list places;
	struct file_read_row row;
	struct str bytes;
	bool found;
	TRY(file_seen(q, in->id, &places));
	TRY(sql_file_read_get(q->db, q->a, in->id, 0, &row, &found));
	if (!found || row.preview_id.v == 0) return ERR_NOT_FOUND;
	TRY(file_get(q->db, q->a, row.preview_id, FILE_BYTES_MAX, &bytes));
	send(q, STR("preview.webp"), STR("image/webp"), bytes);
	return OK;
}

/* ---------------------------------------------------------------------- the page */

/* The first lines, as far as they fit a page. */
static struct str excerpt(struct str text, bool *ret_cut) {
	struct str some = utf8_first(text, EXCERPT_CHARS);
	size_t lines = 0, at = 0;
	while (at < some.n && lines < EXCERPT_LINES) lines += some.p[at++] == '\n';
	*ret_cut = at < text.n;
	return str_first(some, at);
}

enum err file_look_view(struct req *q, struct file_id id, struct str type, struct str name, struct file_look *ret) {
	struct file_read_row row;
	bool found;
	*ret = (struct file_look){.id = id, .word = str_c(file_word(type, name)), .picture = shown_in_place(type), .state = STR(""), .text = STR("")};
	TRY(sql_file_read_get(q->db, q->a, id, EXCERPT_CHARS + 1, &row, &found));
	if (!found) return OK;
	ret->state = row.state;
	ret->text = excerpt(row.text, &ret->cut);
	ret->preview = row.preview_id.v != 0;
	ret->width = row.width;
	ret->height = row.height;
	return OK;
}

static struct file_place_view place_view(struct req *q, const struct file_place *p) {
	struct file_place_view v = {.at = p->at, .by = p->author, .conversation_id = p->conversation_id, .document_id = p->document_id,
		.title = str_none(p->subject) ? STR("") : p->subject, .url = (struct url){STR_NONE}};
	if (p->document_id.v != 0) v.url = url_path(q->a, "/documents/%lld", (long long)p->document_id.v);
	else if (p->message_id.v != 0) v.url = url_path(q->a, "/conversations/%lld#m%lld", (long long)p->conversation_id.v, (long long)p->message_id.v);
	else if (p->conversation_id.v != 0) v.url = url_path(q->a, "/conversations/%lld", (long long)p->conversation_id.v);
	return v;
}

enum err file_about(struct req *q, const struct file_about_in *in, struct file_about_page *ret) {
	struct file_place_list places;
	struct file_info info;
	TRY(file_seen(q, in->id, &places));
	TRY(file_info(q->db, q->a, in->id, &info));
	*ret = (struct file_about_page){.id = in->id, .name = name_of(&places.v[0], &info), .type = info.type, .bytes = info.bytes,
		.places = {.v = NEW_ARRAY(q->a, struct file_place_view, places.n)}};
	for (size_t i = 0; i < places.n; i++)
		if (!places.v[i].own) ret->places.v[ret->places.n++] = place_view(q, &places.v[i]);
	return file_look_view(q, in->id, info.type, ret->name, &ret->content);
}
