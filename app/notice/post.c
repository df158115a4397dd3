/* The job "notice_mail". A notice holds the moment at which it is to be looked at for mail; the job asks what its person chose and either drops
 * it, lets it wait (quiet hours, digest, the window between two mails about one thing) or writes it into a letter of the outbox. Each of
 * these is one transaction with the notice, so nothing is mailed twice or forgotten, whenever the program ends. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "talk/talk.h"

enum { PEOPLE_AT_ONCE = 50, ROWS_MOST = 200 /* of one person, and then no other in this round */, CHOICES_MOST = PEOPLE_AT_ONCE * TOPICS };

static const struct choice_row *fill_reach(const struct choice_row *own, const struct choice_row *end, struct reach *r) {
	const struct post_person *p = &r->person;
	bool by_mail = str_empty(p->channel) || str_is(p->channel, "email");
	for (int i = 0; i < TOPICS; i++) r->choice[i] = (struct choice){.here = true, .mail = by_mail && topic_mailed((enum topic)i, p->staff)};
	for (; own < end && own->person_id.v <= p->id.v; own++) {
		enum topic t;
		if (own->person_id.v == p->id.v && topic_find(own->topic, &t)) r->choice[t] = (struct choice){own->here, own->mail};
	}
	return own;
}

enum err reach_read(struct db *db, struct arena *a, struct int_list people, struct reach_list *ret) {
	struct post_person_list persons;
	struct choice_row_list rows;
	TRY(sql_post_persons(db, a, people, &persons));
	TRY(sql_choice_list(db, a, people, CHOICES_MOST, &rows));
	*ret = (struct reach_list){.v = NEW_ARRAY(a, struct reach, persons.n), .n = persons.n};
	const struct choice_row *own = rows.v;
	for (size_t i = 0; i < persons.n; i++) {
		ret->v[i].person = persons.v[i];
		own = fill_reach(own, rows.v + rows.n, &ret->v[i]);
	}
	return OK;
}

enum err notice_mail_due(struct db *tx) { return job_add(tx, "notice_mail", STR("{}"), 0); }

struct posting {
	struct arena *a;
	struct business firm;
	struct str base_url;
	const struct key *key;
	int64_t *done;           /* notices that are in letters */
	size_t dones;
	bool all;                /* ret: nobody is left for now */
};

/* One person's mail. */
struct post {
	struct posting *x;
	struct db *db;
	struct news news;
	struct post_person person;
	const struct choice *choice;
	const struct zone *zone;
	struct quiet quiet;
	usec_t now;
	struct post_row_list rows;
};

static struct str address_for(const struct post_person *p, const struct post_row *r) {
	if (!str_empty(p->proved) && (p->has_login || r->direct)) return p->proved;
	if (!str_empty(p->login)) return p->login;
	return r->direct && !str_none(p->known) ? p->known : STR("");      /* what is said to somebody reaches them also without a login */
}

static bool is_wanted(const struct post *t, const struct post_row *r) {
	if (r->asked || str_is(r->kind, "request_sent") || !mail_address_valid(address_for(&t->person, r))) return false;
	return r->watched || t->choice[topic_of(r->kind)].mail;
}

static bool same_thread(const struct post_row *a, const struct post_row *b) {
	if (a->conversation_id.v != b->conversation_id.v || a->request_id.v != b->request_id.v || a->document_id.v != b->document_id.v ||
		a->expectation_id.v != b->expectation_id.v) return false;
	return a->conversation_id.v + a->request_id.v + a->document_id.v + a->expectation_id.v > 0 ||
		(a->about_id.v == b->about_id.v && str_eq(a->about_kind, b->about_kind));
}

/* The wanted rows of the thread that begins at first; takes them out of the list. */
static size_t take_thread(struct post_row **rows, size_t n, size_t first, const struct post_row **ret) {
	size_t taken = 0;
	const struct post_row *begin = rows[first];
	for (size_t i = first; i < n; i++) {
		if (rows[i] == NULL || !same_thread(rows[i], begin)) continue;
		ret[taken++] = rows[i];
		rows[i] = NULL;
	}
	return taken;
}

