/* Topics are few per stream and streams are many, so a hash of topics leads to the streams. An event's message is made once
 * and its bytes are shared by all who get it. */
#include "event/live.h"
#include "base/check.h"
#include "text/json.h"
#include <pthread.h>
#include <stdlib.h>
#include <stdio.h>

enum { SLOTS = 4096 };

struct listening;

struct stream {
	struct live *live;
	struct http_stream *http;
	enum audience widest;
	int topics;
	struct listening *at;          /* array of topics, each linked into a slot */
};

struct listening {
	struct live_topic topic;
	struct stream *stream;
	struct listening *next, **back;
};

struct live {
	pthread_mutex_t lock;
	struct listening *slot[SLOTS];
	int64_t heard;                 /* the newest event that has been told */
	_Atomic int streams;
};

static unsigned slot_of(const struct live_topic *t) {
	uint64_t x = 1469598103934665603u;
	for (const char *c = t->kind; *c; c++) x = (x ^ (unsigned char)*c) * 1099511628211u;
	x = (x ^ (uint64_t)t->id) * 1099511628211u;
	return (unsigned)(x ^ (x >> 32)) % SLOTS;
}

static bool topic_eq(const struct live_topic *a, const struct live_topic *b) {
	return a->id == b->id && strcmp(a->kind, b->kind) == 0;
}

static bool is_kind(struct str s) {
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '_' && (s.p[i] < 'a' || s.p[i] > 'z')) return false;
	return s.n > 0 && s.n < sizeof ((struct live_topic *)NULL)->kind;
}

bool live_topics(struct str text, struct live_topic *topic, int *ret_n) {
	int n = 0;
	while (!str_none(text)) {
		struct str part = str_cut(&text, ','), kind = str_cut(&part, ':');
		if (n == LIVE_TOPICS_MAX || !is_kind(kind)) return false;
		topic[n] = (struct live_topic){0};
		memcpy(topic[n].kind, kind.p, kind.n);
		if (!str_none(part) && (!str_int(part, &topic[n].id) || topic[n].id < 1)) return false;
		n++;
	}
	*ret_n = n;
	return n > 0;
}

/* The topics an event concerns: its object, its target, and the public list, or, of what is not public, the desk. */
static int topics_of(const struct event *e, struct live_topic t[3]) {
	int n = 0;
	memset(t, 0, 3 * sizeof *t);
	snprintf(t[n].kind, sizeof t[n].kind, "%s", e->object_kind);
	t[n++].id = e->object_id;
	bool conversation = strcmp(e->object_kind, "conversation") == 0;
	if (e->target_kind != NULL) {
		snprintf(t[n].kind, sizeof t[n].kind, "%s", e->target_kind);
		t[n++].id = e->target_id;
		conversation |= strcmp(e->target_kind, "conversation") == 0;
	}
	if (conversation) snprintf(t[n++].kind, sizeof t->kind, "%s", e->audience == AUDIENCE_PUBLIC ? "conversations" : "desk");
	return n;
}

static void write_refresh(struct buf *b, int64_t seq, const struct live_topic *t, int n) {
	buf_fmt(b, "id: %lld\ndata: {\"refresh\":[", (long long)seq);
	for (int i = 0; i < n; i++) {
		buf_fmt(b, i ? ",\"%s" : "\"%s", t[i].kind);
		if (t[i].id) buf_fmt(b, ":%lld", (long long)t[i].id);
		buf_add_char(b, '"');
	}
	buf_add(b, STR("]}\n\n"));
}

/* A vote carries the new count, so that five thousand open pages need not ask; all else says what to ask for again. */
static void write_message(const struct event *e, struct buf *b) {
	int64_t votes = -1;
	struct live_topic t[3];
	int n = topics_of(e, t);
	bool vote = strcmp(e->object_kind, "conversation") == 0 && (strcmp(e->verb, "like") == 0 || strcmp(e->verb, "undo") == 0);
	JSON_DOC(data);
	if (vote && json_parse(&data, e->data, NULL) == OK) json_get_int(json_member(data.root, "votes"), &votes);
	if (votes < 0) write_refresh(b, e->seq, t, n);
	else buf_fmt(b, "id: %lld\ndata: {\"votes\":{\"%lld\":%lld}}\n\n", (long long)e->seq, (long long)e->object_id, (long long)votes);
}

bool live_message(const struct event *e, const struct live_topic *topic, int topics, enum audience widest, struct buf *ret) {
	struct live_topic t[3];
	int n = topics_of(e, t);
	if (e->audience > widest) return false;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < topics; k++)
			if (topic_eq(&t[i], &topic[k])) {
				write_message(e, ret);
				return true;
			}
	return false;
}

