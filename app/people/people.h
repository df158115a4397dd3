#ifndef PEOPLE_PEOPLE_H
#define PEOPLE_PEOPLE_H
/* People: what is kept of them, and what of it someone may see. Nothing about a person leaves but through
 * people_view, people_views and people_cards: pages, API, search and export alike. Any thread with a connection,
 * unless a function says "writes". */
#include "event/hub.h"
#include "text/find.h"
#include "types.h"
#include "web/req.h"

enum { PEOPLE_MAX = 200 /* at once */ };

/* What an actor may see of a person; what they may not is absent. locale gives the words of the pack's fields. errors
 * NOT_FOUND (none, or not to be known of) */
MUST_USE enum err people_view(struct db *db, struct arena *a, const struct actor *who, const struct business *firm,
                              const struct locale *l, struct person_id id, struct person_view *ret);
/* The same for up to PEOPLE_MAX; those who may not be known of are left out; in the order of ids. */
MUST_USE enum err people_views(struct db *db, struct arena *a, const struct actor *who, const struct business *firm,
                               const struct locale *l, struct person_id_list ids, struct person_view_list *ret);

/* What stands beside what someone said: a card for each of up to PEOPLE_MAX ids, in their order. Who wrote in the
 * community is known by the public name, so a card comes for everyone; id 0 and unknown ids give an empty card. */
MUST_USE enum err people_cards(struct db *db, struct arena *a, const struct actor *who, struct person_id_list ids,
                               struct person_card_list *ret);

/* The staff by the names that who sees, at most PEOPLE_MAX; all: also those who have left. */
MUST_USE enum err people_staff(struct db *db, struct arena *a, const struct actor *who, bool all,
                               struct person_id_list *ret);

/* Whom who may know of by that name, number, email or phone, as far as who may see these; in the order of the names. */
MUST_USE enum err people_named(struct db *db, struct arena *a, const struct actor *who, struct str words, int most, struct person_id_list *ret);
/* For queries of the index: the tokens of the documents by which who may find people; and the words of a name among all others. */
struct find_group people_readers(struct arena *a, const struct actor *who);
#define PEOPLE_NAMED "n"
/* The digits of a phone as people type it: without the country's or the long-distance zeros, four at least; else "". */
struct str people_digits(struct arena *a, struct str typed);

/* ------------------------------------------------------------------ changing */

enum contact_kind { CONTACT_EMAIL, CONTACT_PHONE, CONTACT_ADDRESS, CONTACT_KINDS };

struct contact_input {
	struct str label, value;
};
struct contact_inputs {
	bool given;                                    /* replaces those there are; equal ones stay what they are */
	struct contact_input *v;
	size_t n;
};

/* What a profile is to hold. STR_NONE: stays as it is; "" empties. Values are checked by who fills this in. */
struct person_input {
	struct str kind, role, name, public_name, customer_no, title, about, languages, hours, birthday, channel, locale,
		zone, staff_notes;
	struct opt_int contact_id, worth_minor, photo; /* 0: none from now on */
	bool place_given;
	double lat, lon;                               /* NAN: none */
	struct contact_inputs contact[CONTACT_KINDS];
	bool tags_given;
	struct text_list tags;
	struct text_list field_name, field_value;      /* the pack's fields, as pack_value gives them */
	struct text_list audience_field, audience;
	bool only_seen; /* what the person hides from the actor stays as it is; actor 0 is one of the staff */
};

/* Makes a person; writes. name must be given; kind and role default to a customer's. public_name is made from the
 * name unless given. actor 0: the program (an import). Appends the event. errors CONFLICT (the customer number is
 * another's) */
MUST_USE enum err people_create(struct db *db, struct arena *a, struct person_id actor, const struct person_input *in,
                                struct person_id *ret);

/* Changes a person; writes. Keeps each change, and appends one event if there was any. was: the version that the
 * change is made to, or 0. errors NOT_FOUND, STALE, CONFLICT (the customer number is another's) */
MUST_USE enum err people_change(struct db *db, struct arena *a, struct person_id actor, struct person_id id,
                                int64_t was, const struct person_input *in, bool *ret_changed);

/* The actor of q puts a tag on a profile, or takes it off; writes. errors NOT_FOUND, DENIED, TOO_LARGE (there are too many) */
MUST_USE enum err people_tag(struct req *q, struct person_id id, struct str name, bool on);

/* One of the pack's fields; writes; no change is kept and no event appended: for imports that create. */
MUST_USE enum err people_set_field(struct db *db, struct person_id id, struct str name, struct str value);

/* "Jonas Weber" → "Jonas W."; one word stays. For firms give the name itself as the public one. */
struct str public_name_of(struct arena *a, struct str name);
/* As contact.folded holds it: lower case without accents; of a phone the digits. */
struct str contact_fold(struct arena *a, enum contact_kind kind, struct str value);
const char *contact_kind_word(enum contact_kind kind);

/* A durable reader of the log: keeps the words by which people are found. */
enum err people_read_events(struct db *db, struct arena *a, const struct event *e, size_t n, void *ctx);
hub_wants people_wants;

/* The address of a place in the firm's map service; STR_NONE in it when there is neither address nor place (NAN). */
struct url people_map_link(struct arena *a, const struct business *firm, struct str address, double lat, double lon);

#endif
