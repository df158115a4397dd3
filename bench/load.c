/* load PORT SECONDS CONNECTIONS TOKENS FIRST LAST: says and takes back "me too" (PUT, DELETE …/vote), each connection as another person
 * (a line of the file TOKENS) on conversation after conversation, so that every request is a durable change. One thread, epoll.
 * Prints {"acks": per second, "refused": n, "failed": n, "p50_ms": …, "p99_ms": …, "max_ms": …}. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 1024, ANSWER = 16384, TIMES = 4000000 };

struct client {
	int fd, at;            /* at: which conversation */
	bool take_back;
	char token[128], answer[ANSWER];
	size_t have;
	double began;
};

static struct client client[CONNECTIONS];
static float times[TIMES];
static int first, last;

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what) {
	perror(what);
	exit(1);
}

static void ask(struct client *c) {
	char q[512];
	int n = snprintf(q, sizeof q, "%s /api/v1/conversations/%d/vote HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\n\r\n",
	                 c->take_back ? "DELETE" : "PUT", c->at, c->token);
	c->have = 0;
	c->began = now();
	if (write(c->fd, q, (size_t)n) != n) die("write");
}

/* The length of a whole answer in the buffer, 0 while it is not whole. */
static size_t whole(const struct client *c) {
	const char *end = memmem(c->answer, c->have, "\r\n\r\n", 4);
	if (end == NULL) return 0;
	size_t head = (size_t)(end - c->answer) + 4, body = 0;
	for (const char *l = c->answer; l < end; l = strchr(l, '\n') + 1)
		if (strncasecmp(l, "Content-Length:", 15) == 0) body = strtoul(l + 15, NULL, 10);
	return c->have >= head + body ? head + body : 0;
}

static int by_size(const void *a, const void *b) {
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv) {
	if (argc != 7) return fputs("usage: load PORT SECONDS CONNECTIONS TOKENS FIRST LAST\n", stderr), 2;
	int connections = atoi(argv[3]), ep = epoll_create1(0);
	double seconds = atof(argv[2]);
	FILE *tokens = fopen(argv[4], "r");
	first = atoi(argv[5]), last = atoi(argv[6]);
	if (tokens == NULL || connections > CONNECTIONS || first > last) return fputs("load: bad arguments\n", stderr), 2;
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	for (int i = 0; i < connections; i++) {
		struct client *c = &client[i];
		if (fscanf(tokens, "%127s", c->token) != 1) return fputs("load: too few tokens\n", stderr), 2;
		c->fd = socket(AF_INET, SOCK_STREAM, 0);
		int one = 1;
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
		struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
		epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
		c->at = first + i % (last - first + 1);
		ask(c);
	}
	double began = now();
	size_t acks = 0, refused = 0, failed = 0;
	while (now() - began < seconds) {
		struct epoll_event e[64];
		int n = epoll_wait(ep, e, 64, 100);
		for (int i = 0; i < n; i++) {
			struct client *c = e[i].data.ptr;
			ssize_t got = read(c->fd, c->answer + c->have, ANSWER - c->have - 1);
			if (got <= 0) die("the server hung up");
			c->have += (size_t)got;
			c->answer[c->have] = 0;
			if (whole(c) == 0) continue;
			int status = atoi(c->answer + 9);
			if (status / 100 == 2) {
				if (acks < TIMES) times[acks] = (float)(now() - c->began);
				acks++;
			} else if (status == 503 || status == 429) refused++;
			else if (failed++ == 0) fprintf(stderr, "load: %.*s\n", 200, c->answer);
			if (c->take_back && ++c->at > last) c->at = first;
			c->take_back = !c->take_back;
			ask(c);
		}
	}
	double took = now() - began;
	size_t m = acks < TIMES ? acks : TIMES;
	if (m == 0) return fputs("load: nothing was answered\n", stderr), 1;
	qsort(times, m, sizeof *times, by_size);
	printf("{\"acks\":%.1f,\"refused\":%zu,\"failed\":%zu,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n", (double)acks / took, refused, failed,
	       times[m / 2] * 1e3, times[m * 99 / 100] * 1e3, times[m - 1] * 1e3);
	return 0;
}
