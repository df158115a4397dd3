/* A timeline as somebody reads it. */
#include "pack/pack.h"
#include "people/people.h"
#include "record/record.h"
#include "routes.h"
#include "sql/timeline.h"
#include "talk/talk.h"
#include "text/json.h"
#include "text/markdown.h"
#include "text/url.h"
#include "timeline/timeline.h"
#include <inttypes.h>

enum { CHANGES_MOST = 4000, ROUNDS_MOST = 40, WORDS_CHARS = 200 };

struct saying {
	const char *verb, *object, *target, *icon, *say;   /* target: what kind of thing, of a message what kind of message */
};

/* {who} did what, with {name}; the first that fits. */
static const struct saying sayings[] = {
	{"add", "person", "record", "users", T("{who} added {name} to")},
	{"remove", "person", "record", "users", T("{who} removed {name} from")},
	{"add", "person", "organization", "users", T("{who} added {name} to")},
	{"remove", "person", "organization", "users", T("{who} removed {name} from")},
	{"add", "person", "team", "users", T("{who} put {name} into a team")},
	{"remove", "person", "team", "users", T("{who} took {name} out of a team")},
	{"add", "record", "record", "link", T("{who} linked")},
	{"remove", "record", "record", "link", T("{who} unlinked")},
	{"add", "organization", "record", "building", T("{who} linked with {name}")},
	{"remove", "organization", "record", "building", T("{who} unlinked from {name}")},
	{"add", "tag", NULL, "tag", T("{who} put a tag on")},
	{"remove", "tag", NULL, "tag", T("{who} took a tag off")},
	{"create", "record", NULL, "plus", T("{who} added")},
	{"update", "record", NULL, "edit", T("{who} changed")},
	{NULL, "record", NULL, "file", T("{who} did something with")},
	{"create", "organization", NULL, "building", T("{who} added")},
	{"update", "organization", NULL, "building", T("{who} changed")},
	{"create", "person", NULL, "user", T("{who} made the profile")},
	{"update", "person", NULL, "edit", T("{who} changed the profile")},
	{"accept", "person", NULL, "key", T("{who} took over the profile")},
	{"view", "person", NULL, "eye", T("{who} looked at the profile")},
	{"announce", "person", NULL, "mail", T("A letter about the login was sent")},
	{NULL, "person", NULL, "user", T("{who} did something with the profile")},
	{"create", "conversation", NULL, "problem", T("{who} told us")},
	{"like", "conversation", NULL, "voice", T("{who} said “me too”")},
	{"undo", "conversation", NULL, "undo", T("{who} took something back")},
	{"follow", "conversation", NULL, "bell", T("{who} follows")},
	{"update", "conversation", NULL, "edit", T("{who} changed")},
	{"create", "message", "room", "talk", T("{who} wrote")},
	{"create", "message", "answer", "reply", T("{who} answered")},
	{"create", "message", "status", "flag", T("{who} set the state")},
	{"create", "message", "note", "note", T("{who} noted for the team")},
	{"create", "message", "not_fixed", "undo", T("{who} says it is not fixed")},
	{"create", "message", NULL, "talk", T("{who} replied")},
	{"update", "message", NULL, "edit", T("{who} changed a reply")},
	{"create", "call", "in", "phone", T("{name} telephoned with {who}")},
	{"create", "call", NULL, "phone", T("{who} telephoned with {name}")},
	{"create", "document", NULL, "file", T("{who} added a file")},
	{NULL, "document", NULL, "file", T("{who} changed a file")},
	{"create", "expectation", NULL, "clock", T("{who} wrote down a promise")},
	{NULL, "expectation", "done", "check", T("{who} said that it is done")},
	{NULL, "expectation", "renegotiated", "swap", T("{who} moved the date")},
	{NULL, "expectation", "kept", "check", T("Kept, says {who}")},
	{NULL, "expectation", "exceeded", "checks", T("Better than promised, says {who}")},
	{NULL, "expectation", "missed", "x", T("Missed, says {who}")},
	{NULL, "expectation", "withdrawn", "undo", T("{who} took a promise back")},
	{"update", "expectation", "verdict", "user", T("{who} said whether a promise was kept")},
	{NULL, "expectation", NULL, "clock", T("{who} did something with a promise")},
	{"create", "task", NULL, "check", T("{who} noted a task")},
	{NULL, "task", "done", "check", T("{who} did a task")},
	{NULL, "task", "dropped", "x", T("{who} dropped a task")},
	{NULL, "task", "open", "undo", T("{who} took a task up again")},
	{NULL, "task", "given", "user", T("{who} gave a task to {name}")},
	{NULL, "task", NULL, "edit", T("{who} changed a task")},
	{"create", "claim", NULL, "question", T("{who} says that we promised something")},
	{NULL, "claim", "taken", "check", T("{who} took it: we promise it")},
	{NULL, "claim", "refused", "x", T("{who} said no to it, and why")},
	{NULL, "claim", NULL, "undo", T("{who} took it back")},
	{NULL, "request", NULL, "receipt", T("{who} moved a request on")},
	{NULL, "business", NULL, "building", T("{who} changed the firm’s profile")},
	{"create", "brand_text", NULL, "globe", T("{who} wrote down what we say to everybody")},
	{NULL, "brand_text", NULL, "globe", T("{who} changed what we say to everybody")},
	{NULL, "import", NULL, "upload", T("{who} imported a file")},
	{NULL, NULL, NULL, "info", T("{who} did something")},
};

