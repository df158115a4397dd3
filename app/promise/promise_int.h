#ifndef PROMISE_PROMISE_INT_H
#define PROMISE_PROMISE_INT_H
/* Within promise only. */
#include "access/policy.h"
#include "promise/promise.h"
#include "sql/promise.h"
#include "text/hours.h"

enum { TEXT_MOST = 500, SAID_MOST = 100, NOTE_MOST = 2000 };

/* --------------------------------------------------------------- move.c: the way of one */

/* Which part somebody has in it; both at once where the other side does not know of it. */
enum { OWES = 1, GETS = 2, BY_ITSELF = 4 };
/* The part that the actor has: the other side's, or ours. */
unsigned promise_part(const struct actor *a, bool ours, struct person_id person, struct str audience);
/* Whether who has these parts may do this step, and must say why. */
bool promise_may_go(struct str from, struct str to, unsigned part, bool *ret_reason);
/* Whether it is still to be kept. */
bool promise_is_live(struct str state);
/* Whether what was done then saved so much of the time it was first given that it is better than promised. */
bool promise_early(usec_t made_at, usec_t first_due_at, usec_t done_at, int64_t early_percent);

struct promise_step {
	struct str to, note;
	const char *word;                /* us them silence */
	usec_t due_at;                   /* renegotiated: the new date */
	bool to_the_day;
	struct str said;
	usec_t at;                       /* when it was taken; 0: now */
};
/* One step, with its row and its event; writes. actor 0: by itself. errors CONFLICT (it has changed meanwhile) */
MUST_USE enum err promise_go(struct db *db, struct arena *a, struct person_id actor, const struct promise_state *was, const struct promise_step *step);
/* Somebody else of us sees to it; writes. note: what they are told with it, or "" */
MUST_USE enum err promise_hand_over(struct db *db, struct arena *a, struct person_id actor, const struct promise_state *was, struct person_id to, struct str note);
/* Its clock stands still from then on, or runs again until due_at; both writes. actor 0: by itself. errors CONFLICT */
MUST_USE enum err promise_pause(struct db *db, struct arena *a, struct person_id actor, const struct promise_state *was, usec_t at);
MUST_USE enum err promise_resume(struct db *db, struct arena *a, struct person_id actor, const struct promise_state *was, usec_t at, usec_t due_at);
/* An event about one, told as widely as it is known. */
MUST_USE enum err promise_event(struct db *db, struct person_id actor, const char *verb, const struct promise_state *x, enum audience audience, struct str data);
enum audience promise_audience(const struct promise_state *x);
/* What the many to whom it was promised make of it: STR_NONE when nobody said a word, missed when not more than half of them say otherwise, exceeded when more
 * than half say so, else kept. */
struct str promise_majority(int64_t kept, int64_t exceeded, int64_t missed);
/* "12 say kept, 3 say not kept"; "" when nobody said a word. */
struct str promise_counted(struct req *q, const struct promise_row *r);
/* What the policy knows it as. holds: the actor has to do with what it is about */
struct object promise_object(struct person_id person, struct str audience, bool holds);
/* A customer says whether it was kept, of what was promised to everybody and is done; writes. errors DENIED, CONFLICT, INVALID */
MUST_USE enum err promise_say(struct req *q, const struct promise_state *x, struct str word, struct str note);
/* Whoever wrote a next step sees that the job comes for it; in the writer's transaction. */
MUST_USE enum err promise_wake(struct db *db, usec_t next_at);

/* --------------------------------------------------------------- moments.c: when what comes by itself */

/* What the firm decided, and its hours. */
struct promise_clock {
	struct promise_setting set;
	struct hours open;
};
MUST_USE enum err promise_clock_read(struct db *db, struct arena *a, struct promise_clock *ret);
struct promise_next {
	const char *step;                /* "": nothing, then at is 0 */
	usec_t at;
};
/* What comes first of one as it is, from then on: of x state, goal, made_at, due_at, first_due_at and done_at count. */
struct promise_next promise_first_step(const struct promise_clock *c, const struct promise_state *x, usec_t from);
/* When a step (soon due team chief) is to be told, as the firm's hours are; not behind from: now. */
usec_t promise_step_at(const struct promise_clock *c, const struct promise_state *x, struct str step, usec_t from);

