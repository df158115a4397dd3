/* routegen OUT FILE.sql… FILE.html… app/routes: from the table of routes to input structs, decode tables and `routes[]`
 * (tools/README.md says how it is written). Rows and views are read for their names, and for the fields of `then=`. */
#include "gen.h"
#include <inttypes.h>

enum { TX, CACHE, RAW, LIVE, NO_IDEM, FLAGS };
static const char *const flags[FLAGS] = {"tx", "cache", "raw", "live", "noidem"};
static const char *const c_flags[FLAGS] = {"ROUTE_TX", "ROUTE_CACHE", "ROUTE_RAW", "ROUTE_LIVE", "ROUTE_NO_IDEM"};
static const char whos[] =
#define WHO(name, sentence) #name " "
#include "web/who.def"
#undef WHO
	"";
static const char rates[] =
#define RATE(name, per_minute, burst) #name " "
#include "web/rate.def"
#undef RATE
	"";

struct input {
	char *c;             /* its limits as members of struct field_def */
	int64_t min, max;
	const char *one;     /* the words of one(…), spaces between */
	const char *preset;
};

struct address {
	const struct block *block;
	const char *method, *path;
	char *shape;         /* sorts the addresses */
	int line;
};

struct block {
	const char *handler, *who, *rate, *then, *doc;
	int line, addresses, ins, inputs;
	struct address *address;
	bool is[FLAGS];
	int64_t status, body;
	const struct decl *view;
	struct field *in;
	struct input *input; /* of each field in `in` */
};

static const char *file;
static struct block **blocks;
static int block_count;

/* A whole number; with `sizes`, k and m behind it are 1024 and its square. */
static int64_t number(int line, const char *word, bool sizes) {
	char *m[GEN_PARTS];
	if (!gen_match(word, sizes ? "(-?[0-9]{1,12})([km])?" : "(-?[0-9]{1,12})", m))
		gen_fail(file, line, "'%s' is not a number", word);
	return strtoll(m[1], NULL, 10) * (m[2] == NULL ? 1 : *m[2] == 'k' ? 1024 : 1024 * 1024);
}

/* ------------------------------------------------------------------ inputs */

static void read_limit(struct input *in, const struct field *f, const char *word) {
	struct type t = f->type;
	bool text = t.kind == K_TEXT, num = t.kind == K_INT || t.kind == K_REAL;
	bool counted = t.list || text || num || t.kind == K_FILE;
	char *m[GEN_PARTS];
	if (counted && gen_match(word, "(min|max)=(.+)", m)) {
		int64_t n = number(f->line, m[2], !num), *limit = strcmp(m[1], "min") == 0 ? &in->min : &in->max;
		*limit = n;
		in->c = gen_fmt("%s, .has_%s = true, .%s = %" PRId64, in->c, m[1], m[1], n);
	} else if (!t.list && !t.opt && (text || num || t.kind == K_BOOL) && gen_match(word, "default=(.+)", m)) {
		in->preset = m[1];
		in->c = gen_fmt("%s, .preset = %s", in->c, gen_c_string(m[1]));
	} else if (text && gen_match(word, "one\\(([a-z0-9_-]+(,[a-z0-9_-]+)*)\\)", m)) {
		int n;
		char **one = gen_split(m[1], ',', &n);
		for (int i = 0; i < n; i++) in->one = gen_fmt("%s %s", in->one, one[i]);
		for (int i = 0; i < n; i++)
			in->c = gen_fmt("%s%s\"%s\"", in->c, i ? ", " : ",\n\t .one = (const char *const[]){", one[i]);
		in->c = gen_fmt("%s, NULL}", in->c);
	} else if ((text && gen_one_of(word, "lines email")) || (t.list && strcmp(word, "multi") == 0)) {
		in->c = gen_fmt("%s, .%s = true", in->c, word);
	} else {
		gen_fail(file, f->line, "'%s' is not known behind the type of '%s'", word, f->name);
	}
}

