/* The policy, written out a second time by hand: who may, as letters, for each thing and act. And the fragments of
 * access.sql, compared with may() on real rows. */
#include "access/testing.h"
#include "sql/access.h"

/* v visitor   s customer, a stranger   o customer, whose it is   p customer who takes part
 * a agent     c agent, the contact     m agent, whose it is      n analyst   N analyst, whose it is
 * M manager   B manager, whose it is   W owner                   Q owner, whose it is */
static const char everyone[] = "vsopacmnNMBWQ";

struct someone {
	char letter;
	enum role role;
	bool own, contact, part;
};
static const struct someone whos[] = {
	{'v', ROLE_NONE, false, false, false},   {'s', ROLE_CUSTOMER, false, false, false}, {'o', ROLE_CUSTOMER, true, false, false},
	{'p', ROLE_CUSTOMER, false, false, true}, {'a', ROLE_AGENT, false, false, false},    {'c', ROLE_AGENT, false, true, false},
	{'m', ROLE_AGENT, true, false, false},   {'n', ROLE_ANALYST, false, false, false},  {'N', ROLE_ANALYST, true, false, false},
	{'M', ROLE_MANAGER, false, false, false}, {'B', ROLE_MANAGER, true, false, false},   {'W', ROLE_OWNER, false, false, false},
	{'Q', ROLE_OWNER, true, false, false},
};
enum { WHOS = sizeof whos / sizeof *whos };

#define STAFF "acmnNMBWQ"
#define WORKERS "acmMBWQ"   /* staff that acts: not the analyst */
#define CHIEFS "MBWQ"

#define CONVERSATION(v, h) {.thing = THING_CONVERSATION, .visibility = SEEN_##v, .hidden = h}
#define MESSAGE(v, h) {.thing = THING_MESSAGE, .visibility = SEEN_##v, .hidden = h}
#define DIRECT(t, h) {.thing = THING_##t, .visibility = SEEN_PRIVATE, .hidden = h}
#define PROFILE(k, r, h) {.thing = THING_PERSON, .person_kind = PERSON_##k, .role = ROLE_##r, .hidden = h}

