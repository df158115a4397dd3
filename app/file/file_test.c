/* Files in private questions and documents: who may have them, what is read in them, what they are called; on both engines. */
#include "file/file_int.h"
#include "os/child.h"
#include "record/record.h"
#include "sql/document.h"
#include "talk/testing.h"

struct account {
	struct fixture *f;
	struct record_id id;
};

static enum err make_account(struct db *db, void *arg) {
	struct account *x = arg;
	const struct pack_type *t = pack_type_find(pack_find(STR("banking")), STR("account"));
	struct str *v = NEW_ARRAY(&x->f->a, struct str, t->fields);
	struct record_input in = {.type = t, .value = v};
	bool changed;
	v[pack_type_field(t, STR("number")) - t->field] = STR("4711");
	TRY(record_create(db, &x->f->a, (struct person_id){AGENT}, &in, &x->id));
	TRY(record_person(db, &x->f->a, (struct person_id){AGENT}, x->id, (struct person_id){OLGA}, STR("holder"), true, &changed));
	return record_person(db, &x->f->a, (struct person_id){AGENT}, x->id, (struct person_id){PAT}, STR("disponent"), true, &changed);
}

static struct record_id start(struct fixture *f, struct served *s) {
	struct account x = {.f = f};
	admin_exec(f, "UPDATE business SET pack = 'banking'");
	assert_int_equal(store_write(f->s, make_account, &x), OK);
	serve_start(f, s);
	return x.id;
}

struct sent {
	const char *field, *name;    /* name NULL: a plain field */
	struct str value;
};
#define SENT(...) ((const struct sent[]){__VA_ARGS__, {0}})

/* A form of several parts; as a program with its token, or as a browser with its cookie. */
static struct answer post(struct fixture *f, const struct served *s, const char *path, const struct sent *parts, const char *bearer,
	const char *cookie) {
	CURL *c = curl_easy_init();
	curl_mime *form = curl_mime_init(c);
	struct curl_slist *headers = curl_slist_append(NULL, bearer ? "Accept: application/json" : "Accept: text/html");
	for (; parts->field != NULL; parts++) {
		curl_mimepart *part = curl_mime_addpart(form);
		curl_mime_name(part, parts->field);
		curl_mime_data(part, parts->value.p, parts->value.n);
		if (parts->name != NULL) curl_mime_filename(part, parts->name);
	}
	if (bearer) headers = curl_slist_append(headers, str_fmt(&f->a, "Authorization: Bearer %s", bearer).p);
	if (cookie) curl_easy_setopt(c, CURLOPT_COOKIE, cookie);
	curl_easy_setopt(c, CURLOPT_MIMEPOST, form);
	struct answer r = perform(f, s, c, headers, path);
	curl_mime_free(form);
	return r;
}

static struct str pdf(struct fixture *f, const char *words) {
	struct str draw = str_fmt(&f->a, "BT /F1 24 Tf 72 700 Td (%s) Tj ET", words);
	return str_fmt(&f->a, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>>>>>endobj\n"
		"4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
		"5 0 obj<</Length %zu>>stream\n" STR_FMT "\nendstream endobj\ntrailer<</Size 6/Root 1 0 R>>\n%%%%EOF\n", draw.n, STR_ARG(draw));
}

/* Until a number of rows is what it should be; the server's hub works beside us. */
static void await(struct fixture *f, const char *sql, int64_t want) {
	int64_t n = -1;
	for (int i = 0; i < 600 && (n = admin_int(f, sql)) != want; i++) nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
	if (n != want) fail_msg("%s: %lld instead of %lld", sql, (long long)n, (long long)want);
}

static void read_all(struct fixture *f) { await(f, "SELECT count(*) FROM file_text WHERE state = 'reading'", 0); }

static long long number_in(struct fixture *f, struct answer r, const char *before) {
	int64_t v = -1;
	str_int(between(f, r.body, before, ","), &v);
	if (v < 1) fail_msg("no %s in: " STR_FMT, before, STR_ARG(str_first(r.body, 500)));
	return v;
}

static const char *at(struct fixture *f, const char *fmt, long long id) { return str_fmt(&f->a, fmt, id).p; }

static long get(struct fixture *f, const struct served *s, const char *path, const char *bearer) {
	return call(f, s, path, NULL, NULL, bearer).status;
}

/* ------------------------------------------------------------------ in a question */

