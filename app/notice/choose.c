/* /me/notifications: what one is told, where and when; how much of one conversation; and the link of a mail that stops one kind. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "routes.h"
#include "talk/talk.h"

static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
static const char *const day_words[] = {T("Sunday"), T("Monday"), T("Tuesday"), T("Wednesday"), T("Thursday"), T("Friday"), T("Saturday")};
enum { WEEK = 7, DAYS_ALL = 0x7f, HOUR_USUAL = 8, MONDAY = 1 };

static struct str clock_text(struct arena *a, int64_t minutes) { return str_fmt(a, "%02d:%02d", (int)minutes / 60, (int)minutes % 60); }

/* "22:00" as minutes of the day. */
static bool clock_minutes(struct str s, int64_t *ret) {
	int64_t hour, minute;
	struct str rest = s, h = str_cut(&rest, ':');
	if (str_none(rest) || h.n < 1 || h.n > 2 || rest.n != 2 || !str_int(h, &hour) || !str_int(rest, &minute)) return false;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
	*ret = hour * 60 + minute;
	return true;
}

static int day_find(struct str word) {
	for (int i = 0; i < WEEK; i++)
		if (str_is(word, days[i])) return i;
	return -1;
}

/* ---------------------------------------------------------------------- page */

static void fill_days(struct req *q, unsigned ticked, struct notice_day_list *ret) {
	ret->v = NEW_ARRAY(q->a, struct notice_day, WEEK);
	for (int i = 0; i < WEEK; i++) {
		int day = (i + MONDAY) % WEEK;
		ret->v[ret->n++] = (struct notice_day){.word = str_c(days[day]), .label = str_c(TRQ(q, day_words[day])), .ticked = ticked >> day & 1};
	}
}

/* Twice: in words for people, and as what a program sends back. */
static void fill_topics(struct req *q, bool staff, const struct choice *choice, struct notice_choices_page *ret) {
	ret->topics.v = NEW_ARRAY(q->a, struct notice_topic, TOPICS);
	ret->here.v = NEW_ARRAY(q->a, struct str, TOPICS);
	ret->mail.v = NEW_ARRAY(q->a, struct str, TOPICS);
	for (int i = 0; i < TOPICS; i++) {
		struct str word = str_c(topic_word((enum topic)i));
		if (!topic_concerns((enum topic)i, staff)) continue;
		ret->topics.v[ret->topics.n++] = (struct notice_topic){.topic = word, .label = str_c(TRQ(q, topic_sentence((enum topic)i))),
			.here = choice[i].here, .mail = choice[i].mail};
		if (choice[i].here) ret->here.v[ret->here.n++] = word;
		if (choice[i].mail) ret->mail.v[ret->mail.n++] = word;
	}
}

static enum err reach_of(struct req *q, struct person_id person, struct reach *ret) {
	struct reach_list one;
	TRY(reach_read(q->db, q->a, (struct int_list){.v = &person.v, .n = 1}, &one));
	if (one.n == 0) return ERR_NOT_FOUND;
	*ret = one.v[0];
	return OK;
}

static enum err fill(struct req *q, struct notice_choices_page *ret) {
	struct reach reach;
	TRY(reach_of(q, q->actor.id, &reach));
	const struct post_person p = reach.person;
	*ret = (struct notice_choices_page){.quiet = p.quiet_from.has, .quiet_from = clock_text(q->a, p.quiet_from.has ? p.quiet_from.v : 22 * 60),
		.quiet_to = clock_text(q->a, p.quiet_to.has ? p.quiet_to.v : 7 * 60), .digest = str_none(p.digest) ? STR("off") : p.digest,
		.digest_hour = p.digest_hour.has ? p.digest_hour.v : HOUR_USUAL, .digest_day = str_c(days[p.digest_day.has ? p.digest_day.v : MONDAY]),
		.zone = str_c(zone_name(q->locale.zone)), .address = !str_empty(p.proved) ? p.proved : p.login};
	fill_topics(q, p.staff, reach.choice, ret);
	unsigned quiet_days = p.quiet_days.has ? (unsigned)p.quiet_days.v : DAYS_ALL;
	fill_days(q, quiet_days, &ret->days);
	ret->quiet_days.v = NEW_ARRAY(q->a, struct str, WEEK);
	for (size_t i = 0; i < ret->days.n; i++)
		if (ret->days.v[i].ticked) ret->quiet_days.v[ret->quiet_days.n++] = ret->days.v[i].word;
	fill_days(q, 1U << day_find(ret->digest_day), &ret->week);
	return OK;
}

enum err notice_choices_show(struct req *q, struct notice_choices_page *ret) { return fill(q, ret); }

static bool has_word(const struct text_list *l, const char *word) {
	for (size_t i = 0; i < l->n; i++)
		if (str_is(l->v[i], word)) return true;
	return false;
}

static enum err refuse_unknown(struct req *q, const char *field, const struct text_list *l) {
	enum topic t;
	for (size_t i = 0; i < l->n; i++)
		if (!topic_find(l->v[i], &t)) return req_invalid(q, field, T("This is none of the kinds."));
	return OK;
}

