#ifndef TALK_TALK_H
#define TALK_TALK_H
/* What people say: problems, needs, ideas and questions; who says "me too"; what the firm answers and does.
 *
 * Events, for readers of the log (each also drops kept pages and refreshes open ones). Data is a JSON object:
 *
 *   verb    object              target        data                                              audience
 *   create  conversation N                    {"kind":"problem"}                                the conversation's
 *   like    conversation N                    {"votes":214}                                     the conversation's
 *   undo    conversation N                    {"of":"like","votes":213}                         the conversation's
 *   follow  conversation N                    {}                                                private
 *   undo    conversation N                    {"of":"follow"}                                   private
 *   create  message M           conversation  {"kind":"comment","reply_to":L}                   the conversation's
 *   create  message M           conversation  {"kind":"note"}                                   staff
 *   create  message M           conversation  {"kind":"answer","status":"planned","was":"heard"} the conversation's
 *   create  message M           conversation  {"kind":"status","status":"in_work","was":"planned"} the conversation's
 *   create  message M           conversation  {"kind":"not_fixed","status":"in_work","was":"done"} the conversation's
 *   update  conversation N                    {"changed":["subject","body"]}                    the conversation's
 *   update  conversation N                    {"assignee":P} (0: nobody; "team":T: a team's;      staff
 *                                             "note":M: said with it)
 *   update  conversation N                    {"joined":P} or {"left":P}: takes part            private
 *   update  conversation N      conversation  {"merged_into":M} (0: undone)                     the conversation's
 *   update  conversation N      conversation  {"split_from":M} (0: undone)                      the conversation's
 *   view    conversation N                    {"answering":true}                                staff
 *   create  reply R, also update and delete   {}                                                staff
 *   update  conversation N                    {"hidden":true}                                   the conversation's
 *   update  message M           conversation  {"changed":["body"]} or {"hidden":true}           the conversation's
 *   update  conversation N                    {"changed":["revisions"]}                         the conversation's
 *   update  conversation G                    {"changed":["answers"]}                           parties
 *
 * "reply_to" is there when the comment answers another; "status" and "was" are equal when an answer changed no status.
 * What is said in a direct conversation that belongs to a question to a group is also told as a change of that question G, without who.
 * The audience of direct and group is "parties".
 * Whoever said "me too" also follows (a row of follow), so followers are all who are to be told. */
#include "record/record.h"
#include "base/values.h"
#include "event/event.h"
#include "event/hub.h"

/* ------------------------------------------------------------------ for imports and the demo
 * All of these run in the writer's transaction, write their rows, counters and one event, and take a time of their own, so
 * that history can be loaded. `at` 0 is now. They check the shape of what they get, but ask no policy. */

struct new_report {
	struct str kind;                 /* problem need idea question discussion praise query direct group deal room */
	struct str visibility;           /* public members private staff; STR_NONE: public */
	struct str status;               /* STR_NONE: new */
	struct str subject;              /* one line */
	struct str body;                 /* Markdown; may be empty */
	struct str topic;                /* a word of the pack, or empty */
	struct str since;                /* YYYY-MM-DD, or STR_NONE */
	struct str channel;              /* portal, import, email …; STR_NONE: portal */
	double lat, lon;                 /* NAN: none */
	struct str place, area;          /* in words; area STR_NONE: the town nearest to the place */
	struct person_id author;         /* 0: none */
	struct person_id assignee;       /* 0: none */
	struct team_id team;             /* in whose care while it is nobody's; else it is in that of the assignee's team */
	struct person_id to;             /* direct: the other one, who follows, too; else 0 */
	struct conversation_id group;    /* direct: the question to a group that it answers; else 0 */
	struct text_list tags;
	usec_t at;
};
/* The author is the first who says so, and follows. Direct and group are private, and nobody says "me too" to them. errors INVALID, STORE */
MUST_USE enum err talk_create(struct db *db, struct arena *a, const struct new_report *r, struct conversation_id *ret);
/* Whether a kind is one between two people, which only they know of, or the question to a group. */
bool talk_is_direct(struct str kind);
/* A room of the team or of a deal (app/room); and either of all these: what a message between two, a group and a room have in common. */
bool talk_is_room(struct str kind);
bool talk_is_among(struct str kind);
/* Its subject, body, topic, since and place as an import has them now; the rest of r is not looked at. errors INVALID, NOT_FOUND */
MUST_USE enum err talk_rewrite(struct db *db, struct arena *a, struct conversation_id id, struct person_id actor, const struct new_report *r);

/* A question of one person to the firm about a record or one line of it, with a frozen copy of what stands there now. errors as talk_create */
struct question {
	struct person_id author;
	const struct record_row *about;
	const struct pack_word *reason;  /* of the record's type, or NULL */
	enum lang lang;                  /* of the subject */
	struct str body;
};
MUST_USE enum err talk_ask(struct db *db, struct arena *a, const struct question *in, struct conversation_id *ret);

/* Says "me too" for a person (once), or takes it back; ret_changed false when it was so already. errors NOT_FOUND */
MUST_USE enum err talk_vote(struct db *db, struct arena *a, struct conversation_id id, struct person_id who, bool yes, usec_t at,
                            bool *ret_changed);

/* Follows, or no more. */
MUST_USE enum err talk_follow(struct db *db, struct arena *a, struct conversation_id id, struct person_id who, bool yes, usec_t at,
                              bool *ret_changed);

