/* The key file: written whole under another name, then linked to its own, which fails when another process was
 * first; then that one's key is read. So whoever calls gets the same key, and no half of one. */
#include "base/check.h"
#include "crypto/token.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err fail(char *why, size_t room, enum err e, const char *what, const char *path) {
	snprintf(why, room, "%s %s: %s", what, path, e == ERR_INVALID ? "it is not 32 bytes" : strerror(errno));
	return e;
}

static ssize_t read_whole(int fd, unsigned char *to, size_t n) {
	size_t have = 0;
	while (have < n) {
		ssize_t got = read(fd, to + have, n - have);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return -1;
		if (got == 0) break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

/* ERR_NOT_FOUND when there is no such file. */
static enum err key_read(const char *path, struct key *ret, char *why, size_t room) {
	unsigned char bytes[sizeof ret->bytes + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) return ERR_NOT_FOUND;
	if (fd < 0) return fail(why, room, ERR_STORE, "cannot open the key", path);
	ssize_t n = read_whole(fd, bytes, sizeof bytes);
	enum err e = OK;
	if (n < 0) e = fail(why, room, ERR_STORE, "cannot read the key", path);
	else if (n != sizeof ret->bytes) e = fail(why, room, ERR_INVALID, "cannot use the key", path);
	close(fd);
	if (e == OK) memcpy(ret->bytes, bytes, sizeof ret->bytes);
	sodium_memzero(bytes, sizeof bytes);
	return e;
}

static bool write_key(int fd) {
	struct key k;
	randombytes_buf(k.bytes, sizeof k.bytes);
	ssize_t n = write(fd, k.bytes, sizeof k.bytes);
	sodium_memzero(&k, sizeof k);
	return n == sizeof k.bytes && fchmod(fd, 0600) == 0 && fsync(fd) == 0;
}

static void sync_folder(const char *path) {
	char *copy = must_strdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

static enum err key_make(const char *path, char *why, size_t room) {
	char temporary[4096];
	int n = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
	bool fits = n > 0 && (size_t)n < sizeof temporary;
	if (!fits) errno = ENAMETOOLONG;
	int fd = fits ? mkostemp(temporary, O_CLOEXEC) : -1;
	if (fd < 0) return fail(why, room, ERR_STORE, "cannot make the key", path);
	bool made = write_key(fd) && (link(temporary, path) == 0 || errno == EEXIST);
	enum err e = made ? OK : fail(why, room, ERR_STORE, "cannot write the key", path);
	close(fd);
	unlink(temporary);
	if (made) sync_folder(path);
	return e;
}

enum err key_load(const char *path, struct key *ret, char *why, size_t room) {
	enum err e = key_read(path, ret, why, room);
	if (e != ERR_NOT_FOUND) return e;
	TRY(key_make(path, why, room));
	e = key_read(path, ret, why, room);
	return e == ERR_NOT_FOUND ? fail(why, room, ERR_STORE, "cannot find the key", path) : e;
}
