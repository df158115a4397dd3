/* What the demo's people have said: every report, state, answer, comment, note and "me too" is a deed with its moment. */
#include "base/check.h"
#include "pack/demo_int.h"
#include "talk/talk.h"
#include "team/team.h"
#include <math.h>

static const double week = 7, this_week = 6;   /* pages count the last seven days of the calendar */

static usec_t begun_at(struct demo *d, const struct json *c) {
	return demo_by_day(d, demo_ago(d, demo_real(c, "age_days", 1)), 0);
}

static enum err plan_one(struct demo *d, size_t at, const struct json *c, usec_t begun, const struct json *one, enum deed_kind kind) {
	struct deed deed = {.kind = kind, .conversation = at, .what = one};
	deed.at = demo_by_day(d, demo_ago(d, demo_real(one, "days_ago", 1)), begun);
	if (deed.at <= begun) return demo_fault(d, "something is said before it began", demo_text(c, "subject"));
	TRY(demo_who(d, json_member(one, "by"), &deed.who));
	demo_plan(d, deed);
	return OK;
}

static enum err plan_list(struct demo *d, size_t at, const struct json *c, usec_t begun, const struct json *said, enum deed_kind kind) {
	for (size_t i = 0; i < json_length(said); i++) TRY(plan_one(d, at, c, begun, json_item(said, i), kind));
	return OK;
}

enum err demo_plan_said(struct demo *d, size_t at, const struct json *c, usec_t begun) {
	TRY(plan_list(d, at, c, begun, json_member(c, "history"), DEED_STATUS));
	TRY(plan_list(d, at, c, begun, json_member(c, "comments"), DEED_COMMENT));
	TRY(plan_list(d, at, c, begun, json_member(c, "notes"), DEED_NOTE));
	const struct json *answer = json_member(c, "answer");
	return answer == NULL ? OK : plan_one(d, at, c, begun, answer, DEED_ANSWER);
}

/* From `from` days ago to `to` days ago, more of them soon after the beginning. */
static usec_t some_time(struct demo *d, double from, double to) {
	double u = demo_random(d, 1000000) / 1e6;
	return demo_ago(d, to + (from - to) * sqrt(u));
}

/* Distinct people of the crowd, chosen by shuffling only as far as needed; the author, who says so first, is not
 * among them. */
static enum err add_votes(struct demo *d, size_t at, const struct json *c, struct person_id author) {
	double age = demo_real(c, "age_days", 1);
	int64_t all = demo_int(c, "votes", 1), recent = demo_int(c, "recent_votes", 0), others = all - 1;
	int64_t others_recent = age <= week ? recent - 1 : recent;
	if (all < 1 || recent < 0 || others_recent > others || (size_t)others >= d->crowd_count ||
	    (age <= week && recent != all))
		return demo_fault(d, "votes and recent_votes do not go together, or the crowd is too small", demo_text(c, "subject"));
	struct person_id *who = NEW_ARRAY(d->a, struct person_id, d->crowd_count);
	size_t n = 0;
	for (size_t i = 0; i < d->crowd_count; i++)
		if (d->crowd[i].v != author.v) who[n++] = d->crowd[i];
	for (int64_t i = 0; i < others; i++) {
		size_t k = (size_t)i + demo_random(d, (uint32_t)(n - (size_t)i));
		struct person_id chosen = who[k];
		who[k] = who[i];
		usec_t when =
			i < others_recent ? some_time(d, age < this_week ? age : this_week, 0.02) : some_time(d, age, week + 0.05);
		demo_plan(d, (struct deed){.at = when, .kind = DEED_VOTE, .conversation = at, .who = chosen});
	}
	return OK;
}

static enum err add_conversation(struct demo *d, size_t at, const struct json *c) {
	struct deed first = {.at = begun_at(d, c), .kind = DEED_REPORT, .conversation = at, .what = c};
	TRY(demo_who(d, json_member(c, "author"), &first.who));
	demo_plan(d, first);
	TRY(demo_plan_said(d, at, c, first.at));
	TRY(demo_plan_promises(d, c, at, first.at));
	return add_votes(d, at, c, first.who);
}

enum err demo_plan_talk(struct demo *d) {
	const struct json *all = json_member(d->root, "conversations");
	d->conversations = json_length(all);
	for (size_t i = 0; i < d->conversations; i++) TRY(add_conversation(d, i, json_item(all, i)));
	return OK;
}

static enum err attach_photo(struct demo *d, const struct json *c, struct conversation_id id) {
	struct file_id photo;
	TRY(demo_file(d, demo_text(c, "photo"), &photo));
	if (photo.v == 0) return OK;
	return talk_attach(d->db, id, (struct message_id){0}, photo, demo_int(c, "photo_width", 0),
	                   demo_int(c, "photo_height", 0), demo_text(c, "caption"));
}

static enum err report(struct demo *d, const struct deed *deed, struct conversation_id *ret) {
	const struct json *c = deed->what;
	double since = demo_real(c, "since_days", NAN);
	struct str town = demo_text(c, "town");
	struct new_report r = {
		.kind = demo_text(c, "kind"),
		.subject = demo_text(c, "subject"),
		.body = demo_text(c, "body"),
		.topic = demo_text(c, "topic"),
		.lat = demo_real(c, "lat", NAN),
		.lon = demo_real(c, "lon", NAN),
		.place = demo_text(c, "place"),
		.author = deed->who,
		.at = deed->at,
		.area = str_empty(town) ? STR_NONE : town,
		.since = isnan(since) ? STR_NONE : str_first(time_rfc3339(d->a, demo_ago(d, since)), 10),
	};
	if (json_member(c, "assignee") != NULL) TRY(demo_who(d, json_member(c, "assignee"), &r.assignee));
	if (json_member(c, "team") != NULL && team_find(d->db, d->a, demo_text(c, "team"), &r.team) != OK) return demo_fault(d, "no team is called", demo_text(c, "team"));
	TRY(talk_create(d->db, d->a, &r, ret));
	return attach_photo(d, c, *ret);
}

static enum err say(struct demo *d, const struct deed *deed, struct conversation_id id) {
	static const char *const kinds[] = {
		[DEED_STATUS] = "status", [DEED_ANSWER] = "answer", [DEED_COMMENT] = "comment", [DEED_NOTE] = "note"};
	struct str status = demo_text(deed->what, "status");
	struct message_id message;
	struct new_message m = {
		.conversation = id,
		.kind = str_c(kinds[deed->kind]),
		.body = demo_text(deed->what, "text"),
		.author = deed->who,
		.at = deed->at,
		.status = str_empty(status) ? STR_NONE : status,
		.loading = true,
	};
	return talk_say(d->db, d->a, &m, &message);
}

enum err demo_do_talk(struct demo *d, const struct deed *deed, struct conversation_id *id) {
	bool changed;
	if (deed->kind == DEED_REPORT) return report(d, deed, id);
	if (deed->kind == DEED_VOTE) return talk_vote(d->db, d->a, *id, deed->who, true, deed->at, &changed);
	return say(d, deed, *id);
}
