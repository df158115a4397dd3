/* The parent's side: starts the process, feeds it and reads it at the same time, and ends it when its time is up. */
#include "os/child.h"
#include "os/child_int.h"
#include "base/check.h"
#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How many children there are is a fact about the process, so this one count is the process's. */
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t fewer;
	int running;
} turns = {.mutex = PTHREAD_MUTEX_INITIALIZER, .fewer = PTHREAD_COND_INITIALIZER};

static bool turn_take(int seconds) {
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	int e = 0;
	pthread_mutex_lock(&turns.mutex);
	while (turns.running >= CHILDREN_MAX && e == 0) e = pthread_cond_timedwait(&turns.fewer, &turns.mutex, &until);
	bool mine = turns.running < CHILDREN_MAX;
	if (mine) turns.running++;
	pthread_mutex_unlock(&turns.mutex);
	return mine;
}

static void turn_give(void) {
	pthread_mutex_lock(&turns.mutex);
	turns.running--;
	pthread_cond_signal(&turns.fewer);
	pthread_mutex_unlock(&turns.mutex);
}

struct child {
	pid_t pid;
	int in, out;              /* our ends, non-blocking; -1 when closed */
};

static void shut(int *fd) {
	if (*fd >= 0) close(*fd);
	*fd = -1;
}

/* posix_spawn does not copy our address space. Every descriptor of ours closes on exec; the child closes any other. */
static bool spawn(const char *name, int in, int out, pid_t *ret_pid) {
	char *argv[] = {(char[]){"rialto"}, (char[]){"child"}, must_strdup(name), NULL};
	char *env[] = {(char[]){"LC_ALL=C.UTF-8"}, (char[]){"PATH=/usr/bin:/bin"}, (char[]){"HOME=/nonexistent"},
#ifdef SANITIZED
		(char[]){"TSAN_OPTIONS=report_bugs=0"},   /* the only threads in there are the libraries' own, which it cannot see into */
#endif
		NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, usual;
	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&how);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &usual);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	int e = posix_spawn(ret_pid, "/proc/self/exe", &files, &how, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	free(argv[2]);
	return e == 0;
}

static bool start(const char *name, struct child *ret) {
	int in[2], out[2];
	if (pipe2(in, O_CLOEXEC) != 0) return false;
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return false;
	}
	bool good = spawn(name, in[0], out[1], &ret->pid);
	close(in[0]);
	close(out[1]);
	ret->in = in[1];
	ret->out = out[0];
	if (good) {
		fcntl(ret->in, F_SETFL, O_NONBLOCK);
		fcntl(ret->out, F_SETFL, O_NONBLOCK);
		return true;
	}
	shut(&ret->in);
	shut(&ret->out);
	return false;
}

