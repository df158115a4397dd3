/* Who sees what of a person: each field with each audience for each kind of reader, in the view, its JSON and the
 * search; and that changes are kept. On both engines. */
#include "access/testing.h"
#include "pack/pack.h"
#include "people/audience.h"
#include "people/save.h"
#include "sql/people.h"
#include "text/json.h"
#include "web/view_json.h"
#include <math.h>

enum { CUSTOMER = 10, NEIGHBOUR = 11, CONTACT = 2, COLLEAGUE = 3, ANALYST = 4, OWNER = 5 };

static const struct business firm = {.pack = STR("telecom"), .name = STR("XYZ"), .currency = STR("EUR")};
static struct locale locale;

struct reader {
	const char *name;
	struct actor actor;
	bool self, contact, staff;
};

static const struct reader readers[] = {
	{"a visitor", {.role = ROLE_NONE}, false, false, false},
	{"another customer", {.id = {NEIGHBOUR}, .role = ROLE_CUSTOMER}, false, false, false},
	{"the person", {.id = {CUSTOMER}, .role = ROLE_CUSTOMER}, true, false, false},
	{"their contact person", {.id = {CONTACT}, .role = ROLE_AGENT, .is_staff = true}, false, true, true},
	{"another agent", {.id = {COLLEAGUE}, .role = ROLE_AGENT, .is_staff = true}, false, false, true},
	{"an analyst", {.id = {ANALYST}, .role = ROLE_ANALYST, .is_staff = true}, false, false, true},
	{"the owner", {.id = {OWNER}, .role = ROLE_OWNER, .is_staff = true}, false, false, true},
};
enum { READERS = sizeof readers / sizeof *readers };

/* Each field holds a word that stands nowhere else. */
static const struct {
	const char *field, *marker;
} marked[] = {
	{"name", "Nameword"},           {"title", "titleword"},        {"about", "aboutword"},       {"languages", "languageword"},
	{"hours", "hourword"},          {"email", "mailword@x.example"}, {"phone", "4915112345678"}, {"address", "addressword"},
	{"birthday", "1911-11-11"},     {"channel", "post"},           {"field.payment_method", "mailed_check"}, {"photo", "/photo/"},
};
enum { MARKED = sizeof marked / sizeof *marked };

struct made {
	struct person_input in;
	struct person_id id;
	struct arena *a;
	int64_t was;
	struct person_id actor;
	enum err e;
	bool changed;
};

static enum err make(struct db *db, void *arg) {
	struct made *m = arg;
	return m->e = people_create(db, m->a, m->actor, &m->in, &m->id);
}

static enum err change(struct db *db, void *arg) {
	struct made *m = arg;
	return m->e = people_change(db, m->a, m->actor, m->id, m->was, &m->in, &m->changed);
}

static struct contact_inputs one(struct contact_input *c) { return (struct contact_inputs){.given = true, .v = c, .n = 1}; }

static void people(struct fixture *f) {
	put_person(f, CONTACT, "staff", "agent", "Anna Keller", 0);
	put_person(f, COLLEAGUE, "staff", "agent", "Kofi Boateng", 0);
	put_person(f, ANALYST, "staff", "analyst", "Edith Crane", 0);
	put_person(f, OWNER, "staff", "owner", "Helena Ruiz", 0);
	put_person(f, CUSTOMER, "customer", "customer", "Jonas Weber", CONTACT);
	put_person(f, NEIGHBOUR, "customer", "customer", "Priya Shah", 0);
	if (f->engine == DB_PG) admin_exec(f, "ALTER TABLE person ALTER COLUMN id RESTART WITH 100");
	admin_exec(f, "INSERT INTO file (id, name, type, hash, bytes, created_at) VALUES (77, 'p.webp', 'image/webp', 'h', 3, 0)");
}

