/* Topics, quiet hours and the digest's times. */
#include "notice/plan.h"
#include "text/date.h"

enum { FOR_ALL, FOR_CUSTOMERS, FOR_STAFF };

static const struct { const char *word, *sentence; bool customers, staff; int concerns; } topics[] = {
#define NOTICE_TOPIC(word_, customers_, staff_, concerns_, sentence_) \
	{.word = #word_, .sentence = sentence_, .customers = customers_, .staff = staff_, .concerns = concerns_},
#include "notice/topics.def"
#undef NOTICE_TOPIC
};

const char *topic_word(enum topic t) { return topics[t].word; }
const char *topic_sentence(enum topic t) { return topics[t].sentence; }
bool topic_mailed(enum topic t, bool staff) { return staff ? topics[t].staff : topics[t].customers; }
bool topic_concerns(enum topic t, bool staff) { return topics[t].concerns == FOR_ALL || (topics[t].concerns == FOR_STAFF) == staff; }

bool topic_find(struct str word, enum topic *ret) {
	for (int i = 0; i < TOPICS; i++) {
		if (!str_is(word, topics[i].word)) continue;
		*ret = (enum topic)i;
		return true;
	}
	return false;
}

enum topic topic_of(struct str kind) {
	enum topic t = TOPIC_comment;
	if (topic_find(kind, &t)) return t;
	if (str_is(kind, "reminder")) return TOPIC_message;
	if (str_is(kind, "assigned_team")) return TOPIC_assigned;
	if (str_is(kind, "promise_soon") || str_is(kind, "promise_team") || str_is(kind, "promise_chief")) return TOPIC_promise_due;
	if (str_starts(kind, STR("promise_")) || str_starts(kind, STR("claim_"))) return TOPIC_promise;
	if (str_starts(kind, STR("task_"))) return TOPIC_task;
	if (str_is(kind, "request_withdrawn")) return TOPIC_request_new;
	return str_starts(kind, STR("request_")) ? TOPIC_request : TOPIC_comment;
}

static const char *const digests[] = {"off", "daily", "weekly"};

const char *digest_word(enum digest d) { return digests[d]; }
enum digest digest_find(struct str word) { return str_is(word, "daily") ? DIGEST_DAILY : str_is(word, "weekly") ? DIGEST_WEEKLY : DIGEST_OFF; }

/* ------------------------------------------------------------------- clocks */

/* That zone's clock at so many minutes of a day. */
static usec_t moment(const struct zone *z, int64_t day, int minutes) {
	int year, month, date;
	days_civil(day, &year, &month, &date);
	return zone_moment(z, year, month, date, minutes / 60, minutes % 60, 0);
}

static int64_t day_at(const struct zone *z, usec_t t, int *ret_weekday) {
	struct local_time l = zone_local(z, t);
	*ret_weekday = l.weekday;
	return days_of(l.year, l.month, l.day);
}

usec_t quiet_end(const struct quiet *q, const struct zone *z, usec_t t) {
	if (!q->on) return t;
	for (int again = 0; again < 8; again++) { /* one may begin where the other ends */
		usec_t end = t;
		int weekday;
		int64_t today = day_at(z, t, &weekday);
		for (int back = 0; back <= 1; back++) {
			if (!(q->days >> (unsigned)((weekday - back + 7) % 7) & 1)) continue;
			usec_t from = moment(z, today - back, q->from), to = moment(z, today - back + (q->to <= q->from), q->to);
			if (from <= t && t < to && to > end) end = to;
		}
		if (end == t) break;
		t = end;
	}
	return t;
}

usec_t digest_next(enum digest d, int hour, int weekday, const struct zone *z, usec_t t) {
	int today_is;
	int64_t today = day_at(z, t, &today_is);
	if (d == DIGEST_OFF) return t;
	for (int ahead = 0; ; ahead++) {
		bool day = d == DIGEST_DAILY || (today_is + ahead) % 7 == weekday;
		usec_t at = day ? moment(z, today + ahead, hour * 60) : 0;
		if (at > t) return at;
	}
}
