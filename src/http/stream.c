/* Live streams: one thread with its own epoll set writes to all of them, so that an idle stream costs a socket and this
 * struct, no library connection with its pool of memory.
 *
 * One mutex guards the list, the queues and the flags; the thread alone touches sockets and what is being written, without
 * the mutex. A stream about which there is something to do is put on the list `dirty`, once; only from there is it ever
 * freed, and a dead one is never put there again: so nobody meets a freed stream. */
#include "http/http_int.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { TIDY_SECONDS = 15, STALL_SECONDS = 60, CLOSE_SECONDS = 5, LINGER_SECONDS = 2, LINGERING_MAX = 256, EVENTS = 256,
       SEND_BUFFER = 32 * 1024, LINGER_BYTES = 8 * 1024 * 1024 };

/* What an epoll event points to. */
struct end {
	enum { END_WAKE, END_STREAM, END_LINGER } kind;
	int fd;
};

struct http_stream {
	struct end end;                       /* fd: -1 until it is given */
	struct streams *all;
	struct http_stream *prev, *next, *next_dirty;
	bool dirty, given, dead, closing, beat, refused;
	bool watched;                         /* the thread's own */
	struct http_bytes *now;               /* the thread's own: being written, from byte at */
	size_t at;
	usec_t moved, close_by;
	struct http_bytes **ring;             /* waiting: n from first on, in room */
	unsigned first, n, room, lost, number;
	struct in6_addr address;
	void (*gone)(void *arg);
	void *arg;
};

struct lingering {
	struct end end;
	struct lingering *next;
	usec_t until;
	int64_t bytes;
	bool watched, done;
};

struct streams {
	struct http_server *server;
	pthread_t thread;
	pthread_mutex_t mutex;
	struct end wake;
	int epoll;
	int most, per_ip;
	unsigned beat_seconds;
	struct http_stream *list, *dirty, *dirty_last;
	struct lingering *lingering;
	int open, lingerings;
	unsigned next_number;
	bool woken, stop;
	struct http_bytes *beat;
};

/* ------------------------------------------------------------------ under the mutex */

static void wake(struct streams *t) {
	if (t->woken) return;
	t->woken = true;
	uint64_t one = 1;
	if (write(t->wake.fd, &one, sizeof one) < 0) { /* it is full, so the thread will wake */ }
}

static void touch(struct http_stream *s) {
	struct streams *t = s->all;
	if (s->dirty) return;
	s->dirty = true;
	s->next_dirty = NULL;
	if (t->dirty_last != NULL) t->dirty_last->next_dirty = s;
	else t->dirty = s;
	t->dirty_last = s;
	wake(t);
}

static void die(struct http_stream *s) {
	if (s->dead) return;
	s->dead = true;
	touch(s);
}

static void ring_add(struct http_stream *s, struct http_bytes *b) {
	if (s->n == HTTP_STREAM_WAITING) {
		http_bytes_unref(s->ring[s->first]);
		s->first = (s->first + 1) % s->room;
		s->n--;
		s->lost++;
	}
	if (s->n == s->room) {
		unsigned room = s->room > 0 ? s->room * 4 : 4;
		struct http_bytes **ring = must_malloc(room * sizeof *ring);
		for (unsigned i = 0; i < s->n; i++) ring[i] = s->ring[(s->first + i) % s->room];
		free(s->ring);
		s->ring = ring;
		s->room = room;
		s->first = 0;
	}
	s->ring[(s->first + s->n++) % s->room] = b;
}

static struct http_bytes *ring_take(struct http_stream *s) {
	if (s->lost > 0) {
		char text[64];
		int n = snprintf(text, sizeof text, "event: lost\ndata: %u\n\n", s->lost);
		s->lost = 0;
		return http_bytes_new(str_n(text, (size_t)n));
	}
	if (s->n == 0) return NULL;
	struct http_bytes *b = s->ring[s->first];
	s->first = (s->first + 1) % s->room;
	if (--s->n == 0) {
		free(s->ring);
		s->ring = NULL;
		s->room = s->first = 0;
	}
	return b;
}

static int count_of(const struct streams *t, const struct in6_addr *address) {
	int n = 0;
	for (const struct http_stream *s = t->list; s != NULL; s = s->next) n += IN6_ARE_ADDR_EQUAL(&s->address, address);
	return n;
}

