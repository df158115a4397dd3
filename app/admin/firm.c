/* The firm's profile: its public page, the form, and the same for programs. */
#include "admin/admin.h"
#include "notice/mail.h"
#include "people/people.h"
#include "promise/promise.h"
#include "routes.h"
#include "sql/admin.h"
#include "text/url.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* --------------------------------------------------------------------- page */

static struct url outside(struct arena *a, struct str s) {
	struct url u = {STR_NONE};
	if (str_empty(s)) return u;
	if (!str_starts(s, STR("http://")) && !str_starts(s, STR("https://"))) s = str_fmt(a, "https://" STR_FMT, STR_ARG(s));
	return url_check(a, s, &u) ? u : (struct url){STR_NONE};
}

static struct url link_to(struct arena *a, const char *scheme, struct str s) {
	struct url u = {STR_NONE};
	struct str value = str_is(str_c(scheme), "tel:") ? contact_fold(a, CONTACT_PHONE, s) : s;
	bool plus = str_is(str_c(scheme), "tel:") && str_starts(s, STR("+"));
	if (str_empty(value)) return u;
	struct str to = str_fmt(a, "%s%s" STR_FMT, scheme, plus ? "+" : "", STR_ARG(value));
	return url_check(a, to, &u) ? u : (struct url){STR_NONE};
}

/* The profile as it stands in the database, which a tx handler may just have changed. */
static enum err fill_firm(struct req *q, struct firm_page *ret) {
	struct business b;
	TRY(business_read(q->db, q->a, &b));
	*ret = (struct firm_page){
		.name = b.name, .claim = b.claim, .pack = b.pack, .street_address = b.street_address, .mail_address = b.mail_address,
		.phone = b.phone, .email = b.email, .web = b.web, .hours = b.hours, .colour = b.colour, .locale = b.locale,
		.zone = b.zone, .currency = b.currency, .place = {.lat = b.lat, .lon = b.lon}, .map_zoom = b.map_zoom, .map_link = b.map_link,
		.tile_url = b.tile_url, .version = b.version};
	ret->logo = url_path(q->a, "/logo?v=%" PRId64, b.version);
	ret->url = url_path(q->a, "/firm");
	ret->map_url = people_map_link(q->a, &b, b.street_address, b.lat, b.lon);
	ret->web_url = outside(q->a, b.web);
	ret->call = link_to(q->a, "tel:", b.phone);
	ret->write = link_to(q->a, "mailto:", b.email);
	opening_fill(q, &b.open, &ret->opening);
	return OK;
}

static enum err fill_staff(struct req *q, struct firm_page *ret) {
	struct person_id_list ids;
	struct person_view_list views;
	TRY(people_staff(q->db, q->a, &q->actor, false, &ids));
	TRY(people_views(q->db, q->a, &q->actor, q->business, &q->locale, ids, &views));
	ret->staff.v = NEW_ARRAY(q->a, struct firm_colleague, views.n);
	for (size_t i = 0; i < views.n; i++) {
		const struct person_view *v = &views.v[i];
		struct firm_colleague c = {.id = v->id, .name = v->name, .title = v->title, .hours = v->hours,
		                           .languages = v->languages, .phone = v->phones.n ? v->phones.v[0] : STR_NONE,
		                           .email = v->email, .photo = v->photo, .url = v->url};
		c.call = str_none(c.phone) ? (struct url){STR_NONE} : link_to(q->a, "tel:", c.phone);
		c.write = str_none(c.email) ? (struct url){STR_NONE} : link_to(q->a, "mailto:", c.email);
		ret->staff.v[ret->staff.n++] = c;
	}
	return OK;
}

enum err firm_fill(struct req *q, struct firm_page *ret) {
	TRY(fill_firm(q, ret));
	TRY(trust_rate(q, &ret->rate));
	return fill_staff(q, ret);
}

enum err firm_show(struct req *q, struct firm_page *ret) {
	TRY(firm_fill(q, ret));
	TRY(req_version(q, ret->version));
	q->page.nav = STR("firm");
	if (!isnan(ret->place.lat)) q->page.script = STR("map");
	return OK;
}

/* ------------------------------------------------------------------- checks */

