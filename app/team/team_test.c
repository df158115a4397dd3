/* Teams over HTTP on both engines: made, called otherwise, ended; who is in which, and what comes along; who sees them, and who changes them. */
#include "team/team.h"
#include "talk/testing.h"

enum { OWNER = 6, MONA, BEA, GONE };

struct world {
	struct fixture *f;
	struct served s;
	const char *agent, *manager, *olga, *agent_page, *manager_page;
};

static void world_begin(struct fixture *f, struct world *w) {
	put_person(f, OWNER, "staff", "owner", "Odo Owner", 0);
	put_person(f, MONA, "staff", "manager", "Mona Manager", 0);
	put_person(f, BEA, "staff", "agent", "Bea Agent", 0);
	put_person(f, GONE, "staff", "agent", "Gus Gone", 0);
	admin_exec(f, "UPDATE person SET disabled_at = 1 WHERE id = 9");
	for (int i = 1; i <= 4; i++) put_conversation(f, i, "public", OLGA, false);
	admin_exec(f, "UPDATE conversation SET assignee_id = 4 WHERE id IN (1, 2); UPDATE conversation SET status = 'done' WHERE id = 2; UPDATE conversation SET assignee_id = 8 WHERE id = 3");
	*w = (struct world){.f = f, .agent = token_for(f, AGENT), .manager = token_for(f, MONA), .olga = token_for(f, OLGA), .agent_page = session_for(f, AGENT),
		.manager_page = session_for(f, MONA)};
	serve_start(f, &w->s);
}

static struct answer does(struct world *w, const char *method, const char *path, const char *json, const char *who) { return ask(w->f, &w->s, method, path, json, who); }

static struct answer look(struct world *w, const char *path, const char *cookie) { return call(w->f, &w->s, path, NULL, cookie, NULL); }

static int64_t care(struct world *w, int conversation) {
	return admin_int(w->f, str_fmt(&w->f->a, "SELECT COALESCE(team_id, 0) FROM conversation WHERE id = %d", conversation).p);
}

static int64_t team_of(struct world *w, int person) { return admin_int(w->f, str_fmt(&w->f->a, "SELECT COALESCE(team_id, 0) FROM person WHERE id = %d", person).p); }

static int64_t events(struct world *w, const char *verb, const char *kind) {
	return admin_int(w->f, str_fmt(&w->f->a, "SELECT count(*) FROM event WHERE verb = '%s' AND object_kind = '%s' AND (object_kind = 'team' OR target_kind = 'team')"
		" AND audience = 'staff'", verb, kind).p);
}

static void names(void **state) {
	FIXTURE(f);
	assert_true(str_is(team_name(&f->a, STR("  Billing & bills ")), "Billing & bills"));
	assert_true(str_none(team_name(&f->a, STR("  "))));
	assert_true(str_none(team_name(&f->a, STR("–!"))));
	assert_true(str_none(team_name(&f->a, STR("A name that is so long that nobody would call a team so, ever"))));
}

