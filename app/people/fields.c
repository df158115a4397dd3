#include "people/fields.h"

const struct pack *firm_pack(const struct business *firm) { return firm == NULL ? NULL : pack_find(firm->pack); }

bool pack_field_is_own(const struct pack *p, struct str name) {
	for (size_t i = 0; p != NULL && i < p->tabs; i++) {
		if (!str_is(p->tab[i].name, "household")) continue; /* in every pack the tab of the person's own life */
		for (size_t k = 0; k < p->tab[i].fields; k++)
			if (str_eq(p->tab[i].field[k].name, name)) return p->tab[i].field[k].type != PACK_MONEY;
	}
	return false;
}

struct str field_label(const struct pack *p, struct str name, enum lang lang) {
	const struct pack_field *f = p == NULL ? NULL : pack_field_find(p, name);
	return f == NULL ? name : pack_say(&f->label, lang);
}

struct str field_shown(struct arena *a, const struct pack *p, struct str name, struct str value, const struct locale *l) {
	const struct pack_field *f = p == NULL ? NULL : pack_field_find(p, name);
	return f == NULL ? value : pack_shown(a, f, value, l);
}
