/* What people say, on both engines: counters that stay right whatever is done and undone, the table of states, map cells, finding. */
#include "access/testing.h"
#include "talk/talk_int.h"
#include <math.h>

enum { ANNA = 1, BEN, CARL, DORA, AGENT, PEOPLE = AGENT };

static struct fixture *talk_new(enum db_engine engine) {
	struct fixture *f = firm_new(engine);
	put_person(f, ANNA, "customer", "customer", "Anna A.", 0);
	put_person(f, BEN, "customer", "customer", "Ben B.", 0);
	put_person(f, CARL, "customer", "customer", "Carl C.", 0);
	put_person(f, DORA, "customer", "customer", "Dora D.", 0);
	put_person(f, AGENT, "staff", "agent", "Agatha Agent", 0);
	admin_exec(f, "UPDATE person SET worth_minor = id * 10000 WHERE kind = 'customer'");
	return f;
}
static int talk_sqlite(void **state) { *state = talk_new(DB_SQLITE); return 0; }
static int talk_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? talk_new(DB_PG) : NULL; return 0; }
#define TALK_BOTH(test) {#test " (SQLite)", test, talk_sqlite, down, NULL}, {#test " (PostgreSQL)", test, talk_pg, down, NULL}

/* ------------------------------------------------------------- doing one thing */

struct deed {
	enum { CREATE, VOTE, FOLLOW, SAY, WORTH, CHECK, RECOUNT, READ, REWRITE } what;
	struct new_report report;
	struct new_message message;
	struct conversation_id id;
	struct message_id said;
	struct person_id who;
	bool yes, changed;
	int64_t more;
	struct text_list complaints;
	struct arena *a;
};

static enum err act(struct db *db, void *arg) {
	struct deed *d = arg;
	struct event_list events;
	switch (d->what) {
	case CREATE: return talk_create(db, d->a, &d->report, &d->id);
	case VOTE: return talk_vote(db, d->a, d->id, d->who, d->yes, 0, &d->changed);
	case FOLLOW: return talk_follow(db, d->a, d->id, d->who, d->yes, 0, &d->changed);
	case SAY: return talk_say(db, d->a, &d->message, &d->said);
	case WORTH: return talk_worth_changed(db, d->a, d->who, d->more);
	case CHECK: return talk_check(db, d->a, &d->complaints);
	case RECOUNT: return talk_recount(db, d->a);
	case REWRITE: return talk_rewrite(db, d->a, d->id, d->who, &d->report);
	case READ:
		TRY(event_after(db, d->a, 0, 1000, &events));
		return talk_search_read(db, d->a, events.v, events.n, NULL);
	}
	return ERR_BUG;
}

static enum err go(struct fixture *f, struct deed *d) {
	d->a = &f->a;
	return store_write(f->s, act, d);
}

static struct conversation_id report(struct fixture *f, const char *kind, const char *subject, int author, double lat,
	double lon) {
	struct deed d = {.what = CREATE, .report = {.kind = str_c(kind), .subject = str_c(subject), .body = STR("Words."),
		.lat = lat, .lon = lon,
		.author = {author}}};
	assert_int_equal(go(f, &d), OK);
	return d.id;
}

static bool vote(struct fixture *f, struct conversation_id id, int who, bool yes) {
	struct deed d = {.what = VOTE, .id = id, .who = {who}, .yes = yes};
	assert_int_equal(go(f, &d), OK);
	return d.changed;
}

static enum err say(struct fixture *f, struct conversation_id id, const char *kind, const char *status,
	const char *body, int who) {
	struct deed d = {.what = SAY, .message = {.conversation = id, .kind = str_c(kind), .status = str_c(status),
		.body = str_c(body), .author = {who}}};
	return go(f, &d);
}

static size_t complaints(struct fixture *f) {
	struct deed d = {.what = CHECK};
	assert_int_equal(go(f, &d), OK);
	for (size_t i = 0; i < d.complaints.n; i++) print_message("%s\n", d.complaints.v[i].p);
	return d.complaints.n;
}

static int64_t number(struct fixture *f, const char *what, struct conversation_id id) {
	return admin_int(f, str_fmt(&f->a, "SELECT %s FROM conversation WHERE id = %lld", what, (long long)id.v).p);
}

/* ------------------------------------------------------------------------ votes */

