/* The page and the call that find things. Two questions are asked: people by name (app/people), all else of the index. */
#include "access/access.h"
#include "people/people.h"
#include "record/record.h"
#include "search/search_int.h"
#include "talk/talk.h"
#include "text/markdown.h"
#include "text/url.h"
#include "text/utf8.h"
#include <inttypes.h>

enum { PEOPLE_MOST = 5, PAGE_MOST = 30, SNIPPET_CHARS = 180, SNIPPET_BEFORE = 60, BODY_CHARS = 20000 };

/* -------------------------------------------------------------------- what is shown */

static void pieces(struct req *q, const struct find *f, struct str text, struct search_piece_list *ret) {
	struct find_marks *marks = arena_alloc(q->a, sizeof *marks);
	size_t at = 0;
	find_marks(q->a, f, text, marks);
	*ret = (struct search_piece_list){.v = NEW_ARRAY(q->a, struct search_piece, 2 * marks->n + 1)};
	for (size_t i = 0; i < marks->n; i++) {
		const struct find_mark *m = &marks->v[i];
		if (m->at > at) ret->v[ret->n++] = (struct search_piece){.text = str_first(str_from(text, at), m->at - at)};
		ret->v[ret->n++] = (struct search_piece){.text = str_first(str_from(text, m->at), m->length), .hit = true};
		at = m->at + m->length;
	}
	if (at < text.n) ret->v[ret->n++] = (struct search_piece){.text = str_from(text, at)};
}

/* The part of a text where the first of the words stands, beginning and ending with whole words. */
static struct str part_of(struct req *q, const struct find *f, struct str text) {
	struct find_marks *marks = arena_alloc(q->a, sizeof *marks);
	find_marks(q->a, f, text, marks);
	size_t from = marks->n > 0 && marks->v[0].at > SNIPPET_BEFORE ? marks->v[0].at - SNIPPET_BEFORE : 0;
	while (from > 0 && from < text.n && text.p[from - 1] != ' ' && marks->v[0].at > from) from++;
	while (from < text.n && ((unsigned char)text.p[from] & 0xC0) == 0x80) from++;
	struct str rest = str_from(text, from), part = utf8_first(rest, SNIPPET_CHARS);
	if (part.n < rest.n) {
		size_t n = part.n;
		while (n > part.n / 2 && part.p[n - 1] != ' ') n--;
		part.n = n > part.n / 2 ? n - 1 : part.n;
	}
	return str_fmt(q->a, "%s" STR_FMT "%s", from > 0 ? "…" : "", STR_ARG(part), part.n < rest.n ? "…" : "");
}

static void show_texts(struct req *q, const struct find *f, struct str title, struct str text, struct search_item *it) {
	it->title = title;
	it->snippet = part_of(q, f, text);
	pieces(q, f, title, &it->names);
	pieces(q, f, it->snippet, &it->pieces);
}

static void put_fact(struct req *q, struct str *text, struct str fact) {
	if (str_empty(fact)) return;
	*text = str_fmt(q->a, STR_FMT "%s" STR_FMT, STR_ARG(*text), text->n ? " · " : "", STR_ARG(fact));
}

static const char *said_word(struct str kind) {
	static const char *const words[][2] = {{"problem", T("Problem")}, {"need", T("Need")}, {"idea", T("Idea")}, {"question", T("Question")},
		{"discussion", T("Discussion")}, {"praise", T("Praise")}, {"query", T("Question about a record")}, {"direct", T("Direct message")},
		{"group", T("Group message")}, {"deal", T("Deal")}, {"room", T("Room")}, {"call", T("Telephone call")}, {"promise", T("Promise")}, {"task", T("Task")}, {"comment", T("Comment")}, {"note", T("Internal note")}, {"answer", T("Answer")},
		{"status", T("Change of state")}, {"not_fixed", T("Not fixed for me")}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(kind, words[i][0])) return words[i][1];
	return T("Message");
}

