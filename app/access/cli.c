/* rialto user, passwd, token: people with a login, from the command line. */
#include "access/login.h"
#include "base/cli.h"
#include "base/log.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "db/db.h"
#include "event/event.h"
#include "text/json.h"
#include "text/utf8.h"
#include <stdio.h>

#define BASE_URL "http://127.0.0.1:8080"

struct work {
	struct cli *c;
	struct login_row row;
	struct str name, email, customer_no, role, label, password_hash;
	const char *kind;          /* of the link that is made when there is no password */
	struct str token;
	struct person_id id;
	bool disabled;
	const char *why;
};

static bool is_email(struct str s) {
	ptrdiff_t at = str_find(s, '@');
	return at > 0 && s.n <= 254 && str_find(str_from(s, (size_t)at + 1), '.') > 0 && str_find(s, ' ') < 0;
}

static int failed(struct cli *c, const struct work *w, enum err e) {
	return cli_fail(c, "%s", w->why != NULL ? w->why : err_sentence(e));
}

/* The person with this email or customer number. */
static enum err find(struct cli *c, const char *who, struct login_row *ret) {
	struct db *db;
	bool found;
	TRY(store_reader(c->store, &db));
	enum err e = login_find(db, c->a, utf8_line(c->a, str_c(who)), ret, &found);
	db_close(db);
	return e == OK && !found ? ERR_NOT_FOUND : e;
}

static int not_found(struct cli *c, const char *who, enum err e) {
	if (e == ERR_NOT_FOUND) return cli_fail(c, "nobody logs in as %s. See: rialto user list", who);
	return cli_fail(c, "%s", err_sentence(e));
}

/* With --password-stdin the hash of the first line, else STR_NONE. EXIT_DONE when fine. */
static int read_password(struct cli *c, bool from_stdin, struct str email, struct str name, struct str *ret_hash) {
	*ret_hash = STR_NONE;
	if (!from_stdin) return EXIT_DONE;
	struct str password = access_password_text(c->a, cli_stdin_line(c));
	if (str_empty(password)) return cli_fail(c, "there is no password on the standard input");
	const char *fault = password_fault(password, email, name);
	if (fault != NULL) return cli_fail(c, "%s", fault);
	enum err e = password_hash(c->a, password, ret_hash);
	return e == OK ? EXIT_DONE : cli_fail(c, "%s", err_sentence(e));
}

static void print_json(struct buf *b) {
	printf(STR_FMT "\n", STR_ARG(buf_str(b)));
	buf_done(b);
}

/* ------------------------------------------------------------------ user add */

static enum err write_person(struct db *db, void *arg) {
	struct work *w = arg;
	struct arena *a = w->c->a;
	struct login_row other;
	bool found, staff = !str_is(w->role, "customer");
	usec_t now = clock_now();
	struct str words = w->name, first = str_cut(&words, ' '), last = first;
	while (!str_empty(words)) last = str_cut(&words, ' ');
	struct str letter = utf8_first(last, 1), public_name = w->name;
	if (!staff && last.p != first.p) public_name = str_fmt(a, STR_FMT " " STR_FMT ".", STR_ARG(first), STR_ARG(letter));
	if (!str_none(w->customer_no)) {
		TRY(sql_login_by_number(db, a, w->customer_no, &other, &found));
		w->why = "somebody has this customer number already";
		if (found) return ERR_CONFLICT;
	}
	TRY(sql_person_add_with_login(db, staff ? STR("staff") : STR("customer"), w->role, w->name, public_name,
	                              w->customer_no, now, &w->id));
	w->why = "somebody logs in with this email already";
	TRY(access_add_login(db, a, w->id, w->email, w->password_hash));
	w->why = NULL;
	TRY(sql_email_add(db, w->id, w->email, access_fold_email(a, w->email), now, NULL));
	if (str_none(w->password_hash)) TRY(access_link(db, a, w->id, "claim", w->email, CLAIM_LIVES, &w->token));
	TRY(access_audit(db, (struct person_id){0}, "person_made", "person", w->id.v, STR_NONE, STR("rialto user add")));
	struct event e = {.verb = "create", .object_kind = "person", .object_id = w->id.v,
	                  .audience = staff ? AUDIENCE_PUBLIC : AUDIENCE_STAFF, .data = STR("{}")};
	return event_append(db, &e, NULL);
}

