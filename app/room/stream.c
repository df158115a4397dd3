/* What stands in a room: one stream of what was said, noted, telephoned and changed, each entry with why it is there and who has seen it. */
#include "mention/mention.h"
#include "notice/notice.h"
#include "room/room_int.h"
#include "text/markdown.h"
#include "timeline/timeline.h"
#include <inttypes.h>

enum { FILES_MOST = 200 };

struct streaming {
	struct req *q;
	const struct place *at;
	const struct room_member_row_list *members;
	struct room_file_row_list files;
};

static enum err places(struct req *q, const struct place *at, struct str show, int64_t after, int64_t before, int64_t most, struct int_list *ret) {
	int64_t end = before > 0 ? before : INT64_MAX;
	if (at->room.v != 0) return sql_room_places(q->db, q->a, at->room, after, end, most, ret);
	return sql_room_record_places(q->db, q->a, at->record, str_empty(show) ? STR("") : show, after, end, most, ret);
}

/* ------------------------------------------------------------------ who reads it */

static bool reads(const struct room_member_row *m, struct str audience) {
	if (str_is(audience, "both") || str_is(audience, "room")) return true;
	return m->staff && (!str_is(audience, "lead") || m->lead);
}

static struct str add_name(struct arena *a, struct str list, struct str name) {
	return str_empty(list) ? name : str_fmt(a, STR_FMT ", " STR_FMT, STR_ARG(list), STR_ARG(name));
}

/* Of colleagues only: whether a customer has looked is theirs to say. */
static void fill_seen(const struct streaming *s, struct room_entry *e) {
	for (size_t i = 0; s->q->actor.is_staff && i < s->members->n; i++) {
		const struct room_member_row *m = &s->members->v[i];
		if (!m->staff || !reads(m, e->audience)) continue;
		bool mine = e->line.who != NULL && e->line.who->id.v == m->id.v;
		bool seen = mine || m->read_to >= e->line.seq || m->id.v == s->q->actor.id.v;
		if (seen) e->seen = add_name(s->q->a, e->seen, m->name);
		else e->not_seen = add_name(s->q->a, e->not_seen, m->name);
	}
}

static void fill_readers(const struct streaming *s, struct room_entry *e) {
	struct req *q = s->q;
	struct str names = STR("");
	for (size_t i = 0; i < s->members->n; i++)
		if (reads(&s->members->v[i], e->audience)) names = add_name(q->a, names, s->members->v[i].name);
	bool team_room = s->at->room.v != 0, ours = str_is(e->audience, "staff");
	e->why = str_c(TRQ(q, team_room ? T("It was said in this room.") : e->line.message.v != 0 || e->line.held_at != 0
		? T("It was said in the room of this deal.") : T("It is about this deal.")));
	if (ours && str_is(e->line.kind, "document")) return;          /* its own page says who may have it */
	if (ours) e->readers = str_c(TRQ(q, T("The whole team and those who take part can see that.")));
	else if (!str_empty(names)) e->readers = tr_fill(q->a, TRQ(q, T("Can be seen by {names}, as long as they take part.")), "names", str_z(q->a, names), NULL);
}

/* room, both sides, team, lead: of those who take part; staff: of the whole team. */
static struct str audience_of(const struct streaming *s, const struct life_line *l) {
	if (s->at->room.v != 0) return STR("room");
	if (!str_empty(l->role_only)) return STR("lead");
	if (l->note || l->held_at != 0) return STR("team");
	return l->message.v != 0 ? STR("both") : STR("staff");
}

static struct room_entry entry_of(const struct streaming *s, const struct life_line *l) {
	struct req *q = s->q;
	struct room_entry e = {.line = *l, .body = STR_NONE, .why = STR(""), .readers = STR(""), .seen = STR(""), .not_seen = STR(""), .audience = audience_of(s, l)};
	bool mine = l->who != NULL && l->who->id.v == q->actor.id.v;
	e.new = s->at->read_to > 0 && l->seq > s->at->read_to && !mine;
	if (l->message.v != 0 && !str_none(l->body)) e.body = l->body, e.html = markdown_html(q->a, l->body);
	e.files.v = NEW_ARRAY(q->a, struct room_file, s->files.n);
	for (size_t i = 0; i < s->files.n; i++)
		if (s->files.v[i].message_id.v == l->message.v)
			e.files.v[e.files.n++] = (struct room_file){.id = s->files.v[i].id, .name = s->files.v[i].name, .bytes = s->files.v[i].bytes};
	fill_seen(s, &e);
	fill_readers(s, &e);
	return e;
}

