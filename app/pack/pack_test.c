/* What a pack may say and what is refused, with the place; and that those we have are read. */
#include "pack/pack.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define L "\"label\": {\"en\": \"x\", \"de\": \"x\"}"
#define PACK(fields, more) "{\"name\": \"mine\", " L ", \"tabs\": [{\"name\": \"t\", " L ", \"fields\": [" fields "]}]" more "}"
#define FIELD(name, type, more) "{\"name\": \"" name "\", \"type\": \"" type "\", " L more "}"

#define TYPE(title, more) "{\"name\": \"mine\", " L ", \"types\": [{\"name\": \"t\", " L ", \"many\": {\"en\": \"x\", \"de\": \"x\"}, " title more \
	", \"fields\": [" FIELD("number", "text", "") ", " FIELD("kind", "choice", ", \"choices\": [{\"name\": \"a\", \"label\": {\"en\": \"one\", \"de\": \"eins\"}}]") "]" \
	", \"roles\": [{\"name\": \"r\", " L "}]}]}"

static void who_fills_in_a_field_is_declared(void **state) {
	struct pack p;
	struct str why = STR("");
	(void)state;
	assert_int_equal(pack_read("mine", STR(PACK(FIELD("hobby", "text", ", \"own\": true") ", " FIELD("branch", "text", "") ", "
	                                            FIELD("home", "bool", ", \"own\": false"), "")), &p, &why), OK);
	assert_true(pack_field_find(&p, STR("hobby"))->own);
	assert_false(pack_field_find(&p, STR("branch"))->own);
	assert_false(pack_field_find(&p, STR("home"))->own);
}

#define CARD(title, states) PACK(FIELD("a", "text", ""), ", \"types\": [{\"name\": \"card\", " L ", \"many\": {\"en\": \"x\", \"de\": \"x\"}, " \
	"\"title\": " title ", \"fields\": [" FIELD("no", "text", "") "], \"states\": [" states "], \"roles\": [{\"name\": \"holder\", " L "}]}]")
#define STATE(name, more) "{\"name\": \"" name "\", " L more "}"

#define TEXT "\"text\": {\"en\": \"x\", \"de\": \"x\"}"
#define EXPECTS(list) CARD("\"{no}\"", STATE("new", "") "], \"expects\": [" list)

static void which_states_may_follow(void **state) {
	struct pack p;
	struct str why = STR("");
	(void)state;
	assert_int_equal(pack_read("mine", STR(CARD("{\"en\": \"Card {no}\", \"de\": \"Karte {no}\"}",
		STATE("new", ", \"next\": [\"used\"]") ", " STATE("used", ", \"next\": [\"new\", \"lost\"]") ", " STATE("lost", ""))), &p, &why), OK);
	const struct pack_type *t = pack_type_find(&p, STR("card"));
	assert_true(pack_type_moves(t, STR("new"), STR("used")));
	assert_false(pack_type_moves(t, STR("new"), STR("lost")));
	assert_true(pack_type_moves(t, STR("used"), STR("lost")));
	assert_false(pack_type_moves(t, STR("lost"), STR("new")));      /* says nothing, where others do: an end */
	assert_true(pack_type_moves(t, STR("lost"), STR("lost")));
	assert_true(str_is(t->title.in[LANG_DE], "Karte {no}"));
	assert_int_equal(pack_read("mine", STR(CARD("\"{no}\"", STATE("new", "") ", " STATE("lost", ""))), &p, &why), OK);
	t = pack_type_find(&p, STR("card"));
	assert_true(pack_type_moves(t, STR("lost"), STR("new")));       /* no state says anything: any may follow any */
	assert_true(str_is(t->title.in[LANG_DE], "{no}"));
}

