#include "import/kind.h"

static const struct import_kind *const kinds[] = {&people_kind, &conversations_kind};
enum { KINDS = sizeof kinds / sizeof *kinds };

const struct import_kind *import_kind_at(int i) {
	return i >= 0 && i < KINDS ? kinds[i] : NULL;
}

const struct import_kind *import_kind_find(struct str word) {
	for (int i = 0; i < KINDS; i++)
		if (str_is(word, kinds[i]->word)) return kinds[i];
	return NULL;
}

const struct target *import_targets(struct arena *a, const struct import_kind *k, const struct pack *p, size_t *ret_n) {
	size_t n = k->targets, fields = 0;
	for (size_t t = 0; k->pack_fields && t < p->tabs; t++) fields += p->tab[t].fields;
	struct target *all = NEW_ARRAY(a, struct target, n + fields);
	memcpy(all, k->target, n * sizeof *all);
	for (size_t t = 0; k->pack_fields && t < p->tabs; t++)
		for (size_t i = 0; i < p->tab[t].fields; i++) {
			const struct pack_field *f = &p->tab[t].field[i];
			all[n++] = (struct target){
				.name = str_fmt(a, "field:" STR_FMT, STR_ARG(f->name)), .want = WANT_FIELD, .max = 1000, .field = f};
		}
	*ret_n = n;
	return all;
}
