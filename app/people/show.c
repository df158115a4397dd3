/* The page of a person, as the staff, the person themself and others see it. */
#include "access/access.h"
#include "follow/follow.h"
#include "notice/notice.h"
#include "organization/organization.h"
#include "record/record.h"
#include "people/audience.h"
#include "people/fields.h"
#include "people/life.h"
#include "promise/promise.h"
#include "routes.h"
#include "tag/tag.h"
#include "task/task.h"
#include "text/date.h"
#include "text/markdown.h"
#include "text/url.h"
#include "timeline/timeline.h"
#include <inttypes.h>
#include <math.h>

#define NEWS_LIVES DAYS(30)
enum { LINES = 30 };

void people_looked(struct req *q, const struct kept *k) {
	if (req_is_staff(q) && !str_is(k->row.kind, "staff")) access_audit_later(q, "look", "person", k->row.id.v, STR(""));
}

/* -------------------------------------------------------------------- facts */

struct facts {
	struct req *q;
	const struct kept *k;
	bool own, marks;              /* marks: the reader is told who may see it */
	struct person_fact_list *to;
};

static void add(struct facts *f, const char *field, const char *label, struct str shown, struct url link) {
	struct req *q = f->q;
	if (str_empty(shown)) return;
	struct person_fact x = {.name = str_c(field), .label = str_c(TRQ(q, label)), .value = shown, .shown = shown,
	                        .link = link, .aud_icon = STR_NONE, .aud_label = STR_NONE};
	if (f->marks) {
		enum field_audience a = kept_audience(f->k, str_c(field));
		x.aud_icon = str_c(field_audience_icon(a));
		x.aud_label = str_c(TRQ(q, field_audience_label(a, f->own)));
	}
	f->to->v[f->to->n++] = x;
}

static const char *channel_word(struct str channel) {
	if (str_is(channel, "portal")) return T("In the portal");
	if (str_is(channel, "email")) return T("By email");
	if (str_is(channel, "phone")) return T("By phone");
	if (str_is(channel, "post")) return T("By post");
	return NULL;
}

/* How to reach them: what the view shows, each line with who sees it. */
static void fill_reach(struct facts *f, struct person_page *ret) {
	const struct person_view *v = &ret->person;
	struct url none = {STR_NONE};
	ret->reach.v = NEW_ARRAY(f->q->a, struct person_fact, v->contacts.n + 6);
	f->to = &ret->reach;
	for (size_t i = 0; i < v->contacts.n; i++) {
		const struct contact_line *c = &v->contacts.v[i];
		if (str_is(c->kind, "address")) continue;
		bool phone = str_is(c->kind, "phone");
		add(f, phone ? "phone" : "email", phone ? T("Phone") : T("Email"), c->value, c->link);
		if (!str_empty(c->label)) ret->reach.v[ret->reach.n - 1].label = c->label;
	}
	const char *channel = str_none(v->channel) ? NULL : channel_word(v->channel);
	if (channel != NULL) add(f, "channel", T("Likes to be reached"), str_c(TRQ(f->q, channel)), none);
	if (!str_none(v->hours)) add(f, "hours", T("Best time"), v->hours, none);
	if (!str_none(v->languages)) add(f, "languages", T("Languages"), v->languages, none);
	if ((f->own || ret->staff) && ret->customer) {
		add(f, "name", T("Name in the community"), v->public_name, none);
		if (f->marks && ret->reach.n > 0) {   /* the public name is just that */
			struct person_fact *last = &ret->reach.v[ret->reach.n - 1];
			last->aud_icon = str_c(field_audience_icon(FOR_PUBLIC));
			last->aud_label = str_c(TRQ(f->q, field_audience_label(FOR_PUBLIC, f->own)));
		}
	}
}

static void fill_facts(struct facts *f, struct person_page *ret) {
	const struct person_view *v = &ret->person;
	struct url none = {STR_NONE};
	ret->facts.v = NEW_ARRAY(f->q->a, struct person_fact, 4);
	f->to = &ret->facts;
	if (ret->customer && !str_none(v->title)) add(f, "title", T("Work"), v->title, none);
	if (!str_none(v->birthday)) add(f, "birthday", T("Birthday"), say_day(f->q->a, &f->q->locale, v->birthday), none);
	if (v->worth.amount.has) {
		add(f, "name", T("Pays in a year"), say_money(f->q->a, &f->q->locale, v->worth.amount.v, v->worth.currency), none);
		ret->facts.v[ret->facts.n - 1].aud_icon = STR("lock");
		ret->facts.v[ret->facts.n - 1].aud_label = str_c(TRQ(f->q, T("only the team sees it")));
	}
}