static void a_question_brings_a_file(void **state) {
	FIXTURE(f);
	struct served s;
	long long account = start(f, &s).v;
	const char *olga = session_for(f, OLGA), *form = at(f, "/records/%lld/ask", account);
	struct str csrf = between(f, call(f, &s, form, NULL, olga, NULL).body, "name=\"csrf\" value=\"", "\"");
	struct str letter = pdf(f, "a letter"), page = STR("<!DOCTYPE html><html><script>alert(1)</script></html>");

	/* what is missing is said, and the files are kept for the next time */
	struct answer r = post(f, &s, form, SENT({"csrf", NULL, csrf}, {"version", NULL, STR("1")}, {"reason", NULL, STR("other")},
		{"photos", "letter.pdf", letter}), NULL, olga);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "Send letter.pdf");
	struct str kept = between(f, r.body, "name=\"files\" value=\"", "\"");
	r = post(f, &s, form, SENT({"csrf", NULL, csrf}, {"version", NULL, STR("1")}, {"reason", NULL, STR("other")}, {"body", NULL, STR("What is this?")},
		{"files", NULL, kept}, {"photos", "page.html", page}), NULL, olga);
	if (r.status != 303) fail_msg("%ld: " STR_FMT, r.status, STR_ARG(str_first(r.body, 4000)));
	r = call(f, &s, "/conversations/1", NULL, olga, NULL);
	assert_has(r.body, "letter.pdf");
	assert_has(r.body, "page.html");
	long long file = admin_int(f, "SELECT max(file_id) FROM attachment");

	/* a page is no page: it is downloaded, and may do nothing wherever it is opened */
	r = call(f, &s, at(f, "/files/%lld", file), NULL, olga, NULL);
	assert_int_equal(r.status, 200);
	assert_has(r.head, "application/octet-stream");
	assert_has(r.head, "attachment; filename*=UTF-8''page.html");
	assert_has(r.head, "nosniff");
	assert_has(r.head, "default-src 'none'; sandbox");
	const char *others[] = {NULL, token_for(f, STEVE), token_for(f, PAT)};   /* Pat sees the account, not what Olga asks */
	static const char *const ways[] = {"/api/v1/files/%lld", "/api/v1/files/%lld/about", "/api/v1/files/%lld/preview"};
	read_all(f);
	long long first = admin_int(f, "SELECT min(file_id) FROM attachment");
	for (size_t w = 0; w < 3; w++) {
		for (size_t i = 0; i < 3; i++) assert_int_equal(get(f, &s, at(f, ways[w], first), others[i]), 404);
		assert_int_equal(get(f, &s, at(f, ways[w], first), token_for(f, OLGA)), 200);
		assert_int_equal(get(f, &s, at(f, ways[w], first), token_for(f, ANALYST)), 200);
	}
	r = call(f, &s, at(f, "/files/%lld/about", first), NULL, olga, NULL);
	assert_has(r.body, "a letter");
	assert_has(r.body, "/conversations/1");
	serve_stop(&s);
}

static void in_public_a_customer_adds_photos_only(void **state) {
	FIXTURE(f);
	struct served s;
	start(f, &s);
	put_conversation(f, 1, "public", OLGA, false);
	put_conversation(f, 2, "private", OLGA, false);
	const char *olga = session_for(f, OLGA), *agent = session_for(f, AGENT);
	for (int i = 0; i < 3; i++) {
		const char *who = i == 2 ? agent : olga, *path = i == 1 ? "/conversations/2" : "/conversations/1";
		struct str csrf = between(f, call(f, &s, path, NULL, who, NULL).body, "name=\"csrf\" value=\"", "\"");
		struct answer r = post(f, &s, path, SENT({"csrf", NULL, csrf}, {"act", NULL, STR("comment")}, {"body", NULL, STR("See there.")},
			{"photos", "list.txt", STR("some words")}), NULL, who);
		assert_int_equal(r.status, i == 0 ? 422 : 303);
	}
	serve_stop(&s);
}

/* The same bytes are one file in the store; the name that one gave it is nothing that another gets to read. */
static void each_knows_it_by_their_own_name(void **state) {
	FIXTURE(f);
	struct served s;
	start(f, &s);
	const char *olga = token_for(f, OLGA), *steve = token_for(f, STEVE);
	struct answer r = post(f, &s, "/api/v1/files", SENT({"file", "olga-secret.txt", STR("the same words")}), olga, NULL);
	assert_int_equal(r.status, 201);
	long long file = number_in(f, r, "{\"id\":");
	r = post(f, &s, "/api/v1/files", SENT({"file", "steve.txt", STR("the same words")}), steve, NULL);
	assert_int_equal(number_in(f, r, "{\"id\":"), file);
	assert_has(r.body, "steve.txt");
	r = call(f, &s, at(f, "/api/v1/files/%lld", file), NULL, NULL, steve);
	assert_has(r.head, "steve.txt");
	assert_has_not(r.head, "olga");
	assert_has_not(call(f, &s, at(f, "/api/v1/files/%lld/about", file), NULL, NULL, steve).body, "olga");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM file_text"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM job WHERE kind = 'file_read'"), 1);
	serve_stop(&s);
}

