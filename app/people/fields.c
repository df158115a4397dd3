#include "people/fields.h"

const struct pack *firm_pack(const struct business *firm) { return firm == NULL ? NULL : pack_find(firm->pack); }

struct str field_label(const struct pack *p, struct str name, enum lang lang) {
	const struct pack_field *f = p == NULL ? NULL : pack_field_find(p, name);
	return f == NULL ? name : pack_say(&f->label, lang);
}

struct str field_shown(struct arena *a, const struct pack *p, struct str name, struct str value,
                       const struct locale *l) {
	const struct pack_field *f = p == NULL ? NULL : pack_field_find(p, name);
	return f == NULL ? value : pack_shown(a, f, value, l);
}
