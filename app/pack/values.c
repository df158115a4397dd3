/* The values of some fields: as they are kept, and as programs get them. */
#include "pack/pack.h"
#include "text/find.h"
#include "text/json.h"
#include <inttypes.h>

enum { VALUES_MAX = 64 * 1024 };

enum err pack_values_read(struct arena *a, const struct pack_field *f, size_t n, struct str kept, struct str **ret) {
	JSON_DOC(doc);
	TRY(json_parse(&doc, kept, NULL));
	*ret = NEW_ARRAY(a, struct str, n);
	for (size_t i = 0; i < n; i++) {
		struct str s = STR("");
		json_get_str(json_member(doc.root, str_z(a, f[i].name)), &s);
		(*ret)[i] = str_copy(a, s);
	}
	return OK;
}

static struct str taken(struct arena *a, struct buf *b) {
	struct str s = b->over ? STR_NONE : str_copy(a, buf_str(b));
	buf_done(b);
	return s;
}

struct str pack_values_keep(struct arena *a, const struct pack_field *f, size_t n, const struct str *value) {
	struct buf b;
	buf_init(&b, VALUES_MAX);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	for (size_t i = 0; i < n; i++) {
		if (value[i].n == 0) continue;
		json_put_key_str(&o, f[i].name);
		json_put_str(&o, value[i]);
	}
	json_put_end(&o);
	return taken(a, &b);
}

static void put_value(struct json_out *o, const struct pack_field *f, struct str value, struct str currency) {
	int64_t n;
	if (f->type == PACK_MONEY && str_int(value, &n)) {
		json_put_object(o);
		json_put_key(o, "amount"), json_put_int(o, n);
		json_put_key(o, "currency"), json_put_str(o, currency);
		json_put_end(o);
	} else if (f->type == PACK_INT && str_int(value, &n)) json_put_int(o, n);
	else if (f->type == PACK_BOOL) json_put_bool(o, str_is(value, "yes"));
	else json_put_str(o, value);
}

struct str pack_values_json(struct arena *a, const struct pack_field *f, size_t n, const struct str *value, struct str currency) {
	struct buf b;
	buf_init(&b, 2 * VALUES_MAX);
	struct json_out o = json_out(&b);
	json_put_object(&o);
	for (size_t i = 0; i < n; i++) {
		if (value[i].n == 0) continue;
		json_put_key_str(&o, f[i].name);
		put_value(&o, &f[i], value[i], currency);
	}
	json_put_end(&o);
	return taken(a, &b);
}

static void put_text(struct arena *a, struct buf *to, struct str text) {
	if (to->n > 0) buf_add_char(to, ' ');
	find_words(a, to, text);
}

void pack_words(struct arena *a, struct buf *to, const struct pack_field *f, struct str value) {
	if (value.n == 0) return;
	put_text(a, to, value);
	if (f->type == PACK_DATE && value.n == 10) /* 2026-05-12 is 12.05.2026, too */
		put_text(a, to, str_fmt(a, "%.2s %.2s %.4s", value.p + 8, value.p + 5, value.p));
	int64_t minor;
	if (f->type == PACK_MONEY && str_int(value, &minor) && minor != INT64_MIN) {
		int64_t amount = minor < 0 ? -minor : minor;
		put_text(a, to, str_fmt(a, "%" PRId64 " %02" PRId64, amount / 100, amount % 100));
	}
	for (size_t i = 0; i < f->choices; i++)
		for (int lang = 0; str_eq(f->choice[i].name, value) && lang < LANG_MAX_; lang++) put_text(a, to, pack_say(&f->choice[i].label, (enum lang)lang));
}
