/* What becomes of a promise: the other side hears of it where they know of it, and who of us sees to it; what is late, more and more of us. */
#include "notice/mail_int.h"
#include "text/json.h"

/* What was promised so long before its event is history that is being loaded: nobody is told. */
#define HISTORY HOURS(1)

struct promise_news {
	struct db *db;
	const struct event *e;
	struct expectation_id id;
	struct notice_promise_row x;
};

static enum err tell_other(const struct promise_news *n, const char *kind) {
	return sql_notice_tell_other(n->db, n->id, n->e->actor, n->e->seq, str_c(kind), str_c(topic_word(topic_of(str_c(kind)))), n->e->at, NULL);
}

static enum err tell_owner(const struct promise_news *n, const char *kind) {
	return sql_notice_tell_owner(n->db, n->id, n->e->actor, n->e->seq, str_c(kind), str_c(topic_word(topic_of(str_c(kind)))), n->e->at, NULL);
}

static enum err tell_many(const struct promise_news *n, const char *kind, bool chiefs) {
	return sql_notice_tell_team(n->db, n->id, n->e->seq, str_c(kind), str_c(topic_word(topic_of(str_c(kind)))), chiefs, n->e->at, NULL);
}

/* It is late; what was done or moved since then is not told of. That it is due, or soon, is told of many at once (tell_due). */
static enum err tell_step(const struct promise_news *n, struct str step) {
	if (!n->x.live) return OK;
	if (str_is(step, "team")) return tell_many(n, "promise_team", false);
	return str_is(step, "chief") ? tell_many(n, "promise_chief", true) : OK;
}

/* Both sides hear of each step but for who took it. What nobody took, silence or what most say, is nobody's word. */
static enum err tell_move(const struct promise_news *n, struct str to) {
	static const struct { const char *to, *kind; } told[] = {{"done", "promise_done"}, {"renegotiated", "promise_moved"}, {"withdrawn", "promise_withdrawn"}};
	const char *kind = n->e->actor.v != 0 ? "promise_word" : "promise_over";
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (str_is(to, told[i].to)) kind = told[i].kind;
	TRY(tell_owner(n, kind));
	return tell_other(n, kind);
}

/* ------------------------------------------------------- that they are due, of many */

static bool is_due(const struct event *e, bool *ret_soon) {
	struct str step;
	JSON_DOC(doc);
	if (strcmp(e->object_kind, "expectation") != 0 || strcmp(e->verb, "announce") != 0) return false;
	if (json_parse(&doc, e->data, NULL) != OK || !json_get_str(json_member(doc.root, "step"), &step)) return false;
	*ret_soon = str_is(step, "soon");
	return *ret_soon || str_is(step, "due");
}

static enum err tell_other_due(struct db *db, struct int_list due, bool ours, const char *kind) {
	return sql_notice_tell_due_other(db, due, ours, str_c(kind), str_c(topic_word(topic_of(str_c(kind)))), NULL);
}

static enum err tell_owners(struct db *db, struct int_list seqs, const char *kind) {
	return sql_notice_tell_due_owner(db, seqs, str_c(kind), str_c(topic_word(topic_of(str_c(kind)))), NULL);
}

enum err tell_due(struct db *db, struct arena *a, const struct event *e, size_t n, size_t *ret_n) {
	int64_t *soon = NEW_ARRAY(a, int64_t, n), *due = NEW_ARRAY(a, int64_t, n);
	size_t soons = 0, dues = 0;
	bool early;
	for (*ret_n = 0; *ret_n < n && is_due(&e[*ret_n], &early); ++*ret_n) {
		if (early) soon[soons++] = e[*ret_n].seq;
		else due[dues++] = e[*ret_n].seq;
	}
	const struct int_list now = {.v = due, .n = dues};
	if (soons > 0) TRY(tell_owners(db, (struct int_list){.v = soon, .n = soons}, "promise_soon"));
	if (dues == 0) return OK;
	TRY(tell_owners(db, now, "promise_due"));
	TRY(tell_other_due(db, now, true, "promise_late"));
	return tell_other_due(db, now, false, "promise_yours_due");
}

/* ---------------------------------------------------------------- all else, one by one */

enum err tell_promise(struct db *db, const struct event *e) {
	struct promise_news n = {.db = db, .e = e, .id = {e->object_id}};
	struct str word = STR("");
	int64_t owner;
	bool found;
	JSON_DOC(doc);
	TRY(sql_notice_promise(db, n.id, &n.x, &found));
	if (!found || json_parse(&doc, e->data, NULL) != OK) return OK;
	if (n.x.by_rule) return json_get_str(json_member(doc.root, "step"), &word) ? tell_step(&n, word) : OK;   /* the conversation itself is told of */
	if (strcmp(e->verb, "create") == 0) {
		if (n.x.made_at < e->at - HISTORY) return OK;
		TRY(tell_owner(&n, n.x.by_them ? "promise_theirs" : "promise_given"));
		return tell_other(&n, n.x.ours ? "promise_new" : "promise_yours");
	}
	if (json_get_str(json_member(doc.root, "step"), &word)) return tell_step(&n, word);
	if (json_get_int(json_member(doc.root, "owner"), &owner)) return tell_owner(&n, "promise_given");
	return json_get_str(json_member(doc.root, "to"), &word) ? tell_move(&n, word) : OK;
}

/* Who of us is to answer hears of it; then whoever said so, of a no and why. What was taken is a promise, and told as one. */
enum err tell_claim(struct db *db, const struct event *e) {
	struct claim_id id = {e->object_id};
	struct str to;
	JSON_DOC(doc);
	if (strcmp(e->verb, "create") == 0) return sql_notice_tell_claim(db, id, e->seq, e->at, NULL);
	if (json_parse(&doc, e->data, NULL) != OK || !json_get_str(json_member(doc.root, "to"), &to) || !str_is(to, "refused")) return OK;
	return sql_notice_tell_claimant(db, id, e->seq, e->at, NULL);
}
