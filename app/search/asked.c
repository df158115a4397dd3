/* From what somebody typed to the newest matches that they may see. */
#include "people/people.h"
#include "record/record.h"
#include "search/search_int.h"
#include <inttypes.h>

enum { NAMED_MOST = 20 };

static struct str token_id(struct arena *a, const char *sort, int64_t id) { return str_fmt(a, FIND_TOKEN "%s%" PRId64, sort, id); }

static struct str token(struct arena *a, const char *sort, struct str word) { return str_fmt(a, FIND_TOKEN "%s" STR_FMT, sort, STR_ARG(word)); }

static struct find_group *group_add(struct req *q, struct asked *x, size_t room, bool without) {
	struct find_group *g = &x->group[x->groups++];
	*g = (struct find_group){.any = {.v = NEW_ARRAY(q->a, struct str, room)}, .without = without};
	return g;
}

/* What the index says of who may find it, so that what others may see costs this reader nothing. The policy itself is asked with each row. */
static enum err add_reader(struct req *q, struct asked *x) {
	struct find_group records = {0};
	if (req_is_staff(q)) return OK;
	if (req_logged_in(q)) TRY(record_readers(q->db, q->a, &q->actor, &records));
	struct find_group *g = group_add(q, x, records.any.n + 3, false);
	g->any.v[g->any.n++] = STR(FIND_TOKEN "open");
	if (!req_logged_in(q)) return OK;
	g->any.v[g->any.n++] = STR(FIND_TOKEN "members");
	g->any.v[g->any.n++] = token_id(q->a, "p", q->actor.id.v);
	for (size_t i = 0; i < records.any.n; i++) g->any.v[g->any.n++] = records.any.v[i];
	return OK;
}

static bool is_me(struct str name) { return str_ieq(name, STR("me")) || str_ieq(name, STR("mir")) || str_ieq(name, STR("ich")); }

/* with: is the staff's: who else takes part is nobody else's business. */
static enum err add_person(struct req *q, struct asked *x, const struct find_filter *f) {
	const char *sort = f->what == FIND_WITH && req_is_staff(q) ? "w" : "a";
	struct find_group *g = group_add(q, x, NAMED_MOST + 1, f->without);
	struct person_id_list named = {0};
	if (is_me(f->value)) g->any.v[g->any.n++] = token_id(q->a, sort, q->actor.id.v);
	else TRY(people_named(q->db, q->a, &q->actor, f->value, NAMED_MOST, &named));
	for (size_t i = 0; i < named.n && i < NAMED_MOST; i++) g->any.v[g->any.n++] = token_id(q->a, sort, named.v[i].v);
	return OK;
}

/* The tags of conversations are everyone's who sees them, all others the staff's. */
static void add_tag(struct req *q, struct asked *x, const struct find_filter *f) {
	struct find_group *g = group_add(q, x, 2, f->without);
	struct str word = find_squeeze(q->a, f->value);
	g->any.v[g->any.n++] = token(q->a, "t", word);
	if (req_is_staff(q)) g->any.v[g->any.n++] = token(q->a, "s", word);
	x->people = x->people && req_is_staff(q);
}

/* What a kind is called otherwise. */
static struct str kind_word(struct arena *a, struct str typed) {
	static const char *const other[][2] = {{"people", "person"}, {"persons", "person"}, {"personen", "person"}, {"leute", "person"},
		{"conversations", "conversation"}, {"gesprache", "conversation"}, {"gesprach", "conversation"}, {"messages", "message"},
		{"nachrichten", "message"}, {"nachricht", "message"}, {"records", "record"}, {"vorgange", "record"}, {"vorgang", "record"}, {"problems", "problem"},
		{"probleme", "problem"}, {"ideas", "idea"}, {"ideen", "idea"}, {"idee", "idea"}, {"questions", "question"}, {"fragen", "question"},
		{"frage", "question"}, {"notes", "note"}, {"notizen", "note"}, {"notiz", "note"}, {"answers", "answer"}, {"antworten", "answer"},
		{"antwort", "answer"}, {"lob", "praise"}, {"documents", "document"}, {"dokumente", "document"}, {"dokument", "document"},
		{"organizations", "organization"}, {"organisation", "organization"}, {"organisationen", "organization"}, {"firms", "firm"}, {"firma", "firm"},
		{"firmen", "firm"}, {"households", "household"}, {"haushalt", "household"}, {"haushalte", "household"}, {"customers", "customer"},
		{"kunde", "customer"}, {"kunden", "customer"}, {"partners", "partner"}, {"suppliers", "supplier"}, {"lieferant", "supplier"},
		{"lieferanten", "supplier"}, {"promises", "promise"}, {"tasks", "task"}, {"aufgabe", "task"}, {"aufgaben", "task"}, {"versprechen", "promise"}, {"zusage", "promise"}, {"zusagen", "promise"}, {"colleague", "staff"}, {"colleagues", "staff"}, {"team", "staff"}, {"kollege", "staff"}, {"kollegen", "staff"}};
	struct str word = find_squeeze(a, typed);
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		if (str_is(word, other[i][0])) return str_c(other[i][1]);
	return word;
}