/* Where a promise, a task or what somebody says is a promise was moved to. */
static struct str went_to(const struct timeline_row *r) {
	static const char *const states[] = {"done", "renegotiated", "kept", "exceeded", "missed", "withdrawn", "dropped", "open", "given", "taken", "refused"};
	struct str to;
	JSON_DOC(doc);
	if (json_parse(&doc, r->data, NULL) != OK) return STR("");
	if (json_get_str(json_member(doc.root, "verdict"), &to)) return STR("verdict");
	if (!json_get_str(json_member(doc.root, "to"), &to)) return STR("");
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (str_is(to, states[i])) return str_c(states[i]);
	return STR("");
}

static const struct saying *saying_of(const struct timeline_row *r) {
	struct str target = !str_none(r->message_kind) ? r->message_kind : r->call.held_at ? r->call.direction
		: str_is(r->object_kind, "expectation") || str_is(r->object_kind, "task") || str_is(r->object_kind, "claim") ? went_to(r) : r->target_kind;
	if (!str_none(r->talk_topic) && str_is(target, "comment")) target = STR("room");
	for (const struct saying *s = sayings;; s++) {
		bool verb = s->verb == NULL || str_is(r->verb, s->verb), object = s->object == NULL || str_is(r->object_kind, s->object);
		if (verb && object && (s->target == NULL || str_is(target, s->target))) return s;
	}
}

/* ------------------------------------------------------------------ changes */

static struct str shown(struct req *q, const struct pack_type *t, struct str field, struct str value) {
	const struct pack_word *state = str_is(field, "state") ? pack_type_state(t, value) : NULL;
	const struct pack_field *f = pack_type_field(t, field);
	if (state != NULL) return pack_say(&state->label, q->locale.lang);
	return f == NULL ? value : pack_shown(q->a, f, value, &q->locale);
}

static struct str called(struct req *q, const struct pack_type *t, struct str field) {
	const struct pack_field *f = pack_type_field(t, field);
	if (f != NULL) return pack_say(&f->label, q->locale.lang);
	return str_is(field, "state") ? str_c(TRQ(q, T("State"))) : field;
}

/* From what to what is for the staff. A customer reads where it went, as of a parcel, unless the type keeps that for the team; who came to a record later
 * need not learn where it was before them. */
static enum err add_changes(struct req *q, const struct timeline_row_list *rows, struct life_line_list *to) {
	struct timeline_change_row_list changes;
	struct int_list seqs = {.v = NEW_ARRAY(q->a, int64_t, rows->n)};
	for (size_t i = 0; i < rows->n; i++)
		if (str_is(rows->v[i].verb, "update") && str_is(rows->v[i].object_kind, "record")) seqs.v[seqs.n++] = rows->v[i].seq;
	if (seqs.n == 0) return OK;
	if (q->actor.is_staff) TRY(sql_timeline_changes(q->db, q->a, seqs, CHANGES_MOST, &changes));
	else TRY(sql_timeline_states(q->db, q->a, seqs, q->actor.id, CHANGES_MOST, &changes));
	for (size_t i = 0; i < rows->n; i++) {
		const struct pack_type *t = str_none(rows->v[i].record_type) ? NULL : record_type(q, rows->v[i].record_type);
		to->v[i].changes.v = NEW_ARRAY(q->a, struct life_change, changes.n);
		for (size_t k = 0; t != NULL && (q->actor.is_staff || !t->staff_state) && k < changes.n; k++) {
			const struct timeline_change_row *c = &changes.v[k];
			if (c->seq != rows->v[i].seq) continue;
			to->v[i].changes.v[to->v[i].changes.n++] = (struct life_change){.field = c->field, .label = called(q, t, c->field),
				.old = shown(q, t, c->field, c->old_value), .new = shown(q, t, c->field, c->new_value)};
		}
	}
	return OK;
}

