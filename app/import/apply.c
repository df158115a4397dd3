/* From a row's cells to the fields; and which mapping fits a file. */
#include "base/check.h"
#include "crypto/token.h"
#include "import/value.h"

enum { VALUE_MAX = 1024 * 1024 };

struct str map_rule_name(const struct mapping *m, const struct map_rule *r) {
	for (size_t i = 0; i < r->pieces; i++)
		if (r->piece[i].column >= 0) return m->column.v[r->piece[i].column];
	return m->target[r->target].name;
}

static struct str cell_of(const struct mapping *m, const struct str *cell, int column) {
	return str_trim(cell[m->at[column]]);
}

static bool holds(const struct mapping *m, const struct map_rule *r, const struct str *cell) {
	for (size_t i = 0; i < r->whens; i++) {
		struct str s = cell_of(m, cell, r->when[i].column);
		bool some = false;
		for (size_t k = 0; k < r->when[i].values.n && !some; k++) some = str_eq(s, r->when[i].values.v[k]);
		if (!some) return false;
	}
	return true;
}

/* The text before it is cleaned: "" when every column in it is blank. */
static struct str source_text(const struct mapping *m, const struct map_rule *r, struct arena *a,
                              const struct str *cell) {
	if (r->pieces == 1) return r->piece->column >= 0 ? cell_of(m, cell, r->piece->column) : r->piece->text;
	size_t n = 0;
	bool some = false, columns = false;
	for (size_t i = 0; i < r->pieces; i++) {
		struct str s = r->piece[i].column >= 0 ? cell_of(m, cell, r->piece[i].column) : r->piece[i].text;
		columns |= r->piece[i].column >= 0;
		some |= r->piece[i].column >= 0 && s.n > 0;
		n += s.n;
	}
	if (columns && !some) return STR("");
	if (n > VALUE_MAX) n = VALUE_MAX;
	char *to = arena_alloc(a, n + 1);
	size_t at = 0;
	for (size_t i = 0; i < r->pieces; i++) {
		struct str s = str_first(r->piece[i].column >= 0 ? cell_of(m, cell, r->piece[i].column) : r->piece[i].text, n - at);
		if (s.n > 0) memcpy(to + at, s.p, s.n);
		at += s.n;
	}
	return str_n(to, at);
}

static bool in_our_words(const struct map_rule *r, struct str *s) {
	for (size_t i = 0; i < r->words; i++)
		if (str_eq(r->word[i].from, *s)) {
			*s = r->word[i].to;
			return true;
		}
	if (r->words == 0 || str_empty(*s)) return true;
	*s = r->otherwise;
	return !str_none(r->otherwise);
}

/* The rule's value, "" when it has none. */
static bool rule_value(const struct mapping *m, const struct map_rule *r, struct arena *a, const struct str *cell,
                       struct str *ret, bool *remarked, const char **ret_fault) {
	*ret = STR("");
	if (!holds(m, r, cell)) return true;
	struct str s = source_text(m, r, a, cell);
	if (str_empty(s) && r->blank == BLANK_REMARK) *remarked = true;
	*ret_fault = T("This is blank.");
	if (str_empty(s) && r->blank == BLANK_REJECT) return false;
	*ret_fault = T("The mapping does not know this word.");
	if (!in_our_words(r, &s)) return false;
	return str_empty(s) || value_clean(a, &m->target[r->target], r, s, ret, ret_fault);
}

bool mapping_apply(const struct mapping *m, struct arena *a, const struct str *cell, struct mapped *ret, bool *remarked,
                   struct map_fault *ret_fault) {
	for (size_t t = 0; t < m->targets; t++) ret->value[t] = STR_NONE;
	for (size_t i = 0; i < m->rules; i++) {
		const struct map_rule *r = &m->rule[i];
		struct str *to = &ret->value[r->target], v;
		remarked[i] = false;
		if (!str_none(*to) && !m->target[r->target].many) continue;   /* the first that has something */
		if (!rule_value(m, r, a, cell, &v, &remarked[i], &ret_fault->sentence)) {
			ret_fault->column = map_rule_name(m, r);
			return false;
		}
		if (str_empty(v)) continue;
		*to = str_none(*to) ? v : str_fmt(a, STR_FMT "\n" STR_FMT, STR_ARG(*to), STR_ARG(v));
	}
	for (size_t t = 0; t < m->targets; t++)
		if (m->target[t].needed && str_none(ret->value[t])) {
			*ret_fault = (struct map_fault){.column = m->target[t].name, .sentence = T("A row needs this, and it has none.")};
			return false;
		}
	return true;
}