/* The fields of one of the pack's tabs; those of no tab stand in the overview. */
static void fill_tab(struct req *q, struct person_page *ret, const struct pack_tab *tab) {
	const struct person_fact_list all = ret->person.fields;
	ret->facts = (struct person_fact_list){.v = NEW_ARRAY(q->a, struct person_fact, all.n)};
	for (size_t i = 0; i < tab->fields; i++)
		for (size_t k = 0; k < all.n; k++)
			if (str_eq(tab->field[i].name, all.v[k].name)) ret->facts.v[ret->facts.n++] = all.v[k];
}

static const struct pack_tab *tab_of(const struct pack *p, struct str name) {
	for (size_t i = 0; p != NULL && i < p->tabs; i++)
		if (str_eq(p->tab[i].name, name)) return &p->tab[i];
	return NULL;
}

static void add_tab(struct req *q, struct person_page *ret, struct str name, struct str label) {
	struct url to = ret->own && str_is(q->http->path, "/me") ? url_path(q->a, "/me") : ret->person.url;
	if (!str_empty(name)) to = url_with(q->a, to, "tab", name);
	struct person_tab tab = {.name = name, .label = label, .url = to, .current = str_eq(name, ret->tab)};
	ret->tabs.v[ret->tabs.n++] = tab;
}

/* The pack's tabs that hold something the reader may see, and what people said and changed. */
static void fill_tabs(struct req *q, const struct pack *pack, struct person_page *ret) {
	ret->tabs.v = NEW_ARRAY(q->a, struct person_tab, (pack ? pack->tabs : 0) + 4);
	add_tab(q, ret, STR(""), str_c(TRQ(q, T("Overview"))));
	for (size_t i = 0; ret->customer && pack != NULL && i < pack->tabs; i++) {
		struct person_page some = {.person = ret->person};
		fill_tab(q, &some, &pack->tab[i]);
		if (some.facts.n > 0) add_tab(q, ret, pack->tab[i].name, pack_say(&pack->tab[i].label, q->locale.lang));
	}
	if (ret->things.n > 0 || ret->may_add) add_tab(q, ret, STR("things"), str_c(TRQ(q, ret->own ? T("My things") : T("Their things"))));
	add_tab(q, ret, STR("said"), str_c(TRQ(q, T("Conversations"))));
	if (ret->staff || ret->own) add_tab(q, ret, STR("changed"), str_c(TRQ(q, T("What changed"))));
}

/* --------------------------------------------------------------------- map */

/* The firm's map service, with {q} the address and {lat}, {lon} the place. */
struct url people_map_link(struct arena *a, const struct business *firm, struct str address, double lat, double lon) {
	struct str rest = str_empty(firm->map_link) ? STR("https://www.openstreetmap.org/search?query={q}") : firm->map_link;
	struct url u = {STR_NONE};
	struct buf b;
	bool known = !isnan(lat) && !isnan(lon);
	if (str_empty(address) && !known) return u;
	if (str_empty(address)) address = str_fmt(a, "%.6f,%.6f", lat, lon);
	buf_init(&b, 4096);
	while (!str_none(rest)) {
		buf_add(&b, str_cut(&rest, '{'));
		if (str_none(rest)) break;
		struct str name = str_cut(&rest, '}');
		if (str_is(name, "q")) buf_add(&b, str_c(url_part(a, address)));
		else if (known && str_is(name, "lat")) buf_fmt(&b, "%.6f", lat);
		else if (known && str_is(name, "lon")) buf_fmt(&b, "%.6f", lon);
	}
	if (!url_check(a, buf_str(&b), &u)) u = (struct url){STR_NONE};
	buf_done(&b);
	return u;
}

static void fill_place(struct req *q, const struct kept *k, struct person_page *ret) {
	struct person_view *v = &ret->person;
	struct str address = v->addresses.n > 0 ? v->addresses.v[0] : STR("");
	if (str_empty(address) && isnan(v->place.lat)) return;
	struct person_fact_list one = {.v = NEW(q->a, struct person_fact)};
	struct facts f = {.q = q, .k = k, .own = ret->own, .marks = ret->own || ret->staff, .to = &one};
	struct str shown = str_empty(address) ? str_c(TRQ(q, T("Place on the map"))) : address;
	add(&f, "address", T("Address"), shown, (struct url){STR_NONE});
	ret->address_aud = one.v;
	ret->map_link = people_map_link(q->a, q->business, address, v->place.lat, v->place.lon);
	for (size_t i = 0; i < v->contacts.n; i++) {
		struct contact_line *c = &v->contacts.v[i];
		if (!str_is(c->kind, "address")) continue;
		c->link = people_map_link(q->a, q->business, c->value, i == 0 ? v->place.lat : NAN, v->place.lon);
	}
	if (!isnan(v->place.lat)) q->page.script = STR("map");
}

