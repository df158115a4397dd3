/* The page to write to somebody: customers choose one of the staff; the staff name whom they mean, one a line. */
#include "access/policy.h"
#include "mention/mention.h"
#include "message/message.h"
#include "people/people.h"
#include "routes.h"
#include "sql/message.h"
#include "tag/tag.h"
#include "text/url.h"

enum { STAFF_MOST = 200, FAULTS_MOST = 5 };

static struct str given(struct str s) { return str_none(s) ? STR("") : s; }

/* ---------------------------------------------------------------- the form */

/* Who is written to, when the address says it. */
static enum err fill_person(struct req *q, struct person_id id, struct message_form_page *ret) {
	struct message_person_list people;
	TRY(sql_message_people(q->db, q->a, (struct int_list){.v = &id.v, .n = 1}, q->actor.id, q->actor.is_staff, 1, &people));
	if (people.n == 0) return ERR_NOT_FOUND;
	const struct message_person *p = &people.v[0];
	struct object o = {.thing = THING_PERSON, .owner = id, .hidden = p->disabled, .visibility = SEEN_PUBLIC,
		.person_kind = str_is(p->kind, "staff") ? PERSON_STAFF : PERSON_CUSTOMER};
	TRY(may_or_err(&q->actor, ACT_COMMENT, &o));
	ret->person = id;
	ret->unreached = !p->reached;
	ret->name = str_empty(p->name) ? q->business->name : p->name;
	return OK;
}

static enum err offer_staff(struct req *q, struct message_form_page *ret) {
	struct message_choice_list rows;
	TRY(sql_message_staff(q->db, q->a, q->actor.id, q->actor.is_staff, STAFF_MOST, &rows));
	ret->staff.v = NEW_ARRAY(q->a, struct message_choice_view, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct message_choice *r = &rows.v[i];
		if (str_empty(r->name)) continue;
		ret->staff.v[ret->staff.n++] = (struct message_choice_view){.id = r->id, .name = r->name, .title = given(r->title), .mine = r->mine};
	}
	return OK;
}

enum err message_new(struct req *q, const struct message_new_in *in, struct message_form_page *ret) {
	*ret = (struct message_form_page){.to = given(in->to), .subject = given(in->subject), .body = given(in->body), .several = q->actor.is_staff};
	q->page.nav = STR("messages");
	if (in->person.v != 0) return fill_person(q, in->person, ret);
	return q->actor.is_staff ? OK : offer_staff(q, ret);
}

/* ------------------------------------------------------------ who is meant */

struct meant {
	struct req *q;
	struct person_id_list people;
	struct str faults;
	int fault_count;
};

static void complain(struct meant *m, const char *sentence, struct str word) {
	struct req *q = m->q;
	if (m->fault_count++ >= FAULTS_MOST) return;
	struct str one = tr_fill(q->a, TRQ(q, sentence), "word", str_z(q->a, word), NULL);
	m->faults = str_empty(m->faults) ? one : str_fmt(q->a, STR_FMT " " STR_FMT, STR_ARG(m->faults), STR_ARG(one));
}

static void add(struct meant *m, const struct person_id_list *ids) {
	struct person_id *all = NEW_ARRAY(m->q->a, struct person_id, m->people.n + ids->n);
	if (m->people.n > 0) memcpy(all, m->people.v, m->people.n * sizeof *all);
	if (ids->n > 0) memcpy(all + m->people.n, ids->v, ids->n * sizeof *all);
	m->people.v = all;
	m->people.n += ids->n;
}

/* "tag:WORD", "all colleagues", or one person's name, number or email. */
static enum err read_line(struct meant *m, struct str line) {
	struct req *q = m->q;
	struct person_id_list ids;
	if (str_ieq(str_first(line, line.n < 4 ? line.n : 4), STR("tag:"))) {
		struct str tag = str_trim(str_from(line, 4));
		TRY(sql_message_tagged(q->db, q->a, tag_word(q->a, tag), q->actor.id, GROUP_MOST + 1, &ids));
		if (ids.n == 0) complain(m, T("Nobody who can be reached has the tag “{word}”."), tag);
	} else if (str_ieq(line, STR("all colleagues")) || str_ieq(line, str_c(TRQ(q, T("all colleagues"))))) {
		TRY(sql_message_colleagues(q->db, q->a, q->actor.id, GROUP_MOST + 1, &ids));
		if (ids.n == 0) complain(m, T("“{word}”: there is nobody but you yet."), line);
	} else {
		struct str folded = contact_fold(q->a, CONTACT_EMAIL, line);
		TRY(sql_message_named(q->db, q->a, line, folded, q->actor.id, q->actor.is_staff, 2, &ids));
		if (ids.n == 0) complain(m, T("We do not know “{word}”."), line);
		if (ids.n > 1) complain(m, T("There are several “{word}”: write their email address or customer number."), line);
	}
	add(m, &ids);
	return OK;
}

static enum err read_lines(struct meant *m, struct str text) {
	while (!str_none(text) && m->people.n <= GROUP_MOST) {
		struct str line = str_trim(str_cut(&text, '\n'));
		if (!str_empty(line)) TRY(read_line(m, line));
	}
	return str_empty(m->faults) ? OK : req_invalid(m->q, "to", str_z(m->q->a, m->faults));
}

enum err message_send(struct req *q, const struct message_send_in *in) {
	struct meant m = {.q = q, .faults = STR("")};
	struct conversation_id id;
	bool one = in->person.v != 0;
	if (one) add(&m, &(struct person_id_list){.v = (struct person_id[]){in->person}, .n = 1});
	else if (!q->actor.is_staff) return req_invalid(q, "person", T("Please choose one."));
	else TRY(read_lines(&m, given(in->to)));
	struct message_draft d = {.kind = m.people.n > 1 ? STR("group") : STR("direct"), .subject = given(in->subject), .body = given(in->body),
		.channel = STR("portal"), .to = m.people, .field = one ? "person" : "to"};
	enum err e = str_empty(str_trim(d.body)) ? req_invalid(q, "body", T("Please write something.")) : OK;
	TRY(message_begin(q, &d, &id));
	TRY(e);
	req_say(q, m.people.n > 1 ? T("Asked. None of them sees who else was asked.") : T("Sent. Only the two of you can read it."));
	struct mention_view_list mentions = {0};
	if (m.people.n == 1 && mention_possible(d.body)) TRY(mention_tell(q, (struct mention_place){.conversation = id}, &mentions));
	req_redirect(q, url_path(q->a, "/messages/%lld", (long long)id.v));
	return OK;
}
