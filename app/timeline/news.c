/* "What news on the Rialto?": what happened that the reader may know, newest first. */
#include "routes.h"
#include "text/url.h"
#include "timeline/timeline.h"
#include <inttypes.h>

enum { SORTS = 3 };

static const struct { const char *name, *label; bool staff; } sorts[] = {
	{"talk", T("Conversations"), false}, {"record", T("Records"), false}, {"note", T("Notes"), true},
};

/* Both newest first; what stands in both is shown once. False when something is left over. */
static bool merge(struct req *q, const struct life_line_list *a, const struct life_line_list *b, int64_t most, struct life_line_list *ret) {
	*ret = (struct life_line_list){.v = NEW_ARRAY(q->a, struct life_line, a->n + b->n)};
	size_t i = 0, k = 0;
	while ((i < a->n || k < b->n) && (int64_t)ret->n < most) {
		bool from_a = k == b->n || (i < a->n && a->v[i].seq >= b->v[k].seq);
		if (from_a && k < b->n && a->v[i].seq == b->v[k].seq) k++;
		ret->v[ret->n++] = from_a ? a->v[i++] : b->v[k++];
	}
	return i == a->n && k == b->n;
}

/* The staff reads the team's news; everybody else the firm's and their own. */
static enum err read_news(struct req *q, struct str sort, int64_t before, int64_t most, struct life_line_list *ret, int64_t *ret_next) {
	struct life_line_list firm, own;
	int64_t firm_next, own_next;
	if (q->actor.is_staff) return timeline_read(q, TIMELINE_TEAM, 1, sort, before, most, ret, ret_next);
	TRY(timeline_read(q, TIMELINE_FIRM, 1, sort, before, most, &firm, &firm_next));
	TRY(timeline_read(q, "person", q->actor.id.v, sort, before, most, &own, &own_next));
	bool all = merge(q, &firm, &own, most, ret) && firm_next == 0 && own_next == 0;
	*ret_next = all || ret->n == 0 ? 0 : ret->v[ret->n - 1].seq;
	return OK;
}

static void fill_shows(struct req *q, struct str sort, struct news_page *ret) {
	ret->shows.v = NEW_ARRAY(q->a, struct news_show, SORTS + 1);
	ret->shows.v[ret->shows.n++] = (struct news_show){.label = str_c(TRQ(q, T("All"))), .url = url_path(q->a, "/news"), .current = str_empty(sort)};
	for (size_t i = 0; i < SORTS; i++) {
		if (sorts[i].staff && !q->actor.is_staff) continue;
		ret->shows.v[ret->shows.n++] = (struct news_show){.label = str_c(TRQ(q, sorts[i].label)),
			.url = url_with(q->a, url_path(q->a, "/news"), "sort", str_c(sorts[i].name)), .current = str_is(sort, sorts[i].name)};
	}
}

enum err timeline_news(struct req *q, const struct timeline_news_in *in, struct news_page *ret) {
	struct str sort = STR_NONE;
	int64_t before, next;
	for (size_t i = 0; i < SORTS; i++)
		if (str_is(in->sort, sorts[i].name) && (q->actor.is_staff || !sorts[i].staff)) sort = in->sort;
	TRY(timeline_cursor(q, in->cursor, &before));
	TRY(read_news(q, sort, before, in->limit, &ret->list.data, &next));
	ret->list.next = next ? str_fmt(q->a, "%" PRId64, next) : STR_NONE;
	if (q->api) return OK;
	struct url here = url_path(q->a, "/news");
	if (!str_none(sort)) here = url_with(q->a, here, "sort", sort);
	ret->src = url_with(q->a, here, "part", STR("list"));
	ret->older = next ? url_with(q->a, here, "cursor", ret->list.next) : (struct url){STR_NONE};
	ret->newest = before == 0;
	fill_shows(q, sort, ret);
	q->page.nav = STR("news");
	if (ret->newest) q->page.live = STR("conversations");
	return OK;
}
