/* Telling us something: the form, what is like it, the place, the photos. */
#include "pack/pack.h"
#include "talk/talk_int.h"
#include "text/date.h"
#include "text/url.h"
#include <math.h>

enum { SIMILAR_MOST = 5, FORM_SUBJECT_MAX = 160, SUBJECT_MIN = 4 };
#define LIKE_STRONG 0.5

/* ----------------------------------------------------------------------- places */

/* "53.27,-9.05,Galway" of a chosen town. */
static bool read_at(struct str at, double *ret_lat, double *ret_lon, struct str *ret_name) {
	return str_real(str_cut(&at, ','), ret_lat) && !str_none(at) && str_real(str_cut(&at, ','), ret_lon) &&
		!str_none(at) && (*ret_name = at, true) &&
	       fabs(*ret_lat) <= 90 && fabs(*ret_lon) <= 180;
}

struct wanted {                     /* where, as far as the form says */
	double lat, lon;
	struct str area;
	bool ask;                       /* several towns may be meant */
};

static bool surely(const struct town_list *list, const struct business *b) {
	if (list->n == 1) return true;
	const struct town *first = list->v[0], *second = list->v[1];
	bool home = !isnan(b->lat) && fabs(first->lat - b->lat) < 3 && fabs(first->lon - b->lon) < 5;
	bool other = !isnan(b->lat) && fabs(second->lat - b->lat) < 3 && fabs(second->lon - b->lon) < 5;
	bool same = str_eq(first->name, second->name);
	return !same || (home && !other) || first->people >= 10 * second->people;
}

/* A town of another report, by its name at the end of the words. If there is none, the words are kept without a point on the map. */
static enum err find_area(struct req *q, struct str place, struct wanted *ret) {
	struct talk_area_row row;
	bool found = false;
	struct str part = place;
	for (size_t i = place.n; i > 0; i--)
		if (place.p[i - 1] == ',') {
			part = str_trim(str_from(place, i));
			break;
		}
	TRY(sql_talk_area_place(q->db, q->a, part, &row, &found));
	if (found) *ret = (struct wanted){.lat = row.lat, .lon = row.lon, .area = row.name};
	return OK;
}

static enum err find_place(struct req *q, struct str lat, struct str lon, struct str at, struct str place,
	struct wanted *ret) {
	*ret = (struct wanted){.lat = NAN, .lon = NAN, .area = STR_NONE};
	if (!str_empty(lat) || !str_empty(lon)) {
		if (!str_real(str_trim(lat), &ret->lat) || fabs(ret->lat) > 90) return req_invalid(q, "lat",
			T("A latitude is a number from -90 to 90."));
		if (!str_real(str_trim(lon), &ret->lon) || fabs(ret->lon) > 180) return req_invalid(q, "lon",
			T("A longitude is a number from -180 to 180."));
		return OK;
	}
	if (!str_empty(at) && read_at(at, &ret->lat, &ret->lon, &ret->area)) return OK;
	ret->lat = ret->lon = NAN;
	if (str_empty(place)) return OK;
	struct town_list list = towns_find(q->a, place, q->business->lat, q->business->lon);
	if (list.n == 0) return find_area(q, place, ret);
	ret->ask = !surely(&list, q->business);
	if (ret->ask) return req_invalid(q, "place", T("There are several of that name. Choose the one you mean."));
	ret->lat = list.v[0]->lat;
	ret->lon = list.v[0]->lon;
	ret->area = list.v[0]->name;
	return OK;
}

/* --------------------------------------------------------------------- the page */

static struct str given(struct str s) {
	return str_none(s) ? STR("") : s;
}

static enum err offer_places(struct req *q, const struct talk_form_in *in, struct talk_form_page *ret) {
	if (str_empty(in->place)) return OK;
	struct town_list list = towns_find(q->a, in->place, q->business->lat, q->business->lon);
	if (list.n < 2 && str_empty(in->at)) return OK;
	ret->places.data.v = NEW_ARRAY(q->a, struct talk_place, list.n);
	for (size_t i = 0; i < list.n; i++) {
		struct talk_place p = place_view(q->a, list.v[i]);
		p.here = str_eq(p.at, given(in->at));
		ret->places.data.v[ret->places.data.n++] = p;
	}
	return OK;
}

enum err talk_form(struct req *q, const struct talk_form_in *in, struct talk_form_page *ret) {
	ret->kind = in->kind;
	ret->subject = given(in->subject);
	ret->body = given(in->body);
	ret->topic = given(in->topic);
	ret->since = given(in->since);
	ret->place = given(in->place);
	ret->lat = given(in->lat);
	ret->lon = given(in->lon);
	ret->private = str_is(in->visibility, "private");
	ret->topics = topic_choices(q, ret->topic);
	ret->map = map_view(q, "problems");
	ret->pick_lat = STR("{lat}");
	ret->pick_lon = STR("{lon}");
	ret->file_name = STR("{name}");
	ret->file_size = STR("{size}");
	ret->file_most = STR("{most}");
	ret->today = date_of_time(q->a, q->locale.zone, q->locale.now);
	TRY(photos_again(q, FILE_IDS(in->files), &ret->kept));
	TRY(offer_places(q, in, ret));
	if (str_empty(ret->subject)) return OK;
	return search_similar(q, ret->subject, SIMILAR_MOST, &ret->similar.data);
}

/* --------------------------------------------------------------------- taking it */

struct taken {
	struct req *q;
	struct new_report report;
	struct photos photos;
	struct conversation_id ret;
};

