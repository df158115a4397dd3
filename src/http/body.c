/* A request's body on its way in: memory first, an unlinked temporary file when it is larger. Runs on the loop; a write goes
 * to the page cache. Once a body is refused the rest is thrown away, so that the client reads our answer after it has sent
 * everything, but not without end. */
#include "http/http_int.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int spool_open(void) {
	const char *dir = getenv("TMPDIR");
	if (dir == NULL || dir[0] != '/') dir = "/tmp";
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0) return fd;
	char path[512];
	snprintf(path, sizeof path, "%s/rialto-XXXXXX", dir);   /* file systems without O_TMPFILE */
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0) unlink(path);
	return fd;
}

static bool write_all(int fd, const char *p, size_t n) {
	while (n > 0) {
		ssize_t k = write(fd, p, n);
		if (k < 0 && errno == EINTR) continue;
		if (k <= 0) return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

static void give_up(struct conn *k, int status, const char *why) {
	k->refuse = status;
	k->refuse_why = why;
	body_done(k);
}

static bool to_file(struct conn *k, const char *p, size_t n) {
	if (k->q.body_fd < 0) {
		k->q.body_fd = spool_open();
		if (k->q.body_fd < 0 || !write_all(k->q.body_fd, k->memory.p, k->memory.n)) return false;
		buf_done(&k->memory);
	}
	return write_all(k->q.body_fd, p, n);
}

void body_take(struct conn *k, const char *p, size_t n) {
	struct http_req *q = &k->q;
	if (k->refuse != 0) {
		k->dropped += (int64_t)n;
		return;
	}
	if ((int64_t)n > k->limit - q->body_bytes) {
		give_up(k, 413, "The request's body is too large.");
		return;
	}
	if (q->body_bytes == 0) buf_init(&k->memory, HTTP_BODY_MEMORY);
	bool small = q->body_fd < 0 && q->body_bytes + (int64_t)n <= HTTP_BODY_MEMORY && k->announced_bytes <= HTTP_BODY_MEMORY;
	q->body_bytes += (int64_t)n;
	if (small) buf_add(&k->memory, str_n(p, n));
	else if (!to_file(k, p, n)) give_up(k, 507, "There is no room to take the request's body.");
}

void body_finish(struct conn *k) {
	if (k->q.body_fd < 0) k->q.body = buf_str(&k->memory);
}

void body_done(struct conn *k) {
	buf_done(&k->memory);
	if (k->q.body_fd >= 0) close(k->q.body_fd);
	k->q.body_fd = -1;
	k->q.body = STR("");
}

enum err http_body(struct http_req *q, size_t max, struct str *ret) {
	if ((uint64_t)q->body_bytes > max) return ERR_TOO_LARGE;
	if (q->body_fd < 0) {
		*ret = q->body;
		return OK;
	}
	size_t n = (size_t)q->body_bytes, done = 0;
	char *p = arena_alloc(&q->arena, n + 1);
	while (done < n) {
		ssize_t k = pread(q->body_fd, p + done, n - done, (off_t)done);
		if (k < 0 && errno == EINTR) continue;
		if (k <= 0) return ERR_DISK_FULL;
		done += (size_t)k;
	}
	*ret = str_n(p, n);
	return OK;
}
