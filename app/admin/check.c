#include "admin/check.h"
#include "event/event.h"
#include "people/people.h"
#include "sql/check.h"
#include "talk/talk.h"
#include "text/json.h"
#include <inttypes.h>
#include <stdio.h>

enum { MOST = 1000 };

struct checking {
	struct db *db;
	struct arena *a;
	struct text_list found;
	struct arena row;          /* of the row that is looked at */
};

static void complain(struct checking *c, struct str sentence) {
	if (c->found.n < MOST) c->found.v[c->found.n++] = sentence;
}

static enum err check_engine(struct checking *c, struct store *s) {
	struct str *said;
	size_t n;
	TRY(store_check(s, c->a, &said, &n));
	for (size_t i = 0; i < n; i++) complain(c, str_fmt(c->a, "The database itself says: " STR_FMT ".", STR_ARG(said[i])));
	return OK;
}

static enum err check_log(struct checking *c) {
	struct check_log l;
	struct opt_int hole = {0};
	TRY(sql_check_log_get(c->db, &l));
	if (l.events > 0 && l.first.v != 1)
		complain(c, str_fmt(c->a, "The log begins with event %" PRId64 " instead of 1.", l.first.v));
	if (l.last.v != l.head)
		complain(c, str_fmt(c->a, "The log's newest event is %" PRId64 ", and its head says %" PRId64 ".", l.last.v,
		                    l.head));
	if (l.events != l.last.v) {
		TRY(sql_check_log_hole(c->db, &hole));
		complain(c,
		         str_fmt(c->a,
		                 "The log has a hole behind event %" PRId64 ": it holds %" PRId64 " events up to %" PRId64 ".",
		                 hole.v, l.events, l.last.v));
	}
	struct check_cursor_list cursors;
	TRY(sql_check_cursors(c->db, c->a, &cursors));
	for (size_t i = 0; i < cursors.n; i++)
		complain(c, str_fmt(c->a, "The reader " STR_FMT " has read up to event %" PRId64 ", but the log ends at %" PRId64 ".",
		                    STR_ARG(cursors.v[i].reader), cursors.v[i].seq, cursors.v[i].head));
	return OK;
}

static enum err check_counts(struct checking *c) {
	struct check_count_list l;
	TRY(sql_check_dangling(c->db, c->a, &l));
	for (size_t i = 0; i < l.n; i++)
		complain(c, str_fmt(c->a, "Pointing to nothing or to the wrong thing: " STR_FMT " (%" PRId64 ").",
		                    STR_ARG(l.v[i].what), l.v[i].n));
	TRY(sql_check_logins(c->db, c->a, &l));
	for (size_t i = 0; i < l.n; i++)
		complain(c, str_fmt(c->a, "There are " STR_FMT " (%" PRId64 ").", STR_ARG(l.v[i].what), l.v[i].n));
	return OK;
}

static enum err check_contact_row(void *arg, const struct check_contact *row) {
	struct checking *c = arg;
	arena_clear(&c->row);
	for (int k = 0; k < CONTACT_KINDS; k++) {
		if (!str_is(row->kind, contact_kind_word((enum contact_kind)k))) continue;
		if (str_eq(contact_fold(&c->row, (enum contact_kind)k, row->value), row->folded)) return OK;
		complain(c, str_fmt(c->a, "Contact %" PRId64 " of person %" PRId64 " cannot be found by what it holds.",
		                    row->id.v, row->person_id.v));
	}
	return OK;
}

static enum err check_files(struct checking *c) {
	struct check_file_list l;
	TRY(sql_check_files(c->db, c->a, &l));
	for (size_t i = 0; i < l.n; i++)
		complain(c, str_fmt(c->a,
		                    "File %" PRId64 " (" STR_FMT ") should have %" PRId64 " bytes; %" PRId64
		                    " are kept, in %" PRId64 " pieces.",
		                    l.v[i].id.v, STR_ARG(l.v[i].name), l.v[i].bytes, l.v[i].kept, l.v[i].chunks));
	return OK;
}

static enum err check_talk(struct checking *c) {
	struct text_list l = {0};
	TRY(talk_check(c->db, c->a, &l));
	for (size_t i = 0; i < l.n; i++) complain(c, l.v[i]);
	return OK;
}

static enum err check_rows(struct checking *c) {
	TRY(check_log(c));
	TRY(check_counts(c));
	TRY(sql_check_contacts(c->db, check_contact_row, c));
	TRY(check_files(c));
	return check_talk(c);
}

