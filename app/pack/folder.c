/* A pack in a folder of its own, which somebody names on the command line. */
#include "base/buf.h"
#include "crypto/token.h"
#include "pack/pack.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 300, FILE_MAX = 4 * 1024 * 1024, ALL_MAX = 16 * 1024 * 1024 };

struct reading {
	struct arena *a;
	const char *folder;
	struct pack_file *file;
	size_t files, bytes;
	struct str *why;
};

static enum err fault(struct reading *r, const char *name, const char *what) {
	*r->why = str_fmt(r->a, "%s%s%s: %s", r->folder, name[0] ? "/" : "", name, what);
	return ERR_INVALID;
}

static enum err read_all(struct reading *r, int fd, const char *name, size_t size) {
	char *p = arena_alloc(r->a, size + 1);
	size_t n = 0;
	while (n < size) {
		ssize_t got = read(fd, p + n, size - n);
		if (got < 0 && errno == EINTR) continue;
		if (got <= 0) return fault(r, name, "cannot be read");
		n += (size_t)got;
	}
	r->file[r->files++] = (struct pack_file){.name = str_copy(r->a, str_c(name)), .bytes = str_n(p, n)};
	r->bytes += n;
	return OK;
}

static enum err read_file(struct reading *r, const char *name) {
	struct stat st;
	int fd = open(str_fmt(r->a, "%s/%s", r->folder, name).p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) return fault(r, name, strerror(errno));
	enum err e = fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ? fault(r, name, "is no file") : OK;
	if (e == OK && (r->files == FILES_MAX || st.st_size > FILE_MAX || r->bytes + (size_t)st.st_size > ALL_MAX))
		e = fault(r, name, "is too much: a file may have 4 MB, a pack 300 files and 16 MB");
	if (e == OK) e = read_all(r, fd, name, (size_t)st.st_size);
	close(fd);
	return e;
}

/* What packs are made of; a note beside it is left alone. */
static bool is_part(struct str name) {
	return !str_starts(name, STR(".")) && (str_ends(name, STR(".json")) || str_ends(name, STR(".webp")) || str_ends(name, STR(".png")));
}

static enum err read_folder(struct reading *r, const char *sub) {
	DIR *d = opendir(str_fmt(r->a, "%s/%s", r->folder, sub).p);
	enum err e = OK;
	if (d == NULL) return sub[0] && errno == ENOENT ? OK : fault(r, sub, strerror(errno));
	for (struct dirent *entry; e == OK && (entry = readdir(d)) != NULL;)
		if (is_part(str_c(entry->d_name))) e = read_file(r, str_fmt(r->a, "%s%s%s", sub, sub[0] ? "/" : "", entry->d_name).p);
	closedir(d);
	return e;
}

static int by_name(const void *x, const void *y) {
	const struct pack_file *a = x, *b = y;
	return str_cmp(a->name, b->name);
}

static enum err from_folder(struct arena *a, const char *folder, const struct pack **ret, struct str *ret_why) {
	struct reading r = {.a = a, .file = NEW_ARRAY(a, struct pack_file, FILES_MAX), .why = ret_why};
	struct str path = str_c(folder), name;
	while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
	r.folder = str_z(a, path);
	const char *slash = strrchr(r.folder, '/');
	name = str_c(slash ? slash + 1 : r.folder);
	TRY(read_folder(&r, ""));
	TRY(read_folder(&r, "img"));
	TRY(read_folder(&r, "import"));
	qsort(r.file, r.files, sizeof *r.file, by_name);
	struct buf b;
	buf_init(&b, 2 * ALL_MAX);
	for (size_t i = 0; i < r.files; i++) buf_add(&b, r.file[i].name), buf_add_char(&b, 0), buf_add(&b, r.file[i].bytes), buf_add_char(&b, 0);
	struct str hash = token_hash(a, buf_str(&b));
	buf_done(&b);
	TRY(pack_add(str_z(a, name), r.file, r.files, hash, ret_why));
	*ret = pack_find(name);
	return OK;
}

enum err pack_wanted(struct arena *a, const char *word, const struct pack **ret, struct str *ret_why) {
	TRY(pack_load(ret_why));
	if (strchr(word, '/') != NULL) return from_folder(a, word, ret, ret_why);
	*ret = pack_find(str_c(word));
	if (*ret != NULL) return OK;
	*ret_why = str_fmt(a, "there is no pack '%s'; there are " STR_FMT ", and any folder with a pack in it (with a / in its name)", word,
		STR_ARG(pack_names(a, NULL)));
	return ERR_INVALID;
}