static void say_added(struct cli *c, const struct work *w, const char *base_url) {
	struct str link = str_none(w->token) ? STR_NONE : str_fmt(c->a, "%s/claim/" STR_FMT, base_url, STR_ARG(w->token));
	if (c->json) {
		struct buf b;
		buf_init(&b, 16384);
		struct json_out o = json_out(&b);
		json_put_object(&o);
		json_put_key(&o, "id"), json_put_int(&o, w->id.v);
		json_put_key(&o, "name"), json_put_str(&o, w->name);
		json_put_key(&o, "email"), json_put_str(&o, w->email);
		json_put_key(&o, "role"), json_put_str(&o, w->role);
		json_put_key(&o, "customer_no"), json_put_str(&o, w->customer_no);
		json_put_key(&o, "link"), json_put_str(&o, link);
		json_put_end(&o);
		print_json(&b);
	} else if (str_none(link)) cli_talk(STR_FMT " can log in as " STR_FMT, STR_ARG(w->name), STR_ARG(w->email));
	else {
		cli_talk(STR_FMT " chooses a password here, once, within 30 days:", STR_ARG(w->name));
		printf(STR_FMT "\n", STR_ARG(link));
	}
}

static int user_add(struct cli *c) {
	const char *name = cli_option(c, "--name"), *email = cli_option(c, "--email"), *role = cli_option(c, "--role");
	const char *number = cli_option(c, "--customer-no"), *base_url = cli_option(c, "--base-url");
	bool from_stdin = cli_flag(c, "--password-stdin");
	if (!cli_operands(c, 1, 1)) return EXIT_USAGE;
	enum role r;
	if (name == NULL || email == NULL || role == NULL) return cli_usage(c, "--name, --email and --role are needed");
	if (!role_find(str_c(role), &r)) return cli_usage(c, "--role is one of owner, manager, agent, analyst, customer");
	struct work w = {.c = c, .name = utf8_line(c->a, str_c(name)), .email = utf8_line(c->a, str_c(email)),
	                 .role = str_c(role)};
	w.customer_no = number == NULL ? STR_NONE : utf8_line(c->a, str_c(number));
	if (w.name.n == 0 || w.name.n > 200) return cli_usage(c, "--name wants a name of at most 200 bytes");
	if (!is_email(w.email)) return cli_usage(c, "--email wants an address such as anna@firm.example");
	if (number != NULL && (w.customer_no.n == 0 || w.customer_no.n > 100))
		return cli_usage(c, "--customer-no wants a number");
	int code = read_password(c, from_stdin, w.email, w.name, &w.password_hash);
	if (code != EXIT_DONE) return code;
	enum err e = store_write(c->store, write_person, &w);
	if (e != OK) return failed(c, &w, e);
	say_added(c, &w, base_url != NULL ? base_url : BASE_URL);
	return EXIT_DONE;
}

/* ----------------------------------------------------------------- user list */

struct listing {
	struct cli *c;
	struct json_out *o;
	int n;
};

