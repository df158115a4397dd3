#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H
/* One unit everywhere: microseconds since 1970-01-01 UTC. 0 means "no time". Any thread. */
#include <stdbool.h>
#include <stdint.h>

typedef int64_t usec_t;

#define SECONDS(n) ((usec_t)(n) * 1000000)
#define MINUTES(n) SECONDS((n) * (usec_t)60)
#define HOURS(n) MINUTES((n) * (usec_t)60)
#define DAYS(n) HOURS((n) * (usec_t)24)

usec_t clock_now(void);        /* the wall clock, or what a test set */
usec_t clock_steady(void);     /* never goes back; for durations only */
void clock_set(usec_t now);    /* tests: from now on clock_now returns this; 0 gives the real clock back */

/* End-to-end tests: from now on clock_now is the system's clock moved by what stands in a file, eight bytes, microseconds as a signed number in
 * the machine's order, also as it changes later. false: the file cannot be read. Once, before there are threads. */
bool clock_follow(const char *path);
/* How long to sleep for so much of the wall clock: only a moment when the clock follows a file and may be moved meanwhile. */
usec_t clock_patience(usec_t wait);

#endif
