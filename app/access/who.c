/* Who asks: the person behind a session cookie or a bearer token. And the firm. */
#include "access/login.h"
#include "crypto/token.h"
#include "text/utf8.h"

enum err business_read(struct db *db, struct arena *a, struct business *ret) {
	struct business_row r;
	TRY(sql_business_get(db, a, &r));
	*ret = (struct business){
		.pack = r.pack, .name = r.name, .claim = r.claim, .street_address = r.street_address, .mail_address = r.mail_address,
		.phone = r.phone, .email = r.email, .web = r.web, .hours = r.hours, .colour = r.colour, .logo = r.logo, .locale = r.locale,
		.zone = r.zone, .currency = r.currency, .lat = r.lat, .lon = r.lon, .map_zoom = r.map_zoom, .map_link = r.map_link,
		.tile_url = r.tile_url, .mail_from = r.mail_from, .smtp_url = r.smtp_url, .smtp_user = r.smtp_user,
		.smtp_secret = r.smtp_secret, .version = r.version, .holidays = r.holidays, .yearly = r.yearly,
	};
	const struct zone *zone = zone_find(r.zone);
	hours_load(a, zone != NULL ? zone : zone_utc(), r.week, r.holidays, r.yearly, &ret->open);
	return OK;
}

enum err firm_hours(struct db *db, struct arena *a, struct hours *ret) {
	struct business b;
	TRY(business_read(db, a, &b));
	*ret = b.open;
	return OK;
}

enum err business_version(struct db *db, int64_t *ret) { return sql_business_version(db, ret); }

/* ------------------------------------------------------------------ who asks */

struct seen {
	struct token_id id;
	usec_t now, expires_at;
	size_t peer_n;
	char peer[64];
};

static enum err write_seen(struct db *db, void *arg) {
	const struct seen *s = arg;
	return sql_token_seen(db, s->id, s->now, str_n(s->peer, s->peer_n), s->expires_at, NULL);
}

/* That a token is in use is written down every ten minutes at most; a session's end moves on with it. */
static void note_seen(struct req *q, const struct who_row *r, usec_t now) {
	if (now - r->seen_at < MINUTES(10)) return;
	struct seen s = {.id = r->id, .now = now, .expires_at = r->expires_at};
	if (str_is(r->kind, "session")) s.expires_at = now + SESSION_LIVES;
	s.peer_n = q->http->peer.n < sizeof s.peer ? q->http->peer.n : sizeof s.peer;
	if (s.peer_n > 0) memcpy(s.peer, q->http->peer.p, s.peer_n);
	req_later(q, write_seen, &s, sizeof s);
}

static bool is_good(const struct req *q, const struct who_row *r, usec_t now) {
	return r->disabled_at == 0 && r->expires_at > now && str_is(r->kind, q->actor.by_token ? "api" : "session");
}

enum err access_who_is(struct req *q) {
	struct who_row r;
	bool found = false;
	usec_t now = clock_now();
	bool by_token = q->actor.by_token;
	if (token_shape(q->token)) TRY(sql_who_of_token(q->db, q->a, token_hash(q->a, q->token), &r, &found));
	if (!found || !is_good(q, &r, now)) {
		q->actor = (struct actor){.by_token = by_token};
		return by_token ? req_fail(q, ERR_LOGIN, T("We do not know this token, or it has ended."), NULL) : OK;
	}
	enum role role = ROLE_CUSTOMER;
	role_find(r.role, &role);
	q->actor = (struct actor){
		.id = r.person_id, .role = role, .is_staff = role >= ROLE_AGENT, .by_token = by_token, .token = r.id, .name = r.name,
		.public_name = r.public_name, .photo = r.photo, .locale = r.locale, .zone = r.zone, .notices = r.notices, .messages = r.messages,
		.session = token_hash(q->a, q->token),
	};
	note_seen(q, &r, now);
	return OK;
}

/* -------------------------------------------------------------------- audit */

struct look {
	struct person_id actor;
	char action[24], object_kind[24], peer[64], detail[200];
	int64_t object_id;
};

static enum err audit_work(struct db *db, void *arg) {
	const struct look *l = arg;
	return access_audit(db, l->actor, l->action, l->object_kind, l->object_id, str_c(l->peer), str_c(l->detail));
}

static void put(char *to, size_t room, struct str s) {
	s = utf8_fit(s, room - 1);
	if (s.n > 0) memcpy(to, s.p, s.n);
	to[s.n] = 0;
}

void access_audit_later(struct req *q, const char *action, const char *object_kind, int64_t object_id, struct str detail) {
	struct look l = {.actor = q->actor.id, .object_id = object_id};
	put(l.action, sizeof l.action, str_c(action));
	put(l.object_kind, sizeof l.object_kind, str_c(object_kind));
	put(l.peer, sizeof l.peer, q->http->peer);
	put(l.detail, sizeof l.detail, detail);
	req_later(q, audit_work, &l, sizeof l);
}
