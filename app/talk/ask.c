/* Asking about exactly this: a question on one record or one line of it, with a frozen copy of what stood there beside what stands there now. */
#include "sql/ask.h"
#include "record/record.h"
#include "talk/talk_int.h"
#include "text/url.h"
#include "text/utf8.h"
#include <math.h>

/* The record, if the actor may ask about it. errors NOT_FOUND, DENIED */
static enum err askable(struct req *q, struct record_id id, struct record_row *ret) {
	TRY(record_seen(q, id, ret));
	struct object o = {.thing = THING_RECORD, .visibility = SEEN_PRIVATE, .participant = true};
	return may_or_err(&q->actor, ACT_COMMENT, &o);
}

enum err talk_ask_form(struct req *q, const struct talk_ask_form_in *in, struct talk_ask_page *ret) {
	struct record_row row;
	TRY(askable(q, in->id, &row));
	const struct pack_type *t = record_type(q, row.type);
	q->page.nav = STR("things");
	*ret = (struct talk_ask_page){.id = row.id, .version = row.version, .title = record_called(q, &row), .label = t ? pack_say(&t->label, q->locale.lang) : row.type,
		.body = str_none(in->body) ? STR("") : in->body,
		.file_name = STR("{name}"), .file_size = STR("{size}"), .file_most = STR("{most}")};   /* filled in by the browser */
	TRY(photos_again(q, FILE_IDS(in->files), &ret->kept));
	size_t n = t ? t->reasons : 0;
	ret->reasons.v = NEW_ARRAY(q->a, struct talk_choice, n);
	for (size_t i = 0; i < n; i++)
		ret->reasons.v[ret->reasons.n++] = (struct talk_choice){.name = t->reason[i].name, .word = pack_say(&t->reason[i].label, q->locale.lang),
			.here = str_eq(in->reason, t->reason[i].name)};
	return record_facts(q, &row, &ret->facts);
}

enum err ask_link(struct db *db, struct arena *a, struct conversation_id id, const struct record_row *row) {
	TRY(sql_ask_about(db, id, row->id, row->root_id.v ? row->root_id : row->id));
	return sql_ask_snapshot_put(db, id, row->id, row->type, row->title, row->state, row->at, row->amount, row->fields, row->version,
		record_hash(a, row), clock_now());
}

/* "A fee: Account 4711": what a question is called when nobody has said. */
static struct str subject_of(struct arena *a, const struct pack_word *reason, struct str title, enum lang lang) {
	return utf8_fit(reason == NULL ? title : str_fmt(a, STR_FMT ": " STR_FMT, STR_ARG(pack_say(&reason->label, lang)), STR_ARG(title)), SUBJECT_MAX);
}

enum err talk_ask(struct db *db, struct arena *a, const struct question *in, struct conversation_id *ret) {
	const struct record_row *about = in->about;
	struct new_report r = {.kind = STR("query"), .visibility = STR("private"), .subject = subject_of(a, in->reason, about->title, in->lang), .body = in->body,
		.topic = STR(""), .lat = NAN, .lon = NAN, .author = in->author};
	TRY(talk_create(db, a, &r, ret));
	return ask_link(db, a, *ret, about);
}

/* The same words in another language, where they are such as we make. */
static struct str said_in(struct arena *a, const struct pack_type *t, const struct str *value, struct str kept, enum lang lang) {
	for (int l = 0; l < LANG_MAX_; l++) {
		struct str title = pack_title(a, t, value, (enum lang)l);
		for (size_t i = 0; i <= t->reasons; i++) {
			const struct pack_word *reason = i < t->reasons ? &t->reason[i] : NULL;
			if (!str_eq(kept, subject_of(a, reason, title, (enum lang)l))) continue;
			return (enum lang)l == lang ? kept : subject_of(a, reason, pack_title(a, t, value, lang), lang);
		}
	}
	return kept;
}

enum err talk_subjects(struct db *db, struct arena *a, struct str pack, enum lang lang, const struct talk_subjects *all) {
	struct asked_row_list rows;
	struct int_list ids = {.v = NEW_ARRAY(a, int64_t, all->n)};
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].id.v != 0) ids.v[ids.n++] = all->v[i].id.v;
	if (ids.n == 0) return OK;
	TRY(sql_ask_asked(db, a, ids, (int)ids.n, &rows));
	for (size_t i = 0; i < rows.n; i++) {
		const struct pack_type *t = pack_type_find(pack_find(pack), rows.v[i].type);
		struct str *value;
		if (t == NULL) continue;
		TRY(pack_values_read(a, t->field, t->fields, rows.v[i].fields, &value));
		for (size_t k = 0; k < all->n; k++)
			if (all->v[k].id.v == rows.v[i].conversation_id.v) *all->v[k].subject = said_in(a, t, value, *all->v[k].subject, lang);
	}
	return OK;
}