struct str mapped_hash(struct arena *a, const struct mapping *m, const struct mapped *row) {
	size_t n = 0;
	for (size_t t = 0; t < m->targets; t++)
		if (!str_none(row->value[t])) n += m->target[t].name.n + row->value[t].n + 2;
	char *all = arena_alloc(a, n + 1), *p = all;
	for (size_t t = 0; t < m->targets; t++) {
		struct str name = m->target[t].name, v = row->value[t];
		if (str_none(v)) continue;
		p = mempcpy(p, name.p, name.n);
		*p++ = '\x1f';
		p = mempcpy(p, v.p, v.n);
		*p++ = '\x1e';
	}
	return token_hash(a, str_n(all, n));
}

/* ------------------------------------------------------------ which one fits */

bool mapping_bind(struct arena *a, struct mapping *m, const struct text_list *header, struct text_list *ret_missing) {
	*ret_missing = (struct text_list){.v = NEW_ARRAY(a, struct str, m->column.n)};
	for (size_t i = 0; i < m->column.n; i++) {
		m->at[i] = -1;
		for (size_t k = 0; k < header->n && m->at[i] < 0; k++)
			if (str_eq(header->v[k], m->column.v[i])) m->at[i] = (int)k;
		if (m->at[i] < 0) ret_missing->v[ret_missing->n++] = m->column.v[i];
	}
	return ret_missing->n == 0;
}

static struct str say_missing(struct arena *a, const struct mapping *m, const struct text_list *missing) {
	struct str s = STR("");
	for (size_t i = 0; i < missing->n && i < 8; i++)
		s = str_fmt(a, STR_FMT "%s\"" STR_FMT "\"", STR_ARG(s), i ? ", " : "", STR_ARG(missing->v[i]));
	if (missing->n > 8) s = str_fmt(a, STR_FMT " and %zu more", STR_ARG(s), missing->n - 8);
	return str_fmt(a, STR_FMT " misses the column%s " STR_FMT, STR_ARG(m->file), missing->n > 1 ? "s" : "", STR_ARG(s));
}

struct mapping *mapping_find(struct arena *a, const struct import_kind *k, const struct pack *p,
                             const struct text_list *header, const struct zone *zone, struct str *ret_why) {
	struct str why;
	struct mapping *best = NULL, *m;
	size_t fewest = SIZE_MAX;
	*ret_why = STR("there is no mapping for this kind in the pack");
	for (size_t i = 0; i < p->files; i++) {
		const struct pack_file *f = &p->file[i];
		if (!str_starts(f->name, STR("import/")) || !str_ends(f->name, STR(".json"))) continue;
		struct str name = str_fmt(a, "packs/" STR_FMT "/" STR_FMT, STR_ARG(p->name), STR_ARG(f->name));
		if (mapping_read(a, name, f->bytes, p, zone, &m, &why) != OK) {
			*ret_why = why;
			return NULL;
		}
		struct text_list missing;
		if (m->kind != k) continue;
		if (mapping_bind(a, m, header, &missing)) {
			if (best == NULL || m->column.n > best->column.n) best = m;
		} else if (missing.n < fewest) {
			fewest = missing.n;
			*ret_why = say_missing(a, m, &missing);
		}
	}
	if (best != NULL) return best;
	struct str plain = mapping_plain(a, k, p, header);
	struct text_list missing;
	if (str_none(plain) || mapping_read(a, STR("the file's own columns"), plain, p, zone, &m, &why) != OK) return NULL;
	return mapping_bind(a, m, header, &missing) ? m : NULL;
}

struct str mapping_plain(struct arena *a, const struct import_kind *k, const struct pack *p,
                         const struct text_list *header) {
	size_t n, needed = 0;
	const struct target *target = import_targets(a, k, p, &n);
	struct buf b;
	buf_init(&b, 256 * 1024);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "kind"), json_put_c(&o, k->word);
	json_put_key(&o, "set"), json_put_array(&o);
	for (size_t t = 0; t < n; t++) {
		bool has = false;
		for (size_t i = 0; i < header->n && !has; i++) has = str_eq(header->v[i], target[t].name);
		needed += target[t].needed && !has;
		if (!has) continue;
		json_put_object(&o);
		json_put_key(&o, "to"), json_put_str(&o, target[t].name);
		json_put_key(&o, "from"), json_put_str(&o, target[t].name);
		json_put_end(&o);
	}
	json_put_end(&o);
	json_put_end(&o);
	struct str s = needed > 0 || b.over ? STR_NONE : str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}
