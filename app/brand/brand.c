/* What the firm says to everybody: writing it down, changing it, what its words promise. */
#include "brand/brand.h"
#include "access/policy.h"
#include "event/event.h"
#include "promise/promise.h"
#include "routes.h"
#include "sql/brand.h"
#include "text/date.h"
#include "text/escape.h"
#include "text/url.h"
#include "text/utf8.h"
#include <inttypes.h>

enum { TITLE_MOST = 120, BODY_MOST = 8000, PLACE_MOST = 300, PROMISED_MOST = 100 };

static const struct object brand = {.thing = THING_BRAND_TEXT};

static struct str given(struct str s) { return str_none(s) ? STR("") : s; }

static const struct zone *firm_zone(const struct req *q) {
	const struct zone *z = zone_find(q->business->zone);
	return z == NULL ? q->locale.zone : z;
}

/* Noon of a day on the firm's clock. */
static usec_t noon_of(const struct req *q, struct str day) {
	int64_t days;
	int y, m, d;
	if (!date_days(day, &days)) return q->locale.now;
	days_civil(days, &y, &m, &d);
	return zone_moment(firm_zone(q), y, m, d, 12, 0, 0);
}

/* ------------------------------------------------------------------------- views */

static struct str when_of(struct req *q, const struct brand_row *r) {
	struct locale firm = q->locale;
	firm.zone = firm_zone(q);
	const char *from = say_date(q->a, &firm, noon_of(q, r->said_from)).p;
	if (str_none(r->said_until)) return tr_fill(q->a, TRQ(q, T("said since {from}")), "from", from, NULL);
	return tr_fill(q->a, TRQ(q, T("said from {from} until {until}")), "from", from, "until", say_date(q->a, &firm, noon_of(q, r->said_until)).p, NULL);
}

static struct brand_text_view view_of(struct req *q, const struct brand_row *r) {
	struct brand_text_view v = {.id = r->id, .title = r->title, .body = r->body, .place = r->place, .said_from = r->said_from, .said_until = r->said_until,
		.promised = r->promised, .url = url_path(q->a, "/brand/%" PRId64, r->id.v), .when = when_of(q, r), .link = {STR_NONE}};
	bool address = str_starts(r->place, STR("https://")) || str_starts(r->place, STR("http://"));
	if (address && !url_check(q->a, r->place, &v.link)) v.link.s = STR_NONE;
	return v;
}

enum err brand_texts(struct req *q, const struct brand_texts_in *in, struct brand_list_page *ret) {
	struct brand_row_list rows;
	TRY(may_or_err(&q->actor, ACT_SEE, &brand));
	TRY(sql_brand_find(q->db, q->a, (struct brand_text_id){in->cursor.has ? in->cursor.v : 0}, in->limit + 1, &rows));
	*ret = (struct brand_list_page){.next = STR_NONE, .more = {STR_NONE}, .may_make = may(&q->actor, ACT_CREATE, &brand),
		.data.v = NEW_ARRAY(q->a, struct brand_text_view, rows.n)};
	q->page.nav = STR("promises");
	if ((int64_t)rows.n > in->limit) {
		rows.n = (size_t)in->limit;
		ret->next = str_fmt(q->a, "%" PRId64, rows.v[rows.n - 1].id.v);
		ret->more = url_with(q->a, url_path(q->a, "/brand"), "cursor", ret->next);
	}
	for (size_t i = 0; i < rows.n; i++) ret->data.v[ret->data.n++] = view_of(q, &rows.v[i]);
	return OK;
}

enum err brand_text_show(struct req *q, const struct brand_text_show_in *in, struct brand_page *ret) {
	struct brand_row r;
	TRY(may_or_err(&q->actor, ACT_SEE, &brand));
	TRY(sql_brand_get(q->db, q->a, in->id, &r));
	*ret = (struct brand_page){.text = view_of(q, &r), .may_edit = may(&q->actor, ACT_EDIT, &brand)};
	if (q->api) return OK;
	q->page.nav = STR("promises");
	TRY(promise_to_all(q, r.id, PROMISED_MOST, &ret->promised));
	if (!ret->may_edit) return OK;
	TRY(promise_in_text(q, r.id, r.body, noon_of(q, r.said_from), &ret->offers));
	return promise_choices(q, q->actor.id, &ret->owners);
}

enum err brand_text_form(struct req *q, const struct brand_text_form_in *in, struct brand_form_page *ret) {
	struct str today = date_of_time(q->a, firm_zone(q), q->locale.now);
	TRY(may_or_err(&q->actor, ACT_CREATE, &brand));
	q->page.nav = STR("promises");
	*ret = (struct brand_form_page){.heading = STR(""), .title = given(in->title), .body = given(in->body), .place = given(in->place),
		.said_from = str_none(in->said_from) ? today : in->said_from, .said_until = given(in->said_until), .today = today};
	return OK;
}

