/* Starting and stopping, and what the server keeps for its requests. */
#include "http/http_int.h"
#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* The library's memory for a connection: the head, its list of headers and a second copy of the cookies must fit, and later
 * the response's head. See README.md for what was measured. */
enum { CONNECTION_MEMORY = 24 * 1024, BACKLOG = 1024 };

struct arena spare_take(struct http_server *s) {
	struct arena a = {0};
	pthread_mutex_lock(&s->spare_mutex);
	if (s->spares > 0) a = s->spare[--s->spares];
	pthread_mutex_unlock(&s->spare_mutex);
	return a;
}

void spare_give(struct http_server *s, struct arena *a) {
	if (a->block == NULL) return;
	arena_clear(a);
	pthread_mutex_lock(&s->spare_mutex);
	if (a->block != NULL && s->spares < SPARE_ARENAS) {
		s->spare[s->spares++] = *a;
		*a = (struct arena){0};
	}
	pthread_mutex_unlock(&s->spare_mutex);
	arena_done(a);
}

/* glibc keeps what many connections needed; hand it back after they are gone. */
void server_tidy(struct http_server *s) {
	int now = atomic_load(&s->connections) + streams_open(s->streams), peak = atomic_load(&s->connections_peak);
	if (now > peak) atomic_store(&s->connections_peak, now);
	else if (peak > 200 && now < peak / 2) {
		atomic_store(&s->connections_peak, now);
		malloc_trim(0);
	}
}

/* ------------------------------------------------------------------ listening */

/* "HOST:PORT", "[IPv6]:PORT" */
static bool split_address(struct arena *a, const char *listen, char **ret_host, char **ret_port) {
	const char *colon = strrchr(listen, ':');
	if (colon == NULL || colon == listen || colon[1] == 0) return false;
	struct str host = str_n(listen, (size_t)(colon - listen));
	if (host.p[0] == '[' && host.p[host.n - 1] == ']') host = str_n(host.p + 1, host.n - 2);
	int64_t port;
	if (!str_int(str_c(colon + 1), &port) || port < 0 || port > 65535) return false;
	*ret_host = str_z(a, host);
	*ret_port = str_z(a, str_c(colon + 1));
	return true;
}

static int listen_at(const struct addrinfo *ai, int *ret_port) {
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, off = 0;
	if (fd < 0) return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (ai->ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	struct sockaddr_in6 bound;   /* long enough for both; the port stands at the same place */
	socklen_t n = sizeof bound;
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0 &&
	    getsockname(fd, (struct sockaddr *)&bound, &n) == 0) {
		*ret_port = ntohs(bound.sin6_port);
		return fd;
	}
	int e = errno;
	close(fd);
	errno = e;
	return -1;
}

enum err http_listen(const char *listen, struct arena *a, struct http_listener *ret, struct str *ret_why) {
	char *host, *port;
	struct addrinfo *found = NULL, want = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	if (!split_address(a, listen, &host, &port) || getaddrinfo(host, port, &want, &found) != 0) {
		*ret_why = str_fmt(a, "'%s' is not an address to listen at; write HOST:PORT, such as 127.0.0.1:8080.", listen);
		return ERR_INVALID;
	}
	int bound, fd = listen_at(found, &bound), e = errno;
	freeaddrinfo(found);
	if (fd < 0) {
		*ret_why = str_fmt(a, "We cannot listen at %s: %s.", listen, strerror(e));
		return e == EADDRINUSE ? ERR_CONFLICT : ERR_INVALID;
	}
	*ret = (struct http_listener){.fd = fd, .port = bound};
	return OK;
}

/* How many connections and streams together there are descriptors for, past what the rest of the program needs. */
static int room_for_sockets(void) {
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur == RLIM_INFINITY || r.rlim_cur > 1 << 20) return 1 << 20;
	return r.rlim_cur > 800 ? (int)r.rlim_cur - 400 : (int)r.rlim_cur / 2;
}

