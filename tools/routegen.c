/* routegen OUT FILE.sql… FILE.html… app/routes: from the table of routes to input structs, decode tables and `routes[]`
 * (tools/README.md says how it is written). Rows and views are read for their names, and for the fields of `then=`. */
#include "gen.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_INPUTS = 60, MOST_ADDRESSES = 4, MOST_BLOCKS = 1000, MOST_WORDS = 30 };
static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};
static const char *const whos[] = {
#define WHO(name, sentence) #name,
#include "web/who.def"
#undef WHO
	NULL};
static const char *const rates[] = {
#define RATE(name, per_minute, burst) #name,
#include "web/rate.def"
#undef RATE
	NULL};

/* What stands behind an input's type. */
struct limits {
	bool has_min, has_max, email, lines, multi;
	int64_t min, max;
	char *one[MOST_WORDS];
	int ones;
	const char *preset;
};

struct address {
	const char *method, *path;
	int line;
	bool api;
	uint64_t in_path;    /* a bit for each input that stands in the path */
};

struct block {
	const char *handler, *who, *rate, *then, *doc;
	int line, in_line;
	struct address address[MOST_ADDRESSES];
	int addresses;
	bool tx, cache, raw, live, noidem;
	int64_t status, body;
	const struct decl *view;
	struct field in[MOST_INPUTS];
	struct limits limits[MOST_INPUTS];
	int ins;
};

static const char *file;
static struct block *blocks[MOST_BLOCKS];
static int block_count;

static const char *known(const char *word, const char *const *list) {
	for (; *list; list++)
		if (strcmp(word, *list) == 0) return *list;
	return NULL;
}

static char *next_word(char **text) {
	*text = gen_trim(*text);
	return **text ? strsep(text, " \t") : NULL;
}

/* A whole number; with `sizes`, k and m behind it are 1024 and its square. */
static int64_t number(int line, const char *word, bool sizes) {
	char *end;
	errno = 0;
	int64_t n = strtoll(word, &end, 10), times = 1;
	if (sizes && *end == 'k') times = 1024, end++;
	else if (sizes && *end == 'm') times = 1024 * 1024, end++;
	if (end == word || *end || errno || n > INT64_MAX / times || n < INT64_MIN / times)
		gen_fail(file, line, "'%s' is not a number", word);
	return n * times;
}

/* "name=value" → value, or NULL when the word is not of that name. */
static const char *value(const char *word, const char *name) {
	size_t n = strlen(name);
	return strncmp(word, name, n) == 0 && word[n] == '=' ? word + n + 1 : NULL;
}

/* ------------------------------------------------------------------ inputs */

static bool is_number(struct type t) { return t.kind == K_INT || t.kind == K_REAL; }

