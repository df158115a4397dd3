/* Imports on both engines: mappings that are wrong, rows that are wrong, the same file again, a file that changed, a
 * run that was killed,
 * and the real files that lie beside the repository. */
#include "access/testing.h"
#include "import/history.h"
#include "import/import.h"
#include "import/job.h"
#include "pack/pack.h"
#include "talk/talk.h"
#include "text/csv.h"
#include "text/shared_set.h"
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const struct pack *telecom(void) {
	struct str why;
	static bool loaded;
	if (!loaded && pack_load(&why) != OK) fail_msg(STR_FMT, STR_ARG(why));
	loaded = true;
	return pack_find(STR("telecom"));
}

/* -------------------------------------------------------------------- mappings */

static void wrong_mapping(struct arena *a, const char *text, const char *said) {
	struct mapping *m;
	struct str why = STR("");
	enum err e = mapping_read(a, STR("my.json"), str_c(text), telecom(), zone_utc(), &m, &why);
	if (e != ERR_INVALID) fail_msg("taken: %s", text);
	if (!str_has(why, str_c(said)) || !str_starts(why, STR("my.json: ")))
		fail_msg("%s\n  says: " STR_FMT "\n  not: %s", text, STR_ARG(why), said);
}

#define PEOPLE(rules)                                                                                                  \
	"{\"kind\":\"people\",\"set\":[{\"to\":\"external_id\",\"from\":\"id\"},{\"to\":\"name\",\"from\":\"n\"}," rules   \
	"]}"

