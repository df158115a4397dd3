/* Following: the button, the list, and who follows what an event has to do with. */
#include "follow/follow.h"
#include "access/access.h"
#include "access/policy.h"
#include "base/clock.h"
#include "routes.h"
#include "sql/follow.h"
#include "talk/talk.h"
#include "text/url.h"
#include <inttypes.h>

enum { KINDS = 4, HIDDEN_MOST = 500 };

struct url follow_url(struct arena *a, struct str kind, int64_t id, struct str name) {
	static const struct { const char *kind, *path; } pages[] = {{"record", "/records"}, {"person", "/people"}, {"organization", "/organizations"},
		{"call", "/calls"}, {"task", "/tasks"}, {"claim", "/expectations/claims"}, {"conversation", "/conversations"}};
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (str_is(kind, pages[i].kind)) return url_path(a, "%s/%" PRId64, pages[i].path, id);
	return url_path(a, "/tags/%s", url_part(a, name));
}

/* ------------------------------------------------------------- who may follow what */

/* Something that the actor may know of and follow. errors NOT_FOUND, DENIED */
static enum err thing_for(struct req *q, struct str kind, int64_t id, struct follow_thing *ret) {
	bool found, record = str_is(kind, "record"), person = str_is(kind, "person");
	TRY(sql_follow_get(q->db, q->a, kind, id, q->actor.id, q->actor.is_staff, ret, &found));
	if (!found) return ERR_NOT_FOUND;
	if (!record && !person) return OK;      /* whoever sees a conversation or a tag may follow it */
	struct object o = {.thing = record ? THING_RECORD : THING_PERSON, .visibility = SEEN_PRIVATE, .participant = true,
		.owner = person ? (struct person_id){id} : (struct person_id){0},
		.person_kind = ret->customer ? PERSON_CUSTOMER : PERSON_STAFF, .role = ret->customer ? ROLE_CUSTOMER : ROLE_OWNER};
	return may_or_err(&q->actor, ACT_VOTE, &o);
}

enum err follow_button(struct req *q, const char *kind, int64_t id, struct follow_button **ret) {
	struct follow_thing t;
	*ret = NULL;
	if (!req_logged_in(q)) return OK;
	enum err e = thing_for(q, str_c(kind), id, &t);
	if (e == ERR_NOT_FOUND || e == ERR_DENIED) return OK;
	TRY(e);
	*ret = arena_alloc(q->a, sizeof **ret);
	**ret = (struct follow_button){.kind = str_c(kind), .id = id, .title = t.title, .follows = t.follows};
	return OK;
}

/* --------------------------------------------------------------------- following */

/* One event each time that something changes, as of conversations. */
static enum err set(struct req *q, struct str kind, int64_t id, bool yes) {
	int64_t changed;
	bool talk_changed;
	if (str_is(kind, "conversation")) return talk_follow(q->db, q->a, (struct conversation_id){id}, q->actor.id, yes, 0, &talk_changed);
	TRY(yes ? sql_follow_put(q->db, kind, id, q->actor.id, clock_now(), &changed) : sql_follow_drop(q->db, kind, id, q->actor.id, &changed));
	if (changed == 0) return OK;
	return req_event(q, yes ? "follow" : "undo", str_z(q->a, kind), id, NULL, 0, AUDIENCE_PRIVATE, yes ? STR("{}") : STR("{\"of\":\"follow\"}"));
}

static struct follow_item item_of(struct req *q, struct str kind, int64_t id, struct str title, usec_t at) {
	return (struct follow_item){.kind = kind, .id = id, .title = title, .followed_at = at, .url = follow_url(q->a, kind, id, title)};
}

enum err follow_put(struct req *q, const struct follow_put_in *in, struct follow_item *ret) {
	struct follow_thing t;
	TRY(thing_for(q, in->kind, in->id, &t));
	TRY(set(q, in->kind, in->id, true));
	*ret = item_of(q, in->kind, in->id, t.title, clock_now());
	return OK;
}

/* What one may see no more is not named: it is ended with all of its kind. */
enum err follow_delete(struct req *q, const struct follow_delete_in *in) {
	struct follow_thing t;
	TRY(thing_for(q, in->kind, in->id, &t));
	return set(q, in->kind, in->id, false);
}

enum err follow_form(struct req *q, const struct follow_form_in *in) {
	struct follow_thing t;
	TRY(thing_for(q, in->kind, in->id, &t));
	TRY(set(q, in->kind, in->id, str_is(in->follow, "yes")));
	req_redirect(q, str_is(in->back, "following") ? url_path(q->a, "/following") : follow_url(q->a, in->kind, in->id, t.title));
	return OK;
}

