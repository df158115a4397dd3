/* The job "notice_mail". A notice holds the moment at which it is to be looked at for mail; the job asks what its person chose and either drops
 * it, lets it wait (quiet hours, digest, the window between two mails about one thing) or writes it into a letter of the outbox. Each of
 * these is one transaction with the notice, so nothing is mailed twice or forgotten, whenever the program ends. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "talk/talk.h"

enum { PEOPLE_AT_ONCE = 20, ROWS_MOST = 200, CHOICES_MOST = 100 };

enum err choices_read(struct db *db, struct arena *a, struct person_id person, bool staff, struct str channel, struct choice *ret) {
	struct choice_row_list rows;
	bool by_mail = str_empty(channel) || str_is(channel, "email");
	for (int i = 0; i < TOPICS; i++) ret[i] = (struct choice){.here = true, .mail = by_mail && topic_mailed((enum topic)i, staff)};
	TRY(sql_choice_list(db, a, person, CHOICES_MOST, &rows));
	for (size_t i = 0; i < rows.n; i++) {
		enum topic t;
		if (topic_find(rows.v[i].topic, &t)) ret[t] = (struct choice){rows.v[i].here, rows.v[i].mail};
	}
	return OK;
}

enum err notice_mail_due(struct db *tx) { return job_add(tx, "notice_mail", STR("{}"), 0); }

struct posting {
	struct arena *a;
	struct business firm;
	struct str base_url;
	const struct key *key;
	bool all;                /* ret: nobody is left for now */
};

/* One person's mail. */
struct post {
	const struct posting *x;
	struct db *db;
	struct news news;
	struct post_person person;
	struct choice choice[TOPICS];
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
	for (size_t i = 0; i < n; i++)
		TRY(wait_until == 0 ? sql_post_done(t->db, rows[i]->id, t->now) : sql_post_wait(t->db, rows[i]->id, wait_until));
	return OK;
}

static enum err post_thread(struct post *t, const struct post_row *const *rows, size_t n) {
	bool asked_again = str_is(rows[n - 1]->kind, "reminder");      /* somebody waits for them */
	usec_t last = asked_again ? 0 : rows[0]->mailed_at, at = last != 0 && last + NOTICE_WINDOW > t->now ? last + NOTICE_WINDOW : t->now;
	at = quiet_end(&t->quiet, t->zone, at);
	if (at > t->now) return mark(t, rows, n, at);
	t->news.address = address_for(&t->person, rows[0]);
	struct letter l = news_letter(&t->news, rows, n);
	TRY(mail_queue(t->db, t->x->a, t->x->base_url, &l, NULL));
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
	TRY(mail_queue(t->db, t->x->a, t->x->base_url, &l, NULL));
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

static enum err post_to(struct db *db, const struct posting *x, struct person_id id) {
	struct post t = {.x = x, .db = db, .now = clock_now()};
	struct talk_subjects subjects;
	bool found;
	TRY(sql_post_person(db, x->a, id, &t.person, &found));
	if (!found) return sql_post_clear(db, id, INT64_MAX, NULL);
	const struct post_person *p = &t.person;
	t.news = (struct news){.a = x->a, .firm = &x->firm, .key = x->key, .base_url = x->base_url, .person = p, .lang = letter_lang(p->locale, &x->firm)};
	t.zone = str_empty(p->zone) ? NULL : zone_find(p->zone);
	if (t.zone == NULL) t.zone = zone_find(x->firm.zone);
	if (t.zone == NULL) t.zone = zone_utc();
	t.quiet = (struct quiet){.on = p->quiet_from.has && p->quiet_to.has, .from = (int)p->quiet_from.v, .to = (int)p->quiet_to.v,
	                         .days = (unsigned)p->quiet_days.v};
	TRY(choices_read(db, x->a, id, p->staff, p->channel, t.choice));
	TRY(sql_post_rows(db, x->a, id, p->staff, ROWS_MOST, &t.rows));
	TALK_SUBJECTS(x->a, &t.rows, conversation_id, subject, subjects);
	TRY(talk_subjects(db, x->a, x->firm.pack, t.news.lang, &subjects));
	TRY(sql_post_clear(db, id, t.rows.n < ROWS_MOST ? INT64_MAX : t.rows.v[t.rows.n - 1].id.v, NULL));
	return post_wanted(&t);
}

static enum err post_some(struct db *db, void *arg) {
	struct posting *x = arg;
	struct person_id_list people;
	int64_t queued;
	usec_t next;
	TRY(sql_post_people(db, x->a, clock_now(), PEOPLE_AT_ONCE, &people));
	for (size_t i = 0; i < people.n; i++) TRY(post_to(db, x, people.v[i]));
	x->all = people.n < PEOPLE_AT_ONCE;
	if (!x->all) return OK;
	TRY(sql_post_next(db, &next));
	if (next == 0) return OK;
	TRY(sql_post_queued(db, next, &queued));
	return queued > 0 ? OK : job_add(db, "notice_mail", STR("{}"), next);
}

enum err notice_mail_job(struct store *s, struct db *db, struct arena *a, struct str data, int tries, void *ctx, struct str *ret_why) {
	const struct notice_ctx *c = ctx;
	struct posting x = {.a = a, .key = c->key, .base_url = notice_base_url(c)};
	(void)data, (void)tries;
	if (str_empty(x.base_url)) {
		*ret_why = STR("the server does not listen yet");
		return ERR_CONFLICT;
	}
	TRY(business_read(db, a, &x.firm));
	do {
		struct arena_mark before = arena_mark(a);
		TRY(store_write(s, post_some, &x));
		arena_reset(a, before);
	} while (!x.all);
	return OK;
}
