/* The JSON is walked once; each step knows the path it stands at, so that a fault says where it is. */
#include "import/map.h"
#include "import/value.h"
#include "text/date.h"
#include "text/utf8.h"

enum { COLUMNS_MAX = 1000, PIECES_MAX = 50 };

struct reading {
	struct arena *a;
	struct mapping *m;
	struct str path;           /* set[3].words */
	const struct zone *zone;
	struct str *why;
	size_t words;              /* of all rules */
};

static enum err fault(struct reading *r, const char *what) {
	*r->why = str_fmt(r->a, STR_FMT ": " STR_FMT "%s%s", STR_ARG(r->m->file), STR_ARG(r->path),
	                  str_empty(r->path) ? "" : ": ", what);
	return ERR_INVALID;
}

static enum err fault_of(struct reading *r, const char *what, struct str of) {
	return fault(r, str_fmt(r->a, "%s \"" STR_FMT "\"", what, STR_ARG(str_first(of, 80))).p);
}

static struct reading into(const struct reading *r, const char *name, long i) {
	struct reading at = *r;
	at.path = i < 0 ? str_fmt(r->a, STR_FMT "%s%s", STR_ARG(r->path), r->path.n ? "." : "", name)
	                : str_fmt(r->a, STR_FMT "%s%s[%ld]", STR_ARG(r->path), r->path.n ? "." : "", name, i);
	return at;
}

static enum err only(struct reading *r, const struct json *object, const char *known) {
	for (struct json_members m = json_members(object); json_next(&m);) {
		struct str word = str_fmt(r->a, " " STR_FMT " ", STR_ARG(m.name));
		if (!str_has(str_c(known), word)) return fault_of(r, "there is no", m.name);
	}
	return OK;
}

static enum err column(struct reading *r, struct str name, int *ret) {
	struct text_list *l = &r->m->column;
	if (str_empty(name)) return fault(r, "a column needs a name");
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i], name)) {
			*ret = (int)i;
			return OK;
		}
	if (l->n == COLUMNS_MAX) return fault(r, "too many columns");
	*ret = (int)l->n;
	l->v[l->n++] = str_copy(r->a, name);
	return OK;
}

/* "Customer {customerID}"; "{{" stands for a brace. */
static enum err read_template(struct reading *r, struct str text, struct map_rule *rule) {
	struct map_piece *v = NEW_ARRAY(r->a, struct map_piece, PIECES_MAX);
	size_t n = 0, start = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '{') continue;
		if (n + 2 >= PIECES_MAX) return fault(r, "too many columns in one text");
		bool brace = i + 1 < text.n && text.p[i + 1] == '{';
		if (i + brace > start)
			v[n++] = (struct map_piece){.text = str_copy(r->a, str_n(text.p + start, i + brace - start)), .column = -1};
		if (brace) start = ++i + 1;
		else {
			struct str rest = str_from(text, i + 1);
			ptrdiff_t end = str_find(rest, '}');
			if (end < 0) return fault(r, "a brace is not closed; write {{ for one that stands for itself");
			TRY(column(r, str_first(rest, (size_t)end), &v[n].column));
			n++;
			i += (size_t)end + 1;
			start = i + 1;
		}
	}
	if (start < text.n) v[n++] = (struct map_piece){.text = str_copy(r->a, str_from(text, start)), .column = -1};
	rule->piece = v;
	rule->pieces = n;
	return OK;
}

static enum err read_source(struct reading *r, const struct json *v, struct map_rule *rule) {
	struct str from, text;
	bool has_from = json_get_str(json_member(v, "from"), &from), has_text = json_get_str(json_member(v, "text"), &text);
	if (has_from == has_text) return fault(r, "needs either \"from\" (a column) or \"text\"");
	if (has_text) return read_template(r, text, rule);
	rule->piece = NEW(r->a, struct map_piece);
	rule->pieces = 1;
	return column(r, from, &rule->piece->column);
}

/* What a word stands for must itself be right for the field. */
static enum err check_value(struct reading *r, const struct map_rule *rule, struct str value) {
	struct str clean;
	const char *why;
	struct map_rule plain = {.target = rule->target, .times = rule->times, .as = rule->as, .zone = rule->zone};
	if (str_empty(value) || value_clean(r->a, &r->m->target[rule->target], &plain, value, &clean, &why)) return OK;
	return fault(r, str_fmt(r->a, "\"" STR_FMT "\": %s", STR_ARG(str_first(value, 80)), why).p);
}

