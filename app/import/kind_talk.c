/* Problems, ideas and questions from another program. */
#include "import/kind.h"
#include "sql/import.h"
#include "talk/talk.h"
#include <math.h>

enum {
	EXTERNAL_ID,
	KIND,
	SUBJECT,
	BODY,
	TOPIC,
	STATUS,
	STATUS_AT,
	ANSWER,
	VISIBILITY,
	CHANNEL,
	LAT,
	LON,
	PLACE,
	AREA,
	SINCE,
	AUTHOR,
	TAGS,
	CREATED_AT,
	TARGETS
};

static const struct target targets[TARGETS] = {
	[EXTERNAL_ID] = {.name = {"external_id", 11},
                     .label = T("Its number in the file"),
                     .want = WANT_LINE,
                     .max = 200,
                     .needed = true},
	[KIND] = {.name = {"kind", 4},
              .label = T("Problem, need, idea, question, discussion or praise"),
              .want = WANT_WORD,
              .words = " problem need idea question discussion praise "},
	[SUBJECT] = {.name = {"subject", 7}, .label = T("Subject"), .want = WANT_LINE, .max = 200, .needed = true},
	[BODY] = {.name = {"body", 4}, .label = T("What was written"), .want = WANT_TEXT, .max = 20000},
	[TOPIC] = {.name = {"topic", 5}, .label = T("What it is about"), .want = WANT_LINE, .max = 40},
	[STATUS] = {.name = {"status", 6},
                .label = T("State"),
                .want = WANT_WORD,
                .words = " new heard planned in_work done partly_done not_done closed "},
	[STATUS_AT] = {.name = {"status_at", 9}, .label = T("In this state since"), .want = WANT_TIME},
	[ANSWER] = {.name = {"answer", 6}, .label = T("The official answer"), .want = WANT_TEXT, .max = 20000},
	[VISIBILITY] = {.name = {"visibility", 10},
                    .label = T("Who may read it"),
                    .want = WANT_WORD,
                    .words = " public members private staff "},
	[CHANNEL] = {.name = {"channel", 7}, .label = T("The way it came"), .want = WANT_LINE, .max = 40},
	[LAT] = {.name = {"lat", 3}, .label = T("Latitude"), .want = WANT_LAT},
	[LON] = {.name = {"lon", 3}, .label = T("Longitude"), .want = WANT_LON},
	[PLACE] = {.name = {"place", 5}, .label = T("Place in words"), .want = WANT_LINE, .max = 200},
	[AREA] = {.name = {"area", 4}, .label = T("Town"), .want = WANT_LINE, .max = 100},
	[SINCE] = {.name = {"since", 5}, .label = T("Since when it is so"), .want = WANT_DATE},
	[AUTHOR] = {.name = {"author", 6}, .label = T("Customer number of who wrote it"), .want = WANT_LINE, .max = 40},
	[TAGS] = {.name = {"tags", 4}, .label = T("Tags"), .want = WANT_LINE, .max = 60, .many = true},
	[CREATED_AT] = {.name = {"created_at", 10}, .label = T("Written at"), .want = WANT_TIME},
};

static enum err find_author(struct applying *x, const struct mapped *row, struct person_id *ret,
                            const char **ret_fault) {
	struct import_person_row had = {0};
	bool found;
	*ret = (struct person_id){0};
	if (str_none(row->value[AUTHOR])) return OK;
	TRY(sql_import_person_with_number(x->db, x->a, row->value[AUTHOR], &had, &found));
	*ret = had.id;
	if (!found) *ret_fault = T("Nobody has the customer number of who wrote it.");
	return OK;
}

static enum err look(struct applying *x, const struct mapped *row, int64_t *id, const char **ret_fault) {
	struct person_id author;
	(void)id;
	if (!str_none(row->value[TOPIC]) && pack_topic_find(x->pack, row->value[TOPIC]) == NULL)
		*ret_fault = T("The pack has no such topic.");
	if (str_is(row->value[STATUS], "not_done") && str_none(row->value[ANSWER]))
		*ret_fault = T("What is not done needs an answer that says why.");
	return *ret_fault != NULL ? OK : find_author(x, row, &author, ret_fault);
}

