/* Searches that somebody keeps, and that tell when something new meets them. */
#include "base/clock.h"
#include "notice/notice.h"
#include "search/search_int.h"
#include "text/url.h"

enum { SAVED_MOST = 20, WATCHES_MOST = 20000, WAITING_MOST = 20 };
#define HISTORY HOURS(1)   /* what was said so long before its event is being loaded: nobody is told */

bool saved_has(const struct search_saved_view_list *list, struct str words, struct str type) {
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i].q, words) && str_eq(list->v[i].type, type)) return true;
	return false;
}

enum err saved_of(struct req *q, struct search_saved_view_list *ret) {
	struct saved_row_list rows;
	*ret = (struct search_saved_view_list){0};
	if (!req_logged_in(q)) return OK;
	TRY(sql_saved_list(q->db, q->a, q->actor.id, SAVED_MOST, &rows));
	ret->v = NEW_ARRAY(q->a, struct search_saved_view, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct saved_row *r = &rows.v[i];
		ret->v[ret->n++] = (struct search_saved_view){.id = r->id, .q = r->words, .type = r->type, .created_at = r->created_at,
			.url = search_here(q, r->type, r->words)};
	}
	return OK;
}

enum err search_saved_list(struct req *q, struct search_saved_list *ret) {
	ret->next = STR_NONE;
	return saved_of(q, &ret->data);
}

enum err search_save(struct req *q, const struct search_save_in *in, struct search_saved_view *ret) {
	struct search_saved_view_list have;
	struct find *f = arena_alloc(q->a, sizeof *f);
	struct str words = str_trim(in->q), type = str_none(in->type) ? STR("") : in->type;
	int64_t added;
	find_read(q->a, words, f);
	if (!find_asks(f)) return req_invalid(q, "q", T("Say what you look for."));
	TRY(saved_of(q, &have));
	if (have.n >= SAVED_MOST && !saved_has(&have, words, type))
		return req_invalid(q, "q", T("You keep 20 searches already. Remove one of them first."));
	TRY(sql_saved_put(q->db, q->actor.id, words, type, clock_now(), &added));
	TRY(saved_of(q, &have));
	for (size_t i = 0; i < have.n; i++)
		if (str_eq(have.v[i].q, words) && str_eq(have.v[i].type, type)) *ret = have.v[i];
	if (!q->api) {
		req_redirect(q, search_here(q, type, words));
		req_say(q, T("We tell you when something new meets it."));
	}
	return added > 0 ? req_event(q, "create", "search", ret->id.v, NULL, 0, AUDIENCE_PRIVATE, STR("{}")) : OK;
}

enum err search_forget(struct req *q, const struct search_forget_in *in) {
	int64_t gone;
	TRY(sql_saved_drop(q->db, in->id, q->actor.id, &gone));
	return gone > 0 ? req_event(q, "delete", "search", in->id.v, NULL, 0, AUDIENCE_PRIVATE, STR("{}")) : ERR_NOT_FOUND;
}

/* ------------------------------------------------------------------------- telling */

struct fresh {
	const char *kind;                        /* of the thing */
	bool person;                             /* of whom all documents are asked */
	int64_t id, doc;
	const struct event *e;
	struct conversation_id conversation;     /* of what is said */
};

struct news {
	struct fresh *v;
	size_t n;
	struct int_list docs, people;
};

/* A file that came to be seen, or a new version of one, is new, too. */
static bool makes(const struct event *e, const char *kind) {
	bool shared = strcmp(kind, "document") == 0 && strcmp(e->verb, "update") == 0;
	return strcmp(e->object_kind, kind) == 0 && (shared || strcmp(e->verb, "create") == 0);
}

static void add(struct news *ret, struct fresh f) {
	struct int_list *ids = f.person ? &ret->people : &ret->docs;
	ids->v[ids->n++] = f.person ? f.id : f.doc;
	ret->v[ret->n++] = f;
}