static void fill_marked(struct fixture *f) {
	static struct str field[] = {STR("payment_method")}, value[] = {STR("mailed_check")};
	struct contact_input mail = {STR("home"), STR("mailword@x.example")}, phone = {STR(""), STR("4915112345678")}, home = {STR(""), STR("addressword 1")};
	struct made m = {.a = &f->a, .id = {CUSTOMER}, .actor = {CONTACT}};
	m.in = (struct person_input){
		.name = STR("Jonas Nameword"), .public_name = STR("Jonas N."), .title = STR("titleword"), .about = STR("aboutword"),
		.languages = STR("languageword"), .hours = STR("hourword"), .birthday = STR("1911-11-11"), .channel = STR("post"),
		.staff_notes = STR("noteword"), .customer_no = STR("4711"), .photo = {true, 77}, .tags_given = true,
		.contact = {one(&mail), one(&phone), one(&home)}, .field_name = {field, 1}, .field_value = {value, 1}};
	static struct str tag[] = {STR("tagword")};
	m.in.tags = (struct text_list){tag, 1};
	assert_int_equal(store_write(f->s, change, &m), OK);
	assert_true(m.changed);
}

static struct db *reader(struct fixture *f) {
	struct db *db = NULL;
	assert_int_equal(store_reader(f->s, &db), OK);
	return db;
}

static struct str json_of(struct fixture *f, const struct person_view *v) {
	struct buf b;
	buf_init(&b, 1 << 20);
	struct json_out o = json_out(&b);
	view_json(&o, &type_person_view, v);
	struct str s = str_copy(&f->a, buf_str(&b));
	buf_done(&b);
	return s;
}

static bool expected(const struct reader *r, enum field_audience a) {
	return r->self || a == FOR_PUBLIC || (a == FOR_STAFF && r->staff) || (a == FOR_CONTACT && r->contact);
}

static bool listed(struct fixture *f, struct db *db, const struct actor *who, struct str text, int person) {
	struct person_id_list ids;
	assert_int_equal(people_find(db, &f->a, who, &(struct people_asked){.q = text, .limit = 50}, &ids), OK);
	for (size_t i = 0; i < ids.n; i++)
		if (ids.v[i].v == person) return true;
	return false;
}

static void check_reader(struct fixture *f, struct db *db, const struct reader *r, const char *field,
                         const char *marker, enum field_audience a) {
	struct person_view v;
	struct kept k;
	struct person_card_list cards;
	struct person_id id = {CUSTOMER};
	assert_int_equal(kept_get(db, &f->a, id, &k), OK);
	/* Whoever shows something to everyone can be looked at by everyone: just that. */
	bool should = expected(r, a), knows = r->self || r->staff || kept_object(&k).visibility == SEEN_PUBLIC;
	if (a == FOR_PUBLIC) assert_true(knows);
	kept_view(&f->a, &k, &r->actor, &firm, &locale, &v);
	bool does = str_has(json_of(f, &v), str_c(marker));
	if (does != should) print_error("%s for '%s': %s %s it\n", field, field_audience_word(a), r->name, does ? "sees" : "does not see");
	assert_int_equal(does, should);
	assert_int_equal(people_view(db, &f->a, &r->actor, &firm, &locale, id, &v), knows ? OK : ERR_NOT_FOUND);
	assert_int_equal(people_cards(db, &f->a, &r->actor, (struct person_id_list){&id, 1}, &cards), OK);
	if (strcmp(field, "name") == 0) assert_int_equal(str_has(cards.v[0].name, str_c(marker)), should);
	if (strcmp(field, "photo") == 0) assert_int_equal(cards.v[0].photo.s.n > 0, should);
	if (strcmp(field, "email") == 0) assert_int_equal(listed(f, db, &r->actor, STR("mailword"), CUSTOMER), should && knows);
	if (strcmp(field, "phone") == 0) assert_int_equal(listed(f, db, &r->actor, STR("12345678"), CUSTOMER), should && knows);
	/* by what a profile holds those find it who see it; channel and photo are no words */
	if (strcmp(field, "photo") != 0 && strcmp(field, "channel") != 0 && listed(f, db, &r->actor, str_c(marker), CUSTOMER) != (should && knows))
		fail_msg("%s for '%s': %s %s", field, field_audience_word(a), r->name, should && knows ? "does not find it" : "finds it");
	assert_int_equal(listed(f, db, &r->actor, STR("noteword"), CUSTOMER), r->staff);
}