/* service.c: a time of service, "15 minutes of work", "5 business days"; unit: minutes hours days */
struct str service_time(struct arena *a, enum lang lang, int64_t n, struct str unit);

/* --------------------------------------------------------------- trust.c: counted */

/* One that has come to its end is counted, once; in the transaction that closed it. Service expectations do not count. ret_team: the team that it counts for, or 0 */
MUST_USE enum err trust_count(struct db *db, struct arena *a, struct expectation_id id, bool *ret_counts, struct team_id *ret_team);
/* Of what was counted those behind one number. */
struct trust_wish {
	bool theirs;
	struct person_id person, owner;
	struct team_id team;
	struct opt_int month;
	struct str source, word, result;   /* STR_NONE: any; result: counted kept exceeded missed late */
};
MUST_USE enum err trust_find(struct req *q, const struct trust_wish *w, struct expectation_id before, int64_t most, struct promise_row_list *ret);
/* What these are, in words: "Missed · Agatha Agent · November 2026". */
MUST_USE enum err trust_said(struct req *q, const struct trust_wish *w, struct str *ret);

/* What was missed so long ago that it is time: what its person did since goes to the log, once; writes. ret_all: nothing is left for now */
#define TRUST_AFTER DAYS(30)
MUST_USE enum err trust_look_after(struct db *db, struct arena *a, int64_t most, bool *ret_all);
/* The same for the team to read; "": nothing yet. */
MUST_USE enum err trust_after_said(struct req *q, struct expectation_id id, struct str *ret);

/* --------------------------------------------------------------- show.c: as somebody sees it */

struct promise_view promise_view_of(struct req *q, const struct promise_row *r);
/* The first of them, at most so many. */
void promise_views_of(struct req *q, const struct promise_row_list *rows, size_t most, struct promise_view_list *ret);
/* Who said what of one that was promised to everybody, and why: for the team. everybody.c */
MUST_USE enum err promise_verdicts(struct req *q, struct expectation_id id, struct verdict_line_list *ret);
/* "by Friday 14 March" */
struct str promise_by(struct req *q, usec_t due_at, bool to_the_day);
/* The firm's. */
const struct zone *promise_zone(const struct req *q);
MUST_USE enum err promise_seen(struct req *q, struct expectation_id id, struct promise_row *ret);

/* form.c: whether the actor, a customer, is at home in a conversation. errors STORE */
MUST_USE enum err promise_is_own(struct req *q, struct conversation_id conversation, bool *ret);
/* form.c: by when: a moment (at, else 0), or a day of the firm's, or a time of it. errors INVALID (said at due_at or clock) */
struct promise_due {
	usec_t at;
	bool to_the_day;
};
MUST_USE enum err promise_due_read(struct req *q, usec_t at, struct str day, struct str clock, struct promise_due *ret);
/* form.c: whether it is known with whom a promise in this conversation, or to this person, is; among: whether few read that conversation. errors NOT_FOUND */
MUST_USE enum err promise_with(struct req *q, struct conversation_id conversation, struct person_id person, bool *ret_known, bool *ret_among);

/* --------------------------------------------------------------- claim.c: what people say we promised them */

/* The actor's own that wait, or had a no of late. */
MUST_USE enum err promise_claims_fresh(struct req *q, struct promise_claim_view_list *ret);
/* How many wait for our answer, for the team; not more than most are counted. */
MUST_USE enum err promise_claims_asked(struct req *q, int64_t most, int64_t *ret);

/* --------------------------------------------------------------- offer.c: what words promise */

/* The first with a date, else the first; found is false when they promise nothing. ours: one of us wrote them; said_at: then. errors STORE */
MUST_USE enum err promise_understood(struct req *q, struct str words, bool ours, usec_t said_at, struct promise_offer *ret);

#endif