static struct input read_input(const struct field *f) {
	enum kind k = f->type.kind;
	struct input in = {.c = "", .one = "", .min = INT64_MIN, .max = INT64_MAX};
	if (k == K_BLOB || k == K_INTS || k == K_HTML || k == K_URL || k == K_STRUCT || f->no_json)
		gen_fail(file, f->line, "'%s' is of no type that an input can have", f->name);
	for (char *word = strtok(f->rest, " \t"); word; word = strtok(NULL, " \t")) read_limit(&in, f, word);
	if (in.max == INT64_MAX && k == K_TEXT && !f->type.list) read_limit(&in, f, "max=200");
	if (in.min > in.max) gen_fail(file, f->line, "'%s': min is more than max", f->name);
	if (in.preset == NULL) return in;
	int64_t n = k == K_INT ? number(f->line, in.preset, false) : in.max;
	const char *allowed = *in.one ? in.one : k == K_BOOL ? "true false" : in.preset;
	if (n < in.min || n > in.max || !gen_one_of(in.preset, allowed))
		gen_fail(file, f->line, "'%s': the default is not one of its values", f->name);
	return in;
}

/* ------------------------------------------------------------------ blocks */

/* A shape is a path with ~~ for {…}, ~.csv for {…}.csv: so words sort before {…}.csv, and that before {…}. */
static void add_address(struct block *b, int line, const char *method, const char *path) {
	struct address a = {.block = b, .method = method, .path = path, .line = line, .shape = ""};
	if (!gen_one_of(method, "GET POST PUT PATCH DELETE")) gen_fail(file, line, "'%s' is no method", method);
	if (!gen_match(path, "/|(/([A-Za-z0-9._-]+|\\{[a-z0-9_.]+\\}(\\.[a-z]+)?))+", (char *[GEN_PARTS]){0}))
		gen_fail(file, line, "'%s' is no path", path);
	for (const char *p = path; *p; p++) {
		size_t any = *p == '{' ? strcspn(p, "}") : 0;
		a.shape = gen_fmt(any == 0 ? "%s%c" : p[any + 1] == '.' ? "%s~" : "%s~~", a.shape, *p);
		p += any;
	}
	a.shape = gen_fmt("%s %s", a.shape, method);
	gen_unique(file, line, "address", a.shape);
	gen_push(b->address, b->addresses, a);
}

static void read_word(struct block *b, const char *word) {
	char *m[GEN_PARTS];
	bool flag = false;
	for (int i = 0; i < FLAGS; i++)
		if (strcmp(word, flags[i]) == 0) flag = b->is[i] = true;
	if (flag) return;
	if (!gen_match(word, "(then|view|status|body|rate)=(.+)", m)) gen_fail(file, b->line, "'%s' is not known", word);
	const char *v = m[2];
	switch (*m[1]) {
	case 't': b->then = v; break;
	case 's':
		b->status = number(b->line, v, false);
		if (b->status < 200 || b->status > 299) gen_fail(file, b->line, "'%s' is no status of success", v);
		break;
	case 'b': b->body = number(b->line, v, true); break;
	case 'v':
		b->view = gen_decl(v);
		if (b->view == NULL || b->view->row) gen_fail(file, b->line, "there is no view '%s'", v);
		break;
	default:
		b->rate = v;
		if (!gen_one_of(v, rates)) gen_fail(file, b->line, "'%s' is none of src/web/rate.def", v);
	}
}

/* "METHOD PATH HANDLER WHO [words]" */
static struct block *read_block(int line, const char *text) {
	struct block *b = gen_alloc(sizeof *b);
	char *m[GEN_PARTS];
	if (!gen_match(text, "([A-Z]+)[ \t]+([^ \t]+)[ \t]+" WORD "([ \t]+" WORD "([ \t].*)?)?", m))
		gen_fail(file, line, "a block begins 'METHOD PATH HANDLER WHO'");
	*b = (struct block){.line = line, .handler = m[3], .who = m[5], .body = 65536};
	add_address(b, line, m[1], m[2]);
	gen_unique(file, line, "handler", b->handler);
	if (b->who == NULL) gen_fail(file, line, "'%s' does not say who may call it", b->handler);
	if (!gen_one_of(b->who, whos)) gen_fail(file, line, "'%s' is none of src/web/who.def", b->who);
	for (char *word = strtok(m[6] ? m[6] : "", " \t"); word; word = strtok(NULL, " \t")) read_word(b, word);
	gen_push(blocks, block_count, b);
	return b;
}

/* Each {name} of a path is an input; of then=, a field of the view, else an input, that is always there. It can stand
 * in an address; or all of then= is a url of the view. */
