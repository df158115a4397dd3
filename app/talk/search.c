/* Finding by words, and "has somebody said this already?". The index holds terms (text/similar.h), so both engines find the same;
 * only the newest matches are looked at, so a common word costs no more than a rare one. */
#include "talk/talk_int.h"
#include "text/similar.h"
#include "text/url.h"

enum { QUERY_TERMS = 12, LIKE_TERMS = 16, LIKE_LOOKED_AT = 300, ALIKE_LOOKED_AT = 100, LIKE_MOST = 5 };
#define LIKE_LEAST 0.34

/* Terms hold letters and digits only, so quoting them is enough for either engine. */
static struct str words_for(struct db *db, struct arena *a, struct text_list terms, bool all, bool last_begins) {
	bool pg = db_engine(db) == DB_PG;
	struct str s = STR("");
	for (size_t i = 0; i < terms.n; i++) {
		bool begins = last_begins && i + 1 == terms.n;
		const char *joint = i == 0 ? "" : pg ? (all ? " & " : " | ") : (all ? " AND " : " OR ");
		s = str_fmt(a, STR_FMT "%s%s" STR_FMT "%s%s", STR_ARG(s), joint, pg ? "'" : "\"", STR_ARG(terms.v[i]), pg
			? "'" : "\"",
		            begins ? (pg ? ":*" : "*") : "");
	}
	return s;
}

enum err search_ids(struct db *db, struct arena *a, struct str q, int most, struct int_list *ret) {
	struct text_list terms = similar_terms(a, q, QUERY_TERMS);
	*ret = (struct int_list){0};
	if (terms.n == 0) return OK;
	TRY(sql_talk_words_find(db, a, words_for(db, a, terms, true, true), most, ret));
	if (ret->n > 0 || terms.n == 1) return OK;
	return sql_talk_words_find(db, a, words_for(db, a, terms, false, false), most, ret);
}

/* The terms of a document: those of the subject, then behind "|" the others. */
static struct text_list terms_of(struct arena *a, struct str words, size_t *ret_subject) {
	struct text_list list = {.v = NEW_ARRAY(a, struct str, TERMS_MAX + 1), .n = 0};
	*ret_subject = SIZE_MAX;
	while (!str_none(words) && list.n < TERMS_MAX) {
		struct str word = str_cut(&words, ' ');
		if (str_is(word, "|")) *ret_subject = list.n;
		else if (word.n > 0) list.v[list.n++] = word;
	}
	if (*ret_subject > list.n) *ret_subject = list.n;
	return list;
}

struct alike {
	size_t at;             /* its place in what was looked at */
	double share;
};
struct alike_list { struct alike *v; size_t n; };

/* How alike: mostly the sentence itself, and a little what the rest of the report has of it. */
static double alike(struct arena *a, struct text_list wanted, struct str words) {
	size_t subject, common = 0;
	struct text_list all = terms_of(a, words, &subject);
	double share = similar_share(wanted, (struct text_list){.v = all.v, .n = subject});
	for (size_t i = 0; i < wanted.n; i++)
		for (size_t k = 0; k < all.n; k++)
			if (str_eq(wanted.v[i], all.v[k])) {
				common++;
				break;
			}
	return share * 0.7 + 0.3 * (double)common / (double)wanted.n;
}

static struct talk_like like_of(struct req *q, const struct talk_doc_row *row, double share) {
	return (struct talk_like){.id = row->id, .subject = row->subject, .status = row->status, .votes = row->votes,
		.voted = row->voted,
		.area = row->area, .url = url_path(q->a, "/conversations/%lld", (long long)row->id.v).s, .share = share, .open = row->open,
			.state = state_view(row->status),
		.voice = {.id = row->id, .subject = row->subject, .votes = row->votes, .voted = row->voted}};
}

/* Whether one belongs to the best so far, and where; makes room for it. */
static bool keep_best(struct alike_list *best, size_t most, struct alike one) {
	size_t at = best->n;
	while (at > 0 && best->v[at - 1].share < one.share) at--;
	if (at >= most) return false;
	if (best->n < most) best->n++;
	memmove(&best->v[at + 1], &best->v[at], (best->n - 1 - at) * sizeof one);
	best->v[at] = one;
	return true;
}

enum err search_similar(struct req *q, struct str text, int most, struct talk_like_list *ret) {
	struct text_list terms = similar_terms(q->a, text, LIKE_TERMS);
	struct alike_list best = {.v = NEW_ARRAY(q->a, struct alike, (size_t)most + 1)};
	*ret = (struct talk_like_list){0};
	if (terms.n == 0) return OK;
	struct int_list ids;
	struct talk_doc_row_list docs;
	TRY(sql_talk_words_find(q->db, q->a, words_for(q->db, q->a, terms, false, true), LIKE_LOOKED_AT, &ids));
	if (ids.n == 0) return OK;
	TRY(sql_talk_docs(q->db, q->a, ids, q->actor.id, q->actor.is_staff, LIKE_LOOKED_AT, &docs));
	for (size_t i = 0; i < docs.n; i++) {
		double share = alike(q->a, terms, docs.v[i].words);
		if (share >= LIKE_LEAST || terms.n == 1) keep_best(&best, (size_t)most,
			(struct alike){.at = i, .share = share});
	}
	ret->v = NEW_ARRAY(q->a, struct talk_like, best.n);
	for (size_t i = 0; i < best.n; i++) ret->v[ret->n++] = like_of(q, &docs.v[best.v[i].at], best.v[i].share);
	return OK;
}