/* ------------------------------------------------------------------------ reading */

struct reading {
	struct person_id who;
	struct place at;
	int64_t seq;
};

enum err room_has_read(struct db *db, struct person_id who, struct record_id record, struct conversation_id room) {
	int64_t head;
	bool of_record = record.v != 0;
	TRY(event_head(db, &head));
	return sql_seen_put(db, who, of_record ? STR("record") : STR("conversation"), of_record ? record.v : room.v, head, clock_now(), NULL);
}

static enum err note_seen(struct db *db, void *arg) {
	const struct reading *r = arg;
	bool room = r->at.room.v != 0;
	return sql_seen_put(db, r->who, room ? STR("conversation") : STR("record"), room ? r->at.room.v : r->at.record.v, r->seq, clock_now(), NULL);
}

/* Written behind the answer, and only when there is more to be noted than before. */
static void looked(struct req *q, const struct place *at, int64_t newest) {
	struct reading r = {.who = q->actor.id, .at = *at, .seq = newest};
	if (newest > at->read_to) req_later(q, note_seen, &r, sizeof r);
}

static enum err fill_files(struct streaming *s, const struct life_line_list *lines) {
	struct req *q = s->q;
	struct int_list ids = {.v = NEW_ARRAY(q->a, int64_t, lines->n)};
	for (size_t i = 0; i < lines->n; i++)
		if (lines->v[i].message.v != 0) ids.v[ids.n++] = lines->v[i].message.v;
	return ids.n == 0 ? OK : sql_room_files(q->db, q->a, ids, q->actor.id, q->actor.is_staff, FILES_MOST, &s->files);
}

static enum err show_mentions(struct req *q, struct room_entry_list *entries) {
	struct mention_words *words = NEW_ARRAY(q->a, struct mention_words, entries->n);
	size_t n = 0;
	for (size_t i = 0; i < entries->n; i++) {
		struct room_entry *e = &entries->v[i];
		if (e->line.message.v != 0 && !str_none(e->body)) words[n++] = (struct mention_words){.id = e->line.message, .body = e->body, .html = &e->html};
	}
	return mention_show(q, (struct conversation_id){0}, words, n);
}

enum err stream_fill(struct req *q, const struct place *at, struct str show, int64_t before, const struct room_member_row_list *members,
	struct room_stream *ret) {
	struct int_list seqs;
	struct life_line_list lines;
	struct streaming s = {.q = q, .at = at, .members = members};
	TRY(places(q, at, show, 0, before, LOOKED_AT, &seqs));
	TRY(timeline_lines(q, seqs, LOOKED_AT, &lines));
	TRY(fill_files(&s, &lines));
	ret->data.v = NEW_ARRAY(q->a, struct room_entry, lines.n);
	ret->next = STR_NONE;
	for (size_t i = 0; i < lines.n && i < PAGE_ROWS; i++) ret->data.v[ret->data.n++] = entry_of(&s, &lines.v[i]);
	TRY(show_mentions(q, &ret->data));
	int64_t next = lines.n > PAGE_ROWS ? lines.v[PAGE_ROWS - 1].seq : seqs.n == LOOKED_AT ? seqs.v[seqs.n - 1] : 0;
	if (next > 0) ret->next = str_fmt(q->a, "%" PRId64, next);
	ret->members.v = NEW_ARRAY(q->a, struct room_member, members->n);
	for (size_t i = 0; i < members->n; i++)
		ret->members.v[ret->members.n++] = (struct room_member){.id = members->v[i].id, .name = members->v[i].name, .staff = members->v[i].staff,
			.lead = members->v[i].lead};
	if (before == 0 && str_empty(show) && lines.n > 0) looked(q, at, lines.v[0].seq);
	return OK;
}

enum err stream_unseen(struct req *q, const struct place *at, struct life_line_list *ret) {
	struct int_list seqs;
	size_t n = 0;
	TRY(places(q, at, STR(""), at->read_to, 0, UNSEEN_MOST, &seqs));
	TRY(timeline_lines(q, seqs, UNSEEN_MOST, ret));
	for (size_t i = 0; i < ret->n; i++)
		if (ret->v[i].who == NULL || ret->v[i].who->id.v != q->actor.id.v) ret->v[n++] = ret->v[i];
	ret->n = n;
	return OK;
}
