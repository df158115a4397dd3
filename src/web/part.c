/* Parts of pages: their keys, and a place for a template to write one. */
#include "web/part.h"
#include "base/check.h"
#include "web/web_int.h"

enum { PART_MAX = 4 * 1024 * 1024 };

/* What a part says in: language, zone and currency are the reader's or the firm's; whose it is stands in no part. */
static struct str key_of(struct req *q, const struct part *p) {
	return str_fmt(q->a, "\x01%s %lld %d %s %s", p->name, (long long)p->topic[0].id, (int)q->locale.lang, zone_name(q->locale.zone), q->locale.currency);
}

bool part_is_for(const struct req *q) { return q->actor.id.v != 0 && !q->actor.is_staff && !q->tx; }

bool part_get(struct req *q, const struct part *p, struct html *ret) {
	return part_is_for(q) && cache_get_part(q->web->cache, key_of(q, p), q->a, &ret->s);
}

static void part_put(struct req *q, const struct part *p, struct str bytes) {
	struct cache_topic topic[PART_TOPICS_MAX + 1] = {{.kind = "business", .id = 1}};
	PRE(p->topics > 0 && p->topics <= PART_TOPICS_MAX);
	if (!part_is_for(q)) return;
	for (int i = 0; i < p->topics; i++) {
		struct cache_topic *t = &topic[i + 1];
		PRE(strlen(p->topic[i].kind) < sizeof t->kind);
		memcpy(t->kind, p->topic[i].kind, strlen(p->topic[i].kind) + 1);
		t->id = p->topic[i].id;
	}
	cache_put_part(q->web->cache, key_of(q, p), q->seen, topic, p->topics + 1, bytes);
}

struct out *part_begin(struct req *q, struct part_out *ret, bool kept) {
	buf_init(&ret->buf, PART_MAX);
	ret->page = kept ? (struct page){.firm = q->page.firm, .locale = q->page.locale, .lang = q->page.lang} : q->page;
	ret->out = (struct out){.b = &ret->buf, .a = q->a, .page = &ret->page, .locale = &q->locale};
	return &ret->out;
}

enum err part_end(struct req *q, struct part_out *w, const struct part *p, struct html *ret) {
	bool over = w->buf.over;
	ret->s = str_copy(q->a, buf_str(&w->buf));
	buf_done(&w->buf);
	if (over) return req_fail(q, ERR_BUG, NULL, "a part of %s is larger than %d bytes", q->route->name, PART_MAX);
	if (p != NULL) part_put(q, p, ret->s);
	return OK;
}
