#ifndef WEB_OUT_H
#define WEB_OUT_H
/* Writing a page. Generated templates call these; the place in the markup chooses the function, the type chooses the case,
 * and what has no case does not compile. Values are escaped for text and for quoted attributes alike: & < > " '. */
#include "base/buf.h"
#include "base/values.h"
#include "text/locale.h"

struct page;

struct out {
	struct buf *b;
	struct arena *a;                  /* what the formatters make, given back at once */
	const struct page *page;          /* what the layout and the formatters know: language, zone, now, the viewer */
	const struct locale *locale;
};

static inline void out_raw(struct out *o, const char *literal, size_t n) { buf_add(o->b, str_n(literal, n)); }
static inline void out_bool(struct out *o, bool v) { buf_add(o->b, v ? STR("true") : STR("false")); }

void out_text_str(struct out *o, struct str s);
void out_text_int(struct out *o, int64_t v);
void out_text_real(struct out *o, double v);      /* shortest form that reads back the same */
void out_text_opt(struct out *o, struct opt_int v);
void out_html(struct out *o, struct html h);      /* text places only */
void out_url(struct out *o, struct url u);        /* a whole href or src */
void out_part_str(struct out *o, struct str s);   /* percent-encoded, for a part of an address */
void out_part_int(struct out *o, int64_t v);
void out_part_real(struct out *o, double v);
static inline void out_part_url(struct out *o, struct url u) { out_part_str(o, u.s); }

#define OUT_ID_CASE_(name) struct name##_id: out_id_##name,
#define ID(name) static inline void out_id_##name(struct out *o, struct name##_id v) { out_text_int(o, v.v); }
#include "base/ids.def"
#undef ID

/* {{path}} in text; generated code passes the value. */
#define out_text(o, x) _Generic((x), struct str: out_text_str, int64_t: out_text_int, int: out_text_int, double: out_text_real, \
	struct opt_int: out_text_opt, struct html: out_html, struct url: out_url, OUT_IDS_(OUT_ID_CASE_) bool: out_bool)(o, x)
/* {{path}} in a quoted attribute: the same, without html. */
#define out_attr(o, x) _Generic((x), struct str: out_text_str, int64_t: out_text_int, int: out_text_int, double: out_text_real, \
	struct opt_int: out_text_opt, struct url: out_url, OUT_IDS_(OUT_ID_CASE_) bool: out_bool)(o, x)
/* {{path}} within an address. */
#define out_part(o, x) _Generic((x), struct str: out_part_str, int64_t: out_part_int, int: out_part_int, double: out_part_real, \
	struct url: out_part_url, OUT_IDS_(OUT_ID_CASE_) bool: out_bool)(o, x)
/* What p.a is for p.a.b: the struct itself, or where its pointer points. */
#define out_deref(x) (*__builtin_choose_expr(__builtin_classify_type(x) == 5, (x), &(x)))

/* {{if path}} */
static inline bool true_str(struct str s) { return s.n > 0; }
static inline bool true_int(int64_t v) { return v != 0; }
static inline bool true_opt(struct opt_int v) { return v.has && v.v != 0; }
static inline bool true_real(double v) { return v != 0 && v == v; }
static inline bool true_html(struct html h) { return h.s.n > 0; }
static inline bool true_url(struct url u) { return u.s.n > 0; }
static inline bool true_ptr(const void *p) { return p != NULL; }
#define ID(name) static inline bool true_id_##name(struct name##_id v) { return v.v != 0; }
#include "base/ids.def"
#undef ID
#define TRUE_ID_CASE_(name) struct name##_id: true_id_##name,
#define truth(x) _Generic((x), struct str: true_str, int64_t: true_int, int: true_int, bool: true_int, double: true_real, \
	struct opt_int: true_opt, struct html: true_html, struct url: true_url, OUT_IDS_(TRUE_ID_CASE_) default: true_ptr)(x)

/* The ids as a list for _Generic; a test compares it with ids.def. */
#define OUT_IDS_(X) X(attachment) X(brand_text) X(call) X(claim) X(contact) X(conversation) X(delivery) X(document) X(event) X(expectation) X(file) X(identity) X(import) X(job) X(joint) \
	X(mail) X(message) X(notice) X(organization) X(person) X(record) X(reply) X(request) X(revision) X(search) X(service_rule) X(tag) X(task) X(team) X(token) X(webhook)

/* {{if path == 3}}: a number that is absent is NAN, which is unlike any other. */
static inline int64_t number_int(int64_t v) { return v; }
static inline double number_real(double v) { return v; }
static inline double number_opt(struct opt_int v) { return v.has ? (double)v.v : __builtin_nan(""); }
#define out_number(x) _Generic((x), int64_t: number_int, int: number_int, double: number_real, struct opt_int: number_opt)(x)

/* {{if a == b}}: of one kind, so an id compares with ids of its kind only. */
static inline bool same_int(int64_t a, int64_t b) { return a == b; }
static inline bool same_bool(bool a, bool b) { return a == b; }
#define ID(name) static inline bool same_id_##name(struct name##_id a, struct name##_id b) { return a.v == b.v; }
#include "base/ids.def"
#undef ID
#define SAME_ID_CASE_(name) struct name##_id: same_id_##name,
#define out_same(a, b) _Generic((a), struct str: str_eq, int64_t: same_int, int: same_int, OUT_IDS_(SAME_ID_CASE_) \
	bool: same_bool)(a, b)

/* Translated sentences. key is the number of one (messages.h); n chooses between singular and plural, and stands for {n}
 * where there are both. */
void out_message(struct out *o, int key, int64_t n);
/* One with arguments: out_next writes up to the next {name}, which out_says knows, and is false at the end. */
struct out_say {
	struct str rest, name;
	int64_t n;
	bool plural;
};
struct out_say out_begin(const struct out *o, int key, int64_t n);
bool out_next(struct out *o, struct out_say *say);
static inline bool out_says(const struct out_say *say, const char *name) { return str_is(say->name, name); }

void out_icon(struct out *o, const char *name);
void out_static(struct out *o, const char *name);     /* the address of a static file, with its hash */
void out_csrf(struct out *o);
void out_error(struct out *o, const char *field);     /* {{error "subject"}}: what is wrong with the field, if something is */

/* Formatters: {{path | name}}. */
void fmt_date(struct out *o, usec_t t);               /* Friday 14 March */
void fmt_month(struct out *o, usec_t t);              /* March 2026 */
void fmt_clock(struct out *o, usec_t t);              /* 18:20 */
void fmt_when(struct out *o, usec_t t);               /* yesterday at 18:20 */
void fmt_ago(struct out *o, usec_t t);                /* five minutes ago */
void fmt_iso(struct out *o, usec_t t);                /* RFC 3339, for datetime= */
void fmt_day(struct out *o, struct str date);         /* of YYYY-MM-DD */
void fmt_number(struct out *o, int64_t n);            /* 1,062 */
void fmt_size(struct out *o, int64_t n);              /* 1.1 MB */
void fmt_money(struct out *o, int64_t minor);         /* in the business's currency */
void fmt_tr(struct out *o, struct str key);           /* a text that is itself a key of the catalogue */
void fmt_initials(struct out *o, struct str name);    /* JW */
void fmt_lines(struct out *o, struct str s);          /* a text whose line breaks are shown */
void fmt_icon(struct out *o, struct str name);        /* an icon whose name is data */

#endif