static void one_voice_each(void **state) {
	FIXTURE(f);
	struct conversation_id id = report(f, "problem", "No signal in the valley", ANNA, NAN, NAN);
	assert_int_equal(number(f, "votes", id), 1);                       /* the author is the first */
	assert_int_equal(number(f, "worth_minor", id), 10000);
	assert_false(vote(f, id, ANNA, true));                             /* and has one voice only */
	assert_true(vote(f, id, BEN, true));
	assert_false(vote(f, id, BEN, true));
	assert_int_equal(number(f, "votes", id), 2);
	assert_int_equal(number(f, "worth_minor", id), 30000);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM follow"), 2);  /* who says so is told */
	assert_true(vote(f, id, BEN, false));
	assert_false(vote(f, id, BEN, false));
	assert_int_equal(number(f, "votes", id), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM follow"), 1);
	assert_int_equal(admin_int(f, "SELECT votes FROM tally WHERE board = 'problems' AND status = 'new'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'like'"),
		1);   /* what changed nothing is no event */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'undo'"), 1);
	assert_int_equal(complaints(f), 0);
}

static void who_follows_by_choice_goes_on_following(void **state) {
	FIXTURE(f);
	struct conversation_id id = report(f, "idea", "A shop in the village", ANNA, NAN, NAN);
	struct deed d = {.what = FOLLOW, .id = id, .who = {BEN}, .yes = true};
	clock_set(DAYS(20800));
	assert_int_equal(go(f, &d), OK);
	clock_set(DAYS(20801));
	vote(f, id, BEN, true);
	vote(f, id, BEN, false);
	clock_set(0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM follow WHERE person_id = 2"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'follow' AND audience = 'private'"), 1);
}

static void votes_and_time_make_the_impact(void **state) {
	(void)state;
	usec_t now = (usec_t)1767225600 * 1000000;
	assert_true(fabs(impact_of(0, now, true)) < 1e-9);
	assert_true(fabs(impact_of(1, now, true) - 1) < 1e-9);
	assert_true(fabs(impact_of(3, now, true) - impact_of(1, now + DAYS(30),
		true)) < 1e-9);   /* twice as many weigh a month */
	assert_true(impact_of(100000, now, false) < impact_of(0, now,
		true));                     /* what is settled stands behind */
	assert_true(fabs(staff_impact_of(2, 0) - 2) < 1e-9);
	assert_true(fabs(staff_impact_of(2, 100000) - 3) < 1e-9);
}

static void worth_follows_the_person(void **state) {
	FIXTURE(f);
	struct conversation_id id = report(f, "problem", "The bill is wrong", ANNA, NAN, NAN),
		other = report(f, "idea", "Weekly bills", BEN, NAN, NAN);
	vote(f, other, ANNA, true);
	admin_exec(f, "UPDATE person SET worth_minor = 777 WHERE id = 1");
	assert_true(complaints(f) > 0);
	struct deed d = {.what = WORTH, .who = {ANNA}, .more = 777 - 10000};
	assert_int_equal(go(f, &d), OK);
	assert_int_equal(number(f, "worth_minor", id), 777);
	assert_int_equal(number(f, "worth_minor", other), 20777);
	assert_int_equal(complaints(f), 0);
}

/* ----------------------------------------------------------------------- states */

/* Rows: from; columns: to; in the order new heard planned in_work partly_done done not_done closed. */
static const char *const moves[] = {
	".xxxxxxx",
	"..xxxxxx",
	"...xxxxx",
	"..x.xxxx",
	"..xx.xxx",
	"...x...x",
	"..xx...x",
	".x.x....",
};

static void the_table_of_states(void **state) {
	(void)state;
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 8; k++)
			if (state_may_follow(state_at(i), state_at(k)) != (moves[i][k] == 'x'))
				fail_msg("%s to %s", state_at(i)->name, state_at(k)->name);
	assert_null(state_at(8));
	assert_null(state_find(STR("in work")));
	struct arena a = {0};
	assert_true(str_is(state_set(&a, STR("open")), ",new,heard,planned,in_work,partly_done,"));
	assert_true(str_is(state_set(&a, STR("settled")), ",done,not_done,closed,"));
	assert_true(str_is(state_set(&a, STR("done")), ",done,"));
	assert_true(str_none(state_set(&a, STR("done,new"))));
	arena_done(&a);
}

