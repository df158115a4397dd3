/* Following the literal markup, only as far as it takes to know where a value stands: in text, in a quoted attribute,
 * in an address, or where none may stand. On the way it refuses what our pages must not hold. */
#include "tplgen.h"
#include <strings.h>

enum has { HAS_ALT = 1, HAS_NAME = 2, HAS_SRC = 4, HAS_HIDDEN = 8 };

static bool inside(const struct markup *m, const char *tag) {
	for (int i = 0; i < m->depth; i++)
		if (strcmp(m->open[i].tag, tag) == 0) return true;
	return false;
}

/* Takes n characters as they are. */
static void take(struct tpl *t, size_t n) {
	for (; n > 0; n--, t->p++) {
		t->raw[t->raw_n++] = *t->p;
		t->line += *t->p == '\n';
	}
}

/* Takes what no tag of ours may stand in: n characters. */
static void take_whole(struct tpl *t, size_t n, const char *where) {
	if (memmem(t->p, n, "{{", 2)) refuse(t, "a value in %s", where);
	take(t, n);
}

/* Takes up to the end of something that must end. */
static void take_to(struct tpl *t, const char *end, size_t more, const char *where) {
	if (end == NULL) refuse(t, "the template ends within %s", where);
	take_whole(t, (size_t)(end - t->p) + more, where);
}

/* White space: what only indents, a newline and what follows, shrinks to the newline. */
static void take_space(struct tpl *t, bool shrink) {
	bool indents = *t->p == '\n' && shrink;
	take(t, 1);
	for (; indents && isspace((unsigned char)*t->p); t->p++) t->line += *t->p == '\n';
}

static char *take_name(struct tpl *t) {
	size_t n = 0;
	while (isalnum((unsigned char)t->p[n]) || (t->p[n] && strchr("-:_", t->p[n]))) n++;
	char *name = gen_case(gen_copy(t->p, n), tolower);
	take(t, n);
	return name;
}

/* ---------------------------------------------------------------- attributes */

/* What an attribute's name, and its literal value or beginning of a value, mean for the tag. */
static void note(struct tpl *t, const char *value, bool dynamic) {
	struct markup *m = &t->m;
	const char *a = m->attr;
	if (gen_begins(a, "on")) refuse(t, "%s: an event handler; write it in static/", a);
	if (gen_one_of(a, "style srcdoc http-equiv")) refuse(t, "%s= is refused", a);
	bool address = gen_one_of(a, "href src action formaction data-src xlink:href poster srcset imagesrcset ping cite "
		"background manifest") || (strcmp(a, "data") == 0 && strcmp(m->tag, "object") == 0);
	m->address = address ? EMPTY : NO_ADDRESS;
	if (address && strncasecmp(value, "javascript:", 11) == 0) refuse(t, "a script as an address");
	if (strcmp(a, "alt") == 0) m->has |= HAS_ALT;
	if (strcmp(a, "src") == 0) m->has |= HAS_SRC;
	if (gen_one_of(a, "id aria-label aria-labelledby")) m->has |= HAS_NAME;
	if (strcmp(a, "type") == 0 && !dynamic && strcasecmp(value, "hidden") == 0) m->has |= HAS_HIDDEN;
}

static void take_attribute(struct tpl *t) {
	struct markup *m = &t->m;
	if (m->glued) refuse(t, "no white space before an attribute of <%s>", m->tag);
	m->glued = true;
	m->attr = take_name(t);
	m->quote = 0;
	size_t n = 0;
	if (*t->p == '=') {
		take(t, 1);
		if (*t->p == 0 || strchr(" \t\n>", *t->p)) refuse(t, "%s= has no value", m->attr);
		if (strchr("\"'", *t->p)) m->quote = *t->p, take(t, 1);
		while (t->p[n] && (m->quote ? t->p[n] != m->quote && !gen_begins(t->p + n, "{{") : !strchr(" \t\n>", t->p[n]))) n++;
	}
	note(t, gen_copy(t->p, n), t->p[n] == '{');
	if (m->quote) m->place = QUOTED;
	else take_whole(t, n, "an unquoted attribute");
}

static void quoted_char(struct tpl *t) {
	struct markup *m = &t->m;
	char c = *t->p;
	take(t, 1);
	if (c == m->quote) {
		m->place = TAG;
		m->address = NO_ADDRESS;
		return;
	}
	if (m->address == CLOSED) refuse(t, "nothing may follow a whole url in %s", m->attr);
	if (m->address == EMPTY) m->address = c == '/' ? SLASH : c == '?' || c == '#' ? PART : OTHER;
	else if (m->address == SLASH) m->address = c == '/' || c == '\\' ? OTHER : PART;
}

/* ---------------------------------------------------------------------- tags */

static void tag_closes(struct tpl *t) {
	struct markup *m = &t->m;
	take(t, 2);
	char *tag = take_name(t);
	while (isspace((unsigned char)*t->p)) take(t, 1);
	if (*t->p != '>') refuse(t, "'%c' in the tag </%s>", *t->p, tag);
	take(t, 1);
	m->place = TEXT;
	if (m->depth == m->floor)
		refuse(t, m->depth ? "</%s> closes what was opened outside of this branch" : "</%s> closes nothing", tag);
	m->depth--;
	if (strcmp(m->open[m->depth].tag, tag) != 0)
		refuse(t, "</%s>, but <%s> of line %d is open", tag, m->open[m->depth].tag, m->open[m->depth].line);
}

