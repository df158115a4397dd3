/* What everything is found by: its words, then tokens of what it is and who may find it. Kept by a reader of the log.
 *
 *   d         every document
 *   kWORD     its kind: conversation, problem; message, answer, note; call; record, statementline; document; organization, firm; promise
 *   aN        its author          wN  who takes part in it, for the staff's with:
 *   tTAG      a tag that its readers see          sTAG  one for the staff only
 *   open members pN rN    who may find it besides the staff: everyone, members, a person, whoever has to do with that record
 *   uN        a line of that record
 * A record of which the pack keeps something for the team has a second document with all of it, which the staff find instead ("record-team").
 * People have documents of their own: app/people/words.c. */
#include "db/words.h"
#include "pack/pack.h"
#include "search/search_int.h"
#include "sql/access.h"
#include "tag/tag.h"
#include "text/json.h"
#include "text/locale.h"
#include "text/markdown.h"
#include "text/utf8.h"
#include <inttypes.h>

enum { SEATS_MOST = 500, NAMES_MOST = 50, MESSAGES_AT_ONCE = 500, DOC_BYTES_MAX = 512 * 1024, TEXT_CHARS_MAX = 20000 };

struct doc {
	struct arena *a;
	struct buf *b;
	usec_t at;
	bool team;                     /* of a record: the team reads more than its people do */
};

/* -------------------------------------------------------------- words and tokens */

static void put_text(struct doc *d, struct str text) {
	if (d->b->n > 0) buf_add_char(d->b, ' ');
	find_words(d->a, d->b, text);
}

static void put_token(struct doc *d, const char *sort, struct str word) {
	if (word.n > 0) buf_fmt(d->b, " " FIND_TOKEN "%s" STR_FMT, sort, STR_ARG(word));
}

static void put_id(struct doc *d, const char *sort, int64_t id) {
	if (id > 0) buf_fmt(d->b, " " FIND_TOKEN "%s%" PRId64, sort, id);
}

static void put_kind(struct doc *d, struct str word) { put_token(d, "k", find_squeeze(d->a, word)); }

static enum err put_tags(struct db *db, struct doc *d, const char *kind, int64_t id, const char *sort) {
	struct text_list tags;
	TRY(tags_of(db, d->a, kind, id, &tags));
	for (size_t i = 0; i < tags.n; i++) put_token(d, sort, tag_word(d->a, tags.v[i]));
	return OK;
}

/* ----------------------------------------------------------------- what is said */

/* ret_words: whether it says anything. */
static enum err put_talk(struct db *db, struct doc *d, const struct find_talk_row *r, struct message_id message, bool *ret_words) {
	struct int_list seats;
	struct find_file_row_list files;
	bool private = str_is(r->visibility, "private");
	d->at = r->at;
	put_text(d, r->subject);
	put_text(d, markdown_text(d->a, r->body, TEXT_CHARS_MAX));
	TRY(sql_find_files(db, d->a, r->id, message, NAMES_MOST, &files));
	for (size_t i = 0; i < files.n; i++) {
		put_text(d, files.v[i].name);
		put_text(d, utf8_first(files.v[i].text, TEXT_CHARS_MAX));
	}
	*ret_words = r->subject.n + r->body.n + files.n > 0;
	put_kind(d, r->kind);
	put_id(d, "a", r->author_id.v);
	put_id(d, "w", r->author_id.v);
	put_id(d, "w", r->owner_id.v);
	if (!r->hidden && str_is(r->visibility, "public")) put_token(d, "", STR("open"));
	if (!r->hidden && str_is(r->visibility, "members")) put_token(d, "", STR("members"));
	if (!r->hidden && private) put_id(d, "p", r->owner_id.v);
	if (!r->hidden && private && r->deal) put_id(d, "r", r->root_id.v);
	TRY(sql_find_seats(db, d->a, r->id, SEATS_MOST, &seats));
	for (size_t i = 0; i < seats.n; i++) {
		put_id(d, "w", seats.v[i]);
		if (!r->hidden && private) put_id(d, "p", seats.v[i]);
	}
	return OK;
}

static enum err conversation_doc(struct db *db, struct doc *d, int64_t id, bool *ret_found) {
	struct find_talk_row r;
	TRY(sql_find_conversation(db, d->a, id, &r, ret_found));
	if (!*ret_found) return OK;
	TRY(put_talk(db, d, &r, (struct message_id){0}, ret_found));
	bool many = str_is(r.visibility, "public") || str_is(r.visibility, "members");
	return put_tags(db, d, "conversation", id, many ? "t" : "s");
}