/* A deal with two fields and notes below it, in tabs. */
#define TABS(tabs) PACK(FIELD("x", "text", ""), ", \"types\": [{\"name\": \"deal\", " L ", \"many\": {\"en\": \"x\", \"de\": \"x\"}, \"title\": \"{no}\", " \
	"\"fields\": [" FIELD("no", "text", "") ", " FIELD("fee", "money", "") "], \"roles\": [{\"name\": \"r\", " L "}], \"tabs\": [" tabs "]}, " \
	"{\"name\": \"note\", " L ", \"many\": {\"en\": \"x\", \"de\": \"x\"}, \"title\": \"{no}\", \"parent\": \"deal\", \"fields\": [" FIELD("no", "text", "") "]}]")
#define TAB(name, more) "{\"name\": \"" name "\", " L more "}"

static void what_stands_in_which_tab(void **state) {
	struct pack p;
	struct str why = STR("");
	(void)state;
	assert_int_equal(pack_read("mine", STR(TABS(TAB("money", ", \"fields\": [\"fee\"]") ", " TAB("talk", ", \"parts\": [\"note\"]"))), &p, &why), OK);
	const struct pack_type *t = pack_type_find(&p, STR("deal"));
	assert_int_equal(t->tabs, 2);
	assert_null(pack_type_tab_of(t, pack_type_field(t, STR("no"))));
	assert_ptr_equal(pack_type_tab_of(t, pack_type_field(t, STR("fee"))), &t->tab[0]);
	assert_ptr_equal(pack_type_tab_with(t, pack_type_find(&p, STR("note"))), &t->tab[1]);
	assert_null(pack_type_tab_with(t, t));
}

static void refused(const char *text, const char *why_part) {
	struct pack p;
	struct str why = STR("");
	assert_int_equal(pack_read("mine", str_c(text), &p, &why), ERR_INVALID);
	if (!str_has(why, str_c(why_part))) fail_msg("no \"%s\" in: " STR_FMT, why_part, STR_ARG(why));
}