static enum err index_customer(struct db *db, void *arg) {
	struct kept k;
	TRY(kept_get(db, arg, (struct person_id){CUSTOMER}, &k));
	return people_index(db, arg, &k);
}

static void matrix(void **state) {
	FIXTURE(f);
	char sql[300];
	people(f);
	fill_marked(f);
	for (int m = 0; m < MARKED; m++) {
		const struct profile_field *p = profile_field_find(str_c(marked[m].field));
		assert_non_null(p);
		for (int a = FOR_ME; a <= FOR_PUBLIC; a++) {
			if (!field_audience_may(p, (enum field_audience)a)) continue;
			snprintf(sql, sizeof sql, "DELETE FROM person_audience; INSERT INTO person_audience VALUES (%d, '%s', '%s')", CUSTOMER,
			         marked[m].field, field_audience_word((enum field_audience)a));
			admin_exec(f, sql);
			assert_int_equal(store_write(f->s, index_customer, &f->a), OK);
			struct db *db = reader(f);
			for (int r = 0; r < READERS; r++) check_reader(f, db, &readers[r], marked[m].field, marked[m].marker, (enum field_audience)a);
			db_close(db);
		}
	}
	/* every field of the table is in the matrix */
	for (int i = 0; i < profile_field_count; i++) {
		bool there = false;
		for (int m = 0; m < MARKED; m++) there |= profile_field_find(str_c(marked[m].field)) == &profile_fields[i];
		assert_true(there);
	}
}

/* What is for the staff alone, whatever anyone chooses; and what nobody chose is narrow. */
static void inside(void **state) {
	FIXTURE(f);
	people(f);
	fill_marked(f);
	admin_exec(f, "INSERT INTO person_audience VALUES (10, 'staff_notes', 'public'), (10, 'tags', 'public'), (10, 'name', 'me')");
	struct db *db = reader(f);
	for (int i = 0; i < READERS; i++) {
		const struct reader *r = &readers[i];
		struct kept k;
		struct person_view v;
		assert_int_equal(kept_get(db, &f->a, (struct person_id){CUSTOMER}, &k), OK);
		kept_view(&f->a, &k, &r->actor, &firm, &locale, &v);
		struct str json = json_of(f, &v);
		assert_int_equal(str_has(json, STR("noteword")), r->staff);
		assert_int_equal(str_has(json, STR("tagword")), r->staff);
		assert_int_equal(str_has(json, STR("4711")), r->staff || r->self);
		assert_int_equal(str_has(json, STR("Nameword")), r->staff || r->self);   /* 'me' is no choice for the name */
		for (int m = 0; m < MARKED; m++) assert_int_equal(str_has(json, str_c(marked[m].marker)), r->staff || r->self);
	}
	db_close(db);
}

