/* When the firm works: the form and its faults, what programs and visitors are told, and that all hear of a change. On both engines. */
#include "talk/testing.h"

static void put_people(struct fixture *f) {
	put_person(f, 2, "staff", "owner", "Ruth Owner", 0);
	put_person(f, 3, "customer", "customer", "Jonas Weber", 0);
}

/* November 2026, the 23rd is a Monday. */
static usec_t berlin(int day, int hour, int minute) { return zone_moment(zone_find(STR("Europe/Berlin")), 2026, 11, day, hour, minute, 0); }

#define WEEK "monday=9-12:30,+14-18&tuesday=9-12:30,+14-18&wednesday=9-18&thursday=9-18&friday=22-6"

static struct hours calendar(struct fixture *f) {
	struct db *db;
	struct hours h;
	assert_int_equal(store_reader(f->s, &db), OK);
	assert_int_equal(firm_hours(db, &f->a, &h), OK);
	db_close(db);
	return h;
}

static struct answer put_json(struct fixture *f, const struct served *s, const char *bearer, const char *version, const char *body) {
	CURL *c = curl_easy_init();
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	headers = curl_slist_append(headers, str_fmt(&f->a, "Authorization: Bearer %s", bearer).p);
	if (version) headers = curl_slist_append(headers, str_fmt(&f->a, "If-Match: %s", version).p);
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, "PUT");
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
	return perform(f, s, c, headers, "/api/v1/business/hours");
}

static void form(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	clock_set(berlin(20, 9, 0));
	const char *ruth = session_for(f, 2), *jonas = session_for(f, 3);
	serve_start(f, &s);
	assert_false(calendar(f).given);
	assert_has_not(call(f, &s, "/firm", NULL, ruth, NULL).body, "Opening hours");
	assert_has(call(f, &s, "/admin/hours", NULL, ruth, NULL).body, "You have not said them yet.");
	assert_int_equal(call(f, &s, "/admin/hours", NULL, jonas, NULL).status, 403);
	/* What cannot be is said beside the field, and nothing is lost or kept. */
	struct answer r = send_form(f, &s, "/admin/hours", "/admin/hours", "given=1&version=1&monday=nine&tuesday=9-18&holidays=12-24+Eve%0D%0A%0D%0A2026-13-01+Never&yearly=christmas", ruth);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Please write times such as");
	assert_has(r.body, "Line 3 is not a day");
	assert_has(r.body, "value=\"nine\"");
	assert_has(r.body, "value=\"9-18\"");
	assert_has(r.body, "value=\"christmas\" checked");
	assert_int_equal(send_form(f, &s, "/admin/hours", "/admin/hours", "given=1&version=1&yearly=doomsday", ruth).status, 422);
	assert_int_equal(send_form(f, &s, "/admin/hours", "/admin/hours", "given=1&version=1&" WEEK "&holidays=12-24+9-12+Eve%0D%0A25.11.2026+Party&yearly=christmas&yearly=new_year", ruth).status, 303);
	assert_int_equal(send_form(f, &s, "/admin/hours", "/admin/hours", "given=1&version=1&" WEEK, ruth).status, 409);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM business WHERE week = ';09:00-12:30, 14:00-18:00;09:00-12:30, 14:00-18:00;09:00-18:00;09:00-18:00;22:00-06:00;'"
	                              " AND yearly = 'new_year christmas' AND version = 2"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'update' AND object_kind = 'business' AND audience = 'public'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM audit WHERE action = 'settings' AND detail = 'working hours' AND actor_id = 2"), 1);
	struct hours h = calendar(f);
	assert_true(h.given && h.holidays == 4 && hours_open(&h, berlin(23, 9, 0)) && !hours_open(&h, berlin(25, 10, 0)));
	serve_stop(&s);
	clock_set(0);
}

/* What a visitor and a program are told at a moment; the page by somebody who is logged in, whose pages are not kept. */
static void told(struct fixture *f, const struct served *s, const char *cookie, usec_t now, const char *page, const char *json) {
	clock_set(now);
	struct str body = call(f, s, "/firm", NULL, cookie, NULL).body, data = call(f, s, "/api/v1/business", NULL, NULL, NULL).body;
	if (!str_has(body, str_c(page))) fail_msg("no \"%s\" in: " STR_FMT, page, STR_ARG(between(f, body, "id=\"reach\"", "</dl>")));
	if (!str_has(data, str_c(json))) fail_msg("no \"%s\" in: " STR_FMT, json, STR_ARG(between(f, data, "\"opening\"", "\"week\"")));
}

