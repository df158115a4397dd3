/* What was promised in the demo's business, and how it went. */
#include "brand/brand.h"
#include "pack/demo_int.h"
#include "promise/promise.h"
#include "text/date.h"

struct demo_promise {
	const struct json *rule;
	struct expectation_id id;      /* once made */
};

/* The end of the day so many days from now. */
static usec_t due_of(const struct demo *d, const struct json *o) {
	struct local_time t = zone_local(d->zone, d->now);
	return promise_day_end(d->zone, days_of(t.year, t.month, t.day) + demo_int(o, "due_in", 1));
}

static enum err plan(struct demo *d, struct demo_promise *p, const struct json *what, size_t conversation, enum deed_kind kind, usec_t *at) {
	struct deed deed = {.kind = kind, .what = what, .conversation = conversation, .promise = p};
	deed.at = demo_by_day(d, demo_ago(d, demo_real(what, "days_ago", 1)), *at);
	if (deed.at <= *at) return demo_fault(d, "goes on before it was promised", demo_text(p->rule, "text"));
	TRY(demo_who(d, json_member(what, "by"), &deed.who));
	demo_plan(d, deed);
	*at = deed.at;
	return OK;
}

enum err demo_plan_promises(struct demo *d, const struct json *of, size_t conversation, usec_t begun) {
	const struct json *list = json_member(of, "promises");
	for (size_t i = 0; i < json_length(list); i++) {
		struct demo_promise *p = NEW(d->a, struct demo_promise);
		usec_t at = begun;
		*p = (struct demo_promise){.rule = json_item(list, i)};
		TRY(plan(d, p, p->rule, conversation, DEED_PROMISE, &at));
		const struct json *steps = json_member(p->rule, "steps");
		for (size_t k = 0; k < json_length(steps); k++) TRY(plan(d, p, json_item(steps, k), conversation, DEED_PROMISE_STEP, &at));
	}
	return OK;
}

/* What the firm says to everybody, on the day on which it promises something with it. */
static enum err make_text(struct demo *d, const struct deed *deed, const struct json *text, struct promise_draft *draft) {
	struct brand_draft b = {.title = demo_text(text, "title"), .body = demo_text(text, "body"), .place = demo_text(text, "place"),
		.said_from = date_of_time(d->a, d->zone, deed->at), .said_until = STR_NONE, .by = deed->who};
	draft->audience = STR("public");
	return brand_keep(d->db, d->a, &b, &draft->brand_text);
}

static enum err make(struct demo *d, const struct deed *deed, struct conversation_id conversation) {
	const struct json *rule = deed->promise->rule;
	bool theirs = false;
	struct str audience = demo_text(rule, "audience");
	json_get_bool(json_member(rule, "theirs"), &theirs);
	struct promise_draft draft = {.ours = !theirs, .owner = deed->who, .text = demo_text(rule, "text"), .said = demo_text(rule, "said"), .conversation = conversation,
		.due_at = due_of(d, rule), .to_the_day = true, .audience = str_empty(audience) ? STR("both") : audience, .by = deed->who};
	const struct json *text = json_member(rule, "brand");
	TRY(text != NULL ? make_text(d, deed, text, &draft) : demo_who(d, json_member(rule, "with"), &draft.person));
	return promise_keep(d->db, d->a, &draft, &deed->promise->id);
}

enum err demo_do_promise(struct demo *d, const struct deed *deed, struct conversation_id conversation) {
	if (deed->kind == DEED_PROMISE) return make(d, deed, conversation);
	return promise_step_of(d->db, d->a, deed->who, deed->promise->id, demo_text(deed->what, "to"), demo_text(deed->what, "note"), due_of(d, deed->what));
}