static void test_mappings(void **state) {
	(void)state;
	struct arena a = {0};
	static const struct { const char *text, *said;
	} cases[] = {
		{"", "line "},
		{"[]", "no JSON object"},
		{"{\"kind\":\"people\"", "line 1"},
		{"{}", "there is no kind \"\""},
		{"{\"kind\":\"cows\"}", "there is no kind \"cows\""},
		{"{\"kind\":\"people\",\"kind\":\"people\",\"set\":[]}", "line 1"},
		{"{\"kind\":\"people\",\"set\":[]}", "set: is a list of rules"},
		{"{\"kind\":\"people\",\"set\":{}}", "set: is a list of rules"},
		{"{\"kind\":\"people\",\"set\":[7]}", "set[0]: is an object"},
		{"{\"kind\":\"people\",\"sets\":[]}", "there is no \"sets\""},
		{"{\"kind\":\"people\",\"header\":7,\"set\":[]}", "header: is a list of columns"},
		{"{\"kind\":\"people\",\"header\":[\"\"],\"set\":[]}", "header: a column needs a name"},
		{"{\"kind\":\"people\",\"set\":[{\"to\":\"external_id\",\"from\":\"id\"}]}",
	     "set: no rule fills the field \"name\""},
		{PEOPLE("{\"to\":\"role\",\"text\":\"owner\"}"), "set[2]: there is no field \"role\""},
		{PEOPLE("{\"to\":\"kind\",\"text\":\"staff\",\"words\":{\"staff\":\"staff\"}}"),
	     "set[2]: \"staff\": This is not one of the words"},
		{PEOPLE("{\"to\":\"field:nothing\",\"from\":\"x\"}"), "set[2]: there is no field \"field:nothing\""},
		{PEOPLE("{\"to\":\"email\"}"), "set[2]: needs either \"from\""},
		{PEOPLE("{\"to\":\"email\",\"from\":\"a\",\"text\":\"b\"}"), "set[2]: needs either"},
		{PEOPLE("{\"to\":\"email\",\"from\":7}"), "set[2]: needs either"},
		{PEOPLE("{\"to\":\"email\",\"from\":\"\"}"), "set[2]: a column needs a name"},
		{PEOPLE("{\"to\":\"about\",\"text\":\"a {b\"}"), "set[2]: a brace is not closed"},
		{PEOPLE("{\"to\":\"about\",\"text\":\"a {} b\"}"), "a column needs a name"},
		{PEOPLE("{\"to\":\"birthday\",\"from\":\"b\",\"as\":\"sometimes\"}"), "set[2]: \"as\" is no format"},
		{PEOPLE("{\"to\":\"email\",\"from\":\"b\",\"as\":\"YYYY\"}"), "\"as\" is for dates"},
		{PEOPLE("{\"to\":\"email\",\"from\":\"b\",\"zone\":\"UTC\"}"), "\"zone\" is for times"},
		{PEOPLE("{\"to\":\"created_at\",\"from\":\"b\",\"zone\":\"../../etc/passwd\"}"),
	     "set[2]: there is no such time zone"},
		{PEOPLE("{\"to\":\"worth\",\"from\":\"b\",\"times\":0}"), "\"times\" is a whole number"},
		{PEOPLE("{\"to\":\"worth\",\"from\":\"b\",\"times\":1.5}"), "\"times\" is a whole"},
		{PEOPLE("{\"to\":\"name\",\"from\":\"b\",\"times\":2}"), "\"times\" is for money"},
		{PEOPLE("{\"to\":\"name\",\"from\":\"b\",\"case\":\"upper\"}"), "\"case\" is \"title\""},
		{PEOPLE("{\"to\":\"worth\",\"from\":\"b\",\"case\":\"title\"}"), "\"case\" is for texts"},
		{PEOPLE("{\"to\":\"field:contract\",\"from\":\"b\",\"words\":{\"x\":\"for ever\"}}"),
	     "set[2]: \"for ever\": This is not one of the choices."},
		{PEOPLE("{\"to\":\"field:contract\",\"from\":\"b\",\"words\":{}}"), "\"words\" is an object"},
		{PEOPLE("{\"to\":\"name\",\"from\":\"b\",\"words\":{\"x\":7}}"), "needs a text for \"x\""},
		{PEOPLE("{\"to\":\"name\",\"from\":\"b\",\"else\":\"x\"}"), "\"else\" goes with \"words\""},
		{PEOPLE("{\"to\":\"name\",\"from\":\"b\",\"when\":[]}"), "\"when\" is an object"},
		{PEOPLE("{\"to\":\"name\",\"from\":\"b\",\"when\":{\"c\":[]}}"), "needs a list of values for \"c\""},
		{PEOPLE("{\"to\":\"name\",\"from\":\"b\",\"when\":{\"c\":[7]}}"), "needs texts"},
		{PEOPLE("{\"to\":\"name\",\"from\":\"b\",\"blank\":\"maybe\"}"), "\"blank\" is"},
		{PEOPLE("{\"to\":\"name\",\"from\":\"b\",\"run\":\"rm\"}"), "there is no \"run\""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) wrong_mapping(&a, cases[i].text, cases[i].said);
	struct buf b;
	buf_init(&b, 8 * 1024 * 1024);
	for (int i = 0; i < 100; i++) buf_add(&b, STR("{\"kind\":"));
	buf_add_char(&b, 0);
	wrong_mapping(&a, b.p, "nested too deep");
	buf_clear(&b);
	buf_add(&b, STR("{\"kind\":\"people\",\"set\":["));
	for (int i = 0; i < 501; i++) buf_fmt(&b, "%s{\"to\":\"name\",\"from\":\"c%d\"}", i ? "," : "", i);
	buf_add(&b, STR("]}"));
	buf_add_char(&b, 0);
	wrong_mapping(&a, b.p, "set: too many rules");
	buf_clear(&b);
	buf_add(&b, STR("{\"kind\":\"people\",\"set\":[{\"to\":\"external_id\",\"from\":\"id\"},"
	                "{\"to\":\"name\",\"from\":\"n\",\"words\":{"));
	for (int i = 0; i < 10001; i++) buf_fmt(&b, "%s\"w%d\":\"x\"", i ? "," : "", i);
	buf_add(&b, STR("}}]}"));
	buf_add_char(&b, 0);
	wrong_mapping(&a, b.p, "too many words");
	buf_clear(&b);
	buf_add(&b, STR("{\"kind\":\"people\",\"set\":[{\"to\":\"about\",\"text\":\""));
	for (int i = 0; i < 60; i++) buf_fmt(&b, "{c%d}", i);
	buf_add(&b, STR("\"}]}"));
	buf_add_char(&b, 0);
	wrong_mapping(&a, b.p, "too many columns in one text");
	buf_done(&b);
	arena_done(&a);
}

/* What is shipped is right. */
static void test_shipped(void **state) {
	(void)state;
	struct arena a = {0};
	struct str why;
	for (int i = 0; telecom() != NULL && pack_at(i) != NULL; i++)
		for (size_t k = 0; k < pack_at(i)->files; k++) {
			const struct pack_file *f = &pack_at(i)->file[k];
			struct mapping *m;
			if (str_starts(f->name, STR("import/")) && mapping_read(&a, f->name, f->bytes, pack_at(i), zone_utc(), &m, &why) != OK)
				fail_msg(STR_FMT, STR_ARG(why));
		}
	arena_done(&a);
}

/* ----------------------------------------------------------------------- a run */

struct kept {
	struct arena a;
	struct run_reject v[50];
	size_t n;
	int remarks;
};

static enum err keep(struct run *r, const struct run_reject *x) {
	struct kept *k = r->ctx;
	assert_true(k->n < 50);
	k->v[k->n++] = (struct run_reject){.line = x->line, .reason = str_copy(&k->a, x->reason), .cells = x->cells};
	return OK;
}

static enum err keep_remark(struct run *r, int64_t line, struct str column) {
	struct kept *k = r->ctx;
	(void)line;
	(void)column;
	k->remarks++;
	return OK;
}

static struct kept kept;

/* Takes a text; map NULL: what fits. */
static struct run take_as(struct fixture *f, const char *kind, struct str text, const char *map, bool dry) {
	struct csv_text source = {text};
	struct text_list header, missing;
	const char *fault = NULL;
	struct str why = STR("");
	struct mapping *m = NULL;
	arena_clear(&kept.a);
	kept.n = 0;
	kept.remarks = 0;
	struct run r = {.store = f->s, .source = STR("test"), .dry = dry, .reject = keep, .remark = keep_remark, .ctx = &kept};
	assert_int_equal(store_reader(f->s, &r.db), OK);
	r.rows = rows_open(&f->a, csv_read_text, &source);
	assert_int_equal(rows_header(r.rows, &header, &fault), OK);
	if (map == NULL) m = mapping_find(&f->a, import_kind_find(str_c(kind)), telecom(), &header, zone_utc(), &why);
	else if (mapping_read(&f->a, STR("my.json"), str_c(map), telecom(), zone_utc(), &m, &why) != OK)
		fail_msg(STR_FMT, STR_ARG(why));
	if (m == NULL || !mapping_bind(&f->a, m, &header, &missing)) fail_msg("no mapping fits: " STR_FMT, STR_ARG(why));
	r.map = m;
	r.columns = header.n;
	assert_int_equal(run_import(&r, &f->a), OK);
	rows_close(r.rows);
	db_close(r.db);
	return r;
}

static struct run take(struct fixture *f, const char *kind, const char *text, const char *map) {
	return take_as(f, kind, str_c(text), map, false);
}

static void came_to(struct run r, int64_t created, int64_t updated, int64_t unchanged, int64_t rejected) {
	if (r.created != created || r.updated != updated || r.unchanged != unchanged || r.rejected != rejected)
		fail_msg("created %" PRId64 ", updated %" PRId64 ", unchanged %" PRId64 ", rejected %" PRId64
		         "; the first: line %" PRId64 ": " STR_FMT,
		         r.created, r.updated, r.unchanged, r.rejected, kept.n ? kept.v[0].line : 0,
		         STR_ARG(kept.n ? kept.v[0].reason : STR("")));
}

static void rejected_as(size_t i, int64_t line, const char *said) {
	assert_true(i < kept.n);
	if (kept.v[i].line != line || !str_is(kept.v[i].reason, said))
		fail_msg("line %" PRId64 ": " STR_FMT "\n  not line %" PRId64 ": %s", kept.v[i].line, STR_ARG(kept.v[i].reason),
		         line, said);
}

static const char *const list =
	"{\"kind\":\"people\",\"set\":[{\"to\":\"external_id\",\"from\":\"no\"},{\"to\":\"customer_no\",\"from\":\"no\"},{\"to\":\"name\",\"from\":\"name\"},"
	"{\"to\":\"email\",\"from\":\"mail\"},{\"to\":\"email\",\"from\":\"mail2\"},{\"to\":\"birthday\",\"from\":\"born\",\"as\":\"DD.MM.YYYY\"},"
	"{\"to\":\"worth\",\"from\":\"pays\",\"times\":12},{\"to\":\"field:monthly_charges\",\"from\":\"pays\",\"blank\":\"remark\"},"
	"{\"to\":\"field:contract\",\"from\":\"plan\",\"words\":{\"M\":\"monthly\",\"Y\":\"one_year\"}}]}";
#define HEAD "no,name,mail,mail2,born,pays,plan\n"

static void test_people(void **state) {
	FIXTURE(f);
	const char *three = HEAD
		"1,Ann Frost,ann@x.example,ann@y.example,02.01.1970,29.85,M\n2,Ben Ü,,,,,\n3,\"Carl\n the  Great\",c@x.example,,,10,Y\n";
	struct run dry = take_as(f, "people", str_c(three), list, true);
	came_to(dry, 3, 0, 0, 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person"), 0);
	assert_int_equal(admin_int(f, "SELECT seq FROM event_head"), 0);
	came_to(take(f, "people", three, list), 3, 0, 0, 0);
	assert_int_equal(kept.remarks, 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM contact"), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person"
	                           " WHERE worth_minor = 35820 AND birthday = '1970-01-02' AND public_name = 'Ann F.'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person"
	                           " WHERE name = 'Carl the Great' AND role = 'customer' AND kind = 'customer'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person_field WHERE name = 'contract' AND value = 'monthly'"), 1);
	int64_t events = admin_int(f, "SELECT seq FROM event_head");
	assert_int_equal(events, 3);
	came_to(take(f, "people", three, list), 0, 0, 3, 0);
	assert_int_equal(admin_int(f, "SELECT seq FROM event_head"), events);

	/* the file changed: one row is other, one has lost a value, one is new, and their order does not matter */
	const char *four = HEAD
		"4,Dora,,,,,\n3,Carl the Great,c@x.example,,,10,\n1,Ann Winter,ann@x.example,,02.01.1970,30.00,M\n2,Ben Ü,,,,,\n";
	came_to(take_as(f, "people", str_c(four), list, true), 1, 2, 1, 0);
	came_to(take(f, "people", four, list), 1, 2, 1, 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person"), 4);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person WHERE name = 'Ann Winter' AND worth_minor = 36000"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM contact"), 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person_field WHERE name = 'contract'"), 1);
	came_to(take(f, "people", four, list), 0, 0, 4, 0);
}

