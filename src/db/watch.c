/* Hearing that someone committed. The writer of this process tells the watches itself. Of others, SQLite is asked every
 * POLL_MS whether the file has changed (its data_version, a look at one page); PostgreSQL says so by itself (LISTEN). */
#include "base/check.h"
#include "base/log.h"
#include "db/db_int.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { POLL_MS = 100 };

struct db_watch {
	struct store *store;
	struct db *db;
	struct db_watch *next;       /* under the store's watch_lock */
	int poked;                   /* an eventfd: somebody here has something to say */
	_Atomic bool committed, woken;
	int64_t version;             /* SQLite's data_version at the last look */
};

static void poke(struct db_watch *w) {
	uint64_t one = 1;
	while (write(w->poked, &one, sizeof one) < 0 && errno == EINTR) continue;
}

void watch_tell_all(struct store *s) {
	pthread_mutex_lock(&s->watch_lock);
	for (struct db_watch *w = s->watches; w != NULL; w = w->next)
		if (!atomic_exchange(&w->committed, true)) poke(w);
	pthread_mutex_unlock(&s->watch_lock);
}

void db_watch_poke(struct db_watch *w) {
	atomic_store(&w->woken, true);
	poke(w);
}

enum err db_watch_open(struct store *s, struct db_watch **ret) {
	struct db_watch *w = must_calloc(1, sizeof *w);
	w->store = s;
	enum err e = store_reader(s, &w->db);
	if (e == OK && s->engine == DB_SQLITE) e = w->db->ops->query_int(w->db, "PRAGMA data_version", &w->version);
	if (e == OK && s->engine == DB_PG) e = pg_listen(w->db);
	w->poked = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (e == OK && w->poked < 0) e = ERR_STORE;
	if (e != OK) {
		db_close(w->db);
		if (w->poked >= 0) close(w->poked);
		free(w);
		return e;
	}
	pthread_mutex_lock(&s->watch_lock);
	w->next = s->watches;
	s->watches = w;
	pthread_mutex_unlock(&s->watch_lock);
	*ret = w;
	return OK;
}

void db_watch_close(struct db_watch *w) {
	struct store *s = w->store;
	pthread_mutex_lock(&s->watch_lock);
	struct db_watch **at = &s->watches;
	while (*at != w) at = &(*at)->next;
	*at = w->next;
	pthread_mutex_unlock(&s->watch_lock);
	db_close(w->db);
	close(w->poked);
	free(w);
}

/* Has another connection than the watch's own changed the file? */
static enum err file_changed(struct db_watch *w, bool *ret) {
	int64_t version;
	TRY(w->db->ops->query_int(w->db, "PRAGMA data_version", &version));
	*ret = version != w->version;
	w->version = version;
	return OK;
}

static void sleep_for(struct db_watch *w, bool pg, int ms) {
	struct pollfd fds[2] = {{.fd = w->poked, .events = POLLIN}, {.fd = pg ? pg_socket(w->db) : -1, .events = POLLIN}};
	uint64_t count;
	if (poll(fds, 2, ms) > 0 && fds[0].revents)
		while (read(w->poked, &count, sizeof count) < 0 && errno == EINTR) continue;
}

enum err db_watch_wait(struct db_watch *w, int timeout_ms, bool *ret_changed) {
	usec_t end = clock_steady() + (usec_t)timeout_ms * 1000;
	bool pg = w->store->engine == DB_PG;
	for (;;) {
		bool changed = false;
		enum err e = pg ? pg_heard(w->db, &changed) : file_changed(w, &changed);
		if (atomic_exchange(&w->committed, false)) changed = true;
		if (e != OK && !changed) return e; /* at once: until it works again, others' changes may go unheard */
		bool over = atomic_exchange(&w->woken, false) || clock_steady() >= end;
		if (changed || over) {
			*ret_changed = changed;
			return OK;
		}
		usec_t left_ms = (end - clock_steady() + 999) / 1000;
		if (!pg && left_ms > POLL_MS) left_ms = POLL_MS; /* nobody wakes us */
		sleep_for(w, pg, (int)left_ms);
	}
}
