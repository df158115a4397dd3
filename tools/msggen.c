/* msggen [--missing FILE] OUT CATALOGUE.po FILE…: every text a person reads is a key in the catalogue, which is its
 * readable English. They are collected from templates, C and .def files, compared with the translator's .po file, and
 * become one sorted table, messages.c, and the number of each, messages.h. */
#include "gen.h"

struct sentence {
	const char *one, *many;          /* many: NULL if it has no plural */
	const char *file;                /* where it was first found */
	int line;
	const char *tr_one, *tr_many;    /* NULL: not in the catalogue */
};

static struct sentence *sentences;
static int count, faults;

#define FAULT(file, line, ...) \
	(faults++, fprintf(stderr, "%s:%d: ", file, line), fprintf(stderr, __VA_ARGS__), fputc('\n', stderr))

static int compare(const void *x, const void *y) {
	const struct sentence *a = x, *b = y;
	int d = strcmp(a->one, b->one);
	return d ? d : strcmp(a->many ? a->many : "", b->many ? b->many : "");
}

static struct sentence *find(const char *one, const char *many) {
	struct sentence key = {.one = one, .many = many};
	for (int i = 0; i < count; i++)
		if (compare(&sentences[i], &key) == 0) return &sentences[i];
	return NULL;
}

static void add(const char *file, int line, const char *one, const char *many) {
	if (*one == 0 || (many && *many == 0)) gen_fail(file, line, "an empty sentence");
	if (find(one, many) == NULL)
		gen_push(sentences, count, (struct sentence){.one = one, .many = many, .file = file, .line = line});
}

/* ----------------------------------------------------------------- collecting */

struct source {
	const char *file, *text, *p;
};

static int line_of(const struct source *s) {
	int line = 1;
	for (const char *c = s->text; c < s->p; c++) line += *c == '\n';
	return line;
}

/* Moves over white space and comments of C. */
static void skip(struct source *s) {
	for (;; s->p++) {
		if (gen_begins(s->p, "//")) s->p += strcspn(s->p, "\n");
		if (gen_begins(s->p, "/*")) s->p = strstr(s->p, "*/") ? strstr(s->p, "*/") + 1 : s->p + strlen(s->p) - 1;
		else if (*s->p == 0 || !isspace((unsigned char)*s->p)) return;
	}
}

/* Adjacent literals as one; NULL if there is none. */
static char *literals(struct source *s) {
	char *text = NULL;
	for (skip(s); *s->p == '"'; skip(s)) text = gen_fmt("%s%s", text ? text : "", gen_quoted(s->file, line_of(s), &s->p));
	return text;
}

/* T("…"), TN("…", "…"); the last literal of ERROR(…), WHO(…) and NOTICE_TOPIC(…) in .def files */
static void call(struct source *s, const char *name, bool def) {
	int line = line_of(s);
	bool plural = strcmp(name, "TN") == 0;
	s->p++;
	char *one = literals(s), *many = NULL, *last = one;
	if (def) {
		while (*s->p && *s->p != ')')
			if ((one = literals(s)) != NULL) last = one;
			else s->p++;
		if (last == NULL) gen_fail(s->file, line, "this line has no sentence");
		add(s->file, line, last, NULL);
		return;
	}
	if (plural && *s->p == ',') s->p++, many = literals(s);
	if (one == NULL || (plural && many == NULL) || *s->p != ')') gen_fail(s->file, line, "%s() takes literals only", name);
	add(s->file, line, one, many);
}

static void collect_c(struct source *s, bool def) {
	bool defined = false;
	for (skip(s); *s->p; skip(s)) {
		size_t n = 0;
		while (isalnum((unsigned char)s->p[n]) || s->p[n] == '_') n++;
		char *name = gen_copy(s->p, n);
		char quote = n == 0 && strchr("\"'", *s->p) ? *s->p : 0;
		s->p += n > 0 ? n : 1;
		if (*s->p == '(' && !defined && gen_one_of(name, def ? "ERROR WHO NOTICE_TOPIC" : "T TN")) call(s, name, def);
		for (; quote && *s->p && *s->p != quote; s->p++) s->p += *s->p == '\\' && s->p[1];
		s->p += quote && *s->p;
		defined = strcmp(name, "define") == 0;
	}
}

