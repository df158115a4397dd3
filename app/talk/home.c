/* The front page and the map: what matters to most people now, where, and what was answered. */
#include "talk/talk_int.h"
#include "promise/promise.h"
#include "text/json.h"
#include "text/url.h"
#include <math.h>

enum { PROBLEMS = 5, IDEAS = 3, LATEST = 3, TOWNS = 6, MAP_ROWS = 10, MAP_TOWNS = 12, MAP_ZOOM = 7 };

struct talk_map map_view(struct req *q, const char *board) {
	const struct business *b = q->business;
	bool known = !isnan(b->lat) && !isnan(b->lon);
	struct talk_map m = {.src = url_with(q->a, url_path(q->a, "/map.json"), "board", str_c(board)), .lat = known
		? b->lat : 0,
		.lon = known ? b->lon : 0, .zoom = known ? (b->map_zoom > 0 ? b->map_zoom : MAP_ZOOM) : 0, .tiles = b->tile_url,
		.attribution = str_empty(b->tile_url) ? STR("Natural Earth, GeoNames") : STR("© OpenStreetMap"),
			.n = STR("{n}"), .title = STR("{title}")};
	struct buf text;
	buf_init(&text, 4096);
	struct json_out o = json_out(&text);
	json_put_object(&o);
	for (int i = 0; state_at(i) != NULL; i++) {
		json_put_key(&o, state_at(i)->look);
		json_put_c(&o, TRQ(q, state_at(i)->word));
	}
	json_put_end(&o);
	m.states = str_copy(q->a, buf_str(&text));
	buf_done(&text);
	q->page.script = STR("map");
	return m;
}

static enum err towns_view(struct req *q, const char *board, int most, struct talk_towns *ret) {
	struct talk_town_row_list rows;
	TRY(sql_talk_towns(q->db, q->a, str_c(board), most, &rows));
	ret->town.v = NEW_ARRAY(q->a, struct talk_town, rows.n);
	ret->most = 1;
	for (size_t i = 0; i < rows.n; i++) {
		if (rows.v[i].votes > ret->most) ret->most = rows.v[i].votes;
		struct url u = url_with(q->a, url_path(q->a, "/%s", board), "town", rows.v[i].name);
		ret->town.v[ret->town.n++] = (struct talk_town){.name = rows.v[i].name, .votes = rows.v[i].votes, .url = u};
	}
	return OK;
}

static enum err top(struct req *q, const char *board, const char *status, int most, struct talk_item_list *ret) {
	struct int_list ids;
	struct str next;
	struct list_wish w = {.board = str_c(board), .status = str_c(status), .sort = STR("impact"), .most = most};
	TRY(list_find(q, &w, &ids, &next));
	return list_items(q, ids, ret);
}

static enum err open_count(struct req *q, const char *board, int64_t *ret) {
	struct talk_tally_row_list rows;
	TRY(sql_talk_tallies(q->db, q->a, &rows));
	*ret = 0;
	for (size_t i = 0; i < rows.n; i++) {
		const struct state *s = state_find(rows.v[i].status);
		if (str_is(rows.v[i].board, board) && s != NULL && s->open) *ret += rows.v[i].reports;
	}
	return OK;
}

static enum err latest(struct req *q, struct talk_latest_list *ret) {
	struct talk_answered_row_list rows;
	TRY(sql_talk_answered(q->db, q->a, q->actor.id, q->actor.is_staff, LATEST, &rows));
	ret->v = NEW_ARRAY(q->a, struct talk_latest, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct talk_answered_row *r = &rows.v[i];
		ret->v[ret->n++] = (struct talk_latest){.id = r->id, .subject = r->subject, .at = r->answered_at,
			.by = {.id = r->answerer_id, .name = str_none(r->name) ? q->business->name : r->name,
				.title = str_none(r->title) ? STR("") : r->title,
				.photo = r->photo, .staff = true}};
		if (r->answerer_id.v != 0) req_depends(q, "person", r->answerer_id.v);
	}
	return OK;
}

enum err talk_home(struct req *q, struct talk_home_page *ret) {
	req_depends(q, "conversations", 0);
	q->page.live = STR("conversations");
	ret->map = map_view(q, "problems");
	TRY(top(q, "problems", "open", PROBLEMS, &ret->problems));
	TRY(top(q, "ideas", "", IDEAS, &ret->ideas));
	TRY(open_count(q, "problems", &ret->open));
	TRY(towns_view(q, "problems", TOWNS, &ret->towns));
	TRY(trust_rate(q, &ret->rate));
	TRY(promise_all_count(q, &ret->promised));
	return latest(q, &ret->latest);
}

enum err talk_map_show(struct req *q, const struct talk_map_show_in *in, struct talk_map_page *ret) {
	const char *board = str_is(in->board, "ideas") ? "ideas" : "problems";
	q->page.nav = STR("map");
	req_depends(q, "conversations", 0);
	q->page.live = STR("conversations");
	ret->board = str_c(board);
	ret->map = map_view(q, board);
	if (in->lat >= -90 && in->lat <= 90 && in->lon >= -180 && in->lon <= 180) {
		ret->map.lat = in->lat;
		ret->map.lon = in->lon;
		ret->map.zoom = 11;
	}
	ret->kinds.v = NEW_ARRAY(q->a, struct talk_link, 2);
	ret->kinds.v[0] = (struct talk_link){.url = url_path(q->a, "/map"), .word = str_c(T("Problems and needs")),
		.here = strcmp(board, "ideas") != 0};
	ret->kinds.v[1] = (struct talk_link){.url = url_path(q->a, "/map?board=ideas"), .word = str_c(T("Ideas")),
		.here = strcmp(board, "ideas") == 0};
	ret->kinds.n = 2;
	TRY(top(q, board, "open", MAP_ROWS, &ret->items));
	TRY(open_count(q, board, &ret->open));
	return towns_view(q, board, MAP_TOWNS, &ret->towns);
}