/* We hand out paths and queries as they were sent. */
static size_t leave_escaped(void *cls, struct MHD_Connection *mhd, char *s) {
	(void)cls, (void)mhd;
	return strlen(s);
}

static void release(struct http_server *s) {
	work_stop(s);
	streams_stop(s->streams);
	for (int i = 0; i < s->spares; i++) arena_done(&s->spare[i]);
	pthread_mutex_destroy(&s->spare_mutex);
	free(s);
}

enum err http_start(const struct http_options *o, const struct http_handlers *h, struct arena *a, struct http_server **ret,
                    struct str *ret_why) {
	PRE(o->loops >= 1 && o->loops <= 64 && o->workers >= 1 && o->workers <= 64);
	struct http_listener at;
	int room = room_for_sockets(), most = o->connections_max > 0 ? o->connections_max : 12000;
	if (most > room) most = room;
	if (o->listener != NULL) at = *o->listener;
	else TRY(http_listen(o->listen, a, &at, ret_why));
	struct http_server *s = must_calloc(1, sizeof *s);
	s->on = *h;
	s->port = at.port;
	s->room = room;
	s->trust_proxy = o->trust_proxy;
	s->waiting_max = o->waiting_max != 0 ? o->waiting_max : 2048;
	pthread_mutex_init(&s->spare_mutex, NULL);
	streams_start(s, most, o->trust_proxy ? 0 : o->connections_per_ip, o->beat_seconds);
	work_start(s, o->workers);
	struct MHD_OptionItem option[] = {
		{MHD_OPTION_LISTEN_SOCKET, at.fd, NULL},
		{MHD_OPTION_CONNECTION_LIMIT, most, NULL},
		{MHD_OPTION_CONNECTION_TIMEOUT, o->idle_seconds > 0 ? o->idle_seconds : 30, NULL},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
		{MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
		{MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->trust_proxy ? 0 : o->connections_per_ip, NULL},
		{MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)server_on_line, s},
		{MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL},
		{MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)server_on_over, s},
		{MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)server_on_connection, s},
		{o->loops > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, o->loops, NULL},
		{MHD_OPTION_END, 0, NULL},
	};
	*ret = s; /* before the first request, which may ask through it */
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
	s->daemon = MHD_start_daemon(flags, (uint16_t)at.port, NULL, NULL, server_on_request, s, MHD_OPTION_ARRAY, option,
	                             MHD_OPTION_END);
	if (s->daemon != NULL) return OK;
	*ret = NULL;
	*ret_why = STR("The HTTP server did not start; perhaps there are too few file descriptors or threads.");
	release(s);
	if (o->listener == NULL) close(at.fd);
	return ERR_BUSY;
}

int http_port(const struct http_server *s) {
	return s->port;
}

static bool wait_for_zero(atomic_int *n, usec_t until) {
	while (atomic_load(n) > 0) {
		if (clock_steady() >= until) return false;
		nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
	}
	return true;
}

bool http_stop(struct http_server *s, int wait_ms) {
	usec_t until = clock_steady() + (usec_t)wait_ms * 1000;
	atomic_store(&s->stopping, true);
	int fd = MHD_quiesce_daemon(s->daemon);
	wait_for_zero(&s->active, until);
	/* The library must not be stopped while a request is suspended, so whoever has one gets a second more. */
	if (!wait_for_zero(&s->suspended, until + SECONDS(1))) return false;
	MHD_stop_daemon(s->daemon);
	if (fd >= 0) close(fd);
	release(s);
	return true;
}

int http_streams(const struct http_server *s) {
	return streams_open(s->streams);
}

void http_stats(const struct http_server *s, struct http_stats *ret) {
	*ret = (struct http_stats){
		.requests = atomic_load(&s->requests),
		.quick = atomic_load(&s->quick),
		.refused = atomic_load(&s->refused),
		.connections = (unsigned)atomic_load(&s->connections),
		.waiting = atomic_load(&s->work.waiting),
		.streams = (unsigned)streams_open(s->streams),
	};
}
