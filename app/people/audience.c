#include "people/audience.h"
#include "text/locale.h"

const struct profile_field profile_fields[] = {
	/* people.sql (contact_shows) says the same of email and phone */
	{"name",      T("Full name"),                  FOR_STAFF, FOR_PUBLIC, true},
	{"photo",     T("Photo"),                      FOR_STAFF, FOR_PUBLIC, true},
	{"title",     T("What you do"),                FOR_STAFF, FOR_PUBLIC, false},
	{"about",     T("About you"),                  FOR_STAFF, FOR_PUBLIC, false},
	{"languages", T("Languages"),                  FOR_STAFF, FOR_PUBLIC, false},
	{"hours",     T("Best time"),                  FOR_STAFF, FOR_PUBLIC, false},
	{"email",     T("Email"),                      FOR_STAFF, FOR_STAFF,  false},
	{"phone",     T("Phone"),                      FOR_STAFF, FOR_STAFF,  false},
	{"address",   T("Address"),                    FOR_STAFF, FOR_STAFF,  false},
	{"birthday",  T("Birthday"),                   FOR_STAFF, FOR_ME,     false},
	{"channel",   T("How you like to be reached"), FOR_STAFF, FOR_STAFF,  false},
	{"field.",    T("More about you"),             FOR_STAFF, FOR_STAFF,  false},
};
const int profile_field_count = sizeof profile_fields / sizeof *profile_fields;

const struct profile_field *profile_field_find(struct str name) {
	bool packs = str_starts(name, STR("field.")) && name.n > sizeof "field." - 1;
	for (int i = 0; i < profile_field_count; i++)
		if (packs ? strcmp(profile_fields[i].name, "field.") == 0 : str_is(name, profile_fields[i].name))
			return strcmp(profile_fields[i].name, "field.") == 0 && !packs ? NULL : &profile_fields[i];
	return NULL;
}

static const char *const words[] = {
	[FOR_ME] = "me", [FOR_CONTACT] = "contact", [FOR_STAFF] = "staff", [FOR_PUBLIC] = "public",
};

const char *field_audience_word(enum field_audience a) { return words[a]; }

bool field_audience_find(struct str word, enum field_audience *ret) {
	for (int i = FOR_ME; i <= FOR_PUBLIC; i++)
		if (str_is(word, words[i])) {
			*ret = (enum field_audience)i;
			return true;
		}
	return false;
}

bool field_audience_may(const struct profile_field *f, enum field_audience a) { return !f->wide || a >= FOR_STAFF; }

enum field_audience field_audience_default(const struct profile_field *f, bool of_staff) {
	return of_staff ? f->of_staff : f->of_customer;
}

const char *field_audience_icon(enum field_audience a) {
	static const char *const icons[] = {
		[FOR_ME] = "lock", [FOR_CONTACT] = "user", [FOR_STAFF] = "users", [FOR_PUBLIC] = "globe",
	};
	return icons[a];
}

const char *field_audience_label(enum field_audience a, bool own) {
	switch (a) {
	case FOR_ME: return own ? T("Only you") : T("Only they");
	case FOR_CONTACT: return own ? T("Your contact person") : T("Their contact person");
	case FOR_STAFF: return own ? T("The firm") : T("Our staff");
	case FOR_PUBLIC: return T("Everyone");
	}
	return "";
}
