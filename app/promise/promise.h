#ifndef PROMISE_PROMISE_H
#define PROMISE_PROMISE_H
/* Expectations: what was promised, to whom, by when, and whether it was kept. README.md.
 *
 * Events, for readers of the log:
 *
 *   verb      object         data                                        audience
 *   create    expectation N  {"to":"open","ours":true,"due":T,"owner":P,"source":S,"person":P}  as wide as who reads it; person: not in public;
 *                                                                        source: call conversation record:TYPE hand everybody (then there is no person)
 *   update    expectation N  {"from":"open","to":"done","word":"us"}     the same; word: us them silence; renegotiated: and "due"; what counts: and "team":T, the
 *                                                                        one of its owner, if any; not in public
 *   update    expectation N  {"verdict":"kept"}                          staff: a customer says so of what was promised to everybody, or exceeded, missed
 *   update    expectation N  {"owner":P}                                 staff
 *   update    expectation N  {"paused":true}                             staff: we wait for them, or no more; only what a rule made
 *   create    service_rule R, also delete   {}                           staff
 *   announce  expectation N  {"step":"due"} soon due team chief          staff: it is time to tell somebody
 *   announce  expectation N  {"after_miss":{"word":W,"days":30,…}}       staff: what its person did since; W: left complained wrote active silent
 *
 * The target is the conversation that it was promised in, else the record, else the other side, else the text (brand_text) that said it to everybody. */
#include "event/hub.h"
#include "types.h"
#include "web/req.h"

struct promise_draft {
	bool ours;                       /* we owe it; else they do */
	struct person_id person, owner;  /* the other side, 0: everybody; who of us sees to it */
	struct str text;
	struct conversation_id conversation;
	struct message_id message;
	struct call_id call;
	struct record_id record;
	struct brand_text_id brand_text; /* where it is said to everybody; else 0 */
	usec_t due_at;
	bool to_the_day;                 /* due_at is the end of a day */
	struct str said;                 /* how it was said, or "" */
	struct str audience;             /* team both public */
	struct person_id by;
	usec_t at;                       /* 0: now */
	struct str note;                 /* a word with it, for whoever may know of it; or STR_NONE */
	struct str goal;                 /* first next solution: a rule of service wants it; STR_NONE: somebody promised it */
};
/* Keeps one, with its event; writes. Whether the actor may, and what is wrong with it, is asked before. */
MUST_USE enum err promise_keep(struct db *db, struct arena *a, const struct promise_draft *d, struct expectation_id *ret);
/* Moves one on, for who may; writes. due_at: the end of a day, for renegotiated. Whose word it is follows from who they are. errors NOT_FOUND, CONFLICT (no
 * such step) */
MUST_USE enum err promise_step_of(struct db *db, struct arena *a, struct person_id who, struct expectation_id id, struct str to, struct str note, usec_t due_at);
/* The last second of a day on that zone's clock. */
usec_t promise_day_end(const struct zone *z, int64_t day);

/* ------------------------------------------------------------------- for other pages */

/* Who of us may see to it, for a select. */
MUST_USE enum err promise_choices(struct req *q, struct person_id chosen, struct promise_choice_list *ret);
/* What is not over between us and somebody, as far as the actor may know of it, the first due first; at most 12. To themselves also what was promised to everybody. */
MUST_USE enum err promise_between(struct req *q, struct person_id person, struct promise_view_list *ret);
/* The same for whoever is about to write to them: the three that are due first, and how many more there are; behind them three that we promised to everybody. */
MUST_USE enum err promise_before(struct req *q, struct person_id person, struct promise_box *ret);
/* What was promised with what we say to everybody; of all such texts (0) what is not over. At most that many, the first due first; for everybody. */
MUST_USE enum err promise_to_all(struct req *q, struct brand_text_id text, int64_t most, struct promise_view_list *ret);
/* How many there were, over or not; the page is kept as long as nothing happens to any. */
MUST_USE enum err promise_all_count(struct req *q, int64_t *ret);
/* What a text for everybody promises by its words, said then, first come first, without what was made of it already. errors STORE */
MUST_USE enum err promise_in_text(struct req *q, struct brand_text_id text, struct str words, usec_t said_at, struct promise_offer_list *ret);
/* What was promised in a conversation, or about a record and its parts (root; one of the two is 0), as far as the actor may know of it. */
MUST_USE enum err promise_in(struct req *q, struct conversation_id conversation, struct record_id root, struct promise_view_list *ret);
/* For each of some conversations what its author and we owe each other first; in no order; for the team. */
MUST_USE enum err promise_first(struct req *q, struct int_list conversations, struct promise_first_view_list *ret);

