/* The words by which people are found. What a field shows to whom is the reader's to know, so there is a document for each group of readers that
 * see something else of a person; none of them holds a word that its readers do not see.
 *
 *   person            all that any of the staff sees          team, and the person's own pN when there is no document for them
 *   person-public     what everyone sees                      open
 *   person-contact    what only their contact person sees, too   pN
 *   person-me         what only they see, too; not the notes of the team   pN
 *
 * Tokens beside: kperson, kWORD the kind; nWORD each word of a name or number; sTAG a tag, which is the staff's. */
#include "people/audience.h"
#include "people/fields.h"
#include "people/save.h"
#include "db/words.h"
#include "sql/access.h"
#include "sql/people.h"
#include "tag/tag.h"
#include <inttypes.h>

enum { DOCS = 4, WORDS_BYTES_MAX = 256 * 1024, DIGITS_LEAST = 4, DIGITS_MOST = 32 };
enum doc_for { FOR_TEAM, FOR_ALL, FOR_CONTACT_PERSON, FOR_OWNER };
static const char *const kinds[DOCS] = {"person", "person-public", "person-contact", "person-me"};

struct telling {
	struct arena *a;
	struct buf *b;
	const struct kept *k;
	const struct pack *pack;
	const struct actor *who;
};

static void put_text(const struct telling *t, struct str text) {
	if (str_empty(text)) return;
	if (t->b->n > 0) buf_add_char(t->b, ' ');
	find_words(t->a, t->b, text);
}

static void put_if(const struct telling *t, const char *field, struct str text) {
	if (kept_shows(t->k, t->who, str_c(field))) put_text(t, text);
}

static void put_name(const struct telling *t, struct str name) {
	if (str_empty(name)) return;
	put_text(t, name);
	find_tokens(t->a, t->b, PEOPLE_NAMED, name);
}

/* By any digits in a row. */
static void put_phone(const struct telling *t, struct str value) {
	struct str digits = str_first(contact_fold(t->a, CONTACT_PHONE, value), DIGITS_MOST);
	put_text(t, value);
	for (; digits.n >= DIGITS_LEAST; digits = str_from(digits, 1)) put_text(t, digits);
}

static void put_contacts(const struct telling *t) {
	for (size_t i = 0; i < t->k->contacts.n; i++) {
		const struct contact_row *c = &t->k->contacts.v[i];
		if (!kept_shows(t->k, t->who, c->kind)) continue;
		if (str_is(c->kind, "phone")) put_phone(t, c->value);
		else put_text(t, c->value);
	}
}

static void put_fields(const struct telling *t) {
	for (size_t i = 0; i < t->k->fields.n; i++) {
		const struct person_field_row *r = &t->k->fields.v[i];
		const struct pack_field *f = t->pack ? pack_field_find(t->pack, r->name) : NULL;
		if (f == NULL || !kept_shows(t->k, t->who, str_fmt(t->a, "field." STR_FMT, STR_ARG(r->name)))) continue;
		if (t->b->n > 0) buf_add_char(t->b, ' ');
		pack_words(t->a, t->b, f, r->value);
	}
}

/* The words of one document. */
static void put_words(const struct telling *t, bool team) {
	static const struct pack_field day = {.type = PACK_DATE};
	const struct person_row *r = &t->k->row;
	bool inside = t->who->is_staff || t->who->id.v == r->id.v;
	if (kept_shows(t->k, t->who, STR("name"))) put_name(t, r->name);
	put_name(t, r->public_name);
	if (inside) put_name(t, r->customer_no);
	put_if(t, "title", r->title);
	put_if(t, "about", r->about);
	put_if(t, "languages", r->languages);
	put_if(t, "hours", r->hours);
	put_contacts(t);
	put_fields(t);
	if (!str_empty(r->birthday) && kept_shows(t->k, t->who, STR("birthday"))) {
		buf_add_char(t->b, ' ');
		pack_words(t->a, t->b, &day, r->birthday);
	}
	if (!team) return;
	put_text(t, r->staff_notes);
	for (size_t i = 0; i < t->k->tags.n; i++) {
		struct str tag = find_squeeze(t->a, t->k->tags.v[i].name);
		if (tag.n > 0) buf_fmt(t->b, " " FIND_TOKEN "s" STR_FMT, STR_ARG(tag));
	}
}