static void changes(void **state) {
	FIXTURE(f);
	people(f);
	fill_marked(f);
	admin_exec(f, "UPDATE contact SET verified_at = 5 WHERE kind = 'email'");
	int64_t id = admin_int(f, "SELECT id FROM contact WHERE kind = 'email'"), seq = admin_int(f, "SELECT seq FROM event_head");
	struct contact_input two[] = {{STR("work"), STR("new@x.example")}, {STR("home"), STR("MAILWORD@x.example")}};
	struct made m = {.a = &f->a, .id = {CUSTOMER}, .actor = {CUSTOMER}};
	m.in = (struct person_input){.about = STR("secretword"), .contact = {{.given = true, .v = two, .n = 2}}};
	m.was = 1;
	assert_int_equal(store_write(f->s, change, &m), ERR_STALE);
	m.was = 2;
	assert_int_equal(store_write(f->s, change, &m), OK);
	assert_int_equal(admin_int(f, "SELECT version FROM person WHERE id = 10"), 3);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person_change WHERE person_id = 10 AND actor_id = 10"), 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person_change WHERE field = 'about' AND old_value = 'aboutword' AND new_value = 'secretword'"), 1);
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT rank FROM contact WHERE id = %lld AND verified_at = 5 AND value = 'MAILWORD@x.example'", (long long)id);
	assert_int_equal(admin_int(f, sql), 1);
	snprintf(sql, sizeof sql, "SELECT count(*) FROM event WHERE seq > %lld AND object_id = 10 AND audience = 'private' AND data LIKE '%%about%%'"
	         " AND data NOT LIKE '%%secretword%%'", (long long)seq);
	assert_int_equal(admin_int(f, sql), 1);
	m.was = 0;
	assert_int_equal(store_write(f->s, change, &m), OK); /* the same again changes nothing */
	assert_false(m.changed);
	assert_int_equal(admin_int(f, "SELECT version FROM person WHERE id = 10"), 3);
	struct made n = {.a = &f->a, .id = {NEIGHBOUR}, .actor = {CONTACT}, .in = {.customer_no = STR("4711")}};
	assert_int_equal(store_write(f->s, change, &n), ERR_CONFLICT);
	n.in = (struct person_input){.name = STR("Priya Ann Shah-Noor")};
	assert_int_equal(store_write(f->s, change, &n), OK);
	n = (struct made){.a = &f->a, .id = {999}, .in = {.name = STR("x")}};
	assert_int_equal(store_write(f->s, change, &n), ERR_NOT_FOUND);
}

/* ------------------------------------------------------------------ finding */

/* The durable reader, over the whole log. */
static void read_people(struct fixture *f) {
	struct hub *h = hub_new(f->s);
	hub_add_reader(h, "people", people_wants, people_read_events, NULL, true);
	assert_int_equal(hub_drain(h), OK);
	hub_stop(h);
}

/* A name or title is found by those who see it and by nobody else, of customers and of staff, whoever asks. */
static void words(void **state) {
	FIXTURE(f);
	static const struct {
		int id, contact;
		bool staff;
	} subjects[] = {{CUSTOMER, CONTACT, false}, {COLLEAGUE, 0, true}};
	char sql[300];
	people(f);
	for (size_t s = 0; s < 2; s++) {
		struct made m = {.a = &f->a, .id = {subjects[s].id}, .actor = {OWNER}};
		m.in = (struct person_input){.name = STR("Jo Nameword"), .public_name = STR("Jo Shownword"), .title = STR("titleword"),
		                             .customer_no = STR("4711")};
		assert_int_equal(store_write(f->s, change, &m), OK);
		for (int field = 0; field < 2; field++)
			for (int a = FOR_PUBLIC; a >= FOR_ME; a--) {
				struct str name = field ? STR("title") : STR("name"), word = field ? STR("Titleword") : STR("nameword");
				if (!field_audience_may(profile_field_find(name), (enum field_audience)a)) continue;
				struct str choice[] = {name, str_c(field_audience_word((enum field_audience)a))};
				m = (struct made){.a = &f->a, .id = {subjects[s].id}, .actor = {subjects[s].id}};
				m.in = (struct person_input){.audience_field = {&choice[0], 1}, .audience = {&choice[1], 1}};
				assert_int_equal(store_write(f->s, change, &m), OK);
				struct db *db = reader(f);
				for (int r = 0; r < READERS; r++) {
					const struct actor *who = &readers[r].actor;
					bool inside = who->is_staff || who->id.v == subjects[s].id, knows = inside || subjects[s].staff || a == FOR_PUBLIC;
					bool sees = may_see_field(who, (struct person_id){subjects[s].id}, (struct person_id){subjects[s].contact},
					                          (enum field_audience)a);
					bool does = listed(f, db, who, word, subjects[s].id);
					if (a >= FOR_STAFF ? does != (knows && sees) : does && !sees)
						fail_msg("%s for '%s' of %d: %s %s", name.p, choice[1].p, subjects[s].id, readers[r].name, does ? "finds" : "does not");
					assert_int_equal(listed(f, db, who, STR("jo shown"), subjects[s].id), knows);
					assert_int_equal(listed(f, db, who, STR("4711"), subjects[s].id), inside);
				}
				db_close(db);
			}
		snprintf(sql, sizeof sql, "UPDATE person SET customer_no = NULL WHERE id = %d", subjects[s].id);
		admin_exec(f, sql);
	}
}

