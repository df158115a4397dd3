/* Preloaded into the server and the reference alike: a disk that takes RIALTO_SYNC_MS (4) for each sync, as small servers' disks do. Where
 * this machine's disk syncs in a fraction of that, the CPU alone would be measured, and group commit would have nothing to save. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_for_disk(void) {
	const char *ms = getenv("RIALTO_SYNC_MS");
	struct timespec t = {.tv_nsec = (ms ? atoi(ms) : 4) * 1000000L};
	nanosleep(&t, NULL);
}

int fdatasync(int fd) {
	wait_for_disk();
	return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd) {
	wait_for_disk();
	return (int)syscall(SYS_fsync, fd);
}
