/* The receipt, the lists, and moving a request on. */
#include "action/action_int.h"
#include "notice/notice.h"
#include "routes.h"
#include "text/url.h"
#include "webhook/webhook.h"

enum { STEPS_MOST = 50 };

/* -------------------------------------------------------------------- the views */

/* What was given, by field of the form; what is for the team only is empty for all others. */
static enum err values_of(struct req *q, const struct pack_action *act, struct str fields, struct str **ret) {
	TRY(pack_values_read(q->a, act->field, act->fields, fields, ret));
	for (size_t i = 0; i < act->fields; i++)
		if (act->field[i].staff && !q->actor.is_staff) (*ret)[i] = STR("");
	return OK;
}

enum err request_facts(struct req *q, const struct request_row *r, struct record_fact_list *ret) {
	const struct pack_action *act = request_action(q->business, r);
	struct str *value;
	*ret = (struct record_fact_list){0};
	if (act == NULL) return OK;
	TRY(values_of(q, act, r->fields, &value));
	ret->v = NEW_ARRAY(q->a, struct record_fact, act->fields);
	for (size_t i = 0; i < act->fields; i++)
		if (value[i].n > 0)
			ret->v[ret->n++] = (struct record_fact){.label = pack_say(&act->field[i].label, q->locale.lang),
				.value = pack_shown(q->a, &act->field[i], value[i], &q->locale)};
	return OK;
}

enum err request_view_of(struct req *q, const struct request_row *r, struct request_view *ret) {
	const struct pack_action *act = request_action(q->business, r);
	const struct record_row record = {.type = r->type, .title = r->title, .fields = r->record_fields};
	struct str *value;
	*ret = (struct request_view){.id = r->id, .record_id = r->record_id, .record_title = record_called(q, &record), .action = r->action,
		.title = act == NULL ? r->action : pack_say(&act->label, q->locale.lang), .state = r->state, .fields = q->actor.is_staff ? r->fields : STR("{}"), .note = r->note,
		.proved = r->proved, .part_id = r->part_id, .created_at = r->created_at, .changed_at = r->changed_at,
		.url = url_path(q->a, "/requests/%lld", (long long)r->id.v)};
	ret->asked_by.id = r->person_id;
	ret->asked_by.name = r->person;
	if (q->actor.is_staff || (act != NULL && (act->approval.amount == NULL || !act->approval.amount->staff))) ret->amount.amount = r->amount;
	ret->amount.currency = q->business->currency;
	ret->sum = ret->amount.amount.has ? say_money(q->a, &q->locale, r->amount.v, q->business->currency) : STR("");
	if (act == NULL) return OK;
	TRY(values_of(q, act, r->fields, &value));
	ret->fields = pack_values_json(q->a, act->field, act->fields, value, q->business->currency);
	return OK;
}

static enum err views_of(struct req *q, const struct request_row_list *rows, struct request_view_list *ret) {
	*ret = (struct request_view_list){.v = NEW_ARRAY(q->a, struct request_view, rows->n)};
	for (size_t i = 0; i < rows->n; i++) TRY(request_view_of(q, &rows->v[i], &ret->v[ret->n++]));
	return OK;
}

/* ------------------------------------------------------------------------ lists */

enum err request_list(struct req *q, const struct request_list_in *in, struct requests_page *ret) {
	struct request_row_list rows;
	struct request_id before = {0};
	bool staff = q->actor.is_staff;
	struct str state = in->state;
	if (str_none(state) && staff && !q->api && in->record_id.v == 0) state = STR("requested");
	if (str_is(state, "all")) state = STR_NONE;
	if (!str_empty(in->cursor) && (!str_int(in->cursor, &before.v) || before.v < 1))
		return req_invalid(q, "cursor", T("This place in the list is none of ours."));
	TRY(sql_request_list(q->db, q->a, staff ? (struct person_id){0} : q->actor.id, state, in->record_id, q->actor.id, staff, before, in->limit + 1, &rows));
	ret->next = STR_NONE;
	if (rows.n > (size_t)in->limit) {
		rows.n = (size_t)in->limit;
		ret->next = str_fmt(q->a, "%lld", (long long)rows.v[rows.n - 1].id.v);
	}
	TRY(views_of(q, &rows, &ret->data));
	if (q->api) return OK;
	q->page.nav = STR("requests");
	ret->staff = staff;
	ret->state = str_none(state) ? STR("all") : state;
	if (staff) TRY(sql_request_count(q->db, STR("requested"), &ret->waiting));
	if (staff) TRY(sql_request_count(q->db, STR("sent"), &ret->sent));
	return OK;
}

/* ------------------------------------------------------------------- the receipt */