static void faults(void **state) {
	static const struct { const char *text, *why; } wrong[] = {
		{PACK(FIELD("hobby", "text", ", \"own\": \"yes\""), ""), "tabs[0].fields[0]: own is true or false"},
		{PACK(FIELD("fee", "money", ", \"own\": true"), ", \"worth\": \"fee\""), "worth names a field that customers fill in themselves"},
		{PACK(FIELD("fee", "text", ""), ", \"worth\": \"fee\""), "worth names no money field"},
		{PACK(FIELD("fee", "number", ""), ""), "the type is one of"},
		{PACK(FIELD("a", "text", "") ", " FIELD("a", "text", ""), ""), "two fields are called a"},
		{PACK("", ""), "fields are needed"},
		{CARD("\"{no}\"", STATE("new", ", \"next\": [\"melted\"]")), "types[0].states[0]: next: there is no state \"melted\""},
		{EXPECTS("{\"state\": \"melted\", \"days\": 2, " TEXT "}"), "types[0].expects[0]: names the state in which it is promised"},
		{EXPECTS("{\"state\": \"new\", " TEXT "}"), "types[0].expects[0]: days are business days, 0 to 365"},
		{EXPECTS("{\"state\": \"new\", \"days\": 366, " TEXT "}"), "types[0].expects[0]: days are business days, 0 to 365"},
		{EXPECTS("{\"state\": \"new\", \"days\": 2, \"audience\": \"public\", " TEXT "}"), "types[0].expects[0]: audience is \"both\" or \"team\""},
		{EXPECTS("{\"state\": \"new\", \"days\": 2, " TEXT "}, {\"state\": \"new\", \"days\": 3, " TEXT "}"), "types[0].expects[1]: there is one for this state already"},
		{EXPECTS("{\"state\": \"new\", \"days\": 2}"), "types[0].expects[0].text: is needed in \"en\""},
		{CARD("{\"en\": \"Card {no}\"}", STATE("new", "")), "types[0].title: is needed in \"de\""},
		{CARD("{\"en\": \"Card\", \"de\": \"Karte {nummer}\"}", STATE("new", "")), "there is no field nummer"},
		{"{", "line 1"},
		{TABS(TAB("a", "")), "types[0].tabs[0]: nothing stands in it"},
		{TABS(TAB("a", ", \"fields\": [\"fees\"]")), "types[0].tabs[0].fields[0]: there is no field \"fees\""},
		{TABS(TAB("a", ", \"parts\": [\"deal\"]")), "types[0].tabs[0].parts[0]: there is no type \"deal\" of its parts"},
		{TABS(TAB("a", ", \"fields\": [\"fee\", \"fee\"]")), "types[0].tabs[0].fields[1]: it stands in this tab already"},
		{TABS(TAB("a", ", \"fields\": [\"fee\"]") ", " TAB("b", ", \"fields\": [\"fee\"]")), "types[0].tabs[1].fields[0]: it stands in another tab already"},
		{TABS(TAB("a", ", \"fields\": [\"fee\"]") ", " TAB("a", ", \"parts\": [\"note\"]")), "types[0].tabs[1]: this name stands twice"},
		{TABS(TAB("a", ", \"field\": [\"fee\"]")), "types[0].tabs[0]: \"field\" means nothing here"},
		{TYPE("\"title\": \"{x}\"", ""), "types[0].title: there is no field x"},
		{TYPE("\"title\": \"{number|x}\"", ""), "types[0].title: there is no field x"},
		{TYPE("\"title\": \"{number\"", ""), "types[0].title: a brace is not closed"},
		{TYPE("\"title\": {\"en\": \"{number}\"}", ""), "types[0].title: is needed in \"de\""},
		{TYPE("\"title\": \"{number}\"", ", \"flow\": true"), "types[0]: flow is true or false, and goes with amount"},
		{TYPE("\"title\": \"{number}\"", ", \"at\": \"number\""), "types[0].at: this field is no date"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) refused(wrong[i].text, wrong[i].why);
}

static void a_title_is_said_in_the_readers_language(void **state) {
	struct pack p;
	struct str why = STR("");
	struct arena a = {0};
	(void)state;
	if (pack_read("mine", STR(TYPE("\"title\": {\"en\": \"No. {number|kind}\", \"de\": \"Nr. {number|kind}\"}", "")), &p, &why) != OK) fail_msg(STR_FMT, STR_ARG(why));
	const struct str both[] = {STR("17"), STR("a")}, kind[] = {STR(""), STR("a")};
	assert_true(str_is(pack_title(&a, &p.type[0], both, LANG_DE), "Nr. 17"));
	assert_true(str_is(pack_title(&a, &p.type[0], kind, LANG_EN), "No. one"));
	assert_true(str_is(pack_title(&a, &p.type[0], kind, LANG_DE), "Nr. eins"));
	arena_done(&a);
}

#define SAYS(name) "\"" name "\": {\"en\": \"x\", \"de\": \"x\"}"
#define KIND(name, fields, more) "{\"name\": \"" name "\", " L ", " SAYS("many") ", \"title\": \"T\", \"fields\": [" fields "]" more "}"
#define ACTS(act) ", \"roles\": [{\"name\": \"holder\", " L "}], \"states\": [{\"name\": \"open\", " L "}], \"actions\": [" act "]"
#define ACT(more) "{\"name\": \"a\", " L ", " SAYS("words") more "}"
#define DEAL(act) PACK(FIELD("x", "text", ""), ", \"types\": [" KIND("account", FIELD("fee", "money", ""), ACTS(act)) ", " \
	KIND("card", FIELD("kind", "text", ""), ", \"parent\": \"account\"") "]")
#define TO_DO ", \"back_office\": true"

