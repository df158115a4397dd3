#include "os/proc.h"
#include "base/check.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum err proc_error(int e) {
	if (e == ENOENT || e == ENOTDIR) return ERR_NOT_FOUND;
	if (e == EACCES || e == EPERM || e == EROFS) return ERR_DENIED;
	if (e == ENOSPC || e == EDQUOT || e == EFBIG) return ERR_DISK_FULL;
	return ERR_STORE;
}

/* Reads until the end or until there is one byte more than max. */
static enum err read_all(int fd, struct arena *a, size_t max, struct str *ret) {
	struct stat st;
	if (fstat(fd, &st) != 0) return proc_error(errno);
	if (S_ISDIR(st.st_mode)) return ERR_NOT_FOUND;
	if (st.st_size > 0 && (uint64_t)st.st_size > max) return ERR_TOO_LARGE;
	size_t room = st.st_size > 0 ? (size_t)st.st_size + 1 : 4096, n = 0;   /* /proc says 0 */
	char *p = arena_alloc(a, room);
	for (;;) {
		if (n == room) {
			char *wider = arena_alloc(a, room * 2);
			memcpy(wider, p, n);
			p = wider;
			room *= 2;
		}
		ssize_t k = read(fd, p + n, room - n);
		if (k < 0 && errno == EINTR) continue;
		if (k < 0) return proc_error(errno);
		if (k == 0) break;
		n += (size_t)k;
		if (n > max) return ERR_TOO_LARGE;
	}
	*ret = str_n(p, n);
	return OK;
}

enum err proc_read_file(struct arena *a, const char *path, size_t max, struct str *ret) {
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return proc_error(errno);
	enum err e = read_all(fd, a, max, ret);
	close(fd);
	return e;
}

static enum err fill(int fd, struct str bytes, unsigned mode) {
	while (bytes.n > 0) {
		ssize_t k = write(fd, bytes.p, bytes.n);
		if (k < 0 && errno == EINTR) continue;
		if (k < 0) return proc_error(errno);
		bytes = str_from(bytes, (size_t)k);
	}
	if (fchmod(fd, mode) != 0 || fsync(fd) != 0) return proc_error(errno);
	return OK;
}

static enum err sync_folder_of(const char *path) {
	const char *slash = strrchr(path, '/');
	char *dir = slash == NULL ? must_strdup(".") : must_strdup(path);
	if (slash != NULL) dir[slash == path ? 1 : slash - path] = 0;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	if (fd < 0) return proc_error(errno);
	enum err e = fsync(fd) == 0 ? OK : proc_error(errno);
	close(fd);
	return e;
}

enum err proc_write_file(const char *path, struct str bytes, unsigned mode) {
	size_t n = strlen(path);
	char *beside = must_malloc(n + sizeof ".XXXXXX");
	memcpy(beside, path, n);
	memcpy(beside + n, ".XXXXXX", sizeof ".XXXXXX");
	int fd = mkostemp(beside, O_CLOEXEC);
	enum err e = fd >= 0 ? fill(fd, bytes, mode) : proc_error(errno);
	if (fd >= 0 && close(fd) != 0 && e == OK) e = proc_error(errno);
	if (e == OK && rename(beside, path) != 0) e = proc_error(errno);
	if (e != OK && fd >= 0) unlink(beside);
	free(beside);
	if (e == OK) e = sync_folder_of(path);
	return e;
}

static enum err make_one(const char *path, unsigned mode) {
	struct stat st;
	if (mkdir(path, mode) == 0) return OK;
	int e = errno;
	if (e == EEXIST) return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? OK : ERR_CONFLICT;
	return e == ENOTDIR ? ERR_CONFLICT : proc_error(e);
}

enum err proc_make_dirs(const char *path, unsigned mode) {
	PRE(path[0] != 0);
	char *part = must_strdup(path);
	enum err e = OK;
	for (char *at = part + 1; e == OK && (at = strchr(at, '/')) != NULL; at++) {
		*at = 0;
		e = make_one(part, mode);
		*at = '/';
	}
	if (e == OK) e = make_one(part, mode);
	free(part);
	return e;
}

int proc_raise_open_files(void) {
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) != 0) return 1024;
	r.rlim_cur = r.rlim_max;
	if (r.rlim_cur == RLIM_INFINITY || r.rlim_cur > 1 << 20) r.rlim_cur = 1 << 20;
	setrlimit(RLIMIT_NOFILE, &r);
	getrlimit(RLIMIT_NOFILE, &r);
	return (int)r.rlim_cur;
}
