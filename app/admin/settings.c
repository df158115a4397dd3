/* What a manager can set, the mail server, and who looked at what. */
#include "admin/admin.h"
#include "crypto/seal.h"
#include "notice/mail.h"
#include "people/people.h"
#include "routes.h"
#include "sql/admin.h"
#include "text/url.h"
#include "text/utf8.h"
#include <inttypes.h>

static const char *role_label(struct str role) {
	if (str_is(role, "owner")) return T("Owner");
	if (str_is(role, "manager")) return T("Manager");
	if (str_is(role, "analyst")) return T("Analyst");
	return T("Agent");
}

enum err admin_show(struct req *q, struct admin_page *ret) {
	struct person_id_list ids;
	struct person_view_list views;
	TRY(people_staff(q->db, q->a, &q->actor, true, &ids));
	TRY(people_views(q->db, q->a, &q->actor, q->business, &q->locale, ids, &views));
	ret->staff.v = NEW_ARRAY(q->a, struct admin_colleague, views.n);
	for (size_t i = 0; i < views.n; i++)
		ret->staff.v[ret->staff.n++] = (struct admin_colleague){
			.name = views.v[i].name, .role = str_c(role_label(views.v[i].role)), .url = views.v[i].url, .team = views.v[i].team.name,
			.left = views.v[i].disabled};
	ret->mail_set = !str_empty(q->business->smtp_url);
	TRY(sql_mail_waiting_count(q->db, &ret->waiting));
	return OK;
}

/* -------------------------------------------------------------------- mail */

/* The caller's own address, verified or not: a test letter goes nowhere else. */
static struct str own_address(struct req *q) {
	struct person_view v;
	if (people_view(q->db, q->a, &q->actor, q->business, &q->locale, q->actor.id, &v) != OK) return STR_NONE;
	return v.email;
}

enum err mail_form(struct req *q, const struct mail_form_in *in, struct mail_form_page *ret) {
	const struct business *b = q->business;
	ret->smtp_url = in->given && !str_none(in->smtp_url) ? in->smtp_url : b->smtp_url;
	ret->smtp_user = in->given && !str_none(in->smtp_user) ? in->smtp_user : b->smtp_user;
	ret->mail_from = in->given && !str_none(in->mail_from) ? in->mail_from : b->mail_from;
	ret->has_secret = !str_empty(b->smtp_secret);
	ret->to = own_address(q);
	return OK;
}

