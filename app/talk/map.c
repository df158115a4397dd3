/* What a map asks for while it is moved: the reports of a view one by one when they are few, else counted cells. */
#include "talk/talk_int.h"
#include "text/json.h"
#include <math.h>

enum { POINTS_MOST = 300, POINTS_CLOSEST = 1000, CELLS_MOST = 4000, CELL_FINER = 2, CLOSEST = 16 };

static int64_t put_points(struct json_out *o, struct arena *a, const struct talk_point_row_list *rows,
	const struct box *box) {
	int64_t people = 0;
	json_put_key(o, "points");
	json_put_array(o);
	for (size_t i = 0; i < rows->n; i++) {
		const struct talk_point_row *r = &rows->v[i];
		if (!box_has(box, r->lat, r->lon)) continue;
		people += r->votes;
		json_put_object(o);
		json_put_key(o, "id"), json_put_int(o, r->id.v);
		json_put_key(o, "lat"), json_put_real(o, r->lat);
		json_put_key(o, "lon"), json_put_real(o, r->lon);
		json_put_key(o, "votes"), json_put_int(o, r->votes);
		json_put_key(o, "title"), json_put_str(o, r->subject);
		json_put_key(o, "status"), json_put_str(o, state_view(r->status).look);
		json_put_key(o, "url"), json_put_str(o, str_fmt(a, "/conversations/%lld", (long long)r->id.v));
		json_put_end(o);
	}
	json_put_end(o);
	return people;
}

static int64_t put_cells(struct json_out *o, const struct talk_cell_row_list *rows, int level, const struct box *box) {
	int64_t people = 0;
	json_put_key(o, "cells");
	json_put_array(o);
	for (size_t i = 0; i < rows->n; i++) {
		double lat, lon;
		quad_middle(rows->v[i].quadkey, level, &lat, &lon);
		if (!box_has(box, lat, lon)) continue;
		people += rows->v[i].votes;
		json_put_object(o);
		json_put_key(o, "lat"), json_put_real(o, lat);
		json_put_key(o, "lon"), json_put_real(o, lon);
		json_put_key(o, "n"), json_put_int(o, rows->v[i].votes);
		json_put_end(o);
	}
	json_put_end(o);
	return people;
}

static enum err write_view(struct req *q, const struct box *box, int64_t zoom, struct str kinds, struct buf *b) {
	int level;
	struct talk_point_row_list points;
	struct talk_cell_row_list cells = {0};
	struct json_out o = json_out(b);
	struct int_list tiles = box_tiles(q->a, box, &level);
	int most = zoom >= CLOSEST ? POINTS_CLOSEST : POINTS_MOST;
	TRY(sql_talk_points(q->db, q->a, tiles, 2 * (QUAD_LEVELS - level), q->actor.id, q->actor.is_staff, kinds, most + 1,
		&points));
	int finer = (int)zoom + CELL_FINER;
	if (finer < level) finer = level;
	if (finer < 2) finer = 2;
	if (finer > CELL_LEVELS) finer = CELL_LEVELS;
	bool few = points.n <= (size_t)most || zoom >= CLOSEST;
	if (!few) TRY(sql_talk_cells(q->db, q->a, tiles, 2 * (finer - level), finer, kinds, CELLS_MOST, &cells));
	json_put_object(&o);
	int64_t people = 0;
	struct talk_point_row_list none = {0};
	people += put_points(&o, q->a, few ? &points : &none, box);
	people += put_cells(&o, &cells, finer, box);
	const char *sentence = people == 0 ? TRQ(q, T("Nobody has reported anything on this part of the map."))
	                                   : tr_n(q->locale.lang, TN("One person on this part of the map",
		"{n} people on this part of the map"), people);
	json_put_key(&o, "say");
	json_put_str(&o, tr_fill(q->a, sentence, "n", say_number(q->a, &q->locale, people).p, NULL));
	json_put_end(&o);
	return OK;
}

enum err talk_map_data(struct req *q, const struct talk_map_data_in *in) {
	struct box box;
	struct buf b;
	if (!box_read(in->bbox, &box)) return req_invalid(q, "bbox", T("Give west, south, east and north in degrees."));
	buf_init(&b, 1024 * 1024);
	enum err e = write_view(q, &box, in->zoom, str_is(in->board, "ideas") ? STR(",idea,") : STR(",problem,need,"), &b);
	if (e == OK) {
		req_header(q, "Cache-Control", STR("no-cache"));
		req_send(q, 200, "application/json", buf_str(&b));
	}
	buf_done(&b);
	return e;
}