static void show_said(struct req *q, const struct find *f, const struct find_said_row *r, bool message, struct search_item *it) {
	show_texts(q, f, r->subject, markdown_text(q->a, r->body, BODY_CHARS), it);
	it->at = r->at;
	it->author.id = r->author_id;
	it->author.name = r->author;
	it->kind = str_c(TRQ(q, said_word(r->kind)));
	it->note = str_is(r->kind, "note") || str_is(r->visibility, "staff");
	it->private = str_is(r->visibility, "private");
	it->hidden = r->hidden;
	if (str_is(r->kind, "promise")) it->url = url_path(q->a, "/expectations/%" PRId64, r->id);
	else if (str_is(r->kind, "task")) it->url = url_path(q->a, "/tasks/%" PRId64, r->id);
	else if (str_is(r->kind, "call")) it->url = url_path(q->a, "/calls/%" PRId64, r->id);
	else it->url = message ? url_path(q->a, "/conversations/%" PRId64 "#m%" PRId64, r->conversation_id.v, r->id) : url_path(q->a, "/conversations/%" PRId64, r->id);
}

static enum err show_record(struct req *q, const struct find *f, const struct record_row *r, struct search_item *it) {
	struct record_fact_list facts;
	struct str text = STR("");
	const struct pack_type *t = record_type(q, r->type);
	TRY(record_facts(q, r, &facts));
	for (size_t i = 0; i < facts.n; i++)
		if (facts.v[i].value.n > 0)
			text = str_fmt(q->a, STR_FMT "%s" STR_FMT ": " STR_FMT, STR_ARG(text), text.n ? " · " : "", STR_ARG(facts.v[i].label), STR_ARG(facts.v[i].value));
	show_texts(q, f, r->title, text, it);
	it->at = r->at;
	it->kind = t ? pack_say(&t->label, q->locale.lang) : r->type;
	it->amount = r->amount.has ? say_money(q->a, &q->locale, r->amount.v, q->business->currency) : STR("");
	it->url = url_path(q->a, "/records/%" PRId64, r->id.v);
	return OK;
}

static void show_document(struct req *q, const struct find *f, const struct find_document_row *r, struct search_item *it) {
	show_texts(q, f, r->name, r->text, it);
	it->at = r->at;
	it->author.id = r->author_id;
	it->author.name = r->author;
	it->kind = str_c(TRQ(q, T("Document")));
	it->note = !r->shared;
	it->url = url_path(q->a, "/documents/%" PRId64, r->id);
}

static void show_organization(struct req *q, const struct find *f, const struct find_organization_row *r, struct search_item *it) {
	struct str text = STR("");
	const struct str facts[] = {r->address, r->phone, r->email, r->web, r->notes};
	for (size_t i = 0; q->actor.is_staff && i < sizeof facts / sizeof *facts; i++) put_fact(q, &text, facts[i]);
	show_texts(q, f, r->name, text, it);
	it->type = STR("organization");
	it->kind = str_c(str_is(r->kind, "firm") ? TRQ(q, T("Firm")) : TRQ(q, T("Household")));
	it->url = url_path(q->a, "/organizations/%" PRId64, r->id);
}

static struct int_list ids_of(struct req *q, const struct find_hit_list *hits, const char *kind) {
	struct int_list ids = {.v = NEW_ARRAY(q->a, int64_t, hits->n)};
	for (size_t i = 0; i < hits->n; i++)
		if (str_starts(hits->v[i].kind, str_c(kind))) ids.v[ids.n++] = hits->v[i].object_id;
	return ids;
}

/* What was found, as it is now. */
struct shown {
	const struct find *find;
	struct find_said_row_list talk, said, calls, promises, tasks;
	struct find_document_row_list documents;
	struct find_organization_row_list bodies;
};

