/* An import that comes again: the report's words and place as they are now; its kind, author, state and history stay. */
#include "sql/rewrite.h"
#include "talk/talk_int.h"
#include "text/markdown.h"
#include <math.h>

enum err talk_rewrite(struct db *db, struct arena *a, struct conversation_id id, struct person_id actor, const struct new_report *r) {
	struct talk_facts f;
	bool placed = !isnan(r->lat) && !isnan(r->lon);
	if (r->subject.n == 0 || r->subject.n > SUBJECT_MAX || r->body.n > BODY_MAX) return ERR_INVALID;
	struct str area = str_none(r->area) ? STR("") : r->area, body = str_none(r->body) ? STR("") : r->body;
	if (str_none(r->area) && placed) {
		const struct town *town = town_near(r->lat, r->lon);
		if (town != NULL) area = town->name;
	}
	TRY(talk_facts(db, a, id, &f));
	bool reworded = !str_eq(f.subject, r->subject) || !str_eq(f.body, body);
	usec_t now = clock_now();
	if (reworded) TRY(revision_keep(db, &f, NULL, actor, now));
	TRY(count_whole(db, &f, -1));
	TRY(sql_talk_rewrite_set(db, id, r->subject, body, markdown_text(a, body, SUMMARY_CHARS), str_none(r->topic) ? STR("") : r->topic,
	                         str_empty(r->since) ? STR_NONE : r->since, placed ? r->lat : (double)NAN, placed ? r->lon : (double)NAN,
	                         str_none(r->place) ? STR("") : r->place, area,
	                         (struct opt_int){.has = placed, .v = placed ? quad_of(r->lat, r->lon, QUAD_LEVELS) : 0},
	                         reworded ? now : f.edited_at));
	TRY(talk_facts(db, a, id, &f));
	TRY(count_whole(db, &f, 1));
	return talk_event(db, actor, "update", (struct message_id){0}, &f, talk_audience(&f),
	                  STR("{\"changed\":[\"subject\",\"body\",\"topic\",\"place\"]}"));
}
