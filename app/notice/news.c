/* The letters about what somebody is told: of one thread, or of all of them. */
#include "notice/mail_int.h"
#include "access/access.h"
#include "follow/follow.h"
#include "text/markdown.h"
#include "text/url.h"

enum { QUOTE_CHARS = 1200, LINE_CHARS = 200, QUOTES_MOST = 10 };

struct str stop_path(struct arena *a, const struct key *key, struct person_id person, struct conversation_id conversation) {
	struct str both = str_fmt(a, "%lld:%lld", (long long)person.v, (long long)conversation.v);
	return str_fmt(a, "/notices/stop/%lld/%lld/" STR_FMT, (long long)person.v, (long long)conversation.v,
	               STR_ARG(token_sign(a, key, "notice-stop", both)));
}

struct str off_path(struct arena *a, const struct key *key, struct person_id person, struct str topic) {
	struct str both = str_fmt(a, "%lld:" STR_FMT, (long long)person.v, STR_ARG(topic));
	return str_fmt(a, "/notices/off/%lld/" STR_FMT "/" STR_FMT, (long long)person.v, STR_ARG(topic),
	               STR_ARG(token_sign(a, key, "notice-off", both)));
}

static struct str subject_of(const struct news *x, const struct post_row *r) {
	const struct request_name n = {r->record_type, r->action, r->record_fields, r->subject};
	return r->request_id.v == 0 ? r->subject : request_subject(x->a, x->firm->pack, &n, x->lang);
}

static const char *author_of(const struct news *x, const struct post_row *r) {
	return str_z(x->a, str_empty(r->actor) ? x->firm->name : r->actor);
}

static struct str absolute(const struct news *x, struct str path) { return str_fmt(x->a, STR_FMT STR_FMT, STR_ARG(x->base_url), STR_ARG(path)); }

static struct str url_of(const struct news *x, const struct post_row *r) {
	if (r->request_id.v != 0) return absolute(x, str_fmt(x->a, "/requests/%lld", (long long)r->request_id.v));
	if (r->document_id.v != 0) return absolute(x, str_fmt(x->a, "/documents/%lld", (long long)r->document_id.v));
	if (r->expectation_id.v != 0) return absolute(x, str_fmt(x->a, "/expectations/%lld", (long long)r->expectation_id.v));
	if (r->conversation_id.v == 0) return absolute(x, follow_url(x->a, r->about_kind, r->about_id.v, r->about).s);
	return absolute(x, r->direct ? message_url(x->a, r->conversation_id).s : conversation_url(x->a, r->conversation_id).s);
}

static struct str words_of(const struct news *x, const struct post_row *r, int most) {
	if (r->request_id.v != 0) return str_empty(r->note) ? STR("") : r->note;
	return str_empty(r->body) ? STR("") : markdown_text(x->a, r->body, (size_t)most);
}

/* ------------------------------------------------------------------ sentences */

static const char *status_title(struct str status) {
	static const struct { const char *status, *sentence; } said[] = {
		{"new", T("New: {subject}")}, {"heard", T("We have heard you: {subject}")}, {"planned", T("Planned: {subject}")},
		{"in_work", T("In work: {subject}")}, {"done", T("Done: {subject}")}, {"partly_done", T("Partly done: {subject}")},
		{"not_done", T("Not done: {subject}")}, {"closed", T("Closed: {subject}")},
	};
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		if (str_is(status, said[i].status)) return said[i].sentence;
	return T("News on: {subject}");
}

/* title: what the letter is called; line: what happened, in the letter and in a digest; text: instead of the line, its whole beginning. */
struct told {
	const char *kind, *title, *line, *text, *action;
};