static enum err read_shown(struct req *q, const struct find_hit_list *hits, struct shown *s) {
	struct talk_subjects subjects;
	int most = (int)hits->n + 1;
	struct person_id me = q->actor.id;
	bool staff = q->actor.is_staff;
	TRY(sql_find_said_conversations(q->db, q->a, ids_of(q, hits, "conversation"), me, staff, most, &s->talk));
	TRY(sql_find_said_messages(q->db, q->a, ids_of(q, hits, "message"), me, staff, most, &s->said));
	TALK_SUBJECTS(q->a, &s->talk, conversation_id, subject, subjects);
	TRY(talk_subjects_here(q, subjects));
	TALK_SUBJECTS(q->a, &s->said, conversation_id, subject, subjects);
	TRY(talk_subjects_here(q, subjects));
	TRY(sql_find_calls(q->db, q->a, ids_of(q, hits, "call"), me, staff, most, &s->calls));
	TRY(sql_find_promises(q->db, q->a, ids_of(q, hits, "expectation"), me, staff, most, &s->promises));
	TRY(sql_find_tasks(q->db, q->a, ids_of(q, hits, "task"), me, staff, most, &s->tasks));
	TRY(sql_find_documents(q->db, q->a, ids_of(q, hits, "document"), me, staff, most, &s->documents));
	return sql_find_organizations(q->db, q->a, ids_of(q, hits, "organization"), me, staff, most, &s->bodies);
}

#define SHOWN(list, hit, ...)                               \
	for (size_t k = 0; k < (list)->n && !*ret_there; k++) { \
		*ret_there = (list)->v[k].id == (hit)->object_id;   \
		if (*ret_there) __VA_ARGS__;                        \
	}

static enum err show_hit(struct req *q, const struct shown *s, const struct find_hit *h, struct search_item *it, bool *ret_there) {
	*ret_there = false;
	*it = (struct search_item){.type = h->kind, .id = h->object_id, .amount = STR("")};
	if (str_starts(h->kind, STR("record"))) {
		it->type = STR("record");
		struct record_row row;
		enum err e = record_seen(q, (struct record_id){h->object_id}, &row);
		if (e != OK && e != ERR_NOT_FOUND) return e;
		*ret_there = e == OK;
		return *ret_there ? show_record(q, s->find, &row, it) : OK;
	}
	bool message = str_is(h->kind, "message");
	const struct { const char *kind; const struct find_said_row_list *list; } lists[] = {{"message", &s->said}, {"call", &s->calls}, {"expectation", &s->promises}, {"task", &s->tasks}};
	const struct find_said_row_list *said = &s->talk;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (str_is(h->kind, lists[i].kind)) said = lists[i].list;
	if (str_is(h->kind, "document")) SHOWN(&s->documents, h, show_document(q, s->find, &s->documents.v[k], it))
	else if (str_starts(h->kind, STR("organization"))) SHOWN(&s->bodies, h, show_organization(q, s->find, &s->bodies.v[k], it))
	else SHOWN(said, h, show_said(q, s->find, &said->v[k], message, it))
	return OK;
}

static enum err show_hits(struct req *q, const struct find *f, const struct find_hit_list *hits, struct search_item_list *ret) {
	struct shown s = {.find = f};
	TRY(read_shown(q, hits, &s));
	*ret = (struct search_item_list){.v = NEW_ARRAY(q->a, struct search_item, hits->n)};
	for (size_t i = 0; i < hits->n; i++) {
		bool there;
		TRY(show_hit(q, &s, &hits->v[i], &ret->v[ret->n], &there));
		ret->n += there;
	}
	return OK;
}

/* ------------------------------------------------------------------------- people */

static void put_facts(struct req *q, struct str *text, const struct text_list *facts) {
	for (size_t i = 0; i < facts->n; i++) put_fact(q, text, facts->v[i]);
}

/* All that the reader sees of somebody. */
static struct str facts_of(struct req *q, const struct person_view *p) {
	struct str text = STR("");
	put_fact(q, &text, p->customer_no);
	put_fact(q, &text, p->title);
	if (!str_eq(p->public_name, p->name)) put_fact(q, &text, p->public_name);
	put_facts(q, &text, &p->emails);
	put_facts(q, &text, &p->phones);
	put_facts(q, &text, &p->addresses);
	put_facts(q, &text, &p->tags);
	put_fact(q, &text, p->languages);
	put_fact(q, &text, p->hours);
	put_fact(q, &text, p->birthday);
	put_fact(q, &text, p->about);
	put_fact(q, &text, p->staff_notes);
	for (size_t i = 0; i < p->fields.n; i++)
		if (!str_empty(p->fields.v[i].shown)) put_fact(q, &text, str_fmt(q->a, STR_FMT ": " STR_FMT, STR_ARG(p->fields.v[i].label), STR_ARG(p->fields.v[i].shown)));
	return text;
}

