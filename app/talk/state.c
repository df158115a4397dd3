/* The table of states: what each is called, and which may follow it. */
#include "talk/talk_int.h"

static const struct state states[] = {
	{"new",         "new",     T("New"),         true,  "heard planned in_work partly_done done not_done closed"},
	{"heard",       "heard",   T("Heard"),       true,  "planned in_work partly_done done not_done closed"},
	{"planned",     "planned", T("Planned"),     true,  "in_work partly_done done not_done closed"},
	{"in_work",     "work",    T("In work"),     true,  "planned partly_done done not_done closed"},
	{"partly_done", "partly",  T("Partly done"), true,  "in_work planned done not_done closed"},
	{"done",        "done",    T("Done"),        false, "in_work closed"},
	{"not_done",    "not",     T("Not done"),    false, "planned in_work closed"},
	{"closed",      "closed",  T("Closed"),      false, "heard in_work"},
};
enum { STATES = sizeof states / sizeof *states };

const struct state *state_at(int i) {
	return i >= 0 && i < STATES ? &states[i] : NULL;
}

const struct state *state_find(struct str name) {
	for (int i = 0; i < STATES; i++)
		if (str_is(name, states[i].name)) return &states[i];
	return NULL;
}

bool state_may_follow(const struct state *from, const struct state *to) {
	struct str rest = str_c(from->next);
	while (!str_none(rest))
		if (str_is(str_cut(&rest, ' '), to->name)) return true;
	return false;
}

struct talk_state state_view(struct str name) {
	const struct state *s = state_find(name);
	if (s == NULL) s = &states[0];
	return (struct talk_state){.name = str_c(s->name), .look = str_c(s->look), .word = str_c(s->word)};
}

struct str state_set(struct arena *a, struct str word) {
	const struct state *one = state_find(word);
	if (one != NULL) return str_fmt(a, ",%s,", one->name);
	bool open = str_is(word, "open");
	if (!open && !str_is(word, "settled")) return STR_NONE;
	struct str set = STR(",");
	for (int i = 0; i < STATES; i++)
		if (states[i].open == open) set = str_fmt(a, STR_FMT "%s,", STR_ARG(set), states[i].name);
	return set;
}