/* What changed in a record only where it is for the team, is no news for anybody else. */
static bool is_news(struct req *q, const struct timeline_row *r) {
	bool update = str_is(r->verb, "update") && str_is(r->object_kind, "record");
	const struct pack_type *t = !update || q->actor.is_staff || str_none(r->record_type) ? NULL : record_type(q, r->record_type);
	return t == NULL || pack_type_news(t, r->data);
}

/* -------------------------------------------------------------------- lines */

static struct str role_in(struct req *q, const struct timeline_row *r) {
	struct str role = STR("");
	JSON_DOC(doc);
	if (!str_is(r->verb, "add") && !str_is(r->verb, "remove")) return STR("");
	if (json_parse(&doc, r->data, NULL) != OK) return STR("");
	if (!json_get_str(json_member(doc.root, "role"), &role)) json_get_str(json_member(doc.root, "relation"), &role);
	const struct pack_type *t = str_none(r->record_type) ? NULL : record_type(q, r->record_type);
	const struct pack_word *w = t == NULL ? NULL : pack_type_role(t, role);
	return w ? pack_say(&w->label, q->locale.lang) : str_copy(q->a, role);
}

/* What a text for everybody is called, as it was then. */
static struct str title_of(struct req *q, const struct timeline_row *r) {
	struct str title;
	JSON_DOC(doc);
	bool found = json_parse(&doc, r->data, NULL) == OK && json_get_str(json_member(doc.root, "title"), &title);
	return found ? str_copy(q->a, title) : STR("");
}

static struct life_line line_of(struct req *q, const struct timeline_row *r, struct person_card *who, const struct person_card *object) {
	const struct saying *s = saying_of(r);
	struct str name = r->actor_id.v ? who->name : q->business->name;
	struct str other = str_is(r->object_kind, "organization") ? r->organization : object->name;
	struct life_line l = {.seq = r->seq, .at = r->at, .verb = r->verb, .kind = r->object_kind, .object_id = r->object_id,
		.who = r->actor_id.v ? who : NULL, .icon = str_c(s->icon), .subject = r->subject, .url = {STR_NONE}, .role = role_in(q, r)};
	l.say = tr_fill(q->a, TRQ(q, s->say), "who", str_z(q->a, name), "name", str_z(q->a, str_none(other) ? STR("") : other), NULL);
	l.note = str_is(r->message_kind, "note");
	l.role_only = str_none(r->talk_topic) ? STR("") : r->talk_topic;
	if (str_is(r->object_kind, "message")) l.message.v = r->object_id;
	if (!str_none(r->message_body)) l.body = r->message_body, l.words = markdown_text(q->a, r->message_body, WORDS_CHARS);
	if (r->call.held_at != 0) l.words = r->call.said, l.minutes = r->call.minutes.v, l.agreed = r->call.agreed, l.held_at = r->call.held_at;
	if (!str_empty(r->message_status)) {
		l.state = NEW(q->a, struct talk_state);
		*l.state = state_view(r->message_status);
	}
	if (!str_none(r->promised)) {
		l.subject = r->promised;
		l.url = url_path(q->a, str_is(r->object_kind, "claim") ? "/expectations/claims/%" PRId64 : "/expectations/%" PRId64, r->object_id);
	} else if (!str_none(r->task)) {
		l.subject = r->task;
		l.url = url_path(q->a, "/tasks/%" PRId64, r->object_id);
	} else if (str_is(r->object_kind, "brand_text")) {
		l.subject = title_of(q, r);
		l.url = url_path(q->a, "/brand/%" PRId64, r->object_id);
	} else if (r->talk_id.v != 0) l.url = url_path(q->a, "/conversations/%" PRId64, r->talk_id.v);
	else if (r->record_id.v != 0) {
		struct record_row row = {.type = r->record_type, .title = r->record_title, .fields = r->record_fields};
		l.subject = record_called(q, &row);
		l.url = url_path(q->a, "/records/%" PRId64, r->record_id.v);
	} else if (!str_none(r->organization)) {
		l.subject = r->organization;
		l.url = url_path(q->a, "/organizations/%" PRId64, str_is(r->object_kind, "organization") ? r->object_id : r->target_id.v);
	}
	return l;
}

/* Who is meant beside whoever did it. */
static int64_t object_of(const struct timeline_row *r) {
	if (str_is(r->object_kind, "task")) return str_is(r->target_kind, "person") ? r->target_id.v : 0;
	return str_is(r->object_kind, "person") ? r->object_id : r->call.with.v;
}

