#ifndef ACCESS_POLICY_H
#define ACCESS_POLICY_H
/* The one policy: who may do what to which thing. Handlers ask may(); statements that list rows use the fragments of
 * access.sql (conversation_visible, person_visible, …), which say the same in SQL; policy_test.c holds both against
 * one matrix of roles x objects x actions. A thing that may not even be known of is answered with NOT_FOUND, never
 * DENIED. */
#include "base/err.h"
#include "web/page.h"

enum thing {
	THING_BUSINESS,      /* the firm's profile */
	THING_PERSON,        /* a profile; owner is the person, contact their person on the staff */
	THING_CONVERSATION,  /* owner is the author */
	THING_RECORD,        /* a record or a line of it; participant: the actor is one of its people */
	THING_DOCUMENT,      /* a file kept for a person or with a record; participant: it is shared with the actor */
	THING_ORGANIZATION,  /* a household or firm; participant: the actor belongs to it */
	THING_DIRECT,        /* a conversation between two people: only they may know of it, whatever their role; owner is the author */
	THING_GROUP,         /* the question to a group, each of whom answers in a THING_DIRECT; owner is who asks */
	THING_ROOM,          /* a room of the team (SEEN_STAFF: for all of it) or of a deal: only who takes part may know of it */
	THING_CALL,          /* the note of a telephone call; participant: the actor has part in the room that it stands in, if any */
	THING_MESSAGE,       /* what was said in a conversation; owner is its author */
	THING_DIRECT_MESSAGE, /* what was said between two */
	THING_NOTE,          /* an internal note */
	THING_SETTINGS,      /* mail server, map service, imports, staff's logins */
	THING_AUDIT,
	THING_OUTBOX,
	THING_IMPORT,
	THING_REQUEST,       /* what somebody asked to be done about a record; owner asked; participant: one of the record's people.
	                      * ACT_ANSWER: approve, decline, say what came of it; how much one may approve is the action's own limit */
	THING_WEBHOOK,       /* other programs that are told what happens */
	THING_EXPORT,
	THING_EXPECTATION,   /* what was promised; owner is the other side; participant: or one of the people of its record. ACT_CREATE: a customer what they
	                      * promise themselves, seen by both sides; the team all else. ACT_EDIT: say that it is done,
	                      * move it, take it back; ACT_ANSWER: say whether it was kept; whose turn that is, app/promise knows */
	THING_PUBLIC_PROMISE, /* what was promised to everybody. ACT_EDIT as above; ACT_ANSWER: say whether it was kept, which nobody of the firm does */
	THING_BRAND_TEXT,    /* what the firm says to everybody */
	THING_CLAIM,         /* what somebody says we promised them; owner says so. ACT_EDIT: take it back; ACT_ANSWER: promise it, or say no */
	THING_TRUST,         /* how promises were kept, counted over all of them */
	THING_TASK,          /* what one of us has to do; SEEN_PRIVATE: from a conversation among some, whom it is for or by, or who reads that, is a participant */
	THING_TEAM,          /* a department of the firm, and who is in it */
};

enum act {
	ACT_SEE,
	ACT_CREATE,
	ACT_EDIT,            /* conversation: subject, body; person: the profile; request: withdraw */
	ACT_VOTE,            /* also follow; record, person: follow */
	ACT_COMMENT,         /* person: write them a message */
	ACT_ANSWER,          /* official answer, status; question to a group: remind, close */
	ACT_NOTE,
	ACT_HIDE,
	ACT_ASSIGN,
	ACT_INVITE,          /* make a one-time claim link; room: who is in it, what it is called, closing it */
	ACT_DISABLE,
	ACT_SET_ROLE,
};

/* What the policy has to know of a thing; zero is the safe default. */
struct object {
	enum thing thing;
	struct person_id owner;
	struct person_id contact;
	enum person_kind { PERSON_STAFF, PERSON_CUSTOMER, PERSON_OTHER } person_kind;
	enum role role;      /* of a person; ROLE_NONE: not known. For ACT_SET_ROLE ask twice: with the old role and with the new one */
	/* narrowest first; a customer who shows some field to everyone is SEEN_PUBLIC: their page has those fields and no
	 * others */
	enum { SEEN_STAFF, SEEN_PRIVATE, SEEN_MEMBERS, SEEN_PUBLIC } visibility;
	bool participant;    /* the actor takes part in it; of a message: in its conversation, as its author does */
	bool hidden;         /* taken down by staff; of a person: disabled */
};

bool may(const struct actor *a, enum act act, const struct object *o);

/* OK when may() says yes. Else what a handler returns: NOT_FOUND when the actor may not know of the thing (but for
 * making one); else LOGIN for a visitor, DENIED for everyone else. */
MUST_USE enum err may_or_err(const struct actor *a, enum act act, const struct object *o);

/* A field's audience: only me, my contact person and me, all staff and me, everyone. */
enum field_audience { FOR_ME, FOR_CONTACT, FOR_STAFF, FOR_PUBLIC };
bool may_see_field(const struct actor *a, struct person_id owner, struct person_id contact,
                   enum field_audience audience);

#endif
