#ifndef PEOPLE_FORM_H
#define PEOPLE_FORM_H
/* Within people only: what a form or program says about a person, before anything of it is believed. */
#include "people/view.h"

/* The inputs of the routes that make and change people, which are all named alike. */
struct given {
	struct str kind, role, name, public_name, customer_no, title, about, languages, hours, birthday, channel, locale,
		zone, staff_notes;
	struct str tag_line;
	struct opt_int contact_id;
	double lat, lon;
	bool form;
	struct text_list of[CONTACT_KINDS], label[CONTACT_KINDS], order[CONTACT_KINDS];
	struct text_list tags, field_name, field_value, audience_field, audience;
};

#define GIVEN(in)                                                                                                     \
	((struct given){                                                                                                 \
		.kind = (in)->kind, .role = (in)->role, .name = (in)->name, .public_name = (in)->public_name,                \
		.customer_no = (in)->customer_no, .title = (in)->title, .about = (in)->about, .languages = (in)->languages,  \
		.hours = (in)->hours, .birthday = (in)->birthday, .channel = (in)->channel, .locale = (in)->locale,          \
		.zone = (in)->zone, .staff_notes = (in)->staff_notes, .tag_line = (in)->tag_line,                            \
		.contact_id = (in)->contact_id, .lat = (in)->place.lat, .lon = (in)->place.lon, .form = (in)->given,         \
		.of = {(in)->emails, (in)->phones, (in)->addresses},                                                         \
		.label = {(in)->email_labels, (in)->phone_labels, (in)->address_labels},                                     \
		.order = {(in)->email_order, (in)->phone_order, (in)->address_order},                                        \
		.tags = (in)->tags, .field_name = (in)->field_name, .field_value = (in)->field_value})

/* Checks all of it for this actor: had is whom it is to change, NULL for someone new. What is wrong is noted beside
 * its field. errors INVALID */
MUST_USE enum err given_check(struct req *q, const struct given *g, const struct kept *had, struct person_input *ret);

/* The rows as typed, in their order, without empty ones. */
struct contact_inputs given_contacts(struct arena *a, const struct given *g, enum contact_kind kind);

#endif
