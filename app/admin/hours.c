/* When the firm works: what its public page says of it, the form, and the same for programs. */
#include "admin/admin.h"
#include "routes.h"
#include "sql/admin.h"
#include "text/date.h"
#include "text/utf8.h"

enum { WEEK = 7, MONDAY = 1, AHEAD_DAYS = 60, DAYS_OFF_MOST = 6, TODAY = 0, TOMORROW = 1 };

static const char *const day_words[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
static const char *const day_labels[] = {T("Sunday"), T("Monday"), T("Tuesday"), T("Wednesday"), T("Thursday"), T("Friday"), T("Saturday")};

/* --------------------------------------------------------------- public page */

static int64_t day_at(const struct zone *z, usec_t t) {
	struct local_time l = zone_local(z, t);
	return days_of(l.year, l.month, l.day);
}

static struct str say_minutes(struct req *q, int minutes) {
	if (minutes > 24 * 60) minutes -= 24 * 60;
	return str_fmt(q->a, "%d:%02d", minutes / 60, minutes % 60);
}

static struct str say_spans(struct req *q, const struct hours_day *d) {
	if (d->n == 0) return str_c(TRQ(q, T("closed")));
	if (d->span[0].from == 0 && d->span[0].to == 24 * 60) return str_c(TRQ(q, T("around the clock")));
	struct str s = STR("");
	for (int i = 0; i < d->n; i++)
		s = str_fmt(q->a, STR_FMT "%s" STR_FMT "–" STR_FMT, STR_ARG(s), i ? ", " : "", STR_ARG(say_minutes(q, d->span[i].from)),
		            STR_ARG(say_minutes(q, d->span[i].to)));
	return s;
}

static struct str say_opens(struct req *q, const struct locale *there, usec_t at) {
	int64_t ahead = day_at(there->zone, at) - day_at(there->zone, there->now);
	const char *sentence = ahead == TODAY ? TRQ(q, T("Closed, opens today at {time}")) : ahead == TOMORROW ? TRQ(q, T("Closed, opens tomorrow at {time}"))
		: TRQ(q, T("Closed, opens {day} at {time}"));
	struct str day = ahead < WEEK ? str_c(TRQ(q, day_labels[zone_local(there->zone, at).weekday])) : say_date(q->a, there, at);
	return tr_fill(q->a, sentence, "day", str_z(q->a, day), "time", say_time(q->a, there, at).p, NULL);
}

/* there: the reader's language at the firm's clock. */
static void fill_now(struct req *q, const struct hours *h, const struct locale *there, struct firm_opening *ret) {
	usec_t at;
	ret->open = hours_open(h, there->now);
	if (!ret->open) {
		ret->say = str_c(TRQ(q, T("Closed")));
		if (!hours_next(h, there->now, &at)) return;
		ret->opens_at = at;
		ret->say = say_opens(q, there, at);
	} else if (hours_close(h, there->now, &at)) {
		bool today = day_at(there->zone, at - 1) == day_at(there->zone, there->now);
		ret->closes_at = at;
		const char *sentence = today ? TRQ(q, T("Open now, until {time}")) : TRQ(q, T("Open now, until {day} at {time}"));
		ret->say = tr_fill(q->a, sentence, "day", TRQ(q, day_labels[zone_local(there->zone, at).weekday]), "time",
		                   str_z(q->a, say_time(q->a, there, at)), NULL);
	} else {
		ret->say = str_c(TRQ(q, T("Open around the clock")));
	}
}

static struct str holiday_name(struct req *q, const struct holiday *off) {
	return off->known ? str_c(TRQ(q, off->name.p)) : off->name;
}

/* Holidays on which the hours are not those of their weekday. */
static void fill_days_off(struct req *q, const struct hours *h, const struct locale *there, struct firm_day_off_list *ret) {
	int64_t today = day_at(h->zone, there->now);
	ret->v = NEW_ARRAY(q->a, struct firm_day_off, DAYS_OFF_MOST);
	for (int64_t day = today; day < today + AHEAD_DAYS && ret->n < DAYS_OFF_MOST; day++) {
		const struct holiday *off = hours_holiday(h, day);
		if (off == NULL) continue;
		struct str times = hours_day_text(q->a, &off->open), usual = hours_day_text(q->a, &h->week[((day + 4) % WEEK + WEEK) % WEEK]);
		if (str_eq(times, usual)) continue;
		struct str date = date_of_days(q->a, day);
		ret->v[ret->n++] = (struct firm_day_off){.date = date, .name = holiday_name(q, off), .times = times, .label = say_day(q->a, there, date),
		                                         .say = say_spans(q, &off->open)};
	}
}

void opening_fill(struct req *q, const struct hours *h, struct firm_opening **ret) {
	if (!h->given) return;
	struct locale there = q->locale;
	struct firm_opening *o = NEW(q->a, struct firm_opening);
	there.zone = h->zone;
	fill_now(q, h, &there, o);
	o->elsewhere = q->locale.zone == h->zone ? STR_NONE : str_c(zone_name(h->zone));
	o->week.v = NEW_ARRAY(q->a, struct firm_day, WEEK);
	for (int i = 0; i < WEEK; i++) {
		int day = (i + MONDAY) % WEEK;
		o->week.v[o->week.n++] = (struct firm_day){.day = str_c(day_words[day]), .label = str_c(TRQ(q, day_labels[day])),
		                                           .times = hours_day_text(q->a, &h->week[day]), .say = say_spans(q, &h->week[day])};
	}
	fill_days_off(q, h, &there, &o->days_off);
	*ret = o;
}

/* --------------------------------------------------------------------- form */

static bool has_word(const struct text_list *l, const char *word) {
	for (size_t i = 0; i < l->n; i++)
		if (str_is(l->v[i], word)) return true;
	return false;
}

/* Those of the known ones that are chosen, in words for people and as what a program sends back. */
static void fill_yearly(struct req *q, const struct text_list *chosen, struct hours_page *ret) {
	struct holiday d;
	int known = 0;
	while (holiday_known(known, &d) != NULL) known++;
	ret->choices = (struct hours_choice_list){.v = NEW_ARRAY(q->a, struct hours_choice, (size_t)known)};
	ret->yearly = (struct text_list){.v = NEW_ARRAY(q->a, struct str, (size_t)known)};
	for (int i = 0; i < known; i++) {
		const char *word = holiday_known(i, &d);
		struct hours_choice c = {.word = str_c(word), .label = holiday_name(q, &d), .chosen = has_word(chosen, word)};
		ret->choices.v[ret->choices.n++] = c;
		if (c.chosen) ret->yearly.v[ret->yearly.n++] = c.word;
	}
}

static struct text_list words_of(struct arena *a, struct str s) {
	struct text_list l = {.v = NEW_ARRAY(a, struct str, s.n + 1)};
	while (!str_none(s)) l.v[l.n++] = str_cut(&s, ' ');
	return l;
}

static void fill(struct req *q, const struct business *b, struct hours_page *ret) {
	const struct hours *h = &b->open;
	struct text_list chosen = words_of(q->a, b->yearly);
	struct str day[WEEK];
	for (int i = 0; i < WEEK; i++) day[i] = h->given ? hours_day_text(q->a, &h->week[i]) : STR("");
	*ret = (struct hours_page){.version = b->version, .given = h->given, .sunday = day[0], .monday = day[1], .tuesday = day[2], .wednesday = day[3],
	                           .thursday = day[4], .friday = day[5], .saturday = day[6], .holidays = b->holidays, .zone = b->zone};
	fill_yearly(q, &chosen, ret);
}

static struct str or(struct str typed, struct str kept) { return str_none(typed) ? kept : typed; }

enum err hours_form(struct req *q, const struct hours_form_in *in, struct hours_page *ret) {
	fill(q, q->business, ret);
	if (in->given) { /* the form once more, as it was sent */
		struct str none = STR("");
		ret->monday = or(in->monday, none), ret->tuesday = or(in->tuesday, none), ret->wednesday = or(in->wednesday, none);
		ret->thursday = or(in->thursday, none), ret->friday = or(in->friday, none), ret->saturday = or(in->saturday, none);
		ret->sunday = or(in->sunday, none), ret->holidays = or(in->holidays, none);
		fill_yearly(q, &in->yearly, ret);
	}
	return OK;
}

enum err hours_get(struct req *q, struct hours_page *ret) {
	fill(q, q->business, ret);
	return req_version(q, ret->version);
}

/* "" when all days are empty: nothing is said then. */
static struct str check_week(struct req *q, const struct hours_save_in *in) {
	const struct str typed[WEEK] = {in->sunday, in->monday, in->tuesday, in->wednesday, in->thursday, in->friday, in->saturday};
	struct hours_day day[WEEK];
	bool some = false;
	for (int i = 0; i < WEEK; i++) {
		if (!hours_day_read(typed[i], &day[i])) {
			day[i].n = 0;
			(void)req_invalid(q, day_words[i], T("Please write times such as 9:00-12:30, 14:00-18:00, none within another."));
		}
		some |= day[i].n > 0;
	}
	return some ? hours_week_text(q->a, day) : STR("");
}

static struct str check_holidays(struct req *q, struct str lines) {
	struct str rest = str_empty(lines) ? STR_NONE : utf8_lines(q->a, lines), all = STR("");
	int number = 0, kept = 0;
	while (!str_none(rest) && kept <= HOLIDAYS_MAX) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		struct holiday d;
		char room[INT_TEXT];
		number++;
		if (str_empty(line)) continue;
		if (!holiday_read(line, &d)) {
			const char *sentence = TRQ(q, T("Line {n} is not a day with a name, such as 2026-12-24 9:00-12:00 Christmas Eve."));
			(void)req_invalid(q, "holidays", tr_fill(q->a, sentence, "n", str_z(q->a, str_of_int(room, number)), NULL).p);
			return all;
		}
		all = str_fmt(q->a, STR_FMT "%s" STR_FMT, STR_ARG(all), kept++ ? "\n" : "", STR_ARG(holiday_text(q->a, &d)));
	}
	if (kept > HOLIDAYS_MAX) (void)req_invalid(q, "holidays", T("These are more days than we can keep; please leave out those that are past."));
	return all;
}

