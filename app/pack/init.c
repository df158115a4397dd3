/* An empty business for a real firm: its row, and an owner who can log in. What the command line does not ask is
 * guessed from the machine and changed later under Settings. */
#include "access/access.h"
#include "crypto/password.h"
#include "event/event.h"
#include "pack/demo.h"
#include "pack/pack.h"
#include "people/people.h"
#include "sql/firm.h"
#include "text/utf8.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct init {
	struct arena *a;
	const struct pack *pack;
	struct str name, email, hash, locale, zone;
	bool taken;
	struct str link;
};

/* anna.keller@firm.example → Anna Keller */
static struct str name_from_email(struct arena *a, struct str email) {
	struct str s = str_copy(a, str_first(email, (size_t)str_find(email, '@')));
	char *p = (char *)s.p;
	bool first = true;
	for (size_t i = 0; i < s.n; i++) {
		if (p[i] == '.' || p[i] == '_' || p[i] == '-' || p[i] == '+') p[i] = ' ';
		else if (first && p[i] >= 'a' && p[i] <= 'z') p[i] = (char)(p[i] - 'a' + 'A');
		first = p[i] == ' ';
	}
	s = utf8_line(a, s);
	return str_empty(s) ? STR("Admin") : s;
}

static struct str machine_language(void) {
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	enum lang l = LANG_EN;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *v = getenv(names[i]);
		if (v == NULL || v[0] == 0) continue;
		if (!lang_find(str_c(v), &l)) l = LANG_EN;
		break;
	}
	return str_c(lang_code(l));
}

static struct str machine_zone(struct arena *a) {
	const char *tz = getenv("TZ");
	if (tz != NULL && zone_find(str_c(tz)) != NULL) return str_c(tz);
	char path[512];
	ssize_t n = readlink("/etc/localtime", path, sizeof path);
	struct str s = n > 0 ? str_n(path, (size_t)n) : STR("");
	for (size_t i = 0; i + 10 < s.n; i++)
		if (str_starts(str_from(s, i), STR("/zoneinfo/"))) {
			struct str name = str_copy(a, str_from(s, i + 10));
			if (zone_find(name) != NULL) return name;
		}
	return STR("UTC");
}

static enum err make_business(struct db *db, void *arg) {
	struct init *in = arg;
	int64_t have;
	TRY(sql_firm_count(db, &have));
	if (have > 0) {
		in->taken = true;
		return ERR_CONFLICT;
	}
	struct str none = STR("");
	TRY(sql_firm_put(db, in->pack->name, in->name, none, none, none, none, in->email, none, none, STR("#00707f"),
	                 (struct file_id){0}, in->locale, in->zone, STR("EUR"), (double)NAN, (double)NAN, 6, none, none, none, clock_now()));
	TRY(pack_keep(db, in->pack));
	struct event e = {
		.verb = "create", .object_kind = "business", .object_id = 1, .audience = AUDIENCE_PUBLIC, .data = STR("{}")};
	TRY(event_append(db, &e, NULL));
	struct contact_input email = {.label = STR(""), .value = in->email};
	struct person_input p = {.kind = STR("staff"), .role = STR("owner"), .name = name_from_email(in->a, in->email)};
	p.contact[CONTACT_EMAIL] = (struct contact_inputs){.given = true, .v = &email, .n = 1};
	struct person_id id;
	TRY(people_create(db, in->a, (struct person_id){0}, &p, &id));
	TRY(access_add_login(db, in->a, id, in->email, in->hash));
	if (!str_none(in->hash)) return OK;
	struct str token;
	TRY(access_link(db, in->a, id, "login", in->email, LOGIN_LIVES, &token));
	in->link = str_fmt(in->a, "http://127.0.0.1:8080/login/" STR_FMT, STR_ARG(token));
	return OK;
}

static bool looks_like_email(struct str s) {
	ptrdiff_t at = str_find(s, '@');
	return at > 0 && (size_t)at + 1 < s.n && s.n <= 200 && utf8_valid(s) && str_find(s, ' ') < 0 &&
	       str_find(str_from(s, (size_t)at + 1), '@') < 0;
}

static int read_options(struct cli *c, struct init *ret, bool *ret_stdin) {
	const char *pack = cli_option(c, "--pack"), *name = cli_option(c, "--name"), *admin = cli_option(c, "--admin");
	*ret_stdin = cli_flag(c, "--password-stdin");
	if (pack == NULL || name == NULL || admin == NULL) return cli_usage(c, "--pack, --name and --admin are all needed");
	struct str why = STR("");
	if (pack_wanted(c->a, pack, &ret->pack, &why) != OK) return cli_usage(c, STR_FMT, STR_ARG(why));
	ret->name = utf8_line(c->a, str_c(name));
	if (str_empty(ret->name) || ret->name.n > 200) return cli_usage(c, "--name wants the firm's name, of up to 200 bytes");
	ret->email = str_trim(str_c(admin));
	if (!looks_like_email(ret->email)) return cli_usage(c, "--admin wants an email address, such as anna@firm.example");
	ret->locale = machine_language();
	ret->zone = machine_zone(c->a);
	return EXIT_DONE;
}

static int read_password(struct cli *c, struct init *in) {
	struct str password = cli_stdin_line(c);
	if (str_none(password)) return cli_fail(c, "there is no password on stdin");
	password = access_password_text(c->a, password);
	const char *fault = password_fault(password, in->email, STR_NONE);
	if (fault != NULL) return cli_fail(c, "%s", fault);
	if (password_hash(c->a, password, &in->hash) != OK)
		return cli_fail(c, "there is not enough memory to keep the password safely");
	return EXIT_DONE;
}

int init_command(struct cli *c) {
	struct init in = {.a = c->a, .hash = STR_NONE};
	bool from_stdin;
	int code = read_options(c, &in, &from_stdin);
	if (code == EXIT_DONE && from_stdin) code = read_password(c, &in);
	if (code != EXIT_DONE) return code;
	if (!cli_operands(c, 0, 0)) return EXIT_USAGE;
	struct str why = STR("");
	int have, newest, done;
	enum err e = store_version(c->store, &have, &newest);
	if (e == OK && have < newest) e = store_migrate(c->store, c->a, &done, &why);
	if (e == OK) e = store_write(c->store, make_business, &in);
	if (in.taken) return cli_fail(c, "there is a business in this store already. Choose another --home or --database");
	if (e != OK) return cli_fail(c, STR_FMT, STR_ARG(str_empty(why) ? str_c(err_sentence(e)) : why));
	cli_talk(STR_FMT " is ready. Serve it with: rialto serve --home %s", STR_ARG(in.name), c->home);
	if (str_empty(in.link)) cli_talk("Log in as " STR_FMT, STR_ARG(in.email));
	else {
		cli_talk("Log in with this link, once, within a day."
		         " Served at another address, the part behind the host stays the same:");
		printf(STR_FMT "\n", STR_ARG(in.link));
	}
	return EXIT_DONE;
}