static void read_one(struct limits *l, const struct field *f, char *list) {
	char *end = strchr(list, ')'), *save = NULL;
	if (f->type.kind != K_TEXT) gen_fail(file, f->line, "'one(…)' is for text only, and '%s' is none", f->name);
	if (end == NULL || end[1]) gen_fail(file, f->line, "'one(a,b)' without spaces, closed");
	*end = 0;
	for (char *word = strtok_r(list, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		if (l->ones == MOST_WORDS - 1) gen_fail(file, f->line, "more than %d words in 'one(…)'", MOST_WORDS - 1);
		if (known(word, (const char *const *)l->one)) gen_fail(file, f->line, "'%s' stands twice in 'one(…)'", word);
		l->one[l->ones++] = word;
	}
	if (l->ones == 0) gen_fail(file, f->line, "'one()' allows nothing");
}

static void read_limit(struct limits *l, const struct field *f, char *word) {
	const char *v;
	struct type t = f->type;
	bool text = t.kind == K_TEXT, counted = t.list || text || is_number(t) || t.kind == K_FILE;
	if ((v = value(word, "max")) != NULL && counted) {
		l->has_max = true;
		l->max = number(f->line, v, !is_number(t));
	} else if ((v = value(word, "min")) != NULL && counted) {
		l->has_min = true;
		l->min = number(f->line, v, !is_number(t));
	} else if ((v = value(word, "default")) != NULL && !t.list && (text || is_number(t) || t.kind == K_BOOL) && !t.opt) {
		l->preset = v;
	} else if (strncmp(word, "one(", 4) == 0) {
		read_one(l, f, word + 4);
	} else if (strcmp(word, "email") == 0 && text) {
		l->email = true;
	} else if (strcmp(word, "lines") == 0 && text) {
		l->lines = true;
	} else if (strcmp(word, "multi") == 0 && t.list) {
		l->multi = true;
	} else {
		gen_fail(file, f->line, "'%s' is not known behind the type of '%s'", word, f->name);
	}
}

static void check_limits(struct limits *l, const struct field *f) {
	if (!l->has_max && f->type.kind == K_TEXT && !f->type.list) l->has_max = true, l->max = 200;
	if (l->has_min && l->has_max && l->min > l->max) gen_fail(file, f->line, "'%s': min is more than max", f->name);
	if (l->preset == NULL) return;
	bool fits = true;
	if (l->ones > 0) fits = known(l->preset, (const char *const *)l->one) != NULL;
	else if (f->type.kind == K_BOOL) fits = strcmp(l->preset, "true") == 0 || strcmp(l->preset, "false") == 0;
	else if (f->type.kind == K_INT) {
		int64_t n = number(f->line, l->preset, false);
		fits = (!l->has_min || n >= l->min) && (!l->has_max || n <= l->max);
	}
	if (!fits) gen_fail(file, f->line, "'%s': the default is not one of its values", f->name);
}

static void read_inputs(struct block *b, int line, char *text) {
	int n;
	struct field *field = gen_fields(file, line, text, &n);
	b->in_line = line;
	for (int i = 0; i < n; i++) {
		struct field *f = &field[i];
		enum kind k = f->type.kind;
		if (k == K_BLOB || k == K_INTS || k == K_HTML || k == K_URL || k == K_STRUCT)
			gen_fail(file, line, "'%s' is of no type that an input can have", f->name);
		if (f->no_json) gen_fail(file, line, "'-json' is not known behind the type of '%s'", f->name);
		if (b->ins == MOST_INPUTS) gen_fail(file, line, "more than %d inputs", MOST_INPUTS);
		gen_unlike(file, line, b->in, b->ins, f);
		char *rest = gen_copy(f->rest, strlen(f->rest)), *word;
		while ((word = rest ? next_word(&rest) : NULL) != NULL) read_limit(&b->limits[b->ins], f, word);
		check_limits(&b->limits[b->ins], f);
		b->in[b->ins++] = *f;
	}
}

static int find_input(const struct block *b, const char *name, size_t n) {
	for (int i = 0; i < b->ins; i++) {
		const char *full = b->in[i].group ? gen_fmt("%s.%s", b->in[i].group, b->in[i].name) : b->in[i].name;
		if (strlen(full) == n && strncmp(full, name, n) == 0) return i;
	}
	return -1;
}

/* ------------------------------------------------------------------ blocks */

static void add_address(struct block *b, int line, const char *method, const char *path, bool api_line) {
	if (known(method, methods) == NULL) gen_fail(file, line, "'%s' is no method", method);
	bool api = strncmp(path, "/api/v1/", 8) == 0;
	if (api_line && !api) gen_fail(file, line, "'%s' is not under /api/v1/", path);
	if (b->addresses == MOST_ADDRESSES) gen_fail(file, line, "more than %d addresses", MOST_ADDRESSES);
	if (*path != '/') gen_fail(file, line, "'%s' does not begin with '/'", path);
	for (const char *p = path; *p; p++) {
		bool ends = p[1] == '/' || p[1] == 0;
		bool bad = !isalnum((unsigned char)*p) && !strchr("/-._{}", *p);
		bad |= *p == '{' && (p[-1] != '/' || strcspn(p, "}") >= strcspn(p, "/"));
		bad |= *p == '}' && !ends && p[1] != '.';
		bad |= *p == '/' && ends && p != path;
		if (bad || strstr(path, "//")) gen_fail(file, line, "'%s' is no path", path);
	}
	b->address[b->addresses++] = (struct address){.method = method, .path = path, .line = line, .api = api};
}

static void read_word(struct block *b, const char *word) {
	const char *v;
	if (strcmp(word, "tx") == 0) b->tx = true;
	else if (strcmp(word, "cache") == 0) b->cache = true;
	else if (strcmp(word, "raw") == 0) b->raw = true;
	else if (strcmp(word, "live") == 0) b->live = true;
	else if (strcmp(word, "noidem") == 0) b->noidem = true;
	else if ((v = value(word, "then")) != NULL) b->then = v;
	else if ((v = value(word, "view")) != NULL) {
		b->view = gen_decl(v);
		if (b->view == NULL || b->view->row) gen_fail(file, b->line, "there is no view '%s'", v);
	} else if ((v = value(word, "status")) != NULL) {
		b->status = number(b->line, v, false);
		if (b->status < 200 || b->status > 299) gen_fail(file, b->line, "'%s' is no status of success", v);
	} else if ((v = value(word, "body")) != NULL) {
		b->body = number(b->line, v, true);
		if (b->body < 0) gen_fail(file, b->line, "'%s' is no size", v);
	} else if ((v = value(word, "rate")) != NULL) {
		b->rate = known(v, rates);
		if (b->rate == NULL) gen_fail(file, b->line, "'%s' is none of src/web/rate.def", v);
	} else {
		gen_fail(file, b->line, "'%s' is not known", word);
	}
}

/* "METHOD PATH HANDLER WHO [words]" */
static struct block *read_block(int line, char *text) {
	if (block_count == MOST_BLOCKS) gen_fail(file, line, "more than %d blocks", MOST_BLOCKS);
	struct block *b = blocks[block_count++] = gen_alloc(sizeof *b);
	char *method = next_word(&text), *path = text ? next_word(&text) : NULL, *word;
	b->line = line;
	b->body = 65536;
	if (path == NULL) gen_fail(file, line, "a block begins 'METHOD PATH HANDLER WHO'");
	add_address(b, line, method, path, false);
	b->handler = text ? next_word(&text) : NULL;
	if (b->handler == NULL) gen_fail(file, line, "a block begins 'METHOD PATH HANDLER WHO'");
	if (!gen_word(b->handler)) gen_fail(file, line, "'%s' is no name of a handler", b->handler);
	for (int i = 0; i < block_count - 1; i++)
		if (strcmp(blocks[i]->handler, b->handler) == 0)
			gen_fail(file, line, "'%s' stands already on line %d", b->handler, blocks[i]->line);
	word = text ? next_word(&text) : NULL;
	if (word == NULL) gen_fail(file, line, "'%s' does not say who may call it", b->handler);
	b->who = known(word, whos);
	if (b->who == NULL) gen_fail(file, line, "'%s' is none of src/web/who.def", word);
	while ((word = text ? next_word(&text) : NULL) != NULL) read_word(b, word);
	return b;
}

/* `{name}` of then=: a field of the view, else an input, that is always there and can stand in an address. */
static void check_then_field(const struct block *b, const char *name, size_t n, bool whole) {
	const struct field *f = NULL;
	for (int i = 0; b->view && i < b->view->fields; i++) {
		const struct field *v = &b->view->field[i];
		if (v->group == NULL && strlen(v->name) == n && strncmp(v->name, name, n) == 0) f = v;
	}
	bool in_view = f != NULL;
	int in = find_input(b, name, n);
	if (f == NULL && in >= 0) f = &b->in[in];
	if (f == NULL) gen_fail(file, b->line, "then= uses '%.*s', which is no input and not in the view", (int)n, name);
	enum kind k = f->type.kind;
	bool fits = whole ? in_view && k == K_URL : k == K_ID || k == K_INT || k == K_TEXT;
	if (f->type.opt) gen_fail(file, b->line, "then= uses '%s', which may be absent", f->name);
	if (f->type.list || f->group || !fits) gen_fail(file, b->line, "then= cannot use '%s'", f->name);
}

static void check_then(const struct block *b) {
	if (b->then == NULL) return;
	bool whole = *b->then == '{' && strcspn(b->then, "}") == strlen(b->then) - 1; /* the view's url */
	if (*b->then != '/' && !whole) gen_fail(file, b->line, "'%s' does not begin with '/'", b->then);
	for (const char *p = strchr(b->then, '{'); p; p = strchr(p + 1, '{')) {
		if (strchr(p, '}') == NULL) gen_fail(file, b->line, "'{' of then= is not closed");
		check_then_field(b, p + 1, strcspn(p + 1, "}"), whole);
	}
}

static void check_address(struct block *b, struct address *a) {
	bool get = strcmp(a->method, "GET") == 0;
	if (b->cache && !get) gen_fail(file, a->line, "cache is for GET only");
	if (b->tx && get) gen_fail(file, a->line, "a GET changes nothing: no tx");
	for (const char *p = strchr(a->path, '{'); p; p = strchr(p + 1, '{')) {
		int n = (int)strcspn(p + 1, "}"), i = find_input(b, p + 1, (size_t)n);
		if (i < 0) gen_fail(file, a->line, "'{%.*s}' of the path is no input", n, p + 1);
		enum kind k = b->in[i].type.kind;
		if (b->in[i].type.list || b->in[i].group || (k != K_ID && k != K_INT && k != K_TEXT))
			gen_fail(file, b->in_line, "'%s' is in the path and must be an id, int or text", b->in[i].name);
		if (a->in_path >> i & 1) gen_fail(file, a->line, "'{%.*s}' stands twice", n, p + 1);
		a->in_path |= UINT64_C(1) << i;
	}
}

static void check_block(struct block *b) {
	for (int i = 0; i < b->addresses; i++) check_address(b, &b->address[i]);
	if (b->cache && strcmp(b->who, "public") != 0) gen_fail(file, b->line, "cache is for public pages only");
	if (b->raw && b->view) gen_fail(file, b->line, "a raw handler fills no view");
	check_then(b);
}

/* A comment begins with '#' at the start of a line or behind white space: then=/problems/{id}#answer holds none. */
static char *without_comment(char *line) {
	for (char *p = line; *p; p++)
		if (*p == '#' && (p == line || isspace((unsigned char)p[-1]))) *p = 0;
	return gen_trim(line);
}

static void read_routes(struct source s) {
	int n;
	char **line = gen_lines(s, &n);
	struct block *b = NULL;
	file = s.file;
	for (int i = 0; i < n; i++) {
		int at = i + 1;
		char *text = without_comment(line[i]);
		size_t w = strcspn(text, " \t");
		char *rest = text[w] ? gen_trim(text + w) : "";
		if (*text == 0) continue;
		bool in = w == 2 && strncmp(text, "in", w) == 0, doc = w == 3 && strncmp(text, "doc", w) == 0;
		bool api = w == 3 && strncmp(text, "api", w) == 0;
		if (b == NULL && (in || doc || api)) gen_fail(file, at, "'%.*s' without a block above", (int)w, text);
		if (in) {
			read_inputs(b, at, gen_copy(rest, strlen(rest)));
		} else if (doc) {
			if (strstr(rest, "*/")) gen_fail(file, at, "'*/' in a doc line");
			b->doc = b->doc ? gen_fmt("%s %s", b->doc, rest) : rest;
		} else if (api) {
			char *method = next_word(&rest), *path = method && rest ? next_word(&rest) : NULL;
			if (path == NULL || rest != NULL) gen_fail(file, at, "an api line is 'api METHOD PATH'");
			add_address(b, at, method, path, true);
		} else {
			if (b != NULL) check_block(b);
			b = read_block(at, text);
		}
	}
	if (b != NULL) check_block(b);
}

/* ------------------------------------------------------------------ sorting */

struct entry {
	const struct block *block;
	const struct address *address;
};

/* Segment by segment: words by the alphabet, then {…}.ics, then {…}; what ends comes first; equal shapes by method. */
static int compare(const void *left, const void *right) {
	const struct address *x = ((const struct entry *)left)->address, *y = ((const struct entry *)right)->address;
	const char *a = x->path, *b = y->path;
	while (*a && *b) {
		bool any_a = *++a == '{', any_b = *++b == '{';
		if (any_a != any_b) return any_a - any_b;
		if (any_a) a = strchr(a, '}') + 1, b = strchr(b, '}') + 1;
		size_t n = strcspn(a, "/"), m = strcspn(b, "/");
		if (any_a && (n == 0) != (m == 0)) return (n == 0) - (m == 0);
		int d = strncmp(a, b, n < m ? n : m);
		if (d != 0 || n != m) return d ? d : n < m ? -1 : 1;
		a += n, b += m;
	}
	if (*a || *b) return *a ? 1 : -1;
	ptrdiff_t i = 0, k = 0;
	while (strcmp(methods[i], x->method) != 0) i++;
	while (strcmp(methods[k], y->method) != 0) k++;
	return (i > k) - (i < k);
}

static struct entry *sorted(int *ret_n) {
	struct entry *e = gen_alloc(sizeof *e * MOST_BLOCKS * MOST_ADDRESSES);
	int n = 0;
	for (int i = 0; i < block_count; i++)
		for (int k = 0; k < blocks[i]->addresses; k++) e[n++] = (struct entry){blocks[i], &blocks[i]->address[k]};
	qsort(e, (size_t)n, sizeof *e, compare);
	for (int i = 0; i + 1 < n; i++) {
		if (compare(&e[i], &e[i + 1]) != 0) continue;
		const struct address *x = e[i].address, *y = e[i + 1].address, *first = x->line < y->line ? x : y;
		const struct address *second = first == x ? y : x;
		gen_fail(file, second->line, "'%s %s' has the shape of line %d", second->method, second->path, first->line);
	}
	*ret_n = n;
	return e;
}

/* ------------------------------------------------------------------ writing */

static const char *const kinds[] = {
	[K_INT] = "K_INT",   [K_REAL] = "K_REAL", [K_BOOL] = "K_BOOL", [K_TEXT] = "K_TEXT",
	[K_DATE] = "K_DATE", [K_TIME] = "K_TIME", [K_ID] = "K_ID",     [K_FILE] = "K_FILE"};

static const char *quoted(const char *s) {
	char *text;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	gen_c_string(f, s, strlen(s));
	fclose(f);
	return text;
}

static const char *prototype(const struct block *b) {
	return gen_fmt("enum err %s(struct req *q%s%s)", b->handler,
	               b->ins ? gen_fmt(", const struct %s_in *in", b->handler) : "",
	               b->view ? gen_fmt(", struct %s *ret", b->view->name) : "");
}

static void write_header(const char *dir) {
	FILE *out = gen_open(gen_fmt("%s/routes.h", dir));
	fprintf(out, "#ifndef ROUTES_H\n#define ROUTES_H\n/* Made by tools/routegen.c from %s; changes belong there. */\n",
	        file);
	fprintf(out, "#include \"base/err.h\"\n#include \"base/values.h\"\n#include \"types.h\"\n\nstruct req;\n");
	for (int i = 0; i < block_count; i++) {
		const struct block *b = blocks[i];
		fputc('\n', out);
		if (b->ins > 0) {
			fprintf(out, "struct %s_in {\n", b->handler);
			gen_c_members(out, b->in, b->ins);
			fprintf(out, "};\n");
		}
		for (int k = 0; k < b->addresses; k++)
			fprintf(out, "%s%s %s", k ? ", " : "/* ", b->address[k].method, b->address[k].path);
		fprintf(out, "%s%s */\nMUST_USE %s;\n", b->doc ? ": " : "", b->doc ? b->doc : "", prototype(b));
	}
	fprintf(out, "\n#endif\n");
	gen_close(out);
}

static void write_field(FILE *out, const struct block *b, int i, bool in_path) {
	const struct field *f = &b->in[i];
	const struct limits *l = &b->limits[i];
	const char *flags[] = {f->type.opt ? "opt" : NULL, f->type.list ? "list" : NULL, l->lines ? "lines" : NULL,
	                       l->email ? "email" : NULL, l->multi ? "multi" : NULL};
	fprintf(out, "\t{.name = \"%s\"", f->name);
	if (f->group) fprintf(out, ", .group = \"%s\"", f->group);
	fprintf(out, ", .kind = %s, .where = %s", kinds[f->type.kind], in_path ? "IN_PATH" : "IN_ANY");
	for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
		if (flags[k]) fprintf(out, ", .%s = true", flags[k]);
	if (l->has_min) fprintf(out, ", .has_min = true, .min = %" PRId64, l->min);
	if (l->has_max) fprintf(out, ", .has_max = true, .max = %" PRId64, l->max);
	for (int k = 0; k < l->ones; k++)
		fprintf(out, "%s%s", k ? ", " : ",\n\t .one = (const char *const[]){", quoted(l->one[k]));
	if (l->ones > 0) fprintf(out, ", NULL}");
	if (l->preset) fprintf(out, ", .preset = %s", quoted(l->preset));
	fprintf(out, ",\n\t .offset = offsetof(struct %s_in, %s%s%s)},\n", b->handler, f->group ? f->group : "",
	        f->group ? "." : "", f->name);
}

/* The decode table of an address: the handler's first, unless its path holds other inputs than those before. */
static const char *table(const struct block *b, const struct address *a) {
	const struct address *first = b->address;
	while (first->in_path != a->in_path) first++;
	if (first == b->address) return gen_fmt("%s_fields", b->handler);
	return gen_fmt("%s_fields_%d", b->handler, (int)(first - b->address) + 1);
}

static void write_block(FILE *out, const struct block *b) {
	for (int i = 0; b->ins > 0 && i < b->addresses; i++) {
		const struct address *first = b->address;
		while (first->in_path != b->address[i].in_path) first++;
		if (first != &b->address[i]) continue;
		fprintf(out, "\nstatic const struct field_def %s[] = {\n", table(b, first));
		for (int k = 0; k < b->ins; k++) write_field(out, b, k, first->in_path >> k & 1);
		fprintf(out, "};\n");
	}
	fprintf(out, "\nstatic enum err run_%s(struct req *q, const void *in, void *view) {\n", b->handler);
	if (b->ins == 0) fprintf(out, "\t(void)in;\n");
	if (b->view == NULL) fprintf(out, "\t(void)view;\n");
	fprintf(out, "\treturn %s(q%s%s);\n}\n", b->handler, b->ins ? ", in" : "", b->view ? ", view" : "");
}

static void write_route(FILE *out, const struct block *b, const struct address *a) {
	const char *flags = "";
	const struct { bool on; const char *name; } flag[] = {
		{a->api, "API"}, {b->tx, "TX"},     {b->cache, "CACHE"},
		{b->raw, "RAW"}, {b->live, "LIVE"}, {b->noidem, "NO_IDEM"}};
	for (size_t i = 0; i < sizeof flag / sizeof *flag; i++)
		if (flag[i].on) flags = gen_fmt("%s%sROUTE_%s", flags, *flags ? " | " : "", flag[i].name);
	bool get = strcmp(a->method, "GET") == 0, post = strcmp(a->method, "POST") == 0;
	int64_t status = b->status ? b->status : b->view ? (post ? 201 : 200) : b->raw || b->live ? 200 : 204;
	fprintf(out, "\t{.method = \"%s\", .path = \"%s\", .name = \"%s\",\n", a->method, a->path, b->handler);
	fprintf(out, "\t .who = WHO_%s, .rate = RATE_%s, ", b->who, b->rate ? b->rate : get ? "read" : "write");
	fprintf(out, ".flags = %s, .status = %" PRId64 ", .body_max = %" PRId64 ",\n", *flags ? flags : "0", status, b->body);
	fprintf(out, "\t .run = run_%s", b->handler);
	if (b->ins > 0)
		fprintf(out, ", .in = %s, .in_count = %d, .in_size = sizeof(struct %s_in)", table(b, a), b->ins, b->handler);
	if (b->view) fprintf(out, ", .view = &view_%s", b->view->name);
	if (b->then) fprintf(out, ",\n\t .then = %s", quoted(b->then));
	fprintf(out, ",\n\t .doc = %s},\n", b->doc ? quoted(b->doc) : "NULL");
}

static void write_code(const char *dir) {
	int n;
	struct entry *e = sorted(&n);
	FILE *out = gen_open(gen_fmt("%s/routes.c", dir));
	fprintf(out, "/* Made by tools/routegen.c from %s; changes belong there. */\n", file);
	fprintf(out, "#include \"routes.h\"\n#include \"tpl.h\"\n#include \"web/meta.h\"\n#include <stddef.h>\n");
	for (int i = 0; i < block_count; i++) write_block(out, blocks[i]);
	fprintf(out, "\nconst struct route routes[] = {\n");
	for (int i = 0; i < n; i++) write_route(out, e[i].block, e[i].address);
	fprintf(out, "};\n\nconst int route_count = %d;\n", n);
	gen_close(out);
}

int main(int argc, char **argv) {
	struct source table_source = {0};
	if (argc < 3) gen_fail("routegen", 0, "usage: routegen OUT FILE.sql… FILE.html… app/routes");
	for (int i = 2; i < argc; i++) {
		struct source s = gen_read(argv[i]);
		if (gen_ends(argv[i], ".sql")) gen_rows(s);
		else if (gen_ends(argv[i], ".html")) gen_views(s);
		else if (table_source.file) gen_fail(argv[i], 0, "is a second table of routes");
		else table_source = s;
	}
	if (table_source.file == NULL) gen_fail("routegen", 0, "no table of routes was given");
	gen_check_types();
	read_routes(table_source);
	if (block_count == 0) gen_fail(file, 0, "holds no routes");
	write_header(argv[1]);
	write_code(argv[1]);
	return 0;
}