static double number(struct str s) {
	double v = NAN;
	return str_real(s, &v) ? v : NAN;
}

static usec_t moment(struct str s) {
	usec_t t = 0;
	return str_int(s, &t) ? t : 0;
}

static struct text_list lines(struct arena *a, struct str s) {
	struct text_list l = {.v = NEW_ARRAY(a, struct str, s.n + 1)};
	for (struct str rest = s; !str_none(rest) && rest.n > 0;) l.v[l.n++] = str_cut(&rest, '\n');
	return l;
}

static enum err read_report(struct applying *x, const struct mapped *row, struct new_report *ret) {
	const char *fault;
	struct str const *v = row->value;
	*ret = (struct new_report){
		.kind = str_none(v[KIND]) ? STR("problem") : v[KIND],
		.visibility = v[VISIBILITY],
		.subject = v[SUBJECT],
		.body = str_none(v[BODY]) ? STR("") : v[BODY],
		.topic = v[TOPIC],
		.since = v[SINCE],
		.channel = str_none(v[CHANNEL]) ? STR("import") : v[CHANNEL],
		.lat = number(v[LAT]),
		.lon = number(v[LON]),
		.place = str_none(v[PLACE]) ? STR("") : v[PLACE],
		.area = v[AREA],
		.tags = lines(x->a, v[TAGS]),
		.at = moment(v[CREATED_AT]),
	};
	if (isnan(ret->lat) || isnan(ret->lon)) ret->lat = ret->lon = NAN;   /* half a place is none */
	return find_author(x, row, &ret->author, &fault);
}

/* The state as the last thing that happened, said by the firm; with words it is the official answer. */
static enum err say_state(struct applying *x, const struct mapped *row, struct conversation_id id, struct str status,
                          bool words) {
	struct message_id said;
	usec_t at = moment(row->value[STATUS_AT]), begun = moment(row->value[CREATED_AT]);
	struct new_message m = {
		.conversation = id,
		.kind = words ? STR("answer") : STR("status"),
		.body = words ? row->value[ANSWER] : STR(""),
		.status = status,
		.channel = STR("import"),
		.author = x->actor,
		.at = at < begun ? begun : at,
		.loading = true,
	};
	return talk_say(x->db, x->a, &m, &said);
}

static enum err make(struct applying *x, const struct mapped *row, int64_t *ret_id) {
	struct new_report r;
	struct conversation_id id;
	struct str status = row->value[STATUS];
	bool words = !str_none(row->value[ANSWER]);
	TRY(read_report(x, row, &r));
	TRY(talk_create(x->db, x->a, &r, &id));
	*ret_id = id.v;
	if (!words && (str_none(status) || str_is(status, "new"))) return OK;
	return say_state(x, row, id, status, words);
}

static enum err change(struct applying *x, const struct mapped *row, int64_t of) {
	struct conversation_id id = {of};
	struct new_report r;
	struct str status = STR(""), answer = STR_NONE, want = row->value[STATUS];
	bool found;
	TRY(read_report(x, row, &r));
	TRY(talk_rewrite(x->db, x->a, id, x->actor, &r));
	TRY(sql_import_talk_state(x->db, x->a, id, &status, &found));
	TRY(sql_import_talk_answer(x->db, x->a, id, &answer, &found));
	bool words = !str_none(row->value[ANSWER]) && !(found && str_eq(answer, row->value[ANSWER]));
	if (!words && (str_none(want) || str_eq(want, status))) return OK;
	return say_state(x, row, id, want, words);
}

const struct import_kind conversations_kind = {
	.word = "conversations", .object = "conversation", .label = T("Conversations"), .target = targets, .targets = TARGETS,
	.look = look, .make = make, .change = change,
};
