/* What becomes of what somebody asked to be done: the people of the record hear of it, the staff of what waits for them. */
#include "access/access.h"
#include "notice/mail_int.h"
#include "pack/pack.h"
#include "text/json.h"

enum { READERS_MOST = 50 };

struct str request_subject(struct arena *a, struct str pack, struct str type, struct str action, struct str title, enum lang lang) {
	const struct pack_action *act = pack_action_find(pack_type_find(pack_find(pack), type), action);
	struct str what = act == NULL ? action : pack_say(&act->label, lang);
	return str_fmt(a, STR_FMT ": " STR_FMT, STR_ARG(what), STR_ARG(title));
}

/* The last word on it, as a letter's title; NULL while it goes on. */
static const char *end_of(struct str state) {
	if (str_is(state, "done")) return T("Done: {subject}");
	if (str_is(state, "declined")) return T("Declined: {subject}");
	return str_is(state, "failed") ? T("It did not work: {subject}") : NULL;
}

static enum err mail_one(struct db *db, struct arena *a, const struct event *e, const struct business *firm, struct str base,
	const struct notice_request *w, const struct notice_reader *r) {
	enum lang lang = letter_lang(r->locale, firm);
	const char *subject = str_z(a, request_subject(a, firm->pack, w->record_type, w->action, w->title, lang)), *name = str_z(a, r->name);
	struct letter l = {
		.person = r->person_id, .to_address = r->email, .to_name = r->name, .kind = "notice", .lang = lang,
		.subject = tr_fill(a, tr(lang, end_of(w->state)), "subject", subject, NULL),
		.text = tr_fill(a, tr(lang, T("Hello {name},\n\nthere is an answer to what {firm} was asked to do: {subject}.")), "name", name, "firm",
			str_z(a, firm->name), "subject", subject, NULL),
		.quote = str_empty(w->note) ? STR_NONE : w->note, .action = str_c(tr(lang, T("Open the receipt"))),
		.url = str_fmt(a, STR_FMT "/requests/%lld", STR_ARG(base), (long long)w->id.v), .after = STR_NONE,
		.unique_key = str_fmt(a, "n%lld.%lld", (long long)e->seq, (long long)r->person_id.v),
	};
	return mail_address_valid(r->email) ? mail_queue(db, a, base, &l, NULL) : OK;
}

static enum err mail_all(struct db *db, struct arena *a, const struct event *e, const struct notice_ctx *c, const struct notice_request *w) {
	struct business firm;
	struct notice_reader_list readers;
	struct str base = notice_base_url(c);
	if (str_empty(base)) return ERR_CONFLICT;
	TRY(business_read(db, a, &firm));
	TRY(sql_notice_readers(db, a, e->seq, 0, READERS_MOST, &readers));
	for (size_t i = 0; i < readers.n; i++) TRY(mail_one(db, a, e, &firm, base, w, &readers.v[i]));
	return OK;
}

static enum err tell_step(struct db *db, struct arena *a, const struct event *e, const struct notice_ctx *c, struct notice_request *w, struct str to) {
	static const struct { const char *state, *kind; } told[] = {
		{"sent", "request_sent"}, {"done", "request_done"}, {"declined", "request_declined"}, {"failed", "request_failed"}};
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		if (!str_is(to, told[i].state)) continue;
		TRY(sql_notice_tell_people(db, w->id, e->actor, e->seq, str_c(told[i].kind), e->at, NULL));
		if (str_is(to, "failed") && e->actor.v == 0) TRY(sql_notice_tell_desk(db, w->id, e->actor, e->seq, str_c(told[i].kind), e->at, NULL));
		w->state = str_c(told[i].state);
		return end_of(w->state) == NULL ? OK : mail_all(db, a, e, c, w);
	}
	return OK;
}

enum err tell_request(struct db *db, struct arena *a, const struct event *e, const struct notice_ctx *c) {
	struct notice_request w;
	struct str to = STR("");
	bool found;
	JSON_DOC(doc);
	TRY(sql_notice_request_get(db, a, (struct request_id){e->object_id}, &w, &found));
	if (!found) return OK;
	if (strcmp(e->verb, "create") == 0)
		return str_is(w.state, "requested") ? sql_notice_tell_desk(db, w.id, e->actor, e->seq, STR("request_new"), e->at, NULL) : OK;
	if (json_parse(&doc, e->data, NULL) != OK || !json_get_str(json_member(doc.root, "to"), &to)) return OK;
	return tell_step(db, a, e, c, &w, to);
}
