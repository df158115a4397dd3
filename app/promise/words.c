/* From text to sentences, to words, to rules. A sentence is cut into words and numbers without their punctuation; each language's grammar
 * is asked how many it knows, and the best reads it. A rule of the grammar is a row of word classes with gaps: some rules forbid
 * (questions, conditions, what was heard), some begin a new clause, some promise. Every rule is tried at every word, rules have bounded gaps
 * and sentences a bounded length, so time is linear in the text. */
#include "promise/words_int.h"
#include "text/date.h"
#include "text/utf8.h"

enum { TOKENS_MAX = 400 };

struct reader {
	struct arena *a;
	struct str text;
	size_t at;
	size_t from, to;                 /* the sentence being read */
	bool question;
	struct token *t;                 /* TOKENS_MAX */
	int n;
};

static const struct word *grammar_word(const struct word *words, int count, const char *text, size_t n) {
	int low = 0, high = count;
	while (low < high) {
		int mid = (low + high) / 2;
		int c = str_cmp(str_c(words[mid].text), str_n(text, n));
		if (c == 0) return &words[mid];
		if (c < 0) low = mid + 1;
		else high = mid;
	}
	return NULL;
}

static bool word_is(const struct word *w, int class) {
	if (w == NULL) return false;
	for (int i = 0; i < WORD_CLASSES && w->classes[i] != CLASS_NONE; i++)
		if (w->classes[i] == class) return true;
	return false;
}

bool token_is(const struct token *t, enum word_class class) {
	return t->number != CLASS_NONE ? t->number == class : word_is(t->word, (int)class);
}

/* ---- words and numbers */

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

/* Digits at `at`: their number (at most 9 are counted) and how many. */
static size_t digits(struct str s, size_t at, int *ret) {
	size_t n = 0;
	*ret = 0;
	while (at + n < s.n && is_digit(s.p[at + n])) {
		if (n < 9) *ret = *ret * 10 + (s.p[at + n] - '0');
		n++;
	}
	return n;
}

static char byte_at(struct str s, size_t at) {
	return at < s.n ? s.p[at] : 0;
}

static bool is_day(int a, int b) {
	return a >= 1 && a <= 31 && b >= 1 && b <= 31 && (a <= 12 || b <= 12);
}

static bool is_money(struct str s, size_t from, size_t to) {
	struct str before = str_n(s.p, from), rest = str_from(s, to);
	if (str_starts(rest, STR(" "))) rest = str_from(rest, 1);
	return str_ends(before, STR("€")) || str_ends(before, STR("€ ")) || str_ends(before, STR("$")) || str_ends(before, STR("£")) ||
		str_starts(rest, STR("€")) || str_ieq(str_first(rest, 3), STR("eur")) || str_ieq(str_first(rest, 3), STR("chf"));
}

/* 2026-11-20, 20.11., 20.11.2026, 20/11, 20/11/26, 10:30, or a plain number: an amount of money is one, and so is 2.5. */
static void token_number(struct str s, size_t at, struct token *t) {
	int a, b = 0, c = 0;
	size_t na = digits(s, at, &a);
	char sign = byte_at(s, at + na);
	size_t nb = sign ? digits(s, at + na + 1, &b) : 0;
	size_t end = at + na + 1 + nb;
	size_t nc = nb && byte_at(s, end) == sign ? digits(s, end + 1, &c) : 0;
	*t = (struct token){.from = at, .to = at + na, .number = na == 4 && a >= 1900 && a < 2200 ? CLASS_YEAR : CLASS_NUMBER, .n = {a, 0, -1}};
	if (is_money(s, at, nb ? end : at + na)) {
		*t = (struct token){.from = at, .to = nb ? end : at + na, .number = CLASS_NUMBER};    /* 0: no count of anything */
	} else if (na == 4 && nb == 2 && nc == 2 && sign == '-') {
		*t = (struct token){.from = at, .to = end + 1 + nc, .number = CLASS_DATE, .n = {c, b, a}};
	} else if (na <= 2 && nb == 2 && a < 24 && b < 60 && (sign == ':' || (sign == '.' && b > 12))) {
		*t = (struct token){.from = at, .to = end, .number = CLASS_TIME, .n = {a, b, -1}};
	} else if (na <= 2 && is_day(a, b) && (sign == '/' || (sign == '.' && (nb == 2 || byte_at(s, end) == '.')))) {
		*t = (struct token){.from = at, .to = end, .number = CLASS_DATE, .n = {a, b, -1}, .slash = sign == '/'};
		if (nc == 2 || nc == 4) t->n[2] = nc == 2 ? 2000 + c : c, t->to = end + 1 + nc;
	} else if (nb && (sign == '.' || sign == ',')) {
		*t = (struct token){.from = at, .to = end, .number = CLASS_NUMBER};
	}
}

