/* The JSON is walked once into tables; each step knows the path it stands at, so a fault says where it is. */
#include "base/check.h"
#include "pack/pack_int.h"
#include "web/static.h"
#include <pthread.h>
#include <stdatomic.h>

enum { PACKS_MAX = 100 };

/* For the life of the process: what is here once stays where it is, so that whoever found a pack keeps it. Only the lock's holder adds. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct arena arena;
static struct pack packs[PACKS_MAX];
static atomic_int count;

struct arena *pack_arena(void) { return &arena; }

struct place pack_into(const struct place *p, const char *name, long i) {
	struct place at = *p;
	at.path = i < 0 ? str_fmt(&arena, STR_FMT "%s%s", STR_ARG(p->path), p->path.n ? "." : "", name)
	                : str_fmt(&arena, STR_FMT "%s%s[%ld]", STR_ARG(p->path), p->path.n ? "." : "", name, i);
	return at;
}

enum err pack_fault(const struct place *p, const char *what) {
	*p->why = str_fmt(&arena, "packs/%s/pack.json: " STR_FMT ": %s", p->file, STR_ARG(p->path), what);
	return ERR_INVALID;
}

static bool is_name(struct str s) {
	if (s.n == 0 || s.n > 40 || s.p[0] < 'a' || s.p[0] > 'z') return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_')) return false;
	return true;
}

enum err pack_read_name(const struct place *p, const struct json *v, struct str *ret) {
	struct str s;
	if (!json_get_str(json_member(v, "name"), &s) || !is_name(s)) return pack_fault(p, "needs a name of a-z, 0-9 and _");
	*ret = str_copy(&arena, s);
	return OK;
}

enum err pack_read_label(const struct place *p, const struct json *v, struct pack_label *ret) {
	const struct json *label = json_member(v, "label");
	for (int i = 0; i < LANG_MAX_; i++) {
		struct str s;
		if (!json_get_str(json_member(label, lang_code((enum lang)i)), &s) || s.n == 0)
			return pack_fault(p, str_fmt(&arena, "needs a label in \"%s\"", lang_code((enum lang)i)).p);
		ret->in[i] = str_copy(&arena, s);
	}
	return OK;
}

enum err pack_read_words(const struct place *p, const struct json *list, const char *name,
	const struct pack_word **ret, size_t *ret_n) {
	size_t n = json_length(list);
	struct pack_word *w = NEW_ARRAY(&arena, struct pack_word, n);
	for (size_t i = 0; i < n; i++) {
		struct place at = pack_into(p, name, (long)i);
		TRY(pack_read_name(&at, json_item(list, i), &w[i].name));
		TRY(pack_read_label(&at, json_item(list, i), &w[i].label));
		for (size_t k = 0; k < i; k++)
			if (str_eq(w[k].name, w[i].name)) return pack_fault(&at, "this name stands twice");
	}
	*ret = w;
	*ret_n = n;
	return OK;
}

static enum err read_field(const struct place *p, const struct json *v, struct pack_field *ret) {
	static const char *const types[] = {"text", "int", "money", "bool", "date", "choice"};
	struct str type;
	TRY(pack_read_name(p, v, &ret->name));
	TRY(pack_read_label(p, v, &ret->label));
	const struct json *own = json_member(v, "own");
	if (own != NULL && !json_get_bool(own, &ret->own)) return pack_fault(p, "own is true or false");
	const struct json *required = json_member(v, "required");
	if (required != NULL && !json_get_bool(required, &ret->required)) return pack_fault(p, "required is true or false");
	const struct json *staff = json_member(v, "staff");
	if (staff != NULL && !json_get_bool(staff, &ret->staff)) return pack_fault(p, "staff is true or false");
	if (!json_get_str(json_member(v, "type"), &type)) return pack_fault(p, "needs a type");
	int found = -1;
	for (int i = 0; i <= PACK_CHOICE; i++)
		if (str_is(type, types[i])) found = i;
	if (found < 0) return pack_fault(p, "the type is one of text, int, money, bool, date, choice");
	ret->type = (enum pack_kind)found;
	if (ret->type != PACK_CHOICE) return OK;
	TRY(pack_read_words(p, json_member(v, "choices"), "choices", &ret->choice, &ret->choices));
	return ret->choices > 0 ? OK : pack_fault(p, "a choice needs choices");
}

enum err pack_read_fields(const struct place *p, const struct json *list, const struct pack_field **ret, size_t *ret_n) {
	size_t n = json_length(list);
	struct pack_field *f = NEW_ARRAY(&arena, struct pack_field, n);
	for (size_t i = 0; i < n; i++) {
		struct place at = pack_into(p, "fields", (long)i);
		TRY(read_field(&at, json_item(list, i), &f[i]));
	}
	*ret = f;
	*ret_n = n;
	return n > 0 ? OK : pack_fault(p, "fields are needed");
}

static enum err read_tab(const struct place *p, const struct json *v, struct pack_tab *ret) {
	TRY(pack_read_name(p, v, &ret->name));
	TRY(pack_read_label(p, v, &ret->label));
	TRY(pack_read_fields(p, json_member(v, "fields"), &ret->field, &ret->fields));
	for (size_t i = 0; i < ret->fields; i++) {
		struct place at = pack_into(p, "fields", (long)i);
		if (ret->field[i].staff) return pack_fault(&at, "staff means nothing here: customers see their own profile, notes of the team are beside it");
	}
	return OK;
}

static enum err names_differ(const struct place *p, const struct pack *pack) {
	for (size_t t = 0; t < pack->tabs; t++)
		for (size_t i = 0; i < pack->tab[t].fields; i++)
			if (pack_field_find(pack, pack->tab[t].field[i].name) != &pack->tab[t].field[i])
				return pack_fault(p, str_fmt(&arena, "two fields are called " STR_FMT, STR_ARG(pack->tab[t].field[i].name)).p);
	return OK;
}

enum err pack_read(const char *file, struct str text, struct pack *ret, struct str *why) {
	struct place p = {.file = file, .path = STR(""), .why = why};
	JSON_DOC(doc);
	struct json_fault at;
	if (str_none(text)) return pack_fault(&p, "the file is missing");
	if (json_parse(&doc, text, &at) != OK)
		return pack_fault(&p, str_fmt(&arena, "line %d, column %d: %s", at.line, at.column, at.text).p);
	TRY(pack_read_name(&p, doc.root, &ret->name));
	TRY(pack_read_label(&p, doc.root, &ret->label));
	if (!str_is(ret->name, file)) return pack_fault(&p, "the name must be the folder's");
	const struct json *tabs = json_member(doc.root, "tabs");
	struct pack_tab *tab = NEW_ARRAY(&arena, struct pack_tab, json_length(tabs));
	for (size_t i = 0; i < json_length(tabs); i++) {
		struct place in = pack_into(&p, "tabs", (long)i);
		TRY(read_tab(&in, json_item(tabs, i), &tab[i]));
	}
	ret->tab = tab;
	ret->tabs = json_length(tabs);
	TRY(pack_read_words(&p, json_member(doc.root, "topics"), "topics", &ret->topic, &ret->topics));
	TRY(names_differ(&p, ret));
	TRY(pack_read_types(&p, json_member(doc.root, "types"), &ret->type, &ret->types));
	struct str worth;
	if (json_get_str(json_member(doc.root, "worth"), &worth)) {
		const struct pack_field *f = pack_field_find(ret, worth);
		if (f == NULL || f->type != PACK_MONEY) return pack_fault(&p, "worth names no money field");
		if (f->own) return pack_fault(&p, "worth names a field that customers fill in themselves");
		ret->worth = f->name;
	}
	return OK;
}

/* ------------------------------------------------------------------------ all */

