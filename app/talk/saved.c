/* Saved replies: words for what is asked again and again, kept by the team or by one colleague, in the languages there are. They are inserted
 * into the form of an answer, with the names filled in; whoever answers reads them before they are sent. A name that is not known of this
 * conversation stays as it is, so that it is seen. */
#include "sql/saved.h"
#include "talk/talk_int.h"
#include "text/url.h"

enum { REPLIES_MOST = 200, NAME_MOST = 120 };

/* Whoever may answer may keep words for it. */
static enum err may_keep(struct req *q) {
	struct object o = {.thing = THING_CONVERSATION};
	return may_or_err(&q->actor, ACT_ANSWER, &o);
}

/* --------------------------------------------------------------------- filling in */

static const char *const names[] = {"{customer.first_name}", "{customer.name}", "{agent.name}", "{record.title}", "{business.name}"};
enum { FIRST_NAME, NAME, AGENT_NAME, RECORD, BUSINESS, NAMES };

/* The name that stands at the beginning of s; NAMES: none. */
static size_t name_at(struct str s) {
	size_t i = 0;
	while (i < NAMES && !str_starts(s, str_c(names[i]))) i++;
	return i;
}

static struct str filled(struct req *q, struct str words, const struct str value[NAMES]) {
	struct buf b;
	buf_init(&b, 4 * BODY_MAX);
	while (words.n > 0) {
		size_t i = words.p[0] == '{' ? name_at(words) : NAMES;
		if (i < NAMES && !str_empty(value[i])) {
			buf_add(&b, value[i]);
			words = str_from(words, strlen(names[i]));
		} else {
			buf_add_char(&b, words.p[0]);
			words = str_from(words, 1);
		}
	}
	struct str s = str_copy(q->a, buf_str(&b));
	buf_done(&b);
	return s;
}

static enum err words_for(struct req *q, struct conversation_id id, const struct reply_row *r, struct str *ret) {
	struct reply_about_row about;
	struct person_id who = {0};
	bool found;
	enum lang lang = q->locale.lang;
	TRY(sql_desk_customer(q->db, id, &who, &found));
	TRY(sql_reply_about(q->db, q->a, id, found ? who : (struct person_id){0}, &about));
	lang_find(q->business->locale, &lang);
	lang_find(about.locale, &lang);
	const struct record_row record = {.type = about.record_type, .title = about.record, .fields = about.record_fields};
	if (!str_none(about.record)) about.record = record_called_in(q, &record, lang);
	struct str rest = about.name;
	struct str value[NAMES] = {[FIRST_NAME] = str_cut(&rest, ' '), [NAME] = about.name, [AGENT_NAME] = q->actor.name, [RECORD] = about.record,
		[BUSINESS] = q->business->name};
	struct str first = lang == LANG_DE ? r->body_de : r->body_en, other = lang == LANG_DE ? r->body_en : r->body_de;
	*ret = filled(q, str_empty(first) ? other : first, value);
	return OK;
}

/* The form of an answer again, with the words in it. */
enum err talk_reply_insert(struct req *q, const struct talk_reply_insert_in *in, struct talk_report_page *ret) {
	struct talk_facts f;
	struct reply_row r;
	struct photos photos = {0};
	struct str words = STR(""), body = str_none(in->body) ? STR("") : in->body;
	TRY(facts_for(q, in->id, ACT_ANSWER, &f));
	TRY(photos_take(q, (struct upload_list){.v = in->photos.v, .n = in->photos.n}, FILE_IDS(in->files), true, &photos));
	enum err kept = photos_keep(q, &photos, ERR_INVALID);    /* it comes again, as after a fault */
	if (kept != ERR_INVALID) return kept;
	if (in->saved.v != 0) {
		TRY(sql_reply_get(q->db, q->a, in->saved, q->actor.id, &r));
		TRY(words_for(q, in->id, &r, &words));
	}
	struct talk_report_show_in show = {.id = in->id, .act = in->act, .status = in->status, .reply_to = in->reply_to, .files = {.v = in->files.v, .n = in->files.n},
		.body = str_empty(body) ? words : str_fmt(q->a, STR_FMT "\n\n" STR_FMT, STR_ARG(body), STR_ARG(words))};
	return talk_report_show(q, &show, ret);
}

enum err reply_choices(struct req *q, struct talk_choice_list *ret) {
	struct reply_row_list rows;
	TRY(sql_reply_list(q->db, q->a, q->actor.id, REPLIES_MOST, &rows));
	*ret = (struct talk_choice_list){.v = NEW_ARRAY(q->a, struct talk_choice, rows.n)};
	for (size_t i = 0; i < rows.n; i++)
		ret->v[ret->n++] = (struct talk_choice){.name = str_fmt(q->a, "%lld", (long long)rows.v[i].id.v), .word = rows.v[i].name};
	return OK;
}

/* ------------------------------------------------------------------------ keeping */

