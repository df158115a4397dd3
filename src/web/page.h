#ifndef WEB_PAGE_H
#define WEB_PAGE_H
/* What every page knows besides its own view: the firm, the reader, the language, where one is. Templates reach it as `p`. */
#include "base/ids.h"
#include "base/values.h"
#include "text/hours.h"

enum role { ROLE_NONE, ROLE_CUSTOMER, ROLE_AGENT, ROLE_ANALYST, ROLE_MANAGER, ROLE_OWNER };
const char *role_word(enum role r);
bool role_find(struct str word, enum role *ret);

/* Who asks. id 0: a visitor. */
struct actor {
	struct person_id id;
	enum role role;
	bool is_staff;
	bool by_token;                 /* a bearer token, not a browser */
	struct token_id token;
	struct str name;               /* the full name */
	struct str public_name;
	struct file_id photo;
	struct str locale, zone;
	int64_t notices;               /* unread */
	int64_t messages;              /* conversations between two with something unread */
	struct str session;            /* hash of the session, what CSRF tokens are made for */
};

struct business {
	struct str pack, name, claim, street_address, mail_address, phone, email, web, hours, colour;
	struct file_id logo;
	struct str locale, zone, currency;
	double lat, lon;               /* NAN: none */
	int64_t map_zoom;
	struct str map_link, tile_url, mail_from, smtp_url, smtp_user, smtp_secret;
	int64_t version;
	bool keeps_records;            /* its pack has types of them */
	struct hours open;             /* its working hours and holidays */
	struct str holidays, yearly;   /* of which: the lines as they were typed, and the words of the known ones */
};

struct field_error {
	struct str field, message;
};
struct field_error_list {
	struct field_error *v;
	size_t n;
};

struct page {
	const struct business *firm;
	struct actor me;
	const struct locale *locale;
	struct str lang;               /* "en" */
	struct str title;              /* plain text */
	struct str path;               /* of this page, for ?back= */
	struct str nav;                /* the word of the menu item this page stands under */
	struct str theme;              /* light, dark or empty */
	struct str csrf;               /* empty for visitors */
	struct str said;               /* a sentence that the last action left, or none */
	struct str fault;              /* why the form was not taken, or none */
	struct field_error_list errors;
	struct str live;               /* topics the page listens to, or none */
	int64_t seen;                  /* the log's position that the page was made at: /live goes on from there */
	struct str script;             /* "map" when the page shows a map, "today" for its keys, else none */
	struct str wide;               /* "desk" for the staff's wide pages */
	bool logged_in, staff, manager, owner, analyst;
};

#endif
