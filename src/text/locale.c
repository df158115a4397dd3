/* Languages and the catalogue of sentences. The generated catalogue is sorted by the English singular, then the
 * plural (none first), so a sentence is found by binary search. */
#include "text/locale.h"
#include "base/check.h"
#include "text/catalogue.h"

static const struct {
	const char *code, *name;
} languages[LANG_MAX_] = {
	[LANG_EN] = {"en", "English"},
	[LANG_DE] = {"de", "Deutsch"},
};

const char *lang_code(enum lang l) {
	PRE(l < LANG_MAX_);
	return languages[l].code;
}

const char *lang_name(enum lang l) {
	PRE(l < LANG_MAX_);
	return languages[l].name;
}

bool lang_find(struct str code, enum lang *ret) {
	size_t n = 0;
	while (n < code.n && code.p[n] != '-' && code.p[n] != '_' && code.p[n] != '.' && code.p[n] != '@') n++;
	for (enum lang l = 0; l < LANG_MAX_; l++) {
		if (!str_ieq(str_first(code, n), str_c(languages[l].code))) continue;
		*ret = l;
		return true;
	}
	return false;
}

/* "q=0.8" → 800; 1000 when there is none, 0 (never) for nonsense. */
static int weight(struct str params) {
	while (!str_none(params)) {
		struct str p = str_trim(str_cut(&params, ';'));
		double q;
		if (!str_starts(p, STR("q=")) && !str_starts(p, STR("Q="))) continue;
		return str_real(str_from(p, 2), &q) && q > 0 && q <= 1 ? (int)(q * 1000) : 0;
	}
	return 1000;
}

enum lang lang_from_accept(struct str header, enum lang otherwise) {
	enum lang best = otherwise, l;
	int best_weight = 0;
	for (int i = 0; i < 50 && !str_none(header); i++) {
		struct str params = str_cut(&header, ',');
		struct str range = str_trim(str_cut(&params, ';'));
		int w = str_none(params) ? 1000 : weight(params);
		if (w <= best_weight) continue;
		if (str_is(range, "*")) l = otherwise;
		else if (!lang_find(range, &l)) continue;
		best = l;
		best_weight = w;
	}
	return best;
}

static int compare(const struct message *m, const char *one, const char *many) {
	int d = strcmp(m->one, one);
	return d != 0 ? d : strcmp(m->many ? m->many : "", many ? many : "");
}

static const struct message *find(const char *one, const char *many) {
	int low = 0, high = message_count;
	while (low < high) {
		int middle = low + (high - low) / 2, d = compare(&messages[middle], one, many);
		if (d == 0) return &messages[middle];
		if (d < 0) low = middle + 1;
		else high = middle;
	}
	return NULL;
}

const char *tr(enum lang l, const char *key) {
	PRE(l < LANG_MAX_);
	const struct message *m = l == LANG_EN ? NULL : find(key, NULL);
	return m != NULL && m->tr_one[l] != NULL ? m->tr_one[l] : key;
}

const char *tr_n(enum lang l, const char *one, const char *many, int64_t n) {
	PRE(l < LANG_MAX_);
	const struct message *m = l == LANG_EN ? NULL : find(one, many);
	const char *english = n == 1 ? one : many;
	if (m == NULL) return english;
	const char *said = n == 1 ? m->tr_one[l] : m->tr_many[l];
	return said != NULL ? said : english;
}

enum { FILL_MAX = 16 };

/* The value of the name that stands at p, before its "}"; NULL if it is none of ours. */
static const char *value_of(const char *p, size_t n, const char *const *pair, int pairs) {
	for (int i = 0; i < pairs; i++)
		if (strlen(pair[2 * i]) == n && memcmp(pair[2 * i], p, n) == 0) return pair[2 * i + 1];
	return NULL;
}

/* Writes the filled sentence to `to` unless that is NULL; returns its length. */
static size_t fill(char *to, const char *sentence, const char *const *pair, int pairs) {
	size_t n = 0;
	for (const char *p = sentence; *p != 0;) {
		const char *close = *p == '{' ? strchr(p, '}') : NULL;
		const char *value = close != NULL ? value_of(p + 1, (size_t)(close - p - 1), pair, pairs) : NULL;
		size_t length = value != NULL ? strlen(value) : 1;
		if (to != NULL) memcpy(to + n, value != NULL ? value : p, length);
		n += length;
		p = value != NULL ? close + 1 : p + 1;
	}
	return n;
}

struct str tr_fill(struct arena *a, const char *sentence, ...) {
	const char *pair[2 * FILL_MAX];
	int pairs = 0;
	va_list ap;
	va_start(ap, sentence);
	for (const char *name; (name = va_arg(ap, const char *)) != NULL; pairs++) {
		PRE(pairs < FILL_MAX);
		pair[2 * pairs] = name;
		pair[2 * pairs + 1] = va_arg(ap, const char *);
		PRE(pair[2 * pairs + 1] != NULL);
	}
	va_end(ap);
	size_t n = fill(NULL, sentence, pair, pairs);
	char *text = arena_alloc(a, n + 1);
	fill(text, sentence, pair, pairs);
	return str_n(text, n);
}