static void token_fold(struct arena *a, struct str word, char ret[WORD_BYTES]) {
	ret[0] = '\0';
	if (word.n >= 2 * WORD_BYTES) return;
	struct arena_mark m = arena_mark(a);
	struct str folded = utf8_fold(a, word);
	if (folded.n < WORD_BYTES) memcpy(ret, folded.p, folded.n), ret[folded.n] = '\0';
	arena_reset(a, m);
}

/* Bytes of the letter at `at`; 0 when there is none. What is above ASCII is one unless it is punctuation (U+2000..U+206F, quotes). */
static size_t letter(struct str s, size_t at) {
	if (at >= s.n) return 0;
	unsigned char c = (unsigned char)s.p[at];
	if (c < 0x80) return (c | 32) >= 'a' && (c | 32) <= 'z';
	uint32_t u;
	size_t n = utf8_next(str_from(s, at), &u);
	return u == 0xFFFD || u == 0xA0 || u == 0xAB || u == 0xBB || (u >= 0x2000 && u <= 0x206F) ? 0 : n;
}

static size_t word_end(struct str s, size_t at) {
	for (size_t n; (n = letter(s, at)) > 0;) at += n;
	return at;
}

static bool is_any(struct arena *a, struct str word, enum word_class class) {
	char folded[WORD_BYTES];
	token_fold(a, word, folded);
	for (int i = 0; i < grammar_count; i++)
		if (word_is(grammar_word(grammars[i].words, grammars[i].word_count, folded, strlen(folded)), (int)class)) return true;
	return false;
}

/* ---- sentences */

static size_t skip_spaces(struct str s, size_t at) {
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r')) at++;
	return at;
}

/* Does the full stop at `at` end the sentence? Not in "3. Mai", "15. von", "z. B.". */
static bool stop_ends(struct reader *r, size_t at) {
	size_t next = skip_spaces(r->text, at + 1);
	char c = byte_at(r->text, next);
	if (c == '\n' || c == 0) return true;
	if (next == at + 1) return false;
	if (r->n == 0) return true;
	const struct token *last = &r->t[r->n - 1];
	if (last->to != at) return true;
	struct str word = str_n(r->text.p + next, word_end(r->text, next) - next);
	if (last->number != CLASS_NONE) return !(c >= 'a' && c <= 'z') && !is_any(r->a, word, CLASS_MONTH);
	return last->to - last->from > 1 && !is_any(r->a, str_n(r->text.p + last->from, last->to - last->from), CLASS_ABBREVIATION);
}

/* Does the line that begins at `at` begin something new: an empty one, a quotation, an item of a list? */
static bool line_ends(struct str s, size_t at) {
	at = skip_spaces(s, at);
	char c = byte_at(s, at);
	return c == 0 || c == '\n' || c == '>' || c == '#' || ((c == '-' || c == '*' || c == '+') && byte_at(s, at + 1) == ' ');
}

static size_t skip_quotes(struct str s, size_t at) {
	while (at < s.n && byte_at(s, skip_spaces(s, at)) == '>') {
		const char *end = memchr(s.p + at, '\n', s.n - at);
		at = end ? (size_t)(end - s.p) + 1 : s.n;
	}
	return at;
}

