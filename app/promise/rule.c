/* Rules of record types (packs/README.md, expects): as soon as a record is in a state we owe its person something, and leaving that state does it. */
#include "access/access.h"
#include "pack/pack.h"
#include "promise/promise_int.h"
#include "text/date.h"
#include "text/json.h"

enum { OPEN_MOST = 20 };
/* What an import brings and is older than this is history. */
#define HISTORY DAYS(7)

bool promise_rule_wants(const struct event *e) {
	return strcmp(e->object_kind, "record") == 0 && (strcmp(e->verb, "create") == 0 || strcmp(e->verb, "update") == 0);
}

struct ruling {
	struct db *db;
	struct arena *a;
	struct business firm;
	const struct event *e;
	struct promise_rule_record r;
};

/* The end of the n-th business day from now on. */
static enum err due_of(const struct ruling *g, int days, usec_t *ret) {
	struct hours h;
	TRY(firm_hours(g->db, g->a, &h));
	if (!hours_due(&h, g->e->at, days, ret)) *ret = g->e->at + DAYS(days);      /* a firm that never opens */
	struct local_time t = zone_local(h.zone, *ret - 1);      /* hours may end at midnight */
	*ret = promise_day_end(h.zone, days_of(t.year, t.month, t.day));
	return OK;
}

static enum err make(const struct ruling *g, const struct pack_expects *x) {
	enum lang lang = LANG_EN;
	struct expectation_id id;
	struct promise_draft d = {.ours = true, .person = g->r.person_id, .owner = g->r.owner_id, .record = g->r.id, .to_the_day = true, .said = STR(""),
		.audience = x->team ? STR("team") : STR("both"), .at = g->e->at};
	lang_find(g->firm.locale, &lang);
	d.text = pack_say(&x->text, lang);
	TRY(due_of(g, x->days, &d.due_at));
	TRY(promise_keep(g->db, g->a, &d, &id));
	return sql_promise_by_rule(g->db, id, x->state->name);
}

/* What was promised in a state that the record has left is done, by who moved it on. */
static enum err finish(const struct ruling *g, bool *ret_here) {
	struct promise_state_list open;
	*ret_here = false;
	TRY(sql_promise_rule_open(g->db, g->a, g->r.id, OPEN_MOST, &open));
	for (size_t i = 0; i < open.n; i++) {
		struct promise_step step = {.to = STR("done"), .note = STR(""), .word = "us"};
		bool here = str_eq(open.v[i].said, g->r.state);
		open.v[i].said = STR("");          /* a rule's has no words of its own */
		*ret_here |= here;
		if (!here) TRY(promise_go(g->db, g->a, g->e->actor, &open.v[i], &step));
	}
	return OK;
}

/* The event of a new record says its type: of the lines of a ledger that an import brings nothing is read. */
static bool made_without(const struct ruling *g) {
	struct str type;
	JSON_DOC(doc);
	if (json_parse(&doc, g->e->data, NULL) != OK || !json_get_str(json_member(doc.root, "type"), &type)) return false;
	const struct pack_type *t = pack_type_find(pack_find(g->firm.pack), type);
	return t == NULL || t->expectations == 0;
}

static enum err rule(struct ruling *g) {
	int64_t moved = 0;
	bool found, here, begins = strcmp(g->e->verb, "create") == 0;
	if (begins && made_without(g)) return OK;
	if (!begins) TRY(sql_promise_rule_moved(g->db, g->e->seq, &moved));
	if (!begins && moved == 0) return OK;
	TRY(sql_promise_rule_record(g->db, g->a, (struct record_id){g->e->object_id}, &g->r, &found));
	if (!found) return OK;
	const struct pack_type *t = pack_type_find(pack_find(g->firm.pack), g->r.type);
	if (t == NULL || t->expectations == 0) return OK;
	TRY(finish(g, &here));
	if (here || g->r.person_id.v == 0 || g->r.owner_id.v == 0 || (g->r.loaded && g->r.at < g->e->at - HISTORY)) return OK;
	for (size_t i = 0; i < t->expectations; i++)
		if (str_eq(t->expects[i].state->name, g->r.state)) return make(g, &t->expects[i]);
	return OK;
}

enum err promise_rule_read(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx) {
	struct ruling g = {.db = db, .a = a};
	enum err none = business_read(db, a, &g.firm);
	(void)ctx;
	if (none != OK) return none == ERR_NOT_FOUND ? OK : none;
	for (size_t i = 0; i < n; i++) {
		g.e = &e[i];
		if (promise_rule_wants(g.e)) TRY(rule(&g));
	}
	return OK;
}