/* -------------------------------------------------------------------- page */

static enum err fill_adviser(struct req *q, struct person_page *ret) {
	struct person_card_list cards;
	if (ret->person.contact.id.v == 0) return OK;
	TRY(people_cards(q->db, q->a, &q->actor, (struct person_id_list){.v = &ret->person.contact.id, .n = 1}, &cards));
	ret->adviser = &cards.v[0];
	return OK;
}

/* What of the timeline is shown; a choice only where there is enough to choose from. */
static void fill_shows(struct req *q, struct person_page *ret) {
	static const struct { const char *name, *label; bool staff; } shows[] = {
		{"", T("All"), false}, {"talk", T("Conversations"), false}, {"record", T("Records"), false}, {"profile", T("Profile"), false},
		{"promise", T("Promises"), false}, {"file", T("Files"), false}, {"task", T("Tasks"), true}, {"note", T("Notes"), true}, {"call", T("Calls"), true},
	};
	if (!(ret->own || ret->staff) || !ret->customer) return;
	struct url at = ret->own && str_is(q->http->path, "/me") ? url_path(q->a, "/me") : ret->person.url;
	ret->shows.v = NEW_ARRAY(q->a, struct person_tab, sizeof shows / sizeof *shows);
	for (size_t i = 0; i < sizeof shows / sizeof *shows; i++) {
		struct str name = str_c(shows[i].name);
		if (shows[i].staff && !ret->staff) continue;
		ret->shows.v[ret->shows.n++] = (struct person_tab){.name = name, .label = str_c(TRQ(q, shows[i].label)),
			.url = name.n ? url_with(q->a, at, "show", name) : at, .current = str_eq(name, ret->show)};
	}
}

static enum err fill_body(struct req *q, const struct kept *k, struct str cursor, struct person_page *ret) {
	struct person_id id = ret->person.id;
	int64_t before = 0, next = 0;
	if (!str_empty(cursor) && (!str_int(cursor, &before) || before < 0)) before = 0;
	const struct pack *pack = firm_pack(q->business);
	const struct pack_tab *tab = tab_of(pack, ret->tab);
	if (str_is(ret->tab, "said")) {
		TRY(life_said(q, id, before, LINES, &ret->said, &next));
		TRY(life_joined(q, id, &ret->joined));
	} else if (str_is(ret->tab, "changed") && (ret->own || ret->staff)) {
		TRY(life_changes(q, k, before, LINES, 0, 0, &ret->changes, &next));
	} else if (tab != NULL) {
		fill_tab(q, ret, tab);
	} else {
		struct facts f = {.q = q, .k = k, .own = ret->own, .marks = ret->own || ret->staff};
		fill_facts(&f, ret);
		if (!str_none(ret->person.about)) ret->about = markdown_html(q->a, ret->person.about);
		TRY(timeline_read(q, "person", id.v, ret->show, before, LINES, &ret->life, &next));
		fill_shows(q, ret);
	}
	if (next != 0) {
		struct url u = str_empty(ret->tab) ? ret->person.url : url_with(q->a, ret->person.url, "tab", ret->tab);
		if (str_empty(ret->tab) && !str_empty(ret->show)) u = url_with(q->a, u, "show", ret->show);
		ret->more = url_with(q->a, u, "cursor", str_fmt(q->a, "%" PRId64, next));
	}
	return OK;
}

static void mark_news(const struct change_line_list *news, struct req *q, struct person_fact_list *facts) {
	for (size_t i = 0; i < facts->n; i++) {
		struct person_fact *fact = &facts->v[i];
		for (size_t k = 0; k < news->n && fact->changed_at == 0; k++)
			if (str_eq(life_field_label(q, fact->name), news->v[k].field)) fact->changed_at = news->v[k].at;
	}
}

/* A pack that knows it says since when they are a customer; else we know since when they are here. */
static struct str since_of(const struct person_view *v) {
	for (size_t i = 0; i < v->fields.n; i++)
		if (str_is(v->fields.v[i].name, "customer_since") && date_valid(v->fields.v[i].value)) return v->fields.v[i].value;
	return STR_NONE;
}