/* ------------------------------------------------------------------ for everybody */

static struct http_bytes *stream_head(const struct http_req *q, const struct http_bytes *first) {
	struct buf b;
	buf_init(&b, SIZE_MAX / 2);
	buf_add(&b, STR("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
	                "X-Accel-Buffering: no\r\nConnection: close\r\n"));
	for (int i = 0; i < q->res.headers; i++) {
		struct str v = q->res.header[i].value;
		bool good = v.n > 0;
		for (size_t j = 0; j < v.n; j++) good = good && (unsigned char)v.p[j] >= ' ' && v.p[j] != 127;
		if (good) buf_fmt(&b, "%s: " STR_FMT "\r\n", q->res.header[i].name, STR_ARG(v));
	}
	buf_add(&b, STR("\r\n"));
	if (first != NULL) buf_add(&b, str_n(first->p, first->n));
	return http_bytes_take(&b);
}

struct http_stream *http_stream_open(struct http_req *q, struct http_bytes *first, void (*gone)(void *arg), void *arg) {
	struct conn *k = conn_of(q);
	struct streams *t = k->server->streams;
	PRE(k->stream == NULL);
	struct http_stream *s = must_calloc(1, sizeof *s);
	*s = (struct http_stream){.end = {.kind = END_STREAM, .fd = -1}, .all = t, .gone = gone, .arg = arg, .address = k->address};
	s->now = stream_head(q, first);
	pthread_mutex_lock(&t->mutex);
	bool crowd = t->per_ip > 0 && !k->loopback && count_of(t, &s->address) >= t->per_ip;
	bool full = t->open + atomic_load(&t->server->connections) >= t->server->room;
	s->refused = t->open >= t->most || t->stop || crowd || full;
	s->number = t->next_number++;
	s->next = t->list;
	if (t->list != NULL) t->list->prev = s;
	t->list = s;
	t->open++;
	pthread_mutex_unlock(&t->mutex);
	k->stream = s;
	return s;
}

bool stream_is_refused(const struct http_stream *s) {
	return s->refused;
}

void http_stream_send(struct http_stream *s, struct http_bytes *b) {
	struct streams *t = s->all;
	pthread_mutex_lock(&t->mutex);
	if (!s->dead && !s->closing) {
		ring_add(s, http_bytes_ref(b));
		touch(s);
	}
	pthread_mutex_unlock(&t->mutex);
}

void http_stream_close(struct http_stream *s) {
	struct streams *t = s->all;
	pthread_mutex_lock(&t->mutex);
	if (!s->dead && !s->closing) {
		s->closing = true;
		s->close_by = clock_steady() + SECONDS(CLOSE_SECONDS);
		touch(s);
	}
	pthread_mutex_unlock(&t->mutex);
}

void stream_give(struct http_stream *s, int fd) {
	struct streams *t = s->all;
	pthread_mutex_lock(&t->mutex);
	s->end.fd = fd;
	s->given = true;
	s->moved = clock_steady();
	if (fd < 0) die(s);
	else touch(s);
	pthread_mutex_unlock(&t->mutex);
}

void stream_linger(struct streams *t, int fd) {
	struct lingering *l = must_calloc(1, sizeof *l);
	l->end = (struct end){.kind = END_LINGER, .fd = fd};
	l->until = clock_steady() + SECONDS(LINGER_SECONDS);
	pthread_mutex_lock(&t->mutex);
	bool room = t->lingerings < LINGERING_MAX && !t->stop;
	if (room) {
		l->next = t->lingering;
		t->lingering = l;
		t->lingerings++;
		wake(t);
	}
	pthread_mutex_unlock(&t->mutex);
	if (room) return;
	close(fd);
	free(l);
}

int streams_open(struct streams *t) {
	pthread_mutex_lock(&t->mutex);
	int n = t->open;
	pthread_mutex_unlock(&t->mutex);
	return n;
}

/* ------------------------------------------------------------------ the thread */

static void kill_stream(struct http_stream *s) {
	pthread_mutex_lock(&s->all->mutex);
	die(s);
	pthread_mutex_unlock(&s->all->mutex);
}