static const struct told tolds[] = {
	{"answer", T("{firm} answers: {subject}"), T("{who} of {firm} has answered."),
		T("Hello {name},\n\n{author} of {firm} has answered you and everyone who said “me too” to “{subject}”:"), NULL},
	{"status", NULL, T("There is news."), T("Hello {name},\n\nthere is news on “{subject}”, which you follow at {firm}."), NULL},
	{"comment", NULL, T("{who} says something."), NULL, NULL},
	{"not_fixed", NULL, T("{who} says that it is not fixed."), NULL, NULL},
	{"assigned", T("For you: {subject}"), T("{who} gave this to you."), NULL, NULL},
	{"assigned_team", T("For your team: {subject}"), T("{who} gave this to your team."), NULL, NULL},
	{"mention", T("{author} mentions you: {subject}"), T("{who} mentions you."), NULL, NULL},
	{"joined", T("For you: {subject}"), T("{who} asks you to take part."), NULL, NULL},
	{"search", NULL, T("Something new meets a search of yours."), NULL, NULL},
	{"follow", T("News: {subject}"), T("There is news of {what}, which you follow."), NULL, T("Look at it")},
	{"room", T("{author}: {subject}"), T("{who} says something."), NULL, NULL},
	{"message", T("{author}: {subject}"), T("{who} has written to you."), NULL, NULL},
	{"reminder", T("Reminder: {subject}"), T("{who} waits for your answer."),
		T("Hello {name},\n\n{author} of {firm} has asked you something and waits for your answer:"), NULL},
	{"file", T("A file for you: {subject}"), T("There is a file for you."), T("Hello {name},\n\n{firm} has shared a file with you: {subject}."),
		T("Open the file")},
	{"request_new", T("Waits for our yes: {subject}"), T("{who} asks for this. It waits for your yes."), NULL, T("Open the receipt")},
	{"request_withdrawn", T("Withdrawn: {subject}"), T("{who} has withdrawn it. There is nothing to do any more."), NULL, T("Open the receipt")},
	{"request_done", T("Done: {subject}"), T("It is done."), T("Hello {name},\n\nthere is an answer to what {firm} was asked to do: {subject}."),
		T("Open the receipt")},
	{"request_declined", T("Declined: {subject}"), T("It was declined. Why stands there."),
		T("Hello {name},\n\nthere is an answer to what {firm} was asked to do: {subject}."), T("Open the receipt")},
	{"request_failed", T("It did not work: {subject}"), T("It did not work. Why stands there."),
		T("Hello {name},\n\nthere is an answer to what {firm} was asked to do: {subject}."), T("Open the receipt")},
	{"promise_new", T("Promised to you: {subject}"), T("{who} wrote down a promise to you."), NULL, T("See how it goes")},
	{"promise_yours", T("You promised: {subject}"), T("{who} wrote down what you promised."), NULL, T("See how it goes")},
	{"promise_yours_due", T("You promised: {subject}"), T("What you promised is due now."), NULL, T("See how it goes")},
	{"promise_moved", T("New date: {subject}"), T("The date was moved."), T("Hello {name},\n\nthe date of this was moved; the new one and why stand there: {subject}."), T("See how it goes")},
	{"promise_done", T("Done? {subject}"), T("It is done, says {who}. Was it kept? Your word counts."),
		T("Hello {name},\n\n{author} of {firm} says that this is done: {subject}.\n\nWas it kept? Your word counts."), T("Say whether it was kept")},
	{"promise_late", T("Late: {subject}"), T("It is due and not done. We have not forgotten it."),
		T("Hello {name},\n\nwe promised you this, and it is due and not done: {subject}.\n\nWe have not forgotten it."), T("See how it goes")},
	{"promise_word", T("Their word: {subject}"), T("{who} said whether it was kept."), NULL, T("See how it went")},
	{"promise_over", T("Over: {subject}"), T("It is over. How it ended stands there."), NULL, T("See how it went")},
	{"promise_withdrawn", T("Taken back: {subject}"), T("It was taken back. Why stands there."), NULL, T("See how it went")},
	{"promise_given", T("For you: {subject}"), T("{who} gave this to you."), NULL, T("See how it goes")},
	{"promise_theirs", T("{author} promises: {subject}"), T("{who} promises us this."), NULL, T("See how it goes")},
	{"promise_soon", T("Due soon: {subject}"), T("It is due soon."), NULL, T("See how it goes")},
	{"promise_due", T("Due: {subject}"), T("It is due now."), NULL, T("See how it goes")},
	{"promise_team", T("Late: {subject}"), T("It is late by a day."), NULL, T("See how it goes")},
	{"promise_chief", T("Late: {subject}"), T("It is late by three days."), NULL, T("See how it goes")},
	{"task_given", T("For you: {subject}"), T("{who} gave this to you."), NULL, T("Open the task")},
	{"task_due", T("Due: {subject}"), T("This is to be done today."), NULL, T("Open the task")},
	{"task_again", T("For you: {subject}"), T("{who} says that it is to be done again."), NULL, T("Open the task")},
	{"task_done", T("Done: {subject}"), T("{who} has done it."), NULL, T("Open the task")},
	{"task_dropped", T("Dropped: {subject}"), T("{who} says that it is not needed any more."), NULL, T("Open the task")},
	{"claim_new", T("Did we promise this? {subject}"), T("{who} says that we promised this. It waits for your answer."), NULL, T("Answer it")},
	{"claim_refused", T("An answer: {subject}"), T("You told us that we promised this. We say no, and why."), NULL, T("Read why")},
};