/* Whether it is a kind of people: with it nothing else is meant. */
static bool of_people(struct str word) {
	return str_is(word, "customer") || str_is(word, "partner") || str_is(word, "supplier") || str_is(word, "visitor") || str_is(word, "staff");
}

static void add_kind(struct req *q, struct asked *x, struct str typed, bool without) {
	struct str word = kind_word(q->a, typed);
	bool all = str_is(word, "person"), people = all || of_people(word);
	if (people && !without) x->things = false;
	if ((all && without) || (!people && !without)) x->people = false;
	if (all) return;
	struct find_group *g = group_add(q, x, 1, without);
	g->any.v[g->any.n++] = token(q->a, "k", word);
}

static enum err add_filters(struct req *q, struct asked *x) {
	for (size_t i = 0; i < x->find.filters; i++) {
		const struct find_filter *f = &x->find.filter[i];
		if (f->what == FIND_TAG) add_tag(q, x, f);
		else if (f->what == FIND_KIND) add_kind(q, x, f->value, f->without);
		else {
			TRY(add_person(q, x, f));
			x->people = false;
		}
	}
	return OK;
}

static int64_t id_of(usec_t t) {
	int64_t s = t / 1000000 - (t % 1000000 < 0);
	return (s < -SECONDS_MAX ? -SECONDS_MAX : s > SECONDS_MAX ? SECONDS_MAX : s) * IDS_OF_A_SECOND;
}

enum err asked_read(struct req *q, struct str typed, struct str type, struct asked *x) {
	*x = (struct asked){.type = str_none(type) ? STR("") : type, .people_before = WORDS_TIMES_FIRST};
	find_read(q->a, typed, &x->find);
	x->people = x->things = find_asks(&x->find);
	x->first = x->find.from == FIND_EVER ? WORDS_TIMES_FIRST : id_of(x->find.from);
	x->before = x->find.to == FIND_EVER ? INT64_MAX : id_of(x->find.to);
	if (x->find.from != FIND_EVER || x->find.to != FIND_EVER) x->people = false;
	if (x->type.n > 0) add_kind(q, x, x->type, false);
	TRY(add_filters(q, x));
	x->wanted = x->groups;
	return add_reader(q, x);
}

static enum find_engine engine(struct req *q) { return db_engine(q->db) == DB_PG ? FIND_TSQUERY : FIND_FTS5; }

enum err asked_hits(struct req *q, const struct asked *x, int most, struct find_hit_list *ret) {
	struct str match = find_match(q->a, engine(q), &x->find, x->group, x->groups);
	return sql_find_hits(q->db, q->a, match, q->actor.id, q->actor.is_staff, x->first, x->before, most, ret);
}

static struct str match_people(struct req *q, const struct asked *x, const struct find *f) {
	struct find_group group[GROUPS_MOST + 1];
	for (size_t i = 0; i < x->wanted; i++) group[i] = x->group[i];
	group[x->wanted] = people_readers(q->a, &q->actor);
	return find_match(q->a, engine(q), f, group, x->wanted + 1);
}

enum err asked_fresh(struct req *q, const struct asked *x, struct int_list docs, struct int_list *ret) {
	struct str match = find_match(q->a, engine(q), &x->find, x->group, x->groups);
	return sql_find_fresh(q->db, q->a, match, docs, q->actor.id, q->actor.is_staff, (int64_t)docs.n, ret);
}

enum err asked_fresh_people(struct req *q, const struct asked *x, struct int_list people, struct int_list *ret) {
	return sql_find_fresh_people(q->db, q->a, match_people(q, x, &x->find), people, q->actor.id, q->actor.is_staff, (int64_t)people.n, ret);
}

enum err asked_named(struct req *q, const struct asked *x, int most, struct find_person_list *ret) {
	struct find f;
	struct str words = STR("");
	*ret = (struct find_person_list){0};
	for (size_t i = 0; i < x->find.terms; i++) {
		if (x->find.term[i].without) return OK;
		for (size_t k = 0; k < x->find.term[i].words.n; k++)
			words = str_fmt(q->a, STR_FMT " " STR_FMT, STR_ARG(words), STR_ARG(x->find.term[i].words.v[k]));
	}
	find_begins(q->a, words, PEOPLE_NAMED, &f);
	if (f.terms == 0) return OK;
	return sql_find_people(q->db, q->a, match_people(q, x, &f), q->actor.id, q->actor.is_staff, x->people_before, most, ret);
}

enum err asked_people(struct req *q, const struct asked *x, struct str typed, int most, struct find_person_list *ret) {
	struct str match = match_people(q, x, &x->find), digits = people_digits(q->a, typed);
	if (digits.n > 0) {
		struct find f;
		find_begins(q->a, digits, "", &f);
		match = find_either(q->a, engine(q), match, match_people(q, x, &f));
	}
	return sql_find_people(q->db, q->a, match, q->actor.id, q->actor.is_staff, x->people_before, most, ret);
}