static void made_named_ended(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	assert_has(look(&w, "/admin/teams", w.manager_page).body, "No team yet");
	struct answer r = does(&w, "POST", "/api/v1/teams", "{\"name\":\" Billing \"}", w.manager);
	assert_int_equal(r.status, 201);
	assert_has(r.body, "{\"id\":1,\"name\":\"Billing\",\"members\":[]}");
	assert_int_equal(does(&w, "POST", "/api/v1/teams", "{\"name\":\"BILLING!\"}", w.manager).status, 422);
	assert_int_equal(does(&w, "POST", "/api/v1/teams", "{\"name\":\"–\"}", w.manager).status, 422);
	r = send_form(f, &w.s, "/admin/teams", "/admin/teams", "name=billing", w.manager_page);
	assert_int_equal(r.status, 422);
	assert_has(r.body, "There is a team of this name.");
	assert_has(r.body, "value=\"billing\"");
	r = send_form(f, &w.s, "/admin/teams", "/admin/teams", "name=Network", w.manager_page);
	assert_int_equal(r.status, 303);
	assert_has(r.head, "/admin/teams/2");
	assert_int_equal(does(&w, "PATCH", "/api/v1/teams/2", "{\"name\":\"billing\"}", w.manager).status, 422);
	r = does(&w, "PATCH", "/api/v1/teams/2", "{\"name\":\"The \\\"net\\\"\",\"members\":[4,8]}", w.manager);
	assert_int_equal(r.status, 200);
	assert_has(r.body, "\"members\":[{\"id\":4,\"name\":\"Agatha Agent\"},{\"id\":8,\"name\":\"Bea Agent\"}]");
	assert_int_equal(admin_int(f, "SELECT count(*) FROM event WHERE verb = 'update' AND object_kind = 'team' AND data = '{\"name\":\"The \\\"net\\\"\"}'"), 1);
	assert_int_equal(does(&w, "DELETE", "/api/v1/teams/2", NULL, w.manager).status, 204);
	assert_int_equal(does(&w, "DELETE", "/api/v1/teams/2", NULL, w.manager).status, 404);
	assert_int_equal(does(&w, "GET", "/api/v1/teams/2", NULL, w.manager).status, 404);
	assert_int_equal(team_of(&w, AGENT), 0);
	assert_int_equal(care(&w, 1), 0);
	assert_int_equal(does(&w, "POST", "/api/v1/teams", "{\"name\":\"Network\"}", w.manager).status, 201);     /* one that is no more is in nobody's way */
	assert_int_equal(events(&w, "create", "team"), 3);
	assert_int_equal(events(&w, "delete", "team"), 1);
	assert_int_equal(events(&w, "add", "person"), 2);
	assert_int_equal(events(&w, "remove", "person"), 2);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM audit WHERE action LIKE 'team_%' AND actor_id = 7"), 9);
	assert_has(look(&w, "/audit", w.manager_page).body, "put somebody into a team");
	serve_stop(&w.s);
}

static void who_is_in_which(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	assert_int_equal(does(&w, "POST", "/api/v1/teams", "{\"name\":\"Billing\"}", w.manager).status, 201);
	assert_int_equal(does(&w, "POST", "/api/v1/teams", "{\"name\":\"Network\"}", w.manager).status, 201);
	static const char *const wrong[] = {"{\"members\":[4,1]}", "{\"members\":[9]}", "{\"members\":[999]}"};   /* a customer, who has left, nobody */
	for (int i = 0; i < 3; i++) assert_int_equal(does(&w, "PATCH", "/api/v1/teams/1", wrong[i], w.manager).status, 422);
	assert_int_equal(team_of(&w, AGENT), 0);
	assert_int_equal(does(&w, "PATCH", "/api/v1/teams/1", "{\"members\":[4,8,4]}", w.manager).status, 200);
	assert_int_equal(team_of(&w, AGENT), 1);
	assert_int_equal(care(&w, 1), 1);
	assert_int_equal(care(&w, 2), 1);                                  /* what is settled, too: it may be opened again */
	assert_int_equal(care(&w, 3), 1);
	assert_int_equal(care(&w, 4), 0);
	assert_int_equal(does(&w, "PATCH", "/api/v1/conversations/4", "{\"team_id\":1}", w.agent).status, 200);
	assert_has(look(&w, "/admin/teams/2", w.manager_page).body, "now in Billing");
	assert_int_equal(send_form(f, &w.s, "/admin/teams/2", "/admin/teams/2", "name=Network&members=4", w.manager_page).status, 303);
	assert_int_equal(team_of(&w, AGENT), 2);
	assert_int_equal(care(&w, 1), 2);
	assert_int_equal(care(&w, 3), 1);
	assert_int_equal(care(&w, 4), 1);
	assert_int_equal(send_form(f, &w.s, "/admin/teams/2", "/admin/teams/2", "name=Network", w.manager_page).status, 303);     /* nobody is ticked */
	assert_int_equal(team_of(&w, AGENT), 0);
	assert_int_equal(care(&w, 1), 0);
	assert_int_equal(does(&w, "PATCH", "/api/v1/teams/1", "{\"name\":\"Bills\"}", w.manager).status, 200);                    /* who is in it is not said: they stay */
	assert_int_equal(team_of(&w, BEA), 1);
	admin_exec(f, "UPDATE person SET team_id = 1 WHERE id = 9");
	assert_int_equal(send_form(f, &w.s, "/admin/teams/1", "/admin/teams/1/remove", "x=", w.manager_page).status, 303);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE team_id IS NOT NULL"), 0);
	assert_int_equal(admin_int(f, "SELECT count(*) FROM person WHERE team_id IS NOT NULL"), 0);         /* nor whoever had left */
	assert_int_equal(admin_int(f, "SELECT count(*) FROM conversation WHERE id = 3 AND assignee_id = 8"), 1);
	serve_stop(&w.s);
}