static void illegal_moves_change_nothing(void **state) {
	FIXTURE(f);
	struct conversation_id id = report(f, "problem", "It breaks", ANNA, NAN, NAN);
	assert_int_equal(say(f, id, "status", "heard", "", AGENT), OK);
	assert_int_equal(say(f, id, "status", "new", "", AGENT), ERR_CONFLICT);
	assert_int_equal(say(f, id, "status", "fixed", "", AGENT), ERR_INVALID);
	assert_int_equal(say(f, id, "status", "not_done", "", AGENT), ERR_INVALID);       /* needs its reason */
	assert_int_equal(say(f, id, "not_fixed", "", "Still broken", ANNA), ERR_CONFLICT); /* nobody said that it was */
	assert_int_equal(say(f, id, "praise", "", "x", ANNA), ERR_INVALID);
	assert_int_equal(say(f, id, "comment", "", "", ANNA), ERR_INVALID);
	assert_int_equal(say(f, (struct conversation_id){99}, "comment", "", "x", ANNA), ERR_NOT_FOUND);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE status = 'heard'"), 1);
	assert_int_equal(complaints(f), 0);
}

static void not_fixed_opens_again(void **state) {
	FIXTURE(f);
	struct conversation_id id = report(f, "problem", "It breaks", ANNA, 53.27, -9.05);
	assert_int_equal(say(f, id, "answer", "done", "It is mended.", AGENT), OK);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM cell"),
		0);                    /* what is settled is not on the map */
	assert_int_equal(say(f, id, "not_fixed", "", "Not in my street.", ANNA), OK);
	assert_int_equal(number(f, "reopened", id), 1);
	assert_int_equal(number(f, "comments", id), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE status = 'in_work'"), 1);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM cell WHERE reports = 1 AND votes = 1"), 15);
	assert_int_equal(number(f, "answer_id", id), admin_int(f, "SELECT min(id) FROM message"));   /* the answer stays */
	assert_int_equal(complaints(f), 0);
}

static void newest_answer_stands_first(void **state) {
	FIXTURE(f);
	struct conversation_id id = report(f, "question", "Why two names?", ANNA, NAN, NAN);
	assert_int_equal(say(f, id, "answer", "heard", "We look.", AGENT), OK);
	assert_int_equal(say(f, id, "answer", "", "Two firms, one bill.", AGENT), OK);
	assert_int_equal(number(f, "answer_id", id), admin_int(f, "SELECT max(id) FROM message"));
	assert_int_equal(admin_int(f, "SELECT count(*) FROM message WHERE kind = 'answer' AND status = 'heard'"), 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE status = 'heard' AND answered_at IS NOT NULL"), 1);
}

/* ---------------------------------------------------------------------- counters */

static unsigned dice(unsigned *seed, unsigned n) {
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % n;
}

static void counters_stay_right_whatever_is_done(void **state) {
	FIXTURE(f);
	static const char *const kinds[] = {"problem", "need", "idea", "question"},
		*const sees[] = {"public", "public", "public", "members", "private"};
	struct conversation_id id[12];
	unsigned seed = 7;
	for (int i = 0; i < 12; i++) {
		bool placed = dice(&seed, 3) > 0;
		struct deed d = {.what = CREATE, .report = {.kind = str_c(kinds[i % 4]),
			.visibility = str_c(sees[dice(&seed, 5)]), .subject = STR("Something"),
			.body = STR("Words"), .lat = placed ? 53 + dice(&seed, 100) / 90.0 : (double)NAN, .lon = placed
				? -9 + dice(&seed, 100) / 90.0 : (double)NAN,
			.author = {dice(&seed, 3) ? 1 + dice(&seed, 4) : 0}}};
		assert_int_equal(go(f, &d), OK);
		id[i] = d.id;
	}
	assert_int_equal(complaints(f), 0);
	for (int i = 0; i < 400; i++) {
		struct conversation_id c = id[dice(&seed, 12)];
		int who = 1 + (int)dice(&seed, 4);
		switch (dice(&seed, 6)) {
		case 0: case 1: case 2: vote(f, c, who, dice(&seed, 2)); break;
		case 3: (void)say(f, c, "comment", "", "x", who); break;
		case 4: (void)say(f, c, "answer", state_at((int)dice(&seed, 8))->name, "y", AGENT); break;
		default: (void)say(f, c, "not_fixed", "", "z", who); break;
		}
		if (i % 100 == 99) assert_int_equal(complaints(f), 0);
	}
	struct deed d = {.what = REWRITE, .id = id[0], .report = {.kind = STR("problem"), .subject = STR("Moved"),
		.lat = 48.2, .lon = 16.37}};
	assert_int_equal(go(f, &d), OK);
	assert_int_equal(complaints(f), 0);
}

static void check_finds_and_recount_mends(void **state) {
	FIXTURE(f);
	struct conversation_id id = report(f, "problem", "Here", ANNA, 53.27, -9.05);
	vote(f, id, BEN, true);
	static const char *const harm[] = {
		"UPDATE conversation SET votes = 7", "UPDATE conversation SET comments = 7",
			"UPDATE conversation SET worth_minor = 7",
		"UPDATE conversation SET impact = 7", "UPDATE conversation SET quadkey = 7",
			"UPDATE conversation SET board = 'talk'",
		"UPDATE vote_day SET votes = 7", "UPDATE tally SET votes = 7", "UPDATE town SET reports = 7",
			"DELETE FROM cell WHERE zoom = 9",
		"DELETE FROM vote WHERE person_id = 2",
	};
	for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
		admin_exec(f, harm[i]);
		struct deed d = {.what = CHECK};
		assert_int_equal(go(f, &d), OK);
		if (d.complaints.n == 0) fail_msg("nothing noticed: %s", harm[i]);
		d.what = RECOUNT;
		assert_int_equal(go(f, &d), OK);
		assert_int_equal(complaints(f), 0);
	}
}