static enum err list_one(void *arg, const struct login_list_row *r) {
	struct listing *l = arg;
	l->n++;
	if (l->o == NULL) {
		struct str seen = r->seen_at == 0 ? STR("never") : time_rfc3339(l->c->a, r->seen_at);
		printf("%-6lld %-9.*s %-32.*s %-10.*s %-20.20s %.*s%s\n", (long long)r->id.v, STR_ARG(r->role), STR_ARG(r->email),
		       STR_ARG(r->customer_no), seen.p, STR_ARG(r->name), r->disabled ? " (disabled)" : "");
		return OK;
	}
	buf_clear(l->o->b);
	*l->o = json_out(l->o->b);
	json_put_object(l->o);
	json_put_key(l->o, "id"), json_put_int(l->o, r->id.v);
	json_put_key(l->o, "name"), json_put_str(l->o, r->name);
	json_put_key(l->o, "email"), json_put_str(l->o, r->email);
	json_put_key(l->o, "role"), json_put_str(l->o, r->role);
	json_put_key(l->o, "customer_no"), json_put_str(l->o, r->customer_no);
	json_put_key(l->o, "disabled"), json_put_bool(l->o, r->disabled);
	json_put_key(l->o, "seen_at"), json_put_str(l->o, r->seen_at == 0 ? STR_NONE : time_rfc3339(l->c->a, r->seen_at));
	json_put_end(l->o);
	printf("%s" STR_FMT, l->n == 1 ? "[" : ",\n ", STR_ARG(buf_str(l->o->b)));
	return OK;
}

static int user_list(struct cli *c) {
	if (!cli_operands(c, 1, 1)) return EXIT_USAGE;
	struct db *db;
	struct buf b;
	enum err e = store_reader(c->store, &db);
	if (e != OK) return cli_fail(c, "%s", err_sentence(e));
	buf_init(&b, 65536);
	struct json_out o = json_out(&b);
	struct listing l = {.c = c, .o = c->json ? &o : NULL};
	e = sql_login_each(db, list_one, &l);
	db_close(db);
	buf_done(&b);
	if (c->json) printf(l.n == 0 ? "[]\n" : "]\n");
	return e == OK ? EXIT_DONE : cli_fail(c, "%s", err_sentence(e));
}

/* ------------------------------------------------------- user disable, enable */

static enum err disable(struct db *db, void *arg) {
	struct work *w = arg;
	int64_t owners, changed;
	TRY(sql_owners_left(db, w->row.id, &owners));
	w->why = "this is the last owner; make another one first";
	if (w->disabled && str_is(w->row.role, "owner") && owners == 0) return ERR_CONFLICT;
	w->why = NULL;
	TRY(sql_person_disable(db, w->row.id, w->disabled, clock_now(), &changed));
	if (w->disabled) TRY(access_end_sessions(db, w->row.id));
	if (changed == 0) return OK;
	const char *action = w->disabled ? "person_disabled" : "person_enabled";
	struct str by = w->disabled ? STR("rialto user disable") : STR("rialto user enable");
	TRY(access_audit(db, (struct person_id){0}, action, "person", w->row.id.v, STR_NONE, by));
	bool staff = !str_is(w->row.role, "customer"); /* every kept page may show a colleague */
	struct event e = {.verb = "update", .object_kind = "person", .object_id = w->row.id.v,
	                  .target_kind = staff ? "business" : NULL, .target_id = staff ? 1 : 0,
	                  .audience = staff ? AUDIENCE_PUBLIC : AUDIENCE_STAFF, .data = STR("{\"fields\":[\"disabled\"]}")};
	return event_append(db, &e, NULL);
}

static int user_disable(struct cli *c, bool disabled) {
	if (!cli_operands(c, 2, 2)) return EXIT_USAGE;
	struct work w = {.c = c, .disabled = disabled};
	enum err e = find(c, c->argv[2], &w.row);
	if (e != OK) return not_found(c, c->argv[2], e);
	e = store_write(c->store, disable, &w);
	if (e != OK) return failed(c, &w, e);
	if (c->json) printf("{\"id\":%lld,\"disabled\":%s}\n", (long long)w.row.id.v, disabled ? "true" : "false");
	else cli_talk(disabled ? STR_FMT " can no longer log in" : STR_FMT " can log in again", STR_ARG(w.row.name));
	return EXIT_DONE;
}

int user_command(struct cli *c) {
	const char *what = c->argc > 1 ? c->argv[1] : "";
	if (strcmp(what, "add") == 0) return user_add(c);
	if (strcmp(what, "list") == 0) return user_list(c);
	if (strcmp(what, "disable") == 0) return user_disable(c, true);
	if (strcmp(what, "enable") == 0) return user_disable(c, false);
	return cli_usage(c, "say what to do: add, list, disable or enable");
}