/* Only what differs from the role's defaults is kept. */
static enum err save_topics(struct req *q, const struct text_list *here, const struct text_list *mail) {
	struct reach usual;
	TRY(sql_choice_clear(q->db, q->actor.id, NULL));
	TRY(reach_of(q, q->actor.id, &usual));
	for (int i = 0; i < TOPICS; i++) {
		const char *word = topic_word((enum topic)i);
		struct choice now = {has_word(here, word), has_word(mail, word)};
		const struct choice *was = &usual.choice[i];
		if (!topic_concerns((enum topic)i, usual.person.staff) || (now.here == was->here && now.mail == was->mail)) continue;
		TRY(sql_choice_set(q->db, q->actor.id, str_c(word), now.here, now.mail, NULL));
	}
	return OK;
}

/* What waits is looked at anew: it may be due now, or not wanted any more. */
static enum err look_again(struct db *db, struct person_id person) {
	TRY(sql_post_again(db, person, clock_now(), NULL));
	return notice_mail_due(db);
}

/* Their own choices are nobody's news: no event tells of them, as none tells of the theme. */
enum err notice_choices_save(struct req *q, const struct notice_choices_save_in *in, struct notice_choices_page *ret) {
	struct opt_int from = {.has = in->quiet}, to = {.has = in->quiet};
	int64_t quiet_days = 0;
	TRY(refuse_unknown(q, "here", &in->here));
	TRY(refuse_unknown(q, "mail", &in->mail));
	if (in->quiet && !clock_minutes(in->quiet_from, &from.v)) return req_invalid(q, "quiet_from", T("Please give a time such as 22:00."));
	if (in->quiet && !clock_minutes(in->quiet_to, &to.v)) return req_invalid(q, "quiet_to", T("Please give a time such as 22:00."));
	for (size_t i = 0; i < in->quiet_days.n; i++) {
		int day = day_find(in->quiet_days.v[i]);
		if (day < 0) return req_invalid(q, "quiet_days", T("This is no day of the week."));
		quiet_days |= 1 << day;
	}
	TRY(save_topics(q, &in->here, &in->mail));
	TRY(sql_choice_plan(q->db, q->actor.id, from, to, quiet_days, in->digest, in->digest_hour, day_find(in->digest_day), NULL));
	TRY(look_again(q->db, q->actor.id));
	req_say(q, T("From now on we tell you so."));
	return fill(q, ret);
}

/* -------------------------------------------------------- one conversation */

static enum err fill_level(struct req *q, struct conversation_id id, struct notice_level_page *ret) {
	struct level_row r;
	TRY(sql_level_get(q->db, q->a, id, q->actor.id, q->actor.is_staff, &r));
	*ret = (struct notice_level_page){.conversation_id = id, .subject = r.subject, .level = str_none(r.level) ? STR("normal") : r.level, .kind = r.kind,
	                                  .url = conversation_url(q->a, id)};
	return OK;
}

enum err notice_level_show(struct req *q, const struct notice_level_show_in *in, struct notice_level_page *ret) { return fill_level(q, in->id, ret); }

enum err notice_level_save(struct req *q, const struct notice_level_save_in *in, struct notice_level_page *ret) {
	bool changed;
	TRY(fill_level(q, in->id, ret));      /* NOT_FOUND for what they may not see */
	TRY(str_is(in->level, "normal") ? sql_level_clear(q->db, in->id, q->actor.id, NULL)
	                                : sql_level_set(q->db, in->id, q->actor.id, in->level, NULL));
	if (str_is(in->level, "watch")) TRY(talk_follow(q->db, q->a, in->id, q->actor.id, true, 0, &changed));
	TRY(look_again(q->db, q->actor.id));
	req_say(q, T("From now on we tell you so."));
	return fill_level(q, in->id, ret);
}

/* ----------------------------------------------------------- a mail's link */

/* The signature says that the address came from a mail of ours to this person; nobody has to log in. */
static enum err check_link(const struct req *q, struct person_id person, struct str topic, struct str sign, enum topic *ret) {
	struct str both = str_fmt(q->a, "%lld:" STR_FMT, (long long)person.v, STR_ARG(topic));
	if (!token_verify(web_key(q->web), "notice-off", both, sign)) return ERR_NOT_FOUND;
	*ret = TOPICS;
	return str_is(topic, "digest") || topic_find(topic, ret) ? OK : ERR_NOT_FOUND;
}

enum err notice_off_show(struct req *q, const struct notice_off_show_in *in, struct notice_off_page *ret) {
	enum topic t;
	struct reach reach;
	TRY(check_link(q, in->person, in->topic, in->sign, &t));
	TRY(reach_of(q, in->person, &reach));
	*ret = (struct notice_off_page){.person = in->person, .topic = in->topic, .sign = in->sign,
	                                .label = str_c(TRQ(q, t == TOPICS ? T("All news by mail") : topic_sentence(t)))};
	for (int i = 0; i < TOPICS; i++)
		if (t == TOPICS || (int)t == i) ret->mailed |= reach.choice[i].mail;
	return OK;
}

enum err notice_off_do(struct req *q, const struct notice_off_do_in *in) {
	enum topic t;
	struct reach reach;
	TRY(check_link(q, in->person, in->topic, in->sign, &t));
	TRY(reach_of(q, in->person, &reach));
	for (int i = 0; i < TOPICS; i++)
		if (t == TOPICS || (int)t == i) TRY(sql_choice_set(q->db, in->person, str_c(topic_word((enum topic)i)), reach.choice[i].here, false, NULL));
	if (t == TOPICS) TRY(sql_choice_no_digest(q->db, in->person, NULL));
	return look_again(q->db, in->person);
}