static void test_rejects(void **state) {
	FIXTURE(f);
	put_person(f, 1001, "staff", "agent", "Agatha", 0);
	put_person(f, 1002, "customer", "customer", "Known", 0);
	admin_exec(f, "UPDATE person SET customer_no = 'S-1' WHERE id = 1001");
	admin_exec(f, "UPDATE person SET customer_no = 'K-2' WHERE id = 1002");
	const char *text = HEAD
		"1,Ann,nope,,,,\n2,Ben,,,31.02.1990,,\n3,Carl,,,,twelve,\n4,Dora,,,,,Q\n,Eve,,,,,\n6,,,,,,\n7,Gus\n8,Hal,,,,1,M,more\n"
		"9,Ida \"x,,,,,\n10,Jo,,,,,\n10,Jo,,,,,\n10,Other,,,,,\nS-1,Thief,,,,,\nK-2,Known Better,,,,,\n11,Last,,,,,M\n";
	came_to(take(f, "people", text, list), 2, 1, 1, 11);
	rejected_as(0, 2, "mail: This is no email address.");
	rejected_as(1, 3, "born: This is no date or time in the format that the mapping names.");
	rejected_as(2, 4, "pays: Please give an amount such as 29.85.");
	rejected_as(3, 5, "plan: The mapping does not know this word.");
	rejected_as(4, 6, "external_id: A row needs this, and it has none.");
	rejected_as(5, 7, "name: A row needs this, and it has none.");
	rejected_as(6, 8, "This row has fewer cells than the first row names columns.");
	rejected_as(7, 9, "This row has more cells than the first row names columns.");
	assert_int_equal(kept.v[8].line, 10);   /* a quote in the middle: the words are the reader's */
	assert_int_equal(kept.v[8].cells, 0);
	rejected_as(9, 13, "external_id: Another row of the file has the same, with other contents.");
	rejected_as(10, 14, "This customer number is a colleague's.");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person WHERE name = 'Known Better' AND id = 1002"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person WHERE kind = 'staff' AND name = 'Agatha'"), 1);
}

