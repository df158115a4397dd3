/* Finding people: the list for the staff and for programs, and who might be the same person twice. */
#include "people/save.h"
#include "access/access.h"
#include "routes.h"
#include "sql/people_find.h"
#include "sql/people.h"
#include "tag/tag.h"
#include "text/json.h"
#include "text/url.h"
#include "text/utf8.h"
#include <inttypes.h>

/* --------------------------------------------------------------------- list */

struct str people_digits(struct arena *a, struct str q) {
	struct str d = contact_fold(a, CONTACT_PHONE, q);
	for (size_t i = 0; i < q.n; i++)
		if (strchr("0123456789 +-/().", q.p[i]) == NULL) return STR("");
	while (d.n > 0 && d.p[0] == '0') d = str_from(d, 1);
	return d.n >= 4 ? d : STR("");
}

enum err people_find(struct db *db, struct arena *a, const struct actor *who, const struct people_asked *x,
                     struct person_id_list *ret) {
	bool staff = who->is_staff;
	const struct person_id none = {0};
	struct str text = str_trim(x->q), match = str_empty(text) ? STR_NONE : people_match(db, a, who, text, x->named);
	struct str mail = str_find(text, ' ') < 0 && text.n >= 3 ? contact_fold(a, CONTACT_EMAIL, text) : STR("");
	*ret = (struct person_id_list){0};
	if (!str_empty(text) && str_none(match)) return OK; /* only signs: nothing is called that */
	return sql_people_find(db, a, staff, who->id, match, mail, people_digits(a, text),
	                       str_empty(x->kind) ? STR_NONE : x->kind, str_empty(x->tag) ? STR_NONE : tag_word(a, x->tag), x->contact,
	                       staff ? x->after : none, staff ? none : x->after, x->limit + 1,
	                       staff ? PEOPLE_FIND_REAL : PEOPLE_FIND_SHOWN, ret);
}

enum err people_named(struct db *db, struct arena *a, const struct actor *who, struct str words, int most, struct person_id_list *ret) {
	struct people_asked x = {.q = words, .named = true, .limit = most - 1};
	return people_find(db, a, who, &x, ret);
}

static enum err find(struct req *q, const struct people_asked *x, struct person_view_list *ret,
                     struct person_id *ret_next) {
	struct person_id_list ids;
	TRY(people_find(q->db, q->a, &q->actor, x, &ids));
	if ((int64_t)ids.n > x->limit) {
		ids.n = (size_t)x->limit;
		*ret_next = ids.v[ids.n - 1];
	}
	TRY(people_views(q->db, q->a, &q->actor, q->business, &q->locale, ids, ret));
	if (req_is_staff(q) && !str_empty(str_trim(x->q))) access_audit_later(q, "search", "person", 0, str_trim(x->q));
	return OK;
}

static enum err cursor_of(struct req *q, struct str cursor, struct person_id *ret) {
	if (str_empty(cursor)) return OK;
	if (str_int(cursor, &ret->v) && ret->v > 0) return OK;
	return req_invalid(q, "cursor", T("This place in the list is none of ours."));
}

enum err people_list_api(struct req *q, const struct people_list_api_in *in, struct people_list *ret) {
	struct people_asked x = {.q = in->q, .kind = in->kind, .tag = in->tag, .contact = in->contact, .limit = in->limit};
	struct person_id next = {0};
	TRY(cursor_of(q, in->cursor, &x.after));
	TRY(find(q, &x, &ret->data, &next));
	ret->next = next.v ? str_fmt(q->a, "%" PRId64, next.v) : STR_NONE;
	return OK;
}

enum err people_staff(struct db *db, struct arena *a, const struct actor *who, bool all, struct person_id_list *ret) {
	return sql_persons_staff(db, a, who->is_staff, who->id, all, PEOPLE_MAX, ret);
}

static enum err choices(struct req *q, struct person_card_list *ret) {
	struct person_id_list staff;
	TRY(people_staff(q->db, q->a, &q->actor, false, &staff));
	return people_cards(q->db, q->a, &q->actor, staff, ret);
}

enum err people_show(struct req *q, const struct people_show_in *in, struct people_page *ret) {
	struct people_asked x = {.q = in->q, .kind = in->kind, .tag = in->tag, .contact = in->contact, .limit = 50};
	if (str_none(x.kind)) x.kind = STR("customer");
	struct person_id next = {0};
	TRY(cursor_of(q, in->cursor, &x.after));
	TRY(find(q, &x, &ret->data, &next));
	ret->q = in->q;
	ret->kind = x.kind;
	ret->tag = in->tag;
	ret->contact = in->contact;
	ret->narrowed = !str_empty(in->q) || !str_empty(in->tag) || in->contact.v != 0 || x.after.v != 0;
	TRY(sql_people_tags(q->db, q->a, &ret->tags));
	TRY(choices(q, &ret->staff));
	ret->next = (struct url){STR_NONE};
	if (next.v) {
		struct url u = url_with(q->a, url_path(q->a, "/people"), "kind", x.kind);
		if (!str_empty(in->q)) u = url_with(q->a, u, "q", in->q);
		if (!str_empty(in->tag)) u = url_with(q->a, u, "tag", in->tag);
		if (in->contact.v) u = url_with(q->a, u, "contact", str_fmt(q->a, "%" PRId64, in->contact.v));
		ret->next = url_with(q->a, u, "cursor", str_fmt(q->a, "%" PRId64, next.v));
	}
	struct object o = {.thing = THING_PERSON, .person_kind = PERSON_CUSTOMER, .role = ROLE_CUSTOMER};
	ret->may_add = may(&q->actor, ACT_CREATE, &o);
	q->page.nav = STR("people");
	return OK;
}

/* -------------------------------------------------------------------- twice */

static struct str json_of(struct arena *a, enum contact_kind kind, const struct contact_inputs *c) {
	struct buf b;
	buf_init(&b, 65536);
	struct json_out o = json_out(&b);
	json_put_array(&o);
	for (size_t i = 0; i < c->n; i++) {
		struct str folded = contact_fold(a, kind, c->v[i].value);
		if (kind != CONTACT_PHONE || folded.n >= 4) json_put_str(&o, folded);
	}
	json_put_end(&o);
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

enum err people_alike(struct db *db, struct arena *a, const struct actor *who, const struct person_input *in,
                      struct person_id_list *ret) {
	struct str match = str_empty(in->birthday) ? STR_NONE : people_match(db, a, who, in->name, true);
	struct str emails = json_of(a, CONTACT_EMAIL, &in->contact[CONTACT_EMAIL]);
	struct str phones = json_of(a, CONTACT_PHONE, &in->contact[CONTACT_PHONE]);
	struct str birthday = str_none(match) ? STR_NONE : in->birthday;
	return sql_people_alike(db, a, who->is_staff, who->id, match, birthday, emails, phones, ret);
}
