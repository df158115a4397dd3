#ifndef TALK_TALK_INT_H
#define TALK_TALK_INT_H
/* Within talk only. */
#include "access/policy.h"
#include "file/file.h"
#include "routes.h"
#include "sql/desk.h"
#include "sql/talk.h"
#include "sql/talk_list.h"
#include "sql/talk_map.h"
#include "sql/talk_search.h"
#include "talk/talk.h"
#include "types.h"
#include "web/req.h"

enum {
	SUBJECT_MAX = 200, BODY_MAX = 20000, SUMMARY_CHARS = 140, TERMS_MAX = 120,
	LIST_MAX = 200, FOUND_MAX = 500, PHOTOS_MAX = FILES_AT_ONCE_MAX, WEEKS = 16,
};
#define EDIT_TIME MINUTES(15)

/* ------------------------------------------------------------- state.c: the table of states */

struct state {
	const char *name;            /* in_work */
	const char *look;            /* work: data-s, and the icon s-work */
	const char *word;            /* "In work", a key */
	bool open;                   /* still to be done */
	const char *next;            /* the states that may follow, in the order in which they are offered */
};
const struct state *state_find(struct str name);         /* NULL if there is none */
const struct state *state_at(int i);                     /* NULL past the last */
bool state_may_follow(const struct state *from, const struct state *to);
/* ",new,heard," of "open", "settled" or one state; STR_NONE for anything else. */
struct str state_set(struct arena *a, struct str word);

/* ------------------------------------------------ count.c: what is counted when something changes */

const char *board_of(struct str kind);                    /* problems ideas talk; NULL for no kind */
double impact_of(int64_t votes, usec_t voted_at, bool open);
double staff_impact_of(double impact, int64_t worth_minor);

/* Takes a conversation out of (-1) or puts it into (+1) the public counts, as its facts are. */
MUST_USE enum err count_whole(struct db *db, const struct talk_facts *f, int sign);
/* One voice more or fewer (step), given at that time by someone who pays so much a year; step 0: only what they pay changed.
 * All counters of a report and the public ones are written before the commit. Returns the voices counted in this
 * transaction that the report's facts do not have yet. */
int64_t count_voice(struct db *db, struct conversation_id id, int step, int64_t worth_minor, usec_t at);

MUST_USE enum err talk_facts(struct db *db, struct arena *a, struct conversation_id id, struct talk_facts *ret);
enum audience talk_audience(const struct talk_facts *f);

/* ------------------------------------------------------------------ quad.c: quadkeys and tiles */

enum { QUAD_LEVELS = 22, CELL_LEVELS = 16 };
int64_t quad_of(double lat, double lon, int level);       /* lat is taken within ±85.05 */
void quad_middle(int64_t quadkey, int level, double *ret_lat, double *ret_lon);

struct box { double west, south, east, north; };
bool box_read(struct str text, struct box *ret);          /* w,s,e,n; west may be greater than east: over the date line */
bool box_has(const struct box *b, double lat, double lon);
/* Tiles of the deepest level at which few of them cover the box. */
struct int_list box_tiles(struct arena *a, const struct box *b, int *ret_level);

/* --------------------------------------------------------------------- place.c: towns */

struct town {
	struct str name, region, country;         /* region: MO, or empty */
	double lat, lon;
	int64_t people;
};
struct town_list { const struct town **v; size_t n; };

/* The town that a place counts for: near it, within 60 km, the larger the farther it reaches; NULL if there is none. */
const struct town *town_near(double lat, double lon);
/* Towns that begin with the words, near the firm first; also the last part of "Quay Street 3, Saltry". at most 8. */
struct town_list towns_find(struct arena *a, struct str words, double lat, double lon);
struct talk_place place_view(struct arena *a, const struct town *t);

/* ------------------------------------------------------------------ search.c */

/* The newest conversations that hold the words (all of them, the last one may be a beginning). */
MUST_USE enum err search_ids(struct db *db, struct arena *a, struct str q, int most, struct int_list *ret);
/* Reports that say much the same as a sentence, the most alike first. */
MUST_USE enum err search_similar(struct req *q, struct str text, int most, struct talk_like_list *ret);
/* The same for a report that the index knows: found when its words were read. */
MUST_USE enum err search_alike(struct req *q, struct conversation_id id, int most, struct talk_like_list *ret);

/* -------------------------------------------------------------------- show.c: views of one report */

struct object talk_object(const struct talk_report_row *r);
struct object talk_object_of(const struct talk_facts *f);   /* who takes part is not known */
/* Something said in a conversation that the actor is known to see. */
struct object said_object(struct object conversation, const struct talk_said_facts *said);
/* Says who is mentioned in messages, and leads their names to their profiles. */
MUST_USE enum err mentions_of(struct req *q, struct talk_message_list *messages);

