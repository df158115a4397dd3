/* Words are runs of letters and digits of the folded text. The endings that are cut are those that German and
 * English put on the same word most often; a stem keeps at least four letters, so that short words stay
 * themselves. */
#include "text/similar.h"
#include "text/utf8.h"
#include <stdlib.h>
#include <utf8proc.h>

enum { STEM_CHARS_MIN = 4 };

/* Words that say nothing of what a text is about, folded as utf8_fold does. Keep alphabetized: they are found by
 * binary search. */
static const char *const stop_words[] = {
	"a", "ab", "aber", "about", "after", "again", "all", "alle", "allem", "allen", "aller", "alles", "also", "am",
	"an", "and", "andere", "anderen", "any", "are", "as", "at", "auch", "auf", "aus", "be", "because", "been",
	"before", "bei", "beim", "being", "bin", "bis", "bist", "bitte", "both", "but", "by", "can", "could", "da",
	"dabei", "damit", "danke", "dann", "das", "dass", "de", "dein", "deine", "dem", "den", "denn", "der", "des",
	"deshalb", "dich", "did", "die", "dies", "diese", "diesem", "diesen", "dieser", "dieses", "dir", "do", "doch",
	"does", "doing", "don", "dont", "dort", "du", "durch", "each", "ein", "eine", "einem", "einen", "einer", "eines",
	"er", "es", "etwas", "euch", "euer", "eure", "few", "for", "from", "fur", "further", "ganz", "gegen", "get",
	"gibt", "got", "hab", "habe", "haben", "had", "has", "hat", "hatte", "hatten", "have", "having", "he", "hello",
	"her", "here", "hers", "hi", "hier", "him", "his", "how", "i", "ich", "ihm", "ihn", "ihnen", "ihr", "ihre",
	"ihrem", "ihren", "ihrer", "im", "immer", "in", "ins", "into", "is", "ist", "it", "its", "ja", "jede", "jeden",
	"jeder", "just", "kann", "kein", "keine", "keinen", "konnen", "konnte", "let", "like", "m", "mal", "man", "many",
	"may", "me", "mehr", "mein", "meine", "meinem", "meinen", "meiner", "mich", "mir", "mit", "more", "most", "much",
	"muss", "mussen", "my", "nach", "nein", "nicht", "nichts", "no", "noch", "nor", "not", "now", "nun", "nur", "ob",
	"oder", "of", "off", "ohne", "on", "once", "only", "or", "other", "our", "out", "over", "own", "please", "re",
	"s", "same", "schon", "sehr", "sein", "seine", "seinem", "seinen", "seiner", "seit", "she", "should", "sich",
	"sie", "sind", "so", "soll", "sollen", "some", "sondern", "such", "t", "than", "thank", "thanks", "that", "thats",
	"the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "to", "too", "uber", "um",
	"und", "under", "uns", "unser", "unsere", "unter", "until", "up", "us", "ve", "very", "viel", "viele", "vom",
	"von", "vor", "war", "waren", "warum", "was", "we", "weil", "welche", "wenn", "wer", "werden", "were", "what",
	"when", "where", "which", "while", "who", "why", "wie", "wieder", "will", "wir", "wird", "with", "wo", "would",
	"wurde", "wurden", "you", "your", "yours", "zu", "zum", "zur",
};

/* Longest first among those that end alike. */
static const char *const endings[] = {
	"lichkeiten", "lichkeit", "igkeiten", "igkeit", "heiten", "keiten", "ations", "ungen", "lichen", "ation", "ments",
		"isch", "ische",
	"heit", "keit", "lich", "liche", "ness", "ment", "ings", "ing", "ung", "ies", "ied", "ern", "ers", "ten", "est",
		"edly", "ly", "em",
	"en", "er", "es", "ed", "et", "te", "st", "e", "n", "s", "t", "y",
};

static int compare_words(const void *a, const void *b) {
	return strcmp(a, *(const char *const *)b);
}

static bool is_stop_word(const char *word) {
	return bsearch(word, stop_words, sizeof stop_words / sizeof *stop_words, sizeof *stop_words, compare_words) != NULL;
}

static bool has_digit(struct str s) {
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9') return true;
	return false;
}

/* Cuts endings while there is one to cut, so that "trains" and "train" meet wherever that leads. */
struct str similar_stem(struct str word) {
	size_t i = has_digit(word) ? sizeof endings / sizeof *endings : 0;
	while (i < sizeof endings / sizeof *endings) {
		struct str e = str_c(endings[i++]);
		if (!str_ends(word, e)) continue;
		struct str rest = str_first(word, word.n - e.n);
		if (utf8_count(rest) < STEM_CHARS_MIN) continue;
		word = rest;
		i = 0;
	}
	return word;
}

static bool in_word(uint32_t c) {
	if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
	utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);
	return (k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO) || (k >= UTF8PROC_CATEGORY_ND &&
		k <= UTF8PROC_CATEGORY_NO);
}

bool similar_word(struct str *s, char to[TERM_BYTES_MAX + 1], struct str *ret) {
	size_t n = 0;
	bool some = false;
	while (s->n > 0) {
		uint32_t c;
		size_t length = utf8_next(*s, &c);
		bool apostrophe = some && (c == '\'' || c == 0x2019);
		if (in_word(c)) {
			some = true;
			if (n + length <= TERM_BYTES_MAX) {
				memcpy(to + n, s->p, length);
				n += length;
			}
		} else if (some && !apostrophe) {
			break;
		}
		*s = str_from(*s, length);
	}
	to[n] = 0;
	*ret = str_n(to, n);
	return some;
}

static bool among(struct str word, const struct str *list, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], word)) return true;
	return false;
}

struct text_list similar_terms(struct arena *a, struct str text, size_t max) {
	struct text_list list = {.v = NEW_ARRAY(a, struct str, max), .n = 0};
	struct str rest = utf8_fold(a, text), word;
	char room[TERM_BYTES_MAX + 1];
	while (list.n < max && similar_word(&rest, room, &word)) {
		if (word.n == 0 || is_stop_word(room)) continue;
		word = similar_stem(word);
		if (!among(word, list.v, list.n)) list.v[list.n++] = str_copy(a, word);
	}
	return list;
}

double similar_share(struct text_list a, struct text_list b) {
	size_t common = 0;
	if (a.n + b.n == 0) return 0;
	for (size_t i = 0; i < a.n; i++) common += among(a.v[i], b.v, b.n);
	return 2.0 * (double)common / (double)(a.n + b.n);
}