enum err talk_subjects_here(struct req *q, struct talk_subjects all) { return talk_subjects(q->db, q->a, q->business->pack, q->locale.lang, &all); }

struct asking {
	struct req *q;
	const struct talk_ask_send_in *in;
	struct photos files;
	struct conversation_id ret;
};

/* On the writer, so that what is asked about is what stands there. It may run twice. */
static enum err ask(struct req *q, const struct talk_ask_send_in *in, struct conversation_id *ret) {
	struct record_row row;
	TRY(askable(q, in->id, &row));
	const struct pack_type *t = record_type(q, row.type);
	const struct pack_word *reason = t ? pack_type_reason(t, in->reason) : NULL;
	enum err e = OK;
	if (t != NULL && t->reasons > 0 && reason == NULL) e = req_invalid(q, "reason", T("Please choose one."));
	if (str_empty(str_trim(in->body))) e = req_invalid(q, "body", T("Please write what you want to know."));
	if (in->version != row.version) e = req_invalid(q, "version", T("It has changed since you opened it. Please look again, and send it then."));
	TRY(e);
	struct question question = {.author = q->actor.id, .about = &row, .reason = reason, .lang = q->locale.lang, .body = in->body};
	return talk_ask(q->db, q->a, &question, ret);
}

static enum err ask_and_attach(struct db *db, void *arg) {
	struct asking *x = arg;
	struct db *reading = x->q->db;
	x->q->db = db;
	x->q->errors = (struct field_error_list){0};
	enum err e = ask(x->q, x->in, &x->ret);
	if (e == OK) e = photos_attach(x->q, db, x->ret, (struct message_id){0}, &x->files);
	x->q->db = reading;
	return e;
}

enum err talk_ask_send(struct req *q, const struct talk_ask_send_in *in) {
	struct record_row row;
	struct asking *x = NEW(q->a, struct asking);
	*x = (struct asking){.q = q, .in = in};
	TRY(askable(q, in->id, &row));
	enum err e = photos_take(q, (struct upload_list){.v = in->photos.v, .n = in->photos.n}, FILE_IDS(in->files), true, &x->files);
	if (e == OK) e = req_write(q, ask_and_attach, x);
	TRY(photos_keep(q, &x->files, e));
	req_say(q, T("Your question is with us. You find it here, and with the thing you asked about."));
	TRY(tell_mentions(q, x->ret, in->body));
	req_redirect(q, url_path(q->a, "/conversations/%lld", (long long)x->ret.v));
	return OK;
}

/* ------------------------------------------------------------- then and now */

static struct str value_of(const struct record_fact_list *l, struct str label) {
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i].label, label)) return l->v[i].value;
	return STR("");
}

static void add_fact(struct talk_about *to, struct str label, struct str was, struct str now) {
	bool changed = !str_eq(was, now);
	to->facts.v[to->facts.n++] = (struct talk_about_fact){.label = label, .was = was, .now = now, .changed = changed};
	to->changed |= changed;
}

/* Both as people read them, in the order of what is there now; behind it what is there no more. */
static void compare(const struct record_fact_list *was, const struct record_fact_list *now, struct talk_about *ret) {
	for (size_t i = 0; i < now->n; i++) add_fact(ret, now->v[i].label, value_of(was, now->v[i].label), now->v[i].value);
	for (size_t i = 0; i < was->n; i++)
		if (str_empty(value_of(now, was->v[i].label))) add_fact(ret, was->v[i].label, was->v[i].value, STR(""));
}

enum err ask_view(struct req *q, struct conversation_id id, struct talk_about **ret) {
	struct snapshot_row s;
	struct record_row live;
	struct record_fact_list was, now;
	bool found;
	*ret = NULL;
	TRY(sql_ask_snapshot_get(q->db, q->a, id, &s, &found));
	if (!found) return OK;
	enum err e = record_seen(q, s.record_id, &live);
	if (e == ERR_NOT_FOUND) return OK;               /* whoever lost the right to the record reads the talk, not the record */
	TRY(e);
	struct record_row then = {.type = s.type, .state = s.state, .at = s.at, .amount = s.amount, .fields = s.fields, .title = s.title};
	TRY(record_for_customers(q, &then));             /* what was asked about, for the team too */
	TRY(record_for_customers(q, &live));
	TRY(record_facts(q, &then, &was));
	TRY(record_facts(q, &live, &now));
	const struct pack_type *t = record_type(q, live.type);
	*ret = NEW(q->a, struct talk_about);
	**ret = (struct talk_about){.id = live.id, .title = record_called(q, &live), .label = t ? pack_say(&t->label, q->locale.lang) : live.type, .taken_at = s.taken_at,
		.facts = {.v = NEW_ARRAY(q->a, struct talk_about_fact, was.n + now.n)}};
	compare(&was, &now, *ret);
	req_depends(q, "record", live.id.v);
	return OK;
}