static struct str check_yearly(struct req *q, const struct text_list *chosen) {
	struct str all = STR("");
	struct holiday d;
	size_t known = 0;
	const char *word;
	for (int i = 0; (word = holiday_known(i, &d)) != NULL; i++) {
		if (!has_word(chosen, word)) continue;
		all = str_fmt(q->a, STR_FMT "%s%s", STR_ARG(all), known++ ? " " : "", word);
	}
	if (known != chosen->n) (void)req_invalid(q, "yearly", T("We do not know this day."));
	return all;
}

enum err hours_save(struct req *q, const struct hours_save_in *in, struct hours_page *ret) {
	struct business b;
	TRY(business_read(q->db, q->a, &b));
	TRY(req_version(q, b.version));
	if (!q->api && in->version.has && in->version.v != b.version)
		return req_fail(q, ERR_CONFLICT, T("Someone else changed this profile while you wrote. "
		                                   "Your words are still here; send them again to keep them."), NULL);
	struct str week = check_week(q, in), holidays = check_holidays(q, in->holidays), yearly = check_yearly(q, &in->yearly);
	if (q->errors.n > 0) return ERR_INVALID;
	TRY(sql_firm_set_hours(q->db, b.version, week, holidays, yearly, clock_now()));
	TRY(req_event(q, "update", "business", 1, NULL, 0, AUDIENCE_PUBLIC, STR("{\"changed\":[\"hours\"]}")));
	TRY(access_audit(q->db, q->actor.id, "settings", "business", 1, q->http->peer, STR("working hours")));
	req_say(q, T("Saved."));
	TRY(business_read(q->db, q->a, &b));
	fill(q, &b, ret);
	return OK;
}
