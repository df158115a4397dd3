/* What the team keeps for a customer or with a record. A customer sees of it what is switched on for them, in the versions they got to see. */
#include "access/access.h"
#include "access/policy.h"
#include "file/file_int.h"
#include "notice/notice.h"
#include "record/record.h"
#include "sql/access.h"
#include "sql/document.h"
#include "tag/tag.h"
#include "text/url.h"
#include "text/utf8.h"

enum { VERSIONS_MOST = 100, SENT_MOST = 20 };

static struct object document_object(void) {
	return (struct object){.thing = THING_DOCUMENT, .visibility = SEEN_PRIVATE, .participant = true};   /* read through the fragment */
}

static struct document_view view_of(struct req *q, const struct document_row *r) {
	struct document_view v = {.id = r->id, .person_id = r->person_id, .record_id = r->record_id, .name = r->name, .type = r->type,
		.word = str_c(file_word(r->type, r->name)), .bytes = r->bytes, .file_id = r->file_id, .version = r->version, .author = r->author,
		.created_at = r->created_at, .changed_at = r->changed_at, .url = url_path(q->a, "/documents/%lld", (long long)r->id.v),
		.owner = r->record_id.v != 0 ? r->record : r->person, .preview = r->preview, .picture = str_starts(r->type, STR("image/")),
		.staff = q->actor.is_staff, .shared = r->shared_at != 0};
	if (str_none(v.owner)) v.owner = STR("");
	return v;
}

/* ------------------------------------------------------------------------ lists */

/* Whose or what's files these are; nothing given: one's own. errors NOT_FOUND */
static enum err find_owner(struct req *q, struct person_id *person, struct record_id record, struct documents_page *ret) {
	struct record_row row;
	struct person_id seen;
	bool found, own = person->v == 0 && record.v == 0;
	ret->back = (struct url){STR_NONE};
	ret->owner = STR("");
	if (record.v != 0) {
		TRY(record_seen(q, record, &row));
		ret->owner = row.title;
		ret->record_id = record;
		ret->back = url_path(q->a, "/records/%lld", (long long)record.v);
		return OK;
	}
	if (own) *person = q->actor.id;
	own = person->v == q->actor.id.v;
	if (!own && !q->actor.is_staff) return ERR_NOT_FOUND;
	TRY(sql_access_sees_person(q->db, *person, q->actor.id, q->actor.is_staff, &seen, &found));
	if (!found) return ERR_NOT_FOUND;
	ret->mine = own;
	ret->person_id = *person;
	if (own) return OK;
	ret->back = url_path(q->a, "/people/%lld", (long long)person->v);
	return sql_document_person_name(q->db, q->a, *person, &ret->owner);
}

enum err documents(struct req *q, const struct documents_in *in, struct documents_page *ret) {
	struct document_row_list rows;
	struct document_id before = {0};
	struct person_id person = in->person_id;
	struct object o = document_object();
	if (!str_empty(in->cursor) && (!str_int(in->cursor, &before.v) || before.v < 1))
		return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(find_owner(q, &person, in->record_id, ret));
	bool staff = q->actor.is_staff && !ret->mine;   /* among one's own there is only what is shared */
	if (in->record_id.v != 0) TRY(sql_documents_of_record(q->db, q->a, in->record_id, q->actor.id, staff, before, in->limit + 1, &rows));
	else TRY(sql_documents_of_person(q->db, q->a, person, q->actor.id, staff, before, in->limit + 1, &rows));
	ret->next = STR_NONE;
	if (rows.n > (size_t)in->limit) rows.n = (size_t)in->limit, ret->next = str_fmt(q->a, "%lld", (long long)rows.v[rows.n - 1].id.v);
	ret->data.v = NEW_ARRAY(q->a, struct document_view, rows.n);
	for (size_t i = 0; i < rows.n; i++) ret->data.v[ret->data.n++] = view_of(q, &rows.v[i]);
	ret->more = (struct url){STR_NONE};
	if (!str_none(ret->next)) {
		ret->more = url_path(q->a, "/documents");
		if (in->person_id.v != 0) ret->more = url_with(q->a, ret->more, "person_id", str_fmt(q->a, "%lld", (long long)in->person_id.v));
		if (in->record_id.v != 0) ret->more = url_with(q->a, ret->more, "record_id", str_fmt(q->a, "%lld", (long long)in->record_id.v));
		ret->more = url_with(q->a, ret->more, "cursor", ret->next);
	}
	ret->may_add = !ret->mine && may(&q->actor, ACT_CREATE, &o);
	ret->file_name = STR("{name}"), ret->file_size = STR("{size}"), ret->file_most = STR("{most}");   /* filled in by the browser */
	q->page.nav = q->actor.is_staff ? STR("people") : STR("things");
	return OK;
}

/* --------------------------------------------------------------------- one of them */