/* ---------------------------------------------------------------------- documents */

static void who_sees_a_document(void **state) {
	FIXTURE(f);
	struct served s;
	struct record_id account = start(f, &s);
	const char *bearer[] = {NULL, token_for(f, OLGA), token_for(f, STEVE), token_for(f, PAT), token_for(f, AGENT), token_for(f, ANALYST)};
	const char *who = "vospan", *agent = bearer[4];
	struct str of = str_fmt(&f->a, "%lld", (long long)account.v), one = pdf(f, "numbat"), two = pdf(f, "quokka");
	struct { const char *may; struct str field, value; long long id, first; } d[] = {
		{"oan", STR("person_id"), STR("1"), 0, 0},      /* kept for Olga */
		{"opan", STR("record_id"), of, 0, 0},           /* kept with the account that she and Pat have */
	};
	for (int k = 0; k < 2; k++) {
		struct str bytes = k ? two : one;
		struct answer r = post(f, &s, "/api/v1/documents", SENT({d[k].field.p, NULL, d[k].value}, {"file", "first.pdf", bytes}), agent, NULL);
		assert_int_equal(r.status, 201);
		d[k].id = number_in(f, r, "{\"data\":[{\"id\":");
		d[k].first = number_in(f, r, "\"file_id\":");
		read_all(f);
		for (int turn = 0; turn < 3; turn++) {   /* the team's; shared; hidden again */
			if (turn == 1) { /* a second version comes before it is shared: what was first stays the team's */
				r = post(f, &s, at(f, "/api/v1/documents/%lld", d[k].id), SENT({"act", NULL, STR("version")},
					{"file", "second.pdf", pdf(f, k ? "wombat" : "bilby")}), agent, NULL);
				assert_has(r.body, "\"version\":2");
				read_all(f);
				post(f, &s, at(f, "/api/v1/documents/%lld", d[k].id), SENT({"act", NULL, STR("share")}), agent, NULL);
			}
			if (turn == 2) post(f, &s, at(f, "/api/v1/documents/%lld", d[k].id), SENT({"act", NULL, STR("hide")}), agent, NULL);
			long long newest = admin_int(f, at(f, "SELECT file_id FROM document_version WHERE document_id = %lld ORDER BY version DESC LIMIT 1", d[k].id));
			for (int w = 0; w < 6; w++) {
				bool staff = who[w] == 'a' || who[w] == 'n', sees = staff || (turn == 1 && strchr(d[k].may, who[w]) != NULL);
				assert_int_equal(get(f, &s, at(f, "/api/v1/documents/%lld", d[k].id), bearer[w]), sees ? 200 : w == 0 ? 401 : 404);
				assert_int_equal(get(f, &s, at(f, "/api/v1/files/%lld", newest), bearer[w]), sees ? 200 : 404);
				assert_int_equal(get(f, &s, at(f, "/api/v1/files/%lld/preview", newest), bearer[w]), sees ? 200 : 404);
				assert_int_equal(get(f, &s, at(f, "/api/v1/files/%lld/about", newest), bearer[w]), sees ? 200 : 404);
				if (turn == 1) assert_int_equal(get(f, &s, at(f, "/api/v1/files/%lld", d[k].first), bearer[w]), staff ? 200 : 404);
				if (w == 0) continue;
				r = call(f, &s, "/api/v1/documents", NULL, NULL, bearer[w]);
				bool lists = str_has(r.body, str_c(at(f, "\"url\":\"/documents/%lld\"", d[k].id)));
				assert_int_equal(lists, sees && !staff);   /* one's own files; the staff have none */
				r = call(f, &s, k ? str_fmt(&f->a, "/api/v1/documents?record_id=%lld", (long long)account.v).p : "/api/v1/documents?person_id=1", NULL, NULL, bearer[w]);
				if (r.status == 200) assert_int_equal(str_has(r.body, STR("first.pdf")), sees);
				else assert_int_equal(r.status, 404);
			}
		}
	}
	/* what is not theirs to change */
	for (int w = 0; w < 6; w++) {
		if (who[w] == 'a') continue;
		struct answer r = post(f, &s, at(f, "/api/v1/documents/%lld", d[0].id), SENT({"act", NULL, STR("share")}), bearer[w], NULL);
		assert_int_equal(r.status, w == 0 ? 401 : 403);
		r = post(f, &s, "/api/v1/documents", SENT({"person_id", NULL, STR("1")}, {"file", "x.txt", STR("x")}), bearer[w], NULL);
		assert_int_equal(r.status, w == 0 ? 401 : 403);
	}
	assert_int_equal(admin_int(f, "SELECT count(*) FROM document WHERE shared_at IS NOT NULL"), 0);
	serve_stop(&s);
}