/* ---------------------------------------------------------------------------- map */

static void quadkeys_and_boxes(void **state) {
	(void)state;
	struct arena a = {0};
	double lat, lon;
	struct box box;
	int level;
	assert_int_equal(quad_of(80, -170, 1), 0);
	assert_int_equal(quad_of(80, 170, 1), 1);
	assert_int_equal(quad_of(-80, -170, 1), 2);
	assert_int_equal(quad_of(-80, 170, 1), 3);
	assert_int_equal(quad_of(53.2, -9.1, 10), quad_of(53.2, -9.1, 22) >> 24);
	quad_middle(quad_of(53.2, -9.1, 16), 16, &lat, &lon);
	assert_true(fabs(lat - 53.2) < 0.01 && fabs(lon + 9.1) < 0.01);
	assert_int_equal(quad_of(90, 180, 4), quad_of(85.05, 179.99,
		4));   /* the poles and the date line belong to the last tile */
	assert_true(box_read(STR("-10, 50,-5,55.5"), &box));
	assert_true(box_has(&box, 52, -7) && !box_has(&box, 52, -4) && !box_has(&box, 56, -7));
	struct int_list tiles = box_tiles(&a, &box, &level);
	assert_true(tiles.n > 0 && tiles.n <= 36);
	bool found = false;
	for (size_t i = 0; i < tiles.n; i++) found |= tiles.v[i] == quad_of(52, -7, level);
	assert_true(found);
	assert_true(box_read(STR("170,-20,-170,0"), &box));                 /* over the date line */
	assert_true(box_has(&box, -10, 175) && box_has(&box, -10, -175) && !box_has(&box, -10, 0));
	tiles = box_tiles(&a, &box, &level);
	int sides = 0;
	for (size_t i = 0; i < tiles.n; i++) sides |= tiles.v[i] == quad_of(-10, 175, level)
		? 1 : tiles.v[i] == quad_of(-10, -175, level) ? 2 : 0;
	assert_int_equal(sides, 3);
	assert_true(box_read(STR("-180,-90,180,90"), &box));
	tiles = box_tiles(&a, &box, &level);
	assert_true(tiles.n > 0 && tiles.n <= 36);
	assert_false(box_read(STR("1,2,3"), &box));
	assert_false(box_read(STR("1,2,3,4,5"), &box));
	assert_false(box_read(STR("-181,0,0,1"), &box));
	assert_false(box_read(STR("0,2,1,1"), &box));
	assert_false(box_read(STR("a,b,c,d"), &box));
	arena_done(&a);
}

static void towns(void **state) {
	(void)state;
	struct arena a = {0};
	const struct town *t = town_near(53.51, -8.86);
	assert_non_null(t);
	assert_true(str_is(t->name, "Tuam"));
	t = town_near(47.3770, 8.5400);
	assert_true(t != NULL && str_is(t->name, "Zürich"));                /* the city, not one of its quarters */
	assert_null(town_near(0, -150));
	struct town_list list = towns_find(&a, STR("vien"), NAN, NAN);
	assert_true(list.n > 0 && str_is(list.v[0]->name, "Vienna") && str_is(list.v[0]->country, "AT"));
	list = towns_find(&a, STR("Hauptstraße 7, 80331 München"), NAN, NAN);
	assert_true(list.n > 0 && str_starts(list.v[0]->name, STR("München")));
	list = towns_find(&a, STR("Vienna"), 38.9, -77.0);                  /* near the firm first */
	assert_true(list.n > 0 && str_is(list.v[0]->country, "US"));
	assert_int_equal(towns_find(&a, STR("12 34"), NAN, NAN).n, 0);
	assert_int_equal(towns_find(&a, STR(""), NAN, NAN).n, 0);
	arena_done(&a);
}