/* Those who are called so come first, then whoever has the words elsewhere. */
static enum err pick_people(struct req *q, const struct asked *x, struct str typed, int most, struct find_person_list *ret) {
	struct find_person_list named = {0}, other = {0};
	if (x->things) TRY(asked_named(q, x, most, &named));
	if ((int)named.n < most) TRY(asked_people(q, x, typed, most, &other));
	*ret = (struct find_person_list){.v = NEW_ARRAY(q->a, struct find_person, named.n + other.n)};
	for (size_t i = 0; i < named.n + other.n && ret->n < (size_t)most; i++) {
		struct find_person one = i < named.n ? named.v[i] : other.v[i - named.n];
		bool there = false;
		for (size_t k = 0; k < ret->n; k++) there |= ret->v[k].person_id.v == one.person_id.v;
		if (!there) ret->v[ret->n++] = one;
	}
	return OK;
}

static enum err show_people(struct req *q, const struct asked *x, struct str typed, struct find_person_list hits, struct search_item_list *ret) {
	struct person_view_list people;
	struct person_id_list ids = {.v = NEW_ARRAY(q->a, struct person_id, hits.n)};
	while (ids.n < hits.n) ids.v[ids.n] = hits.v[ids.n].person_id, ids.n++;
	if (req_is_staff(q)) access_audit_later(q, "search", "person", 0, typed);
	TRY(people_views(q->db, q->a, &q->actor, q->business, &q->locale, ids, &people));
	ret->v = NEW_ARRAY(q->a, struct search_item, people.n);
	for (size_t i = 0; i < people.n; i++) {
		const struct person_view *p = &people.v[i];
		struct search_item *it = &ret->v[ret->n++];
		*it = (struct search_item){.type = STR("person"), .id = p->id.v, .url = p->url, .kind = STR(""), .amount = STR("")};
		show_texts(q, &x->find, p->name, facts_of(q, p), it);
	}
	return OK;
}

static enum err find_people(struct req *q, const struct asked *x, struct str typed, int most, struct search_item_list *ret, struct str *ret_next) {
	struct find_person_list hits;
	if (!x->people) return OK;
	TRY(pick_people(q, x, typed, most + 1, &hits));
	if (hits.n > (size_t)most) {
		hits.n = (size_t)most;
		*ret_next = str_fmt(q->a, "%" PRId64, hits.v[hits.n - 1].id);
	}
	return show_people(q, x, typed, hits, ret);
}

/* --------------------------------------------------------------------------- page */

static enum err find_things(struct req *q, const struct asked *x, int most, struct search_item_list *ret, struct str *ret_next) {
	struct find_hit_list hits;
	if (!x->things) return OK;
	TRY(asked_hits(q, x, most + 1, &hits));
	if (hits.n > (size_t)most) {
		hits.n = (size_t)most;
		*ret_next = str_fmt(q->a, "%" PRId64, hits.v[hits.n - 1].id);
	}
	return show_hits(q, &x->find, &hits, ret);
}

struct url search_here(struct req *q, struct str type, struct str words) {
	struct url u = url_path(q->a, "/search");
	if (type.n > 0) u = url_with(q->a, u, "type", type);
	return words.n > 0 ? url_with(q->a, u, "q", words) : u;
}

/* ------------------------------------------------------------------------- tags */

static struct str tagged_words(struct req *q, struct str tag, const char *kind) {
	bool quotes = memchr(tag.p, '"', tag.n) != NULL;   /* it would end there */
	struct str word = quotes ? find_squeeze(q->a, tag) : tag;
	return str_fmt(q->a, kind ? "tag:\"" STR_FMT "\" in:%s" : "tag:\"" STR_FMT "\"", STR_ARG(word), kind);
}

struct url search_tagged_here(struct req *q, struct str tag, const char *kind) { return search_here(q, STR(""), tagged_words(q, tag, kind)); }

