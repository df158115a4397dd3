#include "web/static.h"
#include "base/check.h"
#include "crypto/token.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

static struct static_file *files;
static int count;
static struct http_bytes **plain_bytes;
static struct http_bytes *_Atomic *packed_bytes;   /* made when first asked for, kept for the life of the process */

static int by_name(const void *key, const void *file) {
	return str_cmp(*(const struct str *)key, str_c(((const struct embedded_file *)file)->name));
}

struct str embedded(const char *name) {
	struct str key = str_c(name);
	const struct embedded_file *f = bsearch(&key, embedded_files, (size_t)embedded_file_count, sizeof *f, by_name);
	return f == NULL ? STR_NONE : str_n(f->start, (size_t)(f->end - f->start));
}

bool gzip(struct str plain, int level, struct buf *ret) {
	z_stream z = {0};
	if (plain.n > 64u * 1024 * 1024 || deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
	size_t most = deflateBound(&z, plain.n);
	buf_init(ret, most);
	z.next_in = (unsigned char *)(uintptr_t)plain.p;
	z.avail_in = (unsigned)plain.n;
	z.next_out = (unsigned char *)buf_more(ret, most);
	z.avail_out = (unsigned)most;
	int r = deflate(&z, Z_FINISH);
	ret->n = most - z.avail_out;
	deflateEnd(&z);
	if (r == Z_STREAM_END && ret->n < plain.n) return true;
	buf_done(ret);
	return false;
}

static const char *type_of(struct str name, bool *ret_text) {
	static const struct {
		const char *end, *type;
		bool text;
	} types[] = {
		{".css", "text/css; charset=utf-8", true}, {".js", "text/javascript; charset=utf-8", true},
		{".svg", "image/svg+xml", true}, {".json", "application/json", true}, {".tsv", "text/tab-separated-values; charset=utf-8", true},
		{".woff2", "font/woff2", false}, {".png", "image/png", false}, {".webp", "image/webp", false}, {".txt", "text/plain; charset=utf-8", true},
		{".webmanifest", "application/manifest+json", true}, {".ico", "image/x-icon", false},
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_ends(name, str_c(types[i].end))) {
			*ret_text = types[i].text;
			return types[i].type;
		}
	*ret_text = false;
	return "application/octet-stream";
}

/* Bytes that are not copied: their one reference is never given back, so nobody frees them. */
static struct http_bytes *bytes_forever(struct str s) {
	struct http_bytes *b = must_calloc(1, sizeof *b);
	b->refs = 1;
	b->n = s.n;
	b->p = (char *)(uintptr_t)s.p;
	return b;
}

void static_init(void) {
	if (files != NULL) return;
	static struct arena a; /* for the life of the process */
	files = NEW_ARRAY(&a, struct static_file, (size_t)embedded_file_count);
	plain_bytes = arena_array(&a, (size_t)embedded_file_count, sizeof *plain_bytes);
	packed_bytes = arena_array(&a, (size_t)embedded_file_count, sizeof *packed_bytes);
	for (int i = 0; i < embedded_file_count; i++) {
		struct str name = str_c(embedded_files[i].name);
		if (!str_starts(name, STR("static/"))) continue;
		struct static_file *f = &files[count++];
		f->name = name.p + sizeof "static/" - 1;
		f->bytes = str_n(embedded_files[i].start, (size_t)(embedded_files[i].end - embedded_files[i].start));
		f->type = type_of(name, &f->text);
		struct str hash = str_first(token_hash(&a, f->bytes), 12);
		f->etag = str_fmt(&a, "W/\"" STR_FMT "\"", STR_ARG(hash));
		plain_bytes[f - files] = bytes_forever(f->bytes);
		f->url = str_fmt(&a, "/static/%s?v=" STR_FMT, f->name, STR_ARG(hash));
	}
}

const struct static_file *static_find(struct str name) {
	int low = 0, high = count - 1;
	while (low <= high) {
		int mid = (low + high) / 2, d = str_cmp(name, str_c(files[mid].name));
		if (d == 0) return &files[mid];
		if (d < 0) high = mid - 1;
		else low = mid + 1;
	}
	return NULL;
}

struct str static_url(const char *name) {
	const struct static_file *f = static_find(str_c(name));
	if (f == NULL) check_failed(name, "no such static file", 0);
	return f->url;
}

struct http_bytes *static_body(const struct static_file *f, bool packed) {
	ptrdiff_t i = f - files;
	struct http_bytes *b = packed ? packed_bytes[i] : plain_bytes[i];
	return b == NULL ? NULL : http_bytes_ref(b);
}

void static_compress(const struct static_file *f) {
	struct buf z;
	struct http_bytes *none = NULL;
	struct http_bytes *b = gzip(f->bytes, 9, &z) ? http_bytes_take(&z) : http_bytes_new(f->bytes);
	if (!atomic_compare_exchange_strong(&packed_bytes[f - files], &none, b)) http_bytes_unref(b);
}
