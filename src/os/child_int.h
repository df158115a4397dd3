#ifndef OS_CHILD_INT_H
#define OS_CHILD_INT_H
/* Between the two sides of a child. What it writes: this, the sentence, the output. */
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1   /* it wants terabytes of address space, and calls of its own */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

struct child_reply {
	uint32_t err, why_bytes;
	uint64_t output_bytes;
};

enum { CHILD_WHY_MAX = 500, CHILD_NO_JOB = 120, CHILD_NO_INIT = 121, CHILD_NO_LOCK = 122 };   /* exit statuses */

#endif