/* ------------------------------------------------------------------- passwd */

static enum err set_password(struct db *db, void *arg) {
	struct work *w = arg;
	TRY(access_audit(db, (struct person_id){0}, "password_set", "person", w->row.id.v, STR_NONE, STR("rialto passwd")));
	TRY(access_end_sessions(db, w->row.id));
	TRY(access_tell(db, w->c->a, w->row.id, str_none(w->password_hash) ? LOGIN_ENDED : LOGIN_PASSWORD, STR("")));
	TRY(sql_failure_forget(db, login_account_key(w->c->a, true, w->row.id, STR("")), NULL));
	if (str_none(w->password_hash)) return access_link(db, w->c->a, w->row.id, "login", STR_NONE, LOGIN_LIVES, &w->token);
	TRY(sql_links_end(db, w->row.id, STR("reset"), NULL));
	return password_set(db, w->c->a, w->row.id, w->password_hash);
}

int passwd_command(struct cli *c) {
	const char *base_url = cli_option(c, "--base-url");
	bool from_stdin = cli_flag(c, "--password-stdin");
	if (!cli_operands(c, 1, 1)) return EXIT_USAGE;
	struct work w = {.c = c};
	enum err e = find(c, c->argv[1], &w.row);
	if (e != OK) return not_found(c, c->argv[1], e);
	if (w.row.disabled_at != 0) return cli_fail(c, "%s is disabled", c->argv[1]);
	int code = read_password(c, from_stdin, w.row.email, w.row.name, &w.password_hash);
	if (code != EXIT_DONE) return code;
	e = store_write(c->store, set_password, &w);
	if (e != OK) return failed(c, &w, e);
	struct str link = STR_NONE;
	if (base_url == NULL) base_url = BASE_URL;
	if (!str_none(w.token)) link = str_fmt(c->a, "%s/login/" STR_FMT, base_url, STR_ARG(w.token));
	if (c->json) {
		const char *form = str_none(link) ? "{\"id\":%lld,\"link\":null}\n" : "{\"id\":%lld,\"link\":\"%s\"}\n";
		printf(form, (long long)w.row.id.v, link.p);
	} else if (str_none(link)) {
		cli_talk("the password of " STR_FMT " is set, and every device is logged out", STR_ARG(w.row.name));
	} else {
		cli_talk(STR_FMT " is logged out everywhere, and comes in here, once, within a day, to choose a new password:",
		         STR_ARG(w.row.name));
		printf(STR_FMT "\n", STR_ARG(link));
	}
	return EXIT_DONE;
}

/* -------------------------------------------------------------------- token */

static enum err make_token(struct db *db, void *arg) {
	struct work *w = arg;
	struct token_id id;
	usec_t now = clock_now();
	TRY(sql_token_put(db, STR("api"), token_hash(w->c->a, w->token), w->row.id, w->label, STR(""), now,
	                  now + API_TOKEN_LIVES, &id));
	return access_audit(db, (struct person_id){0}, "token_made", "person", w->row.id.v, STR_NONE, w->label);
}

int token_command(struct cli *c) {
	const char *who = cli_option(c, "--person"), *label = cli_option(c, "--label");
	if (!cli_operands(c, 0, 0)) return EXIT_USAGE;
	if (who == NULL) return cli_usage(c, "--person wants an email");
	struct work w = {.c = c, .label = utf8_fit(utf8_line(c->a, str_c(label != NULL ? label : "rialto token")), 80)};
	enum err e = find(c, who, &w.row);
	if (e != OK) return not_found(c, who, e);
	if (w.row.disabled_at != 0) return cli_fail(c, "%s is disabled", who);
	w.token = token_new(c->a);
	e = store_write(c->store, make_token, &w);
	if (e != OK) return failed(c, &w, e);
	printf(c->json ? "{\"token\":\"%s\"}\n" : "%s\n", w.token.p);
	return EXIT_DONE;
}
