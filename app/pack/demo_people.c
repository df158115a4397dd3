/* The demo's people: staff and named customers with logins, photos and fields, and a crowd of plausible neighbours. */
#include "access/access.h"
#include "pack/demo_int.h"
#include "people/people.h"
#include "team/team.h"
#include <math.h>

static void read_fields(struct demo *d, const struct json *o, struct person_input *in) {
	const struct json *fields = json_member(o, "fields");
	size_t n = json_length(fields), at = 0;
	struct str *name = NEW_ARRAY(d->a, struct str, n), *value = NEW_ARRAY(d->a, struct str, n);
	for (struct json_members m = json_members(fields); json_next(&m); at++) {
		name[at] = m.name;
		json_get_str(m.value, &value[at]);
		int64_t minor;
		if (str_eq(m.name, d->pack->worth) && str_int(value[at], &minor))
			in->worth_minor = (struct opt_int){true, minor * 12};
	}
	in->field_name = (struct text_list){name, n};
	in->field_value = (struct text_list){value, n};
}

static void read_contacts(struct demo *d, const struct json *o, struct person_input *in) {
	static const char *const words[CONTACT_KINDS] = {"email", "phone", "address"};
	for (int i = 0; i < CONTACT_KINDS; i++) {
		struct str s = demo_text(o, words[i]);
		if (str_empty(s)) continue;
		struct contact_input *one = NEW(d->a, struct contact_input);
		*one = (struct contact_input){.label = STR(""), .value = s};
		in->contact[i] = (struct contact_inputs){.given = true, .v = one, .n = 1};
	}
}

static struct str or_none(struct str s) {
	return str_empty(s) ? STR_NONE : s;
}

static enum err read_person(struct demo *d, const struct json *o, bool staff, struct person_input *ret) {
	struct file_id photo;
	TRY(demo_file(d, demo_text(o, "photo"), &photo));
	*ret = (struct person_input){
		.kind = staff ? STR("staff") : STR("customer"),
		.role = staff ? demo_text(o, "role") : STR("customer"),
		.name = demo_text(o, "name"),
		.customer_no = or_none(demo_text(o, "customer_no")),
		.title = demo_text(o, "title"),
		.about = demo_text(o, "about"),
		.languages = demo_text(o, "languages"),
		.hours = demo_text(o, "hours"),
		.birthday = or_none(demo_text(o, "birthday")),
		.channel = demo_text(o, "channel"),
		.place_given = true,
		.lat = demo_real(o, "lat", NAN),
		.lon = demo_real(o, "lon", NAN),
	};
	if (photo.v != 0) ret->photo = (struct opt_int){true, photo.v};
	const struct json *contact = json_member(o, "contact");
	if (contact != NULL) {
		struct person_id id;
		TRY(demo_who(d, contact, &id));
		ret->contact_id = (struct opt_int){true, id.v};
	}
	const struct json *tags = json_member(o, "tags");
	ret->tags_given = tags != NULL;
	ret->tags = (struct text_list){NEW_ARRAY(d->a, struct str, json_length(tags)), json_length(tags)};
	for (size_t i = 0; i < ret->tags.n; i++) json_get_str(json_item(tags, i), &ret->tags.v[i]);
	read_fields(d, o, ret);
	read_contacts(d, o, ret);
	return OK;
}

static enum err make_named(struct demo *d, const char *list_name, bool staff) {
	const struct json *list = json_member(d->root, list_name);
	for (size_t i = 0; i < json_length(list); i++) {
		const struct json *o = json_item(list, i);
		struct person_input in;
		struct person_id id;
		TRY(read_person(d, o, staff, &in));
		TRY(people_create(d->db, d->a, (struct person_id){0}, &in, &id));
		TRY(access_add_login(d->db, d->a, id, demo_text(o, "email"), d->hash));
		d->named[d->named_count++] = (struct demo_person){.key = demo_text(o, "key"), .id = id};
	}
	return OK;
}

static enum err make_team(struct demo *d, const struct json *o) {
	const struct json *members = json_member(o, "members");
	struct person_id nobody = {0}, who;
	struct team_id team;
	TRY(team_make(d->db, d->a, nobody, demo_text(o, "name"), &team));
	for (size_t i = 0; i < json_length(members); i++) {
		TRY(demo_who(d, json_item(members, i), &who));
		TRY(team_move(d->db, nobody, who, (struct team_id){0}, team));
	}
	return OK;
}

/* One of the towns, by their shares. */
static const struct json *pick_town(struct demo *d, const struct json *towns) {
	int64_t all = 0;
	for (size_t i = 0; i < json_length(towns); i++) all += demo_int(json_item(towns, i), "share", 1);
	int64_t at = demo_random(d, (uint32_t)(all > 0 ? all : 1));
	for (size_t i = 0; i < json_length(towns); i++) {
		at -= demo_int(json_item(towns, i), "share", 1);
		if (at < 0) return json_item(towns, i);
	}
	return NULL;
}

static struct str pick_text(struct demo *d, const struct json *list) {
	struct str s = STR("");
	json_get_str(json_item(list, demo_random(d, (uint32_t)json_length(list))), &s);
	return s;
}

static enum err make_neighbour(struct demo *d, const struct json *crowd, size_t i) {
	const struct json *town = pick_town(d, json_member(crowd, "towns"));
	struct str first = pick_text(d, json_member(crowd, "first")), last = pick_text(d, json_member(crowd, "last"));
	struct contact_input home = {.label = STR(""), .value = demo_text(town, "name")};
	struct person_input in = {
		.name = str_fmt(d->a, STR_FMT " " STR_FMT, STR_ARG(first), STR_ARG(last)), .place_given = true,
		.worth_minor = {true, (1800 + (int64_t)demo_random(d, 7000)) * 12},
	};
	/* within a few kilometres of the town */
	in.lat = demo_real(town, "lat", NAN) + ((int)demo_random(d, 4000) - 2000) / 1e5;
	in.lon = demo_real(town, "lon", NAN) + ((int)demo_random(d, 6000) - 3000) / 1e5;
	if (town != NULL) in.contact[CONTACT_ADDRESS] = (struct contact_inputs){.given = true, .v = &home, .n = 1};
	return people_create(d->db, d->a, (struct person_id){0}, &in, &d->crowd[i]);
}

enum err demo_people(struct demo *d) {
	size_t staff = json_length(json_member(d->root, "staff")), customers = json_length(json_member(d->root, "customers"));
	const struct json *crowd = json_member(d->root, "crowd");
	int64_t count = demo_int(crowd, "count", 0);
	if (count < 0 || count > 5000 || json_length(json_member(crowd, "first")) == 0 ||
	    json_length(json_member(crowd, "last")) == 0)
		return demo_fault(d, "needs a count of up to 5,000, first and last names", STR("crowd"));
	d->crowd_count = (size_t)count;
	d->named = NEW_ARRAY(d->a, struct demo_person, staff + customers);
	d->crowd = NEW_ARRAY(d->a, struct person_id, d->crowd_count);
	TRY(make_named(d, "staff", true));
	const struct json *teams = json_member(d->root, "teams");
	for (size_t i = 0; i < json_length(teams); i++) TRY(make_team(d, json_item(teams, i)));
	clock_set(demo_ago(d, 800));
	TRY(make_named(d, "customers", false));
	for (size_t i = 0; i < d->crowd_count; i++) {
		clock_set(demo_ago(d, 780 - 500.0 * (double)i / (double)d->crowd_count));
		TRY(make_neighbour(d, crowd, i));
	}
	return OK;
}