static enum err read_words(struct reading *r, const struct json *v, struct map_rule *rule) {
	const struct json *words = json_member(v, "words"), *otherwise = json_member(v, "else");
	if (otherwise != NULL && words == NULL) return fault(r, "\"else\" goes with \"words\"");
	if (words == NULL) return OK;
	if (json_kind_of(words) != JSON_IS_OBJECT || json_length(words) == 0)
		return fault(r, "\"words\" is an object: {\"theirs\": \"ours\"}");
	r->words += json_length(words);
	if (r->words > MAP_WORDS_MAX) return fault(r, "too many words");
	rule->word = NEW_ARRAY(r->a, struct map_word, json_length(words));
	for (struct json_members m = json_members(words); json_next(&m);) {
		struct map_word *w = &rule->word[rule->words++];
		if (!json_get_str(m.value, &w->to)) return fault_of(r, "needs a text for", m.name);
		w->to = str_copy(r->a, w->to);
		w->from = str_copy(r->a, m.name);
		TRY(check_value(r, rule, w->to));
	}
	if (otherwise == NULL) return OK;
	if (!json_get_str(otherwise, &rule->otherwise)) return fault(r, "\"else\" is a text");
	rule->otherwise = str_copy(r->a, rule->otherwise);
	return check_value(r, rule, rule->otherwise);
}

static enum err read_when(struct reading *r, const struct json *v, struct map_rule *rule) {
	const struct json *when = json_member(v, "when");
	if (when == NULL) return OK;
	if (json_kind_of(when) != JSON_IS_OBJECT) return fault(r, "\"when\" is an object: {\"column\": [\"values\"]}");
	rule->when = NEW_ARRAY(r->a, struct map_when, json_length(when));
	for (struct json_members m = json_members(when); json_next(&m);) {
		struct map_when *w = &rule->when[rule->whens++];
		TRY(column(r, m.name, &w->column));
		size_t n = json_length(m.value);
		if (json_kind_of(m.value) != JSON_IS_ARRAY || n == 0 || n > 1000)
			return fault_of(r, "needs a list of values for", m.name);
		w->values = (struct text_list){NEW_ARRAY(r->a, struct str, n), n};
		for (size_t i = 0; i < n; i++) {
			if (!json_get_str(json_item(m.value, i), &w->values.v[i])) return fault_of(r, "needs texts as values for", m.name);
			w->values.v[i] = str_copy(r->a, w->values.v[i]);
		}
	}
	return OK;
}

static enum err read_format(struct reading *r, const struct json *v, struct map_rule *rule) {
	const struct json *as = json_member(v, "as"), *zone = json_member(v, "zone"), *times = json_member(v, "times");
	enum want want = r->m->target[rule->target].want;
	bool date = want == WANT_DATE || want == WANT_TIME ||
	            (want == WANT_FIELD && r->m->target[rule->target].field->type == PACK_DATE);
	bool money = want == WANT_MONEY || (want == WANT_FIELD && r->m->target[rule->target].field->type == PACK_MONEY);
	struct str s;
	if (as != NULL && !date) return fault(r, "\"as\" is for dates and times");
	if (as != NULL && (!json_get_str(as, &rule->as) || !date_format_valid(rule->as)))
		return fault(r, "\"as\" is no format, such as MM/DD/YYYY HH:MM:SS AM, rfc3339 or epoch");
	if (as != NULL) rule->as = str_copy(r->a, rule->as);
	if (zone != NULL && want != WANT_TIME) return fault(r, "\"zone\" is for times");
	if (zone != NULL && (!json_get_str(zone, &s) || (rule->zone = zone_find(str_copy(r->a, s))) == NULL))
		return fault(r, "there is no such time zone; they are called like Europe/Berlin");
	const struct json *title = json_member(v, "case");
	if (title != NULL && want != WANT_LINE && want != WANT_TEXT) return fault(r, "\"case\" is for texts");
	if (title != NULL && (!json_get_str(title, &s) || !str_is(s, "title"))) return fault(r, "\"case\" is \"title\"");
	rule->title = title != NULL;
	if (times != NULL && !money) return fault(r, "\"times\" is for money");
	bool sane = json_get_int(times, &rule->times) && rule->times >= -1000000 && rule->times <= 1000000 && rule->times != 0;
	if (times != NULL && !sane)
		return fault(r, "\"times\" is a whole number from -1,000,000 to 1,000,000 and not 0");
	return OK;
}

