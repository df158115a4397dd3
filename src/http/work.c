/* The workers: one bounded queue, first come first served. Of those that sleep one is woken at a time, and it wakes the next when it finds
 * that more is waiting: a batch of writes that ends wakes as many as there is work for, not one for each of its answers. The loop hands on what it cannot answer from memory; such a
 * connection is suspended, so nobody else touches its request until request_answer wakes the loop. */
#include "http/http_int.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

/* With the mutex held. The signal itself is given without it: who wakes would only wait for it. */
static bool should_wake(struct work *w) {
	bool wake = w->idle > 0 && !w->waking;
	w->waking |= wake;
	return wake;
}

static struct conn *next(struct work *w) {
	pthread_mutex_lock(&w->mutex);
	while (w->first == NULL && !w->stop) {
		w->idle++;
		pthread_cond_wait(&w->some, &w->mutex);
		w->idle--;
		w->waking = false;
	}
	struct conn *k = w->first;
	bool wake = false;
	if (k != NULL) {
		w->first = k->next;
		if (w->first == NULL) w->last = NULL;
		else wake = should_wake(w);
		atomic_fetch_sub_explicit(&w->waiting, 1, memory_order_relaxed);
	}
	pthread_mutex_unlock(&w->mutex);
	if (wake) pthread_cond_signal(&w->some);
	return k;
}

static void *run(void *arg) {
	struct worker *me = arg;
	struct http_server *s = me->server;
	char name[16];
	snprintf(name, sizeof name, "worker-%d", me->number);
	pthread_setname_np(pthread_self(), name);
	for (struct conn *k; (k = next(&s->work)) != NULL;) {
		if (k->q.arena.block == NULL) k->q.arena = spare_take(s);
		enum http_when (*work)(struct http_req *, void *, int) = k->work != NULL ? k->work : s->on.work;
		if (work(&k->q, s->on.ctx, me->number) == HTTP_DONE) request_answer(k);
		/* else somebody else has it, and it may be over by now */
	}
	return NULL;
}

bool work_reserve(struct http_server *s) {
	if (atomic_fetch_add_explicit(&s->work.waiting, 1, memory_order_relaxed) < s->waiting_max) return true;
	atomic_fetch_sub_explicit(&s->work.waiting, 1, memory_order_relaxed);
	return false;
}

void work_give(struct conn *k) {
	struct work *w = &k->server->work;
	atomic_fetch_add(&w->giving, 1);   /* once it is given away the server may stop, but not before we are out of here */
	pthread_mutex_lock(&w->mutex);
	k->next = NULL;
	if (w->last != NULL) w->last->next = k;
	else w->first = k;
	w->last = k;
	bool wake = should_wake(w);
	pthread_mutex_unlock(&w->mutex);
	if (wake) pthread_cond_signal(&w->some);
	atomic_fetch_sub(&w->giving, 1);
}

void work_start(struct http_server *s, int workers) {
	struct work *w = &s->work;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->some, NULL);
	w->thread = must_calloc((size_t)workers, sizeof *w->thread);
	w->worker = must_calloc((size_t)workers, sizeof *w->worker);
	for (int i = 0; i < workers; i++) {
		w->worker[i] = (struct worker){.server = s, .number = i};
		PRE(pthread_create(&w->thread[i], NULL, run, &w->worker[i]) == 0);
		w->threads++;
	}
}

void work_stop(struct http_server *s) {
	struct work *w = &s->work;
	pthread_mutex_lock(&w->mutex);
	w->stop = true;
	pthread_cond_broadcast(&w->some);
	pthread_mutex_unlock(&w->mutex);
	for (int i = 0; i < w->threads; i++) pthread_join(w->thread[i], NULL);
	while (atomic_load(&w->giving) > 0) sched_yield();
	free(w->thread);
	free(w->worker);
	pthread_cond_destroy(&w->some);
	pthread_mutex_destroy(&w->mutex);
}

void http_again(struct http_req *q, enum http_when (*fn)(struct http_req *q, void *ctx, int worker)) {
	struct conn *k = conn_of(q);
	k->work = fn;
	atomic_fetch_add_explicit(&k->server->work.waiting, 1, memory_order_relaxed);   /* it was let in long ago */
	work_give(k);
}
