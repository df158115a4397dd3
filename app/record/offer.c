/* What may be done about a record, and as whom: one rule for the buttons and for whoever sends the form. */
#include "record/record_int.h"

enum { SEATS_MOST = 20 };

bool record_in_state_for(const struct record_row *row, const struct pack_action *act) {
	for (size_t i = 0; i < act->whens; i++)
		if (str_eq(act->when[i]->name, row->state)) return true;
	return act->whens == 0;
}

/* One of the record's people acts as a customer, also when they are of the staff: nobody uses the firm's limits for themselves. */
static enum role role_for(const struct req *q, const struct text_list *seats, const struct pack_action *act) {
	struct object o = {.thing = THING_REQUEST, .visibility = SEEN_PRIVATE};
	for (size_t i = 0; i < seats->n; i++)
		for (size_t k = 0; k < act->seats; k++)
			if (str_eq(act->seat[k]->name, seats->v[i])) o.participant = true;
	if (!may(&q->actor, ACT_CREATE, &o)) return ROLE_NONE;
	if (o.participant) return ROLE_CUSTOMER;
	return act->staff ? q->actor.role : ROLE_NONE;
}

static enum err seats_of(struct req *q, const struct record_row *row, struct text_list *ret) {
	return sql_record_seats(q->db, q->a, row->root_id.v ? row->root_id : row->id, q->actor.id, SEATS_MOST, ret);
}

enum err record_may_do(struct req *q, const struct record_row *row, const struct pack_action *act, enum role *ret) {
	struct text_list seats;
	TRY(seats_of(q, row, &seats));
	*ret = role_for(q, &seats, act);
	return OK;
}

enum err record_acts(struct req *q, const struct record_row *row, const struct pack_type *t, struct record_act_list *ret) {
	struct text_list seats;
	TRY(seats_of(q, row, &seats));
	*ret = (struct record_act_list){.v = NEW_ARRAY(q->a, struct record_act, t->actions)};
	for (size_t i = 0; i < t->actions; i++) {
		const struct pack_action *act = &t->action[i];
		if (role_for(q, &seats, act) == ROLE_NONE || !record_in_state_for(row, act)) continue;
		ret->v[ret->n++] = (struct record_act){.name = act->name, .label = pack_say(&act->label, q->locale.lang)};
	}
	return OK;
}

enum err record_requests(struct req *q, const struct record_row *row, struct record_request_list *ret) {
	struct record_request_row_list rows;
	TRY(sql_record_requests(q->db, q->a, row->root_id.v ? (struct record_id){0} : row->id, row->root_id.v ? row->id : (struct record_id){0}, 10, &rows));
	*ret = (struct record_request_list){.v = NEW_ARRAY(q->a, struct record_request, rows.n)};
	for (size_t i = 0; i < rows.n; i++) {
		const struct pack_action *act = pack_action_find(record_type(q, rows.v[i].type), rows.v[i].action);
		const struct record_row record = {.type = rows.v[i].type, .title = rows.v[i].title, .fields = rows.v[i].fields};
		ret->v[ret->n++] = (struct record_request){.id = rows.v[i].id, .title = act ? pack_say(&act->label, q->locale.lang) : rows.v[i].action,
			.about = record_called(q, &record), .state = rows.v[i].state, .at = rows.v[i].at};
	}
	return OK;
}