static enum err write_report(struct db *db, void *arg) {
	struct taken *t = arg;
	TRY(talk_create(db, t->q->a, &t->report, &t->ret));
	return photos_attach(t->q, db, t->ret, (struct message_id){0}, &t->photos);
}

struct voice {
	struct req *q;
	struct conversation_id id;
};

static enum err write_voice(struct db *db, void *arg) {
	const struct voice *v = arg;
	struct req *q = v->q;
	struct talk_facts f;
	bool changed;
	TRY(facts_may(db, q->a, &q->actor, v->id, ACT_VOTE, &f));
	return talk_vote(db, q->a, v->id, q->actor.id, true, 0, &changed);
}

static enum err check_words(struct req *q, struct str subject, struct str body, struct str topic, struct str since) {
	enum err e = OK;
	int64_t day, today;
	if (subject.n < SUBJECT_MIN) e = req_invalid(q, "subject", T("Please say it in one sentence."));
	if (subject.n > SUBJECT_MAX) e = req_invalid(q, "subject", T("This is too long."));
	if (body.n > BODY_MAX) e = req_invalid(q, "body", T("This is too long."));
	if (!str_empty(topic) && str_empty(topic_label(q, topic))) e = req_invalid(q, "topic",
		T("This is not one of the choices."));
	if (!str_empty(since) && (!date_days(since, &day) || !date_days(date_of_time(q->a, q->locale.zone, q->locale.now),
		&today)))
		e = req_invalid(q, "since", T("Please give a day as year-month-day, such as 2026-03-14."));
	else if (!str_empty(since) && day > today) e = req_invalid(q, "since", T("This day has not come yet."));
	return e;
}

/* Someone who could not see what is like it while typing (no script) sees it now, once. */
static enum err show_like(struct req *q, struct str subject) {
	struct talk_like_list like;
	TRY(search_similar(q, subject, SIMILAR_MOST, &like));
	if (like.n == 0 || like.v[0].share < LIKE_STRONG) return OK;
	return req_fail(q, ERR_INVALID,
		T("Someone may have said this already. Look at the list below; if it is not there, send it again."), NULL);
}

static enum err check_place(struct req *q, struct new_report *r, struct str lat, struct str lon, struct str at,
	struct str place) {
	struct wanted w;
	TRY(find_place(q, given(lat), given(lon), given(at), given(place), &w));
	r->lat = w.lat;
	r->lon = w.lon;
	r->area = w.area;
	r->place = given(place);
	return OK;
}

/* Everything that is wrong is said at once; photos are looked at in any case, so that none is lost. */
static enum err take_report(struct req *q, const struct talk_form_send_in *in, struct taken *t) {
	enum err photos = photos_take(q, (struct upload_list){.v = in->photos.v, .n = in->photos.n}, FILE_IDS(in->files),
		false, &t->photos);
	enum err words = check_words(q, t->report.subject, t->report.body, t->report.topic, given(in->since));
	TRY(check_place(q, &t->report, in->lat, in->lon, in->at, in->place));
	TRY(words);
	TRY(photos);
	if (!in->checked) TRY(show_like(q, t->report.subject));
	return req_write(q, write_report, t);
}

enum err talk_form_send(struct req *q, const struct talk_form_send_in *in) {
	struct object o = {.thing = THING_CONVERSATION, .owner = q->actor.id,
		.visibility = str_is(in->visibility, "private") ? SEEN_PRIVATE : SEEN_PUBLIC};
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	if (in->instead.v != 0) {
		struct voice v = {.q = q, .id = in->instead};
		TRY(req_write(q, write_voice, &v));
		req_say(q, T("Your voice is counted. We tell you when something changes."));
		req_redirect(q, url_path(q->a, "/conversations/%lld", (long long)in->instead.v));
		return OK;
	}
	struct taken *t = NEW(q->a, struct taken);
	*t = (struct taken){.q = q, .report = {.kind = in->kind, .visibility = in->visibility,
		.subject = given(in->subject), .body = given(in->body),
		.topic = given(in->topic), .since = str_empty(in->since) ? STR_NONE : in->since, .author = q->actor.id}};
	TRY(photos_keep(q, &t->photos, take_report(q, in, t)));
	req_say(q, T("Thank you. It is here for everyone who has the same; we tell you when something changes."));
	TRY(tell_mentions(q, t->ret, t->report.body));
	req_redirect(q, url_path(q->a, "/conversations/%lld", (long long)t->ret.v));
	return OK;
}

/* ------------------------------------------------------------------- changing it */

enum err talk_edit_show(struct req *q, const struct talk_edit_show_in *in, struct talk_edit_page *ret) {
	struct talk_report_row row;
	TRY(report_get(q, in->id, &row));
	struct object o = talk_object(&row);
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	*ret = (struct talk_edit_page){.id = row.id, .subject = str_none(in->subject) ? row.subject : in->subject,
		.body = str_none(in->body) ? row.body : in->body, .topic = str_none(in->topic) ? row.topic : in->topic};
	ret->topics = topic_choices(q, ret->topic);
	return OK;
}

enum err talk_edit_save(struct req *q, const struct talk_edit_save_in *in) {
	struct talk_facts f;
	TRY(facts_for(q, in->id, ACT_EDIT, &f));
	TRY(check_words(q, given(in->subject), given(in->body), given(in->topic), STR_NONE));
	TRY(report_edit(q, &f, given(in->subject), given(in->body), given(in->topic)));
	return tell_mentions(q, in->id, given(in->body));
}
