#ifndef NOTICE_PLAN_H
#define NOTICE_PLAN_H
/* What may be mailed to a person and when: pure functions of their choices and their clock. Any thread. */
#include "text/locale.h"

enum topic {
#define NOTICE_TOPIC(word, customers, staff, concerns, sentence) TOPIC_##word,
#include "notice/topics.def"
#undef NOTICE_TOPIC
	TOPICS
};

const char *topic_word(enum topic t);
const char *topic_sentence(enum topic t);                /* a key of the catalogue */
bool topic_find(struct str word, enum topic *ret);
/* Of a notice's kind, or of a topic's own word; the kinds of a request's steps and the like fall together. */
enum topic topic_of(struct str kind);
bool topic_concerns(enum topic t, bool staff);
bool topic_mailed(enum topic t, bool staff);             /* unless they chose otherwise */

enum digest { DIGEST_OFF, DIGEST_DAILY, DIGEST_WEEKLY };
const char *digest_word(enum digest d);
enum digest digest_find(struct str word);                /* DIGEST_OFF for what it does not know */

struct quiet {
	bool on;
	int from, to;            /* minutes of the day; to is not quiet any more; to <= from ends on the next day */
	unsigned days;           /* bit 0 Sunday: the days on which it begins */
};

/* The end of the quiet hours that t lies in, exactly over clock changes; t itself outside of them. */
usec_t quiet_end(const struct quiet *q, const struct zone *z, usec_t t);
/* The first moment after t at which the digest goes out. hour 0..23, weekday 0 Sunday (weekly) */
usec_t digest_next(enum digest d, int hour, int weekday, const struct zone *z, usec_t t);

#endif
