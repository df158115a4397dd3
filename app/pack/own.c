/* A firm's own pack: kept in its store, read when a process opens the store and again when it has changed; taken only if nothing that is kept
 * would lose its type, field, state or role. */
#include "base/cli.h"
#include "event/event.h"
#include "pack/demo.h"
#include "pack/pack.h"
#include "sql/firm.h"
#include <stdio.h>

enum { FILES_MAX = 300 };

/* ---------------------------------------------------------------------- keeping */

enum err pack_keep(struct db *db, const struct pack *p) {
	TRY(sql_own_pack_drop(db, NULL));
	TRY(sql_own_pack_files_drop(db, NULL));
	if (str_empty(p->hash)) return OK;
	TRY(sql_own_pack_put(db, p->name, p->hash, clock_now()));
	for (size_t i = 0; i < p->files; i++) TRY(sql_own_pack_file_put(db, p->file[i].name, p->file[i].bytes));
	return OK;
}

static enum err read_own(struct db *db, struct arena *a, struct str hash, struct str *ret_why) {
	struct text_list names;
	struct pack_file file[FILES_MAX];
	struct str name = STR("");
	size_t n = 0;
	bool found;
	TRY(sql_own_pack_name(db, a, &name, &found));
	TRY(sql_own_pack_names(db, a, &names));
	for (size_t i = 0; i < names.n && i < FILES_MAX; i++) {
		struct str bytes;
		TRY(sql_own_pack_file_get(db, a, names.v[i], &bytes, &found));
		if (found) file[n++] = (struct pack_file){.name = names.v[i], .bytes = bytes};
	}
	return pack_add(str_z(a, name), file, n, hash, ret_why);
}

/* The program's own again, where the firm's of the same name stood before. */
static enum err read_shipped(struct db *db, struct arena *a, struct str *ret_why) {
	struct str name = STR("");
	bool found;
	TRY(sql_firm_pack_name(db, a, &name, &found));
	const struct pack *p = pack_find(name);
	if (p == NULL || str_empty(p->hash)) return OK;
	for (int i = 0; (p = pack_at(i)) != NULL; i++)
		if (str_eq(p->name, name) && str_empty(p->hash)) return pack_add(str_z(a, name), p->file, p->files, STR(""), ret_why);
	return OK;
}

enum err pack_refresh(struct db *db, struct arena *a, struct str *ret_why) {
	struct str hash = STR(""), name = STR("");
	bool found;
	TRY(sql_own_pack_hash(db, a, &hash, &found));
	if (!found) return read_shipped(db, a, ret_why);
	TRY(sql_own_pack_name(db, a, &name, &found));
	const struct pack *have = pack_find(name);
	return have != NULL && str_eq(have->hash, hash) ? OK : read_own(db, a, hash, ret_why);
}

/* ------------------------------------------------------------------- what it holds */

struct taking {
	struct arena *a;
	const struct pack *pack;       /* the new one */
	struct str *why;
};

static enum err refuse(struct taking *t, const char *place, const char *what) {
	*t->why = str_fmt(t->a, "packs/" STR_FMT "/pack.json: %s: %s", STR_ARG(t->pack->name), place, what);
	return ERR_CONFLICT;
}

static bool has_word(const struct pack_word *w, size_t n, struct str name) {
	for (size_t i = 0; i < n; i++)
		if (str_eq(w[i].name, name)) return true;
	return false;
}

static enum err words_stay(struct taking *t, const char *place, const struct pack_word *w, size_t n, const struct text_list *used) {
	for (size_t i = 0; i < used->n; i++)
		if (!has_word(w, n, used->v[i]))
			return refuse(t, place, str_fmt(t->a, "\"" STR_FMT "\" is missing, and in use", STR_ARG(used->v[i])).p);
	return OK;
}