static char *quoted(struct source *s) {
	s->p += strspn(s->p, " \t\n");
	return *s->p == '"' ? gen_quoted(s->file, line_of(s), &s->p) : NULL;
}

/* {{t "…"}}, {{tn path "…" "…"}} */
static void collect_html(struct source *s) {
	while ((s->p = strstr(s->p, "{{t")) != NULL) {
		int line = line_of(s);
		bool plural = s->p[3] == 'n';
		s->p += 3;
		if (!plural && !isspace((unsigned char)*s->p)) continue;
		if (plural) s->p += strcspn(s->p, "\"}");
		char *one = quoted(s), *many = plural ? quoted(s) : NULL;
		if (one && (many || !plural)) add(s->file, line, one, many);
	}
}

/* ------------------------------------------------------------------ the .po file */

/* The next {name} or {/name} at or behind *p, which moves behind it; NULL if none. */
static char *next_name(const char **p) {
	while ((*p = strchr(*p, '{')) != NULL) {
		char *name = gen_copy(*p + 1, strcspn(*p + 1, "}"));
		++*p;
		if (gen_match(name, "/?[a-z0-9_]+", (char *[GEN_PARTS]){0})) return name;
	}
	return NULL;
}

/* Whether the translation has the same names; the number may be left out in, or added to, a singular. */
static void compare_names(const char *file, int line, const char *english, const char *other, bool singular) {
	for (int turn = 0; turn < 2; turn++) {
		const char *p = turn ? other : english, *rest;
		for (char *name; (name = next_name(&p)) != NULL;) {
			rest = turn ? english : other;
			const char *open = turn && *name == '/' ? strstr(other, gen_fmt("{%s}", name + 1)) : NULL;
			if (strstr(rest, gen_fmt("{%s}", name)) == NULL && !(singular && strcmp(name, "n") == 0))
				FAULT(file, line, "{%s} stands only in %s of \"%s\"", name, turn ? "the translation" : "the English", english);
			if (open && strstr(other, gen_fmt("{%s}", name)) < open)
				FAULT(file, line, "{%s} stands before {%s} in the translation of \"%s\"", name, name + 1, english);
		}
	}
}

struct entry {
	char *word[4];                   /* msgid, msgid_plural, msgstr or msgstr[0], msgstr[1] */
	int line;
	bool fuzzy;
};

static void take(const char *file, const struct entry *e) {
	char *const *w = e->word;
	if (w[0] == NULL || *w[0] == 0) return; /* the head of the file */
	struct sentence *s = find(w[0], w[1]);
	bool full = w[2] && *w[2] && (!w[1] || (w[3] && *w[3])) && !e->fuzzy;
	if (s == NULL) {
		FAULT(file, e->line, "nothing uses \"%s\"%s", w[0], w[1] ? " with this plural" : "");
		return;
	}
	if (s->tr_one != NULL) FAULT(file, e->line, "\"%s\" stands twice", w[0]);
	s->tr_one = full ? w[2] : s->one;
	s->tr_many = full && w[3] ? w[3] : s->many;
	if (!full) FAULT(file, e->line, "\"%s\" is not translated%s", w[0], e->fuzzy ? ", only guessed (fuzzy)" : "");
	if (full) compare_names(file, e->line, s->one, s->tr_one, s->many != NULL);
	if (full && s->many) compare_names(file, e->line, s->many, s->tr_many, false);
}

static void read_po(const char *file) {
	static const char *const words[] = {"msgid", "msgid_plural", "msgstr(\\[0\\])?", "msgstr\\[1\\]"};
	struct entry e = {0};
	char **into = NULL, *m[GEN_PARTS];
	bool fuzzy = false;
	int n;
	char **line = gen_lines(gen_read(file), &n);
	for (int i = 0; i < n; i++) {
		char *text = gen_trim(line[i]);
		fuzzy |= gen_begins(text, "#,") && strstr(text, "fuzzy");
		if (*text == 0 || *text == '#') continue;
		for (int w = 0; w < 4; w++) {
			if (!gen_match(text, gen_fmt("(%s)[ \t]*(\".*)", words[w]), m)) continue;
			if (w == 0) {
				take(file, &e);
				e = (struct entry){.line = i + 1, .fuzzy = fuzzy};
				fuzzy = false;
			}
			into = &e.word[w];
			if (*into != NULL || (w > 0 && e.word[0] == NULL)) gen_fail(file, i + 1, "%s stands in a wrong place", m[1]);
			*into = "";
			text = strchr(text, '"');
		}
		const char *p = text;
		if (*text != '"' || into == NULL) gen_fail(file, i + 1, "this is no line of a .po file we read");
		*into = gen_fmt("%s%s", *into, gen_quoted(file, i + 1, &p));
		if (*p) gen_fail(file, i + 1, "'%s' behind the text", p);
	}
	take(file, &e);
}