static void watch(struct streams *t, struct http_stream *s) {
	int on = 1, off = 0, bytes = SEND_BUFFER;
	setsockopt(s->end.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(s->end.fd, IPPROTO_TCP, TCP_CORK, &off, sizeof off);
	setsockopt(s->end.fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = &s->end};
	s->watched = epoll_ctl(t->epoll, EPOLL_CTL_ADD, s->end.fd, &e) == 0;
	if (!s->watched) kill_stream(s);
}

/* Takes what is next to be written; true when that is the end of a closing stream. */
static bool take_next(struct streams *t, struct http_stream *s) {
	pthread_mutex_lock(&t->mutex);
	s->now = ring_take(s);
	s->at = 0;
	if (s->now == NULL && s->beat) s->now = http_bytes_ref(t->beat);
	s->beat = false;
	bool end = s->now == NULL && s->closing;
	pthread_mutex_unlock(&t->mutex);
	return end;
}

static void flush(struct streams *t, struct http_stream *s) {
	for (;;) {
		if (s->now == NULL && take_next(t, s)) {
			kill_stream(s);
			return;
		}
		if (s->now == NULL) return;
		ssize_t n = s->now->n > s->at ? send(s->end.fd, s->now->p + s->at, s->now->n - s->at, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
		if (n < 0 && errno == EINTR) continue;
		if (n < 0 && errno != EAGAIN) kill_stream(s);
		if (n < 0) return;
		s->moved = clock_steady();
		s->at += (size_t)n;
		if (s->at < s->now->n) continue;
		http_bytes_unref(s->now);
		s->now = NULL;
	}
}

static void unlink_stream(struct streams *t, struct http_stream *s) {
	pthread_mutex_lock(&t->mutex);
	if (s->prev != NULL) s->prev->next = s->next;
	else t->list = s->next;
	if (s->next != NULL) s->next->prev = s->prev;
	t->open--;
	for (struct http_bytes *b; (b = ring_take(s)) != NULL;) http_bytes_unref(b);
	pthread_mutex_unlock(&t->mutex);
}

static void reap(struct streams *t, struct http_stream *s) {
	/* The library may not have closed its descriptor of the socket yet, so closing ours would not be enough. */
	if (s->watched) epoll_ctl(t->epoll, EPOLL_CTL_DEL, s->end.fd, NULL);
	if (s->end.fd >= 0) {
		shutdown(s->end.fd, SHUT_RDWR);
		close(s->end.fd);
	}
	unlink_stream(t, s);
	http_bytes_unref(s->now);
	s->gone(s->arg);
	free(s);
}

static void work_through_dirty(struct streams *t) {
	pthread_mutex_lock(&t->mutex);
	struct http_stream *s = t->dirty;
	t->dirty = t->dirty_last = NULL;
	pthread_mutex_unlock(&t->mutex);
	while (s != NULL) {
		pthread_mutex_lock(&t->mutex);
		struct http_stream *next = s->next_dirty;
		s->dirty = false;
		bool given = s->given, dead = s->dead;
		pthread_mutex_unlock(&t->mutex);
		if (given && dead) reap(t, s);
		else if (given) {
			if (!s->watched) watch(t, s);
			flush(t, s);
		}
		s = next;
	}
}

/* Reads and throws away; true at the end. */
static bool drain(int fd, int64_t *bytes) {
	char rest[16384];
	for (;;) {
		ssize_t n = recv(fd, rest, sizeof rest, MSG_DONTWAIT);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return errno != EAGAIN;
		if (n == 0) return true;
		*bytes += n;
		if (*bytes > LINGER_BYTES) return true;
	}
}

static void on_event(struct streams *t, const struct epoll_event *e) {
	struct end *end = e->data.ptr;
	int64_t bytes = 0;
	if (end->kind == END_WAKE) {
		uint64_t n;
		if (read(end->fd, &n, sizeof n) < 0) { /* nothing there */ }
		pthread_mutex_lock(&t->mutex);
		t->woken = false;   /* whoever found it set has put something that is looked for before the next sleep */
		pthread_mutex_unlock(&t->mutex);
	} else if (end->kind == END_LINGER) {
		struct lingering *l = (struct lingering *)end;
		l->done = drain(end->fd, &l->bytes);
	} else {
		struct http_stream *s = (struct http_stream *)end;
		bool over = (e->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
		if (!over && (e->events & EPOLLIN) != 0) over = drain(end->fd, &bytes);
		if (over) kill_stream(s);
		else if ((e->events & EPOLLOUT) != 0) flush(t, s);
	}
}

static void look_after_lingering(struct streams *t, usec_t now, bool all) {
	pthread_mutex_lock(&t->mutex);
	for (struct lingering **at = &t->lingering; *at != NULL;) {
		struct lingering *l = *at;
		if (!l->watched) {
			l->watched = true;
			shutdown(l->end.fd, SHUT_WR);
			struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = &l->end};
			if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, l->end.fd, &e) != 0) l->done = true;
		}
		if (!l->done && now < l->until && !all) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		epoll_ctl(t->epoll, EPOLL_CTL_DEL, l->end.fd, NULL);
		close(l->end.fd);
		free(l);
		t->lingerings--;
	}
	pthread_mutex_unlock(&t->mutex);
}