/* The same with a fee and states for the team only. */
#define STAFF ", \"staff\": true"
#define SUM(more) ", \"fields\": [" FIELD("fee", "money", more) "]"
#define INNER(act) PACK(FIELD("x", "text", ""), ", \"types\": [" KIND("account", FIELD("fee", "money", STAFF), ACTS(act) ", \"staff_state\": true") "]")

static void actions(void **state) {
	struct pack p;
	struct str why = STR("");
	(void)state;
	if (pack_read("mine", STR(DEAL(ACT(", \"fields\": [" FIELD("fee", "money", ", \"required\": true") ", " FIELD("kind", "text", "") "], \"may\": [\"holder\"],"
		"\"when\": [\"open\"], \"proof\": true, \"approval\": {\"amount\": \"fee\", \"limits\": {\"customer\": 10, \"agent\": 20}},"
		"\"then\": {\"set\": [\"fee\"], \"state\": \"open\", \"add\": \"card\"}"))), &p, &why) != OK) fail_msg(STR_FMT, STR_ARG(why));
	const struct pack_action *act = pack_action_find(pack_type_find(&p, STR("account")), STR("a"));
	assert_true(act->proof && act->sets[0] && !act->sets[1] && !act->staff);
	assert_ptr_equal(act->add, pack_type_find(&p, STR("card")));
	static const struct { enum role role; int64_t amount; bool may; } may[] = {
		{ROLE_CUSTOMER, 10, true}, {ROLE_CUSTOMER, 11, false}, {ROLE_CUSTOMER, -11, false}, {ROLE_AGENT, -20, true}, {ROLE_AGENT, 21, false},
		{ROLE_ANALYST, 0, false}, {ROLE_MANAGER, INT64_MAX, true}, {ROLE_OWNER, INT64_MIN, true}, {ROLE_NONE, 0, false}};
	for (size_t i = 0; i < sizeof may / sizeof *may; i++)
		assert_int_equal(pack_approves(act, may[i].role, (struct opt_int){true, may[i].amount}), may[i].may);
	assert_false(pack_approves(act, ROLE_AGENT, (struct opt_int){0}));
}