static void open_now(void **state) {
	FIXTURE(f);
	struct served s;
	put_people(f);
	clock_set(berlin(20, 9, 0));
	const char *ruth = session_for(f, 2), *jonas = session_for(f, 3);
	admin_exec(f, "UPDATE person SET locale = 'de', zone = 'Asia/Tokyo' WHERE id = 3");
	admin_exec(f, "UPDATE token SET expires_at = 9000000000000000");
	serve_start(f, &s);
	assert_int_equal(send_form(f, &s, "/admin/hours", "/admin/hours", "given=1&version=1&" WEEK "&holidays=2026-11-26+9-12+Half&yearly=thanksgiving", ruth).status, 303);
	told(f, &s, ruth, berlin(23, 10, 0), "Open now, until 12:30", "\"opening\":{\"open\":true,\"closes_at\":\"2026-11-23T11:30:00Z\",\"opens_at\":null");
	told(f, &s, ruth, berlin(23, 12, 30), "Closed, opens today at 14:00", "\"opening\":{\"open\":false,\"closes_at\":null,\"opens_at\":\"2026-11-23T13:00:00Z\"");
	told(f, &s, ruth, berlin(23, 18, 0), "Closed, opens tomorrow at 9:00", "\"opens_at\":\"2026-11-24T08:00:00Z\"");
	told(f, &s, ruth, berlin(28, 6, 0), "Closed, opens Monday at 9:00", "\"opens_at\":\"2026-11-30T08:00:00Z\"");
	told(f, &s, ruth, berlin(27, 23, 0), "Open now, until Saturday at 6:00", "\"closes_at\":\"2026-11-28T05:00:00Z\"");
	told(f, &s, jonas, berlin(23, 18, 0), "Geschlossen, öffnet morgen um 9:00", "\"open\":false");
	told(f, &s, jonas, berlin(23, 18, 0), "Nach der Uhr von Europe/Berlin.", "{\"date\":\"2026-11-26\",\"name\":\"Half\",\"times\":\"09:00-12:00\"}");
	told(f, &s, ruth, berlin(23, 18, 0), "22:00–6:00", "{\"day\":\"friday\",\"times\":\"22:00-06:00\"}");
	assert_has_not(call(f, &s, "/firm", NULL, ruth, NULL).body, "By the clock of");
	serve_stop(&s);
	clock_set(0);
}

static void programs(void **state) {
	FIXTURE(f);
	struct served s, other;
	put_people(f);
	const char *ruth = token_for(f, 2), *jonas = token_for(f, 3);
	serve_start(f, &s);
	serve_start(f, &other);   /* a second node, which hears of it */
	assert_has(call(f, &other, "/api/v1/business", NULL, NULL, NULL).body, "\"opening\":null");
	assert_int_equal(put_json(f, &s, ruth, NULL, "{}").status, 428);
	assert_int_equal(put_json(f, &s, jonas, "\"v1\"", "{}").status, 403);
	struct answer r = call(f, &s, "/api/v1/business/hours", NULL, NULL, ruth);
	assert_has(r.body, "\"given\":false");
	const char *etag = str_fmt(&f->a, "\"" STR_FMT "\"", STR_ARG(between(f, r.head, "ETag: \"", "\""))).p;
	r = put_json(f, &s, ruth, etag, "{\"monday\": \"0:00-24:00\", \"holidays\": \"2026-12-24 9:00-12:00 Eve\\n12-31 Count\", \"yearly\": [\"easter_monday\"]}");
	assert_int_equal(r.status, 200);
	assert_has(r.body, "\"monday\":\"00:00-24:00\"");
	assert_has(r.body, "\"holidays\":\"2026-12-24 09:00-12:00 Eve\\n12-31 Count\",\"yearly\":[\"easter_monday\"]");
	assert_has(call(f, &other, "/api/v1/business", NULL, NULL, NULL).body, "{\"day\":\"monday\",\"times\":\"00:00-24:00\"}");
	r = put_json(f, &s, ruth, "*", "{\"monday\": \"25-26\"}");
	assert_int_equal(r.status, 422);
	assert_has(r.body, "\"field\":\"monday\"");
	/* All empty takes it back. */
	assert_int_equal(put_json(f, &s, ruth, "*", "{}").status, 200);
	assert_has(call(f, &other, "/api/v1/business", NULL, NULL, NULL).body, "\"opening\":null");
	serve_stop(&other);
	serve_stop(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {FIRM_BOTH(form), FIRM_BOTH(open_now), FIRM_BOTH(programs)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