/* A store from before has words in its index that are for nobody: after the migration they are made anew; and who has
 * a password has claimed their profile. */
static void words_of_before(void **state) {
	FIXTURE(f);
	struct buf again;
	people(f);
	admin_exec(f, "UPDATE person SET title = 'titleword' WHERE id = 3;"
	              "INSERT INTO person_audience VALUES (3, 'title', 'me');"
	              "INSERT INTO search_doc (object_kind, object_id, words) VALUES ('person', 3, 'kofi boateng titleword');"
	              "INSERT INTO event_cursor (reader, seq, moved_at) VALUES ('people', 99, 0);"
	              "INSERT INTO identity (person_id, kind, subject, secret, created_at) VALUES (10, 'password', '10', 'x', 7)");
	buf_init(&again, 64 * 1024);
	for (int i = 0; i < migration_count; i++)
		if (migrations[i].number == 3) migration_expand(&again, str_c(migrations[i].sql), f->engine);
	buf_add_char(&again, 0);
	admin_exec(f, again.p);
	buf_done(&again);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM search_doc WHERE words LIKE '%titleword%'"), 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event_cursor WHERE reader = 'people'"), 0);
	assert_int_equal(admin_int(f, "SELECT claimed_at FROM person WHERE id = 10"), 7);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person WHERE claimed_at IS NOT NULL"), 1);
}

/* A list stands in the order of what its reader sees of the names, and a cursor is no way to compare with those they
 * do not see. */
static void order_is_as_seen(void **state) {
	FIXTURE(f);
	static const int real[] = {CONTACT, ANALYST, OWNER, COLLEAGUE}, shown[] = {CONTACT, COLLEAGUE, ANALYST, OWNER};
	const struct actor visitor = readers[0].actor, staff = readers[6].actor;
	people(f);
	admin_exec(f, "UPDATE person SET name = 'Zacharias Boateng', public_name = 'Anton' WHERE id = 3;"
	              "INSERT INTO person_audience VALUES (3, 'name', 'staff')");
	struct db *db = reader(f);
	struct person_id after[] = {{0}, {0}};
	for (size_t i = 0; i < 4; i++) {
		struct person_id_list ids;
		struct people_asked x = {.kind = STR("staff"), .after = after[0], .limit = 1};
		assert_int_equal(people_find(db, &f->a, &visitor, &x, &ids), OK);
		assert_true(ids.n > 0);
		assert_int_equal(ids.v[0].v, shown[i]);
		after[0] = ids.v[0];
		x.after = after[1];
		assert_int_equal(people_find(db, &f->a, &staff, &x, &ids), OK);
		assert_true(ids.n > 0);
		assert_int_equal(ids.v[0].v, real[i]);
		after[1] = ids.v[0];
	}
	struct person_id_list ids;
	assert_int_equal(people_staff(db, &f->a, &visitor, true, &ids), OK);
	for (size_t i = 0; i < 4; i++) assert_int_equal(ids.v[i].v, shown[i]);
	assert_int_equal(people_staff(db, &f->a, &staff, true, &ids), OK);
	for (size_t i = 0; i < 4; i++) assert_int_equal(ids.v[i].v, real[i]);
	/* behind a customer whom the visitor may not know of: nothing, whatever their name is */
	assert_int_equal(people_find(db, &f->a, &visitor, &(struct people_asked){.after = {CUSTOMER}, .limit = 9}, &ids), OK);
	assert_int_equal(ids.n, 0);
	db_close(db);
}