static enum err fill(struct req *q, struct person_id id, struct str tab, struct str show, struct str cursor, struct person_page *ret) {
	struct kept k;
	int64_t next;
	TRY(person_for(q, id, ACT_SEE, &k));
	TRY(people_view(q->db, q->a, &q->actor, q->business, &q->locale, k.row.id, &ret->person));
	struct object o = kept_object(&k);
	ret->own = q->actor.id.v == k.row.id.v;
	ret->staff = req_is_staff(q);
	ret->customer = !ret->person.is_staff;
	ret->may_edit = may(&q->actor, ACT_EDIT, &o);
	ret->may_invite = !ret->own && k.row.claimed_at == 0 && k.row.disabled_at == 0 && may(&q->actor, ACT_INVITE, &o);
	ret->more = ret->call = ret->write = ret->message = ret->map_link = (struct url){STR_NONE};
	TRY(req_version(q, k.row.version));
	people_looked(q, &k);
	if (q->api) return OK;
	TRY(tag_box_of(q, "person", k.row.id.v, ret->person.tags, ret->staff && ret->may_edit, &ret->tagged));
	ret->tab = str_none(tab) ? STR("") : tab;
	ret->show = str_none(show) ? STR("") : show;
	ret->since = since_of(&ret->person);
	if (str_none(ret->since) && ret->person.created_at)
		ret->since = date_of_time(q->a, q->locale.zone, ret->person.created_at);
	if (!str_none(ret->since)) ret->since = say_day(q->a, &q->locale, ret->since);
	ret->born = ret->person.birthday;
	for (size_t i = 0; i < ret->person.contacts.n && !ret->own; i++) {
		const struct contact_line *c = &ret->person.contacts.v[i];
		if (str_is(c->kind, "phone") && str_none(ret->call.s)) ret->call = c->link;
		if (str_is(c->kind, "email") && str_none(ret->write.s)) ret->write = c->link;
	}
	if (may(&q->actor, ACT_COMMENT, &o)) ret->message = url_with(q->a, url_path(q->a, "/messages/new"), "person", str_fmt(q->a, "%" PRId64, k.row.id.v));
	struct facts f = {.q = q, .k = &k, .own = ret->own, .marks = ret->own || ret->staff};
	fill_reach(&f, ret);
	fill_place(q, &k, ret);
	if (ret->customer && (ret->own || ret->staff)) TRY(record_of(q, k.row.id, &ret->things));
	if (ret->customer && (ret->own || ret->staff)) TRY(organization_of(q, k.row.id, &ret->bodies));
	ret->may_add = ret->customer && may(&q->actor, ACT_CREATE, &(struct object){.thing = THING_RECORD});
	if (ret->customer && (ret->own || ret->staff)) TRY(promise_between(q, k.row.id, &ret->promised));
	if (ret->customer) TRY(task_of(q, k.row.id, (struct record_id){0}, (struct conversation_id){0}, &ret->tasks));
	if (ret->customer && (ret->own || ret->staff)) TRY(promise_claims_of(q, k.row.id, &ret->claims));
	TRY(follow_button(q, "person", k.row.id.v, &ret->follow));
	if (q->actor.notices > 0) notice_seen_thing(q, "person", k.row.id.v);
	fill_tabs(q, firm_pack(q->business), ret);
	TRY(fill_adviser(q, ret));
	TRY(fill_body(q, &k, cursor, ret));
	if (ret->own || ret->staff) /* to the staff what the person changed, to the person what others did */
		TRY(life_changes(q, &k, 0, 100, ret->own ? -k.row.id.v : k.row.id.v, q->locale.now - NEWS_LIVES, &ret->news, &next));
	mark_news(&ret->news, q, &ret->reach);
	mark_news(&ret->news, q, &ret->facts);
	if (ret->news.n > 8) ret->news.n = 8;
	if (ret->own && k.row.claimed_at == 0 && ret->staff) ret->news.n = 0;
	if (ret->own && ret->customer) TRY(life_looks(q, k.row.id, &ret->looks));
	q->page.nav = ret->customer && ret->staff && !ret->own ? STR("people") : ret->customer ? STR("") : STR("firm");
	return OK;
}

enum err person_show(struct req *q, const struct person_show_in *in, struct person_page *ret) {
	return fill(q, in->id, in->tab, in->show, in->cursor, ret);
}

enum err me_show(struct req *q, const struct me_show_in *in, struct person_page *ret) {
	return fill(q, q->actor.id, in->tab, in->show, in->cursor, ret);
}