enum err brand_text_edit(struct req *q, const struct brand_text_edit_in *in, struct brand_form_page *ret) {
	struct brand_row r;
	TRY(may_or_err(&q->actor, ACT_EDIT, &brand));
	TRY(sql_brand_get(q->db, q->a, in->id, &r));
	q->page.nav = STR("promises");
	*ret = (struct brand_form_page){.id = r.id, .heading = r.title, .title = r.title, .body = r.body, .place = r.place, .said_from = r.said_from,
		.said_until = given(r.said_until), .today = date_of_time(q->a, firm_zone(q), q->locale.now)};
	if (!in->given) return OK;
	ret->title = given(in->title);
	ret->body = given(in->body);
	ret->place = given(in->place);
	ret->said_from = given(in->said_from);
	ret->said_until = given(in->said_until);
	return OK;
}

/* ---------------------------------------------------------------------- changing */

/* What is wrong with it is said at each field. What is promised with it everybody reads at once, so nothing is written down before it is said. errors INVALID */
static enum err check(struct req *q, struct brand_row *r) {
	int64_t from = 0, until = 0, today = 0;
	r->title = utf8_line(q->a, r->title);
	r->body = str_trim(r->body);
	r->place = utf8_line(q->a, r->place);
	date_days(date_of_time(q->a, firm_zone(q), clock_now()), &today);
	if (str_empty(r->title)) req_invalid(q, "title", T("Please give it a title."));
	if (str_empty(r->body)) req_invalid(q, "body", T("Please write down what it says."));
	if (r->title.n > TITLE_MOST || r->body.n > BODY_MOST || r->place.n > PLACE_MOST)
		req_invalid(q, r->title.n > TITLE_MOST ? "title" : r->body.n > BODY_MOST ? "body" : "place", T("This is too long."));
	bool good = date_days(r->said_from, &from);
	if (!good) req_invalid(q, "said_from", T("This is not a day."));
	else if (from > today) req_invalid(q, "said_from", T("Please write it down on the day on which it is said: everybody reads at once what is promised with it."));
	if (str_empty(r->said_until)) r->said_until = STR_NONE;
	if (!str_none(r->said_until) && !date_days(r->said_until, &until)) req_invalid(q, "said_until", T("This is not a day."));
	else if (!str_none(r->said_until) && good && until < from) req_invalid(q, "said_until", T("It ends before it begins."));
	return q->errors.n > 0 ? ERR_INVALID : OK;
}

static enum err tell(struct db *db, struct arena *a, struct person_id actor, const char *verb, struct brand_text_id id, struct str title) {
	struct buf b;
	buf_init(&b, 2048);
	json_escape(&b, title);
	struct event e = {.actor = actor, .verb = verb, .object_kind = "brand_text", .object_id = id.v, .audience = AUDIENCE_STAFF,
		.data = str_fmt(a, "{\"title\":\"" STR_FMT "\"}", STR_ARG(buf_str(&b)))};
	buf_done(&b);
	return event_append(db, &e, NULL);
}

enum err brand_keep(struct db *db, struct arena *a, const struct brand_draft *d, struct brand_text_id *ret) {
	TRY(sql_brand_put(db, d->title, d->body, d->place, d->said_from, d->said_until, d->by, clock_now(), ret));
	return tell(db, a, d->by, "create", *ret, d->title);
}

enum err brand_text_make(struct req *q, const struct brand_text_make_in *in, struct brand_text_view *ret) {
	struct brand_row r = {.title = given(in->title), .body = given(in->body), .place = given(in->place), .said_until = given(in->said_until),
		.said_from = str_none(in->said_from) ? date_of_time(q->a, firm_zone(q), clock_now()) : str_trim(in->said_from)};
	TRY(may_or_err(&q->actor, ACT_CREATE, &brand));
	TRY(check(q, &r));
	struct brand_draft d = {.title = r.title, .body = r.body, .place = r.place, .said_from = r.said_from, .said_until = r.said_until, .by = q->actor.id};
	TRY(brand_keep(q->db, q->a, &d, &r.id));
	*ret = view_of(q, &r);
	req_say(q, T("Saved. What its words promise stands below: you decide what is."));
	return OK;
}

enum err brand_text_save(struct req *q, const struct brand_text_save_in *in, struct brand_text_view *ret) {
	struct brand_row r;
	TRY(may_or_err(&q->actor, ACT_EDIT, &brand));
	TRY(sql_brand_get(q->db, q->a, in->id, &r));
	if (!str_none(in->title)) r.title = in->title;
	if (!str_none(in->body)) r.body = in->body;
	if (!str_none(in->place)) r.place = in->place;
	if (!str_none(in->said_from)) r.said_from = str_trim(in->said_from);
	if (!str_none(in->said_until)) r.said_until = str_trim(in->said_until);
	TRY(check(q, &r));
	TRY(sql_brand_set(q->db, r.id, r.title, r.body, r.place, r.said_from, r.said_until));
	*ret = view_of(q, &r);
	req_say(q, T("Saved."));
	return tell(q->db, q->a, q->actor.id, "update", r.id, r.title);
}