enum err document_show(struct req *q, const struct document_show_in *in, struct document_page *ret) {
	struct document_row row;
	struct document_version_row_list versions;
	struct object o = document_object();
	TRY(sql_document_get(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &row));
	TRY(sql_document_versions(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, VERSIONS_MOST, &versions));
	if (q->actor.notices > 0 && !q->api) notice_seen_document(q, in->id);
	ret->document = view_of(q, &row);
	ret->versions.v = NEW_ARRAY(q->a, struct document_version_view, versions.n);
	for (size_t i = 0; i < versions.n; i++) {
		const struct document_version_row *v = &versions.v[i];
		ret->versions.v[ret->versions.n++] = (struct document_version_view){.version = v->version, .file_id = v->file_id, .name = v->name,
			.type = v->type, .bytes = v->bytes, .author = v->author, .created_at = v->created_at};
	}
	ret->may_edit = may(&q->actor, ACT_EDIT, &o);
	struct text_list worn = {0};
	if (q->actor.is_staff) TRY(tags_of(q->db, q->a, "document", in->id.v, &worn));
	TRY(tag_box_of(q, "document", in->id.v, worn, q->actor.is_staff && ret->may_edit, &ret->tagged));
	ret->back = url_path(q->a, "/documents");
	if (q->actor.is_staff && row.person_id.v != 0 && row.person_id.v != q->actor.id.v)
		ret->back = url_with(q->a, ret->back, "person_id", str_fmt(q->a, "%lld", (long long)row.person_id.v));
	if (row.record_id.v != 0) ret->back = url_with(q->a, ret->back, "record_id", str_fmt(q->a, "%lld", (long long)row.record_id.v));
	ret->file_name = STR("{name}"), ret->file_size = STR("{size}"), ret->file_most = STR("{most}");
	q->page.nav = q->actor.is_staff ? STR("people") : STR("things");
	return file_look_view(q, row.file_id, row.type, row.name, &ret->content);
}

/* ----------------------------------------------------------------------- changes */

static enum err tell(struct req *q, struct db *db, const char *verb, const struct document_facts *d, bool seen, const char *data) {
	bool record = d->record_id.v != 0;
	struct event e = {.actor = q->actor.id, .verb = verb, .object_kind = "document", .object_id = d->id.v, .target_kind = record ? "record" : "person",
		.target_id = record ? d->record_id.v : d->person_id.v, .audience = seen ? AUDIENCE_PRIVATE : AUDIENCE_STAFF, .data = str_c(data)};
	return event_append(db, &e, NULL);
}

struct adding {
	struct req *q;
	struct person_id person;
	struct record_id record, root;
	bool shared;
	struct file_new file[SENT_MOST];
	struct document_id ret[SENT_MOST];
	size_t n;
};

static enum err add_one(struct db *db, const struct adding *x, const struct file_new *file, struct document_id *ret) {
	struct file_id id;
	usec_t now = clock_now();
	TRY(file_keep(db, x->q->a, file, &id));
	TRY(sql_document_insert(db, x->person, x->record, x->root, file->name, x->shared ? now : 0, now, ret));
	TRY(sql_document_version_insert(db, *ret, 1, id, file->name, x->q->actor.id, x->shared, now));
	struct document_facts d = {.id = *ret, .person_id = x->person, .record_id = x->record};
	TRY(tell(x->q, db, "create", &d, false, "{}"));
	return x->shared ? tell(x->q, db, "update", &d, true, "{\"shared\":true}") : OK;
}

static enum err add(struct db *db, void *arg) {
	struct adding *x = arg;
	for (size_t i = 0; i < x->n; i++) TRY(add_one(db, x, &x->file[i], &x->ret[i]));
	return OK;
}

/* The person or record that files are to be kept with. errors INVALID */
static enum err check_owner(struct req *q, struct adding *x) {
	struct record_row row;
	struct person_id seen;
	bool found;
	if ((x->person.v == 0) == (x->record.v == 0)) return req_invalid(q, "person_id", T("Say for whom, or for which record, this is kept."));
	if (x->person.v != 0) {
		TRY(sql_access_sees_person(q->db, x->person, q->actor.id, q->actor.is_staff, &seen, &found));
		return found ? OK : req_invalid(q, "person_id", T("Say for whom, or for which record, this is kept."));
	}
	enum err e = record_seen(q, x->record, &row);
	if (e == ERR_NOT_FOUND) return req_invalid(q, "record_id", T("Say for whom, or for which record, this is kept."));
	TRY(e);
	x->root = row.root_id.v != 0 ? row.root_id : row.id;
	return OK;
}