/* For the author of the words that begin a conversation, right behind writing them: who is named in them and not told. */
MUST_USE enum err tell_mentions(struct req *q, struct conversation_id id, struct str words);
/* The report as its JSON and pages show it. */
MUST_USE enum err report_view(struct req *q, const struct talk_report_row *row, bool tags, struct talk_report *ret);
MUST_USE enum err report_get(struct req *q, struct conversation_id id, struct talk_report_row *ret);
MUST_USE enum err voice_view(struct req *q, const struct talk_report_row *row, struct talk_voice *ret);
struct talk_message message_view(struct req *q, const struct talk_message_row *row, struct conversation_id in);
struct str topic_label(struct req *q, struct str topic);  /* empty when the pack has no such topic any more */

/* -------------------------------------------------------------------- list.c */

struct list_wish {
	struct str board, kind, status, topic, area, tag, words, sort, cursor;   /* STR_NONE or empty: any; sort: impact new active answered */
	const struct box *box;
	struct record_id record;     /* 0: any */
	struct opt_int assignee;     /* 0: nobody's; below: a team's, minus its id */
	int most;
};
/* The id in the cursor of a list by ids; an empty one leaves *ret as it is. errors INVALID (said at "cursor") */
MUST_USE enum err cursor_id(struct req *q, struct str cursor, int64_t *ret);
/* Ids of a page of a list in their order, and the cursor of the next (STR_NONE: none). */
MUST_USE enum err list_find(struct req *q, const struct list_wish *w, struct int_list *ret, struct str *ret_next);
MUST_USE enum err list_items(struct req *q, struct int_list ids, struct talk_item_list *ret);      /* as pages show them */
MUST_USE enum err list_reports(struct req *q, struct int_list ids, struct talk_report_list *ret);  /* as JSON has them */
struct talk_choice_list topic_choices(struct req *q, struct str chosen);

/* -------------------------------------------------------------------- desk.c: what is on the desk */

#define NOBODY_WAITS INT64_MAX
struct desk_wish {
	struct opt_int assignee;     /* 0: nobody's; below: in the care of a team, minus its id; not given: anybody's */
	bool waiting;                /* only where somebody waits for words of ours */
	struct str cursor;           /* empty: from the beginning */
	int most;
};
/* Ids of what is open, whoever waits longest first, and the cursor of the next page (STR_NONE: none). errors INVALID */
MUST_USE enum err desk_find(struct req *q, const struct desk_wish *w, struct int_list *ret, struct str *ret_next);
/* "me", "nobody", an id, "team-3"; empty: not given. errors INVALID (said at "assignee"), DENIED (not one of the staff) */
MUST_USE enum err desk_assignee(struct req *q, struct str word, struct opt_int *ret);
/* Gives it to whom a form says: the id of a colleague, "team-3", "0" or "" (nobody). errors as report_assign, INVALID (said at "assignee") */
MUST_USE enum err desk_give(struct req *q, struct conversation_id id, struct str to);
/* The teams, for choosing one; as desk_give reads them. */
MUST_USE enum err team_choices(struct req *q, struct team_id chosen, struct talk_choice_list *ret);

/* -------------------------------------------------------------------- home.c */

struct talk_map map_view(struct req *q, const char *board);   /* a map of the firm's part of the world */

/* ---------------------------------------------------------------- revision.c: what was written before it was changed */

/* Keeps the words of a report (said NULL) or message as they are, before `editor` changes them at `now`. */
MUST_USE enum err revision_keep(struct db *db, const struct talk_facts *f, const struct talk_said_facts *said,
	struct person_id editor, usec_t now);

/* ------------------------------------------------------------------- files.c */

/* Takes a file that is not attached to anything yet. */
MUST_USE enum err upload_put(struct db *db, struct arena *a, struct person_id who, const struct file_new *n, struct file_id *ret);
/* talk_attach by the name that its sender gave it; '' is the file's own. */
MUST_USE enum err attach_as(struct db *db, struct conversation_id id, struct message_id message, struct file_id file, struct str name,
	int64_t width, int64_t height, struct str caption);
struct talk_file file_view_of(struct file_id id, struct str name, struct str type, int64_t bytes, int64_t width, int64_t height);
/* Gives messages the files they came with. */
MUST_USE enum err files_of(struct req *q, struct conversation_id id, struct talk_message_list *messages);

/* ------------------------------------------------------------------ photos.c: the photos of a form */

/* The ids of files in an input, as numbers. */
#define FILE_IDS(list) ((struct int_list){.v = (int64_t *)(void *)(list).v, .n = (list).n})
/* At most PHOTOS_MAX together. */
struct photos {
	struct talk_file upload[PHOTOS_MAX];     /* sent before, with a form that was not taken */
	struct file_new picture[PHOTOS_MAX];     /* of this form, made smaller */
	size_t kept, fresh;
};
/* The photos of a form and those kept from the time before; any: other files, too. They are made smaller here, outside of any
 * transaction; it goes on behind one that is none. Also when it fails ret has what is good. errors INVALID (said at "photos") */