static void who_sees_them(void **state) {
	FIXTURE(f);
	struct world w;
	world_begin(f, &w);
	assert_int_equal(does(&w, "POST", "/api/v1/teams", "{\"name\":\"Billing\"}", w.agent).status, 403);
	assert_int_equal(does(&w, "POST", "/api/v1/teams", "{\"name\":\"Quokka\"}", w.manager).status, 201);
	assert_int_equal(does(&w, "PATCH", "/api/v1/teams/1", "{\"members\":[4]}", w.agent).status, 403);
	assert_int_equal(does(&w, "PATCH", "/api/v1/teams/1", "{\"members\":[4]}", w.manager).status, 200);
	assert_int_equal(does(&w, "DELETE", "/api/v1/teams/1", NULL, w.agent).status, 403);
	assert_int_equal(look(&w, "/admin/teams", w.agent_page).status, 403);
	assert_int_equal(look(&w, "/admin/teams/1", w.agent_page).status, 403);
	assert_has(does(&w, "GET", "/api/v1/teams", NULL, w.agent).body, "{\"data\":[{\"id\":1,\"name\":\"Quokka\",\"members\":[{\"id\":4,\"name\":\"Agatha Agent\"}]}],\"next\":null}");
	assert_int_equal(does(&w, "GET", "/api/v1/teams", NULL, w.olga).status, 403);
	assert_int_equal(does(&w, "GET", "/api/v1/teams/1", NULL, w.olga).status, 403);
	assert_has(does(&w, "GET", "/api/v1/people/4", NULL, w.agent).body, "\"team\":{\"id\":1,\"name\":\"Quokka\"}");
	static const char *const pages[] = {"/people/4", "/people?kind=staff", "/firm", "/conversations/1"};
	assert_has(look(&w, pages[0], w.agent_page).body, "Quokka");
	assert_has(look(&w, pages[1], w.agent_page).body, "Quokka");
	assert_has(look(&w, "/admin", w.manager_page).body, "Agent · Quokka");
	const char *olga_page = session_for(f, OLGA);
	for (int i = 0; i < 4; i++) {
		assert_has_not(look(&w, pages[i], olga_page).body, "Quokka");
		assert_has_not(look(&w, pages[i], NULL).body, "Quokka");
	}
	assert_has_not(does(&w, "GET", "/api/v1/people/4", NULL, w.olga).body, "Quokka");
	assert_has_not(does(&w, "GET", "/api/v1/events?limit=200", NULL, w.olga).body, "Quokka");
	assert_has(does(&w, "GET", "/api/v1/events?limit=200", NULL, w.agent).body, "Quokka");
	serve_stop(&w.s);
}

int main(void) {
	const struct CMUnitTest tests[] = {TALK_BOTH(names), TALK_BOTH(made_named_ended), TALK_BOTH(who_is_in_which), TALK_BOTH(who_sees_them)};
	return cmocka_run_group_tests_name("team", tests, NULL, NULL);
}
