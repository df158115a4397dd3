/* Sentences: every text a person reads is a key in the catalogue, which is its readable English. They are collected
 * from templates, C and .def files, compared with the translator's .po file, and become one sorted table. */
#include "tplgen.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct sentence {
	const char *one, *many;          /* many: NULL if it has no plural */
	const char *file;                /* where it was first found */
	int line;
	const char *tr_one, *tr_many;    /* NULL: not translated */
};

static struct sentence *sentences;
static int count, room;

static int compare(const void *x, const void *y) {
	const struct sentence *a = x, *b = y;
	int d = strcmp(a->one, b->one);
	return d ? d : strcmp(a->many ? a->many : "", b->many ? b->many : "");
}

void sentence_add(const char *file, int line, const char *one, const char *many) {
	struct sentence s = {.one = one, .many = many, .file = file, .line = line};
	if (*one == 0 || (many && *many == 0)) gen_fail(file, line, "an empty sentence");
	for (int i = 0; i < count; i++)
		if (compare(&sentences[i], &s) == 0) return;
	if (count == room) {
		struct sentence *more = gen_alloc(sizeof s * (size_t)(room = room ? room * 2 : 256));
		if (count > 0) memcpy(more, sentences, sizeof s * (size_t)count);
		sentences = more;
	}
	sentences[count++] = s;
}

void sentences_sort(void) {
	if (count > 0) qsort(sentences, (size_t)count, sizeof *sentences, compare);
}

int sentence_index(const char *one, const char *many) {
	struct sentence key = {.one = one, .many = many}, *s = bsearch(&key, sentences, (size_t)count, sizeof key, compare);
	if (s == NULL) gen_fail("sentences", 0, "'%s' was not collected", one);
	return (int)(s - sentences);
}

char *sentence_read(const char *file, int *line, const char **p) {
	const char *at = *p + 1;
	int first = *line;
	char *s = gen_alloc(strlen(at) + 1);
	size_t n = 0;
	for (; *at != '"'; at++) {
		if (*at == 0) gen_fail(file, first, "a text in quotes has no end");
		if (*at == '\n') {
			while (isspace((unsigned char)at[1])) *line += *at++ == '\n';
			*line += *at == '\n';
			if (n > 0 && s[n - 1] != ' ') s[n++] = ' ';
		} else if (*at != '\\') {
			s[n++] = *at;
		} else {
			const char *escape = *++at ? strchr("n\nt\t\"\"\\\\", *at) : NULL;
			if (escape == NULL) gen_fail(file, *line, "a text in quotes knows \\n \\t \\\" \\\\ only");
			s[n++] = escape[1];
		}
	}
	*p = at + 1;
	return s;
}

/* --------------------------------------------------------------- .c, .h, .def */

/* Moves over white space and comments. */
static const char *skip(const char *p, int *line) {
	for (;; p++) {
		if (p[0] == '/' && p[1] == '/') {
			while (*p && *p != '\n') p++;
		} else if (p[0] == '/' && p[1] == '*') {
			for (p += 2; *p && !(p[0] == '*' && p[1] == '/'); p++) *line += *p == '\n';
			if (*p == 0) return p;
			p++;
			continue;
		}
		if (*p == 0 || !isspace((unsigned char)*p)) return p;
		*line += *p == '\n';
	}
}

/* Adjacent literals at *p as one; NULL if there is none. */
static char *literals(const char *file, int *line, const char **p) {
	char *s = NULL;
	for (;;) {
		const char *at = skip(*p, line);
		if (*at != '"') return s;
		char *more = sentence_read(file, line, &at);
		s = s ? gen_fmt("%s%s", s, more) : more;
		*p = at;
	}
}

static void expect(const char *file, int *line, const char **p, char c, const char *name) {
	*p = skip(*p, line);
	if (**p != c) gen_fail(file, *line, "%s() takes literals only", name);
	++*p;
}

/* The last literal before the closing parenthesis of a macro in a .def file. */
static void last_literal(const char *file, int line, const char *p) {
	char *last = NULL, *s;
	int at = line;
	while (*(p = skip(p, &at)) && *p != ')')
		if ((s = literals(file, &at, &p)) != NULL) last = s;
		else p++;
	if (last == NULL) gen_fail(file, line, "this line has no sentence");
	sentence_add(file, line, last, NULL);
}

