#ifndef HTTP_TESTING_H
#define HTTP_TESTING_H
/* For the tests of this folder: a small application on a free port, and raw sockets to speak to it. */
#include "http/http.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define HOST "Host: localhost\r\n"

static inline int dial(int port) {
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

static inline bool put(int fd, struct str s) {
	while (s.n > 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
		if (n < 0) return false;
		s = str_from(s, (size_t)n);
	}
	return true;
}

/* Reads until the other side ends, until nothing came for wait_ms, or until `until` stands in what came. ret_end: it ended. */
static inline struct str get(struct arena *a, int fd, int wait_ms, const char *until, bool *ret_end) {
	struct buf b;
	buf_init(&b, 64 << 20);
	*ret_end = false;
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (until != NULL && b.n > 0 && str_has(buf_str(&b), str_c(until))) break;
		if (poll(&p, 1, wait_ms) <= 0) break;
		char part[65536];
		ssize_t n = recv(fd, part, sizeof part, 0);
		if (n <= 0) {
			*ret_end = true;
			break;
		}
		buf_add(&b, str_n(part, (size_t)n));
	}
	struct str s = str_copy(a, buf_str(&b));
	buf_done(&b);
	return s;
}

/* One connection, one piece of input: what comes back. */
static inline struct str talk(struct arena *a, int port, struct str input, bool *ret_end) {
	int fd = dial(port);
	put(fd, input);
	struct str s = get(a, fd, 700, NULL, ret_end);
	close(fd);
	return s;
}

/* The statuses in what came: "200", "200,200", "" */
static inline const char *statuses(struct arena *a, struct str s) {
	struct buf b;
	buf_init(&b, 4096);
	for (size_t i = 0; i + 12 <= s.n; i++)
		if (memcmp(s.p + i, "HTTP/1.1 ", 9) == 0) buf_fmt(&b, "%s%.3s", b.n > 0 ? "," : "", s.p + i + 9);
	const char *z = str_z(a, buf_str(&b));
	buf_done(&b);
	return z;
}

static inline struct str body_of(struct str response) {
	const char *at = memmem(response.p, response.n, "\r\n\r\n", 4);
	return at == NULL ? STR_NONE : str_from(response, (size_t)(at - response.p) + 4);
}

#endif
