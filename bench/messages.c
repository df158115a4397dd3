/* messages STORE MESSAGES: says so many things, with the lines of stdin as texts, in conversations of 50: one in fifty is public, the others are private
 * between a customer and the firm, a fiftieth of them of the customer customer@demo.example. Rows and events are as the program writes them; all readers of
 * the log but "find" are told to leave them out. The last one says "verylastmessage". The server must not run. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 200000, EACH = 50, ONE_PUBLIC_IN = 50 };

static sqlite3 *db;

static void die(const char *what) {
	fprintf(stderr, "messages: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
	exit(1);
}

static void run(const char *sql) {
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) die(sql);
}

static sqlite3_stmt *prepare(const char *sql) {
	sqlite3_stmt *s;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) die(sql);
	return s;
}

static int64_t number(const char *sql) {
	sqlite3_stmt *s = prepare(sql);
	int64_t n = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	return n;
}

static void step(sqlite3_stmt *s) {
	if (sqlite3_step(s) != SQLITE_DONE) die("writing");
	sqlite3_reset(s);
}

int main(int argc, char **argv) {
	static char *line[LINES_MAX];
	char *text = NULL;
	size_t room = 0, lines = 0;
	if (argc != 3 || sqlite3_open(argv[1], &db) != SQLITE_OK) die("usage: messages STORE MESSAGES < TEXTS");
	for (ssize_t n; lines < LINES_MAX && (n = getline(&text, &room, stdin)) > 1;) text[n - 1] = 0, line[lines++] = strdup(text);
	if (lines == 0) die("no texts");
	run("PRAGMA synchronous = OFF; BEGIN");
	int64_t all = atoll(argv[2]), seq = number("SELECT seq FROM event_head"), talk = number("SELECT max(id) FROM conversation");
	int64_t ruth = number("SELECT person_id FROM identity WHERE kind = 'email' AND subject = 'customer@demo.example'");
	int64_t people = number("SELECT max(id) FROM person"), begin = INT64_C(1600000000000000);
	sqlite3_stmt *c = prepare("INSERT INTO conversation (id, kind, board, subject, body, summary, visibility, status, author_id, topic, place, area, votes, comments,"
		" worth_minor, impact, staff_impact, reopened, channel, created_at, active_at, voted_at, version)"
		" VALUES (?1, 'question', 'talk', ?2, '', '', ?3, 'heard', ?4, '', '', '', 0, 0, 0, 0, 0, 0, 'portal', ?5, ?5, ?5, 1)");
	sqlite3_stmt *m = prepare("INSERT INTO message (conversation_id, kind, author_id, channel, body, status, created_at) VALUES (?1, 'comment', ?2, 'portal', ?3, '', ?4)");
	sqlite3_stmt *e = prepare("INSERT INTO event (seq, at, actor_id, verb, object_kind, object_id, target_kind, target_id, audience, data)"
		" VALUES (?1, ?2, NULL, 'create', 'message', ?3, 'conversation', ?4, 'private', '{}')");
	srand(7);
	for (int64_t i = 0; i < all; i++) {
		int64_t at = begin + i * 100000000;
		if (i % EACH == 0) {
			int64_t n = i / EACH;
			sqlite3_bind_int64(c, 1, ++talk);
			sqlite3_bind_text(c, 2, line[(size_t)rand() % lines], -1, SQLITE_STATIC);
			sqlite3_bind_text(c, 3, n % ONE_PUBLIC_IN == 0 ? "public" : "private", -1, SQLITE_STATIC);
			sqlite3_bind_int64(c, 4, n % ONE_PUBLIC_IN == 1 ? ruth : 1 + rand() % people);
			sqlite3_bind_int64(c, 5, at);
			step(c);
		}
		sqlite3_bind_int64(m, 1, talk);
		sqlite3_bind_int64(m, 2, 1 + rand() % people);
		sqlite3_bind_text(m, 3, i + 1 == all ? "verylastmessage" : line[(size_t)rand() % lines], -1, SQLITE_STATIC);
		sqlite3_bind_int64(m, 4, at);
		step(m);
		sqlite3_bind_int64(e, 1, ++seq);
		sqlite3_bind_int64(e, 2, at);
		sqlite3_bind_int64(e, 3, sqlite3_last_insert_rowid(db));
		sqlite3_bind_int64(e, 4, talk);
		if (sqlite3_step(e) != SQLITE_DONE) die("writing an event");
		sqlite3_reset(e);
	}
	char last[200];
	snprintf(last, sizeof last, "UPDATE event_head SET seq = %" PRId64 "; UPDATE event_cursor SET seq = %" PRId64 " WHERE reader <> 'find'; COMMIT", seq, seq);
	run(last);
	sqlite3_finalize(c), sqlite3_finalize(m), sqlite3_finalize(e);
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