void sentences_of_c(struct source s) {
	bool def = gen_ends(s.file, ".def"), defined = false;
	int line = 1;
	const char *p = s.text;
	while (*(p = skip(p, &line))) {
		if (*p == '"' || *p == '\'') {
			for (char quote = *p++; *p && *p != quote && *p != '\n'; p++) p += *p == '\\' && p[1];
			p += *p != 0;
		} else if (isalpha((unsigned char)*p) || *p == '_') {
			const char *begin = p;
			while (isalnum((unsigned char)*p) || *p == '_') p++;
			char *word = gen_copy(begin, (size_t)(p - begin));
			bool plural = strcmp(word, "TN") == 0, takes = *p == '(' && !defined;
			defined = strcmp(word, "define") == 0;
			if (takes && def && (strcmp(word, "ERROR") == 0 || strcmp(word, "WHO") == 0)) last_literal(s.file, line, p + 1);
			if (!takes || def || (!plural && strcmp(word, "T") != 0)) continue;
			int at = line;
			p++;
			char *one = literals(s.file, &line, &p), *many = NULL;
			if (one && plural) expect(s.file, &line, &p, ',', word), many = literals(s.file, &line, &p);
			if (one == NULL || (plural && many == NULL)) gen_fail(s.file, at, "%s() takes literals only", word);
			expect(s.file, &line, &p, ')', word);
			sentence_add(s.file, at, one, many);
		} else {
			p++;
		}
	}
}

/* ------------------------------------------------------------------- the .po file */

static int faults;

#define FAULT(file, line, ...) \
	(faults++, fprintf(stderr, "%s:%d: ", file, line), fprintf(stderr, __VA_ARGS__), fputc('\n', stderr))

char *sentence_name(const char **p) {
	for (const char *at = *p; (at = strchr(at, '{')) != NULL; at++) {
		const char *end = at + 1 + (at[1] == '/');
		while (islower((unsigned char)*end) || isdigit((unsigned char)*end) || *end == '_') end++;
		if (*end != '}' || end == at + 1 || end[-1] == '/') continue;
		*p = end + 1;
		return gen_copy(at + 1, (size_t)(end - at - 1));
	}
	return NULL;
}

static bool has_name(const char *sentence, const char *name) {
	for (char *other; (other = sentence_name(&sentence)) != NULL;)
		if (strcmp(other, name) == 0) return true;
	return false;
}

/* Whether the translation has the same names; the number may be left out in, or added to, a singular. */
static void compare_names(const char *file, int line, const char *english, const char *other, bool singular) {
	for (int turn = 0; turn < 2; turn++) {
		const char *p = turn ? other : english;
		for (char *name; (name = sentence_name(&p)) != NULL;)
			if (!has_name(turn ? english : other, name) && !(singular && strcmp(name, "n") == 0))
				FAULT(file, line, "{%s} stands only in %s of \"%s\"", name, turn ? "the translation" : "the English", english);
	}
	const char *p = other;
	for (char *name; (name = sentence_name(&p)) != NULL;) {
		const char *open = *name == '/' ? strstr(other, gen_fmt("{%s}", name + 1)) : NULL;
		if (open && strstr(other, gen_fmt("{%s}", name)) < open)
			FAULT(file, line, "{%s} stands before {%s} in the translation of \"%s\"", name, name + 1, english);
	}
}

struct entry {
	char *id, *plural, *one, *many;
	int line;
	bool fuzzy;
};

static void take(const char *file, struct entry *e) {
	if (e->id == NULL || *e->id == 0) return;
	struct sentence key = {.one = e->id, .many = e->plural};
	struct sentence *s = count ? bsearch(&key, sentences, (size_t)count, sizeof key, compare) : NULL;
	bool full = e->one && *e->one && (!e->plural || (e->many && *e->many)) && !e->fuzzy;
	if (s == NULL) {
		FAULT(file, e->line, "nothing uses \"%s\"%s", e->id, e->plural ? " with this plural" : "");
		return;
	}
	if (s->tr_one != NULL) FAULT(file, e->line, "\"%s\" stands twice", e->id);
	s->tr_one = full ? e->one : "";
	s->tr_many = full && e->many ? e->many : "";
	if (!full) {
		FAULT(file, e->line, "\"%s\" is not translated%s", e->id, e->fuzzy ? ", only guessed (fuzzy)" : "");
		return;
	}
	compare_names(file, e->line, s->one, s->tr_one, s->many != NULL);
	if (s->many) compare_names(file, e->line, s->many, s->tr_many, false);
}

