/* Photos of a form that was not taken are kept for the one who sent them, shown again, and go with the next try.
 * On both engines. */
#include "os/child.h"
#include "talk/testing.h"

/* A picture of one dot of that colour, as GIF. */
static struct str picture(struct fixture *f, int colour) {
	unsigned char gif[] = {'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, (unsigned char)colour, 40, 90, 0, 0, 0,
		',', 0, 0, 0, 0, 1, 0,
		1, 0, 0, 2, 2, 0x44, 1, 0, ';'};
	return str_copy(&f->a, str_n((const char *)gif, sizeof gif));
}

struct field { const char *name, *value; };

/* A form with photos in these colours, far enough from each other to differ as WebP; 0 is no picture at all. */
static struct answer send_photos(struct fixture *f, const struct served *s, const char *path,
	const struct field *fields,
	const int *colours, int n, const char *cookie) {
	struct str csrf = between(f, call(f, s, "/report", NULL, cookie, NULL).body, "name=\"csrf\" value=\"", "\"");
	CURL *c = curl_easy_init();
	curl_mime *form = curl_mime_init(c);
	curl_mimepart *part = curl_mime_addpart(form);
	curl_mime_name(part, "csrf");
	curl_mime_data(part, csrf.p, csrf.n);
	for (const struct field *k = fields; k->name != NULL; k++) {
		part = curl_mime_addpart(form);
		curl_mime_name(part, k->name);
		curl_mime_data(part, k->value, CURL_ZERO_TERMINATED);
	}
	for (int i = 0; i < n; i++) {
		struct str bytes = colours[i] ? picture(f, colours[i]) : STR("GIF89a but not really");
		part = curl_mime_addpart(form);
		curl_mime_name(part, "photos");
		curl_mime_filename(part, "dot.gif");
		curl_mime_type(part, "image/gif");
		curl_mime_data(part, bytes.p, bytes.n);
	}
	struct curl_slist *headers = curl_slist_append(NULL, "Accept: text/html");
	curl_easy_setopt(c, CURLOPT_COOKIE, cookie);
	curl_easy_setopt(c, CURLOPT_MIMEPOST, form);
	struct answer r = perform(f, s, c, headers, path);
	curl_mime_free(form);
	return r;
}
#define FIELDS(...) ((const struct field[]){__VA_ARGS__, {NULL, NULL}})
#define COLOURS(...) (const int[]){__VA_ARGS__}, (int)(sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static const char box[] = "name=\"files\" value=\"";

static int boxes(struct answer r) {
	int n = 0;
	for (struct str rest = r.body; !str_none(rest); n++) {
		const char *at = memmem(rest.p, rest.n, box, sizeof box - 1);
		if (at == NULL) return n;
		rest = str_from(rest, (size_t)(at - rest.p) + sizeof box - 1);
	}
	return n;
}

static const char *login_as(struct fixture *f, const struct served *s, int person, const char *email) {
	struct str hash;
	assert_int_equal(password_hash(&f->a, STR(WORD), &hash), OK);
	put_login(f, person, email, hash.p);
	const char *cookie = cookie_of(f, call(f, s, "/login", str_fmt(&f->a, "login=%s&password=harbour+lantern+seven",
		email).p,
		NULL, NULL));
	assert_non_null(cookie);
	return cookie;
}

static int64_t uploads(struct fixture *f) { return admin_int(f, "SELECT count(*) FROM upload"); }