/* A mapping may give two rows the same customer number; the second is put aside, also the next time. */
static void test_numbers(void **state) {
	FIXTURE(f);
	const char *map =
		"{\"kind\":\"people\",\"set\":[{\"to\":\"external_id\",\"from\":\"id\"},{\"to\":\"name\",\"from\":\"n\"},{\"to\":\"customer_no\",\"from\":\"c\"}]}";
	came_to(take(f, "people", "id,n,c\n1,Ann,7\n2,Ben,7\n3,Carl,\n4,Dora,\n", map), 3, 0, 0, 1);
	rejected_as(0, 3, "customer_no: Another row of the file has the same.");
	came_to(take(f, "people", "id,n,c\n1,Ann,7\n2,Ben,7\n3,Carl,\n4,Dora,\n", map), 0, 0, 3, 1);
	came_to(take(f, "people", "id,n,c\n3,Carl,7\n", map), 0, 0, 0, 1);
	rejected_as(0, 2, "This customer number is another person's.");
	came_to(take(f, "people", "id,n,c\n9,Zoe,7\n", map), 0, 0, 0, 1);
}

static void test_json_lines(void **state) {
	FIXTURE(f);
	const char *text =
		"\n{\"external_id\":7,\"name\":\"Ann\",\"contract\":\"monthly\"}\r\n{\"name\":\"Ben\",\"external_id\":\"8\",\"email\":null,\"tags\":\"a\",\"x\":[1,{\"y\":true}]}\n"
		"[1]\n{\"external_id\":9,\n{\"external_id\":10,\"name\":7.5}";
	came_to(take(f, "people", text, NULL), 3, 0, 0, 2);
	rejected_as(0, 4, "This line is no JSON object.");
	rejected_as(1, 5, "This line is no JSON object.");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person WHERE name = '7.5'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM tagging"), 1);
	came_to(take(f, "people", text, NULL), 0, 0, 3, 2);
}

