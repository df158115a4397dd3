/* Following the markup character by character, only as far as it takes to know where a value stands: in text, in a
 * quoted attribute, in an address, or where none may stand. On the way it refuses what our pages must not hold. */
#include "tplgen.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

enum has { HAS_ALT = 1, HAS_NAME = 2, HAS_SRC = 4, HAS_HIDDEN = 8 };

static bool in_words(const char *words, const char *word) {
	size_t n = strlen(word);
	for (const char *at = words; n && (at = strstr(at, word)) != NULL; at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0)) return true;
	return false;
}

static bool inside(const struct markup *m, const char *tag) {
	for (int i = 0; i < m->depth; i++)
		if (strcmp(m->open[i].tag, tag) == 0) return true;
	return false;
}

static void add(const struct markup *m, int line, char *name, char c) {
	size_t n = strlen(name);
	if (n + 1 >= sizeof m->tag) gen_fail(m->file, line, "the name '%s…' is too long", name);
	name[n] = (char)tolower((unsigned char)c);
	name[n + 1] = 0;
}

/* ---------------------------------------------------------------- attributes */

static void attr_named(struct markup *m, int line) {
	const char *a = m->attr;
	if (strncmp(a, "on", 2) == 0) gen_fail(m->file, line, "%s: an event handler; write it in static/", a);
	if (in_words("style srcdoc http-equiv", a)) gen_fail(m->file, line, "%s= is refused", a);
	m->value_n = 0;
	m->dynamic = false;
	bool address = in_words("href src action formaction data-src xlink:href poster srcset imagesrcset ping cite "
	                        "background manifest", a);
	m->address = address || (strcmp(a, "data") == 0 && strcmp(m->tag, "object") == 0) ? EMPTY : NO_ADDRESS;
}

static void value_char(struct markup *m, int line, char c) {
	if (m->value_n + 1 < sizeof m->value) m->value[m->value_n++] = c;
	switch (m->address) {
	case EMPTY: m->address = c == '/' ? SLASH : c == '?' || c == '#' ? PART : OTHER; break;
	case SLASH: m->address = c == '/' || c == '\\' ? OTHER : PART; break;
	case CLOSED: gen_fail(m->file, line, "nothing may follow a whole url in %s", m->attr);
	case NO_ADDRESS: case PART: case OTHER: break;
	}
}

static void note_id(struct markup *m, int line) {
	struct ids *ids = m->ids;
	if (m->loops > 0) gen_fail(m->file, line, "the id '%s' would stand there once for each round of the loop", m->value);
	for (int i = 0; i < ids->n; i++)
		if (!ids->v[i].asleep && strcmp(ids->v[i].id, m->value) == 0)
			gen_fail(m->file, line, "the id '%s' stands at line %d, too", m->value, ids->v[i].line);
	if (ids->n == (int)(sizeof ids->v / sizeof *ids->v)) gen_fail(m->file, line, "too many ids in one template");
	ids->v[ids->n].id = gen_copy(m->value, m->value_n);
	ids->v[ids->n].asleep = false;
	ids->v[ids->n++].line = line;
}

static void attr_end(struct markup *m, int line) {
	m->value[m->value_n] = 0;
	if (strcmp(m->attr, "alt") == 0) m->has |= HAS_ALT;
	if (strcmp(m->attr, "src") == 0) m->has |= HAS_SRC;
	if (in_words("id aria-label aria-labelledby", m->attr)) m->has |= HAS_NAME;
	if (strcmp(m->attr, "type") == 0 && !m->dynamic && strcasecmp(m->value, "hidden") == 0) m->has |= HAS_HIDDEN;
	if (strcmp(m->attr, "id") == 0 && !m->dynamic && m->value_n > 0) note_id(m, line);
	if (m->address != NO_ADDRESS && strncasecmp(m->value, "javascript:", 11) == 0)
		gen_fail(m->file, line, "a script as an address");
	m->address = NO_ADDRESS;
	m->place = TAG;
	m->glued = true;
}

/* ---------------------------------------------------------------------- tags */

static void tag_closing(struct markup *m, int line) {
	m->place = TEXT;
	if (m->depth == m->floor)
		gen_fail(m->file, line, m->depth ? "</%s> closes what was opened outside of this branch" : "</%s> closes nothing",
		         m->tag);
	if (strcmp(m->open[m->depth - 1].tag, m->tag) != 0)
		gen_fail(m->file, line, "</%s>, but <%s> of line %d is open", m->tag, m->open[m->depth - 1].tag,
		         m->open[m->depth - 1].line);
	m->depth--;
}

