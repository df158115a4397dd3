/* Bodies of statements. SQL is not parsed: a body is read once for each engine, word by word. Parameters become
 * numbers, fragments and lists are put in, `--?` lines and {order} cut it into pieces that stmt.h chooses from. Whether
 * the SQL is right is said by the databases, in the SQL test. */
#include "sqlgen.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEEP = 8 };

int sqlgen_split(const char *file, int line, char *list, char **part) {
	int n = 0, depth = 0;
	char quote = 0;
	char *from = list;
	if (*gen_trim(list) == 0) return 0;
	for (char *p = list;; p++) {
		if (quote) quote = *p == quote ? 0 : quote;
		else if (*p == '\'' || *p == '"') quote = *p;
		else if (*p == '(') depth++;
		else if (*p == ')') depth--;
		if (*p && (*p != ',' || depth > 0 || quote)) continue;
		if (n == MOST_PARAMS) gen_fail(file, line, "more than %d parameters", MOST_PARAMS);
		bool last = *p == 0;
		*p = 0;
		part[n++] = gen_trim(from);
		from = p + 1;
		if (last) return n;
	}
}

/* One pass over the body for one engine. */
struct pass {
	struct query *q;
	struct body *body;
	bool pg;
	int line, depth;
	char *text;          /* the piece being made */
	size_t n;
	int filter, order;
	char word[24];       /* the word before, in small letters; "" when something else came since */
	bool begun, limited, ordered;
};

static void put(struct pass *p, const char *text, size_t n) {
	char *more = gen_alloc(p->n + n + 1);
	if (p->n > 0) memcpy(more, p->text, p->n);
	memcpy(more + p->n, text, n);
	p->text = more;
	p->n += n;
}

static void cut(struct pass *p, int filter, int order) {
	if (p->n > 0) {
		if (p->body->pieces == MOST_PIECES) gen_fail(p->q->file, p->line, "more than %d pieces", MOST_PIECES);
		p->body->piece[p->body->pieces++] = (struct piece){.text = p->text, .filter = p->filter, .order = p->order};
	}
	p->n = 0;
	p->filter = filter;
	p->order = order;
}

static int find_param(const struct query *q, const char *name, size_t n) {
	for (int i = 0; i < q->params; i++)
		if (strncmp(q->param[i].name, name, n) == 0 && q->param[i].name[n] == 0) return i;
	return -1;
}

static size_t word_length(const char *s) {
	size_t n = 0;
	while (isalnum((unsigned char)s[n]) || s[n] == '_') n++;
	return n;
}

/* `:name` at text: prints its number; returns the length read. */
static size_t pass_param(struct pass *p, const char *text) {
	size_t n = word_length(text + 1);
	char before = p->n > 0 ? p->text[p->n - 1] : ' ';
	int i = find_param(p->q, text + 1, n);
	if (i < 0) gen_fail(p->q->file, p->line, "'%.*s' is no parameter of %s", (int)n + 1, text, p->q->name);
	if (isalnum((unsigned char)before) || strchr("_.\"", before) || text[n + 1] == '.' || text[n + 1] == '"')
		gen_fail(p->q->file, p->line, "'%.*s' is joined to a name: parameters are values only", (int)n + 1, text);
	char *number = gen_fmt("%c%d", p->pg ? '$' : '?', i + 1);
	put(p, number, strlen(number));
	p->q->param[i].used = true;
	return n + 1;
}

static bool one_of(const char *word, const char *list) {
	size_t n = strlen(word);
	for (const char *at = list; n > 0 && (at = strstr(at, word)) != NULL; at += n)
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0)) return true;
	return false;
}

static size_t pass_word(struct pass *p, const char *text) {
	size_t n = word_length(text), w = n < sizeof p->word ? n : sizeof p->word - 1;
	for (size_t i = 0; i < w; i++) p->word[i] = (char)tolower((unsigned char)text[i]);
	p->word[w] = 0;
	const char *next = text + n + strspn(text + n, " \t\n");
	if ((*next == '(' && one_of(p->word, "datetime now strftime julianday unixepoch")) ||
	    one_of(p->word, "current_timestamp current_date current_time"))
		gen_fail(p->q->file, p->line, "'%.*s': the time is a parameter", (int)n, text);
	if (!p->begun && !one_of(p->word, "select with")) p->q->writes = true;
	if (one_of(p->word, "insert update delete")) p->q->writes = true;
	if (strcmp(p->word, "limit") == 0) p->limited = true;
	p->begun = true;
	put(p, text, n);
	return n;
}