static enum err mark(const struct post *t, const struct post_row *const *rows, size_t n, usec_t wait_until) {
	struct posting *x = t->x;
	int64_t *ids = wait_until == 0 ? x->done + x->dones : NEW_ARRAY(x->a, int64_t, n);
	for (size_t i = 0; i < n; i++) ids[i] = rows[i]->id.v;
	if (wait_until != 0) return n == 0 ? OK : sql_post_wait(t->db, (struct int_list){.v = ids, .n = n}, wait_until, NULL);
	x->dones += n;
	return OK;
}

static enum err post_thread(struct post *t, const struct post_row *const *rows, size_t n) {
	bool asked_again = str_is(rows[n - 1]->kind, "reminder");      /* somebody waits for them */
	usec_t last = asked_again ? 0 : rows[0]->mailed_at, at = last != 0 && last + NOTICE_WINDOW > t->now ? last + NOTICE_WINDOW : t->now;
	at = quiet_end(&t->quiet, t->zone, at);
	if (at > t->now) return mark(t, rows, n, at);
	t->news.address = address_for(&t->person, rows[0]);
	struct letter l = news_letter(&t->news, rows, n);
	TRY(mail_put(t->db, t->x->a, &t->x->firm, t->x->base_url, &l, NULL));
	return mark(t, rows, n, 0);
}

static enum err post_digest(struct post *t, struct post_row **rows, size_t n) {
	struct letter_item *items = NEW_ARRAY(t->x->a, struct letter_item, n);
	const struct post_row **all = NEW_ARRAY(t->x->a, const struct post_row *, n), **some = NEW_ARRAY(t->x->a, const struct post_row *, n);
	size_t items_n = 0, all_n = 0;
	bool discreet = false;
	usec_t due = 0;
	for (size_t i = 0; i < n; i++) {
		if (rows[i] == NULL) continue;
		const struct post_person *p = &t->person;
		usec_t at = digest_next(digest_find(p->digest), (int)p->digest_hour.v, (int)p->digest_day.v, t->zone, rows[i]->created_at);
		if (due == 0 || at < due) due = at;
		all[all_n++] = rows[i];
	}
	if (all_n == 0 || due > t->now) return mark(t, all, all_n, due);
	for (size_t i = 0; i < n; i++) {
		if (rows[i] == NULL) continue;
		discreet |= rows[i]->discreet;
		size_t many = take_thread(rows, n, i, some);
		items[items_n++] = news_item(&t->news, some, many);
	}
	t->news.address = address_for(&t->person, all[0]);
	struct letter l = news_digest(&t->news, items, items_n, discreet, all[all_n - 1]->seq);
	TRY(mail_put(t->db, t->x->a, &t->x->firm, t->x->base_url, &l, NULL));
	return mark(t, all, all_n, 0);
}

static enum err post_wanted(struct post *t) {
	size_t n = 0;
	struct post_row **rows = NEW_ARRAY(t->x->a, struct post_row *, t->rows.n);
	const struct post_row **some = NEW_ARRAY(t->x->a, const struct post_row *, t->rows.n);
	for (size_t i = 0; i < t->rows.n; i++)
		if (is_wanted(t, &t->rows.v[i])) rows[n++] = &t->rows.v[i];
	if (!str_none(t->person.digest) && digest_find(t->person.digest) != DIGEST_OFF) return post_digest(t, rows, n);
	for (size_t i = 0; i < n; i++) {
		if (rows[i] == NULL) continue;
		size_t many = take_thread(rows, n, i, some);
		TRY(post_thread(t, some, many));
	}
	return OK;
}

static void plan(struct post *t) {
	const struct post_person *p = &t->person;
	const struct posting *x = t->x;
	t->news = (struct news){.a = x->a, .firm = &x->firm, .key = x->key, .base_url = x->base_url, .person = p, .lang = letter_lang(p->locale, &x->firm)};
	t->zone = str_empty(p->zone) ? NULL : zone_find(p->zone);
	if (t->zone == NULL) t->zone = zone_find(x->firm.zone);
	if (t->zone == NULL) t->zone = zone_utc();
	t->quiet = (struct quiet){.on = p->quiet_from.has && p->quiet_to.has, .from = (int)p->quiet_from.v, .to = (int)p->quiet_to.v,
	                          .days = (unsigned)p->quiet_days.v};
}

