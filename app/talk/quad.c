/* Quadkeys: the square world map (Web Mercator) cut into four again and again; two bits for each level, the western and
 * northern half first. A number that is near in the order is near on the map, so an index over it finds what lies in a box. */
#include "talk/talk_int.h"
#include <math.h>

enum { TILES_MAX = 36 };

static int64_t spread(int64_t v) { /* abc → 0a0b0c */
	int64_t r = 0;
	for (int i = 0; i < QUAD_LEVELS; i++) r |= ((v >> i) & 1) << (2 * i);
	return r;
}

static int64_t gather(int64_t v) {
	int64_t r = 0;
	for (int i = 0; i < QUAD_LEVELS; i++) r |= ((v >> (2 * i)) & 1) << i;
	return r;
}

static int64_t whole(double part, int level) {
	int64_t n = (int64_t)1 << level, v = (int64_t)floor(part * (double)n);
	return v < 0 ? 0 : v >= n ? n - 1 : v;
}

static int64_t column(double lon, int level) { return whole((lon + 180) / 360, level); }

static int64_t line(double lat, int level) {
	double l = fmin(85.05, fmax(-85.05, lat)) * M_PI / 180;
	return whole((1 - log(tan(l) + 1 / cos(l)) / M_PI) / 2, level);
}

int64_t quad_of(double lat, double lon, int level) {
	return spread(column(lon, level)) | spread(line(lat, level)) << 1;
}

void quad_middle(int64_t quadkey, int level, double *ret_lat, double *ret_lon) {
	double n = (double)((int64_t)1 << level);
	double x = ((double)gather(quadkey) + 0.5) / n, y = ((double)gather(quadkey >> 1) + 0.5) / n;
	*ret_lon = x * 360 - 180;
	*ret_lat = atan(sinh(M_PI * (1 - 2 * y))) * 180 / M_PI;
}

bool box_read(struct str text, struct box *ret) {
	double v[4];
	for (int i = 0; i < 4; i++)
		if (str_none(text) || !str_real(str_trim(str_cut(&text, ',')), &v[i])) return false;
	*ret = (struct box){.west = v[0], .south = v[1], .east = v[2], .north = v[3]};
	return str_none(text) && v[0] >= -180 && v[0] <= 180 && v[2] >= -180 && v[2] <= 180 && v[1] >= -90 && v[3] <= 90 &&
		v[1] <= v[3];
}

bool box_has(const struct box *b, double lat, double lon) {
	bool across = b->west > b->east;
	return lat >= b->south && lat <= b->north && (across ? lon >= b->west || lon <= b->east : lon >= b->west &&
		lon <= b->east);
}

static int64_t columns_of(const struct box *b, int level) {
	int64_t n = column(b->east, level) - column(b->west, level) + 1;
	return b->west > b->east ? n + ((int64_t)1 << level) : n;
}

struct int_list box_tiles(struct arena *a, const struct box *b, int *ret_level) {
	int level = 0;
	while (level < CELL_LEVELS) {
		int64_t wide = columns_of(b, level + 1), high = line(b->south, level + 1) - line(b->north, level + 1) + 1;
		if (wide * high > TILES_MAX) break;
		level++;
	}
	struct int_list list = {.v = NEW_ARRAY(a, int64_t, TILES_MAX), .n = 0};
	int64_t wide = columns_of(b, level), round = (int64_t)1 << level;
	if (wide > round) wide = round;
	for (int64_t y = line(b->north, level); y <= line(b->south, level); y++)
		for (int64_t i = 0; i < wide; i++) list.v[list.n++] = spread((column(b->west,
			level) + i) % round) | spread(y) << 1;
	*ret_level = level;
	return list;
}