static void a_report_keeps_its_photos(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = login_as(f, &s, OLGA, "olga@x.example"), *steve = login_as(f, &s, STEVE, "steve@x.example");
	struct answer r = send_photos(f, &s, "/report", FIELDS({"subject", ""}, {"body", "Kept words"}), COLOURS(10, 80),
		olga);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Kept words");
	assert_int_equal(boxes(r), 2);
	assert_int_equal(uploads(f), 2);
	struct str one = between(f, r.body, box, "\"");
	const char *file = str_fmt(&f->a, "/files/" STR_FMT, STR_ARG(one)).p;
	assert_int_equal(call(f, &s, file, NULL, olga, NULL).status, 200);
	assert_int_equal(call(f, &s, file, NULL, steve, NULL).status, 404);
	assert_int_equal(call(f, &s, file, NULL, NULL, NULL).status, 404);

	/* wrong once more, with one more photo: the page has all three */
	struct str two = between(f, str_from(r.body, (size_t)((const char *)memmem(r.body.p, r.body.n, box, sizeof box - 1)
		- r.body.p) + sizeof box), box, "\"");
	r = send_photos(f, &s, "/report", FIELDS({"subject", "No light"}, {"since", "yesterday"}, {"files", one.p}, {"files",
		two.p}),
		COLOURS(150), olga);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "error-since");
	assert_int_equal(boxes(r), 3);

	/* whose they are not gets nothing by naming them */
	r = send_photos(f, &s, "/report", FIELDS({"subject", "My pier"}, {"files", one.p}), NULL, 0, steve);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "no longer here");
	assert_int_equal(boxes(r), 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation"), 0);

	/* one is taken out, another comes with it */
	r = send_photos(f, &s, "/report", FIELDS({"subject", "No light"}, {"files", one.p}, {"files", one.p}), COLOURS(220),
		olga);
	assert_int_equal(r.status, 422);                      /* the same twice is one that is not there a second time */
	r = send_photos(f, &s, "/report", FIELDS({"subject", "No light"}, {"files", one.p}), COLOURS(220), olga);
	assert_int_equal(r.status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM attachment WHERE width = 1"), 2);
	assert_int_equal(admin_int(f, str_fmt(&f->a, "SELECT count(*) FROM attachment WHERE file_id = " STR_FMT,
		STR_ARG(two)).p), 0);
	assert_int_equal(call(f, &s, file, NULL, NULL, NULL).status, 200);
	assert_true(str_has(call(f, &s, "/conversations/1", NULL, NULL, NULL).body, str_c(file)));
	serve_stop(&s);
}

static void nothing_else_that_is_wrong_loses_them(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = login_as(f, &s, OLGA, "olga@x.example");
	char words[321];
	for (int i = 0; i < 160; i++) memcpy(words + 2 * i, "\xc3\xb6", 2);
	words[320] = 0;
	/* 160 letters, as the browser allows, but more bytes than we keep */
	struct answer r = send_photos(f, &s, "/report", FIELDS({"subject", words}), COLOURS(1), olga);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "This is too long.");
	assert_has(r.body, "\xc3\xb6\xc3\xb6\xc3\xb6");
	assert_int_equal(boxes(r), 1);
	r = send_photos(f, &s, "/report", FIELDS({"subject", "Broken"}, {"place", "Springfield"}), COLOURS(2), olga);
	assert_int_equal(r.status, 422);                      /* which Springfield? */
	assert_int_equal(boxes(r), 1);
	r = send_photos(f, &s, "/report", FIELDS({"subject", "Broken"}), COLOURS(60, 0, 200), olga);
	assert_int_equal(r.status, 422);                      /* the one between is none */
	assert_has(r.body, "error-photos");
	assert_int_equal(boxes(r), 2);
	r = send_photos(f, &s, "/report", FIELDS({"subject", "Broken"}), COLOURS(30, 60, 90, 120, 150, 180, 210, 240), olga);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Six photos are the most");
	assert_int_equal(boxes(r), 6);
	assert_int_equal(send_photos(f, &s, "/report", FIELDS({"subject", "Lamp at the pier"}), COLOURS(50), olga).status,
		303);
	struct hub *h = hub_new(f->s);
	hub_add_reader(h, "search", NULL, talk_search_read, NULL, true);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
	r = send_photos(f, &s, "/report", FIELDS({"subject", "Lamp at the pier"}), COLOURS(60), olga);
	assert_int_equal(r.status, 422);                      /* somebody may have said so already */
	assert_int_equal(boxes(r), 1);
	serve_stop(&s);
}

static void comments_and_answers_take_photos(void **state) {
	FIXTURE(f);
	struct served s;
	serve_start(f, &s);
	const char *olga = login_as(f, &s, OLGA, "olga@x.example"), *agatha = login_as(f, &s, AGENT, "agatha@x.example");
	assert_int_equal(send_form(f, &s, "/report", "/report", "subject=No+light", olga).status, 303);
	struct answer r = send_photos(f, &s, "/conversations/1", FIELDS({"act", "comment"}, {"body", ""}), COLOURS(10), olga);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Please write something");
	assert_int_equal(boxes(r), 1);
	struct str one = between(f, r.body, box, "\"");
	r = send_photos(f, &s, "/conversations/1", FIELDS({"act", "comment"}, {"body", "Look"}, {"files", one.p}), COLOURS(120),
		olga);
	assert_int_equal(r.status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM attachment WHERE message_id = 1"), 2);
	assert_int_equal(uploads(f), 0);
	assert_true(str_has(call(f, &s, "/conversations/1", NULL, NULL, NULL).body, str_fmt(&f->a, "/files/" STR_FMT,
		STR_ARG(one))));

	/* a note's photo is the team's, an answer's everybody's */
	r = send_photos(f, &s, "/conversations/1", FIELDS({"act", "note"}, {"body", "Inside"}), COLOURS(30), agatha);
	assert_int_equal(r.status, 303);
	r = send_photos(f, &s, "/conversations/1", FIELDS({"act", "answer"}, {"body", "Outside"}, {"status", "heard"}),
		COLOURS(40), agatha);
	assert_int_equal(r.status, 303);
	for (int m = 2; m <= 3; m++) {
		int64_t file = admin_int(f, str_fmt(&f->a, "SELECT file_id FROM attachment WHERE message_id = %d", m).p);
		const char *path = str_fmt(&f->a, "/files/%lld\"", (long long)file).p;
		bool seen = str_has(call(f, &s, "/conversations/1", NULL, NULL, NULL).body, str_c(path));
		assert_int_equal(seen, m == 3);
		assert_true(str_has(call(f, &s, "/conversations/1", NULL, agatha, NULL).body, str_c(path)));
	}
	/* what may not be said leaves nothing behind but the upload */
	r = send_photos(f, &s, "/conversations/1", FIELDS({"act", "answer"}, {"body", "I am staff"}), COLOURS(70), olga);
	assert_int_equal(r.status, 403);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message"), 3);
	serve_stop(&s);
}

int main(int argc, char **argv) {
	if (argc == 3 && strcmp(argv[1], "child") == 0) return child_main(argv[2]);
	const struct CMUnitTest tests[] = {
		TALK_BOTH(a_report_keeps_its_photos), TALK_BOTH(nothing_else_that_is_wrong_loses_them),
		TALK_BOTH(comments_and_answers_take_photos),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