static void the_customer_is_told(void **state) {
	FIXTURE(f);
	struct served s;
	struct record_id account = start(f, &s);
	const char *agent = token_for(f, AGENT), *olga = token_for(f, OLGA);
	struct str of = str_fmt(&f->a, "%lld", (long long)account.v);
	struct answer r = post(f, &s, "/api/v1/documents", SENT({"record_id", NULL, of}, {"file", "policy.txt", STR("words")}), agent, NULL);
	const char *path = at(f, "/api/v1/documents/%lld", number_in(f, r, "{\"data\":[{\"id\":"));
	assert_has_not(call(f, &s, "/api/v1/events", NULL, NULL, olga).body, "document");
	post(f, &s, path, SENT({"act", NULL, STR("share")}), agent, NULL);
	post(f, &s, path, SENT({"act", NULL, STR("share")}), agent, NULL);
	post(f, &s, path, SENT({"act", NULL, STR("version")}, {"file", "policy.txt", STR("better words")}), agent, NULL);
	read_all(f);
	await(f, "SELECT count(*) FROM notice WHERE kind = 'file'", 2);   /* Olga and Pat, each once */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM notice n JOIN event e ON e.seq = n.event_seq WHERE e.verb = 'create'"), 0);
	r = call(f, &s, "/api/v1/notices", NULL, NULL, olga);
	assert_has(r.body, "policy.txt");
	r = call(f, &s, at(f, "/notices/%lld", number_in(f, r, "{\"id\":")), NULL, session_for(f, OLGA), NULL);
	assert_has(r.head, "/documents/");
	await(f, "SELECT count(*) FROM notice WHERE read_at IS NULL AND person_id = 1", 0);
	/* what is hidden again is told no more, and a notice of it is none */
	post(f, &s, path, SENT({"act", NULL, STR("hide")}), agent, NULL);
	assert_has_not(call(f, &s, "/api/v1/notices", NULL, NULL, olga).body, "policy.txt");
	post(f, &s, path, SENT({"act", NULL, STR("remove")}), agent, NULL);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM document_version"), 0);
	serve_stop(&s);
}

/* ---------------------------------------------------------------------- its words */

static void what_is_read(void **state) {
	FIXTURE(f);
	struct served s;
	start(f, &s);
	const char *agent = token_for(f, AGENT);
	static const struct { const char *name; struct str bytes; const char *state, *text; } c[] = {
		{"a.txt", STR("Gr\xfc\xdf" "e aus K\xf6ln"), "read", "Gr\xc3\xbc\xc3\x9f" "e aus K\xc3\xb6ln"},
		{"b.csv", STR("\xef\xbb\xbfname,sum\n"), "read", "name,sum"},
		{"c.txt", STR("\xff\xfeh\0i\0=\xd8\0\xde"), "read", "hi\xf0\x9f\x98\x80"},
		{"d.txt", STR("  \n \n"), "none", ""},
		{"e.pdf", STR("%PDF-1.7 and nothing"), "failed", ""},
		{"f.docx", STR("PK\3\4\24\0\0\0\0\0 and nothing"), "", ""},   /* none that is read */
	};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct answer r = post(f, &s, "/api/v1/documents", SENT({"person_id", NULL, STR("1")}, {"file", c[i].name, c[i].bytes}), agent, NULL);
		long long id = number_in(f, r, "{\"data\":[{\"id\":");
		read_all(f);
		r = call(f, &s, at(f, "/api/v1/documents/%lld", id), NULL, NULL, agent);
		struct str want = str_fmt(&f->a, "\"content\":{\"state\":\"%s\",\"text\":\"%s\"", c[i].state, c[i].text);
		if (!str_has(r.body, want)) fail_msg("%s: no " STR_FMT " in " STR_FMT, c[i].name, STR_ARG(want), STR_ARG(r.body));
	}
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE object_kind = 'file'"), 5);
	serve_stop(&s);
}

int main(int argc, char **argv) {
	struct str why;
	if (argc == 3 && strcmp(argv[1], "child") == 0) return child_main(argv[2]);
	if (pack_load(&why) != OK) return 1;
	const struct CMUnitTest tests[] = {
		TALK_BOTH(a_question_brings_a_file), TALK_BOTH(in_public_a_customer_adds_photos_only), TALK_BOTH(each_knows_it_by_their_own_name),
		TALK_BOTH(who_sees_a_document), TALK_BOTH(the_customer_is_told), TALK_BOTH(what_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
