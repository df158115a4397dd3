/* The pages of tags, and the same for programs: all of them, one with what wears it, putting on and off, another name. */
#include "access/access.h"
#include "follow/follow.h"
#include "people/people.h"
#include "search/search.h"
#include "tag/tag_int.h"
#include "talk/talk.h"
#include "text/json.h"
#include "text/url.h"

enum { COUNTED_MOST = 1000, SHOWN = 10, GROUP_COUNTED = 100 };

static struct url url_of(struct req *q, struct str name) { return url_path(q->a, "/tags/%s", url_part(q->a, name)); }

/* ----------------------------------------------------------------------------- all */

static const struct { const char *word, *label; } kinds[] = {{"person", T("People")}, {"organization", T("Households and firms")}, {"record", T("Records")},
	{"conversation", T("Conversations")}, {"document", T("Documents")}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static int64_t *count_at(struct tag_line *l, size_t kind) {
	int64_t *const at[KINDS] = {&l->people, &l->organizations, &l->records, &l->conversations, &l->documents};
	return at[kind];
}

static enum err count(struct req *q, struct int_list ids, struct tag_line_list *lines) {
	for (size_t k = 0; k < KINDS; k++) {
		struct tag_count_row_list counts;
		TRY(sql_tag_counts(q->db, q->a, ids, str_c(kinds[k].word), q->actor.id, q->actor.is_staff, COUNTED_MOST, (int64_t)ids.n + 1, &counts));
		for (size_t i = 0; i < ids.n; i++)
			for (size_t c = 0; c < counts.n; c++)
				if (counts.v[c].tag_id.v == ids.v[i]) *count_at(&lines->v[i], k) = counts.v[c].n;
	}
	return OK;
}

enum err tags_show(struct req *q, const struct tags_show_in *in, struct tags_page *ret) {
	struct tag_row_list rows;
	int64_t most = in->limit;
	q->page.nav = STR("search");
	TRY(sql_tag_seen_list(q->db, q->a, q->actor.id, q->actor.is_staff, str_none(in->cursor) ? STR("") : in->cursor, most + 1, &rows));
	ret->next = STR_NONE;
	ret->more = (struct url){STR_NONE};
	if ((int64_t)rows.n > most) {
		rows.n = (size_t)most;
		ret->next = rows.v[rows.n - 1].name;
		ret->more = url_with(q->a, url_path(q->a, "/tags"), "cursor", ret->next);
	}
	struct int_list ids = {.v = NEW_ARRAY(q->a, int64_t, rows.n)};
	ret->data.v = NEW_ARRAY(q->a, struct tag_line, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		ids.v[ids.n++] = rows.v[i].id.v;
		ret->data.v[ret->data.n++] = (struct tag_line){.name = rows.v[i].name, .url = url_of(q, rows.v[i].name)};
	}
	return ids.n > 0 ? count(q, ids, &ret->data) : OK;
}

/* ----------------------------------------------------------------------------- one */

static enum err add_group(struct req *q, size_t kind, struct tag_page *ret) {
	struct tag_group g = {.kind = str_c(kinds[kind].word), .label = str_c(kinds[kind].label), .all = {STR_NONE}};
	TRY(search_tagged(q, ret->name, kinds[kind].word, SHOWN, GROUP_COUNTED + 1, &g.items, &g.count));
	if (g.items.n == 0) return OK;
	g.more = g.count > GROUP_COUNTED;
	if (g.more) g.count = GROUP_COUNTED;
	if (g.count > SHOWN) g.all = search_tagged_here(q, ret->name, kinds[kind].word);
	ret->groups.v[ret->groups.n++] = g;
	return OK;
}

static enum err row_of(struct req *q, struct str name, struct tag_row *ret) {
	bool there;
	TRY(sql_tag_of_word(q->db, q->a, tag_word(q->a, name), ret, &there));
	return there ? OK : ERR_NOT_FOUND;
}

static bool may_rename(struct req *q) {
	struct object o = {.thing = THING_SETTINGS};
	return may(&q->actor, ACT_EDIT, &o);
}

/* To others than the team a tag of which they may see nothing is one that is not there. */
static enum err show(struct req *q, struct str name, struct tag_page *ret) {
	struct tag_row row;
	struct tag_row_list known = {0};
	TRY(row_of(q, name, &row));
	ret->name = row.name;
	ret->url = url_of(q, row.name);
	ret->groups.v = NEW_ARRAY(q->a, struct tag_group, KINDS);
	for (size_t k = 0; k < KINDS; k++)
		if (q->actor.is_staff || str_is(str_c(kinds[k].word), "conversation")) TRY(add_group(q, k, ret));
	if (ret->groups.n == 0 && !q->actor.is_staff) return ERR_NOT_FOUND;
	ret->staff = q->actor.is_staff;
	ret->may_rename = may_rename(q);
	TRY(follow_button(q, "tag", row.id.v, &ret->follow));
	ret->action = url_path(q->a, "/tags/%s/rename", url_part(q->a, row.name));
	q->page.nav = STR("search");
	if (q->api || !ret->may_rename) return OK;
	TRY(sql_tag_seen_list(q->db, q->a, q->actor.id, true, STR(""), 200, &known));
	ret->known.v = NEW_ARRAY(q->a, struct str, known.n);
	for (size_t i = 0; i < known.n; i++) ret->known.v[ret->known.n++] = known.v[i].name;
	return OK;
}

enum err tag_show(struct req *q, const struct tag_show_in *in, struct tag_page *ret) {
	ret->typed = STR("");
	return show(q, in->name, ret);
}

/* --------------------------------------------------------------------- on and off */

static struct url thing_url(struct req *q, struct str kind, int64_t id) {
	const char *folder = str_is(kind, "person") ? "people" : str_is(kind, "organization") ? "organizations" : str_is(kind, "record") ? "records"
	                     : str_is(kind, "conversation") ? "conversations" : "documents";
	return url_path(q->a, "/%s/%lld", folder, (long long)id);
}

/* Who changes the thing changes its tags. The staff see each of these. */
static enum err may_tag(struct req *q, struct str kind, int64_t id) {
	bool there;
	struct object o = {.thing = str_is(kind, "record") ? THING_RECORD : str_is(kind, "organization") ? THING_ORGANIZATION : THING_DOCUMENT,
		.visibility = SEEN_PRIVATE, .participant = true};
	TRY(may_or_err(&q->actor, ACT_EDIT, &o));
	TRY(sql_tag_thing_there(q->db, kind, id, &there));
	return there ? OK : ERR_NOT_FOUND;
}

static enum err change_thing(struct req *q, struct str kind, int64_t id, struct str name, bool on) {
	struct tag_id tag;
	const char *word = str_z(q->a, kind);
	TRY(may_tag(q, kind, id));
	TRY(on ? tag_put(q->db, q->a, word, id, name, &tag) : tag_drop(q->db, q->a, word, id, name, &tag));
	return tag.v ? req_event(q, on ? "add" : "remove", "tag", tag.v, word, id, AUDIENCE_STAFF, STR("{}")) : OK;
}

static enum err change_one(struct req *q, struct str kind, int64_t id, struct str name, bool on) {
	if (str_is(kind, "person")) return people_tag(q, (struct person_id){id}, name, on);
	if (str_is(kind, "conversation")) return talk_tag(q, (struct conversation_id){id}, name, on);
	return change_thing(q, kind, id, name, on);
}

static enum err change(struct req *q, struct str kind, int64_t id, struct str name, bool on, struct tag_box *ret) {
	struct text_list worn;
	enum err e = str_none(tag_name(q->a, name)) ? ERR_INVALID : change_one(q, kind, id, name, on);
	const char *why = e == ERR_TOO_LARGE ? T("There are thirty tags on it already. Take one off first.") : T("A tag is one or two words, not a sentence.");
	if (q->api && (e == ERR_INVALID || e == ERR_TOO_LARGE)) return req_invalid(q, "name", why);
	if (e != OK && e != ERR_INVALID && e != ERR_TOO_LARGE) return e;
	if (e != OK) req_say(q, why);
	TRY(tags_of(q->db, q->a, str_z(q->a, kind), id, &worn));
	TRY(tag_box_of(q, str_z(q->a, kind), id, worn, false, ret));
	if (!q->api) req_redirect(q, thing_url(q, kind, id));
	return OK;
}

enum err tag_add(struct req *q, const struct tag_add_in *in, struct tag_box *ret) { return change(q, in->kind, in->id, in->name, true, ret); }

enum err tag_remove(struct req *q, const struct tag_remove_in *in, struct tag_box *ret) { return change(q, in->kind, in->id, in->name, false, ret); }

/* ------------------------------------------------------------------------ another name */

/* What wears it is found by another word from now on (its readers see to that), and every kept page may show it: the event is about the firm, too. */
static enum err rename_to(struct req *q, const struct tag_row *row, struct str name, struct tag_id *ret) {
	struct tag_row other;
	bool there;
	TRY(sql_tag_of_word(q->db, q->a, tag_word(q->a, name), &other, &there));
	bool two = there && other.id.v != row->id.v;
	*ret = two ? other.id : row->id;
	TRY(two ? tag_join(q->db, row->id, other.id) : sql_tag_rename(q->db, row->id, name, tag_word(q->a, name), NULL));
	TRY(access_audit(q->db, q->actor.id, two ? "join_tags" : "rename_tag", "tag", ret->v, q->http->peer,
		str_fmt(q->a, STR_FMT " → " STR_FMT, STR_ARG(row->name), STR_ARG(two ? other.name : name))));
	return req_event(q, "update", "tag", ret->v, "business", 1, AUDIENCE_STAFF, STR("{}"));
}

static enum err fill(struct req *q, void *view) {
	struct tag_page *ret = view;
	return show(q, ret->name, ret);
}

enum err tag_rename(struct req *q, const struct tag_rename_in *in, struct tag_page *ret) {
	struct tag_row row;
	struct tag_id tag;
	struct str name = tag_name(q->a, in->to);
	TRY(row_of(q, in->name, &row));
	if (!may_rename(q)) return ERR_DENIED;
	ret->typed = str_none(in->to) ? STR("") : in->to;
	if (str_none(name)) {
		TRY(show(q, in->name, ret));
		return req_invalid(q, "to", T("A tag is one or two words, not a sentence."));
	}
	TRY(rename_to(q, &row, name, &tag));
	ret->name = name;
	req_redirect(q, url_of(q, name));
	req_then_view(q, fill);
	return OK;
}
