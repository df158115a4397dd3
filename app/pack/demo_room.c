/* What was said in the demo's rooms, those of the team and those of its deals, and who telephoned with whom. */
#include "call/call.h"
#include "pack/demo_int.h"
#include "record/record.h"
#include "room/room.h"
#include "talk/talk.h"

enum { MEMBERS_MAX = 20 };

struct demo_room {
	const struct json *rule;       /* of a room of the team */
	struct demo_record *record;    /* or the one whose room it is */
	struct str lead;               /* the role of who leads there */
	struct conversation_id id;     /* once made */
};

static enum err plan(struct demo *d, struct demo_room *room, const struct json *list, usec_t begun, enum deed_kind kind) {
	for (size_t i = 0; i < json_length(list); i++) {
		struct deed deed = {.kind = kind, .what = json_item(list, i), .room = room};
		deed.at = demo_by_day(d, demo_ago(d, demo_real(deed.what, "days_ago", 1)), begun);
		if (deed.at <= begun) return demo_fault(d, "is said before it began", demo_text(deed.what, "text"));
		TRY(demo_who(d, json_member(deed.what, "by"), &deed.who));
		demo_plan(d, deed);
	}
	return OK;
}

enum err demo_plan_room_of(struct demo *d, struct demo_record *record, struct str lead, const struct json *rule, usec_t begun) {
	struct demo_room *room = NEW(d->a, struct demo_room);
	*room = (struct demo_room){.record = record, .lead = lead};
	TRY(plan(d, room, json_member(rule, "said"), begun, DEED_ROOM_SAID));
	return plan(d, room, json_member(rule, "calls"), begun, DEED_CALL);
}

enum err demo_plan_rooms(struct demo *d) {
	const struct json *list = json_member(d->root, "rooms");
	for (size_t i = 0; i < json_length(list); i++) {
		struct demo_room *room = NEW(d->a, struct demo_room);
		*room = (struct demo_room){.rule = json_item(list, i)};
		struct deed deed = {.kind = DEED_ROOM, .at = demo_by_day(d, demo_ago(d, 30), 0), .room = room};
		TRY(demo_who(d, json_item(json_member(room->rule, "members"), 0), &deed.who));
		demo_plan(d, deed);
		TRY(plan(d, room, json_member(room->rule, "said"), deed.at, DEED_ROOM_SAID));
	}
	return OK;
}

static enum err make(struct demo *d, const struct deed *deed) {
	const struct json *rule = deed->room->rule, *list = json_member(rule, "members");
	struct person_id member[MEMBERS_MAX];
	struct room_draft draft = {.name = demo_text(rule, "name"), .words = demo_text(rule, "words"), .members = {.v = member}};
	json_get_bool(json_member(rule, "open"), &draft.open);
	for (size_t i = 0; i < json_length(list) && i < MEMBERS_MAX; i++) TRY(demo_who(d, json_item(list, i), &member[draft.members.n++]));
	return room_create(d->db, d->a, deed->who, &draft, &deed->room->id);
}

/* To both sides, to our team (note), or to who leads; in a room of the team to all in it. */
static enum err say(struct demo *d, const struct deed *deed) {
	struct str to = demo_text(deed->what, "to");
	struct conversation_id room = deed->room->id;
	struct record_id record = {0};
	struct message_id said;
	bool note = str_is(to, "note") || str_is(to, "lead");
	if (deed->room->record != NULL) {
		record = demo_record_id(deed->room->record);
		TRY(room_of_record(d->db, d->a, record, str_is(to, "lead") ? deed->room->lead : STR(""), &room));
	}
	struct new_message m = {.conversation = room, .kind = note ? STR("note") : STR("comment"), .body = demo_text(deed->what, "text"), .author = deed->who,
		.at = deed->at, .loading = true};
	TRY(talk_say(d->db, d->a, &m, &said));
	return room_has_read(d->db, deed->who, record, room);
}

static enum err telephone(struct demo *d, const struct deed *deed) {
	struct call_draft draft = {.staff = deed->who, .record = demo_record_id(deed->room->record), .held_at = deed->at - MINUTES(20),
		.minutes = demo_int(deed->what, "minutes", 0), .came_in = str_is(demo_text(deed->what, "direction"), "in"), .said = demo_text(deed->what, "said"),
		.agreed = demo_text(deed->what, "agreed")};
	struct call_id id;
	TRY(demo_who(d, json_member(deed->what, "with"), &draft.person));
	TRY(room_of_record(d->db, d->a, draft.record, STR(""), &draft.room));
	return call_keep(d->db, &draft, &id);
}

enum err demo_do_room(struct demo *d, const struct deed *deed) {
	if (deed->kind == DEED_ROOM) return make(d, deed);
	return deed->kind == DEED_CALL ? telephone(d, deed) : say(d, deed);
}