static enum err message_doc(struct db *db, struct doc *d, int64_t id, bool *ret_found) {
	struct find_talk_row r;
	TRY(sql_find_message(db, d->a, id, &r, ret_found));
	return *ret_found ? put_talk(db, d, &r, (struct message_id){id}, ret_found) : OK;
}

/* For the team: no other reader's token. */
static enum err call_doc(struct db *db, struct doc *d, int64_t id, bool *ret_found) {
	struct find_call_row r;
	TRY(sql_find_call(db, d->a, id, &r, ret_found));
	if (!*ret_found) return OK;
	d->at = r.at;
	put_text(d, r.said);
	put_text(d, r.agreed);
	put_id(d, "a", r.staff_id.v);
	put_id(d, "w", r.staff_id.v);
	put_id(d, "w", r.person_id.v);
	return OK;
}

/* Not what the rules of service made. */
static enum err promise_doc(struct db *db, struct doc *d, int64_t id, bool *ret_found) {
	struct find_promise_row r;
	TRY(sql_find_promise(db, d->a, id, &r, ret_found));
	if (!*ret_found) return OK;
	bool public = str_is(r.audience, "public") && !r.hidden;
	d->at = r.at;
	put_text(d, r.words);
	put_text(d, r.said);
	put_kind(d, STR("promise"));
	put_id(d, "a", r.made_by.v);
	put_id(d, "w", r.owner_id.v);
	put_id(d, "w", r.person_id.v);
	if (r.person_id.v == 0 || (public && str_is(r.visibility, "public"))) put_token(d, "", STR("open"));
	if (public && str_is(r.visibility, "members")) put_token(d, "", STR("members"));
	if (!str_is(r.audience, "team")) put_id(d, "p", r.person_id.v);
	if (!str_is(r.audience, "team")) put_id(d, "r", r.root_id.v);
	return OK;
}

static enum err task_doc(struct db *db, struct doc *d, int64_t id, bool *ret_found) {
	struct find_task_row r;
	TRY(sql_find_task(db, d->a, id, &r, ret_found));
	if (!*ret_found) return OK;
	d->at = r.at;
	put_text(d, r.title);
	put_text(d, r.words);
	put_kind(d, STR("task"));
	put_id(d, "a", r.made_by.v);
	put_id(d, "w", r.owner_id.v);
	put_id(d, "w", r.person_id.v);
	return OK;
}

/* ----------------------------------------------------------------- what is kept */

static enum err put_fields(struct doc *d, const struct pack_type *t, struct str fields, bool staff) {
	JSON_DOC(doc);
	TRY(json_parse(&doc, fields, NULL));
	for (size_t i = 0; i < t->fields; i++) {
		struct str value = STR("");
		if ((staff || !t->field[i].staff) && json_get_str(json_member(doc.root, str_z(d->a, t->field[i].name)), &value)) pack_words(d->a, d->b, &t->field[i], value);
	}
	return OK;
}

static void put_type(struct doc *d, const struct pack_type *t, struct str state, bool staff) {
	const struct pack_word *word = t->staff_state && !staff ? NULL : pack_type_state(t, state);
	for (int lang = 0; lang < LANG_MAX_; lang++) {
		put_text(d, pack_say(&t->label, (enum lang)lang));
		if (word != NULL) put_text(d, pack_say(&word->label, (enum lang)lang));
	}
	for (int lang = 0; lang < LANG_MAX_; lang++) {
		put_kind(d, pack_say(&t->label, (enum lang)lang));
		put_kind(d, pack_say(&t->many, (enum lang)lang));
	}
}

/* staff: all that the team reads; there is such a document only where that is more than its people do. */
static enum err put_record(struct db *db, struct doc *d, int64_t id, bool staff, bool *ret_found) {
	struct find_record_row r;
	struct text_list names;
	struct int_list people;
	struct str pack;
	bool firm;
	TRY(sql_find_record(db, d->a, id, &r, ret_found));
	if (!*ret_found) return OK;
	TRY(sql_business_pack(db, d->a, &pack, &firm));
	const struct pack *p = firm ? pack_find(pack) : NULL;
	const struct pack_type *t = p ? pack_type_find(p, r.type) : NULL;
	d->team = t != NULL && t->staff;
	*ret_found = !staff || d->team;
	if (!*ret_found) return OK;
	d->at = r.at;
	put_text(d, r.title);
	TRY(sql_find_record_names(db, d->a, id, r.type, NAMES_MOST, &names));
	for (size_t i = 0; i < names.n; i++) put_text(d, names.v[i]);
	if (t != NULL) TRY(put_fields(d, t, r.fields, staff));
	if (t != NULL) put_type(d, t, r.state, staff);
	put_kind(d, r.type);
	if (staff) put_kind(d, STR("record"));
	put_id(d, "u", r.parent_id.v);
	if (!staff) put_id(d, "r", r.root_id.v ? r.root_id.v : id);
	TRY(sql_find_record_people(db, d->a, id, SEATS_MOST, &people));
	for (size_t i = 0; i < people.n; i++) put_id(d, "w", people.v[i]);
	return put_tags(db, d, "record", id, "s");
}