static enum err check_talk(struct db *db, void *arg) {
	struct text_list *l = arg;
	static struct arena a;
	return talk_check(db, &a, l);
}

static void talk_is_sound(struct fixture *f) {
	struct text_list l = {0};
	assert_int_equal(store_write(f->s, check_talk, &l), OK);
	for (size_t i = 0; i < l.n; i++) print_error(STR_FMT "\n", STR_ARG(l.v[i]));
	assert_int_equal(l.n, 0);
}

static void test_conversations(void **state) {
	FIXTURE(f);
	put_person(f, 1001, "customer", "customer", "Ann", 0);
	admin_exec(f, "UPDATE person SET customer_no = 'A1' WHERE id = 1001");
	const char *head =
		"external_id,kind,subject,body,topic,status,status_at,answer,lat,lon,place,created_at,author,tags\n";
	const char *rows =
		"1,problem,No signal,\"a\n\nb\",signal,heard,,,53.3,-9.0,Quay,2024-03-01T10:00:00Z,A1,x\n2,idea,Longer hours,,shops,done,2024-05-01T10:00:00Z,Done it.,,,,2024-04-01T10:00:00Z,,\n"
		"3,problem,Half a place,,other,,,,53.3,,,,,\n4,problem,Wrong topic,,cheese,,,,,,,,,\n5,problem,Not done,,other,not_done,,,,,,,,\n6,problem,Who,,other,,,,,,,,Z9,\n7,query,Kind,,other,,,,,,,,,\n";
	const char *text = str_fmt(&f->a, "%s%s", head, rows).p;
	came_to(take(f, "conversations", text, NULL), 3, 0, 0, 4);
	rejected_as(0, 7, "The pack has no such topic.");
	rejected_as(1, 8, "What is not done needs an answer that says why.");
	rejected_as(2, 9, "Nobody has the customer number of who wrote it.");
	rejected_as(3, 10, "kind: This is not one of the words that the field knows.");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation"
	                           " WHERE status = 'heard' AND votes = 1 AND created_at = 1709287200000000"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation"
	                           " WHERE status = 'done' AND answered_at = 1714557600000000 AND author_id IS NULL"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE lat IS NOT NULL"), 1);
	talk_is_sound(f);
	int64_t events = admin_int(f, "SELECT seq FROM event_head");
	came_to(take(f, "conversations", text, NULL), 0, 0, 3, 4);
	assert_int_equal(admin_int(f, "SELECT seq FROM event_head"), events);
	/* the first is answered and lies elsewhere, the second says something else */
	rows =
		"1,problem,No signal,ab,signal,done,2024-06-01T10:00:00Z,Mended.,52.8,-8.9,Mill,2024-03-01T10:00:00Z,A1,x\n2,idea,Longer hours still,,shops,done,2024-05-01T10:00:00Z,Done it.,,,,2024-04-01T10:00:00Z,,\n";
	text = str_fmt(&f->a, "%s%s", head, rows).p;
	came_to(take(f, "conversations", text, NULL), 0, 2, 0, 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation"
	                           " WHERE status = 'done' AND place = 'Mill' AND body = 'ab'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message WHERE kind = 'answer'"), 2);
	talk_is_sound(f);
	came_to(take(f, "conversations", text, NULL), 0, 0, 2, 0);
}

