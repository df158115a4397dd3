#ifndef PACK_PACK_H
#define PACK_PACK_H
/* A pack makes Rialto fit an industry, with data only: packs/NAME/pack.json has the fields and tabs of a customer,
 * the topics of reports, and its words in every language. Packs are part of the program, or a firm's own, kept in its store; each is read and
 * checked once, and then constant as long as the process lives. Any thread. */
#include "text/locale.h"
#include "base/buf.h"
#include "base/err.h"
#include "web/page.h"

struct db;

enum pack_kind { PACK_TEXT, PACK_INT, PACK_MONEY, PACK_BOOL, PACK_DATE, PACK_CHOICE };

struct pack_label {
	struct str in[LANG_MAX_];
};

struct pack_word {
	struct str name;               /* a-z 0-9 _ */
	struct pack_label label;
};

struct pack_field {
	struct str name;
	struct pack_label label;
	bool own;                      /* customers fill it in themselves; all others are the firm's */
	bool required;                 /* of a form */
	bool staff;                    /* of a type of record or a form: for the team only */
	enum pack_kind type;           /* kept as text: int and money (minor units) in digits, bool as yes/no, date YYYY-MM-DD, choice its name */
	const struct pack_word *choice;
	size_t choices;
};

struct pack_tab {
	struct str name;
	struct pack_label label;
	const struct pack_field *field;
	size_t fields;
};

/* Who may let something pass by themselves: those whose limit the amount does not exceed. */
#define PACK_ANY INT64_MAX
struct pack_approval {
	bool needed;
	const struct pack_field *amount;   /* a money field of the form, else of the record; NULL: only who has PACK_ANY */
	int64_t limit[ROLE_OWNER + 1];     /* by role, in minor units; -1: none */
};

/* Something that can be done about a record: a form, who may send it, and what it comes to. */
struct pack_action {
	struct str name;
	struct pack_label label, words, confirm;   /* the button; what it is for; what is said before it is sent, may be empty */
	const struct pack_field *field;
	size_t fields;
	const struct pack_word **seat;     /* of the roles of the record's people: who may */
	size_t seats;
	bool staff;                        /* the staff may for them */
	const struct pack_word **when;     /* the states in which it is offered; none: in each */
	size_t whens;
	bool proof;                        /* who sends it shows once more who they are */
	struct pack_approval approval;
	bool back_office;                  /* another program is asked before it counts as done */
	bool *sets;                        /* by field of the form: the record's field of that name takes its value */
	const struct pack_word *state;     /* the record's, when it is done; NULL: as it is */
	const struct pack_type *add;       /* a part that is made of the form's fields; or NULL */
};

/* Some of what there is to read of a record, on a page of its own. */
struct pack_type_tab {
	struct str name;
	struct pack_label label;
	const struct pack_field **field;
	size_t fields;
	const struct pack_type **part;     /* types of its parts */
	size_t parts;
};

/* A type of record: a policy, an account, a statement line. */
/* What we owe the person of a record as soon as it is in a state; leaving that state does it. */
struct pack_expects {
	const struct pack_word *state;
	struct pack_label text;
	int days;                          /* business days of the firm's */
	bool team;                         /* only the team knows of it; else both sides */
};

struct pack_type {
	struct str name;
	struct pack_label label, many;
	const struct pack_type *parent;    /* what it is a line of; NULL: it stands by itself and has people of its own */
	int code;                          /* of this type among all of all packs; stable in a process only */
	struct pack_label title;           /* "{plan}, {number}": a text with fields in it; "{payee|kind}": the first of them that has something */
	const struct pack_field *field;
	size_t fields;
	const struct pack_field *at;       /* the date field by which it is listed, or NULL: when it became known */
	const struct pack_field *amount;   /* the money field that is added up, or NULL */
	bool flow;                         /* its amounts come in (above 0) and go out (below); else they are what things cost */
	const struct pack_word *state;     /* the first is a new one's */
	size_t states;
	bool staff_state;                  /* in which one it is, is for the team only */
	bool staff;                        /* something of it is */
	const bool *next;                  /* states x states: next[a * states + b], a may become b; NULL: any may become any */
	const struct pack_word *role;      /* of its people */
	size_t roles;
	const struct pack_word *room;      /* it has a room, in which its people speak; the role of who leads there; NULL: none */
	const struct pack_expects *expects; /* at most one for a state */
	size_t expectations;
	const struct pack_word *reason;    /* why somebody asks about it */
	size_t reasons;
	const struct pack_action *action;  /* what can be done about it */
	size_t actions;
	const struct pack_type_tab *tab;   /* each field and type of parts stands in one at most; what stands in none is always shown */
	size_t tabs;
};

struct pack_file {
	struct str name;               /* pack.json, demo.json, img/anna.webp, import/berka-card.json */
	struct str bytes;
};