static enum err add(const char *name, const struct pack_file *file, size_t files, struct str hash, struct str *ret_why) {
	struct pack p = {.file = file, .files = files, .hash = hash};
	int n = atomic_load(&count);
	if (n == PACKS_MAX) {
		*ret_why = STR("too many packs were taken since the program started; start it anew");
		return ERR_INVALID;
	}
	TRY(pack_read(name, pack_file(&p, "pack.json"), &p, ret_why));
	packs[n] = p;
	atomic_store(&count, n + 1);
	return OK;
}

/* The files of a pack that is part of the program stand one behind the other: packs/NAME/… */
static enum err add_embedded(struct str prefix, int from, int to, struct str *ret_why) {
	struct pack_file *file = NEW_ARRAY(&arena, struct pack_file, (size_t)(to - from));
	for (int i = from; i < to; i++) {
		const struct embedded_file *f = &embedded_files[i];
		file[i - from] = (struct pack_file){.name = str_from(str_c(f->name), prefix.n), .bytes = embedded(f->name)};
	}
	struct str name = str_from(str_first(prefix, prefix.n - 1), strlen("packs/"));
	return add(str_z(&arena, name), file, (size_t)(to - from), STR(""), ret_why);
}

static enum err load(struct str *ret_why) {
	for (int i = 0, end; i < embedded_file_count; i = end) {
		struct str path = str_c(embedded_files[i].name);
		end = i + 1;
		if (!str_starts(path, STR("packs/"))) continue;
		ptrdiff_t slash = str_find(str_from(path, strlen("packs/")), '/');
		if (slash < 0) continue;
		struct str prefix = str_first(path, strlen("packs/") + (size_t)slash + 1);
		while (end < embedded_file_count && str_starts(str_c(embedded_files[end].name), prefix)) end++;
		TRY(add_embedded(prefix, i, end, ret_why));
	}
	return OK;
}

enum err pack_load(struct str *ret_why) {
	pthread_mutex_lock(&lock);
	enum err e = atomic_load(&count) > 0 ? OK : load(ret_why);
	pthread_mutex_unlock(&lock);
	return e;
}

enum err pack_add(const char *name, const struct pack_file *file, size_t files, struct str hash, struct str *ret_why) {
	pthread_mutex_lock(&lock);
	struct pack_file *kept = NEW_ARRAY(&arena, struct pack_file, files);
	for (size_t i = 0; i < files; i++)
		kept[i] = (struct pack_file){.name = str_copy(&arena, file[i].name), .bytes = str_copy(&arena, file[i].bytes)};
	enum err e = add(name, kept, files, str_copy(&arena, hash), ret_why);
	pthread_mutex_unlock(&lock);
	return e;
}