/* ---------------------------------------------------------------- the shared sets */

static struct fixture *now;

/* Every cell of the set goes into a body and comes out as the set's JSON has it. */
static void one_of_set(struct arena *a, const char *name, struct str text) {
	struct str base = str_first(str_c(name), strlen(name) - 4);
	struct str json = shared_text(a, str_fmt(a, "csv-spectrum/json/" STR_FMT ".json", STR_ARG(base)).p);
	JSON_DOC(doc);
	assert_int_equal(json_parse(&doc, json, NULL), OK);
	struct json_members m = json_members(json_item(doc.root, 0));
	struct buf ids, map;
	buf_init(&ids, 4096);
	buf_init(&map, 8192);
	for (struct json_members c = m; json_next(&c);) buf_fmt(&ids, "{" STR_FMT "}", STR_ARG(c.name));
	int64_t rows = (int64_t)json_length(doc.root);
	for (; json_next(&m);) {
		buf_clear(&map);
		buf_fmt(&map,
		        "{\"kind\":\"conversations\",\"set\":[{\"to\":\"external_id\",\"text\":\"%s-" STR_FMT "-" STR_FMT
		        "\"},{\"to\":\"subject\",\"text\":\"s\"},"
		        "{\"to\":\"body\",\"from\":\"" STR_FMT "\"}]}%c",
		        name, STR_ARG(m.name), STR_ARG(buf_str(&ids)), STR_ARG(m.name), 0);
		admin_exec(now, "DELETE FROM conversation");
		came_to(take_as(now, "conversations", text, map.p, false), rows, 0, 0, 0);
		for (size_t r = 0; r < json_length(doc.root); r++) {
			struct str v = STR("");
			json_get_str(json_member(json_item(doc.root, r), str_z(a, m.name)), &v);
			struct buf sql;
			buf_init(&sql, 8192);
			buf_add(&sql, STR("SELECT count(*) FROM conversation WHERE body = '"));
			for (size_t i = 0; i < v.n; i++) buf_fmt(&sql, v.p[i] == '\'' ? "''" : "%c", v.p[i]);
			buf_fmt(&sql, "'%c", 0);
			if (admin_int(now, sql.p) < 1) fail_msg("%s: %s", name, sql.p);
			buf_done(&sql);
		}
	}
	buf_done(&ids);
	buf_done(&map);
}

static void test_set(void **state) {
	FIXTURE(f);
	now = f;
	shared_each("csv-spectrum/csvs", one_of_set);
}

static struct str real_file(struct fixture *f, const char *name) {
	const char *root = getenv("RIALTO_SHARED");
	struct str s = file_text(&f->a, str_fmt(&f->a, "%s/data/%s", root != NULL ? root : "../shared", name).p);
	if (str_none(s)) printf("SKIPPED: %s is not beside the repository\n", name);
	return s;
}

static void test_telco(void **state) {
	FIXTURE(f);
	struct str text = real_file(f, "telecom/telco-customer-churn.csv");
	if (str_none(text)) skip();
	came_to(take_as(f, "people", text, NULL, false), 7043, 0, 0, 0);
	assert_int_equal(kept.remarks, 11);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person WHERE customer_no IS NOT NULL"), 7043);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person_field WHERE name = 'total_charges'"), 7043 - 11);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person_field WHERE name = 'monthly_charges'"), 7043);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person_field WHERE name = 'left' AND value = 'yes'"), 1869);
	assert_int_equal(admin_int(f, "SELECT worth_minor FROM person WHERE customer_no = '7590-VHVEG'"), 2985 * 12);
	came_to(take_as(f, "people", text, NULL, false), 0, 0, 7043, 0);
	assert_int_equal(admin_int(f, "SELECT seq FROM event_head"), 7043);
}

static void test_nyc(void **state) {
	FIXTURE(f);
	struct str text = real_file(f, "geo/nyc311-csv-1000.csv");
	if (str_none(text)) skip();
	came_to(take_as(f, "conversations", text, NULL, false), 1000, 0, 0, 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE lat IS NOT NULL AND quadkey IS NOT NULL"), 893);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE status = 'done'"), 969);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation"
	                           " WHERE answer_id IS NOT NULL AND answered_at IS NOT NULL"), 907);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE area = ''"), 21);
	/* 26 June 2018, 10:58:54 in New York */
	assert_int_equal(admin_int(f, "SELECT c.created_at FROM conversation c JOIN source_ref r ON r.object_id = c.id"
	                           " WHERE r.external_id = '39573567'"), 1530025134000000);
	talk_is_sound(f);
	int64_t events = admin_int(f, "SELECT seq FROM event_head");
	came_to(take_as(f, "conversations", text, NULL, false), 0, 0, 1000, 0);
	assert_int_equal(admin_int(f, "SELECT seq FROM event_head"), events);
}