/* ------------------------------------------------------------------ writing */

static void write_po_text(FILE *out, const char *word, const char *s) {
	fprintf(out, "%s \"", word);
	for (; *s; s++) {
		if (*s == '\n' || *s == '\t') fputs(*s == '\n' ? "\\n" : "\\t", out);
		else fprintf(out, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
	}
	fputs("\"\n", out);
}

/* A skeleton for the translator. */
static void write_missing(const char *file) {
	FILE *out = fopen(file, "w");
	if (out == NULL) gen_fail(file, 0, "cannot be written");
	for (int i = 0; i < count; i++) {
		const struct sentence *s = &sentences[i];
		if (s->tr_one != NULL) continue;
		fprintf(out, "#: %s:%d\n", s->file, s->line);
		write_po_text(out, "msgid", s->one);
		if (s->many) write_po_text(out, "msgid_plural", s->many);
		fputs(s->many ? "msgstr[0] \"\"\nmsgstr[1] \"\"\n\n" : "msgstr \"\"\n\n", out);
	}
	fclose(out);
}

static void write_messages(FILE *h, FILE *c) {
	fputs("\nenum {\n", h);
	fputs("#include \"text/catalogue.h\"\n\nconst struct message messages[] = {\n", c);
	if (count == 0) fputs("\t{.one = \"\"}\n", c);
	for (int i = 0; i < count; i++) {
		const struct sentence *s = &sentences[i];
		const char *one = gen_c_string(s->one), *many = s->many ? gen_c_string(s->many) : NULL;
		fprintf(h, "\t%s,\n", gen_c_message(s->one, s->many));
		fprintf(c, "\t/* %d */\n\t{.one = %s", i, one);
		if (many) fprintf(c, ", .many = %s", many);
		fprintf(c, ",\n\t .tr_one = {[LANG_EN] = %s, [LANG_DE] = %s}", one, s->tr_one ? gen_c_string(s->tr_one) : one);
		if (many)
			fprintf(c, ",\n\t .tr_many = {[LANG_EN] = %s, [LANG_DE] = %s}", many, s->tr_many ? gen_c_string(s->tr_many) : many);
		fputs("},\n", c);
	}
	fprintf(h, "\tMSG_COUNT_\n};\n");
	fprintf(c, "};\n\nconst int message_count = %d;\n", count);
}

int main(int argc, char **argv) {
	const char *missing = NULL;
	if (argc > 2 && strcmp(argv[1], "--missing") == 0) missing = argv[2], argv += 2, argc -= 2;
	if (argc < 3) gen_fail("msggen", 0, "usage: msggen [--missing FILE] OUT CATALOGUE.po FILE…");
	for (int i = 3; i < argc; i++) {
		struct source s = {.file = argv[i], .text = gen_read(argv[i])};
		s.p = s.text;
		if (gen_ends(argv[i], ".html")) collect_html(&s);
		else collect_c(&s, gen_ends(argv[i], ".def"));
	}
	if (count > 0) qsort(sentences, (size_t)count, sizeof *sentences, compare);
	read_po(argv[2]);
	if (missing) write_missing(missing);
	for (int i = 0; i < count && !missing; i++)
		if (sentences[i].tr_one == NULL)
			FAULT(sentences[i].file, sentences[i].line, "\"%s\" is missing in %s", sentences[i].one, argv[2]);
	if (faults && missing == NULL) return 1; /* with --missing a translator works on: English stands in */
	FILE *h = gen_open(gen_fmt("%s/messages.h", argv[1]), argv[2]);
	write_messages(h, gen_open(gen_fmt("%s/messages.c", argv[1]), argv[2]));
	gen_close_all();
	return 0;
}