/* One document of what an event made, if the index has it. */
static enum err add_doc(struct db *db, struct arena *a, const struct event *e, const char *word, const char *kind, struct news *ret) {
	struct find_doc_row d;
	bool there, message = strcmp(kind, "message") == 0, said = message || strcmp(kind, "conversation") == 0, promise = strcmp(kind, "expectation") == 0;
	TRY(sql_find_doc_get(db, a, str_c(word), e->object_id, &d, &there));
	if (!there || ((said || promise) && d.id / IDS_OF_A_SECOND < (e->at - HISTORY) / 1000000)) return OK;
	struct conversation_id in = {message ? e->target_id : said ? e->object_id : 0};
	add(ret, (struct fresh){.kind = kind, .id = e->object_id, .doc = d.id, .e = e, .conversation = in});
	return OK;
}

/* What some events made that is new in truth, by the index. */
static enum err find_fresh(struct db *db, struct arena *a, const struct event *e, size_t n, struct news *ret) {
	static const struct { const char *word, *kind; } docs[] = {{"conversation", "conversation"}, {"message", "message"}, {"record", "record"}, {"record-team", "record"},
		{"document", "document"}, {"organization", "organization"}, {"organization-name", "organization"}, {"call", "call"},
		{"expectation", "expectation"}};
	*ret = (struct news){.v = NEW_ARRAY(a, struct fresh, n * 2), .docs.v = NEW_ARRAY(a, int64_t, n * 2), .people.v = NEW_ARRAY(a, int64_t, n)};
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof docs / sizeof *docs; k++)
			if (makes(&e[i], docs[k].kind)) TRY(add_doc(db, a, &e[i], docs[k].word, docs[k].kind, ret));
		if (makes(&e[i], "person")) add(ret, (struct fresh){.kind = "person", .person = true, .id = e[i].object_id, .e = &e[i]});
	}
	return OK;
}

static bool has(struct int_list l, int64_t id) {
	for (size_t i = 0; i < l.n; i++)
		if (l.v[i] == id) return true;
	return false;
}

static enum err tell(struct req *q, const struct watch_row *w, const struct fresh *f) {
	struct document_id document = {strcmp(f->kind, "document") == 0 ? f->id : 0};
	struct expectation_id promise = {strcmp(f->kind, "expectation") == 0 ? f->id : 0};
	if (f->e->actor.v == w->person_id.v) return OK;
	if (f->conversation.v != 0) return sql_saved_tell(q->db, w->person_id, f->e->seq, f->conversation, w->id, f->e->at, NULL);
	return sql_saved_tell_thing(q->db, w->person_id, w->staff, f->e->seq, str_c(f->kind), f->id, document, promise, w->id, f->e->at, WAITING_MOST, NULL);
}

static enum err tell_one(struct req *q, const struct watch_row *w, const struct news *news) {
	struct asked x;
	struct int_list docs = {0}, people = {0};
	TRY(asked_read(q, w->words, w->type, &x));
	if (x.things && news->docs.n > 0) TRY(asked_fresh(q, &x, news->docs, &docs));
	if (x.people && news->people.n > 0) TRY(asked_fresh_people(q, &x, news->people, &people));
	for (size_t i = 0; i < news->n && docs.n + people.n > 0; i++) {
		const struct fresh *f = &news->v[i];
		bool met = f->person ? has(people, f->id) : f->doc >= x.first && f->doc < x.before && has(docs, f->doc);
		if (met) TRY(tell(q, w, f));
	}
	return OK;
}

enum err saved_tell(struct db *db, struct arena *a, const struct event *e, size_t n) {
	struct news news;
	struct watch_row_list watches;
	TRY(find_fresh(db, a, e, n, &news));
	if (news.n == 0) return OK;
	TRY(sql_saved_watches(db, a, WATCHES_MOST, &watches));
	for (size_t i = 0; i < watches.n; i++) {
		const struct watch_row *w = &watches.v[i];
		struct arena_mark mark = arena_mark(a);
		struct req q = {.db = db, .a = a, .actor = {.id = w->person_id, .is_staff = w->staff, .role = w->staff ? ROLE_AGENT : ROLE_CUSTOMER}};
		TRY(tell_one(&q, w, &news));
		arena_reset(a, mark);
	}
	return watches.n > 0 ? notice_mail_due(db) : OK;
}