static void tag_end(struct markup *m, int line) {
	const char *t = m->tag;
	if (m->closing) {
		tag_closing(m, line);
		return;
	}
	if (strcmp(t, "img") == 0 && !(m->has & HAS_ALT)) gen_fail(m->file, line, "<img> without alt");
	if (strcmp(t, "script") == 0 && !(m->has & HAS_SRC)) gen_fail(m->file, line, "<script> without src");
	if (in_words("input select textarea", t) && !(m->has & (HAS_NAME | HAS_HIDDEN)) && !inside(m, "label"))
		gen_fail(m->file, line, "<%s> without a name: a <label> around it, or id, aria-label or aria-labelledby", t);
	m->place = TEXT;
	if (in_words("area base br col embed hr img input link meta source track wbr", t)) return;
	if (m->slash && (strcmp(t, "svg") == 0 || inside(m, "svg"))) return;
	if (m->slash) gen_fail(m->file, line, "<%s/> does not close itself", t);
	if (m->depth == (int)(sizeof m->open / sizeof *m->open)) gen_fail(m->file, line, "too many elements in one another");
	memcpy(m->open[m->depth].tag, t, sizeof m->tag);
	m->open[m->depth++].line = line;
	m->match = 0;
	if (in_words("script style", t)) m->place = RAW;
	if (in_words("textarea title", t)) m->place = WORDS;
}

static void tag_char(struct markup *m, int line, char c) {
	if (isspace((unsigned char)c)) {
		m->glued = false;
	} else if (c == '>') {
		tag_end(m, line);
	} else if (c == '/') {
		m->slash = true;
	} else {
		if (m->closing || !(isalpha((unsigned char)c) || c == '_'))
			gen_fail(m->file, line, "'%c' in the tag <%s%s>", c, m->closing ? "/" : "", m->tag);
		if (m->glued) gen_fail(m->file, line, "no white space before an attribute of <%s>", m->tag);
		m->slash = false;
		m->attr[0] = 0;
		add(m, line, m->attr, c);
		m->place = ATTR;
	}
}

static void open_char(struct markup *m, int line, char c) {
	if (c == '!' && !m->closing) {
		m->place = BANG;
	} else if (c == '/' && !m->closing) {
		m->closing = true;
	} else if (isalpha((unsigned char)c)) {
		m->place = NAME;
		m->tag[0] = 0;
		add(m, line, m->tag, c);
		m->slash = m->glued = false;
		m->has = 0;
	} else {
		gen_fail(m->file, line, "a '<' in text is written &lt;");
	}
}

/* Within script, style, textarea, title: only </name ends it. */
static void raw_char(struct markup *m, int line, char c) {
	const char *tag = m->depth > 0 ? m->open[m->depth - 1].tag : "title", low = (char)tolower((unsigned char)c);
	const char want = m->match == 0 ? '<' : m->match == 1 ? '/' : tag[m->match - 2];
	m->match = low == want ? m->match + 1 : low == '<';
	if (m->match < strlen(tag) + 2) return;
	if (m->depth == 0) gen_fail(m->file, line, "</title> closes nothing");
	snprintf(m->tag, sizeof m->tag, "%s", tag);
	m->place = NAME;
	m->closing = true;
	m->slash = m->glued = false;
}

void markup_char(struct markup *m, int line, char c) {
	bool name = isalnum((unsigned char)c) || c == '-' || c == ':' || c == '_';
	switch (m->place) {
	case TEXT:
		if (c == '<') m->place = OPEN, m->closing = false;
		break;
	case OPEN: open_char(m, line, c); break;
	case BANG:
		m->place = c == '-' ? COMMENT : DECL;
		m->match = 0;
		break;
	case DECL:
		if (c == '>') m->place = TEXT;
		break;
	case COMMENT:
		if (c == '>' && m->match >= 2) m->place = TEXT;
		m->match = c == '-' ? m->match + 1 : 0;
		break;
	case RAW: case WORDS: raw_char(m, line, c); break;
	case NAME:
		if (name) {
			add(m, line, m->tag, c);
			break;
		}
		m->place = TAG;
		m->glued = true;
		tag_char(m, line, c);
		break;
	case TAG: tag_char(m, line, c); break;
	case ATTR:
		if (name) {
			add(m, line, m->attr, c);
			break;
		}
		attr_named(m, line);
		if (c == '=') {
			m->place = EQUALS;
			break;
		}
		attr_end(m, line);
		tag_char(m, line, c);
		break;
	case EQUALS:
		if (isspace((unsigned char)c) || c == '>') gen_fail(m->file, line, "%s= has no value", m->attr);
		m->place = c == '"' || c == '\'' ? QUOTED : BARE;
		m->quote = c;
		if (m->place == BARE) value_char(m, line, c);
		break;
	case BARE:
		if (!isspace((unsigned char)c) && c != '>') {
			value_char(m, line, c);
			break;
		}
		attr_end(m, line);
		tag_char(m, line, c);
		break;
	case QUOTED:
		if (c == m->quote) attr_end(m, line);
		else value_char(m, line, c);
		break;
	}
}