/* ------------------------------------------------------------------------- finding */

static void found_by_words(void **state) {
	FIXTURE(f);
	struct int_list ids;
	struct db *db;
	assert_int_equal(store_reader(f->s, &db), OK);
	struct conversation_id train = report(f, "problem", "No signal on the train to Tuam", ANNA, NAN, NAN);
	struct conversation_id bill = report(f, "problem", "Die Rechnung nennt zwei Namen", BEN, NAN, NAN);
	struct deed d = {.what = READ};
	assert_int_equal(go(f, &d), OK);
	assert_int_equal(go(f, &d), OK);                                    /* reading twice changes nothing */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM search_doc"), 2);
	struct { const char *q; int64_t id; } const cases[] = {
		{"signal train", train.v}, {"TRAINS", train.v}, {"sign", train.v}, {"rechnungen", bill.v},
			{"zwei name", bill.v},
		{"zebra", 0}, {"the of and", 0}, {"'; DROP TABLE", 0}, {"\"train\" OR (", train.v}, {"", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(search_ids(db, &f->a, str_c(cases[i].q), 10, &ids), OK);
		if ((cases[i].id == 0) != (ids.n == 0) || (ids.n > 0 && ids.v[0] != cases[i].id)) fail_msg("%s: %zu found",
			cases[i].q, ids.n);
	}
	assert_int_equal(say(f, bill, "answer", "heard", "A merger of carriers.", AGENT), OK);
	assert_int_equal(go(f, &d), OK);
	assert_int_equal(search_ids(db, &f->a, STR("merger"), 10, &ids), OK);
	assert_int_equal(ids.n, 1);
	db_close(db);
}

/* ------------------------------------------------------------------- what is refused */

static void odd_reports_are_refused(void **state) {
	FIXTURE(f);
	const struct new_report good = {.kind = STR("problem"), .subject = STR("x"), .lat = NAN, .lon = NAN};
	struct deed d = {.what = CREATE};
	struct new_report bad[] = {good, good, good, good, good, good, good};
	bad[0].kind = STR("gossip");
	bad[1].subject = STR("");
	bad[2].lat = 91, bad[2].lon = 0;
	bad[3].lat = 1;
	bad[4].since = STR("2026-02-30");
	bad[5].visibility = STR("everyone");
	bad[6].status = STR("fixed");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		d.report = bad[i];
		assert_int_equal(go(f, &d), ERR_INVALID);
	}
	d.report = good;
	assert_int_equal(go(f, &d), OK);
	assert_int_equal(number(f, "votes", d.id), 0);                      /* nobody wrote it */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation"), 1);
}

/* Several towns of one name can be told apart. */
static void towns_of_one_name_differ(void **state) {
	FIXTURE(f);
	struct town_list l = towns_find(&f->a, STR("Springfield"), NAN, NAN);
	assert_true(l.n >= 5);
	for (size_t i = 0; i < l.n; i++)
		for (size_t k = 0; k < i; k++) {
			struct talk_place a = place_view(&f->a, l.v[i]), b = place_view(&f->a, l.v[k]);
			bool same = str_eq(a.country, b.country) && str_eq(a.region, b.region) && str_eq(a.near, b.near);
			if (same) fail_msg("two of " STR_FMT ", " STR_FMT, STR_ARG(a.region), STR_ARG(a.country));
		}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		TALK_BOTH(towns_of_one_name_differ),
		TALK_BOTH(one_voice_each), TALK_BOTH(who_follows_by_choice_goes_on_following),
			cmocka_unit_test(votes_and_time_make_the_impact),
		TALK_BOTH(worth_follows_the_person), cmocka_unit_test(the_table_of_states),
			TALK_BOTH(illegal_moves_change_nothing),
		TALK_BOTH(not_fixed_opens_again), TALK_BOTH(newest_answer_stands_first),
			TALK_BOTH(counters_stay_right_whatever_is_done),
		TALK_BOTH(check_finds_and_recount_mends), cmocka_unit_test(quadkeys_and_boxes), cmocka_unit_test(towns),
			TALK_BOTH(found_by_words),
		TALK_BOTH(odd_reports_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
