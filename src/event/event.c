#include "event/event.h"
#include "base/check.h"
#include "sql/event.h"

static const char *const words[] = {"public", "members", "private", "parties", "staff"};

const char *audience_word(enum audience a) {
	PRE(a <= AUDIENCE_STAFF);
	return words[a];
}

enum audience audience_find(struct str word) {
	for (int i = 0; i < AUDIENCE_STAFF; i++)
		if (str_is(word, words[i])) return (enum audience)i;
	return AUDIENCE_STAFF;
}

/* The sum of a batch: how many events it has, and the head before them, which nobody else moves meanwhile. */
static enum err write_head(struct db *db, struct db_pair key, struct db_pair sum) {
	(void)key;
	return sql_event_head_move(db, sum.v[0]);
}

enum err event_append(struct db *db, const struct event *e, int64_t *ret_seq) {
	int64_t seq;
	struct opt_int target = {.has = e->target_kind != NULL, .v = e->target_id};
	struct db_pair before = db_sum_so_far(db, write_head, (struct db_pair){0});
	TRY(event_head(db, &seq));
	db_sum(db, write_head, (struct db_pair){0}, (struct db_pair){{1, before.v[0] == 0 ? seq : 0}});
	seq++;
	TRY(sql_event_insert(db, seq, clock_now(), e->actor, str_c(e->verb), str_c(e->object_kind), e->object_id,
	                     str_c(e->target_kind), target, str_c(audience_word(e->audience)),
	                     str_empty(e->data) ? STR("{}") : e->data));
	TRY(db_announce(db));
	if (ret_seq != NULL) *ret_seq = seq;
	return OK;
}

static struct event_list from_rows(struct arena *a, struct event_row_list rows) {
	struct event *v = NEW_ARRAY(a, struct event, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct event_row *r = &rows.v[i];
		v[i] = (struct event){
			.seq = r->seq, .at = r->at, .actor = r->actor_id, .verb = r->verb.p, .object_kind = r->object_kind.p,
			.object_id = r->object_id, .target_kind = r->target_kind.p, .target_id = r->target_id.v,
			.audience = audience_find(r->audience), .data = r->data};
	}
	return (struct event_list){.v = v, .n = rows.n};
}

enum err event_after(struct db *db, struct arena *a, int64_t after, int most, struct event_list *ret) {
	struct event_row_list rows;
	TRY(sql_event_after(db, a, after, most, &rows));
	*ret = from_rows(a, rows);
	return OK;
}

enum err event_about(struct db *db, struct arena *a, const char *kind, int64_t id, int64_t after, int most, struct event_list *ret) {
	struct event_row_list rows;
	if (strcmp(kind, "conversations") == 0 && id == 0) TRY(sql_event_public_talk(db, a, after, most, &rows));
	else if (strcmp(kind, "desk") == 0 && id == 0) TRY(sql_event_other_talk(db, a, after, most, &rows));
	else TRY(sql_event_about(db, a, str_c(kind), id, after, most, &rows));
	*ret = from_rows(a, rows);
	return OK;
}

/* Numbers and times go the same way, so it is found by halving: some twenty looks at rows by their key, and no index by time to be kept. */
enum err event_since(struct db *db, struct arena *a, usec_t at, int64_t *ret_seq) {
	int64_t low = 0, high;
	TRY(sql_event_head(db, &high));
	while (low < high) {
		struct event_list one;
		int64_t middle = low + (high - low) / 2;
		TRY(event_after(db, a, middle, 1, &one));
		if (one.n == 1 && one.v[0].at < at) low = middle + 1;
		else high = middle;
	}
	*ret_seq = low;
	return OK;
}

bool event_is_silent(const struct event *e) {
	return strcmp(e->object_kind, "snooze") == 0 || strcmp(e->verb, "like") == 0 || strcmp(e->verb, "undo") == 0 || strcmp(e->verb, "follow") == 0;
}

void event_put_thing(struct json_out *o, const char *key, const char *kind, int64_t id) {
	json_put_key(o, key);
	if (kind == NULL) {
		json_put_null(o);
		return;
	}
	json_put_object(o);
	json_put_key(o, "kind"), json_put_c(o, kind);
	json_put_key(o, "id"), json_put_int(o, id);
	json_put_end(o);
}

enum err event_head(struct db *db, int64_t *ret_seq) {
	struct db_pair here = db_sum_so_far(db, write_head, (struct db_pair){0});
	if (here.v[0] == 0) return sql_event_head(db, ret_seq);
	*ret_seq = here.v[1] + here.v[0];
	return OK;
}

enum err event_reader_at_head(struct db *db, const char *reader) {
	int64_t head;
	TRY(event_head(db, &head));
	return sql_cursor_set(db, str_c(reader), head, clock_now(), NULL);
}

enum err job_add(struct db *db, const char *kind, struct str data, usec_t run_at) {
	struct job_id id;
	usec_t now = clock_now();
	TRY(sql_job_add(db, str_c(kind), data, run_at ? run_at : now, now, &id));
	return db_announce(db);
}
