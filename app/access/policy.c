/* One table of things and acts, a rule for each role. What stands in no line nobody may. */
#include "access/policy.h"

enum rule {
	NO,
	YES,
	SEEN,      /* when the thing may be seen by this actor */
	OWN,       /* when it is their own, and may be seen */
	PUT,       /* making it: when what it becomes is not for the staff alone */
	CUSTOMER,  /* a customer's, not a colleague's */
	MINE_TOO,  /* a customer's, or their own */
	LOWER,     /* known to be nobody of the owner's rank */
	OTHERS,    /* everybody's but their own */
	LOWER_OTHERS,
	STAFF,     /* a colleague who is there and not oneself */
	THERE,     /* anybody who is there and not oneself */
};

enum { ROLES = 6 };

struct line {
	enum thing thing;
	enum act act;
	enum rule rule[ROLES];
};

static const struct line lines[] = {
	/*                                      visitor customer agent     analyst manager       owner */
	{THING_BUSINESS,     ACT_SEE,      {    YES,    YES,     YES,      YES,    YES,          YES}},
	{THING_BUSINESS,     ACT_EDIT,     {    NO,     NO,      NO,       NO,     YES,          YES}},

	{THING_PERSON,       ACT_SEE,      {    SEEN,   SEEN,    YES,      YES,    YES,          YES}},
	{THING_PERSON,       ACT_CREATE,   {    NO,     NO,      CUSTOMER, NO,     LOWER,        YES}},
	{THING_PERSON,       ACT_EDIT,     {    NO,     OWN,     MINE_TOO, OWN,    YES,          YES}},
	{THING_PERSON,       ACT_INVITE,   {    NO,     NO,      CUSTOMER, NO,     LOWER,        YES}},
	{THING_PERSON,       ACT_DISABLE,  {    NO,     NO,      NO,       NO,     LOWER_OTHERS, OTHERS}},
	{THING_PERSON,       ACT_SET_ROLE, {    NO,     NO,      NO,       NO,     LOWER_OTHERS, OTHERS}},
	{THING_PERSON,       ACT_COMMENT,  {    NO,     STAFF,   THERE,    THERE,  THERE,        THERE}},

	{THING_PERSON,       ACT_VOTE,     {    NO,     NO,      CUSTOMER, CUSTOMER, CUSTOMER,   CUSTOMER}},

	{THING_CONVERSATION, ACT_SEE,      {    SEEN,   SEEN,    YES,      YES,    YES,          YES}},
	{THING_CONVERSATION, ACT_CREATE,   {    NO,     PUT,     YES,      YES,    YES,          YES}},
	{THING_CONVERSATION, ACT_EDIT,     {    NO,     OWN,     YES,      OWN,    YES,          YES}},
	{THING_CONVERSATION, ACT_VOTE,     {    NO,     SEEN,    YES,      YES,    YES,          YES}},
	{THING_CONVERSATION, ACT_COMMENT,  {    NO,     SEEN,    YES,      YES,    YES,          YES}},
	{THING_CONVERSATION, ACT_ANSWER,   {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_CONVERSATION, ACT_NOTE,     {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_CONVERSATION, ACT_HIDE,     {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_CONVERSATION, ACT_ASSIGN,   {    NO,     NO,      YES,      NO,     YES,          YES}},

	{THING_DIRECT,       ACT_SEE,      {    NO,     SEEN,    SEEN,     SEEN,   SEEN,         SEEN}},
	{THING_DIRECT,       ACT_CREATE,   {    NO,     YES,     YES,      YES,    YES,          YES}},
	{THING_DIRECT,       ACT_COMMENT,  {    NO,     SEEN,    SEEN,     SEEN,   SEEN,         SEEN}},

	{THING_GROUP,        ACT_SEE,      {    NO,     SEEN,    SEEN,     SEEN,   SEEN,         SEEN}},
	{THING_GROUP,        ACT_CREATE,   {    NO,     NO,      YES,      YES,    YES,          YES}},
	{THING_GROUP,        ACT_ANSWER,   {    NO,     NO,      OWN,      OWN,    OWN,          OWN}},

	{THING_DIRECT_MESSAGE, ACT_SEE,    {    NO,     SEEN,    SEEN,     SEEN,   SEEN,         SEEN}},
	{THING_DIRECT_MESSAGE, ACT_CREATE, {    NO,     SEEN,    SEEN,     SEEN,   SEEN,         SEEN}},
	{THING_DIRECT_MESSAGE, ACT_EDIT,   {    NO,     OWN,     OWN,      OWN,    OWN,          OWN}},

	{THING_ROOM,         ACT_SEE,      {    NO,     SEEN,    SEEN,     SEEN,   SEEN,         SEEN}},
	{THING_ROOM,         ACT_CREATE,   {    NO,     NO,      YES,      YES,    YES,          YES}},
	{THING_ROOM,         ACT_INVITE,   {    NO,     NO,      SEEN,     SEEN,   SEEN,         SEEN}},
	{THING_ROOM,         ACT_COMMENT,  {    NO,     SEEN,    SEEN,     SEEN,   SEEN,         SEEN}},
	{THING_ROOM,         ACT_NOTE,     {    NO,     NO,      SEEN,     SEEN,   SEEN,         SEEN}},

	{THING_CALL,         ACT_SEE,      {    NO,     NO,      SEEN,     SEEN,   SEEN,         SEEN}},
	{THING_CALL,         ACT_CREATE,   {    NO,     NO,      SEEN,     NO,     SEEN,         SEEN}},

	{THING_MESSAGE,      ACT_SEE,      {    SEEN,   SEEN,    YES,      YES,    YES,          YES}},
	{THING_MESSAGE,      ACT_CREATE,   {    NO,     SEEN,    YES,      YES,    YES,          YES}},
	{THING_MESSAGE,      ACT_EDIT,     {    NO,     OWN,     OWN,      OWN,    OWN,          OWN}},
	{THING_MESSAGE,      ACT_HIDE,     {    NO,     NO,      YES,      NO,     YES,          YES}},

	{THING_NOTE,         ACT_SEE,      {    NO,     NO,      YES,      YES,    YES,          YES}},
	{THING_NOTE,         ACT_CREATE,   {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_NOTE,         ACT_EDIT,     {    NO,     NO,      OWN,      NO,     OWN,          OWN}},
	{THING_NOTE,         ACT_HIDE,     {    NO,     NO,      OWN,      NO,     YES,          YES}},

	{THING_RECORD,       ACT_SEE,      {    NO,     SEEN,    YES,      YES,    YES,          YES}},
	{THING_RECORD,       ACT_CREATE,   {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_RECORD,       ACT_EDIT,     {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_RECORD,       ACT_COMMENT,  {    NO,     SEEN,    YES,      NO,     YES,          YES}},
	{THING_RECORD,       ACT_VOTE,     {    NO,     SEEN,    YES,      YES,    YES,          YES}},

	{THING_ORGANIZATION, ACT_SEE,      {    NO,     SEEN,    YES,      YES,    YES,          YES}},
	{THING_ORGANIZATION, ACT_CREATE,   {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_ORGANIZATION, ACT_EDIT,     {    NO,     NO,      YES,      NO,     YES,          YES}},

	{THING_REQUEST,      ACT_SEE,      {    NO,     SEEN,    YES,      YES,    YES,          YES}},
	{THING_REQUEST,      ACT_CREATE,   {    NO,     SEEN,    YES,      NO,     YES,          YES}},
	{THING_REQUEST,      ACT_EDIT,     {    NO,     OWN,     YES,      NO,     YES,          YES}},
	{THING_REQUEST,      ACT_ANSWER,   {    NO,     NO,      YES,      NO,     YES,          YES}},

	{THING_DOCUMENT,     ACT_SEE,      {    NO,     SEEN,    YES,      YES,    YES,          YES}},
	{THING_DOCUMENT,     ACT_CREATE,   {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_DOCUMENT,     ACT_EDIT,     {    NO,     NO,      YES,      NO,     YES,          YES}},

	{THING_SETTINGS,     ACT_SEE,      {    NO,     NO,      NO,       NO,     YES,          YES}},
	{THING_SETTINGS,     ACT_EDIT,     {    NO,     NO,      NO,       NO,     YES,          YES}},
	{THING_AUDIT,        ACT_SEE,      {    NO,     NO,      NO,       NO,     YES,          YES}},
	{THING_OUTBOX,       ACT_SEE,      {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_OUTBOX,       ACT_EDIT,     {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_IMPORT,       ACT_SEE,      {    NO,     NO,      NO,       NO,     YES,          YES}},
	{THING_IMPORT,       ACT_CREATE,   {    NO,     NO,      NO,       NO,     YES,          YES}},
	{THING_WEBHOOK,      ACT_SEE,      {    NO,     NO,      NO,       NO,     NO,           YES}},
	{THING_WEBHOOK,      ACT_CREATE,   {    NO,     NO,      NO,       NO,     NO,           YES}},
	{THING_WEBHOOK,      ACT_EDIT,     {    NO,     NO,      NO,       NO,     NO,           YES}},
	{THING_EXPORT,       ACT_SEE,      {    NO,     NO,      NO,       NO,     YES,          YES}},
	{THING_EXPORT,       ACT_CREATE,   {    NO,     NO,      NO,       NO,     YES,          YES}},

	{THING_EXPECTATION,  ACT_SEE,      {    SEEN,   SEEN,    YES,      YES,    YES,          YES}},
	{THING_EXPECTATION,  ACT_CREATE,   {    NO,     OWN,     YES,      NO,     YES,          YES}},
	{THING_EXPECTATION,  ACT_EDIT,     {    NO,     OWN,     YES,      NO,     YES,          YES}},
	{THING_EXPECTATION,  ACT_ANSWER,   {    NO,     OWN,     YES,      NO,     YES,          YES}},
	{THING_PUBLIC_PROMISE, ACT_SEE,    {    YES,    YES,     YES,      YES,    YES,          YES}},
	{THING_PUBLIC_PROMISE, ACT_CREATE, {    NO,     NO,      NO,       NO,     YES,          YES}},
	{THING_PUBLIC_PROMISE, ACT_EDIT,   {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_PUBLIC_PROMISE, ACT_ANSWER, {    NO,     YES,     NO,       NO,     NO,           NO}},
	{THING_BRAND_TEXT,   ACT_SEE,      {    NO,     NO,      YES,      YES,    YES,          YES}},
	{THING_BRAND_TEXT,   ACT_CREATE,   {    NO,     NO,      NO,       NO,     YES,          YES}},
	{THING_BRAND_TEXT,   ACT_EDIT,     {    NO,     NO,      NO,       NO,     YES,          YES}},
	{THING_CLAIM,        ACT_SEE,      {    NO,     OWN,     YES,      YES,    YES,          YES}},
	{THING_CLAIM,        ACT_CREATE,   {    NO,     YES,     NO,       NO,     NO,           NO}},
	{THING_CLAIM,        ACT_EDIT,     {    NO,     OWN,     NO,       NO,     NO,           NO}},
	{THING_CLAIM,        ACT_ANSWER,   {    NO,     NO,      YES,      NO,     YES,          YES}},
	{THING_TRUST,        ACT_SEE,      {    NO,     NO,      YES,      YES,    YES,          YES}},
	{THING_TASK,         ACT_SEE,      {    NO,     NO,      SEEN,     SEEN,   SEEN,         SEEN}},
	{THING_TASK,         ACT_CREATE,   {    NO,     NO,      YES,      YES,    YES,          YES}},
	{THING_TASK,         ACT_EDIT,     {    NO,     NO,      SEEN,     SEEN,   SEEN,         SEEN}},
	{THING_TEAM,         ACT_SEE,      {    NO,     NO,      YES,      YES,    YES,          YES}},
	{THING_TEAM,         ACT_CREATE,   {    NO,     NO,      NO,       NO,     YES,          YES}},
	{THING_TEAM,         ACT_EDIT,     {    NO,     NO,      NO,       NO,     YES,          YES}},
};

static bool is_staff(const struct actor *a) { return a->id.v != 0 && a->role >= ROLE_AGENT; }

static bool is_own(const struct actor *a, const struct object *o) { return a->id.v != 0 && a->id.v == o->owner.v; }

static bool is_direct(const struct object *o) {
	return o->thing == THING_DIRECT || o->thing == THING_GROUP || o->thing == THING_DIRECT_MESSAGE;
}

/* The same as the fragments of access.sql say. */
static bool seen(const struct actor *a, const struct object *o) {
	if (is_direct(o)) return a->id.v != 0 && !o->hidden && (o->participant || (is_own(a, o) && o->thing != THING_DIRECT_MESSAGE));
	if (o->thing == THING_ROOM) return !o->hidden && (o->participant || (a->id.v != 0 && is_own(a, o)) || (is_staff(a) && o->visibility == SEEN_STAFF));
	if (o->thing == THING_CALL || o->thing == THING_TASK) return is_staff(a) && (o->visibility == SEEN_STAFF || o->participant);
	if (is_staff(a)) return true;
	if (o->thing == THING_PERSON)
		return is_own(a, o) || ((o->person_kind == PERSON_STAFF || o->visibility == SEEN_PUBLIC) && !o->hidden);
	if (o->hidden) return false;
	switch (o->visibility) {
	case SEEN_PUBLIC: return true;
	case SEEN_MEMBERS: return a->id.v != 0;
	case SEEN_PRIVATE: return o->participant || (is_own(a, o) && (o->thing == THING_CONVERSATION || o->thing == THING_EXPECTATION || o->thing == THING_CLAIM));
	case SEEN_STAFF: return false;
	}
	return false;
}

static bool is_customer(const struct object *o) { return o->person_kind != PERSON_STAFF && o->role <= ROLE_CUSTOMER; }

static bool is_lower(const struct object *o) { return o->role == ROLE_NONE ? is_customer(o) : o->role != ROLE_OWNER; }

static bool holds(enum rule rule, const struct actor *a, const struct object *o) {
	switch (rule) {
	case NO: return false;
	case YES: return true;
	case SEEN: return seen(a, o);
	case OWN: return is_own(a, o) && seen(a, o);
	case PUT: return o->visibility != SEEN_STAFF && !o->hidden;
	case CUSTOMER: return is_customer(o);
	case MINE_TOO: return is_customer(o) || is_own(a, o);
	case LOWER: return is_lower(o);
	case OTHERS: return !is_own(a, o);
	case LOWER_OTHERS: return is_lower(o) && !is_own(a, o);
	case STAFF: return o->person_kind == PERSON_STAFF && !o->hidden && !is_own(a, o);
	case THERE: return !o->hidden && !is_own(a, o);
	}
	return false;
}

bool may(const struct actor *a, enum act act, const struct object *o) {
	int role = a->id.v == 0 ? 0 : (int)a->role;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (lines[i].thing == o->thing && lines[i].act == act) return holds(lines[i].rule[role], a, o);
	return false;
}

enum err may_or_err(const struct actor *a, enum act act, const struct object *o) {
	if (may(a, act, o)) return OK;
	if (act != ACT_CREATE && (act == ACT_SEE || !may(a, ACT_SEE, o))) return ERR_NOT_FOUND;
	return a->id.v == 0 ? ERR_LOGIN : ERR_DENIED;
}

bool may_see_field(const struct actor *a, struct person_id owner, struct person_id contact,
                   enum field_audience audience) {
	if (a->id.v != 0 && a->id.v == owner.v) return true;
	switch (audience) {
	case FOR_ME: return false;
	case FOR_CONTACT: return is_staff(a) && a->id.v == contact.v;
	case FOR_STAFF: return is_staff(a);
	case FOR_PUBLIC: return true;
	}
	return false;
}
