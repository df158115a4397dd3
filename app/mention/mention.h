#ifndef MENTION_MENTION_H
#define MENTION_MENTION_H
/* "@Name" in what is said: who is meant, kept as rows by id beside the words; how it is shown; what its author hears of it. README.md. */
#include "types.h"
#include "web/req.h"

/* Whether words may name somebody: all else here need only be called for such. Any thread. */
static inline bool mention_possible(struct str words) { return str_find(words, '@') >= 0; }

/* Words: of a message, or, when that is 0, those that begin the conversation. */
struct mention_place {
	struct conversation_id conversation;
	struct message_id message;
};

/* Keeps who is named in words, as they stand there now; on the writer, in the transaction that writes them. errors NOT_FOUND, STORE */
MUST_USE enum err mention_keep(struct db *db, struct arena *a, struct mention_place at);

/* For its author, right behind saying or changing it: a sentence on the next page about those who are named in it and not told, and how they could
 * be; they are added to the list, in q->a. errors STORE */
MUST_USE enum err mention_tell(struct req *q, struct mention_place at, struct mention_view_list *ret);

/* What was said as a page shows it: names lead to the profiles that the reader may see. */
struct mention_words {
	struct message_id id;                  /* 0: those that begin the conversation */
	struct str body;
	struct html *html;                     /* given anew when somebody is named */
	struct mention_view_list *mentions;    /* who is; or NULL */
};
/* Words that are known to be the reader's to see; conversation: whose first words are among them, or 0. Reads rows only when some may name somebody.
 * errors STORE */
MUST_USE enum err mention_show(struct req *q, struct conversation_id conversation, const struct mention_words *words, size_t n);

#endif