/* What was ticked while writing: the offer as it stood there, with its day put right or not. text none: nothing; day none: nothing was offered. */
struct promise_ticked { struct str text, direction, day, clock, said; };
#define PROMISE_TICKED(in) (&(struct promise_ticked){(in)->promise, (in)->promise_direction, (in)->promise_day, (in)->promise_clock, (in)->promise_said})
/* Makes it of a message, or of the note of a call (the other is 0); writes, in the transaction that keeps those words. errors INVALID, DENIED, STORE */
MUST_USE enum err promise_tick(struct req *q, const struct promise_ticked *t, struct message_id said, struct call_id call);
/* Where somebody goes who has just said this: back; or, when it promises something by a day and that was not offered before sending, to the offer on that
 * page (?said=N#offered; promise_after). errors STORE */
MUST_USE enum err promise_then(struct req *q, struct url back, struct message_id said, const struct promise_ticked *t, struct url *ret);
/* The offer behind sending: of the actor's own words of the last day, of which nothing was made yet; else found is false. errors STORE */
MUST_USE enum err promise_after(struct req *q, struct message_id said, struct promise_offer *ret);
/* The offer in a form that is shown again with what was written in it. One of conversation and person; both 0: it is not known with whom. errors STORE */
MUST_USE enum err promise_draft_offer(struct req *q, struct str words, struct conversation_id conversation, struct person_id person, const struct promise_ticked *t,
	struct promise_offer *ret);
/* What rules say is due in some conversations, the first due first; for the team, empty for all others. */
MUST_USE enum err service_due(struct req *q, struct int_list conversations, struct service_due_view_list *ret);

/* Where something comes from: a message, a conversation, the note of a call, a record; and what follows from it, as far as the actor may see it. */
struct promise_place {
	struct message_id message;           /* given: one of these four, or none */
	struct conversation_id conversation; /* also of the message */
	struct call_id call;
	struct record_id record;             /* also of the conversation or call; ret_called: what it is called */
	struct person_id person;             /* ret: with whom that is, 0: with nobody of them */
	struct str words, subject, called;   /* ret: what was said there, and what the conversation and the record are called; "": none */
};
/* Fills in what follows. errors INVALID (there is no such thing, or not for the actor), STORE */
MUST_USE enum err promise_place(struct req *q, struct promise_place *place);

/* Some of them, in no order, as far as the actor may know of them. */
MUST_USE enum err promise_some(struct req *q, struct int_list ids, struct promise_view_list *ret);
/* What the actor, a customer, can say of one right where it stands in a list of theirs (back: today list); else NULL. */
struct promise_act *promise_act_of(struct req *q, const struct promise_view *x, const char *back);
/* A colleague sees to it from now on and is told, with a note for the team (""); writes. errors NOT_FOUND, DENIED, CONFLICT (it is over), INVALID (said
 * at field) */
MUST_USE enum err promise_give(struct req *q, struct expectation_id id, struct person_id to, struct str note, const char *field);
/* The same of all that the actor sees to and was promised in a conversation that they hand on, and is still to be kept. */
MUST_USE enum err promise_give_along(struct req *q, struct conversation_id id, struct person_id to);

/* ----------------------------------------------------------------------------- claims */

/* What people say we promised them (claim.c): an event each, for the two sides; the target is who says so.
 *
 *   create    claim N   {"to":"asked"}
 *   update    claim N   {"from":"asked","to":"taken"}     taken (and "expectation":X, made in the same transaction) refused withdrawn */

/* Of somebody those that wait for our answer, the newest first. errors STORE */
MUST_USE enum err promise_claims_of(struct req *q, struct person_id person, struct promise_claim_view_list *ret);
/* Some of them, in no order, as far as the actor may know of them. */
MUST_USE enum err promise_claims_some(struct req *q, struct int_list ids, struct promise_claim_view_list *ret);

/* ------------------------------------------------------------------------------ jobs */

/* "expectations" {}: takes each step that has come due: reminders, and silence that says "kept". Queues its own next round. ctx: the hub */
hub_job promise_job;
enum { PROMISE_TRIES = 12 };
/* Each server that starts sees that the job comes for what is due next. */
MUST_USE enum err promise_begin(struct store *s);

/* Durable reader "expects": what the rules of a record's type promise in its state. Begin it with the next event. */
hub_read promise_rule_read;
hub_wants promise_rule_wants;

/* Durable reader "service": what the rules of the firm make of a conversation, when it is kept, and when its clock stands still. service.c */
hub_read service_read;
hub_wants service_wants;

/* Durable reader "verdicts": whoever was not given what was promised has their thread open again. */
hub_read promise_read;
hub_wants promise_wants;

/* ------------------------------------------------------------------------------ trust */

/* What everybody may read of it; NULL unless the firm wishes so and there is enough to say. Notes that the page depends on it. */
MUST_USE enum err trust_rate(struct req *q, struct trust_rate **ret);
/* Before serving: what a program of before closed is counted, too. */
MUST_USE enum err trust_begin(struct store *s);

#endif