static enum err record_doc(struct db *db, struct doc *d, int64_t id, bool *ret_found) { return put_record(db, d, id, false, ret_found); }
static enum err record_team_doc(struct db *db, struct doc *d, int64_t id, bool *ret_found) { return put_record(db, d, id, true, ret_found); }

/* What the team keeps for a customer: the newest version, which is theirs once it is shared. */
static enum err document_doc(struct db *db, struct doc *d, int64_t id, bool *ret_found) {
	struct find_kept_row r;
	TRY(sql_find_document(db, d->a, id, &r, ret_found));
	if (!*ret_found) return OK;
	d->at = r.at;
	put_text(d, r.name);
	put_text(d, r.version_name);
	put_text(d, utf8_first(r.text, TEXT_CHARS_MAX));
	put_id(d, "a", r.author_id.v);
	put_id(d, "w", r.person_id.v);
	if (r.shared) put_id(d, "p", r.person_id.v);
	if (r.shared) put_id(d, "r", r.root_id.v);
	return put_tags(db, d, "document", id, "s");
}

static enum err put_body(struct db *db, struct doc *d, int64_t id, bool staff, bool *ret_found) {
	struct find_body_row r;
	struct int_list people;
	TRY(sql_find_organization(db, d->a, id, &r, ret_found));
	if (!*ret_found) return OK;
	d->at = r.at;
	put_text(d, r.name);
	put_kind(d, STR("organization"));
	put_kind(d, r.kind);
	const struct str facts[] = {r.address, r.phone, r.email, r.web, r.notes};
	for (size_t i = 0; staff && i < sizeof facts / sizeof *facts; i++) put_text(d, facts[i]);
	TRY(sql_find_organization_people(db, d->a, id, SEATS_MOST, &people));
	for (size_t i = 0; i < people.n; i++) put_id(d, staff ? "w" : "p", people.v[i]);
	return staff ? put_tags(db, d, "organization", id, "s") : OK;
}

static enum err organization_doc(struct db *db, struct doc *d, int64_t id, bool *ret_found) { return put_body(db, d, id, true, ret_found); }

/* Its members know its name only. */
static enum err organization_name_doc(struct db *db, struct doc *d, int64_t id, bool *ret_found) { return put_body(db, d, id, false, ret_found); }

/* ------------------------------------------------------------------------ keeping */

/* Each kind of thing that is found: how its document is made. find_visible of search.sql says who may find it. */
static const struct source {
	const char *word;
	enum err (*make)(struct db *db, struct doc *d, int64_t id, bool *ret_found);
} kinds[] = {{"conversation", conversation_doc}, {"message", message_doc}, {"record", record_doc}, {"document", document_doc},
	{"organization", organization_doc}, {"organization-name", organization_name_doc}, {"call", call_doc},
	{"record-team", record_team_doc}, {"expectation", promise_doc}, {"task", task_doc}};
enum kind_at { A_CONVERSATION, A_MESSAGE, A_RECORD, A_DOCUMENT, AN_ORGANIZATION, AN_ORGANIZATION_NAME, A_CALL, A_RECORD_TEAM, AN_EXPECTATION, A_TASK };

static int64_t second_of(usec_t at) {
	int64_t s = at / 1000000 - (at % 1000000 < 0);
	return s < -SECONDS_MAX ? -SECONDS_MAX : s > SECONDS_MAX - 1 ? SECONDS_MAX - 1 : s;
}

static enum err keep(struct db *db, struct arena *a, const struct source *k, int64_t id, bool found, const struct doc *d) {
	struct find_doc_row have;
	struct opt_int last;
	struct str words = buf_str(d->b);
	int64_t first = second_of(d->at) * IDS_OF_A_SECOND;
	bool there;
	TRY(sql_find_doc_get(db, a, str_c(k->word), id, &have, &there));
	bool same_time = there && found && have.id >= first && have.id < first + IDS_OF_A_SECOND;
	if (same_time) return str_eq(have.words, words) ? OK : words_change(db, have.id, have.words, words);
	if (there) TRY(words_drop(db, have.id, have.words));
	if (!found) return OK;
	TRY(sql_find_doc_last(db, first, first + IDS_OF_A_SECOND - 1, &last));
	return words_add(db, last.has ? last.v + 1 : first, str_c(k->word), id, words);
}