static const struct told *told_of(const struct post_row *r) {
	static const struct told other = {"", NULL, T("There is news."), NULL, NULL};
	for (size_t i = 0; i < sizeof tolds / sizeof *tolds; i++)
		if (str_is(r->kind, tolds[i].kind)) return &tolds[i];
	return &other;
}

static struct str fill(const struct news *x, const struct post_row *r, const char *sentence) {
	return tr_fill(x->a, tr(x->lang, sentence), "name", str_z(x->a, x->person->name), "author", author_of(x, r), "who", author_of(x, r), "firm", str_z(x->a, x->firm->name),
	               "subject", str_z(x->a, subject_of(x, r)), "what", str_z(x->a, str_none(r->about) ? STR("") : r->about), NULL);
}

static struct str text_of(const struct news *x, const struct post_row *r) {
	const struct told *told = told_of(r);
	if (str_is(r->kind, "message"))
		return fill(x, r, r->actor_staff ? T("Hello {name},\n\n{author} of {firm} has written to you. Only the two of you can read it:")
		                                 : T("Hello {name},\n\n{author} has written to you. Only the two of you can read it:"));
	if (told->text != NULL) return fill(x, r, told->text);
	return str_fmt(x->a, STR_FMT "\n\n" STR_FMT, STR_ARG(fill(x, r, T("Hello {name},"))), STR_ARG(fill(x, r, told->line)));
}

/* ------------------------------------------------------------------- letters */

/* Where to stop it and where to choose; who has no login cannot choose. */
static struct str after_of(const struct news *x, const struct post_row *r) {
	struct str parts[3] = {STR(""), STR(""), STR("")};
	if (str_is(r->kind, "follow")) {
		parts[0] = tr_fill(x->a, tr(x->lang, T("What you follow, and where to end it: {address}")), "address", str_z(x->a, absolute(x, STR("/following"))), NULL);
	} else if (r->conversation_id.v != 0) {
		const char *stop = str_z(x->a, absolute(x, stop_path(x->a, x->key, x->person->id, r->conversation_id)));
		parts[0] = tr_fill(x->a, tr(x->lang, r->direct ? T("You get this because somebody wrote to you. No more of this conversation: {address}")
			: T("You get this because you follow this report. No more of it: {address}")), "address", stop, NULL);
	}
	struct str off = absolute(x, off_path(x->a, x->key, x->person->id, str_c(topic_word(topic_of(r->kind)))));
	parts[1] = tr_fill(x->a, tr(x->lang, T("No more mails of this kind: {address}")), "address", str_z(x->a, off), NULL);
	if (x->person->has_login)
		parts[2] = tr_fill(x->a, tr(x->lang, T("Choose what we tell you: {address}")), "address", str_z(x->a, absolute(x, STR("/me/notifications"))), NULL);
	return str_fmt(x->a, STR_FMT "\n\n" STR_FMT "\n\n" STR_FMT, STR_ARG(parts[0]), STR_ARG(parts[1]), STR_ARG(parts[2]));
}