static void pass_text(struct pass *p, const char *text);

/* A fragment's text with its parameters' names replaced where they stand as words of their own. */
static const char *frag_text(const struct frag *f, char **arg) {
	char *out = NULL;
	size_t n = 0;
	FILE *o = open_memstream(&out, &n);
	for (const char *c = f->text; *c;) {
		size_t w = word_length(c);
		int i = 0;
		if (w == 0) {
			const char *end = *c == '\'' || *c == '"' ? strchr(c + 1, *c) : NULL;
			w = end ? (size_t)(end - c) + 1 : 1;
			i = f->params;
		}
		bool plain = c == f->text || !strchr(".:", c[-1]);
		while (i < f->params && !(plain && strncmp(f->param[i], c, w) == 0 && f->param[i][w] == 0)) i++;
		if (i < f->params) fputs(arg[i], o);
		else fwrite(c, 1, w, o);
		c += w;
	}
	fclose(o);
	return out;
}

static void pass_frag(struct pass *p, char *call) {
	char *open = strchr(call, '('), *arg[MOST_PARAMS];
	if (open == NULL || !gen_ends(call, ")")) gen_fail(p->q->file, p->line, "'{%s}' is not known", call);
	*open = call[strlen(call) - 1] = 0;
	const struct frag *f = NULL;
	for (int i = 0; i < sqlgen_frag_count; i++)
		if (strcmp(sqlgen_frags[i].name, call) == 0) f = &sqlgen_frags[i];
	if (f == NULL) gen_fail(p->q->file, p->line, "there is no fragment '%s'", call);
	int n = sqlgen_split(p->q->file, p->line, open + 1, arg);
	if (n != f->params) gen_fail(p->q->file, p->line, "fragment '%s' takes %d arguments, not %d", call, f->params, n);
	if (++p->depth > DEEP) gen_fail(p->q->file, p->line, "fragment '%s' contains itself", call);
	pass_text(p, frag_text(f, arg));
	p->depth--;
}

static void pass_list(struct pass *p, const char *name) {
	int i = *name == ':' ? find_param(p->q, name + 1, strlen(name + 1)) : -1;
	if (i < 0 || p->q->param[i].type.kind != K_INTS)
		gen_fail(p->q->file, p->line, "'%s' is no parameter of type ints", name);
	const char *open = p->pg ? "(SELECT unnest(" : "(SELECT value FROM json_each(", *close = p->pg ? "::bigint[]))" : "))";
	put(p, open, strlen(open));
	pass_param(p, name);
	put(p, close, strlen(close));
}

/* `{…}` at text; returns the length read. */
static size_t pass_brace(struct pass *p, const char *text) {
	const char *end = strchr(text, '}');
	if (end == NULL) gen_fail(p->q->file, p->line, "'{' is not closed");
	char *inner = gen_trim(gen_copy(text + 1, (size_t)(end - text) - 1));
	if (strcmp(inner, "order") == 0) {
		if (p->q->orders == 0) gen_fail(p->q->file, p->line, "{order} without an '-- order:' line");
		p->ordered = true;
		int filter = p->filter;
		for (int i = 0; i < p->q->orders; i++) {
			cut(p, filter, i);
			pass_text(p, p->q->order[i].text);
		}
		cut(p, filter, -1);
	} else if (strncmp(inner, "list ", 5) == 0) {
		pass_list(p, gen_trim(inner + 5));
	} else {
		pass_frag(p, inner);
	}
	return (size_t)(end - text) + 1;
}

