#ifndef TALK_TESTING_H
#define TALK_TESTING_H
/* For the tests of talk's pages: a firm with three customers and two colleagues, tokens, requests with a JSON body. */
#include "access/testing.h"
#include "talk/talk_int.h"

enum { OLGA = 1, STEVE, PAT, AGENT, ANALYST };   /* whose it is, a stranger, who takes part; staff */

/* ------------------------------------------------------------------- the ground */

static inline const char *token_for(struct fixture *f, int person) {
	struct str token = token_new(&f->a), hash = token_hash(&f->a, token);
	admin_exec(f, str_fmt(&f->a,
		"INSERT INTO token (kind, hash, person_id, label, peer, created_at, seen_at, expires_at) VALUES ('api', '" STR_FMT
	                      "', %d, '', '', %lld, %lld, %lld)", STR_ARG(hash), person, (long long)clock_now(),
		(long long)clock_now(),
	                      (long long)(clock_now() + DAYS(1))).p);
	return token.p;
}

/* The cookie of somebody who is logged in. */
static inline const char *session_for(struct fixture *f, int person) {
	struct str token = token_new(&f->a), hash = token_hash(&f->a, token);
	admin_exec(f, str_fmt(&f->a,
		"INSERT INTO token (kind, hash, person_id, label, peer, created_at, seen_at, expires_at) VALUES"
	                      " ('session', '" STR_FMT "', %d, '', '', %lld, %lld, %lld)", STR_ARG(hash), person,
		(long long)clock_now(), (long long)clock_now(), (long long)(clock_now() + DAYS(1))).p);
	return str_fmt(&f->a, "rialto=" STR_FMT, STR_ARG(token)).p;
}

static inline struct fixture *talk_new(enum db_engine engine) {
	struct fixture *f = firm_new(engine);
	put_person(f, OLGA, "customer", "customer", "Olga O.", 0);
	put_person(f, STEVE, "customer", "customer", "Steve S.", 0);
	put_person(f, PAT, "customer", "customer", "Pat P.", 0);
	put_person(f, AGENT, "staff", "agent", "Agatha Agent", 0);
	put_person(f, ANALYST, "staff", "analyst", "Anton Analyst", 0);
	admin_exec(f, "UPDATE person SET name = 'Olga Ottersbach' WHERE id = 1");
	return f;
}
static inline int talk_sqlite(void **state) { *state = talk_new(DB_SQLITE); return 0; }
static inline int talk_pg(void **state) { *state = getenv("RIALTO_TEST_PG") ? talk_new(DB_PG) : NULL; return 0; }
#define TALK_BOTH(test) \
	{#test " (SQLite)", test, talk_sqlite, down, NULL}, {#test " (PostgreSQL)", test, talk_pg, down, NULL}

/* A request with a method and a JSON body. */
static inline struct answer ask(struct fixture *f, const struct served *s, const char *method, const char *path,
	const char *json, const char *bearer) {
	CURL *c = curl_easy_init();
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	headers = curl_slist_append(headers, "Accept: application/json");
	if (bearer) headers = curl_slist_append(headers, str_fmt(&f->a, "Authorization: Bearer %s", bearer).p);
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	if (json) curl_easy_setopt(c, CURLOPT_POSTFIELDS, json);
	return perform(f, s, c, headers, path);
}

#endif