/* What several people said, the newest last. */
static struct str quotes(const struct news *x, const struct post_row *const *rows, size_t n) {
	struct str all = STR("");
	for (size_t i = n > QUOTES_MOST ? n - QUOTES_MOST : 0; i < n; i++) {
		struct str words = words_of(x, rows[i], LINE_CHARS), line = fill(x, rows[i], told_of(rows[i])->line);
		all = str_fmt(x->a, STR_FMT "%s" STR_FMT "%s" STR_FMT, STR_ARG(all), str_empty(all) ? "" : "\n\n", STR_ARG(line), str_empty(words) ? "" : "\n",
		              STR_ARG(words));
	}
	return all;
}

struct letter news_letter(const struct news *x, const struct post_row *const *rows, size_t n) {
	const struct post_row *r = rows[n - 1];
	const struct told *told = told_of(r);
	struct str words = words_of(x, r, QUOTE_CHARS);
	struct letter l = {
		.person = x->person->id, .to_address = x->address, .to_name = x->person->name, .kind = r->discreet ? "message" : "notice", .lang = x->lang,
		.subject = fill(x, r, told->title == NULL ? status_title(str_is(r->kind, "status") && !str_none(r->status) ? r->status : STR("")) : told->title),
		.text = text_of(x, r), .quote = str_empty(words) ? STR_NONE : words,
		.action = str_c(tr(x->lang, told->action == NULL ? T("Read it and answer") : told->action)), .url = url_of(x, r), .after = after_of(x, r),
		.unique_key = str_fmt(x->a, "n%lld.%lld", (long long)r->seq, (long long)x->person->id.v), .topic = topic_word(topic_of(r->kind)),
	};
	if (n < 2) return l;
	const char *many = str_fmt(x->a, "%zu", n).p, *subject = str_z(x->a, subject_of(x, r));
	l.subject = tr_fill(x->a, tr(x->lang, T("{n} new: {subject}")), "n", many, "subject", subject, NULL);
	l.text = tr_fill(x->a, tr(x->lang, T("Hello {name},\n\nsince the last mail, {n} things happened in “{subject}”:")), "name",
	                 str_z(x->a, x->person->name), "n", many, "subject", subject, NULL);
	l.quote = quotes(x, rows, n);
	return l;
}

struct letter_item news_item(const struct news *x, const struct post_row *const *rows, size_t n) {
	const struct post_row *r = rows[n - 1];
	struct str line = fill(x, r, told_of(r)->line), words = words_of(x, r, LINE_CHARS);
	if (n > 1) line = str_fmt(x->a, "%zu × · " STR_FMT, n, STR_ARG(line));
	return (struct letter_item){.title = subject_of(x, r), .url = url_of(x, r),
	                            .words = str_empty(words) ? line : str_fmt(x->a, STR_FMT " " STR_FMT, STR_ARG(line), STR_ARG(words))};
}

struct letter news_digest(const struct news *x, const struct letter_item *items, size_t n, bool discreet, int64_t seq) {
	const char *name = str_z(x->a, x->person->name), *firm = str_z(x->a, x->firm->name);
	struct str choose = absolute(x, STR("/me/notifications")), off = absolute(x, off_path(x->a, x->key, x->person->id, STR("digest")));
	return (struct letter){
		.person = x->person->id, .to_address = x->address, .to_name = x->person->name, .kind = discreet ? "message" : "notice", .lang = x->lang,
		.subject = tr_fill(x->a, tr(x->lang, T("What is new at {firm}")), "firm", firm, NULL),
		.text = tr_fill(x->a, tr(x->lang, T("Hello {name},\n\nthis is what happened at {firm} since the last mail.")), "name", name, "firm", firm, NULL),
		.quote = STR_NONE, .items = items, .items_n = n, .action = str_c(tr(x->lang, T("See all of it"))), .url = absolute(x, STR("/notices")),
		.after = tr_fill(x->a, tr(x->lang, T("No more mails with news: {off}\n\nChoose what we tell you: {choose}")), "off", str_z(x->a, off),
			"choose", str_z(x->a, choose), NULL),
		.unique_key = str_fmt(x->a, "d%lld.%lld", (long long)seq, (long long)x->person->id.v), .topic = "digest",
	};
}