static void read_po(const char *file) {
	static const char *const words[] = {"msgid_plural", "msgid", "msgstr[0]", "msgstr[1]", "msgstr"};
	struct entry e = {0};
	char **into = NULL;
	bool fuzzy = false;
	int n;
	char **line = gen_lines(gen_read(file), &n);
	for (int i = 0; i < n; i++) {
		char *text = gen_trim(line[i]);
		int at = i + 1;
		if (*text == 0 || *text == '#') {
			fuzzy |= strncmp(text, "#,", 2) == 0 && strstr(text, "fuzzy");
			continue;
		}
		for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
			size_t length = strlen(words[w]);
			if (strncmp(text, words[w], length) != 0 || !(isspace((unsigned char)text[length]) || text[length] == '"')) continue;
			if (w == 1) {
				take(file, &e);
				e = (struct entry){.line = at, .fuzzy = fuzzy};
				fuzzy = false;
			}
			char **slots[] = {&e.plural, &e.id, &e.one, &e.many, &e.one};
			into = slots[w];
			if (*into != NULL || (w != 1 && e.id == NULL)) gen_fail(file, at, "%s stands in a wrong place", words[w]);
			text = gen_trim(text + length);
			*into = "";
			break;
		}
		const char *p = text;
		if (*text != '"' || into == NULL) gen_fail(file, at, "this is no line of a .po file we read");
		*into = gen_fmt("%s%s", *into, sentence_read(file, &at, &p));
		if (*p) gen_fail(file, at, "'%s' behind the text", p);
	}
	take(file, &e);
}

static void write_po_text(FILE *out, const char *word, const char *s) {
	fprintf(out, "%s \"", word);
	for (; *s; s++) {
		if (*s == '\n') fputs("\\n", out);
		else if (*s == '\t') fputs("\\t", out);
		else if (*s == '"' || *s == '\\') fprintf(out, "\\%c", *s);
		else fputc(*s, out);
	}
	fputs("\"\n", out);
}

bool sentences_check(const char *catalogue, const char *missing) {
	read_po(catalogue);
	FILE *out = missing ? gen_open(missing) : NULL;
	for (int i = 0; i < count; i++) {
		const struct sentence *s = &sentences[i];
		if (s->tr_one != NULL) continue;
		if (missing == NULL) FAULT(s->file, s->line, "\"%s\" is missing in %s", s->one, catalogue);
		if (out == NULL) continue;
		fprintf(out, "#: %s:%d\n", s->file, s->line);
		write_po_text(out, "msgid", s->one);
		if (s->many) write_po_text(out, "msgid_plural", s->many);
		fputs(s->many ? "msgstr[0] \"\"\nmsgstr[1] \"\"\n\n" : "msgstr \"\"\n\n", out);
	}
	if (out) gen_close(out);
	return faults == 0;
}

static void write_text(FILE *out, const char *s) {
	if (s) gen_c_string(out, s, strlen(s));
	else fputs("NULL", out);
}

void sentences_write(const char *file) {
	FILE *out = gen_open(file);
	fprintf(out, "/* The sentences of the program and their translations. Made by tplgen; do not edit. */\n"
	        "#include \"text/catalogue.h\"\n\nconst struct message messages[] = {\n%s", count ? "" : "\t{.one = \"\"}\n");
	for (int i = 0; i < count; i++) {
		const struct sentence *s = &sentences[i];
		fprintf(out, "\t/* %d */\n\t{.one = ", i);
		write_text(out, s->one);
		if (s->many) fputs(", .many = ", out), write_text(out, s->many);
		fputs(",\n\t .tr_one = {[LANG_EN] = ", out);
		write_text(out, s->one);
		fputs(", [LANG_DE] = ", out);
		write_text(out, s->tr_one ? s->tr_one : s->one);
		fputc('}', out);
		if (s->many) {
			fputs(",\n\t .tr_many = {[LANG_EN] = ", out);
			write_text(out, s->many);
			fputs(", [LANG_DE] = ", out);
			write_text(out, s->tr_many ? s->tr_many : s->many);
			fputc('}', out);
		}
		fputs("},\n", out);
	}
	fprintf(out, "};\n\nconst int message_count = %d;\n", count);
	gen_close(out);
}