/* -------------------------------------------------------- values and branches */

bool markup_shrinks(const struct markup *m) {
	return m->place == TAG || (m->place == TEXT && !inside(m, "pre"));
}

enum spot markup_value(struct markup *m, int line) {
	switch (m->place) {
	case TEXT: return SPOT_TEXT;
	case WORDS: return SPOT_WORDS;
	case QUOTED:
		m->dynamic = true;
		return m->address != NO_ADDRESS ? SPOT_ADDRESS : SPOT_VALUE;
	case OPEN: case NAME: gen_fail(m->file, line, "a value in a tag's name");
	case TAG: case ATTR: gen_fail(m->file, line, "a value in an attribute's name");
	case EQUALS: case BARE: gen_fail(m->file, line, "a value in an unquoted attribute");
	case BANG: case DECL: case COMMENT: gen_fail(m->file, line, "a value in a comment");
	case RAW: gen_fail(m->file, line, "a value in <%s>", m->depth > 0 ? m->open[m->depth - 1].tag : "");
	}
	return SPOT_TEXT;
}

bool markup_address(struct markup *m, int line, bool is_url, bool filled) {
	if (m->address == CLOSED) gen_fail(m->file, line, "nothing may follow a whole url in %s", m->attr);
	if (m->address == OTHER || (m->address == EMPTY && !is_url))
		gen_fail(m->file, line, "a text as an address in %s: it is one whole url, or begins with a literal /, ? or # "
		         "(and not //)", m->attr);
	bool whole = m->address == EMPTY;
	m->address = whole ? CLOSED : m->address == SLASH && !filled ? SLASH : PART;
	return whole;
}

void markup_static(struct markup *m, int line) {
	enum spot spot = markup_value(m, line);
	if (spot != SPOT_VALUE && m->address != EMPTY) gen_fail(m->file, line, "{{static}} begins an address in an attribute");
	if (spot == SPOT_ADDRESS) m->address = PART;
}

void markup_control(struct markup *m, int line) {
	if (m->place == ATTR) attr_named(m, line);
	if (m->place == ATTR || m->place == BARE) attr_end(m, line);
	if (m->place == NAME) m->place = TAG, m->glued = true;
	if (m->place == QUOTED) m->dynamic = true;
	bool may = m->place == TEXT || m->place == WORDS || m->place == QUOTED || (m->place == TAG && !m->closing);
	if (!may)
		gen_fail(m->file, line, "{{if}}, {{for}} and {{end}} stand in text, around whole attributes, or in a quoted one");
}

bool markup_same(const struct markup *a, const struct markup *b) {
	if (a->place != b->place || a->depth != b->depth) return false;
	for (int i = 0; i < a->depth; i++)
		if (strcmp(a->open[i].tag, b->open[i].tag) != 0) return false;
	if (a->place == TEXT || a->place == WORDS) return true;
	return strcmp(a->tag, b->tag) == 0 && (a->place == TAG || (strcmp(a->attr, b->attr) == 0 && a->quote == b->quote));
}

void markup_join(struct markup *m, int line, const struct markup *begin, const struct markup *other) {
	if (m->depth > begin->depth)
		gen_fail(m->file, line, "<%s> of line %d is not closed in its branch", m->open[m->depth - 1].tag,
		         m->open[m->depth - 1].line);
	if (!markup_same(m, begin)) gen_fail(m->file, line, "this branch ends in another place than it began");
	if (other == NULL) return;
	m->has &= other->has;
	m->glued |= other->glued;
	m->slash |= other->slash;
	if (m->address != other->address) m->address = CLOSED;
}
