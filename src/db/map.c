/* One mapping of a database file for all connections of this process.
 *
 * SQLite maps the file once for each connection, and throws the mapping away whenever another connection has committed.
 * With eight readers that is eight times the resident memory, and every page is faulted in again after each write. So the
 * two calls through which SQLite asks for mapped pages are answered here, from one mapping that stays: it reserves
 * MAP_BYTES of addresses, and the kernel lets more of it be read as the file grows. SQLite's rules about who may read which
 * page when are not touched: it asks for a page as before, and for what lies outside the file or the mapping it falls
 * back to reading.
 *
 * The mappings stand in a list of the process, not of a store, because file locks do, too: closing any descriptor of a
 * file drops all locks that the process holds on it. So ours is closed when the last connection is. */
#include "db/map.h"
#include "base/check.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t MAP_BYTES = 0x7fff0000; /* the most that SQLite asks for by default */

struct map {
	dev_t dev;
	ino_t ino;
	int fd, users;
	char *base;              /* NULL when it cannot be mapped */
	_Atomic int64_t size;    /* of the file, as last looked at; 0: look again */
	struct map *next;
};

/* A file's methods with two of them replaced, and where those find the mapping. */
struct mapped_methods {
	sqlite3_io_methods own;
	const sqlite3_io_methods *original;
	struct map *map;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct map *maps;

static int fetch(sqlite3_file *file, sqlite3_int64 at, int n, void **ret) {
	const struct mapped_methods *m = (const struct mapped_methods *)(const void *)file->pMethods;
	struct map *map = m->map;
	sqlite3_int64 size = atomic_load_explicit(&map->size, memory_order_relaxed);
	*ret = NULL;
	if (at + n > size) {
		int rc = m->original->xFileSize(file, &size);
		if (rc != SQLITE_OK) return rc;
		atomic_store_explicit(&map->size, size, memory_order_relaxed);
	}
	if (at + n <= size && at + n <= MAP_BYTES) *ret = map->base + at;
	return SQLITE_OK;
}

/* Without a page it means that the file may have changed its size. */
static int unfetch(sqlite3_file *file, sqlite3_int64 at, void *page) {
	const struct mapped_methods *m = (const struct mapped_methods *)(const void *)file->pMethods;
	(void)at;
	if (page == NULL) atomic_store_explicit(&m->map->size, 0, memory_order_relaxed);
	return SQLITE_OK;
}

static int cut(sqlite3_file *file, sqlite3_int64 size) {
	const struct mapped_methods *m = (const struct mapped_methods *)(const void *)file->pMethods;
	atomic_store_explicit(&m->map->size, 0, memory_order_relaxed);
	return m->original->xTruncate(file, size);
}

static struct map *map_new(const char *path, const struct stat *st) {
	struct map *m = must_calloc(1, sizeof *m);
	m->dev = st->st_dev;
	m->ino = st->st_ino;
	m->fd = open(path, O_RDONLY | O_CLOEXEC);
	void *base = m->fd < 0 ? MAP_FAILED : mmap(NULL, (size_t)MAP_BYTES, PROT_READ, MAP_SHARED | MAP_NORESERVE, m->fd, 0);
	if (base != MAP_FAILED) m->base = base;
	m->next = maps;
	maps = m;
	return m;
}

struct map *map_open(const char *path) {
	struct stat st;
	if (stat(path, &st) != 0) return NULL;
	pthread_mutex_lock(&lock);
	struct map *m = maps;
	while (m != NULL && (m->dev != st.st_dev || m->ino != st.st_ino)) m = m->next;
	if (m == NULL) m = map_new(path, &st);
	m->users++;
	pthread_mutex_unlock(&lock);
	return m;
}

void map_close(struct map *m) {
	if (m == NULL) return;
	pthread_mutex_lock(&lock);
	if (--m->users == 0) {
		struct map **at = &maps;
		while (*at != m) at = &(*at)->next;
		*at = m->next;
		if (m->base) munmap(m->base, (size_t)MAP_BYTES);
		if (m->fd >= 0) close(m->fd);
		free(m);
	}
	pthread_mutex_unlock(&lock);
}

struct mapped_methods *map_use(struct map *m, const char *path, sqlite3 *c) {
	sqlite3_file *file = NULL;
	struct stat st;
	if (m == NULL || m->base == NULL || stat(path, &st) != 0 || st.st_dev != m->dev || st.st_ino != m->ino) return NULL;
	if (sqlite3_file_control(c, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == NULL) return NULL;
	if (file->pMethods == NULL || file->pMethods->iVersion < 3) return NULL;
	struct mapped_methods *mm = must_calloc(1, sizeof *mm);
	mm->own = *file->pMethods;
	mm->original = file->pMethods;
	mm->map = m;
	mm->own.xFetch = fetch;
	mm->own.xUnfetch = unfetch;
	mm->own.xTruncate = cut;
	file->pMethods = &mm->own;
	return mm;
}
