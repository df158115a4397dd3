/* A calendar of what is due, for programs that show calendars (RFC 5545), under an address that only its owner knows. */
#include "crypto/token.h"
#include "promise/promise_int.h"
#include "routes.h"
#include "task/task.h"
#include "text/date.h"
#include "text/url.h"
#include "text/utf8.h"
#include <inttypes.h>

enum { DUE_MOST = 1000, FEED_MOST = 4 * 1024 * 1024, LINE_BYTES = 75 };

/* --------------------------------------------------------------------- RFC 5545 */

/* A line is at most 75 bytes; a longer one goes on behind a line break and a space, never within a character. */
static void put_line(struct buf *b, struct str line) {
	size_t room = LINE_BYTES;
	while (line.n > room) {
		struct str part = utf8_fit(line, room);
		buf_add(b, part);
		buf_add(b, STR("\r\n "));
		line = str_from(line, part.n);
		room = LINE_BYTES - 1;
	}
	buf_add(b, line);
	buf_add(b, STR("\r\n"));
}

/* What would end a value or a line is written as words of two. */
static void put_text(struct buf *b, struct arena *a, const char *name, struct str text) {
	struct buf line;
	buf_init(&line, FEED_MOST);
	buf_fmt(&line, "%s:", name);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '\n') buf_add(&line, STR("\\n"));
		else if (c == '\\' || c == ';' || c == ',') buf_add_char(&line, '\\'), buf_add_char(&line, c);
		else if ((unsigned char)c >= ' ' && c != 0x7f) buf_add_char(&line, c);
	}
	put_line(b, str_copy(a, buf_str(&line)));
	buf_done(&line);
}

static struct str moment_of(struct arena *a, usec_t at) {
	struct local_time t = zone_local(zone_utc(), at);
	return str_fmt(a, "%04d%02d%02dT%02d%02d%02dZ", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

/* ------------------------------------------------------------------------- the feed */

/* What is due, of whatever kind it is. */
struct entry {
	const char *kind;
	int64_t id, sequence;            /* sequence: how often it was moved */
	usec_t made_at, due_at;
	bool to_the_day;
	struct str title, who, path;
};

static void put_when(struct req *q, struct buf *b, const struct entry *x) {
	if (x->to_the_day) {
		const struct zone *z = zone_find(q->business->zone);
		struct local_time t = zone_local(z ? z : zone_utc(), x->due_at);
		put_line(b, str_fmt(q->a, "DTSTART;VALUE=DATE:%04d%02d%02d", t.year, t.month, t.day));
	} else {
		put_line(b, str_fmt(q->a, "DTSTART:" STR_FMT, STR_ARG(moment_of(q->a, x->due_at))));
	}
}

static void put_event(struct req *q, struct buf *b, const struct entry *x) {
	struct str base = req_base_url(q), url = str_fmt(q->a, STR_FMT STR_FMT, STR_ARG(base), STR_ARG(x->path));
	put_line(b, STR("BEGIN:VEVENT"));
	put_text(b, q->a, "UID", str_fmt(q->a, "%s-%" PRId64 "-" STR_FMT, x->kind, x->id, STR_ARG(base)));
	put_line(b, str_fmt(q->a, "DTSTAMP:" STR_FMT, STR_ARG(moment_of(q->a, x->made_at))));
	put_line(b, str_fmt(q->a, "SEQUENCE:%" PRId64, x->sequence));
	put_when(q, b, x);
	put_text(b, q->a, "SUMMARY", x->title);
	put_text(b, q->a, "DESCRIPTION", str_empty(x->who) ? url : str_fmt(q->a, STR_FMT "\n" STR_FMT, STR_ARG(x->who), STR_ARG(url)));
	put_line(b, str_fmt(q->a, "URL:" STR_FMT, STR_ARG(url)));
	put_line(b, STR("TRANSP:TRANSPARENT"));
	put_line(b, STR("END:VEVENT"));
}

static void put_promise(struct req *q, struct buf *b, const struct promise_row *r) {
	struct promise_view v = promise_view_of(q, r);
	put_event(q, b, &(struct entry){.kind = "expectation", .id = r->id.v, .sequence = r->moved, .made_at = r->made_at, .due_at = r->due_at,
		.to_the_day = str_is(r->due_kind, "day"), .title = r->text, .who = v.who, .path = v.url.s});
}

static void put_task(struct req *q, struct buf *b, const struct task_view *t) {
	put_event(q, b, &(struct entry){.kind = "task", .id = t->id.v, .sequence = t->version - 1, .made_at = t->made_at, .due_at = t->due_at, .to_the_day = true,
		.title = t->title, .who = str_none(t->person.name) ? STR("") : t->person.name, .path = t->url.s});
}

/* The program that asks has no login; it sees what its owner sees. Unknown, ended and of somebody who has left are all the same. */
enum err calendar_feed(struct req *q, const struct calendar_feed_in *in) {
	struct feed_row who;
	struct promise_row_list rows;
	struct task_view_list tasks;
	struct buf b;
	bool found;
	if (!token_shape(in->secret)) return ERR_NOT_FOUND;
	TRY(sql_feed_of(q->db, q->a, token_hash(q->a, in->secret), &who, &found));
	if (!found) return ERR_NOT_FOUND;
	TRY(sql_feed_due(q->db, q->a, who.person_id, who.staff, DUE_MOST, &rows));
	q->actor = (struct actor){.id = who.person_id, .is_staff = who.staff, .role = who.staff ? ROLE_AGENT : ROLE_CUSTOMER};
	lang_find(who.locale, &q->locale.lang);
	TRY(task_dated(q, DUE_MOST, &tasks));
	buf_init(&b, FEED_MOST);
	put_line(&b, STR("BEGIN:VCALENDAR"));
	put_line(&b, STR("VERSION:2.0"));
	put_line(&b, STR("PRODID:-//Rialto//Expectations//EN"));
	put_text(&b, q->a, "X-WR-CALNAME", str_fmt(q->a, "%s, " STR_FMT, TRQ(q, T("Promises")), STR_ARG(q->business->name)));
	for (size_t i = 0; i < rows.n; i++) put_promise(q, &b, &rows.v[i]);
	for (size_t i = 0; i < tasks.n; i++) put_task(q, &b, &tasks.v[i]);
	put_line(&b, STR("END:VCALENDAR"));
	bool over = b.over;
	req_header(q, "Cache-Control", STR("private, no-store"));
	if (!over) req_send(q, 200, "text/calendar; charset=utf-8", buf_str(&b));
	buf_done(&b);
	return over ? ERR_TOO_LARGE : OK;
}

/* ----------------------------------------------------------------------- its address */

enum err calendar_show(struct req *q, struct calendar_page *ret) {
	bool found;
	*ret = (struct calendar_page){.address = STR("")};
	TRY(sql_feed_made(q->db, q->actor.id, &ret->made_at, &found));
	if (!found) ret->made_at = 0;
	return OK;
}

/* The address is shown this once: what is kept is only its hash. */
enum err calendar_make(struct req *q, struct calendar_page *ret) {
	struct str secret = token_new(q->a);
	usec_t now = clock_now();
	TRY(sql_feed_put(q->db, q->actor.id, token_hash(q->a, secret), now));
	*ret = (struct calendar_page){.made_at = now, .address = str_fmt(q->a, STR_FMT "/calendar/" STR_FMT ".ics", STR_ARG(req_base_url(q)), STR_ARG(secret))};
	return OK;
}

enum err calendar_end(struct req *q) {
	req_say(q, T("Your calendar has no address any more."));
	return sql_feed_end(q->db, q->actor.id, NULL);
}