static const struct {
	const char *name;
	struct object o;
	struct { enum act act; const char *may; } line[12];
} matrix[] = {
	{"public report", CONVERSATION(PUBLIC, false),
	 {{ACT_SEE, everyone}, {ACT_CREATE, "sop" STAFF}, {ACT_EDIT, "o" "acmMBWQ" "N"}, {ACT_VOTE, "sop" STAFF}, {ACT_COMMENT, "sop" STAFF},
	  {ACT_ANSWER, WORKERS}, {ACT_NOTE, WORKERS}, {ACT_HIDE, WORKERS}, {ACT_ASSIGN, WORKERS}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"report for members", CONVERSATION(MEMBERS, false),
	 {{ACT_SEE, "sop" STAFF}, {ACT_CREATE, "sop" STAFF}, {ACT_EDIT, "o" "acmMBWQ" "N"}, {ACT_VOTE, "sop" STAFF}, {ACT_COMMENT, "sop" STAFF},
	  {ACT_ANSWER, WORKERS}, {ACT_NOTE, WORKERS}, {ACT_HIDE, WORKERS}, {ACT_ASSIGN, WORKERS}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"private question", CONVERSATION(PRIVATE, false),
	 {{ACT_SEE, "op" STAFF}, {ACT_CREATE, "sop" STAFF}, {ACT_EDIT, "o" "acmMBWQ" "N"}, {ACT_VOTE, "op" STAFF}, {ACT_COMMENT, "op" STAFF},
	  {ACT_ANSWER, WORKERS}, {ACT_NOTE, WORKERS}, {ACT_HIDE, WORKERS}, {ACT_ASSIGN, WORKERS}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"staff's own", CONVERSATION(STAFF, false),
	 {{ACT_SEE, STAFF}, {ACT_CREATE, STAFF}, {ACT_EDIT, "acmMBWQ" "N"}, {ACT_VOTE, STAFF}, {ACT_COMMENT, STAFF}, {ACT_ANSWER, WORKERS},
	  {ACT_NOTE, WORKERS}, {ACT_HIDE, WORKERS}, {ACT_ASSIGN, WORKERS}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"public report, taken down", CONVERSATION(PUBLIC, true),
	 {{ACT_SEE, STAFF}, {ACT_CREATE, STAFF}, {ACT_EDIT, "acmMBWQ" "N"}, {ACT_VOTE, STAFF}, {ACT_COMMENT, STAFF}, {ACT_ANSWER, WORKERS},
	  {ACT_NOTE, WORKERS}, {ACT_HIDE, WORKERS}, {ACT_ASSIGN, WORKERS}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"private question, taken down", CONVERSATION(PRIVATE, true),
	 {{ACT_SEE, STAFF}, {ACT_CREATE, STAFF}, {ACT_EDIT, "acmMBWQ" "N"}, {ACT_VOTE, STAFF}, {ACT_COMMENT, STAFF}, {ACT_ANSWER, WORKERS},
	  {ACT_NOTE, WORKERS}, {ACT_HIDE, WORKERS}, {ACT_ASSIGN, WORKERS}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"comment in public", MESSAGE(PUBLIC, false),
	 {{ACT_SEE, everyone}, {ACT_CREATE, "sop" STAFF}, {ACT_EDIT, "omNBQ"}, {ACT_HIDE, WORKERS}, {ACT_VOTE, ""}, {ACT_COMMENT, ""},
	  {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"comment among members", MESSAGE(MEMBERS, false),
	 {{ACT_SEE, "sop" STAFF}, {ACT_CREATE, "sop" STAFF}, {ACT_EDIT, "omNBQ"}, {ACT_HIDE, WORKERS}, {ACT_VOTE, ""}, {ACT_COMMENT, ""},
	  {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"comment in private", MESSAGE(PRIVATE, false), /* its author, too, must take part */
	 {{ACT_SEE, "p" STAFF}, {ACT_CREATE, "p" STAFF}, {ACT_EDIT, "mNBQ"}, {ACT_HIDE, WORKERS}, {ACT_VOTE, ""}, {ACT_COMMENT, ""},
	  {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"comment, taken down", MESSAGE(PUBLIC, true),
	 {{ACT_SEE, STAFF}, {ACT_CREATE, STAFF}, {ACT_EDIT, "mNBQ"}, {ACT_HIDE, WORKERS}, {ACT_VOTE, ""}, {ACT_COMMENT, ""},
	  {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a conversation between two", DIRECT(DIRECT, false), /* no colleague reads it; 'p' is the other one */
	 {{ACT_SEE, "op" "mNBQ"}, {ACT_CREATE, "sop" STAFF}, {ACT_COMMENT, "op" "mNBQ"}, {ACT_EDIT, ""}, {ACT_VOTE, ""}, {ACT_ANSWER, ""},
	  {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a question to a group", DIRECT(GROUP, false),
	 {{ACT_SEE, "op" "mNBQ"}, {ACT_CREATE, STAFF}, {ACT_ANSWER, "mNBQ"}, {ACT_COMMENT, ""}, {ACT_EDIT, ""}, {ACT_VOTE, ""},
	  {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"said between two", DIRECT(DIRECT_MESSAGE, false), /* its author, too, must take part */
	 {{ACT_SEE, "p"}, {ACT_CREATE, "p"}, {ACT_EDIT, ""}, {ACT_COMMENT, ""}, {ACT_VOTE, ""}, {ACT_ANSWER, ""},
	  {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"said between two, taken down", DIRECT(DIRECT_MESSAGE, true),
	 {{ACT_SEE, ""}, {ACT_CREATE, ""}, {ACT_EDIT, ""}, {ACT_COMMENT, ""}, {ACT_VOTE, ""}, {ACT_ANSWER, ""},
	  {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a room of some", DIRECT(ROOM, false),
	 {{ACT_SEE, "op" "mNBQ"}, {ACT_CREATE, STAFF}, {ACT_INVITE, "mNBQ"}, {ACT_COMMENT, "op" "mNBQ"}, {ACT_NOTE, "mNBQ"}, {ACT_VOTE, ""},
	  {ACT_ANSWER, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_EDIT, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a room of the whole team", {.thing = THING_ROOM, .visibility = SEEN_STAFF},
	 {{ACT_SEE, "op" STAFF}, {ACT_CREATE, STAFF}, {ACT_INVITE, STAFF}, {ACT_COMMENT, "op" STAFF}, {ACT_NOTE, STAFF}, {ACT_VOTE, ""},
	  {ACT_ANSWER, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_EDIT, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"the note of a call", {.thing = THING_CALL, .visibility = SEEN_STAFF},
	 {{ACT_SEE, STAFF}, {ACT_CREATE, WORKERS}, {ACT_EDIT, ""}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_ANSWER, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"the note of a call in a room", {.thing = THING_CALL, .visibility = SEEN_PRIVATE},
	 {{ACT_SEE, ""}, {ACT_CREATE, ""}, {ACT_EDIT, ""}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_ANSWER, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a promise that only the team knows of", {.thing = THING_EXPECTATION, .visibility = SEEN_STAFF},
	 {{ACT_SEE, STAFF}, {ACT_CREATE, WORKERS}, {ACT_EDIT, WORKERS}, {ACT_ANSWER, WORKERS}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a promise between two sides", {.thing = THING_EXPECTATION, .visibility = SEEN_PRIVATE},
	 {{ACT_SEE, "op" STAFF}, {ACT_CREATE, "o" WORKERS}, {ACT_EDIT, "o" WORKERS}, {ACT_ANSWER, "o" WORKERS}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a promise to all", {.thing = THING_EXPECTATION, .visibility = SEEN_PUBLIC},
	 {{ACT_SEE, everyone}, {ACT_CREATE, "o" WORKERS}, {ACT_EDIT, "o" WORKERS}, {ACT_ANSWER, "o" WORKERS}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"what somebody says we promised them", {.thing = THING_CLAIM, .visibility = SEEN_PRIVATE},
	 {{ACT_SEE, "o" STAFF}, {ACT_CREATE, "sop"}, {ACT_EDIT, "o"}, {ACT_ANSWER, WORKERS}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a promise to everybody", {.thing = THING_PUBLIC_PROMISE, .visibility = SEEN_PUBLIC},
	 {{ACT_SEE, everyone}, {ACT_CREATE, CHIEFS}, {ACT_EDIT, WORKERS}, {ACT_ANSWER, "sop"}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"what the firm says to everybody", {.thing = THING_BRAND_TEXT},
	 {{ACT_SEE, STAFF}, {ACT_CREATE, CHIEFS}, {ACT_EDIT, CHIEFS}, {ACT_ANSWER, ""}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"how promises were kept", {.thing = THING_TRUST},
	 {{ACT_SEE, STAFF}, {ACT_CREATE, ""}, {ACT_EDIT, ""}, {ACT_ANSWER, ""}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a task", {.thing = THING_TASK, .visibility = SEEN_STAFF},
	 {{ACT_SEE, STAFF}, {ACT_CREATE, STAFF}, {ACT_EDIT, STAFF}, {ACT_ANSWER, ""}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a task from a room of some", {.thing = THING_TASK, .visibility = SEEN_PRIVATE},
	 {{ACT_SEE, ""}, {ACT_CREATE, STAFF}, {ACT_EDIT, ""}, {ACT_ANSWER, ""}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a team of the firm", {.thing = THING_TEAM},
	 {{ACT_SEE, STAFF}, {ACT_CREATE, CHIEFS}, {ACT_EDIT, CHIEFS}, {ACT_ANSWER, ""}, {ACT_COMMENT, ""}, {ACT_NOTE, ""}, {ACT_VOTE, ""},
	  {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"internal note", {.thing = THING_NOTE, .visibility = SEEN_PUBLIC},
	 {{ACT_SEE, STAFF}, {ACT_CREATE, WORKERS}, {ACT_EDIT, "mBQ"}, {ACT_HIDE, "mMBWQ"}, {ACT_VOTE, ""}, {ACT_COMMENT, ""},
	  {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a record", {.thing = THING_RECORD, .visibility = SEEN_PRIVATE},
	 {{ACT_SEE, "p" STAFF}, {ACT_CREATE, WORKERS}, {ACT_EDIT, WORKERS}, {ACT_COMMENT, "p" WORKERS}, {ACT_VOTE, "p" STAFF}, {ACT_ANSWER, ""},
	  {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a household", {.thing = THING_ORGANIZATION, .visibility = SEEN_PRIVATE},
	 {{ACT_SEE, "p" STAFF}, {ACT_CREATE, WORKERS}, {ACT_EDIT, WORKERS}, {ACT_COMMENT, ""}, {ACT_VOTE, ""}, {ACT_ANSWER, ""},
	  {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"what is asked to be done about a record", {.thing = THING_REQUEST, .visibility = SEEN_PRIVATE},
	 {{ACT_SEE, "p" STAFF}, {ACT_CREATE, "p" WORKERS}, {ACT_EDIT, WORKERS}, {ACT_ANSWER, WORKERS}, {ACT_COMMENT, ""}, {ACT_VOTE, ""},
	  {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a document", {.thing = THING_DOCUMENT, .visibility = SEEN_PRIVATE},
	 {{ACT_SEE, "p" STAFF}, {ACT_CREATE, WORKERS}, {ACT_EDIT, WORKERS}, {ACT_COMMENT, ""}, {ACT_VOTE, ""}, {ACT_ANSWER, ""},
	  {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, {ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}}},
	{"a customer's profile", PROFILE(CUSTOMER, CUSTOMER, false),
	 {{ACT_SEE, "o" STAFF}, {ACT_CREATE, "acm" CHIEFS}, {ACT_EDIT, "o" "acm" "N" CHIEFS}, {ACT_INVITE, "acm" CHIEFS}, {ACT_DISABLE, "MW"},
	  {ACT_SET_ROLE, "MW"}, {ACT_VOTE, STAFF}, {ACT_COMMENT, "acnMW"}, {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}}},
	{"a partner's profile", PROFILE(OTHER, CUSTOMER, false),
	 {{ACT_SEE, "o" STAFF}, {ACT_CREATE, "acm" CHIEFS}, {ACT_EDIT, "o" "acm" "N" CHIEFS}, {ACT_INVITE, "acm" CHIEFS}, {ACT_DISABLE, "MW"},
	  {ACT_SET_ROLE, "MW"}, {ACT_VOTE, STAFF}, {ACT_COMMENT, "acnMW"}, {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}}},
	{"a disabled customer's profile", PROFILE(CUSTOMER, CUSTOMER, true),
	 {{ACT_SEE, "o" STAFF}, {ACT_CREATE, "acm" CHIEFS}, {ACT_EDIT, "o" "acm" "N" CHIEFS}, {ACT_INVITE, "acm" CHIEFS}, {ACT_DISABLE, "MW"},
	  {ACT_SET_ROLE, "MW"}, {ACT_VOTE, STAFF}, {ACT_COMMENT, ""}, {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}}},
	{"an agent's profile", PROFILE(STAFF, AGENT, false),
	 {{ACT_SEE, everyone}, {ACT_CREATE, CHIEFS}, {ACT_EDIT, "o" "m" "N" CHIEFS}, {ACT_INVITE, CHIEFS}, {ACT_DISABLE, "MW"}, {ACT_SET_ROLE, "MW"},
	  {ACT_VOTE, ""}, {ACT_COMMENT, "sp" "acnMW"}, {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}}},
	{"a manager's profile", PROFILE(STAFF, MANAGER, false),
	 {{ACT_SEE, everyone}, {ACT_CREATE, CHIEFS}, {ACT_EDIT, "o" "m" "N" CHIEFS}, {ACT_INVITE, CHIEFS}, {ACT_DISABLE, "MW"}, {ACT_SET_ROLE, "MW"},
	  {ACT_VOTE, ""}, {ACT_COMMENT, "sp" "acnMW"}, {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}}},
	{"the owner's profile", PROFILE(STAFF, OWNER, false),
	 {{ACT_SEE, everyone}, {ACT_CREATE, "WQ"}, {ACT_EDIT, "o" "m" "N" CHIEFS}, {ACT_INVITE, "WQ"}, {ACT_DISABLE, "W"}, {ACT_SET_ROLE, "W"},
	  {ACT_VOTE, ""}, {ACT_COMMENT, "sp" "acnMW"}, {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}}},
	{"somebody of the staff, nothing else known", PROFILE(STAFF, NONE, false),
	 {{ACT_SEE, everyone}, {ACT_CREATE, "WQ"}, {ACT_EDIT, "o" "m" "N" CHIEFS}, {ACT_INVITE, "WQ"}, {ACT_DISABLE, "W"}, {ACT_SET_ROLE, "W"},
	  {ACT_VOTE, ""}, {ACT_COMMENT, "sp" "acnMW"}, {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}}},
	{"somebody who left the staff", PROFILE(STAFF, AGENT, true),
	 {{ACT_SEE, "o" STAFF}, {ACT_CREATE, CHIEFS}, {ACT_EDIT, "o" "m" "N" CHIEFS}, {ACT_INVITE, CHIEFS}, {ACT_DISABLE, "MW"}, {ACT_SET_ROLE, "MW"},
	  {ACT_VOTE, ""}, {ACT_COMMENT, ""}, {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}}},
#define PLAIN(t) {.thing = THING_##t, .visibility = SEEN_PUBLIC}
#define REST {ACT_VOTE, ""}, {ACT_COMMENT, ""}, {ACT_ANSWER, ""}, {ACT_NOTE, ""}, {ACT_HIDE, ""}, {ACT_ASSIGN, ""}, {ACT_INVITE, ""}, \
	{ACT_DISABLE, ""}, {ACT_SET_ROLE, ""}
	{"the firm", PLAIN(BUSINESS), {{ACT_SEE, everyone}, {ACT_CREATE, ""}, {ACT_EDIT, CHIEFS}, REST}},
	{"settings", PLAIN(SETTINGS), {{ACT_SEE, CHIEFS}, {ACT_CREATE, ""}, {ACT_EDIT, CHIEFS}, REST}},
	{"audit", PLAIN(AUDIT), {{ACT_SEE, CHIEFS}, {ACT_CREATE, ""}, {ACT_EDIT, ""}, REST}},
	{"outbox", PLAIN(OUTBOX), {{ACT_SEE, WORKERS}, {ACT_CREATE, ""}, {ACT_EDIT, WORKERS}, REST}},
	{"import", PLAIN(IMPORT), {{ACT_SEE, CHIEFS}, {ACT_CREATE, CHIEFS}, {ACT_EDIT, ""}, REST}},
	{"webhooks", PLAIN(WEBHOOK), {{ACT_SEE, "WQ"}, {ACT_CREATE, "WQ"}, {ACT_EDIT, "WQ"}, REST}},
	{"export", PLAIN(EXPORT), {{ACT_SEE, CHIEFS}, {ACT_CREATE, CHIEFS}, {ACT_EDIT, ""}, REST}},
};

static struct actor actor_of(const struct someone *w) {
	return (struct actor){.id = {w->role == ROLE_NONE ? 0 : 5}, .role = w->role, .is_staff = w->role >= ROLE_AGENT};
}

static struct object object_for(const struct object *o, const struct someone *w) {
	struct object x = *o;
	x.owner.v = w->own ? 5 : 9;
	x.contact.v = w->contact ? 5 : 8;
	x.participant = w->part;
	return x;
}

static void test_matrix(void **state) {
	(void)state;
	for (size_t t = 0; t < sizeof matrix / sizeof *matrix; t++) {
		unsigned acts = 0;
		for (size_t l = 0; l < 12; l++) {
			acts |= 1u << matrix[t].line[l].act;
			for (size_t i = 0; i < WHOS; i++) {
				struct actor a = actor_of(&whos[i]);
				struct object o = object_for(&matrix[t].o, &whos[i]);
				bool want = strchr(matrix[t].line[l].may, whos[i].letter) != NULL;
				/* Making a thing is asked before it is there: being taken down does not bind the staff. */
				if (may(&a, matrix[t].line[l].act, &o) != want)
					fail_msg("%s, act %d, %c: may() says %s", matrix[t].name, (int)matrix[t].line[l].act, whos[i].letter, want ? "no" : "yes");
			}
		}
		assert_int_equal(acts, (1u << (ACT_SET_ROLE + 1)) - 1); /* each act stands in each thing's lines */
	}
}

/* NOT_FOUND for what may not be known of, LOGIN for visitors, DENIED for the rest. */
static void test_errors(void **state) {
	(void)state;
	struct actor visitor = {0}, customer = {.id = {5}, .role = ROLE_CUSTOMER}, analyst = {.id = {6}, .role = ROLE_ANALYST, .is_staff = true};
	struct object open = CONVERSATION(PUBLIC, false), closed = CONVERSATION(PRIVATE, false);
	assert_int_equal(may_or_err(&visitor, ACT_SEE, &open), OK);
	assert_int_equal(may_or_err(&visitor, ACT_VOTE, &open), ERR_LOGIN);
	assert_int_equal(may_or_err(&visitor, ACT_CREATE, &closed), ERR_LOGIN);
	assert_int_equal(may_or_err(&visitor, ACT_SEE, &closed), ERR_NOT_FOUND);
	assert_int_equal(may_or_err(&visitor, ACT_COMMENT, &closed), ERR_NOT_FOUND);
	assert_int_equal(may_or_err(&customer, ACT_ANSWER, &open), ERR_DENIED);
	assert_int_equal(may_or_err(&customer, ACT_ANSWER, &closed), ERR_NOT_FOUND);
	assert_int_equal(may_or_err(&analyst, ACT_ANSWER, &closed), ERR_DENIED);
	struct object nothing = {0};
	for (int thing = THING_PERSON; thing <= THING_EXPORT; thing++) { /* the zero object is the narrowest */
		nothing.thing = (enum thing)thing;
		if (thing != THING_PERSON) assert_false(may(&customer, ACT_SEE, &nothing));
		for (int act = ACT_CREATE; act <= ACT_SET_ROLE; act++) assert_false(may(&visitor, (enum act)act, &nothing));
	}
}

static void test_fields(void **state) {
	(void)state;
	static const struct { enum field_audience audience; const char *may; } lines[] = {
		{FOR_ME, "omNBQ"}, {FOR_CONTACT, "omNBQc"}, {FOR_STAFF, "o" STAFF}, {FOR_PUBLIC, everyone},
	};
	for (size_t l = 0; l < sizeof lines / sizeof *lines; l++)
		for (size_t i = 0; i < WHOS; i++) {
			struct actor a = actor_of(&whos[i]);
			struct person_id owner = {whos[i].own ? 5 : 9}, contact = {whos[i].contact ? 5 : 8};
			bool want = strchr(lines[l].may, whos[i].letter) != NULL;
			if (may_see_field(&a, owner, contact, lines[l].audience) != want) fail_msg("audience %zu, %c", l, whos[i].letter);
		}
	struct actor visitor = {0};
	struct person_id nobody = {0};
	assert_false(may_see_field(&visitor, nobody, nobody, FOR_CONTACT));
	assert_false(may_see_field(&visitor, nobody, nobody, FOR_ME));
}

/* ------------------------------------------------------------- with real rows */

static struct object conversation_object(const char *visibility, bool hidden, int64_t author, bool participant) {
	static const char *const words[] = {"staff", "private", "members", "public"};
	struct object o = {.thing = THING_CONVERSATION, .owner = {author}, .participant = participant, .hidden = hidden};
	for (int i = 0; i < 4; i++)
		if (strcmp(words[i], visibility) == 0) o.visibility = i == 0 ? SEEN_STAFF : i == 1 ? SEEN_PRIVATE : i == 2 ? SEEN_MEMBERS : SEEN_PUBLIC;
	return o;
}

/* 1 visitor stands for nobody; people 2.. are made. 3 writes, 4 takes part. */
static const struct { int id; const char *kind, *role; enum role r; } people[] = {
	{2, "customer", "customer", ROLE_CUSTOMER}, {3, "customer", "customer", ROLE_CUSTOMER}, {4, "customer", "customer", ROLE_CUSTOMER},
	{5, "staff", "agent", ROLE_AGENT}, {6, "staff", "analyst", ROLE_ANALYST}, {7, "staff", "manager", ROLE_MANAGER}, {8, "staff", "owner", ROLE_OWNER},
	{9, "partner", "customer", ROLE_CUSTOMER},
};
enum { PEOPLE = sizeof people / sizeof *people };

static void make_rows(struct fixture *f) {
	static const char *const visibilities[] = {"public", "members", "private", "staff"};
	char sql[400];
	for (int i = 0; i < PEOPLE; i++) put_person(f, people[i].id, people[i].kind, people[i].role, "Somebody", 0);
	put_person(f, 10, "staff", "agent", "Left us", 0);
	admin_exec(f, "UPDATE person SET disabled_at = 5 WHERE id = 10");
	for (int v = 0; v < 4; v++)
		for (int h = 0; h < 2; h++) {
			int id = 1 + v * 2 + h;
			put_conversation(f, id, visibilities[v], 3, h);
			snprintf(sql, sizeof sql, "INSERT INTO participant (conversation_id, person_id) VALUES (%d, 4)", id);
			admin_exec(f, sql);
			for (int k = 0; k < 3; k++) { /* a comment, a note, a comment taken down */
				snprintf(sql, sizeof sql, "INSERT INTO message (id, conversation_id, kind, author_id, channel, body, status, created_at, hidden_at)"
				         " VALUES (%d, %d, '%s', 3, 'portal', '', '', 0, %s)", id * 10 + k, id, k == 1 ? "note" : "comment", k == 2 ? "1" : "NULL");
				admin_exec(f, sql);
			}
		}
	/* between 5 and 2, and 7's question to a group */
	put_conversation(f, 20, "private", 5, false);
	put_conversation(f, 21, "private", 7, false);
	admin_exec(f, "INSERT INTO participant (conversation_id, person_id) VALUES (20, 2);"
	              "UPDATE conversation SET kind = 'direct' WHERE id = 20; UPDATE conversation SET kind = 'group' WHERE id = 21;"
	              "INSERT INTO message (id, conversation_id, kind, author_id, channel, body, status, created_at) VALUES"
	              " (200, 20, 'comment', 2, 'portal', '', '', 0), (210, 21, 'comment', 7, 'portal', '', '', 0)");
	/* a room of 5, one of the whole team, one that was taken down; the room of a deal of 2 (theirs), 5 and 6 (ours, 6 leads), and its leaders' */
	for (int id = 22; id <= 26; id++) put_conversation(f, id, id == 23 ? "staff" : "private", 5, id == 24);
	admin_exec(f, "INSERT INTO record (id, type, title, state, at, fields, created_at, changed_at, version) VALUES (1, 'deal', 'x', '', 0, '{}', 0, 0, 1);"
	              "INSERT INTO record_person (record_id, person_id, role) VALUES (1, 2, 'buyer'), (1, 5, 'team'), (1, 6, 'lead');"
	              "UPDATE conversation SET author_id = NULL, kind = 'room' WHERE id IN (22, 23, 24);"
	              "UPDATE conversation SET author_id = NULL, kind = 'deal', record_id = 1, record_root_id = 1, topic = CASE id WHEN 26 THEN 'lead' ELSE '' END"
	              " WHERE id IN (25, 26);"
	              "INSERT INTO participant (conversation_id, person_id) VALUES (22, 5), (24, 5)");
	for (int id = 22; id <= 26; id++) {
		snprintf(sql, sizeof sql, "INSERT INTO message (id, conversation_id, kind, author_id, channel, body, status, created_at) VALUES"
		         " (%d, %d, 'comment', 5, 'portal', '', '', 0)", id * 10, id);
		admin_exec(f, sql);
	}
}

/* Whoever takes part, and nobody else, whatever their role: the owner (8) neither. */
static void compare_direct(struct db *db, const struct actor *a) {
	static const struct { int id; enum thing thing; int author, other; } rows[] = {{20, THING_DIRECT, 5, 2}, {21, THING_GROUP, 7, 0}};
	for (int i = 0; i < 2; i++) {
		struct object o = {.thing = rows[i].thing, .owner = {rows[i].author}, .visibility = SEEN_PRIVATE,
		                   .participant = a->id.v != 0 && a->id.v == rows[i].other};
		struct conversation_id got;
		struct message_id message;
		bool sees, told = false, said, part = a->id.v == rows[i].author || o.participant;
		assert_int_equal(sql_access_sees_conversation(db, (struct conversation_id){rows[i].id}, a->id, a->is_staff, &got, &sees), OK);
		assert_int_equal(sql_access_sees_message(db, (struct message_id){rows[i].id * 10}, a->id, a->is_staff, &message, &said), OK);
		if (a->id.v != 0) assert_int_equal(sql_access_told_of_conversation(db, (struct conversation_id){rows[i].id}, a->id, &got, &told), OK);
		if (sees != may(a, ACT_SEE, &o) || sees != part) fail_msg("conversation %d, person %d: the fragment says %d", rows[i].id, (int)a->id.v, sees);
		if (said != sees || told != sees) fail_msg("conversation %d, person %d: said %d, told %d", rows[i].id, (int)a->id.v, said, told);
	}
}

/* Who takes part in a room; whoever comes to a deal or leaves it wins or loses its rooms with that. */
static void compare_rooms(struct db *db, const struct actor *a) {
	static const struct { int id; bool staff, hidden; const char *people; } rows[] = {{22, false, false, "5"}, {23, true, false, ""},
		{24, false, true, "5"}, {25, false, false, "256"}, {26, false, false, "6"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool part = a->id.v > 0 && a->id.v < 10 && strchr(rows[i].people, (int)('0' + a->id.v)) != NULL, sees, said, told = false;
		struct object o = {.thing = THING_ROOM, .visibility = rows[i].staff ? SEEN_STAFF : SEEN_PRIVATE, .hidden = rows[i].hidden, .participant = part};
		struct conversation_id got;
		struct message_id message;
		assert_int_equal(sql_access_sees_conversation(db, (struct conversation_id){rows[i].id}, a->id, a->is_staff, &got, &sees), OK);
		assert_int_equal(sql_access_sees_message(db, (struct message_id){rows[i].id * 10}, a->id, a->is_staff, &message, &said), OK);
		if (a->id.v != 0) assert_int_equal(sql_access_told_of_conversation(db, (struct conversation_id){rows[i].id}, a->id, &got, &told), OK);
		if (sees != may(a, ACT_SEE, &o) || said != sees || told != sees)
			fail_msg("room %d, person %d: sees %d, said %d, told %d", rows[i].id, (int)a->id.v, sees, said, told);
	}
}

static void compare_conversation(struct fixture *f, struct db *db, const struct actor *a, int id,
                                 const char *visibility, bool hidden) {
	struct object o = conversation_object(visibility, hidden, 3, a->id.v == 4);
	struct conversation_id got;
	bool sees, told;
	assert_int_equal(sql_access_sees_conversation(db, (struct conversation_id){id}, a->id, a->is_staff, &got, &sees), OK);
	if (sees != may(a, ACT_SEE, &o)) fail_msg("conversation %d, person %d: the fragment says %d", id, (int)a->id.v, sees);
	if (a->id.v != 0) {
		assert_int_equal(sql_access_told_of_conversation(db, (struct conversation_id){id}, a->id, &got, &told), OK);
		if (told != sees) fail_msg("conversation %d, person %d: told of it: %d", id, (int)a->id.v, told);
	}
	for (int k = 0; k < 3; k++) {
		struct message_id message;
		struct object m = o;
		m.thing = k == 1 ? THING_NOTE : THING_MESSAGE;
		m.participant = a->id.v == 4 || a->id.v == 3; /* its author takes part, too */
		m.hidden = hidden || k == 2;
		bool found;
		assert_int_equal(sql_access_sees_message(db, (struct message_id){id * 10 + k}, a->id, a->is_staff, &message, &found), OK);
		if (found != may(a, ACT_SEE, &m)) fail_msg("message %d, person %d: the fragment says %d", id * 10 + k, (int)a->id.v, found);
	}
	(void)f;
}

static void compare_people(struct db *db, const struct actor *a) {
	for (int i = 0; i <= PEOPLE; i++) {
		int id = i < PEOPLE ? people[i].id : 10;
		bool staff = i == PEOPLE || strcmp(people[i].kind, "staff") == 0, found;
		struct object o = {.thing = THING_PERSON, .owner = {id}, .person_kind = staff ? PERSON_STAFF : PERSON_CUSTOMER, .hidden = id == 10};
		struct person_id got;
		assert_int_equal(sql_access_sees_person(db, (struct person_id){id}, a->id, a->is_staff, &got, &found), OK);
		if (found != may(a, ACT_SEE, &o)) fail_msg("profile %d, person %d: the fragment says %d", id, (int)a->id.v, found);
	}
}

static void test_fragments(void **state) {
	FIXTURE(f);
	static const char *const visibilities[] = {"public", "members", "private", "staff"};
	struct db *db;
	make_rows(f);
	assert_int_equal(store_reader(f->s, &db), OK);
	for (int i = -1; i < PEOPLE; i++) {
		struct actor a = {0};
		if (i >= 0) a = (struct actor){.id = {people[i].id}, .role = people[i].r, .is_staff = people[i].r >= ROLE_AGENT};
		for (int v = 0; v < 4; v++)
			for (int h = 0; h < 2; h++) compare_conversation(f, db, &a, 1 + v * 2 + h, visibilities[v], h);
		compare_direct(db, &a);
		compare_rooms(db, &a);
		compare_people(db, &a);
	}
	db_close(db);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix), cmocka_unit_test(test_errors), cmocka_unit_test(test_fields), FIRM_BOTH(test_fragments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