static void tag_ends(struct tpl *t) {
	struct markup *m = &t->m;
	const char *tag = m->tag;
	if (strcmp(tag, "img") == 0 && !(m->has & HAS_ALT)) refuse(t, "<img> without alt");
	if (strcmp(tag, "script") == 0 && !(m->has & HAS_SRC)) refuse(t, "<script> without src");
	if (gen_one_of(tag, "input select textarea") && !(m->has & (HAS_NAME | HAS_HIDDEN)) && !inside(m, "label"))
		refuse(t, "<%s> without a name: a <label> around it, or id, aria-label or aria-labelledby", tag);
	bool slash = t->raw_n > 0 && t->raw[t->raw_n - 1] == '/';
	take(t, 1);
	m->place = TEXT;
	if (gen_one_of(tag, "area base br col embed hr img input link meta source track wbr")) return;
	if (slash && (strcmp(tag, "svg") == 0 || inside(m, "svg"))) return;
	if (slash) refuse(t, "<%s/> does not close itself", tag);
	if (m->depth == TPL_OPEN) refuse(t, "too many elements in one another");
	m->open[m->depth].tag = tag;
	m->open[m->depth++].line = t->line;
	if (gen_one_of(tag, "script style")) take_to(t, strcasestr(t->p, gen_fmt("</%s", tag)), 0, gen_fmt("<%s>", tag));
	if (gen_one_of(tag, "textarea title")) m->place = WORDS;
}

static void tag_opens(struct tpl *t) {
	struct markup *m = &t->m;
	take(t, 1);
	if (gen_begins(t->p, "{{")) refuse(t, "a value in a tag's name");
	if (!isalpha((unsigned char)*t->p)) refuse(t, "a '<' in text is written &lt;");
	m->tag = take_name(t);
	m->place = TAG;
	m->glued = true;
	m->has = 0;
}

static void tag_goes_on(struct tpl *t) {
	struct markup *m = &t->m;
	if (*t->p == '>') {
		tag_ends(t);
	} else if (isspace((unsigned char)*t->p)) {
		m->glued = false;
		take_space(t, true);
	} else if (*t->p == '/') {
		take(t, 1);
	} else {
		if (!isalpha((unsigned char)*t->p) && *t->p != '_') refuse(t, "'%c' in the tag <%s>", *t->p, m->tag);
		take_attribute(t);
	}
}

void markup_literal(struct tpl *t) {
	struct markup *m = &t->m;
	const char *last = m->depth > 0 ? m->open[m->depth - 1].tag : "";
	bool title = m->place == WORDS && t->levels > 0 && strcmp(t->level[0].what, "title") == 0;
	bool closes = gen_begins(t->p, "</") && (m->place == TEXT || strncasecmp(t->p + 2, last, strlen(last)) == 0);
	if (m->place == QUOTED) quoted_char(t);
	else if (m->place == TAG) tag_goes_on(t);
	else if (*t->p == '<' && title) refuse(t, "a tag in a title");
	else if (closes) tag_closes(t);
	else if (*t->p != '<' || m->place == WORDS) take_space(t, m->place == TEXT && !inside(m, "pre"));
	else if (gen_begins(t->p, "<!--")) take_to(t, strstr(t->p, "-->"), 3, "a comment");
	else if (t->p[1] == '!') take_to(t, strchr(t->p, '>'), 1, "a comment");
	else tag_opens(t);
}

/* -------------------------------------------------------- values and branches */

enum spot markup_value(struct tpl *t) {
	if (t->m.place == TAG) refuse(t, "a value in an attribute's name");
	if (t->m.place == QUOTED) return t->m.address != NO_ADDRESS ? SPOT_ADDRESS : SPOT_VALUE;
	return t->m.place == TEXT ? SPOT_TEXT : SPOT_VALUE;
}

bool markup_address(struct tpl *t, bool is_url, bool filled) {
	struct markup *m = &t->m;
	bool whole = m->address == EMPTY;
	if (m->address == CLOSED) refuse(t, "nothing may follow a whole url in %s", m->attr);
	if (m->address == OTHER || (whole && !is_url))
		refuse(t, "a text as an address in %s: it is one whole url, or begins with a literal /, ? or # (and not //)",
			m->attr);
	m->address = whole ? CLOSED : m->address == SLASH && !filled ? SLASH : PART;
	return whole;
}

void markup_join(struct tpl *t, const struct markup *begin, const struct markup *before) {
	struct markup *m = &t->m;
	if (m->depth > begin->depth)
		refuse(t, "<%s> of line %d is not closed in its branch", m->open[m->depth - 1].tag, m->open[m->depth - 1].line);
	bool same = m->place == begin->place && (m->place < TAG || strcmp(m->tag, begin->tag) == 0);
	if (same && m->place == QUOTED) same = strcmp(m->attr, begin->attr) == 0 && m->quote == begin->quote;
	if (!same) refuse(t, "this branch ends in another place than it began");
	if (before == NULL) return;
	m->has &= before->has;
	m->glued |= before->glued;
	if (m->address != before->address) m->address = CLOSED;
}
