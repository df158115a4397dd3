/* Towns of the world, from static/cities.tsv: read once when first needed, found by their beginning or by nearness. Constant from
 * then on. */
#include "base/check.h"
#include "talk/talk_int.h"
#include "text/utf8.h"
#include "web/static.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

enum { TOWNS_MOST = 8 };
#define NEAR_KM 60.0
#define HOME_KM 300.0

struct entry {
	struct town town;
	struct str folded;
};

static struct {
	pthread_once_t once;
	struct arena arena;
	struct entry *v;                      /* the largest first, as in the file */
	size_t n;
	const struct entry **by_name;         /* sorted by the folded name, then as in the file */
	const struct entry **by_line;         /* sorted by latitude */
} towns = {.once = PTHREAD_ONCE_INIT};

static int by_name(const void *x, const void *y) {
	const struct entry *a = *(const struct entry *const *)x, *b = *(const struct entry *const *)y;
	int c = str_cmp(a->folded, b->folded);
	return c != 0 ? c : (a > b) - (a < b);
}

static int by_line(const void *x, const void *y) {
	const struct entry *a = *(const struct entry *const *)x, *b = *(const struct entry *const *)y;
	return (a->town.lat > b->town.lat) - (a->town.lat < b->town.lat);
}

/* Codes of two or three letters are what people write (MO, ZH, SCT); the others are numbers that nobody knows. */
static bool is_known_region(struct str code) {
	for (size_t i = 0; i < code.n; i++)
		if (code.p[i] < 'A' || code.p[i] > 'Z') return false;
	return code.n == 2 || code.n == 3;
}

static bool read_line(struct str line, struct entry *ret) {
	struct str name = str_cut(&line, '\t'), country = str_cut(&line, '\t');
	struct str region = str_cut(&line, '\t');
	struct town t = {.name = name, .country = country, .region = is_known_region(region) ? region : STR("")};
	if (!str_real(str_cut(&line, '\t'), &t.lat) || !str_real(str_cut(&line, '\t'), &t.lon) ||
		!str_int(str_trim(line), &t.people)) return false;
	*ret = (struct entry){.town = t, .folded = utf8_fold(&towns.arena, name)};
	return true;
}