enum err check_store(struct store *s, struct db *db, struct arena *a, struct text_list *ret) {
	struct checking c = {.db = db, .a = a, .found = {.v = NEW_ARRAY(a, struct str, MOST)}};
	TRY(check_engine(&c, s));
	TRY(db_read_begin(db));
	enum err e = check_rows(&c);
	db_read_end(db);
	arena_done(&c.row);
	if (e == OK) *ret = c.found;
	return e;
}

/* ------------------------------------------------------------------- mending */

struct mending {
	struct arena *a;
	struct text_list wrong;    /* what was mended */
};

/* Counters follow from what they count; all else that is wrong has no such remedy. Kept pages are forgotten by the event. */
static enum err mend(struct db *db, void *arg) {
	struct mending *m = arg;
	TRY(talk_check(db, m->a, &m->wrong));
	if (m->wrong.n == 0) return OK;
	TRY(talk_recount(db, m->a));
	struct event e = {.verb = "update", .object_kind = "business", .object_id = 1, .audience = AUDIENCE_PUBLIC,
		.data = STR("{\"changed\":[\"counters\"]}")};
	return event_append(db, &e, NULL);
}

/* -------------------------------------------------------------------- saying */

static void put_list(struct json_out *o, const char *name, const struct text_list *l) {
	json_put_key(o, name), json_put_array(o);
	for (size_t i = 0; i < l->n; i++) json_put_str(o, l->v[i]);
	json_put_end(o);
}

static void print_json(const struct text_list *l, const struct text_list *mended, const struct check_sizes *s) {
	struct buf b;
	buf_init(&b, 4 * 1024 * 1024);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	json_put_key(&o, "sound"), json_put_bool(&o, l->n == 0);
	put_list(&o, "complaints", l);
	if (mended != NULL) put_list(&o, "mended", mended);
	const struct { const char *name; int64_t n; } sizes[] = {
		{"people", s->people}, {"staff", s->staff}, {"conversations", s->conversations}, {"messages", s->messages},
		{"votes", s->votes},
		{"events", s->events}, {"files", s->files}, {"file_bytes", s->file_bytes},
		{"unused_files", s->unused_files}, {"unused_bytes", s->unused_bytes}};
	json_put_key(&o, "sizes"), json_put_object(&o);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		json_put_key(&o, sizes[i].name), json_put_int(&o, sizes[i].n);
	json_put_end(&o);
	json_put_end(&o);
	printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
	buf_done(&b);
}

static void print_words(const struct text_list *l, const struct text_list *mended, const struct check_sizes *s) {
	for (size_t i = 0; mended != NULL && i < mended->n; i++) printf("mended: " STR_FMT "\n", STR_ARG(mended->v[i]));
	for (size_t i = 0; i < l->n; i++) printf(STR_FMT "\n", STR_ARG(l->v[i]));
	printf("%" PRId64 " people, %" PRId64 " colleagues, %" PRId64 " conversations, %" PRId64 " messages, %" PRId64
	       " votes, %" PRId64 " events, %" PRId64 " files of %" PRId64 " bytes\n",
	       s->people, s->staff, s->conversations, s->messages, s->votes, s->events, s->files, s->file_bytes);
	if (s->unused_files > 0)
		printf("%" PRId64 " files of %" PRId64 " bytes are used by nothing; a running server removes them within the hour\n",
		       s->unused_files, s->unused_bytes);
	if (l->n == 0) printf("the store is sound\n");
}

int check_command(struct cli *c) {
	struct db *db = NULL;
	struct text_list found = {0};
	struct check_sizes sizes;
	struct mending m = {.a = c->a};
	const struct text_list *mended = cli_flag(c, "--mend") ? &m.wrong : NULL;
	if (!cli_operands(c, 0, 0)) return EXIT_USAGE;
	enum err e = mended != NULL ? store_write(c->store, mend, &m) : OK;
	if (e == OK) e = store_reader(c->store, &db);
	if (e == OK) e = check_store(c->store, db, c->a, &found);
	if (e == OK) e = sql_check_sizes_get(db, &sizes);
	db_close(db);
	if (e != OK) return cli_fail(c, "the store could not be looked at: %s", err_sentence(e));
	if (c->json) print_json(&found, mended, &sizes);
	else print_words(&found, mended, &sizes);
	if (found.n == 0) return EXIT_DONE;
	return cli_fail(c, "the store is not sound (%zu complaint%s). `rialto check --mend` mends counters. For all else keep a "
	                   "copy as it is, and restore the last backup that is", found.n, found.n == 1 ? "" : "s");
}
