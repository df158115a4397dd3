/* A question to a group goes out a slice at a time, so that no write waits long for it. Who has still to be asked stands in group_waiting; a row goes
 * in the transaction that makes its conversation, so each is asked once, whatever is broken off and done again. */
#include "message/message.h"
#include "sql/message.h"
#include "talk/talk.h"
#include "text/json.h"
#include <math.h>

enum { SLICE = 50 };

enum err message_slice(struct db *db, struct arena *a, struct conversation_id id, int64_t *ret_left) {
	struct message_question g;
	struct message_waiting_row_list rows;
	struct conversation_id made;
	TRY(sql_message_question(db, a, id, &g));
	TRY(sql_message_waiting(db, a, id, SLICE, &rows));
	struct new_report r = {.kind = STR("direct"), .visibility = STR("private"), .subject = g.subject, .body = g.body, .channel = g.channel,
		.topic = STR(""), .lat = NAN, .lon = NAN, .author = g.author_id, .group = id};
	for (size_t i = 0; i < rows.n; i++) {
		int64_t mine;
		TRY(sql_message_waiting_take(db, id, rows.v[i].id, &mine));
		if (mine == 0 || rows.v[i].disabled) continue;      /* another node was faster, or nobody would read it */
		r.to = rows.v[i].id;
		TRY(talk_create(db, a, &r, &made));
	}
	return sql_message_waiting_count(db, id, ret_left);
}

struct slicing {
	struct arena *a;
	struct conversation_id id;
	int64_t left;
};

static enum err next_slice(struct db *db, void *arg) {
	struct slicing *x = arg;
	struct event e = {.verb = "update", .object_kind = "conversation", .object_id = x->id.v, .audience = AUDIENCE_PARTIES,
		.data = STR("{\"changed\":[\"answers\"]}")};
	TRY(message_slice(db, x->a, x->id, &x->left));
	return event_append(db, &e, NULL);     /* the open page shows how far it is */
}

enum err message_group_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx, struct str *ret_why) {
	const struct hub *hub = ctx;
	struct slicing x = {.a = a};
	JSON_DOC(doc);
	(void)tries;
	if (json_parse(&doc, data, NULL) != OK || !json_get_int(json_member(doc.root, "conversation"), &x.id.v)) {
		*ret_why = STR("the job's data cannot be read");
		return ERR_BUG;
	}
	TRY(sql_message_waiting_count(db, x.id, &x.left));
	while (x.left > 0) {
		if (hub != NULL && hub_is_stopping(hub)) return ERR_BUSY;
		TRY(store_write(s, next_slice, &x));
	}
	return OK;
}
