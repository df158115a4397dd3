/* What becomes of a task: who is to do it hears that it is theirs, and that its day has come; who gave it, that it is done or dropped. */
#include "notice/mail_int.h"
#include "text/json.h"

enum err tell_task(struct db *db, const struct event *e) {
	struct notice_task_row t;
	struct str to = STR("");
	bool found;
	JSON_DOC(doc);
	TRY(sql_notice_task(db, e->object_id, &t, &found));
	if (!found || json_parse(&doc, e->data, NULL) != OK) return OK;
	json_get_str(json_member(doc.root, "to"), &to);
	const char *kind = NULL;
	struct person_id who = t.owner_id;
	if (strcmp(e->verb, "create") == 0) kind = "task_given";
	else if (strcmp(e->verb, "announce") == 0) kind = "task_due";
	else if (str_is(to, "given")) kind = "task_given";
	else if (str_is(to, "open")) kind = "task_again";
	else if (str_is(to, "done") || str_is(to, "dropped")) kind = str_is(to, "done") ? "task_done" : "task_dropped", who = t.made_by;
	return kind == NULL || who.v == 0 ? OK : sql_notice_tell_task(db, e->object_id, who, e->actor, e->seq, str_c(kind), e->at, NULL);
}