enum err documents_add(struct req *q, const struct documents_add_in *in, struct documents_page *ret) {
	struct adding *x = NEW(q->a, struct adding);
	struct object o = document_object();
	*x = (struct adding){.q = q, .person = in->person_id, .record = in->record_id, .shared = in->shared};
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	TRY(check_owner(q, x));
	enum err e = OK;
	for (size_t i = 0; i < in->file.n; i++) {
		if (in->file.v[i].bytes.n == 0 && str_empty(in->file.v[i].name)) continue;   /* nothing was chosen */
		if (x->n == SENT_MOST) return req_invalid(q, "file", T("Twenty files at a time are the most."));
		enum err one = file_take(q, &in->file.v[i], "file", &x->file[x->n]);
		if (one == OK) x->n++;
		else e = one;
	}
	TRY(e);
	if (x->n == 0) return req_invalid(q, "file", T("Please choose a file."));
	TRY(req_write(q, add, x));
	req_say(q, x->shared ? T("It is kept, and the customer is told.") : T("It is kept. Only the team sees it."));
	struct url to = url_path(q->a, "/documents");
	if (x->person.v != 0) to = url_with(q->a, to, "person_id", str_fmt(q->a, "%lld", (long long)x->person.v));
	else to = url_with(q->a, to, "record_id", str_fmt(q->a, "%lld", (long long)x->record.v));
	req_redirect(q, to);
	ret->next = STR_NONE;
	ret->data.v = NEW_ARRAY(q->a, struct document_view, x->n);
	for (size_t i = 0; i < x->n; i++) {
		struct document_row row;
		TRY(sql_document_get(q->db, q->a, x->ret[i], q->actor.id, q->actor.is_staff, &row));
		ret->data.v[ret->data.n++] = view_of(q, &row);
	}
	return OK;
}

struct changing {
	struct req *q;
	const struct document_act_in *in;
	struct file_new file;
	bool told;                   /* the customer is told of it */
};

static enum err share(struct db *db, struct changing *x, const struct document_facts *d, bool yes) {
	usec_t now = clock_now();
	if ((d->shared_at != 0) == yes) return OK;
	TRY(sql_document_set_shared(db, d->id, yes ? now : 0, now));
	if (yes) TRY(sql_document_show_version(db, d->id, d->version));
	x->told = yes;
	return tell(x->q, db, "update", d, true, yes ? "{\"shared\":true}" : "{\"shared\":false}");
}

static enum err new_version(struct db *db, struct changing *x, const struct document_facts *d) {
	struct file_id file;
	usec_t now = clock_now();
	bool shown = d->shared_at != 0;
	TRY(file_keep(db, x->q->a, &x->file, &file));
	TRY(sql_document_version_insert(db, d->id, d->version + 1, file, x->file.name, x->q->actor.id, shown, now));
	TRY(sql_document_set_version(db, d->id, d->version + 1, now));
	x->told = shown;
	return tell(x->q, db, "update", d, shown, str_fmt(x->q->a, "{\"version\":%lld}", (long long)d->version + 1).p);
}

static enum err rename_it(struct db *db, struct changing *x, const struct document_facts *d) {
	struct str name = utf8_fit(utf8_line(x->q->a, x->in->name), FILE_NAME_MAX);
	if (str_empty(name)) return req_invalid(x->q, "name", T("Please give it a name."));
	TRY(sql_document_set_name(db, d->id, name, clock_now()));
	return tell(x->q, db, "update", d, d->shared_at != 0, "{\"name\":true}");
}

static enum err change(struct db *db, void *arg) {
	struct changing *x = arg;
	struct document_facts d;
	TRY(sql_document_facts_get(db, x->in->id, &d));
	if (str_is(x->in->act, "share")) return share(db, x, &d, true);
	if (str_is(x->in->act, "hide")) return share(db, x, &d, false);
	if (str_is(x->in->act, "version")) return new_version(db, x, &d);
	if (str_is(x->in->act, "rename")) return rename_it(db, x, &d);
	TRY(sql_document_delete(db, d.id));
	return tell(x->q, db, "delete", &d, false, "{}");
}

enum err document_act(struct req *q, const struct document_act_in *in, struct document_page *ret) {
	struct changing *x = NEW(q->a, struct changing);
	struct document_row row;
	struct object o = document_object();
	*x = (struct changing){.q = q, .in = in};
	TRY(sql_document_get(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &row));
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	if (str_is(in->act, "version")) {
		if (in->file.bytes.n == 0) return req_invalid(q, "file", T("Please choose a file."));
		TRY(file_take(q, &in->file, "file", &x->file));
	}
	TRY(req_write(q, change, x));
	req_redirect(q, url_path(q->a, "/documents/%lld", (long long)in->id.v));
	if (str_is(in->act, "remove")) {
		req_say(q, T("It is no longer kept."));
		struct url to = url_path(q->a, "/documents");
		if (row.record_id.v != 0) to = url_with(q->a, to, "record_id", str_fmt(q->a, "%lld", (long long)row.record_id.v));
		else to = url_with(q->a, to, "person_id", str_fmt(q->a, "%lld", (long long)row.person_id.v));
		req_redirect(q, to);
		ret->document = view_of(q, &row);
		return OK;
	}
	if (x->told) req_say(q, T("The customer sees it and is told."));
	return document_show(q, &(struct document_show_in){.id = in->id}, ret);
}
