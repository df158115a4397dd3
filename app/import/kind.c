#include "import/kind.h"
#include "import/kind_record.h"
#include <pthread.h>
#include <stdatomic.h>

enum { KINDS_MAX = 260 };

/* The fixed ones, then one for each type of record that any pack has; what is there stays as it is. */
static const struct import_kind *kinds[KINDS_MAX] = {&people_kind, &conversations_kind, &links_kind};
static struct import_kind of_types[KINDS_MAX];
static atomic_int count = 3;

static const struct import_kind *find(struct str word) {
	for (int i = 0; i < count; i++)
		if (str_is(word, kinds[i]->word)) return kinds[i];
	return NULL;
}

static void add_types(const struct pack *p) {
	static struct arena arena; /* for the life of the process */
	for (size_t k = 0; k < p->types; k++) {
		struct str type = p->type[k].name, word = str_fmt(&arena, "records:" STR_FMT, STR_ARG(type));
		int n = atomic_load(&count);
		if (find(word) != NULL || n == KINDS_MAX) continue;
		of_types[n] = records_kind;
		of_types[n].word = of_types[n].object = word.p;
		of_types[n].type = type;
		kinds[n] = &of_types[n];
		atomic_store(&count, n + 1);
	}
}

/* Packs only come, they never go. */
static void made(void) {
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static int seen;
	pthread_mutex_lock(&lock);
	for (; pack_at(seen) != NULL; seen++) add_types(pack_at(seen));
	pthread_mutex_unlock(&lock);
}

const struct import_kind *import_kind_at(int i) {
	made();
	return i >= 0 && i < count ? kinds[i] : NULL;
}

const struct import_kind *import_kind_find(struct str word) {
	made();
	return find(word);
}

static size_t add_fields(struct arena *a, struct target *to, const struct pack_field *f, size_t n) {
	for (size_t i = 0; i < n; i++)
		to[i] = (struct target){.name = str_fmt(a, "field:" STR_FMT, STR_ARG(f[i].name)), .want = WANT_FIELD, .max = 1000, .field = &f[i]};
	return n;
}

const struct target *import_targets(struct arena *a, const struct import_kind *k, const struct pack *p, size_t *ret_n) {
	const struct pack_type *type = str_none(k->type) ? NULL : pack_type_find(p, k->type);
	size_t n = k->targets, fields = type != NULL ? type->fields + type->roles : 0;
	for (size_t t = 0; k->pack_fields && t < p->tabs; t++) fields += p->tab[t].fields;
	struct target *all = NEW_ARRAY(a, struct target, n + fields);
	memcpy(all, k->target, n * sizeof *all);
	for (size_t t = 0; k->pack_fields && t < p->tabs; t++) n += add_fields(a, &all[n], p->tab[t].field, p->tab[t].fields);
	if (type != NULL) {
		n += add_fields(a, &all[n], type->field, type->fields);
		for (size_t i = 0; i < type->roles; i++)
			all[n++] = (struct target){.name = str_fmt(a, "person:" STR_FMT, STR_ARG(type->role[i].name)), .want = WANT_LINE, .max = 200,
				.many = true};
	}
	*ret_n = n;
	return all;
}