struct str pack_file(const struct pack *p, const char *name) {
	for (size_t i = 0; i < p->files; i++)
		if (str_is(p->file[i].name, name)) return p->file[i].bytes;
	return STR_NONE;
}

const struct pack *pack_at(int i) {
	return i >= 0 && i < atomic_load(&count) ? &packs[i] : NULL;
}

const struct pack *pack_find(struct str name) {
	for (int i = atomic_load(&count) - 1; i >= 0; i--)
		if (str_eq(name, packs[i].name)) return &packs[i];
	return NULL;
}

const struct pack *pack_find_before(const struct pack *p, struct str name) {
	for (int i = (int)(p - packs) - 1; i >= 0; i--)
		if (str_eq(name, packs[i].name)) return &packs[i];
	return str_eq(p->name, name) ? p : NULL;
}

struct str pack_names(struct arena *a, const char *with) {
	struct str s = STR("");
	for (int i = 0; i < atomic_load(&count); i++) {
		if (with != NULL && str_none(pack_file(&packs[i], with))) continue;
		s = str_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(s), s.n ? ", " : "", STR_ARG(packs[i].name));
	}
	return s;
}

const struct pack_field *pack_field_find(const struct pack *p, struct str name) {
	for (size_t t = 0; t < p->tabs; t++)
		for (size_t i = 0; i < p->tab[t].fields; i++)
			if (str_eq(p->tab[t].field[i].name, name)) return &p->tab[t].field[i];
	return NULL;
}

const struct pack_word *pack_word_find(const struct pack_word *w, size_t n, struct str name) {
	for (size_t i = 0; i < n; i++)
		if (str_eq(w[i].name, name)) return &w[i];
	return NULL;
}

const struct pack_word *pack_topic_find(const struct pack *p, struct str name) {
	return pack_word_find(p->topic, p->topics, name);
}

struct str pack_say(const struct pack_label *label, enum lang lang) {
	return label->in[lang];
}

/* "29.85", "1,234.50", "12" → minor units with two digits; other currencies' digits are the importer's business. */
static bool money_minor(struct str s, int64_t *ret) {
	int64_t v = 0;
	int decimals = -1;
	bool minus = s.n > 0 && s.p[0] == '-';
	for (size_t i = minus; i < s.n; i++) {
		char c = s.p[i];
		if (c == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (c < '0' || c > '9' || decimals == 2) return false;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, c - '0', &v)) return false;
		if (decimals >= 0) decimals++;
	}
	if (s.n == (size_t)minus) return false;
	for (int i = decimals < 0 ? 0 : decimals; i < 2; i++)
		if (__builtin_mul_overflow(v, 10, &v)) return false;
	*ret = minus ? -v : v;
	return true;
}

bool pack_value(struct arena *a, const struct pack_field *f, struct str value, struct str *ret,
                const char **ret_fault) {
	struct str s = str_trim(value);
	int64_t n;
	*ret = s;
	if (s.n == 0) return true;
	switch (f->type) {
	case PACK_TEXT: return true;
	case PACK_INT:
		*ret_fault = T("Please give a whole number.");
		return str_int(s, &n);
	case PACK_MONEY:
		*ret_fault = T("Please give an amount such as 29.85.");
		if (!money_minor(s, &n)) return false;
		*ret = str_fmt(a, "%lld", (long long)n);
		return true;
	case PACK_BOOL:
		*ret_fault = T("Please say yes or no.");
		if (str_ieq(s, STR("yes")) || str_is(s, "1") || str_ieq(s, STR("true")) || str_ieq(s, STR("on"))) *ret = STR("yes");
		else if (str_ieq(s, STR("no")) || str_is(s, "0") || str_ieq(s, STR("false"))) *ret = STR("no");
		else return false;
		return true;
	case PACK_DATE:
		*ret_fault = T("Please give a day as year-month-day, such as 2026-03-14.");
		return date_valid(s);
	case PACK_CHOICE:
		*ret_fault = T("This is not one of the choices.");
		return pack_word_find(f->choice, f->choices, s) != NULL;
	}
	return false;
}

struct str pack_shown(struct arena *a, const struct pack_field *f, struct str value, const struct locale *l) {
	int64_t n;
	switch (f->type) {
	case PACK_TEXT: return value;
	case PACK_INT: return str_int(value, &n) ? say_number(a, l, n) : value;
	case PACK_MONEY: return str_int(value, &n) ? say_money(a, l, n, str_c(l->currency)) : value;
	case PACK_BOOL: return str_empty(value) ? value : str_c(tr(l->lang, str_is(value, "yes") ? T("Yes") : T("No")));
	case PACK_DATE: return date_valid(value) ? say_day(a, l, value) : value;
	case PACK_CHOICE: {
		const struct pack_word *w = pack_word_find(f->choice, f->choices, value);
		return w != NULL ? pack_say(&w->label, l->lang) : value;
	}
	}
	return value;
}