/* Takes what stands at r->at; false when it ended the sentence. */
static bool take(struct reader *r) {
	struct str s = r->text;
	char c = s.p[r->at];
	size_t end = word_end(s, r->at);
	if (end > r->at) {
		struct token *t = &r->t[r->n++];
		*t = (struct token){.from = r->at, .to = end};
		token_fold(r->a, str_n(s.p + r->at, end - r->at), t->text);
		r->at = end;
		return true;
	}
	if (is_digit(c)) {
		token_number(s, r->at, &r->t[r->n++]);
		r->at = r->t[r->n - 1].to;
		return true;
	}
	size_t at = r->at++;
	if (c == '?') r->question = true;
	if (c == '\n') return !line_ends(s, r->at);
	if (c == '.') return !stop_ends(r, at);
	return c != '!' && c != '?' && c != ';';
}

/* The next sentence with words in it; false at the end of the text. */
static bool sentence(struct reader *r) {
	do {
		if (r->at == 0 || r->text.p[r->at - 1] == '\n') r->at = skip_quotes(r->text, r->at);
		if (r->at >= r->text.n) return false;
		r->n = 0;
		r->question = false;
		while (r->at < r->text.n && r->n < TOKENS_MAX && take(r)) {}
	} while (r->n == 0);
	r->from = r->t[0].from;
	r->to = r->at;
	while (r->to > r->t[r->n - 1].to && (unsigned char)r->text.p[r->to - 1] <= ' ') r->to--;
	return true;
}

/* ---- rules */

static bool item_is(const struct item *item, const struct token *t) {
	for (int i = 0; i < ITEM_CLASSES && item->classes[i] != CLASS_NONE; i++)
		if (token_is(t, (enum word_class)item->classes[i])) return true;
	return false;
}

static void slots_take(struct slots *s, const struct token *t) {
	int value = t->word ? t->word->value : -1;
	if (t->number == CLASS_DATE) s->date = t;
	else if (t->number == CLASS_TIME) s->time = t;
	else if (t->number == CLASS_YEAR) s->year = t->n[0];
	else if (token_is(t, CLASS_NUMBER)) {
		if (s->count < 4) s->numbers[s->count++] = t->number ? t->n[0] : value;
	} else if (token_is(t, CLASS_WEEKDAY)) s->weekday = value;
	else if (token_is(t, CLASS_MONTH)) s->month = value;
	else if (token_is(t, CLASS_UNIT)) s->unit = s->unit < 0 ? value : s->unit;   /* "business days" are the former */
	else if (token_is(t, CLASS_AMPM)) s->ampm = value;
	else if (token_is(t, CLASS_PART)) s->part = value;
}

/* Where the items from `item` on, matched at `at`, end; -1 when they do not match. Recursion is as deep as the rule is long. */
static int items_match(const struct rule *r, int item, const struct token *t, int n, int at, struct slots *s) {
	if (item == r->count) return at;
	const struct item *x = &r->items[item];
	if (x->kind == ITEM_BEGIN) return at == 0 ? items_match(r, item + 1, t, n, at, s) : -1;
	if (x->kind == ITEM_END) return at == n ? items_match(r, item + 1, t, n, at, s) : -1;
	if (x->kind == ITEM_ANY) return at < n ? items_match(r, item + 1, t, n, at + 1, s) : -1;
	if (x->kind == ITEM_GAP) {
		for (int skip = 0; skip <= x->gap && at + skip <= n; skip++) {
			int end = items_match(r, item + 1, t, n, at + skip, s);
			if (end >= 0) return end;
		}
		return -1;
	}
	bool is = at < n && item_is(x, &t[at]);
	if (x->not) return is ? -1 : items_match(r, item + 1, t, n, at, s);
	if (is) {
		struct slots before = s ? *s : (struct slots){0};
		if (s) slots_take(s, &t[at]);
		int end = items_match(r, item + 1, t, n, at + 1, s);
		if (end >= 0) return end;
		if (s) *s = before;
	}
	return x->optional ? items_match(r, item + 1, t, n, at, s) : -1;
}

int rule_match(const struct rule *r, const struct token *t, int n, int at, struct slots *s) {
	if (s) *s = (struct slots){.weekday = -1, .month = -1, .unit = -1, .year = -1, .ampm = -1, .part = -1};
	int end = items_match(r, 0, t, n, at, s);
	return end < 0 ? -1 : end - at;
}

