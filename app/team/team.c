/* Teams: making, naming, ending them, who is in which; the pages of whoever leads the firm, and the same for programs. */
#include "team/team.h"
#include "access/access.h"
#include "access/policy.h"
#include "event/event.h"
#include "routes.h"
#include "sql/team.h"
#include "text/escape.h"
#include "text/find.h"
#include "text/url.h"
#include "text/utf8.h"
#include <inttypes.h>

enum { STAFF_MOST = 2000 };

/* ---------------------------------------------------------------------- changing */

struct str team_name(struct arena *a, struct str typed) {
	struct str name = utf8_line(a, typed);
	return !str_empty(name) && name.n <= TEAM_BYTES_MAX && find_squeeze(a, name).n > 0 ? name : STR_NONE;
}

static enum err tell(struct db *db, struct person_id actor, const char *verb, struct team_id team, struct str data) {
	struct event e = {.actor = actor, .verb = verb, .object_kind = "team", .object_id = team.v, .audience = AUDIENCE_STAFF, .data = data};
	return event_append(db, &e, NULL);
}

static struct str naming(struct arena *a, struct str name) {
	struct buf b;
	buf_init(&b, 1024);
	json_escape(&b, name);
	struct str data = str_fmt(a, "{\"name\":\"" STR_FMT "\"}", STR_ARG(buf_str(&b)));
	buf_done(&b);
	return data;
}

/* errors CONFLICT: another team, but for that one, is called so */
static enum err check_free(struct db *db, struct str word, struct team_id but) {
	struct team_id other;
	bool found;
	TRY(sql_team_named(db, word, &other, &found));
	return found && other.v != but.v ? ERR_CONFLICT : OK;
}

enum err team_make(struct db *db, struct arena *a, struct person_id actor, struct str name, struct team_id *ret) {
	struct str word = find_squeeze(a, name);
	TRY(check_free(db, word, (struct team_id){0}));
	TRY(sql_team_put(db, name, word, actor, clock_now(), ret));
	return tell(db, actor, "create", *ret, naming(a, name));
}

enum err team_find(struct db *db, struct arena *a, struct str name, struct team_id *ret) {
	bool found;
	TRY(sql_team_named(db, find_squeeze(a, name), ret, &found));
	return found ? OK : ERR_NOT_FOUND;
}

static enum err rename_to(struct db *db, struct arena *a, struct person_id actor, const struct team_row *was, struct str name) {
	struct str word = find_squeeze(a, name);
	if (str_eq(name, was->name)) return OK;
	TRY(check_free(db, word, was->id));
	TRY(sql_team_rename(db, was->id, name, word));
	TRY(sql_team_seen_again(db, was->id, NULL));
	return tell(db, actor, "update", was->id, naming(a, name));
}

static enum err tell_moved(struct db *db, struct person_id actor, const char *verb, struct person_id who, struct team_id team) {
	struct event e = {.actor = actor, .verb = verb, .object_kind = "person", .object_id = who.v, .target_kind = "team", .target_id = team.v,
		.audience = AUDIENCE_STAFF, .data = STR("{}")};
	return team.v ? event_append(db, &e, NULL) : OK;
}

enum err team_move(struct db *db, struct person_id actor, struct person_id who, struct team_id was, struct team_id team) {
	if (was.v == team.v) return OK;
	TRY(sql_team_join(db, who, team, clock_now()));
	TRY(sql_team_take_along(db, who, team, NULL));
	TRY(tell_moved(db, actor, "remove", who, was));
	return tell_moved(db, actor, "add", who, team);
}

/* ------------------------------------------------------------------------- views */

static struct team_view view_of(struct req *q, const struct team_row *t, const struct team_person_row_list *staff) {
	struct team_view v = {.id = t->id, .name = t->name, .members.v = NEW_ARRAY(q->a, struct team_member, staff->n)};
	for (size_t i = 0; i < staff->n; i++)
		if (staff->v[i].team_id.v == t->id.v) v.members.v[v.members.n++] = (struct team_member){.id = staff->v[i].id, .name = staff->v[i].name};
	return v;
}

static enum err all(struct req *q, struct team_view_list *ret) {
	struct team_row_list teams;
	struct team_person_row_list staff;
	struct object o = {.thing = THING_TEAM};
	TRY(may_or_err(&q->actor, ACT_SEE, &o));
	TRY(sql_teams_all(q->db, q->a, TEAMS_MOST, &teams));
	TRY(sql_team_staff(q->db, q->a, STAFF_MOST, &staff));
	*ret = (struct team_view_list){.v = NEW_ARRAY(q->a, struct team_view, teams.n)};
	for (size_t i = 0; i < teams.n; i++) ret->v[ret->n++] = view_of(q, &teams.v[i], &staff);
	return OK;
}

enum err teams_all(struct req *q, struct teams_list *ret) {
	ret->next = STR_NONE;
	return all(q, &ret->data);
}

enum err teams_show(struct req *q, const struct teams_show_in *in, struct teams_page *ret) {
	ret->name = str_none(in->name) ? STR("") : in->name;
	return all(q, &ret->data);
}

static bool is_among(const struct person_id_list *l, struct person_id id) {
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].v == id.v) return true;
	return false;
}