static size_t find_count(struct fixture *f, struct db *db, struct str text) {
	struct person_id_list ids;
	struct people_asked x = {.q = text, .kind = STR("customer"), .limit = 50};
	assert_int_equal(people_find(db, &f->a, &readers[6].actor, &x, &ids), OK);
	return ids.n;
}

/* A file that is imported does not write over what a person has hidden from the staff, nor tell whether it is the
 * same. */
static void imports_leave_the_hidden(void **state) {
	FIXTURE(f);
	static struct str field[] = {STR("payment_method")}, value[] = {STR("bank_transfer")};
	struct contact_input mail = {STR(""), STR("file@x.example")};
	people(f);
	fill_marked(f);
	for (int hidden = 1; hidden >= 0; hidden--) {
		admin_exec(f, hidden ? "INSERT INTO person_audience VALUES (10, 'about', 'me'), (10, 'birthday', 'contact'), (10, 'email', 'me'),"
		                       " (10, 'address', 'me'), (10, 'field.payment_method', 'me')"
		                     : "DELETE FROM person_audience");
		struct made m = {.a = &f->a, .id = {CUSTOMER}};
		m.in = (struct person_input){.only_seen = true, .about = STR("fileword"), .birthday = STR("1950-05-05"), .place_given = true, .lat = 1,
		                             .lon = 1, .contact = {one(&mail)}, .field_name = {field, 1}, .field_value = {value, 1}};
		assert_int_equal(store_write(f->s, change, &m), OK);
		assert_int_equal(m.changed, !hidden);
		assert_int_equal(admin_int(f, "SELECT count(*) FROM person WHERE id = 10 AND about = 'fileword' AND birthday = '1950-05-05' AND lat = 1"),
		                 !hidden);
		assert_int_equal(admin_int(f, "SELECT count(*) FROM contact WHERE value = 'file@x.example'"), !hidden);
		assert_int_equal(admin_int(f, "SELECT count(*) FROM person_field WHERE value = 'bank_transfer'"), !hidden);
	}
}

static void finding(void **state) {
	FIXTURE(f);
	people(f);
	static const char *const names[] = {"Jörg Müller", "Jürgen Mueller", "José O'Brien", "Zoë Straße"};
	struct made m = {.a = &f->a};
	for (size_t i = 0; i < 4; i++) {
		m.in = (struct person_input){.name = str_c(names[i]), .customer_no = str_fmt(&f->a, "AB-%d", 100 + (int)i)};
		assert_int_equal(store_write(f->s, make, &m), OK);
	}
	read_people(f);
	struct db *db = reader(f);
	assert_int_equal(find_count(f, db, STR("jor mull")), 1);
	assert_int_equal(find_count(f, db, STR("JÖRG")), 1);
	assert_int_equal(find_count(f, db, STR("o'brien")), 1);
	assert_int_equal(find_count(f, db, STR("strasse zoe")), 1);
	assert_int_equal(find_count(f, db, STR("ab-102")), 1);
	assert_int_equal(find_count(f, db, STR("ab")), 4);
	static const char *const hostile[] = {"'", "\"", "a' OR 1=1 --", "NEAR(", "*", "a:*", "!!&|", "\\", "(((", "words:x", "^x", "\xef\xbf\xbd", "＇ or", "-", "a\"b*c"};
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) (void)find_count(f, db, str_c(hostile[i]));
	struct person_id_list ids, next;
	const struct actor *staff = &readers[6].actor;
	assert_int_equal(people_find(db, &f->a, staff, &(struct people_asked){.limit = 3}, &ids), OK);
	assert_int_equal(ids.n, 4); /* one more says that there are more */
	assert_int_equal(people_find(db, &f->a, staff, &(struct people_asked){.after = ids.v[2], .limit = 99}, &next), OK);
	assert_int_equal(next.n, 7);
	assert_int_equal(people_find(db, &f->a, &readers[0].actor, &(struct people_asked){.limit = 99}, &ids), OK);
	assert_int_equal(ids.n, 4); /* to visitors the staff */
	db_close(db);
}