/* smtp://host:port or smtps://host:port, and nothing behind it: no path, no name or password. */
static bool server_valid(struct str s) {
	struct str rest = STR("");
	if (str_starts(s, STR("smtps://"))) rest = str_from(s, 8);
	else if (str_starts(s, STR("smtp://"))) rest = str_from(s, 7);
	int64_t port = 25;
	if (str_empty(rest) || rest.n > 260) return false;
	for (size_t i = 0; i < rest.n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_", rest.p[i]) == NULL) return false;
	if (rest.p[0] == '[') { /* an IPv6 address */
		ptrdiff_t end = str_find(rest, ']');
		if (end < 3) return false;
		struct str tail = str_from(rest, (size_t)end + 1);
		return str_empty(tail) || (tail.p[0] == ':' && str_int(str_from(tail, 1), &port) && port > 0 && port < 65536);
	}
	struct str host = str_cut(&rest, ':');
	if (str_empty(host) || str_find(host, '[') >= 0 || str_find(host, ']') >= 0) return false;
	return str_none(rest) || (str_int(rest, &port) && port > 0 && port < 65536);
}

enum err mail_save(struct req *q, const struct mail_save_in *in) {
	struct business b;
	TRY(business_read(q->db, q->a, &b));
	struct str url = str_none(in->smtp_url) ? b.smtp_url : in->smtp_url;
	struct str user = str_none(in->smtp_user) ? b.smtp_user : in->smtp_user;
	struct str from = str_none(in->mail_from) ? b.mail_from : in->mail_from, secret = b.smtp_secret;
	if (!str_empty(url) && !server_valid(url))
		(void)req_invalid(q, "smtp_url", T("A mail server is written like smtp://mail.example:587."));
	if (!str_empty(from) && !mail_address_valid(from))
		(void)req_invalid(q, "mail_from", T("This does not look like an email address."));
	if (!str_empty(url) && str_empty(from))
		(void)req_invalid(q, "mail_from", T("Letters need an address that they come from."));
	if (q->errors.n > 0) return ERR_INVALID;
	/* The password kept is for the server it was given for: with another server it must be given anew. */
	if (in->forget || !str_eq(url, b.smtp_url)) secret = STR("");
	if (!str_empty(in->smtp_secret)) secret = secret_seal(q->a, web_key(q->web), "smtp", in->smtp_secret);
	TRY(sql_firm_set_mail(q->db, url, user, from, secret, clock_now()));
	TRY(req_event(q, "update", "business", 1, NULL, 0, AUDIENCE_STAFF, STR("{\"changed\":[\"mail\"]}")));
	TRY(access_audit(q->db, q->actor.id, "settings", "business", 1, q->http->peer, STR("mail server")));
	req_say(q, T("Saved."));
	return OK;
}

enum err mail_try(struct req *q) {
	struct str to = own_address(q);
	if (str_empty(to))
		return req_fail(q, ERR_CONFLICT, T("Your profile has no email that a test letter could go to."), NULL);
	TRY(mail_test(q->db, q->a, req_base_url(q), q->actor.id, to));
	if (str_empty(q->business->smtp_url))
		req_say(q, T("The letter waits in the outbox, because there is no mail server yet."));
	else req_say(q, T("The letter is on its way. The outbox says whether the mail server took it."));
	return OK;
}

/* -------------------------------------------------------------------- audit */

static const struct {
	const char *action, *say;
} acts[] = {
	{"look", T("looked at the profile")},               {"search", T("searched for people")},
	{"login", T("logged in")},                          {"logout", T("logged out")},
	{"login_failed", T("could not log in")},            {"invite", T("made a claim link")},
	{"settings", T("changed settings")},                {"export", T("exported")},
	{"import", T("imported")},                          {"email_verified", T("verified an email")},
	{"mail_again", T("sent a letter again")},           {"password_set", T("set a password")},
	{"person_made", T("added someone")},                {"person_disabled", T("closed a login")},
	{"person_enabled", T("opened a login again")},      {"reset_asked", T("asked for a new password")},
	{"session_ended", T("logged out a device")},        {"sessions_ended", T("logged out everywhere")},
	{"look_record", T("looked at a record")},           {"look_organization", T("looked at a household or firm")},
	{"webhook_made", T("added a program that is told")}, {"webhook_ended", T("removed a program that was told")},
	{"webhook_again", T("sent a message to a program again")},
	{"token_made", T("made an API token")},             {"token_ended", T("ended an API token")},
	{"team_made", T("made a team")},                    {"team_named", T("gave a team another name")},
	{"team_joined", T("put somebody into a team")},     {"team_left", T("took somebody out of a team")},
	{"team_ended", T("ended a team")},
};

static struct str say_act(struct req *q, struct str action) {
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (str_is(action, acts[i].action)) return str_c(TRQ(q, acts[i].say));
	return action;
}

static enum err cards_of(struct req *q, const struct audit_row_list *rows, bool about, struct person_card_list *ret) {
	struct person_id_list ids = {.v = NEW_ARRAY(q->a, struct person_id, rows->n), .n = rows->n};
	for (size_t i = 0; i < rows->n; i++)
		ids.v[i].v = !about ? rows->v[i].actor_id.v : str_is(rows->v[i].object_kind, "person") ? rows->v[i].object_id : 0;
	return people_cards(q->db, q->a, &q->actor, ids, ret);
}

static enum err fill_lines(struct req *q, const struct audit_row_list *rows, struct audit_page *ret) {
	struct person_card_list who, about;
	TRY(cards_of(q, rows, false, &who));
	TRY(cards_of(q, rows, true, &about));
	ret->data.v = NEW_ARRAY(q->a, struct audit_line, rows->n);
	for (size_t i = 0; i < rows->n; i++) {
		const struct audit_row *r = &rows->v[i];
		bool person = about.v[i].id.v != 0, record = str_is(r->object_kind, "record"), body = str_is(r->object_kind, "organization");
		struct url to = person ? about.v[i].url : record || body ? url_path(q->a, record ? "/records/%lld" : "/organizations/%lld", (long long)r->object_id)
			: (struct url){STR_NONE};
		ret->data.v[ret->data.n++] = (struct audit_line){
			.id = r->id, .at = r->at, .actor = {.id = r->actor_id, .name = who.v[i].name}, .action = r->action,
			.object_kind = r->object_kind, .object_id = r->object_id, .peer = r->peer, .detail = r->detail, .say = say_act(q, r->action),
			.note = record || body ? STR("") : utf8_count(r->detail) > 40 ? str_fmt(q->a, STR_FMT "…", STR_ARG(utf8_first(r->detail, 40))) : r->detail,
			.about = person ? about.v[i].name : record || body ? r->detail : STR_NONE, .url = to};
	}
	return OK;
}

static enum err fill_choice(struct req *q, struct person_id person, struct audit_page *ret) {
	struct person_id_list staff;
	TRY(people_staff(q->db, q->a, &q->actor, true, &staff));
	TRY(people_cards(q->db, q->a, &q->actor, staff, &ret->staff));
	if (person.v == 0) return OK;
	struct person_card_list one;
	TRY(people_cards(q->db, q->a, &q->actor, (struct person_id_list){.v = &person, .n = 1}, &one));
	if (one.v[0].id.v != 0) ret->person = &one.v[0];
	return OK;
}

enum err audit_show(struct req *q, const struct audit_show_in *in, struct audit_page *ret) {
	struct audit_row_list rows;
	int64_t before = 0;
	const struct object o = {.thing = THING_AUDIT};
	if (!may(&q->actor, ACT_SEE, &o)) return may_or_err(&q->actor, ACT_SEE, &o);
	if (!str_empty(in->cursor) && (!str_int(in->cursor, &before) || before < 1))
		return req_invalid(q, "cursor", T("This place in the list is none of ours."));
	TRY(sql_audit_list(q->db, q->a, in->person, (struct opt_int){.has = in->person.v != 0, .v = in->person.v},
	                   (struct opt_int){.has = before > 0, .v = before}, in->limit + 1, &rows));
	bool further = (int64_t)rows.n > in->limit;
	if (further) rows.n = (size_t)in->limit;
	TRY(fill_lines(q, &rows, ret));
	TRY(fill_choice(q, in->person, ret));
	ret->next = further ? str_fmt(q->a, "%" PRId64, rows.v[rows.n - 1].id) : STR_NONE;
	ret->more = (struct url){STR_NONE};
	if (further) {
		struct url u = url_path(q->a, "/audit");
		if (in->person.v) u = url_with(q->a, u, "person", str_fmt(q->a, "%" PRId64, in->person.v));
		ret->more = url_with(q->a, u, "cursor", ret->next);
	}
	return OK;
}
