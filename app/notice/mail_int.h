#ifndef NOTICE_MAIL_INT_H
#define NOTICE_MAIL_INT_H
/* Within notice only. */
#include "notice/mail.h"
#include "notice/notice.h"
#include "notice/plan.h"
#include "sql/notice.h"

/* letter.c: a letter as text and as markup, with the firm's logo and address. */
struct str letter_text(struct arena *a, const struct business *firm, const struct letter *l);
struct str letter_html(struct arena *a, const struct business *firm, struct str base_url, const struct letter *l);

/* The text with "…" in the place of what is secret in the links of logins. */
struct str letter_without_links(struct arena *a, struct str text);

/* The page of a conversation of any kind. */
struct url conversation_url(struct arena *a, struct conversation_id id);
/* The page of one between two. */
struct url message_url(struct arena *a, struct conversation_id id);

/* "12:34" signed: who holds it may stop the mails of one person about one conversation. */
struct str stop_path(struct arena *a, const struct key *key, struct person_id person,
                     struct conversation_id conversation);

/* "12:answer" signed: who holds it may stop the mails of one topic (or "digest") to one person. */
struct str off_path(struct arena *a, const struct key *key, struct person_id person, struct str topic);

/* This server's address; empty until it listens. */
struct str notice_base_url(const struct notice_ctx *c);

/* The language of somebody whose own is empty. */
enum lang letter_lang(struct str own, const struct business *firm);

/* request.c: an event about what somebody asked to be done. */
MUST_USE enum err tell_request(struct db *db, struct arena *a, const struct event *e);
/* promise.c: an event about what was promised. */
MUST_USE enum err tell_promise(struct db *db, const struct event *e);
/* task.c */
MUST_USE enum err tell_task(struct db *db, const struct event *e);
/* promise.c: an event about what somebody says was promised. */
MUST_USE enum err tell_claim(struct db *db, const struct event *e);
/* That promises are due, or soon, of as many of these events as say that one after the other, from the first on: with a few statements for all. ret_n: how many */
MUST_USE enum err tell_due(struct db *db, struct arena *a, const struct event *e, size_t n, size_t *ret_n);
struct request_name {
	struct str type, action, fields, title;   /* of the record, all but the action; title: where the pack knows it no more */
};
/* followed.c: who follows a record, a customer or a tag that an event has to do with; ret_told: whether somebody may have been told. */
bool follow_wants(const struct event *e);
MUST_USE enum err tell_follow(struct db *db, struct arena *a, const struct event *e, bool *ret_told);
/* What was said so long before its event is history that is being loaded: nobody is told. */
#define HISTORY HOURS(1)
/* "Order a card: Account 11" */
struct str request_subject(struct arena *a, struct str pack, const struct request_name *n, enum lang lang);

/* What somebody chose: their own row for a topic, else their role's default. */
struct choice {
	bool here, mail;
};
/* Whom letters would go to, and what they chose: who prefers another way than mail gets none unless they chose it. */
struct reach {
	struct post_person person;
	struct choice choice[TOPICS];
};
struct reach_list {
	struct reach *v;
	size_t n;
};
/* Of some people; who was shut out is left out. */
MUST_USE enum err reach_read(struct db *db, struct arena *a, struct int_list people, struct reach_list *ret);
/* A letter into the outbox, as mail_queue does for a firm that was read already. */
MUST_USE enum err mail_put(struct db *tx, struct arena *a, const struct business *firm, struct str base_url, const struct letter *l, struct mail_id *ret_id);

/* news.c: one letter about one or several notices of one thread, oldest first; and a digest of several. what: the person as read. */
struct news {
	struct arena *a;
	const struct business *firm;
	const struct key *key;
	struct str base_url, address;
	const struct post_person *person;
	enum lang lang;
};
struct letter news_letter(const struct news *x, const struct post_row *const *rows, size_t n);
/* One item for each thread, made by news_item from its rows. */
struct letter_item news_item(const struct news *x, const struct post_row *const *rows, size_t n);
struct letter news_digest(const struct news *x, const struct letter_item *items, size_t n, bool discreet, int64_t seq);

#endif
