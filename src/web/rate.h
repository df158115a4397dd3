#ifndef WEB_RATE_H
#define WEB_RATE_H
/* How often one visitor may call: a bucket of `burst` calls per class (web/rate.def) that fills evenly. In memory, per node. */
#include "base/str.h"
#include "web/meta.h"

struct rates;
struct rates *rates_new(void);
void rates_free(struct rates *r);

/* Takes one call of the class for who ("p12", "a192.0.2.7"); false when the bucket is empty, with the seconds until the next. */
bool rate_take(struct rates *r, enum rate class, struct str who, int *ret_wait_seconds);

#endif