enum err team_form(struct req *q, const struct team_form_in *in, struct team_page *ret) {
	struct team_row t;
	struct team_person_row_list staff;
	struct object o = {.thing = THING_TEAM};
	TRY(may_or_err(&q->actor, ACT_SEE, &o));
	TRY(sql_team_get(q->db, q->a, in->id, &t));
	TRY(sql_team_staff(q->db, q->a, STAFF_MOST, &staff));
	*ret = (struct team_page){.id = t.id, .title = t.name, .name = str_none(in->name) ? t.name : in->name, .staff.v = NEW_ARRAY(q->a, struct team_choice, staff.n)};
	for (size_t i = 0; i < staff.n; i++) {
		const struct team_person_row *p = &staff.v[i];
		bool in_it = p->team_id.v == t.id.v;
		ret->staff.v[ret->staff.n++] = (struct team_choice){.id = p->id, .name = p->name, .here = str_none(in->name) ? in_it : is_among(&in->members, p->id),
			.other = in_it || str_none(p->team) ? STR("") : p->team};
	}
	return OK;
}

enum err team_show(struct req *q, const struct team_show_in *in, struct team_view *ret) {
	struct team_row t;
	struct team_person_row_list staff;
	struct object o = {.thing = THING_TEAM};
	TRY(may_or_err(&q->actor, ACT_SEE, &o));
	TRY(sql_team_get(q->db, q->a, in->id, &t));
	TRY(sql_team_staff(q->db, q->a, STAFF_MOST, &staff));
	*ret = view_of(q, &t, &staff);
	return OK;
}

/* ---------------------------------------------------------------------- handlers */

static enum err audit(struct req *q, const char *what, struct team_id team, struct str detail) {
	return access_audit(q->db, q->actor.id, what, "team", team.v, q->http->peer, detail);
}

static enum err name_or_say(struct req *q, struct str typed, struct str *ret) {
	*ret = team_name(q->a, typed);
	return str_none(*ret) ? req_invalid(q, "name", T("A team has a short name, such as Billing.")) : OK;
}

static enum err say_taken(struct req *q, enum err e) { return e == ERR_CONFLICT ? req_invalid(q, "name", T("There is a team of this name.")) : e; }

enum err team_add(struct req *q, const struct team_add_in *in, struct team_view *ret) {
	struct object o = {.thing = THING_TEAM};
	struct str name;
	struct team_id id;
	int64_t n;
	TRY(may_or_err(&q->actor, ACT_CREATE, &o));
	TRY(name_or_say(q, in->name, &name));
	TRY(sql_team_count(q->db, &n));
	if (n >= TEAMS_MOST) return req_invalid(q, "name", T("These are too many teams. Please end one first."));
	TRY(say_taken(q, team_make(q->db, q->a, q->actor.id, name, &id)));
	TRY(audit(q, "team_made", id, name));
	*ret = (struct team_view){.id = id, .name = name};
	if (!q->api) req_redirect(q, url_path(q->a, "/admin/teams/%" PRId64, id.v));
	req_say(q, T("Now tick who is in it."));
	return OK;
}

static bool is_staff(const struct team_person_row_list *l, struct person_id id) {
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].id.v == id.v) return true;
	return false;
}

/* Exactly these are in it from now on. Whoever of them was in another team leaves it. */
static enum err set_members(struct req *q, const struct team_row *t, const struct person_id_list *members) {
	struct team_person_row_list staff;
	TRY(sql_team_staff(q->db, q->a, STAFF_MOST, &staff));
	for (size_t i = 0; i < members->n; i++)
		if (!is_staff(&staff, members->v[i])) return req_invalid(q, "members", T("This is not a colleague."));
	for (size_t i = 0; i < staff.n; i++) {
		const struct team_person_row *p = &staff.v[i];
		bool in_it = p->team_id.v == t->id.v, to_be = is_among(members, p->id);
		if (in_it == to_be) continue;
		TRY(team_move(q->db, q->actor.id, p->id, p->team_id, to_be ? t->id : (struct team_id){0}));
		TRY(audit(q, to_be ? "team_joined" : "team_left", t->id, str_fmt(q->a, STR_FMT ": " STR_FMT, STR_ARG(t->name), STR_ARG(p->name))));
	}
	return OK;
}

static enum err fill_changed(struct req *q, void *view) {
	struct team_view *ret = view;
	return team_show(q, &(struct team_show_in){.id = ret->id}, ret);
}

enum err team_save(struct req *q, const struct team_save_in *in, struct team_view *ret) {
	struct object o = {.thing = THING_TEAM};
	struct team_row t;
	struct str name;
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	TRY(sql_team_get(q->db, q->a, in->id, &t));
	if (!str_none(in->name)) {
		TRY(name_or_say(q, in->name, &name));
		TRY(say_taken(q, rename_to(q->db, q->a, q->actor.id, &t, name)));
		if (!str_eq(name, t.name)) TRY(audit(q, "team_named", t.id, str_fmt(q->a, STR_FMT " → " STR_FMT, STR_ARG(t.name), STR_ARG(name))));
		t.name = name;
	}
	if (!q->api || in->members.v != NULL) TRY(set_members(q, &t, &(struct person_id_list){.v = in->members.v, .n = in->members.n}));   /* a form without a tick: nobody */
	req_say(q, T("Saved."));
	ret->id = t.id;
	req_then_view(q, fill_changed);
	return OK;
}

enum err team_remove(struct req *q, const struct team_remove_in *in) {
	struct object o = {.thing = THING_TEAM};
	struct team_row t;
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	TRY(sql_team_get(q->db, q->a, in->id, &t));
	TRY(set_members(q, &t, &(struct person_id_list){0}));
	TRY(sql_team_empty(q->db, t.id, NULL));
	TRY(sql_team_let_go(q->db, t.id, NULL));
	TRY(sql_team_end(q->db, t.id, clock_now()));
	TRY(tell(q->db, q->actor.id, "delete", t.id, STR("{}")));
	TRY(audit(q, "team_ended", t.id, t.name));
	req_say(q, T("The team has ended. What was counted for it stays."));
	return OK;
}