static struct str words_for(struct telling *t, const struct actor *who, bool team) {
	t->b->n = 0;
	t->who = who;
	put_words(t, team);
	return str_copy(t->a, buf_str(t->b));
}

/* What everyone sees of somebody, if they may know of them at all. */
static bool is_open(const struct kept *k) {
	const struct actor visitor = {.role = ROLE_NONE};
	struct object o = kept_object(k);
	o.hidden = false; /* whoever has left may come back: the search looks at that */
	return may(&visitor, ACT_SEE, &o);
}

/* Nothing but what all of the staff and the person themself see: so it is with nearly all customers. */
static bool is_plain(const struct kept *k) { return k->audiences.n == 0 && !str_is(k->row.kind, "staff") && str_empty(k->row.staff_notes); }

static struct str with_tokens(const struct telling *t, struct str words, const char *readers) {
	return str_fmt(t->a, STR_FMT " " FIND_TOKEN "kperson " FIND_TOKEN "k" STR_FMT "%s " FIND_TOKEN "d", STR_ARG(words), STR_ARG(t->k->row.kind), readers);
}

static const char *reader_of(const struct telling *t, struct person_id id) { return str_fmt(t->a, " " FIND_TOKEN "p%" PRId64, id.v).p; }

/* STR_NONE: there is none for these readers. */
static void make_docs(struct telling *t, struct str ret[DOCS]) {
	const struct person_row *r = &t->k->row;
	const struct actor any = {.id = {-1}, .role = ROLE_AGENT, .is_staff = true}, visitor = {.role = ROLE_NONE},
		contact = {.id = r->contact_id, .role = ROLE_AGENT, .is_staff = true},
		own = {.id = r->id, .role = ROLE_CUSTOMER, .is_staff = str_is(r->kind, "staff")};
	struct str seen = words_for(t, &any, false), team = str_empty(r->staff_notes) && t->k->tags.n == 0 ? seen : words_for(t, &any, true);
	for (int i = 0; i < DOCS; i++) ret[i] = STR_NONE;
	struct str mine = is_plain(t->k) ? seen : words_for(t, &own, false);
	bool other = !str_eq(mine, seen) || !str_empty(r->staff_notes);
	ret[FOR_TEAM] = with_tokens(t, team, str_fmt(t->a, " " FIND_TOKEN "team%s", other ? "" : reader_of(t, r->id)).p);
	if (other) ret[FOR_OWNER] = with_tokens(t, mine, reader_of(t, r->id));
	if (is_open(t->k)) ret[FOR_ALL] = with_tokens(t, words_for(t, &visitor, false), " " FIND_TOKEN "open");
	if (is_plain(t->k) || r->contact_id.v == 0) return;
	struct str theirs = words_for(t, &contact, true);
	if (!str_eq(theirs, team)) ret[FOR_CONTACT_PERSON] = with_tokens(t, theirs, reader_of(t, r->contact_id));
}

static enum err keep(struct db *db, struct arena *a, struct person_id id, const struct str want[DOCS]) {
	struct person_doc_row_list have;
	int64_t first = INT64_MIN + id.v * DOCS;
	TRY(sql_person_docs(db, a, first, first + DOCS - 1, &have));
	for (int i = 0; i < DOCS; i++) {
		struct str was = STR_NONE;
		for (size_t k = 0; k < have.n; k++)
			if (have.v[k].id == first + i) was = have.v[k].words;
		if (str_none(was) && !str_none(want[i])) TRY(words_add(db, first + i, str_c(kinds[i]), id.v, want[i]));
		if (str_none(was) || (!str_none(want[i]) && str_eq(was, want[i]))) continue;
		TRY(str_none(want[i]) ? words_drop(db, first + i, was) : words_change(db, first + i, was, want[i]));
	}
	return OK;
}