static void hear(const struct event *e, struct db *db, struct arena *a, void *ctx) {
	(void)db, (void)a;
	struct live *l = ctx;
	struct live_topic t[3];
	int n = topics_of(e, t);
	struct http_bytes *bytes = NULL;
	pthread_mutex_lock(&l->lock);
	l->heard = e->seq;
	for (int i = 0; i < n; i++)
		for (struct listening *at = l->slot[slot_of(&t[i])]; at != NULL; at = at->next) {
			if (!topic_eq(&at->topic, &t[i]) || e->audience > at->stream->widest) continue;
			bool told = false; /* by an earlier topic of the same event */
			for (int k = 0; k < i; k++)
				for (int m = 0; m < at->stream->topics; m++) told |= topic_eq(&t[k], &at->stream->at[m].topic);
			if (told) continue;
			if (bytes == NULL) {
				struct buf b;
				buf_init(&b, 4096);
				write_message(e, &b);
				bytes = http_bytes_take(&b);
			}
			http_stream_send(at->stream->http, bytes);
		}
	pthread_mutex_unlock(&l->lock);
	http_bytes_unref(bytes);
}

static void gone(void *arg) {
	struct stream *s = arg;
	struct live *l = s->live;
	pthread_mutex_lock(&l->lock);
	for (int i = 0; i < s->topics; i++) {
		*s->at[i].back = s->at[i].next;
		if (s->at[i].next != NULL) s->at[i].next->back = s->at[i].back;
	}
	l->streams--;
	pthread_mutex_unlock(&l->lock);
	free(s->at);
	free(s);
}

/* --------------------------------------------------------------- opening */

static int by_seq(const void *a, const void *b) {
	const struct event *x = a, *y = b;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* What the listener missed, oldest first, and then the log's position as it was before we looked: to that one nothing is missing. A
 * topic of which there is too much is only told to be asked for again. */
static enum err replay(struct db *db, struct arena *a, int64_t after, const struct stream *s, struct buf *b, int64_t *ret_head) {
	int64_t head;
	struct live_topic topic[LIVE_TOPICS_MAX], full[LIVE_TOPICS_MAX];
	int fulls = 0;
	struct event *all = NEW_ARRAY(a, struct event, LIVE_TOPICS_MAX * LIVE_REPLAY_MAX);
	size_t n = 0;
	TRY(event_head(db, &head));
	for (int i = 0; i < s->topics; i++) {
		topic[i] = s->at[i].topic;
		struct event_list list = {0};
		if (after >= 0 && after < head) TRY(event_about(db, a, topic[i].kind, topic[i].id, after, LIVE_REPLAY_MAX + 1, &list));
		if (list.n > LIVE_REPLAY_MAX) full[fulls++] = topic[i];
		else if (list.n > 0) memcpy(all + n, list.v, list.n * sizeof *all), n += list.n;
	}
	if (n > 0) qsort(all, n, sizeof *all, by_seq);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || all[i].seq != all[i - 1].seq) live_message(&all[i], topic, s->topics, s->widest, b);
	if (fulls > 0) write_refresh(b, head, full, fulls);
	else buf_fmt(b, "id: %lld\n\n", (long long)head);
	*ret_head = head;
	return OK;
}

static void link_in(struct live *l, struct stream *s) {
	for (int i = 0; i < s->topics; i++) {
		struct listening **slot = &l->slot[slot_of(&s->at[i].topic)];
		s->at[i].next = *slot;
		s->at[i].back = slot;
		if (*slot != NULL) (*slot)->back = &s->at[i].next;
		*slot = &s->at[i];
	}
	l->streams++;
}

enum err live_open(struct live *l, struct http_req *q, struct db *db, const struct live_topic *topic, int topics,
                   enum audience widest, int64_t after) {
	enum { TRIES = 4, FIRST_MAX = 256 * 1024 };
	PRE(topics > 0 && topics <= LIVE_TOPICS_MAX);
	struct stream *s = must_calloc(1, sizeof *s);
	*s = (struct stream){.live = l, .widest = widest, .topics = topics};
	s->at = must_calloc((size_t)topics, sizeof *s->at);
	for (int i = 0; i < topics; i++) s->at[i] = (struct listening){.topic = topic[i], .stream = s};
	struct buf b;
	buf_init(&b, FIRST_MAX);
	db_read_end(db);

	/* What has been told since we looked at the log is not in the replay, so we look again; the last time with the others
	 * waiting. */
	enum err e = OK;
	int64_t head = -1;
	for (int try = 1; ; try++) {
		bool last = try == TRIES;
		if (last) pthread_mutex_lock(&l->lock);
		buf_clear(&b);
		buf_add(&b, STR("retry: 2000\n\n"));
		e = replay(db, &q->arena, after, s, &b, &head);
		if (!last) pthread_mutex_lock(&l->lock);
		if (last || e != OK || l->heard <= head) break;
		pthread_mutex_unlock(&l->lock);
	}
	struct http_bytes *first = http_bytes_take(&b);
	s->http = http_stream_open(q, first, gone, s);
	link_in(l, s);
	if (e != OK) http_stream_close(s->http);
	pthread_mutex_unlock(&l->lock);
	http_bytes_unref(first);
	return OK;
}

struct live *live_new(struct hub *h) {
	struct live *l = must_calloc(1, sizeof *l);
	pthread_mutex_init(&l->lock, NULL);
	hub_add_listener(h, HUB_TELLS, hear, l);
	return l;
}

void live_free(struct live *l) {
	if (l == NULL) return;
	pthread_mutex_destroy(&l->lock);
	free(l);
}

int live_streams(const struct live *l) { return l->streams; }