static void offer_names(struct req *q, struct talk_replies_page *ret) {
	ret->words.v = NEW_ARRAY(q->a, struct str, NAMES);
	for (size_t i = 0; i < NAMES; i++) ret->words.v[ret->words.n++] = str_c(names[i]);
}

static struct str typed(struct str s, struct str otherwise) { return str_none(s) ? otherwise : s; }

enum err talk_replies(struct req *q, const struct talk_replies_in *in, struct talk_replies_page *ret) {
	struct reply_row_list rows;
	q->page.nav = STR("desk");
	TRY(sql_reply_list(q->db, q->a, q->actor.id, REPLIES_MOST, &rows));
	*ret = (struct talk_replies_page){.next = STR_NONE, .name = typed(in->name, STR("")), .body_en = typed(in->body_en, STR("")),
		.body_de = typed(in->body_de, STR("")), .team = in->team, .may_keep = may_keep(q) == OK};
	ret->data.v = NEW_ARRAY(q->a, struct talk_reply, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct reply_row *r = &rows.v[i];
		ret->data.v[ret->data.n++] = (struct talk_reply){.id = r->id, .name = r->name, .team = r->owner_id.v == 0, .body_en = r->body_en,
			.body_de = r->body_de, .changed_at = r->changed_at};
	}
	offer_names(q, ret);
	return OK;
}

/* Every {name.of} in it must be one of ours: a slip is found now, not by a customer. */
static enum err check_names(struct req *q, const char *field, struct str words) {
	for (size_t i = 0; i < words.n; i++) {
		struct str rest = str_from(words, i);
		if (rest.p[0] != '{' || name_at(rest) < NAMES) continue;
		ptrdiff_t end = str_find(rest, '}');
		struct str name = end < 0 ? STR("") : str_first(rest, (size_t)end + 1);
		if (str_find(name, '.') < 0 || str_find(name, ' ') >= 0) continue;
		struct str say = tr_fill(q->a, TRQ(q, T("We cannot fill in {name}.")), "name", str_z(q->a, name), NULL);
		return req_invalid(q, field, say.p);
	}
	return OK;
}

static enum err check(struct req *q, struct str name, struct str en, struct str de) {
	enum err e = OK;
	if (str_empty(str_trim(name))) e = req_invalid(q, "name", T("Please fill this in."));
	if (name.n > NAME_MOST) e = req_invalid(q, "name", T("This is too long."));
	if (str_empty(str_trim(en)) && str_empty(str_trim(de))) e = req_invalid(q, "body_en", T("Please write something."));
	if (en.n > BODY_MAX) e = req_invalid(q, "body_en", T("This is too long."));
	if (de.n > BODY_MAX) e = req_invalid(q, "body_de", T("This is too long."));
	TRY(e);
	TRY(check_names(q, "body_en", en));
	return check_names(q, "body_de", de);
}

enum err talk_reply_add(struct req *q, const struct talk_reply_add_in *in) {
	struct reply_id id;
	struct str en = typed(in->body_en, STR("")), de = typed(in->body_de, STR(""));
	TRY(may_keep(q));
	TRY(check(q, in->name, en, de));
	TRY(sql_reply_insert(q->db, in->team ? (struct person_id){0} : q->actor.id, str_trim(in->name), en, de, clock_now(), &id));
	return req_event(q, "create", "reply", id.v, NULL, 0, AUDIENCE_STAFF, STR("{}"));
}

enum err talk_reply_edit(struct req *q, const struct talk_reply_edit_in *in, struct talk_reply_page *ret) {
	struct reply_row r;
	TRY(may_keep(q));
	TRY(sql_reply_get(q->db, q->a, in->id, q->actor.id, &r));
	q->page.nav = STR("desk");
	ret->id = r.id;
	ret->form = (struct talk_replies_page){.name = typed(in->name, r.name), .body_en = typed(in->body_en, r.body_en),
		.body_de = typed(in->body_de, r.body_de), .team = str_none(in->name) ? r.owner_id.v == 0 : in->team, .may_keep = true};
	offer_names(q, &ret->form);
	return OK;
}

enum err talk_reply_save(struct req *q, const struct talk_reply_save_in *in) {
	struct reply_row r;
	struct str en = typed(in->body_en, STR("")), de = typed(in->body_de, STR(""));
	TRY(may_keep(q));
	TRY(sql_reply_get(q->db, q->a, in->id, q->actor.id, &r));
	if (str_is(in->act, "delete")) {
		TRY(sql_reply_delete(q->db, in->id));
		return req_event(q, "delete", "reply", in->id.v, NULL, 0, AUDIENCE_STAFF, STR("{}"));
	}
	TRY(check(q, in->name, en, de));
	TRY(sql_reply_update(q->db, in->id, in->team ? (struct person_id){0} : q->actor.id, str_trim(in->name), en, de, clock_now()));
	return req_event(q, "update", "reply", in->id.v, NULL, 0, AUDIENCE_STAFF, STR("{}"));
}