enum err follow_hidden_end(struct req *q) {
	struct follow_of_list hidden;
	TRY(sql_follow_hidden(q->db, q->a, q->actor.id, q->actor.is_staff, HIDDEN_MOST, &hidden));
	for (size_t i = 0; i < hidden.n; i++) TRY(set(q, hidden.v[i].kind, hidden.v[i].id, false));
	return OK;
}

/* ---------------------------------------------------------------- what one follows */

static void group(struct req *q, struct following_page *p) {
	p->groups.v = NEW_ARRAY(q->a, struct follow_group, KINDS);
	for (size_t i = 0; i < p->data.n; i++) {
		struct follow_item *item = &p->data.v[i];
		struct follow_group *last = p->groups.n > 0 ? &p->groups.v[p->groups.n - 1] : NULL;
		if (last == NULL || !str_eq(last->kind, item->kind)) {
			last = &p->groups.v[p->groups.n++];
			*last = (struct follow_group){.kind = item->kind, .items = {.v = item}};
		}
		last->items.n++;
	}
}

/* What somebody asked of one of their things is called in their language. */
static enum err say_subjects(struct req *q, struct following_page *p) {
	struct talk_subjects all = {.v = NEW_ARRAY(q->a, struct talk_subject, p->data.n)};
	for (size_t i = 0; i < p->data.n; i++)
		if (str_is(p->data.v[i].kind, "conversation")) all.v[all.n++] = (struct talk_subject){{p->data.v[i].id}, &p->data.v[i].title};
	return talk_subjects_here(q, all);
}

/* Counted at the beginning of the whole list only. */
static enum err fill_hidden(struct req *q, const struct following_show_in *in, struct following_page *ret) {
	struct follow_of_list hidden;
	if (!str_empty(in->cursor) || !str_empty(in->kind)) return OK;
	TRY(sql_follow_hidden(q->db, q->a, q->actor.id, q->actor.is_staff, HIDDEN_MOST, &hidden));
	ret->hidden = (int64_t)hidden.n;
	return OK;
}

/* A place in the list: "kind.id". */
static bool place_read(struct str s, struct str *ret_kind, struct opt_int *ret_id) {
	struct str rest = s;
	*ret_kind = str_cut(&rest, '.');
	ret_id->has = str_int(rest, &ret_id->v);
	return ret_id->has && ret_kind->n > 0;
}

enum err following_show(struct req *q, const struct following_show_in *in, struct following_page *ret) {
	struct follow_row_list rows;
	struct str before = STR_NONE;
	struct opt_int before_id = {0};
	if (!str_empty(in->cursor) && !place_read(in->cursor, &before, &before_id)) return req_invalid(q, "cursor", T("This cursor is not one of ours."));
	TRY(sql_follow_list(q->db, q->a, q->actor.id, q->actor.is_staff, str_empty(in->kind) ? STR_NONE : in->kind, before, before_id, in->limit + 1, &rows));
	bool more = rows.n > (size_t)in->limit;
	if (more) rows.n = (size_t)in->limit;
	*ret = (struct following_page){.next = STR_NONE, .more = {STR_NONE}, .data = {.v = NEW_ARRAY(q->a, struct follow_item, rows.n)}};
	for (size_t i = 0; i < rows.n; i++) ret->data.v[ret->data.n++] = item_of(q, rows.v[i].kind, rows.v[i].id, rows.v[i].title, rows.v[i].at);
	TRY(fill_hidden(q, in, ret));
	TRY(say_subjects(q, ret));
	group(q, ret);
	if (!more) return OK;
	const struct follow_row *last = &rows.v[rows.n - 1];
	ret->next = str_fmt(q->a, STR_FMT ".%" PRId64, STR_ARG(last->kind), last->id);
	ret->more = url_with(q->a, url_path(q->a, "/following"), "cursor", ret->next);
	if (!str_empty(in->kind)) ret->more = url_with(q->a, ret->more, "kind", in->kind);
	return OK;
}

/* ------------------------------------------------------------------ for readers of the log */

enum err follow_any(struct db *db, bool *ret) { return sql_follow_any(db, ret); }

static int64_t id_in(const struct event *e, const char *kind) {
	if (strcmp(e->object_kind, kind) == 0) return e->object_id;
	return e->target_kind != NULL && strcmp(e->target_kind, kind) == 0 ? e->target_id : 0;
}

enum err follow_followers(struct db *db, struct arena *a, const struct event *e, struct person_id after, int64_t most,
	struct follow_follower_list *ret) {
	return sql_follow_followers(db, a, (struct record_id){id_in(e, "record")}, (struct person_id){id_in(e, "person")},
		(struct conversation_id){id_in(e, "conversation")}, (struct call_id){id_in(e, "call")}, e->actor, after, most, ret);
}