enum err people_index(struct db *db, struct arena *a, const struct kept *k) {
	struct str pack, want[DOCS];
	bool firm = false;
	struct buf b;
	if (k->fields.n > 0) TRY(sql_business_pack(db, a, &pack, &firm));
	buf_init(&b, WORDS_BYTES_MAX);
	struct telling t = {.a = a, .b = &b, .k = k, .pack = firm ? pack_find(pack) : NULL};
	make_docs(&t, want);
	buf_done(&b);
	return keep(db, a, k->row.id, want);
}

/* ------------------------------------------------------------------------- reader */

/* A tag is called otherwise: those who wear it are found by another word. */
static bool tag_is_renamed(const struct event *e) { return strcmp(e->object_kind, "tag") == 0 && strcmp(e->verb, "update") == 0; }

bool people_wants(const struct event *e) { return strcmp(e->object_kind, "person") == 0 || tag_is_renamed(e); }

static enum err index_all(struct db *db, struct arena *a, struct person_id_list ids) {
	struct kept *k;
	size_t people;
	if (ids.n == 0) return OK;
	TRY(kept_list(db, a, ids, &k, &people));
	for (size_t i = 0; i < people; i++) {
		struct arena_mark mark = arena_mark(a);
		TRY(people_index(db, a, &k[i]));
		arena_reset(a, mark);
	}
	return OK;
}

static enum err index_worn(struct db *db, struct arena *a, struct tag_id tag) {
	struct tag_worn *worn = NEW_ARRAY(a, struct tag_worn, TAG_WORN_AT_ONCE), last = {.kind = "person"};
	size_t n;
	do {
		struct arena_mark mark = arena_mark(a);
		TRY(tag_worn_by(db, a, tag, last, worn, &n));
		struct person_id_list ids = {.v = NEW_ARRAY(a, struct person_id, n)};
		for (size_t i = 0; i < n && strcmp(worn[i].kind, "person") == 0; i++) ids.v[ids.n++].v = last.id = worn[i].id;
		TRY(index_all(db, a, ids));
		arena_reset(a, mark);
		if (ids.n < TAG_WORN_AT_ONCE) break;
	} while (n > 0);
	return OK;
}

enum err people_read_events(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	(void)ctx;
	struct person_id_list ids = {.v = NEW_ARRAY(a, struct person_id, n)};
	for (size_t i = 0; i < n; i++)
		if (tag_is_renamed(&e[i])) TRY(index_worn(db, a, (struct tag_id){e[i].object_id}));
		else ids.v[ids.n++].v = e[i].object_id;
	return index_all(db, a, ids);
}

/* ------------------------------------------------------------------------- asking */

struct find_group people_readers(struct arena *a, const struct actor *who) {
	struct find_group g = {.any = {.v = NEW_ARRAY(a, struct str, 2)}};
	g.any.v[g.any.n++] = who->is_staff ? STR(FIND_TOKEN "team") : STR(FIND_TOKEN "open");
	if (who->id.v != 0) g.any.v[g.any.n++] = str_fmt(a, FIND_TOKEN "p%" PRId64, who->id.v);
	return g;
}

struct str people_match(struct db *db, struct arena *a, const struct actor *who, struct str q, bool named) {
	enum find_engine e = db_engine(db) == DB_PG ? FIND_TSQUERY : FIND_FTS5;
	struct find_group readers = people_readers(a, who);
	struct find f;
	find_begins(a, q, PEOPLE_NAMED, &f);
	if (f.terms == 0) return STR_NONE;
	struct str names = find_match(a, e, &f, &readers, 1);
	if (named) return names;
	find_begins(a, q, "", &f);
	return find_either(a, e, names, find_match(a, e, &f, &readers, 1));
}
