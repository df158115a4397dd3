#ifndef ACTION_ACTION_H
#define ACTION_ACTION_H
/* Doing business: what people ask to be done about a record becomes a request, which is approved where it must be, carried out, and answered.
 * README.md. */
#include "event/hub.h"

/* Durable reader "requests": what the back office answered moves the request on. */
hub_read action_read;
hub_wants action_wants;

#endif