/* Once a second: those streams whose turn it is get a heartbeat, and who takes nothing goes. */
static void look_after_streams(struct streams *t, usec_t now) {
	pthread_mutex_lock(&t->mutex);
	unsigned turn = (unsigned)(now / SECONDS(1)) % t->beat_seconds;
	for (struct http_stream *s = t->list; s != NULL; s = s->next) {
		if (!s->given || s->dead) continue;
		if ((s->closing && now > s->close_by) || (s->now != NULL && now - s->moved > SECONDS(STALL_SECONDS))) die(s);
		else if (s->number % t->beat_seconds == turn && s->now == NULL && s->n == 0) {
			s->beat = true;
			touch(s);
		}
	}
	pthread_mutex_unlock(&t->mutex);
}

/* Ends every stream. One that waits for its socket is ended by its connection, before streams_stop. */
static bool is_stopping(struct streams *t) {
	pthread_mutex_lock(&t->mutex);
	bool stop = t->stop;
	if (stop)
		for (struct http_stream *s = t->list; s != NULL; s = s->next)
			if (s->given) die(s);
	bool over = stop && t->list == NULL;
	pthread_mutex_unlock(&t->mutex);
	return over;
}

static void *run(void *arg) {
	struct streams *t = arg;
	struct epoll_event event[EVENTS];
	usec_t tick = clock_steady(), tidy = tick;
	pthread_setname_np(pthread_self(), "streams");
	while (!is_stopping(t)) {
		work_through_dirty(t);
		pthread_mutex_lock(&t->mutex);
		bool any = t->open > 0 || t->lingering != NULL;
		pthread_mutex_unlock(&t->mutex);
		int n = epoll_wait(t->epoll, event, EVENTS, any ? 1000 : TIDY_SECONDS * 1000);
		for (int i = 0; i < n; i++) on_event(t, &event[i]);
		usec_t now = clock_steady();
		look_after_lingering(t, now, false);
		if (now - tick >= SECONDS(1)) {
			tick = now;
			look_after_streams(t, now);
		}
		if (now - tidy >= SECONDS(TIDY_SECONDS)) {
			tidy = now;
			server_tidy(t->server);
		}
	}
	look_after_lingering(t, 0, true);
	return NULL;
}

void streams_start(struct http_server *server, int most, int per_ip, int beat_seconds) {
	struct streams *t = must_calloc(1, sizeof *t);
	t->server = server;
	t->most = most;
	t->per_ip = per_ip;
	t->beat_seconds = beat_seconds > 0 ? (unsigned)beat_seconds : 15;
	t->beat = http_bytes_new(STR(":\n\n"));
	t->epoll = epoll_create1(EPOLL_CLOEXEC);
	t->wake = (struct end){.kind = END_WAKE, .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	PRE(t->epoll >= 0 && t->wake.fd >= 0);
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = &t->wake};
	PRE(epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->wake.fd, &e) == 0);
	pthread_mutex_init(&t->mutex, NULL);
	server->streams = t; /* before its thread, which asks through the server */
	PRE(pthread_create(&t->thread, NULL, run, t) == 0);
}

void streams_stop(struct streams *t) {
	pthread_mutex_lock(&t->mutex);
	t->stop = true;
	wake(t);
	pthread_mutex_unlock(&t->mutex);
	pthread_join(t->thread, NULL);
	close(t->epoll);
	close(t->wake.fd);
	http_bytes_unref(t->beat);
	pthread_mutex_destroy(&t->mutex);
	free(t);
}
