/* Who is named in what was said. */
#include "mention/mention.h"
#include "routes.h"
#include "sql/access.h"
#include "sql/mention.h"
#include "text/markdown.h"
#include "text/url.h"
#include "text/utf8.h"
#include <inttypes.h>

enum { PEOPLE_MOST = 2000, ROWS_MOST = 2000 };

/* ------------------------------------------------------------------ who is meant */

struct meant {
	struct person_id id;                   /* 0: several are called so */
	struct str name;                       /* as it stands there */
	bool sees;
};
struct meant_list { struct meant *v; size_t n; };

/* The name with the number of the profile, which tells two of one name apart. */
static struct str numbered(struct arena *a, struct str name, struct person_id id) { return str_fmt(a, STR_FMT " (%" PRId64 ")", STR_ARG(name), id.v); }

static size_t length_of_name(struct arena *a, struct str words, struct str name, struct person_id id) {
	size_t n = markdown_name_at(a, words, name), more = n == 0 ? 0 : markdown_name_at(a, words, numbered(a, name, id));
	return more > n ? more : n;
}

static size_t length_of(struct arena *a, struct str words, const struct mention_person *p) {
	size_t n = length_of_name(a, words, p->name, p->id), own = str_eq(p->name, p->own_name) ? 0 : length_of_name(a, words, p->own_name, p->id);
	return own > n ? own : n;
}

/* The longest name that fits; nobody when several have it. */
static struct meant meant_at(struct arena *a, struct str words, const struct mention_person_list *people) {
	struct meant best = {.name = STR("")};
	for (size_t i = 0; i < people->n; i++) {
		struct arena_mark m = arena_mark(a);
		size_t n = length_of(a, words, &people->v[i]);
		arena_reset(a, m);
		if (n == 0 || n < best.name.n) continue;
		bool several = n == best.name.n;
		best = (struct meant){.id = several ? (struct person_id){0} : people->v[i].id, .name = str_first(words, n), .sees = people->v[i].sees};
	}
	return best;
}

static bool is_there(const struct meant_list *list, const struct meant *m) {
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].id.v == m->id.v && (m->id.v != 0 || str_eq(list->v[i].name, m->name))) return true;
	return false;
}

static enum err find_meant(struct db *db, struct arena *a, const struct mention_said *said, struct meant_list *ret) {
	struct mention_person_list people;
	struct text_list names = markdown_names(a, said->body);
	*ret = (struct meant_list){.v = NEW_ARRAY(a, struct meant, names.n)};
	if (names.n == 0 || said->author_id.v == 0) return OK;
	TRY(sql_mention_people(db, a, said->conversation_id, said->note, said->author_id, said->staff, PEOPLE_MOST, &people));
	for (size_t i = 0; i < names.n; i++) {
		struct meant m = meant_at(a, names.v[i], &people);
		if (!str_empty(m.name) && !is_there(ret, &m)) ret->v[ret->n++] = m;
	}
	return OK;
}

static enum err said_at(struct db *db, struct arena *a, struct mention_place at, struct mention_said *ret) {
	return at.message.v != 0 ? sql_mention_said(db, a, at.message, ret) : sql_mention_begun(db, a, at.conversation, ret);
}

/* Whoever is meant twice, by two of their names, stands there once. */
static bool is_kept(const struct meant_list *meant, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (meant->v[i].id.v == meant->v[n].id.v) return true;
	return false;
}

enum err mention_keep(struct db *db, struct arena *a, struct mention_place at) {
	struct mention_said said;
	struct meant_list meant;
	TRY(said_at(db, a, at, &said));
	TRY(find_meant(db, a, &said, &meant));
	if (at.message.v != 0) at.conversation.v = 0;
	TRY(sql_mention_drop(db, at.message, at.conversation, NULL));
	for (size_t i = 0; i < meant.n; i++)
		if (meant.v[i].id.v != 0 && meant.v[i].sees && !is_kept(&meant, i))
			TRY(sql_mention_put(db, at.message, at.conversation, meant.v[i].id, meant.v[i].name));
	return OK;
}

/* ------------------------------------------------------- what the author hears */

static const char *way_to(const struct mention_said *said) {
	if (said->note) return T("A note is for the team only.");
	if (str_is(said->kind, "direct")) return T("It is between the two of you: write to them in a message of its own.");
	if (str_is(said->kind, "room")) return T("Add them under “Who is in it”, then mention them again.");
	if (str_is(said->kind, "deal")) return T("Add them to the people of this record, then mention them again.");
	return T("Ask them to take part, then mention them again.");
}

static struct str joined(struct arena *a, struct str all, struct str more, const char *between) {
	return str_empty(all) ? more : str_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(all), between, STR_ARG(more));
}

static void say_not_told(struct req *q, const struct mention_said *said, struct str unseeing, struct str unclear) {
	struct str all = STR("");
	if (!str_empty(unseeing)) {
		all = tr_fill(q->a, TRQ(q, T("Not told, since they cannot read this: {names}.")), "names", str_z(q->a, unseeing), NULL);
		if (q->actor.is_staff || str_is(said->kind, "direct")) all = joined(q->a, all, str_c(TRQ(q, way_to(said))), " ");
	}
	if (!str_empty(unclear)) all = joined(q->a, all, tr_fill(q->a, TRQ(q, T("Not told, since several are called so: {names}.")), "names",
		str_z(q->a, unclear), NULL), " ");
	if (!str_empty(all)) req_say(q, str_z(q->a, all));
}