static void wrong_actions(void **state) {
	static const struct { const char *text, *why; } wrong[] = {
		{DEAL(ACT("")), "types[0].actions[0]: it comes to nothing"},
		{DEAL(ACT(TO_DO ", \"aproval\": {}")), "\"aproval\" means nothing here"},
		{DEAL(ACT(TO_DO) ", " ACT(TO_DO)), "actions[1]: this name stands twice"},
		{DEAL(ACT(TO_DO ", \"may\": [\"king\"]")), "may[0]: this is none of the roles"},
		{DEAL(ACT(TO_DO ", \"may\": []")), "nobody may do it"},
		{DEAL(ACT(TO_DO ", \"when\": [\"shut\"]")), "when[0]: there is no such state"},
		{DEAL(ACT(TO_DO ", \"approval\": {\"amount\": \"kind\"}")), "amount is a money field"},
		{DEAL(ACT(TO_DO ", \"fields\": [" FIELD("sum", "money", "") "], \"approval\": {\"amount\": \"sum\"}")), "must be required"},
		{DEAL(ACT(TO_DO ", \"approval\": {\"limits\": {\"agent\": 5}}")), "a limit needs the amount"},
		{DEAL(ACT(TO_DO ", \"approval\": {\"limits\": {\"king\": true}}")), "limits are those of"},
		{DEAL(ACT(", \"then\": {\"set\": [\"fee\"]}")), "then.set[0]: the form has no such field"},
		{DEAL(ACT(", \"fields\": [" FIELD("fee", "text", "") "], \"then\": {\"set\": [\"fee\"]}")), "fee is of another type there"},
		{DEAL(ACT(", \"then\": {\"state\": \"shut\"}")), "there is no such state"},
		{DEAL(ACT(", \"then\": {\"add\": \"account\"}")), "then.add: this is no type of what it is the parent of"},
		{DEAL("{\"name\": \"a\", " L TO_DO "}"), "words: is needed in"},
		{INNER(ACT(SUM(STAFF) TO_DO)), "types[0].actions[0].fields[0]: customers may do this, and the field is for the team only"},
		{INNER(ACT(SUM("") ", \"may\": [\"staff\"], \"then\": {\"set\": [\"fee\"]}")), "types[0].actions[0].fields[0]: the record's field of this name is for the team"},
		{DEAL(ACT(SUM(STAFF) ", \"may\": [\"staff\"], \"then\": {\"set\": [\"fee\"]}")), "actions[0].fields[0]: staff: the record's field of this name is for all"},
		{INNER(ACT(TO_DO ", \"approval\": {\"amount\": \"fee\"}")), "actions[0].approval: customers may do this, and the amount is for the team only"},
		{INNER(ACT(TO_DO ", \"when\": [\"open\"]")), "actions[0].when: customers may do this, and the state is for the team only"},
		{INNER(ACT(", \"then\": {\"state\": \"open\"}")), "actions[0].then: customers may do this, and the state is for the team only"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) refused(wrong[i].text, wrong[i].why);
}

static void what_is_for_the_team(void **state) {
	static const struct { const char *text, *why; } wrong[] = {
		{PACK(FIELD("fee", "money", STAFF), ""), "tabs[0].fields[0]: staff means nothing here"},
		{PACK(FIELD("x", "text", ""), ", \"types\": [{\"name\": \"a\", " L ", " SAYS("many") ", \"title\": \"{no}\", \"fields\": [" FIELD("no", "text", STAFF) "]"
			", \"roles\": [{\"name\": \"r\", " L "}]}]"), "types[0].title: no is for the team only"},
		{PACK(FIELD("x", "text", ""), ", \"types\": [" KIND("a", FIELD("no", "date", STAFF), ", \"at\": \"no\", \"roles\": [{\"name\": \"r\", " L "}]") "]"),
			"types[0]: at names a field for the team only"},
		{PACK(FIELD("x", "text", ""), ", \"types\": [" KIND("a", FIELD("no", "text", ""), ", \"staff_state\": true, \"roles\": [{\"name\": \"r\", " L "}]") "]"),
			"types[0]: staff_state is true or false, and goes with states"},
	};
	struct pack p;
	struct str why = STR("");
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) refused(wrong[i].text, wrong[i].why);
	if (pack_read("mine", STR(INNER(ACT(SUM(STAFF) ", \"may\": [\"staff\"], \"when\": [\"open\"], \"then\": {\"set\": [\"fee\"], \"state\": \"open\"}"))), &p, &why) != OK)
		fail_msg(STR_FMT, STR_ARG(why));
	assert_true(p.type[0].staff && p.type[0].staff_state && p.type[0].field[0].staff && p.type[0].action[0].field[0].staff);
}

/* In the packs there are: what people know best of themselves is theirs, what the firm knows is not. */
static void ours(void **state) {
	struct str why = STR("");
	(void)state;
	if (pack_load(&why) != OK) fail_msg(STR_FMT, STR_ARG(why));
	const struct pack *telecom = pack_find(STR("telecom")), *insurance = pack_find(STR("insurance"));
	assert_true(pack_field_find(telecom, STR("dependents"))->own);
	assert_false(pack_field_find(telecom, STR("contract"))->own);
	assert_true(pack_field_find(insurance, STR("occupation"))->own);
	assert_false(pack_field_find(insurance, STR("premium_month"))->own);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(who_fills_in_a_field_is_declared), cmocka_unit_test(which_states_may_follow),
		cmocka_unit_test(faults), cmocka_unit_test(what_stands_in_which_tab), cmocka_unit_test(actions), cmocka_unit_test(wrong_actions),
		cmocka_unit_test(a_title_is_said_in_the_readers_language), cmocka_unit_test(what_is_for_the_team), cmocka_unit_test(ours)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