struct pack {
	struct str name;
	const struct pack_file *file;  /* all there is in its folder */
	size_t files;
	struct str hash;               /* over all its files, of one that is not part of the program */
	struct pack_label label;
	const struct pack_type *type;
	size_t types;
	struct str worth;              /* the money field that says what a customer pays each month, for the order by impact; or none */
	const struct pack_tab *tab;
	size_t tabs;
	const struct pack_word *topic;
	size_t topics;
};

/* Reads and checks one from the text of its file. errors INVALID */
MUST_USE enum err pack_read(const char *name, struct str text, struct pack *ret, struct str *ret_why);

/* Reads and checks all packs of the program, once; ret_why says the file, the place and the fault. errors INVALID */
MUST_USE enum err pack_load(struct str *ret_why);
/* One more, from the files of its folder, which are copied; of a name that is there already the newer is found from now on. errors INVALID */
MUST_USE enum err pack_add(const char *name, const struct pack_file *file, size_t files, struct str hash, struct str *ret_why);

/* The pack that somebody names: one of the program's, or a folder (a word with a / in it), which is read. ret_why says why not. errors INVALID */
MUST_USE enum err pack_wanted(struct arena *a, const char *word, const struct pack **ret, struct str *ret_why);

/* The firm's own pack, where it has one, as it is in the store now: to be called when a store has been opened and when the firm has changed.
 * errors INVALID (this program finds a fault in it), STORE */
MUST_USE enum err pack_refresh(struct db *db, struct arena *a, struct str *ret_why);
/* Keeps the files of one that is not part of the program in the store; on the writer. */
MUST_USE enum err pack_keep(struct db *db, const struct pack *p);

const struct pack *pack_find(struct str name);   /* NULL if there is none */
const struct pack *pack_find_before(const struct pack *p, struct str name);   /* that was found before p came */
const struct pack *pack_at(int i);               /* in the order they came; NULL past the last */
struct str pack_file(const struct pack *p, const char *name);   /* its bytes, as long as the process lives; STR_NONE if there is none */
struct str pack_names(struct arena *a, const char *with);       /* "banking, insurance": those that have this file; NULL: all */

const struct pack_field *pack_field_find(const struct pack *p, struct str name);   /* NULL if there is none */
const struct pack_word *pack_topic_find(const struct pack *p, struct str name);
struct str pack_say(const struct pack_label *label, enum lang lang);

const struct pack_type *pack_type_find(const struct pack *p, struct str name);     /* NULL if there is none */
const struct pack_type *pack_type_of(int code);
const struct pack_field *pack_type_field(const struct pack_type *t, struct str name);
const struct pack_word *pack_type_state(const struct pack_type *t, struct str name);
/* Whether what an event "update record" says of its changes ({"changed":["state","value"]}) is news for anybody but the team. */
bool pack_type_news(const struct pack_type *t, struct str data);
/* The tab of a type in which a field, or a type of its parts, stands; NULL: in none. */
const struct pack_type_tab *pack_type_tab_of(const struct pack_type *t, const struct pack_field *f);
const struct pack_type_tab *pack_type_tab_with(const struct pack_type *t, const struct pack_type *part);
/* The kind of lines that make up a record: those with dates and amounts; NULL when it has none, or t is NULL. */
const struct pack_type *pack_type_lines(const struct pack *p, const struct pack_type *t);
/* Whether a record in one state may come into another; the same one always may. */
bool pack_type_moves(const struct pack_type *t, struct str from, struct str to);
const struct pack_word *pack_type_role(const struct pack_type *t, struct str name);
const struct pack_word *pack_type_reason(const struct pack_type *t, struct str name);

const struct pack_action *pack_action_find(const struct pack_type *t, struct str name);   /* NULL if there is none */
/* Whether somebody of this role lets it pass by themselves. amount: what the action's approval is about, when there is one. */
bool pack_approves(const struct pack_action *act, enum role role, struct opt_int amount);

/* Whether a value is right for a field ("" always is): its clean form in *ret, or a sentence (a key) in *ret_fault. */
bool pack_value(struct arena *a, const struct pack_field *f, struct str value, struct str *ret, const char **ret_fault);
/* What one is called in a language; value: by field of the type. */
struct str pack_title(struct arena *a, const struct pack_type *t, const struct str *value, enum lang lang);
/* A kept value as a person reads it. */
struct str pack_shown(struct arena *a, const struct pack_field *f, struct str value, const struct locale *l);
/* A kept value as people of either language would look for it: words of text/find.h. */
void pack_words(struct arena *a, struct buf *to, const struct pack_field *f, struct str value);

/* Values of some fields, in their order; "" where there is none. Kept: an object of texts. errors MALFORMED */
MUST_USE enum err pack_values_read(struct arena *a, const struct pack_field *f, size_t n, struct str kept, struct str **ret);
struct str pack_values_keep(struct arena *a, const struct pack_field *f, size_t n, const struct str *value);   /* STR_NONE: too long */
/* As programs get them: amounts as {amount, currency}, whole numbers, true and false, all else as text. */
struct str pack_values_json(struct arena *a, const struct pack_field *f, size_t n, const struct str *value, struct str currency);

#endif