static enum err cards_of(struct req *q, const struct timeline_row_list *rows, bool objects, struct person_card_list *ret) {
	struct person_id_list ids = {.v = NEW_ARRAY(q->a, struct person_id, rows->n), .n = rows->n};
	for (size_t i = 0; i < rows->n; i++)
		ids.v[i].v = !objects ? rows->v[i].actor_id.v : object_of(&rows->v[i]);
	return people_cards(q->db, q->a, &q->actor, ids, ret);
}

/* Reads on until a page is full: of what stands in a timeline some is not for everyone. */
static enum err read_page(struct req *q, const char *kind, int64_t id, struct str sort, int64_t before, int64_t most, struct timeline_row_list *ret,
	int64_t *ret_next) {
	bool own = strcmp(kind, "person") != 0 || q->actor.id.v == id;
	*ret = (struct timeline_row_list){.v = NEW_ARRAY(q->a, struct timeline_row, (size_t)most)};
	*ret_next = 0;
	for (int round = 0; round < ROUNDS_MOST; round++) {
		struct int_list seqs;
		struct timeline_row_list rows;
		TRY(sql_timeline_places(q->db, q->a, str_c(kind), id, sort, before, most + 1, &seqs));
		TRY(sql_timeline_entries(q->db, q->a, seqs, own, q->actor.is_staff, q->actor.id, most + 1, &rows));
		for (size_t i = 0; i < rows.n; i++) {
			if (!is_news(q, &rows.v[i])) continue;
			if ((int64_t)ret->n == most) return *ret_next = ret->v[ret->n - 1].seq, OK;
			ret->v[ret->n++] = rows.v[i];
		}
		if ((int64_t)seqs.n <= most) return OK;
		before = seqs.v[seqs.n - 1];
	}
	*ret_next = before;
	return OK;
}

static enum err lines_of(struct req *q, const struct timeline_row_list *rows, struct life_line_list *ret) {
	struct person_card_list who, object;
	struct talk_subjects subjects;
	TALK_SUBJECTS(q->a, rows, talk_id, subject, subjects);
	TRY(talk_subjects_here(q, subjects));
	TRY(cards_of(q, rows, false, &who));
	TRY(cards_of(q, rows, true, &object));
	*ret = (struct life_line_list){.v = NEW_ARRAY(q->a, struct life_line, rows->n), .n = rows->n};
	for (size_t i = 0; i < rows->n; i++) ret->v[i] = line_of(q, &rows->v[i], &who.v[i], &object.v[i]);
	return add_changes(q, rows, ret);
}

enum err timeline_lines(struct req *q, struct int_list seqs, int64_t most, struct life_line_list *ret) {
	struct timeline_row_list rows;
	size_t n = 0;
	TRY(sql_timeline_entries(q->db, q->a, seqs, true, q->actor.is_staff, q->actor.id, most, &rows));
	for (size_t i = 0; i < rows.n; i++)
		if (is_news(q, &rows.v[i])) rows.v[n++] = rows.v[i];
	rows.n = n;
	return lines_of(q, &rows, ret);
}

enum err timeline_read(struct req *q, const char *kind, int64_t id, struct str sort, int64_t before, int64_t most, struct life_line_list *ret,
	int64_t *ret_next) {
	struct timeline_row_list rows;
	TRY(read_page(q, kind, id, str_empty(sort) ? STR_NONE : sort, before > 0 ? before : INT64_MAX, most, &rows, ret_next));
	return lines_of(q, &rows, ret);
}

enum err timeline_cursor(struct req *q, struct str cursor, int64_t *ret_before) {
	*ret_before = 0;
	if (str_empty(cursor) || (str_int(cursor, ret_before) && *ret_before > 0)) return OK;
	return req_invalid(q, "cursor", T("This place in the list is none of ours."));
}

/* ----------------------------------------------------------------- a record's */

enum err timeline_record(struct req *q, const struct timeline_record_in *in, struct timeline_page *ret) {
	struct record_row row;
	int64_t before, next;
	TRY(timeline_cursor(q, in->cursor, &before));
	TRY(record_seen(q, in->id, &row));
	record_looked(q, &row);
	TRY(timeline_read(q, "record", row.id.v, STR_NONE, before, in->limit, &ret->list.data, &next));
	ret->list.next = next ? str_fmt(q->a, "%" PRId64, next) : STR_NONE;
	ret->id = row.id;
	ret->called = record_called(q, &row);
	ret->more = (struct url){STR_NONE};
	if (next) ret->more = url_with(q->a, url_path(q->a, "/records/%" PRId64 "/timeline", row.id.v), "cursor", ret->list.next);
	q->page.nav = q->actor.is_staff ? STR("people") : STR("things");
	return OK;
}
