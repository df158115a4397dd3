/* The JSON is walked once into tables; each step knows the path it stands at, so a fault says where it is. */
#include "base/check.h"
#include "pack/pack_int.h"
#include "web/static.h"

static const char *const files[] = {"telecom", "insurance", "banking", "blank"};
enum { PACKS = sizeof files / sizeof *files };

static struct arena arena; /* for the life of the process */
static struct pack packs[PACKS];

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
	return pack_read_fields(p, json_member(v, "fields"), &ret->field, &ret->fields);
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

enum err pack_load(struct str *ret_why) {
	for (int i = 0; i < PACKS; i++) {
		struct str text = embedded(str_fmt(&arena, "packs/%s/pack.json", files[i]).p);
		TRY(pack_read(files[i], text, &packs[i], ret_why));
	}
	return OK;
}

const struct pack *pack_at(int i) {
	return i >= 0 && i < PACKS ? &packs[i] : NULL;
}

const struct pack *pack_find(struct str name) {
	for (int i = 0; i < PACKS; i++)
		if (str_eq(name, packs[i].name)) return &packs[i];
	return NULL;
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
