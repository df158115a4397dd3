/* The child's side. The order matters: first what bounds us whatever happens, then the libraries start and read their files,
 * then the lock, and only then the first hostile byte is read. */
#include "os/child.h"
#include "os/child_int.h"
#include "base/check.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CHILDREN   /* child_test.c has its own */
#define CHILDREN "os/children.def"
#endif
#define CHILD(job) extern const struct child_job job;
#include CHILDREN
#undef CHILD

static const struct child_job *find(const char *name) {
	static const struct child_job *const jobs[] = {
#define CHILD(job) &job,
#include CHILDREN
#undef CHILD
	};
	for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
		if (strcmp(jobs[i]->name, name) == 0) return jobs[i];
	return NULL;
}

bool child_load(const char *library, const struct child_symbol *table) {
	void *lib = dlopen(library, RTLD_LAZY | RTLD_GLOBAL);
	if (lib == NULL) return false;
	for (; table->name != NULL; table++) {
		void *f = dlsym(lib, table->name);
		if (f == NULL) return false;
		memcpy(table->at, &f, sizeof f);
	}
	return true;
}

static void bound(__rlimit_resource_t what, rlim_t most) {
	setrlimit(what, &(struct rlimit){.rlim_cur = most, .rlim_max = most});
}

static void confine(const struct child_job *job) {
	close_range(3, ~0U, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	bound(RLIMIT_CORE, 0);
	bound(RLIMIT_FSIZE, 0);
	bound(RLIMIT_NOFILE, 64);
	setrlimit(RLIMIT_CPU, &(struct rlimit){.rlim_cur = (rlim_t)job->seconds, .rlim_max = (rlim_t)job->seconds + 1});
#ifndef SANITIZED
	bound(RLIMIT_AS, job->memory_bytes);
#endif
	/* Not everywhere allowed; the lock denies sockets anyway. */
	if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) { /* then without */ }
}

/* What computing, memory, threads, and the two open pipes need. Everything else fails with EPERM, which libraries take well;
 * what no job has a use for ends the process. */
static bool lock(bool program) {
	static const int allowed[] = {
		SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat),
		SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
		SCMP_SYS(futex), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
		SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),
		SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sched_yield),
		SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_getattr), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(tgkill),
		SCMP_SYS(restart_syscall), SCMP_SYS(getrandom), SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(poll),
		SCMP_SYS(membarrier),
	};
	/* A program that starts after the lock loads its libraries under it; where it may look, see_only_the_system says. */
	static const int starting[] = {
		SCMP_SYS(execve), SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(pread64), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat),
		SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(getdents64),
		SCMP_SYS(getcwd), SCMP_SYS(fcntl), SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address), SCMP_SYS(getuid), SCMP_SYS(geteuid),
		SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(fadvise64), SCMP_SYS(dup),
	};
	static const int deadly[] = {
		SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace), SCMP_SYS(socket),
		SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
		SCMP_SYS(mount), SCMP_SYS(setuid), SCMP_SYS(bpf), SCMP_SYS(keyctl), SCMP_SYS(kill), SCMP_SYS(io_uring_setup),
	};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int e = f == NULL;
	for (size_t i = 0; e == 0 && i < sizeof allowed / sizeof *allowed; i++) e = seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; e == 0 && program && i < sizeof starting / sizeof *starting; i++)
		e = seccomp_rule_add(f, SCMP_ACT_ALLOW, starting[i], 0);
	if (e == 0 && !program) e = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, SCMP_SYS(execve), 0);
	for (size_t i = 0; e == 0 && i < sizeof deadly / sizeof *deadly; i++)
		e = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
	/* Threads but no processes: clone3's flags cannot be seen from here, and glibc asks clone when it is told there is none. */
	if (e == 0) e = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (e == 0) e = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (e == 0) e = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0));
	if (e == 0) e = seccomp_load(f);
	seccomp_release(f);
	return e == 0;
}

/* landlock's calls have no wrappers in this libc. What is not there (no fonts, no cache) need not be seen. */
static void may_read(int rules, const char *path, bool folder) {
	struct landlock_path_beneath_attr beneath = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE,
		.parent_fd = open(path, O_PATH | O_CLOEXEC)};
	if (folder) beneath.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
	if (beneath.parent_fd < 0) return;
	syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(beneath.parent_fd);
}

/* Programs, libraries and fonts, for reading; of all else, such as our own database, nothing. */
static bool see_only_the_system(void) {
	static const char *const folders[] = {"/usr", "/lib", "/lib64", "/bin", "/etc/fonts", "/var/cache/fontconfig"};
	struct landlock_ruleset_attr all = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};   /* of the first version, so every one */
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (rules < 0) return false;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) may_read(rules, folders[i], true);
	may_read(rules, "/etc/ld.so.cache", false);
	bool held = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return held;
}

/* Becomes the job's program. It is held before it starts, since afterwards there is nobody left to hold it. */
_Noreturn static void become(const char *const *program) {
	char *env[] = {(char[]){"LC_ALL=C.UTF-8"}, NULL};
	char *argv[16];
	size_t n = 0;
	for (; n < 15 && program[n] != NULL; n++) argv[n] = must_strdup(program[n]);
	argv[n] = NULL;
	if (see_only_the_system() && lock(true)) execve(argv[0], argv, env);
	_exit(CHILD_NO_LOCK);
}

static struct str read_input(size_t max) {
	size_t room = 65536, n = 0;
	char *p = malloc(room);
	ssize_t k = 1;
	while (p != NULL && n <= max && (k = read(STDIN_FILENO, p + n, room - n)) != 0) {
		if (k < 0 && errno == EINTR) continue;
		if (k < 0) break;
		n += (size_t)k;
		if (n < room) continue;
		char *wider = realloc(p, room *= 2);
		if (wider == NULL) free(p);
		p = wider;
	}
	return k == 0 && p != NULL ? str_n(p, n) : STR_NONE;   /* until the process ends */
}

static bool write_all(const void *bytes, size_t n) {
	const char *p = bytes;
	while (n > 0) {
		ssize_t k = write(STDOUT_FILENO, p, n);
		if (k < 0 && errno == EINTR) continue;
		if (k <= 0) return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

int child_main(const char *name) {
	const struct child_job *job = find(name);
	if (job == NULL) return CHILD_NO_JOB;
	confine(job);
	if (job->program != NULL) become(job->program);
	if (job->init != NULL && !job->init()) _exit(CHILD_NO_INIT);
	if (!lock(false)) _exit(CHILD_NO_LOCK);
	struct arena a = {0};
	struct str input = read_input(job->input_max), why = STR("");
	if (str_none(input)) _exit(1);
	struct buf output;
	buf_init(&output, job->output_max);
	enum err e = job->run(input, &a, &output, &why);
	if (e == OK && output.over) {
		e = ERR_TOO_LARGE;
		why = STR("The result is too large.");
	}
	why = e == OK ? STR("") : str_first(why, CHILD_WHY_MAX);
	struct str out = e == OK ? buf_str(&output) : STR("");
	struct child_reply r = {.err = (uint32_t)e, .why_bytes = (uint32_t)why.n, .output_bytes = out.n};
	bool said = write_all(&r, sizeof r) && write_all(why.p, why.n) && write_all(out.p, out.n);
	_exit(said ? 0 : 1);   /* nothing of the library's runs on the way out */
}