/* What is said in a conversation. status STR_NONE: it stays; only answer, status and not_fixed change one. The transition is
 * checked against the table of states unless `loading`. errors CONFLICT (no such move), INVALID, NOT_FOUND */
struct new_message {
	struct conversation_id conversation;
	struct str kind;                 /* comment note answer status not_fixed */
	struct str body;                 /* Markdown */
	struct str status;
	struct str channel;              /* STR_NONE: portal */
	struct person_id author;
	struct message_id reply_to;      /* 0: none */
	usec_t at;
	bool loading;
};
MUST_USE enum err talk_say(struct db *db, struct arena *a, const struct new_message *m, struct message_id *ret);

/* What the actor says in a conversation among some, with the files of a form, as far as the policy lets them; not for tx routes. kind: comment or
 * note. errors INVALID, NOT_FOUND, DENIED */
struct req;
struct promise_ticked;
struct talk_words {
	struct conversation_id conversation;
	struct str kind, body;
	struct upload_list uploads;
	struct int_list files;           /* sent before */
	const struct promise_ticked *promise;   /* what was ticked while writing is made with them; NULL: nothing was offered */
};
MUST_USE enum err talk_words_say(struct req *q, const struct talk_words *w, struct message_id *ret);
/* Something said, as programs get it. errors NOT_FOUND */
struct talk_said;
MUST_USE enum err talk_said_view(struct req *q, struct conversation_id conversation, struct message_id id, struct talk_said *ret);

/* Attaches a file that is in the store. message 0: to the report itself. width, height 0: no picture. */
MUST_USE enum err talk_attach(struct db *db, struct conversation_id id, struct message_id message, struct file_id file, int64_t width,
                              int64_t height, struct str caption);

/* The actor of q puts a tag on a conversation, or takes it off; writes. errors NOT_FOUND, DENIED, TOO_LARGE (there are too many) */
MUST_USE enum err talk_tag(struct req *q, struct conversation_id id, struct str name, bool on);

/* Counts everything anew: what talk_check complains of is right behind it. */
MUST_USE enum err talk_recount(struct db *db, struct arena *a);

/* To be called in the transaction that changes what a person pays, with the difference: the order by impact counts it. Costs a
 * change of each report the person said "me too" to. */
MUST_USE enum err talk_worth_changed(struct db *db, struct arena *a, struct person_id who, int64_t more_minor);

/* ---------------------------------------------------------------------- for `rialto check` */

/* Compares votes, comments, worth, days, tallies, towns and cells with what they count. A sentence for each that differs, at most
 * 100. errors STORE */
MUST_USE enum err talk_check(struct db *db, struct arena *a, struct text_list *ret_complaints);

/* Subjects that we made of the reason and the title of what was asked about, as they are said in a language; what somebody wrote stays. The pack is the
 * firm's. errors STORE */
struct talk_subject {
	struct conversation_id id;       /* 0: of no conversation */
	struct str *subject;
};
struct talk_subjects { struct talk_subject *v; size_t n; };
MUST_USE enum err talk_subjects(struct db *db, struct arena *a, struct str pack, enum lang lang, const struct talk_subjects *all);
/* For the reader. */
MUST_USE enum err talk_subjects_here(struct req *q, struct talk_subjects all);
/* Those of rows: ID and SUBJECT are the members where each has the two. */
#define TALK_SUBJECTS(a, rows, ID, SUBJECT, ret)                                                                  \
	do {                                                                                                         \
		(ret) = (struct talk_subjects){.v = NEW_ARRAY(a, struct talk_subject, (rows)->n), .n = (rows)->n};        \
		for (size_t i_ = 0; i_ < (rows)->n; i_++)                                                                \
			(ret).v[i_] = (struct talk_subject){(rows)->v[i_].ID, &(rows)->v[i_].SUBJECT};                        \
	} while (0)

/* --------------------------------------------------------------------- for the day's page */

/* Conversations as the desk shows them, in this order, as far as the actor may know of them. */
MUST_USE enum err talk_desk_items(struct req *q, struct int_list ids, struct talk_desk_item_list *ret);
/* The tabs of the desk; here: "today" waiting mine nobody open. */
MUST_USE enum err talk_desk_views(struct req *q, struct str here, struct talk_desk_view_list *ret);
/* The staff, for choosing one. */
MUST_USE enum err colleagues(struct req *q, struct person_id chosen, struct talk_choice_list *ret);
/* The actor gives it to a colleague, with a note for the team that they are told (""); writes. errors NOT_FOUND, DENIED, INVALID (said at field) */
MUST_USE enum err talk_give(struct req *q, struct conversation_id id, struct person_id to, struct str note, const char *field);

/* A state as templates show it. */
struct talk_state state_view(struct str name);

/* ----------------------------------------------------------------------- readers of the log */

/* "search": keeps what can be found by words. Begin it with the first event. */
hub_read talk_search_read;
hub_wants talk_search_wants;

/* ------------------------------------------------------------------------------------ jobs */

/* "sweep", with the hub as its context: every hour forgets uploads that were not attached within a day, and removes files that
 * nothing points to. It queues its own next round; talk_sweep_begin, called by each server that starts, the first one. */
hub_job talk_sweep_job;
enum { TALK_SWEEP_TRIES = 3 };
MUST_USE enum err talk_sweep_begin(struct store *s);

#endif