static enum err index_one(struct db *db, struct arena *a, enum kind_at which, int64_t id) {
	const struct source *k = &kinds[which];
	struct arena_mark mark = arena_mark(a);
	struct buf b;
	struct doc d = {.a = a, .b = &b};
	bool found;
	buf_init(&b, DOC_BYTES_MAX);
	enum err e = k->make(db, &d, id, &found);
	buf_add(&b, STR(" " FIND_TOKEN "d"));
	put_kind(&d, str_c(k->word));
	if (e == OK) e = keep(db, a, k, id, found, &d);
	buf_done(&b);
	arena_reset(a, mark);
	return e == OK && d.team && which == A_RECORD ? index_one(db, a, A_RECORD_TEAM, id) : e;
}

/* Who may read a conversation may have changed, and with it who finds what was said and promised in it. */
static enum err index_talk(struct db *db, struct arena *a, int64_t id) {
	struct int_list ids;
	int64_t after = 0;
	TRY(index_one(db, a, A_CONVERSATION, id));
	do {
		struct arena_mark mark = arena_mark(a);
		TRY(sql_find_messages(db, a, (struct conversation_id){id}, after, MESSAGES_AT_ONCE, &ids));
		for (size_t i = 0; i < ids.n; i++) TRY(index_one(db, a, A_MESSAGE, ids.v[i]));
		if (ids.n > 0) after = ids.v[ids.n - 1];
		arena_reset(a, mark);
	} while (ids.n == MESSAGES_AT_ONCE);
	after = 0;
	do {
		struct arena_mark mark = arena_mark(a);
		TRY(sql_find_promises_in(db, a, (struct conversation_id){id}, after, MESSAGES_AT_ONCE, &ids));
		for (size_t i = 0; i < ids.n; i++) TRY(index_one(db, a, AN_EXPECTATION, ids.v[i]));
		if (ids.n > 0) after = ids.v[ids.n - 1];
		arena_reset(a, mark);
	} while (ids.n == MESSAGES_AT_ONCE);
	return OK;
}

/* type STR_NONE: those of which the team has a document of its own. */
static enum err index_records(struct db *db, struct arena *a, struct str type) {
	struct int_list ids;
	int64_t after = 0;
	do {
		struct arena_mark mark = arena_mark(a);
		if (str_none(type)) TRY(sql_find_team_records(db, a, after, MESSAGES_AT_ONCE, &ids));
		else TRY(sql_find_records(db, a, type, after, MESSAGES_AT_ONCE, &ids));
		for (size_t i = 0; i < ids.n; i++) {
			TRY(index_one(db, a, A_RECORD, ids.v[i]));
			if (str_none(type)) TRY(index_one(db, a, A_RECORD_TEAM, ids.v[i]));
		}
		if (ids.n > 0) after = ids.v[ids.n - 1];
		arena_reset(a, mark);
	} while (ids.n == MESSAGES_AT_ONCE);
	return OK;
}

/* The firm has another pack: what is for the team may be more now, or less. */
static enum err index_pack(struct db *db, struct arena *a) {
	struct str name, why;
	bool firm;
	TRY(pack_refresh(db, a, &why));
	TRY(sql_business_pack(db, a, &name, &firm));
	const struct pack *p = firm ? pack_find(name) : NULL;
	TRY(index_records(db, a, STR_NONE));
	for (size_t i = 0; p != NULL && i < p->types; i++)
		if (p->type[i].staff) TRY(index_records(db, a, p->type[i].name));
	return OK;
}

/* The words of a file are known: all that it is attached to is found by them. */
static enum err index_places(struct db *db, struct arena *a, struct file_id file) {
	struct find_place_row_list places;
	int64_t after = 0;
	do {
		struct arena_mark mark = arena_mark(a);
		TRY(sql_find_places(db, a, file, after, MESSAGES_AT_ONCE, &places));
		for (size_t i = 0; i < places.n; i++) {
			const struct find_place_row *p = &places.v[i];
			TRY(p->message_id.v ? index_one(db, a, A_MESSAGE, p->message_id.v) : index_one(db, a, A_CONVERSATION, p->conversation_id.v));
			after = p->id;
		}
		arena_reset(a, mark);
	} while (places.n == MESSAGES_AT_ONCE);
	struct int_list documents;
	TRY(sql_find_documents_of(db, a, file, MESSAGES_AT_ONCE, &documents));
	for (size_t i = 0; i < documents.n; i++) TRY(index_one(db, a, A_DOCUMENT, documents.v[i]));
	return OK;
}