/* The end of a line of the body: indentation goes; `--? name` behind it begins a piece. Returns the length read. */
static size_t pass_newline(struct pass *p, const char *text) {
	struct query *q = p->q;
	size_t n = 0;
	while (p->n > 0 && isspace((unsigned char)p->text[p->n - 1])) p->n--;
	const struct piece *before = p->body->pieces > 0 ? &p->body->piece[p->body->pieces - 1] : NULL;
	if (p->n > 0 || (before != NULL && !gen_ends(before->text, "\n"))) put(p, "\n", 1);
	if (p->filter >= 0) cut(p, -1, -1);
	for (; isspace((unsigned char)text[n]); n++) p->line += text[n] == '\n' && p->depth == 0;
	if (strncmp(text + n, "--?", 3) != 0) return n;
	const char *name = text + n + 3 + strspn(text + n + 3, " ");
	size_t w = word_length(name);
	int i = find_param(q, name, w);
	if (i < 0 || !q->param[i].type.opt)
		gen_fail(q->file, p->line, "'--? %.*s': no parameter that may be absent", (int)w, name);
	if (q->param[i].filter < 0) q->param[i].filter = q->filters++;
	if (q->filters > MOST_FILTERS) gen_fail(q->file, p->line, "more than %d parameters with '--?'", MOST_FILTERS);
	cut(p, q->param[i].filter, -1);
	n = (size_t)(name - text) + w;
	return n + strspn(text + n, " \t");
}

/* A comment (dropped) or something in quotes (kept) at text; returns the length read, 0 if neither stands there. */
static size_t pass_opaque(struct pass *p, const char *text) {
	const char *end = NULL;
	if (text[0] == '-' && text[1] == '-') return strcspn(text, "\n");
	if (text[0] == '/' && text[1] == '*') end = strstr(text, "*/") ? strstr(text, "*/") + 2 : NULL;
	else if (*text == '\'' || *text == '"') end = strchr(text + 1, *text) ? strchr(text + 1, *text) + 1 : NULL;
	else return 0;
	if (end == NULL) gen_fail(p->q->file, p->line, "a text in quotes or a comment does not end");
	if (*text != '/') put(p, text, (size_t)(end - text)), p->word[0] = 0;
	for (const char *c = text; c < end; c++) p->line += *c == '\n' && p->depth == 0;
	return (size_t)(end - text);
}

static char last_of(const struct pass *p) {
	size_t n = p->n;
	while (n > 0 && isspace((unsigned char)p->text[n - 1])) n--;
	return n > 0 ? p->text[n - 1] : ' ';
}

static void pass_text(struct pass *p, const char *text) {
	while (*text) {
		size_t n = pass_opaque(p, text);
		if (n > 0) {
			text += n;
			continue;
		}
		if (*text == '\n') n = pass_newline(p, text);
		else if (isalpha((unsigned char)*text) || *text == '_') n = pass_word(p, text);
		else if (*text == '{') n = pass_brace(p, text);
		else if (text[0] == ':' && islower((unsigned char)text[1])) n = pass_param(p, text);
		else if (strchr("?$", *text))
			gen_fail(p->q->file, p->line, "'%c' in a statement: parameters are written :name", *text);
		else if (*text == ';') gen_fail(p->q->file, p->line, "';' in the middle of a statement");
		else if (*text == '*' && (one_of(p->word, "select distinct all returning") || last_of(p) == '.' || last_of(p) == ','))
			gen_fail(p->q->file, p->line, "'*': columns are named one by one");
		else put(p, text, n = text[0] == ':' && text[1] == ':' ? 2 : 1);
		if (!isspace((unsigned char)*text) && !isalpha((unsigned char)*text) && *text != '{') p->word[0] = 0;
		text += n;
	}
}

void sqlgen_compile(struct query *q, int engine) {
	bool pg = engine == 1;
	struct body *b = &q->body[engine];
	struct pass p = {.q = q, .body = b, .pg = pg, .line = b->line - 1, .filter = -1, .order = -1};
	const char *where = q->body[1].line == q->body[0].line ? "" : pg ? " in @pg" : " in @sqlite";
	for (int i = 0; i < q->params; i++) q->param[i].used = false;
	pass_text(&p, gen_fmt("\n%s", b->text));
	while (p.n > 0 && isspace((unsigned char)p.text[p.n - 1])) p.text[--p.n] = 0;
	cut(&p, -1, -1);
	for (int i = 0; i < q->params; i++)
		if (!q->param[i].used) gen_fail(q->file, q->line, "'%s' is not used%s", q->param[i].name, where);
	if (q->cardinality == MANY && !p.limited)
		gen_fail(q->file, q->line, "'%s' is :many and has no LIMIT%s", q->name, where);
	if (q->orders > 0 && !p.ordered) gen_fail(q->file, q->line, "'%s' has an order and no {order}%s", q->name, where);
}