static void twice(void **state) {
	FIXTURE(f);
	people(f);
	struct contact_input mail = {STR(""), STR("Nora@Field.example")}, phone = {STR(""), STR("+49 151 / 77 88 99")};
	struct made m = {.a = &f->a, .in = {.name = STR("Nora Field"), .birthday = STR("1990-02-03"), .contact = {one(&mail), one(&phone)}}};
	assert_int_equal(store_write(f->s, make, &m), OK);
	const struct actor staff = readers[4].actor, visitor = readers[0].actor;
	struct contact_input same_mail = {STR(""), STR("nora@field.EXAMPLE")}, same_phone = {STR(""), STR("+49151778899")};
	struct person_input cases[] = {
		{.name = STR("X"), .contact = {one(&same_mail)}}, {.name = STR("X"), .contact = {[CONTACT_PHONE] = one(&same_phone)}},
		{.name = STR("NORA FIELD"), .birthday = STR("1990-02-03")}, {.name = STR("Nora Field"), .birthday = STR("1990-02-04")},
		{.name = STR("Nora Field")},
	};
	read_people(f);
	struct db *db = reader(f);
	for (size_t i = 0; i < 5; i++) {
		struct person_id_list ids;
		assert_int_equal(people_alike(db, &f->a, &staff, &cases[i], &ids), OK);
		assert_int_equal(ids.n, i < 3 ? 1 : 0);
		assert_int_equal(people_alike(db, &f->a, &visitor, &cases[i], &ids), OK);
		if (i < 2) assert_int_equal(ids.n, 0);
	}
	db_close(db);
	/* a birthday that is for nobody else cannot be tried out */
	char sql[200];
	snprintf(sql, sizeof sql, "INSERT INTO person_audience VALUES (%d, 'birthday', 'me')", (int)m.id.v);
	admin_exec(f, sql);
	struct person_id_list ids;
	db = reader(f);
	assert_int_equal(people_alike(db, &f->a, &staff, &cases[2], &ids), OK);
	assert_int_equal(ids.n, 0);
	db_close(db);
}

static void public_names(void **state) {
	(void)state;
	struct arena a = {0};
	assert_true(str_is(public_name_of(&a, STR("Jonas Weber")), "Jonas W."));
	assert_true(str_is(public_name_of(&a, STR("Zoë van der Öst")), "Zoë Ö."));
	assert_true(str_is(public_name_of(&a, STR("Madonna")), "Madonna"));
	assert_true(str_is(contact_fold(&a, CONTACT_PHONE, STR("+49 (151) 22-33")), "491512233"));
	assert_true(str_is(contact_fold(&a, CONTACT_EMAIL, STR("A@B.Example")), "a@b.example"));
	arena_done(&a);
}

int main(void) {
	struct str why;
	locale = (struct locale){.lang = LANG_EN, .zone = zone_utc(), .currency = "EUR"};
	if (pack_load(&why) != OK) return 1;
	const struct CMUnitTest tests[] = {
		FIRM_BOTH(matrix), FIRM_BOTH(inside), FIRM_BOTH(changes), FIRM_BOTH(words), FIRM_BOTH(words_of_before), FIRM_BOTH(order_is_as_seen), FIRM_BOTH(imports_leave_the_hidden), FIRM_BOTH(finding), FIRM_BOTH(twice), cmocka_unit_test(public_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