/* A field that is gone or of another kind now must be empty in all records. */
static enum err fields_stay(struct taking *t, struct db *db, const char *place, const struct pack_type *was, const struct pack_type *now) {
	for (size_t i = 0; i < was->fields; i++) {
		const struct pack_field *f = pack_type_field(now, was->field[i].name);
		struct str key = STR("%\"");
		int64_t n;
		if (f != NULL && f->type == was->field[i].type) continue;
		for (size_t k = 0; k < was->field[i].name.n; k++)
			key = str_fmt(t->a, STR_FMT "%s%c", STR_ARG(key), was->field[i].name.p[k] == '_' ? "!" : "", was->field[i].name.p[k]);
		TRY(sql_pack_use_field(db, now->name, str_fmt(t->a, STR_FMT "\":%%", STR_ARG(key)), &n));
		if (n > 0)
			return refuse(t, place, str_fmt(t->a, "the field \"" STR_FMT "\" is %s, and %lld records have something in it",
				STR_ARG(was->field[i].name), f == NULL ? "missing" : "of another type", (long long)n).p);
	}
	return OK;
}

static enum err type_stays(struct taking *t, struct db *db, const struct pack *was, struct str name) {
	const struct pack_type *now = pack_type_find(t->pack, name), *before = pack_type_find(was, name);
	struct text_list used;
	int64_t n;
	TRY(sql_pack_use_count(db, name, &n));
	if (now == NULL)
		return refuse(t, "types", str_fmt(t->a, "\"" STR_FMT "\" is missing, and there are %lld records of it", STR_ARG(name), (long long)n).p);
	const char *place = str_fmt(t->a, "types[%td]", now - t->pack->type).p;
	TRY(sql_pack_use_parents(db, t->a, name, &used));
	if (used.n > 1 || (used.n == 1) != (now->parent != NULL) || (used.n == 1 && !str_eq(used.v[0], now->parent->name)))
		return refuse(t, place, "its parent is another one, and there are records of it");
	TRY(sql_pack_use_states(db, t->a, name, &used));
	TRY(words_stay(t, str_fmt(t->a, "%s.states", place).p, now->state, now->states, &used));
	TRY(sql_pack_use_roles(db, t->a, name, &used));
	TRY(words_stay(t, str_fmt(t->a, "%s.roles", place).p, now->role, now->roles, &used));
	return before == NULL ? OK : fields_stay(t, db, str_fmt(t->a, "%s.fields", place).p, before, now);
}

static enum err all_stays(struct taking *t, struct db *db) {
	struct text_list used;
	struct str name = STR("");
	bool found;
	TRY(sql_firm_pack_name(db, t->a, &name, &found));
	const struct pack *was = pack_find_before(t->pack, name);
	TRY(sql_pack_use_types(db, t->a, &used));
	for (size_t i = 0; i < used.n; i++) TRY(type_stays(t, db, was, used.v[i]));
	TRY(sql_pack_use_own_fields(db, t->a, &used));
	for (size_t i = 0; i < used.n; i++)
		if (pack_field_find(t->pack, used.v[i]) == NULL)
			return refuse(t, "tabs", str_fmt(t->a, "the field \"" STR_FMT "\" is missing, and customers have something in it", STR_ARG(used.v[i])).p);
	TRY(sql_pack_use_topics(db, t->a, &used));
	return words_stay(t, "topics", t->pack->topic, t->pack->topics, &used);
}

/* ------------------------------------------------------------------------ taking */

static enum err take(struct db *db, void *arg) {
	struct taking *t = arg;
	TRY(all_stays(t, db));
	TRY(pack_keep(db, t->pack));
	TRY(sql_firm_pack(db, t->pack->name, clock_now()));
	struct event e = {.verb = "update", .object_kind = "business", .object_id = 1, .audience = AUDIENCE_PUBLIC,
		.data = STR("{\"changed\":[\"pack\"]}")};
	return event_append(db, &e, NULL);
}

int pack_command(struct cli *c) {
	struct str why = STR("");
	struct taking t = {.a = c->a, .why = &why};
	if (!cli_operands(c, 1, 1)) return EXIT_USAGE;
	if (pack_wanted(c->a, c->argv[1], &t.pack, &why) != OK) return cli_fail(c, STR_FMT, STR_ARG(why));
	enum err e = store_write(c->store, take, &t);
	if (e != OK) return cli_fail(c, STR_FMT, STR_ARG(str_empty(why) ? str_c(err_sentence(e)) : why));
	if (c->json) printf("{\"pack\":\"" STR_FMT "\",\"types\":%zu}\n", STR_ARG(t.pack->name), t.pack->types);
	else printf("the pack is " STR_FMT " now, with %zu types of records\n", STR_ARG(t.pack->name), t.pack->types);
	return EXIT_DONE;
}
