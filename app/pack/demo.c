/* The demo's past is replayed: people join and say things in the order of time, with the clock set back to each
 * moment, so that
 * the log and every page tell it as if it had happened. One transaction; the same in every run but for the day it
 * ends on. */
#include "pack/demo.h"
#include "access/access.h"
#include "crypto/password.h"
#include "db/files.h"
#include "event/event.h"
#include "pack/demo_int.h"
#include "sql/firm.h"
#include <math.h>
#include <stdlib.h>

#define PASSWORD "rialto-demo"
#define SEED 1596

enum err demo_fault(struct demo *d, const char *what, struct str where) {
	d->why = str_fmt(d->a, "packs/" STR_FMT "/demo.json: %s: " STR_FMT, STR_ARG(d->pack->name), what, STR_ARG(where));
	return ERR_INVALID;
}

struct str demo_text(const struct json *o, const char *name) {
	struct str s = STR("");
	json_get_str(json_member(o, name), &s);
	return s;
}

double demo_real(const struct json *o, const char *name, double otherwise) {
	json_get_real(json_member(o, name), &otherwise);
	return otherwise;
}

int64_t demo_int(const struct json *o, const char *name, int64_t otherwise) {
	json_get_int(json_member(o, name), &otherwise);
	return otherwise;
}

usec_t demo_ago(const struct demo *d, double days) {
	return d->now - (usec_t)(days * (double)DAYS(1));
}

uint32_t demo_random(struct demo *d, uint32_t below) {
	uint64_t z = d->seed += 0x9e3779b97f4a7c15; /* splitmix64 */
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (uint32_t)((z ^ (z >> 31)) % below);
}

enum err demo_file(struct demo *d, struct str name, struct file_id *ret) {
	*ret = (struct file_id){0};
	if (str_empty(name)) return OK;
	struct str bytes = pack_file(d->pack, str_fmt(d->a, "img/" STR_FMT, STR_ARG(name)).p);
	if (str_none(bytes)) return demo_fault(d, "there is no such picture", name);
	struct str type = str_ends(name, STR(".png")) ? STR("image/png") : STR("image/webp");
	return file_put(d->db, name, type, bytes, ret);
}

enum err demo_who(struct demo *d, const struct json *who, struct person_id *ret) {
	struct str key;
	int64_t n;
	if (json_get_int(who, &n)) {
		if (n < 0 || (size_t)n >= d->crowd_count)
			return demo_fault(d, "the crowd is smaller than", str_fmt(d->a, "%lld", (long long)n));
		*ret = d->crowd[n];
		return OK;
	}
	if (!json_get_str(who, &key)) return demo_fault(d, "somebody is missing", STR("author or by"));
	for (size_t i = 0; i < d->named_count; i++)
		if (str_eq(d->named[i].key, key)) {
			*ret = d->named[i].id;
			return OK;
		}
	return demo_fault(d, "nobody is called", key);
}

void demo_plan(struct demo *d, struct deed deed) {
	if (d->deeds == d->deed_room) {
		size_t room = d->deed_room ? d->deed_room * 2 : 1024;
		struct deed *v = NEW_ARRAY(d->a, struct deed, room);
		if (d->deeds > 0) memcpy(v, d->deed, d->deeds * sizeof *v);
		d->deed = v;
		d->deed_room = room;
	}
	d->deed[d->deeds++] = deed;
}

usec_t demo_by_day(struct demo *d, usec_t at, usec_t not_before) {
	int hour = zone_local(d->zone, at).hour;
	usec_t day = hour >= 8 && hour < 19 ? at : at - HOURS((hour + 24 - 17) % 24);
	return day > not_before ? day : at;
}

static int by_time(const void *x, const void *y) {
	const struct deed *a = x, *b = y;
	if (a->at != b->at) return a->at < b->at ? -1 : 1;
	if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
	return (a->conversation > b->conversation) - (a->conversation < b->conversation);
}

static enum err do_all(struct demo *d) {
	struct conversation_id *id = NEW_ARRAY(d->a, struct conversation_id, d->conversations);
	if (d->deeds > 0) qsort(d->deed, d->deeds, sizeof *d->deed, by_time);
	for (size_t i = 0; i < d->deeds; i++) {
		const struct deed *deed = &d->deed[i];
		clock_set(deed->at);
		struct conversation_id in = deed->conversation < d->conversations ? id[deed->conversation] : (struct conversation_id){0};
		if (deed->kind == DEED_TASK) TRY(demo_do_task(d, deed));
		else if (deed->promise != NULL) TRY(demo_do_promise(d, deed, in));
		else if (deed->room != NULL) TRY(demo_do_room(d, deed));
		else TRY(deed->record != NULL ? demo_do_record(d, deed, id) : demo_do_talk(d, deed, &id[deed->conversation]));
	}
	return OK;
}

