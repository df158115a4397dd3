#ifndef EVENT_HUB_INT_H
#define EVENT_HUB_INT_H
/* Within event only. */
#include "event/hub.h"
#include <pthread.h>
#include <stdatomic.h>

enum { PARTS_MAX = 16, HANDS = 2 };

struct listener {
	enum hub_turn turn;
	hub_listen *fn;
	void *ctx;
};

struct reader {
	const char *name;
	hub_read *fn;
	void *ctx;
	bool from_start;
	hub_wants *wants;
	_Atomic int64_t due;           /* the newest event that it wants */
	_Atomic int64_t at;            /* how far it has read, as far as this process knows */
	int at_once, faults;           /* events it is given in one go; times it failed on the first of them alone */
};

struct worker {
	const char *kind;
	int most_tries;
	hub_job *fn;
	void *ctx;
};

struct hand {                      /* a thread that does jobs */
	struct hub *hub;
	pthread_t thread;
	_Atomic int64_t job;           /* the one under way, or 0 */
	int64_t renewing;              /* of jobs_renew: the job it saw last, and when its claim began anew */
	usec_t renewed_at;
};

struct hub {
	struct store *store;
	struct listener listener[PARTS_MAX];
	struct reader reader[PARTS_MAX];
	struct worker worker[PARTS_MAX];
	int listeners, readers, workers;

	pthread_mutex_t hear;          /* held while listeners are told */
	_Atomic int64_t heard;
	_Atomic bool missed;           /* a commit of ours could not be read back; changed under hear */
	_Atomic bool broken;           /* the watch; changed by the tail only */

	pthread_mutex_t lock;          /* guards rounds */
	pthread_cond_t wake;
	uint64_t rounds;               /* grows with every reason to look again */
	_Atomic bool stopping;

	struct db_watch *watch;
	pthread_t tail, reading;
	struct hand hand[HANDS];
	bool started;
	_Atomic uint64_t events, jobs_done, jobs_failed;
};

/* hub.c: waits until there is a reason to look, since the round given, or timeout_ms; false when the hub stops. */
bool hub_wait(struct hub *h, uint64_t *round, int timeout_ms);

/* readers.c */
void *readers_run(void *hub);
MUST_USE enum err reader_move(struct hub *h, struct reader *r);   /* to the end of the log */

/* jobs.c */
void *jobs_run(void *hand);
MUST_USE enum err job_do(struct hub *h, struct hand *hand, struct db *db, bool *ret_did); /* the one that is due, if there is one */
void jobs_renew(struct hub *h);                                   /* says again that those under way are being done */

#endif