enum err mention_tell(struct req *q, struct mention_place at, struct mention_view_list *ret) {
	struct mention_said said;
	struct meant_list meant;
	struct str unseeing = STR(""), unclear = STR("");
	TRY(said_at(q->db, q->a, at, &said));
	TRY(find_meant(q->db, q->a, &said, &meant));
	struct mention_view *all = NEW_ARRAY(q->a, struct mention_view, ret->n + meant.n);
	for (size_t i = 0; i < ret->n; i++) all[i] = ret->v[i];
	ret->v = all;
	for (size_t i = 0; i < meant.n; i++) {
		const struct meant *m = &meant.v[i];
		if (m->id.v != 0 && m->sees) continue;
		struct str *list = m->id.v == 0 ? &unclear : &unseeing;
		*list = joined(q->a, *list, m->name, ", ");
		ret->v[ret->n++] = (struct mention_view){.person_id = m->id, .name = m->name};
	}
	say_not_told(q, &said, unseeing, unclear);
	return OK;
}

/* ------------------------------------------------------------------ how it is shown */

static void show_one(struct req *q, const struct mention_words *w, const struct mention_row_list *rows) {
	struct markdown_name *names = NEW_ARRAY(q->a, struct markdown_name, rows->n);
	struct mention_view *views = NEW_ARRAY(q->a, struct mention_view, rows->n);
	size_t n = 0;
	for (size_t i = 0; i < rows->n; i++) {
		const struct mention_row *r = &rows->v[i];
		if (r->message_id.v != w->id.v) continue;
		names[n] = (struct markdown_name){.name = r->name};
		views[n] = (struct mention_view){.person_id = r->shown ? r->person_id : (struct person_id){0}, .name = r->name, .told = true};
		if (r->shown) names[n].to = url_path(q->a, "/people/%" PRId64, r->person_id.v);
		req_depends(q, "person", r->person_id.v);
		n++;
	}
	if (n == 0) return;
	*w->html = markdown_html_named(q->a, w->body, names, n);
	if (w->mentions != NULL) *w->mentions = (struct mention_view_list){.v = views, .n = n};
}

enum err mention_show(struct req *q, struct conversation_id conversation, const struct mention_words *words, size_t n) {
	struct mention_row_list rows;
	struct int_list ids = {.v = NEW_ARRAY(q->a, int64_t, n)};
	for (size_t i = 0; i < n; i++)
		if (mention_possible(words[i].body)) ids.v[ids.n++] = words[i].id.v;
	if (ids.n == 0) return OK;
	TRY(sql_mention_rows(q->db, q->a, ids, conversation, q->actor.id, q->actor.is_staff, ROWS_MOST, &rows));
	for (size_t i = 0; rows.n > 0 && i < n; i++)
		if (mention_possible(words[i].body)) show_one(q, &words[i], &rows);
	return OK;
}

/* ------------------------------------------------------------------ as one types */

/* Whether a word of the name begins so. */
static bool begins(struct str name, struct str typed) {
	for (struct str rest = name; !str_none(rest); str_cut(&rest, ' '))
		if (str_starts(rest, typed)) return true;
	return false;
}

static bool is_only_one(const struct str *folded, size_t n, size_t at) {
	for (size_t i = 0; i < n; i++)
		if (i != at && str_eq(folded[i], folded[at])) return false;
	return true;
}

enum err mention_choices(struct req *q, const struct mention_choices_in *in, struct mention_choices *ret) {
	struct conversation_id id;
	struct mention_person_list people;
	bool found;
	TRY(sql_access_sees_conversation(q->db, in->id, q->actor.id, q->actor.is_staff, &id, &found));
	if (!found || (in->note && !q->actor.is_staff)) return ERR_NOT_FOUND;
	TRY(sql_mention_people(q->db, q->a, in->id, in->note, q->actor.id, q->actor.is_staff, PEOPLE_MOST, &people));
	struct str typed = str_empty(in->q) ? STR("") : utf8_fold(q->a, in->q), *folded = NEW_ARRAY(q->a, struct str, people.n);
	for (size_t i = 0; i < people.n; i++) folded[i] = utf8_fold(q->a, people.v[i].name);
	ret->next = STR_NONE;
	ret->data.v = NEW_ARRAY(q->a, struct mention_choice, people.n);
	for (size_t i = 0; i < people.n && ret->data.n < (size_t)in->limit; i++) {
		const struct mention_person *p = &people.v[i];
		if (!p->sees || p->id.v == q->actor.id.v || str_empty(p->name) || !begins(folded[i], typed)) continue;
		ret->data.v[ret->data.n++] = (struct mention_choice){.id = p->id, .name = p->name, .title = p->title, .staff = p->staff,
			.insert = is_only_one(folded, people.n, i) ? p->name : numbered(q->a, p->name, p->id)};
	}
	return OK;
}