enum err search_tagged(struct req *q, struct str tag, const char *kind, int most, int counted, struct search_item_list *ret, int64_t *ret_n) {
	struct asked x;
	struct find_person_list people = {0};
	struct find_hit_list hits = {0};
	struct str typed = tagged_words(q, tag, NULL);
	*ret = (struct search_item_list){0};
	TRY(asked_read(q, typed, str_c(kind), &x));
	if (x.people) TRY(asked_people(q, &x, typed, counted, &people));
	else if (x.things) TRY(asked_hits(q, &x, counted, &hits));
	*ret_n = (int64_t)(people.n + hits.n);
	if (people.n > (size_t)most) people.n = (size_t)most;
	if (hits.n > (size_t)most) hits.n = (size_t)most;
	if (people.n > 0) return show_people(q, &x, typed, people, ret);
	return hits.n > 0 ? show_hits(q, &x.find, &hits, ret) : OK;
}

static void add_choices(struct req *q, const struct asked *x, struct search_page *ret) {
	static const char *const types[] = {"", "person", "conversation", "message", "document", "record"},
		*const words[] = {T("All"), T("People"), T("Conversations"), T("Messages"), T("Documents"), T("Records")};
	ret->choices.v = NEW_ARRAY(q->a, struct search_choice, 6);
	for (int i = 0; i < 6; i++) {
		if (i >= 4 && !req_logged_in(q)) continue;
		if (i == 5 && !q->business->keeps_records) continue;
		ret->choices.v[ret->choices.n++] = (struct search_choice){.url = search_here(q, str_c(types[i]), ret->q), .word = str_c(words[i]),
			.here = str_is(x->type, types[i])};
	}
}

static void together(struct req *q, struct search_page *ret) {
	ret->data.v = NEW_ARRAY(q->a, struct search_item, ret->people.n + ret->items.n);
	for (size_t i = 0; i < ret->people.n; i++) ret->data.v[ret->data.n++] = ret->people.v[i];
	for (size_t i = 0; i < ret->items.n; i++) ret->data.v[ret->data.n++] = ret->items.v[i];
}

/* Behind the page before: things behind an id of the index, people behind a person. */
static enum err go_on(struct req *q, struct str cursor, struct asked *x) {
	int64_t place;
	if (str_empty(cursor)) return OK;
	if (!str_int(cursor, &place)) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	if (x->things && place < x->before) x->before = place;
	if (x->things) x->people = false;   /* they stand on the first page */
	else if (place < x->people_before) x->people_before = place;
	return OK;
}

enum err search_show(struct req *q, const struct search_show_in *in, struct search_page *ret) {
	struct asked x;
	int most = q->api ? (int)in->limit : PAGE_MOST;
	struct str more_people = STR_NONE;
	TRY(asked_read(q, in->q, in->type, &x));
	TRY(go_on(q, in->cursor, &x));
	ret->next = STR_NONE;
	ret->q = str_none(in->q) ? STR("") : str_trim(in->q);
	ret->type = x.type;
	ret->asked = find_asks(&x.find);
	ret->staff = req_is_staff(q);
	ret->wrong = str_none(x.find.wrong) ? STR("") : x.find.wrong;
	ret->typing = search_here(q, x.type, STR(""));
	if (q->api && ret->wrong.n > 0) return req_invalid(q, "q", T("A date is a year, a month or a day: 2026, 2026-05, 2026-05-12."));
	TRY(find_people(q, &x, ret->q, x.things ? PEOPLE_MOST : most, &ret->people, x.things ? &more_people : &ret->next));
	TRY(find_things(q, &x, most, &ret->items, &ret->next));
	together(q, ret);
	add_choices(q, &x, ret);
	if (!str_none(more_people)) ret->all = search_here(q, STR("person"), ret->q);
	if (!str_none(ret->next)) ret->more = url_with(q->a, search_here(q, x.type, ret->q), "cursor", ret->next);
	bool may_save = req_logged_in(q) && ret->asked && x.things && !str_is(x.type, "record") && !str_is(x.type, "document");
	if (may_save || !ret->asked) TRY(saved_of(q, &ret->saved));
	ret->may_save = may_save && !saved_has(&ret->saved, ret->q, x.type);
	q->page.nav = STR("search");
	return OK;
}
