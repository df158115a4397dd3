/* /outbox: the mails that were written, for staff to read and to send again. Links in them let their reader in, so
 * they are shown only to those who could make such a link themselves. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "routes.h"

enum { PAGE_SIZE = 50 };

static enum err may_outbox(struct req *q, enum act act) {
	struct object o = {.thing = THING_OUTBOX};
	return may_or_err(&q->actor, act, &o);
}

static const char *kind_words(struct str kind) {
	if (str_is(kind, "claim")) return T("Invitation");
	if (str_is(kind, "reset")) return T("New password");
	if (str_is(kind, "verify")) return T("Is this your address?");
	if (str_is(kind, "login")) return T("About the login");
	return str_is(kind, "test") ? T("Test") : T("News");
}

enum err outbox_show(struct req *q, const struct outbox_show_in *in, struct outbox_page *ret) {
	struct mail_line_list rows;
	struct mail_counts counts;
	struct opt_int before = {0};
	struct str state = str_empty(in->state) ? STR_NONE : in->state;
	TRY(may_outbox(q, ACT_SEE));
	if (!str_empty(in->cursor)) before.has = str_int(in->cursor, &before.v);
	TRY(sql_mail_list(q->db, q->a, state, q->actor.id, q->actor.is_staff, before, PAGE_SIZE + 1, &rows));
	TRY(sql_mail_counts(q->db, &counts));
	*ret = (struct outbox_page){.state = in->state, .next = STR_NONE, .waiting = counts.waiting, .sent = counts.sent,
	                            .failed = counts.failed, .has_server = !str_empty(q->business->smtp_url),
	                            .mails = {.v = NEW_ARRAY(q->a, struct mail_view, rows.n)}};
	for (size_t i = 0; i < rows.n && i < PAGE_SIZE; i++) {
		const struct mail_line *m = &rows.v[i];
		ret->mails.v[ret->mails.n++] = (struct mail_view){
			.id = m->id, .to_address = m->to_address, .to_name = m->to_name, .what = str_c(TRQ(q, kind_words(m->kind))),
			.subject = m->subject, .state = m->state, .created_at = m->created_at, .sent_at = m->sent_at,
		};
	}
	if (rows.n > PAGE_SIZE) ret->next = str_fmt(q->a, "%lld", (long long)rows.v[PAGE_SIZE - 1].id.v);
	q->page.nav = STR("outbox");
	return OK;
}

/* --------------------------------------------------------------- one letter */

/* Whom somebody writes to in confidence, or asks as one of a group, is nobody else's business: such letters are in no outbox. */
static enum err read_letter(struct req *q, struct mail_id id, struct mail_row *ret) {
	bool found;
	TRY(sql_mail_get(q->db, q->a, id, ret, &found));
	return found && !str_is(ret->kind, "message") ? OK : ERR_NOT_FOUND;
}

static bool may_read_links(const struct actor *a, const struct mail_row *m) {
	struct object o = {.thing = THING_PERSON, .owner = m->person_id, .person_kind = PERSON_CUSTOMER};
	if (str_is(m->person_kind, "staff")) o.person_kind = PERSON_STAFF;
	if (!role_find(str_none(m->person_role) ? STR("") : m->person_role, &o.role)) return false;
	return may(a, ACT_INVITE, &o) && (str_is(m->kind, "claim") || a->role >= ROLE_MANAGER);
}

enum err outbox_mail_show(struct req *q, const struct outbox_mail_show_in *in, struct outbox_mail_page *ret) {
	struct mail_row m;
	struct str address;
	bool shown;
	TRY(may_outbox(q, ACT_SEE));
	TRY(read_letter(q, in->id, &m));
	TRY(sql_mail_address_shown(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &address, &shown));
	if (!shown && !str_empty(m.why)) m.why = STR("…"); /* mail servers repeat the address */
	bool harmless = str_is(m.kind, "notice") || str_is(m.kind, "test") || str_is(m.kind, "login");
	bool links = harmless || (str_is(m.state, "waiting") && may_read_links(&q->actor, &m));
	*ret = (struct outbox_mail_page){
		.mail = {.id = m.id, .to_address = shown ? address : STR(""), .to_name = m.to_name,
		         .what = str_c(TRQ(q, kind_words(m.kind))), .subject = m.subject, .state = m.state, .created_at = m.created_at, .sent_at = m.sent_at},
		.person_id = m.person_id, .tries = m.tries, .why = m.why,
		.body = links ? m.body_text : letter_without_links(q->a, m.body_text),
		.hidden_links = !links, .has_server = !str_empty(q->business->smtp_url),
	};
	q->page.nav = STR("outbox");
	return OK;
}

enum err outbox_send(struct req *q, const struct outbox_send_in *in) {
	struct mail_row m;
	TRY(may_outbox(q, ACT_EDIT));
	TRY(read_letter(q, in->id, &m));
	if (str_is(m.state, "sent")) return req_fail(q, ERR_CONFLICT, T("This mail has been sent already."), NULL);
	if (str_empty(q->business->smtp_url))
		return req_fail(q, ERR_CONFLICT, T("There is no mail server yet. Set one in the settings first."), NULL);
	TRY(sql_mail_set(q->db, m.id, STR("waiting"), m.tries, STR(""), 0, NULL));
	TRY(job_add(q->db, "mail", str_fmt(q->a, "{\"mail\":%lld}", (long long)m.id.v), 0));
	req_say(q, T("We try again now. Look again in a moment."));
	return access_audit(q->db, q->actor.id, "mail_again", "mail", m.id.v, q->http->peer, STR(""));
}