static void check_names(const struct block *b, int line, const char *path, bool then) {
	for (const char *p = strchr(path, '{'); p; p = strchr(p + 1, '{')) {
		const char *name = gen_copy(p + 1, strcspn(p + 1, "}"));
		int v = then && b->view ? gen_find(b->view->field, b->view->fields, name) : -1, in = gen_find(b->in, b->ins, name);
		if (v < 0 && in < 0) gen_fail(file, line, "'{%s}' is no input%s", name, then ? " and not in the view" : "");
		const struct field *f = v >= 0 ? &b->view->field[v] : &b->in[in];
		enum kind k = f->type.kind;
		bool fits = *path == '{' ? v >= 0 && k == K_URL : k == K_ID || k == K_INT || k == K_TEXT;
		if (then && f->type.opt) gen_fail(file, line, "then= uses '%s', which may be absent", name);
		if (f->type.list || f->group || !fits) gen_fail(file, line, "'{%s}' is of no type that can stand there", name);
		if (!then && strstr(p + 1, gen_fmt("{%s}", name))) gen_fail(file, line, "'{%s}' stands twice", name);
	}
}

static void check_block(const struct block *b) {
	for (int i = 0; i < b->addresses; i++) {
		const struct address *a = &b->address[i];
		bool get = strcmp(a->method, "GET") == 0;
		if (b->is[CACHE] && !get) gen_fail(file, a->line, "cache is for GET only");
		if (b->is[TX] && get) gen_fail(file, a->line, "a GET changes nothing: no tx");
		check_names(b, a->line, a->path, false);
	}
	if (b->is[CACHE] && strcmp(b->who, "public") != 0) gen_fail(file, b->line, "cache is for public pages only");
	if (b->is[RAW] && b->view) gen_fail(file, b->line, "a raw handler fills no view");
	if (b->then && !gen_match(b->then, "/[^{}]*(\\{[^{}]+\\}[^{}]*)*|\\{[^{}]+\\}", (char *[GEN_PARTS]){0}))
		gen_fail(file, b->line, "'%s' is no address to go to", b->then);
	if (b->then) check_names(b, b->line, b->then, true);
}

static void read_routes(void) {
	int n;
	char **line = gen_lines(gen_read(file), &n), *m[GEN_PARTS];
	struct block *b = NULL;
	for (int i = 0; i < n; i++) {
		/* A comment begins with '#' at the start or behind white space: then=/problems/{id}#answer holds none. */
		gen_match(gen_fmt(" %s", line[i]), "(([^#]|[^ \t]#)*)([ \t]#.*)?", m);
		char *text = gen_trim(m[1]);
		if (*text == 0) continue;
		bool more = gen_match(text, "(in|doc|api)[ \t]+(.*)", m);
		if (more && b == NULL) gen_fail(file, i + 1, "'%s' without a block above", m[1]);
		if (more && *m[1] == 'i') {
			gen_fields(file, i + 1, m[2], '|', &b->in, &b->ins);
			for (int k = b->inputs; k < b->ins; k++) gen_push(b->input, b->inputs, read_input(&b->in[k]));
		} else if (more && *m[1] == 'd') {
			if (strstr(m[2], "*/")) gen_fail(file, i + 1, "'*/' in a doc line");
			b->doc = b->doc ? gen_fmt("%s %s", b->doc, m[2]) : m[2];
		} else if (more) {
			if (!gen_match(m[2], "([A-Z]+)[ \t]+(/api/v1/[^ \t]+)", m))
				gen_fail(file, i + 1, "an api line is 'api METHOD /api/v1/…'");
			add_address(b, i + 1, m[1], m[2]);
		} else {
			b = read_block(i + 1, text);
		}
	}
	for (int i = 0; i < block_count; i++) check_block(blocks[i]);
	if (block_count == 0) gen_fail(file, 0, "holds no routes");
}

/* ------------------------------------------------------------------ writing */

static int compare(const void *left, const void *right) {
	return strcmp((*(const struct address *const *)left)->shape, (*(const struct address *const *)right)->shape);
}

