#ifndef OS_CHILD_H
#define OS_CHILD_H
/* Work on hostile bytes (images, documents, somebody's script) in a process of its own: fresh address space, no descriptors
 * but its input and output, no network, no files but what its libraries needed to start, bounds on memory, processor and
 * time. Whatever goes wrong in there, here it is an error with a sentence.
 *
 * A job is a constant, listed in os/children.def. The child is our own program, started again as `rialto child NAME`; a test
 * program that runs jobs does the same at the top of its main. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct child_job {
	const char *name;
	int seconds;                     /* wall clock, and of processor time */
	size_t memory_bytes;             /* of address space */
	size_t input_max, output_max;
	/* In the child, before the lock: load libraries and open what they need. NULL for nothing. Returns false on failure. */
	bool (*init)(void);
	/* In the child, locked: no opening of files, no new programs, no network. Memory of `a` may be kept until the end.
	 * errors INVALID (with a sentence for who sent the input), TOO_LARGE, MEDIA_TYPE; BUG */
	enum err (*run)(struct str input, struct arena *a, struct buf *output, struct str *ret_why);
	/* Instead of init and run: another program, by its arguments (the first is its path, NULL ends them), that reads descriptor 0 and
	 * writes descriptor 1. It may open files of the system (/usr, fonts) for reading and sees no others; where the kernel cannot
	 * hold it to that (landlock), it is not started. An exit status other than 0 is INVALID. */
	const char *const *program;
	bool part_is_enough;             /* of a program that writes more than output_max: what came until then is the output */
};

enum { CHILDREN_MAX = 4 };           /* at a time in this process; others wait for their turn */

/* Runs the job on input and adds what it wrote to output. Blocks; not on an event loop. ret_why: a sentence in a, on failure.
 * errors those of the job; INVALID when it crashed or took too long over this input; TOO_LARGE (input or output); BUSY when
 * no turn came within the job's time; BUG (no process could be started) */
MUST_USE enum err child_run(const struct child_job *job, struct arena *a, struct str input, struct buf *output,
                            struct str *ret_why);

/* The whole life of a child; returns its exit status. */
int child_main(const char *name);

/* For jobs: resolves functions of a library at run time, so that only the child that needs it loads it.
 * table: name and where to put the address, ended by {NULL, NULL}. */
struct child_symbol {
	const char *name;
	void *at;                        /* a pointer to a function pointer */
};
bool child_load(const char *library, const struct child_symbol *table);

#endif