/* ------------------------------------------------------------------ in the browser */

static enum err put_upload(struct db *db, void *arg) {
	struct import_id *id = arg;
	struct file_id file;
	struct str text = STR("no,name,mail,mail2,born,pays,plan\n1,Ann,,,,,M\n2,Ben,nope,,,,\n");
	TRY(file_put(db, STR("a.csv"), STR("text/plain"), text, &file));
	TRY(sql_import_begin(db, STR("people"), STR("crm"), STR("a.csv"), file, str_c(list), STR("waiting"),
	                     (int64_t)text.n, (struct person_id){0}, clock_now(), id));
	return job_add(db, "import", str_fmt(&kept.a, "{\"import\":%" PRId64 ",\"lang\":\"de\"}", id->v), 0);
}

static void test_job(void **state) {
	FIXTURE(f);
	struct import_id id = {0};
	struct hub *h = hub_new(f->s);
	hub_add_job(h, "import", IMPORT_JOB_TRIES, import_job, NULL);
	assert_int_equal(store_write(f->s, put_upload, &id), OK);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM import_run"
	                           " WHERE state = 'done' AND created = 1 AND rejected = 1 AND done_bytes = all_bytes"), 1);
	assert_int_equal(admin_int(f, "SELECT line FROM import_reject"), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person"), 1);
}

/* ------------------------------------------------------------------ the command line */

static const char *program(void) {
	const char *build = getenv("RIALTO_BUILD");
	static char path[512];
	snprintf(path, sizeof path, "%s/rialto", build != NULL ? build : "build");
	if (access(path, X_OK) == 0) return path;
	printf("SKIPPED: %s is not built\n", path);
	return NULL;
}

