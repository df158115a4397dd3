/* Changed since yesterday: read from the log, newest first, each thing once. */
#include "text/date.h"
#include "text/url.h"
#include "timeline/timeline.h"
#include "today/today_int.h"
#include <inttypes.h>

enum { BATCH = 100, ROUNDS_MOST = 5 };

static usec_t yesterday(const struct req *q) {
	struct local_time l = zone_local(q->locale.zone, q->locale.now);
	int y, m, d;
	days_civil(days_of(l.year, l.month, l.day) - 1, &y, &m, &d);
	return zone_moment(q->locale.zone, y, m, d, 0, 0, 0);
}

static struct url url_of(struct req *q, const struct life_line *l) {
	if (str_empty(l->url.s) && str_is(l->kind, "person")) return url_path(q->a, "/people/%" PRId64, l->object_id);
	return l->url;
}

static struct today_entry *entry_at(struct today_entry_list *list, struct url u) {
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i].url.s, u.s)) return &list->v[i];
	return NULL;
}

static struct today_entry entry_of(const struct life_line *l, struct url u) {
	bool named = !str_none(l->subject) && !str_empty(l->subject);
	return (struct today_entry){.kind = l->kind, .id = l->object_id, .title = named ? l->subject : l->say, .url = u, .who = l->who ? l->who->name : STR(""),
		.at = l->at, .state = named ? l->say : STR(""), .words = str_none(l->words) ? STR("") : l->words, .act = {STR_NONE}};
}

/* What leads nowhere is left out. false: the list is full, and this one stands on the next page. */
static bool take(struct req *q, const struct life_line *l, int64_t most, struct today_entry_list *ret) {
	struct url u = url_of(q, l);
	struct today_entry *known = entry_at(ret, u);
	if (str_empty(u.s)) return true;
	if (known == NULL && (int64_t)ret->n == most) return false;
	if (known != NULL) known->more++;
	else ret->v[ret->n++] = entry_of(l, u);
	return true;
}

enum err today_changed(struct req *q, int64_t before, int64_t most, struct today_entry_list *ret, int64_t *ret_next) {
	int64_t since;
	TRY(event_since(q->db, q->a, yesterday(q), &since));
	if (before == 0) before = INT64_MAX;
	*ret = (struct today_entry_list){.v = NEW_ARRAY(q->a, struct today_entry, (size_t)most)};
	for (int round = 0; round < ROUNDS_MOST; round++) {
		struct int_list seqs;
		struct life_line_list lines;
		/* of what they follow a customer may know less than timeline_lines says of their own */
		TRY(q->actor.is_staff ? sql_today_changed(q->db, q->a, q->actor.id, q->locale.now, since, before, BATCH, &seqs)
			: sql_my_changed(q->db, q->a, q->actor.id, since, before, BATCH, &seqs));
		TRY(timeline_lines(q, seqs, BATCH, &lines));
		for (size_t i = 0; i < lines.n; i++)
			if (!take(q, &lines.v[i], most, ret)) return *ret_next = lines.v[i].seq + 1, OK;
		*ret_next = 0;
		if (seqs.n < BATCH) return OK;
		before = *ret_next = seqs.v[seqs.n - 1];
	}
	return OK;
}