static enum err post_to(struct post *t) {
	struct talk_subjects subjects;
	plan(t);
	TALK_SUBJECTS(t->x->a, &t->rows, conversation_id, subject, subjects);
	TRY(talk_subjects(t->db, t->x->a, t->x->firm.pack, t->news.lang, &subjects));
	return post_wanted(t);
}

/* The rows of as many of these people as make one round, which others wait for. ret_people: all that were gone through, who may get no mail included */
static enum err read_rows(struct db *db, struct posting *x, struct int_list people, struct post **ret, size_t *ret_posts, size_t *ret_people) {
	struct reach_list reach;
	size_t rows = 0;
	TRY(reach_read(db, x->a, people, &reach));
	struct post *all = NEW_ARRAY(x->a, struct post, reach.n);
	size_t n = 0;
	for (; n < reach.n && rows < ROWS_MOST; rows += all[n++].rows.n) {
		all[n] = (struct post){.x = x, .db = db, .now = clock_now(), .person = reach.v[n].person, .choice = reach.v[n].choice};
		TRY(sql_post_rows(db, x->a, all[n].person.id, all[n].person.staff, ROWS_MOST, &all[n].rows));
	}
	for (*ret_people = 0; *ret_people < people.n && (n == reach.n || people.v[*ret_people] < reach.v[n].person.id.v);) ++*ret_people;
	*ret = all;
	*ret_posts = n;
	x->done = NEW_ARRAY(x->a, int64_t, rows);
	x->dones = 0;
	return OK;
}

/* Nothing that was read is to be looked at again, unless it is told to wait below; of who has more, what lies behind. */
static enum err clear(struct db *db, struct arena *a, struct int_list people, const struct post *posts, size_t n) {
	int64_t *whole = NEW_ARRAY(a, int64_t, people.n);
	size_t wholes = 0;
	for (size_t i = 0, k = 0; i < people.n; i++) {
		const struct post *t = k < n && posts[k].person.id.v == people.v[i] ? &posts[k++] : NULL;
		if (t == NULL || t->rows.n < ROWS_MOST) whole[wholes++] = people.v[i];
		else TRY(sql_post_clear(db, (struct int_list){.v = &people.v[i], .n = 1}, t->rows.v[ROWS_MOST - 1].id.v, NULL));
	}
	return sql_post_clear(db, (struct int_list){.v = whole, .n = wholes}, INT64_MAX, NULL);
}

static enum err post_round(struct db *db, struct posting *x) {
	struct person_id_list due;
	struct post *posts;
	size_t n, people;
	TRY(sql_post_people(db, x->a, clock_now(), PEOPLE_AT_ONCE, &due));
	if (due.n == 0) return x->all = true, OK;
	int64_t *ids = NEW_ARRAY(x->a, int64_t, due.n);
	for (size_t i = 0; i < due.n; i++) ids[i] = due.v[i].v;
	TRY(read_rows(db, x, (struct int_list){.v = ids, .n = due.n}, &posts, &n, &people));
	TRY(clear(db, x->a, (struct int_list){.v = ids, .n = people}, posts, n));
	for (size_t i = 0; i < n; i++) TRY(post_to(&posts[i]));
	x->all = people == due.n && due.n < PEOPLE_AT_ONCE;
	return x->dones == 0 ? OK : sql_post_done(db, (struct int_list){.v = x->done, .n = x->dones}, clock_now(), NULL);
}

static enum err post_some(struct db *db, void *arg) {
	struct posting *x = arg;
	int64_t queued;
	usec_t next;
	TRY(business_read(db, x->a, &x->firm));
	TRY(post_round(db, x));
	if (!x->all) return OK;
	TRY(sql_post_next(db, &next));
	if (next == 0) return OK;
	TRY(sql_post_queued(db, next, &queued));
	return queued > 0 ? OK : job_add(db, "notice_mail", STR("{}"), next);
}

enum err notice_mail_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx, struct str *ret_why) {
	const struct notice_ctx *c = ctx;
	struct posting x = {.a = a, .key = c->key, .base_url = notice_base_url(c)};
	(void)db, (void)data, (void)tries;
	if (str_empty(x.base_url)) {
		*ret_why = STR("the server does not listen yet");
		return ERR_CONFLICT;
	}
	do {
		struct arena_mark before = arena_mark(a);
		TRY(store_write(s, post_some, &x));
		arena_reset(a, before);
	} while (!x.all);
	return OK;
}