MUST_USE enum err photos_take(struct req *q, struct upload_list fresh, struct int_list kept, bool any, struct photos *ret);
/* Attaches them, on the writer. */
MUST_USE enum err photos_attach(struct req *q, struct db *db, struct conversation_id id, struct message_id message,
	const struct photos *p);
/* When e is an error, keeps the new ones as uploads of the sender for the form that comes again. Returns e. */
enum err photos_keep(struct req *q, const struct photos *p, enum err e);
/* What such a form shows. `before`: as its own fields say. */
MUST_USE enum err photos_again(struct req *q, struct int_list before, struct talk_file_list *ret);
/* Attaches files that this person sent before, on the writer. errors INVALID */
MUST_USE enum err uploads_attach(struct req *q, struct db *db, struct conversation_id id, struct message_id message,
	struct int_list files);

/* -------------------------------------------------------------------- ask.c: about a record */

/* Says what a new conversation is about, and keeps that as it looks; in the transaction that makes it. */
MUST_USE enum err ask_link(struct db *db, struct arena *a, struct conversation_id id, const struct record_row *row);
/* What a conversation is about, then and now; NULL: about no record, or about one that is not the actor's to see. */
MUST_USE enum err ask_view(struct req *q, struct conversation_id id, struct talk_about **ret);

/* ----------------------------------------------------------------- glance.c: for whoever answers */

/* What the staff should know before answering; NULL for all others. */
MUST_USE enum err glance_view(struct req *q, struct conversation_id id, struct talk_glance **ret);
/* Who takes part, by the names that the actor knows them by; the actor is known to see the conversation. */
MUST_USE enum err seats_view(struct req *q, struct conversation_id id, struct talk_seat_list *ret);
/* Who else writes an answer, and what a colleague said behind `since`. */
MUST_USE enum err collide_view(struct req *q, struct conversation_id id, struct message_id since, struct talk_collide *ret);
/* errors CONFLICT (said at "body"): a colleague said something behind what the actor has seen */
MUST_USE enum err collide_check(struct req *q, struct conversation_id id, struct message_id since);

/* ----------------------------------------------------------------- saved.c: saved replies */

/* Those that the actor can insert. */
MUST_USE enum err reply_choices(struct req *q, struct talk_choice_list *ret);

/* ----------------------------------------------------------------- joint.c: threads that become one, or part */

/* "12", or the address of its page; 0 when it is neither. */
struct conversation_id joint_number(struct str s);
/* Joins a thread with another. errors INVALID (said at "into"), CONFLICT, NOT_FOUND, DENIED */
MUST_USE enum err joint_merge(struct req *q, struct conversation_id id, struct conversation_id into);
/* Gives some of what was said a thread of its own. */
MUST_USE enum err joint_split(struct req *q, struct conversation_id id, struct int_list messages, struct str subject, struct conversation_id *ret);
/* Undoes one of the two; ret: the thread that it began with. errors CONFLICT (something later must be undone first) */
MUST_USE enum err joint_undo(struct req *q, struct conversation_id id, struct joint_id joint, struct conversation_id *ret);
/* Whether another thread is read in its place; then the answer is the way there. */
MUST_USE enum err joint_leads(struct req *q, struct conversation_id id, bool *ret_leads);
/* What it was joined with or parted from, for the team. */
MUST_USE enum err joint_view(struct req *q, struct conversation_id id, struct talk_joint_list *ret);

/* ----------------------------------------------------------------- report.c, vote.c */

/* The facts of a conversation that the actor may do this to. errors NOT_FOUND, DENIED */
MUST_USE enum err facts_may(struct db *db, struct arena *a, const struct actor *actor, struct conversation_id id, enum act act,
                            struct talk_facts *ret);
MUST_USE enum err facts_for(struct req *q, struct conversation_id id, enum act act, struct talk_facts *ret);
MUST_USE enum err report_hide(struct req *q, struct conversation_id id, bool hide);
MUST_USE enum err report_assign(struct req *q, struct conversation_id id, struct person_id who);
/* A team's, and nobody's in it yet. errors as report_assign */
MUST_USE enum err report_assign_team(struct req *q, struct conversation_id id, struct team_id team);
MUST_USE enum err report_publish(struct req *q, struct talk_facts *f, struct str visibility);
MUST_USE enum err report_edit(struct req *q, const struct talk_facts *f, struct str subject, struct str body, struct str topic);
/* A voice and that they follow, without the event. ret_more, when it is new: as count_voice returns it. */
MUST_USE enum err talk_first_voice(struct db *db, struct conversation_id id, struct person_id who, usec_t at, int64_t *ret_more,
                                   bool *ret_new);

/* An event about a conversation, told as widely as the conversation itself. */
MUST_USE enum err talk_event(struct db *db, struct person_id actor, const char *verb, struct message_id message, const struct talk_facts *f,
                             enum audience audience, struct str data);

#endif