static enum err make_firm(struct demo *d) {
	const struct json *b = json_member(d->root, "business");
	struct file_id logo;
	TRY(demo_file(d, demo_text(b, "logo"), &logo));
	TRY(sql_firm_put(d->db, d->pack->name, demo_text(b, "name"), demo_text(b, "claim"), demo_text(b, "street_address"),
	                 demo_text(b, "mail_address"), demo_text(b, "phone"), demo_text(b, "email"), demo_text(b, "web"),
	                 demo_text(b, "hours"), demo_text(b, "colour"), logo, demo_text(b, "locale"), demo_text(b, "zone"),
	                 demo_text(b, "currency"), demo_real(b, "lat", NAN), demo_real(b, "lon", NAN),
	                 demo_int(b, "map_zoom", 6), demo_text(b, "week"), demo_text(b, "holidays"), demo_text(b, "yearly"), clock_now()));
	TRY(pack_keep(d->db, d->pack));
	struct event e = {
		.verb = "create", .object_kind = "business", .object_id = 1, .audience = AUDIENCE_PUBLIC, .data = STR("{}")};
	return event_append(d->db, &e, NULL);
}

static enum err make_all(struct demo *d) {
	clock_set(demo_ago(d, 900));
	TRY(make_firm(d));
	TRY(demo_people(d));
	TRY(demo_plan_talk(d));
	TRY(demo_plan_records(d));
	TRY(demo_plan_rooms(d));
	TRY(demo_plan_promises(d, d->root, DEMO_NOWHERE, demo_ago(d, 800)));
	TRY(demo_plan_tasks(d));
	TRY(do_all(d));
	clock_set(0);
	/* Nobody is to be told of a past that never was. */
	return event_reader_at_head(d->db, "notices");
}

static enum err work(struct db *db, void *arg) {
	struct demo *d = arg;
	int64_t have;
	TRY(sql_firm_count(db, &have));
	if (have > 0) return OK;
	d->db = db;
	d->named_count = 0;       /* the writer may try twice */
	d->seed = SEED;
	d->deed = NULL;
	d->deeds = d->deed_room = d->conversations = 0;
	enum err e = make_all(d);
	clock_set(0);
	return e;
}

enum err demo_make(struct cli *c, const struct pack *pack, struct str *ret_why) {
	struct demo d = {.a = c->a, .pack = pack, .now = clock_now(), .why = STR("")};
	JSON_DOC(doc);
	struct json_fault at;
	if (json_parse(&doc, pack_file(pack, "demo.json"), &at) != OK) {
		*ret_why = str_fmt(c->a, "packs/" STR_FMT "/demo.json: line %d, column %d: %s", STR_ARG(pack->name), at.line, at.column, at.text);
		return ERR_INVALID;
	}
	d.root = doc.root;
	d.zone = zone_find(demo_text(json_member(doc.root, "business"), "zone"));
	if (d.zone == NULL) d.zone = zone_utc();
	TRY(password_hash(c->a, STR(PASSWORD), &d.hash));
	enum err e = store_write(c->store, work, &d);
	if (e != OK && !str_empty(d.why)) *ret_why = d.why;
	return e;
}

void demo_print_logins(struct cli *c, const char *listen) {
	struct db *db = NULL;
	struct demo_login_list list = {0};
	if (store_reader(c->store, &db) != OK || sql_demo_logins(db, c->a, &list) != OK || list.n == 0) {
		db_close(db);
		cli_talk("There is a business in this store already; it is served as it is.");
		return;
	}
	db_close(db);
	int port = listen == NULL ? 0 : atoi(strrchr(listen, ':') + 1);
	if (port > 0) cli_talk("Open http://%s and log in. The password of all is %s.\n", listen, PASSWORD);
	else cli_talk("Who can log in. The password of all is %s.\n", PASSWORD);
	for (size_t i = 0; i < list.n; i++)
		cli_talk("  %-10.*s %-26.*s %.*s", STR_ARG(list.v[i].role), STR_ARG(list.v[i].email), STR_ARG(list.v[i].name));
	cli_talk("%s", "");
}
