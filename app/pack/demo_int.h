#ifndef PACK_DEMO_INT_H
#define PACK_DEMO_INT_H
/* Within pack: what the parts of the demo share while it is made, in one transaction on the writer. */
#include "base/values.h"
#include "db/db.h"
#include "pack/pack.h"
#include "text/json.h"

struct demo_person {
	struct str key;                /* the word that conversations use */
	struct person_id id;
};

/* One thing that somebody once did. Deeds are planned, sorted and done one after the other. */
enum deed_kind { DEED_RECORD, DEED_CHANGE, DEED_ASK, DEED_REPORT, DEED_STATUS, DEED_ANSWER, DEED_COMMENT, DEED_NOTE, DEED_VOTE, DEED_ROOM,
	DEED_ROOM_SAID, DEED_CALL, DEED_PROMISE, DEED_PROMISE_STEP, DEED_TASK };

/* Among the conversations of all. */
#define DEMO_NOWHERE SIZE_MAX

struct demo_record;
struct demo_room;
struct demo_promise;

struct deed {
	usec_t at;
	enum deed_kind kind;
	size_t conversation;           /* its place among all; of records: the place in their order */
	const struct json *what;
	struct demo_record *record;    /* made, changed or asked about */
	struct demo_room *room;        /* made, or in which it was said */
	struct demo_promise *promise;  /* made, or moved on */
	struct person_id who;
};

struct demo {
	struct arena *a;
	struct db *db;
	const struct pack *pack;
	const struct json *root;
	usec_t now;
	const struct zone *zone;
	uint64_t seed;
	struct str hash;               /* of the one password */
	struct demo_person *named;
	size_t named_count;
	struct person_id *crowd;
	size_t crowd_count;
	struct deed *deed;
	size_t deeds, deed_room;
	size_t conversations;          /* planned */
	struct str why;                /* what is wrong with demo.json */
};

enum err demo_fault(struct demo *d, const char *what, struct str where);   /* returns INVALID */

struct str demo_text(const struct json *o, const char *name);                 /* "" when absent */
double demo_real(const struct json *o, const char *name, double otherwise);
int64_t demo_int(const struct json *o, const char *name, int64_t otherwise);
usec_t demo_ago(const struct demo *d, double days);
uint32_t demo_random(struct demo *d, uint32_t below);                         /* the same numbers in every run */

/* Keeps packs/PACK/img/NAME; none when there is no such name. */
MUST_USE enum err demo_file(struct demo *d, struct str name, struct file_id *ret);

/* The person a conversation names by key, or by number in the crowd. */
MUST_USE enum err demo_who(struct demo *d, const struct json *who, struct person_id *ret);

MUST_USE enum err demo_people(struct demo *d);
/* Nobody writes at night: five in the afternoon before. */
usec_t demo_by_day(struct demo *d, usec_t at, usec_t not_before);
void demo_plan(struct demo *d, struct deed deed);

/* demo_talk.c: conversations, and what is said in one: its history, comments, notes and answer. begun: when it was */
MUST_USE enum err demo_plan_talk(struct demo *d);
MUST_USE enum err demo_plan_said(struct demo *d, size_t conversation, const struct json *c, usec_t begun);
MUST_USE enum err demo_do_talk(struct demo *d, const struct deed *deed, struct conversation_id *id);
/* demo_record.c: records, their lines, what became of them and was asked about them. */
MUST_USE enum err demo_plan_records(struct demo *d);
MUST_USE enum err demo_do_record(struct demo *d, const struct deed *deed, struct conversation_id *id);
/* demo_room.c: rooms of the team; what was said and telephoned in the room of a record. */
MUST_USE enum err demo_plan_rooms(struct demo *d);
MUST_USE enum err demo_plan_room_of(struct demo *d, struct demo_record *record, struct str lead, const struct json *rule,
                                 usec_t begun);
MUST_USE enum err demo_do_room(struct demo *d, const struct deed *deed);
/* demo_promise.c: what was promised, in a conversation begun then, its place among all; DEMO_NOWHERE: in none. */
MUST_USE enum err demo_plan_promises(struct demo *d, const struct json *of, size_t conversation, usec_t begun);
MUST_USE enum err demo_do_promise(struct demo *d, const struct deed *deed, struct conversation_id conversation);
/* demo_task.c: what is to be done. */
MUST_USE enum err demo_plan_tasks(struct demo *d);
MUST_USE enum err demo_do_task(struct demo *d, const struct deed *deed);
struct record_id demo_record_id(const struct demo_record *r);                 /* once it is made */

#endif