bool colour_valid(struct str s) {
	if (s.n != 7 || s.p[0] != '#') return false;
	for (size_t i = 1; i < 7; i++)
		if (strchr("0123456789abcdefABCDEF", s.p[i]) == NULL) return false;
	return true;
}

static double channel(struct str s, size_t at) {
	char pair[3] = {s.p[at], s.p[at + 1], 0};
	double v = (double)strtol(pair, NULL, 16) / 255;
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

double colour_contrast(struct str s) {
	double light = 0.2126 * channel(s, 1) + 0.7152 * channel(s, 3) + 0.0722 * channel(s, 5);
	return 1.05 / (light + 0.05);
}

static bool currency_valid(struct str s) {
	bool fine = s.n == 3;
	for (size_t i = 0; fine && i < 3; i++) fine = s.p[i] >= 'A' && s.p[i] <= 'Z';
	return fine;
}

/* An address with {words} in it: each of those allowed, and what is left an address of the web. */
static bool template_valid(struct arena *a, struct str s, const char *const *words) {
	struct buf b;
	struct url u;
	struct str rest = s;
	bool fine = str_starts(s, STR("https://")) || str_starts(s, STR("http://"));
	buf_init(&b, 4096);
	while (fine && !str_none(rest)) {
		buf_add(&b, str_cut(&rest, '{'));
		if (str_none(rest)) break;
		struct str word = str_cut(&rest, '}');
		bool known = !str_none(rest);
		const char *const *w = words;
		while (*w != NULL && !str_is(word, *w)) w++;
		fine = known && *w != NULL && b.n > sizeof "https://" - 1;
		buf_add_char(&b, '1');
	}
	fine = fine && str_find(buf_str(&b), '}') < 0 && url_check(a, buf_str(&b), &u);
	buf_done(&b);
	return fine;
}

static void check(struct req *q, const struct firm_save_in *in) {
	static const char *const link_words[] = {"q", "lat", "lon", NULL};
	static const char *const tile_words[] = {"z", "x", "y", "s", "r", NULL};
	if (!str_none(in->name) && str_empty(in->name)) (void)req_invalid(q, "name", T("Please fill this in."));
	if (!str_empty(in->email) && !mail_address_valid(in->email))
		(void)req_invalid(q, "email", T("This does not look like an email address."));
	if (!str_empty(in->web) && str_none(outside(q->a, in->web).s))
		(void)req_invalid(q, "web", T("This does not look like an address of the web."));
	if (!str_none(in->colour) && !colour_valid(in->colour))
		(void)req_invalid(q, "colour", T("A colour is written like #1f6f78."));
	if (!str_none(in->zone) && (str_empty(in->zone) || zone_find(in->zone) == NULL))
		(void)req_invalid(q, "zone", T("We do not know this time zone; it is written like Europe/Berlin."));
	if (!str_none(in->currency) && !currency_valid(in->currency))
		(void)req_invalid(q, "currency", T("A currency is three capital letters, such as EUR."));
	if (!str_none(in->locale) && str_empty(in->locale)) (void)req_invalid(q, "locale", T("Please fill this in."));
	if (isnan(in->place.lat) != isnan(in->place.lon))
		(void)req_invalid(q, isnan(in->place.lat) ? "place.lat" : "place.lon", T("A place needs both numbers."));
	if (!str_empty(in->map_link) && !template_valid(q->a, in->map_link, link_words))
		(void)req_invalid(q, "map_link", T("This is not an address of a map service."));
	if (!str_empty(in->map_link) && !str_has(in->map_link, STR("{q}")) && !str_has(in->map_link, STR("{lat}")))
		(void)req_invalid(q, "map_link", T("The address of the map service has no place for what to look for."));
	if (!str_empty(in->tile_url) && (!template_valid(q->a, in->tile_url, tile_words) || !str_has(in->tile_url, STR("{z}"))
	                                 || !str_has(in->tile_url, STR("{x}")) || !str_has(in->tile_url, STR("{y}"))))
		(void)req_invalid(q, "tile_url", T("The address of a tile server has z, x and y in curly brackets."));
}

/* --------------------------------------------------------------------- form */

static struct str or(struct str typed, struct str kept) { return str_none(typed) ? kept : typed; }

enum err firm_form(struct req *q, const struct firm_form_in *in, struct firm_form_page *ret) {
	static const char *const zones[] = {
		"Europe/Berlin", "Europe/Vienna",    "Europe/Zurich",   "Europe/London",       "Europe/Paris", "Europe/Madrid",
		"Europe/Warsaw", "America/New_York", "America/Chicago", "America/Los_Angeles", "Asia/Tokyo",   "UTC",
	};
	enum { ZONES = sizeof zones / sizeof *zones };
	const struct business *b = q->business;
	double lat = in->given ? in->place.lat : b->lat, lon = in->given ? in->place.lon : b->lon;
	*ret = (struct firm_form_page){
		.version = b->version, .name = or(in->name, b->name), .claim = or(in->claim, b->claim),
		.street_address = or(in->street_address, b->street_address), .mail_address = or(in->mail_address, b->mail_address),
		.phone = or(in->phone, b->phone), .email = or(in->email, b->email), .web = or(in->web, b->web), .hours = or(in->hours, b->hours),
		.colour = or(in->colour, b->colour), .locale = or(in->locale, b->locale), .zone = or(in->zone, b->zone),
		.currency = or(in->currency, b->currency), .map_link = or(in->map_link, b->map_link), .tile_url = or(in->tile_url, b->tile_url),
		.map_zoom = in->map_zoom.has ? in->map_zoom.v : b->map_zoom, .lat = STR(""), .lon = STR("")};
	if (!isnan(lat)) ret->lat = str_fmt(q->a, "%.6f", lat);
	if (!isnan(lon)) ret->lon = str_fmt(q->a, "%.6f", lon);
	double contrast = colour_valid(ret->colour) ? colour_contrast(ret->colour) : 1;
	ret->contrast = say_real(q->a, &q->locale, contrast, 1);
	ret->contrast_good = contrast >= 4.5;
	ret->map_hint = tr_fill(q->a, TRQ(q, T("Its address with {a} for the address, or {b} and {c} for the place. Empty: OpenStreetMap.")),
	                        "a", "{q}", "b", "{lat}", "c", "{lon}", NULL);
	ret->samples = (struct firm_zone_choice_list){.v = NEW_ARRAY(q->a, struct firm_zone_choice, ZONES), .n = ZONES};
	for (size_t i = 0; i < ZONES; i++) ret->samples.v[i].name = str_c(zones[i]);
	q->page.script = STR("map");
	return OK;
}

enum err firm_save(struct req *q, const struct firm_save_in *in, struct firm_page *ret) {
	struct business b;
	TRY(business_read(q->db, q->a, &b));
	TRY(req_version(q, b.version));
	if (!q->api && in->version.has && in->version.v != b.version)
		return req_fail(q, ERR_CONFLICT, T("Someone else changed this profile while you wrote. "
		                                   "Your words are still here; send them again to keep them."), NULL);
	check(q, in);
	if (q->errors.n > 0) return ERR_INVALID;
	bool place = in->given || !isnan(in->place.lat);
	TRY(sql_firm_update(q->db, b.version, or(in->name, b.name), or(in->claim, b.claim),
	                    or(in->street_address, b.street_address), or(in->mail_address, b.mail_address),
	                    or(in->phone, b.phone), or(in->email, b.email), or(in->web, b.web), or(in->hours, b.hours),
	                    str_lower(q->a, or(in->colour, b.colour)), or(in->locale, b.locale), or(in->zone, b.zone),
	                    or(in->currency, b.currency), place ? in->place.lat : b.lat, place ? in->place.lon : b.lon,
	                    in->map_zoom.has ? in->map_zoom.v : b.map_zoom, or(in->map_link, b.map_link),
	                    or(in->tile_url, b.tile_url), clock_now()));
	TRY(req_event(q, "update", "business", 1, NULL, 0, AUDIENCE_PUBLIC, STR("{}")));
	TRY(access_audit(q->db, q->actor.id, "settings", "business", 1, q->http->peer, STR("")));
	req_say(q, T("Saved."));
	return firm_fill(q, ret);
}