static enum err read_blank(struct reading *r, const struct json *v, struct map_rule *rule) {
	const struct json *blank = json_member(v, "blank");
	struct str s;
	if (blank == NULL) return OK;
	if (!json_get_str(blank, &s)) s = STR("");
	rule->blank = str_is(s, "reject") ? BLANK_REJECT : BLANK_REMARK;
	return str_is(s, "reject") || str_is(s, "remark") ? OK : fault(r, "\"blank\" is \"remark\" or \"reject\"");
}

static enum err read_rule(struct reading *r, const struct json *v, struct map_rule *rule) {
	struct str to;
	if (json_kind_of(v) != JSON_IS_OBJECT) return fault(r, "is an object");
	TRY(only(r, v, " to from text words else as zone times case when blank "));
	if (!json_get_str(json_member(v, "to"), &to)) return fault(r, "needs \"to\" (a field)");
	*rule = (struct map_rule){.target = r->m->targets, .otherwise = STR_NONE, .as = STR_NONE, .zone = r->zone, .times = 1};
	for (size_t i = 0; i < r->m->targets; i++)
		if (str_eq(r->m->target[i].name, to)) rule->target = i;
	if (rule->target == r->m->targets) return fault_of(r, "there is no field", to);
	TRY(read_source(r, v, rule));
	TRY(read_format(r, v, rule));
	TRY(read_words(r, v, rule));
	TRY(read_when(r, v, rule));
	return read_blank(r, v, rule);
}

static enum err read_rules(struct reading *r, const struct json *set) {
	size_t n = json_length(set);
	struct reading at = into(r, "set", -1);
	if (json_kind_of(set) != JSON_IS_ARRAY || n == 0) return fault(&at, "is a list of rules");
	if (n > MAP_RULES_MAX) return fault(&at, "too many rules");
	r->m->rule = NEW_ARRAY(r->a, struct map_rule, n);
	for (size_t i = 0; i < n; i++) {
		at = into(r, "set", (long)i);
		at.words = r->words;
		TRY(read_rule(&at, json_item(set, i), &r->m->rule[i]));
		r->words = at.words;
	}
	r->m->rules = n;
	for (size_t t = 0; t < r->m->targets; t++) {
		bool filled = !r->m->target[t].needed;
		for (size_t i = 0; i < n && !filled; i++) filled = r->m->rule[i].target == t;
		at = into(r, "set", -1);
		if (!filled) return fault_of(&at, "no rule fills the field", r->m->target[t].name);
	}
	return OK;
}

static enum err read_header(struct reading *r, const struct json *header) {
	struct reading at = into(r, "header", -1);
	if (header == NULL) return OK;
	if (json_kind_of(header) != JSON_IS_ARRAY) return fault(&at, "is a list of columns");
	for (size_t i = 0; i < json_length(header); i++) {
		struct str name;
		int ignored;
		if (!json_get_str(json_item(header, i), &name)) return fault(&at, "is a list of columns");
		TRY(column(&at, name, &ignored));
	}
	return OK;
}

static enum err read_mapping(struct reading *r, struct str text) {
	JSON_DOC(doc);
	struct json_fault at;
	struct str kind = STR("");
	if (text.n > MAP_BYTES_MAX) return fault(r, "is larger than 1 MB");
	if (json_parse(&doc, text, &at) != OK)
		return fault(r, at.line == 0 ? str_fmt(r->a, "%s", at.text).p
		                             : str_fmt(r->a, "line %d, column %d: %s", at.line, at.column, at.text).p);
	if (json_kind_of(doc.root) != JSON_IS_OBJECT) return fault(r, "is no JSON object");
	TRY(only(r, doc.root, " kind header set "));
	json_get_str(json_member(doc.root, "kind"), &kind);
	r->m->kind = import_kind_find(kind);
	if (r->m->kind == NULL) return fault_of(r, "there is no kind", kind);
	r->m->target = import_targets(r->a, r->m->kind, r->m->pack, &r->m->targets);
	TRY(read_header(r, json_member(doc.root, "header")));
	return read_rules(r, json_member(doc.root, "set"));
}

enum err mapping_read(struct arena *a, struct str file, struct str text, const struct pack *p, const struct zone *zone,
                      struct mapping **ret, struct str *ret_why) {
	struct mapping *m = NEW(a, struct mapping);
	*m = (struct mapping){.file = str_copy(a, file), .text = str_copy(a, text), .pack = p,
	                      .column = {.v = NEW_ARRAY(a, struct str, COLUMNS_MAX)}};
	struct reading r = {.a = a, .m = m, .path = STR(""), .zone = zone, .why = ret_why};
	TRY(read_mapping(&r, text));
	m->at = NEW_ARRAY(a, int, m->column.n);
	*ret = m;
	return OK;
}