static const struct rule *first_rule(const struct grammar *g, unsigned kinds, bool dated, const struct token *t, int n) {
	for (const struct rule *r = g->rules; r < g->rules + g->rule_count; r++) {
		if (!(kinds & 1U << r->kind) || (r->dated && !dated)) continue;
		for (int at = 0; at < n; at++)
			if (rule_match(r, t, n, at, NULL) >= 0) return r;
	}
	return NULL;
}

/* Looks the words up; how many are known. */
static int know(const struct grammar *g, struct token *t, int n) {
	int known = 0;
	for (int i = 0; i < n; i++) {
		size_t len = strlen(t[i].text);
		t[i].word = grammar_word(g->words, g->word_count, t[i].text, len);
		for (; len > 1 && t[i].word == NULL; len--) t[i].word = grammar_word(g->stems, g->stem_count, t[i].text, len);
		known += t[i].word != NULL;
	}
	return known;
}

static const struct grammar *grammar_of(enum lang lang, struct token *t, int n) {
	const struct grammar *best = NULL;
	int most = -1;
	for (const struct grammar *g = grammars; g < grammars + grammar_count; g++) {
		int known = 2 * know(g, t, n) + (strcmp(g->lang, lang_code(lang)) == 0);
		if (known > most) best = g, most = known;
	}
	know(best, t, n);
	return best;
}

/* ---- offers */

/* One sentence offers the same side two promises only when both have a date. */
static void add(struct promise_words_list *l, const struct promise_words *o) {
	struct promise_words *last = l->n > 0 ? &l->v[l->n - 1] : NULL;
	bool again = last && last->from == o->from && last->who == o->who;
	if (again && o->due == PROMISE_WORDS_NO_DATE) return;
	if (again && last->due == PROMISE_WORDS_NO_DATE) *last = *o;
	else l->v[l->n++] = *o;
}

static void clause(struct reader *r, const struct grammar *g, const struct words_clock *c, int from, int to, struct promise_words_list *ret) {
	const struct token *t = r->t + from;
	int n = to - from;
	if (n == 0 || ret->n == PROMISE_WORDS_MAX || first_rule(g, 1U << RULE_NEVER, true, t, n)) return;
	struct promise_words o = {.from = r->from, .to = r->to, .day = STR_NONE};
	lang_find(str_c(g->lang), &o.lang);
	words_due(r->a, g, c, t, n, &o);
	const struct rule *rule = first_rule(g, 1U << RULE_FIRM | 1U << RULE_CUSTOMER, o.said_to > 0, t, n);
	if (rule == NULL) return;
	o.who = rule->kind == RULE_FIRM ? PROMISE_WORDS_FIRM : PROMISE_WORDS_CUSTOMER;
	if (o.due == PROMISE_WORDS_NO_DATE) o.said_from = o.said_to = 0;
	add(ret, &o);
}

static bool splits(const struct grammar *g, const struct token *t, int n, int at) {
	for (const struct rule *r = g->rules; r < g->rules + g->rule_count; r++)
		if (r->kind == RULE_SPLIT && rule_match(r, t, n, at, NULL) >= 0) return true;
	return false;
}

void promise_words_find(struct arena *a, struct str text, enum lang lang, usec_t now, const struct zone *zone, struct promise_words_list *ret) {
	struct words_clock c = {.zone = zone, .now = now, .local = zone_local(zone, now)};
	c.today = days_of(c.local.year, c.local.month, c.local.day);
	struct reader r = {.a = a, .text = str_first(text, PROMISE_WORDS_TEXT_MAX), .t = NEW_ARRAY(a, struct token, TOKENS_MAX)};
	*ret = (struct promise_words_list){.v = NEW_ARRAY(a, struct promise_words, PROMISE_WORDS_MAX)};
	while (ret->n < PROMISE_WORDS_MAX && sentence(&r)) {
		const struct grammar *g = grammar_of(lang, r.t, r.n);
		if (r.question || first_rule(g, 1U << RULE_WHOLE, true, r.t, r.n)) continue;
		int from = 0;
		for (int at = 1; at < r.n; at++)
			if (splits(g, r.t, r.n, at)) clause(&r, g, &c, from, at, ret), from = at;
		clause(&r, g, &c, from, r.n, ret);
	}
}