/* ------------------------------------------------------------------------- reader */

static bool is(const char *kind, const char *word) { return kind != NULL && strcmp(kind, word) == 0; }

/* What an event may have changed of what things are found by. */
static bool touched(const struct event *e, enum kind_at *ret, int64_t *ret_id, bool *ret_all) {
	*ret_all = false;
	*ret_id = e->object_id;
	if (is(e->object_kind, "conversation")) {
		*ret = A_CONVERSATION;
		*ret_all = !is(e->verb, "create");
		return !is(e->verb, "like") && !is(e->verb, "undo") && !is(e->verb, "follow") && !is(e->verb, "view");
	}
	if (is(e->object_kind, "expectation")) {
		*ret = AN_EXPECTATION;
		return is(e->verb, "create");      /* its words and who reads it stay */
	}
	static const struct { const char *word; enum kind_at which; } others[] = {{"message", A_MESSAGE}, {"record", A_RECORD}, {"document", A_DOCUMENT},
		{"organization", AN_ORGANIZATION}, {"call", A_CALL}, {"task", A_TASK}};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		*ret = others[i].which;
		if (is(e->object_kind, others[i].word)) return true;
	}
	*ret_id = e->target_id; /* somebody has to do with it, or no more; it has a tag, or no more */
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		*ret = others[i].which;
		if (is(e->target_kind, others[i].word)) return true;
	}
	return false;
}

/* A tag is called otherwise: all that wears it is found by another word. */
static bool tag_is_renamed(const struct event *e) { return is(e->object_kind, "tag") && is(e->verb, "update"); }

static enum err index_worn(struct db *db, struct arena *a, struct tag_id tag) {
	static const struct { const char *word; enum kind_at which; } worn_kinds[] = {{"conversation", A_CONVERSATION}, {"record", A_RECORD},
		{"document", A_DOCUMENT}, {"organization", AN_ORGANIZATION}};
	struct tag_worn *worn = NEW_ARRAY(a, struct tag_worn, TAG_WORN_AT_ONCE), last = {.kind = ""};
	size_t n;
	do {
		struct arena_mark mark = arena_mark(a);
		TRY(tag_worn_by(db, a, tag, last, worn, &n));
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < sizeof worn_kinds / sizeof *worn_kinds; k++)
				if (is(worn[i].kind, worn_kinds[k].word)) TRY(index_one(db, a, worn_kinds[k].which, worn[i].id));
		if (n > 0) last = worn[n - 1];
		arena_reset(a, mark);
	} while (n == TAG_WORN_AT_ONCE);
	return OK;
}

static bool file_is_read(const struct event *e) { return is(e->object_kind, "file") && is(e->verb, "update"); }

static bool pack_is_new(const struct event *e) { return is(e->object_kind, "business") && str_has(e->data, STR("\"pack\"")); }

bool search_wants(const struct event *e) {
	enum kind_at which;
	int64_t id;
	bool all;
	bool met = is(e->object_kind, "person") && is(e->verb, "create");      /* for the searches that tell */
	return file_is_read(e) || tag_is_renamed(e) || pack_is_new(e) || met || touched(e, &which, &id, &all);
}

static bool again(const struct event *e, size_t n, enum kind_at which, int64_t id, bool all) {
	for (size_t i = 0; i < n; i++) {
		enum kind_at other;
		int64_t other_id;
		bool other_all;
		if (touched(&e[i], &other, &other_id, &other_all) && other == which && other_id == id && (other_all || !all)) return true;
	}
	return false;
}

enum err search_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	(void)ctx;
	for (size_t i = 0; i < n; i++) {
		enum kind_at which;
		int64_t id;
		bool all;
		if (tag_is_renamed(&e[i])) TRY(index_worn(db, a, (struct tag_id){e[i].object_id}));
		if (pack_is_new(&e[i])) TRY(index_pack(db, a));
		if (file_is_read(&e[i])) TRY(index_places(db, a, (struct file_id){e[i].object_id}));
		if (!touched(&e[i], &which, &id, &all) || again(&e[i + 1], n - i - 1, which, id, all)) continue;
		TRY(all ? index_talk(db, a, id) : index_one(db, a, which, id));
		if (which == AN_ORGANIZATION) TRY(index_one(db, a, AN_ORGANIZATION_NAME, id));
	}
	return saved_tell(db, a, e, n);
}