static void load(void) {
	struct str text = embedded("static/cities.tsv");
	size_t lines = 0;
	for (size_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
	towns.v = NEW_ARRAY(&towns.arena, struct entry, lines + 1);
	towns.by_name = NEW_ARRAY(&towns.arena, const struct entry *, lines + 1);
	towns.by_line = NEW_ARRAY(&towns.arena, const struct entry *, lines + 1);
	while (!str_none(text)) {
		struct str line = str_cut(&text, '\n');
		if (line.n > 0 && read_line(line, &towns.v[towns.n])) towns.n++;
	}
	for (size_t i = 0; i < towns.n; i++) towns.by_name[i] = towns.by_line[i] = &towns.v[i];
	if (towns.n == 0) return;
	qsort(towns.by_name, towns.n, sizeof *towns.by_name, by_name);
	qsort(towns.by_line, towns.n, sizeof *towns.by_line, by_line);
}

static double km(double lat1, double lon1, double lat2, double lon2) {
	double r = M_PI / 180, dlat = (lat2 - lat1) * r, dlon = (lon2 - lon1) * r;
	double h = sin(dlat / 2) * sin(dlat / 2) + cos(lat1 * r) * cos(lat2 * r) * sin(dlon / 2) * sin(dlon / 2);
	return 12742 * asin(sqrt(fmin(1, h)));
}

/* The first town that is not south of a line. */
static size_t first_line(double lat) {
	size_t from = 0, to = towns.n;
	while (from < to) {
		size_t mid = (from + to) / 2;
		if (towns.by_line[mid]->town.lat < lat) from = mid + 1;
		else to = mid;
	}
	return from;
}

const struct town *town_near(double lat, double lon) {
	pthread_once(&towns.once, load);
	double degrees = NEAR_KM / 111, best = INFINITY;
	const struct town *ret = NULL;
	for (size_t i = first_line(lat - degrees); i < towns.n && towns.by_line[i]->town.lat <= lat + degrees; i++) {
		const struct town *t = &towns.by_line[i]->town;
		double d = km(lat, lon, t->lat, t->lon),
			weight = (d + 1) / sqrt((double)t->people);   /* a city, not its quarter */
		if (d < NEAR_KM && weight < best) best = weight, ret = t;
	}
	return ret;
}

/* The large town that says where a small one is; NULL for a large one, and where there is none. */
static const struct town *landmark(const struct town *of) {
	size_t from = first_line(of->lat - NEAR_KM / 111);
	const struct town *ret = NULL;
	for (size_t i = from; i < towns.n && towns.by_line[i]->town.lat <= of->lat + NEAR_KM / 111; i++) {
		const struct town *t = &towns.by_line[i]->town;
		if (t->people >= 3 * of->people && (ret == NULL || t->people > ret->people) &&
			km(of->lat, of->lon, t->lat, t->lon) < NEAR_KM) ret = t;
	}
	return ret;
}

/* How good a match is: whole names first, then near the firm, then by size. Lower is better. */
static double rank(const struct entry *e, size_t prefix, double lat, double lon) {
	bool near = !isnan(lat) && km(lat, lon, e->town.lat, e->town.lon) < HOME_KM;
	return (e->folded.n == prefix ? 0 : 2e6) + (near ? 0 : 1e6) + (double)(e - towns.v);
}

static void find_part(struct str part, double lat, double lon, struct town_list *list) {
	size_t from = 0, to = towns.n;
	double ranks[TOWNS_MOST + 1];
	while (from < to) {
		size_t mid = (from + to) / 2;
		if (str_cmp(towns.by_name[mid]->folded, part) < 0) from = mid + 1;
		else to = mid;
	}
	for (size_t i = from; i < towns.n && str_starts(towns.by_name[i]->folded, part); i++) {
		const struct entry *e = towns.by_name[i];
		double r = rank(e, part.n, lat, lon);
		size_t at = list->n;
		while (at > 0 && ranks[at - 1] > r) at--;
		if (at == TOWNS_MOST) continue;
		if (list->n < TOWNS_MOST) list->n++;
		memmove(&ranks[at + 1], &ranks[at], (list->n - 1 - at) * sizeof *ranks);
		memmove(&list->v[at + 1], &list->v[at], (list->n - 1 - at) * sizeof *list->v);
		ranks[at] = r;
		list->v[at] = &e->town;
	}
}

/* "12345 Neustadt" → "neustadt": words that are numbers are no part of a town's name. */
static struct str without_numbers(struct arena *a, struct str s) {
	struct str all = STR("");
	while (!str_none(s)) {
		struct str word = str_trim(str_cut(&s, ' '));
		bool digit = false;
		for (size_t i = 0; i < word.n; i++) digit |= word.p[i] >= '0' && word.p[i] <= '9';
		if (word.n > 0 && !digit) all = str_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(all), all.n ? " " : "", STR_ARG(word));
	}
	return all;
}

struct town_list towns_find(struct arena *a, struct str words, double lat, double lon) {
	pthread_once(&towns.once, load);
	struct town_list list = {.v = NEW_ARRAY(a, const struct town *, TOWNS_MOST + 1), .n = 0};
	struct str rest = words, part[8];
	size_t n = 0;
	while (!str_none(rest) && n < 8) part[n++] = str_cut(&rest, ',');
	while (n > 0 && list.n == 0) {       /* an address ends with its town, or with the country behind it */
		struct str folded = without_numbers(a, utf8_fold(a, utf8_line(a, part[--n])));
		if (folded.n >= 2) find_part(folded, lat, lon, &list);
	}
	return list;
}

enum err talk_places(struct req *q, const struct talk_places_in *in, struct talk_places *ret) {
	struct town_list list = towns_find(q->a, in->q, q->business->lat, q->business->lon);
	ret->data.v = NEW_ARRAY(q->a, struct talk_place, list.n);
	for (size_t i = 0; i < list.n; i++) ret->data.v[ret->data.n++] = place_view(q->a, list.v[i]);
	return OK;
}

struct talk_place place_view(struct arena *a, const struct town *t) {
	const struct town *near = landmark(t);
	return (struct talk_place){.name = t->name, .country = t->country, .region = t->region,
		.near = near ? near->name : STR(""),
		.lat = t->lat, .lon = t->lon,
		.at = str_fmt(a, "%.5f,%.5f," STR_FMT, t->lat, t->lon, STR_ARG(t->name))};
}