/* What the actor may do with it now. Nobody approves for themselves what they may not do without. */
static enum err fill_rights(struct req *q, const struct request_row *r, struct request_page *ret) {
	const struct pack_action *act = request_action(q->business, r);
	struct object o = {.thing = THING_REQUEST, .owner = r->person_id, .visibility = SEEN_PRIVATE, .participant = true};
	struct record_row row;
	enum role role = ROLE_NONE;
	bool reason, answers = may(&q->actor, ACT_ANSWER, &o), waits = str_is(r->state, "requested");
	TRY(record_seen(q, r->record_id, &row));
	if (act != NULL) TRY(record_may_do(q, &row, act, &role));
	bool us = answers && role != ROLE_CUSTOMER;
	ret->may_decline = waits && us;
	ret->may_approve = waits && us && act != NULL && pack_approves(act, q->actor.role, r->amount);
	ret->may_withdraw = request_may_go(r->state, STR("withdrawn"), &reason) && may(&q->actor, ACT_EDIT, &o) &&
		(!us || r->person_id.v == q->actor.id.v); /* the team declines, and says why */
	ret->may_finish = us && str_is(r->state, "sent");
	return OK;
}

static enum err fill_steps(struct req *q, const struct request_row *r, struct request_page *ret) {
	struct request_move_row_list rows;
	TRY(sql_request_moves(q->db, q->a, r->id, q->actor.id, q->actor.is_staff, STEPS_MOST, &rows));
	ret->steps.v = NEW_ARRAY(q->a, struct request_step, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct request_move_row *m = &rows.v[i];
		bool theirs = str_is(m->state, "requested") || str_is(m->state, "withdrawn"), by_itself = m->actor_id.v == r->person_id.v && !theirs;
		if (by_itself && str_is(m->state, "approved")) continue; /* nobody had to */
		ret->steps.v[ret->steps.n++] = (struct request_step){.state = m->state, .at = m->at, .note = m->note,
			.who = m->actor_id.v == 0 ? STR("") : by_itself ? q->business->name : m->actor};
	}
	return OK;
}

/* Whether what its approval is about stands in the record, not in the form. */
static bool amount_of_record(const struct pack_action *act) {
	const struct pack_field *f = act == NULL ? NULL : act->approval.amount;
	return f != NULL && !(f >= act->field && f < act->field + act->fields);
}

static enum err show(struct req *q, struct request_id id, struct str note, struct request_page *ret) {
	struct request_row r;
	TRY(sql_request_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, &r));
	*ret = (struct request_page){.about = STR(""), .note = str_none(note) ? STR("") : note, .staff = q->actor.is_staff};
	TRY(request_view_of(q, &r, &ret->request));
	if (q->api) return OK;
	q->page.nav = STR("requests");
	q->page.live = str_fmt(q->a, "request:%lld", (long long)id.v);
	if (q->actor.notices > 0) notice_seen_request(q, id);
	TRY(request_facts(q, &r, &ret->facts));
	if (amount_of_record(request_action(q->business, &r))) ret->about = ret->request.sum;
	TRY(fill_steps(q, &r, ret));
	TRY(fill_rights(q, &r, ret));
	return q->actor.is_staff ? webhook_about(q, "request", id.v, &ret->messages) : OK;
}

enum err request_show(struct req *q, const struct request_show_in *in, struct request_page *ret) { return show(q, in->id, STR_NONE, ret); }

enum err request_again(struct req *q, const struct request_again_in *in, struct request_page *ret) { return show(q, in->id, in->note, ret); }

/* ------------------------------------------------------------------------ moving */

static bool allowed(const struct request_page *p, struct str to) {
	if (str_is(to, "approved")) return p->may_approve;
	if (str_is(to, "declined")) return p->may_decline;
	return str_is(to, "withdrawn") ? p->may_withdraw : p->may_finish;
}

enum err request_state(struct req *q, const struct request_state_in *in, struct request_view *ret) {
	struct request_row r;
	struct request_page rights = {0};
	bool reason;
	TRY(sql_request_get(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &r));
	if (!request_may_go(r.state, in->state, &reason))
		return req_fail(q, ERR_CONFLICT, T("Its state does not allow that any more. Please look at it again."), NULL);
	TRY(fill_rights(q, &r, &rights));
	if (!allowed(&rights, in->state)) {
		bool over = str_is(in->state, "approved") && rights.may_decline;
		return over ? req_fail(q, ERR_DENIED, T("This is above what you may approve. A manager can."), NULL) : ERR_DENIED;
	}
	struct str note = str_none(in->note) ? STR("") : str_trim(in->note);
	if (reason && str_empty(note)) return req_invalid(q, "note", T("Please say why: the customer reads it."));
	struct mover m = {.db = q->db, .a = q->a, .business = q->business, .actor = q->actor.id};
	TRY(request_go(&m, &r, in->state, note));
	TRY(sql_request_get(q->db, q->a, in->id, q->actor.id, q->actor.is_staff, &r));
	return request_view_of(q, &r, ret);
}