/* Starts the program with what it says going to f->home/said. */
static pid_t start(struct fixture *f, const char *const *words) {
	const char *argv[20] = {program(), words[0], "--home", f->home};
	int n = 4;
	if (f->url[0]) argv[n++] = "--database", argv[n++] = f->url;
	for (int i = 1; words[i] != NULL; i++) argv[n++] = words[i];
	const char *said = str_fmt(&f->a, "%s/said", f->home).p;
	pid_t pid = fork();
	if (pid != 0) return pid;
	int fd = open(said, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	dup2(fd, 1);
	dup2(fd, 2);
	execv(argv[0], (char **)argv);
	_exit(127);
}

static int end_of(pid_t pid) {
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct str said(struct fixture *f) { return file_text(&f->a, str_fmt(&f->a, "%s/said", f->home).p); }

static const char *write_text(struct fixture *f, const char *name, const char *text) {
	const char *path = str_fmt(&f->a, "%s/%s", f->home, name).p;
	FILE *to = fopen(path, "w");
	assert_non_null(to);
	fputs(text, to);
	fclose(to);
	return path;
}

static void test_command(void **state) {
	FIXTURE(f);
	if (program() == NULL) skip();
	mkdir(str_fmt(&f->a, "%s/in", f->home).p, 0700);
	const char *map = write_text(f, "map.json", list),
			   *file = write_text(f, "in/a.csv", HEAD "1,Ann,,,,,M\n2,Ben,nope,,,,\n");
	const char *as_people[] = {"import", "people", file, "--source", "s", "--map", map, "--json", NULL};
	assert_int_equal(end_of(start(f, as_people)), 0);
	assert_has(said(f), "{\"created\":1,\"updated\":0,\"unchanged\":0,\"rejected\":1}");
	assert_has(said(f), "line 3: mail: This is no email address.");
	struct str aside = file_text(&f->a, str_fmt(&f->a, "%s/a.csv.rejected", f->home).p);
	assert_has(aside,
	           "line,reason,no,name,mail,mail2,born,pays,plan\r\n3,mail: This is no email address.,2,Ben,nope,,,,\r\n");
	assert_int_equal(access(str_fmt(&f->a, "%s.rejected", file).p, F_OK), -1);
	assert_has(file_text(&f->a, str_fmt(&f->a, "%s/a.csv.remarks", f->home).p),
	           "line 2: pays is blank\n1 row: pays is blank\n");
	/* nothing fits */
	assert_int_equal(end_of(start(f, (const char *[]){"import", "people", file, "--source", "s", NULL})), 1);
	assert_has(said(f), "no mapping fits");
	assert_has(said(f), "misses the columns \"customerID\", \"gender\"");
	assert_has(said(f), "--map");
	const char *other = write_text(f, "in/b.csv", "no,name\n1,Ann\n");
	assert_int_equal(end_of(start(f, (const char *[]){"import", "people", other, "--source", "s", "--map", map, NULL})),
	                 1);
	assert_has(said(f), "has no column \"mail\" and others");
	const char *as_said[] = {"import", "conversations", file, "--source", "s", "--map", map, NULL};
	assert_int_equal(end_of(start(f, as_said)), 1);
	assert_int_equal(end_of(start(f, (const char *[]){"import", "people", f->home, "--source", "s", NULL})), 1);
	assert_int_equal(end_of(start(f, (const char *[]){"import", "people", "/does/not/exist", "--source", "s", NULL})), 1);
	const char *empty = write_text(f, "in/e.csv", "");
	assert_int_equal(end_of(start(f, (const char *[]){"import", "people", empty, "--source", "s", NULL})), 1);
	assert_int_equal(end_of(start(f, (const char *[]){"import", "cows", file, "--source", "s", NULL})), 2);
	assert_int_equal(end_of(start(f, (const char *[]){"import", "people", file, NULL})), 2);
	/* what was wrong is mended: the old list goes */
	write_text(f, "in/a.csv", HEAD "1,Ann,,,,1,M\n2,Ben,b@x.example,,,1,\n");
	assert_int_equal(end_of(start(f, as_people)), 0);
	assert_has(said(f), "{\"created\":1,\"updated\":1,\"unchanged\":0,\"rejected\":0}");
	assert_int_equal(access(str_fmt(&f->a, "%s/a.csv.rejected", f->home).p, F_OK), -1);
}

enum { MANY = 6000 };

static void test_killed(void **state) {
	FIXTURE(f);
	if (program() == NULL) skip();
	const char *map = write_text(f, "map.json", list), *file = str_fmt(&f->a, "%s/many.csv", f->home).p;
	FILE *to = fopen(file, "w");
	fputs(HEAD, to);
	for (int i = 1; i <= MANY; i++) fprintf(to, "N%d,Person %d,p%d@x.example,,,10.00,M\n", i, i, i);
	fclose(to);
	const char *const words[] = {"import", "people", file, "--source", "s", "--map", map, "--json", NULL};
	pid_t pid = start(f, words);
	int64_t have = 0;
	for (int i = 0; i < 3000 && have < 1000; i++) {
		usleep(10000);
		have = admin_int(f, "SELECT count(*) FROM person");
	}
	kill(pid, SIGKILL);
	assert_int_equal(end_of(pid), -1);
	have = admin_int(f, "SELECT count(*) FROM person");
	assert_true(have >= 1000 && have < MANY);
	assert_int_equal(have, admin_int(f, "SELECT count(*) FROM source_ref"));
	assert_int_equal(have, admin_int(f, "SELECT seq FROM event_head"));
	assert_int_equal(end_of(start(f, words)), 0);
	struct str counts = str_fmt(&f->a, "{\"created\":%" PRId64 ",\"updated\":0,\"unchanged\":%" PRId64 ",\"rejected\":0}",
	                            MANY - have, have);
	assert_true(str_has(said(f), counts));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person"), MANY);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM contact"), MANY);
	assert_int_equal(admin_int(f, "SELECT count(DISTINCT object_id) FROM source_ref"), MANY);
	assert_int_equal(end_of(start(f, words)), 0);
	assert_has(said(f), "{\"created\":0,\"updated\":0,\"unchanged\":6000,\"rejected\":0}");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mappings),
		cmocka_unit_test(test_shipped),
		FIRM_BOTH(test_people),
		FIRM_BOTH(test_rejects),
		FIRM_BOTH(test_numbers),
		FIRM_BOTH(test_json_lines),
		FIRM_BOTH(test_conversations),
		FIRM_BOTH(test_set),
		FIRM_BOTH(test_telco),
		FIRM_BOTH(test_nyc),
		FIRM_BOTH(test_job),
		FIRM_BOTH(test_command),
		FIRM_BOTH(test_killed),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&kept.a);
	return failed;
}
