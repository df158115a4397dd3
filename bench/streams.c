/* streams PORT N TOPIC TOKEN CONVERSATION ROUNDS: opens N live streams on a topic, prints {"open": N} and waits for a line on stdin (so
 * that the caller can look at the server's memory), then ROUNDS times says or takes back "me too" and measures from its answer,
 * which comes after the commit, to the first and to the last stream that was told. Prints {"first_ms": median, "last_ms": median, "worst_ms": …}. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what) {
	perror(what);
	exit(1);
}

static struct sockaddr_in to;

static int dial(void) {
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
	return fd;
}

static int by_size(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv) {
	if (argc != 7) return fputs("usage: streams PORT N TOPIC TOKEN CONVERSATION ROUNDS\n", stderr), 2;
	int n = atoi(argv[2]), rounds = atoi(argv[6]), ep = epoll_create1(0);
	struct rlimit files = {(rlim_t)n + 100, (rlim_t)n + 100};
	setrlimit(RLIMIT_NOFILE, &files);
	to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char q[1024], in[65536];
	int *fd = calloc((size_t)n, sizeof *fd), *told = calloc((size_t)n, sizeof *told);
	int len = snprintf(q, sizeof q, "GET /live?topics=%s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n", argv[3]);
	for (int i = 0; i < n; i++) {
		fd[i] = dial();
		if (write(fd[i], q, (size_t)len) != len) die("write");
		ssize_t got = read(fd[i], in, sizeof in);
		if (got < 12 || memcmp(in + 9, "200", 3) != 0) die("a stream was refused");
		struct epoll_event e = {.events = EPOLLIN, .data.u32 = (unsigned)i};
		epoll_ctl(ep, EPOLL_CTL_ADD, fd[i], &e);
	}
	printf("{\"open\":%d}\n", n);
	fflush(stdout);
	if (fgets(in, sizeof in, stdin) == NULL) return 1;

	double *firsts = calloc((size_t)rounds, sizeof *firsts), *lasts = calloc((size_t)rounds, sizeof *lasts);
	int writer = dial();
	for (int r = -1; r < rounds; r++) {   /* the first round is not counted */
		len = snprintf(q, sizeof q, "%s /api/v1/conversations/%s/vote HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\n\r\n",
		               (r & 1) ? "PUT" : "DELETE", argv[5], argv[4]);
		double committed = 0, first = 0, last = 0, began = now();
		int left = n;
		if (write(writer, q, (size_t)len) != len) die("write");
		struct epoll_event we = {.events = EPOLLIN, .data.u32 = 0xffffffff};
		epoll_ctl(ep, r == -1 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, writer, &we);
		while (left > 0 || committed == 0) {
			struct epoll_event e[256];
			int k = epoll_wait(ep, e, 256, 5000);
			if (k <= 0) return fprintf(stderr, "streams: %d of %d were not told\n", left, n), 1;
			for (int i = 0; i < k; i++) {
				if (e[i].data.u32 == 0xffffffff) {
					ssize_t got = read(writer, in, sizeof in - 1);
					if (got < 12 || in[9] != '2') return fputs("streams: the write was refused\n", stderr), 1;
					committed = now();
					continue;
				}
				ssize_t got = read(fd[e[i].data.u32], in, sizeof in - 1);
				if (got <= 0) die("a stream ended");
				in[got] = 0;
				if (strstr(in, "data:") == NULL || told[e[i].data.u32] == r + 2) continue;
				told[e[i].data.u32] = r + 2;
				last = now();
				if (first == 0) first = last;
				left--;
			}
		}
		/* a stream may hear before the writer's own answer is read */
		if (committed > first) committed = first;
		if (r >= 0) firsts[r] = (first - began) * 1e3, lasts[r] = (last - committed) * 1e3;
		struct timespec pause = {0, 200000000};
		nanosleep(&pause, 0);
	}
	qsort(firsts, (size_t)rounds, sizeof *firsts, by_size);
	qsort(lasts, (size_t)rounds, sizeof *lasts, by_size);
	printf("{\"first_ms\":%.1f,\"last_ms\":%.1f,\"worst_ms\":%.1f}\n", firsts[rounds / 2], lasts[rounds / 2], lasts[rounds - 1]);
	return 0;
}
