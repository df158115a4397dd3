/* Sums that are written once a transaction: a list, as short as a batch. What a failed job has added goes again. */
#include "base/check.h"
#include "db/db_int.h"
#include <stdlib.h>

struct sum {
	db_sum_write *write;
	struct db_pair key, sum;
};

static bool is_same(const struct sum *a, const struct sum *b) {
	return a->write == b->write && a->key.v[0] == b->key.v[0] && a->key.v[1] == b->key.v[1];
}

static void add_to(struct db_pair *to, struct db_pair add) {
	to->v[0] += add.v[0];
	to->v[1] += add.v[1];
}

void db_sum(struct db *db, db_sum_write *write, struct db_pair key, struct db_pair add) {
	struct sums *s = &db->sums;
	PRE(db->role == ROLE_WRITE && db->in_tx);
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->v = must_realloc(s->v, s->room * sizeof *s->v);
	}
	s->v[s->n++] = (struct sum){.write = write, .key = key, .sum = add};
}

struct db_pair db_sum_so_far(struct db *db, db_sum_write *write, struct db_pair key) {
	const struct sums *s = &db->sums;
	const struct sum wanted = {.write = write, .key = key};
	struct db_pair sum = {0};
	for (size_t i = 0; i < s->n; i++)
		if (is_same(&s->v[i], &wanted)) add_to(&sum, s->v[i].sum);
	return sum;
}

void sums_settle(struct db *db, bool keep) {
	struct sums *s = &db->sums;
	size_t end = s->n;
	s->n = s->kept;
	for (size_t i = s->kept; keep && i < end; i++) {
		size_t k = 0;
		while (k < s->n && !is_same(&s->v[k], &s->v[i])) k++;
		if (k < s->n) add_to(&s->v[k].sum, s->v[i].sum);
		else s->v[s->n++] = s->v[i];
	}
	s->kept = s->n;
}

void sums_forget(struct db *db) {
	struct sums *s = &db->sums;
	s->n = s->kept = 0;
}

enum err sums_write(struct db *db) {
	const struct sums *s = &db->sums;
	for (size_t i = 0; i < s->kept; i++) {
		enum err e = s->v[i].write(db, s->v[i].key, s->v[i].sum);
		if (e == OK) e = db->failed;
		if (e != OK) return e;
	}
	return OK;
}

void sums_free(struct db *db) { free(db->sums.v); }