enum err search_alike(struct req *q, struct conversation_id id, int most, struct talk_like_list *ret) {
	struct talk_doc_row_list docs;
	TRY(sql_talk_alike(q->db, q->a, id, q->actor.id, q->actor.is_staff, most, &docs));
	*ret = (struct talk_like_list){.v = NEW_ARRAY(q->a, struct talk_like, docs.n)};
	for (size_t i = 0; i < docs.n; i++) ret->v[ret->n++] = like_of(q, &docs.v[i], 0);
	return OK;
}

enum err talk_similar(struct req *q, const struct talk_similar_in *in, struct talk_similar *ret) {
	return search_similar(q, in->q, LIKE_MOST, &ret->data);
}

/* ------------------------------------------------------------------- the index */

static void add_terms(struct buf *b, struct text_list terms) {
	for (size_t i = 0; i < terms.n; i++) {
		if (b->n > 0) buf_add_char(b, ' ');
		buf_add(b, terms.v[i]);
	}
}

/* What is like it now; whatever was like its old words is forgotten. */
static enum err link_alike(struct db *db, struct arena *a, struct conversation_id id, struct str subject) {
	struct text_list terms = similar_terms(a, subject, LIKE_TERMS);
	struct alike best_room[LIKE_MOST + 1];
	struct alike_list best = {.v = best_room, .n = 0};
	struct int_list ids;
	struct talk_words_row_list docs;
	TRY(sql_talk_alike_clear(db, id, NULL));
	if (terms.n == 0) return OK;
	TRY(sql_talk_words_find(db, a, words_for(db, a, terms, false, false), ALIKE_LOOKED_AT, &ids));
	TRY(sql_talk_words_of(db, a, ids, ALIKE_LOOKED_AT, &docs));
	for (size_t i = 0; i < docs.n; i++) {
		double share = docs.v[i].id == id.v ? 0 : alike(a, terms, docs.v[i].words);
		if (share >= LIKE_LEAST) keep_best(&best, LIKE_MOST, (struct alike){.at = i, .share = share});
	}
	for (size_t i = 0; i < best.n; i++)
		TRY(sql_talk_alike_put(db, id, (struct conversation_id){docs.v[best.v[i].at].id}, best.v[i].share, NULL));
	return OK;
}

static enum err keep_words(struct db *db, struct arena *a, struct conversation_id id, struct str words) {
	struct talk_doc_kept was;
	int64_t doc;
	bool found;
	TRY(sql_talk_doc_get(db, a, id.v, &was, &found));
	if (found && str_eq(was.words, words)) return OK;
	if (found) TRY(sql_talk_text_drop(db, was.id, was.words, NULL));
	TRY(sql_talk_doc_put(db, id.v, words, &doc));
	return sql_talk_text_add(db, doc, words, NULL);
}

static enum err index_one(struct db *db, struct arena *a, struct conversation_id id) {
	struct talk_source_row row;
	bool found;
	struct buf b;
	TRY(sql_talk_doc_source(db, a, id, &row, &found));
	if (!found) return OK;
	buf_init(&b, 64 * 1024);
	add_terms(&b, similar_terms(a, row.subject, TERMS_MAX / 3));
	buf_add(&b, STR(" |"));
	struct str rest = str_fmt(a, STR_FMT " " STR_FMT, STR_ARG(row.body), STR_ARG(row.answer));
	add_terms(&b, similar_terms(a, rest, TERMS_MAX - TERMS_MAX / 3));
	enum err e = keep_words(db, a, id, buf_str(&b));
	buf_done(&b);
	return e == OK ? link_alike(db, a, id, row.subject) : e;
}

/* The conversation whose words an event may have changed; 0: none. */
static int64_t touched(const struct event *e) {
	bool words = strcmp(e->verb, "create") == 0 || strcmp(e->verb, "update") == 0;
	if (!words) return 0;
	if (strcmp(e->object_kind, "conversation") == 0) return e->object_id;
	return strcmp(e->object_kind, "message") == 0 && e->target_kind != NULL &&
		strcmp(e->target_kind, "conversation") == 0 ? e->target_id : 0;
}

bool talk_search_wants(const struct event *e) { return touched(e) != 0; }

enum err talk_search_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	(void)ctx;
	for (size_t i = 0; i < n; i++) {
		int64_t id = touched(&e[i]);
		bool again = false;
		for (size_t k = i + 1; k < n && !again; k++) again = id != 0 && touched(&e[k]) == id;
		if (id == 0 || again) continue;
		struct arena_mark mark = arena_mark(a);
		TRY(index_one(db, a, (struct conversation_id){id}));
		arena_reset(a, mark);
	}
	return OK;
}
