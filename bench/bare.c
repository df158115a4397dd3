/* bare DIR SECONDS CLIENTS: the reference for durable writes: CLIENTS threads each wait for their own change's commit; one writer takes all
 * that wait into one SQLite transaction (WAL, synchronous=FULL), no timer. Each change is what a "me too" is at the least: a
 * row of its own, its conversation's counter, and an event. No HTTP, no rights, no pages. Prints {"acks": per second}. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct change {
	int conversation, person;
	bool take_back, done;
	struct change *next;
	pthread_cond_t told;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t some = PTHREAD_COND_INITIALIZER;
static struct change *first, **end = &first;
static bool stop;
static sqlite3 *db;
static sqlite3_stmt *add, *drop, *count, *event;
static long acks;

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int rc) {
	if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW) return;
	fprintf(stderr, "bare: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void step(sqlite3_stmt *s, int a, int b) {
	sqlite3_bind_int(s, 1, a);
	sqlite3_bind_int(s, 2, b);
	must(sqlite3_step(s));
	sqlite3_reset(s);
}

static void *write_all(void *x) {
	(void)x;
	for (;;) {
		pthread_mutex_lock(&lock);
		while (first == NULL && !stop) pthread_cond_wait(&some, &lock);
		struct change *batch = first;
		first = NULL;
		end = &first;
		pthread_mutex_unlock(&lock);
		if (batch == NULL) return NULL;
		must(sqlite3_exec(db, "BEGIN IMMEDIATE", 0, 0, 0));
		for (struct change *c = batch; c; c = c->next) {
			step(c->take_back ? drop : add, c->conversation, c->person);
			step(count, c->take_back ? -1 : 1, c->conversation);
			step(event, c->conversation, c->person);
		}
		must(sqlite3_exec(db, "COMMIT", 0, 0, 0));
		pthread_mutex_lock(&lock);
		for (struct change *c = batch, *next; c; c = next) {
			next = c->next;
			c->done = true;
			acks++;
			pthread_cond_signal(&c->told);
		}
		pthread_mutex_unlock(&lock);
	}
}

static void *change(void *x) {
	struct change *c = x;
	pthread_mutex_lock(&lock);
	while (!stop) {
		c->done = false;
		c->next = NULL;
		*end = c;
		end = &c->next;
		pthread_cond_signal(&some);
		while (!c->done) pthread_cond_wait(&c->told, &lock);
		if (c->take_back) c->conversation = c->conversation % 20 + 1;
		c->take_back = !c->take_back;
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

int main(int argc, char **argv) {
	if (argc != 4) return fputs("usage: bare DIR SECONDS CLIENTS\n", stderr), 2;
	int clients = atoi(argv[3]);
	char path[4096];
	snprintf(path, sizeof path, "%s/bare.db", argv[1]);
	remove(path);
	must(sqlite3_open(path, &db));
	must(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	                  "CREATE TABLE conversation(id INTEGER PRIMARY KEY, votes INT NOT NULL);"
	                  "CREATE TABLE vote(conversation_id INT NOT NULL, person_id INT NOT NULL, at INT NOT NULL, PRIMARY KEY(conversation_id, person_id));"
	                  "CREATE TABLE event(seq INTEGER PRIMARY KEY, at INT, actor INT, verb TEXT, object INT, data TEXT);"
	                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<20) INSERT INTO conversation SELECT i,0 FROM n;", 0, 0, 0));
	must(sqlite3_prepare_v2(db, "INSERT OR IGNORE INTO vote VALUES(?1,?2,1)", -1, &add, 0));
	must(sqlite3_prepare_v2(db, "DELETE FROM vote WHERE conversation_id=?1 AND person_id=?2", -1, &drop, 0));
	must(sqlite3_prepare_v2(db, "UPDATE conversation SET votes=votes+?1 WHERE id=?2", -1, &count, 0));
	must(sqlite3_prepare_v2(db, "INSERT INTO event(at,actor,verb,object,data) VALUES(1,?2,'like',?1,'{\"votes\":1}')", -1, &event, 0));
	pthread_t writer, *t = calloc((size_t)clients, sizeof *t);
	struct change *c = calloc((size_t)clients, sizeof *c);
	pthread_create(&writer, 0, write_all, 0);
	double began = now();
	for (int i = 0; i < clients; i++) {
		c[i] = (struct change){.conversation = i % 20 + 1, .person = i + 1};
		pthread_cond_init(&c[i].told, 0);
		pthread_create(&t[i], 0, change, &c[i]);
	}
	struct timespec wait = {atoi(argv[2]), 0};
	nanosleep(&wait, 0);
	pthread_mutex_lock(&lock);
	stop = true;
	double took = now() - began;
	long n = acks;
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < clients; i++) pthread_join(t[i], 0);
	pthread_mutex_lock(&lock);
	pthread_cond_signal(&some);
	pthread_mutex_unlock(&lock);
	pthread_join(writer, 0);
	printf("{\"acks\":%.1f}\n", (double)n / took);
	return 0;
}