/* Moves what can be moved. false at the end of the child's output. */
static bool move(struct child *c, struct str *input, struct buf *reply) {
	if (c->in >= 0) {
		ssize_t n = input->n > 0 ? write(c->in, input->p, input->n) : 0;
		if (n > 0) *input = str_from(*input, (size_t)n);
		if (input->n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) shut(&c->in);
	}
	char part[65536];
	ssize_t n = read(c->out, part, sizeof part);
	if (n > 0) buf_add(reply, str_n(part, (size_t)n));
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

enum fate { ENDED, LATE, TALKS_TOO_MUCH };

static enum fate attend(struct child *c, struct str input, struct buf *reply, usec_t until) {
	while (move(c, &input, reply)) {
		if (reply->over) return TALKS_TOO_MUCH;
		usec_t left = until - clock_steady();
		if (left <= 0) return LATE;
		struct pollfd p[2] = {{.fd = c->out, .events = POLLIN}, {.fd = c->in, .events = POLLOUT}};
		poll(p, c->in >= 0 ? 2 : 1, (int)(left / 1000) + 1);
	}
	return ENDED;
}

static int end(struct child *c, enum fate fate, usec_t until) {
	int status = 0;
	shut(&c->in);
	shut(&c->out);
	if (fate != ENDED) kill(c->pid, SIGKILL);
	/* It has closed its output, so it is about to end; but who has run hostile bytes is not waited for without end. */
	while (waitpid(c->pid, &status, fate == ENDED ? WNOHANG : 0) == 0) {
		if (clock_steady() > until) {
			kill(c->pid, SIGKILL);
			fate = LATE;
		} else nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
	}
	return status;
}

static enum err why_not(struct arena *a, const struct child_job *job, enum fate fate, int status, struct str *ret_why) {
	bool slow = fate == LATE || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	if (fate == TALKS_TOO_MUCH) {
		*ret_why = STR("The result is too large.");
		return ERR_TOO_LARGE;
	}
	if (slow) {
		*ret_why = str_fmt(a, "It took too long to read this; we gave up after %d seconds.", job->seconds);
		return ERR_INVALID;
	}
	if (code == CHILD_NO_JOB || code == CHILD_NO_INIT || code == CHILD_NO_LOCK || code == 127) {
		*ret_why = str_fmt(a, "The child process '%s' did not start (%d).", job->name, code);
		return ERR_BUG;
	}
	*ret_why = STR("This could not be read; it seems to be damaged.");
	return ERR_INVALID;
}

/* false when the reply is not whole. */
static bool read_reply(struct arena *a, struct str reply, struct buf *output, enum err *ret_e, struct str *ret_why) {
	struct child_reply r;
	if (reply.n < sizeof r) return false;
	memcpy(&r, reply.p, sizeof r);
	reply = str_from(reply, sizeof r);
	if (r.err >= ERR_MAX_ || r.why_bytes > CHILD_WHY_MAX || reply.n < r.why_bytes || reply.n - r.why_bytes != r.output_bytes)
		return false;
	*ret_e = (enum err)r.err;
	if (r.err != OK) *ret_why = str_copy(a, str_first(reply, r.why_bytes));
	else buf_add(output, str_from(reply, r.why_bytes));
	return true;
}

/* Another program's answer: what it wrote, if it says by its status that all went well. */
static bool take_output(const struct child_job *job, enum fate fate, int status, struct str reply, struct buf *output) {
	bool well = fate == ENDED && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (!well && !(fate == TALKS_TOO_MUCH && job->part_is_enough)) return false;
	buf_add(output, reply);
	return true;
}

static enum err run(const struct child_job *job, struct arena *a, struct str input, struct buf *output, struct str *ret_why) {
	struct child c;
	usec_t until = clock_steady() + SECONDS(job->seconds);
	if (!start(job->name, &c)) {
		*ret_why = str_fmt(a, "The child process '%s' could not be started.", job->name);
		return ERR_BUG;
	}
	struct buf reply;
	buf_init(&reply, job->output_max + sizeof(struct child_reply) + CHILD_WHY_MAX);
	enum fate fate = attend(&c, input, &reply, until);
	int status = end(&c, fate, until);
	enum err e = OK;
	bool good = job->program != NULL ? take_output(job, fate, status, buf_str(&reply), output)
		: fate == ENDED && read_reply(a, buf_str(&reply), output, &e, ret_why);
	if (!good) e = why_not(a, job, fate, status, ret_why);
	buf_done(&reply);
	return e;
}

enum err child_run(const struct child_job *job, struct arena *a, struct str input, struct buf *output, struct str *ret_why) {
	if (input.n > job->input_max) {
		*ret_why = STR("This is too large.");
		return ERR_TOO_LARGE;
	}
	if (!turn_take(job->seconds)) {
		*ret_why = STR("Too much is being read just now; please try again in a moment.");
		return ERR_BUSY;
	}
	enum err e = run(job, a, input, output, ret_why);
	turn_give();
	if (e == OK && output->over) {
		*ret_why = STR("The result is too large.");
		return ERR_TOO_LARGE;
	}
	return e;
}