static void write_header(FILE *out) {
	fputs("#include \"base/err.h\"\n#include \"base/values.h\"\n#include \"types.h\"\n\nstruct req;\n", out);
	for (int i = 0; i < block_count; i++) {
		const struct block *b = blocks[i];
		fputc('\n', out);
		if (b->ins > 0) fprintf(out, "struct %s_in {\n", b->handler);
		gen_c_members(out, b->in, b->ins);
		if (b->ins > 0) fprintf(out, "};\n");
		for (int k = 0; k < b->addresses; k++)
			fprintf(out, "%s%s %s", k ? ", " : "/* ", b->address[k].method, b->address[k].path);
		fprintf(out, "%s%s */\nMUST_USE enum err %s(struct req *q", b->doc ? ": " : "", b->doc ? b->doc : "", b->handler);
		if (b->ins) fprintf(out, ", const struct %s_in *in", b->handler);
		if (b->view) fprintf(out, ", struct %s *ret", b->view->name);
		fprintf(out, ");\n");
	}
}

static void write_block(FILE *out, const struct block *b) {
	for (int i = 0; b->ins > 0 && i < b->addresses; i++) {
		fprintf(out, "\nstatic const struct field_def %s_fields_%d[] = {\n", b->handler, b->address[i].line);
		for (int k = 0; k < b->ins; k++) {
			const char *in_path = gen_fmt("{%s}", b->in[k].name);
			gen_c_field(out, &b->in[k], gen_fmt("%s_in", b->handler));
			fprintf(out, ",\n\t .where = %s%s},\n", strstr(b->address[i].path, in_path) ? "IN_PATH" : "IN_ANY", b->input[k].c);
		}
		fprintf(out, "};\n");
	}
	fprintf(out, "\nstatic enum err run_%s(struct req *q, const void *in, void *view) {\n", b->handler);
	fprintf(out, "\t(void)in, (void)view;\n\treturn %s(q", b->handler);
	fprintf(out, "%s%s);\n}\n", b->ins ? ", in" : "", b->view ? ", view" : "");
}

static void write_route(FILE *out, const struct address *a) {
	const struct block *b = a->block;
	bool get = strcmp(a->method, "GET") == 0, post = strcmp(a->method, "POST") == 0;
	int64_t status = b->status ? b->status : b->view ? (post ? 201 : 200) : b->is[RAW] || b->is[LIVE] ? 200 : 204;
	fprintf(out, "\t{.method = \"%s\", .path = \"%s\", .name = \"%s\",\n", a->method, a->path, b->handler);
	fprintf(out, "\t .who = WHO_%s, .rate = RATE_%s, .flags = 0", b->who, b->rate ? b->rate : get ? "read" : "write");
	if (gen_begins(a->path, "/api/v1/")) fputs(" | ROUTE_API", out);
	for (int i = 0; i < FLAGS; i++)
		if (b->is[i]) fprintf(out, " | %s", c_flags[i]);
	fprintf(out, ", .status = %" PRId64 ", .body_max = %" PRId64 ",\n\t .run = run_%s", status, b->body, b->handler);
	if (b->ins > 0)
		fprintf(out, ", .in = %s_fields_%d, .in_count = %d, .in_size = sizeof(struct %s_in)", b->handler, a->line, b->ins,
			b->handler);
	if (b->view) fprintf(out, ", .view = &view_%s", b->view->name);
	if (b->then) fprintf(out, ",\n\t .then = %s", gen_c_string(b->then));
	fprintf(out, ",\n\t .doc = %s},\n", b->doc ? gen_c_string(b->doc) : "NULL");
}

int main(int argc, char **argv) {
	struct address **e = NULL;
	int n = 0;
	gen_declare(argv + 2, argc - 3);
	file = argv[argc - 1];
	read_routes();
	for (int i = 0; i < block_count; i++)
		for (int k = 0; k < blocks[i]->addresses; k++) gen_push(e, n, &blocks[i]->address[k]);
	qsort(e, (size_t)n, sizeof *e, compare);
	write_header(gen_open(gen_fmt("%s/routes.h", argv[1]), file));
	FILE *out = gen_open(gen_fmt("%s/routes.c", argv[1]), file);
	fputs("#include \"routes.h\"\n#include \"tpl.h\"\n#include \"web/meta.h\"\n#include <stddef.h>\n", out);
	for (int i = 0; i < block_count; i++) write_block(out, blocks[i]);
	fprintf(out, "\nconst struct route routes[] = {\n");
	for (int i = 0; i < n; i++) write_route(out, e[i]);
	fprintf(out, "};\n\nconst int route_count = %d;\n", n);
	gen_close_all();
	return 0;
}
